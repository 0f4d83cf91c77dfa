"""Parts with holes."""

from __future__ import annotations

import math

import cadquery as cq
import numpy as np

from generator.made import Made, feature, kind, named
from generator.tools import (
    OVER_MM,
    UP,
    Room,
    Tool,
    block,
    carve,
    cone,
    cylinder,
    on_block,
    size,
)

POINT_ANGLES_DEG = (90.0, 118.0, 120.0, 135.0, 140.0)
TAP_DRILLS_MM = (2.5, 3.3, 4.2, 5.0, 6.8, 8.5, 10.2, 12.0, 14.0)
ORIGIN = (0.0, 0.0, 0.0)


def _diameter(rng: np.random.Generator, room: Room, share: float = 1.0) -> float:
    return size(rng, 3.0, min(2 * room.radius_mm * share, 22.0))


def drilled(kind_: str | None, **parameters: object) -> tuple[dict[str, object], ...]:
    return (feature("hole", kind_, axis=UP, at=ORIGIN, **parameters),)


def through(rng: np.random.Generator, room: Room) -> Tool:
    """A plain hole right through."""
    d, t = _diameter(rng, room), room.depth_mm
    cutter = cylinder(d / 2, -t - OVER_MM, OVER_MM)
    known = drilled("through", diameter_mm=d, depth_mm=t, bottom="open")
    return Tool(cutter, math.pi / 4 * d**2 * t, known)


def blind_flat(rng: np.random.Generator, room: Room) -> Tool:
    """A hole with a flat bottom, deeper than a third of its diameter."""
    d = min(_diameter(rng, room), round(room.depth_mm * 0.8, 1))
    depth = size(rng, max(3.0, 0.6 * d), 0.8 * room.depth_mm)
    known = drilled("blind", diameter_mm=d, depth_mm=depth, bottom="flat")
    return Tool(cylinder(d / 2, -depth, OVER_MM), math.pi / 4 * d**2 * depth, known)


def _pointed(d: float, depth: float, point_deg: float) -> tuple[cq.Shape, float]:
    tip = d / 2 / math.tan(math.radians(point_deg / 2))
    cutter = cylinder(d / 2, -depth, OVER_MM).fuse(cone(0.0, d / 2, -depth - tip, -depth))
    return cutter, math.pi / 4 * d**2 * (depth + tip / 3)


def blind_conical(rng: np.random.Generator, room: Room) -> Tool:
    """A drilled hole with its point."""
    d = min(_diameter(rng, room), round(room.depth_mm * 0.6, 1))
    depth = size(rng, min(0.8 * d + 1, 0.6 * room.depth_mm), 0.65 * room.depth_mm)
    cutter, volume = _pointed(d, depth, float(rng.choice(POINT_ANGLES_DEG)))
    return Tool(cutter, volume, drilled("blind", diameter_mm=d, depth_mm=depth, bottom="conical"))


def tapped(rng: np.random.Generator, room: Room) -> Tool:
    """A drilled hole of a tap drill's diameter."""
    fitting = [d for d in TAP_DRILLS_MM if d < 2 * room.radius_mm and d < 0.5 * room.depth_mm]
    d = float(rng.choice(fitting or TAP_DRILLS_MM[:1]))
    depth = size(rng, 0.5 * room.depth_mm, 0.7 * room.depth_mm)
    cutter, volume = _pointed(d, depth, 118.0)
    return Tool(cutter, volume, drilled("blind", diameter_mm=d, depth_mm=depth, bottom="conical"))


def blind_round(rng: np.random.Generator, room: Room) -> Tool:
    """A hole with a hemispherical bottom."""
    d = min(_diameter(rng, room), round(room.depth_mm * 0.6, 1))
    depth = size(rng, min(0.8 * d + 1, 0.55 * room.depth_mm), 0.6 * room.depth_mm)
    ball = cq.Solid.makeSphere(d / 2, cq.Vector(0, 0, -depth), cq.Vector(0, 0, 1), -90, 90, 360)
    volume = math.pi / 4 * d**2 * depth + math.pi / 12 * d**3
    known = drilled("blind", diameter_mm=d, depth_mm=depth, bottom="round")
    return Tool(cylinder(d / 2, -depth, OVER_MM).fuse(ball), volume, known)


def counterbored(rng: np.random.Generator, room: Room, *, blind: bool = False) -> Tool:
    """A hole with a wider, shallow entry."""
    d = _diameter(rng, room, 0.55)
    wide = size(rng, 1.5 * d, min(2.2 * d, 2 * room.radius_mm))
    seat = size(rng, 0.15 * room.depth_mm, 0.4 * room.depth_mm)
    depth = size(rng, seat + 0.2 * room.depth_mm, 0.8 * room.depth_mm) if blind else room.depth_mm
    low = -depth if blind else -depth - OVER_MM
    cutter = cylinder(d / 2, low, OVER_MM).fuse(cylinder(wide / 2, -seat, OVER_MM))
    volume = math.pi / 4 * (d**2 * (depth - seat) + wide**2 * seat)
    known = drilled(
        "blind" if blind else "through",
        diameter_mm=d,
        depth_mm=depth,
        bottom="flat" if blind else "open",
        counterbore={"diameter_mm": wide, "depth_mm": seat},
    )
    return Tool(cutter, volume, known)


def countersunk(rng: np.random.Generator, room: Room, *, blind: bool = False) -> Tool:
    """A hole with a conical entry."""
    d = _diameter(rng, room, 0.5)
    wide = size(rng, 1.6 * d, min(2.1 * d, 2 * room.radius_mm))
    angle = float(rng.choice([82.0, 90.0, 100.0, 120.0]))
    deep = (wide - d) / 2 / math.tan(math.radians(angle / 2))
    if deep > 0.6 * room.depth_mm:  # a flat block: a wider angle makes the sink shallow enough
        return countersunk(rng, Room(room.length_mm * 0.7, room.width_mm * 0.7, room.depth_mm))
    depth = round(deep + 0.25 * room.depth_mm, 1) if blind else room.depth_mm
    low = -depth if blind else -depth - OVER_MM
    sink = cone(d / 2, wide / 2, -deep, 0.0).fuse(cylinder(wide / 2, 0.0, OVER_MM))
    cutter = cylinder(d / 2, low, -deep).fuse(sink)
    a, b = d / 2, wide / 2
    volume = math.pi / 3 * deep * (a * a + a * b + b * b) + math.pi * a * a * (depth - deep)
    known = drilled(
        "blind" if blind else "through",
        diameter_mm=d,
        depth_mm=depth,
        bottom="flat" if blind else "open",
        countersink={"diameter_mm": wide, "angle_deg": angle},
    )
    return Tool(cutter, volume, known)


def stepped(rng: np.random.Generator, room: Room) -> Tool:
    """Three diameters, one behind the other, right through."""
    top = 2 * room.radius_mm
    d3 = size(rng, 0.6 * min(top, 34.0), min(top, 34.0))
    d2, d1 = (
        round(d3 * float(rng.uniform(0.65, 0.8)), 1),
        round(d3 * float(rng.uniform(0.3, 0.5)), 1),
    )
    t = room.depth_mm
    a, b = size(rng, 0.15 * t, 0.3 * t), size(rng, 0.45 * t, 0.7 * t)
    cutter = cylinder(d1 / 2, -t - OVER_MM, OVER_MM)
    cutter = cutter.fuse(cylinder(d2 / 2, -b, OVER_MM), cylinder(d3 / 2, -a, OVER_MM))
    volume = math.pi / 4 * (d1**2 * (t - b) + d2**2 * (b - a) + d3**2 * a)
    return Tool(cutter, volume, drilled("through", diameter_mm=d1, depth_mm=t, bottom="open"))


for _name, _shaper, _through in (
    ("hole_through", through, True),
    ("hole_blind_flat", blind_flat, False),
    ("hole_blind_conical", blind_conical, False),
    ("hole_blind_round", blind_round, False),
    ("hole_tap_drill", tapped, False),
    ("hole_counterbored_through", counterbored, False),
    ("hole_countersunk_through", countersunk, False),
    ("hole_stepped", stepped, False),
):
    named(_name, on_block(_shaper, through=_through))
named("hole_counterbored_blind", on_block(lambda rng, room: counterbored(rng, room, blind=True)))
named("hole_countersunk_blind", on_block(lambda rng, room: countersunk(rng, room, blind=True)))


@kind
def hole_counterbored_both_ends(rng: np.random.Generator) -> Made:
    stock = block(rng, height=(24, 50))
    d, wide = size(rng, 5, 12), size(rng, 16, 28)
    t, seat = stock.height_mm, size(rng, 3, 8)
    cutter = cylinder(d / 2, -t - OVER_MM, OVER_MM)
    cutter = cutter.fuse(
        cylinder(wide / 2, -seat, OVER_MM), cylinder(wide / 2, -t - OVER_MM, -t + seat)
    )
    volume = math.pi / 4 * (d**2 * (t - 2 * seat) + 2 * wide**2 * seat)
    known = drilled("through", diameter_mm=d, depth_mm=t, bottom="open")
    return carve(stock.shape(), stock.volume_mm3, [Tool(cutter, volume, known)])
