"""A place to drop one file that is taken in at once: a workbook of plants, a profile of limits."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from nicegui import background_tasks

from workbench.errors import KNOWN
from workbench.web.desk import desk
from workbench.web.dropzone import DropZone
from workbench.web.elements import box, notice, words
from workbench.web.tongue import say

__all__ = ["one_file"]

TOO_LARGE = 413  # status of the answer to an upload
Taken = TypeVar("Taken")


def one_file(
    *,
    accept: str,
    limit_bytes: int,
    wanted: str,
    hint: str,
    take: Callable[[Path, str], Awaitable[Taken]],
    taken: Callable[[Taken], None],
    wrong: Callable[[str, Exception], None],
    too_large: str = "",
    beside: Callable[[], object] = lambda: None,
) -> None:
    """A drop zone, and under it what came of the file.

    take: takes the file in, given its place and its name; taken, wrong: show its answer, or what is
    wrong with the file of that name; too_large: said of a file over the limit where it differs from
    what is said of any that was not sent; beside: draws between the zone and the report.
    """
    zone = DropZone(url="/files", accept=accept, limit_bytes=limit_bytes, multiple=False)
    zone.style("min-height: 92px; padding: 16px")
    with zone:
        words(wanted, "wb-strong")
        words(hint, "wb-faint")
    beside()
    report = box()
    name = [""]

    async def stored(token: Any) -> None:
        place = desk().take(token)
        if place is None:
            return
        report.clear()
        try:
            answer = await take(place, name[0])
        except KNOWN as error:
            with report:
                wrong(name[0], error)
            return
        with report:
            taken(answer)

    def refused(file: dict[str, Any]) -> None:
        large = file.get("status") == TOO_LARGE and too_large
        with report:
            notice(too_large if large else say("upload.not_sent"))

    zone.hear(
        added=lambda file: name.__setitem__(0, str(file.get("name", ""))),
        stored=lambda file: background_tasks.create(stored(file.get("token"))),
        refused=refused,
    )
