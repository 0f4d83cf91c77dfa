import importlib.util
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geometry.materials import UnknownMaterial
from samples.plants import illustrative_plants
from workbench import language
from workbench.costing import load_rates
from workbench.matching import match
from workbench.plants import Certificate, Machine, Plant, Stock
from workbench.routing import Demand, WrongDemand, plans

_spec = importlib.util.spec_from_file_location(
    "parts_for_matching", Path(__file__).with_name("parts_for_matching.py")
)
parts = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(parts)

ON = date(2026, 1, 1)
INVENTED = illustrative_plants()
ALL = ("aluminium_cast", "aluminium_wrought", "carbon_steel")


def machine(id_, kind, **values):
    usual = {"materials": ALL, "hourly_rate_uzs": 1e5, "setup_minutes": 30.0}
    usual |= {"available_share": 0.8, "lead_time_days": 10.0}
    return Machine(id_, id_, kind, **(usual | values))


def laser(id_="laser", length_mm=3000.0, **values):
    size = {"length_mm": length_mm, "width_mm": 1500.0, "max_thickness_mm": 12.0}
    return machine(id_, "laser", **(size | values))


def brake(id_="brake", **values):
    size = {"length_mm": 3000.0, "max_thickness_mm": 8.0, "tonnage_kn": 1600.0}
    return machine(id_, "press_brake", **(size | values))


def die_caster(id_="die", tonnage_kn=4000.0, **values):
    size = {"length_mm": 400.0, "width_mm": 300.0, "max_mass_kg": 5.0, "min_thickness_mm": 1.5}
    return machine(id_, "die_casting_machine", tonnage_kn=tonnage_kn, **(size | values))


def drill(id_="drill", **values):
    size = {"length_mm": 1000.0, "width_mm": 800.0, "height_mm": 600.0, "tolerance_it": 11}
    return machine(id_, "drill_press", **(size | values))


def bench(id_="bench"):
    return machine(id_, "bench")


def plant(id_, *machines, region="tashkent_city", **values):
    return Plant(id_, f"Plant {id_}", region, "town", 2, machines, **values)


def matched(part, plants, annual=5000, **demand):
    return match(part, Demand(annual, **demand), plants, on=ON)


def rejection(answer, plant_id, process):
    return next(
        entry
        for entry in answer["rejected"]
        if entry["plant"] == plant_id and entry["process"] == process
    )


# --- routes ---


def test_a_bent_bracket_is_cut_bent_and_deburred_in_one_plant():
    shop = plant("A", laser(), brake(), bench())
    route = matched(parts.sheet_bracket(), [shop])["routes"][0]
    steps = [(step["operation"], step["plant"]) for step in route["operations"]]
    assert steps == [("cut_sheet", "A"), ("bend", "A"), ("deburr", "A")]
    assert route["complete"]


def test_an_operation_that_the_plant_lacks_goes_to_another_and_says_so():
    cutter = plant("A", laser(), bench())
    bender = plant("B", brake(), region="andijan")
    route = matched(parts.sheet_bracket(), [cutter, bender])["routes"][0]
    assert [step["plant"] for step in route["operations"]] == ["A", "B", "A"]
    codes = [reason["code"] for reason in route["operations"][1]["reasons"]]
    assert "sent" in codes
    alone = matched(parts.sheet_bracket(), [plant("A", laser(), bench(), brake())])["routes"][0]
    transport = route["cost"]["breakdown"]["transport"]
    assert transport > alone["cost"]["breakdown"]["transport"]


def test_the_same_plant_is_preferred_even_where_another_is_cheaper():
    near = plant("A", laser(), brake(hourly_rate_uzs=3e5), bench())
    cheap = plant("B", brake(hourly_rate_uzs=1e3), region="andijan")
    route = matched(parts.sheet_bracket(), [near, cheap])["routes"][0]
    assert {step["plant"] for step in route["operations"]} == {"A"}


def test_threads_of_a_die_casting_are_drilled_and_tapped_after_it():
    shop = plant("A", die_caster(), drill(), bench())
    route = matched(parts.cast_cover(), [shop])["routes"][0]
    assert [step["operation"] for step in route["operations"]] == ["cast", "trim", "drill_tap"]


def sand_cast(*diameters_mm, drilled=()):
    """A sand casting with through holes; a finding says which are too small to core."""
    holes = [parts.hole(d, 20.0) | {"faces": [n]} for n, d in enumerate(diameters_mm)]
    findings = [
        {"process": "sand_casting", "severity": "minor", "feature": f"hole-{d}", "faces": []}
        for d in drilled
    ]
    entry = parts.process("sand_casting", 85.0, cores=0)
    return parts.part(
        (200.0, 150.0, 60.0), 600_000.0, area_mm2=120_000.0, features=holes, processes=[entry],
        findings=findings, material="EN-GJL-250",
    )  # fmt: skip


def steps_of(part):
    rates = load_rates()
    (chosen,), _ = plans(part, Demand(annual=500), rates)
    return {step.operation: step for step in chosen.operations}


def test_only_holes_that_a_casting_cannot_core_are_drilled_after_it():
    assert "drill_tap" not in steps_of(sand_cast(40.0, 60.0))
    assert "drill_tap" in steps_of(sand_cast(8.0, 40.0, drilled=[8.0]))


def test_minutes_of_drilling_are_those_of_the_holes_that_are_drilled():
    alone = steps_of(sand_cast(8.0, drilled=[8.0]))["drill_tap"].ways[0].minutes
    beside = steps_of(sand_cast(8.0, 40.0, 60.0, drilled=[8.0]))["drill_tap"].ways[0].minutes
    assert beside == pytest.approx(alone)


def test_metal_is_melted_once_whatever_is_done_to_the_casting_afterwards():
    shop = plant("A", die_caster(), drill(), bench())
    route = matched(parts.cast_cover(), [shop])["routes"][0]
    assert [step["operation"] for step in route["operations"]] == ["cast", "trim", "drill_tap"]
    rates = load_rates()
    chosen, _ = plans(parts.cast_cover(), Demand(5000), rates)
    poured_kg = next(plan.raw_kg for plan in chosen if plan.process == "die_casting")
    melted = poured_kg * rates.of("die_casting", "energy") * rates.general("energy")
    drilled = rates.of("milling", "energy") * rates.general("energy") / 60  # a minute of it
    assert melted < route["cost"]["breakdown"]["energy"] < melted + 10 * drilled


def bar(*, plain):
    """Aluminium bar 30 × 12 × 200 mm."""
    profile = parts.process("extrusion", 90.0, plain_bar=plain, circumscribing_circle_mm=32.3)
    return parts.part((200.0, 30.0, 12.0), 72_000.0, area_mm2=18_000.0, processes=[profile])


def test_plain_bar_is_sawn_off_by_hand_without_a_die():
    press = machine("press", "extrusion_press", max_diameter_mm=200.0, min_thickness_mm=1.0)
    shop = plant("A", press, bench())
    sawn, pressed = (matched(bar(plain=plain), [shop])["routes"][0] for plain in (True, False))
    assert [step["machine"] for step in sawn["operations"]] == ["bench"]
    assert [step["machine"] for step in pressed["operations"]] == ["press"]
    assert sawn["cost"]["tooling"] == sawn["cost"]["breakdown"]["energy"] == 0
    assert pressed["cost"]["tooling"] > 0
    assert sawn["lead_time_days"] < pressed["lead_time_days"]
    (plan,), _ = plans(bar(plain=True), Demand(5000), load_rates())
    assert plan.raw_kg == pytest.approx(plan.mass_kg * (1 + 3 / 200))  # a saw's cut of 3 mm


def test_a_fine_tolerance_adds_finishing_to_a_casting():
    centre = machine("mc", "machining_centre", length_mm=500.0, width_mm=400.0, height_mm=400.0,
                     axes=3, tolerance_it=7)  # fmt: skip
    shop = plant("A", die_caster(), drill(), bench(), centre)
    pmi = [{"type": "dimension", "value": 30.0, "upper": 0.016, "lower": -0.017, "faces": []}]
    part = parts.cast_cover()
    part["pmi"] = pmi  # 0.033 mm at 30 mm: IT8
    answer = matched(part, [shop])
    casting = next(route for route in answer["routes"] if route["process"] == "die_casting")
    assert "finish_machine" in [step["operation"] for step in casting["operations"]]
    rough = replace(centre, tolerance_it=10)
    answer = matched(part, [plant("A", die_caster(), drill(), bench(), rough)])
    casting = next(route for route in answer["routes"] if route["process"] == "die_casting")
    assert not casting["complete"]
    assert [gap["operation"] for gap in casting["gaps"]] == ["finish_machine"]


def test_a_route_with_a_gap_comes_after_one_without():
    press = machine("press", "press", length_mm=500.0, width_mm=400.0, max_thickness_mm=4.0,
                    tonnage_kn=2500.0, hourly_rate_uzs=9e6)  # fmt: skip
    whole, part_of_it = plant("A", press, bench()), plant("B", laser(), bench())
    routes = matched(parts.sheet_bracket(), [part_of_it, whole])["routes"]
    assert [(r["process"], r["complete"]) for r in routes] == [
        ("stamping", True),
        ("sheet_metal", False),
    ]
    assert [gap["operation"] for gap in routes[1]["gaps"]] == ["bend"]


def test_the_score_is_the_sum_of_its_terms():
    for route in matched(parts.cast_cover(), INVENTED, 50_000)["routes"]:
        points = sum(term["points"] for term in route["terms"])
        assert points == pytest.approx(route["score"], abs=0.05)
        assert 0 <= route["score"] <= 100


def test_routes_are_ranked_by_score():
    routes = matched(parts.sheet_bracket(), INVENTED, 20_000)["routes"]
    scores = [route["score"] for route in routes if route["complete"]]
    assert scores == sorted(scores, reverse=True)
    assert [route["rank"] for route in routes] == list(range(1, len(routes) + 1))


def test_local_raw_material_raises_the_local_share():
    def share(local):
        shop = plant("A", laser(), brake(), bench(), stock=(Stock("DC01", local),))
        return matched(parts.sheet_bracket(), [shop])["routes"][0]["local_share"]

    assert share(1.0) == pytest.approx(1.0)
    assert share(0.0) < share(0.5) < share(1.0)


# --- rejections ---


@pytest.mark.parametrize(
    ("part", "shop", "process", "reason"),
    [
        (
            parts.sheet_bracket(812.0),
            plant("A", laser(length_mm=800.0, width_mm=600.0), brake(), bench()),
            "sheet_metal",
            {"capability": "length_mm", "needed": 812.0, "has": 800.0, "unit": "mm"},
        ),
        (
            parts.cast_cover(),
            plant("A", die_caster(tonnage_kn=1250.0), drill(), bench()),
            "die_casting",
            {"capability": "tonnage_kn", "needed": 1500.0, "has": 1250.0, "unit": "kN"},
        ),
        (
            parts.cast_cover(),
            plant("A", die_caster(min_thickness_mm=3.0), drill(), bench()),
            "die_casting",
            {"capability": "min_thickness_mm", "needed": 2.5, "has": 3.0, "unit": "mm"},
        ),
        (
            parts.cast_cover(),
            plant("A", die_caster(annual_min=10_000), drill(), bench()),
            "die_casting",
            {"capability": "annual_min", "needed": 5000, "has": 10_000, "unit": "pcs/year"},
        ),
        (
            parts.cast_cover(),
            plant("A", die_caster(materials=("zinc",)), drill(), bench()),
            "die_casting",
            {"capability": "materials", "needed": "aluminium_cast", "has": "zinc", "unit": ""},
        ),
        (
            parts.cast_cover(),
            plant("A", brake()),
            "die_casting",
            {"capability": "process", "needed": "die_casting", "has": "sheet_metal", "unit": ""},
        ),
    ],
)
def test_a_rejected_plant_says_what_falls_short(part, shop, process, reason):
    assert rejection(matched(part, [shop]), "A", process)["reasons"] == [reason]


def test_a_machine_that_just_takes_the_part_is_not_rejected():
    shop = plant("A", laser(length_mm=800.0, width_mm=600.0), brake(length_mm=800.0), bench())
    assert matched(parts.sheet_bracket(800.0), [shop])["routes"][0]["complete"]


def test_a_part_may_be_turned_in_the_machine():
    shop = plant("A", laser(length_mm=1500.0, width_mm=3000.0), brake(), bench())
    assert matched(parts.sheet_bracket(2900.0), [shop])["routes"]


def test_a_plant_without_free_hours_is_rejected_by_capacity():
    shop = plant("A", laser(available_share=0.0), brake(), bench())
    reasons = rejection(matched(parts.sheet_bracket(), [shop]), "A", "sheet_metal")["reasons"]
    assert [(reason["capability"], reason["has"]) for reason in reasons] == [("capacity_h", 0.0)]


def test_certificates_count_until_they_end():
    shop = plant("A", laser(), brake(), bench(),
                 certificates=(Certificate("IATF 16949", date(2026, 6, 1)),))  # fmt: skip
    demand = Demand(5000, certificates=("IATF 16949",))
    assert match(parts.sheet_bracket(), demand, [shop], on=date(2026, 5, 1))["routes"]
    late = match(parts.sheet_bracket(), demand, [shop], on=date(2026, 7, 1))
    assert rejection(late, "A", "sheet_metal")["reasons"][0]["capability"] == "certificate"


# --- what is not known ---


def test_a_metric_that_is_absent_neither_rejects_nor_crashes_but_is_told():
    part = parts.cast_cover()
    for key in ("size_mm", "wall", "area_mm2", "features"):
        del part[key]
    part["processes"] = [{"process": "die_casting", "suitability": 80}]
    route = matched(part, [plant("A", die_caster(), drill(), bench())])["routes"][0]
    codes = [reason["code"] for reason in route["operations"][0]["reasons"]]
    assert codes.count("part_not_known") == 4  # length, width, wall, clamp force
    assert route["complete"]


def test_a_capability_that_the_plant_did_not_say_is_told():
    shop = plant("A", die_caster(tonnage_kn=None), drill(), bench())
    route = matched(parts.cast_cover(), [shop])["routes"][0]
    codes = [reason["code"] for reason in route["operations"][0]["reasons"]]
    assert "machine_not_said" in codes


def test_an_open_body_without_a_volume_has_no_route_and_says_why():
    part = parts.sheet_bracket()
    del part["volume_mm3"]
    answer = matched(part, INVENTED)
    assert answer["routes"] == []
    assert {entry["reasons"][0]["code"] for entry in answer["skipped"]} == {"volume_not_known"}


def test_unlikely_values_of_an_analysis_are_taken_as_unknown():
    part = parts.sheet_bracket()
    part["processes"][0]["metrics"] |= {"thickness_mm": float("nan"), "bends": "two",
                                        "flat_size_mm": [1, None]}  # fmt: skip
    part["wall"] = None
    assert matched(part, [plant("A", laser(), brake(), bench())])["routes"]


@pytest.mark.parametrize("suitability", [None, 5.0])
def test_a_process_that_is_not_suitable_is_passed_over_with_the_reason(suitability):
    part = parts.sheet_bracket()
    part["processes"] = [{"process": "sheet_metal", "suitability": suitability, "metrics": {}}]
    answer = matched(part, INVENTED)
    assert answer["routes"] == []
    assert answer["skipped"][0]["reasons"][0]["code"].startswith("suitability_")


# --- material and demand ---


def test_the_demanded_material_goes_before_the_file_and_decides_the_processes():
    answer = matched(parts.cast_cover(material="AlSi9Cu3"), INVENTED, 50_000, material="АК12")
    assert {route["material"] for route in answer["routes"]} == {"AlSi12"}
    answer = matched(parts.cast_cover(), INVENTED, 50_000, material="S235")
    assert {route["process"] for route in answer["routes"]} <= {"milling"}
    assert "material_unsuited" in {e["reasons"][0]["code"] for e in answer["skipped"]}


def test_a_material_that_nobody_named_is_assumed_and_said():
    route = matched(parts.cast_cover(material="mystery"), INVENTED, 50_000)["routes"][0]
    codes = [reason["code"] for reason in route["reasons"]]
    assert "material_assumed" in codes
    assert "material_not_known" in codes


def test_the_material_that_the_analysis_assumed_is_kept():
    part = parts.cast_cover()
    part["processes"][0]["metrics"]["assumed_material"] = "AlSi12"
    routes = matched(part, INVENTED, 50_000)["routes"]
    assert {r["material"] for r in routes if r["process"] == "die_casting"} == {"AlSi12"}


def test_a_demanded_material_that_is_not_known_is_refused():
    with pytest.raises(UnknownMaterial):
        matched(parts.cast_cover(), INVENTED, material="unobtanium")


@pytest.mark.parametrize(
    "values",
    [
        {"annual": 0},
        {"annual": -5},
        {"annual": 1.5},
        {"annual": True},
        {"annual": 10**12},
        {"annual": 100, "region": "atlantis"},
        {"annual": 100, "tolerance_it": 40},
        {"annual": 100, "certificates": ("diploma",)},
    ],
)
def test_a_demand_that_makes_no_sense_is_refused(values):
    with pytest.raises(WrongDemand) as caught:
        Demand(**values)
    assert caught.value.exit_code == 2


# --- unblocking, gaps ---


def test_a_part_a_little_too_long_is_told_how_much_shorter_it_must_be():
    shop = plant("A", laser(length_mm=800.0, width_mm=600.0), brake(), bench())
    answer = matched(parts.sheet_bracket(812.0), [shop])
    changes = {change["kind"]: change for change in answer["unblocks"]}
    assert "from 812 to at most 800" in changes["design"]["change"]["en"]
    assert changes["design"]["gain"]["routes"] == 1
    assert changes["design"]["gain"]["first_route"]
    assert changes["plant"]["plant"] == "A"
    assert "from 800 to 812" in changes["plant"]["change"]["en"]


def test_a_change_does_what_it_promises():
    small = plant("A", laser(length_mm=800.0, width_mm=600.0), brake(length_mm=800.0), bench())
    answer = matched(parts.sheet_bracket(812.0), [small])
    kinds = {change["kind"] for change in answer["unblocks"]}
    assert "design" in kinds  # the part becomes shorter for both machines
    assert "plant" not in kinds  # one longer machine would not be enough
    assert matched(parts.sheet_bracket(800.0), [small])["routes"]


def test_a_plant_that_would_take_up_the_material_saves_money():
    dear = plant("A", laser(hourly_rate_uzs=9e6), brake(), bench())
    cheap = plant("B", laser(materials=("stainless_steel",)), brake(), bench())
    answer = matched(parts.sheet_bracket(), [dear, cheap])
    change = next(c for c in answer["unblocks"] if c["capability"] == "materials")
    assert change["kind"] == "plant"
    assert change["gain"]["plants"] == ["B"]
    cost = matched(parts.sheet_bracket(), [dear])["routes"][0]["cost"]["per_part"]
    able = plant("B", laser(), brake(), bench())
    cheaper = matched(parts.sheet_bracket(), [able])["routes"][0]["cost"]["per_part"]
    assert change["gain"]["saving_per_year"] == pytest.approx((cost - cheaper) * 5000, rel=1e-3)


def test_a_foundry_is_not_told_to_cast_another_metal():
    shop = plant("A", die_caster(materials=("zinc",)), drill(), bench())
    changes = matched(parts.cast_cover(), [shop])["unblocks"]
    assert "materials" not in {change["capability"] for change in changes}


def test_what_no_plant_has_is_a_gap_and_an_investment():
    answer = matched(parts.cast_cover(), [plant("A", drill(), bench())])
    assert ("die_casting", "cast") in {(g["process"], g["operation"]) for g in answer["gaps"]}
    change = next(c for c in answer["unblocks"] if c["process"] == "die_casting")
    assert change["kind"] == "investment"
    assert {"capability": "tonnage_kn", "needed": 1500.0, "unit": "kN", "relation": ">="} in (
        change["needs"]
    )


def test_without_plants_there_are_gaps_and_no_routes():
    answer = matched(parts.cast_cover(), [])
    assert (answer["routes"], answer["rejected"], answer["unblocks"]) == ([], [], [])
    assert answer["gaps"]


# --- properties ---


@settings(max_examples=15, deadline=None)
@given(st.data(), st.sampled_from([300, 5_000, 60_000]))
def test_taking_a_plant_away_never_improves_the_best_route(data, annual):
    part = data.draw(st.sampled_from([parts.cast_cover(), parts.sheet_bracket(), parts.shaft()]))
    kept = data.draw(st.sets(st.sampled_from(range(len(INVENTED))), min_size=1))
    gone = data.draw(st.sampled_from(sorted(kept)))
    some = [INVENTED[index] for index in sorted(kept)]
    fewer = [INVENTED[index] for index in sorted(kept - {gone})]

    def best(plants):
        routes = matched(part, plants, annual)["routes"]
        return (routes[0]["complete"], routes[0]["score"]) if routes else (False, 0.0)

    assert best(fewer) <= best(some)


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(len(INVENTED))))
def test_the_order_of_plants_does_not_matter(order):
    usual = matched(parts.sheet_bracket(), INVENTED)["routes"]
    mixed = matched(parts.sheet_bracket(), [INVENTED[index] for index in order])["routes"]
    assert mixed == usual


def test_every_sentence_stands_in_all_languages():
    answer = matched(parts.cast_cover(), INVENTED, 600)
    messages = [reason["message"] for route in answer["routes"] for reason in route["reasons"]]
    messages += [change["change"] for change in answer["unblocks"]]
    assert messages
    for message in messages:
        assert set(message) == set(language.LANGUAGES)
        assert all(message.values())
        assert not any("{" in words for words in message.values())


def test_plans_name_every_process_of_the_contract_once():
    part = parts.cast_cover()
    chosen, skipped = plans(part, Demand(1000), load_rates())
    names = [plan.process for plan in chosen] + [process for process, _ in skipped]
    assert names == [entry["process"] for entry in part["processes"]]
