"""Which freeform edges are straight or round? All edges of a body at once."""

import math

import numpy as np

from geometry.topology import CURVES
from geometry.vectors import cross, norms

__all__ = ["CIRCLE", "CURVE_POINTS", "LINE", "straight_or_round"]

CURVE_POINTS = 13  # of an edge that may be a line or an arc; odd, a multiple of three and one
MOSTLY_ALONG = 0.5  # of its length that a straight edge's ends lie apart at least
LINE, CIRCLE = CURVES.index("line"), CURVES.index("circle")


def straight_or_round(
    points_mm: np.ndarray, lengths_mm: np.ndarray, tangents: np.ndarray, tolerances_mm: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Codes (n,), axes (n, 3), origins (n, 3) and radii (n,) of edges; −1 is the code of those that
    are neither.

    points_mm (n, CURVE_POINTS, 3): evenly spread along each, from end to end; tangents (n, 3): in
    their middle.
    """
    count = len(points_mm)
    codes = np.full(count, -1)
    axes, origins, radii = np.zeros((count, 3)), np.zeros((count, 3)), np.full(count, math.nan)
    if not count:
        return codes, axes, origins, radii
    straight = _are_straight(points_mm, lengths_mm, tolerances_mm)
    codes[straight], axes[straight] = LINE, tangents[straight]
    rest = np.flatnonzero(~straight)
    round_, normals, centres, radius = _circles(
        points_mm[rest], lengths_mm[rest], tolerances_mm[rest]
    )
    rows = rest[round_]
    codes[rows], axes[rows] = CIRCLE, normals[round_]
    origins[rows], radii[rows] = centres[round_], radius[round_]
    return codes, axes, origins, radii


def _are_straight(
    points_mm: np.ndarray, lengths_mm: np.ndarray, tolerances_mm: np.ndarray
) -> np.ndarray:
    """Whether all points of each edge lie on the chord between its ends (n,)."""
    chords = points_mm[:, -1] - points_mm[:, 0]
    sizes = norms(chords)
    ways = chords / np.maximum(sizes, 1e-300)[:, None]
    aside = cross(points_mm - points_mm[:, :1], ways[:, None])
    apart = norms(aside.reshape(-1, 3)).reshape(points_mm.shape[:2]).max(axis=1)
    return np.asarray((sizes > MOSTLY_ALONG * lengths_mm) & (apart < tolerances_mm))


def _circles(
    points_mm: np.ndarray, lengths_mm: np.ndarray, tolerances_mm: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Circles through three points of each edge: whether all others lie on it too (n,), axes
    (n, 3), centres (n, 3) and radii (n,).
    """
    third = CURVE_POINTS // 3
    a = points_mm[:, 0]
    to_b, to_c = points_mm[:, third] - a, points_mm[:, 2 * third] - a
    normals = cross(to_b, to_c)
    squares = (normals * normals).sum(axis=1)
    bent = squares > (tolerances_mm * lengths_mm) ** 2
    squares = np.where(bent, squares, 1.0)[:, None]
    lifted = cross(normals, to_b) * (to_c * to_c).sum(axis=1)[:, None]
    lifted += cross(to_c, normals) * (to_b * to_b).sum(axis=1)[:, None]
    centres = a + lifted / (2 * squares)
    radii = norms(a - centres)
    axes = normals / np.sqrt(squares)
    offsets = points_mm - centres[:, None]
    away = norms(offsets.reshape(-1, 3)).reshape(points_mm.shape[:2])
    off = np.abs(away - radii[:, None]).max(axis=1)
    above = np.abs(np.einsum("nkj,nj->nk", offsets, axes)).max(axis=1)
    return bent & (np.maximum(off, above) < tolerances_mm), axes, centres, radii
