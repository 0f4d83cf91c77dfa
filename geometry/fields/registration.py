"""Which of many motions brings two surfaces closest, and what improves it?

Source: rotation from points after Kabsch, Acta Cryst. A32, 1976; iterated closest points after
Besl & McKay, A method for registration of 3-D shapes, IEEE PAMI 1992, trimmed.
"""

import numpy as np

from geometry.fields.deviation import Surface
from geometry.fields.facetable import moved
from geometry.mesh import sample_surface

__all__ = [
    "FINALISTS",
    "MIRROR_PRICE",
    "STAY_PRIZE",
    "Probes",
    "closest_motion",
    "is_near",
    "kabsch",
]

MIRROR_PRICE = 0.05  # a mirror image must explain this much more than a motion
STAY_PRIZE = 0.02  # of two equal motions the one that keeps the coordinates is meant
FINALISTS = 24
# motions far from any good one: told by the first probes, by few, and improved
CLOSEST_TRIED, CLOSEST_JUDGED, CLOSEST_STARTS = 80, 20, 5
PROBES = 700  # surface points that judge a motion
FEW_PROBES = 150  # enough to leave out motions that lay nothing on anything
FIRST_PROBES = 50  # tell which motions are far from the best
# a share that n points tell is off by half a root of n at most in one of 15,000 cases: 4 deviations
SURE_DEVIATIONS = 4.0
FITTED_PROBES = 350  # enough to improve a motion
FIRST_STEPS, LAST_STEPS = 6, 14  # of improving: each start, then the best of them
IMPROVED = 2  # starts that are improved to the end
ONE_TURN = 1e-3  # entries of two rotations that are one: rad


class Probes:
    """Points on two surfaces, A's at B's scale, and how near they come under a motion."""

    def __init__(self, a: Surface, b: Surface, scale: float) -> None:
        rng = np.random.default_rng(7)
        self._a, self._b, self._scale = a, b, scale
        self.on_a = sample_surface(a.part.mesh, PROBES, rng)[0] * scale
        self.on_b = sample_surface(b.part.mesh, PROBES, rng)[0]
        self.diagonal_mm = b.part.mesh.diagonal_mm

    def closeness(
        self, matrix: np.ndarray, count: int = PROBES, *, beyond: float = -np.inf
    ) -> float:
        """0…1: how much of either surface lies close to the other.

        beyond: whoever asks wants no less than this; where the first points already tell that it
        cannot be reached, or surely will not, the answer is what is left to hope for.
        """
        soft = 0.01 * self.diagonal_mm
        back = np.linalg.inv(matrix)
        missing, taken = 0.0, 0
        for ends in sorted({min(few, count) for few in (FIRST_PROBES, FEW_PROBES, count)}):
            some = slice(taken, ends)
            there = self.nearest(moved(matrix, self.on_a[some]))[0]
            missing += float((1 - np.exp(-there / soft)).sum()) / (2 * count)
            if 1.0 - missing < beyond:
                return 1.0 - missing
            here = moved(back, self.on_b[some]) / self._scale
            here = self._a.scene.nearest(here)[0] * self._scale
            missing += float((1 - np.exp(-here / soft)).sum()) / (2 * count)
            told = 1.0 - missing * count / ends
            hoped = min(1.0 - missing, told + SURE_DEVIATIONS * 0.5 / (2 * ends) ** 0.5)
            if hoped < beyond:
                return hoped
            taken = ends
        return 1.0 - missing

    def closeness_of_each(self, matrices: np.ndarray, count: int) -> np.ndarray:
        """The same of many motions (k, 4, 4) by few points each: (k,); one question to the ray
        caster takes as long as a thousand of its points.
        """
        soft, many = 0.01 * self.diagonal_mm, len(matrices)
        there = self.nearest(_moved_by_each(matrices, self.on_a[:count]).reshape(-1, 3))[0]
        here = _moved_by_each(np.linalg.inv(matrices), self.on_b[:count]) / self._scale
        here = self._a.scene.nearest(here.reshape(-1, 3))[0] * self._scale
        close = np.exp(-np.concatenate([there, here]) / soft).reshape(2, many, count)
        return np.asarray(close.mean(axis=(0, 2)))

    def nearest(self, points_mm: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Distance (n,) of points (n, 3) mm from B, and the points of B that are nearest (n, 3)."""
        return self._b.scene.nearest(points_mm)[:2]


def is_near(matrix: np.ndarray, others: np.ndarray, near: float) -> bool:
    """Whether one of the others (k, 4, 4) is the same motion: within 1e-3 rad and `near` mm."""
    off = np.abs(others[:, :3] - matrix[:3]) / np.array([*[ONE_TURN] * 3, max(near, 1e-12)])
    return bool((off <= 1.0).all(axis=(1, 2)).any())


def _distinct(matrices: np.ndarray, score: np.ndarray, near: float, limit: int) -> np.ndarray:
    """Places of the best motions that differ from each other, best first."""
    kept: list[int] = []
    for i in np.argsort(-score, kind="stable"):
        if not is_near(matrices[i], matrices[kept], near):
            kept.append(int(i))
        if len(kept) == limit:
            break
    return np.array(kept)


def kabsch(source: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Best motions of point sets (k, m, 3): (2, k, 4, 4) plain and mirrored, residual, spread (k,).

    Spread is the second singular length: 0 where the points lie on one line and leave a turn open.
    """
    mean_s, mean_t = source.mean(axis=1, keepdims=True), target.mean(axis=1, keepdims=True)
    s, t = source - mean_s, target - mean_t
    u, _, vt = np.linalg.svd(np.einsum("kmi,kmj->kij", s, t))
    spread = np.linalg.svd(s, compute_uv=False)[:, 1]
    sign = np.sign(np.linalg.det(u) * np.linalg.det(vt))
    matrices = np.tile(np.eye(4), (2, len(source), 1, 1))
    residual = np.zeros((2, len(source)))
    for mirrored in (0, 1):
        flip = np.tile(np.eye(3), (len(source), 1, 1))
        flip[:, 2, 2] = sign * (-1 if mirrored else 1)
        rotation = np.einsum("kji,kjl,kml->kim", vt, flip, u)
        matrices[mirrored, :, :3, :3] = rotation
        matrices[mirrored, :, :3, 3] = mean_t[:, 0] - np.einsum(
            "kij,kj->ki", rotation, mean_s[:, 0]
        )
        off = np.einsum("kij,kmj->kmi", rotation, s) - t
        residual[mirrored] = np.linalg.norm(off, axis=2).max(axis=1)
    return matrices, residual.min(axis=0), spread


def closest_motion(matrices: np.ndarray, price: np.ndarray, probes: Probes) -> np.ndarray:
    """The motion after which two parts lie closest, each of the most promising improved.

    matrices (k + 1, 4, 4), the first of them the best so far; price (k,) of the others.
    """
    price = np.concatenate([[-STAY_PRIZE], price])
    some = _distinct(matrices, -price, 0.01 * probes.diagonal_mm, CLOSEST_TRIED)
    first = probes.closeness_of_each(matrices[some], FIRST_PROBES) - price[some]
    some = some[np.argsort(-first, kind="stable")[:CLOSEST_JUDGED]]
    worth = probes.closeness_of_each(matrices[some], FEW_PROBES) - price[some]
    starts = some[np.argsort(-worth, kind="stable")[:CLOSEST_STARTS]]
    begun = _closest_points(matrices[starts], probes, FEW_PROBES, FIRST_STEPS)
    better = probes.closeness_of_each(begun, FEW_PROBES) - price[starts]
    last = np.argsort(-better, kind="stable")[:IMPROVED]
    improved = _closest_points(begun[last], probes, FITTED_PROBES, LAST_STEPS)
    tried = np.concatenate([improved, matrices[starts]])
    best, most = tried[0], -np.inf
    for matrix, cost in zip(tried, price[[*starts[last], *starts]], strict=True):
        worthy = probes.closeness(matrix, beyond=most + cost) - cost
        if worthy > most:
            best, most = matrix, worthy
    return np.asarray(best)


def _closest_points(matrices: np.ndarray, probes: Probes, count: int, steps: int) -> np.ndarray:
    """Motions (k, 4, 4) improved by trimmed iterated closest points, for parts that share no face.

    count: of the points that are laid on the other surface, at most `steps` times.
    """
    points = probes.on_a[:count]
    kept_count = int(0.7 * len(points))
    best, current = matrices.copy(), matrices.copy()
    least = np.full(len(matrices), np.inf)
    mirrored = np.linalg.det(matrices[:, :3, :3]) < 0
    going = np.arange(len(matrices))
    for _ in range(steps):
        here = _moved_by_each(current[going], points)
        distance, closest = probes.nearest(here.reshape(-1, 3))
        distance = distance.reshape(len(going), -1)
        kept = np.argsort(distance, axis=1)[:, :kept_count]
        error = np.take_along_axis(distance, kept, axis=1).mean(axis=1)
        lower = error < least[going]
        best[going[lower]] = current[going[lower]]
        on = error <= 0.999 * least[going]
        least[going] = np.where(on, error, least[going])
        target = np.take_along_axis(closest.reshape(len(going), -1, 3), kept[..., None], axis=1)
        going, kept, target = going[on], kept[on], target[on]
        if not len(going):
            break
        current[going] = _laid_on(points[kept], target, mirrored[going])
    return best


def _laid_on(source: np.ndarray, target: np.ndarray, mirrored: np.ndarray) -> np.ndarray:
    """Best motions (k, 4, 4) of point sets (k, m, 3), those of `mirrored` (k,) bool with a mirror.

    What of `kabsch` an improvement needs.
    """
    mean_s, mean_t = source.mean(axis=1, keepdims=True), target.mean(axis=1, keepdims=True)
    u, _, vt = np.linalg.svd((source - mean_s).transpose(0, 2, 1) @ (target - mean_t))
    flip = np.tile(np.eye(3), (len(source), 1, 1))
    sign = np.sign(np.linalg.det(u) * np.linalg.det(vt))
    flip[:, 2, 2] = np.where(mirrored, -sign, sign)
    rotation = vt.transpose(0, 2, 1) @ flip @ u.transpose(0, 2, 1)
    matrices = np.tile(np.eye(4), (len(source), 1, 1))
    matrices[:, :3, :3] = rotation
    matrices[:, :3, 3] = mean_t[:, 0] - (mean_s @ rotation.transpose(0, 2, 1))[:, 0]
    return matrices


def _moved_by_each(matrices: np.ndarray, points_mm: np.ndarray) -> np.ndarray:
    """Points (n, 3) under every one of some motions (k, 4, 4): (k, n, 3)."""
    return points_mm @ matrices[:, :3, :3].transpose(0, 2, 1) + matrices[:, None, :3, 3]
