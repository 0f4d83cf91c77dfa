"""Does the nearest known part belong to the same family? `python tests/bench/similarity.py`.

Leave one out over families: mean average precision and nearest neighbour of every mode, of single
aspects, and of plainer descriptors from the literature (baselines.py). Families are drawn; with
WORKBENCH_DEV_PARTS naming a folder that holds `families.csv` (file, family_id), real ones as well,
each half of the families by itself. `warehouse.py` draws a public set of mechanical families.
"""

import csv
import hashlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "geometry"))

from baselines import DESCRIPTORS
from revisions import (
    as_nurbs,
    block,
    boss,
    bracket,
    drilled,
    mirrored,
    odd,
    plate,
    shaft,
    split,
    step_text,
)

from geometry import similarity
from geometry.descriptor import describe, load
from geometry.step import read_step

BASELINES = {
    "D2 with normals, of ours": ("pairs",),
    "adjacency graph, of ours": ("graph",),
    "box, filling, compactness": ("ratios",),
    "shares of surfaces": ("surfaces",),
}


def drawn() -> Iterator[tuple[str, str, bytes]]:
    """(name, family, STEP text): each family in five dimensions, re-encoded, cut and mirrored."""
    families = {
        "block": [
            block(),
            block(length=110, hole=9),
            block(height=26, pocket=(30, 22, 8)),
            block(width=70, bore=(14, 5)),
            block(hole_at=(34, 20), corner=6),
        ],
        "drilled block": [
            block(extra=drilled(-5, 20, d), without=("pocket",), length=length)
            for d, length in ((6, 90), (7, 95), (8, 105), (6, 120), (9, 90))
        ],
        "block with boss": [
            block(extra=boss(d, h), without=("bore",))
            for d, h in ((14, 8), (16, 10), (18, 8), (14, 14), (20, 10))
        ],
        "shaft": [
            shaft(journal=j, length=length)
            for j, length in ((24, 40), (26, 46), (28, 40), (22, 60), (24, 70))
        ],
        "keyed shaft": [
            shaft(key=(w, 3.5), length=length, groove=None)
            for w, length in ((6, 40), (8, 46), (6, 60), (5, 50), (8, 70))
        ],
        "bracket": [
            bracket(thickness=t, leg=leg)
            for t, leg in ((3, 40), (4, 40), (2, 44), (3, 55), (2.5, 35))
        ],
        "flange": [
            plate(count=n, radius=38, thickness=t, middle=m)
            for n, t, m in ((6, 12, 30), (8, 12, 30), (6, 16, 36), (5, 10, 26), (8, 14, 40))
        ],
    }
    for family, shapes in families.items():
        for number, (shape, form) in enumerate(
            zip(shapes, (odd, as_nurbs, split, mirrored, odd), strict=True)
        ):
            yield f"{family} {number}", family, step_text(form(shape))


def real(folder: Path) -> Iterator[tuple[str, str, bytes]]:
    """(name, family, STEP text) of a folder's families.csv."""
    with (folder / "families.csv").open(encoding="utf-8") as table:
        for row in csv.DictReader(table):
            yield row["file"], row["family_id"], (folder / row["file"]).read_bytes()


def score(likeness: np.ndarray, family: list[str], rows: list[int]) -> tuple[float, float]:
    """Mean average precision and share of right nearest neighbours of the queries `rows`."""
    labels = np.array(family)
    precision, nearest = [], []
    for row in rows:
        order = [k for k in np.argsort(-likeness[row], kind="stable") if k != row]
        right = labels[order] == labels[row]
        if not right.any():
            continue
        ranks = np.flatnonzero(right) + 1
        precision.append((np.arange(1, len(ranks) + 1) / ranks).mean())
        nearest.append(right[0])
    return float(np.mean(precision)), float(np.mean(nearest))


def table(title: str, files: Iterator[tuple[str, str, bytes]]) -> None:
    """Prints the figures of one set."""
    names, family, described, seconds = [], [], [], []
    plain: dict[str, list[np.ndarray]] = {word: [] for word in DESCRIPTORS}
    for name, group, data in files:
        part = read_step(data, name=name).parts[0]
        start = time.perf_counter()
        described.append(describe(part))
        seconds.append(time.perf_counter() - start)
        for word, describe_plainly in DESCRIPTORS.items():
            plain[word].append(describe_plainly(part))
        names.append(name)
        family.append(group)
    known = [load(data) for data in described]
    stack = similarity.stacked(known)
    aspects = [similarity._aspects(one, stack) for one in known]
    size = max(map(len, described))
    print(f"{title}: {len(names)} parts, {len(set(family))} families, "
          f"{1000 * np.median(seconds):.0f} ms and at most {size} bytes a part")  # fmt: skip
    half = [hashlib.sha256(group.encode()).digest()[0] % 2 for group in family]
    every = list(range(len(names)))
    print(f"  {'':34}{'mAP':>7}{'NN':>7}   one half      other half")
    rows = [
        (
            f"mode {mode}",
            np.array([similarity._fused(a, similarity.WEIGHTS[mode]) for a in aspects]),
        )
        for mode in similarity.MODES
    ]
    rows += [
        (word, np.array([similarity._fused(a, dict.fromkeys(keys, 1.0)) for a in aspects]))
        for word, keys in BASELINES.items()
    ]
    for word, found in plain.items():
        stack = np.array(found)
        rows.append((word, -np.abs(stack[:, None] - stack[None]).sum(axis=2)))
    for word, likeness in rows:
        figures = [
            score(likeness, family, some)
            for some in (every, *([i for i in every if half[i] == k] for k in (0, 1)))
        ]
        print(f"  {word:34}{figures[0][0]:7.3f}{figures[0][1]:7.3f}"
              + "".join(f"   {a:.3f} {b:.3f}" for a, b in figures[1:]))  # fmt: skip
    start = time.perf_counter()
    similarity.rank(described[0], dict(zip(names, described, strict=True)))
    print(f"  one query among {len(names)}: {1000 * (time.perf_counter() - start):.1f} ms")


if __name__ == "__main__":
    table("drawn families", drawn())
    if "WORKBENCH_DEV_PARTS" in os.environ:
        table("real families", real(Path(os.environ["WORKBENCH_DEV_PARTS"])))
