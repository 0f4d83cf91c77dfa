"""The features of the part, by type, with their parameters."""

from collections.abc import Mapping, Sequence
from typing import Any

from nicegui import ui

from workbench.feature_colours import COLOURS, faces_by_type
from workbench.web.elements import box, words
from workbench.web.panels.focus import Focus
from workbench.web.tongue import amount, label, say

__all__ = ["feature_name", "features_panel"]

AT_ONCE = 40  # of one type; a plate may have a thousand holes
OPEN_BELOW = 9  # a short group needs no click
HIDDEN = frozenset({"origin_mm", "members", "parent"})  # of use to machines
VECTOR_HIDDEN = frozenset({"axis", "direction"})


def feature_name(feature: Mapping[str, Any]) -> str:
    """What a feature is called, its kind included."""
    kind = feature.get("kind")
    return label("feature", f"{feature['type']}.{kind}" if kind else str(feature["type"]))


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

        def fill(start: int) -> None:
            with body:
                for each in members[start : start + AT_ONCE]:
                    _feature(each, focus)
                if len(members) > start + AT_ONCE:
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
        toggle(len(members) < OPEN_BELOW)


def _feature(feature: Mapping[str, Any], focus: Focus) -> None:
    with box("wb-feature", "button").props("type=button") as card:
        words(feature_name(feature), "wb-strong")
        with box("wb-parameters"):
            for key, value in feature.get("parameters", {}).items():
                if key in HIDDEN or value is None or (key in VECTOR_HIDDEN and not _is_main(value)):
                    continue
                with box(tag="span"):
                    words(f"{label('feature.parameter', key).lower()} ", tag="span")
                    words(amount(key, value), tag="b")
    faces = [face for face in feature.get("faces", ()) if isinstance(face, int)]
    card.on("click", lambda: focus.show("feature", faces, card))


def _is_main(vector: Any) -> bool:
    return isinstance(vector, list | tuple) and max(map(abs, vector), default=0.0) > 0.9999
