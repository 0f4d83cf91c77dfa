"""Which forces, times and masses follow from facts once the material is known?"""

import math
from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from geometry.materials import ALL, Material
from geometry.processes.cutting import Cut, handling_min, minutes
from geometry.processes.measurement import Facts, Measurement
from geometry.processes.pressing import press_forces
from geometry.processes.tolerances import casting_tolerances
from geometry.tables import read_table

__all__ = ["estimates", "forging_cycle_s", "machining_time"]

SOURCE = "processes/estimates.toml"
STEELS = ("carbon_steel", "alloy_steel", "stainless_steel")


def _numbers() -> Mapping[str, Any]:
    return read_table(SOURCE)


def estimates(facts: Facts, material: Material | None) -> dict[str, Any]:
    """Metrics that need a material; without one, those of the process' usual material, which is
    then named.
    """
    numbers = _numbers()
    assumed = ALL[numbers["usual_material"][facts.process]]
    chosen = material or assumed
    by_process = {
        "milling": _machining,
        "turning": _machining,
        "sheet_metal": _sheet,
        "stamping": _stamping,
        "sand_casting": _sand_casting,
        "gravity_casting": _casting,
        "die_casting": _die_casting,
        "investment_casting": _casting,
        "forging": _forging,
        "moulding": _moulding,
    }
    estimate = by_process.get(facts.process)
    if estimate is None:
        return {}
    found = estimate(facts, chosen, numbers)
    found = {key: value for key, value in found.items() if _is_known(value)}
    if material is None and found:
        return {**found, "assumed_material": assumed.id}
    return found


def machining_time(made: Mapping[str, Any]) -> list[Measurement]:
    """Minutes that a part is machined, at the faces of the longest operation; nothing of a process
    that does not cut.

    made: what `estimates` found.
    """
    operations = made.get("operations")
    if not operations:
        return []
    longest = max(operations, key=itemgetter("minutes"))
    return [Measurement("machining_min", float(made["minutes"]), tuple(longest["faces"]))]


def forging_cycle_s(billet_kg: float, complexity: str, material: Material) -> float:
    """Seconds a line takes for a forging: the heater's or the press's, whichever is slower, since
    they work side by side.

    Source: energy over power; estimates.toml.
    """
    heating, press = _numbers()["billet_heating"], _numbers()["forging_press"]
    energy = heating.get(material.family, heating["default"]) * billet_kg
    move_s = press["stroke_s"] + press["s_root_kg"] * math.sqrt(billet_kg)
    strokes = _numbers()["forging_strokes"][complexity]
    return max(energy / heating["heater_kw"] * 3600, press["base_s"] + strokes * move_s)


def _is_known(value: Any) -> bool:
    return not isinstance(value, float) or math.isfinite(value)


def _machining(facts: Facts, material: Material, _: Mapping[str, Any]) -> dict[str, Any]:
    """Every operation with its minutes; their sum, tool changes and clampings make the whole."""
    operations: list[dict[str, Any]] = []
    tools = set()
    for record in facts.cuts:
        like = record.get("like")
        if like is None:
            operation = _timed(record, material)
            tools.add((operation["setup"], operation["tool"], operation["tool_diameter_mm"]))
        else:  # as another: a plate has hundreds of them
            operation = operations[like].copy()
            operation["faces"] = record.get("faces", [])
            operation.pop("feature", None)
            if record.get("feature"):
                operation["feature"] = record["feature"]
        operations.append(operation)
    if not operations:
        return {}
    setup = handling_min(len(tools), int(facts.metrics["clampings"]))
    total = math.fsum(map(itemgetter("minutes"), operations)) + setup
    return {"operations": operations, "setup_minutes": setup, "minutes": total}


def _timed(record: Mapping[str, Any], material: Material) -> dict[str, Any]:
    """An operation with its minutes."""
    feature = record.get("feature")
    return {
        "operation": record["operation"],
        "tool": record["tool"],
        "tool_diameter_mm": record["tool_diameter_mm"],
        "tool_length_mm": record.get("tool_length_mm", 0.0),
        "setup": record.get("setup", 1),
        "minutes": minutes(Cut.from_dict(record), material),
        "faces": record.get("faces", []),
        **({"feature": feature} if feature else {}),
    }


def _sheet(facts: Facts, material: Material, numbers: Mapping[str, Any]) -> dict[str, float]:
    """Cutting force L·t·τ; V-bending force K·Rm·w·t²/W over the longest bend.

    Source: Ghosh & Mallik, Manufacturing Science.
    """
    thickness = facts.metrics.get("thickness_mm", math.nan)
    perimeter = facts.metrics.get("flat_perimeter_mm", math.nan)
    found = {"cut_force_kn": perimeter * thickness * material.shear_mpa / 1000}
    bend = facts.size.get("longest_bend_mm", math.nan)
    opening = numbers["die_opening"]["value"] * thickness
    found["bend_force_kn"] = (
        numbers["v_bend_factor"]["value"]
        * material.tensile_mpa
        * bend
        * thickness**2
        / opening
        / 1000
    )
    return found


def _stamping(facts: Facts, material: Material, _numbers: Mapping[str, Any]) -> dict[str, Any]:
    return press_forces(facts, material)


def _casting(facts: Facts, material: Material, numbers: Mapping[str, Any]) -> dict[str, Any]:
    """Metal to be poured for one part, and the tolerances that the foundry holds."""
    share = numbers["yield"][facts.process]
    return {
        "yield": share,
        "poured_kg": material.mass_kg(facts.size["volume_mm3"]) / share,
        **casting_tolerances(facts.process, material.family, facts.size["length_mm"]),
    }


def _sand_casting(facts: Facts, material: Material, numbers: Mapping[str, Any]) -> dict[str, Any]:
    """Time until the last place is solid: t = B·M², Chvorinov. How far a feeder reaches along the
    ordinary wall of a steel casting that ends in an edge: k·T, Bishop and Pellini.
    """
    modulus_cm = facts.size.get("hot_modulus_mm", math.nan) / 10
    reach = math.nan
    if material.family in STEELS:
        thick = facts.size.get("wall_mm", math.nan)
        reach = numbers["feeding_distance"]["value"] * thick
    return {
        **_casting(facts, material, numbers),
        "solidification_s": material.solidification_s_cm2 * modulus_cm**2,
        "feeding_distance_mm": reach,
    }


def _die_casting(facts: Facts, material: Material, numbers: Mapping[str, Any]) -> dict[str, Any]:
    """Clamp force: projected area with runners × cavity pressure × safety.

    Source of the runners, as wide as the part's circumference and a little thicker than its wall:
    aPriori, die casting.
    """
    pressure = numbers["cavity_mpa"].get(material.family, numbers["cavity_mpa"]["default"])
    size = facts.size
    wall = size.get("wall_mm", math.nan)
    thickness = (wall if wall > 0 else 0.0) + numbers["runner_extra_mm"]["value"]
    runners = (size["length_mm"] + size["width_mm"]) * thickness
    force = (size["projected_area_mm2"] + runners) * pressure * numbers["clamp_safety"]["value"]
    return {**_casting(facts, material, numbers), "clamp_force_kn": force / 1000}


def _forging(facts: Facts, material: Material, numbers: Mapping[str, Any]) -> dict[str, float]:
    """Press force K·σ·A with the flash land; flash as a share of the mass by complexity."""
    complexity = facts.metrics["complexity"]
    mass = material.mass_kg(facts.size["volume_mm3"])
    area = facts.size["projected_area_mm2"] * numbers["flash_area"]["value"]
    factor = numbers["forging_factor"][complexity] * numbers["forging_safety"]["value"]
    flash = mass * numbers["flash_share"][complexity]
    billet = (mass + flash) * (1 + numbers["scale_share"]["value"])
    return {
        "forging_kg": mass,
        "flash_kg": flash,
        "billet_kg": billet,
        "press_kn": factor * material.hot_flow_mpa * area / 1000,
        "cycle_s": forging_cycle_s(billet, complexity, material),
    }


def _moulding(facts: Facts, material: Material, numbers: Mapping[str, Any]) -> dict[str, float]:
    """Cooling s²/(π²α)·ln(4/π·(Tm−Tw)/(Te−Tw)) and clamp force by cavity pressure.

    Source: the one-dimensional plate with constant wall temperature, as in Menges, How to Make
    Injection Molds.
    """
    wall = facts.size.get("wall_mm", math.nan)
    hot, cold, out = material.melt_c, material.mould_c, material.eject_c
    force = facts.size["projected_area_mm2"] * numbers["cavity_mpa"]["plastic"] * 1.1 / 1000
    if not (hot > out > cold and wall > 0):
        return {"clamp_force_kn": force}
    cooling = (
        wall**2
        / (math.pi**2 * material.diffusivity_mm2_s)
        * math.log(4 / math.pi * (hot - cold) / (out - cold))
    )
    return {
        "clamp_force_kn": force,
        "cooling_s": cooling,
        "cycle_s": cooling + numbers["moulding_idle_s"]["value"],
    }
