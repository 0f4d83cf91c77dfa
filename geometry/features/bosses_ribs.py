"""What stands out of a part? Bosses and ribs: closed concave loops on a face, thin strips."""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np

from geometry.features.axes import is_axis
from geometry.features.feature import Draft
from geometry.features.posts import find_posts, is_parted
from geometry.features.rib_walls import (
    COPLANAR,
    DRAFTED,
    Walls,
    coplanar,
    edges_beside,
    walls_along,
)
from geometry.features.side_bosses import find_side_bosses
from geometry.features.survey import CONE, CYLINDER, FREEFORM, PLANE, TORUS, Survey, unit
from geometry.topology import CONCAVE, CONVEX
from geometry.vectors import cross

__all__ = ["Protrusion", "find_protrusions", "find_ribs"]

LARGEST_SHARE = 0.5  # of the part's area: what is larger stands for itself
MOST_FACES = 80
UPRIGHT = math.sin(math.radians(9))
RIB_SLENDER = 3.0  # length over thickness
RIB_WALLS = 0.4  # of all that stands there, what its two walls make up
RIB_THIN = 0.7  # thickness over height
# area of a plate over that of all tops on it: between ribs; a heat sink has three or four
FLOOR_LEAST = 5.0
# cosine between a gusset's long side and its feet: 75° to 15° apart
ASLANT = (math.cos(math.radians(75)), math.cos(math.radians(15)))
STRIP_SLENDER = 0.5  # thickness over the smaller extent of the walls beside a strip


@dataclass(frozen=True)
class Protrusion:
    """Faces that stand on a base face inside one of its loops."""

    base: int
    faces: tuple[int, ...]
    draft: Draft
    loose: bool = False  # no loop surrounds it: it ends at ribs or at its base's edge


def find_protrusions(survey: Survey, taken: set[int], turned: set[int]) -> list[Protrusion]:
    """Bosses and ribs that a face surrounds; round bosses that stand on them for themselves."""
    posts = find_posts(survey, taken, turned)
    parted = [(base, post) for base, post in posts if is_parted(survey, post)]
    sides = find_side_bosses(survey, taken)
    found = [Protrusion(base, boss.faces, boss) for base, boss in [*sides, *parted]]
    beside = {face for protrusion in found for face in protrusion.faces}
    seen: set[int] = set()
    bodies = _bodies(survey, taken, turned)
    for base, around in bodies:
        whole = around - beside
        if whole & seen or not whole:
            continue
        towers = _towers(survey, bodies, whole)
        body = whole.difference(*(tower.faces for tower in towers))
        gussets = find_ribs(survey, set(range(survey.count)) - body)
        post = body.difference(*(rib.faces for rib in gussets))
        held = _held(survey, base, post) if gussets else []
        crossing = len(gussets) > 1 and _only_ends(survey, base, post)
        if crossing or len(held) > 1:
            seen |= whole
            found += [*held, *(Protrusion(base, rib.faces, rib) for rib in gussets), *towers]
            continue
        draft = _draft(survey, base, sorted(post)) if gussets and post else None
        if draft is None or draft.kind != "round":  # no post that the ribs hold
            gussets, draft = [], _draft(survey, base, sorted(body))
        if draft is not None:
            seen |= whole
            cut_out = body.difference(draft.faces) if not gussets else set()
            found.append(Protrusion(base, tuple(sorted(body - cut_out)), draft))
            found += [Protrusion(base, rib.faces, rib) for rib in gussets] + towers
    left = [(base, post) for base, post in posts if not is_parted(survey, post)]
    left = [(base, post) for base, post in left if not seen.intersection(post.faces)]
    return found + [Protrusion(base, post.faces, post, True) for base, post in left]


def _held(survey: Survey, base: int, post: set[int]) -> list[Protrusion]:
    """The round bosses that ribs make one body, none where other things stand there too."""
    pieces = survey.connected(post, lambda *_: True)
    found = [
        Protrusion(base, tuple(piece), draft)
        for piece in pieces
        if (draft := _draft(survey, base, piece)) is not None and draft.kind == "round"
    ]
    return found if len(found) == len(pieces) else []


def _bodies(survey: Survey, taken: set[int], turned: set[int]) -> list[tuple[int, set[int]]]:
    """What stands in the loops of plane faces, the face first; the largest first."""
    total = float(survey.faces["area_mm2"].sum())
    found: list[tuple[float, int, set[int]]] = []
    for base in survey.topology.faces_of_kind("plane").tolist():
        for loop in list(survey.topology.loops_of(base))[1:]:
            edges = survey.topology.loop_edges(loop)
            if not (survey.convexity[edges] == CONCAVE).all():
                continue
            body = _body(survey, base, edges.tolist(), taken)
            area = float(survey.faces["area_mm2"][sorted(body)].sum())
            if body and area <= LARGEST_SHARE * total and not _is_step(survey, base, body, turned):
                found.append((area, base, body))
    return [(base, body) for _, base, body in sorted(found, key=lambda one: -one[0])]


def _is_step(survey: Survey, base: int, body: set[int], turned: set[int]) -> bool:
    """Whether what stands on a shoulder is the next step of what is turned; no more than its end
    face is, of a hexagon on a collar.
    """
    return base in turned and any(survey.kinds[face] != PLANE for face in body & turned)


def _towers(
    survey: Survey, bodies: list[tuple[int, set[int]]], whole: set[int]
) -> list[Protrusion]:
    """Round bosses that stand on a larger body; one about the same axis is a step of it."""
    found: list[Protrusion] = []
    for base, body in bodies:
        if base not in whole or not body < whole:
            continue
        if any(base in tower.faces for tower in found):
            continue
        draft = _draft(survey, base, sorted(body))
        standing = draft is not None and draft.kind == "round"
        if draft is not None and standing and not _shares_axis(survey, body, whole - body):
            found.append(Protrusion(base, tuple(sorted(body)), draft))
    return found


def _shares_axis(survey: Survey, body: set[int], rest: set[int]) -> bool:
    """Whether shaft-like faces of two sets turn about one axis."""
    rows = survey.faces

    def shafts(faces: set[int]) -> list[int]:
        round_ = [f for f in sorted(faces) if survey.kinds[f] in (CYLINDER, CONE)]
        return [f for f in round_ if rows["sense"][f] > 0]

    for a in shafts(body):
        for b in shafts(rest):
            offset = rows["origin_mm"][b] - rows["origin_mm"][a]
            aside = offset - (offset @ rows["axis"][a]) * rows["axis"][a]
            along = abs(rows["axis"][a] @ rows["axis"][b])
            if along > COPLANAR and np.linalg.norm(aside) < 2 * survey.near_mm:
                return True
    return False


def _only_ends(survey: Survey, base: int, faces: set[int]) -> bool:
    """Whether faces beside ribs are no more than the ribs' ends: flat, with convex edges alone."""
    return all(
        survey.kinds[face] == PLANE
        and all(g == base or survey.turns[edge] == CONVEX for edge, g in survey.near[face])
        for face in faces
    )


def _body(survey: Survey, base: int, edges: list[int], taken: set[int]) -> set[int]:
    """Faces reached from a loop without passing below its face."""
    normal = survey.faces["axis"][base]
    level = float(survey.faces["origin_mm"][base] @ normal)
    ends = survey.edges["faces"]
    waiting = [int(ends[e, 1] if ends[e, 0] == base else ends[e, 0]) for e in edges]
    body: set[int] = set()
    while waiting:
        face = waiting.pop()
        if face in body or face == base or face in taken:
            continue
        points = survey.points([face])  # none where a face is too small for a triangle
        places = points @ normal if len(points) else np.array([level + survey.diagonal_mm])
        if float(places.min()) < level - 2 * survey.near_mm:
            continue
        if float(places.max()) < level + 2 * survey.near_mm and survey.kinds[face] == PLANE:
            continue  # the floor of a cell that ribs enclose
        body.add(face)
        if len(body) > MOST_FACES:
            return set()
        waiting.extend(g for _, g in survey.near[face])
    return body - _sunk(survey, body, normal, level + 2 * survey.near_mm)


def _sunk(survey: Survey, body: set[int], normal: np.ndarray, foot_mm: float) -> set[int]:
    """Faces of a body below the mouths in its plane faces: of a socket in a bolt's head. What ends
    at the foot of the body is a cell that ribs enclose.
    """
    ends = survey.edges["faces"]
    sunk: set[int] = set()
    for face in sorted(body):
        if survey.kinds[face] != PLANE or survey.faces["loop_count"][face] == 1:
            continue
        for loop in list(survey.topology.loops_of(face))[1:]:
            edges = survey.topology.loop_edges(loop)
            if not (survey.convexity[edges] == CONVEX).all():
                continue
            mouth = set(np.where(ends[edges, 0] == face, ends[edges, 1], ends[edges, 0]).tolist())
            inside, waiting = {face}, sorted(mouth & body)
            while waiting:
                below = waiting.pop()
                if below not in inside:
                    inside.add(below)
                    waiting.extend(g for _, g in survey.near[below] if g in body)
            inside.remove(face)
            # what also leads to the outside is a passage, and no mouth parts it from the rest
            leads_on = any(g == face for f in inside - mouth for _, g in survey.near[f])
            if inside and not leads_on and (survey.points(sorted(inside)) @ normal > foot_mm).all():
                sunk |= inside
    return sunk


def _draft(survey: Survey, base: int, faces: list[int]) -> Draft | None:
    """A boss or a rib with its sizes, None when its top does not rise over its base."""
    normal = survey.faces["axis"][base]
    level = float(survey.faces["origin_mm"][base] @ normal)
    points = survey.points(faces)
    height = float((points @ normal).max()) - level if len(points) else 0.0
    if height <= survey.near_mm:
        return None
    rib = _as_rib(survey, faces, normal, level, height)
    if rib is not None:
        return Draft("rib", None, tuple(faces), rib)
    walls = [
        f
        for f in faces
        if survey.kinds[f] in (CYLINDER, CONE)
        and survey.faces["sense"][f] > 0
        and abs(survey.faces["axis"][f] @ normal) > math.cos(math.radians(0.5))
        and survey.faces["sweep_deg"][f] > 300
    ]
    flats = [
        f
        for f in faces
        if survey.kinds[f] == PLANE and abs(survey.faces["axis"][f] @ normal) < UPRIGHT
    ]
    parameters: dict[str, Any] = {"height_mm": height, "axis": normal.tolist()}
    cut = _cut_into(survey, faces, flats, normal, level) if walls and flats else set()
    if walls and cut.issuperset(flats):
        faces = [f for f in faces if f not in cut]
        foot = min(walls, key=lambda f: float((survey.points([f]) @ normal).min()))
        parameters["diameter_mm"] = 2 * _foot_radius(survey, foot, normal)
        return Draft("boss", "round", tuple(faces), parameters)
    return Draft("boss", "other", tuple(faces), parameters)


def _cut_into(
    survey: Survey, faces: list[int], flats: list[int], normal: np.ndarray, level: float
) -> set[int]:
    """Faces of slots across the top of what stands on a base: walls that end above it, and the
    floors between them.
    """
    walls = {
        f
        for f in flats
        if float((survey.points([f]) @ normal).min()) > level + 2 * survey.near_mm
        and all(g not in flats for e, g in survey.near[f] if survey.turns[e] == CONVEX)
    }
    own = set(faces)
    floors = {
        g
        for f in walls
        for e, g in survey.near[f]
        if g in own and survey.kinds[g] == PLANE and survey.turns[e] == CONCAVE
    }
    return walls | floors


def _foot_radius(survey: Survey, wall: int, normal: np.ndarray) -> float:
    row = survey.faces[wall]
    radius = float(row["radius_mm"])
    if survey.kinds[wall] == CYLINDER:
        return radius
    slope = math.tan(math.radians(float(row["half_angle_deg"])))
    foot = row["low_mm"] if row["axis"] @ normal > 0 else row["high_mm"]
    return radius + float(foot) * slope


def _as_rib(
    survey: Survey, faces: list[int], normal: np.ndarray, level: float, height: float
) -> dict[str, Any] | None:
    """Sizes of a rib: two large walls back to back, far longer than they are apart."""
    flats = [
        f
        for f in faces
        if survey.kinds[f] == PLANE and abs(survey.faces["axis"][f] @ normal) < UPRIGHT
    ]
    flats.sort(key=lambda f: -survey.faces["area_mm2"][f])
    if len(flats) < 2 or survey.faces["axis"][flats[0]] @ survey.faces["axis"][flats[1]] > -DRAFTED:
        return None
    between = survey.faces["centroid_mm"][flats[0]] - survey.faces["centroid_mm"][flats[1]]
    if between @ survey.faces["axis"][flats[0]] < 0:
        return None  # the walls of a slot look at each other
    areas = survey.faces["area_mm2"]
    if float(areas[flats[:2]].sum()) < RIB_WALLS * float(areas[faces].sum()):
        return None  # the two faces of a pipe's collar
    across = unit(survey.faces["axis"][flats[0]] - survey.faces["axis"][flats[1]])
    across = unit(across - (across @ normal) * normal)
    run = cross(normal, across)
    rounded = {g for f in flats for edge, g in survey.near[f] if survey.smooth(edge)}
    bare = [f for f in faces if f not in rounded or survey.kinds[f] == PLANE]
    length = float(np.ptp(survey.points(bare) @ run))
    base, top = _thickness(survey, flats[:2], normal, across, level, height)
    if length < RIB_SLENDER * base or base > RIB_THIN * height:
        return None
    return {
        "thickness_mm": top,
        "height_mm": height,
        "length_mm": length,
        "base_thickness_mm": base,
    }


def _thickness(
    survey: Survey,
    walls: list[int],
    normal: np.ndarray,
    across: np.ndarray,
    level: float,
    height: float,
) -> tuple[float, float]:
    """Thickness between two walls at their base and at their top."""
    at = []
    for rise in (0.0, height):
        sides = []
        for wall in walls:
            axis, origin = survey.faces["axis"][wall], survey.faces["origin_mm"][wall]
            # where the plane passes `rise` over the base, along `across`
            place = (float(origin @ axis) - (level + rise) * float(normal @ axis)) / float(
                across @ axis
            )
            middle = cross(normal, across)
            shift = float(survey.faces["centroid_mm"][wall] @ middle) * float(middle @ axis)
            sides.append(place - shift / float(across @ axis))
        at.append(abs(sides[0] - sides[1]))
    return at[0], at[1]


def find_ribs(survey: Survey, taken: set[int]) -> list[Draft]:
    """Thin walls between others: a narrow strip, walls back to back, a face both stand on."""
    found: list[tuple[bool, float, Draft, int, set[int]]] = []
    round_feet = cache(partial(_round_feet, survey))  # a wall is beside several strips
    for strip in survey.topology.faces_of_kind("plane").tolist():
        if strip in taken:
            continue
        beside = edges_beside(survey, strip)
        for walls in walls_along(survey, beside):
            every = {*walls[0], *walls[1]}
            rims = [edge for face in every for edge in beside[face]]
            draft = None if every & taken else _strip_rib(survey, strip, walls, rims, round_feet)
            if draft is not None:
                found.append((*_rank(survey, strip, walls), draft, strip, every))
    drafts: list[Draft] = []
    used: set[int] = set()
    for _, _, draft, strip, every in sorted(found, key=lambda one: one[:2], reverse=True):
        if not {strip, *every} & used:
            drafts.append(draft)
            used |= every
    return sorted(drafts, key=lambda draft: draft.faces)


def _rank(survey: Survey, strip: int, walls: Walls) -> tuple[bool, float]:
    """What makes a strip the top of a rib rather than its end: it looks as the floor does."""
    every = [*walls[0], *walls[1]]
    normal = survey.faces["axis"][strip]
    feet = [foot for wall in every for foot in survey.feet(wall)]
    top = any(survey.faces["axis"][foot] @ normal > DRAFTED for foot in feet)
    return top, float(survey.faces["area_mm2"][every].sum())


def _between_floors(survey: Survey, strip: int, feet_a: list[int], feet_b: list[int]) -> bool:
    """Whether a strip parts floors of one level that are a plate's face: far wider than all that
    lies as high as the strip.
    """
    rows = survey.faces
    x, y, z = survey.axes[strip]
    ways = ((foot, survey.axes[foot]) for foot in feet_a)
    floors = [foot for foot, (u, v, w) in ways if u * x + v * y + w * z > DRAFTED]
    if not feet_b or not any(
        coplanar(survey, foot, np.array(feet_b, dtype=int)).any() for foot in floors
    ):
        return False
    planes = survey.topology.faces_of_kind("plane")
    floor, top = (
        float(rows["area_mm2"][planes[coplanar(survey, face, planes)]].sum())
        for face in (floors[0], strip)
    )
    return floor > FLOOR_LEAST * top


def _strip_rib(
    survey: Survey,
    strip: int,
    walls: Walls,
    rims: list[int],
    round_feet: Callable[[int], set[int]],
) -> Draft | None:
    """The rib that a strip is the top of; rims: the strip's edges along its walls; round_feet: see
    `_round_feet`.
    """
    normal = survey.faces["axis"][strip]
    feet_a, feet_b = ([g for wall in side for g in survey.feet(wall)] for side in walls)
    common = set(feet_a) & set(feet_b)
    round_ = set() if common else _common_round(survey, walls, normal, round_feet)
    if not common | round_ and not _between_floors(survey, strip, feet_a, feet_b):
        return None  # what slots left between them
    across = unit(survey.faces["axis"][walls[0][0]] - survey.faces["axis"][walls[1][0]])
    across = unit(across - (across @ normal) * normal)
    run = cross(normal, across)
    every = [*walls[0], *walls[1]]
    points = np.concatenate([survey.polyline(edge) for edge in rims])
    along = points @ np.column_stack([across, run])
    thickness, length = (along.max(axis=0) - along.min(axis=0)).tolist()
    if thickness > STRIP_SLENDER * length or length < thickness * 1.5:
        return None
    up = _up(survey, normal, common | round_)
    if up is not None:  # a gusset: as high over its base and as long as its legs
        normal = unit(up - (up @ across) * across)
    legs = np.concatenate([survey.points([wall]) for wall in every])
    upright = legs @ normal
    height = float(np.ptp(upright))
    if thickness > STRIP_SLENDER * height:
        return None
    if up is not None:
        length = float(np.ptp(legs @ cross(normal, across)))
    level = float(upright.min())
    base, _ = _thickness(survey, [walls[0][0], walls[1][0]], normal, across, level, height)
    ends = _rib_ends(survey, strip, walls, {*feet_a, *feet_b})
    return Draft(
        "rib",
        None,
        tuple(sorted({strip, *every, *ends})),
        {
            "thickness_mm": thickness,
            "height_mm": height,
            "length_mm": length,
            "base_thickness_mm": base,
        },
    )


def _common_round(
    survey: Survey, walls: Walls, normal: np.ndarray, round_feet: Callable[[int], set[int]]
) -> set[int]:
    """Round faces that both sides of a rib stand on; of a fin along a pipe, whose strip looks away
    from it, each side has its own, as the next fins part what was one.
    """
    one, other = ({foot for wall in side for foot in round_feet(wall)} for side in walls)
    rows, near = survey.faces, 2 * survey.near_mm
    found = one & other
    for a, b in itertools.product(sorted(one - found), sorted(other - found)):
        if not survey.kinds[a] == survey.kinds[b] == CYLINDER:
            continue
        if abs(rows["axis"][a] @ normal) > UPRIGHT:
            continue
        one_axis = is_axis(
            rows["origin_mm"][b], rows["axis"][b], rows["origin_mm"][a], rows["axis"][a],
            near_mm=near, cosine=COPLANAR,
        )  # fmt: skip
        if one_axis and abs(rows["radius_mm"][a] - rows["radius_mm"][b]) < near:
            found |= {a, b}
    return found


def _round_feet(survey: Survey, wall: int) -> set[int]:
    """Cones and cylinders that a wall stands on, of a hub or of a flange with draft, over an
    internal radius or not.
    """
    beside = [g for edge, g in survey.near[wall] if survey.turns[edge] == CONCAVE]
    rounds = [g for g in beside if survey.kinds[g] in (TORUS, FREEFORM)]
    found = {*beside, *(g for r in rounds for edge, g in survey.near[r] if survey.smooth(edge))}
    round_ = [g for g in found if survey.kinds[g] in (CYLINDER, CONE)]
    return {g for g in round_ if survey.faces["sense"][g] > 0}


def _up(survey: Survey, normal: np.ndarray, feet: set[int]) -> np.ndarray | None:
    """Normal of the larger plane that a gusset stands on, or the axis of what is round, aslant to
    its strip; None for a rib, whose strip lies over its floor or ends it.
    """
    aslant = [abs(float(survey.faces["axis"][foot] @ normal)) for foot in sorted(feet)]
    if not feet or any(not ASLANT[0] < along < ASLANT[1] for along in aslant):
        return None
    up = survey.faces["axis"][max(sorted(feet), key=lambda f: survey.faces["area_mm2"][f])]
    return np.asarray(up if up @ normal > 0 else -up)


def _rib_ends(survey: Survey, strip: int, walls: Walls, feet: set[int]) -> set[int]:
    """Faces that end a rib where it stops short of the edge: they stand on its floor too."""
    beside = [{g for wall in side for _, g in survey.near[wall]} for side in walls]
    return {
        face
        for face in beside[0] & beside[1]
        if face != strip and survey.kinds[face] == PLANE and feet & set(survey.feet(face))
    } - feet
