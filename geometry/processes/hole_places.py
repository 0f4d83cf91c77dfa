"""Where do holes begin and end, how whole are they, and how near to an edge are threads?"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from geometry.components import components
from geometry.processes.hole_cuts import nominal_mm
from geometry.processes.measurement import Measurement, number_of, worst
from geometry.processes.spacing import spacing
from geometry.processes.subject import Subject
from geometry.processes.tools import LARGEST_DRILL_MM
from geometry.topology import CONVEX, CURVES, surface_code
from geometry.vectors import norms, square_to

__all__ = ["partial_holes", "thread_places", "tilted_holes"]

CYLINDER = surface_code("cylinder")
CIRCLE = CURVES.index("circle")
ALONG_AXIS = np.cos(np.radians(10.0))  # edges that run so along a hole are a slit's: ours
WIDEST_GAP_DEG = 120.0  # in a rim that still goes round its hole
UNEVEN = 0.2  # of the diameter: a rim that leaves its plane by more is no mouth of a drill
SAME_RADIUS = 1e-3  # of the diameter: modellers round it; ours
_SEGMENTS = slice(None, -1), slice(1, None)  # where the pieces of a polyline begin and end
RUN_OUT = 0.5  # of the diameter that a tap leaves without thread at the bottom; neptunelabs.us


def tilted_holes(subject: Subject) -> list[Measurement]:
    """Angle by which the mouth or exit of a drilled hole leans, largest first.

    A rim that goes round its hole is taken as a whole, whatever faces it crosses: a hole square
    into a round body or into a rounded edge has no tilt, one that is open along its side no exit
    there.
    """
    edges, mesh = subject.part.topology.edges, subject.part.mesh
    owner = np.full(len(subject.faces) + 1, -1)
    for number, hole in enumerate(subject.holes):
        if number_of(hole, "diameter_mm") <= LARGEST_DRILL_MM:
            owner[list(hole.faces)] = number
    ends = owner[edges["faces"]]
    rim = (edges["convexity"] == CONVEX) & ((ends >= 0).sum(axis=1) == 1)
    rims = np.flatnonzero(rim & (edges["faces"] >= 0).all(axis=1))
    if not len(rims):
        return []
    rims = rims[~_runs_along(subject, edges.take(rims), ends[rims].max(axis=1))]
    is_round = edges["closed"] & (edges["curve"] == CIRCLE)
    found = []
    for own in _chains(edges["vertices"][rims], ends[rims].max(axis=1)) if len(rims) else ():
        chosen = rims[own]
        hole = subject.holes[int(ends[chosen[0]].max())]
        if len(chosen) == 1 and is_round[chosen[0]]:  # it has an axis of its own
            along = abs(float(edges["axis"][chosen[0]] @ np.asarray(hole.parameters["axis"])))
            tilt = math.degrees(math.acos(min(along, 1.0)))
        else:
            lines = [mesh.edge_points_mm[slice(*mesh.edge_ranges[e : e + 2])] for e in chosen]
            tilt = _tilt_deg(lines, hole)
        if math.isfinite(tilt):
            outside = edges["faces"][chosen][ends[chosen] < 0]
            faces = tuple(sorted({*hole.faces, *outside.tolist()}))
            found.append(Measurement("hole_tilt_deg", tilt, faces, hole.id))
    return worst(found, largest=True)


def _runs_along(subject: Subject, edges: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """Edges (n,) that run along the axis of their hole (n,), where a slit opens it: (n,) bool."""
    axes = np.array([each.parameters["axis"] for each in subject.holes], float)[hole]
    chord = edges["end_mm"] - edges["start_mm"]
    along = np.abs(np.einsum("ij,ij->i", chord, axes))
    return np.asarray(along > ALONG_AXIS * np.maximum(norms(chord), 1e-300))


def _chains(vertices: np.ndarray, hole: np.ndarray) -> list[np.ndarray]:
    """Edges (n,) that hang together by their vertices (n, 2) and belong to one hole (n,)."""
    key = vertices + (hole * (int(vertices.max()) + 1))[:, None]
    _, node = np.unique(key, return_inverse=True)
    node = node.reshape(key.shape)
    chain = components(node, int(node.max()) + 1)[node[:, 0]]
    order = np.argsort(chain, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(chain[order])) + 1)


def _tilt_deg(lines_mm: Sequence[np.ndarray], hole: Any) -> float:
    """Angle between a hole's axis and the normal of the plane nearest to its rim, polylines (n, 3);
    nan where the rim does not go round or is no mouth.
    """
    axis = np.asarray(hole.parameters["axis"], float)
    # written out: of rims of a few corners numpy's own calls take longer than their work
    starts, ends = (np.concatenate([line[own] for line in lines_mm]) for own in _SEGMENTS)
    sides = ends - starts
    lengths = np.sqrt((sides * sides).sum(axis=1))
    offset = (ends + starts) / 2 - np.asarray(hole.parameters["origin_mm"], float)
    height = offset @ axis
    flat = (offset - height[:, None] * axis) @ square_to(axis).T
    turn = np.sort(np.degrees(np.arctan2(flat[:, 1], flat[:, 0])))
    if len(turn) < 4:
        return math.nan
    gap = max(float((turn[1:] - turn[:-1]).max()), float(turn[0] + 360 - turn[-1]))
    if gap > WIDEST_GAP_DEG:
        return math.nan
    plane = np.ones((len(flat), 3))
    plane[:, :2] = flat
    weight = np.sqrt(lengths)
    slope, *_ = np.linalg.lstsq(plane * weight[:, None], height * weight, rcond=None)
    off = plane @ slope - height
    uneven = math.sqrt(float((off**2 * lengths).sum() / lengths.sum()))
    if uneven > UNEVEN * number_of(hole, "diameter_mm"):
        return math.nan
    return math.degrees(math.atan(float(np.hypot(slope[0], slope[1]))))


def partial_holes(subject: Subject) -> list[Measurement]:
    """Share of a drilled hole's wall that is there: the rest lies outside the part."""
    found = []
    kind, radius = subject.faces["kind"], subject.faces["radius_mm"]
    for hole in subject.holes:
        diameter = number_of(hole, "diameter_mm")
        if not diameter <= LARGEST_DRILL_MM or hole.parameters.get("intersected"):
            continue
        faces = np.asarray(hole.faces)
        own = kind[faces] == CYLINDER
        own &= np.abs(radius[faces] - diameter / 2) < SAME_RADIUS * diameter
        axis, records = np.asarray(hole.parameters["axis"], float), subject.faces.take(faces[own])
        if not len(records):
            continue
        sign = np.sign(records["axis"] @ axis)
        base = records["origin_mm"] @ axis
        ends = np.stack([base + sign * records["low_mm"], base + sign * records["high_mm"]])
        whole = math.pi * diameter * float(np.ptp(ends))
        share = min(float(records["area_mm2"].sum()) / max(whole, 1e-300), 1.0)
        found.append(Measurement("hole_wall_share", share, hole.faces, hole.id))
    return worst(found)


def thread_places(subject: Subject) -> list[Measurement]:
    """Depth of threads over their diameter, and what stands between them and the next edge."""
    deep, threaded = [], []
    for hole in subject.holes:
        thread = hole.parameters.get("thread")
        if not isinstance(thread, dict):
            continue
        nominal = nominal_mm(str(thread.get("designation", "")))
        depth = number_of(hole, "depth_mm")
        if not (nominal > 0 and depth > 0):
            continue
        threaded.append(hole)
        run_out = RUN_OUT * nominal if hole.kind == "blind" else 0.0
        context = {"diameter_mm": nominal}
        ratio = max(depth - run_out, 0.0) / nominal
        deep.append(Measurement("thread_depth_ratio", ratio, hole.faces, hole.id, context))
    edges = [
        Measurement(
            "thread_edge_mm", m.value, m.faces, m.feature, {"diameter_mm": m.context["diameter_mm"]}
        )
        for m in spacing(subject.part, threaded, [], 1.0)
        if m.quantity == "hole_to_edge_mm"
    ]
    return [*worst(deep, largest=True), *worst(edges)]
