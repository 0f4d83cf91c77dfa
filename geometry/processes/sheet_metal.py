"""Could the part be cut from sheet or plate and bent?"""

import math
from typing import Any

from geometry.processes.drawing import Draw
from geometry.processes.grades import grade, held_size
from geometry.processes.measurement import Facts, Measurement, NotChecked
from geometry.processes.milling import _size
from geometry.processes.pressing import strip_metrics
from geometry.processes.subject import Subject

__all__ = ["NAME", "measure", "sheet_measurements", "sheet_metrics"]

NAME = "sheet_metal"
LARGEST_GAUGE_MM = 40.0  # thicker plate is cut by oxy-fuel only; it is stock for a mill
SHEET_GATE = 0.02  # of one thickness: less is no sheet at all; ours


def bends_of(subject: Subject) -> list[Any]:
    """Recognised bends."""
    return subject.features("bend")


def measure(subject: Subject) -> Facts:
    """One thickness everywhere, thin against its size, all edges cut straight through."""
    thickness = subject.sheet_thickness_mm
    slender = grade("sheet.slender", subject.sheet_slenderness)
    metrics = sheet_metrics(subject, thickness)
    order = _order(subject)
    if order:
        metrics["bend_order"] = order
    machine_size = held_size("sheet_metal", *subject.box_mm[:2])
    return Facts(
        process=NAME,
        metrics=metrics,
        measurements=(*sheet_measurements(subject, thickness), *_blocked(subject)),
        fit={
            "one_thickness": subject.sheet_share,
            "slender": slender,
            "gauge": grade("sheet_metal.gauge", thickness),
            "cut_through": subject.cut_through,
            "not_turned": 1 - subject.turned,
            "size": machine_size,
        },
        gates={
            "size": machine_size > 0,
            "one_thickness": subject.sheet_share > SHEET_GATE,
            "gauge": bool(thickness <= LARGEST_GAUGE_MM),
            "developable": not subject.is_drawn,
        },
        not_checked=_not_checked(subject),
        size={**_size(subject), "thickness_mm": thickness, **_bend_lengths(subject)},
    )


def _not_checked(subject: Subject) -> tuple[NotChecked, ...]:
    found = [NotChecked("tolerances", "needs_drawing")]
    if bends_of(subject) and subject.bend_order is None:
        why = "no_sheet_model" if subject.flat is None else "too_many_ways"
        found.append(NotChecked("bend_order", why))
    if subject.sheet is None:
        found.append(NotChecked("flat_pattern", "no_sheet_model"))
    return tuple(found)


def _order(subject: Subject) -> list[dict[str, Any]]:
    """Bends in the order of pressing, each with its feature, tool and what it runs into."""
    if subject.bend_order is None:
        return []
    names = {feature.faces: feature.id for feature in bends_of(subject)}
    steps = []
    for step in subject.bend_order.steps:
        bend = subject.sheet.bends[step.bend]
        name = names.get(subject.part.joined.body_faces(bend.faces))
        steps.append(
            {
                **({"bend": name} if name else {}),
                "angle_deg": round(bend.angle_deg, 3),
                "direction": "up" if step.up else "down",
                "tool": step.tool,
                "collides": list(step.collides),
            }
        )
    return steps


def _blocked(subject: Subject) -> list[Measurement]:
    """Bends that run into the part or the tools in the best order there is."""
    if subject.bend_order is None:
        return []
    blocked = [step for step in subject.bend_order.steps if step.collides]
    bends = [subject.sheet.bends[step.bend] for step in blocked]
    faces = {f for bend in bends for f in subject.part.joined.body_faces(bend.faces)}
    return [Measurement("bends_blocked", float(len(blocked)), tuple(sorted(faces)))]


def _bend_lengths(subject: Subject) -> dict[str, float]:
    lengths = [float(b.parameters.get("length_mm", math.nan)) for b in bends_of(subject)]
    known = [length for length in lengths if math.isfinite(length)]
    return {"longest_bend_mm": max(known)} if known else {}


def sheet_metrics(subject: Subject, thickness: float) -> dict[str, Any]:
    """Contract metrics that do not need a material."""
    strip = subject.strip if subject.sheet_share > SHEET_GATE else None
    return {
        "thickness_mm": thickness,
        "bends": len(bends_of(subject)),
        **_flat(subject),
        **(strip_metrics(strip) if strip else {}),
    }


def _flat(subject: Subject) -> dict[str, Any]:
    """The flat pattern's figures: by unfolding, else exactly for plates without bends."""
    flat = subject.flat
    if flat is not None:
        return {
            "flat_size_mm": list(flat.size_mm),
            "flat_area_mm2": float(flat.area_mm2),
            "flat_perimeter_mm": float(flat.perimeter_mm),
            "k_factor": float(flat.k_factor),
        }
    if subject.draw is not None:
        return _round_blank(subject.draw)
    if bends_of(subject) or subject.sheet_share < 0.5:
        return {}
    skin = subject.volume_mm3 / subject.fields.sheet_like.thickness_mm
    rim = max(subject.area_mm2 - 2 * skin, 0.0)
    return {
        "flat_size_mm": subject.box_mm[:2],
        "flat_area_mm2": skin,
        "flat_perimeter_mm": rim / subject.fields.sheet_like.thickness_mm,
    }


def _round_blank(draw: Draw) -> dict[str, Any]:
    """Figures of the blank that a shell is drawn from; a size where the shell is round."""
    size = {"flat_size_mm": [draw.blank_mm, draw.blank_mm]} if draw.round else {}
    return {
        **size,
        "flat_area_mm2": math.pi / 4 * draw.blank_mm**2,
        "flat_perimeter_mm": math.pi * draw.blank_mm,
    }


def sheet_measurements(subject: Subject, thickness: float) -> list[Measurement]:
    """Everything that limits of cut and bent sheet compare."""
    if not thickness > 0 or subject.sheet_share <= SHEET_GATE:
        return []
    return [
        Measurement("thickness_mm", thickness),
        Measurement("bends", float(len(bends_of(subject)))),
        *subject.sheet_places,
    ]
