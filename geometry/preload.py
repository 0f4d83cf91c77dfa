"""What does a worker need before its first file? Imported once, inherited by every fork.

Importing it takes seconds; nothing but the fork server of the workers should.
"""

import gc
import importlib
import os
import pkgutil

# one process a file is the parallelism: threads inside only fight for the cores
for _variable in (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
):
    os.environ[_variable] = "1"

# late on purpose: numpy reads the thread counts when it is imported
import PIL.Image  # noqa: E402

import geometry  # noqa: E402

# an examination imports what it needs when it comes to it: all of it here once, not once a file
for _module in pkgutil.walk_packages(geometry.__path__, "geometry."):
    importlib.import_module(_module.name)

import geometry.descriptor  # noqa: E402
import geometry.fields.rays  # noqa: E402
import geometry.heap  # noqa: E402
import geometry.tables  # noqa: E402

geometry.tables.read_all()
PIL.Image.preinit()  # its writers of common formats, PNG among them
geometry.fields.rays.load()
geometry.descriptor.pairs()

# what is loaded stays: looking through it for garbage takes 0.1 s, and touches every shared page
gc.collect()
gc.freeze()
geometry.heap.keep_freed_memory()

__all__: list[str] = []
