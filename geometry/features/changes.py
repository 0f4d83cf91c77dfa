"""What is there to tell of the features of two revisions?

What only follows from other changes is not a change of its own: a pattern whose members came or
went, the corner fillets of a new pocket, the place of a hole in a flange that is bent otherwise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from geometry.features.consequences import remeasured, without_repeats
from geometry.features.feature import Feature
from geometry.features.pairing import paired
from geometry.features.parameter_changes import SAME_DEG, parameter_changes
from geometry.features.pattern_changes import pattern_changes
from geometry.features.placement import WHOLE, Placed, is_number, walls_turn_deg

__all__ = ["FeatureChanges", "feature_changes"]

ONE_SCALE = 1e-9  # what rounding leaves of a motion's scale
ROUNDED = ("fillet", "chamfer")  # told apart from the feature they edge unless it says the same
STANDING = ("boss", "rib")  # what makes an island in a pocket


Told = dict[tuple[int, int], list[dict[str, Any]]]  # changed parameters by pair of features
Host = tuple[Feature, Feature, list[dict[str, Any]]]  # in A and in B, and what changed of it


@dataclass(frozen=True)
class FeatureChanges:
    """The contract's `features` of a comparison."""

    changed: list[dict[str, Any]]
    removed: list[dict[str, Any]]
    added: list[dict[str, Any]]
    pairs: list[tuple[str, str]]  # ids that answer each other
    patterns: list[dict[str, Any]] = field(default_factory=list)  # as `pattern_changes` tells them


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
    matched = paired(a, b, matrix, scale, diagonal_mm, answers)
    pairs = [(a[i].feature.id, b[j].feature.id) for i, j in matched]
    kept: dict[int, set[int]] = {}
    for mine, other in stayed:
        kept.setdefault(mine, set()).add(other)
    told: Told = {}
    for i, j in matched:
        own = _own_pairs(a[i], kept), _own_pairs(a[i], answers)
        if found := list(parameter_changes(a[i], b[j], matrix, scale, *own)):
            told[i, j] = found
    patterns = pattern_changes(a, b, told, matched, scale)
    told = _without_bent(a, b, told, matrix)
    kept_a, kept_b = ({pair[side] for pair in stayed} for side in (0, 1))
    met_a, met_b = ({pair[side] for pair in matched} for side in (0, 1))
    gone = _lost([p for i, p in enumerate(a) if i not in met_a], kept_a)
    new = _lost([p for j, p in enumerate(b) if j not in met_b], kept_b)
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
    regrooved = any(
        a[i].feature.type == "groove" and any(c["parameter"] == "diameter_mm" for c in found)
        for (i, j), found in told.items()
    )
    # a lathe's profile has as many steps more as it has grooves, but for one as deep as a journal
    if gone or new or regrooved:
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
    around: dict[int, list[Host]] = {}  # by the faces of A that they have
    for host in hosts:
        for face in host[0].faces:
            around.setdefault(face, []).append(host)
    changed = [
        _told(other, change, (one.id, other.id), (one.faces, other.faces))
        for one, other, found in hosts
        for change in found
        if not _told_with_host(one, other, change, around.get(min(one.faces, default=-1), ()))
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


def _own_pairs(a: Placed, answers: Mapping[int, set[int]]) -> frozenset[tuple[int, int]]:
    """A feature's faces with those of B that answer them: what others' do says nothing of it."""
    return frozenset((mine, j) for mine in a.feature.faces for j in answers.get(mine, ()))


def _lost(some: Sequence[Placed], kept: set[int]) -> list[Placed]:
    """Features without those all of whose faces lie where they lay: these are there on the other
    side too, and only go by no name there, as a pocket in which a rib came to stand.
    """
    return [p for p in some if p.feature.type in WHOLE or not kept.issuperset(p.feature.faces)]


def _without_bent(a: Sequence[Placed], b: Sequence[Placed], told: Told, matrix: np.ndarray) -> Told:
    """Changes by pair of A and B without the places of what was only bent along with its flange."""
    bent = [
        abs(change["to"] - change["from"])
        for (i, _), found in told.items()
        for change in found
        if a[i].feature.type == "bend" and change["parameter"] == "angle_deg"
    ]
    rest = {}
    for (i, j), found in told.items():
        turns = [c["turn_deg"] for c in found if c["parameter"] in ("axis", "direction")]
        if a[i].axis is None and any("distance_mm" in c for c in found):
            turns.append(walls_turn_deg(a[i], b[j], matrix))
        if any(abs(turn - angle) < SAME_DEG for turn in turns for angle in bent):
            found = [c for c in found if not {"turn_deg", "distance_mm"} & c.keys()]
        if found:
            rest[i, j] = found
    return rest


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
    hosts: Sequence[Host],
) -> bool:
    """Whether a change is told by the larger feature around: a pocket's corner fillets with it."""
    for host, its, found in hosts:
        if not (_inside(one, host) and _inside(other, its)):
            continue
        if one.type not in ROUNDED or not is_number(change["to"]):
            return True
        if any(is_number(c["to"]) and np.isclose(c["to"], change["to"], rtol=0.02) for c in found):
            return True
    return False


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
