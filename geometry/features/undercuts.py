"""Which places of a part hold it fast in a mould?"""

from collections.abc import Iterable, Sequence

import numpy as np

from geometry.features.feature import Feature
from geometry.fields.fields import Fields
from geometry.fields.pull import undercut_groups
from geometry.fields.sampling import Samples

__all__ = ["find_undercuts"]

LEAST_SHARE = 0.002  # of the area: smaller ones are machined or forgotten
MOST = 24  # a part with more is no part for a mould
WHOLE = 0.9  # of a face's area hidden: the whole face is held

Release = tuple[Iterable[int], np.ndarray]  # faces that a slide or lifter frees, and its way (3,)


def find_undercuts(fields: Fields, releases: Sequence[Release]) -> list[Feature]:
    """Connected regions that neither half of a mould reaches along the best pull, largest first.

    releases: faces that slides and lifters free, and the way each leaves.
    `direction` is the pull, `release` the way in which the region is freed, and `depth_mm` how far
    that goes: the region's extent that way. Where nothing frees it, the region's least extent
    along the part's own ways across the pull stands in.
    """
    topology, samples, pull = fields.part.topology, fields.samples, fields.pull
    least = LEAST_SHARE * float(samples.area_mm2.sum())
    groups = undercut_groups(topology, samples, pull.hidden, least)
    found = []
    for number, (faces, area) in enumerate(groups[:MOST], start=1):
        own = samples.subset(np.isin(samples.face, faces) & pull.hidden)
        points = _held(fields, faces, own)
        way = _way_of(faces, fields, releases)
        ways = _sideways(fields, faces, own) if way is None else way[None]
        depth = float(np.ptp(ways @ points.T, axis=1).min())
        parameters = {
            "direction": (pull.direction + 0.0).tolist(),
            "area_mm2": area,
            "depth_mm": depth,
            **({"release": (way + 0.0).tolist()} if way is not None else {}),
        }
        found.append(Feature(f"undercut-{number}", "undercut", None, faces, parameters))
    return found


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
    lines = lines - np.outer(lines @ pull, pull)
    length = np.linalg.norm(lines, axis=1)
    lines = lines[length > 0.1] / length[length > 0.1, None]
    return np.unique(np.round(np.concatenate([lines, -lines]), 9), axis=0)


def _held(fields: Fields, faces: tuple[int, ...], own: Samples) -> np.ndarray:
    """Points of the region (n, 3): corners of faces that are wholly hidden, hidden samples of
    others.
    """
    mesh = fields.part.mesh
    share = fields.samples.share_by_face(fields.pull.hidden, len(fields.part.topology.faces))
    whole = [face for face in faces if share[face] > WHOLE]
    corners = mesh.triangles[np.isin(mesh.face_of_triangle, whole)]
    return np.concatenate([mesh.vertices_mm[np.unique(corners)], own.points_mm])
