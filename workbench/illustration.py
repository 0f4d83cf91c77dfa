"""What fills an empty catalogue for a first look? The samples, and plants that are illustrative."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import Cancelled

if TYPE_CHECKING:
    from workbench.service import Workbench

__all__ = ["load"]


def load(
    workbench: "Workbench",
    progress: Callable[[float, str], None] | None,
    stop: threading.Event | None,
) -> list[str]:
    """Add the samples, and the illustrative plants where there are none; the keys of the parts."""
    import samples

    folder = Path(samples.__file__).parent
    if not workbench.plants():  # never in place of somebody's own
        workbench.import_plants(folder / "plants.xlsx")
    files = sorted(folder.glob("*.step"))
    keys: list[str] = []
    for number, path in enumerate(files):
        if stop is not None and stop.is_set():
            raise Cancelled("cancelled")

        def heard(share: float, _: str, number: int = number, path: Path = path) -> None:
            if progress is not None:
                progress((number + share) / len(files), path.name)

        heard(0.0, "")
        keys += workbench.add(path, progress=heard, stop=stop)
    return keys
