"""What does a report tell? Everything it is written from, in no language and no format."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geometry

if TYPE_CHECKING:
    from geometry.processes.rules import Rule
    from workbench.plants import Plant

__all__ = ["GRAVE", "SEVERITIES", "Changed", "Facts", "Profile", "gather", "profile_of", "ranked"]

SEVERITIES = ("critical", "major", "minor", "advice")
GRAVE = ("critical", "major")


@dataclass(frozen=True)
class Changed:
    """A rule that a profile made different; None where a side does not have it."""

    process: str
    rule: str
    usual: str | None
    own: str | None
    unit: str


@dataclass(frozen=True)
class Profile:
    """The limits that stood instead of the usual ones."""

    name: str
    sha256: str
    changes: tuple[Changed, ...]


@dataclass(frozen=True)
class Facts:
    """An analysis, what it was made under, and what was added for the report."""

    analysis: Mapping[str, Any]  # the contract's
    pictures: Sequence[Mapping[str, bytes]]  # PNG by name, one mapping a part
    matches: Sequence[Mapping[str, Any] | None]  # the contract's match of each part, if any
    made_at: datetime
    program: str  # version of the program
    geometry: str  # version of what measured
    material: str | None = None  # as asked for
    annual: int | None = None
    hints: bool = True
    profile: Profile | None = None


def gather(
    analysis: Mapping[str, Any],
    pictures: Sequence[Mapping[str, bytes]],
    plants: "Sequence[Plant]",
    *,
    rules: Path | None = None,
    material: str | None = None,
    annual: int | None = None,
    hints: bool = True,
    **_: Any,
) -> Facts:
    """What a report tells, with the plants matched where there are any and a quantity is known."""
    matches: list[Mapping[str, Any] | None] = [None] * len(analysis["parts"])
    if annual is not None and plants:
        from workbench.matching import Demand, match

        demand = Demand(annual=annual, material=material)
        matches = [match(part, demand, plants) for part in analysis["parts"]]
    return Facts(
        analysis,
        pictures,
        matches,
        made_at=datetime.now().astimezone().replace(microsecond=0),
        program=version("cooperation-workbench"),
        geometry=geometry.VERSION,
        material=material,
        annual=annual,
        hints=hints,
        profile=profile_of(rules),
    )


def ranked(part: Mapping[str, Any], process: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The findings of a process, the gravest first."""
    own = set(process["findings"])
    found = [each for each in part["findings"] if each["id"] in own]
    return sorted(found, key=lambda each: SEVERITIES.index(each["severity"]))


def profile_of(path: Path | None) -> Profile | None:
    """What a rule profile changes.

    Raises BadRules.
    """
    if path is None:
        return None
    from geometry.processes.rules import default_rules

    usual = {(rule.process, rule.id): rule for rule in default_rules().rules}
    book = default_rules().with_profile(path)
    own = {(rule.process, rule.id): rule for rule in book.rules}
    changes = [
        Changed(process, rule, _limit(usual.get(key)), _limit(own.get(key)), _unit(own, usual, key))
        for key in {**usual, **own}
        for process, rule in (key,)
        if usual.get(key) != own.get(key)
    ]
    return Profile(path.name, book.sha256 or "", tuple(changes))


def _limit(rule: "Rule | None") -> str | None:
    """A rule's limits as its file writes them."""
    if rule is None:
        return None
    told = []
    for threshold in (rule.limit, rule.fail):
        if threshold is not None:
            limits = {"": threshold.default, **threshold.by_family}
            for family, limit in limits.items():
                written = f"{rule.relation} {getattr(limit, 'source', limit)}"
                told.append(f"{family}: {written}" if family else written)
    return "; ".join(told)


def _unit(
    own: "Mapping[tuple[str, str], Rule]",
    usual: "Mapping[tuple[str, str], Rule]",
    key: tuple[str, str],
) -> str:
    return (own.get(key) or usual[key]).unit
