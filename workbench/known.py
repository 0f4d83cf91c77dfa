"""What do people know of a part: is it made, where, by whom, at what price?"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench import tables
from workbench.errors import WrongUse

__all__ = ["FIELDS", "STATUSES", "Facts", "facts_of", "forget", "keys", "remember"]

STATUSES = ("made", "imported", "waiting")
FIELDS = ("status", "price", "currency", "plant", "process", "supplier")
MOST_KEYS = 500  # asked for in one statement
LONGEST = 200  # characters of a plant's or supplier's name


@dataclass(frozen=True)
class Facts:
    """What is known of one part; None where nobody said."""

    status: str | None = None  # of STATUSES
    price: float | None = None  # of one part
    currency: str | None = None  # ISO 4217
    plant: str | None = None
    process: str | None = None
    supplier: str | None = None

    def told(self) -> dict[str, Any]:
        """What somebody said, as plain data."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def remember(session: Session, key: str, values: Mapping[str, Any]) -> Facts:
    """Keep what was said of a part; a field not named stays, an empty one is forgotten.

    Raises WrongUse.
    """
    said = {name: _checked(name, value) for name, value in values.items() if name in FIELDS}
    row = session.get(tables.Known, key)
    if row is None:
        row = tables.Known(part_key=key)
        session.add(row)
    for name, value in said.items():
        setattr(row, name, value)
    if row.price is not None and row.currency is None:
        raise WrongUse(
            "a price needs its currency", where="--currency", hint="say it as USD, UZS, EUR"
        )
    session.flush()
    facts = _facts(row)
    if not facts.told():
        session.delete(row)
    return facts


def facts_of(session: Session, wanted: Iterable[str]) -> dict[str, Facts]:
    """What is known of parts: key → facts, for those of which anything is."""
    asked = list(dict.fromkeys(wanted))
    found: dict[str, Facts] = {}
    for start in range(0, len(asked), MOST_KEYS):
        some = asked[start : start + MOST_KEYS]
        rows = session.scalars(select(tables.Known).where(tables.Known.part_key.in_(some)))
        found |= {row.part_key: _facts(row) for row in rows}
    return found


def keys(session: Session) -> list[str]:
    """Parts of which a price, a plant or a process is known."""
    telling = (tables.Known.price, tables.Known.plant, tables.Known.process)
    query = select(tables.Known.part_key).where(
        telling[0].is_not(None) | telling[1].is_not(None) | telling[2].is_not(None)
    )
    return list(session.scalars(query))


def fingerprint(session: Session) -> str:
    """A text that changes whenever anything is said of a part, or forgotten."""
    columns = [tables.Known.part_key, *(getattr(tables.Known, name) for name in FIELDS)]
    digest = hashlib.sha256()
    for row in session.execute(select(*columns).order_by(tables.Known.part_key)):
        digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


def forget(session: Session, key: str) -> None:
    """Forget everything that was said of a part."""
    row = session.get(tables.Known, key)
    if row is not None:
        session.delete(row)


def _facts(row: tables.Known) -> Facts:
    return Facts(**{name: getattr(row, name) for name in FIELDS})


def _checked(name: str, value: Any) -> Any:
    """A value as it is kept.

    Raises WrongUse.
    """
    from geometry.processes.rules import PROCESSES

    if value is None or value == "":
        return None
    if name == "price":
        if not (isinstance(value, int | float) and 0 < float(value) < 1e12):
            raise _wrong(name, value, "12.50")
        return float(value)
    text = str(value).strip()[:LONGEST]
    if name == "status" and text not in STATUSES:
        raise _wrong(name, text, ", ".join(STATUSES))
    if name == "process" and text not in PROCESSES:
        raise _wrong(name, text, ", ".join(PROCESSES))
    if name == "currency":
        text = text.upper()
        if not (len(text) == 3 and text.isascii() and text.isalpha()):
            raise _wrong(name, text, "USD, UZS, EUR")
    return text or None


def _wrong(name: str, value: Any, expected: str) -> WrongUse:
    return WrongUse(
        f"{name} cannot be {str(value)[:40]!r}", where=f"--{name}", hint=f"say it as {expected}"
    )
