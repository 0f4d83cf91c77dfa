"""The report as a workbook: one table a sheet, numbers as numbers, texts never as formulas."""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.drawing.image import Image
from openpyxl.formatting.rule import DataBarRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from workbench.language import SHARE
from workbench.reports.facts import Facts
from workbench.reports.wording import SIGNS

__all__ = ["xlsx"]

WIDEST = 70  # characters; longer texts wrap
LONGEST_TITLE = 31  # characters that the name of a sheet may have
PICTURE_PX = 300
_HEAD = PatternFill("solid", start_color="FFF4F6F8")
_STRONG = Font(bold=True)
_WRAPPED = Alignment(wrap_text=True, vertical="top")


def xlsx(facts: Facts, content: Mapping[str, Any]) -> bytes:
    """The workbook."""
    book = Workbook()
    book.properties.title = f"{content['labels']['title']}: {content['title']}"
    book.properties.created = facts.made_at.replace(tzinfo=None)
    assert book.active is not None
    book.remove(book.active)
    say, parts = content["labels"], content["parts"]
    _summary(book, facts, content)
    _table(
        book,
        say["processes"],
        [say[key] for key in ("part", "process", "score_sum", "verdict", "findings", "summary")],
        (
            (part["name"], each["name"], each["score"], each["verdict"], count, each["summary"])
            for part, each in _processes(parts)
            for count in (len(each["findings"]),)
        ),
        bars=3,
    )
    _table(
        book,
        say["score_terms"],
        [say[key] for key in ("part", "process", "term", "term_value", "points")],
        (
            (part["name"], each["name"], term["name"], term["figure"], term["points"])
            for part in parts
            for each in (*part["processes"], *part["routes"])
            for term in each["terms"]
        ),
    )
    _findings(book, content)
    _table(
        book,
        say["metrics"],
        [say[key] for key in ("part", "process", "name", "value", "unit")],
        (
            (part["name"], each["name"], *figure)
            for part, each in _processes(parts)
            for figure in each["figures"]
        ),
    )
    rows = [(part["name"], each["name"], each["operations"]) for part, each in _processes(parts)]
    _table(
        book,
        rows[0][2]["title"] if rows else say["operation"],
        [say["part"], say["process"], *(rows[0][2]["figure_heads"] if rows else ())],
        ((part, process, *row) for part, process, made in rows for row in made["figures"]),
    )
    _table(
        book,
        say["size_title"],
        [say[key] for key in ("part", "name", "value")],
        ((part["name"], name, value) for part in parts for name, value in part["size"]),
    )
    _table(
        book,
        say["features"],
        [say[key] for key in ("part", "count", "feature", "parameters")],
        (
            (part["name"], int(row["quantity"]), row["name"], row["parameters"])
            for part in parts
            for row in part["features"]
        ),
    )
    _plants(book, content)
    _table(
        book,
        say["not_checked"],
        [say[key] for key in ("part", "subject", "reason", "for_processes")],
        (
            (part["name"], row["what"], row["why"], row["processes"])
            for part in parts
            for row in part["not_checked"]
        ),
    )
    if content["profile_changes"]:
        _table(
            book,
            say["profile_changed"],
            [say[key] for key in ("process", "rule", "limit_usual", "limit_profile", "unit")],
            (
                (row["process"], row["rule"], row["usual"], row["own"], row["unit"])
                for row in content["profile_changes"]
            ),
        )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _processes(parts: Iterable[Mapping[str, Any]]) -> Iterable[tuple[Any, Any]]:
    return ((part, process) for part in parts for process in part["processes"])


def _summary(book: Workbook, facts: Facts, content: Mapping[str, Any]) -> None:
    say = content["labels"]
    sheet = _sheet(book, say["summary"])
    _write(sheet, [f"{say['title']}: {content['title']}"], font=Font(bold=True, size=14))
    _write(sheet, [content["date"]])
    _write(sheet, [])
    _write(
        sheet, [say[key] for key in ("part", "best", "score_sum", "verdict", "to_do")], head=True
    )
    for part in content["parts"]:
        best = part["best"]
        steps = "\n".join(f"{place}. {step}" for place, step in enumerate(part["to_do"], start=1))
        told = (
            [best["name"], best["score"], best["verdict"], steps] if best else [part["none_fits"]]
        )
        _write(sheet, [part["name"], *told])
    _write(sheet, [])
    for key, value in content["record"]:
        _write(sheet, [key, value])
    for warning in content["warnings"]:
        _write(sheet, [say["warnings"], warning])
    _write(sheet, [])
    _write(sheet, [say["footer"]])
    _widths(sheet, from_row=4)
    row = sheet.max_row + 2
    for part, pictures in zip(content["parts"], facts.pictures, strict=True):
        image = Image(io.BytesIO(pictures[part["picture"]]))
        image.width, image.height = PICTURE_PX, round(image.height * PICTURE_PX / image.width)
        _write(sheet, [part["name"]], at=row)
        sheet.add_image(image, f"A{row + 1}")
        row += 3 + image.height // 18  # a row is about 18 pixels high


def _findings(book: Workbook, content: Mapping[str, Any]) -> None:
    keys = (
        "part", "process", "severity", "finding", "why", "fix", "measured", "", "limit", "unit",
        "faces", "source", "rule",
    )  # fmt: skip
    say = content["labels"]
    rows = []
    for part, process in _processes(content["parts"]):
        for each in process["findings"]:
            measured, limit = each["raw"]["measured"] or {}, each["raw"]["limit"] or {}
            of = 100 if measured.get("unit") == SHARE else 1
            value, bound = (
                of * number["value"] if isinstance(number.get("value"), int | float) else None
                for number in (measured, limit)
            )
            rows.append(
                (
                    part["name"],
                    process["name"],
                    each["severity_text"],
                    each["what"],
                    each["why"],
                    each["fix"],
                    value,
                    SIGNS.get(str(limit.get("relation", "")), ""),
                    bound,
                    "%" if of > 1 else each["raw"]["unit"],
                    ", ".join(map(str, each["raw"]["faces"])),
                    each["source"],
                    each["rule"],
                )
            )
    _table(book, say["findings"], [say[key] if key else "" for key in keys], rows)


def _plants(book: Workbook, content: Mapping[str, Any]) -> None:
    say = content["labels"]
    told = [
        (part["name"], sentence)
        for part in content["parts"]
        for sentence in (part["supply"]["said"], part["supply"]["illustrative"])
        if sentence
    ]
    rows = [
        (
            part["name"], int(route["place"]), route["process"], each["operation"], each["plant"],
            each["region"], each["machine"], each["minutes"], *route["figures"].values(),
        )
        for part in content["parts"]
        for route in part["supply"]["routes"]
        for each in route["operations"]
    ]  # fmt: skip
    if rows:
        keys = (
            "part", "rank", "process", "operation", "plant", "region", "machine", "time",
            "cost_part", "tooling", "unit", "lead_time", "local_share",
        )  # fmt: skip
        heads = [say[key] for key in keys]
        for key, unit in (("time", "minutes"), ("lead_time", "days")):
            heads[keys.index(key)] += f", {say[unit]}"
        sheet = _table(book, say["plants"], heads, rows)
        for row in range(2, sheet.max_row + 1):
            sheet.cell(row, len(keys)).number_format = "0%"
        for sentence in told:
            _write(sheet, sentence)
    elif told:
        _table(book, say["plants"], [say["part"], say["plants"]], told)
    rejected = [
        (part["name"], *(row[key] for key in ("plant", "operation", "capability", "needed", "has")))
        for part in content["parts"]
        for row in part["supply"]["rejected_all"]
    ]
    if rejected:
        heads = [say[key] for key in ("part", "plant", "operation", "capability", "needed", "has")]
        _table(book, say["rejected"], heads, rejected)


# --- cells ---


def _table(
    book: Workbook,
    title: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    bars: int | None = None,
) -> Worksheet:
    """A sheet with one table; bars: the column, from 1, that shows its number as a bar too."""
    sheet = _sheet(book, title)
    _write(sheet, heads, head=True)
    for row in rows:
        _write(sheet, row)
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.auto_filter.ref = sheet.dimensions
    _widths(sheet)
    if bars is not None and sheet.max_row > 1:
        letter = get_column_letter(bars)
        rule = DataBarRule("num", 0, "num", 100, color="FF3280BD")
        sheet.conditional_formatting.add(f"{letter}2:{letter}{sheet.max_row}", rule)
    return sheet


def _sheet(book: Workbook, title: str) -> Worksheet:
    allowed = "".join("-" if letter in r"[]:*?/\'" else letter for letter in title)
    sheet = book.create_sheet(allowed[:LONGEST_TITLE].strip())
    assert isinstance(sheet, Worksheet)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.oddFooter.center.text = "&P / &N"
    return sheet


def _write(
    sheet: Worksheet,
    values: Sequence[Any],
    *,
    head: bool = False,
    font: Font | None = None,
    at: int | None = None,
) -> None:
    """One row. A text stays a text, also when a spreadsheet would take it for a formula."""
    row = at or sheet._current_row + 1  # type: ignore[attr-defined]  # max_row is 1 on an empty sheet
    if not values:
        sheet._current_row = row  # type: ignore[attr-defined]
    for column, value in enumerate(values, start=1):
        cell = sheet.cell(row, column)
        if isinstance(value, str):
            cell.value = value
            cell.data_type = "s"  # openpyxl makes a formula of what begins with =
            cell.quotePrefix = value[:1] in ("=", "+", "-", "@")  # type: ignore[attr-defined]
        else:
            cell.value = value
            if isinstance(value, float):
                cell.number_format = "0.0##"
        cell.alignment = _WRAPPED
        if head:
            cell.font, cell.fill = _STRONG, _HEAD
        elif font is not None:
            cell.font, cell.alignment = font, Alignment()


def _widths(sheet: Worksheet, from_row: int = 1) -> None:
    for column in sheet.iter_cols(min_row=from_row):
        longest = max(
            (len(str(cell.value)) for cell in column if cell.value is not None), default=0
        )
        letter = get_column_letter(column[0].column)
        sheet.column_dimensions[letter].width = min(max(longest + 2, 9), WIDEST)
