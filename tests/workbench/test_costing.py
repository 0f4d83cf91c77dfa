import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geometry import materials
from geometry.processes.estimates import forging_cycle_s
from workbench import costing, times
from workbench.costing import (
    BrokenRates,
    Placed,
    Tool,
    Way,
    best_way,
    load_rates,
    price,
    tool_share,
)
from workbench.partfacts import Facts, it_grade
from workbench.routing import _PRIMARY

RATES = load_rates()
STEEL = materials.find("S235")
amounts = st.floats(0, 1e6)
quantities = st.integers(1, 10**7)


def priced(annual=1200, minutes=6.0, rate=100_000.0, setup=60.0, tool=None, **values):
    step = Placed("milling", Way(minutes, tool or Tool(0.0)), rate, setup)
    values = {"material": STEEL, "mass_kg": 1.0, "raw_kg": 1.5, "price_kg": 10_000.0} | values
    return price([step], annual=annual, rates=RATES, **values)


def test_material_is_the_raw_weight_less_what_scrap_brings():
    # 1.5 kg bought for 10,000, half a kilogram sold back at a quarter of the price
    assert priced().breakdown["material"] == pytest.approx(1.5 * 10_000 - 0.5 * 0.25 * 10_000)


def test_machining_and_setting_up_follow_time_and_batch():
    cost = priced(annual=1200)
    assert cost.breakdown["machining"] == pytest.approx(10_000)  # six minutes at 100,000 an hour
    assert cost.breakdown["setup"] == pytest.approx(1_000)  # an hour over a batch of a hundred


def test_a_tool_is_paid_off_over_three_years_or_over_what_it_makes():
    assert tool_share(Tool(30_000_000), 10_000, RATES) == pytest.approx(1000)
    assert tool_share(Tool(30_000_000, life_parts=5_000), 10_000, RATES) == pytest.approx(6000)


def test_the_breakdown_adds_up_to_the_piece():
    cost = priced(tool=Tool(5e6), transport_km=300, trips=2)
    assert set(cost.breakdown) == set(costing.TERMS)
    assert sum(cost.breakdown.values()) == pytest.approx(cost.per_part)
    assert cost.tooling == 5e6
    assert cost.currency == "UZS"


@given(amounts, amounts, amounts, amounts, amounts, quantities, st.floats(0, 5000))
def test_no_term_of_a_cost_is_below_zero(minutes, rate, setup, mass, extra, annual, km):
    cost = priced(annual, minutes, rate, setup, mass_kg=mass, raw_kg=mass + extra, transport_km=km)
    assert min(cost.breakdown.values()) >= 0
    assert math.isfinite(cost.per_part)


@given(st.sampled_from(sorted(_PRIMARY)), quantities, quantities, st.floats(1, 1e6))
def test_more_parts_are_never_dearer_apiece(process, annual, more, rate):
    material = {"moulding": "PP", "extrusion": "EN-AW-6060"}.get(process, "S235")
    material = materials.find(material)
    part = {"size_mm": [200, 90, 40], "volume_mm3": 2e5, "area_mm2": 8e4, "wall": {"min_mm": 3}}
    ways = times.ways(_PRIMARY[process], process, Facts(part, {}), material, RATES)

    def piece(quantity):
        way = best_way(process, ways, rate, quantity, RATES)
        step = Placed(process, way, rate, 90.0)
        values = {"material": material, "mass_kg": 1.0, "raw_kg": 1.4, "trips": 2}
        return price([step], annual=quantity, rates=RATES, **values).per_part

    assert piece(annual + more) <= piece(annual) * (1 + 1e-9)


def test_a_progressive_die_pays_from_its_crossover_on():
    part = {"size_mm": [120, 60, 30], "volume_mm3": 2e4, "wall": {"sheet_thickness_mm": 2.0}}
    facts = Facts(part, {"bends": 2, "flat_area_mm2": 10_000.0, "stations": 4})
    ways = times.ways("stamp", "stamping", facts, STEEL, RATES)
    assert best_way("stamping", ways, 150_000, 1_000, RATES).name == "single"
    assert best_way("stamping", ways, 150_000, 1_000_000, RATES).name == "progressive"


def test_the_price_of_a_die_follows_its_formula():
    part = {"size_mm": [120, 60, 30], "volume_mm3": 2e4, "wall": {"sheet_thickness_mm": 2.0}}
    facts = Facts(part, {"bends": 2, "flat_area_mm2": 10_000.0, "stations": 4})
    single = times.ways("stamp", "stamping", facts, STEEL, RATES)[0]
    # (6000 + 4·2500) · (0.5 + 100/500) · (1 + (348 − 300)/300·0.4) pounds
    assert single.tool.cost == pytest.approx(16_000 * 0.7 * 1.064 * 16_000)


def test_a_computed_cycle_is_taken_and_a_guess_says_that_it_is_rough():
    part = {"size_mm": [100, 80, 40], "volume_mm3": 2e5, "area_mm2": 6e4}
    known = times.ways("mill", "milling", Facts(part, {"minutes": 12.0}), STEEL, RATES)[0]
    guess = times.ways("mill", "milling", Facts(part, {}), STEEL, RATES)[0]
    assert known.minutes == pytest.approx(12.0)  # the part in and out are among them
    assert not known.rough
    assert guess.rough
    assert guess.minutes > 0


def test_cooling_of_a_moulding_follows_the_plate_formula():
    part = {"size_mm": [100, 80, 40], "volume_mm3": 4e4, "wall": {"median_mm": 2.0}}
    way = times.ways("mould", "moulding", Facts(part, {}), materials.find("PP"), RATES)[0]
    cooling_s = 4 / (math.pi**2 * 0.09) * math.log(4 / math.pi * (230 - 40) / (90 - 40))
    assert way.minutes == pytest.approx((cooling_s + 8) / 60)


@pytest.mark.parametrize(
    ("billet_kg", "complexity", "cycle_s"),
    [
        (1.0, "S1", 6 + 2 * (3 + 1)),  # the press is the slower one
        (1.0, "S4", 6 + 4 * (3 + 1)),
        (25.0, "S2", 25 * 0.4 / 400 * 3600),  # 10 kWh from 400 kW
    ],
)
def test_a_forging_takes_as_long_as_the_press_or_the_heater(billet_kg, complexity, cycle_s):
    assert forging_cycle_s(billet_kg, complexity, STEEL) == pytest.approx(cycle_s)


def test_a_heavier_forging_takes_longer_also_where_nothing_was_measured():
    light, heavy = (
        times.ways("forge", "forging", Facts({"volume_mm3": volume}, {}), STEEL, RATES)[0]
        for volume in (1e5, 5e6)
    )
    assert light.minutes < heavy.minutes
    assert heavy.minutes == pytest.approx(
        times.raw_kg("forging", Facts({"volume_mm3": 5e6}, {}), STEEL, RATES)[0] * 0.4 / 400 * 60
    )


def test_a_deep_casting_takes_more_sand():
    def minutes(height_mm):
        part = {"size_mm": [400, 300, height_mm], "volume_mm3": 5e6}
        return times.ways("cast", "sand_casting", Facts(part, {}), STEEL, RATES)[0].minutes

    # 30 moulds an hour, one impression in a flask of 500 × 400 and 300 of height
    assert minutes(200) == pytest.approx(2)
    assert minutes(280) == pytest.approx(2 * (280 + 50) / 300)


@pytest.mark.parametrize("process", sorted(_PRIMARY))
def test_every_process_can_be_priced_when_nothing_but_the_volume_is_known(process):
    material = materials.find("PP" if process == "moulding" else "EN-AW-6082")
    facts = Facts({"volume_mm3": 1e5}, {})
    way = times.ways(_PRIMARY[process], process, facts, material, RATES)[0]
    raw_kg, rough = times.raw_kg(process, facts, material, RATES)
    assert way.minutes > 0
    assert rough
    assert raw_kg >= material.mass_kg(1e5)


@pytest.mark.parametrize(
    ("size_mm", "tolerance_mm", "grade"),
    [(25, 0.021, 7), (25, 0.13, 11), (100, 0.054, 8), (100, 0.35, 12), (50, 0.001, 4)],
)
def test_tolerances_are_graded_as_iso_286_does(size_mm, tolerance_mm, grade):
    assert it_grade(size_mm, tolerance_mm) == grade


def test_every_number_of_the_rates_has_a_source():
    assert not costing._faults(RATES.data, ())


def test_rates_below_zero_are_refused(tmp_path):
    text = costing.RATES_PATH.read_text(encoding="utf-8").replace("value = 0.15", "value = -0.15")
    path = tmp_path / "rates.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BrokenRates, match=r"general\.overhead\.value must be a number ≥ 0"):
        load_rates(path)


@pytest.mark.parametrize("data", [b"nonsense [", b"\xff\xfe"])
def test_a_file_of_rates_that_is_not_toml_is_refused(tmp_path, data):
    path = tmp_path / "rates.toml"
    path.write_bytes(data)
    with pytest.raises(BrokenRates):
        load_rates(path)


def test_rates_that_lack_an_entry_or_a_source_say_which(tmp_path):
    text = costing.RATES_PATH.read_text(encoding="utf-8")
    text = text.replace("[general.margin]\nvalue = 0.10\nunit", "[general.margin]\nunit")
    text = text.replace('[times]\nsource = "ours"\n', "[times]\n")
    path = tmp_path / "rates.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BrokenRates) as caught:
        load_rates(path)
    assert "general.margin.value is missing" in caught.value.message
    assert "times has no source" in caught.value.message
    assert caught.value.exit_code == 2
