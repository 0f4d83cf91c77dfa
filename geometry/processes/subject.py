"""What do several processes ask of a part? All its aspects together."""

from functools import cached_property

from geometry.processes.bars import Bars
from geometry.processes.grades import grade
from geometry.processes.hotspots import HotSpots
from geometry.processes.near_net import NearNet
from geometry.processes.sheets import Sheets

__all__ = ["Subject"]

FORGED_BLANK = 0.5  # how much less bar speaks against forging where traces are a die's: ours


class Subject(NearNet, HotSpots, Sheets, Bars):
    """A part with its walls, edges, drafts, undercuts and hot spots, and how much it looks like
    each kind of stock.
    """

    @cached_property
    def simpler_stock(self) -> float:
        """How much the part is sheet, bar or profile already."""
        if self.is_gear:
            return 0.0
        return max(self._sheet_stock, self.turned, self.profile_body)

    @cached_property
    def forged_stock(self) -> float:
        """The same beside a forging: a round part that bears a die's traces is turned from a forged
        blank as well as from bar.
        """
        if self.is_gear:
            return 0.0
        turned = self.turned * (1 - FORGED_BLANK * self.mould_traces)
        return max(self._sheet_stock, turned, self.profile_body)

    @property
    def _sheet_stock(self) -> float:
        return (
            self.sheet_share
            * grade("sheet.slender", self.sheet_slenderness)
            * (0.3 + 0.7 * self.cut_through)
        )
