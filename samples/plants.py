"""Writes `plants.xlsx`, the invented plants of the demonstration, from `plants.toml`.

Run as `python -m samples.plants`.
"""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from workbench import plants
from workbench.plants import Certificate, Machine, Plant, Stock

__all__ = ["SOURCE", "WORKBOOK", "illustrative_plants"]

SOURCE = Path(__file__).with_name("plants.toml")
WORKBOOK = Path(__file__).with_name("plants.xlsx")
VALID_UNTIL = date(2029, 12, 31)


def illustrative_plants() -> tuple[Plant, ...]:
    """The invented plants; every record says that it is illustrative."""
    entries = tomllib.loads(SOURCE.read_text(encoding="utf-8"))["plants"]
    return tuple(_plant(entry) for entry in entries)


def _plant(entry: dict[str, Any]) -> Plant:
    machines = tuple(
        Machine(**{**values, "materials": tuple(values["materials"])}, illustrative=True)
        for values in entry["machines"]
    )
    return Plant(
        id=entry["id"],
        name=entry["name"],
        region=entry["region"],
        city=entry["city"],
        shifts=entry["shifts"],
        machines=machines,
        stock=tuple(
            Stock(material, float(share), illustrative=True)
            for material, share in entry["stock"].items()
        ),
        certificates=tuple(
            Certificate(name, VALID_UNTIL, illustrative=True) for name in entry["certificates"]
        ),
        illustrative=True,
    )


def main() -> None:
    """Write the workbook."""
    WORKBOOK.write_bytes(plants.write(illustrative_plants(), tag="en"))


if __name__ == "__main__":
    main()
