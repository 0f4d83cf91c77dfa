"""Which values does the 3D view paint on a part, and on which triangles do they hold?"""

import math

import numpy as np

from geometry.fields.fields import Fields
from geometry.fields.pull import draft_deg
from geometry.fields.thickness import START_SHARE
from geometry.mesh import Mesh

__all__ = ["painted", "refined"]

SAME_WALL = 0.03  # share by which the samples of a face may differ and count as one wall
SIDES = 14  # of the diagonal: a varying value is not drawn straight over a longer side
PATCHES = 400  # where that would be more triangles, these many patches of equal size are drawn
MOST_TRIANGLES = 3_000  # added at most, whatever the shape of the triangles
ROUNDS = 5
INSET = 0.04  # of the way to the triangle's middle: a ray from a corner grazes the next face
# children of a triangle by which of its sides are halved; corners are (i, j): the middle of both
_KEPT = (((0, 0), (1, 1), (2, 2)),)
_ONE = (((0, 0), (0, 1), (2, 2)), ((0, 1), (1, 1), (2, 2)))
_TWO = (((0, 1), (1, 1), (1, 2)), ((0, 0), (0, 1), (1, 2)), ((0, 0), (1, 2), (2, 2)))
_ALL = (
    ((0, 0), (0, 1), (0, 2)), ((0, 1), (1, 1), (1, 2)),
    ((0, 2), (1, 2), (2, 2)), ((0, 1), (1, 2), (0, 2)),
)  # fmt: skip
# the same as rows of the corners followed by the middles of the sides 01, 12, 20, and both ends
_PLACES = {(0, 0): 0, (1, 1): 1, (2, 2): 2, (0, 1): 3, (1, 2): 4, (0, 2): 5}
_CHILDREN = tuple(
    (
        np.array([[_PLACES[corner] for corner in child] for child in children]),
        np.array(children)[:, :, 0],
        np.array(children)[:, :, 1],
    )
    for children in (_KEPT, _ONE, _TWO, _ALL)
)


def painted(fields: Fields) -> tuple[Mesh, dict[str, np.ndarray]]:
    """A mesh fine enough for its colours, and values at the corners of its triangles (t, 3):
    `thickness` mm, nan where not known, and `draft` ° against the best pull of a mould.

    Faces on which the wall varies are refined and measured at every corner; the others have the
    one value that all their samples agree on.
    """
    part, samples = fields.part, fields.samples
    count = len(part.topology.faces)
    wall = fields.thickness.ray_mm
    low, high = np.full(count, np.inf), np.full(count, -np.inf)
    known = np.isfinite(wall)
    np.minimum.at(low, samples.face[known], wall[known])
    np.maximum.at(high, samples.face[known], wall[known])
    partly = np.bincount(samples.face, weights=~known, minlength=count) > 0
    varying = ((high - low) > SAME_WALL * high) | (partly & (high > 0))
    area = float(part.mesh.areas_mm2[varying[part.mesh.face_of_triangle]].sum())
    longest = max(part.mesh.diagonal_mm / SIDES, math.sqrt(2 * area / PATCHES))
    mesh = refined(part.mesh, varying, longest)
    middle = np.full(count, np.nan)
    measured = np.isfinite(low)
    middle[measured] = (low[measured] + high[measured]) / 2
    thickness = np.repeat(middle[mesh.face_of_triangle][:, None], 3, axis=1)
    rows = np.flatnonzero(varying[mesh.face_of_triangle])
    if len(rows):
        thickness[rows] = _measured(fields, mesh, rows)
    return mesh, {
        "thickness": thickness,
        "draft": draft_deg(mesh.vertex_normals, fields.pull.direction),
    }


def _measured(fields: Fields, mesh: Mesh, rows: np.ndarray) -> np.ndarray:
    """Wall under each corner of some triangles (k, 3) mm, once for each vertex of a face."""
    key = mesh.face_of_triangle[rows].astype(np.int64)[:, None] * len(mesh.vertices_mm)
    _, first, place = np.unique(key + mesh.triangles[rows], return_index=True, return_inverse=True)
    triangle = rows[first // 3]
    normals = mesh.vertex_normals[triangle, first % 3]
    flat = mesh.normals[triangle]
    # at a degenerate corner the surface has no normal of its own
    normals = np.where(np.einsum("ij,ij->i", normals, flat)[:, None] < 0.2, flat, normals)
    corners = mesh.corners_mm[triangle, first % 3]
    start = START_SHARE * fields.diagonal_mm
    points = corners + INSET * (mesh.centroids_mm[triangle] - corners)
    hits = fields.scene.cast(points - start * normals, -normals)
    wall = np.where(np.isfinite(hits.distance_mm), hits.distance_mm + start, np.nan)
    return np.asarray(wall[place].reshape(-1, 3))


def refined(mesh: Mesh, faces: np.ndarray, longest_mm: float) -> Mesh:
    """The mesh with the sides of some faces (f,) bool halved until none is longer.

    Sides are halved for both triangles beside them, so that no gap opens. New corners lie on the
    old triangles; their normals are the mean of those beside them.
    """
    points, corners = mesh.vertices_mm, mesh.triangles.astype(np.int64)
    normals, owner = mesh.vertex_normals, mesh.face_of_triangle
    done: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    added = 0
    for _ in range(ROUNDS):
        along = points[np.roll(corners, -1, axis=1)] - points[corners]
        long_ = np.einsum("tki,tki->tk", along, along) > longest_mm**2
        rest = long_.any(axis=1)  # sides only get shorter: the others are as fine as they will be
        done.append((corners[~rest], normals[~rest], owner[~rest]))
        corners, normals, owner, long_ = corners[rest], normals[rest], owner[rest], long_[rest]
        wanted = long_ & faces[owner][:, None]
        if not wanted.any() or added > MOST_TRIANGLES:
            break
        sides = np.stack([corners, np.roll(corners, -1, axis=1)], axis=2)
        ends = np.sort(sides.reshape(-1, 2), axis=1)
        edges, index = np.unique(ends[:, 0] * len(points) + ends[:, 1], return_inverse=True)
        halved = np.zeros(len(edges), bool)
        halved[index[wanted.ravel()]] = True
        new = np.where(halved, np.cumsum(halved) - 1 + len(points), -1)
        low, high = np.divmod(edges[halved], len(points))
        middles = new[index].reshape(-1, 3)  # new point on each side of each triangle, −1: none
        points = np.concatenate([points, (points[low] + points[high]) / 2])
        before = len(corners)
        corners, normals, owner = _split(corners, normals, owner, middles)
        added += len(corners) - before
    done.append((corners, normals, owner))
    corners, normals, owner = (np.concatenate(parts) for parts in zip(*done, strict=True))
    order = np.argsort(owner, kind="stable")
    return Mesh(
        points, corners[order].astype(np.int32), owner[order], normals[order],
        mesh.edge_points_mm, mesh.edge_ranges, mesh.watertight,
    )  # fmt: skip


def _split(
    corners: np.ndarray, normals: np.ndarray, owner: np.ndarray, middles: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Triangles, corner normals and owners after halving the sides that have a middle."""
    halved = middles >= 0
    count = halved.sum(axis=1)
    # turned so that a lone halved side comes first and a lone whole one last
    turn = np.where(count == 1, halved.argmax(axis=1), 0)
    turn = np.where(count == 2, ((~halved).argmax(axis=1) + 1) % 3, turn)
    order = (np.arange(3) + turn[:, None]) % 3
    corners = np.take_along_axis(corners, order, axis=1)
    middles = np.take_along_axis(middles, order, axis=1)
    normals = np.take_along_axis(normals, order[:, :, None], axis=1)
    places = np.concatenate([corners, middles], axis=1)
    made: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    for sides, (ids, first, second) in enumerate(_CHILDREN):
        rows = np.flatnonzero(count == sides)
        if not len(rows):
            continue
        own = normals[rows]
        mean = own[:, first] + own[:, second]
        mean /= np.maximum(np.sqrt(np.einsum("tcki,tcki->tck", mean, mean)), 1e-300)[..., None]
        # the first child of every triangle, then the second
        made += [
            (places[rows][:, of_child], mean[:, child], owner[rows])
            for child, of_child in enumerate(ids)
        ]
    return (
        np.concatenate([ids for ids, _, _ in made]),
        np.concatenate([mean for _, mean, _ in made]),
        np.concatenate([face for _, _, face in made]),
    )
