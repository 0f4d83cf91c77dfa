"""Which leaning faces over a narrow slot are the flanks of a V that it relieves?"""

import itertools
import math

import numpy as np

from geometry.features.survey import PLANE, Survey, unit
from geometry.topology import CONCAVE
from geometry.vectors import cross

__all__ = ["flanks_over"]

SAME = math.cos(math.radians(3))
ALIKE = math.sin(math.radians(2))  # between the leans of a V's two flanks
LEANS = math.sin(math.radians(15))  # at least, against the slot's walls and against its floor


def flanks_over(survey: Survey, floor: int) -> tuple[int, int] | None:
    """Two planes that lean alike from the mouth of a slot with this floor, each wider than it.

    A vee block has them, its slot keeps the corner clear; what is narrower than the slot breaks
    its edges.
    """
    rows = survey.faces
    if survey.kind[floor] != PLANE:
        return None
    up = rows["axis"][floor]
    walls = sorted({g for e, g in survey.near[floor] if survey.turns[e] == CONCAVE})
    walls = [g for g in walls if survey.kinds[g] == PLANE and abs(rows["axis"][g] @ up) < ALIKE]
    # few walls have any, and only those are asked in pairs
    found = [(wall, *flank) for wall in walls if (flank := _flank(survey, wall, up)) is not None]
    for (a, flank_a, width_a), (b, flank_b, width_b) in itertools.combinations(found, 2):
        gap = float((rows["centroid_mm"][b] - rows["centroid_mm"][a]) @ rows["axis"][a])
        facing = rows["axis"][a] @ rows["axis"][b] < -SAME
        alike = abs(float((rows["axis"][flank_a] - rows["axis"][flank_b]) @ up)) < ALIKE
        if facing and alike and 0 < gap < min(width_a, width_b):
            return flank_a, flank_b
    return None


def _flank(survey: Survey, wall: int, up: np.ndarray) -> tuple[int, float] | None:
    """The plane that leans away from a wall at its upper edge, and its width."""
    leaning = survey.leaning(wall, LEANS)
    if not leaning:
        return None
    rows = survey.faces
    run = unit(cross(up, rows["axis"][wall]))
    for edge, g in leaning:
        if float(rows["axis"][g] @ up) < LEANS or abs(rows["axis"][g] @ run) > ALIKE:
            continue
        if abs(survey.edges["tangent"][edge] @ run) > SAME:
            return g, float(np.ptp(survey.points([g]) @ cross(run, rows["axis"][g])))
    return None
