"""How is likeness told to a person: what is alike, what a part is by a standard, what is known?"""

from collections.abc import Mapping, Sequence
from typing import Any

from workbench import language as catalogue
from workbench.errors import plain

__all__ = ["dimension_name", "facts", "standard_name", "why"]

SIZE_NEAR = 0.005  # sizes that differ by less are told as the same
MOST_FACES = 12  # that are listed one by one


def why(result: Mapping[str, Any], language: str | None = None) -> str:
    """What is alike, what not, and by how much, in few words.

    result: one of the contract's answer on likeness.
    """
    said = result["why"]
    if "places" in said:
        faces = result["places"][0]["faces"]
        listed = ", ".join(map(str, faces[:MOST_FACES])) + ("…" if len(faces) > MOST_FACES else "")
        count = len(said["missing"])
        found = [_say("places", language, count=said["places"], faces=listed)]
        return "; ".join(found + ([_say("missing", language, count=count)] if count else []))
    if said.get("mirrored"):
        return _say("mirrored", language)
    told = []
    if said.get("alike"):
        told.append(_say("alike", language, aspects=_aspects(said["alike"], language)))
    if said.get("different"):
        told.append(_say("different", language, aspects=_aspects(said["different"], language)))
    ratios = said.get("size_ratio", ())
    if any(abs(ratio - 1) > SIZE_NEAR for ratio in ratios):
        shown = " × ".join(catalogue.number(ratio, 2, language) for ratio in ratios)
        told.append(_say("size_ratio", language, ratios=shown))
    return "; ".join(told)


def standard_name(standard: Mapping[str, Any] | None, language: str | None = None) -> str:
    """What a standard part is called, nothing for other parts."""
    if not standard:
        return ""
    kind = _say(f"standard.{standard['kind']}", language)
    designation = plain(str(standard.get("designation", "")))
    return f"{kind} {designation}".strip()


def facts(told: Mapping[str, Any], language: str | None = None) -> str:
    """What is known of a part in one line."""
    words = []
    if "status" in told:
        words.append(_say(f"status.{told['status']}", language))
    if "price" in told:
        words.append(catalogue.money(told["price"], told["currency"], None, language))
    if "process" in told:
        words.append(catalogue.text(f"process.{told['process']}", language))
    words += [plain(told[name]) for name in ("plant", "supplier") if name in told]
    return ", ".join(words)


def dimension_name(dimension: Mapping[str, Any], language: str | None = None) -> str:
    """What is measured, and of what."""
    words = [
        _named(f"feature.parameter.{word}", word, language)
        for word in reversed(dimension["parameter"].split("."))
    ]
    if dimension["feature"] != "part":
        words.append(_named(f"feature.{dimension['feature']}", dimension["feature"], language))
    count = f" ({dimension['count']}×)" if dimension["count"] > 1 else ""
    return ", ".join(words) + count


def _say(key: str, language: str | None, **values: object) -> str:
    return catalogue.text(f"likeness.{key}", language, **values)


def _aspects(names: Sequence[str], language: str | None) -> str:
    return ", ".join(_say(f"aspect.{name}", language) for name in names)


def _named(key: str, word: str, language: str | None) -> str:
    """The name of a code; the code itself where a newer library has one without a name."""
    known = catalogue._template(key, language or catalogue.current(), {}) is not None
    return catalogue.text(key, language) if known else word
