"""How do faces curve across their edges?"""

import numpy as np

from geometry.runs import run_starts
from geometry.topology import surface_code
from geometry.vectors import cross, norms

__all__ = ["across_edges", "across_freeform"]

CYLINDER, CONE, SPHERE, TORUS = map(surface_code, ("cylinder", "cone", "sphere", "torus"))
NEAREST = 3  # triangles that tell how a freeform face bends beside an edge
CROSSWISE = 0.05  # sine of the angle between edge and axis that counts as running around the axis


def across_edges(faces: np.ndarray, edges: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """Normal curvature across edges of canonical faces, positive where the surface is convex."""
    across = cross(normals, edges["tangent"])
    kind, sense = faces["kind"], faces["sense"].astype(float)
    axis = faces["axis"]
    offset = edges["middle_mm"] - faces["origin_mm"]
    axial = np.einsum("ij,ij->i", offset, axis)
    radial = offset - axial[:, None] * axis
    distance = norms(radial)
    with np.errstate(invalid="ignore", divide="ignore"):
        outward = radial / distance[:, None]
        around = cross(axis, outward)
        share = np.einsum("ij,ij->i", across, around) ** 2
        cosine = np.cos(np.radians(faces["half_angle_deg"]))
        tube = 1 / faces["minor_radius_mm"]
        ring = np.einsum("ij,ij->i", normals, outward) * sense / distance
        value = np.select(
            [kind == CYLINDER, kind == CONE, kind == SPHERE, kind == TORUS],
            [share / faces["radius_mm"], share * cosine / distance, 1 / faces["radius_mm"],
             (1 - share) * tube + share * ring],
            0.0,
        ) * sense  # fmt: skip
    value[(kind == CYLINDER) & (share < CROSSWISE**2)] = 0.0
    value[(kind == CONE) & (share < CROSSWISE**2)] = 0.0
    return np.nan_to_num(value)


def across_freeform(
    centroids_mm: np.ndarray, counts: np.ndarray, places_mm: np.ndarray, normals: np.ndarray
) -> np.ndarray:
    """Normal curvature (n,) across edges of freeform faces from their nearest triangles, positive
    where they are convex, 0 where nothing tells.

    centroids_mm (t, 3) of the triangles of one edge's face after the other's, counts (n,) of each,
    1 at least; places_mm (n, 3) on the edges, normals (n, 3) there.
    """
    owner = np.repeat(np.arange(len(counts)), counts)
    offset = centroids_mm - places_mm[owner]
    distance = norms(offset)
    starts = np.cumsum(counts) - counts
    bends, known = np.zeros(len(counts)), np.zeros(len(counts))
    for _ in range(NEAREST):
        least = np.minimum.reduceat(distance, starts)
        nearest = np.flatnonzero(distance == least[owner])
        nearest = nearest[run_starts(owner[nearest])]
        # a surface that curves away from its outward normal is convex
        sag = np.einsum("ij,ij->i", offset[nearest], normals)
        left = np.isfinite(least)
        bends[left] -= 2 * sag[left] / np.maximum(least[left], 1e-9) ** 2
        known += left
        distance[nearest] = np.inf
    return np.nan_to_num(bends / known)
