"""Where does the neutral fibre of a bend lie?"""

import math
from collections.abc import Mapping
from itertools import pairwise

from geometry.tables import read_table

__all__ = ["bend_allowance_mm", "k_factor", "k_table_of"]

SOURCE = "features/k_factors.toml"
STEP = 1e-6  # beyond a ratio at which the value of a table changes

# DIN 6935:2011 gives k = 0.65 + 0.5·lg(r/s) for 0.65 < r/s ≤ 5 and k = 1 beyond; the neutral
# fibre lies at k·s/2
# under the inner surface. Sharper bends keep the value of the sharpest bend the standard covers,
# as the formula falls
# to zero and below there.
SHARPEST_RATIO = 0.65
ROUNDEST_RATIO = 5.0


def k_factor(
    inside_radius_mm: float, thickness_mm: float, table: Mapping[float, float] | None = None
) -> float:
    """Depth of the neutral fibre under the inner surface as a share of the thickness, 0…0.5.

    table: k-factor by r/s of a material or a shop, interpolated, its ends kept beyond it; it
    replaces the standard.

    Source: DIN 6935, half of its factor k.
    """
    ratio = inside_radius_mm / thickness_mm
    if table:
        return _interpolated(ratio, table)
    if ratio > ROUNDEST_RATIO:
        return 0.5
    return (0.65 + 0.5 * math.log10(max(ratio, SHARPEST_RATIO))) / 2


def k_table_of(family: str) -> Mapping[float, float] | None:
    """The usual k-factors of a family of materials by r/s, None for those that have none."""
    data = read_table(SOURCE)
    for kind in ("soft", "medium", "hard"):
        if family in data[kind]["families"]:
            values = data[kind]["k"]
            table = {0.0: values[0]}
            for ratio, (before, after) in zip(data["up_to"], pairwise(values), strict=True):
                table |= {ratio: before, ratio + STEP: after}
            return table
    return None


def bend_allowance_mm(
    angle_deg: float,
    inside_radius_mm: float,
    thickness_mm: float,
    table: Mapping[float, float] | None = None,
) -> float:
    """Length of a bend in the flat: the arc of its neutral fibre."""
    neutral = inside_radius_mm + k_factor(inside_radius_mm, thickness_mm, table) * thickness_mm
    return math.radians(angle_deg) * neutral


def _interpolated(ratio: float, table: Mapping[float, float]) -> float:
    known = sorted(table.items())
    if ratio <= known[0][0]:
        return known[0][1]
    for (low, first), (high, second) in pairwise(known):
        if ratio <= high:
            return first + (second - first) * (ratio - low) / (high - low)
    return known[-1][1]
