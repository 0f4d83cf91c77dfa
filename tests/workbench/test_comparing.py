"""What a change means for every process, and what a comparison's report says of it."""

from datetime import datetime

import pytest

from workbench import comparing, language, reports
from workbench.reports.comparison import content, marks
from workbench.reports.comparison_rows import change_rows
from workbench.reports.wording import Wording

WHEN = datetime(2026, 3, 1)
HOSTILE = '<script>alert(1)</script> *bold* #read("/etc/passwd")'


def part(score, *findings, process="milling", verdict="suitable", **more):
    return {
        "processes": [
            {
                "process": process,
                "suitability": score,
                "verdict": verdict,
                "findings": [finding["id"] for finding in findings],
            }
        ],
        "findings": list(findings),
        **more,
    }


def finding(id_, rule, measured, severity="major"):
    return {
        "id": id_,
        "rule": rule,
        "process": "milling",
        "severity": severity,
        "measured": {"value": measured, "unit": "mm"},
        "message": dict.fromkeys(language.LANGUAGES, f"{rule} {measured}"),
        "faces": [1],
    }


def compared(**more):
    return {
        "schema": "workbench.comparison/1",
        "a": {"name": "old.step", "unit": "mm", "parts": 1},
        "b": {"name": "new.step", "unit": "mm", "parts": 1},
        "similarity": 0.9,
        "alignment": [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]],
        "same_shape": False,
        "mirrored": False,
        "scale": 1.0,
        "volume_change": 0.1,
        "volume_mm3": {"from": 1000.0, "to": 1100.0},
        "faces": {
            "same": [[0, 0]],
            "changed": [[1, 2]],
            "trimmed": [],
            "removed": [3],
            "added": [4],
        },
        "features": {"changed": [], "removed": [], "added": []},
        "deviation_mm": {"mean": 0.1, "p95": 0.5, "max": 1.0},
        "processes": [],
        **more,
    }


def hole(id_, old, new, parameter="diameter_mm", faces=(1,)):
    return {
        "a": id_, "b": id_, "type": "hole", "kind": "through", "parameter": parameter,
        "from": old, "to": new, "faces": {"a": list(faces), "b": list(faces)},
    }  # fmt: skip


def test_a_finding_that_only_the_new_part_has_has_appeared():
    (change,) = comparing.process_changes(part(80), part(70, finding("f1", "thin_wall", 1.0)))
    assert (change["a"], change["b"]) == (80, 70)
    assert [each["rule"] for each in change["findings"]["appeared"]] == ["thin_wall"]
    assert change["findings"]["vanished"] == []


def test_a_finding_that_only_the_old_part_had_has_vanished():
    (change,) = comparing.process_changes(part(70, finding("f1", "thin_wall", 1.0)), part(80))
    assert [each["rule"] for each in change["findings"]["vanished"]] == ["thin_wall"]
    assert change["findings"]["appeared"] == []


def test_a_finding_measured_twice_on_one_shape_stays_the_same():
    old, new = (
        part(70, finding("f1", "thin_wall", 1.0)),
        part(70, finding("f9", "thin_wall", 1.001)),
    )
    (change,) = comparing.process_changes(old, new)
    assert change["findings"] == {"appeared": [], "vanished": [], "changed": [], "same": 1}


def test_a_finding_that_reads_the_same_is_the_same():
    old, new = finding("f1", "wall", 0.626), finding("f1", "wall", 0.634)
    for each in (old, new):
        each["message"] = dict.fromkeys(language.LANGUAGES, "Wall of 0.63 mm.")
    (change,) = comparing.process_changes(part(49, old), part(50, new))
    assert change["findings"] == {"appeared": [], "vanished": [], "changed": [], "same": 1}


def test_a_finding_that_got_worse_is_told_with_both_values():
    old, new = part(70, finding("f1", "thin_wall", 1.0)), part(60, finding("f1", "thin_wall", 0.5))
    (change,) = comparing.process_changes(old, new)
    (pair,) = change["findings"]["changed"]
    assert (pair["from"]["measured"]["value"], pair["to"]["measured"]["value"]) == (1.0, 0.5)
    assert change["findings"]["appeared"] == change["findings"]["vanished"] == []


def test_an_annotation_is_compared_by_what_it_says_not_by_its_faces():
    note = {"type": "tolerance", "text": "flatness 0.1", "value": 0.1}
    a, b = part(70, pmi=[{**note, "faces": [1]}]), part(70, pmi=[{**note, "faces": [7]}])
    assert comparing.pmi_changes(a, b) == {"removed": [], "added": [], "same": 1}
    tighter = part(70, pmi=[{**note, "text": "flatness 0.05", "value": 0.05, "faces": [1]}])
    changed = comparing.pmi_changes(a, tighter)
    assert [each["value"] for each in changed["removed"]] == [0.1]
    assert [each["value"] for each in changed["added"]] == [0.05]


def test_a_part_moved_or_written_again_is_no_change_for_a_build():
    assert not comparing.differs(compared(same_shape=True))
    assert comparing.differs(compared())
    noted = {"added": [{"text": "Ra 1.6"}], "removed": [], "same": 0}
    assert comparing.differs(compared(same_shape=True, pmi=noted))


def test_equal_changes_of_equal_holes_are_one_line_with_their_number():
    holes = [hole(f"hole-{i}", 9.0, 11.0, faces=(i,)) for i in range(6)]
    features = {"changed": holes, "removed": [], "added": []}
    (row,) = change_rows(compared(features=features), Wording("en"))
    assert row["name"].startswith("6 ×")
    assert row["faces"]["b"] == [0, 1, 2, 3, 4, 5]
    assert (row["from"], row["to"]) == ("9\N{NO-BREAK SPACE}mm", "11\N{NO-BREAK SPACE}mm")


def test_many_features_of_one_name_that_came_are_one_line_with_their_least_and_largest():
    def fillet(number, radius_mm, kind="external"):
        return {"id": f"fillet-{number}", "type": "fillet", "kind": kind, "faces": [number],
                "parameters": {"radius_mm": radius_mm}}  # fmt: skip

    letters = [fillet(number, 0.005 * number) for number in range(1, 7)]
    few = [fillet(number, 1.0 + number, "internal") for number in range(7, 9)]
    features = {"changed": [], "removed": [], "added": letters + few}
    one, *two = change_rows(compared(features=features), Wording("en"))
    assert one["name"].startswith("6 ×")
    assert one["faces"]["b"] == [1, 2, 3, 4, 5, 6]
    assert one["to"] == "radius 0.0050\N{NO-BREAK SPACE}mm … 0.030\N{NO-BREAK SPACE}mm"
    assert [row["to"] for row in two] == [
        "radius 8\N{NO-BREAK SPACE}mm",
        "radius 9\N{NO-BREAK SPACE}mm",
    ]


def test_a_finding_that_is_only_found_more_often_says_how_often():
    old, new = finding("f1", "wall", 0.63), finding("f1", "wall", 0.63)
    for each, count in ((old, 5), (new, 7)):
        each["message"] = dict.fromkeys(language.LANGUAGES, "Wall of 0.63 mm.")
        each["count"] = count
    (process,) = comparing.process_changes(part(49, old), part(50, new))
    told = content(compared(processes=[process]), "en", made_at=WHEN, pictures=False)
    (row,) = told["processes"]
    assert [each["text"] for each in row["findings"]] == ["Wall of 0.63 mm. (places: 5 → 7)"]


def test_removed_faces_are_red_before_and_added_ones_green_after():
    assert marks(compared(), "a") == {"#f2a03d": [1], "#d5352b": [3]}
    assert marks(compared(), "b") == {"#f2a03d": [2], "#3a9b5c": [4]}


def test_a_face_that_a_new_hole_only_cut_stays_grey():
    faces = {"same": [], "changed": [[1, 1]], "trimmed": [[1, 1]], "removed": [], "added": [4]}
    assert marks(compared(faces=faces), "b") == {"#f2a03d": [], "#3a9b5c": [4]}


def test_a_changed_pattern_is_one_line_and_its_members_none():
    def hole(number):
        return {"a": f"hole-{number}", "b": f"hole-{number}", "type": "hole", "kind": "through",
                "parameter": "origin_mm", "from": [0, 0, 0], "to": [1, 0, 0], "distance_mm": 1.0,
                "faces": {"a": [number], "b": [number]}}  # fmt: skip

    ids = [f"hole-{number}" for number in range(1, 4)]
    pattern = {
        "a": "pattern-1", "b": "pattern-1", "kind": "circular", "members": {"a": ids, "b": ids},
        "changed": [{"parameter": "pitch_circle_mm", "from": 70.0, "to": 72.0}],
    }  # fmt: skip
    changed = [hole(number) for number in range(1, 5)]
    features = {"changed": changed, "removed": [], "added": [], "patterns": [pattern]}
    told = content(compared(features=features), "en", made_at=WHEN, pictures=False)["changes"]
    other, row = (
        each for each in told if each["status"] == "changed" and each["faces"]["a"] != [2]
    )
    assert other["faces"]["a"] == [4]  # the hole that is none of them
    assert (row["from"], row["to"]) == ("70\N{NO-BREAK SPACE}mm", "72\N{NO-BREAK SPACE}mm")
    assert row["faces"]["a"] == [1, 2, 3]


def test_a_hole_through_a_thicker_sheet_is_not_told_beside_the_thickness():
    ends = {"from": 2.0, "to": 2.5, "faces": {"a": [0], "b": [0]}}
    bend = {"a": "bend-1", "b": "bend-1", "type": "bend", "parameter": "thickness_mm", **ends}
    deep = {"type": "hole", "parameter": "depth_mm", **ends}
    through = {"a": "hole-1", "b": "hole-1", "kind": "through", **deep}
    blind = {"a": "hole-2", "b": "hole-2", "kind": "blind", **deep}
    features = {"changed": [bend, through, blind], "removed": [], "added": []}
    faces = {"same": [], "changed": [], "removed": [], "added": []}
    answer = compared(features=features, faces=faces)
    told = content(answer, "en", made_at=WHEN, pictures=False)["changes"]
    assert [row["name"] for row in told] == ["Bend", "Blind hole"]


def test_a_face_that_was_only_cut_in_two_is_not_painted_as_new():
    faces = {"same": [], "changed": [[1, 1]], "trimmed": [[1, 1]], "removed": [], "added": [4, 5],
             "pieces": {"a": [], "b": [5]}}  # fmt: skip
    assert marks(compared(faces=faces), "b") == {"#f2a03d": [], "#3a9b5c": [4]}


@pytest.mark.parametrize("tag", language.LANGUAGES)
@pytest.mark.parametrize("slip", ["inch_read_as_mm", "mm_read_as_m", "cm_read_as_mm"])
def test_a_slip_of_units_is_said_in_every_language(tag, slip):
    told = content(compared(scale=25.4, unit_slip=slip), tag, made_at=WHEN, pictures=False)
    assert any("25" in sentence for sentence in told["said"])
    assert len(told["said"]) >= 2


@pytest.mark.parametrize("form", ["html", "pdf"])
def test_a_hostile_name_is_shown_and_never_obeyed(form):
    answer = compared(a={"name": HOSTILE, "unit": "mm", "parts": 1})
    del answer["alignment"]
    made = reports.write_comparison(answer, form, "en", lambda *_: {})
    if form == "html":
        assert b"<script>" not in made
        assert b"&lt;script&gt;" in made
    else:
        assert made.startswith(b"%PDF")


@pytest.mark.parametrize("tag", language.LANGUAGES)
def test_a_comparison_of_assemblies_is_set_in_every_language(tag):
    assembly = {
        "parts": [{"a": 0, "b": 0, "name": "plate", "same_shape": True}],
        "removed": [{"part": 1, "name": "pin", "count": 2, "volume_mm3": 1.0}],
        "added": [{"part": 1, "name": "", "count": 1, "volume_mm3": 1.0}],
        "replaced": [{"a": 2, "b": 2, "name_a": "x", "name_b": "y", "from": 1, "to": 1}],
        "counts": [{"a": 0, "b": 0, "name": "nut", "from": 2, "to": 3}],
        "moved": 1,
        "moves": [{"a": 0, "b": 0, "name": "cap", "distance_mm": 3.0, "turn_deg": 90.0}],
    }
    answer = compared(assembly=assembly)
    told = content(answer, tag, made_at=WHEN, pictures=False)
    assert [row["code"] for row in told["assembly"]] == [
        "removed", "added", "changed", "changed", "changed", "same",
    ]  # fmt: skip
    del answer["alignment"]
    assert reports.write_comparison(answer, "html", tag, lambda *_: {}).startswith(b"<!doctype")
