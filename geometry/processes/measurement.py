"""What does a process know of a part before any limit is applied? Plain numbers that JSON can
carry.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

__all__ = ["MEASURED", "Facts", "Measurement", "NotChecked", "number_of", "plain", "ramp", "worst"]

MEASURED = "measured"  # the gate that is shut where measuring a process failed
PLACE_OF_A_CUT = ("feature", "faces")  # where it is; all else is how long it takes
_NOTHING: Mapping[str, float] = {}
KEPT_OF_A_QUANTITY = 60  # measurements of one quantity that travel with a part: the worst ones


class Measurement(NamedTuple):
    """One measured quantity of one place; `context` holds the numbers its limit may depend on.

    A tuple rather than a dataclass: a changed quantity makes thousands of them again.
    """

    quantity: str
    value: float
    faces: tuple[int, ...] = ()
    feature: str | None = None
    context: Mapping[str, float] = _NOTHING

    def to_dict(self) -> dict[str, Any]:
        """JSON form in plain numbers; what is empty is left out, and a value that is not finite.

        Written out rather than by `plain`: a part has a thousand of them.
        """
        found: dict[str, Any] = {"quantity": self.quantity}
        value = float(self.value)
        if math.isfinite(value):
            found["value"] = value + 0.0
        if self.faces:
            found["faces"] = [int(face) for face in self.faces]
        if self.feature:
            found["feature"] = self.feature
        if self.context:
            found["context"] = plain(self.context)
        return found

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Measurement":
        """The measurement that `to_dict` wrote."""
        return cls(
            data["quantity"],
            float(data["value"]),
            tuple(data.get("faces", ())),
            data.get("feature"),
            data.get("context", {}),
        )


@dataclass(frozen=True)
class NotChecked:
    """Something nobody looked at, and why: codes for the catalogues."""

    what: str
    why: str


@dataclass(frozen=True)
class Facts:
    """All that judging one process needs of one part."""

    process: str
    metrics: Mapping[str, Any]
    measurements: tuple[Measurement, ...]
    fit: Mapping[str, float]  # 0…1 each: how natural the part is for the process
    gates: Mapping[str, bool]  # False: the part cannot be made so as drawn
    not_checked: tuple[NotChecked, ...] = ()
    size: Mapping[str, float] = field(
        default_factory=dict
    )  # volume, area, box: what economics and forces need
    # operations of a machined part, without minutes; of a stored part, see `_told_once`
    cuts: tuple[Mapping[str, Any], ...] = ()

    def as_plain(self) -> "Facts":
        """The same facts in types that JSON knows, as `plain` makes them; cuts are plain."""
        return replace(self, metrics=plain(self.metrics), size=plain(self.size))

    def to_dict(self) -> dict[str, Any]:
        """JSON form of plain facts."""
        return {
            "process": self.process,
            "metrics": dict(self.metrics),
            "measurements": [m.to_dict() for m in self.measurements],
            "fit": plain(self.fit),
            "gates": {name: bool(value) for name, value in self.gates.items()},
            "not_checked": [{"what": n.what, "why": n.why} for n in self.not_checked],
            "size": dict(self.size),
            **({"cuts": _told_once(self.cuts)} if self.cuts else {}),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Facts":
        """The facts that `to_dict` wrote."""
        return cls(
            process=data["process"],
            metrics=data["metrics"],
            measurements=tuple(Measurement.from_dict(m) for m in data["measurements"]),
            fit=data["fit"],
            gates=data["gates"],
            not_checked=tuple(NotChecked(n["what"], n["why"]) for n in data["not_checked"]),
            size=data["size"],
            cuts=tuple(data.get("cuts", ())),
        )


def _told_once(cuts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Cuts, of which one that is cut as an earlier one says which, and only where it is cut: a
    plate with hundreds of equal pockets is timed by its few kinds.
    """
    first: dict[tuple[Any, ...], int] = {}
    told = []
    for index, cut in enumerate(cuts):
        place = {key: cut[key] for key in PLACE_OF_A_CUT if key in cut}
        kind = tuple((key, value) for key, value in cut.items() if key not in place)
        like = first.setdefault(kind, index)
        told.append(dict(cut) if like == index else {**place, "like": like})
    return told


def number_of(feature: Any, key: str) -> float:
    """A parameter of a feature; nan where it has none."""
    value = feature.parameters.get(key)
    return float(value) if isinstance(value, (int, float)) else math.nan


def plain(value: Any) -> Any:
    """The same value in types that JSON knows; numbers that are not finite are left out of
    mappings, and −0 is 0.
    """
    # the plain types first: a part has thousands of them, and asking for a Mapping is slow
    kind = type(value)
    if kind is float:
        return value + 0.0 if math.isfinite(value) else None  # −0 is 0 to a reader
    if kind is str or kind is int or kind is bool or value is None:
        return value
    if kind is list or kind is tuple:
        if not value:
            return []
        kinds = set(map(type, value))
        if kinds == {int}:  # faces
            return list(value)
        if kinds == {float} and all(map(math.isfinite, value)):  # points
            return [item + 0.0 for item in value]
        return [plain(item) for item in value]
    if kind is np.ndarray or isinstance(value, np.generic):
        if value.ndim > 1 and value.dtype.kind == "f" and np.isfinite(value).all():
            return np.asarray(value + 0.0).tolist()
        return plain(value.tolist())
    if kind is dict or isinstance(value, Mapping):
        found: dict[str, Any] = {}
        for key, item in value.items():
            # most are numbers and codes: they are not worth a call each
            kind = type(item)
            if kind is float and math.isfinite(item):
                found[str(key)] = item + 0.0
            elif kind is str or kind is int or kind is bool:
                found[str(key)] = item
            elif (kept := plain(item)) is not None:
                found[str(key)] = kept
        return found
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return value + 0.0 if math.isfinite(value) else None
    return value


def ramp(value: float, low: float, high: float) -> float:
    """0 at `low` and beyond, 1 at `high` and beyond, straight between; falls when low > high. nan
    counts as 0.
    """
    value = float(value)  # numbers of numpy take several times as long
    if math.isnan(value):
        return 0.0
    return min(max((value - low) / (high - low), 0.0), 1.0)


def worst(measurements: Iterable[Measurement], *, largest: bool = False) -> list[Measurement]:
    """The measurements nearest to breaking a limit, so that a part with thousands of places stays
    small.
    """
    finite = [m for m in measurements if math.isfinite(m.value)]
    return sorted(finite, key=lambda m: m.value, reverse=largest)[:KEPT_OF_A_QUANTITY]
