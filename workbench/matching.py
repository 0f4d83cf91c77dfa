"""Which local plants can make this part, by which route, and what keeps the others from it?

Finds routes, rejections and changes, and says them as the contract does.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from workbench import language
from workbench.costing import Rates, load_rates
from workbench.plants.records import Plant, road_km
from workbench.routes import WEIGHTS, Route, find_routes, rejections
from workbench.routing import Demand, Operation, Plan, Reason, plans
from workbench.unblocking import Unblock, unblocks

__all__ = ["Demand", "match", "reason_json", "said"]

SCHEMA = "workbench.match/1"
MOST_ROUTES = 10  # listed


def match(
    part: Mapping[str, Any],
    demand: Demand,
    plants: Sequence[Plant],
    *,
    rates: Rates | None = None,
    on: date | None = None,
    most: int = MOST_ROUTES,
) -> dict[str, Any]:
    """The contract's `workbench.match/1` for one part of an analysis.

    on: the day on which certificates must be valid (today). Raises UnknownMaterial.
    """
    rates = rates or load_rates()
    on = on or date.today()
    chosen, skipped = plans(part, demand, rates)
    routes = find_routes(chosen, demand, plants, rates, on)
    refused = {plan.process: rejections(plan, demand, plants, rates, on) for plan in chosen}
    changes = unblocks(chosen, demand, plants, rates, on, routes, refused)
    return {
        "schema": SCHEMA,
        "demand": demand.to_json(),
        "routes": [_route_json(rank, route) for rank, route in enumerate(routes[:most], start=1)],
        "rejected": [
            {
                "plant": plant.id,
                "plant_name": plant.name,
                "process": process,
                "operation": plan_operation,
                "machine": machine.id if machine else None,
                "reasons": [short.to_json() for short in shorts],
            }
            for process, entries in refused.items()
            for plant, plan_operation, machine, shorts in entries
        ],
        "unblocks": [_unblock_json(change, rates) for change in changes],
        "gaps": _gaps(chosen, plants),
        "skipped": [
            {"process": process, "reasons": [reason_json(reason)]} for process, reason in skipped
        ],
        "illustrative": any(plant.illustrative for plant in plants),
    }


def _gaps(chosen: Iterable[Plan], plants: Sequence[Plant]) -> list[dict[str, Any]]:
    """Operations that no plant has any machine for."""
    owned = {machine.kind for plant in plants for machine in plant.machines}
    return [
        {
            "process": plan.process,
            "operation": step.operation,
            "kinds": list(step.kinds),
            "message": said(
                "plant.gap",
                names={
                    "operation": f"plant.operation.{step.operation}",
                    "kind": f"plant.kind.{step.kinds[0]}",
                },
            ),
        }
        for plan in chosen
        for step in plan.operations
        if not owned & set(step.kinds)
    ]


# --- as the contract says it ---


def said(
    key: str,
    *,
    names: Mapping[str, str] | None = None,
    unit: str = "",
    **values: Any,
) -> dict[str, str]:
    """A sentence in every language.

    names: values that are keys of the catalogue themselves; unit: a unit's name, filled in too.
    """
    sentences = {}
    for tag in language.LANGUAGES:
        filled = {name: language.text(of, tag) for name, of in (names or {}).items()}
        sign = f"\N{NO-BREAK SPACE}{language.unit(unit, tag)}" if unit else ""
        sentences[tag] = language.text(key, tag, **values, **filled, unit=sign)
    return sentences


def reason_json(reason: Reason) -> dict[str, Any]:
    """A reason with its code, values and sentences."""
    return {
        "code": reason.code,
        **({"values": dict(reason.values)} if reason.values else {}),
        "message": said(f"plant.reason.{reason.code}", names=reason.names, **reason.values),
    }


def _route_json(rank: int, route: Route) -> dict[str, Any]:
    return {
        "rank": rank,
        "score": round(route.score, 2),
        "terms": [
            {"name": name, "value": round(value, 4), "points": round(WEIGHTS[name] * value, 2)}
            for name, value in route.terms.items()
        ],
        "process": route.plan.process,
        "material": route.plan.material.id,
        "mass_kg": round(route.plan.mass_kg, 6),
        "cost": route.cost.to_json(),
        "lead_time_days": round(route.lead_time_days),
        "local_share": round(route.local_share, 4),
        "complete": not route.missing,
        "reasons": [reason_json(reason) for reason in route.plan.reasons],
        "operations": [_offer_json(route, index) for index in range(len(route.offers))],
        "gaps": [
            {
                "process": step.process,
                "operation": step.operation,
                "kinds": list(step.kinds),
                "message": said(
                    "plant.unplaced", names={"operation": f"plant.operation.{step.operation}"}
                ),
            }
            for step in route.missing
        ],
    }


def _offer_json(route: Route, index: int) -> dict[str, Any]:
    made = route.offers[index]
    reasons = [*made.operation.reasons, *made.reasons]
    if index and made.plant is not route.offers[index - 1].plant:
        km = road_km(route.offers[index - 1].plant.region, made.plant.region)
        reasons.append(Reason("sent", {"km": km}, {"region": f"plant.region.{made.plant.region}"}))
    if made.way.name:
        reasons.append(Reason(f"way_{made.way.name}"))
    return {
        "process": made.operation.process,
        "operation": made.operation.operation,
        "plant": made.plant.id,
        "plant_name": made.plant.name,
        "region": made.plant.region,
        "machine": made.machine.id,
        "machine_name": made.machine.name,
        "minutes": round(made.way.minutes, 4),
        "capacity_used": round(made.use, 4),
        "illustrative": made.plant.illustrative or made.machine.illustrative,
        "reasons": [reason_json(reason) for reason in reasons],
    }


def _unblock_json(found: Unblock, rates: Rates) -> dict[str, Any]:
    change, lack = found.change, found.change.lack
    machine = change.machine
    names = {"operation": f"plant.operation.{change.operation}"}
    fresh = sorted({route.offers[0].plant.name for route in found.routes})
    plant = ", ".join(fresh) if change.kind == "design" else change.plant.name
    values: dict[str, Any] = {"plant": plant, "needed": lack.needed, "has": lack.has}
    if lack.unit == "h":
        values |= {"needed": math.ceil(lack.needed), "has": math.floor(lack.has)}
    if change.kind == "investment":
        key = "plant.unblock.investment"
        names["machine"] = f"plant.kind.{lack.needed}"
    elif lack.capability in ("materials", "certificate"):
        key = f"plant.unblock.{lack.capability}"
        if lack.capability == "materials":
            names["family"] = f"plant.family.{lack.needed}"
    else:
        key = f"plant.unblock.{change.kind}_{'up' if change.rises else 'down'}"
        names["capability"] = f"plant.column.{lack.capability}"
    unit = "" if lack.unit == "IT" else lack.unit
    return {
        "change": said(key, names=names, unit=unit, **values),
        "kind": change.kind,
        "process": change.plan.process,
        "operation": change.operation,
        "plant": change.plant.id,
        "machine": machine.id if machine else None,
        **lack.to_json(),
        **({"needs": _needs_json(change.step)} if change.kind == "investment" else {}),
        "gain": {
            "routes": len(found.routes),
            "plants": sorted({route.offers[0].plant.id for route in found.routes}),
            "saving_per_year": round(found.saving, 2),
            "currency": rates.currency,
            "first_route": found.first,
            "message": _gain_said(found, rates),
        },
    }


def _gain_said(found: Unblock, rates: Rates) -> dict[str, str]:
    key = "plant.gain_first" if found.first else "plant.gain"
    key = key if found.first or found.saving > 0 else "plant.gain_choice"
    return {
        tag: language.text(
            key,
            tag,
            routes=len(found.routes),
            saving=language.money(found.saving, rates.currency, language=tag),
        )
        for tag in language.LANGUAGES
    }


def _needs_json(step: Operation) -> list[dict[str, Any]]:
    return [
        {
            "capability": need.capability,
            "needed": round(need.value, 3),
            "unit": need.unit,
            "relation": "<=" if need.most else ">=",
        }
        for need in step.needs
        if need.value is not None
    ]
