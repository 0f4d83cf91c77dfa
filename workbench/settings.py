"""Where are things kept and how much may a job take? Read once from the environment."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from geometry.cores import usable_cores
from workbench.errors import WrongSetting

__all__ = ["MEGABYTE", "Settings"]

MEGABYTE = 1_000_000
DEFAULT_MAX_BYTES = 100 * MEGABYTE  # the largest real single-part files seen are near 60 MB
DEFAULT_JOB_SECONDS = (
    100.0  # wall clock of one file; callers of the command line commonly give up at 120 s
)
DEFAULT_JOB_MEMORY_BYTES = (
    4_000 * MEGABYTE
)  # beyond what the preloaded kernel maps; a 3,000-face part needs a quarter
MEMORY_PER_WORKER_BYTES = (
    3_000 * MEGABYTE
)  # so many workers that all of them at work leave the machine alive

_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([kMG]?)B?\s*", re.IGNORECASE)
_FACTORS = {"": 1, "k": 1_000, "m": MEGABYTE, "g": 1_000 * MEGABYTE}


@dataclass(frozen=True)
class Settings:
    """Everything about this installation that code may depend on."""

    home: Path
    database: str  # URL that SQLAlchemy understands
    workers: int = 1
    max_bytes: int = DEFAULT_MAX_BYTES
    job_seconds: float = DEFAULT_JOB_SECONDS
    job_memory_bytes: int = DEFAULT_JOB_MEMORY_BYTES

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Settings from WORKBENCH_HOME, _DATABASE, _WORKERS, _MAX_BYTES, _JOB_SECONDS, _JOB_MEMORY.

        Raises WrongSetting.
        """
        given = os.environ if environment is None else environment
        home = (
            Path(given.get("WORKBENCH_HOME") or Path.home() / ".workbench").expanduser().absolute()
        )
        return cls(
            home=home,
            database=given.get("WORKBENCH_DATABASE") or _sqlite_url(home / "workbench.db"),
            workers=int(_number(given, "WORKBENCH_WORKERS", _usual_workers(), least=1, most=256)),
            max_bytes=_size(given, "WORKBENCH_MAX_BYTES", DEFAULT_MAX_BYTES),
            job_seconds=_number(
                given, "WORKBENCH_JOB_SECONDS", DEFAULT_JOB_SECONDS, least=1, most=86_400
            ),
            job_memory_bytes=_size(given, "WORKBENCH_JOB_MEMORY", DEFAULT_JOB_MEMORY_BYTES),
        )

    @classmethod
    def at(cls, home: Path, **values: object) -> "Settings":
        """Settings for a given home folder, the rest as usual."""
        return cls(home=home, database=_sqlite_url(home / "workbench.db"), **values)  # type: ignore[arg-type]

    @property
    def logs(self) -> Path:
        """The folder of details that no person is shown."""
        return self.home / "logs"

    @property
    def locks(self) -> Path:
        """The folder of lock files between processes."""
        return self.home / "locks"


def _sqlite_url(path: Path) -> str:
    return f"sqlite:///{path.as_posix()}"


def _usual_workers() -> int:
    import psutil

    return max(1, min(usable_cores(), psutil.virtual_memory().total // MEMORY_PER_WORKER_BYTES))


def _number(
    given: Mapping[str, str], name: str, usual: float, *, least: float, most: float
) -> float:
    text = given.get(name, "").strip()
    if not text:
        return usual
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        raise _wrong(name, text, f"{least:g} – {most:g}")
    return value


def _size(given: Mapping[str, str], name: str, usual: int) -> int:
    text = given.get(name, "").strip()
    if not text:
        return usual
    match = _SIZE.fullmatch(text)
    if match is None or float(match[1]) == 0:
        raise _wrong(name, text, "100MB")
    return int(float(match[1]) * _FACTORS[match[2].lower()])


def _wrong(name: str, text: str, expected: str) -> WrongSetting:
    return WrongSetting(
        f"{name} is {text!r}",
        where=name,
        hint=f"set it like {expected}",
        name=name,
        given=text,
        expected=expected,
    )
