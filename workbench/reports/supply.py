"""Who can make the part, as a report tells it: routes, their cost, what keeps the others away."""

from collections.abc import Mapping
from typing import Any

from workbench.errors import plain
from workbench.reports.facts import Facts
from workbench.reports.wording import Wording

__all__ = ["supply"]

MOST_ROUTES = 5
MOST_REJECTED = 12
MOST_UNBLOCKS = 5


def supply(facts: Facts, index: int, words: Wording) -> dict[str, Any]:
    """The matched plants of a part, or the sentence that says why there are none."""
    found = facts.matches[index]
    if found is None:
        reason = "plants_no_annual" if facts.annual is None else "plants_none_known"
        return _none(words.say(reason))
    routes = [_route(route, words) for route in found["routes"][:MOST_ROUTES]]
    rejected = _rejected(found, words)
    return {
        "said": "" if routes else words.say("plants_no_route"),
        "first": routes[0]["line"] if routes else "",
        "illustrative": words.say("plants_illustrative") if found.get("illustrative") else "",
        "routes": routes,
        "unblocks": [
            {
                "kind": words.label("web.unblock", each["kind"]),
                "change": words.sentence(each["change"]),
                "gain": words.sentence(each["gain"].get("message", "")),
            }
            for each in found["unblocks"][:MOST_UNBLOCKS]
        ],
        "rejected": rejected[:MOST_REJECTED],
        "rejected_all": rejected,
        "further": words.say("further", count=len(rejected) - MOST_REJECTED)
        if len(rejected) > MOST_REJECTED
        else "",
    }


def _none(sentence: str) -> dict[str, Any]:
    return {
        "said": sentence,
        "first": "",
        "illustrative": "",
        "routes": [],
        "unblocks": [],
        "rejected": [],
        "rejected_all": [],
        "further": "",
    }


def _route(route: Mapping[str, Any], words: Wording) -> dict[str, Any]:
    cost = route["cost"]
    currency = str(cost["currency"])
    plants = " → ".join(dict.fromkeys(_plant(each) for each in route["operations"]))
    per_part = words.money(cost["per_part"], currency)
    tooling = words.money(cost["tooling"], currency)
    days = words.quantity(route["lead_time_days"], "day")
    total = sum(cost["breakdown"].values())
    process = words.label("process", route["process"])
    return {
        "rank": words.number(route["rank"], 0),
        "place": route["rank"],
        "process": process,
        "plants": plants,
        "score": words.number(route["score"], 0),
        "per_part": per_part,
        "tooling": tooling,
        "days": days,
        "local_share": words.percent(route["local_share"]),
        "figures": {
            "cost_part": round(float(cost["per_part"]), 2),
            "tooling": round(float(cost["tooling"]), 2),
            "unit": currency,
            "lead_time": route["lead_time_days"],
            "local_share": round(float(route["local_share"]), 4),
        },
        "line": words.say(
            "route_line",
            process=process,
            plants=plants,
            cost=per_part,
            tooling=tooling,
            days=days,
        ),
        "costs": [
            {
                "name": words.label("reports.cost", name),
                "text": words.money(value, currency),
                "share": value / total if total > 0 else 0.0,
            }
            for name, value in cost["breakdown"].items()
        ],
        "operations": [
            {
                "operation": words.label("plant.operation", str(each["operation"])),
                "plant": _plant(each),
                "region": words.label("plant.region", each["region"]) if "region" in each else "",
                "machine": plain(str(each.get("machine_name") or each["machine"])),
                "time": words.quantity(each["minutes"], "min"),
                "minutes": round(float(each["minutes"]), 2),
                "reasons": [words.sentence(reason.get("message")) for reason in each["reasons"]],
            }
            for each in route["operations"]
        ],
        "gaps": [words.sentence(gap.get("message", "")) for gap in route["gaps"]],
    }


def _plant(operation: Mapping[str, Any]) -> str:
    return plain(str(operation.get("plant_name") or operation["plant"]))


def _rejected(found: Mapping[str, Any], words: Wording) -> list[dict[str, str]]:
    return [
        {
            "plant": _plant(each),
            "operation": words.label("plant.operation", str(each["operation"])),
            "capability": words.label("plant.column", str(reason["capability"])),
            "needed": words.capability(reason, "needed"),
            "has": words.capability(reason, "has"),
        }
        for each in found["rejected"]
        for reason in each["reasons"]
    ]
