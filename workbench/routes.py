"""By which routes can plants make a part, and which comes first?

A route is a primary process and the operations that must follow, each at a machine that can do it:
in the same plant where it can, else at another. Its score is a sum of terms, each held against a
yardstick that does not depend on which plants there are:

    suitability of the process    35   as the analysis says, over 100
    cost                          30   1.5·r/(r + c), at most 1; r: cheapest on ordinary machines
    local share                   15   of the cost
    lead time                     10   1 − days/180
    capacity                      10   share of the machines' free hours that stays free

Routes that lack a machine for an operation come after all others.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice, pairwise, product
from typing import Any

from workbench.costing import Cost, Placed, Rates, best_way, local_share, price
from workbench.placing import Offer, Shortfall, offer
from workbench.plants.records import Machine, Plant, road_km
from workbench.routing import Demand, Operation, Plan

__all__ = ["WEIGHTS", "Rejection", "Route", "find_routes", "rejections"]

WEIGHTS = {"suitability": 35, "cost": 30, "local_share": 15, "lead_time": 10, "capacity": 10}
COST_PARITY = 1.5  # a route at half the yardstick's cost gets all points of cost
LONGEST_DAYS = 180.0  # lead time that gets no points
TRIP_DAYS = 2.0  # between plants: loading, road, unloading
MOST_COMBINATIONS = 2000  # of machines for the operations after the first; real routes have a dozen
YARDSTICK_SETUP_MIN = 60.0  # of an ordinary machine: ours


@dataclass(frozen=True)
class Route:
    """One way of making the part; `missing` operations have no machine anywhere."""

    plan: Plan
    offers: tuple[Offer, ...]
    missing: tuple[Operation, ...]
    cost: Cost
    lead_time_days: float
    local_share: float
    terms: Mapping[str, float]

    @property
    def score(self) -> float:
        """Sum of the terms' points, 0–100."""
        return sum(WEIGHTS[name] * value for name, value in self.terms.items())

    @property
    def order(self) -> tuple[Any, ...]:
        """Sorting key: complete routes first, then by score, cost, names."""
        names = tuple((made.plant.id, made.machine.id) for made in self.offers)
        return (len(self.missing), -self.score, self.cost.per_part, names)


def find_routes(
    chosen: Iterable[Plan],
    demand: Demand,
    plants: Sequence[Plant],
    rates: Rates,
    on: date,
    *,
    at: Collection[str] | None = None,
) -> list[Route]:
    """The best route of each process at each plant, best first.

    at: ids of the plants where a route may begin (all).
    """
    chosen = list(chosen)
    yardstick = min((_yardstick(plan, demand, rates) for plan in chosen), default=0.0)
    routes = []
    for plan in chosen:
        first, *rest = plan.operations
        later = [_offers(step, plan, demand, plants, rates, on) for step in rest]
        for plant in plants:
            if at is not None and plant.id not in at:
                continue
            own = _offers(first, plan, demand, [plant], rates, on)
            options = [_nearest(offers, plant) for offers in later]
            missing = tuple(step for step, offers in zip(rest, options, strict=True) if not offers)
            found = product(own, *(offers for offers in options if offers))
            candidates = [
                _route(plan, offers, missing, demand, rates, yardstick)
                for offers in islice(found, MOST_COMBINATIONS)
            ]
            if candidates:
                routes.append(min(candidates, key=lambda route: route.order))
    return sorted(routes, key=lambda route: route.order)


def _offers(
    operation: Operation,
    plan: Plan,
    demand: Demand,
    plants: Iterable[Plant],
    rates: Rates,
    on: date,
) -> list[Offer]:
    found = []
    for plant, machine in _machines(operation, plants):
        made = offer(operation, plan, plant, machine, demand, rates, on)
        if isinstance(made, Offer):
            found.append(made)
    return sorted(found, key=lambda made: (made.machine.hourly_rate_uzs, made.machine.id))


def _machines(operation: Operation, plants: Iterable[Plant]) -> Iterable[tuple[Plant, Machine]]:
    kinds = operation.kinds
    return (
        (plant, machine) for plant in plants for machine in plant.machines if machine.kind in kinds
    )


def _nearest(offers: list[Offer], plant: Plant) -> list[Offer]:
    """Offers of the plant itself when it has any, else all."""
    return [made for made in offers if made.plant is plant] or offers


def _route(
    plan: Plan,
    offers: tuple[Offer, ...],
    missing: tuple[Operation, ...],
    demand: Demand,
    rates: Rates,
    yardstick: float,
) -> Route:
    stops = [made.plant.region for made in offers]
    hops = [
        (made.plant.region, following.plant.region)
        for made, following in pairwise(offers)
        if made.plant is not following.plant
    ]
    hops.append((stops[-1], demand.region))
    stock = offers[0].plant.stock_of(plan.material.id)
    cost = price(
        [made.placed for made in offers] + [_ordinary(step, demand, rates) for step in missing],
        material=plan.material,
        mass_kg=plan.mass_kg,
        raw_kg=plan.raw_kg,
        annual=demand.annual,
        rates=rates,
        price_kg=stock.price_uzs_kg if stock else None,
        transport_km=sum(road_km(*hop) for hop in hops),
        trips=len(hops),
    )
    usual_share = rates.local_share(plan.material.family)
    share = local_share(cost, stock.local_share if stock else usual_share, rates)
    by_plant: dict[str, float] = {}
    for made in offers:
        longest = max(by_plant.get(made.plant.id, 0.0), made.machine.lead_time_days)
        by_plant[made.plant.id] = longest
    tool_days = rates.of(plan.process, "tool_days") if plan.needs_tool else 0.0
    days = tool_days + sum(by_plant.values()) + TRIP_DAYS * len(hops)
    terms = {
        "suitability": min(1.0, plan.suitability / 100),
        "cost": min(1.0, COST_PARITY * yardstick / (yardstick + cost.per_part)),
        "local_share": share,
        "lead_time": max(0.0, 1 - days / LONGEST_DAYS),
        "capacity": max(0.0, 1 - max(made.use for made in offers)),
    }
    return Route(plan, offers, missing, cost, days, share, terms)


def _ordinary(operation: Operation, demand: Demand, rates: Rates) -> Placed:
    """An operation on the cheapest ordinary machine that is meant for it."""
    rate = min(rates.reference_rate(kind) for kind in operation.kinds)
    way = best_way(operation.powered_as, operation.ways, rate, demand.annual, rates)
    return Placed(operation.powered_as, way, rate, YARDSTICK_SETUP_MIN)


def _yardstick(plan: Plan, demand: Demand, rates: Rates) -> float:
    """Cost of a part on ordinary machines without transport."""
    placed = [_ordinary(step, demand, rates) for step in plan.operations]
    return price(
        placed,
        material=plan.material,
        mass_kg=plan.mass_kg,
        raw_kg=plan.raw_kg,
        annual=demand.annual,
        rates=rates,
    ).per_part


# --- what keeps the others from it ---

Rejection = tuple[Plant, str, Machine | None, tuple[Shortfall, ...]]


def rejections(
    plan: Plan, demand: Demand, plants: Sequence[Plant], rates: Rates, on: date
) -> list[Rejection]:
    """Plants that cannot do the primary operation: the nearest machine, what it is short of."""
    first = plan.operations[0]
    found: list[Rejection] = []
    for plant in plants:
        tried = [
            (machine, offer(first, plan, plant, machine, demand, rates, on))
            for _, machine in _machines(first, [plant])
        ]
        if any(isinstance(made, Offer) for _, made in tried):
            continue
        if not tried:
            has = ", ".join(sorted({machine.process for machine in plant.machines}))
            lack = (Shortfall("process", plan.process, has),)
            found.append((plant, first.operation, None, lack))
            continue
        short = [(machine, made) for machine, made in tried if isinstance(made, tuple)]
        machine, lacks = min(short, key=lambda pair: (len(pair[1]), sum(s.gap for s in pair[1])))
        found.append((plant, first.operation, machine, lacks))
    return found
