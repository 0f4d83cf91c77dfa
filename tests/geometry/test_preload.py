"""What a worker finds ready: nothing is loaded or read while a file waits."""

import subprocess
import sys
from pathlib import Path

SAMPLE = Path(__file__).parents[2] / "samples" / "bracket_bent.step"
FIRST_EXAMINATION = """
import sys
import geometry.preload
from geometry.analysis import examine
from geometry.tables import read_table
loaded, read = set(sys.modules), read_table.cache_info().misses
with open(sys.argv[1], "rb") as file:
    examine(file.read(), name="sample", depicted=True)
print(sorted(set(sys.modules) - loaded), read_table.cache_info().misses - read)
"""


def test_a_worker_loads_and_reads_nothing_with_its_first_file() -> None:
    """A twentieth of a second of a small part's first analysis went into it."""
    command = [sys.executable, "-c", FIRST_EXAMINATION, str(SAMPLE)]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[] 0"
