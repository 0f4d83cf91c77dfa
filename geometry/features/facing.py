"""Which planes look back at a place from a given distance behind it?"""

import numpy as np
from scipy.spatial import cKDTree

__all__ = ["Facing"]

ROUNDED = 6  # decimals to which directions are told apart; what they differ by is allowed for
SLACK = 2 * 10.0**-ROUNDED


class Facing:
    """Planes by the way they look and how far along it they lie: which of them face a place is
    looked up, not asked of every one.
    """

    def __init__(self, axes: np.ndarray, places_mm: np.ndarray, least_cosine: float) -> None:
        """Planes by their normals (n, 3) and points (n, 3) mm in them; least_cosine: between a
        normal and the way back that a plane must look at least.
        """
        self._places_mm = places_mm
        self._extent_mm = float(np.linalg.norm(np.ptp(places_mm, axis=0))) if len(axes) else 0.0
        _, first, group = np.unique(
            np.round(axes, ROUNDED), axis=0, return_index=True, return_inverse=True
        )
        group = group.ravel()
        self._ways = axes[first]
        self._level_mm = np.einsum("ij,ij->i", places_mm, self._ways[group])
        # of one way after the other, each from the lowest level up
        self._order = np.lexsort((self._level_mm, group))
        self._level_mm = self._level_mm[self._order]
        self._starts = np.searchsorted(group[self._order], np.arange(len(first) + 1))
        self._tree = cKDTree(self._ways)
        self._chord = float(np.sqrt(max(2 - 2 * least_cosine, 0.0))) + SLACK

    def any_way(self, ways: np.ndarray) -> np.ndarray:
        """Whether any plane looks back along ways (n, 3), wherever it lies: (n,) bool."""
        return np.isfinite(self._tree.query(-ways, distance_upper_bound=self._chord)[0])

    def behind(
        self, place_mm: np.ndarray, way: np.ndarray, distance_mm: float, near_mm: float
    ) -> np.ndarray:
        """Planes (k,), ascending, that look back along a way (3,) from a distance behind a place
        (3,): all that lie no more than near_mm off it, and few others.
        """
        found = []
        for group in self._tree.query_ball_point(-way, self._chord):
            own = slice(self._starts[group], self._starts[group + 1])
            # a plane that leans lies as much deeper as it is away to the side
            lean = float(np.linalg.norm(self._ways[group] + way)) + SLACK
            level = float(place_mm @ self._ways[group]) + distance_mm
            off = near_mm + lean * (self._extent_mm + abs(distance_mm))
            first, last = np.searchsorted(self._level_mm[own], (level - off, level + off))
            found.append(self._order[own][first:last])
        return np.sort(np.concatenate(found)) if found else np.zeros(0, int)
