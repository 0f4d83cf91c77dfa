"""Parts that are hard to judge: what can be judged is judged, the rest is named with its reason."""

import json
import math

import cadquery as cq
import pytest
from revisions import step_text
from shapes import part_of

from geometry.analysis import examine
from geometry.features.recognition import recognise
from geometry.fields import fields
from geometry.part import STRICT_VARIABLE
from geometry.processes.registry import PROCESSES, measure_all
from geometry.processes.rules import default_rules
from geometry.processes.suitability import Conditions, judge
from workbench.judging import Conditions as Given
from workbench.judging import analysis

TINY = cq.Workplane().box(0.001, 0.001, 0.001)
HUGE = cq.Workplane().box(1e6, 2e5, 3e5)
BALL = cq.Workplane().sphere(10)
RING = cq.Workplane(obj=cq.Solid.makeTorus(20, 5))
HOLLOW = cq.Workplane().box(40, 40, 40).cut(cq.Workplane().box(20, 20, 20))
PLAIN = cq.Workplane().box(40, 30, 20)


def measured(shape):
    part = part_of(shape)
    recognition = recognise(part)
    return measure_all(part, recognition, recognition.sheet)


def judged(shape):
    facts = measured(shape).facts
    return {j.process: j for j in judge(facts, Conditions(), default_rules())}


def reasons(judgement):
    return {(missing.what, missing.why) for missing in judgement.not_checked}


@pytest.mark.parametrize(
    "shape", [TINY, HUGE, BALL, RING, HOLLOW], ids=["tiny", "huge", "ball", "ring", "hollow"]
)
def test_every_process_judges_it_with_finite_numbers(shape):
    found = judged(shape)
    assert set(found) == set(PROCESSES)
    for judgement in found.values():
        json.dumps(dict(judgement.metrics), allow_nan=False)
        assert math.isfinite(judgement.suitability)


@pytest.mark.parametrize("shape", [TINY, HUGE], ids=["a micrometre", "a kilometre"])
def test_a_size_that_nobody_draws_is_named_by_every_process(shape):
    for judgement in judged(shape).values():
        assert ("scale", "size_not_plausible") in reasons(judgement)
        assert "operations" not in judgement.metrics


@pytest.mark.parametrize(("shape", "length_mm"), [(TINY, 0.001), (HUGE, 1e6)])
def test_a_size_that_nobody_draws_is_warned_of_with_its_length(shape, length_mm):
    (warning,) = measured(shape).warnings
    assert warning.code == "size_not_plausible"
    assert warning.values == {"length_mm": pytest.approx(length_mm)}


def test_an_ordinary_size_is_not_doubted():
    assert not measured(PLAIN).warnings
    for judgement in judged(PLAIN).values():
        assert ("scale", "size_not_plausible") not in reasons(judgement)


@pytest.mark.parametrize("shape", [BALL, RING], ids=["ball", "ring"])
def test_a_part_without_a_flat_face_can_be_turned_and_has_its_minutes(shape):
    turning = judged(shape)["turning"]
    assert turning.verdict != "unsuitable"
    assert turning.metrics["minutes"] > 0


def test_a_closed_void_can_be_milled_by_nobody():
    milling = judged(HOLLOW)["milling"]
    unreachable = next(f for f in milling.findings if f.rule == "unreachable")
    assert unreachable.severity == "critical"
    assert len(unreachable.faces) == 6
    # the inner cube's skin over both skins
    assert unreachable.measured == pytest.approx(20**2 / (20**2 + 40**2), rel=1e-3)
    assert milling.metrics["unreachable_area_mm2"] == pytest.approx(6 * 20**2, rel=1e-3)


def test_a_skin_that_does_not_close_has_no_volume_to_trust():
    import dataclasses

    part = dataclasses.replace(part_of(PLAIN), closed=False)
    recognition = recognise(part)
    for facts in measure_all(part, recognition, recognition.sheet).facts.values():
        assert ("volume", "open_shell") in {(n.what, n.why) for n in facts.not_checked}


def test_without_a_material_its_fit_is_not_checked_and_the_assumed_one_is_named():
    for process in ("milling", "turning"):  # one material for all cutting of a part
        judgement = judged(cq.Workplane().circle(10).extrude(40))[process]
        assert ("material", "not_given") in reasons(judgement)
        assert judgement.metrics["assumed_material"] == "EN-AW-6082"


def test_a_material_that_nobody_knows_is_said_to_be_unknown():
    from workbench import judging

    part = part_of(PLAIN)
    recognition = recognise(part)
    facts = measure_all(part, recognition, recognition.sheet).facts
    record = {
        "source": {"name": "a.step"},
        "assembly": {"name": "a"},
        "parts": [
            {
                "name": "a", "material": "unobtainium 7", "volume_mm3": 24_000.0,
                "facts": {name: each.to_dict() for name, each in facts.items()},
            }
        ],
    }  # fmt: skip
    for hints, why in ((True, "not_known"), (False, "not_given")):
        (answer,) = judging.judge(record, judging.Conditions(hints=hints))
        for process in answer["processes"]:
            assert {"what": "material", "why": why} in process["not_checked"]


def fails(*_of_anything):
    raise ZeroDivisionError("odd geometry")


@pytest.mark.parametrize("process", PROCESSES)
def test_a_process_whose_measuring_fails_costs_neither_the_others_nor_the_features(
    process, monkeypatch
):
    monkeypatch.delenv(STRICT_VARIABLE)
    monkeypatch.setitem(PROCESSES, process, fails)
    examined = examine(step_text(PLAIN.faces(">Z").workplane().hole(8).val()), name="plain.step")
    answer = analysis(examined.record, "plain.step", Given())
    (part,) = answer["parts"]
    assert [feature["type"] for feature in part["features"]] == ["hole"]
    assert {entry["process"] for entry in part["processes"]} == set(PROCESSES)
    (failed,) = [entry for entry in part["processes"] if entry["process"] == process]
    assert failed["suitability"] == 0 and failed["verdict"] == "unsuitable"
    assert {"what": "process", "why": "failed"}.items() <= failed["not_checked"][0].items()
    assert sum(term["points"] for term in failed["terms"]) == 0
    assert [w["code"] for w in answer["warnings"]] == ["process_failed"]
    assert "odd geometry" in answer["warnings"][0]["detail"]
    assert "odd geometry" not in answer["warnings"][0]["message"]


def test_a_field_that_fails_costs_neither_the_features_nor_the_processes_that_do_without(
    monkeypatch,
):
    monkeypatch.delenv(STRICT_VARIABLE)
    monkeypatch.setattr(fields, "parting_line", fails)
    examined = examine(step_text(PLAIN.faces(">Z").workplane().hole(8).val()), name="plain.step")
    answer = analysis(examined.record, "plain.step", Given())
    (part,) = answer["parts"]
    assert [feature["type"] for feature in part["features"]] == ["hole"]
    assert next(e for e in part["processes"] if e["process"] == "milling")["suitability"] > 50
    assert answer["warnings"][0]["code"] == "family_failed"
    assert "odd geometry" in answer["warnings"][0]["detail"]


def test_every_stage_of_the_contract_is_timed():
    examined = examine(step_text(PLAIN.val()), name="plain.step")
    seconds = analysis(examined.record, "plain.step", Given())["timing_s"]
    stages = ("read", "mesh", "features", "fields", "processes")
    assert all(seconds[stage] > 0 for stage in stages)
    assert sum(seconds[stage] for stage in stages) <= seconds["total"]


def test_tests_do_not_put_up_with_an_examination_that_fails(monkeypatch):
    monkeypatch.setitem(PROCESSES, "milling", fails)
    with pytest.raises(ZeroDivisionError):
        judged(PLAIN)


@pytest.mark.parametrize("times", [1, 99])
def test_a_surface_that_the_kernel_breaks_off_on_is_read_the_long_way_or_told(times, monkeypatch):
    from OCP.Standard import Standard_OutOfRange

    from geometry.errors import CorruptFile
    from geometry.kernel import meshing
    from geometry.step import read_step

    usual, calls = meshing.BRepBndLib.Add_s, []

    class Breaking:
        @staticmethod
        def Add_s(shape, box):
            calls.append(shape)
            if len(calls) <= times:
                raise Standard_OutOfRange("NCollection_Array1::Value")
            usual(shape, box)

    monkeypatch.setattr(meshing, "BRepBndLib", Breaking)
    if times > 1:
        with pytest.raises(CorruptFile):
            read_step(step_text(PLAIN.val()))
    else:
        assert len(read_step(step_text(PLAIN.val())).parts) == 1
