"""Which traces has a mould left on a part?"""

from functools import cached_property

import numpy as np

from geometry.processes.basis import TURNED_OUTSIDE
from geometry.processes.drafts import Drafts
from geometry.processes.edges import Edges
from geometry.processes.grades import grade
from geometry.processes.standing import hubs, standing_eyes

__all__ = ["Traces"]

OUTER_BLENDS = 0.4  # what rounded outer edges alone say of a mould: ours


class Traces(Edges, Drafts):
    """A part looked at for what a mould leaves on it and a cutter does not."""

    @cached_property
    def ribbed(self) -> float:
        """How much ribs stiffen the part, as they do in castings and mouldings."""
        return grade("as_cast.ribs", len(self.features("rib")))

    @property
    def block_chips_mm3(self) -> float:
        """What a mill takes off the enclosing box."""
        return self.volume_mm3 / self.block_share - self.volume_mm3

    @cached_property
    def eyed(self) -> float:
        """How much eyes, bosses around holes that stand above all else, tell of a pattern or die:
        material stands where a bolt needs it, and little is left of the block. A cutter would
        clear all around them, and leaves such holes in the level of their plate; nobody makes a
        pattern to save a handful of chips.
        """
        eyes = standing_eyes(self.features("boss"), self.holes, self.faces, self.fields.samples)
        return grade("as_cast.eyes", eyes) * self._cleared

    @cached_property
    def hubbed(self) -> float:
        """How much hubs, round walls about bores with ends of their own, tell of the same: their
        arms and webs leave little of the block. What a lathe turns about its own axis is no hub.
        """
        if not self._cleared > 0 or self.is_gear:
            return 0.0
        found, axis = hubs(self.part), self.fields.turning_axis
        if axis is not None and axis.outer_share > TURNED_OUTSIDE:
            found = np.setdiff1d(found, self.part.joined.standing_for[axis.faces])
        return grade("as_cast.hubs", len(found)) * self._cleared

    @property
    def cleared_around(self) -> float:
        """How much eyes or hubs say that a cutter would clear the whole part around them."""
        return max(self.eyed, self.hubbed)

    @cached_property
    def _cleared(self) -> float:
        """How much a part asks for more than plate: little left of its block, and chips worth a
        blank that is near net.
        """
        left = grade("turning.left", self.block_share)
        return left * grade("as_cast.cleared", self.block_chips_mm3)

    @property
    def _hollow(self) -> float:
        """How much the part is walls of one thickness around a space: a crank or a bracket leaves
        its box as empty.
        """
        even = grade("as_cast.shell", self.even_wall_share)
        return grade("hollow.empty", 1 - self.block_share) * even

    @cached_property
    def moulded_wall(self) -> float:
        """Whether sections are a moulding's: thin throughout, or as thick as mouldings come where
        sharp inner corners say that no cutter made them. Of a body without any other trace of a
        mould nothing but its thinness speaks for one: that must be clear.
        """
        section_mm = self.thickness_of_most_mm
        thick = grade("thin_throughout.with_corners", section_mm)
        corners = grade("thin_throughout.corners", self.uncuttable_share)
        thin = 1 - (1 - self.thin_throughout) * (1 - thick * corners)
        bare = grade("thin_throughout.bare", self.mould_traces)
        clearly = grade("thin_throughout.bare_section", section_mm, float(self.box_mm[0]))
        return thin * (1 - bare * (1 - clearly))

    @cached_property
    def mould_traces(self) -> float:
        """Fillets, drafted walls, freeform faces, and inner corners that no cutter leaves: how much
        of them there is.
        """
        shaping = self.shaping
        blends = grade("as_cast.blends", self.blended_share) * grade(
            "as_cast.rounded_inside", 1 - shaping.sharp_concave_share
        )
        if not self.inner_blends:  # rounded on the outside alone: a cutter's edge break too
            blends *= OUTER_BLENDS + (1 - OUTER_BLENDS) * self.rounded_share
        drafted = grade("as_cast.drafted", self.drafted_share)
        freeform = grade("as_cast.freeform", self.freeform_share)
        corners = grade("as_cast.corners", self.uncuttable_share)
        corners *= self.meant_corners
        untouched = (
            (1 - blends)
            * (1 - 0.6 * self.rounded_share)
            * (1 - 0.9 * drafted)
            * (1 - 0.5 * freeform)
        )
        arched = grade("as_cast.arched", self.arched_share)
        # a cutter would go round in a hollow body corner by corner; a core gives them for nothing,
        # and nobody clears litres of chips out of a block to be left with corners to be eroded
        corners *= 0.2 + max(0.3 * self._hollow, 0.6 * self._cleared)
        untouched *= (1 - 0.65 * self.crossing_bodies) * (1 - corners)
        untouched *= 1 - 0.6 * self.cleared_around
        return 1 - untouched * (1 - 0.7 * arched) * (1 - 0.4 * self.ribbed)
