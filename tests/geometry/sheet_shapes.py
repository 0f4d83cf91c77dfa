"""Sheet parts whose flats are known from their drawing."""

import math
from typing import Any

import cadquery as cq

from geometry.features.bend_allowance import k_factor
from samples.sheet import bent_strip


def allowance(angle_deg: float, radius: float, t: float) -> float:
    """Length of a bend in the flat, from the definition."""
    return math.radians(angle_deg) * (radius + k_factor(radius, t) * t)


def flat_length(legs: list[float], bends: list[tuple[float, float]], t: float) -> float:
    """Legs between tangents plus the bends' allowances."""
    return sum(legs) + sum(allowance(abs(a), r, t) for a, r in bends)


def strip(legs: list[float], bends: list[tuple[float, float]], t: float, width: float) -> cq.Solid:
    """A strip bent about z."""
    return bent_strip(legs, bends, t, width)


def section(points: list[tuple[float, float]], width: float) -> cq.Workplane:
    """A closed outline drawn along z."""
    return cq.Workplane("XY").polyline(points).close().extrude(width)


def sharp_angle(width: float = 50.0) -> cq.Workplane:
    """An L of 2 mm sheet with square corners, inner legs 38 and 28."""
    return section([(0, 0), (40, 0), (40, 2), (2, 2), (2, 30), (0, 30)], width)


def corner_at(x: float, y: float, width: float) -> Any:
    """The edge along z at a point of a section."""
    return cq.selectors.NearestToPointSelector((x, y, width / 2))


def tube(t: float = 2.0) -> cq.Workplane:
    """A square tube 40 × 40 × 200 with square corners."""
    inner = 40 - 2 * t
    return (
        cq.Workplane().rect(40, 40).extrude(200)
        .faces(">Z").workplane().rect(inner, inner).cutThruAll()
    )  # fmt: skip


def overlapping() -> cq.Workplane:
    """An L-shaped base of 2 mm with a wall on each side of its inner corner: their flats meet."""
    base = section([(0, 0), (100, 0), (100, 40), (40, 40), (40, 100), (0, 100)], 2)
    first = cq.Workplane().box(50, 2, 32, centered=False).translate((50, 38, 0))
    second = cq.Workplane().box(2, 50, 32, centered=False).translate((38, 50, 0))
    return base.union(first).union(second)


def tab_in_window() -> cq.Workplane:
    """A plate 100 × 80 × 2 with a window 30 × 20 and a tab 16 wide, 23 high bent up at one side."""
    plate = cq.Workplane().box(100, 80, 2, centered=False)
    plate = plate.cut(cq.Workplane().box(30, 20, 10).translate((50, 40, 1)))
    return plate.union(cq.Workplane().box(2, 16, 25, centered=False).translate((35, 32, 0)))


def tray() -> cq.Workplane:
    """A base 80 × 60 of 2 mm with four walls 30 high, corners notched."""
    box = cq.Workplane().box(80, 60, 30, centered=(True, True, False)).faces(">Z").shell(-2)
    for x in (-40, 40):
        for y in (-30, 30):
            box = box.cut(cq.Workplane().box(6, 6, 100).translate((x, y, 0)))
    return box
