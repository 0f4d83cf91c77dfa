"""Which parts are best made in two steps: near net by one process, the rest cut afterwards?

A route is a primary process whose part comes near to the drawing, and machining of the features
that it cannot leave ready. Its suitability is that of the primary process without what the cutter
takes over, less the points that the cutting costs. Arithmetic on records; no geometry is touched.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from geometry.processes.measurement import Facts, ramp
from geometry.processes.rules import Rulebook
from geometry.processes.suitability import (
    Conditions,
    Finding,
    Judgement,
    Method,
    Term,
    judge,
    method,
)
from geometry.processes.tools import LARGEST_DRILL_MM
from geometry.vectors import off_line

__all__ = ["PRIMARY", "Route", "SecondStep", "routes", "second_step"]

CASTINGS = ("sand_casting", "gravity_casting", "die_casting", "investment_casting")
SHEET = ("sheet_metal", "stamping")
# processes whose part comes near net; milling and turning need no second step
PRIMARY = (*CASTINGS, "forging", "moulding", "extrusion", *SHEET)
# what a cutter makes in a near-net part without remaking it
CUT_TYPES = ("hole", "thread", "groove", "slot", "chamfer")
# kinds of a feature that a tool of the second step alone leaves: undercut slots and seats of seals
CUT_KINDS = ("o_ring", "keyway", "t_slot", "dovetail")
ALONG_COS = 0.999  # a profile's voids run along it and are no holes to drill
ON_AXIS_MM = 0.05  # two axes that modellers draw as one
COARSEST_CUT_SHARE = 0.5  # a part half of which is cut is no longer near net: ours


Place = tuple[str | None, Iterable[int]]  # feature, faces of a finding


@dataclass(frozen=True)
class SecondStep:
    """What is cut in a near-net part, and how."""

    process: str  # milling or turning
    operation: str  # drill_tap, finish_turn or finish_machine
    features: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Route:
    """A near-net process and what is cut afterwards."""

    processes: tuple[str, ...]  # in the order of work
    operations: tuple[str, ...]  # words of the plants' workbook: cast, bend, drill_tap …
    suitability: float
    verdict: str
    terms: tuple[Term, ...]  # they add up to the suitability
    findings: tuple[Finding, ...]  # of the primary process, that machining does not answer
    answered: tuple[str, ...]  # rules that machining answers
    features: tuple[str, ...]  # ids of what is cut
    faces: tuple[int, ...]
    cut_share: float  # of the area

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "processes": list(self.processes),
            "operations": list(self.operations),
            "suitability": self.suitability,
            "verdict": self.verdict,
            "terms": [{"name": t.name, "value": t.value, "points": t.points} for t in self.terms],
            "answered": list(self.answered),
            "machined": {
                "features": list(self.features),
                "faces": list(self.faces),
                "area_share": self.cut_share,
            },
        }


def routes(
    part: Mapping[str, Any],
    facts: Mapping[str, Facts],
    judgements: Sequence[Judgement],
    conditions: Conditions,
    rules: Rulebook,
) -> list[Route]:
    """Two-step routes of a part, best first: none for a process that leaves the part ready, nor
    for one that does not suit.

    part: of an examination's record, with `faces` and `features`; facts, judgements: its own.
    """
    numbers = method()
    areas = np.array([face["area_mm2"] for face in part.get("faces", ())])
    features = part.get("features", ())
    cuttable = [f for f in features if f["type"] in (*CUT_TYPES, "turned_profile")]
    found = []
    for judgement in judgements:
        own = facts[judgement.process]
        if not all(own.gates.values()):  # what cannot be made so is not cut ready either
            continue
        broken = [(f.feature, f.faces) for f in judgement.findings if f.severity != "advice"]
        step = second_step({"features": cuttable}, judgement.process, judgement.metrics, broken)
        if step is None:
            continue
        faces = sorted(set().union(*(feature["faces"] for feature in step.features)))
        share = float(areas[faces].sum() / areas.sum()) if faces else 0.0
        if share < COARSEST_CUT_SHARE:
            before = {finding.rule for finding in judgement.findings}
            found.append(_route(own, step, faces, share, before, conditions, rules, numbers))
    least = float(numbers.constants["unsuitable_below"])
    kept = [
        route for route in found if route.verdict != "unsuitable" and route.suitability >= least
    ]
    return sorted(kept, key=lambda route: -route.suitability)


def second_step(
    part: Mapping[str, Any], process: str, metrics: Mapping[str, Any], broken: Iterable[Place]
) -> SecondStep | None:
    """Features that the process cannot leave ready, by their nature or by a limit they break, and
    how they are cut; None where it leaves the part ready.

    part: with `features` of the contract; broken: places of the process' findings graver than
    advice.
    """
    if process not in PRIMARY:
        return None
    places = list(broken)
    names = {name for name, _ in places if name}
    faces = set().union(*(own for _, own in places))
    found = []
    for feature in part.get("features", ()):
        if feature["type"] not in CUT_TYPES:
            continue
        limited = feature["type"] == "hole" and (
            feature["id"] in names
            or (bool(feature["faces"]) and faces.issuperset(feature["faces"]))
        )
        if limited or _by_nature(feature, process, metrics):
            found.append(feature)
    if not found:
        return None
    by = _second(part, found)
    if all(_is_drilled(feature) for feature in found):
        return SecondStep(by, "drill_tap", tuple(found))
    operation = "finish_turn" if by == "turning" else "finish_machine"
    return SecondStep(by, operation, tuple(found))


def _is_drilled(feature: Mapping[str, Any]) -> bool:
    """Whether a drill or tap makes it; larger bores are turned out or milled."""
    if feature["type"] == "hole":
        wide = feature.get("parameters", {}).get("diameter_mm", 0.0)
        return float(wide) <= LARGEST_DRILL_MM
    return bool(feature["type"] == "thread")


def _by_nature(feature: Mapping[str, Any], process: str, metrics: Mapping[str, Any]) -> bool:
    """Whether a process never leaves such a feature, whatever its size."""
    parameters = feature.get("parameters", {})
    if feature["type"] == "thread" or parameters.get("thread"):
        return process != "moulding"  # a mould unscrews, or takes inserts
    if process in SHEET:
        return bool(parameters.get("countersink") or parameters.get("counterbore"))
    if process == "extrusion":  # undercut slots along the run are the profile's own
        run, axis = metrics.get("direction"), parameters.get("axis")
        across = not (run and axis) or abs(float(np.dot(run, axis))) < ALONG_COS
        return bool(feature["type"] == "hole") and across
    if feature.get("kind") in CUT_KINDS:
        return process != "moulding"
    return feature["id"] in metrics.get("machined_features", ()) or bool(
        process == "forging" and feature["type"] == "hole"
    )


def _route(
    facts: Facts,
    step: SecondStep,
    faces: Sequence[int],
    share: float,
    before: set[str],
    conditions: Conditions,
    rules: Rulebook,
    numbers: Method,
) -> Route:
    ids = {feature["id"] for feature in step.features}
    near_net = _without(facts, ids, set(faces))
    (judged,) = judge({facts.process: near_net}, conditions, rules, numbers=numbers)
    most = float(numbers.constants["route_machining"])
    value = 1 - ramp(share, 0.0, COARSEST_CUT_SHARE)
    points = max(-most * (1 - value), -judged.suitability)
    return Route(
        processes=(facts.process, step.process),
        operations=(*_first(facts), step.operation),
        suitability=judged.suitability + points,
        verdict=judged.verdict,
        terms=(*judged.terms, Term("machining", value, points)),
        findings=judged.findings,
        answered=tuple(sorted(before - {finding.rule for finding in judged.findings})),
        features=tuple(sorted(ids)),
        faces=tuple(faces),
        cut_share=share,
    )


def _without(facts: Facts, ids: set[str], faces: set[int]) -> Facts:
    """The facts of the part as it leaves the first step: what is cut later is full there."""
    kept = tuple(
        m
        for m in facts.measurements
        if m.feature not in ids and not (m.faces and faces.issuperset(m.faces))
    )
    return replace(facts, measurements=kept)


def _second(part: Mapping[str, Any], cut: Iterable[Mapping[str, Any]]) -> str:
    """Turning where all that is cut lies on the axis of a turned profile, else milling."""
    lathe = next((f for f in part.get("features", ()) if f["type"] == "turned_profile"), None)
    if lathe is None:
        return "milling"
    axis = np.array(lathe["parameters"]["axis"], float)
    origin = np.array(lathe["parameters"]["origin_mm"], float)
    return "turning" if all(_on_axis(f, axis, origin) for f in cut) else "milling"


def _on_axis(feature: Mapping[str, Any], axis: np.ndarray, origin: np.ndarray) -> bool:
    parameters = feature.get("parameters", {})
    own = parameters.get("axis")
    at = parameters.get("origin_mm")
    if own is None or at is None:
        return feature["type"] == "groove"  # of a turned profile, or it would be a slot
    off = off_line(np.array(at, float), origin, axis)
    return bool(abs(np.dot(own, axis)) > ALONG_COS and off < ON_AXIS_MM)


def _first(facts: Facts) -> tuple[str, ...]:
    """Operations of the near-net process."""
    first = {
        "forging": ("forge", "trim"),
        "moulding": ("mould",),
        "extrusion": ("saw",) if facts.metrics.get("plain_bar") else ("extrude",),
        "stamping": ("stamp",),
        "sheet_metal": ("cut_sheet",),
    }.get(facts.process, ("cast", "trim"))
    if facts.process == "sheet_metal" and facts.metrics.get("bends"):
        return (*first, "bend")
    return first
