"""How much of a cut leaves the part each way? Rays from points on its faces tell."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geometry.features.openings import END_OPEN, HULL_OPEN, INNER_OPEN, is_hollow
from geometry.features.survey import Survey
from geometry.vectors import norms

__all__ = ["WayOut", "points_off", "ways_out"]

SAMPLES = 16  # points on a face
MANY_SAMPLES = 256  # where those leave a way in doubt
SURE = 3.0  # deviations of chance between a share and what it is judged by
LIFT_SHARE = 2e-4  # of the diagonal: above single precision, below any wall
CHORD_SHARE = 0.04  # of the radius: the mesh cuts up to 3 % of it off an arc
SAG_CLEAR = 1.1  # of what long triangles between uneven rims cut off


@dataclass(frozen=True)
class WayOut:
    """Shares of a cut's points, spread alike on each of its faces, that get out one way."""

    share: float  # out of the part
    beyond: float  # at least past the cut's own end


def ways_out(
    survey: Survey,
    groups: Sequence[list[int]],
    ways: Sequence[Sequence[np.ndarray]],
    rng: np.random.Generator,
) -> list[list[WayOut]]:
    """How much of each group of faces gets out along each of its unit vectors.

    Few points tell most ways; those that chance could turn over are asked again with many.
    """
    found = _cast(survey, groups, ways, rng, SAMPLES)
    doubtful = [
        row for row, group in enumerate(groups) if _in_doubt(found[row], SAMPLES * len(group))
    ]
    chosen = [groups[row] for row in doubtful], [ways[row] for row in doubtful]
    for row, closer in zip(doubtful, _cast(survey, *chosen, rng, MANY_SAMPLES), strict=True):
        found[row] = closer
    return found


def _in_doubt(found: list[WayOut], count: int) -> bool:
    """Whether the share of a way lies so close to a limit that other points might tell otherwise:
    what lets all or nothing out is sure.
    """
    return any(
        0 < share < 1 and abs(share - limit) < SURE * math.sqrt(limit * (1 - limit) / count)
        for way in found
        for share, limit in (
            (way.share, HULL_OPEN),
            (way.share, INNER_OPEN),
            (way.beyond, END_OPEN),
        )
    )


def _cast(
    survey: Survey,
    groups: Sequence[list[int]],
    ways: Sequence[Sequence[np.ndarray]],
    rng: np.random.Generator,
    samples: int,
) -> list[list[WayOut]]:
    """`ways_out` by so many points a face, one cast for all."""
    origins, directions, reaches, counts = [], [], [], []
    for group, own_ways, points in zip(
        groups, ways, points_off(survey, groups, rng, samples), strict=True
    ):
        own = survey.points(group)
        for way in own_ways:
            origins.append(points)
            directions.append(np.broadcast_to(way, points.shape))
            reaches.append((own @ way).max() - points @ way + survey.near_mm)
            counts.append(len(points))
    if not origins:
        return [[] for _ in groups]
    distance = survey.rays.cast(np.concatenate(origins), np.concatenate(directions)).distance_mm
    free, left = np.isinf(distance), distance > np.concatenate(reaches)
    way = np.repeat(np.arange(len(counts)), counts)
    every = np.maximum(counts, 1)  # a group without a mesh has no points
    shares = [(np.bincount(way, out, len(counts)) / every).tolist() for out in (free, left)]
    told = itertools.starmap(WayOut, zip(*shares, strict=True))
    return [list(itertools.islice(told, len(own_ways))) for own_ways in ways]


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
