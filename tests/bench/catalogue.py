"""How does a large catalogue answer? `python tests/bench/catalogue.py [--parts 5000]`.

A catalogue of so many parts: the samples and the drawn families of similarity.py, each examined
once and put in again and again as another file whose descriptor differs a little. Then every
question that looks at all of them, in seconds, first and when asked again.
"""

import argparse
import io
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "geometry"))

from similarity import drawn

from workbench.service import Workbench
from workbench.settings import Settings
from workbench.storage import sha256_of

SAMPLES = Path(__file__).parents[2] / "samples"
JITTER = 0.2  # of the logarithm of each number of a descriptor
KEPT = ("version", "standard", "counts")


def varied(descriptor: bytes, rng: np.random.Generator) -> bytes:
    """A descriptor a little different in every number, by a factor about 1; its faces stay."""
    with np.load(io.BytesIO(descriptor), allow_pickle=False) as arrays:
        found = {name: arrays[name] for name in arrays}
    for name, array in found.items():
        if name not in KEPT and not name.startswith("local_"):
            factor = np.exp(JITTER * rng.standard_normal(array.shape))
            found[name] = (array * factor).astype(array.dtype)
    packed = io.BytesIO()
    np.savez(packed, **found)
    return packed.getvalue()


def fill(bench: Workbench, count: int) -> bytes:
    """Puts `count` parts into the catalogue; a file that is in it."""
    rng = np.random.default_rng(0)
    files = [(path.name, path.read_bytes()) for path in sorted(SAMPLES.glob("*.step"))]
    files += [(f"{name}.step", data) for name, _, data in drawn()]
    catalogue = bench._catalogue
    examined = [(name, data, bench._depicted(data, name, None, None)) for name, data in files]
    for number in range(count):
        name, data, examination = examined[number % len(examined)]
        other = data + f"\n/* {number} */\n".encode()
        blobs = {key: catalogue.blobs.read(sha) for key, sha in examination.blobs.items()}
        blobs |= {
            key: varied(blob, rng) for key, blob in blobs.items() if key.endswith(".descriptor")
        }
        kept = catalogue.keep_examination(
            sha256_of(other), examination.version, examination.record, blobs, 0.0
        )
        catalogue.add(other, name, kept, [])
    return files[0][1]


def timed(what: str, ask: Callable[[], Any]) -> Any:
    """Asks twice and prints the seconds."""
    seconds = []
    for _ in range(2):
        start = time.perf_counter()
        answer = ask()
        seconds.append(time.perf_counter() - start)
    print(f"  {what:34}{seconds[0]:8.2f} s first, {seconds[1]:6.2f} s again", flush=True)
    return answer


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", type=int, default=5000)
    count = parser.parse_args().parts
    with tempfile.TemporaryDirectory() as folder, Workbench(Settings.at(Path(folder))) as bench:
        start = time.perf_counter()
        data = fill(bench, count)
        print(f"{count} files put in in {time.perf_counter() - start:.0f} s", flush=True)
        timed("entries of the index", lambda: bench._index(None))
        for mode in ("all", "process", "size"):
            timed(f"similar, mode {mode}", lambda mode=mode: bench.similar(data, mode=mode))
        timed("similar to three picked faces", lambda: bench.similar(data, faces=[3, 4, 5]))
        timed("parts, first page", lambda: bench.parts(limit=60))
        timed("parts with a word in the name", lambda: bench.parts("shaft", limit=60))
        groups = timed("families and doubles", bench.families)
        timed("map", bench.map)
        print(f"  {len(groups['families'])} families of {count} parts")


if __name__ == "__main__":
    main()
