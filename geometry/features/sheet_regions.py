"""What outline does a face of a sheet have in the plane, or unrolled from its cylinder?"""

import math
from functools import cached_property

import numpy as np
import shapely
from scipy.spatial import cKDTree

from geometry.components import components
from geometry.features.whole_edges import arc_joints
from geometry.fields.rays import RayScene, scene_of
from geometry.part import Part
from geometry.runs import following
from geometry.topology import CURVES, Topology, surface_code
from geometry.vectors import fit_circle, norm, norms, square_to

__all__ = ["ARC_STEP_DEG", "Circle", "Regions", "sampled_circle"]

PLANE, CYLINDER = surface_code("plane"), surface_code("cylinder")
LINE, CIRCLE = CURVES.index("line"), CURVES.index("circle")

ARC_STEP_DEG = (
    5.0  # circles as polygons while regions are cut and joined; arcs are put back afterwards
)
ON_STEP = 1e-3  # of a step: the ends of arcs this near to a whole one are at it
# points of one corner written twice agree after rounding to this: a thousandth of STEP precision
GRID_MM = 1e-6
ONE_DIRECTION = 1e-9  # entries of unit normals that are one but for rounding
IN_PLANE = 1 - 1e-5  # cosine between the axis of a circle and the normal of its plane, 0.26°
PARALLEL = 1.5e-3  # chord between unit normals of parallel planes, 0.09°
CIRCLE_SHARE = 2e-4  # of the radius: how far a spline's points may lie off the circle it stands for
STRAIGHT_SHARE = 1e-6  # an arc of 0.3° is this much longer than its chord
BOX_SLACK = 0.05  # of their size: arcs bulge 3 % of their radius out of a box of meshed corners
SLIVER_MM2 = 1e-9  # rings below this are doubled lines

_STEPS = np.radians(np.arange(0.0, 360.0 + ARC_STEP_DEG / 2, ARC_STEP_DEG))
_COSINES, _SINES = np.cos(_STEPS), np.sin(_STEPS)

Circle = tuple[float, float, float]  # centre x, y and radius in mm


class Regions:
    """Outlines of the faces of `part.joined`, computed when asked for and kept.

    Planes whose normals are parallel share a frame (u, v, w): what lies over each other has the
    same coordinates.
    """

    def __init__(self, part: Part) -> None:
        self.part = part
        self.topology: Topology = part.joined
        self.faces = part.joined.faces
        self.edges = part.joined.edges
        self.centre_mm = part.mass.bbox_mm.mean(axis=0)
        self._planar: dict[int, shapely.Geometry] = {}
        self._overlaps: dict[tuple[int, int], shapely.Geometry] = {}
        self._circles: dict[int, tuple[np.ndarray, np.ndarray, float] | None] = {}
        self._spans: dict[int, np.ndarray] = {}
        self._arcs: dict[int, dict[int, np.ndarray]] = {}
        self._turns: dict[int, np.ndarray] = {}
        # what `geometry.features.sheet_panels` has unrolled, by face and the face it turns about
        self.unrolled: dict[tuple[int, int], shapely.Geometry] = {}
        self.cylinder_frames: dict[int, tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = {}

    @cached_property
    def rays(self) -> RayScene:
        """The part ready for rays."""
        return scene_of(self.part.mesh)

    @cached_property
    def frame_of_face(self) -> np.ndarray:
        """Number of the frame of every plane (f,), −1 for other faces."""
        frames = np.full(len(self.faces), -1)
        planes = np.flatnonzero(self.faces["kind"] == PLANE)
        if not len(planes):
            return frames
        axes = self.faces["axis"][planes]
        # each direction once: of a plate's ten thousand walls every two would be a pair
        number: dict[tuple[float, ...], int] = {}  # as the faces come
        rounded = np.round(axes / ONE_DIRECTION).tolist()
        which = [number.setdefault(tuple(axis), len(number)) for axis in rounded]
        some = axes[np.unique(which, return_index=True)[1]]
        pairs = cKDTree(np.concatenate([some, -some])).query_pairs(
            PARALLEL, output_type="ndarray"
        ) % len(some)
        frames[planes] = components(pairs, len(some))[which]
        return frames

    @cached_property
    def frames(self) -> np.ndarray:
        """Right-handed frames (k, 3, 3), rows u, v, w; w is the normal of the frame's largest
        face.
        """
        count = int(self.frame_of_face.max()) + 1 if len(self.faces) else 0
        found = np.zeros((count, 3, 3))
        order = np.argsort(self.faces["area_mm2"], kind="stable")
        largest = np.zeros(count, int)
        planar = order[self.frame_of_face[order] >= 0]
        largest[self.frame_of_face[planar]] = planar  # the last written is the largest
        for frame, face in enumerate(largest):
            w = self.faces["axis"][face]
            found[frame] = *-square_to(w), w
        return found

    @cached_property
    def side(self) -> np.ndarray:
        """+1 where a plane looks along w of its frame, −1 where against it (f,)."""
        w = (
            self.frames[self.frame_of_face, 2]
            if len(self.frames)
            else np.zeros((len(self.faces), 3))
        )
        return np.where(np.einsum("ij,ij->i", w, self.faces["axis"]) > 0, 1, -1)

    @cached_property
    def offset_mm(self) -> np.ndarray:
        """Where along w each plane lies (f,)."""
        w = (
            self.frames[self.frame_of_face, 2]
            if len(self.frames)
            else np.zeros((len(self.faces), 3))
        )
        return np.asarray(np.einsum("ij,ij->i", self.faces["origin_mm"] - self.centre_mm, w))

    def flatten(self, frame: int, points_mm: np.ndarray) -> np.ndarray:
        """Points (n, 3) in the plane of a frame: (n, 2)."""
        return np.asarray((points_mm - self.centre_mm) @ self.frames[frame, :2].T)

    def planar(self, face: int) -> shapely.Geometry:
        """Outline of a plane in its frame; circles are regular polygons whose corners lie on
        them.
        """
        if face not in self._planar:
            self._planar[face] = self.projected(face, int(self.frame_of_face[face]))
        return self._planar[face]

    @cached_property
    def _flat_boxes_mm(self) -> tuple[np.ndarray, np.ndarray]:
        """Middle and half size (f, 2) of a rectangle around every plane in its frame."""
        boxes = self.faces["bbox_mm"]
        middle, half = boxes.mean(axis=1) - self.centre_mm, (boxes[:, 1] - boxes[:, 0]) / 2
        axes = self.frames[self.frame_of_face, :2] if len(self.frames) else np.zeros((0, 2, 3))
        return np.einsum("fij,fj->fi", axes, middle), np.einsum("fij,fj->fi", np.abs(axes), half)

    def apart(self, a: int | np.ndarray, b: int | np.ndarray) -> np.ndarray:
        """Whether rectangles around two planes of one frame, or each two of some (n,), already lie
        beside each other: bool or (n,) bool.
        """
        middle, half = self._flat_boxes_mm
        both = half[a] + half[b]
        gap = np.abs(middle[a] - middle[b]) - both
        return np.asarray(gap.max(axis=-1) > BOX_SLACK * both.max(axis=-1))

    def overlap(self, a: int, b: int) -> shapely.Geometry:
        """What two planes of one frame that look away from each other share, in the frame."""
        pair = (a, b) if self.side[a] > 0 else (b, a)
        if pair not in self._overlaps:
            self._overlaps[pair] = shapely.intersection(*map(self.planar, pair))
        return self._overlaps[pair]

    def projected(self, face: int, frame: int) -> shapely.Geometry:
        """Outline of a face seen along w of a frame; right for faces that do not turn back under
        themselves.
        """
        rings = self.rings(face, frame)
        if not rings:
            return shapely.Polygon()
        flat = np.round(self.flatten(frame, np.concatenate(rings)) / GRID_MM) * GRID_MM
        return polygon(np.split(flat, np.cumsum([len(ring) for ring in rings[:-1]])))

    def rings(self, face: int, frame: int | None = None) -> list[np.ndarray]:
        """Points (n, 3) around every ring that bounds a face; a seam does not join the rings at
        its ends.
        """
        found = []
        for loop in self.topology.loops_of(face):
            edges, turned = self._coedges(loop)
            lone = self._lone[edges]
            if len(edges) > 1 and lone.any():
                closed = np.flatnonzero(self._closed[edges])
                found += [self._chain(edges[k : k + 1], turned[k : k + 1], frame) for k in closed]
                after = -int(lone.argmax()) - 1  # no ring is begun in its middle
                kept = ~np.roll(lone, after)
                edges, turned = np.roll(edges, after)[kept], np.roll(turned, after)[kept]
                for own in self._rounds(edges, turned):
                    found.append(self._chain(edges[own], turned[own], frame))
            elif len(edges):
                found.append(self._chain(edges, turned, frame))
        return found

    def _rounds(self, edges: np.ndarray, turned: np.ndarray) -> list[slice]:
        """Edges along a loop by the rings that they close: a seam led from one to the next."""
        ends = [self._vertices[edge] for edge in edges.tolist()]
        found, first = [], 0
        for row, backwards in enumerate(turned.tolist()):
            begin = ends[first][int(turned[first])]
            if ends[row][0 if backwards else 1] == begin or row == len(ends) - 1:
                found.append(slice(first, row + 1))
                first = row + 1
        return found

    def circle(self, edge: int) -> tuple[np.ndarray, np.ndarray, float] | None:
        """Centre, axis and radius of an edge that is a circle or lies on one, else None."""
        if edge not in self._circles:
            row = self.edges[edge]
            if row["curve"] == CIRCLE and row["radius_mm"] > 0:
                self._circles[edge] = row["origin_mm"], row["axis"], float(row["radius_mm"])
            elif row["curve"] == LINE:
                self._circles[edge] = None
            else:
                self._circles[edge] = fitted_circle(self.polyline(edge))
        return self._circles[edge]

    def straight(self, edge: int) -> bool:
        """Whether an edge is a straight line, as written or within tolerance."""
        if self._is_line[edge]:
            return True
        row = self.edges[edge]
        along = row["end_mm"] - row["start_mm"]
        length = norm(along)
        return bool(row["length_mm"] > 0 and length > (1 - STRAIGHT_SHARE) * row["length_mm"])

    def triangles(self, face: int) -> np.ndarray:
        """Triangle numbers of a face."""
        own = self.part.topology.faces
        first, count = own["first_triangle"], own["triangle_count"]
        members = self.topology.members(face)
        return np.concatenate([np.arange(first[k], first[k] + count[k]) for k in members])

    def corners(self, face: int) -> np.ndarray:
        """Mesh corners (n, 3) of a face, each once."""
        used, offsets = self.part.joined_corners
        return self.part.mesh.vertices_mm[used[offsets[face] : offsets[face + 1]]]

    def spans_mm(self, frame: int) -> np.ndarray:
        """Lowest and highest mesh corner of every face along w of a frame, from the part's centre:
        (f, 2); nan without a mesh.
        """
        if frame not in self._spans:
            used, offsets = self.part.joined_corners
            level = ((self.part.mesh.vertices_mm - self.centre_mm) @ self.frames[frame, 2])[used]
            spans = np.full((len(self.faces), 2), np.nan)
            meshed = offsets[1:] > offsets[:-1]
            starts = offsets[:-1][meshed]
            if len(starts):
                spans[meshed, 0] = np.minimum.reduceat(level, starts)
                spans[meshed, 1] = np.maximum.reduceat(level, starts)
            self._spans[frame] = spans
        return self._spans[frame]

    def polyline(self, edge: int) -> np.ndarray:
        """Points (n, 3) of an edge from its start to its end."""
        mesh, (start, end) = self.part.mesh, self._ends_mm[edge]
        points = mesh.edge_points_mm[mesh.edge_ranges[edge] : mesh.edge_ranges[edge + 1]]
        if len(points) < 2:
            return np.array([start, self.edges["middle_mm"][edge], end])
        if not self._closed[edge]:
            first, last = points[0] - start, points[-1] - start
            points = points[::-1].copy() if first @ first > last @ last else points.copy()
            points[0], points[-1] = start, end
        return points

    def ring(self, loop: int, frame: int | None = None) -> np.ndarray:
        """Points (n, 3) around a loop, in its direction, the first not repeated.

        Circles in planes of `frame` have corners at whole steps of its angle: equal circles give
        equal corners.
        """
        return self._chain(*self._coedges(loop), frame)

    def _coedges(self, loop: int) -> tuple[np.ndarray, np.ndarray]:
        """Edges along a loop, and which of them it runs backwards: ((k,), (k,) bool)."""
        first = self.topology.loops["first_coedge"][loop]
        along = slice(first, first + self.topology.loops["coedge_count"][loop])
        return self.topology.coedges["edge"][along], self.topology.coedges["reversed"][along]

    def _chain(self, edges: np.ndarray, turned: np.ndarray, frame: int | None) -> np.ndarray:
        if self._is_line[edges].all():  # as most are: all corners at once
            return np.asarray(self._ends_mm[edges, turned.astype(int)])
        chains = []
        for edge, backwards in zip(edges.tolist(), turned.tolist(), strict=True):
            points = self._points(edge, frame)
            points = points[::-1] if backwards else points
            # with another corner than an arc over it has, the two would cross off their circle
            begin = self._vertices[edge][backwards]
            inner = int(begin in self._joints and self._between_steps(edge, points, frame))
            chains.append(points[inner:-1])
        return np.concatenate(chains) if chains else np.zeros((0, 3))

    def _points(self, edge: int, frame: int | None) -> np.ndarray:
        if self._is_line[edge]:
            return self._ends_mm[edge]
        if frame is None:
            return self.polyline(edge)
        drawn = self._arcs_in(frame).get(edge)
        if drawn is not None:
            return drawn
        arc = self._arc_in(edge, frame)
        if arc is None:
            return self.polyline(edge)
        centre, radius, u, v = arc
        if self._closed[edge]:
            # a closed edge is a loop of its own: which way it runs matters to nobody
            return np.asarray(centre + radius * self._turn(frame))
        # a spline that stands for an arc
        (drawn,) = sampled_arcs(centre[None], np.array([radius]), (u, v), [self.polyline(edge)])
        return drawn

    def _arc_in(
        self, edge: int, frame: int | None
    ) -> tuple[np.ndarray, float, np.ndarray, np.ndarray] | None:
        """Centre and radius of an edge that is an arc in a plane of a frame, and the frame's axes
        in that plane; None of others.
        """
        circle = None if frame is None else self.circle(edge)
        if circle is None:
            return None
        centre, axis, radius = circle
        u, v, w = self.frames[frame]
        return (centre, radius, u, v) if abs(axis @ w) >= IN_PLANE else None

    def _between_steps(self, edge: int, points: np.ndarray, frame: int | None) -> bool:
        """Whether the first of the points along an edge is a corner of an arc in a plane of a frame
        at no whole step of its angle.
        """
        arc = self._arc_in(edge, frame)
        if arc is None:
            return False
        centre, _, u, v = arc
        spoke = points[0] - centre
        steps = math.degrees(math.atan2(spoke @ v, spoke @ u)) / ARC_STEP_DEG
        return abs(steps - round(steps)) > ON_STEP

    @cached_property
    def _joints(self) -> set[int]:
        return arc_joints(self.topology)

    def _turn(self, frame: int) -> np.ndarray:
        """Unit vectors (n, 3) at whole steps of a frame's angle all the way round."""
        if frame not in self._turns:
            u, v, _ = self.frames[frame]
            self._turns[frame] = np.outer(_COSINES, u) + np.outer(_SINES, v)
        return self._turns[frame]

    def _arcs_in(self, frame: int) -> dict[int, np.ndarray]:
        """Points along every arc that is drawn in a plane of a frame, by edge: all at once, for a
        plate with pockets has hundreds.
        """
        if frame not in self._arcs:
            u, v, w = self.frames[frame]
            edges = self.edges
            arcs = (edges["curve"] == CIRCLE) & (edges["radius_mm"] > 0) & ~self._closed
            rows = np.flatnonzero(arcs & (np.abs(edges["axis"] @ w) >= IN_PLANE))
            numbers = rows.tolist()
            lines = [self.polyline(edge) for edge in numbers]
            found = sampled_arcs(edges["origin_mm"][rows], edges["radius_mm"][rows], (u, v), lines)
            self._arcs[frame] = dict(zip(numbers, found, strict=True))
        return self._arcs[frame]

    @cached_property
    def _is_line(self) -> np.ndarray:
        return np.asarray(self.edges["curve"] == LINE)

    @cached_property
    def _closed(self) -> np.ndarray:
        return self.edges["closed"].copy()

    @cached_property
    def _lone(self) -> np.ndarray:
        """Whether no ring goes on from each edge to the next along its loop (e,)."""
        return np.asarray(self._closed | self.edges["seam"])

    @cached_property
    def _vertices(self) -> list[list[int]]:
        """Vertices at the start and the end of every edge, as plain lists: a row of a structured
        array takes longer than the line that it holds.
        """
        found: list[list[int]] = self.edges["vertices"].tolist()
        return found

    @cached_property
    def _ends_mm(self) -> np.ndarray:
        """Start and end of every edge (e, 2, 3)."""
        return np.stack([self.edges["start_mm"], self.edges["end_mm"]], axis=1)


def sampled_circle(radius_mm: float) -> np.ndarray:
    """Corners (n, 2) of the polygon that stands for a circle about the origin."""
    turn = np.radians(np.arange(0.0, 360.0, ARC_STEP_DEG))
    return radius_mm * np.column_stack([np.cos(turn), np.sin(turn)])


def sampled_arcs(
    centres_mm: np.ndarray,
    radii_mm: np.ndarray,
    plane: tuple[np.ndarray, np.ndarray],
    polylines: list[np.ndarray],
) -> list[np.ndarray]:
    """Points (n, 3) from the start to the end of open circular edges (k), inner ones at whole steps
    of angle in a plane.
    """
    if not polylines:
        return []
    u, v = plane
    ends = np.cumsum([len(points) for points in polylines])
    first = np.concatenate([[0], ends[:-1]])
    of_arc = np.repeat(np.arange(len(ends)), ends - first)
    off = np.concatenate(polylines) - centres_mm[of_arc]
    angles = np.arctan2(off @ v, off @ u)
    turns = np.diff(angles, append=0.0)
    turns -= 2 * math.pi * np.rint(turns / (2 * math.pi))
    turns[ends - 1] = 0.0  # from the end of one to the start of the next
    start = angles[first]
    end = start + np.add.reduceat(turns, first)
    step = math.radians(ARC_STEP_DEG)
    low, high = np.minimum(start, end), np.maximum(start, end)
    lowest = np.floor(low / step).astype(int) + 1
    counts = np.maximum(np.ceil(high / step).astype(int) - lowest, 0)
    arc = np.repeat(np.arange(len(ends)), counts)
    rank = np.arange(len(arc)) - (np.cumsum(counts) - counts)[arc]
    backwards = (end < start)[arc]
    inner = step * (lowest[arc] + np.where(backwards, counts[arc] - 1 - rank, rank))
    within = (inner > low[arc] + ON_STEP * step) & (inner < high[arc] - ON_STEP * step)
    arc, inner = arc[within], inner[within]
    lift = off[first]
    lift = lift - (lift @ u)[:, None] * u - (lift @ v)[:, None] * v
    points = np.cos(inner)[:, None] * u + np.sin(inner)[:, None] * v
    points = centres_mm[arc] + radii_mm[arc][:, None] * points + lift[arc]
    pieces = np.split(points, np.searchsorted(arc, np.arange(1, len(ends))))
    return [
        np.concatenate([line[:1], piece, line[-1:]])
        for line, piece in zip(polylines, pieces, strict=True)
    ]


def fitted_circle(points: np.ndarray) -> tuple[np.ndarray, np.ndarray, float] | None:
    """Centre, axis and radius of the circle that points (n, 3) lie on, None when they lie on
    none.
    """
    kept = points[np.r_[True, norms(np.diff(points, axis=0)) > 1e-9]]
    if len(kept) < 4:
        return None
    middle = kept.mean(axis=0)
    _, spread, axes = np.linalg.svd(kept - middle, full_matrices=False)
    if spread[1] < 1e-6 * spread[0]:
        return None
    flat = (kept - middle) @ axes[:2].T
    (x, y), square = fit_circle(flat)
    radius = math.sqrt(max(square, 0.0))
    off = np.abs(norms(flat - (x, y)) - radius)
    plane_off = np.abs((kept - middle) @ axes[2]).max() if len(axes) > 2 else 0.0
    if radius <= 0 or max(off.max(), plane_off) > CIRCLE_SHARE * radius:
        return None
    return middle + x * axes[0] + y * axes[1], axes[2], radius


def polygon(rings: list[np.ndarray]) -> shapely.Geometry:
    """The area between the largest ring and the others; repaired when rings touch or cross."""
    good = [ring for ring in rings if len(ring) >= 3]
    if not good:
        return shapely.Polygon()
    if len(good) == 1 and (alone := shapely.polygons(good[0])).is_valid:
        return alone
    area = [abs(signed_area(ring)) for ring in good]
    order = sorted(range(len(good)), key=lambda k: -area[k])
    inner = [good[k] for k in order[1:] if area[k] > SLIVER_MM2]
    owner = np.repeat(np.arange(len(inner)), [len(ring) for ring in inner])
    holes = shapely.linearrings(np.concatenate(inner), indices=owner) if inner else None
    whole = shapely.polygons(good[order[0]], holes)
    if whole.is_valid:
        return whole
    result = shapely.make_valid(shapely.Polygon(good[order[0]]))
    for k in order[1:]:
        result = result.difference(shapely.make_valid(shapely.Polygon(good[k])))
    parts = [
        g for g in getattr(result, "geoms", [result]) if g.geom_type in ("Polygon", "MultiPolygon")
    ]
    return shapely.union_all(parts) if parts else shapely.Polygon()


def signed_area(ring: np.ndarray) -> float:
    """Area inside a ring (n, 2), positive when it runs counter-clockwise."""
    x, y = (ring - ring[0]).T
    return float((x * following(y) - following(x) * y).sum() / 2)
