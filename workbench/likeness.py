"""Which parts of the catalogue are like a part?

Descriptors of an older version are made anew on the way.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geometry.similarity import Mode
    from workbench.catalogue import PartCard

__all__ = ["SCHEMA", "likest"]

SCHEMA = "workbench.similar/1"


def likest(
    query: bytes,
    known: "Iterable[tuple[PartCard, bytes]]",
    renew: "Callable[[PartCard], bytes]",
    *,
    mode: "Mode",
    top: int,
) -> dict[str, Any]:
    """The contract's answer: the `top` known parts most like the query, best first.

    query: a descriptor; known: parts with theirs; renew: the descriptor of a part whose stored one
    is of an older version.
    """
    from geometry import descriptor, similarity

    cards: dict[str, PartCard] = {}
    others: dict[str, bytes] = {}
    for card, stored in known:
        cards[card.key] = card
        others[card.key] = stored if descriptor.is_current(stored) else renew(card)
    ranked = similarity.rank(query, others, mode)
    return {
        "schema": SCHEMA,
        "results": [
            {
                "part": match.key,
                "name": cards[match.key].file_name,
                "part_name": cards[match.key].name,
                "similarity": match.similarity,
                "why": match.why,
            }
            for match in ranked[:top]
        ],
    }
