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
    found = []
    for face in faces:
        row = rows[face]
        if row["kind"] > TORUS or not row["triangle_count"]:
            continue
        first = int(row["first_triangle"])
        corners = mesh.corners_mm[first : first + int(row["triangle_count"])]
        # the middles of its triangles: its rim is as near to whatever meets the other skin there
        inner = own.projected(corners.mean(axis=1), np.full(len(corners), face)) * own.scale
        distance, there = other.distance(moved(motion, inner))
        if (distance <= near_mm).all() and (kinds[there] == row["kind"]).all():
            found.append(int(face))
    return found
