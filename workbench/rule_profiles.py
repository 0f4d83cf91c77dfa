"""Which limits are there, how does a profile of one's own begin, and which profiles are kept?"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench import language
from workbench.errors import NoSuchProfile
from workbench.storage import write_whole

if TYPE_CHECKING:
    from geometry.processes.rules import Limit, Rule

__all__ = ["Profiles", "limit_text", "record", "rules", "template"]

_UNFIT = re.compile(r"[^\w .()+-]+")  # characters that a profile's name is kept without
LONGEST_STEM = 60


class Profiles:
    """A folder of profiles that were read without a fault, by name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        """Names of all, in order."""
        if not self.folder.is_dir():
            return []
        return sorted(path.stem for path in self.folder.glob("*.toml"))

    def path(self, name: str) -> Path:
        """The file of a profile.

        Raises NoSuchProfile: names from outside are never paths.
        """
        if name not in self.names():
            raise NoSuchProfile(f"no profile {name!r}", where="rules", name=name)
        return self.folder / f"{name}.toml"

    def keep(self, data: bytes, file_name: str) -> str:
        """Keep a profile in place of one of that name; the name.

        Raises BadRules with every fault, StorageFailure; nothing is kept then.
        """
        from geometry.processes.rulefile import RuleFile
        from geometry.processes.rules import default_rules

        stem = _UNFIT.sub("_", Path(file_name).stem).strip(" .")[:LONGEST_STEM] or "rules"
        default_rules().with_file(RuleFile.of(data, f"{stem}.toml"), f"{stem}.toml")
        kept = self.folder / f"{stem}.toml"
        write_whole(kept, data, folder=self.folder, half=self.folder)
        return stem

    def remove(self, name: str) -> None:
        """Forget a profile; whoever is judged by it is then judged by the published limits.

        Raises NoSuchProfile.
        """
        self.path(name).unlink(missing_ok=True)


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
