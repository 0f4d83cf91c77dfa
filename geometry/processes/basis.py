"""What is known of a part before any process asks: record, features, sheet model, fields?"""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import numpy as np

from geometry.fields.blends import Shaping, shaping
from geometry.fields.fields import Fields
from geometry.fields.revolution import TurningAxis, with_faces
from geometry.part import Part
from geometry.processes.measurement import number_of
from geometry.topology import surface_code

__all__ = ["LARGEST_DRILL_MM", "Basis"]

LARGEST_DRILL_MM = 26.0  # larger holes are bored or milled; open should-cost tool
LAST_ANALYTIC = surface_code("torus")  # kinds beyond are freeform
SAME_AXIS_COS = 0.9999  # 0.8°: axes of threads are fitted to helices
SAME_AXIS_SHARE = 5e-3  # of the diagonal
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

    @property
    def is_rolled_cone(self) -> bool:
        """Whether the sheet is one cone that rolls out flat."""
        return self.sheet is not None and self.sheet.rolled is not None

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
    def turning_axis(self) -> TurningAxis | None:
        """The axis that most of the round area follows; drawn threads about it follow it too."""
        axis = self.fields.turning_axis
        if axis is None or not self.threaded.any():
            return axis
        about = self._mask(
            face
            for thread in self.features("thread")
            for face in thread.faces
            if self.threaded[face] and self._about(thread, axis)
        )
        return with_faces(axis, about, self.fields.samples)

    def _about(self, feature: Any, axis: TurningAxis) -> bool:
        """Whether a feature's own axis is the turning axis."""
        own, at = feature.parameters.get("axis"), feature.parameters.get("origin_mm")
        if own is None or abs(np.asarray(own, float) @ axis.axis) < SAME_AXIS_COS:
            return False
        if at is None:
            return True
        apart = np.asarray(at, float) - axis.origin_mm
        off = float(np.linalg.norm(apart - (apart @ axis.axis) * axis.axis))
        return off < SAME_AXIS_SHARE * self.fields.diagonal_mm

    @cached_property
    def toothed_share(self) -> float:
        """Share of the area in outward faces that repeat ten times or more around the axis."""
        return float(self.faces["area_mm2"][self._repeated].sum() / self.area_mm2)

    @cached_property
    def threaded(self) -> np.ndarray:
        """Faces of threads that are drawn as helices (f,) bool."""
        return self._mask(
            face
            for thread in self.features("thread")
            for face in thread.faces
            if self.faces["kind"][face] > LAST_ANALYTIC
        )

    @cached_property
    def generated(self) -> np.ndarray:
        """Faces of teeth and drawn threads (f,) bool: hobs, taps and dies give them their shape,
        and they say nothing of how the rest was made.
        """
        teeth = self._mask(face for gear in self.features("gear") for face in gear.faces)
        if self.is_gear:
            teeth[self._repeated] = True
        return teeth | self.threaded

    @cached_property
    def shaping(self) -> Shaping:
        """Blends, freeform faces and sharp edges, but for generated faces."""
        if not self.generated.any():
            return self.fields.shaping
        return shaping(self.part.topology, self.generated)

    def _mask(self, faces: Iterable[int]) -> np.ndarray:
        found = np.zeros(len(self.faces), bool)
        found[list(faces)] = True
        return found

    @cached_property
    def _repeated(self) -> np.ndarray:
        """Outward faces that repeat ten times or more around the axis (k,) ids."""
        axis = self.fields.turning_axis
        if axis is None:
            return np.zeros(0, int)
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
        return np.asarray(loose[count[group.ravel()] >= LEAST_TEETH])
