"""How well does each process suit what was examined? The application's side of judging."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geometry import materials
from workbench.errors import WrongUse

if TYPE_CHECKING:
    from geometry.processes.rules import Rulebook
    from geometry.processes.suitability import Finding, Judgement

__all__ = [
    "Conditions",
    "UnknownProcess",
    "analysis",
    "check",
    "judge",
    "load",
    "profile_record",
]


@dataclass(frozen=True)
class Conditions:
    """What a judgement depends on beside the file."""

    material: str | None = None
    annual: int | None = None
    processes: tuple[str, ...] | None = None  # None: all
    hints: bool = True  # names, colours, materials and header words may speak
    rules: Path | None = None  # limits that stand instead of the usual ones


class UnknownProcess(WrongUse):
    """No process has that name."""

    code = "unknown_process"


def load() -> None:
    """Load what judging needs now, rules and numbers too, rather than when a record is there."""
    import geometry.processes.routes  # noqa: F401
    from geometry.processes.suitability import method

    method()
    _rulebook(None)


def check(conditions: Conditions) -> None:
    """Refuse what can be refused before a file is read.

    Raises UnknownProcess, UnknownMaterial, BadRules.
    """
    from geometry.processes.rules import PROCESSES

    if conditions.material is not None:
        materials.find(conditions.material)
    for name in conditions.processes or ():
        if name not in PROCESSES:
            known = ", ".join(PROCESSES)
            raise UnknownProcess(
                f"no process {name!r}", where="--process", hint=known, name=name, known=known
            )
    _rulebook(conditions.rules)


def analysis(record: Mapping[str, Any], name: str, conditions: Conditions) -> dict[str, Any]:
    """The contract's analysis of an examined file under the name it has now."""
    from workbench import report_json

    judgements = judge(record, conditions)
    used = profile_record(conditions.rules) if conditions.rules else None
    return report_json.analysis(record, judgements, name=name, rules=used)


def judge(record: Mapping[str, Any], conditions: Conditions) -> list[dict[str, Any]]:
    """For each part its `processes`, best first, its two-step `routes`, and `findings`, in the
    contract's keys.

    Sentences are not among them.

    Arithmetic on the record of an examination: milliseconds. A material that nobody asked for is
    the file's own where hints may speak.
    """
    from geometry.processes.measurement import Facts
    from geometry.processes.routes import routes
    from geometry.processes.suitability import Conditions as Asked
    from geometry.processes.suitability import Hints
    from geometry.processes.suitability import judge as judge_part

    rules = _rulebook(conditions.rules)
    judged = []
    for part in record["parts"]:
        material = materials.known(conditions.material)
        hints = None
        if conditions.hints:
            hints = Hints(tuple(_words(record, part)))
            material = material or materials.known(part.get("material"))
        asked = Asked(material=material, annual=conditions.annual, hints=hints)
        facts = {name: Facts.from_dict(each) for name, each in part["facts"].items()}
        judgements = judge_part(facts, asked, rules)
        wanted = conditions.processes
        chosen = [j for j in judgements if wanted is None or j.process in wanted]
        unknown = material is None and conditions.hints and bool(part.get("material"))
        mass_kg = material.mass_kg(part["volume_mm3"]) if material else None
        two_steps = [route.to_dict() for route in routes(part, facts, chosen, asked, rules)]
        judged.append({**_numbered(chosen, unknown), "routes": two_steps, "mass_kg": mass_kg})
    return judged


def _rulebook(profile: Path | None) -> "Rulebook":
    from geometry.processes.rules import default_rules

    rules = default_rules()
    return rules if profile is None else rules.with_profile(profile)


def profile_record(profile: Path) -> dict[str, Any]:
    """The contract's `rules`: which profile stood instead of the usual limits, and what it changed.

    Raises BadRules.
    """
    usual, own = _rulebook(None), _rulebook(profile)
    before = {(rule.process, rule.id): rule for rule in usual.rules}
    after = {(rule.process, rule.id): rule for rule in own.rules}
    changed = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return {
        "profile": profile.name,
        "sha256": own.sha256,
        "changed": [{"process": process, "rule": rule} for process, rule in changed],
    }


def _words(record: Mapping[str, Any], part: Mapping[str, Any]) -> Iterator[str]:
    """Everything that the file says of a part in words."""
    yield part["name"]
    yield record["source"]["name"]
    yield from (note["text"] for note in part.get("pmi", ()))
    yield record["assembly"]["name"]


def _numbered(judgements: "list[Judgement]", unknown_material: bool) -> dict[str, Any]:
    """Judgements as plain records whose findings have ids within the part.

    unknown_material: the file names a material that nobody knows.
    """
    findings: list[dict[str, Any]] = []
    processes = []
    for judgement in judgements:
        ids = []
        for finding in judgement.findings:
            ids.append(f"finding-{len(findings) + 1}")
            findings.append(_finding(ids[-1], finding))
        processes.append(
            {
                "process": judgement.process,
                # a sum of terms may miss 0 or 100 by the last digit
                "suitability": min(max(judgement.suitability, 0.0), 100.0),
                "verdict": judgement.verdict,
                "metrics": dict(judgement.metrics),
                "findings": ids,
                "terms": [
                    {"name": term.name, "value": term.value, "points": term.points}
                    for term in judgement.terms
                ],
                "not_checked": [
                    {
                        "what": missing.what,
                        "why": "not_known"
                        if unknown_material and missing.what == "material"
                        else missing.why,
                    }
                    for missing in judgement.not_checked
                ],
            }
        )
    return {"processes": processes, "findings": findings}


def _finding(id_: str, finding: "Finding") -> dict[str, Any]:
    unit = finding.unit
    limit = {"value": finding.limit, "unit": unit, "relation": finding.relation}
    return {
        "id": id_,
        "rule": finding.rule,
        "process": finding.process,
        "severity": finding.severity,
        "measured": {"value": finding.measured, "unit": unit},
        "limit": limit,
        "faces": list(finding.faces),
        **({"feature": finding.feature} if finding.feature else {}),
        "source": finding.source,
        "count": finding.count,
        "values": dict(finding.values),
    }
