"""What lies between a point and the faces of a body: formulas for planes, cylinders, cones, spheres
and tori that lines and arcs bound.

A body is the sum of the cones from one point, the tip, to its faces. A cone over a face holds
∫ f(x) (x·n) dA / (3 + k) of what grows with the k-th power of x; x runs from the tip.
"""

from dataclasses import dataclass

import numpy as np

from geometry.kernel.outlines import OPEN_SHARE, Outlines, summed
from geometry.topology import CURVES, surface_code
from geometry.vectors import cross, norms

__all__ = ["Cones", "cones_of_planes", "cones_of_turned"]

PLANE, CYLINDER, CONE, SPHERE, TORUS = (
    surface_code(name) for name in ("plane", "cylinder", "cone", "sphere", "torus")
)
LINE, CIRCLE = CURVES.index("line"), CURVES.index("circle")
NEAR_SHARE = 1e-6  # of the radius: what arcs and lines may be off the surface that they bound
SKEW = 1.4e-6  # sine of the angle between what counts as parallel
WHOLE_RAD = 1e-6  # what the turns along a face's outline may miss each other by
ARCS_AT_ONCE = 500  # 5 MB of points on tori
# Gauss-Legendre nodes along an arc: exact to rounding for the fourth powers of sines over a turn
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)
# along the straight lines of cylinders and cones: exact for the fourth powers
_FEW_NODES, _FEW_WEIGHTS = np.polynomial.legendre.leggauss(3)


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


def cones_of_turned(
    faces: np.ndarray,
    edges: np.ndarray,
    coedges: np.ndarray,
    exact: np.ndarray,
    spans_rad: np.ndarray,
    tip_mm: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, Cones]:
    """Area mm² (f,) and centroid mm (f, 3) of cylinders, cones, spheres and tori that arcs about
    their axis and meridians bound, and the cones over them where the normal points away from axis,
    centre or tube; nan elsewhere.

    faces FACE, edges EDGE, coedges COEDGE rows; exact (e,): lines and circles as the file has them;
    spans_rad (f, 2): between which parameters along their meridian spheres and tori lie.
    Source: Green's theorem in the angle and the place along the meridian, in which an arc runs at
    one place and a meridian at one angle.
    """
    count = len(faces)
    surface = faces["surface"]
    own = ((surface >= CYLINDER) & (surface <= TORUS))[coedges["face"]]
    face, used, turned = coedges["face"][own], coedges["edge"][own], coedges["reversed"][own]
    row, of = edges[used], faces[face]
    arc, fits, place = _of_meridians(of, row)
    fits &= exact[used]
    way = np.where(turned, -1.0, 1.0)
    along = (row["axis"] * of["axis"]).sum(axis=1)
    radius = np.maximum(np.nan_to_num(row["radius_mm"]), 1e-300)
    angle = np.where(arc, row["length_mm"] / radius, 0.0) * way * np.sign(along)
    run = summed((row["end_mm"] - row["start_mm"]) * way[:, None], face, count)
    length = np.bincount(face, row["length_mm"], count)
    winding = np.abs(np.bincount(face, angle, count))
    arcs = np.bincount(face, arc, count)
    told = (arcs > 0) & (np.bincount(face, ~fits, count) == 0)
    told &= norms(run) <= OPEN_SHARE * length
    place = _unwound(place, face, surface, spans_rad)
    # places are measured from the middle of each face, so that little is taken from much
    level = np.bincount(face[arc], place[arc], count) / np.maximum(arcs, 1)
    level, told = _from_poles(faces, level, told, winding > WHOLE_RAD, spans_rad)

    kept = np.flatnonzero(arc & told[face])
    sums = np.zeros((count, 17))  # area, ∫ x dA; volume, first and second of the cones
    round_ = surface[face[kept]] >= SPHERE
    for rows, nodes, weights in (
        (kept[~round_], _FEW_NODES, _FEW_WEIGHTS),
        (kept[round_], _NODES, _WEIGHTS),
    ):
        for begin in range(0, len(rows), ARCS_AT_ONCE):
            some = rows[begin : begin + ARCS_AT_ONCE]
            strips = _strips(
                of[some], row["middle_mm"][some], angle[some], level[face[some]], place[some],
                nodes, weights, tip_mm,
            )  # fmt: skip
            sums += summed(strips, face[some], count)
    sums *= np.sign(sums[:, :1])
    sums[~told | (sums[:, 0] <= 0)] = np.nan
    area = sums[:, 0]
    cones = Cones(sums[:, 4] / 3, sums[:, 5:8] / 4, sums[:, 8:].reshape(-1, 3, 3) / 5)
    return area, tip_mm + sums[:, 1:4] / area[:, None], cones


def _of_meridians(of: np.ndarray, row: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of edges (EDGE rows) beside faces (FACE rows): which are arcs about the axis (n,), which are
    such arcs or meridians and lie on the surface (n,), and where along the meridian their middle is
    (n,): height mm on cylinders and cones, radians on spheres and tori.
    """
    axis, surface = of["axis"], of["surface"]
    middle = row["middle_mm"] - of["origin_mm"]
    height = (middle * axis).sum(axis=1)
    outward = middle - height[:, None] * axis
    reach = norms(outward)
    outward /= np.maximum(reach, 1e-300)[:, None]
    straight = surface <= CONE
    slope = np.radians(np.where(surface == CONE, of["half_angle_deg"], 0.0))
    major = np.where(surface == SPHERE, 0.0, of["radius_mm"])  # of the tube's middle
    minor = np.where(surface == SPHERE, of["radius_mm"], of["minor_radius_mm"])
    beyond = reach - major
    off = np.where(
        straight,
        (beyond - height * np.tan(slope)) * np.cos(slope),
        np.hypot(beyond, height) - minor,
    )
    near = NEAR_SHARE * np.maximum(of["radius_mm"], reach)
    circle = row["curve"] == CIRCLE
    centre = row["origin_mm"] - of["origin_mm"]
    raised = (centre * axis).sum(axis=1)
    around = norms(cross(row["axis"], axis))  # 0 about a parallel axis
    arc = circle & (around <= SKEW)
    arc &= norms(centre - raised[:, None] * axis) <= near
    arc &= np.abs(row["radius_mm"] - reach) <= near
    rule = np.sin(slope)[:, None] * outward + np.cos(slope)[:, None] * axis
    ruled = straight & (row["curve"] == LINE)
    ruled &= norms(cross(row["axis"], rule)) <= SKEW
    hoop = ~straight & circle & (np.abs((row["axis"] * axis).sum(axis=1)) <= SKEW)
    hoop &= norms(centre - major[:, None] * outward) <= near
    hoop &= np.abs(row["radius_mm"] - minor) <= near
    hoop &= (surface == SPHERE) | (np.abs((row["axis"] * outward).sum(axis=1)) <= SKEW)
    fits = (arc | ruled | hoop) & (np.abs(off) <= near)
    return arc, fits, np.where(straight, height, np.arctan2(height, beyond))


def _unwound(
    place: np.ndarray, face: np.ndarray, surface: np.ndarray, spans_rad: np.ndarray
) -> np.ndarray:
    """Places along meridians, those around the tube of a torus within a turn about its span."""
    low, high = spans_rad[face].T
    margin = np.pi - (high - low) / 2
    start = low - margin
    turned = start + (place - start) % (2 * np.pi)
    return np.where(surface[face] == TORUS, turned, place)


def _from_poles(
    faces: np.ndarray,
    level: np.ndarray,
    told: np.ndarray,
    wound: np.ndarray,
    spans_rad: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Where along the meridian each face is measured from, and which can be told.

    wound: whether the outline runs about the axis: the face then reaches the tip of its cone or a
    pole of its sphere, and is measured from there. A whole tube, a sphere's face between both poles
    and a torus that meets itself are not told.
    """
    surface, low, high = faces["surface"], spans_rad[:, 0], spans_rad[:, 1]
    cone, sphere, torus = (surface == code for code in (CONE, SPHERE, TORUS))
    tip = -faces["radius_mm"] / np.tan(np.radians(np.where(cone, faces["half_angle_deg"], 45.0)))
    level = np.where(cone & wound, tip, level)
    south, north = (np.abs(end) >= np.pi / 2 - WHOLE_RAD for end in (low, high))
    pole = np.where(south, -np.pi / 2, np.pi / 2)
    level = np.where(sphere & (south | north), pole, level)
    told = told & (~wound | cone | (sphere & (south | north)))
    told &= ~(sphere & ~(np.isfinite(low) & ~(south & north)))
    whole = ~(high - low < 2 * np.pi - WHOLE_RAD)
    told &= ~(torus & (whole | ~(faces["minor_radius_mm"] < faces["radius_mm"])))
    return level, told


def _strips(
    of: np.ndarray,
    middle_mm: np.ndarray,
    angle: np.ndarray,
    level: np.ndarray,
    place: np.ndarray,
    nodes: np.ndarray,
    weights: np.ndarray,
    tip_mm: np.ndarray,
) -> np.ndarray:
    """∫ of 1, x, x·n, x (x·n) and x⊗x (x·n) over the strips between arcs and the level that their
    face is measured from, in rows (n, 17).

    of: their faces; middle_mm (n, 3) of the arcs, angle (n,) that they turn, level and place (n,)
    along the meridian; nodes and weights: for the integral along it.
    """
    axis, straight = of["axis"], of["surface"] <= CONE
    outward = middle_mm - of["origin_mm"]
    outward -= (outward * axis).sum(axis=1)[:, None] * axis
    outward /= norms(outward)[:, None]
    turn = 0.5 * angle[:, None] * _NODES  # (n, k) from the middle of each arc
    square = cross(axis, outward)
    away = np.cos(turn)[..., None] * outward[:, None] + np.sin(turn)[..., None] * square[:, None]
    half = 0.5 * (place - level)[:, None]
    at = level[:, None] + half * (1 + nodes)  # (n, m)
    slope = np.radians(np.where(of["surface"] == CONE, of["half_angle_deg"], 0.0))[:, None]
    radius = of["radius_mm"][:, None]
    if straight.all():
        reach, height, size = radius + at * np.tan(slope), at, 1 / np.cos(slope)
        look, lift = np.cos(slope), -np.sin(slope)
    else:
        sphere = (of["surface"] == SPHERE)[:, None]
        size = np.where(sphere, radius, of["minor_radius_mm"][:, None])
        look, lift = np.cos(at), np.sin(at)
        reach, height = np.where(sphere, 0.0, radius) + size * look, size * lift
    foot = (of["origin_mm"] - tip_mm)[:, None] + height[:, :, None] * axis[:, None]  # (n, m, 3)
    x = foot[:, None] + reach[:, None, :, None] * away[:, :, None]  # (n, k, m, 3)
    # x·n in parts: away from the axis it is looked at along each node, along the axis once
    flux = look[:, None] * np.einsum("nkmi,nki->nkm", x, away)
    flux += (lift * (foot * axis[:, None]).sum(axis=2))[:, None]
    across = half * weights * reach * size
    weight = (0.5 * angle[:, None] * _WEIGHTS)[:, :, None] * across[:, None]
    count = len(of)
    x, weight, flux = x.reshape(count, -1, 3), weight.reshape(count, -1), flux.reshape(count, -1)
    through = weight * flux
    once = np.stack([weight, through], axis=1) @ x  # (n, 2, 3)
    twice = (x * through[..., None]).transpose(0, 2, 1) @ x
    return np.concatenate(
        [weight.sum(axis=1)[:, None], once[:, 0], through.sum(axis=1)[:, None], once[:, 1],
         twice.reshape(-1, 9)], axis=1,
    )  # fmt: skip
