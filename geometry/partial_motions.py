"""Which rigid motions lay some faces of a part on their likes in another?

Each is hypothesised from two faces, the rarest that fix one. Unlike the motions that lay a whole
part on another (`geometry.fields.motions`), nothing of either part but these faces is known to
agree: not its size, its main directions or its centre.
"""

from dataclasses import dataclass

import numpy as np

from geometry.fields.facetable import CONE, CYLINDER, PLANE, TORUS
from geometry.surroundings import Surroundings
from geometry.vectors import norms, square_to

__all__ = ["ANGLE_NEAR", "Sought", "motions"]

ANGLE_NEAR = 0.9995  # cosine of 1.8°
MOST_HYPOTHESES = 4000


@dataclass(frozen=True)
class Sought:
    """Faces of one part that are looked for in another."""

    picked: Surroundings
    rows: np.ndarray  # (k,) of the picked part
    other: Surroundings
    likes: list[np.ndarray]  # of each row: faces of the other that may answer it, wherever they lie
    near_mm: float  # how far a face may lie from its partner


def motions(sought: Sought) -> np.ndarray:
    """Motions (m, 4, 4) that lay two picked faces, the rarest that fix one, on two of the other."""
    picked, rows, other, likes = sought.picked, sought.rows, sought.other, sought.likes
    count = np.array([len(found) for found in likes])
    usable = [i for i in np.argsort(count, kind="stable") if count[i]]
    if len(usable) == 1:
        return _single(picked, int(rows[usable[0]]), other, likes[usable[0]])
    found: list[np.ndarray] = []
    tried = 0
    for place, i in enumerate(usable[:4]):
        for j in usable[place + 1 : place + 5]:
            laid = _laid(sought, i, j)
            if laid is None:
                continue
            tried += 1
            found.append(laid)
            if tried == 3:
                return np.concatenate(found)[:MOST_HYPOTHESES]
    if sum(map(len, found)):
        return np.concatenate(found)[:MOST_HYPOTHESES]
    return _single(picked, int(rows[usable[0]]), other, likes[usable[0]])


def _frames(
    one: Surroundings, a: np.ndarray, b: np.ndarray, near: float
) -> tuple[np.ndarray, np.ndarray]:
    """Frames (n, h, 4, 4) that pairs of faces fix: the axis of the first, the way to the second.

    a, b: (n,) faces, the first of one kind and the second of one kind. Several frames a pair, since
    an axis has no sense and a face may end at another height: by its middle and by either end.
    Which pairs fix one at all (n,): others leave a turn open, as coaxial faces do.
    """
    first, second = int(one.kind[a[0]]), int(one.kind[b[0]])
    axis, across = one.axes[a], one.axes[b]
    axis = np.where(axis.any(axis=1)[:, None], axis, across)
    origin, target = one.points_mm[a], one.points_mm[b]
    if first in (CYLINDER, CONE, TORUS):
        origin = one.origins_mm[a] + _along(origin - one.origins_mm[a], axis)
    if second in (CYLINDER, CONE, TORUS):
        target = one.origins_mm[b] + _along(target - one.origins_mm[b], across)
    way = target - origin
    bare = ~axis.any(axis=1)[:, None]  # neither has an axis
    axis = np.where(bare, _unit(way), axis)
    way = np.where(bare, across, way)
    aside = way - _along(way, axis)
    slope = across - _along(across, axis)
    by_axis = np.full(len(a), True) if PLANE in (first, second) else norms(aside) < 5 * near
    if first == PLANE and second != PLANE:
        # a plane has no place but its height
        far = (norms(aside) >= 5 * near)[:, None]
        origin = np.where(far, target - _along(way, axis), origin)
    aside = np.where(by_axis[:, None], slope, aside)
    fixed = ~by_axis | (norms(slope) >= 0.1)
    aside = _unit(aside)
    heights = np.zeros((len(a), 1))
    if first in (CYLINDER, CONE):
        middle = np.einsum("ij,ij->i", origin - one.origins_mm[a], one.axes[a])
        heights = np.column_stack([heights, one.extent_mm[a] - middle[:, None]])
    frames = np.zeros((len(a), heights.shape[1], 4, 4))
    turn = np.stack([aside, np.cross(axis, aside), axis], axis=2)
    frames[..., :3, :3] = turn[:, None]
    frames[..., :3, 3] = origin[:, None] + heights[..., None] * axis[:, None]
    frames[..., 3, 3] = 1.0
    return frames, fixed


def _along(way: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """The share of ways (n, 3) along unit axes (n, 3)."""
    return np.asarray(np.einsum("ij,ij->i", way, axis)[:, None] * axis)


def _unit(way: np.ndarray) -> np.ndarray:
    return np.asarray(way / np.maximum(norms(way)[:, None], 1e-300))


def _laid(sought: Sought, i: int, j: int) -> np.ndarray | None:
    """Motions (m, 4, 4) that lay the i-th and j-th picked face on those like them, where two lie
    alike to each other; None where these two leave a turn open.
    """
    picked, other, near = sought.picked, sought.other, sought.near_mm
    a, b = int(sought.rows[i]), int(sought.rows[j])
    pair = np.array([a]), np.array([b])
    (from_,), (fixed,) = _frames(picked, *pair, near)
    if not fixed:
        return None
    p, q = (grid.ravel() for grid in np.meshgrid(sought.likes[i], sought.likes[j], indexing="ij"))
    apart = p != q
    p, q = p[apart], q[apart]
    turn = np.abs(np.einsum("ij,ij->i", other.axes[p], other.axes[q]))
    alike = np.abs(turn - abs(picked.axes[a] @ picked.axes[b])) <= 0.02
    p, q = p[alike], q[alike]
    if len(p):
        off = np.abs(_distance(other, p, q) - _distance(picked, *pair))
        p, q = p[off <= 2 * near], q[off <= 2 * near]
    if not len(p):
        return np.zeros((0, 4, 4))
    to, open_ = _frames(other, p[:MOST_HYPOTHESES], q[:MOST_HYPOTHESES], near)
    to = to[open_]
    back = np.linalg.inv(from_)
    swaps = ((0, 0), (1, 1), (2, 2), (1, 2), (2, 1)) if len(from_) == 3 else ((0, 0),)
    round_ = (CYLINDER, TORUS)
    half_turns = [np.eye(4)]
    if picked.kind[a] in round_:  # an axis has no sense
        half_turns.append(np.diag([1.0, -1.0, -1.0, 1.0]))
    if picked.kind[b] in round_ and picked.kind[a] == PLANE:
        half_turns += [np.diag([-1.0, -1.0, 1.0, 1.0]) @ half for half in half_turns]
    motions = [to[:, theirs] @ half @ back[mine] for half in half_turns for mine, theirs in swaps]
    return np.stack(motions, axis=1).reshape(-1, 4, 4)


def _distance(one: Surroundings, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Distance (n,) of faces as far as their surfaces fix it: of axes, of planes, of centres.

    a, b: (n,) faces, the first of one kind and the second of one kind.
    """
    first, second = int(one.kind[a[0]]), int(one.kind[b[0]])
    if PLANE in (first, second):
        plane, face, kind = (a, b, second) if first == PLANE else (b, a, first)
        normal = one.axes[plane]
        found = np.abs(np.einsum("ij,ij->i", one.origins_mm[face] - one.origins_mm[plane], normal))
        slope = np.einsum("ij,ij->i", normal, one.axes[face])
        if kind == CYLINDER:  # one that stands on a plane has no distance from it
            found[np.abs(slope) > 0.02] = 0.0
        if kind == PLANE:
            found[np.abs(slope) < ANGLE_NEAR] = 0.0
        return np.asarray(found)
    way = one.origins_mm[b] - one.origins_mm[a]
    if first > TORUS or second > TORUS:
        return np.asarray(norms(one.points_mm[b] - one.points_mm[a]))
    axis, across = one.axes[a], one.axes[b]
    both = axis.any(axis=1) & across.any(axis=1)
    axis = np.where(axis.any(axis=1)[:, None], axis, across)
    normal = np.cross(axis, across)
    length = norms(normal)
    beside = norms(way - _along(way, axis))
    between = np.abs(np.einsum("ij,ij->i", way, normal)) / np.maximum(length, 1e-300)
    return np.where(both & (length >= 0.02), between, beside)


def _single(picked: Surroundings, row: int, other: Surroundings, likes: np.ndarray) -> np.ndarray:
    """Motions (m, 4, 4) that lay one face on each of its likes, however turned about its axis."""
    back = np.linalg.inv(_about(picked, row))
    return np.array([_about(other, int(like)) @ back for like in likes]).reshape(-1, 4, 4)


def _about(one: Surroundings, face: int) -> np.ndarray:
    axis = one.axes[face] if one.axes[face].any() else np.array([0.0, 0.0, 1.0])
    frame = np.eye(4)
    frame[:3, :2], frame[:3, 2] = square_to(axis).T, axis
    frame[:3, 3] = one.points_mm[face]
    return frame
