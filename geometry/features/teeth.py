"""Which crowns of a part are toothed, and how many teeth, how high, does a cut across one show?"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from geometry.features.survey import CYLINDER, PLANE, Survey
from geometry.mesh import lone_corners
from geometry.runs import places_in
from geometry.vectors import ODD_WAY, norms, rejections, row_wise, square_to

__all__ = [
    "Crown",
    "Cut",
    "Section",
    "Teeth",
    "crowns",
    "cut_through",
    "measure_teeth",
    "section_across",
    "teeth_at",
]

FEWEST_TEETH = 6
FEWEST_OF_SECTOR = 5  # whole ones, where teeth go round in part
EVEN_SHARE = 0.03  # spread of the tooth pitch that a drawing's rounding explains
TOOTH_THICKNESS = (0.35, 0.65)  # of the pitch at half height
GRAZE = 5e-3  # of the radius: under the tips, over what chords of the mesh cut off
NEAR_TIP = 0.3  # modules below the tips: where teeth are counted before their roots are known
LOW, HIGH = 0.4, 0.8  # of a tooth's height: below, pinions are undercut; above, tips are rounded
NARROWS = 1.12  # low thickness over high: of flanks at 20° 1.5; fins and castellations stay as wide
STANDS = 1e-6  # sine to the axis: below it a face along the axis meets each plane across it alike
LEANS = 0.5  # cosine to the axis: helix angles of gears end at 45°, those of worms begin there
PASSED = 1e-9  # radians by which a line may miss a direction that is asked about: rounding
INVOLUTE = 0.34  # radius of an involute's curvature over its distance from the axis: sine of 20°
ROOTED = 0.8  # of the gaps that must have a floor: slots through a ring have none


@dataclass(frozen=True)
class Crown:
    """Round faces about one axis whose edges run along it: tips of teeth, or what slots left."""

    origin_mm: np.ndarray
    axis: np.ndarray
    faces: tuple[int, ...]
    outer: bool
    reach_mm: tuple[float, float]  # along the axis, of the edges


@dataclass(frozen=True)
class Section:
    """The faces that a plane across an axis meets one after the other, and their edges that it
    passes; place_mm: where, None where the faces stand along the axis. Equal ones look alike.
    """

    faces: tuple[int, ...]
    edges: frozenset[int]
    place_mm: float | None


@dataclass(frozen=True)
class Cut:
    """The faces that a plane across an axis meets one after the other, and its lines in them."""

    faces: tuple[int, ...]
    start: np.ndarray  # (n, 2) about the axis
    end: np.ndarray
    outward: np.ndarray  # (n, 2) normals of the faces, in the plane
    owner: np.ndarray  # (n,) face
    curved: np.ndarray  # (n,) bool: the line is a chord of a curved face

    @cached_property
    def radii_mm(self) -> np.ndarray:
        """How far from the axis the lines begin and end (2, n)."""
        return np.array([norms(self.start), norms(self.end)])

    def passed(self, radius_mm: float) -> np.ndarray:
        """Which lines a circle about the axis passes: (n,) bool."""
        begins, ends = self.radii_mm > radius_mm
        return np.asarray(begins != ends)


@dataclass(frozen=True)
class Teeth:
    """Teeth as a cut across shows them."""

    flanks: tuple[int, ...]
    count: int  # whole ones
    round_count: float  # that the full circle has or would have
    tip_mm: float  # radii
    root_mm: float


def crowns(survey: Survey) -> list[Crown]:
    """Cylinders about one axis, of one radius and sense, with edges along it as teeth have them."""
    rows = np.flatnonzero(survey.whole & ~survey.edges["seam"])
    found: dict[tuple[int, ...], list[tuple[int, int]]] = {}
    for side in (0, 1):
        faces = survey.edges["faces"][rows, side]
        on = survey.kind[faces] == CYLINDER
        edges, faces = rows[on], faces[on]
        axes = survey.faces["axis"][faces]
        along = np.abs(np.einsum("ij,ij->i", survey.edges["tangent"][edges], axes)) > LEANS
        edges, faces = edges[along], faces[along]
        for line, edge, face in zip(
            _lines(survey, faces), edges.tolist(), faces.tolist(), strict=True
        ):
            found.setdefault(line, []).append((edge, face))
    made = []
    for members in found.values():
        if len(members) < 2 * FEWEST_OF_SECTOR:
            continue
        own = sorted({face for _, face in members})
        origin, axis = survey.faces["origin_mm"][own[0]], survey.faces["axis"][own[0]]
        records = survey.edges[[edge for edge, _ in members]]
        ends = np.stack([records["start_mm"] @ axis, records["end_mm"] @ axis])
        reach = float(np.median(ends.min(axis=0))), float(np.median(ends.max(axis=0)))
        outer = bool(survey.faces["sense"][own[0]] > 0)
        made.append(Crown(origin, axis, tuple(own), outer, reach))
    return made


def _lines(survey: Survey, faces: np.ndarray) -> list[tuple[int, ...]]:
    """Axis, radius and sense of cylinders (n,) on a grid where equal ones meet."""
    rows, near = survey.faces[faces], 8 * survey.near_mm
    axis = rows["axis"] * np.where(rows["axis"] @ ODD_WAY > 0, 1.0, -1.0)[:, None]
    foot = rows["origin_mm"] - (rows["origin_mm"] * axis).sum(axis=1)[:, None] * axis
    size = np.stack([rows["radius_mm"] / near, rows["sense"]], axis=1)
    grid = np.concatenate([axis / 1e-3, foot / near, size], axis=1)
    return list(map(tuple, np.round(grid).astype(int).tolist()))


def section_across(
    survey: Survey, seeds: Iterable[int], axis: np.ndarray, place_mm: float
) -> Section:
    """The faces that hang together with some in a plane across an axis, at a place along it."""
    low, high = survey.reach_mm(axis)
    across = ((low < place_mm) & (place_mm < high)).tolist()
    faces, edges, every = set(seeds), set(), True
    waiting = list(faces)
    while waiting:
        passed = [(edge, g) for edge, g in survey.near[waiting.pop()] if across[edge]]
        every = every and bool(passed)
        for edge, g in passed:
            edges.add(edge)
            if g not in faces:
                faces.add(g)
                waiting.append(g)
    own = sorted(faces)
    alike = every and _stand_along(survey, own, axis)
    return Section(tuple(own), frozenset(edges), None if alike else place_mm)


def _stand_along(survey: Survey, faces: list[int], axis: np.ndarray) -> bool:
    """Whether faces are planes and cylinders that stand along an axis."""
    kind, axes = survey.kind[faces], survey.faces["axis"][faces]
    lean = np.where(kind == PLANE, np.abs(axes @ axis), norms(rejections(axes, axis)))
    return bool((kind <= CYLINDER).all() and lean.max(initial=0.0) < STANDS)


def cut_through(
    survey: Survey, faces: tuple[int, ...], origin: np.ndarray, axis: np.ndarray, place_mm: float
) -> Cut:
    """What a plane across an axis meets of the faces of its section."""
    triangles, owner = survey.triangles_of(np.array(faces))
    mesh = survey.part.mesh
    height = (mesh.vertices_mm @ axis - place_mm)[mesh.triangles[triangles]]
    up = height > 0
    met = row_wise(np.logical_or, up) & ~row_wise(np.logical_and, up)
    triangles, height, up = triangles[met], height[met], up[met]
    corners, normals = mesh.corners_mm[triangles], mesh.normals[triangles]
    alone = lone_corners(up)
    every = np.arange(len(corners))
    ends = []
    for step in (1, 2):
        other = (alone + step) % 3
        low, high = height[every, alone], height[every, other]
        share = (low / (low - high))[:, None]
        ends.append((1 - share) * corners[every, alone] + share * corners[every, other])
    plane = square_to(axis).T
    start, end = ((side - origin) @ plane for side in ends)
    owner = owner[met]
    curved = survey.kind[owner] != PLANE
    return Cut(faces, start, end, normals @ plane, owner, curved)


def measure_teeth(cut: Cut, *, outer: bool) -> Teeth | None:
    """Teeth all round or over a part of the circle; None where they are uneven, of other heights
    than teeth have, or as wide at their tips as below.
    """
    sign = 1.0 if outer else -1.0
    if not len(cut.start):
        return None
    tip = float(sign * (sign * cut.radii_mm).max())
    below = tip * (1 - sign * GRAZE)
    if np.count_nonzero(cut.passed(below)) < 2 * FEWEST_OF_SECTOR:
        return None  # as most cuts are that show no teeth
    first, _ = teeth_at(cut, below)
    if len(first) < FEWEST_OF_SECTOR:
        return None
    pitch = _middle(np.diff(first))
    module = 2 * tip / (2 * math.pi / pitch + 2 * sign)
    ups, downs = teeth_at(cut, tip - sign * NEAR_TIP * module)
    root = _root_mm(cut, ups, downs, pitch, sign)
    if root is None:
        return None
    ups, downs = teeth_at(cut, (tip + root) / 2)
    if len(ups) < FEWEST_OF_SECTOR:
        return None
    thick, sag = downs - ups, _sag(cut, (tip + root) / 2)
    usual = _middle(thick)
    whole = np.abs(thick - usual) < 2 * (EVEN_SHARE * usual + sag)
    closed = abs(len(ups) * pitch - 2 * math.pi) < EVEN_SHARE * pitch
    steps = np.diff(ups[whole])
    fewest = FEWEST_TEETH if closed else FEWEST_OF_SECTOR
    if whole.sum() < fewest or np.abs(steps - pitch).max() > EVEN_SHARE * pitch + sag:
        return None
    if closed and not whole.all():
        return None
    if not TOOTH_THICKNESS[0] < float(thick[whole].mean()) / pitch < TOOTH_THICKNESS[1]:
        return None
    if _width_mm(cut, root, tip, LOW) < NARROWS * _width_mm(cut, root, tip, HIGH):
        return None
    count, level = int(whole.sum()), (tip + root) / 2
    flanks = tuple(np.unique(cut.owner[cut.passed(level)]).tolist())
    return Teeth(flanks, count, count if closed else 2 * math.pi / pitch, tip, root)


def teeth_at(cut: Cut, radius: float) -> tuple[np.ndarray, np.ndarray]:
    """Angles where a circle about the axis enters material, ascending from after the largest gap,
    and where it leaves it next; empty where it does not do both in turn.
    """
    first, second = cut.radii_mm
    through = np.flatnonzero(cut.passed(radius))
    a, way = cut.start[through], (cut.end - cut.start)[through]
    # |a + share · way| = radius, on the side that the line passes towards
    along, squared = np.einsum("ij,ij->i", a, way), np.einsum("ij,ij->i", way, way)
    inside = np.maximum(along**2 - squared * (first[through] ** 2 - radius**2), 0.0)
    share = (np.sqrt(inside) * np.sign(second - first)[through] - along) / squared
    x, y = (a + share[:, None] * way).T
    angle, normal = np.arctan2(y, x), cut.outward[through]
    enters = normal[:, 1] * x - normal[:, 0] * y < 0
    order = np.argsort(angle)
    angle, enters = angle[order], enters[order]
    nothing = np.zeros(0), np.zeros(0)
    if len(angle) < 2 or len(angle) % 2 or (enters == np.roll(enters, 1)).any():
        return nothing
    gaps = np.diff(np.append(angle, angle[0] + 2 * math.pi))
    gaps[enters] = 0.0  # of material
    start = int(gaps.argmax()) + 1
    angle = np.concatenate([angle[start:], angle[:start] + 2 * math.pi])
    return angle[0::2], angle[1::2]


def _sag(cut: Cut, radius: float) -> float:
    """By what angle the mesh's chords may be off an involute flank where a circle about the axis
    passes it: one chord may span a whole flank, and the next flank have three.
    """
    through = cut.passed(radius) & cut.curved
    chord = cut.end[through] - cut.start[through]
    longest = float((chord * chord).sum(axis=1).max(initial=0.0))
    return longest / (8 * INVOLUTE * radius) / radius


def _root_mm(
    cut: Cut, ups: np.ndarray, downs: np.ndarray, pitch: float, sign: float
) -> float | None:
    """Radius of the floors between teeth, None where gaps have none."""
    if len(ups) < FEWEST_OF_SECTOR:
        return None
    narrow = ups[1:] - downs[:-1] < pitch
    middles = ((ups[1:] + downs[:-1]) / 2)[narrow]
    if not len(middles):
        return None
    toward = np.column_stack([np.cos(middles), np.sin(middles)])
    beside = np.column_stack([-toward[:, 1], toward[:, 0]])
    line, gap = _passed(cut, middles)
    first = np.einsum("ij,ij->i", cut.start[line], beside[gap])
    second = np.einsum("ij,ij->i", cut.end[line], beside[gap])
    met = (first <= 0) != (second <= 0)
    line, gap, first, second = line[met], gap[met], first[met], second[met]
    share = first / (first - second)
    place = cut.start[line] + share[:, None] * (cut.end - cut.start)[line]
    reach = np.einsum("ij,ij->i", place, toward[gap])
    # the floor of a gap looks at the tips
    looks = sign * np.einsum("ij,ij->i", cut.outward[line], toward[gap]) > 0
    floor = looks & (reach > 0)
    floors = np.full(len(middles), -np.inf)
    np.maximum.at(floors, gap[floor], sign * reach[floor])
    floors = floors[np.isfinite(floors)]
    return sign * _middle(floors) if len(floors) > ROOTED * len(middles) else None


def _passed(cut: Cut, angles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which lines of a cut pass which directions of the centre, rising angles (n,) from −π to 3π:
    rows of both (k,).
    """
    turn = np.arctan2(cut.start[:, 1], cut.start[:, 0])
    (x, y), (u, v) = cut.start.T, cut.end.T
    span = np.arctan2(x * v - y * u, x * u + y * v)
    turns = 2 * math.pi * np.arange(3)[:, None]
    low = (np.minimum(turn, turn + span) - PASSED + turns).ravel()
    high = (np.maximum(turn, turn + span) + PASSED + turns).ravel()
    first = np.searchsorted(angles, low)
    count = np.searchsorted(angles, high, side="right") - first
    row = np.repeat(np.arange(len(low)), count)
    return row % len(turn), places_in(first, count)


def _middle(values: np.ndarray) -> float:
    """The median of some values (n,): `np.median` of a few takes ten times as long."""
    ordered, half = np.sort(values), len(values) // 2
    return float(ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2)


def _width_mm(cut: Cut, root: float, tip: float, place: float) -> float:
    """Thickness of the usual tooth at a place between its root (0) and its tip (1)."""
    radius = root + place * (tip - root)
    ups, downs = teeth_at(cut, radius)
    return _middle(downs - ups) * radius if len(ups) else 0.0
