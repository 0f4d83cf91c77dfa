"""Which round bosses have no loop of their own: parted by ribs, at a plate's edge, between arms?"""

import math

import numpy as np
from scipy.spatial import cKDTree

from geometry.features.feature import Draft
from geometry.features.survey import CONE, CYLINDER, PLANE, Survey
from geometry.topology import CONCAVE, CONVEX
from geometry.vectors import norms, off_line

__all__ = ["find_posts", "is_parted"]

LEAST_DEG = 180.0  # that the pieces of a post go round together: ribs or an arm take the rest
FOOT_DEG = 200.0  # of its foot where nothing ends it: the round end of a pad has half a turn
SAME_AXIS = math.cos(math.radians(0.5))
LEAN = math.sin(math.radians(0.5))
ROUNDED = 7  # decimals of a direction beyond which the rounding of a file tells nothing
WHOLE_DEG = 300.0  # that a wall goes round where nothing parts it
# that an internal radius turns between a post and a rib, which stand square to each other at most;
# the round end of a slot along an arc turns by half a turn, on into the wall across
MOST_RADIUS_DEG = 150.0
ACROSS = 0.5  # cosine between an edge and the axis below which it runs round the post


def find_posts(survey: Survey, taken: set[int], turned: set[int]) -> list[tuple[int, Draft]]:
    """The face that each post stands on, and the post: pieces of one round wall about one axis, on
    planes of one level. Ribs end them, or their foot goes most of the way round. What is turned and
    stands on what is turned is a step of a shaft.
    """
    rows = survey.faces
    round_ = np.isin(survey.kind, (CYLINDER, CONE)) & (rows["sense"] > 0)
    pieces = []
    for face in np.flatnonzero(round_).tolist():
        feet = [] if face in taken else _feet(survey, face)
        if feet and not (face in turned and feet[0] in turned):
            pieces.append((face, feet[0]))
    found = []
    for group in _groups(survey, pieces):
        walls = sorted({face for face, _ in group})
        base = group[0][1]
        if len(walls) > 1 and all(_is_cell(survey, foot) for _, foot in group):
            continue  # the hub between the pockets of a wheel: each has its own wall round it
        ribbed = all(_between_ribs(survey, face) for face in walls)
        if not ribbed and len(walls) > 1:
            continue  # a crown that slots part down to its foot
        around = float(rows["sweep_deg"][walls].sum())
        if around < LEAST_DEG or not (ribbed or _foot_deg(survey, walls[0], base) > FOOT_DEG):
            continue
        draft = _post(survey, walls, base)
        if draft is not None:
            found.append((base, draft))
    return found


def _groups(survey: Survey, pieces: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Pieces (wall, foot) by post: each is of the first one whose first piece it is of one wall
    with. Only those whose axes meet their feet at the same place are asked.
    """
    if not pieces:
        return []
    walls, feet = np.array(pieces).T
    rows, near = survey.faces, 2 * survey.near_mm
    axes, origins = rows["axis"][walls], rows["origin_mm"][walls]
    down = rows["origin_mm"][feet] - origins
    along = np.einsum("ij,ij->i", down, axes)
    places = origins + along[:, None] * axes
    # an axis that leans a little against another meets the foot a little beside it
    arm_mm = np.abs(along) + norms(rows["origin_mm"][feet] - places)
    width_mm = 2 * near + _widest_lean(axes) * float(arm_mm.max())
    beside = cKDTree(places).query_ball_point(places, width_mm, return_sorted=True)
    groups: dict[int, list[tuple[int, int]]] = {}  # by the first piece of each
    for number, piece in enumerate(pieces):
        for first in beside[number]:
            if first in groups and _one_post(survey, groups[first][0], piece):
                groups[first].append(piece)
                break
        else:
            groups[number] = [piece]
    return list(groups.values())


def _widest_lean(axes: np.ndarray) -> float:
    """Sine that the angle between any two of the axes (n, 3) that count as parallel stays below:
    that of rounding, where no two lean against each other by less than what tells them apart.
    """
    ways = np.unique(np.round(np.concatenate([axes, -axes]), ROUNDED), axis=0)
    apart = cKDTree(ways).query(ways, k=2)[0][:, 1]
    exact = 10.0**-ROUNDED * 2
    leaning = (apart > 2 * exact) & (apart < 2 * LEAN)
    return LEAN if leaning.any() else 4 * exact


def is_parted(survey: Survey, post: Draft) -> bool:
    """Whether ribs part a post all the way up: elsewhere its wall closes above them."""
    walls = [f for f in post.faces if survey.kinds[f] in (CYLINDER, CONE)]
    whole = survey.faces["sweep_deg"][walls] > WHOLE_DEG
    return not whole.any() and all(_between_ribs(survey, face) for face in walls)


def _between_ribs(survey: Survey, face: int) -> bool:
    """Whether plane walls, over an internal radius or not, end a piece along its axis."""
    axis = survey.faces["axis"][face]
    sides = 0
    for edge, g in survey.near[face]:
        if abs(survey.edges["tangent"][edge] @ axis) < ACROSS:
            continue
        hollow = survey.faces["sense"][g] < 0 and survey.faces["sweep_deg"][g] < MOST_RADIUS_DEG
        rounded = survey.smooth(edge) and hollow
        inner = survey.turns[edge] == CONCAVE and survey.kinds[g] == PLANE
        if not inner and not (rounded and survey.kinds[g] != PLANE):
            return False
        sides += 1
    return sides >= 2


def _is_cell(survey: Survey, floor: int) -> bool:
    """Whether walls stand all round a plane."""
    outer = next(iter(survey.topology.loops_of(floor)), None)
    if outer is None:
        return False
    return bool((survey.convexity[survey.topology.loop_edges(outer)] == CONCAVE).all())


def _foot_deg(survey: Survey, face: int, base: int) -> float:
    """How far round its axis a piece of a post stands on the level of its base."""
    axis = survey.faces["axis"][face]
    level = float(survey.faces["origin_mm"][base] @ axis)
    length = 0.0
    for edge, _ in survey.near[face]:
        record = survey.edges[edge]
        # of a closed edge, as of a branch, the middle may lie anywhere: its ends tell as well
        heights = np.array([record[key] for key in ("start_mm", "middle_mm", "end_mm")]) @ axis
        on_level = (np.abs(heights - level) < 2 * survey.near_mm).all()
        if on_level and survey.turns[edge] == CONCAVE:
            length += float(record["length_mm"])
    return math.degrees(length / _radius_at(survey, face, base))


def _feet(survey: Survey, face: int) -> list[int]:
    """The planes square to its axis that a piece stands on, the largest alone."""
    axis = survey.faces["axis"][face]
    feet = [g for g in survey.feet(face) if abs(survey.faces["axis"][g] @ axis) > SAME_AXIS]
    return sorted(feet, key=lambda g: -float(survey.faces["area_mm2"][g]))[:1]


def _one_post(survey: Survey, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two pieces are of one wall, and stand at one level."""
    rows, near = survey.faces, 2 * survey.near_mm
    (a, foot), (b, other_foot) = one, other
    axis = rows["axis"][a]
    level = float((rows["origin_mm"][other_foot] - rows["origin_mm"][foot]) @ axis)
    if abs(rows["axis"][b] @ axis) < SAME_AXIS or abs(level) > near:
        return False
    aside = off_line(rows["origin_mm"][b], rows["origin_mm"][a], axis)
    radii = [_radius_at(survey, face, foot) for face in (a, b)]
    return aside < near and abs(radii[0] - radii[1]) < near


def _radius_at(survey: Survey, wall: int, foot: int) -> float:
    """Radius of a post where it meets the plane that it stands on."""
    row = survey.faces[wall]
    if survey.kinds[wall] == CYLINDER:
        return float(row["radius_mm"])
    along = float((survey.faces["origin_mm"][foot] - row["origin_mm"]) @ row["axis"])
    return float(row["radius_mm"]) + along * math.tan(math.radians(float(row["half_angle_deg"])))


def _post(survey: Survey, walls: list[int], base: int) -> Draft | None:
    rows = survey.faces
    up = rows["axis"][base]
    tops = {
        g
        for face in walls
        for edge, g in survey.near[face]
        if survey.kinds[g] == PLANE
        and survey.turns[edge] == CONVEX
        and rows["axis"][g] @ up > SAME_AXIS
    }
    height = float(((survey.points(walls) - rows["origin_mm"][base]) @ up).max())
    if not tops or height < survey.near_mm:
        return None
    own = set(walls)
    # a face that the ribs end in too is theirs as much
    own |= {g for g in tops if {h for _, h in survey.near[g]} <= own | _hollow(survey, g)}
    parameters = {
        "height_mm": height,
        "axis": up.tolist(),
        "diameter_mm": 2 * _radius_at(survey, walls[0], base),
    }
    return Draft("boss", "round", tuple(sorted(own)), parameters)


def _hollow(survey: Survey, top: int) -> set[int]:
    """Walls of the holes in a post's top."""
    return {
        g
        for _, g in survey.near[top]
        if survey.kinds[g] in (CYLINDER, CONE) and survey.faces["sense"][g] < 0
    }
