"""Which basis functions of many B-splines are not nothing at many parameters, and what are they?"""

from typing import Any

import numpy as np

__all__ = ["Knots", "knots_along"]


def knots_along(surface: Any, side: int) -> tuple[list[float], list[int]]:
    """Knots of a B-spline surface along u (side 0) or v (1), and how often each counts; the
    kernel's own sequence takes a hundred times as long to go through.
    """
    if side:
        at, knot, times = range(1, surface.NbVKnots() + 1), surface.VKnot, surface.VMultiplicity
    else:
        at, knot, times = range(1, surface.NbUKnots() + 1), surface.UKnot, surface.UMultiplicity
    return [knot(i) for i in at], [times(i) for i in at]


class Knots:
    """Knot sequences of one direction of several splines, all of one degree."""

    def __init__(self, rows: list[np.ndarray], degree: int) -> None:
        self._degree = degree
        self._knots = np.concatenate(rows)
        sizes = np.array([len(row) for row in rows])
        self._starts = np.cumsum(sizes) - sizes
        self._last = self._starts + sizes - degree - 2  # of the spans
        self._low = np.array([row[degree] for row in rows])
        self._size = np.array([row[-degree - 1] for row in rows]) - self._low
        # in one rising sequence: those of each spline between its number and half of one more
        owner = np.repeat(np.arange(len(rows)), sizes)
        self._keys = self._key(owner, self._knots)

    def _key(self, spline: np.ndarray, at: np.ndarray) -> np.ndarray:
        share = (at - self._low[spline]) / self._size[spline]
        return spline + 0.5 * np.clip(share, 0.0, 1.0)

    def basis(
        self, spline: np.ndarray, at: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """First pole (n,) of each span, the basis functions (d + 1, n) and their slopes there."""
        degree, knots = self._degree, self._knots
        start = self._starts[spline]
        span = np.searchsorted(self._keys, self._key(spline, at), side="right") - 1
        span = np.clip(span, start + degree, self._last[spline])
        values = np.zeros((degree + 1, len(at)))
        slopes = np.zeros_like(values)
        values[0] = 1.0
        for order in range(1, degree + 1):
            saved = np.zeros(len(at))
            for r in range(order):
                left, right = knots[span + r + 1 - order], knots[span + r + 1]
                share = values[r] / (right - left)
                if order == degree:
                    slopes[r] -= degree * share
                    slopes[r + 1] += degree * share
                values[r] = saved + (right - at) * share
                saved = (at - left) * share
            values[order] = saved
        return span - start - degree, values, slopes
