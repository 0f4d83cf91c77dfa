"""Which smooth curve do the corners of a polyline stand for?"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_banded

from geometry.vectors import norms

__all__ = ["SmoothLine", "curve_through"]


@dataclass(frozen=True)
class SmoothLine:
    """A cubic spline in space, by what it passes and how it runs there."""

    places_mm: np.ndarray  # (k,) ascending
    corners_mm: np.ndarray  # (k, 3)
    slopes: np.ndarray  # (k, 3) derivatives at the corners

    def __call__(self, places_mm: np.ndarray) -> np.ndarray:
        """Points (n, 3) mm at places (n,)."""
        row, past, step, turn, bend = self._pieces(places_mm)
        return np.asarray(
            self.corners_mm[row] + past * (self.slopes[row] + past * (bend + past * turn / step))
        )

    def tangents(self, places_mm: np.ndarray) -> np.ndarray:
        """Derivatives (n, 3) at places (n,)."""
        row, past, step, turn, bend = self._pieces(places_mm)
        return np.asarray(self.slopes[row] + past * (2 * bend + 3 * past * turn / step))

    def between(self, count: int) -> np.ndarray:
        """Points ((k − 1) · count + 1, 3) mm at all corners and at equal steps between them."""
        step = np.diff(self.places_mm)[:, None]
        chord = np.diff(self.corners_mm, axis=0) / step
        slopes = self.slopes[:-1]
        turn = (slopes + self.slopes[1:] - 2 * chord) / step
        bend = (chord - slopes) / step - turn
        past = step[:, None] * (np.arange(count) / count)[:, None]
        third = past * (turn / step)[:, None]
        found = self.corners_mm[:-1, None] + past * (
            slopes[:, None] + past * (bend[:, None] + third)
        )
        return np.concatenate([found.reshape(-1, 3), self.corners_mm[-1:]])

    def _pieces(self, places_mm: np.ndarray) -> tuple[np.ndarray, ...]:
        """The corner before each place (n,), how far past it (n, 1) and up to the next (n, 1), and
        how the curve bends from there (n, 3) twice.
        """
        last = len(self.places_mm) - 2
        row = np.clip(np.searchsorted(self.places_mm, places_mm, side="right") - 1, 0, last)
        step = np.diff(self.places_mm)[row][:, None]
        chord = np.diff(self.corners_mm, axis=0)[row] / step
        turn = (self.slopes[row] + self.slopes[row + 1] - 2 * chord) / step
        bend = (chord - self.slopes[row]) / step - turn
        return row, (places_mm - self.places_mm[row])[:, None], step, turn, bend


def curve_through(line: np.ndarray) -> SmoothLine:
    """The curve through the corners (n, 3) mm of a polyline, by lengths along its chords; corners
    that follow at no distance count once.
    """
    steps = norms(np.diff(line, axis=0))
    apart = np.concatenate([[True], steps > 0])
    corners, places = line[apart], np.concatenate([[0.0], np.cumsum(steps)])[apart]
    if len(places) < 2:
        corners, places = np.repeat(corners, 2, axis=0), np.array([0.0, 1.0])
    return SmoothLine(places, corners, _slopes(places, corners))


def _slopes(places: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Derivatives (k, 3) of the spline whose second derivatives do not jump, nor the third at the
    second corner and the last but one; of three corners a parabola's, of two the chord's.

    As `scipy.interpolate.CubicSpline` has them, which takes five times as long to check what it is
    given. Source: de Boor, A Practical Guide to Splines, 2001, chapter IV.
    """
    step = np.diff(places)
    chord = np.diff(corners, axis=0) / step[:, None]
    if len(places) == 2:
        return np.concatenate([chord, chord])
    left, right = step[:-1, None], step[1:, None]
    middle = right * chord[:-1] + left * chord[1:]
    if len(places) == 3:
        inner = middle / (left + right)
        return np.concatenate([2 * chord[:1] - inner, inner, 2 * chord[1:] - inner])
    band = np.zeros((3, len(places)))
    band[0, 2:], band[1, 1:-1], band[2, :-2] = step[:-1], 2 * (step[:-1] + step[1:]), step[1:]
    wanted = np.zeros_like(corners)
    wanted[1:-1] = 3 * middle
    for end, near, next_ in ((0, 0, 1), (-1, -1, -2)):
        both = step[near] + step[next_]
        band[1, end], band[0 if end == 0 else 2, 1 if end == 0 else -2] = step[next_], both
        wanted[end] = (step[near] + 2 * both) * step[next_] * chord[near]
        wanted[end] = (wanted[end] + step[near] ** 2 * chord[next_]) / both
    return np.asarray(solve_banded((1, 1), band, wanted, check_finite=False))
