"""What a press needs, against the formulas of the books."""

import math

import cadquery as cq
import pytest
from shapes import part_of
from sheet_shapes import strip
from test_sheet_pairs import cup, cup_for

from geometry import materials
from geometry.features.recognition import recognise
from geometry.processes.estimates import estimates
from geometry.processes.pressing import draws
from geometry.processes.registry import measure_all


def facts_of(shape, process="stamping"):
    part = part_of(shape)
    recognition = recognise(part)
    return measure_all(part, recognition, recognition.sheet).facts[process]


@pytest.fixture(scope="module")
def disc():
    return facts_of(cq.Workplane().circle(50).extrude(2))


def test_cutting_and_stripping_a_disc(disc):
    steel = materials.find("DC01")
    found = estimates(disc, steel)
    cut = math.pi * 100 * 2 * steel.shear_mpa / 1000
    assert found["cut_force_kn"] == pytest.approx(cut, rel=1e-3)
    assert found["stripping_force_kn"] == pytest.approx(0.2 * cut, rel=1e-3)
    # Ghosh & Mallik: presses at 1.25 to 1.5 times the force, R10 of ISO 3
    assert found["press_kn"] >= 1.25 * 1.2 * cut
    assert found["clearance_mm"] == pytest.approx(0.082 * 2)


def test_a_harder_material_wants_more_clearance(disc):
    assert (
        estimates(disc, materials.find("1.4301"))["clearance_mm"]
        > estimates(disc, materials.find("EN-AW-6082"))["clearance_mm"]
    )


def test_bends_are_wiped_at_their_length():
    steel = materials.find("DC01")
    found = estimates(facts_of(strip([30, 40, 30], [(90, 2), (90, 2)], 2.0, 50)), steel)
    each = 0.33 * steel.tensile_mpa * 50 * 2**2 / (2 + 4 + 2) / 1000
    assert found["bend_force_kn"] == pytest.approx(2 * each, rel=1e-3)


@pytest.mark.parametrize(
    ("ratio", "family", "count"),
    [(1.9, None, 1), (2.1, None, 2), (2.1, "carbon_steel", 1), (2.6, None, 2), (3.1, None, 3)],
)
def test_draws_by_first_2_0_then_1_3_and_1_2(ratio, family, count):
    assert draws(ratio, family) == count


def test_a_ratio_that_no_number_of_draws_reaches_is_told():
    assert draws(50.0, None) == 0


@pytest.mark.parametrize("ratio", [1.6, 2.4])
def test_the_ratio_of_a_cup_is_blank_over_inside(ratio):
    metrics = facts_of(cup_for(ratio)).metrics
    assert metrics["draw_ratio"] == pytest.approx(ratio, rel=5e-3)
    assert metrics["blank_diameter_mm"] == pytest.approx(ratio * 40, rel=5e-3)
    assert metrics["draws"] == (1 if ratio < 2 else 2)


def test_the_holes_of_an_oval_shell_are_no_punchs():
    shell = cq.Workplane().ellipse(60, 38).extrude(40, taper=8).edges(">Z").fillet(8)
    shell = shell.faces("<Z").shell(-2)
    ear = cq.Workplane(origin=(64, 0, 0)).rect(20, 24).extrude(2.4)
    shell = shell.union(ear.cut(cq.Workplane(origin=(67, 0, 0)).circle(2.2).extrude(2.4)))
    metrics = facts_of(shell).metrics
    # bottom of 53 × 31 half axes and 290 mm around × 40: 17,000 mm², a disc of 147 mm, a tenth
    # more with its trimmed rim; a circle as large as the opening of 58 × 36 has 91 mm
    assert metrics["draw_ratio"] == pytest.approx(1.1 * 147 / 91, rel=0.1)


def test_a_shell_is_cut_from_its_round_blank_and_drawn_at_a_station_a_draw():
    facts = facts_of(cup_for(2.4))
    assert facts.metrics["flat_size_mm"] == pytest.approx([96, 96], rel=5e-3)
    found = estimates(facts, materials.find("DC01"))
    steel = materials.find("DC01")
    assert found["cut_force_kn"] == pytest.approx(math.pi * 96 * steel.shear_mpa / 1000, rel=5e-3)
    assert (found["draws"], found["stations"]) == (2, 4)  # blank, two draws, trim


def test_a_cup_is_drawn_and_trimmed():
    assert facts_of(cup(15)).metrics["station_plan"] == ["blank", "draw", "trim"]


def test_a_metal_that_is_drawn_deeper_takes_fewer_stations_and_the_plan_says_so():
    facts = facts_of(cup_for(2.05))  # carbon steel reaches 2.1 in one draw, others 2.0
    found = estimates(facts, materials.find("DC04"))
    assert found["station_plan"] == ["blank", "draw", "trim"]
    assert found["stations"] == 3
    steel = estimates(facts, materials.find("1.4301"))
    assert steel["station_plan"] == ["blank", "draw", "draw", "trim"]
    assert steel["stations"] == 4


def test_the_inside_of_a_cup_is_no_hole_to_be_pierced_and_a_hole_in_its_floor_is():
    plain = cq.Workplane().circle(30).extrude(40).faces(">Z").shell(-1)
    assert "pierce" not in facts_of(plain).metrics["station_plan"]
    pierced = plain.faces("<Z").workplane().hole(12)
    assert facts_of(pierced).metrics["station_plan"][-1] == "pierce"


def test_drawing_force_of_a_cup():
    steel = materials.find("DC01")
    found = estimates(facts_of(cup_for(1.8)), steel)
    force = math.pi * 40 * 1 * steel.tensile_mpa * (1.8 - 0.65) / 1000
    assert found["draw_force_kn"] == pytest.approx(force, rel=0.02)


def test_a_hat_is_bent_at_two_stations_the_outer_bends_first():
    shape = strip([20, 25, 30, 25, 20], [(90, 2), (-90, 2), (-90, 2), (90, 2)], 2.0, 50)
    plan = facts_of(cq.Workplane(obj=shape)).metrics["station_plan"]
    assert plan == ["notch", "bend", "bend", "cut_off"]


def test_a_plate_with_holes_is_pierced_and_blanked():
    plate = cq.Workplane().box(60, 40, 2).faces(">Z").workplane().hole(8)
    metrics = facts_of(plate).metrics
    assert metrics["station_plan"] == ["pierce", "blank"]
    assert metrics["stations"] == 2


@pytest.mark.parametrize(("length_mm", "formed"), [(60, 0.0), (150, 1.0)])
def test_a_form_larger_than_a_turrets_tools_asks_for_a_press(length_mm, formed):
    def pyramid(longer, z):
        size = (length_mm + longer, 40 + longer)
        return cq.Workplane("XY", origin=(0, 0, z)).rect(*size).extrude(2, taper=45)

    t, less = 1.5, -2 * 1.5 * (math.sqrt(2) - 1)
    sheet = cq.Workplane().box(400, 90, t, centered=(True, True, False))
    sheet = sheet.union(pyramid(0, t)).cut(pyramid(less, 0))
    assert facts_of(sheet).fit["formed"] == formed
