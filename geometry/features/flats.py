"""Which planes cut a segment off a round bar along all of it: for a spanner, of a D-shaft?"""

import numpy as np

from geometry.features.axes import is_axis
from geometry.features.feature import Draft
from geometry.features.survey import CYLINDER, PLANE, Survey
from geometry.topology import CONVEX
from geometry.vectors import cross, norms, rejections

__all__ = ["find_flats"]

ALONG = 0.9998  # cosine between an edge or an axis and the bar's
HALF_DEG = 180.0  # of the round that is left: less is an arc between walls, no bar
DEEPEST = 0.5  # depth of a flat over the radius; deeper ones make another section of the bar


def find_flats(survey: Survey, turned: set[int], blocked: set[int]) -> list[Draft]:
    """Planes along an axis whose two long sides end in one turned cylinder about it.

    A shoulder at an end makes a flat a step like any other; here both of its ends are free, and
    nothing but the round tells that it was cut.
    """
    drafts = []
    for face in np.flatnonzero(survey.kind == PLANE).tolist():
        if face in blocked or face in turned:
            continue
        crowns = _crowns(survey, face, turned)
        if not crowns:
            continue
        row, round_ = survey.faces[face], survey.faces[crowns[0]]
        axis, radius = round_["axis"], float(round_["radius_mm"])
        offset = row["origin_mm"] - round_["origin_mm"]
        depth = radius - float(offset @ row["axis"])
        width = float(np.ptp(survey.points([face]) @ cross(axis, row["axis"])))
        if survey.near_mm < depth < DEEPEST * radius:
            sizes = {"depth_mm": min(depth, width), "width_mm": max(depth, width)}
            drafts.append(Draft("step", "through", (face,), {"profile": "slanted", **sizes}))
    return drafts


def _crowns(survey: Survey, face: int, turned: set[int]) -> list[int]:
    """What is left of the one cylinder at both long sides of a plane without inner corners; empty
    where anything else bounds it along the axis.
    """
    normal = survey.faces["axis"][face]
    sides: list[int] = []
    ends = 0
    for edge, g in survey.near[face]:
        if survey.turns[edge] != CONVEX or survey.smooth(edge):
            return []
        round_ = survey.kinds[g] == CYLINDER and survey.faces["sense"][g] > 0 and g in turned
        axis = survey.faces["axis"][g]
        if round_ and abs(survey.edges["tangent"][edge] @ axis) > ALONG:
            sides.append(g)
        else:
            ends += 1
    if len(sides) != 2 or not ends:
        return []
    rows, near = survey.faces[sides], 4 * survey.near_mm
    (origin, axis), other = zip(rows["origin_mm"], rows["axis"], strict=True)
    coaxial = is_axis(*other, origin, axis, near_mm=near, cosine=ALONG)
    if not coaxial or abs(np.ptp(rows["radius_mm"])) > near or abs(normal @ axis) > 1 - ALONG:
        return []
    own = (survey.kind == CYLINDER) & (survey.faces["sense"] > 0)
    return sides if _left_deg(survey, np.flatnonzero(own), sides[0], near) > HALF_DEG else []


def _left_deg(survey: Survey, cylinders: np.ndarray, one: int, near: float) -> float:
    """How far round its axis all that is left of a cylinder goes at one place along it."""
    rows, row = survey.faces[cylinders], survey.faces[one]
    offset = rows["origin_mm"] - row["origin_mm"]
    aside = norms(rejections(offset, row["axis"]))
    same = (np.abs(rows["axis"] @ row["axis"]) > ALONG) & (aside < near)
    same &= np.abs(rows["radius_mm"] - row["radius_mm"]) < near
    middle = float(survey.faces["centroid_mm"][one] @ row["axis"])
    spans = [survey.points([int(f)]) @ row["axis"] for f in cylinders[same]]
    here = [span.min() <= middle <= span.max() for span in spans]
    return float(rows["sweep_deg"][same][here].sum())
