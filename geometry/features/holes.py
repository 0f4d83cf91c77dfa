"""Which round holes does a part have, and what is at their mouths and bottoms?"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from geometry.features.feature import Draft
from geometry.features.survey import CONE, CYLINDER, PLANE, SPHERE, TORUS, Survey, unit
from geometry.features.threads import tap_drill
from geometry.topology import CONCAVE

__all__ = ["find_holes"]

LEAST_SWEEP_DEG = 185.0  # a hole's axis lies in its own opening; less is a round slot
SAME_AXIS = math.cos(math.radians(0.5))
SAME_RADIUS_SHARE = 2e-3
AXIS_APART_SHARE = 2e-4  # of the diagonal: coaxial cylinders of one file lie this near
SEED_DIRECTION = np.array(
    [0.3017, 0.5217, 0.7981]
)  # no drawing's direction: tells an axis from its opposite
WAYS_OUT = 72  # rays about the axis between two legs, an even number
LEGS_APART = (
    0.75  # way between two legs over what is drilled in both; a narrower slot interrupts a hole
)
GAP_PLACES = (0.5, 0.25, 0.75, 0.1, 0.9)  # of a gap between legs, where a way out is looked for
CHAMBER_RATIO = 2.8  # of diameters next to each other: most counterbores stay below
TAPER_MOST_DEG = (
    10.0  # half angle: drafted cores and taper reamers; more is a countersink or a funnel
)
MILLED_DEPTH_SHARE = 0.5  # of the diameter: a shallower round recess with a floor radius was milled


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


@dataclass
class End:
    """What closes a hole, or widens it, at one end."""

    at_mm: float  # along the axis, where the hole ends
    bottom: str = "open"
    faces: tuple[int, ...] = ()
    sink: dict[str, float] | None = None
    floor_radius_mm: float | None = None
    floor_mm: float = 0.0  # along the axis, where a rounded bottom ends


def find_holes(survey: Survey, taken: set[int]) -> list[Draft]:
    """Holes with counterbores, countersinks, steps and bottoms; wide milled ones as pockets."""
    axes = _axes(survey, taken)
    drafts = []
    for axis, voids in zip(axes, _voids(survey, axes), strict=True):
        for stack, void in _stacks(survey, axis, voids):
            draft = _hole(survey, axis, stack, void)
            if draft is not None:
                drafts.append(draft)
    return drafts


def _axes(survey: Survey, taken: set[int]) -> list[Axis]:
    """Hole-like cylinders and cones grouped by axis."""
    ids = [
        face
        for face in range(survey.count)
        if survey.kind[face] in (CYLINDER, CONE)
        and survey.faces["sense"][face] < 0
        and face not in taken
    ]
    near = max(AXIS_APART_SHARE * survey.diagonal_mm, 1e-3)
    centre = survey.hull_points.mean(axis=0)
    cells: dict[tuple[int, ...], list[Axis]] = {}
    found: list[Axis] = []
    for face in sorted(ids, key=lambda f: -survey.faces["area_mm2"][f]):
        row = survey.faces[face]
        direction = row["axis"] if row["axis"] @ SEED_DIRECTION >= 0 else -row["axis"]
        origin = row["origin_mm"] + ((centre - row["origin_mm"]) @ direction) * direction
        key = tuple(np.round(origin / (8 * near)).astype(int).tolist())
        match = None
        for cell in _around(key):
            for axis in cells.get(cell, ()):
                apart = float(np.linalg.norm(origin - axis.origin_mm))
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
    kind, row = survey.kind[face], survey.faces[face]
    return bool(kind == CYLINDER or (kind == CONE and row["half_angle_deg"] < TAPER_MOST_DEG))


def _around(key: tuple[int, ...]) -> list[tuple[int, ...]]:
    x, y, z = key
    steps = (0, -1, 1)
    return [(x + i, y + j, z + k) for i in steps for j in steps for k in steps]


def _voids(survey: Survey, axes: list[Axis]) -> list[list[tuple[float, float]]]:
    """Stretches of each axis that lie outside the material, by one cast along all of them."""
    if not axes:
        return []
    reach = 2 * survey.diagonal_mm
    origins = np.array([axis.origin_mm - reach * axis.direction for axis in axes])
    directions = np.array([axis.direction for axis in axes])
    # a ray exactly on an axis meets the seams of the faces about it
    aside = np.cross(directions, SEED_DIRECTION)
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


def _span(survey: Survey, axis: Axis, face: int) -> tuple[float, float]:
    along = (survey.points([face]) - axis.origin_mm) @ axis.direction
    return float(along.min()), float(along.max())


Stretch = tuple[float, float]  # along an axis, in mm


def _stacks(survey: Survey, axis: Axis, voids: list[Stretch]) -> list[tuple[list[Bore], Stretch]]:
    """Bores of an axis, those that make one hole together, with the empty stretch they are in."""
    stacks: list[tuple[list[Bore], Stretch]] = []
    for low, high in voids:
        bores: list[Bore] = []
        inside = [
            (face, span)
            for face in axis.faces
            if low < sum(span := _span(survey, axis, face)) / 2 < high
        ]
        round_faces = [(f, span) for f, span in inside if survey.kind[f] == CYLINDER]
        # beside a cylinder a cone is a countersink or a shoulder; alone it is a tapered hole
        for face, span in round_faces or [(f, s) for f, s in inside if _is_wall(survey, f)]:
            _put(survey, bores, face, span)
        bores = [bore for bore in bores if _is_round(survey, bore)]
        for stack in _chambers(bores):
            stacks.extend((leg, (low, high)) for leg in _legs(survey, axis, stack))
    return stacks


def _chambers(bores: list[Bore]) -> list[list[Bore]]:
    """Bores along an axis, parted where one is far too wide to be the other's counterbore."""
    stacks: list[list[Bore]] = []
    for bore in sorted(bores, key=lambda b: b.low_mm + b.high_mm):
        if not stacks or _is_chamber(stacks[-1][-1], bore):
            stacks.append([])
        stacks[-1].append(bore)
    return stacks


def _is_chamber(a: Bore, b: Bore) -> bool:
    """Whether the wider of two neighbours is a room that the narrower, shorter one leads into."""
    narrow, wide = sorted((a, b), key=lambda bore: bore.radius_mm)
    longest = [max(high - low for low, high, _ in bore.pieces) for bore in (narrow, wide)]
    longer = longest[1] > longest[0]
    return longer and wide.radius_mm > CHAMBER_RATIO * narrow.radius_mm


def _put(survey: Survey, bores: list[Bore], face: int, span: tuple[float, float]) -> None:
    radius = _end_radii(survey, face)[0]
    piece = (*span, float(survey.faces["sweep_deg"][face]))
    for bore in bores:
        if abs(bore.radius_mm - radius) < max(SAME_RADIUS_SHARE * radius, 1e-3):
            bore.faces.append(face)
            bore.pieces.append(piece)
            bore.low_mm, bore.high_mm = min(bore.low_mm, span[0]), max(bore.high_mm, span[1])
            return
    bores.append(Bore([face], radius, *span, [piece]))


def _end_radii(survey: Survey, face: int) -> tuple[float, float]:
    """Radius of a hole's wall at its narrow end and at its wide one."""
    row = survey.faces[face]
    radius = float(row["radius_mm"])
    if survey.kind[face] == CYLINDER:
        return radius, radius
    slope = math.tan(math.radians(float(row["half_angle_deg"])))
    return radius + float(row["low_mm"]) * slope, radius + float(row["high_mm"]) * slope


def _is_round(survey: Survey, bore: Bore) -> bool:
    """Whether a bore goes far enough round, and is not the end of a slot."""
    sweep = 0.0
    for low, high, _ in bore.pieces:
        middle = (low + high) / 2
        sweep = max(sweep, sum(s for a, b, s in bore.pieces if a <= middle <= b))
    if sweep < LEAST_SWEEP_DEG:
        return False
    return not any(
        survey.smooth(edge) and survey.kind[g] == PLANE
        for face in bore.faces
        for edge, g in survey.near[face]
    )


def _legs(survey: Survey, axis: Axis, bores: list[Bore]) -> list[list[Bore]]:
    """Splits a hole through two legs of a U: the way between is open and about as long as both."""
    pieces = sorted(
        (*piece[:2], b, i) for b, bore in enumerate(bores) for i, piece in enumerate(bore.pieces)
    )
    if len(pieces) < 2:
        return [bores]
    least = 0.1 * min(bore.radius_mm for bore in bores)
    groups = [[pieces[0]]]
    reach = pieces[0][1]
    gaps: list[tuple[float, float]] = []  # length, where it begins
    for piece in pieces[1:]:
        if piece[0] > reach + least:
            gaps.append((piece[0] - reach, reach))
            groups.append([])
        groups[-1].append(piece)
        reach = max(reach, piece[1])
    drilled = reach - pieces[0][0] - sum(gap for gap, _ in gaps)
    if (
        not gaps
        or max(gaps)[0] <= LEGS_APART * drilled
        or any(_crosses_bore(survey, b) for b in bores)
    ):
        return [bores]
    width, start = max(gaps)
    if not any(_is_open(survey, axis, start + share * width) for share in GAP_PLACES):
        return [bores]
    return [_pieces_of(bores, group) for group in groups]


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


def _is_open(survey: Survey, axis: Axis, at_mm: float) -> bool:
    """Whether a way square to an axis is free to both sides: between legs, not in a pocket."""
    across = unit(np.cross(axis.direction, SEED_DIRECTION))
    up = np.cross(axis.direction, across)
    angles = np.linspace(0, 2 * math.pi, WAYS_OUT, endpoint=False)[:, None]
    directions = np.cos(angles) * across + np.sin(angles) * up
    origins = np.broadcast_to(axis.origin_mm + at_mm * axis.direction, directions.shape)
    free = ~survey.rays.occluded(origins, directions)
    return bool((free & np.roll(free, WAYS_OUT // 2)).any())


def _crosses_bore(survey: Survey, bore: Bore) -> bool:
    """Whether another hole is what interrupts a bore."""
    own = set(bore.faces)
    return any(
        survey.kind[g] == CYLINDER and survey.faces["sense"][g] < 0 and g not in own
        for face in bore.faces
        for _, g in survey.near[face]
    )


def _hole(survey: Survey, axis: Axis, bores: list[Bore], void: Stretch) -> Draft | None:
    ends = {sign: _end(survey, axis, bores, sign) for sign in (1, -1)}
    closed = [sign for sign, end in ends.items() if end.bottom != "open"]
    if len(closed) == 2:
        return None
    narrow = min(bores, key=lambda bore: bore.radius_mm)
    taper = _taper(survey, narrow)
    top = -closed[0] if closed else _entry(bores, ends, void)
    if taper is not None and not closed:
        top = 1 if survey.faces["axis"][narrow.faces[0]] @ axis.direction > 0 else -1
    entry, exit_ = ends[top], ends[-top]
    depth = abs(entry.at_mm - exit_.at_mm)
    if (
        exit_.floor_radius_mm
        and len(bores) == 1
        and depth < MILLED_DEPTH_SHARE * 2 * narrow.radius_mm
    ):
        return _round_pocket(axis, bores[0], top, entry, exit_)
    origin = axis.origin_mm + entry.at_mm * axis.direction
    parameters: dict[str, Any] = {
        "diameter_mm": 2 * narrow.radius_mm,
        "depth_mm": depth,
        "axis": (top * axis.direction).tolist(),
        "origin_mm": origin.tolist(),
        "bottom": exit_.bottom,
        "intersected": any(_interrupted(survey, axis, bore) for bore in bores),
    }
    if entry.sink is not None:
        parameters["countersink"] = entry.sink
    steps = sorted(bores, key=lambda bore: -bore.radius_mm)
    if len(bores) > 1:
        _add_steps(parameters, steps, top, entry)
    elif taper is not None:
        parameters |= taper
    elif (thread := tap_drill(2 * narrow.radius_mm)) is not None:
        parameters["thread"] = thread
    faces = {face for bore in bores for face in bore.faces}
    faces |= {*entry.faces, *exit_.faces}
    if len(bores) > 1:
        faces |= _shoulders(survey, axis, faces)
    return Draft("hole", "blind" if closed else "through", tuple(sorted(faces)), parameters)


def _taper(survey: Survey, bore: Bore) -> dict[str, float] | None:
    """Diameter at the wide end and included angle of a tapered hole."""
    cones = [face for face in bore.faces if survey.kind[face] == CONE]
    if not cones:
        return None
    wide = max(_end_radii(survey, face)[1] for face in cones)
    angle = max(float(survey.faces["half_angle_deg"][face]) for face in cones)
    return {"max_diameter_mm": 2 * wide, "angle_deg": 2 * angle}


def _entry(bores: list[Bore], ends: dict[int, End], void: Stretch) -> int:
    """The side a through hole is entered from.

    The countersink's, the counterbore's, the one that is clear to the outside, else +axis.
    """
    sinks = {sign: end.sink["diameter_mm"] if end.sink else 0.0 for sign, end in ends.items()}
    if sinks[1] != sinks[-1]:
        return 1 if sinks[1] > sinks[-1] else -1
    wide = max(bores, key=lambda bore: bore.radius_mm)
    narrow = min(bores, key=lambda bore: bore.radius_mm)
    if wide is not narrow:
        return -1 if wide.low_mm + wide.high_mm < narrow.low_mm + narrow.high_mm else 1
    return 1 if math.isinf(void[1]) or not math.isinf(void[0]) else -1


def _add_steps(parameters: dict[str, Any], steps: list[Bore], top: int, entry: End) -> None:
    wide = steps[0]
    seat = wide.low_mm if top > 0 else wide.high_mm
    parameters["counterbore"] = {
        "diameter_mm": 2 * wide.radius_mm,
        "depth_mm": abs(entry.at_mm - seat),
    }
    parameters["steps"] = [
        {"diameter_mm": 2 * bore.radius_mm, "depth_mm": bore.high_mm - bore.low_mm}
        for bore in steps
    ]


def _round_pocket(axis: Axis, bore: Bore, top: int, entry: End, exit_: End) -> Draft:
    diameter = 2 * bore.radius_mm
    return Draft(
        "pocket",
        "closed",
        tuple(sorted({*bore.faces, *entry.faces, *exit_.faces})),
        {
            "profile": "circle",
            "depth_mm": abs(entry.at_mm - exit_.floor_mm),
            "length_mm": diameter,
            "width_mm": diameter,
            "corner_radius_mm": bore.radius_mm,
            "floor_radius_mm": exit_.floor_radius_mm,
            "direction": (top * axis.direction).tolist(),
            "islands": 0,
        },
    )


def _interrupted(survey: Survey, axis: Axis, bore: Bore) -> bool:
    """Whether another feature cuts a bore's wall between its ends."""
    if len(bore.faces) > 1:
        return True
    face = bore.faces[0]
    rings = [
        loop
        for loop in survey.topology.loops_of(face)
        if not survey.edges["seam"][survey.topology.loop_edges(loop)].all()
    ]
    if len(rings) > 2:
        return True
    for loop in rings:
        records = survey.edges[survey.topology.loop_edges(loop)]
        records = records[~records["seam"]]
        along = np.abs(records["tangent"] @ axis.direction) > 0.9
        if along.any() and survey.faces["sweep_deg"][face] < 359:
            continue  # open at an edge over its whole length: nothing crosses it
        if along.any():
            return True
    return False


def _shoulders(survey: Survey, axis: Axis, faces: set[int]) -> set[int]:
    """Flat and conical rings between the diameters of a hole."""
    found = set()
    for face in faces:
        for edge, g in survey.near[face]:
            if g in faces or g in found:
                continue
            kind, row = survey.kind[g], survey.faces[g]
            flat = kind == PLANE and survey.convexity[edge] == CONCAVE
            tapered = kind == CONE and row["sense"] < 0
            if (flat or tapered) and abs(row["axis"] @ axis.direction) > SAME_AXIS:
                found.add(g)
    return found


def _end(survey: Survey, axis: Axis, bores: list[Bore], sign: int) -> End:
    """What closes a hole, or widens it, at one end (sign +1: towards +axis)."""
    bore = max(bores, key=lambda b: b.high_mm if sign > 0 else -b.low_mm)
    end = End(bore.high_mm if sign > 0 else bore.low_mm)
    near = max(5e-4 * survey.diagonal_mm, 0.02 * bore.radius_mm)
    for face in bore.faces:
        for edge, g in survey.near[face]:
            middle = float((survey.edges["middle_mm"][edge] - axis.origin_mm) @ axis.direction)
            if (
                abs(middle - (bore.high_mm if sign > 0 else bore.low_mm)) < near
                and g not in end.faces
            ):
                _look(survey, axis, end, edge, g, sign)
    return end


def _look(survey: Survey, axis: Axis, end: End, edge: int, face: int, sign: int) -> None:
    """Takes a face across the end of a bore as its bottom or its countersink."""
    kind, row = survey.kind[face], survey.faces[face]
    if kind == SPHERE and row["sense"] < 0:
        end.bottom, end.faces = "round", (*end.faces, face)
        return
    if kind not in (PLANE, CONE, TORUS) or abs(row["axis"] @ axis.direction) < SAME_AXIS:
        return
    if kind == PLANE and survey.convexity[edge] == CONCAVE:
        end.bottom, end.faces = "flat", (*end.faces, face)
    elif kind == CONE and row["sense"] < 0:
        low, high = _span(survey, axis, face)
        widens = (row["axis"] @ axis.direction) * sign > 0
        if widens:
            slope = math.tan(math.radians(float(row["half_angle_deg"])))
            wide = float(row["radius_mm"] + row["high_mm"] * slope)
            end.sink = {"diameter_mm": 2 * wide, "angle_deg": 2 * float(row["half_angle_deg"])}
            end.at_mm = high if sign > 0 else low
        else:
            end.bottom = "conical"
        end.faces = (*end.faces, face)
    elif kind == TORUS and row["sense"] < 0:
        _look_through_floor_radius(survey, axis, end, face, sign)


def _look_through_floor_radius(survey: Survey, axis: Axis, end: End, torus: int, sign: int) -> None:
    low, high = _span(survey, axis, torus)
    floors = [
        g
        for edge, g in survey.near[torus]
        if survey.kind[g] == PLANE
        and survey.smooth(edge)
        and survey.faces["axis"][g] @ axis.direction * sign < -SAME_AXIS
    ]
    end.bottom = "flat" if floors else "round"
    end.faces = (*end.faces, torus, *floors)
    end.floor_mm = high if sign > 0 else low
    if floors:
        end.floor_radius_mm = float(survey.faces["minor_radius_mm"][torus])
