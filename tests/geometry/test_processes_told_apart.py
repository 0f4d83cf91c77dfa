"""Shapes that look alike at first sight are told apart by what their process leaves on them."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import cadquery as cq
import numpy as np
import pytest
from shapes import part_of, subject_of

from geometry.features.recognition import recognise
from geometry.materials import find
from geometry.processes.registry import measure_all
from geometry.processes.rules import default_rules
from geometry.processes.suitability import Conditions, judge

BENCH = Path(__file__).resolve().parents[1] / "bench"
sys.path[:0] = [str(BENCH), str(BENCH.parents[1])]

from generator import run  # noqa: E402

SEED = 2024


def ranked(shape) -> list[str]:
    """Processes of a drawn shape by geometry alone, best first."""
    part = part_of(shape)
    recognition = recognise(part)
    measured = measure_all(part, recognition, recognition.sheet)
    return [each.process for each in judge(measured.facts, Conditions(), default_rules())]


@pytest.mark.parametrize(
    "kind",
    [
        "cast_housing",  # a thin box with draft and sharp inner corners is not drawn from sheet
        "moulded_tray",
        "drawn_cup",  # one thickness around round corners is neither turned nor moulded
        "drawn_cup_with_flange",
        "drawn_box",
        "sheet_extruded_hole",
        "gear_spur",  # teeth and threads are no traces of a mould
        "gear_helical",
        "gear_with_hub_and_keyway",
        "thread_modelled",
        "profile_hollow",  # two chambers are not bent from sheet
        "boss_hexagon",  # a boss on a plate is not cut from it
        "fillet_variable",  # one rounded edge makes no casting of a block
        "forged_lever",  # an arm does not turn about its hub
    ],
)
def test_the_first_choice_is_a_process_that_makes_such_a_part(kind):
    drawn = run.draw(kind, SEED, 0)
    assert ranked(drawn.shape)[0] in drawn.process


def test_a_ring_rolled_of_strip_is_made_of_sheet():
    ring = cq.Workplane().circle(28.5).circle(26.5).extrude(25)
    ring = ring.cut(cq.Workplane("XY", origin=(27, 0, 0)).rect(10, 14).extrude(25))
    assert ranked(ring)[0] == "sheet_metal"


def test_a_collar_slit_for_clamping_is_turned():
    collar = cq.Workplane().circle(20).circle(10).extrude(12)
    collar = collar.cut(cq.Workplane("XY", origin=(15, 0, 0)).rect(12, 2).extrude(12))
    assert ranked(collar)[0] == "turning"


def test_a_hub_with_a_keyway_right_through_is_judged():
    hub = cq.Workplane().circle(25).circle(12.5).extrude(42.5)
    hub = hub.cut(cq.Workplane().center(12.5, 0).rect(7, 8).extrude(42.5))
    assert ranked(hub)[0] in ("turning", "milling")


def test_a_pipe_elbow_is_no_drawn_shell():
    elbow = cq.Workplane().circle(20).circle(18).revolve(90, (60, 0, 0), (60, 1, 0))
    elbow = elbow.union(cq.Workplane().circle(20).circle(18).extrude(-40))
    part = part_of(elbow)
    sheet = recognise(part).sheet
    assert sheet is None or "closed_section" in sheet.reasons


def test_an_elbow_with_flanges_is_cast_and_not_milled():
    wall = cq.Workplane().circle(30).circle(24).revolve(90, (62, 0, 0), (62, 1, 0))
    flange = cq.Workplane().circle(54).circle(24).extrude(-14)
    body = wall.union(flange)
    turned = cq.Workplane().circle(54).circle(24).extrude(14)
    turned = turned.rotate((0, 0, 0), (0, 1, 0), 90).translate((62, 0, 62))
    assert ranked(body.union(turned))[0].endswith("_casting")


def test_a_tee_with_three_flanges_is_cast_and_not_milled():
    barrel = cq.Workplane().circle(22).extrude(140)
    ends = cq.Workplane().circle(42).extrude(14)
    ends = ends.union(ends.translate((0, 0, 126)))
    ends = ends.faces(">Z").workplane().polarArray(32, 0, 360, 4).hole(9)
    branch = cq.Workplane("YZ", origin=(0, 0, 70)).circle(18).extrude(60)
    branch = branch.union(cq.Workplane("YZ", origin=(48, 0, 70)).circle(34).extrude(12))
    bores = cq.Workplane().circle(13).extrude(140)
    bores = bores.union(cq.Workplane("YZ", origin=(0, 0, 70)).circle(10).extrude(60))
    assert ranked(barrel.union(ends).union(branch).cut(bores))[0].endswith("_casting")


def test_a_tube_with_a_boss_on_its_side_is_not_turned():
    tube = cq.Workplane().circle(32).extrude(80)
    boss = cq.Workplane("YZ", origin=(0, 0, 40)).circle(11).extrude(45)
    bores = cq.Workplane().circle(25).extrude(80)
    bores = bores.union(cq.Workplane("YZ", origin=(0, 0, 40)).circle(5).extrude(50))
    body = tube.union(boss).cut(bores)
    assert ranked(tube.cut(bores))[0] == "turning"
    assert ranked(body)[0] != "turning"


def test_a_small_pin_in_a_shaft_leaves_it_turned():
    shaft = cq.Workplane().circle(10).extrude(120)
    pin = cq.Workplane("YZ", origin=(0, 0, 60)).circle(2).extrude(15)
    assert ranked(shaft.union(pin))[0] == "turning"


def test_a_thin_tee_of_iron_is_cast_whatever_its_wall():
    run_, branch = (
        cq.Workplane(plane, origin=(0, 0, 27)).circle(radius).extrude(length, both=both)
        for plane, radius, length, both in (("XY", 13.5, 27, True), ("YZ", 13.5, 27, False))
    )
    bore = cq.Workplane("XY", origin=(0, 0, 27)).circle(11.5).extrude(27, both=True)
    bore = bore.union(cq.Workplane("YZ", origin=(0, 0, 27)).circle(11.5).extrude(27))
    part = part_of(run_.union(branch).cut(bore))
    recognition = recognise(part)
    facts = measure_all(part, recognition, recognition.sheet).facts
    first = judge(facts, Conditions(material=find("cast-iron")), default_rules())[0]
    assert first.process.endswith("_casting")


def test_a_mitred_angle_with_two_holes_is_a_profile():
    outline = [(0, 0), (40, 0), (40, 4), (4, 4), (4, 40), (0, 40)]
    angle = (
        cq.Workplane()
        .polyline(outline)
        .close()
        .extrude(150)
        .edges("|Z")
        .edges(cq.selectors.NearestToPointSelector((4, 4, 75)))
        .fillet(4)
    )
    mitre = cq.Workplane("XZ").polyline([(0, 0), (40, 0), (40, 40)]).close().extrude(-40)
    angle = angle.cut(mitre)
    for height in (70, 110):
        angle = angle.cut(cq.Workplane("XZ").center(22, height).circle(3.5).extrude(-10))
    assert ranked(angle)[0] in ("extrusion", "sheet_metal")


def test_a_short_fork_with_a_bore_across_is_milled():
    fork = cq.Workplane().box(30, 30, 50).cut(cq.Workplane().box(14, 30, 40).translate((0, 0, 10)))
    fork = fork.cut(cq.Workplane("YZ").center(0, 12).circle(6).extrude(60, both=True))
    assert ranked(fork)[0] == "milling"


@pytest.mark.parametrize(("collar_mm", "process"), [(3.5, "sheet_metal"), (14, "milling")])
def test_low_collars_are_pulled_from_a_sheet_and_tall_bushes_are_not(collar_mm, process):
    plate = cq.Workplane().box(90, 55, 2, centered=(True, True, False))
    places = cq.Workplane().pushPoints([(-26, 0), (0, 0), (26, 0)])
    plate = plate.union(places.circle(4.9).extrude(2 + collar_mm)).cut(
        places.circle(3.5).extrude(30)
    )
    found = ranked(plate)
    assert (found[0] == "sheet_metal") == (process == "sheet_metal")


def test_sharp_louvres_in_a_panel_leave_it_a_sheet():
    panel = cq.Workplane().box(120, 80, 1.5, centered=(True, True, False))
    hood = [(-4, 0), (4, 0), (4, 5.5), (2.5, 5.5), (-4, 1.5)]
    room = [(-3.5, -1), (5, -1), (5, 4), (2.5, 4), (-3.5, 0)]
    for x in (-36, -12, 12, 36):
        outer, inner = (
            cq.Workplane("XZ", origin=(x, 0, 0)).polyline(corners).close().extrude(half, both=True)
            for corners, half in ((hood, 22), (room, 20.5))
        )
        panel = panel.union(outer).cut(inner)
    assert ranked(panel)[0] in ("sheet_metal", "stamping")


def test_a_known_metal_answers_what_thin_walls_only_guess():
    drawn = run.draw("cast_housing", SEED, 0)
    part = part_of(drawn.shape)
    recognition = recognise(part)
    facts = measure_all(part, recognition, recognition.sheet).facts
    by_shape, known = (
        judge(facts, Conditions(material=material), default_rules())
        for material in (None, find("AlSi9Cu3"))
    )

    def terms(judged):
        return {t.name for j in judged if j.process == "die_casting" for t in j.terms}

    assert "brake.metal_wall" in terms(by_shape)
    assert "brake.metal_wall" not in terms(known)


def test_an_elbow_of_thin_pipe_is_not_bent_from_sheet():
    section, straight = cq.Workplane().circle(12).circle(9.5), cq.Workplane().circle(12).circle(9.5)
    elbow = section.revolve(90, (25, 0, 0), (25, 1, 0)).union(straight.extrude(-20))
    assert ranked(elbow)[0] not in ("sheet_metal", "stamping")


def knurled(radius_mm: float, depth_mm: float, pitch_mm: float, length_mm: float):
    """A cylinder with grooves of 90° along it all around."""
    count = round(2 * 3.14159265 * radius_mm / pitch_mm)
    body = cq.Workplane().circle(radius_mm).extrude(length_mm)
    lip = 0.1 * depth_mm
    corners = [(-depth_mm, 0), (lip, -depth_mm - lip), (lip, depth_mm + lip)]
    for number in range(count):
        cut = cq.Workplane().center(radius_mm, 0).polyline(corners).close().extrude(length_mm)
        body = body.cut(cut.rotate((0, 0, 0), (0, 0, 1), 360 / count * number))
    return body


def test_a_knurled_insert_is_turned():
    # DIN 82: pitch of 0.5 mm, grooves half as deep
    first = knurled(2.3, 0.24, 0.5, 2)
    insert = first.union(first.translate((0, 0, 3))).union(cq.Workplane().circle(1.9).extrude(4))
    assert ranked(insert.cut(cq.Workplane().circle(1.25).extrude(6)))[0] == "turning"


@pytest.mark.parametrize(("depth_mm", "first"), [(1.6, "turning"), (4.0, "milling")])
def test_flat_splines_are_cut_into_a_turned_shaft_and_high_teeth_make_a_gear(depth_mm, first):
    # sixteen around 30 mm: a pitch of 5.6 mm in the middle; depths of 0.29 and 0.78 of it
    shaft = cq.Workplane().circle(15).extrude(60)
    width = 0.5 * 3.14159265 * 30 / 16
    for number in range(16):
        cut = cq.Workplane().center(15, 0).rect(2 * depth_mm, width).extrude(60)
        shaft = shaft.cut(cut.rotate((0, 0, 0), (0, 0, 1), 360 / 16 * number))
    assert ranked(shaft)[0] == first


@pytest.mark.parametrize("filleted", [False, True])
def test_a_pipe_with_drilled_bosses_is_no_cut_of_a_profile(filleted):
    pipe = cq.Workplane().circle(25).extrude(120)
    bores = cq.Workplane().circle(21).extrude(120)
    for height in (30, 60, 90):
        branch = cq.Workplane("YZ", origin=(0, 0, height))
        pipe = pipe.union(branch.circle(8).extrude(33))
        bores = bores.union(branch.circle(4).extrude(34))
    if filleted:
        pipe = pipe.edges("not(%CIRCLE)").fillet(2)
    assert ranked(pipe.cut(bores))[0].endswith("_casting")


def test_holes_across_a_profile_leave_it_a_profile():
    angle = cq.Workplane().polyline([(0, 0), (40, 0), (40, 6), (6, 6), (6, 40), (0, 40)]).close()
    bar = angle.extrude(300).edges("|Z").edges(">X or >Y").fillet(2)
    for height in (30, 150, 270):
        bar = bar.cut(cq.Workplane("XZ", origin=(25, 0, height)).circle(4).extrude(-7))
    assert ranked(bar)[0] in ("extrusion", "sheet_metal")


@pytest.mark.parametrize(("draft_deg", "first"), [(0, "turning"), (1, "moulding")])
def test_a_thin_cap_is_moulded_where_its_walls_are_drafted(draft_deg, first):
    cap = cq.Workplane().circle(15).extrude(12, taper=draft_deg)
    inside = cq.Workplane().circle(13.5).extrude(10.5, taper=draft_deg)
    assert ranked(cap.faces(">Z").edges().fillet(1).cut(inside))[0] == first


def dome(wall_mm: float):
    """A hat of 120 mm with a rounded crown and a wall of one thickness."""
    outside = cq.Workplane().circle(60).extrude(70).faces(">Z").edges().fillet(25)
    radius = 25 - wall_mm
    inside = cq.Workplane().circle(60 - wall_mm).extrude(70 - wall_mm)
    return outside.cut(inside.faces(">Z").edges().fillet(radius))


@pytest.mark.parametrize(("wall_mm", "is_turned"), [(1, False), (8, True)])
def test_a_shell_gives_way_in_a_chuck_and_a_thick_hat_does_not(wall_mm, is_turned):
    assert (ranked(dome(wall_mm))[0] == "turning") is is_turned


@pytest.mark.parametrize(("scale", "first"), [(1, "sand_casting"), (0.25, "turning")])
def test_a_large_rounded_drum_is_cast_and_a_small_one_turned(scale, first):
    # 1.4 litres of chips of a bar of 1.9, or 22 cubic centimetres
    size = [200 * scale, 184 * scale, 70 * scale, 60 * scale, 8 * scale, 3 * scale]
    outer, inner, bore, height, wall, radius = size
    drum = cq.Workplane().circle(outer / 2).extrude(height)
    drum = drum.cut(cq.Workplane(origin=(0, 0, wall)).circle(inner / 2).extrude(height))
    drum = drum.edges().fillet(radius)
    assert ranked(drum.cut(cq.Workplane().circle(bore / 2).extrude(height)))[0] == first


def test_an_elbow_with_flat_flanges_is_not_pressed():
    wall = cq.Workplane().circle(20).circle(14).revolve(90, (45, 0, 0), (45, 1, 0))
    flange = cq.Workplane().rect(70, 44).extrude(-8).cut(cq.Workplane().circle(14).extrude(-8))
    other = flange.rotate((0, 0, 0), (0, 1, 0), 90).translate((45, 0, 45))
    assert ranked(wall.union(flange).union(other))[0] not in ("stamping", "sheet_metal")


@pytest.mark.parametrize(("pad_mm", "first"), [(4.5, "moulding"), (12, "milling")])
def test_a_thin_holder_with_one_solid_pad_is_moulded_unless_the_pad_is_a_block(pad_mm, first):
    holder = (
        cq.Workplane()
        .rect(50, 30)
        .extrude(2)
        .union(cq.Workplane(origin=(0, 14, 0)).rect(50, 2).extrude(20))
    )
    for x in (-24, 24):
        holder = holder.union(cq.Workplane(origin=(x, 0, 0)).rect(2, 30).extrude(14))
    pad = cq.Workplane(origin=(0, 0, 0)).rect(pad_mm, pad_mm).extrude(pad_mm + 2)
    assert ranked(holder.union(pad))[0] == first


@pytest.mark.parametrize("spokes", [0, 4])
def test_spokes_are_not_turned_and_a_web_is(spokes):
    # rim 100/80, hub 30/15; between them a web of 8 mm or square spokes
    rim = cq.Workplane().circle(50).circle(40).extrude(16)
    wheel = rim.union(cq.Workplane().circle(15).circle(7.5).extrude(16))
    if spokes == 0:
        wheel = wheel.union(cq.Workplane(origin=(0, 0, 4)).circle(41).circle(14).extrude(8))
    for number in range(spokes):
        spoke = cq.Workplane(origin=(27.5, 0, 4)).rect(27, 12).extrude(8)
        wheel = wheel.union(spoke.rotate((0, 0, 0), (0, 0, 1), 90 * number))
    assert (ranked(wheel)[0] == "turning") is (spokes == 0)


# of a circle of 126 mm five bores of 44 take 220 of 396 mm around, ten of 9 take 90
@pytest.mark.parametrize(("holes", "bore_mm", "is_turned"), [(5, 44, False), (10, 9, True)])
def test_cored_windows_keep_a_wheel_off_the_lathe_and_drilled_holes_do_not(
    holes, bore_mm, is_turned
):
    wheel = cq.Workplane().circle(100).circle(90).extrude(40)
    wheel = wheel.union(cq.Workplane().circle(35).circle(15).extrude(40))
    wheel = wheel.union(cq.Workplane(origin=(0, 0, 14)).circle(92).circle(33).extrude(12))
    windows = cq.Workplane().polarArray(63, 0, 360, holes).circle(bore_mm / 2).extrude(40)
    assert (ranked(wheel.cut(windows))[0] == "turning") is is_turned


def test_a_worm_is_turned_however_deep_its_thread():
    # a core of 18 mm in a crest of 30: what is open between the threads is a quarter of the bar
    core, crest, pitch, turns = 9, 15, 8, 5
    angles = np.linspace(0, math.pi / 2, 9)
    rising = [(core + (crest - core) * a / angles[-1], a - 0.5) for a in angles]
    falling = [(crest - (crest - core) * a / angles[-1], a + 1.6) for a in angles]

    def polar(radius, angle):
        return cq.Vector(radius * math.cos(angle), radius * math.sin(angle), 0)

    a, b = [polar(*p) for p in rising], [polar(*p) for p in falling]
    section = cq.Wire.assembleEdges(
        [
            cq.Edge.makeSpline(a),
            cq.Edge.makeThreePointArc(a[-1], polar(crest, (rising[-1][1] + 1.6) / 2), b[0]),
            cq.Edge.makeSpline(b),
            cq.Edge.makeThreePointArc(b[-1], polar(core, falling[-1][1] + 1.2), a[0]),
        ]
    )
    worm = cq.Workplane().add(section).toPending().twistExtrude(turns * pitch, 360 * turns)
    for foot in (-30, turns * pitch):
        worm = worm.union(cq.Workplane(origin=(0, 0, foot)).circle(8).extrude(30))
    assert ranked(worm)[0] == "turning"


def test_a_small_connector_is_turned_of_the_bar_around_its_square_flange():
    # a flange of 7 x 7 x 2 mm on a body of 6.3: a gram of chips more
    body = cq.Workplane().rect(7, 7).extrude(2).union(cq.Workplane().circle(3.15).extrude(14))
    body = body.cut(cq.Workplane(origin=(0, 0, 4)).circle(2.3).extrude(10))
    assert ranked(body)[0] == "turning"


def test_ribs_and_lugs_around_a_cover_keep_it_off_the_lathe():
    cover = cq.Workplane().circle(55).extrude(4)
    cover = cover.union(cq.Workplane().circle(55).circle(51).extrude(25))
    cover = cover.union(cq.Workplane().circle(20).extrude(22))
    for number in range(3):
        lug = cq.Workplane(origin=(58, 0, 0)).circle(9).circle(3).extrude(25)
        lug = lug.cut(cq.Workplane().circle(53).extrude(25))
        cover = cover.union(lug.rotate((0, 0, 0), (0, 0, 1), 120 * number))
    for number in range(6):
        rib = cq.Workplane(origin=(36, 0, 0)).rect(32, 3).extrude(14)
        cover = cover.union(rib.rotate((0, 0, 0), (0, 0, 1), 60 * number))
    cover = cover.cut(cq.Workplane().circle(14).extrude(30))
    assert ranked(cover)[0] != "turning"


def lidded_channel(closed):
    """A channel of 1.2 with two ribs along its inside, open at its ends or closed by walls."""
    shape = (
        cq.Workplane()
        .box(150, 42, 7)
        .cut(cq.Workplane("XY", origin=(0, 0, 1.2)).box(147.6 if closed else 150, 39.6, 7))
    )
    for y in (-6, 6):
        shape = shape.union(cq.Workplane("XY", origin=(0, y, -1)).box(150, 1.2, 5))
    return shape


def test_a_tray_that_walls_close_at_its_ends_is_no_profile():
    assert ranked(lidded_channel(closed=False))[0] == "extrusion"
    assert ranked(lidded_channel(closed=True))[0] == "moulding"


def test_a_window_along_a_tube_leaves_it_a_profile():
    tube = cq.Workplane("YZ").rect(40, 40).rect(34, 34).extrude(300)
    windowed = tube.cut(cq.Workplane("XY", origin=(150, 0, 20)).box(240, 30, 20))
    assert ranked(windowed)[0] == "extrusion"


def enclosure(wall_mm: float, floor_mm: float):
    """An open box of 140 × 90 × 40 mm, upright corners round inside and out, sharp at its floor."""
    outside = cq.Workplane().box(140, 90, 40).edges("|Z").fillet(6 + wall_mm)
    inside = cq.Workplane().box(140 - 2 * wall_mm, 90 - 2 * wall_mm, 40).edges("|Z").fillet(6)
    return outside.cut(inside.translate((0, 0, floor_mm)))


@pytest.mark.parametrize(("floor_mm", "first"), [(2.5, "moulding"), (14, "milling")])
def test_round_corners_of_one_thin_wall_are_no_marks_of_a_cutter(floor_mm, first):
    """A pocket with a thick floor is cut; an even wall goes round its corners in a mould."""
    assert ranked(enclosure(2.5, floor_mm))[0] == first


def bevel_gear():
    """Twenty straight teeth of module 3 on a cone of 45°, drawn without involutes."""
    blank = [(0, 0), (28, 0), (28, 3), (16, 15), (0, 15)]
    body = cq.Workplane("XZ").polyline(blank).close().revolve(360, (0, 0), (0, 1))
    ends = []
    for out, scale in ((28.0, 1.0), (16.0, 16 / 28)):
        half, tip, height = 2.3 * scale, 6.6 * scale, 0.7 * scale
        foot = np.array([out - 1.0, 0, 31.0 - out - 1.0])
        way = np.array([1, 0, 1]) / math.sqrt(2)
        side = np.array([0, 1, 0])
        corners = [foot - half * side, foot + half * side, foot + tip * way + height * side,
                   foot + tip * way - height * side]  # fmt: skip
        ends.append(cq.Wire.makePolygon([cq.Vector(*c) for c in corners], close=True))
    tooth = cq.Solid.makeLoft(ends, True)
    for index in range(20):
        body = body.union(cq.Workplane(obj=tooth.rotate((0, 0, 0), (0, 0, 1), 18 * index)))
    return body.cut(cq.Workplane().circle(6).extrude(20))


def test_teeth_on_a_cone_are_a_gears_and_no_fins():
    """They are 2.2 modules deep square to their cone, much more along the radius."""
    subject = subject_of(bevel_gear())
    assert subject.is_gear
    assert subject.tooth_ratio == pytest.approx(0.7, abs=0.1)


def pocketed(depth_mm: float):
    """A block of 60 × 40 × 20 mm with three sharp-cornered pockets, nothing rounded."""
    block = cq.Workplane().box(60, 40, 20)
    for x in (-19, 0, 19):
        pocket = cq.Workplane().box(12, 26, depth_mm)
        block = block.cut(pocket.translate((x, 0, 10 - depth_mm / 2)))
    return block


def test_sharp_corners_of_a_block_are_a_habit_and_of_a_thin_part_a_moulds():
    tray = cq.Workplane().box(60, 40, 20).faces(">Z").shell(-1.5)
    block, tray = subject_of(pocketed(10)), subject_of(tray)
    assert block.uncuttable_share > 0.06  # nothing would be left of the term without the habit
    assert block.sharp_block == pytest.approx(1.0)
    assert block.cuttable_corners == pytest.approx(0.7, abs=0.01)
    assert tray.sharp_block == 0
    assert ranked(pocketed(10))[0] == "milling"
