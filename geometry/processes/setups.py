"""From which directions must a part be milled: the fewest, on which axes, in how many clampings?"""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from geometry.fields.access import Visibility, cover
from geometry.processes.measurement import number_of
from geometry.processes.subject import Subject
from geometry.processes.tools import LARGEST_DRILL_MM
from geometry.runs import run_starts
from geometry.topology import surface_code
from geometry.vectors import norm

__all__ = ["Setups", "plan_setups"]

PLANE = surface_code("plane")
LEAST_GAIN = 0.004  # of the area: a setup that reaches no more than this reaches noise
LEAST_OBLIQUE_GAIN = 0.25  # of what is left, for directions that no face gives
ALONG = np.cos(np.radians(2.0))  # a drill follows its hole
SQUARE = np.cos(np.radians(88.0))  # directions that a three-axis machine reaches by re-clamping
UPON, BESIDE = np.cos(np.radians(5.0)), np.sin(np.radians(12.0))  # drafts are followed by a taper
LARGE_FLAT = 0.03  # of the area: smaller askew flats are left to a ball or a formed tool
HALF_AS_READY_MM = 40.0  # height of a wall that asks for twice the work of a flat; ours
HOLE_SEEN = 0.3  # of a hole's wall, for a drill to enter from there
RINGS = ("external", "internal")  # grooves about an axis, cut from along it
TILT = np.sin(np.radians(20.0))  # a five-axis head may stand so far below the horizon: ours


@dataclass(frozen=True)
class Setups:
    """Directions that a tool comes from, and what each of them makes."""

    directions: np.ndarray  # (k, 3) towards the tool
    reached: np.ndarray  # (n,) bool: samples that the directions of faces reach
    of_face: np.ndarray  # (f,) setup that makes a face, from 0; −1: none does
    share: np.ndarray  # (k,) of the area that is made there
    axes: int  # 3, 4 or 5
    mode: str  # 3, 3+1, 3+2, 5
    clampings: int

    def along(self, direction: np.ndarray) -> int:
        """The setup nearest to a direction."""
        return int(np.argmax(self.directions @ direction))

    def has(self, direction: np.ndarray) -> bool:
        """Whether a tool comes from a direction in one of the setups."""
        return bool((self.directions @ direction > ALONG).any())

    def into(self, hole: Any) -> np.ndarray:
        """The way a tool comes into a hole: from its mouth, or from the side that is set up."""
        axis = np.asarray(hole.parameters["axis"], float)
        if hole.kind != "through":
            return axis
        cosine = self.directions @ axis
        serve = np.flatnonzero(np.abs(cosine) > ALONG)
        if not len(serve):
            return axis
        own = int(self.of_face[hole.faces[0]])
        chosen = own if own in serve else int(serve[0])
        return axis if cosine[chosen] > 0 else -axis


def plan_setups(subject: Subject) -> Setups:
    """Fewest directions that reach all that can be reached and let every drill follow its hole."""
    view, samples = subject.fields.visibility, subject.fields.samples
    own = view.seen
    columns, weights = _of_holes(subject)
    total = float(samples.area_mm2.sum())
    # hobs, taps and dies come along their own ways, slotting cutters round every ring
    rings = subject.mask(f for g in subject.features("groove") if g.kind in RINGS for f in g.faces)
    own_way = (subject.generated | rings)[samples.face]
    area = np.where(own_way, 0.0, samples.area_mm2)
    seen = np.hstack([own & _stands(subject), columns])
    weight = np.concatenate([area, weights * total])
    ease = np.hstack([_ease(subject), np.ones(columns.shape)])
    chosen = _fewest(seen, weight, _greedy(seen, weight, ease))
    reached = np.asarray(own[chosen].any(axis=0))
    # the wall of a hole is drilled along its axis or not at all: no tool comes to it askew
    rest = np.where(reached | subject.hole_faces[samples.face], 0.0, area)
    oblique = (
        cover(_seen_of(view, rest > 0), rest, least_gain=LEAST_OBLIQUE_GAIN)
        if rest.sum() > LEAST_GAIN * total
        else []
    )
    rows = [*chosen, *oblique]
    directions = view.directions[rows]
    of_face = _assign(subject, rows)
    faces_mm2 = subject.faces["area_mm2"]
    share = np.array([faces_mm2[of_face == k].sum() for k in range(len(rows))])
    share = share / max(faces_mm2.sum(), 1e-300)
    axes = axes_of(directions)
    freeform = bool(oblique) and subject.shaping.freeform_share > LEAST_GAIN
    mode = "5" if freeform else {3: "3", 4: "3+1", 5: "3+2"}[axes]
    return Setups(directions, reached, of_face, share, axes, mode, _clampings(directions, axes))


def _seen_of(view: Visibility, wanted: np.ndarray) -> np.ndarray:
    """What of the wanted samples (n,) bool is seen from each direction (d, n) bool."""
    return view.seen_where(np.broadcast_to(wanted, (len(view.directions), len(wanted))))


def _stands(subject: Subject) -> np.ndarray:
    """Whether a tool from a direction stands on a large flat or follows it, rather than crossing
    it askew as only a ball does (d, n); of every other face it is asked only to see it.
    """
    view, samples, faces = subject.fields.visibility, subject.fields.samples, subject.faces
    large = (faces["kind"] == PLANE) & (faces["area_mm2"] > LARGE_FLAT * faces["area_mm2"].sum())
    cosine = np.abs(view.directions[: view.from_geometry] @ faces["axis"].T)
    stands = (cosine > UPON) | (cosine < BESIDE)
    own = stands.any(axis=0) & large
    return np.where(own, stands, True)[:, samples.face]


def _ease(subject: Subject) -> np.ndarray:
    """How readily a tool from a direction makes a sample (d, n), 0 to 1: a wall that its side
    follows the less, the taller the wall is.
    """
    view, samples = subject.fields.visibility, subject.fields.samples
    directions = view.directions[: view.from_geometry]
    # a column a direction: extremes of runs of rows take a tenth of the time of runs in a row
    height = samples.points_mm @ directions.T
    starts = run_starts(samples.face)
    tall = np.maximum.reduceat(height, starts) - np.minimum.reduceat(height, starts)
    readiness = 1 / (1 + tall / HALF_AS_READY_MM)
    of_wall = np.repeat(readiness, np.diff(starts, append=len(samples)), axis=0)
    follows = np.abs(samples.normals @ directions.T) < BESIDE
    return np.where(follows, of_wall, 1.0).T


def _greedy(seen: np.ndarray, weights: np.ndarray, ease: np.ndarray) -> list[int]:
    """A cover that takes the readiest direction for most of what is left, until one adds noise.

    Source: Chvátal, A greedy heuristic for the set-covering problem, 1979, with weights.
    """
    left = weights.astype(float).copy()
    total, ready = float(left.sum()), seen * ease
    chosen: list[int] = []
    while total > 0:
        gains = np.round(ready @ left / total, 4)
        gains[seen @ left < LEAST_GAIN * total] = -1.0
        best = int(np.argmax(gains))
        if gains[best] < 0:
            break
        chosen.append(best)
        left[seen[best]] = 0.0
    return chosen


def _of_holes(subject: Subject) -> tuple[np.ndarray, np.ndarray]:
    """For every direction that drills ask for a column of the rows that serve it, and weights.

    A wall parallel to a direction is reached by it, but only a tool along a hole's axis drills it.
    """
    view, samples = subject.fields.visibility, subject.fields.samples
    directions = view.directions[: view.from_geometry]
    found: dict[bytes, np.ndarray] = {}
    for hole in subject.holes:
        if not number_of(hole, "diameter_mm") <= LARGEST_DRILL_MM:
            continue
        cosine = directions @ np.asarray(hole.parameters["axis"], float)
        aligned = (np.abs(cosine) if hole.kind == "through" else cosine) > ALONG
        key = aligned.tobytes()
        if not aligned.any() or key in found:
            continue
        points = subject.mask(hole.faces)[samples.face]
        serves = aligned.copy()
        serves[aligned] = view.seen[np.flatnonzero(aligned)][:, points].mean(axis=1) > HOLE_SEEN
        if serves.any():
            found[key] = serves
    columns = [each[:, None] for each in {c.tobytes(): c for c in found.values()}.values()]
    if not columns:
        return np.zeros((view.from_geometry, 0), bool), np.zeros(0)
    return np.hstack(columns), np.full(len(columns), 2 * LEAST_GAIN)


def _fewest(seen: np.ndarray, weights: np.ndarray, chosen: list[int]) -> list[int]:
    """Rows of a greedy cover with each taken out that the others make needless, and two of them
    exchanged for one wherever one does.
    """
    chosen = list(chosen)
    least = LEAST_GAIN * float(weights.sum())
    # what the same rows see is one column
    packed = np.packbits(seen, axis=0).T
    words = np.zeros((len(packed), 8 * -(-packed.shape[1] // 8)), np.uint8)
    words[:, : packed.shape[1]] = packed
    numbers = words.view(">u8").astype(np.uint64)
    # of up to 64 rows one number holds them all: numbers sort in a fifth of the time of rows
    one = numbers.ravel() if numbers.shape[1] == 1 else numbers
    _, first_of, group = np.unique(one, axis=0, return_index=True, return_inverse=True)
    weights = np.bincount(group.ravel(), weights=weights, minlength=len(first_of))
    seen = seen[:, first_of]
    while len(chosen) > 1:
        count = seen[chosen].sum(axis=0)
        for row in reversed(chosen):
            alone = seen[row] & (count == 1)
            if weights[alone].sum() < least:
                chosen.remove(row)
                break
        else:
            pair = _exchange(seen, weights, chosen, count, least)
            if pair is None:
                return chosen
            first, second, instead = pair
            chosen[chosen.index(first)] = instead
            chosen.remove(second)
    return chosen


def _exchange(
    seen: np.ndarray, weights: np.ndarray, chosen: list[int], count: np.ndarray, least: float
) -> tuple[int, int, int] | None:
    for first, second in combinations(chosen, 2):
        both = seen[first].astype(int) + seen[second]
        lost = (both > 0) & (count == both)
        total = float(weights[lost].sum())
        gains = seen[:, lost] @ weights[lost]
        instead = int(np.argmax(gains))
        if total - gains[instead] < least and instead not in chosen:
            return first, second, instead
    return None


def _assign(subject: Subject, rows: list[int]) -> np.ndarray:
    """The setup of every face: the one whose tool stands on it or follows it, and sees it."""
    view, samples, faces = subject.fields.visibility, subject.fields.samples, subject.faces
    count = len(faces)
    shares = np.array([samples.share_by_face(view.seen_from(row), count) for row in rows])
    if not len(shares):
        return np.full(count, -1)
    upright = np.abs(view.directions[rows] @ faces["axis"].T)
    rank = shares + 0.1 * np.nan_to_num(upright)
    best = np.argmax(np.round(rank, 3), axis=0)
    return np.where(shares.max(axis=0) > 0, best, -1)


def axes_of(directions: np.ndarray) -> int:
    """Axes of the machine: 3 when all setups are square to each other, 4 when one turn of the
    part reaches all.
    """
    along = np.abs(directions @ directions.T)
    if np.all((along > 1 - 1e-3) | (along < SQUARE)):
        return 3
    # every direction lies in one plane: a rotary table is enough
    spread = np.linalg.svd(directions, compute_uv=False)
    return 4 if len(spread) < 3 or spread[-1] < 0.02 else 5


def _clampings(directions: np.ndarray, axes: int) -> int:
    """How often the part is clamped: once a direction on three axes, else once for all that lie
    on one side of it.
    """
    if axes == 3 or len(directions) < 2:
        return max(len(directions), 1)
    lowest = (directions @ directions.T).min(axis=1)
    middle = directions.sum(axis=0)
    length = norm(middle)
    if length > 1e-9:
        lowest = np.append(lowest, (directions @ (middle / length)).min())
    return 1 if lowest.max() >= -TILT else 2
