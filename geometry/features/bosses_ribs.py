"""What stands out of a part? Bosses and ribs: closed concave loops on a face, thin strips."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from geometry.features.feature import Draft
from geometry.features.survey import CONE, CYLINDER, PLANE, Survey, unit
from geometry.topology import CONCAVE, CONVEX

__all__ = ["Protrusion", "find_protrusions", "find_ribs"]

LARGEST_SHARE = 0.5  # of the part's area: what is larger stands for itself
MOST_FACES = 80
DRAFTED = math.cos(math.radians(9))  # two walls of a rib may lean this much from parallel in all
UPRIGHT = math.sin(math.radians(9))
RIB_SLENDER = 3.0  # length over thickness
RIB_THIN = 0.7  # thickness over height
STRIP_SLENDER = 0.5  # thickness over the smaller extent of the walls beside a strip


@dataclass(frozen=True)
class Protrusion:
    """Faces that stand on a base face inside one of its loops."""

    base: int
    faces: tuple[int, ...]
    draft: Draft


def find_protrusions(survey: Survey, taken: set[int], turned: set[int]) -> list[Protrusion]:
    """Bosses and ribs that a face surrounds."""
    found: list[Protrusion] = []
    seen: set[int] = set()
    total = float(survey.faces["area_mm2"].sum())
    for base in survey.topology.faces_of_kind("plane").tolist():
        for loop in list(survey.topology.loops_of(base))[1:]:
            edges = survey.topology.loop_edges(loop)
            if not (survey.convexity[edges] == CONCAVE).all():
                continue
            body = _body(survey, base, edges.tolist(), taken)
            area = float(survey.faces["area_mm2"][sorted(body)].sum())
            if not body or area > LARGEST_SHARE * total or body & seen:
                continue
            if base in turned and body & turned:
                continue
            draft = _draft(survey, base, sorted(body))
            if draft is not None:
                seen |= body
                found.append(Protrusion(base, tuple(sorted(body)), draft))
    return found


def _body(survey: Survey, base: int, edges: list[int], taken: set[int]) -> set[int]:
    """Faces reached from a loop without passing below its face."""
    normal = survey.faces["axis"][base]
    level = float(survey.faces["origin_mm"][base] @ normal)
    ends = survey.edges["faces"]
    waiting = [int(ends[e, 1] if ends[e, 0] == base else ends[e, 0]) for e in edges]
    body: set[int] = set()
    while waiting:
        face = waiting.pop()
        if face in body or face == base or face in taken:
            continue
        if float((survey.points([face]) @ normal).min()) < level - 2 * survey.near_mm:
            continue
        body.add(face)
        if len(body) > MOST_FACES:
            return set()
        waiting.extend(g for _, g in survey.near[face])
    return body


def _draft(survey: Survey, base: int, faces: list[int]) -> Draft | None:
    """A boss or a rib with its sizes, None when its top does not rise over its base."""
    normal = survey.faces["axis"][base]
    level = float(survey.faces["origin_mm"][base] @ normal)
    height = float((survey.points(faces) @ normal).max()) - level
    if height <= survey.near_mm:
        return None
    rib = _as_rib(survey, faces, normal, level, height)
    if rib is not None:
        return Draft("rib", None, tuple(faces), rib)
    walls = [
        f
        for f in faces
        if survey.kind[f] in (CYLINDER, CONE)
        and survey.faces["sense"][f] > 0
        and abs(survey.faces["axis"][f] @ normal) > math.cos(math.radians(0.5))
        and survey.faces["sweep_deg"][f] > 300
    ]
    flats = [
        f
        for f in faces
        if survey.kind[f] == PLANE and abs(survey.faces["axis"][f] @ normal) < UPRIGHT
    ]
    parameters: dict[str, Any] = {"height_mm": height, "axis": normal.tolist()}
    if walls and not flats:
        foot = min(walls, key=lambda f: float((survey.points([f]) @ normal).min()))
        parameters["diameter_mm"] = 2 * _foot_radius(survey, foot, normal)
        return Draft("boss", "round", tuple(faces), parameters)
    return Draft("boss", "other", tuple(faces), parameters)


def _foot_radius(survey: Survey, wall: int, normal: np.ndarray) -> float:
    row = survey.faces[wall]
    radius = float(row["radius_mm"])
    if survey.kind[wall] == CYLINDER:
        return radius
    slope = math.tan(math.radians(float(row["half_angle_deg"])))
    foot = row["low_mm"] if row["axis"] @ normal > 0 else row["high_mm"]
    return radius + float(foot) * slope


def _as_rib(
    survey: Survey, faces: list[int], normal: np.ndarray, level: float, height: float
) -> dict[str, Any] | None:
    """Sizes of a rib: two large walls back to back, far longer than they are apart."""
    flats = [
        f
        for f in faces
        if survey.kind[f] == PLANE and abs(survey.faces["axis"][f] @ normal) < UPRIGHT
    ]
    flats.sort(key=lambda f: -survey.faces["area_mm2"][f])
    if len(flats) < 2 or survey.faces["axis"][flats[0]] @ survey.faces["axis"][flats[1]] > -DRAFTED:
        return None
    across = unit(survey.faces["axis"][flats[0]] - survey.faces["axis"][flats[1]])
    across = unit(across - (across @ normal) * normal)
    run = np.cross(normal, across)
    points = survey.points(faces)
    length = float(np.ptp(points @ run))
    base, top = _thickness(survey, flats[:2], normal, across, level, height)
    if length < RIB_SLENDER * base or base > RIB_THIN * height:
        return None
    return {
        "thickness_mm": top,
        "height_mm": height,
        "length_mm": length,
        "base_thickness_mm": base,
    }


def _thickness(
    survey: Survey,
    walls: list[int],
    normal: np.ndarray,
    across: np.ndarray,
    level: float,
    height: float,
) -> tuple[float, float]:
    """Thickness between two walls at their base and at their top."""
    at = []
    for rise in (0.0, height):
        sides = []
        for wall in walls:
            axis, origin = survey.faces["axis"][wall], survey.faces["origin_mm"][wall]
            # where the plane passes `rise` over the base, along `across`
            place = (float(origin @ axis) - (level + rise) * float(normal @ axis)) / float(
                across @ axis
            )
            middle = np.cross(normal, across)
            shift = float(survey.faces["centroid_mm"][wall] @ middle) * float(middle @ axis)
            sides.append(place - shift / float(across @ axis))
        at.append(abs(sides[0] - sides[1]))
    return at[0], at[1]


def find_ribs(survey: Survey, taken: set[int]) -> list[Draft]:
    """Thin walls between others: a narrow strip, two walls back to back, a face both stand on."""
    drafts: list[Draft] = []
    used: set[int] = set()
    for strip in survey.topology.faces_of_kind("plane").tolist():
        if strip in taken or strip in used:
            continue
        walls = _strip_walls(survey, strip)
        if walls is None or walls[0] in taken or walls[1] in taken or used & set(walls):
            continue
        draft = _strip_rib(survey, strip, walls)
        if draft is not None:
            drafts.append(draft)
            used |= set(draft.faces)
    return drafts


def _strip_walls(survey: Survey, strip: int) -> tuple[int, int] | None:
    """The two faces along a strip's longest convex edges, when they stand back to back."""
    sides: dict[int, float] = {}
    for edge, g in survey.near[strip]:
        if survey.convexity[edge] == CONVEX and survey.kind[g] == PLANE:
            sides[g] = sides.get(g, 0.0) + float(survey.edges["length_mm"][edge])
    if len(sides) < 2:
        return None
    a, b = sorted(sides, key=lambda g: -sides[g])[:2]
    if survey.faces["axis"][a] @ survey.faces["axis"][b] > -DRAFTED:
        return None
    return a, b


def _feet(survey: Survey, wall: int) -> dict[int, float]:
    """Faces that a wall stands on or against, over an internal radius or not, by length."""
    found: dict[int, float] = {}
    for edge, g in survey.near[wall]:
        if survey.convexity[edge] != CONCAVE:
            continue
        length = float(survey.edges["length_mm"][edge])
        found[g] = found.get(g, 0.0) + length
        if survey.smooth(edge):
            for e2, h in survey.near[g]:
                if h != wall and survey.smooth(e2) and survey.convexity[e2] == CONCAVE:
                    found[h] = found.get(h, 0.0) + float(survey.edges["length_mm"][e2])
    return found


def _strip_rib(survey: Survey, strip: int, walls: tuple[int, int]) -> Draft | None:
    feet_a, feet_b = _feet(survey, walls[0]), _feet(survey, walls[1])
    common = [g for g in feet_a if g in feet_b and survey.kind[g] == PLANE]
    if not common:
        return None
    normal = survey.faces["axis"][strip]
    across = unit(survey.faces["axis"][walls[0]] - survey.faces["axis"][walls[1]])
    across = unit(across - (across @ normal) * normal)
    run = np.cross(normal, across)
    points = survey.points([strip])
    thickness, length = float(np.ptp(points @ across)), float(np.ptp(points @ run))
    upright = survey.points(list(walls))
    height = float(np.ptp(upright @ normal))
    if thickness > STRIP_SLENDER * min(length, height) or length < thickness * 1.5:
        return None
    level = float((upright @ normal).min())
    base, _ = _thickness(survey, list(walls), normal, across, level, height)
    return Draft(
        "rib",
        None,
        tuple(sorted((strip, *walls))),
        {
            "thickness_mm": thickness,
            "height_mm": height,
            "length_mm": length,
            "base_thickness_mm": base,
        },
    )
