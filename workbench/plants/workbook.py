"""How do plants get out of an Excel workbook, and into one?

The sheets and columns are those of `columns.SHEETS`; the first row holds the columns' keys, which
end in their unit; rows whose first cell starts with # are remarks. Either everything in a workbook
is right and all of it is read, or `BrokenWorkbook` lists every wrong cell.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from workbench import language
from workbench.errors import NoSuchFile, UnreadablePath, WorkbenchError
from workbench.plants.columns import SHEETS, Column, WrongValue
from workbench.plants.records import KINDS, Certificate, Machine, Plant, Stock

__all__ = ["BrokenWorkbook", "Problem", "TooLargeWorkbook", "read", "write"]

MAX_BYTES = 20_000_000  # a workbook of 10,000 machines has about one
MAX_UNPACKED_BYTES = 200_000_000  # what openpyxl may have to parse
MAX_ROWS = 20_000
MAX_COLUMNS = 60  # twice what any sheet has
MAX_PROBLEMS = 1000  # nobody reads more, and a hostile file could have a million
_UNIT_ENDINGS = (
    "_mm",
    "_cm",
    "_m",
    "_kn",
    "_n",
    "_t",
    "_kg",
    "_g",
    "_uzs",
    "_usd",
    "_days",
    "_minutes",
)
_UNIT_ENDINGS += ("_hours", "_weeks", "_tf", "_ton", "_tons", "_inch")


@dataclass(frozen=True)
class Problem:
    """One thing wrong: where (`Machines!F7`), a key of the catalogue and its values."""

    where: str
    key: str
    values: dict[str, object]

    def sentence(self, tag: str | None = None) -> str:
        """It in words, in a language (the current one by default)."""
        words = language.text(f"plant.workbook.{self.key}", tag, **self.values)
        return f"{self.where}: {words}" if self.where else words


class BrokenWorkbook(WorkbenchError):
    """The workbook holds something that is not right; nothing of it was taken."""

    exit_code = 3
    code = "broken_workbook"

    def __init__(
        self, message: str = "", *, problems: Sequence[Problem] = (), **others: Any
    ) -> None:
        first = problems[0].sentence() if problems else message
        more = language.text("plant.workbook.more", count=len(problems) - 1) if problems[1:] else ""
        others.setdefault("hint", language.text("plant.workbook.hint"))
        super().__init__(message or f"{first}{more}", problems=tuple(problems), **others)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that is wrong, in the order of the workbook."""
        return self.values["problems"]  # type: ignore[return-value]


class TooLargeWorkbook(WorkbenchError):
    """The workbook is larger than any list of plants."""

    exit_code = 4
    code = "too_large_workbook"


# --- reading ---


def read(source: Path | bytes) -> tuple[Plant, ...]:
    """The plants of a workbook.

    Raises NoSuchFile, UnreadablePath, TooLargeWorkbook, BrokenWorkbook.
    """
    data = source if isinstance(source, bytes) else _bytes_of(source)
    problems: list[Problem] = []
    rows = {name: list(_rows(name, cells, problems)) for name, cells in _cells(data, problems)}
    plants = _assemble(rows, problems)
    if problems:
        raise BrokenWorkbook(problems=problems)
    return plants


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _too_large(path.stat().st_size)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise NoSuchFile(str(error), where=str(path), path=str(path)) from error
    except OSError as error:
        raise UnreadablePath(str(error), where=str(path), path=str(path)) from error


def _too_large(size: int) -> TooLargeWorkbook:
    limit_mb = MAX_BYTES // 1_000_000
    return TooLargeWorkbook(
        language.text("plant.workbook.too_large", size_mb=size / 1e6, limit_mb=limit_mb),
        hint=language.text("plant.workbook.split"),
    )


def _cells(data: bytes, problems: list[Problem]) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """Sheet names with their cells, after a look at the container that keeps the parser safe."""
    import openpyxl

    if len(data) > MAX_BYTES:
        raise _too_large(len(data))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as container:
            unpacked = sum(member.file_size for member in container.infolist())
            if unpacked > MAX_UNPACKED_BYTES:
                raise _too_large(unpacked)
            for member in container.namelist():
                with container.open(member) as part:
                    if member.endswith((".xml", ".rels")) and b"<!DOCTYPE" in part.read(4096):
                        raise BrokenWorkbook(problems=[Problem(member, "not_xlsx", {})])
        with warnings.catch_warnings():  # about styles and extensions that carry no data
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    except WorkbenchError:
        raise
    except Exception as error:  # openpyxl and zipfile raise whatever a broken container provokes
        raise BrokenWorkbook(problems=[Problem("", "not_xlsx", {})]) from error
    with closing(book):
        for name in SHEETS:
            if name not in book.sheetnames:
                problems.append(Problem(name, "no_sheet", {"sheets": ", ".join(SHEETS)}))
                yield name, []
                continue
            try:
                cells = list(book[name].iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS + 1))
            except Exception as error:  # a damaged sheet inside a sound container
                raise BrokenWorkbook(problems=[Problem(name, "not_xlsx", {})]) from error
            if len(cells) > MAX_ROWS and any(cell.value is not None for cell in cells[-1]):
                problems.append(Problem(name, "rows", {"most": MAX_ROWS}))
                cells = []
            yield name, cells


def _rows(
    sheet: str, cells: list[tuple[Any, ...]], problems: list[Problem]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """(address of the row's first cell, record) of each row without a wrong cell."""
    if not cells:
        return
    header = _header(sheet, [cell.value for cell in cells[0]], problems)
    if any(column.required and column not in header.values() for column in SHEETS[sheet]):
        return
    for number, row in enumerate(cells[1:], start=2):
        if len(problems) >= MAX_PROBLEMS:
            problems.append(Problem(f"{sheet}!A{number}", "stopped", {"count": len(problems)}))
            return
        values = [cell.value for cell in row]
        if all(value is None or value == "" for value in values):
            continue
        if isinstance(values[0], str) and values[0].lstrip().startswith("#"):
            continue
        record, wrong = {}, len(problems)
        for index, column in header.items():
            place = f"{sheet}!{_letter(index)}{number}"
            cell = row[index] if index < len(row) else None
            value = None if cell is None else cell.value
            try:
                if cell is not None and cell.data_type in ("f", "e"):
                    raise WrongValue("formula" if cell.data_type == "f" else "error")
                record[column.key] = column.parse(value)
            except WrongValue as fault:
                got = str(value)[:60] if value is not None else ""
                values_ = {"column": column.key, "got": got, **fault.values}
                problems.append(Problem(place, fault.expected, values_))
        if len(problems) == wrong:
            yield f"{sheet}!A{number}", record


def _header(sheet: str, titles: list[Any], problems: list[Problem]) -> dict[int, Column]:
    known = {column.key: column for column in SHEETS[sheet]}
    stems = {_stem(key): key for key in known if _stem(key) != key}
    found: dict[int, Column] = {}
    for index, title in enumerate(titles):
        key = str(title or "").strip().casefold()
        place = f"{sheet}!{_letter(index)}1"
        if not key:
            continue
        if key in known and known[key] in found.values():
            problems.append(Problem(place, "column_twice", {"column": key}))
        elif key in known:
            found[index] = known[key]
        elif _stem(key) in stems:
            wanted = stems[_stem(key)]
            problems.append(Problem(place, "unit", {"column": wanted, "got": key[:60]}))
            del stems[_stem(key)]
        else:
            problems.append(
                Problem(place, "column", {"got": key[:60], "columns": ", ".join(known)})
            )
    told = {problem.values.get("column") for problem in problems}
    for column in SHEETS[sheet]:
        if column.required and column not in found.values() and column.key not in told:
            problems.append(Problem(sheet, "no_column", {"column": column.key}))
    return found


def _stem(key: str) -> str:
    """A column's key without its unit: tonnage_t and tonnage_kn are the same quantity."""
    key = re.sub(r"\s*[(\[,].*", "", key).replace(" ", "_")
    for ending in _UNIT_ENDINGS:
        if key.endswith(ending):
            return key.removesuffix(ending).removesuffix("_uzs")
    return key


def _letter(index: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(index + 1))


def _assemble(
    rows: dict[str, list[tuple[str, dict[str, Any]]]], problems: list[Problem]
) -> tuple[Plant, ...]:
    """Plants with what belongs to them; tells doubled ids, unknown plants and missing numbers."""
    ids = _distinct(rows["Plants"], ("id",), problems)
    whole = not any(problem.where.startswith("Plants") for problem in problems)
    for sheet, key in (("Machines", "id"), ("Materials", "material"), ("Certificates", "name")):
        _distinct(rows[sheet], ("plant", key), problems)
        for place, record in rows[sheet]:
            if whole and (record["plant"],) not in ids:
                problems.append(Problem(place, "no_plant", {"got": record["plant"]}))
    for place, record in rows["Machines"]:
        problems += [
            Problem(place, "kind_needs", {"kind": record["kind"], "column": column})
            for column in KINDS[record["kind"]].requires
            if record.get(column) is None
        ]
        for low, high in _ORDERED:
            if None not in (record.get(low), record.get(high)) and record[low] > record[high]:
                problems.append(Problem(place, "order", {"low": low, "high": high}))
    if whole and not rows["Plants"]:
        problems.append(Problem("Plants", "empty", {}))
    if problems:
        return ()

    def of(sheet: str, plant: str) -> list[dict[str, Any]]:
        return [
            {key: value for key, value in record.items() if key != "plant"}
            for _, record in rows[sheet]
            if record["plant"] == plant
        ]

    return tuple(
        Plant(
            **record,
            machines=tuple(Machine(**values) for values in of("Machines", record["id"])),
            stock=tuple(Stock(**values) for values in of("Materials", record["id"])),
            certificates=tuple(
                Certificate(**values) for values in of("Certificates", record["id"])
            ),
        )
        for _, record in rows["Plants"]
    )


_ORDERED = (
    ("min_thickness_mm", "max_thickness_mm"),
    ("min_diameter_mm", "max_diameter_mm"),
    ("annual_min", "annual_max"),
)


def _distinct(
    rows: Iterable[tuple[str, dict[str, Any]]], keys: tuple[str, ...], problems: list[Problem]
) -> set[tuple[Any, ...]]:
    first: dict[tuple[Any, ...], str] = {}
    for place, record in rows:
        id_ = tuple(record[key] for key in keys)
        if id_ in first:
            problems.append(
                Problem(place, "twice", {"got": " ".join(map(str, id_)), "first": first[id_]})
            )
        first.setdefault(id_, place)
    return set(first)


# --- writing ---


def write(plants: Iterable[Plant], *, tag: str | None = None) -> bytes:
    """A workbook with these plants, drop-down lists, notes and a legend; without plants a template.

    tag: the language of the notes. What people wrote is written as text, never as a formula.
    """
    from workbench.plants.layout import Layout

    layout = Layout(tag)
    records: dict[str, list[dict[str, Any]]] = {name: [] for name in SHEETS}
    for plant in plants:
        records["Plants"].append(asdict(plant))
        for sheet, items in (
            ("Machines", plant.machines),
            ("Materials", plant.stock),
            ("Certificates", plant.certificates),
        ):
            records[sheet] += [{**asdict(item), "plant": plant.id} for item in items]
    for sheet, columns in SHEETS.items():
        layout.add(sheet, columns, records[sheet])
    layout.add_legend()
    return layout.to_bytes()
