"""Is a part a shell between two sides, of one thickness but for what drawing takes from it?"""

from dataclasses import dataclass

import numpy as np

from geometry.components import components
from geometry.fields.fields import Fields
from geometry.topology import CONVEX, SMOOTH, Topology, radii_across_mm, surface_code

__all__ = ["Skins", "find_skins"]

# × the usual section: what lies opposite at such a distance is the other side of the wall
OPPOSITE_T = (0.6, 1.6)
WHOLE_FACE = 0.5  # share of a face that lies so before the face is a side and no rim
# × the usual section: drawing takes a fifth around the punch, and a rim thickens by less
SAME_T = (0.75, 1.2)
BRANCH_T2 = 4.0  # × thickness squared: a smaller side is the wall of a hole beside an edge
THICK_QUANTILE = 0.99  # of the area: one sample in a sharp corner is no thick place
CYLINDER, TORUS = surface_code("cylinder"), surface_code("torus")
LEAST_CORNER_DEG = 20.0  # edges that turn by less are no corners
CORNER_T = 10.0  # × thickness: rounder faces are walls, not corners
TIGHT_T = 0.8  # × thickness: outside a corner the radius is the punch's and the wall
WHOLE_DEG = 350.0  # walls that go round close upon themselves: no corner


@dataclass(frozen=True)
class Skins:
    """The faces between which a shell lies, and how much they are two sides of one wall."""

    thickness_mm: float  # usual section
    faces: np.ndarray  # (f,) bool: sides, not rims
    two_share: float  # of the sides' area in the two largest that rims part
    branches: int  # further sides, such as the inside of a hollow boss
    facing_share: float  # of their area that looks at a side: at another one than its own
    even_share: float  # of the same where the wall is about as thick as usual
    enclosed_share: float  # of the volume between the sides
    thick_ratio: float  # thickest section over the usual one
    tight_share: float  # of the length of outer corners that is rounded by less than the wall
    sharp_share: float  # of the same that is not rounded at all


def find_skins(fields: Fields) -> Skins | None:
    """Parts the surface into sides and rims; None where no section is known.

    Sides that no rim parts are one: a rib or a boss stands on a side with both its faces, so that
    it looks at its own side; metal pressed of one blank never does.
    """
    part, samples, walls = fields.part, fields.samples, fields.thickness
    area, count = samples.area_mm2, len(part.topology.faces)
    usual = 2 * fields.sphere_quantiles.at(0.5)
    if not usual > 0:
        return None
    low, high = OPPOSITE_T
    near = walls.opposed & (walls.ray_mm > low * usual) & (walls.ray_mm < high * usual)
    sides = samples.share_by_face(near, count) > WHOLE_FACE
    on = sides[samples.face]
    side_mm2 = float(area[on].sum())
    if not side_mm2 > 0:
        return None
    group = _groups(part.topology, sides)
    far = np.where(
        walls.far_triangle >= 0, part.mesh.face_of_triangle[walls.far_triangle], samples.face
    )
    through = on & sides[far] & (far != samples.face)
    facing = group[samples.face[through]], group[far[through]]
    group, blends = _over_blends(part.topology, sides, group, facing)
    blend_mm2 = float(part.topology.faces["area_mm2"][blends].sum())
    of_group = np.bincount(group[samples.face[on]], weights=area[on], minlength=count)
    across = through & (group[far] != group[samples.face])
    looked = max(float(area[through].sum()), 1e-300)
    low, high = SAME_T
    even = through & (walls.ray_mm > low * usual) & (walls.ray_mm < high * usual)
    thick = 2 * fields.sphere_quantiles.at(THICK_QUANTILE)
    tight, sharp = _outer_corners(part.topology, sides, group, blends, usual)
    return Skins(
        thickness_mm=usual,
        faces=sides,
        two_share=float(np.sort(of_group)[-2:].sum()) / side_mm2,
        branches=int((np.sort(of_group)[:-2] > BRANCH_T2 * usual**2).sum()),
        facing_share=float(area[across].sum()) / looked,
        even_share=float(area[even].sum()) / looked,
        enclosed_share=usual * (side_mm2 + blend_mm2) / 2 / max(part.mass.volume_mm3, 1e-300),
        thick_ratio=thick / usual,
        tight_share=tight,
        sharp_share=sharp,
    )


def _groups(topology: Topology, sides: np.ndarray) -> np.ndarray:
    """Number (f,) of the connected sides to which each face belongs."""
    ends = topology.edges["faces"]
    ends = ends[(ends >= 0).all(axis=1) & sides[ends].all(axis=1)]
    return components(ends, len(topology.faces))


def _over_blends(
    topology: Topology, sides: np.ndarray, group: np.ndarray, facing: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, list[int]]:
    """Groups (f,) joined where a blend leads from one to another, and such blends: rounds tighter
    than the wall is thick look at no other side. A rim that is rounded leads to the side that it
    faces, and joins none.

    facing: groups (k,) from which something is seen, and (k,) those that are.
    """
    edges = topology.edges
    smooth = (edges["convexity"] == SMOOTH) & (edges["faces"] >= 0).all(axis=1)
    ends = edges["faces"][smooth]
    ends = np.concatenate([ends, ends[:, ::-1]])
    ends = ends[~sides[ends[:, 0]] & sides[ends[:, 1]]]
    led: dict[int, set[int]] = {}
    for blend, side in ends.tolist():
        led.setdefault(blend, set()).add(int(group[side]))
    between = {blend: sorted(groups) for blend, groups in led.items() if len(groups) == 2}
    if not between:
        return group, []
    count = len(topology.faces)
    met = set(np.unique(np.minimum(*facing) * count + np.maximum(*facing)).tolist())
    blends = [blend for blend, (low, high) in between.items() if low * count + high not in met]
    pairs = [between[blend] for blend in blends]
    if not pairs:
        return group, []
    return components(np.array(pairs), len(topology.faces))[group], blends


def _outer_corners(
    topology: Topology, sides: np.ndarray, group: np.ndarray, blends: list[int], t_mm: float
) -> tuple[float, float]:
    """Shares of the length of a shell's outer corners that is sharp or rounded by less than the
    wall is thick, and that is sharp; 0 without corners. Sheet drawn around a punch is rounded by
    its radius and the wall.
    """
    faces, edges = topology.faces, topology.edges
    ends = edges["faces"]
    between = (ends >= 0).all(axis=1) & sides[ends].all(axis=1)
    between &= (group[ends[:, 0]] == group[ends[:, 1]]) & (edges["convexity"] == CONVEX)
    sharp = float(edges["length_mm"][between & (edges["angle_deg"] > LEAST_CORNER_DEG)].sum())
    tube = radii_across_mm(faces)
    corner = sides.copy()
    corner[blends] = True
    corner &= np.isin(faces["kind"], [CYLINDER, TORUS]) & (faces["sense"] > 0)
    corner &= (tube < CORNER_T * t_mm) & (tube > 0)
    corner &= (faces["kind"] == TORUS) | (faces["sweep_deg"] < WHOLE_DEG)
    # the length of a rounded corner is its area over a quarter turn of its radius
    length = faces["area_mm2"][corner] / (tube[corner] * np.pi / 2)
    tight = sharp + float(length[tube[corner] < TIGHT_T * t_mm].sum())
    whole = max(sharp + float(length.sum()), 1e-300)
    return tight / whole, sharp / whole
