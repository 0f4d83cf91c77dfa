"""How do canonical faces curve across their edges?"""

import numpy as np

from geometry.topology import surface_code
from geometry.vectors import cross, norms

__all__ = ["across_edges"]

CYLINDER, CONE, SPHERE, TORUS = map(surface_code, ("cylinder", "cone", "sphere", "torus"))
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
