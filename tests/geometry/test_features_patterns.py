"""Patterns of equal features on shapes drawn at odd angles with known sizes."""

import math

import cadquery as cq
import pytest
from shapes import part_of

from geometry.features.recognition import recognise


def found(shape, kind):
    """Features of one type in a drawn shape."""
    return [f for f in recognise(part_of(shape)).features if f.type == kind]


def plate(x=80, y=60, z=20):
    return cq.Workplane().box(x, y, z)


def test_a_row_of_holes_is_a_linear_pattern():
    shape = plate(x=200).faces(">Z").workplane().rarray(27, 1, 6, 1).hole(8.1)
    (pattern,) = found(shape, "pattern")
    assert pattern.kind == "linear"
    assert pattern.parameters["count"] == 6
    assert pattern.parameters["pitch_mm"] == pytest.approx(27, abs=1e-3)


def test_holes_round_a_circle_are_a_circular_pattern_with_its_members():
    shape = plate(x=120, y=120).faces(">Z").workplane().polarArray(40, 0, 360, 7).hole(9.3)
    recognition = recognise(part_of(shape))
    (pattern,) = [f for f in recognition.features if f.type == "pattern"]
    assert (pattern.kind, pattern.parameters["count"]) == ("circular", 7)
    assert pattern.parameters["pitch_deg"] == pytest.approx(360 / 7, abs=1e-3)
    names = {f.id for f in recognition.features if f.type == "hole"}
    assert set(pattern.parameters["members"]) == names


def test_holes_in_rows_and_columns_are_a_grid():
    shape = plate(x=120, y=90).faces(">Z").workplane().rarray(24, 17, 4, 3).hole(6.1)
    (pattern,) = found(shape, "pattern")
    assert (pattern.kind, pattern.parameters["count"]) == ("grid", 12)


@pytest.mark.parametrize("gone", [2, 3])
def test_a_row_of_which_one_place_was_left_out_is_one_pattern(gone):
    places = [(17.3 * i - 43, 0) for i in range(6) if i != gone]
    shape = plate(x=130).faces(">Z").workplane().pushPoints(places).hole(6.2, 9)
    (pattern,) = found(shape, "pattern")
    assert (pattern.kind, pattern.parameters["count"]) == ("linear", 5)
    assert pattern.parameters["pitch_mm"] == pytest.approx(17.3, abs=1e-3)


def test_two_rows_of_one_pitch_with_a_wide_gap_between_them_are_two_patterns():
    places = [(11.0 * i - 70, 0) for i in (0, 1, 2, 6, 7, 8, 9)]
    shape = plate(x=180).faces(">Z").workplane().pushPoints(places).hole(5.2, 9)
    assert sorted(p.parameters["count"] for p in found(shape, "pattern")) == [3, 4]


def test_a_row_of_three_and_a_hole_elsewhere_do_not_make_a_longer_row():
    places = [(17.0 * i, 0) for i in (-3, -2, -1, 1)]
    shape = plate(x=140, y=30).faces(">Z").workplane().pushPoints(places).hole(7.1, 9)
    (pattern,) = found(shape, "pattern")
    assert pattern.parameters["count"] == 3


def test_a_grid_of_which_a_corner_was_left_out_is_one_pattern():
    places = [(21.0 * i, 16.0 * j) for i in range(4) for j in range(4) if (i, j) != (3, 3)]
    shape = plate(x=200, y=140).faces(">Z").workplane(offset=0).pushPoints(places).hole(6.1, 7)
    (pattern,) = found(shape, "pattern")
    assert (pattern.kind, pattern.parameters["count"]) == ("grid", 15)
    assert pattern.parameters["pitch_mm"] == pytest.approx(16, abs=1e-3)


@pytest.mark.parametrize(("count", "slope_deg"), [(3, 0), (5, 0), (3, 35), (4, 62)])
def test_holes_square_to_a_cylinder_or_cone_are_one_circular_pattern(count, slope_deg):
    slope = math.radians(slope_deg)
    far, high = 45.0, 15.0
    narrow = far - high * math.tan(slope)
    solid = cq.Solid.makeCone(far, narrow, high) if slope else cq.Solid.makeCylinder(far, high)
    body = cq.Workplane(solid)
    middle = far - high / 2 * math.tan(slope)
    for number in range(count):
        turn = 2 * math.pi * number / count
        out = cq.Vector(math.cos(turn), math.sin(turn), 0)
        way = out * math.cos(slope) + cq.Vector(0, 0, math.sin(slope))
        start = out * middle + cq.Vector(0, 0, high / 2) + way * 10
        body = body.cut(cq.Workplane(cq.Solid.makeCylinder(3.1, 16, start, way * -1)))
    (pattern,) = found(body, "pattern")
    assert (pattern.kind, pattern.parameters["count"]) == ("circular", count)
    assert pattern.parameters["pitch_deg"] == pytest.approx(360 / count, abs=1e-3)


def test_slots_side_by_side_are_a_linear_pattern():
    shape = plate(x=90, y=100, z=30)
    for i in range(6):
        shape = shape.cut(cq.Workplane().box(100, 5, 20).translate((0, 14.0 * i - 35, 15)))
    (pattern,) = found(shape, "pattern")
    assert (pattern.kind, pattern.parameters["count"]) == ("linear", 6)
    assert pattern.parameters["pitch_mm"] == pytest.approx(14, abs=1e-3)
    assert all(name.startswith("slot") for name in pattern.parameters["members"])


def test_pockets_turned_about_the_middle_are_a_circular_pattern():
    shape = cq.Workplane().circle(60).extrude(20)
    cut = shape.faces(">Z").workplane().polarArray(36, 0, 360, 5).rect(24, 9).cutBlind(-6)
    (pattern,) = found(cut, "pattern")
    assert (pattern.kind, pattern.parameters["count"]) == ("circular", 5)


def test_pockets_on_a_circle_that_all_lie_one_way_are_no_circular_pattern():
    places = [(36 * math.cos(a), 36 * math.sin(a)) for a in (0.0, 1.2566, 2.5133, 3.7699, 5.0265)]
    shape = cq.Workplane().circle(62).extrude(20)
    cut = shape.faces(">Z").workplane().pushPoints(places).rect(20, 8).cutBlind(-6)
    assert found(cut, "pattern") == []


def test_grooves_of_one_pitch_along_a_shaft_are_a_linear_pattern():
    shape = cq.Workplane().circle(30).extrude(80)
    for i in range(4):
        ring = cq.Workplane(origin=(0, 0, 15 + 12.5 * i)).circle(40).circle(25).extrude(4)
        shape = shape.cut(ring)
    (pattern,) = found(shape, "pattern")
    assert (pattern.kind, pattern.parameters["count"]) == ("linear", 4)
    assert pattern.parameters["pitch_mm"] == pytest.approx(12.5, abs=1e-3)


def test_equal_bosses_on_a_plate_are_a_grid():
    shape = plate(x=120, y=90, z=8)
    bosses = shape.faces(">Z").workplane().rarray(40, 30, 3, 2).circle(7).extrude(9)
    (pattern,) = found(bosses, "pattern")
    assert (pattern.kind, pattern.parameters["count"]) == ("grid", 6)


def test_hexagonal_windows_of_a_sheet_are_a_grid():
    sheet = cq.Workplane().box(120, 80, 1.5)
    windows = cq.Workplane("XY", origin=(0, 0, -5)).rarray(14, 15, 6, 4).polygon(6, 8).extrude(10)
    (pattern,) = [f for f in recognise(part_of(sheet.cut(windows))).features if f.type == "pattern"]
    assert (pattern.kind, pattern.parameters["count"]) == ("grid", 24)


def test_a_row_that_rounding_has_bent_by_micrometres_is_no_part_of_a_circle():
    bent = [(20.0 * i - 60, 2e-4 * (i - 3) ** 2) for i in range(7)]
    shape = plate(x=180).faces(">Z").workplane().pushPoints(bent).hole(5.2, 9)
    (pattern,) = found(shape, "pattern")
    assert (pattern.kind, pattern.parameters["count"]) == ("linear", 7)
