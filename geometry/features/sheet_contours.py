"""What lines and true arcs bound a flat region?"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely

from geometry.features.sheet_regions import ARC_STEP_DEG, Circle
from geometry.rectangles import extents
from geometry.runs import following, preceding
from geometry.vectors import norms

__all__ = ["Contour", "contour_of"]

ON_CIRCLE_MM = 3e-4  # joining outlines moves corners by up to 1e-4 in each direction
STRAIGHT_MM = 2e-4  # corners this near to the line of their neighbours are none
STEP_SLACK = 1.2  # corners of one arc are at most a step apart


@dataclass(frozen=True)
class Contour:
    """A closed line of segments and arcs: corner i to corner i + 1 bends by `bulges[i]` =
    tan(angle / 4), > 0 to the left.
    """

    points_mm: np.ndarray  # (n, 2)
    bulges: np.ndarray  # (n,)

    def __post_init__(self) -> None:
        self.points_mm.setflags(write=False)
        self.bulges.setflags(write=False)

    @cached_property
    def chords_mm(self) -> np.ndarray:
        """Straight distance from each corner to the next (n,)."""
        ends = np.concatenate([self.points_mm[1:], self.points_mm[:1]])
        return norms(ends - self.points_mm)

    @cached_property
    def angles(self) -> np.ndarray:
        """Turn of each arc in radians, 0 for segments (n,)."""
        return 4 * np.arctan(self.bulges)

    @cached_property
    def radii_mm(self) -> np.ndarray:
        """Radius of each arc, inf for segments (n,)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            radii = self.chords_mm / (2 * np.abs(np.sin(self.angles / 2)))
        return np.where(self.bulges == 0, np.inf, radii)

    @cached_property
    def perimeter_mm(self) -> float:
        """Length along segments and arcs."""
        curved = self.bulges != 0
        lengths = self.chords_mm.copy()
        lengths[curved] = np.abs(self.angles[curved]) * self.radii_mm[curved]
        return float(lengths.sum())

    @cached_property
    def area_mm2(self) -> float:
        """Area inside."""
        x, y = (self.points_mm - self.points_mm[0]).T
        straight = float((x * following(y) - following(x) * y).sum() / 2)
        curved = self.bulges != 0
        angle, radius = self.angles[curved], self.radii_mm[curved]
        caps = float((radius**2 / 2 * (angle - np.sin(angle))).sum())
        return abs(straight + caps)

    @cached_property
    def circle(self) -> Circle | None:
        """The circle that the whole contour is, None when it is none."""
        if not (self.bulges != 0).all() or np.ptp(np.sign(self.bulges)) != 0:
            return None
        radii = self.radii_mm
        if np.ptp(radii) > 1e-3 * radii.max() or abs(abs(self.angles.sum()) - 2 * math.pi) > 1e-3:
            return None
        centre = self.polygon().centroid
        return float(centre.x), float(centre.y), float(radii.mean())

    def sampled(self, step_deg: float = ARC_STEP_DEG) -> np.ndarray:
        """Points (m, 2) along the contour, arcs at steps of angle; read-only."""
        if step_deg not in self._sampled:
            self._sampled[step_deg] = self._points(step_deg)
            self._sampled[step_deg].setflags(write=False)
        return self._sampled[step_deg]

    @cached_property
    def _sampled(self) -> dict[float, np.ndarray]:
        return {}

    def _points(self, step_deg: float) -> np.ndarray:
        rows = []
        ends = following(self.points_mm)
        for start, end, angle in zip(self.points_mm, ends, self.angles, strict=True):
            rows.append(start[None])
            if angle:
                count = max(math.ceil(abs(math.degrees(angle)) / step_deg), 1)
                turn = angle * np.arange(1, count) / count
                half = (end - start) / 2
                centre = start + half + np.array([-half[1], half[0]]) / math.tan(angle / 2)
                spoke = start - centre
                cos, sin = np.cos(turn)[:, None], np.sin(turn)[:, None]
                rows.append(centre + spoke * cos + np.array([-spoke[1], spoke[0]]) * sin)
        return np.concatenate(rows)

    @cached_property
    def shape(self) -> tuple[str, float, float]:
        """Kind of the contract (round, slot, rectangle, other), length and width in mm of a
        cut-out.
        """
        return _shape_of(self)

    def polygon(self) -> shapely.Polygon:
        """The contour as a polygon."""
        return shapely.Polygon(self.sampled())


def contour_of(ring: np.ndarray, circles: np.ndarray) -> Contour:
    """The lines and arcs that a ring (n, 2) of corners stands for.

    circles (k, 3): x, y, radius of those that may occur; chords of any other curve stay chords.
    """
    points = np.asarray(ring, float)
    if len(points) > 1 and (points[0] == points[-1]).all():
        points = points[:-1]
    # joining may leave a corner in two places of its grid
    points = _without_spikes(points[norms(points - preceding(points)) > STRAIGHT_MM])
    owner = _owners(points, circles)
    runs = _runs(owner)
    corners: list[np.ndarray] = []
    bulges: list[float] = []
    for start, stop, circle in runs:
        if circle < 0:
            corners.append(points[start % len(points)])
            bulges.append(0.0)
            continue
        x, y, _ = circles[circle]
        steps = points[np.arange(start, stop + 1) % len(points)] - (x, y)
        turns = np.arctan2(
            steps[:-1, 0] * steps[1:, 1] - steps[:-1, 1] * steps[1:, 0],
            (steps[:-1] * steps[1:]).sum(axis=1),
        )
        total = float(turns.sum())
        pieces = max(math.ceil(abs(total) / math.pi - 1e-9), 1)
        reached = np.concatenate([[0.0], np.cumsum(turns)])
        for k in range(pieces):
            first = int(np.abs(reached - total * k / pieces).argmin())
            last = int(np.abs(reached - total * (k + 1) / pieces).argmin())
            corners.append(points[(start + first) % len(points)])
            bulges.append(math.tan(float(reached[last] - reached[first]) / 4))
    return _without_needless(np.array(corners), np.array(bulges))


def _without_spikes(points: np.ndarray) -> np.ndarray:
    """Corners (n, 2) without those where the ring turns back on itself: joining outlines may leave
    a line out and back that has no width.
    """
    while len(points) > 3:
        back = points - preceding(points)
        ahead = following(back)
        wide = np.abs(back[:, 0] * ahead[:, 1] - back[:, 1] * ahead[:, 0])
        lengths = norms(back)
        wide /= np.maximum(lengths, following(lengths))
        spikes = np.flatnonzero((wide < STRAIGHT_MM) & ((back * ahead).sum(axis=1) < 0))
        if not len(spikes):
            break
        points = np.delete(points, spikes[0], axis=0)
        points = points[norms(points - preceding(points)) > STRAIGHT_MM]
    return points


def _owners(points: np.ndarray, circles: np.ndarray) -> np.ndarray:
    """Circle that the chord from each corner to the next stands for (n,), −1 for straight ones."""
    owner = np.full(len(points), -1)
    if not len(circles) or not len(points):
        return owner
    low, high = points.min(axis=0) - 1e-3, points.max(axis=0) + 1e-3
    near = ((circles[:, :2] + circles[:, 2:] > low) & (circles[:, :2] - circles[:, 2:] < high)).all(
        axis=1
    )
    ahead = following(points) - points
    chord = np.hypot(ahead[:, 0], ahead[:, 1])
    for k in np.flatnonzero(near):
        x, y, radius = circles[k]
        on = np.abs(np.hypot(points[:, 0] - x, points[:, 1] - y) - radius) < ON_CIRCLE_MM
        if not on.any():
            continue
        longest = 2 * radius * math.sin(math.radians(ARC_STEP_DEG) * STEP_SLACK / 2)
        mine = on & following(on) & (chord <= longest) & (owner < 0)
        owner[mine] = k
    return owner


def _runs(owner: np.ndarray) -> list[tuple[int, int, int]]:
    """(first corner, last corner, circle) of every arc and (corner, next, −1) of every segment,
    once around.
    """
    count = len(owner)
    begin = 0
    changes = np.flatnonzero(owner != preceding(owner))
    if len(changes):
        begin = int(changes[0])
    circles = owner.tolist()
    runs = []
    k = begin
    while k < begin + count:
        circle = circles[k % count]
        stop = k + 1
        while circle >= 0 and stop < begin + count and circles[stop % count] == circle:
            stop += 1
        runs.append((k, stop, circle))
        k = stop
    return runs


def _without_needless(points: np.ndarray, bulges: np.ndarray) -> Contour:
    """Corners in the middle of a straight line left out."""
    # numbers of their own: for two coordinates numpy's calls take longer than their work
    corners, turns, count = points.tolist(), bulges.tolist(), len(points)
    kept, left = [True] * count, count
    for k in range(count):
        if left <= 3:
            break
        before = k - 1
        while not kept[before]:
            before -= 1
        if turns[k] or turns[before]:
            continue
        after = (k + 1) % count
        while not kept[after]:  # the first corners may be gone when the last one is looked at
            after = (after + 1) % count
        (ax, ay), (bx, by), (cx, cy) = corners[before], corners[k], corners[after]
        x, y = cx - ax, cy - ay
        length = math.hypot(x, y)
        if length <= 0:
            continue
        off = abs(x * (by - ay) - y * (bx - ax)) / length
        ahead, beyond = (bx - ax) * x + (by - ay) * y, (cx - bx) * x + (cy - by) * y
        if off < STRAIGHT_MM and ahead > 0 and beyond > 0:
            kept[k] = False
            left -= 1
    return Contour(points[kept], bulges[kept])


def _shape_of(contour: Contour) -> tuple[str, float, float]:
    circle = contour.circle
    if circle is not None:
        return "round", 2 * circle[2], 2 * circle[2]
    length, width = extents(contour.polygon())
    slot = _slot(contour)
    if slot is not None:
        return "slot", *slot
    if _is_rectangle(contour, length, width):
        return "rectangle", length, width
    return "other", length, width


def _merged_arcs(contour: Contour) -> list[tuple[float, float]]:
    """(turn in radians, radius) of every arc and (0, length) of every segment, arcs of one
    circle as one.
    """
    found: list[tuple[float, float]] = []
    chords, angles, radii = contour.chords_mm, contour.angles, contour.radii_mm
    for chord, angle, radius in zip(chords, angles, radii, strict=True):
        if angle and found and found[-1][0] and abs(found[-1][1] - radius) < 1e-3 * radius:
            found[-1] = (found[-1][0] + angle, radius)
        else:
            found.append((float(angle), float(radius if angle else chord)))
    if (
        len(found) > 1
        and found[0][0]
        and found[-1][0]
        and abs(found[0][1] - found[-1][1]) < 1e-3 * found[0][1]
    ):
        found[0] = (found[0][0] + found[-1][0], found[0][1])
        found.pop()
    return found


def _slot(contour: Contour) -> tuple[float, float] | None:
    """Length and width of a slot with round ends, straight or along an arc."""
    pieces = _merged_arcs(contour)
    ends = [k for k, (turn, _) in enumerate(pieces) if abs(abs(turn) - math.pi) < 0.02]
    if len(pieces) != 4 or len(ends) < 2:
        return None
    ends = min(
        ([a, b] for a in ends for b in ends if b - a == 2),
        key=lambda e: pieces[e[0]][1],
        default=[],
    )
    if not ends or abs(pieces[ends[0]][1] - pieces[ends[1]][1]) > 0.01 * pieces[ends[0]][1]:
        return None
    radius = pieces[ends[0]][1]
    runs = [abs(t) * r if t else r for k, (t, r) in enumerate(pieces) if k not in ends]
    return sum(runs) / 2 + 2 * radius, 2 * radius


def _is_rectangle(contour: Contour, length: float, width: float) -> bool:
    """Whether straight sides of a contour cover a rectangle up to rounded or cut corners."""
    points, ends = contour.points_mm, following(contour.points_mm)
    straight = contour.bulges == 0
    if straight.sum() < 4 or not width > 0:
        return False
    along = (ends - points)[straight]
    lengths = norms(along)
    longest = along[lengths.argmax()] / lengths.max()
    cross = np.abs(along @ longest) / lengths
    square = (cross > 0.999) | (cross < 0.04)
    if lengths[square].sum() < 0.999 * lengths.sum():
        return False
    missing = length * width - contour.area_mm2
    radii = contour.radii_mm[~straight]
    corner = float(radii.max()) if len(radii) else 0.0
    return bool(
        missing <= (4 - math.pi) * corner**2 * 1.01 + 1e-3 * length * width
        and 2 * corner < width * 1.001
    )
