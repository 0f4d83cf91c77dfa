"""Which faces of two parts, one laid on the other, are the same, changed, removed or added?"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from geometry.assignment import NO_PAIR, cheapest_pairs
from geometry.fields.facetable import (
    CONE,
    CYLINDER,
    DIRECTED,
    PLANE,
    SPHERE,
    TORUS,
    FaceTable,
    SurfacePairs,
    moved,
    turned,
)
from geometry.part import Part
from geometry.vectors import cross

__all__ = ["MOST_DRAFT_DEG", "SAME_MM", "SAME_SHARE", "FaceMatches", "differences", "match_faces"]

SAME_MM = 2e-3  # a face in its place: what a re-export moves, far below any tolerance of place
SAME_SHARE = 2e-6  # of the diagonal: coordinates of kilometre-sized parts are rounded coarser
SAME_AREA_SHARE = 2e-4
FREEFORM_AREA_SHARE = 2e-3  # integrals whose error depends on how the surface is written
SAME_LENGTH_SHARE = 5e-4  # lengths of re-encoded edges
CHANGED_PRICE = 0.6  # dearer pairs of faces are one removed and one added
SAME_TILT_DEG = 0.02
MOST_DRAFT_DEG = 15.0  # drop forgings have 9 inside, cast pins 10: what is steeper slopes or sinks
MOST_ASSIGNED = 1500  # faces left over on both sides that are priced all with all
BLOCK, NEAREST = 256, 48  # of more, so many that lie together with so many nearest of each


@dataclass(frozen=True)
class FaceMatches:
    """Joined faces that answer each other."""

    same: list[tuple[int, int]]
    changed: list[tuple[int, int]]
    removed: list[int]
    added: list[int]
    trimmed: frozenset[tuple[int, int]] = frozenset()  # changed ones whose surface stayed

    def as_same(self) -> "FaceMatches":
        """The two skins coincide: what is left over is the same surface cut into other faces."""
        return FaceMatches([*self.same, *self.changed], [], [], [])

    def same_share(self, a: FaceTable, b: FaceTable) -> float:
        """Share of both areas on faces that stayed the same."""
        kept_a = a.areas_mm2[[i for i, _ in self.same]].sum() / max(a.areas_mm2.sum(), 1e-300)
        kept_b = b.areas_mm2[[j for _, j in self.same]].sum() / max(b.areas_mm2.sum(), 1e-300)
        return float(0.5 * (kept_a + kept_b))

    def body_pairs(self, a: Part, b: Part, matrix: np.ndarray) -> "FaceMatches":
        """The same in ids of the bodies' own faces."""
        same = [pair for i, j in self.same for pair in _member_pairs(a, b, i, j, matrix)]
        changed = [pair for i, j in self.changed for pair in _member_pairs(a, b, i, j, matrix)]
        trimmed = frozenset(
            pair for i, j in self.trimmed for pair in _member_pairs(a, b, i, j, matrix)
        )
        removed = a.joined.body_faces(self.removed)
        added = b.joined.body_faces(self.added)
        return FaceMatches(sorted(same), sorted(changed), list(removed), list(added), trimmed)


def _member_pairs(a: Part, b: Part, i: int, j: int, matrix: np.ndarray) -> list[tuple[int, int]]:
    """Body faces behind two joined faces: each answers the nearest of the other side."""
    mine, theirs = a.joined.members(i), b.joined.members(j)
    if len(mine) == len(theirs) == 1:
        return [(int(mine[0]), int(theirs[0]))]
    here = moved(matrix, a.topology.faces["centroid_mm"][mine])
    there = b.topology.faces["centroid_mm"][theirs]
    apart = np.linalg.norm(here[:, None] - there[None], axis=2)
    pairs = {(int(mine[k]), int(theirs[apart[k].argmin()])) for k in range(len(mine))}
    pairs |= {(int(mine[apart[:, k].argmin()]), int(theirs[k])) for k in range(len(theirs))}
    return sorted(pairs)


def match_faces(
    table_a: FaceTable, table_b: FaceTable, matrix: np.ndarray, scale: float
) -> FaceMatches:
    """Faces one to one: those in their place, then those that changed least."""
    near = SAME_MM * max(scale, 1.0) + SAME_SHARE * table_b.diagonal_mm
    place, axes = moved(matrix, table_a.points_mm), turned(matrix, table_a.axes)
    reach = 3 * near + 1e-4 * np.maximum(table_a.sizes_mm[:, 0] * scale, 0)
    tree = cKDTree(table_b.points_mm)
    same: list[tuple[int, int]] = []
    taken: set[int] = set()
    for face, close in enumerate(tree.query_ball_point(place, reach)):
        best = None
        for other in close:
            if other in taken or not _same_face(
                face, other, table_a, table_b, place, axes, scale, near
            ):
                continue
            distance = float(np.linalg.norm(table_b.points_mm[other] - place[face]))
            if best is None or distance < best[0]:
                best = (distance, other)
        if best is not None:
            same.append((face, best[1]))
            taken.add(best[1])
    left_a = np.setdiff1d(np.arange(len(table_a.kind)), [i for i, _ in same])
    left_b = np.setdiff1d(np.arange(len(table_b.kind)), sorted(taken))
    changed, trimmed = _changed_faces(table_a, table_b, left_a, left_b, matrix, scale, near)
    return FaceMatches(
        same,
        changed,
        sorted(set(left_a.tolist()) - {i for i, _ in changed}),
        sorted(set(left_b.tolist()) - {j for _, j in changed}),
        trimmed,
    )


def _same_face(
    face: int,
    other: int,
    a: FaceTable,
    b: FaceTable,
    place: np.ndarray,
    axes: np.ndarray,
    scale: float,
    near: float,
) -> bool:
    if a.kind[face] != b.kind[other] or a.sense[face] != b.sense[other]:
        return False
    mine, theirs = a.sizes_mm[face] * scale, b.sizes_mm[other]
    canonical = a.axes[face].any() or mine[1] > 0
    area = SAME_AREA_SHARE if canonical else FREEFORM_AREA_SHARE
    if abs(mine[0] - theirs[0]) > 0.5 * area * theirs[0] + near:
        return False
    if (np.abs(mine[1:3] - theirs[1:3]) > near + 1e-5 * theirs[1:3]).any():
        return False
    if abs(mine[3] - theirs[3]) > SAME_LENGTH_SHARE * theirs[3] + 4 * near:
        return False
    if abs(a.half_angle_deg[face] - b.half_angle_deg[other]) > 0.02:
        return False
    distance = float(np.linalg.norm(b.points_mm[other] - place[face]))
    if not canonical:
        return distance <= near + 1e-4 * theirs[0]
    if a.axes[face].any():
        sine = float(np.linalg.norm(cross(axes[face], b.axes[other])))
        if sine * max(theirs[0], mine[1]) > 2 * near:
            return False
        if a.kind[face] in DIRECTED and axes[face] @ b.axes[other] < 0:
            return False
    # areas of re-encoded faces shift centroids in the surface; across it nothing may move
    return distance <= near + 1e-4 * theirs[0]


def _changed_faces(
    a: FaceTable,
    b: FaceTable,
    left_a: np.ndarray,
    left_b: np.ndarray,
    matrix: np.ndarray,
    scale: float,
    near: float,
) -> tuple[list[tuple[int, int]], frozenset[tuple[int, int]]]:
    """Pairs of the faces left over that are revisions, and those of them on one surface."""
    if not len(left_a) or not len(left_b):
        return [], frozenset()
    pairs, prices, stays = [], [], []
    for rows, columns in _blocks(a, b, left_a, left_b, matrix):
        price, on_surface = _prices(a, b, left_a[rows], left_b[columns], matrix, scale, near)
        # what is dearer is no revision; every face may also be none
        i, j = np.nonzero(price < NO_PAIR)
        pairs.append(np.column_stack([rows[i], columns[j]]))
        prices.append(price[i, j])
        stays.append(on_surface[i, j])
    every, stay = np.concatenate(pairs), np.concatenate(stays)
    chosen = cheapest_pairs(every, np.concatenate(prices), CHANGED_PRICE)
    found = [(int(left_a[i]), int(left_b[j])) for i, j in every[chosen]]
    return (
        sorted(found),
        frozenset(pair for pair, kept in zip(found, stay[chosen], strict=True) if kept),
    )


def _blocks(
    a: FaceTable, b: FaceTable, left_a: np.ndarray, left_b: np.ndarray, matrix: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows of A and of B that are priced with each other: all, and of thousands that all changed
    those of a neighbourhood with the nearest of every one of them.
    """
    if len(left_a) * len(left_b) <= MOST_ASSIGNED**2:
        yield np.arange(len(left_a)), np.arange(len(left_b))
        return
    place = moved(matrix, a.points_mm[left_a])
    tree, order = cKDTree(b.points_mm[left_b]), cKDTree(place).indices
    most = min(NEAREST, len(left_b))
    for first in range(0, len(order), BLOCK):
        rows = np.sort(order[first : first + BLOCK])
        yield rows, np.unique(tree.query(place[rows], k=most)[1])


def _prices(
    a: FaceTable,
    b: FaceTable,
    left_a: np.ndarray,
    left_b: np.ndarray,
    matrix: np.ndarray,
    scale: float,
    near: float,
) -> tuple[np.ndarray, np.ndarray]:
    """How much faces of A had to change to be faces of B, and whether they are on one surface:
    (m, n) each.
    """
    place, axes = moved(matrix, a.points_mm[left_a]), turned(matrix, a.axes[left_a])
    apart = np.linalg.norm(place[:, None] - b.points_mm[left_b][None], axis=2) / b.diagonal_mm
    tiny = 1e-6 * b.diagonal_mm
    mine = a.sizes_mm[left_a] * scale + tiny
    theirs = b.sizes_mm[left_b] + tiny
    size = np.abs(np.log(mine[:, None, 0] / theirs[None, :, 0]))
    radius = np.abs(np.log(mine[:, None, 1] / theirs[None, :, 1]))
    both = (a.sizes_mm[left_a, 1] > 0)[:, None] & (b.sizes_mm[left_b, 1] > 0)[None]
    cosine = axes @ b.axes[left_b].T
    turn = np.abs(cosine)
    crooked = np.where(
        (np.abs(axes).sum(1) > 0)[:, None] & (np.abs(b.axes[left_b]).sum(1) > 0)[None],
        np.sqrt(np.maximum(0.0, 1 - np.minimum(turn, 1.0) ** 2)),
        0.0,
    )
    price = (
        1.5 * apart + 0.15 * np.minimum(size, 2) + 0.2 * np.where(both, np.minimum(radius, 2), 0)
    )
    price += 0.5 * crooked
    on_surface, _ = SurfacePairs(
        _scaled_rows(a, scale, left_a), _rows(b, left_b), np.arange(len(left_a)), near
    ).after(matrix)
    price -= 0.25 * on_surface
    freeform = (a.kind[left_a] > TORUS)[:, None] & (b.kind[left_b] > TORUS)[None]
    alike = (a.kind[left_a][:, None] == b.kind[left_b][None]) | freeform
    alike |= _drafted(a, b, left_a, left_b, crooked)
    # a wall never becomes the one that faces it: a rib set aside by more than it is thick
    flat = (a.kind[left_a] == PLANE)[:, None] & (b.kind[left_b] == PLANE)[None]
    alike &= ~(flat & (cosine < 0))
    alike &= a.sense[left_a][:, None] == b.sense[left_b][None]
    return np.where(alike, np.maximum(price, 0.0), NO_PAIR), on_surface


def _drafted(
    a: FaceTable, b: FaceTable, left_a: np.ndarray, left_b: np.ndarray, crooked: np.ndarray
) -> np.ndarray:
    """Cylinders and slender cones along one axis: one is the other with draft. (m, n) bool."""
    mine, theirs = a.kind[left_a][:, None], b.kind[left_b][None]
    steep = np.maximum(a.half_angle_deg[left_a][:, None], b.half_angle_deg[left_b][None])
    both = ((mine == CYLINDER) & (theirs == CONE)) | ((mine == CONE) & (theirs == CYLINDER))
    return both & (steep < MOST_DRAFT_DEG) & (crooked < np.sin(np.radians(1.0)))


def differences(
    a: FaceTable, b: FaceTable, matched: FaceMatches, matrix: np.ndarray, scale: float
) -> list[tuple[int, int, str, float, float]]:
    """What changed of canonical faces that changed: (face of A, of B, parameter, from, to).

    A's lengths at B's scale. A plane's `offset_mm` counts along its normal from where it was.
    """
    near = SAME_MM * max(scale, 1.0) + SAME_SHARE * b.diagonal_mm
    found: list[tuple[int, int, str, float, float]] = []
    for i, j in matched.changed:
        kind = a.kind[i]
        if (i, j) in matched.trimmed or kind != b.kind[j] or kind > TORUS:
            continue
        mine, theirs = a.sizes_mm[i] * scale, b.sizes_mm[j]
        axis, other = turned(matrix, a.axes[i][None])[0], b.axes[j]
        between = b.origins_mm[j] - moved(matrix, a.origins_mm[i][None])[0]
        tilt = float(
            np.degrees(np.arctan2(np.linalg.norm(np.cross(axis, other)), abs(axis @ other)))
        )
        told: list[tuple[str, float, float]] = []
        if kind != SPHERE and tilt > SAME_TILT_DEG:
            told.append(("tilt_deg", 0.0, tilt))
        elif kind == PLANE:
            told.append(("offset_mm", 0.0, float(between @ other)))
        elif kind in (CYLINDER, CONE):
            aside = float(np.linalg.norm(between - (between @ other) * other))
            if aside > near:
                told.append(("shift_mm", 0.0, aside))
        if kind in (CYLINDER, SPHERE, TORUS) and abs(mine[1] - theirs[1]) > near:
            told.append(("diameter_mm", 2 * float(mine[1]), 2 * float(theirs[1])))
        if kind == TORUS and abs(mine[2] - theirs[2]) > near:
            told.append(("radius_mm", float(mine[2]), float(theirs[2])))
        if kind == CONE and abs(a.half_angle_deg[i] - b.half_angle_deg[j]) > SAME_TILT_DEG:
            told.append(
                ("angle_deg", 2 * float(a.half_angle_deg[i]), 2 * float(b.half_angle_deg[j]))
            )
        found += [(i, j, *each) for each in told]
    return found


def _rows(table: FaceTable, rows: np.ndarray) -> FaceTable:
    return FaceTable(
        table.kind[rows], table.sense[rows], table.sizes_mm[rows], table.half_angle_deg[rows],
        table.points_mm[rows], table.origins_mm[rows], table.axes[rows], table.areas_mm2[rows],
        table.diagonal_mm,
    )  # fmt: skip


def _scaled_rows(table: FaceTable, scale: float, rows: np.ndarray) -> FaceTable:
    """Rows with sizes at B's scale; places stay, the motion scales them."""
    some = _rows(table, rows)
    return FaceTable(
        some.kind, some.sense, some.sizes_mm * scale, some.half_angle_deg, some.points_mm,
        some.origins_mm, some.axes, some.areas_mm2 * scale**2, table.diagonal_mm,
    )  # fmt: skip
