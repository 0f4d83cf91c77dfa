"""The turned, milled, forged and extruded samples."""

from __future__ import annotations

import math

import cadquery as cq

from samples.sample import Sample, feature, one_solid

CENTRE_HOLE_ANGLE_DEG = 60.0  # ISO 6411 form A


def stepped_shaft() -> Sample:
    """Output shaft: five diameters, retaining ring grooves, keyway, centre holes, chamfers."""
    steps = [(20.0, 30.0), (25.0, 40.0), (32.0, 50.0), (25.0, 45.0), (17.0, 35.0)]
    length = sum(run for _, run in steps)
    points, at, volume = [(0.0, 0.0)], 0.0, 0.0
    for diameter, run in steps:
        points += [(at, diameter / 2), (at + run, diameter / 2)]
        at += run
        volume += math.pi / 4 * diameter**2 * run
    points.append((length, 0.0))
    shaft = cq.Workplane("XY").polyline(points).close().revolve(360, (0, 0, 0), (1, 0, 0))
    # ring grooves DIN 471: 25 × 1.2 (groove 1.3, Ø23.9) and 17 × 1 (groove 1.1, Ø16.2)
    for start, width, outer, inner in ((160.0, 1.3, 25.0, 23.9), (195.0, 1.1, 17.0, 16.2)):
        shaft = shaft.cut(_ring(start, width, outer + 2, inner))
        volume -= math.pi / 4 * (outer**2 - inner**2) * width
    # ends chamfered 1 × 45°
    for where, radius in (("<X", 10.0), (">X", 8.5)):
        shaft = shaft.faces(where).edges().chamfer(1.0)
        volume -= math.pi * (radius - 1 / 3)  # Pappus: triangle 1 × 1, centroid 1/3 inside the rim
    # parallel key 8 × 7 (DIN 6885): slot 8 wide, 4 deep in Ø25, 32 long over round ends
    key = cq.Workplane("XY", origin=(50, 0, 8.5)).slot2D(32, 8).extrude(20)
    shaft = shaft.cut(key)
    volume -= _obround_in_shaft(32.0, 8.0, 25.0, 8.5)
    for x, inward in ((0.0, 1), (length, -1)):
        shaft = shaft.cut(_centre_hole(x, inward))
    volume -= 2 * _centre_hole_volume()
    faces = {"axis": [1.0, 0.0, 0.0]}
    return Sample(
        file="shaft_stepped.step",
        shape=one_solid(shaft),
        name="Output shaft",
        what="stepped output shaft with retaining ring grooves, keyway and centre holes",
        process="turning",
        material="C45E",
        annual=40_000,
        colour="#9aa3ad",
        volume_mm3=volume,
        turn_axis=faces["axis"],
        features=(
            feature("turned_profile", length_mm=length, max_diameter_mm=32.0),
            feature("groove", "external", width_mm=1.3, depth_mm=0.55),
            feature("groove", "external", width_mm=1.1, depth_mm=0.4),
            feature(
                "slot", "keyway", profile="obround", width_mm=8.0, depth_mm=4.0, length_mm=32.0
            ),
            feature("chamfer", "external", width_mm=1.0, angle_deg=45.0),
            feature("chamfer", "external", width_mm=1.0, angle_deg=45.0),
        ),
    )


def _ring(start: float, width: float, outer: float, inner: float) -> cq.Workplane:
    plane = cq.Workplane("YZ", origin=(start, 0, 0))
    return plane.circle(outer / 2).circle(inner / 2).extrude(width)


def _centre_hole(x: float, inward: int) -> cq.Workplane:
    """Form A 2.5: pilot Ø2.5, 60° cone to Ø5.3, drill point 118°."""
    cone = (5.3 - 2.5) / 2 / math.tan(math.radians(CENTRE_HOLE_ANGLE_DEG / 2))
    tip = 1.25 / math.tan(math.radians(59))
    profile = [(0, 0), (0, 2.65), (cone, 1.25), (5.0, 1.25), (5.0 + tip, 0)]
    points = [(x + inward * depth, radius) for depth, radius in profile]
    return cq.Workplane("XY").polyline(points).close().revolve(360, (0, 0, 0), (1, 0, 0))


def _centre_hole_volume() -> float:
    cone = (5.3 - 2.5) / 2 / math.tan(math.radians(CENTRE_HOLE_ANGLE_DEG / 2))
    tip = 1.25 / math.tan(math.radians(59))
    frustum = math.pi * cone / 3 * (2.65**2 + 2.65 * 1.25 + 1.25**2)
    return frustum + math.pi * 1.25**2 * (5.0 - cone) + math.pi / 3 * 1.25**2 * tip


def _obround_in_shaft(length: float, width: float, diameter: float, floor: float) -> float:
    """Material an obround key slot takes from a round shaft, integrated across its width."""
    radius, end = diameter / 2, width / 2
    count = 20_000  # midpoint rule: error below 1e-6 of the slot
    total = 0.0
    for i in range(count):
        y = -end + (i + 0.5) * width / count
        run = length - width + 2 * math.sqrt(end**2 - y**2)
        total += run * (math.sqrt(radius**2 - y**2) - floor)
    return total * width / count


def valve_block() -> Sample:
    """Hydraulic manifold: counterbored mounting holes, cross-drilled ports, pockets."""
    length, width, height = 110.0, 70.0, 50.0
    block = cq.Workplane("XY").box(length, width, height, centered=(True, True, False))
    volume = length * width * height
    corners = [(x, y) for x in (-45, 45) for y in (-27, 27)]
    block = block.faces(">Z").workplane(origin=(0, 0, 0)).pushPoints(corners)
    block = block.cboreHole(8.4, 15.0, 8.6)
    volume -= 4 * math.pi / 4 * (8.4**2 * (height - 8.6) + 15.0**2 * 8.6)
    # closed pocket 50 × 24 × 12, corner radius 4, in the top
    pocket = cq.Workplane("XY", origin=(0, 0, height)).rect(50, 24).extrude(-12)
    block = block.cut(pocket.edges("|Z").fillet(4.0))
    volume -= (50 * 24 - (4 - math.pi) * 16) * 12
    # spool bore Ø16 through along x; two blind ports Ø12 from the front meet it
    block = block.cut(_drill("YZ", (-length / 2, 0, 20), 16.0, length))
    volume -= math.pi * 64 * length
    for x in (-20.0, 20.0):
        block = block.cut(_drill("XZ", (x, -width / 2, 20), 12.0, -width / 2))
        volume -= math.pi * 36 * (width / 2) - _perpendicular_overlap(8.0, 6.0) / 2
    # open side pocket on the back: 30 × 20, 8 deep from the back, open at the bottom
    block = block.cut(
        cq.Workplane("XY")
        .box(30, 8, 10, centered=(True, False, False))
        .translate((0, width / 2 - 8, 0))
    )
    volume -= 30 * 8 * 10
    # four M6 tap holes on the right end, conical bottom
    tap = [(y, z) for y in (-15, 15) for z in (10, 30)]
    for y, z in tap:
        block = block.cut(_drill("YZ", (length / 2, y, z), 5.0, -14.0, point_deg=118.0))
        volume -= math.pi * 2.5**2 * (14.0 + 2.5 / math.tan(math.radians(59)) / 3)
    holes = [
        feature(
            "hole",
            "through",
            diameter_mm=8.4,
            depth_mm=height,
            bottom="open",
            counterbore={"diameter_mm": 15.0, "depth_mm": 8.6},
            axis=[0, 0, 1],
            origin_mm=[x, y, height],
        )
        for x, y in corners
    ]
    holes += [
        feature(
            "hole",
            "blind",
            diameter_mm=5.0,
            depth_mm=14.0,
            bottom="conical",
            axis=[1, 0, 0],
            origin_mm=[length / 2, y, z],
        )
        for y, z in tap
    ]
    holes.append(feature("hole", "through", diameter_mm=16.0, depth_mm=length))
    holes += [
        feature("hole", diameter_mm=12.0, axis=[0, -1, 0], origin_mm=[x, -width / 2, 20.0])
        for x in (-20.0, 20.0)
    ]
    return Sample(
        file="valve_block.step",
        shape=one_solid(block),
        name="Valve block",
        what="hydraulic valve block with counterbores, cross-drilled ports and a pocket",
        process="milling",
        material="EN AW-6082",
        annual=12_000,
        colour="#c2c7cc",
        volume_mm3=volume,
        features=(
            *holes,
            feature(
                "pocket",
                "closed",
                profile="rectangle",
                depth_mm=12.0,
                length_mm=50.0,
                width_mm=24.0,
                corner_radius_mm=4.0,
            ),
        ),
    )


def _drill(
    plane: str, at: tuple[float, float, float], diameter: float, run: float, point_deg: float = 0.0
) -> cq.Workplane:
    """A drilled hole from a point along the plane's normal (negative run: against it)."""
    tool = cq.Workplane(plane, origin=at).circle(diameter / 2).extrude(run)
    if not point_deg:
        return tool
    tip = diameter / 2 / math.tan(math.radians(point_deg / 2)) * math.copysign(1, run)
    normal = cq.Plane.named(plane).zDir
    start = cq.Vector(*at) + normal * run
    cone = cq.Solid.makeCone(diameter / 2, 0.0, abs(tip), start, normal * math.copysign(1, run))
    return tool.union(cq.Workplane(cone))


def _perpendicular_overlap(big: float, small: float) -> float:
    """Volume two crossing cylinders (infinite, axes meeting at 90°) share, by midpoint rule."""
    count = 20_000
    total = 0.0
    for i in range(count):
        y = -small + (i + 0.5) * 2 * small / count
        total += 4 * math.sqrt(big**2 - y**2) * math.sqrt(small**2 - y**2)
    return total * 2 * small / count


def bolt_flange() -> Sample:
    """Weld-neck style flange: raised face, bore, eight holes on a circle, two chamfers."""
    outer, thick, hub, hub_high, bore = 150.0, 18.0, 84.0, 14.0, 60.0
    flange = cq.Workplane("XY").circle(outer / 2).extrude(thick)
    flange = flange.faces(">Z").workplane().circle(hub / 2).extrude(hub_high)
    flange = flange.faces(">Z").workplane().hole(bore)
    flange = flange.faces("<Z").workplane().polarArray(60.0, 0, 360, 8).hole(14.0)
    flange = flange.faces("<Z").edges("%CIRCLE").edges(cq.selectors.RadiusNthSelector(-1))
    flange = flange.chamfer(1.5)
    volume = math.pi / 4 * (outer**2 * thick + hub**2 * hub_high - bore**2 * (thick + hub_high))
    volume -= 8 * math.pi / 4 * 14.0**2 * thick
    volume -= 2 * math.pi * (outer / 2 - 0.5) * 1.5**2 / 2
    holes = [
        feature(
            "hole",
            "through",
            diameter_mm=14.0,
            depth_mm=thick,
            bottom="open",
            axis=[0, 0, 1],
            origin_mm=[60 * math.cos(k * math.pi / 4), 60 * math.sin(k * math.pi / 4), thick],
        )
        for k in range(8)
    ]
    return Sample(
        file="flange.step",
        shape=one_solid(flange),
        name="Pipe flange",
        what="exhaust flange with hub, bore and eight bolt holes on a circle of 120 mm",
        process="turning",
        also=("milling", "forging"),
        material="S355J2",
        annual=25_000,
        colour="#8f969d",
        volume_mm3=volume,
        turn_axis=[0.0, 0.0, 1.0],
        features=(
            *holes,
            feature("pattern", "circular", count=8, pitch_deg=45.0),
            feature("chamfer", "external", width_mm=1.5, angle_deg=45.0),
        ),
    )


def connecting_rod() -> Sample:
    """Forged connecting rod blank: I-section shank, 5° draft both sides of the parting plane."""
    draft, reach = 5.0, 130.0
    half = None
    big = _upward((0, 0, 0), 32.0, 14.0, draft)
    small = _upward((reach, 0, 0), 18.0, 12.0, draft)
    shank = (
        cq.Workplane("XY")
        .polyline([(0, -15), (reach, -10), (reach, 10), (0, 15)])
        .close()
        .extrude(8.0, taper=draft)
    )
    half = big.union(small).union(shank)
    # the web: a trough 4 mm deep in the shank, its walls drafted too
    trough = (
        cq.Workplane("XY", origin=(0, 0, 3.5))
        .polyline([(42, -7), (102, -4.5), (102, 4.5), (42, 7)])
        .close()
        .extrude(12.0, taper=-draft)
    )
    half = half.cut(trough)
    rod = half.union(half.mirror("XY"))
    rod = rod.cut(cq.Workplane("XY", origin=(0, 0, -30)).circle(22.0).extrude(60))
    rod = rod.cut(cq.Workplane("XY", origin=(reach, 0, -30)).circle(9.0).extrude(60))
    return Sample(
        file="connecting_rod.step",
        shape=one_solid(rod),
        name="Connecting rod",
        what="forged connecting rod with I-section shank and machined bores",
        process="forging",
        also=("gravity_casting", "investment_casting", "sand_casting"),
        material="C70S6",
        annual=60_000,
        colour="#6f757b",
        pull_direction=[0.0, 0.0, 1.0],
        features=(
            feature("hole", "through", diameter_mm=44.0, depth_mm=28.0),
            feature("hole", "through", diameter_mm=18.0, depth_mm=24.0),
        ),
    )


def _upward(
    at: tuple[float, float, float], radius: float, height: float, draft: float
) -> cq.Workplane:
    return cq.Workplane("XY", origin=at).circle(radius).extrude(height, taper=draft)


def roof_rail() -> Sample:
    """Extruded profile: a hollow box with a T-slot, two screw channels and fins, 400 long."""
    length = 400.0
    profile = cq.Workplane("XY").rect(60, 36).extrude(length).edges("|Z").fillet(3.0)
    hollow = cq.Workplane("XY").rect(54, 30).extrude(length).edges("|Z").fillet(1.5)
    web = cq.Workplane("XY").rect(2.5, 32).extrude(length)
    body = profile.cut(hollow).union(web)
    # T-slot on top: neck 8 wide, head 14 × 5
    pad = cq.Workplane("XY").center(0, 13.0).rect(22, 10).extrude(length)
    neck = cq.Workplane("XY").center(0, 15.5).rect(8, 6).extrude(length)
    head = cq.Workplane("XY").center(0, 12.5).rect(14, 5).extrude(length)
    body = body.union(pad).cut(neck.union(head))
    area = 60 * 36 - (4 - math.pi) * 9 - (54 * 30 - (4 - math.pi) * 2.25)
    area += 2.5 * (8 - -15)  # web from the floor to the pad
    area += 22 * 7  # pad below the top wall, which starts at y = 15
    area -= 8 * 3 + 14 * 5
    # fins hang below
    for x in (-21.0, -7.0, 7.0, 21.0):
        fin = cq.Workplane("XY").center(x, -21.0).rect(2.0, 8.0).extrude(length)
        body = body.union(fin)
        area += 2.0 * 7.0
    return Sample(
        file="roof_rail.step",
        shape=one_solid(body),
        name="Roof rail profile",
        what="extruded hollow rail with T-slot and fins, cut to length",
        process="extrusion",
        material="EN AW-6060",
        annual=30_000,
        colour="#d5d9dd",
        volume_mm3=area * length,
        direction=[0.0, 0.0, 1.0],
        features=(feature("slot", "t_slot", depth_mm=8.0, length_mm=length),),
    )
