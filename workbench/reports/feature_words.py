"""What is said of the features of a part in one language, equal ones at once?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.reports.wording import Wording, capital

__all__ = ["Alike", "alike", "feature_name"]

_UNTOLD = {"axis", "origin_mm", "direction", "members", "parent", "bend"}  # where, not what


@dataclass(frozen=True)
class Alike:
    """Features that only their place tells apart."""

    name: str
    type: str
    parameters: tuple[tuple[str, str], ...]  # what and how much; no value where the name says all
    members: tuple[Mapping[str, Any], ...]

    @property
    def faces(self) -> list[int]:
        """Faces of all members."""
        return [face for each in self.members for face in each.get("faces", ())]


def alike(features: Iterable[Mapping[str, Any]], words: Wording) -> list[Alike]:
    """Features by what is told of them, in the order of the first of each."""
    found: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for feature in features:
        key = (feature_name(feature, words), str(feature["type"]), _parameters(feature, words))
        found.setdefault(key, []).append(feature)
    return [Alike(*key, tuple(members)) for key, members in found.items()]


def feature_name(feature: Mapping[str, Any], words: Wording) -> str:
    """What a feature is called, its kind included where that has a name of its own."""
    kind = feature.get("kind")
    named = words.found("feature", f"{feature['type']}.{kind}") if kind else ""
    return capital(named) or words.label("feature", str(feature["type"]))


def _parameters(feature: Mapping[str, Any], words: Wording) -> tuple[tuple[str, str], ...]:
    parameters = feature.get("parameters", {})
    untold = _untold(parameters)
    return tuple(
        _parameter(key, value, words)
        for key, value in parameters.items()
        if key not in untold and value is not None and value is not False
    )


def _parameter(key: str, value: Any, words: Wording) -> tuple[str, str]:
    name = words.name("feature.parameter", key)
    if value is True:
        return name, ""
    if key == "thread" and isinstance(value, Mapping) and value.get("designation"):
        said = f" ({words.amount('from', value['from'])})" if value.get("from") else ""
        return name, words.amount("designation", value["designation"]) + said
    return name, words.amount(key, value)


def _untold(parameters: Mapping[str, Any]) -> set[str]:
    """What a list leaves out: where a feature is, how many islands where there are none, and of
    a round hole in a sheet what its diameter says.
    """
    left = set(_UNTOLD)
    if parameters.get("islands") == 0:
        left.add("islands")
    if "diameter_mm" in parameters and "perimeter_mm" in parameters:
        left |= {"width_mm", "length_mm", "perimeter_mm"}
    return left
