"""How large and heavy is a part, and which box does it fit in?"""

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.spatial import ConvexHull, QhullError

from geometry.runs import packed
from geometry.vectors import ODD_WAY, cross, norms, square_to

__all__ = [
    "Hull",
    "Mass",
    "OrientedBox",
    "arc_points",
    "convex_hull",
    "minimal_box",
    "rectangle_size",
    "smallest_rectangle",
]

SAME_AREA_SHARE = 1e-5  # rectangles whose areas differ less are equal but for rounding
# hull facets tried as the box's base, the largest first: a minimal box has a flush facet, and on
# a rounded body where all are small one of the first hundred is within 0.1 % of the best
HULL_DIRECTIONS = 120
SAME_NORMAL = 1e-4  # of a unit normal: facets this parallel lie alike
SMALLER = 1e-9  # share by which one box must be smaller than another
MOST_CORNERS_AT_ONCE = 200_000  # of outlines, each seen along every side of its own: 5 MB
ARC_POINTS = 65  # on a half turn or less 0.01 % of the radius is lost between them
_TURNS = np.array([np.pi / 2, -np.pi / 2, np.pi])


@dataclass(frozen=True)
class OrientedBox:
    """A box in any orientation."""

    size_mm: np.ndarray  # (3,) descending
    axes: np.ndarray  # (3, 3) unit rows, right-handed, in the order of size_mm
    centre_mm: np.ndarray  # (3,)


@dataclass(frozen=True)
class Hull:
    """The convex hull of a part."""

    points_mm: np.ndarray  # (h, 3) its corners
    volume_mm3: float
    area_mm2: float


@dataclass(frozen=True)
class Mass:
    """Volume properties of a part at density 1."""

    volume_mm3: float
    area_mm2: float
    centroid_mm: np.ndarray  # (3,)
    inertia: np.ndarray  # (3, 3) mm⁵ about the centroid
    box: OrientedBox
    bbox_mm: np.ndarray  # (2, 3)
    hull: Hull  # of the mesh


def convex_hull(points_mm: np.ndarray, *, joggled: bool = False) -> ConvexHull | None:
    """The hull of points (n, 3) or (n, 2); None where they lie in one plane or line.

    joggled: facets in one plane are not put together, but points moved by rounding errors until no
    four lie in one: in half the time where most do, for whoever asks for volume and area alone.
    """
    try:
        return ConvexHull(points_mm, qhull_options="QJ" if joggled else None)
    except QhullError:
        return None


def minimal_box(
    points_mm: np.ndarray, edges: np.ndarray | None = None, hull: ConvexHull | None = None
) -> OrientedBox:
    """The smallest box around points (n, 3): one face lies on a facet of the hull, rotating
    calipers do the rest.

    Circular arcs of `edges` (EDGE) bulge beyond the mesh's chords and are measured exactly.
    hull: of the points, where it is known already.
    Source: O'Rourke, Finding minimal enclosing boxes, 1985 (flush facet as the usual case).
    """
    hull = hull or convex_hull(points_mm)
    if hull is None:
        return _flat_box(points_mm, edges)
    corners = points_mm[hull.vertices]
    doubled = _doubled_areas(hull)
    normals = _distinct(hull, doubled)
    best_volume, best = np.inf, None
    heights = np.ptp(corners @ normals.T, axis=0)
    # the box over a shadow holds no less than the shadow's own area times the height
    least = heights * _shadows(hull, doubled, normals) * (1 - SAME_AREA_SHARE)
    rims = _Rims(hull, normals)
    left, many = np.arange(len(normals)), 1
    while len(left):  # a few at first: good ones rule out most of the rest
        rows = rims.at_once(left[:many])
        left = left[len(rows) :]
        bases = square_to(normals[rows])
        areas = rims.rectangles_mm2(rows, bases)
        for row, (x, y), rough in zip(rows.tolist(), bases, areas.tolist(), strict=True):
            height = float(heights[row])
            if least[row] > best_volume or rough * height > best_volume * (1 - SMALLER / 2):
                continue
            area, rotation = smallest_rectangle(corners @ np.array((x, y)).T)
            if area * height < best_volume * (1 - SMALLER):
                best_volume = area * height
                u = rotation[0] * x + rotation[1] * y
                best = np.array([u, cross(normals[row], u), normals[row]])
        # about a turned body hundreds are as good but for rounding: none of them is smaller
        left = left[least[left] <= best_volume * (1 - SMALLER)]
        many *= 4
    assert best is not None  # a hull has facets
    return _box(points_mm, best, edges)


class _Rims:
    """Outlines of a hull's shadows along unit directions (k, 3): the edges between what faces the
    light and what does not.

    A turned body has a hundred facets that are as good a base but for rounding. Their rectangles
    are told from the outlines, many at once, in a fraction of the time that a hull of each
    shadow takes.
    """

    def __init__(self, hull: ConvexHull, directions: np.ndarray) -> None:
        facing = hull.equations[:, :3] @ directions.T > 0
        facets = np.arange(len(hull.simplices))
        once = facets[:, None] < hull.neighbors  # the edge across from each corner of a facet
        one, other = np.repeat(facets, 3).reshape(-1, 3)[once], hull.neighbors[once]
        self._on_rim = np.ascontiguousarray((facing[one] != facing[other]).T)
        self._starts = hull.points[np.roll(hull.simplices, -1, axis=1)[once]]
        self._sides = hull.points[np.roll(hull.simplices, 1, axis=1)[once]] - self._starts
        self._count = self._on_rim.sum(axis=1)

    def at_once(self, rows: np.ndarray) -> np.ndarray:
        """The first of some directions, as many as are told in little memory; one at least."""
        longest = np.maximum.accumulate(self._count[rows])
        fit = longest**2 * np.arange(1, len(rows) + 1) <= MOST_CORNERS_AT_ONCE
        return rows[: max(int(fit.sum()), 1)]

    def rectangles_mm2(self, rows: np.ndarray, bases: np.ndarray) -> np.ndarray:
        """Area (n,) of the smallest rectangle around the shadow along some of the directions, in
        axes (n, 2, 3) square to each; right to rounding.
        """
        rim = self._on_rim[rows].nonzero()[1]
        count = self._count[rows]
        begin = np.cumsum(count) - count
        # shorter outlines repeat their first edge
        place = np.arange(count.max())
        edge = rim[np.where(place < count[:, None], begin[:, None] + place, begin[:, None])]
        across = bases.transpose(0, 2, 1)
        start, sides = self._starts[edge] @ across, self._sides[edge] @ across
        size = np.sqrt((sides * sides).sum(axis=2))
        # an edge along the light has no direction in the shadow: any will do, none is shorter
        sides /= np.maximum(size, 1e-300)[:, :, None]
        x, y = sides[:, :, 0], sides[:, :, 1]
        along, aside = start @ np.stack([x, y], axis=1), start @ np.stack([-y, x], axis=1)
        lengths = along.max(axis=1) - along.min(axis=1)
        widths = aside.max(axis=1) - aside.min(axis=1)
        return np.where(size > 0, lengths * widths, np.inf).min(axis=1)


def _distinct(hull: ConvexHull, doubled_mm2: np.ndarray) -> np.ndarray:
    """Directions of the hull's facets (k, 3), parallel ones together, largest first."""
    normals = hull.equations[:, :3]
    upright = normals * np.where(normals @ ODD_WAY < 0, -1.0, 1.0)[:, None]
    cells = np.rint((upright + 1.0) / SAME_NORMAL).astype(np.int64)
    _, first, group = np.unique(packed(cells), return_index=True, return_inverse=True)
    order = np.argsort(-np.bincount(group, weights=doubled_mm2), kind="stable")
    return np.asarray(upright[first[order[:HULL_DIRECTIONS]]])


def _doubled_areas(hull: ConvexHull) -> np.ndarray:
    """Twice the area of every facet of a hull (k,) mm²."""
    a, b, c = (hull.points[hull.simplices[:, i]] for i in range(3))
    return np.asarray(norms(cross(b - a, c - a)))


def _shadows(hull: ConvexHull, doubled_mm2: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """Area (k,) mm² of a hull's shadow along unit directions (k, 3).

    Every point of the shadow lies under two facets, one above and one below.
    """
    facing = np.abs(directions @ hull.equations[:, :3].T)
    return np.asarray(facing @ doubled_mm2 / 4)


def smallest_rectangle(points: np.ndarray) -> tuple[float, np.ndarray]:
    """Area and direction of the smallest rectangle around points (n, 2): one side lies on the
    hull.
    """
    try:
        ring = points[ConvexHull(points).vertices]
    except QhullError:
        return 0.0, np.array([1.0, 0.0])
    # written out: for rings of a few corners numpy's own calls take longer than their work
    sides = np.concatenate([ring[1:], ring[:1]]) - ring
    sides /= np.maximum(np.sqrt((sides * sides).sum(axis=1)), 1e-300)[:, None]
    along, aside = ring @ sides.T, ring @ np.stack([-sides[:, 1], sides[:, 0]])
    lengths = along.max(axis=0) - along.min(axis=0)
    widths = aside.max(axis=0) - aside.min(axis=0)
    areas = lengths * widths
    # a triangle has the same area over each side: the most slender box is the one to name
    equal = np.flatnonzero(areas <= areas.min() * (1 + SAME_AREA_SHARE))
    least = int(equal[np.maximum(lengths, widths)[equal].argmax()])
    return float(areas[least]), sides[least]


def rectangle_size(points: np.ndarray) -> tuple[float, float]:
    """Length and width of the smallest rectangle around points (n, 2), as `smallest_rectangle`.

    The corners that touch it are those between whose sides its directions lie: no point is
    measured twice, as with hundreds of them along rounded corners.
    Source: Shamos, Computational geometry, 1978 (rotating calipers).
    """
    hull = shapely.convex_hull(shapely.linestrings(points))
    if hull.geom_type != "Polygon":
        return float(np.ptp(points[:, 0])), 0.0
    ring = shapely.get_coordinates(hull)[:0:-1]  # counter-clockwise, the first not repeated
    side = np.concatenate([ring[1:], ring[:1]]) - ring
    turn = np.arctan2(side[:, 1], side[:, 0])
    first = int(turn.argmin())
    order = np.concatenate([np.arange(first, len(ring)), np.arange(first)])
    ring, side, turn = ring[order], side[order], np.maximum.accumulate(turn[order])
    side /= np.maximum(np.hypot(side[:, 0], side[:, 1]), 1e-300)[:, None]

    # the corners at which a line turned by each of three angles from a side touches from outside
    turned = (turn + _TURNS[:, None] + np.pi) % (2 * np.pi) - np.pi
    front, back, opposite = ring[np.searchsorted(turn, turned) % len(ring)]
    ahead, aside = front - back, opposite - ring
    lengths = np.einsum("ij,ij->i", ahead, side)
    widths = aside[:, 1] * side[:, 0] - aside[:, 0] * side[:, 1]
    areas = lengths * widths
    slender = np.maximum(lengths, widths)
    slender[areas > areas.min() * (1 + SAME_AREA_SHARE)] = 0.0
    # sides that rounding turned a little are as slender: the least of them is the drawn one
    alike = np.flatnonzero(slender >= slender.max() * (1 - SAME_AREA_SHARE))
    best = int(alike[areas[alike].argmin()])
    sizes = float(lengths[best]), float(widths[best])
    return max(sizes), min(sizes)


def _flat_box(points_mm: np.ndarray, edges: np.ndarray | None) -> OrientedBox:
    """The box of points in one plane or line, by principal axes."""
    _, _, axes = np.linalg.svd(points_mm - points_mm.mean(axis=0), full_matrices=False)
    return _box(points_mm, axes, edges)


def _arc_reach(edges: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """How far circular arcs (EDGE rows) reach along unit directions (k, 3): (k,) mm, −inf without
    arcs.
    """
    arcs = edges.compress(~np.isnan(edges["radius_mm"]) & (edges["length_mm"] > 0))
    if not len(arcs):
        return np.full(len(axes), -np.inf)
    normal, centre, radius = arcs["axis"], arcs["origin_mm"], arcs["radius_mm"]
    to_middle = (arcs["middle_mm"] - centre) / radius[:, None]
    half_span = np.minimum(arcs["length_mm"] / (2 * radius), np.pi)
    in_plane = axes[:, None] - (axes @ normal.T)[..., None] * normal
    size = np.linalg.norm(in_plane, axis=2)
    toward = np.einsum("kej,ej->ke", in_plane, to_middle) / np.maximum(size, 1e-12)
    inside = np.arccos(np.clip(toward, -1, 1)) <= half_span + 1e-9
    reach = axes @ centre.T + radius * size
    return np.asarray(np.where(inside, reach, -np.inf).max(axis=1))


def arc_points(edges: np.ndarray, hull_mm: np.ndarray) -> np.ndarray:
    """Points (n, 3) along circular arcs (EDGE rows) that may reach out of a hull with these
    corners.
    """
    arcs = edges.compress(~np.isnan(edges["radius_mm"]) & (edges["length_mm"] > 0))
    if not len(arcs):
        return np.zeros((0, 3))
    corners = {tuple(corner) for corner in np.round(hull_mm, 4).tolist()}
    ends = np.round(np.stack([arcs["start_mm"], arcs["end_mm"]], axis=1), 4).tolist()
    outer = [tuple(start) in corners or tuple(end) in corners for start, end in ends]
    arcs = arcs.compress(outer)
    to_middle = arcs["middle_mm"] - arcs["origin_mm"]
    aside = cross(arcs["axis"], to_middle)
    half = np.minimum(arcs["length_mm"] / (2 * arcs["radius_mm"]), np.pi)
    turn = np.linspace(-half, half, ARC_POINTS, axis=1)[:, :, None]
    points = arcs["origin_mm"][:, None] + np.cos(turn) * to_middle[:, None]
    return np.asarray(points + np.sin(turn) * aside[:, None]).reshape(-1, 3)


def _box(points_mm: np.ndarray, axes: np.ndarray, edges: np.ndarray | None) -> OrientedBox:
    along = points_mm @ axes.T
    low, high = along.min(axis=0), along.max(axis=0)
    if edges is not None:
        low = np.minimum(low, -_arc_reach(edges, -axes))
        high = np.maximum(high, _arc_reach(edges, axes))
    order = np.argsort(low - high, kind="stable")
    axes = axes[order]
    centre = ((low + high) / 2)[order] @ axes
    if np.linalg.det(axes) < 0:
        axes = axes * np.array([[1.0], [1.0], [-1.0]])
    return OrientedBox((high - low)[order], axes, centre)
