import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from geometry.errors import KernelFailure, NotStep, OutOfMemory, OutOfTime
from workbench.errors import Cancelled, JobFailed, KernelCrash
from workbench.jobs import Workers
from workbench.settings import MEGABYTE, Settings

FOLDER = Path(__file__).parent


@pytest.fixture(scope="module", autouse=True)
def _fake_jobs_importable():
    """The fork server and its workers find the fakes the way they find any installed module."""
    sys.path.insert(0, str(FOLDER))
    yield
    sys.path.remove(str(FOLDER))


@pytest.fixture
def workers(tmp_path):
    settings = Settings.at(tmp_path, workers=2, job_seconds=20.0, job_memory_bytes=800 * MEGABYTE)
    with Workers(settings) as started:
        yield started


@pytest.fixture
def hasty(tmp_path):
    with Workers(Settings.at(tmp_path, workers=2, job_seconds=1.0)) as started:
        yield started


def still_alive(workers):
    return workers.submit("fake_jobs:add", 20, 22).result(timeout=20) == 42


def test_a_job_returns_what_its_function_returns(workers):
    assert workers.submit("fake_jobs:add", 1, b=2).result() == 3


def test_every_job_has_a_process_of_its_own(workers):
    numbers = [workers.submit("fake_jobs:process_number") for _ in range(4)]
    assert len({job.result() for job in numbers} | {os.getpid()}) == 5


def test_a_segmentation_fault_costs_only_its_own_job(workers):
    beside = workers.submit("fake_jobs:sleep", 0.5)
    with pytest.raises(KernelCrash) as caught:
        workers.submit("fake_jobs:crash").result()
    assert caught.value.exit_code == 3
    assert caught.value.values["signal"] == "SIGSEGV"
    assert beside.result() == 0.5
    assert still_alive(workers)


def test_a_worker_that_leaves_without_a_word_is_an_internal_failure(workers):
    with pytest.raises(KernelFailure, match="code 7"):
        workers.submit("fake_jobs:crash_without_a_word").result()
    assert still_alive(workers)


@pytest.mark.parametrize("kind", ["hang", "hang_in_native_code"])
def test_an_endless_loop_ends_at_the_wall_clock_limit(hasty, kind):
    begun = time.monotonic()
    with pytest.raises(OutOfTime) as caught:
        hasty.submit(f"fake_jobs:{kind}").result()
    assert caught.value.exit_code == 4
    assert time.monotonic() - begun < 5
    assert still_alive(hasty)


def test_the_cpu_limit_counts_as_time(workers):
    with pytest.raises(OutOfTime):
        workers.submit("fake_jobs:burn_cpu_forever", 1).result()


@pytest.mark.parametrize("kind", ["blow_up", "blow_up_at_once", "blow_up_in_native_code"])
def test_a_memory_blow_up_ends_at_the_memory_limit(workers, kind):
    with pytest.raises(OutOfMemory) as caught:
        workers.submit(f"fake_jobs:{kind}").result()
    assert caught.value.exit_code == 4
    assert still_alive(workers)


def test_progress_arrives_in_order(workers):
    heard = []
    job = workers.submit("fake_jobs:count_slowly", 5, on_progress=lambda *said: heard.append(said))
    assert job.result() == 5
    assert heard == [((n + 1) / 5, f"step {n + 1}") for n in range(5)]
    assert job.progress == (1.0, "step 5")


def test_progress_said_before_a_crash_is_heard(workers):
    job = workers.submit("fake_jobs:report_then_crash")
    with pytest.raises(KernelCrash):
        job.result()
    assert job.progress == (0.5, "half way")


def test_a_running_job_can_be_cancelled_and_its_process_is_gone(workers):
    job = workers.submit("fake_jobs:report_then_hang")
    wait_for(lambda: job.progress[1] == "started")
    begun = time.monotonic()
    job.cancel()
    with pytest.raises(Cancelled):
        job.result(timeout=10)
    assert time.monotonic() - begun < 3
    assert still_alive(workers)


def test_a_waiting_job_can_be_cancelled_before_it_starts(tmp_path):
    with Workers(Settings.at(tmp_path), count=1) as workers:
        running = workers.submit("fake_jobs:sleep", 0.6)
        waiting = workers.submit("fake_jobs:crash")
        waiting.cancel()
        with pytest.raises(Cancelled):
            waiting.result(timeout=5)
        assert running.result() == 0.6


def test_a_stop_event_cancels_the_job_one_waits_for(workers):
    stop = threading.Event()
    job = workers.submit("fake_jobs:hang")
    threading.Timer(0.5, stop.set).start()
    with pytest.raises(Cancelled):
        job.result(stop=stop)


def test_waiting_with_a_timeout_leaves_the_job_running(workers):
    job = workers.submit("fake_jobs:sleep", 1.0)
    with pytest.raises(TimeoutError):
        job.result(timeout=0.1)
    assert job.result() == 1.0


def test_closing_ends_what_runs(tmp_path):
    workers = Workers(Settings.at(tmp_path, workers=2))
    job = workers.submit("fake_jobs:report_then_hang")
    wait_for(lambda: job.progress[1] == "started")
    begun = time.monotonic()
    workers.close()
    assert time.monotonic() - begun < 5
    with pytest.raises(Cancelled):
        job.result(timeout=0)


def test_an_error_of_the_library_comes_back_whole(workers):
    with pytest.raises(NotStep) as caught:
        workers.submit("fake_jobs:refuse", "a.igs").result()
    error = caught.value
    assert (error.message, error.where, error.hint) == (
        "this is IGES, not STEP",
        "byte 0",
        "export it",
    )
    assert error.values == {"found": "IGES", "name": "a.igs"}


def test_a_bug_in_a_worker_is_internal_and_keeps_its_traceback_for_the_log(workers):
    with pytest.raises(JobFailed, match="RuntimeError: a bug") as caught:
        workers.submit("fake_jobs:fail").result()
    assert caught.value.exit_code == 5
    assert "in fail" in caught.value.values["details"]


def test_what_native_code_prints_reaches_no_channel_of_the_parent(workers, capfd):
    assert workers.submit("fake_jobs:chatter").result() == "done"
    assert capfd.readouterr() == ("", "")


def test_large_arguments_and_answers_pass(workers):
    assert workers.submit("fake_jobs:length", bytes(30_000_000)).result() == 30_000_000
    assert len(workers.submit("fake_jobs:return_bytes", 30_000_000).result()) == 30_000_000


def test_workers_have_the_kernel_loaded_and_one_thread(workers):
    assert workers.submit("fake_jobs:threads_variable").result() == ("1", True)


def test_workers_leave_no_core_file(workers):
    assert workers.submit("fake_jobs:core_limit").result() == (0, 0)


def test_many_jobs_of_all_kinds_each_get_their_own_answer(workers):
    crashing = [workers.submit("fake_jobs:crash") for _ in range(4)]
    adding = [workers.submit("fake_jobs:add", n, n) for n in range(8)]
    assert [job.result() for job in adding] == [2 * n for n in range(8)]
    for job in crashing:
        with pytest.raises(KernelCrash):
            job.result()


def test_a_crash_is_known_as_one_while_other_threads_start_their_processes(tmp_path):
    with Workers(Settings.at(tmp_path), count=8) as workers:
        jobs = [workers.submit(f"fake_jobs:{what}") for what in ("crash", "core_limit") * 60]
        for job in jobs[::2]:
            with pytest.raises(KernelCrash):
                job.result()


async def test_a_job_can_be_awaited_while_the_loop_goes_on(workers):
    job = workers.submit("fake_jobs:sleep", 0.5)
    ticks = 0

    async def tick():
        nonlocal ticks
        while True:
            await asyncio.sleep(0.02)
            ticks += 1

    ticking = asyncio.create_task(tick())
    assert await job == 0.5
    ticking.cancel()
    assert ticks > 5


def test_a_plain_script_without_a_main_guard_may_use_workers(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent(f"""
        import sys
        sys.path.insert(0, {str(FOLDER)!r})
        from pathlib import Path
        from workbench.jobs import Workers
        from workbench.settings import Settings
        print("begun")
        workers = Workers(Settings.at(Path({str(tmp_path)!r})))
        print(workers.submit("fake_jobs:add", 2, 3).result())
        """)
    )
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout.split(), done.stderr, done.returncode) == (["begun", "5"], "", 0)


@pytest.mark.skipif(sys.platform != "linux", reason="the death signal is Linux's")
def test_a_worker_does_not_outlive_a_parent_that_was_killed(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent(f"""
        import sys, time
        sys.path.insert(0, {str(FOLDER)!r})
        from pathlib import Path
        from workbench.jobs import Workers
        from workbench.settings import Settings
        import psutil
        workers = Workers(Settings.at(Path({str(tmp_path)!r})))
        job = workers.submit("fake_jobs:report_then_hang")
        while not job.progress[1]:
            time.sleep(0.05)
        print(*[p.pid for p in psutil.Process().children(recursive=True)], flush=True)
        time.sleep(60)
        """)
    )
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as parent:
        children = [int(word) for word in parent.stdout.readline().split()]
        assert children
        parent.send_signal(signal.SIGKILL)
    wait_for(lambda: not any(running(pid) for pid in children))


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked from a server there")
def test_a_job_is_done_although_the_server_of_workers_dies_as_it_begins(tmp_path, monkeypatch):
    from multiprocessing import forkserver

    asked, connect = [], forkserver.connect_to_new_process

    def killed_once(fds):
        asked.append(fds)
        if len(asked) == 1:
            os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)
            raise EOFError("unexpected EOF")
        return connect(fds)

    with Workers(Settings.at(tmp_path, workers=1)) as started:
        assert started.submit("fake_jobs:add", 1, 2).result() == 3
        monkeypatch.setattr(forkserver, "connect_to_new_process", killed_once)
        assert started.submit("fake_jobs:add", 3, 4).result() == 7
    assert len(asked) > 1


def running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_for(condition, seconds=10):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)
