"""How far is every hole of a sheet from its edges, its neighbours and its bends?"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from geometry.part import Part
from geometry.processes.measurement import Measurement, number_of, worst
from geometry.vectors import norms

__all__ = ["countersink_gaps", "spacing"]

LEVEL_SHARE = 0.1  # of the thickness: rims on one side of a sheet lie level
SAME_SHARE = 1e-9  # rounding of distances
PLACES_AT_ONCE = 250_000  # pairs of rims and edges whose distances are held: 2 MB each
QUANTITIES = ("hole_to_edge_mm", "hole_to_hole_mm", "hole_to_bend_mm")


@dataclass(frozen=True)
class _Rim:
    """The circle that a hole leaves in a plane."""

    hole: Any
    centre_mm: np.ndarray
    radius_mm: float


def spacing(
    part: Part, holes: list[Any], bends: list[Any], thickness_mm: float
) -> tuple[Measurement, ...]:
    """Least distance of every round hole to the edge, to the next hole and to the next bend.

    Measured in the plane of the hole's rim, from rim to rim; to a bend up to the inside of the
    leg beyond it, as the
    published limits are.
    """
    radius_of_face = {
        int(face): number_of(bend, "inside_radius_mm") for bend in bends for face in bend.faces
    }
    hole_of_face = {int(face): hole for hole in holes for face in hole.faces}
    least: dict[tuple[str, str], Measurement] = {}
    for plane, rims in _rims(part, holes).items():
        for each in _of_plane(part, plane, rims, radius_of_face, hole_of_face, thickness_mm):
            key = (each.quantity, str(each.feature))
            if key not in least or each.value < least[key].value:
                least[key] = each
    return tuple(m for q in QUANTITIES for m in worst(m for m in least.values() if m.quantity == q))


def countersink_gaps(holes: list[Any], thickness_mm: float) -> list[Measurement]:
    """From the rim of every countersink to that of the nearest one on the same side of a sheet."""
    sunk = [h for h in holes if isinstance(h.parameters.get("countersink"), dict)]
    if len(sunk) < 2:
        return []
    origin = np.array([h.parameters["origin_mm"] for h in sunk])
    axis = np.array([h.parameters["axis"] for h in sunk])
    size = np.array([h.parameters["countersink"]["diameter_mm"] for h in sunk])
    found = []
    for k, hole in enumerate(sunk):
        between = origin - origin[k]
        level = np.abs(between @ axis[k]) < LEVEL_SHARE * thickness_mm
        same = (axis @ axis[k] > 0.999) & level
        same[k] = False
        if not same.any():
            continue
        gap = norms(between) - (size + size[k]) / 2
        gap[~same] = np.inf
        other = int(gap.argmin())
        context = {"thickness_mm": thickness_mm, "diameter_mm": float(size[k])}
        faces = tuple(sorted({*hole.faces, *sunk[other].faces}))
        value = max(float(gap[other]), 0.0)
        found.append(Measurement("countersink_gap_mm", value, faces, hole.id, context))
    return worst(found)


def _rims(part: Part, holes: list[Any]) -> dict[int, list[_Rim]]:
    """Rims of the holes by the plane they lie in."""
    edges, faces = part.topology.edges, part.topology.faces
    owner = np.full(len(faces) + 1, -1)
    for number, hole in enumerate(holes):
        owner[list(hole.faces)] = number
    ends = edges["faces"]
    mine = owner[ends]
    round_edge = np.isfinite(edges["radius_mm"]) & (ends >= 0).all(axis=1)
    found: dict[int, list[_Rim]] = {}
    seen: set[tuple[int, int]] = set()
    for edge in np.flatnonzero(round_edge & ((mine >= 0).sum(axis=1) == 1)):
        side = int(np.argmin(mine[edge]))  # the end that is no hole
        plane, hole = int(ends[edge, side]), int(mine[edge].max())
        upright = np.abs(faces["axis"][plane] @ edges["axis"][edge]) > 0.999
        if not upright or (plane, hole) in seen:
            continue
        seen.add((plane, hole))
        rim = _Rim(holes[hole], edges["origin_mm"][edge], float(edges["radius_mm"][edge]))
        found.setdefault(plane, []).append(rim)
    return found


class _Boundary:
    """The polylines that bound a plane."""

    def __init__(self, points_mm: np.ndarray, first: np.ndarray, count: np.ndarray) -> None:
        """Polylines of count (k,) points each, two or more, from places (k,) in points (p, 3)."""
        self._count = count - 1
        self._first = np.cumsum(self._count) - self._count
        corner = np.cumsum(count) - count
        rows = np.arange(count.sum()) + np.repeat(first - corner, count)
        every = points_mm[rows]
        last = np.zeros(len(rows), bool)
        last[corner + self._count] = True
        self._start = every[~last]
        self._step = (every[1:] - every[:-1])[~last[:-1]]
        self._squared = np.maximum(np.einsum("ij,ij->i", self._step, self._step), 1e-300)
        low, high = np.minimum.reduceat(every, corner), np.maximum.reduceat(every, corner)
        self._middle, self._reach = (low + high) / 2, norms(high - low) / 2

    def gaps_mm(self, centres: np.ndarray, radii: np.ndarray, kind: np.ndarray) -> np.ndarray:
        """From rims, centres (r, 3) mm and radii (r,), to the polylines (r, k): inf where a rim
        touches one, where a nearer one is of the same kind, and where the kind (r, k) is −1.
        """
        away = np.linalg.norm(self._middle - centres[:, None], axis=2)
        least = away - self._reach - radii[:, None]
        most = away + self._reach - radii[:, None]
        wanted = kind >= 0
        for code in range(len(QUANTITIES)):
            alike = kind == code
            clear = np.where(alike & (least > 0), most, np.inf).min(axis=1)
            wanted &= ~alike | (least <= clear[:, None] * (1 + SAME_SHARE))
        gap = np.full(kind.shape, np.inf)
        rim, chosen = np.nonzero(wanted)
        if not len(chosen):
            return gap
        count = self._count[chosen]
        first = np.cumsum(count) - count
        rows = np.arange(count.sum()) + np.repeat(self._first[chosen] - first, count)
        start, step, centre = self._start[rows], self._step[rows], centres[np.repeat(rim, count)]
        along = np.einsum("ij,ij->i", centre - start, step) / self._squared[rows]
        place = start + np.clip(along, 0, 1)[:, None] * step
        found = np.minimum.reduceat(norms(place - centre), first) - radii[rim]
        gap[rim, chosen] = np.where(found > 0, found, np.inf)
        return gap


def _of_plane(
    part: Part,
    plane: int,
    rims: list[_Rim],
    radius_of_face: dict[int, float],
    hole_of_face: dict[int, Any],
    thickness_mm: float,
) -> Iterator[Measurement]:
    ranges, points = part.mesh.edge_ranges, part.mesh.edge_points_mm
    edges, across = part.topology.neighbours(plane)
    count = ranges[edges + 1] - ranges[edges]
    kept = np.flatnonzero(count >= 2)
    if not len(kept):
        return
    boundary = _Boundary(points, ranges[edges[kept]], count[kept])
    beyond = across[kept]
    kind = np.array(
        [2 if f in radius_of_face else 1 if f in hole_of_face else 0 for f in beyond.tolist()]
    )
    at_once = max(PLACES_AT_ONCE // len(kept), 1)
    for some in (rims[first : first + at_once] for first in range(0, len(rims), at_once)):
        own_face = np.array([(beyond[:, None] == rim.hole.faces).any(axis=1) for rim in some])
        gaps = boundary.gaps_mm(
            np.array([rim.centre_mm for rim in some]),
            np.array([rim.radius_mm for rim in some]),
            np.where(own_face, -1, kind),
        )
        of_kind = np.where(kind == np.arange(len(QUANTITIES))[:, None, None], gaps, np.inf)
        nearest, value = of_kind.argmin(axis=2).T.tolist(), of_kind.min(axis=2).T.tolist()
        for rim, places, values in zip(some, nearest, value, strict=True):
            yield from _nearest_of(
                rim, beyond[places].tolist(), values, radius_of_face, thickness_mm
            )


def _nearest_of(
    rim: _Rim,
    faces: list[int],
    values: list[float],
    radius_of_face: dict[int, float],
    thickness_mm: float,
) -> Iterator[Measurement]:
    """What lies nearest to a rim: a face and its distance for each quantity, inf where nothing."""
    for quantity, face, value in zip(QUANTITIES, faces, values, strict=True):
        if not math.isfinite(value):
            continue
        context = {"thickness_mm": thickness_mm, "diameter_mm": 2 * rim.radius_mm}
        held = (*rim.hole.faces, face)
        if quantity == "hole_to_bend_mm":
            value += radius_of_face[face]
            context = {"thickness_mm": thickness_mm, "radius_mm": radius_of_face[face]}
            held = rim.hole.faces
        yield Measurement(quantity, value, tuple(held), rim.hole.id, context)
