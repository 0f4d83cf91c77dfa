"""Smooth curves through corners of polylines, drawn by formula."""

import numpy as np
import pytest

from geometry.features.smooth_lines import curve_through


def helix(turn):
    return np.stack([10 * np.cos(turn), 10 * np.sin(turn), 3 * turn], axis=-1)


def test_points_between_the_corners_of_a_polyline_lie_on_what_it_stands_for():
    turn = np.linspace(0.0, 2.0, 21)
    points = curve_through(helix(turn)).between(4)
    assert points[::4] == pytest.approx(helix(turn), abs=1e-12)
    assert points == pytest.approx(helix(np.linspace(0.0, 2.0, 81)), abs=1e-3)


def test_points_between_two_corners_lie_on_their_chord():
    points = curve_through(np.array([[0.0, 0.0, 0.0], [8.0, 4.0, 0.0]])).between(4)
    assert points == pytest.approx(np.array([[2.0, 1.0, 0.0]]) * np.arange(5)[:, None])
