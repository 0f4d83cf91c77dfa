"""Is a part a shell between two sides, of one thickness but for what drawing takes from it?"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geometry.fields.fields import Fields
from geometry.fields.thickness import weighted_quantile

__all__ = ["Skins", "find_skins"]

# × the usual section: what lies opposite at such a distance is the other side of the wall
OPPOSITE_T = (0.6, 1.6)
WHOLE_FACE = 0.5  # share of a face that lies so before the face is a side and no rim
# × the usual section: drawing takes a fifth around the punch, and a rim thickens by less
SAME_T = (0.75, 1.2)
THICK_QUANTILE = 0.99  # of the area: one sample in a sharp corner is no thick place


@dataclass(frozen=True)
class Skins:
    """The faces between which a shell lies, and how much they are two sides of one wall."""

    thickness_mm: float  # usual section
    faces: np.ndarray  # (f,) bool: sides, not rims
    two_share: float  # of the sides' area in the two largest that rims part
    facing_share: float  # of the sides' area that looks at another side through the wall
    even_share: float  # of the sides' area where the wall is about as thick as usual
    enclosed_share: float  # of the volume between the sides
    thick_ratio: float  # thickest section over the usual one


def find_skins(fields: Fields) -> Skins | None:
    """Parts the surface into sides and rims; None where no section is known.

    Sides that no rim parts are one: a rib or a boss stands on a side with both its faces, so that
    it looks at its own side; metal pressed of one blank never does.
    """
    part, samples, walls = fields.part, fields.samples, fields.thickness
    radius, _ = fields.spheres
    known = np.isfinite(radius)
    area, count = samples.area_mm2, len(part.topology.faces)
    usual = 2 * weighted_quantile(radius[known], area[known], 0.5)
    if not usual > 0:
        return None
    low, high = OPPOSITE_T
    near = walls.opposed & (walls.ray_mm > low * usual) & (walls.ray_mm < high * usual)
    sides = samples.share_by_face(near, count) > WHOLE_FACE
    on = sides[samples.face]
    side_mm2 = float(area[on].sum())
    if not side_mm2 > 0:
        return None
    ends = part.topology.edges["faces"]
    ends = ends[(ends >= 0).all(axis=1) & sides[ends].all(axis=1)]
    graph = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(count, count))
    groups, group = connected_components(graph, directed=False)
    of_group = np.bincount(group[samples.face[on]], weights=area[on], minlength=groups)
    far = np.where(
        walls.far_triangle >= 0, part.mesh.face_of_triangle[walls.far_triangle], samples.face
    )
    facing = on & sides[far] & (group[far] != group[samples.face])
    low, high = SAME_T
    even = on & (walls.ray_mm > low * usual) & (walls.ray_mm < high * usual)
    thick = 2 * weighted_quantile(radius[known], area[known], THICK_QUANTILE)
    return Skins(
        thickness_mm=usual,
        faces=sides,
        two_share=float(np.sort(of_group)[-2:].sum()) / side_mm2,
        facing_share=float(area[facing].sum()) / side_mm2,
        even_share=float(area[even].sum()) / side_mm2,
        enclosed_share=usual * side_mm2 / 2 / max(part.mass.volume_mm3, 1e-300),
        thick_ratio=thick / usual,
    )
