"""What does a press need for a sheet part: strip, stations, forces, die clearance?"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import shapely

from geometry.materials import Material
from geometry.processes.measurement import Facts
from geometry.strip import Strip, lay_on_strip
from geometry.tables import read_table

__all__ = ["blank_strip", "draws", "numbers", "press_forces", "strip_metrics"]

SOURCE = "processes/pressing.toml"


def numbers() -> Mapping[str, Any]:
    """The reviewed numbers beside this module."""
    return read_table(SOURCE)


def blank_strip(outline: shapely.Polygon, part_mm2: float, thickness_mm: float) -> Strip:
    """The strip a blank is punched from, with webs by the thickness."""
    web = numbers()["web"]
    bridge = min(max(thickness_mm, web["least_mm"]), web["most_mm"])
    return lay_on_strip(
        outline, part_mm2, bridge_mm=bridge, edge_mm=bridge, edge_share=web["edge_share"]
    )


def _redrawn(plan: Sequence[str], count: int) -> list[str]:
    """A plan of stations with so many draws as the material asks for."""
    first = plan.index("draw") if "draw" in plan else len(plan)
    others = [each for each in plan if each != "draw"]
    return [*others[:first], *["draw"] * count, *others[first:]]


def strip_metrics(strip: Strip) -> dict[str, Any]:
    """Contract metrics of a strip."""
    record = asdict(strip)
    return {
        "strip_utilisation": record.pop("utilisation"),
        "strip": {key: record[key] for key in ("pitch_mm", "width_mm", "angle_deg", "up")},
    }


def draws(ratio: float, family: str | None) -> int:
    """Draws that a ratio of blank over punch takes; 0 when none reaches it."""
    first, redraw = numbers()["first_draw"], numbers()["redraw"]
    reached, count = first.get(family, first["default"]), 1
    while reached < ratio:
        reached *= redraw["first"] if count == 1 else redraw["further"]
        count += 1
        if count > redraw["most"]:
            return 0
    return count


def press_forces(facts: Facts, material: Material) -> dict[str, Any]:
    """Forces of all stations working at once, the press that gives them, and the die's clearance.

    Cutting L·t·τ; stripping a share of it; wiping 0.33·Rm·l·t²/(r + R + t) over all bends; drawing
    π·d·t·Rm·(D/d − 0.65) with its holder. Source: Ghosh & Mallik, Manufacturing Science.
    """
    known, size = numbers(), facts.size
    thickness = facts.metrics.get("thickness_mm", math.nan)
    perimeter = facts.metrics.get("flat_perimeter_mm", math.nan)
    cut = perimeter * thickness * material.shear_mpa / 1000
    strip = known["stripping"]["value"] * cut
    bend = known["wiping"]["factor"] * material.tensile_mpa * size.get("wiping_mm2", 0.0) / 1000
    found: dict[str, Any] = {
        "cut_force_kn": cut,
        "stripping_force_kn": strip,
        "clearance_mm": known["clearance"].get(material.family, known["clearance"]["default"])
        * thickness,
    }
    if bend > 0:
        found["bend_force_kn"] = bend
    total = cut + strip + bend
    punch, blank = size.get("punch_mm", math.nan), size.get("draw_blank_mm", math.nan)
    if punch > 0 and blank > punch:
        count = draws(blank / punch, material.family)
        first = known["first_draw"].get(material.family, known["first_draw"]["default"])
        widest = max(punch, blank / first)  # of the first draw
        draw = math.pi * widest * thickness * material.tensile_mpa / 1000
        draw *= max(blank / widest - known["draw_force"]["constant"], 0.0)
        flange = math.pi / 4 * (blank**2 - widest**2)
        holder = known["holder"]["value"] * material.yield_mpa * flange / 1000
        found |= {"draw_force_kn": draw, "holder_force_kn": holder}
        total += draw + (holder if math.isfinite(holder) else 0.0)
        if count:
            found["draws"] = count
            plan = _redrawn(facts.metrics.get("station_plan", ()), count)
            found |= {"station_plan": plan, "stations": len(plan)}
    needed = total * known["press"]["safety"]
    found["press_kn"] = next((n for n in known["press"]["nominal_kn"] if n >= needed), math.nan)
    return found
