"""What lies between a point and the faces of a body: closed formulas for planes and cylinders that
lines and arcs bound.

A body is the sum of the cones from one point, the tip, to its faces. A cone over a face holds
∫ f(x) (x·n) dA / (3 + k) of what grows with the k-th power of x; x runs from the tip.
"""

from dataclasses import dataclass

import numpy as np

from geometry.kernel.outlines import OPEN_SHARE, Outlines, summed
from geometry.topology import CURVES, surface_code
from geometry.vectors import cross, norms

__all__ = ["Cones", "cones_of_cylinders", "cones_of_planes"]

PLANE, CYLINDER = surface_code("plane"), surface_code("cylinder")
CIRCLE = CURVES.index("circle")
NEAR_SHARE = 1e-6  # of the radius: what arcs and lines may be off the cylinder that they bound
PARALLEL = 1 - 1e-12  # cosine of 1.4e-6 rad
WHOLE_RAD = 1e-6  # what the turns along a face's outline may miss each other by
# Gauss-Legendre nodes along an arc: exact to rounding for the cubes of sines over a full turn
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)


@dataclass(frozen=True)
class Cones:
    """Volume mm³, ∫ x dV (f, 3) mm⁴ and ∫ x⊗x dV (f, 3, 3) mm⁵ of the cone over each face, nan
    where no formula says it.
    """

    volume_mm3: np.ndarray
    first: np.ndarray
    second: np.ndarray


def cones_of_planes(faces: np.ndarray, outlines: Outlines, tip_mm: np.ndarray) -> Cones:
    """Cones over plane faces (FACE rows, axes outwards) as those of pyramids."""
    centre = outlines.centroid_mm - tip_mm
    height = np.where(faces["surface"] == PLANE, (centre * faces["axis"]).sum(axis=1), np.nan)
    base = height * outlines.area_mm2
    outer = centre[:, :, None] * centre[:, None, :]
    second = height[:, None, None] * outlines.second_mm4 + base[:, None, None] * outer
    return Cones(base / 3, base[:, None] * centre / 4, second / 5)


def cones_of_cylinders(
    faces: np.ndarray,
    edges: np.ndarray,
    coedges: np.ndarray,
    exact: np.ndarray,
    tip_mm: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, Cones]:
    """Area mm² (f,) and centroid mm (f, 3) of cylinders that straight lines and arcs about their
    axis bound, and the cones over them where the normal points away from the axis; nan elsewhere.

    faces FACE, edges EDGE, coedges COEDGE rows; exact (e,): lines and circles as the file has them.
    Source: Green's theorem in the angle and the height, in which an arc runs at one height.
    """
    count = len(faces)
    own = faces["surface"][coedges["face"]] == CYLINDER
    face, used, turned = coedges["face"][own], coedges["edge"][own], coedges["reversed"][own]
    row, axis, radius = edges[used], faces["axis"][face], faces["radius_mm"][face]
    middle = row["middle_mm"] - faces["origin_mm"][face]
    height = (middle * axis).sum(axis=1)
    outward = middle - height[:, None] * axis
    along = (row["axis"] * axis).sum(axis=1)
    arc = row["curve"] == CIRCLE
    centre = row["origin_mm"] - faces["origin_mm"][face]
    aside = norms(centre - (centre * axis).sum(axis=1)[:, None] * axis)
    near = NEAR_SHARE * radius
    fits = exact[used] & (np.abs(along) >= PARALLEL)
    fits &= np.abs(norms(outward) - radius) <= near
    fits &= ~arc | ((aside <= near) & (np.abs(row["radius_mm"] - radius) <= near))
    way = np.where(turned, -1.0, 1.0)
    angle = np.where(arc, row["length_mm"] / radius, 0.0) * way * np.sign(along)
    run = summed((row["end_mm"] - row["start_mm"]) * way[:, None], face, count)
    length = np.bincount(face, row["length_mm"], count)
    told = np.bincount(face, arc, count) > 0
    told &= np.bincount(face, ~fits, count) == 0
    told &= np.abs(np.bincount(face, angle, count)) <= WHOLE_RAD
    told &= norms(run) <= OPEN_SHARE * length

    kept = arc & told[face]
    if not kept.any():
        nothing = np.full((count, 3, 3), np.nan)
        return nothing[:, 0, 0], nothing[:, 0], Cones(nothing[:, 0, 0], nothing[:, 0], nothing)
    face, angle, height = face[kept], angle[kept], height[kept]
    axis, radius, outward = axis[kept], radius[kept], outward[kept] / radius[kept][:, None]
    half = 0.5 * angle
    turn = half[:, None] * _NODES  # (n, k) from the middle of each arc
    weight = (half * radius)[:, None] * _WEIGHTS
    square = cross(axis, outward)
    away = np.cos(turn)[..., None] * outward[:, None] + np.sin(turn)[..., None] * square[:, None]
    # heights are measured from the middle of each face, so that little is taken from much
    level = np.bincount(face, height, count) / np.maximum(np.bincount(face, minlength=count), 1)
    foot = faces["origin_mm"] + level[:, None] * faces["axis"] - tip_mm
    height -= level[face]
    base = (
        foot[face][:, None] + radius[:, None, None] * away
    )  # (n, k, 3) from the tip, at no height
    flux = (base * away).sum(axis=2)
    steps = [height ** (k + 1) / (k + 1) for k in range(3)]  # of the height's powers up to it

    area = np.bincount(face, steps[0] * weight.sum(axis=1), count)
    sign = np.sign(area)
    area = np.where(told & (area != 0), np.abs(area), np.nan)

    def over(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """∫ x and ∫ x⊗x by face, weighted."""
        mass = weights.sum(axis=1)
        once = np.einsum("nk,nki->ni", weights, base)
        twice = np.einsum("nk,nki,nkj->nij", weights, base, base)
        mixed = once[:, :, None] * axis[:, None] + axis[:, :, None] * once[:, None]
        lifted = mass[:, None, None] * axis[:, :, None] * axis[:, None]
        first = steps[0][:, None] * once + (steps[1] * mass)[:, None] * axis
        second = sum(
            step[:, None, None] * part
            for step, part in zip(steps, (twice, mixed, lifted), strict=True)
        )
        first = summed(first, face, count) * sign[:, None]
        second = summed(second.reshape(-1, 9), face, count) * sign[:, None]
        return first, second.reshape(-1, 3, 3)

    moment, _ = over(weight)
    first, second = over(weight * flux)
    volume = np.bincount(face, steps[0] * (weight * flux).sum(axis=1), count) * sign
    unknown = np.isnan(area)
    for values in (first, second, volume):
        values[unknown] = np.nan
    return area, tip_mm + moment / area[:, None], Cones(volume / 3, first / 4, second / 5)
