"""What is a feature? A type of the contract, its faces, and its parameters in mm and degrees."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Draft", "Feature", "number"]


@dataclass(frozen=True)
class Draft:
    """A feature as a recogniser finds it: faces are ids of `part.joined`."""

    type: str
    kind: str | None
    faces: tuple[int, ...]
    parameters: Mapping[str, Any]
    parent: "Draft | None" = None
    parts: tuple["Draft", ...] = field(default=())  # members of a pattern, the bend of a flange


@dataclass(frozen=True)
class Feature:
    """A recognised feature; `faces` are ids of the body's own faces."""

    id: str  # type and number within the part: "hole-3"
    type: str
    kind: str | None
    faces: tuple[int, ...]
    parameters: Mapping[str, Any]  # keys of the contract; directions and points as lists of three
    parent: str | None = None


def number(drafts: "list[Draft]", body_faces: Any) -> list[Feature]:
    """Drafts as features: ids by type in the order found; parents and pattern members by id.

    body_faces turns ids of `part.joined` into ids of `part.topology`.
    """
    ids: dict[int, str] = {}
    counts: dict[str, int] = {}
    for draft in drafts:
        counts[draft.type] = counts.get(draft.type, 0) + 1
        ids[id(draft)] = f"{draft.type}-{counts[draft.type]}"
    features = []
    for draft in drafts:
        parameters = dict(draft.parameters)
        if draft.type == "pattern":
            parameters["members"] = [ids[id(part)] for part in draft.parts]
        elif draft.type == "flange" and draft.parts:
            parameters["bend"] = ids[id(draft.parts[0])]
        features.append(
            Feature(
                ids[id(draft)],
                draft.type,
                draft.kind,
                body_faces(draft.faces),
                parameters,
                ids.get(id(draft.parent)) if draft.parent is not None else None,
            )
        )
    return features
