"""How much is a part a turned body, a tube or a length of one section?"""

import math
from functools import cached_property
from typing import Any

import numpy as np

from geometry.processes.grades import grade
from geometry.processes.measurement import number_of
from geometry.processes.profiles import Profiles
from geometry.processes.tools import LARGEST_DRILL_MM
from geometry.processes.traces import Traces
from geometry.topology import surface_code
from geometry.vectors import off_line, rejections

__all__ = ["Bars"]

PLANE = surface_code("plane")
ROUND = (surface_code("cylinder"), surface_code("cone"))
ACROSS_COS = 0.9  # a boss stands out sideways where its axis is 26° off the turning axis or more
SAME_WAY_COS = 0.996  # 5°: a drilled boss and its bore run the same way
BAR_SIDES = (6, 8)  # of bars that lathes take as they come


class Bars(Traces, Profiles):
    """A part looked at as bar, tube or profile."""

    @cached_property
    def round_bar_share(self) -> float:
        """Share of the outward area around the turning axis that is turned or the sides of a
        hexagonal bar.
        """
        axis = self.turning_axis
        if axis is None:
            return 0.0
        offset = self.faces["centroid_mm"] - axis.origin_mm
        radial = rejections(offset, axis.axis)
        along = np.abs(self.faces["axis"] @ axis.axis)
        outward = np.einsum("ij,ij->i", self.faces["axis"], radial) > 0
        sides = np.flatnonzero((self.faces["kind"] == PLANE) & (along < 1e-3) & outward)
        away = np.einsum("ij,ij->i", self.faces["axis"][sides], radial[sides])
        best = 0.0
        for distance in np.unique(np.round(away, 3)):
            same = sides[np.abs(away - distance) < 0.01 * distance]
            if len(_distinct(self.faces["axis"][same])) in BAR_SIDES:
                best = max(best, float(self.faces["area_mm2"][same].sum()))
        normals, samples = self.fields.samples.normals, self.fields.samples
        radial_s = samples.points_mm - axis.origin_mm
        radial_s = rejections(radial_s, axis.axis)
        outer = (np.einsum("ij,ij->i", radial_s, normals) > 0) & (
            np.abs(normals @ axis.axis) < 0.999
        )
        total = float(samples.area_mm2[outer].sum())
        return min(axis.outer_share + best / total, 1.0) if total > 0 else 0.0

    @cached_property
    def turned_body(self) -> float:
        """How much the part is a body of revolution: filled all round, round outside, round
        inside; a lathe leaves no ribs.
        """
        axis, revolution = self.turning_axis, self.fields.revolution
        if axis is None or revolution is None:
            return 0.0
        if self.is_rolled_cone or self.is_rolled_ring:
            return 0.0
        outer = grade("turned_body.outside", self.round_bar_share)
        lateral = grade("turned_body.sides", max(axis.lateral_share, self.round_bar_share * 0.9))
        # a lathe sweeps away what stands out sideways, were it but a small boss
        within = grade(
            "turned_body.width", revolution.body_mm / max(revolution.diameter_mm, 1e-300)
        )
        within = max(within, grade("turned_body.nothing_outside", revolution.swept_share))
        within = max(within, grade("turned_body.small", self._chips_mm3))
        within = min(within, grade("turned_body.branch", self._clear_of_branches))
        inside = min(grade("turned_body.inside", revolution.swept_share), within)
        before = 1 + self._drilled_off_axis_mm3 / max(self.volume_mm3, 1e-300)
        filled = grade("turned_body.filled", min(revolution.filled_share * before, 1.0))
        if (
            self.threaded.any()
        ):  # where every face follows the axis, their gaps are all that is open
            filled = max(filled, grade("turned_body.followed", axis.turned_share))
        body = filled * inside * (0.6 * outer + 0.4 * lateral)
        if not body > 0:
            return 0.0
        return body * (1 - self.round_moulding) * (1 - self.ribbed) * (1 - self.windowed)

    @property
    def _drilled_off_axis_mm3(self) -> float:
        """Volume of the round holes that are drilled into a turned body once it is turned."""
        axis, drilled = self.turning_axis, 0.0
        if axis is None:
            return drilled
        for hole in self.holes:
            diameter, depth = number_of(hole, "diameter_mm"), number_of(hole, "depth_mm")
            can_be = diameter <= LARGEST_DRILL_MM and math.isfinite(depth)
            if can_be and not self._about(hole, axis):
                drilled += math.pi / 4 * diameter**2 * depth
        return drilled

    @cached_property
    def windowed(self) -> float:
        """How much a round part is a wheel with arms or windows between hub and rim, drilled holes
        left out, or has vanes between two discs: a lathe leaves hub, rim and discs, and what is
        between was cast or is milled.
        """
        axis, revolution = self.turning_axis, self.fields.revolution
        if axis is None or revolution is None:
            return 0.0
        toothed = self.threaded.any() or self.is_gear or self._is_splined
        vaned = 0.0 if toothed else grade("turned_body.windows", revolution.vanes_share)
        if not revolution.windows_mm2 > 0:
            return vaned
        along = [
            number_of(hole, "diameter_mm")
            for hole in self.holes
            if abs(_line(hole)[1] @ axis.axis) > SAME_WAY_COS
        ]
        drilled = sum(math.pi / 4 * wide**2 for wide in along if wide <= LARGEST_DRILL_MM)
        others = max(1 - drilled / revolution.windows_mm2, 0.0)
        return max(grade("turned_body.windows", revolution.windows_share) * others, vaned)

    @property
    def _chips_mm3(self) -> float:
        """What a lathe takes off the bar that holds the part."""
        revolution = self.fields.revolution
        if revolution is None:
            return math.inf
        bar_mm3 = math.pi / 4 * revolution.diameter_mm**2 * revolution.length_mm
        return bar_mm3 - self.volume_mm3

    @cached_property
    def round_moulding(self) -> float:
        """How much a round part is a mould's or a press': thin all over, and drafted alike or a
        closed shell, for which a lathe would cut most of the bar away; sleeves are tube.
        """
        thin = self.thin_throughout
        return thin * max(self.drafted_share, self._closed_shell) if thin > 0 else 0.0

    @property
    def _closed_shell(self) -> float:
        """How much a part closes its own shadow along the turning axis with little of its bar."""
        axis, revolution = self.turning_axis, self.fields.revolution
        if axis is None or revolution is None:
            return 0.0
        disc_mm2 = math.pi / 4 * revolution.diameter_mm**2
        left = self.volume_mm3 / max(disc_mm2 * revolution.length_mm, 1e-300)
        little = grade("round_shell.left", left)
        if not little > 0:
            return 0.0
        closed = self.fields.columns(axis.axis).projected_area_mm2 / max(disc_mm2, 1e-300)
        return little * grade("round_shell.closed", closed)

    @cached_property
    def _clear_of_branches(self) -> float:
        """Diameter of the swept body over that of what stands out sideways with a bore in it, 1
        without such branches: a pin is put in afterwards, a drilled boss is no pin.
        """
        axis, revolution = self.turning_axis, self.fields.revolution
        if axis is None or revolution is None:
            return 1.0
        bores = [_line(hole) for hole in self.holes]
        for boss in self.features("boss"):
            _, along = _line(boss)
            walls = [f for f in boss.faces if self.faces["kind"][f] in ROUND]
            if not walls or not abs(along @ axis.axis) < ACROSS_COS:
                continue
            at = self.faces["origin_mm"][walls[0]]
            for foot, way in bores:
                off = off_line(foot, at, along)
                if abs(way @ along) > SAME_WAY_COS and off < number_of(boss, "diameter_mm") / 4:
                    return float(revolution.body_mm / max(revolution.diameter_mm, 1e-300))
        return 1.0

    @cached_property
    def sturdy(self) -> float:
        """Whether a chuck can hold the turned part: a thin disc or a shell gives way, a tube or a
        shaft does not.
        """
        axis, revolution = self.turning_axis, self.fields.revolution
        if axis is None or revolution is None:
            return 0.0
        samples = self.fields.samples
        flat = samples.share(np.abs(samples.normals @ axis.axis) > 0.98)
        share = self.thickest_mm / max(revolution.diameter_mm, 1e-300)
        thick = grade("sturdy.thick", self.thickest_mm)
        shell = max(grade("sturdy.shell", share), thick)
        return min(max(grade("sturdy.thin_disc", share), thick, grade("sturdy.flat", flat)), shell)

    @cached_property
    def turned(self) -> float:
        """How much the part is a body of revolution that a lathe can hold."""
        return self.turned_body * (0.25 + 0.75 * self.sturdy) * (1 - self.shaped_blank)

    @cached_property
    def shaped_blank(self) -> float:
        """How much a round part asks for a casting or forging instead of bar: rounded or drafted as
        from a mould, little left of its bar, and litres of chips.
        """
        revolution = self.fields.revolution
        if revolution is None:
            return 0.0
        bar_mm3 = self._chips_mm3 + self.volume_mm3
        return (
            self.mould_traces
            * grade("turning.left", self.volume_mm3 / max(bar_mm3, 1e-300))
            * grade("turning.chips", self._chips_mm3)
        )

    @cached_property
    def tube_stock(self) -> float:
        """How much the part is a piece of tube as the mill delivers it: long, hollow, one
        section.
        """
        hollow = grade("tube.hollow", self.section_fill)
        return (
            self.turned_body
            * grade("tube.section", self.fields.profile.profile_share)
            * hollow
            * grade("tube.long", self.profile_slenderness)
        )

    @cached_property
    def profile_body(self) -> float:
        """How much the part is a length of one section, cut off.

        Plain bar is what a mill starts from, no simpler stock than its own.
        """
        columns = self.fields.profile
        long = grade("profile.section", columns.profile_share) * grade(
            "profile.long", self.profile_slenderness
        )
        whole = max(long * self.shaped_section, self.section_piece)
        return whole * self.cut_to_length


def _line(feature: Any) -> tuple[np.ndarray, np.ndarray]:
    """A point on the axis of a feature and its direction; nan where it has none."""
    none = [math.nan] * 3
    return (
        np.asarray(feature.parameters.get("origin_mm", none), float),
        np.asarray(feature.parameters.get("axis", none), float),
    )


def _distinct(normals: np.ndarray) -> list[np.ndarray]:
    found: list[np.ndarray] = []
    for normal in normals:
        if all(normal @ other < 0.99 for other in found):
            found.append(normal)
    return found
