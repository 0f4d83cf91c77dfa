"""The rest of what is known: the file, the body, the assembly, warnings, annotations."""

from collections.abc import Mapping
from typing import Any

from nicegui import ui

from workbench import language as catalogue
from workbench.errors import plain
from workbench.web.elements import box, words
from workbench.web.tongue import amount, language, message, path, say, size

__all__ = ["details_panel", "warning_text"]

MOST_ROWS = 400  # of an assembly tree on one page


def details_panel(analysis: Mapping[str, Any], part: Mapping[str, Any], prefix: str) -> None:
    """Body, walls, file, assembly, warnings. prefix: a part's key without its index."""
    own = language()
    pairs: list[tuple[str, str]] = [
        (say("details.volume"), catalogue.quantity(part["volume_mm3"] / 1000, "cm3", 2, own)),
        (say("details.area"), catalogue.quantity(part["area_mm2"] / 100, "cm2", 2, own)),
        (say("details.faces"), catalogue.number(len(part.get("faces", ())), 0, own)),
        (say("details.closed"), amount("closed", bool(part.get("closed")))),
    ]
    _pairs(say("details.body"), pairs)
    if wall := part.get("wall"):
        rows = [
            (say(f"details.wall_{name}"), amount("wall_mm", wall[f"{name}_mm"]))
            for name in ("min", "median", "max")
            if f"{name}_mm" in wall
        ]
        if "sheet_thickness_mm" in wall:
            rows.append((say("details.wall_sheet"), amount("wall_mm", wall["sheet_thickness_mm"])))
        _pairs(say("details.walls"), rows)
    if shape := part.get("shape"):
        _pairs(say("details.shape"), _shape(shape))
    source = analysis.get("source", {})
    _pairs(
        say("details.file"),
        [
            (say("details.name"), plain(str(source.get("name", "")))),
            (say("details.format"), plain(str(source.get("format", "–")))),
            (say("details.unit"), plain(str(source.get("unit", "–")))),
            (say("details.system"), plain(str(source.get("originating_system") or "–"))),
            (say("details.bytes"), catalogue.quantity(source.get("bytes", 0) / 1e6, "MB", 2, own)),
        ],
    )
    if len(analysis.get("parts", ())) > 1 or analysis.get("assembly", {}).get("children"):
        words(say("details.assembly"), tag="h3")
        left = [MOST_ROWS]
        _branch(analysis.get("assembly", {}), analysis, prefix, int(part["index"]), left)
        if left[0] <= 0:
            words(say("details.tree_cut", count=MOST_ROWS), "wb-faint")
    if notes := part.get("pmi"):
        _pairs(
            say("details.pmi"),
            [(say(f"details.pmi_{note['type']}"), plain(str(note["text"]))) for note in notes],
        )
    words(say("details.warnings"), tag="h3")
    warnings = analysis.get("warnings", ())
    if not warnings:
        words(say("details.no_warnings"), "wb-faint")
    for warning in warnings:
        words(warning_text(warning), "wb-alert wb-small")


def _shape(shape: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Symmetry, smallest cylinder, hull, weakest section, voids."""
    own = language()
    symmetry = shape["symmetry"]
    none = say("details.symmetry_none")
    axes = [
        say("details.axis_order", order=axis["order"])
        if axis.get("order")
        else say("details.axis_revolution")
        for axis in symmetry["axes"]
    ]
    if symmetry["spherical"]:
        rows = [(say("details.symmetry_axes"), say("details.symmetry_ball"))]
    else:
        planes = len(symmetry["planes"])
        rows = [
            (say("details.symmetry_planes"), catalogue.number(planes, 0, own) if planes else none),
            (say("details.symmetry_axes"), ", ".join(dict.fromkeys(axes)) or none),
        ]
    if cylinder := shape.get("minimal_cylinder"):
        sides = size([cylinder["diameter_mm"], cylinder["length_mm"]])
        rows.append((say("details.cylinder"), f"⌀ {sides}"))
    if hull := shape.get("convex_hull"):
        rows.append((say("details.hull"), catalogue.percent(hull["filled_share"], 0, own)))
    if weakest := shape.get("sections", {}).get("weakest"):
        rows.append((say("details.weakest"), amount("area_mm2", weakest["area_mm2"])))
        modulus = amount("modulus_mm3", weakest["section_modulus_mm3"])
        rows.append((say("details.weakest_modulus"), modulus))
    if voids := shape.get("voids"):
        volume = amount("volume_mm3", sum(void["volume_mm3"] for void in voids))
        rows.append((say("details.voids"), f"{catalogue.number(len(voids), 0, own)}; {volume}"))
    return rows


def warning_text(warning: Mapping[str, Any]) -> str:
    """A warning in the page's language when it carries it, else as it is written."""
    said = warning.get("message", "")
    return plain(message(said) if isinstance(said, Mapping) else str(said), 400)


def _pairs(title: str, pairs: list[tuple[str, str]]) -> None:
    words(title, tag="h3")
    with box("wb-pairs", "dl"):
        for name, value in pairs:
            words(name, tag="dt")
            words(value, tag="dd")


def _branch(
    node: Mapping[str, Any], analysis: Mapping[str, Any], prefix: str, here: int, left: list[int]
) -> None:
    if left[0] <= 0:
        return
    left[0] -= 1
    index = node.get("part")
    name = plain(str(node.get("name") or say("details.unnamed")))
    with box("wb-tree-row"):
        if isinstance(index, int) and index != here:
            ui.link(name, path(f"/part/{prefix}-{index}"))
        else:
            words(name, "wb-strong" if index == here else "", "span")
        if isinstance(index, int) and index < len(analysis.get("parts", ())):
            count = analysis["parts"][index].get("count", 1)
            if count > 1:
                words(f"× {count}", "wb-faint", "span")
    if children := node.get("children"):
        with box("wb-tree"):
            for child in children:
                _branch(child, analysis, prefix, here, left)
