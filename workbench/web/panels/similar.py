"""Parts of the catalogue that are like this one: in every way, by shape, by making or by size."""

from typing import Any

from nicegui import ui

from workbench.errors import KNOWN
from workbench.web.desk import desk
from workbench.web.elements import box, notice, words
from workbench.web.lookalikes import lookalikes
from workbench.web.tongue import path, say

__all__ = ["similar_panel"]

TOP = 12
MODES = ("all", "shape", "process", "size")


async def similar_panel(key: str) -> None:
    """The list, most similar first, and the choice of what likeness means."""
    found = await _asked(key, "all")
    if found is None:
        return
    if not found:
        words(say("similar.none"), "wb-soft")
        return
    choice = ui.select({each: say(f"similar.by_{each}") for each in MODES}, value="all")
    choice.props(f'outlined dense options-dense label="{say("similar.by")}"')
    choice.mark("likeness")
    lead = words(say("similar.lead_all"), "wb-soft")
    ui.link(say("history.title"), path(f"/history?parts={key}")).classes("wb-small")
    body = box("wb-stack")
    with body:
        lookalikes(found, key)

    async def ask() -> None:
        mode = str(choice.value)
        choice.props(add="loading")
        try:
            others = await _asked(key, mode)
        finally:
            choice.props(remove="loading")
        if others is None or mode != choice.value:  # another was chosen meanwhile
            return
        lead.text = say(f"similar.lead_{mode}")
        body.clear()
        with body:
            lookalikes(others, key)

    choice.on_value_change(ask)


async def _asked(key: str, mode: str) -> list[dict[str, Any]] | None:
    """The nearest others; none where the question failed, which is said."""
    try:
        found = await desk().ask("similar", key, top=TOP + 1, mode=mode)
    except KNOWN as error:
        notice(error)
        return None
    return [each for each in found.get("results", ()) if str(each["part"]) != key][:TOP]
