"""Which parts form families, which are the same, and which differ in one dimension alone?

Families are the clusters of average linkage (Sokal & Michener, 1958) by likeness: every member is
like the others on the average, so that no chain of small steps joins what is unlike.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import squareform

from geometry.components import components
from geometry.descriptor import Descriptor
from geometry.similarity import DEFAULT_MODE, Mode, likenesses, stacked

__all__ = ["FAMILY", "Change", "clusters", "likeness_matrix", "medoid", "one_dimension", "same"]

# mean likeness from which parts are one family: nine in ten pairs of one family have 0.70 and more,
# 99 in a hundred of different ones less than 0.65; between, fewest are put wrong (ours)
FAMILY = 0.68
SAME_NEAR = 1e-4  # relative: box, volume and area of the same part exported twice
SAME_SHAPE = 0.93  # likeness in every aspect of two exports of one part
LENGTH_NEAR, LENGTH_NEAR_MM = 2e-3, 0.02  # dimensions that are equal
ANGLE_NEAR_DEG = 0.3
SIDES = ("length_mm", "width_mm", "height_mm")
_SKIPPED = ("pattern",)  # their members say it
_DERIVED = ("perimeter_mm", "area_mm2", "count", "n")  # follow from dimensions
_WHOLE = ("turned_profile", "thread")  # repeat the length of the part: named when nothing else is


@dataclass(frozen=True)
class Change:
    """The one dimension in which two parts differ."""

    feature: str  # type of the feature, "part" for the box
    parameter: str
    a: float
    b: float
    count: int  # of features that have it


def likeness_matrix(known: list[Descriptor], mode: Mode = DEFAULT_MODE) -> np.ndarray:
    """Likeness of every part to every other: (n, n), symmetric, 1 on the diagonal."""
    if not known:
        return np.zeros((0, 0))
    stack = stacked(known)
    found = np.array([likenesses(one, stack, mode) for one in known])
    found = (found + found.T) / 2
    np.fill_diagonal(found, 1.0)
    return found


def clusters(
    count: int, pairs: np.ndarray, likeness: np.ndarray, least: float = FAMILY
) -> list[list[int]]:
    """Families of parts 0 … count−1, largest first, single parts left out.

    pairs (k, 2) and likeness (k,) of parts that may belong together; pairs not given are unlike.
    """
    near = likeness >= least
    group = components(np.reshape(pairs[near], (-1, 2)), count)
    members: dict[int, list[int]] = defaultdict(list)
    for part, name in enumerate(group):
        members[int(name)].append(part)
    of_group: dict[int, list[int]] = defaultdict(list)
    for row, (a, b) in enumerate(pairs):
        if group[a] == group[b]:
            of_group[int(group[a])].append(row)
    found: list[list[int]] = []
    for name, parts in members.items():
        if len(parts) < 2:
            continue
        place = {part: k for k, part in enumerate(parts)}
        apart = np.ones((len(parts), len(parts)))
        for row in of_group[name]:
            a, b = place[int(pairs[row, 0])], place[int(pairs[row, 1])]
            apart[a, b] = apart[b, a] = 1 - likeness[row]
        np.fill_diagonal(apart, 0.0)
        label = fcluster(linkage(squareform(apart, checks=False), "average"), 1 - least, "distance")
        for each in np.unique(label):
            family = [parts[k] for k in np.flatnonzero(label == each)]
            if len(family) > 1:
                found.append(family)
    return sorted(found, key=lambda family: (-len(family), family[0]))


def medoid(likeness: np.ndarray) -> int:
    """The member (n, n) that is most like all others: its place."""
    return int(likeness.sum(axis=1).argmax())


def same(a: Descriptor, b: Descriptor, why: Mapping[str, Any]) -> str | None:
    """`duplicate` or `mirrored` when two parts are one, apart from how their files are written.

    why: as `geometry.similarity.rank` gives it.
    """
    for mine, theirs in ((a.size_mm, b.size_mm), (a.volume_mm3, b.volume_mm3),
                         (a.area_mm2, b.area_mm2)):  # fmt: skip
        if not np.allclose(mine, theirs, rtol=SAME_NEAR, atol=0):
            return None
    if min(why[name] for name in ("pairs", "symmetry", "ratios", "surfaces")) < SAME_SHAPE:
        return None
    return "mirrored" if why["mirrored"] else "duplicate"


def one_dimension(a: Mapping[str, Any], b: Mapping[str, Any]) -> Change | None:
    """The one dimension that two parts of one build differ in, None where it is none or several.

    a, b: parts of examinations' records. Changes of one amount – a longer shaft is a longer box –
    are one dimension; so are a radius and its diameter.
    """
    pairs = _matched(a["features"], b["features"])
    if pairs is None:
        return None
    changes: list[tuple[str, str, float, float]] = []
    for mine, theirs in pairs:
        first, second = _dimensions(mine), _dimensions(theirs)
        if first.keys() != second.keys():
            return None
        changes += [
            (mine["type"], name, first[name], second[name])
            for name in first
            if not _equal(name, first[name], second[name])
        ]
    changes += [
        ("part", name, float(one), float(two))
        for name, one, two in zip(SIDES, a["size_mm"], b["size_mm"], strict=True)
        if not _equal(name, float(one), float(two))
    ]
    if not changes or not _one_amount(changes):
        return None
    chosen = min(changes, key=lambda change: (change[0] in _WHOLE, change[0] == "part",
                                              change[1].endswith("depth_mm")))  # fmt: skip
    if any(change[0] == "part" for change in changes) and chosen[0] != "part":
        # what makes the part longer is its length, unless it is a diameter
        lengths = [change for change in changes if change[0] == "part"]
        if not chosen[1].endswith(("diameter_mm", "thickness_mm", "radius_mm")):
            chosen = lengths[0]
    return Change(
        chosen[0],
        chosen[1],
        round(chosen[2], 4),
        round(chosen[3], 4),
        sum(change[:2] == chosen[:2] for change in changes),
    )


def _one_amount(changes: Sequence[tuple[str, str, float, float]]) -> bool:
    """Whether all changes are by one amount, or by twice it (a diameter and its radius)."""
    angular = [name.endswith("_deg") for _, name, _, _ in changes]
    if any(angular):
        return all(angular) and np.ptp([b - a for _, _, a, b in changes]) < ANGLE_NEAR_DEG
    by = np.abs(np.array([b - a for _, _, a, b in changes]))
    near = max(LENGTH_NEAR_MM, 0.01 * by.max())
    return bool(
        (np.abs(by - by.max()) < near).all()
        or all(min(abs(each - by.max()), abs(2 * each - by.max())) < near for each in by)
    )


def _matched(
    a: Sequence[Mapping[str, Any]], b: Sequence[Mapping[str, Any]]
) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]] | None:
    """Features of A with those of B that answer them; None where a kind differs in number."""
    groups: list[dict[tuple[str, str], list[Mapping[str, Any]]]] = []
    for features in (a, b):
        group: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
        for feature in features:
            if feature["type"] not in _SKIPPED:
                group[feature["type"], feature.get("kind") or ""].append(feature)
        groups.append(group)
    first, second = groups
    if {key: len(of) for key, of in first.items()} != {key: len(of) for key, of in second.items()}:
        return None
    pairs = []
    for key, mine in first.items():
        theirs = second[key]
        cost = np.array([[_unlike(one, two) for two in theirs] for one in mine])
        rows, columns = linear_sum_assignment(cost)
        pairs += [(mine[i], theirs[j]) for i, j in zip(rows, columns, strict=True)]
    return pairs


def _unlike(a: Mapping[str, Any], b: Mapping[str, Any]) -> float:
    first, second = _dimensions(a), _dimensions(b)
    shared = first.keys() & second.keys()
    off = sum(
        abs(first[name] - second[name]) / max(abs(first[name]), abs(second[name]), 1e-9)
        for name in shared
    )
    return off + len(first.keys() ^ second.keys())


def _dimensions(feature: Mapping[str, Any]) -> dict[str, float]:
    """Lengths and angles of a feature, those of its counterbore among them: name → value."""
    found: dict[str, float] = {}
    for name, value in feature["parameters"].items():
        if isinstance(value, Mapping):
            found |= {
                f"{name}.{inner}": float(each)
                for inner, each in value.items()
                if isinstance(each, int | float) and not isinstance(each, bool)
            }
        elif name in _DERIVED or isinstance(value, bool):
            continue
        elif isinstance(value, int | float):
            found[name] = float(value)
    return found


def _equal(name: str, a: float, b: float) -> bool:
    if name.endswith("_deg"):
        return abs(a - b) < ANGLE_NEAR_DEG
    return abs(a - b) <= LENGTH_NEAR_MM + LENGTH_NEAR * max(abs(a), abs(b))
