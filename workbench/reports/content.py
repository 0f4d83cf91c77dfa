"""What stands in a report, piece by piece? Plain texts in one language, ready for any format.

Every text that comes from a file has passed `workbench.errors.plain`: it holds no control
character and is not long. Nothing here is markup.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from babel.dates import format_date

from geometry import materials
from workbench import language as catalogue
from workbench.errors import plain
from workbench.feature_colours import COLOURS as FEATURE_COLOURS
from workbench.operations import UNTOLD_METRICS, lines
from workbench.reports.facts import SEVERITIES, Facts, ranked
from workbench.reports.feature_words import alike
from workbench.reports.operation_words import operation_heads, operation_rows
from workbench.reports.pictures import COLOURS, FEATURES, FLAT, MAIN, gravest, shown_on
from workbench.reports.supply import supply
from workbench.reports.term_words import told_terms
from workbench.reports.wording import LONGEST_LINE, Wording, capital, counted
from workbench.two_steps import said

__all__ = ["content"]

MOST_FACES = 12  # face numbers told in a finding
MOST_FEATURES = 60  # lines of the table of features
GRAVE_WARNINGS = {  # what makes numbers of the first page doubtful or wrong
    "closed_voids", "faces_without_triangles", "family_failed", "not_watertight", "open_shell",
    "process_failed", "size_not_plausible", "volume_doubtful",
}  # fmt: skip
MOST_WARNINGS = 3  # told on the first page; all stand at the end
ALSO = 3  # processes named on the first page after the best
CHECKSUM_SHOWN = 16  # letters that tell two profiles apart
_LABELS = (
    "also", "annotations", "assembly", "best", "capability", "cost_part", "count", "details",
    "faces", "feature", "features", "features_none", "finding", "findings", "findings_none",
    "fix", "flat", "footer", "for_processes", "gaps", "gravest", "has", "lead_time", "limit",
    "limit_profile", "limit_usual", "local_share", "machine", "measured", "metrics", "name",
    "needed", "not_checked", "not_checked_lead", "not_checked_title", "nothing_against",
    "of_hundred", "operation", "parameters", "part", "parts", "plant", "plants", "plants_first",
    "points", "process", "processes", "profile_changed", "rank", "reason", "record", "region",
    "rejected", "rule", "score_sum", "score_terms", "severity", "size_title", "source", "subject",
    "summary", "term", "term_value", "time", "title", "to_do", "tooling", "unblocks", "unit",
    "value", "verdict", "warnings", "why",
)  # fmt: skip


def content(facts: Facts, language: str) -> dict[str, Any]:
    """The report in a language: nested records of texts and numbers, pictures by name."""
    words = Wording(language)
    analysis = facts.analysis
    title = plain(analysis["assembly"]["name"] or analysis["source"]["name"])
    labels = {key: words.say(key) for key in _LABELS}
    labels |= {"minutes": words.unit("min"), "days": words.unit("day")}
    return {
        "language": language,
        "labels": labels,
        "colours": COLOURS,
        "title": title,
        "date": _date(facts, language),
        "record": _record(facts, words),
        "profile_changes": _profile_changes(facts, words),
        "warnings": [words.sentence(each["messages"]) for each in analysis["warnings"]],
        "parts": [_part(facts, index, part, words) for index, part in enumerate(analysis["parts"])],
    }


def _date(facts: Facts, language: str) -> str:
    return str(format_date(facts.made_at, "long", locale=catalogue.locale_of(language)))


def _record(facts: Facts, words: Wording) -> list[list[str]]:
    """Where the report comes from: what a reader needs to get the same answer."""
    source = facts.analysis["source"]
    kind = " · ".join(plain(str(source[key])) for key in ("format", "unit") if source.get(key))
    rows = [
        ("file", plain(source["name"])),
        ("sha256", source["sha256"]),
        ("format", kind),
        ("source_system", plain(source.get("originating_system") or "")),
        ("date", facts.made_at.strftime("%Y-%m-%d %H:%M %z").strip()),
        ("version", words.say("version_value", program=facts.program, geometry=facts.geometry)),
        ("material", plain(facts.material) if facts.material else words.say("material_none")),
        ("annual", _annual(facts, words)),
        ("profile", _profile(facts, words)),
    ]
    told = [[words.say(key), value] for key, value in rows if value]
    return told if facts.hints else [*told, ["", words.say("hints_off")]]


def _annual(facts: Facts, words: Wording) -> str:
    if facts.annual is None:
        return words.say("annual_none")
    return words.say("annual_value", count=facts.annual)


def _profile(facts: Facts, words: Wording) -> str:
    if facts.profile is None:
        return words.say("profile_usual")
    name, changes = plain(facts.profile.name), facts.profile.changes
    told = words.say("profile_own", name=name, count=len(changes))
    return f"{told} (SHA-256 {facts.profile.sha256[:CHECKSUM_SHOWN]}…)"


def _profile_changes(facts: Facts, words: Wording) -> list[dict[str, str]]:
    return [
        {
            "process": words.label("process", change.process),
            "rule": plain(change.rule),
            "usual": plain(change.usual or words.say("limit_new"), LONGEST_LINE),
            "own": plain(change.own or words.say("limit_off"), LONGEST_LINE),
            "unit": words.text(f"unit.{change.unit}")
            if catalogue.find(f"unit.{change.unit}", words.language)
            else plain(change.unit),
        }
        for change in (facts.profile.changes if facts.profile else ())
    ]


# --- one part ---


def _part(facts: Facts, index: int, part: Mapping[str, Any], words: Wording) -> dict[str, Any]:
    name = plain(part["name"]) or words.say("part_number", number=index + 1)
    pictures = shown_on(part)
    features = _features(part["features"], words)
    processes = [_process(part, process, pictures, words) for process in part["processes"]]
    first = [_finding(each, pictures, words) for each in gravest(part)]
    best = part["processes"][0] if part["processes"] else None
    mass = [words.quantity(part["mass_kg"], "kg")] if part.get("mass_kg") is not None else []
    return {
        "name": name,
        "pieces": words.number(part["count"], 0),
        "lead": " · ".join(
            [
                words.size(part["size_mm"]),
                *mass,
                f"{words.say('material')}: {_material(facts, part, words)}",
                *([processes[0]["assumed"]] if processes and processes[0]["assumed"] else []),
            ]
        ),
        "warnings": _warnings(facts, index, words),
        "picture": MAIN,
        "picture_says": words.say("picture_part", name=name),
        "flat": FLAT if FLAT in facts.pictures[index] else None,
        "flat_lines": words.text("web.processes.flat_lines"),
        "flat_says": words.say("picture_flat", name=name),
        "features_picture": FEATURES if FEATURES in facts.pictures[index] else None,
        "features_says": words.say("picture_features", name=name),
        "finding_says": words.say("picture_of", name=name),
        "fits": bool(best) and best["verdict"] != "unsuitable",
        "answer_title": words.say(
            "best" if best and best["verdict"] != "unsuitable" else "nearest"
        ),
        "none_fits": words.say("none_fits" if best else "no_process"),
        "best": processes[0] if processes else None,
        "also": processes[1 : ALSO + 1],
        "gravest": first,
        "to_do": _to_do(first, best, words),
        "processes": processes,
        "routes_title": words.label("process.route", "title"),
        "routes": [_route(route, words) for route in part.get("routes", ())],
        "not_checked": _unchecked(part["processes"], words),
        "size": _size(facts, part, words),
        "features": features,
        "features_further": _further(features, MOST_FEATURES, words),
        "annotations": counted(plain(note["text"], LONGEST_LINE) for note in part.get("pmi", ())),
        "supply": supply(facts, index, words),
    }


def _warnings(facts: Facts, index: int, words: Wording) -> list[str]:
    """What the reader must know of the part before the answer: its size, voids, open surfaces."""
    parts = len(facts.analysis["parts"])
    told = [
        words.sentence(each["messages"])
        for each in facts.analysis["warnings"]
        if each["code"] in GRAVE_WARNINGS
        and each.get("part", index if parts == 1 else None) == index
    ]
    return list(dict.fromkeys(told))[:MOST_WARNINGS]


def _material(facts: Facts, part: Mapping[str, Any], words: Wording) -> str:
    """Which material the judgement took, and who said so."""
    if facts.material:
        return words.say("material_asked", name=plain(facts.material))
    of_file = part.get("material")
    if not of_file:
        return words.say("material_none")
    known = facts.hints and materials.known(of_file) is not None
    return words.say("material_file" if known else "material_unknown_name", name=plain(of_file))


def _size(facts: Facts, part: Mapping[str, Any], words: Wording) -> list[list[str]]:
    wall = part.get("wall") or {}
    several = part["count"] > 1 or len(facts.analysis["parts"]) > 1
    rows: list[tuple[str, str | None]] = [
        ("in_assembly", words.say("pieces", count=part["count"]) if several else None),
        ("box", words.size(part["size_mm"])),
        ("volume", _large(part["volume_mm3"], 1000, ("mm3", "cm3"), words)),
        ("area", _large(part["area_mm2"], 100, ("mm2", "cm2"), words)),
        ("mass", _if(part.get("mass_kg"), lambda kg: words.quantity(kg, "kg"))),
        ("material", _material(facts, part, words)),
        ("face_count", words.number(len(part["faces"]), 0)),
        ("closed", words.yes(part["closed"])),
        ("wall_min", _if(wall.get("min_mm"), lambda mm: words.quantity(mm, "mm"))),
        ("wall_median", _if(wall.get("median_mm"), lambda mm: words.quantity(mm, "mm"))),
        ("wall_max", _if(wall.get("max_mm"), lambda mm: words.quantity(mm, "mm"))),
        ("wall_constant", _if(wall.get("constant"), words.yes)),
        ("wall_sheet", _if(wall.get("sheet_thickness_mm"), lambda mm: words.quantity(mm, "mm"))),
        ("explained", _if(part.get("explained_share"), words.percent)),
        ("freeform", _if(part.get("freeform_share") or None, words.percent)),
    ]
    return [[words.say(key), value] for key, value in rows if value is not None]


def _large(value: float, scale: float, units: tuple[str, str], words: Wording) -> str:
    """A volume or an area in the larger of two units where it is as large as that one."""
    small, large = units
    return words.quantity(value / scale, large) if value >= scale else words.quantity(value, small)


def _if(value: Any, written: Any) -> str | None:
    return None if value is None else str(written(value))


def _to_do(
    first: list[dict[str, Any]], best: Mapping[str, Any] | None, words: Wording
) -> list[str]:
    """The remedies of the gravest findings, then what would make the answer surer."""
    steps = [each["fix"] for each in first if each["fix"]]
    if best:
        open_ = {each["what"]: each["why"] for each in best["not_checked"]}
        if open_.get("material") == "not_given":
            steps.append(words.say("next.material"))
        if open_.get("economics") == "no_quantity":
            steps.append(words.say("next.annual"))
        if open_.keys() & {"tolerances", "close_tolerances"}:
            steps.append(words.say("next.tolerances"))
    return list(dict.fromkeys(steps))


# --- processes and findings ---


def _process(
    part: Mapping[str, Any],
    process: Mapping[str, Any],
    pictures: Mapping[str, str],
    words: Wording,
) -> dict[str, Any]:
    found = ranked(part, process)
    findings = [_finding(each, pictures, words) for each in found]
    assumed = process["metrics"].get("assumed_material")
    # the material is told in a sentence
    untold = (*UNTOLD_METRICS, "assumed_material")
    metrics = {key: value for key, value in process["metrics"].items() if key not in untold}
    return {
        "code": process["process"],
        "name": words.label("process", process["process"]),
        "score": process["suitability"],
        "score_text": words.number(process["suitability"], 0),
        "verdict_code": process["verdict"],
        "verdict": words.text(f"process.verdict.{process['verdict']}"),
        "summary": words.sentence(process["summary"]),
        "assumed": words.say("material_assumed", name=plain(str(assumed))) if assumed else "",
        "counts": _counts(found, words),
        "terms": told_terms(process["terms"], words),
        "metrics": [
            [words.label("process.metric", key), words.amount(key, value)]
            for key, value in metrics.items()
        ],
        "figures": [
            [words.label("process.metric", key), *words.figure(key, value)]
            for key, value in metrics.items()
        ],
        "operations": _operations(process["metrics"].get("operations", ()), words),
        "findings": findings,
        "briefly": _briefly(findings, words),
        "not_checked": [
            [
                words.label("summary.not_checked", each["what"]),
                words.name("summary.why", each["why"]),
            ]
            for each in process["not_checked"]
        ],
    }


def _operations(operations: Iterable[Mapping[str, Any]], words: Wording) -> dict[str, Any]:
    """The table of what is cut, with which tool and how long; no rows where nothing is."""
    heads = operation_heads(words)
    return {
        "title": capital(words.text("process.operations")),
        "heads": heads,
        "rows": operation_rows(operations, words),
        "figure_heads": [
            *heads[:-1],
            words.say("count"),
            *(
                f"{words.label('feature.parameter', key)}, {words.unit('mm')}"
                for key in ("diameter_mm", "length_mm")
            ),
            f"{words.say('time')}, {words.unit('min')}",
        ],
        "figures": [
            [
                line.setup,
                capital(words.name("process.operation", line.operation)),
                capital(words.name("process.tool", line.tool)),
                line.count,
                round(line.diameter_mm, 2),
                round(line.length_mm, 1),
                round(line.minutes, 2),
            ]
            for line in lines(operations)
        ],
    }


def _route(route: Mapping[str, Any], words: Wording) -> dict[str, Any]:
    """A near-net process and what is cut afterwards."""
    told = said(route, words.language)
    terms = told_terms(route["terms"], words)
    return {
        "name": capital(told.name),
        "score": route["suitability"],
        "score_text": words.number(route["suitability"], 0),
        "verdict_code": route["verdict"],
        "verdict": words.text(f"process.verdict.{route['verdict']}"),
        "work": told.work,
        "terms": terms,
        "sum": "  ·  ".join(
            f"{term['name']}\N{NO-BREAK SPACE}{term['points_text']}"
            for term in terms
            if term["counts"]
        ),
        "cut": capital(told.cut),
    }


def _counts(found: Iterable[Mapping[str, Any]], words: Wording) -> list[dict[str, str]]:
    told = []
    severities = [each["severity"] for each in found]
    for severity in SEVERITIES:
        if count := severities.count(severity):
            told.append(
                {"code": severity, "text": words.text(f"process.counted.{severity}", count=count)}
            )
    return told


def _finding(
    finding: Mapping[str, Any], pictures: Mapping[str, str], words: Wording
) -> dict[str, Any]:
    measured, limit = words.measured_against(finding)
    faces = finding["faces"]
    numbers = ", ".join(map(str, faces[:MOST_FACES]))
    more = len(faces) - MOST_FACES
    told = (
        words.say("face_numbers_more", numbers=numbers, count=more)
        if more > 0
        else words.say("face_numbers", numbers=numbers)
    )
    return {
        "rule": plain(finding["rule"]),
        "severity": finding["severity"],
        "severity_text": capital(words.text(f"process.severity.{finding['severity']}")),
        "what": words.sentence(finding["message"]),
        "why": words.sentence(finding.get("why")),
        "fix": words.sentence(finding.get("fix")),
        "measured": measured,
        "limit": limit,
        "source": words.source(finding["source"]),
        "source_pieces": words.source_pieces(finding["source"]),
        "faces": told if faces else words.say("whole_part"),
        "face_count": len(faces),
        "picture": pictures.get(finding["id"]),
        "raw": {
            "measured": finding.get("measured"),
            "limit": finding.get("limit"),
            "unit": words.unit(str((finding.get("measured") or {}).get("unit", ""))),
            "faces": list(faces),
            "feature": finding.get("feature"),
        },
    }


def _briefly(findings: Iterable[dict[str, Any]], words: Wording) -> list[dict[str, Any]]:
    """The gravest finding of each rule and severity, and in how many places it is the same."""
    alike: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for finding in findings:
        alike.setdefault((finding["rule"], finding["severity"]), []).append(finding)
    return [
        {**first, "alike": words.say("alike", count=len(others)) if others else ""}
        for first, *others in alike.values()
    ]


def _unchecked(processes: Iterable[Mapping[str, Any]], words: Wording) -> list[dict[str, str]]:
    """What no verdict covers, once for all processes it is true of."""
    of: dict[tuple[str, str], list[str]] = {}
    count = 0
    for process in processes:
        count += 1
        for each in process["not_checked"]:
            of.setdefault((each["what"], each["why"]), []).append(process["process"])
    return [
        {
            "what": words.label("summary.not_checked", what),
            "why": words.name("summary.why", why),
            "processes": capital(words.say("processes").lower())
            if len(names) == count
            else capital(", ".join(words.name("process", name) for name in names)),
        }
        for (what, why), names in of.items()
    ]


# --- features ---


def _features(features: Iterable[Mapping[str, Any]], words: Wording) -> list[dict[str, Any]]:
    """Equal features in one line with their number, and the colour of what a picture shows."""
    return [
        {
            "quantity": len(each.members),
            "count": words.number(len(each.members), 0),
            "name": each.name,
            "parameters": "; ".join(_told(*parameter) for parameter in each.parameters),
            "colour": FEATURE_COLOURS.get(each.type),
        }
        for each in sorted(alike(features, words), key=lambda each: each.name)
    ]


def _told(name: str, value: str) -> str:
    """`diameter 5 mm`, but `bottom: flat`; the name alone where it says all."""
    joint = " " if value[:1].isdigit() else ": " if value else ""
    return f"{name}{joint}{value}"


def _further(rows: list[dict[str, Any]], most: int, words: Wording) -> str:
    """What to say of the lines that a table leaves out, and nothing when it leaves none."""
    return words.say("further", count=len(rows) - most) if len(rows) > most else ""
