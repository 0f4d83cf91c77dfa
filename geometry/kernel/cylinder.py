"""Which cylinder do points with normals lie on, however narrow their strip of it is?"""

from dataclasses import dataclass

import numpy as np

from geometry.vectors import fit_circle, norms, square_to

__all__ = ["Cylinder", "axes_of", "fit_cylinder"]

SQUARE = 1e-2  # of a normal along the axis: 0.6°; more is a cone
LEAST_TURN = 0.05  # spread of the normals, radians: less is as good as flat, and tells no axis
# spread across the axis over spread along it: less, and the axis is a guess
LEAST_RATIO = 10.0


@dataclass(frozen=True)
class Cylinder:
    """A cylinder by its axis line and radius."""

    origin_mm: np.ndarray
    axis: np.ndarray
    radius_mm: float
    gap_mm: float  # largest distance of a point from it


def fit_cylinder(points_mm: np.ndarray, normals: np.ndarray) -> Cylinder | None:
    """Cylinder through points (n, 3) with unit normals (n, 3), None where these point all ways or
    hardly turn.

    The normals of a cylinder are square to its axis; its section is a circle.
    """
    axis, told = axes_of(normals)
    if not told:
        return None
    plane = square_to(axis)
    middle = points_mm.mean(axis=0)
    flat = (points_mm - middle) @ plane.T
    (x, y), square = fit_circle(flat)
    if square <= 0:
        return None
    radius = float(np.sqrt(square))
    gap = float(np.abs(norms(flat - (x, y)) - radius).max())
    return Cylinder(middle + x * plane[0] + y * plane[1], axis, radius, gap)


def axes_of(normals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Direction (…, 3) that unit normals (…, n, 3) are most nearly square to, and whether (…) they
    are, and turn enough to tell it.
    """
    values, vectors = np.linalg.eigh(normals.swapaxes(-1, -2) @ normals / normals.shape[-2])
    spread = np.sqrt(np.maximum(values, 0.0))
    axis = vectors[..., 0]
    told = spread[..., 1] >= np.maximum(LEAST_TURN, LEAST_RATIO * spread[..., 0])
    along = (normals @ axis[..., None])[..., 0]
    return axis, np.asarray(told & (np.abs(along).max(axis=-1) <= SQUARE))
