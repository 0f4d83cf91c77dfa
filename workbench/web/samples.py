"""A button that fills an empty catalogue with the project's sample parts and plants."""

from nicegui import background_tasks, ui

from workbench.errors import KNOWN
from workbench.web.desk import Intake, desk
from workbench.web.elements import box, notice, words
from workbench.web.tongue import label, say

__all__ = ["samples_button"]

LOOK_EVERY_S = 0.3


def samples_button() -> None:
    """A button that loads the samples, showing how far it is, and then loads the page again."""

    async def load() -> None:
        button.disable()
        intake = Intake("", desk().folder)
        with ui.dialog().props("persistent") as dialog, box("wb-card wb-body"):
            words(say("samples.loading"), tag="h2")
            stage = words("", "wb-soft wb-small")
            bar = (
                ui.linear_progress(0, show_value=False)
                .props("instant-feedback")
                .style("width: 320px")
            )
            ui.button(say("cancel"), on_click=intake.stop.set).props("flat")
        dialog.open()

        def look() -> None:
            bar.value = intake.share
            stage.text = intake.stage if "." in intake.stage else label("web.stage", intake.stage)

        timer = ui.timer(LOOK_EVERY_S, look)
        try:
            await desk().load_samples(intake)
        except KNOWN as error:
            notice(error)
        finally:
            timer.cancel()
            dialog.close()
            button.enable()
        ui.navigate.reload()

    button = ui.button(say("samples.load"), icon="category").props("outline")
    button.on_click(lambda: background_tasks.create(_in_place(button, load)))


async def _in_place(button: ui.button, load) -> None:  # type: ignore[no-untyped-def]
    with button.parent_slot or button:
        await load()
