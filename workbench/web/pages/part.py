"""One part: the 3D view, and beside it what is known of it."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from nicegui import background_tasks, ui

from workbench import language as catalogue
from workbench.errors import KNOWN, plain
from workbench.likeness_words import standard_name
from workbench.web.desk import desk
from workbench.web.elements import box, empty, notice, words
from workbench.web.frame import page
from workbench.web.panels.details import details_panel, warning_text
from workbench.web.panels.features import features_panel
from workbench.web.panels.focus import Focus
from workbench.web.panels.known import known_panel
from workbench.web.panels.limits import limits_panel
from workbench.web.panels.match import match_panel
from workbench.web.panels.picked import picked_strip
from workbench.web.panels.processes import processes_panel
from workbench.web.panels.similar import similar_panel
from workbench.web.tongue import language, path, say, size
from workbench.web.viewer import PartViewer

__all__: list[str] = []

_log = logging.getLogger(__name__)


@page("/part/{key}", "part")
async def part_page(key: str, faces: str = "", rules: str = "") -> None:
    """Build the page of one part; faces that the address names are picked, and the profile of
    limits that it names stands instead of the published ones.
    """
    profile: dict[str, Any] = {}
    if rules:
        try:
            profile["rules"] = await desk().work_aside(desk().profiles.path, rules)
        except KNOWN as error:
            notice(error)
            rules = ""
    try:
        analysis = await desk().ask("analysis", key, **profile)
    except KNOWN as error:
        with empty("search_off", say("part.not_found"), say("part.not_found_lead")):
            ui.button(say("parts.title"), on_click=lambda: ui.navigate.to(path("/parts"))).props(
                "unelevated"
            )
        notice(error)
        return
    prefix, _, index = key.rpartition("-")
    part = next(each for each in analysis["parts"] if each["index"] == int(index))
    focus = Focus(part)
    with box("wb-part", "main"):
        with box("wb-left"):
            _title(analysis, part)
            with box("wb-stage"):
                focus.viewer = PartViewer(
                    f"/part/{key}.glb",
                    label=say("viewer.label", name=_name(part)),
                    picture=f"/part/{key}.png",
                    filename=_name(part),
                    colour=part.get("colour"),
                    on_pick=focus.pick,
                )
            picked_strip(part, focus, key)
        picked = [int(each) for each in faces.split(",") if each.isascii() and each.isdigit()]
        if picked := [face for face in picked if face < len(part["faces"])]:
            focus.select(picked)
        with box("wb-side", "aside"):
            _tabs(
                {
                    "processes": lambda: _processes(analysis, part, focus, key, rules),
                    "features": lambda: features_panel(part, focus),
                    "match": lambda: match_panel(key, part),
                    "similar": lambda: similar_panel(key),
                    "details": lambda: _details(analysis, part, prefix, key),
                }
            )


def _processes(
    analysis: Mapping[str, Any], part: Mapping[str, Any], focus: Focus, key: str, rules: str
) -> None:
    limits_panel(key, rules, analysis.get("rules"))
    processes_panel(part, focus, key)


async def _details(
    analysis: Mapping[str, Any], part: Mapping[str, Any], prefix: str, key: str
) -> None:
    await known_panel(key)
    details_panel(analysis, part, prefix)


def _name(part: Mapping[str, Any]) -> str:
    return plain(str(part.get("name") or say("details.unnamed")))


def _title(analysis: Mapping[str, Any], part: Mapping[str, Any]) -> None:
    own = language()
    facts = [(say("part.size"), size(part["size_mm"]))]
    if "mass_kg" in part:
        facts.append((say("part.mass"), catalogue.quantity(part["mass_kg"], "kg", 3, own)))
    if part.get("material"):
        facts.append((say("part.material"), plain(str(part["material"]))))
    if part.get("count", 1) > 1:
        facts.append((say("part.count"), catalogue.number(part["count"], 0, own)))
    with box("wb-title"):
        words(_name(part), tag="h1").tooltip(_name(part))
        with box("wb-facts"):
            for name, value in facts:
                with box(tag="span"):
                    words(f"{name} ", tag="span")
                    words(value, tag="b")
            if standard := standard_name(part.get("standard_part"), own):
                words(standard, "wb-chip", "span")
            warnings = [
                each
                for each in analysis.get("warnings", ())
                if each.get("part", part["index"]) == part["index"]
            ]
            if warnings:
                with words(
                    say("part.warnings", count=len(warnings)), "wb-chip with_changes", "span"
                ):
                    ui.tooltip("\n".join(warning_text(each) for each in warnings))


def _tabs(panels: Mapping[str, Callable[[], Any]]) -> None:
    """Panels behind tabs; each is built when it is first looked at."""
    bodies: dict[str, Any] = {}
    first = next(iter(panels))
    with ui.tabs().props("dense no-caps outside-arrows mobile-arrows align=left") as tabs:
        for name in panels:
            ui.tab(name, say(f"{name}.tab"))
    with ui.tab_panels(tabs, value=first, animated=False):
        for name in panels:
            with ui.tab_panel(name):
                bodies[name] = box("wb-panel")

    async def build(name: str) -> None:
        body = bodies[name]
        if body.default_slot.children:
            return
        with body:
            answer = panels[name]()
            if answer is None:
                return
            with box("wb-faint") as waiting:
                words(say("loading"))
            try:
                await answer
            except Exception:
                _log.exception("the panel %s failed", name)
                words(say("broken.title"), "wb-alert bad")
            finally:
                waiting.delete()

    with bodies[first]:
        panels[first]()
    tabs.on_value_change(lambda event: background_tasks.create(build(str(event.value))))
