"""What is said of the summands of a score in one language?"""

from collections.abc import Iterable, Mapping
from typing import Any

from workbench.reports.wording import Wording

__all__ = ["FULL_SCORE", "told_terms"]

FULL_SCORE = 100.0
LEAST_POINTS = 0.05  # summands smaller than that do not show on the first page


def told_terms(terms: Iterable[Mapping[str, Any]], words: Wording) -> list[dict[str, Any]]:
    """Each summand's name, value and points in words, and its share of a full score (−1 to 1)."""
    told = []
    for term in terms:
        points, value = float(term["points"]), term.get("value")
        counted = term["name"].startswith("findings.")
        sign = "+" if points >= LEAST_POINTS else ""
        told.append(
            {
                "name": words.term(term["name"]),
                "value": ""
                if value is None
                else words.number(value, 0)
                if counted
                else words.percent(value)
                if 0 <= value <= 1
                else words.number(value, 2),
                "figure": value,
                "points": points,
                "share": max(-1.0, min(1.0, points / FULL_SCORE)),
                "points_text": sign + words.number(round(points, 1) + 0.0, 1),
                "counts": abs(points) >= LEAST_POINTS or term["name"].startswith("gate."),
            }
        )
    return told
