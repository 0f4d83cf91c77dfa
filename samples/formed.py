"""The bent, drawn and assembled samples."""

from __future__ import annotations

import math

import cadquery as cq

from samples.sample import Sample, feature, one_solid
from samples.sheet import bent_strip, strip_volume_mm3
from samples.step_file import Node


def heat_shield_bracket() -> Sample:
    """Bent bracket, 2 mm: hat with two feet, holes and slots, constant thickness, R2 inside."""
    thickness, radius, width = 2.0, 2.0, 60.0
    legs = (24.0, 36.0, 56.0, 36.0, 24.0)
    bends = ((90.0, radius), (-90.0, radius), (-90.0, radius), (90.0, radius))
    strip = cq.Workplane(bent_strip(legs, bends, thickness, width))
    box = strip.val().BoundingBox()
    # strip: foot at y 0…2 from x = 0, web up, roof; z is the width
    centre = (box.xmin + box.xmax) / 2
    roof_holes = [(centre - 16, 30.0), (centre + 16, 30.0)]
    for x, z in roof_holes:
        strip = strip.cut(cq.Workplane("XZ", origin=(x, 60, z)).circle(4.5).extrude(40))
    for x in (11.0, box.xmax - 11.0):
        foot = cq.Workplane("XZ", origin=(x, 10, width / 2)).slot2D(14.0, 6.5, 90).extrude(20)
        strip = strip.cut(foot)
    for z in (18.0, 42.0):  # through both webs
        web = cq.Workplane("YZ", origin=(box.xmin - 5, 22, z)).circle(3.0)
        strip = strip.cut(web.extrude(box.xlen + 10))
    slot_area = 6.5 * 7.5 + math.pi / 4 * 6.5**2
    holes_area = 2 * math.pi * 4.5**2 + 2 * slot_area + 4 * math.pi * 9
    return Sample(
        file="bracket_bent.step",
        shape=one_solid(strip),
        name="Heat shield bracket",
        what="bent sheet bracket, four bends, holes in three legs",
        process="sheet_metal",
        also=("stamping",),
        material="DC01",
        annual=35_000,
        colour="#a7adb3",
        volume_mm3=strip_volume_mm3(legs, bends, thickness, width) - holes_area * thickness,
        thickness_mm=thickness,
        flat={
            "legs": list(legs),
            "bends": [[abs(a), r] for a, r in bends],
            "width": width,
            "hole_area": holes_area,
        },
        features=(
            *(
                feature(
                    "bend",
                    "air",
                    inside_radius_mm=r,
                    angle_deg=abs(a),
                    thickness_mm=thickness,
                    length_mm=width,
                )
                for a, r in bends
            ),
            *(feature("hole", "through", diameter_mm=9.0, depth_mm=thickness) for _ in roof_holes),
            *(feature("cutout", "slot", width_mm=6.5, length_mm=14.0) for _ in range(2)),
            *(feature("hole", "through", diameter_mm=6.0, depth_mm=thickness) for _ in range(4)),
        ),
    )


def spring_cup() -> Sample:
    """Deep-drawn cup with flange: one thickness all round, pierced bottom and flange."""
    thickness, punch, die = 1.5, 6.0, 5.0  # inside radii at the bottom and under the flange
    inner, depth, flange = 34.0, 38.0, 54.0  # inside radius of the wall, outside height, rim radius
    outer = inner + thickness
    # section in the r-z half plane: outside of the bottom on z = 0, flange on top
    top = depth
    bottom_out, die_out = punch + thickness, die + thickness
    section = (
        cq.Workplane("XZ")
        .moveTo(0, 0)
        .lineTo(outer - bottom_out, 0)
        .radiusArc((outer, bottom_out), -bottom_out)
        .lineTo(outer, top - thickness - die)
        .radiusArc((outer + die, top - thickness), die)
        .lineTo(flange, top - thickness)
        .lineTo(flange, top)
        .lineTo(outer + die, top)
        .radiusArc((inner, top - die_out), -die_out)
        .lineTo(inner, thickness + punch)
        .radiusArc((inner - punch, thickness), punch)
        .lineTo(0, thickness)
        .close()
    )
    cup = section.revolve(360, (0, 0, 0), (0, 1, 0))
    cup = cup.cut(cq.Workplane("XY", origin=(0, 0, -1)).circle(10.0).extrude(5))
    ears = cq.Workplane("XY", origin=(0, 0, top - 5)).polarArray(47.5, 0, 360, 4).circle(3.5)
    cup = cup.cut(ears.extrude(10))
    flat_bottom = outer - bottom_out
    volume = math.pi * flat_bottom**2 * thickness - math.pi * 100 * thickness
    volume += _ring_quarter(flat_bottom, punch, bottom_out, outward=True)
    volume += math.pi * (outer**2 - inner**2) * (top - die_out - bottom_out)
    volume += _ring_quarter(outer + die, die, die_out, outward=False)
    volume += math.pi * (flange**2 - (outer + die) ** 2) * thickness
    volume -= 4 * math.pi * 3.5**2 * thickness
    return Sample(
        file="spring_cup.step",
        shape=one_solid(cup),
        name="Spring cup",
        what="deep-drawn spring seat with flange, pierced bottom and four flange holes",
        process="stamping",
        also=("sheet_metal",),
        material="DC04",
        annual=120_000,
        colour="#878e95",
        volume_mm3=volume,
        thickness_mm=thickness,
        features=(
            feature("form", "draw", height_mm=depth),
            feature("hole", "through", diameter_mm=20.0, depth_mm=thickness),
            *(feature("hole", "through", diameter_mm=7.0, depth_mm=thickness) for _ in range(4)),
        ),
    )


def _ring_quarter(centre: float, inside: float, outside: float, *, outward: bool) -> float:
    """Quarter of a tube revolved (Pappus): the arc lies outward or inward of its centre."""
    area = math.pi / 4 * (outside**2 - inside**2)
    arm = 4 / (3 * math.pi) * (outside**3 - inside**3) / (outside**2 - inside**2)
    return 2 * math.pi * (centre + arm if outward else centre - arm) * area


def pedal_assembly() -> Sample:
    """AP242 assembly: base, left and mirrored right cheek, two screw sets nested, a pin."""
    base = cq.Workplane("XY").box(80, 60, 6, centered=(True, True, False))
    base = base.faces(">Z").workplane(origin=(0, 0, 0)).pushPoints([(-30, 0), (30, 0)]).hole(6.6)
    cheek = (
        cq.Workplane("XZ")
        .polyline([(-25, 0), (25, 0), (25, 8), (9, 46), (-4, 46), (-25, 14)])
        .close()
        .extrude(5)
    )
    cheek = cheek.cut(cq.Workplane("XZ", origin=(2, 5, 36)).circle(5.0).extrude(20))
    tab = cq.Workplane("XY", origin=(12, -9, 0)).rect(18, 8).extrude(5)
    cheek = cheek.union(tab)
    mirrored = cheek.mirror("XZ")
    pin = cq.Workplane("XZ").circle(4.9).extrude(56).edges().chamfer(0.8)
    head = cq.Workplane("XY").polygon(6, 10 / math.cos(math.pi / 6)).extrude(4)
    screw = head.union(cq.Workplane("XY", origin=(0, 0, -16)).circle(3.0).extrude(16))
    washer = cq.Workplane("XY").circle(6.0).circle(3.2).extrude(1.6)
    node = {
        name: Node(name, one_solid(drawing), colour)
        for name, drawing, colour in (
            ("base plate", base, "#4a90d9"),
            ("cheek left", cheek, "#d98c4a"),
            ("cheek right", mirrored, "#d9b84a"),
            ("pin", pin, "#8a8f94"),
            ("screw M6", screw, "#50565c"),
            ("washer 6", washer, "#b5babf"),
        )
    }
    fastener = Node(
        "screw set",
        children=(
            ("screw", node["screw M6"], cq.Location((0, 0, 1.6))),
            ("washer", node["washer 6"], cq.Location((0, 0, 0))),
        ),
    )
    frame = Node(
        "frame",
        children=(
            ("base", node["base plate"], cq.Location((0, 0, 0))),
            ("cheek L", node["cheek left"], cq.Location((0, 25, 6))),
            ("cheek R", node["cheek right"], cq.Location((0, -25, 6))),
        ),
    )
    tilted = cq.Location((0, 0, 0), (0, 0, 1), 30)
    root = Node(
        "pedal bracket",
        children=(
            ("frame", frame, tilted),
            ("screw set 1", fastener, tilted * cq.Location((-30, 0, 6))),
            ("screw set 2", fastener, tilted * cq.Location((30, 0, 6))),
            ("pin", node["pin"], tilted * cq.Location((2, 28, 42))),
        ),
    )
    volumes = {name: part.shape.Volume() for name, part in node.items() if part.shape}
    total = sum(volumes.values()) + volumes["screw M6"] + volumes["washer 6"]
    return Sample(
        file="pedal_assembly.step",
        tree=root,
        name="Pedal bracket",
        what="assembly with nested placements, repeated screws and a mirrored cheek",
        process="assembly",
        material="S235JR",
        annual=20_000,
        volume_mm3=total,
        counts={
            "base plate": 1,
            "cheek left": 1,
            "cheek right": 1,
            "pin": 1,
            "screw M6": 2,
            "washer 6": 2,
        },
    )
