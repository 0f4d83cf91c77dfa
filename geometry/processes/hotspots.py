"""Where does a casting freeze last, and what feeder would feed it?"""

import math
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from geometry.processes.walls import Walls
from geometry.vectors import norm, norms

__all__ = ["Feeder", "HotSpot", "HotSpots"]

MOST_HOT_SPOTS = 5  # the gravest; more would be a picture of the whole part: ours
SPARE = 0.5  # spheres whose centres are nearer than this share of their radius are one hot spot
LOOKED_AT = 600  # largest spheres among which hot spots are sought
CANDIDATES = 12  # of them, apart from each other, whose moduli are compared
SAME_LUMP = 2.5  # radii of a hot spot within which another freezes with it
TOUCHING = 0.1  # of the radius: samples this near to a sphere lie where it touches
REACH = 4.0  # sphere radii around a hot spot that belong to it
RAYS = 400  # from each hot spot: slanted ones stand for much surface
FEEDER_MODULUS = 1.2  # over that of the casting; novasolver.jp/en/tools/casting-riser-design.html
MODULUS_OF_DIAMETER = (
    5.0  # diameter over modulus of a cylinder as high as wide, its foot not cooled
)
APART = 1.2  # modulus over that of the ordinary wall from which a hot spot asks for a feeder


@dataclass(frozen=True)
class HotSpot:
    """A place thicker than what is around it."""

    centre_mm: np.ndarray  # (3,)
    radius_mm: float  # of the largest sphere inside
    modulus_mm: float  # volume over cooling surface within REACH radii
    faces: tuple[int, ...]  # that the sphere touches


@dataclass(frozen=True)
class Feeder:
    """A cylindrical feeder as high as wide that freezes after its hot spot."""

    place_mm: np.ndarray  # (3,) on the surface, where it is joined
    diameter_mm: float
    hot_spot: int


class HotSpots(Walls):
    """Hot spots by inscribed spheres, their moduli by Chvorinov."""

    @cached_property
    def hot_spots(self) -> tuple[HotSpot, ...]:
        """Inscribed spheres that do not overlap, the last to freeze first."""
        radius, centre = self.fields.spheres
        left = np.flatnonzero(np.isfinite(radius))
        left = left[np.argsort(-radius[left], kind="stable")][:LOOKED_AT]
        chosen: list[int] = []
        while len(left) and len(chosen) < CANDIDATES:
            first = left[0]
            chosen.append(int(first))
            distance = norms(centre[left] - centre[first])
            left = left[distance > radius[first] * (1 + SPARE)]
        if not chosen:
            return ()
        moduli = self._moduli_mm(centre[chosen], radius[chosen])
        found = [k for k, modulus in enumerate(moduli.tolist()) if math.isfinite(modulus)]
        kept: list[HotSpot] = []
        for k in sorted(found, key=lambda k: -round(float(moduli[k]), 6)):
            i = chosen[k]
            if len(kept) < MOST_HOT_SPOTS and all(
                norm(centre[i] - other.centre_mm) > SAME_LUMP * other.radius_mm for other in kept
            ):
                spot = HotSpot(centre[i], float(radius[i]), float(moduli[k]), self._touched(i))
                kept.append(spot)
        return tuple(kept)

    def _touched(self, sample: int) -> tuple[int, ...]:
        """Faces that the sphere of a sample touches."""
        radius, centre = self.fields.spheres
        samples = self.fields.samples
        distance = norms(samples.points_mm - centre[sample])
        near = distance < radius[sample] * (1 + TOUCHING)
        return tuple(sorted({*samples.face[near].tolist(), int(samples.face[sample])}))

    @cached_property
    def thickest_faces(self) -> tuple[int, ...]:
        """Faces around the thickest place; none where no sphere is known."""
        radius, _ = self.fields.spheres
        if not np.isfinite(radius).any():
            return ()
        return self._touched(int(np.nanargmax(radius)))

    def _moduli_mm(self, centres_mm: np.ndarray, radii_mm: np.ndarray) -> np.ndarray:
        """Volume over cooling surface of what is seen from each centre within REACH radii (n,).

        A cone of rays of solid angle ω that ends on the surface at distance d under the angle θ
        encloses ω d³/3 and cools through ω d²/cos θ; one that is cut off at the reach does not cool
        at its end. Exact for spheres, cylinders and blocks. Source: N. Chvorinov, Theorie der
        Erstarrung von Gussstücken, Giesserei 27 (1940): M = V/A.
        """
        count = len(centres_mm)
        ways = np.tile(_sphere(RAYS), (count, 1))
        hits = self.fields.scene.cast(np.repeat(centres_mm, RAYS, axis=0), ways)
        distance = hits.distance_mm.reshape(count, RAYS)
        cosine = np.abs(np.einsum("ij,ij->i", hits.normals, ways))
        reach = REACH * radii_mm[:, None]
        ends = distance < reach
        length = np.minimum(distance, reach)
        facing = np.maximum(cosine.reshape(count, RAYS), 0.1)
        volume = (length**3 / 3).sum(axis=1)
        surface = np.where(ends, length**2 / facing, 0.0).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.where(surface > 0, volume / surface, np.nan)
        # nothing freezes later than the plate of its thickness, whose modulus is the radius
        return np.minimum(found, radii_mm)

    @property
    def hot_modulus_mm(self) -> float:
        """Modulus of the last place to freeze; nan where none is known."""
        return self.hot_spots[0].modulus_mm if self.hot_spots else math.nan

    @property
    def modulus_ratio(self) -> float:
        """Modulus of the last place to freeze over that of the wall, half its thickness."""
        wall = self.usual_section_mm / 2
        return self.hot_modulus_mm / wall if wall > 0 else math.nan

    @cached_property
    def feeders(self) -> tuple[Feeder, ...]:
        """A feeder for each hot spot that the wall around it cannot feed, or for the last place to
        freeze; joined where the pull leaves the part over the hot spot.
        """
        wall = self.usual_section_mm / 2
        chosen = [i for i, s in enumerate(self.hot_spots) if i == 0 or s.modulus_mm > APART * wall]
        pull = self.fields.pull.direction
        found = []
        for i in chosen:
            spot = self.hot_spots[i]
            ways = np.array([pull, -pull])
            out = self.fields.scene.cast(np.tile(spot.centre_mm, (2, 1)), ways).distance_mm
            nearer = int(np.argmin(np.round(out, 3)))
            if not math.isfinite(out[nearer]):
                continue
            place = spot.centre_mm + out[nearer] * ways[nearer]
            diameter = MODULUS_OF_DIAMETER * FEEDER_MODULUS * spot.modulus_mm
            found.append(Feeder(place, diameter, i))
        return tuple(found)


@cache
def _sphere(count: int) -> np.ndarray:
    """Directions spread evenly over the sphere (count, 3)."""
    height = 1 - 2 * (np.arange(count) + 0.5) / count
    turn = np.arange(count) * np.pi * (3 - np.sqrt(5))
    around = np.sqrt(1 - height**2)
    return np.stack([around * np.cos(turn), around * np.sin(turn), height], axis=1)
