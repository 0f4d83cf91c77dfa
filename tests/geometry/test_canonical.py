"""Which canonical surfaces a freeform face may lie on is told from points and normals of it."""

import math

import numpy as np
import pytest

from geometry.kernel.canonical import (
    CONE,
    CYLINDER,
    PLANE,
    SAMPLES,
    SPHERE,
    STRIP,
    TORUS,
    canonical_tolerance_mm,
    likely_kinds,
)
from geometry.kernel.cylinder import fit_cylinder
from geometry.kernel.torus import fit_torus

PATCHES = 200


def patch(rng, kind, waved):
    """Points and normals of a patch on a grid, how large it is, and what it may be off; waved: by
    how much of that its points are off.
    """
    turn = math.exp(rng.uniform(math.log(0.1), math.log(6)))
    u, v = np.meshgrid(*[np.linspace(0, 1, SAMPLES)] * 2, indexing="ij")
    u, v = u.ravel(), v.ravel()
    around, height, lean = turn * u, turn * rng.uniform(0.2, 4) * v, np.zeros_like(u)
    if kind == PLANE:
        points, normals = np.stack([u, v, 0 * u], axis=1), np.tile([0.0, 0.0, 1.0], (len(u), 1))
    else:
        if kind == SPHERE:
            lean = rng.uniform(-1, 0.5) + min(turn, 0.8) * v
            radius, height = np.cos(lean), np.sin(lean)
        elif kind == CONE:
            lean = np.full_like(u, -math.radians(rng.uniform(1, 60)))
            radius = 1 - np.tan(lean) * height
        else:
            radius = np.ones_like(u)
        flat = np.stack([np.cos(around), np.sin(around)], axis=1)
        points = np.column_stack([radius[:, None] * flat, height])
        normals = np.column_stack([np.cos(lean)[:, None] * flat, np.sin(lean)])
    size = float(np.linalg.norm(np.ptp(points, axis=0)))
    tolerance = canonical_tolerance_mm(size)
    way = rng.uniform(-3, 3, 2)
    wave = np.sin(way @ [u, v] + rng.uniform(0, 6))
    return (points + waved * tolerance * wave[:, None] * normals, normals), tolerance


@pytest.mark.parametrize("kind", [PLANE, CYLINDER, CONE, SPHERE])
@pytest.mark.parametrize("waved", [0.0, 0.3, 1.0])
def test_a_face_that_lies_within_tolerance_of_a_surface_may_be_it(kind, waved):
    rng = np.random.default_rng(7)
    samples, tolerances = zip(*(patch(rng, kind, waved) for _ in range(PATCHES)), strict=True)
    likely = likely_kinds(list(samples), np.array(tolerances))
    assert [i for i, kinds in enumerate(likely) if kind not in kinds] == []


def test_hardly_a_patch_of_a_cylinder_may_be_flat_or_of_a_ball():
    rng = np.random.default_rng(8)
    samples, tolerances = zip(*(patch(rng, CYLINDER, 0.3) for _ in range(PATCHES)), strict=True)
    likely = likely_kinds(list(samples), np.array(tolerances))
    assert sum(bool(kinds & {PLANE, SPHERE}) for kinds in likely) < PATCHES / 10


@pytest.mark.parametrize("fit, code", [(fit_cylinder, STRIP), (fit_torus, TORUS)])
def test_what_fits_within_tolerance_is_never_told_unlikely(fit, code):
    rng = np.random.default_rng(9)
    kinds = [CYLINDER, CONE, SPHERE] * (PATCHES // 3)
    samples, tolerances = zip(*(patch(rng, kind, 1.0) for kind in kinds), strict=True)
    likely = likely_kinds(list(samples), np.array(tolerances))
    fits = [
        (found := fit(*own)) is not None and found.gap_mm <= tolerance
        for own, tolerance in zip(samples, tolerances, strict=True)
    ]
    assert any(fits)
    assert all(code in kinds for kinds, fitting in zip(likely, fits, strict=True) if fitting)
