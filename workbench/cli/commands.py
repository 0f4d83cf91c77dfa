"""What does each command do? It asks the service and shows the answer; nothing is computed here."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workbench import language
from workbench.cli import catalogue_views, print_json, views
from workbench.cli.arguments import SEVERITIES
from workbench.cli.progress import Progress
from workbench.errors import StorageFailure, WrongUse
from workbench.known import FIELDS
from workbench.service import Workbench
from workbench.settings import Settings

__all__ = ["run"]

SAID_NO = 1


def run(options: argparse.Namespace) -> int:
    """Run the command that was parsed; the exit code."""
    options.json = getattr(options, "json", False)
    return _COMMANDS[options.command](options)


def analyse(options: argparse.Namespace) -> int:
    """Judge one file, or many into a folder."""
    from workbench.cli import batch

    conditions = {
        "material": options.material,
        "annual": options.annual,
        "processes": options.process,
        "hints": not options.no_hints,
        "rules": options.rules,
    }
    if options.out is not None or len(options.paths) > 1 or options.paths[0].is_dir():
        return batch.run(options, conditions)
    path = options.paths[0]
    with Workbench(workers=1) as workbench, Progress(path.name) as progress:
        workbench.warm()
        analysis = workbench.analyse(path, progress=progress, **conditions)
    if options.json:
        print_json(analysis)
    else:
        views.analysis(analysis, explain=options.explain)
    return SAID_NO if _refused(analysis, options.fail_on) else 0


def _refused(analysis: dict[str, Any], fail_on: str | None) -> bool:
    """Whether the best process of any part has a finding as grave as was asked about."""
    if fail_on is None:
        return False
    grave = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    for part in analysis["parts"]:
        if not part["processes"] or part["processes"][0]["verdict"] == "unsuitable":
            return True
        best = set(part["processes"][0]["findings"])
        if any(f["id"] in best and f["severity"] in grave for f in part["findings"]):
            return True
    return False


def add(options: argparse.Namespace) -> int:
    """Put files into the catalogue; the first that fails stops it."""
    from workbench.cli.batch import step_files

    added: list[dict[str, Any]] = []
    with Workbench() as workbench:
        workbench.warm()
        for path in step_files(options.files):
            with Progress(path.name) as progress:
                keys = workbench.add(path, progress=progress)
            added += [
                {"part": key, "name": workbench.part(key).name, "file": path.name} for key in keys
            ]
    if options.json:
        print_json({"schema": "workbench.added/1", "parts": added})
    else:
        views.added(added)
    return 0


def parts(options: argparse.Namespace) -> int:
    """List or remove parts of the catalogue."""
    with Workbench() as workbench:
        if options.action == "remove":
            for key in options.keys:
                workbench.remove(key)
            if options.json:
                print_json({"schema": "workbench.removed/1", "parts": options.keys})
            else:
                views.line("parts.removed", count=len(options.keys))
            return 0
        cards = workbench.parts(" ".join(options.search) or None)
    if options.json:
        print_json({"schema": "workbench.parts/1", "parts": [views.card_record(c) for c in cards]})
    else:
        views.parts(cards)
    return 0


def match(options: argparse.Namespace) -> int:
    """Rank the plants that can make a part."""
    with Workbench(workers=1) as workbench, Progress(Path(options.file).name) as progress:
        answer = workbench.match(
            options.file,
            annual=options.annual,
            material=options.material,
            plants=options.plants,
            progress=progress,
        )
    if options.json:
        print_json(answer)
    else:
        views.match(answer)
    return 0


def compare(options: argparse.Namespace) -> int:
    """Say what changed from A to B."""
    from workbench import reports
    from workbench.cli import comparison_view
    from workbench.comparing import differs

    form = options.output and reports.format_of(options.output, reports.COMPARISON_FORMATS)
    with Workbench() as workbench, Progress(Path(options.b).name) as progress:
        workbench.warm()
        if options.shape_only:
            answer = workbench.compare_shapes(options.a, options.b, progress=progress)
        else:
            answer = workbench.compare(
                options.a,
                options.b,
                material=options.material,
                annual=options.annual,
                plants=options.plants,
                progress=progress,
            )
        if form:
            tongue = language.current()
            made = workbench.comparison_report(answer, options.a, options.b, form, tongue)
            _write(options.output, made)
    if options.json:
        print_json(answer)
    else:
        comparison_view.comparison(answer)
        if form:
            views.line("report.written", file=str(options.output))
    return SAID_NO if options.fail_on and differs(answer) else 0


def history(options: argparse.Namespace) -> int:
    """Say what each revision changed."""
    from workbench import reports
    from workbench.cli import comparison_view

    form = options.output and reports.format_of(options.output, reports.COMPARISON_FORMATS)
    with Workbench() as workbench, Progress(Path(options.files[-1]).name) as progress:
        workbench.warm()
        answer = workbench.history(
            options.files,
            material=options.material,
            annual=options.annual,
            plants=options.plants,
            progress=progress,
        )
        if form:
            tongue = language.current()
            _write(options.output, workbench.history_report(answer, options.files, form, tongue))
    if options.json:
        print_json(answer)
    else:
        comparison_view.history(answer)
        if form:
            views.line("report.written", file=str(options.output))
    return 0


def similar(options: argparse.Namespace) -> int:
    """List the parts of the catalogue most like one."""
    with Workbench(workers=1) as workbench, Progress(Path(options.file).name) as progress:
        answer = workbench.similar(
            options.file,
            top=options.top,
            mode=options.mode,
            weights=dict(options.weight) if options.weight else None,
            faces=options.faces,
            progress=progress,
        )
    if options.json:
        print_json(answer)
    else:
        catalogue_views.similar(answer)
    return 0


def families(options: argparse.Namespace) -> int:
    """List families, doubles and candidates for one dimension."""
    with Workbench(workers=1) as workbench:
        answer = workbench.families()
    if options.json:
        print_json(answer)
    else:
        catalogue_views.families(answer)
    return 0


def know(options: argparse.Namespace) -> int:
    """Keep what is known of a part, and say all that is."""
    said = {name: getattr(options, name) for name in FIELDS if getattr(options, name) is not None}
    with Workbench() as workbench:
        answer = workbench.know(options.key, **said)
    if options.json:
        print_json(answer)
    else:
        catalogue_views.known(answer)
    return 0


def unfold(options: argparse.Namespace) -> int:
    """Write the flat pattern of a sheet part as DXF."""
    with Workbench(workers=1) as workbench:
        workbench.warm()
        answer, drawings = workbench.unfold(
            options.file,
            k_table=options.k_factor,
            material=options.material,
            sheet_mm=options.sheet,
        )
    target = options.output or Path(Path(options.file).name).with_suffix(".dxf")
    _write(target, drawings["dxf"])
    answer["dxf"] = str(target)
    if options.svg:
        _write(options.svg, drawings["svg"])
        answer["svg"] = str(options.svg)
    if options.json:
        print_json(answer)
    else:
        views.flat(answer)
    return 0


def plants(options: argparse.Namespace) -> int:
    """Import, list and export plants, or write the template."""
    with Workbench() as workbench:
        match options.action:
            case "import":
                count = workbench.import_plants(options.file)
                answer: dict[str, Any] = {"schema": "workbench.plants/1", "count": count}
                shown = ("plants.imported", {"count": count})
            case "list":
                known = workbench.plants()
                if not options.json:
                    views.plants(known)
                    return 0
                records = [views.plant_record(plant) for plant in known]
                print_json({"schema": "workbench.plants/1", "plants": records})
                return 0
            case "template":
                _write(options.file, workbench.plants_template())
                answer = {"schema": "workbench.written/1", "file": str(options.file)}
                shown = ("plants.template", {"file": str(options.file)})
            case _:
                _write(options.file, workbench.plants_workbook())
                answer = {"schema": "workbench.written/1", "file": str(options.file)}
                shown = ("plants.exported", {"file": str(options.file)})
    if options.json:
        print_json(answer)
    else:
        views.line(shown[0], **shown[1])
    return 0


def rules(options: argparse.Namespace) -> int:
    """List the limits, write a profile to fill in, or check one."""
    from workbench import rule_profiles
    from workbench.cli import rule_views

    match options.action:
        case "list":
            chosen = rule_profiles.rules(options.processes)
            if not options.json:
                rule_views.rules(chosen)
                return 0
            records = [rule_profiles.record(rule) for rule in chosen]
            answer: dict[str, Any] = {"schema": "workbench.rules/1", "rules": records}
        case "template":
            _write(options.file, rule_profiles.template().encode())
            answer = {"schema": "workbench.written/1", "file": str(options.file)}
            shown = ("rules.template", {"file": str(options.file)})
        case _:
            from workbench.judging import profile_record

            found = profile_record(options.file)
            answer = {"schema": "workbench.profile/1", **found}
            shown = ("rules.checked", {"file": found["profile"], "count": len(found["changed"])})
    if options.json:
        print_json(answer)
    else:
        views.line(shown[0], **shown[1])
    return 0


def report(options: argparse.Namespace) -> int:
    """Write a report on a file or a part."""
    from workbench import reports

    form = reports.format_of(options.output)
    with Workbench(workers=1) as workbench, Progress(Path(options.file).name) as progress:
        workbench.warm()
        made = workbench.report(
            options.file,
            form,
            language.current(),
            material=options.material,
            annual=options.annual,
            hints=not options.no_hints,
            rules=options.rules,
            progress=progress,
        )
    _write(options.output, made)
    if options.json:
        print_json({"schema": "workbench.written/1", "file": str(options.output)})
    else:
        views.line("report.written", file=str(options.output))
    return 0


def serve(options: argparse.Namespace) -> int:
    """Serve the pages until stopped."""
    from workbench import web

    settings = Settings.from_environment()
    if not options.json:
        views.line("serve.address", address=f"http://{options.host}:{options.port}")
    web.run(settings, options.host, options.port)
    return 0


def demo(options: argparse.Namespace) -> int:
    """Judge and match the samples."""
    from workbench.cli.demo import run as run_demo

    return run_demo(options)


def doctor(options: argparse.Namespace) -> int:
    """Say what is missing on this machine."""
    from workbench import doctor as examiner

    if not options.json:
        return examiner.main([])
    checks = examiner.examine()
    records = [
        {
            "check": check.key,
            "good": check.good,
            "message": language.text(
                f"doctor.{check.key}.{'good' if check.good else 'bad'}", **check.values
            ),
        }
        for check in checks
    ]
    print_json({"schema": "workbench.doctor/1", "checks": records})
    return SAID_NO if examiner.advice(checks) else 0


def schema(options: argparse.Namespace) -> int:
    """Print the JSON schema of an answer."""
    from workbench.contract import schema_path

    sys.stdout.write(schema_path(options.name).read_text(encoding="utf-8"))
    return 0


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        reason = error.strerror or str(error)
        if isinstance(error, FileNotFoundError | NotADirectoryError | IsADirectoryError):
            raise WrongUse(f"cannot write {path}: {reason}", where=str(path)) from error
        raise StorageFailure(
            f"cannot write {path}: {reason}", where=str(path), reason_of_system=reason
        ) from error


_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "analyse": analyse,
    "add": add,
    "parts": parts,
    "match": match,
    "compare": compare,
    "history": history,
    "similar": similar,
    "families": families,
    "know": know,
    "unfold": unfold,
    "plants": plants,
    "rules": rules,
    "report": report,
    "serve": serve,
    "demo": demo,
    "doctor": doctor,
    "schema": schema,
}
