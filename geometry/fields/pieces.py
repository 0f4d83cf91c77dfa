"""Which faces of a part are only pieces of the skin that the other part has there as well?

A rib across a floor leaves two floors: neither came, the one that was is cut in two.
"""

from collections.abc import Sequence

import numpy as np

from geometry.fields.deviation import Surface
from geometry.fields.facetable import TORUS, moved

__all__ = ["pieces"]


def pieces(
    own: Surface, faces: Sequence[int], other: Surface, motion: np.ndarray, near_mm: float
) -> list[int]:
    """Those of some canonical faces that lie on the other skin, on faces of their kind, all over.

    motion (4, 4) lays the own skin, in its measure, on the other; near_mm in that measure.
    """
    mesh, rows = own.part.mesh, own.part.topology.faces
    kinds = other.part.topology.faces["kind"]
    some = np.asarray(faces, int)
    some = some[(rows["kind"][some] <= TORUS) & (rows["triangle_count"][some] > 0)]
    if not len(some):
        return []
    # all at once: the ray caster takes as long for one face as for a hundred
    owner = np.repeat(some, rows["triangle_count"][some])
    triangle = np.concatenate(
        [
            first + np.arange(count)
            for first, count in rows[["first_triangle", "triangle_count"]][some]
        ]
    )
    # the middles of its triangles: its rim is as near to whatever meets the other skin there
    inner = own.projected(mesh.corners_mm[triangle].mean(axis=1), owner) * own.scale
    distance, there = other.distance(moved(motion, inner))
    lies = (distance <= near_mm) & (kinds[there] == rows["kind"][owner])
    off = np.bincount(owner, weights=~lies, minlength=len(rows))
    return [int(face) for face in some if not off[face]]
