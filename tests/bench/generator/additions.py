"""Parts with bosses and ribs."""

from __future__ import annotations

import math

import cadquery as cq
import numpy as np

from generator.made import Made, feature, kind, named
from generator.tools import (
    OVER_MM,
    UP,
    block,
    box,
    cylinder,
    obround,
    polygon_area,
    prism,
    regular,
    size,
)

SOLID = (
    "milling",
    "sand_casting",
    "gravity_casting",
    "die_casting",
    "investment_casting",
    "forging",
)


def _boss(rng: np.random.Generator, form: str) -> Made:
    stock = block(rng, height=(10, 25))
    high = size(rng, 5, 20)
    r = size(rng, 6, 0.3 * stock.width_mm)
    x = size(rng, -0.15, 0.15, 2) * stock.length_mm
    low = -OVER_MM
    known: dict[str, object] = {"height_mm": high}
    if form == "round":
        shape, volume = cylinder(r, low, high, x), math.pi * r**2 * high
        known["diameter_mm"] = 2 * r
    elif form == "drafted":
        draft = math.radians(size(rng, 1, 5))
        top = r - high * math.tan(draft)
        if top < 2:
            raise ValueError("the boss would come to a point")
        shape = cq.Solid.makeCone(r, top, high, cq.Vector(x, 0, 0), cq.Vector(0, 0, 1))
        shape = shape.fuse(cylinder(r, low, 0.0, x))
        volume = math.pi * high / 3 * (r * r + r * top + top * top)
    elif form == "square":
        corners = [(x + a * r, b * r * 0.8) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
        shape, volume = prism(corners, low, high), polygon_area(corners) * high
    elif form == "hexagon":
        corners = [(x + a, b) for a, b in regular(6, r, float(rng.uniform(0, 1)))]
        shape, volume = prism(corners, low, high), polygon_area(corners) * high
    else:
        long = round(1.6 * r, 1)
        shape = obround(2 * long, 2 * r * 0.7, low, high).moved(cq.Location((x, 0, 0)))
        w = 2 * r * 0.7
        volume = ((2 * long - w) * w + math.pi / 4 * w**2) * high
    kind_ = "round" if form in ("round", "drafted") else "other"
    boss = feature("boss", kind_, axis=UP, at=(x, 0, high), **known)
    return Made(stock.shape().fuse(shape).clean(), (boss,), SOLID, stock.volume_mm3 + volume)


for _form in ("round", "drafted", "square", "hexagon", "obround"):
    named(f"boss_{_form}", lambda rng, form=_form: _boss(rng, form))


@kind
def boss_with_a_hole(rng: np.random.Generator) -> Made:
    """Screw bosses on a plate, each with a blind hole from its top."""
    stock = block(rng, height=(10, 20))
    shape, volume, known = stock.shape(), stock.volume_mm3, []
    count = int(rng.integers(2, 5))
    for i in range(count):
        x = (i - (count - 1) / 2) * stock.length_mm / count
        r = size(rng, 4, min(0.35 * stock.length_mm / count, 9))
        high, d = size(rng, 6, 18), round(r * float(rng.uniform(0.7, 1.1)), 1)
        deep = round(high * float(rng.uniform(0.6, 0.9)), 1)
        post = cylinder(r, -OVER_MM, high, x)
        shape = shape.fuse(post).cut(cylinder(d / 2, high - deep, high + OVER_MM, x))
        volume += math.pi * r**2 * high - math.pi / 4 * d**2 * deep
        known.append(
            feature("boss", "round", axis=UP, at=(x, 0, high), diameter_mm=2 * r, height_mm=high)
        )
        known.append(
            feature(
                "hole",
                "blind",
                axis=UP,
                at=(x, 0, high),
                diameter_mm=d,
                depth_mm=deep,
                bottom="flat",
            )
        )
    return Made(shape.clean(), tuple(known), SOLID, volume)


@kind
def bosses_side_by_side(rng: np.random.Generator) -> Made:
    stock = block(rng, height=(10, 20))
    shape, volume, known = stock.shape(), stock.volume_mm3, []
    high = size(rng, 5, 15)
    for sx in (-1, 1):
        for sy in (-1, 1):
            x, y = sx * stock.length_mm / 4, sy * stock.width_mm / 4
            r = size(rng, 3, 0.2 * stock.width_mm)
            shape = shape.fuse(cylinder(r, -OVER_MM, high, x, y))
            volume += math.pi * r**2 * high
            known.append(
                feature(
                    "boss", "round", axis=UP, at=(x, y, high), diameter_mm=2 * r, height_mm=high
                )
            )
    return Made(shape.clean(), tuple(known), SOLID, volume)


@kind
def rib_on_a_plate(rng: np.random.Generator) -> Made:
    stock = block(rng, height=(8, 15))
    t, high = size(rng, 1.5, 4), size(rng, 8, 22)
    long = size(rng, 0.5, 0.85, 2) * stock.length_mm
    rib = box((-long / 2, -t / 2, -OVER_MM), (long / 2, t / 2, high))
    known = feature("rib", thickness_mm=t, height_mm=high, length_mm=long)
    shape = stock.shape().fuse(rib).clean()
    return Made(shape, (known,), SOLID, stock.volume_mm3 + t * high * long)


@kind
def ribs_parallel(rng: np.random.Generator) -> Made:
    stock = block(rng, height=(8, 15))
    count = int(rng.integers(2, 6))
    t, high = size(rng, 1.5, 3.5), size(rng, 8, 18)
    long = size(rng, 0.5, 0.85, 2) * stock.length_mm
    shape, known = stock.shape(), feature("rib", thickness_mm=t, height_mm=high, length_mm=long)
    for i in range(count):
        y = (i - (count - 1) / 2) * 0.85 * stock.width_mm / count
        shape = shape.fuse(box((-long / 2, y - t / 2, -OVER_MM), (long / 2, y + t / 2, high)))
    volume = stock.volume_mm3 + count * t * high * long
    return Made(shape.clean(), (known,) * count, SOLID, volume)


@kind
def ribs_across_a_plate(rng: np.random.Generator) -> Made:
    """Ribs from edge to edge: the plate between them is far wider than they are thick."""
    count = int(rng.integers(2, 5))
    t, high, plate = size(rng, 2, 4), size(rng, 9, 18), size(rng, 5, 9)
    wide = size(rng, 50, 90)
    long = count * size(rng, 8 * t, 12 * t)
    shape = box((-long / 2, -wide / 2, -plate), (long / 2, wide / 2, 0))
    for i in range(count):
        x = (i - (count - 1) / 2) * long / count
        shape = shape.fuse(box((x - t / 2, -wide / 2, -OVER_MM), (x + t / 2, wide / 2, high)))
    known = feature("rib", thickness_mm=t, height_mm=high, length_mm=wide)
    volume = long * wide * plate + count * t * high * wide
    return Made(shape.clean(), (known,) * count, ("extrusion", *SOLID), volume)


@kind
def ribs_crossing(rng: np.random.Generator) -> Made:
    """Two ribs one way and one the other on a plate, each known whole."""
    stock = block(rng, height=(5, 9))
    x, y = 0.4 * stock.length_mm, 0.4 * stock.width_mm
    t, high = size(rng, 2, 3), size(rng, 8, 16)
    at = size(rng, 0.3, 0.7, 2) * x
    shape = stock.shape()
    for low, up in (
        ((-x, -t / 2), (x, t / 2)),
        ((-at - t / 2, -y), (-at + t / 2, y)),
        ((at - t / 2, -y), (at + t / 2, y)),
    ):
        shape = shape.fuse(box((*low, -OVER_MM), (*up, high)))
    along = feature("rib", thickness_mm=t, height_mm=high, length_mm=2 * x)
    across = feature("rib", thickness_mm=t, height_mm=high, length_mm=2 * y)
    volume = stock.volume_mm3 + t * high * (2 * x + 4 * y - 2 * t)
    return Made(shape.clean(), (along, across, across), SOLID, volume)


@kind
def rib_drafted(rng: np.random.Generator) -> Made:
    """A rib that thins towards its top; the thickness at the base is known."""
    stock = block(rng, height=(8, 15))
    t, high = size(rng, 3, 5), size(rng, 8, 16)
    draft = math.radians(size(rng, 1, 3))
    long = round(0.7 * stock.length_mm, 1)
    less = high * math.tan(draft)
    rib = cq.Workplane("XY").rect(long, t).extrude(high, taper=math.degrees(draft)).val()
    middle = (t - less) * (long - less)
    volume = high / 6 * (t * long + 4 * middle + (t - 2 * less) * (long - 2 * less))
    known = feature("rib", base_thickness_mm=t, height_mm=high)
    return Made(stock.shape().fuse(rib).clean(), (known,), SOLID, stock.volume_mm3 + volume)


@kind
def rib_between_walls(rng: np.random.Generator) -> Made:
    """A channel with a thin wall across it, lower than its sides."""
    stock = block(rng, height=(28, 45))
    x, y, h = stock.length_mm / 2, stock.width_mm / 2, stock.height_mm
    wall, floor = size(rng, 7, 10), size(rng, 7, 10)
    t = size(rng, 1.5, 3.5)
    high = round((h - floor) * float(rng.uniform(0.5, 0.8)), 1)
    gap = 2 * (y - wall)
    trough = box((-x - 1, -gap / 2, -h + floor), (x + 1, gap / 2, OVER_MM))
    rib = box((-t / 2, -gap / 2 - 1, -h + floor - 1), (t / 2, gap / 2 + 1, -h + floor + high))
    known = feature("rib", thickness_mm=t, height_mm=high, length_mm=gap)
    volume = stock.volume_mm3 - gap * (h - floor) * 2 * x + t * high * gap
    shape = stock.shape().cut(trough).fuse(rib).clean()
    return Made(shape, (known,), SOLID, volume, lenient=True)


@kind
def rib_gusset(rng: np.random.Generator) -> Made:
    """A triangular rib in the corner of a thick angle."""
    a, b, wide, t = size(rng, 40, 70), size(rng, 40, 70), size(rng, 30, 60), size(rng, 8, 12)
    corner = cq.Workplane("XZ").polyline([(0, 0), (a, 0), (a, t), (t, t), (t, b), (0, b)]).close()
    shape = corner.extrude(-wide).val()
    r, p, q = size(rng, 2, 4), round(0.7 * (a - t), 1), round(0.7 * (b - t), 1)
    middle = wide / 2 - r / 2
    rib = (
        cq.Workplane("XZ", origin=(0, middle, 0))
        .polyline([(t - 1, t - 1), (t + p, t - 1), (t + p, t), (t, t + q), (t - 1, t + q)])
        .close()
        .extrude(-r)
        .val()
    )
    known = feature("rib", thickness_mm=r)
    volume = (t * (a + b) - t * t) * wide + p * q / 2 * r
    return Made(shape.fuse(rib).clean(), (known,), SOLID, volume, lenient=True)
