"""Which columns do the sheets of the plants' workbook have, and what may stand in them?"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from geometry import materials
from geometry.materials import UnknownMaterial
from workbench.plants.records import CERTIFICATES, FAMILIES, KINDS, REGIONS

__all__ = ["SHEETS", "Column", "WrongValue", "readable"]

LONGEST_TEXT = 500  # characters of one cell
MOST_MM = 100_000.0
YES, NO = ("yes", "true", "1", "ha", "да", "ҳа"), ("no", "false", "0", "yoʻq", "yo'q", "нет", "йўқ")
LIST_SEPARATOR = ";"


class WrongValue(ValueError):
    """A cell's value cannot be used; `expected` is a key of the catalogue, `values` fill it."""

    def __init__(self, expected: str, **values: object) -> None:
        super().__init__(expected)
        self.expected = expected
        self.values = values


@dataclass(frozen=True)
class Column:
    """One column: `kind` is text, id, number, integer, choice, choices, material, date or flag."""

    key: str
    kind: str = "text"
    unit: str = ""
    required: bool = False
    low: float = 0.0
    high: float = math.inf
    choices: tuple[str, ...] = ()
    default: Any = None

    def parse(self, value: object) -> Any:
        """The value of a cell as data; the default for an empty one.

        Raises WrongValue.
        """
        if isinstance(value, str):
            value = value.strip()
        if value is None or value == "":
            if self.required:
                raise WrongValue("required")
            return self.default
        return _PARSERS[self.kind](self, value)

    def written(self, value: Any) -> Any:
        """Data as the value of a cell: the reverse of `parse`."""
        if value is None:
            return None
        if self.kind == "choices":
            return f"{LIST_SEPARATOR} ".join(value)
        if self.kind == "flag":
            return "yes" if value else "no"
        return value


def _text(column: Column, value: object) -> str:
    words = f"{value:g}" if isinstance(value, float) else str(value)
    if len(words) > LONGEST_TEXT:
        raise WrongValue("shorter", most=LONGEST_TEXT)
    if any(ord(letter) < 32 for letter in words):
        raise WrongValue("printable")
    if column.kind == "id" and not all(sign.isalnum() or sign in "-_." for sign in words):
        raise WrongValue("id")
    return words


def _number(column: Column, value: object) -> float:
    number = math.nan
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number = float(value)
    elif isinstance(value, str):
        try:
            number = float(
                value.replace("\N{NO-BREAK SPACE}", "").replace(" ", "").replace(",", ".")
            )
        except ValueError:
            number = math.nan
    if not (math.isfinite(number) and column.low <= number <= column.high):
        between = {"low": column.low, "high": column.high, "unit": column.unit}
        raise WrongValue("number" if math.isinf(column.high) else "number_between", **between)
    return number


def _integer(column: Column, value: object) -> int:
    number = _number(column, value)
    if number != int(number):
        raise WrongValue("whole")
    return int(number)


def _choice(column: Column, value: object) -> str:
    words = str(value).strip()
    found = {choice.casefold(): choice for choice in column.choices}.get(words.casefold())
    if found is None:
        raise WrongValue("choice", choices=", ".join(column.choices))
    return found


def _choices(column: Column, value: object) -> tuple[str, ...]:
    words = str(value).replace(",", LIST_SEPARATOR).split(LIST_SEPARATOR)
    found = tuple(dict.fromkeys(_choice(column, word) for word in words if word.strip()))
    if not found:
        raise WrongValue("choice", choices=", ".join(column.choices))
    return found


def _material(column: Column, value: object) -> str:
    del column
    try:
        return materials.find(_text(Column("material"), value)).id
    except UnknownMaterial as unknown:
        raise WrongValue("material", near=", ".join(unknown.values["near"]) or "S235") from None


def _date(column: Column, value: object) -> date:
    del column
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise WrongValue("date") from None


def _flag(column: Column, value: object) -> bool:
    del column
    words = str(value).strip().casefold()
    if words in YES:
        return True
    if words in NO:
        return False
    raise WrongValue("flag")


_PARSERS = {
    "text": _text,
    "id": _text,
    "number": _number,
    "integer": _integer,
    "choice": _choice,
    "choices": _choices,
    "material": _material,
    "date": _date,
    "flag": _flag,
}


def _number_column(key: str, unit: str, high: float = math.inf, **options: Any) -> Column:
    return Column(key, "number", unit, high=high, **options)


_ILLUSTRATIVE = Column("illustrative", "flag", default=False)
_NOTES = Column("notes", default="")
_PLANT = Column("plant", "id", required=True)

SHEETS: Final[Mapping[str, tuple[Column, ...]]] = {
    "Plants": (
        Column("id", "id", required=True),
        Column("name", required=True),
        Column("region", "choice", required=True, choices=REGIONS),
        Column("city", required=True),
        Column("shifts", "integer", required=True, low=1, high=3),
        _ILLUSTRATIVE,
        _NOTES,
    ),
    "Machines": (
        _PLANT,
        Column("id", "id", required=True),
        Column("name", required=True),
        Column("kind", "choice", required=True, choices=tuple(KINDS)),
        Column("count", "integer", "pcs", low=1, high=1000, default=1),
        _number_column("tonnage_kn", "kN", 1e6),
        _number_column("length_mm", "mm", MOST_MM),
        _number_column("width_mm", "mm", MOST_MM),
        _number_column("height_mm", "mm", MOST_MM),
        _number_column("max_mass_kg", "kg", 1e6),
        _number_column("min_thickness_mm", "mm", 1000),
        _number_column("max_thickness_mm", "mm", 1000),
        _number_column("min_diameter_mm", "mm", MOST_MM),
        _number_column("max_diameter_mm", "mm", MOST_MM),
        Column("axes", "integer", low=1, high=12),
        Column("tolerance_it", "integer", low=1, high=18),
        Column("materials", "choices", required=True, choices=FAMILIES),
        Column("annual_min", "integer", "pcs/year", high=1e9),
        Column("annual_max", "integer", "pcs/year", low=1, high=1e9),
        _number_column("hourly_rate_uzs", "UZS", 1e10, required=True),
        _number_column("setup_minutes", "min", 1e5, required=True),
        _number_column("available_share", "", 1, required=True),
        _number_column("lead_time_days", "day", 1000, required=True),
        _ILLUSTRATIVE,
        _NOTES,
    ),
    "Materials": (
        _PLANT,
        Column("material", "material", required=True),
        _number_column("local_share", "", 1, required=True),
        _number_column("price_uzs_kg", "UZS", 1e10),
        _ILLUSTRATIVE,
        _NOTES,
    ),
    "Certificates": (
        _PLANT,
        Column("name", "choice", required=True, choices=CERTIFICATES),
        Column("valid_until", "date"),
        _ILLUSTRATIVE,
    ),
}


def readable(columns: Iterable[Column]) -> dict[str, Column]:
    """Columns by key."""
    return {column.key: column for column in columns}
