"""The project's own files agree with each other."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
ENTRIES = re.split(r"\n(?=[a-z0-9])", "\n" + LOCK)[1:]  # one a package, its hashes under it
PINNED = [Requirement(entry.split("\\")[0].strip()) for entry in ENTRIES]
WANTED = PYPROJECT["project"]["dependencies"] + PYPROJECT["dependency-groups"]["dev"]


@pytest.mark.parametrize("wanted", WANTED)
def test_the_lock_pins_a_version_that_the_project_allows(wanted):
    wanted = Requirement(wanted)
    pins = [pin for pin in PINNED if canonicalize_name(pin.name) == canonicalize_name(wanted.name)]
    assert pins, "not in the lock: `make lock`"
    for pin in pins:
        (version,) = pin.specifier
        assert version.operator == "=="
        assert wanted.specifier.contains(version.version), "the lock is stale: `make lock`"


def test_the_lock_holds_a_hash_for_every_package():
    assert len(ENTRIES) > len(WANTED)
    bare = [pin.name for pin, entry in zip(PINNED, ENTRIES, strict=True) if "sha256:" not in entry]
    assert not bare


def test_the_lock_names_no_address():
    assert "://" not in LOCK
    assert "--index" not in LOCK
    assert "--find-links" not in LOCK


def test_the_lock_serves_every_platform():
    markers = " ".join(str(pin.marker) for pin in PINNED if pin.marker)
    assert "win32" in markers
    assert "linux" in markers


def test_conda_installs_what_the_lock_says_on_a_python_that_the_project_allows():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    plain = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    (pip,) = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    assert pip == ["--requirement requirements.lock"]
    (python,) = [entry.split("=")[1] for entry in plain if entry.startswith("python=")]
    assert SpecifierSet(PYPROJECT["project"]["requires-python"]).contains(python)


def test_the_newest_entry_of_the_changelog_is_this_version():
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert headings[0] == PYPROJECT["project"]["version"]


def test_every_target_of_the_makefile_is_in_its_help():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", text, re.M)
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(re.findall(r"^  make ([\w-]+)", shown.stdout, re.M)) == set(phony.split())


@pytest.mark.parametrize("name", ["README.md", "README.uz.md", "README.ru.md", "CONTRIBUTING.md"])
def test_what_the_documents_point_to_exists(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text)
    assert not [target for target in targets if not (ROOT / target).exists()]


@pytest.mark.parametrize("name", ["README.md", "README.uz.md", "README.ru.md", "CONTRIBUTING.md"])
def test_every_make_target_that_the_documents_name_exists(name):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = re.findall(r"\bmake ([a-z-]+)`", (ROOT / name).read_text(encoding="utf-8"))
    assert not [target for target in named if not re.search(rf"^{target}:", makefile, re.M)]


# --- scripts/system-packages, on a machine made of stubs ---


@pytest.fixture
def machine(tmp_path):
    """Run scripts/system-packages where ldconfig, apt-get and sudo are stubs.

    → (exit code, what was said, what apt-get was asked for)
    """
    asked = tmp_path / "asked"

    def run(kind, libraries=(), *, may_install=True):
        stubs = {
            "ldconfig": "cat <<'E'\n"
            + "".join(f"\t{name} (libc6) => x\n" for name in libraries)
            + "E",
            "apt-get": f'echo "$@" >> "{asked}"',
            "sudo": '[ "$1" = -n ] && shift; exec "$@"' if may_install else "exit 1",
            "id": "echo 1000",
        }
        for name, body in stubs.items():
            (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
            (tmp_path / name).chmod(0o755)
        done = subprocess.run(
            ["bash", ROOT / "scripts" / "system-packages", kind],
            env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
        )
        return (
            done.returncode,
            done.stdout + done.stderr,
            asked.read_text() if asked.exists() else "",
        )

    return run


LIBRARIES = ["libGL.so.1", "libEGL.so.1", "libX11.so.6", "libexpat.so.1", "libusb-1.0.so.0"]
linux_only = pytest.mark.skipif(os.uname().sysname != "Linux", reason="Debian's packages")


@linux_only
def test_nothing_is_installed_where_nothing_is_missing(machine):
    assert machine("libraries", LIBRARIES) == (0, "", "")


@linux_only
def test_exactly_the_missing_libraries_are_installed(machine):
    code, _, asked = machine("libraries", LIBRARIES[1:4])
    assert code == 0
    assert asked.splitlines()[0].startswith("update")
    assert asked.splitlines()[1].endswith("--no-install-recommends libgl1 libusb-1.0-0")


@linux_only
def test_without_the_right_to_install_one_line_says_what_to_run(machine):
    code, said, asked = machine("libraries", LIBRARIES[1:], may_install=False)
    assert code == 1
    assert asked == ""
    assert said.splitlines()[-1].endswith("apt-get install -y --no-install-recommends libgl1")


def test_a_wrong_word_is_wrong_use(machine):
    assert machine("everything")[0] == 2
