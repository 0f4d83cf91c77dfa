"""Which slots are sunk into a round surface, and how deep below its crown?"""

import math

import numpy as np

from geometry.features.cut_kind import Kind
from geometry.features.depressions import Depression
from geometry.features.feature import Draft
from geometry.features.survey import CONE, CYLINDER, PLANE, Survey
from geometry.vectors import cross

__all__ = ["below_crown", "keyway"]

SQUARE = math.sin(math.radians(2))  # two directions this near to 90° are square
SAME_AXIS = math.cos(math.radians(0.5))
HALF_ROUND_DEG = 170.0  # a slot's round end
FULL_ROUND = 0.45  # radius over width: a smaller one rounds a corner, not an end. DIN 6885-1
KEYWAY_WIDEST = 0.6  # width over the shaft's diameter


def keyway(survey: Survey, cut: Depression, kind: Kind) -> Draft | None:
    """A slot along a shaft or a bore, sunk into its round surface."""
    if kind.type == "step":
        return None
    rim = _rim(survey, cut, (CYLINDER, CONE))
    if rim is None or not survey.faces["sweep_deg"][rim] > 180:
        return None
    row = survey.faces[rim]
    axis, sense = row["axis"], int(row["sense"])
    floors = [
        f
        for f in cut.faces
        if survey.kinds[f] == PLANE and abs(survey.faces["axis"][f] @ axis) < SQUARE
    ]
    walls = [
        (a, b)
        for i, a in enumerate(floors)
        for b in floors[i + 1 :]
        if survey.faces["axis"][a] @ survey.faces["axis"][b] < -math.cos(math.radians(2))
    ]
    if not walls:
        return None
    sides = survey.faces["axis"][walls[0][0]]
    bottoms = [f for f in floors if abs(survey.faces["axis"][f] @ sides) < SQUARE]
    points = survey.outline(cut.faces)
    radius = _crown_mm(row, points)
    width = float(np.ptp(points @ sides))
    if bottoms:
        floor = max(bottoms, key=lambda f: float(survey.faces["area_mm2"][f]))
        normal = survey.faces["axis"][floor]
        level = float((survey.faces["origin_mm"][floor] - row["origin_mm"]) @ normal)
    else:  # cut by a wheel that stands across the shaft, as Woodruff keys are
        wheels = [
            f
            for f in cut.faces
            if survey.kinds[f] == CYLINDER and abs(survey.faces["axis"][f] @ sides) > SAME_AXIS
        ]
        if len(wheels) != 1:
            return None
        wheel = survey.faces[wheels[0]]
        normal = cross(sides, axis)
        level = float((wheel["origin_mm"] - row["origin_mm"]) @ normal)
        normal, level = (normal, level) if level > 0 else (-normal, -level)
        level -= float(wheel["radius_mm"])
    depth = radius - level if sense > 0 else -level - radius
    if width > KEYWAY_WIDEST * 2 * radius or depth <= 0:
        return None
    upright = [
        f
        for f in cut.faces
        if survey.kinds[f] == CYLINDER and abs(survey.faces["axis"][f] @ normal) > 0.99
    ]
    ends = [f for f in upright if survey.faces["sweep_deg"][f] > HALF_ROUND_DEG]
    if not ends and any(survey.faces["radius_mm"][f] < FULL_ROUND * width for f in upright):
        return None  # corners as a narrower cutter leaves them: no key has such ends
    parameters = {
        "profile": "obround" if ends else "rectangle",
        "width_mm": width,
        "depth_mm": depth,
        "length_mm": float(np.ptp(points @ axis)),
        "direction": normal.tolist(),
    }
    return Draft("slot", "keyway", tuple(cut.faces), parameters)


def below_crown(
    survey: Survey, cut: Depression, points: np.ndarray, top: np.ndarray, run: np.ndarray
) -> float:
    """Depth of a slot along a round stock below where the stock was highest; 0 where it is flat."""
    rim = _rim(survey, cut, (CYLINDER,))
    if rim is None:
        return 0.0
    row, across = survey.faces[rim], cross(top, run)
    places = points @ across
    if row["sense"] < 0 or not places.min() < row["origin_mm"] @ across < places.max():
        return 0.0
    if abs(row["axis"] @ run) < SAME_AXIS:
        return 0.0
    return float(row["origin_mm"] @ top + row["radius_mm"] - (points @ top).min())


def _crown_mm(row: np.void, points: np.ndarray) -> float:
    """Radius of a round face; of a cone where points (n, 3) of a slot are deepest below it."""
    if row["kind"] != CONE:
        return float(row["radius_mm"])
    along = (points - row["origin_mm"]) @ row["axis"]
    radii = row["radius_mm"] + along * math.tan(math.radians(float(row["half_angle_deg"])))
    return float(radii.max() if row["sense"] > 0 else radii.min())


def _rim(survey: Survey, cut: Depression, kinds: tuple[int, ...]) -> int | None:
    """The round face of some kinds that most of a cut's long walls come out of along its axis."""
    own = set(cut.faces)
    lengths: dict[int, float] = {}
    for face in cut.faces:
        for edge, g in survey.near[face]:
            if g not in own and survey.kinds[g] in kinds and survey.turns[edge] > 0:
                along = abs(survey.edges["tangent"][edge] @ survey.faces["axis"][g])
                if along > 0.99:
                    lengths[g] = lengths.get(g, 0.0) + float(survey.edges["length_mm"][edge])
    if not lengths:
        return None
    return max(lengths, key=lambda g: lengths[g])
