"""Parts with rounded and chamfered edges."""

from __future__ import annotations

import math

import cadquery as cq
import numpy as np
from OCP.BRepFilletAPI import BRepFilletAPI_MakeFillet

from generator.made import Made, feature, kind
from generator.tools import (
    MILLED,
    OVER_MM,
    Tool,
    block,
    box,
    carve,
    polygon_area,
    prism,
    size,
)

PROFILED = ("milling", "extrusion")
SPARED = 1 - math.pi / 4  # area a unit fillet takes from a square corner
SPANDREL = (10 - 3 * math.pi) / (12 - 3 * math.pi)  # its centroid from the sides


@kind
def fillet_one_edge(rng: np.random.Generator) -> Made:
    stock, r = block(rng), size(rng, 2, 12)
    shape = cq.Workplane(stock.shape()).edges("|Y and >X and >Z").fillet(r).val()
    volume = stock.volume_mm3 - SPARED * r**2 * stock.width_mm
    return Made(shape, (feature("fillet", "external", radius_mm=r),), PROFILED, volume)


@kind
def fillet_four_edges(rng: np.random.Generator) -> Made:
    """Four upright edges of four radii: four fillets."""
    stock = block(rng)
    shape = cq.Workplane(stock.shape())
    volume, known = stock.volume_mm3, []
    for where in ("<X and <Y", "<X and >Y", ">X and <Y", ">X and >Y"):
        r = size(rng, 2, 15)
        shape = shape.edges("|Z").edges(where).fillet(r)
        volume -= SPARED * r**2 * stock.height_mm
        known.append(feature("fillet", "external", radius_mm=r))
    return Made(shape.val(), tuple(known), PROFILED, volume)


def _rounded_plate(rng: np.random.Generator) -> tuple[cq.Workplane, float, float, float, float]:
    stock = block(rng)
    corner = size(rng, 8, 15)
    shape = cq.Workplane(stock.shape()).edges("|Z").fillet(corner)
    volume = stock.volume_mm3 - 4 * SPARED * corner**2 * stock.height_mm
    straight = 2 * (stock.length_mm + stock.width_mm - 4 * corner)
    return shape, volume, corner, straight, stock.height_mm


@kind
def fillet_chain_external(rng: np.random.Generator) -> Made:
    """A rounded top edge right round a plate with rounded corners is one fillet."""
    shape, volume, corner, straight, _ = _rounded_plate(rng)
    r = size(rng, 1, 5)
    shape = shape.faces(">Z").edges().fillet(r)
    volume -= SPARED * r**2 * (straight + 2 * math.pi * (corner - SPANDREL * r))
    known = feature("fillet", "external", radius_mm=r)
    corners = (feature("fillet", "external", radius_mm=corner),) * 4
    return Made(shape.val(), (known, *corners), (*MILLED, "forging"), volume)


@kind
def chamfer_chain_external(rng: np.random.Generator) -> Made:
    """A chamfer right round a plate with rounded corners is one chamfer."""
    shape, volume, corner, straight, _ = _rounded_plate(rng)
    c = size(rng, 0.5, 4)
    shape = shape.faces(">Z").edges().chamfer(c)
    volume -= c**2 / 2 * (straight + 2 * math.pi * (corner - c / 3))
    known = feature("chamfer", "external", width_mm=c, angle_deg=45.0)
    corners = (feature("fillet", "external", radius_mm=corner),) * 4
    return Made(shape.val(), (known, *corners), MILLED, volume)


@kind
def chamfer_one_edge(rng: np.random.Generator) -> Made:
    stock, c = block(rng), size(rng, 0.5, 5)
    shape = cq.Workplane(stock.shape()).edges("|Y and >X and >Z").chamfer(c).val()
    volume = stock.volume_mm3 - c**2 / 2 * stock.width_mm
    known = feature("chamfer", "external", width_mm=c, angle_deg=45.0)
    return Made(shape, (known,), PROFILED, volume)


@kind
def chamfer_four_edges(rng: np.random.Generator) -> Made:
    stock = block(rng)
    shape = cq.Workplane(stock.shape())
    volume, known = stock.volume_mm3, []
    for where in ("<X and <Y", "<X and >Y", ">X and <Y", ">X and >Y"):
        c = size(rng, 1, 6)
        shape = shape.edges("|Z").edges(where).chamfer(c)
        volume -= c**2 / 2 * stock.height_mm
        known.append(feature("chamfer", "external", width_mm=c, angle_deg=45.0))
    return Made(shape.val(), tuple(known), PROFILED, volume)


def _step(rng: np.random.Generator) -> tuple[cq.Shape, float, float, float, float, float, float]:
    stock = block(rng, height=(25, 45))
    x, y = stock.length_mm / 2, stock.width_mm / 2
    w, d = size(rng, 15, 0.4 * stock.length_mm), size(rng, 10, 0.6 * stock.height_mm)
    cutter = box((x - w, -y - OVER_MM, -d), (x + OVER_MM, y + OVER_MM, OVER_MM))
    return stock.shape().cut(cutter), stock.volume_mm3 - w * d * 2 * y, x, y, w, d, 2 * y


@kind
def fillet_internal(rng: np.random.Generator) -> Made:
    """The inner corner of a step is rounded; how far the step reaches is measured beyond it."""
    shape, volume, x, _, w, d, long = _step(rng)
    r = size(rng, 1, 6)
    edge = cq.Workplane(shape).edges(cq.selectors.NearestToPointSelector((x - w, 0, -d)))
    known = (
        feature("fillet", "internal", radius_mm=r),
        feature("step", "through", width_mm=max(w, d), depth_mm=min(w, d)),
    )
    return Made(edge.fillet(r).val(), known, PROFILED, volume + SPARED * r**2 * long)


@kind
def chamfer_internal(rng: np.random.Generator) -> Made:
    shape, volume, x, _, w, d, long = _step(rng)
    c = size(rng, 1, 4)
    edge = cq.Workplane(shape).edges(cq.selectors.NearestToPointSelector((x - w, 0, -d)))
    known = (feature("chamfer", "internal", width_mm=c, angle_deg=45.0),)
    return Made(edge.chamfer(c).val(), known, PROFILED, volume + c**2 / 2 * long)


@kind
def fillet_variable(rng: np.random.Generator) -> Made:
    """The radius grows along the edge; the least and the largest are known."""
    stock = block(rng)
    least, most = size(rng, 2, 5), size(rng, 7, 12)
    solid = stock.shape()
    edge = cq.Workplane(solid).edges("|Y and >X and >Z").val()
    maker = BRepFilletAPI_MakeFillet(solid.wrapped)
    maker.Add(least, most, edge.wrapped)
    shape = cq.Shape.cast(maker.Shape())
    known = feature("fillet", "external", radius_mm=least, radius_max_mm=most)
    # whatever law the kernel lets the radius follow, it takes between the two corners' worth
    low, high = (SPARED * r**2 * stock.width_mm for r in (least, most))
    if not low < stock.volume_mm3 - shape.Volume() < high:
        raise ValueError("the variable fillet took too much or too little")
    return Made(shape, (known,), MILLED)


@kind
def chamfer_at_an_angle(rng: np.random.Generator) -> Made:
    """Upright edge cut at 30° or 60°: its angle depends on the side, so only its being is known."""
    stock = block(rng)
    a = size(rng, 2, 5)
    b = round(a * math.tan(math.radians(60)), 3)
    x, y = stock.length_mm / 2, stock.width_mm / 2
    points = [(x - a - a / b, y + 1), (x + 1, y - b - b / a), (x + 1, y + 1)]
    cutter = prism(points, -stock.height_mm - OVER_MM, OVER_MM)
    tool = Tool(
        cutter,
        polygon_area([(x - a, y), (x, y - b), (x, y)]) * stock.height_mm,
        (feature("chamfer", "external"),),
    )
    return carve(stock.shape(), stock.volume_mm3, [tool], process=PROFILED)
