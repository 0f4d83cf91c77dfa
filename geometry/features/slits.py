"""Which slots have no floor of their own: slits out of a bore, gaps between splines on a shaft?"""

import math

import numpy as np

from geometry.features.feature import Draft
from geometry.features.ring_gaps import stand_apart
from geometry.features.survey import CYLINDER, PLANE, Survey, unit
from geometry.topology import CONCAVE, CONVEX
from geometry.vectors import cross, norms, rejections

__all__ = ["find_slits", "find_spline_slots"]

FACING = -math.cos(math.radians(3))
ALONG = math.cos(math.radians(3))
MOST_ROOT_DEG = 120.0  # that a floor between two splines turns: more is what is left of a shaft
WIDEST = 0.7  # of the bore's diameter: a wider gap is no slit, the bore is the end of a slot


def find_slits(survey: Survey, taken: set[int]) -> list[Draft]:
    """Two walls that face each other and meet the same bore at sharp edges along it.

    Clamps, split bushes and collets have them. No inner corner belongs to such a slit, so it is
    no depression.
    """
    drafts: list[Draft] = []
    # by the face that is the floor of both walls
    crossing: dict[int, list[tuple[int, int]]] = {}
    bores: dict[int, int] = {}
    used: set[int] = set()
    for bore in np.flatnonzero((survey.kind == CYLINDER) & (survey.faces["sense"] < 0)).tolist():
        axis = survey.faces["axis"][bore]
        walls = sorted(
            {
                g
                for edge, g in survey.near[bore]
                if survey.kinds[g] == PLANE
                and survey.turns[edge] == CONVEX
                and not survey.smooth(edge)
                and abs(survey.edges["tangent"][edge] @ axis) > ALONG
                and g not in taken
            }
        )
        pairs = [(a, b) for i, a in enumerate(walls) for b in walls[i + 1 :]]
        # the wall across the bore looks this way too
        places = survey.faces["centroid_mm"]
        pairs.sort(key=lambda pair: float(np.linalg.norm(places[pair[0]] - places[pair[1]])))
        for a, b in pairs:
            if {a, b} & used:
                continue
            draft = _slit(survey, bore, a, b)
            if draft is None:
                continue
            used |= {a, b}
            floor = _floor(survey, bore, a, b)
            if floor is None:
                drafts.append(draft)
            else:
                crossing.setdefault(floor, []).append((a, b))
                bores[floor] = bore
    for floor, pairs in crossing.items():
        crown = _is_crown(survey, bores[floor], pairs)
        slots = [list(pair) for pair in pairs] if crown else _in_line(survey, pairs)
        drafts += [_slot_across(survey, floor, walls) for walls in slots]
    return drafts


def _is_crown(survey: Survey, bore: int, pairs: list[tuple[int, int]]) -> bool:
    """Whether what walls in pairs stand between are gaps round a bore, each told by itself."""
    row = survey.faces[bore]
    away = survey.outline([wall for pair in pairs for wall in pair]) - row["origin_mm"]
    away = rejections(away, row["axis"])
    outside = float(norms(away).max())
    return stand_apart(len(pairs), float(row["radius_mm"]), outside)


def _floor(survey: Survey, bore: int, a: int, b: int) -> int | None:
    """The plane across a bore that both walls stand on: what they stand between is a crown of
    slots whose floor goes on in the face around.
    """
    axis = survey.faces["axis"][bore]
    feet = [{g for e, g in survey.near[f] if survey.turns[e] == CONCAVE} for f in (a, b)]
    for g in sorted(feet[0] & feet[1]):
        if survey.kinds[g] == PLANE and abs(survey.faces["axis"][g] @ axis) > ALONG:
            return g
    return None


def _in_line(survey: Survey, pairs: list[tuple[int, int]]) -> list[list[int]]:
    """Walls of the pairs that one pass of a cutter leaves: those on the same two planes."""
    places, axes = survey.faces["origin_mm"], survey.faces["axis"]
    near = 4 * survey.near_mm
    lines: list[list[int]] = []
    for pair in pairs:
        for line in lines:
            own = places[list(pair)]
            apart = [np.abs((own - places[wall]) @ axes[wall]) for wall in line[:2]]
            aligned = abs(axes[pair[0]] @ axes[line[0]]) > ALONG
            if aligned and all(each.min() < near for each in apart):
                line.extend(pair)
                break
        else:
            lines.append(list(pair))
    return lines


def _slot_across(survey: Survey, floor: int, walls: list[int]) -> Draft:
    """A slot with walls that stand on a face which is also its floor."""
    rows, top = survey.faces, survey.faces["axis"][floor]
    across = rows["axis"][walls[0]]
    points = survey.outline(walls)
    parameters = {
        "profile": "rectangle",
        "depth_mm": float(np.ptp(points @ top)),
        "width_mm": float((rows["origin_mm"][walls[1]] - rows["origin_mm"][walls[0]]) @ across),
        "length_mm": float(np.ptp(points @ unit(cross(top, across)))),
        "direction": top.tolist(),
    }
    return Draft("slot", "through", tuple(sorted(walls)), parameters)


def _slit(survey: Survey, bore: int, a: int, b: int) -> Draft | None:
    rows, axis = survey.faces, survey.faces["axis"][bore]
    across = rows["axis"][a]
    if across @ rows["axis"][b] > FACING:
        return None
    width = float((rows["origin_mm"][b] - rows["origin_mm"][a]) @ across)
    if not 0 < width < WIDEST * 2 * float(rows["radius_mm"][bore]):
        return None
    out = cross(axis, across)
    offset = rows["centroid_mm"][[a, b]].mean(axis=0) - rows["origin_mm"][bore]
    out = unit(out if offset @ out > 0 else -out)
    middle = rows["centroid_mm"][a] + 0.5 * width * across
    if survey.rays.occluded(middle[None], out).any():
        return None
    points = survey.outline([a, b])
    parameters = {
        "profile": "rectangle",
        "depth_mm": float(np.ptp(points @ out)),
        "width_mm": width,
        "length_mm": float(np.ptp(points @ axis)),
        "direction": out.tolist(),
    }
    return Draft("slot", "through", (a, b) if a < b else (b, a), parameters)


def find_spline_slots(survey: Survey, taken: set[int], turned: set[int]) -> list[Draft]:
    """Pieces of a turned cylinder with a flat wall along both sides."""
    drafts: list[Draft] = []
    for root in sorted(turned):
        row = survey.faces[root]
        if survey.kind[root] != CYLINDER or row["sweep_deg"] > MOST_ROOT_DEG:
            continue
        walls = {
            g
            for edge, g in survey.near[root]
            if survey.turns[edge] == CONCAVE
            and survey.kinds[g] == PLANE
            and g not in taken | turned
            and abs(survey.edges["tangent"][edge] @ row["axis"]) > ALONG
        }
        if len(walls) == 2:
            drafts.append(_spline_slot(survey, root, sorted(walls)))
    return drafts


def _spline_slot(survey: Survey, root: int, walls: list[int]) -> Draft:
    row, mesh = survey.faces[root], survey.part.mesh
    axis, radius = row["axis"], float(row["radius_mm"])
    rows = survey.triangles(root)
    out = unit(mesh.areas_mm2[rows] @ mesh.normals[rows])
    out = unit(out - (out @ axis) * axis)
    faces = [root, *walls]
    points = survey.outline(faces)
    away = points - row["origin_mm"]
    away = rejections(away, axis)
    ends = [
        g
        for edge, g in survey.near[root]
        if survey.turns[edge] == CONCAVE
        and g not in walls
        and abs(survey.edges["tangent"][edge] @ axis) < 1 - ALONG
    ]
    parameters = {
        "profile": "other",
        "depth_mm": float(norms(away).max()) - radius,
        "width_mm": float(np.ptp(survey.outline([root]) @ cross(out, axis))),
        "length_mm": float(np.ptp(survey.outline([root]) @ axis)),
        "direction": out.tolist(),
    }
    return Draft("slot", "blind" if ends else "through", tuple(sorted(faces)), parameters)
