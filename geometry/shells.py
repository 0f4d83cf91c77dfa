"""Which shells does a body have, and which of them close a void in?"""

from dataclasses import dataclass

import numpy as np

from geometry.components import components
from geometry.mesh import Mesh
from geometry.topology import Topology
from geometry.vectors import cross

__all__ = ["Void", "find_voids", "shell_volumes_mm3", "shells_of"]


@dataclass(frozen=True)
class Void:
    """A space that the material closes in."""

    volume_mm3: float
    area_mm2: float
    faces: tuple[int, ...]


def shells_of(topology: Topology) -> np.ndarray:
    """Number (f,) from 0 of the shell that each face is of: faces that edges join."""
    ends = topology.edges["faces"]
    return components(ends[(ends >= 0).all(axis=1)], len(topology.faces))


def shell_volumes_mm3(mesh: Mesh, shell: np.ndarray) -> np.ndarray:
    """What each shell's triangles enclose (s,), negative where they are wound inwards; shell: of
    each face (f,).
    """
    corners = mesh.corners_mm - mesh.vertices_mm.mean(axis=0)
    wedge = np.einsum("ij,ij->i", corners[:, 0], cross(corners[:, 1], corners[:, 2])) / 6
    shells = int(shell.max(initial=-1)) + 1
    return np.bincount(shell[mesh.face_of_triangle], weights=wedge, minlength=shells)


def find_voids(topology: Topology, mesh: Mesh) -> tuple[Void, ...]:
    """Shells that are wound inwards, the largest first: their triangles enclose what is no
    material.
    """
    shell = shells_of(topology)
    if not shell.any():
        return ()
    volume = shell_volumes_mm3(mesh, shell)
    area = np.bincount(shell, weights=topology.faces["area_mm2"])
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
