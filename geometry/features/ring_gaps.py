"""Which cuts are gaps round a ring, each for itself, and not pieces of slots across it?"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geometry.features.survey import CONE, CYLINDER, Survey
from geometry.topology import CONVEX
from geometry.vectors import norms

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
    found = [-1] * len(groups)
    walls = {i: wall for i, group in enumerate(groups) if (wall := _wall(survey, group))}
    left, ring = list(walls), 0
    while left:
        first = walls[left[0]]
        like = [i for i in left if _same_ring(survey, first, walls[i])]
        bore = min(walls[i].bore_mm for i in like)
        outside = max(walls[i].outside_mm for i in like)
        if stand_apart(len(like), bore, outside):
            for i in like:
                found[i] = ring
            ring += 1
        left = [i for i in left if i not in like]
    return found


def _same_ring(survey: Survey, one: _Wall, other: _Wall) -> bool:
    """Whether a turn about the axis may bring one group of faces to the place of another."""
    near = 8 * survey.near_mm
    offset = other.origin_mm - one.origin_mm
    aside = offset - (offset @ one.axis) * one.axis
    if abs(one.axis @ other.axis) < SAME_AXIS or np.linalg.norm(aside) > near:
        return False
    if one.count != other.count or abs(one.area_mm2 / other.area_mm2 - 1) > SAME_SHARE:
        return False
    ways = np.array([one.place_mm, other.place_mm]) - one.origin_mm
    heights = ways @ one.axis
    radii = norms(ways - np.outer(heights, one.axis))
    return bool(np.ptp(heights) < near and np.ptp(radii) < near)


def _wall(survey: Survey, group: Sequence[int]) -> _Wall | None:
    """The wall between a bore and the outside about its axis that a group of faces opens in on
    both sides.
    """
    own = set(group)
    beside = sorted(
        {
            g
            for face in group
            for edge, g in survey.near[face]
            if g not in own
            and survey.kind[g] in (CYLINDER, CONE)
            and survey.convexity[edge] == CONVEX
            and not survey.smooth(edge)
        }
    )
    rows = survey.faces
    round_ = [g for g in beside if rows["sense"][g] > 0]
    for bore in (g for g in beside if rows["sense"][g] < 0):
        axis, origin = rows["axis"][bore], rows["origin_mm"][bore]
        offset = rows["origin_mm"][round_] - origin
        aside = norms(offset - np.outer(offset @ axis, axis))
        about = (np.abs(rows["axis"][round_] @ axis) > SAME_AXIS) & (aside < 8 * survey.near_mm)
        if about.any():
            own_rows = rows[list(group)]
            area = float(own_rows["area_mm2"].sum())
            place = (own_rows["area_mm2"] @ own_rows["centroid_mm"]) / max(area, 1e-300)
            outside = np.array(round_)[about].tolist()
            inner, outer = _reach(survey, [bore], axis), _reach(survey, outside, axis)
            return _Wall(
                origin, axis, float(inner.min()), float(outer.max()), place, area, len(own)
            )
    return None


def _reach(survey: Survey, faces: Sequence[int], axis: np.ndarray) -> np.ndarray:
    """Distances of the mesh corners of round faces from their axis."""
    away = survey.points(list(faces)) - survey.faces["origin_mm"][faces[0]]
    return norms(away - np.outer(away @ axis, axis))
