"""How is a shell deep drawn: from which blank, over which punch, around which radii?

A blank is found by equal area of the middle surface, which is the volume over the thickness as long
as the wall is drawn at its thickness. Source: Ghosh & Mallik, Manufacturing Science.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geometry.part import Part
from geometry.processes.measurement import Measurement, worst
from geometry.processes.pressing import numbers
from geometry.topology import surface_code
from geometry.vectors import norms, rejections, square_to

__all__ = ["Draw", "draw_of", "radii_of"]

CYLINDER, CONE, TORUS = (surface_code(name) for name in ("cylinder", "cone", "torus"))
PARALLEL_COS = 0.995  # walls follow the axis of the draw to within 6°
COAXIAL_SHARE = 0.02  # of the radius
WHOLE_DEG = 300.0  # walls that go round: corners of a box do not
HOLE_HEIGHT_T = 1.2  # in thicknesses: a round wall no higher is the rim of a hole, not a punch's
COLLAR_HEIGHT_T = 3.0  # nor is a narrow one no higher: a collar, or a hole in something thicker
NARROW_SHARE = 0.2  # of the blank's diameter
FLANGE_SHARE = 1.15  # of the wall's diameter: what stands out further is a flange that is trimmed


@dataclass(frozen=True)
class Draw:
    """One shell; for others than round ones the diameters are those of circles of equal area."""

    round: bool
    net_blank_mm: float  # diameter of the blank by equal area
    blank_mm: float  # with what is trimmed off the rim
    punch_mm: float
    height_mm: float

    @property
    def ratio(self) -> float:
        """Blank over punch."""
        return self.blank_mm / self.punch_mm


def draw_of(part: Part, thickness_mm: float, revolution: Any) -> Draw | None:
    """The draw of a shell; None where no thickness or no opening is known."""
    if not thickness_mm > 0:
        return None
    area = part.mass.volume_mm3 / thickness_mm
    net = math.sqrt(4 * area / math.pi)
    axis, wall = _wall(part, thickness_mm, net, revolution)
    points = part.mesh.vertices_mm
    height = float(np.ptp(points @ axis))
    across = points @ square_to(axis).T
    hull = shapely.MultiPoint(across).convex_hull
    outside = math.sqrt(4 * float(hull.area) / math.pi)
    punch = wall if wall > 0 else outside - 2 * thickness_mm
    if not punch > 0:
        return None
    # a rim without a flange ears too; a flange is trimmed all round
    rim = outside if outside > FLANGE_SHARE * punch else punch
    trimmed = numbers()["trimming"]["value"] * punch
    blank = math.sqrt(net**2 + 4 * rim * trimmed)
    return Draw(wall > 0, net, blank, punch, height)


def _wall(
    part: Part, thickness_mm: float, blank_mm: float, revolution: Any
) -> tuple[np.ndarray, float]:
    """Direction of the draw and the diameter inside of a round wall, 0 where there is none."""
    faces = part.joined.faces
    round_walls = np.isin(faces["kind"], [CYLINDER, CONE]) & (faces["sweep_deg"] > WHOLE_DEG)
    inside = np.flatnonzero(round_walls & (faces["sense"] < 0))
    if revolution is not None and len(inside):
        axis = np.asarray(revolution.axis, float)
        off = faces["origin_mm"][inside] - np.asarray(revolution.origin_mm, float)
        off = norms(rejections(off, axis))
        near = off < COAXIAL_SHARE * np.maximum(faces["radius_mm"][inside], 1.0)
        along = np.abs(faces["axis"][inside] @ axis) > PARALLEL_COS
        high = (faces["high_mm"][inside] - faces["low_mm"][inside]) / thickness_mm
        wide = 2 * faces["radius_mm"][inside] > NARROW_SHARE * blank_mm
        wall = high > np.where(wide, HOLE_HEIGHT_T, COLLAR_HEIGHT_T)
        inside = inside[near & along & wall]
        if len(inside):
            widest = inside[faces["area_mm2"][inside].argmax()]
            # of a cone too: a circle that holds its area by its height
            high_mm = float(faces["high_mm"][widest] - faces["low_mm"][widest])
            return axis, float(faces["area_mm2"][widest] / (math.pi * high_mm))
    planes = np.flatnonzero(faces["kind"] == surface_code("plane"))
    if len(planes):
        return np.asarray(faces["axis"][planes[faces["area_mm2"][planes].argmax()]]), 0.0
    if revolution is not None:
        return np.asarray(revolution.axis, float), 0.0
    return np.asarray(part.mass.box.axes[2], float), 0.0


def radii_of(part: Part, thickness_mm: float) -> list[Measurement]:
    """Radii that the sheet is drawn around, on its inner side: of punch and die alike."""
    faces = part.topology.faces
    inner = np.flatnonzero((faces["kind"] == TORUS) & (faces["sense"] < 0))
    return worst(
        Measurement(
            "draw_radius_mm",
            float(faces["minor_radius_mm"][face]),
            (int(face),),
            None,
            {"thickness_mm": thickness_mm},
        )
        for face in inner
    )
