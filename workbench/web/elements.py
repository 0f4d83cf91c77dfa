"""The few shapes all pages are built of. Text given to them is shown as text, never as markup."""

from collections.abc import Mapping, Sequence
from typing import Any

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

from workbench.errors import plain
from workbench.web.tongue import label, language, message, say, wording

__all__ = [
    "SEVERITIES",
    "SEVERITY_ICONS",
    "box",
    "empty",
    "finding_text",
    "heading",
    "measured_against",
    "meter",
    "notice",
    "process_name",
    "row",
    "stacked_bar",
    "table",
    "verdict_chip",
    "words",
]

SEVERITIES = ("critical", "major", "minor", "advice")
SEVERITY_ICONS = {
    "critical": "dangerous",
    "major": "error",
    "minor": "warning_amber",
    "advice": "tips_and_updates",
}
# neighbours in a bar must differ in lightness too, for readers who do not see the hues
BAR_COLOURS = (
    "#2f78b7",
    "#7fb3d5",
    "#3c8d6b",
    "#a9d3b5",
    "#b58b2a",
    "#e3c97f",
    "#7c6aa6",
    "#b9aed6",
    "#8a8f94",
)


def box(classes: str = "", tag: str = "div") -> Element:
    """A plain container."""
    return ui.element(tag).classes(classes)


def row(classes: str = "") -> Element:
    """A line of things."""
    return box(f"wb-row {classes}")


def words(text: str, classes: str = "", tag: str = "div") -> TextElement:
    """A piece of text in a tag of its own."""
    element = TextElement(tag=tag, text=text)
    element.classes(classes)
    return element


def heading(title: str, lead: str = "") -> Element:
    """The title of a page; → the place for its buttons."""
    with box("wb-head"):
        with box():
            words(title, tag="h1")
            if lead:
                words(lead, "wb-lead", "p")
        return row()


def empty(icon: str, title: str, lead: str) -> Element:
    """A place that has nothing yet and says how to fill it; → the place for its buttons."""
    with box("wb-card wb-empty"):
        ui.icon(icon)
        words(title, tag="h2")
        words(lead, tag="p")
        return row()


def table(columns: Sequence[tuple[str, bool]], rows: Sequence[Sequence[Any]]) -> Element:
    """A plain table. columns: (title, is a number)."""
    with box("wb-scroll"), box("wb-table", "table") as frame:
        with box(tag="thead"), box(tag="tr"):
            for title, number in columns:
                words(title, "wb-number" if number else "", "th")
        with box(tag="tbody"):
            for cells in rows:
                with box(tag="tr"):
                    for (_, number), cell in zip(columns, cells, strict=True):
                        words(str(cell), "wb-number" if number else "", "td")
    return frame


def process_name(process: str) -> str:
    """What a process is called."""
    return label("process", process)


def verdict_chip(verdict: str) -> None:
    """A verdict as a coloured word."""
    words(label("process.verdict", verdict), f"wb-chip {verdict}", "span")


def meter(suitability: float, verdict: str = "") -> None:
    """A thin bar from 0 to 100."""
    with box(f"wb-track {verdict}"):
        box().style(f"width: {max(0.0, min(100.0, float(suitability))):.1f}%")


def stacked_bar(
    pieces: Sequence[tuple[str, float, str]], classes: str, whole: float
) -> dict[str, str]:
    """Named pieces of a whole, side by side; a tooltip each. pieces: (name, length, tooltip).

    → the colour of every piece, for a list beside the bar.
    """
    colours: dict[str, str] = {}
    with box(classes):
        for place, (name, length, tip) in enumerate(pieces):
            colours[name] = BAR_COLOURS[place % len(BAR_COLOURS)]
            if length <= 0 or whole <= 0:
                continue
            with box("wb-term").style(
                f"width: {100 * length / whole:.2f}%; background: {colours[name]}"
            ):
                ui.tooltip(tip)
    return colours


def notice(error: Exception | str, *, kind: str = "negative") -> None:
    """A short message that goes away; an error is said in the language of the page."""
    from workbench.errors import words as error_words

    text = (
        error
        if isinstance(error, str)
        else ". ".join(part.rstrip(".") for part in error_words(error, language()) if part)
    )
    ui.notify(plain(text, 400), type=kind, position="top", multi_line=True, timeout=8000)


def measured_against(finding: Mapping[str, Any]) -> str:
    """What was measured and what the limit is, as `1.2 mm, limit ≥ 2 mm`."""
    measured, limit = wording().measured_against(finding)
    said = [say("finding.measured", value=measured)] if measured else []
    return " · ".join(said + ([say("finding.limit", value=limit)] if limit else []))


def finding_text(finding: Mapping[str, Any]) -> str:
    """The sentence of a finding."""
    return message(finding.get("message", {}))
