"""Which places of a part hold it fast in a mould?"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from geometry.components import components
from geometry.features.feature import Feature
from geometry.fields.access import LIFT_SHARE, see
from geometry.fields.fields import Fields
from geometry.fields.pull import HIDDEN_FACE, undercut_groups
from geometry.fields.sampling import Samples, sample_faces
from geometry.vectors import norms, rejections

__all__ = ["find_undercuts"]

SAMPLES = 16000  # the nose of a catch is a thousandth of a housing and still gets a dozen
LEAST_SHARE = 0.0005  # of the area: smaller ones are machined or forgotten
LEAST_POINTS = 6  # of a place on a face that is reached elsewhere: fewer are grazing rays
MOST = 24  # a part with more is no part for a mould
WHOLE = 0.9  # of a face's area hidden: the whole face is held
BESIDE = 2.5  # spacings of samples within which two of them lie in one place
SHORTEST_SHARE = 2e-4  # of the diagonal: what moves less to come free is a drawing's tolerance
TRAVELS = np.geomspace(SHORTEST_SHARE, 0.25, 12)  # of the diagonal: ways aside that are tried
UPRIGHT = np.sin(np.radians(0.15))  # a wall this close to the pull is drawn without draft
HALVINGS = 12  # of the last step aside
TRIED = 32  # points of one place that are moved aside
FREED = 0.95  # share of them that must come free

Release = tuple[Iterable[int], np.ndarray]  # faces that a slide or lifter frees, and its way (3,)


@dataclass(frozen=True)
class _Held:
    """What of a part neither half of a mould reaches."""

    fields: Fields
    samples: Samples
    hidden: np.ndarray  # (n,) bool
    share: np.ndarray  # (f,) of each face's area


def find_undercuts(fields: Fields, releases: Sequence[Release]) -> list[Feature]:
    """Connected regions that neither half of a mould reaches along the best pull, largest first.

    releases: faces that slides and lifters free, and the way each leaves.
    `direction` is the pull, `release` the way in which the slide or lifter leaves the region, and
    `depth_mm` the region's extent along the shortest way out, which may be another: one slide
    across two hooks frees both. Where nothing frees it, the region's least extent along the
    part's own ways across the pull stands in. A place on a face that is reached elsewhere, as
    under the nose of a catch, is as deep as it must move aside to come free; what stands over it
    belongs to it.
    """
    topology, pull = fields.part.topology, fields.pull
    count = len(topology.faces)
    samples = sample_faces(fields.part.mesh, count, per_part=SAMPLES)
    ways = np.array([pull.direction, -pull.direction])
    above, below = see(fields.scene, samples, ways, 2, fields.diagonal_mm).seen
    hidden = ~(above | below)
    held = _Held(fields, samples, hidden, samples.share_by_face(hidden, count))
    least = LEAST_SHARE * float(samples.area_mm2.sum())
    groups = [
        (faces, area, _depth(held, faces, releases))
        for faces, area in undercut_groups(topology, samples, hidden, least)[:MOST]
    ]
    groups += _catches(held, least)
    groups.sort(key=lambda group: -group[1])
    found = []
    for number, (faces, area, (depth, way)) in enumerate(groups[:MOST], start=1):
        parameters = {
            "direction": (pull.direction + 0.0).tolist(),
            "area_mm2": area,
            "depth_mm": depth,
            **({"release": (way + 0.0).tolist()} if way is not None else {}),
        }
        found.append(Feature(f"undercut-{number}", "undercut", None, faces, parameters))
    return found


def _depth(
    held: _Held, faces: tuple[int, ...], releases: Sequence[Release]
) -> tuple[float, np.ndarray | None]:
    """How deep a region of hidden faces is, and the way of what releases it."""
    own = held.samples.subset(np.isin(held.samples.face, faces) & held.hidden)
    mesh = held.fields.part.mesh
    whole = [face for face in faces if held.share[face] > WHOLE]
    corners = mesh.triangles[np.isin(mesh.face_of_triangle, whole)]
    points = np.concatenate([mesh.vertices_mm[np.unique(corners)], own.points_mm])
    way = _way_of(faces, held.fields, releases)
    ways = _sideways(held.fields, faces, own)
    tried = own.subset(np.arange(0, len(own), max(len(own) // TRIED, 1)))
    start = np.tile(_lifted(held.fields, tried), (len(ways), 1))
    seen = ~held.fields.scene.occluded(start, np.repeat(ways, len(tried), axis=0))
    out = ways[seen.reshape(len(ways), -1).mean(axis=1) > FREED]
    aside = None if len(out) else _freed(held.fields, tried, ways, np.zeros(len(tried)))
    known = [one[None] for one in (way, aside[1] if aside is not None else None) if one is not None]
    out = np.concatenate([out, *known])
    return float(np.ptp((out if len(out) else ways) @ points.T, axis=1).min()), way


def _way_of(
    faces: tuple[int, ...], fields: Fields, releases: Sequence[Release]
) -> np.ndarray | None:
    """The way of the release that frees most of some faces; None where none does."""
    area = fields.part.topology.faces["area_mm2"]
    freed = [float(area[list(set(faces) & set(own))].sum()) for own, _ in releases]
    if not freed or max(freed) <= 0:
        return None
    return np.asarray(releases[int(np.argmax(freed))][1])


def _sideways(fields: Fields, faces: tuple[int, ...], own: Samples) -> np.ndarray:
    """Ways square to the pull (k, 3): along the normals and axes of the region's faces, and along
    the box.
    """
    axes = fields.part.topology.faces["axis"][list(faces)]
    outward = np.array([own.area_mm2 @ own.normals])
    lines = np.concatenate([outward, axes, fields.part.mass.box.axes])
    pull = fields.pull.direction
    lines = rejections(lines, pull)
    length = norms(lines)
    lines = lines[length > 0.1] / length[length > 0.1, None]
    return np.unique(np.round(np.concatenate([lines, -lines]), 9), axis=0)


def _catches(
    held: _Held, least_mm2: float
) -> list[tuple[tuple[int, ...], float, tuple[float, np.ndarray]]]:
    """Places on faces that are reached elsewhere: their faces, area, depth and the way free."""
    topology, samples = held.fields.part.topology, held.samples
    caught = held.share > HIDDEN_FACE
    ends = topology.edges["faces"]
    beside_caught = np.zeros(len(topology.faces), bool)
    for own in (0, 1):  # what reaches over from a hidden face is part of that undercut
        met = (ends[:, own] >= 0) & (ends[:, 1 - own] >= 0)
        beside_caught[ends[met & caught[ends[:, 1 - own]], own]] = True
    found = []
    for face in np.flatnonzero((held.share > 0) & ~caught & ~beside_caught).tolist():
        rows = np.flatnonzero(held.hidden & (samples.face == face))
        near = BESIDE * float(np.sqrt(samples.area_mm2[rows[0]]))
        pairs = cKDTree(samples.points_mm[rows]).query_pairs(near, output_type="ndarray")
        label = components(pairs, len(rows))
        for each in range(int(label.max()) + 1):
            own = rows[label == each]
            area = float(samples.area_mm2[own].sum())
            if len(own) < LEAST_POINTS or area < least_mm2:
                continue
            over = _over(held, own)
            if caught[over].any():  # the shadow of a hidden face
                continue
            place = samples.subset(own[:: max(len(own) // TRIED, 1)])
            ways = _sideways(held.fields, (face,), place)
            freed = _freed(held.fields, place, ways, place.normals @ held.fields.pull.direction)
            if freed is not None:
                found.append((tuple(sorted({face, *over})), area, freed))
    return found


def _over(held: _Held, rows: np.ndarray) -> list[int]:
    """Faces that stand over hidden samples, on the side that these look to."""
    samples, pull = held.samples, held.fields.pull.direction
    sides = np.where(samples.normals[rows] @ pull >= 0, 1.0, -1.0)[:, None] * pull
    hits = held.fields.scene.cast(_lifted(held.fields, samples.subset(rows)), sides)
    met = hits.triangle[hits.triangle >= 0]
    found: list[int] = np.unique(held.fields.part.mesh.face_of_triangle[met]).tolist()
    return found


def _lifted(fields: Fields, own: Samples) -> np.ndarray:
    lift = LIFT_SHARE * fields.diagonal_mm + 1.5 * own.chord_error_mm
    return own.points_mm + lift[:, None] * own.normals


def _freed(
    fields: Fields, own: Samples, ways: np.ndarray, facing: np.ndarray
) -> tuple[float, np.ndarray] | None:
    """How far some samples must move aside until a half of the mould reaches them, and which of
    the ways (k, 3); None where no way frees them, or one does at once.

    facing (n,): cosine between surface and pull that tells the half; 0: either will do.
    """
    best: tuple[float, np.ndarray] | None = None
    count = len(ways)
    start, along = np.tile(_lifted(fields, own), (count, 1)), np.repeat(ways, len(own), axis=0)
    for way, depth in zip(ways, _depths_mm(fields, start, along, facing, count), strict=True):
        if math.isfinite(depth) and (best is None or depth < best[0]):
            best = depth, way
    if best is None or best[0] <= SHORTEST_SHARE * fields.diagonal_mm:
        return None
    return best


def _depths_mm(
    fields: Fields, start: np.ndarray, along: np.ndarray, facing: np.ndarray, count: int
) -> list[float]:
    """How far places, each of them tried along every one of some ways (count · n, 3) in turn, must
    move until all that come free at all are: one for each way, inf where too few do or where
    another way is shorter for sure.
    """
    facing = np.tile(facing, count)
    low, high = _brackets_mm(fields, start, along, facing)
    freed = np.isfinite(high).reshape(count, -1)
    open_ = freed & (freed.mean(axis=1) >= FREED)[:, None]
    for _ in range(HALVINGS):
        least = np.where(open_, low.reshape(count, -1), -np.inf).max(axis=1)
        most = np.where(open_, high.reshape(count, -1), -np.inf).max(axis=1)
        # no place that is free before another is still held tells how deep all are
        open_ &= high.reshape(count, -1) > least[:, None]
        told = open_.any(axis=1)
        if not told.any():
            break
        open_ &= (least < most[told].min())[:, None]
        known = np.flatnonzero(open_)
        middle = (low[known] + high[known]) / 2
        free = _is_free(fields, start[known] + middle[:, None] * along[known], facing[known])
        high[known] = np.where(free, middle, high[known])
        low[known] = np.where(free, low[known], middle)
    depths = np.where(open_, high.reshape(count, -1), -np.inf).max(axis=1)
    return np.where(np.isfinite(depths), depths, np.inf).tolist()


def _brackets_mm(
    fields: Fields, start: np.ndarray, ways: np.ndarray, facing: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Between how far and how far each of some places (n, 3) must move along its own way (n, 3) to
    be free (n,) each; inf where it cannot.
    """
    room = fields.scene.cast(start, ways).distance_mm
    low, high = np.zeros(len(start)), np.full(len(start), np.inf)
    for share in TRAVELS:
        step = share * fields.diagonal_mm
        open_ = np.flatnonzero(np.isinf(high) & (room > step))
        if not len(open_):
            break
        free = _is_free(fields, start[open_] + step * ways[open_], facing[open_])
        high[open_[free]] = step
        low[open_[~free]] = step
    return low, high


def _is_free(fields: Fields, points: np.ndarray, facing: np.ndarray) -> np.ndarray:
    """Whether the half of the mould that forms places at points (n, 3) reaches them: (n,) bool.

    facing (n,): cosine between the surface and the pull; either half forms an upright wall.
    """
    pull = fields.pull.direction
    forms = np.array([facing > -UPRIGHT, facing < UPRIGHT])  # the half above, the one below
    hidden = fields.scene.hidden(points, np.array([pull, -pull]), forms)
    return np.asarray((forms & ~hidden).any(axis=0))
