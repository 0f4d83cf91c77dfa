"""Parts with the standard details of machine elements: centre holes, forks, wound threads."""

from __future__ import annotations

import math

import cadquery as cq
import numpy as np

from generator.made import Made, feature, kind
from generator.tools import MILLED, OVER_MM, UP, block, box, cone, cylinder, size

TURNED = ("turning",)
CENTRE_HOLES = (  # of type B, d1, d2, d3 mm. Source: DIN 332-1
    (2.0, 4.25, 6.3),
    (2.5, 5.3, 8.0),
    (3.15, 6.7, 10.0),
    (4.0, 8.5, 12.5),
)


@kind
def shaft_centred_and_protected(rng: np.random.Generator) -> Made:
    """A shaft with a centre hole of type B: 60° seat, and a 120° chamfer that protects it."""
    drill, seat, wide = CENTRE_HOLES[int(rng.integers(len(CENTRE_HOLES)))]
    radius, length = size(rng, wide, 2 * wide), size(rng, 60, 120)
    guard = (wide - seat) / 2 / math.tan(math.radians(60))
    taper = (seat - drill) / 2 / math.tan(math.radians(30))
    deep = guard + taper + round(0.8 * drill, 2)
    point = drill / 2 / math.tan(math.radians(59))
    tool = cylinder(drill / 2, -deep, 0).fuse(
        cone(0, drill / 2, -deep - point, -deep),
        cone(drill / 2, seat / 2, -guard - taper, -guard),
        cone(seat / 2, wide / 2, -guard, 0),
    )
    removed = math.pi / 12 * guard * (wide**2 + wide * seat + seat**2)
    removed += math.pi / 12 * taper * (seat**2 + seat * drill + drill**2)
    removed += math.pi / 4 * drill**2 * (deep - guard - taper + point / 3)
    known = feature(
        "hole", "blind", axis=UP, at=(0, 0, 0), diameter_mm=drill, depth_mm=deep,
        bottom="conical", countersink={"diameter_mm": seat, "angle_deg": 60.0},
    )  # fmt: skip
    volume = math.pi * radius**2 * length - removed
    shape = cylinder(radius, -length, 0).cut(tool)
    return Made(shape, (known,), TURNED, volume, turn_axis=UP, lenient=True)


@kind
def fork_with_a_pin_hole(rng: np.random.Generator) -> Made:
    """A fork end whose pin hole goes through both legs: two holes on one axis."""
    stock = block(rng, height=(30, 45))
    x, y, h = stock.length_mm / 2, stock.width_mm / 2, stock.height_mm
    gap = round(stock.width_mm * float(rng.uniform(0.45, 0.6)), 1)
    deep = round(stock.length_mm * float(rng.uniform(0.4, 0.6)), 1)
    d = size(rng, 0.25 * h, 0.5 * h)
    at = x - round(0.5 * deep, 1)
    leg = y - gap / 2
    between = box((x - deep, -gap / 2, -h - OVER_MM), (x + OVER_MM, gap / 2, OVER_MM))
    pin = cq.Solid.makeCylinder(
        d / 2, 2 * y + 2 * OVER_MM, cq.Vector(at, -y - OVER_MM, -h / 2), cq.Vector(0, 1, 0)
    )
    legs = tuple(
        feature("hole", "through", axis=(0, 1, 0), at=(at, side * y, -h / 2), diameter_mm=d,
                depth_mm=leg)
        for side in (1, -1)
    )  # fmt: skip
    slot = feature("slot", width_mm=gap, depth_mm=deep, length_mm=h)
    volume = stock.volume_mm3 - gap * deep * h - math.pi / 4 * d**2 * 2 * leg
    return Made(stock.shape().cut(between, pin), (*legs, slot), MILLED, volume)


@kind
def thread_wound_about_a_core(rng: np.random.Generator) -> Made:
    """A screw drawn as a core with a ridge swept along a helix, as most libraries draw it."""
    diameter, pitch = ((8.0, 1.25), (10.0, 1.5), (12.0, 1.75), (16.0, 2.0))[int(rng.integers(4))]
    turns, r = int(rng.integers(6, 10)), diameter / 2
    core, foot, crest = r - 0.6134 * pitch, 0.85 * pitch, pitch / 8  # ISO 68-1: d3 = d − 1.2269 P
    run, sunk = turns * pitch, 0.05
    helix = cq.Wire.makeHelix(pitch, run, core)
    corners = [
        (core - sunk, -foot / 2), (core - sunk, foot / 2), (r, crest / 2), (r, -crest / 2),
    ]  # fmt: skip
    ridge = cq.Wire.makePolygon([cq.Vector(a, 0, b) for a, b in corners], close=True)
    ridge = cq.Solid.sweep(ridge, [], helix, True, True)
    head, high = 0.8 * diameter, round(0.65 * diameter, 1)
    shape = cylinder(core, -pitch, run + 2 * pitch).fuse(ridge)
    shape = shape.fuse(cylinder(head, run + 2 * pitch, run + 2 * pitch + high))
    known = feature("thread", "external", pitch_mm=pitch, diameter_mm=diameter, length_mm=run)
    return Made(shape, (known,), TURNED, lenient=True, turn_axis=UP)
