"""How much material did a revision add, and how much did it take away?

Rays through both parts, one laid on the other: what is inside one of them alone is the exchange.
A face that stayed is the same for both, however its triangles lie; the difference of the two
volumes is known exactly and corrects what the rays leave open, so that a revision that only adds
or only removes is told exactly.
"""

from dataclasses import dataclass

import numpy as np

from geometry.fields.deviation import Surface
from geometry.fields.facetable import moved
from geometry.fields.matching import FaceMatches
from geometry.fields.rays import in_order
from geometry.part import Part
from geometry.vectors import cross

__all__ = ["Exchange", "exchange"]

FEW_RAYS = 4_000  # tell whether a revision both adds and removes
MORE_RAYS = 9_000  # with them the boundary of what changed is known to 1 to 3 % of its size
ODD_DIRECTION = np.array([0.2873, 0.4561, 0.8423])  # along no wall of a usual part
NO_VOLUME_SHARE = 1e-6  # of B: less is rounding of the two volumes
NOISE_SHARE = 0.01  # of the larger exchange: a smaller one beside it may come from grazing rays
SURELY_NOISE_SHARE = 0.001  # of the same, when few rays tell
OFF_GRID = (0.5137, 0.4929)


@dataclass(frozen=True)
class Exchange:
    """Material of B alone and of A alone, in the measure of B."""

    added_mm3: float
    removed_mm3: float


@dataclass(frozen=True)
class _Crossings:
    """Where rays meet a skin, ordered by ray and distance."""

    ray: np.ndarray
    distance_mm: np.ndarray
    pair: np.ndarray  # number of the pair of faces that stayed the same; −1 elsewhere


def exchange(
    a: Surface, b: Surface, matched: FaceMatches, rigid: np.ndarray, *, congruent: bool
) -> Exchange:
    """Volumes added and removed.

    rigid (4, 4) lays A, made larger by its scale, on B. Parts known as congruent exchange nothing.
    """
    scale = a.scale
    change = b.part.mass.volume_mm3 - a.part.mass.volume_mm3 * scale**3
    if congruent:
        return Exchange(0.0, 0.0)
    points = np.concatenate(
        [
            moved(rigid, _changed_points(a.part, [i for i, _ in matched.same]) * scale),
            _changed_points(b.part, [j for _, j in matched.same]),
        ]
    )
    if not len(points):
        return Exchange(max(change, 0.0), max(-change, 0.0))
    added, removed = _by_rays(a, b, matched, rigid, points, FEW_RAYS)
    if min(added, removed) > SURELY_NOISE_SHARE * max(added, removed):
        again = _by_rays(a, b, matched, rigid, points, MORE_RAYS)
        share = MORE_RAYS / (FEW_RAYS + MORE_RAYS)
        added += share * (again[0] - added)
        removed += share * (again[1] - removed)
    total = added + removed
    if total > 0:
        excess = added - removed - change
        added, removed = added * (1 - excess / total), removed * (1 + excess / total)
    tiny = NO_VOLUME_SHARE * abs(b.part.mass.volume_mm3)
    if min(added, removed) <= max(tiny, NOISE_SHARE * max(added, removed)):
        return Exchange(max(change, 0.0), max(-change, 0.0))
    return Exchange(added, removed)


def _by_rays(
    a: Surface,
    b: Surface,
    matched: FaceMatches,
    rigid: np.ndarray,
    points: np.ndarray,
    rays: int,
) -> tuple[float, float]:
    """Volumes inside B alone and inside A alone, mm³, between points (n, 3) of what changed."""
    origins, cell_mm2 = _grid(points, b.part.mesh.diagonal_mm, rays)
    direction = ODD_DIRECTION / np.linalg.norm(ODD_DIRECTION)
    back = np.linalg.inv(rigid)
    first = _crossings(
        a, moved(back, origins), back[:3, :3] @ direction, [i for i, _ in matched.same]
    )
    second = _crossings(b, origins, direction, [j for _, j in matched.same])
    added, removed = _inside_one(*_agreed(first, second), len(origins))
    return added * cell_mm2, removed * cell_mm2


def _changed_points(part: Part, same: list[int]) -> np.ndarray:
    """Corners (n, 3) of the triangles on faces that did not stay the same."""
    faces = [int(face) for each in same for face in part.joined.members(each)]
    rows = ~np.isin(part.mesh.face_of_triangle, faces)
    return part.mesh.vertices_mm[np.unique(part.mesh.triangles[rows])]


def _grid(points_mm: np.ndarray, diagonal_mm: float, rays: int) -> tuple[np.ndarray, float]:
    """Origins (r, 3) of parallel rays that meet everything between points, mm² for each."""
    direction = ODD_DIRECTION / np.linalg.norm(ODD_DIRECTION)
    x = cross(direction, np.array([0.0, 0.0, 1.0]))
    x /= np.linalg.norm(x)
    across = np.array([x, cross(direction, x)])
    flat = points_mm @ across.T
    low, size = flat.min(axis=0), np.maximum(np.ptp(flat, axis=0), 1e-6 * diagonal_mm)
    low, size = low - 0.005 * size, 1.01 * size
    aspect = float(np.clip(size[0] / size[1], 1 / 50, 50))
    counts = np.maximum(np.round(np.sqrt(rays * np.array([aspect, 1 / aspect]))).astype(int), 8)
    u = low[0] + size[0] * (np.arange(counts[0]) + OFF_GRID[0]) / counts[0]
    v = low[1] + size[1] * (np.arange(counts[1]) + OFF_GRID[1]) / counts[1]
    place = np.stack(np.meshgrid(u, v, indexing="ij"), axis=-1).reshape(-1, 2)
    start = float((points_mm @ direction).min()) - 2 * diagonal_mm  # before either part begins
    return place @ across + start * direction, float(size.prod() / counts.prod())


def _crossings(
    skin: Surface, origins: np.ndarray, direction: np.ndarray, same: list[int]
) -> _Crossings:
    pair_of = np.full(len(skin.part.topology.faces), -1)
    for number, face in enumerate(same):
        pair_of[skin.part.joined.members(face)] = number
    # what stayed counts where it lies on B, for both alike
    ray, distance, triangle = skin.crossings(origins, direction, wanted=pair_of < 0)
    # an edge that two triangles share is hit twice: hits at one distance are one crossing
    near = 1e-5 * skin.part.mesh.diagonal_mm * skin.scale
    repeated = np.zeros(len(ray), bool)
    repeated[1:] = (ray[1:] == ray[:-1]) & (np.diff(distance) < near)
    face = skin.part.mesh.face_of_triangle[triangle]
    return _Crossings(ray[~repeated], distance[~repeated], pair_of[face][~repeated])


def _agreed(a: _Crossings, b: _Crossings) -> tuple[_Crossings, _Crossings]:
    """Both with the crossings of faces that stayed where they are on B.

    A ray that grazes such a face meets the triangles of one part alone: it is left out.
    """
    rays = 1 + max(a.ray.max(initial=0), b.ray.max(initial=0))
    pairs = 1 + max(a.pair.max(initial=-1), b.pair.max(initial=-1))
    if pairs < 1:
        return a, b
    keys = [np.where(each.pair >= 0, each.ray * pairs + each.pair, -1) for each in (a, b)]
    found = [np.unique(key[key >= 0], return_counts=True) for key in keys]
    grazed = np.zeros(rays, bool)
    every = np.union1d(found[0][0], found[1][0])
    counts = []
    for key, count in found:
        number = np.zeros(len(every), int)
        number[np.searchsorted(every, key)] = count
        counts.append(number)
    grazed[every[counts[0] != counts[1]] // pairs] = True
    a, b = (_without(each, grazed) for each in (a, b))
    order_a, order_b = (_by_pair(each, pairs) for each in (a, b))
    distance = a.distance_mm.copy()
    distance[order_a] = b.distance_mm[order_b]  # the same pairs, equally often, in one order
    order = in_order(a.ray, distance)
    return _Crossings(a.ray[order], distance[order], a.pair[order]), b


def _by_pair(crossings: _Crossings, pairs: int) -> np.ndarray:
    """Places of the crossings of faces that stayed, ordered by ray, pair and distance."""
    stayed = np.flatnonzero(crossings.pair >= 0)
    key = crossings.ray[stayed] * pairs + crossings.pair[stayed]
    return np.asarray(stayed[in_order(key, crossings.distance_mm[stayed])])


def _without(crossings: _Crossings, rays: np.ndarray) -> _Crossings:
    keep = ~rays[crossings.ray]
    return _Crossings(crossings.ray[keep], crossings.distance_mm[keep], crossings.pair[keep])


def _inside_one(a: _Crossings, b: _Crossings, rays: int) -> tuple[float, float]:
    """Length of the rays inside B alone and inside A alone, mm."""
    even = np.ones(rays, bool)
    for each in (a, b):  # a ray that leaves through a gap of the mesh tells nothing
        even &= np.bincount(each.ray, minlength=rays) % 2 == 0
    ray = np.concatenate([a.ray, b.ray])
    distance = np.concatenate([a.distance_mm, b.distance_mm])
    of_b = np.concatenate([np.zeros(len(a.ray), int), np.ones(len(b.ray), int)])
    keep = even[ray]
    ray, distance, of_b = ray[keep], distance[keep], of_b[keep]
    order = in_order(ray, distance)
    ray, distance, of_b = ray[order], distance[order], of_b[order]
    # every ray crosses each part evenly often: counting on through all rays keeps the sides right
    inside_a = np.cumsum(of_b == 0) % 2 == 1
    inside_b = np.cumsum(of_b == 1) % 2 == 1
    length = np.diff(distance, append=0.0)
    length[np.append(ray[1:] != ray[:-1], True)] = 0.0
    return (
        float(length[inside_b & ~inside_a].sum()),
        float(length[inside_a & ~inside_b].sum()),
    )
