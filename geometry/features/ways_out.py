"""How much of a cut leaves the part each way? Rays from points on its faces tell."""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from geometry.features.openings import END_OPEN, is_hollow
from geometry.features.survey import Survey
from geometry.vectors import norms

__all__ = ["Way", "WayOut", "points_off", "surely_over", "surely_under", "ways_out"]

SAMPLES = 16  # points on a face
MANY_SAMPLES = 256  # where fewer leave a way in doubt
SURE = 3.0  # deviations of chance between a share and what it is judged by
SAME_WAY = 1e-9  # of unit vectors: what rounding leaves between an edge and a normal along it
LIFT_SHARE = 2e-4  # of the diagonal: above single precision, below any wall
CHORD_SHARE = 0.04  # of the radius: the mesh cuts up to 3 % of it off an arc
SAG_CLEAR = 1.1  # of what long triangles between uneven rims cut off


@dataclass(frozen=True)
class Way:
    """A direction that a cut may leave the part by, and what tells whether it does."""

    direction: np.ndarray  # unit
    least_share: float  # of its points that get out where it is open
    ends: bool  # whether it may also be an end that opens into another cut, as `END_OPEN` tells
    first: bool  # whether it is asked before others: it may settle what they would tell


@dataclass(frozen=True)
class WayOut:
    """Shares of a cut's points, spread alike on each of its faces, that get out one way."""

    share: float  # out of the part
    beyond: float  # at least past the cut's own end


def ways_out(
    survey: Survey,
    groups: Sequence[list[int]],
    ways: Sequence[Sequence[Way]],
    settled: Sequence[Callable[[list[float], list[float]], list[bool]]],
    rng: np.random.Generator,
) -> list[list[WayOut]]:
    """How much of each group of faces gets out each of its ways.

    Few points tell most ways; as many again are asked for as long as chance could turn one over.
    settled: for each group, which of its ways need not be told any more when so many of so many
    points got out each; of a way that was never asked about nothing gets out.
    """
    every = [way for own_ways in ways for way in own_ways]
    owner = np.repeat(np.arange(len(groups)), [len(own_ways) for own_ways in ways])
    bounds = np.searchsorted(owner, np.arange(len(groups) + 1))
    directions = np.array([way.direction for way in every]).reshape(-1, 3)
    ends = np.where([way.ends for way in every], END_OPEN, np.nan)
    limits = np.array([[way.least_share for way in every], ends])
    reach_mm = np.array(
        [
            (survey.points(groups[row]) @ directions[way]).max() + survey.near_mm
            for way, row in enumerate(owner.tolist())
        ]
    )
    counts, out, idle = np.zeros(len(every)), np.zeros((2, len(every))), np.zeros(len(every), bool)

    alike = _first_alike(owner, directions)

    def ask(some: np.ndarray, points: Mapping[int, np.ndarray]) -> None:
        own, which = np.unique(alike[some], return_inverse=True)
        cast = [points[row] for row in owner[own].tolist()]
        counts[some] += np.array([len(starts) for starts in cast])[which]
        out[:, some] += _cast(survey, cast, directions[own], reach_mm[own])[:, which]
        for row in np.unique(owner[some]).tolist():
            these = slice(bounds[row], bounds[row + 1])
            idle[these] = settled[row](out[0, these].tolist(), counts[these].tolist())

    first = np.array([way.first for way in every], bool)
    left, asked, samples = np.arange(len(every)), 0, SAMPLES
    while len(left) and asked < MANY_SAMPLES:
        rows = np.unique(owner[left]).tolist()
        spread = points_off(survey, [groups[row] for row in rows], rng, samples)
        points = dict(zip(rows, spread, strict=True))
        parts = [left] if asked else [left[first[left]], left[~first[left]]]
        for part in parts:
            some = part[~idle[part]]
            if len(some):
                ask(some, points)
        asked, samples = asked + samples, asked + samples
        left = left[~idle[left] & _in_doubt(out[:, left], counts[left], limits[:, left])]
    shares = (out / np.maximum(counts, 1)).T.tolist()  # a group without a mesh has no points
    told = itertools.starmap(WayOut, shares)
    return [list(itertools.islice(told, len(own_ways))) for own_ways in ways]


def _first_alike(owner: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """The first of the ways (n,) that lead in the same direction (n, 3) out of the same group."""
    first: dict[tuple[float, ...], int] = {}
    keys = np.column_stack([owner, np.round(directions / SAME_WAY) + 0.0]).tolist()
    return np.array([first.setdefault(tuple(key), way) for way, key in enumerate(keys)], int)


def _in_doubt(out: np.ndarray, counts: np.ndarray, limits: np.ndarray) -> np.ndarray:
    """Whether either share of ways (2, n), of so many points (n,), lies so close to its limit
    (2, n) that other points might tell otherwise: (n,) bool. What lets all or nothing out is sure.
    """
    chance = np.sqrt(limits * (1 - limits) * counts)
    close = np.abs(out - limits * counts) < SURE * chance
    return np.asarray((close & (out > 0) & (out < counts)).any(axis=0))


def surely_over(out: float, asked: float, limit: float) -> bool:
    """Whether so many points that got out, of so many asked, are more than a share beyond doubt."""
    chance = math.sqrt(limit * (1 - limit) * asked)
    return asked > 0 and (out == asked or out - limit * asked >= SURE * chance)


def surely_under(out: float, asked: float, limit: float) -> bool:
    """Whether so many points that got out, of so many asked, are less than a share beyond doubt."""
    chance = math.sqrt(limit * (1 - limit) * asked)
    return asked > 0 and (out == 0 or limit * asked - out >= SURE * chance)


def _cast(
    survey: Survey, starts: Sequence[np.ndarray], directions: np.ndarray, reach_mm: np.ndarray
) -> np.ndarray:
    """How many of the points (n, 3) of each way get out of the part along its direction, and how
    many get past how far the cut reaches along it: (2, w).
    """
    counts = [len(points) for points in starts]
    way = np.repeat(np.arange(len(starts)), counts)
    points, along = np.concatenate(starts), directions[way]
    distance = survey.rays.distance_mm(points, along)
    past = distance > reach_mm[way] - np.einsum("ij,ij->i", points, along)
    return np.array(
        [np.bincount(way[got], minlength=len(starts)) for got in (np.isinf(distance), past)]
    )


def points_off(
    survey: Survey, groups: Sequence[list[int]], rng: np.random.Generator, samples: int = SAMPLES
) -> list[np.ndarray]:
    """Points a little off the faces of every group (n, 3), spread by area over each face."""
    faces = np.array([face for group in groups for face in group], int)
    owner = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    low, high = np.full((len(groups), 3), np.inf), np.full((len(groups), 3), -np.inf)
    np.minimum.at(low, owner, survey.boxes_mm[0][faces])
    np.maximum.at(high, owner, survey.boxes_mm[1][faces])
    size = norms(np.maximum(high - low, 0.0))
    lift = np.minimum(LIFT_SHARE * survey.diagonal_mm, 0.01 * size)
    above = np.maximum(lift, 1e-5 * survey.diagonal_mm)[owner]
    hollow = [k for k, face in enumerate(faces.tolist()) if is_hollow(survey, face)]
    if hollow:
        above[hollow] = np.fmax(above[hollow], _clearance(survey, faces[hollow]))
    meshed = np.isfinite(survey.boxes_mm[0][faces, 0])
    faces, owner, above = faces[meshed], owner[meshed], above[meshed]
    points, normals = survey.spread(faces, rng.random((len(faces), 3, samples)))
    points += above[:, None, None] * normals
    ends = np.searchsorted(owner, np.arange(len(groups) + 1))
    return [points[a:b].reshape(-1, 3) for a, b in itertools.pairwise(ends.tolist())]


def _clearance(survey: Survey, faces: np.ndarray) -> np.ndarray:
    """How far off hollow faces (n,) a point must be to clear the chords of their mesh (n,)."""
    rows = survey.faces.take(faces)
    radius, sweep = rows["radius_mm"], np.radians(np.minimum(rows["sweep_deg"], 180.0))
    usual = np.minimum(CHORD_SHARE * radius, 0.25 * radius * (1 - np.cos(sweep / 2)))
    return np.asarray(np.maximum(usual, SAG_CLEAR * survey.sag_mm[faces]))
