"""Which processes are there, and what does each know of a part?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from geometry.fields.fields import Fields
from geometry.part import Part
from geometry.processes import (
    die_casting,
    extrusion,
    forging,
    gravity_casting,
    investment_casting,
    milling,
    moulding,
    sand_casting,
    sheet_metal,
    stamping,
    turning,
)
from geometry.processes.measurement import Facts
from geometry.processes.subject import Subject

__all__ = ["PROCESSES", "Measured", "measure_all"]

_MODULES = (
    milling,
    turning,
    sheet_metal,
    stamping,
    sand_casting,
    gravity_casting,
    die_casting,
    investment_casting,
    forging,
    moulding,
    extrusion,
)
PROCESSES: Mapping[str, Callable[[Subject], Facts]] = {
    module.NAME: module.measure for module in _MODULES
}


@dataclass(frozen=True)
class Measured:
    """Facts by process, and the fields they came from."""

    facts: Mapping[str, Facts]
    fields: Fields


def measure_all(part: Part, recognition: Any, sheet: Any = None) -> Measured:
    """Measures a part for every process; fields are computed once and shared.

    recognition: of `geometry.features.recognition`; sheet: its SheetModel, None for parts that
    are no sheet.
    """
    fields = Fields(part)
    subject = Subject(part, recognition, fields, sheet)
    return Measured({name: measure(subject) for name, measure in PROCESSES.items()}, fields)
