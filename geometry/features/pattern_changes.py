"""Which changes of single features are one change of the pattern that they belong to?

A flange whose bolt circle grew has one dimension changed, not six holes moved.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from geometry.vectors import rejections

if TYPE_CHECKING:
    from geometry.features.placement import Placed

__all__ = ["pattern_changes"]

CIRCLE = "pitch_circle_mm"
SAME_MM = 0.01  # diameters of one circle: twice what is left of places
FEWEST = 2  # places tell how far neighbours are apart, or that a row was moved


def pattern_changes(
    a: Sequence["Placed"],
    b: Sequence["Placed"],
    told: Mapping[tuple[int, int], Sequence[Mapping[str, Any]]],
    matched: Sequence[tuple[int, int]],
    scale: float,
) -> list[dict[str, Any]]:
    """Patterns whose pitch or pitch circle changed, or whose members moved as their number did:
    `a`, `b`, `kind`, `members` of both and `changed`, each `parameter`, `from`, `to`. Moved, added
    and removed members follow from them.

    told: changed parameters of the pairs `matched` of A, made larger by its scale, and B.
    """
    moved = {
        a[i].feature.id
        for (i, _), changes in told.items()
        if any(change["parameter"] == "origin_mm" for change in changes)
    }
    found = []
    for i, j in matched:
        one, other = a[i].feature, b[j].feature
        if one.type != "pattern" or other.type != "pattern" or one.kind != other.kind:
            continue
        members = one.parameters.get("members", ()), other.parameters.get("members", ())
        changed = [
            {key: change[key] for key in ("parameter", "from", "to")}
            for change in told.get((i, j), ())
            if str(change["parameter"]) == "count" or str(change["parameter"]).startswith("pitch")
        ]
        circles = [_circle_mm(each, some) for each, some in ((one, a), (other, b))]
        if None not in circles:
            before, after = circles[0] * scale, circles[1]
            if abs(after - before) > SAME_MM:
                changed.append({"parameter": CIRCLE, "from": circles[0], "to": after})
        repitched = any(str(change["parameter"]).startswith("pitch") for change in changed)
        if repitched or (changed and len(moved & set(members[0])) >= FEWEST):
            found.append(
                {
                    "a": one.id,
                    "b": other.id,
                    "kind": one.kind,
                    "members": {"a": list(members[0]), "b": list(members[1])},
                    "changed": changed,
                }
            )
    return found


def _circle_mm(pattern: Any, everything: Sequence["Placed"]) -> Any:
    """Diameter of the circle on which a pattern's members stand, None of others.

    Neighbours are a chord apart that the pitch spans.
    """
    pitch = pattern.parameters.get("pitch_deg")
    ids = set(pattern.parameters.get("members", ()))
    if pattern.kind != "circular" or not pitch:
        return None
    axis = np.asarray(pattern.parameters["axis"], float)
    places = np.array([p.centre_mm for p in everything if p.feature.id in ids])
    if len(places) < FEWEST:
        return None
    places = rejections(places, axis)
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    chord = float(apart[np.triu_indices(len(places), 1)].min())
    return chord / float(np.sin(np.radians(pitch) / 2))
