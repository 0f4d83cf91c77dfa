"""What looks like a hole, a turned body or a gear at first sight and is something else."""

import cadquery as cq
import numpy as np
import pytest
from shapes import part_of
from sheet_shapes import corner_at, section

from geometry.features.recognition import recognise


def features(shape):
    """All features of a drawn shape, at an odd angle."""
    return recognise(part_of(shape)).features


def found(shape, kind):
    """Features of one type in a drawn shape."""
    return [f for f in features(shape) if f.type == kind]


def lever(length=60.0):
    """A lever: two round ends, the larger with a bore, and an arm between."""
    arm = cq.Workplane("XY", origin=(length / 2, 0, 0)).rect(length, 20).extrude(14)
    tip = cq.Workplane("XY", origin=(length, 0, 0)).circle(10).extrude(14)
    body = cq.Workplane().circle(18).extrude(14).union(arm).union(tip)
    return body.cut(cq.Workplane().circle(8).extrude(14))


def cam():
    disc = cq.Workplane().circle(22).extrude(14)
    nose = cq.Workplane("XY", origin=(20, 0, 0)).circle(10).extrude(14)
    return disc.union(nose).cut(cq.Workplane().circle(7.75).extrude(14))


@pytest.mark.parametrize("shape", [lever(), cam()], ids=["lever", "cam"])
def test_one_arc_of_a_part_that_reaches_farther_is_not_turned(shape):
    assert not found(shape, "turned_profile")


def test_a_keyed_shaft_is_turned():
    shaft = cq.Workplane().circle(15).extrude(60)
    shaft = shaft.cut(cq.Workplane("XY", origin=(14, 0, 0)).box(8, 8, 200))
    (profile,) = found(shaft, "turned_profile")
    assert profile.parameters["max_diameter_mm"] == pytest.approx(30)


def test_a_clip_bent_round_a_pipe_is_not_turned():
    clip = cq.Workplane().circle(30).circle(28).extrude(40)
    clip = clip.cut(cq.Workplane("XY", origin=(0, -60, 0)).rect(200, 120).extrude(40))
    leg = cq.Workplane("XY", origin=(29, -12.5, 0)).rect(2, 25).extrude(40)
    told = features(clip.union(leg))
    assert [f for f in told if f.type == "bend"]
    assert not [f for f in told if f.type == "turned_profile"]


def test_a_ring_rolled_of_strip_is_not_turned():
    ring = cq.Workplane().circle(28.5).circle(26.5).extrude(25)
    told = features(ring.cut(cq.Workplane("XY", origin=(27, 0, 0)).rect(10, 8).extrude(25)))
    assert [f.kind for f in told if f.type == "bend"] == ["roll"]
    assert not [f for f in told if f.type == "turned_profile"]


def test_the_cone_of_a_disc_spring_is_no_countersink():
    profile = [(12.7, 1.3), (12.7, 3.3), (25, 2), (25, 0)]
    spring = cq.Workplane("XZ").polyline(profile).close().revolve(360, (0, 0), (0, 1))
    (hole,) = found(spring, "hole")
    assert hole.parameters["diameter_mm"] == pytest.approx(25.4)
    assert "countersink" not in hole.parameters


def fork(below_mm):
    """A ring of bore 74 cut off some way below its middle, with a shaft's lug."""
    ring = cq.Workplane().circle(50).circle(37).extrude(9)
    ring = ring.cut(cq.Workplane("XY", origin=(0, -50 - below_mm, 0)).rect(200, 100).extrude(9))
    return ring.union(cq.Workplane("XY", origin=(0, 56, 0)).rect(26, 30).extrude(9))


def test_the_opening_of_a_fork_is_no_drilled_hole():
    assert not found(fork(5.0), "hole")


def test_a_hole_drilled_through_an_edge_is_one():
    plate = cq.Workplane().box(80, 50, 18)
    plate = plate.cut(cq.Workplane("XY", origin=(0, 25 - 0.4 * 7, -9)).circle(7).extrude(18))
    (hole,) = found(plate, "hole")
    assert hole.parameters["diameter_mm"] == pytest.approx(14)


def test_a_round_hole_in_the_middle_of_a_bend_is_told_once():
    angle = section([(0, 0), (49, 0), (49, 2), (2, 2), (2, 49), (0, 49)], 60)
    angle = angle.edges(corner_at(2, 2, 60)).fillet(7).edges(corner_at(0, 0, 60)).fillet(9)
    drill = cq.Solid.makeCylinder(2.5, 20, cq.Vector(9, 9, 30), cq.Vector(-1, -1, 0))
    told = features(angle.cut(cq.Workplane(obj=drill)))
    (hole,) = [f for f in told if f.type in ("hole", "cutout")]
    assert hole.type == "hole"
    assert hole.parameters["diameter_mm"] == pytest.approx(5)
    assert hole.parameters["depth_mm"] == pytest.approx(2)


def test_slots_across_the_crown_of_a_nut_make_no_gear():
    nut = cq.Workplane().polygon(6, 28 / 0.75**0.5).extrude(16)
    nut = nut.union(cq.Workplane("XY", origin=(0, 0, 16)).circle(13).extrude(6))
    nut = nut.cut(cq.Workplane().circle(6.25).extrude(30))
    slot = cq.Workplane("XY", origin=(0, 0, 16)).rect(60, 4).extrude(7)
    for turn in (0, 60, 120):
        nut = nut.cut(slot.rotate((0, 0, 0), (0, 0, 1), turn))
    told = features(nut)
    assert not [f for f in told if f.type == "gear"]
    (hole,) = [f for f in told if f.type == "hole"]
    assert hole.parameters["depth_mm"] == pytest.approx(22)
    slots = [f.parameters for f in told if f.type == "slot"]
    assert len(slots) == 6  # each from the bore to the crown
    for slot in slots:
        assert (slot["width_mm"], slot["depth_mm"]) == pytest.approx((4, 6))
        beside = [(radius**2 - 2**2) ** 0.5 for radius in (13, 6.25)]
        assert slot["length_mm"] == pytest.approx(beside[0] - beside[1], abs=0.01)
        assert abs(np.dot(slot["direction"], hole.parameters["axis"])) == pytest.approx(1)


def test_a_window_in_a_tube_is_as_deep_as_the_wall():
    pipe = cq.Workplane().circle(17).circle(14.5).extrude(124)
    window = cq.Workplane("XZ", origin=(0, 0, 60)).slot2D(24, 8, 90).extrude(40)
    (cut,) = found(pipe.cut(window), "pocket")
    assert cut.parameters["profile"] == "obround"
    assert cut.parameters["length_mm"] == pytest.approx(24, abs=0.02)
    assert cut.parameters["depth_mm"] == pytest.approx(2.5, rel=0.02)


def test_a_window_across_a_solid_shaft_goes_through_all_of_it():
    window = cq.Workplane("XZ", origin=(0, 0, 50)).slot2D(24, 8, 90).extrude(40, both=True)
    (cut,) = found(cq.Workplane().circle(17).extrude(100).cut(window), "pocket")
    assert cut.parameters["depth_mm"] == pytest.approx(34, rel=0.01)


def pan(holes):
    """A pan of 1.5 mm drawn 48.5 deep, its flange meeting the wall at a sharp corner."""
    outside = cq.Workplane().rect(160, 110).extrude(50).edges("|Z").fillet(24)
    outside = outside.faces("<Z").edges().fillet(14)
    inside = cq.Workplane("XY", origin=(0, 0, 1.5)).rect(157, 107).extrude(60)
    inside = inside.edges("|Z").fillet(22.5).faces("<Z").edges().fillet(12.5)
    flange = cq.Workplane("XY", origin=(0, 0, 48.5)).rect(200, 150).extrude(1.5)
    flange = flange.edges("|Z").fillet(36)
    if holes:
        points = [(x, y) for x in (-88, 88) for y in (-30, 30)]
        drills = cq.Workplane("XY", origin=(0, 0, 40)).pushPoints(points).circle(3.5).extrude(20)
        drills = drills.union(cq.Workplane("XY", origin=(20, 10, -1)).circle(10).extrude(5))
        return outside.union(flange).cut(inside).cut(drills)
    return outside.union(flange).cut(inside)


@pytest.mark.parametrize("holes", [False, True], ids=["plain", "with holes"])
def test_a_pan_whose_flange_has_a_sharp_corner_is_drawn(holes):
    told = features(pan(holes))
    (form,) = [f for f in told if f.type == "form"]
    assert form.kind == "draw"
    assert form.parameters["height_mm"] == pytest.approx(50)
    assert not [f for f in told if f.type in ("pocket", "boss", "bend")]
    assert len([f for f in told if f.type == "hole"]) == (5 if holes else 0)


def test_a_slant_that_takes_a_good_part_of_two_faces_is_a_step_and_no_chamfer():
    profile = [(0, 0), (55, 0), (55, 24), (33, 36), (0, 36)]
    shape = cq.Workplane("XZ").polyline(profile).close().extrude(80)
    (slant,) = recognise(part_of(shape)).features
    assert (slant.type, slant.kind, slant.parameters["profile"]) == ("step", "through", "slanted")
    assert slant.parameters["depth_mm"] == pytest.approx(12)
    assert slant.parameters["width_mm"] == pytest.approx(22)


@pytest.mark.parametrize("slope_deg", [30, 45])
def test_a_pocket_in_a_slope_is_as_deep_as_the_slope_lies_over_its_floor(slope_deg):
    turn = np.radians(slope_deg)
    shape = cq.Workplane().box(110, 66, 66, centered=(True, True, False))
    slope = cq.Plane(origin=(28, 0, 49.5), xDir=(0, 1, 0), normal=(np.sin(turn), 0, np.cos(turn)))
    away = cq.Workplane(slope).rect(300, 300).extrude(200)
    pocket = cq.Workplane(slope).rect(32, 20).extrude(-9)
    (found,) = (f for f in features(shape.cut(away).cut(pocket)) if f.type == "pocket")
    sizes = [found.parameters[key] for key in ("depth_mm", "length_mm", "width_mm")]
    assert (found.kind, sizes) == ("closed", pytest.approx([9, 32, 20]))


def test_gussets_between_a_hub_and_a_flange_with_draft_are_ribs_and_leave_no_pockets():
    section = [(0, 0), (110, 0), (110, 12), (50, 18), (48, 47), (0, 47)]
    cover = cq.Workplane("XZ").polyline(section).close().revolve(360, (0, 0, 0), (0, 1, 0))
    gusset = cq.Workplane("XZ").polyline([(40, 5), (85, 5), (85, 14.5), (49, 42), (40, 42)])
    gusset = gusset.close().extrude(5, both=True)
    for i in range(6):
        cover = cover.union(gusset.rotate((0, 0, 0), (0, 0, 1), 60 * i))
    found = features(cover)
    assert sum(f.type == "rib" for f in found) == 6
    assert all(f.parameters["thickness_mm"] == pytest.approx(10) for f in found if f.type == "rib")
    assert not [f for f in found if f.type in ("pocket", "slot")]


def test_bores_that_relieve_the_corners_of_a_pocket_are_the_pockets_and_no_holes():
    corners = [(x, y) for x in (-28, 28) for y in (-19, 19)]
    tops = cq.Workplane().box(110, 75, 32).faces(">Z").workplane()
    pocket = tops.rect(56, 38).extrude(-11, combine=False)
    relief = tops.pushPoints(corners).circle(4).extrude(-11, combine=False)
    told = features(cq.Workplane().box(110, 75, 32).cut(pocket).cut(relief))
    (found,) = (f for f in told if f.type == "pocket")
    assert (found.kind, found.parameters["depth_mm"]) == ("closed", pytest.approx(11))
    assert not [f for f in told if f.type == "hole"]


def test_blind_bores_that_run_into_each_other_on_one_floor_are_holes():
    block = cq.Workplane().box(90, 60, 32)
    for x in (-15, 15):
        block = block.cut(cq.Workplane("XY", origin=(x, 0, 4)).circle(18).extrude(40))
    told = [f.parameters["diameter_mm"] for f in features(block) if f.type == "hole"]
    assert told == pytest.approx([36, 36])


def horn(arms, *, holes=False):
    """A servo's horn: tapered arms with round ends on a hub."""
    shape = cq.Workplane().circle(4).extrude(2)
    for i in range(arms):
        arm = cq.Workplane().polyline([(0, -3), (16, -2), (16, 2), (0, 3)]).close().extrude(2)
        end = 2 / np.cos(np.arctan(1 / 16))
        middle = 16 - 2 / 16  # where a circle of that radius is tangent to both flanks
        arm = arm.union(cq.Workplane("XY", origin=(middle, 0, 0)).circle(end).extrude(2))
        if holes:
            for x in (8, 11, 14):
                arm = arm.cut(cq.Workplane("XY", origin=(x, 0, 0)).circle(0.7).extrude(2))
        shape = shape.union(arm.rotate((0, 0, 0), (0, 0, 1), 360 * i / arms))
    return shape


@pytest.mark.parametrize("arms", [4, 6])
def test_the_corners_between_arms_with_round_ends_are_no_slots(arms):
    assert not found(horn(arms), "slot")


def test_arms_with_holes_in_them_are_no_teeth():
    told = features(horn(6, holes=True))
    assert not [f for f in told if f.type == "gear"]
    assert sum(f.type == "hole" for f in told) == 18


def test_a_bush_whose_wall_is_as_thick_as_its_flange_is_turned_though_a_groove_parts_its_bore():
    section = [(8, 0), (20, 0), (20, 4), (12, 4), (12, 30), (8, 30)]
    bush = cq.Workplane("XZ").polyline(section).close().revolve(360, (0, 0, 0), (0, 1, 0))
    bush = bush.cut(cq.Workplane(origin=(0, 0, 16)).circle(9).circle(7).extrude(3))
    features = recognise(part_of(bush)).features
    assert {feature.type for feature in features} == {"turned_profile", "groove", "hole"}
    (hole,) = (feature for feature in features if feature.type == "hole")
    assert hole.parameters["diameter_mm"] == pytest.approx(16)
    assert hole.parameters["depth_mm"] == pytest.approx(30)


def test_an_angle_with_gussets_in_its_sharp_corner_is_not_bent():
    angle = cq.Workplane().box(80, 50, 6, centered=(True, True, False))
    angle = angle.union(
        cq.Workplane().box(6, 50, 50, centered=(False, True, False)).translate((-40, 0, 0))
    )
    for y in (-20, 0, 20):
        gusset = cq.Workplane("XZ", origin=(0, y + 2, 0)).polyline([(-34, 6), (-34, 36), (0, 6)])
        angle = angle.union(gusset.close().extrude(4))
    features = recognise(part_of(angle)).features
    assert not {"bend", "flange"} & {feature.type for feature in features}
    assert sum(feature.type == "rib" for feature in features) == 3
