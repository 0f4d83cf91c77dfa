"""What would the die of an extruded profile look like? The section itself, not its columns."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely

from geometry.fields.outline import cut, tongue
from geometry.processes.bars import Bars

__all__ = ["ProfileSection", "Profiles"]

HEIGHTS = (0.5, 0.37, 0.64)  # of the length: cross holes are met by one plane, not by all
LEAST_SHARE = 0.6  # of the volume in columns along the length: less is no profile
WHOLE = 0.97  # of the section that the columns tell: a plane that cuts so much met no cross hole
INCH_MM = 25.4
ROUND_VOID = 0.97  # 4πA/P² of a void that counts as round
# Bonnell Aluminum, Designing aluminum extrusions, quoted by https://bonnellaluminum.com
CLASS_1_VOID_MM = INCH_MM
CLASS_2_VOID_MM, CLASS_2_VOID_MM2, CLASS_2_CIRCLE_MM = 0.375 * INCH_MM, 0.11 * INCH_MM**2, 127.0
SYMMETRIC = 0.02  # share of the section that may differ from its mirror image
SEMI_HOLLOW = 3.0  # gap ratio; the tables run from 1 to 4 with gap and class: ours, their middle


@dataclass(frozen=True)
class ProfileSection:
    """The section of a profile by a plane across its length."""

    area_mm2: float
    perimeter_mm: float  # outside and voids together
    circle_mm: float  # smallest circle around it
    voids: int
    hollow_class: str  # solid, semi_hollow, hollow_1, hollow_2, hollow_3
    tongue_ratio: float  # 0 without any channel
    tongue_gap_mm: float  # nan without any
    tongue_depth_mm: float


class Profiles(Bars):
    """A part looked at as a cut of a profile."""

    @cached_property
    def profile_section(self) -> ProfileSection | None:
        """Its section; None where nothing runs along the length or the mesh is open."""
        columns = self.fields.profile
        if columns.profile_share < LEAST_SHARE:
            return None
        best: shapely.Geometry = shapely.Polygon()
        for share in HEIGHTS:
            height = columns.start_mm + share * columns.length_mm
            found = cut(
                self.part.mesh, columns.direction, columns.across, height, self.fields.diagonal_mm
            )
            if found.area > best.area * (1 + 1e-3):
                best = found
            if best.area > WHOLE * columns.section_area_mm2:
                break
        outlines = [p for p in shapely.get_parts(best) if p.area > 0]
        if not outlines:
            return None
        largest = max(outlines, key=lambda p: p.area)
        ratio, gap, depth = tongue(shapely.Polygon(largest.exterior))
        circle = 2 * float(shapely.minimum_bounding_radius(best))
        return ProfileSection(
            area_mm2=float(best.area),
            perimeter_mm=float(best.length),
            circle_mm=circle,
            voids=len(largest.interiors),
            hollow_class=_hollow_class(largest, circle, ratio),
            tongue_ratio=ratio,
            tongue_gap_mm=gap,
            tongue_depth_mm=depth,
        )


def _hollow_class(section: shapely.Polygon, circle_mm: float, tongue_ratio: float) -> str:
    """Source: Bonnell Aluminum, Designing aluminum extrusions."""
    voids = [shapely.Polygon(ring) for ring in section.interiors]
    if not voids:
        return "semi_hollow" if tongue_ratio > SEMI_HOLLOW else "solid"
    if len(voids) > 1:
        return "hollow_3"
    void = voids[0]
    round_void = 4 * math.pi * void.area / void.length**2 > ROUND_VOID
    diameter = 2 * math.sqrt(void.area / math.pi)
    if round_void and diameter >= CLASS_1_VOID_MM * (1 - 1e-3) and _mirrors(section) >= 2:
        return "hollow_1"
    large = void.area >= CLASS_2_VOID_MM2 or (round_void and diameter >= CLASS_2_VOID_MM)
    return "hollow_2" if large and circle_mm <= CLASS_2_CIRCLE_MM else "hollow_3"


def _mirrors(section: shapely.Polygon) -> int:
    """Axes through the centre about which a section is alike; at most two are counted."""
    centre = np.array(section.centroid.coords[0])
    points = shapely.get_coordinates(section.exterior)
    centred = points - centre
    turned = math.atan2(*np.ravel(np.diff(points[:2], axis=0))[::-1])
    _, _, main = np.linalg.svd(centred, full_matrices=False)
    tries = {math.atan2(main[0][1], main[0][0]), turned, *(k * math.pi / 8 for k in range(8))}
    tries |= {angle + math.pi / 4 for angle in tuple(tries)} | {
        angle + math.pi / 2 for angle in tuple(tries)
    }
    found: list[float] = []
    for angle in tries:
        axis = np.array([math.cos(angle), math.sin(angle)])
        image = shapely.transform(
            section, lambda p, n=axis: 2 * np.outer((p - centre) @ n, n) - (p - centre) + centre
        )
        if shapely.symmetric_difference(section, image).area < SYMMETRIC * section.area:
            apart = [abs(math.sin(angle - other)) for other in found]
            if all(each > math.sin(math.radians(5)) for each in apart):
                found.append(angle)
        if len(found) == 2:
            break
    return len(found)
