"""Where does each part lie on a map on which alike parts are neighbours?

Distances of likeness are laid out in the plane by stress majorisation (de Leeuw, 1977), from the
coordinates of classical scaling (Torgerson, 1952), with weights that keep small distances before
large ones (Sammon, 1969). Of large catalogues some parts are laid out so, and every other is put
among those it is nearest to.
"""

import numpy as np
from scipy.sparse.linalg import eigsh

from geometry.vectors import norms

__all__ = ["LANDMARKS", "lay_out", "place_among"]

LANDMARKS = 1000  # parts that are laid out by all their distances: a matrix of 8 MB
ROUNDS = 120  # of majorisation; the stress falls by less than a thousandth a round by then
NEIGHBOURS = 4
FEW = 50  # parts of which all directions are found at once
_SEED = 20_240_517


def lay_out(likeness: np.ndarray) -> np.ndarray:
    """Points (n, 2) about the origin, within 1 of it, for likenesses (n, n)."""
    count = len(likeness)
    if count < 2:
        return np.zeros((count, 2))
    # squared, what is unlike moves away from what is alike: seen at a glance
    apart = np.log(np.clip(likeness, 1e-3, 1.0)) ** 2
    points = _classical(apart)
    # equal parts lie on one point: a hair aside, or majorisation divides by nothing
    points = points + 1e-3 * np.random.default_rng(_SEED).standard_normal(points.shape)
    weights = 1 / np.maximum(apart, 0.1) ** 2
    np.fill_diagonal(weights, 0.0)
    laplacian = np.diag(weights.sum(axis=1)) - weights + 1.0 / count
    inverse = np.linalg.inv(laplacian) - 1.0 / count
    wanted = -weights * apart
    pull, across = np.zeros_like(apart), np.zeros_like(apart)
    for _ in range(ROUNDS):  # in the same two matrices: memory, not arithmetic, takes the time
        x, y = points.T
        np.square(np.subtract(x[:, None], x, out=pull), out=pull)
        np.square(np.subtract(y[:, None], y, out=across), out=across)
        pull += across
        np.sqrt(np.maximum(pull, 1e-18, out=pull), out=pull)
        np.divide(wanted, pull, out=pull)
        np.fill_diagonal(pull, 0.0)
        np.fill_diagonal(pull, -pull.sum(axis=1))
        points = inverse @ (pull @ points)
    return _centred(points)


def place_among(points: np.ndarray, vectors: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Points (m, 2) of parts with vectors (m, d) among those laid out: (n, 2) with (n, d)."""
    squares = (vectors**2).sum(axis=1)
    found = np.zeros((len(others), 2))
    for start in range(0, len(others), 4096):
        some = others[start : start + 4096]
        apart = np.maximum((some**2).sum(axis=1)[:, None] + squares - 2 * some @ vectors.T, 0)
        near = np.argpartition(apart, min(NEIGHBOURS, len(points) - 1), axis=1)[:, :NEIGHBOURS]
        weight = 1 / (np.take_along_axis(apart, near, axis=1) + 1e-6)
        weight /= weight.sum(axis=1, keepdims=True)
        found[start : start + 4096] = (points[near] * weight[:, :, None]).sum(axis=1)
    return found


def _classical(apart: np.ndarray) -> np.ndarray:
    """The two main directions of the distances' inner products, the longer first."""
    squares = -0.5 * apart**2
    means = squares.mean(axis=0)
    products = squares - means - means[:, None] + means.mean()
    if len(apart) < FEW:
        values, ways = np.linalg.eigh(products)
        values, ways = values[-2:], ways[:, -2:]
    else:  # two of a thousand: Lanczos finds them in a twentieth of the time
        start = np.random.default_rng(_SEED).standard_normal(len(apart))
        values, ways = eigsh(products, 2, which="LA", v0=start)
    order = np.argsort(values)[::-1]
    return np.asarray(ways[:, order] * np.sqrt(np.maximum(values[order], 0.0)))


def _centred(points: np.ndarray) -> np.ndarray:
    points = points - points.mean(axis=0)
    return np.asarray(points / max(float(norms(points).max()), 1e-300))
