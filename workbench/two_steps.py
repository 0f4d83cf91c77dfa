"""What is a two-step route called? The same words on the terminal, on the pages and in reports."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench import language as catalogue

__all__ = ["Said", "said"]


@dataclass(frozen=True)
class Said:
    """A route in words of one language."""

    name: str  # sand casting + milling
    work: str  # casting → trimming → drilling
    cut: str  # what the second step cuts


def said(route: Mapping[str, Any], language: str | None = None) -> Said:
    """The words of a route of the contract; language: the current one unless told."""
    language = language or catalogue.current()
    machined = route["machined"]
    return Said(
        " + ".join(catalogue.text(f"process.{name}", language) for name in route["processes"]),
        " → ".join(
            catalogue.text(f"plant.operation.{name}", language) for name in route["operations"]
        ),
        catalogue.text(
            "process.route.cut",
            language,
            count=len(machined["features"]),
            share=catalogue.percent(machined["area_share"], 0, language),
        ),
    )
