"""Side by side with quiddity on the same files: what is found, what is false, how long it takes.

    python tests/bench/rivals.py FOLDER … --python ENVIRONMENT/bin/python [--only 20]

The interpreter is that of an environment with `pip install quiddity==0.3.11`; both run warm, one
file after the other. A folder holds STEP files and labels.json, a class for each face. The two
name cuts differently, so only this is compared: a face of a cut counts as found when any cut that
was recognised has it, a face of the stock as false likewise.
"""

import argparse
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from features import MACHINED, recognise_file  # noqa: E402

# families of quiddity that say how the stock lies rather than what was cut: not counted as false
STOCK_FAMILIES = ("step_levels", "risers", "plates", "polygonal_stock", "thin_walls", "bosses")

THEIRS = """
import json, sys, time
import quiddity
from quiddity.evidence import build_recognition_evidence
for line in sys.stdin:
    start = time.perf_counter()
    try:
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
    print(json.dumps(said), flush=True)
"""


@dataclass(frozen=True)
class Answer:
    """Cut faces and others that one of the two named, and the seconds it took."""

    cut: set[int]
    stock: set[int]
    seconds: float
    error: str = ""


def ours(paths: list[Path]) -> list[Answer]:
    """What this project recognises, in this process, after one file to warm up."""
    recognise_file(paths[0])
    answers = []
    for path in paths:
        start = time.perf_counter()
        said = recognise_file(path)
        faces = {face for f in said.features if f["type"] in MACHINED for face in f["faces"]}
        answers.append(Answer(faces, set(), time.perf_counter() - start, said.error))
    return answers


def theirs(python: str, paths: list[Path]) -> list[Answer]:
    """What quiddity recognises, in one process of its own environment, after one to warm up."""
    lines = "".join(f"{path.resolve()}\n" for path in [paths[0], *paths])
    done = subprocess.run(
        [python, "-c", THEIRS], input=lines, capture_output=True, text=True, check=True
    )
    answers = []
    for line in done.stdout.splitlines()[1:]:
        said = json.loads(line)
        cut, stock = set(), set()
        for family, faces in said["features"]:
            (stock if family in STOCK_FAMILIES else cut).update(faces)
        answers.append(Answer(cut, stock - cut, said["seconds"], said.get("error", "")))
    return answers


def compare(folder: Path, python: str, only: int | None) -> None:
    """Prints a line for each of the two."""
    labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    names = sorted(labels)[:only]
    paths = [folder / name for name in names]
    print(f"\n{folder.name}: {len(names)} parts")
    for title, answers in (("quiddity", theirs(python, paths)), ("ours", ours(paths))):
        found = cut = false = stock = failed = 0
        for name, answer in zip(names, answers, strict=True):
            failed += bool(answer.error)
            for face, label in enumerate(labels[name]["face_labels"]):
                if label.lower() == "stock":
                    stock += 1
                    false += face in answer.cut
                else:
                    cut += 1
                    found += face in answer.cut or face in answer.stock
        seconds = float(np.median([answer.seconds for answer in answers]))
        print(
            f"{title:10} cut faces found {found / max(cut, 1):.4f} of {cut}   stock faces called "
            f"cut {false / max(stock, 1):.4f} of {stock}   {seconds:.2f} s a part   failed {failed}"
        )


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--python", required=True, help="interpreter that can import quiddity")
    parser.add_argument("--only", type=int, help="the first so many files")
    options = parser.parse_args()
    for folder in options.folders:
        compare(folder, options.python, options.only)
    return 0


if __name__ == "__main__":
    sys.exit(main())
