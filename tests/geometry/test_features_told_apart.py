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
    assert len(slots) == 3
    for slot in slots:
        assert (slot["width_mm"], slot["depth_mm"]) == pytest.approx((4, 6))
        assert slot["length_mm"] == pytest.approx(2 * (13**2 - 2**2) ** 0.5, abs=0.01)
        assert abs(np.dot(slot["direction"], hole.parameters["axis"])) == pytest.approx(1)
