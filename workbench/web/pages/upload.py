"""Bringing files in: dropped, sent, analysed; each with its progress, its end or its error."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

from nicegui import background_tasks, ui
from nicegui.element import Element

from workbench import language as catalogue
from workbench.errors import KNOWN, Cancelled, JobFailed, plain
from workbench.errors import words as error_words
from workbench.settings import MEGABYTE
from workbench.web.desk import Intake, desk
from workbench.web.dropzone import STEP_FILES, DropZone
from workbench.web.elements import box, heading, notice, words
from workbench.web.frame import page
from workbench.web.tongue import label, language, path, say

__all__: list[str] = []

_log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.25
SENDING_SHARE = 0.25  # of the bar; the rest is the analysis
MOST_FILES = 500  # rows of one visit; whole folders go through the command line


@dataclass
class FileRow:
    """One file on the page."""

    id: int
    name: str
    frame: Element
    icon: ui.icon
    track: Element
    stage: Any
    error: Any
    buttons: Element
    intake: Intake | None = None


@page("/upload", "upload", in_menu=True)
def upload() -> None:
    """Build the page."""
    Upload()


class Upload:
    """The page of one visitor: rows by the number that the browser gave their files."""

    def __init__(self) -> None:
        self.rows: dict[int, FileRow] = {}
        with box("wb-page", "main"):
            heading(say("upload.title"), say("upload.lead"))
            self.zone = DropZone(
                url="/files",
                accept=STEP_FILES,
                limit_bytes=desk().settings.max_bytes,
            ).hear(added=self.added, sent=self.sent, stored=self.stored, refused=self.refused)
            with self.zone:
                ui.icon("upload_file")
                words(say("upload.drop_here"), "wb-strong")
                words(say("upload.limit", size=self._limit()), "wb-faint")
            self.list = box("wb-card wb-files")
            self.list.visible = False
        ui.timer(LOOK_EVERY_S, self.look)

    @staticmethod
    def _limit() -> str:
        return catalogue.quantity(desk().settings.max_bytes / MEGABYTE, "MB", 0, language())

    def added(self, file: dict[str, Any]) -> None:
        """A file was chosen: give it a row."""
        if len(self.rows) >= MOST_FILES:
            self.zone.forget(int(file["id"]))
            return
        self.list.visible = True
        name = plain(str(file.get("name", "")))
        with self.list, box("wb-file") as frame:
            icon = ui.icon("description")
            words(name, "wb-name wb-strong").tooltip(name)
            with box("wb-stack").style("gap: 4px"):
                with box("wb-track"):
                    track = box().style("width: 0%")
                stage = words(say("stage.sending"), "wb-faint wb-name")
            buttons = box("wb-file-buttons")
            error = words("", "wb-file-error")
            error.visible = False
        row = FileRow(int(file["id"]), name, frame, icon, track, stage, error, buttons)
        self.rows[row.id] = row
        self._buttons(row, "cancel")

    def sent(self, file: dict[str, Any]) -> None:
        """Some of a file has arrived."""
        if row := self.rows.get(file["id"]):
            self._show(row, SENDING_SHARE * float(file["share"]), say("stage.sending"))

    def refused(self, file: dict[str, Any]) -> None:
        """The server did not take a file."""
        if row := self.rows.get(file["id"]):
            if file.get("status") == 413:
                self._fail(row, say("upload.too_large", size=self._limit()), retry=False)
            else:
                self._fail(row, say("upload.not_sent"), retry=True)

    def stored(self, file: dict[str, Any]) -> None:
        """A file lies on the server: analyse it."""
        row, place = self.rows.get(file["id"]), desk().take(file.get("token"))
        if row is None or place is None:
            return
        row.intake = Intake(row.name, place)
        background_tasks.create(self._analyse(row, row.intake), name=f"intake of {place.name}")

    async def _analyse(self, row: FileRow, intake: Intake) -> None:
        # the analysis goes on when the visitor leaves; what it says then reaches nobody
        try:
            keys = await desk().add(intake)
        except Cancelled:
            with self.list:
                self._fail(row, say("upload.cancelled"), retry=True)
        except KNOWN as error:
            with self.list:
                said = " ".join(part for part in error_words(error, language()) if part)
                self._fail(row, plain(said, 500), retry=True)
                notice(f"{row.name}: {said}")
        except asyncio.CancelledError:
            intake.stop.set()
            raise
        except Exception:
            _log.exception("the intake of %s failed", intake.path.name)
            with self.list:
                self._fail(row, plain(" ".join(error_words(JobFailed(""), language()))), retry=True)
        else:
            with self.list:
                self._done(row, keys)
        finally:
            row.intake = None

    def look(self) -> None:
        """Show how far the analyses are."""
        for row in self.rows.values():
            if row.intake is not None:
                share = SENDING_SHARE + (1 - SENDING_SHARE) * row.intake.share
                self._show(row, share, label("web.stage", row.intake.stage))

    def _show(self, row: FileRow, share: float, stage: str) -> None:
        row.track.style(f"width: {100 * share:.0f}%")
        row.stage.text = stage

    def _done(self, row: FileRow, keys: list[str]) -> None:
        self._show(row, 1.0, say("upload.done", count=len(keys)))
        row.frame.classes(add="done")
        row.icon.name = "check_circle"
        self._buttons(row, "open", keys[0] if keys else "")
        if len(self.rows) == 1 and keys:
            ui.navigate.to(path(f"/part/{keys[0]}"))

    def _fail(self, row: FileRow, what: str, *, retry: bool) -> None:
        row.intake = None
        row.frame.classes(add="failed")
        row.icon.name = "error_outline"
        row.stage.text = ""
        row.error.text = what
        row.error.visible = True
        self._buttons(row, "retry" if retry else "forget")

    def _buttons(self, row: FileRow, which: str, key: str = "") -> None:
        row.buttons.clear()
        with row.buttons:
            if which == "open":
                target = path(f"/part/{key}")
                ui.button(say("open"), on_click=lambda: ui.navigate.to(target)).props("flat dense")
                return
            if which == "retry":
                self._icon("refresh", "upload.retry", lambda: self._retry(row))
            forget = which in ("retry", "forget")
            self._icon(
                "close",
                "upload.remove" if forget else "cancel",
                lambda: self._remove(row) if forget else self._cancel(row),
            )

    @staticmethod
    def _icon(icon: str, key: str, act: Any) -> None:
        button = ui.button(icon=icon, on_click=act).props("flat round dense color=grey-7")
        button.props["aria-label"] = say(key)
        button.tooltip(say(key))

    def _retry(self, row: FileRow) -> None:
        row.frame.classes(remove="failed")
        row.icon.name = "description"
        row.error.visible = False
        self._show(row, 0.0, say("stage.sending"))
        self._buttons(row, "cancel")
        self.zone.retry(row.id)

    def _cancel(self, row: FileRow) -> None:
        if row.intake is not None:
            row.intake.stop.set()
            row.stage.text = say("upload.cancelling")
        else:
            self.zone.cancel(row.id)
            self._fail(row, say("upload.cancelled"), retry=True)

    def _remove(self, row: FileRow) -> None:
        self.zone.forget(row.id)
        row.frame.delete()
        del self.rows[row.id]
        self.list.visible = bool(self.rows)
