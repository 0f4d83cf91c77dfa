"""Rays and nearest points of meshes with long narrow triangles, against numbers they are drawn
with.
"""

import math

import cadquery as cq
import numpy as np
import pytest
from shapes import ODD_SHIFT_MM, odd_direction, part_of

from geometry.fields.crowding import uncrowded_axes
from geometry.fields.rays import RayScene

TEETH, PITCH, HIGH, DEEP = 300, 6.0, 20.0, 16.0  # the teeth of a rack are square
SHIFT = np.array(ODD_SHIFT_MM.toTuple())


def rack(pitch=PITCH):
    """A bar along x of 20 × 20 with teeth 3 wide in y, 4 deep; from z = 0 to 20."""
    teeth = []
    for i in range(TEETH):
        start = i * pitch
        teeth += [(start, DEEP), (start + 1.5, DEEP), (start + 1.5, HIGH), (start + 4.5, HIGH)]
        teeth += [(start + 4.5, DEEP)]
    end = TEETH * pitch
    outline = [(0, 0), *teeth, (end, DEEP), (end, 0)]
    return cq.Workplane().polyline(outline).close().extrude(20)


def boxes_mm2(mesh, axes):
    corners = mesh.corners_mm @ axes.T
    x, y, z = (corners.max(axis=1) - corners.min(axis=1)).T
    return float((x * y + y * z + z * x).sum())


def placed(points):
    """Points (n, 3) of the drawing where the odd angle and place leave them."""
    return np.array([odd_direction(*point) for point in points]) + SHIFT


@pytest.fixture(scope="module")
def mesh():
    return part_of(rack()).mesh


@pytest.fixture(scope="module")
def scene(mesh):
    return RayScene(mesh.vertices_mm, mesh.triangles)


def test_in_a_racks_own_axes_the_boxes_around_its_triangles_are_thin(mesh):
    axes = uncrowded_axes(mesh.vertices_mm, mesh.triangles)
    assert axes @ axes.T == pytest.approx(np.eye(3), abs=1e-9)
    assert boxes_mm2(mesh, axes) < 0.05 * boxes_mm2(mesh, np.eye(3))


def test_a_rack_that_lies_along_the_axes_stays_in_them():
    mesh = part_of(rack(), odd=False).mesh
    assert uncrowded_axes(mesh.vertices_mm, mesh.triangles) is None


def test_a_ball_whose_triangles_are_well_shaped_stays_in_its_axes():
    mesh = part_of(cq.Workplane().sphere(30)).mesh
    assert len(mesh.triangles) > 1000
    assert uncrowded_axes(mesh.vertices_mm, mesh.triangles) is None


def test_rays_from_within_a_turned_rack_reach_its_walls(mesh, scene):
    teeth = np.arange(10, TEETH - 10, 7)
    starts = placed([(PITCH * i + 3.2, 9.0, 8.0) for i in teeth])
    ways = {(0, 1, 0): 11.0, (0, -1, 0): 9.0, (0, 0, 1): 12.0, (0, 0, -1): 8.0}
    for way, reach_mm in ways.items():
        direction = np.array(odd_direction(*way))
        hits = scene.cast(starts, direction)
        assert hits.distance_mm == pytest.approx(np.full(len(teeth), reach_mm), abs=1e-3)
        assert scene.distance_mm(starts, direction) == pytest.approx(reach_mm, abs=1e-3)
        assert hits.normals @ direction == pytest.approx(np.ones(len(teeth)), abs=1e-5)
        assert mesh.normals[hits.triangle] @ direction == pytest.approx(1.0, abs=1e-5)
        assert scene.occluded(starts, np.tile(direction, (len(teeth), 1))).all()
        near, triangle = scene.first_hits((starts - scene.centre_mm).astype(np.float32), direction)
        assert near == pytest.approx(hits.distance_mm, abs=1e-3)
        assert (triangle == hits.triangle).all()


def test_a_ray_through_a_turned_rack_meets_every_flank_of_the_teeth_on_its_way(scene):
    way = np.array(odd_direction(1, 0, 0))
    start = placed([(0.0, 18.1, 7.3)])
    _, distance_mm, _ = scene.crossings(start, way[None])
    flanks = [PITCH * i + side for i in range(TEETH) for side in (1.5, 4.5)]
    assert distance_mm == pytest.approx(np.array(flanks), abs=2e-3)


def test_what_stands_before_a_point_of_a_turned_rack_hides_it_along_that_way_alone(scene):
    gaps = placed([(PITCH * i + 5.9, 18.0, 8.3) for i in range(40)])
    ways = np.array([odd_direction(*way) for way in ((1, 0, 0), (0, 1, 0), (0, 0, 1))])
    hidden = scene.hidden(gaps, ways, np.ones((3, 40), bool))
    assert hidden[0].all()
    assert not hidden[1:].any()


def test_the_nearest_point_of_a_turned_rack_lies_straight_below(scene):
    places = [(x, -3.0, 6.0) for x in np.linspace(5, TEETH * PITCH - 5, 50)]
    distance_mm, closest_mm, _ = scene.nearest(placed(places))
    below = placed([(x, 0.0, z) for x, _, z in places])
    # single precision leaves hundredths on triangles 1.8 m long and 16 mm wide at one end
    assert distance_mm == pytest.approx(np.full(50, 3.0), abs=0.01)
    assert np.linalg.norm(closest_mm - below, axis=1).max() < math.sqrt(2 * 3.0 * 0.01)
