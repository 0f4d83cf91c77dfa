"""What does a visitor see while something long is worked out? The page, and how far it is."""

from dataclasses import dataclass
from typing import Any

from nicegui import ui

from workbench.web.desk import desk
from workbench.web.elements import box, words
from workbench.web.tongue import capital, named, say

__all__ = ["waited"]

LOOK_EVERY_S = 0.25


@dataclass
class _Heard:
    """What was last said of the work; written by its thread, read by the page."""

    share: float = 0.0
    stage: str = ""

    def hear(self, share: float, stage: str) -> None:
        self.share, self.stage = share, stage


async def waited(verb: str, *args: Any, **options: Any) -> Any:
    """The answer of a service that takes its time, with a bar in this place until it is there.

    The page is shown before the work begins, and can be left: what is worked out then is kept by
    the service for the next visit. Raises what the service raises.
    """
    heard = _Heard()
    with box("wb-waiting") as frame:
        words(say("loading"), "wb-soft")
        with box("wb-track"):
            track = box().style("width: 0%")
        stage = words("", "wb-faint")

    def look() -> None:
        track.style(f"width: {100 * heard.share:.0f}%")
        said = named(f"web.stage.{heard.stage}") or named(f"cli.stage.{heard.stage}") or ""
        stage.text = capital(said)

    timer = ui.timer(LOOK_EVERY_S, look)
    await ui.context.client.connected()
    try:
        return await desk().ask_long(verb, *args, progress=heard.hear, **options)
    finally:
        timer.cancel()
        frame.delete()
