"""How do limits look at a terminal? One table a process."""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from workbench import language
from workbench.cli.views import say
from workbench.errors import plain
from workbench.rule_profiles import limit_text

if TYPE_CHECKING:
    from geometry.processes.rules import Rule

__all__ = ["rules"]


def rules(found: "Iterable[Rule]") -> None:
    """Limits of every process with their sources."""
    console = Console(file=sys.stdout, markup=False, highlight=False, emoji=False)
    by_process: dict[str, list[Rule]] = {}
    for rule in found:
        by_process.setdefault(rule.process, []).append(rule)
    for process, own in by_process.items():
        table = Table(title=language.text(f"process.{process}"), title_justify="left")
        for key in ("rule", "measured", "limit", "severity", "unit", "source"):
            table.add_column(say(f"rules.{key}"), overflow="fold")
        for rule in own:
            limits, severities = limit_text(rule.limit), rule.severity
            if rule.fail is not None:
                limits += f"; {limit_text(rule.fail)}"
                severities += f"; {rule.fail_severity}"
            table.add_row(
                *(plain(cell, 400) for cell in (
                    rule.id, rule.quantity, f"{rule.relation} {limits}", severities,
                    "" if rule.unit == "1" else rule.unit, rule.source,
                ))
            )  # fmt: skip
        console.print(table)
