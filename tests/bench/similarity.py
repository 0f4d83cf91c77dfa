"""Does the nearest known part belong to the same family? `python tests/bench/similarity.py`.

Leave one out over families: mean average precision and nearest neighbour of every mode, of single
aspects, and of plainer descriptors from the literature (baselines.py). Families are drawn; with
WORKBENCH_DEV_PARTS naming a folder that holds `families.csv` (file, family_id), real ones as well,
each half of the families by itself. `warehouse.py` draws a public set of mechanical families,
`kicad.py` takes one out of a public library of models.

Beside each baseline stands by how much the mode `all` is ahead of it, with the middle 95 % of what
that is when the same queries, or whole families, are drawn again with replacement: ahead by a clear
margin means that the least of it is above 0. Source: the paired bootstrap of Sakai, Evaluating
evaluation metrics based on the bootstrap, SIGIR 2006; of clusters, as queries of one family have
their answers in common, after Field & Welsh, Bootstrapping clustered data, JRSS B 69, 2007.
"""

import csv
import hashlib
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
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

DRAWS, MIDDLE, SEED = 10_000, (2.5, 97.5), 0  # of the bootstrap; percentiles told
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


@dataclass(frozen=True)
class Queries:
    """How well each of some parts finds its family among all."""

    family: np.ndarray  # of each query
    precision: np.ndarray  # average precision of each, 0…1
    nearest: np.ndarray  # 1 where the nearest is of the family, else 0

    @property
    def told(self) -> str:
        return f"{self.precision.mean():.3f} {self.nearest.mean():.3f}"

    def of(self, some: np.ndarray) -> "Queries":
        return Queries(self.family[some], self.precision[some], self.nearest[some])


def queries(likeness: np.ndarray, family: list[str]) -> Queries:
    """Every part that has another of its family, asked among all others."""
    labels = np.array(family)
    asked, precision, nearest = [], [], []
    for row in range(len(labels)):
        order = [k for k in np.argsort(-likeness[row], kind="stable") if k != row]
        right = labels[order] == labels[row]
        if not right.any():
            continue
        ranks = np.flatnonzero(right) + 1
        asked.append(labels[row])
        precision.append((np.arange(1, len(ranks) + 1) / ranks).mean())
        nearest.append(float(right[0]))
    return Queries(np.array(asked), np.array(precision), np.array(nearest))


def ahead(ours: np.ndarray, theirs: np.ndarray, family: np.ndarray) -> str:
    """Mean of ours − theirs over queries, and the least and most of it by queries and families."""
    by = ours - theirs
    rng = np.random.default_rng(SEED)
    alone = by[rng.integers(len(by), size=(DRAWS, len(by)))].mean(axis=1)
    _, group = np.unique(family, return_inverse=True)
    count, total = np.bincount(group), np.bincount(group, weights=by)
    drawn_families = rng.integers(len(count), size=(DRAWS, len(count)))
    whole = total[drawn_families].sum(axis=1) / count[drawn_families].sum(axis=1)
    spans = (np.percentile(each, MIDDLE) for each in (alone, whole))
    told = ", ".join(f"{low:+.3f} … {high:+.3f}" for low, high in spans)
    return f"{by.mean():+.3f} ({told})"


def table(title: str, files: Iterator[tuple[str, str, bytes]]) -> None:
    """Prints the figures of one set."""
    names, family, described, seconds = [], [], [], []
    plain: dict[str, list[np.ndarray]] = {word: [] for word in DESCRIPTORS}
    for name, group, data in files:
        # a file of several parts is known by its largest
        part = max(read_step(data, name=name).parts, key=lambda each: each.mesh.diagonal_mm)
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
    print(f"  {'':34}{'mAP':>5}{'NN':>6}   one half      other half")
    rows = [
        (
            f"mode {mode}",
            np.array([similarity._fused(a, similarity.WEIGHTS[mode]) for a in aspects]),
        )
        for mode in similarity.MODES
    ]
    plainer = [
        (word, np.array([similarity._fused(a, dict.fromkeys(keys, 1.0)) for a in aspects]))
        for word, keys in BASELINES.items()
    ]
    for word, found in plain.items():
        stack = np.array(found)
        plainer.append((word, -np.abs(stack[:, None] - stack[None]).sum(axis=2)))
    asked = {word: queries(likeness, family) for word, likeness in (*rows, *plainer)}
    for word, each in asked.items():
        half = np.array([hashlib.sha256(g.encode()).digest()[0] % 2 for g in each.family])
        halves = "   ".join(each.of(half == k).told for k in (0, 1))
        print(f"  {word:34}{each.told}   {halves}")
    ours = asked["mode all"]
    print("  mode all is ahead of, by (middle 95 % by queries, by families):")
    for word in plain:
        each = asked[word]
        print(f"  {word:34}mAP {ahead(ours.precision, each.precision, ours.family)}"
              f"   NN {ahead(ours.nearest, each.nearest, ours.family)}")  # fmt: skip
    start = time.perf_counter()
    similarity.rank(described[0], dict(zip(names, described, strict=True)))
    print(f"  one query among {len(names)}: {1000 * (time.perf_counter() - start):.1f} ms")


if __name__ == "__main__":
    table("drawn families", drawn())
    if "WORKBENCH_DEV_PARTS" in os.environ:
        table("real families", real(Path(os.environ["WORKBENCH_DEV_PARTS"])))
