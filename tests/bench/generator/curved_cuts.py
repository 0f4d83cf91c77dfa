"""Parts with tapered holes, slots along an arc and Woodruff keyseats."""

from __future__ import annotations

import math

import cadquery as cq
import numpy as np

from generator.made import Made, feature, kind
from generator.slots import chord_volume
from generator.tools import MILLED, OVER_MM, UP, block, cone, cylinder, size


@kind
def hole_tapered(rng: np.random.Generator) -> Made:
    """A taper right through a block, as a reamer leaves it or a drafted core."""
    stock = block(rng)
    high = stock.height_mm
    slope = math.tan(math.radians(float(rng.uniform(0.6, 6))))
    narrow = size(rng, 3, 0.12 * stock.width_mm)
    wide = narrow + high * slope
    cutter = cone(narrow - OVER_MM * slope, wide + OVER_MM * slope, -high - OVER_MM, OVER_MM)
    known = feature(
        "hole", "through", axis=UP, at=(0, 0, 0), diameter_mm=2 * narrow, depth_mm=high,
        max_diameter_mm=2 * wide,
    )  # fmt: skip
    volume = math.pi * high / 3 * (narrow**2 + narrow * wide + wide**2)
    return Made(stock.shape().cut(cutter), (known,), MILLED, stock.volume_mm3 - volume)


@kind
def hole_tapered_blind(rng: np.random.Generator) -> Made:
    stock = block(rng)
    deep = size(rng, 6, 0.8 * stock.height_mm)
    slope = math.tan(math.radians(float(rng.uniform(0.6, 6))))
    narrow = size(rng, 3, 0.12 * stock.width_mm)
    wide = narrow + deep * slope
    cutter = cone(narrow, wide + OVER_MM * slope, -deep, OVER_MM)
    known = feature(
        "hole", "blind", axis=UP, at=(0, 0, 0), diameter_mm=2 * narrow, depth_mm=deep,
        max_diameter_mm=2 * wide, bottom="flat",
    )  # fmt: skip
    volume = math.pi * deep / 3 * (narrow**2 + narrow * wide + wide**2)
    return Made(stock.shape().cut(cutter), (known,), MILLED, stock.volume_mm3 - volume)


def _arc(
    middle: float, width: float, turn: float, *, round_ends: bool
) -> tuple[cq.Workplane, float]:
    """Outline of a slot along an arc about the origin, and its area."""
    inner, outer = middle - width / 2, middle + width / 2

    def at(radius: float, angle: float) -> tuple[float, float]:
        return radius * math.cos(angle), radius * math.sin(angle)

    def beyond(angle: float, side: int) -> tuple[float, float]:
        x, y = at(middle, angle)
        return x - side * math.sin(angle) * width / 2, y + side * math.cos(angle) * width / 2

    wire = cq.Workplane("XY").moveTo(*at(outer, 0))
    wire = wire.threePointArc(at(outer, turn / 2), at(outer, turn))
    far, near = at(inner, turn), at(outer, 0)
    wire = wire.threePointArc(beyond(turn, 1), far) if round_ends else wire.lineTo(*far)
    wire = wire.threePointArc(at(inner, turn / 2), at(inner, 0))
    wire = wire.threePointArc(beyond(0, -1), near) if round_ends else wire.lineTo(*near)
    area = turn * middle * width + (math.pi * width**2 / 4 if round_ends else 0.0)
    return wire.close(), area


def _arc_slot(rng: np.random.Generator, *, through: bool, round_ends: bool) -> Made:
    """A disc with an adjusting slot along a pitch circle, and a bore."""
    r, high = size(rng, 40, 70), size(rng, 10, 20)
    width = size(rng, 5, 0.2 * r)
    middle = size(rng, 0.55 * r, r - width / 2 - 4)
    turn = math.radians(size(rng, 40, 120))
    deep = high if through else size(rng, 3, 0.7 * high)
    outline, area = _arc(middle, width, turn, round_ends=round_ends)
    low = -OVER_MM if through else high - deep
    cutter = outline.extrude(high + OVER_MM - low).translate((0, 0, low)).val()
    bore = size(rng, 4, middle / 3)
    shape = cylinder(r, 0, high).cut(cutter, cylinder(bore, -OVER_MM, high + OVER_MM))
    slot = feature(
        "pocket",
        "through" if through else "closed",
        profile="obround" if round_ends else "rectangle",
        width_mm=width,
        length_mm=middle * turn + (width if round_ends else 0.0),
        depth_mm=deep,
    )
    hole = feature("hole", "through", axis=UP, at=(0, 0, high), diameter_mm=2 * bore)
    volume = math.pi * (r**2 - bore**2) * high - area * deep
    return Made(shape, (slot, hole), ("milling", "turning"), volume)


@kind
def slot_along_an_arc(rng: np.random.Generator) -> Made:
    return _arc_slot(rng, through=True, round_ends=True)


@kind
def slot_along_an_arc_blind(rng: np.random.Generator) -> Made:
    return _arc_slot(rng, through=False, round_ends=True)


@kind
def slot_along_an_arc_square(rng: np.random.Generator) -> Made:
    return _arc_slot(rng, through=True, round_ends=False)


@kind
def keyseat_woodruff(rng: np.random.Generator) -> Made:
    """Cut by a disc whose axis lies across the shaft."""
    r, long = size(rng, 10, 20), size(rng, 60, 110)
    width, disc = size(rng, 3, 0.5 * r), size(rng, 0.5 * r, 0.9 * r)
    deep = size(rng, 0.3 * disc, 0.8 * disc)
    centre = r - deep + disc  # of the disc, over the shaft's axis
    cutter = cq.Solid.makeCylinder(
        disc, width, cq.Vector(0, -width / 2, centre), cq.Vector(0, 1, 0)
    )
    shaft = cq.Solid.makeCylinder(r, long, cq.Vector(-long / 2, 0, 0), cq.Vector(1, 0, 0))
    # the shaft's chord under each place of the disc, by Simpson's rule along the shaft
    half = math.sqrt(disc**2 - max(centre - r, 0.0) ** 2)
    angle = np.linspace(-math.pi / 2, math.pi / 2, 2001)
    floor = centre - np.sqrt(disc**2 - (half * np.sin(angle)) ** 2)
    across = np.minimum(width, 2 * np.sqrt(np.maximum(r**2 - floor**2, 0.0)))
    section = np.array([chord_volume(r, w, z) for w, z in zip(across, floor, strict=True)])
    weight = np.ones(len(angle))
    weight[1:-1:2], weight[2:-1:2] = 4.0, 2.0
    volume = float(np.sum(weight * section * half * np.cos(angle))) * (angle[1] - angle[0]) / 3
    known = feature("slot", "keyway", width_mm=width, depth_mm=deep)
    return Made(
        shaft.cut(cutter), (known,), ("turning", "milling"), math.pi * r**2 * long - volume,
        volume_tolerance=1e-4,
    )  # fmt: skip
