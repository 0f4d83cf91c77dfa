"""Parts with pockets and passages."""

from __future__ import annotations

import math

import cadquery as cq
import numpy as np

from generator.made import Made, feature, kind, named
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
    obround,
    on_block,
    polygon_area,
    prism,
    regular,
    size,
)

Outline = tuple[list[tuple[float, float]], dict[str, object]]
TAPERED = ("milling", "die_casting", "gravity_casting", "sand_casting", "forging", "moulding")
SPANDREL = (10 - 3 * math.pi) / (12 - 3 * math.pi)  # centroid of a fillet's corner, over its radius


def _rectangle(rng: np.random.Generator, room: Room) -> Outline:
    long = size(rng, 0.55 * room.length_mm, room.length_mm)
    wide = size(rng, 0.5 * room.width_mm, room.width_mm)
    x, y = long / 2, wide / 2
    corners = [(-x, -y), (x, -y), (x, y), (-x, y)]
    return corners, {
        "profile": "rectangle",
        "length_mm": max(long, wide),
        "width_mm": min(long, wide),
    }


def _triangle(rng: np.random.Generator, room: Room) -> Outline:
    corners = regular(3, size(rng, 0.7 * room.radius_mm, room.radius_mm))
    return corners, {"profile": "triangle"}


def _hexagon(rng: np.random.Generator, room: Room) -> Outline:
    radius = size(rng, 0.6 * room.radius_mm, room.radius_mm)
    known = {"profile": "hexagon", "length_mm": 2 * radius, "width_mm": math.sqrt(3) * radius}
    return regular(6, radius), known


def _angle(rng: np.random.Generator, room: Room) -> Outline:
    """An L, arms thicker than half its size, so that its box is not in doubt."""
    a = size(rng, 0.8 * room.radius_mm, 1.3 * room.radius_mm)
    b = size(rng, 0.75 * a, a)
    p, q = round(a * float(rng.uniform(0.55, 0.7)), 1), round(b * float(rng.uniform(0.55, 0.7)), 1)
    corners = [(0, 0), (a, 0), (a, q), (p, q), (p, b), (0, b)]
    centred = [(x - a / 2, y - b / 2) for x, y in corners]
    return centred, {"profile": "other", "length_mm": max(a, b), "width_mm": min(a, b)}


OUTLINES = {"rectangle": _rectangle, "triangle": _triangle, "hexagon": _hexagon, "other": _angle}


def polygonal(outline: str, *, through: bool, rounded: bool):
    """A tool for a pocket of that outline."""

    def shaper(rng: np.random.Generator, room: Room) -> Tool:
        corners, known = OUTLINES[outline](rng, room)
        least = min(
            math.dist(a, b) for a, b in zip(corners, corners[1:] + corners[:1], strict=True)
        )
        radius = size(rng, 1.0, max(1.0, min(6.0, 0.18 * least))) if rounded else 0.0
        t = room.depth_mm
        depth = t if through else size(rng, 0.2 * t, 0.7 * t)
        cutter = prism(corners, -depth - (OVER_MM if through else 0), OVER_MM, radius)
        known = {**known, "depth_mm": depth}
        if rounded:
            known["corner_radius_mm"] = radius
            if outline in ("hexagon", "triangle"):  # rounding shortens the distance across corners
                known.pop("length_mm", None)
        kind_ = "through" if through else "closed"
        volume = polygon_area(corners, radius) * depth
        return Tool(cutter, volume, (feature("pocket", kind_, axis=UP, **known),))

    return shaper


for _outline in OUTLINES:
    for _rounded in (False, True):
        for _through in (False, True):
            named(
                f"{'passage' if _through else 'pocket'}_{_outline}{'_rounded' if _rounded else ''}",
                on_block(
                    polygonal(_outline, through=_through, rounded=_rounded),
                    count=(1, 2),
                    turn=_outline in ("triangle", "hexagon"),
                    through=_through,
                ),
            )


def _obround(rng: np.random.Generator, room: Room, *, through: bool) -> Tool:
    wide = size(rng, 5, min(0.6 * room.width_mm, 0.5 * room.length_mm, 24))
    long = size(rng, 1.5 * wide, room.length_mm)
    t = room.depth_mm
    depth = t if through else size(rng, 0.2 * t, 0.7 * t)
    cutter = obround(long, wide, -depth - (OVER_MM if through else 0), OVER_MM)
    area = (long - wide) * wide + math.pi / 4 * wide**2
    known = feature(
        "pocket",
        "through" if through else "closed",
        axis=UP,
        profile="obround",
        depth_mm=depth,
        length_mm=long,
        width_mm=wide,
    )
    return Tool(cutter, area * depth, (known,))


named("pocket_obround", on_block(lambda rng, room: _obround(rng, room, through=False)))
named(
    "passage_obround",
    on_block(lambda rng, room: _obround(rng, room, through=True), through=True),
)


@kind
def pocket_circle(rng: np.random.Generator) -> Made:
    """A wide shallow round pocket with a floor radius: nothing a drill leaves."""
    stock = block(rng)
    radius = size(rng, 0.3 * stock.width_mm, 0.45 * stock.width_mm)
    depth = size(rng, 4.5, 0.25 * radius + 4.5)
    floor = size(rng, 1.0, 3.0)
    cutter = cq.Workplane(cylinder(radius, -depth, OVER_MM)).faces("<Z").edges().fillet(floor)
    spared = (1 - math.pi / 4) * floor**2 * 2 * math.pi * (radius - SPANDREL * floor)
    known = feature(
        "pocket",
        "closed",
        axis=UP,
        profile="circle",
        depth_mm=depth,
        length_mm=2 * radius,
        width_mm=2 * radius,
        floor_radius_mm=floor,
    )
    tool = Tool(cutter.val(), math.pi * radius**2 * depth - spared, (known,))
    return carve(stock.shape(), stock.volume_mm3, [tool])


@kind
def pocket_floor_radius(rng: np.random.Generator) -> Made:
    stock = block(rng)
    long = size(rng, 0.5 * stock.length_mm, stock.length_mm - 2 * MARGIN_MM)
    wide = size(rng, 0.5 * stock.width_mm, stock.width_mm - 2 * MARGIN_MM)
    corner, floor = size(rng, 4, 8), size(rng, 1, 3)
    depth = size(rng, floor + 3, 0.7 * stock.height_mm)
    corners = [
        (-long / 2, -wide / 2),
        (long / 2, -wide / 2),
        (long / 2, wide / 2),
        (-long / 2, wide / 2),
    ]
    cutter = cq.Workplane(prism(corners, -depth, OVER_MM, corner)).faces("<Z").edges().fillet(floor)
    area = (1 - math.pi / 4) * floor**2
    spared = area * (2 * (long + wide - 4 * corner) + 2 * math.pi * (corner - SPANDREL * floor))
    known = feature(
        "pocket",
        "closed",
        axis=UP,
        profile="rectangle",
        depth_mm=depth,
        length_mm=max(long, wide),
        width_mm=min(long, wide),
        corner_radius_mm=corner,
        floor_radius_mm=floor,
    )
    volume = polygon_area(corners, corner) * depth - spared
    return carve(stock.shape(), stock.volume_mm3, [Tool(cutter.val(), volume, (known,))])


@kind
def pocket_drafted(rng: np.random.Generator) -> Made:
    """Walls that lean outward by 3–10°; length and width are those of the opening."""
    stock = block(rng)
    long = size(rng, 0.5 * stock.length_mm, stock.length_mm - 2 * MARGIN_MM)
    wide = size(rng, 0.5 * stock.width_mm, stock.width_mm - 2 * MARGIN_MM)
    depth, draft = size(rng, 5, 0.6 * stock.height_mm), size(rng, 3, 10)
    less = 2 * depth * math.tan(math.radians(draft))
    cutter = cq.Workplane("XY").rect(long, wide).extrude(-depth, taper=draft)
    cutter = cutter.union(cq.Workplane("XY").rect(long, wide).extrude(OVER_MM))
    middle = (long - less / 2) * (wide - less / 2)
    volume = depth / 6 * (long * wide + 4 * middle + (long - less) * (wide - less))
    known = feature(
        "pocket",
        "closed",
        axis=UP,
        profile="rectangle",
        depth_mm=depth,
        length_mm=max(long, wide),
        width_mm=min(long, wide),
    )
    return carve(
        stock.shape(), stock.volume_mm3, [Tool(cutter.val(), volume, (known,))], process=TAPERED
    )


def _island(rng: np.random.Generator, *, count: int) -> Made:
    stock = block(rng)
    long, wide = round(stock.length_mm * 0.8, 1), round(stock.width_mm * 0.75, 1)
    corner, depth = size(rng, 3, 6), size(rng, 0.25 * stock.height_mm, 0.6 * stock.height_mm)
    x, y = long / 2, wide / 2
    corners = [(-x, -y), (x, -y), (x, y), (-x, y)]
    cutter, volume = prism(corners, -depth, OVER_MM, corner), polygon_area(corners, corner) * depth
    for i in range(count):
        centre = (i - (count - 1) / 2) * long / 2
        radius = size(rng, 3, 0.18 * wide + 2)
        if (i + count) % 2:
            island = cylinder(radius, -depth - 1, OVER_MM + 1, centre)
            volume -= math.pi * radius**2 * depth
        else:
            island = box(
                (centre - radius, -radius, -depth - 1), (centre + radius, radius, OVER_MM + 1)
            )
            volume -= 4 * radius**2 * depth
        cutter = cutter.cut(island)
    known = feature(
        "pocket",
        "closed",
        axis=UP,
        profile="rectangle",
        depth_mm=depth,
        length_mm=max(long, wide),
        width_mm=min(long, wide),
        corner_radius_mm=corner,
        islands=count,
    )
    return carve(stock.shape(), stock.volume_mm3, [Tool(cutter, volume, (known,))])


named("pocket_with_an_island", lambda rng: _island(rng, count=1))
named("pocket_with_two_islands", lambda rng: _island(rng, count=2))


@kind
def pocket_in_a_pocket(rng: np.random.Generator) -> Made:
    stock = block(rng)
    x, y = stock.length_mm * 0.4, stock.width_mm * 0.38
    a, b = size(rng, 3, 0.3 * stock.height_mm), size(rng, 3, 0.4 * stock.height_mm)
    big = [(-x, -y), (x, -y), (x, y), (-x, y)]
    p, q = round(x * float(rng.uniform(0.4, 0.7)), 1), round(y * float(rng.uniform(0.4, 0.7)), 1)
    small = [(-p, -q), (p, -q), (p, q), (-p, q)]
    r1, r2 = size(rng, 4, 6), size(rng, 1.5, 3)
    known = tuple(
        feature(
            "pocket",
            "closed",
            axis=UP,
            profile="rectangle",
            depth_mm=depth,
            length_mm=2 * max(half),
            width_mm=2 * min(half),
            corner_radius_mm=radius,
        )
        for depth, half, radius in ((a, (x, y), r1), (b, (p, q), r2))
    )
    cutter = prism(big, -a, OVER_MM, r1).fuse(prism(small, -a - b, -a + 0.5, r2))
    volume = polygon_area(big, r1) * a + polygon_area(small, r2) * b
    return carve(stock.shape(), stock.volume_mm3, [Tool(cutter, volume, known)])


def _open_at_side(rng: np.random.Generator, *, rounded: bool) -> Made:
    """The opening in the side is longer than the pocket reaches in.

    A sharp notch in an edge is cut through the larger of its two openings: it is drawn wider than
    deep. Rounded corners tell by themselves where the tool came from.
    """
    stock = block(rng)
    y = stock.width_mm / 2
    run = size(rng, 0.2 * stock.width_mm, 0.45 * stock.width_mm)
    long = size(rng, 1.3 * run, 0.85 * stock.length_mm)
    least, most = 0.25 * stock.height_mm, 0.65 * stock.height_mm
    if not rounded:
        least, most = min(least, 0.5 * run), min(most, 0.9 * run)
    depth = size(rng, least, most)
    radius = size(rng, 1.5, min(6, 0.3 * run)) if rounded else 0.0
    over = 2 * radius + OVER_MM  # past the rounding of the far corners
    x = long / 2
    corners = [(-x, y - run), (x, y - run), (x, y + over), (-x, y + over)]
    known = {"corner_radius_mm": radius} if rounded else {}
    known |= {"profile": "rectangle", "depth_mm": depth}
    known |= {"length_mm": max(long, run), "width_mm": min(long, run)}
    area = long * run - 2 * (1 - math.pi / 4) * radius**2
    tool = Tool(
        prism(corners, -depth, OVER_MM, radius),
        area * depth,
        (feature("pocket", "open", axis=UP, **known),),
    )
    return carve(stock.shape(), stock.volume_mm3, [tool], process=MILLED)


named("pocket_open", lambda rng: _open_at_side(rng, rounded=False))
named("pocket_open_rounded", lambda rng: _open_at_side(rng, rounded=True))


@kind
def pocket_on_both_sides(rng: np.random.Generator) -> Made:
    """Two pockets back to back with a floor between them."""
    stock = block(rng, height=(20, 45))
    t = stock.height_mm
    tools = []
    for side in (1, -1):
        x = round(stock.length_mm * float(rng.uniform(0.25, 0.45)), 1)
        y = round(stock.width_mm * float(rng.uniform(0.25, 0.45)), 1)
        depth, radius = size(rng, 0.15 * t, 0.4 * t), size(rng, 2, 5)
        corners = [(-x, -y), (x, -y), (x, y), (-x, y)]
        low, high = (-depth, OVER_MM) if side > 0 else (-t - OVER_MM, -t + depth)
        known = feature(
            "pocket",
            "closed",
            axis=(0, 0, side),
            profile="rectangle",
            depth_mm=depth,
            length_mm=2 * max(x, y),
            width_mm=2 * min(x, y),
            corner_radius_mm=radius,
        )
        cutter = prism(corners, low, high, radius)
        tools.append(Tool(cutter, polygon_area(corners, radius) * depth, (known,)))
    return carve(stock.shape(), stock.volume_mm3, tools)
