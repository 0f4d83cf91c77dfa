"""How are many files judged? Side by side, each written when it is done, on after failures."""

import argparse
import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from workbench.cli import print_json, views
from workbench.cli.progress import Bars
from workbench.errors import KNOWN, NoSuchFile, StorageFailure, WorkbenchError, WrongUse, described
from workbench.intake import is_step_name, printable_name
from workbench.service import Finished, Workbench

__all__ = ["run", "step_files"]

LONGEST_FILE_NAME = 255  # bytes, on every file system in use
INTERNAL = 5


def run(options: argparse.Namespace, conditions: dict[str, Any]) -> int:
    """`analyse` over several files or folders; the exit code."""
    if options.json and options.out is None:
        raise WrongUse("several files with --json need --out DIR", where="--json")
    paths = step_files(options.paths)
    if options.out is not None:
        _make_folder(options.out)
    targets = _targets(paths, options.out) if options.out is not None else {}
    rows: list[dict[str, Any]] = []
    with Workbench(workers=options.jobs) as workbench, Bars(len(paths)) as bars:
        workbench.warm()

        def heard(path: Path, share: float, stage: str) -> None:
            bars.hear(path, path.name, share, stage)

        for finished in workbench.analyse_many(
            paths, jobs=options.jobs, progress=heard, **conditions
        ):
            if options.out is not None:
                _write(targets[finished.path], _answer(finished))
            rows.append(_row(finished))
            bars.finish(finished.path, len(rows))
    rows.sort(key=lambda row: row["file"])
    failed = [row for row in rows if "error" in row]
    if options.json:
        print_json({"schema": "workbench.batch/1", "files": rows, "failed": len(failed)})
    else:
        views.batch(rows)
    worst = max((row["exit_code"] for row in failed), default=0)
    return worst if options.strict or len(failed) == len(rows) else 0


def step_files(paths: Iterable[Path]) -> list[Path]:
    """The files named, and the STEP files anywhere in the folders named; each once.

    Raises NoSuchFile.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if is_step_name(p.name) and p.is_file())
            if not inside:
                raise NoSuchFile(f"no STEP file in {path}", where=str(path), path=str(path))
            found.update(dict.fromkeys(inside))
        else:
            found[path] = None
    return list(found)


def _targets(paths: list[Path], folder: Path) -> dict[Path, Path]:
    """Where each answer goes: `NAME.step.json`, marked where two would clash or a name is long."""
    targets: dict[Path, Path] = {}
    taken: set[str] = set()
    for path in paths:
        name = f"{path.name}.json"
        if name.casefold() in taken or len(os.fsencode(name)) > LONGEST_FILE_NAME:
            kept = os.fsdecode(os.fsencode(path.name)[: LONGEST_FILE_NAME - 20])
            name = f"{kept}~{_mark(path)}.json"
        taken.add(name.casefold())
        targets[path] = folder / name
    return targets


def _mark(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:8]


def _answer(finished: Finished) -> dict[str, Any]:
    if finished.answer is not None:
        return finished.answer
    return described(_known(finished.error))


def _known(error: Exception | None) -> Exception:
    return error if isinstance(error, KNOWN) else WorkbenchError(f"{type(error).__name__}: {error}")


def _row(finished: Finished) -> dict[str, Any]:
    """One line of the summary; what is unexpected is written to the log as well."""
    row: dict[str, Any] = {"file": printable_name(finished.path.name)}
    if finished.answer is not None:
        parts = finished.answer["parts"]
        row["parts"] = len(parts)
        if parts and parts[0]["processes"]:
            best = parts[0]["processes"][0]
            row |= {key: best[key] for key in ("process", "suitability", "verdict")}
        return row
    error = finished.error
    details = getattr(error, "values", {}).get("details")
    if details or not isinstance(error, KNOWN):
        import traceback

        from workbench.cli.log import write_details

        row["log"] = str(write_details(details or "".join(traceback.format_exception(error))))
    known = _known(error)
    return {**row, **described(known), "exit_code": getattr(known, "exit_code", INTERNAL)}


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongUse(
            f"cannot make the folder {folder}: {error.strerror}", where=str(folder)
        ) from error


def _write(path: Path, answer: dict[str, Any]) -> None:
    """Write an answer whole or not at all: a reader may be waiting for it."""
    try:
        half = path.with_name(f".half-{os.getpid()}-{_mark(path)}")
        try:
            with half.open("w", encoding="utf-8") as file:
                json.dump(answer, file, ensure_ascii=False, allow_nan=False)
            half.replace(path)
        except BaseException:
            half.unlink(missing_ok=True)
            raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise StorageFailure(
            f"cannot write {path}: {reason}", where=str(path.parent), reason_of_system=reason
        ) from error
