"""Is exactly what differs told, and nothing else?"""

import csv
import math
import os
from pathlib import Path

import cadquery as cq
import pytest
from revised_parts import sheet, turned_pin
from revisions import as_nurbs, block, drilled, mirrored, odd, plate, shaft, split, step_text
from shapes import part_of

from geometry.comparison import compare_files, compare_parts
from geometry.errors import NoSolid, NotStep
from geometry.side import Side


def parts_folder():
    folder = os.environ.get("WORKBENCH_DEV_PARTS")
    if not folder or not (Path(folder) / "revisions.csv").exists():
        pytest.skip("WORKBENCH_DEV_PARTS names no folder with revisions.csv")
    return Path(folder)


def compare(a, b):
    return compare_files(Side(step_text(a), "a.step"), Side(step_text(b), "b.step"))


def assert_nothing_differs(found):
    assert found["same_shape"]
    assert found["similarity"] == 1.0
    assert found["volume_change"] == pytest.approx(0.0, abs=1e-4)
    assert found["faces"]["changed"] == found["faces"]["added"] == found["faces"]["removed"] == []
    assert found["features"]["changed"] == []
    assert found["features"]["added"] == found["features"]["removed"] == []
    assert found["deviation_mm"]["max"] < 0.01


@pytest.fixture(scope="module")
def base():
    return block()


def test_an_identical_file_is_the_same(base):
    data = step_text(base)
    assert_nothing_differs(compare_files(Side(data), Side(data)))


@pytest.mark.parametrize("rewrite", [odd, as_nurbs, split], ids=["moved", "NURBS", "split"])
@pytest.mark.parametrize("draw", [block, shaft, plate], ids=["block", "shaft", "flange"])
def test_a_rewritten_part_is_the_same(draw, rewrite):
    assert_nothing_differs(compare(draw(), rewrite(odd(draw()))))


def test_a_file_in_inches_is_the_same(base):
    assert_nothing_differs(compare_files(Side(step_text(base)), Side(step_text(odd(base), "INCH"))))


def test_split_faces_answer_the_one_they_came_from(base):
    whole, cut = part_of(base), part_of(split(base))
    found = compare_parts(whole, cut).record
    assert {a for a, _ in found["faces"]["same"]} == set(range(len(whole.topology.faces)))
    assert {b for _, b in found["faces"]["same"]} == set(range(len(cut.topology.faces)))


def test_a_small_hole_moved_by_a_third_of_a_millimetre_is_seen():
    found = compare(
        block(length=300, extra=drilled(20, 20, 1.0)),
        odd(block(length=300, extra=drilled(20.3, 20, 1.0))),
    )
    assert not found["same_shape"]
    (change,) = found["features"]["changed"]
    assert change["parameter"] == "origin_mm"
    assert change["distance_mm"] == pytest.approx(0.3, abs=0.005)
    assert found["features"]["added"] == found["features"]["removed"] == []


def test_a_larger_hole_is_one_changed_diameter(base):
    found = compare(base, odd(block(hole=9.0)))
    (change,) = found["features"]["changed"]
    assert change["parameter"] == "diameter_mm"
    assert (change["from"], change["to"]) == (pytest.approx(8.0), pytest.approx(9.0))
    volume = base.Volume()
    removed = 3.141592653589793 / 4 * (9**2 - 8**2) * 20
    assert found["volume_change"] == pytest.approx(-removed / volume, rel=1e-3)
    assert found["deviation_mm"]["max"] == pytest.approx(0.5, abs=0.02)


def test_an_added_hole_is_one_added_feature(base):
    found = compare(base, odd(block(extra=drilled(-5, 20, 6))))
    (added,) = found["features"]["added"]
    assert added["type"] == "hole"
    assert added["parameters"]["diameter_mm"] == pytest.approx(6.0)
    assert found["faces"]["added"] == added["faces"]
    assert found["features"]["removed"] == found["features"]["changed"] == []


def test_a_removed_pocket_is_one_removed_feature(base):
    found = compare(base, odd(block(without=("pocket",))))
    assert [each["type"] for each in found["features"]["removed"]] == ["pocket"]
    assert found["features"]["added"] == []


def test_material_that_came_and_went_is_told_apart():
    found = compare(block(), odd(block(hole_at=(34.0, 20.0))))
    hole = 3.141592653589793 / 4 * 8**2 * 20
    # the two circles are 6.4 mm apart and overlap in a lens
    d, r = (4.0**2 + 5.0**2) ** 0.5, 4.0
    lens = 2 * r**2 * math.acos(d / 2 / r) - d / 2 * (4 * r**2 - d**2) ** 0.5
    moved_mm3 = hole - lens * 20
    assert found["volume_added_mm3"] == pytest.approx(moved_mm3, rel=0.02)
    assert found["volume_removed_mm3"] == pytest.approx(moved_mm3, rel=0.02)


def test_what_only_adds_takes_nothing_away(base):
    found = compare(base, odd(block(height=24)))
    assert found["volume_removed_mm3"] == 0.0
    assert found["volume_added_mm3"] == pytest.approx(
        odd(block(height=24)).Volume() - base.Volume()
    )


def test_a_face_that_no_feature_explains_is_told_with_how_far_it_moved():
    found = compare(block(), odd(block(length=100)))
    told = [(d["surface"], d["parameter"]) for d in found["faces"]["differences"]]
    assert told == [("plane", "offset_mm")] * len(told)
    offsets = sorted(abs(each["to"]) for each in found["faces"]["differences"])
    assert offsets in ([pytest.approx(10.0)], [pytest.approx(5.0), pytest.approx(5.0)])


def ribbed(thickness):
    tray = cq.Workplane().box(80, 50, 20, centered=(True, True, False))
    tray = tray.cut(cq.Workplane().workplane(offset=10).rect(64, 34).extrude(10))
    rib = cq.Workplane().workplane(offset=9).center(12, 0).rect(thickness, 34).extrude(7)
    return tray.union(rib).val()


@pytest.mark.parametrize(("old", "new"), [(2.5, 3.5), (3.5, 2.5)])
def test_a_rib_too_thick_for_one_is_a_rib_whose_thickness_changed(old, new):
    found = compare(ribbed(old), odd(ribbed(new)))
    assert found["features"]["added"] == found["features"]["removed"] == []
    (change,) = found["features"]["changed"]
    assert (change["type"], change["parameter"]) == ("rib", "thickness_mm")
    assert (change["from"], change["to"]) == (pytest.approx(old), pytest.approx(new))
    assert None in (change["a"], change["b"])
    assert change["faces"]["a"] and change["faces"]["b"]


def flanged(circle_mm):
    body = cq.Workplane().circle(48).extrude(12).union(cq.Workplane().circle(24).extrude(30))
    return body.cut(cq.Workplane().polarArray(circle_mm / 2, 0, 360, 6).circle(4.5).extrude(12))


def test_a_rib_in_a_pocket_takes_neither_the_pocket_nor_its_corners():
    tray = cq.Workplane().box(110, 74, 26).edges("|Z").fillet(8)
    tray = tray.cut(cq.Workplane().box(102, 66, 22).edges("|Z").fillet(5).translate((0, 0, 2)))
    ribbed = tray.union(cq.Workplane().box(3, 68, 12).translate((10, 0, -3.5)))
    found = compare(tray.val(), odd(ribbed.val()))["features"]
    assert [each["type"] for each in found["added"]] == ["rib"]
    assert found["removed"] == found["changed"] == []


def test_a_slot_that_turned_in_its_place_says_by_how_much():
    def slotted(angle_deg):
        slot = cq.Workplane().slot2D(26, 8, angle_deg).extrude(60, both=True)
        return cq.Workplane().box(120, 80, 24).cut(slot.translate((-18, -6, 0))).val()

    (change,) = compare(slotted(0), odd(slotted(30)))["features"]["changed"]
    assert change["parameter"] == "orientation_deg"
    assert change["turn_deg"] == pytest.approx(30.0, abs=0.01)


def test_a_pocket_whose_long_walls_became_its_short_ones_has_not_turned():
    def pocketed(length_mm):
        pocket = cq.Workplane().box(length_mm, 30, 20).edges("|Z").fillet(4)
        return cq.Workplane().box(120, 80, 24).cut(pocket.translate((5, 3, 10))).val()

    changed = compare(pocketed(31), odd(pocketed(29)))["features"]["changed"]
    assert not {"orientation_deg", "direction"} & {each["parameter"] for each in changed}
    assert changed


def test_a_hole_goes_with_the_flange_that_is_bent_otherwise():
    def bracket(angle_deg):
        body = sheet(legs=(50, 36), bends=((angle_deg, 2.5),))
        turn = math.radians(angle_deg)
        outward = cq.Vector(math.sin(turn), -math.cos(turn), 0)
        flange = cq.Workplane(body).faces(cq.selectors.DirectionMinMaxSelector(outward))
        return flange.workplane(centerOption="CenterOfMass").center(4, 5).hole(7).val()

    found = compare(bracket(90), odd(bracket(75)))["features"]
    assert {(each["type"], each["parameter"]) for each in found["changed"]} == {
        ("bend", "angle_deg")
    }
    assert found["added"] == found["removed"] == []


def test_a_bolt_circle_that_grew_moves_its_holes_outward_and_not_around():
    found = compare(flanged(70.0).val(), odd(flanged(72.0).val()))
    changes = found["features"]["changed"]
    assert [change["parameter"] for change in changes] == ["origin_mm"] * 6
    assert [change["distance_mm"] for change in changes] == pytest.approx([1.0] * 6, abs=1e-3)


def lever(off_mm):
    arm = cq.Workplane().polyline([(0, -12), (0, 12), (80, 8), (80, -8)]).close().extrude(8)
    arm = arm.union(cq.Workplane().circle(20).extrude(14))
    arm = arm.union(cq.Workplane().center(80, 0).circle(12).extrude(11))
    arm = arm.cut(cq.Workplane().circle(10).extrude(20))
    return arm.cut(cq.Workplane().center(80 + off_mm, 0).circle(6).extrude(20)).val()


def test_the_faces_that_stayed_lie_exactly_where_one_hole_moved_beside_them():
    found = compare(lever(0.0), odd(lever(0.5)))
    (change,) = found["features"]["changed"]
    assert change["distance_mm"] == pytest.approx(0.5, abs=1e-4)
    (told,) = found["faces"]["differences"]
    assert (told["parameter"], told["to"]) == ("shift_mm", pytest.approx(0.5, abs=1e-4))


def test_a_round_hole_of_a_sheet_changes_its_diameter_and_says_it_once():
    def sheet(diameter):
        top = cq.Workplane().box(130, 80, 3).faces(">Z").workplane()
        return top.pushPoints([(-20, 0), (30, 10)]).hole(diameter).val()

    changes = compare(sheet(8.0), odd(sheet(10.0)))["features"]["changed"]
    assert [change["parameter"] for change in changes] == ["diameter_mm"] * 2


def test_a_slot_opened_to_a_step_has_another_type_and_no_words_of_the_old_one():
    def cut(width, at):
        body = cq.Workplane().box(60, 40, 20)
        return body.cut(cq.Workplane().box(60, width, 12).translate((0, at, 8))).val()

    found = compare(cut(8.0, 14.0), odd(cut(12.0, 16.0)))
    changes = found["features"]["changed"]
    assert {"type"} <= {change["parameter"] for change in changes}
    for change in changes:
        assert change["parameter"] == "type" or None not in (change["from"], change["to"])


def test_a_deeper_counterbore_is_told_by_its_depth_alone():
    def block_with(depth):
        return cq.Workplane().box(40, 30, 20).faces(">Z").workplane().cboreHole(6, 11, depth).val()

    (change,) = compare(block_with(4.0), odd(block_with(6.0)))["features"]["changed"]
    assert change["parameter"] == "counterbore.depth_mm"


def test_a_groove_is_told_beside_the_profile_that_changed_with_it():
    found = compare(shaft(), odd(shaft(groove=(4.0, 2.5), length=50)))
    told = {change["parameter"] for change in found["features"]["changed"]}
    assert {"width_mm", "depth_mm"} <= told


def test_a_groove_as_deep_as_a_journal_takes_no_step_of_the_profile():
    def spindle(groove_mm):
        body = cq.Workplane().circle(15).extrude(50)
        body = body.union(cq.Workplane(origin=(0, 0, 50)).circle(20).extrude(12))
        body = body.union(cq.Workplane(origin=(0, 0, 62)).circle(12.5).extrude(60))
        ring = cq.Workplane(origin=(0, 0, 10)).circle(30).circle(groove_mm / 2).extrude(1.6)
        return body.cut(ring).val()

    found = compare(spindle(26.5), odd(spindle(25.0)))["features"]
    assert {(c["type"], c["parameter"]) for c in found["changed"]} == {
        ("groove", "depth_mm"), ("groove", "diameter_mm"),
    }  # fmt: skip
    assert not found["added"] and not found["removed"]


def test_a_groove_of_a_belt_that_moved_says_how_far_along_its_axis():
    def pulley(pitch):
        groove = cq.Workplane("XZ").polyline([(51, -5), (40, -2), (40, 2), (51, 5)]).close()
        groove = groove.revolve(360, (0, 0, 0), (0, 1, 0))
        body = cq.Workplane(origin=(0, 0, -22)).circle(50).circle(12).extrude(44)
        return body.cut(groove.translate((0, 0, -8))).cut(groove.translate((0, 0, pitch - 8))).val()

    found = compare(pulley(16), odd(pulley(19)))["features"]["changed"]
    (moved,) = [change for change in found if change["parameter"] == "origin_mm"]
    assert moved["type"] == "groove"
    assert moved["distance_mm"] == pytest.approx(3.0, abs=1e-3)


def test_a_boss_that_was_given_draft_stands_where_it_stood():
    def flange(draft_deg):
        body = cq.Workplane().box(100, 70, 8, centered=(True, True, False))
        rib = cq.Workplane(origin=(20, 8, 8)).box(40, 5, 12, centered=(True, True, False))
        boss = cq.Workplane(origin=(-12, 8, 8)).circle(16).extrude(20, taper=draft_deg)
        return body.union(rib).union(boss).val()

    changes = compare(flange(0.0), odd(flange(2.0)))["features"]["changed"]
    assert ("boss", "draft_deg") in {(each["type"], each["parameter"]) for each in changes}
    assert not [change for change in changes if change["parameter"] == "origin_mm"]


def test_a_turned_part_is_laid_on_itself_to_a_micrometre():
    found = compare(turned_pin(), odd(turned_pin(groove=None)))
    assert [each["type"] for each in found["features"]["removed"]] == ["groove"]
    assert len(found["faces"]["same"]) > 10


def test_a_mirrored_part_is_called_mirrored_and_not_the_same(base):
    found = compare(base, odd(mirrored(base)))
    assert found["mirrored"]
    assert not found["same_shape"]
    assert found["faces"]["changed"] == found["features"]["changed"] == []


def test_a_slip_of_units_is_named(base):
    found = compare(base, odd(base.scale(25.4)))
    assert found["scale"] == pytest.approx(25.4)
    assert found["unit_slip"] == "inch_read_as_mm"
    assert not found["same_shape"]
    assert found["features"]["changed"] == []


def test_parts_that_share_nothing_are_not_alike():
    found = compare(cq.Workplane().box(10, 10, 10).val(), cq.Workplane().sphere(30).val())
    assert not found["same_shape"]
    assert found["similarity"] < 0.3


def test_an_unreadable_file_is_an_error_not_an_answer(base):
    with pytest.raises(NotStep):
        compare_files(Side(step_text(base)), Side(b"not a STEP file"))
    header = step_text(base).split(b"DATA;")[0]
    with pytest.raises(NoSolid):
        compare_files(Side(header + b"DATA;\nENDSEC;\nEND-ISO-10303-21;\n"), Side(step_text(base)))


@pytest.mark.slow
def test_real_revisions_are_told_rightly():
    folder = parts_folder()
    wrong = []
    with (folder / "revisions.csv").open(encoding="utf-8") as table:
        for row in csv.DictReader(table):
            found = compare_files(
                *(Side((folder / row[which]).read_bytes()) for which in ("old", "new"))
            )
            same = row["change"] in ("same_geometry", "same_shape_other_topology")
            volume = float(row["d_volume"])
            near = abs(found["volume_change"] - volume) < 0.002 + 0.01 * abs(volume)
            if found["same_shape"] != same or not (same or near):
                wrong.append(row["old"])
    assert wrong == []
