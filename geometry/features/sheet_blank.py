"""What does the flat blank of a sheet look like: outline, holes and bend lines?"""

from dataclasses import dataclass

import numpy as np
import shapely

from geometry.features.sheet_contours import Contour, contour_of
from geometry.features.sheet_development import (
    JOIN_GRID_MM,
    Development,
    Placement,
    joined,
    neutral_radius_mm,
)
from geometry.features.sheet_edges import slab_faces
from geometry.features.sheet_forms import Form
from geometry.features.sheet_graph import Curl, Flange
from geometry.features.sheet_panels import CONE, CYLINDER, TORUS, turned_into, unroll
from geometry.features.sheet_regions import Regions, sampled_circle
from geometry.vectors import norms, off_line, rejections

__all__ = ["BendLine", "Blank", "lay_out"]

FILL_GRID_MM = 1e-6  # fills meet their panel in equal corners
SPECK_T2 = 0.01  # holes and pieces smaller than this × t² are gaps between inexact panels
TOUCHING_T = (
    0.02  # × thickness: edges belong to a panel when they touch it along more than a corner
)
LEAST_FILL_MM2 = 1e-4  # projections smaller than this are edges seen edge-on


@dataclass(frozen=True)
class BendLine:
    """Where one curl lies in the flat."""

    node: int
    line_mm: np.ndarray  # (2, 2) middle of the bend
    zone: shapely.Geometry
    up: bool  # the inner side is on side A


@dataclass(frozen=True)
class Blank:
    """The flat seen from side A, in the coordinates of its root panel."""

    outline: Contour
    holes: tuple[Contour, ...]
    bend_lines: tuple[BendLine, ...]
    engravings: tuple[Contour, ...]  # outlines of formed places
    panels: dict[int, shapely.Geometry]  # every node's outline in the flat
    overlap_mm2: float
    piece_count: int

    @property
    def area_mm2(self) -> float:
        """Area of the blank."""
        return self.outline.area_mm2 - sum(hole.area_mm2 for hole in self.holes)

    @property
    def perimeter_mm(self) -> float:
        """Length of everything that is cut."""
        return self.outline.perimeter_mm + sum(hole.perimeter_mm for hole in self.holes)


def lay_out(development: Development, regions: Regions, forms: tuple[Form, ...]) -> Blank:
    """The blank of a development; edges that are not square count to where they reach furthest."""
    graph = development.graph
    thickness = graph.thickness_mm
    skipped = {f for node in graph.nodes for f in (node.front, node.back)}
    skipped |= {f for form in forms for f in form.faces} | set(graph.outer_faces)
    panels: dict[int, shapely.Geometry] = {}
    circles: list[np.ndarray] = []
    lines: list[BendLine] = []
    engraved: list[np.ndarray] = []
    for number in sorted(development.placements):
        place, node = development.placements[number], graph.nodes[number]
        if isinstance(node, Curl):
            region = _whole_curl(regions, node, thickness)
            radius = neutral_radius_mm(node, graph)
            own = shapely.transform(region, lambda p, r=radius: p * (r, -1.0))
            panels[number] = shapely.transform(own, place.apply)
            lines.append(_bend_line(region, number, panels[number], place, radius))
            continue
        fills, found = _edge_fills(regions, graph.thickness_mm, node, skipped)
        own = node.region
        here = [form for form in forms if form.flange == number]
        if fills or here:
            # all that is small first: a panel with hundreds of holes is cut once, not once for each
            added = shapely.union_all([*fills, *(form.outline for form in here)])
            own = shapely.union(own, added, grid_size=FILL_GRID_MM)
        for form in here:
            if form.hole_mm > 0:
                centre = np.array(form.outline.centroid.coords[0])
                own = own.difference(shapely.Polygon(sampled_circle(form.hole_mm) + centre))
                found.append((*centre, form.hole_mm))
            engraved += [place.apply(np.asarray(ring.coords)) for ring in _rings(form.outline)]
        panels[number] = shapely.transform(own, place.apply)
        if found:
            table = np.array(found)
            table[:, :2] = place.apply(table[:, :2])
            circles.append(table)
    whole = joined(list(panels.values()))
    overlap = sum(float(p.area) for p in panels.values()) - float(whole.area)
    table = _distinct(np.concatenate(circles)) if circles else np.zeros((0, 3))
    pieces = [p for p in getattr(whole, "geoms", [whole]) if p.area > SPECK_T2 * thickness**2]
    pieces.sort(key=lambda p: -p.area)
    main = pieces[0] if pieces else shapely.Polygon()
    holes = [
        contour_of(np.asarray(ring.coords), table)
        for ring in main.interiors
        if shapely.Polygon(ring).area > SPECK_T2 * thickness**2
    ]
    return Blank(
        outline=contour_of(np.asarray(main.exterior.coords), table),
        holes=tuple(holes),
        bend_lines=tuple(lines),
        engravings=tuple(contour_of(ring, table) for ring in engraved),
        panels=panels,
        overlap_mm2=max(overlap, 0.0),
        piece_count=len(pieces),
    )


def _rings(outline: shapely.Geometry) -> list[shapely.Geometry]:
    return [p.exterior for p in getattr(outline, "geoms", [outline]) if p.geom_type == "Polygon"]


def _bend_line(
    region: shapely.Geometry, number: int, zone: shapely.Geometry, place: Placement, radius: float
) -> BendLine:
    low_angle, low, high_angle, high = region.bounds
    middle = (low_angle + high_angle) / 2 * radius
    line = place.apply(np.array([[middle, -low], [middle, -high]]))
    return BendLine(number, line, zone, place.front_up)


def _whole_curl(regions: Regions, node: Curl, thickness_mm: float) -> shapely.Geometry:
    """Outline of a curl in (θ, z) to where its sides and its edges reach."""
    sides = [face for face in (node.front, node.back) if face >= 0]
    if not sides:
        return node.region
    about = sides[0]
    low, bottom, high, top = node.region.bounds
    reach = 2 * (top - bottom)
    floor, ceiling = bottom - reach, top + reach
    band = shapely.box(low, floor, high, ceiling)
    pieces = [node.region]
    edges = {
        int(other)
        for face in sides
        for other in regions.topology.neighbours(face)[1]
        if regions.faces["kind"][other] in (CONE, TORUS)  # chamfers and rounds along the edge
    }
    for face in (*sides, *edges):
        if face in edges and not _between_sides(regions, node, face, thickness_mm):
            continue
        outline = unroll(regions, face, about)
        for turn in turned_into(outline, low, high):
            first, foot, last, head = turn.bounds
            within = first >= low and last <= high and foot >= floor and head <= ceiling
            pieces.append(turn if within else turn.intersection(band))
    if len(set(shapely.normalize(pieces))) == 1:  # both sides of most bends reach equally far
        both = shapely.set_precision(node.region, FILL_GRID_MM)
    else:
        both = shapely.union_all(pieces, grid_size=FILL_GRID_MM)
    parts = [p for p in getattr(both, "geoms", [both]) if p.geom_type == "Polygon"]
    if len(parts) == 1:
        return parts[0]
    return max(parts, key=lambda p: float(p.intersection(node.region).area), default=node.region)


def _between_sides(regions: Regions, node: Curl, face: int, thickness_mm: float) -> bool:
    """Whether a face lies between the radii of a curl's sides and turns about its axis."""
    row = regions.faces[face]
    if abs(row["axis"] @ node.axis) < 1 - 1e-4:
        return False
    if off_line(row["origin_mm"], node.origin_mm, node.axis) > 0.05 * thickness_mm:
        return False
    points = regions.corners(face) - node.origin_mm
    radius = norms(rejections(points, node.axis))
    slack = 0.05 * thickness_mm
    return bool(
        len(radius)
        and radius.min() > node.radius_mm - slack
        and radius.max() < node.radius_mm + thickness_mm + slack
    )


def _edge_fills(
    regions: Regions, thickness_mm: float, node: Flange, skipped: set[int]
) -> tuple[list[shapely.Geometry], list[tuple[float, float, float]]]:
    """Where edges that are not square reach beyond the panel, and the circles (u, v, radius)
    that may bound it.
    """
    w = regions.frames[node.frame, 2]
    faces = regions.faces
    candidates = []
    for face in slab_faces(regions, node, thickness_mm, skipped):
        kind = faces["kind"][face]
        along = abs(float(faces["axis"][face] @ w))
        if (kind == 0 and along < _SQUARE) or (kind == CYLINDER and along > 1 - _SQUARE):
            continue
        outline = regions.projected(face, node.frame)
        if outline.area > LEAST_FILL_MM2:
            candidates.append((face, outline))
    used: list[shapely.Geometry] = []
    own_faces = [node.front, node.back]
    grown = node.region
    while candidates:
        touching = _touching(grown, [c[1] for c in candidates], TOUCHING_T * thickness_mm)
        if not touching.any():
            break
        added = [c for c, touches in zip(candidates, touching, strict=True) if touches]
        used += [outline for _, outline in added]
        own_faces += [face for face, _ in added]
        candidates = [c for c, touches in zip(candidates, touching, strict=True) if not touches]
        if candidates:
            grown = shapely.union_all([grown, *(outline for _, outline in added)])
    return used, _circles(regions, node, own_faces)


def _touching(
    region: shapely.Geometry, outlines: list[shapely.Geometry], least_mm: float
) -> np.ndarray:
    """Which outlines (n,) run along the rings around a region for longer than a length: each is
    held against the rings near it alone.
    """
    rings = shapely.get_parts(region.boundary)
    wide = shapely.buffer(outlines, JOIN_GRID_MM)
    outline, ring = shapely.STRtree(rings).query(wide)
    along = shapely.length(shapely.intersection(wide[outline], rings[ring]))
    return np.asarray(np.bincount(outline, along, len(outlines)) > least_mm)


_SQUARE = 0.01  # sine of half a degree: edges this near to square are square


def _circles(regions: Regions, node: Flange, faces: list[int]) -> list[tuple[float, float, float]]:
    """Circles (u, v, radius) in the panel's plane among the edges of faces."""
    w = regions.frames[node.frame, 2]
    found = []
    for edge in {
        int(e)
        for face in faces
        for loop in regions.topology.loops_of(face)
        for e in regions.topology.loop_edges(loop)
    }:
        circle = regions.circle(edge)
        if circle is not None and abs(circle[1] @ w) > 1 - 1e-5:
            u, v = regions.flatten(node.frame, circle[0][None])[0]
            found.append((float(u), float(v), circle[2]))
    return found


def _distinct(circles: np.ndarray) -> np.ndarray:
    """Circles that differ by more than the joining grid."""
    _, first = np.unique(np.round(circles / 2e-4).astype(np.int64), axis=0, return_index=True)
    return circles[np.sort(first)]
