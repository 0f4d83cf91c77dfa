"""What parts the round wall of a bore: keyways all round it, or a flat?"""

import math
from collections import Counter
from collections.abc import Sequence

from geometry.features.survey import PLANE, Survey
from geometry.topology import CONCAVE
from geometry.vectors import norms, rejections

__all__ = ["is_flattened", "is_splined"]

SAME_AXIS = math.cos(math.radians(0.5))
FEWEST_SPLINES = 4  # keyways of a splined bore: ISO 14 has 6, 8 and 10
DEEPEST_SPLINE = 1.45  # radius of its keyways' floors over its own; ISO 14 has up to 1.3


def is_flattened(survey: Survey, bore: Sequence[int]) -> bool:
    """Whether a plane wall is the chord of what is missing of a bore: both its sides end in it at
    inner corners, as no drill leaves them.
    """
    sides = Counter(
        g
        for face in bore
        for edge, g in _along(survey, face)
        if survey.turns[edge] == CONCAVE and survey.kinds[g] == PLANE
    )
    return any(count > 1 for count in sides.values())


def is_splined(survey: Survey, bore: Sequence[int], radius_mm: float) -> bool:
    """Whether keyways all round are what parts a bore: along each of its pieces a wall goes off
    sharply to both sides, over whose floor another looks at it, and no keyway is deep.
    """
    rows = survey.faces
    own = set(bore)
    if len(own) < FEWEST_SPLINES:
        return False
    for face in bore:
        sides = [g for _, g in _along(survey, face)]
        if len(sides) != 2 or not all(_leads_to_like(survey, own, g) for g in sides):
            return False
        away = survey.points(sides) - rows["origin_mm"][face]
        away = rejections(away, rows["axis"][face])
        if norms(away).max() > DEEPEST_SPLINE * radius_mm:
            return False
    return True


def _along(survey: Survey, face: int) -> list[tuple[int, int]]:
    """Edges of a round wall that run along its axis, and the faces beyond them."""
    axis, tangents = survey.faces["axis"][face], survey.edges["tangent"]
    return [(edge, g) for edge, g in survey.near[face] if abs(tangents[edge] @ axis) > SAME_AXIS]


def _leads_to_like(survey: Survey, bore: set[int], wall: int) -> bool:
    """Whether a plane wall beside a bore has another across its floor that looks at it."""
    rows = survey.faces
    if survey.kinds[wall] != PLANE:
        return False
    floors = {g for e, g in survey.near[wall] if g not in bore and survey.turns[e] == CONCAVE}
    walls = [h for g in floors for _, h in survey.near[g] if h != wall and survey.kinds[h] == PLANE]
    return bool((rows["axis"][walls] @ rows["axis"][wall] < -SAME_AXIS).any())
