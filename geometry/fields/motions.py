"""Which motions could lay one part on another?

Hypotheses come from what two parts share: pairs of faces that are alike and rare, the directions in
which most of the surface looks, the axes of inertia.
"""

from itertools import combinations, permutations, product
from typing import Any

import numpy as np

from geometry.fields.facetable import ANGLE_NEAR, CYLINDER, PLANE, SIZE_NEAR, FaceTable
from geometry.fields.registration import kabsch
from geometry.part import Part
from geometry.vectors import cross

__all__ = [
    "JUDGED_FACES",
    "PLACE_NEAR",
    "by_offsets",
    "from_directions",
    "from_pairs",
    "from_revised",
]

PLACE_NEAR = (
    3e-4  # of the diagonal: how far a face may lie from its partner while motions are judged
)
JUDGED_FACES = 160  # largest faces of A that judge a motion on surfaces
ANCHORS = 14  # rare faces of which pairs are tried
MAX_PARTNERS = 10  # a face with more lookalikes is no anchor
MAX_PAIR_HYPOTHESES = 600
ONE_DIRECTION = 1e7  # cells of directions that are one: rounding, far below any angle that counts


def from_pairs(a: FaceTable, b: FaceTable, likes: list[np.ndarray], near: float) -> np.ndarray:
    """Motions (k, 4, 4), plain and mirrored, that lay two rare faces of A on two of B."""
    partners = np.array([len(found) for found in likes])
    usable = np.flatnonzero((partners > 0) & (partners <= MAX_PARTNERS))
    anchors = usable[np.lexsort((-a.areas_mm2[usable], partners[usable]))][:ANCHORS]
    pairs = [
        (first, second, p, q)
        for first, second in combinations(anchors, 2)
        for p, q in product(likes[first], likes[second])
    ]
    return _laid(a, b, pairs, near)


def from_revised(a: FaceTable, b: FaceTable, likes: list[np.ndarray], near: float) -> np.ndarray:
    """Motions (k, 4, 4) that lay a rare face of A on its like and an unlike one on what it became.

    Finds how a flange is turned about its axis when all its bolt holes were made larger.
    """
    partners = np.array([len(found) for found in likes])
    usable = np.flatnonzero((partners > 0) & (partners <= MAX_PARTNERS))
    anchors = usable[np.lexsort((-a.areas_mm2[usable], partners[usable]))][:4]
    known = np.zeros(len(b.kind), bool)
    for found in {id(found): found for found in likes}.values():  # equal faces share one list
        known[found] = True
    revised = np.flatnonzero(partners == 0)
    revised = revised[np.argsort(-a.areas_mm2[revised], kind="stable")][: 2 * ANCHORS]
    new = np.flatnonzero(~known)
    new = new[np.argsort(-b.areas_mm2[new], kind="stable")][: 4 * ANCHORS]
    if not len(anchors):
        anchors = revised[:4]
    pairs = []
    for first, second in product(anchors, revised):
        if first == second:
            continue
        ratio = b.sizes_mm[new, 0] / max(a.sizes_mm[second, 0], 1e-300)
        fits = (b.kind[new] == a.kind[second]) & (b.sense[new] == a.sense[second])
        fits &= (ratio > 0.5) & (ratio < 2)
        mine = likes[first] if len(likes[first]) else new[
            (b.kind[new] == a.kind[first]) & (b.sense[new] == a.sense[first])]  # fmt: skip
        pairs += [(first, second, p, q) for p, q in product(mine, new[fits])]
    return _laid(a, b, pairs, near)


def _laid(
    a: FaceTable, b: FaceTable, pairs: "list[tuple[Any, Any, Any, Any]]", near: float
) -> np.ndarray:
    """Motions (k, 4, 4), plain and mirrored, that lay faces (first, second) on faces (p, q)."""
    if not pairs:
        return np.zeros((0, 4, 4))
    rows = np.array(pairs)
    rows = rows[rows[:, 2] != rows[:, 3]]
    apart = np.linalg.norm(a.points_mm[rows[:, 1]] - a.points_mm[rows[:, 0]], axis=1)
    theirs = np.linalg.norm(b.points_mm[rows[:, 3]] - b.points_mm[rows[:, 2]], axis=1)
    rows = rows[np.abs(apart - theirs) <= near][:MAX_PAIR_HYPOTHESES]
    arm = 0.25 * a.diagonal_mm
    sources, targets = [], []
    for first, second, p, q in rows.tolist():
        faces = ((first, p), (second, q))
        arms = [
            (a.points_mm[mine] + arm * a.axes[mine], b.points_mm[other] + arm * b.axes[other])
            for mine, other in faces
            if a.directed[mine]
        ]
        # two bores side by side leave open which way their axes point
        ways = [arms] if arms else [
            [(a.points_mm[first] + arm * a.axes[first], b.points_mm[p] + way * arm * b.axes[p])]
            for way in (1.0, -1.0)
        ]  # fmt: skip
        for extra in ways:
            points = [(a.points_mm[mine], b.points_mm[other]) for mine, other in faces] + extra
            points += points[:1] * (4 - len(points))
            sources.append(np.array([mine for mine, _ in points]))
            targets.append(np.array([other for _, other in points]))
    if not sources:
        return np.zeros((0, 4, 4))
    matrices, residual, spread = kabsch(np.array(sources), np.array(targets))
    fits = (residual < 3 * near) & (spread > 1e-3 * a.diagonal_mm)
    return np.concatenate([matrices[0][fits], matrices[1][fits]])


def from_directions(
    a: Part, b: Part, table_a: FaceTable, table_b: FaceTable, scale: float
) -> list[np.ndarray]:
    """Motions (k, 4, 4) that lay main directions on each other, and some point on its like."""
    rotations = _rotations(a, b, table_a, table_b)
    return [
        _about(rotations, scale * a.mass.centroid_mm, b.mass.centroid_mm),
        _about(rotations, scale * a.mass.box.centre_mm, b.mass.box.centre_mm),
        by_offsets(table_a, table_b, rotations),
    ]


def _rotations(a: Part, b: Part, table_a: FaceTable, table_b: FaceTable) -> np.ndarray:
    """Rotations and reflections (k, 3, 3) that lay main directions of A on those of B."""
    found = [np.eye(3), *_symmetries(_inertia_axes(a), _inertia_axes(b), signs_only=True)]
    for mine, theirs in product(_triads(table_a)[:2], _triads(table_b)[:2]):
        found += _symmetries(mine, theirs)
    found += _symmetries(a.mass.box.axes, b.mass.box.axes)
    stacked = np.array(found)
    _, first = np.unique(np.round(stacked.reshape(-1, 9), 4), axis=0, return_index=True)
    return stacked[np.sort(first)]


def _symmetries(
    mine: np.ndarray, theirs: np.ndarray, *, signs_only: bool = False
) -> list[np.ndarray]:
    """All ways to lay three orthogonal rows on three others: 48, or 8 in their order."""
    orders = [(0, 1, 2)] if signs_only else list(permutations(range(3)))
    return [
        (np.array(signs)[:, None] * theirs[list(order)]).T @ mine
        for order in orders
        for signs in product((1.0, -1.0), repeat=3)
    ]


def _inertia_axes(part: Part) -> np.ndarray:
    _, axes = np.linalg.eigh(part.mass.inertia)
    return axes.T


def _triads(table: FaceTable) -> list[np.ndarray]:
    """Orthogonal directions (3, 3) in which most of the surface looks or turns."""
    known = np.linalg.norm(table.axes, axis=1) > 0.5
    if not known.any():
        return []
    axes, weight = table.axes[known], table.areas_mm2[known]
    order = np.argsort(-weight, kind="stable")[:400]
    axes, weight = axes[order], weight[order]
    same = np.abs(axes @ axes.T) > ANGLE_NEAR
    mass = same @ weight
    directions: list[np.ndarray] = []
    for i in np.argsort(-mass, kind="stable"):
        if all(abs(axes[i] @ d) < 0.9999 for d in directions):
            directions.append(axes[i])
        if len(directions) == 4:
            break
    triads = []
    for first, second in combinations(directions, 2):
        if abs(first @ second) < 0.02:
            x = first / np.linalg.norm(first)
            y = second - (second @ x) * x
            y /= np.linalg.norm(y)
            triads.append(np.array([x, y, cross(x, y)]))
    if not triads:
        x = directions[0] / np.linalg.norm(directions[0])
        helper = directions[1] if len(directions) > 1 else np.eye(3)[np.abs(x).argmin()]
        y = helper - (helper @ x) * x
        y /= np.linalg.norm(y)
        triads.append(np.array([x, y, cross(x, y)]))
    return triads


def _about(rotations: np.ndarray, point_a: np.ndarray, point_b: np.ndarray) -> np.ndarray:
    """Motions (k, 4, 4) that turn A by rotations and lay a point on another."""
    matrices = np.tile(np.eye(4), (len(rotations), 1, 1))
    matrices[:, :3, :3] = rotations
    matrices[:, :3, 3] = point_b - rotations @ point_a
    return matrices


def by_offsets(a: FaceTable, b: FaceTable, rotations: np.ndarray) -> np.ndarray:
    """Motions (k, 4, 4) that lay most planes and axes on each other, one direction after the other.

    Lays a part on a longer one: along every direction the shift wins that most faces share.
    """
    triads = _triads(b)[:1]
    if not triads:
        return np.zeros((0, 4, 4))
    triad = triads[0]
    top_a = np.argsort(-a.areas_mm2, kind="stable")[:JUDGED_FACES]
    top_b = np.argsort(-b.areas_mm2, kind="stable")[:JUDGED_FACES]
    near = PLACE_NEAR * max(a.diagonal_mm, b.diagonal_mm)
    known: dict[tuple[int, ...], float] = {}
    matrices = np.tile(np.eye(4), (len(rotations), 1, 1))
    matrices[:, :3, :3] = rotations
    for matrix in matrices:
        for number, direction in enumerate(triad):
            own = matrix[:3, :3].T @ direction  # many rotations lay one direction on another
            key = (number, *np.round(own * ONE_DIRECTION).astype(int).tolist())
            if key not in known:
                known[key] = _best_shift(direction, own, a, top_a, b, top_b, near)
            matrix[:3, 3] += direction * known[key]
    return matrices


def _best_shift(
    direction: np.ndarray,
    own: np.ndarray,
    a: FaceTable,
    top_a: np.ndarray,
    b: FaceTable,
    top_b: np.ndarray,
    near: float,
) -> float:
    """The shift on which most planes across a direction and axes beside it agree.

    own: the direction of A that is laid on `direction` of B.
    """
    origins = a.origins_mm[top_a] @ own
    shifts, votes = [], []
    for code in (PLANE, CYLINDER):
        mine = a.axes[top_a] @ own
        theirs = b.axes[top_b] @ direction
        if code == PLANE:
            pick_a = (a.kind[top_a] == PLANE) & (np.abs(mine) > ANGLE_NEAR)
            pick_b = (b.kind[top_b] == PLANE) & (np.abs(theirs) > ANGLE_NEAR)
        else:
            pick_a = (a.kind[top_a] == CYLINDER) & (np.abs(mine) < 0.01)
            pick_b = (b.kind[top_b] == CYLINDER) & (np.abs(theirs) < 0.01)
        i, j = np.flatnonzero(pick_a), np.flatnonzero(pick_b)
        if not len(i) or not len(j):
            continue
        shift = (b.origins_mm[top_b[j]] @ direction)[None] - origins[i][:, None]
        if code == PLANE:
            same = mine[i][:, None] * theirs[j][None] > 0
        else:
            r = a.sizes_mm[top_a[i], 1][:, None], b.sizes_mm[top_b[j], 1][None]
            same = np.abs(r[0] - r[1]) < SIZE_NEAR * r[0] + near
            same &= a.sense[top_a[i]][:, None] == b.sense[top_b[j]][None]
        size = a.sizes_mm[top_a[i], 0][:, None], b.sizes_mm[top_b[j], 0][None]
        weight = (
            np.minimum(size[0], size[1])
            / np.maximum(size[0], size[1])
            * np.minimum(size[0], size[1])
        )
        shifts.append(shift[same])
        votes.append(weight[same])
    if not shifts or not sum(map(len, shifts)):
        return 0.0
    shift, vote = np.concatenate(shifts), np.concatenate(votes)
    order = np.argsort(shift)
    shift, summed = shift[order], np.concatenate([[0.0], np.cumsum(vote[order])])
    low, high = np.searchsorted(shift, shift - near), np.searchsorted(shift, shift + near, "right")
    best = int((summed[high] - summed[low]).argmax())
    return float(shift[low[best] : high[best]].mean())
