"""The faces of a part as a search for some of them needs them: places, sizes, neighbours.

They are kept in the part's descriptor, so that a catalogue is searched without its models.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geometry.fields.facetable import CYLINDER, SPHERE, TORUS, face_table
from geometry.part import Part
from geometry.topology import between_faces

__all__ = ["Surroundings", "load_faces", "pack_faces", "words"]

MOST_FACES = 2000  # largest ones are kept of a part; more say nothing new
WORD_STEP = np.log(1.02)  # radii that share a word of the index
_KEYS = ("kind", "sense", "sizes_mm", "half_angle_deg", "points_mm", "origins_mm", "axes",
         "extent_mm", "meeting", "owner")  # fmt: skip


@dataclass(frozen=True)
class Surroundings:
    """The joined faces of a part with their places and neighbours."""

    kind: np.ndarray  # (n,)
    sense: np.ndarray  # (n,)
    sizes_mm: np.ndarray  # (n, 4) root of the area, radius, minor radius, length of loops
    half_angle_deg: np.ndarray  # (n,)
    points_mm: np.ndarray  # (n, 3) centroids
    origins_mm: np.ndarray  # (n, 3)
    axes: np.ndarray  # (n, 3) zero for spheres and freeform faces
    extent_mm: np.ndarray  # (n, 2) ends along the axis, from the origin
    meeting: np.ndarray  # (m, 3) two faces and the convexity of their edge
    owner: np.ndarray  # (faces of the part,) row of each face, −1 where it was left out

    def rows(self, faces: Sequence[int]) -> np.ndarray:
        """Rows of faces of the part: each once."""
        known = [self.owner[face] for face in faces if 0 <= face < len(self.owner)]
        return np.unique(np.array([row for row in known if row >= 0], int))

    def faces(self, rows: np.ndarray) -> list[int]:
        """Faces of the part that rows stand for."""
        return [int(face) for face in np.flatnonzero(np.isin(self.owner, rows))]


def pack_faces(part: Part) -> dict[str, np.ndarray]:
    """The arrays that the descriptor of a part keeps for `load_faces`: name → array."""
    table = face_table(part)
    kept = np.sort(np.argsort(-table.areas_mm2, kind="stable")[:MOST_FACES])
    place = np.full(len(table.kind), -1)
    place[kept] = np.arange(len(kept))
    owner = np.full(len(part.topology.faces), -1)
    for row in range(len(table.kind)):
        owner[np.asarray(part.joined.members(row), int)] = place[row]
    edges = part.joined.edges
    edges = edges[between_faces(edges)]
    meeting = np.column_stack([place[edges["faces"]], edges["convexity"]])
    meeting = np.unique(meeting[(meeting[:, :2] >= 0).all(axis=1)], axis=0)
    faces = part.joined.faces
    arrays = {
        "kind": table.kind[kept].astype(np.int8),
        "sense": table.sense[kept].astype(np.int8),
        "sizes_mm": table.sizes_mm[kept].astype(np.float32),
        "half_angle_deg": table.half_angle_deg[kept].astype(np.float32),
        "points_mm": table.points_mm[kept].astype(np.float32),
        "origins_mm": table.origins_mm[kept].astype(np.float32),
        "axes": table.axes[kept].astype(np.float32),
        "extent_mm": np.nan_to_num(
            np.column_stack([faces["low_mm"], faces["high_mm"]])[kept]
        ).astype(np.float32),
        "meeting": meeting.astype(np.int32),
        "owner": owner.astype(np.int32),
    }
    return {f"local_{name}": array for name, array in arrays.items()}


def load_faces(data: bytes) -> Surroundings:
    """The faces in a stored descriptor."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        found = {name: arrays[f"local_{name}"] for name in _KEYS}
    whole = ("kind", "sense", "meeting", "owner")
    return Surroundings(
        **{name: array.astype(int if name in whole else float) for name, array in found.items()}
    )


def words(faces: Surroundings, rows: np.ndarray | None = None) -> np.ndarray:
    """Numbers that curved faces of nearly one kind and radius share: one a face, each once.

    By them an index tells which parts may hold some faces at all. Faces without a radius have none.
    """
    chosen = np.arange(len(faces.kind)) if rows is None else rows
    curved = chosen[np.isin(faces.kind[chosen], (CYLINDER, SPHERE, TORUS))]
    radius = np.maximum(faces.sizes_mm[curved, 1], 1e-4)
    step = np.round(np.log(radius) / WORD_STEP).astype(int)
    group = 2 * faces.kind[curved] + (faces.sense[curved] > 0)
    return np.unique(group * 10_000 + step + 5_000)
