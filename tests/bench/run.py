"""How long does an analysis take, measured against what the kernel needs for the same file?

    python tests/bench/run.py [FILE.step …] [--rounds 40]

Without files: plates with pockets and holes from 8 to 5,000 faces, one plate with a thousand holes
in a face, a turned part, a sheet and a casting with fillets; then how time grows with the faces,
and what a comparison of two 500-face plates takes.

- kernel: its default reader (STEPControl_Reader, which heals) and its default mesher at the same
  fineness as ours (0.1 % of the diagonal, 0.5 rad); no names, colours or assembly.
- fields: reading, meshing, features and all fields, over the kernel.
- whole: with what the processes measure on them and the judgement of all: what an analysis runs.
- shown: what the catalogue and the pages draw beside: picture, viewer's mesh, descriptor.
- judge: a judgement again, with another material, quantity and rule profile: milliseconds.

Both run in turn in one process, a fresh one for each file, so that a busy machine slows both: a
ratio is the median of the ratios of the rounds, a time the median of the times. A small file runs
many rounds, as one round of a fifth of a second says little; files that take long run a few.
"""

import argparse
import itertools
import math
import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROUNDS = 40  # most rounds of a file: the median of as many moves by a few hundredths
FEWEST_ROUNDS = 5  # however long one takes, up to the patience
ENOUGH_S = 12.0  # after this long the fewest rounds are enough
PATIENCE_S = 30.0  # no further round of a file after this long: all rows are done in minutes
MEBIBYTE = 1024  # ru_maxrss counts kibibytes on Linux
SAMPLES = Path(__file__).parents[2] / "samples"
DRAWN_SAMPLES = ("shaft_stepped", "bracket_bent", "pump_body", "gearbox_cover")

# pockets have nine faces, holes one: (pockets in x, pockets in y, whether a hole stands beside
# each)
DRAWN = (
    (1, 0, 0),
    (1, 2, 1),
    (2, 5, 1),
    (5, 6, 1),
    (10, 10, 1),
    (15, 20, 1),
    (20, 25, 1),
)
PERFORATED = (40, 25)  # holes of a face in x and y
PROFILE = """[milling.corner_radius_least]
limit = 2.0
unit = "mm"
source = "the bench"
"""
COMPARED = (5, 10, 1)  # 508 faces


@dataclass(frozen=True)
class Figures:
    """What was measured on one file."""

    faces: int
    kernel_s: float
    fields_s: float
    whole_s: float
    fields_ratio: float
    whole_ratio: float
    shown_s: float
    judge_s: float
    stages: dict[str, float]
    peak_kib: int


def draw(folder: Path, columns: int, rows: int, holes: int, *, moved_mm: float = 0.0) -> Path:
    """A plate with pockets and holes, chamfered along its top: as many faces as asked for.

    moved_mm: how far the last pocket stands off its place.
    """
    import cadquery as cq

    plate = cq.Workplane().box(
        30.0 * columns + 10, 40.0 * max(rows, 1) + 10, 20, centered=(False, False, True)
    )
    places = [(20 + 30.0 * i, 20 + 40.0 * j) for i in range(columns) for j in range(rows)]
    if places:
        tool = cq.Workplane().rect(16, 20).extrude(12).edges("|Z").fillet(3).val()
        drill = cq.Workplane(origin=(0, 0, -20)).circle(2.5).extrude(40).val()
        shifts = [0.0] * (len(places) - 1) + [moved_mm]
        tools = [
            tool.translate(cq.Vector(x + shift, y, 0))
            for (x, y), shift in zip(places, shifts, strict=True)
        ]
        if holes:
            tools += [drill.translate(cq.Vector(x, y + 17, 0)) for x, y in places]
        plate = plate.cut(cq.Workplane(obj=cq.Compound.makeCompound(tools)))
    plate = plate.faces("<Z").edges("|X").chamfer(1)
    name = f"plate_{plate.faces().size()}" + ("_revised" if moved_mm else "")
    return _written(plate, folder / f"{name}.step")


def perforated(folder: Path, columns: int, rows: int) -> Path:
    """A plate with holes in rows: its two large faces have a loop for each."""
    import cadquery as cq

    plate = cq.Workplane().box(10.0 * columns, 10.0 * rows, 8, centered=(False, False, False))
    drill = cq.Workplane(origin=(0, 0, -1)).circle(2.5).extrude(10).val()
    drills = [
        drill.translate(cq.Vector(5 + 10 * i, 5 + 10 * j, 0))
        for i in range(columns)
        for j in range(rows)
    ]
    plate = plate.cut(cq.Workplane(obj=cq.Compound.makeCompound(drills)))
    return _written(plate, folder / f"holes_{columns * rows}.step")


def _written(shape: Any, path: Path) -> Path:
    import cadquery as cq

    cq.exporters.export(shape, str(path))
    return path


def kernel_alone(data: bytes) -> None:
    """Reads and meshes as the kernel does by default, and nothing else."""
    from io import BytesIO

    from OCP.BRepMesh import BRepMesh_IncrementalMesh
    from OCP.STEPControl import STEPControl_Reader

    from geometry.kernel.meshing import ANGULAR_RAD, LINEAR_SHARE, bounding_box

    reader = STEPControl_Reader()
    reader.ReadStream("part", BytesIO(data))
    reader.TransferRoots()
    shape = reader.OneShape()
    box = bounding_box(shape)
    assert box is not None, "an empty file cannot be timed"
    diagonal = float(((box[1] - box[0]) ** 2).sum() ** 0.5)
    BRepMesh_IncrementalMesh(shape, diagonal * LINEAR_SHARE, False, ANGULAR_RAD, False)


def measure(path: str, rules: str, rounds: int, answer: Any) -> None:
    """Times the kernel, the examination and judging in turn and sends the figures."""
    from geometry.analysis import examine
    from geometry.depiction import depict_digest
    from workbench.judging import Conditions, judge

    data = Path(path).read_bytes()
    usual, changed = Conditions(), Conditions("C45", 777, rules=Path(rules))
    judge(examine(data, name=path).record, usual)  # the first run pays for what is loaded once
    kernel, whole, fields, shown, again, stages = [], [], [], [], [], []
    faces, begun = 0, time.perf_counter()
    while _goes_on(len(kernel), rounds, time.perf_counter() - begun):
        start = time.perf_counter()
        kernel_alone(data)
        middle = time.perf_counter()
        examination = examine(data, name=path)
        judge(examination.record, usual)
        end = time.perf_counter()
        judge(examination.record, changed)
        judged = time.perf_counter()
        again.append(judged - end)
        standards = [part.get("standard_part") for part in examination.record["parts"]]
        depict_digest(examination.blobs["digest"], standards)
        shown.append(time.perf_counter() - judged)
        kernel.append(middle - start)
        whole.append(end - middle)
        stage = examination.record["timing_s"]
        fields.append(sum(stage[name] for name in ("read", "mesh", "features", "fields")))
        stages.append(stage)
        faces = sum(len(part["faces"]) for part in examination.record["parts"])
    median = statistics.median
    answer.send(
        Figures(
            faces, median(kernel), median(fields), median(whole),
            _ratio(fields, kernel), _ratio(whole, kernel), median(shown), median(again),
            {name: median([run[name] for run in stages]) for name in stages[0]},
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        )
    )  # fmt: skip


def _goes_on(done: int, most: int, spent_s: float) -> bool:
    """Whether a file is to be run once more: many rounds of a quick one, a few of a slow one."""
    patience_s = ENOUGH_S if done >= FEWEST_ROUNDS else PATIENCE_S
    return not done or (done < most and spent_s < patience_s)


def _ratio(ours_s: list[float], kernel_s: list[float]) -> float:
    """Median of the ratios of the rounds: what slows a round slows both of its sides."""
    return statistics.median(a / b for a, b in zip(ours_s, kernel_s, strict=True))


def measure_comparison(paths: tuple[str, str], rounds: int, answer: Any) -> None:
    """Times reading and meshing two files by the kernel alone, and comparing them; in turn."""
    from geometry.comparison import compare_files
    from geometry.side import Side

    a, b = (Path(path).read_bytes() for path in paths)
    sides = Side(a, "a.step"), Side(b, "b.step")
    compare_files(*sides)
    kernel, ours, begun = [], [], time.perf_counter()
    while _goes_on(len(kernel), rounds, time.perf_counter() - begun):
        start = time.perf_counter()
        kernel_alone(a)
        kernel_alone(b)
        middle = time.perf_counter()
        compare_files(*sides)
        kernel.append(middle - start)
        ours.append(time.perf_counter() - middle)
    answer.send((statistics.median(kernel), statistics.median(ours), _ratio(ours, kernel)))


def in_own_process(work: Callable[..., None], *args: Any) -> Any:
    """What the work sends; None where its process died."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["geometry.preload"])
    receive, send = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(*args, send))
    process.start()
    send.close()
    try:
        return receive.recv()
    except EOFError:
        return None
    finally:
        process.join()


def growth(rows: list[tuple[int, float]]) -> Iterator[tuple[int, int, float]]:
    """Exponent of the time between plates: 1 is proportional, 2 quadratic.

    rows: (faces, seconds) → (from faces, to faces, exponent).
    """
    for (few, short), (many, long) in itertools.pairwise(rows):
        yield few, many, math.log(long / short) / math.log(many / few)


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--most-faces", type=int, default=10**6, help="leave larger plates out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        profile = folder / "own.toml"
        profile.write_text(PROFILE, encoding="utf-8")
        drawn = [counts for counts in DRAWN if _faces(*counts) <= options.most_faces]
        plates = [] if options.files else [draw(folder, *counts) for counts in drawn]
        files = options.files or [
            *plates,
            perforated(folder, *PERFORATED),
            *(SAMPLES / f"{sample}.step" for sample in DRAWN_SAMPLES),
        ]
        print(
            f"{'file':24} {'faces':>6} {'kernel s':>9} {'fields s':>9} {'ratio':>6}"
            f" {'whole s':>9} {'ratio':>6} {'shown s':>8} {'judge ms':>9}  MiB  stages"
        )
        failed, times = 0, []
        for path in files:
            found: Figures | None = in_own_process(measure, str(path), str(profile), options.rounds)
            if found is None:
                failed += 1
                print(f"{path.name:24} failed")
                continue
            if path in plates:
                times.append((found.faces, found.whole_s))
            split = " ".join(f"{k} {v:.3f}" for k, v in found.stages.items() if k != "total")
            print(
                f"{path.name:24} {found.faces:6} {found.kernel_s:9.3f}"
                f" {found.fields_s:9.3f} {found.fields_ratio:6.2f}"
                f" {found.whole_s:9.3f} {found.whole_ratio:6.2f} {found.shown_s:8.3f}"
                f" {found.judge_s * 1e3:9.1f} {found.peak_kib / MEBIBYTE:4.0f}  {split}",
                flush=True,
            )
        for few, many, exponent in growth(times):
            print(f"growth of the whole from {few} to {many} faces: exponent {exponent:.2f}")
        if not options.files:
            pair = (draw(folder, *COMPARED), draw(folder, *COMPARED, moved_mm=1.0))
            compared = in_own_process(measure_comparison, tuple(map(str, pair)), options.rounds)
            if compared is None:
                failed += 1
                print("comparison failed")
            else:
                kernel, ours, ratio = compared
                print(
                    f"comparison of two {_faces(*COMPARED)}-face plates: kernel reads and meshes"
                    f" both in {kernel:.3f} s, compared in {ours:.3f} s, ratio {ratio:.2f}"
                )
    return 1 if failed else 0


def _faces(columns: int, rows: int, holes: int) -> int:
    """Faces of a drawn plate: nine a pocket, one a hole, six and two chamfers."""
    return columns * rows * (9 + holes) + 8


if __name__ == "__main__":
    sys.exit(main())
