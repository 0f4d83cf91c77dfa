"""What of a contract part do routes and costs need, where an analysis may lack any of it?"""

import bisect
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geometry.processes.routes import SecondStep, second_step

__all__ = ["Facts", "it_grade", "number"]

# ISO 286-1:2010: tolerance = factor · i at the geometric mean D of the size's step, mm
_IT_FACTORS = {5: 7, 6: 10, 7: 16, 8: 25, 9: 40, 10: 64, 11: 100, 12: 160, 13: 250, 14: 400}
_IT_FACTORS |= {15: 640, 16: 1000, 17: 1600, 18: 2500}
_IT_STEPS_MM = (1, 3, 6, 10, 18, 30, 50, 80, 120, 180, 250, 315, 400, 500, 630, 800, 1000, 1250)
_IT_STEPS_MM += (1600, 2000, 2500, 3150)
ROUNDING = 0.01  # relative; the table's values are rounded from the formula


def number(values: Mapping[str, Any], key: str) -> float | None:
    """A finite number that is not negative, or None."""
    value = values.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if math.isfinite(value) and value >= 0 else None


def it_grade(size_mm: float, tolerance_mm: float) -> int:
    """The coarsest IT grade whose tolerance at this size is within `tolerance_mm`; 4 for finer.

    Source: ISO 286-1:2010, i = 0.45·∛D + 0.001·D µm to 500 mm, 0.004·D + 2.1 µm above.
    """
    upper = bisect.bisect_left(_IT_STEPS_MM, size_mm)
    upper = min(max(upper, 1), len(_IT_STEPS_MM) - 1)
    mean_mm = math.sqrt(_IT_STEPS_MM[upper - 1] * _IT_STEPS_MM[upper])
    if mean_mm <= 500:
        unit_um = 0.45 * mean_mm ** (1 / 3) + 0.001 * mean_mm
    else:
        unit_um = 0.004 * mean_mm + 2.1
    allowed_um = tolerance_mm * 1000 * (1 + ROUNDING)
    return max((g for g, k in _IT_FACTORS.items() if k * unit_um <= allowed_um), default=4)


@dataclass(frozen=True)
class Facts:
    """One part as one of its processes sees it; None or empty where the analysis gave nothing."""

    part: Mapping[str, Any]
    metrics: Mapping[str, Any]

    @property
    def size_mm(self) -> tuple[float, float, float] | None:
        """Length, width, height of the minimal box, descending."""
        size = self.part.get("size_mm")
        if not _finite(size, 3):
            return None
        length, width, height = sorted((float(value) for value in size), reverse=True)
        return length, width, height

    @property
    def volume_mm3(self) -> float | None:
        """Volume, when it is known and not nothing."""
        return number(self.part, "volume_mm3") or None

    @property
    def area_mm2(self) -> float | None:
        """Area of the surface."""
        return number(self.part, "area_mm2") or None

    def metric(self, key: str) -> float | None:
        """A metric of the process."""
        return number(self.metrics, key)

    def metric_size(self, key: str, count: int) -> tuple[float, ...] | None:
        """A metric that is a list of lengths, descending."""
        values = self.metrics.get(key)
        return tuple(sorted(map(float, values), reverse=True)) if _finite(values, count) else None

    @property
    def wall_mm(self) -> float | None:
        """Thinnest wall: the process's own measure before the field's."""
        return self.metric("min_wall_mm") or number(self.part.get("wall") or {}, "min_mm")

    @property
    def usual_wall_mm(self) -> float | None:
        """Ordinary wall thickness."""
        own = self.metric("nominal_wall_mm")
        return own or number(self.part.get("wall") or {}, "median_mm") or self.wall_mm

    @property
    def thickness_mm(self) -> float | None:
        """Thickness of a sheet."""
        own = self.metric("thickness_mm")
        return own or number(self.part.get("wall") or {}, "sheet_thickness_mm")

    @property
    def is_plain_bar(self) -> bool:
        """Whether the process found the section of bar that dealers keep: it is sawn off."""
        return self.metrics.get("plain_bar") is True

    def features(self, *types: str) -> list[Mapping[str, Any]]:
        """Features of some types."""
        return [item for item in self.part.get("features") or () if item.get("type") in types]

    @property
    def holes(self) -> list[Mapping[str, Any]]:
        """Parameters of all round holes."""
        return [item.get("parameters") or {} for item in self.features("hole")]

    def second_step(self, process: str) -> SecondStep | None:
        """What is cut once the process has made the part, None where it leaves it ready."""
        broken = [
            (finding.get("feature"), finding.get("faces") or ())
            for finding in self.part.get("findings") or ()
            if finding.get("process") == process and finding.get("severity") != "advice"
        ]
        return second_step(self.part, process, self.metrics, broken)

    def operations(self, process: str) -> list[Mapping[str, Any]]:
        """Operations with minutes that the analysis computed for cutting the whole part."""
        entries = self.part.get("processes") or ()
        metrics = next((e.get("metrics") or {} for e in entries if e["process"] == process), {})
        return list(metrics.get("operations") or ())

    @property
    def finest_it(self) -> int | None:
        """Finest tolerance grade that the file's own tolerances ask for."""
        grades = []
        for item in self.part.get("pmi") or ():
            upper, lower, value = (item.get(key) for key in ("upper", "lower", "value"))
            told = item.get("type") in ("dimension", "tolerance")
            if told and _finite((upper, lower, value), 3) and upper > lower and value > 0:
                grades.append(it_grade(value, upper - lower))
        return min(grades, default=None)

    @property
    def core_count(self) -> int:
        """Cores or slides that the process needs."""
        own = self.metric("cores")
        cores = self.metrics.get("cores")
        if own is None and isinstance(cores, Sequence):
            return len(cores)
        return int(own if own is not None else self.metric("undercuts") or 0)


def _finite(values: Any, count: int) -> bool:
    return (
        isinstance(values, (list, tuple))
        and len(values) == count
        and all(
            isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
            for value in values
        )
    )
