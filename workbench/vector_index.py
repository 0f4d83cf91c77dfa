"""Which stored vectors are nearest to one? An index in memory, kept on disk between programs.

The database holds the truth: every entry has a number that is never given twice, and its vectors.
An index knows the entries up to a number and takes in those it lacks, so adding a part builds
nothing anew. The files beside the database are copies that may be lost: what is missing, damaged or
of another version is made again from the database.
"""

import json
import logging
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock

__all__ = ["EXACT_BELOW", "VectorIndex"]

_log = logging.getLogger(__name__)

# below, all distances are computed: some ten milliseconds at most
EXACT_BELOW = 20_000
# neighbours a vector has in the graph (HNSW's M), and how many are looked at to place and to find
# one. Among a million clustered vectors 80 find 99.6 % of the ten nearest, 64 find 98.6 %, and 128
# take a third longer for 99.7 %
CONNECTIVITY, EXPANSION_ADD, EXPANSION_SEARCH = 16, 64, 80
SAVE_SHARE = 0.01  # of the entries that may be new before the file is written again


class VectorIndex:
    """The nearest vectors of one space: exact among few, approximate among many.

    Approximate: hierarchical navigable small worlds (Malkov & Yashunin, TPAMI 2020) of usearch.
    """

    def __init__(self, folder: Path, name: str, length: int, version: str) -> None:
        self.folder, self.name, self.length, self.version = folder, name, length, version
        self.newest = 0  # number of the last entry that was taken in
        self._unsaved = 0
        self._index = self._empty()
        self._load()

    def __len__(self) -> int:
        return len(self._index)

    def __contains__(self, number: int) -> bool:
        return bool(self._index.contains(number))

    @property
    def memory_bytes(self) -> int:
        """What the index holds in memory."""
        return int(self._index.memory_usage)

    def add(self, numbers: np.ndarray, vectors: np.ndarray) -> None:
        """Take in entries that are not in it: numbers (n,), vectors (n, length)."""
        if not len(numbers):
            return
        self._index.add(numbers.astype(np.uint64), np.asarray(vectors, np.float32))
        self.newest = max(self.newest, int(numbers.max()))
        self._unsaved += len(numbers)

    def remove(self, numbers: Iterable[int]) -> None:
        """Forget entries."""
        for number in numbers:
            if number in self:
                self._index.remove(number)
                self._unsaved += 1

    def search(self, vector: np.ndarray, count: int, *, exact: bool | None = None) -> np.ndarray:
        """Numbers of the nearest entries, nearest first: (≤ count,).

        exact: by all distances; by default among fewer than EXACT_BELOW.
        """
        if not len(self):
            return np.zeros(0, np.int64)
        if exact is None:
            exact = len(self) < EXACT_BELOW
        count = min(count, len(self))
        self._index.expansion_search = max(EXPANSION_SEARCH, count)
        found = self._index.search(np.asarray(vector, np.float32), count, exact=exact)
        return np.asarray(found.keys).astype(np.int64)

    # --- on disk ---

    @property
    def _manifest(self) -> Path:
        return self.folder / f"{self.name}.json"

    def save(self, *, always: bool = False) -> None:
        """Write what is new, unless it is little or another program wrote as much already."""
        if self._unsaved <= (0 if always else SAVE_SHARE * len(self)):
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / f"{self.name}.lock"):
            old = self._told()
            if old is not None and old["version"] == self.version and old["newest"] > self.newest:
                return
            data = bytes(self._index.save())
            file = self.folder / f"{self.name}-{self.newest}-{len(self)}.usearch"
            half = file.with_suffix(".half")
            half.write_bytes(data)
            half.replace(file)
            told = {
                "version": self.version,
                "newest": self.newest,
                "file": file.name,
                "crc32": zlib.crc32(data),
            }
            half.write_text(json.dumps(told), encoding="utf-8")
            half.replace(self._manifest)
            for other in self.folder.glob(f"{self.name}-*.usearch"):
                if other != file:
                    other.unlink(missing_ok=True)
        self._unsaved = 0

    def _told(self) -> dict | None:
        """What the manifest says, None where there is none that can be read."""
        try:
            told = json.loads(self._manifest.read_text(encoding="utf-8"))
            return {key: told[key] for key in ("version", "newest", "file", "crc32")}
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            _log.warning("the index %s is made anew: %s", self.name, error)
            return None

    def _load(self) -> None:
        told = self._told()
        if told is None or told["version"] != self.version:
            return
        try:
            data = (self.folder / Path(str(told["file"])).name).read_bytes()
            # a damaged graph would lead outside of the memory: never looked into unchecked
            if zlib.crc32(data) != told["crc32"]:
                raise ValueError("its file is damaged")
            index = self._empty()
            index.load(data)
            if index.ndim != self.length:
                raise ValueError(f"its vectors have {index.ndim} numbers")
        except (OSError, ValueError, RuntimeError) as error:
            _log.warning("the index %s is made anew: %s", self.name, error)
            return
        self._index, self.newest = index, int(told["newest"])

    def _empty(self) -> Any:
        from usearch.index import Index  # half a second of import that few commands need

        return Index(
            ndim=self.length,
            metric="l2sq",
            dtype="f16",  # as entries hold them: half the memory to walk through
            connectivity=CONNECTIVITY,
            expansion_add=EXPANSION_ADD,
            expansion_search=EXPANSION_SEARCH,
        )
