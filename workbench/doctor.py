"""What is missing on this machine, and the one line that mends it.

    python -m workbench.doctor [--quiet]

The two native libraries are imported in processes of their own: a missing system library, a wheel
for another processor and a crash at import all show there and nowhere else.
"""

import argparse
import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from workbench import language

__all__ = ["Check", "Machine", "advice", "examine", "main"]

IMPORT_SECONDS = 120  # a cold disk reads 400 MB of libraries; anything longer hangs
LEAST_FREE_BYTES = 500_000_000  # a catalogue of a few thousand parts
MODULES = ("OCP.TopExp", "open3d")
LIBRARIES = {  # shared library → package of Debian and Ubuntu; each is loaded by one of MODULES
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libX11.so.6": "libx11-6",
    "libexpat.so.1": "libexpat1",
    "libusb-1.0.so.0": "libusb-1.0-0",
}


@dataclass(frozen=True)
class Check:
    """One thing looked at: `key` names its sentence, `values` fill it."""

    key: str
    good: bool
    values: dict[str, object]


@dataclass(frozen=True)
class Machine:
    """How to ask this machine; the tests ask another one."""

    loads: Callable[[str], bool]
    imports: Callable[[str], str]
    free_bytes: Callable[[Path], int]
    writable: Callable[[Path], bool]
    platform: str = sys.platform
    python: tuple[int, int] = sys.version_info[:2]
    home: Path = Path.home() / ".workbench"
    vectors: Callable[[], tuple[str, str]] = lambda: ("other_database", "")


def this_machine() -> Machine:
    """The machine that this process runs on."""
    home = Path(os.environ.get("WORKBENCH_HOME") or Path.home() / ".workbench")
    return Machine(_loads, _import_failure, _free_bytes, _writable, home=home, vectors=_vectors)


def examine(machine: Machine | None = None) -> tuple[Check, ...]:
    """Everything the program needs, looked at one by one."""
    machine = machine or this_machine()
    checks = [
        Check(
            "python",
            (3, 11) <= machine.python < (3, 14),
            {"version": ".".join(map(str, machine.python))},
        )
    ]
    missing = []
    if machine.platform == "linux":
        missing = [package for library, package in LIBRARIES.items() if not machine.loads(library)]
        checks.append(Check("libraries", not missing, {"packages": " ".join(missing)}))
    if not missing:  # else the imports fail for the reason that was just said
        for module in MODULES:
            failure = machine.imports(module)
            name = module.partition(".")[0]
            checks.append(Check("module", not failure, {"module": name, "failure": failure}))
    home = {"folder": str(machine.home)}
    checks.append(Check("home", machine.writable(machine.home), home))
    free = machine.free_bytes(machine.home)
    checks.append(Check("space", free >= LEAST_FREE_BYTES, home | {"free_gb": free / 1e9}))
    who, failure = machine.vectors()
    checks.append(
        Check("database", False, {"failure": failure})
        if failure
        else Check(f"vectors_{who}", True, {})
    )
    return tuple(checks)


def advice(checks: tuple[Check, ...]) -> str | None:
    """One line that says what to do about the first thing that is wrong; None when nothing is."""
    for check in checks:
        if not check.good:
            return language.text(f"doctor.{check.key}.bad", **check.values)
    return None


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _import_failure(module: str) -> str:
    command = [sys.executable, "-c", f"import {module}"]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=IMPORT_SECONDS)
    except subprocess.TimeoutExpired:
        return language.text("doctor.import.hangs", seconds=IMPORT_SECONDS)
    if run.returncode == 0:
        return ""
    lines = run.stderr.strip().splitlines()
    return lines[-1] if lines else language.text("doctor.import.dies", code=run.returncode)


def _existing(folder: Path) -> Path:
    return next(parent for parent in (folder, *folder.parents) if parent.exists())


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(_existing(folder)).free


def _writable(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=_existing(folder)):
            return True
    except OSError:
        return False


def _vectors() -> tuple[str, str]:
    """Who searches vectors, `database` or why it does not; why the database does not answer."""
    from sqlalchemy.exc import SQLAlchemyError

    from workbench.database import engine_of
    from workbench.errors import WorkbenchError
    from workbench.settings import Settings
    from workbench.vector_table import why_not

    try:
        url = Settings.from_environment().database
        if url.startswith("sqlite"):
            return "other_database", ""
        engine = engine_of(url)
        try:
            return why_not(engine, make=False) or "database", ""
        finally:
            engine.dispose()
    except (WorkbenchError, SQLAlchemyError) as error:
        return "", str(getattr(error, "orig", None) or error).splitlines()[0]


def main(arguments: list[str] | None = None, machine: Machine | None = None) -> int:
    """Say what was found; 0 when nothing is missing."""
    parser = argparse.ArgumentParser(prog="workbench doctor")
    parser.add_argument("--quiet", action="store_true", help=language.text("doctor.quiet"))
    options = parser.parse_args(arguments)
    checks = examine(machine)
    if not options.quiet:
        for check in checks:
            state = "good" if check.good else "bad"
            sign = "✓" if check.good else "✗"
            sys.stdout.write(
                f"{sign} {language.text(f'doctor.{check.key}.{state}', **check.values)}\n"
            )
    first = advice(checks)
    if first and options.quiet:
        sys.stderr.write(first + "\n")
    return 1 if first else 0


if __name__ == "__main__":
    raise SystemExit(main())
