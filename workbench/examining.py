"""How is a file examined so that it harms nobody? In a worker; once more with care if it dies."""

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from workbench.errors import KNOWN, KernelCrash

if TYPE_CHECKING:
    from workbench.jobs import Workers

__all__ = ["examine"]

EXAMINE = "geometry.analysis:examine"

_log = logging.getLogger(__name__)


def examine(
    workers: "Workers",
    data: bytes,
    name: str,
    progress: Callable[[float, str], None] | None,
    stop: threading.Event | None,
) -> Any:
    """The `Examination` of a STEP file.

    A file that takes its worker down is examined once more by the kernel's older algorithms. Raises
    what the second try raised, with the name of the file.
    """
    try:
        try:
            job = workers.submit(EXAMINE, data, name=name, on_progress=progress)
            return job.result(stop=stop)
        except KernelCrash:
            _log.warning("a worker died of %r; once more with care", name)
            job = workers.submit(EXAMINE, data, name=name, careful=True, on_progress=progress)
            return job.result(stop=stop)
    except KNOWN as error:
        error.values.setdefault("file", name)  # an error line says of which file it speaks
        raise
