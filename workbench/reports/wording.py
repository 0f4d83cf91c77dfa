"""How are the names, numbers and sentences of a report written in its language?"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench import language as catalogue
from workbench.bending import bends_in_order
from workbench.errors import plain
from workbench.reports.sources import OURS, addresses_in, is_ours, named_sources

__all__ = ["Wording", "capital", "counted"]

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
SHARES = ("_share", "yield", "removal_ratio", "strip_utilisation")
MINUTES_DECIMALS = 1  # times are estimates: hundredths of a minute would say too much
ROUNDING_SHARE = 1e-5  # what reading and measuring leave of a round number
NOTHING = 5e-5  # less is what measuring leaves of 0
FINISHING = "finishing"  # what machines do after a process, and no process itself
SIGNS = {">=": "≥", "<=": "≤", "==": "="}
ALONG_AN_AXIS = 1e-4  # a direction this near to an axis is called by its letter
LONGEST_LINE = 300  # characters of a text from a file that stand in a report
_OURS_FIRST = re.compile(rf"^\s*{OURS}(?=\s*[:,]|\s*$)", re.IGNORECASE)


@dataclass(frozen=True)
class Wording:
    """Texts and numbers in one language."""

    language: str

    def say(self, key: str, **values: object) -> str:
        """A text of the reports."""
        return catalogue.text(f"reports.{key}", self.language, **values)

    def text(self, key: str, **values: object) -> str:
        """A text of another room."""
        return catalogue.text(key, self.language, **values)

    def label(self, kind: str, name: str) -> str:
        """What a code is called, with a capital; the code's last word where it has no name."""
        return capital(self.name(kind, name))

    def name(self, kind: str, name: str) -> str:
        """What a code is called within a sentence."""
        found = catalogue.find(f"{kind}.{name}", self.language)
        return found or plain(name.rpartition(".")[2].replace("_", " "))

    def found(self, kind: str, name: str) -> str:
        """What a code is called, empty where it has no name."""
        return catalogue.find(f"{kind}.{name}", self.language) or ""

    def sentence(self, sentences: Any) -> str:
        """The sentence in this language of a record that has all of them, or a plain text."""
        if isinstance(sentences, Mapping):
            return str(sentences.get(self.language) or sentences.get(catalogue.FALLBACK, ""))
        return "" if sentences is None else plain(str(sentences), LONGEST_LINE)

    def term(self, name: str) -> str:
        """What a summand of a score is called."""
        kind, _, what = name.partition(".")
        if kind == "fit":
            return self.label("summary.fit", what)
        if kind in ("brake", "gate"):
            named = self.name("summary.fit", what)
            return capital(self.text(f"summary.term.{kind}", name=named))
        return self.label("summary.term", name)

    def number(self, value: float, decimals: int | None = None) -> str:
        """A number with a true minus sign."""
        return catalogue.number(value, decimals, self.language).replace("-", "−")

    def percent(self, ratio: float, decimals: int = 0) -> str:
        """A ratio as a percentage."""
        return catalogue.percent(ratio, decimals, self.language).replace("-", "−")

    def money(self, value: float, currency: str) -> str:
        """An amount of money."""
        return catalogue.money(value, currency, None, self.language)

    def quantity(self, value: Any, unit: str = "") -> str:
        """A measured value with its unit, with as many digits as tell it from its limit."""
        if isinstance(value, bool):
            return self.yes(value)
        if not isinstance(value, int | float):
            return self.listed(value)
        unit = "" if unit == "1" else unit
        if abs(value) < NOTHING:
            value = 0.0  # and no −0
        decimals = MINUTES_DECIMALS if unit == "min" else _decimals(float(value))
        written = catalogue.quantity(value, unit, decimals, self.language)
        return written.replace("-", "−")

    def listed(self, value: Any) -> str:
        """A value that is no number: a text or several."""
        if value is None:
            return "–"
        if isinstance(value, list | tuple):
            return ", ".join(self.listed(each) for each in value)
        return plain(str(value))

    def yes(self, value: bool) -> str:
        """Yes or no."""
        return self.text(f"feature.value.{'yes' if value else 'no'}")

    def measured_against(self, finding: Mapping[str, Any]) -> tuple[str, str]:
        """What a finding measured, and the limit with the sign of its relation; each empty where
        there is none, as of a place that should not be at all.
        """
        seen, limit = finding.get("measured") or {}, finding.get("limit") or {}
        value, bound = catalogue.told_apart(seen.get("value"), limit.get("value"))
        measured = self.quantity(value, seen.get("unit", "")) if seen else ""
        if not limit or (bound == 0 and limit.get("relation") == "<="):
            return measured, ""
        sign = SIGNS.get(str(limit.get("relation", "")), "")
        told = self.quantity(bound, limit.get("unit", ""))
        return measured, f"{sign}\N{NO-BREAK SPACE}{told}".strip()

    def capability(self, shortfall: Mapping[str, Any], side: str) -> str:
        """What is needed of a machine or there: a quantity, or names of processes or families of
        materials. side: `needed` or `has`.
        """
        value = shortfall[side]
        kind = {"process": "process", "materials": "plant.family"}.get(shortfall["capability"])
        if kind is None or not isinstance(value, str):
            return self.quantity(value, str(shortfall["unit"] or ""))
        return ", ".join(
            self.name("web.plants" if name == FINISHING else kind, name)
            for name in value.split(", ")
        )

    def source(self, source: str) -> str:
        """Where a limit is from. What our own rules say of a source beside its name is English, so
        the other languages name it alone; a profile's words are its author's.
        """
        own = self.say("source_ours")
        if self.language == catalogue.FALLBACK:
            return plain(_OURS_FIRST.sub(own, source, count=1), LONGEST_LINE)
        names = named_sources(source)
        if not names:
            return plain(source, LONGEST_LINE)
        return plain("; ".join(own if name == OURS else name for name in names), LONGEST_LINE)

    def source_pieces(self, source: str) -> list[dict[str, Any]]:
        """The same in pieces; those of our own rules that are the address of a page say so."""
        told = self.source(source)
        pieces = addresses_in(told) if is_ours(source) else [(told, False)]
        return [{"text": text, "is_address": is_address} for text, is_address in pieces]

    def direction(self, vector: Sequence[float]) -> str:
        """A direction: the letter of an axis, or three numbers."""
        for axis, letter in enumerate("XYZ"):
            if abs(abs(vector[axis]) - 1) < ALONG_AN_AXIS:
                return ("+" if vector[axis] > 0 else "−") + letter
        return "(" + "; ".join(self.number(each, 2) for each in vector) + ")"

    def size(self, lengths_mm: Sequence[float]) -> str:
        """Lengths as `120 × 80 × 8 mm`."""
        numbers = " × ".join(self.number(round(each, _places(each))) for each in lengths_mm)
        return f"{numbers}\N{NO-BREAK SPACE}{catalogue.unit('mm', self.language)}"

    def amount(self, name: str, value: Any) -> str:
        """A parameter or metric, written by what the end of its name says it is."""
        if isinstance(value, bool):
            return self.yes(value)
        if isinstance(value, int | float):
            return self._number(name, value)
        if isinstance(value, Mapping):
            return self._record(value)
        if isinstance(value, list | tuple):
            return self._list(name, value)
        return catalogue.find(f"feature.value.{value}", self.language) or plain(str(value))

    def figure(self, name: str, value: Any) -> tuple[Any, str]:
        """The same for a table that is reckoned with: a number and its unit, or a text."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return self.amount(name, value), ""
        if name.endswith(SHARES):
            return 100 * value, "%"
        return value, self.unit(_unit_of(name))

    def unit(self, unit: str) -> str:
        """A unit as the language writes it; nothing of a bare number."""
        return "" if unit in ("", "1") else catalogue.unit(unit, self.language)

    def _number(self, name: str, value: float) -> str:
        if name.endswith(SHARES):
            return self.percent(value)
        return self.quantity(value, _unit_of(name))

    def _record(self, value: Mapping[str, Any]) -> str:
        if "normal" in value and "offset_mm" in value:  # a plane
            return f"{self.direction(value['normal'])}, {self.quantity(value['offset_mm'], 'mm')}"
        return ", ".join(
            f"{self.name('feature.parameter', key)} {self.amount(key, each)}"
            for key, each in value.items()
        )

    def _named(self, record: Mapping[str, Any]) -> str:
        """A record that says its kind, with its direction if it has one: `slide +X`."""
        kind = self.name("feature.value", str(record["kind"]))
        direction = record.get("direction")
        return kind if direction is None else f"{kind} {self.direction(direction)}"

    def _list(self, name: str, value: Sequence[Any]) -> str:
        if all(isinstance(each, int | float) for each in value):
            if len(value) == 3 and not name.endswith("_mm"):
                return self.direction(value)
            if name.endswith("_mm"):
                return self.size(value)
        if name.endswith("_features"):  # ids mean nothing on paper
            return self.number(len(value), 0)
        if value and all(isinstance(each, str) for each in value):
            stations = (catalogue.find(f"process.station.{e}", self.language) for e in value)
            return ", ".join(s or e for s, e in zip(stations, value, strict=True))
        if name == "bend_order":
            return bends_in_order(value)
        if value and all(isinstance(each, list | tuple) and len(each) == 3 for each in value):
            return ", ".join(self.direction(each) for each in value)
        named = [each for each in value if isinstance(each, Mapping) and "kind" in each]
        if named:
            return counted(self._named(each) for each in named)
        widths = [
            each["diameter_mm"]
            for each in value
            if isinstance(each, Mapping) and "diameter_mm" in each
        ]
        if widths:
            largest = self.quantity(max(widths), "mm")
            return f"{self.number(len(value), 0)} ({SIGNS['<=']}\N{NO-BREAK SPACE}⌀ {largest})"
        radii = [
            each["radius_mm"] for each in value if isinstance(each, Mapping) and "radius_mm" in each
        ]
        if radii:
            largest = self.quantity(max(radii), "mm")
            return f"{self.number(len(value), 0)} ({SIGNS['<=']}\N{NO-BREAK SPACE}R {largest})"
        return self.number(len(value), 0)


def counted(texts: Iterable[str]) -> str:
    """Texts with how often each occurs, in the order of their first: `slide +X × 2, core`."""
    return ", ".join(
        text if count == 1 else f"{text} ×\N{NO-BREAK SPACE}{count}"
        for text, count in Counter(texts).items()
    )


def _unit_of(name: str) -> str:
    endings = (end for end in sorted(UNIT_OF_ENDING, key=len, reverse=True) if name.endswith(end))
    return UNIT_OF_ENDING.get(next(endings, ""), "")


def capital(text: str) -> str:
    """The text with its first letter large."""
    return text[:1].upper() + text[1:]


def _places(length_mm: float) -> int:
    """Decimals of a length among others: tenths, and of what is thinner so many as leave it."""
    return 1 if length_mm >= 1 else 2 if length_mm >= 0.1 else 3


def _decimals(value: float) -> int | None:
    """Digits after the point: as many as a drawing of that size has."""
    size = abs(value)
    if size < 1e9 and abs(value - round(value)) <= ROUNDING_SHARE * size:
        return 0
    if size >= 1000:
        return 0
    if size >= 100:
        return 1
    return 2 if size >= 0.1 else 4 if size < 0.01 else 3
