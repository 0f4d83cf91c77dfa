"""Which equal features repeat along a line, round a circle or on a grid?"""

import math
from collections.abc import Iterable
from itertools import combinations

import numpy as np
from scipy.spatial import cKDTree

from geometry.features.feature import Draft
from geometry.features.survey import unit

__all__ = ["find_patterns"]

FEWEST = 3
NEAR_MM = 0.02  # places of a pattern are drawn exactly; files round to a micrometre
NEAR_SHARE = 1e-3  # of the pitch
LARGEST_RING = 60  # equal holes on different axes; the search is quadratic
SPOKES_APART = 0.05  # sine between two axes that tell the plane of a ring
SPOKES_FLAT = 0.01  # sine by which a spoke may leave that plane
SAME_PLANE = 1 - 1e-4
MOST_CIRCLES = 400  # tried in one group of holes
LARGEST_GROUP = 4000  # equal holes; beyond it only the grid is tried


def find_patterns(drafts: list[Draft]) -> list[Draft]:
    """Circular, grid and linear patterns of equal holes, each hole in one pattern at most."""
    found = []
    for group in _alike(drafts):
        found.extend(_patterns(group))
    used = {id(part) for pattern in found for part in pattern.parts}
    found.extend(_radial_patterns([draft for draft in drafts if id(draft) not in used]))
    return found


def _radial_patterns(drafts: list[Draft]) -> list[Draft]:
    """Equal holes that point away from one place in one plane, at equal angles."""
    groups: dict[tuple[object, ...], list[Draft]] = {}
    for draft in drafts:
        p = draft.parameters
        if draft.type == "hole" and "axis" in p and "origin_mm" in p:
            size = (round(float(p["diameter_mm"]), 2), round(float(p["depth_mm"]), 1))
            groups.setdefault((draft.kind, *size), []).append(draft)
    found = []
    for group in groups.values():
        left = group[:LARGEST_RING]
        while len(left) >= FEWEST:
            ring = _ring(left)
            if ring is None:
                break
            found.append(ring)
            gone = {id(part) for part in ring.parts}
            left = [draft for draft in left if id(draft) not in gone]
    return found


def _ring(group: list[Draft]) -> Draft | None:
    """The first circle on which holes of a group stand like spokes."""
    axes = np.array([draft.parameters["axis"] for draft in group])
    places = np.array([draft.parameters["origin_mm"] for draft in group])
    tried: list[np.ndarray] = []
    for i in range(len(group)):
        for j in range(i + 1, len(group)):
            normal = np.cross(axes[i], axes[j])
            if np.linalg.norm(normal) < SPOKES_APART:
                continue
            normal = unit(normal)
            if any(abs(normal @ other) > SAME_PLANE for other in tried):
                continue
            tried.append(normal)
            level = (places - places[i]) @ normal
            on = np.flatnonzero((np.abs(axes @ normal) < SPOKES_FLAT) & (np.abs(level) < NEAR_MM))
            if len(on) < FEWEST:
                continue
            plane = np.column_stack([axes[i], np.cross(normal, axes[i])])
            flat, ways = places[on] @ plane, axes[on] @ plane
            match = _circle(flat)
            if match is None:
                continue
            members = match[1]
            centre = _meeting_point(flat[members], ways[members])
            spokes = flat[members] - centre
            spokes /= np.maximum(np.linalg.norm(spokes, axis=1), 1e-300)[:, None]
            if (np.einsum("ij,ij->i", spokes, ways[members]) < SAME_PLANE).any():
                continue
            parts = tuple(group[on[m]] for m in members)
            parameters = {"count": len(parts), **match[2], "axis": normal.tolist()}
            return Draft("pattern", "circular", (), parameters, parts=parts)
    return None


def _meeting_point(places: np.ndarray, ways: np.ndarray) -> np.ndarray:
    """Where lines in a plane come nearest to meeting, by least squares."""
    across = np.eye(2) - ways[:, :, None] * ways[:, None, :]
    return np.asarray(np.linalg.solve(across.sum(axis=0), np.einsum("ijk,ik->j", across, places)))


def _alike(drafts: Iterable[Draft]) -> list[list[Draft]]:
    """Holes and round cut-outs of one size and direction that start in one plane."""
    groups: dict[tuple[object, ...], list[Draft]] = {}
    for draft in drafts:
        p = draft.parameters
        if draft.type != "hole" or "axis" not in p:
            continue
        axis = np.array(p["axis"])
        sign = 1.0 if axis @ np.array([0.3017, 0.5217, 0.7981]) >= 0 else -1.0
        key = (
            round(float(p["diameter_mm"]), 2),
            draft.kind,
            round(float(p["depth_mm"]), 1),
            tuple(np.round(sign * axis, 2).tolist()),
        )
        groups.setdefault(key, []).append(draft)
    return [group for group in groups.values() if len(group) >= FEWEST]


def _patterns(group: list[Draft]) -> list[Draft]:
    axis = np.array(group[0].parameters["axis"])
    places = np.array([draft.parameters["origin_mm"] for draft in group])
    x = unit(np.cross(axis, np.eye(3)[np.abs(axis).argmin()]))
    flat = places @ np.column_stack([x, np.cross(axis, x)])
    left = list(range(len(group)))
    found = []
    while len(left) >= FEWEST:
        best = _best(flat[left], len(left))
        if best is None:
            break
        kind, members, parameters = best
        parts = tuple(group[left[m]] for m in members)
        extra = {"axis": axis.tolist()} if kind == "circular" else {}
        found.append(
            Draft("pattern", kind, (), {"count": len(parts), **parameters, **extra}, parts=parts)
        )
        gone = {left[m] for m in members}
        left = [i for i in left if i not in gone]
    return found


Match = tuple[str, list[int], dict[str, float]]


def _best(flat: np.ndarray, count: int) -> Match | None:
    """The pattern that holds most places; of equals the circle, then the grid, then the line."""
    grid = _grid(flat)
    tries = [grid]
    whole = grid is not None and len(grid[1]) == count > 4
    if count <= LARGEST_GROUP and not whole:
        tries = [_circle(flat), grid, _line(flat)]
    matches = [match for match in tries if match is not None]
    return max(matches, key=lambda match: len(match[1]), default=None)


def _near(pitch: float) -> float:
    return max(NEAR_MM, NEAR_SHARE * pitch)


def _steps(flat: np.ndarray) -> np.ndarray:
    """Vectors from each place to its neighbours, shortest first and each direction once."""
    count = min(len(flat), 9)
    _, index = cKDTree(flat).query(flat[: min(len(flat), 60)], k=count)
    vectors = (flat[index[:, 1:]] - flat[: len(index), None]).reshape(-1, 2)
    upright = np.where((vectors @ np.array([0.3, 0.9])) < 0, -1.0, 1.0)[:, None]
    vectors = vectors * upright
    length = np.linalg.norm(vectors, axis=1)
    order = np.argsort(length, kind="stable")
    left = order[length[order] > NEAR_MM]
    chosen: list[np.ndarray] = []
    while len(left) and len(chosen) < 10:
        vector = vectors[left[0]]
        chosen.append(vector)
        apart = np.linalg.norm(vectors[left] - vector, axis=1)
        left = left[apart > np.maximum(NEAR_MM, NEAR_SHARE * length[left])]
    return np.array(chosen).reshape(-1, 2)


def _grid(flat: np.ndarray) -> Match | None:
    """The largest full grid that starts anywhere."""
    if len(flat) < 4:
        return None
    steps = _steps(flat)
    best: tuple[int, list[int], float] | None = None
    for i, u in enumerate(steps):
        for v in steps[i + 1 :]:
            if abs(unit(u) @ unit(v)) > 0.02:
                continue
            members = _full_grid(flat, u, v)
            if len(members) >= 4 and (best is None or len(members) > best[0]):
                best = (len(members), members, float(min(np.linalg.norm(u), np.linalg.norm(v))))
        if best is not None and best[0] == len(flat):
            break
    if best is None:
        return None
    return "grid", best[1], {"pitch_mm": best[2]}


def _full_grid(flat: np.ndarray, u: np.ndarray, v: np.ndarray) -> list[int]:
    """Members of the box of the lattice about the first place when all of it is filled."""
    cells = np.linalg.solve(np.column_stack([u, v]), (flat - flat[0]).T).T
    near = _near(float(min(np.linalg.norm(u), np.linalg.norm(v))))
    whole = np.round(cells)
    fits = np.linalg.norm((cells - whole) @ np.array([u, v]), axis=1) < near
    index = np.flatnonzero(fits)
    if len(index) < 4:
        return []
    span = np.ptp(whole[index], axis=0) + 1
    if span.min() < 2 or len(index) != int(span.prod()):
        return []
    return [int(i) for i in index]


def _line(flat: np.ndarray) -> Match | None:
    """The longest row of equal steps."""
    best: tuple[list[int], float] | None = None
    tree = cKDTree(flat)
    for step in _steps(flat):
        pitch = float(np.linalg.norm(step))
        near = _near(pitch)
        ahead, index = tree.query(flat + step)
        behind, _ = tree.query(flat - step)
        following = np.where(ahead <= near, index, -1).tolist()
        for start in np.flatnonzero((behind >= near) & (ahead <= near)).tolist():
            row = [start]
            while following[row[-1]] >= 0:
                row.append(following[row[-1]])
            if len(row) >= FEWEST and (best is None or len(row) > len(best[0])):
                best = (row, pitch)
    return None if best is None else ("linear", best[0], {"pitch_mm": best[1]})


def _circle(flat: np.ndarray) -> Match | None:
    """Places on one circle at equal angles, all the way round or part of it."""
    best: tuple[list[int], float] | None = None
    centres, radii = _circles(flat)
    offsets = flat - centres[:, None]
    near = np.maximum(NEAR_MM, NEAR_SHARE * radii)
    lie_on = np.abs(np.hypot(offsets[..., 0], offsets[..., 1]) - radii[:, None]) < near[:, None]
    for number in np.flatnonzero(lie_on.sum(axis=1) >= FEWEST).tolist():
        on = np.flatnonzero(lie_on[number])
        if best is not None and len(on) <= len(best[0]):
            continue
        offset = offsets[number]
        angles = np.degrees(np.arctan2(offset[on, 1], offset[on, 0])) % 360
        order = np.argsort(angles)
        gaps = np.diff(np.append(angles[order], angles[order[0]] + 360))
        pitch = float(gaps.min())
        allowed = max(0.02, math.degrees(float(near[number] / radii[number])) * 2)
        if np.abs(gaps - pitch).max() < allowed:
            pitch = 360.0 / len(on)
        elif not (
            len(on) >= 4 and (np.abs(np.delete(gaps, gaps.argmax()) - pitch) < allowed).all()
        ):
            continue
        best = ([int(i) for i in on[order]], pitch)
    return None if best is None else ("circular", best[0], {"pitch_deg": best[1]})


def _circles(flat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Circles to try: about the middle of all places, and through threes of neighbours; centres
    (c, 2) and radii (c,).
    """
    middle = flat.mean(axis=0)
    radii = np.unique(np.round(np.linalg.norm(flat - middle, axis=1), 2))
    radii = radii[radii > NEAR_MM]
    count = min(len(flat), 12)
    threes = np.array(list(combinations(range(count), 3)), dtype=int).reshape(-1, 3)
    a, b, c = flat[threes].transpose(1, 0, 2)
    matrix = 2 * np.stack([b - a, c - a], axis=1)
    bent = np.abs(np.linalg.det(matrix)) > 1e-9 * np.abs(matrix).max(axis=(1, 2)) ** 2
    a, b, c, matrix = a[bent], b[bent], c[bent], matrix[bent]
    square = (a**2).sum(axis=1)
    ends = np.stack([(b**2).sum(axis=1) - square, (c**2).sum(axis=1) - square], axis=1)
    centres = np.linalg.solve(matrix, ends[:, :, None])[:, :, 0]
    radii_of_threes = np.linalg.norm(a - centres, axis=1)
    every = np.concatenate([np.tile(middle, (len(radii), 1)), centres])
    return every[:MOST_CIRCLES], np.concatenate([radii, radii_of_threes])[:MOST_CIRCLES]
