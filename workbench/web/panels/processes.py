"""How the part can be made: every process with its score, the terms of it, and its findings."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nicegui import ui
from nicegui.element import Element

from workbench import language as catalogue
from workbench import two_steps
from workbench.operations import UNTOLD_METRICS
from workbench.reports.operation_words import operation_heads, operation_rows
from workbench.reports.term_words import FULL_SCORE, told_terms
from workbench.web.elements import (
    SEVERITIES,
    box,
    meter,
    process_name,
    stacked_bar,
    table,
    verdict_chip,
    words,
)
from workbench.web.panels.findings import finding_card
from workbench.web.panels.focus import Focus
from workbench.web.tongue import amount, capital, label, language, message, say, wording

__all__ = ["processes_panel"]

MOST_ROUTES = 3
AT_ONCE = 12  # findings before one has to ask for more


def processes_panel(part: Mapping[str, Any], focus: Focus, key: str) -> None:
    """The list of processes, best first, the best one open. key: of the part."""
    processes = part.get("processes", ())
    if not processes:
        words(say("processes.none"), "wb-soft")
    with box("wb-stack"):
        for place, process in enumerate(processes):
            _process(part, process, focus, key, is_open=place == 0)
    _routes(part.get("routes", ()), focus)


def _routes(routes: Sequence[Mapping[str, Any]], focus: Focus) -> None:
    """The best ways of making the part near net and cutting the rest."""
    if not routes:
        return
    words(label("process.route", "title"), tag="h3")
    with box("wb-stack"):
        for route in routes[:MOST_ROUTES]:
            _route(route, focus)


def _route(route: Mapping[str, Any], focus: Focus) -> None:
    """One of them: a click shows what is cut on the part, and opens what its score is made of."""
    said = two_steps.said(route, language())
    with box("wb-process"):
        head = box("wb-process-head", "button").props("type=button")
        body = box("wb-process-body")
        with head:
            words(capital(said.name), "wb-strong wb-name")
            verdict_chip(route["verdict"])
            words(catalogue.number(route["suitability"], 0, language()), "wb-score")
            arrow = ui.icon("expand_more")
            meter(route["suitability"], route["verdict"])
            words(f"{said.work}; {said.cut}", "wb-faint wb-wide")

    def show() -> None:
        if body.visible:
            focus.show("feature", route["machined"]["faces"], head)

    _opens(head, body, arrow, lambda: _terms(route.get("terms", ())), is_open=False)
    head.on("click", show)


def _opens(
    head: Element, body: Element, arrow: ui.icon, fill: Callable[[], None], *, is_open: bool
) -> None:
    """Makes a click on the head open and close the body, which is filled when first opened."""

    def toggle(now_open: bool) -> None:
        body.visible = now_open
        arrow.name = "expand_less" if now_open else "expand_more"
        head.props["aria-expanded"] = "true" if now_open else "false"
        if now_open and not body.default_slot.children:
            with body:
                fill()

    head.on("click", lambda: toggle(not body.visible))
    toggle(is_open)


def _process(
    part: Mapping[str, Any],
    process: Mapping[str, Any],
    focus: Focus,
    key: str,
    *,
    is_open: bool,
) -> None:
    name, verdict = str(process["process"]), str(process["verdict"])
    with box("wb-process"):
        head = box("wb-process-head", "button").props("type=button")
        body = box("wb-process-body")
        with head:
            words(process_name(name), "wb-strong wb-name")
            verdict_chip(verdict)
            words(catalogue.number(process["suitability"], 0, language()), "wb-score")
            arrow = ui.icon("expand_more")
            meter(process["suitability"], verdict)
    _opens(head, body, arrow, lambda: _details(part, process, focus, key), is_open=is_open)


def _flat(key: str) -> None:
    """The flat pattern with its bend lines, its strip under it, and the way to its DXF."""
    words(say("processes.flat"), tag="h3")
    picture = box("wb-flat", "img").props('loading="lazy"')
    picture.props(f'src="/part/{key}.flat.svg" alt="{say("processes.flat")}"')
    words(say("processes.flat_lines"), "wb-faint wb-small")
    ui.link(say("processes.flat_dxf"), f"/part/{key}.flat.dxf")


def _details(part: Mapping[str, Any], process: Mapping[str, Any], focus: Focus, key: str) -> None:
    if summary := message(process.get("summary", {})):
        words(summary, tag="p")
    _terms(process.get("terms", ()))
    _findings(part, process, focus)
    if "k_factor" in process.get("metrics", {}):
        _flat(key)
    if metrics := process.get("metrics"):
        words(say("processes.metrics"), tag="h3")
        with box("wb-pairs", "dl"):
            for key, value in metrics.items():
                if key in UNTOLD_METRICS:
                    continue
                words(label("process.metric", key), tag="dt")
                words(amount(key, value), tag="dd")
        _operations(metrics.get("operations", ()))
    if unchecked := process.get("not_checked"):
        words(say("processes.not_checked"), tag="h3")
        with box("wb-stack wb-faint").style("gap: 2px"):
            for each in unchecked:
                what = label("summary.not_checked", str(each.get("what", "")))
                words(f"{what}: {wording().name('summary.why', str(each.get('why', '')))}")


def _operations(operations: Any) -> None:
    """What is cut, in order, with which tool and how long."""
    if not operations:
        return
    words(capital(catalogue.text("process.operations", language())), tag="h3")
    *heads, time = operation_heads(wording())
    table([*((head, False) for head in heads), (time, True)], operation_rows(operations, wording()))


def _terms(terms: Any) -> None:
    if not terms:
        return
    words(say("processes.terms"), tag="h3")
    told = told_terms(terms, wording())
    names = [str(term["name"]) for term in terms]
    pieces = [
        (name, float(each["points"]), f"{each['name']}: {each['value']}")
        for name, each in zip(names, told, strict=True)
    ]
    colours = stacked_bar(pieces, "wb-terms", FULL_SCORE)
    with box("wb-term-list"):
        for name, each in zip(names, told, strict=True):
            colour = colours[name] if each["points"] > 0 else "var(--critical)"
            box("wb-dot").style(f"background: {colour}")
            words(each["name"])
            words(each["value"], "wb-faint wb-number")
            words(each["points_text"], "wb-number wb-strong")


def _findings(part: Mapping[str, Any], process: Mapping[str, Any], focus: Focus) -> None:
    of_process = set(process.get("findings", ()))
    findings = [each for each in part.get("findings", ()) if each.get("id") in of_process]
    findings.sort(key=lambda each: SEVERITIES.index(each.get("severity", "advice")))
    words(say("processes.findings", count=len(findings)), tag="h3")
    with box("wb-findings") as frame:
        for each in findings[:AT_ONCE]:
            finding_card(each, focus)
    if len(findings) > AT_ONCE:

        def more() -> None:
            button.delete()
            with frame:
                for each in findings[AT_ONCE:]:
                    finding_card(each, focus)

        button = ui.button(say("more"), on_click=more).props("flat dense")
