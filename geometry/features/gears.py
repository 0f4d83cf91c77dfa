"""Is a part toothed? Teeth and module from the periodicity of an outline."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from geometry.features.feature import Draft
from geometry.features.survey import CONE, CYLINDER, FREEFORM, PLANE, Survey, unit
from geometry.features.teeth import (
    Cut,
    Section,
    Teeth,
    crowns,
    cut_through,
    measure_teeth,
    section_across,
)
from geometry.topology import CONCAVE, CONVEX
from geometry.vectors import norms, rejections, square_to

__all__ = ["find_gears", "toothed"]

FEWEST_TEETH = 6
FEWEST_EDGES = 3 * FEWEST_TEETH
EVEN_SHARE = 0.03  # spread of the tooth pitch that a drawing's rounding explains
TOOTH_HEIGHT = (1.6, 2.9)  # in modules; 2.25 by ISO 53, stub and high teeth beside it
THINNEST = 0.3  # face width in modules: of stamped wheels; ribs of a casting run out in less
TOOTH_THICKNESS = (0.35, 0.65)  # of the pitch at half height
RACK_FLANK_DEG = (12.0, 32.0)  # 20° by ISO 53; 14.5° to 30° are in use
SPUR_TANGENT = 0.02  # tangent of the helix angle below which teeth are straight
END_DEEP = 0.3  # of the teeth's height: how far the chamfers of their ends go below their roots
OVER = 0.1  # of the face width: how much farther than its flanks a tooth's faces may reach
RADIUS_NEAR = 0.01  # of the tip's radius: what teeth's faces may lie beyond
CUTS_AT = (0.5, 0.27)  # of the extent: herringbone teeth turn over in the middle
WHOLE_DEG = 359.0
SAME_AXIS = math.cos(math.radians(0.5))
BEVEL_SHARE = 0.97  # of the outer radius at the other end: below it the teeth taper


_Seen = tuple[Section, bytes, bytes]  # of a cut, with origin and axis


@dataclass(frozen=True)
class Outline:
    """A closed loop of a plane face as a polygon."""

    points_mm: np.ndarray  # (n, 3)
    edges: np.ndarray
    face: int
    outer: bool


def find_gears(survey: Survey) -> list[Draft]:
    """Toothed rings and racks, one draft each."""
    drafts: list[Draft] = []
    used: set[int] = set()
    known: dict[_Seen, bool] = {}
    for crown in crowns(survey):
        line = crown.origin_mm, crown.axis
        draft = _cut_gear(survey, crown.faces, *line, crown.reach_mm, known)
        if draft is not None and not used & set(draft.faces):
            used |= set(draft.faces)
            drafts.append(draft)
    loops = survey.topology.loops
    long = np.flatnonzero(loops["coedge_count"] >= FEWEST_EDGES)
    long = long[survey.kind[loops["face"][long]] == PLANE]
    for loop in long[np.argsort(loops["face"][long], kind="stable")].tolist():
        outline = _outline(survey, loop)
        draft = _ring(survey, outline, known) or (_rack(survey, outline) if outline.outer else None)
        if draft is not None and not used & set(draft.faces):
            used |= set(draft.faces)
            drafts.append(draft)
    return drafts


def _outline(survey: Survey, loop: int) -> Outline:
    """Points along a loop, from the edges' polylines."""
    face = int(survey.topology.loops["face"][loop])
    outer = loop == survey.topology.loops_of(face)[0]
    first = int(survey.topology.loops["first_coedge"][loop])
    count = int(survey.topology.loops["coedge_count"][loop])
    coedges = survey.topology.coedges[first : first + count]
    edges = coedges["edge"]
    records = survey.edges.take(edges)
    at_end = coedges["reversed"].astype(bool)[:, None]
    starts = np.where(at_end, records["end_mm"], records["start_mm"])
    lines = [survey.polyline(edge) for edge in edges.tolist()]
    ends = [np.array([line[place] for line in lines]) for place in (0, -1)]
    backward = norms(ends[0] - starts) > norms(ends[1] - starts)
    parts = [
        line[:0:-1] if back else line[:-1]
        for line, back in zip(lines, backward.tolist(), strict=True)
    ]
    return Outline(np.concatenate(parts), coedges["edge"].copy(), face, outer)


def _ring(survey: Survey, outline: Outline, known: dict[_Seen, bool]) -> Draft | None:
    """Teeth that end in a plane: of a bevel gear its larger end tells them, of others a cut."""
    axis = survey.faces["axis"][outline.face]
    x, y = square_to(axis)
    flat = outline.points_mm @ np.column_stack([x, y])
    centre = _centroid(flat)
    offset = flat - centre
    radius = np.hypot(offset[:, 0], offset[:, 1])
    tip, root = float(radius.max()), float(radius.min())
    angles = np.unwrap(np.arctan2(offset[:, 1], offset[:, 0]))
    if abs(abs(angles[-1] - angles[0]) - 2 * math.pi) > 0.5:
        return None
    crossings = _crossings(angles, radius, (tip + root) / 2, 2 * math.pi)
    if crossings is None:
        return None
    teeth = len(crossings[0])
    if not _even(crossings, 2 * math.pi / teeth):
        return None
    if not outline.outer and (survey.convexity[outline.edges] == CONCAVE).any():
        return None  # what stands on the face lies between what is cut into it
    walls, low, high = _walls(survey, outline, axis)
    level = float(outline.points_mm[0] @ axis)
    origin = centre[0] * x + centre[1] * y + level * axis
    points = survey.points(walls) - origin
    far = np.abs(points @ axis) > 0.9 * (high - low) if high > low else np.ones(len(points), bool)
    reach = norms(rejections(points, axis))[far]
    taper = float(reach.max()) / tip if len(reach) else 1.0
    if outline.outer and taper > 1 / BEVEL_SHARE:
        return None  # the larger end's outline tells the gear
    if not outline.outer or taper > BEVEL_SHARE:
        return _cut_gear(survey, tuple(walls), origin, axis, (low, high), known)
    module = 2 * tip / (teeth + 2)
    if not TOOTH_HEIGHT[0] < (tip - root) / module < TOOTH_HEIGHT[1]:
        return None
    size = {"teeth": teeth, "module_mm": module, "face_width_mm": high - low}
    return _gear("bevel", walls, size, tip, axis, origin)


def _gear(
    kind: str,
    faces: Iterable[int],
    size: dict[str, Any],
    tip_mm: float,
    axis: np.ndarray,
    origin: np.ndarray,
) -> Draft | None:
    if size["face_width_mm"] < THINNEST * size["module_mm"]:
        return None
    place = {"axis": axis.tolist(), "origin_mm": origin.tolist()}
    parameters = {**size, "outer_diameter_mm": 2 * tip_mm, **place}
    return Draft("gear", kind, tuple(sorted(faces)), parameters)


def _cut_gear(
    survey: Survey,
    seeds: tuple[int, ...],
    origin: np.ndarray,
    axis: np.ndarray,
    reach_mm: tuple[float, float],
    known: dict[_Seen, bool],
) -> Draft | None:
    """The gear that a cut across an axis shows, whatever its teeth end in: a chamfer, a collar, the
    bar that they were cut into.

    seeds: faces of its teeth; reach_mm: from where to where along the axis; known: whether cuts
    that were made before showed teeth, those made here are added.
    """
    low, high = reach_mm
    for share in CUTS_AT:
        place_mm = low + share * (high - low)
        section = section_across(survey, seeds, axis, place_mm)
        seen = section, origin.tobytes(), axis.tobytes()
        if known.get(seen):
            return None  # these teeth are a gear's already, or none's
        if seen in known:
            continue
        cut = cut_through(survey, section.faces, origin, axis, place_mm)
        for outer in (True, False):
            teeth = measure_teeth(cut, outer=outer)
            known[seen] = teeth is not None
            if teeth is not None:
                return _of_teeth(survey, cut, teeth, origin, axis, sign=1 if outer else -1)
    return None


def _of_teeth(
    survey: Survey, cut: Cut, teeth: Teeth, origin: np.ndarray, axis: np.ndarray, sign: int
) -> Draft | None:
    """A gear of the teeth of a cut; sign: +1 where they point away from the axis."""
    tip, around = teeth.tip_mm, teeth.round_count
    tangent = _helix(survey, list(cut.faces), axis, origin) * tip * around / (around + 2 * sign)
    slanted = math.hypot(1.0, tangent)  # 1 / cosine of the helix angle
    module = 2 * tip / (around * slanted + 2 * sign)
    if not TOOTH_HEIGHT[0] < sign * (tip - teeth.root_mm) / module < TOOTH_HEIGHT[1]:
        return None
    if _drilled(survey, teeth, origin, axis) >= teeth.count:
        return None  # arms, as those of a lever or a servo's horn
    faces, low, high = toothed(survey, cut, teeth, origin, axis)
    kind = "internal" if sign < 0 else "helical" if tangent > SPUR_TANGENT else "spur"
    size = {"teeth": teeth.count, "module_mm": module, "face_width_mm": high - low}
    return _gear(kind, faces, size, tip, axis, origin + (low - origin @ axis) * axis)


def _drilled(survey: Survey, teeth: Teeth, origin: np.ndarray, axis: np.ndarray) -> int:
    """How many holes along the axis are in the teeth."""
    rows = survey.faces
    bores = (survey.kind == CYLINDER) & (rows["sense"] < 0) & (rows["sweep_deg"] > WHOLE_DEG)
    bores &= np.abs(rows["axis"] @ axis) > SAME_AXIS
    away = rows["origin_mm"][bores] - origin
    away = norms(rejections(away, axis))
    inner, outer = sorted((teeth.tip_mm, teeth.root_mm))
    return int(((away > inner) & (away < outer)).sum())


def toothed(
    survey: Survey, cut: Cut, teeth: Teeth, origin: np.ndarray, axis: np.ndarray
) -> tuple[set[int], float, float]:
    """Faces of the teeth and their extent along the axis: neither the bar that they were cut into
    nor the arm of a sector, but the ends that each of them has for itself.
    """
    low, high = _extent(survey, teeth.flanks, axis)
    sign = 1 if teeth.tip_mm > teeth.root_mm else -1
    over, near = OVER * (high - low), RADIUS_NEAR * teeth.tip_mm
    deep = END_DEEP * (teeth.tip_mm - teeth.root_mm)

    def reach(face: int) -> np.ndarray:
        # of a hole right through the corners alone lie at its mouths
        inside = survey.part.mesh.centroids_mm[survey.triangles(face)]
        away = np.concatenate([survey.points([face]), inside]) - origin
        return norms(rejections(away, axis))

    def between(face: int) -> bool:
        inside, outside = sorted((teeth.root_mm - deep, teeth.tip_mm))
        radii = reach(face)
        return bool(radii.min() > inside - near and radii.max() < outside + near)

    faces = set(teeth.flanks)
    for face in cut.faces:
        start, end = _extent(survey, [face], axis)
        if start > low - over and end < high + over and between(face):
            faces.add(face)
    turned = (np.abs(survey.faces["axis"] @ axis) > SAME_AXIS) & (survey.kind < FREEFORM)
    whole = survey.faces["sweep_deg"] > 360 / FEWEST_TEETH

    def is_turned(face: int) -> bool:
        if survey.kinds[face] == CONE:  # the chamfer of a blank leaves a piece on each tip
            tips = {g for _, g in survey.near[face] if g in faces and g not in teeth.flanks}
            return bool(turned[face] and (whole[face] or (sign > 0 and tips.isdisjoint(roots))))
        return bool(turned[face] and (whole[face] or survey.kinds[face] != CYLINDER))

    roots = {face for face in faces if reach(face).min() < teeth.root_mm + near}
    waiting, left = list(faces), set(cut.faces) - faces
    while waiting:
        for _, g in survey.near[waiting.pop()]:
            if g not in faces | left and not is_turned(g) and between(g):
                faces.add(g)
                waiting.append(g)
    faces |= {g for g in _separated(survey, faces) if not is_turned(g) and between(g)}
    low, high = _extent(survey, faces, axis)
    for cone in _rim_chamfers(survey, cut, axis):
        start, end = _extent(survey, [cone], axis)
        if end - start < high - low:
            low, high = min(low, start), max(high, end)
    return faces, low, high


def _separated(survey: Survey, faces: set[int]) -> list[int]:
    """Faces on the same curved surface as one of some faces: a hole across the teeth leaves pieces
    of their gaps that hang on nothing else.
    """
    rows, own = survey.faces, np.array(sorted(faces))
    own = own[(survey.kind[own] != PLANE) & (survey.kind[own] < FREEFORM)]
    others = np.setdiff1d(np.flatnonzero(np.isin(survey.kind, survey.kind[own])), list(faces))
    near = 4 * survey.near_mm
    found = []
    for g in others.tolist():
        alike = own[survey.kind[own] == survey.kinds[g]]
        apart = norms(rows["origin_mm"][alike] - rows["origin_mm"][g])
        sizes = [np.nan_to_num(rows[name]) for name in ("radius_mm", "minor_radius_mm")]
        same = np.all([np.abs(size[alike] - size[g]) < near for size in sizes], axis=0)
        same &= (apart < near) & (np.abs(rows["axis"][alike] @ rows["axis"][g]) > SAME_AXIS)
        if same.any():
            found.append(g)
    return found


def _rim_chamfers(survey: Survey, cut: Cut, axis: np.ndarray) -> list[int]:
    """Chamfers of a gear's rim that go deeper than its teeth: cones all round beside them."""
    beside = {
        g
        for face in cut.faces
        for edge, g in survey.near[face]
        if survey.kinds[g] == CONE and survey.turns[edge] == CONVEX
    }
    rows = survey.faces
    return [
        g
        for g in sorted(beside)
        if rows["sweep_deg"][g] > WHOLE_DEG and abs(rows["axis"][g] @ axis) > SAME_AXIS
    ]


def _extent(survey: Survey, faces: Iterable[int], axis: np.ndarray) -> tuple[float, float]:
    along = survey.points(list(faces)) @ axis
    return float(along.min()), float(along.max())


def _centroid(flat: np.ndarray) -> np.ndarray:
    """Centre of area of a polygon (n, 2)."""
    start = flat.mean(axis=0)
    a = flat - start
    b = np.roll(a, -1, axis=0)
    cross = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    area = cross.sum() / 2
    if abs(area) < 1e-12:
        return np.asarray(start)
    return np.asarray(start + ((a + b) * cross[:, None]).sum(axis=0) / (6 * area))


def _crossings(
    along: np.ndarray, height: np.ndarray, level: float, period: float
) -> tuple[np.ndarray, np.ndarray] | None:
    """Where a closed profile rises and falls through a level; None when it does so too seldom."""
    direction = 1.0 if along[-1] >= along[0] else -1.0
    along = np.append(along, along[0] + direction * period)
    height = np.append(height, height[0])
    above = height > level
    change = np.flatnonzero(above[1:] != above[:-1])
    rising = above[change + 1]
    if direction < 0:
        rising = ~rising
    share = (level - height[change]) / (height[change + 1] - height[change])
    place = along[change] + share * (along[change + 1] - along[change])
    ups, downs = np.sort(place[rising]), np.sort(place[~rising])
    if len(ups) < FEWEST_TEETH or len(ups) != len(downs):
        return None
    return ups, downs


def _even(crossings: tuple[np.ndarray, np.ndarray], pitch: float, *, closed: bool = True) -> bool:
    """Whether teeth follow each other at equal pitch and are about as thick as their spaces."""
    ups, downs = crossings
    steps = np.diff(ups)
    if np.abs(steps / pitch - 1).max() > EVEN_SHARE:
        return False
    thick = ((downs - ups[0]) % pitch if closed else downs - ups) / pitch
    return bool(
        np.ptp(thick) < 2 * EVEN_SHARE and TOOTH_THICKNESS[0] < thick.mean() < TOOTH_THICKNESS[1]
    )


def _walls(survey: Survey, outline: Outline, axis: np.ndarray) -> tuple[list[int], float, float]:
    """Faces behind an outline, and their extent along the axis."""
    ends = survey.edges["faces"][outline.edges]
    across = np.where(ends[:, 0] == outline.face, ends[:, 1], ends[:, 0])
    walls = {int(face) for face in across if face >= 0 and face != outline.face}
    waiting = list(walls)
    while waiting:  # flanks that a modeller split
        for edge, g in survey.near[waiting.pop()]:
            if survey.kinds[g] >= FREEFORM and g not in walls and survey.smooth(edge):
                walls.add(g)
                waiting.append(g)
    along = survey.points(sorted(walls)) @ axis
    return sorted(walls), float(along.min()), float(along.max())


def _helix(survey: Survey, walls: list[int], axis: np.ndarray, centre: np.ndarray) -> float:
    """Turn of the teeth about the axis per mm, from the edges between the walls."""
    own = set(walls)
    edges = {e for wall in walls for e, g in survey.near[wall] if g in own}
    if not edges:
        return 0.0
    records = survey.edges[sorted(edges)]
    offset = records["middle_mm"] - centre
    offset = rejections(offset, axis)
    radius = norms(offset)
    around = np.cross(axis, offset / np.maximum(radius, 1e-12)[:, None])
    axial = np.abs(records["tangent"] @ axis)
    turning = np.abs(np.einsum("ij,ij->i", records["tangent"], around))
    good = (axial > 0.3) & (radius > 0)
    if not good.any():
        return 0.0
    return float(np.median(turning[good] / axial[good] / radius[good]))


def _rack(survey: Survey, outline: Outline) -> Draft | None:
    """Teeth in a row over a straight back."""
    records = survey.edges[outline.edges]
    back = int(records["length_mm"].argmax())
    run = unit(records["end_mm"][back] - records["start_mm"][back])
    axis = survey.faces["axis"][outline.face]
    up = np.cross(axis, run)
    height = (outline.points_mm - records["start_mm"][back]) @ up
    if abs(height.min()) > abs(height.max()):
        up, height = -up, -height
    along = (outline.points_mm - records["start_mm"][back]) @ run
    tip = float(height.max())
    flat = np.abs((records["end_mm"] - records["start_mm"]) @ up) < 0.02 * records["length_mm"]
    levels = (records["middle_mm"][flat] - records["start_mm"][back]) @ up
    # the roots are the most numerous level under the tips
    under = np.round(levels[levels < tip - 0.05 * abs(tip)] / max(tip, 1e-9), 3)
    if not len(under):
        return None
    values, counts = np.unique(under, return_counts=True)
    root = float(values[counts.argmax()]) * tip
    crossings = _row(along, height, (tip + root) / 2)
    if crossings is None:
        return None
    teeth = _whole_teeth(*crossings)
    pitch = float(np.diff(teeth[0]).mean())
    module = pitch / math.pi
    if not _even(teeth, pitch, closed=False):
        return None
    flanks = ~flat & ((records["middle_mm"] - records["start_mm"][back]) @ up > root)
    lean = np.degrees(np.arcsin(np.clip(np.abs(records["tangent"][flanks] @ run), 0, 1)))
    if not len(lean) or not RACK_FLANK_DEG[0] < float(np.median(lean)) < RACK_FLANK_DEG[1]:
        return None
    if not TOOTH_HEIGHT[0] < (tip - root) / module < TOOTH_HEIGHT[1]:
        return None
    walls, low, high = _walls(survey, outline, axis)
    toothed = [
        w
        for w in walls
        if float(((survey.points([w]) - records["start_mm"][back]) @ up).min())
        > root - 0.1 * (tip - root)
    ]
    parameters = {
        "teeth": len(teeth[0]),
        "module_mm": module,
        "face_width_mm": high - low,
        "axis": axis.tolist(),
    }
    return Draft("gear", "rack", tuple(toothed), parameters)


def _whole_teeth(ups: np.ndarray, downs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Teeth of a row without those that its ends cut through or run out into."""
    thick = downs - ups
    usual = float(np.median(thick))
    cut = np.abs(thick - usual) > 2 * EVEN_SHARE * usual
    inner = slice(int(cut[0]), len(ups) - int(cut[-1]))
    return ups[inner], downs[inner]


def _row(
    along: np.ndarray, height: np.ndarray, level: float
) -> tuple[np.ndarray, np.ndarray] | None:
    """Where a profile in a row rises and falls through a level, in order of place."""
    above = height > level
    following, next_height, next_along = np.roll(above, -1), np.roll(height, -1), np.roll(along, -1)
    change = np.flatnonzero(above != following)
    share = (level - height[change]) / (next_height[change] - height[change])
    place = np.sort(along[change] + share * (next_along[change] - along[change]))
    if len(place) < 2 * FEWEST_TEETH or len(place) % 2:
        return None
    return place[0::2], place[1::2]
