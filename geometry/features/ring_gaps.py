"""Which cuts are gaps round a ring, each for itself, and not pieces of slots across it?"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from geometry.features.survey import CONE, CYLINDER, Survey
from geometry.topology import CONVEX
from geometry.vectors import about_axis, norms, rejections

__all__ = ["ring_gaps", "stand_apart"]

FEWEST = 3  # two opposite ones are a slot across a tube
FEWEST_PASSES = 6  # gaps; what half as many passes of a cutter across it make is indexed by gaps
RING_SHARE = 0.5  # bore over outside of what has four: with less it is a disc with a cross on it
SAME_AXIS = math.cos(math.radians(0.5))
SAME_SHARE = 2e-3  # of areas: what a split and a re-export leave between equal gaps


@dataclass(frozen=True)
class _Wall:
    """The round wall of a ring that a group of faces leads through."""

    origin_mm: np.ndarray  # on its axis
    axis: np.ndarray
    bore_mm: float  # radius
    outside_mm: float  # radius
    place_mm: np.ndarray  # of the group
    area_mm2: float  # of the group
    count: int  # of the group's faces


def stand_apart(count: int, bore_mm: float, outside_mm: float) -> bool:
    """Whether so many equal gaps round a bore are told one by one; radii of bore and outside.

    Source: DIN 935, whose castle nuts have so many slots as there are gaps round their crown.
    """
    return count >= FEWEST_PASSES or (count >= FEWEST and bore_mm >= RING_SHARE * outside_mm)


def ring_gaps(survey: Survey, groups: Sequence[Sequence[int]]) -> list[int]:
    """For each group of faces the ring that it is a gap in, −1 where it is in none.

    A gap leads from a bore to the round outside about the same axis, and others like it stand
    round that axis.
    """

    @cache  # all gaps of a tube lead through the same wall
    def reach(faces: tuple[int, ...], bore: int) -> tuple[float, float]:
        return _reach(survey, faces, survey.faces["axis"][bore])

    found = [-1] * len(groups)
    walled = [(i, wall) for i, group in enumerate(groups) if (wall := _wall(survey, group, reach))]
    if not walled:
        return found
    walls = _Walls([wall for _, wall in walled])
    left, ring = np.arange(len(walled)), 0
    while len(left):
        same = walls.in_ring_of(int(left[0]), left, 8 * survey.near_mm)
        like = [walled[row] for row in left[same].tolist()]
        bore = min(wall.bore_mm for _, wall in like)
        outside = max(wall.outside_mm for _, wall in like)
        if stand_apart(len(like), bore, outside):
            for i, _ in like:
                found[i] = ring
            ring += 1
        left = left[~same]
    return found


class _Walls:
    """Walls by row, to ask one about many at once."""

    def __init__(self, walls: Sequence[_Wall]) -> None:
        self.origin_mm = np.array([wall.origin_mm for wall in walls])
        self.axis = np.array([wall.axis for wall in walls])
        self.place_mm = np.array([wall.place_mm for wall in walls])
        self.area_mm2 = np.array([wall.area_mm2 for wall in walls])
        self.count = np.array([wall.count for wall in walls])

    def in_ring_of(self, one: int, rows: np.ndarray, near_mm: float) -> np.ndarray:
        """Whether a turn about the axis of one may bring its group of faces to the place of those
        of rows (n,): (n,) bool, true of itself.
        """
        axis, origin = self.axis[one], self.origin_mm[one]
        _, aside = about_axis(self.origin_mm[rows] - origin, axis)
        along = np.abs(self.axis[rows] @ axis) >= SAME_AXIS
        alike = self.count[rows] == self.count[one]
        with np.errstate(divide="ignore", invalid="ignore"):
            alike &= np.abs(self.area_mm2[one] / self.area_mm2[rows] - 1) <= SAME_SHARE
        height, radius = about_axis(self.place_mm[rows] - origin, axis)
        (own_height,), (own_radius,) = about_axis(self.place_mm[one : one + 1] - origin, axis)
        beside = (np.abs(height - own_height) < near_mm) & (np.abs(radius - own_radius) < near_mm)
        return (rows == one) | (along & (aside <= near_mm) & alike & beside)


def _wall(
    survey: Survey,
    group: Sequence[int],
    reach: Callable[[tuple[int, ...], int], tuple[float, float]],
) -> _Wall | None:
    """The wall between a bore and the outside about its axis that a group of faces opens in on
    both sides; reach: the distances of faces from the axis of a bore.
    """
    own = set(group)
    turns = survey.turns
    across = {
        g
        for face in group
        for edge, g in survey.near[face]
        if turns[edge] == CONVEX and g not in own and not survey.smooth(edge)
    }
    beside = sorted(g for g in across if survey.kinds[g] in (CYLINDER, CONE))
    rows = survey.faces
    round_ = [g for g in beside if rows["sense"][g] > 0]
    if not round_:
        return None
    for bore in (g for g in beside if rows["sense"][g] < 0):
        axis, origin = rows["axis"][bore], rows["origin_mm"][bore]
        offset = rows["origin_mm"][round_] - origin
        aside = norms(rejections(offset, axis))
        about = (np.abs(rows["axis"][round_] @ axis) > SAME_AXIS) & (aside < 8 * survey.near_mm)
        if about.any():
            own_rows = rows[list(group)]
            area = float(own_rows["area_mm2"].sum())
            place = (own_rows["area_mm2"] @ own_rows["centroid_mm"]) / max(area, 1e-300)
            outside = tuple(np.array(round_)[about].tolist())
            inner, outer = reach((bore,), bore)[0], reach(outside, bore)[1]
            return _Wall(origin, axis, inner, outer, place, area, len(own))
    return None


def _reach(survey: Survey, faces: tuple[int, ...], axis: np.ndarray) -> tuple[float, float]:
    """Least and largest distance of the mesh corners of round faces from their axis."""
    _, away = about_axis(survey.points(faces) - survey.faces["origin_mm"][faces[0]], axis)
    return float(away.min()), float(away.max())
