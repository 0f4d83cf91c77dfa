"""Parts of the catalogue that look like this one."""

from nicegui import ui

from workbench.errors import KNOWN
from workbench.web.desk import desk
from workbench.web.elements import notice, words
from workbench.web.lookalikes import lookalikes
from workbench.web.tongue import path, say

__all__ = ["similar_panel"]

TOP = 12


async def similar_panel(key: str) -> None:
    """The list, most similar first."""
    try:
        found = await desk().ask("similar", key, top=TOP + 1)
    except KNOWN as error:
        notice(error)
        return
    results = [each for each in found.get("results", ()) if str(each["part"]) != key][:TOP]
    if not results:
        words(say("similar.none"), "wb-soft")
        return
    words(say("similar.lead"), "wb-soft")
    ui.link(say("history.title"), path(f"/history?parts={key}")).classes("wb-small")
    lookalikes(results, key)
