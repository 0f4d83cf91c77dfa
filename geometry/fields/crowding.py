"""In which axes do the boxes around a mesh's triangles overlap least?

A ray caster finds triangles by boxes along its axes. The sides of a rack with a thousand teeth are
triangles as long as the rack and as narrow as a tooth: at an odd angle each one's box holds the
whole rack, so that every ray and every point asks them all.
"""

import numpy as np

from geometry.vectors import ODD_WAY, cross, norm, norms, square_to

__all__ = ["uncrowded_axes"]

FEW_TRIANGLES = 1000  # asking them all takes no longer than looking for better axes
LOOKED_AT = 2000  # triangles, evenly spread, that tell how crowded all are
CROWDED = 10.0  # area of the boxes over that of the triangles; of well-shaped ones 2 to 8
WORTH = 0.6  # of that at most is left in axes that are worth it
LINES = 5  # normals of the largest planes and directions of the longest sides, tried as axes
SAME_LINE = 1e-3  # radians: lines so near each other weigh as one
SQUARE = 1e-5  # cosine of two axes: planes of a drawn part are square to each other or far from it


def uncrowded_axes(vertices_mm: np.ndarray, triangles: np.ndarray) -> np.ndarray | None:
    """Axes (3, 3), unit rows, in which the boxes around the triangles (t, 3) overlap far less than
    in the given ones; None where there are none, as on all but a few parts.
    """
    if len(triangles) <= FEW_TRIANGLES:
        return None
    corners = vertices_mm[triangles[:: len(triangles) // LOOKED_AT + 1]]
    sides = np.roll(corners, -1, axis=1) - corners
    across = cross(sides[:, 0], sides[:, 1])
    given = _boxes_mm2(corners)
    if given <= CROWDED / 2 * float(norms(across).sum()):
        return None
    lines = [*_lines(across, 1), *_lines(sides.reshape(-1, 3), 2)]
    tried = [(_boxes_mm2(corners @ axes.T), axes) for axes in _frames(lines)]
    left, best = min(tried, key=lambda each: each[0])
    return best if left < WORTH * given else None


def _boxes_mm2(corners: np.ndarray) -> float:
    """Area of the boxes around all triangles (t, 3, 3), one side of each pair."""
    size = corners.max(axis=1) - corners.min(axis=1)
    return float(np.einsum("ti,ti->", size, np.roll(size, 1, axis=1)))


def _frames(lines: list[np.ndarray]) -> list[np.ndarray]:
    """Axes along every line and another that is square to it, or any that is where none is."""
    found = []
    for i, first in enumerate(lines):
        level = [j for j, other in enumerate(lines) if abs(other @ first) < SQUARE]
        others = [lines[j] for j in level if j > i] if level else [square_to(first)[0]]
        for second in others:
            third = cross(first, second)
            third /= norm(third)
            found.append(np.array([first, cross(third, first), third]))
    return found


def _lines(vectors: np.ndarray, power: int) -> list[np.ndarray]:
    """Directions of most of the vectors (n, 3), each weighted with a power of its length."""
    length = norms(vectors)
    longest = np.argsort(-length, kind="stable")
    length = length[longest]
    unit = vectors[longest] / np.maximum(length, 1e-300)[:, None]
    unit *= np.where(unit @ ODD_WAY < 0, -1.0, 1.0)[:, None]
    x, y, z = np.round(unit / SAME_LINE).astype(np.int64).T
    _, first, group = np.unique((x << 42) + (y << 21) + z, return_index=True, return_inverse=True)
    weight = np.bincount(group, weights=length**power)
    return list(unit[first[np.argsort(-weight, kind="stable")[:LINES]]])
