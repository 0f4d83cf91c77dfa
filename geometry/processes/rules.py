"""Which limits apply? Rules are data: one TOML file a process beside this module, and profiles
that override them.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from geometry.materials import FAMILIES
from geometry.processes.expression import LARGEST, BadExpression, Expression
from geometry.processes.quantities import QUANTITIES
from geometry.processes.rulefile import MOST_FAULTS, BadRules, Fault, Faults, RuleFile, near

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
# of a limit: drawings give round numbers, and a wall drawn at the limit keeps it also where a mesh
# measures it; a twentieth of what ISO 2768-m allows at 5 mm: ours
SLACK_SHARE = 0.001
SIZES = (0.1, 0.5, 1.0, 3.0, 10.0, 50.0, 300.0)  # mm at which formulas are compared
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


@dataclass(frozen=True)
class Limit:
    """A number, a formula of the measurement's context, or either by material family."""

    default: float | Expression
    by_family: Mapping[str, float | Expression]

    def value(self, context: Mapping[str, float], family: str | None) -> float:
        """The limit that applies; nan where the context lacks a number of the formula."""
        chosen = self.of(family)
        return chosen(context) if isinstance(chosen, Expression) else chosen

    def of(self, family: str | None) -> float | Expression:
        """The number or formula of a family."""
        return self.by_family.get(family or "", self.default)

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

    @cached_property
    def _thresholds(self) -> tuple[tuple[Limit, str], ...]:
        """Limits with their severity, the graver first."""
        usual = (self.limit, self.severity)
        if self.fail is None or self.fail_severity is None:
            return (usual,)
        return (self.fail, self.fail_severity), usual

    @cached_property
    def _edges(self) -> dict[str | None, tuple[tuple[float | Expression, float, str], ...]]:
        """By family, as asked for: bounds, where they are broken, severities."""
        return {}

    def broken(
        self, value: float, context: Mapping[str, float], family: str | None
    ) -> tuple[str, float] | None:
        """Severity and limit when a value breaks the rule, the graver threshold first."""
        edges = self._edges.get(family)
        if edges is None:
            edges = self._edges[family] = tuple(self._found_edges(family))
        upward = self.relation == ">="
        for bound, edge, severity in edges:
            if isinstance(bound, Expression):
                bound = bound(context)
                edge = self._edge(bound)
            if (value < edge) if upward else (value > edge):  # never of nan
                return severity, bound
        return None

    def _found_edges(self, family: str | None) -> Iterator[tuple[float | Expression, float, str]]:
        for limit, severity in self._thresholds:
            bound = limit.of(family)
            edge = math.nan if isinstance(bound, Expression) else self._edge(bound)
            yield bound, edge, severity

    def _edge(self, bound: float) -> float:
        """Where a bound is broken: a slack beyond it."""
        slack = SLACK_SHARE * abs(bound) + 1e-6
        return bound - slack if self.relation == ">=" else bound + slack


@dataclass(frozen=True)
class Rulebook:
    """Rules by process; the name of the profile that changed them, and the checksum of its file."""

    rules: tuple[Rule, ...]
    profile: str | None = None
    sha256: str | None = None

    @cached_property
    def _by_process(self) -> dict[str, tuple[Rule, ...]]:
        found: dict[str, list[Rule]] = {}
        for rule in self.rules:
            found.setdefault(rule.process, []).append(rule)
        return {process: tuple(rules) for process, rules in found.items()}

    def of(self, process: str) -> tuple[Rule, ...]:
        """Rules of one process, in the order of the file."""
        return self._by_process.get(process, ())

    def with_profile(self, path: str | Path) -> "Rulebook":
        """These rules with the limits of a profile: tables [process.rule_id], each with unit and
        source.

        A profile may change a rule, switch it off (`off = true`) or add one with all its keys.

        Raises BadRules with every fault of the file.
        """
        return self.with_file(RuleFile.read(Path(path)), str(path))

    def with_file(self, source: RuleFile, path: str) -> "Rulebook":
        """The same of a profile that was read; path: what an error names.

        Raises BadRules with every fault of the file.
        """
        faults: list[Fault] = []
        known = {(rule.process, rule.id): rule for rule in self.rules}
        for process, id_, entry in _entries(source, source.table, faults):
            if len(faults) >= MOST_FAULTS:
                break
            say = Faults(faults, source, process, id_)
            if process not in PROCESSES:
                say("no_process", name=process, meant=near(process, PROCESSES))
                continue
            base = known.get((process, id_))
            if base is None and "quantity" not in entry:
                meant = near(id_, [rule.id for rule in self.of(process)])
                say("no_rule", name=id_, meant=meant)
                continue
            rule = _override(base, entry, say) if base else _rule(process, id_, entry, say)
            if rule == "off":
                known.pop((process, id_))
            elif isinstance(rule, Rule):
                known[process, id_] = rule
        if faults:
            raise BadRules(path, faults)
        return Rulebook(tuple(known.values()), Path(source.name).stem, source.sha256)


@cache
def default_rules() -> Rulebook:
    """The rules that come with the processes.

    Raises BadRules when one of the files was spoilt.
    """
    rules: list[Rule] = []
    for process in PROCESSES:
        path = FOLDER / f"{process}.toml"
        source = RuleFile.read(path)
        faults: list[Fault] = []
        for _, id_, entry in _entries(source, {process: source.table}, faults):
            rule = _rule(process, id_, entry, Faults(faults, source, process, id_))
            if isinstance(rule, Rule):
                rules.append(rule)
        if faults:
            raise BadRules(str(path), faults)
    return Rulebook(tuple(rules))


def _entries(
    source: RuleFile, table: Mapping[str, Any], faults: list[Fault]
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """(process, rule id, entry) of every table of a file."""
    for process, entries in table.items():
        if not isinstance(entries, dict):
            Faults(faults, source, process, "")("no_table")
            continue
        for id_, entry in entries.items():
            if isinstance(entry, dict):
                yield process, id_, entry
            else:
                Faults(faults, source, process, id_)("no_table")


def _rule(process: str, id_: str, entry: Mapping[str, Any], say: Faults) -> Rule | None:
    for key in sorted(set(entry) - _KEYS):
        say("no_key", key, meant=near(key, sorted(_KEYS)))
    for key in _REQUIRED:
        if key not in entry:
            say("missing", missing=key)
    if say.count:
        return None
    quantity = QUANTITIES.get(str(entry["quantity"]))
    if quantity is None:
        meant = near(str(entry["quantity"]), list(QUANTITIES))
        say("no_quantity", "quantity", name=entry["quantity"], meant=meant)
        return None
    if entry["relation"] not in RELATIONS:
        say("one_of", "relation", known=", ".join(RELATIONS), given=entry["relation"])
    _judge_unit(entry["unit"], quantity.unit, say)
    _judge_source(entry["source"], say)
    for key in ("severity", "fail_severity"):
        if key in entry and entry[key] not in SEVERITIES:
            say("one_of", key, known=", ".join(SEVERITIES), given=entry[key])
    if ("fail" in entry) != ("fail_severity" in entry):
        say("pair", "fail" if "fail" in entry else "fail_severity")
    limit = _limit("limit", entry["limit"], quantity.context, say)
    fail = _limit("fail", entry["fail"], quantity.context, say) if "fail" in entry else None
    if say.count or limit is None:
        return None
    _judge_order(
        entry["relation"], (limit, entry["severity"]), (fail, entry.get("fail_severity")), say
    )
    if say.count:
        return None
    return Rule(
        id_, process, entry["quantity"], entry["relation"], limit, entry["severity"], entry["unit"],
        entry["source"], fail, entry.get("fail_severity"),
    )  # fmt: skip


def _override(base: Rule, entry: Mapping[str, Any], say: Faults) -> "Rule | str | None":
    if entry.get("off") is True:
        for key in sorted(set(entry) - {"off", *_OF_A_PROFILE}):
            say("only_off", key)
        return None if say.count else "off"
    if "off" in entry:
        say("off", "off", given=entry["off"])
    allowed = {"limit", "severity", "fail", "fail_severity", "unit", "source", "off"}
    for key in sorted(set(entry) - allowed):
        known = key in _KEYS
        meant = near(key, sorted(allowed))
        say("fixed_key", key) if known else say("no_key", key, meant=meant)
    for key in _OF_A_PROFILE:
        if key not in entry:
            say("missing", missing=key)
    if say.count:
        return None
    quantity = QUANTITIES[base.quantity]
    _judge_unit(entry["unit"], quantity.unit, say)
    _judge_source(entry["source"], say)
    for key in ("severity", "fail_severity"):
        if key in entry and entry[key] not in SEVERITIES:
            say("one_of", key, known=", ".join(SEVERITIES), given=entry[key])
    limit, fail = base.limit, base.fail
    if "limit" in entry:
        limit = _limit("limit", entry["limit"], quantity.context, say) or limit
    if "fail" in entry:
        fail = _limit("fail", entry["fail"], quantity.context, say) or fail
    fail_severity = entry.get("fail_severity", base.fail_severity)
    if (fail is None) != (fail_severity is None):
        say("pair", "fail" if "fail" in entry else "fail_severity")
    severity = entry.get("severity", base.severity)
    if not say.count:
        _judge_order(base.relation, (limit, severity), (fail, fail_severity), say)
    if say.count:
        return None
    return replace(
        base,
        limit=limit,
        fail=fail,
        severity=severity,
        fail_severity=fail_severity,
        source=entry["source"],
    )


def _judge_unit(unit: Any, wanted: str, say: Faults) -> None:
    if unit != wanted:
        say("wrong_unit", "unit", wanted=wanted, given=unit)


def _judge_source(source: Any, say: Faults) -> None:
    if not isinstance(source, str) or not source.strip():
        say("no_source", "source")


def _judge_order(
    relation: str,
    usual: tuple[Limit, str],
    grave: tuple[Limit | None, str | None],
    say: Faults,
) -> None:
    """The graver threshold lies beyond the other one for every material, and is the graver.

    What formulas are worth is the part's: they are crossed where they are for whatever size.
    """
    (limit, severity), (fail, fail_severity) = usual, grave
    if fail is None or fail_severity is None:
        return
    if SEVERITIES.index(fail_severity) < SEVERITIES.index(severity):
        say("milder", "fail_severity", fail=fail_severity, severity=severity)
    for family in (None, *sorted({*limit.by_family, *fail.by_family})):
        first, last = limit.of(family), fail.of(family)
        if _always_crossed(first, last, relation):
            values = {"limit": _written(first), "fail": _written(last)}
            if family is None:
                say("crossed", "limit", **values)
            else:
                say("crossed_in", "limit", family=family, **values)


def _always_crossed(limit: float | Expression, fail: float | Expression, relation: str) -> bool:
    """Whether what fails is reached first: of formulas, whatever sizes they are asked about."""
    worth = [(_worth(limit, size), _worth(fail, size)) for size in SIZES]
    known = [(a, b) for a, b in worth if math.isfinite(a) and math.isfinite(b)]
    return bool(known) and all(b > a if relation == ">=" else b < a for a, b in known)


def _worth(threshold: float | Expression, size: float) -> float:
    """A threshold, of a formula with every name as large as `size`."""
    if not isinstance(threshold, Expression):
        return threshold
    return threshold(dict.fromkeys(threshold.names, size))


def _written(threshold: float | Expression) -> str:
    return threshold.source if isinstance(threshold, Expression) else f"{threshold:g}"


def _limit(key: str, given: Any, context: frozenset[str], say: Faults) -> Limit | None:
    table = given if isinstance(given, dict) else {"default": given}
    if "default" not in table:
        say("no_default", key)
        return None
    found: dict[str, float | Expression] = {}
    for family, value in table.items():
        if family != "default" and family not in FAMILIES:
            say("no_family", key, name=family, meant=near(family, list(FAMILIES)))
        number = _number(key, value, context, say)
        if number is not None:
            found[family] = number
    if "default" not in found:
        return None
    default = found.pop("default")
    return Limit(default, found)


def _number(
    key: str, value: Any, context: frozenset[str], say: Faults
) -> float | Expression | None:
    if isinstance(value, str):
        try:
            expression = Expression(value)
        except BadExpression as error:
            say("formula", key, given=str(error))
            return None
        known = ", ".join(sorted(context)) or "none"
        for name in sorted(expression.names - context):
            say("unknown_name", key, name=name, known=known)
        if expression.names - context:
            return None
        if expression.names:
            return expression
        value = expression({})  # a formula of nothing but numbers is one
    if isinstance(value, bool) or not isinstance(value, int | float):
        say("no_number", key, given=value)
        return None
    if abs(value) > LARGEST:  # also where no floating number is as large
        value = math.inf
    if not math.isfinite(value):
        say("not_finite", key)
        return None
    if value < 0:
        say("negative", key)
        return None
    return float(value)
