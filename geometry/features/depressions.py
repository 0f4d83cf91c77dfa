"""Which volumes were cut out of a part? Connected concave faces, told apart by where they open to the stock."""

import math
from dataclasses import dataclass, field

import numpy as np

from geometry.features.survey import CONE, CYLINDER, PLANE, Survey, unit
from geometry.topology import CONCAVE, CONVEX

__all__ = ["Depression", "components", "find_depressions"]

SAME = math.cos(math.radians(3))
STRAIGHT = 1e-3  # how much longer than its chord a straight edge may be
SEED = 7  # the points are spread at random, the same every time
SAMPLES = 16  # a face
LIFT_SHARE = 2e-4  # of the diagonal: above single precision, below any wall
OPPOSITE = -math.cos(math.radians(12))


@dataclass
class Opening:
    """A direction in which a removed volume leaves the part."""

    normal: np.ndarray
    length_mm: float
    hull: bool
    share: float = 1.0  # of the depression's points that leave the part this way
    faces: set[int] = field(default_factory=set)


@dataclass
class Depression:
    """Faces of one removed volume and how it opens."""

    faces: list[int]
    openings: list[Opening]
    run: np.ndarray | None = None  # direction of all concave edges where they are parallel
    ring: bool = False  # whether its walls close round the run
    run_share: tuple[float, float] = (0.0, 0.0)  # of its points that leave along −run and +run


def components(survey: Survey, free: set[int], cut: set[int]) -> list[list[int]]:
    """Faces that concave edges join; `cut` edges join nothing."""
    seen: set[int] = set()
    found = []
    for face in sorted(free):
        if face in seen:
            continue
        group, waiting = [], [face]
        seen.add(face)
        while waiting:
            current = waiting.pop()
            group.append(current)
            for edge, g in survey.near[current]:
                if (
                    g in free
                    and g not in seen
                    and edge not in cut
                    and survey.convexity[edge] == CONCAVE
                ):
                    seen.add(g)
                    waiting.append(g)
        found.append(sorted(group))
    return found


def openings(survey: Survey, group: list[int], blends: set[int]) -> list[Opening]:
    """Directions of the faces across the convex rim, one opening a direction."""
    own = set(group)
    found: list[Opening] = []
    for face in group:
        for edge, g in survey.near[face]:
            if g in own or survey.convexity[edge] != CONVEX:
                continue
            if g in blends:
                for e2, h in survey.near[g]:
                    if h not in own and h not in blends and h != face:
                        _add(survey, found, e2, h, 0.5 * float(survey.edges["length_mm"][edge]))
                continue
            _add(survey, found, edge, g, float(survey.edges["length_mm"][edge]))
    return found


def _add(survey: Survey, found: list[Opening], edge: int, face: int, length: float) -> None:
    side = survey.side(edge, face)
    normal = survey.edges["normals"][edge, side]
    if np.isnan(normal).any():
        return
    hull = bool(survey.on_hull[edge, side])
    for opening in found:
        if face in opening.faces and survey.kind[face] != PLANE or opening.normal @ normal > SAME:
            opening.length_mm += length
            opening.hull |= hull
            opening.faces.add(face)
            return
    found.append(Opening(normal, length, hull, faces={face}))


def find_depressions(
    survey: Survey, free: set[int], blends: set[int], cut: set[int]
) -> list[Depression]:
    """All groups of two or more faces, and single concave walls, with the openings that rays confirm."""
    found = []
    for group in components(survey, free, cut):
        if len(group) == 1 and not _hollow(survey, group[0]):
            continue
        depression = Depression(group, openings(survey, group, blends))
        _try_opposites(depression)
        depression.run, depression.ring = _run(survey, group)
        found.append(depression)
    _confirm(survey, found)
    return found


def _try_opposites(depression: Depression) -> None:
    """Adds the way straight through: where another cut took the rim away, only rays can tell."""
    for opening in [o for o in depression.openings if o.hull]:
        if all(opening.normal @ other.normal > -SAME for other in depression.openings):
            depression.openings.append(Opening(-opening.normal, 0.0, False))


def _run(survey: Survey, group: list[int]) -> tuple[np.ndarray | None, bool]:
    """The common direction of a group's concave edges, and whether every wall has two of them."""
    own = set(group)
    run: np.ndarray | None = None
    sides = dict.fromkeys(group, 0)
    for face in group:
        across = set()
        for edge, g in survey.near[face]:
            if g not in own or survey.convexity[edge] != CONCAVE:
                continue
            record = survey.edges[edge]
            along = record["end_mm"] - record["start_mm"]
            if np.linalg.norm(along) < (1 - STRAIGHT) * float(record["length_mm"]):
                return None, False
            along = unit(along)
            if run is None:
                run = along
            elif abs(run @ along) < SAME:
                return None, False
            across.add(g)
        sides[face] = len(across)
    return run, run is not None and len(group) > 2 and min(sides.values()) >= 2


def _confirm(survey: Survey, found: list[Depression]) -> None:
    """Fills each opening's share of rays that leave the part through it, one cast for all."""
    origins, directions, owners = [], [], []
    rng = np.random.default_rng(SEED)
    for depression in found:
        points = _sample(survey, depression.faces, rng)
        for opening in depression.openings:
            origins.append(points)
            directions.append(np.broadcast_to(opening.normal, points.shape))
            owners.append((depression, opening, len(points)))
        if depression.run is not None:
            for sign in (-1.0, 1.0):
                origins.append(points)
                directions.append(np.broadcast_to(sign * depression.run, points.shape))
                owners.append((depression, None, len(points)))
    if not origins:
        return
    blocked = survey.rays.occluded(np.concatenate(origins), np.concatenate(directions))
    start = 0
    for depression, opening, count in owners:
        share = 1.0 - float(blocked[start : start + count].mean()) if count else 0.0
        start += count
        if opening is not None:
            opening.share = share
        else:  # −run first, then +run
            depression.run_share = (depression.run_share[1], share)


def _sample(survey: Survey, faces: list[int], rng: np.random.Generator) -> np.ndarray:
    """Points a little off the faces (n, 3), spread by area over each face."""
    mesh = survey.part.mesh
    points = []
    size = float(np.linalg.norm(np.ptp(survey.points(faces), axis=0)))
    lift = max(min(LIFT_SHARE * survey.diagonal_mm, 0.01 * size), 1e-5 * survey.diagonal_mm)
    for face in faces:
        rows = survey.triangles(face)
        if not len(rows):
            continue
        areas = np.cumsum(mesh.areas_mm2[rows])
        chosen = rows[
            np.minimum(np.searchsorted(areas, rng.random(SAMPLES) * areas[-1]), len(rows) - 1)
        ]
        u, v = np.sqrt(rng.random(SAMPLES))[:, None], rng.random(SAMPLES)[:, None]
        a, b, c = (mesh.corners_mm[chosen, k] for k in range(3))
        points.append((1 - u) * a + u * (1 - v) * b + u * v * c + lift * mesh.normals[chosen])
    return np.concatenate(points) if points else np.zeros((0, 3))


def _hollow(survey: Survey, face: int) -> bool:
    return survey.kind[face] in (CYLINDER, CONE) and survey.faces["sense"][face] < 0
