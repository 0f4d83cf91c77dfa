"""Which faces of two parts are alike, wherever they lie?"""

from dataclasses import dataclass

import numpy as np

from geometry.part import Part
from geometry.topology import surface_code
from geometry.vectors import norms

__all__ = [
    "ANGLE_NEAR",
    "CONE",
    "CYLINDER",
    "DIRECTED",
    "PLANE",
    "SPHERE",
    "TORUS",
    "FaceTable",
    "SurfacePairs",
    "alike",
    "are_alike",
    "face_table",
    "moved",
    "scaled",
    "turned",
]

PLANE, CYLINDER, CONE, SPHERE, TORUS = (
    surface_code(name) for name in ("plane", "cylinder", "cone", "sphere", "torus")
)
DIRECTED = (PLANE, CONE)  # kinds whose axis has one sense

SIZE_NEAR = 2e-3  # relative difference in size at which two faces may be one: noise of re-encoding
ANGLE_NEAR = 1 - 2e-5  # cosine of 0.4°
HALF_ANGLE_NEAR_DEG = 0.2
EQUAL_SHARE = 1e-3  # of the length at which two faces may be one: they are equal but for rounding


@dataclass(frozen=True)
class FaceTable:
    """Joined faces of a part as plain arrays, for comparing."""

    kind: np.ndarray  # (n,)
    sense: np.ndarray  # (n,)
    sizes_mm: (
        np.ndarray
    )  # (n, 4) root of the area, radius, minor radius, length of all loops; 0 where none
    half_angle_deg: np.ndarray  # (n,) 0 where none
    points_mm: np.ndarray  # (n, 3) centroids
    origins_mm: np.ndarray  # (n, 3) of cones the apex
    axes: np.ndarray  # (n, 3) zero for spheres and freeform faces
    areas_mm2: np.ndarray  # (n,)
    diagonal_mm: float

    @property
    def directed(self) -> np.ndarray:
        """Faces whose axis has one sense: planes and cones (n,)."""
        return (self.kind == PLANE) | (self.kind == CONE)


def face_table(part: Part) -> FaceTable:
    """The faces of a part, split ones joined, ready for comparing."""
    faces, edges, coedges = part.joined.faces, part.joined.edges, part.joined.coedges
    # a seam is where the parametrisation starts, not where the face ends
    bound = coedges[~edges["seam"][coedges["edge"]]]
    perimeter = np.bincount(
        bound["face"], weights=edges["length_mm"][bound["edge"]], minlength=len(faces)
    )
    kind = faces["kind"].astype(int)
    area = np.maximum(faces["area_mm2"], 0.0)
    radius = np.where(kind == CONE, 0.0, np.nan_to_num(faces["radius_mm"]))
    return FaceTable(
        kind=kind,
        sense=np.where(kind <= TORUS, faces["sense"], 0).astype(int),
        sizes_mm=np.column_stack(
            [np.sqrt(area), radius, np.nan_to_num(faces["minor_radius_mm"]), perimeter]
        ),
        half_angle_deg=np.nan_to_num(faces["half_angle_deg"]),
        points_mm=np.nan_to_num(faces["centroid_mm"]),
        origins_mm=np.nan_to_num(_origins(faces, kind)),
        axes=np.where((kind <= TORUS)[:, None] & (kind != SPHERE)[:, None], faces["axis"], 0.0),
        areas_mm2=area,
        diagonal_mm=part.mesh.diagonal_mm,
    )


def _origins(faces: np.ndarray, kind: np.ndarray) -> np.ndarray:
    """A point that says where each surface lies: on the plane or axis, the centre, the apex."""
    origins = faces["origin_mm"].copy()
    cone = kind == CONE
    slope = np.tan(np.radians(faces["half_angle_deg"][cone]))
    down = faces["radius_mm"][cone] / np.where(np.abs(slope) > 1e-9, slope, np.inf)
    origins[cone] -= down[:, None] * faces["axis"][cone]
    return origins


def moved(matrix: np.ndarray, points_mm: np.ndarray) -> np.ndarray:
    """Points (n, 3) under a motion (4, 4)."""
    return points_mm @ matrix[:3, :3].T + matrix[:3, 3]


def turned(matrix: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """Unit directions (n, 3) under a motion (4, 4); zero stays zero."""
    found = directions @ matrix[:3, :3].T
    return found / np.maximum(norms(found)[:, None], 1e-300)


def scaled(table: FaceTable, scale: float) -> FaceTable:
    """The same faces of a part made larger."""
    """The same faces of a part made larger."""
    if scale == 1.0:
        return table
    return FaceTable(
        table.kind, table.sense, table.sizes_mm * scale, table.half_angle_deg,
        table.points_mm * scale, table.origins_mm * scale, table.axes,
        table.areas_mm2 * scale**2, table.diagonal_mm * scale,
    )  # fmt: skip


def are_alike(a: FaceTable, mine: int | np.ndarray, b: FaceTable, theirs: np.ndarray) -> np.ndarray:
    """Whether faces of A and B, or one of A and some of B, are of one kind and size: (n,) bool."""
    near = 1e-5 * max(a.diagonal_mm, b.diagonal_mm)
    sizes, others = a.sizes_mm[mine], b.sizes_mm[theirs]
    fits = (np.abs(others - sizes) <= SIZE_NEAR * np.maximum(sizes, others) + near).all(axis=1)
    fits &= np.abs(b.half_angle_deg[theirs] - a.half_angle_deg[mine]) < HALF_ANGLE_NEAR_DEG
    return np.asarray(fits & (a.kind[mine] == b.kind[theirs]) & (a.sense[mine] == b.sense[theirs]))


def alike(a: FaceTable, b: FaceTable) -> list[np.ndarray]:
    """Faces of B of the kind and size of each face of A; equal faces share one list."""
    found: list[np.ndarray] = [np.zeros(0, int)] * len(a.kind)
    near = 1e-5 * max(a.diagonal_mm, b.diagonal_mm)
    for kind, sense in {(int(k), int(s)) for k, s in zip(a.kind, a.sense, strict=True)}:
        mine = np.flatnonzero((a.kind == kind) & (a.sense == sense))
        theirs = np.flatnonzero((b.kind == kind) & (b.sense == sense))
        if not len(theirs):
            continue
        order = theirs[np.argsort(b.sizes_mm[theirs, 0])]
        size = b.sizes_mm[order, 0]
        reach = SIZE_NEAR * a.sizes_mm[mine, 0] + near
        low = np.searchsorted(size, a.sizes_mm[mine, 0] - reach)
        high = np.searchsorted(size, a.sizes_mm[mine, 0] + reach)
        told = np.column_stack([a.sizes_mm[mine] / (EQUAL_SHARE * near), a.half_angle_deg[mine]])
        _, single, equal = np.unique(np.round(told), axis=0, return_index=True, return_inverse=True)
        lists = []
        for face, first, last in zip(mine[single], low[single], high[single], strict=True):
            some = order[first:last]
            lists.append(some[are_alike(a, int(face), b, some)])
        for face, number in zip(mine, equal.ravel(), strict=True):
            found[face] = lists[number]
    return found


class SurfacePairs:
    """Faces of A and B that could lie on one surface: what of it no motion changes."""

    def __init__(self, a: FaceTable, b: FaceTable, rows: np.ndarray, near: float) -> None:
        self._a, self._b, self._rows, self._near = a, b, rows, near
        kinds = a.kind[rows]
        like = (kinds[:, None] == b.kind[None]) & (a.sense[rows][:, None] == b.sense[None])
        half_angle = a.half_angle_deg[rows]
        like &= np.abs(half_angle[:, None] - b.half_angle_deg[None]) < HALF_ANGLE_NEAR_DEG
        self._i, self._j = np.nonzero(like & (kinds <= TORUS)[:, None])
        self._kind = kind = kinds[self._i]
        mine, theirs = a.sizes_mm[rows[self._i]], b.sizes_mm[self._j]
        radius = np.abs(mine[:, 1] - theirs[:, 1]) <= SIZE_NEAR * mine[:, 1] + near
        tube = np.abs(mine[:, 2] - theirs[:, 2]) <= near
        self._sized = np.select([kind <= PLANE, kind == TORUS], [True, radius & tube], radius)
        # a slender cone's apex is known that much worse than its skin
        steep = np.maximum(np.tan(np.radians(half_angle[self._i])), 1e-3)
        self._steep = np.where(kind == CONE, steep, 0.0)

    def after(self, matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Whether faces of A lie on the surfaces of faces of B after a motion: (rows, n_b) bool.

        The second answer asks for the same axis or centre alone: the hole drilled larger.
        """
        a, b, i, j, near, kind = self._a, self._b, self._i, self._j, self._near, self._kind
        shape = (len(self._rows), len(b.kind))
        axis = turned(matrix, a.axes[self._rows])
        turn = (axis @ b.axes.T)[i, j]
        straight = np.where(kind == CYLINDER, np.abs(turn), turn) > ANGLE_NEAR
        straight |= (kind == TORUS) & (turn < -ANGLE_NEAR)
        straight |= kind == SPHERE
        i, j, axis, kind = i[straight], j[straight], axis[i[straight]], kind[straight]
        between = b.origins_mm[j] - moved(matrix, a.origins_mm[self._rows])[i]
        along = np.einsum("ij,ij->i", between, axis)
        off = np.einsum("ij,ij->i", between, between)  # from a centre; from an axis, a plane:
        off -= np.where((kind == CYLINDER) | (kind == CONE), along**2, 0.0)
        off = np.where(kind == PLANE, along**2, off)
        lies = off < near**2
        sized = self._sized[straight] & (np.abs(along) * self._steep[straight] < near)
        exact, about = np.zeros(shape, bool), np.zeros(shape, bool)
        about[i[lies], j[lies]] = True
        exact[i[lies & sized], j[lies & sized]] = True
        return exact, about
