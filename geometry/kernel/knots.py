"""Which basis functions of many B-splines are not nothing at many parameters, and what are they?"""

import numpy as np

from geometry.kernel.splines import Spline

__all__ = ["Knots"]


class Knots:
    """Knot sequences of one direction of several splines, all of one degree."""

    def __init__(self, splines: list[Spline], side: int) -> None:
        degree = self._degree = splines[0].degrees[side]
        times = np.concatenate([spline.times[side] for spline in splines])
        self._knots = np.repeat(np.concatenate([spline.knots[side] for spline in splines]), times)
        counts = np.array([len(spline.times[side]) for spline in splines])
        sizes = np.add.reduceat(times, np.cumsum(counts) - counts, dtype=np.int64)
        self._starts = np.cumsum(sizes) - sizes
        self._last = self._starts + sizes - degree - 2  # of the spans
        self._low = self._knots[self._starts + degree]
        self._size = self._knots[self._last + 1] - self._low
        # in one rising sequence: those of each spline between its number and half of one more
        self._keys = self._key(np.repeat(np.arange(len(splines)), sizes), self._knots)

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
