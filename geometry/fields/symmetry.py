"""Which planes mirror a part onto itself, and about which axes may it be turned onto itself?"""

import math
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from geometry.fields.rays import RayScene
from geometry.fields.sampling import Samples, rim_chords
from geometry.mass import Mass
from geometry.part import Part
from geometry.topology import Topology
from geometry.vectors import about_axis, cross, cross_matrix, norms

__all__ = ["Axis", "Symmetry", "find_symmetry"]

SAME_SHARE = 5e-5  # of the diagonal: what files round; chord errors of the mesh come on top
PRINCIPAL = 2e-3  # of the largest moment: how far inertia may turn a symmetry's direction
SAME_DIRECTION = np.cos(np.radians(0.2))
FIRST_LOOK = 48  # samples that a candidate must map onto the part before all of them are tried
EVEN = 300  # samples spread over the part that must land on it, besides three of every face
LINES = 40  # directions of the largest faces that are tried
MEMBERS = 16  # of a ring of equal faces: where their bisectors are tried
MOST_PLANES = 16  # listed; a gear has as many as teeth
MOST_AXES = 8
USUAL_ORDERS = (2, 3, 4, 5, 6, 8)
LARGEST_ORDER = 400  # teeth of the largest gears
ODD_TURNS = (1.0, 2.39996)  # radians, no rational parts of a turn: only a full revolution fits


@dataclass(frozen=True)
class Axis:
    """An axis through the centroid."""

    direction: np.ndarray  # (3,)
    order: int  # a turn of 360° / order maps the part onto itself; 0 where any turn does


@dataclass(frozen=True)
class Symmetry:
    """Planes and axes through the centroid that map a part onto itself."""

    centre_mm: np.ndarray  # (3,)
    planes: np.ndarray  # (p, 3) unit normals; about a full revolution only the plane across
    axes: tuple[Axis, ...]  # full revolutions first, then by order
    spherical: bool


def find_symmetry(part: Part, scene: RayScene, samples: Samples) -> Symmetry:
    """Symmetries of a part, verified on its surface: samples mapped onto it within tolerance.

    Every symmetry keeps the centroid and the ellipsoid of inertia, so candidates are principal
    directions; faces and rings of equal faces name those that equal moments leave open.
    """
    mass, joined = part.mass, part.joined
    look = _Look(part, scene, samples)
    if not np.isfinite(mass.centroid_mm).all() or not len(samples):
        return Symmetry(mass.centroid_mm, np.zeros((0, 3)), (), False)
    lines = look.principal(_lines(joined, mass))
    round_about = [line for line in lines if look.even_about(line)]
    full = [line for line in round_about if look.turns_freely(line)]
    if len(full) > 1:
        return Symmetry(mass.centroid_mm, np.zeros((0, 3)), (), True)
    rings = _rings(joined, mass, lines, part.mesh.diagonal_mm)
    if full:
        # mirrors that hold the axis follow from the revolution
        planes = look.mirrors(np.array(full))
        return Symmetry(mass.centroid_mm, planes, (Axis(full[0], 0),), False)
    planes = look.mirrors(look.principal(_distinct(np.concatenate([lines, rings]))))
    axes = []
    for line in look.principal(_distinct(np.concatenate([lines, _crossings(planes)]))):
        upright = planes[np.abs(planes @ line) < 1e-6]
        # two mirrors square to each other make half a turn about the line they meet in
        known = 2 if (np.abs(upright @ upright.T) < 1e-6).any() else 1
        order = max(look.order(line, known), known)
        if order > 1:
            axes.append(Axis(line, order))
    axes.sort(key=lambda axis: -axis.order)
    planes = _turned(planes, axes[0]) if axes and len(planes) else planes
    return Symmetry(mass.centroid_mm, planes[:MOST_PLANES], tuple(axes[:MOST_AXES]), False)


class _Look:
    """Maps samples of one part and looks whether they land on it."""

    def __init__(self, part: Part, scene: RayScene, samples: Samples) -> None:
        self.joined, self.mass, self.scene = part.joined, part.mass, scene
        self.offset_mm = samples.points_mm - part.mass.centroid_mm
        chords = rim_chords(part.topology, samples)
        self.own_mm = chords[samples.face]
        self.diagonal_mm = part.mesh.diagonal_mm
        self.first = _evenly(len(samples), FIRST_LOOK)
        self.second = _spread(samples, len(chords))
        self.chord_of_triangle_mm = chords[part.mesh.face_of_triangle]

    def principal(self, lines: np.ndarray) -> np.ndarray:
        """The lines (n, 3) that the tensor of inertia does not turn."""
        turned = lines @ self.mass.inertia
        moment = np.einsum("ij,ij->i", turned, lines)
        aside = norms(turned - moment[:, None] * lines)
        return lines[aside <= PRINCIPAL * np.abs(np.diag(self.mass.inertia)).max()]

    def mirrors(self, normals: np.ndarray) -> np.ndarray:
        """Those of the normals (n, 3) whose planes mirror the part onto itself."""
        maps = np.eye(3) - 2 * normals[:, :, None] * normals[:, None, :]
        return normals[self._fit(maps)]

    def even_about(self, line: np.ndarray) -> bool:
        """Whether the moments of inertia across a line are equal, as turns by a third ask."""
        along = float(line @ self.mass.inertia @ line)
        _, one, other = sorted(self._moments, key=lambda moment: abs(moment - along))
        return abs(one - other) <= PRINCIPAL * self._moments[-1]

    @cached_property
    def _moments(self) -> list[float]:
        """Principal moments of inertia, ascending."""
        return np.linalg.eigvalsh(self.mass.inertia).tolist()

    def turns_freely(self, line: np.ndarray) -> bool:
        """Whether the part may be turned by any angle about a line."""
        return bool(self._fit(np.array([_rotation(line, turn) for turn in ODD_TURNS])).all())

    def order(self, line: np.ndarray, known: int) -> int:
        """Largest n for which a turn of 360° / n about the line maps the part onto itself, looked
        for above the known one.
        """
        every = {*USUAL_ORDERS, *self._ring_sizes(line)} if self.even_about(line) else {2}
        orders = sorted((n for n in every if n > known), reverse=True)
        fits = self._fit(np.array([_rotation(line, 2 * np.pi / n) for n in orders]))
        return orders[int(fits.argmax())] if fits.any() else 1

    def _ring_sizes(self, line: np.ndarray) -> set[int]:
        """How many equal faces lie around a line, and the divisors of these numbers."""
        faces = self.joined.faces
        offset = faces["centroid_mm"] - self.mass.centroid_mm
        height, radius = about_axis(offset, line)
        off = radius > 1e-3 * self.diagonal_mm
        area = np.log(np.maximum(faces["area_mm2"], 1e-12))
        grid = np.column_stack(
            [faces["kind"], area / 0.01, radius / self.diagonal_mm / 2e-3,
             height / self.diagonal_mm / 2e-3]
        )  # fmt: skip
        alike = Counter(map(tuple, np.round(np.nan_to_num(grid[off])).tolist()))
        sizes = {size for size in alike.values() if 1 < size <= LARGEST_ORDER}
        largest = sorted(sizes, reverse=True)[:MEMBERS]
        return {d for size in largest for d in range(2, size + 1) if size % d == 0}

    def _fit(self, maps: np.ndarray) -> np.ndarray:
        """Whether each linear map (m, 3, 3) about the centroid keeps the part: (m,) bool."""
        fits = self._land(maps, self.first)
        fits[fits] = self._land(maps[fits], self.second)
        return fits

    def _land(self, maps: np.ndarray, rows: np.ndarray) -> np.ndarray:
        if not len(maps):
            return np.zeros(0, bool)
        moved = self.offset_mm[rows] @ maps.transpose(0, 2, 1) + self.mass.centroid_mm
        distance, _, triangle = self.scene.nearest(moved.reshape(-1, 3))
        each = (len(maps), len(rows))
        chords = self.chord_of_triangle_mm[triangle].reshape(each) + self.own_mm[rows]
        near = distance.reshape(each) <= 1.1 * chords + SAME_SHARE * self.diagonal_mm
        return np.asarray(near.all(axis=1))


def _lines(topology: Topology, mass: Mass) -> np.ndarray:
    """Directions that a symmetry may have (n, 3): principal ones, and those of large faces."""
    _, principal = np.linalg.eigh(mass.inertia)
    faces = topology.faces
    known = np.flatnonzero(norms(faces["axis"]) > 0.5)
    largest = known[np.argsort(-faces["area_mm2"][known], kind="stable")[:LINES]]
    return _distinct(np.concatenate([faces["axis"][largest], principal.T]))


def _rings(topology: Topology, mass: Mass, lines: np.ndarray, diagonal_mm: float) -> np.ndarray:
    """Normals of the planes that mirror members of a ring of equal faces into each other, or hold
    one and a line (n, 3).
    """
    faces = topology.faces
    offset = np.nan_to_num(faces["centroid_mm"] - mass.centroid_mm)
    away = norms(offset)
    area = np.log(np.maximum(faces["area_mm2"], 1e-12)) / 0.01
    grid = np.round(np.column_stack([faces["kind"], area, away / diagonal_mm / 2e-3]))
    alike: dict[tuple[float, ...], list[int]] = {}
    for face, key in enumerate(map(tuple, grid.tolist())):
        alike.setdefault(key, []).append(face)
    rings = sorted((len(ring), key) for key, ring in alike.items() if len(ring) > 1)
    found = []
    for _, key in rings[:3]:
        members = offset[alike[key][:MEMBERS]]
        found.append(members[1:] - members[0])
        found.extend(cross(line, members) for line in lines[:6])
    if not found:
        return np.zeros((0, 3))
    every = np.concatenate(found)
    return _unit(every[norms(every) > 1e-3 * diagonal_mm])


def _crossings(planes: np.ndarray) -> np.ndarray:
    """Lines in which mirrors meet (n, 3)."""
    pairs = [cross(a, b) for i, a in enumerate(planes[:6]) for b in planes[:i]]
    return _unit(np.array(pairs).reshape(-1, 3))


def _spread(samples: Samples, face_count: int) -> np.ndarray:
    """Rows of the samples that a candidate must map onto the part: some of every face, and evenly
    spread ones.
    """
    chosen = np.zeros(len(samples), bool)
    chosen[_evenly(len(samples), EVEN)] = True
    count = np.bincount(samples.face, minlength=face_count)  # samples come face by face
    stop = np.cumsum(count)[count > 0]
    start = stop - count[count > 0]
    for k in (0, 2, 4):
        chosen[np.minimum(start + k, stop - 1)] = True
    return np.flatnonzero(chosen)


def _evenly(count: int, most: int) -> np.ndarray:
    """Rows spread evenly over all of them, first and last among them."""
    return np.linspace(0, count - 1, min(most, count)).astype(int)


def _distinct(lines: np.ndarray) -> np.ndarray:
    """Lines of different direction, the first of equals (n, 3)."""
    same = np.abs(lines @ lines.T) >= SAME_DIRECTION
    left = np.ones(len(lines), bool)
    kept: list[int] = []
    for row, alike in enumerate(same):
        if left[row]:
            kept.append(row)
            left &= ~alike
    return lines[kept].reshape(-1, 3)


def _turned(planes: np.ndarray, axis: Axis) -> np.ndarray:
    """All planes that the turns about an axis make of these."""
    turns = [_rotation(axis.direction, 2 * np.pi * k / axis.order) for k in range(axis.order)]
    return _distinct(np.concatenate([planes @ turn.T for turn in turns[: 2 * MOST_PLANES]]))


def _unit(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(vectors / np.maximum(norms(vectors)[:, None], 1e-300))


def _rotation(axis: np.ndarray, angle: float) -> np.ndarray:
    """Matrix (3, 3) of a turn about a unit axis. Source: Rodrigues' formula."""
    across = cross_matrix(axis)
    return np.asarray(
        np.eye(3) + math.sin(angle) * across + (1 - math.cos(angle)) * across @ across
    )
