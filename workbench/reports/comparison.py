"""What stands in a report on a comparison? Plain texts in one language, ready for any format.

Every text that comes from a file has passed `workbench.errors.plain`. Nothing here is markup.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from babel.dates import format_date

from workbench import language as catalogue
from workbench.errors import plain
from workbench.reports.wording import LONGEST_LINE, Wording

__all__ = [
    "COLOURS",
    "STATUSES",
    "change_rows",
    "content",
    "marks",
    "shown_faces",
    "verdict",
]

COLOURS = {"changed": "#f2a03d", "removed": "#d5352b", "added": "#3a9b5c"}  # as in the 3D view
PALE = {"trimmed": "#e9d3b0"}
STATUSES = ("changed", "removed", "added")
NO_CHANGE_SHARE = 5e-5  # less does not show in two decimals of a percentage
LARGE_FACTOR = 10.0
MOST_CHANGES = 60  # lines of the table
SAME_DIGITS = 3  # decimals to which equal changes of equal features are one line
PLACES = ("origin_mm", "axis", "direction")
TELLING = ("diameter_mm", "designation", "teeth", "module_mm", "radius_mm", "length_mm", "width_mm",
           "thickness_mm", "height_mm", "depth_mm", "angle_deg", "count")  # fmt: skip
WHOLE = ("turned_profile", "pattern")  # their faces are told by what they consist of
MOST_TELLING = 3  # parameters that tell an added or removed feature from others


def verdict(comparison: Mapping[str, Any]) -> str:
    """The word for the whole: same, mirrored, scaled or different."""
    if comparison["same_shape"]:
        return "same"
    features, faces = comparison["features"], comparison.get("faces") or {}
    alike = not any(features[key] for key in STATUSES) and not any(faces.get(k) for k in STATUSES)
    if comparison["mirrored"]:
        return "mirrored"
    return "scaled" if comparison["scale"] != 1.0 and alike else "different"


def shown_faces(comparison: Mapping[str, Any], side: str) -> dict[str, list[int]]:
    """Faces of one side, `a` or `b`, by what became of them; those that stayed are left out.

    `trimmed` ones lie where they lay and were only cut anew, by a hole that came for one.
    """
    faces = comparison.get("faces") or {}
    place, own = (0, "removed") if side == "a" else (1, "added")
    trimmed = {tuple(pair) for pair in faces.get("trimmed", ())}
    changed = [tuple(pair) for pair in faces.get("changed", ())]
    return {
        "trimmed": [pair[place] for pair in changed if pair in trimmed],
        "changed": [pair[place] for pair in changed if pair not in trimmed],
        own: list(faces.get(own, ())),
    }


def marks(comparison: Mapping[str, Any], side: str) -> dict[str, list[int]]:
    """Faces of one side by the colour that they get in a picture.

    Faces that were only cut anew stay grey while others tell more.
    """
    shown = shown_faces(comparison, side)
    other = shown_faces(comparison, "b" if side == "a" else "a")
    trimmed = shown.pop("trimmed")
    if not any(shown.values()) and not any(v for k, v in other.items() if k != "trimmed"):
        shown["changed"] = trimmed
    return {COLOURS[status]: faces for status, faces in shown.items()}


def content(
    comparison: Mapping[str, Any], language: str, *, made_at: datetime, pictures: bool
) -> dict[str, Any]:
    """The report in a language: nested records of texts."""
    words = Wording(language)
    names = [plain(comparison[side]["name"]) for side in ("a", "b")]
    rows = change_rows(comparison, words)
    return {
        "language": language,
        "labels": _labels(words),
        "colours": COLOURS,
        "title": " → ".join(names),
        "names": names,
        "date": str(format_date(made_at, "long", locale=catalogue.locale_of(language))),
        "footer": words.say("footer"),
        "verdict_code": verdict(comparison),
        "verdict": _say(words, verdict(comparison)),
        "said": _sentences(comparison, words),
        "numbers": _numbers(comparison, words),
        "measures": _measures(comparison, words),
        "faces": _faces(comparison, words),
        "pictures": [_say(words, "picture", name=name) for name in names] if pictures else [],
        "changes": rows[:MOST_CHANGES],
        "changes_more": _more(len(rows) - MOST_CHANGES, words),
        "changes_none": _nothing(comparison, words),
        "processes": _processes(comparison, words),
        "unsuitable": _unsuitable(comparison, words),
        "cost": _cost(comparison, words),
        "pmi": _pmi(comparison, words),
        "assembly": _assembly(comparison, words),
    }


def _say(words: Wording, key: str, **values: object) -> str:
    return words.text(f"comparison.{key}", **values)


def _labels(words: Wording) -> dict[str, str]:
    keys = ("title", "first", "second", "change", "faces", "features", "feature", "parameter",
            "numbers", "apart", "processes", "process", "findings", "pmi", "assembly", "part",
            "pieces", "legend")  # fmt: skip
    return {key: _say(words, key) for key in keys} | {
        status: _say(words, f"status.{status}") for status in ("same", *STATUSES)
    }


def _more(count: int, words: Wording) -> str:
    return _say(words, "features_more", count=words.number(count, 0)) if count > 0 else ""


def _sentences(comparison: Mapping[str, Any], words: Wording) -> list[str]:
    code = verdict(comparison)
    scale = comparison["scale"]
    told = []
    if code == "mirrored":
        faces = comparison.get("faces") or {}
        more = any(faces.get(key) for key in STATUSES)
        told.append(_say(words, "said.mirrored_and_more" if more else "said.mirrored"))
    elif code != "scaled":
        told.append(_say(words, f"said.{code}"))
    if scale != 1.0:
        factor = words.number(float(f"{scale:.6g}"))
        told.append(_say(words, "said.scaled", scale=factor))
        if slip := comparison.get("unit_slip"):
            told.append(_say(words, "said.slip", scale=factor, slip=_say(words, f"slip.{slip}")))
    return told


def _numbers(comparison: Mapping[str, Any], words: Wording) -> list[list[str]]:
    """What is told once for both: likeness, distances, material that came and went."""
    rows = [[_say(words, "similarity"), words.percent(comparison["similarity"], 1)]]
    if deviation := comparison.get("deviation_mm"):
        rows += [
            [_say(words, f"deviation_{key}"), words.quantity(deviation[key], "mm")]
            for key in ("max", "p95", "mean")
        ]
    for key in ("added", "removed"):
        if comparison.get(f"volume_{key}_mm3") is not None:
            volume = words.quantity(comparison[f"volume_{key}_mm3"], "mm3")
            rows.append([_say(words, f"volume_{key}"), volume])
    return rows


def _measures(comparison: Mapping[str, Any], words: Wording) -> list[list[str]]:
    """What both have: name, before, after, change."""
    rows = []
    for key, unit in (("volume", "mm3"), ("area", "mm2"), ("mass", "kg")):
        pair = comparison.get(f"{key}_{unit}")
        if not pair:
            continue
        old, new = pair["from"], pair["to"]
        rows.append(
            [
                _say(words, key),
                words.quantity(old, unit),
                words.quantity(new, unit),
                _relative(old, new, words),
            ]
        )
    if size := comparison.get("size_mm"):
        rows.append([_say(words, "size"), words.size(size["from"]), words.size(size["to"]), ""])
    return rows


def _relative(old: float, new: float, words: Wording) -> str:
    """A change as a percentage, a large one as a factor; nothing where there is none."""
    if not old or abs(new / old - 1) < NO_CHANGE_SHARE:
        return ""
    ratio = new / old
    if ratio >= LARGE_FACTOR or ratio <= 1 / LARGE_FACTOR:
        return f"× {words.number(float(f'{ratio:.3g}'))}"
    return ("+" if ratio > 1 else "") + words.percent(ratio - 1, 2)


def _faces(comparison: Mapping[str, Any], words: Wording) -> list[dict[str, Any]]:
    faces = comparison.get("faces")
    if not faces:
        return []
    trimmed = len(faces.get("trimmed", ()))
    counts = {
        "same": len(faces["same"]),
        "changed": len(faces["changed"]) - trimmed,
        "trimmed": trimmed,
        "removed": len(faces["removed"]),
        "added": len(faces["added"]),
    }
    return [
        {
            "code": key,
            "name": _say(words, f"status.{key}"),
            "count": words.number(count, 0),
            "colour": COLOURS.get(key, PALE.get(key, "#aab3bd")),
        }
        for key, count in counts.items()
    ]


# --- features ---


def change_rows(comparison: Mapping[str, Any], words: Wording) -> list[dict[str, Any]]:
    """One line for each changed parameter and each feature added or removed; equal ones in one.

    Each with `status`, `name`, `parameter`, `from`, `to`, and `faces` of both sides.
    """
    rows: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in _single_rows(comparison, words):
        key = (row["status"], row["feature"], row["parameter"], row["from"], row["to"])
        known = rows.setdefault(key, {**row, "count": 0, "faces": {"a": [], "b": []}})
        known["count"] += 1
        for side in ("a", "b"):
            known["faces"][side] += [f for f in row["faces"][side] if f not in known["faces"][side]]
    for row in rows.values():
        row["name"] = (
            _say(words, "times", count=words.number(row["count"], 0), name=row["feature"])
            if row["count"] > 1
            else row["feature"]
        )
    return list(rows.values())


def _single_rows(comparison: Mapping[str, Any], words: Wording) -> Iterator[dict[str, Any]]:
    features = comparison["features"]
    rebored = {
        change["a"]
        for change in features["changed"]
        if str(change["parameter"]).startswith(("counterbore", "countersink"))
    }
    for change in features["changed"]:
        if change["a"] in rebored and str(change["parameter"]).startswith("steps"):
            continue  # the steps of a hole say the same again
        before, after = _from_to(change, words)
        yield {
            "status": "changed",
            "feature": _feature_name(change, words),
            "parameter": _parameter_name(str(change["parameter"]), words),
            "from": before,
            "to": after,
            "faces": change.get("faces", {"a": [], "b": []}),
        }
    yield from _face_rows(comparison, words)
    for status, side in (("removed", "a"), ("added", "b")):
        for feature in features[status]:
            said = _telling(feature["parameters"], words)
            faces = {"a": [], "b": [], side: list(feature["faces"])}
            yield {
                "status": status,
                "feature": _feature_name(feature, words),
                "parameter": "",
                "from": said if side == "a" else "",
                "to": said if side == "b" else "",
                "faces": faces,
            }


def _face_rows(comparison: Mapping[str, Any], words: Wording) -> Iterator[dict[str, Any]]:
    """Faces that moved or grew, where no changed feature tells of them."""
    features = comparison["features"]
    told = {face for change in features["changed"] for face in change.get("faces", {}).get("b", ())
            if change["type"] not in WHOLE}  # fmt: skip
    told |= {face for feature in features["added"] for face in feature["faces"]}
    for each in (comparison.get("faces") or {}).get("differences", ()):
        if told & set(each["b"]):
            continue
        name, old, new = each["parameter"], each["from"], each["to"]
        if name in ("offset_mm", "shift_mm"):
            before, after = "", _say(words, "moved_by", distance=words.quantity(abs(new), "mm"))
        elif name == "tilt_deg":
            before, after = "", _say(words, "turned_by", angle=words.quantity(new, "deg"))
        else:
            before, after = _value(name, old, words), _value(name, new, words)
        place = name in ("offset_mm", "shift_mm", "tilt_deg")
        yield {
            "status": "changed",
            "feature": words.label("feature.surface", each["surface"]),
            "parameter": _say(words, "place") if place else words.name("feature.parameter", name),
            "from": before,
            "to": after,
            "faces": {"a": list(each["a"]), "b": list(each["b"])},
        }


def _feature_name(feature: Mapping[str, Any], words: Wording) -> str:
    kind = feature.get("kind")
    full = f"{feature['type']}.{kind}" if kind else str(feature["type"])
    if catalogue.find(f"feature.{full}", words.language):
        return words.label("feature", full)
    return words.label("feature", str(feature["type"]))


def _parameter_name(name: str, words: Wording) -> str:
    """`counterbore.diameter_mm` as people say it."""
    if name in PLACES:
        return (
            _say(words, "place") if name == "origin_mm" else words.name("feature.parameter", name)
        )
    if name in ("type", "kind"):
        return _say(words, name)
    said = []
    for piece in name.split("."):
        if piece.isdigit():
            said.append(_say(words, "step", number=int(piece) + 1))
        elif piece != "steps":
            said.append(words.name("feature.parameter", piece))
    return ", ".join(said)


def _from_to(change: Mapping[str, Any], words: Wording) -> tuple[str, str]:
    name = str(change["parameter"])
    if "distance_mm" in change:
        distance = words.quantity(change["distance_mm"], "mm")
        return "", _say(words, "moved_by", distance=distance)
    if "turn_deg" in change:
        return "", _say(words, "turned_by", angle=words.quantity(change["turn_deg"], "deg"))
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


def _nothing(comparison: Mapping[str, Any], words: Wording) -> str:
    """What is said where no feature changed."""
    faces = comparison.get("faces") or {}
    moved = any(faces.get(key) for key in STATUSES)
    return _say(words, "features_only_faces" if moved else "features_none")


# --- what it means ---


def _processes(comparison: Mapping[str, Any], words: Wording) -> list[dict[str, Any]]:
    rows = []
    for process in comparison.get("processes", ()):
        change = process["b"] - process["a"]
        verdicts = process.get("verdict", {})
        if set(verdicts.values()) == {"unsuitable"}:  # nobody will make it so
            continue
        findings = process.get("findings", {})
        told = [
            {"code": key, "text": f"{_say(words, key)}: {words.sentence(finding['message'])}"}
            for key in ("appeared", "vanished")
            for finding in findings.get(key, ())
        ]
        told += [
            {"code": "changed", "text": _changed_finding(pair, words)}
            for pair in findings.get("changed", ())
        ]
        rows.append(
            {
                "name": words.label("process", process["process"]),
                "from": words.number(process["a"], 0),
                "to": words.number(process["b"], 0),
                "change": "" if abs(change) < 0.5 else _signed(change, words),
                "code": "rise" if change >= 0.5 else "fall" if change <= -0.5 else "",
                "verdict_from": _verdict(verdicts.get("from"), words),
                "verdict_to": _verdict(verdicts.get("to"), words),
                "verdict_code": verdicts.get("to") or "unsuitable",
                "findings": told,
            }
        )
    return rows


def _unsuitable(comparison: Mapping[str, Any], words: Wording) -> str:
    """The processes that suit neither."""
    names = [
        words.name("process", process["process"])
        for process in comparison.get("processes", ())
        if set(process.get("verdict", {}).values()) == {"unsuitable"}
    ]
    return _say(words, "unsuitable", names=", ".join(names)) if names else ""


def _verdict(code: str | None, words: Wording) -> str:
    return words.label("process.verdict", code) if code else ""


def _changed_finding(pair: Mapping[str, Any], words: Wording) -> str:
    now = words.sentence(pair["to"]["message"])
    old = pair["from"].get("measured")
    if not old:
        return now
    was = _say(words, "worse", was=words.quantity(old["value"], old.get("unit", "")))
    return f"{now} ({was})"


def _signed(value: float, words: Wording) -> str:
    return ("+" if value > 0 else "") + words.number(round(value), 0)


def _cost(comparison: Mapping[str, Any], words: Wording) -> dict[str, Any] | None:
    cost = comparison.get("cost")
    if not cost:
        return None
    rows = []
    for key, label in (("per_part", "cost_part"), ("tooling", "tooling")):
        pair = cost[key]
        change = pair["difference"]
        rows.append(
            [
                _say(words, label),
                words.money(pair["from"], cost["currency"]),
                words.money(pair["to"], cost["currency"]),
                ("+" if change > 0 else "") + words.money(change, cost["currency"]),
            ]
        )
    days = cost["lead_time_days"]
    rows.append(
        [_say(words, "lead_time"), words.number(days["from"], 0), words.number(days["to"], 0), ""]
    )
    process = [words.label("process", cost["process"][side]) for side in ("from", "to")]
    rows.insert(0, [_say(words, "best_process"), *process, ""])
    return {
        "title": _say(words, "cost", annual=cost["annual"]),
        "rows": rows,
        "said": _say(words, "illustrative") if cost["illustrative"] else "",
    }


def _pmi(comparison: Mapping[str, Any], words: Wording) -> list[dict[str, str]]:
    notes = comparison.get("pmi") or {}
    return [
        {
            "code": status,
            "status": _say(words, f"status.{status}"),
            "text": plain(str(note.get("text", "")), LONGEST_LINE),
        }
        for status in ("removed", "added")
        for note in notes.get(status, ())
    ]


def _assembly(comparison: Mapping[str, Any], words: Wording) -> list[dict[str, str]]:
    """One line for every part of either assembly."""
    assembly = comparison.get("assembly")
    if not assembly:
        return []

    def line(status: str, name: str, pieces: str, number: int, code: str) -> dict[str, str]:
        shown = plain(name) or _say(words, "unnamed", number=number + 1)
        return {"status": _say(words, status), "name": shown, "pieces": pieces, "code": code}

    def count(number: int) -> str:
        return words.number(number, 0)

    rows = [
        line("part_removed", each["name"], count(each["count"]), each["part"], "removed")
        for each in assembly["removed"]
    ]
    rows += [
        line("part_added", each["name"], count(each["count"]), each["part"], "added")
        for each in assembly["added"]
    ]
    rows += [
        line("part_replaced", f"{plain(each['name_a'])} → {plain(each['name_b'])}",
             f"{count(each['from'])} → {count(each['to'])}", each["a"], "changed")
        for each in assembly["replaced"]
    ]  # fmt: skip
    rows += [
        line("part_counted", each["name"], f"{count(each['from'])} → {count(each['to'])}",
             each["b"], "changed")
        for each in assembly["counts"]
    ]  # fmt: skip
    for each in assembly["moves"]:
        by = _say(words, "moved_by", distance=words.quantity(each["distance_mm"], "mm"))
        if each["turn_deg"] > 0.01:
            by += ", " + _say(words, "turned_by", angle=words.quantity(each["turn_deg"], "deg"))
        rows.append(line("part_moved", each["name"], by, each["b"], "changed"))
    rows += [
        line("part_same" if each["same_shape"] else "part_changed", each.get("name", ""), "",
             each["b"], "same" if each["same_shape"] else "changed")
        for each in assembly["parts"]
    ]  # fmt: skip
    return rows
