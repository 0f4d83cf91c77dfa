"""Reviewed numbers that lie beside the modules as TOML."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["FOLDER", "read_all", "read_table"]

FOLDER = Path(__file__).parent


@cache
def read_table(name: str) -> Mapping[str, Any]:
    """Everything in a file, read once a process; name: its path in this package.

    Raises OSError, UnicodeDecodeError or TOMLDecodeError: a file of ours that cannot be read is a
    broken installation.
    """
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def read_all() -> None:
    """Read every table beside a module of this package now: processes forked later have it."""
    for source in FOLDER.rglob("*.toml"):
        if source.with_name("__init__.py").exists():
            read_table(source.relative_to(FOLDER).as_posix())
