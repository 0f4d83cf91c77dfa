"""What flat blank does a bent sheet come from, and how is it handed to a cutting machine?"""

import io
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import ezdxf
import numpy as np
import shapely
from ezdxf import units

from geometry.errors import NotDevelopable, NotSheet
from geometry.features.bend_allowance import k_factor
from geometry.features.sheet import recognise_sheet
from geometry.features.sheet_blank import Blank, lay_out
from geometry.features.sheet_cone import Sector, sector_of
from geometry.features.sheet_contours import Contour
from geometry.features.sheet_development import Development, develop
from geometry.features.sheet_graph import Curl, Flange
from geometry.features.sheet_model import Bend, SheetModel
from geometry.part import Part, Warning
from geometry.vectors import norms

__all__ = ["Flat", "FlatBend", "FlatFlange", "to_dict", "to_dxf", "unfold"]

VOLUME_SHARE = 0.03  # how far area × thickness may be off the volume before a reader must be told
OVERLAP_T2 = 0.05  # × t²: less overlap in the flat is inexactness of the model
ACCOUNTED_SHARE = 0.98  # of the area: less means that something on the sheet is not sheet
FINE_DEG = 0.5  # arcs sampled so finely are 0.001 % of their radius off
PLAIN_RATIO = 1.0  # r/s whose k-factor stands for a flat part: there is no bend to take it from
CUT, BEND_UP, BEND_DOWN, ENGRAVE = "CUT", "BEND_UP", "BEND_DOWN", "ENGRAVE"
COLOURS = {
    CUT: 7,
    BEND_UP: 3,
    BEND_DOWN: 1,
    ENGRAVE: 5,
}  # AutoCAD colour indices: white, green, red, blue
_NOT_FLAT = ("closed_section", "branched", "drawn")


@dataclass(frozen=True)
class FlatBend:
    """One bend in the flat."""

    angle_deg: float
    inside_radius_mm: float
    k_factor: float
    line_mm: np.ndarray  # (2, 2) middle of the bend, from end to end
    up: bool  # the flanges rise towards the viewer
    kind: str  # air, hem, roll
    length_mm: float
    faces: tuple[int, ...]  # of the body


@dataclass(frozen=True)
class FlatFlange:
    """One flat panel; `parent` and `bend` say what it hangs on, −1 at the root."""

    parent: int
    bend: int
    area_mm2: float
    faces: tuple[int, ...]  # of the body


@dataclass(frozen=True)
class Flat:
    """The blank of a bent sheet, seen so that most bends rise, its longer side along x, its
    corner at the origin.
    """

    thickness_mm: float
    k_factor: float  # mean of the bends' by angle and length
    outline: Contour
    holes: tuple[Contour, ...]
    engravings: tuple[Contour, ...]
    bends: tuple[FlatBend, ...]
    flanges: tuple[FlatFlange, ...]
    size_mm: tuple[float, float]
    area_mm2: float
    perimeter_mm: float
    warnings: tuple[Warning, ...]


def unfold(
    part: Part,
    *,
    k_table: Mapping[float, float] | None = None,
    model: SheetModel | None = None,
) -> Flat:
    """The flat of a part.

    model: of the part, when it was recognised before.
    k_table: k-factor by inside radius over thickness of a material or a shop; DIN 6935 without it.
    Raises NotSheet when the part is no sheet, NotDevelopable when no unbending lays it flat.
    """
    model = model or recognise_sheet(part)
    if model is None:
        raise NotSheet(
            "the part is no sheet of one thickness",
            where=part.name,
            hint="unfold bent or flat sheet parts; for others see the other processes",
        )
    if model.rolled is not None:
        return _rolled_cone(part, model, model.rolled, k_table)
    refused = [reason for reason in model.reasons if reason in _NOT_FLAT]
    development, blank = model.development, model.blank
    if refused or development is None or blank is None:
        raise NotDevelopable(
            f"the sheet cannot be laid flat: {', '.join(refused) or 'no flat panel'}",
            where=part.name,
            hint="a drawn shell needs a blank by area; a closed section needs a seam drawn open",
            reasons=refused,
        )
    if k_table:
        graph = replace(development.graph, k_table=k_table)
        left_out = frozenset(range(len(graph.nodes))) - frozenset(development.placements)
        seams = development.seams
        again = develop(graph, model.regions, left_out=left_out)
        assert again is not None  # the same nodes as before
        again = replace(again, seams=seams)
        development, blank = again, lay_out(again, model.regions, model.forms)
    return _flat(part, model, development, blank)


def _rolled_cone(
    part: Part, model: SheetModel, cone: Sector, k_table: Mapping[float, float] | None
) -> Flat:
    """The flat of a part that is one rolled cone, its longer side along x."""
    thickness = model.thickness_mm
    k = k_factor(cone.inside_radius_mm, thickness, k_table)
    sector = sector_of(part, model.faces, thickness, k) or cone
    outline = sector.contour
    size = np.ptp(outline.sampled(FINE_DEG), axis=0)
    turn = np.array([[0.0, 1.0], [-1.0, 0.0]]) if size[1] > size[0] else np.eye(2)
    shift = -(outline.sampled(FINE_DEG) @ turn.T).min(axis=0)
    move = _Move(False, turn, shift)
    outline = move.contour(outline)
    line = move.points(np.array([[0.0, sector.inner_mm], [0.0, sector.outer_mm]]))
    faces = part.joined.body_faces(sector.faces)
    bend = FlatBend(
        angle_deg=sector.turn_deg,
        inside_radius_mm=sector.inside_radius_mm,
        k_factor=k,
        line_mm=line,
        up=True,
        kind="roll",
        length_mm=sector.outer_mm - sector.inner_mm,
        faces=faces,
    )
    corner = np.ptp(outline.sampled(FINE_DEG), axis=0)
    flat = Flat(
        thickness_mm=thickness,
        k_factor=k,
        outline=outline,
        holes=(),
        engravings=(),
        bends=(bend,),
        flanges=(),
        size_mm=(float(corner[0]), float(corner[1])),
        area_mm2=sector.area_mm2,
        perimeter_mm=outline.perimeter_mm,
        warnings=(),
    )
    ratio = flat.area_mm2 * thickness / part.mass.volume_mm3
    if abs(ratio - 1) > VOLUME_SHARE:
        values = {"ratio": round(ratio, 4), "cause": "other", "as_drawn": 1.0}
        return replace(flat, warnings=(Warning("flat_volume", values),))
    return flat


def _flat(part: Part, model: SheetModel, development: Development, blank: Blank) -> Flat:
    move = _upright(blank, model)
    bends = tuple(_flat_bend(part, development, blank, bend, move) for bend in model.bends)
    weights = [math.radians(b.angle_deg) * b.length_mm for b in bends]
    if sum(weights) > 0:
        mean_k = sum(w * b.k_factor for w, b in zip(weights, bends, strict=True)) / sum(weights)
    else:
        thickness, table = model.thickness_mm, development.graph.k_table
        mean_k = k_factor(PLAIN_RATIO * thickness, thickness, table)
    outline = move.contour(blank.outline)
    corner = np.ptp(outline.sampled(FINE_DEG), axis=0)
    flat = Flat(
        thickness_mm=model.thickness_mm,
        k_factor=mean_k,
        outline=outline,
        holes=tuple(move.contour(hole) for hole in blank.holes),
        engravings=tuple(move.contour(mark) for mark in blank.engravings),
        bends=bends,
        flanges=tuple(_flanges(part, model, development, blank)),
        size_mm=(float(corner[0]), float(corner[1])),
        area_mm2=blank.area_mm2,
        perimeter_mm=blank.perimeter_mm,
        warnings=(),
    )
    return replace(flat, warnings=tuple(_warnings(part, model, development, blank, flat)))


@dataclass(frozen=True)
class _Move:
    """Mirror, turn and shift from the blank's coordinates to those of the sheet on the table."""

    mirrored: bool
    matrix: np.ndarray
    shift_mm: np.ndarray

    def points(self, points_mm: np.ndarray) -> np.ndarray:
        own = points_mm * (-1.0, 1.0) if self.mirrored else points_mm
        return np.asarray(own @ self.matrix.T + self.shift_mm)

    def contour(self, contour: Contour) -> Contour:
        points = self.points(contour.points_mm)
        bulges = -contour.bulges if self.mirrored else contour.bulges.copy()
        return Contour(points, bulges)


def _upright(blank: Blank, model: SheetModel) -> _Move:
    """Longer side of the least rectangle along x, corner at the origin, most bends up."""
    up = {line.node: line.up for line in blank.bend_lines}
    rising = sum(1 if up[bend.nodes[0]] else -1 for bend in model.bends)
    mirrored = rising < 0
    points = blank.outline.sampled(FINE_DEG) * ((-1.0, 1.0) if mirrored else (1.0, 1.0))
    box = shapely.minimum_rotated_rectangle(shapely.MultiPoint(points))
    turn = 0.0
    if box.geom_type == "Polygon":
        ring = np.asarray(box.exterior.coords)
        sides = np.diff(ring[:3], axis=0)
        long = sides[norms(sides).argmax()]
        turn = -math.atan2(long[1], long[0])
    matrix = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    shift = -(points @ matrix.T).min(axis=0)
    return _Move(mirrored, matrix, shift)


def _flat_bend(
    part: Part, development: Development, blank: Blank, bend: Bend, move: _Move
) -> FlatBend:
    lines = [line for line in blank.bend_lines if line.node in bend.nodes]
    ends = np.concatenate([line.line_mm for line in lines])
    along = lines[0].line_mm[1] - lines[0].line_mm[0]
    reach = ends @ along
    line = move.points(np.array([ends[reach.argmin()], ends[reach.argmax()]]))
    graph = development.graph
    return FlatBend(
        angle_deg=bend.angle_deg,
        inside_radius_mm=bend.inside_radius_mm,
        k_factor=k_factor(bend.inside_radius_mm, graph.thickness_mm, graph.k_table),
        line_mm=line,
        up=lines[0].up != move.mirrored,
        kind=bend.kind,
        length_mm=bend.length_mm,
        faces=part.joined.body_faces(bend.faces),
    )


def _flanges(
    part: Part, model: SheetModel, development: Development, blank: Blank
) -> list[FlatFlange]:
    """Flat panels by descending distance from nothing: the root first, then what hangs on it."""
    graph = development.graph
    order = [k for k in development.placements if isinstance(graph.nodes[k], Flange)]
    number = {node: place for place, node in enumerate(order)}
    bend_of = {node: place for place, bend in enumerate(model.bends) for node in bend.nodes}
    found = []
    for node in order:
        over, bend = development.placements[node].parent, -1
        while over >= 0 and isinstance(graph.nodes[over], Curl):
            bend = bend_of.get(over, bend) if bend < 0 else bend
            over = development.placements[over].parent
        faces = (graph.nodes[node].front, graph.nodes[node].back)
        found.append(
            FlatFlange(
                number.get(over, -1),
                bend,
                float(blank.panels[node].area),
                part.joined.body_faces(faces),
            )
        )
    return found


def _warnings(
    part: Part, model: SheetModel, development: Development, blank: Blank, flat: Flat
) -> list[Warning]:
    found = []
    if blank.overlap_mm2 > OVERLAP_T2 * model.thickness_mm**2 + 1e-4 * blank.area_mm2:
        found.append(Warning("flat_overlap", {"area_mm2": round(blank.overlap_mm2, 3)}))
    if blank.piece_count > 1:
        found.append(Warning("flat_detached", {"pieces": blank.piece_count}))
    volume = part.mass.volume_mm3
    ratio = flat.area_mm2 * model.thickness_mm / volume
    if abs(ratio - 1) > VOLUME_SHARE:
        drawn = _bent_volume_mm3(development, blank) / volume
        # the drawn volume of bends and square corners differs from that of the neutral fibre:
        # known and harmless
        cause = "bends" if abs(drawn - 1) <= VOLUME_SHARE else "other"
        found.append(
            Warning(
                "flat_volume",
                {"ratio": round(ratio, 4), "cause": cause, "as_drawn": round(drawn, 4)},
            )
        )
    if model.constant_share < ACCOUNTED_SHARE:
        found.append(Warning("flat_unaccounted", {"share": round(1 - model.constant_share, 4)}))
    sharp = [k for k, bend in enumerate(model.bends) if bend.sharp]
    if sharp:
        found.append(Warning("flat_sharp_bends", {"bends": sharp, "count": len(sharp)}))
    if development.seams:
        found.append(Warning("flat_seams", {"count": len(development.seams)}))
    if model.forms:
        found.append(
            Warning(
                "flat_forms",
                {"count": len(model.forms), "kinds": sorted({f.kind for f in model.forms})},
            )
        )
    return found


def _bent_volume_mm3(development: Development, blank: Blank) -> float:
    """Volume of the sheet as drawn: panels, bends by their sectors, square corners of sharp
    bends.
    """
    graph = development.graph
    thickness = graph.thickness_mm
    total = 0.0
    for number, outline in blank.panels.items():
        node = graph.nodes[number]
        if isinstance(node, Flange):
            total += float(outline.area) * thickness
            continue
        low, _, high, _ = node.region.bounds
        covered = float(node.region.area)  # rad · mm
        if node.back < 0 and high > low:
            length, half = covered / (high - low), min((high - low) / 2, math.radians(80))
            outer = (node.radius_mm + thickness) ** 2 * math.tan(half)
            total += length * (outer - node.radius_mm**2 * (high - low) / 2)
        else:
            total += covered * ((node.radius_mm + thickness) ** 2 - node.radius_mm**2) / 2
    return total


def to_dict(flat: Flat) -> dict[str, Any]:
    """The flat as `workbench.flat/1`, without the place of its DXF."""
    return {
        "schema": "workbench.flat/1",
        "thickness_mm": flat.thickness_mm,
        "k_factor": flat.k_factor,
        "size_mm": list(flat.size_mm),
        "area_mm2": flat.area_mm2,
        "perimeter_mm": flat.perimeter_mm,
        "holes": len(flat.holes),
        "bends": [
            {
                "angle_deg": bend.angle_deg,
                "inside_radius_mm": bend.inside_radius_mm,
                "line": bend.line_mm.tolist(),
                "direction": "up" if bend.up else "down",
                "kind": bend.kind,
                "length_mm": bend.length_mm,
                "k_factor": bend.k_factor,
            }
            for bend in flat.bends
        ],
        "warnings": [{"code": w.code, "values": dict(w.values)} for w in flat.warnings],
    }


def to_dxf(flat: Flat) -> bytes:
    """The flat as DXF R2010 in mm: closed polylines with true arcs on CUT, bend lines,
    engravings.
    """
    drawing = ezdxf.new("R2010", units=units.MM)
    drawing.header["$MEASUREMENT"] = 1
    for name, colour in COLOURS.items():
        drawing.layers.add(name, color=colour)
    space = drawing.modelspace()
    for layer, contours in ((CUT, (flat.outline, *flat.holes)), (ENGRAVE, flat.engravings)):
        for contour in contours:
            rows = np.column_stack([contour.points_mm, contour.bulges]).tolist()
            space.add_lwpolyline(rows, format="xyb", close=True, dxfattribs={"layer": layer})
    for bend in flat.bends:
        layer = BEND_UP if bend.up else BEND_DOWN
        start, end = bend.line_mm.tolist()
        space.add_line(start, end, dxfattribs={"layer": layer})
    text = io.StringIO()
    drawing.write(text)
    return text.getvalue().encode("utf-8")
