"""Which equal features repeat along a line, round a circle or on a grid?"""

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.spatial import cKDTree

from geometry.features.feature import Draft
from geometry.features.survey import Survey, unit

__all__ = ["find_patterns"]

FEWEST = 3
NEAR_MM = 0.02  # places of a pattern are drawn exactly; files round to a micrometre
NEAR_SHARE = 1e-3  # of the pitch
REPEATED = ("hole", "cutout", "pocket", "slot", "boss", "rib", "form")
SIZES = ("diameter_mm", "depth_mm", "width_mm", "length_mm", "height_mm", "thickness_mm", "size_mm")
SAME_SIZE, SAME_SIZE_MM = 5e-4, 0.02  # what re-encoding leaves of a depth that a mesh tells
SIZE_CELL_MM = 0.5  # of first sizes that are compared
SAME_WAY = 1 - 1e-4
LARGEST_RING = 60  # equal features on different axes
RING_TRIED = 12  # of them by threes
MISSING = 8  # places of a row or grid for each that may be empty
SPOKES_APART = 0.05  # sine between two axes that tell the plane of a ring
SPOKES_FLAT = 0.01  # sine by which a spoke may leave that plane
SAME_PLANE = 1 - 1e-4
MOST_CIRCLES = 400  # tried in one group of holes
LARGEST_GROUP = 4000  # equal holes; beyond it only the grid is tried


@dataclass(frozen=True)
class _Placed:
    """A feature that may repeat, where it is and how large."""

    draft: Draft
    place_mm: np.ndarray  # (3,) a hole's mouth, the middle of the faces of others
    way: np.ndarray | None  # (3,) its axis or the way out of it; None: of no direction
    sizes: np.ndarray


def find_patterns(survey: Survey, drafts: list[Draft]) -> list[Draft]:
    """Circular, grid and linear patterns of equal features, each in one pattern at most."""
    found: list[Draft] = []
    for type_ in REPEATED:
        kinds: dict[tuple[object, ...], list[_Placed]] = {}
        for draft in drafts:
            if draft.type == type_:
                one = _placed(survey, draft)
                key = (draft.kind, draft.parameters.get("profile"), len(one.sizes))
                kinds.setdefault((*key, one.way is None), []).append(one)
        for some in kinds.values():
            equal = _equal(some)
            used: set[int] = set()
            for group in equal:
                for alike in _parallel(group):
                    patterns = _patterns(alike)
                    used |= {id(part) for pattern in patterns for part in pattern.parts}
                    found += patterns
            for group in equal:
                found += _rings([one for one in group if id(one.draft) not in used])
    return found


def _placed(survey: Survey, draft: Draft) -> _Placed:
    p = draft.parameters
    way = p.get("axis", p.get("direction"))
    if draft.type == "hole":
        place = np.array(p["origin_mm"])
        sizes = [p["diameter_mm"], p["depth_mm"]]
    else:
        rows = survey.faces[list(draft.faces)]
        place = np.average(rows["centroid_mm"], axis=0, weights=np.maximum(rows["area_mm2"], 1e-12))
        sizes = [v for key, v in p.items() if key in SIZES and isinstance(v, int | float)]
    return _Placed(draft, place, None if way is None else np.array(way), np.array(sizes, float))


def _equal(some: list[_Placed]) -> list[list[_Placed]]:
    """Features of one size together, those that are three or more."""
    groups: list[list[_Placed]] = []
    cells: dict[int, list[list[_Placed]]] = {}
    for one in some:
        cell = math.floor(float(one.sizes[0]) / SIZE_CELL_MM) if len(one.sizes) else 0
        near = (group for c in (cell, cell - 1, cell + 1) for group in cells.get(c, ()))
        group = next((group for group in near if _same_size(one, group[0])), None)
        if group is None:
            groups.append([one])
            cells.setdefault(cell, []).append(groups[-1])
        else:
            group.append(one)
    return [group for group in groups if len(group) >= FEWEST]


def _same_size(a: _Placed, b: _Placed) -> bool:
    near = np.maximum(SAME_SIZE_MM, SAME_SIZE * b.sizes)
    return bool((np.abs(a.sizes - b.sizes) <= near).all())


def _parallel(group: list[_Placed]) -> list[list[_Placed]]:
    """Features of one direction together; holes also where their mouths look opposite ways."""
    if group[0].way is None:
        return [group]
    found: list[list[_Placed]] = []
    for one in group:
        assert one.way is not None  # as of the first
        for other in found:
            along = float(one.way @ other[0].way)
            if (abs(along) if one.draft.type == "hole" else along) > SAME_WAY:
                other.append(one)
                break
        else:
            found.append([one])
    return [each for each in found if len(each) >= FEWEST]


def _rings(group: list[_Placed]) -> list[Draft]:
    """Features that point away from one axis, square or leaning to it, at equal angles."""
    left = [one for one in group if one.way is not None][:LARGEST_RING]
    found = []
    while len(left) >= FEWEST:
        ring = _ring(left)
        if ring is None:
            break
        found.append(ring)
        gone = {id(part) for part in ring.parts}
        left = [one for one in left if id(one.draft) not in gone]
    return found


def _ring(group: list[_Placed]) -> Draft | None:
    """The first circle on which features of a group stand like spokes, or on a cone."""
    axes = np.array([one.way for one in group])
    places = np.array([one.place_mm for one in group])
    tried: list[np.ndarray] = []
    for i, j, k in combinations(range(min(len(group), RING_TRIED)), 3):
        # turned about one axis, directions keep what they have along it
        normal = np.cross(axes[j] - axes[i], axes[k] - axes[i])
        if np.linalg.norm(normal) < SPOKES_APART:
            continue
        normal = unit(normal)
        if any(abs(normal @ other) > SAME_PLANE for other in tried):
            continue
        tried.append(normal)
        lean, level = (axes - axes[i]) @ normal, (places - places[i]) @ normal
        on = np.flatnonzero((np.abs(lean) < SPOKES_FLAT) & (np.abs(level) < NEAR_MM))
        if len(on) < FEWEST:
            continue
        x = unit(np.cross(normal, np.eye(3)[np.abs(normal).argmin()]))
        plane = np.column_stack([x, np.cross(normal, x)])
        flat, ways = places[on] @ plane, axes[on] @ plane
        match = _circle(flat)
        if match is None:
            continue
        members = match[1]
        ways = ways[members] / np.maximum(np.linalg.norm(ways[members], axis=1), 1e-300)[:, None]
        centre = _meeting_point(flat[members], ways)
        spokes = flat[members] - centre
        spokes /= np.maximum(np.linalg.norm(spokes, axis=1), 1e-300)[:, None]
        if (np.einsum("ij,ij->i", spokes, ways) < SAME_PLANE).any():
            continue
        parts = tuple(group[on[m]].draft for m in members)
        parameters = {"count": len(parts), **match[2], "axis": normal.tolist()}
        return Draft("pattern", "circular", (), parameters, parts=parts)
    return None


def _meeting_point(places: np.ndarray, ways: np.ndarray) -> np.ndarray:
    """Where lines in a plane come nearest to meeting, by least squares."""
    across = np.eye(2) - ways[:, :, None] * ways[:, None, :]
    return np.asarray(np.linalg.solve(across.sum(axis=0), np.einsum("ijk,ik->j", across, places)))


def _patterns(group: list[_Placed]) -> list[Draft]:
    places = np.array([one.place_mm for one in group])
    axis = group[0].way
    if axis is None:  # square to the plane that the places lie in
        _, spread, lines = np.linalg.svd(places - places.mean(axis=0), full_matrices=False)
        if spread[2] > NEAR_MM * math.sqrt(len(places)):
            return []
        axis = lines[2]
    x = unit(np.cross(axis, np.eye(3)[np.abs(axis).argmin()]))
    flat = places @ np.column_stack([x, np.cross(axis, x)])
    left = list(range(len(group)))
    found = []
    while len(left) >= FEWEST:
        best = _best(flat[left], len(left))
        if best is None:
            break
        kind, members, parameters = best
        parts = tuple(group[left[m]].draft for m in members)
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
    """Members of the box of the lattice about the first place when all of it is filled, or of a
    larger one nearly all.
    """
    cells = np.linalg.solve(np.column_stack([u, v]), (flat - flat[0]).T).T
    near = _near(float(min(np.linalg.norm(u), np.linalg.norm(v))))
    whole = np.round(cells)
    fits = np.linalg.norm((cells - whole) @ np.array([u, v]), axis=1) < near
    index = np.flatnonzero(fits)
    if len(index) < 4:
        return []
    span = np.ptp(whole[index], axis=0) + 1
    places = int(span.prod())
    if span.min() < 2 or len(index) + places // MISSING < places:
        return []
    return [int(i) for i in index]


def _line(flat: np.ndarray) -> Match | None:
    """The longest row of equal steps; a long one may leave out a place, between pairs at least."""
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
            row += _beyond_a_gap(tree, flat, row, step, near, following)
            if len(row) >= FEWEST and (best is None or len(row) > len(best[0])):
                best = (row, pitch)
    return None if best is None else ("linear", best[0], {"pitch_mm": best[1]})


def _beyond_a_gap(
    tree: cKDTree,
    flat: np.ndarray,
    row: list[int],
    step: np.ndarray,
    near: float,
    following: list[int],
) -> list[int]:
    """How a row goes on beyond one empty place, where that leaves no more than it may."""
    apart, index = tree.query(flat[row[-1]] + 2 * step)
    if apart > near:
        return []
    rest = [int(index)]
    while following[rest[-1]] >= 0:
        rest.append(following[rest[-1]])
    long = len(row) + len(rest) + 1 >= MISSING - 2
    return rest if long and min(len(row), len(rest)) >= 2 else []


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
