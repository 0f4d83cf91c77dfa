"""Two parts side by side: what is the same, what is not."""

from collections.abc import Mapping
from typing import Any

from nicegui import ui

from workbench import language as catalogue
from workbench.errors import KNOWN
from workbench.web.desk import desk
from workbench.web.elements import box, empty, heading, notice, process_name, row, table, words
from workbench.web.entries import Entry, entries
from workbench.web.frame import page
from workbench.web.tongue import amount, label, language, path, say
from workbench.web.viewer import PartViewer

__all__: list[str] = []

SAME_PLACES = 4  # decimals of a scale that still mean "as large"


@page("/compare", "compare", in_menu=True)
async def compare(a: str = "", b: str = "") -> None:
    """Build the page."""
    everything = {each.key: each for each in await entries()}
    with box("wb-page", "main"):
        heading(say("compare.title"), say("compare.lead"))
        if len(everything) < 2:
            with empty("compare", say("compare.empty_title"), say("compare.empty_lead")):
                ui.button(
                    say("upload.title"), on_click=lambda: ui.navigate.to(path("/upload"))
                ).props("unelevated")
            return
        with row():
            first, second = (_choice(everything, name, key) for name, key in (("a", a), ("b", b)))

            def ask() -> None:
                if first.value and second.value:
                    ui.navigate.to(path(f"/compare?a={first.value}&b={second.value}"))

            ui.button(say("compare.ask"), on_click=ask).props("unelevated")
        if a in everything and b in everything:
            await _result(everything[a], everything[b])


def _choice(everything: Mapping[str, Entry], name: str, key: str) -> ui.select:
    choice = ui.select(
        {each.key: each.name for each in everything.values()},
        label=say(f"compare.part_{name}"),
        value=key if key in everything else None,
        with_input=True,
    )
    return choice.props("outlined dense options-dense").style("width: 320px")


async def _result(a: Entry, b: Entry) -> None:
    waiting = words(say("loading"), "wb-faint")
    try:
        found = await desk().ask("compare", a.key, b.key)
    except KNOWN as error:
        notice(error)
        return
    finally:
        waiting.delete()
    own = language()
    faces = found.get("faces", {})
    same = (
        "same" if found.get("same_shape") else "mirrored" if found.get("mirrored") else "different"
    )
    with row():
        words(
            say(f"compare.{same}"),
            f"wb-chip {'suitable' if same == 'same' else 'with_changes'}",
            "span",
        )
        words(say("compare.similarity", share=float(found.get("similarity", 0.0))), "wb-soft")
        if "volume_change" in found:
            words(say("compare.volume", share=float(found["volume_change"])), "wb-soft")
        if round(float(found.get("scale", 1.0)), SAME_PLACES) != 1:
            words(say("compare.scale", scale=catalogue.number(found["scale"], 4, own)), "wb-soft")
        if deviation := found.get("deviation_mm"):
            words(say("compare.deviation", value=amount("max_mm", deviation["max"])), "wb-soft")
    with box("wb-pair"):
        changed = [pair for pair in faces.get("changed", ()) if isinstance(pair, list | tuple)]
        _side(
            a, [("changed", [pair[0] for pair in changed]), ("removed", faces.get("removed", []))]
        )
        _side(b, [("changed", [pair[1] for pair in changed]), ("added", faces.get("added", []))])
    _features(found.get("features", {}))
    if processes := found.get("processes"):
        words(say("compare.processes"), tag="h2")
        with box("wb-card"):
            table(
                [(say("compare.process"), False), (a.name, True), (b.name, True)],
                [
                    (process_name(each["process"]), _score(each.get("a")), _score(each.get("b")))
                    for each in processes
                ],
            )


def _score(value: Any) -> str:
    return catalogue.number(value, 0, language()) if isinstance(value, int | float) else "–"


def _side(part: Entry, roles: list[tuple[str, list[int]]]) -> None:
    with box("wb-card"):
        with box("wb-body").style("padding: 10px 14px"):
            ui.link(part.name, path(f"/part/{part.key}")).classes("wb-strong wb-name")
        with box("wb-stage"):
            viewer = PartViewer(
                f"/part/{part.key}.glb",
                label=say("viewer.label", name=part.name),
                picture=f"/part/{part.key}.png",
                filename=part.name,
            )
            viewer.on("ready", lambda: viewer.light(roles))


def _features(features: Mapping[str, Any]) -> None:
    rows = [
        (
            say("compare.changed"),
            label("feature.parameter", str(each.get("parameter", ""))),
            _value(each, "from"),
            _value(each, "to"),
        )
        for each in features.get("changed", ())
    ]
    for kind in ("removed", "added"):
        for each in features.get(kind, ()):
            name = (
                label("feature", str(each.get("type", "")))
                if isinstance(each, Mapping)
                else str(each)
            )
            rows.append((say(f"compare.{kind}"), name, "", ""))
    words(say("compare.features"), tag="h2")
    if not rows:
        words(say("compare.no_features"), "wb-faint")
        return
    with box("wb-card"):
        table(
            [
                (say("compare.change"), False),
                (say("compare.what"), False),
                (say("compare.from"), True),
                (say("compare.to"), True),
            ],
            rows,
        )


def _value(change: Mapping[str, Any], side: str) -> str:
    value = change.get(side)
    return "–" if value is None else amount(str(change.get("parameter", "")), value)
