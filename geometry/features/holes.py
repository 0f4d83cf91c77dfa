"""Which round holes does a part have, and what is at their mouths and bottoms?"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from geometry.features.bores import (
    Axis,
    Bore,
    Stretch,
    axes_of,
    end_radii,
    split_at_gaps,
    stacks,
    star_of,
    stretch_of,
    voids_along,
)
from geometry.features.feature import Draft
from geometry.features.survey import CONE, PLANE, SPHERE, TORUS, Survey
from geometry.features.threads import tap_drill
from geometry.topology import CONCAVE, CONVEX, CURVES
from geometry.vectors import about_axis, square_to

__all__ = ["find_holes"]

CIRCLE = CURVES.index("circle")
SAME_AXIS = math.cos(math.radians(0.5))
# a shallow round recess with a floor radius was milled round where no tool is as wide: a bull-nose
# end mill plunges a narrower one as a drill would
MILLED_DEPTH_SHARE = 0.5  # of the diameter
LOOP_GAP_DEG = 120.0  # a loop round an axis has no such gap, however coarse: a mouth spans less
PLUNGED_MOST_MM = 20.0  # the widest end mill that a workshop has in many corner radii: ours
FLATTEST_SINK_DEG = 150.0  # no head of a screw or rivet is as flat: ours
LEAST_FLOOR = 0.6  # of a turn: less of a rim round an axis that is free is no floor's
CORNER_SWEEP_DEG = 275.0  # bores that relieve a square corner, centred on it, have 270: ours
CORNER_FLOOR = 2.0  # × the bore's own circle: a floor that is as much larger is the pocket's: ours
HEAD_SHARE = 1.5  # of the drill: a wider countersink seats a screw's head, threads have 1.2
# a mouth that bulges is the seat of a centre where it is so much wider than the drill and so steep;
# those of DIN 332-1 have 2.1 and 60°, a fillet leans 90° on the whole
MOUTH_SHARE, BLUNTEST_BELL_DEG = 1.6, 75.0
SAME_PLACE_SHARE = 2e-4  # of the diagonal: holes that cross in a bore at one place


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
    axes = axes_of(survey, taken)
    found = [
        (axis, *stack)
        for axis, voids in zip(axes, voids_along(survey, axes), strict=True)
        for stack in stacks(survey, axis, voids)
    ]
    return [draft for one in _spokes_parted(survey, found) for draft in _hole(survey, *one)]


def _spokes_parted(
    survey: Survey, found: list[tuple[Axis, list[Bore], Stretch]]
) -> list[tuple[Axis, list[Bore], Stretch]]:
    """Holes across a bore, those that cross in it at one place split in two: a ring of holes.

    One alone goes through both walls of a tube; of several each wall's hole is a spoke.
    """
    stars = [star_of(survey, bores) for _, bores, _ in found]
    known = [star for star in stars if star is not None]
    parted: list[tuple[Axis, list[Bore], Stretch]] = []
    for (axis, bores, void), star in zip(found, stars, strict=True):
        like = star is not None and sum(_same_star(survey, star, other) for other in known) > 1
        halves = split_at_gaps(bores, void) if like else [(bores, void)]
        parted += [(axis, *half) for half in halves]
    return parted


def _same_star(
    survey: Survey, one: tuple[int, float, float], other: tuple[int, float, float]
) -> bool:
    near = SAME_PLACE_SHARE * survey.diagonal_mm
    return one[0] == other[0] and abs(one[1] - other[1]) < near and abs(one[2] - other[2]) < near


def _hole(survey: Survey, axis: Axis, bores: list[Bore], void: Stretch) -> list[Draft]:
    """The hole, and the groove that relieves its floor; nothing where it is closed at both ends."""
    ends = {sign: _end(survey, axis, bores, sign, void) for sign in (1, -1)}
    closed = [sign for sign, end in ends.items() if end.bottom != "open"]
    if len(closed) == 2:
        return []
    bores, reliefs = _relieved(survey, bores, closed[0]) if closed else (bores, [])
    narrow = min(bores, key=lambda bore: bore.radius_mm)
    taper = _taper(survey, narrow)
    top = -closed[0] if closed else _entry(bores, ends, void)
    if taper is not None and not closed:
        top = 1 if survey.faces["axis"][narrow.faces[0]] @ axis.direction > 0 else -1
    entry, exit_ = ends[top], ends[-top]
    if closed and len(bores) == 1 and _relieves_corner(survey, narrow, exit_):
        return []
    depth = abs(entry.at_mm - exit_.at_mm)
    if (
        exit_.floor_radius_mm
        and len(bores) == 1
        and 2 * narrow.radius_mm > PLUNGED_MOST_MM
        and depth < MILLED_DEPTH_SHARE * 2 * narrow.radius_mm
    ):
        return [_round_pocket(axis, bores[0], top, entry, exit_)]
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
    elif (thread := _tapped(survey, narrow, depth, entry, through=not closed)) is not None:
        parameters["thread"] = thread
    faces = {face for bore in bores for face in bore.faces}
    faces |= {*entry.faces, *exit_.faces}
    if len(bores) > 1:
        faces |= _shoulders(survey, axis, faces)
    kind = "blind" if closed else "through"
    return [Draft("hole", kind, tuple(sorted(faces)), parameters), *reliefs]


def _relieved(survey: Survey, bores: list[Bore], closed: int) -> tuple[list[Bore], list[Draft]]:
    """A blind hole's bores without the recess beside its floor that lets a tool run out, and that
    recess as a groove. closed: the end of the axis that the floor is at.
    """
    order = sorted(bores, key=lambda bore: -closed * (bore.low_mm + bore.high_mm))
    if len(order) < 2 or order[0].radius_mm <= order[1].radius_mm:
        return bores, []
    relief, before = order[:2]
    width = relief.high_mm - relief.low_mm
    if width > before.high_mm - before.low_mm or width > 2 * before.radius_mm:
        return bores, []  # a room behind a narrow mouth
    shoulders = {
        g
        for face in relief.faces
        for _, g in survey.near[face]
        if any(h in before.faces for _, h in survey.near[g])
    }
    groove = Draft(
        "groove",
        "internal",
        tuple(sorted({*relief.faces, *shoulders})),
        {
            "width_mm": width,
            "depth_mm": relief.radius_mm - before.radius_mm,
            "diameter_mm": 2 * relief.radius_mm,
        },
    )
    return [bore for bore in bores if bore is not relief], [groove]


def _relieves_corner(survey: Survey, bore: Bore, floor: End) -> bool:
    """Whether a bore only rounds out the corner where two walls of a pocket meet on its floor."""
    areas = survey.faces["area_mm2"][[face for face in floor.faces if survey.kinds[face] == PLANE]]
    if not areas.sum() > CORNER_FLOOR * math.pi * bore.radius_mm**2:
        return False
    sides = [
        (edge, g)
        for face in bore.faces
        for edge, g in survey.near[face]
        if g not in bore.faces
        and abs(survey.edges["tangent"][edge] @ survey.faces["axis"][face]) > SAME_AXIS
    ]
    sweep = sum(sweep for _, _, sweep in bore.pieces)
    return (
        sweep < CORNER_SWEEP_DEG
        and len(sides) == 2
        and all(survey.kinds[g] == PLANE and survey.turns[edge] == CONVEX for edge, g in sides)
    )


def _tapped(
    survey: Survey, bore: Bore, depth_mm: float, entry: End, *, through: bool
) -> dict[str, Any] | None:
    """The thread that a bore is drilled for, None where nothing would hold in it: too short, keyed,
    or sunk for the head of a screw.
    """
    sink = entry.sink["diameter_mm"] if entry.sink is not None else 0.0
    thread = tap_drill(2 * bore.radius_mm, depth_mm, through=through, sink_mm=sink)
    if thread is None or sink > HEAD_SHARE * 2 * bore.radius_mm:
        return None
    split = any(
        abs(survey.edges["tangent"][edge] @ survey.faces["axis"][face]) > SAME_AXIS
        for face in bore.faces
        for edge, g in survey.near[face]
        if g not in bore.faces
    )
    return None if split else thread


def _taper(survey: Survey, bore: Bore) -> dict[str, float] | None:
    """Diameter at the wide end and included angle of a tapered hole."""
    cones = [face for face in bore.faces if survey.kinds[face] == CONE]
    if not cones:
        return None
    wide = max(end_radii(survey, face)[1] for face in cones)
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
    if len(rings) > 2 or any(not _goes_round(survey, axis, loop) for loop in rings[1:]):
        return True
    for loop in rings:
        edges = survey.topology.loop_edges(loop)
        edges = edges[~survey.edges["seam"][edges]]
        along = np.abs(survey.edges["tangent"][edges] @ axis.direction) > 0.9
        if along.any() and survey.faces["sweep_deg"][face] < 359:
            continue  # open at an edge over its whole length: nothing crosses it
        if along.any():
            return True
    return False


def _goes_round(survey: Survey, axis: Axis, loop: int) -> bool:
    """Whether a loop on a hole's wall leads round its axis; the mouth of a branch does not."""
    edges = survey.topology.loop_edges(loop)
    if len(edges) == 1 and survey.edges["curve"][edges[0]] == CIRCLE:
        return abs(float(survey.edges["axis"][edges[0]] @ axis.direction)) > SAME_AXIS
    offset = np.concatenate([survey.polyline(edge) for edge in edges]) - axis.origin_mm
    x, y = square_to(axis.direction)
    angles = np.sort(np.degrees(np.arctan2(offset @ y, offset @ x)))
    return bool(np.diff(np.append(angles, angles[0] + 360)).max() < LOOP_GAP_DEG)


def _shoulders(survey: Survey, axis: Axis, faces: set[int]) -> set[int]:
    """Flat and conical rings between the diameters of a hole."""
    found = set()
    for face in faces:
        for edge, g in survey.near[face]:
            if g in faces or g in found:
                continue
            kind, row = survey.kinds[g], survey.faces[g]
            flat = kind == PLANE and survey.turns[edge] == CONCAVE
            tapered = kind == CONE and row["sense"] < 0
            if (flat or tapered) and abs(row["axis"] @ axis.direction) > SAME_AXIS:
                found.add(g)
    return found


def _end(survey: Survey, axis: Axis, bores: list[Bore], sign: int, void: Stretch) -> End:
    """What closes a hole, or widens it, at one end (sign +1: towards +axis)."""
    bore = max(bores, key=lambda b: b.high_mm if sign > 0 else -b.low_mm)
    end = End(bore.high_mm if sign > 0 else bore.low_mm)
    near = max(5e-4 * survey.diagonal_mm, 0.02 * bore.radius_mm)
    goes_on = void[1] > end.at_mm + near if sign > 0 else void[0] < end.at_mm - near
    for face in bore.faces:
        for edge, g in survey.near[face]:
            middle = float((survey.edges["middle_mm"][edge] - axis.origin_mm) @ axis.direction)
            if (
                abs(middle - (bore.high_mm if sign > 0 else bore.low_mm)) < near
                and g not in end.faces
                and not (goes_on and _is_crescent(survey, bore, g))
            ):
                _look(survey, axis, end, edge, g, sign)
    _look_past_seat(survey, axis, end, sign)
    return end


def _look_past_seat(survey: Survey, axis: Axis, end: End, sign: int) -> None:
    """Takes the blunter cone that protects the seat of a centre hole into the mouth of the hole;
    the countersink stays the seat's.

    Source: DIN 332-1, centre holes of type B.
    """
    if end.sink is None:
        return
    near = 4 * survey.near_mm
    for edge, g in [pair for face in end.faces for pair in survey.near[face]]:
        row = survey.faces[g]
        if survey.kinds[g] != CONE or row["sense"] > 0 or g in end.faces:
            continue
        along = float(row["axis"] @ axis.direction)
        apart = row["origin_mm"] - axis.origin_mm
        apart = apart - (apart @ axis.direction) * axis.direction
        blunter = 2 * row["half_angle_deg"] > end.sink["angle_deg"]
        low, high = stretch_of(survey, axis, g)
        beyond = low > end.at_mm - near if sign > 0 else high < end.at_mm + near
        same_axis = along * sign > SAME_AXIS and float(np.linalg.norm(apart)) < near
        if same_axis and blunter and beyond and survey.turns[edge] == CONVEX:
            end.at_mm = high if sign > 0 else low
            end.faces = (*end.faces, g)
            return


def _is_crescent(survey: Survey, bore: Bore, face: int) -> bool:
    """Whether a plane at the end of a bore is only where it dips into what stands beside it."""
    if survey.kinds[face] != PLANE:
        return False
    edges = {edge for wall in bore.faces for edge, g in survey.near[wall] if g == face}
    along = float(survey.edges["length_mm"][sorted(edges)].sum())
    return along < LEAST_FLOOR * 2 * math.pi * bore.radius_mm


def _look(survey: Survey, axis: Axis, end: End, edge: int, face: int, sign: int) -> None:
    """Takes a face across the end of a bore as its bottom or its countersink."""
    kind, row = survey.kinds[face], survey.faces[face]
    if kind == TORUS and row["sense"] > 0:
        _look_through_bell(survey, axis, end, face, sign)
    if kind in (SPHERE, TORUS) and survey.turns[edge] == CONVEX:
        return  # a hollow that the hole breaks into
    if kind == SPHERE and row["sense"] < 0:
        end.bottom, end.faces = "round", (*end.faces, face)
        return
    if kind not in (PLANE, CONE, TORUS) or abs(row["axis"] @ axis.direction) < SAME_AXIS:
        return
    if kind == PLANE and survey.turns[edge] == CONCAVE:
        seats = _seats(survey, axis, face)
        end.bottom, end.faces = "round" if seats else "flat", (*end.faces, face, *seats)
    elif kind == CONE and row["sense"] < 0:
        low, high = stretch_of(survey, axis, face)
        widens = (row["axis"] @ axis.direction) * sign > 0
        if widens and 2 * row["half_angle_deg"] > FLATTEST_SINK_DEG:
            return  # a side of the part that is a cone itself, as that of a disc spring
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


def _look_through_bell(survey: Survey, axis: Axis, end: End, face: int, sign: int) -> None:
    """Takes a mouth that bulges, as the seat of a centre hole of form R does: it widens all the
    way, and its chord leans as a countersink would.

    Source: DIN 332-1, centre holes of type R, whose radius stands for the 60° seat.
    """
    if abs(survey.faces["axis"][face] @ axis.direction) < SAME_AXIS:
        return
    low, high = stretch_of(survey, axis, face)
    away = survey.points([face]) - axis.origin_mm
    along, radii = about_axis(away, axis.direction)
    outer = along.argmax() if sign > 0 else along.argmin()
    inner = along.argmin() if sign > 0 else along.argmax()
    wide, narrow = float(radii[outer]), float(radii[inner])
    if wide < radii.max() - survey.near_mm or narrow > radii.min() + survey.near_mm:
        return
    angle = 2 * math.degrees(math.atan2(wide - narrow, high - low))
    if wide < MOUTH_SHARE * narrow or angle > BLUNTEST_BELL_DEG:
        return  # the rounded edge of a mouth is a fillet
    end.sink = {"diameter_mm": 2 * wide, "angle_deg": angle}
    end.at_mm = high if sign > 0 else low
    end.faces = (*end.faces, face)


def _seats(survey: Survey, axis: Axis, floor: int) -> tuple[int, ...]:
    """The hollow sphere about a hole's axis that its floor is the rim of: a ball's seat."""
    found = []
    for edge, g in survey.near[floor]:
        if survey.kinds[g] != SPHERE or survey.turns[edge] != CONVEX:
            continue
        aside = survey.faces["origin_mm"][g] - axis.origin_mm
        aside = aside - (aside @ axis.direction) * axis.direction
        if survey.faces["sense"][g] < 0 and np.linalg.norm(aside) < 4 * survey.near_mm:
            found.append(g)
    return tuple(found)


def _look_through_floor_radius(survey: Survey, axis: Axis, end: End, torus: int, sign: int) -> None:
    low, high = stretch_of(survey, axis, torus)
    floors = [
        g
        for edge, g in survey.near[torus]
        if survey.kinds[g] == PLANE
        and survey.smooth(edge)
        and survey.faces["axis"][g] @ axis.direction * sign < -SAME_AXIS
    ]
    end.bottom = "flat" if floors else "round"
    end.faces = (*end.faces, torus, *floors)
    end.floor_mm = high if sign > 0 else low
    if floors:
        end.floor_radius_mm = float(survey.faces["minor_radius_mm"][torus])
