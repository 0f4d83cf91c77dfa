"""Which strips break an edge between two faces, and how wide are they?"""

import itertools
import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from geometry.features.feature import Draft
from geometry.features.flanks import flanks_over
from geometry.features.survey import CONE, CYLINDER, PLANE, Survey, unit
from geometry.topology import CONCAVE, CURVES
from geometry.vectors import cross, norms, square_to

__all__ = [
    "Chamfer",
    "chamfer_drafts",
    "chamfer_faces",
    "inner_chamfer_faces",
    "slanted_step",
]

SAME_SIZE_SHARE = 0.02
PARALLEL = math.cos(math.radians(2))
BOTH_PARALLEL = math.cos(math.radians(4.01))  # between two that are parallel to a third
# turn at each side of a chamfer; a face that leans by the usual drafts of 5° or 7° is a wall
CHAMFER_LEAST_DEG, CHAMFER_MOST_DEG = 8.0, 82.0
LAND_SHARE = 0.9  # a chamfer beside another is at most this wide to be one
CONE_WIDEST_SHARE = 0.35  # of the radius: a wider cone is a taper
# of the radius: a turner calls a cone at 45° between a cylinder and its end "3 × 45°" until the
# end is half as wide as the cylinder
END_WIDEST_SHARE = 0.5 * math.sqrt(2)
END_NEAR_DEG = 1.0  # how near 45° both sides turn
EVEN_NEAR_DEG = 5.0  # how near 45° a strip breaks an edge evenly
# share of the faces that its longer and its shorter leg take of a strip that is a slanted step;
# the bevel of a weld takes as much of a plate's edge and next to nothing of its face: ours
STEP_LEAST = (0.25, 0.2)
ALIGNED_MORE = 1.5  # how much more area parallel to it makes one of two candidates the stock
INNER_NARROW = 0.5  # width of an inner chamfer over what its walls leave beside it
ONE_CONE = 8  # times what is near: how far the tips of two pieces of a cone may lie apart
# an edge broken by no more than this is sharp on a drawing: ISO 13715:2017, table of sizes
SHARP_MM = 0.05
CIRCLE, LINE = CURVES.index("circle"), CURVES.index("line")


@dataclass(frozen=True)
class Chamfer:
    """A flat or conical strip between two faces."""

    supports: tuple[int, int]
    edges: tuple[int, int]  # the longest edge to each support
    angles_deg: tuple[float, float]  # turn to each support
    width_mm: float  # of the strip itself
    run: np.ndarray | None  # direction of a flat strip
    length_mm: float = 0.0

    @property
    def size(self) -> tuple[float, float]:
        """Longer leg in mm and the angle to that leg's face in degrees, as drawings give them."""
        total = math.sin(math.radians(sum(self.angles_deg)))
        legs = [
            self.width_mm * math.sin(math.radians(angle)) / total if total > 1e-6 else self.width_mm
            for angle in self.angles_deg
        ]
        return max(legs), min(self.angles_deg)


def chamfer_faces(survey: Survey, blocked: set[int]) -> dict[int, Chamfer]:
    """Planes and cones that break a convex edge, with the two faces beside each."""
    candidates: dict[int, Chamfer] = {}
    planes = survey.topology.faces_of_kind("plane").tolist()
    vees = {face for floor in planes for face in flanks_over(survey, floor) or ()}
    for face in range(survey.count):
        if face not in blocked and face not in vees and survey.kinds[face] in (PLANE, CONE):
            chamfer = _chamfer(survey, face)
            if chamfer is not None:
                candidates[face] = chamfer
    found = {
        face: chamfer
        for face, chamfer in candidates.items()
        if not _is_land(survey, face, chamfer, candidates)
    }
    return found | _corner_cones(survey, found, blocked)


def _corner_cones(
    survey: Survey, found: dict[int, Chamfer], blocked: set[int]
) -> dict[int, Chamfer]:
    """Cones that lead a chamfer round a corner or an arc: tangent to one as wide as they are."""
    corners: dict[int, Chamfer] = {}
    cones = [f for f in np.flatnonzero(survey.kind == CONE).tolist() if f not in blocked]
    waiting = [face for face in cones if face not in found]
    while waiting:  # those about a long arc lie beside others
        known = found | corners
        led = {face: made for face in waiting if (made := _corner_cone(survey, face, known))}
        if not led:
            break
        corners |= led
        waiting = [face for face in waiting if face not in led]
    return corners


def _corner_cone(survey: Survey, face: int, known: dict[int, Chamfer]) -> Chamfer | None:
    """A cone as a chamfer that goes on from one beside it, None where it does not."""
    beside = [g for edge, g in survey.near[face] if g in known and survey.smooth(edge)]
    rims = [
        (edge, g)
        for edge, g in survey.near[face]
        if survey.edges["curve"][edge] == CIRCLE and survey.edges["angle_deg"][edge] > 0
    ]
    if not beside or len(rims) != 2:
        return None
    (a, g), (b, h) = rims
    width = float(np.linalg.norm(np.diff(survey.edges["middle_mm"][[a, b]], axis=0)))
    if abs(width - known[beside[0]].width_mm) > SAME_SIZE_SHARE * known[beside[0]].width_mm:
        return None
    angles = (float(survey.edges["angle_deg"][a]), float(survey.edges["angle_deg"][b]))
    return Chamfer((g, h), (a, b), angles, width, None)


def _is_land(survey: Survey, face: int, chamfer: Chamfer, candidates: dict[int, Chamfer]) -> bool:
    """Whether a candidate is rather what its neighbours' chamfers left of the stock."""
    for support in chamfer.supports:
        if support not in candidates:
            continue
        # the stock's directions are those that other faces have too
        mine, other = _aligned_mm2(survey, face), _aligned_mm2(survey, support)
        if mine > ALIGNED_MORE * other:
            return True
        wide = chamfer.width_mm > LAND_SHARE * candidates[support].width_mm
        if wide and not other > ALIGNED_MORE * mine:
            return True
    if survey.kinds[face] == CONE:
        return False
    normal = survey.faces["axis"][face]
    opposite = np.flatnonzero(
        (survey.kind == PLANE)
        & (survey.faces["axis"] @ normal < -PARALLEL)
        & (survey.faces["area_mm2"] > 0.5 * survey.faces["area_mm2"][face])
    )
    return any(
        int(other) not in candidates and survey.supports_hull(int(other)) for other in opposite
    ) and survey.supports_hull(face)


def _aligned_mm2(survey: Survey, face: int) -> float:
    """Area of the other planes that are parallel to a plane face; nothing for a cone."""
    if survey.kinds[face] != PLANE:
        return 0.0
    along = np.abs(survey.faces["axis"] @ survey.faces["axis"][face]) > PARALLEL
    along &= survey.kind == PLANE
    along[face] = False
    return float(survey.faces["area_mm2"][along].sum())


def _chamfer(survey: Survey, face: int) -> Chamfer | None:
    """The face as a chamfer: two convex long sides whose faces would meet beyond it."""
    if survey.faces["sense"][face] < 0:
        return None
    sides: dict[int, tuple[float, int]] = {}
    concave: list[int] = []
    turns, angles, lengths = survey.turns, survey.angles_deg, survey.lengths_mm
    for edge, across in survey.near[face]:
        if turns[edge] == CONCAVE:
            concave.append(edge)
        if CHAMFER_LEAST_DEG < angles[edge] < CHAMFER_MOST_DEG:
            length, longest = sides.get(across, (0.0, edge))
            own = lengths[edge]
            longest = edge if own > lengths[longest] else longest
            sides[across] = (length + own, longest)
    best: Chamfer | None = None
    for a, b in _pairs(survey, face, {g: edge for g, (_, edge) in sorted(sides.items())}):
        length = min(sides[a][0], sides[b][0])
        if best is not None and length <= best.length_mm:
            continue
        made = _between(survey, face, (a, b), (sides[a][1], sides[b][1]))
        if made is not None:
            best = replace(made, length_mm=length)
    if best is None or any(not _ends(survey, face, best, edge) for edge in concave):
        return None
    return None if _wider_than_beside(survey, best) else best


def _pairs(survey: Survey, face: int, sides: dict[int, int]) -> list[tuple[int, int]]:
    """Pairs of the faces across edges of a face that may be the two sides of a strip: both edges
    run one way, or about the axis of a cone.

    sides: the edge to each face.
    """
    if len(sides) < 2:
        return []
    if survey.kinds[face] == CONE:
        row = survey.faces[face]
        about = [g for g, edge in sides.items() if _ring(survey, survey.edges[edge], row)]
        return list(itertools.combinations(about, 2))
    ways = survey.chords[0][list(sides.values())]
    alike = np.triu(np.abs(ways @ ways.T) > BOTH_PARALLEL, 1)
    names = list(sides)
    return [(names[i], names[j]) for i, j in np.argwhere(alike).tolist()]


def _wider_than_beside(survey: Survey, chamfer: Chamfer) -> bool:
    """Whether a flat strip is wider than both faces beside it: a flat on a round, a face itself."""
    if chamfer.run is None:
        return False
    plane = square_to(chamfer.run).T
    return all(
        float(np.linalg.norm(np.ptp(survey.points([g]) @ plane, axis=0)))
        < LAND_SHARE * chamfer.width_mm
        for g in chamfer.supports
    )


def _between(
    survey: Survey,
    face: int,
    supports: tuple[int, int],
    edges: tuple[int, int],
    *,
    concave: bool = False,
) -> Chamfer | None:
    row = survey.faces[face]
    records = [survey.edges[edge] for edge in edges]
    mine = [r["normals"][survey.side(e, face)] for r, e in zip(records, edges, strict=True)]
    normals = [r["normals"][1 - survey.side(e, face)] for r, e in zip(records, edges, strict=True)]
    angles = (abs(float(records[0]["angle_deg"])), abs(float(records[1]["angle_deg"])))
    if survey.kinds[face] == CONE:
        rings = [ring for r in records if (ring := _ring(survey, r, row)) is not None]
        if normals[0] @ normals[1] > 0.9 or len(rings) < 2:
            return None
        heights, radii = zip(*rings, strict=True)
        width = math.hypot(heights[0] - heights[1], radii[0] - radii[1])
        if width <= max(SHARP_MM, survey.near_mm):
            return None
        at_end = {survey.kinds[g] for g in supports} == {PLANE, CYLINDER} and all(
            abs(angle - 45) < END_NEAR_DEG for angle in angles
        )
        if width > (END_WIDEST_SHARE if at_end else CONE_WIDEST_SHARE) * max(radii):
            return None
        return Chamfer(supports, edges, angles, width, None)
    run = cross(normals[0], normals[1])
    if np.linalg.norm(run) < math.sin(math.radians(30)) and normals[0] @ normals[1] < 0:
        return None
    run = unit(run)
    if abs(run @ row["axis"]) > math.sin(math.radians(2)):
        return None
    if cross(normals[0], mine[0]) @ cross(mine[0], normals[1]) <= 0:
        return None
    if concave and not all(CHAMFER_LEAST_DEG < angle < CHAMFER_MOST_DEG for angle in angles):
        return None
    if any(abs(unit(r["end_mm"] - r["start_mm"]) @ run) < PARALLEL for r in records):
        return None
    width = float(np.ptp(survey.points([face]) @ cross(row["axis"], run)))
    if width <= max(SHARP_MM, survey.near_mm):
        return None
    return Chamfer(supports, edges, angles, width, run)


def _ring(survey: Survey, edge: np.void, cone: np.void) -> tuple[float, float] | None:
    """Height along the axis of a cone, from its origin, and radius in mm of an edge that is an arc
    about it; None of others. One too short to be known as an arc is told by its points.
    """
    if edge["curve"] == CIRCLE:
        if abs(edge["axis"] @ cone["axis"]) < PARALLEL:
            return None
        aside = edge["origin_mm"] - cone["origin_mm"]
        level = float(aside @ cone["axis"])
        off = float(np.linalg.norm(aside - level * cone["axis"]))
        return (level, float(edge["radius_mm"])) if off < 4 * survey.near_mm else None
    points = np.stack([edge["start_mm"], edge["middle_mm"], edge["end_mm"]]) - cone["origin_mm"]
    height = points @ cone["axis"]
    radius = norms(points - height[:, None] * cone["axis"])
    if edge["curve"] == LINE or max(np.ptp(height), np.ptp(radius)) > survey.near_mm:
        return None
    return float(height.mean()), float(radius.mean())


def _ends(survey: Survey, face: int, chamfer: Chamfer, edge: int) -> bool:
    """Whether a concave edge is only where the chamfer runs into the wall of something else.

    The floor of a corner that was cut off is no larger than the corner.
    """
    if chamfer.run is None:
        return False
    record = survey.edges[edge]
    if abs(unit(record["end_mm"] - record["start_mm"]) @ chamfer.run) > 0.5:
        return False
    wall = int(record["faces"][1 - survey.side(edge, face)])
    legs = [chamfer.width_mm * math.sin(math.radians(a)) for a in chamfer.angles_deg]
    total = math.sin(math.radians(sum(chamfer.angles_deg)))
    corner = 0.5 * legs[0] * legs[1] / max(abs(total), 1e-6)
    return bool(survey.faces["area_mm2"][wall] > 1.5 * corner)


def inner_chamfer_faces(survey: Survey, blocked: set[int]) -> dict[int, Chamfer]:
    """Narrow planes that break an inner corner: both long sides concave and turned alike."""
    found: dict[int, Chamfer] = {}
    for face in np.flatnonzero(survey.kind == PLANE).tolist():
        if face in blocked:
            continue
        sides = [
            (edge, g)
            for edge, g in survey.near[face]
            if survey.turns[edge] == CONCAVE and survey.kinds[g] == PLANE
        ]
        if len(sides) != 2 or sides[0][1] == sides[1][1]:
            continue
        edges, supports = (sides[0][0], sides[1][0]), (sides[0][1], sides[1][1])
        chamfer = _between(survey, face, supports, edges, concave=True)
        if chamfer is None or chamfer.run is None:
            continue
        if abs(chamfer.angles_deg[0] - chamfer.angles_deg[1]) > 1.0:
            continue
        beside = min(
            float(np.ptp(survey.points([g]) @ cross(survey.faces["axis"][g], chamfer.run)))
            for g in supports
        )
        if chamfer.width_mm < INNER_NARROW * beside:
            found[face] = chamfer
    return found


def chamfer_drafts(survey: Survey, chamfers: dict[int, Chamfer], kind: str) -> list[Draft]:
    """Equal chamfers that touch as one feature each, and so the pieces of one turned cone that
    teeth or slots parted; what takes a good part of two faces is a slanted step.
    """
    drafts = []
    chains = survey.connected(chamfers, lambda a, _, b: _alike(chamfers[a], chamfers[b]))
    for chain in _of_one_cone(survey, chains):
        slant = slanted_step(survey, chain[0], chamfers[chain[0]]) if len(chain) == 1 else None
        if slant is not None and kind == "external":
            drafts.append(Draft("step", "through", tuple(chain), slant))
            continue
        width, angle = chamfers[chain[0]].size
        drafts.append(Draft("chamfer", kind, tuple(chain), {"width_mm": width, "angle_deg": angle}))
    return drafts


def slanted_step(survey: Survey, face: int, chamfer: Chamfer) -> dict[str, Any] | None:
    """Sizes of a flat strip that slants away from a face instead of breaking an edge: its legs a
    good part of two faces that are square to each other, and not at 45° unless something is cut
    into it; None for a chamfer.
    """
    if chamfer.run is None or abs(sum(chamfer.angles_deg) - 90) > END_NEAR_DEG:
        return None
    whole = survey.faces["loop_count"][face] == 1
    if whole and abs(chamfer.angles_deg[0] - 45) < EVEN_NEAR_DEG:
        return None
    legs = [chamfer.width_mm * math.cos(math.radians(angle)) for angle in chamfer.angles_deg]
    for support, leg in zip(chamfer.supports, legs, strict=True):
        if survey.kind[support] != PLANE:
            return None
        along = cross(survey.faces["axis"][support], chamfer.run)
        least = STEP_LEAST[0] if leg == max(legs) else STEP_LEAST[1]
        if leg < least * (leg + float(np.ptp(survey.points([support]) @ along))):
            return None
    return {"profile": "slanted", "depth_mm": min(legs), "width_mm": max(legs)}


def _of_one_cone(survey: Survey, chains: list[list[int]]) -> list[list[int]]:
    """Chains, those whose first faces are pieces of one cone put together."""
    joined: list[list[int]] = []
    cones: list[tuple[np.ndarray, np.ndarray, list[int]]] = []  # apex, axis, the faces
    for chain in chains:
        row = survey.faces[chain[0]]
        if survey.kind[chain[0]] != CONE:
            joined.append(chain)
            continue
        slope = math.tan(math.radians(float(row["half_angle_deg"])))
        apex = row["origin_mm"] - float(row["radius_mm"]) / slope * row["axis"]
        for other, axis, faces in cones:
            if np.linalg.norm(apex - other) < ONE_CONE * survey.near_mm and axis @ row["axis"] > 0:
                faces.extend(chain)
                break
        else:
            cones.append((apex, row["axis"], chain))
            joined.append(chain)
    return [sorted(faces) for faces in joined]


def _alike(a: Chamfer, b: Chamfer) -> bool:
    return (
        abs(a.size[0] - b.size[0]) < SAME_SIZE_SHARE * a.size[0]
        and abs(a.size[1] - b.size[1]) < 1.0
        and bool(set(a.supports) & set(b.supports))
    )
