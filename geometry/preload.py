"""What a worker needs before its first file: imported once by the fork server, inherited by every worker.

Importing it takes seconds; nothing but the worker machinery should.
"""

import os

# one process a file is the parallelism; threads inside them only fight for the cores, and forked pools hang
for _variable in (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
):
    os.environ[_variable] = "1"

import geometry.analysis  # noqa: E402 - after the thread counts, which numpy reads when it is imported
import geometry.fields.rays  # noqa: E402

geometry.fields.rays.load()

__all__: list[str] = []
