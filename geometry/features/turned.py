"""Was a part turned: about which axis, and which of its faces does the lathe make?"""

import math
from collections.abc import Mapping, Set
from dataclasses import dataclass, replace

import numpy as np

from geometry.features.axes import distinct_axes
from geometry.features.feature import Draft
from geometry.features.revolved import circle_axes, revolved
from geometry.features.survey import CONE, CYLINDER, FREEFORM, PLANE, SPHERE, Survey
from geometry.topology import CONCAVE, CURVES
from geometry.vectors import cross, norms, rejections, square_to

__all__ = ["Lathe", "find_lathe", "profile"]

SAME_AXIS = math.cos(math.radians(0.3))
MOST_AXES = 6  # tried, those of the largest round faces first
NEAR_SHARE = 5e-4  # of the diagonal: how far an axis may lie from another to be the same
TURNED_SHARE = 0.5  # of the area that turns about the axis
ROUND_SHARE = 0.3  # enough where the part's envelope is itself round
FLAT_SHARE = 0.35  # of a flat's boundary that runs in circles about the axis
CIRCLE = CURVES.index("circle")
WHOLE_DEG = 359.0
# what a keyway or a flat along all of it leaves of a shaft; a cam or the end of a lever has less
NEARLY_WHOLE_DEG = 315.0
# of the turned area that faces all round make up where the part reaches farther than it
WHOLE_SHARE = 0.5
MOST_SEGMENT = 1.2 * math.pi  # turn of the arcs of what a flat leaves of a disc: half at most
RAYS = 8  # a partial face, outwards
BAR_SIDES = (4, 6, 8)  # of drawn bar, EN 10278
BAR_ANGLE_DEG = 0.5
ROUND_END_DEG = 170.0  # of a slot; a fillet turns less
ROUND_ENVELOPE = 0.985  # largest turned radius over the part's largest distance from the axis


@dataclass(frozen=True)
class Lathe:
    """The axis of a turned part and the faces that turn about it."""

    origin_mm: np.ndarray
    axis: np.ndarray
    outside: tuple[int, ...]  # shaft-like faces of revolution
    inside: tuple[int, ...]  # hole-like ones
    flats: tuple[int, ...]  # planes across the axis bounded by circles about it
    bar: tuple[int, ...] = ()  # sides of the drawn bar that it was turned from, if any were left


def _turning(survey: Survey, origin: np.ndarray, axis: np.ndarray, near: float) -> list[int]:
    """Canonical faces that turn about an axis."""
    faces = np.flatnonzero((survey.kind > PLANE) & (survey.kind < FREEFORM))
    rows = survey.faces.take(faces)
    way = np.abs(rows["axis"] @ axis) > SAME_AXIS
    way |= rows["kind"] == SPHERE  # it turns about any line through its centre
    found: list[int] = faces[
        way & (norms(rejections(rows["origin_mm"] - origin, axis)) < near)
    ].tolist()
    return found


def _flats(survey: Survey, origin: np.ndarray, axis: np.ndarray, near: float) -> list[int]:
    """Planes across an axis that circles about it bound."""
    planes = np.flatnonzero(survey.kind == PLANE)
    across = planes[np.abs(survey.faces["axis"][planes] @ axis) >= SAME_AXIS].tolist()
    edges = survey.edges
    circles = np.flatnonzero(edges["curve"] == CIRCLE)
    along = circles[np.abs(edges["axis"][circles] @ axis) > SAME_AXIS]
    off = norms(rejections(edges["origin_mm"][along] - origin, axis))
    turn = np.where(off < near, edges["length_mm"][along] / edges["radius_mm"][along], 0.0)
    turns = dict(zip(along.tolist(), turn.tolist(), strict=True))
    return [face for face in across if _is_flat(survey, face, axis, turns)]


def _is_flat(survey: Survey, face: int, axis: np.ndarray, turns: Mapping[int, float]) -> bool:
    """Whether circles about an axis bound a plane across it; turns: in radians of all circles
    across it, 0 about other axes.
    """
    about = total = 0.0
    turn, foot = 0.0, False
    for edge, g in survey.near[face]:
        length = float(survey.edges["length_mm"][edge])
        total += length
        if edge in turns:
            if turns[edge] > 0:
                about += length
                turn += turns[edge]
        elif survey.smooth(edge):
            foot = foot or _is_corner_across(survey, g, axis)
        elif survey.turns[edge] == CONCAVE:
            foot = foot or _stands_across(survey, g, axis)
    # the shoulder that a milled flat leaves is a piece of a disc with a wall along its chord; so is
    # the side of a window across a shaft, with a round end or round corners
    return about > FLAT_SHARE * total and (turn > MOST_SEGMENT or not foot)


def _stands_across(survey: Survey, face: int, axis: np.ndarray) -> bool:
    """Whether a face is a plane, or the round end of a slot whose own axis lies across another."""
    row = survey.faces[face]
    square = abs(row["axis"] @ axis) < math.sin(math.radians(BAR_ANGLE_DEG))
    round_end = survey.kinds[face] == CYLINDER and square and row["sweep_deg"] > ROUND_END_DEG
    return bool(survey.kinds[face] == PLANE or round_end)


def _is_corner_across(survey: Survey, face: int, axis: np.ndarray) -> bool:
    """Whether a face is an inner radius about an axis that lies across another: a cutter's, for a
    turning tool leaves a torus.
    """
    row = survey.faces[face]
    square = abs(row["axis"] @ axis) < math.sin(math.radians(BAR_ANGLE_DEG))
    return bool(survey.kinds[face] == CYLINDER and square and row["sense"] < 0)


def _bar(survey: Survey, origin: np.ndarray, axis: np.ndarray, near: float) -> list[int]:
    """The sides of the square, hexagonal or octagonal bar about an axis that a part is turned from.

    A square is a bar only where its sides are longer than wide: else it may be a milled flange.
    """
    normals = survey.faces["axis"]
    planes = np.flatnonzero(survey.kind == PLANE)
    planes = planes[np.abs(normals[planes] @ axis) < math.sin(math.radians(BAR_ANGLE_DEG))]
    far = ((survey.faces["origin_mm"][planes] - origin) * normals[planes]).sum(axis=1)
    if not (outwards := far > near).any():
        return []
    planes, far = planes[outwards], far[outwards]
    # the largest sides say how thick the bar is
    apart = far[np.argmax(survey.faces["area_mm2"][planes])]
    sides = planes[np.abs(far - apart) < near]
    turns = normals[sides] @ normals[sides[0]]
    turns = np.degrees(np.arctan2(cross(normals[sides[0]], normals[sides]) @ axis, turns))
    for count in BAR_SIDES:
        places = turns * count / 360
        on = np.abs(places - np.round(places)) < BAR_ANGLE_DEG * count / 360
        if on.all() and len({round(place) % count for place in places}) == count:
            along = survey.points(sides.tolist()) @ axis
            if count == 4 and np.ptp(along) < 2 * apart:
                return []
            return [int(face) for face in sides]
    return []


def find_lathe(
    survey: Survey, toothed: Set[int] = frozenset(), serrated: Set[int] = frozenset()
) -> Lathe | None:
    """The axis about which most of a part's surface turns, None when the part is not turned.
    toothed: faces of gears, whose tips are no crown that was turned; serrated: those of other
    teeth, which are cut or rolled into what was turned and weigh for neither.

    Its faces bound the part all about the axis, or somewhere go round it: one arc on a cam, on the
    end of a lever or on a fork was not turned.
    """
    near = NEAR_SHARE * survey.diagonal_mm
    round_faces = [f for f in range(survey.count) if survey.kinds[f] in (CYLINDER, CONE)]
    round_faces = [f for f in round_faces if survey.faces["sense"][f] > 0]
    round_faces.sort(key=lambda f: -survey.faces["area_mm2"][f])
    total = float(np.delete(survey.faces["area_mm2"], sorted(serrated)).sum())
    best: tuple[float, bool, Lathe] | None = None
    seeds = [(survey.faces["origin_mm"][f], survey.faces["axis"][f]) for f in round_faces[:40]]
    lines = (*seeds, *circle_axes(survey))
    for origin, axis in distinct_axes(lines, MOST_AXES, near_mm=near, cosine=SAME_AXIS):
        turning = _turning(survey, origin, axis, near)
        flats = _flats(survey, origin, axis, near)
        barrels, hollows = revolved(survey, origin, axis)
        outside = (*(f for f in turning if survey.faces["sense"][f] > 0), *barrels)
        inside = (*(f for f in turning if survey.faces["sense"][f] < 0), *hollows)
        turned = float(survey.faces["area_mm2"][[*outside, *inside, *flats]].sum()) / total
        area = turned
        if ROUND_SHARE < turned < TURNED_SHARE and (bar := _bar(survey, origin, axis, near)):
            area /= 1 - float(survey.faces["area_mm2"][bar].sum()) / total
        offset = survey.hull_points - origin
        reach = norms(rejections(offset, axis)).max()
        radius = _radii(survey, outside, origin, axis)[1]
        around = _around_deg(survey, outside, origin, axis, near, toothed)
        around[len(outside) - len(barrels) :] = list(barrels.values())
        weights = survey.faces["area_mm2"][list(outside)]
        sweep = float(around @ weights) / max(float(weights.sum()), 1e-300)
        envelope = radius >= ROUND_ENVELOPE * reach
        if sweep < 180 or area < (ROUND_SHARE if envelope else TURNED_SHARE):
            continue
        if best is None or area > best[0]:
            best = (area, bool(envelope), Lathe(origin, axis, outside, inside, tuple(flats)))
    if best is None:
        return None
    _, bounds, lathe = best
    lathe = _seen(survey, lathe)
    lathe = replace(lathe, bar=tuple(_bar(survey, lathe.origin_mm, lathe.axis, near)))
    return lathe if bounds or _goes_round(survey, lathe) else None


def _around_deg(
    survey: Survey,
    faces: tuple[int, ...],
    origin: np.ndarray,
    axis: np.ndarray,
    near: float,
    toothed: Set[int],
) -> np.ndarray:
    """How far round an axis each face goes (n,) in degrees, cylinders of one radius together: the
    crown of a notched nut or of a splined shaft is one all round but for the largest gap in it.
    """
    rows = survey.faces[list(faces)]
    around = rows["sweep_deg"].astype(float)
    x, y = square_to(axis)
    crowns: dict[int, list[int]] = {}
    for i, face in enumerate(faces):
        if survey.kinds[face] == CYLINDER and around[i] < WHOLE_DEG and face not in toothed:
            crowns.setdefault(round(float(rows["radius_mm"][i]) / near), []).append(i)
    for pieces in crowns.values():
        if len(pieces) > 2:
            places = np.concatenate([survey.points([faces[i]]) for i in pieces]) - origin
            angles = np.sort(np.degrees(np.arctan2(places @ y, places @ x)))
            gap = float(np.diff(np.append(angles, angles[0] + 360)).max())
            around[pieces] = 360 - gap
    return around


def _goes_round(survey: Survey, lathe: Lathe) -> bool:
    """Whether what goes all round the axis is most of what turns: a boss on the end of a crank does
    and yet nobody turns the crank about it.
    """
    barrels, _ = revolved(survey, lathe.origin_mm, lathe.axis)
    whole = [
        f for f in lathe.outside if barrels.get(f, survey.faces["sweep_deg"][f]) > NEARLY_WHOLE_DEG
    ]
    if not whole:
        return False
    partial = set(lathe.outside) - set(whole)
    beside = {f for f in lathe.flats if any(g in partial for _, g in survey.near[f])}
    area = survey.faces["area_mm2"]
    turned = [*whole, *lathe.inside, *(f for f in lathe.flats if f not in beside)]
    every = [*lathe.outside, *lathe.inside, *lathe.flats]
    return float(area[turned].sum()) > WHOLE_SHARE * float(area[every].sum())


def _seen(survey: Survey, lathe: Lathe) -> Lathe:
    """The lathe without partial faces that look at material: the inner wall of a milled arc."""
    mesh = survey.part.mesh
    chosen = {}
    for face in lathe.outside:
        if survey.faces["sweep_deg"][face] < WHOLE_DEG and len(rows := survey.triangles(face)):
            chosen[face] = rows[np.argsort(-mesh.areas_mm2[rows])[:RAYS]]
    if not chosen:
        return lathe
    hidden = list(chosen)
    for some in (slice(1), slice(1, None)):  # most are told by their first ray
        every = np.concatenate([chosen[face][some] for face in hidden])
        owner = np.repeat(hidden, [len(chosen[face][some]) for face in hidden])
        outwards = mesh.normals[every]
        dark = survey.rays.occluded(mesh.centroids_mm[every] + survey.near_mm * outwards, outwards)
        lit = set(owner[~dark].tolist())
        hidden = [face for face in hidden if face not in lit]
        if not hidden:
            return lathe
    return replace(lathe, outside=tuple(f for f in lathe.outside if f not in hidden))


def _radii(
    survey: Survey, faces: tuple[int, ...], origin: np.ndarray, axis: np.ndarray
) -> tuple[float, float]:
    """Least and largest distance of faces from the axis, cylinders by their exact radius."""
    low, high = math.inf, 0.0
    for face in faces:
        if survey.kinds[face] == CYLINDER:
            least = most = float(survey.faces["radius_mm"][face])
        else:
            radii = norms(rejections(survey.points([face]) - origin, axis))
            least, most = float(radii.min()), float(radii.max())
        low, high = min(low, least), max(high, most)
    return low, high


def profile(survey: Survey, lathe: Lathe) -> Draft:
    """The turned profile as one feature."""
    faces = tuple(sorted({*lathe.outside, *lathe.flats}))
    along = (survey.points(list(faces)) - lathe.origin_mm) @ lathe.axis
    cylinders = [f for f in lathe.outside if survey.kinds[f] == CYLINDER]
    least, largest = _radii(survey, lathe.outside, lathe.origin_mm, lathe.axis)
    straight = tuple(
        f for f in lathe.outside if survey.kinds[f] == CYLINDER or survey.kinds[f] >= FREEFORM
    )
    if straight:
        least = _radii(survey, straight, lathe.origin_mm, lathe.axis)[0]
    steps = {round(float(survey.faces["radius_mm"][f]), 3) for f in cylinders}
    parameters = {
        "axis": lathe.axis.tolist(),
        "origin_mm": (lathe.origin_mm + along.min() * lathe.axis).tolist(),
        "length_mm": float(np.ptp(along)),
        "max_diameter_mm": 2 * largest,
        "min_diameter_mm": 2 * least,
        "steps": len(steps),
    }
    return Draft("turned_profile", None, faces, parameters)
