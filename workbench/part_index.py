"""Which parts of the catalogue come into question for an answer, however many there are?

Every part has one entry in the database: its vectors, the words of its curved faces, the standard
part that it is. Entries are made when somebody first asks; those of another version of the vectors
are made anew. The nearest vectors are found by `workbench.nearest`: by PostgreSQL itself where it
can, else in memory.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import delete, func, insert, select

from workbench import tables
from workbench.catalogue import Catalogue, PartCard, card_of
from workbench.errors import KNOWN
from workbench.grounds import Progress
from workbench.nearest import space_of_packed

if TYPE_CHECKING:
    from geometry.similarity import Mode
    from workbench.nearest import Nearest

__all__ = ["ALL_RANKED", "PartIndex"]

_log = logging.getLogger(__name__)

ALL_RANKED = 1000  # in smaller catalogues every descriptor is compared: no second is lost by it
LEAST_CANDIDATES, CANDIDATES_PER_RESULT = 200, 6  # ranked exactly for `top` results
BATCH = 500  # entries written, read and asked for at once
ALL_DISTANCES = 20_000  # parts of which every two distances are computed: seconds
BLOCK = 1000  # rows of distances held at once

Fresh = Callable[[PartCard], bytes]


class PartIndex:
    """The entries of a catalogue, and the indices over them."""

    def __init__(self, catalogue: Catalogue, folder: Path) -> None:
        self._catalogue = catalogue
        self._folder = folder
        self._opened: Nearest | None = None
        self._lock = threading.RLock()

    # --- entries ---

    def refresh(self, fresh: Fresh, progress: Progress | None = None) -> None:
        """Make the entries that parts lack or that are of another version.

        fresh: the descriptor of a part as this version makes it. A part whose file cannot be read
        any more stays without an entry; the log says so.
        """
        from geometry.embedding import VERSION

        with self._lock:
            lacking = self._lacking(VERSION)
            for number, card in enumerate(lacking):
                if progress is not None:
                    progress(number / len(lacking), "indexing")
                try:
                    self._keep(card, fresh(card), VERSION)
                except KNOWN as error:
                    _log.warning("part %s is not in the index: %s", card.key, error)

    def _lacking(self, version: str) -> list[PartCard]:
        entry = tables.IndexEntry
        query = (
            select(tables.Part, tables.File.name, tables.File.added)
            .join(tables.File)
            .outerjoin(entry, entry.part_id == tables.Part.id)
            .where(tables.Part.descriptor.is_not(None))
            .where(entry.id.is_(None) | (entry.version != version))
        )
        with self._catalogue.database.session() as session:
            return [card_of(*row) for row in session.execute(query)]

    def _keep(self, card: PartCard, data: bytes, version: str) -> None:
        from geometry.descriptor import load, standard_of
        from geometry.embedding import embed
        from geometry.surroundings import load_faces, words

        vectors = embed(load(data))
        packed = np.concatenate([vectors[name] for name in sorted(vectors)]).astype(np.float16)
        found = words(load_faces(data))
        with self._catalogue.database.session() as session:
            part_id = session.scalar(select(tables.Part.id).where(tables.Part.key == card.key))
            if part_id is None:  # taken out meanwhile
                return
            session.execute(delete(tables.IndexEntry).where(tables.IndexEntry.part_id == part_id))
            entry = tables.IndexEntry(
                part_id=part_id, version=version, vectors=packed.tobytes(),
                standard=standard_of(data),
            )  # fmt: skip
            session.add(entry)
            session.flush()
            self._nearest.keep(session, entry.id, entry.vectors)
            if len(found):
                session.execute(
                    insert(tables.IndexWord),
                    [{"word": int(word), "entry_id": entry.id} for word in found],
                )

    def count(self) -> int:
        """How many parts have an entry."""
        with self._catalogue.database.session() as session:
            return int(session.scalar(select(func.count()).select_from(tables.IndexEntry)) or 0)

    def state(self) -> tuple[int, int]:
        """Two numbers that change whenever a part comes or goes."""
        with self._catalogue.database.session() as session:
            entry = tables.IndexEntry
            row = session.execute(select(func.count(entry.id), func.max(entry.id))).one()
            return int(row[0]), int(row[1] or 0)

    def standards(self, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The standard parts among parts: key → kind, designation, confidence."""
        asked, found = list(keys), {}
        for start in range(0, len(asked), BATCH):
            query = (
                select(tables.Part.key, tables.IndexEntry.standard)
                .join(tables.IndexEntry, tables.IndexEntry.part_id == tables.Part.id)
                .where(tables.Part.key.in_(asked[start : start + BATCH]))
            )
            with self._catalogue.database.session() as session:
                found |= {key: said for key, said in session.execute(query) if said}
        return found

    # --- candidates ---

    def near(self, vectors: dict[str, np.ndarray], mode: "Mode", top: int) -> list[PartCard]:
        """Parts that come into question for the `top` most alike; all, where they are few."""
        from geometry.embedding import space_of

        count = self.count()
        wanted = max(LEAST_CANDIDATES, CANDIDATES_PER_RESULT * top)
        if count <= max(ALL_RANKED, wanted):
            return self.all_cards()
        space = space_of(mode)
        with self._lock:
            numbers = self._nearest.search(space, vectors[space], wanted)
            return self._cards(numbers, found_by=self._nearest)

    def holding(self, found: np.ndarray, least: float) -> list[PartCard]:
        """Parts that have curved faces like these words' or of the next radius; all, of none."""
        if not len(found):
            return self.all_cards()
        word = tables.IndexWord
        near = {int(each) + step: place for place, each in enumerate(found) for step in (-1, 0, 1)}
        query = select(word.word, word.entry_id).where(word.word.in_(list(near)))
        held: dict[int, set[int]] = {}
        with self._catalogue.database.session() as session:
            for number, entry_id in session.execute(query):
                held.setdefault(entry_id, set()).add(near[number])
        enough = [number for number, has in held.items() if len(has) >= least * len(found)]
        return self._cards(enough) if enough else []

    def neighbours(self, count: int) -> tuple[list[PartCard], np.ndarray]:
        """All parts, and for each the places of its nearest ones: (n, ≤ count)."""
        cards, numbers, vectors = self.vectors("shape")
        if len(cards) <= ALL_DISTANCES:
            return cards, _nearest_of_all(vectors, count + 1)
        with self._lock:
            place = {int(number): k for k, number in enumerate(numbers)}
            rows = [
                [place[n] for n in self._nearest.search("shape", vector, count + 1) if n in place]
                for vector in vectors
            ]
        width = min(map(len, rows), default=0)
        return cards, np.array([row[:width] for row in rows], int).reshape(len(cards), width)

    def vectors(self, space: str) -> tuple[list[PartCard], np.ndarray, np.ndarray]:
        """All parts, the numbers of their entries (n,), and their vectors of a space (n, d)."""
        query = (
            select(tables.Part, tables.File.name, tables.File.added, tables.IndexEntry)
            .join(tables.File)
            .join(tables.IndexEntry, tables.IndexEntry.part_id == tables.Part.id)
            .order_by(tables.IndexEntry.id)
        )
        with self._catalogue.database.session() as session:
            rows = session.execute(query).all()
        cards = [card_of(part, name, added) for part, name, added, _ in rows]
        numbers = np.array([entry.id for *_, entry in rows], np.int64)
        return cards, numbers, space_of_packed([entry.vectors for *_, entry in rows], space)

    def all_cards(self) -> list[PartCard]:
        """Every part that has an entry."""
        query = (
            select(tables.Part, tables.File.name, tables.File.added)
            .join(tables.File)
            .join(tables.IndexEntry, tables.IndexEntry.part_id == tables.Part.id)
        )
        with self._catalogue.database.session() as session:
            return [card_of(*row) for row in session.execute(query)]

    def save(self) -> None:
        """Keep what the next program would otherwise make again."""
        with self._lock:
            self._nearest.save()

    # --- inside ---

    @property
    def _nearest(self) -> "Nearest":
        """Who searches the vectors; asked of the database once."""
        from workbench.nearest import nearest_of

        with self._lock:
            if self._opened is None:
                self._opened = nearest_of(self._catalogue.database, self._folder)
            return self._opened

    def _cards(self, numbers: list[int], *, found_by: "Nearest | None" = None) -> list[PartCard]:
        """Parts of entries; entries that are gone leave the index that named them."""
        cards: list[PartCard] = []
        alive: set[int] = set()
        for start in range(0, len(numbers), BATCH):
            for number, card in self._numbered(numbers[start : start + BATCH]):
                alive.add(number)
                cards.append(card)
        if found_by is not None:
            found_by.forget(set(numbers) - alive)
        return cards

    def _numbered(self, numbers: list[int]) -> list[tuple[int, PartCard]]:
        query = (
            select(tables.Part, tables.File.name, tables.File.added, tables.IndexEntry.id)
            .join(tables.File)
            .join(tables.IndexEntry, tables.IndexEntry.part_id == tables.Part.id)
            .where(tables.IndexEntry.id.in_(numbers))
        )
        with self._catalogue.database.session() as session:
            return [(row[3], card_of(*row[:3])) for row in session.execute(query)]


def _nearest_of_all(vectors: np.ndarray, count: int) -> np.ndarray:
    """For each vector (n, d) the places of its nearest, itself among them: (n, ≤ count)."""
    count = min(count, len(vectors))
    squares = (vectors**2).sum(axis=1)
    rows = np.zeros((len(vectors), count), int)
    for start in range(0, len(vectors), BLOCK):
        block = vectors[start : start + BLOCK]
        apart = squares - 2 * block @ vectors.T
        near = np.argpartition(apart, count - 1, axis=1)[:, :count]
        order = np.argsort(np.take_along_axis(apart, near, axis=1), axis=1)
        rows[start : start + BLOCK] = np.take_along_axis(near, order, axis=1)
    return rows
