"""Cuts and bosses whose faces something else could claim too, drawn with known sizes."""

import math

import cadquery as cq
import pytest
from shapes import part_of

from geometry.features.recognition import recognise


def told(shape, *kinds):
    return [f for f in recognise(part_of(shape)).features if f.type in kinds]


def bar(diameter, high, at=(0.0, 0.0, 0.0)):
    return cq.Workplane().circle(diameter / 2).extrude(high).translate(at)


def box(x, y, z, at=(0.0, 0.0, 0.0)):
    return cq.Workplane().box(x, y, z, centered=(True, True, False)).translate(at)


def test_dovetails_with_a_straight_neck_in_the_rim_of_a_disc_are_slots():
    lip, wide = 5.0, 5.0 + 8.0 / math.tan(math.radians(60))
    points = [(52, -lip), (49, -lip), (41, -wide), (41, wide), (49, lip), (52, lip)]
    cutter = cq.Workplane().polyline(points).close().extrude(20)
    disc = bar(100, 20).cut(bar(40, 20))
    for turn in range(0, 360, 60):
        disc = disc.cut(cutter.rotate((0, 0, 0), (0, 0, 1), turn))
    cuts = told(disc, "slot", "pocket", "step")
    assert [(cut.type, cut.kind) for cut in cuts] == [("slot", "dovetail")] * 6
    for cut in cuts:
        assert cut.parameters["length_mm"] == pytest.approx(20, abs=1e-3)
        assert cut.parameters["width_mm"] == pytest.approx(2 * wide, abs=1e-3)


def test_a_t_slot_that_a_hole_of_its_depth_leads_into_stays_a_t_slot():
    block = box(120, 64, 36).cut(box(100, 10, 18, (-20, 0, 18))).cut(box(100, 18, 8, (-20, 0, 18)))
    (slot,) = told(block.cut(bar(22, 18, (30, 0, 18))), "slot", "pocket")
    assert (slot.type, slot.kind) == ("slot", "t_slot")
    assert slot.parameters["depth_mm"] == pytest.approx(18, abs=1e-3)
    assert slot.parameters["width_mm"] == pytest.approx(10, abs=1e-3)


@pytest.mark.parametrize("width", [60, 90])
def test_a_vee_and_the_slot_that_relieves_its_corner_are_one_slot_and_no_chamfers(width):
    vee = cq.Workplane("YZ").polyline([(-16, 41), (16, 41), (0, 25)]).close().extrude(100)
    relief = box(100, 3, 12, (50, 0, 23))
    cuts = told(box(100, width, 40, (50, 0, 0)).cut(vee).cut(relief), "slot", "chamfer", "step")
    assert [(cut.type, cut.kind) for cut in cuts] == [("slot", "through")]
    assert cuts[0].parameters["profile"] == "triangle"
    assert cuts[0].parameters["width_mm"] == pytest.approx(30, abs=1e-3)
    assert cuts[0].parameters["depth_mm"] == pytest.approx(17, abs=1e-3)


def test_chamfered_edges_of_a_slot_are_no_vee():
    chamfer = cq.Workplane("YZ").polyline([(-7, 41), (7, 41), (0, 34)]).close().extrude(100)
    slotted = box(100, 60, 40, (50, 0, 0)).cut(chamfer).cut(box(100, 8, 20, (50, 0, 20)))
    cuts = told(slotted, "slot", "chamfer")
    assert sorted(cut.type for cut in cuts) == ["chamfer", "chamfer", "slot"]


def test_six_keyways_round_a_bore_leave_a_hole_with_six_slots():
    hub = bar(60, 34).cut(bar(24, 34))
    for turn in range(0, 360, 60):
        hub = hub.cut(box(15, 6, 34, (7.5, 0, 0)).rotate((0, 0, 0), (0, 0, 1), turn))
    cuts = told(hub, "hole", "slot", "pocket")
    assert sorted(cut.type for cut in cuts) == ["hole", *["slot"] * 6]
    (hole,) = (cut for cut in cuts if cut.type == "hole")
    assert hole.parameters["diameter_mm"] == pytest.approx(24, abs=1e-3)
    for cut in cuts[1:]:
        assert cut.parameters["width_mm"] == pytest.approx(6, abs=1e-3)


def test_the_inner_wall_of_a_slot_along_half_a_circle_is_no_boss():
    ring = (
        bar(72, 8, (0, 0, 12)).cut(bar(48, 8, (0, 0, 12))).intersect(box(100, 100, 20, (50, 0, 12)))
    )
    ends = bar(12, 8, (0, 30, 12)).union(bar(12, 8, (0, -30, 12)))
    cuts = told(bar(110, 20).cut(ring.union(ends)), "slot", "pocket", "boss")
    assert [(cut.type, cut.parameters["profile"]) for cut in cuts] == [("pocket", "obround")]
    assert cuts[0].parameters["width_mm"] == pytest.approx(12, abs=1e-3)
    assert cuts[0].parameters["length_mm"] == pytest.approx(30 * math.pi + 12, rel=1e-3)


def test_two_bosses_that_a_rib_joins_are_two_bosses():
    plate = box(110, 50, 8).union(box(70, 4, 13, (0, 0, 8)))
    plate = plate.union(bar(18, 20, (-35, 0, 8))).union(bar(18, 20, (35, 0, 8)))
    drilled = plate.cut(bar(7, 28, (-35, 0, 0))).cut(bar(7, 28, (35, 0, 0)))
    found = told(drilled, "boss", "rib")
    assert sorted(f.type for f in found) == ["boss", "boss", "rib"]
    for boss in (f for f in found if f.type == "boss"):
        assert boss.parameters["diameter_mm"] == pytest.approx(18, abs=1e-3)
        assert boss.parameters["height_mm"] == pytest.approx(20, abs=1e-3)
