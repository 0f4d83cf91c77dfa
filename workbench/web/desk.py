"""How do the pages ask the services without blocking the event loop? In threads."""

import asyncio
import contextlib
import functools
import secrets
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nicegui import app

from workbench.rule_profiles import Profiles
from workbench.settings import Settings

__all__ = ["Desk", "Intake", "TooManyBytes", "desk"]

SHORT_THREADS = 6  # reads of the catalogue, matching: milliseconds each
LONG_THREADS = 2  # maps, histories, drawings: seconds to minutes, most of it in workers


class TooManyBytes(Exception):
    """An upload is longer than the limit."""


@dataclass
class Intake:
    """One uploaded file on its way into the catalogue; read by the page, written by a thread."""

    name: str
    path: Path
    share: float = 0.0
    stage: str = "waiting"
    stop: threading.Event = field(default_factory=threading.Event)

    def hear(self, share: float, stage: str) -> None:
        """Take a report of progress."""
        self.share, self.stage = share, stage


class Desk:
    """Everything the pages know of the application.

    service: `workbench.service.Workbench`. Each call runs in a thread; analyses have threads
    of their own, so that a queue of uploads never keeps a page waiting, and so have long questions.
    """

    def __init__(self, service: Any, settings: Settings) -> None:
        self.service = service
        self.settings = settings
        self.profiles = Profiles(settings.home / "rules")
        self.folder = settings.home / "web" / "uploads"
        self.folder.mkdir(parents=True, exist_ok=True)
        for left in self.folder.iterdir():  # of a server that was killed
            left.unlink()
        self._short = ThreadPoolExecutor(SHORT_THREADS, thread_name_prefix="web")
        self._asked = ThreadPoolExecutor(LONG_THREADS, thread_name_prefix="web-long")
        self._long = ThreadPoolExecutor(settings.workers, thread_name_prefix="web-intake")
        self._stored: dict[str, Path] = {}

    async def ask(self, verb: str, *args: Any, **options: Any) -> Any:
        """Call a method of the service in a thread."""
        call = functools.partial(getattr(self.service, verb), *args, **options)
        return await asyncio.get_running_loop().run_in_executor(self._short, call)

    async def ask_long(self, verb: str, *args: Any, **options: Any) -> Any:
        """Call a method of the service that takes its time."""
        call = functools.partial(getattr(self.service, verb), *args, **options)
        return await asyncio.get_running_loop().run_in_executor(self._asked, call)

    async def work_aside(self, call: Callable[..., Any], *args: Any) -> Any:
        """Call a short function in a thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._short, functools.partial(call, *args))

    async def work(self, call: Callable[..., Any], *args: Any) -> Any:
        """Call a function that takes its time."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._long, functools.partial(call, *args))

    async def store(self, chunks: AsyncIterator[bytes]) -> str:
        """Write an upload to disk as it comes; → a token that stands for it.

        Raises TooManyBytes.
        """
        token = secrets.token_urlsafe(16)
        path = self.folder / f"{token}.upload"
        written = 0
        try:
            with path.open("wb") as file:
                async for chunk in chunks:
                    written += len(chunk)
                    if written > self.settings.max_bytes:
                        raise TooManyBytes
                    await asyncio.to_thread(file.write, chunk)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        self._stored[token] = path
        return token

    def take(self, token: object) -> Path | None:
        """The file behind a token; it can be taken once."""
        return self._stored.pop(token, None) if isinstance(token, str) else None

    async def add(self, intake: Intake) -> list[str]:
        """Analyse an uploaded file and put it into the catalogue; → the keys of its parts."""

        def add() -> list[str]:
            try:
                return list(
                    self.service.add(
                        intake.path, name=intake.name, progress=intake.hear, stop=intake.stop
                    )
                )
            finally:
                intake.path.unlink(missing_ok=True)

        return list(await self.work(add))

    async def import_plants(self, path: Path) -> int:
        """Take the plants of an uploaded workbook; → how many."""

        def take() -> int:
            try:
                return int(self.service.import_plants(path))
            finally:
                path.unlink(missing_ok=True)

        return int(await self.work_aside(take))

    async def keep_rules(self, path: Path, name: str) -> str:
        """Keep an uploaded profile of limits; → the name it has."""

        def keep() -> str:
            try:
                return self.profiles.keep(path.read_bytes(), name)
            finally:
                path.unlink(missing_ok=True)

        return str(await self.work_aside(keep))

    async def load_samples(self, intake: Intake) -> None:
        """Put the project's sample parts and plants into the catalogue."""
        call = functools.partial(self.service.load_samples, progress=intake.hear, stop=intake.stop)
        await self.work(call)

    def close(self) -> None:
        """Stop the threads and delete what nobody took."""
        for threads in (self._short, self._asked, self._long):
            threads.shutdown(wait=False, cancel_futures=True)
        for path in self._stored.values():
            path.unlink(missing_ok=True)
        with contextlib.suppress(AttributeError):
            self.service.close()


def desk() -> Desk:
    """The desk of this server."""
    return app.state.desk
