"""Side by side with quiddity on the same files: what is found, what is false, how long it takes.

    python tests/bench/rivals.py [FOLDER …] --python ENVIRONMENT/bin/python [--only 60] [--drawn 60]

The interpreter is that of an environment with `pip install quiddity==0.3.11`; both run warm, one
file after the other, each file with a limit of time. Where a folder holds labels.json, a class for
each face, a face of a cut counts as found when any cut that was recognised has it, a face of the
stock as false likewise: the two name cuts differently. Of drawn parts and of folders without labels
only the share of the files that got an answer, the features and the seconds are compared.
"""

import argparse
import json
import multiprocessing
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from features import MACHINED, recognise_file  # noqa: E402

# families of quiddity that say how the stock lies rather than what was cut: not counted as false
STOCK_FAMILIES = ("step_levels", "risers", "plates", "polygonal_stock", "thin_walls", "bosses")

LIMIT_S = 60  # a file

THEIRS = """
import json, signal, sys, time
import quiddity
from quiddity.evidence import build_recognition_evidence
def late(*_):
    raise TimeoutError
signal.signal(signal.SIGALRM, late)
for line in sys.stdin:
    start = time.perf_counter()
    try:
        signal.alarm(int(sys.argv[1]))
        part = quiddity.import_step_geometry(line.strip())
        view = build_recognition_evidence(part)
        seconds = time.perf_counter() - start
        faces = list(part.faces())  # in the order of the labels, which the view's is not
        number = {
            ref: next(i for i, face in enumerate(faces) if face.is_same(view.face(ref)))
            for ref in view.faces
        }
        found = [
            [str(view.family(f)), [number[ref] for ref in view.constituent_faces(f)]]
            for f in view.features
        ]
        said = {"features": found, "seconds": seconds}
    except Exception as error:
        seconds = time.perf_counter() - start
        said = {"features": [], "seconds": seconds, "error": repr(error)[:200]}
    signal.alarm(0)
    print(json.dumps(said), flush=True)
"""


@dataclass(frozen=True)
class Answer:
    """Cut faces and others that one of the two named, and the seconds it took."""

    cut: set[int]
    stock: set[int]
    seconds: float
    features: int
    error: str = ""


def ours(paths: list[Path]) -> list[Answer]:
    """What this project recognises, in one process, after one file to warm up."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["geometry.preload"])
    answers = []
    with context.Pool(1) as pool:
        pool.apply(recognise_file, (paths[0],))
        for path in paths:
            start = time.perf_counter()
            try:
                said = pool.apply_async(recognise_file, (path,)).get(LIMIT_S)
            except multiprocessing.TimeoutError:
                answers.append(Answer(set(), set(), float(LIMIT_S), 0, "no answer in time"))
                break  # the one process is lost: what follows was not asked
            seconds = time.perf_counter() - start
            faces = {face for f in said.features if f["type"] in MACHINED for face in f["faces"]}
            answers.append(Answer(faces, set(), seconds, len(said.features), said.error))
    lost = Answer(set(), set(), float(LIMIT_S), 0, "not asked")
    return answers + [lost] * (len(paths) - len(answers))


def theirs(python: str, paths: list[Path]) -> list[Answer]:
    """What quiddity recognises, in one process of its own environment, after one to warm up."""
    lines = "".join(f"{path.resolve()}\n" for path in [paths[0], *paths])
    done = subprocess.run(
        [python, "-c", THEIRS, str(LIMIT_S)],
        input=lines,
        capture_output=True,
        text=True,
        check=False,
    )
    answers: list[Answer] = []
    for line in done.stdout.splitlines()[1:]:
        said = json.loads(line)
        cut, stock = set(), set()
        for family, faces in said["features"]:
            (stock if family in STOCK_FAMILIES else cut).update(faces)
        count = len(said["features"])
        answers.append(Answer(cut, stock - cut, said["seconds"], count, said.get("error", "")))
    died = Answer(set(), set(), float(LIMIT_S), 0, "the process died")
    return answers + [died] * (len(paths) - len(answers))


def compare(folder: Path, python: str, only: int | None) -> None:
    """Prints a line for each of the two."""
    said = folder / "labels.json"
    labels = json.loads(said.read_text(encoding="utf-8")) if said.exists() else {}
    names = sorted(labels) or sorted(
        path.name for path in folder.iterdir() if path.suffix.lower() in (".step", ".stp")
    )
    names = names[:only]
    paths = [folder / name for name in names]
    print(f"\n{folder.name}: {len(names)} parts")
    for title, answers in (("quiddity", theirs(python, paths)), ("ours", ours(paths))):
        line = f"{title:10} "
        if labels:
            line += _on_labels(answers, [labels[name]["face_labels"] for name in names])
        seconds = np.array([answer.seconds for answer in answers])
        failed = sum(bool(answer.error) for answer in answers)
        line += f"{sum(answer.features for answer in answers)} features   "
        line += f"{np.median(seconds):.2f} s a part, at most {seconds.max():.1f}   failed {failed}"
        print(line, flush=True)


def _on_labels(answers: list[Answer], labels: list[list[str]]) -> str:
    found = cut = false = stock = 0
    for answer, classes in zip(answers, labels, strict=True):
        for face, label in enumerate(classes):
            if label.lower() == "stock":
                stock += 1
                false += face in answer.cut
            else:
                cut += 1
                found += face in answer.cut or face in answer.stock
    return (
        f"cut faces found {found / max(cut, 1):.4f} of {cut}   "
        f"stock faces called cut {false / max(stock, 1):.4f} of {stock}   "
    )


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="*")
    parser.add_argument("--python", required=True, help="interpreter that can import quiddity")
    parser.add_argument("--only", type=int, help="the first so many files of a folder")
    parser.add_argument("--drawn", type=int, default=60, help="so many drawn parts as well")
    options = parser.parse_args()
    for folder in options.folders:
        compare(folder, options.python, options.only)
    if options.drawn:
        from generator.run import generate

        with tempfile.TemporaryDirectory() as name:
            generate(Path(name) / "drawn", options.drawn, 7)
            compare(Path(name) / "drawn", options.python, None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
