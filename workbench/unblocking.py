"""Which one change would let a plant in that is nearly able, and what would it bring?

Each change is tried: the plants are matched again as if it had been made.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from workbench.costing import Rates
from workbench.placing import Shortfall
from workbench.plants.records import KINDS, Certificate, Machine, Plant
from workbench.routes import Rejection, Route, find_routes
from workbench.routing import Demand, Operation, Plan

__all__ = ["Change", "Unblock", "unblocks"]

NEAR = 0.5  # a number that is further off than half is no near miss
MOST_CHANGES = 8
# What a drawing can change; the rest is the plant's to change
_OF_DESIGN = ("length_mm", "width_mm", "height_mm", "max_mass_kg", "max_diameter_mm", "tonnage_kn")
_OF_DESIGN += ("min_thickness_mm", "max_thickness_mm", "axes", "tolerance_it")
_OF_SHARE = "capacity_h"
NEW_MACHINE_SETUP_MIN, NEW_MACHINE_SHARE, NEW_MACHINE_DAYS = 60.0, 0.8, 120.0  # ours


@dataclass(frozen=True)
class Change:
    """One thing that could be done: `kind` is design, plant or investment."""

    kind: str
    plan: Plan
    lack: Shortfall
    plants: tuple[tuple[Plant, Machine | None], ...]
    operation: str

    @property
    def step(self) -> Operation:
        """The operation that it makes possible."""
        return next(step for step in self.plan.operations if step.operation == self.operation)

    @property
    def rises(self) -> bool:
        """Whether the number goes up: a plant offers more, a part needs less; a wall is the reverse."""
        return self.lack.most if self.kind == "design" else not self.lack.most

    @property
    def same(self) -> tuple[Any, ...]:
        """Equal for changes that are one and the same."""
        where = () if self.kind == "design" else tuple(plant.id for plant, _ in self.plants)
        return (self.kind, self.plan.process, self.lack.capability, self.lack.has, where)


@dataclass(frozen=True)
class Unblock:
    """A change with the routes it adds and what it saves in a year; `first`: there was none before."""

    change: Change
    routes: tuple[Route, ...]
    saving: float
    first: bool


def unblocks(
    chosen: Sequence[Plan],
    demand: Demand,
    plants: Sequence[Plant],
    rates: Rates,
    on: date,
    routes: Sequence[Route],
    refused: Mapping[str, Sequence[Rejection]],
) -> list[Unblock]:
    """Single changes of design, plant or investment that add routes, those that save most first."""
    complete = [route for route in routes if not route.missing]
    before = {(route.plan.process, route.offers[0].plant.id) for route in complete}
    cheapest = min((route.cost.per_part for route in complete), default=None)
    changes = [*_near_misses(chosen, refused), *_investments(chosen, plants, routes)]
    found = []
    for change in {change.same: change for change in changes}.values():
        at = None if change.kind == "investment" else {plant.id for plant, _ in change.plants}
        after = find_routes([change.plan], demand, _as_if(plants, change, rates), rates, on, at=at)
        fresh = tuple(
            route
            for route in after
            if not route.missing and (route.plan.process, route.offers[0].plant.id) not in before
        )
        if not fresh:
            continue  # something else keeps it out: not one change
        least = min(route.cost.per_part for route in fresh)
        saving = 0.0 if cheapest is None else max(0.0, (cheapest - least) * demand.annual)
        found.append(Unblock(change, fresh, saving, cheapest is None))
    found.sort(
        key=lambda item: (-item.saving, -len(item.routes), item.change.kind, str(item.change.same))
    )
    return found[:MOST_CHANGES]


# --- which changes are worth trying ---


def _near_misses(
    chosen: Sequence[Plan], refused: Mapping[str, Sequence[Rejection]]
) -> Iterator[Change]:
    """Plants whose best machine is short of one thing by little, the same design change taken together."""
    for plan in chosen:
        single = [
            (plant, machine, lacks[0])
            for plant, _, machine, lacks in refused[plan.process]
            if machine is not None and len(lacks) == 1
        ]
        first = plan.operations[0].operation
        for plant, machine, lack in single:
            if lack.capability in _OF_DESIGN and lack.gap <= NEAR:
                together = tuple(
                    (other, tool)
                    for other, tool, same in single
                    if same.capability == lack.capability and _within(same, lack)
                )
                yield Change("design", plan, lack, together, first)
            if lack.gap <= NEAR or lack.capability in ("materials", "certificate"):
                yield Change("plant", plan, lack, ((plant, machine),), first)


def _within(same: Shortfall, lack: Shortfall) -> bool:
    """Whether a part changed to fit `lack.has` fits the other machine too."""
    return bool(same.has <= lack.has) if lack.most else bool(same.has >= lack.has)


def _investments(
    chosen: Sequence[Plan], plants: Sequence[Plant], routes: Sequence[Route]
) -> Iterator[Change]:
    """A new machine for an operation that keeps a process from having any complete route."""
    for plan in chosen:
        mine = [route for route in routes if route.plan.process == plan.process]
        if any(not route.missing for route in mine) or not plants:
            continue
        step = mine[0].missing[0] if mine else plan.operations[0]
        hosts = [route.offers[0].plant for route in mine] or sorted(
            plants, key=lambda plant: (-_share_of(plan, plant), plant.id)
        )
        lack = Shortfall("process", step.kinds[0], "")
        yield Change("investment", plan, lack, ((hosts[0], None),), step.operation)


def _share_of(plan: Plan, plant: Plant) -> int:
    """How many of a plan's operations a plant has machines for."""
    kinds = {machine.kind for machine in plant.machines}
    return sum(1 for step in plan.operations if kinds & set(step.kinds))


# --- the plants as if ---


def _as_if(plants: Sequence[Plant], change: Change, rates: Rates) -> list[Plant]:
    touched = {plant.id: (plant, machine) for plant, machine in change.plants}
    changed = []
    for plant in plants:
        if plant.id not in touched:
            changed.append(plant)
            continue
        machine = touched[plant.id][1]
        if machine is None:
            changed.append(replace(plant, machines=(*plant.machines, _new_machine(change, rates))))
        elif change.lack.capability == "certificate":
            held = Certificate(str(change.lack.needed))
            changed.append(replace(plant, certificates=(*plant.certificates, held)))
        else:
            machines = tuple(
                _better(owned, change) if owned is machine else owned for owned in plant.machines
            )
            changed.append(replace(plant, machines=machines))
    return changed


def _better(machine: Machine, change: Change) -> Machine:
    """The machine without its one lack. A design change is the same to it: the part then fits."""
    lack = change.lack
    if lack.capability == "materials":
        return replace(machine, materials=(*machine.materials, str(lack.needed)))
    if lack.capability == _OF_SHARE:
        return _with_hours(machine, float(lack.needed) / float(lack.has))
    if lack.capability in ("length_mm", "width_mm", "height_mm"):
        sides = (machine.length_mm, machine.width_mm, machine.height_mm)
        bigger = {
            name: max(side, float(lack.needed))
            for name, side in zip(("length_mm", "width_mm", "height_mm"), sides, strict=True)
            if side is not None
        }
        return replace(machine, **bigger)  # type: ignore[arg-type]
    return replace(machine, **{lack.capability: lack.needed})


def _with_hours(machine: Machine, factor: float) -> Machine:
    return replace(machine, available_share=machine.available_share * factor)


def _new_machine(change: Change, rates: Rates) -> Machine:
    """An ordinary machine that has just what is needed."""
    step = change.step
    kind = KINDS[step.kinds[0]]
    needs = {need.capability: need.value for need in step.needs if need.value is not None}
    return Machine(
        id=f"new-{kind.id}",
        name=kind.id,
        kind=kind.id,
        materials=(change.plan.material.family,),
        hourly_rate_uzs=rates.reference_rate(kind.id),
        setup_minutes=NEW_MACHINE_SETUP_MIN,
        available_share=NEW_MACHINE_SHARE,
        lead_time_days=NEW_MACHINE_DAYS,
        **needs,  # type: ignore[arg-type]
    )
