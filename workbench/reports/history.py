"""What stands in a report on a history of revisions? Plain texts in one language."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from babel.dates import format_date

from workbench import language as catalogue
from workbench.errors import plain
from workbench.reports.comparison import content as step_content
from workbench.reports.comparison import relative
from workbench.reports.comparison_rows import say
from workbench.reports.wording import Wording

__all__ = ["content"]

WIDE = ("revision", "best")  # columns of names, which share what the numbers leave


def content(
    history: Mapping[str, Any], language: str, *, made_at: datetime, pictures: Sequence[bool]
) -> dict[str, Any]:
    """The report in a language; pictures: whether there are some of each step.

    `revisions` are the cells of a table under `columns`, those at `wide` hold names; `steps` are
    contents of comparisons.
    """
    words = Wording(language)
    revisions = history["revisions"]
    names = [plain(each["name"]) for each in revisions]
    title = names[0] if len(set(names)) == 1 else f"{names[0]} → {names[-1]}"
    costs = _costs(history)
    columns = ["number", "revision", "volume", "change", "mass", "size", "features", "best", "cost"]
    table = [
        dict(zip(columns, _row(number, revisions, costs, words), strict=True))
        for number in range(len(revisions))
    ]
    shown = [key for key in columns if any(row[key] for row in table)]
    return {
        "language": language,
        "labels": {"title": say(words, "history")},
        "title": title,
        "names": names,
        "date": str(format_date(made_at, "long", locale=catalogue.locale_of(language))),
        "footer": words.say("footer"),
        "columns": [_column(key, words) for key in shown],
        "wide": [shown.index(key) for key in WIDE if key in shown],
        "revisions": [[row[key] for key in shown] for row in table],
        "illustrative": say(words, "illustrative") if any(_illustrative(history)) else "",
        "steps": [
            {**step_content(step, language, made_at=made_at, pictures=drawn), "heat": None}
            for step, drawn in zip(history["steps"], pictures, strict=True)
        ],
    }


def _column(key: str, words: Wording) -> str:
    return say(words, {"cost": "cost_part", "features": "feature_count"}.get(key, key))


def _row(
    number: int,
    revisions: Sequence[Mapping[str, Any]],
    costs: Sequence[tuple[float, str] | None],
    words: Wording,
) -> list[str]:
    """One revision in texts, empty where nothing is known."""
    this = revisions[number]
    before = revisions[number - 1] if number else None
    best = ""
    if this.get("process"):
        score = words.number(this["suitability"], 0)
        best = f"{words.label('process', this['process'])} {score}"
    cost = costs[number]
    return [
        words.number(number + 1, 0),
        plain(this["name"]),
        words.quantity(this["volume_mm3"], "mm3"),
        relative(before["volume_mm3"], this["volume_mm3"], words) if before else "",
        words.quantity(this["mass_kg"], "kg") if "mass_kg" in this else "",
        words.size(this["size_mm"]),
        words.number(this["features"], 0),
        best,
        words.money(*cost) if cost else "",
    ]


def _costs(history: Mapping[str, Any]) -> list[tuple[float, str] | None]:
    """Cost of one part of each revision with its currency, where a step tells it."""
    found: list[tuple[float, str] | None] = [None] * len(history["revisions"])
    for place, step in enumerate(history["steps"]):
        if cost := step.get("cost"):
            found[place] = cost["per_part"]["from"], cost["currency"]
            found[place + 1] = cost["per_part"]["to"], cost["currency"]
    return found


def _illustrative(history: Mapping[str, Any]) -> list[bool]:
    return [bool(step["cost"]["illustrative"]) for step in history["steps"] if step.get("cost")]
