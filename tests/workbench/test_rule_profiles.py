"""Limits that a reader can list, a profile that begins as a template, and what its use is told."""

import json
import re

import pytest

from geometry.processes.rules import default_rules
from workbench import language, rule_profiles
from workbench.cli import main
from workbench.judging import Conditions, judge, profile_record

RULES = default_rules().rules
OWN = '[milling.setups]\nlimit = 1\nunit = "1"\nsource = "our shop floor"\n'


@pytest.fixture
def profile(tmp_path):
    path = tmp_path / "shop.toml"
    path.write_text(OWN, encoding="utf-8")
    return path


def uncommented(text):
    return re.sub(r"(?m)^#(?=[\[a-z])", "", text)


@pytest.mark.parametrize("tag", language.LANGUAGES)
def test_a_fresh_template_changes_nothing(tmp_path, tag):
    path = tmp_path / "my.toml"
    path.write_text(rule_profiles.template(tag), encoding="utf-8")
    assert profile_record(path)["changed"] == []


@pytest.mark.parametrize("tag", language.LANGUAGES)
def test_a_template_whose_marks_are_all_taken_away_is_a_profile_of_every_rule(tmp_path, tag):
    path = tmp_path / "my.toml"
    path.write_text(uncommented(rule_profiles.template(tag)), encoding="utf-8")
    own = default_rules().with_profile(path)
    assert [(r.process, r.id) for r in own.rules] == [(r.process, r.id) for r in RULES]
    for mine, usual in zip(own.rules, RULES, strict=True):
        assert rule_profiles.record(mine)["limit"] == rule_profiles.record(usual)["limit"]
        assert mine.severity == usual.severity


def test_every_rule_is_listed_with_limit_unit_and_source(capsys):
    assert main(["rules", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["rules"]
    assert len(listed) == len(RULES)
    assert all({"process", "rule", "limit", "unit", "source"} <= set(each) for each in listed)


def test_the_rules_of_one_process_are_listed_alone(capsys):
    assert main(["rules", "list", "turning", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["rules"]
    assert {each["process"] for each in listed} == {"turning"}
    assert main(["rules", "list", "milling"]) == 0
    assert "drill_size" in capsys.readouterr().out


def test_a_template_is_written_and_checked(tmp_path, capsys):
    path = tmp_path / "my.toml"
    assert main(["rules", "template", str(path)]) == 0
    assert main(["rules", "check", str(path)]) == 0
    assert "my.toml" in capsys.readouterr().out


def test_a_good_profile_says_what_it_changes(profile, capsys):
    assert main(["rules", "check", str(profile), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["changed"] == [{"process": "milling", "rule": "setups"}]


def test_a_bad_profile_is_told_line_by_line(tmp_path, capsys):
    path = tmp_path / "bad.toml"
    path.write_text('[milling.setups]\nlimit = -1\nunit = "mm"\n[turning.slander]\nlimit = 2\n')
    assert main(["rules", "check", str(path)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("error: ")
    assert [re.search(r"bad\.toml:(\d+):", line)[1] for line in lines[1:]] == ["1", "4"]
    assert "did you mean “slender”" in lines[2]


def test_machines_get_every_fault_too(tmp_path, capsys):
    path = tmp_path / "bad.toml"
    path.write_text('[milling.setups]\nlimit = -1\nunit = "mm"\nsource = "x"\n')
    assert main(["analyse", "no-such.step", "--rules", str(path), "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "bad_rules"
    assert len(error["faults"]) == 2


def test_a_changed_limit_is_judged_from_the_record_alone(profile):
    """No kernel, no mesh: the record of an examination is enough."""
    facts = {
        "process": "milling", "metrics": {}, "gates": {}, "not_checked": [], "size": {},
        "fit": dict.fromkeys(
            ("reachable", "cuttable_corners", "cut_faces", "few_setups", "solid", "cutter_marks",
             "stiff", "no_simpler_stock", "from_bar", "size"), 1.0),
        "measurements": [{"quantity": "setups", "value": 2.0}],
    }  # fmt: skip
    part = {"name": "p", "volume_mm3": 1.0, "facts": {"milling": facts}}
    record = {"source": {"name": "p.step"}, "assembly": {"name": "p"}, "parts": [part]}
    usual = judge(record, Conditions())[0]["findings"]
    own = judge(record, Conditions(rules=profile))[0]["findings"]
    assert usual == []
    assert [(f["rule"], f["limit"]["value"]) for f in own] == [("setups", 1.0)]
    assert own[0]["source"] == "our shop floor"
