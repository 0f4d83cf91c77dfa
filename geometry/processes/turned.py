"""Which operations turn a part: on which bar, in how many chuckings, with which tools?"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from geometry.fields.revolution import TurningAxis
from geometry.processes.cavity_cuts import cavity_cuts
from geometry.processes.cutting import Cut
from geometry.processes.hole_cuts import hole_cuts, nominal_mm
from geometry.processes.measurement import Measurement, number_of, worst
from geometry.processes.subject import Subject
from geometry.processes.teeth import tooth_cut
from geometry.processes.tools import LARGEST_DRILL_MM, bar_mm, data, drill_mm, largest_end_mill_mm
from geometry.vectors import norms, off_line, rejections

__all__ = ["Chucking", "bar_reaches", "chuck", "is_coaxial", "turned_cuts"]

ALONG = np.cos(np.radians(1.0))  # a hole so near to the axis' way is turned or drilled with it
NEAR_SHARE = 4e-3  # of the diagonal: a hole so near to the axis is turned with it
ALLOWANCE_MM = 2.0  # on the diameter
FACING_MM = 1.0  # on each end
PART_OFF_MM = 3.0  # width of the blade
BAR_CAPACITY_MM = 65.0  # bore of a common spindle: thicker pieces are sawn and chucked; ours
CHUCK_REACH, TAILSTOCK_REACH = 4.0, 10.0  # length over diameter; as the rule `slender`
PILOT_SHARE = 0.7  # of a bore's diameter: the drill that opens it
BAR_SHARE = 0.7  # of a bore's diameter: the bar that leaves room for chips
BEHIND_SHARE = 0.003  # of the area that only the back reaches, for a second chucking


@dataclass(frozen=True)
class Chucking:
    """How a part is held on the lathe."""

    bar_mm: float
    bar_length_mm: float
    diameter_mm: float
    length_mm: float
    sides: int  # 1: parted off the bar; 2: turned round
    support: str  # chuck, tailstock, steady_rest

    @property
    def bar_volume_mm3(self) -> float:
        """Volume of the piece of bar, the parting blade's share included."""
        return math.pi / 4 * self.bar_mm**2 * self.bar_length_mm


def is_coaxial(subject: Subject, feature: Any) -> bool:
    """Whether a hole or ring turns about the turning axis."""
    axis = subject.turning_axis
    way = feature.parameters.get("axis")
    if axis is None or way is None:
        return bool(axis is not None and axis.faces[list(feature.faces)].all())
    near = NEAR_SHARE * subject.fields.diagonal_mm
    at = np.asarray(feature.parameters.get("origin_mm", axis.origin_mm), float)
    along = abs(float(np.asarray(way, float) @ axis.axis))
    return along > ALONG and off_line(at, axis.origin_mm, axis.axis) < near


def chuck(subject: Subject, diameter_mm: float, length_mm: float) -> Chucking:
    """Bar, sides and support of a part about its turning axis."""
    bar = bar_mm(diameter_mm + ALLOWANCE_MM) or diameter_mm + ALLOWANCE_MM
    sides = 1 if bar <= BAR_CAPACITY_MM and _from_one_side(subject) else 2
    ratio = length_mm / max(diameter_mm, 1e-300)
    support = "chuck" if ratio <= CHUCK_REACH else "tailstock"
    if ratio > TAILSTOCK_REACH:
        support = "steady_rest"
    blade = PART_OFF_MM if sides == 1 else 0.0
    return Chucking(bar, length_mm + 2 * FACING_MM + blade, diameter_mm, length_mm, sides, support)


def _from_one_side(subject: Subject) -> bool:
    """Whether one end is flat and nothing but it asks for a tool from that side.

    What looks outward is turned from the side; inside, the tool comes along the axis.
    """
    axis = subject.turning_axis
    if axis is None:
        return False
    ends = {
        float(np.asarray(hole.parameters["axis"], float) @ axis.axis) > 0
        for hole in subject.holes
        if hole.kind == "blind" and is_coaxial(subject, hole)
    }
    if len(ends) > 1:
        return False
    samples, scene = subject.fields.samples, subject.fields.scene
    offset = samples.points_mm - axis.origin_mm
    height = offset @ axis.axis
    radial = rejections(offset, axis.axis)
    outward = radial / np.maximum(norms(radial)[:, None], 1e-300)
    lift = samples.points_mm + 2e-3 * subject.fields.diagonal_mm * samples.normals
    free = ~scene.occluded(lift, outward)
    turned = axis.faces[samples.face]
    inside = turned & ~free
    near = 1e-3 * subject.fields.diagonal_mm
    for way, along in ((axis.axis, height), (-axis.axis, -height)):
        parted = (samples.normals @ way < -ALONG) & (along <= along.min() + near)
        blocked = inside & ~parted & scene.occluded(lift, way)
        if samples.share(blocked) < BEHIND_SHARE:
            return True
    return False


def turned_cuts(subject: Subject, chucking: Chucking) -> list[Cut]:
    """Facing, bores, outside, grooves, threads, driven tools and parting, in that order."""
    axis = subject.turning_axis
    if axis is None:
        return []
    back = chucking.sides
    bores: list[Any] = []
    across: list[Any] = []
    for hole in subject.holes:
        (bores if is_coaxial(subject, hole) else across).append(hole)
    cuts: list[Cut] = []
    end_mm2 = math.pi / 4 * chucking.bar_mm**2
    for side in range(1, back + 1):
        cuts.append(Cut("turn_face", "turning_tool", 0.8, 0.0, side, area_mm2=end_mm2,
                        turned_mm=chucking.bar_mm / 2))  # fmt: skip
    for hole in bores:
        cuts += _bore(hole, axis, back)
    driven = list(_driven(subject, across, back))
    cuts += driven
    cuts += list(_rings(subject))
    hollow = sum(_chips_mm3(cut) for cut in cuts)
    chips = chucking.bar_volume_mm3 - subject.volume_mm3 - hollow - 2 * FACING_MM * end_mm2
    claimed = np.zeros(len(subject.faces), bool)
    for feature in (*bores, *subject.features("groove", "thread")):
        claimed[list(feature.faces)] = True
    outside = np.flatnonzero(axis.faces & ~claimed)
    area = float(subject.faces["area_mm2"][outside].sum())
    mean = 0.5 * (chucking.bar_mm + chucking.diameter_mm)
    if chips > 0:
        cuts.append(
            Cut("turn_rough", "turning_tool", 0.8, 0.0, 1, volume_mm3=chips, turned_mm=mean)
        )
    if area > 0:
        cuts.append(Cut("turn_finish", "turning_tool", 0.8, 0.0, 1, faces=tuple(outside.tolist()),
                        area_mm2=area, turned_mm=chucking.diameter_mm))  # fmt: skip
    if chucking.sides == 1:
        cuts.append(Cut("part_off", "parting_blade", PART_OFF_MM, chucking.bar_mm / 2, 1,
                        path_mm=chucking.bar_mm / 2, turned_mm=chucking.bar_mm / 2))  # fmt: skip
    return sorted(cuts, key=lambda cut: (cut.setup, _ORDER.get(cut.operation, 5)))


def _chips_mm3(cut: Cut) -> float:
    if cut.operation in ("drill", "gun_drill"):
        return math.pi / 4 * cut.tool_diameter_mm**2 * cut.depth_mm
    return cut.volume_mm3


_ORDER = {"turn_face": 0, "turn_rough": 1, "turn_finish": 2, "turn_groove": 3, "turn_thread": 4,
          "part_off": 9}  # fmt: skip


def _bore(hole: Any, axis: TurningAxis, back: int) -> Iterator[Cut]:
    """A hole on the axis: drilled, then turned out where it widens or is larger than drills are."""
    way = np.asarray(hole.parameters["axis"], float)
    setup = back if hole.kind == "blind" and float(way @ axis.axis) < 0 else 1
    diameter, depth = number_of(hole, "diameter_mm"), _depth(hole)
    drilled = diameter <= LARGEST_DRILL_MM
    pilot = diameter if drilled else min(LARGEST_DRILL_MM, drill_mm(PILOT_SHARE * diameter))
    if drilled:
        yield from hole_cuts(hole, depth, setup, steps=False)
    common: dict[str, Any] = {"setup": setup, "feature": hole.id, "faces": hole.faces}
    if not drilled:
        yield Cut("drill", "drill", pilot, depth, depth_mm=depth, **common)
    wider = [] if drilled else [(diameter, depth)]
    wider += [
        (float(step["diameter_mm"]), float(step["depth_mm"]))
        for step in hole.parameters.get("steps") or ()
        if float(step["diameter_mm"]) > diameter * (1 + 1e-6)
    ]
    if not wider:
        return
    volume = sum(math.pi / 4 * max(wide**2 - pilot**2, 0.0) * long for wide, long in wider)
    area = sum(math.pi * wide * long for wide, long in wider)
    bar = _boring_bar_mm(diameter)
    yield Cut("turn_bore", "boring_bar", bar, max(long for _, long in wider), volume_mm3=volume,
              area_mm2=area, turned_mm=max(wide for wide, _ in wider), **common)  # fmt: skip


def bar_reaches(cuts: list[Cut]) -> list[Measurement]:
    """Depth of every bore over the diameter of the bar that turns it out."""
    found = [
        Measurement(
            "bar_reach_ratio",
            cut.tool_length_mm / cut.tool_diameter_mm,
            cut.faces,
            cut.feature,
            {"diameter_mm": cut.tool_diameter_mm},
        )
        for cut in cuts
        if cut.operation == "turn_bore"
    ]
    return worst(found, largest=True)


def _boring_bar_mm(bore_mm: float) -> float:
    """The boring bar for a bore: standard shanks of ISO 5609."""
    shanks = data()["boring_bar"]["diameter_mm"]
    fits = [each for each in shanks if each <= BAR_SHARE * bore_mm]
    return float(fits[-1] if fits else BAR_SHARE * bore_mm)


def _driven(subject: Subject, holes: list[Any], back: int) -> Iterator[Cut]:
    """What is off the axis: holes, flats, keyways, pockets, teeth."""
    axis = subject.turning_axis
    taken: set[int] = set()
    for hole in holes:
        way = np.asarray(hole.parameters["axis"], float)
        behind = float(way @ axis.axis) < -ALONG if axis is not None else False
        yield from hole_cuts(hole, _depth(hole), back if behind and hole.kind == "blind" else 1)
        taken |= set(hole.faces)
    for cavity in subject.features("pocket", "slot"):
        if is_coaxial(subject, cavity):
            continue
        width, radius = number_of(cavity, "width_mm"), number_of(cavity, "corner_radius_mm")
        limit = min([each for each in (width, 2 * radius) if each > 0] or [10.0])
        mill = largest_end_mill_mm(min(limit, 16.0))
        yield from cavity_cuts(subject, cavity, mill, _depth(cavity), 1)
        taken |= set(cavity.faces)
    for gear in subject.features("gear"):
        teeth = tooth_cut(gear, 1)
        if teeth is not None:
            yield teeth
            taken |= set(gear.faces)
    if axis is None:
        return
    rest = [int(f) for f in np.flatnonzero(~axis.faces) if int(f) not in taken]
    area = float(subject.faces["area_mm2"][rest].sum())
    if area > 1e-3 * subject.area_mm2:
        yield Cut("finish_wall", "end_mill", 12.0, 24.0, 1, faces=tuple(rest), area_mm2=area)


def _depth(feature: Any) -> float:
    depth = number_of(feature, "depth_mm")
    return depth if depth > 0 else 0.0


def _rings(subject: Subject) -> Iterator[Cut]:
    """Grooves and threads about the axis."""
    for groove in subject.features("groove"):
        diameter, width = number_of(groove, "diameter_mm"), number_of(groove, "width_mm")
        if not (is_coaxial(subject, groove) and diameter > 0 and width > 0):
            continue
        blade = min(width, PART_OFF_MM)
        path = _depth(groove) * math.ceil(round(width / blade, 3))
        yield Cut("turn_groove", "grooving_tool", blade, _depth(groove), 1, groove.id, groove.faces,
                  path_mm=path, turned_mm=diameter)  # fmt: skip
    for thread in subject.features("thread"):
        diameter, pitch = number_of(thread, "diameter_mm"), number_of(thread, "pitch_mm")
        if not diameter > 0:
            diameter = nominal_mm(str(thread.parameters.get("designation", "")))
        length = number_of(thread, "length_mm")
        if diameter > 0 and pitch > 0 and length > 0 and is_coaxial(subject, thread):
            yield Cut("turn_thread", "threading_tool", pitch, length, 1, thread.id, thread.faces,
                      depth_mm=length, pitch_mm=pitch, turned_mm=diameter)  # fmt: skip
