"""How did a part become what it is: one revision after the other, what each step changed?"""

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.errors import WrongUse

__all__ = ["SCHEMA", "check", "history"]

SCHEMA = "workbench.history/1"
LEAST = 2  # revisions that make a history


def check(sources: Sequence[object]) -> None:
    """Raises WrongUse where there are too few revisions for a history."""
    if len(sources) < LEAST:
        raise WrongUse(
            "a history has at least two revisions", where="FILE", hint="name them, oldest first"
        )


def history(
    revisions: Sequence[tuple[Mapping[str, Any], int | None]], steps: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The contract's history.

    revisions: the analysis of each file, oldest first, with the index of the part that is meant, or
    None for the whole file; steps: the comparison of each with the one before.
    """
    return {
        "schema": SCHEMA,
        "revisions": [_revision(*each) for each in revisions],
        "steps": list(steps),
    }


def _revision(analysis: Mapping[str, Any], index: int | None) -> dict[str, Any]:
    """One revision in numbers: those of its largest part, the volume and mass of all."""
    parts = [each for each in analysis["parts"] if index in (None, each["index"])]
    main = max(parts, key=lambda part: float(part["volume_mm3"]))
    best = main["processes"][0] if main["processes"] else None
    masses = [part.get("mass_kg") for part in parts]
    counts = [1 if index is not None else part["count"] for part in parts]
    return {
        "name": analysis["source"]["name"],
        "parts": sum(counts),
        "volume_mm3": sum(p["volume_mm3"] * n for p, n in zip(parts, counts, strict=True)),
        "size_mm": main["size_mm"],
        **(
            {"mass_kg": sum(mass * n for mass, n in zip(masses, counts, strict=True))}
            if all(mass is not None for mass in masses)
            else {}
        ),
        "features": len(main["features"]),
        **({"process": best["process"], "suitability": best["suitability"]} if best else {}),
        "processes": {each["process"]: each["suitability"] for each in main["processes"]},
    }
