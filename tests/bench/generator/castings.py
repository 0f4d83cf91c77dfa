"""Cast, moulded and forged parts: draft in a known direction of pull."""

from __future__ import annotations

import math

import cadquery as cq
import numpy as np

from generator.made import Feature, Made, feature, kind, named
from generator.tools import OVER_MM, UP, cylinder, size
from generator.turned import revolved, revolved_volume

CAST = ("die_casting", "gravity_casting", "sand_casting", "investment_casting")
MOULDED = ("moulding", "die_casting")
FORGED = ("forging", "gravity_casting", "sand_casting", "investment_casting", "die_casting")


def drafted_box(
    length: float, width: float, height: float, corner: float, draft: float
) -> tuple[cq.Shape, float]:
    """A box on z = 0 with round upright corners that narrows upward, and its volume.

    The section's area is a quadratic of the height, so Simpson's rule is exact.
    """
    outline = cq.Sketch().rect(length, width).vertices().fillet(corner)
    shape = cq.Workplane("XY").placeSketch(outline).extrude(height, taper=draft).val()

    def area(z: float) -> float:
        less = z * math.tan(math.radians(draft))
        return (length - 2 * less) * (width - 2 * less) - (4 - math.pi) * (corner - less) ** 2

    return shape, height / 6 * (area(0) + 4 * area(height / 2) + area(height))


def drafted_post(
    x: float,
    y: float,
    low: float,
    height: float,
    radius: float,
    draft: float,
    *,
    down: bool = False,
) -> tuple[cq.Shape, float]:
    """A cone frustum that narrows away from where it stands, and its volume."""
    top = radius - height * math.tan(math.radians(draft))
    way = cq.Vector(0, 0, -1 if down else 1)
    shape = cq.Solid.makeCone(radius, top, height, cq.Vector(x, y, low), way)
    return shape, math.pi * height / 3 * (radius**2 + radius * top + top**2)


def _shell(rng: np.random.Generator, wall: float, draft: float) -> tuple[cq.Shape, float, tuple]:
    """A drafted box open below, its wall about constant."""
    length, width, height = size(rng, 70, 140), size(rng, 55, 100), size(rng, 22, 40)
    corner = size(rng, 7, 12)
    body, outer = drafted_box(length, width, height, corner, draft)
    hollow, inner = drafted_box(
        length - 2 * wall, width - 2 * wall, height - wall, corner - wall, draft
    )
    return body.cut(hollow), outer - inner, (length, width, height)


def _housing(rng: np.random.Generator, *, moulded: bool, bosses: bool, ribs: bool) -> Made:
    """Shell, posts with cored holes hanging from its roof, thin ribs across the roof."""
    wall = size(rng, 1.5, 2.5) if moulded else size(rng, 2.8, 5.0)
    draft = size(rng, 0.5, 1.5) if moulded else size(rng, 1.5, 3.0)
    shape, volume, (length, width, height) = _shell(rng, wall, draft)
    roof, known = height - wall, []
    if bosses:
        radius, high = size(rng, 3.2, 4.5) + (0 if moulded else 2), round(0.7 * roof, 1)
        for sx in (-1, 1):
            for sy in (-1, 1):
                x, y = sx * length / 4, sy * width / 4
                post, more = drafted_post(x, y, roof, high, radius, draft / 2, down=True)
                core, less = drafted_post(x, y, roof - high, 0.7 * high, radius * 0.45, 0.3)
                sunk = cylinder(radius, roof, roof + wall / 2, x, y)
                shape = shape.fuse(post.fuse(sunk)).cut(core)
                volume += more - less
                known.append(feature("boss", "round", axis=(0, 0, -1), height_mm=high))
    if ribs:
        t, high = round(wall * 0.55, 2), round(0.35 * roof, 1)
        for y in (-0.1 * width, 0.1 * width):
            long = 0.7 * length
            sketch = cq.Workplane("XY", origin=(0, y, roof)).rect(long, t)
            rib = sketch.extrude(-high, taper=draft / 2)
            root = cq.Workplane("XY", origin=(0, y, roof)).rect(long, t).extrude(wall / 2)
            less = high * math.tan(math.radians(draft / 2))
            volume += (
                high
                / 6
                * (long * t + 4 * (long - less) * (t - less) + (long - 2 * less) * (t - 2 * less))
            )
            shape = shape.fuse(rib.union(root).val())
            known.append(feature("rib", height_mm=high, base_thickness_mm=t))
    return Made(
        shape.clean(),
        tuple(known),
        MOULDED if moulded else CAST,
        volume,
        lenient=True,
        pull_direction=UP,
    )


for _name, _options in (
    ("cast_housing", (False, False, False)),
    ("cast_housing_with_bosses", (False, True, False)),
    ("cast_housing_with_ribs", (False, False, True)),
    ("moulded_cover", (True, True, True)),
    ("moulded_tray", (True, False, True)),
):

    def _draw_housing(rng: np.random.Generator, options: tuple = _options) -> Made:
        moulded, bosses, ribs = options
        return _housing(rng, moulded=moulded, bosses=bosses, ribs=ribs)

    named(_name, _draw_housing)


@kind
def cast_wheel(rng: np.random.Generator) -> Made:
    """Hub, web and rim, drafted both ways from the middle plane, and windows in the web."""
    draft = math.tan(math.radians(size(rng, 2, 5)))
    rim, thick, hub = size(rng, 55, 90), size(rng, 7, 10), size(rng, 16, 20)
    web, high, bore = size(rng, 4, 6), size(rng, 14, 20), size(rng, 6, 9)
    inner = rim - thick
    half = [
        (rim, 0),
        (rim - high * draft, high),
        (inner + high * draft, high),
        (inner, web),
        (hub + (high - web) * draft, web),
        (hub, high),
        (bore, high),
    ]
    points = [*half, *((r, -z) for r, z in reversed(half[1:]))]
    shape, volume = revolved(points), revolved_volume(points)
    count = int(rng.integers(3, 7))
    radius = min(0.25 * (inner - hub), 0.3 * math.pi * (inner + hub) / count / 2)
    for i in range(count):
        a, ring = 2 * math.pi * i / count, (inner + hub + high * draft) / 2
        x, y = ring * math.cos(a), ring * math.sin(a)
        shape = shape.cut(cylinder(radius, -web - 1, web + 1, x, y))
        volume -= math.pi * radius**2 * 2 * web
    hole = feature(
        "hole", "through", axis=UP, at=(0, 0, high), diameter_mm=2 * bore, depth_mm=2 * high
    )
    return Made(shape, (hole,), (*FORGED, "turning"), volume, lenient=True, pull_direction=UP)


@kind
def cast_bracket(rng: np.random.Generator) -> Made:
    """A drafted foot with an upright drafted pad and two drilled holes in the foot."""
    draft, thick = size(rng, 1.5, 3.0), size(rng, 9, 14)
    length, width = size(rng, 70, 110), size(rng, 45, 70)
    foot, volume = drafted_box(length, width, thick, 10.0, draft)
    post, more = drafted_post(0, 0, thick, size(rng, 25, 45), size(rng, 13, 17), draft)
    x, d = round(0.36 * length, 1), size(rng, 6, 9)
    shape, known = foot.fuse(post), []
    for side in (-1, 1):
        shape = shape.cut(cylinder(d / 2, -OVER_MM, thick + OVER_MM, side * x))
        known.append(
            feature(
                "hole",
                "through",
                axis=UP,
                at=(side * x, 0, thick),
                diameter_mm=d,
                depth_mm=thick,
                bottom="open",
            )
        )
    volume += more - 2 * math.pi / 4 * d**2 * thick
    return Made(shape, tuple(known), (*CAST, "forging"), volume, lenient=True, pull_direction=UP)


@kind
def moulded_cap(rng: np.random.Generator) -> Made:
    """A round cap: a drafted cup of even wall with a rim."""
    draft, wall = math.tan(math.radians(size(rng, 0.5, 2.0))), size(rng, 1.2, 2.2)
    r, high = size(rng, 18, 40), size(rng, 12, 25)
    lip = size(rng, 2, 4)
    points = [
        (r - wall, 0),
        (r + lip, 0),
        (r + lip - wall * draft, wall),
        (r - wall * draft, wall),
        (r - high * draft, high),
        (0, high),
        (0, high - wall),
        (r - wall - (high - wall) * draft, high - wall),
    ]
    process = ("moulding", "die_casting", "stamping", "turning")
    return Made(
        revolved(points), (), process, revolved_volume(points), lenient=True, pull_direction=UP
    )


def _mirrored_halves(half: cq.Shape) -> cq.Shape:
    return half.fuse(half.mirror("XY")).clean()


@kind
def forged_lever(rng: np.random.Generator) -> Made:
    """Two eyes and a shank, drafted both ways from the parting plane, eyes bored."""
    draft, reach = size(rng, 5, 7), size(rng, 70, 130)
    big, small = size(rng, 18, 26), size(rng, 12, 16)
    high_big, high_small = size(rng, 10, 14), size(rng, 8, 10)
    one, _ = drafted_post(0, 0, 0, high_big, big, draft)
    two, _ = drafted_post(reach, 0, 0, high_small, small, draft)
    a, b = 0.6 * big, 0.6 * small
    shank = cq.Workplane("XY").polyline([(0, -a), (reach, -b), (reach, b), (0, a)]).close()
    half = one.fuse(two).fuse(shank.extrude(size(rng, 4, 6), taper=draft).val())
    shape, known = _mirrored_halves(half), []
    for x, radius, high in ((0.0, 0.5 * big, high_big), (reach, 0.45 * small, high_small)):
        d = round(2 * radius, 1)
        shape = shape.cut(cylinder(d / 2, -20, 20, x))
        known.append(
            feature(
                "hole",
                "through",
                axis=UP,
                at=(x, 0, high),
                diameter_mm=d,
                depth_mm=2 * high,
                bottom="open",
            )
        )
    return Made(shape, tuple(known), FORGED, lenient=True, pull_direction=UP)


@kind
def forged_block(rng: np.random.Generator) -> Made:
    """A drafted pad on both sides of the parting plane with a drafted recess on top."""
    draft = size(rng, 5, 7)
    length, width, high = size(rng, 60, 110), size(rng, 45, 80), size(rng, 10, 18)
    half, volume = drafted_box(length, width, high, 12.0, draft)
    depth = round(0.5 * high, 1)
    mouth = cq.Workplane("XY", origin=(0, 0, high)).rect(0.45 * length, 0.45 * width)
    recess = mouth.extrude(-depth, taper=draft).val()
    over = cq.Workplane("XY", origin=(0, 0, high)).rect(0.45 * length, 0.45 * width)
    a, b, less = 0.45 * length, 0.45 * width, 2 * depth * math.tan(math.radians(draft))
    taken = depth / 6 * (a * b + 4 * (a - less / 2) * (b - less / 2) + (a - less) * (b - less))
    shape = _mirrored_halves(half).cut(recess.fuse(over.extrude(1).val()))
    known: tuple[Feature, ...] = (
        feature(
            "pocket", "closed", axis=UP, depth_mm=depth, length_mm=max(a, b), width_mm=min(a, b)
        ),
    )
    return Made(shape, known, FORGED, 2 * volume - taken, lenient=True, pull_direction=UP)
