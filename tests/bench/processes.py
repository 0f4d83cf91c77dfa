"""Does the process that people chose for real parts come first?

    python tests/bench/processes.py [FOLDER/manifest.csv] [--materials] [--calibrate [--write]]
        [--splits N] [--rewritten]

A manifest (the one in the folder that WORKBENCH_DEV_PARTS names, unless told otherwise) has a row a
part: file, true_process, also (acceptable ones, `;` between), confidence, note. Prints the share of
parts whose best process is the true one, an acceptable one, and among the best three; the confusion
matrix; every wrong part with what was said of it. The shares are told for two halves too, which are
alike in processes and otherwise drawn by the hash of the file's bytes.

`--materials` judges again with the material where the note makes it certain. `--calibrate` fits the
weights and brakes of geometry/processes/suitability.toml to the first half alone, held near the
reviewed numbers, and shows what that does to the second; `--write` puts the fitted numbers into the
file for review. `--splits` asks how much a fit flatters the half that it saw: it forgets the
reviewed numbers (all weights of a process equal, all brakes alike), fits to each of the two halves
and of N other pairs of halves alone and tells how that half and the other come out. `--rewritten`
writes every part again as other systems would (turned, as NURBS, faces split, in inches) and tells
how often another process comes first then, and how far suitabilities move.
"""

import argparse
import csv
import hashlib
import math
import multiprocessing
import os
import random
import re
import statistics
import sys
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

from invariance import WAYS, rewritten

from geometry.materials import find
from geometry.processes import suitability
from geometry.processes.measurement import Facts
from geometry.processes.rules import default_rules
from geometry.processes.suitability import Conditions, Method
from geometry.tables import FOLDER

# people tell families of processes apart, not their members
FAMILY = {
    "stamping": "sheet_metal",
    "sand_casting": "casting",
    "gravity_casting": "casting",
    "die_casting": "casting",
    "investment_casting": "casting",
}
# words of a note that leave no doubt of the material; the first that is found
CERTAIN = (
    (r"malleable|cast-iron|cast iron", "cast-iron"),
    (r"die-cast aluminium|mic6|cast tooling plate", "cast-aluminium"),
    (r"aluminium", "aluminium"),
    (r"plastic|mould", "plastic"),
    (r"mild steel|hardox|sheet|stamped|joist hanger", "steel-sheet"),
    (r"hot-rolled|square tube|hobbed|turned|round bar|steel", "steel"),
)

TEMPERATURE = 8.0  # points of suitability that make a choice e times as likely
HELD = 1.0  # how dear it is to leave the reviewed numbers: (log of the change)² times this
STEPS = (1.2, 1 / 1.2)  # tried for every number in turn
SWEEPS = 6
LEAST_GAIN = 1e-4  # of the mean surprise
STRONGEST_BRAKE = 0.98
NEUTRAL_BRAKE = 0.8  # of every brake before anything is fitted
SEED = 3  # of the ways parts are written again
MOVED = 8.0  # points of suitability, of any family of processes
SHARES = ("top-1", "acceptable", "top-3")

Key = tuple[str, str, str]  # weights or brakes, process, term


@dataclass(frozen=True)
class Labelled:
    """A real part with what people say of it."""

    name: str
    true: str
    acceptable: frozenset[str]
    note: str
    first_half: bool
    facts: Mapping[str, Facts]


def measured(path: Path) -> dict[str, Any] | str:
    """Facts of the largest part of a file by process, as plain data; the error's words where it
    cannot be read.
    """
    from geometry.errors import GeometryError
    from geometry.features.recognition import recognise
    from geometry.processes.registry import measure_all
    from geometry.step import read_step

    try:
        document = read_step(path.read_bytes(), name=path.stem)
    except GeometryError as error:
        return str(error)
    part = max(document.parts, key=lambda each: each.mass.volume_mm3)
    recognition = recognise(part)
    facts = measure_all(part, recognition, recognition.sheet).facts
    return {name: each.to_dict() for name, each in facts.items()}


def read(manifest: Path) -> list[Labelled]:
    """The labelled parts of a manifest; what nobody is sure of and what is bought is left out."""
    with manifest.open(encoding="utf-8") as table:
        rows = [
            row
            for row in csv.DictReader(table)
            if row["true_process"] not in ("", "purchased_standard")
            and row.get("confidence") != "low"
        ]
    paths = [manifest.parent / row["file"] for row in rows]
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["geometry.preload"])
    with context.Pool(2) as pool:
        answers = pool.map(measured, paths, chunksize=2)
    order: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row, path in zip(rows, paths, strict=True):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        order[row["true_process"]].append((digest, row["file"]))
    first = {file for found in order.values() for _, file in sorted(found)[::2]}
    parts = []
    for row, facts in zip(rows, answers, strict=True):
        if isinstance(facts, str):
            print("failed", row["file"], facts)
            continue
        parts.append(
            Labelled(
                row["file"],
                row["true_process"],
                frozenset({row["true_process"], *filter(None, row.get("also", "").split(";"))}),
                row.get("note", ""),
                row["file"] in first,
                {name: Facts.from_dict(each) for name, each in facts.items()},
            )
        )
    return parts


def ranked(
    part: Labelled, numbers: Method, rules: Any, material: str | None = None
) -> list[tuple[str, float]]:
    """Families of processes with the suitability of their best member, best first."""
    conditions = Conditions(material=find(material) if material else None)
    best: dict[str, float] = {}
    for judged in suitability.judge(part.facts, conditions, rules, numbers=numbers):
        best.setdefault(FAMILY.get(judged.process, judged.process), judged.suitability)
    return list(best.items())


def certain_material(part: Labelled) -> str | None:
    """The material that the note leaves no doubt of."""
    return next((name for words, name in CERTAIN if re.search(words, part.note, re.I)), None)


def shares(
    parts: Sequence[Labelled], answers: Sequence[Sequence[tuple[str, float]]]
) -> tuple[float, ...]:
    """Of a set, the shares of SHARES."""
    total = max(len(parts), 1)
    pairs = list(zip(parts, answers, strict=True))
    return (
        sum(found[0][0] == part.true for part, found in pairs) / total,
        sum(found[0][0] in part.acceptable for part, found in pairs) / total,
        sum(part.true in [name for name, _ in found[:3]] for part, found in pairs) / total,
    )


def report(
    title: str, parts: Sequence[Labelled], answers: Sequence[Sequence[tuple[str, float]]]
) -> None:
    """Prints the shares of one set."""
    found = zip(SHARES, shares(parts, answers), strict=True)
    words = "".join(f"   {name} {share:.3f}" for name, share in found)
    print(f"{title:24} {len(parts):4} parts{words}")


def tell(parts: Sequence[Labelled], answers: Sequence[Sequence[tuple[str, float]]]) -> None:
    """Prints shares of all and of each half, the confusion matrix, and what is wrong."""
    report("all", parts, answers)
    for words, half in (("calibration half", True), ("report half", False)):
        chosen = [i for i, part in enumerate(parts) if part.first_half is half]
        report(words, [parts[i] for i in chosen], [answers[i] for i in chosen])
    counts = Counter((part.true, found[0][0]) for part, found in zip(parts, answers, strict=True))
    names = sorted({name for pair in counts for name in pair})
    print(f"\n{'true, said →':14}" + "".join(f"{name[:11]:>12}" for name in names))
    for true in names:
        print(f"{true:14}" + "".join(f"{counts[true, said] or '·':>12}" for said in names))
    print()
    for part, found in zip(parts, answers, strict=True):
        if found[0][0] not in part.acceptable:
            said = ", ".join(f"{name} {points:.0f}" for name, points in found[:3])
            print(f"wrong {part.name}: {part.true} ({part.note}); said {said}")


def measured_again(job: tuple[Path, str]) -> dict[str, Any] | str:
    """Facts of a file that was written again in one of WAYS, or why there are none."""
    with rewritten(*job, SEED) as again:
        return "not rewritten" if again is None else measured(again[0])


def tell_rewritten(
    folder: Path,
    parts: Sequence[Labelled],
    answers: Sequence[Sequence[tuple[str, float]]],
    numbers: Method,
    rules: Any,
) -> None:
    """Prints for every way of writing parts again how many keep the process that came first, and
    how many suitabilities move by more than MOVED points.
    """
    drawn = {part.name: (part, found) for part, found in zip(parts, answers, strict=True)}
    jobs = [(folder / name, way) for way in WAYS for name in drawn]
    same, total, lost, moved = (Counter[str]() for _ in range(4))
    print("\nwritten again, the same process first")
    with multiprocessing.get_context("forkserver").Pool(2) as pool:
        for (path, way), facts in zip(jobs, pool.imap(measured_again, jobs), strict=True):
            if isinstance(facts, str):
                lost[way] += 1
                continue
            part, before = drawn[str(path.relative_to(folder))]
            again = {name: Facts.from_dict(each) for name, each in facts.items()}
            after = ranked(replace(part, facts=again), numbers, rules)
            total[way] += 1
            same[way] += after[0][0] == before[0][0]
            points = dict(after)
            moved[way] += max(abs(value - points[name]) for name, value in before) > MOVED
            if after[0][0] != before[0][0]:
                print(f"{way} {part.name}: {before[:2]} became {after[:2]}", flush=True)
    for way in WAYS:
        print(
            f"{way:8} same {same[way]} of {total[way]}   not rewritten {lost[way]}   "
            f"moved by more than {MOVED:.0f} points {moved[way]}"
        )


def surprise(suitabilities: Mapping[str, float], acceptable: Collection[str]) -> float:
    """How unlikely an acceptable process is when suitabilities are taken as odds."""
    top = max(suitabilities.values())
    odds = {name: math.exp((p - top) / TEMPERATURE) for name, p in suitabilities.items()}
    right = sum(o for name, o in odds.items() if FAMILY.get(name, name) in acceptable)
    return -math.log(max(right / sum(odds.values()), 1e-12))


def suitabilities(
    part: Labelled, names: Iterable[str], numbers: Method, rules: Any
) -> dict[str, float]:
    """The suitability of some processes of a part."""
    facts = {name: part.facts[name] for name in names}
    judged = suitability.judge(facts, Conditions(), rules, numbers=numbers)
    return {each.process: each.suitability for each in judged}


def mean_surprise(parts: Sequence[Labelled], numbers: Method, rules: Any) -> float:
    """Mean of `surprise` over parts."""
    found = [
        surprise(suitabilities(part, part.facts, numbers, rules), part.acceptable) for part in parts
    ]
    return sum(found) / max(len(found), 1)


def calibrated(
    parts: Sequence[Labelled], start: Method, rules: Any, *, told: bool = True
) -> Method:
    """The numbers that lower the mean surprise, each held near where it was.

    told: whether every sweep is printed.
    """
    factors: dict[Key, float] = {
        (kind, process, name): 1.0
        for kind, table in (("weights", start.weights), ("brakes", start.brakes))
        for process, entries in table.items()
        for name in entries
    }
    scores = [suitabilities(part, part.facts, start, rules) for part in parts]

    def cost(scores: Sequence[Mapping[str, float]], factors: Mapping[Key, float]) -> float:
        pairs = zip(scores, parts, strict=True)
        held = HELD * sum(math.log(factor) ** 2 for factor in factors.values())
        return (sum(surprise(s, part.acceptable) for s, part in pairs) + held) / len(parts)

    best = cost(scores, factors)
    for sweep in range(SWEEPS):
        before = best
        for key, step in product(list(factors), STEPS):
            tried = {**factors, key: factors[key] * step}
            numbers = scaled(start, tried)
            new = [
                {**old, **suitabilities(part, [key[1]], numbers, rules)}
                for old, part in zip(scores, parts, strict=True)
            ]
            value = cost(new, tried)
            if value < best - LEAST_GAIN:
                best, factors, scores = value, tried, new
        if told:
            print(f"sweep {sweep + 1}: mean surprise {before:.4f} → {best:.4f}")
        if before - best < LEAST_GAIN:
            break
    return scaled(start, factors)


def neutral(numbers: Method) -> Method:
    """The method as if nobody had weighed its terms."""
    return replace(
        numbers,
        weights={
            process: dict.fromkeys(entries, 100 / len(entries))
            for process, entries in numbers.weights.items()
        },
        brakes={
            process: dict.fromkeys(entries, NEUTRAL_BRAKE)
            for process, entries in numbers.brakes.items()
        },
    )


def halves(parts: Sequence[Labelled], seed: int) -> tuple[list[Labelled], list[Labelled]]:
    """Two halves that are alike in processes and otherwise drawn by chance."""
    chance = random.Random(seed)
    by_process = defaultdict(list)
    for part in parts:
        by_process[part.true].append(part)
    found: tuple[list[Labelled], list[Labelled]] = ([], [])
    for same in by_process.values():
        chance.shuffle(same)
        turn = chance.randrange(2)  # which half gets the odd one
        found[turn].extend(same[::2])
        found[1 - turn].extend(same[1::2])
    return found


def fitted_shares(
    seen: Sequence[Labelled], unseen: Sequence[Labelled]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Shares of the half that neutral numbers were fitted to, and of the other."""
    rules = default_rules()
    numbers = calibrated(seen, neutral(suitability.method()), rules, told=False)
    first, second = (
        shares(half, [ranked(part, numbers, rules) for part in half]) for half in (seen, unseen)
    )
    return first, second


def tell_splits(parts: Sequence[Labelled], count: int) -> None:
    """Prints what fits from neutral numbers to one half say of it and of the other: of the two
    halves of `tell`, and of halves drawn by chance.
    """
    kept = tuple([part for part in parts if part.first_half is half] for half in (True, False))
    pairs = [kept, *(halves(parts, seed) for seed in range(count))]
    with multiprocessing.get_context("forkserver").Pool(2) as pool:
        tasks = [order for a, b in pairs for order in ((a, b), (b, a))]
        fixed, back, *answers = pool.starmap(fitted_shares, tasks, chunksize=1)
    for words, (seen, unseen) in (("calibration", fixed), ("report", back)):
        print(f"\nfitted from neutral numbers to the {words} half")
        for name, a, b in zip(SHARES, seen, unseen, strict=True):
            print(f"{name:12} fitted half {a:.3f}   other half {b:.3f}   gap {100 * (a - b):+.1f}")
    print(f"\nfitted from neutral numbers to each half of {count} pairs drawn by chance")
    for column, name in enumerate(SHARES):
        seen, unseen = ([answer[side][column] for answer in answers] for side in (0, 1))
        gaps = [a - b for a, b in zip(seen, unseen, strict=True)]
        print(
            f"{name:12} fitted half {statistics.mean(seen):.3f}   other half "
            f"{statistics.mean(unseen):.3f}   gap {100 * statistics.mean(gaps):+.1f} points, "
            f"of single fits ± {100 * statistics.pstdev(gaps):.1f}"
        )


def scaled(start: Method, factors: Mapping[Key, float]) -> Method:
    """A method with its numbers times factors; brakes stay below 1."""
    weights = {}
    for process, entries in start.weights.items():
        raw = {name: value * factors["weights", process, name] for name, value in entries.items()}
        whole = sum(raw.values())
        weights[process] = {name: 100 * value / whole for name, value in raw.items()}
    brakes = {
        process: {
            name: min(value * factors["brakes", process, name], 0.98)
            for name, value in entries.items()
        }
        for process, entries in start.brakes.items()
    }
    return replace(start, weights=weights, brakes=brakes)


def written(text: str, numbers: Method) -> str:
    """The text of suitability.toml with its weights and brakes replaced, comments kept."""
    tables = {"weights": numbers.weights, "brakes": numbers.brakes}
    process = kind = ""
    lines = []
    for line in text.splitlines(keepends=True):
        section = re.match(r"\[(\w+)\.(weights|brakes)\]", line)
        entry = re.match(r"(\w+) = [\d.]+", line)
        if line.startswith("["):
            process, kind = section.groups() if section else ("", "")
        elif process and entry:
            value = round(tables[kind][process][entry[1]], 1 if kind == "weights" else 2)
            line = f"{entry[1]} = {value:g}{line[entry.end() :]}"
        lines.append(line)
    return "".join(lines)


def rounded(numbers: Method) -> Method:
    """The method as `written` puts it down: what rounding leaves of 100 goes to the largest."""
    weights = {}
    for process, entries in numbers.weights.items():
        found = {name: round(value, 1) for name, value in entries.items()}
        largest = max(found, key=found.__getitem__)
        found[largest] = round(found[largest] + 100 - sum(found.values()), 1)
        weights[process] = found
    brakes = {
        process: {name: round(value, 2) for name, value in entries.items()}
        for process, entries in numbers.brakes.items()
    }
    return replace(numbers, weights=weights, brakes=brakes)


def main() -> int:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    known = os.environ.get("WORKBENCH_DEV_PARTS")
    parser.add_argument(
        "manifest",
        type=Path,
        nargs="?" if known else None,
        default=Path(known or ".") / "manifest.csv",
    )
    parser.add_argument("--materials", action="store_true")
    parser.add_argument("--calibrate", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--splits", type=int, default=0)
    parser.add_argument("--rewritten", action="store_true")
    options = parser.parse_args()
    rules, numbers = default_rules(), suitability.method()
    parts = read(options.manifest)
    print("by geometry alone")
    answers = [ranked(part, numbers, rules) for part in parts]
    tell(parts, answers)
    if options.rewritten:
        tell_rewritten(options.manifest.parent, parts, answers, numbers, rules)
    if options.materials:
        known = [part for part in parts if certain_material(part)]
        print("\nwith the material that the note makes certain")
        tell(known, [ranked(part, numbers, rules, certain_material(part)) for part in known])
    if options.calibrate:
        first = [part for part in parts if part.first_half]
        fitted = rounded(calibrated(first, numbers, rules))
        for words, half in (("calibration half", True), ("report half", False)):
            chosen = [part for part in parts if part.first_half is half]
            before, after = (mean_surprise(chosen, each, rules) for each in (numbers, fitted))
            print(f"mean surprise of the {words}: {before:.3f} → {after:.3f}")
        print("\ncalibrated on the first half")
        tell(parts, [ranked(part, fitted, rules) for part in parts])
        if options.write:
            source = FOLDER / suitability.SOURCE
            text = source.read_text(encoding="utf-8")
            source.write_text(written(text, fitted), encoding="utf-8")
            print("written: read the difference before you keep it")
    if options.splits:
        tell_splits(parts, options.splits)
    return 0


if __name__ == "__main__":
    sys.exit(main())
