"""Which cuts are a cone and nothing else: the mark of a drill, or a seat right through a plate?"""

import numpy as np

from geometry.features.bores import end_radii
from geometry.features.depressions import Depression
from geometry.features.feature import Draft
from geometry.features.survey import CONE, CYLINDER, PLANE, Survey
from geometry.topology import CONCAVE

__all__ = ["conical_hole", "is_recess_side"]

WHOLE_DEG = 359.0


def conical_hole(survey: Survey, cut: Depression) -> Draft | None:
    """A hole without a cylinder, None where a cut is anything else than one whole cone.

    One that comes to a point is as wide as its mouth and as deep as its cone; one right through is
    as wide as its narrow end, and the rest of it a countersink.
    """
    cones = [face for face in cut.faces if survey.kinds[face] == CONE]
    if len(cones) != 1 or any(survey.kinds[f] != PLANE for f in cut.faces if f not in cones):
        return None
    row = survey.faces[cones[0]]
    if row["sense"] > 0 or row["sweep_deg"] < WHOLE_DEG:
        return None
    low, high = float(row["low_mm"]), float(row["high_mm"])
    narrow, wide = end_radii(survey, cones[0])
    pointed = narrow < survey.near_mm
    floors = [face for face in cut.faces if face not in cones]
    if floors and (pointed or len(floors) > 1):
        return None
    if not pointed and not floors:
        middle = row["origin_mm"] + 0.5 * (low + high) * row["axis"]
        ways = np.array([row["axis"], -row["axis"]])
        if np.isfinite(survey.rays.cast(np.array([middle, middle]), ways).distance_mm).any():
            return None  # the mouth of something else
    parameters = {
        "diameter_mm": 2 * (wide if pointed else narrow),
        "depth_mm": high - low,
        "axis": row["axis"].tolist(),
        "origin_mm": (row["origin_mm"] + high * np.asarray(row["axis"])).tolist(),
        "bottom": "conical" if pointed else "flat" if floors else "open",
        "intersected": False,
    }
    if not pointed:
        angle = 2 * float(row["half_angle_deg"])
        parameters["countersink"] = {"diameter_mm": 2 * wide, "angle_deg": angle}
    kind = "blind" if pointed or floors else "through"
    return Draft("hole", kind, tuple(sorted(cut.faces)), parameters)


def is_recess_side(survey: Survey, cut: Depression) -> bool:
    """Whether a cut is no more than the round side of a recess whose floor is something else's:
    between the hub and the rim of a wheel, about a bearing's ring.
    """
    faces, own = survey.faces, set(cut.faces)
    kind = survey.kind[cut.faces]
    round_ = (kind == CONE) | (kind == CYLINDER)
    round_ &= faces["sense"][cut.faces] < 0
    if not (round_ & (faces["sweep_deg"][cut.faces] > WHOLE_DEG)).all():
        return False
    return any(
        survey.turns[edge] == CONCAVE and g not in own
        for face in cut.faces
        for edge, g in survey.near[face]
    )
