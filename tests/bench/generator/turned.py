"""Turned parts: shafts, bushings, pulleys, grooves, a modelled thread."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cadquery as cq
import numpy as np

from generator.made import Made, feature, kind
from generator.tools import (
    OVER_MM,
    UP,
    Tool,
    block,
    box,
    carve,
    cone,
    crossing_volume,
    cylinder,
    prism,
    regular,
    size,
)

TURNED = ("turning",)
THREAD_DEPTH_RATIO = 0.6134  # of the pitch, external ISO 68-1 / 965-1 thread to its core d3


def revolved(points: Sequence[tuple[float, float]]) -> cq.Shape:
    """A section of (radius, z) points turned about z."""
    section = cq.Workplane("XZ").polyline(list(points)).close()
    return section.revolve(360, (0, 0, 0), (0, 1, 0)).val()


def revolved_volume(points: Sequence[tuple[float, float]]) -> float:
    """Volume of `revolved` by Green's theorem: the sum over the edges of frustums."""
    total = 0.0
    for (r1, z1), (r2, z2) in zip(points, [*points[1:], points[0]], strict=True):
        total += math.pi / 3 * (z2 - z1) * (r1 * r1 + r1 * r2 + r2 * r2)
    return abs(total)


def _profile(points: Sequence[tuple[float, float]], **more: object) -> dict[str, object]:
    z = [p[1] for p in points]
    r = max(p[0] for p in points)
    return feature(
        "turned_profile", axis=UP, length_mm=max(z) - min(z), max_diameter_mm=2 * r, **more
    )


def _made(points: Sequence[tuple[float, float]], *known: object, **more: object) -> Made:
    return Made(
        revolved(points), tuple(known), TURNED, revolved_volume(points), turn_axis=UP, **more
    )


def _steps(rng: np.random.Generator, count: int) -> tuple[list[tuple[float, float]], list[float]]:
    """Section of a solid shaft whose diameters rise and fall once, and its diameters."""
    top = int(rng.integers(0, count))
    radii = [size(rng, 12, 20)]
    for i in range(1, count):
        radii.append(round(radii[-1] + (1 if i <= top else -1) * size(rng, 1.5, 3), 1))
    points, z = [(0.0, 0.0)], 0.0
    for r in radii:
        high = round(z + size(rng, 10, 35), 1)
        points += [(r, z), (r, high)]
        z = high
    return [*points, (0.0, z)], radii


@kind
def shaft_stepped(rng: np.random.Generator) -> Made:
    points, radii = _steps(rng, int(rng.integers(2, 6)))
    return _made(points, _profile(points, min_diameter_mm=2 * min(radii)))


@kind
def shaft_tapered(rng: np.random.Generator) -> Made:
    """A cylinder, a taper and a thinner cylinder."""
    a, b = size(rng, 14, 25), size(rng, 6, 12)
    h = [size(rng, 20, 50) for _ in range(3)]
    points = [(0, 0), (a, 0), (a, h[0]), (b, h[0] + h[1]), (b, sum(h)), (0, sum(h))]
    return _made(points, _profile(points, min_diameter_mm=2 * b))


@kind
def shaft_chamfered(rng: np.random.Generator) -> Made:
    """Both ends chamfered 45°."""
    points, radii = _steps(rng, 3)
    c = size(rng, 0.5, 2)
    length = points[-1][1]
    bevelled = [(0, 0), (radii[0] - c, 0), (radii[0], c), *points[2:-2]]
    bevelled += [(radii[-1], length - c), (radii[-1] - c, length), (0, length)]
    known = feature("chamfer", "external", width_mm=c, angle_deg=45.0)
    return _made(bevelled, _profile(points), known, known)


def _groove_points(r: float, length: float, z: float, w: float, d: float) -> list:
    return [
        (0, 0),
        (r, 0),
        (r, z),
        (r - d, z),
        (r - d, z + w),
        (r, z + w),
        (r, length),
        (0, length),
    ]


@kind
def groove_external(rng: np.random.Generator) -> Made:
    r, length = size(rng, 10, 30), size(rng, 60, 140)
    w, d = size(rng, 1, 6), round(r * float(rng.uniform(0.06, 0.25)), 1)
    points = _groove_points(r, length, size(rng, 15, length - 25), w, d)
    return _made(points, _profile(points), feature("groove", "external", width_mm=w, depth_mm=d))


@kind
def grooves_external_row(rng: np.random.Generator) -> Made:
    """Piston: three ring grooves."""
    r, length = size(rng, 20, 40), size(rng, 50, 90)
    w, d = size(rng, 1.5, 4), size(rng, 2, 4)
    points = [(0.0, 0.0), (r, 0.0)]
    for i in range(3):
        z = 8 + i * 10
        points += [(r, z), (r - d, z), (r - d, z + w), (r, z + w)]
    points += [(r, length), (0.0, length)]
    known = feature("groove", "external", width_mm=w, depth_mm=d)
    return _made(points, _profile(points), known, known, known)


@kind
def groove_v(rng: np.random.Generator) -> Made:
    """Pulley: a V groove in the rim, and a bore."""
    r, bore, high = size(rng, 25, 50), size(rng, 5, 12), size(rng, 14, 25)
    w = round(high * 0.6, 1)
    d = round(w * float(rng.uniform(0.7, 1.1)), 1)
    a, b = (high - w) / 2, (high + w) / 2
    foot = 0.15 * w
    m = high / 2
    points = [
        (bore, 0),
        (r, 0),
        (r, a),
        (r - d, m - foot),
        (r - d, m + foot),
        (r, b),
        (r, high),
        (bore, high),
    ]
    hole = feature("hole", "through", axis=UP, at=(0, 0, high), diameter_mm=2 * bore, depth_mm=high)
    groove = feature("groove", "external", width_mm=w, depth_mm=d)
    return _made(points, groove, hole, _profile(points))


@kind
def groove_internal(rng: np.random.Generator) -> Made:
    """A ring groove in the bore of a sleeve; the bore is one hole."""
    bore, length = size(rng, 10, 25), size(rng, 40, 80)
    r, w = round(bore * 1.6, 1), size(rng, 1.5, 5)
    d = round(bore * float(rng.uniform(0.06, 0.18)), 1)
    z = size(rng, 10, length - 16)
    points = [
        (bore, 0),
        (r, 0),
        (r, length),
        (bore, length),
        (bore, z + w),
        (bore + d, z + w),
        (bore + d, z),
        (bore, z),
    ]
    hole = feature(
        "hole", "through", axis=UP, at=(0, 0, length), diameter_mm=2 * bore, depth_mm=length
    )
    return _made(points, feature("groove", "internal", width_mm=w, depth_mm=d), hole)


@kind
def groove_face(rng: np.random.Generator) -> Made:
    """A ring groove in the end of a disc."""
    r, high = size(rng, 25, 50), size(rng, 15, 30)
    inner, w, d = round(0.5 * r, 1), size(rng, 2, 0.2 * r), size(rng, 1.5, 5)
    points = [
        (0, 0),
        (r, 0),
        (r, high),
        (inner + w, high),
        (inner + w, high - d),
        (inner, high - d),
        (inner, high),
        (0, high),
    ]
    return _made(points, _profile(points), feature("groove", "face", width_mm=w, depth_mm=d))


@kind
def groove_o_ring(rng: np.random.Generator) -> Made:
    """A ring groove milled into the top of a block."""
    stock = block(rng)
    outer = size(rng, 0.25 * stock.width_mm, 0.4 * stock.width_mm)
    w = size(rng, 2, 5)
    d = round(w * float(rng.uniform(0.6, 0.8)), 1)
    inner = outer - w
    cutter = cylinder(outer, -d, OVER_MM).cut(cylinder(inner, -d - 1, OVER_MM + 1))
    known = feature("groove", width_mm=w, depth_mm=d)
    tool = Tool(cutter, math.pi * (outer**2 - inner**2) * d, (known,))
    return carve(stock.shape(), stock.volume_mm3, [tool])


@kind
def thread_relief(rng: np.random.Generator) -> Made:
    """An undercut behind a shoulder: a groove whose one side is the shoulder."""
    a, b = size(rng, 8, 15), size(rng, 18, 28)
    w, d = size(rng, 2, 4), size(rng, 0.8, 1.5)
    h1, h2 = size(rng, 15, 30), size(rng, 30, 60)
    points = [(0, 0), (b, 0), (b, h1), (a - d, h1), (a - d, h1 + w), (a, h1 + w)]
    points += [(a, h1 + h2), (0, h1 + h2)]
    return _made(points, _profile(points), feature("groove", "external", width_mm=w))


@kind
def bushing(rng: np.random.Generator) -> Made:
    bore, length = size(rng, 5, 20), size(rng, 15, 60)
    r = round(bore * float(rng.uniform(1.25, 1.8)), 1)
    points = [(bore, 0), (r, 0), (r, length), (bore, length)]
    hole = feature(
        "hole",
        "through",
        axis=UP,
        at=(0, 0, length),
        diameter_mm=2 * bore,
        depth_mm=length,
        bottom="open",
    )
    made = _made(points, hole)
    return Made(made.shape, made.features, ("turning", "extrusion"), made.volume_mm3, turn_axis=UP)


@kind
def bushing_flanged(rng: np.random.Generator) -> Made:
    bore, length, thick = size(rng, 5, 20), size(rng, 20, 60), size(rng, 3, 8)
    r = round(bore * float(rng.uniform(1.25, 1.6)), 1)
    rim = round(r * float(rng.uniform(1.3, 1.7)), 1)
    points = [(bore, 0), (rim, 0), (rim, thick), (r, thick), (r, length), (bore, length)]
    hole = feature(
        "hole",
        "through",
        axis=UP,
        at=(0, 0, length),
        diameter_mm=2 * bore,
        depth_mm=length,
        bottom="open",
    )
    return _made(points, hole, _profile(points))


@kind
def sleeve_counterbored(rng: np.random.Generator) -> Made:
    """A sleeve with a wider seat at one end of its bore."""
    bore, length = size(rng, 6, 15), size(rng, 30, 60)
    wide = round(bore * float(rng.uniform(1.3, 1.6)), 1)
    r, seat = round(wide * 1.4, 1), size(rng, 5, 12)
    points = [
        (bore, 0),
        (r, 0),
        (r, length),
        (wide, length),
        (wide, length - seat),
        (bore, length - seat),
    ]
    hole = feature(
        "hole",
        "through",
        axis=UP,
        at=(0, 0, length),
        diameter_mm=2 * bore,
        depth_mm=length,
        bottom="open",
        counterbore={"diameter_mm": 2 * wide, "depth_mm": seat},
    )
    return _made(points, hole, _profile(points))


@kind
def shaft_drilled_at_the_end(rng: np.random.Generator) -> Made:
    """A shaft with a drilled hole along its axis, conical bottom."""
    points, radii = _steps(rng, 3)
    length = points[-1][1]
    d, deep = size(rng, 4, 1.0 * min(radii)), size(rng, 12, 25)
    tip = d / 2 / math.tan(math.radians(59))
    cutter = cylinder(d / 2, length - deep, length + 1)
    cutter = cutter.fuse(cone(0.0, d / 2, length - deep - tip, length - deep))
    hole = feature(
        "hole", "blind", axis=UP, at=(0, 0, length), diameter_mm=d, depth_mm=deep, bottom="conical"
    )
    return Made(
        revolved(points).cut(cutter),
        (_profile(points), hole),
        TURNED,
        revolved_volume(points) - math.pi / 4 * d**2 * (deep + tip / 3),
        turn_axis=UP,
    )


@kind
def shaft_with_flats(rng: np.random.Generator) -> Made:
    """Two milled flats on the end of a shaft."""
    r, length, run = size(rng, 10, 25), size(rng, 60, 120), size(rng, 12, 30)
    half = round(r * float(rng.uniform(0.6, 0.8)), 1)
    shape = cylinder(r, 0, length)
    for side in (1, -1):
        y = sorted((side * half, side * (r + 1)))
        shape = shape.cut(box((-r - 1, y[0], length - run), (r + 1, y[1], length + 1)))
    segment = r**2 * math.acos(half / r) - half * math.sqrt(r**2 - half**2)
    known = feature("turned_profile", axis=UP, length_mm=length, max_diameter_mm=2 * r)
    return Made(
        shape,
        (known,),
        TURNED,
        math.pi * r**2 * length - 2 * segment * run,
        lenient=True,
        turn_axis=UP,
    )


@kind
def shaft_hexagon_head(rng: np.random.Generator) -> Made:
    """A bolt blank: a hexagon head on a shank."""
    shank, length = size(rng, 4, 10), size(rng, 25, 80)
    head, high = round(shank * float(rng.uniform(1.7, 2.0)), 1), round(shank * 1.3, 1)
    shape = prism(regular(6, head), -high, 0).fuse(cylinder(shank, -OVER_MM, length))
    volume = 3 * math.sqrt(3) / 2 * head**2 * high + math.pi * shank**2 * length
    return Made(shape.clean(), (), ("turning", "forging"), volume, lenient=True, turn_axis=UP)


@kind
def stud_ball_ended(rng: np.random.Generator) -> Made:
    """Ball stud: a shank and a sphere on top."""
    ball, length = size(rng, 8, 18), size(rng, 30, 70)
    shank = round(ball * float(rng.uniform(0.5, 0.75)), 1)
    sink = math.sqrt(ball**2 - shank**2)  # the shank ends where it meets the sphere
    sphere = cq.Solid.makeSphere(
        ball, cq.Vector(0, 0, length + sink), cq.Vector(0, 0, 1), -90, 90, 360
    )
    shape = cylinder(shank, 0, length + sink).fuse(sphere)
    cap = math.pi * (ball - sink) ** 2 * (2 * ball + sink) / 3
    volume = math.pi * shank**2 * length + 4 / 3 * math.pi * ball**3 - cap
    known = feature(
        "turned_profile", axis=UP, length_mm=length + sink + ball, max_diameter_mm=2 * ball
    )
    return Made(shape, (known,), TURNED, volume, turn_axis=UP)


@kind
def flange_with_bolt_circle(rng: np.random.Generator) -> Made:
    r, thick, hub, high = size(rng, 40, 80), size(rng, 10, 20), size(rng, 18, 25), size(rng, 10, 25)
    bore, count = size(rng, 6, 14), int(rng.integers(3, 9))
    d = size(rng, 5, min(0.35 * (r - hub), 12))
    ring = round((r + hub) / 2, 1)
    points = [
        (bore, 0),
        (r, 0),
        (r, thick),
        (hub, thick),
        (hub, thick + high),
        (bore, thick + high),
    ]
    shape, known = revolved(points), []
    for i in range(count):
        x, y = (ring * f(2 * math.pi * i / count) for f in (math.cos, math.sin))
        shape = shape.cut(cylinder(d / 2, -1, thick + 1, x, y))
        known.append(
            feature(
                "hole",
                "through",
                axis=UP,
                at=(x, y, thick),
                diameter_mm=d,
                depth_mm=thick,
                bottom="open",
            )
        )
    known.append(
        feature(
            "hole",
            "through",
            axis=UP,
            at=(0, 0, thick + high),
            diameter_mm=2 * bore,
            depth_mm=thick + high,
        )
    )
    known.append(feature("pattern", "circular", count=count, pitch_deg=360 / count))
    volume = revolved_volume(points) - count * math.pi / 4 * d**2 * thick
    return Made(shape, tuple(known), TURNED, volume, turn_axis=UP)


@kind
def shaft_drilled_across(rng: np.random.Generator) -> Made:
    """A stepped shaft with a radial through hole in one step."""
    a, b = size(rng, 8, 14), size(rng, 16, 26)
    h1, h2 = size(rng, 20, 40), size(rng, 30, 60)
    points = [(0, 0), (b, 0), (b, h1), (a, h1), (a, h1 + h2), (0, h1 + h2)]
    d, z = size(rng, 3, 0.7 * a), h1 + h2 / 2
    drill = cq.Solid.makeCylinder(d / 2, 2 * (a + 2), cq.Vector(-a - 2, 0, z), cq.Vector(1, 0, 0))
    hole = feature("hole", "through", axis=(1, 0, 0), at=(a, 0, z), diameter_mm=d, depth_mm=2 * a)
    return Made(
        revolved(points).cut(drill),
        (_profile(points), hole),
        TURNED,
        revolved_volume(points) - crossing_volume(a, d / 2),
        turn_axis=UP,
    )


@kind
def thread_modelled(rng: np.random.Generator) -> Made:
    """A bolt with its thread drawn: ISO flanks, flat crest and root, right up to the head.

    Cut across, a thread is the same section at every height but for its turn, so it is drawn by
    twisting that section; a flank is there a spiral whose radius falls evenly with the angle.
    """
    diameter, pitch = ((8.0, 1.25), (10.0, 1.5), (12.0, 1.75), (16.0, 2.0))[int(rng.integers(4))]
    turns, r = int(rng.integers(5, 9)), diameter / 2
    core, run = r - THREAD_DEPTH_RATIO * pitch, turns * pitch
    crest = pitch / 16  # half its width along the axis
    root = crest + (r - core) * math.tan(math.radians(30))
    a, b = 2 * math.pi * crest / pitch, 2 * math.pi * root / pitch
    share = np.linspace(0.0, 1.0, 9)
    rising = [_polar(core + (r - core) * t, -b + (b - a) * t) for t in share]
    falling = [_polar(r - (r - core) * t, a + (b - a) * t) for t in share]
    section = cq.Wire.assembleEdges(
        [
            cq.Edge.makeSpline(rising),
            cq.Edge.makeThreePointArc(rising[-1], _polar(r, 0.0), falling[0]),
            cq.Edge.makeSpline(falling),
            cq.Edge.makeThreePointArc(falling[-1], _polar(core, math.pi), rising[0]),
        ]
    )
    area = a * r**2 + (math.pi - b) * core**2 + (b - a) / 3 * (r**2 + r * core + core**2)
    shank = cq.Workplane("XY").add(section).toPending().twistExtrude(run, 360.0 * turns).val()
    head, high = 0.8 * diameter, round(0.65 * diameter, 1)
    shape = shank.fuse(cylinder(head, run, run + high))
    known = feature("thread", "external", pitch_mm=pitch, diameter_mm=diameter, length_mm=run)
    return Made(
        shape,
        (known,),
        TURNED,
        area * run + math.pi * head**2 * high,
        lenient=True,
        turn_axis=UP,
        volume_tolerance=3e-4,  # the kernel approximates what it twists
    )


def _polar(radius: float, angle: float) -> cq.Vector:
    return cq.Vector(radius * math.cos(angle), radius * math.sin(angle), 0)
