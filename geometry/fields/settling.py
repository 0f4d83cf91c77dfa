"""Which small motion lays the surfaces that stayed exactly on themselves?

Where a revision left no face as it was, as a panel made thicker, planes and axes still lie where
they lay: they tell the motion to the precision of the files, whatever became of the faces' edges.
"""

import numpy as np

from geometry.fields.facetable import CONE, CYLINDER, PLANE, TORUS, FaceTable, moved, turned
from geometry.vectors import cross, norms

__all__ = ["settled"]

STRAIGHT = 1 - 2e-5  # cosine of 0.4°: axes that may be one before the motion is settled
FITS = 5  # each without those that the last left off
EXACT_SHARE = 1e-5  # of the diagonal: on one surface, but for rounding
EXACT_RAD = 1e-5
ARM_SHARE = 0.25  # of the diagonal: a turn counts as far as it moves this far away
OUTLYING = 3.0  # medians
JUDGED_FACES = 300  # largest of A that are asked for
SAME_TILT_DEG = 0.02
LEADERS = 6  # largest faces left off that may lead
RANK = 1e-6  # singular values below, of the largest: that way is left as it is
FREEFORM_WEIGHT = 1e-3  # middles are integrals: they tell only what no plane or axis tells


def settled(
    matrix: np.ndarray, a: FaceTable, b: FaceTable, likes: list[np.ndarray], near_mm: float
) -> np.ndarray:
    """The motion (4, 4) fitted to planes, cylinders and cones of A that lie nearly on such of B,
    where more of them lie exactly on each other after it; else as it was.

    likes: faces of B like each of A; near_mm: how far apart two surfaces may be that are meant to
    be one.
    """
    pairs = _nearly(matrix, a, b, near_mm)
    if len(pairs) < 2:
        return matrix
    shapes = _freeform(matrix, a, b, likes, near_mm)

    def fitted(start: np.ndarray, some: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """A motion fitted to some pairs, and how far each is off after it."""
        middle = moved(start, a.points_mm).mean(axis=0)
        rows, values, owner = _equations(start, a, b, some, middle)
        more, further = _middles(start, a, b, shapes, middle)
        turn, *_ = np.linalg.lstsq(
            np.concatenate([rows, more]), np.concatenate([values, further]), rcond=RANK
        )
        left = np.zeros(len(some))
        np.maximum.at(left, owner, np.abs(rows @ turn - values))
        return _moved_a_little(turn, a.diagonal_mm * ARM_SHARE, middle) @ start, left

    best, most = matrix, float(a.areas_mm2[_exact(matrix, a, b, pairs)].sum())
    if most >= 0.999 * a.areas_mm2[pairs[:, 0]].sum():
        return matrix  # nothing lies off
    current, kept = matrix, pairs
    for _ in range(FITS):
        current, left = fitted(current, kept)
        area = float(a.areas_mm2[_exact(current, a, b, pairs)].sum())
        if area > most:
            best, most = current, area
        kept = kept[left <= max(OUTLYING * float(np.median(left)), EXACT_SHARE * a.diagonal_mm)]
        if len(kept) < 2:
            break
    # what lies off may lie off in halves, a shaft's shoulders and its keyway: one of them leads
    exact = np.isin(pairs[:, 0], _exact(best, a, b, pairs))
    off = pairs[~exact]
    for leader in off[np.argsort(-a.areas_mm2[off[:, 0]], kind="stable")][:LEADERS]:
        some = np.concatenate([pairs[exact], leader[None]])
        led, _ = fitted(fitted(best, some)[0], some)
        area = float(a.areas_mm2[_exact(led, a, b, pairs)].sum())
        if area > most:
            best, most = led, area
    return best


def _nearly(matrix: np.ndarray, a: FaceTable, b: FaceTable, near_mm: float) -> np.ndarray:
    """Pairs (n, 2) of faces of A and B whose surfaces nearly coincide: of the largest of A, each
    with the nearest that it lies on.
    """
    some = np.flatnonzero(np.isin(a.kind, (PLANE, CYLINDER, CONE)))
    some = some[np.argsort(-a.areas_mm2[some], kind="stable")][:JUDGED_FACES]
    row, j = np.nonzero(
        (a.kind[some][:, None] == b.kind[None])
        & (a.sense[some][:, None] == b.sense[None])
        & (np.abs(a.sizes_mm[some, 1][:, None] - b.sizes_mm[:, 1][None]) < near_mm)
        & (np.abs(a.half_angle_deg[some][:, None] - b.half_angle_deg[None]) < SAME_TILT_DEG)
    )
    i = some[row]
    axes = turned(matrix, a.axes)[i]
    cosine = np.einsum("ij,ij->i", axes, b.axes[j])
    near = np.where(a.kind[i] == CYLINDER, np.abs(cosine), cosine) > STRAIGHT
    near &= _apart(matrix, a, b, i, j) < near_mm
    i, j = i[near], j[near]
    order = np.argsort(norms(moved(matrix, a.points_mm)[i] - b.points_mm[j]))
    _, first = np.unique(i[order], return_index=True)
    return np.column_stack([i, j])[order][first]


def _freeform(
    matrix: np.ndarray, a: FaceTable, b: FaceTable, likes: list[np.ndarray], near_mm: float
) -> list[tuple[int, int]]:
    """Freeform faces of A and those like them of B on which they nearly lie."""
    places, found = moved(matrix, a.points_mm), []
    for i in np.flatnonzero(a.kind > TORUS).tolist():
        if len(likes[i]):
            off = norms(b.points_mm[likes[i]] - places[i])
            if off.min() < near_mm:
                found.append((i, int(likes[i][off.argmin()])))
    return found


def _middles(
    matrix: np.ndarray,
    a: FaceTable,
    b: FaceTable,
    pairs: list[tuple[int, int]],
    middle: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Rows (3 n, 6) and values (3 n,) that lay middles of freeform faces on each other."""
    if not pairs:
        return np.zeros((0, 6)), np.zeros(0)
    i, j = np.array(pairs).T
    points = moved(matrix, a.points_mm[i])
    arm = ARM_SHARE * a.diagonal_mm
    rows = [np.column_stack([-_skew(point - middle) / arm, np.eye(3)]) for point in points]
    values = (b.points_mm[j] - points).ravel()
    return FREEFORM_WEIGHT * np.concatenate(rows), FREEFORM_WEIGHT * values


def _apart(
    matrix: np.ndarray, a: FaceTable, b: FaceTable, i: np.ndarray, j: np.ndarray
) -> np.ndarray:
    """How far apart the surfaces of pairs lie where A's face has its middle: (n,) mm."""
    axes = b.axes[j]
    between = b.origins_mm[j] - moved(matrix, a.points_mm)[i]
    on_axis = b.origins_mm[j] - moved(matrix, a.origins_mm)[i]
    flat = a.kind[i] == PLANE
    along = np.einsum("ij,ij->i", between, axes)
    aside = on_axis - np.einsum("ij,ij->i", on_axis, axes)[:, None] * axes
    return np.where(flat, np.abs(along), norms(aside))


def _exact(matrix: np.ndarray, a: FaceTable, b: FaceTable, pairs: np.ndarray) -> np.ndarray:
    """Faces of A that lie exactly on their surface of B."""
    i, j = pairs.T
    sine = norms(cross(turned(matrix, a.axes)[i], b.axes[j]))
    good = (sine < EXACT_RAD) & (_apart(matrix, a, b, i, j) < EXACT_SHARE * a.diagonal_mm)
    return np.unique(i[good])


def _equations(
    matrix: np.ndarray, a: FaceTable, b: FaceTable, pairs: np.ndarray, middle: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows (m, 6) and values (m,) of a small turn about the middle (3,), as an arm moves it, and
    shift; whose each is.
    """
    arm = ARM_SHARE * a.diagonal_mm
    i, j = pairs.T
    axis = turned(matrix, a.axes[i])
    other = b.axes[j] * np.sign(np.einsum("ij,ij->i", axis, b.axes[j]))[:, None]
    flat = a.kind[i] == PLANE
    point = moved(matrix, np.where(flat[:, None], a.points_mm[i], a.origins_mm[i]))
    between = b.origins_mm[j] - point
    first = cross(other, np.eye(3)[np.abs(other).argmin(axis=1)])
    first /= norms(first)[:, None]
    second = cross(other, first)
    held = np.where(flat[:, None], other, first)
    none = np.zeros_like(axis)
    rows, values = [], []
    for way in (first, second):  # the turned axis is the other: way · (axis + turn × axis − other)
        rows.append(np.hstack([cross(axis, way), none]))
        values.append(arm * np.einsum("ij,ij->i", way, other - axis))
    for way in (held, second):
        rows.append(np.hstack([cross(point - middle, way) / arm, way]))
        values.append(np.einsum("ij,ij->i", way, between))
    owner = np.tile(np.arange(len(pairs)), 4)
    # a plane is held along its normal alone
    used = np.concatenate([np.ones(3 * len(pairs), bool), ~flat])
    return np.concatenate(rows)[used], np.concatenate(values)[used], owner[used]


def _skew(vector: np.ndarray) -> np.ndarray:
    x, y, z = vector
    return np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])


def _moved_a_little(turn: np.ndarray, arm: float, middle: np.ndarray) -> np.ndarray:
    """The rigid motion (4, 4) of a small turn about the middle (3,), by an arm, and shift (6,)."""
    around = _skew(turn[:3] / arm)
    u, _, vt = np.linalg.svd(np.eye(3) + around + around @ around / 2)
    motion = np.eye(4)
    motion[:3, :3] = u @ vt
    motion[:3, 3] = turn[3:] + middle - motion[:3, :3] @ middle
    return motion
