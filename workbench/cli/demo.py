"""What can the workbench do? Judges three samples and says which plants can make them."""

import argparse
from pathlib import Path
from typing import Any

from workbench.cli import print_json, views
from workbench.cli.arguments import DEFAULT_PORT
from workbench.cli.progress import Bars
from workbench.service import Workbench

__all__ = ["SHOWN", "run"]

# a casting, a sheet part, a machined part: file, material, needed a year
SHOWN = (
    ("gearbox_cover.step", "EN AC-46000", 80_000),
    ("bracket_bent.step", "DC01", 20_000),
    ("valve_block.step", "EN AW-6082", 5_000),
)


def run(options: argparse.Namespace) -> int:
    """The demonstration; the exit code."""
    import samples

    folder = Path(samples.__file__).parent
    answers: list[dict[str, Any]] = []
    with Workbench() as workbench:
        if not options.json:
            views.line("demo.begin", count=len(SHOWN))
        with Bars(len(SHOWN)) as bars:
            if not workbench.plants():
                workbench.import_plants(folder / "plants.xlsx")
            for number, (file, material, annual) in enumerate(SHOWN, start=1):

                def heard(share: float, stage: str, file: str = file) -> None:
                    bars.hear(file, file, share, stage)

                path = folder / file
                workbench.add(path, progress=heard)
                analysis = workbench.analyse(path, material=material, annual=annual)
                match = workbench.match(path, annual=annual, material=material)
                answers.append({"file": file, "analysis": analysis, "match": match})
                bars.finish(file, number)
    if options.json:
        print_json({"schema": "workbench.demo/1", "parts": answers})
        return 0
    for answer, (_, material, annual) in zip(answers, SHOWN, strict=True):
        views.part_answer(answer["analysis"]["parts"][0])
        views.line("demo.match", annual=annual, material=material)
        views.match(answer["match"])
    views.line("demo.end", address=f"http://127.0.0.1:{DEFAULT_PORT}")
    return 0
