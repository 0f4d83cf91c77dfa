"""Which of many places lie near another? A grid of cells as wide as what counts as near."""

from collections.abc import Iterator
from itertools import product

import numpy as np

__all__ = ["Cells"]

_BESIDE = tuple(product((-1, 0, 1), repeat=3))


class Cells:
    """Numbers by where they are put, found again without asking those far away."""

    def __init__(self, width_mm: float) -> None:
        self._width_mm = max(width_mm, 1e-9)
        self._of: dict[tuple[int, int, int], list[int]] = {}

    def put(self, place_mm: np.ndarray, number: int) -> None:
        """Keeps a number at a place (3,)."""
        self._of.setdefault(self._cell(place_mm), []).append(number)

    def near(self, place_mm: np.ndarray) -> Iterator[int]:
        """All numbers put no farther than the width from a place (3,), and some a little farther
        away, in no order.
        """
        x, y, z = self._cell(place_mm)
        for i, j, k in _BESIDE:
            yield from self._of.get((x + i, y + j, z + k), ())

    def _cell(self, place_mm: np.ndarray) -> tuple[int, int, int]:
        x, y, z = np.floor(place_mm / self._width_mm).astype(int).tolist()
        return x, y, z
