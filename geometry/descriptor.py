"""Which numbers say what a part looks like, whatever its motion, its tessellation or the way its surfaces are written?

`shape` is the joint histogram of distance and normal agreement of random point pairs on the surface: the shape
distribution D2 (Osada et al., Shape distributions, ACM TOG 2002) with the angle between the two normals as its
second axis (Wahl et al., Surflet-pair-relation histograms, 3DIM 2003, reduced to two of the four values).
"""

import io
from dataclasses import dataclass

import numpy as np

from geometry.mesh import sample_surface
from geometry.part import Part
from geometry.topology import SURFACES

__all__ = ["VERSION", "Descriptor", "describe", "load"]

VERSION = "1"

POINTS = 3000
PAIRS = 150_000  # the histogram of one part differs by 0.4 % between two samplings
DISTANCE_BINS, NORMAL_BINS = 32, 4
LONGEST = 3.0  # in mean distances: pairs farther apart than this share the last bin
_SEED = 20_240_517  # fixed, so that one part always has one descriptor


@dataclass(frozen=True)
class Descriptor:
    """What the catalogue keeps of a part's shape."""

    shape: np.ndarray  # (32 · 4,) shares of point pairs, adding up to 1; free of size
    surfaces: np.ndarray  # (11,) shares of the area by canonical surface, in the order of SURFACES
    size_mm: np.ndarray  # (3,) minimal box, descending
    volume_mm3: float
    area_mm2: float


def describe(part: Part) -> bytes:
    """The descriptor of a part as it is stored (npz)."""
    faces = part.topology.faces
    by_kind = np.bincount(faces["kind"], weights=np.maximum(faces["area_mm2"], 0), minlength=len(SURFACES))
    packed = io.BytesIO()
    np.savez_compressed(
        packed,
        version=np.array(VERSION),
        shape=pair_histogram(part).astype(np.float32),
        surfaces=(by_kind / max(by_kind.sum(), 1e-300)).astype(np.float32),
        size_mm=part.mass.box.size_mm,
        volume_mm3=np.array(part.mass.volume_mm3),
        area_mm2=np.array(part.mass.area_mm2),
    )
    return packed.getvalue()


def load(data: bytes) -> Descriptor:
    """A stored descriptor."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return Descriptor(
            shape=arrays["shape"].astype(np.float64),
            surfaces=arrays["surfaces"].astype(np.float64),
            size_mm=arrays["size_mm"],
            volume_mm3=float(arrays["volume_mm3"]),
            area_mm2=float(arrays["area_mm2"]),
        )


def pair_histogram(part: Part) -> np.ndarray:
    """Shares of point pairs by distance (in mean distances) and |cosine| between their normals: (32 · 4,)."""
    rng = np.random.default_rng(_SEED)
    points, triangle = sample_surface(part.mesh, POINTS, rng)
    normals = part.mesh.normals[triangle]
    first, second = rng.integers(0, POINTS, PAIRS), rng.integers(0, POINTS, PAIRS)
    distance = np.linalg.norm(points[first] - points[second], axis=1)
    agreement = np.abs(np.einsum("ij,ij->i", normals[first], normals[second]))
    mean = max(float(distance.mean()), 1e-300)
    d = np.minimum((distance / mean / LONGEST * DISTANCE_BINS).astype(int), DISTANCE_BINS - 1)
    n = np.minimum((agreement * NORMAL_BINS).astype(int), NORMAL_BINS - 1)
    counts = np.bincount(d * NORMAL_BINS + n, minlength=DISTANCE_BINS * NORMAL_BINS)
    return counts / PAIRS
