"""What the clicked face is, and which features and findings it belongs to."""

from collections.abc import Mapping
from typing import Any

from nicegui import ui

from workbench import language as catalogue
from workbench.errors import KNOWN
from workbench.reports.feature_words import feature_name
from workbench.web.desk import desk
from workbench.web.elements import (
    SEVERITY_ICONS,
    box,
    finding_text,
    notice,
    process_name,
    words,
)
from workbench.web.lookalikes import lookalikes
from workbench.web.panels.findings import finding_card
from workbench.web.panels.focus import Focus
from workbench.web.tongue import label, language, say, wording

__all__ = ["picked_strip"]

MOST_FOUND = 20


def picked_strip(part: Mapping[str, Any], focus: Focus, key: str) -> None:
    """The strip under the view; from it the faces are looked for in other parts."""

    @ui.refreshable
    def strip() -> None:
        if not focus.faces:
            words(say("picked.hint"), "wb-faint")
            return
        _finder(focus, key)
        if len(focus.faces) > 1:
            _several(part, focus)
            return
        face = focus.faces[0]
        about = part["faces"][face] if face < len(part.get("faces", ())) else {}
        words(say("picked.face", face=face), "wb-strong")
        surface = label("feature.surface", str(about.get("surface", "other")))
        area = catalogue.quantity(about.get("area_mm2", 0.0), "mm2", 1, language())
        words(f"{surface}, {area}", "wb-soft")
        for each in focus.features_of.get(face, ()):
            _chip(feature_name(each, wording()), "feature", each, focus)
        for each in focus.findings_of.get(face, ()):
            _finding_chip(each, focus)
        if not focus.features_of.get(face) and not focus.findings_of.get(face):
            words(say("picked.plain"), "wb-faint")

    with box("wb-picked").props('aria-live="polite"'):
        strip()
    focus.listeners.append(strip.refresh)


def _finder(focus: Focus, key: str) -> None:
    """A button that looks for the picked faces in the catalogue."""
    faces = list(focus.faces)

    async def find() -> None:
        button.props(add="loading")
        try:
            found = await desk().ask("similar", key, faces=faces, top=MOST_FOUND)
        except KNOWN as error:
            notice(error)
            return
        finally:
            button.props(remove="loading")
        with ui.dialog(value=True), box("wb-card wb-body wb-found"):
            results = found["results"]
            words(say("similar.faces_lead" if results else "similar.faces_none"), "wb-soft")
            lookalikes(results, key)

    button = ui.button(say("picked.find"), icon="travel_explore", on_click=find)
    button.props("outline dense size=sm")


def _several(part: Mapping[str, Any], focus: Focus) -> None:
    area = sum(part["faces"][face]["area_mm2"] for face in focus.faces if face < len(part["faces"]))
    words(say("picked.faces", count=len(focus.faces)), "wb-strong")
    words(catalogue.quantity(area, "mm2", 1, language()), "wb-soft")


def _chip(text: str, role: str, thing: Mapping[str, Any], focus: Focus) -> None:
    chip = words(text, "wb-chip", "button").props("type=button")
    chip.on("click", lambda: focus.show(role, list(thing.get("faces", ()))))


def _finding_chip(finding: Mapping[str, Any], focus: Focus) -> None:
    severity = str(finding.get("severity", "advice"))
    with box("wb-chip", "button").props("type=button").style("max-width: 100%") as chip:
        ui.icon(SEVERITY_ICONS.get(severity, "info")).style(f"color: var(--{severity})")
        words(
            f"{process_name(str(finding.get('process', '')))}: {finding_text(finding)}",
            "wb-name",
            "span",
        )
    with chip, ui.menu().props("max-width=440px"), box("wb-body"):
        finding_card(finding, focus)
