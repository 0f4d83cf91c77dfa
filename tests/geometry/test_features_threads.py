"""Which axis does a drawn thread turn about, where no round face of its own tells it?"""

from types import SimpleNamespace

import numpy as np
import pytest
from shapes import odd_direction

from geometry.features.threads import _winding


@pytest.mark.parametrize("seed", range(5))
def test_a_helix_tells_its_axis_however_unevenly_its_points_lie(seed):
    rng = np.random.default_rng(seed)
    angle = np.cumsum(rng.uniform(0.1, 0.3, 140))
    helix = np.column_stack([np.cos(angle), np.sin(angle), 0.45 * angle / (2 * np.pi)])
    frame = np.array([odd_direction(*axis) for axis in np.eye(3)])
    survey = SimpleNamespace(
        edges={"length_mm": np.array([float(np.ptp(angle))])}, polyline=lambda _: helix @ frame
    )
    ((_, axis),) = _winding(survey, [0])
    assert abs(axis @ frame[2]) > np.cos(np.radians(0.05))
