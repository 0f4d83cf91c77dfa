"""Where does a term of suitability begin and end? Data with sources, as rules are."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from geometry.processes.measurement import ramp
from geometry.tables import read_table

__all__ = ["Grade", "grade", "grades", "held_size"]

SOURCE = "processes/grades.toml"


@dataclass(frozen=True)
class Grade:
    """A value is worth 0 at `zero` and beyond, 1 at `one` and beyond, straight between."""

    zero: float
    one: float
    unit: str
    source: str
    zero_per_mm: float = 0.0  # more of either for each mm of the part's length
    one_per_mm: float = 0.0

    def __post_init__(self) -> None:
        if self.zero == self.one or not self.unit.strip() or not self.source.strip():
            raise ValueError(f"grades: two different ends, a unit and a source are needed: {self}")


@cache
def grades() -> Mapping[str, Grade]:
    """The reviewed grades beside this module, `group.name` each.

    Raises ValueError where one lacks a unit or a source, TypeError where it lacks an end.
    """
    groups = read_table(SOURCE)
    return {
        f"{group}.{name}": Grade(**entry)
        for group, entries in groups.items()
        for name, entry in entries.items()
    }


def grade(name: str, value: float, length_mm: float = 0.0) -> float:
    """What a value is worth, 0 to 1; nan counts as 0."""
    found = grades()[name]
    return ramp(
        value,
        found.zero + found.zero_per_mm * length_mm,
        found.one + found.one_per_mm * length_mm,
    )


def held_size(process: str, length_mm: float, width_mm: float = 0.0) -> float:
    """How well the machines of a process hold a part: 1 in a usual shop, 0 beyond the largest ones.

    length_mm, width_mm: its two longest sides, or what the grades of the process speak of; a width
    of 0 is not asked for.
    """
    found = grade(f"{process}.length", float(length_mm))
    return found * grade(f"{process}.width", float(width_mm)) if width_mm > 0 else found
