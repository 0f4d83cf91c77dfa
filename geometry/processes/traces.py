"""Which traces has a mould left on a part?"""

from functools import cached_property

from geometry.processes.drafts import Drafts
from geometry.processes.edges import Edges
from geometry.processes.grades import grade

__all__ = ["Traces"]

OUTER_BLENDS = 0.4  # what rounded outer edges alone say of a mould: ours


class Traces(Edges, Drafts):
    """A part looked at for what a mould leaves on it and a cutter does not."""

    @cached_property
    def ribbed(self) -> float:
        """How much ribs stiffen the part, as they do in castings and mouldings."""
        return grade("as_cast.ribs", len(self.features("rib")))

    @cached_property
    def moulded_wall(self) -> float:
        """Whether sections are a moulding's: thin throughout, or as thick as mouldings come where
        sharp inner corners say that no cutter made them.
        """
        thick = grade("thin_throughout.with_corners", self.thickness_of_most_mm)
        corners = grade("thin_throughout.corners", self.uncuttable_share)
        return 1 - (1 - self.thin_throughout) * (1 - thick * corners)

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
        untouched = (
            (1 - blends)
            * (1 - 0.6 * self.rounded_share)
            * (1 - 0.9 * drafted)
            * (1 - 0.5 * freeform)
        )
        arched = grade("as_cast.arched", self.arched_share)
        untouched *= (1 - 0.65 * self.crossing_bodies) * (1 - 0.2 * corners)
        return 1 - untouched * (1 - 0.7 * arched) * (1 - 0.4 * self.ribbed)
