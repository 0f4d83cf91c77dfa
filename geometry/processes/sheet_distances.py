"""How far is everything in a sheet from everything else, measured in its flat?"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.spatial import cKDTree

from geometry.features.sheet_blank import Blank
from geometry.features.sheet_contours import Contour
from geometry.features.sheet_drafts import flange_length_mm
from geometry.features.sheet_graph import Flange
from geometry.features.sheet_model import Bend, SheetModel
from geometry.features.sheet_panels import CYLINDER
from geometry.part import Part
from geometry.processes.measurement import Measurement, worst
from geometry.runs import following
from geometry.vectors import norms

__all__ = ["sheet_measurements"]

FINE_DEG = 2.0  # arcs sampled so finely that distances are 0.015 % of the radius off
TURN_COS = 0.996  # sides of a tab or notch run opposite ways to within 5°
PROBE_T = 0.02  # × thickness: how far outside a bend's end a relief begins at the latest
DEEP_T = 0.1  # × thickness: how far beyond the bend material must lie to be torn by it
FLARE_T = 0.5  # × thickness: material that ends nearer beside the bend is a slanting edge
LONG_RATIO = 1.5  # cut-outs this many times longer than wide are slots to a bend
REACH_T = 40.0  # × thickness: material further from a bend's end does not pull on it


def sheet_measurements(model: SheetModel, part: Part) -> tuple[Measurement, ...]:
    """Bend radii, flanges, holes, spacings, slots, tabs and reliefs of a sheet; the worst of each.

    Holes, tabs and reliefs are measured in the flat, so that what a bend separates is as far
    apart as on the blank.
    """
    blank = model.blank
    if blank is None:
        return ()
    bodies = part.joined.body_faces
    found = [*_bends(model, part)]
    shapes = [hole.shape for hole in blank.holes]
    owners = [bodies(faces) for faces in model.cutouts]
    found += _spacings(model, blank, shapes, owners)
    for (kind, length, width), faces in zip(shapes, owners, strict=True):
        quantity = "hole_diameter_mm" if kind == "round" else "slot_width_mm"
        context = {"thickness_mm": model.thickness_mm, "depth_mm": model.thickness_mm}
        if kind != "round":
            context = {"thickness_mm": model.thickness_mm, "length_mm": length}
        found.append(Measurement(quantity, width, faces, None, context))
    for contour, inside in ((blank.outline, False), *((hole, True) for hole in blank.holes)):
        for quantity, width, length in _tabs_and_notches(contour, hole=inside):
            context = {"thickness_mm": model.thickness_mm, "length_mm": length}
            found.append(Measurement(quantity, width, (), None, context))
    found += _reliefs(model, blank, part)
    found += _collars(model, blank, part)
    names = dict.fromkeys(each.quantity for each in found)
    return tuple(m for name in names for m in worst(m for m in found if m.quantity == name))


def _bends(model: SheetModel, part: Part) -> Iterator[Measurement]:
    development = model.development
    for bend in model.bends:
        context = {"thickness_mm": model.thickness_mm, "angle_deg": bend.angle_deg}
        faces = part.joined.body_faces(bend.faces)
        if bend.kind == "air":
            yield Measurement("bend_radius_mm", bend.inside_radius_mm, faces, None, context)
        for number in bend.flanges:
            node = development.graph.nodes[number] if development else None
            if not isinstance(node, Flange):
                continue
            flat_length = flange_length_mm(model, bend, number)
            own = {"thickness_mm": model.thickness_mm, "radius_mm": bend.inside_radius_mm}
            sides = part.joined.body_faces((node.front, node.back))
            # practice measures a flange from the outside of the bend
            over_all = flat_length + bend.inside_radius_mm + model.thickness_mm
            yield Measurement("flange_mm", over_all, sides, None, {**own, "flat_mm": flat_length})


def _spacings(
    model: SheetModel,
    blank: Blank,
    shapes: list[tuple[str, float, float]],
    owners: list[tuple[int, ...]],
) -> list[Measurement]:
    if not blank.holes:
        return []
    found = []
    spots = _spots(blank)
    to_edge = spots.to_line(blank.outline.sampled(FINE_DEG))
    others, gaps = _nearest(spots)
    bend_of = {node: bend for bend in model.bends for node in bend.nodes}
    lines = [line for line in blank.bend_lines if line.node in bend_of]
    to_bend = np.array([spots.distances(line.zone) for line in lines])
    for k in range(len(blank.holes)):
        context = {"thickness_mm": model.thickness_mm, "diameter_mm": shapes[k][2]}
        found.append(Measurement("hole_to_edge_mm", float(to_edge[k]), owners[k], None, context))
        if others[k] >= 0:
            faces = tuple(sorted({*owners[k], *owners[others[k]]}))
            found.append(Measurement("hole_to_hole_mm", float(gaps[k]), faces, None, context))
        if not lines:
            continue
        nearest = int(to_bend[:, k].argmin())
        bend = bend_of[lines[nearest].node]
        gap = float(to_bend[nearest, k])
        if gap > 0:
            gap += _setback(bend)
        own = {"thickness_mm": model.thickness_mm, "radius_mm": bend.inside_radius_mm}
        found.append(Measurement("hole_to_bend_mm", gap, owners[k], None, own))
        kind, length, width = shapes[k]
        if kind != "round" and length > LONG_RATIO * width:
            found.append(Measurement("slot_to_bend_mm", gap, owners[k], None, own))
    return found


def _collars(model: SheetModel, blank: Blank, part: Part) -> Iterator[Measurement]:
    """From the bore of every extruded hole to the edge of the sheet."""
    if model.development is None:
        return
    edge = shapely.LinearRing(blank.outline.sampled(FINE_DEG))
    for form in model.forms:
        place = model.development.placements.get(form.flange)
        if form.kind != "extruded_hole" or place is None:
            continue
        middle = place.apply(np.array(form.outline.centroid.coords))[0]
        rows = model.regions.faces[list(form.faces)]
        bores = rows["radius_mm"][(rows["kind"] == CYLINDER) & (rows["sense"] < 0)]
        bore = float(bores.max()) if len(bores) else 0.0
        gap = float(shapely.distance(edge, shapely.Point(middle))) - bore
        context = {"thickness_mm": model.thickness_mm, "diameter_mm": form.size_mm}
        faces = part.joined.body_faces(form.faces)
        yield Measurement("collar_to_edge_mm", max(gap, 0.0), faces, None, context)


@dataclass(frozen=True)
class _Spots:
    """Holes as what distances are measured from: round ones by centre and radius, which is exact
    and quick.
    """

    shapes: np.ndarray  # (n,) points or polygons
    radii_mm: np.ndarray  # (n,) 0 for polygons
    centres_mm: np.ndarray  # (n, 2)

    def to_line(self, ring_mm: np.ndarray) -> np.ndarray:
        """From the rim of each hole to a closed line of corners (m, 2) around it (n,)."""
        sides = shapely.linestrings(np.stack([ring_mm, following(ring_mm)], axis=1))
        (whose, _), away = shapely.STRtree(sides).query_nearest(
            self.shapes, all_matches=False, return_distance=True
        )
        found = np.full(len(self.shapes), math.inf)
        found[whose] = away
        return np.maximum(found - self.radii_mm, 0.0)

    def distances(self, other: shapely.Geometry) -> np.ndarray:
        """From the rim of each hole to something (n,)."""
        return np.maximum(shapely.distance(self.shapes, other) - self.radii_mm, 0.0)


def _spots(blank: Blank) -> _Spots:
    shapes, radii, centres = [], [], []
    for hole in blank.holes:
        circle = hole.circle
        if circle is None:
            area = shapely.Polygon(hole.sampled(FINE_DEG))
            shapes.append(area)
            radii.append(0.0)
            centres.append((area.centroid.x, area.centroid.y))
        else:
            shapes.append(shapely.Point(circle[:2]))
            radii.append(circle[2])
            centres.append(circle[:2])
    return _Spots(np.array(shapes, object), np.array(radii), np.array(centres))


def _nearest(spots: _Spots) -> tuple[np.ndarray, np.ndarray]:
    """The nearest other hole of each, −1 when there is none, and the distance from rim to rim."""
    count = len(spots.shapes)
    other = np.full(count, -1)
    gap = np.full(count, math.inf)
    if count < 2:
        return other, gap
    rounds, free = np.flatnonzero(spots.radii_mm > 0), np.flatnonzero(spots.radii_mm == 0)
    if len(rounds) > 1:
        # the nearest centres hold the nearest rim unless sizes differ much; those sizes are
        # tried alone
        for size in np.unique(np.round(spots.radii_mm[rounds], 3)):
            mine = rounds[np.abs(spots.radii_mm[rounds] - size) < 1e-3]
            tree = cKDTree(spots.centres_mm[mine])
            far, place = tree.query(spots.centres_mm[rounds], k=2)
            for column in range(2):
                found = np.isfinite(far[:, column])
                whole = mine[np.where(found, place[:, column], 0)]
                rim = far[:, column] - spots.radii_mm[rounds] - spots.radii_mm[whole]
                better = found & (whole != rounds) & (rim < gap[rounds])
                gap[rounds[better]], other[rounds[better]] = rim[better], whole[better]
    if len(free):
        _near_free(spots, other, gap)
    return other, np.maximum(gap, 0.0)


def _near_free(spots: _Spots, other: np.ndarray, gap: np.ndarray) -> None:
    """The nearest hole of other than round form, written into `other` and `gap` where it is nearer;
    boxes say which pairs need no look.
    """
    boxes = shapely.bounds(spots.shapes)
    grow = spots.radii_mm[:, None] * (-1.0, -1.0, 1.0, 1.0)
    low, high = (boxes + grow)[:, :2], (boxes + grow)[:, 2:]
    is_free = spots.radii_mm == 0
    for k in range(len(spots.shapes)):
        apart = np.maximum(np.maximum(low - high[k], low[k] - high), 0.0)
        least = np.hypot(apart[:, 0], apart[:, 1])
        least[k] = math.inf
        if not is_free[k]:
            least[~is_free] = math.inf
        for at in np.argsort(least, kind="stable"):
            if least[at] >= gap[k]:
                break
            rim = float(shapely.distance(spots.shapes[k], spots.shapes[at]))
            rim -= float(spots.radii_mm[k] + spots.radii_mm[at])
            if rim < gap[k]:
                gap[k], other[k] = rim, at


def _setback(bend: Bend) -> float:
    """From the end of a bend to the inside of the leg beyond it, where design rules measure
    from.
    """
    half = math.radians(min(bend.angle_deg, 90.0)) / 2
    return bend.inside_radius_mm * math.tan(half)


def _tabs_and_notches(contour: Contour, *, hole: bool) -> Iterator[tuple[str, float, float]]:
    """(quantity, width, length) of every tab of material and every open notch along a contour.

    A tab is where two straight sides run back to back around one end, square or round; a notch
    is its negative.
    """
    points, bulges = contour.points_mm, contour.bulges
    ends = following(points)
    straight = np.flatnonzero(bulges == 0)
    if len(straight) < 3:
        return
    along = (ends - points)[straight]
    length = norms(along)
    unit = along / length[:, None]
    area = contour.polygon().exterior
    turn_sign = 1.0 if area.is_ccw else -1.0
    if hole:
        turn_sign = -turn_sign
    count = len(straight)
    for k in range(count):
        for step in (1, 2):
            j = (k + step) % count
            if step == 1 and not (
                bulges[straight[k] + 1 : straight[j]].any() or straight[j] < straight[k]
            ):
                continue  # two sides that meet in a corner are no tab
            if unit[k] @ unit[j] > -TURN_COS:
                continue
            off = points[straight[j]] - ends[straight[k]]
            side = float(unit[k, 0] * off[1] - unit[k, 1] * off[0])
            if step == 2 and abs(length[(k + 1) % count] - abs(side)) > 0.5 * abs(side):
                continue
            if abs(off @ unit[k]) > abs(side):
                continue  # the ends do not lie across from each other
            quantity = "tab_width_mm" if side * turn_sign > 0 else "notch_width_mm"
            if hole and quantity == "notch_width_mm":
                continue  # the hole itself
            yield quantity, abs(side), float(min(length[k], length[j]))


def _reliefs(model: SheetModel, blank: Blank, part: Part) -> Iterator[Measurement]:
    """Width and depth of the relief at every end of a bend beside which material goes on unbent."""
    material = shapely.Polygon(
        blank.outline.sampled(FINE_DEG), [h.sampled(FINE_DEG) for h in blank.holes]
    )
    development = model.development
    if development is None:
        return
    bend_of = {node: bend for bend in model.bends for node in bend.nodes}
    t = model.thickness_mm
    for line in (b for b in blank.bend_lines if b.node in bend_of):
        bend = bend_of[line.node]
        node = development.graph.nodes[line.node]
        low, _, high, _ = node.region.bounds
        half_zone = (high - low) / 2 * _neutral(model, line.node)
        axis = line.line_mm[1] - line.line_mm[0]
        axis = axis / np.linalg.norm(axis)
        across = np.array([-axis[1], axis[0]])
        for side in (1.0, -1.0):
            for end, outward in ((line.line_mm[0], -axis), (line.line_mm[1], axis)):
                corner = end + side * across * half_zone
                into = side * across
                level = corner + DEEP_T * t * into
                beyond = level + FLARE_T * t * outward
                if _free_length(material, beyond, outward, REACH_T * t) is None:
                    continue  # the sheet ends here: nothing to relieve
                beside = level + PROBE_T * t * outward
                free = _free_length(material, beside, outward, REACH_T * t) or 0.0
                depth = _free_length(material, corner + PROBE_T * t * outward, into, REACH_T * t)
                faces = part.joined.body_faces(bend.faces)
                context = {"thickness_mm": t, "radius_mm": bend.inside_radius_mm}
                width = free + PROBE_T * t if free > 0 else 0.0
                yield Measurement("relief_width_mm", width, faces, None, context)
                yield Measurement("relief_depth_mm", depth or 0.0, faces, None, context)


def _neutral(model: SheetModel, number: int) -> float:
    development = model.development
    assert development is not None
    node = development.graph.nodes[number]
    assert not isinstance(node, Flange)
    return development.neutral_mm(node)


def _free_length(
    material: shapely.Geometry, start: np.ndarray, along: np.ndarray, reach_mm: float
) -> float | None:
    """How far from a point along a direction material begins; None when there is none within
    reach.
    """
    ray = shapely.LineString([start, start + along * reach_mm])
    met = shapely.intersection(material, ray)
    if met.is_empty:
        return None
    return float(shapely.distance(shapely.Point(start), met))
