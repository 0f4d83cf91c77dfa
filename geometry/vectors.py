"""How long are vectors, what is the cross product of a few, which are square to one, how far off
and about an axis do they lie, what circle do some meet?
"""

import math
from functools import reduce

import numpy as np

__all__ = [
    "ODD_WAY",
    "about_axis",
    "cross",
    "cross_matrix",
    "fit_circle",
    "norm",
    "norms",
    "off_line",
    "rejections",
    "row_wise",
    "square_to",
    "unwrapped",
]

# no drawing's direction: tells an axis from its opposite, and is never along one
ODD_WAY = np.array([0.3017, 0.5217, 0.7981])
_AXES = np.eye(3)


def norm(vector: np.ndarray) -> float:
    """Length of one vector: `np.linalg.norm` of it takes five times as long."""
    return math.sqrt(float(vector @ vector))


def norms(vectors: np.ndarray) -> np.ndarray:
    """Lengths (n,) of vectors (n, k): of a few in half the time that `np.linalg.norm` takes, of
    thousands in a third.

    Column by column where there are three at most: a sum along such short rows loops over the rows.
    """
    squares = vectors * vectors
    if squares.shape[1] > 3:
        return np.asarray(np.sqrt(squares.sum(axis=1)))
    total = squares[:, 0]
    for column in range(1, squares.shape[1]):
        total = total + squares[:, column]
    return np.asarray(np.sqrt(total))


def cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Cross products of vectors (…, 3), broadcast against each other.

    `np.cross` looks at axes of all kinds first: of two single vectors it takes twenty times as
    long as the product itself.
    """
    if a.ndim == b.ndim == 1:
        x, y, z = a.tolist()
        u, v, w = b.tolist()
        return np.array((y * w - z * v, z * u - x * w, x * v - y * u))
    x, y, z = a[..., 0], a[..., 1], a[..., 2]
    u, v, w = b[..., 0], b[..., 1], b[..., 2]
    found = np.zeros(np.broadcast_shapes(a.shape, b.shape))
    found[..., 0] = y * w - z * v
    found[..., 1] = z * u - x * w
    found[..., 2] = x * v - y * u
    return found


def off_line(point: np.ndarray, origin: np.ndarray, axis: np.ndarray) -> float:
    """Distance of a point (3,) from the line through an origin (3,) along a unit axis (3,), of one
    alone: numpy's calls take ten times as long as their work.
    """
    (x, y, z), (u, v, w), (a, b, c) = point.tolist(), origin.tolist(), axis.tolist()
    x, y, z = x - u, y - v, z - w
    along = x * a + y * b + z * c
    x, y, z = x - along * a, y - along * b, z - along * c
    return math.sqrt(x * x + y * y + z * z)


def cross_matrix(axis: np.ndarray) -> np.ndarray:
    """Matrix (3, 3) that makes of a column its cross product with an axis (3,) before it: a × v;
    rows times it are their cross products with the axis behind them: v × a.
    """
    x, y, z = axis.tolist()
    return np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])


def rejections(vectors: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """What of vectors (n, 3) is square to a unit axis (3,): (n, 3)."""
    return np.asarray(vectors - np.outer(vectors @ axis, axis))


def about_axis(offsets: np.ndarray, axis: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Heights (n,) along a unit axis (3,) and distances (n,) from it, of offsets (n, 3) from a
    point on it.
    """
    heights = offsets @ axis
    return heights, norms(offsets - np.outer(heights, axis))


def row_wise(operation: np.ufunc, rows: np.ndarray) -> np.ndarray:
    """What np.maximum, np.logical_or and the like make of each row of a few columns (n, k): (n,).
    `operation.reduce` loops over the rows and takes ten times as long.
    """
    return np.asarray(reduce(operation, rows.T))


def square_to(direction: np.ndarray) -> np.ndarray:
    """Two unit vectors (…, 2, 3) square to each direction (…, 3) and to each other, right-handed
    with it.
    """
    x = cross(direction, _AXES[np.abs(direction).argmin(axis=-1)])
    if direction.ndim == 1:
        x /= norm(x)
        return np.array([x, cross(direction, x)])
    x /= norms(x)[:, None]
    return np.stack([x, cross(direction, x)], axis=1)


def unwrapped(angles: np.ndarray) -> np.ndarray:
    """Angles (n,) in radians along a line, with no jump of a whole turn: `np.unwrap`, which takes
    five times as long to find that there is none.
    """
    steps = angles[1:] - angles[:-1]
    if not len(steps) or max(steps.max(), -steps.min()) < math.pi:
        return angles
    return np.asarray(np.unwrap(angles))


def fit_circle(points: np.ndarray) -> tuple[np.ndarray, float]:
    """Centre (2,) and squared radius of the circle nearest to points (n, 2); that is not positive
    where they lie on none.

    Least squares of 2 x·c + (r² − c²) = x². Source: Kåsa, A circle fitting procedure and its error
    analysis, IEEE Transactions on Instrumentation and Measurement 25, 1976.
    """
    system = np.column_stack([2 * points, np.ones(len(points))])
    x, y, rest = np.linalg.lstsq(system, (points**2).sum(axis=1), rcond=None)[0]
    return np.array([x, y]), float(rest + x * x + y * y)
