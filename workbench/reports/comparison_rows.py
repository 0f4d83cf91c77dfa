"""What changed, line by line: parameters of features, faces, what came and what went."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from workbench import language as catalogue
from workbench.reports.feature_words import feature_name
from workbench.reports.wording import Wording

__all__ = ["change_rows", "say"]

SAME_DIGITS = 3  # decimals to which equal changes of equal features are one line
MOVES = ("offset_mm", "shift_mm")  # of faces
PLACES = ("origin_mm", "axis", "direction")
TELLING = ("diameter_mm", "designation", "teeth", "module_mm", "radius_mm", "length_mm", "width_mm",
           "thickness_mm", "height_mm", "depth_mm", "angle_deg", "count")  # fmt: skip
WHOLE = ("turned_profile", "pattern")  # their faces are told by what they consist of
# dimensions of a whole part: passages are as deep, and faces move or turn as much as these change
RIGHT_THROUGH = {
    "bend": ("thickness_mm",),
    "gear": ("face_width_mm",),
    "turned_profile": ("length_mm",),
}
OF_THE_WHOLE = {
    "bend": ("thickness_mm", "inside_radius_mm", "angle_deg"),
    "flange": ("length_mm",),
    "gear": ("face_width_mm", "outer_diameter_mm"),
    "turned_profile": ("length_mm", "max_diameter_mm", "min_diameter_mm"),
}
FOLLOWS_MM = 0.02  # by how much what follows from a dimension may differ from it
TINY_SHARE = 0.01  # of the largest move: what a long wall's tilt of a minute of arc leaves
MOST_TELLING = 3  # parameters that tell an added or removed feature from others
SIDES = {"removed": "from", "added": "to"}  # the column that tells of them
MOST_OF_ONE_KIND = 4  # lines of features of one name that came or went; more become one line


def say(words: Wording, key: str, **values: object) -> str:
    """A text of comparisons."""
    return words.text(f"comparison.{key}", **values)


def change_rows(comparison: Mapping[str, Any], words: Wording) -> list[dict[str, Any]]:
    """One line for each changed parameter and each feature added or removed; equal ones in one.

    Many features of one name that came or went, as the letters of an engraving do, are one line
    with the least and the largest of each dimension. Each line has `status`, `name`, `parameter`,
    `from`, `to`, and `faces` of both sides.
    """
    rows: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in _of_one_kind(_single_rows(comparison, words), words):
        key = (row["status"], row["feature"], row["parameter"], row["from"], row["to"])
        known = rows.setdefault(key, {**row, "count": 0, "faces": {"a": [], "b": []}})
        known["count"] += 1
        for side in ("a", "b"):
            known["faces"][side] += [f for f in row["faces"][side] if f not in known["faces"][side]]
    for row in rows.values():
        row["name"] = (
            say(words, "times", count=words.number(row["count"], 0), name=row["feature"])
            if row["count"] > 1
            else row["feature"]
        )
    return list(rows.values())


def _of_one_kind(rows: Iterable[dict[str, Any]], words: Wording) -> Iterator[dict[str, Any]]:
    """The rows; those of many different features of one name that came or went say the same."""
    held = list(rows)
    kinds: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in held:
        if row["status"] in SIDES:
            kinds.setdefault((row["status"], row["feature"]), []).append(row)
    for (status, _), alike in kinds.items():
        side = SIDES[status]
        if len({row[side] for row in alike}) > MOST_OF_ONE_KIND:
            said = _spread([row["parameters"] for row in alike], words)
            for row in alike:
                row[side] = said
    yield from held


def _spread(several: Sequence[Mapping[str, Any]], words: Wording) -> str:
    """The dimensions that all of several features have, from the least to the largest."""
    told = []
    for key in TELLING:
        values = [parameters.get(key) for parameters in several]
        if any(isinstance(value, bool) or not isinstance(value, int | float) for value in values):
            continue
        ends = dict.fromkeys(_value(key, end(values), words) for end in (min, max))
        told.append(f"{words.name('feature.parameter', key)} {' … '.join(ends)}")
    return ", ".join(told[:MOST_TELLING])


def _single_rows(comparison: Mapping[str, Any], words: Wording) -> Iterator[dict[str, Any]]:
    features = comparison["features"]
    rebored = {
        change["a"]
        for change in features["changed"]
        if str(change["parameter"]).startswith(("counterbore", "countersink"))
    }
    patterns = features.get("patterns", ())
    follows = {side: {each for p in patterns for each in p["members"][side]} for side in ("a", "b")}
    told_whole = {pattern["a"] for pattern in patterns}
    through = [
        (c["from"], c["to"])
        for c in features["changed"]
        if c["parameter"] in RIGHT_THROUGH.get(c["type"], ())
    ]
    for change in features["changed"]:
        if change["a"] in told_whole or (
            change["parameter"] == "origin_mm" and change["a"] in follows["a"]
        ):
            continue  # told as the change of a pattern
        if _as_deep(change, through):
            continue
        if change["a"] in rebored and str(change["parameter"]).startswith("steps"):
            continue  # the steps of a hole say the same again
        before, after = _from_to(change, words)
        yield {
            "status": "changed",
            "feature": feature_name(change, words),
            "parameter": _parameter_name(str(change["parameter"]), words),
            "from": before,
            "to": after,
            "faces": change.get("faces", {"a": [], "b": []}),
        }
    yield from _pattern_rows(features, words)
    yield from _face_rows(comparison, words)
    for status, side in (("removed", "a"), ("added", "b")):
        for feature in features[status]:
            if feature["id"] in follows[side]:
                continue
            yield {
                "status": status,
                "feature": feature_name(feature, words),
                "parameter": "",
                "from": "",
                "to": "",
                SIDES[status]: _telling(feature["parameters"], words),
                "parameters": feature["parameters"],
                "faces": {"a": [], "b": [], side: list(feature["faces"])},
            }


def _as_deep(change: Mapping[str, Any], through: Sequence[tuple[float, float]]) -> bool:
    """Whether a passage is only as deep as what it goes through, which is told."""
    return change["parameter"] == "depth_mm" and change.get("kind") == "through" and any(
        _is_near(change["from"], old) and _is_near(change["to"], new) for old, new in through
    )  # fmt: skip


def _is_near(one: Any, other: Any) -> bool:
    numbers = isinstance(one, int | float) and isinstance(other, int | float)
    return numbers and round(one, SAME_DIGITS) == round(other, SAME_DIGITS)


def _pattern_rows(features: Mapping[str, Any], words: Wording) -> Iterator[dict[str, Any]]:
    """Patterns whose pitch changed, with the faces of what moved, came or went for it."""
    for pattern in features.get("patterns", ()):
        members = pattern["members"]
        faces: dict[str, list[int]] = {"a": [], "b": []}
        for change in features["changed"]:
            if change["a"] in members["a"] or change["b"] in members["b"]:
                for side in ("a", "b"):
                    faces[side] += change["faces"][side]
        for status, side in (("removed", "a"), ("added", "b")):
            for each in features[status]:
                if each["id"] in members[side]:
                    faces[side] += each["faces"]
        for change in pattern["changed"]:
            name = str(change["parameter"])
            yield {
                "status": "changed",
                "feature": feature_name({"type": "pattern", "kind": pattern["kind"]}, words),
                "parameter": _parameter_name(name, words),
                "from": _value(name, change["from"], words),
                "to": _value(name, change["to"], words),
                "faces": faces,
            }


def _face_rows(comparison: Mapping[str, Any], words: Wording) -> Iterator[dict[str, Any]]:
    """Faces that moved or grew, where no changed feature tells of them."""
    features = comparison["features"]
    told = {face for change in features["changed"] for face in change.get("faces", {}).get("b", ())
            if change["type"] not in WHOLE}  # fmt: skip
    told |= {face for feature in features["added"] for face in feature["faces"]}
    whole = [
        (str(change["parameter"]), change["from"], change["to"])
        for change in features["changed"]
        if change["parameter"] in OF_THE_WHOLE.get(change["type"], ())
    ]
    differences = (comparison.get("faces") or {}).get("differences", ())
    largest = max((abs(d["to"]) for d in differences if d["parameter"] in MOVES), default=0.0)
    for each in differences:
        if told & set(each["b"]):
            continue
        name, old, new = each["parameter"], each["from"], each["to"]
        if name in MOVES and abs(new) < TINY_SHARE * largest:
            continue
        if any(_follows(name, old, new, *change) for change in whole):
            continue
        if name in MOVES:
            before, after = "", say(words, "moved_by", distance=words.quantity(abs(new), "mm"))
        elif name == "tilt_deg":
            before, after = "", say(words, "turned_by", angle=words.quantity(new, "deg"))
        else:
            before, after = _value(name, old, words), _value(name, new, words)
        place = name in (*MOVES, "tilt_deg")
        yield {
            "status": "changed",
            "feature": words.label("feature.surface", each["surface"]),
            "parameter": say(words, "place") if place else words.name("feature.parameter", name),
            "from": before,
            "to": after,
            "faces": {"a": list(each["a"]), "b": list(each["b"])},
        }


def _follows(face: str, old: float, new: float, parameter: str, before: Any, after: Any) -> bool:
    """Whether what became of a face says a changed dimension of the whole again."""
    if not (isinstance(before, int | float) and isinstance(after, int | float)):
        return False
    if face == "diameter_mm":
        return parameter.endswith("diameter_mm") and _is_near(old, before) and _is_near(new, after)
    if face == "tilt_deg":
        return parameter == "angle_deg" and abs(new - abs(after - before)) <= FOLLOWS_MM
    length = parameter.endswith("_mm") and not parameter.endswith("diameter_mm")
    return face == "offset_mm" and length and abs(abs(new) - abs(after - before)) <= FOLLOWS_MM


def _parameter_name(name: str, words: Wording) -> str:
    """`counterbore.diameter_mm` as people say it."""
    if name in PLACES:
        return say(words, "place") if name == "origin_mm" else words.name("feature.parameter", name)
    if name in ("type", "kind"):
        return say(words, name)
    said = []
    for piece in name.split("."):
        if piece.isdigit():
            said.append(say(words, "step", number=int(piece) + 1))
        elif piece != "steps":
            said.append(words.name("feature.parameter", piece))
    return ", ".join(said)


def _from_to(change: Mapping[str, Any], words: Wording) -> tuple[str, str]:
    name = str(change["parameter"])
    if "distance_mm" in change:
        distance = words.quantity(change["distance_mm"], "mm")
        return "", say(words, "moved_by", distance=distance)
    if "turn_deg" in change:
        return "", say(words, "turned_by", angle=words.quantity(change["turn_deg"], "deg"))
    last = name.rpartition(".")[2]
    return _value(last, change["from"], words), _value(last, change["to"], words)


def _value(name: str, value: Any, words: Wording) -> str:
    if value is None:
        return "–"
    if name in ("type", "kind"):
        found = catalogue.find(f"feature.{value}", words.language)
        return found or words.amount(name, value)
    return words.amount(name, round(value, SAME_DIGITS) if isinstance(value, float) else value)


def _telling(parameters: Mapping[str, Any], words: Wording) -> str:
    told = [
        f"{words.name('feature.parameter', key)} {_value(key, parameters[key], words)}"
        for key in TELLING
        if parameters.get(key) is not None
    ]
    return ", ".join(told[:MOST_TELLING])
