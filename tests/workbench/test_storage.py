import hashlib
import os
import time

import pytest

from workbench.errors import StorageFailure
from workbench.storage import STALE_S, Storage


@pytest.fixture
def storage(tmp_path):
    return Storage(tmp_path / "files")


def files_in(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_bytes_come_back_by_their_hash(storage):
    data = b"ISO-10303-21;"
    sha256 = storage.put(data)
    assert sha256 == hashlib.sha256(data).hexdigest()
    assert storage.read(sha256) == data
    assert sha256 in storage


def test_the_same_bytes_are_kept_once(storage):
    storage.put(b"same")
    storage.put(b"same")
    assert len(files_in(storage.folder)) == 1


def test_a_disk_that_refuses_leaves_nothing_half_way(storage, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFailure, match="No space left"):
        storage.put(b"too much")
    assert files_in(storage.folder) == []


def test_damaged_bytes_are_not_handed_out(storage):
    sha256 = storage.put(b"whole")
    storage.path(sha256).write_bytes(b"who")
    with pytest.raises(StorageFailure, match="damaged"):
        storage.read(sha256)


def test_missing_bytes_are_named(storage):
    with pytest.raises(StorageFailure, match="cannot read"):
        storage.read("0" * 64)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_a_name_that_is_no_hash_is_never_a_path(storage, name):
    with pytest.raises(ValueError, match="not a SHA-256"):
        storage.path(name)


def test_the_sweep_removes_only_what_dead_programs_left(storage):
    kept = storage.put(b"kept")
    stale, fresh = (storage.folder / "half" / name for name in ("stale", "fresh"))
    for path in (stale, fresh):
        path.write_bytes(b"half")
    os.utime(stale, (time.time() - STALE_S - 1,) * 2)
    storage.sweep()
    assert (stale.exists(), fresh.exists(), kept in storage) == (False, True, True)
