"""Which closed voids does a part hold?"""

from dataclasses import dataclass

import numpy as np

from geometry.components import components
from geometry.mesh import Mesh
from geometry.topology import Topology

__all__ = ["Void", "find_voids"]


@dataclass(frozen=True)
class Void:
    """A space that the material closes in."""

    volume_mm3: float
    area_mm2: float
    faces: tuple[int, ...]


def find_voids(topology: Topology, mesh: Mesh) -> tuple[Void, ...]:
    """Shells that are wound inwards, the largest first: their triangles enclose what is no
    material.
    """
    count = len(topology.faces)
    ends = topology.edges["faces"]
    pairs = ends[(ends >= 0).all(axis=1)]
    shell = components(pairs, count)
    shells = int(shell.max(initial=-1)) + 1
    if shells < 2:
        return ()
    corners = mesh.corners_mm - mesh.vertices_mm.mean(axis=0)
    wedge = np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) / 6
    volume = np.bincount(shell[mesh.face_of_triangle], weights=wedge, minlength=shells)
    area = np.bincount(shell, weights=topology.faces["area_mm2"], minlength=shells)
    smallest = 1e-12 * mesh.diagonal_mm**3
    voids = [
        Void(
            float(-volume[i]),
            float(area[i]),
            tuple(np.flatnonzero(shell == i).tolist()),
        )
        for i in np.flatnonzero(volume < -smallest)
    ]
    return tuple(sorted(voids, key=lambda void: -void.volume_mm3))
