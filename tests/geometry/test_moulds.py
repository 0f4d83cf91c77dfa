"""Pull, slides, lifters, cores, drafts, hot spots and tolerances of parts with known answers."""

import math

import cadquery as cq
import numpy as np
import pytest
from mould_pairs import bossed, cap, channel, drafted_tray, plate, ribbed, square_cap, tray
from shapes import odd_direction, subject_of

from geometry.materials import find as material
from geometry.processes.actions import LIFTER, LOCKED, SLIDE
from geometry.processes.registry import PROCESSES
from geometry.processes.rules import default_rules
from geometry.processes.suitability import Conditions
from geometry.processes.suitability import judge as judge_part
from geometry.processes.tolerances import casting_tolerance_mm, machining_allowance_mm

UP, ALONG_X, ALONG_Y = (0, 0, 1), (1, 0, 0), (0, 1, 0)


def metrics_of(shape, process, material_name=None):
    facts = PROCESSES[process](subject_of(shape))
    chosen = material(material_name) if material_name else None
    (judged,) = judge_part({process: facts}, Conditions(material=chosen), default_rules())
    return judged.metrics


def cup():
    """A drafted cup of 60 at its foot."""
    wall = [(0, 0), (30, 0), (34, 50), (31, 50), (27.2, 3), (0, 3)]
    return cq.Workplane("XZ").polyline(wall).close().revolve(360, (0, 0), (0, 1))


def pin(body, plane, origin, length, diameter=10.0):
    return body.cut(cq.Workplane(plane, origin=origin).circle(diameter / 2).extrude(length))


def lipped():
    """A box with a lip inside one wall."""
    lip = cq.Workplane().box(4, 20, 3, centered=(False, True, False)).translate((-37, 0, 20))
    return tray().union(lip)


def bracket():
    """An L of 12 thick, open to every side but along its bend."""
    outline = [(0, 0), (60, 0), (60, 12), (12, 12), (12, 50), (0, 50)]
    return cq.Workplane().polyline(outline).close().extrude(40)


def snap():
    """A plate with a hook that stands on it and looks to −x."""
    hook = [(0, 0), (3, 0), (3, 18), (-3, 18), (-3, 15), (0, 15)]
    return plate(3, size=(60, 40)).union(
        cq.Workplane("XZ", origin=(0, 5, 0)).polyline(hook).close().extrude(10)
    )


def around(degrees):
    return math.cos(math.radians(degrees)), math.sin(math.radians(degrees)), 0.0


def windowed_pentagon(windows):
    """A drafted box of five sides with a round window in some of them, each along its own way."""
    box = cq.Workplane().polygon(5, 90).extrude(30, taper=-1)
    box = box.cut(cq.Workplane(origin=(0, 0, 3)).polygon(5, 82).extrude(30, taper=-1))
    for k in range(windows):
        way = cq.Plane((0, 0, 15), xDir=(0, 0, 1), normal=around(36 + 72 * k))
        box = box.cut(cq.Workplane(way).circle(4).extrude(80))
    return box


PULLS = {
    "cup": (cup(), UP, []),
    "cup with a hole in its side": (pin(cup(), "YZ", (20, 0, 25), 40), UP, [(SLIDE, ALONG_X)]),
    "box with a lip inside one wall": (lipped(), UP, [(LIFTER, ALONG_X)]),
    "holes in two walls": (
        pin(pin(tray(), "YZ", (30, 0, 15), 40), "XZ", (0, -20, 15), 40),
        UP,
        [(SLIDE, ALONG_X), (SLIDE, ALONG_Y)],
    ),
    "one pin through both walls": (
        pin(tray(), "YZ", (-60, 0, 15), 120),
        UP,
        [(SLIDE, ALONG_X)],
    ),
    "a window in each wall of a pentagon": (
        windowed_pentagon(5),
        UP,
        [(SLIDE, around(36 + 72 * k)) for k in range(5)],
    ),
    "windows in two walls that are not square to each other": (
        windowed_pentagon(2),
        UP,
        [(SLIDE, around(36)), (SLIDE, around(108))],
    ),
    "hook on a plate": (snap(), UP, [(SLIDE, ALONG_X)]),
    "cap with a groove all round inside": (cap(), UP, [(LOCKED, None)]),
}


@pytest.mark.parametrize("odd", [False, True], ids=["straight", "turned"])
@pytest.mark.parametrize("name", PULLS)
def test_the_pull_and_what_moves_sideways_are_the_drawn_ones(name, odd):
    shape, pull, actions = PULLS[name]
    subject = subject_of(shape, odd=odd)

    def lies(direction):
        return np.array(odd_direction(*direction) if odd else direction, float)

    assert abs(subject.fields.pull.direction @ lies(pull)) == pytest.approx(1, abs=1e-3)
    assert sorted(a.kind for a in subject.actions) == sorted(kind for kind, _ in actions)
    for kind, direction in actions:
        if direction is not None:
            ways = [a.direction for a in subject.actions if a.kind == kind]
            assert max(abs(way @ lies(direction)) for way in ways) == pytest.approx(1, abs=1e-3)


def test_a_bracket_needs_nothing_sideways():
    assert subject_of(bracket()).actions == ()


def test_a_slide_names_the_faces_that_hold_the_part():
    found = metrics_of(pin(cup(), "YZ", (20, 0, 25), 40), "moulding")
    (slide,) = found["actions"]
    subject = subject_of(pin(cup(), "YZ", (20, 0, 25), 40))
    (hole,) = subject.holes
    assert set(slide["faces"]) == set(hole.faces)
    assert found["undercuts"] == 1


def test_sand_takes_one_core_for_each_undercut_and_a_die_one_pin_for_both():
    fork = tray().cut(cq.Workplane("YZ", origin=(-60, 0, 15)).rect(10, 10).extrude(120))
    assert metrics_of(fork, "sand_casting")["cores"] == 2
    assert metrics_of(fork, "die_casting")["cores"] == 1


def test_what_no_slide_releases_is_a_core_where_the_process_has_cores():
    assert [a["kind"] for a in metrics_of(square_cap(), "gravity_casting")["actions"]] == [
        "sand_core"
    ]
    assert [a["kind"] for a in metrics_of(square_cap(), "die_casting")["actions"]] == ["locked"]


@pytest.mark.parametrize(("inside", "outside"), [(1.2, 3.4), (2.5, 0.4)])
def test_inside_walls_are_told_from_outside_ones_with_their_draft(inside, outside):
    subject = subject_of(drafted_tray(inside, outside))
    draft, _, gripped = subject.wall_drafts
    walls = subject.walls_along_pull
    for face in walls:
        assert draft[face] == pytest.approx(inside if gripped[face] else outside, abs=0.02)
    assert gripped[walls].sum() == 4
    assert (~gripped[walls]).sum() == 4


def test_walls_with_too_little_draft_are_listed_one_by_one():
    metrics = metrics_of(drafted_tray(1.2, 0.4), "sand_casting")
    found = metrics["draft_faces"]
    assert metrics["short_draft_walls"] == 4
    assert len(found) == 4
    assert all(each["draft_deg"] == pytest.approx(0.4, abs=0.01) for each in found)
    assert not any(each["inside"] for each in found)
    assert all(each["height_mm"] == pytest.approx(30, abs=0.1) for each in found)


@pytest.mark.parametrize(
    ("shape", "modulus"),
    [
        (cq.Workplane().sphere(20), 20 / 3),
        (cq.Workplane().circle(10).extrude(300), 10 / 2),
        (cq.Workplane().box(30, 30, 30), 30 / 6),
        (cq.Workplane().box(200, 200, 10), 10 / 2),
    ],
    ids=["ball", "bar", "cube", "plate"],
)
def test_the_modulus_of_a_hot_spot_is_volume_over_cooling_surface(shape, modulus):
    assert subject_of(shape).hot_modulus_mm == pytest.approx(modulus, rel=0.06)


def test_a_feeder_freezes_after_the_lump_it_stands_on():
    lump = plate(8, size=(200, 120)).union(cq.Workplane().box(40, 40, 40).translate((50, 0, 20)))
    subject = subject_of(lump)
    found = PROCESSES["sand_casting"](subject).metrics["feeders"]
    (feeder,) = found
    spot = subject.hot_spots[feeder["hot_spot"]]
    across = np.array(odd_direction(0, 0, 1))
    cylinder = math.pi / 4 * feeder["diameter_mm"] ** 2 * feeder["height_mm"]
    cooled = math.pi * feeder["diameter_mm"] * (feeder["height_mm"] + feeder["diameter_mm"] / 4)
    assert cylinder / cooled == pytest.approx(1.2 * spot.modulus_mm)
    off = np.asarray(feeder["place_mm"]) - spot.centre_mm
    assert np.linalg.norm(np.cross(off, across)) == pytest.approx(0, abs=1e-3)


def test_die_casting_has_no_feeders():
    assert "feeders" not in metrics_of(plate(8), "die_casting")


def test_the_time_to_freeze_follows_chvorinov():
    found = metrics_of(cq.Workplane().box(200, 200, 20), "sand_casting", "EN-GJL-250")
    constant = material("EN-GJL-250").solidification_s_cm2
    assert found["solidification_s"] == pytest.approx(constant * 1.0**2, rel=0.12)


@pytest.mark.parametrize(("grade", "reach_mm"), [("C45", 4.5 * 20), ("EN-GJL-250", None)])
def test_a_feeder_reaches_four_and_a_half_walls_of_steel_and_nobody_knows_how_far_of_iron(
    grade, reach_mm
):
    found = metrics_of(cq.Workplane().box(200, 200, 20), "sand_casting", grade)
    reached = found.get("feeding_distance_mm")
    assert reached == (reach_mm and pytest.approx(reach_mm, rel=0.01))


@pytest.mark.parametrize(
    ("grade", "size", "whole"),
    [(9, 10, 1.5), (9, 63, 2.0), (9, 63.1, 2.2), (9, 900, 4.0), (6, 200, 1.0), (12, 399, 9.0)],
)
def test_casting_tolerances_are_those_of_the_table(grade, size, whole):
    assert casting_tolerance_mm(grade, size) == whole


def test_beyond_the_table_there_is_no_tolerance():
    assert math.isnan(casting_tolerance_mm(4, 5000))
    assert math.isnan(machining_allowance_mm("F", 7000))


def test_a_casting_says_what_it_holds_and_what_is_left_for_machining():
    box = cq.Workplane().box(200, 100, 50)
    found = metrics_of(box, "die_casting", "AlSi9Cu3")
    assert found["tolerance_grade"] == "DCTG 4–6"
    assert found["tolerance_mm"] == pytest.approx(1.0 / 2)
    assert found["tolerance_best_mm"] == pytest.approx(0.5 / 2)
    assert metrics_of(box, "die_casting", "ZAMAK5")["tolerance_grade"] == "DCTG 3–5"
    iron = metrics_of(cq.Workplane().box(60, 40, 30), "sand_casting", "EN-GJL-250")
    assert iron["machining_allowance_mm"] == 2.5  # cast iron: never less
    assert iron["poured_kg"] == pytest.approx(60 * 40 * 30 * 7.2e-6 / 0.6)


def test_a_forging_knows_its_billet_and_complexity():
    found = metrics_of(cq.Workplane().box(100, 60, 40), "forging", "C45")
    assert found["complexity"] == "S1"
    assert found["envelope_share"] == pytest.approx(1, abs=1e-3)
    mass = 100 * 60 * 40 * 7.85e-6
    assert found["flash_kg"] == pytest.approx(0.1 * mass)
    assert found["billet_kg"] == pytest.approx(1.1 * mass * 1.02)


def test_a_moulding_cools_with_the_square_of_its_wall():
    plastic = material("ABS")
    found = metrics_of(tray(2.5), "moulding", "ABS")
    ratio = (plastic.melt_c - plastic.mould_c) / (plastic.eject_c - plastic.mould_c)
    cooling = 2.5**2 / (math.pi**2 * plastic.diffusivity_mm2_s) * math.log(4 / math.pi * ratio)
    assert found["cooling_s"] == pytest.approx(cooling, rel=1e-3)
    assert found["cycle_s"] > found["cooling_s"]


def sink_ratio(shape):
    facts = PROCESSES["moulding"](subject_of(shape))
    (found,) = [m.value for m in facts.measurements if m.quantity == "sink_ratio"]
    return found


@pytest.mark.parametrize(
    ("shape", "circle"),
    [
        (ribbed(2.4), 4 + 2.4**2 / (4 * 4)),  # touches both sharp corners and the far side
        (ribbed(2.4, fillet=1.0), (2.2**2 + 5**2 - 1) / (4 + 2)),
        (bossed(12), 12),  # stands in the boss
        (bossed(12, height=5), 4 + 5),  # under its top
    ],
    ids=["sharp", "rounded", "thick", "low"],
)
def test_the_sink_is_the_circle_in_the_foot(shape, circle):
    assert sink_ratio(shape) == pytest.approx(circle / 4, rel=1e-3)


# --- profiles ---


def tube(inner, outer):
    return cq.Workplane().circle(outer / 2).circle(inner / 2).extrude(200)


def square_tube(side, wall):
    return cq.Workplane().rect(side, side).rect(side - 2 * wall, side - 2 * wall).extrude(200)


def slotted(gap, inner, lip=2.0, depth=5.0):
    """A bar with a T-slot."""
    body = cq.Workplane().rect(30, 20).extrude(200)
    mouth = cq.Workplane("XY", origin=(0, 10 - lip / 2, 0)).rect(gap, lip).extrude(200)
    room = cq.Workplane("XY", origin=(0, 10 - lip - depth / 2, 0)).rect(inner, depth).extrude(200)
    return body.cut(mouth).cut(room)


def finned(count=5, fin=3.0, gap=4.0, height=20.0):
    width = count * fin + (count - 1) * gap
    body = cq.Workplane().rect(width, 4).extrude(200)
    for number in range(count):
        place = (-width / 2 + fin / 2 + number * (fin + gap), 2 + height / 2, 0)
        body = body.union(cq.Workplane("XY", origin=place).rect(fin, height).extrude(200))
    return body


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        (cq.Workplane().rect(30, 10).extrude(200), "solid"),
        (channel(20), "solid"),
        (channel(40), "semi_hollow"),
        (slotted(4, 14), "semi_hollow"),
        (tube(26, 32), "hollow_1"),
        (tube(24, 30), "hollow_2"),  # the void is less than an inch across
        (square_tube(30, 2), "hollow_2"),
        (square_tube(100, 2), "hollow_3"),  # the circle is more than five inches
        (square_tube(60, 3).union(cq.Workplane().rect(3, 56).extrude(200)), "hollow_3"),
    ],
    ids=["bar", "channel", "deep channel", "slot", "tube", "small tube", "box", "big box", "two"],
)
def test_a_profile_is_of_the_class_that_extruders_say(shape, kind):
    assert subject_of(shape).profile_section.hollow_class == kind


@pytest.mark.parametrize(
    ("shape", "ratio", "gap"),
    [
        (channel(31), 31 / 10, 10),
        (slotted(6, 12), (6 * 2 + 12 * 5) / 6**2, 6),
        (finned(), 20 / 4, 4),
    ],
    ids=["channel", "slot", "fins"],
)
def test_the_tongue_is_area_over_gap_squared(shape, ratio, gap):
    section = subject_of(shape).profile_section
    assert section.tongue_ratio == pytest.approx(ratio, rel=1e-3)
    assert section.tongue_gap_mm == pytest.approx(gap, rel=1e-3)


def test_the_section_of_a_profile_is_that_of_its_drawing():
    drilled = pin(channel(31), "XZ", (0, 50, 100), 100, diameter=8)
    metrics = metrics_of(drilled, "extrusion")
    area = 18 * 35 - 10 * 31
    around = 2 * 18 + 2 * 35 + 2 * 31
    assert metrics["section_area_mm2"] == pytest.approx(area, rel=1e-3)
    assert metrics["perimeter_mm"] == pytest.approx(around, rel=1e-3)
    assert metrics["circumscribing_circle_mm"] == pytest.approx(math.hypot(18, 35), rel=1e-3)
    assert metrics["kg_per_m"] == pytest.approx(area * 2.7e-3, rel=1e-3)
    assert metrics["shape_factor"] == pytest.approx(around / (area * 2.7e-3), rel=1e-3)
    assert metrics["length_mm"] == pytest.approx(200, rel=1e-3)
