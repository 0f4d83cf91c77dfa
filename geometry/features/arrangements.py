"""How do places in a plane repeat: round a circle, on a grid, along a line, some left out?"""

from itertools import combinations

import numpy as np
from scipy.spatial import cKDTree

from geometry.runs import run_starts
from geometry.vectors import norm, norms

__all__ = ["FEWEST", "NEAR_MM", "Match", "on_circle", "on_grid", "on_line", "repeated"]

FEWEST = 3
NEAR_MM = 0.02  # places of a pattern are drawn exactly; files round to a micrometre
NEAR_SHARE = 1e-3  # of the pitch
BOW = 5  # how far an arc stands off its chord at least, in what places may be off it
MOST_CIRCLES = 400  # tried in one group of places
LARGEST_GROUP = 4000  # equal features; beyond it only the grid is tried
SQUARE = 0.02  # cosine between two steps of a grid at most
FILLED = 0.75  # share of the places of a row or grid that are taken where some were left out (ours)
FEWEST_WITH_GAPS = 5  # in a row or grid of which places were left out

Match = tuple[str, list[int], dict[str, float]]


def repeated(flat: np.ndarray, *, turned: bool = True) -> Match | None:
    """The pattern that holds most of the places (n, 2): kind, members, pitch; of equals the circle,
    then the grid, then the line. turned: what lies there may stand on a circle.
    """
    count, steps = len(flat), _steps(flat)
    grid = on_grid(flat, steps)
    tries = [grid]
    whole = grid is not None and len(grid[1]) == count > 4
    if count <= LARGEST_GROUP and not whole:
        tries = [on_circle(flat) if turned else None, grid]
        if all(match is None or len(match[1]) < count for match in tries):
            tries.append(on_line(flat, steps))
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
    length = norms(vectors)
    order = np.argsort(length, kind="stable")
    left = order[length[order] > NEAR_MM]
    chosen: list[np.ndarray] = []
    while len(left) and len(chosen) < 10:
        vector = vectors[left[0]]
        chosen.append(vector)
        apart = norms(vectors[left] - vector)
        left = left[apart > np.maximum(NEAR_MM, NEAR_SHARE * length[left])]
    return np.array(chosen).reshape(-1, 2)


def on_grid(flat: np.ndarray, steps: np.ndarray) -> Match | None:
    """The largest grid that starts anywhere, of which at most a few places were left out.

    steps (s, 2) mm: from places to their neighbours.
    """
    if len(flat) < 4:
        return None
    best: tuple[int, list[int], float] | None = None
    ways = steps / norms(steps)[:, None]
    square = np.triu(np.abs(ways @ ways.T) <= SQUARE, 1)
    for i, u in enumerate(steps):
        for v in steps[square[i]]:
            members = _lattice(flat, u, v)
            if len(members) >= 4 and (best is None or len(members) > best[0]):
                best = (len(members), members, min(norm(u), norm(v)))
        if best is not None and best[0] == len(flat):
            break
    if best is None:
        return None
    return "grid", best[1], {"pitch_mm": best[2]}


def _lattice(flat: np.ndarray, u: np.ndarray, v: np.ndarray) -> list[int]:
    """Members of the box of the lattice about the first place when nearly all of it is filled."""
    cells = np.linalg.solve(np.column_stack([u, v]), (flat - flat[0]).T).T
    near = _near(float(min(np.linalg.norm(u), np.linalg.norm(v))))
    whole = np.round(cells)
    fits = norms((cells - whole) @ np.array([u, v])) < near
    index = np.flatnonzero(fits)
    if len(index) < 4:
        return []
    span = np.ptp(whole[index], axis=0) + 1
    places = int(span.prod())
    if span.min() < 2 or len(index) > places or len(index) < FILLED * places:
        return []
    if len(index) < places and (len(index) < FEWEST_WITH_GAPS or span.min() < 3):
        return []  # two rows of which one is shorter are no grid
    return [int(i) for i in index]


def on_line(flat: np.ndarray, steps: np.ndarray) -> Match | None:
    """The longest row of equal steps, of which single places may have been left out.

    steps (s, 2) mm: from places to their neighbours.
    """
    best: tuple[list[int], float] | None = None
    pitches = norms(steps).tolist()
    asked = flat + np.array([1.0, -1.0, 2.0])[:, None, None] * steps[:, None, None]
    # twice what is near at most: how far all that lies further is off is of no account
    reach = 2 * _near(max(pitches, default=0.0))
    distances, indices = cKDTree(flat).query(asked, distance_upper_bound=reach)
    for pitch, (ahead, behind, beyond), (index, _, over) in zip(
        pitches, distances, indices, strict=True
    ):
        near = _near(pitch)
        following = np.where(ahead <= near, index, np.where(beyond <= near, over, -1)).tolist()
        leaps = ((ahead > near) & (beyond <= near)).tolist()
        for start in np.flatnonzero((behind >= near) & (ahead <= near)).tolist():
            row, gaps = [start], 0
            while following[row[-1]] >= 0:
                gaps += leaps[row[-1]]
                row.append(following[row[-1]])
            if gaps and (len(row) < FEWEST_WITH_GAPS or len(row) < FILLED * (len(row) + gaps)):
                row = row[: next(k for k, place in enumerate(row) if leaps[place]) + 1]
            if len(row) >= FEWEST and (best is None or len(row) > len(best[0])):
                best = (row, pitch)
    return None if best is None else ("linear", best[0], {"pitch_mm": best[1]})


def on_circle(flat: np.ndarray) -> Match | None:
    """Places on one circle at equal angles, all the way round or part of it: of the circles to try
    the first on which most lie.
    """
    centres, radii = _circles(flat)
    offsets = flat - centres[:, None]
    near = np.maximum(NEAR_MM, NEAR_SHARE * np.minimum(radii, np.ptp(flat, axis=0).max()))
    lie_on = np.abs(np.hypot(offsets[..., 0], offsets[..., 1]) - radii[:, None]) < near[:, None]
    tried = np.flatnonzero(lie_on.sum(axis=1) >= FEWEST)
    if not len(tried):
        return None
    circle, on = np.nonzero(lie_on[tried])
    away = offsets[tried[circle], on]
    angles = np.degrees(np.arctan2(away[:, 1], away[:, 0])) % 360
    order = np.lexsort((angles, circle))
    on, angles = on[order], angles[order]
    starts = run_starts(circle)
    counts = np.diff(starts, append=len(circle))
    beyond = np.append(angles[1:], 0.0)
    beyond[starts + counts - 1] = angles[starts] + 360
    gaps = beyond - angles
    gaps = gaps[np.lexsort((gaps, circle))]
    pitch, second, widest = gaps[starts], gaps[starts + counts - 2], gaps[starts + counts - 1]
    near, radii = near[tried], radii[tried]
    allowed = np.maximum(0.02, np.degrees(near / radii) * 2)
    whole = widest - pitch < allowed
    bow = radii * (1 - np.cos(np.radians(180 - widest / 2)))
    # a row that rounding has bent is no arc
    arc = ~whole & (counts >= 4) & (second - pitch < allowed) & (bow >= BOW * near)
    equal = np.flatnonzero(whole | arc)
    if not len(equal):
        return None
    best = int(equal[counts[equal].argmax()])
    members = on[starts[best] : starts[best] + counts[best]].tolist()
    pitch_deg = 360.0 / len(members) if whole[best] else float(pitch[best])
    return "circular", members, {"pitch_deg": pitch_deg}


def _circles(flat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Circles to try: about the middle of all places, and through threes of neighbours; centres
    (c, 2) and radii (c,).
    """
    middle = flat.mean(axis=0)
    radii = np.unique(np.round(norms(flat - middle), 2))
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
    radii_of_threes = norms(a - centres)
    every = np.concatenate([np.tile(middle, (len(radii), 1)), centres])
    return every[:MOST_CIRCLES], np.concatenate([radii, radii_of_threes])[:MOST_CIRCLES]
