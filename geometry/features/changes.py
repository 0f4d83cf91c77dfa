"""Which features of two revisions answer each other, and which of their parameters changed?

Features are paired by type, place, parameters and the faces they are made of, all at once
(assignment of least cost). What only follows from other changes is not a change of its own: a
pattern whose members came or went, the corner fillets of a new pocket, a tap drill's thread where
the diameter changed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree

from geometry.features.consequences import remeasured, without_repeats
from geometry.features.feature import Feature
from geometry.features.pattern_changes import pattern_changes
from geometry.part import Part

__all__ = ["FeatureChanges", "Placed", "feature_changes", "placed"]

SAME_MM = 5e-3  # what survives re-export and measuring on triangles
SAME_SHARE = 5e-4
SAME_DEG = 0.2
MOVED_MM = 0.01  # finer than any drawing's tolerance of place
COUNTERPARTS = (
    {"hole", "cutout"},
    {"pocket", "slot", "step"},
)  # one edit may turn one into the other
RETYPED_PRICE, REKINDED_PRICE = 0.35, 0.15
REMADE_PRICE = 0.4  # a counterbore more or less: the same hole only where it was
FAR_PRICE = 0.6  # a feature far away is the moved one only if it is otherwise the same
WORST_PRICE = 0.95  # dearer pairs are one feature removed and one added
FORBIDDEN = 1e3
SETTLED_PRICE = 0.01
ONE_SCALE = 1e-9  # what rounding leaves of a motion's scale
MOST_PRICED = 160_000  # pairs priced one by one: 3 s
DERIVED = ("members", "bend")  # ids, which differ between files
ROUNDED = ("fillet", "chamfer")  # told apart from the feature they edge unless it says the same
STANDING = ("boss", "rib")  # what makes an island in a pocket
WHOLE = ("turned_profile",)  # describe the part: no place of their own
# those that are placed by a dimension; a fillet or a step lies where its neighbours are
LOCATED = ("hole", "cutout", "pocket", "slot", "boss", "groove", "form", "keyway", "gear")


@dataclass(frozen=True)
class Placed:
    """A feature with its place in the part."""

    feature: Feature
    centre_mm: np.ndarray  # (3,) its origin, or the middle of its faces
    axis: np.ndarray | None  # (3,) axis or direction
    size_mm: float  # root of the area of its faces
    numbers: Mapping[str, Any]  # parameters, nested ones with dotted names


@dataclass(frozen=True)
class FeatureChanges:
    """The contract's `features` of a comparison."""

    changed: list[dict[str, Any]]
    removed: list[dict[str, Any]]
    added: list[dict[str, Any]]
    pairs: list[tuple[str, str]]  # ids that answer each other
    patterns: list[dict[str, Any]] = field(default_factory=list)  # as `pattern_changes` tells them


def placed(features: Sequence[Feature], part: Part) -> list[Placed]:
    """Features with their places."""
    faces = part.topology.faces
    found = []
    for feature in features:
        rows = faces[list(feature.faces)]
        area = np.maximum(rows["area_mm2"], 1e-12)
        middle = (
            np.average(rows["centroid_mm"], axis=0, weights=area)
            if len(rows)
            else part.mass.centroid_mm
        )
        centre = np.asarray(feature.parameters.get("origin_mm", middle), float)
        axis = feature.parameters.get("axis", feature.parameters.get("direction"))
        found.append(
            Placed(
                feature,
                centre,
                None if axis is None else np.asarray(axis, float),
                float(np.sqrt(area.sum())) if len(rows) else 0.0,
                dict(_flat(feature.parameters)),
            )
        )
    return found


def feature_changes(
    a: Sequence[Placed],
    b: Sequence[Placed],
    matrix: np.ndarray,
    *,
    diagonal_mm: float,
    answers: Mapping[int, set[int]],
    stayed: frozenset[tuple[int, int]] = frozenset(),
    faces: tuple[np.ndarray, np.ndarray] | None = None,
) -> FeatureChanges:
    """Features of A and B after the motion `matrix` (4, 4) of A.

    answers: faces of B by the face of A that they answer; stayed: pairs of faces on one surface;
    faces: FACE rows of both, with which features are measured that one side has no name for.
    """
    scale = float(abs(np.linalg.det(matrix[:3, :3])) ** (1 / 3))
    scale = 1.0 if abs(scale - 1.0) < ONE_SCALE else scale
    matched = _settled(a, b, matrix, scale, diagonal_mm, answers)
    left_a = [i for i in range(len(a)) if i not in {i for i, _ in matched}]
    left_b = [j for j in range(len(b)) if j not in {j for _, j in matched}]
    if len(left_a) * len(left_b) > MOST_PRICED:  # thousands of holes all moved: the largest tell
        side = int(MOST_PRICED**0.5)
        left_a = sorted(left_a, key=lambda i: -a[i].size_mm)[:side]
        left_b = sorted(left_b, key=lambda j: -b[j].size_mm)[:side]
    cost = np.array(
        [[_price(a[i], b[j], matrix, scale, diagonal_mm, answers) for j in left_b] for i in left_a]
    ).reshape(len(left_a), len(left_b))
    rows, columns = linear_sum_assignment(cost)
    matched += [
        (left_a[i], left_b[j])
        for i, j in zip(rows, columns, strict=True)
        if cost[i, j] <= WORST_PRICE
    ]
    matched.sort()
    pairs = [(a[i].feature.id, b[j].feature.id) for i, j in matched]
    told = {
        (i, j): found
        for i, j in matched
        if (found := list(_changes(a[i], b[j], matrix, scale, stayed)))
    }
    patterns = pattern_changes(a, b, told, matched, scale)
    gone = [p for i, p in enumerate(a) if i not in {i for i, _ in matched}]
    new = [p for j, p in enumerate(b) if j not in {j for _, j in matched}]
    if all(p.feature.type == "pattern" for p in (*gone, *new)):
        # a row that lost a hole because it grew: the hole tells of it
        told = {
            (i, j): rest
            for (i, j), found in told.items()
            if (rest := [c for c in found if a[i].feature.type != "pattern" or _of_row(c)])
        }
    if any(p.feature.type in STANDING for p in (*gone, *new)):
        # a pocket in which a boss came or went
        told = {
            pair: rest
            for pair, found in told.items()
            if (rest := [change for change in found if change["parameter"] != "islands"])
        }
    if gone or new:  # a lathe's profile has as many steps more as it has grooves
        told = {
            (i, j): [
                c for c in found if a[i].feature.type not in WHOLE or c["parameter"] != "steps"
            ]
            for (i, j), found in told.items()
        }
    hosts = [
        (a[i].feature, b[j].feature, without_repeats(b[j].feature.type, found))
        for (i, j), found in told.items()
    ]
    changed = [
        _told(other, change, (one.id, other.id), (one.faces, other.faces))
        for one, other, found in hosts
        for change in found
        if not _told_with_host(one, other, change, hosts)
    ]
    if faces is not None and scale == 1.0:
        gone, lost = _without_names(gone, *faces, answers, side="a")
        back: dict[int, set[int]] = {}
        for mine, theirs in answers.items():
            for face in theirs:
                back.setdefault(face, set()).add(mine)
        new, found = _without_names(new, *faces[::-1], back, side="b")
        changed += lost + found
    return FeatureChanges(changed, _roots(gone, a), _roots(new, b), pairs, patterns)


def _without_names(
    some: Sequence[Placed],
    faces: np.ndarray,
    others: np.ndarray,
    answers: Mapping[int, set[int]],
    *,
    side: str,
) -> tuple[list[Placed], list[dict[str, Any]]]:
    """Features that are not there on the other side, and the changes of those that only go by no
    name there: their `a` or `b` is None.
    """
    left, told = [], []
    for each in some:
        feature = each.feature
        found = None
        if feature.type not in (*WHOLE, "pattern"):
            found = remeasured(feature, faces, others, answers)
        if found is None:
            left.append(each)
            continue
        there = sorted({face for mine in feature.faces for face in answers[mine]})
        if side == "a":
            told += [_told(feature, c, (feature.id, None), (feature.faces, there)) for c in found]
        else:
            turned = [{**c, "from": c["to"], "to": c["from"]} for c in found]
            told += [_told(feature, c, (None, feature.id), (there, feature.faces)) for c in turned]
    return left, told


def _told(
    feature: Feature,
    change: Mapping[str, Any],
    ids: tuple[str | None, str | None],
    faces: tuple[Sequence[int], Sequence[int]],
) -> dict[str, Any]:
    """The contract's record of one change of a feature; ids and faces in A and in B."""
    return {
        "a": ids[0],
        "b": ids[1],
        "type": feature.type,
        **({"kind": feature.kind} if feature.kind else {}),
        **change,
        "faces": {"a": list(faces[0]), "b": list(faces[1])},
    }


def _of_row(change: Mapping[str, Any]) -> bool:
    """Whether a change of a pattern says more than its members do."""
    return str(change["parameter"]) in ("pitch_mm", "pitch_deg")


def _told_with_host(
    one: Feature,
    other: Feature,
    change: Mapping[str, Any],
    hosts: Sequence[tuple[Feature, Feature, list[dict[str, Any]]]],
) -> bool:
    """Whether a change is told by the larger feature around: a pocket's corner fillets with it."""
    for host, its, found in hosts:
        if not (_inside(one, host) and _inside(other, its)):
            continue
        if one.type not in ROUNDED or not _is_number(change["to"]):
            return True
        if any(_is_number(c["to"]) and np.isclose(c["to"], change["to"], rtol=0.02) for c in found):
            return True
    return False


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
                and not any(_changes(a[i], b[j], matrix, scale))
            ):  # fmt: skip
                found.append((i, j))
                taken.add(j)
                break
    return found


def _flat(parameters: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in parameters.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{name}.")
        elif isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
            for number, each in enumerate(value):
                yield from _flat(each, f"{name}.{number}.")
        elif key not in DERIVED:
            yield name, value


def _price(
    a: Placed,
    b: Placed,
    matrix: np.ndarray,
    scale: float,
    diagonal_mm: float,
    answers: Mapping[int, set[int]],
) -> float:
    """0 for one and the same feature, FORBIDDEN for two that cannot be revisions of each other."""
    kinds = {a.feature.type, b.feature.type}
    price = 0.0
    if len(kinds) == 2:
        if not any(kinds <= group for group in COUNTERPARTS):
            return FORBIDDEN
        price += RETYPED_PRICE
    elif a.feature.kind != b.feature.kind:
        price += REKINDED_PRICE
    distance = _distance(a, b, matrix) if a.feature.type not in WHOLE else 0.0
    price += FAR_PRICE * min(1.0, 4 * distance / max(diagonal_mm, 1e-12))
    if distance > MOVED_MM:
        price += 0.02
    numbers = [
        abs(np.log(max(abs(scaled_b), 1e-9) / max(abs(scaled_a), 1e-9)))
        for scaled_a, scaled_b in _numbers(a, b, scale)
    ]
    if numbers:
        price += min(1.0, float(np.mean(np.minimum(numbers, 1.0))) * 1.5)
    if _make(a) != _make(b):
        price += REMADE_PRICE
    size = abs(np.log(max(b.size_mm, 1e-9) / max(scale * a.size_mm, 1e-9)))
    price += 0.2 * min(1.0, float(size))
    turn = _turn_deg(a, b, matrix)
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
        if name == "origin_mm" or not _is_number(value) or not _is_number(other):
            continue
        yield value * _power(name, scale), other


def _make(one: Placed) -> set[str]:
    """What a feature consists of beside its plain body: counterbore, countersink, steps."""
    return {name.partition(".")[0] for name in one.numbers if "." in name} - {"thread"}


def _power(name: str, scale: float) -> float:
    return scale if name.endswith("_mm") else scale**2 if name.endswith("_mm2") else 1.0


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _distance(a: Placed, b: Placed, matrix: np.ndarray) -> float:
    """How far the feature moved; along its axis a hole follows the face that it starts on."""
    between = b.centre_mm - (matrix[:3, :3] @ a.centre_mm + matrix[:3, 3])
    if a.axis is not None and b.axis is not None:
        between = between - (between @ b.axis) * b.axis
    return float(np.linalg.norm(between))


def _turn_deg(a: Placed, b: Placed, matrix: np.ndarray) -> float | None:
    """Angle between the two axes, whichever way they point."""
    if a.axis is None or b.axis is None:
        return None
    axis = matrix[:3, :3] @ a.axis
    axis = axis / max(float(np.linalg.norm(axis)), 1e-300)
    return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(axis, b.axis)), abs(axis @ b.axis))))


def _changes(
    a: Placed,
    b: Placed,
    matrix: np.ndarray,
    scale: float,
    stayed: frozenset[tuple[int, int]] = frozenset(),
) -> Iterator[dict[str, Any]]:
    if a.feature.type != b.feature.type:
        yield {"parameter": "type", "from": a.feature.type, "to": b.feature.type}
    if a.feature.kind != b.feature.kind:
        yield {"parameter": "kind", "from": a.feature.kind, "to": b.feature.kind}
    resized = False
    tap_drill = "tap_drill" in (a.numbers.get("thread.from"), b.numbers.get("thread.from"))
    for name in [*a.numbers, *(name for name in b.numbers if name not in a.numbers)]:
        if name in ("origin_mm", "axis", "direction") or (tap_drill and name.startswith("thread.")):
            continue
        old, new = a.numbers.get(name), b.numbers.get(name)
        if not _differ(name, old, new, scale):
            continue
        if a.feature.type != b.feature.type and not (_is_number(old) and _is_number(new)):
            continue  # another type has other words for the same
        resized = True
        yield {"parameter": name, "from": old, "to": new}
    turn = _turn_deg(a, b, matrix)
    if turn is not None and turn > SAME_DEG:
        name = "axis" if "axis" in b.numbers else "direction"
        yield {
            "parameter": name,
            "from": a.numbers.get(name),
            "to": b.numbers.get(name),
            "turn_deg": turn,
        }
    distance = _distance(a, b, matrix)
    # without an origin the middle of the faces stands for the place, and shifts with the size
    has_origin = "origin_mm" in a.numbers and "origin_mm" in b.numbers
    moved = has_origin or not (resized or _stayed(a, b, stayed))
    if distance > MOVED_MM and a.feature.type in LOCATED and moved:
        yield {
            "parameter": "origin_mm",
            "from": a.centre_mm.tolist(),
            "to": b.centre_mm.tolist(),
            "distance_mm": distance,
        }


def _stayed(a: Placed, b: Placed, stayed: frozenset[tuple[int, int]]) -> bool:
    """Whether most faces of a feature lie on the surfaces that they lay on."""
    there = set(b.feature.faces)
    kept = {one for one, other in stayed if other in there} & set(a.feature.faces)
    return 2 * len(kept) > len(a.feature.faces)


def _differ(name: str, old: Any, new: Any, scale: float) -> bool:
    if _is_number(old) and _is_number(new):
        expected = old * _power(name, scale)
        if isinstance(old, int) and isinstance(new, int):
            return bool(expected != new)
        near = SAME_DEG if name.endswith("_deg") else max(SAME_MM, SAME_SHARE * abs(expected))
        if name.endswith("_mm2"):
            near = max(SAME_MM, 4 * SAME_SHARE * abs(expected))
        return bool(abs(new - expected) > near)
    if isinstance(old, list | tuple) or isinstance(new, list | tuple):
        return False  # points and directions are judged as places
    return bool(old != new)


def _roots(some: Sequence[Placed], everything: Sequence[Placed]) -> list[dict[str, Any]]:
    """Removed or added features as records, each with those that belong to it."""
    ids = {p.feature.id for p in some}
    by_id = {p.feature.id: p for p in everything}
    result = []
    for one in some:
        feature = one.feature
        if feature.parent in ids or feature.type == "pattern" or feature.type in WHOLE:
            continue
        parent = by_id.get(feature.parent or "")
        host = next((p for p in some if p is not one and _inside(feature, p.feature)), None)
        if host is not None:
            continue
        result.append(
            {
                "id": feature.id,
                "type": feature.type,
                **({"kind": feature.kind} if feature.kind else {}),
                "faces": list(feature.faces),
                "parameters": dict(feature.parameters),
                **({"parent": feature.parent} if parent is not None else {}),
                "with": [
                    p.feature.id
                    for p in some
                    if p.feature.parent == feature.id
                    or (p is not one and _inside(p.feature, feature))
                ],
            }
        )
    return result


def _inside(feature: Feature, other: Feature) -> bool:
    """Whether a feature's faces are all faces of a larger one that is more than their sum."""
    if other.type in (*WHOLE, "pattern"):
        return False
    mine, theirs = set(feature.faces), set(other.faces)
    return bool(mine) and mine < theirs
