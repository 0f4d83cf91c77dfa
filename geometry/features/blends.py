"""Which faces only round or break an edge? Fillet and chamfer chains, found first so that the rest can look through them."""

import math

import numpy as np

from geometry.features.feature import Draft
from geometry.features.survey import CONE, CYLINDER, FREEFORM, PLANE, SPHERE, TORUS, Survey, unit
from geometry.topology import CONCAVE

__all__ = ["chains", "chamfer_drafts", "chamfer_faces", "fillet_faces"]

WIDEST_FILLET_DEG = 170.0  # a full round is a wall, not a blend
SAME_SIZE_SHARE = 0.02
PARALLEL = math.cos(math.radians(2))
CHAMFER_LEAST_DEG, CHAMFER_MOST_DEG = 8.0, 85.0  # turn at each side of a chamfer
SLENDER = 1.0  # a chamfer is narrower than what it leads to


def fillet_faces(survey: Survey) -> dict[int, float]:
    """Faces that blend two others tangentially, with their radius: > 0 external, < 0 internal."""
    found: dict[int, float] = {}
    faces = survey.faces
    for face in range(survey.count):
        kind = survey.kind[face]
        if kind == PLANE or kind == CONE or kind > FREEFORM + 5:
            continue
        radius = _blend_radius(survey, face)
        if radius is not None:
            found[face] = radius * int(faces["sense"][face])
    changed = True
    while (
        changed
    ):  # corners where blends meet: spheres and patches all of whose neighbours are blends
        changed = False
        for face in range(survey.count):
            if face in found or survey.kind[face] not in (SPHERE, TORUS):
                continue
            smooth = [g for edge, g in survey.near[face] if survey.smooth(edge)]
            blends = [g for g in smooth if g in found]
            if len(smooth) >= 3 and len(blends) >= 2 and len(smooth) == len(survey.near[face]):
                found[face] = _own_radius(survey, face) * int(faces["sense"][face])
                changed = True
    return found


def _own_radius(survey: Survey, face: int) -> float:
    row = survey.faces[face]
    return float(row["minor_radius_mm"] if survey.kind[face] == TORUS else row["radius_mm"])


def _blend_radius(survey: Survey, face: int) -> float | None:
    """Radius of a cylinder or torus that is tangent along both of its long sides."""
    row, kind = survey.faces[face], survey.kind[face]
    if kind not in (CYLINDER, TORUS):
        return None
    radius = _own_radius(survey, face)
    if kind == CYLINDER and row["sweep_deg"] > WIDEST_FILLET_DEG:
        return None
    sides: list[tuple[float, np.ndarray, int]] = []
    for edge, across in survey.near[face]:
        if not survey.smooth(edge):
            continue
        side = survey.side(edge, face)
        if abs(survey.bend[edge, side]) < 0.5 / radius:  # tangent along the run of something else
            continue
        record = survey.edges[edge]
        sides.append((float(record["length_mm"]), record["normals"][side], across))
    if len(sides) < 2:
        return None
    longest = max(length for length, _, _ in sides)
    long = [s for s in sides if s[0] > 0.2 * longest]
    turn = max(
        (float(np.degrees(np.arccos(np.clip(a[1] @ b[1], -1, 1)))) for a in long for b in long),
        default=0.0,
    )
    if turn < 5.0 or turn > WIDEST_FILLET_DEG:
        return None
    # a wall that is longer along its axis than its neighbours are wide is still a blend; a large arc is not
    return radius


def chamfer_faces(survey: Survey, blocked: set[int]) -> dict[int, tuple[int, int]]:
    """Narrow planes and cones that break a convex edge, with the two faces beside each."""
    found: dict[int, tuple[int, int]] = {}
    for face in range(survey.count):
        if face in blocked or survey.kind[face] not in (PLANE, CONE):
            continue
        pair = _chamfered_pair(survey, face)
        if pair is not None:
            found[face] = pair
    return found


def _chamfered_pair(survey: Survey, face: int) -> tuple[int, int] | None:
    sides: dict[int, tuple[float, np.ndarray, np.ndarray]] = {}
    for edge, across in survey.near[face]:
        if survey.convexity[edge] == CONCAVE:
            return None
        record = survey.edges[edge]
        angle = float(record["angle_deg"])
        if not CHAMFER_LEAST_DEG < angle < CHAMFER_MOST_DEG:
            continue
        mine = record["normals"][survey.side(edge, face)]
        other = record["normals"][1 - survey.side(edge, face)]
        length = float(record["length_mm"]) + sides.get(across, (0.0, mine, other))[0]
        sides[across] = (length, mine, other)
    row = survey.faces[face]
    best: tuple[float, tuple[int, int]] | None = None
    names = list(sides)
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            length_a, mine_a, normal_a = sides[a]
            length_b, mine_b, normal_b = sides[b]
            if survey.kind[face] == PLANE:
                across = unit(np.cross(normal_a, normal_b))
                if abs(across @ row["axis"]) > math.sin(math.radians(2)):
                    continue
                if normal_a @ normal_b < math.cos(math.radians(150)):
                    continue
                if np.cross(normal_a, row["axis"]) @ np.cross(row["axis"], normal_b) <= 0:
                    continue
            else:  # a cone: circles at both ends
                if mine_a @ row["axis"] * (mine_b @ row["axis"]) < 0:
                    continue
                if not (normal_a @ normal_b < 0.9):
                    continue
            length = min(length_a, length_b)
            if best is None or length > best[0]:
                best = (length, (a, b))
    if best is None:
        return None
    return best[1]


def chains(survey: Survey, fillets: dict[int, float]) -> list[Draft]:
    """Equal tangent fillets that touch, as one feature each."""
    seen: set[int] = set()
    drafts = []
    for face in sorted(fillets):
        if face in seen:
            continue
        chain, waiting = [], [face]
        seen.add(face)
        while waiting:
            current = waiting.pop()
            chain.append(current)
            for edge, g in survey.near[current]:
                if g in fillets and g not in seen and survey.smooth(edge):
                    a, b = fillets[current], fillets[g]
                    if a * b > 0 and abs(a - b) <= SAME_SIZE_SHARE * abs(a):
                        seen.add(g)
                        waiting.append(g)
        kind = "external" if fillets[face] > 0 else "internal"
        size = {"radius_mm": abs(fillets[face])}
        drafts.append(Draft("fillet", kind, tuple(sorted(chain)), size))
    return drafts


def chamfer_drafts(survey: Survey, chamfers: dict[int, tuple[int, int]]) -> list[Draft]:
    """A feature for every chamfer with width and angle."""
    drafts = []
    for face, (a, b) in sorted(chamfers.items()):
        angles, legs = [], []
        width = _width(survey, face)
        for other in (a, b):
            edge = max(
                survey.topology.between(face, other), key=lambda e: survey.edges["length_mm"][e]
            )
            angles.append(abs(float(survey.edges["angle_deg"][edge])))
        total = math.radians(sum(angles))
        if math.sin(total) > 1e-6:
            for angle in (angles[1], angles[0]):
                legs.append(width * math.sin(math.radians(angle)) / math.sin(total))
        leg = max(legs) if legs else width
        drafts.append(
            Draft("chamfer", "external", (face,), {"width_mm": leg, "angle_deg": min(angles)})
        )
    return drafts


def _width(survey: Survey, face: int) -> float:
    """Extent of a chamfer across its run."""
    row = survey.faces[face]
    if survey.kind[face] == CONE:
        return float(abs(row["high_mm"] - row["low_mm"])) / math.cos(
            math.radians(row["half_angle_deg"])
        )
    longest = max((e for e, _ in survey.near[face]), key=lambda e: survey.edges["length_mm"][e])
    run = unit(survey.edges["end_mm"][longest] - survey.edges["start_mm"][longest])
    across = np.cross(row["axis"], run)
    return float(np.ptp(survey.points([face]) @ across))
