"""What stands in a report on a comparison? Plain texts in one language, ready for any format.

Every text that comes from a file has passed `workbench.errors.plain`. Nothing here is markup.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from babel.dates import format_date

from geometry.display import HEAT
from workbench import language as catalogue
from workbench.errors import plain
from workbench.reports.comparison_rows import change_rows, say
from workbench.reports.wording import LONGEST_LINE, Wording

__all__ = [
    "COLOURS",
    "STATUSES",
    "content",
    "heat_scale",
    "marks",
    "relative",
    "shown_faces",
    "verdict",
]

COLOURS = {"changed": "#f2a03d", "removed": "#d5352b", "added": "#3a9b5c"}  # as in the 3D view
PALE = {"trimmed": "#e9d3b0"}
STATUSES = ("changed", "removed", "added")
NO_CHANGE_SHARE = 5e-5  # less does not show in two decimals of a percentage
LARGE_FACTOR = 10.0
HEAT_STEPS = 4  # numbers on the scale of a map of deviations, beside 0
MOST_CHANGES = 60  # lines of the table


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
    pieces = faces.get("pieces", {}).get(side, ())
    return {
        "trimmed": [pair[place] for pair in changed if pair in trimmed] + list(pieces),
        "changed": [pair[place] for pair in changed if pair not in trimmed],
        own: [face for face in faces.get(own, ()) if face not in pieces],
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
        "verdict": say(words, verdict(comparison)),
        "said": _sentences(comparison, words),
        "numbers": _numbers(comparison, words),
        "measures": _measures(comparison, words),
        "faces": _faces(comparison, words),
        "pictures": [say(words, "picture", name=name) for name in names] if pictures else [],
        "changes": rows[:MOST_CHANGES],
        "changes_more": _more(len(rows) - MOST_CHANGES, words),
        "changes_none": _nothing(comparison, words),
        "processes": _processes(comparison, words),
        "unsuitable": _unsuitable(comparison, words),
        "cost": _cost(comparison, words),
        "pmi": _pmi(comparison, words),
        "assembly": _assembly(comparison, words),
    }


def heat_scale(largest_mm: float, language: str) -> dict[str, Any]:
    """What stands under a map of deviations: its title, colours from 0 up, and their numbers."""
    words = Wording(language)
    ticks = [step / HEAT_STEPS * largest_mm for step in range(HEAT_STEPS + 1)]
    return {
        "title": say(words, "heat"),
        "colours": list(HEAT),
        "ticks": [words.quantity(tick, "mm") for tick in ticks],
    }


def _labels(words: Wording) -> dict[str, str]:
    keys = ("title", "first", "second", "change", "faces", "features", "feature", "parameter",
            "numbers", "apart", "processes", "process", "findings", "pmi", "assembly", "part",
            "pieces", "legend")  # fmt: skip
    return {key: say(words, key) for key in keys} | {
        status: say(words, f"status.{status}") for status in ("same", *STATUSES)
    }


def _more(count: int, words: Wording) -> str:
    return say(words, "features_more", count=words.number(count, 0)) if count > 0 else ""


def _sentences(comparison: Mapping[str, Any], words: Wording) -> list[str]:
    code = verdict(comparison)
    scale = comparison["scale"]
    told = []
    if code == "mirrored":
        faces = comparison.get("faces") or {}
        more = any(faces.get(key) for key in STATUSES)
        told.append(say(words, "said.mirrored_and_more" if more else "said.mirrored"))
    elif code != "scaled":
        told.append(say(words, f"said.{code}"))
    if scale != 1.0:
        factor = words.number(float(f"{scale:.6g}"))
        told.append(say(words, "said.scaled", scale=factor))
        if slip := comparison.get("unit_slip"):
            told.append(say(words, "said.slip", scale=factor, slip=say(words, f"slip.{slip}")))
    return told


def _numbers(comparison: Mapping[str, Any], words: Wording) -> list[list[str]]:
    """What is told once for both: likeness, distances, material that came and went."""
    rows = [[say(words, "similarity"), words.percent(comparison["similarity"], 1)]]
    if deviation := comparison.get("deviation_mm"):
        rows += [
            [say(words, f"deviation_{key}"), words.quantity(deviation[key], "mm")]
            for key in ("max", "p95", "mean")
        ]
    for key in ("added", "removed"):
        if comparison.get(f"volume_{key}_mm3") is not None:
            volume = words.quantity(comparison[f"volume_{key}_mm3"], "mm3")
            rows.append([say(words, f"volume_{key}"), volume])
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
                say(words, key),
                words.quantity(old, unit),
                words.quantity(new, unit),
                relative(old, new, words),
            ]
        )
    if size := comparison.get("size_mm"):
        rows.append([say(words, "size"), words.size(size["from"]), words.size(size["to"]), ""])
    return rows


def relative(old: float, new: float, words: Wording) -> str:
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
    cut = {side: len(each) for side, each in faces.get("pieces", {}).items()}
    trimmed = len(faces.get("trimmed", ()))
    counts = {
        "same": len(faces["same"]),
        "changed": len(faces["changed"]) - trimmed,
        "trimmed": trimmed,
        "removed": len(faces["removed"]) - cut.get("a", 0),
        "added": len(faces["added"]) - cut.get("b", 0),
    }
    return [
        {
            "code": key,
            "name": say(words, f"status.{key}"),
            "count": words.number(count, 0),
            "colour": COLOURS.get(key, PALE.get(key, "#aab3bd")),
        }
        for key, count in counts.items()
    ]


def _nothing(comparison: Mapping[str, Any], words: Wording) -> str:
    """What is said where no feature changed."""
    faces = comparison.get("faces") or {}
    moved = any(faces.get(key) for key in STATUSES)
    return say(words, "features_only_faces" if moved else "features_none")


# --- what it means ---


def _processes(comparison: Mapping[str, Any], words: Wording) -> list[dict[str, Any]]:
    rows = []
    for process in comparison.get("processes", ()):
        change = round(process["b"]) - round(process["a"])  # as both are shown
        verdicts = process.get("verdict", {})
        if set(verdicts.values()) == {"unsuitable"}:  # nobody will make it so
            continue
        findings = process.get("findings", {})
        told = [
            {"code": key, "text": f"{say(words, key)}: {words.sentence(finding['message'])}"}
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
                "change": _signed(change, words) if change else "",
                "code": "rise" if change > 0 else "fall" if change < 0 else "",
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
    return say(words, "unsuitable", names=", ".join(names)) if names else ""


def _verdict(code: str | None, words: Wording) -> str:
    return words.label("process.verdict", code) if code else ""


def _changed_finding(pair: Mapping[str, Any], words: Wording) -> str:
    before, after = pair["from"], pair["to"]
    now, old = words.sentence(after["message"]), before.get("measured")
    if now == words.sentence(before["message"]):  # only how often it is found changed
        counts = (words.number(each.get("count", 1), 0) for each in (before, after))
        was = say(words, "places", **dict(zip(("before", "after"), counts, strict=True)))
    elif old:
        was = say(words, "worse", was=words.quantity(old["value"], old.get("unit", "")))
    else:
        return now
    return f"{now} ({was})"


def _signed(value: int, words: Wording) -> str:
    return ("+" if value > 0 else "") + words.number(value, 0)


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
                say(words, label),
                words.money(pair["from"], cost["currency"]),
                words.money(pair["to"], cost["currency"]),
                ("+" if change > 0 else "") + words.money(change, cost["currency"]),
            ]
        )
    days = cost["lead_time_days"]
    rows.append(
        [say(words, "lead_time"), words.number(days["from"], 0), words.number(days["to"], 0), ""]
    )
    process = [words.label("process", cost["process"][side]) for side in ("from", "to")]
    rows.insert(0, [say(words, "best_process"), *process, ""])
    return {
        "title": say(words, "cost", annual=cost["annual"]),
        "rows": rows,
        "said": say(words, "illustrative") if cost["illustrative"] else "",
    }


def _pmi(comparison: Mapping[str, Any], words: Wording) -> list[dict[str, str]]:
    notes = comparison.get("pmi") or {}
    return [
        {
            "code": status,
            "status": say(words, f"status.{status}"),
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
        shown = plain(name) or say(words, "unnamed", number=number + 1)
        return {"status": say(words, status), "name": shown, "pieces": pieces, "code": code}

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
        by = say(words, "moved_by", distance=words.quantity(each["distance_mm"], "mm"))
        if each["turn_deg"] > 0.01:
            by += ", " + say(words, "turned_by", angle=words.quantity(each["turn_deg"], "deg"))
        rows.append(line("part_moved", each["name"], by, each["b"], "changed"))
    rows += [
        line("part_same" if each["same_shape"] else "part_changed", each.get("name", ""), "",
             each["b"], "same" if each["same_shape"] else "changed")
        for each in assembly["parts"]
    ]  # fmt: skip
    return rows
