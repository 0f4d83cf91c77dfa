"""Castings and mouldings that are drawn without draft and fillets, and what no machine holds."""

from __future__ import annotations

import cadquery as cq
import pytest
from shapes import part_of

from geometry.features.recognition import recognise
from geometry.processes.grades import grades, held_size
from geometry.processes.registry import measure_all
from geometry.processes.rules import default_rules
from geometry.processes.standing import hubs
from geometry.processes.suitability import Conditions, Judgement, judge

CASTINGS = {"sand_casting", "gravity_casting", "die_casting", "investment_casting"}


def judged(shape) -> dict[str, Judgement]:
    """Every process of a drawn shape by geometry alone, best first."""
    part = part_of(shape)
    recognition = recognise(part)
    measured = measure_all(part, recognition, recognition.sheet)
    found = judge(measured.facts, Conditions(), default_rules())
    return {each.process: each for each in found}


def bracket(eye_mm: float, scale: float = 1.0):
    """A three-armed plate of 8 mm with an eye of some height around each of its bores."""
    corners = [(0, 0), (130, 10), (20, 120)]
    plate = cq.Workplane().polyline([(0, -14), (130, -4), (140, 20), (30, 130), (6, 130), (-14, 0)])
    body = plate.close().extrude(8)
    if eye_mm > 8:
        body = body.union(cq.Workplane().pushPoints(corners).circle(15).extrude(eye_mm))
    body = body.cut(cq.Workplane().pushPoints(corners).circle(5).extrude(60))
    window = cq.Workplane().polyline([(22, 12), (96, 18), (34, 88)]).close().extrude(20)
    return cq.Workplane(obj=body.cut(window).val().scale(scale))


def test_eyes_that_stand_above_all_else_are_a_patterns() -> None:
    """Nobody cuts 400 cm³ away to leave an eye at each corner."""
    cast = judged(bracket(32))
    assert next(iter(cast)) in CASTINGS
    assert cast["milling"].suitability < 60


def test_holes_in_the_level_of_their_plate_are_cut() -> None:
    plain = judged(bracket(8))
    assert not CASTINGS & set(list(plain)[:1])


def test_a_pattern_does_not_pay_for_a_handful_of_chips() -> None:
    small = judged(bracket(32, scale=0.3))
    assert all(small["milling"].suitability > small[each].suitability for each in CASTINGS)


def test_sharp_inner_corners_of_a_hollow_body_are_a_cores() -> None:
    """A flanged pan of 5 mm drawn without a radius: a cutter would go round in every corner."""
    pan = cq.Workplane().box(330, 210, 80, centered=(True, True, False))
    pan = pan.union(cq.Workplane().box(360, 240, 10, centered=(True, True, False)))
    pan = pan.cut(cq.Workplane().box(320, 200, 75, centered=(True, True, False)))
    for x in (-100.0, 0.0, 100.0):
        wall = cq.Workplane().box(5, 200, 30, centered=(True, True, False))
        pan = pan.union(wall.translate((x, 0, 46)))
    assert next(iter(judged(pan))) in CASTINGS


def test_both_sides_of_seven_blades_are_no_teeth() -> None:
    """A fan is moulded or cast; its blades, 7 on either side, were taken for 14 teeth."""
    hub = cq.Workplane().circle(40).extrude(26).cut(cq.Workplane().circle(38).extrude(24))
    blade = cq.Workplane("YZ").polyline([(-14, 2), (14, 20), (14, 22), (-14, 4)]).close()
    blade = blade.extrude(82).translate((38.5, 0, 0))
    for turn in range(7):
        hub = hub.union(blade.rotate((0, 0, 0), (0, 0, 1), turn * 360 / 7))
    assert next(iter(judged(hub))) == "moulding"


@pytest.mark.parametrize("sides", [(1e6, 3e5, 2e5), (1e6, 4e4, 4e4), (1e6, 3e3, 5.0)])
def test_what_no_machine_holds_is_unsuitable_for_all(sides) -> None:
    answers = judged(cq.Workplane().box(*sides))
    assert {each.verdict for each in answers.values()} == {"unsuitable"}
    names = {term.name for term in answers["milling"].terms}
    assert {"gate.size", "brake.size"} <= names


def test_a_kilometre_of_bar_is_not_turned() -> None:
    answers = judged(cq.Workplane().circle(2e4).extrude(1e6))
    assert {each.verdict for each in answers.values()} == {"unsuitable"}


@pytest.mark.parametrize("process", ["milling", "turning", "sheet_metal", "stamping", "extrusion"])
def test_size_asks_for_larger_machines_by_and_by(process) -> None:
    least = grades()[f"{process}.length"].one
    most = grades()[f"{process}.length"].zero
    assert held_size(process, least) == 1
    assert 0 < held_size(process, (least + most) / 2) < 1
    assert held_size(process, most) == 0


def lever(end_mm: float, scale: float = 1.0):
    """Two eyes that an arm of 10 mm joins; their ends stand on both sides of it or are level."""
    body = cq.Workplane().box(220, 24, 10)
    for x, radius in ((-110, 34), (110, 22)):
        eye = cq.Workplane().circle(radius).extrude(end_mm / 2, both=True)
        body = body.union(eye.translate((x, 0, 0)))
    for x, radius in ((-110, 22), (110, 12)):
        bore = cq.Workplane().circle(radius).extrude(80, both=True)
        body = body.cut(bore.translate((x, 0, 0)))
    return cq.Workplane(obj=body.val().scale(scale))


def test_a_lever_of_hubs_and_an_arm_is_no_block_to_be_milled() -> None:
    """A pattern or a die puts the metal around its bores; 500 cm³ of chips would."""
    found = judged(lever(50))
    assert next(iter(found)) in CASTINGS | {"forging"}
    assert found["milling"].suitability < 60


def test_a_link_of_one_level_is_cut_from_plate() -> None:
    assert not (CASTINGS | {"forging"}) & set(list(judged(lever(10)))[:1])


def test_a_lever_that_leaves_a_handful_of_chips_is_milled() -> None:
    assert next(iter(judged(lever(50, scale=0.3)))) == "milling"


def test_hubs_have_an_end_of_their_own() -> None:
    """Level ears, raised seats lower than their wall is thick, and pins are none; a hub that a web
    meets along its height is one.
    """
    low = cq.Workplane().box(200, 100, 20).faces(">Z").workplane().circle(30).extrude(4)
    low = low.faces(">Z").workplane().hole(24)
    pin = cq.Workplane().box(200, 100, 20).faces(">Z").workplane().circle(15).extrude(40)
    web = cq.Workplane().circle(30).extrude(44).union(cq.Workplane().box(160, 10, 40, False))
    web = web.faces(">Z").workplane(origin=(0, 0)).hole(36)
    drawn = [lever(10), low, pin, web, lever(50)]
    assert [len(hubs(part_of(shape))) for shape in drawn] == [0, 0, 0, 1, 2]
