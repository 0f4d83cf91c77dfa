"""Which known parts are like this one, and in what?

Each aspect of two descriptors gives a likeness from 0 to 1; a mode is the weighted geometric mean
of its aspects, so that one that is wholly unlike cannot be outvoted by the others. The aspects of
`shape` weigh the same but the graph, which is what a part is before its dimensions: half as much
again. It counts like a distance, with the root of what is not shared: the step from nearly the same
graph to the same one is the larger, as between two histograms.
"""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import numpy as np

from geometry.descriptor import Descriptor, load
from geometry.vectors import norms

__all__ = [
    "ASPECTS",
    "DEFAULT_MODE",
    "MODES",
    "Match",
    "Mode",
    "likenesses",
    "rank",
    "sizes",
    "stacked",
]

Mode = Literal["all", "shape", "process", "size"]
MODES: tuple[Mode, ...] = ("all", "shape", "process", "size")
DEFAULT_MODE: Mode = "all"

SHAPE = {"pairs": 1.0, "graph": 1.5, "face_sizes": 1.0, "symmetry": 1.0, "ratios": 1.0,
         "surfaces": 1.0}  # fmt: skip
WEIGHTS: dict[Mode, dict[str, float]] = {
    "shape": SHAPE,
    # of two parts of one form the one nearer in size is the better answer; size alone says little
    "all": {**SHAPE, "size": 0.2},
    # how a part is made shows in its kinds of surface, their meeting, and how slender it is
    "process": {"kinds": 1.0, "graph": 1.0, "surfaces": 1.0, "ratios": 1.0},
    "size": {"size": 1.0},
}
ASPECTS = (*SHAPE, "size")  # what may be weighted
RATIO_SCALE = 1.0  # proportions that differ by a factor e on the average count 1/e
SYMMETRY_SCALE = 0.5
SIZE_SCALE = 0.7
EQUAL = 1e-6  # what rounding leaves of a distance between equals
BLUR_BINS = 2.0  # an octave: a flange of the next size has some faces that much larger
LEAST = 1e-3  # an aspect never counts less: nothing is infinitely unlike
TWIN = 0.8  # likeness in shape from which a mirror image is looked for
# correlation of the handedness of twins: −1 for exact ones, less where lettering was not mirrored
TWIN_TURN = -0.6
HANDED_LEAST = 1e-7  # triple products below are rounding: the part has a mirror plane
ALIKE, UNLIKE = 0.85, 0.5  # aspects told as alike and as different


class Match(NamedTuple):
    """One known part and how alike it is, with the numbers behind it."""

    key: str
    similarity: float  # 0…1
    why: dict[str, Any]  # aspects 0…1, alike, different, ratios, counts, mirrored


def rank(
    query: bytes,
    others: Mapping[str, bytes],
    mode: Mode = DEFAULT_MODE,
    weights: Mapping[str, float] | None = None,
) -> list[Match]:
    """Known parts by likeness to the query, best first. Both sides are stored descriptors.

    `shape` looks at the form alone, whatever its size; `process` at what tells how a part is made;
    `size` at the box, the volume and the area; `all` at shape and, a little, size. weights: of the
    aspects, in place of the mode's. Raises StaleDescriptor.
    """
    if not others:
        return []
    wanted = load(query)
    keys, known = list(others), [load(data) for data in others.values()]
    aspects = _aspects(wanted, stacked(known))
    similarity = _fused(aspects, weights or WEIGHTS[mode])
    turn = _handedness(wanted, known)
    shape = _fused(aspects, SHAPE)
    found = [
        Match(
            key,
            round(float(similarity[i]), 6),
            _why(
                wanted,
                known[i],
                {name: float(values[i]) for name, values in aspects.items()},
                twin=bool(shape[i] > TWIN and turn[i] < TWIN_TURN),
            ),
        )
        for i, key in enumerate(keys)
    ]
    return sorted(found, key=lambda match: (-match.similarity, match.key))


def likenesses(
    wanted: Descriptor, known: Mapping[str, np.ndarray], mode: Mode = DEFAULT_MODE
) -> np.ndarray:
    """Likeness 0…1 of a part to many that were `stacked`: (n,)."""
    return _fused(_aspects(wanted, known), WEIGHTS[mode])


def stacked(known: list[Descriptor]) -> dict[str, np.ndarray]:
    """Descriptors one under another, to be compared with one at a time: name → (n, …).

    Shares enter as `roots`, counts as logarithms: what is done to each is done once.
    """
    arrays = {
        name: np.stack([getattr(each, name) for each in known])
        for name in ("pairs", "graph", "meetings", "face_sizes", "symmetry", "ratios", "surfaces")
    }
    own, near = arrays.pop("graph").transpose(1, 0, 2)
    sizes_of_faces = arrays["face_sizes"]
    counts = {
        "own": own,
        "near": near,
        "face_sizes": sizes_of_faces.reshape(len(known), -1),
        "blurred_sizes": _blurred(sizes_of_faces).reshape(len(known), -1),
    }
    shares = {name: arrays[name] for name in ("pairs", "meetings", "surfaces")} | {"kinds": own}
    return {
        **{name: np.log1p(each) for name, each in counts.items()},
        **{f"{name}_sum": np.log1p(each).sum(axis=1) for name, each in counts.items()},
        **{name: _roots(each) for name, each in shares.items()},
        "symmetry": arrays["symmetry"],
        "ratios": arrays["ratios"],
        "size": np.log(np.array([sizes(each) for each in known])),
    }


def _fused(aspects: Mapping[str, np.ndarray], weights: Mapping[str, float]) -> np.ndarray:
    """Weighted geometric mean of aspects (n,)."""
    logs = [weight * np.log(np.maximum(aspects[name], LEAST)) for name, weight in weights.items()]
    return np.asarray(np.exp(np.sum(logs, axis=0) / sum(weights.values())))


def _aspects(wanted: Descriptor, known: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Likeness 0…1 of every known part in every aspect: name → (n,)."""

    def shared(name: str, counts: np.ndarray) -> np.ndarray:
        return _shared(np.log1p(counts), known[name], known[f"{name}_sum"])

    return {
        "pairs": _overlap(wanted.pairs, known["pairs"]),
        "graph": _sharpened(
            (
                shared("own", wanted.graph[0])
                + shared("near", wanted.graph[1])
                + _overlap(wanted.meetings, known["meetings"])
            )
            / 3
        ),
        "kinds": _overlap(wanted.graph[0], known["kinds"]),
        # as they are they tell variants of one size apart, blurred they know the next size
        "face_sizes": np.sqrt(
            shared("face_sizes", wanted.face_sizes.ravel())
            * shared("blurred_sizes", _blurred(wanted.face_sizes).ravel())
        ),
        "symmetry": _near(wanted.symmetry, known["symmetry"], SYMMETRY_SCALE),
        "ratios": _near(wanted.ratios, known["ratios"], RATIO_SCALE),
        "surfaces": _overlap(wanted.surfaces, known["surfaces"]),
        "size": _near(np.log(sizes(wanted)), known["size"], SIZE_SCALE),
    }


def _blurred(face_sizes: np.ndarray) -> np.ndarray:
    """Counts by size (…, 24), each spread over its neighbours by a normal distribution."""
    bins = np.arange(face_sizes.shape[-1])
    spread = np.exp(-(((bins[:, None] - bins) / BLUR_BINS) ** 2) / 2)
    return np.asarray(face_sizes @ (spread / spread.sum(axis=1).max()))


def _sharpened(shared: np.ndarray) -> np.ndarray:
    """A share of what two have in common, 0…1, as 1 − the distance whose square it leaves."""
    apart = np.where(1 - shared > EQUAL, 1 - shared, 0.0)
    return np.asarray(1 - np.sqrt(apart))


def _roots(counts: np.ndarray) -> np.ndarray:
    """Square roots of shares (n, k), each row of unit length: double, for near ones cancel."""
    counts = counts.astype(float)
    return np.asarray(np.sqrt(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1e-300)))


def _overlap(a: np.ndarray, roots: np.ndarray) -> np.ndarray:
    """1 − Hellinger distance of a histogram (k,) to others' roots (n, k): 1 where equal."""
    return 1 - np.sqrt(np.maximum(0.0, 1 - roots @ _roots(a[None])[0]))


def _shared(a: np.ndarray, b: np.ndarray, sums: np.ndarray) -> np.ndarray:
    """What counts (k,) and (n, k) with sums (n,) have in common (Ruzicka), as logarithms."""
    common = np.minimum(a, b).sum(axis=1)
    return np.asarray(common / np.maximum(a.sum() + sums - common, 1e-300))


def _near(a: np.ndarray, b: np.ndarray, scale: float) -> np.ndarray:
    """1 where numbers (k,) and (n, k) agree, 1/e where they are one scale apart on the average."""
    return np.exp(-np.abs(b - a).mean(axis=1) / scale)


def sizes(one: Descriptor) -> np.ndarray:
    """Sides of the box, root of the volume and of the area (5,) mm."""
    sizes = np.array([*one.size_mm, abs(float(one.volume_mm3)) ** (1 / 3), one.area_mm2**0.5])
    return np.maximum(sizes, 1e-12)


def _handedness(wanted: Descriptor, known: list[Descriptor]) -> np.ndarray:
    """Correlation of the handedness (n,): 1 the same hand, −1 the other, 0 where one has none."""
    stack = np.stack([each.handed for each in known])
    mine, theirs = np.linalg.norm(wanted.handed), norms(stack)
    has = (mine > HANDED_LEAST) & (theirs > HANDED_LEAST)
    return np.where(has, stack @ wanted.handed / np.maximum(mine * theirs, 1e-300), 0.0)


def _why(a: Descriptor, b: Descriptor, aspects: dict[str, float], *, twin: bool) -> dict[str, Any]:
    shown = {name: round(value, 4) for name, value in aspects.items() if name != "kinds"}
    alone = {name: np.array([value]) for name, value in aspects.items()}
    return {
        **shown,
        "shape": round(float(_fused(alone, SHAPE)[0]), 4),
        "alike": [name for name, value in shown.items() if value >= ALIKE],
        "different": [name for name, value in shown.items() if value < UNLIKE],
        "largest_difference": min(shown, key=lambda name: shown[name]),
        "mirrored": twin,
        "volume_ratio": round(float(b.volume_mm3 / a.volume_mm3), 4) if a.volume_mm3 else None,
        "size_ratio": [round(float(r), 4) for r in b.size_mm / np.maximum(a.size_mm, 1e-12)],
        "faces": [int(a.counts[0]), int(b.counts[0])],
        "bores": [int(a.counts[1]), int(b.counts[1])],
    }
