"""How long does a cut take? Speeds and feeds by material, one formula an operation."""

import math
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from geometry.materials import Material
from geometry.processes.tools import data

__all__ = [
    "BLEND_RUNS",
    "OPERATIONS",
    "Cut",
    "drilling_min",
    "finishing_min",
    "handling_min",
    "minutes",
    "removal_min",
]

BLEND_RUNS = 2  # roughing and finishing
KEPT_DIGITS = 4  # a tenth of a µm: what meshing and rotation leave on equal features is less


class Cut(NamedTuple):
    """One operation on one feature: the tool and how much it cuts; the material is not in it.

    length_mm is what must stand out of the holder. Of volume, area, depth and path those count
    that the operation's formula asks for. A tuple rather than a dataclass: a part has hundreds.
    """

    operation: str
    tool: str
    tool_diameter_mm: float
    tool_length_mm: float = 0.0
    setup: int = 1  # counted from 1
    feature: str | None = None
    faces: tuple[int, ...] = ()
    volume_mm3: float = 0.0
    area_mm2: float = 0.0
    depth_mm: float = 0.0
    path_mm: float = 0.0
    pitch_mm: float = 0.0
    turned_mm: float = 0.0  # diameter of the work where the work turns

    def to_dict(self) -> dict[str, Any]:
        """JSON form in plain numbers; what is empty is left out, and a value that is not finite.
        Numbers are rounded so that cuts drawn alike are equal, and their minutes need be found but
        once.
        """
        found: dict[str, Any] = {}
        for key, value in zip(self._fields, self, strict=True):
            if isinstance(value, float):
                if value and math.isfinite(value):
                    found[key] = round(float(value), KEPT_DIGITS) + 0.0  # −0 is 0 to a reader
            elif value:
                found[key] = value
        if self.faces:
            found["faces"] = [int(face) for face in self.faces]
        return found

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> "Cut":
        """The cut that `to_dict` wrote."""
        return cls(**{**record, "faces": tuple(record.get("faces", ()))})


def minutes(cut: Cut, material: Material) -> float:
    """Minutes of a cut in a material, approach included, tool change and clamping not.

    Source of speeds and feeds: cutting.toml; times are path over feed and volume over removal rate
    as in Ghosh & Mallik, Manufacturing Science, machining time.
    """
    return _value("machine", "approach_min") + OPERATIONS[cut.operation](cut, material)


def handling_min(tools: int, clampings: int) -> float:
    """Minutes of changing tools and of clamping a part, in series."""
    changes = tools * _value("machine", "tool_change_min")
    return changes + clampings * _value("machine", "clamping_min")


def removal_min(
    volume_mm3: float, diameter_mm: float, material: Material, reach_mm: float = 0.0
) -> float:
    """Minutes of milling a volume away: the slower of what tool and spindle allow."""
    if volume_mm3 <= 0 or diameter_mm <= 0:
        return 0.0
    by_tool = (
        _value("cut", "rough_width") * diameter_mm
        * _value("cut", "rough_depth") * diameter_mm
        * _mill_feed(diameter_mm, material, reach_mm)
    )  # fmt: skip
    return volume_mm3 / min(by_tool, _power_mm3_min(material)) / _value("machine", "cutting_share")


def finishing_min(
    area_mm2: float, diameter_mm: float, material: Material, reach_mm: float = 0.0
) -> float:
    """Minutes of finishing flat floors with the end of a mill."""
    step = _value("cut", "finish_floor") * diameter_mm
    return _passes(area_mm2, step, diameter_mm, material, reach_mm)


def drilling_min(depth_mm: float, diameter_mm: float, material: Material) -> float:
    """Minutes of drilling a depth with its point (0.3 diameters), retracting for chips."""
    entry = data()["family"][material.family]["drill"]
    feed = _rpm(entry["vc"], diameter_mm, "spindle_rpm") * entry["f"] * diameter_mm
    ratio = depth_mm / diameter_mm
    pecks = 1 + 0.1 * max(ratio - _value("cut", "peck_from"), 0.0)
    return (depth_mm + 0.3 * diameter_mm) / feed * pecks


@cache
def _value(group: str, name: str) -> float:
    return float(data()[group][name]["value"])


def _rpm(vc: float, diameter_mm: float, most: str) -> float:
    return min(1000 * vc / (math.pi * max(diameter_mm, 1e-3)), _value("machine", most))


def _power_mm3_min(material: Material) -> float:
    """Spindle power over specific cutting force: N·m/s over N/mm² is 10³ mm³/s.

    Source: Ghosh & Mallik, Manufacturing Science: P = kc · Q.
    """
    watts = _value("machine", "spindle_kw") * 1000 * _value("machine", "efficiency")
    return watts * 1e3 / material.cutting_n_mm2 * 60


def _mill_feed(diameter_mm: float, material: Material, reach_mm: float = 0.0) -> float:
    """Table feed of a mill, mm/min; a slender tool goes slower."""
    entry = data()["family"][material.family]["mill"]
    tooth = min(entry["fz"] * diameter_mm, _value("cut", "most_fz_mm"))
    feed = _rpm(entry["vc"], diameter_mm, "spindle_rpm") * _value("cut", "teeth") * tooth
    slender = reach_mm / max(diameter_mm, 1e-3) / _value("cut", "slender_from")
    return feed / max(slender, 1.0)


def _passes(
    area_mm2: float, step_mm: float, diameter_mm: float, material: Material, reach_mm: float
) -> float:
    feed = _mill_feed(diameter_mm, material, reach_mm)
    return area_mm2 / (step_mm * feed) / _value("machine", "cutting_share")


def _rough(cut: Cut, material: Material) -> float:
    return removal_min(cut.volume_mm3, cut.tool_diameter_mm, material, cut.tool_length_mm)


def _slot(cut: Cut, material: Material) -> float:
    """A slotting cutter goes round a path, an end mill takes a volume."""
    if not cut.path_mm > 0:
        return _rough(cut, material)
    feed = _mill_feed(cut.tool_diameter_mm, material, cut.tool_length_mm)
    return cut.path_mm / feed / _value("machine", "cutting_share")


def _floor(cut: Cut, material: Material) -> float:
    return finishing_min(cut.area_mm2, cut.tool_diameter_mm, material, cut.tool_length_mm)


def _face(cut: Cut, material: Material) -> float:
    """A face mill has no slender shank."""
    volume = removal_min(cut.volume_mm3, cut.tool_diameter_mm, material)
    return volume + finishing_min(cut.area_mm2, cut.tool_diameter_mm, material)


def _wall(cut: Cut, material: Material) -> float:
    """Walls are finished by the side of the mill."""
    height = _value("cut", "finish_wall") * cut.tool_diameter_mm
    return _passes(cut.area_mm2, height, cut.tool_diameter_mm, material, cut.tool_length_mm)


def _ball(cut: Cut, material: Material) -> float:
    """Rows so near that the ridges between them stay low: step = 2·√(h·(2·R − h)); along a blend
    as round as the ball, a run that roughs and one that finishes.

    Source: geometry of a circle's sagitta.
    """
    if cut.path_mm > 0:
        feed = _mill_feed(cut.tool_diameter_mm, material, cut.tool_length_mm)
        return BLEND_RUNS * cut.path_mm / feed / _value("machine", "cutting_share")
    ridge, radius = _value("cut", "scallop_mm"), cut.tool_diameter_mm / 2
    step = 2 * math.sqrt(ridge * max(2 * radius - ridge, ridge))
    return _passes(cut.area_mm2, step, cut.tool_diameter_mm, material, cut.tool_length_mm)


def _along(cut: Cut, material: Material) -> float:
    """One pass along edges."""
    return cut.path_mm / _mill_feed(cut.tool_diameter_mm, material)


def _drill(cut: Cut, material: Material) -> float:
    return drilling_min(cut.depth_mm, cut.tool_diameter_mm, material)


def _sink(cut: Cut, material: Material) -> float:
    """A counterbore or countersink goes in at a third of a drill's feed: ours."""
    return 3 * drilling_min(cut.depth_mm, cut.tool_diameter_mm, material)


def _bore(cut: Cut, material: Material) -> float:
    """The wall of a hole turned out by a single edge."""
    entry = data()["family"][material.family]["turn"]
    feed = _rpm(entry["finish_vc"], cut.tool_diameter_mm, "lathe_rpm") * entry["finish_f"]
    return cut.depth_mm / feed / _value("machine", "cutting_share")


def _tap(cut: Cut, material: Material) -> float:
    """In and out, a pitch a turn."""
    vc = data()["family"][material.family]["tap"]["vc"]
    feed = _rpm(vc, cut.tool_diameter_mm, "spindle_rpm") * cut.pitch_mm
    return 2 * cut.depth_mm / feed


def _thread_mill(cut: Cut, material: Material) -> float:
    """One turn of a full-length cutter about the thread, with its way in and out: ours."""
    return 1.5 * math.pi * cut.turned_mm / _mill_feed(cut.tool_diameter_mm, material)


def _broach(cut: Cut, _: Material) -> float:
    """Strokes of a slotting tool, out and back, each a little deeper."""
    stroke = cut.path_mm + 2 * _value("cut", "broach_clear_mm")
    strokes = math.ceil(cut.depth_mm / _value("cut", "broach_mm"))
    return 2 * strokes * stroke / _value("cut", "broach_mm_min")


def _wire(cut: Cut, _: Material) -> float:
    return cut.area_mm2 / _value("cut", "wire_mm2_min")


def _sinker(cut: Cut, _: Material) -> float:
    return cut.volume_mm3 / _value("cut", "sink_mm3_min")


def _gear(cut: Cut, material: Material) -> float:
    """A turn of the hob for every feed of the way that all teeth take together.

    Source: axial hobbing with one start, t = z·L / (n·f).
    """
    vc = data()["family"][material.family]["drill"]["vc"] * _value("cut", "hob_speed")
    return cut.path_mm / (_rpm(vc, cut.tool_diameter_mm, "spindle_rpm") * _value("cut", "hob_f_mm"))


def _turn(cut: Cut, material: Material) -> float:
    entry = data()["family"][material.family]["turn"]
    speed = _rpm(entry["vc"], cut.turned_mm, "lathe_rpm") * math.pi * cut.turned_mm
    by_tool = speed * entry["f"] * _value("cut", "turn_depth_mm")
    return (
        cut.volume_mm3 / min(by_tool, _power_mm3_min(material)) / _value("machine", "cutting_share")
    )


def _turn_finish(cut: Cut, material: Material) -> float:
    """Every turn leaves a ring as wide as the feed."""
    entry = data()["family"][material.family]["turn"]
    speed = _rpm(entry["finish_vc"], cut.turned_mm, "lathe_rpm") * math.pi * cut.turned_mm
    return cut.area_mm2 / (speed * entry["finish_f"]) / _value("machine", "cutting_share")


def _turn_bore(cut: Cut, material: Material) -> float:
    inside = _turn(cut, material) + _turn_finish(cut, material)
    return inside / _value("cut", "bore_feed")


def _plunge(cut: Cut, material: Material) -> float:
    """A grooving or parting blade straight in."""
    entry = data()["family"][material.family]["turn"]
    feed = _rpm(entry["vc"], cut.turned_mm, "lathe_rpm") * _value("cut", "groove_f_mm")
    return cut.path_mm / feed


def _thread_turn(cut: Cut, material: Material) -> float:
    """A pass takes 0.1 mm of a depth of 0.61 pitches (ISO 68-1), and returns: ours."""
    entry = data()["family"][material.family]["turn"]
    feed = 0.6 * _rpm(entry["vc"], cut.turned_mm, "lathe_rpm") * cut.pitch_mm
    return 2 * math.ceil(0.61 * cut.pitch_mm / 0.1) * cut.depth_mm / feed


OPERATIONS = {
    "face_mill": _face,
    "rough_mill": _rough,
    "finish_floor": _floor,
    "finish_wall": _wall,
    "ball_mill": _ball,
    "chamfer": _along,
    "round_edge": _along,
    "slot_mill": _slot,
    "drill": _drill,
    "gun_drill": _drill,
    "counterbore": _sink,
    "countersink": _sink,
    "flat_bottom": _sink,
    "bore_mill": _rough,
    "bore": _bore,
    "broach": _broach,
    "tap": _tap,
    "thread_mill": _thread_mill,
    "wire_erode": _wire,
    "sink_erode": _sinker,
    "cut_teeth": _gear,
    "turn_rough": _turn,
    "turn_finish": _turn_finish,
    "turn_face": _turn_finish,
    "turn_bore": _turn_bore,
    "turn_groove": _plunge,
    "turn_thread": _thread_turn,
    "part_off": _plunge,
}
