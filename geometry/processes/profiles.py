"""Which section is a profile's, plain bar's or a piece of? The section itself, not its columns."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely

from geometry.fields.outline import cut, tongue
from geometry.processes.grades import grade
from geometry.processes.sections import Sections
from geometry.processes.tools import LARGEST_DRILL_MM
from geometry.rectangles import extents
from geometry.topology import surface_code

__all__ = ["ProfileSection", "Profiles"]

PLANE, CYLINDER = surface_code("plane"), surface_code("cylinder")
# of the length: pockets between closed ends are met in the middle alone, so that all of the first
# are looked at; cross holes by one plane, not by all
HEIGHTS, MORE_HEIGHTS = (0.5, 0.2, 0.8), (0.37, 0.64)
LEAST_SHARE = 0.6  # of the volume in columns along the length: less is no profile
WHOLE = 0.97  # of the section that the columns tell: a plane that cuts so much met no cross hole
INCH_MM = 25.4
ROUND_VOID = 0.97  # 4πA/P² of a void that counts as round
# Bonnell Aluminum, Designing aluminum extrusions, quoted by https://bonnellaluminum.com
CLASS_1_VOID_MM = INCH_MM
CLASS_2_VOID_MM, CLASS_2_VOID_MM2, CLASS_2_CIRCLE_MM = 0.375 * INCH_MM, 0.11 * INCH_MM**2, 127.0
DRILLED = 10.0  # × diameter: longer voids are a profile's; the rules on holes ask for a gun drill
SAWN = 0.5  # cosine to the run of the normal of an end: no saw cuts at more than 60°
ASIDE = 1e-4  # the same of faces along the run
PLAIN_BAR = 0.5  # how much of a section of its own is still called plain bar: ours
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
    bar_share: float  # area over that of the bar around it, drilled voids filled: 1 is plain bar
    sides_mm: tuple[float, float]  # of the smallest rectangle around it, longer first
    folds: float  # length of the outline over that of the convex one around it
    tongue_ratio: float  # 0 without any channel
    tongue_gap_mm: float  # nan without any
    tongue_depth_mm: float


class Profiles(Sections):
    """A part looked at as a cut of a profile."""

    @cached_property
    def profile_section(self) -> ProfileSection | None:
        """Its section; None where nothing runs along the length or the mesh is open."""
        columns = self.fields.profile
        if columns.profile_share < LEAST_SHARE:
            return None
        best: shapely.Geometry = shapely.Polygon()
        for share in (*HEIGHTS, *MORE_HEIGHTS):
            if share in MORE_HEIGHTS and best.area > WHOLE * columns.section_area_mm2:
                break
            height = columns.start_mm + share * columns.length_mm
            found = cut(
                self.part.mesh, columns.direction, columns.across, height, self.fields.diagonal_mm
            )
            if found.area > best.area * (1 + 1e-3):
                best = found
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
            bar_share=_bar_share(largest, columns.length_mm),
            sides_mm=extents(largest),
            folds=float(largest.exterior.length / largest.convex_hull.length),
            tongue_ratio=ratio,
            tongue_gap_mm=gap,
            tongue_depth_mm=depth,
        )

    @cached_property
    def shaped_section(self) -> float:
        """How much the section is one of its own and no plain bar, which is solid and convex:
        round, hexagonal, square or flat. A mill starts from that, whatever is cut across it or
        drilled along it; but what is many times as long as wide is sawn off and no more.
        """
        if self.profile_section is None:
            return 0.0
        sawn = grade("profile.sawn", self.fields.profile.sawn_share)
        length = grade("profile.bar_length", self.profile_slenderness)
        return max(grade("profile.shaped", self.profile_section.bar_share), sawn * length)

    @property
    def is_plain_bar(self) -> bool:
        """Whether a dealer keeps the section as bar, round, hexagonal, square or flat: it is sawn
        off, and no die is made for it.
        """
        section = self.profile_section
        return section is not None and grade("profile.shaped", section.bar_share) < PLAIN_BAR

    @cached_property
    def sawn_bar(self) -> float:
        """How much the part is a length of flat or square bar, sawn off square or at a slant, and
        nothing else: two planes across its length, and all other faces along it.
        """
        section = self.profile_section
        if section is None or section.voids:
            return 0.0
        faces, run = self.part.joined.faces, self.fields.profile.direction
        along = np.abs(faces["axis"] @ run)
        plane, rounded = faces["kind"] == PLANE, faces["kind"] == CYLINDER
        ends = plane & (along > SAWN)
        beside = (plane & (along < ASIDE)) | (rounded & (along > 1 - ASIDE))
        if np.count_nonzero(ends) != 2 or not (ends | beside).all():
            return 0.0
        width_mm, thickness_mm = section.sides_mm
        filled = section.area_mm2 / (width_mm * thickness_mm)
        return (
            grade("bar.filled", filled)
            * grade("bar.width", width_mm)
            * grade("bar.sawn_long", self.profile_slenderness)
        )

    @property
    def flat_bar(self) -> float:
        """The same of bar too thick to be sheared or burnt out of sheet instead."""
        section = self.profile_section
        return 0.0 if section is None else self.sawn_bar * grade("bar.thick", section.sides_mm[1])

    @cached_property
    def cut_to_length(self) -> float:
        """How much all material lies in the section that runs through: nothing stands out of it
        between its ends, and no walls close them.
        """
        columns = self.fields.profile
        nothing_outside = grade("profile.nothing_outside", columns.standing_share)
        return nothing_outside * grade("profile.left_whole", columns.hollowed_share)

    @property
    def folded_section(self) -> float:
        """How much fins and grooves fold the outline of the section."""
        return grade("piece.folds", self._folds)

    @property
    def _folds(self) -> float:
        return 1.0 if self.profile_section is None else self.profile_section.folds

    @cached_property
    def section_piece(self) -> float:
        """How much the part is a piece of a thin-walled section, however short: an angle, a
        channel, a hollow section sawn off, square or at a slant, and nothing else.

        Rolled angles are 17 to 20 walls around (EN 10056-1: 50 × 50 × 5 to 100 × 100 × 12), bars
        less than eight; a plate with windows is shorter than its webs are wide.
        """
        if self.is_gear:
            return 0.0
        columns = self.fields.profile
        perimeter_mm = (self.area_mm2 - 2 * columns.section_area_mm2) / columns.length_mm
        if perimeter_mm <= 0:
            return 0.0
        mean_wall_mm = max(2 * columns.section_area_mm2 / perimeter_mm, 1e-300)
        walls_long = columns.length_mm / mean_wall_mm
        # short with holes across it is a fork that a cutter made, long it is a drilled profile
        whole = grade("piece.whole", columns.constant_share) * grade("piece.long", walls_long)
        sawn = grade("piece.whole", columns.sawn_share)
        if self.is_closed_section:  # no fork: its walls tell how it was made, whatever its ends
            sawn = max(sawn, grade("extrusion.section", columns.profile_share))
            drilled = sawn * grade("piece.long", walls_long)
        else:
            finned = grade("piece.finned", self._folds) * grade("piece.long", walls_long)
            drilled = sawn * max(grade("piece.drilled_long", walls_long), finned)
        return (
            max(whole, drilled)
            * grade("piece.thin_walled", perimeter_mm / 2 / mean_wall_mm)
            * max(grade("piece.shaped", self.section_fill), self.folded_section)
        )


def _bar_share(section: shapely.Polygon, length_mm: float) -> float:
    """Area over that of the convex outline; voids that a drill leaves count as filled."""
    filled = section.area
    for void in map(shapely.Polygon, section.interiors):
        diameter = 2 * math.sqrt(void.area / math.pi)
        if _is_round(void) and diameter <= LARGEST_DRILL_MM and length_mm <= DRILLED * diameter:
            filled += void.area
    return float(filled / section.convex_hull.area)


def _is_round(void: shapely.Polygon) -> bool:
    return bool(4 * math.pi * void.area / void.length**2 > ROUND_VOID)


def _hollow_class(section: shapely.Polygon, circle_mm: float, tongue_ratio: float) -> str:
    """Source: Bonnell Aluminum, Designing aluminum extrusions."""
    voids = [shapely.Polygon(ring) for ring in section.interiors]
    if not voids:
        return "semi_hollow" if tongue_ratio > SEMI_HOLLOW else "solid"
    if len(voids) > 1:
        return "hollow_3"
    void = voids[0]
    round_void = _is_round(void)
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
