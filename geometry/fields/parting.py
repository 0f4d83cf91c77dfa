"""Where do the two halves of a mould meet on a part?"""

from dataclasses import dataclass

import numpy as np
from shapely import Polygon

from geometry.components import components
from geometry.fields.access import Visibility
from geometry.fields.pull import HIDDEN_FACE, Pull
from geometry.fields.sampling import Samples
from geometry.mesh import Mesh
from geometry.runs import following
from geometry.topology import Topology, between_faces
from geometry.vectors import norms, row_wise, square_to

__all__ = ["Parting", "parting_line", "split_height"]

UPRIGHT = np.sin(np.radians(0.3))  # walls this close to the pull may belong to either half
NOISE = 1e-4  # of normals: where a blend runs into an upright wall
SEEN = 0.5  # share of a wall's area that a half must reach to form it
FLAT_SHARE = 1e-3  # of the diagonal: the mesh's chord error; a line within it is plane
SIMPLER_SHARE = 5e-4  # of the diagonal: points nearer than this to the line are left out
HEIGHTS_TRIED = 33


@dataclass(frozen=True)
class Parting:
    """The line around a part at which the halves of a mould meet."""

    line_mm: np.ndarray  # (n, 3) closed: the first point follows the last; empty where none is
    step_mm: float  # height range of line and branches along the pull; 0 for a plane parting
    flat: bool
    branches_mm: tuple[np.ndarray, ...]  # further closed lines beside it, where the halves step up
    shut_offs: int  # lines within it, in openings, where the halves close on each other
    height_mm: float  # of the plane along the pull; of a stepped line the plane nearest to it


def split_height(
    topology: Topology, samples: Samples, view: Visibility, pull: Pull, points_mm: np.ndarray
) -> float:
    """Height along the pull that the most surface is split at: below it the lower half sees,
    above it the upper one.

    Heights of edges that run square to the pull are tried, and some evenly spread over points_mm.
    """
    upper = view.seen[pull.row] & ~view.seen[view.opposite[pull.row]]
    lower = view.seen[view.opposite[pull.row]] & ~view.seen[pull.row]
    height = samples.points_mm @ pull.direction
    along = points_mm @ pull.direction
    edges = topology.edges
    ends = [edges[name] @ pull.direction for name in ("start_mm", "middle_mm", "end_mm")]
    level = np.ptp(ends, axis=0) <= FLAT_SHARE * max(float(np.ptp(along)), 1e-300)
    rims, which = np.unique(np.round(ends[1][level], 6), return_inverse=True)
    length = np.bincount(which, weights=edges["length_mm"][level], minlength=len(rims))
    longest = rims[np.argsort(-length, kind="stable")[:HEIGHTS_TRIED]]
    spread = np.linspace(float(along.min()), float(along.max()), HEIGHTS_TRIED)
    tries = np.concatenate([np.sort(longest), spread])[
        :, None
    ]  # a rim wins over a height beside it
    near = FLAT_SHARE * max(float(np.ptp(along)), 1e-300)
    right = (upper & (height >= tries - near)) | (lower & (height <= tries + near))
    right = right @ samples.area_mm2
    total = max(float(samples.area_mm2.sum()), 1e-300)
    return float(tries[int(np.argmax(np.round(right / total, 4))), 0])


def parting_line(
    topology: Topology,
    mesh: Mesh,
    direction: np.ndarray,
    reached: np.ndarray,
    height_mm: float,
) -> Parting:
    """The outermost line between what looks up and what looks down along a pull.

    reached (3, f): share of each face's area that the upper half reaches, the lower one, neither.
    What neither reaches a slide forms, so it bounds nothing. Upright walls go to the half that
    reaches them; those that both reach are split at height_mm. On curved faces the line runs
    through the triangles, where the normal is square to the pull.
    """
    facing, corner = _facing(topology, mesh, direction, reached, height_mm)
    points, ends = _segments(mesh, facing, corner)
    loops = _loops(points, ends)
    if not loops:
        return Parting(np.zeros((0, 3)), 0.0, False, (), 0, height_mm)
    across = square_to(direction)
    shadows = [loop @ across.T for loop in loops]
    largest = np.argsort([-_area(shadow) for shadow in shadows], kind="stable")
    first, *others = largest.tolist()
    beside = []
    if others:
        around = Polygon(shadows[first]).buffer(FLAT_SHARE * mesh.diagonal_mm)
        beside = [loops[row] for row in others if not around.contains(Polygon(shadows[row]))]
    level = np.concatenate([loops[first], *beside]) @ direction
    step = float(np.ptp(level))
    flat = step <= FLAT_SHARE * mesh.diagonal_mm
    simple = _simplified([loops[first], *beside], SIMPLER_SHARE * mesh.diagonal_mm)
    return Parting(
        line_mm=simple[0],
        step_mm=step,
        flat=flat,
        branches_mm=tuple(simple[1:]),
        shut_offs=len(loops) - 1 - len(beside),
        height_mm=float(level.mean()) if flat else height_mm,
    )


def _facing(
    topology: Topology,
    mesh: Mesh,
    direction: np.ndarray,
    reached: np.ndarray,
    height_mm: float,
) -> tuple[np.ndarray, np.ndarray]:
    """How much the surface looks along the direction at the vertices of each face (k,), never 0,
    and which of them the corners of the triangles are (t, 3).
    """
    count = len(topology.faces)
    stride = len(mesh.vertices_mm)
    unique, corner = mesh.face_corners
    slope = mesh.vertex_normals @ direction
    slope[np.isnan(slope)] = 0.0
    uses = np.bincount(corner.ravel(), minlength=len(unique))
    facing = np.bincount(corner.ravel(), weights=slope.ravel(), minlength=len(unique)) / uses
    face = unique // stride
    steepest = np.zeros(count)
    np.maximum.at(steepest, face, np.abs(facing))
    hidden = reached[2] > HIDDEN_FACE
    upright = (steepest < UPRIGHT) & ~hidden
    upper, lower = reached[0] > SEEN, reached[1] > SEEN
    fixed = np.where(upright & (upper != lower), np.where(upper, 1.0, -1.0), 0.0)
    loose = (upright & (fixed == 0)) | hidden
    looks = np.zeros((2, count), bool)  # faces that somewhere look up, and somewhere down
    looks[0, face[facing > NOISE]] = True
    looks[1, face[facing < -NOISE]] = True
    looks = np.where(fixed != 0, np.array([fixed > 0, fixed < 0]), looks)
    side = _sides(topology, loose, looks)
    side = np.where(fixed != 0, fixed, side)
    lean = np.bincount(
        mesh.face_of_triangle,
        weights=mesh.areas_mm2 * (row_wise(np.add, slope) / 3),
        minlength=count,
    )
    settled = np.where(lean >= 0, NOISE, -NOISE)[face]
    facing = np.where(np.abs(facing) < NOISE, settled, facing)
    facing = np.where((loose | (fixed != 0))[face], side[face], facing)
    above = (mesh.vertices_mm[unique % stride] @ direction - height_mm) / mesh.diagonal_mm
    # a wall that ends at the height is not cut along its rim
    near = np.abs(above) < NOISE
    highest, lowest = np.full(count, -np.inf), np.full(count, np.inf)
    np.maximum.at(highest, face, above)
    np.minimum.at(lowest, face, above)
    upper = highest > -lowest
    above = np.where(near, np.where(upper, NOISE, -NOISE)[face], above)
    return np.where(facing == 0, above, facing), corner


def _sides(topology: Topology, loose: np.ndarray, looks: np.ndarray) -> np.ndarray:
    """+1 where a loose face goes to the upper half, −1 to the lower one, 0 where it lies between
    both: (f,).

    looks (2, f): faces that look up, faces that look down. Loose faces that touch go together.
    """
    count = len(topology.faces)
    ends = topology.edges["faces"]
    real = between_faces(topology.edges)
    pairs = ends[real & loose[ends[:, 0]] & loose[ends[:, 1]]]
    wall = components(pairs, count)
    touched = np.zeros((2, int(wall.max(initial=-1)) + 1), bool)
    for own in (0, 1):
        rows = np.flatnonzero(real & loose[ends[:, own]] & ~loose[ends[:, 1 - own]])
        for half in (0, 1):
            touching = looks[half, ends[rows, 1 - own]]
            touched[half, wall[ends[rows[touching], own]]] = True
    return np.where(touched[0] == touched[1], 0.0, np.where(touched[0], 1.0, -1.0))[wall]


def _segments(mesh: Mesh, facing: np.ndarray, corner: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pieces of the border between up and down: points (p, 3), and two of them a piece (s, 2)."""
    points = mesh.vertices_mm
    a, b = corner, np.roll(corner, -1, axis=1)
    looks_up = facing > 0
    crossed = looks_up.take(a) != looks_up.take(b)
    mixed = np.flatnonzero(row_wise(np.logical_or, crossed))
    # the two sides of each mixed triangle that the border crosses
    first = crossed[mixed].argmax(axis=1)
    last = 2 - crossed[mixed][:, ::-1].argmax(axis=1)
    here, there = mesh.triangles, np.roll(mesh.triangles, -1, axis=1)
    sides = np.concatenate([_side(a, b, mixed, first), _side(a, b, mixed, last)])
    span = np.int64(len(facing))
    within = sides[:, 0] * span + sides[:, 1]
    places = np.concatenate(
        [_place(mesh, facing, corner, mixed, first), _place(mesh, facing, corner, mixed, last)]
    )
    crossings, index = np.unique(within, return_inverse=True)
    located = np.zeros((len(crossings), 3))
    located[index] = places
    base = len(points)
    inner = base + index.reshape(2, -1).T
    # along the edges between faces, where one side looks up and the other down: wherever the border
    # runs along a side or crosses it, it crosses all that lie there, or faces disagree at an end
    disagreed = _disagreed(mesh, looks_up)
    asked = np.flatnonzero(crossed | disagreed.take(here) | disagreed.take(there))
    here, there, a, b = (each.ravel().take(asked) for each in (here, there, a, b))
    low, high = np.minimum(here, there), np.maximum(here, there)
    owner = mesh.face_of_triangle.take(asked // 3)
    key = low.astype(np.int64) * len(points) + high
    order = np.argsort(key, kind="stable")
    twin = np.flatnonzero(key[order][1:] == key[order][:-1])
    one, two = order[twin], order[twin + 1]
    between = owner[one] != owner[two]
    one, two = one[between], two[between]
    turned = here > there
    start, end = np.where(turned, b, a), np.where(turned, a, b)
    up = [looks_up[corners] for corners in (start[one], end[one], start[two], end[two])]
    plain = (up[0] == up[1]) & (up[2] == up[3]) & (up[0] != up[2])
    outer = np.column_stack([low[one][plain], high[one][plain]]).astype(np.int64)
    split = np.flatnonzero(((up[0] != up[1]) | (up[2] != up[3])) & (low[one] != high[one]))
    turns = [
        _turns(facing, start[rows], end[rows], crossings, base) for rows in (one[split], two[split])
    ]
    along = np.column_stack([low[one], high[one]])[split].tolist()
    looks = np.column_stack([up[0], up[2]])[split].tolist()
    pieces = []
    for (before, finish), faces_up, *both in zip(along, looks, *turns, strict=True):
        stops = [(*turn, which) for which, turn in enumerate(both) if turn is not None]
        for _, point, which in [*sorted(stops), (1.0, finish, -1)]:
            if faces_up[0] != faces_up[1]:
                pieces.append((before, point))
            before = point
            if which >= 0:
                faces_up[which] = not faces_up[which]
    ends = np.concatenate([inner, outer, np.array(pieces, np.int64).reshape(-1, 2)])
    return np.concatenate([points, located]), ends[ends[:, 0] != ends[:, 1]]


def _disagreed(mesh: Mesh, looks_up: np.ndarray) -> np.ndarray:
    """Vertices of the mesh (n,) bool where some faces look up and others down; looks_up (k,) bool:
    whether each vertex of each face does, as `Mesh.face_corners` has them.
    """
    vertex = mesh.face_corners[0] % len(mesh.vertices_mm)
    up, down = np.zeros((2, len(mesh.vertices_mm)), bool)
    up[vertex[looks_up]] = True
    down[vertex[~looks_up]] = True
    return up & down


def _turns(
    facing: np.ndarray, start: np.ndarray, end: np.ndarray, crossings: np.ndarray, base: int
) -> list[tuple[float, int] | None]:
    """Where the facing turns along sides of triangles from corners start (n,) to end (n,): share of
    the side, and the point as `_segments` numbers them; None where it does not.
    """
    key = np.minimum(start, end) * np.int64(len(facing)) + np.maximum(start, end)
    point = base + np.searchsorted(crossings, key)
    here, there = facing[start], facing[end]
    turns = (here > 0) != (there > 0)
    share = here / np.where(turns, here - there, 1.0)
    return [
        (at, number) if turned else None
        for at, number, turned in zip(share.tolist(), point.tolist(), turns.tolist(), strict=True)
    ]


def _side(a: np.ndarray, b: np.ndarray, rows: np.ndarray, side: np.ndarray) -> np.ndarray:
    """Both ends of one side of each triangle, the lesser first (n, 2)."""
    return np.sort(np.column_stack([a[rows, side], b[rows, side]]), axis=1).astype(np.int64)


def _place(
    mesh: Mesh, facing: np.ndarray, corner: np.ndarray, rows: np.ndarray, side: np.ndarray
) -> np.ndarray:
    """Where the border crosses one side of each triangle (n, 3)."""
    after = (side + 1) % 3
    low, high = facing[corner[rows, side]], facing[corner[rows, after]]
    share = (low / (low - high))[:, None]
    return np.asarray(
        (1 - share) * mesh.corners_mm[rows, side] + share * mesh.corners_mm[rows, after]
    )


def _loops(points: np.ndarray, ends: np.ndarray) -> list[np.ndarray]:
    """Closed lines (n, 3) from pieces; what does not close is left out."""
    pieces = ends.tolist()
    near: dict[int, list[int]] = {}
    for row, (a, b) in enumerate(pieces):
        near.setdefault(a, []).append(row)
        near.setdefault(b, []).append(row)
    used = [False] * len(pieces)
    loops = []
    for first, (begin, here) in enumerate(pieces):
        if used[first]:
            continue
        used[first] = True
        way = [begin, here]
        while here != begin:
            for onward in near[here]:
                if not used[onward]:
                    break
            else:
                break
            used[onward] = True
            a, b = pieces[onward]
            here = b if a == here else a
            way.append(here)
        if here == begin and len(way) > 3:
            loops.append(points[way[:-1]])
    return loops


def _area(ring: np.ndarray) -> float:
    x, y = (ring - ring.mean(axis=0)).T
    return abs(float(x @ following(y) - y @ following(x))) / 2


def _simplified(rings: list[np.ndarray], near_mm: float) -> list[np.ndarray]:
    """Closed lines (n, 3) without points that lie within near_mm of them.

    Source: Douglas, Peucker, Algorithms for the reduction of the number of points, 1973.
    """
    # the point farthest out is a corner
    outer = [int(norms(ring - ring.mean(axis=0)).argmax()) for ring in rings]
    rings = [np.concatenate([r[k:], r[:k]]) for r, k in zip(rings, outer, strict=True)]
    closed = np.concatenate([part for ring in rings for part in (ring, ring[:1])])
    size = np.array([len(ring) + 1 for ring in rings])
    begin = np.cumsum(size) - size
    far = begin + [int(norms(ring - ring[0]).argmax()) for ring in rings]
    kept = np.zeros(len(closed), bool)
    kept[begin] = kept[far] = True
    low, high = np.concatenate([begin, far]), np.concatenate([far, begin + size - 1])
    while (open_ := high - low > 1).any():  # all pieces at once: most are a few points long
        low, high = low[open_], high[open_]
        inner = high - low - 1
        first = np.cumsum(inner) - inner
        piece = np.repeat(np.arange(len(low)), inner)
        place = np.arange(len(piece)) + (low + 1 - first)[piece]
        begin_mm = closed.take(low, axis=0)
        chord = closed.take(high, axis=0) - begin_mm
        squared = np.maximum(np.einsum("ij,ij->i", chord, chord), 1e-300)
        offset = closed.take(place, axis=0) - begin_mm.take(piece, axis=0)
        chord = chord.take(piece, axis=0)
        along = np.einsum("ij,ij->i", offset, chord) / squared[piece]
        along = np.minimum(np.maximum(along, 0.0), 1.0)  # np.clip takes five times as long
        away = norms(offset - along[:, None] * chord)
        farthest = np.maximum.reduceat(away, first)
        corner = np.flatnonzero(away == farthest[piece])
        middle = place[corner[np.searchsorted(piece[corner], np.arange(len(low)))]]
        split = farthest > near_mm
        middle = middle[split]
        kept[middle] = True
        low, high = np.concatenate([low[split], middle]), np.concatenate([middle, high[split]])
    return [closed[a : a + n][kept[a : a + n]] for a, n in zip(begin, size, strict=True)]
