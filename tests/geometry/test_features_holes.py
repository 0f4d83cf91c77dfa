"""Holes and threads on shapes drawn at odd angles with known sizes."""

import math
from dataclasses import replace

import cadquery as cq
import numpy as np
import pytest
from shapes import odd_direction, part_of

from geometry.features.recognition import recognise
from geometry.features.threads import designation


def found(shape, kind):
    """Features of one type in a drawn shape."""
    return [f for f in recognise(part_of(shape)).features if f.type == kind]


def only_hole(shape):
    holes = found(shape, "hole")
    assert len(holes) == 1, holes
    return holes[0]


def plate(x=80, y=60, z=20):
    return cq.Workplane().box(x, y, z)


def test_a_through_hole_has_the_plates_thickness_as_depth():
    hole = only_hole(plate().faces(">Z").workplane().hole(11.3))
    assert (hole.kind, hole.parameters["bottom"]) == ("through", "open")
    assert hole.parameters["diameter_mm"] == pytest.approx(11.3)
    assert hole.parameters["depth_mm"] == pytest.approx(20, abs=1e-3)


def test_a_holes_axis_is_the_drawings_axis_at_an_odd_angle():
    hole = only_hole(plate().faces(">Z").workplane().hole(11.3, 12))
    assert hole.parameters["axis"] == pytest.approx(odd_direction(0, 0, 1), abs=1e-6)


def test_a_drill_point_does_not_count_as_depth():
    drill = cq.Workplane("XY", origin=(0, 0, -4)).circle(3.55).extrude(20)
    point = cq.Solid.makeCone(0, 3.55, 2.1, cq.Vector(0, 0, -6.1), cq.Vector(0, 0, 1))
    hole = only_hole(plate().cut(drill).cut(cq.Workplane(point)))
    assert (hole.kind, hole.parameters["bottom"]) == ("blind", "conical")
    assert hole.parameters["depth_mm"] == pytest.approx(14, abs=1e-3)


def test_a_ball_end_is_a_round_bottom():
    drill = cq.Workplane("XY", origin=(0, 0, 0)).circle(4.4).extrude(20)
    hole = only_hole(plate().cut(drill).cut(cq.Workplane().sphere(4.4)))
    assert (hole.kind, hole.parameters["bottom"]) == ("blind", "round")
    assert hole.parameters["depth_mm"] == pytest.approx(10, abs=1e-3)


def test_a_counterbore_belongs_to_its_hole():
    hole = only_hole(plate().faces(">Z").workplane().cboreHole(6.6, 11, 6.4))
    assert hole.parameters["diameter_mm"] == pytest.approx(6.6)
    assert hole.parameters["depth_mm"] == pytest.approx(20, abs=1e-3)
    assert hole.parameters["counterbore"] == {
        "diameter_mm": pytest.approx(11),
        "depth_mm": pytest.approx(6.4, abs=1e-3),
    }


def test_a_countersink_belongs_to_its_hole_and_says_where_it_enters():
    hole = only_hole(plate().faces(">Z").workplane().cskHole(6.6, 12.4, 90))
    assert hole.parameters["countersink"] == {
        "diameter_mm": pytest.approx(12.4, abs=1e-3),
        "angle_deg": pytest.approx(90, abs=1e-3),
    }
    assert hole.parameters["axis"] == pytest.approx(odd_direction(0, 0, 1), abs=1e-6)


def test_a_stepped_hole_is_one_hole_of_the_smallest_diameter():
    shape = plate(z=30).faces(">Z").workplane().hole(8)
    for diameter, depth in ((18, 12), (26, 5)):
        shape = shape.faces(">Z").workplane(origin=(0, 0, 0)).hole(diameter, depth)
    hole = only_hole(shape)
    assert hole.parameters["diameter_mm"] == pytest.approx(8)
    assert len(hole.parameters["steps"]) == 3


def test_a_cross_drilled_hole_stays_whole():
    shape = plate(z=40).faces(">Z").workplane().hole(16)
    shape = shape.faces(">X").workplane(centerOption="CenterOfMass").hole(8)
    holes = found(shape, "hole")
    assert sorted(h.parameters["diameter_mm"] for h in holes) == pytest.approx([8, 16])
    assert all(h.parameters["intersected"] for h in holes)
    assert sorted(h.parameters["depth_mm"] for h in holes) == pytest.approx([40, 80], abs=1e-3)


def test_a_hole_that_a_narrow_slot_interrupts_is_one():
    shape = plate(z=40).faces(">X").workplane().hole(7)
    shape = shape.cut(cq.Workplane("XY", origin=(0, 0, 12)).box(14, 90, 40))
    hole = only_hole(shape)
    assert hole.parameters["depth_mm"] == pytest.approx(80, abs=1e-3)


def test_a_bore_through_two_thin_legs_of_a_u_is_two_holes():
    u = cq.Workplane().box(80, 40, 50).cut(cq.Workplane("XY", origin=(0, 0, 8)).box(64, 60, 50))
    holes = found(u.faces(">X").workplane(origin=(0, 0, 5)).hole(9), "hole")
    assert [h.parameters["depth_mm"] for h in holes] == pytest.approx([8, 8], abs=1e-3)


def test_a_hole_whose_wall_breaks_out_at_the_side_is_still_a_hole():
    shape = plate().faces(">Z").workplane(origin=(0, 25, 0)).hole(16)
    assert only_hole(shape).parameters["diameter_mm"] == pytest.approx(16)


def test_a_slots_round_ends_are_no_holes():
    assert not found(plate().faces(">Z").workplane().slot2D(40, 12).cutThruAll(), "hole")


def test_a_cylinder_in_two_halves_is_one_hole():
    halves = plate(z=20).cut(cq.Workplane().circle(6).extrude(60, both=True))
    left = halves.intersect(cq.Workplane("XY", origin=(-50, 0, 0)).box(100, 200, 200))
    right = halves.intersect(cq.Workplane("XY", origin=(50, 0, 0)).box(100, 200, 200))
    glued = left.val().fuse(right.val())  # keeps the parting edges
    hole = only_hole(cq.Workplane(obj=glued))
    assert hole.parameters["diameter_mm"] == pytest.approx(12)
    assert len(hole.faces) == 2


def test_a_tap_drill_is_named_by_its_thread():
    hole = only_hole(plate().faces(">Z").workplane().hole(8.5, 15))
    assert hole.parameters["thread"] == {"designation": "M10", "from": "tap_drill"}


def test_a_clearance_hole_is_no_thread():
    assert "thread" not in only_hole(plate().faces(">Z").workplane().hole(9.0, 15)).parameters


@pytest.mark.parametrize(
    ("diameter", "pitch", "name"), [(10, 1.5, "M10"), (10.02, 1.0, "M10x1"), (8, 1.25, "M8")]
)
def test_a_coarse_pitch_is_left_out_of_the_designation(diameter, pitch, name):
    assert designation(diameter, pitch) == name


def test_a_modelled_thread_has_its_pitch_and_diameter():
    core, crest, pitch, turns = 4.3, 5.0, 1.5, 6
    angles = np.linspace(0, math.pi / 2, 9)
    rising = [(core + (crest - core) * a / angles[-1], a - 0.5) for a in angles]
    falling = [(crest - (crest - core) * a / angles[-1], a + 1.6) for a in angles]

    def polar(radius, angle):
        return cq.Vector(radius * math.cos(angle), radius * math.sin(angle), 0)

    a, b = [polar(*p) for p in rising], [polar(*p) for p in falling]
    section = cq.Wire.assembleEdges(
        [
            cq.Edge.makeSpline(a),
            cq.Edge.makeThreePointArc(a[-1], polar(crest, (rising[-1][1] + 1.6) / 2), b[0]),
            cq.Edge.makeSpline(b),
            cq.Edge.makeThreePointArc(b[-1], polar(core, falling[-1][1] + 1.2), a[0]),
        ]
    )
    shank = cq.Workplane().add(section).toPending().twistExtrude(turns * pitch, 360 * turns)
    head = cq.Workplane("XY", origin=(0, 0, turns * pitch)).circle(8).extrude(6)
    (thread,) = found(shank.union(head), "thread")
    assert thread.kind == "external"
    assert thread.parameters["pitch_mm"] == pytest.approx(pitch, rel=0.01)
    assert thread.parameters["diameter_mm"] == pytest.approx(2 * crest, rel=0.01)
    assert thread.parameters["designation"] == "M10"


def test_a_worms_thread_has_no_metric_name():
    """Ø30 with a pitch of π · 2.5 mm: its lead is the module's, ISO 261 ends at 3.5 mm there."""
    pitch, core = 2.5 * math.pi, 9.5
    helix = cq.Wire.makeHelix(pitch, 3 * pitch, core)
    corners = [(core - 0.3, -2.9), (core - 0.3, 2.9), (15, 1.0), (15, -1.0)]
    ridge = cq.Wire.makePolygon([cq.Vector(r, 0, z) for r, z in corners], close=True)
    ridge = cq.Solid.sweep(ridge, [], helix, True, True)
    shaft = cq.Solid.makeCylinder(core, 5 * pitch, cq.Vector(0, 0, -pitch))
    (thread,) = found(shaft.fuse(ridge), "thread")
    assert thread.parameters["pitch_mm"] == pytest.approx(pitch, rel=0.01)
    assert "designation" not in thread.parameters
    # the core, one face with the plain ends, is 5 pitches long
    assert thread.parameters["length_mm"] == pytest.approx(3 * pitch, rel=0.01)


@pytest.mark.parametrize(("seat", "guard"), [(6.7, 10.0), (6.7, 6.7)])
def test_a_centre_hole_is_as_deep_as_it_goes_and_its_seat_is_the_countersink(seat, guard):
    """DIN 332 B 3.15 × 10, and A 3.15 × 6.7, which has no chamfer that protects it."""
    flare = (guard - seat) / 2 / math.tan(math.radians(60))
    taper = (seat - 3.15) / 2 / math.tan(math.radians(30))
    deep = flare + taper + 2.4
    profile = [(0, -deep - 0.95), (1.575, -deep), (1.575, -flare - taper), (seat / 2, -flare)]
    profile += [(guard / 2, 0), (0, 0)] if flare else [(0, 0)]
    tool = cq.Workplane("XZ").polyline(profile).close().revolve(360, (0, 0), (0, 1))
    shaft = cq.Workplane(origin=(0, 0, -60)).circle(12).extrude(60)
    hole = only_hole(shaft.cut(tool))
    assert hole.parameters["depth_mm"] == pytest.approx(deep, abs=1e-3)
    assert hole.parameters["countersink"]["diameter_mm"] == pytest.approx(seat, abs=1e-3)
    assert hole.parameters["countersink"]["angle_deg"] == pytest.approx(60, abs=1e-3)


def test_equal_holes_are_numbered_in_the_order_of_their_faces_whatever_rounding_leaves():
    drilled = plate(z=10).faces(">Z").workplane().rarray(20, 1, 3, 1).hole(6)
    part = part_of(drilled)
    faces = part.joined.faces.copy()
    faces["area_mm2"] += 1e-10 * np.arange(len(faces))
    part = replace(part, joined=replace(part.joined, faces=faces))
    first = [min(feature.faces) for feature in recognise(part).features if feature.type == "hole"]
    assert len(first) == 3
    assert first == sorted(first)
