"""Which channels make up a group of faces that several of one depth share a floor in?"""

import math
from dataclasses import dataclass

import numpy as np

from geometry.features.survey import PLANE, Survey, unit
from geometry.topology import CONCAVE

__all__ = ["Channel", "crossing_channels"]

SAME = math.cos(math.radians(3))
UPRIGHT = math.sin(math.radians(20))  # a wall leans from its floor's normal by no more draft


@dataclass(frozen=True)
class Channel:
    """Walls that face each other along a run, and the floor that other channels share."""

    walls: list[int]
    floor: list[int]
    run: np.ndarray


def crossing_channels(survey: Survey, group: list[int]) -> list[Channel]:
    """The channels that cross in a group, nothing when it is one cut.

    Where channels of one depth cross, their walls meet at convex corners alone; in a pocket they
    meet at concave ones.
    """
    if len(group) < 5 or any(survey.kinds[face] != PLANE for face in group):
        return []
    kinds = _by_direction(survey, group)
    if len(kinds) < 3:
        return []
    kind_of = {face: i for i, faces in enumerate(kinds) for face in faces}
    meets: list[set[int]] = [set() for _ in kinds]
    for face in group:
        for edge, g in survey.near[face]:
            if g in kind_of and survey.turns[edge] == CONCAVE and kind_of[g] != kind_of[face]:
                meets[kind_of[face]].add(kind_of[g])
    floor = max(range(len(kinds)), key=lambda i: len(meets[i]))
    walls = [i for i in range(len(kinds)) if i != floor]
    if any(meets[i] != {floor} for i in walls):
        return []
    level = survey.faces["axis"][kinds[floor][0]]
    channels: list[Channel] = []
    for i in walls:
        found = _channels(survey, kinds[i], kinds[floor], level)
        if not found:
            return []
        channels += found
    return channels


def _by_direction(survey: Survey, group: list[int]) -> list[list[int]]:
    """Plane faces of a group by the line of their normals."""
    found: list[list[int]] = []
    axes = survey.faces["axis"]
    for face in group:
        same = next((f for f in found if abs(axes[f[0]] @ axes[face]) > SAME), None)
        if same is None:
            found.append([face])
        else:
            same.append(face)
    return found


def _channels(
    survey: Survey, walls: list[int], floor: list[int], level: np.ndarray
) -> list[Channel]:
    """Parallel walls as channels: from a wall that looks along their normal to the one it sees."""
    rows = survey.faces[walls]
    normal = rows["axis"][0]
    if abs(normal @ level) > UPRIGHT:
        return []
    run = unit(np.cross(normal, level))
    place = np.round(rows["centroid_mm"] @ normal / (4 * survey.near_mm)).astype(int)
    looks = np.where(rows["axis"] @ normal > 0, 1, -1)
    found: list[Channel] = []
    inside: list[int] = []  # walls of the channel that the sweep along the normal is in
    entered = 0  # walls passed that look ahead, less those that look back
    for at, look in sorted(set(zip(place.tolist(), (-looks).tolist(), strict=True))):
        inside += [w for w, p, k in zip(walls, place, looks, strict=True) if p == at and k == -look]
        entered -= look
        if entered < 0:
            return []  # a wall that looks at nothing
        if entered == 0:
            found.append(Channel(inside, floor, run))
            inside = []
    return [] if entered else found
