"""How many blanks does a sheet give when they are nested? Packed by sparrow, through spyrrow.

Source: Gardeyn, Vanden Berghe, Wauters, An open-source heuristic to reboot 2D nesting research,
arXiv 2509.13329.
"""

import math
from dataclasses import dataclass

import shapely

from geometry.errors import GeometryError
from geometry.rectangles import extents

__all__ = ["Nest", "nest"]

SECONDS = 2  # of search for one number of parts; the best of sparrow comes early for like parts
TURNS_DEG = (0.0, 90.0, 180.0, 270.0)  # the grain of a sheet allows these
MOST_PARTS = 60  # a sheet of more is counted by the length that these take
COARSE_SHARE = 0.002  # of the outline's diagonal: detail below it is filled
SEED = 1  # the same file gives the same nest
TRIES = 4  # numbers of parts tried


@dataclass(frozen=True)
class Nest:
    """Blanks on one sheet; `placed` are x, y of the outline's origin and its turn in degrees, of
    the first sixty where there are more.
    """

    count: int
    sheet_mm: tuple[float, float]
    utilisation: float  # of the sheet that is part
    placed: tuple[tuple[float, float, float], ...]


def nest(
    outline: shapely.Polygon, part_mm2: float, sheet_mm: tuple[float, float], gap_mm: float
) -> Nest:
    """As many blanks as fit on a sheet, with a gap between them and at its edges.

    part_mm2: of one blank without its holes. Raises GeometryError when not one fits.
    """
    length, width = max(sheet_mm), min(sheet_mm)
    ring = _coarse(outline)
    # sparrow keeps half of the gap from the sides of its strip by itself
    room_length, room_width = length - gap_mm, width - gap_mm
    fits = _fits(ring, room_length - gap_mm, room_width - gap_mm)
    if not fits:
        long_mm, wide_mm = extents(ring)
        raise GeometryError(
            f"a blank of {long_mm:.0f} × {wide_mm:.0f} mm does not fit on a sheet of "
            f"{length:.0f} × {width:.0f} mm",
            hint="take a larger sheet",
        )
    most = int(room_length * room_width / ring.area)
    good, bad = 0, min(most, MOST_PARTS) + 1
    found: tuple[tuple[float, float, float], ...] = ()
    trial = max(min(int(most * 0.85), MOST_PARTS), 1)
    for _ in range(TRIES):
        packed, used = _packed(ring, trial, room_width, gap_mm)
        if used <= room_length:
            good, found = trial, packed
            if trial == MOST_PARTS:
                good = int(trial * room_length / used)
                break
            trial = min(max(int(trial * room_length / used), trial + 1), bad - 1)
        else:
            bad = trial
            trial = max(int(trial * room_length / used), good + 1)
            trial = min(trial, bad - 1)
        if bad - good <= 1 or trial <= good:
            break
    if not good:
        good, found = 1, (_alone(ring, room_length, gap_mm),)
    moved = tuple((x + gap_mm / 2, y + gap_mm / 2, turn) for x, y, turn in found)
    return Nest(good, (length, width), good * part_mm2 / (length * width), moved)


def _coarse(outline: shapely.Polygon) -> shapely.Polygon:
    x0, y0, x1, y1 = outline.bounds
    detail = COARSE_SHARE * math.hypot(x1 - x0, y1 - y0)
    ring = shapely.Polygon(outline.exterior)
    plain = shapely.simplify(shapely.buffer(ring, detail, quad_segs=2), detail)
    return shapely.Polygon(plain.exterior)


def _fits(ring: shapely.Polygon, length: float, width: float) -> bool:
    x0, y0, x1, y1 = ring.bounds
    a, b = x1 - x0, y1 - y0
    return bool((a <= length and b <= width) or (b <= length and a <= width))


def _alone(ring: shapely.Polygon, length: float, gap_mm: float) -> tuple[float, float, float]:
    x0, y0, x1, y1 = ring.bounds
    if x1 - x0 <= length - gap_mm and x1 - x0 >= y1 - y0:
        return gap_mm / 2 - x0, gap_mm / 2 - y0, 0.0
    return y1 + gap_mm / 2, gap_mm / 2 - x0, 90.0


def _packed(
    ring: shapely.Polygon, count: int, width: float, gap_mm: float
) -> tuple[tuple[tuple[float, float, float], ...], float]:
    """Places of so many blanks on a strip of a width, and the length that they take."""
    import spyrrow

    points = [(float(x), float(y)) for x, y in ring.exterior.coords]
    item = spyrrow.Item("blank", points, demand=count, allowed_orientations=list(TURNS_DEG))
    instance = spyrrow.StripPackingInstance("sheet", strip_height=width, items=[item])
    config = spyrrow.StripPackingConfig(
        early_termination=True,
        total_computation_time=SECONDS,
        min_items_separation=gap_mm,
        num_workers=1,
        seed=SEED,
    )
    solution = instance.solve(config)
    placed = tuple(
        (float(p.translation[0]), float(p.translation[1]), float(p.rotation) % 360.0)
        for p in solution.placed_items
    )
    return placed, float(solution.width)
