"""How does PostgreSQL find the nearest vectors itself? With its extension `vector` (pgvector).

The table of vectors is a copy of what the entries hold, like an index: it has the version of the
vectors in its name, is filled in the transactions that make entries, and is made again where it is
lacking. No foreign key binds it, so that migrations know nothing of it.
"""

import importlib.util
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import (
    Column,
    Engine,
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
from workbench.vector_index import EXACT_BELOW

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
# as in `vector_index`, less of the first two: the extension reads each neighbour from a page of its
# own, and half the neighbours take half the time to add one; looking at more to find one holds the
# recall
CONNECTIVITY, EXPANSION_ADD, EXPANSION_SEARCH = 12, 32, 128
GROWTH = 2  # least ratio of the lengths of one range and the next
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

    Exact among fewer than EXACT_BELOW; above, by HNSW indices of ranges of numbers, and exact among
    the newest that are in none: placing a vector in an index takes ten times as long as building
    one of many, so entries are added to none and many get one together, with the next search.
    Source: the log-structured merge-tree, O'Neil et al., Acta Informatica 33, 1996.
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
        newest = self._newest()
        self._take_in(newest - LOOK_BACK)
        if exact is None:
            exact = count > MOST_EXPANSION or self._few()
        ranges = [] if exact else self._grown(space, newest)
        number, far = self._table.c.entry_id, self._table.c[space].l2_distance(vector)
        query = select(far, number).order_by(far).limit(count)
        found: list[Any] = []
        with self._database.session() as session:
            # numbers stand in the text: a partial index is for whoever says its range
            beyond = text(f"entry_id > {ranges[-1].last if ranges else 0:d}")
            found += session.execute(query.where(beyond)).all()
            if ranges:
                session.execute(text("SET LOCAL enable_seqscan = off"))
                session.execute(text("SET LOCAL enable_sort = off"))
                expansion = max(EXPANSION_SEARCH, count)
                session.execute(text(f"SET LOCAL hnsw.ef_search = {expansion:d}"))
            for each in ranges:
                found += session.execute(query.where(text(each.condition))).all()
        return [int(number) for _, number in sorted(map(tuple, found))[:count]]

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
            for space in self._order:  # of the whole table, as earlier versions made it
                connection.execute(text(f"DROP INDEX IF EXISTS ix_{self._table.name}_{space}"))

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
                # a copy: what a crash of the server takes of it is taken in again
                session.execute(text("SET LOCAL synchronous_commit = off"))
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

    def _newest(self) -> int:
        """The highest number in the table."""
        with self._database.session() as session:
            return int(session.scalar(select(func.max(self._table.c.entry_id))) or 0)

    def _ranges(self, connection: Any, space: str) -> list["_Range"]:
        """Ranges of numbers that have an index of a space, ascending."""
        query = text(
            "SELECT indexname FROM pg_indexes"
            " WHERE tablename = :table AND schemaname = current_schema()"
        )
        names = connection.execute(query, {"table": self._table.name}).scalars()
        form = re.compile(rf"ix_vectors_{space}_(\d+)_(\d+)")
        found = (form.fullmatch(name) for name in names)
        return sorted(_Range(space, int(each[1]), int(each[2])) for each in found if each)

    def _grown(self, space: str, newest: int) -> list["_Range"]:
        """The same, with one more up to the `newest` entry where there are many in none.

        Smaller ones before it are made one with it, so that each is at least GROWTH times as long
        as the next: few are searched, and few vectors are placed more than a few times. Where
        another server is at it, its entries are compared one by one meanwhile.
        """
        with self._database.engine.begin() as connection:
            ranges = self._ranges(connection, space)
            after = ranges[-1].last if ranges else 0
            if newest - after < EXACT_BELOW:
                return ranges
            locked = text(f"SELECT pg_try_advisory_xact_lock({LOCK})")
            if not connection.execute(locked).scalar():
                return ranges
            ranges = self._ranges(connection, space)  # as another server may just have left them
            after = ranges[-1].last if ranges else 0
            while ranges and ranges[-1].length < GROWTH * (newest - after):
                joined = ranges.pop()
                connection.execute(text(f"DROP INDEX {joined.name}"))
                after = joined.after
            new = _Range(space, after, newest)
            connection.execute(
                text(
                    f"CREATE INDEX {new.name} ON {self._table.name}"
                    f" USING hnsw ({space} vector_l2_ops)"
                    f" WITH (m = {CONNECTIVITY}, ef_construction = {EXPANSION_ADD})"
                    f" WHERE {new.condition}"
                )
            )
        _log.info("the database has an index of the vectors %s up to %d", space, newest)
        return [*ranges, new]


@dataclass(frozen=True, order=True)
class _Range:
    """Numbers of entries that one index of a space holds."""

    space: str
    after: int
    last: int

    @property
    def name(self) -> str:
        return f"ix_vectors_{self.space}_{self.after}_{self.last}"

    @property
    def length(self) -> int:
        return self.last - self.after

    @property
    def condition(self) -> str:
        """In SQL, as the index has it and as a query must."""
        return f"entry_id > {self.after} AND entry_id <= {self.last}"


def _alone(connection: Any) -> None:
    """Wait until no other server changes the tables of vectors; until the transaction ends."""
    connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
