"""How much is a part a turned body, a tube or a length of one section?"""

from functools import cached_property

import numpy as np

from geometry.processes.grades import grade
from geometry.processes.sections import Sections
from geometry.processes.walls import Walls
from geometry.topology import surface_code

__all__ = ["Bars"]

PLANE = surface_code("plane")
BLOCK_SHARE = 0.4  # what a section that fills its box says of a profile where it is cut: ours
BAR_SIDES = 6  # hexagonal bar is the only polygon that lathes take as it comes


class Bars(Walls, Sections):
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
        radial = offset - np.outer(offset @ axis.axis, axis.axis)
        along = np.abs(self.faces["axis"] @ axis.axis)
        outward = np.einsum("ij,ij->i", self.faces["axis"], radial) > 0
        sides = np.flatnonzero((self.faces["kind"] == PLANE) & (along < 1e-3) & outward)
        away = np.einsum("ij,ij->i", self.faces["axis"][sides], radial[sides])
        best = 0.0
        for distance in np.unique(np.round(away, 3)):
            same = sides[np.abs(away - distance) < 0.01 * distance]
            if len(_distinct(self.faces["axis"][same])) == BAR_SIDES:
                best = max(best, float(self.faces["area_mm2"][same].sum()))
        normals, samples = self.fields.samples.normals, self.fields.samples
        radial_s = samples.points_mm - axis.origin_mm
        radial_s = radial_s - np.outer(radial_s @ axis.axis, axis.axis)
        outer = (np.einsum("ij,ij->i", radial_s, normals) > 0) & (
            np.abs(normals @ axis.axis) < 0.999
        )
        total = float(samples.area_mm2[outer].sum())
        return min(axis.outer_share + best / total, 1.0) if total > 0 else 0.0

    @cached_property
    def turned_body(self) -> float:
        """How much the part is a body of revolution: filled all round, round outside, round
        inside.
        """
        axis, revolution = self.turning_axis, self.fields.revolution
        if axis is None or revolution is None:
            return 0.0
        if self.is_rolled_cone:
            return 0.0
        outer = grade("turned_body.outside", self.round_bar_share)
        lateral = grade("turned_body.sides", max(axis.lateral_share, self.round_bar_share * 0.9))
        # a lathe sweeps away what stands out sideways, were it but a small boss
        within = grade(
            "turned_body.width", revolution.body_mm / max(revolution.diameter_mm, 1e-300)
        )
        within = max(within, grade("turned_body.nothing_outside", revolution.swept_share))
        inside = min(grade("turned_body.inside", revolution.swept_share), within)
        return (
            grade("turned_body.filled", revolution.filled_share)
            * inside
            * (0.6 * outer + 0.4 * lateral)
        )

    @cached_property
    def sturdy(self) -> float:
        """Whether a chuck can hold the turned part: a thin disc gives way, a tube or a shaft does
        not.
        """
        axis, revolution = self.turning_axis, self.fields.revolution
        if axis is None or revolution is None:
            return 0.0
        samples = self.fields.samples
        flat = samples.share(np.abs(samples.normals @ axis.axis) > 0.98)
        thin = grade("sturdy.thin_disc", self.thickest_mm / max(revolution.diameter_mm, 1e-300))
        thick = grade("sturdy.thick", self.thickest_mm)
        return max(thin, thick, grade("sturdy.flat", flat))

    @cached_property
    def turned(self) -> float:
        """How much the part is a body of revolution that a lathe can hold."""
        return self.turned_body * (0.25 + 0.75 * self.sturdy)

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

        A block that is rounded or cut all over is milled from bar, not sawn off it.
        """
        columns = self.fields.profile
        long = grade("profile.section", columns.profile_share) * grade(
            "profile.long", self.profile_slenderness
        )
        plain = grade("profile.sawn", columns.sawn_share)
        shaped = max(grade("profile.shaped", self.section_fill), plain)
        return max(long * (BLOCK_SHARE + (1 - BLOCK_SHARE) * shaped), self.section_piece)


def _distinct(normals: np.ndarray) -> list[np.ndarray]:
    found: list[np.ndarray] = []
    for normal in normals:
        if all(normal @ other < 0.99 for other in found):
            found.append(normal)
    return found
