"""Who runs what may crash, hang or eat the memory? One fresh process a job, within limits.

A job is a function named by its dotted path (`geometry.analysis:examine`) and picklable arguments.
If it has a parameter `progress`, it gets a callable of (fraction, stage) whose calls reach the
parent. Workers are forked from a server that has the kernel loaded, so a fresh process costs
milliseconds; where there is no fork they are spawned.
"""

import contextlib
import importlib
import inspect
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
import types
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import connection, context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, cast

import psutil

from geometry.errors import GeometryError, KernelFailure, OutOfMemory, OutOfTime
from workbench.errors import KNOWN, Cancelled, JobFailed, KernelCrash
from workbench.settings import MEGABYTE, Settings

__all__ = ["Job", "Workers"]

Progress = Callable[[float, str], None]

PRELOADED = ["geometry.preload", "workbench.jobs"]
# how often the parent looks for cancellation and at the memory of a worker: native code that runs
# away fills a gigabyte a second, and the look must fall between NEAR_LIMIT and the limit
LOOK_EVERY_S = 0.02
CPU_SLACK_S = (
    5  # the wall clock speaks first and more clearly; the CPU limit is for a parent that was killed
)
NEAR_LIMIT = 0.75  # a crash nearer to the memory limit is lack of memory: native code ignores it
STARTS, RESTART_S = 5, 0.2
LONGEST_SAID = 2_000  # bytes kept of what a dying worker printed
MEMORY_WORDS = ("bad_alloc", "out of memory", "cannot allocate memory", "outofmemory")


@dataclass(frozen=True)
class Limits:
    """What one job may take."""

    seconds: float
    memory_bytes: int  # on top of what the preloaded server has mapped


@dataclass(eq=False)
class Job:
    """One function running, or waiting to run, in a process of its own; can be awaited."""

    path: str
    future: Future[Any] = field(default_factory=Future)
    progress: tuple[float, str] = (0.0, "")
    _stop: threading.Event = field(default_factory=threading.Event)

    def result(self, timeout: float | None = None, stop: threading.Event | None = None) -> Any:
        """The function's answer.

        `stop` cancels the job as soon as somebody sets it. Raises what the function raised,
        Cancelled, OutOfTime, OutOfMemory, KernelCrash, and TimeoutError when `timeout` seconds
        pass (the job goes on).
        """
        if stop is None:
            return self._answer(timeout)
        until = None if timeout is None else time.monotonic() + timeout
        while not self.future.done():
            if stop.is_set():
                self.cancel()
                break
            left = LOOK_EVERY_S if until is None else min(LOOK_EVERY_S, until - time.monotonic())
            try:
                return self._answer(max(left, 0.0))
            except TimeoutError:
                if until is not None and time.monotonic() >= until:
                    raise
        return self._answer(None)

    def _answer(self, timeout: float | None) -> Any:
        try:
            return self.future.result(timeout)
        except CancelledError:
            raise Cancelled("cancelled") from None

    def done(self) -> bool:
        """Whether there is an answer or an error."""
        return self.future.done()

    def cancel(self) -> None:
        """Stop the job, running or waiting; its result is then Cancelled."""
        self._stop.set()
        self.future.cancel()  # works while it waits; who runs is ended by its watching thread

    def __await__(self) -> Generator[Any, None, Any]:
        import asyncio

        return asyncio.wrap_future(self.future).__await__()


class Workers:
    """So many processes at a time; the rest of the jobs wait.

    Closing it, or leaving it as a context manager, ends what still runs.
    """

    def __init__(self, settings: Settings, count: int | None = None) -> None:
        self.limits = Limits(settings.job_seconds, settings.job_memory_bytes)
        self.count = count or settings.workers
        self._context = _worker_context()
        self._threads = ThreadPoolExecutor(self.count, thread_name_prefix="worker-watch")
        self._jobs: set[Job] = set()
        self._lock = threading.Lock()
        self._folder = Path(tempfile.mkdtemp(prefix="workbench-jobs-"))

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def warm(self) -> None:
        """Let the server load the kernel now, for the first job to find it ready; does not wait."""
        if self._context.get_start_method() == "forkserver":
            from multiprocessing import forkserver

            with _processes, _no_main_module():
                forkserver.ensure_running()

    def submit(
        self, path: str, /, *args: Any, on_progress: Progress | None = None, **options: Any
    ) -> Job:
        """Run the function at a dotted path `package.module:function` in a process of its own."""
        job = Job(path)
        with self._lock:
            self._jobs.add(job)
        job.future.add_done_callback(lambda _: self._forget(job))
        self._threads.submit(self._run, job, args, options, on_progress)
        return job

    def close(self) -> None:
        """Cancel what waits or runs, and wait until no process is left."""
        with self._lock:
            jobs = list(self._jobs)
        for job in jobs:
            job.cancel()
        self._threads.shutdown(wait=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _forget(self, job: Job) -> None:
        with self._lock:
            self._jobs.discard(job)

    def _run(
        self, job: Job, args: tuple[Any, ...], options: dict[str, Any], heard: Progress | None
    ) -> None:
        if not job.future.set_running_or_notify_cancel():
            return
        try:
            answer = self._watched(job, args, options, heard)
        except BaseException as error:
            job.future.set_exception(error)
        else:
            job.future.set_result(answer)

    def _watched(
        self, job: Job, args: tuple[Any, ...], options: dict[str, Any], heard: Progress | None
    ) -> Any:
        """Start a job's process, pass on its progress, read its answer or its death."""
        said = self._folder / f"{id(job)}-{time.monotonic_ns()}.log"
        reader, writer = self._context.Pipe(duplex=False)
        process = self._context.Process(  # type: ignore[attr-defined]
            target=_work,
            args=(writer, str(said), self.limits, job.path, args, options),
            name="workbench-worker",
            daemon=True,  # ended with the program even if nobody closes this object
        )
        watch = _MemoryWatch(self.limits.memory_bytes)
        try:
            with _processes, _no_main_module():
                _start(process)
            writer.close()
            until = time.monotonic() + self.limits.seconds
            while not job._stop.is_set():
                try:
                    message = reader.recv() if reader.poll(LOOK_EVERY_S) else None
                except (EOFError, ConnectionError):
                    raise _cause_of_death(
                        _exit_code(process), _last_words(said), watch, self.limits
                    ) from None
                match message:
                    case ("answer", answer):
                        return answer
                    case ("error", Exception() as error):
                        raise error
                    case ("started", int(pid), int(mapped)):
                        watch.follow(pid, mapped)
                    case ("progress", float(fraction), str(stage)):
                        job.progress = (fraction, stage)
                        if heard is not None:
                            heard(fraction, stage)
                watch.look()
                if watch.exceeded:
                    raise _out_of_memory(self.limits)
                if time.monotonic() > until:
                    raise _out_of_time(self.limits)
            raise Cancelled("cancelled")
        except MemoryError:
            raise _out_of_memory(self.limits) from None
        finally:
            if process.pid is not None:
                process.kill()  # no matter in what native loop it is; harmless when it has ended
                _exit_code(process)
                with _processes:
                    process.close()
            writer.close()
            reader.close()
            said.unlink(missing_ok=True)


class _MemoryWatch:
    """The memory of a worker seen from outside: a limit where the system has none, else a clue."""

    def __init__(self, memory_bytes: int) -> None:
        self.memory_bytes = memory_bytes
        self.exceeded = False
        self.near_limit = False
        self._process: psutil.Process | None = None
        self._mapped = 0

    def follow(self, pid: int, mapped_bytes: int) -> None:
        self._mapped = mapped_bytes
        with contextlib.suppress(psutil.Error):
            self._process = psutil.Process(pid)

    def look(self) -> None:
        if self._process is None:
            return
        try:
            memory = self._process.memory_info()
        except psutil.Error:  # it has ended
            self._process = None
            return
        grown = memory.vms - self._mapped if sys.platform == "linux" else memory.rss
        self.near_limit |= grown > NEAR_LIMIT * self.memory_bytes
        self.exceeded |= memory.rss > self.memory_bytes + (
            self._mapped if sys.platform == "linux" else 0
        )


def _start(process: BaseProcess) -> None:
    """Start a worker; where the server of workers was just killed, another begins and does it."""
    for _ in range(STARTS - 1):
        try:
            process.start()
        except (EOFError, ConnectionError):
            time.sleep(RESTART_S)  # until the system says that it is dead
        else:
            return
    process.start()


def _out_of_time(limits: Limits) -> OutOfTime:
    return OutOfTime(
        f"not done after {limits.seconds:.0f} s",
        hint="export single parts, or raise WORKBENCH_JOB_SECONDS",
        seconds=limits.seconds,
    )


def _out_of_memory(limits: Limits) -> OutOfMemory:
    megabytes = limits.memory_bytes / MEGABYTE
    return OutOfMemory(
        f"needs more than {megabytes:.0f} MB",
        hint="export single parts, or raise WORKBENCH_JOB_MEMORY",
        megabytes=megabytes,
    )


def _cause_of_death(
    exit_code: int, said: str, watch: _MemoryWatch, limits: Limits
) -> GeometryError:
    """The error that a worker's exit code and last words stand for."""
    if exit_code == -getattr(signal, "SIGXCPU", 0):
        return _out_of_time(limits)
    if watch.near_limit or any(word in said.lower() for word in MEMORY_WORDS):
        return _out_of_memory(limits)
    if exit_code == -getattr(signal, "SIGKILL", 0):  # nobody but the system's memory guard sends it
        return _out_of_memory(limits)
    if exit_code < 0 or (sys.platform == "win32" and exit_code > 0x8000_0000):
        return KernelCrash(
            "the geometry kernel does not survive this file",
            hint="repair it in the CAD system or export it again",
            signal=signal.Signals(-exit_code).name if exit_code < 0 else hex(exit_code),
        )
    return KernelFailure(f"the worker ended with code {exit_code}", said=said)


def _exit_code(process: BaseProcess) -> int:
    """Wait for a process to end.

    Its exit code comes through a pipe that gives it once, and starting a process looks into the
    pipes of all others: two threads in one pipe, and the second reads 255 for any code there was.
    """
    connection.wait([process.sentinel])
    with _processes:
        process.join()
        return cast(int, process.exitcode)


def _last_words(said: Path) -> str:
    try:
        with said.open("rb") as file:
            file.seek(max(0, said.stat().st_size - LONGEST_SAID))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


# --- inside the worker ---


def _work(
    writer: connection.Connection,
    said: str,
    limits: Limits,
    path: str,
    args: tuple[Any, ...],
    options: dict[str, Any],
) -> None:
    """The body of a worker: quiet, within its limits, and gone when its parent is."""
    _say_into(said)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    _die_with_the_server()
    module_name, _, function_name = path.partition(":")
    function = getattr(importlib.import_module(module_name), function_name)
    mapped_bytes = psutil.Process().memory_info().vms
    writer.send(("started", os.getpid(), mapped_bytes))
    _limit(limits, mapped_bytes)
    if "progress" in inspect.signature(function).parameters:
        options["progress"] = _Reporter(writer)
    try:
        answer = ("answer", function(*args, **options))
    except (*KNOWN, MemoryError) as error:
        answer = ("error", error)
    except Exception as error:
        failed = JobFailed(f"{type(error).__name__}: {error}", details=traceback.format_exc())
        answer = ("error", failed)
    writer.send(answer)


class _Reporter:
    """Sends progress to the parent, and is silent when nobody listens any more."""

    def __init__(self, writer: connection.Connection) -> None:
        self._writer = writer

    def __call__(self, fraction: float, stage: str) -> None:
        with contextlib.suppress(OSError):
            self._writer.send(("progress", float(fraction), str(stage)))


def _say_into(path: str) -> None:
    """Send what native code prints to a file: the parent's stdout carries JSON."""
    sys.stdout.flush()
    sys.stderr.flush()
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)


def _limit(limits: Limits, mapped_bytes: int) -> None:
    if sys.platform == "win32":
        return  # the parent watches time and memory
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    seconds = int(limits.seconds) + CPU_SLACK_S
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + CPU_SLACK_S))
    if sys.platform == "linux":  # macOS accepts the limit and does not hold it
        most = mapped_bytes + limits.memory_bytes
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _die_with_the_server() -> None:
    """Ask Linux to kill this worker with the fork server, which goes with the main program.

    The server lives as long as anybody holds a certain pipe; multiprocessing hands it to every
    child, so that children can start children. A worker does not, and lets go of it.
    """
    if sys.platform == "linux":
        import ctypes
        from multiprocessing import forkserver

        held = getattr(forkserver._forkserver, "_forkserver_alive_fd", None)
        if held is not None:
            os.close(held)
        set_death_signal = 1  # PR_SET_PDEATHSIG of prctl(2)
        ctypes.CDLL(None).prctl(set_death_signal, signal.SIGKILL)


# --- how workers are started ---


def _worker_context() -> context.BaseContext:
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload(PRELOADED)
    return made


_processes = threading.Lock()  # held to start or to reap one


@contextlib.contextmanager
def _no_main_module() -> Iterator[None]:
    """Start a process that does not run the caller's script again.

    multiprocessing imports the main module in every child so that its functions can be unpickled.
    Our jobs are named by path, and a plain script without an `if __name__ == "__main__"` would
    start its work over in the child.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
