"""What do several processes ask of a part? All its aspects together."""

from functools import cached_property

import numpy as np

from geometry.processes.bars import Bars
from geometry.processes.grades import grade
from geometry.processes.holes import Holes
from geometry.processes.hotspots import HotSpots
from geometry.processes.near_net import NearNet
from geometry.processes.sheets import Sheets
from geometry.topology import surface_code
from geometry.vectors import rejections

__all__ = ["Subject"]

CYLINDER = surface_code("cylinder")
WHOLE_TURN_DEG = 300.0  # a journal or a pin goes round
ALONG = np.cos(np.radians(1.0))
CLEARED_AROUND = 0.6  # how much eyes and hubs speak against plate, whatever the chips: ours
NEAR_NET_BLANK = 0.5  # how much less bar speaks against a mould or die that has left traces: ours


class Subject(NearNet, HotSpots, Sheets, Bars, Holes):
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

    @cached_property
    def near_net_block(self) -> float:
        """How much a part asks for a casting or forging instead of plate: rounded or drafted as
        from a mould, little left of its block, and litres of chips; or with eyes above all else,
        around which a cutter clears the whole part.
        """
        traced = (
            self.mould_traces
            * grade("turning.left", self.block_share)
            * grade("turning.chips", self.block_chips_mm3)
        )
        return max(traced, CLEARED_AROUND * self.cleared_around)

    @cached_property
    def crank(self) -> float:
        """How much round sections about parallel axes follow each other along the length, with
        little left of the block: a crank is forged for the run of its fibres, then cut all over.
        """
        thick = grade("forging.bulky", self.bulk) * self.solid_section
        likely = thick * grade("forging.left", self.block_share)
        return likely * float(self._is_eccentric) if likely > 0 else 0.0

    @property
    def _is_eccentric(self) -> bool:
        joined = self.part.joined  # modellers halve what goes round
        faces, way = (
            joined.faces,
            self.part.mass.box.axes[int(np.argmax(self.part.mass.box.size_mm))],
        )
        whole = (faces["kind"] == CYLINDER) & (faces["sense"] > 0)
        whole &= (faces["sweep_deg"] > WHOLE_TURN_DEG) & (np.abs(faces["axis"] @ way) > ALONG)
        rounds = np.flatnonzero(whole)
        at = rejections(faces["origin_mm"][rounds], way)
        apart = np.linalg.norm(at[:, None] - at[None], axis=2)
        middle = faces["centroid_mm"][rounds] @ way
        length = faces["area_mm2"][rounds] / (2 * np.pi * faces["radius_mm"][rounds])
        beyond = np.abs(middle[:, None] - middle[None]) > (length[:, None] + length[None]) / 2
        thrown = apart > np.minimum.outer(faces["radius_mm"][rounds], faces["radius_mm"][rounds])
        return bool((beyond & thrown).any())

    def _stock_beside(self, blank: float) -> float:
        """How much the part is stock where it is, by so much, turned from a blank of its own."""
        if self.is_gear:
            return 0.0
        turned = self.turned * (1 - NEAR_NET_BLANK * blank) * (1 - self.drawn_solid)
        return max(self._sheet_stock, turned, self.profile_body)

    @property
    def _sheet_stock(self) -> float:
        return self.thin_sheet * (0.3 + 0.7 * self.cut_through)
