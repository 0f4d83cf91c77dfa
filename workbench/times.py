"""How long does an operation take on one part, and which tool does it need?

A cycle that the analysis computed is taken; else a rough formula, and the way says so. Cutting has
one way: speeds, feeds and formulas are those of `geometry.processes.cutting`.
Amounts are in the currency of the rates.
"""

import math
from collections.abc import Mapping
from typing import Any

from geometry.materials import Material
from geometry.processes import cutting
from geometry.processes.estimates import forging_cycle_s
from workbench.costing import Rates, Tool, Way
from workbench.partfacts import Facts, number

__all__ = ["bar_mm", "raw_kg", "ways"]

SEMI_STOCK_MM = 3.0  # sawn stock over the part's size, each way
KERF_MM = 3.0
USUAL_MILL_MM, USUAL_TOOLS = 20.0, 3  # where nothing was measured: ours
USUAL_COMPLEXITY = "S2"  # class of EN 10243-1 where nothing was measured: ours
ROUND_SHARE = 1.2  # two sides of a box that differ by less belong to a round part


def ways(
    operation: str,
    process: str,
    facts: Facts,
    material: Material,
    rates: Rates,
    *,
    fine: bool = False,
) -> tuple[Way, ...]:
    """The ways an operation can be done; at least one.

    facts: the part with the metrics of the route's primary process; fine: faces of a near-net
    part are finished to a grade that its process does not hold.
    """
    if operation in ("drill_tap", "finish_machine", "finish_turn"):
        return _afterwards(operation, process, facts, material, rates, fine=fine)
    return _WAYS[operation](process, facts, material, rates)


def raw_kg(process: str, facts: Facts, material: Material, rates: Rates) -> tuple[float, bool]:
    """Raw material for one part, kg, and whether that is rough (nothing was measured for it).

    Source: input = output/yield (aPriori CMG0874); sheet = 1.2 × flat area (Nestlib).
    """
    mass_kg = material.mass_kg(facts.volume_mm3 or 0.0)
    usual = mass_kg / rates.of(process, "yield")
    if process == "milling" and facts.size_mm:
        stock = facts.metric_size("stock_mm", 3)
        stock_mm = stock or tuple(side + SEMI_STOCK_MM for side in facts.size_mm)
        stock_mm3 = facts.metric("stock_volume_mm3") or math.prod(stock_mm)
        return max(mass_kg, material.mass_kg(stock_mm3)), stock is None
    if process == "turning" and facts.size_mm:
        diameter_mm, length_mm, measured = bar_mm(facts)
        long_mm = facts.metric("bar_length_mm") or length_mm + KERF_MM
        volume_mm3 = math.pi / 4 * diameter_mm**2 * long_mm
        return max(mass_kg, material.mass_kg(volume_mm3)), not measured
    if process in ("sheet_metal", "stamping"):
        area_mm2, thickness_mm = facts.metric("flat_area_mm2"), facts.thickness_mm
        if area_mm2 and thickness_mm:
            share = facts.metric("strip_utilisation") or rates.of(process, "yield")
            flat_kg = material.mass_kg(area_mm2 * thickness_mm)
            return max(mass_kg, flat_kg / min(1.0, max(0.05, share))), False
    if process == "forging" and (flash_kg := facts.metric("flash_kg")) is not None:
        return (mass_kg + flash_kg) * 1.05, False  # 5 % scale and kerf: ours
    if facts.is_plain_bar and facts.size_mm:
        return mass_kg * (1 + KERF_MM / facts.size_mm[0]), False
    if own := facts.metric("yield"):
        return mass_kg / min(1.0, max(0.05, own)), False
    return usual, True


def bar_mm(facts: Facts) -> tuple[float, float, bool]:
    """Diameter and length of a turned part, and whether the analysis measured them."""
    length, width, height = facts.size_mm or (0.0, 0.0, 0.0)
    diameter_mm, length_mm = facts.metric("bar_diameter_mm"), facts.metric("length_mm")
    if diameter_mm and length_mm:
        return diameter_mm, length_mm, True
    if width <= ROUND_SHARE * height:
        return width, length, False
    if length <= ROUND_SHARE * width:
        return length, height, False
    return math.hypot(width, height), length, False


# --- cutting ---


def _cut(process: str, facts: Facts, material: Material, rates: Rates) -> tuple[Way, ...]:
    """Milling or turning the whole part: as the analysis computed it, operation by operation; else
    rough by the same formulas, all with one tool.
    """
    tool = _tool(process, facts, material, rates)
    minutes = facts.metric("minutes")
    if minutes is not None:
        return (Way(minutes, tool),)
    raw_mm3 = raw_kg(process, facts, material, rates)[0] / material.density_kg_m3 * 1e9
    volume_mm3 = max(0.0, raw_mm3 - (facts.volume_mm3 or 0.0))
    minutes = cutting.removal_min(volume_mm3, USUAL_MILL_MM, material)
    minutes += cutting.finishing_min(facts.area_mm2 or 0.0, USUAL_MILL_MM, material)
    clampings = int(facts.metric("clampings") or facts.metric("setups") or 1)
    minutes += cutting.handling_min(USUAL_TOOLS, clampings)
    return (Way(minutes, tool, rough=True),)


def _off_axis(_: str, facts: Facts, material: Material, rates: Rates) -> tuple[Way, ...]:
    """What a lathe leaves of a turned part, by area."""
    share = 1 - min(1.0, facts.metric("turned_share") or 0.9)
    minutes = cutting.finishing_min(share * (facts.area_mm2 or 0.0), USUAL_MILL_MM, material)
    minutes += cutting.handling_min(USUAL_TOOLS, 1)
    return (Way(minutes, _tool("milling", facts, material, rates), rough=True),)


def _afterwards(
    operation: str, process: str, facts: Facts, material: Material, rates: Rates, *, fine: bool
) -> tuple[Way, ...]:
    """Cutting in a near-net part: holes as cutting the whole part would make them, other features
    by the operations that the analysis computed for them, fine faces by a share of the area.
    """
    from geometry.features.feature import Feature
    from geometry.processes.hole_cuts import hole_cuts

    by = "turning" if operation == "finish_turn" else "milling"
    step = facts.second_step(process)
    features = step.features if step is not None and step.operation == operation else ()
    cuts: list[cutting.Cut] = []
    for feature in features:
        parameters = feature.get("parameters") or {}
        if feature["type"] == "hole" and number(parameters, "diameter_mm"):
            hole = Feature(feature["id"], "hole", feature.get("kind"), (), parameters)
            cuts += hole_cuts(hole, number(parameters, "depth_mm") or 0.0, 1)
    minutes = sum(cutting.minutes(cut, material) for cut in cuts)
    tools = {(cut.tool, cut.tool_diameter_mm) for cut in cuts}
    others = {feature["id"] for feature in features if feature["type"] != "hole"}
    for each in facts.operations(by):
        if each.get("feature") in others:
            minutes += float(each["minutes"])
            tools.add((str(each["tool"]), float(each["tool_diameter_mm"])))
    if fine:
        area_mm2 = rates.time("finish_share") * (facts.area_mm2 or 0.0)
        volume_mm3 = area_mm2 * rates.time("allowance_mm")
        minutes += cutting.removal_min(volume_mm3, USUAL_MILL_MM, material)
        minutes += cutting.finishing_min(area_mm2, USUAL_MILL_MM, material)
    count = max(len(tools), 1) if not fine else len(tools) + USUAL_TOOLS
    minutes += cutting.handling_min(count, 1)
    return (Way(minutes, _tool(by, facts, material, rates), rough=True),)


# --- sheet ---


def _cut_sheet(_: str, facts: Facts, material: Material, rates: Rates) -> tuple[Way, ...]:
    """Contour over speed, a pierce for each opening.

    Source: length/rate + pierces (Paperless Parts examples, shanep805/p3l-library).
    """
    del material
    perimeter_mm, thickness_mm = facts.metric("flat_perimeter_mm"), facts.thickness_mm
    rough = perimeter_mm is None or thickness_mm is None
    if perimeter_mm is None:
        length, width, _ = facts.size_mm or (0.0, 0.0, 0.0)
        perimeter_mm = 2 * (length + width)
    speed_mm_min = rates.time("laser_mm_min_1mm") / max(0.5, thickness_mm or 1.0)
    pierces = 1 + len(facts.features("cutout", "hole"))
    minutes = perimeter_mm / speed_mm_min + pierces * rates.time("pierce_min")
    return (Way(minutes, rough=rough),)


def _bend(_: str, facts: Facts, material: Material, rates: Rates) -> tuple[Way, ...]:
    del material
    bends = facts.metric("bends")
    count = len(facts.features("bend")) if bends is None else bends
    return (Way(max(1.0, count) * rates.time("bend_min"), rough=True),)


def _stamp(_: str, facts: Facts, material: Material, rates: Rates) -> tuple[Way, ...]:
    """Single dies worked by hand, or a progressive die.

    Source: die = (base + n·station)·size·hardness, life = 10⁶·(300/τ)^1.3·(1.5/t): ours, as
    open should-cost tools give it.
    """
    table: Mapping[str, Any] = rates.data["stamping"]
    bends = facts.metric("bends")
    bends = float(len(facts.features("bend"))) if bends is None else bends
    openings = len(facts.features("cutout", "hole"))
    stations = facts.metric("stations") or 1 + bends + (1 if openings else 0)
    stations = min(float(table["most_stations"]), max(1.0, stations))
    flat_mm2 = facts.metric("flat_area_mm2")
    length, width, _height = facts.size_mm or (0.0, 0.0, 0.0)
    size = table["size_offset"] + (flat_mm2 or length * width) / 100 / table["size_cm2"]
    tau = material.shear_mpa
    harder = max(0.0, tau - table["hard_from_mpa"]) / table["hard_from_mpa"] * table["hard_slope"]
    factor = size * min(table["hard_most"], 1 + harder)
    life = table["life_parts"] * (300 / tau) ** table["life_exponent"]
    life *= min(1.0, max(0.5, 1.5 / max(0.1, facts.thickness_mm or 1.5)))
    life = min(table["life_most"], max(table["life_least"], life))
    rough = flat_mm2 is None or facts.metric("stations") is None

    def tool(base: str, station: str) -> Tool:
        cost = (table[base] + stations * table[station]) * factor
        return Tool(rates.money(cost, "GBP"), life)

    return (
        Way(
            stations / table["single_per_minute"],
            tool("single_base", "single_station"),
            "single",
            rough,
        ),
        Way(
            1 / table["progressive_per_minute"],
            tool("progressive_base", "progressive_station"),
            "progressive",
            rough,
        ),
    )


# --- casting, forging, moulding, profiles ---


def _cast(process: str, facts: Facts, material: Material, rates: Rates) -> tuple[Way, ...]:
    tool = _tool(process, facts, material, rates)
    cycle_s = facts.metric("cycle_s")
    if cycle_s is not None:
        return (Way(cycle_s / 60, tool),)
    if (minutes := facts.metric("minutes")) is not None:
        return (Way(minutes, tool),)
    wall_mm = facts.usual_wall_mm or 4.0
    length, width, height = facts.size_mm or (100.0, 100.0, 100.0)
    if process == "sand_casting":
        # moulds an hour, as many impressions as the flask's floor takes: ours;
        # a part that is deeper than the flask takes as much more sand to fill and ram: ours
        margin = rates.time("sand_margin_mm")
        flask = [float(side) for side in rates.data["times"]["sand_flask_mm"]]
        fits = (flask[0] // (length + margin)) * (flask[1] // (width + margin))
        # a part larger than the flask takes as many flasks as its plan area
        flasks = max(1.0, (length + margin) * (width + margin) / math.prod(flask))
        minutes = 60 / rates.time("sand_moulds_h") * (1 / fits if fits >= 1 else flasks)
        minutes *= max(1.0, (height + margin) / rates.time("sand_flask_height_mm"))
        minutes *= 1 + 0.3 * facts.core_count  # a core to set: ours
    elif process == "gravity_casting":
        # freezing in metal moulds goes with the square of the wall (Chvorinov)
        minutes = (rates.time("gravity_base_s") + rates.time("gravity_s_mm2") * wall_mm**2) / 60
    elif process == "die_casting":
        minutes = (rates.time("die_base_s") + rates.time("die_s_mm2") * wall_mm**2) / 60
    else:
        poured_kg = raw_kg(process, facts, material, rates)[0]
        minutes = rates.time("investment_min")
        minutes += rates.time("investment_min_kg") * min(poured_kg, 20.0) ** 0.5
    return (Way(minutes, tool, rough=True),)


def _forge(process: str, facts: Facts, material: Material, rates: Rates) -> tuple[Way, ...]:
    """The analysis's cycle; else that of the second class of forgings, by the billet's mass."""
    cycle_s = facts.metric("cycle_s")
    seconds = cycle_s
    if seconds is None:
        billet_kg = raw_kg(process, facts, material, rates)[0]
        seconds = forging_cycle_s(billet_kg, USUAL_COMPLEXITY, material)
    return (Way(seconds / 60, _tool(process, facts, material, rates), rough=cycle_s is None),)


def _mould(process: str, facts: Facts, material: Material, rates: Rates) -> tuple[Way, ...]:
    """Cooling t = s²/(π²a)·ln[(4/π)(Tm − Tw)/(Te − Tw)], and opening, filling, ejecting.

    Source: Menges, Mohren, How to Make Injection Molds, cooling of a plate.
    """
    tool = _tool(process, facts, material, rates)
    cycle_s = facts.metric("cycle_s")
    if cycle_s is not None:
        return (Way(cycle_s / 60, tool),)
    wall_mm = facts.usual_wall_mm or 2.5
    rise = (material.melt_c - material.mould_c) / (material.eject_c - material.mould_c)
    cooling_s = (
        wall_mm**2 / (math.pi**2 * material.diffusivity_mm2_s) * math.log(4 / math.pi * rise)
    )
    return (Way((cooling_s + rates.time("moulding_base_s")) / 60, tool, rough=True),)


def _extrude(process: str, facts: Facts, material: Material, rates: Rates) -> tuple[Way, ...]:
    length_mm = (facts.size_mm or (1000.0, 0.0, 0.0))[0]
    tool = _tool(process, facts, material, rates)
    tool = Tool(tool.cost, max(1.0, tool.life_parts / max(1e-3, length_mm / 1000)))
    minutes = length_mm / rates.time("extrusion_mm_min") + rates.general("saw")
    return (Way(minutes, tool, rough=True),)


def _saw(_: str, facts: Facts, material: Material, rates: Rates) -> tuple[Way, ...]:
    """Bar from a dealer, cut to length: no die, no press."""
    del facts, material
    return (Way(rates.general("saw"), rough=True),)


def _trim(_: str, facts: Facts, material: Material, rates: Rates) -> tuple[Way, ...]:
    mass_kg = material.mass_kg(facts.volume_mm3 or 0.0)
    minutes = rates.time("trim_min") + rates.time("trim_min_kg") * mass_kg**0.5
    return (Way(minutes, rough=True),)


def _deburr(_: str, facts: Facts, material: Material, rates: Rates) -> tuple[Way, ...]:
    del material
    length, width, _height = facts.size_mm or (0.0, 0.0, 0.0)
    edge_mm = facts.metric("flat_perimeter_mm") or 2 * (length + width)
    return (Way(edge_mm / 1000 * rates.time("deburr_min_m"), rough=True),)


def _tool(process: str, facts: Facts, material: Material, rates: Rates) -> Tool:
    """Fixture, pattern, mould or die: base, plan area, cores."""
    entry = rates.data["process"][process]["tool"]
    length, width, _ = facts.size_mm or (100.0, 100.0, 100.0)
    area_mm2 = facts.metric("projected_area_mm2") or length * width
    if process == "extrusion":
        circle_mm = facts.metric("circumscribing_circle_mm") or math.hypot(
            *(facts.size_mm or (0, 100, 0))[1:]
        )
        area_mm2 = math.pi / 4 * circle_mm**2
    usd = entry["base"] + entry["per_cm2"] * area_mm2 / 100
    usd += entry["per_core"] * facts.core_count
    life = rates.of(process, "tool_life") * (4 if material.family == "zinc" else 1)
    return Tool(rates.money(usd, "USD"), life)


_WAYS = {
    "mill": _cut,
    "turn": _cut,
    "mill_rest": _off_axis,
    "cut_sheet": _cut_sheet,
    "bend": _bend,
    "stamp": _stamp,
    "cast": _cast,
    "forge": _forge,
    "mould": _mould,
    "extrude": _extrude,
    "saw": _saw,
    "trim": _trim,
    "deburr": _deburr,
}
