"""Which features of two revisions are one and the same?

They are paired by type, place, parameters and the faces that they are made of, all at once
(assignment of least cost).
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from geometry.assignment import NO_PAIR, cheapest_pairs
from geometry.features.parameter_changes import MOVED_MM, SAME_DEG, parameter_changes
from geometry.features.placement import WHOLE, Placed, distance_mm, is_number, power, turn_deg

__all__ = ["paired"]

COUNTERPARTS = (
    {"hole", "cutout"},
    {"pocket", "slot", "step"},
)  # one edit may turn one into the other
RETYPED_PRICE, REKINDED_PRICE = 0.35, 0.15
REMADE_PRICE = 0.4  # a counterbore more or less: the same hole only where it was
FAR_PRICE = 0.6  # a feature far away is the moved one only if it is otherwise the same
WORST_PRICE = 0.95  # dearer pairs are one feature removed and one added
SETTLED_PRICE = 0.01
MOST_PRICED = 160_000  # pairs priced one by one: 3 s
LEAST_TRIED = 12  # nearest features of B that each of A is priced with, however many there are


def paired(
    a: Sequence[Placed],
    b: Sequence[Placed],
    matrix: np.ndarray,
    scale: float,
    diagonal_mm: float,
    answers: Mapping[int, set[int]],
) -> list[tuple[int, int]]:
    """Places in A and in B of features that are one and the same, or revisions of each other.

    matrix (4, 4): the motion of A, which makes it larger by `scale`; answers: faces of B by the
    face of A that they answer.
    """
    matched = _settled(a, b, matrix, scale, diagonal_mm, answers)
    left_a = sorted(set(range(len(a))) - {i for i, _ in matched})
    left_b = sorted(set(range(len(b))) - {j for _, j in matched})
    near = _candidates([a[i] for i in left_a], [b[j] for j in left_b], matrix)
    pairs = [(left_a[i], left_b[j]) for i, j in near]
    prices = np.array([_price(a[i], b[j], matrix, scale, diagonal_mm, answers) for i, j in pairs])
    chosen = cheapest_pairs(np.array(near, int).reshape(-1, 2), prices, WORST_PRICE)
    matched += [pairs[place] for place in chosen]
    return sorted(matched)


def _candidates(
    a: Sequence[Placed], b: Sequence[Placed], matrix: np.ndarray
) -> list[tuple[int, int]]:
    """Pairs that may be one feature: all, and of thousands that all changed each with the nearest
    of B whose types it may take.
    """
    if len(a) * len(b) <= MOST_PRICED:
        return list(product(range(len(a)), range(len(b))))
    most = max(LEAST_TRIED, MOST_PRICED // len(a))
    found: list[tuple[int, int]] = []
    for types in sorted({p.feature.type for p in a}):
        mine = [i for i, p in enumerate(a) if p.feature.type == types]
        group = set().union({types}, *(each for each in COUNTERPARTS if types in each))
        theirs = np.array([j for j, p in enumerate(b) if p.feature.type in group])
        if not len(theirs):
            continue
        here = np.array([a[i].centre_mm for i in mine]) @ matrix[:3, :3].T + matrix[:3, 3]
        tree = cKDTree(np.array([b[j].centre_mm for j in theirs]))
        close = tree.query(here, k=range(1, 1 + min(most, len(theirs))))[1]
        found += [(i, int(j)) for i, row in zip(mine, close, strict=True) for j in theirs[row]]
    return found


def _settled(
    a: Sequence[Placed],
    b: Sequence[Placed],
    matrix: np.ndarray,
    scale: float,
    diagonal_mm: float,
    answers: Mapping[int, set[int]],
) -> list[tuple[int, int]]:
    """Pairs unchanged in their place; spares pricing each hole of a sieve with all others."""
    if not len(a) or not len(b):
        return []
    tree = cKDTree(np.array([p.centre_mm for p in b]))
    here = np.array([p.centre_mm for p in a]) @ matrix[:3, :3].T + matrix[:3, 3]
    found: list[tuple[int, int]] = []
    taken: set[int] = set()
    for i, close in enumerate(tree.query_ball_point(here, 1e-3 * diagonal_mm)):
        for j in close:
            if j not in taken and a[i].feature.type == b[j].feature.type and (
                _price(a[i], b[j], matrix, scale, diagonal_mm, answers) <= SETTLED_PRICE
                and not any(parameter_changes(a[i], b[j], matrix, scale))
            ):  # fmt: skip
                found.append((i, j))
                taken.add(j)
                break
    return found


def _price(
    a: Placed,
    b: Placed,
    matrix: np.ndarray,
    scale: float,
    diagonal_mm: float,
    answers: Mapping[int, set[int]],
) -> float:
    """0 for one and the same feature, NO_PAIR for two that cannot be revisions of each other."""
    kinds = {a.feature.type, b.feature.type}
    price = 0.0
    if len(kinds) == 2:
        if not any(kinds <= group for group in COUNTERPARTS):
            return NO_PAIR
        price += RETYPED_PRICE
    elif a.feature.kind != b.feature.kind:
        price += REKINDED_PRICE
    distance = distance_mm(a, b, matrix) if a.feature.type not in WHOLE else 0.0
    price += FAR_PRICE * min(1.0, 4 * distance / max(diagonal_mm, 1e-12))
    if distance > MOVED_MM:
        price += 0.02
    numbers = [
        abs(math.log(max(abs(scaled_b), 1e-9) / max(abs(scaled_a), 1e-9)))
        for scaled_a, scaled_b in _numbers(a, b, scale)
    ]
    if numbers:
        price += min(1.0, sum(min(number, 1.0) for number in numbers) / len(numbers) * 1.5)
    if a.make != b.make:
        price += REMADE_PRICE
    price += 0.2 * min(1.0, abs(math.log(max(b.size_mm, 1e-9) / max(scale * a.size_mm, 1e-9))))
    turn = turn_deg(a, b, matrix)
    if turn is not None and turn > SAME_DEG:
        price += 0.1 + 0.3 * min(1.0, turn / 90)
    wanted = set().union(*(answers.get(face, set()) for face in a.feature.faces))
    if wanted:
        share = len(wanted & set(b.feature.faces)) / max(len(wanted | set(b.feature.faces)), 1)
        # faces far away answer for want of better ones: that says little
        price -= 0.4 * share * (1 - min(1.0, 4 * distance / max(diagonal_mm, 1e-12)))
    return max(price, 0.0)


def _numbers(a: Placed, b: Placed, scale: float) -> Iterator[tuple[float, Any]]:
    """Lengths and counts that both have, A's at B's scale."""
    for name, value in a.numbers.items():
        other = b.numbers.get(name)
        if name == "origin_mm" or not is_number(value) or not is_number(other):
            continue
        yield value * power(name, scale), other
