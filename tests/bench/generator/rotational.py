"""Turned parts with rounded grooves and shoulders, ring grooves, a tapped thread, a bevel gear."""

from __future__ import annotations

import math

import cadquery as cq
import numpy as np

from generator.gears import outline, toothed
from generator.made import Made, feature, kind
from generator.tools import OVER_MM, UP, Tool, block, carve, cone, cylinder, size
from generator.turned import TURNED, revolved, revolved_volume

CORNER = 1 - math.pi / 4  # area between a fillet and the corner it rounds, over its radius squared
RING = (10 - 3 * math.pi) / (12 - 3 * math.pi)  # its centroid from the corner, over the radius


def _circle_at(shape: cq.Shape, radius: float, z: float) -> list[cq.Edge]:
    """Circular edges about z of a radius and height."""
    return [
        edge
        for edge in shape.Edges()
        if edge.geomType() == "CIRCLE"
        and abs(edge.radius() - radius) < 1e-6
        and abs(edge.Center().z - z) < 1e-6
    ]


def _fillet_ring(radius: float, r: float, side: int) -> float:
    """Volume between a fillet and the corner circle it rounds; side +1: the corner is inside."""
    return 2 * math.pi * CORNER * r**2 * (radius + side * RING * r)


@kind
def groove_external_rounded(rng: np.random.Generator) -> Made:
    """An O-ring groove in a piston: fillets at its floor, its rims rounded off."""
    r, length = size(rng, 12, 30), size(rng, 50, 100)
    w, d = size(rng, 2.5, 6), size(rng, 1.5, 3)
    floor, rim, z = round(0.15 * w, 2), 0.2, round(0.4 * length, 1)
    points = [
        (0, 0),
        (r, 0),
        (r, z),
        (r - d, z),
        (r - d, z + w),
        (r, z + w),
        (r, length),
        (0, length),
    ]
    shape = revolved(points)
    shape = shape.fillet(floor, [e for at in (z, z + w) for e in _circle_at(shape, r - d, at)])
    outer = [e for at in (z, z + w) for e in _circle_at(shape, r, at)]
    shape = shape.fillet(rim, outer)
    volume = revolved_volume(points) + 2 * _fillet_ring(r - d, floor, 1)
    volume -= 2 * _fillet_ring(r, rim, -1)
    known = (
        feature("turned_profile", axis=UP, length_mm=length, max_diameter_mm=2 * r),
        feature("groove", "external", width_mm=w, depth_mm=d),
    )
    return Made(shape, known, TURNED, volume, turn_axis=UP)


@kind
def groove_external_full_radius(rng: np.random.Generator) -> Made:
    """A ball race: a groove of a half circle round a shaft."""
    r, length = size(rng, 15, 30), size(rng, 40, 80)
    tube = size(rng, 1.5, 4)
    z = round(0.5 * length, 1)
    ring = cq.Solid.makeTorus(r, tube, cq.Vector(0, 0, z), cq.Vector(0, 0, 1))
    # inner half of a ring (Pappus): its centroid lies 4 ρ / 3 π inside the middle circle
    taken = 2 * math.pi * (r - 4 * tube / (3 * math.pi)) * math.pi * tube**2 / 2
    known = (
        feature("turned_profile", axis=UP, length_mm=length, max_diameter_mm=2 * r),
        feature("groove", "external", width_mm=2 * tube, depth_mm=tube),
    )
    shape = cylinder(r, 0, length).cut(ring)
    return Made(shape, known, TURNED, math.pi * r**2 * length - taken, turn_axis=UP)


@kind
def groove_internal_rounded(rng: np.random.Generator) -> Made:
    """A seal's groove in a bore, its floor corners rounded."""
    bore, length = size(rng, 12, 25), size(rng, 40, 70)
    r, w, d = round(bore * 1.6, 1), size(rng, 2.5, 5), size(rng, 1.2, 2.5)
    z, floor = round(0.4 * length, 1), 0.3
    points = [(bore, 0), (r, 0), (r, length), (bore, length)]
    points += [(bore, z + w), (bore + d, z + w), (bore + d, z), (bore, z)]
    shape = revolved(points)
    inner = [e for at in (z, z + w) for e in _circle_at(shape, bore + d, at)]
    shape = shape.fillet(floor, inner)
    volume = revolved_volume(points) + 2 * _fillet_ring(bore + d, floor, -1)
    hole = feature(
        "hole", "through", axis=UP, at=(0, 0, length), diameter_mm=2 * bore, depth_mm=length
    )
    groove = feature("groove", "internal", width_mm=w, depth_mm=d)
    return Made(shape, (groove, hole), TURNED, volume, turn_axis=UP)


def _ring_groove(rng: np.random.Generator, floor: str) -> Made:
    stock = block(rng)
    outer, w = size(rng, 0.25 * stock.width_mm, 0.4 * stock.width_mm), size(rng, 3, 6)
    d, inner = round(0.7 * w, 1), outer - w
    middle = outer - w / 2
    if floor == "rounded":
        r = round(0.1 * w, 2)
        cutter = cylinder(outer, -d, OVER_MM).cut(cylinder(inner, -d - 1, OVER_MM + 1))
        edges = [*_circle_at(cutter, outer, -d), *_circle_at(cutter, inner, -d)]
        cutter = cutter.fillet(r, edges)
        volume = math.pi * (outer**2 - inner**2) * d
        volume -= _fillet_ring(outer, r, -1) + _fillet_ring(inner, r, 1)
    else:  # a ball-nosed cutter as wide as the groove
        tube = w / 2
        cutter = cylinder(outer, -d + tube, OVER_MM).cut(cylinder(inner, -d - 1, OVER_MM + 1))
        cutter = cutter.fuse(
            cq.Solid.makeTorus(middle, tube, cq.Vector(0, 0, -d + tube), cq.Vector(0, 0, 1))
        )
        volume = 2 * math.pi * middle * (w * (d - tube) + math.pi / 2 * tube**2)
    known = feature("groove", width_mm=w, depth_mm=d)
    return carve(stock.shape(), stock.volume_mm3, [Tool(cutter, volume, (known,))])


@kind
def groove_o_ring_rounded(rng: np.random.Generator) -> Made:
    return _ring_groove(rng, "rounded")


@kind
def groove_o_ring_ball_nosed(rng: np.random.Generator) -> Made:
    return _ring_groove(rng, "ball")


@kind
def shaft_filleted_shoulders(rng: np.random.Generator) -> Made:
    """A bearing shaft: each shoulder with a fillet at its foot."""
    radii = [size(rng, 10, 14)]
    for _ in range(2):
        radii.append(round(radii[-1] + size(rng, 2, 4), 1))
    points, z, shoulders = [(0.0, 0.0)], 0.0, []
    for i, r in enumerate(radii):
        high = round(z + size(rng, 15, 35), 1)
        points += [(r, z), (r, high)]
        z = high
        if i < 2:
            shoulders.append((r, z))
    points.append((0.0, z))
    shape, foot = revolved(points), size(rng, 0.6, 1.5)
    shape = shape.fillet(foot, [e for r, at in shoulders for e in _circle_at(shape, r, at)])
    volume = revolved_volume(points) + sum(_fillet_ring(r, foot, 1) for r, _ in shoulders)
    known = feature(
        "turned_profile",
        axis=UP,
        length_mm=z,
        max_diameter_mm=2 * max(radii),
        min_diameter_mm=2 * min(radii),
    )
    fillets = (feature("fillet", "internal", radius_mm=foot),) * 2
    return Made(shape, (known, *fillets), TURNED, volume, turn_axis=UP)


@kind
def shaft_centre_drilled(rng: np.random.Generator) -> Made:
    """Both ends with a centre hole: a pilot with a 60° sink."""
    r, length, pilot = size(rng, 10, 25), size(rng, 60, 150), float(rng.choice([2.0, 2.5, 3.15]))
    wide, deep = round(2.1 * pilot, 2), round(1.8 * pilot, 2)
    sink = (wide - pilot) / 2 / math.tan(math.radians(30))
    tip = pilot / 2 / math.tan(math.radians(59))
    shape, known = cylinder(r, 0, length), []
    cutter = cylinder(pilot / 2, -sink - deep, -sink)
    cutter = cutter.fuse(cone(pilot / 2, wide / 2, -sink, 0.0), cylinder(wide / 2, 0.0, 1.0))
    cutter = cutter.fuse(cone(0.0, pilot / 2, -sink - deep - tip, -sink - deep))
    a, b = pilot / 2, wide / 2
    taken = math.pi * a * a * (deep + tip / 3) + math.pi / 3 * sink * (a * a + a * b + b * b)
    top = cutter.moved(cq.Location((0, 0, length)))
    bottom = cutter.rotate(cq.Vector(0, 0, 0), cq.Vector(1, 0, 0), 180)
    for side, z in ((1, length), (-1, 0.0)):
        known.append(
            feature(
                "hole",
                "blind",
                axis=(0, 0, side),
                at=(0, 0, z),
                diameter_mm=pilot,
                depth_mm=sink + deep,
                bottom="conical",
                countersink={"diameter_mm": wide, "angle_deg": 60.0},
            )
        )
    profile = feature("turned_profile", axis=UP, length_mm=length, max_diameter_mm=2 * r)
    volume = math.pi * r**2 * length - 2 * taken
    return Made(shape.cut(top, bottom), (profile, *known), TURNED, volume, turn_axis=UP)


@kind
def wheel_with_webs(rng: np.random.Generator) -> Made:
    """A hub and a rim joined by four straight spokes."""
    rim, wall, high = size(rng, 45, 70), size(rng, 6, 9), size(rng, 14, 22)
    hub, bore = size(rng, 14, 18), size(rng, 5, 8)
    t, spoke = size(rng, 4, 7), round(0.6 * high, 1)
    shape = cylinder(rim, 0, high).cut(cylinder(rim - wall, -1, high + 1))
    shape = shape.fuse(cylinder(hub, 0, high))
    low = (high - spoke) / 2
    for i in range(4):
        bar = cq.Solid.makeBox(
            rim - wall + 1 - 0.8 * hub, t, spoke, cq.Vector(0.8 * hub, -t / 2, low)
        )
        shape = shape.fuse(bar.rotate(cq.Vector(0, 0, 0), cq.Vector(0, 0, 1), 90 * i))
    shape = shape.cut(cylinder(bore, -1, high + 1)).clean()
    known = feature(
        "hole", "through", axis=UP, at=(0, 0, high), diameter_mm=2 * bore, depth_mm=high
    )
    return Made(shape, (known,), ("sand_casting", "gravity_casting", "milling"), lenient=True)


@kind
def gear_with_hub_and_keyway(rng: np.random.Generator) -> Made:
    """A spur gear with a hub on one side and a keyway broached through its bore."""
    module, teeth = float(rng.choice([1.5, 2.0, 2.5, 3.0])), int(rng.integers(18, 36))
    face, pitch = size(rng, 8 * module, 12 * module), module * teeth / 2
    tip, root = pitch + module, pitch - 1.25 * module
    bore, hub, long = round(0.35 * root, 1), round(0.65 * root, 1), size(rng, 6, 15)
    wire = outline(teeth, module, tip, root, math.pi / (2 * teeth))
    shape = cq.Solid.extrudeLinear(wire, [], cq.Vector(0, 0, face))
    shape = shape.fuse(cylinder(hub, face - 1, face + long)).cut(
        cylinder(bore, -1, face + long + 1)
    )
    width, top = round(0.5 * bore, 1), round(1.2 * bore, 1)
    slot = cq.Solid.makeBox(width, top, face + long + 2, cq.Vector(-width / 2, 0, -1))
    known = (
        toothed("spur", teeth, module, face, tip),
        feature("slot", "keyway", width_mm=width, length_mm=face + long),
        feature("hole", "through", axis=UP, at=(0, 0, 0), diameter_mm=2 * bore),
    )
    return Made(shape.cut(slot), known, ("milling", "turning"), lenient=True)


@kind
def gear_bevel(rng: np.random.Generator) -> Made:
    """A straight bevel gear: teeth that narrow towards the apex of its pitch cone."""
    module, teeth = float(rng.choice([2.0, 2.5, 3.0])), int(rng.integers(18, 32))
    pitch = module * teeth / 2
    tip, root = pitch + module, pitch - 1.25 * module
    apex = pitch  # a pitch cone of 45°
    face, bore = round(0.25 * apex, 1), round(0.3 * root, 1)
    share = 1 - face / apex
    wire = outline(teeth, module, tip, root, math.pi / (2 * teeth))
    small = cq.Wire(wire.scale(share).translate(cq.Vector(0, 0, face)).wrapped)
    shape = cq.Solid.makeLoft([wire, small], True).cut(cylinder(bore, -1, face + 1))
    known = (
        feature("gear", "bevel", axis=UP, teeth=teeth, module_mm=module),
        feature("hole", "through", axis=UP, at=(0, 0, 0), diameter_mm=2 * bore, depth_mm=face),
    )
    return Made(shape, known, ("milling", "forging"), lenient=True)


@kind
def thread_tapped(rng: np.random.Generator) -> Made:
    """A nut with its thread drawn: the bolt's section twisted and cut out."""
    diameter, pitch = ((8.0, 1.25), (10.0, 1.5), (12.0, 1.75), (16.0, 2.0))[int(rng.integers(4))]
    turns, r = int(rng.integers(5, 8)), diameter / 2
    core, run = r - 0.5413 * pitch, turns * pitch  # ISO 68-1: D1 = D − 1.0825 P
    crest, root = pitch / 16, pitch / 16 + (r - core) * math.tan(math.radians(30))
    a, b = 2 * math.pi * crest / pitch, 2 * math.pi * root / pitch
    share = np.linspace(0.0, 1.0, 9)

    def polar(radius: float, angle: float) -> cq.Vector:
        return cq.Vector(radius * math.cos(angle), radius * math.sin(angle), 0)

    rising = [polar(core + (r - core) * t, -b + (b - a) * t) for t in share]
    falling = [polar(r - (r - core) * t, a + (b - a) * t) for t in share]
    section = cq.Wire.assembleEdges(
        [
            cq.Edge.makeSpline(rising),
            cq.Edge.makeThreePointArc(rising[-1], polar(r, 0.0), falling[0]),
            cq.Edge.makeSpline(falling),
            cq.Edge.makeThreePointArc(falling[-1], polar(core, math.pi), rising[0]),
        ]
    )
    screw = cq.Workplane("XY").add(section).toPending().twistExtrude(run, 360.0 * turns).val()
    across = round(0.85 * diameter, 1)
    nut = cq.Workplane("XY").polygon(6, 2 * across / math.cos(math.pi / 6)).extrude(run).val()
    known = feature("thread", "internal", pitch_mm=pitch, length_mm=run)
    return Made(nut.cut(screw), (known,), ("turning", "forging", "milling"), lenient=True)
