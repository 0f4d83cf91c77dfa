"""Which of many motions brings two surfaces closest, and what improves it?

Source: rotation from points after Kabsch, Acta Cryst. A32, 1976; iterated closest points after
Besl & McKay, A method for registration of 3-D shapes, IEEE PAMI 1992, trimmed.
"""

import numpy as np

from geometry.fields.facetable import moved
from geometry.fields.rays import RayScene
from geometry.mesh import sample_surface
from geometry.part import Part

__all__ = ["MIRROR_PRICE", "STAY_PRIZE", "closeness", "closest_motion", "distinct", "kabsch"]

MIRROR_PRICE = 0.05  # a mirror image must explain this much more than a motion
STAY_PRIZE = 0.02  # of two equal motions the one that keeps the coordinates is meant
FINALISTS = 24
CLOSEST_TRIED, CLOSEST_STARTS = 80, 5
PROBES = 700  # surface points that judge a motion


def distinct(
    matrices: np.ndarray, score: np.ndarray, near: float, limit: int = FINALISTS
) -> np.ndarray:
    """Places of the best motions that differ from each other, best first."""
    kept: list[int] = []
    motions = matrices[:, :3].reshape(-1, 12).copy()
    # rotations and shifts in one measure: 1e-3 rad and `near`
    cells = motions / np.tile([1e-3, 1e-3, 1e-3, max(near, 1e-12)], 3)
    for i in np.argsort(-score, kind="stable"):
        if not kept or np.abs(cells[kept] - cells[i]).max(axis=1).min() > 1.0:
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


def closeness(a: Part, b: Part, matrices: np.ndarray, scale: float) -> np.ndarray:
    """0…1 for each motion: how much of either surface lies close to the other."""
    rng = np.random.default_rng(7)
    on_a = sample_surface(a.mesh, PROBES, rng)[0] * scale
    on_b = sample_surface(b.mesh, PROBES, rng)[0]
    scene_a = RayScene(a.mesh.vertices_mm * scale, a.mesh.triangles)
    scene_b = RayScene(b.mesh.vertices_mm, b.mesh.triangles)
    soft = 0.01 * b.mesh.diagonal_mm
    found = []
    for matrix in matrices:
        there = scene_b.nearest(moved(matrix, on_a))[0]
        back = scene_a.nearest(moved(np.linalg.inv(matrix), on_b))[0]
        found.append(0.5 * (np.exp(-there / soft).mean() + np.exp(-back / soft).mean()))
    return np.array(found)


def closest_motion(
    a: Part, b: Part, matrices: np.ndarray, price: np.ndarray, scale: float
) -> np.ndarray:
    """The motion after which two parts lie closest, each of the most promising improved."""
    price = np.concatenate([[-STAY_PRIZE], price])
    some = distinct(matrices, -price, 0.01 * b.mesh.diagonal_mm, CLOSEST_TRIED)
    worth = closeness(a, b, matrices[some], scale) - price[some]
    starts = some[np.argsort(-worth)[:CLOSEST_STARTS]]
    improved = np.array([_closest_points(a, b, matrices[i], scale) for i in starts])
    tried = np.concatenate([matrices[starts], improved])
    worth = closeness(a, b, tried, scale) - np.tile(price[starts], 2)
    return np.asarray(tried[worth.argmax()])


def _closest_points(a: Part, b: Part, matrix: np.ndarray, scale: float) -> np.ndarray:
    """The motion improved by trimmed iterated closest points, for parts that share no face."""
    rng = np.random.default_rng(11)
    points = sample_surface(a.mesh, PROBES, rng)[0] * scale
    scene = RayScene(b.mesh.vertices_mm, b.mesh.triangles)
    best, least = matrix, np.inf
    mirrored = int(np.linalg.det(matrix[:3, :3]) < 0)
    for _ in range(20):
        here = moved(matrix, points)
        distance, closest, _ = scene.nearest(here)
        kept = np.argsort(distance)[: int(0.7 * len(points))]
        error = float(distance[kept].mean())
        if error < least:
            best = matrix
        if error > 0.999 * least:
            break
        least = error
        matrix = kabsch(points[kept][None], closest[kept][None])[0][mirrored, 0]
    return best
