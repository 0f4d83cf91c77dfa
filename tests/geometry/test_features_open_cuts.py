"""Cuts whose walls a lathe or another cut has left open: splines, flats, jaws, slits, forks."""

import math

import cadquery as cq
import pytest
from shapes import odd_direction, part_of

from geometry.features.depressions import find_depressions
from geometry.features.recognition import recognise
from geometry.features.survey import Survey


def features(shape):
    """All features of a drawn shape."""
    return recognise(part_of(shape)).features


def found(shape, kind):
    """Features of one type in a drawn shape."""
    return [f for f in features(shape) if f.type == kind]


def plate(x, y, z):
    return cq.Workplane().box(x, y, z, centered=(True, True, False))


def splined_shaft(count, radius=17, root=14, width=6.5, length=50):
    shaft = cq.Workplane().circle(radius).extrude(length)
    shaft = shaft.union(cq.Workplane("XY", origin=(0, 0, length)).circle(radius + 6).extrude(20))
    shaft = shaft.union(cq.Workplane("XY", origin=(0, 0, length + 20)).circle(radius).extrude(40))
    ring = cq.Workplane().circle(radius + 5).circle(root).extrude(length)
    spline = cq.Workplane("XY", origin=(radius, 0, 0)).box(
        2 * radius, width, length, centered=(True, True, False)
    )
    for number in range(count):
        ring = ring.cut(spline.rotate((0, 0, 0), (0, 0, 1), number * 360 / count))
    return shaft.cut(ring)


@pytest.mark.parametrize("count", [6, 8])
def test_gaps_between_splines_are_equal_slots_round_the_shaft(count):
    told = features(splined_shaft(count))
    slots = [f for f in told if f.type == "slot"]
    assert len(slots) == count
    for slot in slots:
        assert slot.kind == "blind"
        assert slot.parameters["depth_mm"] == pytest.approx(3, rel=0.01)
        assert slot.parameters["length_mm"] == pytest.approx(50, abs=1e-3)
    (pattern,) = [f for f in told if f.type == "pattern"]
    assert (pattern.kind, pattern.parameters["count"]) == ("circular", count)


def test_wrench_flats_on_a_turned_spacer_are_steps():
    spacer = cq.Workplane().circle(11).extrude(40)
    for side in (-1, 1):
        spacer = spacer.cut(cq.Workplane("XY", origin=(side * 14, 0, 35)).box(10, 40, 10))
    told = features(spacer)
    assert [f.type for f in told].count("step") == 2
    (profile,) = [f for f in told if f.type == "turned_profile"]
    assert profile.parameters["max_diameter_mm"] == pytest.approx(22)


def test_a_hexagon_on_a_round_flange_leaves_the_flange_turned():
    bolt = cq.Workplane().circle(12).extrude(3)
    bolt = bolt.union(cq.Workplane("XY", origin=(0, 0, 3)).polygon(6, 18).extrude(7))
    bolt = bolt.union(cq.Workplane().circle(5).extrude(-30))
    told = features(bolt)
    assert not [f for f in told if f.type in ("step", "slot", "pocket")]
    (profile,) = [f for f in told if f.type == "turned_profile"]
    assert profile.parameters["length_mm"] == pytest.approx(30 + 3, abs=1e-3)  # below the head


def test_jaws_of_a_coupling_enclose_no_pocket():
    body = cq.Workplane().circle(30).extrude(30)
    jaws = cq.Workplane("XY", origin=(0, 0, 30)).circle(30).circle(14).extrude(16)
    wedge = cq.Workplane("XY", origin=(0, 0, 30)).moveTo(0, 0)
    turn = math.radians(55)
    wedge = wedge.lineTo(60, 0).lineTo(60 * math.cos(turn), 60 * math.sin(turn)).close().extrude(16)
    for number in range(3):
        body = body.union(jaws.intersect(wedge.rotate((0, 0, 0), (0, 0, 1), 120 * number)))
    assert not [f for f in features(body) if f.type == "pocket" and f.kind == "closed"]


def test_the_slit_of_a_clamp_is_a_slot_from_its_bore_to_the_outside():
    clamp = cq.Workplane().circle(25).extrude(24)
    clamp = clamp.union(cq.Workplane("XY", origin=(30, 0, 0)).rect(26, 30).extrude(24))
    clamp = clamp.cut(cq.Workplane().circle(12.5).extrude(24))
    clamp = clamp.cut(cq.Workplane("XY", origin=(30, 0, 0)).rect(40, 2.5).extrude(24))
    clamp = clamp.cut(cq.Workplane("XZ", origin=(35, 30, 12)).circle(3.3).extrude(60))
    told = features(clamp)
    (slot,) = [f for f in told if f.type == "slot"]
    assert slot.kind == "through"
    assert slot.parameters["width_mm"] == pytest.approx(2.5, abs=1e-3)
    assert slot.parameters["length_mm"] == pytest.approx(24, abs=1e-3)
    mouth = math.sqrt(12.5**2 - 1.25**2)
    assert slot.parameters["depth_mm"] == pytest.approx(43 - mouth, abs=1e-3)
    across = [f for f in told if f.type == "hole" and f.parameters["diameter_mm"] < 10]
    assert len(across) == 1  # a slit interrupts the screw's hole


@pytest.mark.parametrize(("gap", "holes"), [(17, 2), (12, 2), (4, 1)])
def test_legs_of_a_fork_have_a_hole_each_although_the_gap_is_narrower_than_both(gap, holes):
    leg = 12
    fork = plate(40, gap + 2 * leg, 60)
    fork = fork.cut(plate(60, gap, 60).translate((0, 0, 20)))
    fork = fork.cut(cq.Workplane("XZ", origin=(0, 50, 45)).circle(6.5).extrude(100))
    told = found(fork, "hole")
    assert len(told) == holes
    depth = leg if holes == 2 else gap + 2 * leg
    assert all(h.parameters["depth_mm"] == pytest.approx(depth, abs=1e-3) for h in told)


def test_a_low_slot_across_a_bored_block_interrupts_one_hole():
    block = plate(60, 70, 40).cut(plate(80, 24, 40).translate((0, 0, 24)))
    block = block.cut(cq.Workplane("XZ", origin=(0, 50, 32)).circle(4).extrude(100))
    (hole,) = found(block, "hole")
    assert hole.parameters["depth_mm"] == pytest.approx(70, abs=1e-3)


@pytest.mark.parametrize(("diameter", "type_"), [(8.4, "hole"), (40, "pocket")])
def test_a_shallow_round_recess_with_a_floor_radius_is_drilled_where_a_tool_is_as_wide(
    diameter, type_
):
    tool = cq.Workplane("XY", origin=(0, 0, 18)).circle(diameter / 2).extrude(10)
    shape = plate(80, 60, 20).cut(tool.faces("<Z").edges().fillet(0.7))
    (recess,) = [f for f in features(shape) if f.type in ("hole", "pocket")]
    assert recess.type == type_


def test_a_round_boss_on_a_tray_stands_for_itself():
    pan = plate(220, 150, 5)
    pan = pan.union(cq.Workplane("XY", origin=(0, 0, 5)).rect(160, 100).extrude(45, taper=4))
    pan = pan.union(cq.Workplane("XY", origin=(40, 0, 50)).circle(11).extrude(8))
    bosses = {b.kind: b.parameters for b in found(pan, "boss")}
    assert bosses["round"]["height_mm"] == pytest.approx(8, abs=1e-3)
    assert bosses["round"]["diameter_mm"] == pytest.approx(22, abs=1e-3)
    assert bosses["other"]["height_mm"] == pytest.approx(45, abs=1e-3)


def test_a_stepped_round_boss_is_one():
    shape = plate(100, 100, 15)
    shape = shape.union(cq.Workplane("XY", origin=(0, 0, 15)).circle(22).extrude(12))
    shape = shape.union(cq.Workplane("XY", origin=(0, 0, 27)).circle(13).extrude(9))
    (boss,) = found(shape, "boss")
    assert boss.parameters["height_mm"] == pytest.approx(21, abs=1e-3)


@pytest.mark.parametrize("count", [4, 6])
def test_holes_that_cross_in_a_tube_are_a_ring_of_holes(count):
    tube = cq.Workplane().circle(25).circle(19).extrude(50)
    drill = cq.Workplane("YZ", origin=(0, 0, 20)).circle(2.25).extrude(40)
    for number in range(count):
        tube = tube.cut(drill.rotate((0, 0, 0), (0, 0, 1), 10 + 360 * number / count))
    told = features(tube)
    radial = [f for f in told if f.type == "hole" and f.parameters["diameter_mm"] < 10]
    assert len(radial) == count
    (pattern,) = [f for f in told if f.type == "pattern"]
    assert (pattern.kind, pattern.parameters["count"]) == ("circular", count)
    assert pattern.parameters["pitch_deg"] == pytest.approx(360 / count, abs=1e-3)


def test_kidney_slots_round_a_flange_are_a_circular_pattern():
    flange = cq.Workplane().circle(55).circle(12).extrude(11)
    turn = math.radians(20)
    corners = [
        (radius * math.cos(angle), radius * math.sin(angle))
        for radius, angle in ((40, -turn), (40, 0), (40, turn), (30, turn), (30, 0), (30, -turn))
    ]
    kidney = cq.Workplane().moveTo(*corners[0]).threePointArc(corners[1], corners[2])
    kidney = kidney.lineTo(*corners[3]).threePointArc(corners[4], corners[5]).close().extrude(11)
    for number in range(4):
        flange = flange.cut(kidney.rotate((0, 0, 0), (0, 0, 1), 90 * number))
    (pattern,) = found(flange, "pattern")
    assert (pattern.kind, pattern.parameters["count"]) == ("circular", 4)


def test_a_spot_face_across_a_shaft_is_a_slot_and_no_closed_pocket():
    shaft = cq.Workplane().circle(13).extrude(80)
    shaft = shaft.cut(cq.Workplane("XY", origin=(20, 0, 55)).box(20, 60, 14))
    (cut,) = [f for f in features(shaft) if f.type in ("slot", "pocket", "step")]
    assert (cut.type, cut.kind) == ("slot", "through")
    assert cut.parameters["width_mm"] == pytest.approx(14, abs=1e-3)
    assert cut.parameters["depth_mm"] == pytest.approx(3, abs=1e-3)


def test_a_round_boss_on_a_pipe_is_as_high_as_it_stands_over_it():
    pipe = cq.Workplane("YZ").circle(32).extrude(80)
    pipe = pipe.union(cq.Workplane("XY", origin=(40, 0, 0)).circle(11).extrude(32 + 13))
    pipe = pipe.cut(cq.Workplane("YZ").circle(25).extrude(80))
    pipe = pipe.cut(cq.Workplane("XY", origin=(40, 0, 0)).circle(4.5).extrude(60))
    (boss,) = found(pipe, "boss")
    assert boss.kind == "round"
    assert boss.parameters["diameter_mm"] == pytest.approx(22)
    assert boss.parameters["height_mm"] == pytest.approx(13, abs=1e-3)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize("from_end_mm", [0, 12])
def test_flats_on_a_shaft_are_all_told_alike(count, from_end_mm):
    """At its end a step each, 9 long and as deep as the flat; amid it a slot across it each."""
    shaft = cq.Workplane().circle(10).extrude(42)
    for number in range(count):
        cutter = cq.Solid.makeBox(40, 40, 9, cq.Vector(8, -20, 33 - from_end_mm))
        turned = cutter.rotate(cq.Vector(), cq.Vector(0, 0, 1), number * 360 / count)
        shaft = shaft.cut(cq.Workplane(turned))
    told = found(shaft, "slot" if from_end_mm else "step")
    assert [(f.kind, f.parameters["profile"]) for f in told] == [("through", "rectangle")] * count
    assert {round(f.parameters["depth_mm"], 3) for f in told} == {2}
    assert {round(f.parameters["width_mm"], 3) for f in told} == {9}


def test_bores_of_a_pair_of_gears_are_rooms_and_no_counterbores():
    body = cq.Workplane().box(110, 70, 34, centered=(True, True, False))
    for side in (-1, 1):
        body = body.cut(cq.Workplane("XY", origin=(side * 16, 0, 11)).circle(18.5).extrude(40))
    body = body.cut(cq.Workplane("XY", origin=(16, 0, -1)).circle(6.75).extrude(40))
    body = body.cut(cq.Workplane("XY", origin=(-16, 0, 4)).circle(6.75).extrude(40))
    sizes = sorted(
        (f.parameters["diameter_mm"], round(f.parameters["depth_mm"], 3), f.kind)
        for f in found(body, "hole")
    )
    assert sizes == [
        (pytest.approx(13.5), pytest.approx(7), "blind"),
        (pytest.approx(13.5), pytest.approx(11), "through"),
        (pytest.approx(37), pytest.approx(23), "blind"),
        (pytest.approx(37), pytest.approx(23), "blind"),
    ]


def test_flats_that_cut_a_ball_and_graze_its_rod_are_steps():
    rod = cq.Workplane("YZ").circle(9.25).extrude(80)
    rod = rod.union(cq.Workplane().sphere(16.5))
    for side in (-1, 1):
        rod = rod.cut(cq.Workplane("XY", origin=(0, 0, side * 23.5)).box(34, 60, 30))
    assert [f.type for f in features(rod) if f.type in ("pocket", "slot", "step")] == ["step"] * 2


@pytest.mark.parametrize("turn_deg", [0, 75, 105, 165])
def test_a_hole_through_a_pockets_walls_does_not_open_it_wherever_the_hole_is_seamed(turn_deg):
    block = cq.Workplane().box(100, 80, 30, centered=(True, True, False))
    pocket = cq.Workplane("XY", origin=(0, 0, 20)).rect(68, 50).extrude(20).edges("|Z").fillet(4)
    drill = cq.Solid.makeCylinder(2, 120, cq.Vector(-60, 0, 25), cq.Vector(1, 0, 0))
    drill = drill.rotate(cq.Vector(0, 0, 25), cq.Vector(1, 0, 25), turn_deg)
    shape = block.cut(pocket).cut(cq.Workplane(drill))
    (cut,) = (f for f in recognise(part_of(shape)).features if f.type in ("pocket", "slot"))
    assert (cut.type, cut.kind) == ("pocket", "closed")
    assert cut.parameters["profile"] == "rectangle"


@pytest.mark.parametrize("draft_deg", [1.0, 2.0, 3.0])
def test_a_window_in_a_wall_that_leans_leads_through_it(draft_deg):
    def tapered(length, width, radius, floor):
        outline = cq.Sketch().rect(length, width).vertices().fillet(radius)
        body = cq.Workplane(origin=(0, 0, floor)).placeSketch(outline)
        return body.extrude(34 - floor, taper=-draft_deg)

    tray = tapered(120, 80, 8, 0).cut(tapered(115.2, 75.2, 5.6, 2.4))
    tray = tray.cut(cq.Workplane().box(14, 20, 5).translate((10, -40, 20)))
    windows = [pocket for pocket in found(tray, "pocket") if len(pocket.faces) == 4]
    assert [window.kind for window in windows] == ["through"]


def register(size, radius):
    """A square plate with a round recess wider than itself: open on all four sides."""
    return plate(size, size, 12).faces(">Z").workplane().circle(radius).cutBlind(-2)


def test_openings_that_lie_alike_let_as_much_out():
    part = part_of(register(42, 21.5))
    survey = Survey(part)
    (cut,) = find_depressions(survey, set(range(survey.count)), set(), set())
    sides = [opening.share for opening in cut.openings if opening.hull and opening.share < 0.9]
    assert len(sides) == 4
    assert max(sides) == pytest.approx(min(sides), rel=0.3)


def test_a_pocket_opens_between_hooks_that_stand_higher_at_its_ends():
    block = plate(150, 42, 5).cut(plate(146, 15, 4.5).translate((0, 0, 0.5)))
    for side in (1, -1):
        section = [(73, 0), (73, 9.5), (75.8, 7), (75, 7), (75, 0)]
        hook = cq.Workplane("XZ").polyline([(side * x, z) for x, z in section]).close()
        block = block.union(hook.extrude(3.5, both=True))
    (pocket,) = found(block, "pocket")
    assert pocket.kind == "closed"
    assert tuple(pocket.parameters["direction"]) == pytest.approx(odd_direction(0, 0, 1), abs=1e-6)
    assert pocket.parameters["length_mm"] == pytest.approx(146)


def test_a_keyway_in_a_tapered_shaft_is_one():
    """Floor 8.5 above the axis, from where the taper has radius 14.04 to where it has 11.96."""
    section = [(0, 0), (15, 0), (15, 20), (11, 70), (11, 90), (0, 90)]
    shaft = cq.Workplane("XZ").polyline(section).close().revolve(360, (0, 0, 0), (0, 1, 0))
    key = cq.Workplane("XZ", origin=(0, 30, 45)).slot2D(26, 6, 90).extrude(21.5)
    (slot,) = found(shaft.cut(key), "slot")
    assert (slot.kind, slot.parameters["profile"]) == ("keyway", "obround")
    assert slot.parameters["width_mm"] == pytest.approx(6, rel=1e-3)
    assert slot.parameters["length_mm"] == pytest.approx(26, rel=1e-3)
    assert slot.parameters["depth_mm"] == pytest.approx(14.04 - 8.5, rel=1e-3)


def test_a_recess_in_a_bore_that_a_screw_closes_opens_along_its_own_axis():
    tube = cq.Workplane("YZ").circle(20).circle(10).extrude(40)
    tip = cq.Solid.makeCone(3, 2.46, 0.54, cq.Vector(20, 10.54, 0), cq.Vector(0, -1, 0))
    tube = tube.cut(cq.Workplane("XZ", origin=(20, 0, 0)).circle(3).extrude(-10.54))
    for turn_deg in (0, 33, 71):
        (recess,) = found(tube.union(tip).rotate((0, 0, 0), (1, 0, 0), turn_deg), "pocket")
        turn = math.radians(turn_deg)
        axis = odd_direction(0, -math.cos(turn), -math.sin(turn))
        assert tuple(recess.parameters["direction"]) == pytest.approx(axis, abs=0.02)
        assert recess.parameters["profile"] == "circle"


def ledge(left):
    """A pocket down into a ledge, from so far left of the hollow round between it and the wall that
    leans back above it: through the round and into the wall.
    """
    profile = [(-20, -20), (60, -20), (60, 40), (20.63, 40), (10, 0), (-20, 0)]
    block = cq.Workplane("XZ").polyline(profile).close().extrude(20, both=True)
    block = block.edges(cq.selectors.BoxSelector((9, -30, -1), (11, 30, 1))).fillet(9.4)
    cutter = cq.Workplane().box(15, 10, 100, centered=(False, True, False)).edges("|Z").fillet(2.3)
    return block.cut(cutter.translate((left, 0, -8)))


@pytest.mark.parametrize("left", [0.0, 1.5, 2.5])
def test_a_pocket_opens_where_all_of_it_can_be_reached_however_long_its_other_rims(left):
    (pocket,) = found(ledge(left), "pocket")
    up = odd_direction(0, 0, 1)
    assert tuple(pocket.parameters["direction"]) == pytest.approx(up, abs=1e-6)
    assert pocket.parameters["profile"] == "rectangle"
    assert pocket.parameters["length_mm"] == pytest.approx(15, abs=1e-3)
