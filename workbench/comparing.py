"""What does a change mean: for every process, for the cost, for a build that must not change?"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from geometry.errors import GeometryError

if TYPE_CHECKING:
    from workbench.matching import Demand
    from workbench.plants import Plant

__all__ = [
    "completed",
    "cost_change",
    "differs",
    "main_pair",
    "mass_change",
    "pmi_changes",
    "process_changes",
]

SAME_MEASURE_SHARE = 0.005  # what was measured twice on one shape agrees better

Part = Mapping[str, Any]  # of the contract's analysis
Finding = Mapping[str, Any]


def completed(
    answer: Mapping[str, Any],
    a: Part,
    b: Part,
    demand: "Demand | None",
    plants: "Sequence[Plant]",
) -> dict[str, Any]:
    """The comparison of two shapes with what both parts, judged, have to say to it."""
    told = {
        "mass_kg": mass_change(a, b),
        "pmi": pmi_changes(a, b),
        "cost": cost_change(a, b, demand, plants) if demand is not None else None,
    }
    return {
        **answer,
        "processes": process_changes(a, b),
        **{key: value for key, value in told.items() if value is not None},
    }


def main_pair(answer: Mapping[str, Any], index_a: int, index_b: int) -> tuple[int, int]:
    """Which parts of the two files a comparison shows: the largest pair of two assemblies."""
    pairs = answer.get("assembly", {}).get("parts")
    return (pairs[0]["a"], pairs[0]["b"]) if pairs else (index_a, index_b)


def differs(comparison: Mapping[str, Any]) -> bool:
    """Whether anything that a drawing says has changed: shape, size, arrangement, annotations.

    Place, names, units and the way a file is written are no change.
    """
    annotations = comparison.get("pmi", {})
    return not comparison["same_shape"] or any(annotations.get(k) for k in ("added", "removed"))


def process_changes(a: Part, b: Part) -> list[dict[str, Any]]:
    """Suitability of each process before and after, and the findings that come and go."""
    before = {process["process"]: process for process in a["processes"]}
    after = {process["process"]: process for process in b["processes"]}
    return [
        {
            "process": name,
            "a": before[name]["suitability"],
            "b": after[name]["suitability"],
            "verdict": {"from": before[name]["verdict"], "to": after[name]["verdict"]},
            "findings": _finding_changes(_findings(a, before[name]), _findings(b, after[name])),
        }
        for name in before
        if name in after
    ]


def _findings(part: Part, process: Mapping[str, Any]) -> list[Finding]:
    own = set(process["findings"])
    return [finding for finding in part["findings"] if finding["id"] in own]


def _finding_changes(before: list[Finding], after: list[Finding]) -> dict[str, Any]:
    """Findings paired rule by rule: first those that say the same, then those that changed."""
    left, vanished, same = list(after), [], 0
    for old in before:
        twin = next((new for new in left if _says_the_same(old, new)), None)
        if twin is None:
            vanished.append(old)
        else:
            left.remove(twin)
            same += 1
    changed = []
    for old in list(vanished):
        heir = next((new for new in left if new["rule"] == old["rule"]), None)
        if heir is not None:
            left.remove(heir)
            vanished.remove(old)
            changed.append({"from": _told(old), "to": _told(heir)})
    return {
        "appeared": [_told(finding) for finding in left],
        "vanished": [_told(finding) for finding in vanished],
        "changed": changed,
        "same": same,
    }


def _says_the_same(old: Finding, new: Finding) -> bool:
    if (old["rule"], old["severity"], old.get("count")) != (
        new["rule"], new["severity"], new.get("count"),
    ):  # fmt: skip
        return False
    if old.get("message") is not None and old["message"] == new.get("message"):
        return True  # to the digits that anybody is told
    one, other = (
        finding["measured"]["value"] if finding.get("measured") else None for finding in (old, new)
    )
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) <= SAME_MEASURE_SHARE * max(abs(one), abs(other))
    return bool(one == other)


def _told(finding: Finding) -> dict[str, Any]:
    kept = ("id", "rule", "severity", "message", "measured", "limit", "faces", "count")
    return {key: finding[key] for key in kept if finding.get(key) is not None}


def pmi_changes(a: Part, b: Part) -> dict[str, Any] | None:
    """Annotations that came and went, told apart by what they say; None where there are none."""
    before, after = list(a.get("pmi") or ()), list(b.get("pmi") or ())
    if not before and not after:
        return None
    left, removed = list(after), []
    for note in before:
        twin = next((new for new in left if _meaning(new) == _meaning(note)), None)
        if twin is None:
            removed.append(note)
        else:
            left.remove(twin)
    return {"removed": removed, "added": left, "same": len(before) - len(removed)}


def _meaning(note: Mapping[str, Any]) -> tuple[Any, ...]:
    """What an annotation says, without the faces that it stands on."""
    numbers = (note.get(key) for key in ("value", "upper", "lower"))
    rounded = (round(n, 6) if isinstance(n, int | float) else n for n in numbers)
    return (note.get("type"), " ".join(str(note.get("text", "")).split()), *rounded)


def mass_change(a: Part, b: Part) -> dict[str, float] | None:
    """Masses in kg, where the material of both is known."""
    if a.get("mass_kg") is None or b.get("mass_kg") is None:
        return None
    return {"from": a["mass_kg"], "to": b["mass_kg"]}


def cost_change(
    a: Part, b: Part, demand: "Demand", plants: "Sequence[Plant]"
) -> dict[str, Any] | None:
    """Cost of the best local way to make each, and the difference; None where there is no way."""
    from workbench.matching import match

    routes = []
    for part in (a, b):
        try:
            found = match(part, demand, plants)["routes"]
        except GeometryError:  # no material that any of its processes works
            return None
        complete = [route for route in found if route["complete"]]
        if not complete:
            return None
        routes.append(complete[0])
    before, after = routes
    return {
        "annual": demand.annual,
        "currency": before["cost"]["currency"],
        "process": {"from": before["process"], "to": after["process"]},
        "material": {"from": before["material"], "to": after["material"]},
        "per_part": _from_to(before, after, "per_part"),
        "tooling": _from_to(before, after, "tooling"),
        "lead_time_days": {"from": before["lead_time_days"], "to": after["lead_time_days"]},
        "illustrative": any(plant.illustrative for plant in plants),
    }


def _from_to(before: Mapping[str, Any], after: Mapping[str, Any], key: str) -> dict[str, float]:
    old, new = before["cost"][key], after["cost"][key]
    return {"from": old, "to": new, "difference": new - old}
