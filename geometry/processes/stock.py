"""Which standard stock is a milled part cut from?"""

import math
from dataclasses import dataclass

import numpy as np

from geometry.processes.subject import Subject
from geometry.processes.tools import bar_mm, plate_mm
from geometry.vectors import norms

__all__ = ["ALLOWANCE_MM", "Stock", "best_stock"]

ALLOWANCE_MM = 2.0  # on each side of the raw piece


@dataclass(frozen=True)
class Stock:
    """A piece of plate, of round bar, or a sawn block where no standard size is large enough."""

    form: str  # plate, round_bar, block
    size_mm: np.ndarray  # (3,) descending; a bar's diameter stands twice

    @property
    def volume_mm3(self) -> float:
        """Volume of the raw piece."""
        return float(np.prod(self.size_mm)) * (math.pi / 4 if self.form == "round_bar" else 1.0)


def best_stock(subject: Subject) -> Stock:
    """The smallest standard piece that holds the part with its allowance."""
    needed = subject.box_mm + 2 * ALLOWANCE_MM
    found: list[Stock] = []
    if (thickness := plate_mm(float(needed[2]))) is not None:
        found.append(Stock("plate", np.sort([needed[0], needed[1], thickness])[::-1]))
    box = subject.part.mass.box
    offset = (subject.part.mesh.vertices_mm - box.centre_mm) @ box.axes.T
    for along in (0, 2):  # a piece of bar stands as a shaft or lies as a disc
        across = np.delete(offset, along, axis=1)
        round_mm = 2 * float(norms(across).max())
        if (diameter := bar_mm(round_mm + 2 * ALLOWANCE_MM)) is not None:
            size = np.array([diameter, diameter, needed[along]])
            found.append(Stock("round_bar", np.sort(size)[::-1]))
    if not found:
        return Stock("block", needed)
    return min(found, key=lambda stock: stock.volume_mm3)
