"""Which parts are drawn, and how are they and their truth written?"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

from generator import (
    additions,  # noqa: F401  (each family registers its kinds when imported)
    blended,  # noqa: F401
    castings,  # noqa: F401
    crossing,  # noqa: F401
    curved_cuts,  # noqa: F401
    edges,  # noqa: F401
    forming,  # noqa: F401
    gears,  # noqa: F401
    holes,  # noqa: F401
    machine_elements,  # noqa: F401
    meeting_holes,  # noqa: F401
    nested,  # noqa: F401
    pockets,  # noqa: F401
    profiles,  # noqa: F401
    rotational,  # noqa: F401
    sheet,  # noqa: F401
    slots,  # noqa: F401
    standing,  # noqa: F401
    steps,  # noqa: F401
    turned,  # noqa: F401
)
from generator.made import KERNEL_ERRORS, KINDS, BadDrawing, Made, checked, moved, random_motion
from generator.pairs import write_pairs
from samples.step_file import write_part

TRIES = 8  # random sizes now and then do not fit each other; this many in a row never did


def draw(kind: str, seed: int, number: int) -> Made:
    """The part of that kind, seed and number, in a random position.

    Raises `BadDrawing` when no try gave a valid part of the right volume.
    """
    said = ""
    for attempt in range(TRIES):
        rng = np.random.default_rng([seed, number, attempt])
        try:
            return moved(checked(KINDS[kind](rng)), *random_motion(rng))
        except (BadDrawing, ValueError, *KERNEL_ERRORS) as error:
            said = f"{type(error).__name__}: {error}"
    raise BadDrawing(f"{kind} {number}: {said}")


def generate(
    folder: Path, count: int, seed: int, kinds: list[str] | None = None, pairs: int = 0
) -> dict[str, object]:
    """Write `count` parts, kind after kind, with `truth.json`; return the truth."""
    folder.mkdir(parents=True, exist_ok=True)
    chosen = kinds or sorted(KINDS)  # whichever module was imported first
    parts = []
    for number in range(count):
        name = chosen[number % len(chosen)]
        made = draw(name, seed, number)
        file = f"{number:05d}_{name}.step"
        write_part(folder / file, made.shape, "part")
        parts.append(made.truth(file, name))
    truth = {"parts": parts, "pairs": write_pairs(folder, pairs, seed) if pairs else []}
    text = json.dumps(truth, ensure_ascii=False, indent=1)
    (folder / "truth.json").write_text(text, encoding="utf-8")
    return truth


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="generator", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--count", type=int, help="parts to draw (default: one of each kind)")
    parser.add_argument("--pairs", type=int, default=0, help="pairs of revisions to draw")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", help="only these, separated by commas; a prefix will do")
    parser.add_argument("--list", action="store_true", help="name the kinds and stop")
    options = parser.parse_args(arguments)
    if options.list or options.folder is None:
        sys.stdout.write("\n".join(KINDS) + f"\n{len(KINDS)} kinds\n")
        return 0
    kinds = sorted(KINDS)
    if options.kinds:
        asked = tuple(options.kinds.split(","))
        kinds = [name for name in KINDS if name.startswith(asked)]
        if not kinds:
            parser.error(f"no kind begins with {options.kinds}")
    count = options.count if options.count is not None else len(kinds)
    start = time.perf_counter()
    truth = generate(options.folder, count, options.seed, kinds, options.pairs)
    seconds = time.perf_counter() - start
    sys.stdout.write(
        f"{len(truth['parts'])} parts of {min(len(kinds), count)} kinds, "
        f"{len(truth['pairs'])} pairs in {seconds:.1f} s\n"
    )
    return 0
