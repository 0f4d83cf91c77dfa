"""Where are surfaces less than smooth? Along some knots of B-splines; triangles in the parameters
are cut there, so that what is summed over each is smooth.
"""

import numpy as np

from geometry.kernel.splines import Spline
from geometry.mesh import lone_corners

__all__ = ["cut_at_creases"]

NO_CUT_SHARE = 1e-9  # of a triangle's extent: a crease this near to a corner cuts nothing off


def cut_at_creases(
    splines: dict[int, Spline], triangles: np.ndarray, surface: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Triangles (t, 3, 2) in the parameters of surfaces (t,), cut along the knots at which their
    second derivative may jump; → the pieces, turning the same way, with their surfaces.

    splines: of those surfaces that are.
    """
    count = 1 + max(*splines, int(surface.max(initial=0)), 0)
    for side in (0, 1):
        creases = _Creases(splines, side, count)
        done: list[tuple[np.ndarray, np.ndarray]] = []
        while len(triangles):
            at = creases.first_within(triangles[:, :, side], surface)
            cut = np.isfinite(at)
            done.append((triangles[~cut], surface[~cut]))
            triangles = _cut(triangles[cut], side, at[cut])
            surface = np.repeat(surface[cut], 3)
        if done:
            triangles, surface = (np.concatenate(column) for column in zip(*done, strict=True))
    return triangles, surface


class _Creases:
    """Inner knots of B-spline surfaces in one direction at which the second derivative may jump."""

    def __init__(self, splines: dict[int, Spline], side: int, count: int) -> None:
        knots: list[np.ndarray] = [np.zeros(0)]
        keys: list[np.ndarray] = [np.zeros(0)]
        self._starts = np.zeros(count + 1, np.int64)
        self._low, self._size = np.zeros(count), np.ones(count)
        for i, spline in splines.items():
            every, times = spline.knots[side], spline.times[side]
            self._low[i], self._size[i] = every[0], every[-1] - every[0]
            own = every[1:-1][times[1:-1] >= spline.degrees[side] - 1]
            knots.append(own)
            keys.append(self._key(np.full(len(own), i), own))
            self._starts[i + 1] = len(own)
        self._starts = np.cumsum(self._starts)
        self._knots, self._keys = np.concatenate([*knots, [np.inf]]), np.concatenate(keys)

    def _key(self, surface: np.ndarray, at: np.ndarray) -> np.ndarray:
        """Numbers (n,) that rise along each surface and from surface to surface."""
        return surface + 0.5 * np.clip((at - self._low[surface]) / self._size[surface], 0.0, 1.0)

    def first_within(self, at: np.ndarray, surface: np.ndarray) -> np.ndarray:
        """First knot (t,) between corners (t, 3) of triangles on surfaces (t,), inf where none
        is.
        """
        low, high = at.min(axis=1), at.max(axis=1)
        slack = NO_CUT_SHARE * (high - low)
        place = np.searchsorted(self._keys, self._key(surface, low + slack), side="right")
        place = np.where(place < self._starts[surface + 1], place, -1)
        return np.where(self._knots[place] < high - slack, self._knots[place], np.inf)


def _cut(triangles: np.ndarray, side: int, at: np.ndarray) -> np.ndarray:
    """Three triangles each (3 t, 3, 2) of what lines at (t,) cut triangles (t, 3, 2) into."""
    beyond = triangles[:, :, side] > at[:, None]
    alone = lone_corners(beyond)
    order = (alone[:, None] + np.arange(3)) % 3
    tip, b, c = np.take_along_axis(triangles, order[:, :, None], axis=1).transpose(1, 0, 2)
    towards_b, towards_c = (
        tip + ((at - tip[:, side]) / (far[:, side] - tip[:, side]))[:, None] * (far - tip)
        for far in (b, c)
    )
    towards_b[:, side] = towards_c[:, side] = at
    pieces = [tip, towards_b, towards_c, towards_b, b, c, towards_b, c, towards_c]
    return np.stack(pieces, axis=1).reshape(-1, 3, 2)
