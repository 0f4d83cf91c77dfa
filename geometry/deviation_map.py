"""How far is each place of a part from the other part? A heat map for viewer and reports."""

import math
from collections.abc import Sequence

import numpy as np

from geometry.digest import unpack
from geometry.display import gltf_binary, mesh_of_gltf
from geometry.fields.deviation import Surface
from geometry.fields.facetable import moved
from geometry.fields.shading import refined
from geometry.mesh import Mesh
from geometry.part import Part

__all__ = ["deviation_glb", "deviations"]

SIDES = 24  # of the diagonal: a distance is not drawn straight over a longer side
PATCHES = 600  # where that would be more triangles, these many patches of equal size are drawn


def deviation_glb(
    packed_a: bytes,
    part_a: int,
    glb_b: bytes,
    alignment: Sequence[Sequence[float]],
    stayed: Sequence[int],
) -> bytes:
    """The GLB of B with `_DEVIATION`, mm from A; loads the ray caster: call it in a worker.

    packed_a: what an examination kept of A's file, and which part is meant; alignment (4, 4) lays A
    on B; stayed: faces of B that lie in place, whose deviation is not shown.
    """
    part = unpack(packed_a).subjects[part_a].part
    mesh, values = deviations(part, mesh_of_gltf(glb_b), np.asarray(alignment, float), stayed)
    return gltf_binary(mesh, scalars={"deviation": values})


def deviations(
    a: Part, mesh: Mesh, alignment: np.ndarray, stayed: Sequence[int]
) -> tuple[Mesh, np.ndarray]:
    """The mesh of B, finer where it may leave A, and distances at its corners (t, 3) mm.

    nan on faces that stayed.
    """
    moving = np.ones(int(mesh.face_of_triangle.max(initial=-1)) + 1, bool)
    moving[list(stayed)] = False
    area = float(mesh.areas_mm2[moving[mesh.face_of_triangle]].sum())
    longest = max(mesh.diagonal_mm / SIDES, math.sqrt(2 * area / PATCHES))
    fine = refined(mesh, moving, longest)
    values = np.full((len(fine.triangles), 3), np.nan)
    rows = np.flatnonzero(moving[fine.face_of_triangle])
    if len(rows):
        scale = float(abs(np.linalg.det(alignment[:3, :3])) ** (1 / 3))
        rigid = alignment @ np.diag([1 / scale] * 3 + [1.0])
        corners, place = np.unique(fine.triangles[rows], return_inverse=True)
        points = moved(np.linalg.inv(rigid), fine.vertices_mm[corners])
        values[rows] = Surface(a, scale).distance(points)[0][place].reshape(-1, 3)
    return fine, values
