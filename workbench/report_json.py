"""How does what was found become our JSON? Sentences are added here.

`geometry` says what it found in codes and numbers; every code has its sentence in the catalogues.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from workbench import language

__all__ = [
    "SCHEMA",
    "analysis",
    "finding_sentences",
    "summary_sentences",
    "warned",
    "warning_sentences",
]

SCHEMA = "workbench.analysis/1"

_GRAVITY = ("critical", "major", "minor", "advice")


def analysis(
    record: Mapping[str, Any],
    judgements: Sequence[Mapping[str, Any]],
    *,
    name: str,
    rules: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The contract's analysis of a file under the name it has now.

    record: `Examination.record`; judgements: one a part, `processes` (best first), `routes` and
    `findings` in the keys of the contract, lacking their sentences; rules: the profile that was
    used, if any.
    """
    return {
        "schema": SCHEMA,
        "source": {**record["source"], "name": name},
        "warnings": [warned(warning) for warning in record["warnings"]],
        "assembly": record["assembly"],
        "parts": [
            _part(part, judged) for part, judged in zip(record["parts"], judgements, strict=True)
        ],
        **({"rules": dict(rules)} if rules else {}),
        "timing_s": dict(record["timing_s"]),
    }


def _part(part: Mapping[str, Any], judged: Mapping[str, Any]) -> dict[str, Any]:
    findings = [_finding(finding) for finding in judged["findings"]]
    by_id = {finding["id"]: finding for finding in findings}
    return {
        **{key: value for key, value in part.items() if key != "facts"},
        **({"mass_kg": judged["mass_kg"]} if judged.get("mass_kg") is not None else {}),
        "processes": [_process(process, by_id) for process in judged["processes"]],
        "routes": list(judged.get("routes", ())),
        "findings": findings,
    }


def _finding(finding: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in finding.items() if key != "values" and value is not None}
    said = {"message": "what", "why": "why", "fix": "fix"}
    return {**kept, **{key: finding_sentences(finding, part) for key, part in said.items()}}


def _process(process: Mapping[str, Any], findings: Mapping[str, Any]) -> dict[str, Any]:
    own = [findings[id_] for id_ in process["findings"]]
    return {**process, "summary": summary_sentences(process, own)}


def finding_sentences(finding: Mapping[str, Any], part: str = "what") -> dict[str, str]:
    """What was found, why it matters or what to do (`what`, `why`, `fix`), in every language.

    A rule may have a sentence of its own (`none`) for what is missing altogether.
    """
    values = dict(finding.get("values") or {})
    for role in ("measured", "limit"):
        if finding.get(role) is not None:
            values.setdefault(role, finding[role]["value"])
    measured = values.get("measured")
    missing = isinstance(measured, int | float) and round(measured, 2) == 0
    if {"measured", "limit"} <= values.keys():
        values["measured"], values["limit"] = language.told_apart(measured, values["limit"])
    key = f"rule.{finding['rule']}"
    if part == "what" and missing and language.exists(f"{key}.none"):
        return language.sentences(f"{key}.none", **values)
    return language.sentences(f"{key}.{part}", **values)


def summary_sentences(
    process: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]
) -> dict[str, str]:
    """One sentence about a process: its verdict, how much is found, advice included as in the list
    beside it, and what stands against it most.
    """
    against = sorted(
        (finding for finding in findings if finding["severity"] != "advice"),
        key=lambda finding: _GRAVITY.index(finding["severity"]),
    )
    verdict, suitability = process["verdict"], process["suitability"]
    if not against:
        return language.sentences(f"report.summary.{verdict}.clean", suitability=suitability)
    gravest = against[0]["message"]
    return {
        tag: language.text(
            f"report.summary.{verdict}.because",
            tag,
            suitability=suitability,
            count=len(findings),
            gravest=gravest[tag],
        )
        for tag in language.LANGUAGES
    }


def warning_sentences(warning: Mapping[str, Any]) -> dict[str, str]:
    """What a warning says, in every language."""
    said = {}
    for tag in language.LANGUAGES:
        values = dict(warning.get("values") or {})
        if "process" in values:
            values["process"] = language.text(f"process.{values['process']}", tag)
        said[tag] = language.text(f"warning.{warning['code']}", tag, **values)
    return said


def warned(warning: Mapping[str, Any]) -> dict[str, Any]:
    """A warning with its sentence, in the language of the call and in all."""
    messages = warning_sentences(warning)
    said = {
        "code": warning["code"],
        "message": messages[language.current()],
        "messages": messages,
    }
    if warning.get("part") is not None:
        said["part"] = warning["part"]
    if "error" in (warning.get("values") or {}):  # for who mends it, not for who reads the page
        said["detail"] = warning["values"]["error"]
    return said
