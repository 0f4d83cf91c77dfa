"""Freeform edges that are straight or round, drawn by formula."""

import math

import numpy as np
import pytest

from geometry.kernel.curves import CIRCLE, CURVE_POINTS, LINE, straight_or_round

SPREAD = np.linspace(0.0, 1.0, CURVE_POINTS)
CENTRE = np.array([3.0, -2.0, 7.0])
X, Y = np.array([0.6, 0.8, 0.0]), np.array([-0.48, 0.36, 0.8])  # unit, square to each other
WAY = np.array([2.0, 3.0, 6.0]) / 7


def line(length_mm):
    return CENTRE + length_mm * SPREAD[:, None] * WAY


def arc(radius_mm, turn_deg):
    angle = np.radians(turn_deg) * SPREAD[:, None]
    return CENTRE + radius_mm * (np.cos(angle) * X + np.sin(angle) * Y)


def wave(length_mm):
    return line(length_mm) + 0.1 * np.sin(9 * SPREAD)[:, None] * X


def recognised(*edges, tolerance_mm=1e-3):
    points = np.array([points for points, _ in edges]).reshape(-1, CURVE_POINTS, 3)
    lengths = np.array([length for _, length in edges])
    tangents = np.tile(WAY, (len(edges), 1))
    return straight_or_round(points, lengths, tangents, np.full(len(edges), tolerance_mm))


def test_a_line_an_arc_and_a_wave_are_told_apart():
    codes, axes, origins, radii = recognised(
        (line(10.0), 10.0), (arc(5.0, 120.0), 5.0 * math.radians(120.0)), (wave(10.0), 10.1)
    )
    assert codes.tolist() == [LINE, CIRCLE, -1]
    assert axes[0] == pytest.approx(WAY)
    assert axes[1] == pytest.approx(np.cross(X, Y))
    assert origins[1] == pytest.approx(CENTRE)
    assert radii[1] == pytest.approx(5.0)
    assert np.isnan(radii[[0, 2]]).all()


def test_a_whole_circle_is_round():
    codes, _, origins, radii = recognised((arc(4.0, 360.0), 8.0 * math.pi))
    assert codes.tolist() == [CIRCLE]
    assert origins[0] == pytest.approx(CENTRE)
    assert radii[0] == pytest.approx(4.0)


def test_an_edge_that_runs_back_along_itself_is_no_line():
    there = np.concatenate([line(10.0)[::2], line(10.0)[-2::-2]])
    assert recognised((there, 20.0))[0].tolist() == [-1]


def test_an_edge_of_one_point_is_neither():
    assert recognised((np.tile(CENTRE, (CURVE_POINTS, 1)), 0.0))[0].tolist() == [-1]


def test_no_edges_have_no_curves():
    assert [len(each) for each in recognised()] == [0, 0, 0, 0]


def test_of_straight_edges_alone_none_is_round():
    assert recognised((line(10.0), 10.0), (line(3.0), 3.0))[0].tolist() == [LINE, LINE]
