"""Which known parts are like this one, and in what?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from geometry.descriptor import Descriptor, load

__all__ = ["MODES", "Match", "Mode", "rank"]

Mode = Literal["shape", "process", "size"]
MODES: tuple[Mode, ...] = ("shape", "process", "size")


@dataclass(frozen=True)
class Match:
    """One known part and how alike it is, with the numbers behind it."""

    key: str
    similarity: float  # 0…1
    why: dict[str, Any]  # shape, surfaces, size: 0…1 each; volume_ratio; largest_difference


def rank(query: bytes, others: Mapping[str, bytes], mode: Mode = "shape") -> list[Match]:
    """Known parts by likeness to the query, best first. Both sides are stored descriptors.

    `shape` looks at the form alone, whatever its size; `process` at the kinds of surface and the form, which tell how
    a part is made; `size` at the box, the volume and the area.
    """
    wanted = load(query)
    found = [_compare(key, wanted, load(data), mode) for key, data in others.items()]
    return sorted(found, key=lambda match: (-match.similarity, match.key))


def _compare(key: str, a: Descriptor, b: Descriptor, mode: Mode) -> Match:
    shape = _overlap(a.shape, b.shape)
    surfaces = _overlap(a.surfaces, b.surfaces)
    size = _size_likeness(a, b)
    similarity = {"shape": shape, "process": 0.5 * shape + 0.5 * surfaces, "size": size}[mode]
    parts = {"shape": shape, "surfaces": surfaces, "size": size}
    return Match(
        key,
        round(float(similarity), 6),
        {
            **{name: round(float(value), 4) for name, value in parts.items()},
            "volume_ratio": round(b.volume_mm3 / a.volume_mm3, 4) if a.volume_mm3 else None,
            "largest_difference": min(parts, key=lambda name: parts[name]),
        },
    )


def _overlap(a: np.ndarray, b: np.ndarray) -> float:
    """1 − Hellinger distance of two histograms: 1 where they are equal."""
    return float(1 - np.sqrt(max(0.0, 1 - np.sqrt(a * b).sum() / np.sqrt(a.sum() * b.sum()))))


def _size_likeness(a: Descriptor, b: Descriptor) -> float:
    """1 where box, volume and area agree, 0 where they differ by a factor e on the average."""
    ours = np.array([*a.size_mm, a.volume_mm3 ** (1 / 3), a.area_mm2**0.5])
    theirs = np.array([*b.size_mm, b.volume_mm3 ** (1 / 3), b.area_mm2**0.5])
    with np.errstate(divide="ignore", invalid="ignore"):
        off = np.abs(np.log(theirs / ours))
    return float(max(0.0, 1 - np.nanmean(np.where(np.isfinite(off), off, 1.0))))
