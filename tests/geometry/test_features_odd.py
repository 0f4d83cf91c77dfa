"""Cuts, ribs, teeth and threads that look like something else, on shapes drawn at odd angles."""

import math

import cadquery as cq
import pytest
from shapes import part_of

from geometry.features.recognition import recognise
from geometry.processes.registry import measure_all


def features(shape):
    """All features of a drawn shape."""
    return recognise(part_of(shape)).features


def found(shape, kind):
    """Features of one type in a drawn shape."""
    return [f for f in features(shape) if f.type == kind]


def block(x=80, y=60, z=30):
    return cq.Workplane().box(x, y, z, centered=(True, True, False))


def shaft(radius, length):
    return cq.Workplane("YZ").circle(radius).extrude(length)


def test_a_drafted_core_is_a_hole_with_its_two_diameters():
    shape = block().val().cut(cq.Solid.makeCone(6, 8, 30))
    (hole,) = found(shape, "hole")
    assert hole.kind == "through"
    assert hole.parameters["diameter_mm"] == pytest.approx(12)
    assert hole.parameters["max_diameter_mm"] == pytest.approx(16)
    assert hole.parameters["depth_mm"] == pytest.approx(30, abs=1e-3)
    assert hole.parameters["angle_deg"] == pytest.approx(2 * math.degrees(math.atan(2 / 30)))


def test_a_slot_along_an_arc_is_as_wide_as_its_cutter_and_has_no_fillets():
    """Middle radius 30, 8 wide, over 90°: 15 π along the middle and 8 for its round ends."""
    inner, outer = 26, 34
    slot = cq.Workplane().moveTo(outer, 0)
    slot = slot.threePointArc((outer / math.sqrt(2), outer / math.sqrt(2)), (0, outer))
    slot = slot.threePointArc((-4, 30), (0, inner))
    slot = slot.threePointArc((inner / math.sqrt(2), inner / math.sqrt(2)), (inner, 0))
    slot = slot.threePointArc((30, -4), (outer, 0)).close().extrude(12)
    shape = cq.Workplane().circle(50).extrude(12).cut(slot)
    told = features(shape)
    assert {f.type for f in told} == {"turned_profile", "pocket"}
    (pocket,) = (f for f in told if f.type == "pocket")
    assert pocket.parameters["width_mm"] == pytest.approx(8, rel=1e-3)
    assert pocket.parameters["length_mm"] == pytest.approx(15 * math.pi + 8, rel=1e-3)
    (profile,) = (f for f in told if f.type == "turned_profile")
    assert profile.parameters["min_diameter_mm"] == pytest.approx(100)


def test_a_woodruff_keyseat_is_a_keyway_as_deep_as_its_disc_went():
    disc = cq.Workplane("XZ", origin=(40, 3, 17)).circle(11).extrude(6)
    (slot,) = found(shaft(15, 80).cut(disc), "slot")
    assert slot.kind == "keyway"
    assert slot.parameters["width_mm"] == pytest.approx(6, abs=1e-3)
    assert slot.parameters["depth_mm"] == pytest.approx(15 - (17 - 11), abs=1e-3)


def test_a_rack_sawn_off_between_its_teeth_is_a_rack():
    module, pitch, lean = 2.0, 2 * math.pi, math.tan(math.radians(20))
    bar = cq.Workplane().box(12 * pitch, 16, 20, centered=(False, True, False))
    top, bottom = pitch / 4 + module * lean, pitch / 4 - 1.25 * module * lean
    for space in range(12):
        x = (space + 0.5) * pitch
        section = [(x - top, 20), (x + top, 20), (x + bottom, 15.5), (x - bottom, 15.5)]
        bar = bar.cut(cq.Workplane("XZ", origin=(0, 8, 0)).polyline(section).close().extrude(16))
    (gear,) = found(bar, "gear")
    assert (gear.kind, gear.parameters["teeth"]) == ("rack", 11)
    assert gear.parameters["module_mm"] == pytest.approx(2, rel=1e-3)


def test_ribs_from_edge_to_edge_of_a_plate_are_ribs_and_fins_between_slots_are_not():
    plate = block(120, 80, 7)
    for x in (-40, 0, 40):
        plate = plate.union(cq.Workplane(origin=(x, 0, 7)).rect(4, 80).extrude(12))
    assert [round(f.parameters["length_mm"], 3) for f in found(plate, "rib")] == [80, 80, 80]
    fins = block(60, 40, 30)
    for x in (-20, -10, 0, 10, 20):
        fins = fins.cut(cq.Workplane(origin=(x, 0, 15)).rect(5, 40).extrude(15))
    assert not found(fins, "rib")


def test_ribs_that_cross_are_each_one_rib():
    plate = block(120, 90, 5)
    for size, x in (((3, 80), -20), ((3, 80), 20), ((110, 3), 0)):
        plate = plate.union(cq.Workplane(origin=(x, 0, 5)).rect(*size).extrude(12))
    lengths = sorted(f.parameters["length_mm"] for f in found(plate, "rib"))
    assert lengths == pytest.approx([80, 80, 110], abs=1e-3)
    assert not found(plate, "boss")


def test_the_flats_of_a_round_flange_are_no_chamfers():
    flange = cq.Workplane().rect(42, 42).extrude(10)
    assert not found(flange.intersect(cq.Workplane().circle(27).extrude(10)), "chamfer")


def test_a_drafted_wall_at_a_parting_line_is_no_chamfer():
    half = cq.Workplane().rect(60, 40).extrude(20, taper=5)
    assert not found(half.union(half.mirror("XY")), "chamfer")


def test_a_hub_with_a_keyway_is_measured_and_is_no_sheet():
    hub = cq.Workplane().circle(28).circle(12.5).extrude(40)
    hub = hub.cut(cq.Workplane(origin=(12, 0, 0)).rect(8, 8).extrude(40))
    part = part_of(hub)
    recognition = recognise(part)
    assert recognition.sheet is None
    assert "turning" in measure_all(part, recognition, recognition.sheet).facts


def test_a_t_slot_that_ends_in_the_part_is_one_slot():
    shape = block(100, 60, 40)
    for wide, low, high in ((12, 20, 40), (24, 12, 20)):
        run = cq.Workplane(origin=(-25, 0, low)).rect(50, wide).extrude(high - low)
        end = cq.Workplane(origin=(0, 0, low)).circle(wide / 2).extrude(high - low)
        shape = shape.cut(run).cut(end)
    (slot,) = [f for f in features(shape) if f.type in ("slot", "pocket")]
    assert slot.kind == "t_slot"
    assert slot.parameters["width_mm"] == pytest.approx(12, abs=1e-3)
    assert slot.parameters["depth_mm"] == pytest.approx(28, abs=1e-3)


def test_holes_in_the_flanges_at_both_ends_of_a_pipe_are_each_their_own():
    """A branch stands in the way beside two of them."""
    body = shaft(22, 110).union(shaft(44, 12)).union(shaft(44, 12).translate((98, 0, 0)))
    body = body.union(cq.Workplane(origin=(55, 0, 0)).circle(18).extrude(50))
    for turn in (45, 135, 225, 315):
        y, z = 33 * math.cos(math.radians(turn)), 33 * math.sin(math.radians(turn))
        body = body.cut(cq.Workplane("YZ").center(y, z).circle(4.5).extrude(110))
    holes = [f for f in found(body, "hole") if f.parameters["diameter_mm"] == pytest.approx(9)]
    assert [round(h.parameters["depth_mm"], 3) for h in holes] == [12] * 8


def test_a_narrow_slot_interrupts_a_hole():
    shape = block(80, 60, 40).cut(cq.Workplane(origin=(0, 0, 20)).rect(10, 60).extrude(20))
    shape = shape.cut(cq.Workplane("YZ", origin=(-40, 0, 30)).circle(4).extrude(80))
    (hole,) = found(shape, "hole")
    assert hole.parameters["depth_mm"] == pytest.approx(80, abs=1e-3)


def test_a_drafted_box_with_sharp_edges_is_no_sheet():

    def drafted(x, y, radius, high):
        section = cq.Workplane().sketch().rect(x, y).vertices().fillet(radius).finalize()
        return section.extrude(high, taper=1)

    shape = drafted(80, 60, 5, 25).cut(drafted(76, 56, 3, 23))
    told = {f.type for f in features(shape)}
    assert "pocket" in told
    assert not told & {"bend", "flange", "form"}


def test_two_threads_on_one_axis_are_two():
    """Ten turns of a twisted triangle wind at constant pitch, 15 mm at each end of a bar."""
    wound = cq.Workplane().polygon(3, 12).twistExtrude(15, 3600)
    bar = wound.union(cq.Workplane(origin=(0, 0, 15)).circle(8).extrude(40))
    bar = bar.union(wound.translate((0, 0, 55)))
    threads = found(bar, "thread")
    assert [round(t.parameters["length_mm"], 2) for t in threads] == [15, 15]
    assert [t.parameters["pitch_mm"] for t in threads] == pytest.approx([1.5, 1.5], rel=1e-2)
