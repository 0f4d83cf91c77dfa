"""Which tolerances does a foundry hold unasked, and what does it leave to be machined?"""

import bisect
import math
from collections.abc import Sequence
from typing import Any

from geometry.tables import read_table

__all__ = ["casting_tolerance_mm", "casting_tolerances", "machining_allowance_mm"]

SOURCE = "processes/tolerances.toml"


def casting_tolerance_mm(grade: int, size_mm: float) -> float:
    """Whole tolerance of a dimension of a casting, half to each side; nan beyond the table.

    Source: ISO 8062-3:2007, table 2.
    """
    tables = read_table(SOURCE)
    return _of_size(tables["dctg"][str(grade)], tables["sizes_mm"], size_mm)


def machining_allowance_mm(grade: str, size_mm: float) -> float:
    """Stock on each machined surface by the largest size of the finished part; nan beyond the
    table.

    Source: ISO 8062-3:2007 (RMA).
    """
    table = read_table(SOURCE)["allowance"]
    return _of_size(table[grade], table["sizes_mm"], size_mm)


def _of_size(values: Sequence[float], sizes_mm: Sequence[float], size_mm: float) -> float:
    row = bisect.bisect_left(sizes_mm, size_mm)
    return float(values[row]) if row < len(values) else math.nan


def casting_tolerances(process: str, family: str, size_mm: float) -> dict[str, Any]:
    """Metrics of a casting process: grades, ± of the largest dimension, allowance for machining."""
    tables = read_table(SOURCE)
    grades = tables["grades"][process]
    finest, coarsest = grades.get(family, grades["default"])
    allowance = tables["allowance_grades"][process]
    stock = machining_allowance_mm(allowance, size_mm)
    return {
        "tolerance_grade": f"DCTG {finest}–{coarsest}",
        "tolerance_mm": casting_tolerance_mm(coarsest, size_mm) / 2,
        "tolerance_best_mm": casting_tolerance_mm(finest, size_mm) / 2,
        "machining_allowance_grade": f"RMA {allowance}",
        "machining_allowance_mm": max(stock, tables["allowance_least_mm"].get(family, 0.0)),
    }
