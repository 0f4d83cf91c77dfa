"""Where do details go that no person asked for? Into files below the home folder."""

import logging
import os
import sys
import tempfile
import time
from pathlib import Path

from workbench.errors import WorkbenchError
from workbench.settings import Settings

__all__ = ["keep_messages", "write_details"]


class _LogFile(logging.Handler):
    """Appends to one file, made when there is something to say; never disturbs the terminal."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one message; a log that cannot be written is no reason to stop."""
        for folder in _folders():
            try:
                folder.mkdir(parents=True, exist_ok=True)
                with (folder / "messages.log").open("a", encoding="utf-8") as file:
                    file.write(self.format(record) + "\n")
            except OSError:
                continue
            return


def keep_messages() -> None:
    """Send what libraries log to a file instead of stderr, which has one line on errors."""
    handler = _LogFile(logging.WARNING)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)


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
