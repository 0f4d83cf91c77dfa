"""Which cylinder and which convex hull enclose a part most tightly?"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from geometry.mass import Hull, Mass, arc_points, convex_hull
from geometry.vectors import norms, square_to

__all__ = ["Cylinder", "minimal_cylinder", "round_hull"]

ROUNDS = 40  # of growing a circle by its farthest point; a handful is usual
OUTSIDE = 1e-9  # of the size: farther out than rounding
SAME_AXIS = np.cos(np.radians(1e-3))
AXES_TRIED = 24

_Point = tuple[float, float]


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
    centre = points[norms(points - points.mean(axis=0)).argmax()]
    support, radius = [tuple(centre.tolist())], 0.0
    slack = OUTSIDE * max(float(np.ptp(points, axis=0).max()), 1e-300)
    for _ in range(ROUNDS):
        distance = norms(points - centre)
        out = int(distance.argmax())
        if distance[out] <= radius + slack:
            break
        middle, radius, support = _through([*support, tuple(points[out].tolist())])
        centre = np.array(middle)
    return centre, max(radius, float(norms(points - centre).max()))


def _through(points: list[_Point]) -> tuple[_Point, float, list[_Point]]:
    """The smallest circle around up to four points, and those of them that lie on it."""
    best, least_mm, on_it = points[0], math.inf, points[:1]
    for support in _supports(points):
        centre = _centre(support)
        if centre is None:
            continue
        radius = math.dist(support[0], centre)
        reach = max(math.dist(point, centre) for point in points)
        if radius < least_mm and reach <= radius * (1 + 1e-9):
            best, least_mm, on_it = centre, radius, support
    return best, least_mm if math.isfinite(least_mm) else 0.0, on_it


def _supports(points: list[_Point]) -> Iterator[list[_Point]]:
    """All pairs and threes of points."""
    for i, first in enumerate(points):
        for j, second in enumerate(points[:i]):
            yield [first, second]
            for third in points[:j]:
                yield [first, second, third]


def _centre(support: list[_Point]) -> _Point | None:
    """Centre of the smallest circle through two points, or of the one through three; None where
    they lie in a line.
    """
    (x, y), (x_second, y_second), *more = support
    if not more:
        return (x + x_second) / 2, (y + y_second) / 2
    [(x_third, y_third)] = more
    a, b, c, d = x_second - x, y_second - y, x_third - x, y_third - y
    turn = 2 * (a * d - b * c)
    if abs(turn) < 2e-12 * max(max(abs(a), abs(b), abs(c), abs(d)) ** 2, 1e-300):
        return None
    one, other = a * a + b * b, c * c + d * d
    return x + (d * one - b * other) / turn, y + (a * other - c * one) / turn
