"""Which operations make a part: tools by the corners they fit, setups by the sides they reach,
minutes by the formulas of cutting.
"""

import json
import math
from types import SimpleNamespace

import cadquery as cq
import numpy as np
import pytest
from shapes import subject_of

from geometry.materials import find
from geometry.processes import milling, tools, turning
from geometry.processes.cavity_cuts import runs
from geometry.processes.cutting import OPERATIONS, Cut, drilling_min, handling_min, minutes
from geometry.processes.estimates import estimates
from geometry.processes.measurement import Facts

STEEL = find("C45")


def block():
    return cq.Workplane().box(60, 40, 30)


def cube_bored(sides, depth=10.0):
    """A cube of 40 with a blind hole in each of the named sides."""
    body = cq.Workplane().box(40, 40, 40)
    for side in sides:
        body = body.faces(side).workplane(centerOption="CenterOfMass").hole(6, depth)
    return body


def slanted(angle):
    """A block with a hole that leans by `angle` from its top's normal."""
    drill = cq.Workplane().circle(2.5).extrude(200, both=True).rotate((0, 0, 0), (1, 0, 0), angle)
    return block().cut(drill)


def askew(body):
    return body.rotate((0, 0, 0), (3, -2, 5), 67.0)


def pinned(body):
    """The body with a blind hole for a pin in its top, beside whatever is in its middle."""
    return body.cut(cq.Workplane("XY", origin=(22, 12, 7)).circle(3).extrude(8))


def pocket(depth, width=20.0, corner=4.0):
    tool = cq.Workplane("XY", origin=(0, 0, 15 - depth)).rect(30, width).extrude(depth)
    return block().cut(tool.edges("|Z").fillet(corner))


def milled(shape):
    return milling.measure(subject_of(shape))


def turned(shape):
    return turning.measure(subject_of(shape))


def cut(facts, operation, **of):
    """The one cut of a kind."""
    found = [
        Cut.from_dict(record)
        for record in facts.cuts
        if record["operation"] == operation
        and all(record.get(key) == value for key, value in of.items())
    ]
    assert len(found) == 1, [record["operation"] for record in facts.cuts]
    return found[0]


# --- setups ---


@pytest.mark.parametrize(
    ("shape", "setups"),
    [
        (block(), 2),  # from above with all sides, and from below
        (cube_bored([">Z"]), 2),
        (cube_bored([">Z", "<Z"]), 2),
        (cube_bored([">Z", ">X"]), 2),  # what is below one is a side of the other
        (cube_bored([">X", "<X", ">Y", "<Y", ">Z", "<Z"]), 6),
        (cube_bored([">X", ">Y", ">Z"], depth=None), 3),  # through: each drills from one side
        (pinned(slanted(30)), 3),  # the pin's hole asks for the top, and the top shows no bottom
    ],
)
def test_the_fewest_setups_are_found(shape, setups):
    assert milled(shape).metrics["setups"] == setups


def test_three_holes_through_a_cube_ask_for_three_setups_whichever_way_they_point():
    directions = np.array(
        milled(cube_bored([">X", ">Y", ">Z"], depth=None)).metrics["setup_directions"]
    )
    assert np.abs(directions @ directions.T) == pytest.approx(np.eye(3), abs=1e-6)


@pytest.mark.parametrize(
    ("shape", "axes", "mode"),
    [(cube_bored([">Z", ">X"]), 3, "3"), (pinned(slanted(30)), 4, "3+1")],
)
def test_axes_follow_from_the_directions(shape, axes, mode):
    metrics = milled(shape).metrics
    assert (metrics["axes"], metrics["axis_mode"]) == (axes, mode)


def test_a_hole_that_leans_two_ways_asks_for_five_axes():
    drill = cq.Workplane().circle(2.5).extrude(200, both=True).rotate((0, 0, 0), (1, 0, 0), 30)
    across = cq.Workplane().circle(2.5).extrude(200, both=True).rotate((0, 0, 0), (0, 1, 0), 40)
    both = cq.Workplane().box(90, 70, 30).cut(drill.translate((20, 0, 0)))
    metrics = milled(both.cut(across.translate((-20, 0, 0)))).metrics
    assert (metrics["axes"], metrics["axis_mode"]) == (5, "3+2")
    assert metrics["clampings"] < metrics["setups"]


def test_a_drill_is_set_up_along_its_hole():
    facts = milled(pinned(slanted(30)))
    hole = cut(facts, "drill", tool_diameter_mm=5.0)
    way = np.array(facts.metrics["setup_directions"][hole.setup - 1])
    others = [w for n, w in enumerate(facts.metrics["setup_directions"]) if n != hole.setup - 1]
    assert all(abs(way @ np.array(other)) < math.cos(math.radians(29)) for other in others)


def test_what_overhangs_a_spot_face_asks_for_no_setup_askew():
    """A rib hangs over half of a counterbore's wall: no tool at an angle cuts the rest of it."""
    plate = cq.Workplane().box(80, 60, 20).faces(">Z").workplane().cboreHole(9, 30, 12)
    rib = cq.Workplane("XY", origin=(9, 0, 10)).box(16, 60, 20, centered=(True, True, False))
    assert milled(askew(plate)).metrics["setups"] == 2
    assert milled(askew(plate.union(rib))).metrics["setups"] == 2


# --- stock ---


def test_a_block_is_cut_from_the_next_standard_plate():
    metrics = milled(block()).metrics  # 60 × 40 × 30 with 2 mm on each side
    assert metrics["stock_form"] == "plate"
    assert metrics["stock_mm"] == pytest.approx([64, 44, 35])


def test_a_disc_is_cut_from_round_bar():
    metrics = milled(cq.Workplane().circle(40).extrude(30)).metrics
    assert metrics["stock_form"] == "round_bar"
    assert metrics["stock_mm"] == pytest.approx([85, 85, 34], rel=1e-3)
    assert metrics["stock_volume_mm3"] == pytest.approx(math.pi / 4 * 85**2 * 34, rel=1e-3)


def test_what_no_standard_plate_holds_is_a_sawn_block():
    metrics = milled(cq.Workplane().box(600, 500, 400)).metrics
    assert metrics["stock_form"] == "block"
    assert metrics["stock_mm"] == pytest.approx([604, 504, 404])


def test_a_shaft_is_turned_from_the_next_standard_bar():
    metrics = turned(cq.Workplane().circle(14.5).extrude(100)).metrics
    assert metrics["bar_diameter_mm"] == 32  # 29 and 2 to turn off


# --- tools ---


def test_a_pocket_is_finished_by_the_largest_mill_that_fits_its_corners():
    facts = milled(pocket(12, corner=4.2))
    wall = cut(facts, "finish_wall", feature="pocket-1")
    assert (wall.tool, wall.tool_diameter_mm) == ("end_mill", 8)
    assert wall.tool_length_mm == pytest.approx(13, abs=1)  # its depth and a millimetre of air


def test_a_pocket_is_cleared_by_a_larger_mill_than_its_corners_take():
    clearing = cut(milled(pocket(12, corner=4.2)), "rough_mill", feature="pocket-1")
    assert clearing.tool_diameter_mm == 14  # 0.7 of the width of 20


def test_a_mill_that_would_only_chatter_gives_way_to_erosion():
    operations = {c["operation"] for c in milled(pocket(26, width=4, corner=1.0)).cuts}
    assert "sink_erode" in operations


def test_only_the_corners_that_no_mill_reaches_are_eroded():
    """A mill of 6 is the smallest that reaches 62 deep within 12 diameters; in each corner it
    leaves (1 − π/4)·(3² − 1.5²) of a radius of 1.5.
    """
    body = cq.Workplane().box(120, 100, 80)
    tool = cq.Workplane("XY", origin=(0, 0, -22)).rect(80, 60).extrude(62)
    facts = milled(body.cut(tool.edges("|Z").fillet(1.5)))
    corners = 4 * (1 - math.pi / 4) * (3**2 - 1.5**2) * 62
    assert cut(facts, "sink_erode").volume_mm3 == pytest.approx(corners, rel=1e-3)
    assert cut(facts, "finish_wall", feature="pocket-1").tool_diameter_mm == 20


def test_a_ring_is_milled_by_a_slotting_cutter_from_along_its_axis():
    disc = cq.Workplane().circle(40).extrude(30)
    ring = cq.Workplane("XY", origin=(0, 0, 12)).circle(41).circle(35).extrude(5)
    facts = milled(disc.cut(ring))
    slot = cut(facts, "slot_mill", tool="t_slot_cutter")
    assert slot.path_mm == pytest.approx(math.pi * 70, rel=0.15)  # once round, between 70 and 80
    assert facts.metrics["setups"] == 2
    assert not [c for c in facts.cuts if c["operation"] == "sink_erode"]


def test_a_small_fillet_asks_no_small_ball_of_the_faces_beside_it():
    """A hollow fillet of 1 between a block and a dome of radius 60: a ball of 2 for the fillet
    alone.
    """
    dome = (
        cq.Workplane()
        .sphere(60)
        .intersect(
            cq.Workplane("XY", origin=(0, 0, 40)).box(300, 300, 100, centered=(True, True, False))
        )
    )
    body = cq.Workplane("XY", origin=(0, 0, 20)).box(150, 150, 20, centered=(True, True, False))
    whole = body.union(dome)
    rim = whole.edges(cq.selectors.RadiusNthSelector(0)).fillet(1.0)
    balls = [Cut.from_dict(c) for c in milled(rim).cuts if c["operation"] == "ball_mill"]
    assert sorted(b.tool_diameter_mm for b in balls) == [2, 20]
    cap = 2 * math.pi * 60 * 20  # of a height of 20, less what the fillet takes
    assert {b.tool_diameter_mm: b.area_mm2 for b in balls}[20] == pytest.approx(cap, rel=0.03)


def test_a_standard_hole_is_drilled_and_an_odd_one_bored():
    plain = [c["operation"] for c in milled(block().faces(">Z").workplane().hole(6.5)).cuts]
    odd = [c["operation"] for c in milled(block().faces(">Z").workplane().hole(6.56)).cuts]
    assert "drill" in plain
    assert "bore" not in plain
    assert "bore" in odd


def test_a_tap_drill_hole_is_tapped():
    tap = cut(milled(block().faces(">Z").workplane().hole(6.8)), "tap")
    assert (tap.tool_diameter_mm, tap.pitch_mm) == (8, 1.25)


def test_a_screw_hole_is_drilled_and_counterbored():
    facts = milled(block().faces(">Z").workplane().cboreHole(9, 15, 8.6))
    assert cut(facts, "drill").tool_diameter_mm == 9
    sink = cut(facts, "counterbore")
    assert (sink.tool_diameter_mm, sink.depth_mm) == (15, pytest.approx(8.6))


def test_a_hole_beyond_drills_is_milled_round():
    assert cut(milled(block().faces(">Z").workplane().hole(30)), "bore_mill").tool_diameter_mm == 20


def test_a_drill_beside_a_wall_stands_far_enough_out_for_its_holder():
    """A collet nut of 19 mm reaches 6.5 beyond a drill of 6; the wall stands 4 away and 50 high."""
    body = cq.Workplane().box(80, 40, 10, centered=(True, True, False))
    free = body.cut(cq.Workplane("XY", origin=(-20, 0, 2)).circle(3).extrude(8))
    wall = cq.Workplane().box(10, 40, 60, centered=(False, True, False)).translate((-13, 0, 0))
    near = free.union(wall)
    assert cut(milled(free), "drill").tool_length_mm == pytest.approx(9, abs=1)
    assert cut(milled(near), "drill").tool_length_mm == pytest.approx(59, abs=1)


def test_a_deep_hole_is_gun_drilled():
    long = cq.Workplane().box(30, 30, 200).faces(">Z").workplane().hole(6)
    assert cut(milled(long), "gun_drill").depth_mm == pytest.approx(200)


def test_corners_that_ask_for_a_small_mill_are_all_that_it_cuts():
    """A pocket of 60 × 40 × 15 with corners of 2: a mill of 20 clears it; in each corner it leaves
    (1 − π/4)·(10² − 2²) for a mill of 4.
    """
    tool = cq.Workplane("XY", origin=(0, 0, 0)).rect(60, 40).extrude(20)
    body = cq.Workplane().box(100, 80, 30).cut(tool.edges("|Z").fillet(2))
    facts = milled(askew(body))
    walls = [Cut.from_dict(c) for c in facts.cuts if c["operation"] == "finish_wall"]
    own = {c.tool_diameter_mm: c for c in walls if c.feature == "pocket-1"}
    assert set(own) == {20, 4}
    rest = cut(facts, "rough_mill", feature="pocket-1", tool_diameter_mm=4.0)
    assert rest.volume_mm3 == pytest.approx(4 * 15 * (1 - math.pi / 4) * (10**2 - 2**2), rel=1e-3)
    assert cut(facts, "finish_floor", feature="pocket-1").tool_diameter_mm == 20


def test_a_floor_radius_is_left_by_a_bull_nose_or_run_along_by_a_ball():
    def floor_of(radius):
        tool = cq.Workplane("XY", origin=(0, 0, -5)).rect(60, 40).extrude(20)
        tool = tool.edges("|Z").fillet(11).faces("<Z").edges().fillet(radius)
        return milled(cq.Workplane().box(100, 80, 30).cut(tool))

    assert cut(floor_of(3), "finish_floor", feature="pocket-1").tool == "bull_nose_mill"
    round_floor = floor_of(8)
    assert cut(round_floor, "finish_floor", feature="pocket-1").tool == "end_mill"
    ball = cut(round_floor, "ball_mill", feature="pocket-1")
    assert ball.tool_diameter_mm == 16
    assert ball.path_mm == pytest.approx(2 * (60 + 40))  # once along the walls


def test_a_narrow_slot_from_end_to_end_is_sawn():
    """1 wide and 8 deep through 60: a saw takes 5 at a time."""
    slit = cq.Workplane("XY", origin=(0, 0, 7)).box(60, 1, 8, centered=(True, True, False))
    saw = cut(milled(askew(block().cut(slit))), "slot_mill")
    assert saw.tool == "slitting_saw"
    assert saw.path_mm == pytest.approx(2 * 60)


def test_a_slot_without_walls_is_neither_milled_nor_told_to_be_deep():
    """A side of a cube of 40 and no other face make no slot of 60 × 40, 5 wide."""
    subject = subject_of(cq.Workplane().box(40, 40, 40))
    size = {"depth_mm": 60.0, "length_mm": 40.0, "width_mm": 5.0, "direction": [0.0, 0.0, 1.0]}
    alone = SimpleNamespace(id="slot-1", type="slot", kind="through", faces=(0,), parameters=size)
    subject.recognition = SimpleNamespace(features=(alone,))
    facts = milling.measure(subject)
    assert not [c for c in facts.cuts if c.get("feature")]
    assert not [m for m in facts.measurements if m.quantity == "cavity_ratio"]


def test_a_ring_too_narrow_for_any_mill_is_eroded():
    ring = cq.Workplane("XY", origin=(0, 0, 13)).circle(10).circle(9.8).extrude(2)
    facts = milled(block().cut(ring))
    erode = cut(facts, "sink_erode", feature="groove-1")
    assert erode.volume_mm3 == pytest.approx(math.pi * (10**2 - 9.8**2) * 2, rel=0.02)


def test_a_notch_in_the_edge_of_a_plate_is_milled_along_its_run():
    """A wedge of 90° out of a plate of 10: the tool stands out of its holder by the thickness, not
    by the width of the plate that lies behind the notch.
    """
    plate = cq.Workplane().box(200, 150, 10)
    wedge = cq.Workplane("XY", origin=(0, 0, -5)).polyline([(100, 20), (80, 0), (100, -20)])
    facts = milled(askew(plate.cut(wedge.close().extrude(10))))
    assert not [c for c in facts.cuts if c["operation"] in ("wire_erode", "sink_erode")]
    notch = [c for c in facts.cuts if (c.get("feature") or "").startswith("slot")]
    assert all(c["tool_length_mm"] <= 12 for c in notch)


def test_a_ledge_beside_one_wall_takes_the_large_mill():
    """Over its open side the mill stands out; between two walls it is no wider than the floor."""
    ledge = (
        cq.Workplane().box(100, 60, 40).cut(cq.Workplane().box(100, 10, 20).translate((0, 27, 12)))
    )
    floors = [Cut.from_dict(c) for c in milled(ledge).cuts if c["operation"] == "finish_floor"]
    assert {c.tool_diameter_mm for c in floors} == {20}


def test_a_tool_stands_out_by_what_is_beside_it_and_not_by_the_whole_part():
    """A dome of radius 80 on a plate of 200 × 200: nothing stands beside its slope, so the ball is
    not as long as the dome is high.
    """
    dome = (
        cq.Workplane()
        .sphere(80)
        .intersect(cq.Workplane().box(300, 300, 80, centered=(True, True, False)))
    )
    plate = cq.Workplane("XY", origin=(0, 0, -20)).box(200, 200, 20, centered=(True, True, False))
    balls = [
        Cut.from_dict(c) for c in milled(plate.union(dome)).cuts if c["operation"] == "ball_mill"
    ]
    assert max(c.tool_length_mm for c in balls) < 70


@pytest.mark.parametrize(("radius", "pairs"), [(1.0, 1), (1.2, 1.3603), (10.0, 26.34)])
def test_the_nearer_a_ball_is_to_a_hollow_round_the_fewer_its_runs(radius, pairs):
    """A ball of 1 in a quarter of radius 1, 1.2 or 10: steps of 2·√(2 · 0.01 / (1/1 − 1/r)), that
    is 0.69 and 0.30 of arcs of 1.88 and 15.7; two runs are one pair.
    """
    assert runs(radius, 1.0) == pytest.approx(pairs, rel=1e-3)


def test_hobbing_takes_a_turn_for_every_tooth_and_feed():
    """Module 2, 30 teeth, 20 wide: a hob of 70 enters by √(4.5 · 65.5) = 17.2; C45 at 42 m/min."""
    hob = Cut("cut_teeth", "gear_cutter", 70.0, path_mm=30 * (20 + 17.2))
    turns = 1000 * 42 / (math.pi * 70)
    assert minutes(hob, STEEL) == pytest.approx(0.05 + 30 * 37.2 / (turns * 2.0))


# --- turning ---


def test_a_plain_shaft_is_parted_off_the_bar():
    facts = turned(cq.Workplane().circle(10).extrude(50))
    assert facts.metrics["clampings"] == 1
    assert cut(facts, "part_off").path_mm == 11  # to the middle of a bar of 22


def test_blind_bores_in_both_ends_ask_for_a_second_chucking():
    shaft = cq.Workplane().circle(15).extrude(60)
    both = shaft.faces(">Z").workplane().hole(10, 15).faces("<Z").workplane().hole(10, 15)
    assert turned(both).metrics["clampings"] == 2
    assert {c.get("setup", 1) for c in turned(both).cuts if c["operation"] == "drill"} == {1, 2}


def test_a_recess_that_only_its_own_end_shows_asks_for_a_second_chucking():
    shaft = cq.Workplane().circle(20).extrude(60).faces(">Z").workplane().hole(12)
    one = shaft.cut(cq.Workplane().circle(14).extrude(10))
    two = one.cut(cq.Workplane("XY", origin=(0, 0, 50)).circle(14).extrude(10))
    assert turned(one).metrics["clampings"] == 1
    assert turned(two).metrics["clampings"] == 2


@pytest.mark.parametrize(
    ("length", "support"), [(70, "chuck"), (150, "tailstock"), (220, "steady_rest")]
)
def test_support_follows_the_slenderness(length, support):
    assert turned(cq.Workplane().circle(10).extrude(length)).metrics["support"] == support


def test_a_keyway_and_a_cross_hole_are_made_by_driven_tools():
    shaft = cq.Workplane().circle(15).extrude(80)
    slot = cq.Workplane("XZ", origin=(0, 0, 40)).slot2D(24, 8, 90).extrude(10).translate((0, 21, 0))
    hole = cq.Workplane("YZ", origin=(0, 0, 70)).circle(3).extrude(40, both=True)
    cuts = turned(shaft.cut(slot).cut(hole)).cuts
    assert {"rough_mill", "drill"} <= {c["operation"] for c in cuts}


def keyed_hub():
    """A hub of 60 with a bore of 30 and a keyway of 8 × 3.3 in it."""
    hub = cq.Workplane().circle(30).circle(15).extrude(40)
    return hub.cut(cq.Workplane("XY", origin=(0, 9.15, 0)).rect(8, 18.3).extrude(40))


@pytest.mark.parametrize("measure", [milling.measure, turning.measure], ids=["mill", "lathe"])
def test_a_keyway_in_a_bore_is_broached_and_its_corners_stay_sharp(measure):
    facts = measure(subject_of(keyed_hub()))
    broach = cut(facts, "broach")
    assert (broach.tool, broach.tool_diameter_mm) == ("keyway_broach", pytest.approx(8))
    assert broach.path_mm == pytest.approx(40)
    assert "sink_erode" not in {c["operation"] for c in facts.cuts}
    assert not [m for m in facts.measurements if m.quantity == "sharp_inner_edge_mm"]


def test_broaching_takes_a_stroke_for_each_twentieth_of_a_millimetre():
    broach = Cut("broach", "keyway_broach", 8, 40, depth_mm=3.0, path_mm=40)
    # 60 strokes of 50 out and back at 8 m/min
    assert minutes(broach, STEEL) == pytest.approx(0.05 + 60 * 2 * 50 / 8000)


@pytest.mark.parametrize("angle_deg", [45, 72])
def test_a_chamfer_is_followed_once_along_its_length(angle_deg):
    disc = cq.Workplane().circle(30).extrude(20)
    wide = 1.0
    body = disc.faces(">Z").edges().chamfer(wide, wide * math.tan(math.radians(90 - angle_deg)))
    path = cut(milled(body), "chamfer").path_mm
    assert path == pytest.approx(2 * math.pi * 30, rel=0.05)


def test_a_ball_as_round_as_a_fillet_runs_along_it_and_does_not_scan_it():
    """A floor fillet of 4 around a boss of radius 20: the ball's centre runs round at 24."""
    body = cq.Workplane().rect(100, 100).extrude(20)
    boss = body.faces(">Z").workplane().circle(20).extrude(15)
    filleted = boss.edges(cq.selectors.BoxSelector((-21, -21, 19), (21, 21, 21))).fillet(4)
    ball = cut(milled(filleted), "ball_mill")
    assert ball.tool_diameter_mm == 8
    assert 2 * math.pi * 20 < ball.path_mm < 2 * math.pi * 24
    assert ball.area_mm2 == pytest.approx(ball.path_mm * math.pi / 2 * 4, rel=1e-3)


def test_what_erosion_takes_of_an_open_corner_is_what_the_smallest_mill_leaves():
    """An inner corner of radius 0.8 in a recess 30 deep, open at two sides and above: a mill of 3
    reaches 36, and leaves (1 − π/4)·(1.5² − 0.8²).
    """
    body = cq.Workplane().box(80, 80, 60)
    recess = cq.Workplane("XY", origin=(20, 20, 0)).rect(60, 60).extrude(40)
    cuts = [
        Cut.from_dict(c)
        for c in milled(body.cut(recess.edges("|Z and <X and <Y").fillet(0.8))).cuts
    ]
    eroded = sum(c.volume_mm3 for c in cuts if c.operation == "sink_erode")
    assert eroded == pytest.approx((1 - math.pi / 4) * (1.5**2 - 0.8**2) * 30, rel=0.3)


def test_a_gap_too_narrow_for_mills_is_eroded_by_its_own_volume():
    """A blind slit of 0.5 × 20 across, 25 deep, of which two walls of 20 × 25 take half each."""
    slit = cq.Workplane("XY", origin=(0, 0, -10)).rect(0.5, 20).extrude(25)
    cuts = [Cut.from_dict(c) for c in milled(block().cut(slit)).cuts]
    eroded = sum(c.volume_mm3 for c in cuts if c.operation == "sink_erode")
    assert eroded == pytest.approx(0.5 * 20 * 25, rel=0.35)


def test_a_bore_beyond_drills_is_turned_out():
    tube = cq.Workplane().circle(30).circle(20).extrude(50)
    bore = cut(turned(tube), "turn_bore")
    assert bore.tool_diameter_mm == 25  # the largest bar within 0.7 of 40
    assert bore.volume_mm3 == pytest.approx(math.pi / 4 * (40**2 - 26**2) * 50, rel=1e-3)


# --- minutes ---


def test_drilling_takes_depth_over_feed():
    """C45: 21 m/min and 0.02 diameters a turn; Ø10 by 30 with a point of 3."""
    turns = 1000 * 21 / (math.pi * 10)
    assert drilling_min(30, 10, STEEL) == pytest.approx(33 / (turns * 0.2))


def test_a_deep_hole_takes_longer_for_its_chips():
    assert drilling_min(80, 10, STEEL) / 83 == pytest.approx(1.4 * drilling_min(40, 10, STEEL) / 43)


def test_tapping_goes_in_and_out_a_pitch_a_turn():
    tap = Cut("tap", "tap", 8.0, depth_mm=16, pitch_mm=1.25)
    turns = 1000 * 17 / (math.pi * 8)
    assert minutes(tap, STEEL) == pytest.approx(0.05 + 2 * 16 / (turns * 1.25))


def test_no_volume_goes_faster_than_the_spindle_has_power_for():
    """7.5 kW · 0.8 over 1350 N/mm² of C45 are 267 cm³/min, cut in half of the time."""
    rough = Cut("rough_mill", "end_mill", 40.0, volume_mm3=1e6)
    assert minutes(rough, STEEL) - 0.05 >= 1e6 / (6000e3 * 60 / 1350) / 0.5 - 1e-9


def test_a_stored_part_tells_equal_cuts_once_and_takes_as_long():
    holes = [Cut("drill", "drill", 5.0, 30.0, 1, f"hole-{n}", (n,), depth_mm=30.0) for n in "123"]
    other = Cut("drill", "drill", 5.0, 30.0, 2, "hole-4", (4,), depth_mm=30.0)
    told = tuple(cut.to_dict() for cut in (*holes[:2], other, holes[2]))
    facts = Facts("milling", {"clampings": 2}, (), {}, {}, cuts=told)
    stored = Facts.from_dict(json.loads(json.dumps(facts.to_dict())))
    assert [cut.get("like") for cut in stored.cuts] == [None, 0, None, 0]
    assert estimates(stored, STEEL) == estimates(facts, STEEL)


def test_every_operation_has_its_minutes_and_they_add_up():
    facts = milled(pocket(12).faces(">Z").workplane().pushPoints([(25, 15)]).hole(5))
    made = estimates(facts, STEEL)
    total = math.fsum(each["minutes"] for each in made["operations"]) + made["setup_minutes"]
    assert made["minutes"] == pytest.approx(total)
    tools_ = {(o["setup"], o["tool"], o["tool_diameter_mm"]) for o in made["operations"]}
    assert made["setup_minutes"] == pytest.approx(handling_min(len(tools_), 2))
    assert all(each["minutes"] > 0 for each in made["operations"])


def test_a_harder_material_takes_longer():
    facts = milled(pocket(12))
    by = {
        name: estimates(facts, find(name))["minutes"]
        for name in ("EN-AW-6082", "C45", "X5CrNi18-10")
    }
    assert by["EN-AW-6082"] < by["C45"] < by["X5CrNi18-10"]


def test_every_family_has_cutting_data_with_a_source():
    from geometry.materials import FAMILIES

    families = tools.data()["family"]
    assert set(families) == set(FAMILIES)
    for entries in families.values():
        assert set(entries) == {"mill", "drill", "tap", "turn"}
        assert all(entry["source"].strip() for entry in entries.values())


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_has_a_name_in_every_language(operation):
    from workbench.language import sentences

    assert all(sentences(f"process.operation.{operation}").values())


@pytest.mark.parametrize("lists", ["end_mill", "drill", "holder", "plate", "round_bar"])
def test_standard_sizes_grow_and_have_a_source(lists):
    table = tools.data()[lists]
    assert table["source"].strip()
    for sizes in (values for values in table.values() if isinstance(values, list)):
        assert sizes == sorted(sizes)
