"""A report says what the analysis says, in four languages, and whatever a file is called."""

import io
import json
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import numpy as np
import openpyxl
import pytest
from PIL import Image

from geometry.display import gltf_binary, mesh_of_gltf
from geometry.mesh import Mesh
from geometry.picture import marked_picture, view_of
from geometry.processes.rules import default_rules
from workbench import feature_colours, language, reports
from workbench.cli import main
from workbench.contract import FeatureType
from workbench.errors import WrongUse
from workbench.report_json import finding_sentences
from workbench.reports.content import content
from workbench.reports.facts import Facts, profile_of
from workbench.reports.operation_words import operation_rows
from workbench.reports.pictures import COLOURS, draw, gravest, shots, shown_on
from workbench.reports.wording import Wording

SAMPLES = Path(__file__).parents[2] / "samples"
HOLE = {"diameter_mm": 6.6, "depth_mm": 10.0, "axis": [0, 0, 1], "bottom": "open"}
SQUARES = [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
LEFT, RIGHT, FRONT, BACK, BOTTOM, TOP = range(6)  # faces of `cube`: −x +x −y +y −z +z
HOSTILE = [
    "<script>alert(1)</script>",
    '<img src="http://evil.example/x.png" onerror="alert(1)">',
    '#read("/etc/passwd")',
    '#include "/etc/hostname"',
    "*bold* _thin_ $x$ @missing <label> `raw` = heading",
    "A" * 300,
    "bell\x07 null\x00 back\u202ewards",
    '=HYPERLINK("http://evil.example")',
    "+1+2",
    "-2+3",
    "@SUM(A1:A9)",
    "{{ 7 * 7 }} {% raw %}",
    "{0.__class__}",
    "中文零件 قطعة",
]
_DRAWN: dict[str, dict[str, bytes]] = {}


# --- shapes and analyses to report on ---


def cube(size=10.0, at=(0.0, 0.0, 0.0), first_face=0):
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], dtype=float)
    triangles = np.array(
        [[s[a], s[b], s[c]] for s in SQUARES for a, b, c in ((0, 1, 2), (0, 2, 3))]
    )
    return mesh(
        corners * size + np.asarray(at),
        triangles.astype(np.int32),
        np.repeat(np.arange(6), 2).astype(np.int32) + first_face,
    )


def mesh(points, triangles, owner):
    corners = points[triangles]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return Mesh(
        vertices_mm=points,
        triangles=triangles,
        face_of_triangle=owner,
        vertex_normals=np.repeat(normals[:, None, :], 3, axis=1),
        edge_points_mm=points[triangles[0][[0, 1]]],
        edge_ranges=np.array([0, 2]),
        watertight=True,
    )


def both(a, b):
    return mesh(
        np.concatenate([a.vertices_mm, b.vertices_mm]),
        np.concatenate([a.triangles, b.triangles + len(a.vertices_mm)]).astype(np.int32),
        np.concatenate([a.face_of_triangle, b.face_of_triangle]),
    )


def sentences(text):
    return dict.fromkeys(language.LANGUAGES, text)


def drawn(wanted):
    """Pictures of the cube; parts that want the same ones share them."""
    key = repr(wanted)
    if key not in _DRAWN:
        _DRAWN[key] = draw(gltf_binary(cube()), list(wanted))
    return _DRAWN[key]


def finding(number, severity, *, faces=(0,), process="milling", **more):
    return {
        "id": f"finding-{number}",
        "rule": "thin_wall_cut",
        "process": process,
        "severity": severity,
        "message": sentences(f"what {number}"),
        "why": sentences(f"why {number}"),
        "fix": sentences(f"fix {number}"),
        "measured": {"value": 1.25, "unit": "mm"},
        "limit": {"value": 2.0, "unit": "mm", "relation": ">="},
        "faces": list(faces),
        "source": "a book, page 7",
        **more,
    }


def process(name="milling", score=71.5, verdict="with_changes", findings=()):
    return {
        "process": name,
        "suitability": score,
        "verdict": verdict,
        "summary": sentences("said of it"),
        "metrics": {"setups": 3, "stock_mm": [20.0, 12.0, 11.0], "machined_share": 0.5},
        "findings": [each["id"] for each in findings if each["process"] == name],
        "terms": [
            {"name": "fit.reachable", "value": 1.0, "points": 80.0},
            {"name": "findings.major", "value": 1.0, "points": -9.5},
        ],
        "not_checked": [{"what": "tolerances", "why": "needs_drawing"}],
    }


def part(name="Cube", findings=None, **more):
    findings = [finding(1, "major")] if findings is None else findings
    return {
        "index": 0,
        "name": name,
        "count": 1,
        "closed": True,
        "size_mm": [10.0, 10.0, 10.0],
        "bbox_mm": [[0.0, 0.0, 0.0], [10.0, 10.0, 10.0]],
        "volume_mm3": 1000.0,
        "area_mm2": 600.0,
        "centroid_mm": [5.0, 5.0, 5.0],
        "faces": [{"surface": "plane", "area_mm2": 100.0, "features": []}] * 6,
        "features": [
            {"id": f"hole-{n}", "type": "hole", "kind": "through", "faces": [n], "parameters": HOLE}
            for n in range(4)
        ],
        "wall": {"median_mm": 10.0, "min_mm": 1.25, "max_mm": 10.0, "constant": True},
        "processes": [
            process("milling", 71.5, "with_changes", findings),
            process("turning", 0.0, "unsuitable", findings),
        ],
        "findings": findings,
        **more,
    }  # fmt: skip


def facts(*parts, matches=None, **more):
    parts = parts or (part(),)
    analysis = {
        "schema": "workbench.analysis/1",
        "source": {"name": "cube.step", "sha256": "ab" * 32, "bytes": 9, "unit": "mm",
                   "format": "AP242", "originating_system": "CAD 1"},
        "warnings": [],
        "assembly": {"name": "Cube", "children": []},
        "parts": list(parts),
        "timing_s": {"total": 0.1},
    }  # fmt: skip
    return Facts(
        analysis=analysis,
        pictures=[drawn(shots(of)) for of in parts],
        matches=matches or [None] * len(parts),
        made_at=datetime(2026, 3, 5, 14, 30, tzinfo=UTC),
        program="9.8.7",
        geometry="6",
        **more,
    )


def route(plant):
    return {
        "schema": "workbench.match/1",
        "routes": [
            {"rank": 1, "score": 70.0, "process": "milling", "lead_time_days": 21,
             "local_share": 0.8, "gaps": [],
             "cost": {"per_part": 1000.0, "tooling": 5000.0, "currency": "UZS",
                      "breakdown": {"material": 600.0, "machining": 400.0}},
             "operations": [{"process": "milling", "operation": "mill", "plant": "P1",
                             "plant_name": plant, "region": "andijan", "machine": "M1",
                             "machine_name": plant, "minutes": 12.0, "reasons": []}]}
        ],
        "rejected": [{"plant": "P2", "plant_name": plant, "operation": "mill", "reasons": [
            {"capability": "axes", "needed": 5.0, "has": 3, "unit": ""}]}],
        "unblocks": [],
        "illustrative": False,
    }  # fmt: skip


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.words = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.words.append(data)


def page_of(told, tag="en"):
    return Page(reports.write(told, "html", tag).decode())


def book_of(told, tag="en"):
    return openpyxl.load_workbook(io.BytesIO(reports.write(told, "xlsx", tag)))


def cells(book):
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row]


def pdf_text(told, tmp_path, tag="en"):
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (poppler-utils) is not installed")
    path = tmp_path / "report.pdf"
    path.write_bytes(reports.write(told, "pdf", tag))
    return text_of(path)


def text_of(path, form="-layout"):
    said = subprocess.run(["pdftotext", form, path, "-"], capture_output=True, check=True)
    return said.stdout.decode()


def one_line(text):
    return " ".join(text.replace("\u200b", "").split())


def red_share(png, colour=COLOURS["critical"]):
    """The share of the part's pixels whose hue is that of a mark."""
    image = np.asarray(Image.open(io.BytesIO(png)).convert("RGBA")).astype(int)
    body = image[image[..., 3] > 200]
    wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    lean = body[:, 0] - body[:, 2]
    return float((lean > 0.35 * (wanted[0] - wanted[2])).mean())


# --- pictures ---


@pytest.mark.parametrize(
    ("face", "axis", "sign"),
    [(LEFT, 0, -1), (RIGHT, 0, 1), (FRONT, 1, -1), (BACK, 1, 1), (BOTTOM, 2, -1), (TOP, 2, 1)],
)
def test_the_view_is_from_the_side_of_the_marked_face(face, axis, sign):
    assert view_of(cube(), [face])[axis] * sign > 0


def test_a_marked_face_is_seen_in_its_colour_and_nothing_else_is():
    assert red_share(marked_picture(cube(), {COLOURS["critical"]: [BOTTOM]})) > 0.2
    assert red_share(marked_picture(cube(), {})) == 0.0


def test_a_face_that_others_hide_shows_through_them():
    hidden = both(cube(20.0), cube(6.0, at=(7.0, 7.0, 7.0), first_face=6))
    share = red_share(marked_picture(hidden, {COLOURS["critical"]: list(range(6, 12))}))
    assert 0.02 < share < 0.5


def test_a_mark_too_small_to_see_gets_a_ring():
    far = both(cube(100.0), cube(0.5, at=(50.0, 50.0, 100.0), first_face=6))
    assert red_share(marked_picture(far, {COLOURS["critical"]: [6 + TOP]})) > 0.002


def test_a_mesh_comes_back_from_its_glb_where_it_was():
    given = cube(at=(500.0, -20.0, 3.0))
    back = mesh_of_gltf(gltf_binary(given))
    assert np.array_equal(back.face_of_triangle, given.face_of_triangle)
    np.testing.assert_allclose(back.corners_mm, given.corners_mm, atol=1e-4)
    np.testing.assert_allclose(back.vertex_normals, given.vertex_normals, atol=1e-6)
    np.testing.assert_allclose(back.edge_points_mm, given.edge_points_mm, atol=1e-4)
    assert back.edge_ranges.tolist() == given.edge_ranges.tolist()


def test_findings_about_the_same_faces_share_a_picture():
    found = [
        finding(1, "major", faces=[1, 2]),
        finding(2, "major", faces=[2, 1], process="turning"),
        finding(3, "critical", faces=[3], process="turning"),
        finding(4, "minor", faces=[4], process="turning"),
        finding(5, "major", faces=[], process="turning"),
    ]
    of = part(findings=found)
    names = shown_on(of)
    assert names["finding-1"] == names["finding-2"] != names["finding-3"]
    assert set(names) == {"finding-1", "finding-2", "finding-3"}  # grave and somewhere
    assert {shot.name for shot in shots(of)} == {"main", "features", *names.values()}


def test_every_type_with_faces_of_its_own_has_a_colour_that_no_other_has():
    colours = feature_colours.COLOURS
    assert set(colours) == set(get_args(FeatureType)) - {"pattern"}
    assert len(set(colours.values())) == len(colours)


def test_what_lies_in_another_feature_is_painted_over_it():
    features = [
        {"type": "hole", "faces": [TOP, 7]},
        {"type": "pocket", "faces": [TOP, 9]},
        {"type": "pattern", "faces": [TOP]},
        {"type": "hole", "faces": [3]},
    ]
    (shot,) = (each for each in shots(part(features=features)) if each.name == "features")
    pocket, hole = (feature_colours.COLOURS[kind] for kind in ("pocket", "hole"))
    assert list(shot.marks.items()) == [(pocket, (TOP, 9)), (hole, (3, TOP, 7))]


def test_a_part_without_features_has_no_picture_of_them():
    assert [shot.name for shot in shots(part(features=[], findings=[]))] == ["main"]


def test_a_finding_about_hundreds_of_faces_has_a_picture_whose_name_a_disk_takes():
    of = part(
        findings=[
            finding(1, "major", faces=list(range(700))),
            finding(2, "major", faces=list(range(699))),
        ]
    )
    names = shown_on(of)
    assert names["finding-1"] != names["finding-2"]
    assert all(len(f"{name}.png") < 255 for name in names.values())


def test_the_first_page_has_the_three_gravest_findings_of_the_best_process_and_no_advice():
    found = [
        finding(1, "advice"),
        finding(2, "minor"),
        finding(3, "critical"),
        finding(4, "minor"),
        finding(5, "major"),
        finding(6, "critical", process="turning"),
    ]
    of = part(findings=found)
    assert [each["id"] for each in gravest(of)] == ["finding-3", "finding-5", "finding-2"]


# --- what is told ---


@pytest.mark.parametrize("tag", language.LANGUAGES)
@pytest.mark.parametrize("form", ["pdf", "html", "xlsx"])
def test_every_form_is_written_in_every_language(form, tag):
    told = facts(matches=[route("Zavod")], annual=500, material="C45")
    made = reports.write(told, form, tag)
    assert made.startswith({"pdf": b"%PDF", "html": b"<!doctype html>", "xlsx": b"PK"}[form])


def test_the_pdf_uses_the_fonts_that_come_with_the_program():
    made = reports.write(facts(), "pdf", "uz-Cyrl")
    assert b"Inter-Regular" in made and b"Inter-SemiBold" in made
    folder = Path(reports.__file__).parent / "fonts"
    assert "SIL OPEN FONT LICENSE" in (folder / "LICENSE-Inter.txt").read_text()


@pytest.mark.parametrize("font", ["Inter-Regular", "Inter-SemiBold"])
def test_the_fonts_have_every_letter_and_sign_of_the_catalogues(font):
    from fontTools.ttLib import TTFont

    known = set(
        map(chr, TTFont(Path(reports.__file__).parent / "fonts" / f"{font}.otf").getBestCmap())
    )
    said = set("ʻʼўқғҳЎҚҒҲ×≥≤°²³−–·→…№«»")
    for catalogue in language.LOCALE_FOLDER.glob("*/*.po"):
        said |= set(catalogue.read_text(encoding="utf-8"))
    assert said - known <= {"\n", "⌀"}  # ⌀ comes from the fonts inside typst


def test_the_pdf_tells_the_answer_on_its_first_page(tmp_path):
    told = one_line(pdf_text(facts(), tmp_path).split("\f")[0])
    for words in (
        "Cube", "Milling", "72", "suitable with changes", "what 1", "fix 1", "1.25 mm", "≥ 2 mm",
        "a book, page 7", "Surface that tools reach", "+80.0", "−9.5",
    ):  # fmt: skip
        assert words in told


def test_the_answer_stays_on_one_page_when_sentences_are_long(tmp_path):
    long = sentences("A sentence of a finding that goes on for longer than most of them do. " * 3)
    found = [finding(n, "major", message=long, why=long, source="a page " * 30) for n in range(3)]
    pages = pdf_text(facts(part(findings=found)), tmp_path).split("\f")
    assert "Check tolerances" in pages[0] and "Not checked" in pages[0]
    assert "All processes" in pages[1]


def test_where_it_comes_from_is_told(tmp_path):
    told = one_line(pdf_text(facts(annual=1200), tmp_path))
    for words in ("cube.step", "ab" * 32, "9.8.7", "2026-03-05 14:30", "1,200 pcs",
                  "the program's own, without changes", "needs a drawing or PMI"):  # fmt: skip
        assert words in told


def test_plants_are_told_or_why_there_are_none():
    def said(**more):
        return content(facts(**more), "en")["parts"][0]["supply"]

    assert "no annual quantity" in said()["said"]
    assert "no plants have been imported" in said(annual=5)["said"]
    matched = said(annual=5, matches=[route("Zavod")])
    assert matched["said"] == ""
    assert "Zavod" in matched["first"] and "1,000\N{NO-BREAK SPACE}UZS" in matched["first"]


def test_a_rule_profile_is_told_with_what_it_changes(tmp_path):
    profile = tmp_path / "mine.toml"
    profile.write_text('[milling.thin_wall_cut]\nlimit = 9.0\nunit = "mm"\nsource = "our shop"\n')
    told = content(replace(facts(), profile=profile_of(profile)), "en")
    assert "mine.toml: 1 of the limits" in dict(map(tuple, told["record"]))["Rule profile"]
    (change,) = told["profile_changes"]
    assert (change["rule"], change["own"].split("; ")[0]) == ("thin_wall_cut", ">= 9.0")
    assert change["usual"] != change["own"]


def test_equal_features_stand_in_one_line():
    (row,) = content(facts(), "en")["parts"][0]["features"]
    assert (row["quantity"], row["name"]) == (4, "Through hole")
    assert row["colour"] == feature_colours.COLOURS["hole"]
    assert "diameter 6.60\N{NO-BREAK SPACE}mm" in row["parameters"]


def test_what_is_said_of_a_feature_is_a_phrase_and_no_list_of_keys():
    hole = {
        "diameter_mm": 5.0, "bottom": "flat", "intersected": True,
        "thread": {"designation": "M6", "from": "tap_drill"},
    }  # fmt: skip
    features = [{"id": "a", "type": "hole", "kind": "blind", "faces": [0], "parameters": hole}]
    told = {}
    for tag in ("en", "ru"):
        (row,) = content(facts(part(features=features)), tag)["parts"][0]["features"]
        told[tag] = row["parameters"].replace("\N{NO-BREAK SPACE}", " ")
    assert told["en"] == "diameter 5 mm; bottom: flat; interrupted; thread: M6 (tap drill size)"
    assert told["ru"] == (
        "диаметр 5 мм; дно: плоское; пересечён другим элементом; резьба: M6 (диаметр под резьбу)"
    )


def test_the_score_of_a_route_is_taken_apart_as_that_of_a_process_is():
    both = part()
    both["routes"] = [
        {
            "processes": ["sand_casting", "milling"], "operations": ["cast", "drill_tap"],
            "suitability": 71.5, "verdict": "suitable",
            "terms": [{"name": "fit.wall", "value": 1.0, "points": 80.0},
                      {"name": "machining", "value": 0.5, "points": -8.5},
                      {"name": "quantity", "value": 1.0, "points": 0.0}],
            "machined": {"features": ["a"], "faces": [0], "area_share": 0.2},
        }
    ]  # fmt: skip
    (route,) = content(facts(both), "en")["parts"][0]["routes"]
    assert route["sum"].replace("\N{NO-BREAK SPACE}", " ").split("  ·  ") == [
        "Wall thickness of the process +80.0",
        "Machining of what the first step leaves −8.5",
    ]
    rows = book_of(facts(both))["What the score is made of"].iter_rows(values_only=True)
    assert [row[4] for row in rows if row[1] == "Sand casting + milling"] == [80.0, -8.5, 0.0]


def test_a_part_that_nothing_suits_is_told_so(tmp_path):
    bad = part(findings=[])
    bad["processes"] = [process(score=3.0, verdict="unsuitable")]
    assert "No process suits the part as drawn." in pdf_text(facts(bad), tmp_path)


def test_a_part_that_no_process_was_judged_for_still_has_a_report():
    bare = part(findings=[])
    bare["processes"] = []
    for form in ("pdf", "html", "xlsx"):
        assert reports.write(facts(bare), form, "ru")


def test_an_assembly_has_a_summary_and_every_part(tmp_path):
    told = pdf_text(facts(part("Bolt"), part("Nut", count=4)), tmp_path)
    first = told.split("\f")[0]
    assert "Bolt" in first and "Nut" in first
    assert told.count("What stands in the way most") == 2


def test_numbers_are_written_as_the_language_writes_them():
    assert Wording("ru").quantity(1234.5, "mm2") == "1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}мм²"
    assert Wording("en").quantity(-0.5, "deg") == "−0.50°"
    assert Wording("uz-Latn").direction([0.0, -1.0, 0.0]) == "−Y"
    assert Wording("en").quantity(0.0096, "1") == "0.0096"
    assert Wording("en").quantity(10.0000004) == "10"  # rounding left that, no drawing says it
    assert Wording("en").quantity(10.0004) == "10.00"


def test_what_rounding_leaves_of_nothing_is_nothing():
    plane = {"normal": [0.0, 0.0, -1.0], "offset_mm": -3e-15, "flat": True}
    assert Wording("en").amount("parting", plane) == "−Z, 0\N{NO-BREAK SPACE}mm"
    assert Wording("en").quantity(0.0005, "mm") == "0.0005\N{NO-BREAK SPACE}mm"


@pytest.mark.parametrize(
    ("value", "told"), [(6.5824, "6.58"), (0.0413, "0.041"), (1234.56, "1,234.6")]
)
def test_a_limit_in_a_sentence_has_no_more_digits_than_anybody_measures(value, told):
    said = language.text("rule.web.what", "en", measured=2.0, limit=value)
    assert f"wants {told} mm" in said


@pytest.mark.parametrize("tag", [tag for tag in language.LANGUAGES if tag != "en"])
def test_sources_are_named_without_what_is_said_of_them_in_english(tag):
    words = Wording(tag)
    own = words.say("source_ours")
    half_the_wall = next(
        rule.source
        for rule in default_rules().rules
        if (rule.process, rule.id) == ("moulding", "sharp_inner_edge")
    )
    assert words.source(half_the_wall) == f"mfgabc.com/guide/plastic-part-design-rules.html; {own}"
    told = [words.source(rule.source) for rule in default_rules().rules]
    said_of_them = ("at least", "ours", " the ", "should-cost", " by ", " requirements", "(", "{")
    for english in said_of_them:
        assert not [each for each in told if english in each], english
    assert all(told)


def test_a_limit_leads_to_the_page_it_is_from():
    rule = next(each for each in default_rules().rules if "lostwax.jp" in each.source)
    found = [finding(1, "major", source=rule.source)]
    told = facts(part("cube", found))
    page = page_of(told)
    asked = "http://lostwax.jp/english/info.html"
    assert ("href", asked) in page.attributes
    assert "lostwax.jp/english/info.html" in "".join(page.words)
    pages = reports.write(told, "pdf", "uz-Latn")
    assert asked.encode() in pages


def test_the_words_of_a_profile_stay_whole():
    assert Wording("ru").source("опыт цеха: 5 мм; два станка") == "опыт цеха: 5 мм; два станка"


def test_what_breaks_a_rule_in_many_places_is_told_once_where_it_is_told_briefly():
    found = [
        finding(1, "minor", process="turning"),
        finding(2, "minor", process="turning"),
        finding(3, "minor", process="turning"),
        finding(4, "advice", process="turning"),
    ]
    told = content(facts(part(findings=found)), "en")["parts"][0]["processes"][1]
    assert [(each["severity"], each["alike"]) for each in told["briefly"]] == [
        ("minor", "and 2 more like it"),
        ("advice", ""),
    ]
    assert len(told["findings"]) == 4


def test_a_round_hole_in_a_sheet_is_told_by_its_diameter_and_no_islands_are_not_told():
    hole = {"width_mm": 9.0, "length_mm": 9.0, "perimeter_mm": 28.274, "diameter_mm": 9.0}
    pocket = {"depth_mm": 5.0, "islands": 0}
    features = [
        {"id": "a", "type": "hole", "kind": "through", "faces": [0], "parameters": hole},
        {"id": "b", "type": "pocket", "kind": "closed", "faces": [1], "parameters": pocket},
    ]
    rows = content(facts(part(features=features)), "en")["parts"][0]["features"]
    told = sorted(row["parameters"].replace("\N{NO-BREAK SPACE}", " ") for row in rows)
    assert told == ["depth 5 mm", "diameter 9 mm"]


def test_what_makes_a_part_doubtful_stands_before_the_answer_and_what_was_healed_at_the_end():
    told = facts()
    warnings = [
        {"code": "healed", "messages": sentences("healed"), "part": 0},
        {"code": "size_not_plausible", "messages": sentences("too long"), "part": 0},
        {"code": "closed_voids", "messages": sentences("of another part"), "part": 1},
    ]
    told = replace(told, analysis={**told.analysis, "warnings": warnings})
    report = content(told, "en")
    assert report["parts"][0]["warnings"] == ["too long"]
    assert len(report["warnings"]) == 3


def test_a_part_smaller_than_a_tenth_has_a_size_all_the_same():
    assert Wording("en").size([0.25, 0.012, 0.001]) == "0.25 × 0.012 × 0.001\N{NO-BREAK SPACE}mm"
    assert Wording("en").size([120.04, 80.0, 0.8]) == "120 × 80 × 0.8\N{NO-BREAK SPACE}mm"
    rows = dict(content(facts(part(volume_mm3=0.5, area_mm2=6.0)), "en")["parts"][0]["size"])
    assert "0.50\N{NO-BREAK SPACE}mm³" in rows.values()
    assert "6\N{NO-BREAK SPACE}mm²" in rows.values()


def test_features_that_a_process_leaves_to_the_cutter_are_counted_not_called_by_ids():
    assert Wording("ru").amount("machined_features", ["hole-1", "hole-2", "slot-1"]) == "3"


def test_the_workbook_holds_numbers_as_numbers():
    book = book_of(facts())
    rows = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}
    assert rows["All processes"][1][2] == 71.5
    head, first = rows["Findings"][:2]
    told = dict(zip(head, first, strict=True))
    assert (told["Measured"], told["Limit"], told["Unit"]) == (1.25, 2.0, "mm")
    assert {type(row[3]) for row in rows["What the score is made of"][1:]} <= {int, float}


def test_the_workbook_holds_what_a_route_costs_as_numbers_and_says_what_there_is_none_of():
    book = book_of(facts(matches=[route("Zavod")]))
    head, first, *_ = book["Who can make it"].iter_rows(values_only=True)
    assert head[7] == "Time, min"
    assert first[1] == 1
    assert first[7:] == (12.0, 1000.0, 5000.0, "UZS", 21, 0.8)
    head, first = book_of(facts())["Who can make it"].iter_rows(values_only=True)
    assert [each for each in head if each] == ["Part", "Who can make it"]
    assert "No plant was matched" in first[1]


def test_every_sheet_prints_on_the_width_of_a_page_under_its_heads():
    for sheet in book_of(facts()):
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.title == "Summary" or sheet.print_title_rows == "$1:$1"


@pytest.mark.parametrize("tag", ["ru", "uz-Latn"])
def test_the_page_has_a_size_for_phones_and_opens_every_process_in_print(tag):
    page = reports.write(facts(), "html", tag).decode()
    wide = page.count("<table") - page.count('<table class="terms"')
    assert page.count('<div class="wide"><table') == wide > 2
    assert "details::details-content { content-visibility: visible" in page


def test_a_turning_tool_is_told_by_its_nose():
    turned = process("turning", 90.0, "suitable", [])
    turned["metrics"] = {
        "draft_faces": [{"face": 1}],
        "operations": [{"setup": 1, "operation": "turn", "tool": "turning_tool",
                        "tool_diameter_mm": 0.8, "tool_length_mm": 0.0, "minutes": 1.0}],
    }  # fmt: skip
    shaft = part(findings=[])
    shaft["processes"] = [turned]
    (told,) = content(facts(shaft), "ru")["parts"][0]["processes"]
    assert told["operations"]["rows"][0][3] == "R\N{NO-BREAK SPACE}0,40\N{NO-BREAK SPACE}мм"
    assert told["metrics"] == []


@pytest.mark.parametrize(
    ("minutes", "said"), [(2.18, "2,2 мин"), (1.0, "1,0 мин"), (0.07, "4 с"), (0.001, "1 с")]
)
def test_an_operation_below_a_minute_is_told_in_seconds(minutes, said):
    drilled = {"setup": 1, "operation": "drill", "tool": "drill", "tool_diameter_mm": 5.0,
               "tool_length_mm": 8.0, "minutes": minutes}  # fmt: skip
    (row,) = operation_rows([drilled], Wording("ru"))
    assert row[-1] == said.replace(" ", "\N{NO-BREAK SPACE}")


def test_the_json_is_the_analysis():
    told = facts()
    assert json.loads(reports.write(told, "json", "ru")) == told.analysis


# --- hostile names ---


@pytest.fixture(scope="module")
def hostile():
    parts = []
    for number, name in enumerate(HOSTILE):
        found = [finding(1, "major", source=name, message=sentences("said"))]
        note = {"type": "note", "text": name, "faces": []}
        parts.append(part(name, found, index=number, material=name, pmi=[note]))
    told = facts(*parts, matches=[route(name) for name in HOSTILE], annual=5)
    source = told.analysis["source"] | {
        "name": HOSTILE[0] + ".step",
        "originating_system": HOSTILE[2],
    }
    return replace(
        told, analysis={**told.analysis, "source": source, "assembly": {"name": HOSTILE[1]}}
    )


def test_html_shows_markup_as_text(hostile):
    page = page_of(hostile)
    assert not {"script", "iframe", "link", "object"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    addresses = [value for name, value in page.attributes if name in ("src", "href")]
    assert all(value.startswith(("data:image/png;base64,", "#part-")) for value in addresses)
    said = "".join(page.words)
    for name in (HOSTILE[0], HOSTILE[1], HOSTILE[2], HOSTILE[11], HOSTILE[12]):
        assert name in said
    assert any("default-src 'none'" in (value or "") for _, value in page.attributes)


def test_a_workbook_has_no_formula(hostile):
    book = book_of(hostile)
    assert not [cell.coordinate for cell in cells(book) if cell.data_type == "f"]
    said = {cell.value: cell for cell in cells(book) if isinstance(cell.value, str)}
    for name in (HOSTILE[7], HOSTILE[8], HOSTILE[9], HOSTILE[10]):
        assert said[name].data_type == "s" and said[name].quotePrefix
    assert not [text for text in said if "\x07" in text or "\x00" in text]


@pytest.fixture(scope="module")
def hostile_pdf(hostile, tmp_path_factory):
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (poppler-utils) is not installed")
    path = tmp_path_factory.mktemp("reports") / "report.pdf"
    path.write_bytes(reports.write(hostile, "pdf", "en"))
    return path


def test_a_pdf_shows_markup_as_text(hostile_pdf):
    said = one_line(text_of(hostile_pdf))
    assert '#read("/etc/passwd")' in said
    assert "root:" not in said
    assert "*bold* _thin_ $x$ @missing <label> `raw` = heading" in said
    assert "bell\\x07 null\\x00 back\\x202ewards" in said


def test_a_long_name_stays_on_the_page(hostile_pdf):
    said = text_of(hostile_pdf, "-bbox")
    words = [line for line in said.splitlines() if "<word" in line]
    right = [float(word.split('xMax="')[1].split('"')[0]) for word in words]
    assert max(right) < 595.3 - 17 / 25.4 * 72 + 1  # A4 less its margin, in points


# --- the command ---


@pytest.mark.parametrize("name", ["report", "report.doc", "report.pdf.exe"])
def test_a_form_that_is_not_known_is_refused(name):
    with pytest.raises(WrongUse, match=r"\.pdf, \.html, \.xlsx, \.json"):
        reports.format_of(Path(name))


@pytest.mark.slow
def test_a_sample_is_reported_from_the_command_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    target = tmp_path / "bracket.html"
    given = ["report", str(SAMPLES / "bracket_bent.step"), "-o", str(target), "--language", "ru"]
    assert main(given) == 0
    assert str(target) in capsys.readouterr().out.replace("\n", "")  # a narrow terminal wraps
    page = Page(target.read_text(encoding="utf-8"))
    assert "Отчёт о технологичности" in "".join(page.words)
    assert page.tags.count("img") >= 1
    other = tmp_path / "bracket.json"
    assert main(["report", str(SAMPLES / "bracket_bent.step"), "-o", str(other)]) == 0
    assert json.loads(other.read_text(encoding="utf-8"))["schema"] == "workbench.analysis/1"


def test_what_is_missing_altogether_is_not_told_as_a_measure_of_nothing():
    edge = {"rule": "sharp_inner_edge", "limit": {"value": 1.0, "unit": "mm"}}
    sharp, tight = (
        finding_sentences({**edge, "measured": {"value": value, "unit": "mm"}})["en"]
        for value in (0.0, 0.4)
    )
    assert sharp == "Inner edges are sharp; a radius of 1.00 mm is wanted."
    assert tight == "Inner edges with a radius of 0.40 mm; 1.00 mm is wanted."
