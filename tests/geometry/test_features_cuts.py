"""Pockets, passages, slots, steps and keyways on shapes drawn at odd angles with known sizes."""

import math

import cadquery as cq
import pytest
from OCP.BRepBuilderAPI import BRepBuilderAPI_NurbsConvert
from shapes import odd_direction, part_of, turned

from geometry.features.recognition import recognise
from geometry.part import build

CUTS = ("pocket", "slot", "step")


def cuts(shape):
    """Cuts of a drawn shape."""
    return [f for f in recognise(part_of(shape)).features if f.type in CUTS]


def only(shape):
    features = cuts(shape)
    assert len(features) == 1, features
    return features[0]


def stock(x=90, y=70, z=40):
    return cq.Workplane().box(x, y, z, centered=(True, True, False)).translate((0, 0, -z))


def carved(points, depth, x=90, y=70, z=40):
    return stock(x, y, z).cut(cq.Workplane().polyline(points).close().extrude(-depth))


RECTANGLE = [(-20, -11), (20, -11), (20, 11), (-20, 11)]
TRIANGLE = [(-15, -10), (18, -10), (2, 16)]
HEXAGON = [(20, 0), (10, 17.3205), (-10, 17.3205), (-20, 0), (-10, -17.3205), (10, -17.3205)]
ELL = [(-20, -20), (20, -20), (20, -5), (-5, -5), (-5, 20), (-20, 20)]


@pytest.mark.parametrize(
    ("points", "profile"),
    [(RECTANGLE, "rectangle"), (TRIANGLE, "triangle"), (HEXAGON, "hexagon"), (ELL, "other")],
)
def test_a_pocket_is_closed_and_has_its_profile(points, profile):
    pocket = only(carved(points, 13))
    assert (pocket.type, pocket.kind, pocket.parameters["profile"]) == ("pocket", "closed", profile)
    assert pocket.parameters["depth_mm"] == pytest.approx(13, abs=1e-3)
    assert pocket.parameters["direction"] == pytest.approx(odd_direction(0, 0, 1), abs=1e-6)


@pytest.mark.parametrize(
    ("points", "profile"),
    [(RECTANGLE, "rectangle"), (TRIANGLE, "triangle"), (HEXAGON, "hexagon"), (ELL, "other")],
)
def test_a_passage_is_a_pocket_that_goes_through(points, profile):
    pocket = only(carved(points, 60))
    assert (pocket.type, pocket.kind) == ("pocket", "through")
    assert pocket.parameters["profile"] == profile
    assert pocket.parameters["depth_mm"] == pytest.approx(40, abs=1e-3)


def test_a_rounded_pocket_knows_its_corner_and_floor_radius_and_its_size():
    tool = cq.Workplane().rect(52, 31).extrude(-14).edges("|Z").fillet(6)
    pocket = only(stock().cut(tool.faces("<Z").edges().fillet(2)))
    assert pocket.parameters["corner_radius_mm"] == pytest.approx(6)
    assert pocket.parameters["floor_radius_mm"] == pytest.approx(2)
    assert pocket.parameters["length_mm"] == pytest.approx(52, abs=0.01)
    assert pocket.parameters["width_mm"] == pytest.approx(31, abs=0.01)


def test_an_obround_pockets_length_is_over_its_round_ends():
    pocket = only(stock().faces(">Z").workplane().slot2D(44, 13).cutBlind(-9))
    assert pocket.parameters["profile"] == "obround"
    assert pocket.parameters["length_mm"] == pytest.approx(44, rel=1e-3)
    assert pocket.parameters["width_mm"] == pytest.approx(13, rel=1e-3)


def test_islands_are_counted():
    shape = carved(RECTANGLE, 10).union(cq.Workplane("XY", origin=(5, 0, -12)).circle(4).extrude(8))
    (pocket,) = cuts(shape)
    assert pocket.parameters["islands"] == 1


def test_a_pocket_in_a_pocket_is_its_child():
    shape = carved(RECTANGLE, 8).cut(cq.Workplane("XY", origin=(3, 0, -8)).rect(14, 9).extrude(-6))
    features = cuts(shape)
    inner = min(features, key=lambda f: f.parameters["length_mm"])
    outer = max(features, key=lambda f: f.parameters["length_mm"])
    assert (inner.parent, outer.parent) == (outer.id, None)


def test_a_pocket_open_at_its_long_side_is_an_open_pocket():
    pocket = only(stock().cut(cq.Workplane("XY", origin=(0, 30, 0)).rect(50, 30).extrude(-9)))
    assert (pocket.type, pocket.kind) == ("pocket", "open")
    assert pocket.parameters["length_mm"] == pytest.approx(50, abs=1e-3)
    assert pocket.parameters["width_mm"] == pytest.approx(20, abs=1e-3)


def test_a_slot_runs_out_at_both_ends():
    slot = only(stock().cut(cq.Workplane("XY", origin=(7, 0, 0)).rect(11, 100).extrude(-9)))
    assert (slot.type, slot.kind, slot.parameters["profile"]) == ("slot", "through", "rectangle")
    assert slot.parameters["width_mm"] == pytest.approx(11, abs=1e-3)
    assert slot.parameters["depth_mm"] == pytest.approx(9, abs=1e-3)
    assert slot.parameters["length_mm"] == pytest.approx(70, abs=1e-3)


def test_a_vee_is_a_triangular_slot():
    tool = cq.Workplane("XZ", origin=(0, 60, 0)).polyline([(-8, 0), (8, 0), (0, -11)]).close()
    slot = only(stock().cut(tool.extrude(120)))
    assert (slot.type, slot.kind, slot.parameters["profile"]) == ("slot", "through", "triangle")


def test_a_round_channel_is_a_slot_of_circular_section():
    channel = cq.Workplane("XZ", origin=(0, 60, 3)).circle(9).extrude(120)
    slot = only(stock().cut(channel))
    assert (slot.type, slot.kind, slot.parameters["profile"]) == ("slot", "through", "circle")


def test_a_slot_with_one_open_end_is_blind():
    slot = only(stock().cut(cq.Workplane("XY", origin=(0, 25, 0)).rect(12, 60).extrude(-9)))
    assert (slot.type, slot.kind) == ("slot", "blind")
    assert slot.parameters["length_mm"] == pytest.approx(40, abs=1e-3)


def test_a_t_slot_is_found_with_its_neck():
    section = [(-9, -16), (9, -16), (9, -9), (5, -9), (5, 1), (-5, 1), (-5, -9), (-9, -9)]
    tool = cq.Workplane("XZ", origin=(0, 60, 0)).polyline(section).close().extrude(120)
    slot = only(stock().cut(tool))
    assert slot.kind == "t_slot"
    assert slot.parameters["depth_mm"] == pytest.approx(16, abs=1e-3)
    assert slot.parameters["width_mm"] == pytest.approx(10, abs=1e-3)


def test_walls_that_lean_in_make_a_dovetail():
    section = [(-14, -10), (14, -10), (8, 0), (8, 1), (-8, 1), (-8, 0)]
    tool = cq.Workplane("XZ", origin=(0, 60, 0)).polyline(section).close().extrude(120)
    assert only(stock().cut(tool)).kind == "dovetail"


def test_a_step_along_an_edge_has_two_extents():
    step = only(stock().cut(cq.Workplane("XY", origin=(45, 0, 0)).rect(40, 100).extrude(-13)))
    assert (step.type, step.kind, step.parameters["profile"]) == ("step", "through", "rectangle")
    assert step.parameters["width_mm"] == pytest.approx(20, abs=1e-3)
    assert step.parameters["depth_mm"] == pytest.approx(13, abs=1e-3)


@pytest.mark.parametrize(
    ("tool", "profile"),
    [
        (cq.Workplane("XY", origin=(45, 35, 0)).rect(40, 30), "rectangle"),
        (cq.Workplane("XY", origin=(45, 35, 0)).circle(17), "circle"),
        (
            cq.Workplane("XY", origin=(45, 35, 0))
            .polyline([(-60, 34), (34, -60), (60, 60)])
            .close(),
            "triangle",
        ),
    ],
)
def test_a_corner_taken_out_is_a_blind_step(tool, profile):
    step = only(stock().cut(tool.extrude(-12)))
    assert (step.type, step.kind, step.parameters["profile"]) == ("step", "blind", profile)


def test_slots_that_cross_are_each_whole():
    shape = stock().cut(cq.Workplane().rect(100, 9).extrude(-7))
    shape = shape.cut(cq.Workplane().rect(14, 100).extrude(-12))
    slots = sorted(cuts(shape), key=lambda f: f.parameters["depth_mm"])
    assert [s.kind for s in slots] == ["through", "through"]
    assert slots[0].parameters["length_mm"] == pytest.approx(90, abs=1e-3)


def test_a_keyway_is_measured_from_the_shafts_crown():
    bar = cq.Workplane("YZ").circle(20).extrude(120)
    tool = cq.Workplane("XY", origin=(60, 0, 15)).slot2D(46, 11).extrude(20)
    keyway = only(bar.cut(tool))
    assert (keyway.type, keyway.kind, keyway.parameters["profile"]) == ("slot", "keyway", "obround")
    assert keyway.parameters["depth_mm"] == pytest.approx(5, abs=1e-3)
    assert keyway.parameters["width_mm"] == pytest.approx(11, rel=1e-3)
    assert keyway.parameters["length_mm"] == pytest.approx(46, rel=1e-3)


def told(part):
    """What a part's features say, without ids and faces."""
    return sorted(
        (
            f.type,
            f.kind,
            f.parameters.get("profile"),
            *(
                round(f.parameters[k], 1)
                for k in ("depth_mm", "diameter_mm", "radius_mm", "length_mm")
                if k in f.parameters
            ),
        )
        for f in recognise(part).features
    )


def test_writing_a_part_as_nurbs_changes_no_feature():
    tool = cq.Workplane().rect(50, 30).extrude(-14).edges("|Z").fillet(6)
    shape = stock().cut(tool.faces("<Z").edges().fillet(2)).edges("|Z and >X").fillet(5)
    shape = shape.faces("<Z").workplane(origin=(-35, 0, 0)).cskHole(6.6, 12, 90)
    plain = turned(shape).wrapped
    assert told(build(BRepBuilderAPI_NurbsConvert(plain, True).Shape())) == told(build(plain))


def test_a_slot_keeps_its_depth_where_another_corners_round_runs_into_its_end():
    block = cq.Workplane().box(120, 100, 30, centered=(True, True, False))
    block = block.edges("|Z and >X and >Y").fillet(9)
    slot = cq.Workplane("XY", origin=(0, 41, 23)).box(140, 10, 20, centered=(True, True, False))
    (cut,) = [f for f in recognise(part_of(block.cut(slot))).features if f.type == "slot"]
    assert cut.parameters["depth_mm"] == pytest.approx(7, abs=1e-3)
    assert cut.parameters["width_mm"] == pytest.approx(10, abs=1e-3)


@pytest.mark.parametrize(("length", "type_"), [(35.5, "pocket"), (60, "slot")])
def test_what_opens_at_one_side_is_a_slot_where_it_is_longer_than_wide(length, type_):
    tool = cq.Workplane("XY", origin=(50 + 5 - length / 2, 0, 20)).rect(length + 10, 31.5)
    tool = tool.extrude(20).edges("|Z and <X").fillet(5)
    cut = only(cq.Workplane().box(100, 70, 30, centered=(True, True, False)).cut(tool))
    assert cut.type == type_
    assert cut.parameters["depth_mm"] == pytest.approx(10, abs=1e-3)
    assert cut.parameters["length_mm"] == pytest.approx(length, abs=1e-3)
    assert cut.parameters["width_mm"] == pytest.approx(31.5, abs=1e-3)


@pytest.mark.parametrize("turn_deg", [0, 17, 101])
def test_a_pocket_that_touches_a_round_channels_rim_stays_apart_from_it(turn_deg):
    """At the rim material ends in a knife's edge: it is as convex however the part is turned."""
    channel = cq.Workplane("YZ", origin=(-50, 0, 20)).circle(8).extrude(100)
    pocket = cq.Workplane().box(30, 12, 12).translate((0, 14, 14))
    block = cq.Workplane().box(90, 70, 40)
    shape = block.cut(channel).cut(pocket).rotate((0, 0, 0), (3, 1, 2), turn_deg)
    slot, beside = sorted(cuts(shape), key=lambda cut: cut.type, reverse=True)
    assert (slot.type, slot.kind, slot.parameters["profile"]) == ("slot", "through", "circle")
    assert slot.parameters["width_mm"] == pytest.approx(16)
    assert (beside.type, beside.kind) == ("pocket", "closed")
    assert beside.parameters["depth_mm"] == pytest.approx(12)


def test_holes_that_meet_in_a_pockets_floor_open_it_no_further():
    block = cq.Workplane().box(110, 74, 34, centered=(True, True, False))
    pocket = cq.Workplane("XY", origin=(0, 0, 22)).rect(86, 54).extrude(20).edges("|Z").fillet(6)
    shape = block.cut(pocket)
    for side in (-1, 1):  # that cross below it
        way = cq.Vector(0, math.sin(math.radians(-18 * side)), -math.cos(math.radians(18)))
        start = cq.Vector(0, 2 * side, 22) - way * 3
        shape = shape.cut(cq.Workplane(obj=cq.Solid.makeCylinder(2.6, 60, start, way)))
    (pocket,) = [f for f in recognise(part_of(shape)).features if f.type == "pocket"]
    assert (pocket.kind, pocket.parameters["profile"]) == ("closed", "rectangle")
    assert pocket.parameters["depth_mm"] == pytest.approx(12, abs=1e-3)


def test_a_step_between_chamfered_corners_is_as_deep_as_between_sharp_ones():
    plate = cq.Workplane().box(120, 80, 24).edges("|Z").chamfer(6)
    step = only(plate.cut(cq.Workplane().box(20, 90, 8).translate((50, 0, 8))))
    assert (step.parameters["depth_mm"], step.parameters["width_mm"]) == pytest.approx((8, 20))


@pytest.mark.parametrize(("along", "aside"), [(45, 9), (12, 40), (45, 4), (20, 20)])
def test_a_corner_cut_off_down_to_a_floor_is_a_blind_step_however_it_leans(along, aside):
    corner = [(45 - along, 35), (45, 35 - aside), (60, 35 - aside), (60, 50), (45 - along, 50)]
    step = only(carved(corner, 7))
    assert (step.type, step.kind, step.parameters["profile"]) == ("step", "blind", "triangle")


@pytest.mark.parametrize(("flat", "type_"), [(3, "pocket"), (8, "hole")])
def test_a_d_shaped_passage_is_no_bore_where_its_flat_takes_a_third(flat, type_):
    """The flat lies 3 or 8 mm from the middle of a circle of 20: 215° or 254° of it are left."""
    circle = cq.Workplane().circle(10).extrude(-40)
    cut = circle.cut(cq.Workplane().box(20, 40, 100).translate((10 + flat, 0, 0)))
    features = recognise(part_of(stock().cut(cut))).features
    (told,) = [f for f in features if f.type in (*CUTS, "hole")]
    assert (told.type, told.kind) == (type_, "through")


@pytest.mark.parametrize("depth", [40, 12])
def test_an_elliptic_cut_is_a_pocket_of_its_two_axes(depth):
    told = only(stock().cut(cq.Workplane().ellipse(20, 12).extrude(-depth)))
    assert (told.type, told.kind) == ("pocket", "through" if depth == 40 else "closed")
    assert told.parameters["profile"] == "other"
    sizes = [told.parameters[key] for key in ("length_mm", "width_mm", "depth_mm")]
    assert sizes == pytest.approx([40, 24, depth], rel=5e-3)


def test_a_hollow_wave_across_a_block_is_no_passage():
    wave = [(-40, 0), (-20, -6), (0, 0), (20, -6), (40, 0)]
    section = cq.Workplane("XZ", origin=(0, 60, 0)).spline(wave).lineTo(40, 20).lineTo(-40, 20)
    assert not [
        f
        for f in cuts(stock().cut(section.close().extrude(120)))
        if f.kind == "through" and f.type == "pocket"
    ]
