"""How do the answers look at a terminal? Rich tables and panels; never markup out of a file."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from workbench import language
from workbench.cli import catalogue_views
from workbench.cli.show import line, say
from workbench.cli.show import name_text as _name
from workbench.cli.show import show as _print
from workbench.cli.show import table as _table
from workbench.errors import plain
from workbench.two_steps import said

if TYPE_CHECKING:
    from workbench.catalogue import PartCard
    from workbench.plants import Plant

__all__ = [
    "added",
    "analysis",
    "batch",
    "card_record",
    "flat",
    "line",
    "match",
    "part_answer",
    "parts",
    "plant_record",
    "plants",
]

BAR_CELLS = 20  # of a score from 0 to 100
MOST_FEATURE_ROWS = 20
MOST_FINDINGS = 12
MOST_REJECTED = 12
MOST_ROUTES = 3
_COLOURS = {"suitable": "green", "with_changes": "yellow", "unsuitable": "red"}
_SEVERITY_COLOURS = {"critical": "red", "major": "yellow", "minor": "cyan", "advice": "dim"}
_SEVERITIES = tuple(_SEVERITY_COLOURS)
# what tells features of one type apart in one line
_TELLING = {
    "hole": ("diameter_mm", "depth_mm", "thread", "counterbore", "countersink"),
    "cutout": ("width_mm", "length_mm"),
    "pocket": ("length_mm", "width_mm", "depth_mm"),
    "slot": ("length_mm", "width_mm", "depth_mm"),
    "step": ("width_mm", "depth_mm"),
    "boss": ("diameter_mm", "height_mm"),
    "rib": ("thickness_mm", "height_mm"),
    "fillet": ("radius_mm",),
    "chamfer": ("width_mm", "angle_deg"),
    "groove": ("width_mm", "depth_mm"),
    "bend": ("inside_radius_mm", "angle_deg"),
    "turned_profile": ("max_diameter_mm", "length_mm"),
    "thread": ("designation",),
    "gear": ("teeth", "module_mm"),
    "pattern": ("count", "pitch_mm", "pitch_deg"),
    "undercut": ("depth_mm", "area_mm2"),
}

# a bare number says nothing of these: their name stands before it
_NAMED = {"teeth", "module_mm", "pitch_mm", "pitch_deg"}


def _millimetres(values: Iterable[float], decimals: int = 1) -> str:
    joined = " × ".join(language.number(value, decimals) for value in values)
    return f"{joined} {language.unit('mm')}"


def _bar(score: float, verdict: str) -> Text:
    full = round(score / 100 * BAR_CELLS)
    bar = Text("█" * full, style=_COLOURS[verdict])
    bar.append("░" * (BAR_CELLS - full), style="dim")
    bar.append(f" {language.number(score, 0)}")
    return bar


# --- analysis ---


def analysis(answer: Mapping[str, Any], *, explain: bool = False) -> None:
    """A whole analysis, part by part."""
    source = answer["source"]
    head = say(
        "analysis.head",
        format=source.get("format") or "STEP",
        unit=plain(str(source["unit"])),
        parts=len(answer["parts"]),
    )
    _print(Text.assemble((plain(source["name"]), "bold"), "  ", (head, "dim")))
    _print(Text(f"{language.text('reports.profile')}: {_profile(answer.get('rules'))}", "dim"))
    _print_warnings(answer)
    for part in answer["parts"]:
        part_answer(part, explain=explain)


def _profile(used: Mapping[str, Any] | None) -> str:
    """By whose limits the part was judged."""
    if used is None:
        return language.text("reports.profile_usual")
    name, count = plain(used["profile"]), len(used["changed"])
    return language.text("reports.profile_own", name=name, count=count)


def _print_warnings(answer: Mapping[str, Any]) -> None:
    for warning in answer["warnings"]:
        _print(Text(f"! {plain(warning['message'], 300)}", style="yellow"))


def part_answer(part: Mapping[str, Any], *, explain: bool = False) -> None:
    """One part: facts, features, processes, findings."""
    blocks: list[RenderableType] = [_facts(part)]
    if part["features"]:
        blocks += [Text(), _features(part["features"])]
    blocks += [Text(), _processes(part["processes"])]
    if part.get("routes"):
        blocks += [Text(), _routes(part["routes"])]
    if part["processes"] and (findings := _findings(part)) is not None:
        blocks += [Text(), findings]
    if explain:
        named = [(f"process.{each['process']}", each) for each in part["processes"]]
        blocks += [Text(), _terms((language.text(name), each) for name, each in named)]
        if part.get("routes"):
            blocks += [Text(), _terms((said(each).name, each) for each in part["routes"])]
    title = Text(plain(part["name"]))
    if part["count"] > 1:
        title.append(f" × {part['count']}")
    _print(Panel(Group(*blocks), title=title, title_align="left"))


def _facts(part: Mapping[str, Any]) -> Table:
    facts = Table.grid(padding=(0, 2))
    rows: list[tuple[str, str]] = [
        ("size", _millimetres(part["size_mm"])),
        ("volume", language.quantity(part["volume_mm3"] / 1000, "cm3", 2)),
        ("area", language.quantity(part["area_mm2"] / 100, "cm2", 1)),
    ]
    if part.get("material"):
        rows.append(("material", plain(part["material"])))
    if part.get("mass_kg") is not None:
        rows.append(("mass", language.quantity(part["mass_kg"], "kg", 3)))
    rows.append(("faces", language.number(len(part["faces"]), 0)))
    if wall := part.get("wall"):
        key = "sheet" if wall.get("sheet_thickness_mm") else "wall"
        thickness = wall.get("sheet_thickness_mm") or wall["median_mm"]
        rows.append((key, language.quantity(thickness, "mm", 2)))
    for key, value in rows:
        facts.add_row(Text(say(f"fact.{key}"), style="dim"), Text(value))
    return facts


def _features(features: Sequence[Mapping[str, Any]]) -> Table:
    """Equal features in one row, most of them first; what a mould does not release comes last."""
    rows: Counter[tuple[bool, str, str]] = Counter()  # whether it comes last, name, parameters
    for feature in features:
        parameters = feature["parameters"]
        told = [
            _told(key, parameters[key])
            for key in _TELLING.get(feature["type"], ())
            if key in parameters
        ]
        kind = feature.get("kind")
        name = f"feature.{feature['type']}" + (f".{kind}" if kind else "")
        rows[feature["type"] == "undercut", language.text(name), ", ".join(told)] += 1
    table = _table("count", "feature", "parameters", right=(0,))
    ordered = sorted(rows.most_common(), key=lambda row: row[0][0])
    for (_, name, told), count in ordered[:MOST_FEATURE_ROWS]:
        table.add_row(str(count), Text(name), Text(told))
    if len(rows) > MOST_FEATURE_ROWS:
        table.add_row("", Text(say("more", count=len(rows) - MOST_FEATURE_ROWS), style="dim"), "")
    return table


def _told(key: str, value: Any) -> str:
    """A parameter that tells one feature from another, as it stands on a drawing."""
    if key == "count":
        return f"{language.number(value)} ×"
    told = _parameter(key, value)
    return f"{language.text(f'feature.parameter.{key}')} {told}" if key in _NAMED else told


def _parameter(key: str, value: Any) -> str:
    if isinstance(value, Mapping):
        own = value.get("designation") or ", ".join(_parameter(k, v) for k, v in value.items())
        return f"{language.text(f'feature.parameter.{key}')} ({plain(str(own))})"
    if not isinstance(value, int | float):
        return plain(str(value))
    if key.endswith("_mm"):
        sign = {"diameter_mm": "⌀", "max_diameter_mm": "⌀"}.get(key, "")
        sign = "R" if key.endswith("radius_mm") else sign
        return sign + language.quantity(value, "mm", 2)
    if key.endswith("_mm2"):
        return language.quantity(value, "mm2", 1)
    if key.endswith("_deg"):
        return language.quantity(value, "°", 1)
    return language.number(value)


def _processes(processes: Sequence[Mapping[str, Any]]) -> Table:
    table = _table("process", "suitability", "verdict")
    for process in processes:
        verdict = process["verdict"]
        table.add_row(
            Text(language.text(f"process.{process['process']}")),
            _bar(process["suitability"], verdict),
            Text(language.text(f"process.verdict.{verdict}"), style=_COLOURS[verdict]),
        )
    return table


def _routes(routes: Sequence[Mapping[str, Any]]) -> Table:
    """The best ways of making the part near net and cutting the rest."""
    table = Table.grid(padding=(0, 2))
    table.add_row(Text(language.text("process.route.title"), style="bold"))
    for route in routes[:MOST_ROUTES]:
        words = said(route)
        table.add_row(
            Text(words.name), _bar(route["suitability"], route["verdict"]), Text(words.cut, "dim")
        )
    return table


def _findings(part: Mapping[str, Any]) -> Table | None:
    """What stands against the best process, gravest first."""
    best = part["processes"][0]
    own = [finding for finding in part["findings"] if finding["id"] in set(best["findings"])]
    if not own:
        return None
    own.sort(key=lambda finding: _SEVERITIES.index(finding["severity"]))
    table = Table.grid(padding=(0, 2))
    title = say("findings.of", process=language.text(f"process.{best['process']}"))
    table.add_row(Text(title, style="bold"))
    for finding in own[:MOST_FINDINGS]:
        severity = finding["severity"]
        message = finding["message"][language.current()]
        table.add_row(
            Text.assemble(
                (language.text(f"process.severity.{severity}"), _SEVERITY_COLOURS[severity]),
                ": ",
                plain(message, 300),
                (f" {plain(finding['fix'][language.current()], 300)}", "dim"),
            )
        )
    if len(own) > MOST_FINDINGS:
        table.add_row(Text(say("more", count=len(own) - MOST_FINDINGS), style="dim"))
    return table


def _terms(judged: Iterable[tuple[str, Mapping[str, Any]]]) -> Table:
    """The summands of every suitability, and their sum; judged: processes or routes by name."""
    table = _table("process", "term", "value", "points", right=(2, 3))
    for name, process in judged:
        for term in process["terms"]:
            value = term.get("value")
            shown = (
                language.number(value, 2)
                if isinstance(value, int | float)
                else plain(str(value or ""))
            )
            table.add_row(
                Text(name), Text(_term_name(term["name"])), shown, _points(term["points"])
            )
            name = ""
        total = language.number(process["suitability"], 1)
        table.add_row("", Text(say("sum"), style="bold"), "", total)
    return table


def _points(points: float) -> str:
    rounded = round(points, 1) + 0.0  # never −0.0
    return f"{'−' if rounded < 0 else '+'}{language.number(abs(rounded), 1)}"


def _term_name(name: str) -> str:
    """The name of a summand; `fit.wall` is said as what it is and what of."""
    kind, _, of = name.partition(".")
    if kind in ("fit", "brake", "gate"):
        return language.text(f"summary.term.{kind}", name=language.text(f"summary.fit.{of}"))
    return language.text(f"summary.term.{name}")


def batch(rows: Sequence[Mapping[str, Any]]) -> None:
    """One line a file."""
    table = _table("file", "process", "suitability", "verdict")
    for row in rows:
        if "error" in row:
            message = Text(plain(row["error"]["message"], 200), style="red")
            table.add_row(_name(row["file"]), message, "", "")
        elif "process" in row:
            table.add_row(
                _name(row["file"]),
                Text(language.text(f"process.{row['process']}")),
                _bar(row["suitability"], row["verdict"]),
                Text(language.text(f"process.verdict.{row['verdict']}")),
            )
        else:
            table.add_row(_name(row["file"]), "", "", "")
    _print(table)
    failed = sum("error" in row for row in rows)
    line("batch.done", count=len(rows) - failed, failed=failed)


# --- catalogue ---


def card_record(card: "PartCard") -> dict[str, Any]:
    """A part of the catalogue for a machine."""
    return {
        "part": card.key,
        "name": card.name,
        "file": card.file_name,
        "sha256": card.sha256,
        "count": card.count,
        "size_mm": list(card.size_mm),
        "volume_mm3": card.volume_mm3,
        "area_mm2": card.area_mm2,
        "faces": card.faces,
        "added": card.added.isoformat(),
        **({"process": card.process, "suitability": card.suitability} if card.process else {}),
    }


def parts(cards: "Sequence[PartCard]") -> None:
    """The parts of the catalogue."""
    if not cards:
        line("parts.none")
        return
    table = _table("key", "name", "file", "size", "process", "suitability", right=(5,))
    for card in cards:
        table.add_row(
            card.key,
            _name(card.name),
            _name(card.file_name),
            Text(_millimetres(card.size_mm)),
            Text(language.text(f"process.{card.process}") if card.process else ""),
            "" if card.suitability is None else language.number(card.suitability, 0),
        )
    _print(table)


def added(records: Sequence[Mapping[str, Any]]) -> None:
    """What went into the catalogue."""
    table = _table("key", "name", "file")
    for record in records:
        table.add_row(record["part"], _name(record["name"]), _name(record["file"]))
    _print(table)


def flat(answer: Mapping[str, Any]) -> None:
    """The flat pattern in numbers."""
    facts = Table.grid(padding=(0, 2))
    facts.add_row(Text(say("fact.sheet")), language.quantity(answer["thickness_mm"], "mm", 2))
    facts.add_row(Text(say("fact.flat_size")), _millimetres(answer["size_mm"]))
    if strip := answer.get("strip"):
        used = say(
            "fact.strip_value",
            pitch=strip["pitch_mm"],
            width=strip["width_mm"],
            up=strip["up"],
            used=strip["utilisation"],
        )
        facts.add_row(Text(say("fact.strip")), Text(used))
    if sheet := answer.get("sheet"):
        used = say("fact.nested_value", count=sheet["count"], used=sheet["utilisation"])
        facts.add_row(Text(say("fact.nested")), Text(used))
    facts.add_row(Text(say("fact.bends")), language.number(len(answer["bends"]), 0))
    facts.add_row(Text("DXF"), _name(answer["dxf"]))
    _print(facts)
    _print_warnings(answer)


# --- plants ---


def plant_record(plant: "Plant") -> dict[str, Any]:
    """A plant for a machine."""
    from workbench.plants import to_record

    return to_record(plant)


def plants(known: "Sequence[Plant]") -> None:
    """The plants that were imported."""
    if not known:
        line("plants.none")
        return
    table = _table("key", "name", "region", "machines", "", right=(3,))
    for plant in known:
        note = say("plants.illustrative") if plant.illustrative else ""
        table.add_row(
            plain(plant.id),
            _name(plant.name),
            Text(language.text(f"plant.region.{plant.region}")),
            str(len(plant.machines)),
            Text(note, style="dim"),
        )
    _print(table)


def match(answer: Mapping[str, Any]) -> None:
    """Ranked routes, and why the others fall short."""
    if not answer["routes"]:
        line("match.none")
        for gap in answer.get("gaps", ()):
            _print(Text(plain(gap["message"][language.current()], 300)))
    table = _table("rank", "plants", "operations", "cost", "lead_time", "score", right=(0, 3, 4, 5))
    for route in answer["routes"]:
        operations = route["operations"]
        names = dict.fromkeys(str(o.get("plant_name") or o["plant"]) for o in operations)
        cost = route["cost"]
        table.add_row(
            str(route["rank"]),
            _name(", ".join(names)),
            Text(_operations(operations)),
            Text(language.money(cost["per_part"], cost["currency"])),
            Text(say("days", count=round(route["lead_time_days"]))),
            language.number(route["score"], 0),
        )
    if answer["routes"]:
        _print(table)
    catalogue_views.evidence(answer.get("evidence", ()))
    _rejected(answer["rejected"])


def _operations(operations: Sequence[Mapping[str, Any]]) -> str:
    """The operations of a route, each named once."""
    names = dict.fromkeys(language.text(f"plant.operation.{o['operation']}") for o in operations)
    return ", ".join(names)


def _rejected(rejected: Sequence[Mapping[str, Any]]) -> None:
    """Who is nearly able, and what is missing; who does nothing of the kind is only counted."""
    near = [
        entry
        for entry in rejected
        if any(reason["capability"] != "process" for reason in entry["reasons"])
    ]
    if near:
        table = _table("rejected", "process", "lacks")
        for entry in near[:MOST_REJECTED]:
            reasons = "; ".join(_shortfall(reason) for reason in entry["reasons"])
            process = entry.get("process")
            table.add_row(
                _name(entry.get("plant_name") or entry["plant"]),
                Text(language.text(f"process.{process}") if process else plain(entry["operation"])),
                Text(reasons),
            )
        _print(Text(), table)
    if len(near) > MOST_REJECTED:
        line("more", count=len(near) - MOST_REJECTED)
    able = {entry["plant"] for entry in near}
    others = {entry["plant"] for entry in rejected} - able
    if others:
        line("match.others", count=len(others))


def _shortfall(reason: Mapping[str, Any]) -> str:
    """One capability that falls short, with its numbers."""
    capability, needed = reason["capability"], reason["needed"]
    if capability == "process":
        return say("match.no_process", process=language.text(f"process.{needed}"))
    unit = str(reason.get("unit") or "")
    unit = "" if unit in ("IT", "pcs/year") else unit  # the capability's name says these

    def shown(value: Any) -> str:
        if value is None or value == []:
            return say("match.nothing")
        if isinstance(value, list | tuple):
            return ", ".join(map(shown, value))
        if capability == "materials":
            families = str(value).split(", ")
            return ", ".join(language.text(f"plant.family.{family}") for family in families)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return plain(str(value))
        return language.quantity(value, unit) if unit else language.number(value)

    return say(
        "match.lacks",
        capability=language.text(f"plant.column.{capability}"),
        needed=shown(needed),
        has=shown(reason["has"]),
    )
