"""Which cylinder and which convex hull enclose a part most tightly?"""

from dataclasses import dataclass

import numpy as np

from geometry.mass import Hull, Mass, arc_points, convex_hull
from geometry.vectors import norms, square_to

__all__ = ["Cylinder", "minimal_cylinder", "round_hull"]

ROUNDS = 40  # of growing a circle by its farthest point; a handful is usual
OUTSIDE = 1e-9  # of the size: farther out than rounding
SAME_AXIS = np.cos(np.radians(1e-3))
AXES_TRIED = 24


@dataclass(frozen=True)
class Cylinder:
    """A cylinder in any orientation."""

    axis: np.ndarray  # (3,)
    centre_mm: np.ndarray  # (3,) half way along the axis
    diameter_mm: float
    length_mm: float


def round_hull(mass: Mass, edges: np.ndarray) -> Hull:
    """The convex hull of a part, its round rims (EDGE) measured as arcs rather than as chords.

    Rounded faces that bulge between their rims keep the chord error of the mesh.
    """
    reach = arc_points(edges, mass.hull.points_mm)
    if not len(reach):
        return mass.hull
    hull = convex_hull(np.concatenate([mass.hull.points_mm, reach]), joggled=True)
    if hull is None:
        return mass.hull
    return Hull(hull.points[hull.vertices], float(hull.volume), float(hull.area))


def minimal_cylinder(points_mm: np.ndarray, axes: np.ndarray) -> Cylinder:
    """The smallest cylinder by volume around points (n, 3) along one of the axes (k, 3).

    A minimal cylinder need not follow an axis of the part; along its box's axes and those of its
    round faces it is what stock is cut to.
    """
    best: Cylinder | None = None
    volume = np.inf
    kept: list[np.ndarray] = []
    for axis in axes:
        if kept and np.abs(np.array(kept) @ axis).max() > SAME_AXIS:
            continue
        kept.append(axis)
        across = square_to(axis)
        flat, along = points_mm @ across.T, points_mm @ axis
        length = float(np.ptp(along))
        low_radius = float(np.ptp(flat, axis=0).max()) / 2
        if np.pi * low_radius**2 * length >= volume or len(kept) > AXES_TRIED:
            continue
        centre, radius = smallest_circle(flat)
        if np.pi * radius**2 * length < volume * (1 - 1e-9):
            volume = np.pi * radius**2 * length
            middle = (float(along.min()) + length / 2) * axis + centre @ across
            best = Cylinder(axis, middle, 2 * radius, length)
    if best is None:
        middle = points_mm.mean(axis=0)
        return Cylinder(np.array([0.0, 0.0, 1.0]), middle, float("nan"), float("nan"))
    return best


def smallest_circle(points: np.ndarray) -> tuple[np.ndarray, float]:
    """Centre (2,) and radius of the smallest circle around points (n, 2).

    Grows the circle of at most three points by the point farthest outside until none is.
    Source: Gärtner, Fast and robust smallest enclosing balls, 1999 (farthest-point pivoting).
    """
    centre = points.mean(axis=0)
    far = points[norms(points - centre).argmax()]
    support = far[None]
    centre, radius = far, 0.0
    slack = OUTSIDE * max(float(np.ptp(points, axis=0).max()), 1e-300)
    for _ in range(ROUNDS):
        distance = norms(points - centre)
        out = int(distance.argmax())
        if distance[out] <= radius + slack:
            break
        centre, radius, support = _through(np.concatenate([support, points[out : out + 1]]))
    return centre, max(radius, float(norms(points - centre).max()))


def _through(points: np.ndarray) -> tuple[np.ndarray, float, np.ndarray]:
    """The smallest circle around up to four points, and those of them that lie on it."""
    best: tuple[np.ndarray, float, np.ndarray] | None = None
    count = len(points)
    for i in range(count):
        for j in range(i):
            pair = points[[i, j]]
            best = _smaller(best, pair.mean(axis=0), pair, points)
            for k in range(j):
                three = points[[i, j, k]]
                around = _circumcentre(three)
                if around is not None:
                    best = _smaller(best, around, three, points)
    if best is None:
        return points[0], 0.0, points[:1]
    return best


def _smaller(
    best: tuple[np.ndarray, float, np.ndarray] | None,
    centre: np.ndarray,
    support: np.ndarray,
    points: np.ndarray,
) -> tuple[np.ndarray, float, np.ndarray] | None:
    radius = float(np.linalg.norm(support[0] - centre))
    reach = float(norms(points - centre).max())
    if reach > radius * (1 + 1e-9) or (best is not None and radius >= best[1]):
        return best
    return centre, radius, support


def _circumcentre(corners: np.ndarray) -> np.ndarray | None:
    matrix = 2 * (corners[1:] - corners[0])
    if abs(np.linalg.det(matrix)) < 1e-12 * max(float(np.abs(matrix).max()) ** 2, 1e-300):
        return None
    right = (corners[1:] ** 2).sum(axis=1) - (corners[0] ** 2).sum()
    return np.asarray(np.linalg.solve(matrix, right))
