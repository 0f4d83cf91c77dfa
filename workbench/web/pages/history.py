"""One part in its revisions: what each step changed, what that means, how it looks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from nicegui import ui

from workbench.errors import KNOWN
from workbench.reports import COMPARISON_FORMATS
from workbench.reports.history import content
from workbench.web.desk import desk
from workbench.web.elements import box, empty, heading, notice, row, table, words
from workbench.web.entries import Entry, entries
from workbench.web.frame import page
from workbench.web.panels.differences import assembly, change_line, costs, numbers, process_changes
from workbench.web.panels.revisions import Revisions
from workbench.web.tongue import language, path, say
from workbench.web.waiting import waited

__all__: list[str] = []

NUMBER_FROM = 2  # columns of the table that are numbers


@page("/history", "history", in_menu=True)
async def history(parts: str = "", annual: str = "") -> None:
    """Build the page; parts: keys with commas between, oldest first."""
    everything = {each.key: each for each in await entries()}
    keys = list(dict.fromkeys(key for key in parts.split(",") if key in everything))
    yearly = int(annual) if annual.isascii() and annual.isdigit() and int(annual) else None
    with box("wb-page", "main"):
        heading(say("history.title"), say("history.lead"))
        if not everything and not keys:
            with empty("history", say("history.empty_title"), say("history.empty_lead")):
                ui.button(
                    say("upload.title"), on_click=lambda: ui.navigate.to(path("/upload"))
                ).props("unelevated")
        Revisions(everything, keys, yearly)
        if len(keys) > 1:
            await _result([everything[key] for key in keys], yearly)


async def _result(revisions: Sequence[Entry], annual: int | None) -> None:
    keys = [each.key for each in revisions]
    try:
        found = await waited("history", keys, annual=annual)
    except KNOWN as error:
        notice(error)
        return
    pictures = ["alignment" in step for step in found["steps"]]
    told = content(found, language(), made_at=datetime.now(), pictures=pictures)
    with row("wb-spread"):
        words(told["title"], tag="h2")
        with row():
            for form in COMPARISON_FORMATS:
                _download(found, keys, form)
    with box("wb-card"):
        columns = [(name, place >= NUMBER_FROM) for place, name in enumerate(told["columns"])]
        table(columns, told["revisions"])
    if told["illustrative"]:
        words(told["illustrative"], "wb-faint wb-small")
    with box("wb-timeline", "ol"):
        _revision(revisions[0], 1)
        for place, step in enumerate(told["steps"]):
            old, new = revisions[place : place + 2]
            with box("wb-step", "li"):
                _step(step, old, new)
            _revision(new, place + 2)


def _revision(entry: Entry, number: int) -> None:
    """A part in the line."""
    with box("wb-revision", "li"):
        words(str(number), "wb-rank", "span")
        picture = box(tag="img")
        picture.props["src"] = f"/part/{entry.key}.png"
        picture.props["alt"] = ""
        ui.link(entry.name, path(f"/part/{entry.key}")).classes("wb-strong wb-name")
        words(entry.file_name, "wb-faint", "span")  # revisions of a part share its name


def _step(told: Mapping[str, Any], old: Entry, new: Entry) -> None:
    """What happened between two of them."""
    labels = told["labels"]
    with row():
        same = told["verdict_code"] == "same"
        words(told["verdict"], f"wb-chip {'suitable' if same else 'with_changes'}", "span")
        words(" ".join(told["said"]), "wb-soft").style("flex: 1; min-width: 240px")
        ui.link(say("history.look"), path(f"/compare?a={old.key}&b={new.key}"))
    if same and not told["pmi"] and not told["assembly"]:
        return
    with box("wb-compare-columns"):
        with box("wb-stack"):
            if told["pictures"]:
                with box("wb-pair"):
                    for side, said in zip("ab", told["pictures"], strict=True):
                        picture = box("wb-changed-picture", "img")
                        picture.props["src"] = f"/compare/{old.key}/{new.key}-{side}.png"
                        picture.props["alt"] = said
                        picture.props["loading"] = "lazy"
            assembly(told)
            words(labels["features"], tag="h2")
            if told["changes"]:
                with box("wb-card"), box("wb-changes", "ul"):
                    for change in told["changes"]:
                        with box("wb-change still", "li"):
                            change_line(change, labels)
            else:
                words(told["changes_none"], "wb-faint")
            if told["changes_more"]:
                words(told["changes_more"], "wb-faint")
            process_changes(told)
        with box("wb-stack"):
            numbers(told)
            costs(told)


def _download(found: dict[str, Any], keys: list[str], form: str) -> None:
    async def download() -> None:
        button.props("loading")
        try:
            made = await desk().ask_long("history_report", found, keys, form, language())
        except KNOWN as error:
            notice(error)
            return
        finally:
            button.props(remove="loading")
        ui.download.content(made, f"history.{form}")

    button = ui.button(form.upper(), icon="download", on_click=download)
    button.props("flat dense no-caps")
