"""At which points of the surface are fields measured?"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from geometry.mesh import Mesh
from geometry.topology import Topology
from geometry.vectors import norms, row_wise

__all__ = ["Samples", "rim_chords", "sample_faces", "surface_normals"]

SAMPLES_OF_A_PART = 1600  # beyond the least per face; doubling them moves no share by more than 1 %
SAMPLES_OF_A_FACE = 5  # fewer miss a face that is only partly hidden
GOLDEN = (0.7548776662466927, 0.5698402909980532)  # R2 sequence; Source: M. Roberts, 2018


@dataclass(frozen=True)
class Samples:
    """Points spread evenly over every face, each standing for a piece of the area."""

    points_mm: np.ndarray  # (n, 3)
    normals: np.ndarray  # (n, 3) outward, of the surface rather than of its triangle
    triangle: np.ndarray  # (n,)
    face: np.ndarray  # (n,)
    area_mm2: np.ndarray  # (n,)
    chord_error_mm: np.ndarray  # (n,) how far triangles and surface of the face lie apart at most

    def __len__(self) -> int:
        return len(self.face)

    def subset(self, chosen: np.ndarray) -> "Samples":
        """The chosen samples alone; chosen (n,) bool or rows."""
        return Samples(
            self.points_mm[chosen], self.normals[chosen], self.triangle[chosen],
            self.face[chosen], self.area_mm2[chosen], self.chord_error_mm[chosen],
        )  # fmt: skip

    def share(self, chosen: np.ndarray) -> float:
        """Share of the area of the chosen samples (n,) bool."""
        total = float(self.area_mm2.sum())
        return float(self.area_mm2[chosen].sum()) / total if total > 0 else 0.0

    def share_by_face(self, chosen: np.ndarray, face_count: int) -> np.ndarray:
        """Share of each face's area that is chosen: (f,)."""
        part = np.bincount(self.face, weights=self.area_mm2 * chosen, minlength=face_count)
        whole = self._area_by_face
        known = slice(len(whole))  # no other face has samples
        part[known] = part[known] / np.maximum(whole, 1e-300)
        return part

    @cached_property
    def _area_by_face(self) -> np.ndarray:
        """Area (k,) mm² of the samples of each face, up to the last that has any."""
        return np.bincount(self.face, weights=self.area_mm2)


def sample_faces(
    mesh: Mesh,
    face_count: int,
    *,
    per_part: int = SAMPLES_OF_A_PART,
    per_face: int = SAMPLES_OF_A_FACE,
) -> Samples:
    """Evenly spaced samples, at least `per_face` on every face with area; the same for the same
    mesh.
    """
    areas = mesh.areas_mm2
    total = float(areas.sum())
    of_face = np.bincount(mesh.face_of_triangle, weights=areas, minlength=face_count)
    counts = np.ceil(per_part * of_face / max(total, 1e-300)).astype(int)
    counts = np.where(of_face > 0, np.maximum(counts, per_face), 0)
    face = np.repeat(np.arange(face_count), counts)
    rank = np.arange(len(face)) - np.repeat(np.cumsum(counts) - counts, counts)
    start = np.cumsum(of_face) - of_face
    # triangles are sorted by face, so the running area of all triangles is also that of the faces
    position = start[face] + (rank + 0.5) / counts[face] * of_face[face]
    triangle = np.searchsorted(np.cumsum(areas), position, side="right")
    triangle = np.minimum(triangle, len(areas) - 1)
    place = np.arange(1, len(face) + 1)
    u, v = (place * GOLDEN[0]) % 1.0, (place * GOLDEN[1]) % 1.0
    root = np.sqrt(u)
    weights = np.stack([1 - root, root * (1 - v), root * v], axis=1)
    points = np.einsum("nk,nkj->nj", weights, mesh.corners_mm.take(triangle, axis=0))
    return Samples(
        points,
        surface_normals(mesh, triangle, weights),
        triangle,
        mesh.face_of_triangle[triangle],
        of_face[face] / counts[face],
        _chord_errors(mesh, face_count)[face],
    )


def rim_chords(topology: Topology, samples: Samples) -> np.ndarray:
    """Chord error at each face, the rims that its neighbours share with it included (f,) mm."""
    own = np.zeros(len(topology.faces))
    own[samples.face] = samples.chord_error_mm
    ends = topology.edges["faces"]
    pairs = ends[(ends >= 0).all(axis=1)]
    found = own.copy()
    np.maximum.at(found, pairs[:, 0], own[pairs[:, 1]])
    np.maximum.at(found, pairs[:, 1], own[pairs[:, 0]])
    return found


def surface_normals(mesh: Mesh, triangle: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Outward unit normals (n, 3) of the surface rather than of its triangles (n,), at places that
    weights (n, 3) of their corners tell.
    """
    normals = np.einsum("nk,nkj->nj", weights, mesh.vertex_normals.take(triangle, axis=0))
    length = norms(normals)[:, None]
    flat = mesh.normals[triangle]
    normals = np.where(length > 0.1, normals / np.maximum(length, 1e-300), flat)
    # a surface normal that contradicts its triangle comes from a degenerate corner
    contradicted = np.einsum("ij,ij->i", normals, flat)[:, None] < 0.2
    return np.where(contradicted, flat, normals)


def _chord_errors(mesh: Mesh, face_count: int) -> np.ndarray:
    """Largest height of each face (f,) mm over the sides of its triangles, from how far the
    surface turns along them; 0 on planes.
    """
    corners, normals = mesh.corners_mm, mesh.vertex_normals
    before = [2, 0, 1]
    sides = corners - corners.take(before, axis=1)
    turns = normals - normals.take(before, axis=1)
    # an arc over the chord s that turns by t rises s · t / 8; what turns across a side is no arc
    heights = row_wise(np.maximum, np.abs(np.einsum("tik,tik->ti", sides, turns))) / 8
    found = np.zeros(face_count)
    np.maximum.at(found, mesh.face_of_triangle, heights)
    return found
