import ctypes
import dataclasses
import sys
from pathlib import Path

import pytest

from workbench import doctor

SOUND = doctor.Machine(
    loads=lambda _library: True,
    imports=lambda _module: "",
    free_bytes=lambda _folder: 10**12,
    writable=lambda _folder: True,
    platform="linux",
    python=(3, 12),
    home=Path("/home/somebody/.workbench"),
)


def on(**changes):
    return doctor.advice(doctor.examine(dataclasses.replace(SOUND, **changes)))


def test_a_sound_machine_needs_nothing():
    assert on() is None


def test_a_database_that_does_not_answer_is_said():
    line = on(vectors=lambda: ("", "connection refused"))
    assert "connection refused" in line


def test_it_is_said_who_searches_vectors(capsys):
    for who, sign in (("database", "pgvector"), ("no_extension", "postgresql-NN-pgvector")):
        machine = dataclasses.replace(SOUND, vectors=lambda who=who: (who, ""))
        assert doctor.main([], machine) == 0
        assert sign in capsys.readouterr().out


def test_missing_libraries_are_one_line_with_their_packages():
    line = on(loads=lambda library: library not in ("libGL.so.1", "libusb-1.0.so.0"))
    assert line.endswith("`sudo apt-get install -y libgl1 libusb-1.0-0`")
    assert "\n" not in line


def test_nothing_is_imported_while_its_libraries_are_missing():
    def imports(module):
        raise AssertionError(f"imported {module}")

    assert "libegl1" in on(loads=lambda library: library != "libEGL.so.1", imports=imports)


def test_linux_packages_are_not_asked_of_other_systems():
    assert on(platform="darwin", loads=lambda _library: False) is None


@pytest.mark.parametrize("version", [(3, 10), (3, 14)])
def test_a_python_that_will_not_do_is_named(version):
    assert f"Python 3.{version[1]} will not do" in on(python=version)


def test_a_module_that_fails_says_why():
    line = on(imports=lambda module: "ImportError: wrong wheel" if module == "open3d" else "")
    assert "open3d does not load (ImportError: wrong wheel)" in line


def test_a_folder_that_cannot_be_written_and_a_full_disk_are_said():
    assert "WORKBENCH_HOME" in on(writable=lambda _folder: False)
    assert "0.1 GB left" in on(free_bytes=lambda _folder: 100_000_000)


def test_an_import_that_raises_ends_or_works_is_told_apart(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "raises.py").write_text("import no_such_library")
    (tmp_path / "ends.py").write_text("import os; os._exit(7)")
    (tmp_path / "works.py").write_text("")
    assert "no_such_library" in doctor._import_failure("raises")
    assert doctor._import_failure("ends") == "the process ended with code 7"
    assert doctor._import_failure("works") == ""


def test_an_import_that_hangs_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(doctor, "IMPORT_SECONDS", 1)
    (tmp_path / "hangs.py").write_text("import time; time.sleep(60)")
    assert "1 s" in doctor._import_failure("hangs")


def test_a_library_that_does_not_exist_does_not_load():
    assert not doctor._loads("libnothing-of-this-name.so.9")


@pytest.mark.skipif(sys.platform != "linux", reason="asks for the C library by its Linux name")
def test_a_library_that_exists_loads():
    assert ctypes.CDLL("libc.so.6")
    assert doctor._loads("libc.so.6")


def test_the_folder_is_judged_before_it_exists(tmp_path):
    assert doctor._writable(tmp_path / "not" / "yet")
    assert doctor._free_bytes(tmp_path / "not" / "yet") > 0
    assert not (tmp_path / "not").exists()


def test_the_list_names_every_check_and_the_exit_code_says_no(capsys):
    assert doctor.main([], SOUND) == 0
    assert capsys.readouterr().out.count("✓") == 7
    broken = dataclasses.replace(SOUND, writable=lambda _folder: False)
    assert doctor.main(["--quiet"], broken) == 1
    assert capsys.readouterr().err.count("\n") == 1
