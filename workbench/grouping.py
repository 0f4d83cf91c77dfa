"""Which families, doubles and near doubles does the catalogue hold, and what is its map?"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.grounds import Progress

if TYPE_CHECKING:
    from geometry.descriptor import Descriptor
    from workbench.catalogue import PartCard
    from workbench.part_index import PartIndex

__all__ = ["SCHEMA", "families", "layout"]

SCHEMA = "workbench.families/1"
ALL_PAIRS = 1500  # parts of which every pair is compared: seconds
NEIGHBOURS = 24  # of each part are compared in larger catalogues
LEAST_STANDARDISED = 0.8  # likeness from which two parts are asked whether one would do (ours)
MOST_PAIRS = 500  # near doubles that are looked at, most alike first
HELD = 50_000  # descriptors at hand while parts are compared: 5 kB each
TOLD_EVERY = 50  # parts after which it is told how far one is
READING_SHARE = 0.1  # of a map's work, before its parts are laid out

Read = Callable[["PartCard"], bytes]
Describe = Callable[[int], "Descriptor"]


def families(
    index: "PartIndex",
    read: Read,
    record: "Callable[[PartCard], Mapping[str, Any]]",
    facts: Callable[[Sequence[str]], Mapping[str, Any]],
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Families, doubles, mirrored twins and candidates for one common dimension.

    read: a part's descriptor; record: the part in its file's examination; facts: what is known.
    """
    from geometry.families import clusters, medoid

    def heard(share: float) -> None:
        if progress is not None:
            progress(share, "comparing")

    cards, pairs, likeness, describe = _pairs(index, read, lambda share: heard(0.6 * share))
    told = index.standards([card.key for card in cards])
    known = facts([card.key for card in cards])
    place = {(int(a), int(b)): float(s) for (a, b), s in zip(pairs, likeness, strict=True)}
    found = []
    for members in clusters(len(cards), pairs, likeness):
        apart = np.array(
            [[1.0 if a == b else place.get((min(a, b), max(a, b)), 0.0) for b in members]
             for a in members]
        )  # fmt: skip
        middle = medoid(apart)
        order = sorted(range(len(members)), key=lambda k: -apart[middle, k])
        found.append(
            {
                "representative": cards[members[middle]].key,
                "likeness": round(float(apart[np.triu_indices(len(members), 1)].mean()), 4),
                "parts": [_member(cards[members[k]], told, known) for k in order],
            }
        )
    doubles, twins, standardise = _doubles(
        cards, pairs, likeness, read, record, describe, lambda share: heard(0.6 + 0.4 * share)
    )
    return {
        "schema": SCHEMA,
        "count": len(cards),
        "families": found,
        "duplicates": doubles,
        "mirrored": twins,
        "standardise": [each for each in standardise if not _bought(each, told)],
    }


def layout(
    index: "PartIndex",
    read: Read,
    facts: Callable[[Sequence[str]], Mapping[str, Any]],
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Every part as a point of the plane on which alike parts are neighbours.

    → schema, parts: part, name, file, x, y, process, standard_part, known.
    """
    from geometry.descriptor import load
    from geometry.families import likeness_matrix
    from geometry.layout import LANDMARKS, lay_out, place_among

    cards, _, vectors = index.vectors("shape")
    count = len(cards)
    chosen = np.arange(count)
    if count > LANDMARKS:
        chosen = np.sort(np.random.default_rng(0).choice(count, LANDMARKS, replace=False))
    points = np.zeros((count, 2))
    known = []
    for number, k in enumerate(chosen):
        if progress is not None and number % TOLD_EVERY == 0:
            progress(READING_SHARE * number / len(chosen), "comparing")
        known.append(load(read(cards[k])))
    points[chosen] = lay_out(likeness_matrix(known))
    rest = np.setdiff1d(np.arange(count), chosen)
    if len(rest):
        points[rest] = place_among(points[chosen], vectors[chosen], vectors[rest])
    told = index.standards([card.key for card in cards])
    said = facts([card.key for card in cards])
    return {
        "schema": "workbench.map/1",
        "parts": [
            {
                **_member(card, told, said),
                "x": round(float(points[k, 0]), 4),
                "y": round(float(points[k, 1]), 4),
                **({"process": card.process} if card.process else {}),
            }
            for k, card in enumerate(cards)
        ],
    }


def _pairs(
    index: "PartIndex", read: Read, heard: Callable[[float], None]
) -> "tuple[list[PartCard], np.ndarray, np.ndarray, Describe]":
    """Parts, the pairs of places (k, 2), lower first, that were compared, their likeness (k,), and
    the descriptor of a part by its place.
    """
    from geometry.descriptor import load
    from geometry.families import likeness_matrix
    from geometry.similarity import likenesses, stacked

    cards = index.all_cards()

    @lru_cache(maxsize=HELD)
    def descriptor(k: int) -> "Descriptor":
        return load(read(cards[k]))

    if len(cards) <= ALL_PAIRS:
        matrix = likeness_matrix([descriptor(k) for k in range(len(cards))])
        i, j = np.triu_indices(len(cards), 1)
        return cards, np.column_stack([i, j]), matrix[i, j], descriptor
    cards, near = index.neighbours(NEIGHBOURS)
    found: dict[tuple[int, int], float] = {}
    for k, others in enumerate(near):
        asked = [int(o) for o in others if o != k and (min(k, o), max(k, o)) not in found]
        if asked:
            alike = likenesses(descriptor(k), stacked([descriptor(o) for o in asked]))
            found |= {(min(k, o), max(k, o)): float(s) for o, s in zip(asked, alike, strict=True)}
        if k % TOLD_EVERY == 0:
            heard(k / len(cards))
    pairs = np.array(list(found), int).reshape(len(found), 2)
    return cards, pairs, np.array(list(found.values())), descriptor


def _doubles(
    cards: "list[PartCard]",
    pairs: np.ndarray,
    likeness: np.ndarray,
    read: Read,
    record: "Callable[[PartCard], Mapping[str, Any]]",
    descriptor: Describe,
    heard: Callable[[float], None],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """Doubles, mirrored twins, and pairs that differ in one dimension, most alike first."""
    from geometry.families import one_dimension, same
    from geometry.similarity import rank

    doubles: list[dict[str, Any]] = []
    twins: list[dict[str, Any]] = []
    differing: list[dict[str, Any]] = []
    looked = 0
    for row in np.argsort(-likeness, kind="stable"):
        if likeness[row] < LEAST_STANDARDISED or looked == MOST_PAIRS:
            break
        a, b = int(pairs[row, 0]), int(pairs[row, 1])
        pair = {"a": _short(cards[a]), "b": _short(cards[b]),
                "similarity": round(float(likeness[row]), 4)}  # fmt: skip
        why = rank(read(cards[a]), {"b": read(cards[b])})[0].why
        what = same(descriptor(a), descriptor(b), why)
        if what is not None:
            (doubles if what == "duplicate" else twins).append(pair)
            continue
        looked += 1
        heard(looked / MOST_PAIRS)
        change = one_dimension(record(cards[a]), record(cards[b]))
        if change is not None:
            dimension = {"feature": change.feature, "parameter": change.parameter,
                         "a": change.a, "b": change.b, "count": change.count}  # fmt: skip
            differing.append({**pair, "dimension": dimension})
    return doubles, twins, differing


def _bought(pair: Mapping[str, Any], told: Mapping[str, Any]) -> bool:
    """Whether both are standard parts: their sizes are standardised already."""
    return pair["a"]["part"] in told and pair["b"]["part"] in told


def _short(card: "PartCard") -> dict[str, Any]:
    return {"part": card.key, "name": card.file_name, "part_name": card.name}


def _member(card: "PartCard", told: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    standard = {"standard_part": told[card.key]} if card.key in told else {}
    return {**_short(card), **standard, **({"known": known[card.key].told()} if card.key in known else {})}  # fmt: skip  # noqa: E501
