"""Parts with steps."""

from __future__ import annotations

import math

import cadquery as cq
import numpy as np

from generator.made import Made, feature, kind
from generator.tools import (
    MILLED,
    OVER_MM,
    Tool,
    block,
    box,
    carve,
    cylinder,
    polygon_area,
    prism,
    profile_along_y,
    size,
)

PROFILED = ("milling", "extrusion")


def _extents(a: float, b: float) -> dict[str, float]:
    return {"width_mm": max(a, b), "depth_mm": min(a, b)}


@kind
def step_through(rng: np.random.Generator) -> Made:
    stock = block(rng)
    w, d = size(rng, 6, 0.4 * stock.length_mm), size(rng, 4, 0.7 * stock.height_mm)
    x, y = stock.length_mm / 2, stock.width_mm / 2
    cutter = box((x - w, -y - OVER_MM, -d), (x + OVER_MM, y + OVER_MM, OVER_MM))
    known = feature("step", "through", profile="rectangle", **_extents(w, d))
    tool = Tool(cutter, w * d * 2 * y, (known,))
    return carve(stock.shape(), stock.volume_mm3, [tool], process=PROFILED)


@kind
def step_on_both_sides(rng: np.random.Generator) -> Made:
    stock = block(rng)
    x, y = stock.length_mm / 2, stock.width_mm / 2
    tools = []
    for side in (1, -1):
        w, d = size(rng, 5, 0.3 * stock.length_mm), size(rng, 4, 0.7 * stock.height_mm)
        ends = sorted((side * (x - w), side * (x + OVER_MM)))
        cutter = box((ends[0], -y - OVER_MM, -d), (ends[1], y + OVER_MM, OVER_MM))
        known = feature("step", "through", profile="rectangle", **_extents(w, d))
        tools.append(Tool(cutter, w * d * 2 * y, (known,)))
    return carve(stock.shape(), stock.volume_mm3, tools, process=PROFILED)


@kind
def step_slanted_wall(rng: np.random.Generator) -> Made:
    """The wall leans back: the section is a trapezium."""
    stock = block(rng)
    w, d = size(rng, 12, 0.4 * stock.length_mm), size(rng, 5, 0.6 * stock.height_mm)
    lean = round(d * math.tan(math.radians(float(rng.uniform(12, 35)))), 2)
    lean = min(lean, 0.5 * w)
    x, y = stock.length_mm / 2, stock.width_mm / 2
    k = OVER_MM / d
    points = [
        (x - w + lean, -d),
        (x + OVER_MM, -d),
        (x + OVER_MM, OVER_MM),
        (x - w - k * lean, OVER_MM),
    ]
    known = feature("step", "through", **_extents(w, d))
    cutter = profile_along_y(points, -y - OVER_MM, y + OVER_MM)
    tool = Tool(cutter, (w - lean / 2) * d * 2 * y, (known,))
    return carve(stock.shape(), stock.volume_mm3, [tool], process=PROFILED)


@kind
def step_slanted_floor(rng: np.random.Generator) -> Made:
    """The wall is upright, the floor falls along the step."""
    stock = block(rng)
    w = size(rng, 8, 0.4 * stock.length_mm)
    shallow, deep = sorted(
        (size(rng, 3, 0.3 * stock.height_mm), size(rng, 0.4, 0.7, 2) * stock.height_mm)
    )
    x, y = stock.length_mm / 2, stock.width_mm / 2
    slope = (deep - shallow) / (2 * y)
    corners = [
        (-y - OVER_MM, -shallow + slope * OVER_MM),
        (y + OVER_MM, -deep - slope * OVER_MM),
        (y + OVER_MM, OVER_MM),
        (-y - OVER_MM, OVER_MM),
    ]
    cutter = (
        cq.Workplane("YZ", origin=(x - w, 0, 0))
        .polyline(corners)
        .close()
        .extrude(w + OVER_MM)
        .val()
    )
    known = feature("step", "through", profile="slanted")
    tool = Tool(cutter, (shallow + deep) / 2 * w * 2 * y, (known,))
    return carve(stock.shape(), stock.volume_mm3, [tool])


@kind
def step_two_sides(rng: np.random.Generator) -> Made:
    """The wall of the step is two planes that meet in a line: a notch all along one edge."""
    stock = block(rng)
    x, y = stock.length_mm / 2, stock.width_mm / 2
    far, near = size(rng, 0.4, 0.6, 2) * stock.length_mm / 2, size(rng, 0.1, 0.2, 2) * x
    d = size(rng, 5, 0.6 * stock.height_mm)
    k = (far - near) / y * OVER_MM
    points = [
        (x + OVER_MM, -y - OVER_MM),
        (x + OVER_MM, y + OVER_MM),
        (x - near + k, y + OVER_MM),
        (x - far, 0.0),
        (x - near + k, -y - OVER_MM),
    ]
    known = feature("step", "through", profile="two_sides")
    tool = Tool(prism(points, -d, OVER_MM), (far + near) * y * d, (known,))
    return carve(stock.shape(), stock.volume_mm3, [tool])


@kind
def step_blind_rectangle(rng: np.random.Generator) -> Made:
    """A corner taken out: open at the top and at two sides."""
    stock = block(rng)
    x, y = stock.length_mm / 2, stock.width_mm / 2
    a, b = size(rng, 6, 0.8 * x), size(rng, 6, 0.8 * y)
    d = size(rng, 4, 0.6 * stock.height_mm)
    cutter = box((x - a, y - b, -d), (x + OVER_MM, y + OVER_MM, OVER_MM))
    tool = Tool(cutter, a * b * d, (feature("step", "blind", profile="rectangle"),))
    return carve(stock.shape(), stock.volume_mm3, [tool], process=MILLED)


@kind
def step_blind_triangle(rng: np.random.Generator) -> Made:
    stock = block(rng)
    x, y = stock.length_mm / 2, stock.width_mm / 2
    a, b = size(rng, 8, 0.8 * x), size(rng, 8, 0.8 * y)
    d = size(rng, 4, 0.6 * stock.height_mm)
    past = 4 * OVER_MM
    points = [
        (x - a - past * a / b, y + past),
        (x + past, y - b - past * b / a),
        (x + past, y + past),
    ]
    tool = Tool(
        prism(points, -d, OVER_MM), a * b / 2 * d, (feature("step", "blind", profile="triangle"),)
    )
    return carve(stock.shape(), stock.volume_mm3, [tool], process=MILLED)


@kind
def step_blind_circle(rng: np.random.Generator) -> Made:
    stock = block(rng)
    x, y = stock.length_mm / 2, stock.width_mm / 2
    r, d = size(rng, 8, 0.8 * y), size(rng, 4, 0.6 * stock.height_mm)
    tool = Tool(
        cylinder(r, -d, OVER_MM, x, y),
        math.pi / 4 * r**2 * d,
        (feature("step", "blind", profile="circle"),),
    )
    return carve(stock.shape(), stock.volume_mm3, [tool], process=MILLED)


@kind
def stairs(rng: np.random.Generator) -> Made:
    """Two steps one below the other."""
    stock = block(rng, height=(25, 45))
    x, y = stock.length_mm / 2, stock.width_mm / 2
    a, b = size(rng, 8, 0.2 * stock.length_mm), size(rng, 8, 0.2 * stock.length_mm)
    d, e = size(rng, 5, 0.3 * stock.height_mm), size(rng, 5, 0.3 * stock.height_mm)
    points = [
        (x - a - b, -d),
        (x - b, -d),
        (x - b, -d - e),
        (x + OVER_MM, -d - e),
        (x + OVER_MM, OVER_MM),
        (x - a - b, OVER_MM),
    ]
    known = feature("step", "through", profile="rectangle")
    area = polygon_area([(0, 0), (a, 0), (a, -e), (a + b, -e), (a + b, d), (0, d)])
    cutter = profile_along_y(points, -y - OVER_MM, y + OVER_MM)
    tool = Tool(cutter, area * 2 * y, (known, known))
    return carve(stock.shape(), stock.volume_mm3, [tool], process=PROFILED)
