"""Which tools clear and finish a pocket, slot or groove, in which order?"""

import math
from collections.abc import Iterator
from typing import Any

from geometry.processes.basis import is_broached
from geometry.processes.cutting import BLEND_RUNS, Cut
from geometry.processes.measurement import number_of
from geometry.processes.subject import Subject
from geometry.processes.tools import data, largest_end_mill_mm
from geometry.topology import surface_code

__all__ = [
    "LARGEST_MILL_MM",
    "NOT_CUT",
    "ROOM",
    "WIRE_MM",
    "cavity_cuts",
    "cavity_mill_mm",
    "corner_mm2",
    "deepest_mm",
    "eroded",
    "least_reaching_mm",
    "reaches",
    "runs",
]

CYLINDER = surface_code("cylinder")

NOT_CUT = "not_cut"  # the operation of a place that no tool reaches: it takes no time, it is told
ROOM = 0.7  # of a cavity's width: the tool that clears it must turn round in it
LARGEST_MILL_MM = 20.0  # a usual machine's large end mill; walls and bulk are milled with it
WIRE_MM = 0.25  # diameter of the usual eroding wire
DISC_MM = (6.0, 5.0)  # width and depth of what a slotting cutter takes in one turn: ours
CORNERS = {"circle": 0, "obround": 0, "triangle": 3, "hexagon": 6}  # of a cavity's profile; else 4
REST = 0.5  # of the clearing tool: a narrower one mills only the corners that it is asked by; ours
BULL = 0.25  # of a mill's diameter: the largest corner radius of bull-nose mills; ours
SAW = (0.2, 3.0)  # width of a slot, mm, that a slitting saw cuts: DIN 1837 has 0.2 to 6
SAW_MM, SAW_REACH_MM = 63.0, 20.0  # diameter, and what of it stands out of its flanges: ours
LEAST_MILL_MM = 0.3  # width of the narrowest cavity that a mill rather than a spark clears: ours
FORM_TOOLS = {"t_slot": "t_slot_cutter", "dovetail": "dovetail_cutter"}
# profile of a cavity → its area over length × width
FILL = {"circle": math.pi / 4, "triangle": 0.5, "hexagon": 0.75, "other": 0.8}


def cavity_mill_mm(cavity: Any) -> float:
    """The largest end mill for a cavity's corners and width; a sharp corner limits nothing, because
    no mill makes it.
    """
    width, radius = number_of(cavity, "width_mm"), number_of(cavity, "corner_radius_mm")
    limit = width if width > 0 else LARGEST_MILL_MM
    if cavity.type != "slot":
        limit *= ROOM if not radius > 0 else 1.0
    if radius > 0:
        limit = min(limit, 2 * radius)
    return largest_end_mill_mm(min(limit, LARGEST_MILL_MM))


def cavity_cuts(
    subject: Subject,
    cavity: Any,
    mill_mm: float,
    length_mm: float,
    setup: int,
    *,
    through: bool | None = None,
) -> Iterator[Cut]:
    """Clearing with the largest tool that turns round in it, its floor, its walls, its corners.

    through: whether the tool passes through the part, as it does along the run of a through slot
    too; None: as the cavity's kind says.
    """
    through = cavity.kind == "through" and cavity.type != "slot" if through is None else through
    width, depth = number_of(cavity, "width_mm"), number_of(cavity, "depth_mm")
    length = number_of(cavity, "length_mm")
    area = float(subject.faces["area_mm2"][list(cavity.faces)].sum())
    common: dict[str, Any] = {"setup": setup, "feature": cavity.id, "faces": cavity.faces}
    if is_broached(cavity):
        yield Cut(
            "broach", "keyway_broach", width, length, path_mm=length, depth_mm=depth, **common
        )
        return
    ring = cavity.type == "groove"
    diameter = number_of(cavity, "diameter_mm") if ring else 0.0
    around = math.pi * diameter if diameter > 0 else length
    fill = FILL.get(str(cavity.parameters.get("profile")), 1.0)
    volume = around * width * depth * fill
    if not volume > 0:
        volume = area * mill_mm / 4
    if ring and cavity.kind != "face":
        disc = largest_end_mill_mm(LARGEST_MILL_MM)
        if cavity.kind == "internal":
            disc = largest_end_mill_mm(
                min(max(ROOM * (around / math.pi - 2 * depth), 1.0), LARGEST_MILL_MM)
            )
        turns = math.ceil(round(width / DISC_MM[0], 3)) * math.ceil(round(depth / DISC_MM[1], 3))
        path = turns * around
        yield Cut("slot_mill", "t_slot_cutter", disc, length_mm, volume_mm3=volume, path_mm=path,
                  **common)  # fmt: skip
        return
    if cavity.kind in FORM_TOOLS:
        tool = FORM_TOOLS[cavity.kind]
        yield Cut("slot_mill", tool, mill_mm, length_mm, volume_mm3=volume, **common)
        return
    if _is_sawn(cavity):
        path = length * math.ceil(round(depth / DISC_MM[1], 3))
        yield Cut("slot_mill", "slitting_saw", SAW_MM, depth, path_mm=path, **common)
        return
    clearing = mill_mm if ring else _clearing_mill(width, mill_mm, length_mm)
    if not reaches(clearing, length_mm) or width < LEAST_MILL_MM:
        run = length if cavity.type == "slot" else depth  # of a passage, from end to end
        high = max(run, length_mm) if through else length_mm
        yield eroded(through, high, clearing, length_mm, area, volume, common)
        return
    if ring:
        yield Cut("slot_mill", "end_mill", mill_mm, length_mm, volume_mm3=volume, **common)
        return
    yield Cut("rough_mill", "end_mill", clearing, length_mm, volume_mm3=volume, **common)
    if not reaches(mill_mm, length_mm):
        yield from _corner_cuts(cavity, clearing, length_mm, through, common)
        mill_mm = clearing
    elif mill_mm < REST * clearing:
        yield from _rest_cuts(subject, cavity, clearing, mill_mm, length_mm, common)
        mill_mm = clearing
    floor = 0.0 if through else min(length * width * fill, area)
    if floor > 0:
        tool, radius = "end_mill", number_of(cavity, "floor_radius_mm")
        if radius > BULL * mill_mm:
            ball = largest_end_mill_mm(min(2 * radius, clearing))
            path = runs(radius, ball / 2) * 2 * (length + width)
            yield Cut("ball_mill", "ball_mill", ball, length_mm, path_mm=path, **common)
        elif radius > 0:
            tool = "bull_nose_mill"
        yield Cut("finish_floor", tool, mill_mm, length_mm, area_mm2=floor, **common)
    yield Cut("finish_wall", "end_mill", mill_mm, length_mm, area_mm2=area - floor, **common)


def _is_sawn(cavity: Any) -> bool:
    """Whether a slitting saw runs through a narrow straight slot from end to end."""
    width, depth = number_of(cavity, "width_mm"), number_of(cavity, "depth_mm")
    if cavity.type != "slot" or cavity.kind != "through":
        return False
    return SAW[0] <= width <= SAW[1] and depth <= SAW_REACH_MM


def runs(radius_mm: float, ball_radius_mm: float) -> float:
    """How many pairs of runs, to rough and to finish, a ball makes along a hollow quarter round:
    the nearer its own radius, the wider the steps, 2·√(2·h·R·r / (r − R)).

    Source: sagitta of a circle in a wider one; the ridge h is that of free faces.
    """
    arc = math.pi / 2 * radius_mm
    slack = max(1 / ball_radius_mm - 1 / radius_mm, 1e-9)
    step = 2 * math.sqrt(2 * float(data()["cut"]["scallop_mm"]["value"]) / slack)
    return max(arc / step / BLEND_RUNS, 1.0)


def _rest_cuts(
    subject: Subject,
    cavity: Any,
    clearing_mm: float,
    mill_mm: float,
    length_mm: float,
    common: dict[str, Any],
) -> Iterator[Cut]:
    """What the clearing tool leaves in the corners, by the mill that fits them."""
    faces = subject.faces[list(cavity.faces)]
    tight = (faces["kind"] == CYLINDER) & (faces["sense"] < 0)
    tight &= 2 * faces["radius_mm"] < clearing_mm
    corners = float(faces["sweep_deg"][tight].sum()) / 90
    radius, depth = number_of(cavity, "corner_radius_mm"), number_of(cavity, "depth_mm")
    large = clearing_mm / 2
    volume = corners * depth * corner_mm2(large, mill_mm / 2)
    wall = corners * depth * (2 * (large - radius) + math.pi / 2 * radius)
    if volume > 0 and wall > 0:
        yield Cut("rough_mill", "end_mill", mill_mm, length_mm, volume_mm3=volume, **common)
        yield Cut("finish_wall", "end_mill", mill_mm, length_mm, area_mm2=wall, **common)


def reaches(mill_mm: float, length_mm: float) -> bool:
    """Whether a mill that stands out so far cuts rather than chatters."""
    return length_mm <= deepest_mm(mill_mm)


def deepest_mm(mill_mm: float) -> float:
    """How far a mill stands out at most before it chatters, mm."""
    return float(data()["cut"]["slender_most"]["value"]) * mill_mm


def _clearing_mill(width_mm: float, mill_mm: float, length_mm: float) -> float:
    """The mill that clears a cavity: the usual large one that turns round in it, a larger one
    where only that reaches its floor.
    """
    clearing = max(largest_end_mill_mm(min(ROOM * width_mm, LARGEST_MILL_MM)), mill_mm)
    if not reaches(clearing, length_mm):
        stout = [
            each
            for each in data()["end_mill"]["diameter_mm"]
            if each <= ROOM * width_mm and reaches(each, length_mm)
        ]
        clearing = float(stout[0]) if stout else clearing
    return clearing


def _corner_cuts(
    cavity: Any, clearing_mm: float, length_mm: float, through: bool, common: dict[str, Any]
) -> Iterator[Cut]:
    """What the clearing tool leaves in corners too tight for any mill that reaches their floor:
    the smallest that does takes most, erosion the rest.
    """
    count = CORNERS.get(str(cavity.parameters.get("profile")), 4)
    radius, depth = number_of(cavity, "corner_radius_mm"), number_of(cavity, "depth_mm")
    own = radius if radius > 0 else 0.0
    if not (count and depth > 0 and clearing_mm / 2 > own):
        return
    rest = min(least_reaching_mm(length_mm), clearing_mm)
    if rest < clearing_mm:
        volume = count * depth * corner_mm2(clearing_mm / 2, rest / 2)
        yield Cut("rough_mill", "end_mill", rest, length_mm, volume_mm3=volume, **common)
    wall = count * depth * (2 * (rest / 2 - own) + math.pi / 2 * own)
    volume = count * depth * corner_mm2(rest / 2, own)
    corners = eroded(through, depth, rest, length_mm, wall, volume, common)
    if corners.operation != NOT_CUT:  # or their radius is what is told
        yield corners


def eroded(
    through: bool,
    high_mm: float,
    mill_mm: float,
    length_mm: float,
    area_mm2: float,
    volume_mm3: float,
    common: dict[str, Any],
) -> Cut:
    """What a mill does not reach: a wire where it can be threaded, else an electrode. NOT_CUT where
    the place is too high for the one or too deep for the other; its depth is what is reached.
    """
    limit = "wire_highest_mm" if through else "sink_deepest_mm"
    most = float(data()["cut"][limit]["value"])
    if high_mm > most:
        reached = max(most, deepest_mm(mill_mm))
        return Cut(NOT_CUT, NOT_CUT, mill_mm, high_mm, depth_mm=reached, **common)
    if through:
        return Cut("wire_erode", "wire", WIRE_MM, length_mm, area_mm2=area_mm2, **common)
    return Cut("sink_erode", "electrode", mill_mm, length_mm, volume_mm3=volume_mm3, **common)


def corner_mm2(tool_radius_mm: float, radius_mm: float) -> float:
    """What a round tool leaves in a square corner of a smaller radius: (1 − π/4)·(R² − r²)."""
    return (1 - math.pi / 4) * (tool_radius_mm**2 - radius_mm**2)


def least_reaching_mm(length_mm: float) -> float:
    """The smallest standard mill that reaches so far without chatter, the large one at most."""
    sizes = [float(each) for each in data()["end_mill"]["diameter_mm"] if each < LARGEST_MILL_MM]
    return next((each for each in sizes if reaches(each, length_mm)), LARGEST_MILL_MM)
