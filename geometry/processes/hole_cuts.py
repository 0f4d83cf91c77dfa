"""Which tools make a round hole, in which order?"""

import math
from collections.abc import Iterator
from typing import Any

from geometry.features.threads import COARSE_PITCH_MM
from geometry.processes.cutting import Cut
from geometry.processes.measurement import number_of
from geometry.processes.tools import (
    LARGEST_DRILL_MM,
    SAME_MM,
    data,
    drill_mm,
    drill_offset_mm,
    largest_end_mill_mm,
    reach_mm,
)

__all__ = ["hole_cuts", "main_tool_mm", "nominal_mm", "pitch_mm"]

MILLED_SHARE = 0.7  # of a large hole's diameter: the mill that circles in it


def main_tool_mm(diameter_mm: float) -> float:
    """Diameter of the tool that opens a hole: a stock drill, or a mill that circles."""
    if diameter_mm <= LARGEST_DRILL_MM:
        return drill_mm(diameter_mm)
    largest = float(data()["end_mill"]["diameter_mm"][-1])
    return largest_end_mill_mm(min(MILLED_SHARE * diameter_mm, largest))


def hole_cuts(hole: Any, length_mm: float, setup: int, *, steps: bool = True) -> Iterator[Cut]:
    """Opening, widening, sinking, bottom and thread of one hole.

    length_mm: how far its main tool stands out of the holder; steps: False where a lathe turns
    the wider ones out.
    """
    diameter, depth = number_of(hole, "diameter_mm"), number_of(hole, "depth_mm")
    common: dict[str, Any] = {"setup": setup, "feature": hole.id, "faces": hole.faces}
    tool = main_tool_mm(diameter)
    if diameter > LARGEST_DRILL_MM:
        volume = math.pi / 4 * diameter**2 * depth
        yield Cut("bore_mill", "end_mill", tool, length_mm, volume_mm3=volume, **common)
        yield Cut(
            "finish_wall",
            "end_mill",
            tool,
            length_mm,
            area_mm2=math.pi * diameter * depth,
            **common,
        )
    else:
        deep = length_mm > reach_mm("drill", tool)
        name = "gun_drill" if deep else "drill"
        yield Cut(name, name, tool, length_mm, depth_mm=depth, **common)
        if drill_offset_mm(diameter) > SAME_MM and "thread" not in hole.parameters:
            yield Cut("bore", "boring_head", diameter, length_mm, depth_mm=depth, **common)
    yield from _mouth(hole, diameter, tool, common, steps)
    if (
        hole.kind == "blind"
        and hole.parameters.get("bottom") == "flat"
        and diameter <= LARGEST_DRILL_MM
    ):
        mill = largest_end_mill_mm(diameter)
        yield Cut("flat_bottom", "end_mill", mill, length_mm, depth_mm=0.3 * diameter, **common)
    thread = hole.parameters.get("thread")
    nominal = (
        nominal_mm(str(thread.get("designation", ""))) if isinstance(thread, dict) else math.nan
    )
    if nominal > 0:
        pitch = pitch_mm(str(thread["designation"]), nominal)
        yield Cut("tap", "tap", nominal, length_mm, depth_mm=depth, pitch_mm=pitch, **common)


def _mouth(
    hole: Any, diameter: float, tool: float, common: dict[str, Any], milled: bool
) -> Iterator[Cut]:
    """Wider steps are counterbored when a mill plunges them, milled when they are wide."""
    steps = (hole.parameters.get("steps") or ()) if milled else ()
    for step in steps:
        wide, deep = float(step["diameter_mm"]), float(step["depth_mm"])
        if wide <= diameter * (1 + 1e-6):
            continue
        if any(abs(wide - each) < SAME_MM for each in data()["counterbore"]["diameter_mm"]):
            yield Cut("counterbore", "counterbore", wide, deep, depth_mm=deep, **common)
        else:
            mill = largest_end_mill_mm(MILLED_SHARE * wide)
            volume = math.pi / 4 * (wide**2 - diameter**2) * deep
            yield Cut("bore_mill", "end_mill", mill, deep, volume_mm3=volume, **common)
    sink = hole.parameters.get("countersink")
    if isinstance(sink, dict):
        wide, angle = float(sink["diameter_mm"]), float(sink["angle_deg"])
        deep = max(wide - diameter, 0.0) / 2 / math.tan(math.radians(min(angle, 175.0) / 2))
        yield Cut("countersink", "countersink", wide, max(deep, tool), depth_mm=deep, **common)


def nominal_mm(designation: str) -> float:
    """Nominal diameter of M8 or M10x1.25; nan for other threads."""
    if not designation.upper().startswith("M"):
        return math.nan
    try:
        return float(designation[1:].upper().split("X")[0].split("-")[0])
    except ValueError:
        return math.nan


def pitch_mm(designation: str, nominal: float) -> float:
    """Pitch of a metric thread: as written, else the coarse one.

    Source: ISO 261:1998.
    """
    _, _, fine = designation.upper().partition("X")
    try:
        return float(fine.split("-")[0])
    except ValueError:
        near = min(COARSE_PITCH_MM, key=lambda each: abs(each - nominal))
        return COARSE_PITCH_MM[near]
