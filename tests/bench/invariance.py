"""Does a feature change when its part is only written another way?

    python tests/bench/invariance.py [FILE or FOLDER …] [--count 60] [--seed 3] [--ways nurbs split]

Each part is recognised, rewritten (turned, as NURBS, faces split, in inches, all of these at once)
and recognised again. Prints each feature that is lost, new, of another kind, on other faces, or
with another parameter, and how many parts stayed the same. Without files the samples and drawn
parts are taken.
"""

import argparse
import multiprocessing
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

WAYS: dict[str, dict[str, Any]] = {
    "turned": {"turn": True},
    "nurbs": {"nurbs": True},
    "split": {"split": True},
    "inch": {"unit": "INCH"},
    "all": {"turn": True, "nurbs": True, "split": True, "unit": "INCH"},
}
SHARE, LEAST_MM = 0.01, 0.01  # a parameter may be off by this; meshes of curved faces differ
LEAST_MM2 = 1e-4  # what healing left between faces belongs to either of them
# which of two equal ends or sides is named first is free
FREE = {"origin_mm", "members", "bend", "axis"}


@dataclass(frozen=True)
class Told:
    """A feature with its faces as the original file numbers them."""

    type: str
    kind: str | None
    faces: frozenset[int]
    parameters: Mapping[str, Any]

    def __str__(self) -> str:
        numbers = {k: round(v, 3) for k, v in self.parameters.items() if _is_number(v)}
        return f"{self.type} {self.kind or ''} on {sorted(self.faces)[:12]} {numbers}"


def features_of(path: Path, old_face: Sequence[int] | None = None) -> list[Told]:
    """Features of every part of a file; old_face: the original number of each face."""
    from geometry.features.recognition import recognise
    from geometry.step import read_step

    told, first, volumes = [], 0, set()
    for part in read_step(path.read_bytes(), name=path.stem).parts:
        if (volume := f"{part.mass.volume_mm3:.4g}") in volumes:
            continue  # an occurrence that the rewriting made a part of its own
        volumes.add(volume)
        recognition = recognise(part)
        if recognition.warnings:
            raise RuntimeError(f"{path.name}: {recognition.warnings}")
        areas = part.topology.faces["area_mm2"]
        for one in recognition.features:
            faces = [first + face for face in one.faces if areas[face] > LEAST_MM2]
            if old_face is not None:
                faces = [old_face[face] for face in faces]
            told.append(Told(one.type, one.kind, frozenset(faces), one.parameters))
        first += len(areas)
    return told


def differences(before: Sequence[Told], after: Sequence[Told]) -> list[str]:
    """What differs between two recognitions of one part, a line each."""
    found = []
    left = list(after)
    for one in sorted(before, key=lambda f: -len(f.faces)):
        alike = [f for f in left if f.type == one.type]
        best = max(alike, key=lambda f: _likeness(one, f), default=None)
        if best is None or (one.faces and not one.faces & best.faces):
            found.append(f"lost {one}")
            continue
        left.remove(best)
        if best.kind != one.kind:
            found.append(f"kind {one} → {best.kind}")
        if best.faces != one.faces:
            gone, come = sorted(one.faces - best.faces), sorted(best.faces - one.faces)
            found.append(f"faces of {one}: without {gone}, with {come}")
        off = [
            f"{key} {value} → {best.parameters.get(key)}"
            for key, value in one.parameters.items()
            if key not in FREE and not _close(value, best.parameters.get(key))
        ]
        off += [f"{key} is new" for key in best.parameters if key not in one.parameters]
        if off:
            found.append(f"parameters of {one}: {'; '.join(off)}")
    return found + [f"new {one}" for one in left]


def _likeness(one: Told, other: Told) -> tuple[float, int, int]:
    every = one.faces | other.faces
    share = len(one.faces & other.faces) / len(every) if every else 1.0
    close = sum(_close(value, other.parameters.get(key)) for key, value in one.parameters.items())
    return share, one.kind == other.kind, close


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def _close(a: Any, b: Any) -> bool:
    if isinstance(a, Mapping):
        return isinstance(b, Mapping) and all(_close(v, b.get(k)) for k, v in a.items())
    if isinstance(a, list | tuple):
        if not isinstance(b, list | tuple) or len(a) != len(b):
            return False
        if a and _is_number(a[0]):
            return True  # directions turn with the part
        return all(map(_close, a, b))
    if _is_number(a) and _is_number(b):
        return abs(a - b) <= max(SHARE * abs(a), LEAST_MM)
    return bool(a == b)


@contextmanager
def rewritten(source: Path, way: str, seed: int) -> Iterator[tuple[Path, Any] | None]:
    """A file written again in one of WAYS, kept while it is looked at, and what became of its
    faces; None when it could not be rewritten so.
    """
    from rewriter import KERNEL_ERRORS, NotRewritten, rewrite

    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / source.name
        try:
            rng = np.random.default_rng([seed, *way.encode()])
            done = rewrite(source, target, rng=rng, **WAYS[way])
        except (NotRewritten, *KERNEL_ERRORS):
            done = None
        yield done and (target, done)


def compare(source: Path, way: str, seed: int) -> list[str] | None:
    """What differs after one rewriting; None when the part could not be rewritten so."""
    with rewritten(source, way, seed) as again:
        if again is None:
            return None
        target, done = again
        if len(_parts(source)) > 1:  # parts of an assembly are not numbered through
            before, after = features_of(source), features_of(target)
            before, after = ([_without_faces(f) for f in told] for told in (before, after))
            return differences(before, after)
        return differences(features_of(source), features_of(target, done.old_face))


def _parts(path: Path) -> Sequence[Any]:
    from geometry.step import read_step

    return read_step(path.read_bytes(), name=path.stem).parts


def _without_faces(told: Told) -> Told:
    return Told(told.type, told.kind, frozenset(), told.parameters)


def _job(job: tuple[Path, str, int]) -> tuple[Path, str, list[str] | None]:
    source, way, seed = job
    return source, way, compare(source, way, seed)


def _files(given: Sequence[Path]) -> Iterator[Path]:
    for path in given:
        if path.is_dir():
            yield from sorted(p for p in path.iterdir() if p.suffix.lower() in (".step", ".stp"))
        else:
            yield path


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", type=Path, nargs="*")
    parser.add_argument("--count", type=int, default=60, help="drawn parts, without files")
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--ways", nargs="+", choices=tuple(WAYS), default=list(WAYS))
    options = parser.parse_args()
    same, total, lost = Counter[str](), Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory() as name:
        files = list(_files(options.files))
        if not files:
            from generator.run import generate

            generate(Path(name), options.count, options.seed)
            files = list(_files([HERE.parents[1] / "samples", Path(name)]))
        jobs = [(path, way, options.seed) for path in files for way in options.ways]
        with multiprocessing.get_context("forkserver").Pool(2) as pool:
            for path, way, found in pool.imap(_job, jobs, chunksize=1):
                if found is None:
                    lost[way] += 1
                    continue
                total[way] += 1
                same[way] += not found
                for line in found:
                    print(f"{way} {path.name}: {line}", flush=True)
    for way in options.ways:
        print(f"{way:8} same {same[way]} of {total[way]}   not rewritten {lost[way]}")
    return 0 if same == total else 1


if __name__ == "__main__":
    sys.exit(main())
