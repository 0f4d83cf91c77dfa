import os
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from geometry.errors import TooLarge, TruncatedFile
from workbench import comparisons, examining, judging
from workbench.errors import Cancelled, NoSuchFile, NoSuchPart, UnreadablePath
from workbench.intake import read_file
from workbench.service import Workbench
from workbench.settings import Settings

FOLDER = Path(__file__).parent


@pytest.fixture(autouse=True)
def _without_the_kernel(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    monkeypatch.setattr(examining, "EXAMINE", "fake_geometry:examine")
    monkeypatch.setattr(examining, "DEPICT", "fake_geometry:depict")
    monkeypatch.setattr(examining, "UNFOLD", "fake_geometry:unfold")
    monkeypatch.setattr(comparisons, "COMPARE", "fake_geometry:compare")
    monkeypatch.setattr(judging, "check", lambda _: None)
    monkeypatch.setattr(
        judging, "judge", lambda record, _: [no_process(p) for p in record["parts"]]
    )


def no_process(_):
    return {"processes": [], "findings": []}


@pytest.fixture
def workbench(tmp_path):
    with Workbench(Settings.at(tmp_path / "home", workers=2, max_bytes=1000)) as opened:
        yield opened


def stored(workbench):
    folder = workbench.settings.home
    return [p for name in ("files", "blobs") for p in (folder / name).rglob("*") if p.is_file()]


def names(answer):
    return [part["name"] for part in answer["parts"]]


def times_examined(path):
    return len(path.read_text().splitlines())


def test_a_file_that_takes_its_worker_down_is_examined_once_more_with_care(workbench):
    answer = workbench.analyse(b"Body crash:once", name="body.step")
    assert [part["name"] for part in answer["parts"]] == ["Body"]


def test_a_file_that_takes_its_worker_down_is_unfolded_once_more_with_care(workbench):
    _, drawings = workbench.unfold(b"Body crash:once")
    assert drawings["svg"] == b"svg of Body crash:once"


def test_files_that_take_their_workers_down_are_compared_once_more_with_care(workbench):
    answer = workbench.compare(b"Old crash:once", b"New crash:once")
    digests = [answer[side]["digest"] for side in "ab"]
    assert digests == ["Old crash:once", "New crash:once"]


def test_a_file_that_was_examined_is_not_read_again_to_be_compared(workbench, tmp_path):
    old, new = (f"{name} count:{tmp_path / name}".encode() for name in ("Old", "New"))
    workbench.analyse(old)
    for _ in range(2):
        workbench.compare(old, new)
    assert [times_examined(tmp_path / name) for name in ("Old", "New")] == [1, 1]


def test_of_two_files_the_one_that_fails_ends_the_other(workbench):
    with pytest.raises(TruncatedFile):
        workbench.compare(b"Slow sleep:9", b"truncated")
    assert stored(workbench) == []


def test_a_stopped_comparison_ends_both_files(workbench):
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    with pytest.raises(Cancelled):
        workbench.compare(b"Slow sleep:9", b"Late sleep:9", stop=stop)


def test_a_file_is_examined_once(workbench, tmp_path):
    data = f"Body count:{tmp_path / 'log'}".encode()
    for name in ("first.step", "second.step"):
        answer = workbench.analyse(data, name=name)
        assert (names(answer), answer["source"]["name"]) == (["Body"], name)
    assert times_examined(tmp_path / "log") == 1


def test_what_was_only_analysed_is_drawn_when_it_is_added_without_reading_it_again(
    workbench, tmp_path
):
    data = f"Body count:{tmp_path / 'log'}".encode()
    workbench.analyse(data)
    assert not any(path.read_bytes().startswith(b"png ") for path in stored(workbench))
    for _ in range(2):  # what was drawn is kept
        (key,) = workbench.add(data, name="body.step")
        assert workbench.thumbnail(key) == b"png " + data
        assert workbench.glb(key) == b"glb " + data
    assert times_examined(tmp_path / "log") == 1


def test_a_new_version_of_the_library_examines_it_again(workbench, tmp_path, monkeypatch):
    data = f"Body count:{tmp_path / 'log'}".encode()
    workbench.analyse(data)
    monkeypatch.setattr("geometry.VERSION", "later")
    workbench.analyse(data)
    assert times_examined(tmp_path / "log") == 2


def test_two_threads_with_the_same_file_examine_it_once(workbench, tmp_path):
    data = f"Body sleep:0.5 count:{tmp_path / 'log'}".encode()
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(workbench.analyse(data))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [names(answer) for answer in answers] == [["Body"]] * 3
    assert times_examined(tmp_path / "log") == 1


def test_two_programs_with_the_same_file_examine_it_once(tmp_path):
    program = textwrap.dedent(f"""
        import sys
        sys.path.insert(0, {str(FOLDER)!r})
        from pathlib import Path
        from workbench import examining, judging, service
        from workbench.settings import Settings
        examining.EXAMINE = "fake_geometry:examine"
        judging.check = lambda _: None
        judging.judge = lambda record, _: [{{"processes": [], "findings": []}}]
        with service.Workbench(Settings.at(Path({str(tmp_path / "home")!r}))) as workbench:
            workbench.analyse(b"Body sleep:1 count:{tmp_path / "log"}")
        """)
    started = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(2)]
    assert [process.wait(timeout=60) for process in started] == [0, 0]
    assert times_examined(tmp_path / "log") == 1


def test_a_file_that_fails_leaves_nothing_behind(workbench):
    with pytest.raises(TruncatedFile):
        workbench.add(b"Body truncated", name="half.step")
    assert workbench.parts() == []
    assert stored(workbench) == []


def test_a_cancelled_file_leaves_nothing_behind_and_ends_soon(workbench):
    stop = threading.Event()
    begun = time.monotonic()
    with pytest.raises(Cancelled):
        workbench.add(b"Body sleep:60", progress=lambda *_: stop.set(), stop=stop)
    assert time.monotonic() - begun < 20
    assert (workbench.parts(), stored(workbench)) == ([], [])


def test_added_parts_are_found_with_their_pictures(workbench):
    first, second = workbench.add(b"Lid Base", name="box.step")
    assert [card.key for card in workbench.parts("lid")] == [first]
    assert workbench.glb(first) == b"glb Lid Base"
    assert workbench.thumbnail(first) == b"png Lid Base"
    assert names(workbench.analysis(second)) == ["Lid", "Base"]
    workbench.remove(first)
    with pytest.raises(NoSuchPart):
        workbench.part(first)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.step", "passwd.step"),
        ("C:\\temp\\part.step", "part.step"),
        ("<script>alert(1)</script>.step", "script>.step"),
        ("[red]x[/red].step", "red].step"),
        (os.fsdecode(b"d\xe9tal.step"), "d\N{REPLACEMENT CHARACTER}tal.step"),
        ("x" * 300 + ".step", "x" * 300 + ".step"),
    ],
)
def test_a_name_is_data_and_never_a_path(workbench, name, kept):
    (key,) = workbench.add(b"Body", name=name)
    assert workbench.part(key).file_name == kept
    assert workbench.analysis(key)["source"]["name"] == kept
    assert all(path.is_relative_to(workbench.settings.home) for path in stored(workbench))


def test_a_file_over_the_limit_is_refused_before_it_is_read(workbench, tmp_path):
    path = tmp_path / "large.step"
    with path.open("wb") as file:
        file.truncate(200_000_000)  # a hole: reading it all would show in time and memory
    begun = time.monotonic()
    with pytest.raises(TooLarge) as caught:
        workbench.analyse(path)
    assert time.monotonic() - begun < 1
    assert caught.value.exit_code == 4
    with pytest.raises(TooLarge):
        workbench.analyse(b" " * 1001)


def test_what_is_no_file_is_said(tmp_path):
    with pytest.raises(NoSuchFile):
        read_file(tmp_path / "none.step", 10)
    with pytest.raises(UnreadablePath):
        read_file(tmp_path, 10)
    with pytest.raises(UnreadablePath):
        read_file(Path("/dev/zero"), 10)
    with pytest.raises(UnreadablePath):
        read_file(tmp_path / "a\0b", 10)


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.step")
    with pytest.raises(UnreadablePath):
        read_file(tmp_path / "pipe.step", 10)


def test_many_files_are_answered_each_as_it_is_done_and_failures_stay_alone(workbench, tmp_path):
    texts = {"slow.step": "Slow sleep:1", "bad.step": "truncated", "quick.step": "Quick"}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    heard = []
    done = list(
        workbench.analyse_many(
            [tmp_path / name for name in texts], jobs=2, progress=lambda *said: heard.append(said)
        )
    )
    assert done[-1].path.name == "slow.step"
    by_name = {finished.path.name: finished for finished in done}
    assert names(by_name["quick.step"].answer) == ["Quick"]
    assert isinstance(by_name["bad.step"].error, TruncatedFile)
    assert (tmp_path / "slow.step", 0.5, "meshing") in heard


def test_leaving_many_files_early_ends_what_runs(workbench, tmp_path):
    for name, text in {"a.step": "A", "b.step": "B sleep:60"}.items():
        (tmp_path / name).write_text(text)
    begun = time.monotonic()
    for finished in workbench.analyse_many([tmp_path / "a.step", tmp_path / "b.step"], jobs=2):
        assert finished.path.name == "a.step"
        break
    assert time.monotonic() - begun < 20
