"""The local plants: by region, with their machines; how they come in."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nicegui import ui

from workbench import language as catalogue
from workbench.errors import plain
from workbench.settings import MEGABYTE
from workbench.web.desk import desk
from workbench.web.elements import box, empty, heading, notice, process_name, row, table, words
from workbench.web.frame import page
from workbench.web.one_file import one_file
from workbench.web.samples import samples_button
from workbench.web.tongue import label, language, say, size

if TYPE_CHECKING:
    from workbench.plants import Machine, Plant

__all__: list[str] = []

WORKBOOK_BYTES = 20 * MEGABYTE
MOST_PROBLEMS = 200


@page("/plants", "plants", in_menu=True)
async def plants() -> None:
    """Build the page."""
    known: Sequence[Plant] = await desk().ask("plants")
    with box("wb-page", "main"):
        with heading(say("plants.title"), say("plants.lead")):
            ui.button(
                say("plants.template"),
                icon="download",
                on_click=lambda: ui.download(f"/plants/template-{language()}.xlsx"),
            ).props("outline")
        _import()
        if not known:
            with empty("factory", say("plants.empty_title"), say("plants.empty_lead")):
                samples_button()
            return
        if any(plant.illustrative for plant in known):
            words(say("plants.illustrative"), "wb-alert wb-small")
        for region in dict.fromkeys(plant.region for plant in known):
            _region(region, [plant for plant in known if plant.region == region])


def _region(region: str, members: "Sequence[Plant]") -> None:
    with row():
        words(label("plant.region", region), tag="h2")
        words(say("plants.count", count=len(members)), "wb-faint")
    with box("wb-card"):
        for plant in members:
            _plant(plant)


def _plant(plant: "Plant") -> None:
    processes = dict.fromkeys(machine.process for machine in plant.machines)
    with box("wb-body").style("border-bottom: 1px solid var(--line)"):
        head = box("wb-row", "button").props('type=button aria-expanded="false"')
        head.style("all: unset; cursor: pointer; display: flex; gap: 12px; align-items: center")
        with head:
            arrow = ui.icon("chevron_right")
            words(plain(plant.name), "wb-strong")
            words(plain(plant.city), "wb-faint")
            words(say("plants.machines", count=len(plant.machines)), "wb-faint")
        with row().style("gap: 6px; padding-left: 28px"):
            for process in processes:
                words(
                    say("plants.finishing") if process == "finishing" else process_name(process),
                    "wb-chip",
                    "span",
                )
            for held in plant.certificates:
                words(held.name, "wb-chip suitable", "span")
        body = box()
        body.visible = False

    def toggle() -> None:
        body.visible = not body.visible
        arrow.name = "expand_more" if body.visible else "chevron_right"
        head.props["aria-expanded"] = "true" if body.visible else "false"
        if body.visible and not body.default_slot.children:
            with body:
                _machines(plant.machines)

    head.on("click", toggle)


def _machines(machines: "Sequence[Machine]") -> None:
    own = language()
    table(
        [
            (say("plants.machine"), False),
            (say("plants.kind"), False),
            (say("plants.envelope"), False),
            (say("plants.force"), True),
            (say("plants.tolerance"), True),
            (say("plants.rate"), True),
        ],
        [
            (
                plain(machine.name) + (f" × {machine.count}" if machine.count > 1 else ""),
                label("plant.kind", machine.kind),
                _envelope(machine),
                catalogue.quantity(machine.tonnage_kn, "kN", 0, own) if machine.tonnage_kn else "",
                f"IT{machine.tolerance_it}" if machine.tolerance_it else "",
                catalogue.money(machine.hourly_rate_uzs, "UZS", None, own),
            )
            for machine in machines
        ],
    )


def _envelope(machine: "Machine") -> str:
    sizes = [
        each
        for each in (machine.length_mm, machine.width_mm, machine.height_mm)
        if each is not None
    ]
    parts = [size(sizes)] if sizes else []
    if machine.max_diameter_mm is not None:
        parts.append(f"Ø {size([machine.max_diameter_mm])}")
    if machine.max_thickness_mm is not None:
        parts.append(f"≤ {size([machine.max_thickness_mm])}")
    return ", ".join(parts)


def _import() -> None:
    async def take(place: Path, _: str) -> int:
        return await desk().import_plants(place)

    def taken(count: int) -> None:
        ui.notify(say("plants.imported", count=count), type="positive", position="top")
        ui.navigate.reload()

    one_file(
        accept=".xlsx",
        limit_bytes=WORKBOOK_BYTES,
        wanted=say("plants.drop_here"),
        hint=say("plants.drop_hint"),
        take=take,
        taken=taken,
        wrong=_problems,
        too_large=say("plants.too_large"),
    )


def _problems(name: str, error: Exception) -> None:
    """What is wrong, cell by cell."""
    problems = getattr(error, "problems", ())
    with box("wb-card"):
        with box("wb-body"):
            words(say("plants.refused", name=plain(name)), "wb-strong")
            if not problems:
                notice(error)
                words(plain(str(error), 400), "wb-soft")
        if problems:
            own = language()
            table(
                [(say("plants.cell"), False), (say("plants.problem"), False)],
                [
                    (each.where, each.sentence(own).removeprefix(f"{each.where}: "))
                    for each in problems[:MOST_PROBLEMS]
                ],
            )
