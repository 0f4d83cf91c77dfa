"""Which places of a part hold it fast in a mould?"""

import numpy as np

from geometry.features.feature import Feature
from geometry.fields.access import GRAZING, LIFT_CHORDS, LIFT_SHARE
from geometry.fields.fields import Fields
from geometry.fields.pull import undercut_groups
from geometry.fields.sampling import Samples

__all__ = ["find_undercuts"]

LEAST_SHARE = 0.002  # of the area: smaller ones are machined or forgotten
MOST = 24  # a part with more is no part for a mould
RELEASED = 0.9  # of the region's area that a slide must reach; the rest are samples at its rims
ROOM = 1.5  # times the depth: how far the way must be free
WHOLE = 0.9  # of a face's area hidden: the whole face is held


def find_undercuts(fields: Fields) -> list[Feature]:
    """Connected regions that neither half of a mould reaches along the best pull, largest first.

    `direction` is the pull, `release` the way square to it in which a slide or lifter leaves, and
    `depth_mm` how far it would have to go: the region's extent that way. Where none can leave,
    the region's least extent across the pull stands in.
    """
    topology, samples, pull = fields.part.topology, fields.samples, fields.pull
    least = LEAST_SHARE * float(samples.area_mm2.sum())
    groups = undercut_groups(topology, samples, pull.hidden, least)
    found = []
    for number, (faces, area) in enumerate(groups[:MOST], start=1):
        release, depth = _release(fields, faces)
        parameters = {
            "direction": (pull.direction + 0.0).tolist(),
            "area_mm2": area,
            "depth_mm": depth,
            **({"release": release.tolist()} if release is not None else {}),
        }
        found.append(Feature(f"undercut-{number}", "undercut", None, faces, parameters))
    return found


def _release(fields: Fields, faces: tuple[int, ...]) -> tuple[np.ndarray | None, float]:
    """Direction in which a slide or lifter leaves the region, None where none can, and how far it
    goes.
    """
    samples, pull = fields.samples, fields.pull
    own = samples.subset(np.isin(samples.face, faces) & pull.hidden)
    points = _held(fields, faces, own)
    ways = _sideways(fields, faces, own)
    depths = np.ptp(ways @ points.T, axis=1)
    facing = ways @ own.normals.T
    way, row = np.nonzero(facing > -GRAZING)
    lift = LIFT_SHARE * fields.diagonal_mm + LIFT_CHORDS * own.chord_error_mm[row]
    origins = own.points_mm[row] + lift[:, None] * own.normals[row]
    free = np.zeros(facing.shape, bool)
    # a lifter within the part needs room for its way alone
    free[way, row] = fields.scene.cast(origins, ways[way]).distance_mm > ROOM * depths[way]
    leaving = np.flatnonzero(free @ own.area_mm2 >= RELEASED * own.area_mm2.sum())
    if not len(leaving):
        return None, float(depths.min())
    best = leaving[int(np.argmin(np.round(depths[leaving], 6)))]
    return ways[best] + 0.0, float(depths[best])


def _sideways(fields: Fields, faces: tuple[int, ...], own: Samples) -> np.ndarray:
    """Ways square to the pull that a slide may take (k, 3): along the normals and axes of the
    region's faces, and along the box.
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
