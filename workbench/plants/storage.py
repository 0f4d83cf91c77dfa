"""How do plants get into the database and out of it?"""

from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from workbench import tables
from workbench.plants.records import Certificate, Machine, Plant, Stock

__all__ = ["from_record", "load", "save", "to_record"]


def to_record(plant: Plant) -> dict[str, Any]:
    """A plant as plain JSON data; what it did not say is absent."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items() if item is not None}
        if isinstance(value, (list, tuple)):
            return [plain(item) for item in value]
        return value.isoformat() if isinstance(value, date) else value

    return plain(asdict(plant))  # type: ignore[no-any-return]


def from_record(record: dict[str, Any]) -> Plant:
    """The plant of a record that `to_record` made, by this version or an older one."""
    values = _known(Plant, record)
    values["machines"] = tuple(
        Machine(**{**_known(Machine, item), "materials": tuple(item["materials"])})
        for item in record["machines"]
    )
    values["stock"] = tuple(Stock(**_known(Stock, item)) for item in record.get("stock", ()))
    values["certificates"] = tuple(
        Certificate(
            item["name"],
            date.fromisoformat(item["valid_until"]) if "valid_until" in item else None,
            item.get("illustrative", False),
        )
        for item in record.get("certificates", ())
    )
    return Plant(**values)


def _known(kind: type, record: dict[str, Any]) -> dict[str, Any]:
    return {field.name: record[field.name] for field in fields(kind) if field.name in record}


def save(session: Session, plants: Iterable[Plant], *, keep_others: bool = False) -> int:
    """Put plants in place of those stored, or of the same ids with keep_others; how many."""
    plants = tuple(plants)
    old = delete(tables.Plant)
    first = 0
    if keep_others:
        old = old.where(tables.Plant.key.in_([plant.id for plant in plants]))
        positions = session.scalars(select(tables.Plant.position)).all()
        first = max(positions, default=-1) + 1
    session.execute(old)
    session.add_all(
        tables.Plant(
            key=plant.id,
            name=plant.name,
            region=plant.region,
            illustrative=plant.illustrative,
            record=to_record(plant),
            position=position,
        )
        for position, plant in enumerate(plants, start=first)
    )
    return len(plants)


def load(session: Session) -> tuple[Plant, ...]:
    """All plants, in the order of the workbook they came from."""
    rows = session.scalars(select(tables.Plant).order_by(tables.Plant.position))
    return tuple(from_record(row.record) for row in rows)
