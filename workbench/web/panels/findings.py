"""Findings as cards that light their faces."""

from collections.abc import Mapping
from typing import Any

from nicegui import ui

from workbench.errors import plain
from workbench.web.elements import SEVERITY_ICONS, box, finding_text, measured_against, words
from workbench.web.panels.focus import Focus
from workbench.web.tongue import label, say, wording

__all__ = ["finding_card"]


def finding_card(finding: Mapping[str, Any], focus: Focus) -> None:
    """One finding: what, how much, by which source; a click shows where."""
    severity = str(finding.get("severity", "advice"))
    with box(f"wb-finding {severity}", "button").props("type=button") as card:
        icon = ui.icon(SEVERITY_ICONS.get(severity, "info"))
        icon.props["role"] = "img"
        icon.props["aria-label"] = label("process.severity", severity)
        with icon:
            ui.tooltip(label("process.severity", severity))
        words(finding_text(finding))
        if against := measured_against(finding):
            words(against, "wb-measured")
        if source := finding.get("source"):
            named = wording().source(str(source))
            words(say("finding.source", source=named), "wb-source").tooltip(plain(str(source), 600))
    faces = [face for face in finding.get("faces", ()) if isinstance(face, int)]
    card.on("click", lambda: focus.show(severity, faces, card))
