"""Reports on a file: PDF, HTML, XLSX or the contract's JSON, in one of four languages."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench import language as catalogue
from workbench.errors import WrongUse, plain
from workbench.reports.facts import Facts, gather
from workbench.reports.pictures import shots

__all__ = ["FORMATS", "Facts", "as_json", "format_of", "gather", "shots", "write"]

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


def as_json(analysis: Mapping[str, Any]) -> bytes:
    """The contract's analysis, as a file."""
    text = json.dumps(analysis, ensure_ascii=False, allow_nan=False, indent=1)
    return (text + "\n").encode()


def write(facts: Facts, form: str, language: str) -> bytes:
    """The report in a form of FORMATS and a language."""
    if form == "json":
        return as_json(facts.analysis)
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
