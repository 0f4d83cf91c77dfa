"""What do limits on holes, pockets and bends need of the recognised features?"""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from geometry.processes.measurement import Measurement, worst
from geometry.processes.subject import Subject

__all__ = ["cavities", "drilled", "hole_depths", "hole_diameters", "spacing"]

STOCK_STEP_MM, COARSE_STEP_MM, COARSE_FROM_MM = 0.1, 0.5, 10.0  # of drills: Hubs CNC guide
INCH_MM = 25.4
INCH_STEP = 1 / 64  # fractional inch drills
LARGEST_DRILL_MM = 26.0  # larger holes are bored or milled; open should-cost tool


def _number(feature: Any, key: str) -> float:
    value = feature.parameters.get(key)
    return float(value) if isinstance(value, int | float) else math.nan


def hole_diameters(subject: Subject, **context: float) -> list[Measurement]:
    """Diameter of every round hole, smallest first."""
    return worst(
        Measurement(
            "hole_diameter_mm",
            _number(h, "diameter_mm"),
            h.faces,
            h.id,
            {"depth_mm": _number(h, "depth_mm"), **context},
        )  # fmt: skip
        for h in subject.holes
    )


def hole_depths(subject: Subject, *, ratio: bool = True) -> list[Measurement]:
    """Depth of every round hole, over its diameter or in mm; deepest first."""
    found = []
    for hole in subject.holes:
        diameter, depth = _number(hole, "diameter_mm"), _number(hole, "depth_mm")
        if not diameter > 0:
            continue
        through = 1.0 if hole.kind == "through" else 0.0
        context = {"diameter_mm": diameter, "through": through}
        quantity, value = (
            ("hole_depth_ratio", depth / diameter) if ratio else ("hole_depth_mm", depth)
        )
        found.append(Measurement(quantity, value, hole.faces, hole.id, context))
    return worst(found, largest=True)


def drilled(subject: Subject) -> list[Measurement]:
    """Flat bottoms, odd diameters and thread sizes of holes that a drill makes."""
    flat, odd, threads = [], [], []
    for hole in subject.holes:
        diameter = _number(hole, "diameter_mm")
        if not 0 < diameter <= LARGEST_DRILL_MM:
            continue
        if hole.kind == "blind" and hole.parameters.get("bottom") == "flat":
            flat.append(Measurement("flat_bottom_mm", diameter, hole.faces, hole.id))
        offset = _off_stock(diameter)
        odd.append(
            Measurement("drill_offset_mm", offset, hole.faces, hole.id, {"diameter_mm": diameter})
        )
        thread = hole.parameters.get("thread")
        if isinstance(thread, dict):
            threads.append(
                Measurement(
                    "thread_mm", _nominal(str(thread.get("designation", ""))), hole.faces, hole.id
                )
            )
    return [*worst(flat, largest=True), *worst(odd, largest=True), *worst(threads)]


def _off_stock(diameter_mm: float) -> float:
    """Distance to the nearest stock drill, metric or inch."""
    step = STOCK_STEP_MM if diameter_mm <= COARSE_FROM_MM else COARSE_STEP_MM
    inch = INCH_MM * INCH_STEP
    return min(
        abs(diameter_mm - step * round(diameter_mm / step)),
        abs(diameter_mm - inch * round(diameter_mm / inch)),
    )


def _nominal(designation: str) -> float:
    """Nominal diameter of M8 or M10x1.25; nan for other threads."""
    head = designation.upper().removeprefix("M").split("X")[0].split("-")[0]
    try:
        return float(head) if designation.upper().startswith("M") else math.nan
    except ValueError:
        return math.nan


def cavities(subject: Subject) -> list[Measurement]:
    """Depth over width of pockets and slots, and their corner radii."""
    ratios, corners, reach = [], [], []
    for cavity in subject.features("pocket", "slot"):
        depth, width = _number(cavity, "depth_mm"), _number(cavity, "width_mm")
        if depth > 0 and width > 0:
            ratios.append(
                Measurement(
                    "cavity_ratio", depth / width, cavity.faces, cavity.id, {"width_mm": width}
                )
            )
        radius = _number(cavity, "corner_radius_mm")
        if radius > 0 and depth > 0:
            corners.append(
                Measurement(
                    "corner_radius_mm", radius, cavity.faces, cavity.id, {"depth_mm": depth}
                )
            )
            context = {"radius_mm": radius, "depth_mm": depth}
            reach.append(
                Measurement(
                    "corner_reach_ratio", depth / (2 * radius), cavity.faces, cavity.id, context
                )
            )
    return [*worst(ratios, largest=True), *worst(corners), *worst(reach, largest=True)]


def spacing(subject: Subject, thickness_mm: float) -> list[Measurement]:
    """Distance of every round hole in a sheet to the edge, to the next hole and to the next bend.

    Measured in the plane of the hole's face, from rim to rim; to a bend up to the inside of the leg beyond it.
    """
    part = subject.part
    faces, edges = part.topology.faces, part.topology.edges
    ranges, points = part.mesh.edge_ranges, part.mesh.edge_points_mm
    bend_radius = {
        int(face): _number(bend, "inside_radius_mm")
        for bend in subject.features("bend")
        for face in bend.faces
    }
    hole_of_face = {int(face): hole for hole in subject.holes for face in hole.faces}
    found: list[Measurement] = []
    for hole in subject.holes:
        for number in _rims(part, hole):
            plane = next((int(f) for f in edges["faces"][number] if int(f) not in hole.faces), -1)
            if plane < 0 or np.linalg.norm(faces["axis"][plane]) < 0.5:
                continue
            found.extend(
                _distances(
                    part,
                    hole,
                    number,
                    plane,
                    bend_radius,
                    hole_of_face,
                    thickness_mm,
                    ranges,
                    points,
                )
            )
    by_kind: dict[tuple[str, str | None], Measurement] = {}
    for each in found:
        key = (each.quantity, each.feature)
        if key not in by_kind or each.value < by_kind[key].value:
            by_kind[key] = each
    quantities = ("hole_to_edge_mm", "hole_to_hole_mm", "hole_to_bend_mm")
    return [m for q in quantities for m in worst(m for m in by_kind.values() if m.quantity == q)]


def _rims(part: Any, hole: Any) -> Iterator[int]:
    """Full circles of a hole's own faces that border a plane."""
    edges = part.topology.edges
    own = np.isin(edges["faces"], hole.faces)
    for number in np.flatnonzero(own.any(axis=1) & ~own.all(axis=1)):
        if np.isfinite(edges["radius_mm"][number]):
            yield int(number)


def _distances(
    part: Any,
    hole: Any,
    rim: int,
    plane: int,
    bend_radius: dict[int, float],
    hole_of_face: dict[int, Any],
    thickness_mm: float,
    ranges: np.ndarray,
    points: np.ndarray,
) -> Iterator[Measurement]:
    edges = part.topology.edges
    centre, radius = edges["origin_mm"][rim], float(edges["radius_mm"][rim])
    context = {"thickness_mm": thickness_mm, "diameter_mm": 2 * radius}
    others, across = part.topology.neighbours(plane)
    for number, face in zip(others.tolist(), across.tolist(), strict=True):
        line = points[ranges[number] : ranges[number + 1]]
        if face in hole.faces or len(line) < 2:
            continue
        gap = _to_polyline(centre, line) - radius
        if gap <= 0:
            continue
        if face in bend_radius:
            inside = bend_radius[face]
            yield Measurement(
                "hole_to_bend_mm", gap + inside, hole.faces, hole.id,
                {"thickness_mm": thickness_mm, "radius_mm": inside},
            )  # fmt: skip
        elif face in hole_of_face:
            yield Measurement("hole_to_hole_mm", gap, (*hole.faces, face), hole.id, context)
        else:
            yield Measurement("hole_to_edge_mm", gap, (*hole.faces, face), hole.id, context)


def _to_polyline(point: np.ndarray, line: np.ndarray) -> float:
    """Distance from a point to a polyline (n, 3)."""
    start, step = line[:-1], np.diff(line, axis=0)
    length = np.maximum(np.einsum("ij,ij->i", step, step), 1e-300)
    along = np.clip(np.einsum("ij,ij->i", point - start, step) / length, 0, 1)
    return float(np.linalg.norm(start + along[:, None] * step - point, axis=1).min())
