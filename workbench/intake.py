"""How do bytes come in? Files and names from outside, with nothing about them believed."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from geometry.errors import TooLarge
from workbench.errors import NoSuchFile, UnreadablePath
from workbench.settings import MEGABYTE

if TYPE_CHECKING:
    from workbench.plants import Plant

__all__ = ["is_step_name", "printable_name", "read_file", "read_plants", "refuse_too_many"]

STEP_ENDINGS = (".step", ".stp", ".p21")
PACKED_ENDINGS = (".stpz", *(f"{ending}.gz" for ending in STEP_ENDINGS))


def read_file(path: Path, max_bytes: int) -> bytes:
    """The bytes of a file that is not longer than the limit; a pipe or a device is no file.

    Raises NoSuchFile, UnreadablePath or TooLarge.
    """
    try:
        if path.exists() and not path.is_file():  # opening a pipe would wait for ever
            raise UnreadablePath(f"{path} is no regular file", where=printable_name(path.name))
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            refuse_too_many(size, max_bytes)
            data = file.read(max_bytes + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NoSuchFile(
            f"no file {path}",
            where=printable_name(str(path)),
            hint="check the path",
            path=str(path),
        ) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadablePath(
            f"cannot read {path}: {reason}",
            where=printable_name(path.name),
            hint="check the path and its permissions",
            reason_of_system=reason,
        ) from error
    refuse_too_many(len(data), max_bytes)
    return data


def refuse_too_many(count: int, limit: int) -> None:
    """Raises TooLarge for more bytes than allowed."""
    if count <= limit:
        return
    raise TooLarge(
        f"{count / MEGABYTE:.1f} MB, the limit is {limit / MEGABYTE:.1f} MB",
        hint="export single parts, or raise WORKBENCH_MAX_BYTES",
        reason="bytes",
        megabytes=count / MEGABYTE,
        limit_megabytes=limit / MEGABYTE,
    )


def printable_name(name: str) -> str:
    """A file's name as text that can be stored: the last part of it, undecodable bytes replaced."""
    last = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    return os.fsencode(last).decode("utf-8", "replace") if last else "part.step"


def is_step_name(name: str) -> bool:
    """Whether a file in a folder or an archive is taken for a STEP file, itself packed or not."""
    return name.lower().endswith(STEP_ENDINGS + PACKED_ENDINGS)


def read_plants(path: Path) -> "tuple[Plant, ...]":
    """The plants of a workbook, or of all workbooks in a folder.

    Raises NoSuchFile, BrokenWorkbook.
    """
    from workbench.plants import read

    if not path.is_dir():
        return tuple(read(path))
    workbooks = sorted(path.glob("*.xlsx"))
    if not workbooks:
        raise NoSuchFile(f"no .xlsx in {path}", where=str(path), path=str(path))
    return tuple(plant for workbook in workbooks for plant in read(workbook))
