"""What lies between a point and the faces of a body: formulas for planes and cylinders that lines
and arcs bound, and for the bands of cones, spheres and tori between two whole circles.

A body is the sum of the cones from one point, the tip, to its faces. A cone over a face holds
∫ f(x) (x·n) dA / (3 + k) of what grows with the k-th power of x; x runs from the tip.
"""

from dataclasses import dataclass

import numpy as np

from geometry.kernel.outlines import OPEN_SHARE, Outlines, summed
from geometry.topology import CURVES, surface_code
from geometry.vectors import cross, norms

__all__ = ["Cones", "cones_of_planes", "cones_of_round", "moments"]

PLANE, CYLINDER, CONE, SPHERE, TORUS = (
    surface_code(name) for name in ("plane", "cylinder", "cone", "sphere", "torus")
)
CIRCLE = CURVES.index("circle")
NEAR_SHARE = 1e-6  # of the radius: what arcs and lines may be off the cylinder that they bound
PARALLEL = 1 - 1e-12  # cosine of 1.4e-6 rad
WHOLE_RAD = 1e-6  # what the turns along a face's outline may miss each other by
# Gauss-Legendre nodes along an arc: exact to rounding for the cubes of sines over a full turn
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)
# around a whole turn: points evenly spread are exact for powers of sines below their number
_TURN = np.arange(8) * np.pi / 4
BANDS_AT_ONCE = 500  # 2 MB of points


@dataclass(frozen=True)
class Cones:
    """Volume mm³, ∫ x dV (f, 3) mm⁴ and ∫ x⊗x dV (f, 3, 3) mm⁵ of the cone over each face, nan
    where no formula says it.
    """

    volume_mm3: np.ndarray
    first: np.ndarray
    second: np.ndarray

    @classmethod
    def untold(cls, count: int) -> "Cones":
        """Cones over faces of which nothing is known."""
        return cls(*(np.full((count, *size), np.nan) for size in ((), (3,), (3, 3))))

    def put(self, rows: np.ndarray, other: "Cones", sense: np.ndarray | float = 1.0) -> None:
        """Takes over those of another for some faces (n,), each times a sense (n,)."""
        weight = np.broadcast_to(np.asarray(sense, dtype=np.float64), len(rows))
        self.volume_mm3[rows] = weight * other.volume_mm3
        self.first[rows] = weight[:, None] * other.first
        self.second[rows] = weight[:, None, None] * other.second

    def of(self, rows: np.ndarray) -> "Cones":
        """Those over some faces (n,)."""
        return Cones(self.volume_mm3[rows], self.first[rows], self.second[rows])


def cones_of_planes(faces: np.ndarray, outlines: Outlines, tip_mm: np.ndarray) -> Cones:
    """Cones over plane faces (FACE rows, axes outwards) as those of pyramids."""
    centre = outlines.centroid_mm - tip_mm
    height = np.where(faces["surface"] == PLANE, (centre * faces["axis"]).sum(axis=1), np.nan)
    base = height * outlines.area_mm2
    outer = centre[:, :, None] * centre[:, None, :]
    second = height[:, None, None] * outlines.second_mm4 + base[:, None, None] * outer
    return Cones(base / 3, base[:, None] * centre / 4, second / 5)


def cones_of_round(
    faces: np.ndarray,
    edges: np.ndarray,
    coedges: np.ndarray,
    exact: np.ndarray,
    spans_rad: np.ndarray,
    tip_mm: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, Cones]:
    """Area mm² (f,) and centroid mm (f, 3) of faces about an axis, and the cones over them where
    the normal points away from axis, centre or tube; nan where no formula says it.

    faces FACE, edges EDGE, coedges COEDGE rows; exact (e,): lines and circles as the file has them;
    spans_rad (f, 2): parameters between which spheres and tori lie along their meridian, as a
    circle bounds two caps and two circles bound two bands of a tube.
    """
    area, centroid, cones = _cylinders(faces, edges, coedges, exact, tip_mm)
    bands, ends = _bands(faces, edges, coedges, exact, spans_rad)
    for begin in range(0, len(bands), BANDS_AT_ONCE):
        some = bands[begin : begin + BANDS_AT_ONCE]
        sums = _over_bands(faces[some], ends[begin : begin + BANDS_AT_ONCE], tip_mm)
        area[some] = sums[:, 0]
        centroid[some] = tip_mm + sums[:, 1:4] / sums[:, :1]
        cones.volume_mm3[some] = sums[:, 4] / 3
        cones.first[some] = sums[:, 5:8] / 4
        cones.second[some] = sums[:, 8:].reshape(-1, 3, 3) / 5
    return area, centroid, cones


def _cylinders(
    faces: np.ndarray,
    edges: np.ndarray,
    coedges: np.ndarray,
    exact: np.ndarray,
    tip_mm: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, Cones]:
    """As `cones_of_round`, of cylinders that straight lines and arcs about their axis bound.

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
        untold = Cones.untold(count)
        return untold.volume_mm3.copy(), untold.first.copy(), untold
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


def _bands(
    faces: np.ndarray,
    edges: np.ndarray,
    coedges: np.ndarray,
    exact: np.ndarray,
    spans_rad: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Faces (n,) that whole circles bound and nothing else but a seam, and between which places
    along the meridian they lie (n, 2): height mm on cones, radians on spheres and tori.

    Two circles, or one and the tip of a cone or a pole of a sphere.
    """
    count = len(faces)
    round_ = (faces["surface"] >= CONE) & (faces["surface"] <= TORUS)
    own = round_[coedges["face"]]
    face, used = coedges["face"][own], coedges["edge"][own]
    if not len(face):
        return np.zeros(0, np.int64), np.zeros((0, 2))
    _, pair, times = np.unique(
        face.astype(np.int64) * len(edges) + used, return_inverse=True, return_counts=True
    )
    seam = times[pair] == 2  # once each way
    whole, place = _circles_about(faces[face], edges[used])
    whole &= exact[used] & ~seam
    circles = np.bincount(face, whole, count)
    on_torus = faces["surface"] == TORUS
    told = round_ & (np.bincount(face, ~(whole | seam), count) == 0)
    told &= (circles == 2) | ((circles == 1) & ~on_torus)
    told &= ~on_torus | (faces["minor_radius_mm"] < faces["radius_mm"])
    bands = np.flatnonzero(told)
    low, high = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(low, face[whole], place[whole])
    np.maximum.at(high, face[whole], place[whole])
    ends, span = np.column_stack([low, high])[bands], spans_rad[bands]
    of, single = faces[bands], circles[bands] == 1
    on_cone = of["surface"] == CONE
    # a lone circle's other end: the tip of its cone, or the pole on its face's side
    tip = -of["radius_mm"] / np.tan(np.radians(np.where(on_cone, of["half_angle_deg"], 45.0)))
    pole = np.pi / 2 * np.sign(span.sum(axis=1))
    ends[:, 1] = np.where(single, np.where(on_cone, tip, pole), ends[:, 1])
    # of a cap and of a tube the face's own span tells which, if the circles are its ends
    by_span = ~on_cone & (single | (of["surface"] == TORUS))
    off = (np.stack([ends, ends[:, ::-1]]) - span + np.pi) % (2 * np.pi) - np.pi
    fits = (np.abs(off) <= WHOLE_RAD).all(axis=2).any(axis=0)
    ends = np.where(by_span[:, None], span, np.sort(ends, axis=1))
    good = (ends[:, 1] > ends[:, 0]) & (~by_span | fits)
    return bands[good], ends[good]


def _circles_about(of: np.ndarray, row: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which edges (EDGE rows) are whole circles on the cones, spheres and tori (FACE rows) beside
    them and about their axis (n,), and where along the meridian, as of `_bands` (n,).
    """
    axis, cone, torus = of["axis"], of["surface"] == CONE, of["surface"] == TORUS
    centre = row["origin_mm"] - of["origin_mm"]
    height = (centre * axis).sum(axis=1)
    radius = np.nan_to_num(row["radius_mm"])
    near = NEAR_SHARE * np.maximum(of["radius_mm"], radius)
    slope = np.radians(np.where(cone, of["half_angle_deg"], 0.0))
    beyond = radius - np.where(torus, of["radius_mm"], 0.0)
    tube = np.where(torus, of["minor_radius_mm"], of["radius_mm"])
    straight = (beyond - of["radius_mm"] - height * np.tan(slope)) * np.cos(slope)
    whole = (row["curve"] == CIRCLE) & (np.abs(row["length_mm"] - 2 * np.pi * radius) <= near)
    whole &= np.abs((row["axis"] * axis).sum(axis=1)) >= PARALLEL
    whole &= norms(centre - height[:, None] * axis) <= near
    whole &= np.abs(np.where(cone, straight, np.hypot(beyond, height) - tube)) <= near
    return whole, np.where(cone, height, np.arctan2(height, beyond))


def _over_bands(of: np.ndarray, ends: np.ndarray, tip_mm: np.ndarray) -> np.ndarray:
    """∫ of 1, x, x·n, x (x·n) and x⊗x (x·n) over bands (n, 17).

    of: their faces (n,); ends: as of `_bands`.
    """
    axis, x_axis = of["axis"], of["x_axis"]
    away = np.cos(_TURN)[:, None] * x_axis[:, None]
    away = away + np.sin(_TURN)[:, None] * cross(axis, x_axis)[:, None]  # (n, k, 3)
    half = 0.5 * (ends[:, 1] - ends[:, 0])[:, None]
    at = ends[:, :1] + half * (1 + _NODES)  # (n, m) along the meridian
    cone, torus = (of["surface"] == CONE)[:, None], (of["surface"] == TORUS)[:, None]
    slope = np.radians(np.where(cone, of["half_angle_deg"][:, None], 0.0))
    radius = of["radius_mm"][:, None]
    size = np.where(torus, of["minor_radius_mm"][:, None], radius)
    turn = np.where(cone, -slope, at)  # of the normal from square to the axis
    look, lift = np.cos(turn), np.sin(turn)
    reach = np.where(cone, radius + at * np.tan(slope), np.where(torus, radius, 0.0) + size * look)
    height = np.where(cone, at, size * lift)
    step = half * _WEIGHTS * np.where(cone, 1 / np.cos(slope), size) * reach * (2 * np.pi / 8)
    foot = (of["origin_mm"] - tip_mm)[:, None] + height[:, :, None] * axis[:, None]  # (n, m, 3)
    x = foot[:, None] + reach[:, None, :, None] * away[:, :, None]  # (n, k, m, 3)
    flux = look[:, None] * (x * away[:, :, None]).sum(axis=3)
    flux += (lift * (foot * axis[:, None]).sum(axis=2))[:, None]
    count = len(of)
    weight = np.broadcast_to(step[:, None], flux.shape).reshape(count, -1)
    return moments(x.reshape(count, -1, 3), weight, weight * flux.reshape(count, -1))


def moments(x: np.ndarray, area: np.ndarray, through: np.ndarray) -> np.ndarray:
    """∫ of 1, x, x·n, x (x·n) and x⊗x (x·n) over patches (n, 17).

    x (n, k, 3): points of each; area, through (n, k): what of ∫ 1 and ∫ x·n each stands for.
    """
    once = np.stack([area, through], axis=1) @ x  # (n, 2, 3)
    twice = (x * through[..., None]).transpose(0, 2, 1) @ x
    return np.concatenate(
        [area.sum(axis=1)[:, None], once[:, 0], through.sum(axis=1)[:, None], once[:, 1],
         twice.reshape(-1, 9)], axis=1,
    )  # fmt: skip
