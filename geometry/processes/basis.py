"""What is known of a part before any process asks: record, features, sheet model, fields?"""

from functools import cached_property
from typing import Any

import numpy as np

from geometry.fields.fields import Fields
from geometry.part import Part
from geometry.processes.measurement import number_of
from geometry.topology import surface_code

__all__ = ["LARGEST_DRILL_MM", "Basis"]

LARGEST_DRILL_MM = 26.0  # larger holes are bored or milled; open should-cost tool
TOOTHED = 0.25  # of the area
LEAST_TEETH = 10  # fewer are arms, lobes or bolt bosses
SAME_TOOTH = 0.01  # of the diagonal: how far the centres of like flanks may differ
SAME_TOOTH_AREA = 0.1  # share by which their areas may differ


class Basis:
    """A part with its features, sheet model and fields."""

    def __init__(self, part: Part, recognition: Any, fields: Fields, sheet: Any) -> None:
        self.part = part
        self.recognition = recognition
        self.fields = fields
        self.sheet = sheet
        self.faces = part.topology.faces
        self.area_mm2 = part.mass.area_mm2
        self.volume_mm3 = part.mass.volume_mm3
        self.box_mm = part.size_mm

    def features(self, *types: str) -> list[Any]:
        """Recognised features of some types."""
        return [f for f in self.recognition.features if f.type in types]

    @cached_property
    def holes(self) -> list[Any]:
        """Round holes."""
        return self.features("hole")

    @cached_property
    def drilled_faces(self) -> np.ndarray:
        """Cylinders of round holes that a drill makes (k,) ids."""
        small = [h for h in self.holes if number_of(h, "diameter_mm") <= LARGEST_DRILL_MM]
        faces = np.unique([face for hole in small for face in hole.faces]).astype(int)
        return faces[self.faces["kind"][faces] == surface_code("cylinder")]

    @cached_property
    def is_gear(self) -> bool:
        """Whether the part is a gear, spline or sprocket: teeth make up much of its surface."""
        recognised = [face for gear in self.features("gear") for face in gear.faces]
        teeth = float(self.faces["area_mm2"][recognised].sum() / self.area_mm2)
        return max(teeth, self.toothed_share) > TOOTHED

    @cached_property
    def toothed_share(self) -> float:
        """Share of the area in outward faces that repeat ten times or more around the axis."""
        axis = self.fields.turning_axis
        if axis is None:
            return 0.0
        offset = self.faces["centroid_mm"] - axis.origin_mm
        height = offset @ axis.axis
        radius = np.linalg.norm(offset - np.outer(height, axis.axis), axis=1)
        bore = (self.faces["sense"] < 0) & (self.faces["sweep_deg"] > 180)
        loose = np.flatnonzero(~axis.faces & ~bore & (radius > 1e-3 * self.fields.diagonal_mm))
        step = SAME_TOOTH * self.fields.diagonal_mm
        area = self.faces["area_mm2"][loose]
        alike = np.round(
            np.column_stack(
                [np.log(area) / SAME_TOOTH_AREA, radius[loose] / step, height[loose] / step]
            )
        )
        _, group, count = np.unique(alike, axis=0, return_inverse=True, return_counts=True)
        return float(area[count[group.ravel()] >= LEAST_TEETH].sum() / self.area_mm2)
