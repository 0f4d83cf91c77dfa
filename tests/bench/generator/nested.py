"""Cuts that lie in, cross or share walls with other cuts, and holes in curved or odd places."""

from __future__ import annotations

import math

import cadquery as cq
import numpy as np

from generator.made import Made, feature, kind
from generator.tools import (
    MILLED,
    OVER_MM,
    UP,
    Tool,
    block,
    box,
    carve,
    cone,
    cylinder,
    obround,
    polygon_area,
    prism,
    regular,
    size,
)


def _rectangle(x: float, y: float, at: float = 0.0) -> list[tuple[float, float]]:
    return [(at - x, -y), (at + x, -y), (at + x, y), (at - x, y)]


def _pocket(depth: float, x: float, y: float, corner: float, **more: object) -> dict[str, object]:
    return feature(
        "pocket",
        "closed",
        axis=UP,
        profile="rectangle",
        depth_mm=depth,
        length_mm=2 * max(x, y),
        width_mm=2 * min(x, y),
        corner_radius_mm=corner,
        **more,
    )


@kind
def pockets_nested_with_an_island(rng: np.random.Generator) -> Made:
    """A pocket in the floor of a pocket, and a round island beside it as high as the block."""
    stock = block(rng, height=(20, 45))
    x, y, t = 0.44 * stock.length_mm, 0.42 * stock.width_mm, stock.height_mm
    a, b = size(rng, 4, 0.35 * t), size(rng, 3, 0.3 * t)
    p, q, at = 0.4 * x, 0.6 * y, -0.45 * x
    r1, r2, r = size(rng, 3, 5), size(rng, 1.5, 3), size(rng, 3, 0.25 * x)
    island = cylinder(r, -a - 1, OVER_MM + 1, 0.5 * x)
    cutter = prism(_rectangle(x, y), -a, OVER_MM, r1).cut(island)
    cutter = cutter.fuse(prism(_rectangle(p, q, at), -a - b, -a + 0.5, r2))
    volume = polygon_area(_rectangle(x, y), r1) * a - math.pi * r**2 * a
    volume += polygon_area(_rectangle(p, q, at), r2) * b
    known = (_pocket(a, x, y, r1, islands=1), _pocket(b, p, q, r2))
    return carve(stock.shape(), stock.volume_mm3, [Tool(cutter, volume, known)])


@kind
def pockets_three_deep(rng: np.random.Generator) -> Made:
    """A staircase of three pockets, one in the floor of the other."""
    stock = block(rng, height=(30, 45))
    shares, depth, volume, cutter, known = (0.45, 0.33, 0.2), 0.0, 0.0, None, []
    for share in shares:
        x, y = share * stock.length_mm, share * stock.width_mm
        r, d = size(rng, 2, 4), size(rng, 4, 8)
        piece = prism(_rectangle(x, y), -depth - d, OVER_MM if not known else -depth + 0.5, r)
        cutter = piece if cutter is None else cutter.fuse(piece)
        volume += polygon_area(_rectangle(x, y), r) * d
        known.append(_pocket(d, x, y, r))
        depth += d
    return carve(stock.shape(), stock.volume_mm3, [Tool(cutter, volume, tuple(known))])


@kind
def pocket_with_a_passage(rng: np.random.Generator) -> Made:
    """A window through the floor of a pocket."""
    stock = block(rng)
    x, y, t = 0.42 * stock.length_mm, 0.42 * stock.width_mm, stock.height_mm
    a, r1, r2 = size(rng, 0.2 * t, 0.6 * t), size(rng, 3, 5), size(rng, 1.5, 3)
    p, q = round(0.6 * x, 1), round(0.5 * y, 1)
    cutter = prism(_rectangle(x, y), -a, OVER_MM, r1)
    cutter = cutter.fuse(prism(_rectangle(p, q), -t - 1, -a + 0.5, r2))
    volume = polygon_area(_rectangle(x, y), r1) * a
    volume += polygon_area(_rectangle(p, q), r2) * (t - a)
    through = feature(
        "pocket",
        "through",
        axis=UP,
        profile="rectangle",
        depth_mm=t - a,
        length_mm=2 * max(p, q),
        width_mm=2 * min(p, q),
    )
    tool = Tool(cutter, volume, (_pocket(a, x, y, r1), through))
    return carve(stock.shape(), stock.volume_mm3, [tool])


@kind
def hole_through_a_pockets_walls(rng: np.random.Generator) -> Made:
    """A drill right across the block meets the pocket in its way: one hole in two walls."""
    stock = block(rng, height=(25, 45))
    x, y, t = 0.3 * stock.length_mm, 0.3 * stock.width_mm, stock.height_mm
    depth, r = size(rng, 0.5 * t, 0.7 * t), size(rng, 2, 5)
    d = size(rng, 3, 0.5 * depth)
    cutter = prism(_rectangle(x, y), -depth, OVER_MM, r)
    z, w = -depth / 2, stock.width_mm
    drill = cq.Solid.makeCylinder(d / 2, w + 2, cq.Vector(0, -w / 2 - 1, z), cq.Vector(0, 1, 0))
    volume = polygon_area(_rectangle(x, y), r) * depth + math.pi / 4 * d**2 * (w - 2 * y)
    hole = feature("hole", "through", axis=(0, 1, 0), at=(0, w / 2, z), diameter_mm=d, depth_mm=w)
    tool = Tool(cutter.fuse(drill), volume, (_pocket(depth, x, y, r), hole))
    return carve(stock.shape(), stock.volume_mm3, [tool])


@kind
def hole_through_four_fins(rng: np.random.Generator) -> Made:
    """One drill through the fins that three slots left."""
    stock = block(rng, height=(25, 45))
    w, d = 0.12 * stock.length_mm, size(rng, 12, 0.6 * stock.height_mm)
    y, long = stock.width_mm / 2, stock.length_mm
    slot = feature("slot", "through", profile="rectangle", width_mm=w, depth_mm=d, length_mm=2 * y)
    cutter, volume = None, 0.0
    for i in (-1, 0, 1):
        x = i * 0.25 * long
        piece = box((x - w / 2, -y - 1, -d), (x + w / 2, y + 1, OVER_MM))
        cutter = piece if cutter is None else cutter.fuse(piece)
        volume += w * d * 2 * y
    bore = size(rng, 3, 0.5 * d)
    drill = cq.Solid.makeCylinder(
        bore / 2, long + 2, cq.Vector(-long / 2 - 1, 0, -d / 2), cq.Vector(1, 0, 0)
    )
    volume += math.pi / 4 * bore**2 * (long - 3 * w)
    hole = feature(
        "hole",
        "through",
        axis=(1, 0, 0),
        at=(long / 2, 0, -d / 2),
        diameter_mm=bore,
        depth_mm=long,
    )
    tool = Tool(cutter.fuse(drill), volume, (slot, slot, slot, hole))
    return carve(stock.shape(), stock.volume_mm3, [tool])


@kind
def hole_counterbored_in_both_legs(rng: np.random.Generator) -> Made:
    """A fork with a bolt's holes: counterbored outside in one leg, plain in the other."""
    a, b, wide = size(rng, 40, 60), size(rng, 35, 50), size(rng, 25, 40)
    t, foot = size(rng, 7, 12), size(rng, 8, 12)
    shape = box((-a / 2, -wide / 2, 0), (a / 2, wide / 2, b))
    gap = a - 2 * t
    if gap < 2.2 * t:
        raise ValueError("not a fork but an interrupted hole")
    shape = shape.cut(box((-gap / 2, -wide / 2 - 1, foot), (gap / 2, wide / 2 + 1, b + 1)))
    d, seat = size(rng, 5, 8), size(rng, 3, 0.5 * t)
    big, z = round(1.8 * d, 1), foot + (b - foot) * 0.55
    way = cq.Vector(1, 0, 0)
    drill = cq.Solid.makeCylinder(d / 2, a + 2, cq.Vector(-a / 2 - 1, 0, z), way)
    sink = cq.Solid.makeCylinder(big / 2, seat + 1, cq.Vector(a / 2 - seat, 0, z), way)
    volume = (a * b - gap * (b - foot)) * wide
    volume -= math.pi / 4 * (d**2 * (2 * t - seat) + big**2 * seat)
    known = (
        feature(
            "hole",
            "through",
            axis=(1, 0, 0),
            at=(a / 2, 0, z),
            diameter_mm=d,
            depth_mm=t,
            counterbore={"diameter_mm": big, "depth_mm": seat},
        ),
        feature("hole", "through", axis=(-1, 0, 0), at=(-a / 2, 0, z), diameter_mm=d, depth_mm=t),
    )
    return Made(shape.cut(drill, sink), known, MILLED, volume, lenient=True)


@kind
def hole_counterbored_and_countersunk(rng: np.random.Generator) -> Made:
    """A stepped entry: a counterbore, and a chamfer where the hole begins at its seat."""
    stock = block(rng, height=(20, 45))
    t, d = stock.height_mm, size(rng, 5, 10)
    wide, seat, c = round(2.2 * d, 1), size(rng, 3, 0.4 * t), size(rng, 0.5, 1)
    cutter = cylinder(d / 2, -t - 1, OVER_MM).fuse(cylinder(wide / 2, -seat, OVER_MM))
    cutter = cutter.fuse(cone(d / 2, d / 2 + c, -seat - c, -seat))
    ring = math.pi * c**2 * (d / 2 + c / 3)
    volume = math.pi / 4 * (d**2 * (t - seat) + wide**2 * seat) + ring
    known = feature(
        "hole",
        "through",
        axis=UP,
        at=(0, 0, 0),
        diameter_mm=d,
        depth_mm=t,
        counterbore={"diameter_mm": wide, "depth_mm": seat},
    )
    return carve(stock.shape(), stock.volume_mm3, [Tool(cutter, volume, (known,))])


@kind
def counterbore_open_at_the_edge(rng: np.random.Generator) -> Made:
    """The counterbore breaks out of the side; the hole below it does not."""
    stock = block(rng, height=(18, 40))
    t, d = stock.height_mm, size(rng, 5, 9)
    wide, seat = round(2.4 * d, 1), size(rng, 4, 0.5 * t)
    x = round(stock.length_mm / 2 - 0.8 * d, 1)
    cutter = cylinder(d / 2, -t - 1, OVER_MM, x).fuse(cylinder(wide / 2, -seat, OVER_MM, x))
    r, h = wide / 2, stock.length_mm / 2 - x
    inside = math.pi * r**2 - (r**2 * math.acos(h / r) - h * math.sqrt(r**2 - h**2))
    volume = inside * seat + math.pi / 4 * d**2 * (t - seat)
    known = feature(
        "hole",
        "through",
        axis=UP,
        at=(x, 0, 0),
        diameter_mm=d,
        depth_mm=t,
        counterbore={"diameter_mm": wide, "depth_mm": seat},
    )
    return carve(stock.shape(), stock.volume_mm3, [Tool(cutter, volume, (known,))])


@kind
def holes_round_a_cylinder(rng: np.random.Generator) -> Made:
    """Radial blind holes round a thick tube, a pattern about the tube's axis."""
    outer, high = size(rng, 25, 45), size(rng, 30, 60)
    inner, count = round(0.5 * outer, 1), int(rng.choice([3, 5, 7]))  # none opposite another
    d, z = size(rng, 3, 6), high / 2
    shape = cylinder(outer, 0, high).cut(cylinder(inner, -1, high + 1))
    known = []
    for i in range(count):
        way = np.array([math.cos(2 * math.pi * i / count), math.sin(2 * math.pi * i / count), 0])
        start = cq.Vector(*(0.8 * inner * way[:2]), z)
        shape = shape.cut(cq.Solid.makeCylinder(d / 2, outer, start, cq.Vector(*way)))
        at = (*(outer * way[:2]), z)
        known.append(feature("hole", "through", axis=tuple(way), at=at, diameter_mm=d))
    bore = feature(
        "hole", "through", axis=UP, at=(0, 0, high), diameter_mm=2 * inner, depth_mm=high
    )
    pattern = feature("pattern", "circular", count=count, pitch_deg=360 / count)
    return Made(shape, (*known, bore, pattern), ("turning", "milling"))


@kind
def hole_into_a_sphere(rng: np.random.Generator) -> Made:
    """A ball knob with a blind hole towards its centre."""
    r, d = size(rng, 14, 25), size(rng, 5, 9)
    flat = round(0.7 * r, 1)
    ball = cq.Solid.makeSphere(r, cq.Vector(0, 0, 0), cq.Vector(0, 0, 1), -90, 90, 360)
    shape = ball.cut(box((-r, -r, flat), (r, r, r + 1)))
    deep = round(float(rng.uniform(0.8, 1.2)) * r, 1)
    shape = shape.cut(cylinder(d / 2, flat - deep, r + 1))
    cap = math.pi * (r - flat) ** 2 * (2 * r + flat) / 3
    volume = 4 / 3 * math.pi * r**3 - cap - math.pi / 4 * d**2 * deep
    known = feature(
        "hole", "blind", axis=UP, at=(0, 0, flat), diameter_mm=d, depth_mm=deep, bottom="flat"
    )
    return Made(shape, (known,), ("turning",), volume, lenient=True)


@kind
def pattern_circular_on_a_slope(rng: np.random.Generator) -> Made:
    """A wedge with a bolt circle square to its sloping face."""
    long, wide, low = size(rng, 70, 110), size(rng, 60, 90), size(rng, 20, 30)
    slope = math.radians(float(rng.uniform(15, 35)))
    rise = long * math.tan(slope)
    section = [(-long / 2, -low), (long / 2, -low), (long / 2, rise / 2), (-long / 2, -rise / 2)]
    if low - rise / 2 < 4:
        raise ValueError("the thin end is too thin")
    base = cq.Workplane("XZ", origin=(0, wide / 2, 0)).polyline(section).close().extrude(wide)
    normal = np.array([-math.sin(slope), 0.0, math.cos(slope)])
    x = np.array([math.cos(slope), 0.0, math.sin(slope)])
    count, d, ring = int(rng.integers(4, 8)), size(rng, 3, 6), 0.3 * wide
    deep = size(rng, 5, 8)
    shape, known = base.val(), []
    for i in range(count):
        angle = 2 * math.pi * i / count
        at = ring * (math.cos(angle) * x + math.sin(angle) * np.array([0.0, 1.0, 0.0]))
        start = cq.Vector(*(at - deep * normal))
        shape = shape.cut(cq.Solid.makeCylinder(d / 2, deep + 5, start, cq.Vector(*normal)))
        known.append(
            feature(
                "hole", "blind", axis=normal, at=at, diameter_mm=d, depth_mm=deep, bottom="flat"
            )
        )
    known.append(feature("pattern", "circular", count=count, pitch_deg=360 / count))
    volume = long * low * wide - count * math.pi / 4 * d**2 * deep
    return Made(shape, tuple(known), MILLED, volume)


@kind
def bolt_circles_concentric(rng: np.random.Generator) -> Made:
    """Two bolt circles of different diameter about one centre."""
    r, t = size(rng, 45, 70), size(rng, 10, 20)
    shape, known = cylinder(r, 0, t), []
    taken = 0.0
    for ring, count, d in ((0.35 * r, int(rng.integers(3, 6)), 5.0), (0.75 * r, 8, 6.6)):
        for i in range(count):
            angle = 2 * math.pi * i / count + 0.2
            x, y = ring * math.cos(angle), ring * math.sin(angle)
            shape = shape.cut(cylinder(d / 2, -1, t + 1, x, y))
            known.append(
                feature("hole", "through", axis=UP, at=(x, y, t), diameter_mm=d, depth_mm=t)
            )
        known.append(feature("pattern", "circular", count=count, pitch_deg=360 / count))
        taken += count * math.pi / 4 * d**2 * t
    volume = math.pi * r**2 * t - taken
    return Made(shape, tuple(known), ("turning", "milling"), volume)


@kind
def pockets_round_a_centre(rng: np.random.Generator) -> Made:
    """Obround passages round the middle of a plate, as lightening holes lie."""
    r, t, count = size(rng, 50, 80), size(rng, 10, 20), int(rng.integers(3, 7))
    long, w = 0.35 * r, size(rng, 5, 0.16 * r)
    cutter = obround(long, w, -1, t + 1).moved(cq.Location((0.6 * r, 0, 0)))
    shape, known = cylinder(r, 0, t), []
    for i in range(count):
        shape = shape.cut(cutter.moved(cq.Location((0, 0, 0), (0, 0, 1), 360 * i / count)))
        known.append(
            feature(
                "pocket",
                "through",
                axis=UP,
                profile="obround",
                depth_mm=t,
                length_mm=long,
                width_mm=w,
            )
        )
    area = (long - w) * w + math.pi / 4 * w**2
    volume = (math.pi * r**2 - count * area) * t
    return Made(shape, tuple(known), ("turning", "milling", "extrusion"), volume)


@kind
def slot_through_two_pockets(rng: np.random.Generator) -> Made:
    """A deeper slot runs through two pockets and cuts each of them in two."""
    stock = block(rng, height=(25, 45))
    x, y, t = stock.length_mm, stock.width_mm, stock.height_mm
    p, q, r = 0.16 * x, 0.32 * y, size(rng, 2, 4)
    a = size(rng, 4, 0.3 * t)
    d = round(a + size(rng, 3, 0.3 * t), 1)
    w = size(rng, 4, 0.3 * q)
    cutter = box((-x / 2 - 1, -w / 2, -d), (x / 2 + 1, w / 2, OVER_MM))
    for at in (-0.25 * x, 0.25 * x):
        cutter = cutter.fuse(prism(_rectangle(p, q, at), -a, OVER_MM, r))
    area = polygon_area(_rectangle(p, q), r)
    volume = w * d * x + 2 * (area - 2 * p * w) * a
    slot = feature("slot", "through", profile="rectangle", width_mm=w, depth_mm=d, length_mm=x)
    known = (slot, _pocket(a, p, q, r), _pocket(a, p, q, r))
    return carve(stock.shape(), stock.volume_mm3, [Tool(cutter, volume, known)])


@kind
def hexagon_socket(rng: np.random.Generator) -> Made:
    """A screw's head with a hexagon socket, and its shank."""
    d, long = float(rng.choice([6.0, 8.0, 10.0, 12.0, 16.0])), size(rng, 20, 60)
    head, high, key = 0.75 * d, d, 0.8 * d / 2
    deep = round(0.5 * d, 1)
    corner = key / math.cos(math.pi / 6)
    socket = prism(regular(6, corner), high - deep, high + 1)
    shape = cylinder(head, 0, high).fuse(cylinder(d / 2, -long, 0.0)).clean().cut(socket)
    volume = math.pi * head**2 * high + math.pi / 4 * d**2 * long
    volume -= 2 * math.sqrt(3) * key**2 * deep
    known = feature("pocket", "closed", axis=UP, profile="hexagon", depth_mm=deep, width_mm=2 * key)
    return Made(shape, (known,), ("turning", "forging"), volume, lenient=True, turn_axis=UP)


@kind
def t_slots_crossing(rng: np.random.Generator) -> Made:
    """A machine table: two T-slots that cross at right angles."""
    stock = block(rng, height=(30, 50))
    x, y = stock.length_mm / 2, stock.width_mm / 2
    neck = size(rng, 5, 8)
    head, high = round(1.8 * neck, 1), round(0.7 * neck, 1)
    deep = round(high + 0.8 * neck, 1)
    cutter = None
    for long, across in ((x, False), (y, True)):
        for half, low, top in ((neck / 2, -deep, OVER_MM), (head / 2, -deep, -deep + high)):
            a, b = (half, long + 1) if across else (long + 1, half)
            piece = box((-a, -b, low), (a, b, top))
            cutter = piece if cutter is None else cutter.fuse(piece)
    area = head * high + neck * (deep - high)
    volume = area * 2 * (x + y) - head**2 * high - neck**2 * (deep - high)
    known = tuple(feature("slot", "t_slot", depth_mm=deep, length_mm=2 * long) for long in (x, y))
    return carve(stock.shape(), stock.volume_mm3, [Tool(cutter, volume, known)])


@kind
def slots_crossing_on_one_level(rng: np.random.Generator) -> Made:
    """Two slots of one depth that cross: their floor is one face."""
    stock = block(rng)
    x, y = stock.length_mm / 2, stock.width_mm / 2
    w1, w2, d = size(rng, 6, 0.5 * x), size(rng, 6, 0.5 * y), size(rng, 4, 0.6 * stock.height_mm)
    one = box((-w1 / 2, -y - 1, -d), (w1 / 2, y + 1, OVER_MM))
    two = box((-x - 1, -w2 / 2, -d), (x + 1, w2 / 2, OVER_MM))
    known = tuple(
        feature("slot", "through", profile="rectangle", width_mm=w, depth_mm=d, length_mm=long)
        for w, long in ((w1, 2 * y), (w2, 2 * x))
    )
    volume = (w1 * 2 * y + w2 * 2 * x - w1 * w2) * d
    return carve(stock.shape(), stock.volume_mm3, [Tool(one.fuse(two), volume, known)])


@kind
def slots_in_a_grid(rng: np.random.Generator) -> Made:
    """Three slots across two, all of one depth, as a waffle or a heat sink of pins has."""
    stock = block(rng)
    x, y = stock.length_mm / 2, stock.width_mm / 2
    w, d = size(rng, 4, 0.25 * y), size(rng, 4, 0.6 * stock.height_mm)
    cutter, known = None, []
    for at in (-0.5 * x, 0.0, 0.5 * x):
        piece = box((at - w / 2, -y - 1, -d), (at + w / 2, y + 1, OVER_MM))
        cutter = piece if cutter is None else cutter.fuse(piece)
        known.append(feature("slot", "through", width_mm=w, depth_mm=d, length_mm=2 * y))
    for at in (-0.4 * y, 0.4 * y):
        cutter = cutter.fuse(box((-x - 1, at - w / 2, -d), (x + 1, at + w / 2, OVER_MM)))
        known.append(feature("slot", "through", width_mm=w, depth_mm=d, length_mm=2 * x))
    volume = (3 * w * 2 * y + 2 * w * 2 * x - 6 * w * w) * d
    return carve(stock.shape(), stock.volume_mm3, [Tool(cutter, volume, tuple(known))])


@kind
def step_crossed_by_a_slot(rng: np.random.Generator) -> Made:
    """A slot square to a step and deeper than it cuts the step in two."""
    stock = block(rng)
    x, y, t = stock.length_mm / 2, stock.width_mm / 2, stock.height_mm
    w, d = size(rng, 8, 0.5 * x), size(rng, 4, 0.35 * t)
    s, e = size(rng, 4, 0.4 * y), round(d + size(rng, 2, 0.3 * t), 1)
    step = box((x - w, -y - 1, -d), (x + 1, y + 1, OVER_MM))
    slot = box((-x - 1, -s / 2, -e), (x + 1, s / 2, OVER_MM))
    volume = w * d * 2 * y + s * e * 2 * x - s * d * w
    known = (
        feature("step", "through", depth_mm=min(w, d), width_mm=max(w, d)),
        feature("slot", "through", profile="rectangle", width_mm=s, length_mm=2 * x),
    )
    return carve(stock.shape(), stock.volume_mm3, [Tool(step.fuse(slot), volume, known)])
