"""What do limits on holes, pockets and bends need of the recognised features?"""

import math
from functools import cached_property

from geometry.processes.basis import Basis
from geometry.processes.measurement import Measurement, number_of, worst
from geometry.processes.tools import LARGEST_DRILL_MM

__all__ = ["Holes", "cavities", "drilled"]

STOCK_STEP_MM, COARSE_STEP_MM, COARSE_FROM_MM = 0.1, 0.5, 10.0  # of drills: Hubs CNC guide
INCH_MM = 25.4
INCH_STEP = 1 / 64  # fractional inch drills


class Holes(Basis):
    """Diameters and depths of a part's round holes, found once for all processes."""

    @cached_property
    def hole_diameters(self) -> tuple[Measurement, ...]:
        """Diameter of every round hole, smallest first."""
        return tuple(
            worst(
                Measurement(
                    "hole_diameter_mm",
                    number_of(h, "diameter_mm"),
                    h.faces,
                    h.id,
                    {"depth_mm": number_of(h, "depth_mm")},
                )
                for h in self.holes
            )
        )

    @cached_property
    def hole_depth_ratios(self) -> tuple[Measurement, ...]:
        """Depth of every round hole over its diameter, deepest first."""
        return tuple(worst((ratio for ratio, _ in self._hole_depths), largest=True))

    @cached_property
    def hole_depths_mm(self) -> tuple[Measurement, ...]:
        """Depth of every round hole, deepest first."""
        return tuple(worst((depth for _, depth in self._hole_depths), largest=True))

    @cached_property
    def _hole_depths(self) -> list[tuple[Measurement, Measurement]]:
        """Depth of every round hole over its diameter, and in mm."""
        found = []
        for hole in self.holes:
            diameter, depth = number_of(hole, "diameter_mm"), number_of(hole, "depth_mm")
            if not diameter > 0:
                continue
            through = 1.0 if hole.kind == "through" else 0.0
            context = {"diameter_mm": diameter, "through": through}
            ratio = Measurement("hole_depth_ratio", depth / diameter, hole.faces, hole.id, context)
            found.append((ratio, ratio._replace(quantity="hole_depth_mm", value=depth)))
        return found


def drilled(subject: Basis) -> list[Measurement]:
    """Flat bottoms, odd diameters and thread sizes of holes that a drill makes."""
    flat, odd, threads = [], [], []
    for hole in subject.holes:
        diameter = number_of(hole, "diameter_mm")
        if not 0 < diameter <= LARGEST_DRILL_MM:
            continue
        if hole.kind == "blind" and hole.parameters.get("bottom") == "flat":
            flat.append(Measurement("flat_bottom_mm", diameter, hole.faces, hole.id))
        offset = _off_stock(diameter)
        odd.append(
            Measurement("drill_offset_mm", offset, hole.faces, hole.id, {"diameter_mm": diameter})
        )
        thread = hole.parameters.get("thread")
        if isinstance(thread, dict):
            threads.append(
                Measurement(
                    "thread_mm", _nominal(str(thread.get("designation", ""))), hole.faces, hole.id
                )
            )
    return [*worst(flat, largest=True), *worst(odd, largest=True), *worst(threads)]


def _off_stock(diameter_mm: float) -> float:
    """Distance to the nearest stock drill, metric or inch."""
    step = STOCK_STEP_MM if diameter_mm <= COARSE_FROM_MM else COARSE_STEP_MM
    inch = INCH_MM * INCH_STEP
    return min(
        abs(diameter_mm - step * round(diameter_mm / step)),
        abs(diameter_mm - inch * round(diameter_mm / inch)),
    )


def _nominal(designation: str) -> float:
    """Nominal diameter of M8 or M10x1.25; nan for other threads."""
    head = designation.upper().removeprefix("M").split("X")[0].split("-")[0]
    try:
        return float(head) if designation.upper().startswith("M") else math.nan
    except ValueError:
        return math.nan


def cavities(subject: Basis) -> list[Measurement]:
    """Depth over width of pockets and slots, and their corner radii."""
    ratios, corners, reach = [], [], []
    for cavity in subject.cavities:
        depth, width = number_of(cavity, "depth_mm"), number_of(cavity, "width_mm")
        if depth > 0 and width > 0:
            ratios.append(
                Measurement(
                    "cavity_ratio", depth / width, cavity.faces, cavity.id, {"width_mm": width}
                )
            )
        radius = number_of(cavity, "corner_radius_mm")
        if radius > 0 and depth > 0:
            corners.append(
                Measurement(
                    "corner_radius_mm", radius, cavity.faces, cavity.id, {"depth_mm": depth}
                )
            )
            context = {"radius_mm": radius, "depth_mm": depth}
            reach.append(
                Measurement(
                    "corner_reach_ratio", depth / (2 * radius), cavity.faces, cavity.id, context
                )
            )
    return [*worst(ratios, largest=True), *worst(corners), *worst(reach, largest=True)]
