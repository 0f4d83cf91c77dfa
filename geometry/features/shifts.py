"""How far did a feature move that has no origin of its own, told by the faces it is made of?

Planes tell how far it moved along their normals, cylinders and cones across their axes, and wide
cones along them too. Faces that stayed on their surface say that it did not move their way, so that
neither a wall cut shorter nor a floor cut in two looks like a move.
"""

from collections.abc import Iterable

import numpy as np

from geometry.features.placement import Placed
from geometry.topology import surface_code

__all__ = ["shift_mm"]

PLANE, CYLINDER, CONE, SPHERE, TORUS = (
    surface_code(name) for name in ("plane", "cylinder", "cone", "sphere", "torus")
)
STRAIGHT = 1 - 2e-5  # cosine of 0.4°: a face that turned tells no shift
AGREE_MM = 5e-3  # faces that moved apart by more were resized, not moved
SAME_DEG = 0.02  # of a cone's half angle
WIDE_DEG = 15.0  # half angle: a slimmer cone, a wall with draft, looks moved where it grew
SURE = 1e-3  # singular values below: no face tells of that way


def shift_mm(
    a: Placed, b: Placed, matrix: np.ndarray, answers: Iterable[tuple[int, int]]
) -> np.ndarray | None:
    """The way (3,) that all faces of a feature moved from A, laid on B by `matrix` (4, 4), to B;
    None where they turned, moved apart or tell nothing.

    answers: pairs of faces of A and B.
    """
    mine = dict(zip(a.feature.faces, a.rows, strict=True))
    theirs = dict(zip(b.feature.faces, b.rows, strict=True))
    ways: list[np.ndarray] = []
    lengths: list[np.ndarray] = []
    for i, j in answers:
        if i not in mine or j not in theirs:
            continue
        told = _told(mine[i], theirs[j], matrix)
        if told is None:
            return None
        ways.append(told[0])
        lengths.append(told[1])
    if not ways:
        return None
    rows, values = np.concatenate(ways), np.concatenate(lengths)
    found, *_ = np.linalg.lstsq(rows, values, rcond=SURE)
    return found if np.abs(rows @ found - values).max() < AGREE_MM else None


def _told(
    mine: np.ndarray, theirs: np.ndarray, matrix: np.ndarray
) -> tuple[np.ndarray, np.ndarray] | None:
    """Directions (k, 3) and how far a face moved along each; None of faces not of one kind, where
    a cylinder and what it is with draft are one.
    """
    kind = mine["kind"]
    drafted = {int(kind), int(theirs["kind"])} == {CYLINDER, CONE}
    if kind > TORUS or not (kind == theirs["kind"] or drafted):
        return None
    between = theirs["origin_mm"] - (matrix[:3, :3] @ mine["origin_mm"] + matrix[:3, 3])
    if kind == SPHERE:
        return np.eye(3), between
    axis = matrix[:3, :3] @ mine["axis"]
    size = max(float(np.linalg.norm(axis)), 1e-300)
    axis = axis / size
    if abs(axis @ theirs["axis"]) < STRAIGHT:
        return None
    if kind == PLANE:
        return theirs["axis"][None], np.array([between @ theirs["axis"]])
    if kind == TORUS:
        return np.eye(3), between
    across = np.linalg.svd(theirs["axis"][None])[2][1:]
    half_angle = float(theirs["half_angle_deg"])
    if (
        drafted
        or kind == CYLINDER
        or half_angle < WIDE_DEG
        or abs(half_angle - mine["half_angle_deg"]) > SAME_DEG
        or axis @ theirs["axis"] < 0
    ):
        return across, across @ between
    # from apex to apex: the origin of a cone is anywhere on its axis
    wider = float(theirs["radius_mm"] - size * mine["radius_mm"])
    along = between @ theirs["axis"] - wider / np.tan(np.radians(half_angle))
    return np.vstack([across, theirs["axis"]]), np.append(across @ between, along)
