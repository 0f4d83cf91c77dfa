"""Which ring-shaped channels run round a shaft, a bore or on a face?"""

import math
from dataclasses import dataclass

import numpy as np

from geometry.features.feature import Draft
from geometry.features.survey import CONE, CYLINDER, PLANE, TORUS, Survey
from geometry.topology import CONCAVE, CONVEX
from geometry.vectors import about_axis

__all__ = ["O_RING_RATIOS", "find_grooves"]

SAME_AXIS = math.cos(math.radians(0.5))
WIDEST_RATIO = 12.0  # width over depth beyond which a recess is a smaller diameter, not a groove
WIDEST_SHARE = 0.6  # of the diameter, likewise
WHOLE_DEG = 359.0
LEAST_ROUND = 0.4  # of a turn: what of a groove's side keys and flats may leave
# between lands of one diameter: width over depth, and what of their radius they may differ by
SPOOL_RATIO, SAME_LANDS = 7.0, 0.01
SPOOL_CORE = 0.5  # of the lands' radius: between flanges on a thinner core lies a pipe, or a drum
# cosine between the sides of a round floor, which look at each other; a fillet's are square
OPPOSED = -0.7
FLAT_CONE_DEG = 70.0  # half angle: what leads into a shoulder from beside it lies nearly along it
O_RING_RATIOS = (
    1.15,
    2.2,
)  # width over depth of O-ring housings. Source: ISO 3601-2, static and dynamic housings


def find_grooves(survey: Survey, taken: set[int], turned: set[int]) -> list[Draft]:
    """Grooves whose floor is a ring, or whose flanks meet, concave on both sides."""
    drafts = []
    used = set(taken)
    floors = np.flatnonzero((survey.kind == PLANE) & (survey.faces["loop_count"] == 2))
    lipped = {floor for floor in floors.tolist() if _has_lip(survey, floor)}
    # the hollows under the lips of a ring are no grooves of their own; a relief that goes into a
    # shaft and the face beside it is the shaft's
    for face in sorted(
        range(survey.count), key=lambda face: (face not in lipped, survey.kinds[face] != CYLINDER)
    ):
        if face in used:
            continue
        draft = None
        if survey.kinds[face] == CYLINDER:
            draft = _around(survey, face)
        elif survey.kinds[face] == CONE:
            draft = _vee(survey, face)
        elif survey.kinds[face] == PLANE:
            draft = _on_face(survey, face, turned)
        elif survey.kinds[face] == TORUS:
            draft = _round_floor(survey, face)
        if draft is not None and not used & set(draft.faces):
            drafts.append(draft)
            used |= set(draft.faces)
    return drafts


@dataclass(frozen=True)
class Flank:
    """One side of a groove about an axis."""

    face: int
    foot: tuple[float, float]  # along the axis, radius
    rim: tuple[float, float]
    shoulder_mm: float  # along the axis, the face beside the groove
    lead: tuple[int, ...] = ()  # the cone that leads out to it


def _meridian(
    survey: Survey, face: int, origin: np.ndarray, axis: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Places along an axis and distances from it of a face's points."""
    points = survey.points([face]) - origin
    return about_axis(points, axis)


def _coaxial(survey: Survey, face: int, axis: np.ndarray) -> bool:
    return abs(float(survey.faces["axis"][face] @ axis)) > SAME_AXIS


def _leads_up(survey: Survey, face: int, axis: np.ndarray) -> bool:
    """Whether a face is a plane or a cone about an axis, as the sides of grooves are."""
    return survey.kinds[face] in (PLANE, CONE) and _coaxial(survey, face, axis)


def _flank(
    survey: Survey, face: int, origin: np.ndarray, axis: np.ndarray, sense: int
) -> Flank | None:
    """A plane or cone about an axis as the side of a groove in a shaft (sense +1) or a bore."""
    if not _leads_up(survey, face, axis):
        return None
    along, radii = _meridian(survey, face, origin, axis)
    order = np.argsort(sense * radii)
    foot, rim = order[0], order[-1]
    edge = _broken_rim(survey, face, axis)
    top = float(radii[rim])
    if edge is not None:
        beyond = sense * _meridian(survey, edge, origin, axis)[1]
        top = sense * max(sense * top, float(beyond.max()))
    at = float(along[rim])
    shoulder = _shoulder(survey, face, origin, axis, at)
    return Flank(face, (float(along[foot]), float(radii[foot])), (at, top), *shoulder)


def _shoulder(
    survey: Survey, face: int, origin: np.ndarray, axis: np.ndarray, at_mm: float
) -> tuple[float, tuple[int, ...]]:
    """Place along the axis of the shoulder that a relief goes into, and the cone that leads out to
    it; where none does, of the groove's own side.

    Source: DIN 509, form F, measured from the shoulder.
    """
    if survey.kinds[face] != PLANE:
        return at_mm, ()
    for edge, g in survey.near[face]:
        leads = survey.kinds[g] == CONE and survey.turns[edge] == CONCAVE
        if leads and survey.faces["sense"][g] < 0 and _coaxial(survey, g, axis):
            along = _meridian(survey, g, origin, axis)[0]
            return float(along[np.abs(along - at_mm).argmax()]), (g,)
    return at_mm, ()


def _broken_rim(survey: Survey, face: int, axis: np.ndarray) -> int | None:
    """The fillet that rounds the rim of a groove's side."""
    for edge, g in survey.near[face]:
        rounds = survey.kinds[g] == TORUS and survey.faces["sense"][g] > 0
        if rounds and survey.smooth(edge) and _coaxial(survey, g, axis):
            return g
    return None


def _beside(survey: Survey, face: int, axis: np.ndarray) -> list[tuple[int, tuple[int, ...]]]:
    """Faces that rise from a groove's floor, with the fillet that leads up to each."""
    found: list[tuple[int, tuple[int, ...]]] = []
    known: set[int] = set()
    for edge, g in survey.near[face]:
        if survey.turns[edge] != CONCAVE or g in known:
            continue
        if survey.kinds[g] != TORUS or not survey.smooth(edge) or not _coaxial(survey, g, axis):
            found.append((g, ()))
            known.add(g)
            continue
        beyond = [h for e2, h in survey.near[g] if h != face and survey.turns[e2] == CONCAVE]
        found += [(h, (g,)) for h in beyond]
        known.update((*beyond, g) if beyond else ())
    return found


def _around(survey: Survey, face: int) -> Draft | None:
    """A groove in a shaft or a bore, its floor a cylinder."""
    row = survey.faces[face]
    if row["sweep_deg"] < 300:
        return None
    sense = int(row["sense"])
    sides = [
        (g, fillet)
        for g, fillet in _beside(survey, face, row["axis"])
        if _leads_up(survey, g, row["axis"])
        and _runs_round(survey, face, {g, *fillet})
        and not (sense < 0 and _is_floor(survey, g))
    ]
    if len(sides) != 2:  # before they are measured: a plate that a hundred bosses stand on is large
        return None
    found = [_flank(survey, g, row["origin_mm"], row["axis"], sense) for g, _ in sides]
    flanks = [flank for flank in found if flank is not None]
    floor = [face, *(f for _, fillet in sides for f in fillet)]
    return _groove(survey, flanks, float(row["radius_mm"]), row["axis"], sense, tuple(floor))


def _is_floor(survey: Survey, face: int) -> bool:
    """Whether a plane ends a blind bore: it has no rim."""
    bounds = [survey.turns[edge] for edge, _ in survey.near[face]]
    return survey.kinds[face] == PLANE and CONVEX not in bounds


def _runs_round(survey: Survey, floor: int, beside: set[int]) -> bool:
    """Whether a side of a groove goes along most of its floor: a hole that dips into a wall beside
    it leaves crescents.
    """
    along = sum(float(survey.edges["length_mm"][e]) for e, g in survey.near[floor] if g in beside)
    return along > LEAST_ROUND * 2 * math.pi * float(survey.faces["radius_mm"][floor])


def _round_floor(survey: Survey, face: int) -> Draft | None:
    """A groove as a round-nosed tool leaves it: its floor the inside of a tube."""
    row = survey.faces[face]
    if row["sweep_deg"] < 300 or row["sense"] > 0:
        return None
    origin, axis = row["origin_mm"], row["axis"]
    faces, rims = [face], []
    around: list[tuple[int, int, tuple[float, float]]] = []
    for edge, g in survey.near[face]:  # a ring may be cut in two where it meets what was split
        ring = _ring(survey, edge, origin, axis)
        if all(g != h or math.dist(ring, other) > survey.near_mm for _, h, other in around):
            around.append((edge, g, ring))
    tangent = [
        survey.edges["normals"][e, survey.side(e, face)] for e, _, _ in around if survey.smooth(e)
    ]
    if len(tangent) == 2 and tangent[0] @ tangent[1] > OPPOSED:
        return None  # a fillet at the foot of a shoulder
    for edge, g, ring in around:
        if survey.turns[edge] == CONVEX and not survey.smooth(edge):
            rims.append(ring)
            continue
        if not survey.smooth(edge) or survey.kinds[g] not in (PLANE, CONE, CYLINDER):
            return None
        beyond = {h: e for e, h in survey.near[g] if h != face and survey.turns[e] == CONVEX}
        if len(beyond) != 1 or not _coaxial(survey, g, axis):
            return None
        faces.append(g)
        rims.append(_ring(survey, next(iter(beyond.values())), origin, axis))
    if len(rims) != 2:
        return None
    (z1, r1), (z2, r2) = rims
    # the floor's own ends tell which way it opens: one side may be a whole shoulder
    (za, ra), (zb, rb) = (ring for _, _, ring in around)
    major, tube = float(row["radius_mm"]), float(row["minor_radius_mm"])
    if abs(za - zb) > abs(ra - rb):
        sense = 1 if _meridian(survey, face, origin, axis)[1].mean() < major else -1
        floor = major - sense * tube
        size = {"width_mm": abs(z1 - z2), "depth_mm": min(sense * (r - floor) for r in (r1, r2))}
        kind = "external" if sense > 0 else "internal"
    else:
        floor = max(abs(z1), abs(z2)) + tube
        size = {"width_mm": abs(r1 - r2), "depth_mm": min(abs(z1), abs(z2)) + tube}
        if z1 * z2 < 0:  # one rim is deeper than the middle of the tube
            size["depth_mm"] = tube - min(abs(z1), abs(z2))
        kind, floor = "face", max(r1, r2)
    if size["depth_mm"] <= survey.near_mm or size["width_mm"] <= survey.near_mm:
        return None
    return Draft("groove", kind, tuple(sorted(faces)), {**size, "diameter_mm": 2 * floor})


def _ring(survey: Survey, edge: int, origin: np.ndarray, axis: np.ndarray) -> tuple[float, float]:
    """Place along an axis and distance from it of a circular edge."""
    offset = survey.edges["middle_mm"][edge] - origin
    along = float(offset @ axis)
    return along, float(np.linalg.norm(offset - along * axis))


def _vee(survey: Survey, face: int) -> Draft | None:
    """A groove whose two conical flanks meet."""
    row = survey.faces[face]
    for edge, g in survey.near[face]:
        if g < face or survey.kinds[g] != CONE or survey.turns[edge] != CONCAVE:
            continue
        sense = int(row["sense"])
        flanks = [_flank(survey, f, row["origin_mm"], row["axis"], sense) for f in (face, g)]
        if flanks[0] is None or flanks[1] is None or survey.faces["sense"][g] != sense:
            continue
        pair = [flanks[0], flanks[1]]
        return _groove(survey, pair, pair[0].foot[1], row["axis"], sense, ())
    return None


def _groove(
    survey: Survey,
    flanks: list[Flank],
    radius: float,
    axis: np.ndarray,
    sense: int,
    floor: tuple[int, ...],
) -> Draft | None:
    """Two flanks as a groove when they rise on both sides and are not too far apart."""
    low, high = sorted(flanks, key=lambda flank: flank.foot[0] + flank.rim[0])
    width = high.shoulder_mm - low.shoulder_mm
    depth = min(sense * (low.rim[1] - radius), sense * (high.rim[1] - radius))
    near = survey.near_mm
    leaning = (low.rim[0] <= low.foot[0] + near or _undercuts(survey, low, sense)) and (
        high.rim[0] >= high.foot[0] - near or _undercuts(survey, high, sense)
    )
    if depth <= survey.near_mm or width <= 0 or not leaning or not _facing(survey, low, high, axis):
        return None
    level = abs(low.rim[1] - high.rim[1]) < SAME_LANDS * low.rim[1]
    # between equal lands, as those of a valve's spool
    spool = level and width <= SPOOL_RATIO * depth and width <= 2 * low.rim[1]
    spool = spool and radius >= SPOOL_CORE * low.rim[1]
    if not spool and (width > WIDEST_RATIO * depth or width > WIDEST_SHARE * 2 * radius):
        return None
    return Draft(
        "groove",
        "external" if sense > 0 else "internal",
        tuple(sorted((*floor, low.face, high.face, *low.lead, *high.lead))),
        {"width_mm": width, "depth_mm": depth, "diameter_mm": 2 * radius},
    )


def _undercuts(survey: Survey, flank: Flank, sense: int) -> bool:
    """Whether a groove's side is the flat cone by which a relief goes into the shoulder beside it.

    Source: DIN 509, form F, 8° to the shoulder.
    """
    row = survey.faces[flank.face]
    hollow = survey.kind[flank.face] == CONE and row["sense"] * sense < 0
    return bool(hollow and row["half_angle_deg"] > FLAT_CONE_DEG)


def _facing(survey: Survey, low: Flank, high: Flank, axis: np.ndarray) -> bool:
    """Whether plane flanks look at each other; cones do by how they lean."""
    sides = ((low.face, 1.0), (high.face, -1.0))
    return all(
        survey.kinds[face] != PLANE or sign * float(survey.faces["axis"][face] @ axis) > 0
        for face, sign in sides
    )


def _on_face(survey: Survey, face: int, turned: set[int]) -> Draft | None:
    """A ring channel in a plane face, its floor an annulus."""
    row = survey.faces[face]
    inner = outer = None
    faces = [face]
    beside = _beside(survey, face, row["axis"])
    if len(beside) != 2 or any(
        survey.turns[edge] != CONCAVE and not _is_drilled(survey, g)
        for edge, g in survey.near[face]
    ):
        return None
    for g, fillet in beside:
        wall, between = g, fillet
        if survey.kinds[g] == CONE:  # a chamfer of the corner
            walls = [h for e, h in survey.near[g] if h != face and survey.turns[e] == CONCAVE]
            wall, between = (walls[0], (*fillet, g)) if len(walls) == 1 else (g, fillet)
        if survey.kinds[wall] not in (CYLINDER, CONE) or not _coaxial(survey, wall, row["axis"]):
            return None
        faces += [wall, *between]
        lip = _lip(survey, face, wall)
        if lip is not None:
            faces += lip
            wall = lip[1]
        if survey.faces["sense"][wall] > 0:
            inner = wall
        else:
            outer = wall
    if inner is None or outer is None:
        return None
    a, b = survey.faces[inner], survey.faces[outer]
    apart = b["origin_mm"] - a["origin_mm"]
    apart = apart - (apart @ row["axis"]) * row["axis"]
    narrow, wide = (_rim_radius(survey, wall, row["axis"]) for wall in (inner, outer))
    width = wide - narrow
    if np.linalg.norm(apart) > max(0.02 * width, 1e-3) or width <= 0:
        return None
    level = float(row["origin_mm"] @ row["axis"])
    tops = []
    for wall in (inner, outer):
        rim = _broken_rim(survey, wall, row["axis"])
        reach = survey.points([wall] if rim is None else [wall, rim]) @ row["axis"]
        tops.append(float(reach.max()) - level)
    depth = min(tops)
    if width > WIDEST_RATIO * depth or width > wide * 0.75:
        return None
    milled = face not in turned and inner not in turned
    kind = "o_ring" if milled and O_RING_RATIOS[0] <= width / depth <= O_RING_RATIOS[1] else "face"
    return Draft(
        "groove", kind, tuple(sorted(faces)),
        {"width_mm": width, "depth_mm": depth, "diameter_mm": 2 * wide},
    )  # fmt: skip


def _has_lip(survey: Survey, floor: int) -> bool:
    return any(_lip(survey, floor, wall) is not None for _, wall in survey.near[floor])


def _lip(survey: Survey, floor: int, wall: int) -> tuple[int, int] | None:
    """The plane that overhangs a ring channel's floor from one of its sides, as in a T-slot along
    a circle, and the narrower side above it; None where the side goes straight out.
    """
    rows = survey.faces
    if survey.kinds[wall] != CYLINDER:
        return None
    for edge, over in survey.near[wall]:
        inner = survey.turns[edge] == CONCAVE and survey.kind[over] == PLANE
        if not inner or rows["axis"][over] @ rows["axis"][floor] > -SAME_AXIS:
            continue
        for rim, neck in survey.near[over]:
            apart = float(rows["radius_mm"][neck] - rows["radius_mm"][wall])
            if (
                survey.turns[rim] == CONVEX
                and survey.kind[neck] == CYLINDER
                and rows["sense"][neck] == rows["sense"][wall]
                and apart * rows["sense"][wall] > 0
                and _coaxial(survey, neck, rows["axis"][wall])
            ):
                return over, neck
    return None


def _is_drilled(survey: Survey, face: int) -> bool:
    """Whether a face is the wall of a hole: it does not end the floor that it goes through."""
    row = survey.faces[face]
    return bool(
        survey.kinds[face] == CYLINDER and row["sense"] < 0 and row["sweep_deg"] > WHOLE_DEG
    )


def _rim_radius(survey: Survey, wall: int, normal: np.ndarray) -> float:
    """Radius of a ring channel's side at its mouth, towards which its floor looks."""
    row = survey.faces[wall]
    if survey.kinds[wall] == CYLINDER:
        return float(row["radius_mm"])
    slope = math.tan(math.radians(float(row["half_angle_deg"])))
    rim = row["high_mm"] if row["axis"] @ normal > 0 else row["low_mm"]
    return float(row["radius_mm"] + rim * slope)
