"""How is a blank laid on a strip so that least is wasted: angle, pitch, one or two up?

The layout repeats for ever, which general nesting does not look for: parts that follow each other
along the strip at one pitch, alone or in pairs of which one is turned by 180°. No part reaches
behind another, so that every pitch found is free of overlap whatever the outline.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.lib.stride_tricks import sliding_window_view

from geometry.runs import following
from geometry.vectors import norms

__all__ = ["Placed", "Strip", "lay_on_strip"]

STEP_DEG = 10.0  # between turns that are tried besides those that lay a side along the strip
NEARBY_DEG = (-4.0, -2.0, -1.0, 0.0, 1.0, 2.0, 4.0)  # tried around the best of those
MOST_SIDES = 12  # sides of the hull that are laid along the strip, the longest first
BANDS = (
    32  # lines across the strip along which gaps are compared before the best are computed exactly
)
BETWEEN_BANDS = (-0.75, -0.5, -0.25, 0.25, 0.5, 0.75)
FINALISTS = 3  # layouts computed exactly
COARSE_SHARE = 0.004  # of the outline's diagonal: detail below it is left out, never cut off
BETTER = 0.01  # two up must save this much of the strip to be worth its second row
INSIDE = 1e-6  # of an interval: gaps are compared just inside its ends


@dataclass(frozen=True)
class Placed:
    """A blank of one pitch: turned by `turn_deg` about the origin of its outline, then moved."""

    turn_deg: float
    move_mm: tuple[float, float]


@dataclass(frozen=True)
class Strip:
    """A repeating layout along x; the strip lies between y = 0 and `width_mm`."""

    pitch_mm: float
    width_mm: float
    angle_deg: float  # turn of the outline against the strip, 0…180
    up: int  # parts a pitch
    utilisation: float  # of the strip that is part
    placed: tuple[Placed, ...]


def lay_on_strip(
    outline: shapely.Polygon,
    part_mm2: float,
    *,
    bridge_mm: float,
    edge_mm: float,
    edge_share: float = 0.0,
) -> Strip:
    """The layout that leaves least of a strip unused.

    outline: of the blank; part_mm2: its area without holes; bridge_mm: least web between parts;
    the web at each side of the strip is edge_mm + edge_share × what the parts take of its width.
    """
    grown = _coarse(outline, bridge_mm / 2)
    points = np.asarray(grown.exterior.coords)[:-1]
    true = np.asarray(shapely.convex_hull(outline).exterior.coords)[:-1]
    margin = _Margin(edge_mm, edge_share)

    pitches: dict[float, float] = {}  # of one up at a turn, which two up ask for at every shift

    def exact(turn: float, up: int, shift: float) -> Strip:
        one, flat = _turned(points, turn), _turned(true, turn)
        if turn not in pitches:
            pitches[turn] = _gap(one, one)
        return _strip(_exact(one, flat, pitches[turn], up, shift), turn, part_mm2, margin)

    def best(turns: np.ndarray) -> dict[int, Strip]:
        found: dict[int, Strip] = {}
        for turn, up, shift in _candidates(points, true, turns, margin, part_mm2):
            strip = exact(turn, up, shift)
            if up not in found or _saving(strip) > _saving(found[up]):
                found[up] = strip
        return found

    rough = {turn for turn, *_ in _candidates(points, true, _turns(true), margin, part_mm2)}
    near = np.add.outer(sorted(rough), np.radians(NEARBY_DEG)).ravel() % math.pi
    found = best(np.unique(np.round(near, 9)))
    one, two = found[1], found[2]
    turn, shift = math.radians(two.angle_deg), two.placed[1].move_mm[1] - two.placed[0].move_mm[1]
    band = float(np.ptp(_turned(points, turn)[:, 1])) / BANDS
    two = max(two, *(exact(turn, 2, shift + k * band) for k in BETWEEN_BANDS), key=_saving)
    return two if two.utilisation > one.utilisation * (1 + BETTER) else one


def _saving(strip: Strip) -> tuple[float, float]:
    """Best last; of equal ones that with the least turn."""
    return round(strip.utilisation, 4), -strip.angle_deg


@dataclass(frozen=True)
class _Margin:
    edge_mm: float
    edge_share: float

    def width(self, height: np.ndarray | float) -> np.ndarray | float:
        """Strip that parts of some height across it need."""
        return height * (1 + 2 * self.edge_share) + 2 * self.edge_mm


def _coarse(outline: shapely.Polygon, grow_mm: float) -> shapely.Polygon:
    """Half of the web around an outline, small detail filled."""
    low_x, low_y, high_x, high_y = outline.bounds
    detail = COARSE_SHARE * math.hypot(high_x - low_x, high_y - low_y)
    ring = shapely.Polygon(outline.exterior)
    plain = shapely.simplify(ring, detail, preserve_topology=True)
    # grown until it holds all that was simplified away
    lost = float(shapely.hausdorff_distance(ring.exterior, plain.exterior))
    if lost > 1e-3 * detail and not plain.covers(ring):
        plain = shapely.Polygon(shapely.buffer(plain, lost, quad_segs=2).exterior)
    grown = shapely.buffer(plain, grow_mm, quad_segs=3)
    return grown if grown.geom_type == "Polygon" else shapely.convex_hull(grown)


def _turns(hull: np.ndarray) -> np.ndarray:
    """Angles to try (k,) radians in [0, π): regular steps and those that lay a side of the hull
    along the strip.
    """
    sides = following(hull) - hull
    longest = np.argsort(-norms(sides), kind="stable")[:MOST_SIDES]
    flat = -np.arctan2(sides[longest, 1], sides[longest, 0])
    regular = np.radians(np.arange(0.0, 180.0, STEP_DEG))
    both = np.concatenate([flat, flat + math.pi / 2, regular]) % math.pi
    both[both > math.pi - 1e-9] = 0.0
    return np.unique(np.round(both, 9))


def _turned(points: np.ndarray, turn: float) -> np.ndarray:
    cos, sin = math.cos(turn), math.sin(turn)
    return points @ np.array([[cos, sin], [-sin, cos]])


def _candidates(
    points: np.ndarray, hull: np.ndarray, turns: np.ndarray, margin: _Margin, part_mm2: float
) -> Iterator[tuple[float, int, float]]:
    """(turn, parts up, shift across) of the layouts that look best on the bands."""
    cos, sin = np.cos(turns)[:, None], np.sin(turns)[:, None]
    x, y = points[:, 0] * cos - points[:, 1] * sin, points[:, 0] * sin + points[:, 1] * cos
    across = hull[:, 0] * sin + hull[:, 1] * cos
    height = np.ptp(across, axis=1)
    low, high = y.min(axis=1, keepdims=True), y.max(axis=1, keepdims=True)
    band = (high - low) / BANDS
    left, right = _sides(x, y, low, band)
    pitch = (right - left).max(axis=1)
    single = part_mm2 / (pitch * margin.width(height))
    for k in np.argsort(-single, kind="stable")[:FINALISTS].tolist():
        yield float(turns[k]), 1, 0.0
    # the other part of a pair, turned by 180°: its left side is this one's right side upside down
    other_left, other_right = -right[:, ::-1], -left[:, ::-1]
    shifts = np.arange(-BANDS, BANDS + 1)
    ahead = (_under(right, -np.inf) - other_left[:, None, :]).max(axis=2)
    behind = (other_right[:, None, :] - _under(left, np.inf)).max(axis=2)
    both = np.maximum(np.where(np.isfinite(ahead), ahead + behind, 0.0), pitch[:, None])
    # heights of two turned by 180° about the middle of the bands
    middle = (across.max(axis=1) + across.min(axis=1)) / 2
    offset = 2 * ((low + high)[:, 0] / 2 - middle)
    lift = np.abs(shifts[None, :] * band + offset[:, None])
    double = 2 * part_mm2 / (both * margin.width(height[:, None] + lift))
    for k in np.argsort(-double, axis=None, kind="stable")[:FINALISTS].tolist():
        turn, shift = np.unravel_index(k, double.shape)
        move = float((low + high)[turn, 0] + shifts[shift] * band[turn, 0])
        yield float(turns[turn]), 2, move


def _under(sides: np.ndarray, beyond: float) -> np.ndarray:
    """Of sides in bands (k, BANDS) those under each band of another part at every shift
    (k, 2 · BANDS + 1, BANDS); `beyond` where it stands out over the ends.
    """
    ends = np.full((len(sides), BANDS), beyond)
    return sliding_window_view(np.hstack([ends, sides, ends]), BANDS, axis=1)


def _sides(
    x: np.ndarray, y: np.ndarray, low: np.ndarray, band: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Least and greatest x within each band (k, BANDS) of outlines x, y (k, n)."""
    x2, y2 = np.roll(x, -1, axis=1), np.roll(y, -1, axis=1)
    bottom = low + band * np.arange(BANDS)
    bottom, top = bottom[:, None, :], (bottom + band)[:, None, :]
    start, end = np.minimum(y, y2)[:, :, None], np.maximum(y, y2)[:, :, None]
    inside = (start <= top) & (end >= bottom)
    rise = np.where(y2 == y, 1.0, y2 - y)
    slope, flat = ((x2 - x) / rise)[:, :, None], (y2 == y)[:, :, None]
    at, beyond = x[:, :, None], x2[:, :, None]
    first = np.where(flat, at, at + slope * (np.clip(bottom, start, end) - y[:, :, None]))
    last = np.where(flat, beyond, at + slope * (np.clip(top, start, end) - y[:, :, None]))
    least = np.where(inside, np.minimum(first, last), np.inf).min(axis=1)
    most = np.where(inside, np.maximum(first, last), -np.inf).max(axis=1)
    return least, most


@dataclass(frozen=True)
class _Layout:
    pitch_mm: float
    low_mm: float  # where the parts begin across the strip
    height_mm: float
    moves: tuple[tuple[float, float], ...]


def _exact(one: np.ndarray, flat: np.ndarray, pitch: float, up: int, shift: float) -> _Layout:
    """Pitch and height of one layout without the bands' inexactness; one, flat: outline and hull
    as turned, pitch: of one up.
    """
    low, high = float(flat[:, 1].min()), float(flat[:, 1].max())
    if up == 1:
        return _Layout(pitch, low, high - low, ((0.0, 0.0),))
    other = -one + (0.0, shift)
    ahead, behind = _gap(one, other), _gap(other, one)
    if math.isfinite(ahead) and math.isfinite(behind):
        pitch = max(pitch, ahead + behind)
    else:
        ahead = 0.0
    low, high = min(low, shift - high), max(high, shift - low)
    return _Layout(pitch, low, high - low, ((0.0, 0.0), (ahead, shift)))


def _gap(one: np.ndarray, other: np.ndarray) -> float:
    """How far along x an outline (m, 2) must be moved to lie wholly beyond another (n, 2); −inf
    where they pass each other.
    """
    low = max(one[:, 1].min(), other[:, 1].min())
    high = min(one[:, 1].max(), other[:, 1].max())
    if high - low <= 1e-9:
        return -math.inf
    stops = np.sort(np.concatenate([one[:, 1], other[:, 1], [low, high]]))
    stops = stops[(stops >= low) & (stops <= high)]
    start, end = stops[:-1], stops[1:]
    apart = end > start
    start, end = start[apart], end[apart]
    step = INSIDE * (end - start)
    lines = np.concatenate([start + step, end - step])
    return float((_reach(one, lines) + _reach(other * (-1.0, 1.0), lines)).max())


def _reach(outline: np.ndarray, lines: np.ndarray) -> np.ndarray:
    """Greatest x of an outline on each line y = const (k,)."""
    start, end = outline, np.concatenate([outline[1:], outline[:1]])
    low, high = np.minimum(start[:, 1], end[:, 1]), np.maximum(start[:, 1], end[:, 1])
    crossed = (lines[:, None] >= low) & (lines[:, None] <= high) & (high > low)
    rise = np.where(end[:, 1] == start[:, 1], 1.0, end[:, 1] - start[:, 1])
    x = start[:, 0] + (lines[:, None] - start[:, 1]) / rise * (end - start)[:, 0]
    return np.asarray(np.where(crossed, x, -np.inf).max(axis=1))


def _strip(layout: _Layout, turn: float, part_mm2: float, margin: _Margin) -> Strip:
    width = float(margin.width(layout.height_mm))
    lift = (width - layout.height_mm) / 2 - layout.low_mm
    degrees = math.degrees(turn)
    placed = tuple(
        Placed((degrees + 180.0 * number) % 360.0, (x, y + lift))
        for number, (x, y) in enumerate(layout.moves)
    )
    up = len(placed)
    return Strip(
        pitch_mm=layout.pitch_mm,
        width_mm=width,
        angle_deg=degrees,
        up=up,
        utilisation=up * part_mm2 / (layout.pitch_mm * width),
        placed=placed,
    )
