"""Parts whose features cut each other, and blocks with features of many types."""

from __future__ import annotations

import math

import cadquery as cq
import numpy as np

from generator import holes, pockets
from generator.made import Made, feature, kind, moved_feature
from generator.slots import chord_volume
from generator.tools import (
    MARGIN_MM,
    MILLED,
    OVER_MM,
    UP,
    Room,
    Tool,
    block,
    box,
    carve,
    cylinder,
    placed,
    polygon_area,
    prism,
    size,
)


@kind
def slot_over_holes(rng: np.random.Generator) -> Made:
    """A slot narrower than the through holes it runs over: the holes keep their full depth."""
    stock = block(rng, height=(20, 40))
    x, t = stock.length_mm / 2, stock.height_mm
    count = int(rng.integers(2, 4))
    pitch = stock.length_mm / count
    d = size(rng, 8, min(0.5 * pitch, 0.5 * stock.width_mm, 20))
    w, deep = round(d * float(rng.uniform(0.35, 0.7)), 1), size(rng, 0.2 * t, 0.5 * t)
    cutter = box((-x - OVER_MM, -w / 2, -deep), (x + OVER_MM, w / 2, OVER_MM))
    volume = w * deep * 2 * x
    known = [
        feature("slot", "through", profile="rectangle", width_mm=w, depth_mm=deep, length_mm=2 * x)
    ]
    shared = 2 * chord_volume(d / 2, w, 0.0)
    for i in range(count):
        at = (i - (count - 1) / 2) * pitch
        cutter = cutter.fuse(cylinder(d / 2, -t - OVER_MM, OVER_MM, at))
        volume += math.pi / 4 * d**2 * t - shared * deep
        known.append(
            feature(
                "hole",
                "through",
                axis=UP,
                at=(at, 0, 0),
                diameter_mm=d,
                depth_mm=t,
                intersected=True,
            )
        )
    return carve(stock.shape(), stock.volume_mm3, [Tool(cutter, volume, tuple(known))])


@kind
def holes_in_a_slot(rng: np.random.Generator) -> Made:
    """Holes in the floor of a wider slot begin at the floor."""
    stock = block(rng, height=(22, 40))
    x, t = stock.length_mm / 2, stock.height_mm
    w, deep = size(rng, 14, 0.5 * stock.width_mm), size(rng, 4, 0.4 * t)
    d = size(rng, 4, 0.6 * w)
    cutter = box((-x - OVER_MM, -w / 2, -deep), (x + OVER_MM, w / 2, OVER_MM))
    volume = w * deep * 2 * x
    known = [
        feature("slot", "through", profile="rectangle", width_mm=w, depth_mm=deep, length_mm=2 * x)
    ]
    for at in (-x / 2, x / 2):
        cutter = cutter.fuse(cylinder(d / 2, -t - OVER_MM, -deep + 0.5, at))
        volume += math.pi / 4 * d**2 * (t - deep)
        known.append(
            feature(
                "hole",
                "through",
                axis=UP,
                at=(at, 0, -deep),
                diameter_mm=d,
                depth_mm=t - deep,
                bottom="open",
            )
        )
    return carve(stock.shape(), stock.volume_mm3, [Tool(cutter, volume, tuple(known))])


def _pocket(rng: np.random.Generator, stock, deepest: float) -> tuple[cq.Shape, float, dict, float]:
    long = size(rng, 0.5 * stock.length_mm, 0.75 * stock.length_mm)
    wide = size(rng, 0.45 * stock.width_mm, 0.7 * stock.width_mm)
    deep, radius = size(rng, 4, deepest), size(rng, 2, 5)
    a, b = long / 2, wide / 2
    corners = [(-a, -b), (a, -b), (a, b), (-a, b)]
    known = feature(
        "pocket",
        "closed",
        axis=UP,
        profile="rectangle",
        depth_mm=deep,
        length_mm=max(long, wide),
        width_mm=min(long, wide),
        corner_radius_mm=radius,
    )
    return prism(corners, -deep, OVER_MM, radius), polygon_area(corners, radius) * deep, known, deep


@kind
def hole_in_a_pocket(rng: np.random.Generator) -> Made:
    stock = block(rng, height=(20, 40))
    t = stock.height_mm
    cutter, volume, known, deep = _pocket(rng, stock, 0.5 * t)
    d = size(rng, 4, 0.2 * stock.width_mm)
    cutter = cutter.fuse(cylinder(d / 2, -t - OVER_MM, -deep + 0.5))
    hole = feature(
        "hole",
        "through",
        axis=UP,
        at=(0, 0, -deep),
        diameter_mm=d,
        depth_mm=t - deep,
        bottom="open",
    )
    volume += math.pi / 4 * d**2 * (t - deep)
    return carve(stock.shape(), stock.volume_mm3, [Tool(cutter, volume, (known, hole))])


@kind
def hole_across_a_pocket(rng: np.random.Generator) -> Made:
    """A hole bored through both walls of a pocket is one hole."""
    stock = block(rng, height=(25, 45))
    t, y = stock.height_mm, stock.width_mm / 2
    cutter, volume, known, deep = _pocket(rng, stock, 0.6 * t)
    if deep < 10:
        raise ValueError("the pocket is too shallow for a hole in its wall")
    d, across = size(rng, 3, 0.6 * deep), cutter.BoundingBox().ylen
    drill = cq.Solid.makeCylinder(
        d / 2, 2 * (y + OVER_MM), cq.Vector(0, -y - OVER_MM, -deep / 2), cq.Vector(0, 1, 0)
    )
    volume += math.pi / 4 * d**2 * (2 * y - across)
    hole = feature(
        "hole",
        "through",
        axis=(0, 1, 0),
        at=(0, y, -deep / 2),
        diameter_mm=d,
        depth_mm=2 * y,
        intersected=True,
    )
    tool = Tool(cutter.fuse(drill), volume, (known, hole))
    return carve(stock.shape(), stock.volume_mm3, [tool])


@kind
def hole_in_a_step(rng: np.random.Generator) -> Made:
    stock = block(rng, height=(20, 40))
    x, y, t = stock.length_mm / 2, stock.width_mm / 2, stock.height_mm
    w, deep = size(rng, 16, 0.45 * stock.length_mm), size(rng, 4, 0.6 * t)
    d = size(rng, 4, 0.6 * w)
    at = x - w / 2
    cutter = box((x - w, -y - OVER_MM, -deep), (x + OVER_MM, y + OVER_MM, OVER_MM))
    cutter = cutter.fuse(cylinder(d / 2, -t - OVER_MM, -deep + 0.5, at))
    known = (
        feature(
            "step", "through", profile="rectangle", width_mm=max(w, deep), depth_mm=min(w, deep)
        ),
        feature(
            "hole",
            "through",
            axis=UP,
            at=(at, 0, -deep),
            diameter_mm=d,
            depth_mm=t - deep,
            bottom="open",
        ),
    )
    volume = w * deep * 2 * y + math.pi / 4 * d**2 * (t - deep)
    return carve(stock.shape(), stock.volume_mm3, [Tool(cutter, volume, known)])


@kind
def slot_through_a_pocket(rng: np.random.Generator) -> Made:
    """A slot deeper than the pocket it crosses."""
    stock = block(rng, height=(22, 45))
    x, t = stock.length_mm / 2, stock.height_mm
    cutter, volume, known, deep = _pocket(rng, stock, 0.4 * t)
    w = size(rng, 4, 0.25 * stock.width_mm)
    low = round(deep + size(rng, 2, 0.3 * t), 1)
    bounds = cutter.BoundingBox()
    slot = box((-x - OVER_MM, -w / 2, -low), (x + OVER_MM, w / 2, OVER_MM))
    volume += w * low * 2 * x - w * deep * bounds.xlen
    channel = feature(
        "slot", "through", profile="rectangle", width_mm=w, depth_mm=low, length_mm=2 * x
    )
    tool = Tool(cutter.fuse(slot), volume, (known, channel))
    return carve(stock.shape(), stock.volume_mm3, [tool], lenient=True)


BLIND = (
    holes.blind_flat,
    holes.blind_conical,
    holes.blind_round,
    lambda rng, room: holes.counterbored(rng, room, blind=True),
    lambda rng, room: holes.countersunk(rng, room, blind=True),
    pockets.polygonal("rectangle", through=False, rounded=True),
    pockets.polygonal("hexagon", through=False, rounded=False),
)
THROUGH = (
    holes.through,
    holes.counterbored,
    holes.countersunk,
    pockets.polygonal("rectangle", through=True, rounded=True),
    pockets.polygonal("hexagon", through=True, rounded=True),
    pockets.polygonal("triangle", through=True, rounded=False),
)


def _row(rng: np.random.Generator, stock, shapers, depth: float, count: int) -> list[Tool]:
    pitch = stock.length_mm / count
    room = Room(pitch - 2 * MARGIN_MM, stock.width_mm - 2 * MARGIN_MM, depth)
    return [
        placed(
            shapers[int(rng.integers(len(shapers)))](rng, room),
            -stock.length_mm / 2 + (i + 0.5) * pitch,
            0.0,
        )
        for i in range(count)
    ]


@kind
def mixed_through_and_blind(rng: np.random.Generator) -> Made:
    stock = block(rng, height=(22, 40))
    tools = _row(rng, stock, (*BLIND, *THROUGH), stock.height_mm, int(rng.integers(2, 5)))
    return carve(stock.shape(), stock.volume_mm3, tools, process=MILLED)


@kind
def mixed_top_and_bottom(rng: np.random.Generator) -> Made:
    """Blind features from above and from below that do not meet."""
    stock = block(rng, height=(34, 55))
    t = stock.height_mm
    half = 0.46 * t
    tools = _row(rng, stock, BLIND, half, int(rng.integers(2, 4)))
    over = np.diag([1.0, -1.0, -1.0])
    for tool in _row(rng, stock, BLIND, half, int(rng.integers(2, 4))):
        cutter = tool.cutter.rotate(cq.Vector(0, 0, 0), cq.Vector(1, 0, 0), 180)
        known = tuple(moved_feature(one, over, np.array([0, 0, -t])) for one in tool.features)
        tools.append(Tool(cutter.moved(cq.Location((0, 0, -t))), tool.volume_mm3, known))
    return carve(stock.shape(), stock.volume_mm3, tools)


@kind
def mixed_many_holes(rng: np.random.Generator) -> Made:
    """A plate with a grid of places, each with another kind of hole."""
    stock = block(rng, height=(16, 30))
    kinds = (
        holes.through,
        holes.blind_conical,
        holes.counterbored,
        holes.countersunk,
        holes.tapped,
    )
    columns, rows = 4, 3
    px, py = stock.length_mm / columns, stock.width_mm / rows
    room = Room(px - 2 * MARGIN_MM, py - 2 * MARGIN_MM, stock.height_mm)
    tools = [
        placed(
            kinds[int(rng.integers(len(kinds)))](rng, room),
            (i - (columns - 1) / 2) * px,
            (j - (rows - 1) / 2) * py,
        )
        for i in range(columns)
        for j in range(rows)
    ]
    return carve(stock.shape(), stock.volume_mm3, tools)
