"""Which standard tool makes a feature, and which standard stock holds a part?"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from geometry.tables import read_table

__all__ = [
    "LARGEST_DRILL_MM",
    "bar_mm",
    "data",
    "drill_mm",
    "holder_mm",
    "largest_end_mill_mm",
    "plate_mm",
    "reach_mm",
]

SOURCE = "processes/cutting.toml"
LARGEST_DRILL_MM = 26.0  # larger holes are bored or milled; ours, as should-cost tools have it
FINE_STEP_MM, COARSE_STEP_MM, COARSE_FROM_MM = 0.1, 0.5, 10.0  # of stock drills: Hubs CNC guide
INCH_DRILL_MM = 25.4 / 64  # fractional inch drills
SAME_MM = 0.011  # modellers round diameters; a drill cuts wider than this by itself


def data() -> Mapping[str, Any]:
    """Everything in cutting.toml."""
    return read_table(SOURCE)


def largest_end_mill_mm(limit_mm: float) -> float:
    """The largest standard end mill not wider than a limit; the limit itself below the smallest."""
    sizes = data()["end_mill"]["diameter_mm"]
    place = bisect_right(sizes, limit_mm * (1 + 1e-6))
    return float(sizes[place - 1]) if place else limit_mm


def drill_mm(diameter_mm: float) -> float:
    """The stock drill of this diameter, metric or inch, else the next smaller metric one."""
    step = FINE_STEP_MM if diameter_mm <= COARSE_FROM_MM else COARSE_STEP_MM
    for each in (step, INCH_DRILL_MM):
        nearest = each * round(diameter_mm / each)
        if abs(nearest - diameter_mm) <= SAME_MM and nearest > 0:
            return round(nearest, 3)
    below = round(step * int(diameter_mm / step + 1e-9), 3)
    return below or diameter_mm


def drill_offset_mm(diameter_mm: float) -> float:
    """Distance to the nearest stock drill, metric or inch."""
    step = FINE_STEP_MM if diameter_mm <= COARSE_FROM_MM else COARSE_STEP_MM
    return min(
        abs(diameter_mm - each * round(diameter_mm / each)) for each in (step, INCH_DRILL_MM)
    )


def reach_mm(tool: str, diameter_mm: float) -> float:
    """Depth that the long series of a standard tool (`end_mill`, `drill`) cuts, mm."""
    table = data()[tool]
    sizes, reaches = table["diameter_mm"], table["reach_mm"]
    place = min(bisect_left(sizes, diameter_mm * (1 - 1e-6)), len(sizes) - 1)
    if diameter_mm < sizes[0]:
        return float(reaches[0] * diameter_mm / sizes[0])
    return float(reaches[place])


def holder_mm(diameter_mm: float) -> float:
    """Diameter of the collet nut that holds a tool of this diameter."""
    table = data()["holder"]
    place = min(bisect_left(table["shank_mm"], diameter_mm), len(table["nut_mm"]) - 1)
    return float(table["nut_mm"][place])


def plate_mm(least_mm: float) -> float | None:
    """The thinnest standard plate of at least this thickness; None where there is none."""
    return _next(data()["plate"]["thickness_mm"], least_mm)


def bar_mm(least_mm: float) -> float | None:
    """The thinnest standard round bar of at least this diameter; None where there is none."""
    return _next(data()["round_bar"]["diameter_mm"], least_mm)


def _next(sizes: Sequence[float], least_mm: float) -> float | None:
    place = bisect_left(sizes, least_mm - SAME_MM)
    return float(sizes[place]) if place < len(sizes) else None
