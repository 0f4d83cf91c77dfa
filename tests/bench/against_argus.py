"""The same pairs told by argus-diff and by us. `python tests/bench/against_argus.py --python PATH`.

PATH is the interpreter of an environment that has argus-diff. It runs in one process of its own
that has loaded everything before the clock starts and looks through none of it for garbage, and so
do we; it is read as kindly as can be: a part whose volume and area stayed counts as the same
wherever it lies. Seconds of the processor do not count other work beside; ours are told for files
never seen, for an old revision that was examined before against a new one that was not, as in the
catalogue or the checks of a repository, and for two that were examined. Seconds of the clock, told
besides, count on an idle machine alone: there our worker reads two files never seen at once, and
argus-diff one after the other. With WORKBENCH_DEV_PARTS naming a folder that holds
`revisions.csv`, real revisions too. `--every N`: every Nth drawn pair.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1] / "geometry"), str(Path(__file__).parent)]

from comparison import UNCHANGED, faults  # noqa: E402
from revised_parts import further_pairs  # noqa: E402
from revisions import Expected, pairs  # noqa: E402

import geometry.preload  # noqa: E402, F401  # as our workers: what is loaded is never looked through
from geometry.comparison import compare_files  # noqa: E402
from geometry.digest import digest, pack  # noqa: E402
from geometry.side import Side  # noqa: E402
from geometry.step import read_step  # noqa: E402
from workbench.jobs import Workers  # noqa: E402
from workbench.settings import Settings  # noqa: E402

ABREAST = "geometry.comparison:compare_abreast"

THEIRS = """
import gc, json, sys, time
from argus_diff import diff_files
gc.collect()
gc.freeze()
for line in sys.stdin:
    a, b = json.loads(line)
    start, clock = time.process_time(), time.perf_counter()
    try:
        pairs = diff_files(a, b, check_interference=False).to_dict()["bodies"]
        def same(p):
            if p["status"] == "unchanged":
                return True
            if p["status"] != "modified":
                return False
            d, v, s = p["deltas"], p["before"]["volume_mm3"], p["before"]["area_mm2"]
            return abs(d["volume_mm3"]) < 2e-4 * v and abs(d["area_mm2"]) < 1e-3 * s
        answer = all(map(same, pairs))
    except Exception as error:
        answer = type(error).__name__
    seconds = time.process_time() - start, time.perf_counter() - clock
    print(json.dumps([answer, *seconds]), flush=True)
"""


@dataclass(frozen=True)
class Case:
    """A pair of files, whether they are one shape, and what else is known."""

    name: str
    a: Path
    b: Path
    same: bool
    expected: Expected | None


def drawn(folder: Path, every: int) -> Iterator[Case]:
    """Pairs with known changes."""
    for number, pair in enumerate(chain(pairs(), further_pairs())):
        if number % every:
            continue
        paths = [folder / f"{number}{side}.step" for side in "ab"]
        for path, data in zip(paths, pair.files(), strict=True):
            path.write_bytes(data)
        yield Case(pair.name, *paths, pair.expected.same, pair.expected)


def real(folder: Path) -> Iterator[Case]:
    """Pairs of a folder's revisions.csv."""
    with (folder / "revisions.csv").open(encoding="utf-8") as table:
        for row in csv.DictReader(table):
            same = row["change"] in UNCHANGED
            yield Case(row["old"], folder / row["old"], folder / row["new"], same, None)


def told(case: Case, argus: "subprocess.Popen[str]", workers: Workers) -> dict[str, Any]:
    """What both say of a pair, and how long each took."""
    assert argus.stdin and argus.stdout
    argus.stdin.write(json.dumps([str(case.a), str(case.b)]) + "\n")
    argus.stdin.flush()
    theirs, their_s, their_clock_s = json.loads(argus.stdout.readline())
    never = [Side(path.read_bytes()) for path in (case.a, case.b)]
    packed = [pack(digest(read_step(side.data))) for side in never]
    known = [Side(data, examined=True) for data in packed]
    answers, seconds = [], {}
    for word, sides in (("our", never), ("half", (known[0], never[1])), ("known", known)):
        start = time.process_time()
        answers.append(compare_files(*sides))
        seconds[f"{word}_s"] = time.process_time() - start
        start = time.perf_counter()
        answers.append(workers.submit(ABREAST, *sides).result()[0])
        seconds[f"{word}_clock_s"] = time.perf_counter() - start
    found = answers[0]
    for other in answers[1:]:
        assert json.dumps(other) == json.dumps(found), f"{case.name}: two answers"
    return {
        "theirs": theirs is case.same,
        "ours": found["same_shape"] == case.same,
        "named": case.expected is not None and not faults(case.expected, found),
        "their_s": their_s,
        "their_clock_s": their_clock_s,
        **seconds,
    }


def table(
    title: str, cases: Iterator[Case], argus: "subprocess.Popen[str]", workers: Workers
) -> None:
    """Run all cases and print a line for each side."""
    rows = []
    for case in cases:
        row = told(case, argus, workers)
        rows.append(row)
        for side in ("theirs", "ours"):
            if not row[side]:
                print(f"  {side} wrong: {case.name}", flush=True)
        if not row["named"] and case.expected is not None:
            print(f"  not named in full: {case.name}", flush=True)
    count = len(rows)

    def median(key: str) -> float:
        return sorted(row[key] for row in rows)[count // 2]

    known = f", change named and nothing else {sum(row['named'] for row in rows)}/{count}"
    known = known if title == "drawn" else ""
    right = {side: sum(row[side] for row in rows) for side in ("theirs", "ours")}
    print(
        f"{title}: same or changed right: argus-diff {right['theirs']}/{count}, "
        f"workbench {right['ours']}/{count}{known}"
    )
    for title, kind in (("CPU seconds", "s"), ("seconds by the clock", "clock_s")):
        keys = [f"{who}_{kind}" for who in ("their", "our", "half", "known")]
        middle = ", ".join(f"{median(key):.3f}" for key in keys)
        total = ", ".join(f"{sum(row[key] for row in rows):.1f}" for key in keys)
        print(f"  {title} of argus-diff; of ours, never seen, the old one known, both known: "
              f"median of a pair {middle}; sum {total}", flush=True)  # fmt: skip


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", required=True, help="interpreter that has argus-diff")
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    command = [options.python, "-c", THEIRS]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    with (
        TemporaryDirectory() as place,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                         env=environment) as argus,
        Workers(Settings.at(Path(place) / "home")) as workers,
    ):  # fmt: skip
        first = next(drawn(Path(place), 1))
        told(first, argus, workers)  # loads both
        if "WORKBENCH_DEV_PARTS" in os.environ:
            table("real revisions", real(Path(os.environ["WORKBENCH_DEV_PARTS"])), argus, workers)
        table("drawn", drawn(Path(place), options.every), argus, workers)
        assert argus.stdin
        argus.stdin.close()


if __name__ == "__main__":
    main()
