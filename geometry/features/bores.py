"""Which round walls share an axis, and which of them make up one hole?"""

import math
from dataclasses import dataclass

import numpy as np

from geometry.features.bore_walls import is_flattened, is_splined
from geometry.features.survey import CONE, CYLINDER, PLANE, Survey, unit
from geometry.vectors import ODD_WAY, cross, norm, norms, rejections

__all__ = [
    "Axis",
    "Bore",
    "Stretch",
    "axes_of",
    "end_radii",
    "split_at_gaps",
    "stacks",
    "star_of",
    "stretch_of",
    "voids_along",
]

SAME_AXIS = math.cos(math.radians(0.5))
# a drill whose axis is nearer to the edge that it breaks out of than 0.26 of its radius wanders off
# into the open: such an arc is milled or cast, the opening of a fork or of a bearing's half
LEAST_SWEEP_DEG = 210.0
# a bore with a flat or two, as for a shaft that drives, keeps more; less was milled: ours
FLATTENED_DEG = 250.0
SPLINED_DEG = 100.0  # that the pieces of one go round: of ISO 14 half a turn or more is left
SAME_RADIUS_SHARE = 2e-3
AXIS_APART_SHARE = 2e-4  # of the diagonal: coaxial cylinders of one file lie this near
WAYS_OUT = 72  # rays about the axis between two legs, an even number
WHOLE_DEG = 315.0  # of a hub, whatever keyway it has
LEGS_APART = (
    0.75  # way between two legs over what is drilled in both; a narrower slot interrupts a hole
)
FORK_APART = 0.7  # of a leg's thickness: nearer legs are the lips of a slit
FORK_SLENDER = 1.5  # height of a fork's leg over its thickness; a slotted block has lower ones
FORK_OPEN = 0.5  # share of ways round the axis that leave a fork: open on three sides
SIGHTS = 8  # triangles of a wall from which its axis is looked for
IN_SIGHT = 0.5  # share of them that must see it
GAP_PLACES = (0.5, 0.25, 0.75, 0.1, 0.9)  # of a gap between legs, where a way out is looked for
CHAMBER_RATIO = 2.8  # of diameters next to each other: most counterbores stay below
ROOM_RATIO = 2.2  # where the wider one opens into a room beside it
TAPER_MOST_DEG = (
    10.0  # half angle: drafted cores and taper reamers; more is a countersink or a funnel
)

Stretch = tuple[float, float]  # along an axis, in mm


@dataclass
class Axis:
    """A line in space with the hole-like faces that turn about it."""

    origin_mm: np.ndarray
    direction: np.ndarray
    faces: list[int]


@dataclass
class Bore:
    """Cylinder faces of one radius on one axis that lie in one hole."""

    faces: list[int]
    radius_mm: float
    low_mm: float
    high_mm: float
    pieces: list[tuple[float, float, float]]  # low, high, sweep in degrees


def axes_of(survey: Survey, taken: set[int]) -> list[Axis]:
    """Hole-like cylinders and cones grouped by axis."""
    ids = [
        face
        for face in range(survey.count)
        if survey.kinds[face] in (CYLINDER, CONE)
        and survey.faces["sense"][face] < 0
        and face not in taken
    ]
    near = max(AXIS_APART_SHARE * survey.diagonal_mm, 1e-3)
    centre = survey.hull_points.mean(axis=0)
    cells: dict[tuple[int, ...], list[Axis]] = {}
    found: list[Axis] = []
    # what rounding leaves between equal holes does not number them
    areas = np.round(survey.faces["area_mm2"], 6)
    for face in sorted(ids, key=lambda f: -areas[f]):
        row = survey.faces[face]
        direction = row["axis"] if row["axis"] @ ODD_WAY >= 0 else -row["axis"]
        origin = row["origin_mm"] + ((centre - row["origin_mm"]) @ direction) * direction
        key = tuple(np.round(origin / (8 * near)).astype(int).tolist())
        match = None
        for cell in _around(key):
            for axis in cells.get(cell, ()):
                apart = norm(origin - axis.origin_mm)
                if abs(axis.direction @ direction) > SAME_AXIS and apart < near:
                    match = axis
        if match is None:
            match = Axis(origin, direction, [])
            cells.setdefault(key, []).append(match)
            found.append(match)
        match.faces.append(face)
    return [axis for axis in found if any(_is_wall(survey, f) for f in axis.faces)]


def _is_wall(survey: Survey, face: int) -> bool:
    """Whether a hole-like face is the wall of a hole: a cylinder, or a cone that hardly tapers."""
    kind, row = survey.kinds[face], survey.faces[face]
    return bool(kind == CYLINDER or (kind == CONE and row["half_angle_deg"] < TAPER_MOST_DEG))


def _around(key: tuple[int, ...]) -> list[tuple[int, ...]]:
    x, y, z = key
    steps = (0, -1, 1)
    return [(x + i, y + j, z + k) for i in steps for j in steps for k in steps]


def voids_along(survey: Survey, axes: list[Axis]) -> list[list[tuple[float, float]]]:
    """Stretches of each axis that lie outside the material, by one cast along all of them."""
    if not axes:
        return []
    reach = 2 * survey.diagonal_mm
    origins = np.array([axis.origin_mm - reach * axis.direction for axis in axes])
    directions = np.array([axis.direction for axis in axes])
    # a ray exactly on an axis meets the seams of the faces about it
    aside = cross(directions, ODD_WAY)
    origins = origins + 1e-5 * survey.diagonal_mm * aside
    ray, distance, _ = survey.rays.crossings(origins, directions)
    result = []
    starts = np.searchsorted(ray, np.arange(len(axes) + 1))
    for i in range(len(axes)):
        hits = distance[starts[i] : starts[i + 1]] - reach
        hits = (
            hits[np.concatenate([[True], np.diff(hits) > 1e-5 * survey.diagonal_mm])]
            if len(hits)
            else hits
        )
        bounds = [-math.inf, *hits.tolist(), math.inf]
        if len(bounds) % 2:
            bounds = [-math.inf, math.inf]  # the ray grazed an edge: nothing is known
        result.append([(bounds[k], bounds[k + 1]) for k in range(0, len(bounds), 2)])
    return result


def stretch_of(survey: Survey, axis: Axis, face: int) -> Stretch:
    """From where to where along an axis a face reaches."""
    along = (survey.points([face]) - axis.origin_mm) @ axis.direction
    return float(along.min()), float(along.max())


def stacks(survey: Survey, axis: Axis, voids: list[Stretch]) -> list[tuple[list[Bore], Stretch]]:
    """Bores of an axis, those that make one hole together, with the empty stretch they are in."""
    stacks: list[tuple[list[Bore], Stretch]] = []
    hubs = _hubs(survey, axis) if voids else []
    walls = [(face, stretch_of(survey, axis, face)) for face in axis.faces]
    for low, high in voids:
        bores: list[Bore] = []
        inside = [(face, span) for face, span in walls if low < sum(span) / 2 < high]
        if not inside:
            continue
        inside = [one for one in inside if not _is_about_hub(survey, *one, hubs)]
        inside = _in_sight(survey, axis, inside)
        round_faces = [(f, span) for f, span in inside if survey.kinds[f] == CYLINDER]
        # beside a cylinder a cone is a countersink or a shoulder; alone it is a tapered hole
        for face, span in round_faces or [(f, s) for f, s in inside if _is_wall(survey, f)]:
            _put(survey, bores, face, span)
        bores = _narrowed([bore for bore in bores if _is_round(survey, bore)])
        for stack in _chambers(survey, bores):
            stacks.extend(_legs(survey, axis, stack, (low, high)))
    return stacks


def _hubs(survey: Survey, axis: Axis) -> list[tuple[float, Stretch]]:
    """Radius and stretch of what goes all round an axis and looks outwards."""
    rows = survey.faces
    round_ = (survey.kind == CYLINDER) & (rows["sense"] > 0) & (rows["sweep_deg"] > WHOLE_DEG)
    faces = np.flatnonzero(round_)
    faces = faces[np.abs(rows["axis"][faces] @ axis.direction) > SAME_AXIS]
    if not len(faces):
        return []
    offset = rows["origin_mm"][faces] - axis.origin_mm
    aside = rejections(offset, axis.direction)
    near = max(AXIS_APART_SHARE * survey.diagonal_mm, 1e-3)
    faces = faces[norms(aside) < near]
    return [(float(rows["radius_mm"][f]), stretch_of(survey, axis, f)) for f in faces.tolist()]


def _is_about_hub(
    survey: Survey, face: int, span: Stretch, hubs: list[tuple[float, Stretch]]
) -> bool:
    """Whether a hub stands inside a hollow over most of its length: the inside of a wheel's rim,
    the side of a ring recess.
    """
    radius, (low, high) = end_radii(survey, face)[0], span
    return any(
        hub < radius and min(high, top) - max(low, foot) > 0.5 * (high - low)
        for hub, (foot, top) in hubs
    )


def _in_sight(
    survey: Survey, axis: Axis, inside: list[tuple[int, Stretch]]
) -> list[tuple[int, Stretch]]:
    """Walls without those that something hides from the axis: of windows between a wheel's spokes
    each has a piece of one cylinder, and a hub stands before it.
    """
    pieces = [f for f, _ in inside if survey.faces["sweep_deg"][f] < LEAST_SWEEP_DEG]
    if not pieces:
        return inside
    rows = [_largest(survey, face) for face in pieces]
    owner = np.repeat(np.arange(len(pieces)), [len(own) for own in rows])
    every = np.concatenate(rows)
    lift = survey.near_mm + 0.05 * survey.faces["radius_mm"][pieces][owner]
    starts = survey.part.mesh.centroids_mm[every]
    offset = axis.origin_mm - starts
    ways = rejections(offset, axis.direction)
    reach = norms(ways)
    ways /= np.maximum(reach, 1e-300)[:, None]
    free = survey.rays.cast(starts + lift[:, None] * ways, ways).distance_mm > reach - lift
    seen = np.bincount(owner, weights=free, minlength=len(pieces)) / np.bincount(
        owner, minlength=len(pieces)
    )
    hidden = {face for face, share in zip(pieces, seen, strict=True) if share < IN_SIGHT}
    return [one for one in inside if one[0] not in hidden]


def _largest(survey: Survey, face: int) -> np.ndarray:
    """The largest triangles of a face."""
    rows = survey.triangles(face)
    return rows[np.argsort(-survey.part.mesh.areas_mm2[rows], kind="stable")[:SIGHTS]]


def _chambers(survey: Survey, bores: list[Bore]) -> list[list[Bore]]:
    """Bores along an axis, parted where one is far too wide to be the other's counterbore."""
    stacks: list[list[Bore]] = []
    for bore in sorted(bores, key=lambda b: b.low_mm + b.high_mm):
        if not stacks or _is_chamber(survey, stacks[-1][-1], bore):
            stacks.append([])
        stacks[-1].append(bore)
    return stacks


def _is_chamber(survey: Survey, a: Bore, b: Bore) -> bool:
    """Whether the wider of two neighbours is a room that the narrower, shorter one leads into."""
    narrow, wide = sorted((a, b), key=lambda bore: bore.radius_mm)
    longest = [max(high - low for low, high, _ in bore.pieces) for bore in (narrow, wide)]
    longer = longest[1] > longest[0] + 2 * survey.near_mm
    ratio = ROOM_RATIO if _runs_into_another(survey, wide) else CHAMBER_RATIO
    return longer and wide.radius_mm > ratio * narrow.radius_mm


def _runs_into_another(survey: Survey, bore: Bore) -> bool:
    """Whether a bore opens along its side into one beside it, as those of a pair of gears do."""
    axes = survey.faces["axis"]
    return any(
        _is_hollow(survey, g)
        and g not in bore.faces
        and abs(axes[g] @ axes[face]) > SAME_AXIS
        and abs(survey.edges["tangent"][edge] @ axes[face]) > SAME_AXIS
        for face in bore.faces
        for edge, g in survey.near[face]
    )


def _put(survey: Survey, bores: list[Bore], face: int, span: tuple[float, float]) -> None:
    radius = end_radii(survey, face)[0]
    piece = (*span, float(survey.faces["sweep_deg"][face]))
    for bore in bores:
        if abs(bore.radius_mm - radius) < max(SAME_RADIUS_SHARE * radius, 1e-3):
            bore.faces.append(face)
            bore.pieces.append(piece)
            bore.low_mm, bore.high_mm = min(bore.low_mm, span[0]), max(bore.high_mm, span[1])
            return
    bores.append(Bore([face], radius, *span, [piece]))


def end_radii(survey: Survey, face: int) -> tuple[float, float]:
    """Radius of a hole's wall at its narrow end and at its wide one."""
    row = survey.faces[face]
    radius = float(row["radius_mm"])
    if survey.kinds[face] == CYLINDER:
        return radius, radius
    slope = math.tan(math.radians(float(row["half_angle_deg"])))
    return radius + float(row["low_mm"]) * slope, radius + float(row["high_mm"]) * slope


def _is_round(survey: Survey, bore: Bore) -> bool:
    """Whether a bore goes far enough round, and is not the end of a slot."""
    sweep = 0.0
    for low, high, _ in bore.pieces:
        middle = (low + high) / 2
        sweep = max(sweep, sum(s for a, b, s in bore.pieces if a <= middle <= b))
    if sweep < LEAST_SWEEP_DEG and not (
        sweep > SPLINED_DEG and is_splined(survey, bore.faces, bore.radius_mm)
    ):
        return False
    if sweep < FLATTENED_DEG and is_flattened(survey, bore.faces):
        return False
    return not any(
        survey.smooth(edge) and survey.kinds[g] == PLANE
        for face in bore.faces
        for edge, g in survey.near[face]
    )


Pieces = list[tuple[float, float, int, int]]  # low, high, bore, piece of it


def _parted(bores: list[Bore]) -> tuple[list[Pieces], list[tuple[float, float]]]:
    """Pieces of a hole's wall with nothing between, and the gaps: length, where each begins."""
    pieces = sorted(
        (*piece[:2], b, i) for b, bore in enumerate(bores) for i, piece in enumerate(bore.pieces)
    )
    least = 0.1 * min(bore.radius_mm for bore in bores)
    groups: list[Pieces] = [[pieces[0]]]
    reach = pieces[0][1]
    gaps: list[tuple[float, float]] = []
    for piece in pieces[1:]:
        if piece[0] > reach + least:
            gaps.append((piece[0] - reach, reach))
            groups.append([])
        groups[-1].append(piece)
        reach = max(reach, piece[1])
    return groups, gaps


def _legs(
    survey: Survey, axis: Axis, bores: list[Bore], void: Stretch
) -> list[tuple[list[Bore], Stretch]]:
    """Splits a hole through two legs of a U, or of a fork; each leg is entered from outside."""
    whole = [(bores, void)]
    if not bores:
        return whole
    groups, gaps = _parted(bores)
    if not gaps or any(_crosses_bore(survey, b) for b in bores):
        return whole
    legs = [(group[0][0], max(piece[1] for piece in group)) for group in groups]
    drilled = legs[-1][1] - legs[0][0] - sum(gap for gap, _ in gaps)
    width, start = max(gaps)
    if width > LEGS_APART * drilled:
        apart = _is_open(survey, axis, [start + share * width for share in GAP_PLACES])
    else:
        wide = max(bore.radius_mm for bore in bores)
        # a row of more than two are fins that one drill went through
        near = len(legs) > 2 or width < FORK_APART * max(high - low for low, high in legs)
        apart = not near and _is_fork(survey, axis, start + width / 2, legs, wide)
    return split_at_gaps(bores, void) if apart else whole


def _narrowed(bores: list[Bore]) -> list[Bore]:
    """Bores of a hole with those parted that a narrower one interrupts: a jet's are steps on both
    sides of its throat. What a wider one interrupts, a groove or a crossing bore, stays one.
    """
    found: list[Bore] = []
    for bore in bores:
        throats = [other for other in bores if other.radius_mm < bore.radius_mm]
        for i in sorted(range(len(bore.faces)), key=lambda i: bore.pieces[i]):
            low, high, _ = bore.pieces[i]
            before = found[-1] if found and found[-1].radius_mm == bore.radius_mm else None
            if before is None or any(
                before.high_mm <= (a + b) / 2 <= low
                for other in throats
                for a, b, _ in other.pieces
            ):
                found.append(Bore([bore.faces[i]], bore.radius_mm, low, high, [bore.pieces[i]]))
            else:
                before.faces.append(bore.faces[i])
                before.pieces.append(bore.pieces[i])
                before.high_mm = max(before.high_mm, high)
    return found


def split_at_gaps(bores: list[Bore], void: Stretch) -> list[tuple[list[Bore], Stretch]]:
    """A hole in the pieces that gaps part it in, each with its half of the gap beside it."""
    groups, gaps = _parted(bores)
    middles = [start + length / 2 for length, start in gaps]
    bounds = [void[0], *middles, void[1]]
    return [
        (_pieces_of(bores, group), (bounds[i], bounds[i + 1])) for i, group in enumerate(groups)
    ]


def star_of(survey: Survey, bores: list[Bore]) -> tuple[int, float, float] | None:
    """The bore that parts a hole in two, where along it, and the hole's radius; None if none."""
    if len(bores) != 1 or len(_parted(bores)[0]) != 2:
        return None
    own = set(bores[0].faces)
    crossed = [
        {g for _, g in survey.near[face] if g not in own and _is_hollow(survey, g)}
        for face in bores[0].faces
    ]
    both = set.intersection(*crossed)
    if len(both) != 1:
        return None
    bore = both.pop()
    row = survey.faces[bore]
    middle = survey.faces["centroid_mm"][bores[0].faces].mean(axis=0)
    level = float((middle - row["origin_mm"]) @ row["axis"])
    return bore, level, bores[0].radius_mm


def _is_hollow(survey: Survey, face: int) -> bool:
    return bool(survey.kinds[face] == CYLINDER and survey.faces["sense"][face] < 0)


def _pieces_of(bores: list[Bore], group: list[tuple[float, float, int, int]]) -> list[Bore]:
    """Bores cut down to some of their pieces, given as low, high, bore and piece."""
    found = []
    for number, bore in enumerate(bores):
        own = [i for _, _, b, i in group if b == number]
        if own:
            spans = [bore.pieces[i] for i in own]
            low, high = min(span[0] for span in spans), max(span[1] for span in spans)
            found.append(Bore([bore.faces[i] for i in own], bore.radius_mm, low, high, spans))
    return found


def _ways_out(survey: Survey, axis: Axis, at_mm: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """Ways square to an axis (k, 3) and how far each is free from places (p,) on it: (p, k)."""
    across = unit(cross(axis.direction, ODD_WAY))
    up = cross(axis.direction, across)
    angles = np.linspace(0, 2 * math.pi, WAYS_OUT, endpoint=False)[:, None]
    directions = np.cos(angles) * across + np.sin(angles) * up
    places = axis.origin_mm + np.outer(at_mm, axis.direction)
    ways = np.tile(directions, (len(places), 1))
    hits = survey.rays.cast(np.repeat(places, WAYS_OUT, axis=0), ways)
    return directions, hits.distance_mm.reshape(len(places), WAYS_OUT)


def _is_open(survey: Survey, axis: Axis, at_mm: list[float]) -> bool:
    """Whether a way square to an axis is free to both sides from any of some places on it: between
    legs, not in a pocket.
    """
    free = np.isinf(_ways_out(survey, axis, at_mm)[1])
    half = WAYS_OUT // 2
    return bool((free[:, :half] & free[:, half:]).any())


def _is_fork(
    survey: Survey, axis: Axis, at_mm: float, legs: list[Stretch], radius_mm: float
) -> bool:
    """Whether what stands on both sides of a place on an axis are the legs of a fork: open on
    three sides between, and each far higher over the base than it is thick.
    """
    ways, (free,) = _ways_out(survey, axis, [at_mm])
    blocked = np.isfinite(free)
    if not blocked.any() or np.mean(~blocked) < FORK_OPEN:
        return False
    base = int(np.where(blocked, free, np.inf).argmin())
    up = -ways[base]
    starts = [(low + high) / 2 * axis.direction + 1.05 * radius_mm * up for low, high in legs]
    tops = survey.rays.cast(axis.origin_mm + np.array(starts), up).distance_mm
    return all(
        np.isfinite(top) and free[base] + 1.05 * radius_mm + top > FORK_SLENDER * (high - low)
        for top, (low, high) in zip(tops, legs, strict=True)
    )


def _crosses_bore(survey: Survey, bore: Bore) -> bool:
    """Whether another hole is what interrupts a bore."""
    own = set(bore.faces)
    return any(
        g not in own and _is_hollow(survey, g) for face in bore.faces for _, g in survey.near[face]
    )
