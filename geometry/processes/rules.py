"""Which limits apply? Rules are data: one TOML file a process beside this module, and profiles
that override them.
"""

import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from geometry.errors import GeometryError
from geometry.materials import FAMILIES
from geometry.processes.expression import BadExpression, Expression
from geometry.processes.quantities import QUANTITIES

__all__ = ["PROCESSES", "SEVERITIES", "BadRules", "Limit", "Rule", "Rulebook", "default_rules"]

PROCESSES = (
    "milling",
    "turning",
    "sheet_metal",
    "stamping",
    "sand_casting",
    "gravity_casting",
    "die_casting",
    "investment_casting",
    "forging",
    "moulding",
    "extrusion",
)
SEVERITIES = ("advice", "minor", "major", "critical")
RELATIONS = (">=", "<=")
FOLDER = Path(__file__).with_name("rules")
_KEYS = {
    "quantity",
    "relation",
    "limit",
    "severity",
    "fail",
    "fail_severity",
    "unit",
    "source",
    "off",
}
_REQUIRED = ("quantity", "relation", "limit", "severity", "unit", "source")
_OF_A_PROFILE = ("unit", "source")  # what an override must say again: a number alone is not a rule


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
class Limit:
    """A number, a formula of the measurement's context, or either by material family."""

    default: float | Expression
    by_family: Mapping[str, float | Expression]

    def value(self, context: Mapping[str, float], family: str | None) -> float:
        """The limit that applies; nan where the context lacks a number of the formula."""
        chosen = self.by_family.get(family or "", self.default)
        return chosen(context) if isinstance(chosen, Expression) else chosen

    @property
    def names(self) -> frozenset[str]:
        """Names that its formulas use."""
        found: frozenset[str] = frozenset()
        for each in (self.default, *self.by_family.values()):
            if isinstance(each, Expression):
                found |= each.names
        return found


@dataclass(frozen=True)
class Rule:
    """One limit of one process. Broken at `limit` it is of `severity`, at `fail` of
    `fail_severity`.
    """

    id: str
    process: str
    quantity: str
    relation: str  # what a good part does: measured relation limit
    limit: Limit
    severity: str
    unit: str
    source: str
    fail: Limit | None = None
    fail_severity: str | None = None

    def broken(
        self, value: float, context: Mapping[str, float], family: str | None
    ) -> tuple[str, float] | None:
        """Severity and limit when a value breaks the rule, the graver threshold first."""
        tries = [(self.limit, self.severity)]
        if self.fail is not None and self.fail_severity is not None:
            tries.insert(0, (self.fail, self.fail_severity))
        for limit, severity in tries:
            bound = limit.value(context, family)
            if math.isnan(bound):
                continue
            # drawings give round numbers: a wall drawn at the limit keeps it
            slack = 1e-6 * max(abs(bound), 1.0)
            if (value < bound - slack) if self.relation == ">=" else (value > bound + slack):
                return severity, bound
        return None


@dataclass(frozen=True)
class Rulebook:
    """Rules by process and the name of the profile that changed them."""

    rules: tuple[Rule, ...]
    profile: str | None = None

    def of(self, process: str) -> tuple[Rule, ...]:
        """Rules of one process, in the order of the file."""
        return tuple(rule for rule in self.rules if rule.process == process)

    def with_profile(self, path: str | Path) -> "Rulebook":
        """These rules with the limits of a profile: tables [process.rule_id], each with unit and
        source.

        A profile may change a rule, switch it off (`off = true`) or add one with all its keys.

        Raises BadRules with every fault of the file.
        """
        path = Path(path)
        table, faults = _table(path)
        known = {(rule.process, rule.id): rule for rule in self.rules}
        for process, id_, entry, line in _entries(table, path, faults):
            say = _Faults(faults, f"{path.name}:{line}: {process}.{id_}")
            if process not in PROCESSES:
                say(f"there is no process {process!r}")
                continue
            base = known.get((process, id_))
            rule = _override(base, entry, say) if base else _rule(process, id_, entry, say)
            if rule == "off":
                known.pop((process, id_))
            elif isinstance(rule, Rule):
                known[process, id_] = rule
        if faults:
            raise BadRules(str(path), faults)
        return Rulebook(tuple(known.values()), profile=path.stem)


class _Faults:
    """Collects what is wrong with one entry under its place in the file."""

    def __init__(self, found: list[str], place: str) -> None:
        self.found, self.place, self.count = found, place, 0

    def __call__(self, fault: str) -> None:
        self.found.append(f"{self.place}: {fault}")
        self.count += 1


@cache
def default_rules() -> Rulebook:
    """The rules that come with the processes.

    Raises BadRules when one of the files was spoilt.
    """
    rules: list[Rule] = []
    for process in PROCESSES:
        path = FOLDER / f"{process}.toml"
        table, faults = _table(path)
        for _, id_, entry, line in _entries({process: table}, path, faults):
            rule = _rule(process, id_, entry, _Faults(faults, f"{path.name}:{line}: {id_}"))
            if isinstance(rule, Rule):
                rules.append(rule)
        if faults:
            raise BadRules(str(path), faults)
    return Rulebook(tuple(rules))


def _table(path: Path) -> tuple[dict[str, Any], list[str]]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")), []
    except OSError as error:
        raise BadRules(str(path), [f"{path.name}: cannot be read: {error.strerror}"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadRules(str(path), [f"{path.name}: not TOML: {error}"]) from error


def _entries(
    table: Mapping[str, Any], path: Path, faults: list[str]
) -> Iterator[tuple[str, str, Mapping[str, Any], int]]:
    """(process, rule id, entry, line) of every table of a file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for process, entries in table.items():
        if not isinstance(entries, dict):
            faults.append(f"{path.name}: {process}: a table [process.rule] is needed, not a value")
            continue
        for id_, entry in entries.items():
            heads = (f"[{id_}]", f"[{process}.{id_}]")
            line = next((n for n, text in enumerate(lines, 1) if text.strip().startswith(heads)), 1)
            if isinstance(entry, dict):
                yield process, id_, entry, line
            else:
                faults.append(
                    f"{path.name}:{line}: {process}.{id_}: a table is needed, not a value"
                )


def _rule(process: str, id_: str, entry: Mapping[str, Any], say: _Faults) -> Rule | None:
    for key in sorted(set(entry) - _KEYS):
        say(f"there is no key {key!r}")
    for key in _REQUIRED:
        if key not in entry:
            say(f"{key} is missing")
    if say.count:
        return None
    quantity = QUANTITIES.get(entry["quantity"])
    if quantity is None:
        say(f"there is no quantity {entry['quantity']!r}")
        return None
    if entry["relation"] not in RELATIONS:
        say(f"relation must be one of {', '.join(RELATIONS)}, not {entry['relation']!r}")
    _judge_unit(entry["unit"], quantity.unit, say)
    _judge_source(entry["source"], say)
    for key in ("severity", "fail_severity"):
        if key in entry and entry[key] not in SEVERITIES:
            say(f"{key} must be one of {', '.join(SEVERITIES)}, not {entry[key]!r}")
    if ("fail" in entry) != ("fail_severity" in entry):
        say("fail and fail_severity go together")
    limit = _limit("limit", entry["limit"], quantity.context, say)
    fail = _limit("fail", entry["fail"], quantity.context, say) if "fail" in entry else None
    if say.count or limit is None:
        return None
    return Rule(
        id_, process, entry["quantity"], entry["relation"], limit, entry["severity"], entry["unit"],
        entry["source"], fail, entry.get("fail_severity"),
    )  # fmt: skip


def _override(base: Rule, entry: Mapping[str, Any], say: _Faults) -> "Rule | str | None":
    if entry.get("off") is True:
        return "off"
    allowed = {"limit", "severity", "fail", "fail_severity", "unit", "source", "off"}
    for key in sorted(set(entry) - allowed):
        say(f"{key!r} cannot be changed" if key in _KEYS else f"there is no key {key!r}")
    for key in _OF_A_PROFILE:
        if key not in entry:
            say(f"{key} is missing")
    if say.count:
        return None
    quantity = QUANTITIES[base.quantity]
    _judge_unit(entry["unit"], quantity.unit, say)
    _judge_source(entry["source"], say)
    for key in ("severity", "fail_severity"):
        if key in entry and entry[key] not in SEVERITIES:
            say(f"{key} must be one of {', '.join(SEVERITIES)}, not {entry[key]!r}")
    limit, fail = base.limit, base.fail
    if "limit" in entry:
        limit = _limit("limit", entry["limit"], quantity.context, say) or limit
    if "fail" in entry:
        fail = _limit("fail", entry["fail"], quantity.context, say) or fail
    fail_severity = entry.get("fail_severity", base.fail_severity)
    if fail is not None and fail_severity is None:
        say("fail and fail_severity go together")
    if say.count:
        return None
    return replace(
        base,
        limit=limit,
        fail=fail,
        severity=entry.get("severity", base.severity),
        fail_severity=fail_severity,
        source=entry["source"],
    )


def _judge_unit(unit: Any, wanted: str, say: _Faults) -> None:
    if unit != wanted:
        say(f"unit must be {wanted!r}, not {unit!r}")


def _judge_source(source: Any, say: _Faults) -> None:
    if not isinstance(source, str) or not source.strip():
        say("source is empty")


def _limit(key: str, given: Any, context: frozenset[str], say: _Faults) -> Limit | None:
    table = given if isinstance(given, dict) else {"default": given}
    if "default" not in table:
        say(f"{key} by material needs a default")
        return None
    found: dict[str, float | Expression] = {}
    for family, value in table.items():
        if family != "default" and family not in FAMILIES:
            say(f"{key}: there is no material family {family!r}")
        number = _number(key, value, context, say)
        if number is not None:
            found[family] = number
    if "default" not in found:
        return None
    default = found.pop("default")
    return Limit(default, found)


def _number(
    key: str, value: Any, context: frozenset[str], say: _Faults
) -> float | Expression | None:
    if isinstance(value, str):
        try:
            expression = Expression(value)
        except BadExpression as error:
            say(f"{key}: {error}")
            return None
        known = ", ".join(sorted(context)) or "none"
        for name in sorted(expression.names - context):
            say(f"{key}: {name!r} is not known here; there are {known}")
        return None if expression.names - context else expression
    if isinstance(value, bool) or not isinstance(value, int | float):
        say(f"{key} must be a number or a formula, not {value!r}")
        return None
    if not math.isfinite(value):
        say(f"{key} is not a finite number")
        return None
    if value < 0:
        say(f"{key} is negative")
        return None
    return float(value)
