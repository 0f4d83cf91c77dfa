"""Which line of a rule file says what, and what is wrong with it?"""

import difflib
import hashlib
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geometry.errors import GeometryError

__all__ = ["BadRules", "Faults", "RuleFile", "near"]


class BadRules(GeometryError):
    """A rule file says something that cannot be meant; every fault is told, none of the file is
    used.
    """

    exit_code = 2
    code = "bad_rules"

    def __init__(self, path: str, faults: list[str]) -> None:
        super().__init__(
            "; ".join(faults),
            where=path,
            hint="put every line right; until then no rule of the file is used",
            faults=faults, path=path,
        )  # fmt: skip
        self.faults = faults
        self.path = path

    def __reduce__(self) -> tuple[type["BadRules"], tuple[str, list[str]]]:
        return BadRules, (self.path, self.faults)


@dataclass(frozen=True)
class RuleFile:
    """A rule file: what it says, and on which lines."""

    name: str
    table: Mapping[str, Any]
    lines: tuple[str, ...]
    sha256: str

    @classmethod
    def read(cls, path: Path) -> "RuleFile":
        """Raises BadRules for a file that cannot be read or is not TOML."""
        try:
            data = path.read_bytes()
            text = data.decode("utf-8-sig")
            table = tomllib.loads(text)
        except OSError as error:
            raise BadRules(str(path), [f"{path.name}: cannot be read: {error.strerror}"]) from error
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            raise BadRules(str(path), [f"{path.name}:{line}: not TOML: no UTF-8 text"]) from error
        except tomllib.TOMLDecodeError as error:
            at = re.search(r"at line (\d+)", str(error))
            line = int(at[1]) if at else text.count("\n") + 1
            raise BadRules(str(path), [f"{path.name}:{line}: not TOML: {error}"]) from error
        return cls(path.name, table, tuple(text.splitlines()), hashlib.sha256(data).hexdigest())

    def line(self, process: str, id_: str, key: str = "") -> int:
        """The line of a key of a rule, of the rule where it has none, of the process; from 1."""
        heads = (f"[{id_}]", f"[{process}.{id_}]")
        start = self._first(0, lambda text: text.replace(" ", "").startswith(heads))
        if start is None:
            start = self._first(0, lambda text: _key_of(text) in (id_, f"{process}.{id_}"))
        if start is None:
            return (self._first(0, lambda text: _key_of(text).startswith(process)) or 0) + 1
        end = self._first(start + 1, lambda text: text.startswith("[")) or len(self.lines)
        found = self._first(start + 1, lambda text: _key_of(text) == key) if key else None
        return (found if found is not None and found < end else start) + 1

    def _first(self, start: int, holds: Callable[[str], bool]) -> int | None:
        rows = enumerate(self.lines[start:], start)
        return next((row for row, text in rows if holds(text.strip())), None)


def _key_of(text: str) -> str:
    """What stands before the sign of equality, or between the brackets of a heading."""
    return text.partition("=")[0].strip(" []\"'").replace(" ", "")


def near(name: str, known: Sequence[str]) -> str:
    """A hint at the name that was perhaps meant."""
    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


class Faults:
    """Collects what is wrong with one entry under its place in the file."""

    def __init__(self, found: list[str], source: RuleFile, process: str, id_: str) -> None:
        self.found, self.source, self.process, self.id, self.count = found, source, process, id_, 0

    def __call__(self, fault: str, key: str = "") -> None:
        """Take a fault down, with the line of the key it is about."""
        line = self.source.line(self.process, self.id, key)
        self.found.append(f"{self.source.name}:{line}: {self.process}.{self.id}: {fault}")
        self.count += 1
