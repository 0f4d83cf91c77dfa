"""Which walls and floors a cutter of a given size reaches, on pockets drawn at odd angles."""

import cadquery as cq
import numpy as np
import pytest
from shapes import ODD_SHIFT_MM, odd_direction, part_of

from geometry.fields.fields import Fields

UP = np.array(odd_direction(0, 0, 1))
SIDE = np.array(odd_direction(1, 0, 0))
PLACE = np.array(ODD_SHIFT_MM.toTuple())


def fields_of(shape):
    return Fields(part_of(shape))


def height(fields):
    return (fields.samples.points_mm - PLACE) @ UP


def pocket(width=10.0, length=40.0, depth=30.0, corner=None):
    """A block 80 × 60 × 50 with its top at 25 and a pocket in it."""
    tool = cq.Workplane("XY", origin=(0, 0, 25 - depth)).rect(length, width).extrude(depth)
    if corner:
        tool = tool.edges("|Z").fillet(corner)
    return cq.Workplane().box(80, 60, 50).cut(tool)


def inside(fields):
    """Samples of the pocket's floor and walls, well off the corners of its walls."""
    place = fields.samples.points_mm - PLACE
    across = place @ np.array(odd_direction(0, 1, 0))
    return (np.abs(place @ SIDE) < 14) & (np.abs(across) < 25) & (height(fields) < 25 - 1e-6)


def share(fields, chosen, *tool, **holder):
    reached = fields.accessible(UP, *tool, **holder)
    return float(reached[chosen].mean())


def test_a_cutter_narrower_than_the_pocket_reaches_floor_and_walls():
    fields = fields_of(pocket())
    within = inside(fields) & (height(fields) > -6)
    assert within.sum() > 50
    assert share(fields, within, 8.0, 100.0) > 0.97


def test_a_cutter_wider_than_the_pocket_reaches_none_of_it():
    fields = fields_of(pocket())
    within = inside(fields) & (height(fields) > -6)
    assert share(fields, within, 12.0, 100.0) == 0


def test_a_cutter_as_wide_as_the_pocket_still_goes_in():
    fields = fields_of(pocket())
    within = inside(fields) & (height(fields) > -6)
    assert share(fields, within, 10.0, 100.0) > 0.9


def test_a_cutter_as_wide_as_a_blind_bore_reaches_its_flat_bottom():
    bore = cq.Workplane("XY", origin=(7, 3, -5)).circle(6).extrude(30)
    fields = fields_of(cq.Workplane().box(80, 60, 50).cut(bore))
    bottom = np.abs(height(fields) + 5) < 1e-6
    assert bottom.any()
    assert share(fields, bottom, 12.0, 100.0) > 0.9
    assert share(fields, bottom, 13.5, 100.0) == 0


def test_a_short_cutter_is_held_up_by_its_holder_at_its_length():
    fields = fields_of(pocket())
    z = height(fields)
    within = inside(fields) & (z > -6)
    reached = fields.accessible(UP, 8.0, 20.0, holder_diameter_mm=30.0)
    deep = within & (z < 25 - 20 - 0.5)
    shallow = within & (z > 25 - 20 + 0.5)
    assert deep.any()
    assert shallow.any()
    assert not reached[deep].any()
    assert reached[shallow].mean() > 0.97


def test_a_holder_that_fits_into_the_pocket_holds_nothing_up():
    fields = fields_of(pocket(width=24.0))
    within = inside(fields) & (height(fields) > -6)
    middle = np.abs((fields.samples.points_mm - PLACE) @ np.array(odd_direction(0, 1, 0))) < 3
    assert share(fields, within & middle, 6.0, 10.0, holder_diameter_mm=16.0) > 0.97


def test_a_rounded_corner_takes_a_cutter_of_its_radius_and_no_larger():
    fields = fields_of(pocket(width=24.0, corner=4.0))
    radius = fields.part.topology.faces["radius_mm"][fields.samples.face]
    corner = np.isfinite(radius)
    assert corner.any()
    assert share(fields, corner, 7.9, 100.0) > 0.9
    assert share(fields, corner, 9.0, 100.0) < 0.1


def test_a_sharp_inner_corner_keeps_a_rest_on_the_floor():
    fields = fields_of(pocket(width=30.0))
    floor = np.abs(height(fields) + 5) < 1e-6
    place = fields.samples.points_mm - PLACE
    off = np.column_stack([20 - np.abs(place @ SIDE), 15 - np.abs(place @ odd_direction(0, 1, 0))])
    # a circle of radius 5 leaves what lies within 1 mm of both walls
    rest = floor & (off < 1.0).all(axis=1)
    free = floor & (off > 1.5).all(axis=1)
    reached = fields.accessible(UP, 10.0, 100.0)
    assert not reached[rest].any()
    assert reached[free].mean() > 0.98


def test_a_place_under_an_overhang_is_not_touched_from_above():
    slot = cq.Workplane("XZ", origin=(0, 40, 0)).rect(30, 10).extrude(80)
    neck = cq.Workplane("XZ", origin=(0, 40, 12)).rect(8, 30).extrude(80)
    fields = fields_of(cq.Workplane().box(80, 60, 50).cut(slot).cut(neck))
    floor = np.abs(height(fields) + 5) < 1e-6
    away = np.abs((fields.samples.points_mm - PLACE) @ SIDE) > 5
    assert (floor & away).any()
    assert share(fields, floor & away, 4.0, 100.0) == 0
    assert share(fields, floor & ~away, 4.0, 100.0) > 0.5


def test_the_outer_walls_of_a_block_are_free_from_above():
    fields = fields_of(cq.Workplane().box(80, 60, 50))
    down = fields.samples.normals @ UP < -0.5
    assert share(fields, ~down, 20.0, 100.0) == pytest.approx(1.0)
    assert share(fields, down, 20.0, 100.0) == 0
