"""The scoring method on facts written by hand, and the worked example of its document."""

import ast
import json
import math
import re
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geometry.materials import find as material
from geometry.processes import suitability
from geometry.processes.grades import Grade, grades
from geometry.processes.measurement import Facts, Measurement
from geometry.processes.rules import PROCESSES, default_rules
from geometry.processes.suitability import Conditions, Hints, Method, judge, method
from geometry.tables import read_table

DOCUMENT = Path(__file__).parents[2] / "docs" / "suitability.md"
SIZE = {
    "volume_mm3": 5e4,
    "area_mm2": 2e4,
    "length_mm": 80.0,
    "width_mm": 50.0,
    "height_mm": 30.0,
    "projected_area_mm2": 4e3,
    "wall_mm": 3.0,
}


def facts(process="milling", value=1.0, gates=None, measurements=()):
    fit = dict.fromkeys({*method().weights[process], *method().brakes[process]}, value)
    metrics = {"complexity": "S2"} if process == "forging" else {}
    return Facts(process, metrics, tuple(measurements), fit, gates or {}, (), SIZE)


def judged(one, conditions=None, rules=None):
    return judge({one.process: one}, conditions or Conditions(), rules or default_rules())[0]


def points(judgement, name):
    return math.fsum(t.points for t in judgement.terms if t.name == name)


@pytest.mark.parametrize("process", PROCESSES)
def test_a_perfect_fit_is_a_hundred(process):
    assert judged(facts(process)).suitability == pytest.approx(100)
    assert judged(facts(process)).verdict == "suitable"


@pytest.mark.parametrize("process", PROCESSES)
def test_every_term_is_told_in_the_document(process):
    told = DOCUMENT.read_text(encoding="utf-8")
    assert not [name for name in facts(process).fit if f"`{name}`" not in told]


@pytest.mark.parametrize("process", PROCESSES)
def test_no_fit_is_nothing(process):
    assert judged(facts(process, 0.0)).suitability == 0
    assert judged(facts(process, 0.0)).verdict == "unsuitable"


@given(
    process=st.sampled_from(PROCESSES),
    values=st.lists(st.floats(0, 1), min_size=12, max_size=12),
    annual=st.one_of(st.none(), st.integers(1, 10**7)),
    name=st.sampled_from([None, "C45", "AlSi9Cu3", "ABS", "DC01"]),
    gate=st.booleans(),
    thin=st.floats(0.1, 10),
)
def test_terms_add_up_to_the_suitability(process, values, annual, name, gate, thin):
    names = sorted({*method().weights[process], *method().brakes[process]})
    one = facts(process, gates={"reachable": gate}, measurements=[Measurement("wall_mm", thin)])
    one = Facts(
        process,
        one.metrics,
        one.measurements,
        dict(zip(names, values, strict=False)),
        one.gates,
        (),
        SIZE,
    )
    conditions = Conditions(material(name) if name else None, annual, Hints(("cast cover",)))
    found = judged(one, conditions)
    assert math.fsum(t.points for t in found.terms) == pytest.approx(found.suitability, abs=1e-9)
    assert 0 <= found.suitability <= 100


def test_a_broken_gate_leaves_a_tenth_and_makes_unsuitable():
    found = judged(facts(gates={"reachable": False}))
    assert found.suitability == pytest.approx(10)
    assert found.verdict == "unsuitable"
    assert points(found, "gate.reachable") == pytest.approx(-90)


def test_a_brake_takes_a_share_of_the_points_so_far():
    one = facts("turning")
    fit = {**one.fit, "sturdy": 0.5}
    found = judged(Facts("turning", {}, (), fit, {}, (), SIZE))
    before = 100 - method().weights["turning"]["sturdy"] * 0.5
    assert points(found, "brake.sturdy") == pytest.approx(
        -before * method().brakes["turning"]["sturdy"] * 0.5
    )


def test_each_further_finding_takes_half_of_the_one_before():
    def taken(count):
        walls = [Measurement("wall_mm", 0.6 - 0.01 * i, (i,), f"rib-{i}") for i in range(count)]
        return points(judged(facts(measurements=walls)), "findings.major")

    first = method().constants["findings"]["major"]
    assert [taken(n) for n in (1, 2, 3)] == pytest.approx([-first, -first * 1.5, -first * 1.75])


def test_places_that_break_a_rule_alike_are_one_finding():
    holes = [
        Measurement("hole_depth_ratio", 5.0, (i,), f"hole-{i}", {"through": 1, "diameter_mm": 4})
        for i in range(900)
    ]
    found = [f for f in judged(facts(measurements=holes)).findings if f.rule == "hole_depth"]
    assert len(found) == 1
    assert found[0].count == 900
    assert found[0].faces == tuple(range(900))


def test_many_different_places_are_told_up_to_a_dozen():
    holes = [
        Measurement(
            "hole_depth_ratio", 5 + i / 10, (i,), f"hole-{i}", {"through": 1, "diameter_mm": 4}
        )
        for i in range(40)
    ]
    found = [f for f in judged(facts(measurements=holes)).findings if f.rule == "hole_depth"]
    assert len(found) <= 12
    assert sum(f.count for f in found) == 40


def test_a_place_is_told_once_by_two_rules_of_one_fact():
    """Depth over diameter of a corner's cutter is 12.5 at a radius of 2 in 50: both rules break."""
    corner = {"radius_mm": 2.0, "depth_mm": 50.0}
    places = [
        Measurement("corner_radius_mm", 2.0, (4, 5), "pocket-1", {"depth_mm": 50.0}),
        Measurement("corner_reach_ratio", 12.5, (4, 5), "pocket-1", corner),
        Measurement("corner_radius_mm", 2.0, (8, 9), "pocket-2", {"depth_mm": 15.0}),
        Measurement("corner_reach_ratio", 3.75, (8, 9), "pocket-2", corner),
    ]
    told = {(f.rule, f.feature) for f in judged(facts(measurements=places)).findings}
    assert told == {("corner_reach", "pocket-1"), ("corner_radius_depth", "pocket-2")}


@pytest.mark.parametrize(("sink", "rules"), [(1.3, {"rib_thickness"}),
                                             (1.7, {"rib_thickness", "sink"})])  # fmt: skip
def test_a_graver_consequence_is_told_beside_its_cause(sink, rules):
    rib = [
        Measurement("rib_ratio", 0.8, (1, 2), "rib-1", {"wall_mm": 3.0}),
        Measurement("sink_ratio", sink, (1, 2), "rib-1", {}),
    ]
    assert {f.rule for f in judged(facts("moulding", measurements=rib)).findings} == rules


@pytest.mark.parametrize(("thick", "ratio", "wall", "told"), [
    (6.0, 2.4, 2.5, {"wall_change"}),  # the change is the cause
    (18.0, 2.1, 8.5, {"wall_change", "thick_wall"}),  # the wall is too thick without the lump
    (5.0, 1.7, 3.0, {"thick_wall"}),
])  # fmt: skip
def test_a_lump_is_one_cause_and_a_thick_wall_another(thick, ratio, wall, told):
    lump = [
        Measurement("section_mm", thick, (1, 2), None, {"wall_mm": wall}),
        Measurement("section_ratio", ratio, (1, 2), None, {"wall_mm": wall}),
    ]
    assert {f.rule for f in judged(facts("moulding", measurements=lump)).findings} == told


def test_of_a_lump_the_graver_half_is_told():
    """12 mm fail in a pressure die (10), 2.5 walls are only minor (3 fail)."""
    lump = [
        Measurement("section_mm", 12.0, (1, 2), None, {"wall_mm": 4.8}),
        Measurement("section_ratio", 2.5, (1, 2), None, {"wall_mm": 4.8}),
    ]
    found = judged(facts("die_casting", measurements=lump)).findings
    assert [(f.rule, f.severity) for f in found] == [("thick_wall", "major")]


def test_a_critical_finding_asks_for_changes():
    found = judged(facts(measurements=[Measurement("wall_mm", 0.3)]))
    assert found.verdict == "with_changes"
    assert found.findings[0].severity == "critical"


def test_a_material_that_cannot_be_cast_brakes():
    iron = judged(facts("die_casting"), Conditions(material("C45")))
    alloy = judged(facts("die_casting"), Conditions(material("AlSi9Cu3")))
    assert iron.suitability == pytest.approx(10)
    assert alloy.suitability == 100


def test_a_casting_alloy_is_not_milled_from_solid_for_choice():
    found = judged(facts("milling"), Conditions(material("AlSi9Cu3")))
    assert found.suitability == pytest.approx(40)


def test_quantity_turns_sand_into_die_casting():
    both = {name: facts(name, 0.9) for name in ("sand_casting", "die_casting")}
    few = judge(both, Conditions(annual=300), default_rules())
    many = judge(both, Conditions(annual=200_000), default_rules())
    assert few[0].process == "sand_casting"
    assert many[0].process == "die_casting"


def test_inside_its_usual_quantities_a_process_loses_nothing():
    assert points(judged(facts("forging"), Conditions(annual=5000)), "economics") == 0
    assert points(judged(facts("forging"), Conditions(annual=50)), "economics") == -18


def test_hints_are_a_term_of_their_own():
    one = facts("die_casting", 0.7)
    plain, told = judged(one), judged(one, Conditions(hints=Hints(("Druckguss-Deckel",))))
    assert points(plain, "hint") == 0
    assert told.suitability - plain.suitability == pytest.approx(points(told, "hint"))
    assert points(told, "hint") == method().constants["hint"]


def test_what_was_not_given_is_not_checked():
    why = {(n.what, n.why) for n in judged(facts()).not_checked}
    assert ("material", "not_given") in why
    assert ("economics", "no_quantity") in why


def test_a_force_without_a_material_names_the_one_assumed():
    sheet = {"thickness_mm": 2.0, "flat_perimeter_mm": 500.0}
    one = replace(facts("sheet_metal"), metrics=sheet)
    assumed = judged(one).metrics
    assert assumed["assumed_material"] == "DC01"
    steel = judged(one, Conditions(material("S355"))).metrics
    assert "assumed_material" not in steel
    assert steel["cut_force_kn"] == pytest.approx(500 * 2 * material("S355").shear_mpa / 1000)


def test_a_term_that_nobody_measured_is_an_error_and_not_zero():
    with pytest.raises(KeyError, match="one_thickness"):
        judged(replace(facts("sheet_metal"), fit={}))


def test_minus_zero_is_zero_to_a_reader():
    one = replace(facts(), metrics={"axis": np.array([-0.0, 1.0, -0.0])}).as_plain()
    assert [math.copysign(1, each) for each in one.metrics["axis"]] == [1, 1, 1]


def test_weights_that_do_not_add_up_are_refused():
    table = {
        "method": {}, "materials": {}, "cast_families": {}, "economics": {}, "hints": {},
        "milling": {"weights": {"reachable": 60, "solid": 30}},
    }  # fmt: skip
    with pytest.raises(ValueError, match="weights of milling add up to 90"):
        Method.from_table(table)


@pytest.mark.parametrize("process", PROCESSES)
def test_every_term_has_a_name_in_every_language(process):
    from workbench.language import sentences

    for name in {*method().weights[process], *method().brakes[process]}:
        assert len(sentences(f"summary.fit.{name}")) == 4


def test_judging_all_processes_takes_milliseconds():
    walls = [Measurement("wall_mm", 0.1 * i, (i, i + 1), None, {"length_mm": 5}) for i in range(60)]
    all_facts = {name: facts(name, 0.5, measurements=walls) for name in PROCESSES}
    judge(all_facts, Conditions(), default_rules())
    begun = time.perf_counter()
    judge(all_facts, Conditions(material("C45"), 1000, Hints(("x",))), default_rules())
    assert time.perf_counter() - begun < 0.05


def test_judging_anew_loads_neither_kernel_nor_ray_caster(tmp_path):
    from geometry.analysis import examine

    sample = DOCUMENT.parents[1] / "samples" / "bracket_bent.step"
    record = examine(sample.read_bytes(), name="bracket_bent.step").record
    (tmp_path / "record.json").write_text(json.dumps(record))
    own = '[milling.corner_radius_least]\nlimit = 2.0\nunit = "mm"\nsource = "ours"\n'
    (tmp_path / "own.toml").write_text(own)
    program = """
import json, pathlib, sys
from workbench.judging import Conditions, judge
folder = pathlib.Path(sys.argv[1])
record = json.loads((folder / "record.json").read_text())
own = folder / "own.toml"
for asked in Conditions(), Conditions("DC01"), Conditions(annual=70_000), Conditions(rules=own):
    assert judge(record, asked)[0]["processes"]
print(sorted({"OCP", "open3d", "scipy"} & set(sys.modules)))
"""
    run = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        cwd=DOCUMENT.parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout.strip() == "[]", run.stderr


def test_the_worked_example_of_the_document_is_what_the_program_computes():
    from geometry.features.recognition import recognise
    from geometry.processes.registry import measure_all
    from geometry.step import read_step

    text = DOCUMENT.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w.]+)` \| ([\d.]+) \| .*? \| ([−+]?[\d.]+) \|$", text, re.MULTILINE)
    total = float(re.search(r"\*\*Suitability: ([\d.]+)\*\*", text)[1])
    sample = DOCUMENT.parents[1] / "samples" / "flange.step"
    part = read_step(sample.read_bytes(), name="flange").parts[0]
    recognition = recognise(part)
    measured = measure_all(part, recognition, recognition.sheet)
    found = judge(measured.facts, Conditions(material("C45"), 60), default_rules())
    milling = next(j for j in found if j.process == "milling")
    told = {name: (float(v), float(p.replace("−", "-"))) for name, v, p in rows}
    computed = {t.name: (t.value, t.points) for t in milling.terms}
    assert told.keys() == computed.keys()
    for name, (value, worth) in computed.items():
        assert told[name] == pytest.approx((value, worth), abs=0.06), name
    assert total == pytest.approx(milling.suitability, abs=0.06)


# --- sources ---


def test_every_table_of_the_method_says_where_it_is_from():
    table = dict(read_table(suitability.SOURCE))
    told = table.pop("sources")
    kinds = {
        kind
        for name, entry in table.items()
        for kind in (entry if {"weights"} & set(entry) else (name,))
    }
    assert kinds == set(told)


def test_no_term_begins_or_ends_at_a_number_in_the_code():
    folder = Path(suitability.__file__).parent
    found = []
    for path in sorted(folder.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if (
                called
                and node.func.id == "ramp"
                and path.name not in ("grades.py", "measurement.py")
            ):
                ends = [each for each in node.args[1:] if isinstance(each, ast.Constant)]
                if any(each.value for each in ends):
                    found.append(f"{path.name}:{node.lineno}")
    assert found == []


def test_every_grade_is_asked_for():
    folder = Path(suitability.__file__).parent
    said = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    by_process = {f"{name}." for name in PROCESSES}
    unused = [
        name
        for name in grades()
        if f'"{name}"' not in said
        and not (name.split(".")[0] + "." in by_process and f'.{name.split(".")[1]}"' in said)
    ]
    assert unused == []


@pytest.mark.parametrize("lacking", [{"unit": " "}, {"source": ""}, {"one": 0.0}])
def test_a_grade_without_unit_source_or_extent_is_refused(lacking):
    entry = {"zero": 0.0, "one": 1.0, "unit": "1", "source": "ours: a test"} | lacking
    with pytest.raises(ValueError, match="grades"):
        Grade(**entry)
