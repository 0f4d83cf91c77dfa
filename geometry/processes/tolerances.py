"""Which tolerances does a foundry hold unasked, and what does it leave to be machined?"""

import bisect
import math
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["casting_tolerance_mm", "casting_tolerances", "machining_allowance_mm"]

SOURCE = Path(__file__).with_name("tolerances.toml")


@cache
def _tables() -> Mapping[str, Any]:
    return tomllib.loads(SOURCE.read_text(encoding="utf-8"))


def casting_tolerance_mm(grade: int, size_mm: float) -> float:
    """Whole tolerance of a dimension of a casting, half to each side; nan beyond the table.

    Source: ISO 8062-3:2007, table 2.
    """
    tables = _tables()
    return _of_size(tables["dctg"][str(grade)], tables["sizes_mm"], size_mm)


def machining_allowance_mm(grade: str, size_mm: float) -> float:
    """Stock on each machined surface by the largest size of the finished part; nan beyond the
    table.

    Source: ISO 8062-3:2007 (RMA).
    """
    table = _tables()["allowance"]
    return _of_size(table[grade], table["sizes_mm"], size_mm)


def _of_size(values: Sequence[float], sizes_mm: Sequence[float], size_mm: float) -> float:
    row = bisect.bisect_left(sizes_mm, size_mm)
    return float(values[row]) if row < len(values) else math.nan


def casting_tolerances(process: str, family: str, size_mm: float) -> dict[str, Any]:
    """Metrics of a casting process: grades, ± of the largest dimension, allowance for machining."""
    tables = _tables()
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
