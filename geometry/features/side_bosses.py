"""Which round bosses stand on a curved wall, on a pipe, a shaft, a dome, or upright on a slope?"""

import numpy as np

from geometry.features.feature import Draft
from geometry.features.survey import CONE, CYLINDER, FREEFORM, PLANE, SPHERE, TORUS, Survey
from geometry.topology import CONCAVE, CONVEX

__all__ = ["find_side_bosses"]

WHOLE_DEG = 300.0
SAME_AXIS = 0.9998  # cosine
STEEPEST = 0.25  # cosine between a boss and the normal of a slope: 75°
ALONG = 0.95  # cosine between a boss and its wall's axis beyond which it is a step of a shaft


def find_side_bosses(survey: Survey, taken: set[int]) -> list[tuple[int, Draft]]:
    """The wall each stands on, and the boss: a round wall with a flat top, its foot on a curve or
    aslant.

    The height is measured along its axis, from where that meets the wall.
    """
    found: list[tuple[int, Draft]] = []
    rows = survey.faces
    round_ = (survey.kind == CYLINDER) | (survey.kind == CONE)
    whole = round_ & (rows["sense"] > 0) & (rows["sweep_deg"] > WHOLE_DEG)
    for wall in np.flatnonzero(whole).tolist():
        base = None if wall in taken else _base(survey, wall)
        tops = _tops(survey, wall)
        if base is None or len(tops) != 1:
            continue
        top = tops[0]
        way = rows["axis"][top]
        along = rows["axis"][wall]
        height = _height(survey, base, rows["origin_mm"][wall], way, top)
        if abs(way @ along) < SAME_AXIS or height is None:
            continue
        ends = rows["radius_mm"][wall] + np.tan(np.radians(rows["half_angle_deg"][wall])) * (
            np.array([rows["low_mm"][wall], rows["high_mm"][wall]])
        )
        cone = survey.kinds[wall] == CONE
        radius = float(ends.max()) if cone else float(rows["radius_mm"][wall])
        parameters = {"height_mm": height, "axis": way.tolist(), "diameter_mm": 2 * radius}
        found.append((base, Draft("boss", "round", tuple(sorted((wall, top))), parameters)))
    return found


def _base(survey: Survey, wall: int) -> int | None:
    """The curved or sloping face that a round wall stands on, over an internal radius or not."""
    feet: set[int] = set()
    for edge, g in survey.near[wall]:
        if survey.turns[edge] != CONCAVE:
            continue
        if survey.smooth(edge) and survey.kinds[g] in (TORUS, FREEFORM):
            feet |= {h for e, h in survey.near[g] if h != wall and survey.smooth(e)}
        else:
            feet.add(g)
    if len(feet) != 1:
        return None
    base = feet.pop()
    row = survey.faces[base]
    lean = abs(row["axis"] @ survey.faces["axis"][wall])
    if survey.kind[base] == PLANE:
        return base if STEEPEST < lean < SAME_AXIS else None
    stands = survey.kind[base] in (CYLINDER, SPHERE) and row["sense"] > 0
    lies = survey.kind[base] == SPHERE or lean < ALONG
    return base if stands and lies else None


def _tops(survey: Survey, wall: int) -> list[int]:
    """Plane faces beyond a round wall's sharp or broken end."""
    found: set[int] = set()
    for edge, g in survey.near[wall]:
        if survey.turns[edge] != CONVEX:
            continue
        if survey.kinds[g] == PLANE:
            found.add(g)
        else:  # a chamfer or a round between
            found |= {
                h
                for e, h in survey.near[g]
                if survey.turns[e] == CONVEX and survey.kinds[h] == PLANE
            }
    axis = survey.faces["axis"][wall]
    return sorted(g for g in found if abs(survey.faces["axis"][g] @ axis) > SAME_AXIS)


def _height(
    survey: Survey, base: int, origin: np.ndarray, way: np.ndarray, top: int
) -> float | None:
    """How far a boss's top lies along its axis beyond where that meets the wall it stands on."""
    row = survey.faces[base]
    if survey.kind[base] == PLANE:
        down = (origin - row["origin_mm"]) @ row["axis"] / float(way @ row["axis"])
        height = float((survey.faces["origin_mm"][top] - origin) @ way) + float(down)
        return height if height > survey.near_mm else None
    centre, radius = row["origin_mm"], float(row["radius_mm"])
    offset, line = origin - centre, way
    if survey.kind[base] == CYLINDER:
        offset = offset - (offset @ row["axis"]) * row["axis"]
        line = way - (way @ row["axis"]) * row["axis"]
    a, b, c = float(line @ line), float(offset @ line), float(offset @ offset) - radius**2
    inside = b * b - a * c
    if inside < 0 or a < 1e-9:
        return None
    meets = (-b + inside**0.5) / a
    height = float((survey.faces["origin_mm"][top] - origin) @ way) - meets
    return height if height > survey.near_mm else None
