"""Who says which entries' vectors are nearest: this process, or the database?

PostgreSQL with the extension `vector` does it itself (`workbench.vector_table`): however many
servers there are, they share one index, and nothing is loaded or built when one starts. Any other
database holds the vectors alone, and each process searches them in memory.
"""

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from workbench import tables
from workbench.errors import StorageFailure

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from workbench.database import Database
    from workbench.vector_index import VectorIndex

__all__ = ["InProcess", "Nearest", "nearest_of", "space_of_packed"]

_log = logging.getLogger(__name__)

BATCH = 10_000  # vectors fetched at once
# numbers that may become visible after higher ones: transactions of other servers end in any order
LOOK_BACK = 1000


class Nearest(Protocol):
    """The vectors of all entries, searched."""

    name: str  # of the kind, for people who look after the server

    def keep(self, session: "Session", number: int, packed: bytes) -> None:
        """Take in the vectors of an entry, in the transaction that makes it."""

    def search(self, space: str, vector: np.ndarray, count: int) -> list[int]:
        """Numbers of the nearest entries, nearest first; among them may be some that are gone."""

    def forget(self, numbers: Iterable[int]) -> None:
        """Let go of entries that are gone."""

    def save(self) -> None:
        """Keep for the next program what it would otherwise make again."""


class InProcess:
    """Indices in memory, taken in from the database as it grows, copied to a folder."""

    name = "memory"

    def __init__(self, database: "Database", folder: Path) -> None:
        self._database = database
        self._folder = folder
        self._spaces: dict[str, VectorIndex] = {}

    def keep(self, session: "Session", number: int, packed: bytes) -> None:
        """Nothing: a search takes in what is new."""

    def search(self, space: str, vector: np.ndarray, count: int) -> list[int]:
        """Numbers of the nearest entries, nearest first."""
        return [int(each) for each in self._up_to_date(space).search(vector, count)]

    def forget(self, numbers: Iterable[int]) -> None:
        """Let go of entries that are gone."""
        gone = list(numbers)
        for index in self._spaces.values():
            index.remove(gone)

    def save(self) -> None:
        """Write the indices beside the database, where there is something new in them."""
        for index in self._spaces.values():
            index.save()

    def _up_to_date(self, space: str) -> "VectorIndex":
        """The index of a space with every entry of the database in it."""
        from geometry.embedding import LENGTHS, VERSION
        from workbench.vector_index import VectorIndex

        if space not in self._spaces:
            self._spaces[space] = VectorIndex(self._folder, space, LENGTHS[space], VERSION)
        index = self._spaces[space]
        entry = tables.IndexEntry
        query = select(entry.id).where(
            entry.id > index.newest - LOOK_BACK, entry.version == VERSION
        )
        with self._database.session() as session:
            lacking = [number for number in session.scalars(query) if number not in index]
            for start in range(0, len(lacking), BATCH):
                some = lacking[start : start + BATCH]
                rows = session.execute(
                    select(entry.id, entry.vectors)
                    .where(entry.id >= min(some), entry.id <= max(some), entry.version == VERSION)
                    .order_by(entry.id)
                ).all()
                rows = [row for row in rows if row[0] not in index]
                index.add(
                    np.array([row[0] for row in rows], np.int64),
                    space_of_packed([row[1] for row in rows], space),
                )
        index.save()
        return index


def nearest_of(database: "Database", folder: Path) -> Nearest:
    """The search that this database allows; the log says which one it is."""
    from workbench.vector_table import REASONS, VectorTable, why_not

    reason = why_not(database.engine)
    if reason is None:
        try:
            table = VectorTable(database)
        except (SQLAlchemyError, StorageFailure) as error:  # as where the extension is out of sight
            _log.warning("vectors are searched in memory: PostgreSQL refused: %s", error)
            return InProcess(database, folder)
        _log.info("the database searches vectors itself, with its extension pgvector")
        return table
    _log.info("vectors are searched in memory: %s", REASONS[reason])
    return InProcess(database, folder)


def space_of_packed(packed: Sequence[bytes], space: str) -> np.ndarray:
    """The vectors of one space out of entries' bytes: (n, d) float32."""
    from geometry.embedding import LENGTHS

    order = sorted(LENGTHS)
    start = sum(LENGTHS[name] for name in order[: order.index(space)])
    whole = np.frombuffer(b"".join(packed), np.float16).reshape(len(packed), -1)
    return whole[:, start : start + LENGTHS[space]].astype(np.float32)
