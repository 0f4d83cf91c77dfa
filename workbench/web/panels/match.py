"""Which local plants can make the part, at what cost, and why the others cannot."""

from collections.abc import Mapping, Sequence
from typing import Any

from nicegui import ui

from geometry import materials
from workbench import language as catalogue
from workbench.errors import KNOWN, plain
from workbench.likeness_words import facts
from workbench.web.desk import desk
from workbench.web.elements import box, empty, notice, process_name, row, stacked_bar, table, words
from workbench.web.tongue import label, language, message, path, say, wording

__all__ = ["match_panel"]

USUAL_ANNUAL = 10_000
MOST_ANNUAL = 100_000_000
ROUTES_AT_ONCE = 10
MOST_REJECTED = 60


def match_panel(key: str, part: Mapping[str, Any]) -> None:
    """The demand on top, the answer below."""
    of_file = materials.known(part.get("material"))
    options = {id_: id_ for id_ in materials.ALL}
    with row():
        annual = ui.number(
            say("match.annual"), value=USUAL_ANNUAL, min=1, max=MOST_ANNUAL, precision=0
        ).props("outlined dense")
        annual.style("width: 150px")
        material = ui.select(
            options,
            label=say("match.material"),
            value=of_file.id if of_file else None,
            with_input=True,
            clearable=True,
        ).props("outlined dense options-dense")
        material.style("width: 190px")
        button = ui.button(say("match.ask")).props("unelevated")
    if part.get("material") and not of_file:
        words(say("match.unknown_material", name=plain(str(part["material"]))), "wb-faint")
    answer = box("wb-stack")
    with answer:
        words(say("match.lead"), "wb-soft")

    async def ask() -> None:
        button.props(add="loading")
        try:
            if not await desk().ask("plants"):
                answer.clear()
                with answer, empty("factory", say("plants.empty_title"), say("plants.empty_lead")):
                    ui.link(say("plants.title"), path("/plants")).classes("wb-strong")
                return
            found = await desk().ask(
                "match", key, annual=int(annual.value or USUAL_ANNUAL), material=material.value
            )
        except KNOWN as error:
            notice(error)
            return
        finally:
            button.props(remove="loading")
        answer.clear()
        with answer:
            _answer(found)

    button.on_click(ask)


def _answer(found: Mapping[str, Any]) -> None:
    routes = found.get("routes", ())
    words(say("match.routes", count=len(routes)), tag="h2")
    if not routes:
        words(say("match.none"), "wb-alert")
    for route in routes[:ROUTES_AT_ONCE]:
        _route(route)
    if len(routes) > ROUTES_AT_ONCE:
        words(say("match.further", count=len(routes) - ROUTES_AT_ONCE), "wb-faint")
    if evidence := found.get("evidence"):
        words(say("match.evidence"), tag="h2")
        for each in evidence:
            _evidence(each)
    if unblocks := found.get("unblocks"):
        words(say("match.unblocks"), tag="h2")
        for each in unblocks:
            with box("wb-card wb-body").style("gap: 4px"):
                with row():
                    words(label("web.unblock", str(each.get("kind", ""))), "wb-chip", "span")
                    words(message(each["change"]), "wb-strong")
                words(message(each["gain"]["message"]), "wb-faint")
    if rejected := found.get("rejected"):
        words(say("match.rejected", count=len(rejected)), tag="h2")
        _rejected(rejected)


def _evidence(each: Mapping[str, Any]) -> None:
    """What is known of a part that is like this one."""
    own = language()
    with ui.link(target=path(f"/part/{each['part']}")).classes("wb-lookalike"):
        picture = box(tag="img")
        picture.props["src"] = f"/part/{each['part']}.png"
        picture.props["alt"] = ""
        with box():
            words(plain(str(each.get("part_name") or each["name"])), "wb-strong wb-name")
            words(facts(each, own), "wb-small wb-soft")
        words(catalogue.percent(float(each["similarity"]), 0, own), "wb-score")


def _route(route: Mapping[str, Any]) -> None:
    own = language()
    cost = route.get("cost", {})
    currency = str(cost.get("currency", "UZS"))
    plants = list(
        dict.fromkeys(
            plain(str(each.get("plant_name") or each.get("plant", "")))
            for each in route["operations"]
        )
    )
    with box("wb-route"):
        with box("wb-route-head"):
            words(str(route["rank"]), "wb-rank")
            words(" → ".join(plants), "wb-strong")
            words(
                catalogue.money(cost.get("per_part", 0.0), currency, None, own),
                "wb-strong wb-number",
            )
            words("")
            words(_way(route["operations"]), "wb-soft")
            words("")
            words("")
            with box("wb-measured"):
                words(say("match.score", score=float(route["score"])), tag="span")
                if "lead_time_days" in route:
                    days = catalogue.quantity(route["lead_time_days"], "day", 0, own)
                    words(say("match.lead_time", days=days), tag="span")
                if "local_share" in route:
                    words(say("match.local_share", share=float(route["local_share"])), tag="span")
            words(say("match.per_part"), "wb-faint wb-number")
        body = box("wb-body").style("padding-top: 0")
        head_open = route["rank"] == 1
        with body:
            _costs(cost, currency)
            _operations(route["operations"])
            for gap in route.get("gaps", ()):
                words(say("match.gap", gap=message(gap["message"])), "wb-faint")
        body.visible = head_open
        more = ui.button(say("match.details"), icon="expand_less" if head_open else "expand_more")
        more.props("flat dense size=sm").style("margin: 0 8px 8px")

        def toggle() -> None:
            body.visible = not body.visible
            more.icon = "expand_less" if body.visible else "expand_more"

        more.on_click(toggle)


def _way(operations: Sequence[Mapping[str, Any]]) -> str:
    """What is done in a route, in order and each once."""
    first, *others = dict.fromkeys(operation_name(each) for each in operations)
    return ", ".join([first, *(each.lower() for each in others)])


def _costs(cost: Mapping[str, Any], currency: str) -> None:
    own = language()
    breakdown = {
        name: float(value)
        for name, value in cost.get("breakdown", {}).items()
        if isinstance(value, int | float)
    }
    total = sum(breakdown.values())
    pieces = [
        (
            name,
            value,
            f"{label('plant.cost', name)}: {catalogue.money(value, currency, None, own)}",
        )
        for name, value in breakdown.items()
    ]
    colours = stacked_bar(pieces, "wb-costs", total)
    with box("wb-term-list"):
        for name, value in breakdown.items():
            box("wb-dot").style(f"background: {colours[name]}")
            words(label("plant.cost", name))
            words(catalogue.percent(value / total, 0, own) if total else "", "wb-faint wb-number")
            words(catalogue.money(value, currency, None, own), "wb-number")
    if "tooling" in cost:
        words(
            say("match.tooling", cost=catalogue.money(cost["tooling"], currency, None, own)),
            "wb-soft wb-small",
        )


def _operations(operations: Any) -> None:
    own = language()
    table(
        [
            (say("match.operation"), False),
            (say("match.plant"), False),
            (say("match.machine"), False),
            (say("match.minutes"), True),
        ],
        [
            (
                operation_name(each),
                plain(str(each.get("plant_name") or each.get("plant", ""))),
                plain(str(each.get("machine", ""))),
                catalogue.quantity(each["minutes"], "min", 2, own) if "minutes" in each else "",
            )
            for each in operations
        ],
    )


def operation_name(operation: Mapping[str, Any]) -> str:
    """What an operation is called, the process where the operation has no name of its own."""
    name = str(operation.get("operation") or "")
    return (
        label("plant.operation", name) if name else process_name(str(operation.get("process", "")))
    )


def _rejected(rejected: Any) -> None:
    telling = wording()
    rows = []
    for each in rejected[:MOST_REJECTED]:
        for reason in each.get("reasons", ()):
            rows.append(
                (
                    plain(str(each.get("plant_name") or each.get("plant", ""))),
                    operation_name(each),
                    label("plant.column", str(reason.get("capability", ""))),
                    telling.capability(reason, "needed"),
                    telling.capability(reason, "has"),
                )
            )
    table(
        [
            (say("match.plant"), False),
            (say("match.operation"), False),
            (say("match.capability"), False),
            (say("match.needed"), True),
            (say("match.has"), True),
        ],
        rows,
    )
