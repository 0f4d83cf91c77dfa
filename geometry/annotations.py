"""What do the dimensions and tolerances of a file say, and which threads do they call for?"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

__all__ = ["Annotation", "annotation_of", "thread_in"]

# words that modellers write as names of every dimension; they say no more than its kind
_PLAIN_NAME = re.compile(r"[a-z _]*|DGT:.*|[A-Za-z ]+\.\d+")
# Source: ISO 1101:2017, table 4, symbols of geometrical characteristics
_SYMBOLS = {
    "Straightness": "\u23e4", "Flatness": "\u23e5", "CircularityOrRoundness": "\u25cb",
    "Cylindricity": "\u232d", "ProfileOfLine": "\u2312", "ProfileOfSurface": "\u2313",
    "Parallelism": "\u2225", "Perpendicularity": "\u27c2", "Angularity": "\u2220",
    "Position": "\u2316", "Concentricity": "\u25ce", "Coaxiality": "\u25ce",
    "Symmetry": "\u232f", "CircularRunout": "\u2197", "TotalRunout": "\u2330",
}  # fmt: skip
_METRIC = re.compile(r"\bM\s?(\d+(?:[.,]\d+)?)(?:\s?[x×*]\s?(\d+(?:[.,]\d+)?))?(?![\w.,/])", re.I)
_INCH = re.compile(r"(?:#\d+|\d+(?:/\d+)?)\s?-\s?\d+\s?UN(?:C|F|EF|S)?\b", re.I)
_PIPE = re.compile(r"\b(?:G|Rp|Rc)\s?\d+(?:\s\d+/\d+|/\d+)?(?![\w.,])")


@dataclass(frozen=True)
class Annotation:
    """One dimension, tolerance, datum or note on a part; lengths in mm, angles in degrees."""

    type: str  # of the contract: dimension, tolerance, datum, roughness, note
    text: str  # as a drawing writes it
    faces: tuple[int, ...]
    kind: str = ""  # diameter, radius, distance, angle, thickness, flatness, position …
    value: float | None = None
    upper: float | None = None  # deviations from the value
    lower: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON form in the keys of the contract; what is unknown is left out."""
        said: dict[str, Any] = {"type": self.type, "text": self.text, "faces": list(self.faces)}
        for key in ("kind", "value", "upper", "lower"):
            if (found := getattr(self, key)) not in (None, ""):
                said[key] = found
        return said


def annotation_of(raw: Any, faces: tuple[int, ...], unit_mm: float) -> Annotation | None:
    """What the kernel read, in words of a drawing; None where it says nothing.

    unit_mm: the unit in which dimensions are written.
    """
    written = [text for text in raw.texts if not _PLAIN_NAME.fullmatch(text)]
    if raw.type == "datum":
        return Annotation("datum", raw.texts[0], faces)
    if raw.value is None and not written:
        return None
    if raw.type == "tolerance":
        parts = [_SYMBOLS.get(raw.kind, raw.kind), _number(raw.value), *raw.datums, *written]
        kind = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", raw.kind).lower()
        return Annotation(
            "tolerance", " ".join(p for p in parts if p), faces, kind, _clean(raw.value)
        )
    kind, sign, unit = _form(raw.kind)
    scale = 1.0 if kind == "angle" else unit_mm
    value, upper, lower = raw.value, raw.upper, raw.lower
    value = None if value is None else value * scale
    if raw.limits is not None:
        low, high = (limit * scale for limit in raw.limits)
        value, upper, lower = (high + low) / 2, (high - low) / 2, (low - high) / 2
    text = ""
    if value is not None:
        text = f"{sign}{_number(value)}{unit}"
        if upper is not None and lower is not None:
            text += _limits(upper, lower)
    return Annotation(
        "dimension",
        "; ".join([*written, text] if text else written),
        faces,
        kind,
        _clean(value),
        _clean(upper),
        _clean(lower),
    )


def thread_in(texts: Iterable[str]) -> str | None:
    """The first thread designation in texts: ISO metric, unified inch or pipe thread."""
    for text in texts:
        if metric := _METRIC.search(text):
            nominal, pitch = (each and each.replace(",", ".") for each in metric.groups())
            return f"M{nominal}x{pitch}" if pitch else f"M{nominal}"
        if other := _INCH.search(text) or _PIPE.search(text):
            return other.group(0)
    return None


def _form(kind: str) -> tuple[str, str, str]:
    """Kind, sign before and unit after the number of a dimension."""
    if "Angular" in kind:
        return "angle", "", "°"
    if "Diameter" in kind:
        return "diameter", "S\u2300" if "Spherical" in kind else "\u2300", ""
    if "Radius" in kind:
        return "radius", "SR" if "Spherical" in kind else "R", ""
    if kind == "Size_Thickness":
        return "thickness", "", ""
    return ("distance" if kind.startswith("Location") else "size"), "", ""


def _limits(upper: float, lower: float) -> str:
    if abs(upper + lower) < 1e-9:
        return f" ±{_number(upper)}"
    upper_text, lower_text = (f"{d:+.6g}" if abs(d) > 1e-9 else "0" for d in (upper, lower))
    return f" {upper_text}/{lower_text}".replace("-", "\u2212")


def _number(value: float | None) -> str:
    return "" if value is None else f"{round(value, 6):g}"


def _clean(value: float | None) -> float | None:
    """Without the noise that inches and single steps leave in the last digits."""
    return None if value is None else round(value, 9) + 0.0
