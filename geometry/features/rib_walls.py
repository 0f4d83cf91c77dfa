"""Which walls along a strip stand back to back?"""

import math

import numpy as np
from scipy.spatial import cKDTree

from geometry.features.survey import PLANE, Survey
from geometry.topology import CONVEX

__all__ = ["COPLANAR", "DRAFTED", "Walls", "coplanar", "edges_beside", "walls_along"]

DRAFTED = math.cos(math.radians(9))  # two walls of a rib may lean this much from parallel in all
COPLANAR = math.cos(math.radians(0.5))
FEW = 24  # planes that are compared with all others sooner than looked up
FEW_ONE_BY_ONE = 8  # planes that are sooner compared by plain numbers
ROWS_AT_ONCE = 512  # planes asked for all others at a time

Walls = tuple[list[int], list[int]]  # faces on either side of a strip, those of a side in one plane


def edges_beside(survey: Survey, strip: int) -> dict[int, list[int]]:
    """The edges of a strip by the face across them."""
    found: dict[int, list[int]] = {}
    for edge, face in survey.near[strip]:
        found.setdefault(face, []).append(edge)
    return found


def walls_along(survey: Survey, beside: dict[int, list[int]]) -> list[Walls]:
    """Faces along a strip's convex edges that stand back to back, the longest first.

    beside: the strip's `edges_beside`. The side of a rack has thousands of them: none is compared
    with all others one by one.
    """
    sides: dict[int, float] = {}
    kinds, turns, lengths = survey.kinds, survey.turns, survey.lengths_mm
    for face, edges in beside.items():
        if kinds[face] != PLANE:
            continue
        own = [lengths[edge] for edge in edges if turns[edge] == CONVEX]
        if own:
            sides[face] = sum(own)
    if len(sides) < 2:
        return []
    faces = sorted(sides, key=lambda face: -sides[face])
    if len(faces) > FEW:
        planes = _many_planes(survey, faces)
    else:
        axes = survey.faces["axis"][faces]
        cosines = axes @ axes.T
        if cosines.min() >= -DRAFTED:
            return []
        planes = _planes(survey, faces, cosines)
    planes.sort(key=lambda plane: -sum(sides[face] for face in plane))
    opposite = _opposite(survey, [plane[0] for plane in planes])
    return [(planes[i], planes[k]) for i, k in enumerate(opposite) if k >= 0]


def _planes(survey: Survey, faces: list[int], cosines: np.ndarray) -> list[list[int]]:
    """A few faces by the plane that they lie in, each with its first face first; cosines: between
    every two (n, n).
    """
    along = cosines > COPLANAR
    if np.count_nonzero(along) <= len(faces):  # none looks the same way as another
        return [[face] for face in faces]
    left = dict.fromkeys(range(len(faces)))
    planes = []
    while left:
        i, *others = left
        beside = [k for k in others if along[i, k]]
        if beside:
            close = coplanar(survey, faces[i], np.array(faces)[beside])
            beside = [k for k, near in zip(beside, close.tolist(), strict=True) if near]
        planes.append([faces[i], *(faces[k] for k in beside)])
        for k in (i, *beside):
            del left[k]
    return planes


def _many_planes(survey: Survey, faces: list[int]) -> list[list[int]]:
    """As `_planes` of many faces, none of which is compared with all others."""
    every = np.array(faces)
    levels = _Levels(survey, every)
    left = np.ones(len(faces), bool)
    planes = []
    for i in range(len(faces)):
        if not left[i]:
            continue
        left[i] = False
        close = levels.close(i)
        close = close[left[close]]
        own = close[coplanar(survey, faces[i], every[close])] if len(close) else close
        left[own] = False
        planes.append([faces[i], *every[own].tolist()])
    return planes


class _Levels:
    """Planes by the way they look and how far along it they lie."""

    def __init__(self, survey: Survey, faces: np.ndarray) -> None:
        rows = survey.faces[faces]
        chord = math.sqrt(2 - 2 * COPLANAR)
        # planes that lean no more than that from each other part by no more than this
        apart = 2 * survey.near_mm + chord * survey.diagonal_mm
        level = np.einsum("ij,ij->i", rows["centroid_mm"] - rows["centroid_mm"][0], rows["axis"])
        self._places = np.column_stack([rows["axis"] * (apart / chord), level])
        self._reach = math.sqrt(2) * apart
        self._tree = cKDTree(self._places)

    def close(self, place: int) -> np.ndarray:
        """Places of the planes that may be one with that at a place, ascending."""
        return np.sort(self._tree.query_ball_point(self._places[place], self._reach))


def _opposite(survey: Survey, heads: list[int]) -> list[int]:
    """Of each plane the nearest of those after it that is turned away from it, with material
    between: its place, −1 where there is none.
    """
    if len(heads) < 2:
        return [-1] * len(heads)
    if len(heads) <= FEW_ONE_BY_ONE:
        return _opposite_of_few(survey, heads)
    rows = survey.faces.take(heads)
    axes, centres, origins = rows["axis"], rows["centroid_mm"], rows["origin_mm"]
    own_centre = np.einsum("ij,ij->i", centres, axes)
    own_origin = np.einsum("ij,ij->i", origins, axes)
    found: list[int] = []
    for start in range(0, len(heads), ROWS_AT_ONCE):
        some = slice(start, start + ROWS_AT_ONCE)
        facing = axes[some] @ axes.T < -DRAFTED
        facing &= axes[some] @ centres.T < own_centre[some, None]
        facing &= np.arange(len(heads)) > np.arange(len(heads))[some, None]
        apart = np.abs(axes[some] @ origins.T - own_origin[some, None])
        apart[~facing] = np.inf
        nearest = apart.argmin(axis=1)
        found += np.where(facing.any(axis=1), nearest, -1).tolist()
    return found


def _opposite_of_few(survey: Survey, heads: list[int]) -> list[int]:
    """As `_opposite`, by plain numbers: of so few numpy's calls take longer than their work."""
    axes = [survey.axes[head] for head in heads]
    centres, origins = (survey.faces[name][heads].tolist() for name in ("centroid_mm", "origin_mm"))
    found = []
    for i, ((x, y, z), (u, v, w), (p, q, r)) in enumerate(zip(axes, centres, origins, strict=True)):
        nearest = -1, math.inf
        for k in range(i + 1, len(heads)):
            (a, b, c), (d, e, f), (g, h, j) = axes[k], centres[k], origins[k]
            if x * a + y * b + z * c < -DRAFTED and x * (d - u) + y * (e - v) + z * (f - w) < 0:
                apart = abs(x * (g - p) + y * (h - q) + z * (j - r))
                nearest = (k, apart) if apart < nearest[1] else nearest
        found.append(nearest[0])
    return found


def coplanar(survey: Survey, plane: int, others: np.ndarray) -> np.ndarray:
    """Which of some faces (n,) lie in a plane: (n,) bool."""
    one, faces = survey.faces[plane], survey.faces
    offset = (faces["centroid_mm"][others] - one["origin_mm"]) @ one["axis"]
    along = faces["axis"][others] @ one["axis"] > COPLANAR
    return np.asarray(along & (np.abs(offset) < 2 * survey.near_mm))
