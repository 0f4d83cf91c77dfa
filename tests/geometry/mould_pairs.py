"""Parts that just keep and just break each rule of castings, forgings, mouldings and profiles."""

import cadquery as cq


def plate(thickness, size=(100, 60)):
    return cq.Workplane().rect(*size).extrude(thickness)


def drilled(diameter, depth=None, thickness=60.0):
    top = plate(thickness).faces(">Z").workplane()
    return top.hole(diameter) if depth is None else top.hole(diameter, depth)


def tray(wall=3.0, size=(80, 60), height=30.0):
    """An open box."""
    inside = cq.Workplane("XY", origin=(0, 0, wall)).rect(*(side - 2 * wall for side in size))
    return cq.Workplane().rect(*size).extrude(height).cut(inside.extrude(height))


def drafted_tray(inside_deg, outside_deg=4.0, wall=6.0):
    """An open box whose outside and inside are drafted on their own."""
    outer = cq.Workplane("XY", origin=(0, 0, 30)).rect(100, 80).extrude(-30, taper=outside_deg)
    floor = 30 - wall
    inner = cq.Workplane("XY", origin=(0, 0, 30)).rect(100 - 2 * wall, 80 - 2 * wall)
    return outer.cut(inner.extrude(-floor, taper=inside_deg))


def ribbed(rib, wall=4.0, height=10.0, length=60.0, fillet=0.0):
    """A plate of 100 × 60 with one rib across its middle."""
    body = plate(wall).union(
        cq.Workplane("XY", origin=(0, 0, wall)).rect(length, rib).extrude(height)
    )
    return (
        body.edges(cq.selectors.BoxSelector((-60, -20, wall - 0.1), (60, 20, wall + 0.1))).fillet(
            fillet
        )
        if fillet
        else body
    )


def bossed(outer, inner=0.0, wall=4.0, height=8.0):
    """A plate of 100 × 60 with one round boss, hollow or not; its hole ends above the plate."""
    body = plate(wall).union(
        cq.Workplane("XY", origin=(0, 0, wall)).circle(outer / 2).extrude(height)
    )
    if inner:
        hole = cq.Workplane("XY", origin=(0, 0, wall)).circle(inner / 2).extrude(height)
        body = body.cut(hole)
    return body


def barred(diameter):
    """A plate of 6 with a round bar through its middle: V/A is d/4 of the bar, 3 of the plate."""
    bar = cq.Workplane("YZ", origin=(-60, 0, 3)).circle(diameter / 2).extrude(120)
    return plate(6, size=(120, 90)).union(bar)


def cap(groove_mm=1.5):
    """A cap with a groove all around its inside."""
    body = cq.Workplane().circle(20).extrude(25)
    body = body.cut(cq.Workplane("XY", origin=(0, 0, 3)).circle(17).extrude(30))
    if groove_mm:
        ring = cq.Workplane("XY", origin=(0, 0, 12)).circle(17 + groove_mm).extrude(4)
        body = body.cut(ring)
    return body


def square_cap(groove_mm=1.5):
    """A square cap with a groove all around its inside, which no turning makes."""
    body = cq.Workplane().rect(40, 40).extrude(25)
    body = body.cut(cq.Workplane("XY", origin=(0, 0, 3)).rect(34, 34).extrude(30))
    if groove_mm:
        wide = 34 + 2 * groove_mm
        body = body.cut(cq.Workplane("XY", origin=(0, 0, 12)).rect(wide, wide).extrude(4))
    return body


def channel(depth, gap=10.0, wall=4.0, length=200.0):
    """A profile with one straight channel."""
    body = cq.Workplane().rect(gap + 2 * wall, depth + wall).extrude(length)
    return body.cut(cq.Workplane("XY", origin=(0, wall / 2, 0)).rect(gap, depth).extrude(length))


def high_rib(height, rib=6.0):
    """A thick plate with a thin rib: height over thickness is what forging asks about."""
    return ribbed(rib, wall=20.0, height=height)


PAIRS = [
    ("die_casting", "draft", drafted_tray(2.1), drafted_tray(1.9)),
    ("moulding", "draft", drafted_tray(1.6), drafted_tray(1.4)),
    ("sand_casting", "feeding", plate(6, size=(120, 90)), barred(24)),
    ("gravity_casting", "feeding", plate(6, size=(120, 90)), barred(24)),
    ("investment_casting", "feeding", plate(6, size=(120, 90)), barred(24)),
    ("gravity_casting", "rib_thickness_cast", ribbed(3.1), ribbed(3.3)),
    ("die_casting", "rib_thickness_cast", ribbed(3.9), ribbed(4.1)),
    ("die_casting", "cored_hole", drilled(4.1, 7), drilled(3.9, 7)),
    ("die_casting", "locked_undercut", square_cap(0), square_cap()),
    ("investment_casting", "cored_hole", drilled(2.1, 2), drilled(1.9, 1.8)),
    ("forging", "rib_height", high_rib(35.9), high_rib(36.1)),
    ("forging", "web", plate(8.2, size=(160, 160)), plate(7.8, size=(160, 160))),
    ("moulding", "locked_undercut", cap(0), cap()),
    ("moulding", "rib_thickness", ribbed(2.35), ribbed(2.45)),
    ("moulding", "rib_height", ribbed(2.0, height=9.9), ribbed(2.0, height=10.1)),
    ("moulding", "boss_thickness", bossed(9.9), bossed(10.1)),
    ("moulding", "boss_wall", bossed(8.7, inner=4), bossed(8.9, inner=4)),
    ("moulding", "boss_height", bossed(5, inner=2, height=14.9), bossed(5, inner=2, height=15.1)),
    # ((w/2 + r)² + (4 + r)² − r²) / (4 + 2r) over 4: 1.24 and 1.26
    ("moulding", "sink", ribbed(2.3, fillet=1.4), ribbed(2.3, fillet=1.6)),
    ("extrusion", "tongue", channel(29.9), channel(30.1)),
]
