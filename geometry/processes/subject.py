"""What do several processes ask of a part? All its aspects together."""

from functools import cached_property

from geometry.processes.bars import Bars
from geometry.processes.grades import grade
from geometry.processes.hotspots import HotSpots
from geometry.processes.near_net import NearNet
from geometry.processes.sheets import Sheets

__all__ = ["Subject"]

NEAR_NET_BLANK = 0.5  # how much less bar speaks against a mould or die that has left traces: ours


class Subject(NearNet, HotSpots, Sheets, Bars):
    """A part with its walls, edges, drafts, undercuts and hot spots, and how much it looks like
    each kind of stock.
    """

    @cached_property
    def simpler_stock(self) -> float:
        """How much the part is sheet, bar or profile already."""
        return self._stock_beside(0.0)

    @cached_property
    def forged_stock(self) -> float:
        """The same beside a forging: a round part that bears a die's traces is turned from a forged
        blank as well as from bar.
        """
        return self._stock_beside(self.mould_traces)

    @cached_property
    def cast_stock(self) -> float:
        """The same beside a casting or moulding, whose blanks are hollow; solid ones are forged."""
        return self._stock_beside(self.mould_traces * (1 - self.solid_section))

    def _stock_beside(self, blank: float) -> float:
        """How much the part is stock where it is, by so much, turned from a blank of its own."""
        if self.is_gear:
            return 0.0
        return max(self._sheet_stock, self.turned * (1 - NEAR_NET_BLANK * blank), self.profile_body)

    @property
    def _sheet_stock(self) -> float:
        return (
            self.sheet_share
            * grade("sheet.slender", self.sheet_slenderness)
            * (0.3 + 0.7 * self.cut_through)
        )
