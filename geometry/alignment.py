"""Which motion, mirroring or scale lays one part on another?

Hypotheses come from what two parts share: pairs of faces that are alike and rare, the directions in
which most of the surface looks, the axes of inertia, and no motion at all (a revision usually keeps
its coordinates). Each is judged by how many faces fall on a partner; the best are judged again by
the distance between the surfaces.

Source: hypothesise and verify after Fischler & Bolles, Random sample consensus, CACM 1981, with
rare pairs instead of random ones.
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from geometry.fields.contest import (
    FEW_FACES,
    MOST_PAIRS,
    Contest,
    sampled_scores,
    strict_scores,
)
from geometry.fields.deviation import Surface
from geometry.fields.facetable import (
    ANGLE_NEAR,
    PLANE,
    FaceTable,
    alike,
    face_table,
    moved,
    scaled,
    turned,
)
from geometry.fields.motions import (
    PLACE_NEAR,
    by_offsets,
    from_directions,
    from_pairs,
    from_revised,
)
from geometry.fields.registration import (
    MIRROR_PRICE,
    STAY_PRIZE,
    Probes,
    closest_motion,
    kabsch,
)
from geometry.fields.settling import settled
from geometry.part import Part
from geometry.runs import run_starts
from geometry.vectors import cross, norms

__all__ = ["UNIT_SLIPS", "Alignment", "align"]

SCALE_NEAR = 2e-3  # how far box, area and volume may disagree about one scale
UNIT_SLIPS = (25.4, 1000.0, 10.0, 100.0, 39.37007874015748, 12.0, 304.8)
NEARLY_STRAIGHT = np.cos(np.radians(3.0))  # directions that are meant to be one, before a fit
OFFSETS_PRIZE = 0.05  # planes and axes in one place say more than a little distance
STAYING = 1e-3  # weight of the turn as it is against the directions of all faces
PERFECT = 1 - 1e-9  # share of the faces that fall on their like when all do
# of a motion's worth by faces, surfaces and distance: one that two rare faces do not tell would
# have to lay half of the faces on their like, beside all surfaces and with no distance, to beat it
SURE = 2.0
FITS = 4  # of a motion to faces, each without those that the last left far off
OUTLYING, ROUNDING_SHARE = 3.0, 1e-7  # in medians of how far faces are off; of the diagonal
TURNING_FACES = 24  # largest beside the axis that tell a turn about it
NEARLY_THERE = 0.02  # of the diagonal: a face that moved is known again within about this


@dataclass(frozen=True)
class Alignment:
    """How A is laid on B: x_b = matrix · x_a."""

    matrix: np.ndarray  # (4, 4) with mirroring and scale
    mirrored: bool
    scale: float
    agreement: float  # 0…1: faces of A that lie on faces of B


def align(a: Part, b: Part, skins: tuple[Surface, Surface] | None = None) -> Alignment:
    """The best motion of A onto B, plain, mirrored or scaled.

    skins: the surfaces of both in their own measure, where the caller has them already.
    """
    scale = _scale(a, b)
    table_a, table_b = scaled(face_table(a), scale), face_table(b)
    likes = alike(table_a, table_b)
    near = PLACE_NEAR * max(table_a.diagonal_mm, table_b.diagonal_mm)
    stays = _perfect(np.eye(4)[None], table_a, table_b, likes, near)
    pairs = from_pairs(table_a, table_b, likes, near) if stays is None else np.zeros((0, 4, 4))
    matrix = stays if stays is not None else _perfect(pairs, table_a, table_b, likes, near)
    if matrix is None:
        skin_a, skin_b = skins or (Surface(a), Surface(b))
        probes = Probes(skin_a, skin_b, scale)
        contest = Contest(table_a, table_b, likes, near, probes)
        matrices = np.concatenate([np.eye(4)[None], pairs])
        price = _price(matrices)
        price[0] -= STAY_PRIZE
        contest.enter(matrices, price)
        if contest.total < SURE:
            more = np.concatenate(
                [
                    from_revised(table_a, table_b, likes, near),
                    *from_directions(a, b, table_a, table_b, scale),
                ]
            )
            matrices = np.concatenate([matrices, more])
            price = np.append(price, _price(more))
            told = np.isfinite(contest.total)
            contest.enter(*((more, _price(more)) if told else (matrices, price)))
        matrix = _refined(contest.best, table_a, table_b, likes, near)
        if _agreement(matrix, table_a, table_b, likes, near) < FEW_FACES:
            by_faces = matrix
            matrix = closest_motion(np.concatenate([matrix[None], matrices]), price, probes)
            matrix = _straightened(matrix, table_a, table_b)
            shifted = by_offsets(table_a, table_b, matrix[None, :3, :3])
            if len(shifted) and (
                probes.closeness(shifted[0]) > probes.closeness(matrix) - OFFSETS_PRIZE
            ):
                matrix = shifted[0]
            # a gear with a tooth more: its teeth lie nowhere, its bore and its faces where they lay
            if contest.worth(by_faces) > contest.worth(matrix):
                matrix = by_faces
        matrix = settled(matrix, table_a, table_b, likes, near)
    matrix = _turned_to_its_like(matrix, table_a, table_b, likes, near)
    agreement = _agreement(matrix, table_a, table_b, likes, near)
    scaling = np.diag([scale, scale, scale, 1.0])
    return Alignment(
        matrix @ scaling, bool(np.linalg.det(matrix[:3, :3]) < 0), scale, min(agreement, 1.0)
    )


def _price(matrices: np.ndarray) -> np.ndarray:
    """What each of some motions (k, 4, 4) must explain more than a plain one (k,)."""
    return np.where(np.linalg.det(matrices[:, :3, :3]) < 0, MIRROR_PRICE, 0.0)


def _perfect(
    motions: np.ndarray, a: FaceTable, b: FaceTable, likes: list[np.ndarray], near: float
) -> np.ndarray | None:
    """The first plain one of some motions (k, 4, 4) that lays every face of A on one like it where
    B has no more; else None.

    No motion is better, so that nobody needs to look for others.
    """
    if len(a.kind) != len(b.kind) or not all(map(len, likes)):
        return None
    plain = motions[np.linalg.det(motions[:, :3, :3]) > 0]
    scores = strict_scores(plain, a, b, likes, near)
    if not len(scores) or scores.max() < PERFECT:
        return None
    best = plain[scores.argmax()]
    if sampled_scores(best[None], a, b, likes, near, len(likes))[0] < PERFECT:
        return None
    return _refined(best, a, b, likes, near)


def _agreement(
    matrix: np.ndarray, a: FaceTable, b: FaceTable, likes: list[np.ndarray], near: float
) -> float:
    return float(strict_scores(matrix[None], a, b, likes, near)[0])


def _scale(a: Part, b: Part) -> float:
    """Size of B over A where B is A made larger or smaller, else 1.

    Box, area and volume must tell the same factor; for the slips of units that happen, nearly.
    """
    boxes = b.mass.box.size_mm / np.maximum(a.mass.box.size_mm, 1e-300)
    volume = abs(b.mass.volume_mm3 / a.mass.volume_mm3) ** (1 / 3)
    area = (b.mass.area_mm2 / max(a.mass.area_mm2, 1e-300)) ** 0.5
    factors = np.array([*boxes, volume, area])
    middle = float(np.median(factors))
    for slip in (*UNIT_SLIPS, *(1 / s for s in UNIT_SLIPS)):
        # a revision may change a little besides; no design makes all three sides ten times as long
        if np.all(np.abs(factors / slip - 1) < 0.1):
            return slip
    if np.ptp(factors) < SCALE_NEAR * middle and abs(middle - 1) > 2 * SCALE_NEAR:
        return volume
    return 1.0


def _refined(
    matrix: np.ndarray, a: FaceTable, b: FaceTable, likes: list[np.ndarray], near: float
) -> np.ndarray:
    """The motion fitted to every face that has a partner, to the precision of the files."""
    if (
        np.array_equal(matrix, np.eye(4))
        and strict_scores(matrix[None], a, b, likes, 1e-2 * near)[0]
        >= strict_scores(matrix[None], a, b, likes, near)[0]
    ):
        return matrix  # exact already: no rounding of a fit
    arm = 0.25 * a.diagonal_mm
    nearest, last = _Nearest(likes, b), None
    for number in range(FITS):
        other = nearest.within(moved(matrix, a.points_mm), near)
        mine = np.flatnonzero(other >= 0)
        theirs = other[mine]
        cosine = np.einsum("ij,ij->i", turned(matrix, a.axes[mine]), b.axes[theirs])
        straight = (np.abs(cosine) > ANGLE_NEAR) & ((cosine > 0) | ~a.directed[mine])
        some, way = mine[straight], arm * np.sign(cosine[straight])[:, None]
        source = np.concatenate([a.points_mm[mine], a.points_mm[some] + arm * a.axes[some]])
        target = np.concatenate(
            [b.points_mm[theirs], b.points_mm[theirs[straight]] + way * b.axes[theirs[straight]]]
        )
        if len(source) < 3:
            return matrix
        order = np.argsort(np.concatenate([mine, some]), kind="stable")  # face after face
        source, target = source[order], target[order]
        off = norms(moved(matrix, source) - target)
        exact = off <= max(OUTLYING * float(np.median(off)), ROUNDING_SHARE * a.diagonal_mm)
        if number and exact.sum() >= 3:  # a wall that tilted a little is near its like, not on it
            source, target = source[exact], target[exact]
        if last is not None and all(map(np.array_equal, last, (source, target))):
            return matrix  # fitted to the same
        last = source, target
        fitted, residual, spread = kabsch(source[None], target[None])
        mirrored = int(np.linalg.det(matrix[:3, :3]) < 0)
        if spread[0] < 1e-3 * a.diagonal_mm:
            matrix = _along_line(matrix, source, target)
            continue
        if residual[0] > 3 * near:
            return matrix
        better = fitted[mirrored, 0]
        if np.abs(better[:3, :3] - matrix[:3, :3]).max() > 0.02:
            return matrix  # points on one line leave the turn about it open
        matrix = better
    return matrix


class _Nearest:
    """Where the faces of B lie that are like each of A."""

    def __init__(self, likes: list[np.ndarray], b: FaceTable) -> None:
        counts = np.array([len(found) for found in likes])
        self._count, self._points = len(likes), b.points_mm
        self._few = counts.sum() <= MOST_PAIRS
        if self._few:
            self._mine = np.repeat(np.arange(len(likes)), counts)
            self._theirs = np.concatenate(likes)
            self._starts = run_starts(self._mine)
            return
        # asking every hole of thousands for all the others would take a minute
        groups: dict[int, tuple[np.ndarray, list[int]]] = {}
        for face, found in enumerate(likes):  # equal faces share one list
            if len(found):
                groups.setdefault(id(found), (found, []))[1].append(face)
        self._trees = [
            (np.array(faces), found, cKDTree(b.points_mm[found]))
            for found, faces in groups.values()
        ]

    def within(self, place: np.ndarray, near: float) -> np.ndarray:
        """Of each face of A, laid at `place` (n, 3), the nearest like it of B within `near`: (n,),
        −1 where there is none.
        """
        other = np.full(self._count, -1)
        if not self._few:
            for mine, theirs, tree in self._trees:
                apart, which = tree.query(place[mine])
                kept = apart <= near
                other[mine[kept]] = theirs[which[kept]]
        elif len(self._mine):
            way = place[self._mine] - self._points[self._theirs]
            apart = np.einsum("ij,ij->i", way, way)
            least = np.minimum.reduceat(apart, self._starts)
            least = np.repeat(least, np.diff(self._starts, append=len(apart)))
            some = np.flatnonzero((apart == least) & (apart <= near**2))[::-1]
            other[self._mine[some]] = self._theirs[some]  # of equally near ones the first
        return other


def _turned_to_its_like(
    matrix: np.ndarray, a: FaceTable, b: FaceTable, likes: list[np.ndarray], near: float
) -> np.ndarray:
    """The motion turned about the axis on which all faces lie that stayed, where there is one, so
    that the others come nearest to faces of their kind: a flange whose bolt circle grew.
    """
    place, tree = moved(matrix, a.points_mm), cKDTree(b.points_mm)
    apart, other = tree.query(place)
    stayed = np.flatnonzero(apart <= near)
    stayed = stayed[[bool((likes[face] == other[face]).any()) for face in stayed]]
    round_ = stayed[(a.kind[stayed] != PLANE) & a.axes[stayed].any(axis=1)]
    if not len(round_):
        return matrix
    first = round_[a.areas_mm2[round_].argmax()]
    axis, middle = turned(matrix, a.axes[first][None])[0], place[first]

    def beside(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Ways from the axis, and how high along it."""
        way = points - middle
        high = way @ axis
        return way - high[:, None] * axis, high

    mine, high = beside(place)
    theirs, high_b = beside(b.points_mm)
    reach, reach_b = norms(mine), norms(theirs)
    if (reach[stayed] > near).any():
        return matrix
    off = np.flatnonzero(reach > max(near, NEARLY_THERE * a.diagonal_mm))
    off = off[np.argsort(-a.areas_mm2[off], kind="stable")][:TURNING_FACES]
    soft = NEARLY_THERE * b.diagonal_mm
    like = (a.kind[off, None] == b.kind) & (a.sense[off, None] == b.sense)
    like &= np.hypot(reach[off, None] - reach_b, high[off, None] - high_b) < 5 * soft
    like &= reach_b > near
    if not like.any():
        return matrix
    # the turn that each pair of faces asks for, and what it does to all
    i, j = np.nonzero(like)
    sine = np.einsum("ij,j->i", cross(mine[off[i]], theirs[j]), axis)
    angles = np.arctan2(sine, np.einsum("ij,ij->i", mine[off[i]], theirs[j]))
    angles = np.unique(np.round(np.concatenate([[0.0], angles]), 6))
    found = []
    for angle in angles:
        here = np.cos(angle) * mine[off] + np.sin(angle) * cross(axis, mine[off])
        gap = np.linalg.norm(here[:, None] - theirs, axis=2)
        gap = np.hypot(gap, high[off, None] - high_b)
        closest = np.where(like, gap, np.inf).min(axis=1)
        found.append(np.exp(-closest / soft).sum())
    best = int(np.argmax(found))
    if found[best] <= found[int(np.flatnonzero(angles == 0.0)[0])] * (1 + OFFSETS_PRIZE):
        return matrix
    skew = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    turn = np.eye(3) + np.sin(angles[best]) * skew + (1 - np.cos(angles[best])) * skew @ skew
    better = np.eye(4)
    better[:3, :3] = turn @ matrix[:3, :3]
    better[:3, 3] = turn @ (matrix[:3, 3] - middle) + middle
    return better


def _straightened(matrix: np.ndarray, a: FaceTable, b: FaceTable) -> np.ndarray:
    """The motion turned a little so that faces which look nearly the same way look the same way.

    A motion fitted to points of surfaces is some tenths of a degree off.
    """
    cosine = turned(matrix, a.axes) @ b.axes.T
    closeness = np.where(a.directed[:, None], cosine, np.abs(cosine))
    closeness[a.kind[:, None] != b.kind[None]] = -1.0
    other = closeness.argmax(axis=1)
    some = np.flatnonzero(closeness.max(axis=1) > NEARLY_STRAIGHT)
    if not len(some):
        return matrix
    weight = a.areas_mm2[some] / a.areas_mm2[some].sum()
    sign = np.sign(cosine[some, other[some]])
    old = matrix[:3, :3]
    pull = np.einsum("k,ki,kj->ij", weight * sign, a.axes[some], b.axes[other[some]])
    pull += STAYING * old.T  # one direction alone leaves the turn about it as it is
    u, _, vt = np.linalg.svd(pull)
    flip = np.diag([1.0, 1.0, np.linalg.det(u) * np.linalg.det(vt) * np.linalg.det(old)])
    turn = vt.T @ flip @ u.T
    straight = np.einsum("ki,ki->k", a.axes[some] @ turn.T, b.axes[other[some]]) * sign
    if weight[straight > ANGLE_NEAR].sum() < 0.5:
        return matrix
    better = matrix.copy()
    centre = np.average(a.points_mm, axis=0, weights=np.maximum(a.areas_mm2, 1e-12))
    better[:3, :3] = turn
    better[:3, 3] += (old - turn) @ centre
    return better


def _along_line(matrix: np.ndarray, source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The motion fitted to points (n, 3) on one line, the turn about it left as it is."""
    mean_s, mean_t = source.mean(axis=0), target.mean(axis=0)
    # the line of each, run through the same way
    start, end = (
        np.linalg.svd(points - mean, full_matrices=False)[2][0]
        for points, mean in ((source, mean_s), (target, mean_t))
    )
    start = matrix[:3, :3] @ start
    end = end * np.sign(start @ end)
    if start @ end < ANGLE_NEAR:
        return matrix
    axis = np.cross(start, end)
    skew = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    better = np.eye(4)
    better[:3, :3] = (np.eye(3) + skew + skew @ skew / (1 + start @ end)) @ matrix[:3, :3]
    better[:3, 3] = mean_t - better[:3, :3] @ mean_s
    return better
