"""Which line of a rule file says what, and what is wrong with it?"""

import difflib
import hashlib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geometry.errors import GeometryError

__all__ = ["FAULTS", "BadRules", "Fault", "Faults", "RuleFile", "near"]

# what is wrong, for logs and programs; people read the same in their own language
FAULTS = {
    "unreadable": "cannot be read: {said}",
    "too_large": "larger than {most_kb} kB: no profile is",
    "no_text": "not TOML: no UTF-8 text",
    "no_toml": "not TOML: {said}",
    "no_table": "a table [process.rule] is needed, not a value",
    "no_process": "there is no process {name!r}",
    "no_rule": "a new rule needs a quantity: there is no rule {name!r}",
    "no_key": "there is no key {key!r}",
    "fixed_key": "{key!r} cannot be changed",
    "no_quantity": "there is no quantity {name!r}",
    "missing": "{missing} is missing",
    "one_of": "{key} must be one of {known}, not {given!r}",
    "wrong_unit": "unit must be {wanted!r}, not {given!r}",
    "no_source": "source is empty",
    "pair": "fail and fail_severity go together",
    "off": "off must be true, not {given!r}",
    "no_default": "{key} by material needs a default",
    "no_family": "{key}: there is no material family {name!r}",
    "formula": "{key}: only numbers, names, + - * / min max sqrt log10 and `a if b < c else d` "
    "may stand in a formula, not {given!r}",
    "unknown_name": "{key}: {name!r} is not known here; there are {known}",
    "no_number": "{key} must be a number or a formula, not {given!r}",
    "not_finite": "{key} is not a finite number",
    "negative": "{key} is negative",
    "crossed": "fail is {fail}, which is reached before the limit {limit}: what fails would not be "
    "advised against",
    "crossed_in": "fail is {fail} for {family}, which is reached before the limit {limit}: what "
    "fails would not be advised against",
    "milder": "fail_severity {fail!r} is milder than severity {severity!r}",
    "only_off": "{key!r} says nothing of a rule that is off",
}
MOST_BYTES = 128 * 1024  # all our own rules are a quarter of it
MOST_FAULTS = 100  # told of a file: who has so many reads no further, and each is looked up
MEANT = "; did you mean {meant!r}?"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a rule file: a code of FAULTS with its values."""

    file: str
    line: int | None  # from 1; None where the file cannot be read
    place: str  # process.rule, empty where the fault is the file's
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """File, line and rule as they stand before the fault."""
        line = "" if self.line is None else f":{self.line}"
        return f"{self.file}{line}" + (f": {self.place}" if self.place else "")

    def __str__(self) -> str:
        meant = MEANT.format(**self.values) if self.values.get("meant") else ""
        return f"{self.where}: {FAULTS[self.code].format(**self.values)}{meant}"


class BadRules(GeometryError):
    """A rule file says something that cannot be meant; every fault is told, none of the file is
    used.
    """

    exit_code = 2
    code = "bad_rules"

    def __init__(self, path: str, found: Iterable[Fault]) -> None:
        self.found = tuple(found)
        self.faults = [str(fault) for fault in self.found]
        self.path = path
        super().__init__(
            "; ".join(self.faults),
            where=path,
            hint="put every line right; until then no rule of the file is used",
            faults=self.faults, path=path,
        )  # fmt: skip

    def __reduce__(self) -> tuple[type["BadRules"], tuple[str, tuple[Fault, ...]]]:
        return BadRules, (self.path, self.found)


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
        except OSError as error:
            said = {"said": error.strerror}
            fault = Fault(path.name, None, "", "unreadable", said)
            raise BadRules(str(path), [fault]) from error
        return cls.of(data, path.name, str(path))

    @classmethod
    def of(cls, data: bytes, name: str, path: str | None = None) -> "RuleFile":
        """A file's bytes under its name.

        Raises BadRules for what is not TOML.
        """
        path = path or name
        if len(data) > MOST_BYTES:
            most = {"most_kb": MOST_BYTES // 1024}
            raise BadRules(path, [Fault(name, None, "", "too_large", most)])
        try:
            text = data.decode("utf-8-sig")
            table = tomllib.loads(text)
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            raise BadRules(path, [Fault(name, line, "", "no_text")]) from error
        except (ValueError, RecursionError) as error:  # Python's limits of digits and nesting too
            at = re.search(r"at line (\d+)", str(error))
            line = int(at[1]) if at else _strangest(text)
            fault = Fault(name, line, "", "no_toml", {"said": str(error)})
            raise BadRules(path, [fault]) from error
        return cls(name, table, tuple(text.splitlines()), hashlib.sha256(data).hexdigest())

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


def _strangest(text: str) -> int:
    """The longest line, from 1: where a fault of digits or nesting is that names no line."""
    lines = text.split("\n")
    return lines.index(max(lines, key=len)) + 1


def _key_of(text: str) -> str:
    """What stands before the sign of equality, or between the brackets of a heading."""
    return text.partition("=")[0].strip(" []\"'").replace(" ", "")


def near(name: str, known: Sequence[str]) -> str:
    """The name that was perhaps meant; empty where none is near."""
    return next(iter(difflib.get_close_matches(name, known, n=1)), "")


class Faults:
    """Collects what is wrong with one entry under its place in the file."""

    def __init__(self, found: list[Fault], source: RuleFile, process: str, id_: str) -> None:
        self.found, self.source, self.process, self.id, self.count = found, source, process, id_, 0

    def __call__(self, code: str, key: str = "", **values: Any) -> None:
        """Take a fault down, with the line of the key it is about."""
        line = self.source.line(self.process, self.id, key)
        place = f"{self.process}.{self.id}" if self.id else self.process
        values = {"key": key, **values} if key else values
        self.found.append(Fault(self.source.name, line, place, code, values))
        self.count += 1
