"""Parts whose bosses, ribs, pockets, slots and steps have rounded or broken edges."""

from __future__ import annotations

import math

import cadquery as cq
import numpy as np

from generator.additions import SOLID
from generator.made import Made, feature, kind
from generator.tools import (
    MARGIN_MM,
    OVER_MM,
    UP,
    Tool,
    block,
    box,
    carve,
    cone,
    cylinder,
    polygon_area,
    prism,
    size,
)

RING = (10 - 3 * math.pi) / (12 - 3 * math.pi)  # centroid of a fillet's corner, over its radius
CORNER = 1 - math.pi / 4  # area between a fillet and the corner it rounds, over its radius squared


def _rectangle(x: float, y: float) -> list[tuple[float, float]]:
    return [(-x, -y), (x, -y), (x, y), (-x, y)]


@kind
def boss_round_blended(rng: np.random.Generator) -> Made:
    """A cast boss: a fillet where it stands and a rounded top."""
    stock = block(rng, height=(10, 25))
    r, high = size(rng, 8, 0.3 * stock.width_mm), size(rng, 8, 20)
    foot, top = size(rng, 1, 3), size(rng, 0.5, 2)
    shape = stock.shape().fuse(cylinder(r, -OVER_MM, high)).clean()
    shape = cq.Workplane(shape).edges(
        cq.selectors.BoxSelector((-r - 1, -r - 1, -0.1), (r + 1, r + 1, 0.1))
    )
    shape = shape.fillet(foot).faces(">Z").edges().fillet(top).val()
    more = 2 * math.pi * CORNER * foot**2 * (r + RING * foot)
    less = 2 * math.pi * CORNER * top**2 * (r - RING * top)
    known = (
        feature("boss", "round", axis=UP, at=(0, 0, high), diameter_mm=2 * r, height_mm=high),
        feature("fillet", "internal", radius_mm=foot),
        feature("fillet", "external", radius_mm=top),
    )
    volume = stock.volume_mm3 + math.pi * r**2 * high + more - less
    return Made(shape, known, SOLID, volume)


@kind
def boss_square_blended(rng: np.random.Generator) -> Made:
    """A pad with rounded corners and a fillet all round its foot."""
    stock = block(rng, height=(10, 25))
    x, y = 0.25 * stock.length_mm, 0.25 * stock.width_mm
    high, corner, foot = size(rng, 6, 15), size(rng, 3, 5), size(rng, 1, 2)
    pad = prism(_rectangle(x, y), -OVER_MM, high, corner)
    shape = stock.shape().fuse(pad).clean()
    around = cq.selectors.BoxSelector((-x - 1, -y - 1, -0.1), (x + 1, y + 1, 0.1))
    shape = cq.Workplane(shape).edges(around).fillet(foot).val()
    length = 4 * (x + y) - 8 * corner
    more = CORNER * foot**2 * (length + 2 * math.pi * (corner + RING * foot))
    volume = stock.volume_mm3 + polygon_area(_rectangle(x, y), corner) * high + more
    known = feature("boss", "other", axis=UP, at=(0, 0, high), height_mm=high)
    return Made(shape, (known, feature("fillet", "internal", radius_mm=foot)), SOLID, volume)


@kind
def boss_with_gussets(rng: np.random.Generator) -> Made:
    """A round post held by three or four triangular ribs."""
    stock = block(rng, height=(10, 18))
    r, high = size(rng, 5, 0.12 * stock.width_mm + 2), size(rng, 14, 25)
    count, t = int(rng.integers(3, 5)), size(rng, 1.5, 2.5)
    reach, rise = size(rng, 6, 10), round(0.7 * high, 1)
    post = cylinder(r, -OVER_MM, high)
    shape, volume = stock.shape().fuse(post), stock.volume_mm3 + math.pi * r**2 * high
    section = [(0, -1), (r + reach, -1), (r + reach, 0), (r, rise), (0, rise)]
    rib = cq.Workplane("XZ", origin=(0, t / 2, 0)).polyline(section).close().extrude(t).val()
    rib = rib.cut(cylinder(r, -5, high + 5))
    for i in range(count):
        turn = cq.Location((0, 0, 0), (0, 0, 1), 360 * i / count)
        shape = shape.fuse(rib.moved(turn))
    y = (np.arange(2000) + 0.5) / 2000 * t - t / 2
    x = np.sqrt(r**2 - y**2)  # where the round wall is; the rib slopes from r outward
    volume += count * float(np.mean(rise * reach / 2 + rise * (r - x))) * t
    boss = feature("boss", "round", axis=UP, at=(0, 0, high), diameter_mm=2 * r, height_mm=high)
    ribs = (feature("rib", thickness_mm=t),) * count
    return Made(shape.clean(), (boss, *ribs), SOLID, volume, lenient=True)


@kind
def rib_blended(rng: np.random.Generator) -> Made:
    """A rib with a fillet all along its foot."""
    stock = block(rng, height=(8, 15))
    t, high, foot = size(rng, 2, 4), size(rng, 10, 20), size(rng, 0.8, 2)
    long = size(rng, 0.5, 0.8, 2) * stock.length_mm
    rib = box((-long / 2, -t / 2, -OVER_MM), (long / 2, t / 2, high))
    shape = stock.shape().fuse(rib).clean()
    around = cq.selectors.BoxSelector((-long / 2 - 1, -t, -0.1), (long / 2 + 1, t, 0.1))
    shape = cq.Workplane(shape).edges(around).fillet(foot).val()
    known = (
        feature("rib", thickness_mm=t, height_mm=high, length_mm=long),
        feature("fillet", "internal", radius_mm=foot),
    )
    return Made(shape, known, SOLID)


@kind
def webs_crossing(rng: np.random.Generator) -> Made:
    """A tray with two thin webs across it that cross in its middle."""
    stock = block(rng, height=(25, 40))
    wall, floor = size(rng, 6, 9), size(rng, 5, 8)
    x, y, h = stock.length_mm / 2 - wall, stock.width_mm / 2 - wall, stock.height_mm
    t, high = size(rng, 1.5, 3), round((h - floor) * float(rng.uniform(0.5, 0.8)), 1)
    low = -h + floor
    shape = stock.shape().cut(box((-x, -y, low), (x, y, OVER_MM)))
    one = box((-x - 1, -t / 2, low - 1), (x + 1, t / 2, low + high))
    two = box((-t / 2, -y - 1, low - 1), (t / 2, y + 1, low + high))
    volume = stock.volume_mm3 - 4 * x * y * (h - floor) + (2 * x + 2 * y - t) * t * high
    ribs = (feature("rib", thickness_mm=t, height_mm=high),) * 2
    return Made(shape.fuse(one, two).clean(), ribs, SOLID, volume, lenient=True)


def _mouth(rng: np.random.Generator, form: str) -> Made:
    """A pocket whose rim is chamfered or rounded; its length and width are those of its walls."""
    stock = block(rng, height=(20, 45))
    broken = size(rng, 0.5, 1.5)
    x = round(0.5 * stock.length_mm - MARGIN_MM - 4, 1)
    y = round(0.4 * stock.width_mm - 4, 1)
    corner, depth = size(rng, 3, 6), size(rng, 6, 0.6 * stock.height_mm)
    cutter = prism(_rectangle(x, y), -depth, OVER_MM, corner)
    shape = stock.shape().cut(cutter)
    rim = cq.selectors.BoxSelector((-x - 0.1, -y - 0.1, -0.1), (x + 0.1, y + 0.1, 0.1))
    work = cq.Workplane(shape).edges(rim)
    shape = (work.chamfer(broken) if form == "chamfer" else work.fillet(broken)).val()
    straight, around = 4 * (x + y) - 8 * corner, 2 * math.pi
    if form == "chamfer":
        less = broken**2 / 2 * (straight + around * (corner + broken / 3))
        edge = feature("chamfer", width_mm=broken, angle_deg=45.0)
    else:
        less = CORNER * broken**2 * (straight + around * (corner + RING * broken))
        edge = feature("fillet", "external", radius_mm=broken)
    known = feature(
        "pocket",
        "closed",
        axis=UP,
        profile="rectangle",
        depth_mm=depth,
        length_mm=2 * max(x, y),
        width_mm=2 * min(x, y),
        corner_radius_mm=corner,
    )
    volume = stock.volume_mm3 - polygon_area(_rectangle(x, y), corner) * depth - less
    return Made(shape, (known, edge), ("milling",), volume)


@kind
def pocket_chamfered_mouth(rng: np.random.Generator) -> Made:
    return _mouth(rng, "chamfer")


@kind
def pocket_rounded_mouth(rng: np.random.Generator) -> Made:
    return _mouth(rng, "fillet")


@kind
def pocket_floor_radius_sharp_corners(rng: np.random.Generator) -> Made:
    """Only the floor's edges are rounded; the corners were eroded square."""
    stock = block(rng)
    x, y = round(0.35 * stock.length_mm, 1), round(0.35 * stock.width_mm, 1)
    floor, depth = size(rng, 1, 3), size(rng, 6, 0.7 * stock.height_mm)
    cutter = cq.Workplane(box((-x, -y, -depth), (x, y, OVER_MM))).faces("<Z").edges().fillet(floor)
    known = feature(
        "pocket",
        "closed",
        axis=UP,
        profile="rectangle",
        depth_mm=depth,
        length_mm=2 * max(x, y),
        width_mm=2 * min(x, y),
        floor_radius_mm=floor,
    )
    return Made(stock.shape().cut(cutter.val()), (known,), ("milling",))


@kind
def slot_floor_radius(rng: np.random.Generator) -> Made:
    """A slot right through whose floor meets its walls in fillets."""
    stock = block(rng)
    w, d = size(rng, 8, 0.35 * stock.length_mm), size(rng, 6, 0.7 * stock.height_mm)
    r, y = size(rng, 1, 3), stock.width_mm / 2
    cutter = cq.Workplane(box((-w / 2, -y - 1, -d), (w / 2, y + 1, OVER_MM)))
    cutter = cutter.faces("<Z").edges("|Y").fillet(r).val()
    known = feature("slot", "through", profile="rectangle", width_mm=w, depth_mm=d, length_mm=2 * y)
    tool = Tool(cutter, (w * d - 2 * CORNER * r**2) * 2 * y, (known,))
    return carve(stock.shape(), stock.volume_mm3, [tool], process=("milling", "extrusion"))


@kind
def slot_full_radius(rng: np.random.Generator) -> Made:
    """A slot with a half-round floor, as a ball-nosed cutter of its width leaves."""
    stock = block(rng, height=(20, 45))
    w = size(rng, 4, 12)
    d, y = size(rng, w, 0.7 * stock.height_mm), stock.width_mm / 2
    cutter = box((-w / 2, -y - 1, -d + w / 2), (w / 2, y + 1, OVER_MM))
    ball = cq.Solid.makeCylinder(
        w / 2, 2 * y + 2, cq.Vector(0, -y - 1, -d + w / 2), cq.Vector(0, 1, 0)
    )
    known = feature("slot", "through", width_mm=w, depth_mm=d, length_mm=2 * y)
    area = w * (d - w / 2) + math.pi / 8 * w**2
    tool = Tool(cutter.fuse(ball), area * 2 * y, (known,))
    return carve(stock.shape(), stock.volume_mm3, [tool], process=("milling", "extrusion"))


@kind
def slot_chamfered_mouth(rng: np.random.Generator) -> Made:
    """Both edges of a slot broken by 45°; its width is that between the walls."""
    stock = block(rng)
    w, d = size(rng, 5, 0.3 * stock.length_mm), size(rng, 6, 0.7 * stock.height_mm)
    c, y = size(rng, 0.5, 1.5), stock.width_mm / 2
    cutter = box((-w / 2, -y - 1, -d), (w / 2, y + 1, OVER_MM))
    wide = [(-w / 2, -c), (w / 2, -c), (w / 2 + c + 1, 1), (-w / 2 - c - 1, 1)]
    bevel = cq.Workplane(cq.Plane((0, -y - 1, 0), (1, 0, 0), (0, -1, 0))).polyline(wide).close()
    known = (
        feature("slot", "through", profile="rectangle", width_mm=w, depth_mm=d, length_mm=2 * y),
        *(feature("chamfer", width_mm=c, angle_deg=45.0),) * 2,
    )
    tool = Tool(cutter.fuse(bevel.extrude(-2 * y - 2).val()), (w * d + c * c) * 2 * y, known)
    return carve(stock.shape(), stock.volume_mm3, [tool], process=("milling", "extrusion"))


@kind
def step_floor_radius(rng: np.random.Generator) -> Made:
    """A step whose inner corner is a fillet."""
    stock = block(rng)
    w, d = size(rng, 8, 0.4 * stock.length_mm), size(rng, 6, 0.6 * stock.height_mm)
    r, x, y = size(rng, 1, 4), stock.length_mm / 2, stock.width_mm / 2
    cutter = cq.Workplane(box((x - w, -y - 1, -d), (x + 1, y + 1, OVER_MM)))
    cutter = cutter.edges("<Z and <X").fillet(r).val()
    known = (
        feature("step", "through", depth_mm=min(w, d), width_mm=max(w, d)),
        feature("fillet", "internal", radius_mm=r),
    )
    tool = Tool(cutter, (w * d - CORNER * r**2) * 2 * y, known)
    return carve(stock.shape(), stock.volume_mm3, [tool], process=("milling", "extrusion"))


@kind
def hole_chamfered_both_ends(rng: np.random.Generator) -> Made:
    """A hole broken at both rims, as any drilled hole is deburred."""
    stock = block(rng)
    d, c, t = size(rng, 6, 20), size(rng, 0.3, 0.8), stock.height_mm
    cutter = cylinder(d / 2, -t - OVER_MM, OVER_MM)
    cutter = cutter.fuse(cone(d / 2, d / 2 + c + 1, -c, 1.0))
    cutter = cutter.fuse(cone(d / 2 + c + 1, d / 2, -t - 1.0, -t + c))
    ring = 2 * math.pi * c**2 / 2 * (d / 2 + c / 3)
    known = feature(
        "hole", "through", axis=UP, at=(0, 0, 0), diameter_mm=d, depth_mm=t, bottom="open"
    )
    tool = Tool(cutter, math.pi / 4 * d**2 * t + 2 * ring, (known,))
    return carve(stock.shape(), stock.volume_mm3, [tool])


@kind
def hole_bottom_filleted(rng: np.random.Generator) -> Made:
    """A bored hole whose flat bottom meets its wall in a fillet."""
    stock = block(rng, height=(20, 45))
    d, depth, r = size(rng, 10, 24), size(rng, 12, 0.8 * stock.height_mm), size(rng, 0.5, 1.5)
    cutter = cq.Workplane(cylinder(d / 2, -depth, OVER_MM)).faces("<Z").edges().fillet(r).val()
    less = 2 * math.pi * CORNER * r**2 * (d / 2 - RING * r)
    known = feature("hole", "blind", axis=UP, at=(0, 0, 0), diameter_mm=d, bottom="flat")
    tool = Tool(cutter, math.pi / 4 * d**2 * depth - less, (known,))
    return carve(stock.shape(), stock.volume_mm3, [tool])
