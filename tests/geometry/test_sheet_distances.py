"""Distances in a sheet, measured in its flat."""

import cadquery as cq
import pytest
from shapes import part_of
from sheet_shapes import sharp_angle, strip

from geometry.features.sheet import recognise_sheet
from geometry.processes.sheet_distances import sheet_measurements


def measured(shape, quantity):
    part = part_of(shape)
    found = sheet_measurements(recognise_sheet(part), part)
    return sorted(each.value for each in found if each.quantity == quantity)


def drilled_plate():
    """100 × 60 × 2 with Ø8 at (20, 15) and Ø6 at (35, 15) from a corner."""
    plate = cq.Workplane().box(100, 60, 2, centered=False)
    for x, diameter in ((20, 8), (35, 6)):
        plate = plate.cut(cq.Workplane().center(x, 15).circle(diameter / 2).extrude(9, both=True))
    return plate


def test_hole_to_edge_is_from_rim_to_edge():
    assert measured(drilled_plate(), "hole_to_edge_mm") == pytest.approx([11, 12], rel=1e-3)


def test_hole_to_hole_is_from_rim_to_rim():
    assert measured(drilled_plate(), "hole_to_hole_mm") == pytest.approx([8, 8], rel=1e-3)


def test_hole_diameters_are_measured():
    assert measured(drilled_plate(), "hole_diameter_mm") == pytest.approx([6, 8])


def test_hole_to_bend_is_measured_to_the_inside_of_the_leg():
    hole = cq.Workplane("XZ", origin=(30 - 9, 0, 25)).circle(4).extrude(9, both=True)
    shape = cq.Workplane(strip([30, 40], [(90, 3)], 2, 50)).cut(hole)
    assert measured(shape, "hole_to_bend_mm") == pytest.approx([9 - 4 + 3], rel=1e-3)


def test_a_hole_in_a_bend_is_no_distance_from_it():
    window = cq.Workplane().box(30, 30, 16).translate((32, 4, 30))
    shape = cq.Workplane(strip([30, 40], [(90, 3)], 2, 60)).cut(window)
    assert measured(shape, "hole_to_bend_mm") == [0.0]


def test_a_flange_is_measured_over_its_bend():
    lengths = measured(strip([60, 24], [(90, 3)], 2, 50), "flange_mm")
    assert lengths == pytest.approx([24 + 3 + 2, 60 + 3 + 2])


def test_a_sharp_bend_has_no_radius():
    assert measured(sharp_angle(), "bend_radius_mm") == [0.0]


def test_tabs_and_notches_of_an_edge_are_measured():
    plate = cq.Workplane().box(100, 60, 2, centered=False)
    plate = plate.union(cq.Workplane().box(7, 20, 2, centered=False).translate((30, 60, 0)))
    plate = plate.cut(cq.Workplane().box(5, 20, 9).translate((70, 60, 0)))
    assert 7 in [round(w, 6) for w in measured(plate, "tab_width_mm")]
    assert 5 in [round(w, 6) for w in measured(plate, "notch_width_mm")]


def narrow_flange(relief_width, relief_depth):
    """A 100 × 40 plate with a flange 60 wide in the middle of one side, relieved or not."""
    leg = strip([40, 20], [(90, 2)], 2, 60)
    plate = cq.Workplane(leg)
    for z in (-20, 60):
        plate = plate.union(cq.Workplane().box(40, 2, 20, centered=False).translate((0, 0, z)))
    for z in (-relief_width, 60):
        if relief_width:
            cutter = cq.Workplane().box(relief_depth, 9, relief_width, centered=False)
            plate = plate.cut(cutter.translate((40 - relief_depth, -3, z)))
    return plate


def test_a_relief_has_width_and_depth():
    shape = narrow_flange(1.5, 4.0)
    assert measured(shape, "relief_width_mm") == pytest.approx([1.5, 1.5], rel=1e-3)
    assert measured(shape, "relief_depth_mm") == pytest.approx([4.0, 4.0], rel=1e-3)


def test_a_missing_relief_is_measured_as_none():
    assert measured(narrow_flange(0, 0), "relief_width_mm") == [0.0, 0.0]


def test_a_bend_from_edge_to_edge_needs_no_relief():
    assert measured(strip([30, 40], [(90, 3)], 2, 50), "relief_width_mm") == []
