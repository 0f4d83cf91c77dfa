"""Flats, windows, slots and bosses on what is round, and cuts in cuts, drawn with known sizes."""

import cadquery as cq
import pytest
from shapes import odd_direction, part_of

from geometry.features.recognition import recognise


def told(shape, *kinds):
    return [f for f in recognise(part_of(shape)).features if f.type in kinds]


def bar(diameter, high, low=0.0):
    return cq.Workplane().circle(diameter / 2).extrude(high).translate((0, 0, low))


def box(x, y, z, at=(0.0, 0.0, 0.0)):
    return cq.Workplane().box(x, y, z, centered=(True, True, False)).translate(at)


def test_two_flats_along_all_of_a_collar_are_steps_and_no_chamfers():
    collar = bar(26, 16, 50).intersect(box(24, 40, 16, (0, 0, 50)))
    flats = told(bar(16, 50).union(collar), "step", "chamfer")
    assert [(f.type, f.kind) for f in flats] == [("step", "through")] * 2
    for flat in flats:  # the chord at 12 mm from the middle of a circle of 13 is 10 long
        assert flat.parameters["depth_mm"] == pytest.approx(1, abs=1e-3)
        assert flat.parameters["width_mm"] == pytest.approx(10, abs=1e-3)


def test_the_flat_of_a_d_shaft_is_one_step():
    shaft = bar(20, 60).cut(box(20, 40, 60, (18, 0, 0)))
    (flat,) = told(shaft, "step", "chamfer")
    assert flat.parameters["depth_mm"] == pytest.approx(2, abs=1e-3)
    assert flat.parameters["width_mm"] == pytest.approx(12, abs=1e-3)


def test_the_sides_of_a_hexagonal_bar_with_turned_corners_are_no_flats():
    head = cq.Workplane().polygon(6, 24 / 0.8660254).extrude(9).intersect(bar(26, 9))
    assert not told(bar(12, 30, 9).union(head), "step")


def test_a_window_with_round_corners_in_a_tube_is_one_passage():
    tube = bar(50, 80).cut(bar(40, 80))
    cutter = box(12, 60, 20, (0, 30, 30)).edges("|Y").fillet(2)
    (window,) = told(tube.cut(cutter), "pocket", "slot")
    assert (window.type, window.kind) == ("pocket", "through")
    assert window.parameters["length_mm"] == pytest.approx(20, abs=1e-3)
    assert window.parameters["width_mm"] == pytest.approx(12, abs=1e-3)
    assert window.parameters["corner_radius_mm"] == pytest.approx(2, abs=1e-3)


def test_a_t_slot_along_a_round_bar_is_no_keyway():
    cut = box(20, 8, 100, (30, 0, 0)).union(box(5, 16, 100, (17.5, 0, 0)))
    (slot,) = told(bar(60, 100).cut(cut), "slot")
    assert slot.kind == "t_slot"
    assert slot.parameters["depth_mm"] == pytest.approx(15, abs=1e-3)
    assert slot.parameters["width_mm"] == pytest.approx(8, abs=1e-3)


def test_the_larger_eye_of_a_lever_stands_on_its_arm_as_the_smaller_does():
    points = [(0, -17), (80, -10), (80, 10), (0, 17)]
    arm = cq.Workplane().polyline(points).close().extrude(11)
    eyes = bar(43, 22).union(bar(26, 16).translate((80, 0, 0)))
    lever = arm.union(eyes).cut(bar(18, 22)).cut(bar(10, 16).translate((80, 0, 0)))
    bosses = sorted(told(lever, "boss"), key=lambda f: -f.parameters["diameter_mm"])
    assert [b.parameters["diameter_mm"] for b in bosses] == pytest.approx([43, 26], abs=1e-3)
    assert [b.parameters["height_mm"] for b in bosses] == pytest.approx([11, 5], abs=1e-3)


def test_the_socket_in_a_bolts_head_is_a_pocket_and_not_of_the_head():
    head = cq.Workplane().polygon(6, 22).extrude(9).translate((0, 0, 30))
    bolt = bar(14, 27).union(bar(26, 3, 27)).union(head)
    socket = cq.Workplane().polygon(6, 8 / 0.8660254).extrude(9).translate((0, 0, 33))
    features = told(bolt.cut(socket), "pocket", "boss")
    pocket = next(f for f in features if f.type == "pocket")
    boss = next(f for f in features if f.type == "boss")
    assert (pocket.kind, pocket.parameters["profile"]) == ("closed", "hexagon")
    assert pocket.parameters["depth_mm"] == pytest.approx(6, abs=1e-3)
    assert not set(pocket.faces) & set(boss.faces)


def test_a_blind_bore_that_a_branch_breaks_into_is_intersected():
    body = bar(56, 56).cut(bar(38, 49, 7))
    # its mouth off the seams of both, and its rim's middle where that runs round the bore
    branch = cq.Workplane("YZ").circle(8).extrude(40).rotate((0, 0, 0), (1, 0, 0), 90)
    branch = branch.rotate((0, 0, 0), (0, 0, 1), 90).translate((0, 0, 28))
    bores = {round(h.parameters["diameter_mm"]): h for h in told(body.cut(branch), "hole")}
    assert bores[38].parameters["intersected"]
    assert not told(body, "hole")[0].parameters["intersected"]


def test_a_slot_with_a_narrower_one_in_its_floor_is_whole():
    block = box(90, 60, 26, (0, 0, -26))
    block = block.cut(box(26, 60, 6, (0, 0, -6))).cut(box(12, 60, 13, (0, 0, -13)))
    slots = sorted(told(block, "slot", "step"), key=lambda f: f.parameters["width_mm"])
    assert [(s.type, s.kind) for s in slots] == [("slot", "through")] * 2
    assert [s.parameters["width_mm"] for s in slots] == pytest.approx([12, 26], abs=1e-3)
    assert [s.parameters["depth_mm"] for s in slots] == pytest.approx([7, 6], abs=1e-3)
    for slot in slots:
        assert slot.parameters["direction"] == pytest.approx(odd_direction(0, 0, 1), abs=1e-6)


def test_a_cross_is_measured_along_its_walls():
    cross = box(44, 15, 9, (0, 0, -9)).union(box(15, 44, 9, (0, 0, -9)))
    (pocket,) = told(box(90, 70, 26, (0, 0, -26)).cut(cross), "pocket")
    assert pocket.parameters["length_mm"] == pytest.approx(44, abs=1e-3)
    assert pocket.parameters["width_mm"] == pytest.approx(44, abs=1e-3)


def t_cutter(out, low, high):
    """A T along x from `low` outwards: a neck of 8 over a head of 16, 7 and 5 high."""
    neck = cq.Workplane().box(out, 8, 13, centered=(False, True, False)).translate((low, 0, 13))
    head = cq.Workplane().box(out, 16, 5, centered=(False, True, False)).translate((low, 0, high))
    return neck.union(head)


def test_a_t_slot_that_ends_square_inside_a_disc_is_a_t_slot_and_no_keyway():
    cut = t_cutter(80, 20, 13)
    (slot,) = told(bar(120, 25).cut(cut), "slot", "pocket")
    assert (slot.type, slot.kind) == ("slot", "t_slot")
    assert slot.parameters["depth_mm"] == pytest.approx(12, abs=1e-3)
    assert slot.parameters["width_mm"] == pytest.approx(8, abs=1e-3)


def test_a_pocket_in_the_shape_of_a_t_that_opens_at_a_side_is_no_t_slot():
    """Its floor and its mouth lie as those of a T-slot do, but it is wider than deep."""
    plate = box(60, 60, 20)
    cut = box(36, 12, 9, (0, 0, 14)).union(box(10, 60, 9, (0, -30, 14)))
    assert not [f for f in told(plate.cut(cut), "slot", "pocket") if f.kind == "t_slot"]


def test_a_dovetail_that_ends_inside_the_part_is_a_dovetail():
    profile = [(-12, 12), (12, 12), (8, 20), (8, 21), (-8, 21), (-8, 20)]
    cut = cq.Workplane("YZ").polyline(profile).close().extrude(60)
    (slot,) = told(box(80, 60, 20).cut(cut), "slot", "pocket")
    assert (slot.type, slot.kind) == ("slot", "dovetail")
    assert slot.parameters["length_mm"] == pytest.approx(40, abs=1e-3)


def flank_pocket(radius):
    """30 long and 16 wide, 10 deep into the flank of a bar of 60 that stands along z."""
    return box(20, 16, 30, (30, 0, 25)).edges("|X").fillet(radius)


def test_a_pocket_whose_corners_a_narrower_cutter_rounds_is_no_keyway():
    (cut,) = told(bar(60, 80).cut(flank_pocket(3)), "slot", "pocket")
    assert (cut.type, cut.kind) == ("pocket", "closed")
    assert cut.parameters["corner_radius_mm"] == pytest.approx(3, abs=1e-3)
    (cut,) = told(bar(60, 80).cut(flank_pocket(7.99)), "slot", "pocket")
    assert (cut.type, cut.kind) == ("slot", "keyway")


def test_a_boss_that_stands_upright_on_a_slope_is_round_and_measured_along_its_axis():
    wedge = cq.Workplane("XZ").polyline([(-40, 0), (40, 0), (40, 10), (-40, 30)]).close()
    shape = wedge.extrude(50).translate((0, 25, 0)).union(bar(20, 36)).cut(bar(8, 36))
    (boss,) = told(shape, "boss")
    assert boss.kind == "round"
    assert boss.parameters["diameter_mm"] == pytest.approx(20, abs=1e-3)
    assert boss.parameters["height_mm"] == pytest.approx(16, abs=1e-3)


def test_fins_along_a_pipe_are_a_rib_each():
    pipe = bar(50, 70)
    for turn in range(0, 360, 30):
        fin = box(34, 3, 70, (17, 0, 0)).rotate((0, 0, 0), (0, 0, 1), turn)
        pipe = pipe.union(fin)
    ribs = told(pipe.cut(bar(40, 70)), "rib")
    assert len(ribs) == 12
    for rib in ribs:
        assert rib.parameters["thickness_mm"] == pytest.approx(3, abs=1e-3)
        assert rib.parameters["length_mm"] == pytest.approx(70, abs=1e-3)
        assert rib.parameters["height_mm"] == pytest.approx(34 - 625**0.5, abs=0.1)
