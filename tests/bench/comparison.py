"""How many known changes are told rightly, and nothing else? `python tests/bench/comparison.py`.

Draws pairs of parts with one change each, the second at an odd angle; compares them; prints every
wrong answer. With WORKBENCH_DEV_PARTS naming a folder that holds `revisions.csv` (old, new, change,
d_volume), real revisions as well. Words after the command choose pairs by name and print more.
"""

import csv
import os
import sys
import time
from itertools import chain
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "geometry"))

from revised_parts import further_pairs
from revisions import Expected, pairs

from geometry.comparison import compare_files
from geometry.side import Side

SAME_WORDS = {"hole": {"hole", "cutout"}, "pocket": {"pocket", "slot"}, "slot": {"slot", "pocket"}}
UNCHANGED = ("same_geometry", "same_shape_other_topology")


def faults(expected: Expected, found: dict[str, Any]) -> list[str]:
    """What is wrong with an answer, in words; nothing when it is right."""
    wrong = []
    if found["same_shape"] != expected.same:
        wrong.append(f"same_shape {found['same_shape']}")
    if found["mirrored"] != expected.mirrored:
        wrong.append(f"mirrored {found['mirrored']}")
    if abs(found["scale"] - expected.scale) > 0.005 * expected.scale:
        wrong.append(f"scale {found['scale']:.4g}")
    features = found["features"]
    for key, types in (("added", expected.added), ("removed", expected.removed)):
        told = [feature["type"] for feature in features[key]]
        if len(told) != len(types) or any(
            got not in SAME_WORDS.get(want, {want})
            for got, want in zip(sorted(told), sorted(types), strict=True)
        ):
            wrong.append(f"{key} {told}")
    changes = features["changed"]
    names = {name for name, _, _ in expected.changed}
    for name, old, new in expected.changed:
        if not any(_tells(change, name, old, new) for change in changes):
            wrong.append(f"untold {name} {old} to {new}")
    also = {*names, *expected.also}
    if not (expected.changed or expected.also):
        also = {"kind", "depth_mm", "length_mm", "width_mm", "intersected", "count", "steps"}
        if expected.same or expected.mirrored or expected.scale != 1.0:
            also = set()
    extra = [c for c in changes if c["parameter"].split(".")[-1] not in also]
    if extra:
        wrong.append("more: " + ", ".join(
            f"{c['a']} {c['parameter']} {c['from']} to {c['to']}" for c in extra[:4]))  # fmt: skip
    if (expected.same or expected.mirrored) and found["faces"]["changed"]:
        wrong.append(f"{len(found['faces']['changed'])} faces changed")
    return wrong


def _tells(change: dict[str, Any], name: str, old: float | None, new: float | None) -> bool:
    if change["parameter"].split(".")[-1] != name:
        return False
    if old is None or new is None:
        return True
    return all(
        isinstance(got, int | float) and abs(got - want) <= 0.02 * want
        for got, want in ((change["from"], old), (change["to"], new))
    )


def known_changes(words: list[str]) -> tuple[int, int]:
    """Right answers and pairs drawn."""
    right = total = 0
    seconds = []
    for pair in chain(pairs(), further_pairs()):
        if words and not any(word in pair.name for word in words):
            continue
        a, b = (Side(data, f"{side}.step") for data, side in zip(pair.files(), "ab", strict=True))
        start = time.perf_counter()
        found = compare_files(a, b)
        seconds.append(time.perf_counter() - start)
        wrong = faults(pair.expected, found)
        total += 1
        right += not wrong
        if wrong or words:
            print(f"{'wrong' if wrong else 'right':6} {pair.name}: {'; '.join(wrong)}", flush=True)
        if words and wrong:
            print({k: v for k, v in found.items() if k not in ("faces", "alignment", "features")})
            print("   faces", {key: len(each) for key, each in found["faces"].items()})
            for key in ("changed", "removed", "added"):
                print("  ", key, found["features"][key])
    print(f"known changes: {right}/{total} right, {sum(seconds) / max(total, 1):.2f} s a pair")
    return right, total


def real_revisions(folder: Path) -> tuple[int, int]:
    """Right answers and pairs of a folder's revisions.csv."""
    rows = list(csv.DictReader((folder / "revisions.csv").open(encoding="utf-8")))
    right = 0
    for row in rows:
        found = compare_files(
            *(Side((folder / row[which]).read_bytes()) for which in ("old", "new"))
        )
        same, volume = row["change"] in UNCHANGED, float(row["d_volume"])
        good = found["same_shape"] == same and (
            same or abs(found["volume_change"] - volume) < 0.002 + 0.01 * abs(volume)
        )
        right += good
        if not good:
            print("wrong", row["old"], row["change"], found["same_shape"], found["volume_change"])
    print(f"real revisions: {right}/{len(rows)} right")
    return right, len(rows)


def speed(faces: int = 500) -> float:
    """Seconds of comparing two parts of so many faces over those of reading and meshing both."""
    import cadquery as cq
    from revisions import odd, step_text

    from geometry.comparison import compare_parts
    from geometry.step import read_step

    def perforated(one: float) -> cq.Shape:
        """A block with a pocket and rows of countersunk holes: three faces a hole."""
        count, side = faces // 3, 14
        body = cq.Workplane().box(10.0 * side + 20, 10.0 * (count // side + 3), 12)
        places = [
            (10.0 * (i % side) - 5 * side + 5, 10.0 * (i // side) - 5 * (count // side) - 5)
            for i in range(count - 1)
        ]
        body = body.faces(">Z").workplane().pushPoints(places[1:]).cskHole(3.4, 6.4, 90)
        body = body.faces(">Z").workplane().pushPoints(places[:1]).cskHole(one, 6.4, 90)
        return body.faces(">Z").workplane().center(5 * side, 0).rect(6, 30).cutBlind(-5).val()

    files = step_text(perforated(3.4)), step_text(odd(perforated(4.2)))
    seconds = []
    for _ in range(3):  # in turns, in one process; the best of three, for a busy machine
        start = time.process_time()
        a, b = (read_step(each).parts[0] for each in files)
        read = time.process_time()
        found = compare_parts(a, b).record
        seconds.append((read - start, time.process_time() - read))
    reading, comparing = (min(column) for column in zip(*seconds, strict=True))
    told = [(c["parameter"], c["from"], c["to"]) for c in found["features"]["changed"]]
    print(
        f"{len(a.topology.faces)} and {len(b.topology.faces)} faces: read and mesh both "
        f"{reading:.2f} s, compare {comparing:.2f} s, ratio {comparing / reading:.2f}; told {told}"
    )
    return comparing / reading


if __name__ == "__main__":
    if not sys.argv[1:]:
        speed()
    known_changes(sys.argv[1:])
    if not sys.argv[1:] and "WORKBENCH_DEV_PARTS" in os.environ:
        real_revisions(Path(os.environ["WORKBENCH_DEV_PARTS"]))
