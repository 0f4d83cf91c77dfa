"""Which ring-shaped channels run round a shaft, a bore or on a face?"""

import math
from dataclasses import dataclass

import numpy as np

from geometry.features.feature import Draft
from geometry.features.survey import CONE, CYLINDER, PLANE, Survey
from geometry.topology import CONCAVE

__all__ = ["find_grooves"]

SAME_AXIS = math.cos(math.radians(0.5))
WIDEST_RATIO = 12.0  # width over depth beyond which a recess is a smaller diameter, not a groove
WIDEST_SHARE = 0.6  # of the diameter, likewise
O_RING_RATIOS = (
    1.15,
    2.2,
)  # width over depth of O-ring housings. Source: ISO 3601-2, static and dynamic housings


def find_grooves(survey: Survey, taken: set[int], turned: set[int]) -> list[Draft]:
    """Grooves whose floor is a ring, or whose flanks meet, concave on both sides."""
    drafts = []
    used = set(taken)
    for face in range(survey.count):
        if face in used:
            continue
        draft = None
        if survey.kind[face] == CYLINDER:
            draft = _around(survey, face)
        elif survey.kind[face] == CONE:
            draft = _vee(survey, face)
        elif survey.kind[face] == PLANE:
            draft = _on_face(survey, face, turned)
        if draft is not None and not used & set(draft.faces):
            drafts.append(draft)
            used |= set(draft.faces)
    return drafts


@dataclass(frozen=True)
class Flank:
    """One side of a groove about an axis."""

    face: int
    foot: tuple[float, float]  # along the axis, radius
    rim: tuple[float, float]


def _flank(
    survey: Survey, face: int, origin: np.ndarray, axis: np.ndarray, sense: int
) -> Flank | None:
    """A plane or cone about an axis as the side of a groove in a shaft (sense +1) or a bore."""
    kind, row = survey.kind[face], survey.faces[face]
    if kind not in (PLANE, CONE) or abs(row["axis"] @ axis) < SAME_AXIS:
        return None
    points = survey.points([face]) - origin
    along = points @ axis
    radii = np.linalg.norm(points - np.outer(along, axis), axis=1)
    order = np.argsort(sense * radii)
    foot, rim = order[0], order[-1]
    return Flank(
        face, (float(along[foot]), float(radii[foot])), (float(along[rim]), float(radii[rim]))
    )


def _around(survey: Survey, face: int) -> Draft | None:
    """A groove in a shaft or a bore, its floor a cylinder."""
    row = survey.faces[face]
    if row["sweep_deg"] < 300:
        return None
    sense = int(row["sense"])
    flanks: list[Flank] = []
    for edge, g in survey.near[face]:
        if survey.convexity[edge] != CONCAVE or any(flank.face == g for flank in flanks):
            continue
        flank = _flank(survey, g, row["origin_mm"], row["axis"], sense)
        if flank is not None:
            flanks.append(flank)
    if len(flanks) != 2:
        return None
    return _groove(survey, flanks, float(row["radius_mm"]), row["axis"], sense, (face,))


def _vee(survey: Survey, face: int) -> Draft | None:
    """A groove whose two conical flanks meet."""
    row = survey.faces[face]
    for edge, g in survey.near[face]:
        if g < face or survey.kind[g] != CONE or survey.convexity[edge] != CONCAVE:
            continue
        sense = int(row["sense"])
        flanks = [_flank(survey, f, row["origin_mm"], row["axis"], sense) for f in (face, g)]
        if flanks[0] is None or flanks[1] is None or survey.faces["sense"][g] != sense:
            continue
        pair = [flanks[0], flanks[1]]
        return _groove(survey, pair, pair[0].foot[1], row["axis"], sense, ())
    return None


def _groove(
    survey: Survey,
    flanks: list[Flank],
    radius: float,
    axis: np.ndarray,
    sense: int,
    floor: tuple[int, ...],
) -> Draft | None:
    """Two flanks as a groove when they rise on both sides and are not too far apart."""
    low, high = sorted(flanks, key=lambda flank: flank.foot[0] + flank.rim[0])
    width = high.rim[0] - low.rim[0]
    depth = min(sense * (low.rim[1] - radius), sense * (high.rim[1] - radius))
    near = survey.near_mm
    leaning = low.rim[0] <= low.foot[0] + near and high.rim[0] >= high.foot[0] - near
    if depth <= survey.near_mm or width <= 0 or not leaning or not _facing(survey, low, high, axis):
        return None
    if width > WIDEST_RATIO * depth or width > WIDEST_SHARE * 2 * radius:
        return None
    return Draft(
        "groove",
        "external" if sense > 0 else "internal",
        tuple(sorted((*floor, low.face, high.face))),
        {"width_mm": width, "depth_mm": depth, "diameter_mm": 2 * radius},
    )


def _facing(survey: Survey, low: Flank, high: Flank, axis: np.ndarray) -> bool:
    """Whether plane flanks look at each other; cones do by how they lean."""
    sides = ((low.face, 1.0), (high.face, -1.0))
    return all(
        survey.kind[face] != PLANE or sign * float(survey.faces["axis"][face] @ axis) > 0
        for face, sign in sides
    )


def _on_face(survey: Survey, face: int, turned: set[int]) -> Draft | None:
    """A ring channel in a plane face, its floor an annulus."""
    row = survey.faces[face]
    inner = outer = None
    for edge, g in survey.near[face]:
        if survey.kind[g] != CYLINDER or abs(survey.faces["axis"][g] @ row["axis"]) < SAME_AXIS:
            return None
        if survey.convexity[edge] != CONCAVE:
            return None
        if survey.faces["sense"][g] > 0:
            inner = g
        else:
            outer = g
    if inner is None or outer is None:
        return None
    a, b = survey.faces[inner], survey.faces[outer]
    apart = b["origin_mm"] - a["origin_mm"]
    apart = apart - (apart @ row["axis"]) * row["axis"]
    width = float(b["radius_mm"] - a["radius_mm"])
    if np.linalg.norm(apart) > max(0.02 * width, 1e-3) or width <= 0:
        return None
    depth = min(float(b["high_mm"] - b["low_mm"]), float(a["high_mm"] - a["low_mm"]))
    if width > WIDEST_RATIO * depth or width > b["radius_mm"] * 0.75:
        return None
    milled = face not in turned and inner not in turned
    kind = "o_ring" if milled and O_RING_RATIOS[0] <= width / depth <= O_RING_RATIOS[1] else "face"
    return Draft(
        "groove", kind, tuple(sorted((face, inner, outer))),
        {"width_mm": width, "depth_mm": depth, "diameter_mm": 2 * float(b["radius_mm"])},
    )  # fmt: skip
