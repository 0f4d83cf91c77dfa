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
    "sweep_deg",
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
    return vectors / norms(vectors)[:, None]


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
    turns = cross(corners_mm[:, 1] - corners_mm[:, 0], corners_mm[:, 2] - corners_mm[:, 0])
    away = surface_normals(faces, face_of_triangle, corners_mm.mean(axis=1))
    agree = np.nan_to_num(np.einsum("ij,ij->i", turns, away))
    total = np.bincount(face_of_triangle, weights=agree, minlength=len(faces))
    faces["sense"] = np.where(total < 0, -1, 1)
    inward_plane = (faces["kind"] == PLANE) & (faces["sense"] < 0)
    faces["axis"][inward_plane] *= -1
    faces["sense"][faces["kind"] == PLANE] = 1
    meshed = np.flatnonzero(counts)
    starts = 3 * faces["first_triangle"][meshed]
    faces["bbox_mm"][meshed, 0] = np.minimum.reduceat(corners_mm.reshape(-1, 3), starts)
    faces["bbox_mm"][meshed, 1] = np.maximum.reduceat(corners_mm.reshape(-1, 3), starts)
    offset = corners_mm - faces["origin_mm"][face_of_triangle][:, None]
    axial = np.einsum("tcj,tj->tc", offset, faces["axis"][face_of_triangle])
    faces["low_mm"][meshed] = np.minimum.reduceat(axial.ravel(), starts)
    faces["high_mm"][meshed] = np.maximum.reduceat(axial.ravel(), starts)
    curved = (faces["kind"] >= CYLINDER) & (faces["kind"] <= TORUS) & (counts > 0)
    for face in np.flatnonzero(curved & np.isnan(faces["sweep_deg"])).tolist():
        first = faces["first_triangle"][face]
        faces["sweep_deg"][face] = sweep_deg(faces[face], corners_mm[first : first + counts[face]])


def sweep_deg(face: np.void, corners_mm: np.ndarray) -> float:
    """Angle about a face's axis that triangles (t, 3, 3) cover."""
    axis, x_axis = face["axis"], face["x_axis"]
    y_axis = cross(axis, x_axis)
    offset = corners_mm - face["origin_mm"]
    angles = np.arctan2(offset @ y_axis, offset @ x_axis)
    start = angles[:, 0]
    relative = (angles - start[:, None] + math.pi) % (2 * math.pi) - math.pi
    lowest = row_wise(np.minimum, relative)
    low = (start + lowest) % (2 * math.pi)
    width = row_wise(np.maximum, relative) - lowest
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
        place = mesh.face_corners[1].ravel()
        weighted = np.repeat(mesh_normals * mesh.areas_mm2[:, None], 3, axis=0)
        sums = np.stack([np.bincount(place, weights=weighted[:, k]) for k in range(3)], axis=1)
        smooth = sums / np.maximum(norms(sums)[:, None], 1e-300)
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
