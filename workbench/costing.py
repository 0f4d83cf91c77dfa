"""What does a part cost, piece and tools, made by given operations on given machines?

    piece = material − scrap + Σ operations (minutes · rate + setup/batch) + tools/parts + energy
            + overhead + margin + transport

Every rate and price is in `costing.toml` with unit and source; amounts are in its currency.
Source of the shape: aPriori public help CMG0142, CMG0940 (material, yield), CMG0914 (dies);
the formulas of the terms stand at their functions.
"""

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from geometry.materials import Material
from workbench.errors import WrongUse

__all__ = [
    "TERMS",
    "BrokenRates",
    "Cost",
    "Placed",
    "Rates",
    "Tool",
    "Way",
    "batch_of",
    "best_way",
    "load_rates",
    "local_share",
    "price",
    "tool_share",
]

RATES_PATH = Path(__file__).with_name("costing.toml")
TERMS = (
    "material",
    "machining",
    "setup",
    "tooling",
    "energy",
    "overhead",
    "margin",
    "transport",
)
HEAT_KWH_KG = 0.22  # steel from 20 to 1200 °C: 0.65 kJ/(kg·K); source: ASM Handbook 14A


class BrokenRates(WrongUse):
    """The file of rates lacks a number, a unit or a source, or a number is not one."""

    code = "broken_rates"


@dataclass(frozen=True)
class Rates:
    """The numbers of `costing.toml`, or of a user's copy of it."""

    data: Mapping[str, Any]

    @property
    def currency(self) -> str:
        """Currency of every amount."""
        return str(self.data["money"]["currency"])

    def general(self, name: str) -> float:
        """A number that holds for every process."""
        return float(self.data["general"][name]["value"])

    def money(self, amount: float, currency: str) -> float:
        """An amount in another currency as ours."""
        return amount * float(self.data["money"][f"uzs_per_{currency.lower()}"]["value"])

    def of(self, process: str, name: str) -> float:
        """A number of one process."""
        return float(self.data["process"][process][name]["value"])

    def time(self, name: str) -> float:
        """A rough time."""
        return float(self.data["times"][name])

    def material_price(self, family: str) -> float:
        """Price of raw material of a family, a kilogram."""
        return self.money(float(self.data["material"][family]["price"]["value"]), "USD")

    def scrap_share(self, family: str) -> float:
        """What scrap brings, as a share of the price of raw material."""
        return float(self.data["material"][family]["scrap"]["value"])

    def local_share(self, family: str) -> float:
        """Share of a family's raw material that is made in the country."""
        return float(self.data["local_share"][family])

    def reference_rate(self, kind: str) -> float:
        """Hourly rate of an ordinary machine of a kind."""
        return float(self.data["reference_rate"][kind])


@cache
def load_rates(path: Path = RATES_PATH) -> Rates:
    """The rates of a file.

    Raises BrokenRates with every entry that is wrong.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BrokenRates(str(error), where=str(path)) from error
    wrong = list(_faults(data, ()))
    if path != RATES_PATH:
        usual = load_rates().data
        wrong += list(_lacks(usual, data, ()))
    if wrong:
        raise BrokenRates("; ".join(wrong[:20]), where=str(path), hint=f"compare {RATES_PATH.name}")
    return Rates(MappingProxyType(data))


def _faults(table: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    """Numbers that are negative or not numbers, groups of them without a source."""
    wrong, numbers = [], False
    for key, value in table.items():
        name = ".".join((*path, key))
        if isinstance(value, dict):
            wrong += _faults(value, (*path, key))
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            numbers = True
            if not (math.isfinite(value) and value >= 0):
                wrong.append(f"{name} must be a number ≥ 0, got {value}")
    if numbers and not str(table.get("source", "")).strip():
        wrong.append(f"{'.'.join(path)} has no source")
    if "value" in table and not str(table.get("unit", "")).strip():
        wrong.append(f"{'.'.join(path)} has no unit")
    return wrong


def _lacks(usual: Mapping[str, Any], own: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    wrong = []
    for key, value in usual.items():
        name = ".".join((*path, key))
        if key not in own:
            wrong.append(f"{name} is missing")
        elif isinstance(value, dict):
            if isinstance(own[key], dict):
                wrong += _lacks(value, own[key], (*path, key))
            else:
                wrong.append(f"{name} must be a table")
        elif isinstance(value, (int, float)) and not isinstance(own[key], (int, float)):
            wrong.append(f"{name} must be a number, got {own[key]!r}")
    return wrong


# --- what is priced ---


@dataclass(frozen=True)
class Tool:
    """Die, mould, pattern or fixture: what one costs and how many parts it makes."""

    cost: float
    life_parts: float = math.inf


@dataclass(frozen=True)
class Way:
    """One way of doing an operation: minutes a part and the tool it needs.

    `rough` says that no cycle was computed from the geometry.
    """

    minutes: float
    tool: Tool = Tool(0.0)
    name: str = ""
    rough: bool = False


@dataclass(frozen=True)
class Placed:
    """An operation on a machine, as far as money is concerned; `process` decides its energy."""

    process: str
    way: Way
    rate_h: float
    setup_minutes: float


@dataclass(frozen=True)
class Cost:
    """What one part costs, in `currency`; the breakdown adds up to `per_part`."""

    per_part: float
    tooling: float
    currency: str
    breakdown: Mapping[str, float]

    def to_json(self) -> dict[str, Any]:
        """The contract's `cost`."""
        return {
            "per_part": round(self.per_part, 2),
            "tooling": round(self.tooling, 2),
            "currency": self.currency,
            "breakdown": {term: round(self.breakdown[term], 2) for term in TERMS},
        }


def batch_of(annual: float, rates: Rates) -> float:
    """Parts in one batch; less than one part is no batch."""
    return max(1.0, annual / rates.general("batches_per_year"))


def tool_share(tool: Tool, annual: float, rates: Rates) -> float:
    """Cost of a tool in one part: paid off over some years, but over no more than it makes."""
    return tool.cost / min(annual * rates.general("amortisation"), tool.life_parts)


def best_way(process: str, ways: Sequence[Way], rate_h: float, annual: float, rates: Rates) -> Way:
    """The way whose part of the price is least at this quantity on a machine with this rate.

    Source: crossover N* = (F_B − F_A)/(v_A − v_B), here by pricing both.
    """

    def part_of_price(way: Way) -> float:
        energy_kwh = _energy_kwh(Placed(process, way, rate_h, 0.0), 0.0, rates)
        making = way.minutes / 60 * rate_h + energy_kwh * rates.general("energy")
        return (1 + rates.general("overhead")) * making + tool_share(way.tool, annual, rates)

    return min(ways, key=part_of_price)


def price(
    placed: Sequence[Placed],
    *,
    material: Material,
    mass_kg: float,
    raw_kg: float,
    annual: float,
    rates: Rates,
    price_kg: float | None = None,
    transport_km: float = 0.0,
    trips: int = 0,
) -> Cost:
    """Cost of a part of `mass_kg` made from `raw_kg` of material by these operations.

    transport_km: all roads the part travels, in `trips` trips a batch. Raises ValueError for
    numbers below zero.

    Source: raw = mass/yield, less the scrap's value: aPriori CMG0142, CMG0940; setup/lot: ours, as
    open should-cost tools give it.
    """
    if min(mass_kg, raw_kg, transport_km, annual - 1) < 0:
        raise ValueError("masses and distances are at least 0, quantities at least 1")
    raw_kg = max(raw_kg, mass_kg)
    kg = rates.material_price(material.family) if price_kg is None else price_kg
    batch = batch_of(annual, rates)
    terms = dict.fromkeys(TERMS, 0.0)
    scrap_kg = raw_kg - mass_kg
    terms["material"] = kg * (raw_kg - scrap_kg * rates.scrap_share(material.family))
    for step in placed:
        terms["machining"] += step.way.minutes / 60 * step.rate_h
        terms["setup"] += step.setup_minutes / 60 * step.rate_h / batch
        terms["tooling"] += tool_share(step.way.tool, annual, rates)
        terms["energy"] += _energy_kwh(step, raw_kg, rates) * rates.general("energy")
    making = sum(terms[name] for name in ("material", "machining", "setup", "energy"))
    terms["overhead"] = rates.general("overhead") * making
    terms["margin"] = rates.general("margin") * (making + terms["overhead"] + terms["tooling"])
    terms["transport"] = transport_km * mass_kg / 1000 * rates.general("freight")
    terms["transport"] += trips * rates.general("trip") / batch
    return Cost(
        per_part=sum(terms.values()),
        tooling=sum(step.way.tool.cost for step in placed),
        currency=rates.currency,
        breakdown=MappingProxyType(terms),
    )


def _energy_kwh(step: Placed, raw_kg: float, rates: Rates) -> float:
    """Energy of one operation on one part: power × time, or by weight where metal is heated."""
    if step.process not in rates.data["process"]:
        return 0.0
    entry = rates.data["process"][step.process]["energy"]
    if entry["unit"] == "kW":
        return float(entry["value"]) * step.way.minutes / 60
    if "heat" in entry["unit"]:
        return float(entry["value"]) * HEAT_KWH_KG * raw_kg
    return float(entry["value"]) * raw_kg


def local_share(cost: Cost, raw_material_share: float, rates: Rates) -> float:
    """Share of a cost that stays in the country (0–1): all but imported material and tools."""
    if cost.per_part <= 0:
        return 1.0
    abroad = cost.breakdown["material"] * (1 - raw_material_share)
    abroad += cost.breakdown["tooling"] * (1 - rates.general("local_tooling"))
    return 1 - abroad / cost.per_part
