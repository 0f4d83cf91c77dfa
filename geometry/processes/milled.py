"""Which operations mill a part: for every feature and face a tool, its length and its setup?"""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from geometry.processes.cavity_cuts import (
    LARGEST_MILL_MM,
    NOT_CUT,
    ROOM,
    cavity_cuts,
    cavity_mill_mm,
    deepest_mm,
)
from geometry.processes.cutting import Cut
from geometry.processes.face_cuts import face_cuts
from geometry.processes.hole_cuts import hole_cuts, main_tool_mm, nominal_mm
from geometry.processes.measurement import Measurement, number_of, worst
from geometry.processes.reach import Ask, tool_lengths_mm
from geometry.processes.setups import ALONG, Setups
from geometry.processes.stock import Stock
from geometry.processes.subject import Subject
from geometry.processes.teeth import tooth_cut
from geometry.processes.tools import data, largest_end_mill_mm
from geometry.topology import surface_code

__all__ = ["beyond_tools", "milled_cuts", "overhangs", "rounding_mm"]

CYLINDER = surface_code("cylinder")
ACROSS = np.cos(np.radians(2.0))  # a face that goes round along a setup
ACROSS_RUN = np.sin(np.radians(12.0))  # to the way a slot opens: the tool comes along it
MORE = 1.25  # of the depth: a drill stands out so far by its own right


def milled_cuts(subject: Subject, setups: Setups, stock: Stock) -> list[Cut]:
    """Operations by setup: faces, bulk, cavities, holes, edges, what is left, threads and teeth."""
    cavities = [*subject.cavities, *subject.features("groove")]
    holes = subject.holes
    heights_mm = [subject.heights_mm(way) for way in setups.directions]
    asks, mills = [], []
    for cavity in cavities:
        mills.append(cavity_mill_mm(cavity))
        way, depth = _way(cavity, setups, heights_mm, mills[-1])
        asks.append(Ask(cavity.faces, way, mills[-1], depth))
    for hole in holes:
        way = setups.into(hole)
        tool = main_tool_mm(number_of(hole, "diameter_mm"))
        asks.append(Ask(hole.faces, way, tool, _positive(number_of(hole, "depth_mm"))))
    lengths = tool_lengths_mm(subject, asks).tolist()
    cuts: list[Cut] = []
    for cavity, ask, mill, length in zip(cavities, asks, mills, lengths, strict=False):
        setup = setups.along(ask.direction) + 1
        through = _passes(cavity, ask.direction)
        if through and setups.has(-ask.direction):
            length -= ask.depth_mm / 2  # half from either side
        cuts += cavity_cuts(subject, cavity, mill, length, setup, through=through)
    for hole, ask, length in zip(
        holes, asks[len(cavities) :], lengths[len(cavities) :], strict=True
    ):
        setup = setups.along(ask.direction) + 1
        cuts += hole_cuts(hole, length, setup)
    taken = np.zeros(len(subject.faces), bool)
    for feature in (*cavities, *holes):
        taken[list(feature.faces)] = True
    cuts += list(_edges(subject, setups, taken))
    cuts += list(_threads_and_teeth(subject, setups, taken))
    bulk = stock.volume_mm3 - subject.volume_mm3 - sum(cut.volume_mm3 for cut in cuts)
    cuts += face_cuts(subject, setups, heights_mm, taken, max(bulk, 0.0))
    return sorted(cuts, key=lambda cut: (cut.setup, _ORDER.get(cut.operation, 9)))


_ORDER = {"face_mill": 0, "rough_mill": 1, "finish_floor": 2, "finish_wall": 3, "slot_mill": 4,
          "bore_mill": 5, "drill": 6, "gun_drill": 6}  # fmt: skip


def _positive(value: float) -> float:
    return value if value > 0 else 0.0


def _way(
    feature: Any, setups: Setups, heights_mm: list[np.ndarray], mill_mm: float
) -> tuple[np.ndarray, float]:
    """The direction a cavity is milled from and how deep it is from there, mm: the way it opens
    where that is set up; of a ring about an axis, the setup along that axis, from which a slotting
    cutter goes round it; else the setup that makes its faces, as along the run of a notch, where
    a mill reaches so far.
    """
    depth = _positive(number_of(feature, "depth_mm"))
    opens = feature.parameters.get("direction")
    if opens is not None and (setups.has(np.asarray(opens, float)) or not len(setups.directions)):
        return np.asarray(opens, float), depth
    own = setups.of_face[list(feature.faces)]
    known = np.bincount(own[own >= 0], minlength=len(setups.directions))
    axis = feature.parameters.get("axis")
    if axis is not None:
        along = np.abs(setups.directions @ np.asarray(axis, float)) > ALONG
        if along.any():
            known = np.where(along, known + 1, 0)
    if not len(known):
        return np.array([0.0, 0.0, 1.0]), depth
    row = int(np.argmax(known))
    if opens is None:
        return setups.directions[row], depth
    along = float(heights_mm[row][list(feature.faces)].max())
    if along > deepest_mm(mill_mm):
        return np.asarray(opens, float), depth
    return setups.directions[row], along


def _passes(cavity: Any, way: np.ndarray) -> bool:
    """Whether a tool from that way comes out at the other end: of a passage, of a slot that is open
    at both ends, along its run.
    """
    if cavity.kind != "through":
        return False
    opens = cavity.parameters.get("direction")
    return cavity.type != "slot" or (
        opens is not None and abs(float(np.asarray(opens, float) @ way)) < ACROSS_RUN
    )


def overhangs(cuts: list[Cut]) -> list[Measurement]:
    """Reach over diameter of tools that stand out further than the depth they cut asks for, because
    their holder would meet the part.
    """
    found = []
    for cut in cuts:
        if cut.operation in ("drill", "gun_drill") and cut.tool_length_mm > MORE * cut.depth_mm:
            ratio = cut.tool_length_mm / cut.tool_diameter_mm
            context = {"diameter_mm": cut.tool_diameter_mm}
            found.append(Measurement("tool_overhang_ratio", ratio, cut.faces, cut.feature, context))
    return worst(found, largest=True)


def beyond_tools(cuts: list[Cut]) -> tuple[list[Cut], list[Measurement]]:
    """The cuts that are made, and how deep those places go that no mill, wire or electrode
    reaches, with how deep any of them does.
    """
    made = [cut for cut in cuts if cut.operation != NOT_CUT]
    left = [
        Measurement(
            "out_of_tools_mm", cut.tool_length_mm, cut.faces, cut.feature,
            {"reached_mm": cut.depth_mm},
        )
        for cut in cuts
        if cut.operation == NOT_CUT
    ]  # fmt: skip
    return made, left


def rounding_mm(radius_mm: float) -> float:
    """The standard corner-rounding cutter of a radius; the radius itself where there is none."""
    radii = data()["corner_rounding"]["radius_mm"]
    near = min(radii, key=lambda each: abs(each - radius_mm))
    return float(near if abs(near - radius_mm) < 0.05 else radius_mm)


def _edges(subject: Subject, setups: Setups, taken: np.ndarray) -> Iterator[Cut]:
    """Chamfers and outer rounds that a formed tool runs along; others fall to the ball."""
    features = subject.features("chamfer", "fillet")
    lengths_mm = _lengths_mm(subject) if features else np.zeros(0)
    for feature in features:
        faces = [face for face in feature.faces if not taken[face]]
        if not faces or feature.kind == "internal":
            continue
        area = float(subject.faces["area_mm2"][faces].sum())
        setup = max(int(setups.of_face[faces[0]]), 0) + 1
        common: dict[str, Any] = {"setup": setup, "feature": feature.id, "faces": tuple(faces)}
        if feature.type == "chamfer":
            width = _positive(number_of(feature, "width_mm"))
            path = float(lengths_mm[faces].sum())
            tool = largest_end_mill_mm(min(max(2 * width + 2, 6.0), LARGEST_MILL_MM))
            yield Cut("chamfer", "chamfer_mill", tool, tool, path_mm=path, **common)
        else:
            radius = number_of(feature, "radius_mm")
            if (
                not radius > 0
                or 2 * radius > LARGEST_MILL_MM
                or "radius_max_mm" in feature.parameters
            ):
                continue
            upright = subject.faces["kind"][faces] == CYLINDER
            along = np.abs(subject.faces["axis"][faces] @ setups.directions[setup - 1]) > ACROSS
            if bool((upright & along).all()):
                continue  # the side of an end mill goes round it with the walls
            cutter = rounding_mm(radius)
            path = area / (math.pi / 2 * radius)
            yield Cut(
                "round_edge", "corner_rounding_mill", 2 * cutter, 2 * cutter, path_mm=path, **common
            )
        taken[faces] = True


def _threads_and_teeth(subject: Subject, setups: Setups, taken: np.ndarray) -> Iterator[Cut]:
    for feature in subject.features("thread", "gear"):
        faces = list(feature.faces)
        setup = max(int(setups.of_face[faces[0]]), 0) + 1 if faces else 1
        if feature.type == "thread":
            diameter, length = number_of(feature, "diameter_mm"), number_of(feature, "length_mm")
            if not diameter > 0:
                diameter = nominal_mm(str(feature.parameters.get("designation", "")))
            inside = feature.kind == "internal"
            tool = largest_end_mill_mm(min(ROOM * diameter if inside else 12.0, 16.0))
            length = _positive(length)
            yield Cut("thread_mill", "thread_mill", tool, length, setup, feature.id, feature.faces,
                      turned_mm=diameter)  # fmt: skip
        elif (teeth := tooth_cut(feature, setup)) is not None:
            yield teeth
        else:
            continue
        taken[faces] = True


def _lengths_mm(subject: Subject) -> np.ndarray:
    """Half the perimeter of every face (f,) mm: the length of a narrow one."""
    edges, found = subject.part.topology.edges, np.zeros(len(subject.faces))
    for side in (0, 1):
        own = edges["faces"][:, side]
        known = (own >= 0) & ~edges["seam"]
        found += np.bincount(own[known], weights=edges["length_mm"][known], minlength=len(found))
    return found / 2
