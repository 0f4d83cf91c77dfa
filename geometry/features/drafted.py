"""How much do the walls of a pocket or a boss lean, that a die or a mould lets them go?"""

import math
from collections.abc import Sequence

import numpy as np

from geometry.features.survey import CONE, PLANE, Survey

__all__ = ["draft_deg"]

LEAST_DEG = 0.1  # less is what files leave of upright walls
MOST_DEG = 15.0  # more was meant to slope


def draft_deg(survey: Survey, faces: Sequence[int], way: np.ndarray) -> dict[str, float]:
    """The angle that most of the walls along a direction lean by, looking that way, under
    `draft_deg`; nothing where they stand upright.
    """
    rows = survey.faces[list(faces)]
    lean = np.degrees(np.arcsin(np.clip(rows["axis"] @ way, -1.0, 1.0)))
    cones = (rows["kind"] == CONE) & (np.abs(lean) > 90.0 - LEAST_DEG)
    lean = np.where(cones, rows["half_angle_deg"], lean)
    walls = ((rows["kind"] == PLANE) & (np.abs(lean) < MOST_DEG)) | cones
    if not walls.any() or (lean[walls] < -LEAST_DEG).any():
        return {}  # a wall that leans the other way holds a core fast
    lean, area = lean[walls], rows["area_mm2"][walls]
    order = np.argsort(lean)
    middle = np.searchsorted(np.cumsum(area[order]), 0.5 * float(area.sum()))
    usual = float(lean[order][middle])
    return {"draft_deg": usual} if LEAST_DEG < usual < MOST_DEG and math.isfinite(usual) else {}
