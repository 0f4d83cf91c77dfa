"""How the plants' workbook looks: headers with notes, drop-down lists, a legend."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import openpyxl
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from workbench import language
from workbench.plants.columns import SHEETS, Column
from workbench.plants.records import KINDS

__all__ = ["Layout"]

LIST_ROWS = 2000  # rows that have drop-down lists
LONGEST_LIST = (
    255  # characters of choices that Excel allows inside a validation; longer ones need a sheet
)
_DAY = datetime(
    2025, 1, 1
)  # written as the workbook's date, so that equal plants give equal workbooks
_HEADER = PatternFill("solid", fgColor="1F3A5F")
_REMARK = PatternFill("solid", fgColor="E8EDF3")
_LISTS = "Lists"


class Layout:
    """A workbook being written."""

    def __init__(self, tag: str | None) -> None:
        self.tag = tag
        self.book = openpyxl.Workbook()
        self.book.remove(self.book.active)
        self.book.properties.created = self.book.properties.modified = _DAY
        self.book.properties.creator = "workbench"
        self.lists: dict[tuple[str, ...], str] = {}

    def add(
        self, name: str, columns: Sequence[Column], records: Sequence[Mapping[str, Any]]
    ) -> None:
        """One sheet: keys, a row of remarks, the records."""
        sheet = self.book.create_sheet(name)
        for index, column in enumerate(columns, start=1):
            self._head(sheet.cell(1, index), sheet.cell(2, index), column, first=index == 1)
            self._validate(sheet, index, column)
            sheet.column_dimensions[get_column_letter(index)].width = max(14, len(column.key) + 3)
        for row, record in enumerate(records, start=3):
            for index, column in enumerate(columns, start=1):
                put(sheet.cell(row, index), column.written(record[column.key]))
        sheet.row_dimensions[2].height = 75
        sheet.freeze_panes = "C3"

    def _head(self, title: Cell, remark: Cell, column: Column, *, first: bool) -> None:
        meaning = language.text(f"plant.column.{column.key}", self.tag)
        unit = language.unit(column.unit, self.tag) if column.unit else ""
        needed = language.text("plant.workbook.needed", self.tag) if column.required else ""
        words = "; ".join(filter(None, (f"[{unit}] {meaning}" if unit else meaning, needed)))
        title.value = column.key
        title.font = Font(bold=True, color="FFFFFF")
        title.fill = _HEADER
        title.comment = Comment(words, "workbench", width=320, height=120)
        remark.value = f"# {words}" if first else words
        remark.font = Font(italic=True, size=9)
        remark.fill = _REMARK
        remark.alignment = Alignment(wrap_text=True, vertical="top")

    def _validate(self, sheet: Worksheet, index: int, column: Column) -> None:
        letter = get_column_letter(index)
        area = f"{letter}3:{letter}{LIST_ROWS}"
        bounds = {"operator": "between", "formula1": f"{column.low:g}", "formula2": "1E+12"}
        if column.high < 1e12:
            bounds["formula2"] = f"{column.high:g}"
        if column.kind == "choice":
            rule = DataValidation("list", formula1=self._list(column.choices), allow_blank=True)
        elif column.kind == "flag":
            rule = DataValidation("list", formula1='"yes,no"', allow_blank=True)
        elif column.kind == "number":
            rule = DataValidation("decimal", allow_blank=True, **bounds)
        elif column.kind == "integer":
            rule = DataValidation("whole", allow_blank=True, **bounds)
        else:
            return
        rule.showErrorMessage = True
        rule.errorTitle = column.key
        rule.add(area)
        sheet.add_data_validation(rule)

    def _list(self, choices: tuple[str, ...]) -> str:
        inside = ",".join(choices)
        if len(inside) <= LONGEST_LIST:
            return f'"{inside}"'
        if choices not in self.lists:
            if _LISTS not in self.book.sheetnames:
                self.book.create_sheet(_LISTS).sheet_state = "hidden"
            column = len(self.lists) + 1
            for row, choice in enumerate(choices, start=1):
                put(self.book[_LISTS].cell(row, column), choice)
            letter = get_column_letter(column)
            self.lists[choices] = f"{_LISTS}!${letter}$1:${letter}${len(choices)}"
        return self.lists[choices]

    def add_legend(self) -> None:
        """A sheet that says what the words mean."""
        from geometry import materials
        from workbench.plants.records import CERTIFICATES, FAMILIES, REGIONS

        sheet = self.book.create_sheet("Legend")
        rows: list[tuple[str, ...]] = [(self._said("plant.workbook.legend"),), ()]
        rows += [(name, self._said(f"plant.sheet.{name}")) for name in SHEETS]
        rows += [(), (self._said("plant.workbook.kinds"),)]
        rows += [
            (id_, self._said(f"plant.kind.{id_}"), kind.process, ", ".join(kind.requires))
            for id_, kind in KINDS.items()
        ]
        rows += [(), (self._said("plant.workbook.families"),)]
        rows += [(family, self._said(f"plant.family.{family}")) for family in FAMILIES]
        rows += [(), (self._said("plant.workbook.regions"),)]
        rows += [(region, self._said(f"plant.region.{region}")) for region in REGIONS]
        rows += [(), (self._said("plant.workbook.materials"),)]
        rows += [(id_, material.family) for id_, material in materials.ALL.items()]
        rows += [
            (),
            (self._said("plant.workbook.certificates"),),
            *((name,) for name in CERTIFICATES),
        ]
        for number, row in enumerate(rows, start=1):
            for index, value in enumerate(row, start=1):
                put(sheet.cell(number, index), value)
            if len(row) == 1 and row[0] not in CERTIFICATES:
                sheet.cell(number, 1).font = Font(bold=True)
        sheet["A1"].alignment = Alignment(wrap_text=True, vertical="top")
        sheet.merge_cells("A1:D1")
        sheet.row_dimensions[1].height = 110
        for letter, width in zip("ABCD", (26, 46, 20, 60), strict=True):
            sheet.column_dimensions[letter].width = width

    def _said(self, key: str) -> str:
        return language.text(key, self.tag)

    def to_bytes(self) -> bytes:
        """The finished workbook."""
        buffer = io.BytesIO()
        self.book.save(buffer)
        return buffer.getvalue()


def put(cell: Cell, value: Any) -> None:
    """Write a value; text stays text even when it starts as a formula does."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        if value.startswith(("=", "+", "-", "@", "\t", "\r")):
            cell.quotePrefix = True  # Excel keeps it text when someone edits the cell
