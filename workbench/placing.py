"""Can this machine do that operation, and if not, what is it short of?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from workbench.costing import Placed, Rates, Way, batch_of, best_way
from workbench.plants.records import Machine, Plant, hours_a_year
from workbench.routing import Demand, Need, Operation, Plan, Reason

__all__ = ["Offer", "Shortfall", "offer", "shortfalls"]

SLACK = 1e-9  # relative; a part that is exactly as long as the machine fits
MOST_USE = 1.0  # of the free hours of a machine


@dataclass(frozen=True)
class Shortfall:
    """A capability that falls short: what is needed, what the machine or plant has."""

    capability: str
    needed: Any
    has: Any
    unit: str = ""
    most: bool = False

    @property
    def gap(self) -> float:
        """How far off, relative; infinite where it is no number."""
        numbers = (self.needed, self.has)
        if not all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in numbers):
            return float("inf")
        low, high = sorted(map(abs, numbers))
        return float("inf") if low == 0 else high / low - 1

    def to_json(self) -> dict[str, Any]:
        """The contract's reason of a rejection."""
        return {
            "capability": self.capability,
            "needed": _rounded(self.needed),
            "has": _rounded(self.has),
            "unit": self.unit,
        }


@dataclass(frozen=True)
class Offer:
    """A machine that can do an operation: how, the use of its free time, what is unsure."""

    operation: Operation
    plant: Plant
    machine: Machine
    way: Way
    use: float
    reasons: tuple[Reason, ...]

    @property
    def placed(self) -> Placed:
        """The same for costing."""
        rate, setup = self.machine.hourly_rate_uzs, self.machine.setup_minutes
        return Placed(self.operation.powered_as, self.way, rate, setup)


def offer(
    operation: Operation,
    plan: Plan,
    plant: Plant,
    machine: Machine,
    demand: Demand,
    rates: Rates,
    on: date,
) -> Offer | tuple[Shortfall, ...]:
    """What a machine of a plant offers for an operation, or everything it is short of."""
    short, unsure = shortfalls(operation.needs, machine)
    if plan.material.family not in machine.materials:
        has = ", ".join(machine.materials)
        short.append(Shortfall("materials", plan.material.family, has))
    if machine.annual_min is not None and demand.annual < machine.annual_min:
        least = machine.annual_min
        short.append(Shortfall("annual_min", demand.annual, least, "pcs/year", most=True))
    if machine.annual_max is not None and demand.annual > machine.annual_max:
        short.append(Shortfall("annual_max", demand.annual, machine.annual_max, "pcs/year"))
    for name in demand.certificates:
        if not plant.holds(name, on):
            held = ", ".join(held.name for held in plant.certificates)
            short.append(Shortfall("certificate", name, held))
    rate = machine.hourly_rate_uzs
    way = best_way(operation.powered_as, operation.ways, rate, demand.annual, rates)
    needed_h = demand.annual * way.minutes / 60
    needed_h += demand.annual / batch_of(demand.annual, rates) * machine.setup_minutes / 60
    free_h = hours_a_year(plant, machine)
    if needed_h > free_h * MOST_USE * (1 + SLACK):
        short.append(Shortfall("capacity_h", needed_h, free_h, "h"))
    if short:
        return tuple(short)
    use = needed_h / free_h if free_h > 0 else 0.0
    if way.rough:
        unsure.append(Reason("rough_minutes", {"minutes": way.minutes}))
    return Offer(operation, plant, machine, way, use, tuple(unsure))


def shortfalls(needs: Iterable[Need], machine: Machine) -> tuple[list[Shortfall], list[Reason]]:
    """What a machine is short of, and what could not be compared."""
    needs = list(needs)
    sides = [machine.length_mm, machine.width_mm, machine.height_mm]
    asked = [need for need in needs if need.capability in ("length_mm", "width_mm", "height_mm")]
    # a part may be turned: its sides are compared in descending order with the machine's
    given = sorted((side for side in sides[: len(asked)] if side is not None), reverse=True)
    turned = dict(zip(("length_mm", "width_mm", "height_mm"), given, strict=False))
    short, unsure = [], []
    for need in needs:
        has = turned.get(need.capability, getattr(machine, need.capability))
        name = {"capability": f"plant.column.{need.capability}"}
        if need.value is None:
            unsure.append(Reason("part_not_known", names=name))
        elif has is None:
            unsure.append(Reason("machine_not_said", names=name))
        elif (has > need.value * (1 + SLACK)) if need.most else (need.value > has * (1 + SLACK)):
            short.append(Shortfall(need.capability, need.value, has, need.unit, need.most))
    return short, unsure


def _rounded(value: Any) -> Any:
    return round(value, 3) if isinstance(value, float) else value
