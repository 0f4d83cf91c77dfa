"""Revisions of parts of every way of making: turned, bent, cast, geared, slotted, patterned."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cadquery as cq
from revisions import Expected, Pair, as_nurbs, block, mirrored, split

sys.path[:0] = [str(Path(__file__).parents[1] / "bench"), str(Path(__file__).parents[2])]

from generator.gears import outline  # noqa: E402

from samples.sheet import bent_section  # noqa: E402

__all__ = ["further_pairs"]


def turned_pin(
    *,
    runs: tuple[float, ...] = (20.0, 35.0, 25.0),
    diameters: tuple[float, ...] = (30.0, 40.0, 22.0),
    chamfer: float = 2.0,
    groove: tuple[float, float] | None = (2.6, 1.5),
    face_groove: tuple[float, float] | None = (3.0, 2.0),
    fillet: float = 1.5,
    bore: tuple[float, float] | None = (9.0, 18.0),
) -> cq.Shape:
    """A turned pin with a chamfered end, a groove, a groove in its face and a filleted shoulder."""
    points, z = [(0.0, 0.0)], 0.0
    for run, diameter in zip(runs, diameters, strict=True):
        points += [(diameter / 2, z), (diameter / 2, z + run)]
        z += run
    body = cq.Workplane("XZ").polyline([*points, (0.0, z)]).close()
    body = body.revolve(360, (0, 0, 0), (0, 1, 0))
    if fillet:
        shoulder = cq.selectors.BoxSelector((-1, -1, runs[0] - 0.1), (1, 1, runs[0] + 0.1))
        body = body.edges("%CIRCLE").edges(shoulder).edges(cq.selectors.RadiusNthSelector(0))
        body = body.fillet(fillet)
    if chamfer:
        body = body.faces(">Z").edges().chamfer(chamfer)
    if groove:
        width, depth = groove
        at, r = runs[0] + 12, diameters[1] / 2
        ring = cq.Workplane(origin=(0, 0, at)).circle(r + 5).circle(r - depth).extrude(width)
        body = body.cut(ring)
    if face_groove:
        width, depth = face_groove
        body = body.cut(cq.Workplane().circle(8 + width).circle(8).extrude(depth))
    if bore:
        diameter, depth = bore
        body = body.cut(cq.Workplane(origin=(0, 0, z)).circle(diameter / 2).extrude(-depth))
    return body.val()


def sheet(
    *,
    legs: tuple[float, ...] = (50.0, 36.0, 22.0),
    bends: tuple[tuple[float, float], ...] = ((90.0, 2.5), (-60.0, 2.0)),
    thickness: float = 2.0,
    width: float = 48.0,
    hole: float = 6.0,
    hole_at: tuple[float, float] = (14.0, 12.0),
    window: tuple[float, float] | None = (14.0, 8.0),
    extra: tuple[float, float, float] | None = None,
) -> cq.Shape:
    """A Z of bent sheet with a round hole and a rectangular window in its base."""
    section = bent_section(legs, bends, thickness)
    body = cq.Solid.extrudeLinear(section, [], cq.Vector(0, 0, width))
    for x, z, diameter in [(*hole_at, hole), *([extra] if extra else [])]:
        drill = cq.Solid.makeCylinder(
            diameter / 2, thickness + 2, cq.Vector(x, -1, z), cq.Vector(0, 1, 0)
        )
        body = body.cut(drill)
    if window:
        length, high = window
        body = body.cut(
            cq.Workplane().box(length, 3 * thickness + 2, high).translate((32, 0, 33)).val()
        )
    return body


def casting(
    *,
    draft: float = 2.0,
    boss: tuple[float, float] = (16.0, 12.0),
    rib: tuple[float, float] | None = (4.0, 9.0),
    fillet: float = 3.0,
    wall: float = 5.0,
    second_boss: bool = False,
) -> cq.Shape:
    """A drafted tray with a boss, a rib and rounded inner edges."""
    outside = cq.Sketch().rect(100, 70).vertices().fillet(14)
    inside = cq.Sketch().rect(86, 56).vertices().fillet(9)
    body = cq.Workplane().placeSketch(outside).extrude(30, taper=draft)
    hollow = cq.Workplane(origin=(0, 0, wall)).placeSketch(inside).extrude(40, taper=-draft)
    body = body.cut(hollow.faces("<Z").edges().fillet(fillet))
    diameter, height = boss
    for x, y in [(-22, 10), *([(24, -12)] if second_boss else [])]:
        body = body.union(
            cq.Workplane(origin=(x, y, wall)).circle(diameter / 2).extrude(height, taper=1)
        )
    if rib:
        thick, high = rib
        body = body.union(
            cq.Workplane(origin=(20, 14, wall - 1)).rect(30, thick).extrude(high + 1, taper=1)
        )
    return body.val()


def gear(
    *,
    module: float = 2.0,
    teeth: int = 24,
    face: float = 16.0,
    bore: float = 12.0,
    key: float = 0.0,
) -> cq.Shape:
    """A spur gear with a bore and a key groove in it."""
    pitch = module * teeth / 2
    wire = outline(teeth, module, pitch + module, pitch - 1.25 * module, math.pi / (2 * teeth))
    hole = cq.Wire.makeCircle(bore / 2, cq.Vector(0, 0, 0), cq.Vector(0, 0, 1))
    body = cq.Workplane(obj=cq.Solid.extrudeLinear(wire, [hole], cq.Vector(0, 0, face)))
    if key:
        body = body.cut(
            cq.Workplane().box(2 * bore / 2 + 5, key, 3 * face).translate((bore / 4, 0, 0))
        )
    return body.val()


def slotted_table(
    *,
    neck: float = 10.0,
    foot: float = 18.0,
    depth: float = 16.0,
    foot_height: float = 7.0,
    step: tuple[float, float] = (14.0, 8.0),
    channel: tuple[float, float, float] = (30.0, 10.0, 6.0),
    passage: tuple[float, float] = (16.0, 12.0),
) -> cq.Shape:
    """A table with a T-slot, a step along its side, a milled channel and a passage."""
    body = cq.Workplane().box(120, 80, 30, centered=(True, True, False))
    top = cq.Workplane(origin=(0, 0, 30))
    body = body.cut(cq.Workplane(origin=(-30, 0, 30 - depth / 2)).box(neck, 200, depth))
    body = body.cut(
        cq.Workplane(origin=(-30, 0, 30 - depth + foot_height / 2)).box(foot, 200, foot_height)
    )
    wide, deep = step
    body = body.cut(cq.Workplane(origin=(60 - wide / 2, 0, 30 - deep / 2)).box(wide, 200, deep))
    length, width, low = channel
    body = body.cut(top.center(14, 20).slot2D(length, width).extrude(-low))
    body = body.cut(top.center(16, -18).rect(*passage).extrude(-40).edges("|Z").fillet(3))
    return body.val()


def rail(
    *, count: int = 4, pitch: float = 22.0, diameter: float = 5.5, sink: float | None = 11.0,
    sink_angle: float = 90.0, tilt: float = 0.0, thread: float = 6.8,
) -> cq.Shape:  # fmt: skip
    """A bar with a row of countersunk holes, a tap hole and a hole that may stand at an angle."""
    body = cq.Workplane().box(140, 26, 10, centered=(False, True, False))
    for i in range(count):
        x = 14 + i * pitch
        body = body.cut(cq.Workplane(origin=(x, 0, 0)).circle(diameter / 2).extrude(10))
        if sink:
            deep = (sink - diameter) / 2 / math.tan(math.radians(sink_angle / 2))
            cone = cq.Solid.makeCone(
                diameter / 2, sink / 2, deep, cq.Vector(x, 0, 10 - deep), cq.Vector(0, 0, 1)
            )
            body = body.cut(cq.Workplane(obj=cone))
    body = body.cut(cq.Workplane(origin=(132, 6, 10)).circle(thread / 2).extrude(-8))
    way = cq.Vector(0, math.sin(math.radians(tilt)), -math.cos(math.radians(tilt)))
    start = cq.Vector(120, -4, 10) - way * 20
    return body.cut(cq.Workplane(obj=cq.Solid.makeCylinder(2.0, 60, start, way))).val()


def corner_plate(
    *, at: tuple[float, float] = (40.0, 25.0), diameter: float = 8.0, chamfered: bool = False,
    missing: bool = False,
) -> cq.Shape:  # fmt: skip
    """A plate with four holes at its corners: symmetric but for what is asked for one of them."""
    body = cq.Workplane().box(100, 70, 8, centered=(True, True, False))
    others = [(-40.0, 25.0), (-40.0, -25.0), (40.0, -25.0)]
    body = body.cut(cq.Workplane().pushPoints(others).circle(4).extrude(8))
    if not missing:
        body = body.cut(cq.Workplane(origin=(*at, 0)).circle(diameter / 2).extrude(8))
    if chamfered:
        body = body.edges("|Z and <X and <Y").chamfer(5)
    return body.val()


Draw = Callable[[], cq.Shape]
Change = Callable[[cq.Shape], cq.Shape]

BASES = {
    "pin": turned_pin, "sheet": sheet, "casting": casting, "gear": gear, "table": slotted_table,
    "rail": rail, "corner plate": corner_plate,
}  # fmt: skip
CHIRAL = ("casting", "table", "rail", "sheet")


def itself(shape: cq.Shape) -> cq.Shape:
    """The shape as it is."""
    return shape


def off() -> cq.Shape:
    """The plate with one of its four holes 2 mm off."""
    return corner_plate(at=(38.0, 25.0))


def further_pairs() -> Iterator[Pair]:
    """Known changes beside those of the block."""

    def pair(name: str, draw: Draw, change: Change, unit: str = "MM", **expected: Any) -> Pair:
        def both() -> tuple[cq.Shape, cq.Shape]:
            one = draw()
            return one, change(one)

        return Pair(name, both, unit, Expected(**expected))

    def edit(base: str, what: str, *, also: tuple[str, ...] = (), changed: Any = (),
             added: Any = (), removed: Any = (), **drawn: Any) -> Pair:  # fmt: skip
        return pair(
            f"{base}: {what}", BASES[base], lambda _: BASES[base](**drawn),
            also=also, changed=changed, added=added, removed=removed,
        )  # fmt: skip

    def into(word: str, old: float | None, new: float | None) -> tuple[tuple[Any, ...], ...]:
        return ((word, old, new),)

    for name, draw in BASES.items():
        yield pair(f"{name} moved", draw, itself, same=True)
        yield pair(f"{name} as NURBS", draw, as_nurbs, same=True)
        if name != "gear":
            yield pair(f"{name} with split faces", draw, split, same=True)
        yield pair(f"{name} in metres", draw, itself, unit="M", same=True)
        yield pair(f"{name} scaled 25.4", draw, lambda one: one.scale(25.4), scale=25.4)
        if name in CHIRAL:
            yield pair(f"{name} mirrored", draw, mirrored, mirrored=True)
        else:
            yield pair(f"{name} mirrored, which it is itself", draw, mirrored, same=True)
    yield pair("sheet scaled 1/1000", sheet, lambda one: one.scale(1e-3), scale=1e-3)
    # --- turned ---
    profile = ("length_mm", "max_diameter_mm", "min_diameter_mm", "steps", "depth_mm", "origin_mm")
    yield edit("pin", "shoulder moved", runs=(20.0, 40.0, 20.0), also=profile)
    yield edit("pin", "journal thicker", diameters=(30.0, 40.0, 24.0), also=profile)
    yield edit("pin", "collar thicker", diameters=(30.0, 44.0, 22.0),
               changed=into("max_diameter_mm", 40, 44), also=("diameter_mm",))  # fmt: skip
    yield edit("pin", "chamfer larger", chamfer=3.0, changed=into("width_mm", 2, 3))
    yield edit("pin", "groove wider", groove=(3.6, 1.5), changed=into("width_mm", 2.6, 3.6))
    yield edit("pin", "groove deeper", groove=(2.6, 2.5), changed=into("depth_mm", 1.5, 2.5),
               also=("diameter_mm", "min_diameter_mm", "steps"))  # fmt: skip
    yield edit("pin", "groove in the face deeper", face_groove=(3.0, 3.0),
               changed=into("depth_mm", 2, 3), also=("min_diameter_mm", "steps"))  # fmt: skip
    yield edit("pin", "groove removed", groove=None, removed=("groove",), also=("steps",))
    yield edit("pin", "fillet larger", fillet=2.5, changed=into("radius_mm", 1.5, 2.5))
    yield edit("pin", "bore wider", bore=(11.0, 18.0), changed=into("diameter_mm", 9, 11),
               also=("min_diameter_mm",))  # fmt: skip
    yield edit("pin", "bore removed", bore=None, removed=("hole",), also=profile)
    # --- sheet ---
    follows = ("length_mm", "perimeter_mm", "origin_mm")
    yield edit("sheet", "bend angle", bends=((90.0, 2.5), (-75.0, 2.0)),
               changed=into("angle_deg", 60, 75), also=follows)  # fmt: skip
    yield edit("sheet", "bend radius", bends=((90.0, 4.0), (-60.0, 2.0)),
               changed=into("inside_radius_mm", 2.5, 4), also=follows)  # fmt: skip
    yield edit("sheet", "flange longer", legs=(50.0, 36.0, 27.0),
               changed=into("length_mm", None, None))  # fmt: skip
    yield edit("sheet", "wider", width=54.0, changed=into("length_mm", 48, 54), also=follows)
    yield edit("sheet", "thicker", thickness=2.5, changed=into("thickness_mm", 2, 2.5),
               also=(*follows, "depth_mm"))  # fmt: skip
    yield edit("sheet", "hole wider", hole=7.0, changed=into("diameter_mm", 6, 7),
               also=("width_mm", "length_mm", "perimeter_mm"))  # fmt: skip
    yield edit("sheet", "hole moved", hole_at=(17.0, 12.0), changed=into("origin_mm", None, None))
    yield edit("sheet", "window longer", window=(18.0, 8.0), changed=into("length_mm", 14, 18),
               also=("perimeter_mm", "origin_mm"))  # fmt: skip
    yield edit("sheet", "window removed", window=None, removed=("cutout",))
    yield edit("sheet", "hole added", extra=(40.0, 12.0, 5.0), added=("hole",))
    # --- cast ---
    yield edit("casting", "boss higher", boss=(16.0, 15.0), changed=into("height_mm", 12, 15),
               also=("diameter_mm",))  # fmt: skip
    yield edit(
        "casting", "boss thicker", boss=(19.0, 12.0), changed=into("diameter_mm", None, None)
    )
    yield edit("casting", "rib thicker", rib=(5.0, 9.0), changed=into("thickness_mm", None, None),
               also=("base_thickness_mm",))  # fmt: skip
    yield edit("casting", "rib higher", rib=(4.0, 12.0), changed=into("height_mm", 9, 12),
               also=("thickness_mm", "length_mm"))  # fmt: skip
    yield edit("casting", "rib removed", rib=None, removed=("rib",))
    yield edit("casting", "boss added", second_boss=True, added=("boss",))
    yield edit("casting", "fillet larger", fillet=5.0, changed=into("floor_radius_mm", 3, 5),
               also=("radius_mm", "radius_max_mm", "corner_radius_mm"))  # fmt: skip
    yield edit("casting", "draft steeper", draft=3.0, changed=into("draft_deg", 2, 3))
    yield edit("casting", "draft taken away", draft=0.0, changed=into("draft_deg", 2, 0))
    # --- gears ---
    sizes = ("outer_diameter_mm", "face_width_mm", "depth_mm")
    yield edit("gear", "module", module=2.5, changed=into("module_mm", 2, 2.5), also=sizes)
    yield edit("gear", "teeth", teeth=27, changed=into("teeth", 24, 27), also=sizes)
    yield edit("gear", "face wider", face=20.0, changed=into("face_width_mm", 16, 20), also=sizes)
    yield edit("gear", "bore wider", bore=14.0, changed=into("diameter_mm", 12, 14))
    yield edit("gear", "key groove added", key=4.0, added=("slot",), also=("intersected",))
    # --- slots, steps, channels ---
    yield edit("table", "T-slot deeper", depth=19.0, changed=into("depth_mm", 16, 19),
               also=("origin_mm", "width_mm"))  # fmt: skip
    yield edit("table", "T-slot neck wider", neck=12.0, changed=into("width_mm", None, None))
    yield edit("table", "step wider", step=(17.0, 8.0), changed=into("width_mm", 14, 17))
    yield edit("table", "step deeper", step=(14.0, 10.0), changed=into("depth_mm", 8, 10))
    yield edit("table", "channel longer", channel=(36.0, 10.0, 6.0),
               changed=into("length_mm", 30, 36))  # fmt: skip
    yield edit("table", "channel wider", channel=(30.0, 12.0, 6.0),
               changed=into("width_mm", 10, 12), also=("corner_radius_mm",))  # fmt: skip
    yield edit("table", "passage longer", passage=(20.0, 12.0), changed=into("length_mm", 16, 20))
    # --- rows of holes ---
    yield edit("rail", "row of five", count=5, added=("hole",), also=("count",))
    yield edit("rail", "row of three", count=3, removed=("hole",), also=("count",))
    yield edit("rail", "pitch", pitch=24.0, changed=into("origin_mm", None, None),
               also=("pitch_mm",))  # fmt: skip
    yield edit("rail", "countersinks wider", sink=12.0, changed=into("diameter_mm", 11, 12))
    yield edit("rail", "countersink angle", sink_angle=82.0, changed=into("angle_deg", 90, 82))
    yield edit("rail", "no countersinks", sink=None, changed=into("diameter_mm", None, None),
               also=("angle_deg", "depth_mm"))  # fmt: skip
    yield edit("rail", "hole tilted", tilt=12.0, changed=into("axis", None, None),
               also=("depth_mm", "origin_mm"))  # fmt: skip
    yield edit("rail", "thread larger", thread=8.5, changed=into("diameter_mm", 6.8, 8.5),
               also=("designation",))  # fmt: skip
    # --- nearly symmetric ---
    yield edit("corner plate", "one hole moved", at=(38.0, 25.0),
               changed=into("origin_mm", None, None))  # fmt: skip
    yield edit("corner plate", "one hole moved a little", at=(40.0, 25.3),
               changed=into("origin_mm", None, None))  # fmt: skip
    yield edit("corner plate", "one hole wider", diameter=8.4, changed=into("diameter_mm", 8, 8.4))
    yield edit("corner plate", "one corner chamfered", chamfered=True, added=("chamfer",))
    yield edit("corner plate", "one hole missing", missing=True, removed=("hole",))
    yield pair("corner plate with one hole off: mirrored", off, mirrored, same=True)
    yield pair("corner plate with one hole off: further off", off,
               lambda _: corner_plate(at=(36.0, 25.0)),
               changed=into("origin_mm", None, None))  # fmt: skip
    yield pair("block with two changes", block, lambda _: block(hole=9, bore=(14, 4)),
               changed=(("diameter_mm", 8, 9), ("diameter_mm", 12, 14)))  # fmt: skip
