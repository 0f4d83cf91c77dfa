"""Reports on a file: PDF, HTML, XLSX or the contract's JSON, in one of four languages."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench import language as catalogue
from workbench.errors import WrongUse, plain
from workbench.reports.facts import Facts, gather
from workbench.reports.pictures import Shot, shots

if TYPE_CHECKING:
    from workbench.plants import Plant

__all__ = ["FORMATS", "Facts", "Shot", "format_of", "make", "write"]

FORMATS = ("pdf", "html", "xlsx", "json")


def format_of(path: Path) -> str:
    """The format that a file's ending asks for.

    Raises WrongUse.
    """
    ending = path.suffix.lower().removeprefix(".")
    if ending not in FORMATS:
        known = ", ".join(f".{each}" for each in FORMATS)
        given = plain(path.suffix) or "–"
        raise WrongUse(
            catalogue.text("reports.format_unknown", given=given, known=known), where="-o"
        )
    return ending


def make(
    analysis: Mapping[str, Any],
    form: str,
    language: str,
    draw: Callable[[int, list[Shot]], Mapping[str, bytes]],
    plants: "Sequence[Plant]",
    **conditions: Any,
) -> bytes:
    """The report on the parts of an analysis, in a form of FORMATS and a language.

    draw: the pictures wanted of a part, by its index in the file; conditions: what the analysis
    was made under.
    """
    if form == "json":
        return _as_json(analysis)
    pictures = [draw(part["index"], shots(part)) for part in analysis["parts"]]
    return write(gather(analysis, pictures, plants, **conditions), form, language)


def write(facts: Facts, form: str, language: str) -> bytes:
    """The report in a form of FORMATS and a language."""
    if form == "json":
        return _as_json(facts.analysis)
    from workbench.reports.content import content

    told = content(facts, language)
    if form == "pdf":
        from workbench.reports.pdf import pdf

        return pdf(facts, told)
    if form == "html":
        from workbench.reports.html import html

        return html(facts, told)
    from workbench.reports.xlsx import xlsx

    return xlsx(facts, told)


def _as_json(analysis: Mapping[str, Any]) -> bytes:
    """The contract's analysis, as a file."""
    text = json.dumps(analysis, ensure_ascii=False, allow_nan=False, indent=1)
    return (text + "\n").encode()
