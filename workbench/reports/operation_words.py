"""What is said of the cutting of a part in one language: with which tools, in which order?"""

from collections.abc import Iterable, Mapping
from typing import Any

from workbench.operations import Line, lines
from workbench.reports.wording import Wording, capital

__all__ = ["operation_heads", "operation_rows"]


def operation_heads(words: Wording) -> list[str]:
    """What the columns of `operation_rows` tell."""
    names = ("process.setup", "process.operation", "process.tool", "process.tool_size")
    return [*(capital(words.text(name)) for name in names), words.say("time")]


def operation_rows(operations: Iterable[Mapping[str, Any]], words: Wording) -> list[list[str]]:
    """Operations of the contract in their order, equal ones in one row."""
    return [
        [
            words.number(line.setup, 0),
            capital(words.name("process.operation", line.operation))
            + (f" ×\N{NO-BREAK SPACE}{words.number(line.count, 0)}" if line.count > 1 else ""),
            capital(words.name("process.tool", line.tool)),
            _tool_size(line, words),
            _time(line.minutes, words),
        ]
        for line in lines(operations)
    ]


def _time(minutes: float, words: Wording) -> str:
    """Seconds below a minute: a list of drilled holes would be one of `0.1 min`."""
    if minutes >= 1:
        return words.quantity(minutes, "min")
    return words.quantity(max(round(60 * minutes), 1), "s")


def _tool_size(line: Line, words: Wording) -> str:
    if line.nose_radius_mm is not None:
        return f"R\N{NO-BREAK SPACE}{words.quantity(round(line.nose_radius_mm, 2), 'mm')}"
    if line.length_mm:
        return words.size([line.diameter_mm, line.length_mm])
    return words.quantity(round(line.diameter_mm, 2), "mm")
