"""A cylinder is told by its points and normals alone, however narrow the strip of it."""

import math

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from geometry.kernel.cylinder import fit_cylinder

TURN = Rotation.from_rotvec([0.3, -1.1, 0.6]).as_matrix()


def strip(radius, turns, width, lean=0.0):
    """Points and normals of a strip that winds up 1.25 mm a turn; lean: of the normals, rad."""
    angle, up = np.meshgrid(np.linspace(0, 2 * math.pi * turns, 40), np.linspace(0, width, 4))
    angle, up = angle.ravel(), up.ravel()
    around = np.column_stack([np.cos(angle), np.sin(angle), np.zeros(len(angle))])
    points = radius * around + np.outer(1.25 * angle / (2 * math.pi) + up, [0, 0, 1])
    normals = math.cos(lean) * around + math.sin(lean) * np.array([0, 0, 1])
    return points @ TURN.T + [40, -7, 120], normals @ TURN.T


@pytest.mark.parametrize("turns", [0.1, 0.6, 4.0])
def test_the_crest_of_a_thread_is_a_cylinder(turns):
    found = fit_cylinder(*strip(4.0, turns, 0.15))
    assert found.radius_mm == pytest.approx(4.0, abs=1e-6)
    assert abs(found.axis @ TURN[:, 2]) == pytest.approx(1.0, abs=1e-9)
    assert found.gap_mm < 1e-6
    off = found.origin_mm - [40, -7, 120]
    assert np.linalg.norm(np.cross(off, TURN[:, 2])) < 1e-6


def test_a_leaning_flank_is_none():
    assert fit_cylinder(*strip(4.0, 1.0, 0.15, lean=math.radians(30))) is None


def test_what_hardly_turns_tells_no_axis():
    assert fit_cylinder(*strip(4.0, 0.001, 0.15)) is None
