"""The first page: what this is for, in five lines, with the figures of this installation."""

from nicegui import ui

from workbench import language as catalogue
from workbench.web.desk import desk
from workbench.web.elements import box, row, words
from workbench.web.entries import Entry, entries
from workbench.web.frame import page
from workbench.web.samples import samples_button
from workbench.web.tongue import language, path, say

__all__: list[str] = []

STEPS = 5
MOSAIC = 6


@page("/", "start")
async def start() -> None:
    """Build the page."""
    parts = await entries()
    plants = await desk().ask("plants")
    with box("wb-page", "main"):
        with box("wb-start"):
            with box():
                words(say("start.promise"), tag="h1")
                with box("wb-steps", "ol"):
                    for step in range(1, STEPS + 1):
                        with box(tag="li"):
                            words(say(f"start.step_{step}"), tag="span")
                with row():
                    ui.button(
                        say("upload.title"),
                        icon="upload_file",
                        on_click=lambda: ui.navigate.to(path("/upload")),
                    ).props("unelevated")
                    if parts:
                        ui.button(
                            say("parts.title"),
                            on_click=lambda: ui.navigate.to(path("/parts")),
                        ).props("outline")
                    else:
                        samples_button()
            _mosaic(parts[:MOSAIC])
        with box("wb-figures"):
            _figure(len(parts), "start.figure_parts")
            _figure(sum(each.makeable for each in parts), "start.figure_makeable")
            _figure(len(plants), "start.figure_plants")
            _figure(sum(len(each.machines) for each in plants), "start.figure_machines")


def _mosaic(parts: list[Entry]) -> None:
    with box("wb-mosaic"):
        for each in parts:
            with ui.link(target=path(f"/part/{each.key}")):
                box(tag="img").props["src"] = f"/part/{each.key}.png"
                ui.tooltip(each.name)


def _figure(count: int, key: str) -> None:
    with box("wb-card wb-figure"):
        words(catalogue.number(count, 0, language()), tag="b")
        words(say(key), "wb-soft wb-small")
