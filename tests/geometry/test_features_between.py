"""Cuts that lie between other features: windows, reliefs, seals' grooves, slots across bosses."""

import cadquery as cq
import pytest
from shapes import part_of

from geometry.features.recognition import recognise

TURN = ((0.0, 0.0, 0.0), (0.3, 1.0, -0.6), 57.0)


def found(shape, kind):
    """Features of one type in a drawn shape, turned to an odd angle."""
    turned = shape.rotate(*TURN)
    return [f for f in recognise(part_of(turned)).features if f.type == kind]


def window(x, y, length, width, low, high):
    """An obround prism, its length along x."""
    prism = cq.Workplane().slot2D(length, width).extrude(high - low)
    return prism.translate((x, y, low)).val()


def test_a_window_in_an_arm_between_hubs_is_a_passage():
    arm = cq.Workplane().box(80, 24, 12, centered=(False, True, True))
    hub = cq.Workplane().circle(17).extrude(32, both=False).translate((0, 0, -16))
    shape = arm.union(hub).val().cut(window(45, 0, 30, 8, -10, 10))
    (pocket,) = found(shape, "pocket")
    assert pocket.kind == "through"
    assert pocket.parameters["profile"] == "obround"
    assert pocket.parameters["length_mm"] == pytest.approx(30, rel=1e-3)
    assert pocket.parameters["depth_mm"] == pytest.approx(12, rel=1e-3)


def test_a_window_in_one_wall_of_a_square_tube_is_a_passage_beside_the_bore():
    tube = cq.Workplane("YZ").rect(40, 40).rect(34, 34).extrude(100)
    shape = tube.val().cut(window(50, 0, 24, 8, 10, 30))
    sizes = {
        (f.kind, f.parameters["profile"]): f.parameters["depth_mm"] for f in found(shape, "pocket")
    }
    assert sizes[("through", "obround")] == pytest.approx(3, rel=1e-3)
    assert sizes[("through", "rectangle")] == pytest.approx(100, rel=1e-3)


def test_a_window_across_a_solid_shaft_is_one_passage_through_it():
    shaft = cq.Workplane("YZ").circle(17).extrude(100)
    across = window(0, 0, 24, 8, -30, 30).rotate(cq.Vector(), cq.Vector(0, 0, 1), 90)
    shape = shaft.val().cut(across.translate(cq.Vector(50, 0, 0)))
    (pocket,) = found(shape, "pocket")
    assert (pocket.kind, pocket.parameters["profile"]) == ("through", "obround")
    assert not found(shape, "slot")


def test_a_relieved_blind_bore_is_a_hole_and_a_groove_at_its_floor():
    block = cq.Workplane("YZ").circle(30).extrude(50)
    bored = block.cut(cq.Workplane("YZ").circle(13).extrude(30).translate((20, 0, 0)))
    shape = bored.cut(cq.Workplane("YZ").circle(15).extrude(4).translate((20, 0, 0))).val()
    (hole,) = found(shape, "hole")
    assert (hole.kind, hole.parameters["bottom"]) == ("blind", "flat")
    assert hole.parameters["diameter_mm"] == pytest.approx(26)
    assert hole.parameters["depth_mm"] == pytest.approx(30, rel=1e-4)
    assert "counterbore" not in hole.parameters
    (groove,) = found(shape, "groove")
    assert groove.kind == "internal"
    assert groove.parameters["width_mm"] == pytest.approx(4, rel=1e-3)
    assert groove.parameters["depth_mm"] == pytest.approx(2, rel=1e-3)


def test_a_wide_groove_between_equal_lands_is_a_groove():
    spool = cq.Workplane("YZ").circle(8).extrude(42)
    ring = cq.Workplane("YZ").circle(10).circle(5.25).extrude(12).translate((15, 0, 0))
    (groove,) = found(spool.cut(ring).val(), "groove")
    assert groove.parameters["width_mm"] == pytest.approx(12, rel=1e-3)
    assert groove.parameters["depth_mm"] == pytest.approx(2.75, rel=1e-3)


def test_a_longer_neck_between_a_shoulder_and_an_end_is_none():
    shaft = cq.Workplane("YZ").circle(8).extrude(20)
    neck = cq.Workplane("YZ").circle(5).extrude(12).translate((20, 0, 0))
    head = cq.Workplane("YZ").circle(12).extrude(10).translate((32, 0, 0))
    assert not found(shaft.union(neck).union(head).val(), "groove")


@pytest.mark.parametrize("corner", [20.0, 8.0])
def test_a_seals_groove_that_is_not_round_is_a_groove(corner):
    def outline(inset):
        sketch = cq.Workplane().rect(80 - 2 * inset, 40 - 2 * inset).extrude(2.4)
        return sketch.edges("|Z").fillet(corner - inset - 1e-3).translate((0, 0, 11.6))

    cover = cq.Workplane().box(110, 70, 14, centered=(True, True, False))
    shape = cover.cut(outline(0).cut(outline(4))).val()
    (groove,) = found(shape, "groove")
    assert groove.kind == "o_ring"
    assert groove.parameters["width_mm"] == pytest.approx(4, rel=0.01)
    assert groove.parameters["depth_mm"] == pytest.approx(2.4, rel=1e-3)
    assert not found(shape, "boss")


def test_a_pocket_round_an_island_is_no_groove():
    block = cq.Workplane().box(110, 70, 30, centered=(True, True, False))
    cut = cq.Workplane().rect(80, 50).rect(40, 10).extrude(10).translate((0, 0, 20))
    assert not found(block.cut(cut).val(), "groove")


def test_a_slot_across_a_boss_leaves_a_round_boss_and_a_slot():
    plate = cq.Workplane().box(80, 60, 10, centered=(True, True, False))
    boss = cq.Workplane().circle(15).extrude(16).translate((0, 0, 10))
    slot = cq.Workplane().box(60, 6, 10, centered=(True, True, False)).translate((0, 0, 16))
    shape = plate.union(boss).cut(slot).cut(cq.Workplane().circle(5).extrude(40)).val()
    assert not found(shape, "rib")
    (round_boss,) = found(shape, "boss")
    assert round_boss.kind == "round"
    assert round_boss.parameters["diameter_mm"] == pytest.approx(30)
    (across,) = found(shape, "slot")
    assert across.parameters["width_mm"] == pytest.approx(6, rel=1e-3)
    assert across.parameters["depth_mm"] == pytest.approx(10, rel=1e-3)
    assert across.parameters["length_mm"] == pytest.approx(30, rel=1e-3)


def test_a_slit_collar_is_no_hem():
    ring = cq.Workplane().circle(20).circle(10).extrude(20)
    slit = cq.Workplane().box(20, 2, 20, centered=(False, True, False)).translate((5, 0, 0))
    shape = ring.cut(slit).val()
    assert not found(shape, "bend")
    (hole,) = found(shape, "hole")
    assert hole.parameters["diameter_mm"] == pytest.approx(20)
    (slot,) = found(shape, "slot")
    assert slot.parameters["width_mm"] == pytest.approx(2, rel=1e-3)


def test_slots_across_the_crown_of_a_nut_are_no_teeth():
    nut = cq.Workplane().polygon(6, 34).extrude(16).union(cq.Workplane().circle(13).extrude(22))
    nut = nut.cut(cq.Workplane().circle(6.25).extrude(30))
    for turn in (0, 60, 120):
        bar = cq.Workplane().box(60, 4, 6, centered=(True, True, False)).translate((0, 0, 16))
        nut = nut.cut(bar.rotate((0, 0, 0), (0, 0, 1), turn))
    assert not found(nut.val(), "gear")
    (hole,) = found(nut.val(), "hole")
    assert hole.parameters["diameter_mm"] == pytest.approx(12.5)


def test_a_hole_that_dips_into_a_wall_beside_it_goes_through():
    plate = cq.Workplane().box(80, 60, 8, centered=(True, True, False))
    wall = cq.Workplane().box(20, 60, 20, centered=(True, True, False)).translate((20, 0, 0))
    drill = cq.Workplane().circle(8.5).extrude(10).translate((5, 0, 0))
    (hole,) = found(plate.union(wall).cut(drill).val(), "hole")
    assert hole.kind == "through"
    assert hole.parameters["diameter_mm"] == pytest.approx(17)


def cone(bottom, top, low, high):
    return cq.Solid.makeCone(bottom, top, high - low).translate(cq.Vector(0, 0, low))


def test_a_conical_seat_through_a_plate_is_a_countersunk_hole():
    plate = cq.Workplane().circle(30).extrude(10).val()
    (hole,) = found(plate.cut(cone(10, 22, 0, 10)), "hole")
    assert hole.kind == "through"
    assert hole.parameters["diameter_mm"] == pytest.approx(20)
    assert hole.parameters["countersink"]["diameter_mm"] == pytest.approx(44, rel=1e-4)


def test_the_mark_of_a_drills_point_is_a_hole():
    block = cq.Workplane().box(60, 50, 30, centered=(True, True, False)).val()
    (hole,) = found(block.cut(cone(0, 4, 27, 30)), "hole")
    assert (hole.kind, hole.parameters["bottom"]) == ("blind", "conical")
    assert hole.parameters["diameter_mm"] == pytest.approx(8)


@pytest.mark.parametrize(
    ("diameter", "depth", "head", "tapped"),
    [
        (8.5, 20, 0, True),
        (8.5, 2.5, 0, False),
        (8.5, 20, 16, False),
        (24.0, 20, 0, False),
        (12.0, 30, 0, False),
    ],
    ids=["M10", "too short to hold", "sunk for a head", "a bearing's seat", "a pin's seat"],
)
def test_a_tap_drills_size_is_a_thread_only_where_one_would_hold(diameter, depth, head, tapped):
    plate = cq.Workplane().box(70, 60, depth, centered=(True, True, False)).val()
    shape = plate.cut(cq.Solid.makeCylinder(diameter / 2, depth))
    if head:
        shape = shape.cut(cone(diameter / 2, head / 2, depth - (head - diameter) / 2, depth))
    (hole,) = found(shape, "hole")
    assert ("thread" in hole.parameters) == tapped


def test_hoods_drawn_with_flat_walls_are_louvres():
    sheet = cq.Workplane().box(120, 80, 1.2, centered=(True, True, False))
    for x in (-30, 0, 30):
        hood = cq.Workplane("XZ").polyline([(-4, 1.2), (4, 1.2), (4, 5.2), (2.8, 5.2)]).close()
        inner = (
            cq.Workplane("XZ").polyline([(-3.5, -1), (6, -1), (6, 4), (2.8, 4), (-3, 0)]).close()
        )
        sheet = sheet.union(hood.extrude(45).translate((x, 22.5, 0)))
        sheet = sheet.cut(inner.extrude(42.6).translate((x, 21.3, 0)))
    forms = found(sheet.val(), "form")
    assert [form.kind for form in forms] == ["louvre"] * 3
    assert not found(sheet.val(), "pocket")


def test_a_bent_sheet_is_no_turned_part():
    outer = cq.Workplane("XZ").circle(14).circle(12).extrude(40)
    half = outer.cut(cq.Workplane("XY").box(60, 100, 30).translate((0, 0, -15)))
    legs = cq.Workplane("XY").box(2, 40, 20, centered=(True, False, False))
    legs = legs.translate((13, -40, -20)).union(legs.translate((-13, -40, -20)))
    shape = half.union(legs).val()
    assert len(found(shape, "bend")) == 1
    assert not found(shape, "turned_profile")
