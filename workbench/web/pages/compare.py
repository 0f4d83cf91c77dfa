"""Two parts side by side: what is the same, what is not, and what that means."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from nicegui import ui
from nicegui.element import Element

from workbench.errors import KNOWN
from workbench.reports import COMPARISON_FORMATS, heat_mm
from workbench.reports.comparison import content, shown_faces
from workbench.web.desk import desk
from workbench.web.elements import box, empty, heading, notice, row, words
from workbench.web.entries import Entry, entries, told_apart
from workbench.web.frame import page
from workbench.web.panels.differences import assembly, change_line, numbers, process_changes
from workbench.web.tongue import language, path, say
from workbench.web.viewer import PartViewer

__all__: list[str] = []

AT_ONCE = 12  # rows of changes shown before a click asks for the rest


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
            chosen = ",".join(key for key in (a, b) if key in everything)
            ui.link(say("compare.history"), path(f"/history?parts={chosen}"))
        if a in everything and b in everything:
            await _result(everything[a], everything[b])


def _choice(everything: Mapping[str, Entry], name: str, key: str) -> ui.select:
    choice = ui.select(
        told_apart(everything.values()),
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
    told = content(found, language(), made_at=datetime.now(), pictures=False)
    labels = told["labels"]
    with row("wb-compared"):
        code = told["verdict_code"]
        chip = "suitable" if code == "same" else "with_changes"
        words(told["verdict"], f"wb-chip {chip}", "span")
        words(" ".join(told["said"]), "wb-soft").style("flex: 1; min-width: 240px")
        for form in COMPARISON_FORMATS:
            _download(found, a, b, form)
    views = _Views(found, a, b, labels)
    with box("wb-legend"):
        for each in told["faces"]:
            with box(tag="span"):
                box("wb-swatch", "i").style(f"background: {each['colour']}")
                words(f"{each['name']}: {each['count']}", tag="span")
        words(f"({labels['faces']})", tag="span")
    with box("wb-compare-columns"):
        with box("wb-stack"):
            _changes(told, views)
            process_changes(told)
        with box("wb-stack"):
            numbers(told)


def _download(found: dict[str, Any], a: Entry, b: Entry, form: str) -> None:
    async def download() -> None:
        try:
            made = await desk().ask("comparison_report", found, a.key, b.key, form, language())
        except KNOWN as error:
            notice(error)
            return
        ui.download.content(made, f"comparison.{form}")

    ui.button(form.upper(), icon="download", on_click=download).props("flat dense no-caps")


class _Views:
    """Both parts in 3D, turned together, lit by what changed."""

    def __init__(self, found: Mapping[str, Any], a: Entry, b: Entry, labels: Any) -> None:
        self.chosen: Element | None = None
        self.lit = {side: _roles(found, side) for side in ("a", "b")}
        self.viewers: dict[str, PartViewer] = {}
        addresses = {"a": f"/part/{a.key}.glb", "b": f"/part/{b.key}.glb"}
        if heat_mm(found) is not None:
            addresses["b"] = f"/compare/{a.key}/{b.key}.glb"
        names = told_apart({each.key: each for each in (a, b)}.values())
        with box("wb-pair"):
            for side, part in (("a", a), ("b", b)):
                with box("wb-card"):
                    with box("wb-body").style("padding: 10px 14px"), row():
                        words(labels["first" if side == "a" else "second"], "wb-faint", "span")
                        ui.link(names[part.key], path(f"/part/{part.key}")).classes(
                            "wb-strong wb-name"
                        )
                    with box("wb-stage"):
                        viewer = PartViewer(
                            addresses[side],
                            label=say("viewer.label", name=part.name),
                            picture=f"/part/{part.key}.png",
                            filename=part.name,
                            group="compared",
                            placement=found.get("alignment") if side == "b" else None,
                        )
                        roles = self.lit[side]
                        viewer.on("ready", lambda v=viewer, lit=roles: v.light(lit))
                        self.viewers[side] = viewer

    def show(self, change: Mapping[str, Any], source: Element) -> None:
        """Light what a change is about in both views and come near; a second click shows all."""
        if self.chosen is not None and not self.chosen.is_deleted:
            self.chosen.classes(remove="on")
        if self.chosen is source:
            self.chosen = None
            for side, viewer in self.viewers.items():
                viewer.light(self.lit[side])
            return
        self.chosen = source
        source.classes(add="on")
        for side, viewer in self.viewers.items():
            viewer.light([(change["status"], change["faces"][side])])
        near = "b" if change["faces"]["b"] else "a"
        self.viewers[near].focus(change["faces"][near])


def _roles(found: Mapping[str, Any], side: str) -> list[tuple[str, list[int]]]:
    return [(role, faces) for role, faces in shown_faces(found, side).items() if faces]


def _changes(told: Mapping[str, Any], views: _Views) -> None:
    labels = told["labels"]
    assembly(told)
    words(labels["features"], tag="h2")
    if not told["changes"]:
        words(told["changes_none"], "wb-faint")
        return
    with box("wb-card"), box("wb-changes", "ul") as frame:
        for change in told["changes"][:AT_ONCE]:
            _change(change, labels, views)
    if rest := told["changes"][AT_ONCE:]:

        def more() -> None:
            button.delete()
            with frame:
                for change in rest:
                    _change(change, labels, views)

        button = ui.button(say("more"), on_click=more).props("flat dense")
    if told["changes_more"]:
        words(told["changes_more"], "wb-faint")


def _change(change: Mapping[str, Any], labels: Mapping[str, str], views: _Views) -> None:
    with box(tag="li"), box("wb-change", "button").props("type=button") as line:
        change_line(change, labels)
    line.on("click", lambda: views.show(change, line))
