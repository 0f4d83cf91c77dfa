"""How thick is the material under each point of the surface?"""

import math
from dataclasses import dataclass

import numpy as np

from geometry.fields.rays import RayScene
from geometry.fields.sampling import Samples, surface_normals
from geometry.mesh import Mesh

__all__ = [
    "Quantiles",
    "SheetLike",
    "Thickness",
    "measure_ray_thickness",
    "measure_spheres",
    "quantile",
    "sheet_like",
    "weighted_quantile",
]

START_SHARE = 1e-5  # of the diagonal: rays start inside, beyond single precision, short of any wall
OPPOSED = -0.94  # cosine of 160°: two sides of a wall, drafted by up to 10° each
PARALLEL = -0.9962  # cosine of 175°: two sides of a sheet or plate
SPHERE_STEPS = 6  # the shrinking ball has converged for all but the sharpest wedges
SPHERE_SLACK = (
    0.04  # of the radius at most: round walls are chords, and a ball must not shrink to touch one
)
WEDGE = (
    0.5  # cosine of the angle at the centre between both touching points: narrower ones are corners
)
SAME_THICKNESS = 0.02  # share: what rounding in the file leaves of one gauge
CHORD_SHARE = 1e-3  # of the diagonal: the mesh's chord error, which round walls add
CHORD_LIMIT = 0.1  # of the thickness: beyond it two gauges would be taken for one
BINS_PER_OCTAVE = 24


@dataclass(frozen=True)
class Thickness:
    """Distance to the opposite side and the largest sphere inside, at every sample."""

    ray_mm: np.ndarray  # (n,) nan where the ray leaves through a gap
    opposed: np.ndarray  # (n,) bool: the far side faces back, so that it is a wall
    parallel: np.ndarray  # (n,) bool: the far side is parallel
    far_triangle: np.ndarray  # (n,) −1 where nothing is hit


@dataclass(frozen=True)
class SheetLike:
    """The one thickness that most of the part has."""

    thickness_mm: float
    area_share: float  # of the surface that lies opposite a parallel side at this distance
    volume_share: float  # of the volume that these pairs enclose


def measure_ray_thickness(
    scene: RayScene, mesh: Mesh, samples: Samples, diagonal_mm: float
) -> Thickness:
    """Length of the inward normal ray at every sample; scene: of the mesh."""
    start = START_SHARE * diagonal_mm
    hits = scene.cast(samples.points_mm - start * samples.normals, -samples.normals)
    met = np.isfinite(hits.distance_mm)
    # of the surface: a triangle of a round wall leans by half its turn
    far = surface_normals(mesh, hits.triangle, hits.weights)
    facing = np.einsum("ij,ij->i", far, samples.normals)
    return Thickness(
        ray_mm=np.where(met, hits.distance_mm + start, math.nan),
        # the far side must be an outer side: its normal looks along the ray
        opposed=met & (facing < OPPOSED),
        parallel=met & (facing < PARALLEL),
        far_triangle=hits.triangle,
    )


def measure_spheres(
    scene: RayScene, samples: Samples, thickness: Thickness, diagonal_mm: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Largest sphere that touches the surface from inside at each sample: radius_mm (n,),
    centre_mm (n, 3), and free_mm (n,), the distance from there to the surface, nan where the
    sphere shrank to the last.

    The radius is nan where the sphere ends in a corner rather than at another wall.

    Source: Ma, Bae, Choi, 3D medial axis point approximation using nearest neighbors, 2012
    (shrinking ball).
    """
    radius = np.where(np.isnan(thickness.ray_mm), diagonal_mm, thickness.ray_mm) / 2
    wide = np.ones(len(samples), bool)
    free = np.full(len(samples), math.nan)
    # of the samples whose sphere may still shrink: rows, points, normals, radii
    active = np.arange(len(samples))
    points, normals, ball = samples.points_mm, samples.normals, radius
    for _ in range(SPHERE_STEPS):
        distance, closest, _ = scene.nearest(points - ball[:, None] * normals)
        slack = np.minimum(SPHERE_SLACK * ball, 1.5 * CHORD_SHARE * diagonal_mm)
        chord = points - closest
        height = np.einsum("ij,ij->i", chord, normals)
        with np.errstate(divide="ignore", invalid="ignore"):
            smaller = np.einsum("ij,ij->i", chord, chord) / (2 * height)
        left = (distance < ball - slack) & (smaller > 0) & (smaller < ball)
        free[active] = np.where(left, math.nan, distance)
        if not left.any():
            break
        rows = np.flatnonzero(left)
        active, ball = active[rows], smaller[rows]
        closest, points, normals = (each.take(rows, axis=0) for each in (closest, points, normals))
        radius[active] = ball
        centre = points - ball[:, None] * normals
        a, b = points - centre, closest - centre
        cosine = np.einsum("ij,ij->i", a, b) / np.maximum(ball**2, 1e-300)
        wide[active] = cosine < WEDGE
    centre = samples.points_mm - radius[:, None] * samples.normals
    return np.where(wide, radius, math.nan), centre, free


def sheet_like(
    samples: Samples, thickness: Thickness, volume_mm3: float, diagonal_mm: float
) -> SheetLike:
    """The thickness that most of the area between parallel sides has.

    Flat sides enclose area / 2 × thickness each; so do the inner and outer side of a bend
    together. The two halves
    of a solid bar enclose more than there is: a share far above 1 is no sheet.
    """
    chosen = thickness.parallel & (thickness.ray_mm > 0)
    if not chosen.any():
        return SheetLike(math.nan, 0.0, 0.0)
    value, area = thickness.ray_mm[chosen], samples.area_mm2[chosen]
    octave = np.log2(value) * BINS_PER_OCTAVE
    low = int(np.floor(octave.min()))
    weight = np.bincount((np.floor(octave) - low).astype(int), weights=area)
    joined = np.convolve(weight, [1.0, 1.0])  # a gauge on a bin's border falls into both
    best = int(joined.argmax())
    near = (np.floor(octave) - low >= best - 1) & (np.floor(octave) - low <= best)
    typical = weighted_quantile(value[near], area[near], 0.5)
    chord = min(CHORD_SHARE * diagonal_mm, CHORD_LIMIT * typical)
    same = np.abs(value - typical) <= max(SAME_THICKNESS * typical, chord)
    enclosed = float((area[same] * value[same]).sum()) / 2
    return SheetLike(
        thickness_mm=typical,
        area_share=float(area[same].sum()) / float(samples.area_mm2.sum()),
        volume_share=enclosed / max(volume_mm3, 1e-300),
    )


def quantile(values: np.ndarray, share: float) -> float:
    """The value below which `share` of the values lie, between two of them in proportion; nan of
    nothing. `np.quantile` of a thousand takes six times as long.
    """
    if not len(values):
        return math.nan
    place = share * (len(values) - 1)
    below = int(place)
    ascending = np.sort(values)  # which is sooner done than np.partition
    low, high = ascending[[below, min(below + 1, len(values) - 1)]].tolist()
    return low + (place - below) * (high - low)


def weighted_quantile(values: np.ndarray, weights: np.ndarray, share: float) -> float:
    """The value below which `share` of the weight lies; nan of nothing."""
    return Quantiles(values, weights).at(share)


class Quantiles:
    """Weighted values in order, for those who ask for several shares of them."""

    def __init__(self, values: np.ndarray, weights: np.ndarray, *, ascending: bool = False) -> None:
        """Values (n,) and weights (n,); ascending: the values are in order already."""
        if not ascending:
            order = np.argsort(values)
            values, weights = values[order], weights[order]
        self._values, self._reached = values, np.cumsum(weights)

    def at(self, share: float) -> float:
        """The value below which `share` of the weight lies; nan of nothing."""
        if not len(self._values):
            return math.nan
        place = int(np.searchsorted(self._reached, share * self._reached[-1]))
        return float(self._values[min(place, len(self._values) - 1)])
