"""How many known features are found, how exactly, and what is found that is not there?

    python tests/bench/features.py [--count 358] [--seed 11] [--rewritten] [--labelled FOLDER …]

Draws parts with known features (tests/bench/generator), recognises them and prints recall and
precision by type and every miss and false find by file and feature. A labelled folder holds STEP
files and labels.json, a class for each face, as public machining sets do. `--rewritten` measures
each set once more, turned, written as NURBS in inches and with split faces, the labels carried
through the splitting, and prints both figures side by side.
"""

import argparse
import contextlib
import json
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

RELATIVE, ABSOLUTE = 0.02, 0.02  # what may be off in a parameter: 2 % or 0.02 mm, whichever is more
LOOSER = {"corner_radius_mm": 0.05, "pitch_mm": 0.05}
IN_HAND = 4  # files that two processes may have begun when one of them dies
AXIS_COS = 0.999
OFF_AXIS_MM = 0.05
# words of the contract that may stand for each other: a round hole in sheet is a cut-out too
SAME_TYPE = {"slot": {"slot", "pocket"}, "cutout": {"cutout", "hole"}, "hole": {"hole", "cutout"}}
JUDGED_FALSE = {"hole", "pocket", "bend", "gear", "groove"}  # types whose false finds are counted

# classes of the public machining sets in the words of the contract
MACHINED = {"hole", "pocket", "slot", "step", "chamfer", "groove", "fillet"}
_THROUGH_SLOT = {("slot", "through"), ("pocket", "open")}
_POCKET = {("pocket", "closed"), ("slot", "blind")}
_BLIND_SLOT = {("slot", None), ("pocket", "open")}
CLASSES: dict[str, set[tuple[str, str | None]]] = {
    "chamfer": {("chamfer", None)},
    "through_hole": {("hole", "through")},
    "blind_hole": {("hole", "blind")},
    "oring": {("groove", None)},
    "round": {("fillet", None)},
    "slanted_through_step": {("step", None), ("chamfer", None)},
    **{f"{s}_passage": {("pocket", "through")} for s in ("triangular", "rectangular", "6sides")},
    **{f"{s}_through_slot": _THROUGH_SLOT for s in ("triangular", "rectangular", "circular")},
    **{f"{s}_pocket": _POCKET for s in ("triangular", "rectangular", "6sides", "circular_end")},
    **{f"{s}_blind_slot": _BLIND_SLOT for s in ("rectangular", "v_circular_end", "h_circular_end")},
    **{
        f"{s}_step": {("step", None)}
        for s in (
            "rectangular_through",
            "2sides_through",
            "triangular_blind",
            "circular_blind",
            "rectangular_blind",
        )
    },
}


@dataclass(frozen=True)
class Recognised:
    """What came out of one file."""

    features: tuple[dict[str, Any], ...]  # in the contract's keys
    read_s: float
    recognise_s: float
    error: str = ""


def recognise_file(path: Path) -> Recognised:
    """Features of the largest part of a file; an error is an answer too."""
    from geometry.errors import GeometryError
    from geometry.features.recognition import recognise
    from geometry.step import read_step

    start = time.perf_counter()
    try:
        document = read_step(path.read_bytes(), name=path.stem)
    except GeometryError as error:
        return Recognised((), time.perf_counter() - start, 0.0, str(error))
    part = max(document.parts, key=lambda p: p.mass.volume_mm3)
    middle = time.perf_counter()
    recognition = recognise(part)
    end = time.perf_counter()
    failed = "; ".join(f"{w.code} {w.values}" for w in recognition.warnings)
    features = tuple(
        {
            "id": f.id,
            "type": f.type,
            "kind": f.kind,
            "faces": list(f.faces),
            "parameters": dict(f.parameters),
        }
        for f in recognition.features
    )
    return Recognised(features, middle - start, end - middle, failed)


def recognise_all(paths: Sequence[Path], work: Callable[[Path], Any] = recognise_file) -> list[Any]:
    """All files, two at a time, each process kept for the next file; one that takes its process
    down costs itself alone.
    """
    answers: dict[int, Any] = {}
    while left := [i for i in range(len(paths)) if i not in answers]:
        answers |= _together([(i, paths[i]) for i in left], work, workers=2)
        for i in [i for i in left if i not in answers][:IN_HAND]:  # who was it?
            alone = _together([(i, paths[i])], work, workers=1)
            answers[i] = alone.get(i, Recognised((), 0.0, 0.0, "its process died"))
    return [answers[i] for i in range(len(paths))]


def _together(
    jobs: Sequence[tuple[int, Path]], work: Callable[[Path], Any], workers: int
) -> dict[int, Any]:
    """The answers that came before a process died, if one did."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["geometry.preload"])
    found = {}
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        waiting = {i: pool.submit(work, path) for i, path in jobs}
        for i, job in waiting.items():
            with contextlib.suppress(BrokenProcessPool):
                found[i] = job.result()
    return found


def close(key: str, wanted: Any, got: Any) -> bool:
    """Whether a parameter is right."""
    if isinstance(wanted, Mapping):
        return isinstance(got, Mapping) and all(close(k, v, got.get(k)) for k, v in wanted.items())
    if isinstance(wanted, int | float) and isinstance(got, int | float | np.number):
        return abs(wanted - got) <= max(RELATIVE * abs(wanted), LOOSER.get(key, ABSOLUTE))
    return bool(wanted == got)


def fits(wanted: Mapping[str, Any], got: Mapping[str, Any]) -> bool:
    """Whether a find is the known feature: type, parameters, direction; of holes the axis line."""
    if got["type"] not in SAME_TYPE.get(wanted["type"], {wanted["type"]}):
        return False
    parameters = got["parameters"]
    if not all(close(k, v, parameters.get(k)) for k, v in wanted.get("parameters", {}).items()):
        return False
    axis = wanted.get("axis")
    if axis is not None and parameters.get("axis") is not None:
        if abs(np.dot(axis, parameters["axis"])) < AXIS_COS:
            return False
        if wanted.get("origin_mm") is not None and parameters.get("origin_mm") is not None:
            between = np.subtract(parameters["origin_mm"], wanted["origin_mm"])
            off = between - np.asarray(axis) * (between @ np.asarray(axis))
            return wanted["type"] != "hole" or float(np.linalg.norm(off)) <= OFF_AXIS_MM
    return True


@dataclass(frozen=True)
class Figures:
    """What a set came to, in words and numbers, and how many of its files failed."""

    shares: Mapping[str, float]
    broken: int


def generated(folder: Path, title: str) -> Figures:
    """Prints recall and precision over a generated folder, and each miss and false find."""
    parts = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["parts"]
    answers = recognise_all([folder / part["file"] for part in parts])
    known, found, kinds, false = Counter(), Counter(), Counter(), Counter()
    strict = Counter()  # finds in parts whose every feature is known
    broken = 0
    for part, answer in zip(parts, answers, strict=True):
        if answer.error:
            broken += 1
            print(f"error  {part['file']}: {answer.error}")
        left = list(answer.features)
        for wanted in part["features"]:
            known[wanted["type"]] += 1
            hit = next((got for got in left if fits(wanted, got)), None)
            if hit is None:
                print(f"missed {part['file']}: {_line(wanted)}")
                continue
            left.remove(hit)
            found[wanted["type"]] += 1
            strict[wanted["type"]] += not part.get("lenient")
            kinds[wanted["type"]] += wanted.get("kind") in (None, hit["kind"])
        if not part.get("lenient"):
            for got in left:
                if got["type"] in JUDGED_FALSE:
                    false[got["type"]] += 1
                    print(f"false  {part['file']}: {_line(got)}")
    print(f"\n{title}: {len(parts)} parts; precision where all of a part's such features are known")
    print(f"{'type':16} {'known':>6} {'recall':>7} {'kind':>6} {'false':>6} {'precision':>9}")
    for name in sorted(known | false):
        row = f"{name:16} {known[name]:6} {_share(found[name], known[name])} "
        row += f"{_share(kinds[name], found[name])[1:]} {false[name]:6} "
        judged = name in JUDGED_FALSE
        print(row + (f"  {_share(strict[name], strict[name] + false[name])}" if judged else ""))
    recall = found.total() / max(known.total(), 1)
    share = false.total() / max(found.total() + false.total(), 1)
    print(f"{'all':16} {known.total():6} {recall:7.4f} {'':6} {false.total():6}  false {share:.2%}")
    _print_times(answers)
    return Figures({"recall": recall, "true finds": 1 - share}, broken)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:7.3f}" if whole else f"{'':7}"


def labelled(folder: Path) -> Figures:
    """Prints the share of faces and instances with the class of labels.json, and each miss.

    Precision of a type: share of its finds of which most faces carry a class that it stands for.
    """
    labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    names = sorted(labels)
    answers = recognise_all([folder / name for name in names])
    right, total = Counter(), Counter()
    whole, instances = Counter(), Counter()
    true, finds = Counter(), Counter()
    for name, answer in zip(names, answers, strict=True):
        classes = [label.lower() for label in labels[name]["face_labels"]]
        cuts = [f for f in answer.features if f["type"] in MACHINED and f["faces"]]
        if answer.error:
            print(f"error  {name}: {answer.error}")
        for face, label in enumerate(classes):
            total[label] += 1
            on = [f for f in cuts if face in f["faces"]]
            good = (not on) if label == "stock" else any(_is(f, label) for f in on)
            right[label] += good
            if not good:
                said = "; ".join(_named(f) for f in on) or "nothing"
                print(f"missed {name}: face {face} {label}, found {said}")
        for faces in _nominal(labels[name]):
            label = classes[faces[0]]
            if label == "stock":
                continue
            instances[label] += 1
            hit = any(_is(f, label) and _overlap(faces, f["faces"]) >= 0.5 for f in cuts)
            whole[label] += hit
            if not hit:
                print(f"missed {name}: {label} of faces {faces}")
        for cut in cuts:
            share = float(np.mean([_is(cut, classes[face]) for face in cut["faces"]]))
            finds[cut["type"]] += 1
            true[cut["type"]] += share > 0.5
            if share <= 0.5:
                are = Counter(classes[face] for face in cut["faces"])
                print(f"false  {name}: {_named(cut)} on {dict(are)}")
    print(f"\n{folder.name}: {len(names)} parts")
    for label in sorted(total):
        line = f"{label:26} faces {right[label] / total[label]:.3f} of {total[label]:5}"
        if instances[label]:
            line += f"   instances {whole[label] / instances[label]:.3f} of {instances[label]}"
        print(line)
    for name in sorted(finds):
        print(f"{name:26} precision {true[name] / finds[name]:.3f} of {finds[name]}")
    shares = {"faces": right.total() / total.total()}
    if instances:
        shares["instances"] = whole.total() / instances.total()
    print("   ".join(f"{key} {share:.4f}" for key, share in shares.items()))
    _print_times(answers)
    return Figures(shares, sum(bool(answer.error) for answer in answers))


def _nominal(entry: Mapping[str, Any]) -> Iterable[list[int]]:
    instances = entry.get("instances", [])
    nominal = entry.get("instance_nominal") or [True] * len(instances)
    return (faces for faces, kept in zip(instances, nominal, strict=True) if kept)


def _is(feature: Mapping[str, Any], label: str) -> bool:
    allowed = CLASSES.get(label, set())
    return (feature["type"], feature["kind"]) in allowed or (feature["type"], None) in allowed


def _overlap(a: Iterable[int], b: Iterable[int]) -> float:
    ours, theirs = set(a), set(b)
    return len(ours & theirs) / len(ours | theirs)


def _named(feature: Mapping[str, Any]) -> str:
    return f"{feature['type']} {feature['kind'] or ''} {feature['faces']}"


def _line(feature: Mapping[str, Any]) -> str:
    numbers = {
        key: round(value, 3)
        for key, value in feature.get("parameters", {}).items()
        if isinstance(value, int | float)
    }
    return f"{feature['type']} {feature.get('kind') or ''} {numbers}"


def _print_times(answers: list[Recognised]) -> None:
    read = float(np.median([a.read_s for a in answers]))
    own = float(np.median([a.recognise_s for a in answers]))
    print(f"recognising takes {own / read:.2f} of reading and meshing (medians of a file)")


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=358, help="parts to draw (two of each kind)")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--rewritten", action="store_true", help="also turned, NURBS, split, inch")
    parser.add_argument("--labelled", type=Path, nargs="*", default=[], help="folders with labels")
    options = parser.parse_args()
    table: list[tuple[str, Figures]] = []
    lost: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sets: list[tuple[str, Path, Callable[[Path], Figures]]] = []
        if options.count:
            from generator.run import generate

            generate(folder / "drawn", options.count, options.seed)
            sets.append(("drawn", folder / "drawn", lambda f: generated(f, f.name)))
        sets += [(one.name, one, labelled) for one in options.labelled]
        for title, source, measure in sets:
            table.append((title, measure(source)))
            if options.rewritten:
                again, failed = _rewritten(source, folder, options.seed)
                lost += failed
                table.append((f"{title} rewritten", measure(again)))
    print("\nin short")
    for title, figures in table:
        shares = "   ".join(f"{key} {share:.4f}" for key, share in figures.shares.items())
        print(f"{title:26} {shares}   failed files {figures.broken}")
    print("".join(f"not rewritten: {line}\n" for line in lost), end="")
    return 1 if any(figures.broken for _, figures in table) else 0


def _rewritten(source: Path, folder: Path, seed: int) -> tuple[Path, list[str]]:
    """The same set turned, as NURBS, with split faces, in inches; and what could not be so."""
    from rewriter import rewrite_folder

    target = folder / f"{source.name}-rewritten"
    kinds = {"turn": True, "nurbs": True, "split": True, "unit": "INCH"}
    return target, rewrite_folder(source, target, seed=seed, **kinds)[1]


if __name__ == "__main__":
    sys.exit(main())
