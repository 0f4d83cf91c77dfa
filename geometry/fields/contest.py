"""Which of many motions lays most of one part on the other?

By faces on faces like them, by surfaces that stay although their faces changed size, by distance.
"""

import heapq

import numpy as np
from scipy.spatial import cKDTree

from geometry.fields.facetable import (
    ANGLE_NEAR,
    FaceTable,
    SurfacePairs,
    are_alike,
    moved,
    turned,
)
from geometry.fields.motions import JUDGED_FACES
from geometry.fields.registration import FINALISTS, Probes, is_near

__all__ = ["FEW_FACES", "MOST_PAIRS", "Contest", "sampled_scores", "strict_scores"]

FEW_FACES = 0.1  # agreement below which the distance of the surfaces decides
PROMISING = 40  # motions judged on surfaces
SURFACE_WORTH = 0.5  # of surfaces that stay, against faces that do and distance
MOST_PAIRS = 20_000  # of faces that are alike, judged one by one
SAMPLED_FACES = 300
NEIGHBOURS = 4  # faces may have their middles in one place: a bore and its counterbore
PIECE = 200_000  # pairs of faces judged at a time


class Contest:
    """Motions of A onto B that are judged against each other, some of them after the others."""

    def __init__(
        self, a: FaceTable, b: FaceTable, likes: list[np.ndarray], near: float, probes: Probes
    ) -> None:
        self._a, self._b, self._likes, self._near, self._probes = a, b, likes, near, probes
        self._top = np.argsort(-a.areas_mm2, kind="stable")[:JUDGED_FACES]
        self._surfaces = SurfacePairs(a, b, self._top, near)
        self._judged = np.zeros((0, 4, 4))
        self.total = -np.inf  # of the best that was judged by all three
        self.best = np.eye(4)

    def enter(self, matrices: np.ndarray, price: np.ndarray) -> None:
        """Judge more motions (k, 4, 4), the first of them in any case; price (k,): what each must
        explain more than others.

        Distances take longest: the most promising by the rest go first, until none can become
        better. Where hardly a face falls on its like nobody is judged by them: whoever asks looks
        further, and `total` stays.
        """
        worth = strict_scores(matrices, self._a, self._b, self._likes, self._near) - price
        order = np.argsort(-worth, kind="stable")
        tried = order[:PROMISING] if 0 in order[:PROMISING] else np.append(order[:PROMISING], 0)
        shares = self._a.areas_mm2[self._top]
        weight = 0.5 / len(self._top) + 0.5 * shares / max(shares.sum(), 1e-300)
        # of each what it may still reach; surfaces are asked for before distances, and nobody
        # further than the best has come
        open_ = [
            (-(worth[i] + SURFACE_WORTH + 1.0), number, False) for number, i in enumerate(tried)
        ]
        heapq.heapify(open_)
        hoped = np.full(len(tried), -np.inf)
        nothing_like = worth.max() < FEW_FACES and not len(self._judged)
        while open_ and -open_[0][0] > self.total and len(self._judged) < FINALISTS:
            _, number, seen = heapq.heappop(open_)
            matrix = matrices[tried[number]]
            if is_near(matrix, self._judged, self._near):
                continue
            if not seen:
                hoped[number] = worth[tried[number]] + self._stays(matrix, weight)
                if nothing_like:
                    continue
                if len(self._judged):  # the first is judged at once: it spares most the question
                    heapq.heappush(open_, (-(hoped[number] + 1.0), number, True))
                    continue
            self._judged = np.concatenate([self._judged, matrix[None]])
            left = self.total - hoped[number]
            total = hoped[number] + self._probes.closeness(matrix, beyond=left)
            if total > self.total:
                self.total, self.best = total, matrix
        if nothing_like:
            self.best = matrices[tried[hoped.argmax()]]

    def worth(self, matrix: np.ndarray) -> float:
        """Surfaces that stay under a motion, and how close the others come."""
        shares = self._a.areas_mm2[self._top]
        stays = self._stays(matrix, shares / max(shares.sum(), 1e-300))
        return stays + self._probes.closeness(matrix)

    def _stays(self, matrix: np.ndarray, weight: np.ndarray) -> float:
        exact, about = (found.any(axis=1) @ weight for found in self._surfaces.after(matrix))
        return float(SURFACE_WORTH * (0.6 * exact + 0.4 * about))


def strict_scores(
    matrices: np.ndarray, a: FaceTable, b: FaceTable, likes: list[np.ndarray], near: float
) -> np.ndarray:
    """Share of A's faces, half by number, half by area, that fall on a face like them: (k,)."""
    weight = 0.5 / len(a.kind) + 0.5 * a.areas_mm2 / max(a.areas_mm2.sum(), 1e-300)
    counts = np.array([len(found) for found in likes])
    if not counts.any():
        return np.zeros(len(matrices))
    if counts.sum() > MOST_PAIRS:
        return sampled_scores(matrices, a, b, likes, near)
    mine = np.repeat(np.arange(len(likes)), counts)
    theirs = np.concatenate(likes)
    scores = np.zeros(len(matrices))
    for first in range(0, len(matrices), step := max(1, PIECE // len(mine))):
        some = matrices[first : first + step]
        turns = some[:, :3, :3].transpose(0, 2, 1)
        off = (a.points_mm @ turns + some[:, None, :3, 3])[:, mine] - b.points_mm[theirs]
        motion, pair = np.nonzero(np.einsum("kij,kij->ki", off, off) < near**2)
        i, j = mine[pair], theirs[pair]
        axes = np.einsum("nij,nj->ni", some[motion, :3, :3], a.axes[i])  # motions are rigid here
        turn = np.einsum("ij,ij->i", axes, b.axes[j])
        bare = ~b.axes[j].any(axis=1)
        right = bare | np.where(a.directed[i], turn > ANGLE_NEAR, np.abs(turn) > ANGLE_NEAR)
        found = np.zeros((len(some), len(a.kind)), bool)
        found[motion[right], i[right]] = True
        scores[first : first + step] = found @ weight
    return scores


def sampled_scores(
    matrices: np.ndarray,
    a: FaceTable,
    b: FaceTable,
    likes: list[np.ndarray],
    near: float,
    most: int = SAMPLED_FACES,
) -> np.ndarray:
    """The same from some of thousands of equal holes: any part of them tells as much."""
    liked = np.array([len(found) > 0 for found in likes])
    share = 0.5 * liked.mean() + 0.5 * a.areas_mm2[liked].sum() / max(a.areas_mm2.sum(), 1e-300)
    keep = np.flatnonzero(liked)[:: max(1, len(likes) // most)]
    weight = 0.5 / len(keep) + 0.5 * a.areas_mm2[keep] / max(a.areas_mm2[keep].sum(), 1e-300)
    tree = cKDTree(b.points_mm)
    scores = np.zeros(len(matrices))
    for number, matrix in enumerate(matrices):
        place = moved(matrix, a.points_mm[keep])
        _, close = tree.query(place, k=min(NEIGHBOURS, len(b.kind)), distance_upper_bound=near)
        row, column = np.nonzero(close.reshape(len(keep), -1) < len(b.kind))
        i, j = keep[row], close.reshape(len(keep), -1)[row, column]
        turn = np.einsum("ij,ij->i", turned(matrix, a.axes[i]), b.axes[j])
        bare = ~b.axes[j].any(axis=1)
        right = bare | np.where(a.directed[i], turn > ANGLE_NEAR, np.abs(turn) > ANGLE_NEAR)
        right &= are_alike(a, i, b, j)
        scores[number] = share * weight[np.unique(row[right])].sum()
    return scores
