"""The cast and moulded samples: draft everywhere, ribs, bosses, cored holes."""

from __future__ import annotations

import cadquery as cq

from samples.sample import Sample, feature, one_solid

DIE_DRAFT_DEG = 1.5
SAND_DRAFT_DEG = 2.0
MOULD_DRAFT_DEG = 1.0


def gearbox_cover() -> Sample:
    """High-pressure die-cast cover: 3 mm wall, flange with lugs, ribs and cored bosses inside."""
    length, width, height, wall = 140.0, 100.0, 42.0, 3.0
    cover = _tapered_box(length, width, height, 12.0, DIE_DRAFT_DEG)
    cover = cover.faces(">Z").edges().fillet(4.0)
    cavity = _tapered_box(length - 2 * wall, width - 2 * wall, height - wall, 9.0, DIE_DRAFT_DEG)
    cover = cover.cut(cavity)
    # flange with six lugs on the parting plane
    rim = _tapered_box(length + 14, width + 14, 6.0, 16.0, DIE_DRAFT_DEG)
    lugs = [(x, y) for x in (-72.0, 0.0, 72.0) for y in (-54.0, 54.0)]
    for x, y in lugs:
        rim = rim.union(_tapered_round(x, y, 0, 9.0, 10.0, DIE_DRAFT_DEG))
    cover = rim.union(cover).cut(cavity)
    for x, y in lugs:
        cover = cover.cut(cq.Workplane("XY", origin=(x, y, -1)).circle(3.3).extrude(20))
    # bearing boss on the roof, with a core through it
    cover = cover.union(_tapered_round(28, 0, height - wall, 24.0, 17.0, DIE_DRAFT_DEG))
    inner = cq.Workplane("XY", origin=(28, 0, height)).circle(24.0).extrude(-22, taper=1.5)
    cover = cover.union(inner)
    cover = cover.cut(cq.Workplane("XY", origin=(28, 0, 0)).circle(15.0).extrude(80, taper=1.0))
    # inside: bosses with cored holes, ribs from wall to boss
    bosses = [(-48.0, -28.0), (-48.0, 28.0)]
    for x, y in bosses:
        post = cq.Workplane("XY", origin=(x, y, height - wall + 1)).circle(7.0)
        cover = cover.union(post.extrude(-30.0, taper=DIE_DRAFT_DEG))
        core = cq.Workplane("XY", origin=(x, y, 10.0)).circle(2.75).extrude(16.0, taper=1.0)
        cover = cover.cut(core)
    for y in (-28.0, 28.0):
        rib = cq.Workplane("XY", origin=(-20, y, height - wall + 1)).rect(44, 3.0)
        cover = cover.union(rib.extrude(-12.0, taper=DIE_DRAFT_DEG))
    # cooling fins on the roof
    for y in (-30.0, -15.0, 0.0, 15.0, 30.0):
        fin = cq.Workplane("XY", origin=(-32, y, height - 1)).rect(58, 3.2)
        cover = cover.union(fin.extrude(9.0, taper=DIE_DRAFT_DEG))
    return Sample(
        file="gearbox_cover.step",
        shape=one_solid(cover),
        name="Gearbox cover",
        what="die-cast aluminium cover with draft, ribs, fins, bosses and cored holes",
        process="die_casting",
        also=("gravity_casting",),
        material="EN AC-46000",
        annual=80_000,
        colour="#c8ccd0",
        pull_direction=[0.0, 0.0, 1.0],
        features=tuple(
            feature(
                "hole",
                "through",
                diameter_mm=6.6,
                depth_mm=10.0,
                bottom="open",
                axis=[0, 0, 1],
                origin_mm=[x, y, 10.0],
            )
            for x, y in lugs
        ),
    )


def pump_body() -> Sample:
    """Sand-cast pump body: volute chamber, drafted foot, suction flange, machined seats."""
    body = cq.Workplane("XY").circle(62.0).extrude(56.0, taper=SAND_DRAFT_DEG)
    foot = (
        cq.Workplane("XY")
        .center(0, -10)
        .rect(176, 92)
        .extrude(16.0, taper=SAND_DRAFT_DEG)
        .edges("not(#Z)")
        .edges("not(|X or |Y)")
        .fillet(14.0)
    )
    body = body.union(foot.faces(">Z").edges().fillet(3.0))
    for x in (-62.0, 62.0):
        rib = cq.Workplane("XY", origin=(x, -10, 0)).rect(36, 10)
        body = body.union(rib.extrude(36.0, taper=SAND_DRAFT_DEG))
    # discharge: a pipe along +y with its flange
    pipe = cq.Workplane("XZ", origin=(0, 0, 34)).circle(17.0).extrude(-86)
    flange = cq.Workplane("XZ", origin=(0, 76, 34)).circle(32.0).extrude(-14)
    flange = flange.faces("<Y").edges().fillet(2.0)
    # below the flange the pattern would lock: fill down to the parting plane
    pad = cq.Workplane("XY", origin=(0, 83, 0)).rect(40, 14).extrude(34)
    body = body.union(pipe).union(flange).union(pad)
    body = body.cut(cq.Workplane("XY", origin=(0, 0, 10)).circle(46.0).extrude(60))
    body = body.cut(cq.Workplane("XY", origin=(0, 0, -1)).circle(15.0).extrude(20))
    body = body.cut(cq.Workplane("XZ", origin=(0, 0, 34)).circle(11.0).extrude(-100))
    feet = [(x, y) for x in (-76.0, 76.0) for y in (-38.0, 18.0)]
    for x, y in feet:
        body = body.cut(cq.Workplane("XY", origin=(x, y, -1)).circle(5.5).extrude(30))
    bolts = [(x, z) for x in (-23.0, 23.0) for z in (34.0,)]
    for x, z in bolts:
        body = body.cut(cq.Workplane("XZ", origin=(x, 60, z)).circle(4.25).extrude(-40))
    # cover seat: six M6 tap holes on the rim
    body = body.faces(">Z").workplane(origin=(0, 0, 56)).polarArray(53.0, 0, 360, 6).hole(5.0, 14.0)
    return Sample(
        file="pump_body.step",
        shape=one_solid(body),
        name="Pump body",
        what="sand-cast pump body with volute chamber, foot, discharge flange and machined seats",
        process="sand_casting",
        also=("gravity_casting",),
        material="EN-GJL-250",
        annual=6_000,
        colour="#5f656b",
        pull_direction=[0.0, 0.0, 1.0],
        features=(
            *(
                feature(
                    "hole",
                    "through",
                    diameter_mm=11.0,
                    depth_mm=16.0,
                    bottom="open",
                    axis=[0, 0, 1],
                    origin_mm=[x, y, 16.0],
                )
                for x, y in feet
            ),
            *(
                feature(
                    "hole",
                    "through",
                    diameter_mm=8.5,
                    depth_mm=14.0,
                    bottom="open",
                    axis=[0, 1, 0],
                    origin_mm=[x, 90.0, z],
                )
                for x, z in bolts
            ),
            feature("hole", "through", diameter_mm=30.0, depth_mm=10.0),
        ),
    )


def sensor_cover() -> Sample:
    """Moulded clip-on cover: 2 mm wall, ribs at 60 % of it, screw bosses, two snap hooks."""
    length, width, height, wall = 84.0, 52.0, 18.0, 2.0
    cover = _tapered_box(length, width, height, 6.0, MOULD_DRAFT_DEG)
    cover = cover.faces(">Z").edges().fillet(2.5)
    cavity = _tapered_box(length - 2 * wall, width - 2 * wall, height - wall, 4.0, MOULD_DRAFT_DEG)
    cover = cover.cut(cavity)
    roof = height - wall + 0.5
    for x in (-30.0, 30.0):
        post = cq.Workplane("XY", origin=(x, 0, roof)).circle(3.5)
        cover = cover.union(post.extrude(-12.5, taper=MOULD_DRAFT_DEG))
        pilot = cq.Workplane("XY", origin=(x, 0, roof - 12.5)).circle(1.25)
        cover = cover.cut(pilot.extrude(10.0, taper=0.5))
    for x in (-14.0, 0.0, 14.0):
        rib = cq.Workplane("XY", origin=(x, 0, roof)).rect(1.2, width - 2.5)
        cover = cover.union(rib.extrude(-6.5, taper=0.5))
    for x in (-18.0, 18.0):  # hooks: a tongue with a catch that undercuts the pull
        tongue = cq.Workplane("XY", origin=(x, -width / 2 + 1, -7)).rect(7, 1.8).extrude(10)
        catch = (
            cq.Workplane("YZ", origin=(x - 3.5, -width / 2 + 1.5, -7))
            .polyline([(0, 0), (2.0, 2.4), (0, 2.4)])
            .close()
            .extrude(7)
        )
        cover = cover.union(tongue).union(catch)
    vents = cq.Workplane("XY", origin=(0, 0, 10)).pushPoints([(-7, y) for y in (-12, 0, 12)])
    cover = cover.cut(vents.slot2D(9.0, 2.5).extrude(20))
    return Sample(
        file="sensor_cover.step",
        shape=one_solid(cover),
        name="Sensor cover",
        what="injection-moulded cover with ribs, screw bosses, snap hooks and vents",
        process="moulding",
        material="PA6-GF30",
        annual=150_000,
        colour="#2f3338",
        pull_direction=[0.0, 0.0, 1.0],
        features=tuple(
            feature("pocket", "through", profile="obround", length_mm=9.0, width_mm=2.5)
            for _ in range(3)
        ),
    )


def _tapered_box(
    length: float, width: float, height: float, corner: float, draft: float
) -> cq.Workplane:
    outline = cq.Sketch().rect(length, width).vertices().fillet(corner)
    return cq.Workplane("XY").placeSketch(outline).extrude(height, taper=draft)


def _tapered_round(
    x: float, y: float, z: float, radius: float, height: float, draft: float
) -> cq.Workplane:
    return cq.Workplane("XY", origin=(x, y, z)).circle(radius).extrude(height, taper=draft)
