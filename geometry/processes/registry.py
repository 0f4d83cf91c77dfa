"""Which processes are there, and what does each know of a part?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from geometry.features.feature import Feature
from geometry.features.undercuts import find_undercuts
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
from geometry.processes.casting import as_cast
from geometry.processes.measurement import Facts
from geometry.processes.subject import Subject

__all__ = ["PROCESSES", "Measured", "measure_all"]

MOULDED = 0.5  # traces of a mould, 0…1: more likely than not
STOCK = 0.5  # likeness to sheet, bar or profile, 0…1

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
    """Facts by process, the fields they came from, and what would hold the part in a mould."""

    facts: Mapping[str, Facts]
    fields: Fields
    undercuts: tuple[Feature, ...]  # where a mould is plausible


def measure_all(part: Part, recognition: Any, sheet: Any = None) -> Measured:
    """Measures a part for every process; fields are computed once and shared.

    recognition: of `geometry.features.recognition`; sheet: its SheetModel, None for parts that
    are no sheet.
    """
    fields = Fields(part)
    subject = Subject(part, recognition, fields, sheet)
    facts = {name: measure(subject) for name, measure in PROCESSES.items()}
    return Measured(facts, fields, tuple(find_undercuts(fields)) if _moulded(subject) else ())


def _moulded(subject: Subject) -> bool:
    """Whether a mould is plausible: the shape bears its traces and no stock gives it.

    The side hole of a milled block, or the slot of a sheet, is drilled or cut: naming it an
    undercut there would be noise.
    """
    return as_cast(subject) > MOULDED and subject.simpler_stock < STOCK
