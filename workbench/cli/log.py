"""Where do the details of an unexpected failure go? Into a file that the error line names."""

import os
import sys
import tempfile
import time
from pathlib import Path

from workbench.errors import WorkbenchError
from workbench.settings import Settings

__all__ = ["write_details"]


def write_details(details: str) -> Path:
    """Write a traceback with what was asked for into the log folder; its path."""
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
    text = "\n".join((f"arguments: {sys.argv[1:]!r}", f"python: {sys.version}", "", details))
    for folder in _folders():
        path = folder / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", errors="backslashreplace")
        except OSError:
            continue
        return path
    return Path(os.devnull)


def _folders() -> list[Path]:
    """The log folder of the home, else the system's for temporary files."""
    temporary = Path(tempfile.gettempdir()) / "workbench-logs"
    try:
        return [Settings.from_environment().logs, temporary]
    except WorkbenchError:
        return [temporary]
