"""The table of a folder of parts with labelled families, as the bench of likeness reads it."""

import csv
from collections.abc import Sequence
from pathlib import Path

__all__ = ["write_families"]


def write_families(folder: Path, rows: Sequence[tuple[str, str, str]]) -> None:
    """Writes `families.csv` of rows (file, family_id, name) and says how many there are."""
    with (folder / "families.csv").open("w", newline="", encoding="utf-8") as table:
        writer = csv.writer(table)
        writer.writerow(("file", "family_id", "name"))
        writer.writerows(rows)
    print(f"{len(rows)} parts, {len({row[1] for row in rows})} families")
