"""Which parts of the catalogue are like a part, and what do they say of it?"""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geometry.similarity import Mode
    from workbench.catalogue import PartCard
    from workbench.known import Facts

__all__ = ["SCHEMA", "evidence", "holders", "likest"]

SCHEMA = "workbench.similar/1"
LEAST_EVIDENCE = 0.6  # likeness below which a part's price says nothing of another's (ours)
MOST_EVIDENCE = 5


def likest(
    query: bytes,
    known: "Iterable[PartCard]",
    read: "Callable[[PartCard], bytes]",
    *,
    mode: "Mode",
    top: int,
    weights: Mapping[str, float] | None = None,
) -> dict[str, Any]:
    """The contract's answer: the `top` known parts most like the query, best first.

    query: a descriptor; known: the parts that come into question; read: the descriptor of one.
    """
    from geometry import similarity

    cards = {card.key: card for card in known}
    ranked = similarity.rank(query, {key: read(card) for key, card in cards.items()}, mode, weights)
    return {
        "schema": SCHEMA,
        "results": [
            {**_named(cards[match.key]), "similarity": match.similarity, "why": match.why}
            for match in ranked[:top]
        ],
    }


def holders(
    picked: bytes,
    faces: list[int],
    known: "Iterable[PartCard]",
    read: "Callable[[PartCard], bytes]",
    *,
    least: float,
    top: int,
) -> dict[str, Any]:
    """The parts that have the picked faces of a part somewhere, best first, and where.

    picked: the descriptor of the part that the faces are of.
    """
    from geometry.partial import contains, told
    from geometry.surroundings import load_faces

    mine = load_faces(picked)
    rows = mine.rows(faces)
    found = []
    for card in known:
        places = contains(mine, rows, load_faces(read(card)), least=least)
        if places:
            why = {"places": len(places), "faces": len(rows), "missing": places[0].missing}
            found.append(
                {
                    **_named(card),
                    "similarity": places[0].fit,
                    "why": why,
                    "places": [told(place) for place in places],
                }
            )
    found.sort(key=lambda each: (-each["similarity"], -each["why"]["places"], each["part"]))
    return {"schema": SCHEMA, "picked": faces, "results": found[:top]}


def evidence(answer: Mapping[str, Any], facts: "Mapping[str, Facts]") -> list[dict[str, Any]]:
    """What is known of the parts that are most like one: price, plant, process beside likeness."""
    return [
        {
            "part": result["part"],
            "name": result["name"],
            "part_name": result["part_name"],
            "similarity": result["similarity"],
            "volume_ratio": result["why"]["volume_ratio"],
            **facts[result["part"]].told(),
        }
        for result in answer["results"]
        if result["similarity"] >= LEAST_EVIDENCE and result["part"] in facts
    ][:MOST_EVIDENCE]


def _named(card: "PartCard") -> dict[str, Any]:
    return {"part": card.key, "name": card.file_name, "part_name": card.name}
