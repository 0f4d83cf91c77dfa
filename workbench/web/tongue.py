"""Which language does this page speak, and how are its numbers, names and sentences written?"""

from collections.abc import Mapping
from typing import Any

from nicegui import ui
from starlette.requests import Request

from workbench import language as catalogue
from workbench.bending import bends_in_order
from workbench.reports.wording import counted

__all__ = [
    "QUASAR",
    "amount",
    "best_language",
    "capital",
    "label",
    "language",
    "message",
    "named",
    "path",
    "say",
    "size",
]

QUASAR = {"uz-Latn": "uz-Latn", "uz-Cyrl": "uz-Cyrl", "ru": "ru", "en": "en-US"}
_OURS = {quasar: ours for ours, quasar in QUASAR.items()}
UNIT_OF_ENDING = {
    "_mm": "mm",
    "_mm2": "mm2",
    "_mm3": "mm3",
    "_deg": "deg",
    "_kg": "kg",
    "kg_per_m": "kg/m",
    "_kn": "kN",
    "_s": "s",
    "minutes": "min",
}


def language() -> str:
    """The language of the page being built or answering: it is part of its address."""
    return _OURS.get(str(ui.context.client.page.language), catalogue.FALLBACK)


def say(key: str, **values: object) -> str:
    """A text of the pages."""
    return catalogue.text(f"web.{key}", language(), **values)


def path(place: str) -> str:
    """The address of a page in the language of this one."""
    return f"/{language()}{place}"


def message(sentences: Mapping[str, str]) -> str:
    """The sentence of a finding or summary, which carries all languages."""
    return sentences.get(language()) or sentences.get(catalogue.FALLBACK, "")


def label(kind: str, name: str) -> str:
    """The name of a feature, parameter, metric, process …; its code where there is none."""
    return capital(named(f"{kind}.{name}") or name.rpartition(".")[2].replace("_", " "))


def capital(words: str) -> str:
    """The words with a capital at their beginning."""
    return words[:1].upper() + words[1:]


def named(key: str) -> str | None:
    """A text that need not exist: a code of a newer analysis may have no name yet."""
    exists = catalogue._template(key, language(), {}) is not None
    return catalogue.text(key, language()) if exists else None


def amount(name: str, value: Any) -> str:
    """A parameter or metric written with its unit, which is the end of its name."""
    own = language()
    if isinstance(value, bool):
        return catalogue.text(f"feature.value.{'yes' if value else 'no'}", own)
    if isinstance(value, int | float):
        if name.endswith(("_share", "_ratio")) or name in ("yield", "strip_utilisation"):
            if name.endswith("_ratio") and name != "removal_ratio":
                return catalogue.number(value, 2, own)
            return catalogue.percent(value, 0, own)
        for ending in sorted(UNIT_OF_ENDING, key=len, reverse=True):
            if name.endswith(ending):
                return catalogue.quantity(value, UNIT_OF_ENDING[ending], _decimals(value), own)
        return catalogue.number(value, None if isinstance(value, int) else 2, own)
    if isinstance(value, list | tuple):
        if len(value) == 3 and all(isinstance(each, int | float) for each in value):
            if name in ("axis", "direction", "pull_direction", "normal"):
                return _direction(value, own)
            if name.endswith("_mm"):
                return size(value)
        if name.endswith("_mm") and all(isinstance(each, int | float) for each in value):
            return size(value)
        named_records = [each for each in value if isinstance(each, dict) and "kind" in each]
        if named_records:
            return counted(_named_record(each, own) for each in named_records)
        if value and all(isinstance(each, str) for each in value):
            return ", ".join(named(f"process.station.{each}") or each for each in value)
        if name == "bend_order":
            return bends_in_order(value)
        return catalogue.number(len(value), 0, own)
    if isinstance(value, dict):
        return ", ".join(
            f"{label('feature.parameter', key).lower()} {amount(key, each)}"
            for key, each in value.items()
        )
    return named(f"feature.value.{value}") or str(value)


def _named_record(record: dict[str, Any], own: str) -> str:
    """A record that says its kind, with its direction if it has one: `slide +X`."""
    kind = named(f"feature.value.{record['kind']}") or str(record["kind"])
    direction = record.get("direction")
    return kind if direction is None else f"{kind} {_direction(direction, own)}"


def _decimals(value: float) -> int:
    return 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2


def _direction(vector: list[float] | tuple[float, ...], own: str) -> str:
    for axis, name in enumerate("XYZ"):
        if abs(abs(vector[axis]) - 1) < 1e-4:
            return ("+" if vector[axis] > 0 else "−") + name
    return "; ".join(catalogue.number(each, 2, own) for each in vector)


def size(values_mm: list[float] | tuple[float, ...]) -> str:
    """Lengths as `120 × 80 × 8 mm`."""
    own = language()
    numbers = " × ".join(catalogue.number(round(each, 1), None, own) for each in values_mm)
    return f"{numbers}\N{NO-BREAK SPACE}{catalogue.unit('mm', own)}"


def best_language(request: Request) -> str:
    """The first of the browser's languages that we speak."""
    wishes = []
    for place, entry in enumerate(request.headers.get("accept-language", "").split(",")):
        tag, _, weight = entry.partition(";q=")
        try:
            wishes.append((-float(weight or 1), place, tag.strip()))
        except ValueError:
            continue
    for _, _, tag in sorted(wishes):
        if found := catalogue.closest(tag):
            return found
    return catalogue.LANGUAGES[0]
