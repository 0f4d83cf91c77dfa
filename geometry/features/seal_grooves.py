"""Which channels of one width run round on a face, not in a circle: those for a cover's seal?"""

import numpy as np

from geometry.features.feature import Draft
from geometry.features.grooves import O_RING_RATIOS
from geometry.features.survey import CYLINDER, PLANE, TORUS, Survey
from geometry.topology import CONCAVE

__all__ = ["find_seal_grooves"]

EVEN_SHARE = 0.03  # of the width: how much it may vary along the run
WIDEST_RATIO = 3.0  # width over depth; what is wider is a pocket round an island
LEAST_RUN = 12.0  # length of the run over the width


def find_seal_grooves(survey: Survey, taken: set[int]) -> list[Draft]:
    """Grooves whose floor lies between two loops the same distance apart all along."""
    drafts = []
    for floor in survey.topology.faces_of_kind("plane").tolist():
        if floor in taken or survey.faces["loop_count"][floor] != 2:
            continue
        draft = _seal_groove(survey, floor)
        if draft is not None and not taken & set(draft.faces):
            drafts.append(draft)
    return drafts


def _seal_groove(survey: Survey, floor: int) -> Draft | None:
    loops = [survey.topology.loop_edges(loop) for loop in survey.topology.loops_of(floor)]
    if any((survey.convexity[edges] != CONCAVE).any() for edges in loops):
        return None
    if all(len(edges) == 1 for edges in loops):
        return None  # two circles: a ring about an axis
    lengths = [float(survey.edges["length_mm"][edges].sum()) for edges in loops]
    run = sum(lengths) / 2
    width = float(survey.faces["area_mm2"][floor]) / run
    if run < LEAST_RUN * width:
        return None
    lines = [[survey.polyline(edge) for edge in edges] for edges in loops]
    # from the inner loop: a sharp outer corner lies further off
    outer, inner = (0, 1) if lengths[0] > lengths[1] else (1, 0)
    apart = _distances(np.concatenate(lines[inner]), lines[outer])
    if np.ptp(apart) > 2 * EVEN_SHARE * width or abs(apart.mean() - width) > EVEN_SHARE * width:
        return None
    normal = survey.faces["axis"][floor]
    sides = _sides(survey, floor)
    if any(not _is_upright(survey, face, normal) for face in sides):
        return None
    level = float(survey.faces["origin_mm"][floor] @ normal)
    beside = {g for edges in loops for g in _across(survey, floor, edges)}
    tops = [float((survey.points([face]) @ normal).max()) - level for face in sorted(beside)]
    depth = min(tops)
    if depth <= survey.near_mm or width > WIDEST_RATIO * depth:
        return None
    low, high = O_RING_RATIOS
    return Draft(
        "groove",
        "o_ring" if low <= width / depth <= high else "face",
        tuple(sorted({floor, *sides})),
        {"width_mm": width, "depth_mm": depth, "length_mm": run, "direction": normal.tolist()},
    )


def _across(survey: Survey, floor: int, edges: np.ndarray) -> set[int]:
    """Faces on the other side of a floor's edges."""
    return {int(face) for face in survey.edges["faces"][edges].ravel()} - {floor}


def _sides(survey: Survey, floor: int) -> list[int]:
    """Walls and floor radii that rise from a floor."""
    found: set[int] = set()
    waiting = [floor]
    while waiting:
        face = waiting.pop()
        for edge, g in survey.near[face]:
            if survey.turns[edge] == CONCAVE and g != floor and g not in found:
                found.add(g)
                waiting.append(g)
    # round the corners of the island a wall leads into the next by a convex arc
    for face in sorted(found):
        found |= {g for edge, g in survey.near[face] if survey.smooth(edge)} - {floor}
    return sorted(found)


def _is_upright(survey: Survey, face: int, normal: np.ndarray) -> bool:
    along = abs(float(survey.faces["axis"][face] @ normal))
    if survey.kinds[face] == PLANE:
        return along < 0.1
    return survey.kinds[face] in (CYLINDER, TORUS)


def _distances(points: np.ndarray, lines: list[np.ndarray]) -> np.ndarray:
    """Distance of points (n, 3) from the nearest of polylines (n,)."""
    starts = np.concatenate([line[:-1] for line in lines])
    ways = np.concatenate([np.diff(line, axis=0) for line in lines])
    squares = np.maximum((ways * ways).sum(axis=1), 1e-300)
    offset = points[:, None] - starts[None]
    share = np.clip(np.einsum("nmk,mk->nm", offset, ways) / squares, 0, 1)
    return np.asarray(np.linalg.norm(offset - share[..., None] * ways, axis=2).min(axis=1))
