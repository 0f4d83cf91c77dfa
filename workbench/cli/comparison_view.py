"""How does a comparison look at a terminal?"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from workbench import language
from workbench.errors import plain
from workbench.reports.comparison import content
from workbench.reports.comparison_rows import change_rows
from workbench.reports.wording import Wording

__all__ = ["comparison", "history"]

MOST_CHANGES = 6  # of one step
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


def history(answer: Mapping[str, Any]) -> None:
    """One line a revision, and below it what it changed."""
    words = Wording(language.current())
    console = Console(markup=False, highlight=False, emoji=False)
    console.print(Text(words.text("comparison.history"), style="bold"))
    steps = [None, *answer["steps"]]
    for revision, step in zip(answer["revisions"], steps, strict=True):
        line = Text(plain(revision["name"]), style="bold")
        facts = [words.quantity(revision["volume_mm3"], "mm3"), words.size(revision["size_mm"])]
        if "mass_kg" in revision:
            facts.append(words.quantity(revision["mass_kg"], "kg"))
        if "process" in revision:
            score = words.number(revision["suitability"], 0)
            facts.append(f"{words.name('process', revision['process'])} {score}")
        line.append("  " + " · ".join(facts), style="not bold")
        console.print(line)
        for told, style in _step(step, words) if step is not None else ():
            console.print(Text(f"  {told}", style=style))


def _step(step: Mapping[str, Any], words: Wording) -> list[tuple[str, str]]:
    """What one revision changed, in lines."""
    if step["same_shape"]:
        return [(words.text("comparison.no_change"), "dim")]
    volume = words.percent(step["volume_change"], 2)
    told = [(f"{words.text('comparison.volume')} {volume}", "")]
    rows = change_rows(step, words)
    for row in rows[:MOST_CHANGES]:
        status = words.text(f"comparison.status.{row['status']}")
        ends = [each for each in (row["from"], row["to"]) if each]
        value = " → ".join(ends)
        pieces = [status, row["name"], row["parameter"], value]
        told.append((" ".join(each for each in pieces if each), _STYLES[row["status"]]))
    if len(rows) > MOST_CHANGES:
        count = words.number(len(rows) - MOST_CHANGES, 0)
        told.append((words.text("comparison.features_more", count=count), "dim"))
    return told


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
