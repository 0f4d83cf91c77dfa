"""How are the teeth of a gear cut: with which hob, along which way?"""

import math
from typing import Any

from geometry.processes.cutting import Cut
from geometry.processes.measurement import number_of

__all__ = ["tooth_cut"]

TEETH_DEPTH = 2.25  # modules: ISO 53
HOB_MM = (
    50.0,
    10.0,
)  # diameter of a hob: a constant, and so much a module; DIN 8002 A, fitted: ours
ONE_PASS_MODULE = 3.0  # coarser teeth are roughed and finished: ours


def tooth_cut(gear: Any, setup: int) -> Cut | None:
    """Hobbing of a gear: a turn of the blank for every tooth and feed along the face width and the
    way in, twice for coarse teeth; None where its size is not known.

    Source of the way in, √(h·(d − h)) of a hob of diameter d in teeth of depth h: the sagitta.
    """
    outer, width = number_of(gear, "outer_diameter_mm"), number_of(gear, "face_width_mm")
    module, teeth = number_of(gear, "module_mm"), number_of(gear, "teeth")
    if not (outer > 0 and width > 0 and module > 0 and teeth > 0):
        return None
    depth, hob = TEETH_DEPTH * module, HOB_MM[0] + HOB_MM[1] * module
    travel = width + math.sqrt(depth * (hob - depth))
    passes = 1 if module <= ONE_PASS_MODULE else 2
    gaps = 0.5 * math.pi / 4 * (outer**2 - (outer - 2 * depth) ** 2) * width
    return Cut(
        "cut_teeth", "gear_cutter", hob, width, setup, gear.id, gear.faces,
        volume_mm3=gaps, path_mm=passes * teeth * travel,
    )  # fmt: skip
