"""How does a person see that work goes on? A bar on stderr, only where stderr is a terminal."""

import sys
from typing import Any

from workbench import language
from workbench.errors import plain

__all__ = ["STAGES", "Bars", "Progress", "stage_words"]

STAGES = ("reading", "meshing", "features", "fields", "processes", "picture", "comparing")
LONGEST_NAME = 40  # characters of a file's name beside its bar


def stage_words(stage: str) -> str:
    """A stage in the language of the call; one without a text as it is."""
    return language.text(f"cli.stage.{stage}") if stage in STAGES else plain(stage, LONGEST_NAME)


class Bars:
    """Bars of several files, and one of them all."""

    def __init__(self, total: int = 0) -> None:
        self._shown = sys.stderr.isatty()
        self._total = total
        self._rows: dict[object, Any] = {}
        self._bars: Any = None
        self._all: Any = None

    def __enter__(self) -> "Bars":
        if self._shown:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

            self._bars = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                TextColumn("{task.fields[stage]}", markup=False),
                TimeElapsedColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._bars.start()
            if self._total:
                self._all = self._bars.add_task(
                    language.text("cli.batch.all"), total=self._total, stage=f"0/{self._total}"
                )
        return self

    def __exit__(self, *_: object) -> None:
        if self._bars is not None:
            self._bars.stop()

    def hear(self, who: object, name: str, share: float, stage: str) -> None:
        """One file's progress."""
        if self._bars is None:
            return
        if who not in self._rows:
            self._rows[who] = self._bars.add_task(plain(name, LONGEST_NAME), total=1.0, stage="")
        self._bars.update(self._rows[who], completed=share, stage=stage_words(stage))

    def finish(self, who: object, done: int) -> None:
        """One file is through, `done` so far."""
        if self._bars is None:
            return
        if (row := self._rows.pop(who, None)) is not None:
            self._bars.remove_task(row)
        if self._all is not None:
            self._bars.update(self._all, completed=done, stage=f"{done}/{self._total}")


class Progress:
    """The bar of one file; call it with (share, stage)."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._bars = Bars()

    def __enter__(self) -> "Progress":
        self._bars.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.__exit__()

    def __call__(self, share: float, stage: str) -> None:
        """Hear how far the file is."""
        self._bars.hear(self, self._name, share, stage)
