"""Which limits are there, and how does a profile of one's own begin?"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from workbench import language

if TYPE_CHECKING:
    from geometry.processes.rules import Limit, Rule

__all__ = ["limit_text", "record", "rules", "template"]


def rules(processes: Sequence[str] = ()) -> "list[Rule]":
    """The rules of some processes, or of all.

    Raises UnknownProcess.
    """
    from geometry.processes.rules import default_rules
    from workbench.judging import Conditions, check

    check(Conditions(processes=tuple(processes) or None))
    return [rule for rule in default_rules().rules if not processes or rule.process in processes]


def record(rule: "Rule") -> dict[str, Any]:
    """A rule for machines."""
    return {
        "process": rule.process,
        "rule": rule.id,
        "quantity": rule.quantity,
        "relation": rule.relation,
        "limit": _plain(rule.limit),
        "severity": rule.severity,
        **(
            {"fail": _plain(rule.fail), "fail_severity": rule.fail_severity}
            if rule.fail is not None
            else {}
        ),
        "unit": rule.unit,
        "source": rule.source,
        "fix": language.sentences(f"rule.{rule.id}.fix", measured=0, limit=0, count=1, unit=""),
    }


def limit_text(limit: "Limit | None") -> str:
    """A limit as a rule file writes it: a number, a formula, or both by material family."""
    if limit is None:
        return ""
    if not limit.by_family:
        return _written(limit.default)
    by_family = {"default": limit.default, **limit.by_family}
    return "{ " + ", ".join(f"{name} = {_written(v)}" for name, v in by_family.items()) + " }"


def template(tag: str | None = None) -> str:
    """A profile that changes nothing yet: every rule as a comment, its remedy beside it."""
    lines = [f"# {line}" for line in language.text("cli.rules.template_head", tag).splitlines()]
    process = ""
    for rule in rules():
        if rule.process != process:
            process = rule.process
            lines += ["", f"# ---- {language.text(f'process.{process}', tag)}"]
        fix = language.text(f"rule.{rule.id}.fix", tag, measured=0, limit=0, count=1, unit="")
        lines += [
            "",
            f"# {fix}",
            f"# {rule.quantity} {rule.relation}; {rule.source}",
            f"#[{rule.process}.{rule.id}]",
            f"#limit = {limit_text(rule.limit)}",
            f'#severity = "{rule.severity}"',
        ]
        if rule.fail is not None:
            lines += [
                f"#fail = {limit_text(rule.fail)}",
                f'#fail_severity = "{rule.fail_severity}"',
            ]
        lines += [f'#unit = "{rule.unit}"', f'#source = "{_SOURCE}"']
    return "\n".join(lines) + "\n"


_SOURCE = "…"  # whose limit it is: the reader's to write


def _plain(limit: "Limit") -> Any:
    if not limit.by_family:
        return getattr(limit.default, "source", limit.default)
    by_family = {"default": limit.default, **limit.by_family}
    return {name: getattr(value, "source", value) for name, value in by_family.items()}


def _written(value: Any) -> str:
    formula = getattr(value, "source", None)
    return f'"{formula}"' if formula is not None else f"{value:g}"
