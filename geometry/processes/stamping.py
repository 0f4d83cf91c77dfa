"""Could the part be pressed from sheet in a tool: blanked, pierced, bent, formed or drawn?"""

import math

from geometry.processes.drawing import radii_of
from geometry.processes.grades import grade, held_size
from geometry.processes.measurement import Facts, Measurement, NotChecked, number_of
from geometry.processes.milling import _size
from geometry.processes.pressing import draws, numbers
from geometry.processes.sheet_metal import (
    bends_of,
    sheet_measurements,
    sheet_metrics,
)
from geometry.processes.subject import Subject

__all__ = ["NAME", "measure"]

NAME = "stamping"
LARGEST_GAUGE_MM = 12.0  # where `gauge` of stamping ends in grades.toml
STAMPING_GATE = 0.02  # of one thickness: less is no sheet at all; ours
DRAWN_LEAST = 0.2  # of the sheet: less is dimples and beads, no draw
ONE_STROKE = ("dimple", "emboss", "extruded_hole")  # forms that one tool leaves at once
MOST_LEVELS = 12  # stations for bends of a part that does not unfold


def measure(subject: Subject) -> Facts:
    """As for sheet metal, thinner; shells that no unfolding makes flat are drawn."""
    thickness = subject.sheet_thickness_mm
    drawn = _drawn(subject)
    metrics = sheet_metrics(subject, thickness)
    measurements = sheet_measurements(subject, thickness)
    size = {**_size(subject), "thickness_mm": thickness, **_wiping(subject, thickness)}
    draw = subject.draw if drawn > DRAWN_LEAST else None
    if draw is not None:
        metrics |= {"draw_ratio": draw.ratio, "blank_diameter_mm": draw.blank_mm}
        size |= {"punch_mm": draw.punch_mm, "draw_blank_mm": draw.blank_mm}
        context = {"thickness_mm": thickness}
        measurements.append(Measurement("draw_ratio", draw.ratio, (), None, context))
        measurements += radii_of(subject.part, thickness)
        metrics["draws"] = draws(draw.ratio, None)
    if subject.strip is not None:
        measurements.append(Measurement("strip_utilisation", subject.strip.utilisation))
    plan = _plan(subject, drawn, int(metrics.get("draws", 1)))
    metrics |= {"stations": len(plan), "station_plan": plan}
    machine_size = held_size("stamping", *subject.box_mm[:2])
    return Facts(
        process=NAME,
        metrics=metrics,
        measurements=tuple(measurements),
        fit={
            "one_thickness": subject.sheet_share,
            "slender": grade("sheet.slender", subject.sheet_slenderness),
            "gauge": grade("stamping.gauge", thickness),
            "cut_through": subject.cut_through,
            "press_size": grade("stamping.size", float(subject.box_mm[0])),
            "formed": max(drawn, _folded_small(subject), _formed_large(subject)),
            "not_turned": 1 - subject.turned * (1 - drawn),
            "size": machine_size,
        },
        gates={
            "size": machine_size > 0,
            "one_thickness": subject.sheet_share > STAMPING_GATE,
            "gauge": bool(thickness <= LARGEST_GAUGE_MM),
        },
        not_checked=_not_checked(subject),
        size=size,
    )


def _not_checked(subject: Subject) -> tuple[NotChecked, ...]:
    found = [NotChecked("tolerances", "needs_drawing")]
    if subject.strip is None:
        found.append(NotChecked("strip_layout", "no_sheet_model"))
    return tuple(found)


def _wiping(subject: Subject, thickness: float) -> dict[str, float]:
    """Σ length · t² / (r + R + t) over the bends, which a wiping force is in proportion to."""
    lip = numbers()["wiping"]["die_radius_t"] * thickness
    total = 0.0
    for bend in bends_of(subject):
        length = number_of(bend, "length_mm")
        radius = number_of(bend, "inside_radius_mm")
        if math.isfinite(length) and math.isfinite(radius):
            total += length * thickness**2 / (radius + lip + thickness)
    return {"wiping_mm2": total} if total > 0 else {}


def _plan(subject: Subject, drawn: float, draw_count: int) -> list[str]:
    """What the stations of a progressive or transfer die do, in their order.

    Bends as far from the middle as each other are made at one station, the outermost first; a hem
    is bent at one and closed at the next.
    """
    if drawn > DRAWN_LEAST:
        # the inside of a cup looks like a blind hole
        holes = any(hole.kind == "through" for hole in subject.holes)
        holes = holes or bool(subject.features("cutout"))
        return [
            "blank",
            *["draw"] * max(draw_count, 1),
            "trim",
            *(["pierce"] if holes else []),
        ]
    bends = bends_of(subject)
    holes = bool(subject.holes or subject.features("cutout"))
    plan = ["pierce"] if holes else []
    if subject.features("form"):
        plan.append("form")
    if not bends:
        return [*plan, "blank"]
    plan.append("notch")
    for hem in _levels(subject):
        plan += ["bend", "hem"] if hem else ["bend"]
    return [*plan, "cut_off"]


def _levels(subject: Subject) -> list[bool]:
    """Whether there is a hem at each distance from the middle, the outermost first."""
    folding = subject.folding
    if folding is None:
        return [False] * min(len(bends_of(subject)), MOST_LEVELS)
    levels: dict[int, list[int]] = {}
    for number in range(len(subject.sheet.bends)):
        levels.setdefault(folding.depth(number), []).append(number)
    kinds = [bend.kind for bend in subject.sheet.bends]
    return [
        any(kinds[number] == "hem" for number in levels[depth])
        for depth in sorted(levels, reverse=True)
    ]


def _folded_small(subject: Subject) -> float:
    """How much straight bends ask for a tool: many in a piece too small to be held at a press
    brake. A large piece is folded bend by bend unless its quantity speaks for a tool.
    """
    small = grade("stamping.small", float(subject.box_mm[0]))
    return small * grade("stamping.bends", len(bends_of(subject)))


def _drawn(subject: Subject) -> float:
    """How much of the sheet no bending makes: doubly curved area, or 1 for a drawn shell."""
    modelled = subject.sheet is not None and "drawn" in subject.sheet.reasons
    if subject.is_drawn and not modelled:
        return 1.0
    if subject.sheet is None:
        return 0.0
    if subject.is_rolled_cone:
        return 0.0
    shells = any(form.kind == "draw" for form in subject.features("form"))
    return 1.0 if shells else float(subject.sheet.drawn_area_share)


def _formed_large(subject: Subject) -> float:
    """How much a form asks for a press tool: a turret punch holds tools for small ones. Beads and
    louvres grow stroke by stroke there.
    """
    sizes = [number_of(f, "size_mm") for f in subject.features("form") if f.kind in ONE_STROKE]
    return grade("stamping.form", max((s for s in sizes if math.isfinite(s)), default=0.0))
