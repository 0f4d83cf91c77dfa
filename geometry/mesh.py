"""What are a part's triangles, and to which face does each belong?"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.sparse import coo_array

from geometry.runs import distinct_keys, packed
from geometry.vectors import cross, norms

__all__ = ["Mesh", "lone_corners", "sample_surface", "weld"]

WELD_SHARE = 1e-6  # of the diagonal: above single precision, below any edge


@dataclass(frozen=True, eq=False)  # one mesh is no other's equal: scenes are kept by mesh
class Mesh:
    """Triangles sorted by face, wound outwards."""

    vertices_mm: np.ndarray  # (n, 3)
    triangles: np.ndarray  # (t, 3) int32
    face_of_triangle: np.ndarray  # (t,) int32
    vertex_normals: np.ndarray  # (t, 3, 3) outward surface normal at each corner of each triangle
    edge_points_mm: np.ndarray  # (p, 3) polylines of the B-rep edges
    edge_ranges: np.ndarray  # (e + 1,)
    watertight: bool

    def __post_init__(self) -> None:
        for array in (self.vertices_mm, self.triangles, self.face_of_triangle, self.vertex_normals):
            array.setflags(write=False)

    @cached_property
    def corners_mm(self) -> np.ndarray:
        """Corners of every triangle (t, 3, 3)."""
        return self.vertices_mm.take(self.triangles, axis=0)

    @cached_property
    def face_corners(self) -> tuple[np.ndarray, np.ndarray]:
        """Every vertex of every face, as face · vertices + vertex, rising (k,), and which of them
        the corners of the triangles are (t, 3).
        """
        stride = len(self.vertices_mm)
        keys = self.face_of_triangle.astype(np.int64)[:, None] * stride + self.triangles
        distinct, corner = distinct_keys(keys.ravel())
        return distinct, corner.reshape(keys.shape)

    def with_normals(self, vertex_normals: np.ndarray) -> "Mesh":
        """The same triangles with normals (t, 3, 3) at their corners: what is known of them stays
        known.
        """
        mesh = replace(self, vertex_normals=vertex_normals)
        vars(mesh).update(vars(self) | {"vertex_normals": vertex_normals})
        return mesh

    @cached_property
    def _cross(self) -> np.ndarray:
        a, b, c = self.corners_mm[:, 0], self.corners_mm[:, 1], self.corners_mm[:, 2]
        return cross(b - a, c - a)

    @cached_property
    def areas_mm2(self) -> np.ndarray:
        """Area of every triangle (t,)."""
        return norms(self._cross) / 2

    @cached_property
    def normals(self) -> np.ndarray:
        """Outward unit normal of every triangle (t, 3); zero where it has no area."""
        return self._cross / np.maximum(norms(self._cross)[:, None], 1e-300)

    @cached_property
    def centroids_mm(self) -> np.ndarray:
        """Centre of every triangle (t, 3)."""
        return self.corners_mm.mean(axis=1)

    @cached_property
    def volume_mm3(self) -> float:
        """Signed volume that the triangles enclose."""
        corners = self.corners_mm - self.vertices_mm.mean(axis=0)
        return float(np.einsum("ij,ij->", corners[:, 0], cross(corners[:, 1], corners[:, 2])) / 6)

    @cached_property
    def diagonal_mm(self) -> float:
        """Diagonal of the axis-parallel box, 0 without vertices."""
        if not len(self.vertices_mm):
            return 0.0
        return float(np.linalg.norm(np.ptp(self.vertices_mm, axis=0)))


def weld(corners_mm: np.ndarray, diagonal_mm: float) -> tuple[np.ndarray, np.ndarray]:
    """Joins equal corners (t, 3, 3): vertices (n, 3) and triangles (t, 3)."""
    grid = max(diagonal_mm * WELD_SHARE, 1e-12)
    flat = corners_mm.reshape(-1, 3)
    # shifted by half a cell so that round coordinates do not fall on a cell's border; a column at a
    # time: the least of rows of three takes longer than all else
    columns = np.ascontiguousarray(flat.T)
    keys = np.array([np.floor((row - row.min()) / grid + 0.37) for row in columns], np.int64)
    _, first, inverse = np.unique(packed(keys.T), return_index=True, return_inverse=True)
    return flat[first], inverse.reshape(-1, 3).astype(np.int32)


def is_watertight(triangles: np.ndarray) -> bool:
    """Whether every directed edge has exactly one opposite, triangles without area left out."""
    kept = triangles[
        (triangles[:, 0] != triangles[:, 1])
        & (triangles[:, 1] != triangles[:, 2])
        & (triangles[:, 2] != triangles[:, 0])
    ]
    if not len(kept):
        return False
    start, end = kept.ravel(), kept[:, [1, 2, 0]].ravel()
    size = int(triangles.max()) + 1
    # a part may touch itself along an edge: as many forwards as backwards is what closes it; they
    # are counted in a sparse matrix of vertices, in a third of the time that sorting them takes
    edges = np.minimum(start, end), np.maximum(start, end)
    ways = coo_array((np.where(start < end, 1, -1), edges), shape=(size, size))
    return not ways.tocsr().data.any()


def sample_surface(
    mesh: Mesh, count: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Area-weighted points on the surface: (count, 3) mm and the triangle of each (count,)."""
    cumulative = np.cumsum(mesh.areas_mm2)
    triangle = np.searchsorted(cumulative, rng.random(count) * cumulative[-1], side="right")
    triangle = np.minimum(triangle, len(cumulative) - 1)
    u, v = np.sqrt(rng.random(count)), rng.random(count)
    a, b, c = (mesh.corners_mm[triangle, k] for k in range(3))
    points = (1 - u)[:, None] * a + (u * (1 - v))[:, None] * b + (u * v)[:, None] * c
    return points, triangle


def lone_corners(beyond: np.ndarray) -> np.ndarray:
    """Which corner of each triangle lies alone on its side of a cut: (t,), 0 to 2.

    beyond (t, 3) bool: the corners on one side, one or two of each triangle.
    """
    return np.where(beyond.sum(axis=1) == 1, beyond.argmax(axis=1), beyond.argmin(axis=1))
