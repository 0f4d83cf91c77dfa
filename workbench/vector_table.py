"""How does PostgreSQL find the nearest vectors itself? With its extension `vector` (pgvector).

The table of vectors is a copy of what the entries hold, like an index: it has the version of the
vectors in its name, is filled in the transactions that make entries, and is made again where it is
lacking. No foreign key binds it, so that migrations know nothing of it.
"""

import importlib.util
import logging
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import (
    Column,
    Engine,
    Index,
    Integer,
    MetaData,
    Table,
    delete,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import SQLAlchemyError

from workbench import tables
from workbench.nearest import BATCH, LOOK_BACK, space_of_packed
from workbench.vector_index import EXACT_BELOW, EXPANSION_SEARCH

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from workbench.database import Database

__all__ = ["REASONS", "VectorTable", "why_not"]

_log = logging.getLogger(__name__)

REASONS = {
    "other_database": "the database is not PostgreSQL",
    "no_package": "the Python package pgvector is not installed (pip install pgvector)",
    "no_extension": "the server has no extension vector (Debian: postgresql-NN-pgvector)",
    "not_allowed": "the database's user may not make the extension (CREATE EXTENSION vector)",
    "too_old": "the extension vector is older than 0.5, the first that has the index",
}
LEAST_VERSION = (0, 5)  # of the extension: the first that has HNSW
PREFIX = "index_vectors_"
# as in `vector_index`, less of both: the extension reads each neighbour from a page of its own, and
# half the neighbours take half the time to add one; EXPANSION_SEARCH holds the recall
CONNECTIVITY, EXPANSION_ADD = 12, 32
MOST_EXPANSION = 1000  # what the extension allows of `hnsw.ef_search`
LOCK = 7_305_821  # any number that nobody else locks in this database


def why_not(engine: Engine, *, make: bool = True) -> str | None:
    """Why the database cannot search vectors, as a code of REASONS; None when it can.

    make: make the extension where the server has it and the database's user may; else it is only
    looked whether the server has it.
    """
    if engine.dialect.name != "postgresql":
        return "other_database"
    if importlib.util.find_spec("pgvector") is None:
        return "no_package"
    there = text("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
    offered = text("SELECT default_version FROM pg_available_extensions WHERE name = 'vector'")
    with engine.connect() as connection:
        version = connection.execute(there).scalar()
        possible = connection.execute(offered).scalar()
    if version is None and possible is None:
        return "no_extension"
    if version is None and make:
        try:
            with engine.begin() as connection:
                _alone(connection)
                connection.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))
                version = connection.execute(there).scalar()
        except SQLAlchemyError as error:
            _log.warning("the extension vector: %s", getattr(error, "orig", error))
            return "not_allowed"
    numbers = tuple(int(each) for each in re.findall(r"\d+", str(version or possible))[:2])
    return "too_old" if numbers < LEAST_VERSION else None


class VectorTable:
    """The vectors of all entries in a table of PostgreSQL, searched by it.

    Exact among fewer than EXACT_BELOW; above, by an HNSW index that is made with the first search.
    """

    name = "pgvector"

    def __init__(self, database: "Database") -> None:
        from pgvector.sqlalchemy import Vector

        from geometry.embedding import LENGTHS, VERSION

        self._database = database
        self._version = VERSION
        self._order = sorted(LENGTHS)
        name = PREFIX + re.sub(r"\W", "_", VERSION)
        self._table = Table(
            name,
            MetaData(),
            Column("entry_id", Integer, primary_key=True, autoincrement=False),
            *(Column(space, Vector(LENGTHS[space]), nullable=False) for space in self._order),
        )
        self._indexed: set[str] = set()
        self._many = False
        self._make()
        self._take_in(0)

    def keep(self, session: "Session", number: int, packed: bytes) -> None:
        """Take in the vectors of an entry, in the transaction that makes it."""
        self._insert(session, [(number, packed)])

    def search(
        self, space: str, vector: np.ndarray, count: int, *, exact: bool | None = None
    ) -> list[int]:
        """Numbers of the nearest entries, nearest first."""
        with self._database.session() as session:
            newest = session.scalar(select(func.max(self._table.c.entry_id))) or 0
        self._take_in(newest - LOOK_BACK)
        if exact is None:
            exact = count > MOST_EXPANSION or self._few() or not self._index(space)
        column = self._table.c[space]
        query = select(self._table.c.entry_id).order_by(column.l2_distance(vector)).limit(count)
        with self._database.session() as session:
            if exact:
                session.execute(text("SET LOCAL enable_indexscan = off"))
            else:
                session.execute(text("SET LOCAL enable_seqscan = off"))
                expansion = max(EXPANSION_SEARCH, count)
                session.execute(text(f"SET LOCAL hnsw.ef_search = {expansion:d}"))
            return [int(number) for number in session.scalars(query)]

    def forget(self, numbers: Iterable[int]) -> None:
        """Let go of entries that are gone."""
        gone = list(numbers)
        if gone:
            with self._database.session() as session:
                session.execute(delete(self._table).where(self._table.c.entry_id.in_(gone)))

    def save(self) -> None:
        """Nothing: the database keeps it."""

    # --- inside ---

    def _make(self) -> None:
        """The table, in place of those of other versions; one server at a time."""
        with self._database.engine.begin() as connection:
            _alone(connection)
            for other in inspect(connection).get_table_names():
                if other.startswith(PREFIX) and other != self._table.name:
                    connection.execute(text(f'DROP TABLE "{other}"'))
            self._table.create(connection, checkfirst=True)

    def _take_in(self, above: int) -> None:
        """Entries with a number above one that are not in the table: of servers without it."""
        entry, mine = tables.IndexEntry, self._table.c
        lacking = (
            select(entry.id, entry.vectors)
            .outerjoin(self._table, mine.entry_id == entry.id)
            .where(entry.version == self._version, entry.id > above, mine.entry_id.is_(None))
            .order_by(entry.id)
            .limit(BATCH)
        )
        while True:
            with self._database.session() as session:
                rows = [(number, packed) for number, packed in session.execute(lacking)]
                if rows:
                    self._insert(session, rows)
            if len(rows) < BATCH:
                return

    def _insert(self, session: "Session", rows: list[tuple[int, bytes]]) -> None:
        from sqlalchemy.dialects.postgresql import insert

        packed = [each for _, each in rows]
        spaces = {space: space_of_packed(packed, space) for space in self._order}
        session.execute(
            insert(self._table).on_conflict_do_nothing(),
            [
                {"entry_id": number, **{space: spaces[space][k] for space in self._order}}
                for k, (number, _) in enumerate(rows)
            ],
        )

    def _few(self) -> bool:
        """Whether all distances are computed in no time."""
        if self._many:
            return False
        with self._database.session() as session:
            some = select(self._table.c.entry_id).limit(EXACT_BELOW).subquery()
            count = session.scalar(select(func.count()).select_from(some)) or 0
        self._many = count >= EXACT_BELOW
        return not self._many

    def _index(self, space: str) -> bool:
        """Whether the index of a space is there; made now unless another server is at it."""
        if space in self._indexed:
            return True
        index = Index(
            f"ix_{self._table.name}_{space}",
            self._table.c[space],
            postgresql_using="hnsw",
            postgresql_with={"m": CONNECTIVITY, "ef_construction": EXPANSION_ADD},
            postgresql_ops={space: "vector_l2_ops"},
        )
        try:
            with self._database.engine.begin() as connection:
                if not connection.execute(
                    text(f"SELECT pg_try_advisory_xact_lock({LOCK})")
                ).scalar():
                    return False
                index.create(connection, checkfirst=True)
        finally:
            self._table.indexes.discard(index)
        self._indexed.add(space)
        _log.info("the database has an index of the vectors %s", space)
        return True


def _alone(connection: Any) -> None:
    """Wait until no other server changes the tables of vectors; until the transaction ends."""
    connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
