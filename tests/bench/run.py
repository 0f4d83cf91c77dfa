"""How long does an analysis take, measured against what the kernel needs for the same file?

Prints one line a file, from 10 to 3,000 faces: seconds of the kernel alone (read and mesh), seconds
of the whole
analysis, their ratio and the peak memory. Both run in turn in one process, a fresh one for each
file, so that a busy
machine slows both; the figures are medians.

    python tests/bench/run.py [FILE.step …] [--rounds 5]
"""

import argparse
import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROUNDS = 5
MEBIBYTE = 1024  # ru_maxrss counts kibibytes on Linux

# pockets have nine faces, holes one: (pockets in x, pockets in y, whether a hole stands beside
# each)
DRAWN = ((1, 0, 0), (1, 2, 1), (2, 5, 1), (5, 6, 1), (10, 10, 1), (15, 20, 1))


def draw(folder: Path, columns: int, rows: int, holes: int) -> Path:
    """A plate with pockets and holes, chamfered along its top: as many faces as asked for."""
    import cadquery as cq

    plate = cq.Workplane().box(
        30.0 * columns + 10, 40.0 * max(rows, 1) + 10, 20, centered=(False, False, True)
    )
    places = [(20 + 30.0 * i, 20 + 40.0 * j) for i in range(columns) for j in range(rows)]
    if places:
        tool = cq.Workplane().rect(16, 20).extrude(12).edges("|Z").fillet(3).val()
        drill = cq.Workplane(origin=(0, 0, -20)).circle(2.5).extrude(40).val()
        tools = [tool.translate(cq.Vector(x, y, 0)) for x, y in places]
        if holes:
            tools += [drill.translate(cq.Vector(x, y + 17, 0)) for x, y in places]
        plate = plate.cut(cq.Workplane(obj=cq.Compound.makeCompound(tools)))
    plate = plate.faces("<Z").edges("|X").chamfer(1)
    path = folder / f"plate_{plate.faces().size()}.step"
    cq.exporters.export(plate, str(path))
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


def measure(path: str, rounds: int, answer: Any) -> None:
    """Times both ways in turn and sends (faces, kernel s, ours s, stages, peak KiB)."""
    from geometry.analysis import examine

    data = Path(path).read_bytes()
    kernel, ours, stages, faces = [], [], [], 0
    examine(data, name=path)  # the first run of a process pays for what is loaded once
    for _ in range(rounds):
        start = time.perf_counter()
        kernel_alone(data)
        middle = time.perf_counter()
        examination = examine(data, name=path)
        end = time.perf_counter()
        kernel.append(middle - start)
        ours.append(end - middle)
        stages.append(examination.record["timing_s"])
        faces = sum(len(part["faces"]) for part in examination.record["parts"])
    usual = {name: statistics.median(run[name] for run in stages) for name in stages[0]}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer.send((faces, statistics.median(kernel), statistics.median(ours), usual, peak))


def figures(paths: list[Path], rounds: int) -> Iterator[tuple[Path, tuple[Any, ...] | None]]:
    """Each file with its figures; None where the process died."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["geometry.preload"])
    for path in paths:
        receive, send = context.Pipe(duplex=False)
        process = context.Process(target=measure, args=(str(path), rounds, send))
        process.start()
        send.close()
        try:
            yield path, receive.recv()
        except EOFError:
            yield path, None
        process.join()


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        files = options.files or [draw(Path(folder), *counts) for counts in DRAWN]
        print(f"{'file':28} {'faces':>6} {'kernel s':>9} {'ours s':>8} {'ratio':>6}  MiB  stages")
        for path, found in figures(files, options.rounds):
            if found is None:
                failed += 1
                print(f"{path.name:28} failed")
                continue
            faces, kernel, ours, stages, peak = found
            split = " ".join(f"{k} {v:.3f}" for k, v in stages.items() if k != "total")
            print(
                f"{path.name:28} {faces:6} {kernel:9.3f} {ours:8.3f} {ours / kernel:6.2f}"
                f" {peak / MEBIBYTE:4.0f}  {split}"
            )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
