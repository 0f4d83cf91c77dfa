"""By whose limits is the part judged: the published ones, or a profile of one's own?"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from nicegui import ui

from workbench.errors import KNOWN, fault_words, plain
from workbench.web.desk import desk
from workbench.web.elements import box, notice, row, table, words
from workbench.web.one_file import one_file
from workbench.web.tongue import language, path, say

__all__ = ["limits_panel"]

PROFILE_BYTES = 1_000_000  # a template of every rule has a tenth of it
MOST_FAULTS = 200


def limits_panel(key: str, chosen: str, used: Mapping[str, Any] | None) -> None:
    """A choice of the limits that the page is judged by, and a place to add a profile.

    chosen: name of the profile in use, empty for the published limits; used: the contract's
    record of it.
    """
    usual = say("processes.usual_limits")
    options = {"": usual, **{name: plain(name) for name in desk().profiles.names()}}

    def judge_by(name: str) -> None:
        address = f"/part/{key}" + (f"?rules={quote(name)}" if name else "")
        ui.navigate.to(path(address))

    with row():
        choice = ui.select(
            options,
            label=say("processes.limits"),
            value=chosen,
            on_change=lambda event: judge_by(str(event.value or "")),
        ).props("outlined dense options-dense")
        choice.style("min-width: 240px")
        button = ui.button(icon="upload_file").props("flat round dense")
        button.props(f'aria-label="{say("processes.limits_add")}"')
        button.mark("add-limits")
        button.tooltip(say("processes.limits_add"))
        if chosen in options and chosen:
            removal = ui.button(icon="delete_outline", on_click=lambda: _removing(chosen, judge_by))
            removal.props(f'flat round dense aria-label="{say("processes.limits_remove")}"')
            removal.mark("remove-limits")
            removal.tooltip(say("processes.limits_remove"))
    if used:
        words(say("processes.limits_changed", count=len(used["changed"])), "wb-faint")
    body = box("wb-stack")
    body.visible = False

    def toggle() -> None:
        body.visible = not body.visible
        if body.visible and not body.default_slot.children:
            with body:
                _adding(judge_by)

    button.on_click(toggle)


def _removing(name: str, judge_by: Callable[[str], None]) -> None:
    """Ask once, since others may be judging by this profile, and remove it."""

    async def remove() -> None:
        try:
            await desk().work_aside(lambda: desk().profiles.remove(name))
        except KNOWN as error:
            notice(error)
        judge_by("")

    with ui.dialog(value=True) as dialog, box("wb-card wb-body"):
        words(say("processes.limits_remove_ask", name=plain(name)))
        with row():
            ui.button(say("cancel"), on_click=dialog.close).props("flat")
            ui.button(say("processes.limits_remove"), on_click=remove).mark("remove-limits-really")


def _adding(judge_by: Callable[[str], None]) -> None:
    one_file(
        accept=".toml",
        limit_bytes=PROFILE_BYTES,
        wanted=say("processes.limits_drop"),
        hint=say("processes.limits_drop_hint"),
        take=desk().keep_rules,
        taken=judge_by,
        wrong=_refused,
        beside=lambda: ui.link(
            say("processes.limits_template"), f"/rules/template-{language()}.toml"
        ),
    )


def _refused(name: str, error: Exception) -> None:
    """What is wrong with a profile, line by line."""
    faults = getattr(error, "found", ())
    with box("wb-card"):
        with box("wb-body"):
            words(say("processes.limits_refused", name=plain(name)), "wb-strong")
        if not faults:
            notice(error)
            return
        table(
            [("№", True), ("", False), ("", False)],
            [
                (
                    "" if f.line is None else f.line,
                    plain(f.place),
                    plain(fault_words(f, language())),
                )
                for f in faults[:MOST_FAULTS]
            ],
        )
