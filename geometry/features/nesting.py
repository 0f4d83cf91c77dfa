"""Which feature lies in which other: a hole in a pocket's floor, a pocket in a pocket?"""

from dataclasses import replace

import numpy as np

from geometry.features.feature import Draft
from geometry.features.survey import Survey

__all__ = ["nested"]

CHILDREN = ("hole", "pocket", "slot", "groove", "boss", "rib")
PARENTS = ("pocket", "slot", "step", "boss", "hole")
FACING = 0.9  # cosine between a mouth's face and the way out of the feature


def nested(survey: Survey, drafts: list[Draft]) -> list[Draft]:
    """The drafts in the same order, each with the draft that its mouth lies in as parent."""
    owners: dict[int, list[int]] = {}
    for i, draft in enumerate(drafts):
        if draft.type in PARENTS:
            for face in draft.faces:
                owners.setdefault(face, []).append(i)
    parents = {
        i: parent
        for i, draft in enumerate(drafts)
        if draft.type in CHILDREN and (parent := _parent(survey, drafts, i, owners)) is not None
    }
    made: dict[int, Draft] = {}

    def with_parent(i: int, seen: frozenset[int]) -> Draft:
        if i not in made:
            parent = parents.get(i)
            draft = drafts[i]
            if parent is not None and parent not in seen and draft.parent is None:
                draft = replace(draft, parent=with_parent(parent, seen | {i}))
            made[i] = draft
        return made[i]

    return [with_parent(i, frozenset({i})) for i in range(len(drafts))]


def _parent(
    survey: Survey, drafts: list[Draft], child: int, owners: dict[int, list[int]]
) -> int | None:
    """The only other feature that every face about the child's mouth belongs to."""
    draft = drafts[child]
    way = draft.parameters.get("axis", draft.parameters.get("direction"))
    if way is None:
        return None
    ways = [np.array(way)]
    if draft.type == "hole" and draft.kind == "through":
        ways.append(-ways[0])
    return next(
        (p for w in ways if (p := _around(survey, draft, child, w, owners)) is not None), None
    )


def _around(
    survey: Survey, draft: Draft, child: int, way: np.ndarray, owners: dict[int, list[int]]
) -> int | None:
    own = set(draft.faces)
    stands = draft.type in ("boss", "rib")
    found: set[int] = set()
    for face in draft.faces:
        for edge, g in survey.near[face]:
            if g in own or (survey.turns[edge] < 0) != stands:
                continue
            normal = survey.edges["normals"][edge, survey.side(edge, g)]
            if np.isnan(normal).any() or normal @ way < FACING:
                continue
            mine = [i for i in owners.get(g, ()) if i != child]
            if not mine:
                return None
            found.update(mine)
    if len(found) != 1:
        return None
    return found.pop()
