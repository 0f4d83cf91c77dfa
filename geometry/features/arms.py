"""Is a hollow the corner between two arms, as of a star, and cut out of nothing?"""

import math

import numpy as np

from geometry.features.cut_kind import Kind
from geometry.features.depressions import Depression
from geometry.features.survey import CYLINDER, PLANE, Survey

__all__ = ["is_between_arms"]

ALONG = math.cos(math.radians(3))
LOOKS_OUT = math.cos(math.radians(60))  # between the opening of a cut and a face beside its mouth


def is_between_arms(survey: Survey, cut: Depression, kind: Kind) -> bool:
    """Whether the two walls of a channel without a floor end in rounds that lead to their own back
    sides: the round ends of arms, where a rounded mouth would lead to the face that was cut into.
    """
    walls = [face for face in cut.faces if survey.kinds[face] == PLANE]
    others = [face for face in cut.faces if survey.kinds[face] != PLANE]
    if len(walls) != 2 or kind.run is None or not _are_fillets(survey, others):
        return False
    own = set(cut.faces)
    for wall in walls:
        ends = [
            g
            for edge, g in survey.near[wall]
            if g not in own
            and abs(survey.edges["tangent"][edge] @ kind.run) > ALONG
            and survey.smooth(edge)
            and survey.kinds[g] == CYLINDER
            and survey.faces["sense"][g] > 0
        ]
        if not ends:
            return False
        for end in ends:
            beyond = [
                survey.edges["normals"][edge, survey.side(edge, h)]
                for edge, h in survey.near[end]
                if h not in own and abs(survey.edges["tangent"][edge] @ kind.run) > ALONG
            ]
            if not beyond or (np.array(beyond) @ kind.top > LOOKS_OUT).any():
                return False
    return True


def _are_fillets(survey: Survey, faces: list[int]) -> bool:
    rows = survey.faces[faces]
    return bool(((rows["kind"] == CYLINDER) & (rows["sense"] < 0)).all())
