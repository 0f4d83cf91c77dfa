"""Which files, examinations and parts does this installation know?"""

import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, delete, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from workbench import known, tables
from workbench.database import Database
from workbench.errors import NoSuchPart
from workbench.language import normalise_search
from workbench.storage import Storage

__all__ = ["Catalogue", "PartCard", "StoredExamination", "card_of", "part_key"]

KEY_LENGTH = (
    16  # hexadecimal digits of the hash in a part's key: 64 bits, no collision among millions
)
KEPT_RECORDS = 2  # unpacked: of the part one looks at and the one beside it

_KEY = re.compile(r"([0-9a-f]{16})-(\d{1,6})")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class StoredExamination:
    """What `geometry.analysis.examine` found, as it is kept: blobs by the hash of their bytes."""

    sha256: str
    version: str
    record: dict[str, Any]
    blobs: dict[str, str]
    seconds: float


@dataclass(frozen=True)
class PartCard:
    """A part as a list shows it."""

    key: str
    sha256: str
    index: int
    name: str
    file_name: str
    count: int
    size_mm: tuple[float, float, float]
    volume_mm3: float
    area_mm2: float
    faces: int
    process: str | None
    suitability: float | None
    thumbnail: str | None
    glb: str | None
    descriptor: str | None
    added: datetime


def part_key(sha256: str, index: int) -> str:
    """The name of a part in URLs and commands."""
    return f"{sha256[:KEY_LENGTH]}-{index}"


class Catalogue:
    """Examinations of every file ever looked at, and the files that were added with their parts."""

    def __init__(self, database: Database, files: Storage, blobs: Storage) -> None:
        self.database = database
        self.files = files
        self.blobs = blobs

    # --- examinations ---

    def examination(self, sha256: str, version: str) -> StoredExamination | None:
        """What this version of the library found in the file, None when it never looked."""
        with self.database.session() as session:
            row = session.get(tables.Examination, (sha256, version))
            return None if row is None else _stored(row)

    def keep_examination(
        self,
        sha256: str,
        version: str,
        record: Mapping[str, Any],
        blobs: Mapping[str, bytes],
        seconds: float,
    ) -> StoredExamination:
        """Keep what was found. Blobs first: a record never names bytes that are not there."""
        hashes = {name: self.blobs.put(data) for name, data in blobs.items()}
        packed = zlib.compress(json.dumps(record, ensure_ascii=False).encode("utf-8"))
        values = {
            "sha256": sha256,
            "version": version,
            "record": packed,
            "blobs": hashes,
            "seconds": seconds,
        }
        with self.database.session() as session:
            session.execute(_insert_once(session, tables.Examination, values))
        return StoredExamination(sha256, version, dict(record), hashes, seconds)

    def keep_blobs(
        self, examination: StoredExamination, blobs: Mapping[str, bytes]
    ) -> StoredExamination:
        """Keep what was made of an examined file since; the examination that names it."""
        hashes = {**examination.blobs, **{name: self.blobs.put(b) for name, b in blobs.items()}}
        with self.database.session() as session:
            session.execute(
                update(tables.Examination)
                .where(
                    tables.Examination.sha256 == examination.sha256,
                    tables.Examination.version == examination.version,
                )
                .values(blobs=hashes)
            )
        return replace(examination, blobs=hashes)

    # --- files and parts ---

    def add(
        self,
        data: bytes,
        name: str,
        examination: StoredExamination,
        best: Sequence[tuple[str, float]],
    ) -> list[str]:
        """Put a file and its parts in; `best` is (process, suitability) of each part.

        Adding it again refreshes its parts and keeps its first name. Returns the keys.
        """
        self.files.put(data)
        source = examination.record["source"]
        cards = [
            _row(part, examination, name, *(best[part["index"]] if best else (None, None)))
            for part in examination.record["parts"]
        ]
        with self.database.session() as session:
            values = {
                "sha256": examination.sha256,
                "name": name,
                "bytes": len(data),
                "format": source.get("format"),
                "unit": source.get("unit"),
            }
            session.execute(_insert_once(session, tables.File, values))
            session.execute(delete(tables.Part).where(tables.Part.sha256 == examination.sha256))
            session.add_all(cards)
        return [card.key for card in cards]

    def parts(self, search: str | None = None, limit: int | None = None) -> list[PartCard]:
        """The parts of the catalogue, newest first; with `search` those that have all its words."""
        query = (
            select(tables.Part, tables.File.name, tables.File.added)
            .join(tables.File)
            .order_by(tables.File.added.desc(), tables.File.sha256, tables.Part.index)
        )
        if search and search.strip():
            query = self._with_words(query, search)
        if limit is not None:
            query = query.limit(limit)
        with self.database.session() as session:
            return [card_of(*row) for row in session.execute(query)]

    def part(self, key: str) -> PartCard:
        """One part of the catalogue.

        Raises NoSuchPart.
        """
        with self.database.session() as session:
            row = session.execute(
                select(tables.Part, tables.File.name, tables.File.added)
                .join(tables.File)
                .where(tables.Part.key == key)
            ).first()
        if row is None:
            raise no_such_part(key)
        return card_of(*row)

    def file_bytes(self, sha256: str) -> bytes:
        """The file as it was added."""
        return self.files.read(sha256)

    def remove(self, key: str) -> None:
        """Take a part out, and its file when it was the last part of it.

        Raises NoSuchPart.
        """
        with self.database.session() as session:
            part = session.scalar(select(tables.Part).where(tables.Part.key == key))
            if part is None:
                raise no_such_part(key)
            sha256 = part.sha256
            known.forget(session, key)
            session.delete(part)
            session.flush()
            left = session.scalar(
                select(func.count()).select_from(tables.Part).where(tables.Part.sha256 == sha256)
            )
            if left:
                return
            session.execute(delete(tables.File).where(tables.File.sha256 == sha256))
        self.files.remove(sha256)

    def forget_examination(self, sha256: str, version: str) -> None:
        """Let a file be examined again."""
        with self.database.session() as session:
            session.execute(
                delete(tables.Examination).where(
                    tables.Examination.sha256 == sha256, tables.Examination.version == version
                )
            )

    def renew_descriptor(self, key: str, blob: str) -> None:
        """Keep the descriptor that a later examination made of a part."""
        with self.database.session() as session:
            session.execute(
                update(tables.Part).where(tables.Part.key == key).values(descriptor=blob)
            )

    def _with_words(self, query: Select[Any], search: str) -> Select[Any]:
        words = _WORD.findall(normalise_search(search))
        if not words:  # nothing but signs: no part has them
            return query.where(text("1 = 0"))
        if self.database.full_text:
            # quoted, so that no word is an operator of FTS5; the last one may be unfinished
            asked = " ".join(f'"{word}"*' for word in words)
            return query.where(
                text(
                    "parts.id IN (SELECT rowid FROM parts_words WHERE parts_words MATCH :asked)"
                ).bindparams(asked=asked)
            )
        for word in words:
            query = query.where(tables.Part.search.contains(word, autoescape=True))
        return query


def no_such_part(key: str) -> NoSuchPart:
    """The error for a key that the catalogue does not know."""
    return NoSuchPart(f"no part {key!r}", hint="`workbench parts list` shows the keys", key=key)


def split_key(key: str) -> tuple[str, int]:
    """The first digits of the hash, and the index in the file.

    Raises NoSuchPart when it is no key.
    """
    match = _KEY.fullmatch(key)
    if match is None:
        raise no_such_part(key)
    return match[1], int(match[2])


def _insert_once(session: Session, table: type[tables.Base], values: dict[str, Any]) -> Any:
    """An insert that leaves a row of the same key as it is, whoever wrote it."""
    dialect = session.get_bind().dialect.name
    insert = (sqlite if dialect == "sqlite" else postgresql).insert(table).values(**values)
    return insert.on_conflict_do_nothing()


def _stored(row: tables.Examination) -> StoredExamination:
    record = _unpacked(row.record)
    return StoredExamination(row.sha256, row.version, record, dict(row.blobs), row.seconds)


@lru_cache(maxsize=KEPT_RECORDS)
def _unpacked(packed: bytes) -> dict[str, Any]:
    """The record of an examination, which nobody changes; who looks at a part judges it again and
    again, and unpacking takes twice as long as judging.
    """
    return dict(json.loads(zlib.decompress(packed)))


def _row(
    part: Mapping[str, Any],
    examination: StoredExamination,
    file_name: str,
    process: str | None,
    suitability: float | None,
) -> tables.Part:
    index = part["index"]
    length_mm, width_mm, height_mm = part["size_mm"]
    words = normalise_search(f"{part['name']} {file_name} {part.get('material') or ''}")
    return tables.Part(
        key=part_key(examination.sha256, index),
        sha256=examination.sha256,
        index=index,
        name=part["name"],
        count=part["count"],
        length_mm=length_mm,
        width_mm=width_mm,
        height_mm=height_mm,
        volume_mm3=part["volume_mm3"],
        area_mm2=part["area_mm2"],
        faces=len(part["faces"]),
        process=process,
        suitability=suitability,
        thumbnail=examination.blobs.get(f"{index}.png"),
        glb=examination.blobs.get(f"{index}.glb"),
        descriptor=examination.blobs.get(f"{index}.descriptor"),
        search=" ".join(_WORD.findall(words.replace("_", " "))),
    )


def card_of(part: tables.Part, file_name: str, added: datetime) -> PartCard:
    """A part as lists show it."""
    return PartCard(
        key=part.key,
        sha256=part.sha256,
        index=part.index,
        name=part.name,
        file_name=file_name,
        count=part.count,
        size_mm=(part.length_mm, part.width_mm, part.height_mm),
        volume_mm3=part.volume_mm3,
        area_mm2=part.area_mm2,
        faces=part.faces,
        process=part.process,
        suitability=part.suitability,
        thumbnail=part.thumbnail,
        glb=part.glb,
        descriptor=part.descriptor,
        added=added,
    )
