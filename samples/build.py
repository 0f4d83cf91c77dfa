"""Draws every sample: `python samples/build.py` writes `*.step` and `manifest.toml` here."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

HERE = Path(__file__).resolve().parent
if __package__ in (None, ""):  # run as a script: the checkout is not on the path
    sys.path.insert(0, str(HERE.parent))

from samples import cast, formed, machined  # noqa: E402
from samples.sample import LICENCE, Sample  # noqa: E402
from samples.step_file import write_part, write_tree  # noqa: E402

DRAWINGS: tuple[Callable[[], Sample], ...] = (
    cast.gearbox_cover,
    cast.pump_body,
    cast.sensor_cover,
    formed.heat_shield_bracket,
    formed.spring_cup,
    formed.pedal_assembly,
    machined.stepped_shaft,
    machined.valve_block,
    machined.bolt_flange,
    machined.connecting_rod,
    machined.roof_rail,
)


def write(sample: Sample, folder: Path) -> Path:
    """Write one sample as AP242 and return where it went."""
    path = folder / sample.file
    if sample.tree is not None:
        write_tree(path, sample.tree)
    else:
        write_part(path, sample.shape, sample.name, colour=sample.colour)
    return path


def manifest(samples: list[Sample]) -> str:
    """The known answers as TOML: one `[[part]]` a sample, its features as inline tables."""
    lines = [
        "# Written by samples/build.py: what each sample is, and what the drawing knows of it.",
        "# Features hold the parameters the drawing fixed; volumes are computed by formula.",
        f"licence = {json.dumps(LICENCE)}",
    ]
    for sample in samples:
        record = sample.known()
        features = record.pop("features", ())
        lines += ["", "[[part]]"]
        lines += [f"{key} = {_value(value)}" for key, value in record.items()]
        if features:
            lines += ["features = [", *(f"    {_value(one)}," for one in features), "]"]
    return "\n".join(lines) + "\n"


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        inside = ", ".join(f"{json.dumps(k)} = {_value(v)}" for k, v in value.items())
        return f"{{ {inside} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(one) for one in value)}]"
    if isinstance(value, float):
        return repr(round(value, 6) + 0.0)
    return json.dumps(value, ensure_ascii=False)


def main() -> int:
    """Draw, write and list every sample."""
    samples = [draw() for draw in DRAWINGS]
    for sample in samples:
        write(sample, HERE)
    (HERE / "manifest.toml").write_text(manifest(samples), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
