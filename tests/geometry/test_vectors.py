"""Are small vectors measured as their formulas say?"""

import math

import numpy as np
import pytest

from geometry.vectors import off_line, unwrapped


def test_a_point_is_as_far_off_a_line_as_it_was_put():
    axis, aside = np.array([0.6, 0.0, 0.8]), np.array([0.0, 7.0, 0.0])
    origin = np.array([1.0, -2.0, 3.0])
    point = origin + 5.0 * axis + aside
    assert off_line(point, origin, axis) == pytest.approx(7.0)
    assert off_line(point, origin, -axis) == pytest.approx(7.0)


@pytest.mark.parametrize("turns", [0.5, 2.25], ids=["within a turn", "round and round"])
def test_angles_go_on_without_a_jump(turns):
    angles = np.linspace(0.3, 0.3 + 2 * math.pi * turns, 40)
    wrapped = (angles + math.pi) % (2 * math.pi) - math.pi
    assert unwrapped(wrapped) == pytest.approx(angles)


def test_of_no_angle_and_of_one_nothing_jumps():
    assert len(unwrapped(np.zeros(0))) == 0
    assert unwrapped(np.array([2.0])).tolist() == [2.0]
