"""Which planes look back at a place from a given distance behind it?"""

import numpy as np
from scipy.spatial import cKDTree

from geometry.vectors import norm

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
        self._extent_mm = norm(np.ptp(places_mm, axis=0)) if len(axes) else 0.0
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
        self._groups_of: dict[bytes, list[tuple[int, int, np.ndarray, float]]] = {}
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
        for start, stop, back, lean in self._groups(way):
            level = float(place_mm @ back) + distance_mm
            off = near_mm + lean * (self._extent_mm + abs(distance_mm))
            first, last = self._level_mm[start:stop].searchsorted((level - off, level + off))
            found.append(self._order[start + first : start + last])
        return np.sort(np.concatenate(found)) if found else np.zeros(0, int)

    def _groups(self, way: np.ndarray) -> list[tuple[int, int, np.ndarray, float]]:
        """Where the planes of every way (3,) that leads back along one begin and end, that way, and
        how much deeper a plane lies for what it is away to the side.
        """
        key = way.tobytes()  # the walls of a plate look four ways, and each is asked for
        if key not in self._groups_of:
            self._groups_of[key] = [
                (*self._starts[group : group + 2].tolist(), back, norm(back + way) + SLACK)
                for group in self._tree.query_ball_point(-way, self._chord)
                for back in (self._ways[group],)
            ]
        return self._groups_of[key]
