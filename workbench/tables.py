"""The tables of the database."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, Double, ForeignKey, LargeBinary, MetaData, String, Text, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

__all__ = ["Base", "Examination", "File", "IndexEntry", "IndexWord", "Known", "Part", "Plant"]


class Base(DeclarativeBase):
    """What all tables share: names of constraints that migrations can rely on."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {float: Double}


class File(Base):
    """A file that somebody added; its bytes are in the storage under the same hash."""

    __tablename__ = "files"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(Text)  # as it was given: data, never a path
    bytes: Mapped[int]
    format: Mapped[str | None] = mapped_column(String(16))
    unit: Mapped[str | None] = mapped_column(String(32))
    added: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())

    parts: Mapped[list["Part"]] = relationship(
        back_populates="file", cascade="all, delete-orphan", order_by="Part.index"
    )


class Examination(Base):
    """What the geometry of a file says, computed once for every version of the library."""

    __tablename__ = "examinations"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[str] = mapped_column(String(32), primary_key=True)
    record: Mapped[bytes] = mapped_column(LargeBinary)  # zlib of JSON
    blobs: Mapped[dict[str, str]] = mapped_column(JSON)  # "0.glb" → hash in the blob storage
    seconds: Mapped[float]
    made: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class Part(Base):
    """One distinct solid of a file in the catalogue, as lists and searches show it."""

    __tablename__ = "parts"

    id: Mapped[int] = mapped_column(primary_key=True)  # the row of the search index
    key: Mapped[str] = mapped_column(String(40), unique=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("files.sha256", ondelete="CASCADE"), index=True)
    index: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    count: Mapped[int]
    length_mm: Mapped[float]
    width_mm: Mapped[float]
    height_mm: Mapped[float]
    volume_mm3: Mapped[float]
    area_mm2: Mapped[float]
    faces: Mapped[int]
    process: Mapped[str | None] = mapped_column(String(32), index=True)
    suitability: Mapped[float | None]
    thumbnail: Mapped[str | None] = mapped_column(String(64))
    glb: Mapped[str | None] = mapped_column(String(64))
    descriptor: Mapped[str | None] = mapped_column(String(64))
    search: Mapped[str] = mapped_column(Text)  # words of name and file, all spellings as one

    file: Mapped[File] = relationship(back_populates="parts")


class Plant(Base):
    """A plant as its workbook describes it; one document, read whole by matching."""

    __tablename__ = "plants"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    region: Mapped[str] = mapped_column(Text, default="")
    illustrative: Mapped[bool]
    record: Mapped[dict[str, Any]] = mapped_column(JSON)
    position: Mapped[int]  # order of the workbook
    imported: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class IndexEntry(Base):
    """What a part is found by among all; its number is never given to another."""

    __tablename__ = "index_entries"
    __table_args__: ClassVar[dict[str, Any]] = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    part_id: Mapped[int] = mapped_column(ForeignKey("parts.id", ondelete="CASCADE"), unique=True)
    version: Mapped[str] = mapped_column(String(16))  # of the vectors
    vectors: Mapped[bytes] = mapped_column(LargeBinary)  # all spaces one after another, float16
    standard: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # the standard part it is


class IndexWord(Base):
    """A curved face, by kind and radius, that a part has: which parts may hold a group of faces."""

    __tablename__ = "index_words"

    word: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(
        ForeignKey("index_entries.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Known(Base):
    """What people know of a part; it stays when the part's file is added again."""

    __tablename__ = "known"

    part_key: Mapped[str] = mapped_column(String(40), primary_key=True)
    status: Mapped[str | None] = mapped_column(String(16))
    price: Mapped[float | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    plant: Mapped[str | None] = mapped_column(Text)
    process: Mapped[str | None] = mapped_column(String(32))
    supplier: Mapped[str | None] = mapped_column(Text)
    changed: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
