"""Parts with slots and keyways."""

from __future__ import annotations

import math

import cadquery as cq
import numpy as np

from generator.made import Made, feature, kind, named
from generator.tools import (
    MILLED,
    OVER_MM,
    Block,
    Tool,
    block,
    box,
    carve,
    cylinder,
    obround,
    profile_along_y,
    size,
)

PROFILED = ("milling", "extrusion")


def _along_y(
    stock: Block, points: list[tuple[float, float]], area: float, known: dict[str, object]
) -> Made:
    """A slot right along y; the section's points stick out above the top."""
    y = stock.width_mm / 2
    cutter = profile_along_y(points, -y - OVER_MM, y + OVER_MM)
    tool = Tool(cutter, area * stock.width_mm, (known,))
    return carve(stock.shape(), stock.volume_mm3, [tool], process=PROFILED)


@kind
def slot_through_rectangle(rng: np.random.Generator) -> Made:
    stock = block(rng)
    w, d = size(rng, 4, 0.35 * stock.length_mm), size(rng, 4, 0.7 * stock.height_mm)
    points = [(-w / 2, -d), (w / 2, -d), (w / 2, OVER_MM), (-w / 2, OVER_MM)]
    known = feature(
        "slot", "through", profile="rectangle", width_mm=w, depth_mm=d, length_mm=stock.width_mm
    )
    return _along_y(stock, points, w * d, known)


@kind
def slot_through_triangle(rng: np.random.Generator) -> Made:
    stock = block(rng)
    d = size(rng, 4, 0.6 * stock.height_mm)
    w = round(2 * d * math.tan(math.radians(float(rng.uniform(25, 50)))), 1)
    k = OVER_MM / d  # the sides go on above the top
    points = [(0, -d), (w / 2 * (1 + k), OVER_MM), (-w / 2 * (1 + k), OVER_MM)]
    known = feature(
        "slot", "through", profile="triangle", width_mm=w, depth_mm=d, length_mm=stock.width_mm
    )
    return _along_y(stock, points, w * d / 2, known)


@kind
def slot_through_circle(rng: np.random.Generator) -> Made:
    """A round groove: less than a half circle deep."""
    stock = block(rng)
    r = size(rng, 4, min(0.3 * stock.length_mm, 0.7 * stock.height_mm))
    d = round(r * float(rng.uniform(0.4, 0.95)), 1)
    above = r - d
    half = math.sqrt(r**2 - above**2)
    y = stock.width_mm / 2
    cutter = cq.Solid.makeCylinder(
        r, 2 * (y + OVER_MM), cq.Vector(0, -y - OVER_MM, above), cq.Vector(0, 1, 0)
    )
    area = r**2 * math.acos(above / r) - above * half
    known = feature(
        "slot",
        "through",
        profile="circle",
        width_mm=2 * half,
        depth_mm=d,
        length_mm=stock.width_mm,
    )
    tool = Tool(cutter, area * stock.width_mm, (known,))
    return carve(stock.shape(), stock.volume_mm3, [tool], process=PROFILED)


def _blind(rng: np.random.Generator, end: str) -> Made:
    """A slot that runs in from one side and ends square, round or on the cutter's radius."""
    stock = block(rng)
    w = size(rng, 4, 0.25 * stock.width_mm)
    d = size(rng, 3, 0.6 * stock.height_mm)
    x = stock.length_mm / 2
    long = size(rng, max(2 * w, d + 5), 0.8 * stock.length_mm)
    stop = x - long
    if end == "square":
        cutter = box((stop, -w / 2, -d), (x + OVER_MM, w / 2, OVER_MM))
        volume = w * d * long
    elif end == "round":
        cutter = obround(long + w, w, -d, OVER_MM).moved(cq.Location((x - long / 2 + w / 2, 0, 0)))
        volume = d * (w * (long - w / 2) + math.pi / 8 * w**2)
    else:  # the side cutter's radius, larger than the slot is deep, shows at the end
        radius = round(d * float(rng.uniform(1.1, 1.6)), 1)
        reach = math.sqrt(radius**2 - (radius - d) ** 2)
        if reach > 0.6 * long:
            radius, reach = d, d
        disc = cq.Solid.makeCylinder(
            radius, w, cq.Vector(stop + reach, -w / 2, radius - d), cq.Vector(0, 1, 0)
        )
        cutter = disc.fuse(box((stop + reach, -w / 2, -d), (x + OVER_MM, w / 2, OVER_MM)))
        height = radius - d
        quarter = (radius**2 * math.acos(height / radius) - height * reach) / 2
        volume = w * (quarter + d * (long - reach))
    known = feature("slot", "blind", profile="rectangle", width_mm=w, depth_mm=d, length_mm=long)
    return carve(stock.shape(), stock.volume_mm3, [Tool(cutter, volume, (known,))], process=MILLED)


named("slot_blind_square_end", lambda rng: _blind(rng, "square"))
named("slot_blind_round_end", lambda rng: _blind(rng, "round"))
named("slot_blind_cutter_end", lambda rng: _blind(rng, "cutter"))


@kind
def t_slot(rng: np.random.Generator) -> Made:
    stock = block(rng, height=(25, 50))
    neck = size(rng, 6, 14)
    head, high = round(neck * 1.8, 1), round(neck * 0.7, 1)
    deep = round(high + neck * float(rng.uniform(0.6, 1.0)), 1)
    a, b, c = neck / 2, head / 2, -deep + high
    points = [
        (-b, -deep),
        (b, -deep),
        (b, c),
        (a, c),
        (a, OVER_MM),
        (-a, OVER_MM),
        (-a, c),
        (-b, c),
    ]
    known = feature("slot", "t_slot", depth_mm=deep, length_mm=stock.width_mm)
    return _along_y(stock, points, head * high + neck * (deep - high), known)


@kind
def dovetail_slot(rng: np.random.Generator) -> Made:
    stock = block(rng, height=(25, 50))
    mouth, deep = size(rng, 10, 24), size(rng, 5, 12)
    lean = deep / math.tan(math.radians(float(rng.choice([45.0, 55.0, 60.0]))))
    a, b = mouth / 2, mouth / 2 + lean
    points = [(-b, -deep), (b, -deep), (a, 0), (a, OVER_MM), (-a, OVER_MM), (-a, 0)]
    known = feature("slot", "dovetail", depth_mm=deep, length_mm=stock.width_mm)
    return _along_y(stock, points, (mouth + lean) * deep, known)


@kind
def slots_side_by_side(rng: np.random.Generator) -> Made:
    stock = block(rng)
    count = int(rng.integers(3, 7))
    pitch = stock.length_mm / count
    w, d = size(rng, 3, 0.5 * pitch), size(rng, 4, 0.6 * stock.height_mm)
    y = stock.width_mm / 2 + OVER_MM
    known = feature(
        "slot", "through", profile="rectangle", width_mm=w, depth_mm=d, length_mm=stock.width_mm
    )
    tools = []
    for i in range(count):
        x = (i - (count - 1) / 2) * pitch
        cutter = box((x - w / 2, -y, -d), (x + w / 2, y, OVER_MM))
        tools.append(Tool(cutter, w * d * stock.width_mm, (known,)))
    return carve(stock.shape(), stock.volume_mm3, tools, process=PROFILED)


@kind
def slots_crossing(rng: np.random.Generator) -> Made:
    """Two slots of different depth that cross."""
    stock = block(rng)
    x, y = stock.length_mm / 2, stock.width_mm / 2
    w1, w2 = size(rng, 6, 0.3 * x), size(rng, 6, 0.3 * y)
    d1 = size(rng, 4, 0.3 * stock.height_mm)
    d2 = round(d1 + size(rng, 2, 0.3 * stock.height_mm), 1)
    one = box((-w1 / 2, -y - OVER_MM, -d1), (w1 / 2, y + OVER_MM, OVER_MM))
    two = box((-x - OVER_MM, -w2 / 2, -d2), (x + OVER_MM, w2 / 2, OVER_MM))
    known = tuple(
        feature("slot", "through", profile="rectangle", width_mm=w, depth_mm=d, length_mm=long)
        for w, d, long in ((w1, d1, 2 * y), (w2, d2, 2 * x))
    )
    volume = w1 * d1 * 2 * y + w2 * d2 * 2 * x - w1 * w2 * d1
    tool = Tool(one.fuse(two), volume, known)
    return carve(stock.shape(), stock.volume_mm3, [tool])


def chord_volume(radius: float, width: float, floor: float) -> float:
    """Section area between a circle and a flat floor, over a width centred on the axis."""
    a = width / 2
    cap = a * math.sqrt(radius**2 - a**2) + radius**2 * math.asin(a / radius)
    return cap - width * floor


def _shaft(rng: np.random.Generator) -> tuple[cq.Shape, float, float]:
    radius, length = size(rng, 9, 30), size(rng, 70, 150)
    bar = cq.Solid.makeCylinder(radius, length, cq.Vector(-length / 2, 0, 0), cq.Vector(1, 0, 0))
    return bar, radius, length


def _obround_volume(radius: float, length: float, width: float, floor: float) -> float:
    """Material an obround key slot takes from a round shaft, by Simpson's rule in the angle."""
    angle = np.linspace(-math.pi / 2, math.pi / 2, 2001)
    y = width / 2 * np.sin(angle)
    run = length - width + width * np.cos(angle)
    f = run * (np.sqrt(radius**2 - y**2) - floor) * width / 2 * np.cos(angle)
    weight = np.ones(len(angle))
    weight[1:-1:2], weight[2:-1:2] = 4.0, 2.0
    return float(np.sum(weight * f)) * (angle[1] - angle[0]) / 3


@kind
def keyway_obround(rng: np.random.Generator) -> Made:
    bar, radius, length = _shaft(rng)
    width = round(2 * radius * float(rng.uniform(0.22, 0.32)), 1)
    deep, long = round(width * 0.55, 1), size(rng, 2.5 * width, 0.6 * length)
    floor = radius - deep
    at = size(rng, -0.15 * length, 0.15 * length)
    cutter = obround(long, width, floor, radius + OVER_MM).moved(cq.Location((at, 0, 0)))
    known = feature(
        "slot", "keyway", profile="obround", width_mm=width, depth_mm=deep, length_mm=long
    )
    return carve(
        bar,
        math.pi * radius**2 * length,
        [Tool(cutter, _obround_volume(radius, long, width, floor), (known,))],
        process=("turning",),
    )


@kind
def keyway_open_at_the_end(rng: np.random.Generator) -> Made:
    bar, radius, length = _shaft(rng)
    width = round(2 * radius * float(rng.uniform(0.22, 0.32)), 1)
    deep, long = round(width * 0.55, 1), size(rng, 2.5 * width, 0.5 * length)
    floor = radius - deep
    stop = length / 2 - long
    cutter = box((stop, -width / 2, floor), (length / 2 + OVER_MM, width / 2, radius + OVER_MM))
    known = feature("slot", "keyway", width_mm=width, depth_mm=deep, length_mm=long)
    volume = chord_volume(radius, width, floor) * long
    return carve(
        bar, math.pi * radius**2 * length, [Tool(cutter, volume, (known,))], process=("turning",)
    )


@kind
def keyway_sled_runner(rng: np.random.Generator) -> Made:
    """Cut by a disc: the floor runs out on the cutter's radius at both ends."""
    bar, radius, length = _shaft(rng)
    width = round(2 * radius * float(rng.uniform(0.22, 0.32)), 1)
    deep, flat = round(width * 0.55, 1), size(rng, 15, 0.4 * length)
    floor, disc = radius - deep, size(rng, 12, 25)
    reach = math.sqrt(disc**2 - (disc - deep) ** 2)
    cutter = box((-flat / 2, -width / 2, floor), (flat / 2, width / 2, radius + disc))
    for end in (-flat / 2, flat / 2):
        wheel = cq.Solid.makeCylinder(
            disc, width, cq.Vector(end, -width / 2, floor + disc), cq.Vector(0, 1, 0)
        )
        cutter = cutter.fuse(wheel)
    known = feature("slot", "keyway", width_mm=width, depth_mm=deep, length_mm=flat + 2 * reach)
    tool = Tool(cutter, _sled_volume(radius, flat, width, floor, disc), (known,))
    return carve(bar, math.pi * radius**2 * length, [tool], process=("turning",))


def _sled_volume(radius: float, flat: float, width: float, floor: float, disc: float) -> float:
    """Material between a round shaft and a floor that runs out on a disc, summed on a grid."""
    y = (np.arange(400) + 0.5) / 400 * width - width / 2
    x = (np.arange(4000) + 0.5) / 4000 * disc
    top = np.sqrt(radius**2 - y**2)
    below = floor + disc - np.sqrt(disc**2 - x**2)
    ends = np.clip(top[:, None] - below, 0.0, None).sum() * (width / 400) * (disc / 4000)
    return 2 * float(ends) + chord_volume(radius, width, floor) * flat


@kind
def keyway_in_a_bore(rng: np.random.Generator) -> Made:
    """A hub with a keyway broached into its bore."""
    bore, length = size(rng, 9, 18), size(rng, 20, 50)
    outer = round(bore * float(rng.uniform(1.8, 2.4)), 1)
    width = round(2 * bore * float(rng.uniform(0.22, 0.3)), 1)
    top = round(bore + width * 0.4, 1)
    ring = cylinder(outer, 0, length).cut(cylinder(bore, -1, length + 1))
    cutter = box((-width / 2, 0, -1), (width / 2, top, length + 1))
    a = width / 2
    taken = width * top - a * math.sqrt(bore**2 - a**2) - bore**2 * math.asin(a / bore)
    known = (
        feature("slot", "keyway", width_mm=width, length_mm=length),
        feature(
            "hole",
            "through",
            axis=(0, 0, 1),
            at=(0, 0, length),
            diameter_mm=2 * bore,
            depth_mm=length,
        ),
    )
    return carve(
        ring,
        math.pi * (outer**2 - bore**2) * length,
        [Tool(cutter, taken * length, known)],
        process=("turning", "extrusion"),
    )


@kind
def slot_across_a_shaft_end(rng: np.random.Generator) -> Made:
    """A screwdriver slot in the end of a bar."""
    radius, length = size(rng, 8, 25), size(rng, 40, 100)
    w = round(radius * float(rng.uniform(0.2, 0.5)), 1)
    d = round(radius * float(rng.uniform(0.3, 0.6)), 1)
    cutter = box((-w / 2, -radius - 1, -d), (w / 2, radius + 1, OVER_MM))
    known = feature("slot", "through", profile="rectangle", width_mm=w, depth_mm=d)
    volume = (chord_volume(radius, w, 0.0)) * 2 * d
    return carve(
        cylinder(radius, -length, 0),
        math.pi * radius**2 * length,
        [Tool(cutter, volume, (known,))],
        process=("turning",),
    )
