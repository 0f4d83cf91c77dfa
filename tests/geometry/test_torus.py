"""A torus found from points and normals."""

import numpy as np
import pytest

from geometry.kernel.torus import fit_torus

AXIS = np.array([0.36, -0.48, 0.8])
CENTRE = np.array([12.0, -7.0, 31.0])


def ring(major, minor, rng, count=60, bulge=0.0):
    """Points and normals on a quarter of a tube, all the way round."""
    x = np.cross(AXIS, [1.0, 0.0, 0.0])
    x /= np.linalg.norm(x)
    y = np.cross(AXIS, x)
    turn, tube = rng.uniform(0, 2 * np.pi, count), rng.uniform(0.2, 1.5, count)
    outward = np.outer(np.cos(turn), x) + np.outer(np.sin(turn), y)
    normals = np.cos(tube)[:, None] * outward + np.outer(np.sin(tube), AXIS)
    radius = minor + bulge * np.sin(6 * tube)
    return CENTRE + major * outward + radius[:, None] * normals, normals


def test_a_torus_is_found_from_a_quarter_of_its_tube():
    torus = fit_torus(*ring(30.0, 4.0, np.random.default_rng(3)))
    assert (torus.major_mm, torus.minor_mm) == (pytest.approx(30.0), pytest.approx(4.0))
    assert torus.origin_mm == pytest.approx(CENTRE, abs=1e-6)
    assert abs(torus.axis @ AXIS) == pytest.approx(1.0)


def test_a_tube_that_bulges_is_told_by_its_gap():
    torus = fit_torus(*ring(30.0, 4.0, np.random.default_rng(3), bulge=0.3))
    assert torus is None or torus.gap_mm > 0.05


def test_points_of_a_plane_are_no_torus():
    points = np.random.default_rng(3).uniform(-5, 5, (40, 3)) * [1, 1, 0]
    torus = fit_torus(points, np.tile([0.0, 0.0, 1.0], (40, 1)))
    assert torus is None or torus.gap_mm > 0.05 or torus.major_mm > 1e4 * torus.minor_mm
