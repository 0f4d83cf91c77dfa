"""Which faces did a modeller only split, and which are no more than a slit between two others?"""

import itertools
import math

import numpy as np

from geometry.components import components
from geometry.mesh import Mesh
from geometry.runs import places_in
from geometry.surfaces import complete_edges, signed_distance, sweeps_deg
from geometry.topology import LOOP, SMOOTH, Topology, between_faces, surface_code
from geometry.vectors import norm, norms

__all__ = ["join_split_faces"]

SAME_DIRECTION = 1 - 1e-6  # cosine of 0.08°: what survives a re-export of one split surface
SAME_LENGTH_SHARE = 1e-4  # of the part's diagonal
SAME_RADIUS_SHARE = 1e-3
# width of a face that only translation left, as a share of the diagonal and in mm: a modeller's
# own tolerance, less than anything made
SLIVER_SHARE, SLIVER_MM = 1e-4, 0.01
# so narrow nothing is made however small the part: one nut in ten sizes has one graph
NARROWEST_SHARE, NARROWEST_MM = 1e-3, 0.005
# how far a piece may be from its neighbour's surface to be of it: what translation leaves
OF_ONE_SURFACE_SHARE, OF_ONE_SURFACE_MM = 1e-5, 1e-3
SLIVERS_IN_A_ROW = 3  # beside each other before a face that is none

PLANE, CYLINDER, SPHERE, TORUS = (
    surface_code(name) for name in ("plane", "cylinder", "sphere", "torus")
)


def join_split_faces(topology: Topology, mesh: Mesh, continued: np.ndarray) -> Topology:
    """The same body with neighbours on one surface as one face, so that no feature depends on how a
    modeller split it.

    continued (e,) bool: edges that a freeform surface runs on across.
    """
    stands_for = _without_slivers(topology, mesh.diagonal_mm)
    drawn = topology.edges
    if stands_for is not None:
        drawn = _seen_without(topology, stands_for)
    groups = _groups(topology, drawn, continued, mesh)
    if stands_for is not None:
        groups = _numbered(groups[stands_for])
    count = int(groups.max()) + 1 if len(groups) else 0
    if count == len(topology.faces):
        return topology
    order = np.argsort(groups, kind="stable")
    offsets = np.searchsorted(groups[order], np.arange(count + 1))
    # the largest piece tells the surface best
    by_area = np.lexsort((-topology.faces["area_mm2"], groups))
    faces = topology.faces[by_area[offsets[:-1]]].copy()
    edges = drawn.copy()
    known = edges["faces"] >= 0
    edges["faces"] = np.where(known, groups[edges["faces"]], -1)
    edges["seam"] = (edges["faces"][:, 0] == edges["faces"][:, 1]) & (edges["faces"][:, 0] >= 0)
    edges["convexity"][edges["seam"]] = SMOOTH
    owners, chains = _outlines(topology, groups, order, offsets, edges["seam"])
    _merge_faces(faces, topology, order, offsets, mesh)
    loops, coedges, faces["loop_count"] = _rows_of(topology, owners, chains, count)
    faces["first_loop"] = np.cumsum(faces["loop_count"]) - faces["loop_count"]
    return Topology(
        faces=faces,
        edges=edges,
        loops=loops,
        coedges=coedges,
        member_ids=order.astype(np.int32),
        member_offsets=offsets.astype(np.int32),
    )


def _outlines(
    topology: Topology, groups: np.ndarray, order: np.ndarray, offsets: np.ndarray, seam: np.ndarray
) -> tuple[list[int], list[list[int]]]:
    """Chains of coedges around each group of faces, the outer one first, and whose each is.

    order (f,): faces by group, offsets: where each group's start; seam (e,) bool: within a group.
    """
    of_coedge = groups[topology.coedges["face"]]
    by_group = np.argsort(of_coedge, kind="stable")
    starts = np.searchsorted(of_coedge[by_group], np.arange(len(offsets)))
    outside = ~seam[topology.coedges["edge"]]
    first_loops, loop_counts = (
        topology.faces[name].tolist() for name in ("first_loop", "loop_count")
    )
    first_coedges, coedge_counts = (
        topology.loops[name].tolist() for name in ("first_coedge", "coedge_count")
    )
    extents = _Extents(topology)
    owners: list[int] = []
    chains: list[list[int]] = []
    for group, (begin, end) in enumerate(itertools.pairwise(offsets.tolist())):
        if end - begin == 1:
            face = int(order[begin])
            own = [
                list(range(first_coedges[loop], first_coedges[loop] + coedge_counts[loop]))
                for loop in range(first_loops[face], first_loops[face] + loop_counts[face])
            ]
        else:
            along = by_group[starts[group] : starts[group + 1]]
            own = _chains(topology, along[outside[along]])
            if len(own) > 1:
                own.sort(key=extents.of, reverse=True)
        owners += [group] * len(own)
        chains += own
    return owners, chains


def _rows_of(
    topology: Topology, owners: list[int], chains: list[list[int]], count: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """LOOP and COEDGE rows of chains of coedges that follow each other by their faces, `owners`,
    and how many loops each of `count` faces has (f,).
    """
    loops, face = np.zeros(len(chains), LOOP), np.array(owners, np.int64)
    sizes = np.array([len(chain) for chain in chains], np.int64)
    coedges = topology.coedges.take(np.array([c for chain in chains for c in chain], np.int64))
    coedges["loop"] = np.repeat(np.arange(len(face)), sizes)
    coedges["face"] = face[coedges["loop"]]
    loops["face"], loops["coedge_count"] = face, sizes
    loops["outer"] = np.diff(face, prepend=-1) != 0
    loops["first_coedge"] = np.cumsum(sizes) - sizes
    lengths = topology.edges["length_mm"][coedges["edge"]]
    loops["length_mm"] = np.bincount(coedges["loop"], lengths, len(face))
    return loops, coedges, np.bincount(face, minlength=count)


def _without_slivers(topology: Topology, diagonal_mm: float) -> np.ndarray | None:
    """The face that each face stands for: itself, or of a sliver the neighbour it lies along (f,).

    None where there are no slivers.
    """
    faces, coedges = topology.faces, topology.coedges
    lengths = topology.edges["length_mm"]
    rim = np.bincount(coedges["face"], weights=lengths[coedges["edge"]], minlength=len(faces))
    narrowest = min(NARROWEST_SHARE * diagonal_mm, NARROWEST_MM)
    width = min(max(SLIVER_SHARE * diagonal_mm, narrowest), SLIVER_MM)
    thin = 2 * np.abs(faces["area_mm2"]) < width * rim
    if not thin.any() or thin.all():
        return None
    stands_for = np.arange(len(faces))
    for _ in range(SLIVERS_IN_A_ROW):
        for face in np.flatnonzero(thin).tolist():
            edges, across = topology.neighbours(face)
            beside = stands_for[across]
            beside_thick = ~thin[beside]
            if beside_thick.any():
                shared = np.bincount(beside[beside_thick], weights=lengths[edges[beside_thick]])
                stands_for[face] = int(shared.argmax())
    return stands_for if (stands_for != np.arange(len(faces))).any() else None


def _seen_without(topology: Topology, stands_for: np.ndarray) -> np.ndarray:
    """The edges as they are where slivers belong to the faces that they stand for."""
    edges = topology.edges.copy()
    ends = edges["faces"]
    moved = np.where(ends >= 0, stands_for[ends], -1)
    changed = np.flatnonzero((moved != ends).any(axis=1))
    rows = edges[changed]
    rows["normals"][moved[changed] != ends[changed]] = math.nan
    rows["faces"] = moved[changed]
    rows["seam"] |= rows["faces"][:, 0] == rows["faces"][:, 1]
    complete_edges(rows, topology.faces)
    edges[changed] = rows
    return edges


def _groups(topology: Topology, edges: np.ndarray, continued: np.ndarray, mesh: Mesh) -> np.ndarray:
    """Group number of every face; neighbours across a smooth edge on one canonical surface share
    it, and those that one freeform surface makes up.
    """

    faces = topology.faces
    smooth = between_faces(edges) & (edges["convexity"] == SMOOTH)
    pairs = edges["faces"][smooth]
    first, second = (faces.take(side) for side in pairs.T)
    same = continued[smooth].copy()
    alike = (first["kind"] == second["kind"]) & (first["kind"] <= TORUS)
    alike &= (first["sense"] == second["sense"]) & ~same
    rows = np.flatnonzero(alike)
    same[rows] = _same_surface(first.take(rows), second.take(rows), mesh.diagonal_mm)
    # what has its surface needs no other
    taken = set(pairs[same].ravel().tolist())
    same[~same] = _lying_on(topology, pairs[~same], mesh, taken)
    return _numbered(components(pairs[same], len(faces)))


def _lying_on(topology: Topology, pairs: np.ndarray, mesh: Mesh, taken: set[int]) -> np.ndarray:
    """Whether the smaller face of each pair (n, 2) lies on the canonical surface of the larger:
    a piece may be too small to tell its own surface. Of several that it lies on it is
    the nearest's; those taken have theirs.
    """
    faces, edges, coedges = topology.faces, topology.edges, topology.coedges
    found = np.zeros(len(pairs), bool)
    if not len(pairs):
        return found
    allowed = min(OF_ONE_SURFACE_SHARE * mesh.diagonal_mm, OF_ONE_SURFACE_MM)
    swap = faces["area_mm2"][pairs[:, 0]] > faces["area_mm2"][pairs[:, 1]]
    small, large = np.where(swap[:, None], pairs[:, ::-1], pairs).T
    order = np.argsort(coedges["face"], kind="stable")
    first = np.searchsorted(coedges["face"][order], np.arange(len(faces) + 1))
    counts = first[small + 1] - first[small]
    pair = np.repeat(np.arange(len(pairs)), counts)
    place = np.arange(len(pair)) - np.repeat(np.cumsum(counts) - counts, counts)
    rim = coedges["edge"][order[first[small[pair]] + place]]
    apart = np.zeros(len(pairs))
    for name in ("start_mm", "middle_mm", "end_mm"):
        off = np.abs(signed_distance(faces, large[pair], edges[name][rim]))
        np.maximum.at(apart, pair, np.where(np.isnan(off), np.inf, off))
    near = np.flatnonzero(apart <= allowed)
    for row in near[np.argsort(apart[near])].tolist():
        if small[row] in taken:
            continue
        face = faces[small[row]]
        own = slice(face["first_triangle"], face["first_triangle"] + face["triangle_count"])
        points = mesh.corners_mm[own].reshape(-1, 3)
        if faces["kind"][large[row]] == PLANE:  # a dome may have no corner but on its rim
            points = np.concatenate([points, face["centroid_mm"][None]])
        off = signed_distance(faces, np.full(len(points), large[row]), points)
        if (np.abs(off) <= allowed).all():
            found[row] = True
            taken.add(int(small[row]))
    return found


def _numbered(labels: np.ndarray) -> np.ndarray:
    """Groups numbered by the first face of each, so that unsplit parts keep their order."""
    _, first, place = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.zeros(len(first), int)
    rank[np.argsort(first)] = np.arange(len(first))
    return np.asarray(rank[place])


def _same_surface(a: np.ndarray, b: np.ndarray, diagonal_mm: float) -> np.ndarray:
    """Whether pairs of faces (n,), of one kind and sense each, lie on one surface (n,) bool."""
    kind = a["kind"]
    near = SAME_LENGTH_SHARE * diagonal_mm
    axis, between = a["axis"], b["origin_mm"] - a["origin_mm"]
    cosine = np.einsum("ij,ij->i", axis, b["axis"])
    axial = np.einsum("ij,ij->i", between, axis)
    radius_near = np.maximum(SAME_RADIUS_SHARE * a["radius_mm"], 1e-3 * near)
    same_height = np.abs(axial) < near
    same_radius = np.abs(a["radius_mm"] - b["radius_mm"]) < radius_near
    same_axis = np.abs(cosine) >= SAME_DIRECTION
    same_axis &= norms(between - axial[:, None] * axis) <= near
    same_tube = np.abs(a["minor_radius_mm"] - b["minor_radius_mm"])
    same_tube = same_tube < SAME_RADIUS_SHARE * a["minor_radius_mm"]
    expected = a["radius_mm"] + axial * np.tan(np.radians(a["half_angle_deg"]))
    same_cone = (cosine >= 0) & ~(np.abs(a["half_angle_deg"] - b["half_angle_deg"]) > 0.1)
    same_cone &= np.abs(expected - b["radius_mm"]) < radius_near + near
    return np.select(
        [kind == PLANE, kind == SPHERE, kind == CYLINDER, kind == TORUS],
        [
            (cosine > SAME_DIRECTION) & same_height,
            (norms(between) < near) & same_radius,
            same_axis & same_radius,
            same_axis & same_height & same_radius & same_tube,
        ],
        same_axis & same_cone,
    )


def _merge_faces(
    targets: np.ndarray, topology: Topology, order: np.ndarray, offsets: np.ndarray, mesh: Mesh
) -> None:
    """Fills what faces (g,) made of several have together, in place.

    order (f,): the drawn faces by group, offsets (g + 1,): where each group's start.
    """
    sizes = np.diff(offsets)
    many = np.flatnonzero(sizes > 1)
    if not len(many):
        return
    parts = topology.faces.take(order[np.repeat(sizes > 1, sizes)])
    sizes = sizes[many]
    starts = np.cumsum(sizes) - sizes
    area = parts["area_mm2"]
    weights = np.maximum(area, 1e-30)
    moments = np.add.reduceat(weights[:, None] * parts["centroid_mm"], starts)
    targets["area_mm2"][many] = np.add.reduceat(area, starts)
    targets["centroid_mm"][many] = moments / np.add.reduceat(weights, starts)[:, None]
    targets["bbox_mm"][many, 0] = np.minimum.reduceat(parts["bbox_mm"][:, 0], starts)
    targets["bbox_mm"][many, 1] = np.maximum.reduceat(parts["bbox_mm"][:, 1], starts)
    firsts, counts = parts["first_triangle"], parts["triangle_count"].astype(int)
    of_group = np.add.reduceat(counts, starts)
    targets["triangle_count"][many] = of_group
    targets["first_triangle"][many] = np.minimum.reduceat(firsts, starts)
    many, of_group = many[of_group > 0], of_group[of_group > 0]
    if not len(many):
        return
    corners = mesh.corners_mm.take(places_in(firsts, counts), axis=0)
    owner = np.repeat(many, of_group)
    offset = corners - targets["origin_mm"][owner][:, None]
    axial = np.einsum("tcj,tj->tc", offset, targets["axis"][owner]).ravel()
    begin = 3 * (np.cumsum(of_group) - of_group)
    targets["low_mm"][many] = np.minimum.reduceat(axial, begin)
    targets["high_mm"][many] = np.maximum.reduceat(axial, begin)
    kind = targets["kind"][many]
    curved = (kind >= CYLINDER) & (kind <= TORUS)
    if curved.any():
        round_, own = many[curved], corners[np.repeat(curved, of_group)]
        targets["sweep_deg"][round_] = sweeps_deg(targets[round_], own, of_group[curved])


def _chains(topology: Topology, coedges: np.ndarray) -> list[list[int]]:
    """Closed chains of coedges, joined end to start."""
    rows = topology.coedges.take(coedges)
    vertices = topology.edges["vertices"][rows["edge"]]
    start = np.where(rows["reversed"], vertices[:, 1], vertices[:, 0]).tolist()
    end = np.where(rows["reversed"], vertices[:, 0], vertices[:, 1]).tolist()
    numbers = coedges.tolist()
    waiting: dict[int, list[int]] = {}
    for i in range(len(rows) - 1, -1, -1):
        waiting.setdefault(start[i], []).append(i)
    left = set(range(len(rows)))
    chains: list[list[int]] = []
    while left:
        current = min(left)
        first, chain = start[current], []
        while True:
            left.discard(current)
            waiting[start[current]].remove(current)
            chain.append(numbers[current])
            nexts = waiting.get(end[current], [])
            if end[current] == first or not nexts:
                break
            current = nexts[-1]
        chains.append(chain)
    return chains


class _Extents:
    """Diagonals of the boxes around chains: the outer loop of a plane has the largest."""

    def __init__(self, topology: Topology) -> None:
        edges = topology.edges
        points = [edges["start_mm"], edges["middle_mm"], edges["end_mm"]]
        self._edge = topology.coedges["edge"]
        self._low, self._high = np.minimum.reduce(points), np.maximum.reduce(points)
        # of a whole circle three points may lie close together
        self._whole_mm = np.where(edges["closed"], np.nan_to_num(edges["radius_mm"]), 0.0)

    def of(self, chain: list[int]) -> float:
        """Of one chain, mm."""
        edges = self._edge.take(chain)
        low = self._low.take(edges, axis=0).min(axis=0)
        high = self._high.take(edges, axis=0).max(axis=0)
        return max(norm(high - low), 2 * float(self._whole_mm.take(edges).max()))
