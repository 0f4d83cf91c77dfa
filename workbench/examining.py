"""How is a file read so that it harms nobody? In a worker; once more with care if it dies."""

import logging
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from workbench.errors import KNOWN, KernelCrash

if TYPE_CHECKING:
    from geometry.side import Side
    from workbench.jobs import Workers

__all__ = ["compare", "depict", "examine", "unfold"]

EXAMINE = "geometry.analysis:examine"
DEPICT = "geometry.depiction:depict_digest"
COMPARE = "geometry.comparison:compare_abreast"
UNFOLD = "geometry.blanking:unfold_file"

_log = logging.getLogger(__name__)


def examine(
    workers: "Workers",
    data: bytes,
    name: str,
    progress: Callable[[float, str], None] | None,
    stop: threading.Event | None,
    *,
    depicted: bool,
) -> Any:
    """The `Examination` of a STEP file, with what is shown of it if wanted; raises as
    `_with_care`.
    """
    options = {"name": name, "depicted": depicted, "on_progress": progress}
    return _with_care(workers, EXAMINE, data, file=name, stop=stop, **options)


def depict(
    workers: "Workers", digest: bytes, record: Mapping[str, Any], stop: threading.Event | None
) -> dict[str, bytes]:
    """What is shown of the parts of a file that was examined without it."""
    standards = [part.get("standard_part") for part in record["parts"]]
    return dict(workers.submit(DEPICT, digest, standards).result(stop=stop))


def compare(
    workers: "Workers",
    a: "Side",
    b: "Side",
    progress: Callable[[float, str], None] | None,
    stop: threading.Event | None,
) -> tuple[dict[str, Any], Any, Any]:
    """What differs between two files not both of which were examined, and the annotations of those
    that were not; raises as `_with_care`.
    """
    file = f"{a.name}, {b.name}"  # an error that knows which says so itself
    answer, *notes = _with_care(workers, COMPARE, a, b, file=file, stop=stop, on_progress=progress)
    return answer, *notes


def unfold(
    workers: "Workers",
    data: bytes,
    index: int,
    name: str,
    stop: threading.Event | None,
    **options: Any,
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The flat of one part of a STEP file and its drawings; raises as `_with_care`.

    options: as `geometry.blanking.unfold_file` takes them.
    """
    record, drawings = _with_care(workers, UNFOLD, data, index, file=name, stop=stop, **options)
    return record, drawings


def _with_care(
    workers: "Workers",
    path: str,
    *args: Any,
    file: str,
    stop: threading.Event | None,
    **options: Any,
) -> Any:
    """What a function that reads a file with the kernel answers in a worker.

    A file that takes its worker down is read once more by the kernel's older algorithms. Raises
    what the second try raised, with the name of the file.
    """
    try:
        try:
            return workers.submit(path, *args, **options).result(stop=stop)
        except KernelCrash:
            _log.warning("a worker died of %r; once more with care", file)
            return workers.submit(path, *args, careful=True, **options).result(stop=stop)
    except KNOWN as error:
        error.values.setdefault("file", file)  # an error line says of which file it speaks
        raise
