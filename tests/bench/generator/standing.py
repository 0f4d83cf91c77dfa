"""Wheels with windows between their spokes, posts that ribs part, hubs that stand on arms."""

from __future__ import annotations

import math

import cadquery as cq
import numpy as np

from generator.castings import CAST, MOULDED
from generator.made import Feature, Made, feature, kind, named
from generator.tools import UP, box, cylinder, size

WHEEL = ("milling", "turning", *CAST, "moulding", "forging")


def half_strip(radius: float, width: float) -> float:
    """Area of a strip from a circle's centre to its rim, on one side."""
    return radius**2 * math.asin(width / (2 * radius)) + width / 2 * math.sqrt(
        radius**2 - width**2 / 4
    )


def _wheel(rng: np.random.Generator, *, through: bool) -> Made:
    """A disc with windows or pockets between straight spokes, a bored hub in the middle."""
    spokes, radius, high = int(rng.integers(3, 8)), size(rng, 40, 75), size(rng, 10, 18)
    hub, rim = size(rng, 14, 18), radius - size(rng, 5, 9)
    bore, wide = size(rng, 5, 9), size(rng, 4, 9)
    web = 0.0 if through else round(0.35 * high, 1)
    ring = cylinder(rim, web, high).cut(cylinder(hub, web, high))
    for i in range(spokes):
        spoke = box((0, -wide / 2, web), (radius, wide / 2, high))
        ring = ring.cut(spoke.rotate(cq.Vector(), cq.Vector(0, 0, 1), 360 / spokes * i))
    shape = cylinder(radius, 0, high).cut(ring).cut(cylinder(bore, 0, high))
    open_ = math.pi * (rim**2 - hub**2) - spokes * (half_strip(rim, wide) - half_strip(hub, wide))
    volume = math.pi * (radius**2 - bore**2) * high - open_ * (high - web)
    window = feature("pocket", "through" if through else "closed", depth_mm=high - web)
    hole = feature(
        "hole", "through", axis=UP, at=(0, 0, 0), diameter_mm=2 * bore, depth_mm=high, bottom="open"
    )
    return Made(shape, (*[window] * spokes, hole), WHEEL, volume, lenient=False)


named("wheel_windows", lambda rng: _wheel(rng, through=True))
named("wheel_pockets", lambda rng: _wheel(rng, through=False))


def _ribbed_post(rng: np.random.Generator, *, walls: bool, rise: float) -> Made:
    """A tray or a plate with a post on it and a rib to both its sides; rise: how much higher the
    rib is than the post.
    """
    length, width, floor = size(rng, 80, 120), size(rng, 60, 90), size(rng, 2.5, 4)
    radius, high, t = size(rng, 5, 8), size(rng, 14, 20), size(rng, 1.6, 2.6)
    rib = round(high + rise, 1)
    aside = size(rng, 0, 0.4 * radius)  # a rib off the middle of its boss
    shape, volume = box((-length / 2, -width / 2, 0), (length / 2, width / 2, floor)), 0.0
    volume += length * width * floor
    reach = length / 2 - (floor if walls else 12)
    if walls:
        top = floor + max(high, rib) + 6
        outer = box((-length / 2, -width / 2, floor), (length / 2, width / 2, top))
        inner = ((-length / 2 + floor, -width / 2 + floor), (length / 2 - floor, width / 2 - floor))
        hollow = box((*inner[0], floor), (*inner[1], top))
        shape = shape.fuse(outer.cut(hollow))
        volume += (length * width - (length - 2 * floor) * (width - 2 * floor)) * (top - floor)
    post = cylinder(radius, floor, floor + high)
    across = box((-reach, aside - t / 2, floor), (reach, aside + t / 2, floor + rib))
    shape = shape.fuse(post).fuse(across).clean()
    low, up = aside - t / 2, aside + t / 2

    def beyond(y: float) -> float:
        return (y * math.sqrt(radius**2 - y * y) + radius**2 * math.asin(y / radius)) / 2

    shared = 2 * (beyond(up) - beyond(low))
    volume += math.pi * radius**2 * high + 2 * reach * t * rib - shared * min(high, rib)
    boss = feature("boss", "round", axis=UP, diameter_mm=2 * radius, height_mm=high)
    ribs: tuple[Feature, ...] = (feature("rib", height_mm=rib, base_thickness_mm=t),)
    return Made(shape, (boss, *ribs * (2 if rise < 0 else 1)), (*MOULDED, *CAST, "milling"), volume,
                lenient=True, pull_direction=UP)  # fmt: skip


named("post_between_walls", lambda rng: _ribbed_post(rng, walls=True, rise=-5))
named("post_with_ribs", lambda rng: _ribbed_post(rng, walls=False, rise=-4))
named("rib_through_post", lambda rng: _ribbed_post(rng, walls=False, rise=5))


@kind
def hub_on_an_arm(rng: np.random.Generator) -> Made:
    """An arm narrower than the hub at its end, which stands out of it to one side."""
    radius, bore, arm = size(rng, 14, 20), size(rng, 5, 8), size(rng, 7, 12)
    high, long, wide = size(rng, 4, 9), size(rng, 120, 160), size(rng, 16, 24)
    shape = cylinder(radius, 0, arm + high).fuse(box((0, -wide / 2, 0), (long, wide / 2, arm)))
    shape = shape.cut(cylinder(bore, 0, arm + high)).clean()
    volume = math.pi * (radius**2 - bore**2) * (arm + high)
    volume += (long * wide - half_strip(radius, wide)) * arm
    boss = feature("boss", "round", axis=UP, diameter_mm=2 * radius, height_mm=high)
    hole = feature(
        "hole", "through", axis=UP, at=(0, 0, 0), diameter_mm=2 * bore, depth_mm=arm + high
    )
    return Made(shape, (boss, hole), ("milling", "forging", *CAST), volume, lenient=True)
