"""All parts at once: alike ones near each other, families and doubles beside."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nicegui import ui

from workbench import language as catalogue
from workbench.errors import KNOWN, plain
from workbench.likeness_words import dimension_name, standard_name
from workbench.web.elements import box, empty, heading, notice, process_name, row, words
from workbench.web.frame import page
from workbench.web.samples import samples_button
from workbench.web.tongue import label, language, path, say
from workbench.web.waiting import waited

__all__: list[str] = []

MOST_GROUPS = 12  # colours that can be told apart; the rest are one
MOST_FAMILIES, MOST_PAIRS = 40, 20
COLOURS = (
    "#2f78b7", "#d9822b", "#3c8d6b", "#a34fa0", "#b5452f", "#5a6fd0", "#8a7a1f", "#2a9fb0",
    "#d1568a", "#6b8e23", "#7c6aa6", "#a0522d",
)  # fmt: skip
GREY = "#9aa5b0"
LARGE = 5000  # points from which they are drawn at once, without a symbol each
# built as elements: what a file is called is never read as markup
HOVER = """(point) => {
  const card = document.createElement("div"), picture = document.createElement("img");
  const name = document.createElement("div"), note = document.createElement("div");
  picture.src = `/part/${point.data.part}.png`;
  picture.width = 180; picture.height = 135; picture.style.objectFit = "contain";
  name.textContent = point.data.title; name.style.fontWeight = "500";
  note.textContent = point.data.note; note.style.opacity = "0.7";
  for (const line of [name, note]) line.style.cssText += "; max-width: 220px; white-space: normal";
  card.append(picture, name, note);
  return card;
}"""
GROUPINGS = ("process", "status", "supplier", "family")


@page("/map", "map", in_menu=True)
async def part_map() -> None:
    """Build the page."""
    with box("wb-page wb-map-page", "main"):
        heading(say("map.title"), say("map.lead"))
        try:
            drawn = await waited("map")
            grouped = await waited("families")
        except KNOWN as error:
            notice(error)
            return
        if not drawn["parts"]:
            with empty("map", say("map.empty_title"), say("map.empty_lead")):
                ui.button(
                    say("upload.title"), on_click=lambda: ui.navigate.to(path("/upload"))
                ).props("unelevated")
                samples_button()
            return
        with box("wb-map"):
            _chart(drawn["parts"], grouped["families"])
            with box("wb-stack", "aside"):
                _families(grouped)


def _chart(parts: Sequence[Mapping[str, Any]], families: Sequence[Mapping[str, Any]]) -> None:
    family_of = {
        part["part"]: _title(family["parts"][0]) for family in families for part in family["parts"]
    }
    names: dict[str, Callable[[Mapping[str, Any]], str]] = {
        "process": lambda part: (
            say("map.standard")
            if "standard_part" in part
            else process_name(part["process"])
            if part.get("process")
            else say("map.unknown")
        ),
        "status": lambda part: (
            label("likeness.status", part["known"]["status"])
            if part.get("known", {}).get("status")
            else say("map.unknown")
        ),
        "supplier": lambda part: plain(
            str(part.get("known", {}).get("supplier") or say("map.unknown"))
        ),
        "family": lambda part: family_of.get(part["part"], say("map.no_family")),
    }

    def series(grouping: str) -> list[dict[str, Any]]:
        group = [names[grouping](part) for part in parts]
        unknown = {say("map.unknown"), say("map.no_family")}
        common = [name for name, _ in Counter(group).most_common() if name not in unknown]
        shown = common[:MOST_GROUPS]
        rest = say("map.others")
        points: dict[str, list[dict[str, Any]]] = {name: [] for name in shown}
        for part, name in zip(parts, group, strict=True):
            place = name if name in points or name in unknown else rest
            points.setdefault(place, []).append(
                {
                    "value": [part["x"], part["y"]],
                    "part": part["part"],
                    "title": _title(part),
                    "note": plain(str(part["name"])),
                }
            )
        return [
            {
                "type": "scatter",
                "name": name,
                "data": found,
                "symbolSize": 11 if len(parts) < LARGE else 4,
                "large": len(parts) >= LARGE,
                "itemStyle": {
                    "color": COLOURS[shown.index(name)] if name in shown else GREY,
                    "opacity": 0.85,
                },
            }
            for name, found in points.items()
        ]

    axis = {"type": "value", "scale": True, "show": False}
    zoom = {"type": "inside", "filterMode": "none"}
    options: dict[str, Any] = {
        "animation": False,
        "grid": {"left": 12, "right": 12, "top": 64, "bottom": 12},
        "legend": {"type": "scroll", "top": 8, "textStyle": {"color": GREY}},
        "tooltip": {"trigger": "item", ":formatter": HOVER, "confine": True},
        "xAxis": axis,
        "yAxis": dict(axis),
        "dataZoom": [{**zoom, "xAxisIndex": 0}, {**zoom, "yAxisIndex": 0}],
        "series": series("process"),
    }
    with box("wb-card wb-map-chart"):
        choice = ui.select(
            {each: say(f"map.colour_{each}") for each in GROUPINGS},
            value="process",
            label=say("map.colour"),
        )
        choice.props("outlined dense options-dense").classes("wb-map-colour")
        chart = ui.echart(
            options,
            on_point_click=lambda event: ui.navigate.to(path(f"/part/{event.data['part']}")),
        )
        chart.classes("wb-map-canvas").props["aria-label"] = say("map.title")
        chart.props["role"] = "img"
        words(say("parts.count", count=len(parts)), "wb-faint wb-map-count")

    def recolour() -> None:
        options["series"] = series(str(choice.value))
        chart.options["series"] = options["series"]
        chart.update()

    choice.on_value_change(recolour)


def _families(grouped: Mapping[str, Any]) -> None:
    families = grouped["families"]
    words(say("map.families", count=len(families)), tag="h2")
    if not families:
        words(say("map.no_families"), "wb-soft")
    for family in families[:MOST_FAMILIES]:
        _family(family)
    _further(len(families) - MOST_FAMILIES)
    for kind in ("duplicates", "mirrored"):
        if grouped[kind]:
            words(say(f"map.{kind}"), tag="h2")
            for pair in grouped[kind][:MOST_PAIRS]:
                _pair(pair, "")
            _further(len(grouped[kind]) - MOST_PAIRS)
    if grouped["standardise"]:
        words(say("map.standardise"), tag="h2")
        words(say("map.standardise_lead"), "wb-soft")
        own = language()
        for pair in grouped["standardise"][:MOST_PAIRS]:
            dimension = pair["dimension"]
            unit = "°" if dimension["parameter"].endswith("_deg") else "mm"
            values = " / ".join(
                catalogue.quantity(dimension[side], unit, 2, own) for side in ("a", "b")
            )
            _pair(pair, f"{dimension_name(dimension, own)}: {values}")
        _further(len(grouped["standardise"]) - MOST_PAIRS)


def _further(count: int) -> None:
    if count > 0:
        words(say("map.further", count=count), "wb-faint")


def _family(family: Mapping[str, Any]) -> None:
    first = next(each for each in family["parts"] if each["part"] == family["representative"])
    with ui.expansion().classes("wb-card wb-family") as card:
        with card.add_slot("header"), row("wb-family-head"):
            _picture(family["representative"])
            with box():
                words(_title(first), "wb-strong wb-name")
                words(
                    say("map.members", count=len(family["parts"]), share=family["likeness"]),
                    "wb-faint",
                )
        for each in family["parts"]:
            with ui.link(target=path(f"/part/{each['part']}")).classes("wb-row"):
                _picture(each["part"])
                with box():
                    words(_title(each))
                    words(plain(str(each["name"])), "wb-faint")


def _pair(pair: Mapping[str, Any], note: str) -> None:
    a, b = pair["a"], pair["b"]
    with ui.link(target=path(f"/compare?a={a['part']}&b={b['part']}")).classes("wb-card wb-double"):
        _picture(a["part"])
        _picture(b["part"])
        with box():
            words(f"{_title(a)} – {_title(b)}", "wb-small")
            if note:
                words(note, "wb-strong wb-small")


def _picture(key: str) -> None:
    picture = box(tag="img")
    picture.props["src"] = f"/part/{key}.png"
    picture.props["alt"] = ""
    picture.props["loading"] = "lazy"


def _title(part: Mapping[str, Any]) -> str:
    named = standard_name(part.get("standard_part"), language())
    return named or plain(str(part.get("part_name") or part["name"]))
