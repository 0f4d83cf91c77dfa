"""Which answers over the whole catalogue need not be made again, by this program or the next?"""

import json
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workbench.errors import StorageFailure
from workbench.storage import write_whole

__all__ = ["KeptAnswers"]

_log = logging.getLogger(__name__)

Answer = dict[str, Any]


class KeptAnswers:
    """Answers by name, each with the state of the catalogue that it is true of; kept in a folder,
    so that the map of a large catalogue is not laid out again at each start.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[str, tuple[str, Answer]] = {}
        self._lock = threading.Lock()

    def get(self, name: str, state: str, make: Callable[[], Answer]) -> Answer:
        """The answer of that name in that state; made where neither memory nor folder has it."""
        with self._lock:  # who asks for the same at once waits for it
            found = self._held.get(name)
            if found is None or found[0] != state:
                answer = self._read(name, state)
                if answer is None:
                    answer = make()
                    self._write(name, state, answer)
                found = self._held[name] = state, answer
            return found[1]

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"

    def _read(self, name: str, state: str) -> Answer | None:
        """What the folder holds; None of another state, and of a file that cannot be read."""
        try:
            kept = json.loads(self._path(name).read_bytes())
            return dict(kept["answer"]) if kept["state"] == state else None
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            _log.warning("%s is made again: %s", self._path(name), error)
            return None

    def _write(self, name: str, state: str, answer: Answer) -> None:
        """Keep an answer; a disk that refuses costs the next program its time, not this one."""
        data = json.dumps({"state": state, "answer": answer}, ensure_ascii=False).encode()
        try:
            write_whole(self._path(name), data, folder=self._folder, half=self._folder)
        except StorageFailure as error:
            _log.warning("%s is not kept: %s", name, error)
