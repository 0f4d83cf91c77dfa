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
from geometry.vectors import cross, norms

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
UPRIGHT = 0.01  # most cosine between a cylinder's axis and a direction that it stands across
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
    apart = norms(a.points_mm[rows[:, 1]] - a.points_mm[rows[:, 0]])
    theirs = norms(b.points_mm[rows[:, 3]] - b.points_mm[rows[:, 2]])
    rows = rows[np.abs(apart - theirs) <= near][:MAX_PAIR_HYPOTHESES]
    arm = 0.25 * a.diagonal_mm
    if not len(rows):
        return np.zeros((0, 4, 4))
    # of each pair of faces their middles and, where they look one way, points that far off them
    mine, theirs = rows[:, :2], rows[:, 2:]
    source, target = a.points_mm[mine], b.points_mm[theirs]
    ahead, ahead_b = source + arm * a.axes[mine], target + arm * b.axes[theirs]
    first, second = a.directed[mine].T
    # two bores side by side leave open which way their axes point
    bare = ~(first | second)
    extra = np.where(first | bare, 0, 1)
    each = np.arange(len(rows))
    third, third_b = ahead[each, extra], ahead_b[each, extra]
    both = (first & second)[:, None]
    fourth = np.where(both, ahead[:, 1], source[:, 0])
    fourth_b = np.where(both, ahead_b[:, 1], target[:, 0])
    sources = np.stack([source[:, 0], source[:, 1], third, fourth], axis=1)
    targets = np.stack([target[:, 0], target[:, 1], third_b, fourth_b], axis=1)
    turned_back = targets[bare]
    turned_back[:, 2] = (target[:, 0] - arm * b.axes[theirs[:, 0]])[bare]
    # each pair's ways beside each other
    place = np.argsort(np.concatenate([each, each[bare]]), kind="stable")
    sources = np.concatenate([sources, sources[bare]])[place]
    targets = np.concatenate([targets, turned_back])[place]
    matrices, residual, spread = kabsch(sources, targets)
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
    known = norms(table.axes) > 0.5
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
    near = PLACE_NEAR * max(a.diagonal_mm, b.diagonal_mm)
    mine, theirs = _Largest(a), _Largest(b)
    axes = [_Axis(direction, theirs, near) for direction in triads[0]]
    matrices = np.tile(np.eye(4), (len(rotations), 1, 1))
    matrices[:, :3, :3] = rotations
    for axis in axes:
        known: dict[tuple[int, ...], float] = {}
        own = axis.direction @ rotations  # many rotations lay one direction on another
        for matrix, way, key in zip(
            matrices, own, np.round(own * ONE_DIRECTION).astype(int).tolist(), strict=True
        ):
            shift = known.get(tuple(key))
            if shift is None:
                shift = known[tuple(key)] = axis.best_shift(way, mine)
            matrix[:3, 3] += axis.direction * shift
    return matrices


class _Largest:
    """The largest planes and cylinders of a part."""

    def __init__(self, table: FaceTable) -> None:
        top = np.argsort(-table.areas_mm2, kind="stable")[:JUDGED_FACES]
        self.kinds = [
            (code, table.axes[rows], table.origins_mm[rows], table.sizes_mm[rows],
             table.sense[rows])
            for code in (PLANE, CYLINDER)
            for rows in (top[table.kind[top] == code],)
        ]  # fmt: skip

    def along(self, direction: np.ndarray) -> list[tuple[np.ndarray, ...]]:
        """Planes across a direction, cylinders beside it: which way they look, where they lie
        along it, sizes as in `FaceTable`, sense.
        """
        found: list[tuple[np.ndarray, ...]] = []
        for code, axes, origins, sizes, sense in self.kinds:
            way = axes @ direction
            pick = np.abs(way) > ANGLE_NEAR if code == PLANE else np.abs(way) < UPRIGHT
            found.append((way[pick], (origins @ direction)[pick], sizes[pick], sense[pick]))
        return found


class _Axis:
    """A direction of B, and the planes and axes that shifts along it lay others on."""

    def __init__(self, direction: np.ndarray, b: _Largest, near: float) -> None:
        self.direction, self._near = direction, near
        self._theirs = b.along(direction)

    def best_shift(self, own: np.ndarray, a: _Largest) -> float:
        """The shift on which most planes across it and axes beside it agree.

        own: the direction of A that is laid on it.
        """
        near = self._near
        shifts, votes = [], []
        sides = zip((PLANE, CYLINDER), a.along(own), self._theirs, strict=True)
        for code, (way, place, sizes, sense), (way_b, place_b, sizes_b, sense_b) in sides:
            if not len(way) or not len(way_b):
                continue
            if code == PLANE:
                same = way[:, None] * way_b > 0
            else:
                radius = sizes[:, 1][:, None]
                same = np.abs(radius - sizes_b[:, 1]) < SIZE_NEAR * radius + near
                same &= sense[:, None] == sense_b
            i, j = np.nonzero(same)
            size, size_b = sizes[i, 0], sizes_b[j, 0]
            smaller = np.minimum(size, size_b)
            shifts.append(place_b[j] - place[i])
            votes.append(smaller / np.maximum(size, size_b) * smaller)
        if not sum(map(len, shifts)):
            return 0.0
        shift, vote = np.concatenate(shifts), np.concatenate(votes)
        order = np.argsort(shift)
        shift, summed = shift[order], np.concatenate([[0.0], np.cumsum(vote[order])])
        low = np.searchsorted(shift, shift - near)
        high = np.searchsorted(shift, shift + near, "right")
        best = int((summed[high] - summed[low]).argmax())
        return float(shift[low[best] : high[best]].mean())
