"""Parts of the catalogue that look like this one."""

from nicegui import ui

from workbench import language as catalogue
from workbench.errors import KNOWN, plain
from workbench.web.desk import desk
from workbench.web.elements import box, notice, words
from workbench.web.tongue import language, path, say

__all__ = ["similar_panel"]

TOP = 12


async def similar_panel(key: str) -> None:
    """The list, most similar first."""
    try:
        found = await desk().ask("similar", key, top=TOP + 1)
    except KNOWN as error:
        notice(error)
        return
    own = language()
    results = [each for each in found.get("results", ()) if str(each["part"]) != key][:TOP]
    if not results:
        words(say("similar.none"), "wb-soft")
        return
    words(say("similar.lead"), "wb-soft")
    for each in results:
        other = str(each["part"])
        with ui.link(target=path(f"/part/{other}")).classes("wb-lookalike"):
            picture = box(tag="img")
            picture.props["src"] = f"/part/{other}.png"
            picture.props["alt"] = ""
            words(plain(str(each.get("part_name") or each["name"])), "wb-strong wb-name")
            words(catalogue.percent(float(each["similarity"]), 0, own), "wb-score")
        ui.link(say("similar.compare"), path(f"/compare?a={key}&b={other}")).classes("wb-small")
