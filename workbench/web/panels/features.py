"""The features of the part, by type, with their parameters."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from nicegui import ui
from nicegui.element import Element

from workbench.feature_colours import COLOURS, faces_by_type
from workbench.reports.feature_words import Alike, alike
from workbench.web.elements import box, words
from workbench.web.panels.focus import Focus
from workbench.web.tongue import label, say, wording

__all__ = ["features_panel"]

AT_ONCE = 40  # kinds of one type, and members of one kind; a plate may have a thousand holes
OPEN_BELOW = 9  # a short group needs no click


def features_panel(part: Mapping[str, Any], focus: Focus) -> None:
    """The groups, largest number of faces first as the library gives them."""
    features = part.get("features", ())
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for each in features:
        groups.setdefault(str(each["type"]), []).append(each)
    if not groups:
        words(say("features.none"), "wb-soft")
    if painted := [(COLOURS[kind], faces) for kind, faces in faces_by_type(features).items()]:
        button = ui.button(say("features.colour"), icon="palette").props("flat dense no-caps")
        button.on_click(lambda: focus.paint(painted, button))
    for kind, members in groups.items():
        _group(kind, members, focus)
    if (share := part.get("explained_share")) is not None:
        words(say("features.explained", share=float(share)), "wb-faint")
    if part.get("freeform_share"):
        words(say("features.freeform", share=float(part["freeform_share"])), "wb-faint")
    if unexplained := part.get("unexplained_faces"):
        with box("wb-feature", "button").props("type=button") as card:
            words(say("features.unexplained", count=len(unexplained)))
        card.on("click", lambda: focus.show("changed", unexplained, card))


def _group(kind: str, members: Sequence[Mapping[str, Any]], focus: Focus) -> None:
    with box("wb-type"):
        head = box("wb-type-head", "button").props("type=button")
        body = box("wb-stack").style("gap: 0")
        with head:
            arrow = ui.icon("chevron_right")
            if colour := COLOURS.get(kind):
                box("wb-dot").style(f"background: {colour}")
            words(label("feature", kind), "wb-name")
            words(str(len(members)), "wb-chip", "span")

        groups = alike(members, wording())

        def fill(start: int) -> None:
            with body:
                for each in groups[start : start + AT_ONCE]:
                    _alike(each, focus)
                if len(groups) > start + AT_ONCE:
                    button = ui.button(say("more")).props("flat dense")

                    def more() -> None:
                        button.delete()
                        fill(start + AT_ONCE)

                    button.on_click(more)

        def toggle(now_open: bool) -> None:
            body.visible = now_open
            arrow.name = "expand_more" if now_open else "chevron_right"
            head.props["aria-expanded"] = "true" if now_open else "false"
            if now_open and not body.default_slot.children:
                fill(0)

        head.on("click", lambda: toggle(not body.visible))
        toggle(len(groups) < OPEN_BELOW)


def _alike(alike: Alike, focus: Focus) -> None:
    """Equal features on one card: a click lights all of them, one on a number that one alone."""
    count = len(alike.members)
    with box("wb-feature", "button").props("type=button") as card:
        words(f"{count} × {alike.name}" if count > 1 else alike.name, "wb-strong")
        with box("wb-parameters"):
            for name, value in alike.parameters:
                with box(tag="span"):
                    words(f"{name} ", tag="span")
                    words(value, tag="b")
    card.on("click", lambda: focus.show("feature", alike.faces, card))
    first = str(alike.members[0].get("id", ""))
    card.mark(f"{first}-and-{count - 1}-more" if count > 1 else first)
    if count > 1:
        with box("wb-each") as frame:
            frame.props["role"], frame.props["aria-label"] = "group", say("features.one_by_one")
            _numbers(alike, focus, frame, 0)


def _numbers(alike: Alike, focus: Focus, frame: Element, start: int) -> None:
    for place, each in enumerate(alike.members[start : start + AT_ONCE], start=start + 1):
        number = words(str(place), "wb-one", "button").props("type=button")
        number.mark(str(each.get("id", "")))
        number.on("click", partial(focus.show, "feature", list(each.get("faces", ())), number))
    left = len(alike.members) - start - AT_ONCE
    if left > 0:
        further = words(f"+{left}", "wb-one", "button").props("type=button")

        def more() -> None:
            further.delete()
            with frame:
                _numbers(alike, focus, frame, start + AT_ONCE)

        further.on("click", more)
