"""Bent sheet, cut profiles and closed tubes are told apart by their corners."""

from __future__ import annotations

import math

import cadquery as cq
import pytest
from shapes import part_of
from sheet_shapes import section, strip

from geometry.features.recognition import recognise
from geometry.processes.registry import measure_all
from geometry.processes.rules import default_rules
from geometry.processes.suitability import Conditions, judge


def ranked(shape, annual: int | None = None) -> list[str]:
    """Processes of a drawn shape by geometry and quantity alone, best first."""
    part = part_of(shape)
    recognition = recognise(part)
    measured = measure_all(part, recognition, recognition.sheet)
    judgements = judge(measured.facts, Conditions(annual=annual), default_rules())
    return [each.process for each in judgements]


def angle(leg_mm: float, t_mm: float, length_mm: float):
    """An angle with sharp corners and two holes in one leg."""
    outline = [(0, 0), (leg_mm, 0), (leg_mm, t_mm), (t_mm, t_mm), (t_mm, leg_mm), (0, leg_mm)]
    piece = section(outline, length_mm)
    for height in (0.25, 0.75):
        at = (0.6 * leg_mm, 0, height * length_mm)
        piece = piece.cut(cq.Workplane("XZ", origin=at).circle(0.07 * leg_mm).extrude(-2 * t_mm))
    return piece


# a bend of plate asks for an inside radius of its thickness (EN 10025-2), thin sheet is drawn sharp
@pytest.mark.parametrize(("t_mm", "is_bent"), [(2, True), (8, False), (10, False)])
def test_no_plate_is_bent_around_a_sharp_corner(t_mm, is_bent):
    assert (ranked(angle(80, t_mm, 90))[0] == "sheet_metal") is is_bent


def test_a_plate_bent_around_its_thickness_is_sheet():
    assert ranked(strip([90, 80], [(90, 10)], 10, 120))[0] == "sheet_metal"


def square_tube(length_mm: float):
    """A tube of 50 × 50 × 3 mm with rounded corners."""
    outside = cq.Workplane().rect(50, 50).extrude(length_mm).edges("|Z").fillet(5)
    inside = cq.Workplane().rect(44, 44).extrude(length_mm).edges("|Z").fillet(2)
    return outside.cut(inside)


def test_a_square_tube_is_a_cut_profile_whatever_its_ends():
    long = square_tube(300)
    notch = cq.Workplane(origin=(0, 0, 290)).rect(60, 24).extrude(20)
    mitre = cq.Workplane().rect(200, 200).extrude(100).rotate((0, 0, 0), (0, 1, 0), 45)
    for tube in (long.cut(notch), long.cut(mitre.translate((0, 0, 290)))):
        assert ranked(tube)[0] == "extrusion"


def test_a_tube_with_long_slants_is_a_cut_profile():
    outside = cq.Workplane().rect(100, 50).extrude(180).edges("|Z").fillet(6)
    inside = cq.Workplane().rect(92, 42).extrude(180).edges("|Z").fillet(2)
    slant = cq.Workplane().rect(400, 400).extrude(200).rotate((0, 0, 0), (0, 1, 0), 35)
    tube = outside.cut(inside).cut(slant.translate((0, 0, 170)))
    assert ranked(tube)[0] == "extrusion"


def test_a_short_drilled_tube_is_sawn_off_a_long_one():
    hole = cq.Workplane("XZ", origin=(0, 40, 22)).circle(6).extrude(80)
    assert ranked(square_tube(45).cut(hole))[0] == "extrusion"


def folded(size_mm: float):
    """A tray with four walls around a square of this size, of 1.5 mm and open at its corners."""
    corner = cq.Workplane().rect(10, 10).extrude(60)
    box = cq.Workplane().rect(size_mm, size_mm).extrude(0.2 * size_mm)
    box = box.edges("<Z").fillet(3).faces(">Z").shell(-1.5)
    for x in (-size_mm / 2, size_mm / 2):
        for y in (-size_mm / 2, size_mm / 2):
            box = box.cut(corner.translate((x, y, -1)))
    return box


def test_straight_bends_of_a_large_piece_are_folded_unless_many_are_wanted():
    tray = folded(200)
    alone, many = ranked(tray), ranked(tray, annual=500_000)
    assert alone.index("sheet_metal") < alone.index("stamping")
    assert many.index("stamping") < many.index("sheet_metal")


def plate(stepped: bool, edge: bool = False):
    """A plate of 9 mm with six holes, stepped for screw heads or not, and two in its edge or none.

    Through holes of 5.5 mm; heads of 10 mm, 5 mm deep.
    """
    body = cq.Workplane().box(130, 90, 9).edges("|Z").fillet(8)
    places = body.faces(">Z").workplane().rarray(45, 55, 3, 2)
    body = places.cboreHole(5.5, 10, 5) if stepped else places.hole(5.5)
    if edge:
        body = body.faces(">Y").workplane().rarray(60, 1, 2, 1).hole(4.2, 15)
    return body


def test_a_plate_with_stepped_holes_lies_on_a_mill():
    assert ranked(plate(stepped=False))[0] == "sheet_metal"
    assert ranked(plate(stepped=True))[0] == "milling"
    assert ranked(plate(stepped=True, edge=True))[0] == "milling"


def test_two_blind_holes_among_many_leave_a_plate_a_cut_one():
    body = cq.Workplane().box(300, 220, 8).faces(">Z").workplane().rarray(28, 40, 10, 5).hole(9)
    body = body.faces(">Z").workplane().pushPoints([(-14, 20), (14, 20)]).hole(5, 5)
    assert ranked(body)[0] == "sheet_metal"


def test_a_cam_is_milled_along_its_outline_whatever_curve_it_is():
    angles = [math.tau * step / 24 for step in range(24)]
    radii = [32 + 6 * math.cos(angle) + 4 * math.sin(2 * angle) for angle in angles]
    points = [(r * math.cos(a), r * math.sin(a)) for r, a in zip(radii, angles, strict=True)]
    cam = cq.Workplane().spline(points, periodic=True).close().extrude(16)
    assert ranked(cam.cut(cq.Workplane().circle(12).extrude(16)))[0] == "milling"


def test_a_handle_of_any_contour_is_turned():
    contour = (
        cq.Workplane("XZ").lineTo(6, 0).spline([(12, 20), (9, 50), (5, 75)], includeCurrent=True)
    )
    handle = contour.lineTo(0, 75).close().revolve(360, (0, 0, 0), (0, 1, 0))
    assert ranked(handle.cut(cq.Workplane().circle(3).extrude(25)))[0] == "turning"


def test_no_lathe_leaves_ears_around_a_ring():
    ring = cq.Workplane().circle(66).circle(58).extrude(24)
    ears = cq.Workplane().polarArray(68, 0, 360, 4).circle(7).extrude(8)
    ring = ring.union(ears.cut(cq.Workplane().circle(60).extrude(8)))
    ring = ring.cut(cq.Workplane().polarArray(69, 0, 360, 4).circle(2).extrude(8))
    assert ranked(ring)[0] != "turning"


def link(pocket_mm: float):
    """A flat link with an eye at each end and a pocket of this length in both sides."""
    body = cq.Workplane().slot2D(180, 40).extrude(22)
    for floor in (0, 16):
        body = body.cut(cq.Workplane(origin=(0, 0, floor)).slot2D(pocket_mm, 22).extrude(6))
    return body.cut(cq.Workplane().pushPoints([(-70, 0), (70, 0)]).circle(10).extrude(22))


def test_pockets_between_closed_ends_make_no_profile_of_a_bar():
    assert ranked(link(100))[0] == "milling"


def vented_disc(vanes: int):
    """Two brake discs joined by vanes, with a hub on one of them."""
    discs = cq.Workplane().circle(135).circle(85).extrude(9)
    upper = cq.Workplane(origin=(0, 0, 17)).circle(135).circle(62).extrude(9)
    hub = cq.Workplane(origin=(0, 0, 17)).circle(70).circle(38).extrude(30)
    body = discs.union(upper).union(hub)
    for index in range(vanes):
        vane = cq.Workplane(origin=(110, 0, 8)).rect(44, 5).extrude(10)
        body = body.union(vane.rotate((0, 0, 0), (0, 0, 1), 360 * index / vanes))
    return body


def test_no_lathe_reaches_between_the_vanes_of_a_brake_disc():
    best = ranked(vented_disc(24))
    assert best[0] == "sand_casting"
    assert "turning" not in best[:3]


def webbed_gear(module_mm: float):
    """A gear of 30 teeth, eight modules wide, with a web sunk from both sides."""
    pitch, width = 15 * module_mm, 8 * module_mm
    body = cq.Workplane().circle(pitch - 1.25 * module_mm).extrude(width)
    flank = [(-1.4, -0.95), (1, -0.4), (1, 0.4), (-1.4, 0.95)]
    points = [(pitch + x * module_mm, y * module_mm) for x, y in flank]
    tooth = cq.Workplane().polyline(points).close().extrude(width)
    for index in range(30):
        body = body.union(tooth.rotate((0, 0, 0), (0, 0, 1), 12 * index))
    for foot in (0, 5.1):
        ring = cq.Workplane(origin=(0, 0, foot * module_mm)).circle(pitch - 3 * module_mm)
        body = body.cut(ring.circle(4.5 * module_mm).extrude(2.9 * module_mm))
    return body.cut(cq.Workplane().circle(2.5 * module_mm).extrude(width))


# sections of 2.2 mm, and of 9 mm
@pytest.mark.parametrize(("module_mm", "process"), [(1, "moulding"), (4, "milling")])
def test_a_thin_gear_hollowed_to_a_web_is_moulded_teeth_and_all(module_mm, process):
    assert ranked(webbed_gear(module_mm))[0] == process


@pytest.mark.parametrize(("t_mm", "is_sheet"), [(3, True), (9, False)])
def test_a_frame_as_narrow_as_its_plate_is_thick_is_burnt_out_of_sheet(t_mm, is_sheet):
    frame = cq.Workplane().rect(120, 70).rect(113.5, 63.5).extrude(t_mm)
    assert (ranked(frame)[0] == "sheet_metal") is is_sheet


@pytest.mark.parametrize(("diameters", "first"), [(6.5, "extrusion"), (2.5, "turning")])
def test_a_tube_of_some_diameters_is_sawn_off_one_and_a_sleeve_is_turned(diameters, first):
    tube = cq.Workplane().circle(30).circle(26).extrude(60 * diameters)
    assert ranked(tube)[0] == first


def tray(scale: float, wall_mm: float):
    """A tray of 320 × 200 × 40 mm at full scale, its corners drawn closed and sharp."""
    sides = [scale * side for side in (320, 200, 40)]
    hollow = cq.Workplane().box(sides[0] - 2 * wall_mm, sides[1] - 2 * wall_mm, sides[2])
    return cq.Workplane().box(*sides).cut(hollow.translate((0, 0, wall_mm)))


@pytest.mark.parametrize(("scale", "wall_mm", "is_sheet"), [(1, 1.2, True), (0.3, 2, False)])
def test_a_large_thin_tray_is_folded_though_its_corners_are_drawn_closed(scale, wall_mm, is_sheet):
    assert (ranked(tray(scale, wall_mm))[0] == "sheet_metal") is is_sheet


def test_a_short_section_of_fins_is_a_profile_drilled_and_pinned():
    sink = cq.Workplane().rect(40, 4).extrude(28)
    for x in range(-18, 19, 6):
        sink = sink.union(cq.Workplane(origin=(x, 7.5, 0)).rect(2, 19).extrude(28))
    sink = sink.cut(cq.Workplane("XZ", origin=(0, 10, 14)).circle(1.6).extrude(20))
    for x in (-12, 12):
        sink = sink.union(cq.Workplane(origin=(x, 0, -4)).circle(1).extrude(10))
    assert ranked(sink)[0] == "extrusion"
