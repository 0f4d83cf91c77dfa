"""Which walls lean otherwise than before: how much draft, or taper, did each have, and has it now?

A wall that gets draft turns about a hinge square to the direction of pull, so that the hinges of
walls that face different ways tell the direction together; cones tell it by their axes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geometry.fields.facetable import CONE, CYLINDER, PLANE, FaceTable, moved, turned
from geometry.fields.matching import MOST_DRAFT_DEG, FaceMatches
from geometry.vectors import norms

__all__ = ["Leaning", "leanings"]

LEAST_CHANGE_DEG = 0.1  # drafts are drawn in quarters of a degree
HINGE_NEAR_DEG = 1.0  # how far a hinge may be off square to the pull: walls of a corner lean twice
CANDIDATES = 12  # largest directions of a part that may be the one of pull
APART_DEG = 20.0  # hinges nearer than this tell no direction between them
IN_PLACE = 0.5  # of a wall's size: its middle moved less, else it is another wall
HINGE_REACH = 2.0  # sizes of a wall: its hinge lies no farther from its middle
HINGES = 24  # largest turned walls that are asked for the direction between them


@dataclass(frozen=True)
class Leaning:
    """A wall that leans otherwise: joined faces of A and B, angles against the direction of pull.

    `to_deg` is negative where the wall leans to the other side than before.
    """

    a: int
    b: int
    pull: np.ndarray  # (3,) in B
    from_deg: float
    to_deg: float


def leanings(a: FaceTable, b: FaceTable, matched: FaceMatches, matrix: np.ndarray) -> list[Leaning]:
    """Planes that turned about a hinge square to one direction, cones that opened or closed, and
    cylinders that became cones, or cones cylinders.

    matrix (4, 4) lays A on B.
    """
    if not matched.changed:
        return []
    pairs = np.array(matched.changed)
    axes, others = turned(matrix, a.axes[pairs[:, 0]]), b.axes[pairs[:, 1]]
    flat = (a.kind[pairs[:, 0]] == PLANE) & (b.kind[pairs[:, 1]] == PLANE)
    found = [
        leaning
        for (i, j), axis, other in zip(pairs[~flat], axes[~flat], others[~flat], strict=True)
        if (leaning := _round(a, b, int(i), int(j), axis, other)) is not None
    ]
    hinges = np.cross(axes, others)
    sine = norms(hinges)
    tilt = np.degrees(np.arctan2(sine, np.einsum("ij,ij->i", axes, others)))
    flat &= _in_place(a, b, pairs, matrix, tilt)
    some = np.flatnonzero(flat & (tilt > LEAST_CHANGE_DEG) & (tilt < 2 * MOST_DRAFT_DEG))
    if not len(some):
        return found
    hinges = hinges[some] / sine[some][:, None]
    areas = b.areas_mm2[pairs[some, 1]]
    ways = _directions(b, hinges, areas, found)
    lean = [np.degrees(np.arcsin(np.clip(each[some] @ ways.T, -1, 1))) for each in (axes, others)]
    fits = np.abs(hinges @ ways.T) < np.sin(np.radians(HINGE_NEAR_DEG))
    for each in lean:
        fits &= np.abs(each) < MOST_DRAFT_DEG
    worth = areas @ fits
    for row, (i, j) in enumerate(pairs[some]):
        if fits[row].any():
            best = int(np.where(fits[row], worth, -1.0).argmax())
            old, new = float(lean[0][row, best]), float(lean[1][row, best])
            found.append(Leaning(int(i), int(j), ways[best], *_signed(old, new)))
    return found


def _in_place(
    a: FaceTable, b: FaceTable, pairs: np.ndarray, matrix: np.ndarray, tilt_deg: np.ndarray
) -> np.ndarray:
    """Whether faces of pairs (n, 2) are one wall that turned where it stood: (n,) bool."""
    size = np.minimum(a.sizes_mm[pairs[:, 0], 0], b.sizes_mm[pairs[:, 1], 0])
    way = b.points_mm[pairs[:, 1]] - moved(matrix, a.points_mm)[pairs[:, 0]]
    aside = np.abs(np.einsum("ij,ij->i", way, b.axes[pairs[:, 1]]))
    hinged = aside <= HINGE_REACH * size * np.tan(np.radians(np.minimum(tilt_deg, 45.0)))
    return np.asarray(hinged & (norms(way) <= IN_PLACE * size))


def _round(
    a: FaceTable, b: FaceTable, i: int, j: int, axis: np.ndarray, other: np.ndarray
) -> Leaning | None:
    kinds = {int(a.kind[i]), int(b.kind[j])}
    if CONE not in kinds or not kinds <= {CONE, CYLINDER}:
        return None
    off = np.degrees(np.arctan2(np.linalg.norm(np.cross(axis, other)), abs(axis @ other)))
    old, new = (float(table.half_angle_deg[k]) for table, k in ((a, i), (b, j)))
    new = new if axis @ other > 0 or CYLINDER in kinds else -new
    steep = max(old, abs(new)) > MOST_DRAFT_DEG
    if off > HINGE_NEAR_DEG or steep or abs(new - old) < LEAST_CHANGE_DEG:
        return None
    return Leaning(i, j, other, *_signed(old, new))


def _signed(old: float, new: float) -> tuple[float, float]:
    """From and to, what leans as before positive; a wall that stood upright leans no way."""
    if abs(old) < LEAST_CHANGE_DEG:
        return 0.0, abs(new)
    if abs(new) < LEAST_CHANGE_DEG:
        return abs(old), 0.0
    return abs(old), abs(new) if old * new > 0 else -abs(new)


def _directions(
    b: FaceTable, hinges: np.ndarray, areas: np.ndarray, cones: Sequence[Leaning]
) -> np.ndarray:
    """Unit directions (k, 3) of which one may be that of pull: axes of cones that changed, what is
    square to two hinges, and the largest directions of the part.
    """
    ways = [each.pull for each in cones]
    top = hinges[np.argsort(-areas)][:HINGES]
    across = np.cross(top[:, None], top[None])[np.triu_indices(len(top), 1)]
    length = norms(across)
    clear = length > np.sin(np.radians(APART_DEG))
    ways += list(across[clear] / length[clear][:, None])
    ways += list(b.axes[np.argsort(-b.areas_mm2, kind="stable")][:CANDIDATES])
    return np.array([way for way in ways if np.linalg.norm(way) > 0.5])
