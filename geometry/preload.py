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
import geometry.analysis  # noqa: E402
import geometry.assemblies  # noqa: E402
import geometry.comparison  # noqa: E402
import geometry.depiction  # noqa: E402
import geometry.descriptor  # noqa: E402
import geometry.features.recognition  # noqa: E402
import geometry.fields.rays  # noqa: E402
import geometry.heap  # noqa: E402
import geometry.kernel.extraction  # noqa: E402
import geometry.kernel.healing  # noqa: E402
import geometry.kernel.meshing  # noqa: E402
import geometry.kernel.properties  # noqa: E402
import geometry.kernel.reading  # noqa: E402
import geometry.kernel.solids  # noqa: E402
import geometry.processes.registry  # noqa: E402
import geometry.step  # noqa: E402

# families of features are imported when a part is looked through: once here, not once a file
for _family in pkgutil.iter_modules(geometry.features.__path__, "geometry.features."):
    importlib.import_module(_family.name)
geometry.fields.rays.load()
geometry.descriptor.pairs()

# what is loaded stays: looking through it for garbage takes 0.1 s, and touches every shared page
gc.collect()
gc.freeze()
geometry.heap.keep_freed_memory()

__all__: list[str] = []
