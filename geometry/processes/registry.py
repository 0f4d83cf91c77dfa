"""Which processes are there, and what does each know of a part?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from geometry.features.feature import Feature
from geometry.features.undercuts import find_undercuts
from geometry.fields.fields import Fields
from geometry.part import Part, Warning, failed
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
from geometry.processes.measurement import MEASURED, Facts, NotChecked
from geometry.processes.subject import Subject
from geometry.processes.suitability import method

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

LEAST_SIZE_MM, MOST_SIZE_MM = 0.1, 20_000.0  # of a part's length: beyond, the unit is in doubt


@dataclass(frozen=True)
class Measured:
    """Facts by process, the fields they came from, and what would hold the part in a mould."""

    facts: Mapping[str, Facts]
    fields: Fields
    undercuts: tuple[Feature, ...]  # where a mould is plausible
    warnings: tuple[Warning, ...] = ()  # processes that odd geometry kept from being measured


def measure_all(
    part: Part, recognition: Any, sheet: Any = None, fields: Fields | None = None
) -> Measured:
    """Measures a part for every process; fields are computed once and shared.

    recognition: of `geometry.features.recognition`; sheet: its SheetModel, None for parts that
    are no sheet; fields: of this part, where there are some. Odd geometry costs one process, not
    the part: that one is named in the warnings.
    """
    fields = fields or Fields(part)
    subject = Subject(part, recognition, fields, sheet)
    missing = _out_of_reach(part)
    warnings: list[Warning] = []
    if not _is_plausible(part):
        warnings.append(Warning("size_not_plausible", {"length_mm": float(part.size_mm[0])}))
    facts = {}
    for name, measure in PROCESSES.items():
        try:
            found = measure(subject).as_plain()
        except Exception as error:
            warnings.append(failed(error, "process_failed", process=name))
            found = _not_measured(name)
        if missing:
            found = replace(
                found,
                not_checked=(*found.not_checked, *missing),
                cuts=found.cuts if _is_plausible(part) else (),
            )
        facts[name] = found
    undercuts: list[Feature] = []
    try:
        undercuts = find_undercuts(fields, subject.releases) if _moulded(subject) else []
    except Exception as error:
        warnings.append(failed(error, "family_failed", family="undercuts"))
    return Measured(facts, fields, tuple(undercuts), tuple(warnings))


def _not_measured(name: str) -> Facts:
    """Facts of a process that could not be measured: nothing speaks for it, and that is said."""
    numbers = method()
    fit = dict.fromkeys((*numbers.weights[name], *numbers.brakes[name]), 0.0)
    return Facts(name, {}, (), fit, {MEASURED: False}, (NotChecked("process", "failed"),))


def _out_of_reach(part: Part) -> tuple[NotChecked, ...]:
    """What of no process can be trusted: limits in mm for a size that no drawing means, volumes of
    a skin that does not close.
    """
    found = []
    if not _is_plausible(part):
        found.append(NotChecked("scale", "size_not_plausible"))
    if not part.closed:
        found.append(NotChecked("volume", "open_shell"))
    return tuple(found)


def _is_plausible(part: Part) -> bool:
    return LEAST_SIZE_MM <= float(part.size_mm[0]) <= MOST_SIZE_MM


def _moulded(subject: Subject) -> bool:
    """Whether a mould is plausible: the shape bears its traces, or is thin all over as a moulding
    is, and no stock gives it.

    The side hole of a milled block, or the slot of a sheet, is drilled or cut: naming it an
    undercut there would be noise.
    """
    if subject.simpler_stock >= STOCK:
        return False
    bent = any(feature.type == "bend" for feature in subject.recognition.features)
    return subject.mould_traces > MOULDED or (subject.thin_throughout > MOULDED and not bent)
