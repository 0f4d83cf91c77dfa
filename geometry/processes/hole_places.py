"""Where do holes begin and end, how whole are they, and how near to an edge are threads?"""

import math

import numpy as np

from geometry.processes.basis import LARGEST_DRILL_MM
from geometry.processes.hole_cuts import nominal_mm
from geometry.processes.measurement import Measurement, number_of, worst
from geometry.processes.spacing import spacing
from geometry.processes.subject import Subject
from geometry.topology import CONVEX, surface_code

__all__ = ["partial_holes", "thread_places", "tilted_holes"]

CYLINDER = surface_code("cylinder")
FLAT_RIM = 0.05  # second spread of a rim over its first: a line has no plane
SAME_RADIUS = 1e-3
RUN_OUT = 0.5  # of the diameter that a tap leaves without thread at the bottom; neptunelabs.us


def tilted_holes(subject: Subject) -> list[Measurement]:
    """Angle between a drilled hole's axis and the normal of its mouth or exit, largest first.

    The plane is fitted to the rim, so that a hole square into a round body has no tilt.
    """
    edges, mesh = subject.part.topology.edges, subject.part.mesh
    drilled = [h for h in subject.holes if number_of(h, "diameter_mm") <= LARGEST_DRILL_MM]
    owner = np.full(len(subject.faces) + 1, -1)
    for number, hole in enumerate(subject.holes):
        owner[list(hole.faces)] = number
    ends = owner[edges["faces"]]
    rim = (edges["convexity"] == CONVEX) & ((ends >= 0).sum(axis=1) == 1)
    rim &= (edges["faces"] >= 0).all(axis=1)
    rims: dict[tuple[int, int], list[np.ndarray]] = {}
    for edge in np.flatnonzero(rim):
        inside = int(np.argmax(ends[edge] >= 0))
        key = (int(ends[edge, inside]), int(edges["faces"][edge, 1 - inside]))
        low, high = mesh.edge_ranges[edge : edge + 2]
        rims.setdefault(key, []).append(mesh.edge_points_mm[low:high])
    chosen = {id(hole) for hole in drilled}
    found = []
    for (number, outside), lines in rims.items():
        hole = subject.holes[number]
        if id(hole) not in chosen:
            continue
        points = np.concatenate(lines)
        if len(points) < 4:
            continue
        _, spread, axes = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)
        if spread[1] < FLAT_RIM * spread[0]:
            continue
        cosine = min(abs(float(axes[2] @ np.asarray(hole.parameters["axis"], float))), 1.0)
        faces = (*hole.faces, outside)
        found.append(Measurement("hole_tilt_deg", math.degrees(math.acos(cosine)), faces, hole.id))
    return worst(found, largest=True)


def partial_holes(subject: Subject) -> list[Measurement]:
    """Share of a drilled hole's wall that is there: the rest lies outside the part."""
    found = []
    for hole in subject.holes:
        diameter = number_of(hole, "diameter_mm")
        if not diameter <= LARGEST_DRILL_MM or hole.parameters.get("intersected"):
            continue
        faces = np.asarray(hole.faces)
        record = subject.faces[faces]
        own = (record["kind"] == CYLINDER) & (
            np.abs(record["radius_mm"] - diameter / 2) < SAME_RADIUS * diameter
        )
        axis, records = np.asarray(hole.parameters["axis"], float), record[own]
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
