"""A real server with the real services, and Debian's Chromium in front of it."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
CHROMIUM = Path(os.environ.get("WORKBENCH_CHROMIUM", "/usr/bin/chromium"))
FLAGS = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]  # fmt: skip
MAX_BYTES = 5_000_000
START_S, BROWSER_S = 60, 30
SERVE = (
    "from workbench.settings import Settings; from workbench.web import run; import sys; "
    "run(Settings.from_environment(), port=int(sys.argv[1]))"
)


@dataclass(frozen=True)
class Server:
    """Where it answers and where it keeps its things."""

    url: str
    home: Path


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The workbench served from a fresh home."""
    home = tmp_path_factory.mktemp("home")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    # NiceGUI behaves otherwise under the eyes of pytest, which it knows by these variables
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "NICEGUI_"))}
    surroundings = {
        **kept,
        "WORKBENCH_HOME": str(home),
        "WORKBENCH_MAX_BYTES": str(MAX_BYTES),
        "PYTHONPATH": str(ROOT),
    }
    log = home / "server.log"
    with log.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(port)],
            cwd=home,
            env=surroundings,
            stdout=said,
            stderr=said,
        )
    try:
        _wait_for(url, process, log)
        yield Server(url, home)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    assert "Traceback" not in log.read_text(encoding="utf-8"), log.read_text(encoding="utf-8")


def _wait_for(url, process, log):
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/en/", timeout=5) as answer:
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the server does not answer: {log.read_text(encoding='utf-8')}")


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    """One browser for the tests of a module.

    Playwright's event loop runs as long, and no asynchronous test can run beside it.
    """
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}; set WORKBENCH_CHROMIUM")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"),
            executable_path=CHROMIUM,
            headless=True,
            args=FLAGS,
            viewport={"width": 1280, "height": 800},
            accept_downloads=True,
        )
        browser.set_default_timeout(BROWSER_S * 1000)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium, server):
    """A tab in which an error on the console or a request to another machine fails the test."""
    tab = chromium.new_page()
    complaints = []
    foreign = []
    tab.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on(
        "request",
        lambda asked: (
            None
            if asked.url.startswith((server.url, "data:", "blob:"))
            else foreign.append(asked.url)
        ),
    )
    tab.complaints = complaints
    yield tab
    tab.close()
    assert not foreign, foreign
    assert not complaints, complaints
