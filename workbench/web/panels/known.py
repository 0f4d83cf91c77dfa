"""What people know of a part, to be read and said: status, price, plant, process, supplier."""

from typing import Any

from nicegui import ui

from workbench.errors import KNOWN
from workbench.known import FIELDS, STATUSES
from workbench.web.desk import desk
from workbench.web.elements import box, notice, process_name, words
from workbench.web.tongue import label, say

__all__ = ["known_panel"]


async def known_panel(key: str) -> None:
    """The form."""
    from geometry.processes.rules import PROCESSES

    facts = (await desk().ask("facts", [key])).get(key)
    told = facts.told() if facts is not None else {}
    words(say("known.title"), tag="h3")
    choices = {
        "status": {each: label("likeness.status", each) for each in STATUSES},
        "process": {each: process_name(each) for each in PROCESSES},
    }
    fields: dict[str, Any] = {}
    with box("wb-known"):
        for name in FIELDS:
            title, value = say(f"known.{name}"), told.get(name)
            if name in choices:
                field = ui.select(choices[name], label=title, value=value, clearable=True)
            elif name == "price":
                field = ui.number(title, value=value, min=0)
            else:
                field = ui.input(title, value=value or "")
            fields[name] = field.props("outlined dense options-dense")

    async def keep() -> None:
        try:
            said = {name: field.value if field.value is not None else "" for name, field
                    in fields.items()}  # fmt: skip
            await desk().ask("know", key, **said)
        except KNOWN as error:
            notice(error)
            return
        notice(say("known.saved"), kind="positive")

    ui.button(say("known.save"), on_click=keep).props("unelevated").classes("wb-known-keep")
