"""What differs between two parts, as the pages of comparisons and histories show it.

told: of `workbench.reports.comparison.content`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.reports.comparison import STATUSES
from workbench.web.elements import box, table, words

__all__ = ["assembly", "change_line", "costs", "numbers", "process_changes"]


def assembly(told: Mapping[str, Any]) -> None:
    """What became of the parts of an assembly."""
    labels = told["labels"]
    if not told["assembly"]:
        return
    words(labels["assembly"], tag="h2")
    with box("wb-card"):
        table(
            [(labels["change"], False), (labels["part"], False), (labels["pieces"], False)],
            [(each["status"], each["name"], each["pieces"]) for each in told["assembly"]],
        )


def change_line(change: Mapping[str, Any], labels: Mapping[str, str]) -> None:
    """One change: what, and from what to what."""
    box(f"wb-swatch {change['status']}", "i").props(f'title="{labels[change["status"]]}"')
    words(change["name"], "wb-strong", "span")
    words(change["parameter"], "wb-soft", "span")
    if change["status"] in STATUSES[1:]:
        words(labels[change["status"]], "wb-soft", "span")
    before, after = change["from"], change["to"]
    value = f"{before} → {after}" if before and after else before or after
    words(value, "wb-number", "span")


def costs(told: Mapping[str, Any]) -> None:
    """What both cost, where it is known."""
    labels, cost = told["labels"], told["cost"]
    if not cost:
        return
    words(cost["title"], tag="h2")
    _before_after(cost["rows"], labels)
    if cost["said"]:
        words(cost["said"], "wb-faint wb-small")


def numbers(told: Mapping[str, Any]) -> None:
    """Volume, area, mass and size of both, distances, annotations that came and went."""
    labels = told["labels"]
    if told["measures"]:
        words(labels["numbers"], tag="h2")
        _before_after(told["measures"], labels)
    words(labels["apart"], tag="h2")
    with box("wb-card"), box("wb-body"), box("wb-pairs", "dl"):
        for name, value in told["numbers"]:
            words(name, tag="dt")
            words(value, tag="dd")
    if told["pmi"]:
        words(labels["pmi"], tag="h2")
        with box("wb-card"):
            table(
                [(labels["change"], False), (labels["pmi"], False)],
                [(note["status"], note["text"]) for note in told["pmi"]],
            )


def _before_after(rows: Sequence[Sequence[str]], labels: Mapping[str, str]) -> None:
    with box("wb-card"):
        names = [(labels[key], True) for key in ("first", "second", "change")]
        table([("", False), *names], rows)


def process_changes(told: Mapping[str, Any]) -> None:
    """Scores and findings that changed."""
    labels = told["labels"]
    if not told["processes"] and not told["unsuitable"]:
        return
    words(labels["processes"], tag="h2")
    if told["processes"]:
        with box("wb-card"), box("wb-processes-changed"):
            for each in told["processes"]:
                with box("wb-process-change"):
                    words(each["name"], "wb-strong")
                    words(f"{each['from']} → {each['to']}", "wb-number")
                    words(each["change"] or "±0", f"wb-number wb-{each['code'] or 'level'}")
                    words(each["verdict_to"], f"wb-chip {each['verdict_code']}", "span")
                for finding in each["findings"]:
                    words(finding["text"], f"wb-finding-change {finding['code']}")
    if told["unsuitable"]:
        words(told["unsuitable"], "wb-faint wb-small")
