"""Could the part be pressed from sheet in a tool: blanked, pierced, bent, formed or drawn?"""

import math

from geometry.processes.measurement import Facts, Measurement, NotChecked, ramp
from geometry.processes.milling import _size
from geometry.processes.sheet_metal import (
    bends_of,
    sheet_measurements,
    sheet_metrics,
)
from geometry.processes.subject import Subject

__all__ = ["NAME", "measure"]

NAME = "stamping"
LARGEST_GAUGE_MM = 12.0
STAMPING_GATE = 0.02


def measure(subject: Subject) -> Facts:
    """As for sheet metal, thinner; shells that no unfolding makes flat are drawn."""
    thickness = subject.sheet_thickness_mm
    drawn = _drawn(subject)
    metrics = sheet_metrics(subject, thickness)
    measurements = sheet_measurements(subject, thickness)
    ratio = _draw_ratio(subject, thickness) if drawn > 0.2 else math.nan
    if math.isfinite(ratio):
        metrics["draw_ratio"] = ratio
        measurements.append(Measurement("draw_ratio", ratio, (), None, {"thickness_mm": thickness}))
    metrics["stations"] = min(2 + len(bends_of(subject)) + (1 if subject.holes else 0), 12)
    return Facts(
        process=NAME,
        metrics=metrics,
        measurements=tuple(measurements),
        fit={
            "one_thickness": subject.sheet_share,
            "slender": ramp(subject.sheet_slenderness, 4, 10),
            "gauge": ramp(thickness, LARGEST_GAUGE_MM, 3.0),
            "cut_through": subject.cut_through,
            "press_size": ramp(float(subject.box_mm[0]), 1500, 300),
            "formed": max(drawn, ramp(len(bends_of(subject)), 0, 3)),
            "not_turned": 1 - subject.turned * (1 - drawn),
        },
        gates={
            "one_thickness": subject.sheet_share > STAMPING_GATE,
            "gauge": bool(thickness <= LARGEST_GAUGE_MM),
        },
        not_checked=(
            NotChecked("tolerances", "needs_drawing"),
            NotChecked("strip_layout", "not_modelled"),
        ),
        size={**_size(subject), "thickness_mm": thickness},
    )


def _drawn(subject: Subject) -> float:
    """How much of the sheet no bending makes: doubly curved area, or 1 for a drawn shell."""
    if subject.sheet is None:
        return 0.0
    shells = any(form.kind == "draw" for form in subject.features("form"))
    return 1.0 if shells else float(subject.sheet.drawn_area_share)


def _draw_ratio(subject: Subject, thickness: float) -> float:
    """Diameter of the round blank of equal area over the diameter of the opening.

    Source: Ghosh & Mallik, Manufacturing Science: blank by equality of areas.
    """
    blank = math.sqrt(4 / math.pi * subject.volume_mm3 / thickness)
    revolution = subject.fields.revolution
    size = revolution.diameter_mm if revolution is not None else float(subject.box_mm[1])
    return blank / size if size > 0 else math.nan
