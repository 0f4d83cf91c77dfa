"""The parts of the catalogue as the lists show them."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.errors import plain
from workbench.web.desk import desk

if TYPE_CHECKING:
    from workbench.catalogue import PartCard

__all__ = ["Entry", "entries", "entry_of", "told_apart"]

UNSUITABLE_BELOW = 1.0  # a process that scores nothing is none


@dataclass(frozen=True)
class Entry:
    """One part in a list."""

    key: str
    name: str
    size_mm: tuple[float, ...]
    process: str
    suitability: float
    file_name: str

    @property
    def makeable(self) -> bool:
        """Whether any process suits it at all."""
        return bool(self.process) and self.suitability >= UNSUITABLE_BELOW


def entry_of(card: "PartCard") -> Entry:
    """A card of the catalogue as an entry; names come from files and are shown as plain text."""
    return Entry(
        key=card.key,
        name=plain(card.name or card.file_name),
        size_mm=tuple(card.size_mm),
        process=card.process or "",
        suitability=card.suitability or 0.0,
        file_name=plain(card.file_name),
    )


def told_apart(some: Collection[Entry]) -> dict[str, str]:
    """What each part is called among others: by its file too, where others have its name."""
    often = Counter(each.name for each in some)
    return {
        each.key: each.name if often[each.name] == 1 else f"{each.name} · {each.file_name}"
        for each in some
    }


async def entries(search: str | None = None) -> list[Entry]:
    """The parts that match a search, newest first."""
    return [entry_of(card) for card in await desk().ask("parts", search=search or None)]
