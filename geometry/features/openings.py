"""In which directions does a removed volume leave the part, by the faces across its rim?"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from geometry.features.survey import CONE, FREEFORM, PLANE, Survey, unit
from geometry.surfaces import surface_normals
from geometry.topology import CONVEX
from geometry.vectors import norm, norms

__all__ = [
    "END_OPEN",
    "HULL_OPEN",
    "INNER_OPEN",
    "OPPOSITE",
    "Opening",
    "is_hollow",
    "openings_of",
]

HULL_OPEN = 0.05  # share of rays that an opening at the stock's own surface lets out
INNER_OPEN = 0.45  # likewise of an opening inside the stock, which must lead on to the outside
END_OPEN = 0.9  # share of rays that leave a cut through an end that opens into another
OPPOSITE = -math.cos(math.radians(12))  # between two ways that lead straight through

SAME = math.cos(math.radians(3))
SQUARE = math.sin(math.radians(10))
LEAST_ALIKE = 0.5  # of an edge's length: how far the normals along it point one way on the whole

_Across = tuple[int, int, float]  # edge of a cut, face across it, length that counts in mm
Cut = tuple[Sequence[int], Sequence[int]]  # its faces, and those that it shares with others
Rim = tuple[np.ndarray, np.ndarray]  # outward normal of the face there, points on its edge


@dataclass
class Opening:
    """A direction in which a removed volume leaves the part."""

    normal: np.ndarray
    length_mm: float
    hull: bool  # on the part's own convex hull
    share: float = 1.0  # of the depression's points that leave the part this way
    beyond: float = 0.0  # of them that at least leave the depression itself this way
    faces: set[int] = field(default_factory=set)


def openings_of(
    survey: Survey, cuts: Sequence[Cut], blends: set[int]
) -> list[tuple[list[Opening], list[Rim]]]:
    """For each cut the directions of the faces across its convex rim, one opening a direction, and
    its rims beyond broken or rounded edges.

    blends: external fillets and chamfers.
    """
    sides = [_across_rim(survey, *cut, blends) for cut in cuts]
    found: list[list[Opening]] = [[] for _ in cuts]
    _add(survey, found, [across for across, _, _ in sides])
    # a room that only holes lead into
    closed = [row for row, own in enumerate(found) if not any(opening.hull for opening in own)]
    _add(survey, [found[row] for row in closed], [sides[row][1] for row in closed])
    return [(own, rims) for own, (_, _, rims) in zip(found, sides, strict=True)]


def _across_rim(
    survey: Survey, faces: Sequence[int], floor: Sequence[int], blends: set[int]
) -> tuple[list[_Across], list[_Across], list[Rim]]:
    """What lies across a cut's convex rim, what across the mouths of holes in it, and its rims
    beyond broken or rounded edges.
    """
    own = {*faces, *floor}
    rims: list[Rim] = []
    across: list[_Across] = []
    mouths: list[_Across] = []
    for face in faces:
        drilled = _drilled(survey, face)
        for edge, g in survey.near[face]:
            if g in own or survey.turns[edge] != CONVEX:
                continue
            length = float(survey.edges["length_mm"][edge])
            if edge in drilled or _is_mouth(survey, edge, g):
                mouths.append((edge, g, length))
                continue
            if g not in blends:
                across.append((edge, g, length))
                continue
            for beyond, h in _across_blend(survey, g):
                if h not in own and h not in blends and survey.turns[beyond] == CONVEX:
                    across.append((beyond, h, 0.5 * length))
                    if _is_across(survey, edge, beyond):
                        normal = survey.edges["normals"][beyond, survey.side(beyond, h)]
                        rims.append((normal, survey.polyline(beyond)))
    return across, mouths, rims


def _is_mouth(survey: Survey, edge: int, beyond: int) -> bool:
    """Whether an edge is the whole mouth of a hole in a cut's wall: the hole's own wall looks every
    way there, and the cut opens in none of them.
    """
    if not is_hollow(survey, beyond):
        return False
    row = survey.edges[edge]
    return norm(row["end_mm"] - row["start_mm"]) <= survey.near_mm


def is_hollow(survey: Survey, face: int) -> bool:
    """Whether a face is the inside of something round."""
    return survey.hollow[face]


def _drilled(survey: Survey, face: int) -> set[int]:
    """Edges of the mouths within a face that lead into holes alone: into several where they meet
    in it, or into the halves of one.
    """
    loops = survey.topology.loops_of(face)[1:]
    if not loops:
        return set()
    inner = [set(survey.topology.loop_edges(loop).tolist()) for loop in loops]
    # of an edge that is written in pieces a loop has the pieces
    hollow = {
        piece: edge
        for edge, g in survey.near[face]
        if is_hollow(survey, g)
        for piece in survey.pieces.get(edge, (edge,))
    }
    return {hollow[piece] for loop in inner if loop <= hollow.keys() for piece in loop}


def _is_across(survey: Survey, *edges: int) -> bool:
    """Whether edges are the sides of a broken edge's strip and not its ends, which stand square to
    it: a cut that meets the end of a chamfer, as that of the stock's corner, does not reach as far
    as the chamfer does.
    """
    normals = survey.edges["normals"][list(edges)]
    return bool((np.abs((normals[:, 0] * normals[:, 1]).sum(axis=1)) > SQUARE).all())


def _across_blend(survey: Survey, blend: int) -> list[tuple[int, int]]:
    """Edges and faces on the long sides of a round; all of a chamfer. At its ends a round runs into
    something else: another edge's faces bound no cut here.
    """
    if survey.kind[blend] in (PLANE, CONE):
        return survey.near[blend]
    sides = [(edge, g) for edge, g in survey.near[blend] if survey.smooth(edge)]
    return sides or survey.near[blend]


def _looks(survey: Survey, edges: np.ndarray, faces: np.ndarray, sides: np.ndarray) -> np.ndarray:
    """Which way faces (n,) on these sides (n,) of edges (n,) look along them: (n, 3). Curved ones
    on the whole: where an edge that closes on itself has its middle is chance.
    """
    looks = survey.edges["normals"][edges, sides]
    curved = np.flatnonzero(survey.kind[faces] != PLANE)
    if not len(curved):
        return looks
    lines = [survey.polyline(edge) for edge in edges[curved].tolist()]
    ends = np.cumsum([len(line) for line in lines])
    points = np.concatenate(lines)
    owner = np.repeat(faces[curved], [len(line) for line in lines])
    normals = surface_normals(survey.faces, owner, points) * survey.faces["sense"][owner][:, None]
    for row in np.flatnonzero(survey.kind[faces[curved]] >= FREEFORM).tolist():
        own = slice(ends[row] - len(lines[row]), ends[row])
        normals[own] = survey.normals(int(faces[curved[row]]), lines[row])
    within = np.delete(np.arange(len(points)), ends - 1)  # no step leads from line to line
    steps = norms(points[within + 1] - points[within])
    summed = steps[:, None] * (normals[within + 1] + normals[within]) / 2
    starts = np.concatenate([[0], ends[:-1]]) - np.arange(len(ends))
    whole, length = np.add.reduceat(summed, starts), np.add.reduceat(steps, starts)
    clear = norms(whole) > LEAST_ALIKE * length  # all round a shaft it looks no way
    looks[curved[clear]] = whole[clear] / norms(whole[clear])[:, None]
    return looks


def _add(
    survey: Survey, found: Sequence[list[Opening]], across: Sequence[Sequence[_Across]]
) -> None:
    """Adds to the openings of each cut found before the ways that faces across its rim look."""
    every = [(edge, face) for own in across for edge, face, _ in own]
    if not every:
        return
    edges, faces = np.array(every).T
    sides = (survey.edges["faces"][edges, 0] != faces).astype(int)
    looks = _looks(survey, edges, faces, sides)
    curved = (survey.kind[faces] != PLANE).tolist()
    hull = survey.on_hull[edges, sides].tolist()
    start = 0
    for openings, own in zip(found, across, strict=True):
        rows = slice(start, start + len(own))
        start += len(own)
        _merge(openings, own, looks[rows], curved[rows], hull[rows])


def _merge(
    found: list[Opening],
    across: Sequence[_Across],
    looks: np.ndarray,
    curved: Sequence[bool],
    hull: Sequence[bool],
) -> None:
    """Adds ways (n, 3) that faces across a cut's rim look to its openings; curved, hull: whether
    each face is no plane, and bounds the stock.
    """
    ways = [opening.normal.tolist() for opening in found]
    known: dict[int, Opening] = {}  # of plane faces, as long as no way turns
    for row, ((_, face, length), (x, y, z)) in enumerate(zip(across, looks.tolist(), strict=True)):
        if math.isnan(x + y + z):
            continue
        if face in known:
            known[face].length_mm += length
            known[face].hull |= hull[row]
            continue
        for number, (opening, (u, v, w)) in enumerate(zip(found, ways, strict=True)):
            alike = x * u + y * v + z * w
            if (curved[row] and alike > 0.5 and face in opening.faces) or alike > SAME:
                if curved[row]:  # which way a round face looks, on the whole
                    whole = unit(opening.length_mm * opening.normal + length * looks[row])
                    opening.normal, ways[number] = whole, whole.tolist()
                    known.clear()
                else:
                    known[face] = opening
                opening.length_mm += length
                opening.hull |= hull[row]
                opening.faces.add(face)
                break
        else:
            found.append(Opening(looks[row], length, hull[row], faces={face}))
            ways.append([x, y, z])
