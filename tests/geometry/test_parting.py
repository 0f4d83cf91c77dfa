"""Parting lines and undercuts of shapes whose answers are drawn, at odd angles."""

import cadquery as cq
import numpy as np
import pytest
from shapes import ODD_SHIFT_MM, odd_direction, part_of, subject_of

from geometry.features.recognition import recognise
from geometry.features.undercuts import find_undercuts
from geometry.fields.access import see
from geometry.fields.fields import Fields
from geometry.fields.parting import parting_line
from geometry.processes.registry import measure_all

UP = np.array(odd_direction(0, 0, 1))
PLACE = np.array(ODD_SHIFT_MM.toTuple())


def fields_of(shape):
    return Fields(part_of(shape))


def heights(fields):
    """Heights of the parting line's points in the drawing."""
    return (fields.parting.line_mm - PLACE) @ UP


def line_along(fields, direction, height_mm):
    """The line of a pull that is given rather than found."""
    ways, samples = np.array([direction, -direction]), fields.samples
    up, down = see(fields.scene, samples, ways, 2, fields.diagonal_mm).seen
    count = len(fields.part.topology.faces)
    reached = [samples.share_by_face(half, count) for half in (up, down, ~(up | down))]
    topology, mesh = fields.part.topology, fields.part.mesh
    return parting_line(topology, mesh, direction, np.array(reached), height_mm)


def length(line):
    return float(np.linalg.norm(np.roll(line, -1, axis=0) - line, axis=1).sum())


def test_a_dish_with_a_flange_parts_at_the_underside_of_the_flange():
    body = cq.Workplane().rect(60, 40).extrude(20, taper=3)
    flange = cq.Workplane("XY", origin=(0, 0, -5)).rect(90, 70).extrude(5, taper=-3)
    fields = fields_of(body.union(flange))
    assert fields.parting.flat
    assert heights(fields) == pytest.approx(0, abs=1e-3)  # the flange is widest where the body is


def test_walls_drafted_to_both_sides_part_where_they_meet():
    upper = cq.Workplane().rect(60, 40).extrude(20, taper=3)
    fields = fields_of(upper.union(cq.Workplane().rect(60, 40).extrude(-10, taper=5)))
    assert heights(fields) == pytest.approx(0, abs=1e-3)
    assert length(fields.parting.line_mm) == pytest.approx(200, rel=1e-4)
    assert fields.parting.height_mm == pytest.approx(PLACE @ fields.pull.direction, abs=1e-3)


def test_a_ball_parts_along_a_great_circle():
    fields = fields_of(cq.Workplane().sphere(20))
    away = fields.parting.line_mm - PLACE
    assert fields.parting.flat
    assert np.abs(away @ fields.pull.direction).max() < 0.05
    assert np.linalg.norm(away, axis=1) == pytest.approx(20, rel=0.01)


def test_an_arm_half_way_up_takes_the_line_up_a_step():
    outline = [(0, 0), (40, 0), (40, 10), (80, 10), (80, 20), (40, 20), (40, 30), (0, 30)]
    fields = fields_of(cq.Workplane("XZ").polyline(outline).close().extrude(50))
    line = line_along(fields, UP, float(PLACE @ UP))
    assert line.step_mm == pytest.approx(10, abs=1e-3)
    assert not line.flat
    # around the foot (40 × 50, three sides), up and down 10 twice, around the arm (40 × 50)
    assert length(line.line_mm) == pytest.approx(40 + 50 + 40 + 10 + 10 + 40 + 50 + 40, rel=1e-4)
    assert line.shut_offs == 0


def test_holes_of_a_plate_are_shut_off_and_do_not_bend_the_line():
    plate = cq.Workplane().box(60, 40, 8).faces(">Z").workplane()
    drilled = plate.rect(40, 20, forConstruction=True).vertices().hole(6)
    parting = fields_of(drilled).parting
    assert (parting.shut_offs, parting.flat, len(parting.line_mm)) == (4, True, 4)


def test_a_bar_that_stands_out_above_a_drafted_wall_parts_by_a_line_of_its_own():
    body = cq.Workplane().rect(80, 60).extrude(40, taper=3)
    bar = cq.Workplane("YZ", origin=(0, 0, 25)).circle(6).extrude(70)
    fields = fields_of(body.union(bar))
    line = line_along(fields, UP, float(PLACE @ UP))
    (branch,) = line.branches_mm
    assert line.shut_offs == 0
    assert (line.line_mm - PLACE) @ UP == pytest.approx(0, abs=1e-3)
    reach = (branch - PLACE) @ np.array(odd_direction(1, 0, 0))
    assert reach.max() == pytest.approx(70, abs=1e-3)
    assert ((branch - PLACE) @ UP).min() >= 25 - 6.1
    assert not line.flat


def test_a_lying_bar_parts_along_its_sides():
    fields = fields_of(cq.Workplane("YZ").circle(20).extrude(80))
    line = line_along(fields, UP, float(PLACE @ UP))
    away = line.line_mm - PLACE
    assert line.flat
    assert np.abs(away @ UP).max() < 0.1
    assert np.abs(away @ np.array(odd_direction(0, 1, 0))).max() == pytest.approx(20, rel=0.01)
    assert length(line.line_mm) == pytest.approx(2 * (80 + 40), rel=0.01)


def undercuts_of(shape):
    subject = subject_of(shape)
    return find_undercuts(subject.fields, subject.releases)


def test_a_catch_inside_a_tray_is_an_undercut_of_the_depth_it_stands_out():
    tray = cq.Workplane().box(80, 60, 30).faces(">Z").shell(-3)
    catch = cq.Workplane("YZ", origin=(-15, -27, 0)).polyline([(0, 2), (2.5, 2), (0, 8)])
    (undercut,) = undercuts_of(tray.union(catch.close().extrude(30)))
    assert undercut.type == "undercut"
    assert abs(np.dot(undercut.parameters["direction"], UP)) == pytest.approx(1, abs=1e-6)
    assert undercut.parameters["depth_mm"] == pytest.approx(2.5, abs=0.01)
    assert undercut.parameters["release"] == pytest.approx(odd_direction(0, 1, 0), abs=1e-6)


def test_a_side_hole_of_a_tray_is_released_along_its_axis():
    tray = cq.Workplane().box(80, 60, 30).faces(">Z").shell(-4)
    (undercut,) = undercuts_of(tray.cut(cq.Workplane("YZ").circle(4).extrude(60)))
    assert undercut.parameters["depth_mm"] == pytest.approx(4, abs=0.01)
    assert undercut.parameters["area_mm2"] == pytest.approx(np.pi * 8 * 4, rel=0.1)


def test_undercuts_are_named_where_a_mould_is_plausible_and_not_on_a_milled_block():
    def named(shape):
        part = part_of(shape)
        recognition = recognise(part)
        return measure_all(part, recognition, recognition.sheet).undercuts

    side = cq.Workplane("YZ").circle(4).extrude(60)
    outer = cq.Workplane().rect(80, 60).extrude(30, taper=2).edges().fillet(3)
    inner = cq.Workplane().rect(74, 54).extrude(27, taper=2).edges("not <Z").fillet(2)
    assert len(named(outer.cut(inner).cut(side.translate((0, 0, 14))))) == 1
    assert named(cq.Workplane().box(80, 60, 30).cut(side)) == ()


def measured_undercuts(shape):
    part = part_of(shape)
    recognition = recognise(part)
    return measure_all(part, recognition, recognition.sheet).undercuts


def test_noses_outside_a_drafted_box_are_undercuts_as_deep_as_they_overhang():
    outer = cq.Workplane().rect(80, 55).extrude(25, taper=1)
    box = outer.cut(cq.Workplane().rect(76, 51).extrude(23, taper=1))
    for side in (-1, 1):
        nose = cq.Workplane("XZ", origin=(0, 5, 0)).polyline(
            [(side * 39.7, 4), (side * 41.5, 5), (side * 39.7, 7.5)]
        )
        box = box.union(nose.close().extrude(10))
    found = measured_undercuts(box)
    assert len(found) == 2  # the strips of the wall below the noses
    for undercut in found:
        assert undercut.parameters["depth_mm"] == pytest.approx(1.5 + 0.07, abs=0.05)
        assert undercut.parameters["area_mm2"] == pytest.approx(10 * 4.1, rel=0.15)
        along = np.dot(undercut.parameters["release"], odd_direction(1, 0, 0))
        assert abs(along) == pytest.approx(1, abs=1e-3)


def test_hooks_on_a_thin_plate_are_undercuts_although_nothing_is_drafted_or_rounded():
    clip = cq.Workplane().box(50, 30, 2.5, centered=(True, True, False))
    for side in (-1, 1):
        outline = [(12, 2), (14, 2), (14, 16), (15.5, 16.5), (13.5, 20), (12, 20)]
        hook = cq.Workplane("XZ", origin=(0, 5, 0)).polyline([(side * x, z) for x, z in outline])
        clip = clip.union(hook.close().extrude(10))
    found = measured_undercuts(clip)
    assert [u.parameters["depth_mm"] for u in found] == pytest.approx([1.5, 1.5], abs=0.01)
    for undercut in found:
        # under the nose and the hook's wall down to the plate
        wall, under = (16 - 2.5) * 10, np.hypot(1.5, 0.5) * 10
        assert undercut.parameters["area_mm2"] == pytest.approx(wall + under, rel=0.02)


def test_a_folded_sheet_has_bends_and_no_undercuts():
    hat = cq.Workplane("XZ").polyline(
        [(0, 0), (20, 0), (20, 15), (50, 15), (50, 0), (70, 0), (70, 1.5), (51.5, 1.5),
         (51.5, 16.5), (18.5, 16.5), (18.5, 1.5), (0, 1.5)]
    )  # fmt: skip
    sheet = hat.close().extrude(60).edges("|Y").fillet(0.7)
    sheet = sheet.cut(cq.Workplane("YZ").center(-30, 8).circle(3).extrude(100))
    assert measured_undercuts(sheet) == ()
