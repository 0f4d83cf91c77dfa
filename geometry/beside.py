"""What is done in a second process while this one goes on with the first half of the work?

The kernel keeps Python's lock while it reads: two threads take as long as one. A forked process has
what this one has loaded and costs some ten milliseconds.
"""

import os
import pickle
import signal
import struct
import sys
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, NoReturn

from geometry.errors import GeometryError

__all__ = ["POSSIBLE", "Beside", "Lost"]

# elsewhere there is no fork, or none that a program with threads survives
POSSIBLE = sys.platform == "linux"
_LENGTH = struct.Struct("<Q")
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


class Lost(Exception):
    """The other process ended before it had said everything."""


class Beside:
    """The answers of a generator that runs in a process of its own, one after the other.

    It is ended with this object, as a context manager, and with this process.
    """

    def __init__(self, make: Callable[[], Iterator[Any]]) -> None:
        reading, writing = os.pipe()
        self._process = os.fork()
        if self._process == 0:
            os.close(reading)
            _answer(make, writing)
        os.close(writing)
        self._answers = os.fdopen(reading, "rb")

    def __enter__(self) -> "Beside":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._answers.close()
        os.kill(self._process, signal.SIGKILL)  # not reaped before: the number is still its own
        os.waitpid(self._process, 0)

    def next(self) -> Any:
        """What the generator yields next; waits for it.

        Raises the GeometryError that it raised, and Lost where the process has ended.
        """
        length = self._answers.read(_LENGTH.size)
        if len(length) < _LENGTH.size:
            raise Lost
        answer = self._answers.read(*_LENGTH.unpack(length))
        if len(answer) < _LENGTH.unpack(length)[0]:
            raise Lost
        answer = pickle.loads(answer)
        if isinstance(answer, GeometryError):
            raise answer
        return answer


def _answer(make: Callable[[], Iterator[Any]], writing: int) -> NoReturn:
    """The body of the other process; nothing of the first one's business is ended here."""
    code = 1
    try:
        import ctypes

        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
        with os.fdopen(writing, "wb") as answers:
            try:
                for each in make():
                    _say(answers, each)
            except GeometryError as error:
                _say(answers, error)
        code = 0
    finally:  # any other error is met again by whoever does the work that is missing
        os._exit(code)


def _say(answers: Any, answer: Any) -> None:
    packed = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
    answers.write(_LENGTH.pack(len(packed)))
    answers.write(packed)
    answers.flush()
