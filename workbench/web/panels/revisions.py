"""Which parts are revisions of one, in which order? Chosen from the catalogue or dropped."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nicegui import background_tasks, ui

from workbench.errors import KNOWN, JobFailed, plain
from workbench.errors import words as error_words
from workbench.web.desk import Intake, desk
from workbench.web.dropzone import STEP_FILES, DropZone
from workbench.web.elements import box, notice, row, words
from workbench.web.entries import Entry
from workbench.web.tongue import language, path, say

__all__ = ["Revisions"]

_log = logging.getLogger(__name__)

LOOK_ALIKE = 6  # parts offered as further revisions
MOST = 30  # revisions of one history


@dataclass(eq=False)
class _Revision:
    name: str
    key: str = ""  # none while its file is on the way
    said: str = ""


class Revisions:
    """A list of parts, oldest first, that the visitor makes; then the history is asked for."""

    def __init__(
        self, everything: Mapping[str, Entry], keys: Sequence[str], annual: int | None
    ) -> None:
        self.everything = everything
        self.chosen = [
            _Revision(everything[key].name, key, everything[key].file_name) for key in keys
        ]
        self.dropped: dict[int, _Revision] = {}
        with box("wb-card"), box("wb-body"):
            self.list = box("wb-revisions", "ol")
            self.offers = row("wb-offers")
            with row():
                self.choice = ui.select(
                    {each.key: each.name for each in everything.values()},
                    label=say("history.add"),
                    with_input=True,
                    on_change=self._picked,
                )
                self.choice.props("outlined dense options-dense").style("width: 320px")
                self.annual = ui.number(
                    say("match.annual"), value=annual, min=1, precision=0
                ).props("outlined dense clearable")
                self.annual.style("width: 200px").tooltip(say("history.annual_hint"))
                self.button = ui.button(say("history.ask"), on_click=self._ask)
                self.button.props("unelevated")
            zone = DropZone(
                url="/files",
                accept=STEP_FILES,
                limit_bytes=desk().settings.max_bytes,
            ).hear(added=self._added, stored=self._stored, refused=self._refused)
            zone.style("min-height: 76px; padding: 12px")
            with zone:
                words(say("history.drop_here"), "wb-strong")
                words(say("history.drop_hint"), "wb-faint")
        self._show()
        if len(keys) == 1:
            background_tasks.create(self._offer(keys[0]), name="revisions offered")

    # --- the list ---

    def _show(self) -> None:
        self.list.clear()
        with self.list:
            for place, each in enumerate(self.chosen):
                self._line(place, each)
        ready = [each for each in self.chosen if each.key]
        self.button.set_enabled(len(ready) >= 2 and len(ready) == len(self.chosen))
        if not self.chosen:
            with self.list:
                words(say("history.none_yet"), "wb-soft", "li")

    def _line(self, place: int, each: _Revision) -> None:
        with box("wb-revision-line", "li"):
            words(str(place + 1), "wb-rank", "span")
            picture = box(tag="img" if each.key else "span")
            if each.key:
                picture.props["src"] = f"/part/{each.key}.png"
                picture.props["alt"] = ""
            words(each.name, "wb-strong wb-name", "span").tooltip(each.name)
            words(each.said, "wb-faint", "span")
            with box("wb-file-buttons"):
                last = len(self.chosen) - 1
                self._icon("arrow_upward", "history.earlier", each, -1, place == 0)
                self._icon("arrow_downward", "history.later", each, 1, place == last)
                self._icon("close", "upload.remove", each, 0, False)

    def _icon(self, icon: str, key: str, each: _Revision, step: int, off: bool) -> None:
        button = ui.button(icon=icon, on_click=lambda: self._move(each, step))
        button.props("flat round dense color=grey-7").set_enabled(not off)
        button.props["aria-label"] = f"{say(key)}: {each.name}"
        button.tooltip(say(key))

    def _move(self, each: _Revision, step: int) -> None:
        place = self.chosen.index(each)
        self.chosen.remove(each)
        if step:
            self.chosen.insert(place + step, each)
        self._show()

    def _take(self, key: str, name: str) -> None:
        if len(self.chosen) < MOST and key not in {each.key for each in self.chosen}:
            known = self.everything.get(key)
            self.chosen.append(_Revision(name, key, known.file_name if known else ""))
        self._show()

    def _picked(self, event: Any) -> None:
        if event.value:
            first = not self.chosen
            self._take(event.value, self.everything[event.value].name)
            self.choice.set_value(None)
            if first:
                background_tasks.create(self._offer(event.value), name="revisions offered")

    async def _offer(self, key: str) -> None:
        """The parts most like the first, to be taken with a click."""
        try:
            found = await desk().ask("similar", key, top=LOOK_ALIKE + 1)
        except KNOWN as error:
            _log.info("nothing is offered beside %s: %s", key, error)
            return
        alike = [str(each["part"]) for each in found["results"]]
        alike = [each for each in alike if each != key and each in self.everything][:LOOK_ALIKE]
        self.offers.clear()
        if not alike:
            return
        with self.offers:
            words(say("history.alike"), "wb-faint")
            for each in alike:
                name = self.everything[each].name
                chip = ui.button(name, icon="add", on_click=lambda k=each, n=name: self._take(k, n))
                chip.props("flat dense no-caps")

    def _ask(self) -> None:
        parts = ",".join(each.key for each in self.chosen)
        annual = f"&annual={int(self.annual.value)}" if self.annual.value else ""
        ui.navigate.to(path(f"/history?parts={parts}{annual}"))

    # --- dropped files ---

    def _added(self, file: dict[str, Any]) -> None:
        if len(self.chosen) >= MOST:
            return
        each = _Revision(plain(str(file.get("name", ""))), said=say("stage.sending"))
        self.dropped[int(file["id"])] = each
        self.chosen.append(each)
        self._show()

    def _refused(self, file: dict[str, Any]) -> None:
        if (each := self.dropped.get(int(file["id"]))) in self.chosen:
            self.chosen.remove(each)
            self._show()
        notice(say("upload.not_sent"))

    def _stored(self, file: dict[str, Any]) -> None:
        each, place = self.dropped.get(int(file["id"])), desk().take(file.get("token"))
        if each is not None and place is not None:
            each.said = say("history.examining")
            self._show()
            background_tasks.create(self._add(each, Intake(each.name, place)), name="a revision")

    async def _add(self, each: _Revision, intake: Intake) -> None:
        try:
            keys = await desk().add(intake)
        except KNOWN as error:
            said = " ".join(part for part in error_words(error, language()) if part)
        except Exception:
            _log.exception("the intake of %s failed", intake.path.name)
            said = " ".join(error_words(JobFailed(""), language()))
        else:
            each.key, each.said = keys[0], ""
            said = ""
        with self.list:
            if said:
                if each in self.chosen:
                    self.chosen.remove(each)
                notice(f"{each.name}: {said}")
            self._show()
