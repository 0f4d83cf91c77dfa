"""Which colour has a type of feature? The same in the page, in a report and in every picture."""

from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["COLOURS", "faces_by_type"]

# in the order of painting: what lies in another feature is painted over it
COLOURS = {
    "turned_profile": "#a6cee3",
    "bend": "#e8743b",  # a sharp one has the walls that it joins
    "flange": "#9fb8d9",
    "undercut": "#8c1d18",
    "step": "#8e6bbf",
    "pocket": "#2f9e62",
    "slot": "#12a5a5",
    "boss": "#e078b8",
    "rib": "#a0673f",
    "groove": "#b3b021",
    "cutout": "#57b947",
    "form": "#6d5fc7",
    "hole": "#2b74c9",
    "thread": "#123f7a",
    "gear": "#d13b3b",
    "fillet": "#f2c53d",
    "chamfer": "#ff9a2e",
}


def faces_by_type(features: Iterable[Mapping[str, Any]]) -> dict[str, tuple[int, ...]]:
    """The faces of every type that has a colour and faces, in the order of painting."""
    of: dict[str, set[int]] = {}
    for feature in features:
        of.setdefault(feature["type"], set()).update(feature["faces"])
    return {kind: tuple(sorted(of[kind])) for kind in COLOURS if of.get(kind)}
