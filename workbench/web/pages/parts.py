"""The list of parts: pictures, search, order, filters."""

from collections.abc import Callable
from dataclasses import dataclass

from nicegui import ui

from workbench.web.elements import box, empty, heading, meter, process_name, words
from workbench.web.entries import Entry, entries, told_apart
from workbench.web.frame import page
from workbench.web.samples import samples_button
from workbench.web.tongue import path, say, size

__all__: list[str] = []

AT_ONCE = 60  # cards before one has to ask for more
SIZES_MM = {"small": (0.0, 100.0), "middle": (100.0, 400.0), "large": (400.0, float("inf"))}
SCORES = (80, 60, 40)
ORDERS: dict[str, Callable[[Entry], object]] = {
    "newest": lambda _: 0,  # as the catalogue gives them
    "name": lambda each: each.name.casefold(),
    "suitability": lambda each: -each.suitability,
    "size": lambda each: -max(each.size_mm, default=0.0),
}


@dataclass
class Choice:
    """What the visitor asked to see."""

    search: str = ""
    order: str = "newest"
    process: str = ""
    size: str = ""
    least: str = ""
    shown: int = AT_ONCE

    def keeps(self, each: Entry) -> bool:
        """Whether a part passes the filters."""
        low, high = SIZES_MM.get(self.size, (0.0, float("inf")))
        return (
            low <= max(each.size_mm, default=0.0) < high
            and (not self.process or each.process == self.process)
            and (not self.least or each.suitability >= float(self.least))
        )


@page("/parts", "parts", in_menu=True)
async def parts() -> None:
    """Build the page."""
    choice = Choice()
    everything = await entries()
    names = told_apart(everything)
    with box("wb-page", "main"):
        with heading(say("parts.title"), say("parts.lead")):
            ui.button(
                say("upload.title"),
                icon="upload_file",
                on_click=lambda: ui.navigate.to(path("/upload")),
            ).props("unelevated")
        if not everything:
            with empty("view_in_ar", say("parts.empty_title"), say("parts.empty_lead")):
                ui.button(
                    say("upload.title"), on_click=lambda: ui.navigate.to(path("/upload"))
                ).props("unelevated")
                samples_button()
            return

        @ui.refreshable
        async def cards() -> None:
            found = await entries(choice.search) if choice.search else await entries()
            found = sorted(filter(choice.keeps, found), key=ORDERS[choice.order])  # type: ignore[arg-type]
            words(say("parts.count", count=len(found)), "wb-faint")
            if not found:
                words(say("parts.none"), "wb-card wb-empty wb-soft")
            with box("wb-grid"):
                for each in found[: choice.shown]:
                    part_card(each, names.get(each.key, each.name))  # new ones may have come
            if len(found) > choice.shown:
                ui.button(say("more"), on_click=more).props("outline")

        async def more() -> None:
            choice.shown += AT_ONCE
            await _refreshed(cards)

        async def change(name: str, value: str | None) -> None:
            setattr(choice, name, value or "")
            choice.shown = AT_ONCE
            await _refreshed(cards)

        _filters(everything, change)
        await cards()


async def _refreshed(cards: ui.refreshable) -> None:
    answer = cards.refresh()
    if answer is not None:
        await answer


def _filters(everything: list[Entry], change: Callable[[str, str | None], object]) -> None:
    processes = sorted({each.process for each in everything if each.process})
    with box("wb-filters", "form").props(f'role=search aria-label="{say("parts.search")}"'):
        search = ui.input(placeholder=say("parts.search")).props(
            "outlined dense clearable debounce=250"
        )
        search.classes("wb-search").on_value_change(lambda e: change("search", e.value))
        with search.add_slot("prepend"):
            ui.icon("search")
        _select("process", {each: process_name(each) for each in processes}, change)
        _select("size", {each: say(f"parts.size_{each}") for each in SIZES_MM}, change)
        _select("least", {str(each): f"≥ {each}" for each in SCORES}, change)
        order = ui.select(
            {each: say(f"parts.order_{each}") for each in ORDERS},
            value="newest",
            label=say("parts.order"),
        )
        order.props("outlined dense options-dense").on_value_change(
            lambda e: change("order", e.value)
        )


def _select(
    name: str, options: dict[str, str], change: Callable[[str, str | None], object]
) -> None:
    choice = ui.select(options, label=say(f"parts.filter_{name}"), clearable=True)
    choice.props("outlined dense options-dense").on_value_change(lambda e: change(name, e.value))


def part_card(each: Entry, name: str) -> None:
    """One part in the grid, under a name that tells it from others."""
    with ui.link(target=path(f"/part/{each.key}")).classes("wb-card wb-part-card"):
        with box("wb-thumb"):
            picture = box(tag="img")
            picture.props["src"] = f"/part/{each.key}.png"
            picture.props["alt"] = ""
            picture.props["loading"] = "lazy"
        with box("wb-part-text"):
            words(name, "wb-strong wb-name").tooltip(name)
            words(size(each.size_mm) if each.size_mm else "", "wb-faint")
            if each.process:
                with box("wb-meter"):
                    words(process_name(each.process), "wb-name")
                    words(f"{each.suitability:.0f}", "wb-number wb-strong")
                    meter(each.suitability)
