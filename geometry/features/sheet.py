"""Is a part a sheet of one thickness, and how was it cut, bent and formed?"""

import math
from dataclasses import dataclass, field

import numpy as np
import shapely

from geometry.features.feature import Draft
from geometry.features.sheet_development import Development, develop
from geometry.features.sheet_forms import Form, accounted_faces, find_forms
from geometry.features.sheet_graph import Curl, Flange, Graph, build_graph
from geometry.features.sheet_panels import find_panels, find_thickness
from geometry.features.sheet_regions import Regions
from geometry.part import Part

__all__ = ["Bend", "SheetModel", "recognise_sheet"]

# Shears, press brakes and CO2 or fibre lasers stop near this plate thickness; above it a plate is sawn or flame-cut and milled.
THICKEST_MM = 25.0
LEAST_PAIRED_SHARE = (
    0.5  # a square bar has 0.49 of its area back to back, a flat bar twice as wide as thick 0.6
)
LEAST_CONSTANT_SHARE = (
    0.75  # a bracket with its bolts drawn on it is still a sheet, a housing with ribs is not
)
NARROWEST_T = 2.0  # a blank narrower than this × t is a bar
HEM_DEG, HEM_RADIUS_T = 150.0, 1.0  # bends that fold the sheet back upon itself
ROLL_RADIUS_T = (
    10.0  # bends rounder than this × t are rolled or stepped, not pressed with one punch
)
ROLL_DEG = 181.0  # and those that close to more than a half turn


@dataclass(frozen=True)
class Bend:
    """One bend; interrupted ones are one."""

    nodes: tuple[int, ...]  # curls of the graph
    faces: tuple[int, ...]  # ids of part.joined
    kind: str  # air, hem, roll
    inside_radius_mm: float
    angle_deg: float
    length_mm: float  # along the axis, gaps included
    sharp: bool  # drawn without an inside radius
    flanges: tuple[int, ...]  # nodes that it joins
    axis: tuple[float, float, float]
    origin_mm: tuple[float, float, float]


@dataclass(frozen=True)
class SheetModel:
    """A part as a sheet; faces are ids of `part.joined`."""

    thickness_mm: float
    side_a: tuple[int, ...]
    side_b: tuple[int, ...]
    edge_faces: tuple[int, ...]
    bends: tuple[Bend, ...]
    forms: tuple[Form, ...]
    drafts: tuple[Draft, ...]
    faces: tuple[int, ...]  # all that the sheet accounts for
    constant_share: float  # of the area: sides, edges and formed places
    paired_share: float  # of the area: back to back at the thickness, seen from both sides
    drawn_area_share: float  # of the area: doubly curved, which no bending makes
    developable: bool
    reasons: tuple[str, ...]  # why it is not developable: closed_section, branched, drawn, detached
    development: Development | None = field(repr=False, compare=False, default=None)
    regions: Regions | None = field(repr=False, compare=False, default=None)


def recognise_sheet(part: Part) -> SheetModel | None:
    """The sheet that a part is, None when it is none.

    Decides by geometry alone; facts a process weighs (shares, thickness) are in the model.
    """
    if not len(part.joined.faces) or not part.mass.area_mm2 > 0:
        return None
    regions = Regions(part)
    thickness = find_thickness(regions)
    if thickness is None or thickness > THICKEST_MM:
        return None
    panels = find_panels(regions, thickness)
    total = part.mass.area_mm2
    if 2 * sum(panel.area_mm2 for panel in panels) < LEAST_PAIRED_SHARE * total:
        return None
    graph = build_graph(regions, panels, thickness)
    forms, left_out = find_forms(regions, graph)
    development = develop(graph, regions, left_out=left_out)
    return _model(regions, graph, forms, left_out, development)


def _model(
    regions: Regions,
    graph: Graph,
    forms: list[Form],
    left_out: frozenset[int],
    development: Development | None,
) -> SheetModel | None:
    total = float(regions.part.mass.area_mm2)
    placed = set(development.placements) if development else set()
    nodes = set(placed)
    loose = set(range(len(graph.nodes))) - nodes - left_out
    inside_forms = {face for form in forms for face in form.faces}
    drawn = [p for p in (*graph.drawn, *graph.closed) if not set(p.faces) <= inside_forms]
    sides = {f for k in nodes for f in (graph.nodes[k].front, graph.nodes[k].back) if f >= 0}
    reached = _drawn_faces(regions, sides, drawn)
    held = [p for p in drawn if set(p.faces) <= reached] if sides else drawn
    if held:  # what hangs on drawn areas belongs to the sheet too
        nodes |= loose
        sides |= {f for k in loose for f in (graph.nodes[k].front, graph.nodes[k].back) if f >= 0}
    accounted = accounted_faces(regions, graph, nodes, forms)
    accounted |= {face for panel in held for face in panel.faces}
    areas = regions.faces["area_mm2"]
    constant = float(areas[sorted(accounted)].sum()) / total if accounted else 0.0
    drawn_mm2 = sum(p.area_mm2 for p in held if p not in graph.closed)
    paired = (
        2
        * (
            sum(_mid_area(graph, k) for k in nodes)
            + sum(p.area_mm2 for p in held)
            + sum(float(f.outline.area) for f in forms)
        )
        / total
    )
    if constant < LEAST_CONSTANT_SHARE or paired < LEAST_PAIRED_SHARE:
        return None
    if development and not held and _narrow(development, graph):
        return None
    reasons = []
    if (development and development.closed) or any(p in held for p in graph.closed):
        reasons.append("closed_section")
    if development and development.branched:
        reasons.append("branched")
    if drawn_mm2 > 0:
        reasons.append("drawn")
    if development is None:
        reasons.append("no_flat")
    bends = _bends(graph, development)
    side_a, side_b = _sides(graph, development)
    edge = accounted - sides - inside_forms - {f for p in held for f in p.faces}
    model = SheetModel(
        thickness_mm=graph.thickness_mm,
        side_a=side_a,
        side_b=side_b,
        edge_faces=tuple(sorted(edge)),
        bends=tuple(bends),
        forms=tuple(forms),
        drafts=(),
        faces=tuple(sorted(accounted)),
        constant_share=min(constant, 1.0),
        paired_share=min(paired, 1.0),
        drawn_area_share=min(2 * drawn_mm2 / total, 1.0),
        developable=not reasons,
        reasons=tuple(reasons),
        development=development,
        regions=regions,
    )
    from dataclasses import replace

    from geometry.features.sheet_drafts import drafts_of

    return replace(model, drafts=tuple(drafts_of(model)))


def _mid_area(graph: Graph, number: int) -> float:
    """Area of a node halfway between its sides."""
    node = graph.nodes[number]
    if isinstance(node, Flange):
        return node.area_mm2
    return float(node.region.area) * (node.radius_mm + graph.thickness_mm / 2)


def _drawn_faces(regions: Regions, sides: set[int], drawn: list) -> set[int]:  # type: ignore[type-arg]
    """Faces of doubly curved pairs that are reached from the sides over each other."""
    members = {face for panel in drawn for face in panel.faces}
    found: set[int] = set()
    queue = list(sides)
    while queue:
        face = queue.pop()
        for other in regions.topology.neighbours(face)[1].tolist():
            if other in members and other not in found:
                found.add(other)
                queue.append(other)
    return found


def _narrow(development: Development, graph: Graph) -> bool:
    """Whether the blank is a bar: not much wider than thick."""
    from geometry.features.sheet_forms import extents

    outline = shapely.union_all(
        [shapely.convex_hull(development.outline(k)) for k in development.placements]
    )
    return extents(outline)[1] < NARROWEST_T * graph.thickness_mm


def _sides(
    graph: Graph, development: Development | None
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    a: set[int] = set()
    b: set[int] = set()
    for k, place in (development.placements if development else {}).items():
        node = graph.nodes[k]
        front, back = (a, b) if place.front_up else (b, a)
        front |= {node.front} - {-1}
        back |= {node.back} - {-1}
    return tuple(sorted(a)), tuple(sorted(b))


def _bends(graph: Graph, development: Development | None) -> list[Bend]:
    """Curls of the flat as bends: those about one axis that join the same panels are one."""
    groups: dict[tuple[object, ...], list[int]] = {}
    around = graph.neighbours()
    for k in sorted(development.placements if development else ()):
        node = graph.nodes[k]
        if not isinstance(node, Curl):
            continue
        joins = tuple(
            sorted(
                {
                    m
                    for n in around.get(k, ())
                    for m in (graph.links[n].first, graph.links[n].second)
                }
                - {k}
            )
        )
        axis = node.axis * np.sign(node.axis[np.abs(node.axis).argmax()])
        foot = node.origin_mm - (node.origin_mm @ axis) * axis
        key = (
            joins or ("alone", k),
            tuple(np.round(axis, 3) + 0.0),
            tuple(np.round(foot / (0.05 * graph.thickness_mm)).astype(int)),
            round(node.radius_mm / (0.02 * graph.thickness_mm)),
        )
        groups.setdefault(key, []).append(k)
    return [_bend(graph, tuple(members), key[0]) for key, members in groups.items()]


def _bend(graph: Graph, members: tuple[int, ...], joins: object) -> Bend:
    nodes = [graph.nodes[k] for k in members]
    first = nodes[0]
    assert isinstance(first, Curl)
    ends = []
    for node in nodes:
        assert isinstance(node, Curl)
        _, low, _, high = node.region.bounds
        points = node.origin_mm + np.array([[low], [high]]) * node.axis
        ends += ((points - first.origin_mm) @ first.axis).tolist()
    angle = max(node.sweep_deg for node in nodes if isinstance(node, Curl))
    thickness = graph.thickness_mm
    if angle >= HEM_DEG and first.radius_mm <= HEM_RADIUS_T * thickness:
        kind = "hem"
    elif first.radius_mm > ROLL_RADIUS_T * thickness or angle > ROLL_DEG:
        kind = "roll"
    else:
        kind = "air"
    faces = {f for node in nodes for f in (node.front, node.back) if f >= 0}
    return Bend(
        nodes=members,
        faces=tuple(sorted(faces)),
        kind=kind,
        inside_radius_mm=first.radius_mm,
        angle_deg=angle,
        length_mm=max(ends) - min(ends),
        sharp=first.front < 0,
        flanges=tuple(k for k in joins if isinstance(k, int)) if isinstance(joins, tuple) else (),
        axis=tuple(first.axis.tolist()),
        origin_mm=tuple(first.origin_mm.tolist()),
    )


_ = math
