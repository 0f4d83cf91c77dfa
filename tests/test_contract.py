"""What the command prints has the form of the schemas kept in the project."""

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

import samples
from workbench import contract

SAMPLES = Path(samples.__file__).parent
SHOWN = ("gearbox_cover", "bracket_bent", "valve_block", "shaft_stepped", "pedal_assembly")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def run(home):
    import os

    def call(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "workbench", *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
            env={**os.environ, "WORKBENCH_HOME": str(home)},
        )

    return call


@pytest.fixture(scope="module")
def answers(run, home):
    out = home / "out"
    paths = [SAMPLES / f"{name}.step" for name in SHOWN]
    done = run("analyse", *paths, "--out", out, "--jobs", 2, "--strict")
    assert (done.returncode, done.stderr) == (0, "")
    return {name: json.loads((out / f"{name}.step.json").read_text()) for name in SHOWN}


def validate(answer, name):
    schema = json.loads(contract.schema_path(name).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(answer)


@pytest.mark.parametrize("name", contract.SCHEMAS)
def test_the_schema_kept_in_the_project_is_that_of_the_models(name):
    kept = json.loads(contract.schema_path(name).read_text(encoding="utf-8"))
    assert kept == contract.schema(name)
    jsonschema.Draft202012Validator.check_schema(kept)


@pytest.mark.parametrize("name", SHOWN)
def test_an_analysis_keeps_the_contract(answers, name):
    validate(answers[name], "analysis")


@pytest.mark.parametrize("name", SHOWN)
def test_terms_add_up_to_the_suitability(answers, name):
    for part in answers[name]["parts"]:
        for process in part["processes"]:
            total = sum(term["points"] for term in process["terms"])
            assert total == pytest.approx(process["suitability"], abs=1e-6)


@pytest.mark.parametrize("name", SHOWN)
def test_processes_come_best_first_and_all_numbers_point_at_something(answers, name):
    for part in answers[name]["parts"]:
        scores = [process["suitability"] for process in part["processes"]]
        assert scores == sorted(scores, reverse=True)
        findings = {finding["id"] for finding in part["findings"]}
        features = {feature["id"] for feature in part["features"]}
        for process in part["processes"]:
            assert set(process["findings"]) <= findings
        for holder in (*part["findings"], *part["features"]):
            assert all(face < len(part["faces"]) for face in holder["faces"])
        for face in part["faces"]:
            assert set(face["features"]) <= features


@pytest.mark.parametrize("name", SHOWN)
def test_a_summary_counts_as_many_findings_as_stand_beside_it(answers, name):
    told = [each for part in answers[name]["parts"] for each in part["processes"]]
    for process in told:
        if "finding" in process["summary"]["en"]:
            assert f"; {len(process['findings'])} finding" in process["summary"]["en"]


@pytest.mark.parametrize("name", SHOWN)
def test_every_sentence_is_a_sentence_in_every_language(answers, name):
    for part in answers[name]["parts"]:
        for finding in part["findings"]:
            for key in ("message", "why", "fix"):
                assert not any(text.startswith("rule.") for text in finding[key].values())


def test_a_sheet_part_unfolds_to_the_contract(run, home):
    done = run("unfold", SAMPLES / "bracket_bent.step", "-o", home / "flat.dxf", "--json")
    answer = json.loads(done.stdout)
    validate(answer, "flat")
    assert Path(answer["dxf"]).read_bytes().startswith(b"  0\nSECTION")


def test_a_comparison_keeps_the_contract(run):
    path = SAMPLES / "flange.step"
    answer = json.loads(run("compare", path, path, "--json").stdout)
    validate(answer, "comparison")
    assert (answer["same_shape"], answer["volume_change"]) == (True, 0.0)


def test_likeness_in_the_catalogue_keeps_the_contract(run):
    paths = [SAMPLES / f"{name}.step" for name in ("flange", "bracket_bent")]
    assert run("add", *paths).returncode == 0
    answer = json.loads(run("similar", paths[0], "--json").stdout)
    validate(answer, "similar")
    assert answer["results"][0]["name"] == "flange.step"


def test_a_match_keeps_the_contract(run):
    answer = json.loads(
        run(
            *("match", SAMPLES / "bracket_bent.step", "--annual", 20000, "--material", "DC01"),
            *("--plants", SAMPLES / "plants.xlsx", "--json"),
        ).stdout
    )
    validate(answer, "match")
    assert answer["routes"]


def test_an_error_keeps_the_contract(run, tmp_path):
    (tmp_path / "notes.step").write_text("not a model")
    done = run("analyse", tmp_path / "notes.step", "--json")
    assert done.returncode == 3
    validate(json.loads(done.stdout), "error")
