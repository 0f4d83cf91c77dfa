"""Parts whose holes meet others, lie in curved or slanted faces, or form a pattern."""

from __future__ import annotations

import math

import cadquery as cq
import numpy as np

from generator.holes import ORIGIN, drilled
from generator.made import Made, feature, kind
from generator.tools import (
    MARGIN_MM,
    MILLED,
    OVER_MM,
    UP,
    Block,
    Tool,
    block,
    box,
    carve,
    crossing_volume,
    cylinder,
    placed,
    size,
)


def _crossing(rng: np.random.Generator, ratio: float) -> Made:
    """Two through holes whose axes meet at 90° in the middle of the block."""
    stock = block(rng, height=(28, 45))
    d1 = size(rng, 8, 20)
    d2 = round(d1 * ratio, 1)
    t, width = stock.height_mm, stock.width_mm
    middle = -t / 2
    one = cylinder(d1 / 2, -t - OVER_MM, OVER_MM)
    other = cq.Solid.makeCylinder(
        d2 / 2, width + 2 * OVER_MM, cq.Vector(0, -width / 2 - OVER_MM, middle), cq.Vector(0, 1, 0)
    )
    volume = math.pi / 4 * (d1**2 * t + d2**2 * width)
    volume -= crossing_volume(max(d1, d2) / 2, min(d1, d2) / 2)
    known = (
        feature(
            "hole",
            "through",
            axis=UP,
            at=ORIGIN,
            diameter_mm=d1,
            depth_mm=t,
            bottom="open",
            intersected=True,
        ),
        feature(
            "hole",
            "through",
            axis=(0, 1, 0),
            at=(0, width / 2, middle),
            diameter_mm=d2,
            depth_mm=width,
            bottom="open",
            intersected=True,
        ),
    )
    return carve(stock.shape(), stock.volume_mm3, [Tool(one.fuse(other), volume, known)])


@kind
def hole_cross_drilled(rng: np.random.Generator) -> Made:
    return _crossing(rng, float(rng.uniform(0.4, 0.85)))


@kind
def hole_cross_drilled_wider(rng: np.random.Generator) -> Made:
    return _crossing(rng, float(rng.uniform(1.1, 1.25)))


@kind
def hole_meeting_a_bore(rng: np.random.Generator) -> Made:
    """A port from the side ends in a wider bore; how deep it is depends on the reader."""
    stock = block(rng, height=(28, 45))
    d1 = size(rng, 12, 20)
    d2 = round(d1 * float(rng.uniform(0.35, 0.7)), 1)
    t, half = stock.height_mm, stock.width_mm / 2
    one = cylinder(d1 / 2, -t - OVER_MM, OVER_MM)
    other = cq.Solid.makeCylinder(
        d2 / 2, half + OVER_MM, cq.Vector(0, 0, -t / 2), cq.Vector(0, 1, 0)
    )
    volume = math.pi / 4 * (d1**2 * t + d2**2 * half) - crossing_volume(d1 / 2, d2 / 2) / 2
    known = (
        feature("hole", "through", axis=UP, at=ORIGIN, diameter_mm=d1, depth_mm=t),
        feature("hole", axis=(0, 1, 0), at=(0, half, -t / 2), diameter_mm=d2),
    )
    return carve(stock.shape(), stock.volume_mm3, [Tool(one.fuse(other), volume, known)])


def _sloped(rng: np.random.Generator) -> tuple[cq.Shape, float, Block, float]:
    """A block whose top falls along x: shape, volume, size at the middle, fall per mm."""
    stock = block(rng, height=(25, 45))
    fall = math.tan(math.radians(size(rng, 6, 14)))
    x, y, h = stock.length_mm / 2, stock.width_mm / 2, stock.height_mm
    section = [(-x, -h), (x, -h), (x, -fall * x), (-x, fall * x)]
    plane = cq.Workplane("XZ", origin=(0, y, 0)).polyline(section).close()
    return plane.extrude(2 * y).val(), stock.volume_mm3, stock, fall


def _slanted(rng: np.random.Generator, *, blind: bool) -> Made:
    base, volume, stock, fall = _sloped(rng)
    d = size(rng, 5, 16)
    high = fall * d / 2  # the rim's highest point above the axis
    end = size(rng, 0.4, 0.7, 2) * stock.height_mm if blind else stock.height_mm
    low = -end if blind else -end - OVER_MM
    cutter = cylinder(d / 2, low, high + OVER_MM)
    known = drilled(
        "blind" if blind else "through",
        diameter_mm=d,
        depth_mm=end + high,
        bottom="flat" if blind else "open",
    )
    return carve(base, volume, [Tool(cutter, math.pi / 4 * d**2 * end, known)])


@kind
def hole_slanted_entry_through(rng: np.random.Generator) -> Made:
    return _slanted(rng, blind=False)


@kind
def hole_slanted_entry_blind(rng: np.random.Generator) -> Made:
    return _slanted(rng, blind=True)


@kind
def hole_inclined(rng: np.random.Generator) -> Made:
    """A hole drilled at an angle right through a plate."""
    stock = block(rng, height=(15, 25))
    d, tilt = size(rng, 4, 10), math.radians(size(rng, 10, 35))
    t = stock.height_mm
    along = np.array([math.sin(tilt), 0.0, math.cos(tilt)])
    start = np.array([0.0, 0.0, -t / 2]) - along * 2 * t
    cutter = cq.Solid.makeCylinder(d / 2, 4 * t, cq.Vector(*start), cq.Vector(*along))
    depth = t / math.cos(tilt) + d * math.tan(tilt)
    volume = math.pi / 4 * d**2 * t / math.cos(tilt)
    entry = np.array([0.0, 0.0, -t / 2]) + along * t / 2 / math.cos(tilt)
    known = feature(
        "hole", "through", axis=along, at=entry, diameter_mm=d, depth_mm=depth, bottom="open"
    )
    return carve(stock.shape(), stock.volume_mm3, [Tool(cutter, volume, (known,))])


@kind
def hole_across_a_bar(rng: np.random.Generator) -> Made:
    """A radial hole right through a round bar."""
    radius, length = size(rng, 12, 30), size(rng, 60, 140)
    d = size(rng, 4, 0.7 * radius)
    bar = cq.Solid.makeCylinder(radius, length, cq.Vector(0, -length / 2, 0), cq.Vector(0, 1, 0))
    cutter = cylinder(d / 2, -radius - OVER_MM, radius + OVER_MM)
    known = feature(
        "hole",
        "through",
        axis=UP,
        at=(0, 0, radius),
        diameter_mm=d,
        depth_mm=2 * radius,
        bottom="open",
    )
    tool = Tool(cutter, crossing_volume(radius, d / 2), (known,))
    return carve(bar, math.pi * radius**2 * length, [tool], process=("turning",), lenient=False)


@kind
def hole_into_a_bar(rng: np.random.Generator) -> Made:
    """A radial blind hole in a round bar."""
    radius, length = size(rng, 12, 30), size(rng, 60, 140)
    d = size(rng, 4, 0.7 * radius)
    floor = size(rng, 0.0, 0.4 * radius)
    bar = cq.Solid.makeCylinder(radius, length, cq.Vector(0, -length / 2, 0), cq.Vector(0, 1, 0))
    cutter = cylinder(d / 2, floor, radius + OVER_MM)
    volume = crossing_volume(radius, d / 2) / 2 - math.pi / 4 * d**2 * floor
    known = feature(
        "hole",
        "blind",
        axis=UP,
        at=(0, 0, radius),
        diameter_mm=d,
        depth_mm=radius - floor,
        bottom="flat",
    )
    made = Tool(cutter, volume, (known,))
    return carve(bar, math.pi * radius**2 * length, [made], process=("turning",))


@kind
def hole_through_a_tube(rng: np.random.Generator) -> Made:
    """A radial hole through both walls of a tube is one hole, interrupted by the bore."""
    radius, length = size(rng, 16, 30), size(rng, 60, 120)
    inner = round(radius * float(rng.uniform(0.5, 0.75)), 1)
    d = size(rng, 4, inner * 0.8)
    tube = cq.Solid.makeCylinder(radius, length, cq.Vector(0, 0, 0), cq.Vector(0, 1, 0))
    tube = tube.cut(
        cq.Solid.makeCylinder(inner, length + 2, cq.Vector(0, -1, 0), cq.Vector(0, 1, 0))
    )
    y = length * float(rng.uniform(0.35, 0.65))
    cutter = cylinder(d / 2, -radius - OVER_MM, radius + OVER_MM, 0, y)
    known = (
        feature(
            "hole",
            "through",
            axis=UP,
            at=(0, y, radius),
            diameter_mm=d,
            depth_mm=2 * radius,
            intersected=True,
        ),
        feature(
            "hole",
            "through",
            axis=(0, 1, 0),
            at=(0, length, 0),
            diameter_mm=2 * inner,
            depth_mm=length,
            bottom="open",
        ),
    )
    taken = crossing_volume(radius, d / 2) - crossing_volume(inner, d / 2)
    return carve(
        tube,
        math.pi * (radius**2 - inner**2) * length,
        [Tool(cutter, taken, known)],
        process=("turning", "extrusion"),
    )


def _interrupted(rng: np.random.Generator, *, legs: bool) -> Made:
    """A hole along x that a slot along y cuts in two; over a wide and deep one legs are left."""
    stock = block(rng, height=(26, 45))
    t, x, y = stock.height_mm, stock.length_mm / 2, stock.width_mm / 2
    d = size(rng, 5, min(12.0, 0.3 * t))
    deep = round(t * float(rng.uniform(0.7, 0.85) if legs else rng.uniform(0.4, 0.6)), 1)
    z = -round(deep * 0.5, 2)
    d = min(d, round(2 * (-z) * 0.75, 1), round(2 * (deep + z) * 0.75, 1))
    wide = size(rng, 1.1 * x, 1.5 * x) if legs else size(rng, 12, 0.7 * x)
    slot = box((-wide / 2, -y - OVER_MM, -deep), (wide / 2, y + OVER_MM, OVER_MM))
    drill = cq.Solid.makeCylinder(
        d / 2, 2 * (x + OVER_MM), cq.Vector(-x - OVER_MM, 0, z), cq.Vector(1, 0, 0)
    )
    volume = wide * deep * 2 * y + math.pi / 4 * d**2 * (2 * x - wide)
    cut = feature(
        "slot", "through", profile="rectangle", width_mm=wide, depth_mm=deep, length_mm=2 * y
    )
    if legs:
        holes = [
            feature(
                "hole", "through", axis=(side, 0, 0), at=(side * x, 0, z), diameter_mm=d,
                depth_mm=x - wide / 2, bottom="open",
            )
            for side in (1, -1)
        ]  # fmt: skip
    else:
        holes = [
            feature(
                "hole", "through", axis=(1, 0, 0), at=(x, 0, z), diameter_mm=d, depth_mm=2 * x,
                bottom="open", intersected=True,
            )
        ]  # fmt: skip
    tool = Tool(slot.fuse(drill), volume, (cut, *holes))
    return carve(stock.shape(), stock.volume_mm3, [tool])


@kind
def hole_interrupted_by_a_slot(rng: np.random.Generator) -> Made:
    return _interrupted(rng, legs=False)


@kind
def hole_through_both_legs(rng: np.random.Generator) -> Made:
    return _interrupted(rng, legs=True)


@kind
def hole_open_at_the_edge(rng: np.random.Generator) -> Made:
    """A hole whose axis is in the material but whose wall breaks out of the side."""
    stock = block(rng)
    d, t, y = size(rng, 8, 20), stock.height_mm, stock.width_mm / 2
    inside = round(d / 2 * float(rng.uniform(0.4, 0.8)), 2)
    cutter = cylinder(d / 2, -t - OVER_MM, OVER_MM, 0, y - inside)
    r = d / 2
    outside = r**2 * math.acos(inside / r) - inside * math.sqrt(r**2 - inside**2)
    known = feature("hole", axis=UP, at=(0, y - inside, 0), diameter_mm=d, depth_mm=t)
    tool = Tool(cutter, (math.pi * r**2 - outside) * t, (known,))
    return carve(stock.shape(), stock.volume_mm3, [tool], process=("milling", "extrusion"))


def _pattern(
    stock: Block, places: list[tuple[float, float]], d: float, known: dict[str, object]
) -> Made:
    t = stock.height_mm
    hole = Tool(
        cylinder(d / 2, -t - OVER_MM, OVER_MM),
        math.pi / 4 * d**2 * t,
        drilled("through", diameter_mm=d, depth_mm=t, bottom="open"),
    )
    return carve(
        stock.shape(),
        stock.volume_mm3,
        [placed(hole, x, y) for x, y in places],
        more=[known],
        process=("milling", "extrusion"),
    )


@kind
def pattern_linear(rng: np.random.Generator) -> Made:
    stock, count = block(rng), int(rng.integers(3, 8))
    pitch = round((stock.length_mm - 10) / count, 1)
    d = size(rng, 3, pitch - MARGIN_MM)
    places = [((i - (count - 1) / 2) * pitch, 0.0) for i in range(count)]
    return _pattern(stock, places, d, feature("pattern", "linear", count=count, pitch_mm=pitch))


@kind
def pattern_circular(rng: np.random.Generator) -> Made:
    # four on a circle are a square grid as well
    stock, count = block(rng), int(rng.choice([3, 5, 6, 7, 8, 9, 10]))
    ring = round(stock.width_mm / 2 * float(rng.uniform(0.55, 0.75)), 1)
    d = size(rng, 3, min(12.0, 2 * math.pi * ring / count * 0.6, stock.width_mm / 2 - ring - 1))
    turn = float(rng.uniform(0, 1))
    angles = [turn + 2 * math.pi * i / count for i in range(count)]
    places = [(ring * math.cos(a), ring * math.sin(a)) for a in angles]
    return _pattern(
        stock, places, d, feature("pattern", "circular", count=count, pitch_deg=360 / count)
    )


@kind
def pattern_grid(rng: np.random.Generator) -> Made:
    stock = block(rng)
    rows, columns = int(rng.integers(2, 4)), int(rng.integers(3, 6))
    px, py = round((stock.length_mm - 8) / columns, 1), round((stock.width_mm - 8) / rows, 1)
    d = size(rng, 3, min(px, py) - MARGIN_MM)
    places = [
        ((i - (columns - 1) / 2) * px, (j - (rows - 1) / 2) * py)
        for i in range(columns)
        for j in range(rows)
    ]
    return _pattern(stock, places, d, feature("pattern", "grid", count=rows * columns))


@kind
def hole_on_every_side(rng: np.random.Generator) -> Made:
    """Six blind holes, one a face, none reaching another."""
    a = size(rng, 50, 80)
    base, tools = box((-a / 2,) * 3, (a / 2,) * 3), []
    cutter, volume = None, 0.0
    known = []
    for axis in np.vstack([np.eye(3), -np.eye(3)]):
        d, depth = size(rng, 4, 0.3 * a), size(rng, 0.1 * a, 0.25 * a)
        side = np.roll(axis, 1) * size(rng, 0, 0.15 * a)
        entry = axis * a / 2 + side
        drill = cq.Solid.makeCylinder(
            d / 2, depth + OVER_MM, cq.Vector(*(entry - axis * depth)), cq.Vector(*axis)
        )
        cutter = drill if cutter is None else cutter.fuse(drill)
        volume += math.pi / 4 * d**2 * depth
        known.append(
            feature(
                "hole",
                "blind",
                axis=axis,
                at=entry,
                diameter_mm=d,
                depth_mm=depth,
                bottom="flat",
            )
        )
    tools.append(Tool(cutter, volume, tuple(known)))
    return carve(base, a**3, tools, process=MILLED)
