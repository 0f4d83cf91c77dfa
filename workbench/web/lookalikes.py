"""Parts in a list that says how they are like another, and what is known of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from nicegui import ui

from workbench import language as catalogue
from workbench.errors import plain
from workbench.likeness_words import facts, standard_name, why
from workbench.web.elements import box, words
from workbench.web.tongue import language, path, say

__all__ = ["lookalikes"]

MOST_FACES = 60  # named in an address


def lookalikes(results: Sequence[Mapping[str, Any]], key: str) -> None:
    """Results of the contract's answer on likeness to the part `key`, standard parts apart."""
    for each in results:
        if "standard_part" not in each:
            _lookalike(each, key)
    bought = [each for each in results if "standard_part" in each]
    if bought:
        words(say("similar.standard"), tag="h3")
    for each in bought:
        _lookalike(each, key)


def _lookalike(each: Mapping[str, Any], key: str) -> None:
    own = language()
    other = str(each["part"])
    places = each.get("places")
    found = ",".join(map(str, places[0]["faces"][:MOST_FACES])) if places else ""
    target = f"/part/{other}" + (f"?faces={found}" if found else "")
    with ui.link(target=path(target)).classes("wb-lookalike"):
        picture = box(tag="img")
        picture.props["src"] = f"/part/{other}.png"
        picture.props["alt"] = ""
        picture.props["loading"] = "lazy"
        with box():
            name = standard_name(each.get("standard_part"), own)
            words(name or plain(str(each.get("part_name") or each["name"])), "wb-strong wb-name")
            if "why" in each:
                words(why(each, own), "wb-faint wb-small")
            if known := facts(each.get("known", {}), own):
                words(known, "wb-small wb-soft")
        words(catalogue.percent(float(each["similarity"]), 0, own), "wb-score")
    ui.link(say("similar.compare"), path(f"/compare?a={key}&b={other}")).classes("wb-small")
