"""How large is a cut, and what shape has it? Pockets, passages, slots, steps, keyways."""

import itertools
import math
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from geometry.features.accepted import accepted_openings
from geometry.features.arms import is_between_arms
from geometry.features.cut_kind import Kind, kind_of_cut
from geometry.features.depressions import Depression
from geometry.features.feature import Draft
from geometry.features.keyways import below_crown, keyway
from geometry.features.survey import CONE, CYLINDER, PLANE, TORUS, Survey, unit
from geometry.features.windows import wall_mm
from geometry.mass import rectangle_size
from geometry.topology import CONCAVE, CONVEX
from geometry.vectors import cross, norms, rejections, square_to

__all__ = ["cut_draft", "stands_around"]

ALONG = math.sin(math.radians(16))  # a wall stands up along a direction within its draft
SQUARE = math.sin(math.radians(2))  # two directions this near to 90° are square
FLOOR_LEAST = math.cos(math.radians(60))  # a floor looks out of the opening within this
SAME_AXIS = math.cos(math.radians(0.5))
HALF_ROUND_DEG = 170.0  # a slot's round end
RIM_SQUARE = math.cos(math.radians(10))  # a face beyond a broken edge that bounds the cut there
STANDING = 1e-3  # of their extent: how far walls look outwards at least; those of a step look aside
LEAST_FACING = 0.25  # of the walls of a slot with a round one: how much of them sees the others
LONG_SLOT = 1.2  # length of a blind slot over its width; a shorter one is an open pocket
CAGE_DEG = 270.0  # that coaxial walls go round at least to enclose a pocket


def cut_draft(
    survey: Survey,
    cut: Depression,
    islands: Mapping[int, list[Draft]],
    fillets: Mapping[int, float],
) -> Draft | None:
    """The depression as a feature, None where its openings say nothing known.

    islands: what stands on each face; fillets: blend faces with radius, < 0 internal.
    """
    found = accepted_openings(cut)
    if not found:
        return None
    kind = kind_of_cut(survey, cut, found)
    if cut.neck is None and (sunk := keyway(survey, cut, kind)) is not None:
        return sunk
    if not (kind.type == "pocket" and kind.kind == "through"):
        kind = Kind(kind.type, kind.kind, _floor_normal(survey, cut, kind.top), kind.run)
    if (kind.type, kind.kind) != ("pocket", "open") and _stands_around(survey, cut, kind.top):
        return None
    if (kind.type, kind.kind) == ("slot", "through") and (
        _is_open_corner(survey, cut) or is_between_arms(survey, cut, kind)
    ):
        return None
    if kind.type == "pocket":
        if kind.kind == "closed" and _is_cage(survey, cut):
            return None
        return _pocket(survey, cut, kind, islands, fillets)
    if kind.type == "slot":
        return _slot(survey, cut, kind, islands, fillets)
    if _has_post(survey, cut):
        return None
    step = _step(survey, cut, kind, [o.normal for o in found])
    return step if step.parameters["profile"] != "other" else None


def _floors(survey: Survey, cut: Depression, top: np.ndarray) -> list[int]:
    """Plane faces that look out of the opening, the one that does so most first."""
    planes = [
        f
        for f in cut.faces
        if survey.kinds[f] == PLANE and survey.faces["axis"][f] @ top > FLOOR_LEAST
    ]
    return sorted(planes, key=lambda f: -float(survey.faces["axis"][f] @ top))


def _floor_normal(survey: Survey, cut: Depression, top: np.ndarray) -> np.ndarray:
    """The opening's direction as the floor has it, where a floor lies square to some wall."""
    floors = _floors(survey, cut, top)
    if not floors:
        return top
    normal = survey.faces["axis"][floors[0]]
    if normal @ top > 1 - 1e-9 or normal @ top < math.cos(math.radians(20)):
        return top
    planes = [f for f in cut.faces if survey.kinds[f] == PLANE]
    square, upright = (
        sum(abs(survey.faces["axis"][f] @ way) < SQUARE for f in planes) for way in (normal, top)
    )
    # a floor may slope between walls that are square to the face around them
    return normal if square and square >= upright else top


def _pocket(
    survey: Survey,
    cut: Depression,
    kind: Kind,
    islands: Mapping[int, list[Draft]],
    fillets: Mapping[int, float],
) -> Draft:
    points = survey.outline(cut.faces)
    if (arc := _along_arc(survey, cut, kind.top)) is not None:
        profile, length, width = arc
    else:
        juts_in = _juts_in(survey, cut, kind.top)
        profile = _outline(survey, cut, kind.top, juts_in=juts_in)
        size = _size_along_walls(survey, cut, points, kind.top) if juts_in else None
        length, width = size or _flat_size(points, kind.top)
    parameters: dict[str, Any] = {
        "profile": profile,
        "depth_mm": wall_mm(survey, cut, kind.top) or _extent(cut, points, kind.top),
        "length_mm": length,
        "width_mm": width,
        "direction": kind.top.tolist(),
        "islands": sum(len(islands.get(face, [])) for face in cut.faces),
    }
    parameters |= _radii(survey, cut, kind.top, fillets)
    return Draft("pocket", kind.kind, tuple(cut.faces), parameters)


def _slot(
    survey: Survey,
    cut: Depression,
    kind: Kind,
    islands: Mapping[int, list[Draft]],
    fillets: Mapping[int, float],
) -> Draft:
    assert kind.run is not None  # a slot has one
    top = kind.top
    run = unit(kind.run - (kind.run @ top) * top)
    if kind.kind == "through" and cut.run is not None and abs(cut.run @ run) > 0.7:
        run = unit(cut.run - (cut.run @ top) * top)
    across = cross(top, run)
    points = _with_shared_floor(survey, cut, survey.outline(cut.faces), across)
    width, length = float(np.ptp(points @ across)), _extent(cut, points, run)
    if kind.kind == "blind" and width * LONG_SLOT > length:  # a side is missing, not an end
        return _pocket(survey, cut, Kind("pocket", "open", top, None), islands, fillets)
    sub = kind.kind
    if _leans_in(survey, cut, top, run):
        sub = "dovetail"
    elif cut.neck is not None:
        sub = "t_slot"
        sides = survey.faces["centroid_mm"][list(cut.neck)]
        width = float(abs((sides[0] - sides[1]) @ survey.faces["axis"][cut.neck[0]]))
    parameters = {
        "profile": "triangle" if cut.flanks else _section(survey, cut, top, run, sub),
        "depth_mm": max(_extent(cut, points, top), below_crown(survey, cut, points, top, run)),
        "width_mm": width,
        "length_mm": length,
        "direction": top.tolist(),
    }
    return Draft("slot", sub, tuple(cut.faces), parameters)


def _with_shared_floor(
    survey: Survey, cut: Depression, points: np.ndarray, across: np.ndarray
) -> np.ndarray:
    """The points of a slot and those of a floor that it shares with others, between its walls."""
    if not cut.floor:
        return points
    floor = survey.outline(cut.floor)
    places, walls = floor @ across, points @ across
    near = survey.near_mm
    between = (places > walls.min() - near) & (places < walls.max() + near)
    return np.concatenate([points, floor[between]])


def stands_around(survey: Survey, cut: Depression, loose: Collection[int]) -> bool:
    """Whether a depression is what is left around a body that stands on a flange or an arm, with
    the bosses that stand in it loose.
    """
    found = accepted_openings(cut)
    if not found:
        return False
    kind = kind_of_cut(survey, cut, found)
    own = set(cut.faces)
    across = [(edge, g) for face in cut.faces for edge, g in survey.near[face] if g in loose]
    beside = {g for edge, g in across if survey.turns[edge] == CONCAVE}
    open_pocket = (kind.type, kind.kind) == ("pocket", "open")
    if not beside:
        return not open_pocket and _stands_around(survey, cut, kind.top)
    return _stands_around(survey, replace(cut, faces=sorted(own | beside)), kind.top)


def _stands_around(survey: Survey, cut: Depression, top: np.ndarray) -> bool:
    """Whether the walls look outwards: they are what is left around a body, not around a hollow."""
    key = (*cut.faces, top.tobytes())  # asked of every cut before and while it is told
    if key not in survey.standing_around:
        survey.standing_around[key] = _looks_outwards(survey, cut, top)
    return survey.standing_around[key]


def _looks_outwards(survey: Survey, cut: Depression, top: np.ndarray) -> bool:
    mesh = survey.part.mesh
    triangles = np.concatenate([survey.triangles(face) for face in cut.faces])
    normals = mesh.normals[triangles]
    walls = np.abs(normals @ top) < FLOOR_LEAST
    areas, normals = mesh.areas_mm2[triangles][walls], normals[walls]
    if not len(areas):
        return False
    places = mesh.centroids_mm[triangles][walls]
    weights = np.maximum(areas, 1e-30)
    middle = weights @ places / weights.sum()
    outwards = np.einsum("ij,ij->i", normals, places - middle)
    least = STANDING * float(np.linalg.norm(np.ptp(survey.points(cut.faces), axis=0)))
    return bool(areas @ outwards > least * areas.sum())


def _is_open_corner(survey: Survey, cut: Depression) -> bool:
    """Whether walls, one of them round and outwards, hardly look at each other: the inner corner
    between an arm and what it holds.
    """
    rows = survey.faces[cut.faces]
    if not ((rows["kind"] != PLANE) & (rows["sense"] > 0)).any():
        return False
    mesh = survey.part.mesh
    triangles = np.concatenate([survey.triangles(face) for face in cut.faces])
    ways, areas = mesh.normals[triangles], mesh.areas_mm2[triangles]
    hits = survey.rays.cast(mesh.centroids_mm[triangles] + survey.near_mm * ways, ways)
    own = np.isin(survey.topology.standing_for[mesh.face_of_triangle], cut.faces)
    seen = (hits.triangle >= 0) & own[np.maximum(hits.triangle, 0)]
    return bool(areas @ seen < LEAST_FACING * areas.sum())


def _has_post(survey: Survey, cut: Depression) -> bool:
    """Whether round ends of what stands on it are among a step's faces: a face with pads on it."""
    rows = survey.faces[cut.faces]
    ends = (rows["kind"] == CYLINDER) & (rows["sense"] > 0) & (rows["sweep_deg"] > HALF_ROUND_DEG)
    return bool(ends.any())


def _is_cage(survey: Survey, cut: Depression) -> bool:
    """Whether walls without a floor are the inner sides of what stands in a ring, as jaws do."""
    round_ = bool((survey.kind[cut.faces] == CYLINDER).all()) and not cut.floor
    sweep_deg = survey.faces["sweep_deg"][cut.faces]
    return round_ and len(sweep_deg) > 1 and float(sweep_deg.sum()) < CAGE_DEG


def _leans_in(survey: Survey, cut: Depression, top: np.ndarray, run: np.ndarray) -> bool:
    """Whether two side walls overhang the floor, and are no lips straight above it."""
    walls = [
        f
        for f in cut.faces
        if survey.kinds[f] == PLANE
        and abs(survey.faces["axis"][f] @ run) < SQUARE
        and -SAME_AXIS < survey.faces["axis"][f] @ top < -0.1
    ]
    return len(walls) >= 2 and bool(_floors(survey, cut, top))


def _section(survey: Survey, cut: Depression, top: np.ndarray, run: np.ndarray, sub: str) -> str:
    """Shape of a slot across its run."""
    planes = [
        f
        for f in cut.faces
        if survey.kinds[f] == PLANE and abs(survey.faces["axis"][f] @ run) < ALONG
    ]
    if sub == "t_slot" or sub == "dovetail":
        return "other"
    if not planes:
        return "circle"
    floors = [f for f in planes if survey.faces["axis"][f] @ top > 1 - SQUARE]
    if not floors and len({tuple(np.round(survey.faces["axis"][f], 2)) for f in planes}) == 2:
        axes = survey.faces["axis"][planes]
        if (axes @ top > 0.1).all():
            return "triangle"
    lying = [
        f
        for f in cut.faces
        if survey.kinds[f] == CYLINDER
        and abs(survey.faces["axis"][f] @ run) > 0.99
        and survey.faces["sweep_deg"][f] > HALF_ROUND_DEG
    ]
    return "obround" if lying else "rectangle"


def _step(survey: Survey, cut: Depression, kind: Kind, normals: list[np.ndarray]) -> Draft:
    points = survey.outline(cut.faces)
    depth = _extent(cut, points, kind.top)
    if kind.run is not None:
        run = unit(kind.run - (kind.run @ kind.top) * kind.top)
        other = _extent(cut, points, cross(kind.top, run))
    else:
        other = _flat_size(points, kind.top)[1]
    parameters = {
        "profile": _step_profile(survey, cut, kind, normals),
        "depth_mm": min(depth, other),
        "width_mm": max(depth, other),
    }
    return Draft("step", kind.kind, tuple(cut.faces), parameters)


def _step_profile(survey: Survey, cut: Depression, kind: Kind, normals: list[np.ndarray]) -> str:
    if any(survey.kinds[f] == CYLINDER and survey.faces["sense"][f] < 0 for f in cut.faces):
        within = [e for f in cut.faces for e, g in survey.near[f] if g in cut.faces]
        if not any(map(survey.smooth, within)):
            return "circle"
    flats = [f for f in cut.faces if survey.kinds[f] == PLANE and f not in cut.broken]
    axes = survey.faces["axis"][flats]
    distinct = len({tuple(np.round(axis, 2)) for axis in axes})
    if kind.run is not None and distinct == 3:
        return "two_sides"
    straight = all(any(abs(axis @ n) > math.cos(math.radians(2)) for n in normals) for axis in axes)
    # one flat with rounds about it was not cut into a corner, nor along a run that they bend from
    if kind.kind == "blind" or (distinct == 1 and (survey.kind[cut.faces] == TORUS).any()):
        return "rectangle" if distinct >= 3 else "triangle" if distinct > 1 else "other"
    # where the stock is round its own openings lean, and the step's faces tell by themselves
    square = (
        len(axes) > 1 and (np.abs(axes @ axes.T)[~np.eye(len(axes), dtype=bool)] < SQUARE).all()
    )
    if straight or (square and _in_round(survey, cut)):
        return "rectangle"
    return "slanted" if _in_line_with_stock(survey, axes) else "other"


def _in_line_with_stock(survey: Survey, axes: np.ndarray) -> bool:
    """Whether one of some plane faces is parallel to a side of the stock: the inner corner between
    two arms of a star was not cut out of any.
    """
    planes = survey.topology.faces_of_kind("plane")
    sides = [f for f in planes.tolist() if survey.supports_hull(f)]
    return bool((np.abs(axes @ survey.faces["axis"][sides].T) > SAME_AXIS).any())


def _in_round(survey: Survey, cut: Depression) -> bool:
    """Whether the stock that a cut was taken from is round where it opens."""
    return any(
        survey.kinds[g] in (CYLINDER, CONE)
        and survey.faces["sense"][g] > 0
        and survey.turns[e] == CONVEX
        and not survey.smooth(e)
        for f in cut.faces
        for e, g in survey.near[f]
    )


def _extent(cut: Depression, points: np.ndarray, way: np.ndarray) -> float:
    """How far a cut reaches along a direction, up to the faces beyond its broken edges."""
    places = [points @ way]
    for normal, rim in cut.rims:
        if abs(float(normal @ way)) > RIM_SQUARE:
            places.append(rim @ way)
    return float(np.ptp(np.concatenate(places)))


def _flat_size(points: np.ndarray, top: np.ndarray) -> tuple[float, float]:
    """Length and width of the smallest rectangle around points seen along a direction."""
    return rectangle_size(points @ square_to(top).T)


def _size_along_walls(
    survey: Survey, cut: Depression, points: np.ndarray, top: np.ndarray
) -> tuple[float, float]:
    """Length and width of the smallest rectangle along a wall: that round a cross without regard to
    its walls may lie askew.
    """
    sizes = []
    for face in cut.faces:
        axis = survey.faces["axis"][face]
        if survey.kinds[face] == PLANE and abs(axis @ top) < ALONG:
            across = unit(axis - (axis @ top) * top)
            sides = np.ptp(points @ across), np.ptp(points @ cross(top, across))
            sizes.append((float(max(sides)), float(min(sides))))
    return min(sizes, key=lambda size: size[0] * size[1])


def _outline(survey: Survey, cut: Depression, top: np.ndarray, *, juts_in: bool) -> str:
    """Shape of a pocket seen through its opening; juts_in: see `_juts_in`."""
    flats, rounds = [], []
    along = survey.faces["axis"][cut.faces] @ top
    for face, lean in zip(cut.faces, along.tolist(), strict=True):
        if face in cut.broken:
            continue
        kind = survey.kinds[face]
        if kind == PLANE and abs(lean) < ALONG:
            flats.append(face)
        elif kind in (CYLINDER, CONE) and abs(lean) > math.cos(math.radians(16)):
            rounds.append(face)
    if not flats:
        return "circle" if rounds else "other"
    if juts_in or any(survey.faces["sense"][f] > 0 for f in rounds):
        return "other"
    axes = rejections(survey.faces["axis"][flats], top)
    axes /= np.maximum(norms(axes), 1e-300)[:, None]
    cosines = (axes @ axes.T).tolist()
    same = math.cos(math.radians(2))
    distinct: list[int] = []
    for one, row in enumerate(cosines):
        if not any(row[other] > same for other in distinct):
            distinct.append(one)
    half = _apart(survey, [f for f in rounds if survey.faces["sweep_deg"][f] > HALF_ROUND_DEG], top)
    pairs = sum(cosines[a][b] < -same for a, b in itertools.combinations(distinct, 2))
    if len(distinct) == 2 and len(half) == 2 and pairs == 1:
        return "obround"
    if len(distinct) == 3 and len(half) == 1 and pairs == 1:
        return "rectangle"
    if half:
        return "other"
    if len(distinct) == 3:
        return "rectangle" if pairs == 1 else "triangle"
    # of directions in opposite pairs, one of the pair that the first is not in
    square = min(abs(cosines[distinct[0]][other]) for other in distinct) < SQUARE
    if len(distinct) == 4 and pairs == 2 and square:
        return "rectangle"
    if len(distinct) == 6 and pairs == 3:
        return "hexagon"
    return "other"


def _apart(survey: Survey, rounds: list[int], top: np.ndarray) -> list[int]:
    """One of the round faces about each axis: those in two walls of a tube are one."""
    found: list[int] = []
    for face in rounds:
        offset = survey.faces["origin_mm"][found] - survey.faces["origin_mm"][face]
        aside = norms(rejections(offset, top))
        if (aside > 4 * survey.near_mm).all():
            found.append(face)
    return found


def _along_arc(survey: Survey, cut: Depression, top: np.ndarray) -> tuple[str, float, float] | None:
    """Profile of a cut that follows an arc, its length along the middle line, and its width."""
    rows = survey.faces
    walls = [f for f in cut.faces if survey.kinds[f] == CYLINDER]
    walls = [f for f in walls if abs(rows["axis"][f] @ top) > SAME_AXIS]
    inner = [f for f in walls if rows["sense"][f] > 0]
    if len(inner) != 1:
        return None
    apart = rows["origin_mm"][walls] - rows["origin_mm"][inner[0]]
    apart = norms(rejections(apart, top))
    near = 4 * survey.near_mm
    outer = [f for f, d in zip(walls, apart, strict=True) if d < near and f != inner[0]]
    if len(outer) != 1:
        return None
    small = float(rows["radius_mm"][inner[0]])
    width = float(rows["radius_mm"][outer[0]]) - small
    length = math.radians(float(rows["sweep_deg"][inner[0]])) * (small + width / 2)
    ends = [f for f in walls if f not in (inner[0], outer[0])]
    upright = [
        f for f in cut.faces if survey.kinds[f] == PLANE and abs(rows["axis"][f] @ top) < SQUARE
    ]
    if not 0 < width < length or len(ends) + len(upright) != 2 or len(upright) == 1:
        return None  # wider than long it is a sector, as between the spokes of a wheel
    if upright:
        return "rectangle", length, width
    if any(abs(rows["radius_mm"][f] - width / 2) > 0.02 * width for f in ends):
        return None
    return "obround", length + width, width


def _juts_in(survey: Survey, cut: Depression, top: np.ndarray) -> bool:
    """Whether two walls of a pocket meet at a convex corner."""
    own = set(cut.faces)
    for face in cut.faces:
        for edge, g in survey.near[face]:
            if g not in own or survey.turns[edge] <= 0 or survey.kinds[g] != PLANE:
                continue
            if abs(survey.edges["tangent"][edge] @ top) > math.cos(math.radians(16)):
                return True
    return False


def _radii(
    survey: Survey, cut: Depression, top: np.ndarray, fillets: Mapping[int, float]
) -> dict[str, float]:
    """Least internal radius of the walls' corners, and the radius between walls and floor."""
    corners, floors = [], []
    kinds, senses = survey.kind[cut.faces].tolist(), survey.faces["sense"][cut.faces].tolist()
    for face, kind, sense in zip(cut.faces, kinds, senses, strict=True):
        if sense > 0 or kind not in (CYLINDER, CONE, TORUS):
            continue
        row = survey.faces[face]
        upright = abs(float(row["axis"] @ top)) > math.cos(math.radians(16))
        if kind == CYLINDER and upright:
            corners.append(float(row["radius_mm"]))
        elif kind == CONE and upright:
            corners.append(_least_radius(row))
        elif face in fillets:
            floors.append(abs(fillets[face]))
    radii = {}
    if corners:
        radii["corner_radius_mm"] = min(corners)
    if floors:
        radii["floor_radius_mm"] = min(floors)
    return radii


def _least_radius(row: np.void) -> float:
    slope = math.tan(math.radians(float(row["half_angle_deg"])))
    return float(max(row["radius_mm"] + row["low_mm"] * slope, 0.0))
