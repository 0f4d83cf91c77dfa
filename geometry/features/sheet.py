"""Is a part a sheet of one thickness, and how was it cut, bent and formed?"""

from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import MultiPoint

from geometry.features.sheet_blank import Blank, lay_out
from geometry.features.sheet_cone import sector_of
from geometry.features.sheet_development import Development, develop, with_open_corners
from geometry.features.sheet_drafts import cutout_faces, drafts_of
from geometry.features.sheet_edges import accounted_faces
from geometry.features.sheet_forms import Form, find_forms
from geometry.features.sheet_graph import Curl, Flange, Graph, build_graph
from geometry.features.sheet_model import Bend, SheetModel
from geometry.features.sheet_pairing import may_be_paired
from geometry.features.sheet_panels import (
    SPHERE,
    Panel,
    find_panels,
    find_thickness,
)
from geometry.features.sheet_regions import Regions
from geometry.part import Part
from geometry.rectangles import extents
from geometry.topology import surface_code
from geometry.vectors import off_line, square_to

__all__ = ["recognise_sheet"]

PLANE = surface_code("plane")
# Shears, press brakes and lasers for sheet and thin plate stop near this thickness; thicker
# plate is sawn or
# flame-cut and milled.
THICKEST_MM = 25.0
LEAST_PAIRED_SHARE = (
    0.5  # a square bar has 0.49 of its area back to back, a flat bar 2 × as wide as thick 0.6
)
LEAST_CONSTANT_SHARE = (
    0.75  # a bracket with its screws drawn on it is a sheet, a housing with ribs is not
)
NARROWEST_T = 4.0  # a flat blank narrower than this × t is a bar or a block
NARROWEST_BENT_T = 2.0  # bending says that it is a strip
HEM_DEG, HEM_RADIUS_T = 150.0, 1.0  # bends that fold the sheet back upon itself
SAME_LINE_T = 0.05  # × thickness: pieces of one bend have axes and radii this near
# bends rounder than this × t are rolled or stepped, not pressed with one punch
ROLL_RADIUS_T = 10.0
FLOOR_COS = 0.996  # a floor lies square to the walls of a shell to within 5°
ROLL_DEG = 181.0  # and those that go on past a half turn
RING_DEG = 359.0
# × thickness: inside radius of the tightest bush that is rolled of strip; those of DIN 1494 have 4
TIGHTEST_ROLL_T = 2.0
# likewise of a slotted spring pin, far longer than wide; those of ISO 8752 have 1.5
TIGHTEST_PIN_T, LONG_PIN = 1.25, 2.0
MOST_LAYERS = 2.5  # a drawn part has one, two where its rim is turned in


def recognise_sheet(part: Part) -> SheetModel | None:
    """The sheet that a part is, None when it is none.

    Decides by geometry alone; what a process weighs (shares, thickness, reasons) is in the model.
    """
    if not len(part.joined.faces) or not part.mass.area_mm2 > 0:
        return None
    regions = Regions(part)
    least_mm2 = LEAST_PAIRED_SHARE * part.mass.area_mm2
    if not may_be_paired(regions, THICKEST_MM, least_mm2):
        return None
    thickness = find_thickness(regions)
    if thickness is None or thickness > THICKEST_MM:
        return None
    panels = find_panels(regions, thickness, least_mm2)
    if 2 * sum(panel.area_mm2 for panel in panels) < least_mm2:
        return None
    graph = build_graph(regions, panels, thickness)
    forms, left_out = find_forms(regions, graph)
    development = develop(graph, regions, left_out=left_out)
    if development and development.closed:
        development = with_open_corners(graph, regions, development, left_out)
    extent = _extent(regions, graph, forms, left_out, development)
    if extent is None or extent.constant_share < LEAST_CONSTANT_SHARE:
        return None
    if development and not extent.held and _narrow(development):
        return None
    model = _model(regions, graph, forms, development, extent)
    sweep = regions.faces["sweep_deg"]
    if any((sweep[list(bend.faces)] > RING_DEG).any() for bend in model.bends):
        return None  # a ring: a rolled sheet has a gap all through
    if any(_is_slit_ring(bend, thickness) for bend in model.bends):
        return None
    if model.forms and not model.bends and _is_stacked(part):
        return None
    return model


def _is_stacked(part: Part) -> bool:
    """Whether thin plates stand over each other, as the fins about a cylinder do: along the normal
    of its largest plane what a punch has drawn is of one layer.
    """
    faces = part.joined.faces
    planes = faces[faces["kind"] == PLANE]
    if not len(planes):
        return False
    normal = planes["axis"][int(planes["area_mm2"].argmax())]
    up = planes[planes["axis"] @ normal > FLOOR_COS]
    outline = MultiPoint(part.mass.hull.points_mm @ square_to(normal).T).convex_hull
    return float(up["area_mm2"].sum()) > MOST_LAYERS * float(outline.area)


def _is_slit_ring(bend: Bend, thickness_mm: float) -> bool:
    """Whether a bend is all there is of a part, and too thick to be rolled: a collar, slit."""
    outside = 2 * (bend.inside_radius_mm + thickness_mm)
    least = TIGHTEST_PIN_T if bend.length_mm >= LONG_PIN * outside else TIGHTEST_ROLL_T
    tight = bend.inside_radius_mm < least * thickness_mm
    return tight and not bend.flanges and bend.angle_deg > ROLL_DEG


@dataclass(frozen=True)
class _Extent:
    """How much of a part its sheet accounts for."""

    sides: frozenset[int]
    accounted: frozenset[int]
    held: tuple[Panel, ...]  # drawn panels and tubes that hang on the sheet
    loose: frozenset[int]  # nodes that hang on no other by a bend
    constant_share: float
    paired_share: float
    drawn_share: float


def _extent(
    regions: Regions,
    graph: Graph,
    forms: list[Form],
    left_out: frozenset[int],
    development: Development | None,
) -> _Extent | None:
    """What the sheet accounts for; None where too little of the part lies back to back."""
    total = float(regions.part.mass.area_mm2)
    placed = set(development.placements) if development else set()
    loose = set(range(len(graph.nodes))) - placed - left_out
    formed = {face for form in forms for face in form.faces}
    sides = _faces_of(graph, placed)
    drawn = [p for p in (*graph.drawn, *graph.closed) if not set(p.faces) <= formed]
    reached = _reached(regions, sides, drawn)
    held = [p for p in drawn if set(p.faces) <= reached] if sides else drawn
    nodes = placed
    if held:  # flat and bent panels beyond a drawn area belong to the sheet too
        nodes = placed | loose
        sides = _faces_of(graph, nodes)
    shared = sum(_middle_area(graph, k) for k in nodes) + sum(p.area_mm2 for p in held)
    inside = [p for p in (*graph.drawn, *graph.closed) if set(p.faces) <= formed]
    shared += max(
        sum(float(form.outline.area) for form in forms),
        sum(p.area_mm2 for p in inside) + sum(_middle_area(graph, k) for k in left_out),
    )
    paired_share = min(2 * shared / total, 1.0)
    if paired_share < LEAST_PAIRED_SHARE:
        return None
    accounted = accounted_faces(regions, graph, nodes, forms)
    accounted |= {face for panel in held for face in panel.faces}
    deep = {f for form in forms if form.kind == "draw" for f in form.faces}
    drawn_mm2 = sum(p.area_mm2 for p in held if p not in graph.closed)
    drawn_mm2 += sum(p.area_mm2 for p in inside if set(p.faces) <= deep)
    area = float(regions.faces["area_mm2"][sorted(accounted)].sum()) if accounted else 0.0
    return _Extent(
        frozenset(sides),
        frozenset(accounted),
        tuple(held),
        frozenset(loose if held else ()),
        min(area / total, 1.0),
        paired_share,
        min(2 * drawn_mm2 / total, 1.0),
    )


def _faces_of(graph: Graph, nodes: set[int]) -> set[int]:
    return {f for k in nodes for f in (graph.nodes[k].front, graph.nodes[k].back) if f >= 0}


def _middle_area(graph: Graph, number: int) -> float:
    """Area of a node halfway between its sides."""
    node = graph.nodes[number]
    if isinstance(node, Flange):
        return node.area_mm2
    return float(node.region.area) * (node.radius_mm + graph.thickness_mm / 2)


def _reached(regions: Regions, sides: set[int], drawn: list[Panel]) -> set[int]:
    """Faces of drawn pairs that the sides lead to over each other."""
    members = {face for panel in drawn for face in panel.faces}
    found: set[int] = set()
    queue = sorted(sides)
    while queue:
        for other in regions.topology.neighbours(queue.pop())[1].tolist():
            if other in members and other not in found:
                found.add(other)
                queue.append(other)
    return found


def _narrow(development: Development) -> bool:
    """Whether the blank is a bar: hardly wider than thick."""
    bent = any(isinstance(development.graph.nodes[k], Curl) for k in development.placements)
    limit = NARROWEST_BENT_T if bent else NARROWEST_T
    hulls = [shapely.convex_hull(development.outline(k)) for k in development.placements]
    return extents(shapely.geometrycollections(hulls))[1] < limit * development.graph.thickness_mm


def _model(
    regions: Regions,
    graph: Graph,
    forms: list[Form],
    development: Development | None,
    extent: _Extent,
) -> SheetModel:
    reasons = []
    if _is_tube(regions, graph, extent, development):
        reasons.append("closed_section")
    if (development and development.branched) or _has_ribs(regions, graph, extent):
        reasons.append("branched")
    if any(p not in graph.closed for p in extent.held) or any(f.kind == "draw" for f in forms):
        reasons.append("drawn")
    rolled = None
    if reasons == ["drawn"]:
        rolled = sector_of(regions.part, extent.accounted, graph.thickness_mm, 0.5)
        reasons = [] if rolled else reasons
    blank = lay_out(development, regions, tuple(forms)) if development else None
    if blank is not None and blank.piece_count > 1:
        reasons.append("detached")
    if development and development.seams:
        reasons.append("seams")
    side_a, side_b = _sides(graph, development)
    formed = {face for form in forms for face in form.faces}
    edge = extent.accounted - extent.sides - formed - {f for p in extent.held for f in p.faces}
    model = SheetModel(
        thickness_mm=graph.thickness_mm,
        side_a=side_a,
        side_b=side_b,
        edge_faces=tuple(sorted(edge)),
        bends=tuple(_bends(graph, development, blank, _next_to_drawn(regions, graph, extent.held))),
        forms=tuple(forms),
        drafts=(),
        faces=tuple(sorted(extent.accounted)),
        constant_share=extent.constant_share,
        paired_share=extent.paired_share,
        drawn_area_share=extent.drawn_share,
        developable=not reasons,
        reasons=tuple(reasons),
        development=development,
        blank=blank,
        regions=regions,
        rolled=rolled,
    )
    model = replace(model, cutouts=tuple(cutout_faces(model)))
    drawn_faces = {f for p in extent.held for f in p.faces} if "drawn" in reasons else set()
    return replace(model, drafts=tuple(drafts_of(model, drawn_faces)))


def _is_tube(
    regions: Regions, graph: Graph, extent: _Extent, development: Development | None
) -> bool:
    """Whether walls close upon themselves around nothing: those around a floor that drawn panels
    join to them are the walls of a shell.
    """
    axes = [regions.faces["axis"][p.front] for p in extent.held if p in graph.closed]
    if development and development.closed:
        nodes = (graph.nodes[k] for k in development.placements)
        axes += [node.axis for node in nodes if isinstance(node, Curl)]
    if not axes:
        return bool(development and development.closed)
    drawn = [p for p in extent.held if p not in graph.closed]
    touched = {
        other
        for panel in drawn
        for face in panel.faces
        for other in regions.topology.neighbours(face)[1].tolist()
    }
    floors = [
        regions.faces["axis"][node.front]
        for node in graph.nodes
        if isinstance(node, Flange) and {node.front, node.back} <= touched
    ]
    if any(panel.kind == SPHERE for panel in drawn):
        return False
    return not any(abs(floor @ axis) > FLOOR_COS for floor in floors for axis in axes)


def _has_ribs(regions: Regions, graph: Graph, extent: _Extent) -> bool:
    """Whether a panel that is no part of the sheet stands on one of its sides with both its
    faces.
    """
    partners: dict[int, set[int]] = {}
    for node in graph.nodes:
        partners.setdefault(node.front, set()).add(node.back)
        partners.setdefault(node.back, set()).add(node.front)
    for node in graph.nodes:
        faces = {node.front, node.back}
        if not isinstance(node, Flange) or faces & extent.accounted:
            continue
        feet = []
        for face in (node.front, node.back):
            edges, far = regions.topology.neighbours(face)
            inner = regions.edges["convexity"][edges] < 0
            stood_on = set(far[inner].tolist()) & extent.sides
            # a rib right across splits the side it stands on: both halves have one back
            feet.append(stood_on.union(*(partners.get(f, set()) for f in stood_on)) - {-1})
        if feet[0] & feet[1] and node.area_mm2 > graph.thickness_mm**2:
            return True
    return False


def _sides(
    graph: Graph, development: Development | None
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    a: set[int] = set()
    b: set[int] = set()
    for k, place in (development.placements if development else {}).items():
        front, back = (a, b) if place.front_up else (b, a)
        front |= {graph.nodes[k].front} - {-1}
        back |= {graph.nodes[k].back} - {-1}
    return tuple(sorted(a)), tuple(sorted(b))


def _next_to_drawn(regions: Regions, graph: Graph, held: tuple[Panel, ...]) -> set[int]:
    """Curls that touch a drawn area: radii of the draw, not bends."""
    drawn = {face for panel in held if panel not in graph.closed for face in panel.faces}
    if not drawn:
        return set()
    touched = {int(o) for face in drawn for o in regions.topology.neighbours(face)[1]}
    return {k for k, node in enumerate(graph.nodes) if {node.front, node.back} & touched}


def _bends(
    graph: Graph, development: Development | None, blank: Blank | None, left_out: set[int]
) -> list[Bend]:
    """Curls as bends: those about one axis that join the same panels are one, also where a window
    has parted one of the panels in two.
    """
    groups: list[list[int]] = []
    joins: dict[int, tuple[int, ...]] = {}
    around = graph.neighbours()
    for k in sorted(development.placements if development else ()):
        node = graph.nodes[k]
        if not isinstance(node, Curl) or k in left_out:
            continue
        ends = {m for n in around.get(k, ()) for m in (graph.links[n].first, graph.links[n].second)}
        joins[k] = tuple(sorted(ends - {k}))
        for group in groups:
            first, other = joins[group[0]], graph.nodes[group[0]]
            same = joins[k] == first or _parted(graph, around, joins[k], first)
            if joins[k] and same and _one_line(graph, node, other):
                group.append(k)
                break
        else:
            groups.append([k])
    lines = {line.node: line.line_mm for line in blank.bend_lines} if blank else {}
    return [
        _bend(graph, lines, tuple(members), tuple(sorted({n for k in members for n in joins[k]})))
        for members in groups
    ]


def _parted(
    graph: Graph, around: dict[int, list[int]], a: tuple[int, ...], b: tuple[int, ...]
) -> bool:
    """Whether two pairs of panels share one, and the others are one plane that a window parts: what
    lies beyond joins them again, so that they are bent in one stroke.
    """
    if len(a) != 2 or len(b) != 2 or len(set(a) & set(b)) != 1:
        return False
    (shared,) = set(a) & set(b)
    one, other = ((set(pair) - {shared}).pop() for pair in (a, b))
    first, second = graph.nodes[one], graph.nodes[other]
    if not isinstance(first, Flange) or not isinstance(second, Flange):
        return False
    level = abs(first.front_mm - second.front_mm) < SAME_LINE_T * graph.thickness_mm
    if first.frame != second.frame or not level:
        return False
    reached, left = {one, shared}, [one]
    while left:
        here = left.pop()
        for number in around.get(here, ()):
            link = graph.links[number]
            left += {link.first, link.second} - reached
            reached |= {link.first, link.second}
    return other in reached


def _one_line(graph: Graph, a: Curl, b: Flange | Curl) -> bool:
    """Whether two curls have one axis and one radius."""
    if not isinstance(b, Curl) or abs(a.axis @ b.axis) < 1 - 1e-5:
        return False
    off = off_line(b.origin_mm, a.origin_mm, a.axis)
    near = SAME_LINE_T * graph.thickness_mm
    return off < near and abs(a.radius_mm - b.radius_mm) < near


def _bend(
    graph: Graph, lines: dict[int, np.ndarray], members: tuple[int, ...], joins: tuple[int, ...]
) -> Bend:
    nodes = [node for node in (graph.nodes[k] for k in members) if isinstance(node, Curl)]
    first = nodes[0]
    ends = np.concatenate([lines[k] for k in members])
    along = lines[members[0]][1] - lines[members[0]][0]
    length = float(np.ptp(ends @ along) / np.linalg.norm(along))
    angle = max(node.sweep_deg for node in nodes)
    if angle >= HEM_DEG and first.radius_mm <= HEM_RADIUS_T * graph.thickness_mm:
        kind = "hem"
    elif first.radius_mm > ROLL_RADIUS_T * graph.thickness_mm or angle > ROLL_DEG:
        kind = "roll"
    else:
        kind = "air"
    faces = {f for node in nodes for f in (node.front, node.back, *node.corner_faces) if f >= 0}
    return Bend(
        nodes=members,
        faces=tuple(sorted(faces)),
        kind=kind,
        inside_radius_mm=first.radius_mm,
        angle_deg=angle,
        length_mm=length,
        sharp=first.front < 0,
        flanges=joins,
    )
