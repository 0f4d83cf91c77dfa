"""What do several processes ask of a part? All its aspects together."""

from functools import cached_property

from geometry.processes.grades import grade
from geometry.processes.hotspots import HotSpots
from geometry.processes.near_net import NearNet
from geometry.processes.profiles import Profiles
from geometry.processes.sheets import Sheets

__all__ = ["Subject"]


class Subject(NearNet, HotSpots, Sheets, Profiles):
    """A part with its walls, edges, drafts, undercuts and hot spots, and how much it looks like
    each kind of stock.
    """

    @cached_property
    def simpler_stock(self) -> float:
        """How much the part is sheet, bar or profile already."""
        if self.is_gear:
            return 0.0
        sheet = (
            self.sheet_share
            * grade("sheet.slender", self.sheet_slenderness)
            * (0.3 + 0.7 * self.cut_through)
        )
        return max(sheet, self.turned, self.profile_body)
