"""How did a part become what it is: one revision after the other, what each step changed?"""

import itertools
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import WrongUse

if TYPE_CHECKING:
    from workbench.service import Workbench

__all__ = ["SCHEMA", "history"]

SCHEMA = "workbench.history/1"
LEAST = 2  # revisions that make a history


def history(
    workbench: "Workbench",
    sources: Sequence[Path | str],
    *,
    progress: Callable[[float, str], None] | None = None,
    stop: threading.Event | None = None,
    **conditions: Any,
) -> dict[str, Any]:
    """The revisions as they stand, oldest first, and the comparison of each with the one before.

    conditions: material, annual, plants, as in `Workbench.compare`. The first file that cannot be
    read stops it. Raises what `compare` raises.
    """
    if len(sources) < LEAST:
        raise WrongUse(
            "a history has at least two revisions", where="FILE", hint="name them, oldest first"
        )
    judged = {key: conditions.get(key) for key in ("material", "annual")}
    revisions = []
    for source in sources:
        told = (
            workbench.analysis(source, **judged)
            if isinstance(source, str) and not Path(source).suffix
            else workbench.analyse(Path(source), stop=stop, **judged)
        )
        revisions.append(_revision(told))
    steps = []
    pairs = list(itertools.pairwise(sources))
    for number, (old, new) in enumerate(pairs):

        def heard(share: float, stage: str, done: int = number) -> None:
            if progress is not None:
                progress((done + share) / len(pairs), stage)

        steps.append(workbench.compare(old, new, progress=heard, stop=stop, **conditions))
    return {"schema": SCHEMA, "revisions": revisions, "steps": steps}


def _revision(analysis: Mapping[str, Any]) -> dict[str, Any]:
    """One revision in numbers: those of its largest part, the volume and mass of all."""
    parts = analysis["parts"]
    main = max(parts, key=lambda part: float(part["volume_mm3"]))
    best = main["processes"][0] if main["processes"] else None
    masses = [part.get("mass_kg") for part in parts]
    return {
        "name": analysis["source"]["name"],
        "parts": sum(part["count"] for part in parts),
        "volume_mm3": sum(part["volume_mm3"] * part["count"] for part in parts),
        "size_mm": main["size_mm"],
        **(
            {"mass_kg": sum(m * p["count"] for m, p in zip(masses, parts, strict=True))}
            if all(mass is not None for mass in masses)
            else {}
        ),
        "features": len(main["features"]),
        **({"process": best["process"], "suitability": best["suitability"]} if best else {}),
        "processes": {each["process"]: each["suitability"] for each in main["processes"]},
    }
