"""Shapes that look alike at first sight are told apart by what their process leaves on them."""

from __future__ import annotations

import sys
from pathlib import Path

import cadquery as cq
import pytest
from shapes import part_of

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
