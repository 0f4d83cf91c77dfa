"""Which operations make a part, equal ones with one tool told in one line?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["UNTOLD_METRICS", "Line", "lines"]

# metrics that are no line of a table: they have one of their own, or are for machines
UNTOLD_METRICS = ("operations", "draft_faces")


@dataclass
class Line:
    """One tool's work of one kind in one setup, on however many features."""

    setup: int
    operation: str
    tool: str
    diameter_mm: float
    length_mm: float = 0.0  # the longest that one of them needs
    count: int = 0
    minutes: float = 0.0
    faces: list[int] = field(default_factory=list)

    @property
    def nose_radius_mm(self) -> float | None:
        """Radius at the point of a turning tool, whose diameter says nothing of its size."""
        return self.diameter_mm / 2 if self.tool == "turning_tool" else None


def lines(operations: Iterable[Mapping[str, Any]]) -> list[Line]:
    """Operations of the contract in their order, equal ones together."""
    found: dict[tuple[Any, ...], Line] = {}
    for each in operations:
        diameter = float(each["tool_diameter_mm"])
        key = (int(each["setup"]), str(each["operation"]), str(each["tool"]), round(diameter, 3))
        line = found.setdefault(key, Line(*key[:3], diameter))
        line.length_mm = max(line.length_mm, float(each["tool_length_mm"]))
        line.count += 1
        line.minutes += float(each["minutes"])
        line.faces.extend(each.get("faces", ()))
    return list(found.values())
