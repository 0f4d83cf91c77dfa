"""Extruded profiles: one section from end to end."""

from __future__ import annotations

import math

import cadquery as cq
import numpy as np

from generator.made import Made, feature, kind
from generator.tools import UP, cylinder, polygon_area, prism, size

EXTRUDED = ("extrusion",)


def _drawn(
    rng: np.random.Generator, outer: list, inner: list[list], *known: object, rounding: float = 0.0
) -> Made:
    """A polygon with polygonal cavities, 6–12 times as long as it is high."""
    high = max(p[1] for p in outer) - min(p[1] for p in outer)
    wide = max(p[0] for p in outer) - min(p[0] for p in outer)
    length = size(rng, 5, 9) * max(high, wide)
    shape, area = prism(outer, 0, length, rounding), polygon_area(outer, rounding)
    for cavity in inner:
        shape = shape.cut(prism(cavity, -1, length + 1))
        area -= polygon_area(cavity)
    return Made(shape, known, EXTRUDED, area * length, lenient=True, direction=UP)


def _rectangle(x: float, y: float, w: float, h: float) -> list[tuple[float, float]]:
    return [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]


@kind
def profile_hollow(rng: np.random.Generator) -> Made:
    """Two chambers, walls of different thickness."""
    w, h, t = size(rng, 40, 70), size(rng, 25, 40), size(rng, 2, 3.5)
    half = (w - 3 * t) / 2
    cavities = [_rectangle(t, t, half, h - 2 * t), _rectangle(2 * t + half, t, half, h - 2 * t)]
    return _drawn(rng, _rectangle(0, 0, w, h), cavities)


@kind
def profile_t_slotted(rng: np.random.Generator) -> Made:
    """A machine-building profile: a T-slot on each side and a bore."""
    a = size(rng, 30, 45)
    neck, head, lip, deep = 0.2 * a, 0.45 * a, 0.07 * a, 0.27 * a
    q = a / 2
    side = [
        (-q, -q),
        (-neck / 2, -q),
        (-neck / 2, -q + lip),
        (-head / 2, -q + lip),
        (-head / 4, -q + deep),
        (head / 4, -q + deep),
        (head / 2, -q + lip),
        (neck / 2, -q + lip),
        (neck / 2, -q),
    ]
    outer = [
        (c * x - s * y, s * x + c * y)
        for c, s in ((1, 0), (0, 1), (-1, 0), (0, -1))
        for x, y in side
    ]
    made = _drawn(rng, outer, [])
    length = made.shape.BoundingBox().zlen
    bore = round(0.1 * a, 1)
    return Made(
        made.shape.cut(cylinder(bore, -1, length + 1)),
        (),
        EXTRUDED,
        made.volume_mm3 - math.pi * bore**2 * length,
        lenient=True,
        direction=UP,
    )


@kind
def profile_heat_sink(rng: np.random.Generator) -> Made:
    count, t, gap = int(rng.integers(5, 11)), size(rng, 1.2, 2.2), size(rng, 3, 5)
    base, high = size(rng, 4, 7), size(rng, 12, 25)
    points = [(0.0, 0.0), (count * t + (count - 1) * gap, 0.0)]
    for i in reversed(range(count)):
        x = i * (t + gap)
        points += [(x + t, base + high), (x, base + high)]
        if i:
            points += [(x, base), (x - gap, base)]
    return _drawn(rng, points, [])


@kind
def profile_i_beam(rng: np.random.Generator) -> Made:
    w, h, t, s = size(rng, 30, 60), size(rng, 35, 70), size(rng, 3, 6), size(rng, 2, 4)
    a, b = (w - s) / 2, (w + s) / 2
    points = [
        (0, 0),
        (w, 0),
        (w, t),
        (b, t),
        (b, h - t),
        (w, h - t),
        (w, h),
        (0, h),
        (0, h - t),
        (a, h - t),
        (a, t),
        (0, t),
    ]
    return _drawn(rng, points, [])


@kind
def profile_rail(rng: np.random.Generator) -> Made:
    """An asymmetric guide rail with rounded corners and a screw channel."""
    w, h = size(rng, 30, 50), size(rng, 25, 40)
    t = size(rng, 5, 7)
    points = [
        (0, 0),
        (w, 0),
        (w, t),
        (2 * t, t),
        (2 * t, h - t),
        (0.7 * w, h - t),
        (0.7 * w, h),
        (0, h),
    ]
    rounding = 1.0
    made = _drawn(rng, points, [], rounding=rounding)
    length = made.shape.BoundingBox().zlen
    bore = round(0.5 * t, 1)
    shape = made.shape.cut(
        cq.Solid.makeCylinder(bore, length + 2, cq.Vector(t, h / 2, -1), cq.Vector(0, 0, 1))
    )
    hole = feature("hole", "through", axis=UP, at=(t, h / 2, length), diameter_mm=2 * bore)
    return Made(
        shape,
        (hole,),
        EXTRUDED,
        made.volume_mm3 - math.pi * bore**2 * length,
        lenient=True,
        direction=UP,
    )
