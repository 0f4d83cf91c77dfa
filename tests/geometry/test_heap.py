"""Memory that a worker frees stays with it."""

import subprocess
import sys

import pytest

# arrays as an analysis makes them, round by round; what a round frees is the end of the heap
ROUNDS = """
import resource, sys
import numpy as np
{prepare}
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def once():
    kept = [np.ones({size}, np.uint8) for _ in range({arrays})]
once()
before = faults()
for _ in range({rounds}):
    once()
print(faults() - before)
"""
SIZE, ARRAYS, TIMES = 100_000, 60, 20
PAGES = SIZE * ARRAYS * TIMES // 4096
TOLD = "from geometry.heap import keep_freed_memory; assert keep_freed_memory()"


def _faults(prepare: str) -> int:
    code = ROUNDS.format(prepare=prepare, size=SIZE, arrays=ARRAYS, rounds=TIMES)
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return int(told.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc's allocator can be told")
def test_what_is_freed_is_not_cleared_by_the_system_again() -> None:
    """Pages of arrays as large as those just freed are there already."""
    assert _faults(TOLD) < PAGES / 10
    assert _faults("") > PAGES / 2


def test_workers_keep_what_they_free() -> None:
    """What every worker inherits tells the allocator so."""
    code = (
        "import geometry.heap as heap\n"
        "told = []\n"
        "heap.keep_freed_memory = lambda: told.append(True)\n"
        "import geometry.preload\n"
        "print(len(told))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "1"
