"""Which round holes does a part have, and what is at their mouths and bottoms?"""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from geometry.features.feature import Draft
from geometry.features.survey import CONE, CYLINDER, PLANE, SPHERE, TORUS, Survey
from geometry.features.threads import tap_drill
from geometry.topology import CONCAVE

__all__ = ["find_holes"]

LEAST_SWEEP_DEG = 185.0  # a hole's axis lies in its own opening; less is a round slot
SAME_AXIS = math.cos(math.radians(0.5))
SAME_RADIUS_SHARE = 2e-3


@dataclass
class Bore:
    """Cylinder faces of one radius on one axis."""

    faces: list[int]
    radius_mm: float
    low_mm: float
    high_mm: float
    pieces: list[tuple[float, float, float]] = field(default_factory=list)  # low, high, sweep


@dataclass
class Axis:
    """A line in space with everything that turns about it."""

    origin_mm: np.ndarray
    direction: np.ndarray
    faces: list[int]


def find_holes(survey: Survey, blends: dict[int, float], taken: set[int]) -> list[Draft]:
    """Holes with their counterbores, countersinks, steps and bottoms."""
    drafts = []
    for axis in _axes(survey, set(blends) | taken):
        for stack in _stacks(survey, axis):
            draft = _hole(survey, axis, stack)
            if draft is not None:
                drafts.append(draft)
    return drafts


def _inside(survey: Survey, face: int) -> bool:
    return survey.kind[face] in (CYLINDER, CONE) and survey.faces["sense"][face] < 0


def _axes(survey: Survey, taken: set[int]) -> list[Axis]:
    """Hole-like cylinders and cones grouped by axis."""
    ids = [f for f in range(survey.count) if _inside(survey, f) and f not in taken]
    axes: dict[tuple[int, ...], list[Axis]] = {}
    near = max(2e-4 * survey.diagonal_mm, 1e-3)
    centre = survey.hull_points.mean(axis=0)
    found: list[Axis] = []
    for face in sorted(ids, key=lambda f: -survey.faces["area_mm2"][f]):
        row = survey.faces[face]
        direction = row["axis"] * (1.0 if _upright(row["axis"]) else -1.0)
        origin = row["origin_mm"] + ((centre - row["origin_mm"]) @ direction) * direction
        key = tuple(np.round(origin / (8 * near)).astype(int).tolist())
        match = None
        for around in _cells(key):
            for axis in axes.get(around, ()):
                apart = origin - axis.origin_mm
                if abs(axis.direction @ direction) > SAME_AXIS and np.linalg.norm(apart) < near:
                    match = axis
        if match is None:
            match = Axis(origin, direction, [])
            axes.setdefault(key, []).append(match)
            found.append(match)
        match.faces.append(face)
    return found


def _upright(direction: np.ndarray) -> bool:
    return bool(direction @ np.array([0.3017, 0.5217, 0.7981]) >= 0)


def _cells(key: tuple[int, ...]) -> list[tuple[int, ...]]:
    x, y, z = key
    return [(x + i, y + j, z + k) for i in (0, -1, 1) for j in (0, -1, 1) for k in (0, -1, 1)]


def _span(survey: Survey, axis: Axis, face: int) -> tuple[float, float]:
    along = (survey.points([face]) - axis.origin_mm) @ axis.direction
    return float(along.min()), float(along.max())


def _stacks(survey: Survey, axis: Axis) -> list[list[Bore]]:
    """Bores of an axis, those that belong to one hole together."""
    bores: list[Bore] = []
    for face in axis.faces:
        row = survey.faces[face]
        if survey.kind[face] != CYLINDER:
            continue
        low, high = _span(survey, axis, face)
        radius = float(row["radius_mm"])
        for bore in bores:
            if abs(bore.radius_mm - radius) < max(SAME_RADIUS_SHARE * radius, 1e-3):
                bore.faces.append(face)
                bore.pieces.append((low, high, float(row["sweep_deg"])))
                bore.low_mm, bore.high_mm = min(bore.low_mm, low), max(bore.high_mm, high)
                break
        else:
            bores.append(Bore([face], radius, low, high, [(low, high, float(row["sweep_deg"]))]))
    good = [bore for bore in bores if _is_round(survey, bore)]
    return [good] if good else []


def _is_round(survey: Survey, bore: Bore) -> bool:
    """Whether a bore goes far enough round, and is not the end of a slot."""
    sweep = 0.0
    for low, high, _ in bore.pieces:
        middle = (low + high) / 2
        sweep = max(sweep, sum(s for a, b, s in bore.pieces if a <= middle <= b))
    if sweep < LEAST_SWEEP_DEG:
        return False
    return not any(
        survey.smooth(edge) and survey.kind[g] == PLANE and g not in bore.faces
        for face in bore.faces
        for edge, g in survey.near[face]
    )


def _hole(survey: Survey, axis: Axis, bores: list[Bore]) -> Draft | None:
    faces = {face for bore in bores for face in bore.faces}
    low = min(bore.low_mm for bore in bores)
    high = max(bore.high_mm for bore in bores)
    near = max(2e-4 * survey.diagonal_mm, 1e-3)
    ends: list[dict[str, Any]] = [_end(survey, axis, bores, sign) for sign in (1, -1)]
    faces |= {face for end in ends for face in end["faces"]}
    _ = near
    smallest = min(bores, key=lambda bore: bore.radius_mm)
    closed = [end for end in ends if end["bottom"] != "open"]
    if len(closed) == 2:
        return None
    parameters: dict[str, Any] = {}
    top = 0 if ends[0]["bottom"] == "open" else 1
    if not closed:  # enters where it is widest
        widest = max(bores, key=lambda bore: bore.radius_mm)
        if widest.radius_mm > smallest.radius_mm * 1.001 and (high - widest.high_mm) > (
            widest.low_mm - low
        ):
            top = 1
    sign = 1.0 if top == 0 else -1.0
    top_at, bottom_at = (
        (ends[0]["at"], ends[1]["at"]) if top == 0 else (-ends[1]["at"], -ends[0]["at"])
    )
    top_level = sign * top_at
    parameters["diameter_mm"] = 2 * smallest.radius_mm
    parameters["depth_mm"] = float(top_at - bottom_at)
    parameters["axis"] = (sign * axis.direction).tolist()
    parameters["origin_mm"] = (axis.origin_mm + top_level * axis.direction).tolist()
    parameters["bottom"] = "open" if not closed else closed[0]["bottom"]
    sink = ends[top]["sink"]
    if sink is not None:
        parameters["countersink"] = sink
    steps = sorted(bores, key=lambda bore: -bore.radius_mm)
    if len(steps) > 1:
        first = steps[0]
        reach = first.low_mm if sign > 0 else -first.high_mm
        parameters["counterbore"] = {
            "diameter_mm": 2 * first.radius_mm, "depth_mm": float(top_at - reach)
        }  # fmt: skip
        parameters["steps"] = [
            {"diameter_mm": 2 * bore.radius_mm, "depth_mm": bore.high_mm - bore.low_mm}
            for bore in steps
        ]
        for bore in steps:
            for face in bore.faces:
                for edge, g in survey.near[face]:
                    if _shoulder(survey, axis, edge, g, face):
                        faces.add(g)
    thread = tap_drill(2 * smallest.radius_mm)
    if thread is not None and len(steps) == 1:
        parameters["thread"] = thread
    parameters["intersected"] = any(len(bore.faces) > 1 for bore in bores)
    return Draft("hole", "blind" if closed else "through", tuple(sorted(faces)), parameters)


def _shoulder(survey: Survey, axis: Axis, edge: int, g: int, face: int) -> bool:
    """A flat ring between two diameters of a hole."""
    return (
        survey.kind[g] == PLANE
        and survey.convexity[edge] == CONCAVE
        and abs(survey.faces["axis"][g] @ axis.direction) > SAME_AXIS
    )


def _end(survey: Survey, axis: Axis, bores: list[Bore], sign: int) -> dict[str, Any]:
    """What closes a hole, or widens it, at one end (sign +1: towards +axis)."""
    bore = max(bores, key=lambda b: b.high_mm if sign > 0 else -b.low_mm)
    at = bore.high_mm if sign > 0 else bore.low_mm
    near = max(5e-4 * survey.diagonal_mm, 0.02 * bore.radius_mm)
    result: dict[str, Any] = {"bottom": "open", "at": at, "faces": [], "sink": None}
    for face in bore.faces:
        for edge, g in survey.near[face]:
            middle = float((survey.edges["middle_mm"][edge] - axis.origin_mm) @ axis.direction)
            if abs(middle - at) > near or g in result["faces"]:
                continue
            kind, row = survey.kind[g], survey.faces[g]
            aligned = (
                abs(row["axis"] @ axis.direction) > SAME_AXIS
                if kind in (PLANE, CONE, TORUS)
                else False
            )
            concave = survey.convexity[edge] == CONCAVE
            if kind == PLANE and concave and aligned:
                result.update(bottom="flat", faces=[*result["faces"], g])
            elif kind == CONE and row["sense"] < 0 and aligned:
                opens = (row["axis"] @ axis.direction) * sign > 0
                if not opens:
                    result.update(bottom="conical", faces=[*result["faces"], g])
                elif survey.convexity[edge] != CONCAVE:
                    low, high = _span(survey, axis, g)
                    wide = float(row["radius_mm"]) + (
                        row["high_mm"] * math.tan(math.radians(row["half_angle_deg"]))
                    )
                    result.update(
                        at=high if sign > 0 else low,
                        faces=[*result["faces"], g],
                        sink={
                            "diameter_mm": 2 * wide,
                            "angle_deg": 2 * float(row["half_angle_deg"]),
                        },
                    )
            elif kind in (SPHERE, TORUS) and row["sense"] < 0:
                result.update(bottom="round", faces=[*result["faces"], g])
    return result
