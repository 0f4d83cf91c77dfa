"""Which short vectors stand for a descriptor, so that near vectors are alike parts?

An index over many parts knows vectors and their Euclidean distance alone; what it offers is ranked
again by `geometry.similarity`. Histograms enter by their roots, whose distance is Hellinger's, and
are shortened by random projections, which keep distances (Johnson & Lindenstrauss, Extensions of
Lipschitz mappings, 1984); numbers enter divided by the scale on which they are compared.
"""

from functools import lru_cache

import numpy as np

from geometry.descriptor import VERSION as DESCRIPTOR_VERSION
from geometry.descriptor import Descriptor
from geometry.similarity import RATIO_SCALE, SIZE_SCALE, SYMMETRY_SCALE, Mode, sizes

__all__ = ["LENGTHS", "VERSION", "embed", "space_of"]

VERSION = f"{DESCRIPTOR_VERSION}.1"  # of the vectors: what was stored under another is made anew
# numbers each block is shortened to: distances of a part's neighbours keep within a tenth
PAIRS, GRAPH, MEETINGS, FACE_SIZES = 32, 48, 16, 16
SURFACES, SYMMETRY, RATIOS, SIZE = 11, 8, 4, 5
LENGTHS = {
    "shape": PAIRS + GRAPH + MEETINGS + FACE_SIZES + SURFACES + SYMMETRY + RATIOS + 1,
    "process": 2 * GRAPH + MEETINGS + SURFACES + RATIOS + 1,
    "size": SIZE + 3,
}  # a multiple of four each: what a processor adds at once
_SPACES: dict[Mode, str] = {
    "all": "shape", "shape": "shape", "process": "process", "size": "size"
}  # fmt: skip
_SEED = 20_240_517


def space_of(mode: Mode) -> str:
    """The vectors whose neighbours a mode asks for."""
    return _SPACES[mode]


def embed(one: Descriptor) -> dict[str, np.ndarray]:
    """A descriptor as vectors: space → (LENGTHS[space],) float32."""
    labels = np.log1p(one.graph)
    graph = _projected(_roots(labels.ravel()), GRAPH)
    meetings = _projected(_roots(one.meetings), MEETINGS)
    surfaces, ratios = _roots(one.surfaces), one.ratios / RATIO_SCALE / len(one.ratios)
    symmetry = one.symmetry / SYMMETRY_SCALE / len(one.symmetry)
    shape = [
        _projected(_roots(one.pairs), PAIRS),
        graph,
        meetings,
        _projected(_roots(np.log1p(one.face_sizes.ravel())), FACE_SIZES),
        surfaces,
        symmetry,
        ratios,
    ]
    process = [_projected(_roots(one.graph[0]), GRAPH), graph, meetings, surfaces, ratios]
    size = [np.log(sizes(one)) / SIZE_SCALE / SIZE]
    return {
        name: np.pad(vector, (0, LENGTHS[name] - len(vector))).astype(np.float32)
        for name, vector in (
            ("shape", np.concatenate(shape)),
            ("process", np.concatenate(process)),
            ("size", np.concatenate(size)),
        )
    }


def _roots(counts: np.ndarray) -> np.ndarray:
    """Square roots of shares, halved: their distance is Hellinger's, 0…1."""
    return np.sqrt(counts / max(counts.sum(), 1e-300) / 2)


def _projected(vector: np.ndarray, length: int) -> np.ndarray:
    return vector @ _projection(len(vector), length)


@lru_cache(maxsize=8)
def _projection(given: int, length: int) -> np.ndarray:
    """A random matrix (given, length) whose columns are orthogonal, the same on every machine."""
    rng = np.random.default_rng([_SEED, given, length])
    basis, _ = np.linalg.qr(rng.standard_normal((given, length)))
    return np.asarray(basis * np.sqrt(given / length))
