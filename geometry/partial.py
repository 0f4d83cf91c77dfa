"""Does a part contain these faces of another, and where?

A few faces picked on one part – a flange, a bolt pattern – are laid on the faces of another by the
rigid motions that two of them suggest, and each motion is judged by how many of the picked faces
find a partner: the same kind and radius on the same axis, centre or plane, and the same meeting
with their neighbours. How far a face extends counts little: the same bolt circle is found in a
thicker flange.

Source: hypothesise and verify on pairs of features, after Lamdan & Wolfson, Geometric hashing
(ICCV 1988), with radii and kinds as the hash.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from geometry.fields.facetable import CONE, CYLINDER, PLANE, SPHERE, TORUS
from geometry.partial_motions import ANGLE_NEAR, Sought, motions
from geometry.surroundings import Surroundings
from geometry.vectors import norms

__all__ = ["Find", "contains", "told"]

RADIUS_NEAR = 0.01  # relative: a clearance hole of the next series is 3 % larger
PLACE_NEAR = 0.004  # of the extent of the picked faces
PLACE_LEAST_MM = 0.05  # positions are drawn to a tenth of a millimetre
PIECE = 256  # motions judged at once: arrays that stay in the cache
MOST_PLACES = 20  # of one part that are told
SAME_EXTENT, SAME_MEETING = 0.2, 0.2  # shares of the fit that extents and neighbours decide


@dataclass(frozen=True)
class Find:
    """Where the picked faces lie in another part, and how well."""

    fit: float  # 0…1
    faces: list[int]  # of the other part
    missing: list[int]  # picked faces without a partner
    matrix: np.ndarray  # (4, 4) motion of the picked faces onto the other part


def contains(
    picked: Surroundings, rows: np.ndarray, other: Surroundings, *, least: float = 0.6
) -> list[Find]:
    """Places in another part where the picked rows lie, best first; none below the least fit."""
    if not len(rows):
        return []
    likes = [_alike(picked, int(row), other) for row in rows]
    if sum(bool(len(found)) for found in likes) < least * len(rows):
        return []
    points = picked.points_mm[rows]
    extent = float(np.linalg.norm(np.ptp(points, axis=0))) if len(rows) > 1 else 0.0
    extent = max(extent, float(picked.sizes_mm[rows, 1].max()))
    sought = Sought(picked, rows, other, likes, max(PLACE_NEAR * extent, PLACE_LEAST_MM))
    finds: list[Find] = []
    taken: list[frozenset[int]] = []
    laid = motions(sought)
    met = _meetings(picked, rows)
    judged = [
        (_judged(matrix, sought, met), matrix) for matrix in laid[_most_fit(laid, sought) >= least]
    ]
    judged.sort(key=lambda each: -each[0][0])
    for (fit, partner), matrix in judged:
        if fit < least or len(finds) == MOST_PLACES:
            break
        here = frozenset(int(row) for row in partner if row >= 0)
        if any(len(here & before) > 0.5 * len(here) for before in taken):
            continue
        taken.append(here)
        finds.append(
            Find(
                round(fit, 4),
                other.faces(np.array(sorted(here), int)),
                picked.faces(rows[partner < 0]),
                matrix,
            )
        )
    return finds


def _alike(picked: Surroundings, row: int, other: Surroundings) -> np.ndarray:
    """Faces of the other part that may answer one: its kind and radius, wherever they lie."""
    kind = picked.kind[row]
    same = (other.kind == kind) & (other.sense == picked.sense[row])
    mine, theirs = picked.sizes_mm[row], other.sizes_mm
    if kind in (CYLINDER, SPHERE, TORUS):
        same &= np.abs(theirs[:, 1] - mine[1]) <= RADIUS_NEAR * mine[1]
    if kind == TORUS:
        same &= np.abs(theirs[:, 2] - mine[2]) <= RADIUS_NEAR * mine[2]
    if kind == CONE:
        same &= np.abs(other.half_angle_deg - picked.half_angle_deg[row]) < 1.0
    if kind > TORUS:  # a freeform face is known by its area and outline alone
        same &= (np.abs(theirs[:, [0, 3]] - mine[[0, 3]]) <= 0.02 * mine[[0, 3]]).all(axis=1)
    return np.flatnonzero(same)


def _most_fit(matrices: np.ndarray, sought: Sought) -> np.ndarray:
    """What the fit of each motion cannot exceed (m,): by the rows that may have a partner."""
    picked, rows, other = sought.picked, sought.rows, sought.other
    has = np.zeros(len(matrices))
    for start in range(0, len(matrices), PIECE):
        some = slice(start, start + PIECE)
        turn, shift = matrices[some, :3, :3], matrices[some, :3, 3]
        for row, found in zip(rows, sought.likes, strict=True):
            if len(found):
                fits = _same_surface(
                    other, found, int(picked.kind[row]), turn @ picked.origins_mm[row] + shift,
                    turn @ picked.points_mm[row] + shift, turn @ picked.axes[row], sought.near_mm,
                )  # fmt: skip
                has[some] += fits.any(axis=1)
    return np.asarray((1 - SAME_MEETING) * has / len(rows) + SAME_MEETING)


def _judged(
    matrix: np.ndarray, sought: Sought, met: set[tuple[int, int, int]]
) -> tuple[float, np.ndarray]:
    """Fit 0…1 of a motion, and the partner of each picked row, −1 where it has none: (k,)."""
    picked, rows, other = sought.picked, sought.rows, sought.other
    turn = matrix[:3, :3]
    points = picked.points_mm[rows] @ turn.T + matrix[:3, 3]
    origins = picked.origins_mm[rows] @ turn.T + matrix[:3, 3]
    axes = picked.axes[rows] @ turn.T
    partner = np.full(len(rows), -1)
    same = np.zeros(len(rows))
    used: set[int] = set()
    for k, found in enumerate(sought.likes):
        if not len(found):
            continue
        fits = _same_surface(other, found, int(picked.kind[rows[k]]), origins[k : k + 1],
                             points[k : k + 1], axes[k : k + 1], sought.near_mm)[0]  # fmt: skip
        # a plane goes on for ever, a face does not: it must lie about there
        reach = np.maximum(picked.sizes_mm[rows[k], 0], other.sizes_mm[found, 0])
        away = norms(other.points_mm[found] - points[k])
        fits &= away <= reach + sought.near_mm
        open_ = [int(i) for i in np.flatnonzero(fits) if int(found[i]) not in used]
        if not open_:
            continue
        best = min(open_, key=lambda i: away[i])
        partner[k] = found[best]
        used.add(int(found[best]))
        sizes = picked.sizes_mm[rows[k], 0], other.sizes_mm[found[best], 0]
        same[k] = min(sizes) / max(*sizes, 1e-300)
    has = partner >= 0
    share = float(has.mean())
    fit = share * (1 - SAME_EXTENT) + SAME_EXTENT * float(same.mean())
    if met:
        theirs = _meetings(other, partner[has])
        kept = sum(
            (partner[a], partner[b], c) in theirs or (partner[b], partner[a], c) in theirs
            for a, b, c in ((int(np.searchsorted(rows, a)), int(np.searchsorted(rows, b)), c)
                            for a, b, c in met)
        )  # fmt: skip
        fit = (1 - SAME_MEETING) * fit + SAME_MEETING * kept / len(met)
    return fit, partner


def _same_surface(
    other: Surroundings,
    found: np.ndarray,
    kind: int,
    origin: np.ndarray,
    point: np.ndarray,
    axis: np.ndarray,
    near: float,
) -> np.ndarray:
    """Which of the faces lie on the surface of one in each of m places: (m, len(found)) bool.

    origin, point, axis: (m, 3) of the face as it was moved.
    """
    if kind > TORUS:
        return np.asarray(_between(other.points_mm[found], point) < near)
    apart = _between(other.origins_mm[found], origin)
    if kind == SPHERE:
        return np.asarray(apart < near)
    turn = axis @ other.axes[found].T
    if kind == TORUS:
        return (np.abs(turn) > ANGLE_NEAR) & (apart < near)
    along = axis @ other.origins_mm[found].T - np.einsum("ij,ij->i", axis, origin)[:, None]
    if kind == PLANE:
        return (turn > ANGLE_NEAR) & (np.abs(along) < near)
    turn = np.abs(turn) if kind == CYLINDER else turn
    way = other.origins_mm[found][None] - origin[:, None] - along[..., None] * axis[:, None]
    return (turn > ANGLE_NEAR) & (np.linalg.norm(way, axis=2) < near)


def _between(theirs: np.ndarray, mine: np.ndarray) -> np.ndarray:
    """Distances (m, n) of points (n, 3) from others (m, 3)."""
    return np.asarray(np.linalg.norm(theirs[None] - mine[:, None], axis=2))


def _meetings(one: Surroundings, rows: np.ndarray) -> set[tuple[int, int, int]]:
    chosen = np.isin(one.meeting[:, :2], rows).all(axis=1)
    return {(int(a), int(b), int(c)) for a, b, c in one.meeting[chosen]}


def told(find: Find) -> dict[str, Any]:
    """A find as plain data."""
    return {
        "fit": find.fit,
        "faces": find.faces,
        "missing": find.missing,
        "matrix": [[round(float(value), 9) for value in line] for line in find.matrix],
    }
