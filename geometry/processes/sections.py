"""Which section does a part keep over its length, and is it one that mills sell?"""

import math
from functools import cached_property

from geometry.processes.basis import Basis
from geometry.processes.grades import grade
from geometry.vectors import norms

__all__ = ["Sections"]

ROLLED_SHEET_SHARE = 0.4  # what sheet a section with rolled corners still could be
PROFILE_SHARE = 0.85  # of the volume in columns along the length: less is no section
CLOSED_SHARE = 0.6  # the same of closed sections, whose slanted ends are as long as they are wide


class Sections(Basis):
    """A part looked at along the direction in which its section changes least."""

    @cached_property
    def profile_slenderness(self) -> float:
        """Length over the diameter of the circle around the section."""
        columns = self.fields.profile
        return columns.length_mm / max(self.profile_circle_mm, 1e-300)

    @cached_property
    def profile_circle_mm(self) -> float:
        """Diameter of the circle around the section of the best profile direction."""
        columns = self.fields.profile
        flat = self.part.mesh.vertices_mm @ columns.across.T
        middle = (flat.min(axis=0) + flat.max(axis=0)) / 2
        return 2 * float(norms(flat - middle).max())

    @cached_property
    def section_fill(self) -> float:
        """Area of the profile's section over its box: near 1 for flat and square bars."""
        columns = self.fields.profile
        return columns.section_area_mm2 / max(math.prod(columns.box_mm), 1e-300)

    @property
    def is_closed_section(self) -> bool:
        """Whether the walls of a profile close upon themselves: sheet would need a seam."""
        reasons = set() if self.sheet is None else set(self.sheet.reasons)
        if "closed_section" not in reasons or "drawn" in reasons:
            return False
        return self.fields.profile.profile_share >= CLOSED_SHARE

    @cached_property
    def rolled_share(self) -> float:
        """How much the corners of a section are a mill's and not a brake's: filleted inside and
        sharp outside, or closed upon themselves without a seam; or sharp on both sides of a plate,
        which breaks where it is bent so. Of thin sheet such corners are drawn by habit.
        """
        if self.sheet is None:
            return 0.0
        if self.is_closed_section:
            return 1.0
        bends = self.sheet.bends
        if not bends:
            return 0.0
        sharp = sum(bend.sharp for bend in bends)
        sharp *= grade("rolled.sharp", self.sheet.thickness_mm)
        one_sided = 0
        if self.fields.profile.profile_share >= PROFILE_SHARE:
            one_sided = sum(not bend.sharp and len(bend.faces) == 1 for bend in bends)
        return (sharp + one_sided) / len(bends)
