"""Involute gears: spur, helical, internal, rack."""

from __future__ import annotations

import math

import cadquery as cq
import numpy as np

from generator.made import VOLUME_TOLERANCE, Feature, Made, feature, kind, named
from generator.tools import UP, cylinder, profile_along_y, size

PRESSURE_DEG = 20.0
MODULES_MM = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0)
FLANK_POINTS = 9  # an interpolated involute is then exact to a few micrometres
CUT = ("milling", "turning", "extrusion")


def _involute(base: float, radius: float) -> float:
    """Polar angle of the involute where it reaches a radius."""
    angle = math.acos(min(1.0, base / radius))
    return math.tan(angle) - angle


def toothed(sort: str, teeth: int, module: float, face: float, tip: float) -> Feature:
    """What there is to find of a gear about z; module, face width and tip radius in mm."""
    return feature(
        "gear",
        sort,
        axis=UP,
        teeth=teeth,
        module_mm=module,
        face_width_mm=face,
        outer_diameter_mm=2 * tip,
    )


def outline(teeth: int, module: float, tip: float, root: float, half_pitch: float) -> cq.Wire:
    """Closed outline of a gear in the x-y plane.

    half_pitch: half the tooth's angle at the pitch circle; flanks are interpolated involutes.
    """
    pitch = module * teeth / 2
    base = pitch * math.cos(math.radians(PRESSURE_DEG))
    start = max(base, root)
    zero = half_pitch + _involute(base, pitch)
    radii = np.linspace(start, tip, FLANK_POINTS)
    right = [(r, zero - _involute(base, r)) for r in radii]
    edges = []
    for tooth in range(teeth):
        middle = 2 * math.pi * tooth / teeth
        turned = [_polar(r, middle - a) for r, a in right]
        mirror = [_polar(r, middle + a) for r, a in reversed(right)]
        if start > root + 1e-6:  # below the base circle the flank is radial
            foot = _polar(root, middle - right[0][1])
            edges.append(cq.Edge.makeLine(foot, turned[0]))
        edges.append(cq.Edge.makeSpline(turned))
        edges.append(cq.Edge.makeThreePointArc(turned[-1], _polar(tip, middle), mirror[0]))
        edges.append(cq.Edge.makeSpline(mirror))
        last = mirror[-1]
        if start > root + 1e-6:
            last = _polar(root, middle + right[0][1])
            edges.append(cq.Edge.makeLine(mirror[-1], last))
        after = 2 * math.pi * (tooth + 1) / teeth
        following = _polar(root, after - right[0][1])
        edges.append(
            cq.Edge.makeThreePointArc(last, _polar(root, middle + math.pi / teeth), following)
        )
    return cq.Wire.assembleEdges(edges)


def outline_area(teeth: int, module: float, tip: float, root: float, half_pitch: float) -> float:
    """Area inside `outline` by ½∮r² dφ, the flanks integrated exactly.

    Along an involute r = b·sqrt(1 + u²) and dφ = u² / (1 + u²) du, so ½r² dφ = ½b²u² du.
    """
    pitch = module * teeth / 2
    base = pitch * math.cos(math.radians(PRESSURE_DEG))
    start = max(base, root)
    zero = half_pitch + _involute(base, pitch)
    first, last = (math.sqrt(max(0.0, (r / base) ** 2 - 1)) for r in (start, tip))
    flank = base**2 * (last**3 - first**3) / 6
    crest = tip**2 * (zero - _involute(base, tip))
    gap = root**2 * (math.pi / teeth - (zero - _involute(base, start)))
    return teeth * (2 * flank + crest + gap)


def _polar(radius: float, angle: float) -> cq.Vector:
    return cq.Vector(radius * math.cos(angle), radius * math.sin(angle), 0)


def _circle(radius: float) -> cq.Wire:
    return cq.Wire.makeCircle(radius, cq.Vector(0, 0, 0), cq.Vector(0, 0, 1))


def _external(rng: np.random.Generator, helix_deg: float) -> Made:
    module, teeth = float(rng.choice(MODULES_MM)), int(rng.integers(17, 41))
    face = size(rng, 6 * module, 12 * module)
    pitch = module * teeth / 2
    tip, root = pitch + module, pitch - 1.25 * module
    wire = outline(teeth, module, tip, root, math.pi / (2 * teeth))
    bore = size(rng, 0.25 * root, 0.5 * root)
    if helix_deg:
        turn = math.degrees(face * math.tan(math.radians(helix_deg)) / pitch)
        shape = cq.Workplane("XY").add(wire).toPending().twistExtrude(face, turn).val()
        shape = shape.cut(cylinder(bore, -1, face + 1))
    else:
        shape = cq.Solid.extrudeLinear(wire, [_circle(bore)], cq.Vector(0, 0, face))
    area = outline_area(teeth, module, tip, root, math.pi / (2 * teeth)) - math.pi * bore**2
    # a helical gear's module is said in its normal section
    said = module * math.cos(math.radians(helix_deg))
    known = (
        toothed("helical" if helix_deg else "spur", teeth, said, face, tip),
        feature("hole", "through", axis=UP, at=(0, 0, face), diameter_mm=2 * bore, depth_mm=face),
    )
    process = CUT if not helix_deg else ("milling", "turning")
    # the kernel approximates the helical flank it sweeps
    tolerance = 3e-4 if helix_deg else VOLUME_TOLERANCE
    return Made(shape, known, process, area * face, volume_tolerance=tolerance)


named("gear_spur", lambda rng: _external(rng, 0.0))
named("gear_helical", lambda rng: _external(rng, float(rng.choice([10.0, 15.0, 20.0]))))


@kind
def gear_internal(rng: np.random.Generator) -> Made:
    """A ring whose teeth point inward: the space of a spur gear is cut out of it."""
    module, teeth = float(rng.choice(MODULES_MM)), int(rng.integers(30, 60))
    face = size(rng, 5 * module, 10 * module)
    pitch = module * teeth / 2
    tip, root = pitch + 1.25 * module, pitch - module  # of the space, a gear turned inside out
    outer = round(tip + 4 * module, 1)
    wire = outline(teeth, module, tip, root, math.pi / (2 * teeth))
    shape = cq.Solid.extrudeLinear(_circle(outer), [wire], cq.Vector(0, 0, face))
    area = math.pi * outer**2 - outline_area(teeth, module, tip, root, math.pi / (2 * teeth))
    known = feature("gear", "internal", axis=UP, teeth=teeth, module_mm=module, face_width_mm=face)
    return Made(shape, (known,), CUT, area * face)


@kind
def gear_rack(rng: np.random.Generator) -> Made:
    """A toothed bar: straight flanks at the pressure angle."""
    module, teeth = float(rng.choice(MODULES_MM)), int(rng.integers(8, 20))
    pitch, wide, below = math.pi * module, size(rng, 8, 25), size(rng, 6, 15)
    lean = math.tan(math.radians(PRESSURE_DEG))
    top, bottom = module, -1.25 * module
    points, area = [(0.0, bottom - below)], 0.0
    for tooth in range(teeth):
        x = (tooth + 0.5) * pitch
        a, b = pitch / 4 - bottom * lean, pitch / 4 - top * lean
        points += [(x - a, bottom), (x - b, top), (x + b, top), (x + a, bottom)]
        area += (a + b) * (top - bottom)
    points = [points[0], (0.0, bottom), *points[1:], (teeth * pitch, bottom)]
    points.append((teeth * pitch, bottom - below))
    area += teeth * pitch * below
    known = feature("gear", "rack", teeth=teeth, module_mm=module, face_width_mm=wide)
    return Made(profile_along_y(points, 0, wide), (known,), ("milling", "extrusion"), area * wide)


@kind
def gear_rack_cut_off(rng: np.random.Generator) -> Made:
    """A rack sawn from a longer one: half a tooth at each end."""
    module, spaces = float(rng.choice(MODULES_MM)), int(rng.integers(9, 20))
    pitch, wide, below = math.pi * module, size(rng, 8, 25), size(rng, 6, 15)
    lean = math.tan(math.radians(PRESSURE_DEG))
    top, bottom = module, -1.25 * module
    points, area = [(0.0, bottom - below), (0.0, top)], spaces * pitch * (top - bottom + below)
    for space in range(spaces):
        x = (space + 0.5) * pitch
        a, b = pitch / 4 + top * lean, pitch / 4 + bottom * lean
        points += [(x - a, top), (x - b, bottom), (x + b, bottom), (x + a, top)]
        area -= (a + b) * (top - bottom)
    points += [(spaces * pitch, top), (spaces * pitch, bottom - below)]
    known = feature("gear", "rack", teeth=spaces - 1, module_mm=module, face_width_mm=wide)
    return Made(profile_along_y(points, 0, wide), (known,), ("milling", "extrusion"), area * wide)


@kind
def gear_chamfered(rng: np.random.Generator) -> Made:
    """A spur gear on a shaft whose rim is chamfered on both sides, often deeper than its teeth."""
    module, teeth = float(rng.choice(MODULES_MM)), int(rng.integers(17, 41))
    face, pitch = size(rng, 8 * module, 12 * module), module * teeth / 2
    tip, root = pitch + module, pitch - 1.25 * module
    chamfer = float(rng.choice([0.5, 0.75, 2.75])) * module
    wire = outline(teeth, module, tip, root, math.pi / (2 * teeth))
    shape = cq.Solid.extrudeLinear(wire, [], cq.Vector(0, 0, face))
    rim = [(0, 0), (tip - chamfer, 0), (tip, chamfer), (tip, face - chamfer)]
    rim += [(tip - chamfer, face), (0, face)]
    shape = shape.intersect(cq.Workplane("XZ").polyline(rim).close().revolve().val())
    shaft = cylinder(0.6 * root, -2 * face, 3 * face)
    known = (toothed("spur", teeth, module, face, tip),)
    return Made(shape.fuse(shaft), known, ("milling", "turning"), lenient=True)


@kind
def gear_sector(rng: np.random.Generator) -> Made:
    """Half a spur gear with a bore, cut through the middles of two spaces."""
    module, teeth = float(rng.choice(MODULES_MM)), 2 * int(rng.integers(10, 21))
    face, pitch = size(rng, 6 * module, 12 * module), module * teeth / 2
    tip, root = pitch + module, pitch - 1.25 * module
    wire = outline(teeth, module, tip, root, math.pi / (2 * teeth))
    shape = cq.Solid.extrudeLinear(wire, [], cq.Vector(0, 0, face))
    shape = shape.rotate(cq.Vector(), cq.Vector(0, 0, 1), 180 / teeth)
    away = cq.Workplane().box(4 * tip, 2 * tip, 4 * face).translate((0, -tip, 0)).val()
    bore, at = round(0.15 * root, 1), 0.45 * root
    drill = cylinder(bore, -1, face + 1).translate(cq.Vector(0, at, 0))
    known = (
        feature("gear", "spur", axis=UP, teeth=teeth // 2, module_mm=module, face_width_mm=face),
        feature("hole", "through", axis=UP, at=(0, at, face), diameter_mm=2 * bore, depth_mm=face),
    )
    area = outline_area(teeth, module, tip, root, math.pi / (2 * teeth)) / 2 - math.pi * bore**2
    return Made(shape.cut(away).cut(drill), known, CUT, area * face, lenient=True)
