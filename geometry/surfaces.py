"""What surface does each face really lie on, which way does it look, and which faces did a modeller
only split?
"""

import math

import numpy as np

from geometry.mesh import Mesh
from geometry.topology import (
    COEDGE,
    CONCAVE,
    CONVEX,
    LOOP,
    SMOOTH,
    Topology,
    between_faces,
    surface_code,
)

__all__ = [
    "complete_edges",
    "complete_faces",
    "corner_normals",
    "join_split_faces",
    "surface_normals",
]

SMOOTH_DEG = 1.0  # edges that turn less are tangent: freeform exports leave up to half a degree
SAME_DIRECTION = 1 - 1e-6  # cosine of 0.08°: what survives a re-export of one split surface
SAME_LENGTH_SHARE = 1e-4  # of the part's diagonal
SAME_RADIUS_SHARE = 1e-3

PLANE, CYLINDER, CONE, SPHERE, TORUS = (
    surface_code(name) for name in ("plane", "cylinder", "cone", "sphere", "torus")
)


def surface_normals(faces: np.ndarray, face: np.ndarray, points_mm: np.ndarray) -> np.ndarray:
    """Unit normals, pointing away from axis, centre or tube (planes: along axis), of canonical
    faces at points.

    face (n,) ids, points_mm (n, 3) → (n, 3); nan for freeform faces and on the axis.
    """
    normals = np.full(points_mm.shape, math.nan)
    kind = faces["kind"][face]
    normals[kind == PLANE] = faces["axis"][face[kind == PLANE]]
    curved = np.flatnonzero((kind > PLANE) & (kind <= TORUS))
    if not len(curved):
        return normals
    face, kind = face[curved], kind[curved]
    axis = faces["axis"][face]
    offset = points_mm[curved] - faces["origin_mm"][face]
    axial = np.einsum("ij,ij->i", offset, axis)
    radial = offset - axial[:, None] * axis
    with np.errstate(invalid="ignore", divide="ignore"):
        outward = _unit(radial)
        value = outward.copy()
        if (chosen := kind == CONE).any():
            angle = np.radians(faces["half_angle_deg"][face[chosen]])[:, None]
            value[chosen] = outward[chosen] * np.cos(angle) - axis[chosen] * np.sin(angle)
        if (chosen := kind == SPHERE).any():
            value[chosen] = _unit(offset[chosen])
        if (chosen := kind == TORUS).any():
            radius = faces["radius_mm"][face[chosen]][:, None]
            value[chosen] = _unit(offset[chosen] - radius * outward[chosen])
    normals[curved] = value
    return normals


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def complete_faces(faces: np.ndarray, corners_mm: np.ndarray, face_of_triangle: np.ndarray) -> None:
    """Fills sense, outward plane axes, extents, boxes and missing sweeps from the triangles, in
    place.

    faces FACE being built; corners_mm (t, 3, 3) sorted by face; face_of_triangle (t,).
    """
    counts = np.bincount(face_of_triangle, minlength=len(faces))
    faces["triangle_count"] = counts
    faces["first_triangle"] = np.concatenate([[0], np.cumsum(counts)[:-1]])
    if not len(corners_mm):
        return
    cross = np.cross(corners_mm[:, 1] - corners_mm[:, 0], corners_mm[:, 2] - corners_mm[:, 0])
    away = surface_normals(faces, face_of_triangle, corners_mm.mean(axis=1))
    agree = np.nan_to_num(np.einsum("ij,ij->i", cross, away))
    total = np.bincount(face_of_triangle, weights=agree, minlength=len(faces))
    faces["sense"] = np.where(total < 0, -1, 1)
    inward_plane = (faces["kind"] == PLANE) & (faces["sense"] < 0)
    faces["axis"][inward_plane] *= -1
    faces["sense"][faces["kind"] == PLANE] = 1
    meshed = np.flatnonzero(counts)
    starts = faces["first_triangle"][meshed]
    low = np.minimum.reduceat(corners_mm.min(axis=1), starts)
    high = np.maximum.reduceat(corners_mm.max(axis=1), starts)
    faces["bbox_mm"][meshed, 0], faces["bbox_mm"][meshed, 1] = low, high
    offset = corners_mm - faces["origin_mm"][face_of_triangle][:, None]
    axial = np.einsum("tcj,tj->tc", offset, faces["axis"][face_of_triangle])
    faces["low_mm"][meshed] = np.minimum.reduceat(axial.min(axis=1), starts)
    faces["high_mm"][meshed] = np.maximum.reduceat(axial.max(axis=1), starts)
    for face in meshed:
        if CYLINDER <= faces["kind"][face] <= TORUS and math.isnan(faces["sweep_deg"][face]):
            first = faces["first_triangle"][face]
            faces["sweep_deg"][face] = sweep_deg(
                faces[face], corners_mm[first : first + counts[face]]
            )


def sweep_deg(face: np.void, corners_mm: np.ndarray) -> float:
    """Angle about a face's axis that triangles (t, 3, 3) cover."""
    axis, x_axis = face["axis"], face["x_axis"]
    y_axis = np.cross(axis, x_axis)
    offset = corners_mm - face["origin_mm"]
    angles = np.arctan2(offset @ y_axis, offset @ x_axis)
    start = angles[:, 0]
    relative = (angles - start[:, None] + math.pi) % (2 * math.pi) - math.pi
    low = (start + relative.min(axis=1)) % (2 * math.pi)
    width = np.ptp(relative, axis=1)
    order = np.argsort(low)
    low, high = low[order], (low + width)[order]
    reach = np.maximum.accumulate(high)
    # what the last intervals cover beyond a full turn covers the start
    head = reach[-1] - 2 * math.pi
    gaps = np.maximum(low[1:] - np.maximum(reach[:-1], head), 0.0).sum()
    gap = gaps + max(low[0] + 2 * math.pi - reach[-1], 0.0)
    covered = 360.0 - math.degrees(gap)
    return 360.0 if covered > 359.9 else covered


def corner_normals(faces: np.ndarray, mesh_normals: np.ndarray, mesh: Mesh) -> np.ndarray:
    """Outward surface normals (t, 3, 3) at triangle corners: exact on canonical faces, averaged on
    freeform ones.
    """
    count = len(mesh.triangles)
    owner = np.repeat(mesh.face_of_triangle, 3)
    points = mesh.corners_mm.reshape(-1, 3)
    exact = surface_normals(faces, owner, points) * faces["sense"][owner][:, None]
    unknown = np.isnan(exact).any(axis=1)
    if unknown.any():
        key = owner.astype(np.int64) * len(mesh.vertices_mm) + mesh.triangles.ravel()
        _, place = np.unique(key, return_inverse=True)
        weighted = np.repeat(mesh_normals * mesh.areas_mm2[:, None], 3, axis=0)
        sums = np.stack([np.bincount(place, weights=weighted[:, k]) for k in range(3)], axis=1)
        smooth = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-300)
        exact[unknown] = smooth[place][unknown]
    return exact.reshape(count, 3, 3)


def complete_edges(edges: np.ndarray, faces: np.ndarray) -> None:
    """Fills normals of canonical faces, dihedral angles and convexity, in place."""
    for side in (0, 1):
        face = edges["faces"][:, side]
        known = face >= 0
        normals = surface_normals(faces, face[known], edges["middle_mm"][known])
        normals *= faces["sense"][face[known]][:, None]
        held = edges["normals"][known, side]
        edges["normals"][known, side] = np.where(np.isnan(normals), held, normals)
    first, second = edges["normals"][:, 0], edges["normals"][:, 1]
    across = np.einsum("ij,ij->i", np.cross(first, second), edges["tangent"])
    along = np.einsum("ij,ij->i", first, second)
    angle = np.degrees(np.arctan2(across, along))
    angle[(edges["faces"] < 0).any(axis=1)] = math.nan
    angle[edges["seam"]] = 0.0
    edges["angle_deg"] = angle
    with np.errstate(invalid="ignore"):
        edges["convexity"] = np.where(
            np.abs(angle) < SMOOTH_DEG, SMOOTH, np.where(angle > 0, CONVEX, CONCAVE)
        )
    edges["convexity"][np.isnan(angle)] = SMOOTH


def join_split_faces(topology: Topology, mesh: Mesh) -> Topology:
    """The same body with neighbours on one surface as one face, so that no feature depends on how a
    modeller split it.
    """
    groups = _groups(topology, mesh.diagonal_mm)
    count = int(groups.max()) + 1 if len(groups) else 0
    if count == len(topology.faces):
        return topology
    order = np.argsort(groups, kind="stable")
    offsets = np.searchsorted(groups[order], np.arange(count + 1))
    faces = topology.faces[order[offsets[:-1]]].copy()
    edges = topology.edges.copy()
    known = edges["faces"] >= 0
    edges["faces"] = np.where(known, groups[edges["faces"]], -1)
    edges["seam"] = (edges["faces"][:, 0] == edges["faces"][:, 1]) & (edges["faces"][:, 0] >= 0)
    edges["convexity"][edges["seam"]] = SMOOTH
    loops: list[tuple[int, bool, int, int, float]] = []
    coedges: list[tuple[int, int, int, bool]] = []
    coedge_group = groups[topology.coedges["face"]]
    by_group = np.argsort(coedge_group, kind="stable")
    starts = np.searchsorted(coedge_group[by_group], np.arange(count + 1))
    for face in range(count):
        members = order[offsets[face] : offsets[face + 1]]
        faces["first_loop"][face] = len(loops)
        if len(members) == 1:
            chains = [
                [
                    int(c)
                    for c in range(
                        loop["first_coedge"], loop["first_coedge"] + loop["coedge_count"]
                    )
                ]
                for loop in (topology.loops[i] for i in topology.loops_of(int(members[0])))
            ]
        else:
            _merge_face(faces[face], topology.faces[members], mesh, members)
            own = by_group[starts[face] : starts[face + 1]]
            outside = own[~edges["seam"][topology.coedges["edge"][own]]]
            chains = _chains(topology, outside)
            chains.sort(key=lambda chain: -_loop_extent(topology, chain))
        for number, chain in enumerate(chains):
            ids = topology.coedges["edge"][chain]
            length = float(edges["length_mm"][ids].sum())
            first = len(coedges)
            coedges.extend(
                (
                    face,
                    len(loops),
                    int(topology.coedges["edge"][c]),
                    bool(topology.coedges["reversed"][c]),
                )
                for c in chain
            )
            loops.append((face, number == 0, first, len(chain), length))
        faces["loop_count"][face] = len(loops) - faces["first_loop"][face]
    return Topology(
        faces=faces,
        edges=edges,
        loops=np.array(loops, LOOP),
        coedges=np.array(coedges, COEDGE),
        member_ids=order.astype(np.int32),
        member_offsets=offsets.astype(np.int32),
    )


def _groups(topology: Topology, diagonal_mm: float) -> np.ndarray:
    """Group number of every face; neighbours across a smooth edge on one canonical surface share
    it.
    """
    faces, edges = topology.faces, topology.edges
    ends = edges["faces"]
    pairs = ends[between_faces(edges) & (edges["convexity"] == SMOOTH)]
    same = [_same_surface(faces[a], faces[b], diagonal_mm) for a, b in pairs]
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    kept = pairs[np.array(same, bool)] if len(pairs) else np.zeros((0, 2), int)
    graph = coo_array((np.ones(len(kept)), (kept[:, 0], kept[:, 1])), shape=(len(faces),) * 2)
    _, labels = connected_components(graph, directed=False)
    # numbered by the first face of each group, so that unsplit parts keep their order
    _, first = np.unique(labels, return_index=True)
    rank = np.zeros(len(first), int)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[labels]


def _same_surface(a: np.void, b: np.void, diagonal_mm: float) -> bool:
    kind = a["kind"]
    if kind != b["kind"] or kind > TORUS or a["sense"] != b["sense"]:
        return False
    near = SAME_LENGTH_SHARE * diagonal_mm
    between = b["origin_mm"] - a["origin_mm"]
    if kind == PLANE:
        return bool(a["axis"] @ b["axis"] > SAME_DIRECTION and abs(between @ a["axis"]) < near)
    radius_near = max(SAME_RADIUS_SHARE * a["radius_mm"], 1e-3 * near)
    if kind == SPHERE:
        return bool(
            np.linalg.norm(between) < near and abs(a["radius_mm"] - b["radius_mm"]) < radius_near
        )
    if abs(a["axis"] @ b["axis"]) < SAME_DIRECTION:
        return False
    axial = between @ a["axis"]
    if np.linalg.norm(between - axial * a["axis"]) > near:
        return False
    if kind == CYLINDER:
        return bool(abs(a["radius_mm"] - b["radius_mm"]) < radius_near)
    if kind == TORUS:
        return bool(
            abs(axial) < near
            and abs(a["radius_mm"] - b["radius_mm"]) < radius_near
            and abs(a["minor_radius_mm"] - b["minor_radius_mm"])
            < SAME_RADIUS_SHARE * a["minor_radius_mm"]
        )
    if a["axis"] @ b["axis"] < 0 or abs(a["half_angle_deg"] - b["half_angle_deg"]) > 0.1:
        return False
    expected = a["radius_mm"] + axial * math.tan(math.radians(a["half_angle_deg"]))
    return bool(abs(expected - b["radius_mm"]) < radius_near + near)


def _merge_face(target: np.void, parts: np.ndarray, mesh: Mesh, members: np.ndarray) -> None:
    area = parts["area_mm2"]
    target["area_mm2"] = area.sum()
    target["centroid_mm"] = np.average(
        parts["centroid_mm"], axis=0, weights=np.maximum(area, 1e-30)
    )
    target["bbox_mm"][0] = parts["bbox_mm"][:, 0].min(axis=0)
    target["bbox_mm"][1] = parts["bbox_mm"][:, 1].max(axis=0)
    target["triangle_count"] = parts["triangle_count"].sum()
    target["first_triangle"] = parts["first_triangle"].min()
    corners = mesh.corners_mm[np.isin(mesh.face_of_triangle, members)]
    if not len(corners):
        return
    axial = (corners - target["origin_mm"]) @ target["axis"]
    target["low_mm"], target["high_mm"] = axial.min(), axial.max()
    if CYLINDER <= target["kind"] <= TORUS:
        target["sweep_deg"] = sweep_deg(target, corners)


def _chains(topology: Topology, coedges: np.ndarray) -> list[list[int]]:
    """Closed chains of coedges, joined end to start."""
    rows = topology.coedges[coedges]
    vertices = topology.edges["vertices"][rows["edge"]]
    start = np.where(rows["reversed"], vertices[:, 1], vertices[:, 0])
    end = np.where(rows["reversed"], vertices[:, 0], vertices[:, 1])
    waiting: dict[int, list[int]] = {}
    for i in range(len(rows) - 1, -1, -1):
        waiting.setdefault(int(start[i]), []).append(i)
    left = set(range(len(rows)))
    chains: list[list[int]] = []
    while left:
        current = min(left)
        first, chain = int(start[current]), []
        while True:
            left.discard(current)
            waiting[int(start[current])].remove(current)
            chain.append(int(coedges[current]))
            nexts = waiting.get(int(end[current]), [])
            if int(end[current]) == first or not nexts:
                break
            current = nexts[-1]
        chains.append(chain)
    return chains


def _loop_extent(topology: Topology, chain: list[int]) -> float:
    """Diagonal of the box around a chain: the outer loop of a plane has the largest."""
    edges = topology.edges[topology.coedges["edge"][chain]]
    points = np.concatenate([edges["start_mm"], edges["middle_mm"], edges["end_mm"]])
    whole = edges["radius_mm"][edges["closed"] & ~np.isnan(edges["radius_mm"])]
    span = float(np.linalg.norm(np.ptp(points, axis=0)))
    return max(span, float(2 * whole.max()) if len(whole) else 0.0)
