"""What is there to tell of walls that lean otherwise than before?

A change of draft is told of the feature whose walls lean, or of the walls alone where no feature
has them. What only follows from it is no change of its own: the mouth of a pocket that opens wider
upward, a corner whose cylinder became a cone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from geometry.features.changes import FeatureChanges
from geometry.features.placement import WHOLE, Placed, is_number
from geometry.fields.drafts import Leaning
from geometry.part import Part

__all__ = ["LeaningWall", "leaning_walls", "with_drafts"]

DRAFT = "draft_deg"
# those whose own angle tells how their faces lie, and roundings, which lean as their neighbours do
OTHERWISE_TOLD = ("chamfer", "thread", "gear", "bend")
NO_HOSTS = (*WHOLE, "pattern", "fillet", "flange")
OF_CYLINDERS = ("steps", "max_diameter_mm", "min_diameter_mm")  # which a taper leaves or joins
ALONG = ("depth_mm", "height_mm")  # along the pull: no draft changes them
SAME_DEG = 0.2  # a wall that turned as much as a flange is bent otherwise
ONE_STEP_DEG = 0.05  # angles that are told as one
FOLLOWS_MM = 0.02  # by how much a size may differ from what draft makes of it
SIDES = 2.0  # a size lies between two walls, and each may lean


@dataclass(frozen=True)
class LeaningWall:
    """A wall in ids of the bodies' own faces; how far it reaches along the pull."""

    a: tuple[int, ...]
    b: tuple[int, ...]
    from_deg: float
    to_deg: float
    rise_mm: float

    @property
    def spread_mm(self) -> float:
        """How much farther its foot lies from its top, across the pull, than before."""
        before, after = np.tan(np.radians([self.from_deg, self.to_deg]))
        return float(abs(after - before) * self.rise_mm)


def leaning_walls(a: Part, b: Part, found: Sequence[Leaning]) -> list[LeaningWall]:
    """Joined faces that lean otherwise as faces of the bodies."""
    walls = []
    for each in found:
        mine, theirs = a.joined.members(each.a), b.joined.members(each.b)
        corners = b.mesh.triangles[np.isin(b.mesh.face_of_triangle, theirs)]
        along = b.mesh.vertices_mm[np.unique(corners)] @ each.pull
        walls.append(
            LeaningWall(
                tuple(mine.tolist()),
                tuple(theirs.tolist()),
                each.from_deg,
                each.to_deg,
                float(np.ptp(along)) if len(along) else 0.0,
            )
        )
    return walls


def with_drafts(
    changes: FeatureChanges,
    a: Sequence[Placed],
    b: Sequence[Placed],
    walls: Sequence[LeaningWall],
    answers: Mapping[int, set[int]],
) -> FeatureChanges:
    """The changes with those of draft, and without what only follows from them.

    answers: faces of B by the face of A that they answer.
    """
    walls = _drafted(changes, a, b, walls)
    if not walls:
        return changes
    spread = max(SIDES * wall.spread_mm for wall in walls) + FOLLOWS_MM
    leaning = ({f for wall in walls for f in wall.a}, {f for wall in walls for f in wall.b})
    answered = (set(answers), set().union(*answers.values()))
    remade = any(0.0 in (wall.from_deg, wall.to_deg) for wall in walls)

    def follows(change: Mapping[str, Any]) -> bool:
        name, old, new = str(change["parameter"]), change["from"], change["to"]
        if remade and change["type"] in WHOLE and name in OF_CYLINDERS:
            return True
        if name.rpartition(".")[2] in ALONG or not name.endswith("_mm"):
            return False
        if not (is_number(old) and is_number(new)) or abs(new - old) > spread:
            return False
        return change["type"] in WHOLE or any(
            not leaning[side].isdisjoint(change["faces"][key]) for side, key in enumerate("ab")
        )

    def only_leans(feature: Mapping[str, Any], side: int) -> bool:
        faces = set(feature["faces"])
        return not faces.isdisjoint(leaning[side]) and faces <= answered[side]

    return replace(
        changes,
        changed=[each for each in changes.changed if not follows(each)]
        + _told(walls, changes.pairs, a, b),
        removed=[each for each in changes.removed if not only_leans(each, 0)],
        added=[each for each in changes.added if not only_leans(each, 1)],
    )


def _drafted(
    changes: FeatureChanges,
    a: Sequence[Placed],
    b: Sequence[Placed],
    walls: Sequence[LeaningWall],
) -> list[LeaningWall]:
    """Walls without those of whose angle something else tells already."""
    bent = [
        abs(change["to"] - change["from"])
        for change in changes.changed
        if change["type"] == "bend" and change["parameter"] == "angle_deg"
    ]
    named = [
        {f for p in side if p.feature.type in OTHERWISE_TOLD for f in p.feature.faces}
        for side in (a, b)
    ]
    return [
        wall
        for wall in walls
        if named[0].isdisjoint(wall.a)
        and named[1].isdisjoint(wall.b)
        and not any(abs(abs(wall.to_deg - wall.from_deg) - angle) < SAME_DEG for angle in bent)
    ]


def _told(
    walls: Sequence[LeaningWall],
    pairs: Sequence[tuple[str, str]],
    a: Sequence[Placed],
    b: Sequence[Placed],
) -> list[dict[str, Any]]:
    """The contract's records: walls of one feature, or of none, that lean alike in one."""
    partner = {**dict(pairs), **{theirs: mine for mine, theirs in pairs}}
    hosts = [_hosts(side) for side in (a, b)]
    groups: dict[tuple[Any, ...], list[LeaningWall]] = {}
    for wall in walls:
        host = next((hosts[1][f] for f in wall.b if f in hosts[1]), None)
        ids: tuple[str | None, str | None] = (None, None)
        if host is not None:
            ids = (partner.get(host.feature.id), host.feature.id)
        else:
            host = next((hosts[0][f] for f in wall.a if f in hosts[0]), None)
            ids = (host.feature.id, partner.get(host.feature.id)) if host else ids
        made = (host.feature.type, host.feature.kind) if host else ("draft", None)
        steps = tuple(round(angle / ONE_STEP_DEG) for angle in (wall.from_deg, wall.to_deg))
        groups.setdefault((*ids, *made, *steps), []).append(wall)
    told = []
    for (mine, theirs, kind_of, kind, *_), some in groups.items():
        told.append(
            {
                "a": mine,
                "b": theirs,
                "type": kind_of,
                **({"kind": kind} if kind else {}),
                "parameter": DRAFT,
                "from": float(np.mean([wall.from_deg for wall in some])),
                "to": float(np.mean([wall.to_deg for wall in some])),
                "faces": {
                    "a": sorted({face for wall in some for face in wall.a}),
                    "b": sorted({face for wall in some for face in wall.b}),
                },
            }
        )
    return told


def _hosts(features: Sequence[Placed]) -> dict[int, Placed]:
    """The feature of fewest faces that has each face for a wall."""
    found: dict[int, Placed] = {}
    for each in sorted(features, key=lambda p: -len(p.feature.faces)):
        if each.feature.type not in NO_HOSTS:
            found.update(dict.fromkeys(each.feature.faces, each))
    return found
