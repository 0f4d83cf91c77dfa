"""How exactly do sheet parts unfold, and what is said of those that do not?

    python tests/bench/flat.py [--per-kind 2] [--seed 5] [--as-drawn] [--parts PATH …]

Draws sheet parts whose flat is known (tests/bench/generator) and compares size, area and every bend
line of `unfold` with it; then the same parts written again turned, as NURBS in inches with split
faces. `--parts` takes STEP files, folders, or a manifest.csv whose rows of sheet_metal are read,
and prints for every part: unfolded, or why not; area × thickness over the volume; the warnings.
"""

import argparse
import csv
import json
import math
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

GOOD = 0.005  # of the size, the area and the place of a bend line
SAID_SHARE = 0.03  # area × thickness off the volume by more must be explained


@dataclass(frozen=True)
class Answer:
    """What unfolding one file gave."""

    flat: Mapping[str, Any] | None
    volume_mm3: float
    said: str  # code and message of a refusal
    seconds: float


def unfold_path(path: Path) -> Answer:
    """The flat of the largest part of a file; a refusal is an answer too."""
    from geometry.errors import GeometryError
    from geometry.flat import to_dict, unfold
    from geometry.step import read_step

    volume, start = math.nan, time.perf_counter()
    try:
        document = read_step(path.read_bytes(), name=path.stem)
        part = max(document.parts, key=lambda p: p.mass.volume_mm3)
        volume, start = float(part.mass.volume_mm3), time.perf_counter()
        return Answer(to_dict(unfold(part)), volume, "", time.perf_counter() - start)
    except GeometryError as error:
        return Answer(None, volume, f"{error.code}: {error.message}", time.perf_counter() - start)


def unfold_all(paths: list[Path]) -> list[Answer]:
    """All files, two at a time, each process kept for the next file."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["geometry.preload"])
    with context.Pool(2) as pool:
        return pool.map(unfold_path, paths, chunksize=4)


def faults(known: Mapping[str, Any], flat: Mapping[str, Any]) -> list[str]:
    """What is wrong with the flat of a strip that was drawn from its flat, by the strip's own
    k-factors.
    """
    from geometry.features.bend_allowance import bend_allowance_mm

    thickness, width = known["thickness_mm"], known["width"]
    arcs = [bend_allowance_mm(a, r, thickness) for a, r in known["bends"]]
    length = sum(known["legs"]) + sum(arcs)
    found = []
    area = length * width - known["hole_area"]
    if abs(flat["area_mm2"] - area) > GOOD * area:
        found.append(f"area {flat['area_mm2']:.2f}, drawn {area:.2f}")
    size, wanted = sorted(flat["size_mm"]), sorted((length, width))
    if any(abs(a - b) > GOOD * b for a, b in zip(size, wanted, strict=True)):
        found.append(f"size {np.round(size, 3).tolist()}, drawn {np.round(wanted, 3).tolist()}")
    if len(flat["bends"]) != len(arcs):
        return [*found, f"{len(flat['bends'])} bends, drawn {len(arcs)}"]
    starts = np.cumsum(known["legs"][:-1]) + np.cumsum([0.0, *arcs])[: len(arcs)]
    middles = [s + a / 2 for s, a in zip(starts, arcs, strict=True)]
    lines = [np.asarray(bend["line"], float) for bend in flat["bends"]]
    # the strip lies along x when it is longer than wide
    along = int(length < width)
    places = sorted(float(line[:, along].mean()) for line in lines)
    ways = (sorted(middles), sorted(length - m for m in middles))
    off = min(float(np.abs(np.subtract(places, way)).max(initial=0.0)) for way in ways)
    if off > GOOD * length:
        found.append(f"bend lines up to {off:.3f} mm off")
    told = sorted((b["angle_deg"], b["inside_radius_mm"]) for b in flat["bends"])
    for (a, r), (b, s) in zip(told, sorted(map(tuple, known["bends"])), strict=True):
        if abs(a - b) > 0.1 or abs(r - s) > max(0.02 * s, 0.02):
            found.append(f"bend {a:.2f}° R{r:.3f}, drawn {b:.2f}° R{s:.3f}")
    return found


def generated(folder: Path, title: str) -> bool:
    """Prints how many known flats came out right, and every one that did not."""
    parts = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["parts"]
    parts = [part for part in parts if part.get("unfold")]
    answers = unfold_all([folder / part["file"] for part in parts])
    right = 0
    for part, answer in zip(parts, answers, strict=True):
        wrong = faults(part["unfold"], answer.flat) if answer.flat else [answer.said]
        right += not wrong
        for line in wrong:
            print(f"wrong  {part['file']}: {line}")
    print(f"{title}: {right} of {len(parts)} flats right to {GOOD:.1%}")
    return right == len(parts)


def listed(path: Path) -> list[Path]:
    """The files that a path of the command line stands for."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8") as table:
            rows = [r for r in csv.DictReader(table) if r.get("true_process") == "sheet_metal"]
        return [path.parent / row["file"] for row in rows]
    if path.is_dir():
        return sorted(p for p in path.iterdir() if p.suffix.lower() in (".step", ".stp"))
    return [path]


def real(paths: list[Path]) -> bool:
    """Prints a row for every real part; False when a flat off its volume does not say why."""
    answers = unfold_all(paths)
    good, laid, near = True, 0, 0
    print(f"\n{'part':34} {'t':>6} {'bends':>5} {'flat':>17} {'a·t/V':>7} {'ms':>5}  said")
    for path, answer in zip(paths, answers, strict=True):
        if answer.flat is None:
            print(f"{path.stem[:34]:34} {'':38} {answer.seconds * 1e3:5.0f}  {answer.said[:90]}")
            continue
        flat = answer.flat
        ratio = flat["area_mm2"] * flat["thickness_mm"] / answer.volume_mm3
        codes = [_said(warning) for warning in flat["warnings"]]
        laid, near = laid + 1, near + (abs(ratio - 1) <= SAID_SHARE)
        if abs(ratio - 1) > SAID_SHARE and not codes:
            good = False
            codes = ["NOTHING SAID"]
        size = " × ".join(f"{side:.1f}" for side in flat["size_mm"])
        print(
            f"{path.stem[:34]:34} {flat['thickness_mm']:6.2f} {len(flat['bends']):5} {size:>17} "
            f"{ratio:7.4f} {answer.seconds * 1e3:5.0f}  {', '.join(codes)}"
        )
    print(f"{laid} of {len(paths)} unfolded, {near} of them within {SAID_SHARE:.0%} of the volume")
    return good


def _said(warning: Mapping[str, Any]) -> str:
    cause = warning["values"].get("cause")
    return warning["code"].removeprefix("flat_") + (f" ({cause})" if cause else "")


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--per-kind", type=int, default=2, help="parts of each kind, 0 for none")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--as-drawn", action="store_true", help="leave out the rewritten parts")
    parser.add_argument("--parts", type=Path, nargs="*", default=[], help="real parts to unfold")
    options = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.per_kind:
            from generator.made import KINDS
            from generator.run import generate

            kinds = [kind for kind in KINDS if kind.startswith("sheet")]
            generate(folder / "drawn", options.per_kind * len(kinds), options.seed, kinds)
            good &= generated(folder / "drawn", "as drawn")
            if not options.as_drawn:
                from rewriter import main as rewrite

                again = folder / "rewritten"
                rewrite(
                    [str(folder / "drawn"), str(again), "--turn", "--nurbs", "--split", "--inch"]
                )
                good &= generated(again, "turned, as NURBS with split faces, in inches")
        if options.parts:
            good &= real([path for given in options.parts for path in listed(given)])
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
