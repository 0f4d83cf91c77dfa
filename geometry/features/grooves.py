"""Which ring-shaped channels run round a shaft, a bore or on a face?"""

import math

import numpy as np

from geometry.features.feature import Draft
from geometry.features.survey import CYLINDER, PLANE, Survey
from geometry.topology import CONCAVE

__all__ = ["find_grooves"]

SAME_AXIS = math.cos(math.radians(0.5))
WIDEST_RATIO = 12.0  # width over depth beyond which a recess is a smaller diameter, not a groove
WIDEST_SHARE = 0.6  # of the diameter, likewise
O_RING_RATIOS = (
    1.15,
    2.2,
)  # width over depth of O-ring housings. Source: ISO 3601-2, static and dynamic housings


def find_grooves(survey: Survey, taken: set[int]) -> list[Draft]:
    """Grooves with plane sides: their floor is a ring, concave on both sides."""
    drafts = []
    for face in range(survey.count):
        if face in taken:
            continue
        if survey.kind[face] == CYLINDER:
            draft = _around(survey, face)
        elif survey.kind[face] == PLANE:
            draft = _on_face(survey, face)
        else:
            draft = None
        if draft is not None and not taken & set(draft.faces):
            drafts.append(draft)
            taken = taken | set(draft.faces)
    return drafts


def _around(survey: Survey, face: int) -> Draft | None:
    """A groove in a shaft or a bore, its floor a cylinder."""
    row = survey.faces[face]
    if row["sweep_deg"] < 300:
        return None
    sides: dict[int, tuple[float, float]] = {}  # plane → level, radius at its far rim
    for edge, g in survey.near[face]:
        if survey.convexity[edge] != CONCAVE or survey.kind[g] != PLANE:
            continue
        if abs(survey.faces["axis"][g] @ row["axis"]) < SAME_AXIS:
            continue
        level = float((survey.faces["origin_mm"][g] - row["origin_mm"]) @ row["axis"])
        points = survey.points([g]) - row["origin_mm"]
        radii = np.linalg.norm(points - np.outer(points @ row["axis"], row["axis"]), axis=1)
        sides[g] = (level, float(radii.max() if row["sense"] > 0 else radii.min()))
    if len(sides) != 2:
        return None
    (a, (level_a, rim_a)), (b, (level_b, rim_b)) = sides.items()
    if survey.faces["axis"][a] @ survey.faces["axis"][b] > 0:
        return None
    radius, width = float(row["radius_mm"]), abs(level_a - level_b)
    depth = min(abs(rim_a - radius), abs(rim_b - radius))
    facing = (level_b - level_a) * float(survey.faces["axis"][a] @ row["axis"])
    if facing <= 0 or width > WIDEST_RATIO * depth or width > WIDEST_SHARE * 2 * radius:
        return None
    kind = "external" if row["sense"] > 0 else "internal"
    return Draft(
        "groove", kind, tuple(sorted((face, a, b))),
        {"width_mm": width, "depth_mm": depth, "diameter_mm": 2 * radius},
    )  # fmt: skip


def _on_face(survey: Survey, face: int) -> Draft | None:
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
    kind = "o_ring" if O_RING_RATIOS[0] <= width / depth <= O_RING_RATIOS[1] else "face"
    return Draft(
        "groove", kind, tuple(sorted((face, inner, outer))),
        {"width_mm": width, "depth_mm": depth, "diameter_mm": 2 * float(b["radius_mm"])},
    )  # fmt: skip
