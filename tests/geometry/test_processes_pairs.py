"""For a rule one part that just keeps it and one that just breaks it, drawn and turned to an odd
angle.
"""

import math
from dataclasses import replace

import cadquery as cq
import pytest
from mould_pairs import PAIRS as MOULD_PAIRS
from shapes import part_of, subject_of

from geometry.features.recognition import recognise
from geometry.processes.estimates import estimates, machining_time
from geometry.processes.registry import PROCESSES, measure_all
from geometry.processes.rules import default_rules
from geometry.processes.suitability import find


def broken_rules(shape, process):
    facts = PROCESSES[process](subject_of(shape))
    time = machining_time(estimates(facts, None))
    facts = replace(facts, measurements=(*facts.measurements, *time))
    return {f.rule: f for f in find(facts, default_rules().of(process), None)}


def block():
    return cq.Workplane().box(60, 40, 30)


def pocket(depth, width=20, corner=4.0):
    tool = cq.Workplane("XY", origin=(0, 0, 15 - depth)).rect(30, width).extrude(depth)
    return block().cut(tool.edges("|Z").fillet(corner) if corner else tool)


def trough(depth):
    """A block of 700 × 600 × 260 with a pocket of 640 × 540: 0.35 dm³ a millimetre of depth, of
    which a mill of 20 takes 0.13 dm³ a minute in C45.
    """
    tool = cq.Workplane("XY", origin=(0, 0, 130 - depth)).rect(640, 540).extrude(depth)
    return cq.Workplane().box(700, 600, 260).cut(tool.edges("|Z").fillet(12))


def necked(length):
    """A disc of 400 with a neck of 100: 118 cm³ a millimetre, of which a lathe takes 175 cm³ a
    minute in aluminium (700 m/min, 0.25 mm, 2 mm deep, half of the time).
    """
    return cq.Workplane().circle(200).extrude(20).faces(">Z").workplane().circle(50).extrude(length)


def drilled(diameter, depth=None):
    top = block().faces(">Z").workplane()
    return top.hole(diameter) if depth is None else top.hole(diameter, depth)


def pointed(diameter, depth, tip_deg=118.0):
    """A blind hole as a drill leaves it: `depth` to where its cone begins."""
    radius = diameter / 2
    tip = radius / math.tan(math.radians(tip_deg / 2))
    half = [(0, 15), (radius, 15), (radius, 15 - depth), (0, 15 - depth - tip)]
    return block().cut(cq.Workplane("XZ").polyline(half).close().revolve(360, (0, 0), (0, 1)))


def hexagonal(depth):
    """A blind pocket for a hexagon nut of 20 across its corners."""
    return block().cut(cq.Workplane("XY", origin=(0, 0, 15 - depth)).polygon(6, 20).extrude(depth))


def plate(thickness, *holes, size=(100, 60)):
    body = cq.Workplane().rect(*size).extrude(thickness)
    for x, y, diameter in holes:
        body = body.cut(cq.Workplane().center(x, y).circle(diameter / 2).extrude(thickness))
    return body


def tube(wall):
    return cq.Workplane().circle(15).circle(15 - wall).extrude(30)


def bent(radius, hole_at=None, leg=30.0, thickness=2.0):
    """An angle of two legs, 50 wide; `hole_at` is the distance of a Ø6 hole's rim from the inside
    of the other leg.
    """
    outer = radius + thickness
    profile = (
        cq.Workplane()
        .moveTo(outer, 0)
        .lineTo(60, 0)
        .lineTo(60, thickness)
        .lineTo(outer, thickness)
        .radiusArc((thickness, outer), radius)
        .lineTo(thickness, leg)
        .lineTo(0, leg)
        .lineTo(0, outer)
        .radiusArc((outer, 0), -outer)
        .close()
    )
    body = profile.extrude(50)
    if hole_at is not None:
        tool = cq.Workplane("XZ", origin=(thickness + hole_at + 3, 20, 25)).circle(3).extrude(40)
        body = body.cut(tool)
    return body


def slotted(width):
    """A plate of 3 with an obround slot."""
    return plate(3).faces(">Z").workplane().slot2D(30, width).cutThruAll()


def tabbed(width):
    """A plate of 3 with a tab that stands 15 out of its side."""
    return plate(3).union(
        cq.Workplane().box(15, width, 3, centered=(False, True, False)).translate((50, 0, 0))
    )


def zigzag(bends):
    """A strip of 1 mm bent to and fro."""
    from samples.sheet import bent_strip

    turns = [(60.0 if k % 2 == 0 else -60.0, 2.0) for k in range(bends)]
    return cq.Workplane(obj=bent_strip([15.0] * (bends + 1), turns, 1.0, 40.0))


def notched(width):
    """A plate of 3 with a notch 12 deep in its side."""
    return plate(3).cut(
        cq.Workplane().box(12, width, 3, centered=(False, True, False)).translate((38, 0, 0))
    )


def axial(diameter):
    """A shaft with a blind flat-bottomed bore in its end."""
    return shaft(60).cut(shaft(8, diameter))


def bored_sides(count):
    """A block with blind holes in so many of its sides, two of them opposite."""
    sides = [
        ("YZ", (10, 0, 0), 20),
        ("YZ", (-30, 0, 0), 20),
        ("XZ", (0, 20, 0), 8),
        ("XY", (0, 0, 7), 8),
    ]
    body = block()
    for plane, place, depth in sides[:count]:
        body = body.cut(cq.Workplane(plane).circle(6).extrude(depth).translate(place))
    return body


def square_tube(wall):
    inside = 30 - 2 * wall
    return plate(120, size=(30, 30)).cut(plate(120, size=(inside, inside)))


def drafted(angle, height=30.0):
    """A solid boss on a thick plate, drafted."""
    return cq.Workplane().rect(50, 40).extrude(height, taper=angle)


def tray(wall, floor=None):
    inside = cq.Workplane("XY", origin=(0, 0, floor or wall)).rect(80 - 2 * wall, 60 - 2 * wall)
    return cq.Workplane().rect(80, 60).extrude(25).cut(inside.extrude(25))


def lump(diameter, wall=6):
    """A plate with a ball in it."""
    ball = cq.Workplane("XY", origin=(0, 0, wall / 2)).sphere(diameter / 2)
    return plate(wall, size=(120, 90)).union(ball)


def side_hole(yes):
    body = tray(6)
    return body.cut(cq.Workplane("YZ", origin=(20, 0, 15)).circle(5).extrude(40)) if yes else body


def hollow(closed):
    """A block with a chamber, closed or opened to the top."""
    body = block().cut(cq.Workplane().box(20, 16, 10))
    return body if closed else body.cut(cq.Workplane().rect(12, 10).extrude(30))


def windowed(yes):
    """A tray with a square window in its side, which no drill makes."""
    window = cq.Workplane("YZ", origin=(20, 0, 15)).rect(10, 10).extrude(40)
    return tray(6).cut(window) if yes else tray(6)


def bored(diameter):
    """A drafted plate with a bore as drawn by its finished size."""
    return cq.Workplane().rect(80, 60).extrude(20, taper=6).faces(">Z").workplane().hole(diameter)


def shaft(length, diameter=20.0):
    return cq.Workplane().circle(diameter / 2).extrude(length)


def grooved(width):
    body = shaft(60)
    ring = cq.Workplane("XY", origin=(0, 0, 30)).circle(12).circle(8).extrude(width)
    return body.cut(ring)


def flatted(yes):
    body = shaft(60)
    return body.cut(cq.Workplane().box(30, 6, 30).translate((0, 11, 30))) if yes else body


def inner_edge(radius):
    body = cq.Workplane().polyline([(0, 0), (60, 0), (60, 12), (12, 12), (12, 50), (0, 50)]).close()
    solid = body.extrude(40)
    corner = cq.selectors.NearestToPointSelector((12, 12, 20))
    return solid.edges("|Z").edges(corner).fillet(radius) if radius else solid


def leaning(angle):
    """A block with a hole through it that leans from its top's normal."""
    drill = cq.Workplane().circle(2.5).extrude(200, both=True).rotate((0, 0, 0), (1, 0, 0), angle)
    return block().cut(drill)


def at_side(inside):
    """A block with a hole of 10 whose axis lies so far within a side."""
    return block().cut(cq.Workplane().center(0, 20 - inside).circle(5).extrude(40, both=True))


def circumference_within(share):
    """How far within a side the axis of a hole of 10 lies for so much of its wall to be there."""
    return 5 * math.cos((1 - share) * math.pi)


def tapped(rim):
    """A block with a tap drill hole for M8, its rim so far from a side."""
    return block().cut(cq.Workplane().center(0, 20 - rim - 3.4).circle(3.4).extrude(20))


def finned(height):
    """A base with a wall of 3 on it."""
    return (
        cq.Workplane()
        .box(60, 40, 10)
        .union(cq.Workplane("XY", origin=(0, 0, 5)).rect(60, 3).extrude(height))
    )


def bossed(height):
    """A block with a round boss of 5 on it."""
    return block().union(cq.Workplane("XY", origin=(0, 0, 15)).circle(2.5).extrude(height))


def bowl(floor_radius):
    """A pocket with corners of 4 and a rounded floor."""
    tool = cq.Workplane("XY", origin=(0, 0, 3)).rect(30, 20).extrude(12).edges("|Z").fillet(4)
    return block().cut(tool.faces("<Z").edges().fillet(floor_radius))


def disc(rounded):
    body = cq.Workplane().circle(20).extrude(20).faces(">Z").edges()
    return body.fillet(2) if rounded else body.chamfer(2)


def walled(top):
    """A base with a blind hole of 6 that ends at 2, beside a wall that ends at `top`."""
    body = cq.Workplane().box(80, 40, 10, centered=(True, True, False))
    wall = cq.Workplane().box(10, 40, top, centered=(False, True, False)).translate((-13, 0, 0))
    hole = cq.Workplane("XY", origin=(-20, 0, 2)).circle(3).extrude(8)
    return body.cut(hole).union(wall)


def shouldered(radius):
    """A shaft with a shoulder and a radius in its corner."""
    profile = (
        cq.Workplane("XZ")
        .lineTo(15, 0)
        .lineTo(15, 30)
        .lineTo(10 + radius, 30)
        .radiusArc((10, 30 + radius), radius)
        .lineTo(10, 60)
        .lineTo(0, 60)
    )
    return profile.close().revolve(360, (0, 0), (0, 1))


def slit(length):
    """A bar of 40 with a passage of 8 × 4 along it, too narrow for mills: a wire cuts it."""
    return shaft(length, 40).cut(cq.Workplane().rect(8, 4).extrude(length))


def sleeve(length):
    """A tube with a bore of 40, for a boring bar of 25."""
    return cq.Workplane().circle(30).circle(20).extrude(length)


PAIRS = [
    ("milling", "hole_tilt", leaning(1.5), leaning(2.5)),
    (
        "milling",
        "partial_hole",
        at_side(circumference_within(0.78)),
        at_side(circumference_within(0.72)),
    ),
    ("milling", "thread_deep", drilled(6.8, 27.9), drilled(6.8, 28.1)),
    ("milling", "thread_least", drilled(5.0, 10), drilled(4.2, 10)),
    ("milling", "thread_edge", tapped(3.5), tapped(3.3)),
    ("milling", "wall_slender", finned(11.9), finned(12.1)),
    ("milling", "boss_slender", bossed(19.9), bossed(20.1)),
    ("milling", "floor_radius", bowl(3.5), bowl(3.7)),
    (
        "milling",
        "narrow_cavity",
        pocket(3, width=2.6, corner=1.1),
        pocket(3, width=2.4, corner=1.1),
    ),
    ("milling", "outer_round", disc(False), disc(True)),
    ("milling", "tool_overhang", walled(58), walled(64)),
    ("milling", "beyond_tools", slit(290), slit(310)),
    ("turning", "beyond_tools", slit(290), slit(310)),
    ("milling", "machining_time", trough(60), trough(230)),
    ("turning", "machining_time", necked(620), necked(760)),
    ("turning", "turned_corner", shouldered(0.45), shouldered(0.35)),
    ("turning", "bore_reach", sleeve(99), sleeve(101)),
    ("milling", "sharp_inner_corner", pocket(10), pocket(10, corner=None)),
    ("milling", "sharp_inner_corner", pointed(5, 20), hexagonal(10)),
    ("milling", "corner_radius_depth", pocket(11.9), pocket(12.1)),
    ("milling", "corner_radius_least", pocket(2, corner=1.05), pocket(2, corner=0.95)),
    ("milling", "corner_reach", pocket(15.9, corner=2), pocket(16.1, corner=2)),
    (
        "milling",
        "cavity_depth",
        pocket(23.9, width=8, corner=3.9),
        pocket(24.1, width=8, corner=3.9),
    ),
    ("milling", "thin_wall_cut", tray(0.85, floor=5), tray(0.75, floor=5)),
    ("milling", "hole_depth", drilled(5, 19.9), drilled(5, 20.1)),
    ("milling", "hole_least", drilled(2.6, 8), drilled(2.4, 8)),
    ("milling", "drill_size", drilled(6.5, 12), drilled(6.55, 12)),
    (
        "milling",
        "hole_flat_bottom",
        drilled(8),
        block().cut(cq.Workplane("XY", origin=(0, 0, 5)).circle(4).extrude(20)),
    ),
    ("milling", "removal", tray(4), tray(3.5)),
    (
        "milling",
        "unreachable",
        block(),
        block().cut(cq.Workplane().box(20, 20, 10)),
    ),
    ("milling", "setups", bored_sides(3), bored_sides(4)),
    ("turning", "hole_least", axial(2.6), axial(2.4)),
    ("turning", "hole_flat_bottom", shaft(60).cut(shaft(60, 8)), axial(8)),
    ("turning", "slender", shaft(79), shaft(81)),
    ("turning", "thin_wall_cut", tube(1.05), tube(0.95)),
    ("turning", "groove_width", grooved(2.1), grooved(1.9)),
    ("turning", "off_axis", flatted(False), flatted(True)),
    ("turning", "hole_depth", shaft(60).cut(shaft(39.9, 10)), shaft(60).cut(shaft(40.1, 10))),
    ("sheet_metal", "gauge", plate(11.9, size=(300, 200)), plate(12.1, size=(300, 200))),
    ("sheet_metal", "punched_hole", plate(3, (0, 0, 3.1)), plate(3, (0, 0, 2.9))),
    ("sheet_metal", "hole_to_edge", plate(3, (39, 0, 9.8)), plate(3, (39, 0, 10.2))),
    (
        "sheet_metal",
        "hole_to_hole",
        plate(3, (-11.1, 0, 10), (11.1, 0, 10)),
        plate(3, (-10.9, 0, 10), (10.9, 0, 10)),
    ),
    ("sheet_metal", "bend_radius", bent(1.65), bent(1.55)),
    ("sheet_metal", "hole_to_bend", bent(3, hole_at=8.1), bent(3, hole_at=7.9)),
    ("sheet_metal", "slot_width", slotted(3.1), slotted(2.9)),
    ("sheet_metal", "tab_width", tabbed(3.1), tabbed(2.9)),
    ("sheet_metal", "flange", bent(3, leg=8.1), bent(3, leg=7.9)),
    ("sheet_metal", "bend_count", zigzag(8), zigzag(9)),
    ("sheet_metal", "notch_width", notched(3.1), notched(2.9)),
    ("stamping", "hole_to_edge", plate(3, (39, 0, 9.8)), plate(3, (39, 0, 10.2))),
    ("stamping", "hole_to_bend", bent(3, hole_at=8.1), bent(3, hole_at=7.9)),
    ("stamping", "bend_radius", bent(1.65), bent(1.55)),
    ("stamping", "gauge_pressed", plate(2.9), plate(3.1)),
    ("stamping", "punched_hole", plate(3, (0, 0, 3.1)), plate(3, (0, 0, 2.9))),
    (
        "stamping",
        "hole_to_hole",
        plate(3, (-7.3, 0, 10), (7.3, 0, 10)),
        plate(3, (-7.2, 0, 10), (7.2, 0, 10)),
    ),
    ("sand_casting", "thin_wall_cast", tray(5.05), tray(4.95)),
    ("sand_casting", "draft", drafted(1.05), drafted(0.95)),
    ("sand_casting", "undercut", windowed(False), windowed(True)),
    ("sand_casting", "machining_allowance", bored(25.9), bored(26.1)),
    ("sand_casting", "cored_hole", plate(20, (0, 0, 10.1)), plate(20, (0, 0, 9.9))),
    ("sand_casting", "hot_spot", lump(11), lump(14)),
    ("sand_casting", "sharp_inner_edge", inner_edge(1.1), inner_edge(0.9)),
    ("gravity_casting", "thin_wall_cast", tray(4.05), tray(3.95)),
    ("gravity_casting", "draft", drafted(2.05), drafted(1.95)),
    ("gravity_casting", "sharp_inner_edge", inner_edge(2.1), inner_edge(1.9)),
    ("gravity_casting", "cored_hole", plate(20, (0, 0, 5.1)), plate(20, (0, 0, 4.9))),
    ("gravity_casting", "undercut", windowed(False), windowed(True)),
    ("gravity_casting", "machining_allowance", bored(25.9), bored(26.1)),
    ("die_casting", "thin_wall_cast", tray(2.05), tray(1.95)),
    ("die_casting", "draft", drafted(1.05), drafted(0.95)),
    ("die_casting", "thick_wall", plate(4.9), plate(5.1)),
    ("die_casting", "cored_depth", drilled(10, 19.9), drilled(10, 20.1)),
    ("die_casting", "undercut", windowed(False), windowed(True)),
    ("die_casting", "machining_allowance", bored(25.9), bored(26.1)),
    ("die_casting", "sharp_inner_edge", inner_edge(1.1), inner_edge(0.9)),
    ("investment_casting", "thin_wall_cast", tray(1.35), tray(1.25)),
    ("investment_casting", "draft", drafted(0.55), drafted(0.45)),
    ("investment_casting", "cored_depth", drilled(8, 11.9), drilled(8, 12.1)),
    ("investment_casting", "undercut", windowed(False), windowed(True)),
    ("investment_casting", "machining_allowance", bored(25.9), bored(26.1)),
    ("gravity_casting", "hot_spot", lump(11), lump(14)),
    ("die_casting", "hot_spot", lump(7, wall=4), lump(9.5, wall=4)),
    ("investment_casting", "hot_spot", lump(11), lump(14)),
    ("investment_casting", "sharp_inner_edge", inner_edge(0.6), inner_edge(0.4)),
    ("moulding", "wall_change", lump(11), lump(14)),
    ("moulding", "sharp_inner_edge", inner_edge(3.1), inner_edge(2.9)),
    ("extrusion", "thin_wall_profile", square_tube(1.05), square_tube(0.95)),
    ("extrusion", "heavy", plate(300, size=(40, 40)), plate(300, size=(42, 42))),
    ("forging", "web", tray(5.05), tray(4.95)),
    ("forging", "draft", drafted(5.05), drafted(4.95)),
    ("forging", "sharp_inner_edge", inner_edge(3.1), inner_edge(2.9)),
    ("forging", "undercut_forged", windowed(False), windowed(True)),
    ("forging", "machining_allowance", bored(25.9), bored(26.1)),
    ("moulding", "thin_wall_moulded", tray(1.55), tray(1.45)),
    ("moulding", "thick_wall", plate(3.9), plate(4.1)),
    ("moulding", "draft", drafted(1.05), drafted(0.95)),
    ("moulding", "undercut", side_hole(False), side_hole(True)),
    ("moulding", "core_pin", drilled(8, 23.9), drilled(8, 24.1)),
    ("extrusion", "circle", plate(300, size=(150, 130)), plate(300, size=(160, 130))),
    ("extrusion", "short", plate(10.1, size=(9, 6)), plate(9.9, size=(9, 6))),
    ("extrusion", "sharp_section_corner", plate(100, size=(20, 20)), inner_edge(None)),
    ("sand_casting", "closed_void", hollow(False), hollow(True)),
    ("gravity_casting", "closed_void", hollow(False), hollow(True)),
    ("die_casting", "closed_void", hollow(False), hollow(True)),
    ("investment_casting", "closed_void", hollow(False), hollow(True)),
    ("moulding", "closed_void", hollow(False), hollow(True)),
    ("forging", "closed_void", hollow(False), hollow(True)),
]

PAIRS += MOULD_PAIRS


@pytest.mark.parametrize(
    ("process", "rule", "keeps", "breaks"), PAIRS, ids=[f"{p}-{r}" for p, r, _, _ in PAIRS]
)
def test_a_rule_tells_a_part_that_just_breaks_it_from_one_that_just_keeps_it(
    process, rule, keeps, breaks
):
    assert rule not in broken_rules(keeps, process)
    assert rule in broken_rules(breaks, process)


PAIRED_HERE = (  # the rules of sheets have their pairs in test_sheet_pairs.py
    "milling",
    "turning",
    "sand_casting",
    "gravity_casting",
    "die_casting",
    "investment_casting",
    "forging",
    "moulding",
    "extrusion",
)


@pytest.mark.parametrize(
    "rule",
    [rule for process in PAIRED_HERE for rule in default_rules().of(process)],
    ids=lambda r: f"{r.process}-{r.id}",
)
def test_no_rule_is_without_such_a_pair(rule):
    assert (rule.process, rule.id) in {(process, id_) for process, id_, _, _ in PAIRS}


@pytest.mark.parametrize("process", ["sand_casting", "die_casting", "forging", "moulding"])
def test_a_closed_chamber_is_told_as_such_and_not_as_an_undercut_with_a_core(process):
    found = broken_rules(hollow(True), process)
    assert found["closed_void"].measured == pytest.approx(20 * 16 * 10, rel=1e-3)
    assert found["closed_void"].severity == "critical"
    assert len(found["closed_void"].faces) == 6
    assert not {"undercut", "locked_undercut", "undercut_forged"} & set(found)


@pytest.mark.parametrize("hole", [drilled(5, 20), pointed(5, 20), pointed(12, 8, tip_deg=90.0)])
def test_the_bottom_of_a_blind_hole_is_no_sharp_corner(hole):
    assert "sharp_inner_corner" not in broken_rules(hole, "milling")


def test_of_a_pocket_only_the_corners_between_walls_are_sharp():
    found = broken_rules(pocket(10, corner=None), "milling")["sharp_inner_corner"]
    assert found.measured == pytest.approx(4 * 10)  # not the 100 mm around its floor
    assert len(found.faces) == 4
    assert broken_rules(hexagonal(10), "milling")["sharp_inner_corner"].measured == pytest.approx(
        6 * 10
    )


def test_a_step_open_to_the_side_has_no_sharp_corner():
    step = block().cut(cq.Workplane().box(20, 20, 10).translate((20, 10, 10)))
    assert "sharp_inner_corner" not in broken_rules(step, "milling")


def test_bores_that_meet_are_within_reach():
    along = cq.Workplane("YZ").circle(8).extrude(80, both=True)
    across = cq.Workplane("XZ", origin=(9, 0, 3)).circle(6).extrude(30)
    met = pointed(5, 4).cut(along).cut(across)
    assert "unreachable" not in broken_rules(met, "milling")


def test_a_groove_cutter_leaves_the_corners_of_a_ring_groove_sharp():
    bored = cq.Workplane().box(60, 60, 40).faces(">Z").workplane().hole(30)
    grooved = bored.cut(cq.Workplane().circle(15.8).extrude(1.6))
    found = broken_rules(grooved, "milling")
    assert not {"sharp_inner_corner", "unreachable"} & set(found)


def test_a_cutter_for_t_slots_leaves_their_corners_sharp():
    way_in = cq.Workplane("XY", origin=(0, 0, 8)).rect(80, 10).extrude(30)
    wide = cq.Workplane("XY", origin=(0, 0, 2)).rect(80, 18).extrude(6)
    found = broken_rules(block().cut(way_in).cut(wide), "milling")
    assert not {"sharp_inner_corner", "unreachable"} & set(found)


def test_holes_in_a_casting_are_drilled_and_need_no_draft():
    tapered = cq.Workplane().rect(80, 60).extrude(20, taper=3)
    assert "draft" not in broken_rules(tapered.faces(">Z").workplane().hole(6), "die_casting")
    square = tapered.cut(cq.Workplane().rect(30, 20).extrude(20))
    assert "draft" in broken_rules(square, "die_casting")


MADE_IN_METAL = ("sand_casting", "gravity_casting", "die_casting", "investment_casting", "forging")


@pytest.mark.parametrize("process", MADE_IN_METAL)
def test_a_bore_beyond_drills_gets_an_allowance_and_no_draft(process):
    found = broken_rules(bored(40), process)
    assert found["machining_allowance"].measured == pytest.approx(40)
    assert found["machining_allowance"].severity == "advice"
    assert "draft" not in found


def test_a_moulded_bore_keeps_its_draft():
    assert "draft" in broken_rules(bored(40), "moulding")


@pytest.mark.parametrize("process", ["sand_casting", "forging"])
def test_a_drilled_hole_beside_an_edge_is_no_thin_wall_of_the_raw_part(process):
    thin = {"sand_casting": "thin_wall_cast", "forging": "web"}[process]
    body = cq.Workplane().rect(80, 60).extrude(20, taper=6)
    beside = cq.Workplane().center(0, 19.5).circle(6).extrude(20)  # 2 mm from the top's edge
    assert thin not in broken_rules(body.cut(beside), process)
    assert thin in broken_rules(tray(2), process)


@pytest.mark.parametrize("process", MADE_IN_METAL)
def test_rings_and_cross_holes_hold_nothing_in_a_mould(process):
    body = cq.Workplane().circle(40).extrude(60, taper=6)
    grooved = body.cut(cq.Workplane("XY", origin=(0, 0, 40)).circle(60).circle(32).extrude(4))
    crossed = grooved.cut(cq.Workplane("YZ", origin=(-60, 0, 18)).circle(10).extrude(120))
    found = broken_rules(crossed, process)
    assert not {"undercut", "undercut_forged", "locked_undercut"} & set(found)


def test_a_bearing_seat_among_drafted_walls_is_turned_and_a_plain_bar_is_not_ready():
    flange = cq.Workplane().rect(100, 100).extrude(20, taper=6)
    seated = flange.union(cq.Workplane("XY", origin=(0, 0, 20)).circle(20).extrude(6))
    found = broken_rules(seated, "forging")
    assert found["machining_allowance"].measured == pytest.approx(40)
    assert "draft" not in found
    assert "draft" in broken_rules(shaft(60, 40), "forging")


def test_a_finding_names_the_faces_it_is_about():
    found = broken_rules(drilled(5, 25), "milling")["hole_depth"]
    assert found.feature == "hole-1"
    assert found.faces
    assert found.measured == pytest.approx(5, rel=1e-6)
    assert found.limit == 4


@pytest.mark.parametrize("process", PROCESSES)
def test_facts_travel_as_json(process):
    import json

    from geometry.processes.measurement import Facts

    part = part_of(pocket(10))
    facts = measure_all(part, recognise(part)).facts[process]
    again = Facts.from_dict(json.loads(json.dumps(facts.to_dict())))
    assert again == facts


@pytest.mark.parametrize(
    "shape",
    [pocket(10), shaft(60), tray(3), bent(3), drafted(3), plate(3, (10, 5, 8))],
    ids=["pocket", "shaft", "tray", "bent", "drafted", "plate"],
)
def test_a_part_is_judged_alike_however_it_lies(shape):
    from geometry.processes.suitability import Conditions, judge

    def scores(odd):
        part = part_of(shape, odd=odd)
        recognition = recognise(part)
        measured = measure_all(part, recognition, recognition.sheet)
        return {
            j.process: j.suitability for j in judge(measured.facts, Conditions(), default_rules())
        }

    straight, turned = scores(False), scores(True)
    assert turned == pytest.approx(straight, abs=2)


ODD_SHAPES = {
    "ball": cq.Workplane().sphere(10),
    "ring": cq.Workplane(obj=cq.Solid.makeTorus(20, 5)),
    "one micrometre": cq.Workplane().box(0.001, 0.001, 0.001),
    "one kilometre": cq.Workplane().box(1e6, 2e5, 3e5),
    "closed void": cq.Workplane().box(40, 40, 40).cut(cq.Workplane().box(20, 20, 20)),
    "foil": cq.Workplane().box(500, 500, 0.01),
    "needle": cq.Workplane().circle(0.05).extrude(500),
    "loft": cq.Workplane().rect(20, 30).workplane(offset=40).circle(8).loft(combine=True),
}


@pytest.mark.parametrize("name", ODD_SHAPES)
def test_an_odd_shape_is_judged_with_finite_numbers(name):
    import json

    from geometry.processes.suitability import Conditions, judge

    part = part_of(ODD_SHAPES[name])
    recognition = recognise(part)
    measured = measure_all(part, recognition, recognition.sheet)
    json.dumps([facts.to_dict() for facts in measured.facts.values()], allow_nan=False)
    json.dumps(measured.fields.wall.summary, allow_nan=False)
    judged = judge(measured.facts, Conditions(), default_rules())
    assert len(judged) == len(PROCESSES)
    assert all(0 <= j.suitability <= 100 for j in judged)


@pytest.mark.parametrize("radius_mm", [6.0, 40.0, 150.0])
def test_a_round_wall_at_the_limit_keeps_it_whatever_the_mesh_says(radius_mm):
    ring = cq.Workplane().circle(radius_mm).circle(radius_mm - 1.0).extrude(20)
    assert "thin_wall_cut" not in broken_rules(ring, "turning")


def across(diameter, shaft_mm):
    """A hole square through a shaft: both its mouths are saddles in one face."""
    body = shaft(60, shaft_mm)
    tool = cq.Workplane("YZ", origin=(-shaft_mm, 0, 30)).circle(diameter / 2)
    return body.cut(tool.extrude(2 * shaft_mm))


def beside_an_edge():
    """A hole that leaves half its mouth in a rounded edge and is open along the side below it."""
    body = block().edges("|X and >Z and >Y").fillet(6)
    body = body.cut(cq.Workplane("XY", origin=(0, 24, -15)).circle(4).extrude(60))
    return body.cut(cq.Workplane("XY", origin=(20, 29, -15)).circle(4).extrude(60))


@pytest.mark.parametrize("shape", [across(5, 20), across(12, 20)], ids=["small", "wide"])
def test_a_hole_square_through_a_shaft_has_no_tilt(shape):
    assert "hole_tilt" not in broken_rules(shape, "milling")


def test_the_side_that_a_hole_is_open_to_is_no_exit_of_it():
    found = broken_rules(beside_an_edge(), "milling")
    assert "hole_tilt" not in found or found["hole_tilt"].measured < 45


def test_a_slit_that_opens_a_bore_leaves_its_mouths_square():
    clamp = block().cut(cq.Workplane().circle(6).extrude(40, both=True))
    slit = clamp.cut(cq.Workplane().box(40, 2, 40).translate((20, 0, 0)))
    assert "hole_tilt" not in broken_rules(slit, "milling")


@pytest.mark.parametrize("angle_deg", [10.0, 30.0, 50.0])
def test_a_hole_that_leans_is_told_by_its_angle(angle_deg):
    drill = cq.Workplane().circle(2.5).extrude(200, both=True)
    leans = plate(10).cut(drill.rotate((0, 0, 0), (1, 0, 0), angle_deg))
    found = broken_rules(leans, "milling")["hole_tilt"]
    assert found.measured == pytest.approx(angle_deg, abs=0.2)
    assert found.severity == ("major" if angle_deg > 45 else "minor")
