"""Which one change would let a plant in that is nearly able, and what would it bring?

Each change is tried: the part or the plants are matched again as if it had been made.
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
# What a bigger machine, or one more, would mend
_OF_SIZE = {"length_mm", "width_mm", "height_mm", "max_mass_kg", "max_diameter_mm", "tonnage_kn"}
_OF_SIZE |= {"max_thickness_mm", "axes", "capacity_h"}
# What a drawing can change; the rest is the plant's to change
_OF_DESIGN = (_OF_SIZE - {"capacity_h"}) | {"min_thickness_mm", "tolerance_it"}
# What a process can do at all: no machine is bought for it, the drawing changes
_OF_PROCESS = {"min_thickness_mm", "tolerance_it", "axes"}
_SIDES = ("length_mm", "width_mm", "height_mm")
NEW_MACHINE_SETUP_MIN, NEW_MACHINE_SHARE, NEW_MACHINE_DAYS = 60.0, 0.8, 120.0  # ours


@dataclass(frozen=True)
class Change:
    """One thing that could be done: `kind` is design, plant or investment."""

    kind: str
    plan: Plan
    lack: Shortfall
    plant: Plant
    machine: Machine | None
    operation: str

    @property
    def step(self) -> Operation:
        """The operation that it makes possible."""
        return next(step for step in self.plan.operations if step.operation == self.operation)

    @property
    def rises(self) -> bool:
        """Whether the number goes up: plants offer more, parts need less; a wall: the reverse."""
        return self.lack.most if self.kind == "design" else not self.lack.most

    @property
    def same(self) -> tuple[str, ...]:
        """Equal for changes that are one and the same."""
        where = "" if self.kind == "design" else self.plant.id
        return (self.kind, self.plan.process, self.lack.capability, str(self.lack.has), where)


@dataclass(frozen=True)
class Unblock:
    """A change with the routes it adds, what it saves in a year; `first`: there were none."""

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
    changes = [*_near_misses(chosen, refused), *_investments(chosen, plants, routes, refused)]
    found = []
    for change in {change.same: change for change in changes}.values():
        after = _after(change, demand, plants, rates, on)
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
    found.sort(key=lambda item: (-item.saving, -len(item.routes), item.change.same))
    return found[:MOST_CHANGES]


# --- which changes are worth trying ---


def _near_misses(
    chosen: Sequence[Plan], refused: Mapping[str, Sequence[Rejection]]
) -> Iterator[Change]:
    """Machines that are short of one thing by little: the part gives way, or the plant does.

    A design change counts a lack once even when two sides of the part are too long.
    """
    for plan in chosen:
        first = plan.operations[0].operation
        for plant, _, machine, lacks in refused[plan.process]:
            if machine is None or len(lacks) != 1:
                continue
            lack = lacks[0]
            near = lack.gap <= NEAR
            if near and lack.capability in _OF_DESIGN:
                yield Change("design", plan, lack, plant, machine, first)
            # another metal in a foundry is another furnace: no small change
            metal = lack.capability == "materials" and not plan.process.endswith("_casting")
            near = near and lack.capability not in _OF_PROCESS
            if near or metal or lack.capability == "certificate":
                yield Change("plant", plan, lack, plant, machine, first)


def _investments(
    chosen: Sequence[Plan],
    plants: Sequence[Plant],
    routes: Sequence[Route],
    refused: Mapping[str, Sequence[Rejection]],
) -> Iterator[Change]:
    """A new machine for an operation that keeps a process from having any complete route."""
    for plan in chosen:
        mine = [route for route in routes if route.plan.process == plan.process]
        if any(not route.missing for route in mine) or not plants:
            continue
        if not mine and any(
            machine and not _OF_SIZE & {lack.capability for lack in lacks}
            for _, _, machine, lacks in refused[plan.process]
        ):
            continue  # a machine is there; its terms, not its size, are in the way
        step = mine[0].missing[0] if mine else plan.operations[0]
        hosts = [route.offers[0].plant for route in mine] or sorted(
            plants, key=lambda plant: (-_share_of(plan, plant), plant.id)
        )
        lack = Shortfall("process", step.kinds[0], "")
        yield Change("investment", plan, lack, hosts[0], None, step.operation)


def _share_of(plan: Plan, plant: Plant) -> int:
    """How many of a plan's operations a plant has machines for."""
    kinds = {machine.kind for machine in plant.machines}
    return sum(1 for step in plan.operations if kinds & set(step.kinds))


# --- as if it had been made ---


def _after(
    change: Change, demand: Demand, plants: Sequence[Plant], rates: Rates, on: date
) -> list[Route]:
    if change.kind == "design":
        return find_routes([_redrawn(change)], demand, plants, rates, on)
    as_if = [_changed(plant, change, rates) if plant is change.plant else plant for plant in plants]
    at = {change.plant.id} if change.kind == "plant" else None
    return find_routes([change.plan], demand, as_if, rates, on, at=at)


def _redrawn(change: Change) -> Plan:
    """The plan of the part changed so far that the machine takes it; its metal stays the same."""
    lack = change.lack
    limit = max if lack.most else min

    def changed(step: Operation) -> Operation:
        # a force is one operation's own; a length or wall is the part's
        mine = lack.capability != "tonnage_kn" or step.operation == change.operation
        needs = tuple(
            replace(need, value=limit(need.value, float(lack.has)))
            if mine and need.capability == lack.capability and need.value is not None
            else need
            for need in step.needs
        )
        return replace(step, needs=needs)

    return replace(change.plan, operations=tuple(map(changed, change.plan.operations)))


def _changed(plant: Plant, change: Change, rates: Rates) -> Plant:
    if change.machine is None:
        return replace(plant, machines=(*plant.machines, _new_machine(change, rates)))
    if change.lack.capability == "certificate":
        held = Certificate(str(change.lack.needed))
        return replace(plant, certificates=(*plant.certificates, held))
    machines = tuple(
        _better(owned, change.lack) if owned is change.machine else owned
        for owned in plant.machines
    )
    return replace(plant, machines=machines)


def _better(machine: Machine, lack: Shortfall) -> Machine:
    """The machine without its one lack."""
    if lack.capability == "materials":
        return replace(machine, materials=(*machine.materials, str(lack.needed)))
    if lack.capability == "capacity_h":
        share = machine.available_share * float(lack.needed) / float(lack.has)
        return replace(machine, available_share=share)
    if lack.capability in _SIDES:
        # sides are compared in descending order: the side that is short is the one of that rank
        ranked = sorted(
            (side for side in _SIDES if getattr(machine, side) is not None),
            key=lambda side: -getattr(machine, side),
        )
        return replace(machine, **{ranked[_SIDES.index(lack.capability)]: lack.needed})
    return replace(machine, **{lack.capability: lack.needed})


def _new_machine(change: Change, rates: Rates) -> Machine:
    """An ordinary machine that has just what is needed."""
    kind = KINDS[change.step.kinds[0]]
    needs: dict[str, Any] = {
        need.capability: need.value for need in change.step.needs if need.value is not None
    }
    return Machine(
        id=f"new-{kind.id}",
        name=kind.id,
        kind=kind.id,
        materials=(change.plan.material.family,),
        hourly_rate_uzs=rates.reference_rate(kind.id),
        setup_minutes=NEW_MACHINE_SETUP_MIN,
        available_share=NEW_MACHINE_SHARE,
        lead_time_days=NEW_MACHINE_DAYS,
        **needs,
    )
