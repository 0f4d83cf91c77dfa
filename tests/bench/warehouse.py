"""Labelled mechanical families out of bd_warehouse (Apache-2.0), for the bench of likeness.

Draws every class of its screws, nuts, washers, bearings, rings, keys, flanges, sprockets and gears
in some sizes at odd angles: STEP files and `families.csv` (file, family_id, name). bd_warehouse
wants a kernel of its own, so it runs outside of this project's environment:

    uv run --no-project --with bd-warehouse python tests/bench/warehouse.py FOLDER
    WORKBENCH_DEV_PARTS=FOLDER python tests/bench/similarity.py
"""

import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from families import write_families

SIZES = 6  # of each class
LENGTHS = (2.0, 6.0)  # of a screw, in diameters
SHOULDERS_MM = 40.0  # a length that shoulder screws of every size have


def spread(values: list, count: int = SIZES) -> list:
    """Some of the values, from the first to the last."""
    step = max((len(values) - 1) / max(count - 1, 1), 1)
    return [values[round(k * step)] for k in range(count) if round(k * step) < len(values)]


def subclasses(base: type) -> Iterator[type]:
    """All classes under one."""
    for each in base.__subclasses__():
        yield each
        yield from subclasses(each)


def drawn() -> Iterator[tuple[str, str, Callable]]:
    """(family, name, how it is drawn)."""
    from bd_warehouse import bearing, fastener, flange, gear, o_rings, retaining_ring, shaft_key
    from bd_warehouse.sprocket import Sprocket

    rng = random.Random(0)
    for base in (fastener.Screw, fastener.Nut, fastener.Washer, bearing.Bearing):
        for each in subclasses(base):
            kinds = [kind for kind in sorted(each.types()) if not kind.startswith("asme")]
            for kind in kinds[:1]:
                for size in spread(sorted(each.sizes(kind), key=_number)):
                    name = f"{each.__name__} {kind} {size}"
                    if base is fastener.Screw:
                        length = round(rng.uniform(*LENGTHS) * max(_number(size), 2.0))
                        if each.__name__ == "ShoulderScrew":
                            length = SHOULDERS_MM
                        yield (
                            each.__name__,
                            name,
                            lambda e=each, k=kind, s=size, n=length: e(
                                size=s, length=n, fastener_type=k
                            ),
                        )
                    elif base is bearing.Bearing:
                        yield (
                            each.__name__,
                            name,
                            lambda e=each, k=kind, s=size: e(size=s, bearing_type=k),
                        )
                    else:
                        yield (
                            each.__name__,
                            name,
                            lambda e=each, k=kind, s=size: e(size=s, fastener_type=k),
                        )
    for size in ("004", "012", "112", "210", "222", "330"):
        yield "ORing", f"ORing {size}", lambda s=size: o_rings.ORing(s)
    for each in (retaining_ring.ExternalSnapRing, retaining_ring.InternalSnapRing):
        for size in spread(sorted(each.sizes(), key=_number)):
            yield each.__name__, f"{each.__name__} {size}", lambda e=each, s=size: e(s)
    for diameter in (10, 16, 22, 30, 38, 50):
        yield (
            "ShaftKey",
            f"ShaftKey {diameter}",
            lambda d=diameter: shaft_key.ShaftKey(d, float(round(1.5 * d))),
        )
    for each in (flange.BlindFlange, flange.SlipOnFlange, flange.WeldNeckFlange,
                 flange.SocketWeldFlange, flange.LappedFlange):  # fmt: skip
        for size in ("1", "1 1/2", "2", "3", "4"):
            yield each.__name__, f"{each.__name__} {size}", lambda e=each, s=size: e(s, 150)
    for teeth in (12, 18, 24, 32, 40):
        yield "Sprocket", f"Sprocket {teeth}", lambda n=teeth: Sprocket(
            n, bolt_circle_diameter=4.0 * n * 0.6, num_mount_bolts=4, mount_bolt_diameter=5,
            bore_diameter=12,
        )  # fmt: skip
        yield (
            "SpurGear",
            f"SpurGear {teeth}",
            lambda n=teeth: gear.SpurGear(1.0 + n / 20, n, 20.0, 8.0 + n / 4),
        )


def _number(size: str) -> float:
    digits = "".join(c if c.isdigit() or c == "." else " " for c in size).split()
    return float(digits[0]) if digits else 0.0


def main(folder: Path) -> None:
    """Draws all that can be drawn; what bd_warehouse refuses is said and left out."""
    from build123d import Axis, Pos, export_step

    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for place, (family, name, draw) in enumerate(drawn()):
        try:
            part = draw()
            solids = part.solids()
        except Exception as error:
            print(f"{name}: {error}", file=sys.stderr)
            continue
        body = part if len(solids) == 1 else max(solids, key=lambda each: each.volume)
        turned = body.rotate(Axis((0, 0, 0), (0.3, -0.7, 0.6)), 37.0 * (place % 5))
        file = f"{place:03}.step"
        export_step(Pos(13.0 * (place % 7), -5, 2) * turned, folder / file)
        rows.append((file, family, name))
    write_families(folder, rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
