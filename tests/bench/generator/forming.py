"""Trays, forms raised out of a sheet, and drawn cups."""

from __future__ import annotations

import math

import cadquery as cq
import numpy as np

from generator.made import Made, feature, kind, named
from generator.pockets import SPANDREL
from generator.sheet import SHEET, gauge
from generator.tools import box, cone, cylinder, size
from samples.sheet import bent_section


def _edge_flange(a: float, wide: float, high: float, r: float, t: float) -> cq.Shape:
    """A flange bent up at x = a from a plate on z 0…t, reaching 1 mm back into it."""
    section = bent_section((1.0, high), ((90.0, r),), t)
    solid = cq.Solid.extrudeLinear(section, [], cq.Vector(0, 0, wide))
    # section x → x, section y → z, its width → −y
    return solid.rotate(cq.Vector(0, 0, 0), cq.Vector(1, 0, 0), 90).moved(
        cq.Location((a - 1.0, wide / 2, 0))
    )


def _tray(rng: np.random.Generator, sides: int) -> Made:
    t, r, _ = gauge(rng)
    a, b, gap = size(rng, 50, 100), size(rng, 40, 80), round(1.5 * t, 2)
    shape, volume, known = box((-a / 2, -b / 2, 0), (a / 2, b / 2, t)), a * b * t, []
    for number in range(sides):
        half, wide = ((a / 2, b - 2 * gap), (b / 2, a - 2 * gap))[number % 2]
        high = size(rng, 10, 25)
        flange = _edge_flange(half, wide, high, r, t)
        shape = shape.fuse(flange.rotate(cq.Vector(0, 0, 0), cq.Vector(0, 0, 1), 90 * number))
        volume += (high + math.pi / 2 * (r + t / 2)) * t * wide
        known.append(
            feature("bend", inside_radius_mm=r, angle_deg=90.0, length_mm=wide, thickness_mm=t)
        )
    return Made(shape.clean(), tuple(known), SHEET, volume)


named("sheet_tray_four_flanges", lambda rng: _tray(rng, 4))
named("sheet_tray_two_flanges", lambda rng: _tray(rng, 2))


def _formed(rng: np.random.Generator) -> tuple[cq.Shape, float, float, float, float]:
    t = float(rng.choice([0.8, 1.0, 1.2, 1.5, 2.0]))
    x, y = size(rng, 60, 110), size(rng, 50, 90)
    return box((-x / 2, -y / 2, 0), (x / 2, y / 2, t)), x * y * t, t, x, y


def _cap(radius: float, high: float) -> float:
    return math.pi * high**2 * (3 * radius - high) / 3


def _segment(radius: float, high: float) -> float:
    a = radius - high
    return radius**2 * math.acos(a / radius) - a * math.sqrt(radius**2 - a**2)


def _capsule(radius: float, half: float, centre: float) -> cq.Shape:
    """A ball drawn out along x."""
    side = radius / math.sqrt(2)
    section = cq.Workplane("XY").moveTo(-half - radius, 0)
    section = section.threePointArc((-half - side, side), (-half, radius)).lineTo(half, radius)
    section = section.threePointArc((half + side, side), (half + radius, 0)).close()
    return section.revolve(360, (0, 0, 0), (1, 0, 0)).translate((0, 0, centre)).val()


def _raised(rng: np.random.Generator, form: str) -> Made:
    """A dimple, bead or louvre raised out of a flat sheet, wall as thick as the sheet."""
    plate, volume, t, x, _ = _formed(rng)
    high, inner = size(rng, 1.8 * t, 3 * t), size(rng, 6 * t, 9 * t)
    outer, centre = inner + t, high - inner  # on top: centre + outer − t = high
    half = 0.0 if form == "dimple" else size(rng, 0.12 * x, 0.25 * x)
    if half:
        out, hollow = (_capsule(r, half, centre) for r in (outer, inner))
    else:
        out, hollow = (
            cq.Solid.makeSphere(r, cq.Vector(0, 0, centre), cq.Vector(0, 0, 1), -90, 90, 360)
            for r in (outer, inner)
        )
    far = 200.0
    low = 0.0 if form == "louvre" else -far
    above = box((-far, low, t / 2), (far, far, far))
    through = box((-far, low, -1.0), (far, far, far))
    shape = plate.fuse(out.intersect(above)).cut(hollow.intersect(through))
    more = _cap(outer, high) - _cap(inner, high)
    more += 2 * half * (_segment(outer, high) - _segment(inner, high))
    share = 0.5 if form == "louvre" else 1.0
    known = feature("form", form, height_mm=high)
    return Made(
        shape.clean(), (known,), ("stamping", "sheet_metal"), volume + share * more, lenient=True
    )


for _form in ("dimple", "bead", "louvre"):
    named(f"sheet_{_form}", lambda rng, form=_form: _raised(rng, form))


@kind
def sheet_emboss(rng: np.random.Generator) -> Made:
    """A flat round area pressed out of the sheet, its wall leaning and as thick as the sheet."""
    plate, volume, t, _, y = _formed(rng)
    high, lean = round(t * float(rng.uniform(0.5, 1.5)), 2), math.radians(size(rng, 20, 45))
    outer = size(rng, 0.15 * y, 0.3 * y)
    inner = outer + t * math.tan(lean) - t / math.cos(lean)
    less = high * math.tan(lean)
    shape = plate.fuse(cone(outer, outer - less, t, t + high)).cut(
        cone(inner, inner - less, 0, high)
    )
    for radius, sign in ((outer, 1), (inner, -1)):
        small = radius - less
        volume += sign * math.pi * high / 3 * (radius**2 + radius * small + small**2)
    known = feature("form", "emboss", height_mm=high)
    return Made(shape.clean(), (known,), ("stamping", "sheet_metal"), volume, lenient=True)


@kind
def sheet_lance(rng: np.random.Generator) -> Made:
    """A tab cut free on three sides and bent up out of the sheet."""
    t, r, _ = gauge(rng)
    x, y = size(rng, 70, 110), size(rng, 50, 90)
    wide, high, gap = size(rng, 10, 20), size(rng, 8, 15), round(t, 2)
    reach = r + t  # of the bend beyond its line, and of the window behind it
    window = box((0, -wide / 2 - gap, -1), (reach + high + gap, wide / 2 + gap, t + 1))
    shape = box((-x / 2, -y / 2, 0), (x / 2, y / 2, t)).cut(window)
    shape = shape.fuse(_edge_flange(0.0, wide, high, r, t))
    volume = x * y * t - (reach + high + gap) * (wide + 2 * gap) * t
    volume += (high + math.pi / 2 * (r + t / 2)) * t * wide
    known = feature("bend", inside_radius_mm=r, angle_deg=90.0, length_mm=wide, thickness_mm=t)
    return Made(shape.clean(), (known,), ("stamping", "sheet_metal"), volume, lenient=True)


@kind
def sheet_extruded_hole(rng: np.random.Generator) -> Made:
    """A hole with a collar drawn up around it, for a thread."""
    plate, volume, t, _, _ = _formed(rng)
    r, wall, high = size(rng, 3, 8), round(0.7 * t, 2), round(t * float(rng.uniform(1, 2)), 1)
    collar = cylinder(r + wall, t / 2, t + high)
    shape = plate.fuse(collar).cut(cylinder(r, -1, t + high + 1))
    volume += math.pi * ((r + wall) ** 2 - r**2) * high - math.pi * r**2 * t
    known = feature("form", "extruded_hole", height_mm=high)
    return Made(shape.clean(), (known,), ("stamping", "sheet_metal"), volume, lenient=True)


def ring_quarter(centre: float, inside: float, outside: float, *, outward: bool) -> float:
    """Volume of a quarter of a ring turned about an axis (Pappus)."""
    area = math.pi / 4 * (outside**2 - inside**2)
    arm = 4 / (3 * math.pi) * (outside**3 - inside**3) / (outside**2 - inside**2)
    return 2 * math.pi * (centre + arm if outward else centre - arm) * area


def _cup(rng: np.random.Generator, *, flange: bool) -> Made:
    t = float(rng.choice([0.8, 1.0, 1.2, 1.5]))
    punch, die = size(rng, 4, 7), size(rng, 3, 6)
    inner, depth = size(rng, 16, 35), size(rng, 22, 40)
    outer, below, rim = inner + t, punch + t, inner + t + die + size(rng, 6, 14)
    section = cq.Workplane("XZ").moveTo(0, 0).lineTo(outer - below, 0)
    section = section.radiusArc((outer, below), -below)
    volume = math.pi * (outer - below) ** 2 * t
    volume += ring_quarter(outer - below, punch, below, outward=True)
    if flange:
        section = section.lineTo(outer, depth - t - die)
        section = section.radiusArc((outer + die, depth - t), die)
        section = section.lineTo(rim, depth - t).lineTo(rim, depth).lineTo(outer + die, depth)
        section = section.radiusArc((inner, depth - t - die), -(die + t))
        volume += math.pi * (outer**2 - inner**2) * (depth - t - die - below)
        volume += ring_quarter(outer + die, die, die + t, outward=False)
        volume += math.pi * (rim**2 - (outer + die) ** 2) * t
    else:
        section = section.lineTo(outer, depth).lineTo(inner, depth)
        volume += math.pi * (outer**2 - inner**2) * (depth - below)
    section = section.lineTo(inner, t + punch).radiusArc((inner - punch, t), punch)
    shape = section.lineTo(0, t).close().revolve(360, (0, 0, 0), (0, 1, 0)).val()
    known = feature("form", "draw", height_mm=depth)
    return Made(shape, (known,), ("stamping", "sheet_metal"), volume, lenient=True)


named("drawn_cup", lambda rng: _cup(rng, flange=False))
named("drawn_cup_with_flange", lambda rng: _cup(rng, flange=True))


@kind
def drawn_box(rng: np.random.Generator) -> Made:
    """A rectangular drawn tray with round corners and bottom."""
    t = float(rng.choice([0.8, 1.0, 1.2]))
    x, y, high = size(rng, 50, 90), size(rng, 40, 60), size(rng, 15, 25)
    corner, bottom = size(rng, 9, 14), size(rng, 4, 6)

    def tub(less: float, floor: float) -> cq.Shape:
        body = cq.Workplane("XY", origin=(0, 0, floor)).rect(x - 2 * less, y - 2 * less)
        body = body.extrude(high - floor + less).edges("|Z").fillet(corner - less)
        return body.faces("<Z").edges().fillet(bottom - less).val()

    def content(less: float, deep: float) -> float:
        a, b, r, f = x - 2 * less, y - 2 * less, corner - less, bottom - less
        spared = (1 - math.pi / 4) * f**2
        spared *= 2 * (a + b - 4 * r) + 2 * math.pi * (r - SPANDREL * f)
        return (a * b - (4 - math.pi) * r**2) * deep - spared

    shape = tub(0.0, 0.0).cut(tub(t, t))
    known = feature("form", "draw", height_mm=high)
    volume = content(0.0, high) - content(t, high - t)
    return Made(shape, (known,), ("stamping", "sheet_metal"), volume, lenient=True)
