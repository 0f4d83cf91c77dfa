"""Where do bytes live? In files named by the hash of their bytes, written whole or not at all."""

import contextlib
import hashlib
import os
import re
import tempfile
import time
from pathlib import Path

from workbench.errors import StorageFailure

__all__ = ["Storage", "sha256_of", "write_whole"]

STALE_S = 24 * 3600  # a half-written file this old belongs to a program that died

_SHA256 = re.compile(r"[0-9a-f]{64}")


def write_whole(path: Path, data: bytes, *, folder: Path, half: Path) -> None:
    """Write a file of a folder that is there whole or not at all, by way of a folder `half` in it.

    Raises StorageFailure when the disk refuses; nothing is left half-way then.
    """
    try:
        half.mkdir(parents=True, exist_ok=True)
        path.parent.mkdir(exist_ok=True)
        handle, name = tempfile.mkstemp(dir=half)
        written = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            written.replace(path)
        except BaseException:
            written.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StorageFailure(
            f"cannot write to {folder}: {error.strerror}",
            hint="free space or set WORKBENCH_HOME",
            reason_of_system=str(error.strerror),
        ) from error


def sha256_of(data: bytes) -> str:
    """The name that the storage gives these bytes."""
    return hashlib.sha256(data).hexdigest()


class Storage:
    """One folder of content-addressed files: `<aa>/<sha256>`; the same bytes are kept once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._half = folder / "half"

    def path(self, sha256: str) -> Path:
        """Where the bytes of that hash are, or would be.

        Raises ValueError for anything that is no hash: names from outside are never paths.
        """
        if _SHA256.fullmatch(sha256) is None:
            raise ValueError(f"not a SHA-256: {sha256[:80]!r}")
        return self.folder / sha256[:2] / sha256

    def put(self, data: bytes) -> str:
        """Keep the bytes and return their hash.

        Raises StorageFailure when the disk refuses; nothing is left half-way then.
        """
        sha256 = sha256_of(data)
        path = self.path(sha256)
        if path.exists():
            return sha256
        write_whole(path, data, folder=self.folder, half=self._half)
        return sha256

    def read(self, sha256: str) -> bytes:
        """The bytes of that hash.

        Raises StorageFailure when they are gone or are not what was put.
        """
        path = self.path(sha256)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise StorageFailure(
                f"cannot read {path}: {error.strerror}",
                hint="add the file again",
                reason_of_system=str(error.strerror),
            ) from error
        if sha256_of(data) != sha256:
            raise StorageFailure(
                f"{path} is damaged", hint="add the file again", reason_of_system=path.name
            )
        return data

    def __contains__(self, sha256: str) -> bool:
        return self.path(sha256).exists()

    def remove(self, sha256: str) -> None:
        """Forget the bytes of that hash; nothing happens when they are not there."""
        self.path(sha256).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Remove what programs that died left half-written."""
        if not self._half.is_dir():
            return
        old = time.time() - STALE_S
        for path in self._half.iterdir():
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < old:
                    path.unlink()
