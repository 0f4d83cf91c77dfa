"""How fast and how well does the index answer? `python tests/bench/index.py [--index 1000000]`.

With `--database URL` of an empty database of PostgreSQL with pgvector, that one is measured.

Synthetic clustered vectors of the length that descriptors have: recall of the ten nearest against
exact search in the same index, seconds of both on one core, parts added a second, memory, and what
a query of the catalogue costs beside.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil

from geometry.embedding import LENGTHS
from workbench.vector_index import VectorIndex

CLUSTER = 20  # parts of one family
SPREAD = 0.25  # of a family, where families are 1 apart
NEAREST, QUERIES, EXACT_QUERIES = 10, 1000, 100
LEAST_RECALL, MOST_SHARE, LEAST_ADDS_PER_S = 0.98, 1 / 50, 1000.0


def clusters(count: int, length: int, rng: np.random.Generator) -> np.ndarray:
    """Vectors (count, length) in clusters; later numbers vary less, as those of real parts do."""
    scale = (1 + np.arange(length) / 8) ** -0.5
    centres = rng.standard_normal((-(-count // CLUSTER), length), np.float32)
    found = centres.repeat(CLUSTER, axis=0)[:count]
    found += np.float32(SPREAD) * rng.standard_normal((count, length), np.float32)
    found *= scale.astype(np.float32)
    return found[rng.permutation(count)]


def resident_mb() -> float:
    """Memory of this process."""
    return psutil.Process().memory_info().rss / 1e6


def in_database(url: str, vectors: np.ndarray, rng: np.random.Generator) -> None:
    """Prints the same figures of PostgreSQL's own index, with all three spaces kept."""
    from sqlalchemy import text

    from workbench.database import Database
    from workbench.settings import Settings
    from workbench.vector_table import VectorTable, why_not

    def packed(shape: np.ndarray) -> bytes:
        rest = {name: np.zeros(length) for name, length in LENGTHS.items()} | {"shape": shape}
        return np.concatenate([rest[name] for name in sorted(rest)]).astype(np.float16).tobytes()

    vectors = vectors.astype(np.float16).astype(np.float32)  # as entries keep them
    with tempfile.TemporaryDirectory() as home:
        database = Database(Settings(home=Path(home), database=url))
        assert (reason := why_not(database.engine)) is None, reason
        table = VectorTable(database)
        count, held = len(vectors), int(0.9 * len(vectors))

        def put(first: int, last: int, step: int) -> float:
            start = time.perf_counter()
            for place in range(first, last, step):
                some = vectors[place : min(place + step, last)]
                with database.session() as session:
                    table._insert(session, [(place + k + 1, packed(v)) for k, v in enumerate(some)])
            return (last - first) / (time.perf_counter() - start)

        plain = put(0, held, 500)
        start = time.perf_counter()
        (first,) = table._grown("shape", table._newest())
        built = time.perf_counter() - start
        many, single = put(held, count - 200, 500), put(count - 200, count, 1)
        with database.session() as session:
            size = session.scalar(text(f"SELECT pg_total_relation_size('{table._table.name}')"))
        added = 1 / (1 / plain + built / held)
        print(f"{count} vectors of {vectors.shape[1]} numbers in PostgreSQL: {plain:.0f} written a "
              f"second, the index of {first.length} made in {built:.1f} s: {added:.0f} added a "
              f"second; then {many:.0f} a second, {single:.0f} in transactions of their own, until "
              f"they get an index too; {size / 1e6:.0f} MB on disk")  # fmt: skip
        queries = vectors[rng.choice(count, EXACT_QUERIES, replace=False)]
        queries = queries + np.float32(0.05) * rng.standard_normal(queries.shape, np.float32)
        right, times = [], {True: [], False: []}
        for query in queries:
            found = {}
            for exact in (True, False):
                start = time.perf_counter()
                found[exact] = table.search("shape", query, NEAREST, exact=exact)
                times[exact].append(time.perf_counter() - start)
            right.append(len(set(found[True]) & set(found[False])) / NEAREST)
        quick, slow = float(np.median(times[False])), float(np.median(times[True]))
        print(f"  recall@{NEAREST} {np.mean(right):.4f}; a query {1e3 * quick:.2f} ms, exact "
              f"{1e3 * slow:.1f} ms, {count - first.length} of them without an index")  # fmt: skip
        good = np.mean(right) >= LEAST_RECALL and min(added, many) >= LEAST_ADDS_PER_S
        print("  as wanted" if good else f"  wanted: recall {LEAST_RECALL}, "
              f"{LEAST_ADDS_PER_S:.0f} a second")  # fmt: skip
        database.close()


def main() -> None:
    """Prints the figures, and whether they are what is wanted."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--index", type=int, default=100_000, metavar="N", help="vectors")
    parser.add_argument("--database", metavar="URL", help="measure PostgreSQL with pgvector")
    options = parser.parse_args()
    count = options.index
    rng = np.random.default_rng(0)
    length = LENGTHS["shape"]
    vectors = clusters(count, length, rng)
    if options.database:
        in_database(options.database, vectors, rng)
        return
    before = resident_mb()
    with tempfile.TemporaryDirectory() as folder:
        index = VectorIndex(Path(folder), "shape", length, "bench")
        start, work = time.perf_counter(), time.process_time()
        for first in range(0, count, 10_000):
            some = vectors[first : first + 10_000]
            index.add(np.arange(first + 1, first + 1 + len(some)), some)
        added = count / (time.perf_counter() - start)
        per_core = count / (time.process_time() - work)
        print(f"{count} vectors of {length} numbers: {added:.0f} added a second, "
              f"{per_core:.0f} by each core at work, "
              f"index {index.memory_bytes / 1e6:.0f} MB, process {resident_mb() - before:.0f} MB "
              "more")  # fmt: skip
        start = time.perf_counter()
        index.save(always=True)
        written = time.perf_counter() - start
        start = time.perf_counter()
        again = VectorIndex(Path(folder), "shape", length, "bench")
        print(f"  written in {written:.1f} s, read and checked in "
              f"{time.perf_counter() - start:.1f} s, {len(again)} vectors")  # fmt: skip
        del again
        start = time.perf_counter()
        index.add(np.arange(count + 1, count + 101), clusters(100, length, rng))
        print(f"  one part more: {10 * (time.perf_counter() - start):.2f} ms")
    queries = vectors[rng.choice(count, QUERIES, replace=False)]
    queries = queries + np.float32(0.05) * rng.standard_normal(queries.shape, np.float32)
    found, quick = [], []
    for query in queries:
        start = time.perf_counter()
        found.append(index.search(query, NEAREST, exact=False))
        quick.append(time.perf_counter() - start)
    right, slow = [], []
    for query, seen in zip(queries[:EXACT_QUERIES], found, strict=False):
        start = time.perf_counter()
        true = index.search(query, NEAREST, exact=True)
        slow.append(time.perf_counter() - start)
        right.append(len(set(seen.tolist()) & set(true.tolist())) / NEAREST)
    recall, share = float(np.mean(right)), float(np.median(quick) / np.median(slow))
    print(f"  recall@{NEAREST} {recall:.4f}; a query {1e3 * np.median(quick):.2f} ms, exact "
          f"{1e3 * np.median(slow):.1f} ms: 1/{1 / share:.0f} of its time")  # fmt: skip
    good = recall >= LEAST_RECALL and share <= MOST_SHARE and added >= LEAST_ADDS_PER_S
    print("  as wanted" if good else f"  wanted: recall {LEAST_RECALL}, 1/{1 / MOST_SHARE:.0f}, "
          f"{LEAST_ADDS_PER_S:.0f} a second")  # fmt: skip


if __name__ == "__main__":
    main()
