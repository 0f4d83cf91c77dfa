"""Plainer descriptors of the literature, to be measured beside ours on the same parts.

Each turns a part into one vector; two parts are as unlike as the sum of absolute differences.
"""

from collections.abc import Callable

import numpy as np
from scipy.special import sph_harm_y

from geometry.mesh import sample_surface
from geometry.part import Part

__all__ = ["DESCRIPTORS"]

PAIRS, BINS = 200_000, 64
POINTS, SHELLS, DEGREES = 8000, 32, 16


def d2(part: Part) -> np.ndarray:
    """Distances of random pairs of surface points, mean distance 1: a histogram (64,).

    Source: Osada et al., Shape distributions, ACM TOG 2002.
    """
    rng = np.random.default_rng(0)
    points, _ = sample_surface(part.mesh, 2 * PAIRS, rng)
    distance = np.linalg.norm(points[:PAIRS] - points[PAIRS:], axis=1)
    found, _ = np.histogram(distance / distance.mean(), BINS, (0, 3))
    return found / PAIRS


def spherical_harmonics(part: Part) -> np.ndarray:
    """Energy of the surface by shell about its centre and degree: (32 · 16,).

    Source: Kazhdan, Funkhouser & Rusinkiewicz, Rotation invariant spherical harmonic
    representation of 3D shape descriptors, SGP 2003; from points of the surface, not of a grid.
    """
    points, _ = sample_surface(part.mesh, POINTS, np.random.default_rng(0))
    points = points - points.mean(axis=0)
    radius = np.linalg.norm(points, axis=1)
    shell = np.minimum((radius / (2 * radius.mean()) * SHELLS).astype(int), SHELLS - 1)
    polar = np.arccos(np.clip(points[:, 2] / np.maximum(radius, 1e-12), -1, 1))
    azimuth = np.arctan2(points[:, 1], points[:, 0])
    energy = np.zeros((SHELLS, DEGREES))
    for degree in range(DEGREES):
        for order in range(degree + 1):
            wave = sph_harm_y(degree, order, polar, azimuth)
            real = np.bincount(shell, wave.real, SHELLS)
            imaginary = np.bincount(shell, wave.imag, SHELLS)
            energy[:, degree] += (real**2 + imaginary**2) * (2 if order else 1)
    found = np.sqrt(energy)
    return (found / max(found.sum(), 1e-300)).ravel()


def bag_of_adjacency(part: Part) -> np.ndarray:
    """Shares of pairs of faces that meet, by their kinds and convexity.

    Source: the attributed adjacency graph of Joshi & Chang, CAD 1988, as a bag of its edges.
    """
    faces, edges = part.joined.faces, part.joined.edges
    ends = edges["faces"]
    real = (ends >= 0).all(axis=1) & (ends[:, 0] != ends[:, 1])
    kinds = np.sort(np.minimum(faces["kind"][ends[real]], 5), axis=1).astype(int)
    word = (kinds[:, 0] * 6 + kinds[:, 1]) * 3 + edges["convexity"][real] + 1
    found = np.bincount(word, minlength=6 * 6 * 3).astype(float)
    return found / max(found.sum(), 1.0)


DESCRIPTORS: dict[str, Callable[[Part], np.ndarray]] = {
    "D2 (Osada 2002)": d2,
    "spherical harmonics (Kazhdan 2003)": spherical_harmonics,
    "bag of the adjacency graph": bag_of_adjacency,
}
