"""What surface does each face really lie on, and which way does it look?"""

import math

import numpy as np

from geometry.mesh import Mesh
from geometry.topology import CONCAVE, CONVEX, SMOOTH, surface_code
from geometry.vectors import cross, norms, row_wise

__all__ = [
    "complete_edges",
    "complete_faces",
    "corner_normals",
    "signed_distance",
    "surface_normals",
    "sweeps_deg",
]

SMOOTH_DEG = 1.0  # edges that turn less are tangent: freeform exports leave up to half a degree

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
    # a row a coordinate: loops along rows of three take several times as long
    axis = np.ascontiguousarray(faces["axis"][face].T)
    offset = np.ascontiguousarray((points_mm[curved] - faces["origin_mm"][face]).T)
    radial = offset - _dot(offset, axis) * axis
    with np.errstate(invalid="ignore", divide="ignore"):
        outward = _unit(radial)
        value = outward.copy()
        if len(chosen := np.flatnonzero(kind == CONE)):
            angle = np.radians(faces["half_angle_deg"])[face[chosen]]
            along = np.sin(angle) * axis.take(chosen, axis=1)
            value[:, chosen] = outward.take(chosen, axis=1) * np.cos(angle) - along
        if len(chosen := np.flatnonzero(kind == SPHERE)):
            value[:, chosen] = _unit(offset.take(chosen, axis=1))
        if len(chosen := np.flatnonzero(kind == TORUS)):
            ring = faces["radius_mm"][face[chosen]] * outward.take(chosen, axis=1)
            value[:, chosen] = _unit(offset.take(chosen, axis=1) - ring)
    normals[curved] = value.T
    return normals


def _dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Products (n,) of vectors (3, n)."""
    return np.asarray(a[0] * b[0] + a[1] * b[1] + a[2] * b[2])


def _unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors (3, n) of length 1."""
    return vectors / np.sqrt(_dot(vectors, vectors))


def signed_distance(faces: np.ndarray, face: np.ndarray, points_mm: np.ndarray) -> np.ndarray:
    """Distance of points (n, 3) from the whole surfaces of faces (n,), > 0 away from the axis.

    nan for freeform faces.
    """
    kind = faces["kind"][face]
    found = np.full(len(points_mm), np.nan)
    offset = points_mm - faces["origin_mm"][face]
    axis = faces["axis"][face]
    axial = np.einsum("ij,ij->i", offset, axis)
    flat = kind == PLANE
    found[flat] = axial[flat]
    rows = np.flatnonzero((kind > PLANE) & (kind <= TORUS))
    if not len(rows):
        return found
    row, kind, axial = faces[face[rows]], kind[rows], axial[rows]
    along = axial[:, None] * axis[rows]
    radial = norms(offset[rows] - along)
    angle = np.radians(row["half_angle_deg"])
    with np.errstate(invalid="ignore"):
        found[rows] = np.select(
            [kind == CYLINDER, kind == CONE, kind == SPHERE, kind == TORUS],
            [
                radial - row["radius_mm"],
                (radial - row["radius_mm"] - axial * np.tan(angle)) * np.cos(angle),
                norms(offset[rows]) - row["radius_mm"],
                np.hypot(radial - row["radius_mm"], axial) - row["minor_radius_mm"],
            ],
            np.nan,
        )
    return found


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
    # corner, coordinate, triangle: loops along rows of three take several times as long
    first, second, third = corners = np.ascontiguousarray(corners_mm.transpose(1, 2, 0))
    turns = cross((second - first).T, (third - first).T).T
    away = surface_normals(faces, face_of_triangle, ((first + second + third) / 3).T)
    agree = np.nan_to_num(_dot(turns, away.T))
    total = np.bincount(face_of_triangle, weights=agree, minlength=len(faces))
    faces["sense"] = np.where(total < 0, -1, 1)
    inward_plane = (faces["kind"] == PLANE) & (faces["sense"] < 0)
    faces["axis"][inward_plane] *= -1
    faces["sense"][faces["kind"] == PLANE] = 1
    meshed = np.flatnonzero(counts)
    starts = faces["first_triangle"][meshed]
    faces["bbox_mm"][meshed, 0], faces["bbox_mm"][meshed, 1] = (
        x.T for x in _reach(corners, starts)
    )
    offset = corners - faces["origin_mm"].T.take(face_of_triangle, axis=1)
    axes = faces["axis"].T.take(face_of_triangle, axis=1)
    axial = np.array([_dot(each, axes) for each in offset])
    faces["low_mm"][meshed], faces["high_mm"][meshed] = _reach(axial, starts)
    curved = (faces["kind"] >= CYLINDER) & (faces["kind"] <= TORUS) & (counts > 0)
    asked = curved & np.isnan(faces["sweep_deg"])
    if asked.any():
        own = corners_mm[asked[face_of_triangle]]
        faces["sweep_deg"][asked] = sweeps_deg(faces[asked], own, counts[asked])


def _reach(values: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Least and greatest of values (3, …, t), of three corners, over runs of triangles that start
    at starts (r,): (…, r) each.
    """
    low, high = np.minimum.reduce(values), np.maximum.reduce(values)
    return np.minimum.reduceat(low, starts, axis=-1), np.maximum.reduceat(high, starts, axis=-1)


def sweeps_deg(faces: np.ndarray, corners_mm: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Angle about the axis of each face (f,) that its triangles cover: the first of corners_mm
    (t, 3, 3), as many as the first of counts (f,), and so on; of each face one at least.
    """
    owner = np.repeat(np.arange(len(faces)), counts)
    x_axes = np.ascontiguousarray(faces["x_axis"])
    y_axes = cross(faces["axis"], x_axes)
    offset = corners_mm - faces["origin_mm"][owner][:, None]
    x, y = (np.einsum("tcj,tj->tc", offset, axes[owner]) for axes in (x_axes, y_axes))
    angles = np.arctan2(y, x)
    start = angles[:, 0]
    relative = (angles - start[:, None] + math.pi) % (2 * math.pi) - math.pi
    lowest = row_wise(np.minimum, relative)
    low = (start + lowest) % (2 * math.pi)
    width = row_wise(np.maximum, relative) - lowest
    order = np.lexsort((low, owner))
    low, high = low[order], (low + width)[order]
    ends = np.cumsum(counts).tolist()
    return np.array(
        [
            _covered_deg(low[end - count : end], high[end - count : end])
            for end, count in zip(ends, counts.tolist(), strict=True)
        ]
    )


def _covered_deg(low: np.ndarray, high: np.ndarray) -> float:
    """What of a turn intervals (n,) of angles cover, of which the lower ends rise."""
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
    # a vertex of a face is the corner of six of its triangles
    distinct, place = mesh.face_corners
    owner, vertex = np.divmod(distinct, max(len(mesh.vertices_mm), 1))
    points = mesh.vertices_mm.take(vertex, axis=0)
    normals = surface_normals(faces, owner, points) * faces["sense"][owner][:, None]
    unknown = row_wise(np.logical_or, np.isnan(normals))
    if unknown.any():
        weighted = np.repeat(mesh_normals * mesh.areas_mm2[:, None], 3, axis=0)
        flat = place.ravel()
        sums = np.stack([np.bincount(flat, weights=weighted[:, k]) for k in range(3)], axis=1)
        smooth = sums / np.maximum(norms(sums)[:, None], 1e-300)
        normals[unknown] = smooth[unknown]
    return normals.take(place, axis=0)


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
    across = np.einsum("ij,ij->i", cross(first, second), edges["tangent"])
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
