"""Reports on a file, a comparison or a history: in four languages, and in the contract's JSON."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench import language as catalogue
from workbench.errors import WrongUse, plain
from workbench.reports.facts import Facts, gather
from workbench.reports.pictures import Shot, has_flat, shots

if TYPE_CHECKING:
    from workbench.plants import Plant

__all__ = [
    "COMPARISON_FORMATS",
    "FORMATS",
    "Facts",
    "Shot",
    "format_of",
    "has_flat",
    "heat_mm",
    "make",
    "pair_pictures",
    "write",
    "write_comparison",
    "write_history",
]

LEAST_HEAT_MM = 1e-3  # less is rounding of coordinates
FORMATS = ("pdf", "html", "xlsx", "json")
COMPARISON_FORMATS = ("pdf", "html", "json")


def format_of(path: Path, formats: Sequence[str] = FORMATS) -> str:
    """The format that a file's ending asks for.

    Raises WrongUse.
    """
    ending = path.suffix.lower().removeprefix(".")
    if ending not in formats:
        known = ", ".join(f".{each}" for each in formats)
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


def heat_mm(comparison: Mapping[str, Any]) -> float | None:
    """The distance at the red end of a map of deviations; None where there is nothing to show."""
    largest = (comparison.get("deviation_mm") or {}).get("max_of_b") or 0.0
    shown = "alignment" in comparison and not comparison["same_shape"]
    return float(largest) if shown and largest >= LEAST_HEAT_MM else None


def write_comparison(
    comparison: Mapping[str, Any],
    form: str,
    language: str,
    draw: Callable[..., Mapping[str, bytes]],
) -> bytes:
    """The report on a comparison in a form of COMPARISON_FORMATS and a language.

    draw(alignment, marks of A, marks of B): both views as PNG under `a` and `b`, and where there is
    one the map of deviations under `heat`.
    """
    if form == "json":
        return _as_json(comparison)
    from workbench.reports.comparison import content, heat_scale

    pictures = pair_pictures(comparison, draw)
    made_at = _now()
    told = content(comparison, language, made_at=made_at, pictures=bool(pictures))
    largest = heat_mm(comparison)
    told["heat"] = heat_scale(largest, language) if largest and "heat" in pictures else None
    if form == "pdf":
        from workbench.reports.pdf import pages

        return pages("comparison.typ", told, [pictures], made_at)
    from workbench.reports.html import page

    return page("comparison.html.j2", told, [pictures])


def write_history(
    history: Mapping[str, Any],
    form: str,
    language: str,
    draws: Sequence[Callable[..., Mapping[str, bytes]]],
) -> bytes:
    """The report on a history in a form of COMPARISON_FORMATS and a language.

    draws: of each step what `write_comparison` wants.
    """
    if form == "json":
        return _as_json(history)
    from workbench.reports.history import content

    pictures = [
        pair_pictures(step, draw) for step, draw in zip(history["steps"], draws, strict=True)
    ]
    made_at = _now()
    told = content(history, language, made_at=made_at, pictures=[bool(each) for each in pictures])
    if form == "pdf":
        from workbench.reports.pdf import pages

        return pages("history.typ", told, pictures, made_at)
    from workbench.reports.html import page

    return page("history.html.j2", told, pictures)


def pair_pictures(
    comparison: Mapping[str, Any], draw: Callable[..., Mapping[str, bytes]]
) -> Mapping[str, bytes]:
    """Both views of a comparison, see `write_comparison`; none of one that has no alignment."""
    from workbench.reports.comparison import marks

    if "alignment" not in comparison:
        return {}
    return draw(comparison["alignment"], *(marks(comparison, side) for side in "ab"))


def _now() -> datetime:
    return datetime.now().astimezone().replace(microsecond=0)


def _as_json(analysis: Mapping[str, Any]) -> bytes:
    """The contract's analysis, as a file."""
    text = json.dumps(analysis, ensure_ascii=False, allow_nan=False, indent=1)
    return (text + "\n").encode()
