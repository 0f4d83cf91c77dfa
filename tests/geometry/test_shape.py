"""Symmetry, enclosing bodies, sections and voids of shapes with known answers, at odd angles."""

import math

import cadquery as cq
import numpy as np
import pytest
from OCP.BRepBuilderAPI import BRepBuilderAPI_NurbsConvert
from shapes import odd_direction, part_of, step_bytes

from geometry.analysis import examine
from geometry.fields.extents import minimal_cylinder, smallest_circle
from geometry.fields.fields import Fields
from geometry.fields.sections import sections_at
from geometry.fields.shape import shape_record
from geometry.fields.symmetry import find_symmetry


def symmetry(shape):
    part = part_of(shape)
    fields = Fields(part)
    return find_symmetry(part, fields.scene, fields.samples)


def record(shape):
    return shape_record(Fields(part_of(shape)))


def as_nurbs(shape):
    return cq.Shape.cast(BRepBuilderAPI_NurbsConvert(shape.val().wrapped, True).Shape())


def has(lines, *direction):
    wanted = odd_direction(*direction)
    return any(abs(np.dot(line, wanted)) > 1 - 1e-6 for line in lines)


def flange(holes=5):
    plate = cq.Workplane().circle(50).extrude(10).faces(">Z").workplane()
    return plate.polarArray(38, 0, 360, holes).hole(8)


def saw_blade(teeth=7):
    slot = cq.Workplane().transformed(rotate=(0, 0, 30)).rect(14, 3).extrude(10)
    blade = cq.Workplane().circle(30).extrude(10)
    for i in range(teeth):
        blade = blade.cut(slot.translate((30, 0, 0)).rotate((0, 0, 0), (0, 0, 1), 360 / teeth * i))
    return blade


def test_a_block_has_three_mirrors_and_three_half_turns():
    found = symmetry(cq.Workplane().box(60, 40, 20))
    assert len(found.planes) == 3
    assert all(has(found.planes, *axis) for axis in ((1, 0, 0), (0, 1, 0), (0, 0, 1)))
    assert [axis.order for axis in found.axes] == [2, 2, 2]


def test_one_hole_aside_leaves_a_block_the_mirror_across_its_height():
    found = symmetry(
        cq.Workplane().box(60, 40, 20).faces(">Z").workplane(origin=(11, 7, 0)).hole(8)
    )
    assert len(found.planes) == 1
    assert has(found.planes, 0, 0, 1)
    assert found.axes == ()


@pytest.mark.parametrize("way", [lambda shape: shape, as_nurbs])
def test_a_flange_of_five_holes_turns_by_a_fifth_written_as_nurbs_too(way):
    found = symmetry(way(flange()))
    assert found.axes[0].order == 5
    assert has([found.axes[0].direction], 0, 0, 1)
    assert len(found.planes) == 6  # one across, five through the holes


def test_a_saw_blade_turns_and_has_no_mirror_along_its_axis():
    found = symmetry(saw_blade())
    assert [axis.order for axis in found.axes] == [7]
    assert len(found.planes) == 1
    assert has(found.planes, 0, 0, 1)


def test_a_step_shaped_profile_has_a_half_turn_alone():
    outline = [(0, 0), (30, 0), (30, 10), (20, 10), (20, 30), (-10, 30), (-10, 20), (0, 20)]
    found = symmetry(cq.Workplane().polyline(outline).close().extrude(12))
    assert [axis.order for axis in found.axes] == [2]
    assert has([found.axes[0].direction], 0, 0, 1)


def test_a_stepped_shaft_is_a_full_revolution_and_a_keyway_breaks_it():
    shaft = cq.Workplane().circle(20).extrude(80).faces(">Z").workplane().circle(12).extrude(30)
    found = symmetry(shaft)
    assert [axis.order for axis in found.axes] == [0]
    assert len(found.planes) == 0
    keyed = symmetry(shaft.cut(cq.Workplane().box(6, 10, 60).translate((0, 20, 0))))
    assert keyed.axes == ()
    assert len(keyed.planes) == 1
    assert has(keyed.planes, 1, 0, 0)


def test_a_ball_is_symmetric_in_all_directions():
    assert symmetry(cq.Workplane().sphere(20)).spherical


def test_a_cube_has_nine_mirrors_among_them_those_through_its_edges():
    found = symmetry(cq.Workplane().box(30, 30, 30))
    assert found.axes[0].order == 4
    assert has(found.planes, 1, 0, 0)
    assert has(found.planes, math.sqrt(0.5), math.sqrt(0.5), 0)


def test_the_smallest_cylinder_of_a_bar_goes_around_its_corners():
    found = record(cq.Workplane().box(100, 20, 10))["minimal_cylinder"]
    assert found["diameter_mm"] == pytest.approx(math.hypot(20, 10), rel=1e-6)
    assert found["length_mm"] == pytest.approx(100, rel=1e-6)
    assert has([found["axis"]], 1, 0, 0)


def test_a_circle_around_a_triangle_goes_through_its_corners_or_spans_its_longest_side():
    sharp = np.array([[0.0, 0.0], [6.0, 0.0], [3.0, 5.0]])
    centre, radius = smallest_circle(sharp)
    assert np.linalg.norm(sharp - centre, axis=1) == pytest.approx([radius] * 3)
    _, radius = smallest_circle(np.array([[0.0, 0.0], [10.0, 0.0], [4.0, 1.0]]))
    assert radius == pytest.approx(5)


def test_points_in_a_line_have_a_cylinder_without_thickness():
    line = np.outer(np.linspace(0, 1, 5), [3.0, 4.0, 0.0])
    found = minimal_cylinder(line, np.array([[0.6, 0.8, 0.0]]))
    assert (found.diameter_mm, found.length_mm) == (pytest.approx(0), pytest.approx(5))


def test_the_hull_of_an_angle_closes_its_corner():
    angle = cq.Workplane().polyline([(0, 0), (30, 0), (30, 6), (6, 6), (6, 30), (0, 30)]).close()
    hull = record(angle.extrude(50))["convex_hull"]
    section = 30 * 30 - (30 - 6) ** 2 / 2
    assert hull["volume_mm3"] == pytest.approx(section * 50, rel=1e-6)
    assert hull["filled_share"] == pytest.approx((30 * 6 + 24 * 6) / section, rel=1e-6)


def test_the_hull_of_a_rod_does_not_shrink_to_its_chords():
    hull = record(cq.Workplane().circle(10).extrude(80))["convex_hull"]
    assert hull["volume_mm3"] == pytest.approx(math.pi * 100 * 80, rel=2e-3)


def test_a_rectangular_bar_has_the_moments_of_the_textbook():
    part = part_of(cq.Workplane().box(100, 20, 10))
    axis = part.mass.box.axes[0]
    (section,) = sections_at(part.mesh, axis, part.mass.centroid_mm @ axis + np.array([13.7]))
    assert section.area_mm2 == pytest.approx(200, rel=1e-6)
    assert section.perimeter_mm == pytest.approx(60, rel=1e-6)
    assert section.modulus_mm == pytest.approx(200 / 60, rel=1e-6)
    least, largest = 20 * 10**3 / 12, 10 * 20**3 / 12
    assert section.second_moments_mm4 == pytest.approx((least, largest), rel=1e-5)
    assert section.section_modulus_mm3 == pytest.approx(least / 5, rel=1e-5)


def test_the_weakest_section_of_a_necked_bar_is_the_neck():
    bar = (
        cq.Workplane()
        .box(100, 20, 20)
        .cut(
            cq.Workplane().box(20, 20, 20).cut(cq.Workplane().box(20, 8, 12)).translate((15, 0, 0))
        )
    )
    weakest = record(bar)["sections"]["weakest"]
    assert weakest["area_mm2"] == pytest.approx(8 * 12, rel=1e-5)
    assert weakest["section_modulus_mm3"] == pytest.approx(12 * 8**2 / 6, rel=1e-4)


def test_a_section_through_a_tube_leaves_the_bore_out():
    part = part_of(cq.Workplane().rect(40, 40).rect(30, 30).extrude(200))
    axis = part.mass.box.axes[0]
    (section,) = sections_at(part.mesh, axis, part.mass.centroid_mm @ axis + np.array([0.7]))
    assert section.area_mm2 == pytest.approx(40**2 - 30**2, rel=1e-6)
    assert section.second_moments_mm4[0] == pytest.approx((40**4 - 30**4) / 12, rel=1e-5)


def test_closed_voids_are_counted_measured_and_warned_of():
    hollow = cq.Workplane().box(60, 40, 40)
    for x, side in ((-15, 20), (15, 10)):
        hollow = hollow.cut(cq.Workplane().box(side, side, side).translate((x, 0, 0)))
    examination = examine(step_bytes(hollow), name="hollow.step")
    (part,) = examination.record["parts"]
    assert [v["volume_mm3"] for v in part["shape"]["voids"]] == pytest.approx(
        [8000, 1000], rel=1e-6
    )
    assert [len(v["faces"]) for v in part["shape"]["voids"]] == [6, 6]
    (warning,) = (w for w in examination.record["warnings"] if w["code"] == "closed_voids")
    assert warning["values"] == {"count": 2, "volume_mm3": pytest.approx(9000, rel=1e-6)}


def test_a_pocket_is_no_void():
    pocket = cq.Workplane().box(60, 40, 30).faces(">Z").workplane().rect(20, 20).cutBlind(-20)
    assert record(pocket)["voids"] == []
