"""How does a comparison look at a terminal?"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from workbench import language
from workbench.reports.comparison import content

__all__ = ["comparison"]

_STYLES = {"changed": "yellow", "removed": "red", "added": "green", "same": "dim"}
_OF_VERDICT = {"same": "green"}
_OF_FINDING = {"appeared": "red", "vanished": "green", "changed": "dim"}


def comparison(answer: Mapping[str, Any]) -> None:
    """What changed from A to B."""
    told = content(answer, language.current(), made_at=datetime.now(), pictures=False)
    labels = told["labels"]
    console = Console(markup=False, highlight=False, emoji=False)
    console.print(Text(told["title"], style="bold"))
    console.print(Text(told["verdict"], style=_OF_VERDICT.get(told["verdict_code"], "yellow")))
    for sentence in told["said"]:
        console.print(Text(sentence))
    for title, rows, columns in (
        (labels["assembly"], told["assembly"], ("status", "name", "pieces")),
        (labels["features"], told["changes"], ("status", "name", "parameter", "from", "to")),
    ):
        if rows:
            console.print(Text(f"\n{title}", style="bold"))
            console.print(_rows(rows, columns, labels))
    if told["changes_more"]:
        console.print(Text(told["changes_more"], style="dim"))
    if not told["changes"] and told["verdict_code"] != "same":
        console.print(Text(told["changes_none"]))
    console.print()
    facts = _grid(4)
    for row in told["measures"]:
        facts.add_row(*map(Text, row))
    for name, value in told["numbers"]:
        facts.add_row(Text(name), Text(value), "", "")
    for each in told["faces"]:
        facts.add_row(Text(f"{labels['faces']}: {each['name']}"), Text(each["count"]), "", "")
    for row in (told["cost"] or {"rows": []})["rows"]:
        facts.add_row(*map(Text, row))
    console.print(facts)
    _processes(console, told)
    if told["unsuitable"]:
        console.print(Text(told["unsuitable"], style="dim"))
    for note in told["pmi"]:
        console.print(Text(f"{note['status']}: {note['text']}", style=_STYLES[note["code"]]))


def _processes(console: Console, told: Mapping[str, Any]) -> None:
    changed = [row for row in told["processes"] if row["change"] or row["findings"]]
    if not changed:
        return
    console.print(Text(f"\n{told['labels']['processes']}", style="bold"))
    for row in changed:
        style = {"rise": "green", "fall": "red"}.get(row["code"], "")
        console.print(
            Text(f"{row['name']}: {row['from']} → {row['to']} "), Text(row["change"], style=style)
        )
        for finding in row["findings"]:
            console.print(Text(f"  {finding['text']}", style=_OF_FINDING[finding["code"]]))


def _rows(rows: Any, columns: tuple[str, ...], labels: Mapping[str, str]) -> Table:
    table = _grid(len(columns))
    for row in rows:
        code = row.get("code", row["status"])
        cells = [Text(row[column]) for column in columns]
        cells[0] = Text(labels.get(row["status"], row["status"]), style=_STYLES[code])
        table.add_row(*cells)
    return table


def _grid(columns: int) -> Table:
    table = Table.grid(padding=(0, 2))
    for _ in range(columns):
        table.add_column()
    return table
