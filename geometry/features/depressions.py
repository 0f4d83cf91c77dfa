"""Which volumes were cut out of a part? Concave faces and the directions they open in."""

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from geometry.features.accepted import Undecided
from geometry.features.crossings import crossing_channels
from geometry.features.flanks import flanks_over
from geometry.features.necks import find_neck
from geometry.features.openings import (
    HULL_OPEN,
    INNER_OPEN,
    OPPOSITE,
    Opening,
    is_hollow,
    openings_of,
)
from geometry.features.ring_gaps import ring_gaps
from geometry.features.survey import CYLINDER, FREEFORM, PLANE, Survey
from geometry.features.ways_out import Way, points_off, ways_out
from geometry.topology import CONCAVE, CONVEX, CURVES
from geometry.vectors import ODD_WAY, norms, square_to

__all__ = ["Depression", "Opening", "find_depressions", "is_only_blends"]

LINE = CURVES.index("line")
SAME = math.cos(math.radians(3))
STRAIGHT = 1e-3  # how much longer than its chord a straight edge may be
SEED = 7  # the points are spread at random, the same every time
SLIVER_SHARE = 1e-3  # of a face's mean triangle
EXTRUDED = 1e-3  # mean sine between a wall and the direction that it is extruded along
KEY_NORMAL = 5e-3  # grid on which equal planes meet
ALL_PAIRED = 200  # faces on one surface of which each is paired with every other
CLOSE_PAIRED = 24  # of more each is paired with so many: what a cut parts lies close on both sides
PAIRS_AT_ONCE = 256  # of faces whose points are compared: 1.5 MB, which the cache holds

Run = tuple[np.ndarray | None, bool, bool]  # see `_run`


@dataclass
class Depression:
    """Faces of one removed volume and how it opens."""

    faces: list[int]
    openings: list[Opening] = field(default_factory=list)
    run: np.ndarray | None = None  # direction of all concave edges where they are parallel
    ring: bool = False  # whether its walls close round the run
    around: bool = True  # whether its walls look inward from all round the run
    run_share: tuple[float, float] = (0.0, 0.0)  # of its points that leave along −run and +run
    run_beyond: tuple[float, float] = (0.0, 0.0)  # likewise that get past its own ends
    neck: tuple[int, int] | None = None  # walls above an undercut that face each other
    flanks: tuple[int, ...] = ()  # of a V, that its slot relieves
    broken: frozenset[int] = frozenset()  # chamfers of its inner corners
    floor: tuple[int, ...] = ()  # faces that it shares with cuts that cross it
    gap: bool = False  # whether it is one of several gaps round a ring
    rims: list[tuple[np.ndarray, np.ndarray]] = field(default_factory=list)
    """Beyond its broken or rounded edges: outward normal of the face there, points on its edge."""


def find_depressions(
    survey: Survey, free: set[int], blends: set[int], broken: set[int]
) -> list[Depression]:
    """Groups of faces that one cut left, with the openings that rays confirm.

    free: faces that may belong to a cut; blends: external fillets and chamfers, looked through;
    broken: chamfers of inner corners.
    """
    groups = [
        group
        for group in _components(survey, free)
        if len(group) > 1 or is_hollow(survey, group[0]) or _is_duct(survey, group[0])
    ]
    run_of = cache(lambda group: _run(survey, group))  # most groups are asked for twice
    groups = _looped(survey, groups, blends, run_of)
    rng = np.random.default_rng(SEED)
    found = []
    swells = {f for f in free if survey.kinds[f] == CYLINDER and survey.faces["sense"][f] > 0}
    groups = _rejoined(survey, groups, rng)
    for depression in _apart(survey, groups, blends, broken, swells, run_of):
        every = [*depression.faces, *depression.floor]
        if (neck := find_neck(survey, every, depression.run, free)) is not None:
            depression.neck = neck[0]
            depression.faces = sorted({*depression.faces, *neck[1]})
        depression.flanks = _flanks(survey, depression, free)
        depression.faces = sorted({*depression.faces, *depression.flanks})
        found.append(depression)
    for depression, (openings, rims) in zip(
        found, openings_of(survey, [(d.faces, d.floor) for d in found], blends), strict=True
    ):
        depression.openings, depression.rims = openings, rims
        _try_opposites(depression)
    necks = [set(d.faces) for d in found if d.neck is not None]
    found = [d for d in found if not any(set(d.faces) < neck for neck in necks)]
    _confirm(survey, found, rng)
    for depression, ring in zip(found, ring_gaps(survey, [d.faces for d in found]), strict=True):
        depression.gap = ring >= 0
    return found


def is_only_blends(depression: Depression, fillets: Mapping[int, float]) -> bool:
    """Whether internal radii and one face that they lead to are all of a depression: where an arm
    meets the hub that it stands on, no volume was cut away.
    """
    bare = [face for face in depression.faces if face not in fillets]
    return len(bare) < 2 and len(bare) < len(depression.faces)


def _apart(
    survey: Survey,
    groups: list[list[int]],
    blends: set[int],
    broken: set[int],
    swells: set[int],
    run_of: Callable[[tuple[int, ...]], Run],
) -> Iterator[Depression]:
    """A depression for each group, and one for each channel where several cross in a group."""
    for group in groups:
        channels = crossing_channels(survey, group)
        for channel in channels:
            walls = list(channel.walls)
            yield Depression(walls, run=channel.run, around=False, floor=tuple(channel.floor))
        if not channels:
            group = _with_corners(survey, group, blends | swells)
            depression = Depression(group, broken=frozenset(broken.intersection(group)))
            depression.run, depression.ring, depression.around = run_of(tuple(group))
            yield depression


def _flanks(survey: Survey, depression: Depression, free: set[int]) -> tuple[int, ...]:
    """The flanks of the V whose corner a slot keeps clear, none where it is no such slot."""
    if depression.run is None or depression.around or depression.floor:
        return ()
    for floor in depression.faces:
        flanks = flanks_over(survey, floor)
        if flanks is not None and free.issuperset(flanks):
            return flanks
    return ()


def _components(survey: Survey, free: set[int]) -> list[list[int]]:
    """Faces that concave edges join."""
    return survey.connected(free, lambda _, edge, __: survey.turns[edge] == CONCAVE)


def _is_duct(survey: Survey, face: int) -> bool:
    """Whether a freeform face alone is the wall of a passage, as one with an elliptic section has:
    it is extruded, looks inward from all round and ends at sharp rims.
    """
    if survey.kinds[face] < FREEFORM:
        return False
    if any(survey.turns[edge] != CONVEX for edge, _ in survey.near[face]):
        return False
    mesh, rows = survey.part.mesh, survey.triangles(face)
    areas, normals = mesh.areas_mm2[rows], mesh.normals[rows]
    if not areas.sum() > 0:
        return False
    squares, ways = np.linalg.eigh((areas[:, None] * normals).T @ normals)
    if squares[0] > EXTRUDED**2 * areas.sum():
        return False
    places = mesh.centroids_mm[rows]
    outwards = np.einsum("ij,ij->i", normals, places - areas @ places / areas.sum())
    return bool(areas @ outwards < 0) and _surround(normals, ways[:, 0])


def _rejoined(survey: Survey, groups: list[list[int]], rng: np.random.Generator) -> list[list[int]]:
    """Groups with those that another cut only separated put together.

    They share two surfaces or a round one, and along each the other piece is in sight.
    """
    pairs: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for (i, a), (j, b) in _shared(survey, groups):
        pairs.setdefault((i, j), []).append((a, b))
    floors = {face for shared in pairs.values() if len(shared) == 1 for face in shared[0]}
    behind = {face: _behind(survey, face) for face in floors}
    candidates = [
        (key, shared)
        for key, shared in pairs.items()
        if _enough(survey, shared, behind) and not _touch(survey, groups[key[0]], groups[key[1]])
    ]
    if candidates:
        rings = ring_gaps(survey, groups)
        # opposite gaps of a ring look at each other across its bore
        candidates = [
            (key, shared)
            for key, shared in candidates
            if rings[key[0]] < 0 or rings[key[0]] != rings[key[1]]
        ]
    if not candidates:
        return groups
    owner = [number for number, (_, shared) in enumerate(candidates) for _ in shared]
    together = [pair for _, shared in candidates for pair in shared]
    faces = list(dict.fromkeys(face for pair in together for face in pair))
    samples = np.array(points_off(survey, [[face] for face in faces], rng))
    place = {face: k for k, face in enumerate(faces)}
    start, end = _nearest(samples, np.array([[place[a], place[b]] for a, b in together]))
    way = end - start
    length = norms(way)
    way = way / np.maximum(length, 1e-300)[:, None]
    hits = survey.rays.cast(start, way)
    # a point lifted off an arc may have got into the wall beside it: it leaves that from within
    within = (hits.triangle >= 0) & (np.einsum("ij,ij->i", hits.normals, way) > 0)
    clear = np.ones(len(candidates), bool)
    np.logical_and.at(clear, np.array(owner), (hits.distance_mm >= length) & ~within)
    root = list(range(len(groups)))

    def find(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    for number, ((i, j), _) in enumerate(candidates):
        if clear[number]:
            root[find(i)] = find(j)
    joined: dict[int, list[int]] = {}
    for i, group in enumerate(groups):
        joined.setdefault(find(i), []).extend(group)
    return [sorted(group) for group in joined.values()]


def _nearest(points: np.ndarray, pairs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The two points nearest to each other of pairs (p, 2) of rows of points (k, n, 3): (p, 3)
    each.
    """
    starts, ends = [], []
    for first in range(0, len(pairs), PAIRS_AT_ONCE):
        a, b = points[pairs[first : first + PAIRS_AT_ONCE].T]
        gap = a[:, :, None] - b[:, None]
        squared = np.einsum("pijk,pijk->pij", gap, gap).reshape(len(a), -1)
        i, j = np.divmod(squared.argmin(axis=1), b.shape[1])
        starts.append(a[np.arange(len(a)), i])
        ends.append(b[np.arange(len(b)), j])
    return np.concatenate(starts), np.concatenate(ends)


def _looped(
    survey: Survey,
    groups: list[list[int]],
    blends: set[int],
    run_of: Callable[[tuple[int, ...]], Run],
) -> list[list[int]]:
    """Wall groups along one inner loop of a plane put together: a passage with jutting corners."""
    owner = {face: i for i, group in enumerate(groups) for face in group}
    runs = [run_of(tuple(group))[0] for group in groups]
    root = list(range(len(groups)))
    for plane in survey.topology.faces_of_kind("plane").tolist():
        for loop in list(survey.topology.loops_of(plane))[1:]:
            edges = survey.topology.loop_edges(loop)
            if not (survey.convexity[edges] == CONVEX).all():
                continue
            ends = survey.edges["faces"][edges]
            across = np.where(ends[:, 0] == plane, ends[:, 1], ends[:, 0]).tolist()
            if any(face not in owner and face not in blends for face in across):
                continue
            members = sorted({owner[face] for face in across if face in owner})
            normal = survey.faces["axis"][plane]
            if len(members) < 2 or any(_across_run(runs[i], normal) for i in members):
                continue
            first = min(root[i] for i in members)
            old = {root[i] for i in members}
            root = [first if r in old else r for r in root]
    joined: dict[int, list[int]] = {}
    for i, group in enumerate(groups):
        joined.setdefault(root[i], []).extend(group)
    return [sorted(group) for group in joined.values()]


def _across_run(run: np.ndarray | None, normal: np.ndarray) -> bool:
    return run is None or abs(float(run @ normal)) < 0.5


def _with_corners(survey: Survey, group: list[int], swells: set[int]) -> list[int]:
    """A group with the external fillets and arcs that lie between two of its own walls."""
    own = set(group)
    corners = set()
    for face in group:
        for edge, g in survey.near[face]:
            if g in swells and g not in corners and survey.smooth(edge):
                beside = {h for e, h in survey.near[g] if survey.smooth(e)}
                if len(beside) > 1 and beside <= own:
                    corners.add(g)
    return sorted(own | corners)


Member = tuple[int, int]  # group, face


def _shared(survey: Survey, groups: list[list[int]]) -> Iterator[tuple[Member, Member]]:
    """Pairs of faces of different groups on one plane or one hollow cylinder."""
    members = [(i, face) for i, group in enumerate(groups) for face in group]
    surfaces: dict[tuple[float, ...], list[Member]] = {}
    for member, key in zip(members, _surface_keys(survey, members), strict=True):
        if key[0]:
            surfaces.setdefault(tuple(key), []).append(member)
    for alike in surfaces.values():
        for first, second in _close_pairs(survey, alike):
            if first[0] != second[0]:
                yield (first, second) if first[0] < second[0] else (second, first)


def _close_pairs(survey: Survey, members: list[Member]) -> Iterator[tuple[Member, Member]]:
    """Pairs of faces of which one may be in sight of the other: all, and of very many each with
    those to which its box leaves the smallest gaps.
    """
    if len(members) <= ALL_PAIRED:
        yield from itertools.combinations(members, 2)
        return
    faces = [face for _, face in members]
    low, high = (corner[faces] for corner in survey.boxes_mm)
    seen: set[tuple[int, int]] = set()
    for i in range(len(members)):
        gap = np.maximum(np.maximum(low - high[i], low[i] - high), 0.0)
        apart = np.nan_to_num((gap**2).sum(axis=1), nan=np.inf)
        apart[i] = np.inf
        for j in np.argpartition(apart, CLOSE_PAIRED)[:CLOSE_PAIRED].tolist():
            seen.add((min(i, j), max(i, j)))
    for i, j in sorted(seen):
        yield members[i], members[j]


def _surface_keys(survey: Survey, members: list[Member]) -> list[list[float]]:
    """What is the same of faces on one plane or one hollow cylinder: its kind, 0 for any other
    surface, and its place on a grid.
    """
    faces = np.array([face for _, face in members], int)
    kind, near = survey.kind[faces], 4 * survey.near_mm
    axis, origin = (survey.faces[name][faces] for name in ("axis", "origin_mm"))
    flat, hollow = kind == PLANE, (kind == CYLINDER) & (survey.faces["sense"][faces] < 0)
    axis = axis * np.where(hollow & (axis @ ODD_WAY <= 0), -1.0, 1.0)[:, None]
    level = np.einsum("ij,ij->i", origin, axis)
    place = np.zeros((len(faces), 8))
    place[:, 0] = flat + 2 * hollow
    place[:, 1:4] = axis / KEY_NORMAL
    place[flat, 4] = level[flat] / near
    place[hollow, 4:7] = (origin - level[:, None] * axis)[hollow] / near
    place[hollow, 7] = survey.faces["radius_mm"][faces[hollow]] / near
    return (np.round(place) + 0.0).tolist()


def _enough(survey: Survey, shared: list[tuple[int, int]], behind: Mapping[int, list[int]]) -> bool:
    """Whether two groups share a round surface, two that cross, or a floor that only a narrower
    slot parts; behind: walls by floor, see `_behind`.
    """
    if any(survey.kinds[a] == CYLINDER for a, _ in shared):
        return True
    if len(shared) == 1:
        return _face_each_other(survey, *map(behind.__getitem__, shared[0]))
    axes = [survey.axes[a] for a, _ in shared]  # asked a quarter of a million times of a plate
    return any(
        abs(x * u + y * v + z * w) < SAME
        for (x, y, z), (u, v, w) in itertools.combinations(axes, 2)
    )


def _behind(survey: Survey, floor: int) -> list[int]:
    """Walls of a floor that look at a straight edge where it drops off, as to a narrower slot."""
    walls, drops = [], []
    for edge, g in survey.near[floor]:
        if survey.turns[edge] == CONCAVE and survey.kinds[g] == PLANE:
            walls.append(g)
        elif survey.turns[edge] == CONVEX and survey.edges["curve"][edge] == LINE:
            drops.append(survey.edges["normals"][edge, survey.side(edge, g)])
    if not drops:
        return []
    return [g for g in walls if (np.array(drops) @ survey.faces["axis"][g]).max() > -OPPOSITE]


def _face_each_other(survey: Survey, some: list[int], others: list[int]) -> bool:
    """Whether any of two rows of walls look at each other."""
    axes, places = survey.faces["axis"], survey.faces["centroid_mm"]
    return any(
        axes[f] @ axes[g] < OPPOSITE and (places[g] - places[f]) @ axes[f] > survey.near_mm
        for f in some
        for g in others
    )


def _touch(survey: Survey, a: list[int], b: list[int]) -> bool:
    """Whether two groups meet at an edge: then one did not separate the other."""
    own = set(b)
    return any(g in own for face in a for _, g in survey.near[face])


def _run(survey: Survey, group: tuple[int, ...]) -> Run:
    """The common direction of a group's concave edges, whether its walls close round it, and
    whether they at least look inward from all round it.
    """
    own = set(group)
    run: np.ndarray | None = None
    sides: dict[int, set[int]] = {face: set() for face in group}
    level: list[tuple[int, int, int]] = []  # where walls turn over from hollow to round
    inner: list[tuple[int, int]] = []  # edges, and the side of each that a face is on
    (ways, far), turns, lengths = survey.chords, survey.turns, survey.lengths_mm
    for face in group:
        for edge, g in survey.near[face]:
            if g not in own:
                continue
            if turns[edge] != CONCAVE:
                if survey.smooth(edge):
                    level.append((face, edge, g))
                continue
            if far[edge] < (1 - STRAIGHT) * lengths[edge]:
                return None, False, True
            if run is None:
                run = ways[edge]
            elif abs(run @ ways[edge]) < SAME:
                return None, False, True
            sides[face].add(g)
            inner.append((edge, survey.side(edge, face)))
    if run is None and all(survey.kinds[face] == CYLINDER for face in group):
        run = survey.faces["axis"][group[0]]  # a round channel has no inner edge
    if run is None:
        return None, False, True
    normals = [survey.edges["normals"][tuple(np.array(inner).T)]] if inner else []
    for face in group:
        if survey.kinds[face] != PLANE:
            rows = survey.triangles(face)
            areas = survey.part.mesh.areas_mm2[rows]
            solid = areas > SLIVER_SHARE * areas.mean()  # the normal of a sliver is noise
            normals.append(survey.part.mesh.normals[rows[solid]])
    around = _surround(np.concatenate(normals), run)
    for face, edge, g in level:
        if abs(run @ survey.edges["tangent"][edge]) > SAME:
            sides[face].add(g)
    return run, around and min(map(len, sides.values())) >= 2, around


def _surround(normals: np.ndarray, run: np.ndarray) -> bool:
    """Whether normals look inward from all round a direction."""
    x, y = square_to(run)
    angles = np.sort(np.arctan2(normals @ y, normals @ x))
    gaps = np.diff(np.append(angles, angles[0] + 2 * math.pi))
    return bool(gaps.max() < math.pi - 0.05)


def _try_opposites(depression: Depression) -> None:
    """Adds the way straight through: where another cut took the rim away, only rays can tell."""
    for opening in [o for o in depression.openings if o.hull]:
        if all(opening.normal @ other.normal > -SAME for other in depression.openings):
            depression.openings.append(Opening(-opening.normal, 0.0, False))


def _confirm(survey: Survey, found: list[Depression], rng: np.random.Generator) -> None:
    """Fills each opening's share of rays that leave the part through it, as far as it matters."""
    undecided = [Undecided(depression) for depression in found]
    ways = []
    for depression, open_still in zip(found, undecided, strict=True):
        own = [
            Way(o.normal, HULL_OPEN if o.hull else INNER_OPEN, o.length_mm > 0, first)
            for o, first in zip(depression.openings, open_still.first, strict=True)
        ]
        if (run := depression.run) is not None:
            own += [Way(along, INNER_OPEN, depression.ring, True) for along in (-run, run)]
        ways.append(own)
    groups, settled = [d.faces for d in found], [each.settled for each in undecided]
    shares = ways_out(survey, groups, ways, settled, rng)
    for depression, out in zip(found, shares, strict=True):
        for opening, way in zip(depression.openings, out, strict=False):
            opening.share, opening.beyond = way.share, way.beyond
        if depression.run is not None:
            low, high = out[-2:]
            depression.run_share = (low.share, high.share)
            depression.run_beyond = (low.beyond, high.beyond)
