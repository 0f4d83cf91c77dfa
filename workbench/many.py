"""How are many files worked on side by side, each answered as soon as it is done?"""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Finished", "side_by_side"]

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
