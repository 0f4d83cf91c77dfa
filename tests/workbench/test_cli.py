import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from workbench import cli, examining, judging, language
from workbench.cli import catalogue_views, views

FOLDER = Path(__file__).parent


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A home of its own, and examinations without the kernel."""
    folder = tmp_path / "home"
    monkeypatch.setenv("WORKBENCH_HOME", str(folder))
    monkeypatch.setenv("WORKBENCH_MAX_BYTES", "1000")
    monkeypatch.syspath_prepend(str(FOLDER))
    monkeypatch.setattr(examining, "EXAMINE", "fake_geometry:examine")
    monkeypatch.setattr(examining, "DEPICT", "fake_geometry:depict")
    monkeypatch.setattr(judging, "judge", lambda record, _: [judged(p) for p in record["parts"]])
    return folder


def judged(part):
    rules = ["sharp_inner_corner"] if part["name"] == "Sharp" else []
    finding = {
        "id": "finding-1",
        "rule": "sharp_inner_corner",
        "process": "milling",
        "severity": "major",
        "measured": {"value": 3.0, "unit": "mm"},
        "limit": {"value": 0.0, "unit": "mm", "relation": "<="},
        "faces": [0],
        "source": "test",
    }
    process = {
        "process": "milling",
        "suitability": 80.0,
        "verdict": "suitable",
        "metrics": {},
        "findings": ["finding-1"] if rules else [],
        "terms": [{"name": "fit.reachable", "value": 1.0, "points": 80.0}],
        "not_checked": [],
    }
    return {"processes": [process], "findings": [finding] if rules else []}


@pytest.fixture
def file(tmp_path):
    def write(text, name="part.step"):
        path = tmp_path / name
        path.write_text(text)
        return str(path)

    return write


def test_help_answers_at_once_and_loads_nothing_heavy():
    command = [sys.executable, "-X", "importtime", "-m", "workbench", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    heavy = ("sqlalchemy", "rich", "numpy", "OCP", "open3d", "nicegui", "pydantic", "alembic")
    loaded = {
        line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()
    }
    assert not loaded & set(heavy)
    assert "analyse" in done.stdout


@pytest.mark.parametrize("tag", language.LANGUAGES)
def test_help_speaks_every_language(tag, capsys):
    for command in ([], ["analyse"], ["match"], ["plants", "import"], ["parts", "list"]):
        assert cli.main(["--language", tag, *command, "--help"]) == 0
    assert language.text("cli.command.analyse", tag) in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["frob"],
        ["match", "x.step"],
        ["analyse", "x.step", "--annual", "many"],
        ["analyse", "x.step", "--annual", "0"],
        ["analyse", "x.step", "--unknown"],
        ["similar", "x.step", "--mode", "colour"],
        ["similar", "x.step", "--faces", "three"],
        ["know", "0000000000000000-0", "--status", "lost"],
        ["know", "0000000000000000-0", "--price", "much"],
        ["know", "0000000000000000-0", "--status", "made"],
        ["analyse", "x.step", "--language", "fr"],
        ["analyse", "no such file.step"],
        ["analyse", "x.step", "--material", "unobtainium"],
        ["analyse", "x.step", "--process", "magic"],
        ["report", "x.step"],
        ["unfold", "x.step", "--k-factor", "1:much"],
        ["unfold", "x.step", "--k-factor", "0.7"],
        ["unfold", "x.step", "--sheet", "3000"],
        ["parts", "remove", "0000000000000000-0"],
    ],
)
def test_wrong_use_is_one_line_and_exit_code_2(arguments, capsys):
    assert cli.main([*arguments, "--json"]) == 2
    said = capsys.readouterr()
    assert said.err.startswith("error: ")
    assert said.err.count("\n") == 1
    if arguments:
        assert {"code", "message", "hint"} <= json.loads(said.out)["error"].keys()


def test_k_factors_are_one_number_or_a_table_and_a_sheet_is_two_sides():
    from workbench.cli.arguments import build_parser

    given = ["unfold", "x.step", "--k-factor", "1:0.38,3:0.43", "--sheet", "3000x1500"]
    options = build_parser().parse_args(given)
    assert options.k_factor == {1.0: 0.38, 3.0: 0.43}
    assert options.sheet == (3000.0, 1500.0)
    assert build_parser().parse_args(["unfold", "x", "--k-factor", "0.4"]).k_factor == {1.0: 0.4}


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [("Body truncated", 3, "truncated"), ("x" * 1001, 4, "too_large")],
)
def test_a_bad_file_has_its_exit_code_and_its_word(file, capsys, text, code, word):
    assert cli.main(["analyse", file(text), "--json"]) == code
    said = capsys.readouterr()
    assert json.loads(said.out)["error"]["code"] == word
    assert said.err.count("\n") == 1


def test_an_error_is_said_in_the_language_asked_for(file, capsys):
    assert cli.main(["analyse", file("Body truncated"), "--language", "ru"]) == 3
    said = capsys.readouterr()
    assert "файл обрывается" in said.err
    assert said.out == ""


def test_an_analysis_in_json_is_all_there_is_on_stdout(file, capsys):
    assert cli.main(["analyse", file("Body"), "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["parts"][0]["name"] == "Body"
    assert said.err == ""


def test_an_analysis_for_people_shows_part_process_and_terms(file, capsys):
    assert cli.main(["analyse", file("Sharp"), "--explain"]) == 0
    said = capsys.readouterr().out
    for words in ("Sharp", "milling", "80", "Inner corners", "shape: surface that tools reach"):
        assert words in said


def test_points_are_written_as_the_language_writes_numbers(file, capsys):
    assert cli.main(["analyse", file("Sharp"), "--explain", "--language", "ru"]) == 0
    said = capsys.readouterr().out
    assert "+80,0" in said
    assert "+80.0" not in said


def test_an_analysis_for_people_names_the_limits_it_was_judged_by(file, capsys, tmp_path):
    assert cli.main(["analyse", file("Sharp")]) == 0
    assert "Rule profile: the program's own, without changes" in capsys.readouterr().out
    profile = tmp_path / "mine.toml"
    profile.write_text('[milling.setups]\nlimit = 1\nunit = "1"\nsource = "our shop"\n')
    assert cli.main(["analyse", file("Sharp"), "--explain", "--rules", str(profile)]) == 0
    assert "Rule profile: mine.toml: 1 of the limits" in capsys.readouterr().out


@pytest.mark.parametrize(("limit", "code"), [("major", 1), ("critical", 0), ("minor", 1)])
def test_fail_on_answers_with_the_exit_code(file, limit, code):
    assert cli.main(["analyse", file("Sharp"), "--json", "--fail-on", limit]) == code


def test_what_is_unexpected_is_one_line_that_names_the_log(file, home, capsys, monkeypatch):
    def broken(*_):
        raise RuntimeError("nobody thought of this")

    monkeypatch.setattr(judging, "judge", broken)
    assert cli.main(["analyse", file("Body"), "--json"]) == 5
    said = capsys.readouterr()
    assert json.loads(said.out)["error"]["code"] == "internal"
    assert said.err.count("\n") == 1
    (log,) = home.glob("logs/*.log")
    assert str(log) in said.err
    assert "nobody thought of this" in log.read_text()


def test_a_bug_in_a_worker_is_told_the_same_way(file, home, capsys, monkeypatch):
    monkeypatch.setattr(examining, "EXAMINE", "fake_jobs:sleep")  # takes no `name`: TypeError
    assert cli.main(["analyse", file("Body")]) == 5
    assert "Traceback" not in capsys.readouterr().err
    (log,) = home.glob("logs/*.log")
    assert "TypeError" in log.read_text()


def test_many_files_go_on_after_a_failure(file, tmp_path, capsys):
    paths = [file("Good", "good.step"), file("truncated", "bad.step")]
    out = tmp_path / "out"
    assert cli.main(["analyse", *paths, "--out", str(out)]) == 0
    assert sorted(path.name for path in out.iterdir()) == ["bad.step.json", "good.step.json"]
    assert json.loads((out / "bad.step.json").read_text())["error"]["code"] == "truncated"
    assert json.loads((out / "good.step.json").read_text())["parts"][0]["name"] == "Good"
    assert cli.main(["analyse", *paths, "--out", str(out), "--strict"]) == 3
    assert cli.main(["analyse", paths[1], "--out", str(out)]) == 3
    capsys.readouterr()
    assert cli.main(["analyse", *paths, "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["failed"] == 1


def test_a_folder_stands_for_its_step_files_and_equal_names_do_not_overwrite(tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.STP").write_text(folder)
        (tmp_path / folder / "notes.txt").write_text("not looked at")
    out = tmp_path / "out"
    assert (
        cli.main(["analyse", str(tmp_path / "one"), str(tmp_path / "two"), "--out", str(out)]) == 0
    )
    answers = [json.loads(path.read_text()) for path in out.iterdir()]
    assert {answer["parts"][0]["name"] for answer in answers} == {"one", "two"}
    assert (out / "same.STP.json").exists()


def test_several_files_in_json_need_a_folder(file, capsys):
    assert cli.main(["analyse", file("A", "a.step"), file("B", "b.step"), "--json"]) == 2
    assert "--out" in capsys.readouterr().err


@pytest.mark.parametrize(
    "name",
    [
        b"<script>alert(1)<script>.step",
        b"[red]markup[bold].step",
        b"\x1b[31mescape\x07.step",
        b"d\xe9tal.step",
        b"-rf.step",
        b"x" * 245 + b".step",
        "qopqog\N{MODIFIER LETTER TURNED COMMA}i \N{RIGHT-TO-LEFT OVERRIDE}.step".encode(),
        b"line\nbreak.step",
    ],
)
def test_hostile_names_are_shown_and_not_obeyed(tmp_path, capsys, name):
    path = tmp_path / os.fsdecode(name)
    path.write_text("Body")
    assert cli.main(["analyse", str(path), "--json"]) == 0
    json.loads(capsys.readouterr().out)
    out = tmp_path / "out"
    assert cli.main(["analyse", str(path), "--out", str(out)]) == 0
    (written,) = out.iterdir()
    assert len(os.fsencode(written.name)) <= 255
    shown = capsys.readouterr().out
    assert cli.main(["analyse", str(path)]) == 0
    assert cli.main(["add", str(path)]) == 0
    assert cli.main(["parts", "list"]) == 0
    shown += capsys.readouterr().out
    path.write_text("truncated")
    assert cli.main(["analyse", str(path)]) == 3
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    for sign in ("\x1b[31m", "\x07", "\N{RIGHT-TO-LEFT OVERRIDE}"):
        assert sign not in shown + said
    if b"[red]" in name:
        assert "[red]markup[bold]" in said


def test_the_catalogue_is_filled_listed_searched_and_emptied(file, capsys):
    assert cli.main(["add", file("Lid Base", "box.step"), "--json"]) == 0
    keys = [part["part"] for part in json.loads(capsys.readouterr().out)["parts"]]
    assert cli.main(["parts", "list", "lid", "--json"]) == 0
    assert [p["part"] for p in json.loads(capsys.readouterr().out)["parts"]] == [keys[0]]
    assert cli.main(["parts", "remove", *keys]) == 0
    capsys.readouterr()
    assert cli.main(["parts", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["parts"] == []


def test_matching_without_plants_says_how_to_get_them(file, capsys):
    assert cli.main(["match", file("Body"), "--annual", "5"]) == 2
    assert "plants import" in capsys.readouterr().err


def test_plants_go_in_and_out_of_workbooks(tmp_path, capsys):
    template, copy = tmp_path / "template.xlsx", tmp_path / "copy.xlsx"
    assert cli.main(["plants", "template", str(template)]) == 0
    assert template.read_bytes().startswith(b"PK")
    assert cli.main(["plants", "import", "samples/plants.xlsx"]) == 0
    assert cli.main(["plants", "export", str(copy)]) == 0
    assert cli.main(["plants", "import", str(copy)]) == 0
    capsys.readouterr()
    assert cli.main(["plants", "list", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["plants"]) >= 12


def test_writing_where_nothing_can_be_written_is_said(tmp_path, capsys):
    assert cli.main(["plants", "template", str(tmp_path / "no" / "folder.xlsx")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_home_that_is_a_file_is_said(home, file, capsys):
    home.write_text("in the way")
    assert cli.main(["analyse", file("Body"), "--json"]) == 5
    said = capsys.readouterr()
    assert json.loads(said.out)["error"]["code"] == "storage"
    assert "WORKBENCH_HOME" in said.err


def test_the_schema_is_printed(capsys):
    assert cli.main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "workbench.analysis/1"


def test_ctrl_c_ends_quietly_and_soon(home, tmp_path):
    path = tmp_path / "slow.step"
    path.write_text("Body sleep:60")
    program = (
        f"import sys; sys.path.insert(0, {str(FOLDER)!r})\n"
        "from workbench import cli, examining\n"
        "examining.EXAMINE = 'fake_geometry:examine'\n"
        f"sys.exit(cli.main(['analyse', {str(path)!r}]))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stderr=subprocess.PIPE, text=True
    ) as started:
        until = time.monotonic() + 60
        while not list(home.glob("locks/??-*.lock")) and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(1.0)
        started.send_signal(signal.SIGINT)
        _, said = started.communicate(timeout=30)
    assert (said, started.returncode) == ("interrupted\n", cli.INTERRUPTED)


def test_a_reader_that_leaves_early_is_no_error():
    command = f"{sys.executable} -m workbench schema | head -c 10"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.stderr, len(done.stdout)) == ("", 10)


@pytest.mark.parametrize(
    ("feature", "told"),
    [
        (("pattern", "grid", {"count": 4, "pitch_mm": 7.5}), "4 ×, pitch 7.50 mm"),
        (("pattern", "circular", {"count": 6, "pitch_deg": 60.0}), "6 ×, angular pitch 60.0°"),
        (("gear", "spur", {"teeth": 17, "module_mm": 2.0}), "teeth 17, module 2.00 mm"),
    ],
)
def test_a_number_that_says_nothing_alone_has_its_name(feature, told):
    kind, of, parameters = feature
    with language.using("en"):
        table = views._features([{"type": kind, "kind": of, "parameters": parameters}])
    assert [str(cell).replace("\N{NO-BREAK SPACE}", " ") for cell in table.columns[2].cells] == [
        told
    ]


@pytest.mark.parametrize("tag", language.LANGUAGES)
def test_a_hole_tells_what_it_is_sunk_for_and_its_thread(tag):
    size = {"diameter_mm": 3.2, "depth_mm": 4.0, "bottom": "open"}
    sunk = [
        {},
        {"countersink": {"diameter_mm": 6.3, "angle_deg": 90.0}},
        {"counterbore": {"diameter_mm": 8.0, "depth_mm": 4.5}},
        {"thread": {"designation": "[M4]", "from": "diameter"}},
    ]
    holes = [{"type": "hole", "kind": "through", "parameters": {**size, **own}} for own in sunk]
    with language.using(tag):
        table = views._features(holes)
        told = [str(cell) for cell in table.columns[2].cells]
        names = [language.text(f"feature.parameter.{next(iter(own))}") for own in sunk[1:]]
        assert len(told) == 4
        for name, (one, two), cell in zip(
            names, (("6", "90"), ("8", "4"), ("[M4]", "M4")), told[1:], strict=True
        ):
            inside = cell.rpartition(f"{name} (")[2]
            assert one in inside
            assert two in inside
        assert "(" not in told[0]


@pytest.mark.parametrize("tag", language.LANGUAGES)
def test_likeness_and_families_are_told_in_every_language(tag, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")  # no word is broken
    why = {"alike": ["graph"], "different": ["size"], "size_ratio": [2.0, 1.0, 1.0],
           "mirrored": False}  # fmt: skip
    part = {"part": "0123456789abcdef-0", "name": "a.step", "part_name": "[red]A"}
    known = {"status": "made", "price": 12.5, "currency": "USD", "plant": "Zavod"}
    results = [
        {**part, "similarity": 0.9, "why": why, "known": known},
        {**part, "similarity": 0.8, "why": {**why, "mirrored": True},
         "standard_part": {"kind": "screw", "designation": "ISO 4762 M8 × 30"}},
    ]  # fmt: skip
    pair = {"a": part, "b": part, "similarity": 0.95}
    dimension = {"feature": "hole", "parameter": "diameter_mm", "a": 8.0, "b": 8.5, "count": 4}
    family = {"representative": part["part"], "likeness": 0.9, "parts": [part, part]}
    with language.using(tag):
        catalogue_views.similar({"results": results})
        catalogue_views.families(
            {"count": 9, "families": [family], "duplicates": [pair], "mirrored": [pair],
             "standardise": [{**pair, "dimension": dimension}]}
        )  # fmt: skip
        catalogue_views.evidence([{**part, "similarity": 0.9, **known}])
    said = " ".join(capsys.readouterr().out.split())
    assert "[red]A" in said
    assert "ISO 4762" in said
    assert "Zavod" in said
    assert not re.search(r"\b(cli|likeness|feature)\.\w", said)
