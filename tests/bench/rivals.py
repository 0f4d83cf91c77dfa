"""Side by side with quiddity on the same files: what is found, what is false, how long it takes.

    python tests/bench/rivals.py [FOLDER …] --python ENVIRONMENT/bin/python [--only 60] [--drawn 60]

The interpreter is that of an environment with `pip install quiddity==0.3.11`; both run warm, one
file after the other, each file with a limit of time. Where a folder holds labels.json, a class for
each face, a face of a cut counts as found when any cut that was recognised has it, a face of the
stock as false likewise: the two name cuts differently. Where it holds truth.json, as of drawn
parts, a drawn feature counts as found when a find of a fitting family has its main measure among
its numbers (depth of a pocket, diameter of a hole; measures that follow from its record count too),
and a hole or a recess as false when it fits no drawn feature. Both are judged so, on the types that
both have a name for. Of other folders only the features, the files that got no answer and the
seconds are compared.
"""

import argparse
import json
import multiprocessing
import subprocess
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

from features import MACHINED, close, recognise_file  # noqa: E402

# families of quiddity that say how the stock lies rather than what was cut: not counted as false
STOCK_FAMILIES = ("step_levels", "risers", "plates", "polygonal_stock", "thin_walls", "bosses")

LIMIT_S = 60  # a file

# which finds of the two may be a drawn feature of a type, and the measure that both give for it
RECESS = {
    *("section_recesses", "pockets", "prismatic_pockets", "edge_open_circular_pockets"),
    *("edge_open_prismatic_recesses", "slots", "oriented_slots", "channels", "passages"),
    *("rectangular_blind_slots", "round_bottom_blind_slots", "interior_voids", "pocket", "slot"),
}
STEP = {
    *("angled_steps", "through_steps", "oblique_through_steps", "paired_ramp_steps"),
    *("circular_blind_steps", "step_levels", "risers", "flats", "step"),
}
STANDS_FOR: dict[str, tuple[set[str], str]] = {
    "hole": ({"holes", "double_d_bores", "hole", "cutout"}, "diameter_mm"),
    "pocket": (RECESS, "depth_mm"),
    "slot": (RECESS, "width_mm"),
    "step": (STEP | {"edge_open_prismatic_recesses"}, "depth_mm"),
    "boss": ({"bosses", "polygonal_bosses", "pads", "boss"}, "height_mm"),
    "fillet": ({"fillets", "blends", "fillet"}, "radius_mm"),
    "chamfer": ({"chamfers", "oriented_chamfers", "chamfer"}, "width_mm"),
    "groove": ({"grooves", "groove"} | RECESS, "width_mm"),
}
FALSE_FINDS = STANDS_FOR["hole"][0] | RECESS

THEIRS = """
import dataclasses, json, signal, sys, time
import quiddity
from quiddity.evidence import build_recognition_evidence
def late(*_):
    raise TimeoutError
def numbers(value):
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return []
    if isinstance(value, (int, float)):
        return [value]
    if dataclasses.is_dataclass(value):
        named = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        inside = [n for key, v in named.items() if key != "body_key" for n in numbers(v)]
        inside += [2 * v for key, v in named.items() if "radius" in key and v]
        for low, high in (("lo", "hi"), ("d_lo", "d_hi"), ("base", "top"), ("z0", "z1"),
                          ("x0", "x1"), ("y0", "y1"), ("z_lo", "z_hi")):
            ends = (named.get(low), named.get(high))
            if all(isinstance(end, (int, float)) for end in ends):
                inside.append(abs(ends[1] - ends[0]))
        if "boundary" in named:
            points = [vertex.point for vertex in named["boundary"]]
            inside += [max(p[k] for p in points) - min(p[k] for p in points) for k in (0, 1)]
        return inside
    if isinstance(value, (tuple, list)):
        inside = [n for v in value for n in numbers(v)]
        if len(value) == 2 and all(isinstance(v, (int, float)) for v in value):
            inside.append(abs(value[1] - value[0]))
        return inside
    return []
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
            [
                str(view.family(f)),
                [number[ref] for ref in view.constituent_faces(f)],
                numbers(view.record(f)),
            ]
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
    finds: tuple[tuple[str, tuple[float, ...]], ...]  # family or type, and its measures
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
                answers.append(Answer(set(), set(), float(LIMIT_S), (), "no answer in time"))
                break  # the one process is lost: what follows was not asked
            seconds = time.perf_counter() - start
            faces = {face for f in said.features if f["type"] in MACHINED for face in f["faces"]}
            finds = tuple((f["type"], _measures(f["parameters"])) for f in said.features)
            answers.append(Answer(faces, set(), seconds, finds, said.error))
    lost = Answer(set(), set(), float(LIMIT_S), (), "not asked")
    return answers + [lost] * (len(paths) - len(answers))


def _measures(parameters: Mapping[str, Any]) -> tuple[float, ...]:
    return tuple(float(v) for v in parameters.values() if isinstance(v, int | float | np.number))


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
        for family, faces, _ in said["features"]:
            (stock if family in STOCK_FAMILIES else cut).update(faces)
        finds = tuple((family, tuple(measures)) for family, _, measures in said["features"])
        answers.append(Answer(cut, stock - cut, said["seconds"], finds, said.get("error", "")))
    died = Answer(set(), set(), float(LIMIT_S), (), "the process died")
    return answers + [died] * (len(paths) - len(answers))


def compare(folder: Path, python: str, only: int | None) -> None:
    """Prints a line for each of the two."""
    said = folder / "labels.json"
    labels = json.loads(said.read_text(encoding="utf-8")) if said.exists() else {}
    told = folder / "truth.json"
    parts = json.loads(told.read_text(encoding="utf-8"))["parts"] if told.exists() else []
    names = sorted(labels) or [part["file"] for part in parts]
    names = names or sorted(
        path.name for path in folder.iterdir() if path.suffix.lower() in (".step", ".stp")
    )
    names = names[:only]
    paths = [folder / name for name in names]
    print(f"\n{folder.name}: {len(names)} parts")
    for title, answers in (("quiddity", theirs(python, paths)), ("ours", ours(paths))):
        line = f"{title:10} "
        if labels:
            line += _on_labels(answers, [labels[name]["face_labels"] for name in names])
        if parts:
            line += _on_truth(answers, parts[: len(names)])
        seconds = np.array([answer.seconds for answer in answers])
        failed = sum(bool(answer.error) for answer in answers)
        line += f"{sum(len(answer.finds) for answer in answers)} features   "
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


def _on_truth(answers: list[Answer], parts: list[dict[str, Any]]) -> str:
    found = known = false = judged = 0
    for answer, part in zip(answers, parts, strict=True):
        drawn = [
            f for f in part["features"] if STANDS_FOR.get(f["type"], ((), ""))[1] in f["parameters"]
        ]
        left = list(answer.finds)
        for feature in drawn:
            known += 1
            hit = next((find for find in left if _may_be(find, feature)), None)
            if hit is not None:
                found += 1
                left.remove(hit)
        if not part.get("lenient"):
            told = [find for find in answer.finds if find[0] in FALSE_FINDS]
            judged += len(told)
            false += sum(not any(_may_be(find, f) for f in part["features"]) for find in told)
    share = found / max(known, 1)
    return f"drawn features found {share:.4f} of {known}   false {false} of {judged}   "


def _may_be(find: tuple[str, tuple[float, ...]], drawn: Mapping[str, Any]) -> bool:
    if drawn["type"] == "cutout":  # a hole of a sheet, for whoever calls it so
        return find[0] in FALSE_FINDS
    families, key = STANDS_FOR.get(drawn["type"], (set(), ""))
    if find[0] not in families:
        return False
    return key not in drawn["parameters"] or any(
        close(key, drawn["parameters"][key], measure) for measure in find[1]
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
