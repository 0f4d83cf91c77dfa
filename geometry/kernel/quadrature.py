"""How much area do faces have, and how much lies between them and a point? Summed over the mesh's
triangles in the parameters of their surfaces, where surfaces and rims are exact.

All faces are done in one pass, where the kernel takes each by itself and, of a freeform one, needs
ten times as long.
"""

from typing import Any

import numpy as np
from OCP.TopAbs import TopAbs_REVERSED

from geometry.kernel.creases import cut_at_creases
from geometry.kernel.evaluation import Surfaces
from geometry.kernel.outlines import summed
from geometry.kernel.parameters import PLACE_WEIGHTS, PLACES, Pieces, pieces_of, signed_areas
from geometry.kernel.patches import Cones, moments
from geometry.vectors import cross, norms

__all__ = ["integrated"]

# What a rule of degree 2 may be off by on a triangle, as a share, before it is quartered. The rule
# of degree 5 that counts is then off by a tenth of it at most, on surfaces that are not smooth.
ROUGH_SHARE = 1e-4
MOST_QUARTERED = 3  # times
# What the rule of degree 2 may be off by on a whole face: beyond it its mesh is too coarse for what
# its surface does, as where one side of a fillet has shrunk to a point, and the kernel is faster.
COARSE_SHARE = 2e-3
CELLS_AT_ONCE = 4000  # 10 MB of points

# Radon's rule of degree 5 over a triangle, on its middle and two rings about it, and a rule of
# degree 2 on the middle and the first ring.
# Source: Stroud, Approximate calculation of multiple integrals, 1971, T2: 5-1.
_ROOT = np.sqrt(15.0)
_RINGS = (6 - _ROOT) / 21, (6 + _ROOT) / 21
_CORNERS = np.array(
    [[1 / 3] * 3] + [np.roll([1 - 2 * a, a, a], k).tolist() for a in _RINGS for k in range(3)]
)
_WEIGHTS = np.repeat([9 / 40, (155 - _ROOT) / 1200, (155 + _ROOT) / 1200], [1, 3, 3])
_ROUGH = np.zeros(7)
_ROUGH[1:4] = 1 / 18 / ((_CORNERS[1] - 1 / 3) ** 2).sum()
_ROUGH[0] = 1 - _ROUGH.sum()
# Gauss's rule of degree 3 from a chord to its curve
_LEVELS = np.array([0.5 - np.sqrt(1 / 12), 0.5 + np.sqrt(1 / 12)])
_QUARTERS = np.array(  # corners of each, from those of the whole
    [
        [[2, 0, 0], [1, 1, 0], [1, 0, 1]], [[1, 1, 0], [0, 2, 0], [0, 1, 1]],
        [[1, 0, 1], [0, 1, 1], [0, 0, 2]], [[1, 1, 0], [0, 1, 1], [1, 0, 1]],
    ]
) / 2  # fmt: skip


def _slopes(places: np.ndarray) -> np.ndarray:
    """Matrix that takes a polynomial's values at some places to its derivatives there."""
    apart = places[:, None] - places + np.eye(len(places))
    scale = apart.prod(axis=1)
    matrix = np.asarray(scale[:, None] / scale / apart)
    np.fill_diagonal(matrix, 0.0)
    np.fill_diagonal(matrix, -matrix.sum(axis=1))
    return matrix


_SLOPES = _slopes(np.array([0.0, *PLACES, 1.0]))[1:-1, 1:-1]  # of what is nothing at both ends


def integrated(
    faces: list[Any], rims: list[list[Any]], exact: Surfaces, tip_mm: np.ndarray
) -> tuple[np.ndarray, np.ndarray, Cones]:
    """Area mm² (f,) and centroid mm (f, 3) of faces, and the cones over them from a point (3,) with
    the faces' normals; nan where a face's mesh is missing or too coarse to tell.

    faces: meshed TopoDS_Face each; rims: TopoDS_Edge along those of each; exact: their surfaces.
    """
    pieces = pieces_of(faces, rims)
    sums = _within(exact, pieces, tip_mm) + _beside(exact, pieces, tip_mm)
    sums[~pieces.told | (sums[:, 0] <= 0)] = np.nan
    outwards = np.array([-1.0 if f.Orientation() == TopAbs_REVERSED else 1.0 for f in faces])
    sums[:, 4:] *= outwards[:, None]
    area = sums[:, 0]
    cones = Cones(sums[:, 4] / 3, sums[:, 5:8] / 4, sums[:, 8:].reshape(-1, 3, 3) / 5)
    return area, tip_mm + sums[:, 1:4] / area[:, None], cones


def _within(exact: Surfaces, pieces: Pieces, tip_mm: np.ndarray) -> np.ndarray:
    """Sums (f, 17) over the triangles of each face, as `moments`.

    A triangle on which two rules differ is quartered; nan for faces on which that does not help.
    """
    triangles, owner = cut_at_creases(exact.splines, pieces.triangles, pieces.of_triangle)
    count = len(pieces.told)
    whole = usual = np.zeros((count, 2))
    sums = np.zeros((count, 17))
    for quartered in range(MOST_QUARTERED + 1):
        parts = [
            _over_triangles(exact, owner[begin:end], triangles[begin:end], tip_mm)
            for begin, end in _slices(len(triangles))
        ]
        found, off, size = (np.concatenate(column) for column in zip(*parts, strict=True))
        if not quartered:
            whole = summed(size, owner, count)
            usual = whole / np.maximum(np.bincount(owner, minlength=count), 1)[:, None]
        rough = (off > ROUGH_SHARE * np.maximum(size, usual[owner])).any(axis=1)
        uncertain = summed(off * rough[:, None], owner, count)
        last = quartered == MOST_QUARTERED
        coarse = (uncertain > (ROUGH_SHARE if last else COARSE_SHARE) * whole).any(axis=1)
        sums[coarse] = np.nan
        rough &= ~np.asarray(coarse)[owner] & (not last)
        sums += summed(found[~rough], owner[~rough], count)
        triangles = (_QUARTERS @ triangles[rough][:, None]).reshape(-1, 3, 2)
        owner = np.repeat(owner[rough], 4)
        if not len(owner):
            break
    return sums


def _over_triangles(
    exact: Surfaces, surface: np.ndarray, triangles: np.ndarray, tip_mm: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sums (t, 17) over triangles (t, 3, 2), as `moments`; of their areas and of what lies between
    them and the tip, what two rules differ by (t, 2), and their sizes (t, 2).
    """
    half = signed_areas(triangles)[:, None]
    place, stretch, flux = _seen(exact, surface, _CORNERS @ triangles, tip_mm)
    sums = moments(place, half * _WEIGHTS * stretch, half * _WEIGHTS * flux)
    off = half * np.stack([stretch @ (_ROUGH - _WEIGHTS), flux @ (_ROUGH - _WEIGHTS)], axis=1)
    size = np.abs(sums[:, :1]) * np.stack([np.ones(len(sums)), norms(place[:, 0])], axis=1)
    return sums, np.abs(off), size


def _beside(exact: Surfaces, pieces: Pieces, tip_mm: np.ndarray) -> np.ndarray:
    """Sums (f, 17) over what lies between the chords of each face's rims and their curves."""
    sums = np.zeros((len(pieces.told), 17))
    for begin, end in _slices(len(pieces.chords)):
        chords, owner = pieces.chords[begin:end], pieces.of_chord[begin:end]
        along = chords[:, 1:] - chords[:, :1]
        foot = chords[:, :1] + PLACES[:, None] * along  # (c, k, 2)
        aside = pieces.curves[begin:end] - foot
        aside_slope = _SLOPES @ aside
        for level in _LEVELS.tolist():
            (x, y), (u, v) = aside.T, (along + level * aside_slope).T
            spread = (x * v - y * u).T * PLACE_WEIGHTS / len(_LEVELS)
            uv = foot + level * aside
            at, stretch, flux = _seen(exact, owner, uv, tip_mm)
            sums += summed(moments(at, spread * stretch, spread * flux), owner, len(sums))
    return sums


def _seen(
    exact: Surfaces, surface: np.ndarray, uv: np.ndarray, tip_mm: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of points uv (n, k, 2) on surfaces (n,): where they lie from the tip (n, k, 3) mm, area and
    x·n of a unit of their parameters (n, k).
    """
    count, many, _ = uv.shape
    place, along_u, along_v = exact.at(np.repeat(surface, many), uv.reshape(-1, 2)).transpose(
        1, 0, 2
    )
    place, normal = place - tip_mm, cross(along_u, along_v)
    stretch, flux = norms(normal).reshape(count, many), (place * normal).sum(axis=1)
    return place.reshape(count, many, 3), stretch, flux.reshape(count, many)


def _slices(count: int) -> list[tuple[int, int]]:
    """From and to of the pieces taken at once; one at least."""
    return [(i, min(i + CELLS_AT_ONCE, count)) for i in range(0, max(count, 1), CELLS_AT_ONCE)]
