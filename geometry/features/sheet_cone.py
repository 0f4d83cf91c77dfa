"""What flat sector is a rolled cone cut from? A frustum of sheet with a slit, and nothing else."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from geometry.features.sheet_contours import Contour
from geometry.part import Part
from geometry.topology import surface_code

__all__ = ["Sector", "sector_of"]

CONE = surface_code("cone")
SLIT_DEG = 0.05  # a cone that goes round further has no slit to be laid open at
SAME_ANGLE_DEG = 0.2
RIM_SLACK = 1.25  # rims square to the axis are wider than the sheet is thick, steep ones by more
WHOLE = 0.005  # of a face's area: holes, notches and oblique ends take away more


@dataclass(frozen=True)
class Sector:
    """A ring sector: the flat of a cone by its neutral fibre."""

    inner_mm: float  # radii
    outer_mm: float
    angle: float  # radians
    turn_deg: float  # that the sheet is rolled through
    inside_radius_mm: float  # of the cone's inner side, halfway
    faces: tuple[int, ...]  # of part.joined

    @property
    def area_mm2(self) -> float:
        """Area of the sector."""
        return self.angle / 2 * (self.outer_mm**2 - self.inner_mm**2)

    @property
    def contour(self) -> Contour:
        """Its outline about the apex at the origin, the middle of the sector along +y."""
        half = self.angle / 2
        ends = np.array([[math.sin(half), math.cos(half)], [-math.sin(half), math.cos(half)]])
        points = np.array(
            [
                self.inner_mm * ends[0],
                self.outer_mm * ends[0],
                self.outer_mm * ends[1],
                self.inner_mm * ends[1],
            ]
        )
        bulge = math.tan(self.angle / 4)
        return Contour(points, np.array([0.0, bulge, 0.0, -bulge]))


def sector_of(
    part: Part, faces_of_sheet: Iterable[int], thickness_mm: float, k: float
) -> Sector | None:
    """The flat of a part that is one rolled cone with a slit; None for any other part.

    faces_of_sheet: of part.joined; k: share of the thickness, from the inside, at which the sheet
    keeps its length. The flat has the radii r/sin α and the angle φ·sin α of the neutral cone.
    Source: development of a right cone, any handbook of plate work.
    """
    faces = part.joined.faces
    cones = np.flatnonzero(faces["kind"] == CONE)
    inside = cones[faces["sense"][cones] < 0]
    outside = cones[faces["sense"][cones] > 0]
    if not len(inside) or not len(outside):
        return None
    # rims that stand square to the sheet are cones too, narrow ones
    one, two = (int(each[faces["area_mm2"][each].argmax()]) for each in (inside, outside))
    inner, outer = faces[one], faces[two]
    alike = abs(float(inner["half_angle_deg"] - outer["half_angle_deg"])) < SAME_ANGLE_DEG
    if not alike or not {one, two} <= set(faces_of_sheet):
        return None
    slope = math.radians(float(outer["half_angle_deg"]))
    if max(inner["sweep_deg"], outer["sweep_deg"]) > 360 - SLIT_DEG or not slope > 0:
        return None
    if not (_is_whole(inner, slope) and _is_whole(outer, slope)):
        return None
    ends = [
        (1 - k) * _radius_mm(inner, end, slope) + k * _radius_mm(outer, end, slope)
        for end in ("low_mm", "high_mm")
    ]
    turn = math.radians((1 - k) * float(inner["sweep_deg"]) + k * float(outer["sweep_deg"]))
    middle = (_radius_mm(inner, "low_mm", slope) + _radius_mm(inner, "high_mm", slope)) / 2
    sector = Sector(
        inner_mm=ends[0] / math.sin(slope),
        outer_mm=ends[1] / math.sin(slope),
        angle=turn * math.sin(slope),
        turn_deg=math.degrees(turn),
        inside_radius_mm=middle,
        faces=(one, two),
    )
    rest = part.mass.area_mm2 - float(inner["area_mm2"] + outer["area_mm2"])
    rim = sector.contour.perimeter_mm * thickness_mm
    return sector if rest < RIM_SLACK * rim else None


def _radius_mm(face: np.void, end: str, slope: float) -> float:
    return float(face["radius_mm"] + face[end] * math.tan(slope))


def _is_whole(face: np.void, slope: float) -> bool:
    """Whether a face covers all of the cone between its ends: no hole, notch or oblique end."""
    low, high = (_radius_mm(face, end, slope) / math.sin(slope) for end in ("low_mm", "high_mm"))
    area = math.radians(float(face["sweep_deg"])) * math.sin(slope) / 2 * (high**2 - low**2)
    return area > 0 and abs(float(face["area_mm2"]) / area - 1) < WHOLE
