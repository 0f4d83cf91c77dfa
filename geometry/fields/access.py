"""From which directions can a tool, a mould half or an eye reach each point?"""

from functools import cached_property

import numpy as np

from geometry.fields.rays import RayScene
from geometry.fields.sampling import Samples
from geometry.mass import OrientedBox
from geometry.topology import Topology, surface_code
from geometry.vectors import norms

__all__ = ["Visibility", "candidate_directions", "cover", "see"]

SAME_DIRECTION = np.cos(np.radians(1.5))  # directions nearer than this see the same
FROM_GEOMETRY = 32  # directions of the largest faces that are tried, with their opposites
LEAST_AREA_SHARE = 2e-4  # faces smaller than this ask for no direction of their own, except holes
SPHERE_DIRECTIONS = 38  # evenly spread, for what lies askew to every face
GRAZING = np.sin(np.radians(0.2))  # a wall parallel to the direction still counts as reached
LIFT_SHARE = 2e-5  # of the diagonal: rays start this far outside
LIFT_CHORDS = 1.5  # of the chord error: one clears the crooked neighbours, the half is room
MOST_HULL_CORNERS = 1000  # of more, looking at each takes longer than the rays it saves
FEW_CORNERS = 30  # of a hull, asked before all of them
MOST_LIFT_SHARE = 2e-3  # of the diagonal: the mesh keeps its chord errors below half of it


class Visibility:
    """Which samples can be reached from which directions.

    From those of the part's own faces it is known of all samples; from those spread evenly, which
    few ask for, it is looked at when it is asked.
    """

    def __init__(
        self,
        scene: RayScene,
        origins_mm: np.ndarray,
        directions: np.ndarray,
        from_geometry: int,
        facing: np.ndarray,
        on_hull: np.ndarray | None,
    ) -> None:
        """Rays go from origins (n, 3) towards directions (d, 3), of which the first come from faces
        of the part and the rest are spread evenly; facing (d, n): cosines between these and the
        samples' normals; on_hull (n,) bool: samples before whose face nothing stands, where known.
        """
        self.directions = directions  # (d, 3) towards the viewer
        self.opposite = np.arange(len(directions)) ^ 1  # (d,) row of the opposite direction
        self.from_geometry = from_geometry
        self._scene, self._origins_mm = scene, origins_mm
        self._facing, self._on_hull = facing, on_hull
        self.seen = self._look(0, from_geometry)  # (from_geometry, n) bool

    def _look(self, first: int, end: int, wanted: np.ndarray | bool = True) -> np.ndarray:
        """What is seen from directions in a row (r, n) bool, of the wanted pairs (r, n) bool."""
        facing = self._facing[first:end]
        asked = (facing > -GRAZING) & wanted
        in_doubt = asked if self._on_hull is None else asked & ~((facing > 0) & self._on_hull)
        return asked & ~self._scene.hidden(self._origins_mm, self.directions[first:end], in_doubt)

    def seen_from(self, row: int) -> np.ndarray:
        """What is seen from one direction (n,) bool."""
        own = row < self.from_geometry
        return np.asarray(self.seen[row] if own else self._look(row, row + 1)[0])

    def seen_where(self, wanted: np.ndarray) -> np.ndarray:
        """What is seen of the wanted pairs of direction and sample (d, n) bool: (d, n) bool."""
        own = self.from_geometry
        spread = self._look(own, len(self.directions), wanted[own:])
        return np.concatenate([self.seen & wanted[:own], spread])

    @cached_property
    def seen_anyhow(self) -> np.ndarray:
        """What is seen from any direction (n,) bool."""
        found = np.asarray(self.seen.any(axis=0))
        spread = self._look(self.from_geometry, len(self.directions), ~found)
        return found | spread.any(axis=0)


def candidate_directions(topology: Topology, box: OrientedBox) -> tuple[np.ndarray, int]:
    """Directions worth trying, each with its opposite beside it: (d, 3), and how many come from
    faces.

    Normals of planes and axes of round faces by area, then the box's axes, then a spiral fixed to
    the box: never
    the coordinate axes.
    """
    faces = topology.faces
    known = norms(faces["axis"]) > 0.5
    own = faces["area_mm2"] * known
    round_face = (faces["kind"] == surface_code("cylinder")) | (
        faces["kind"] == surface_code("cone")
    )
    large = own > LEAST_AREA_SHARE * faces["area_mm2"].sum()
    hole = round_face & (faces["sense"] < 0) & (faces["sweep_deg"] > 180)
    axes, area = faces["axis"][known & (large | hole)], own[known & (large | hole)]
    weight = area * np.where(hole[known & (large | hole)], 3.0, 1.0)  # a bore has no other way in
    found = _clusters(np.concatenate([axes, box.axes]), np.concatenate([weight, np.zeros(3)]))
    kept = found[:FROM_GEOMETRY]
    spread = _spiral(SPHERE_DIRECTIONS // 2) @ box.axes
    far = np.abs(spread @ kept.T).max(axis=1) < SAME_DIRECTION
    lines = np.concatenate([kept, spread[far]])
    return np.stack([lines, -lines], axis=1).reshape(-1, 3), 2 * len(kept)


def _clusters(axes: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Distinct lines, the heaviest first, each with the weight of those that it stands for."""
    order = np.argsort(-weights, kind="stable")
    axes, weights = axes[order], weights[order]
    chosen: list[int] = []
    nearest, cosine = np.zeros(len(axes), int), np.full(len(axes), SAME_DIRECTION)
    left = np.arange(len(axes))
    while len(left) and len(chosen) <= 4 * FROM_GEOMETRY:
        first = int(left[0])
        along = np.abs(axes[first:] @ axes[first])
        nearer = first + np.flatnonzero(along > cosine[first:])
        nearest[nearer], cosine[nearer] = len(chosen), along[nearer - first]
        left = left[cosine[left] <= SAME_DIRECTION]
        chosen.append(first)
    told = len(axes) if len(chosen) <= 4 * FROM_GEOMETRY else chosen[-1] + 1
    total = np.bincount(nearest[:told], weights=weights[:told])
    return axes[chosen][np.argsort(-total, kind="stable")]


def _spiral(count: int) -> np.ndarray:
    """Directions spread evenly over a half sphere (count, 3)."""
    height = (np.arange(count) + 0.5) / count
    turn = np.arange(count) * np.pi * (3 - np.sqrt(5))
    around = np.sqrt(1 - height**2)
    return np.stack([around * np.cos(turn), around * np.sin(turn), height], axis=1)


def see(
    scene: RayScene,
    samples: Samples,
    directions: np.ndarray,
    from_geometry: int,
    diagonal_mm: float,
    hull_mm: np.ndarray | None = None,
) -> Visibility:
    """Casts one ray from every sample towards every direction of a face that its normal does not
    turn away from.

    hull_mm: corners (h, 3) of the part's convex hull, where known: nothing stands before a sample
    that lies on it, which is told without rays.
    Rays start beyond the chord error: the triangles of a bore stand into it, and a ray along the
    bore would call its own wall hidden.
    """
    facing = directions @ samples.normals.T
    chords = np.minimum(LIFT_CHORDS * samples.chord_error_mm, MOST_LIFT_SHARE * diagonal_mm)
    lift = LIFT_SHARE * diagonal_mm + chords
    origins = samples.points_mm + lift[:, None] * samples.normals
    on_hull = None
    if hull_mm is not None and 0 < len(hull_mm) <= MOST_HULL_CORNERS:
        on_hull = _on_hull(samples, hull_mm, lift / 2)
    return Visibility(scene, origins, directions, from_geometry, facing, on_hull)


def _on_hull(samples: Samples, hull_mm: np.ndarray, within_mm: np.ndarray) -> np.ndarray:
    """Whether no corner of a hull (h, 3) stands higher above a sample than within_mm (n,), along
    its normal: (n,) bool.
    """
    height = np.einsum("ij,ij->i", samples.normals, samples.points_mm) + within_mm
    low = np.arange(len(samples))
    # a few corners rule most samples out
    for corners in (hull_mm[:: len(hull_mm) // FEW_CORNERS + 1], hull_mm):
        low = low[(corners @ samples.normals[low].T).max(axis=0) < height[low]]
    found = np.zeros(len(samples), bool)
    found[low] = True
    return found


def cover(
    seen: np.ndarray, weights: np.ndarray, *, least_gain: float, rows: np.ndarray | None = None
) -> list[int]:
    """Fewest rows (greedily) that together see all that can be seen.

    seen (d, n) bool, weights (n,); stops when the next row would add less than `least_gain` of
    the weight. Without rows none is chosen.
    Earlier rows win ties.

    Source: Chvátal, A greedy heuristic for the set-covering problem, 1979.
    """
    order = np.arange(len(seen)) if rows is None else rows
    left = weights.astype(float).copy()
    total = float(left.sum())
    chosen: list[int] = []
    while total > 0 and len(order):
        gains = seen[order] @ left
        best = int(np.argmax(np.round(gains / total, 4)))
        if gains[best] < least_gain * total:
            break
        chosen.append(int(order[best]))
        left[seen[order[best]]] = 0.0
    return chosen
