"""Which torus do points with normals lie on?"""

from dataclasses import dataclass

import numpy as np

from geometry.vectors import about_axis, cross

__all__ = ["Torus", "fit_torus"]

LEAST_TURN = 1e-3  # share of the axis in the line complex; less is a translation, no rotation
PITCH = 1e-3  # rise per turn, of the size, beyond which a motion is a helix


@dataclass(frozen=True)
class Torus:
    """A torus by its frame and radii."""

    origin_mm: np.ndarray
    axis: np.ndarray
    major_mm: float
    minor_mm: float
    gap_mm: float  # largest distance of a point from it


@dataclass(frozen=True)
class Rotations:
    """Of one row of points or of many (…): the helical motion that their normals belong to."""

    turn: np.ndarray  # (…, 3)
    moment: np.ndarray  # (…, 3) of the axis about the middle, in sizes
    middle_mm: np.ndarray  # (…, 3) of the points
    size_mm: np.ndarray  # (…)
    told: np.ndarray  # (…) bool: it turns, and does not advance


def rotations_of(points_mm: np.ndarray, normals: np.ndarray) -> Rotations:
    """The rotations that points (…, n, 3) with unit normals (…, n, 3) belong to: `fit_torus`."""
    middle = points_mm.mean(axis=-2)
    off = points_mm - middle[..., None, :]
    size = np.abs(off).max(axis=(-2, -1))
    points = off / np.where(size > 0, size, 1.0)[..., None, None]
    lines = np.concatenate([cross(points, normals), normals], axis=-1)
    _, vectors = np.linalg.eigh(lines.swapaxes(-1, -2) @ lines)
    turn, moment = vectors[..., :3, 0], vectors[..., 3:, 0]
    square, advance = (turn * turn).sum(axis=-1), np.abs((turn * moment).sum(axis=-1))
    told = (size > 0) & (square >= LEAST_TURN**2) & (advance <= PITCH * square)
    return Rotations(turn, moment, middle, size, np.asarray(told))


def fit_torus(points_mm: np.ndarray, normals: np.ndarray) -> Torus | None:
    """Torus through points (n, 3) with unit normals (n, 3), None where they belong to no rotation.

    The normals of a surface of revolution all meet its axis, so they lie in one linear complex.
    Source: Pottmann, Wallner: Computational Line Geometry, 2001, section 4.2.
    """
    rotation = rotations_of(points_mm, normals)
    if not rotation.told:
        return None
    turn, moment, middle = rotation.turn, rotation.moment, rotation.middle_mm
    size, square = float(rotation.size_mm), float(turn @ turn)
    points = (points_mm - middle) / size
    axis = turn / np.sqrt(square)
    foot = cross(turn, moment) / square
    offset = points - foot
    along, radius = about_axis(offset, axis)
    # circle r² + z² = 2 a r + 2 b z + c in the half plane through the axis
    matrix = np.column_stack([2 * radius, 2 * along, np.ones(len(radius))])
    (major, height, rest), *_ = np.linalg.lstsq(matrix, radius**2 + along**2, rcond=None)
    square = float(rest + major**2 + height**2)
    if square <= 0 or major <= 0:
        return None
    minor = float(np.sqrt(square))
    gap = float(np.abs(np.hypot(radius - major, along - height) - minor).max())
    origin = middle + size * (foot + height * axis)
    return Torus(origin, axis, float(major) * size, minor * size, gap * size)
