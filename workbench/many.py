"""How are many files worked on side by side, each answered as soon as it is done?"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, as_completed, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from workbench.errors import Cancelled

__all__ = ["Finished", "side_by_side", "together"]

LOOK_EVERY_S = 0.05  # how soon a stop is passed on
Answer = TypeVar("Answer")

Progress = Callable[[float, str], None]
One = Callable[[Path, Progress, threading.Event], dict[str, Any]]


@dataclass(frozen=True)
class Finished:
    """One file of many: its answer, or the error that took its place."""

    path: Path
    answer: dict[str, Any] | None
    error: Exception | None


def side_by_side(
    paths: Iterable[Path],
    one: One,
    *,
    jobs: int,
    progress: Callable[[Path, float, str], None] | None = None,
) -> Iterator[Finished]:
    """Answers of `one(path, progress, stop)`; a file that fails costs nobody else.

    Errors come back in their `Finished`; only what is not about one file is raised.
    """
    stop = threading.Event()

    def asked(path: Path) -> dict[str, Any]:
        def heard(share: float, stage: str) -> None:
            if progress is not None:
                progress(path, share, stage)

        return one(path, heard, stop)

    with ThreadPoolExecutor(jobs, "side-by-side") as threads:
        running = {threads.submit(asked, path): path for path in paths}
        try:
            for done in as_completed(running):
                error = done.exception()
                if error is None:
                    yield Finished(running[done], done.result(), None)
                elif isinstance(error, Exception):
                    yield Finished(running[done], None, error)
                else:
                    raise error
        finally:  # nobody listens any more: what waits never starts, what runs is ended
            stop.set()
            for future in running:
                future.cancel()


def together(
    calls: "Sequence[Callable[[Progress, threading.Event], Answer]]",
    progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> list[Answer]:
    """Answers of calls that need each other's: at once; the first that fails ends the others.

    Raises what it raised, and Cancelled.
    """
    own = threading.Event()
    shares = [0.0] * len(calls)

    def heard(number: int) -> Progress:
        def hear(share: float, stage: str) -> None:
            shares[number] = share
            if progress is not None:
                progress(sum(shares) / len(shares), stage)

        return hear

    with ThreadPoolExecutor(len(calls), "together") as threads:
        running = [threads.submit(call, heard(n), own) for n, call in enumerate(calls)]
        try:
            while (state := wait(running, LOOK_EVERY_S, FIRST_EXCEPTION)).not_done:
                if any(each.exception() for each in state.done) or (stop and stop.is_set()):
                    break
        finally:  # what still runs is ended
            own.set()
    errors = [error for each in running if (error := each.exception()) is not None]
    for error in sorted(errors, key=lambda error: isinstance(error, Cancelled)):
        raise error
    return [each.result() for each in running]
