"""`workbench compare` and `workbench history` on real files: answers, exit codes, reports."""

import json
import subprocess

import cadquery as cq
import pytest

from workbench import cli

HOSTILE = "<b>evil<b> $(rm) .step"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("revisions")
    box = cq.Workplane().box(30, 20, 10)
    drawn = {
        "one": box,
        "moved": box.rotate((0, 0, 0), (1, 2, 3), 40).translate((5, 6, 7)),
        "drilled": box.cut(cq.Workplane().center(6, 3).circle(3).extrude(30, both=True)),
        "narrow": box.cut(cq.Workplane().center(6, 3).circle(2.5).extrude(30, both=True)),
        "wider": box.cut(cq.Workplane().center(6, 3).circle(3.5).extrude(30, both=True)),
    }
    for name, shape in drawn.items():
        cq.exporters.export(shape, str(place / f"{name}.step"))
    face = cq.Face.makePlane(10, 10)
    cq.exporters.export(cq.Workplane(obj=face), str(place / "open.step"))
    pair = cq.Assembly().add(box, name="a").add(box, name="b", loc=cq.Location((50, 0, 0)))
    pair.export(str(place / "pair.step"))
    header = (place / "one.step").read_bytes().split(b"DATA;")[0]
    (place / "empty.step").write_bytes(header + b"DATA;\nENDSEC;\nEND-ISO-10303-21;\n")
    (place / "text.step").write_bytes(b"not a STEP file")
    (place / HOSTILE).write_bytes((place / "drilled.step").read_bytes())
    return place


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_HOME", str(tmp_path_factory.mktemp("home")))
        yield


def asked(capsys, *arguments):
    code = cli.main([*map(str, arguments), "--json"])
    said = capsys.readouterr()
    return code, json.loads(said.out), said.err


def test_a_build_fails_on_a_change_and_not_on_a_part_that_only_moved(folder, capsys):
    one = folder / "one.step"
    code, found, _ = asked(capsys, "compare", one, folder / "moved.step", "--fail-on", "change")
    assert (code, found["same_shape"]) == (0, True)
    code, found, _ = asked(capsys, "compare", one, folder / "drilled.step", "--fail-on", "change")
    assert (code, found["same_shape"]) == (1, False)
    assert found["schema"] == "workbench.comparison/1"
    assert [feature["type"] for feature in found["features"]["added"]] == ["hole"]
    assert found["volume_removed_mm3"] == pytest.approx(3.141592653589793 * 9 * 10)
    assert {"a", "b", "process", "findings", "verdict"} <= found["processes"][0].keys()


def test_the_shape_alone_is_compared_alike_whether_files_were_examined_or_not(folder, capsys):
    pair = folder / "narrow.step", folder / "wider.step"
    code, unseen, _ = asked(capsys, "compare", *pair, "--shape-only", "--fail-on", "change")
    assert code == 1
    (change,) = unseen["features"]["changed"]
    assert [change[key] for key in ("parameter", "from", "to")] == pytest.approx(
        ["diameter_mm", 5.0, 7.0]
    )
    assert asked(capsys, "analyse", pair[0])[0] == 0
    _, half, _ = asked(capsys, "compare", *pair, "--shape-only")
    _, judged, _ = asked(capsys, "compare", *pair)
    assert judged.pop("processes")
    _, known, _ = asked(capsys, "compare", *pair, "--shape-only")
    assert known == half == unseen == {key: judged[key] for key in unseen}


def test_without_being_asked_a_change_is_no_failure(folder, capsys):
    assert asked(capsys, "compare", folder / "one.step", folder / "drilled.step")[0] == 0


@pytest.mark.parametrize(
    ("form", "start"), [("html", b"<!doctype"), ("pdf", b"%PDF"), ("json", b"{")]
)
def test_a_comparison_is_written_as_a_report(folder, tmp_path, form, start):
    out = tmp_path / f"out.{form}"
    files = folder / "one.step", folder / HOSTILE
    assert cli.main(["compare", *map(str, files), "-o", str(out), "--language", "ru"]) == 0
    made = out.read_bytes()
    assert made.startswith(start)
    assert b"<b>evil" not in made or form == "json"
    if form == "html":
        assert made.count(b"data:image/png") == 3  # both, and how far they are apart


def test_a_report_of_an_unknown_form_is_refused_before_anything_is_read(capsys):
    code, found, said = asked(capsys, "compare", "no.step", "no.step", "-o", "out.xlsx")
    assert code == 2
    assert ".pdf" in said
    assert "error" in found


@pytest.mark.parametrize("name", ["open.step", "empty.step", "text.step"])
def test_what_holds_no_solid_is_one_line_and_exit_code_3(folder, capsys, name):
    for files in ((folder / "one.step", folder / name), (folder / name, folder / "one.step")):
        code, found, said = asked(capsys, "compare", *files, "--fail-on", "change")
        assert code == 3
        assert said.count("\n") == 1
        assert name in said
        assert "error" in found


def test_a_part_against_an_assembly_of_it_is_told(folder, capsys):
    code, found, _ = asked(capsys, "compare", folder / "one.step", folder / "pair.step")
    assert code == 0
    assert not found["same_shape"]
    (count,) = found["assembly"]["counts"]
    assert (count["from"], count["to"]) == (1, 2)


def test_a_history_tells_each_step(folder, capsys):
    names = ("one", "moved", "drilled", "wider")
    code, found, _ = asked(capsys, "history", *(folder / f"{name}.step" for name in names))
    assert code == 0
    assert found["schema"] == "workbench.history/1"
    assert [each["name"] for each in found["revisions"]] == [f"{name}.step" for name in names]
    assert [step["same_shape"] for step in found["steps"]] == [True, False, False]
    (change,) = found["steps"][2]["features"]["changed"]
    assert (change["parameter"], change["from"], change["to"]) == (
        "diameter_mm", pytest.approx(6.0), pytest.approx(7.0),
    )  # fmt: skip


@pytest.mark.parametrize("form", ["pdf", "html", "json"])
def test_the_report_on_a_history_names_every_revision_and_what_changed(
    folder, tmp_path, capsys, form
):
    told = tmp_path / f"history.{form}"
    files = [folder / f"{name}.step" for name in ("one", "drilled", "wider")]
    assert asked(capsys, "history", *files, "-o", told)[0] == 0
    if form == "pdf":
        text = subprocess.run(
            ["pdftotext", "-layout", told, "-"], check=True, capture_output=True, text=True
        ).stdout
    else:
        text = told.read_text(encoding="utf-8")
    if form == "json":
        assert json.loads(text)["schema"] == "workbench.history/1"
        return
    # from ⌀6 to ⌀7 through 10 mm: 6000 − 90π and 6000 − 122.5π mm³
    for sign in ("one.step", "drilled.step", "wider.step", "5,717", "5,615", "6 mm", "7 mm"):
        assert sign in text.replace("\N{NO-BREAK SPACE}", " ")


def test_a_history_needs_two_revisions(folder, capsys):
    assert asked(capsys, "history", folder / "one.step")[0] == 2
