"""What do the parts of `workbench.service.Workbench` that ask of many, or of two, stand on?"""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.catalogue import Catalogue, StoredExamination
    from workbench.jobs import Workers
    from workbench.judging import Conditions
    from workbench.plants import Plant
    from workbench.settings import Settings

__all__ = ["Grounds", "Progress", "Source"]

Progress = Callable[[float, str], None]
Source = Path | str | bytes


class Grounds:
    """Declarations alone; `Workbench` brings what they name."""

    settings: "Settings"
    _lock: Any
    _catalogue: "Catalogue"
    _workers: "Workers"

    if TYPE_CHECKING:

        def plants(self) -> "tuple[Plant, ...]":
            """The plants that were imported."""

        def _examined(
            self,
            data: bytes,
            name: str,
            progress: Progress | None,
            stop: threading.Event | None,
        ) -> "StoredExamination": ...

        _depicted = _examined  # with what is shown of the parts

        def _with_pictures(
            self, examination: "StoredExamination", stop: threading.Event | None
        ) -> "StoredExamination": ...

        def _judged(
            self, examination: "StoredExamination", name: str, conditions: "Conditions"
        ) -> dict[str, Any]: ...

        def _data_or_part(self, source: Source) -> tuple[bytes, str]: ...

        def _index_of(self, source: Source) -> int: ...

        def _part_of(self, source: Source) -> int | None: ...

        @staticmethod
        def _is_key(text: str) -> bool: ...
