"""How well does a process suit a part? One method for all processes; every point is a named term.

docs/suitability.md explains it and follows one part by hand; the numbers stand in suitability.toml.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

from geometry.materials import Material
from geometry.processes.estimates import estimates, machining_time
from geometry.processes.measurement import MEASURED, Facts, Measurement, NotChecked
from geometry.processes.rules import SEVERITIES, Rule, Rulebook
from geometry.tables import read_table

__all__ = ["Conditions", "Finding", "Hints", "Judgement", "Method", "Term", "judge", "method"]

SOURCE = "processes/suitability.toml"
FINDINGS_OF_A_RULE = 12  # more places of one rule are told as one finding
SAME_VALUE_DIGITS = 3  # of two measurements that are told as one finding: ours
# pairs of rules of which the second, broken as gravely at a place, says what the first would repeat
SAID_BY = (
    ("undercut", "locked_undercut"),
    ("corner_radius_depth", "corner_reach"),
    ("sink", "boss_wall"),
    ("sink", "rib_thickness"),
)
# pairs of a thick place by itself and beside its wall: one cause, told by the graver, of equals by
# the second; where the wall breaks the limit of the first too, both are causes
LUMPS = (("thick_wall", "wall_change"), ("thick_wall", "hot_spot"))
# brakes that only guess the material by the shape: a known material answers the question
TELLS_MATERIAL = ("metal_wall",)
# brakes that speak for another process: nothing to say where the known material rules that out
SPEAKS_FOR = {"foundry_draft": "forging"}


@dataclass(frozen=True)
class Hints:
    """What a file says besides its shape: names of parts and products, notes, colours."""

    words: tuple[str, ...] = ()

    @cached_property
    def text(self) -> str:
        """All words as they are looked for: in small letters, a blank before each."""
        text = " ".join(self.words).casefold().replace("-", " ").replace("_", " ")
        return f" {text}"


@dataclass(frozen=True)
class Conditions:
    """What a person asks for; None where they did not say."""

    material: Material | None = None
    annual: int | None = None
    hints: Hints | None = None


@dataclass(frozen=True)
class Term:
    """One summand of a suitability."""

    name: str
    value: float
    points: float


@dataclass(frozen=True)
class Finding:
    """A broken limit: codes and numbers, no prose."""

    rule: str
    process: str
    severity: str
    quantity: str
    measured: float
    limit: float
    relation: str
    unit: str
    faces: tuple[int, ...]
    feature: str | None
    source: str
    count: int = 1  # places that break the rule alike

    @property
    def values(self) -> dict[str, Any]:
        """Values of its sentences."""
        return {
            "measured": self.measured,
            "limit": self.limit,
            "unit": self.unit,
            "count": self.count,
        }


@dataclass(frozen=True)
class Judgement:
    """A process judged for a part; the points of the terms add up to the suitability."""

    process: str
    suitability: float
    verdict: str  # suitable, with_changes, unsuitable
    terms: tuple[Term, ...]
    metrics: Mapping[str, Any]
    findings: tuple[Finding, ...]
    not_checked: tuple[NotChecked, ...]
    summary: str  # code of a sentence: summary.<process>.<summary>
    summary_values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Method:
    """The numbers of the scoring method."""

    weights: Mapping[str, Mapping[str, float]]
    brakes: Mapping[str, Mapping[str, float]]
    materials: Mapping[str, frozenset[str]]
    cast_families: Mapping[str, tuple[str, ...]]
    economics: Mapping[str, Mapping[str, float]]
    hints: Mapping[str, tuple[str, ...]]
    constants: Mapping[str, Any]

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> "Method":
        """The method of a parsed suitability.toml.

        Raises ValueError where the weights of a process do not add up to 100.
        """
        shared = ("sources", "method", "materials", "cast_families", "economics", "hints")
        processes = {name: entry for name, entry in table.items() if name not in shared}
        for name, entry in processes.items():
            total = sum(entry["weights"].values())
            if abs(total - 100) > 1e-9:
                raise ValueError(f"suitability: weights of {name} add up to {total}, not 100")
        return cls(
            weights={name: entry["weights"] for name, entry in processes.items()},
            brakes={name: entry.get("brakes", {}) for name, entry in processes.items()},
            materials={name: frozenset(families) for name, families in table["materials"].items()},
            cast_families={name: tuple(found) for name, found in table["cast_families"].items()},
            economics=table["economics"],
            hints={name: tuple(words) for name, words in table["hints"].items()},
            constants=table["method"],
        )


@cache
def method() -> Method:
    """The reviewed numbers beside this module."""
    return Method.from_table(read_table(SOURCE))


def judge(
    facts: Mapping[str, Facts],
    conditions: Conditions,
    rules: Rulebook,
    *,
    numbers: Method | None = None,
) -> list[Judgement]:
    """Judges every process of a part, best first; arithmetic on facts, no geometry.

    numbers: another method than the reviewed one, for calibration.
    """
    judged = [
        _judge(each, conditions, rules.of(name), numbers or method())
        for name, each in facts.items()
    ]
    return sorted(judged, key=lambda j: -j.suitability)


def _judge(
    facts: Facts, conditions: Conditions, rules: Sequence[Rule], numbers: Method
) -> Judgement:
    family = conditions.material.family if conditions.material else None
    made = estimates(facts, conditions.material) if facts.gates.get(MEASURED, True) else {}
    time = machining_time(made)
    timed = replace(facts, measurements=(*facts.measurements, *time)) if time else facts
    findings = find(timed, rules, family)
    score = _Score()
    _fit(score, facts, numbers, family)
    for measurement in time:
        _time(score, measurement.value, numbers)
    _deduct(score, findings, numbers)
    not_checked = list(facts.not_checked)
    if conditions.material is not None:
        _material(score, facts.process, conditions.material, numbers)
    else:
        not_checked.append(NotChecked("material", "not_given"))
    if conditions.annual is not None and conditions.annual > 0:
        _economics(score, facts.process, conditions.annual, numbers)
    else:
        not_checked.append(NotChecked("economics", "no_quantity"))
    if conditions.hints is not None:
        _hint(score, facts.process, conditions.hints, numbers)
    left = float(numbers.constants["broken_gate"])
    for gate, holds in facts.gates.items():
        if not holds:
            score.add(f"gate.{gate}", 0.0, (left - 1) * max(score.total, 0.0))
    score.add("range", 1.0, min(max(score.total, 0.0), 100.0) - score.total, always=False)
    suitability = min(max(score.total, 0.0), 100.0)  # what rounding leaves of the last term
    verdict = _verdict(suitability, facts, findings, numbers)
    return Judgement(
        process=facts.process,
        suitability=suitability,
        verdict=verdict,
        terms=tuple(score.terms),
        metrics={**facts.metrics, **made} if facts.gates.get(MEASURED, True) else {},
        findings=tuple(findings),
        not_checked=tuple(not_checked),
        summary=verdict,
        summary_values={"suitability": suitability, "count": len(findings)},
    )


class _Score:
    """Terms and their running sum."""

    def __init__(self) -> None:
        self.terms: list[Term] = []

    @property
    def total(self) -> float:
        return math.fsum([term.points for term in self.terms]) + 0.0

    def brake(self, name: str, value: float, share: float, *, always: bool = False) -> None:
        """Takes a share of the points so far; there is nothing to take below zero."""
        if not (share or always):
            return
        self.add(name, value, -max(self.total, 0.0) * share, always=always)

    def add(self, name: str, value: float, points: float, *, always: bool = True) -> None:
        if always or points:
            self.terms.append(Term(name, value, points + 0.0))  # −0 is 0 to a reader


def _fit(score: _Score, facts: Facts, numbers: Method, family: str | None) -> None:
    for name, weight in numbers.weights[facts.process].items():
        value = facts.fit[name]
        score.add(f"fit.{name}", value, weight * value)
    for name, strength in numbers.brakes[facts.process].items():
        if family is not None and (
            name in TELLS_MATERIAL
            or (name in SPEAKS_FOR and family not in numbers.materials[SPEAKS_FOR[name]])
        ):
            continue
        value = facts.fit[name]
        score.brake(f"brake.{name}", value, strength * (1 - value))


def _time(score: _Score, minutes: float, numbers: Method) -> None:
    """Nothing is taken up to a shift for each part, all at ten of them; logarithmic between."""
    shift = float(numbers.constants["shift_min"])
    value = 1 - min(max(math.log10(max(minutes, 1e-9) / shift), 0.0), 1.0)
    score.brake("machining_time", value, float(numbers.constants["machining_time"]) * (1 - value))


def _deduct(score: _Score, findings: Iterable[Finding], numbers: Method) -> None:
    """Each further finding of a severity takes half of what the one before took."""
    severities = [finding.severity for finding in findings]
    for severity in reversed(SEVERITIES):
        count = severities.count(severity)
        if not count:
            continue
        first = float(numbers.constants["findings"][severity])
        points = -first * 2 * (1 - 0.5**count)
        score.add(f"findings.{severity}", float(count), points, always=False)


def _material(score: _Score, process: str, material: Material, numbers: Method) -> None:
    if material.family not in numbers.materials[process]:
        strength = float(numbers.constants["material_impossible"])
        score.brake("material", 0.0, strength, always=True)
    elif material.family in numbers.cast_families.get(process, ()):
        score.brake("material", 0.25, float(numbers.constants["material_cast"]), always=True)
    elif process in material.processes:
        score.add("material", 1.0, float(numbers.constants["material_usual"]))
    else:
        score.brake("material", 0.5, float(numbers.constants["material_unusual"]), always=True)


def _economics(score: _Score, process: str, annual: int, numbers: Method) -> None:
    """Nothing is taken inside the process' usual quantities, all at twenty times below or above."""
    bounds = numbers.economics[process]
    distance = 0.0
    if bounds["from"] and annual < bounds["from"]:
        distance = math.log(bounds["from"] / annual)
    elif bounds["to"] and annual > bounds["to"]:
        distance = math.log(annual / bounds["to"])
    value = max(1 - distance / math.log(20), 0.0)
    score.add("economics", value, -float(numbers.constants["economics"]) * (1 - value))


def _hint(score: _Score, process: str, hints: Hints, numbers: Method) -> None:
    hit = any(f" {word}" in hints.text for word in numbers.hints.get(process, ()))
    if hit:
        score.add("hint", 1.0, float(numbers.constants["hint"]))


def _verdict(total: float, facts: Facts, findings: Sequence[Finding], numbers: Method) -> str:
    if total < numbers.constants["unsuitable_below"] or not all(facts.gates.values()):
        return "unsuitable"
    grave = any(f.severity in ("critical", "major") for f in findings)
    if grave or total < numbers.constants["suitable_from"]:
        return "with_changes"
    return "suitable"


def find(facts: Facts, rules: Sequence[Rule], family: str | None) -> list[Finding]:
    """Findings of one process, the gravest first; places that break a rule alike are one."""
    by_quantity: defaultdict[str, list[Measurement]] = defaultdict(list)
    for measurement in facts.measurements:
        by_quantity[measurement.quantity].append(measurement)
    broken: dict[str, list[_Broken]] = {}
    for rule in rules:
        found: list[_Broken] = []
        for measurement in by_quantity.get(rule.quantity, ()):
            verdict = rule.broken(measurement.value, measurement.context, family)
            if verdict is not None:
                found.append((measurement, *verdict))
        if found:
            broken[rule.id] = found
    for less, more in SAID_BY:
        if less in broken and more in broken:
            broken[less] = [each for each in broken[less] if not _is_said(each, broken[more])]
    for thick, change in LUMPS:
        if thick in broken and change in broken:
            broken[thick], broken[change] = _told_once(broken[thick], broken[change])
    told = [each for rule in rules if rule.id in broken for each in _merged(rule, broken[rule.id])]
    return sorted(told, key=lambda f: -SEVERITIES.index(f.severity))


_Broken = tuple[Measurement, str, float]  # with its severity and the limit


def _told_once(
    thick: Sequence[_Broken], change: Sequence[_Broken]
) -> tuple[list[_Broken], list[_Broken]]:
    """Thick places and changes of section without the half of each pair that says less; a thick
    place in a wall that is too thick all over is a cause beside the change.
    """
    lumps = [each for each in thick if not each[0].context.get("wall_mm", -math.inf) > each[2]]
    kept = [each for each in thick if each not in lumps or not _is_said(each, change)]
    left = [each for each in kept if each in lumps]
    return kept, [each for each in change if not _is_said(each, left)]


def _is_said(less: _Broken, more: Iterable[_Broken]) -> bool:
    """Whether a finding as grave stands at the same place."""
    place, severity, _ = less
    return bool(place.faces) and any(
        set(place.faces) <= set(other.faces)
        and SEVERITIES.index(severity) <= SEVERITIES.index(other_severity)
        for other, other_severity, _ in more
    )


def _merged(rule: Rule, broken: list[_Broken]) -> list[Finding]:
    if len(broken) == 1:
        return [_finding(rule, broken)]
    groups: dict[tuple[Any, ...], list[_Broken]] = {}
    for each in broken:
        measurement, severity, limit = each
        key: tuple[Any, ...] = (severity,)
        if measurement.feature is not None:
            key = (severity, _rounded(measurement.value), _rounded(limit))
        groups.setdefault(key, []).append(each)
    ordered = sorted(groups.values(), key=lambda group: _excess(group[0], rule), reverse=True)
    if len(ordered) > FINDINGS_OF_A_RULE:
        rest = [each for group in ordered[FINDINGS_OF_A_RULE - 1 :] for each in group]
        gravest = max(SEVERITIES.index(each[1]) for each in rest)
        ordered = [
            *ordered[: FINDINGS_OF_A_RULE - 1],
            [(m, SEVERITIES[gravest], b) for m, _, b in rest],
        ]
    return [_finding(rule, group) for group in ordered]


def _finding(rule: Rule, group: list[_Broken]) -> Finding:
    measurement, severity, limit = max(group, key=lambda each: _excess(each, rule))
    faces = tuple(sorted(set().union(*(each[0].faces for each in group))))
    return Finding(
        rule.id, rule.process, severity, rule.quantity, measurement.value, limit, rule.relation,
        rule.unit, faces, measurement.feature, rule.source, len(group),
    )  # fmt: skip


def _excess(each: _Broken, rule: Rule) -> float:
    """How far beyond its limit a measurement lies, as a share of the limit."""
    measurement, _, limit = each
    beyond = limit - measurement.value if rule.relation == ">=" else measurement.value - limit
    return beyond / max(abs(limit), 1e-9)


def _rounded(value: float) -> float:
    return float(f"{value:.{SAME_VALUE_DIGITS}g}")
