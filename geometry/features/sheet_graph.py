"""How do the flat and the curved panels of a sheet hang together? Nodes, and the straight lines
they share.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import shapely

from geometry.features.sheet_panels import CYLINDER, PLANE, Panel, cylinder_frame, unroll
from geometry.features.sheet_regions import Regions
from geometry.vectors import cross, norm

__all__ = ["Curl", "Flange", "Graph", "Link", "build_graph"]

TANGENT_DEG = 3.0  # bend and flange meet smoothly; exports leave up to a degree or two
SMALLEST_BEND_DEG = 1.0  # turns below this are drawn flat
PARALLEL_SINE = 2e-3  # rulings run along the axis to within 0.1°
OUTSIDE_T = 6.0  # × thickness: a round outside a bend lies no further from the inner corner
NEAR_SHARE = 0.05  # of the thickness: how far a shared line may lie outside a panel's outline


@dataclass(frozen=True)
class Flange:
    """A flat panel; its outline is in the frame's (u, v), seen from `front`."""

    front: int
    back: int
    frame: int
    front_mm: float  # where the front lies along w
    region: shapely.Geometry

    @property
    def area_mm2(self) -> float:
        """Area of the outline."""
        return float(self.region.area)


@dataclass(frozen=True)
class Curl:
    """A panel bent about a straight axis; its outline is in (θ rad, z mm), seen from the inner
    side, its front.
    """

    front: int  # inner face, −1 when drawn as a sharp corner
    back: int  # outer face, −1 when drawn as a sharp corner or missing
    x: np.ndarray
    y: np.ndarray
    axis: np.ndarray
    origin_mm: np.ndarray
    radius_mm: float  # inside
    region: shapely.Geometry
    corner_faces: tuple[
        int, ...
    ] = ()  # of a sharp bend: the faces that meet in it, rounds and chamfers outside

    def angle(self, directions: np.ndarray) -> np.ndarray:
        """θ of directions (n, 3) from the axis."""
        return np.asarray(np.arctan2(directions @ self.y, directions @ self.x))

    @property
    def sweep_deg(self) -> float:
        """Angle of bending."""
        low, _, high, _ = self.region.bounds
        return math.degrees(high - low)

    @property
    def length_mm(self) -> float:
        """Extent along the axis, gaps included."""
        _, low, _, high = self.region.bounds
        return float(high - low)


@dataclass(frozen=True)
class Link:
    """Two nodes that share a straight line; `theta` of a node is nan when it is flat."""

    first: int
    second: int
    line_mm: np.ndarray  # (2, 3)
    theta: tuple[float, float]
    same_side: bool  # the fronts of both nodes are on one side of the sheet


@dataclass(frozen=True)
class Graph:
    """Nodes and links; `drawn` are the pairs that no development flattens, `outer_faces` what
    belongs to bends only.
    """

    thickness_mm: float
    nodes: tuple[Flange | Curl, ...]
    links: tuple[Link, ...]
    drawn: tuple[Panel, ...]
    closed: tuple[Panel, ...]  # full tubes
    outer_faces: frozenset[int]
    k_table: Mapping[float, float] | None = (
        None  # k-factor by radius over thickness; None: DIN 6935
    )

    def neighbours(self) -> dict[int, list[int]]:
        """Link numbers by node."""
        found: dict[int, list[int]] = defaultdict(list)
        for number, link in enumerate(self.links):
            found[link.first].append(number)
            found[link.second].append(number)
        return found


def build_graph(regions: Regions, panels: list[Panel], thickness_mm: float) -> Graph:
    """Nodes from the panels, sharp bends from the corners between them, and every shared line."""
    return _Builder(regions, panels, thickness_mm).graph()


class _Builder:
    def __init__(self, regions: Regions, panels: list[Panel], thickness_mm: float) -> None:
        self.regions = regions
        self.topology = regions.topology
        self.edges = regions.edges
        # not "at most": an unknown angle counts as smooth
        self.smooth = (~(np.abs(self.edges["angle_deg"]) > TANGENT_DEG)).tolist()
        self.thickness_mm = thickness_mm
        self.nodes: list[Flange | Curl] = []
        self.links: list[Link] = []
        self.of_face: dict[int, list[int]] = defaultdict(list)
        self.outer_faces: set[int] = set()
        self.drawn = tuple(p for p in panels if p.kind not in (PLANE, CYLINDER))
        self.closed = tuple(p for p in panels if p.kind == CYLINDER and p.region is None)
        for panel in panels:
            if panel.region is not None:
                self._add(self._node(panel))

    def _node(self, panel: Panel) -> Flange | Curl:
        regions = self.regions
        if panel.kind == PLANE:
            frame = int(regions.frame_of_face[panel.front])
            depth = float(regions.offset_mm[panel.front])
            return Flange(panel.front, panel.back, frame, depth, panel.region)
        x, y, axis, origin = cylinder_frame(regions, panel.front)
        radius = float(regions.faces["radius_mm"][panel.front])
        return Curl(panel.front, panel.back, x, y, axis, origin, radius, panel.region)

    def _add(self, node: Flange | Curl) -> int:
        self.nodes.append(node)
        for face in (node.front, node.back):
            if face >= 0:
                self.of_face[face].append(len(self.nodes) - 1)
        return len(self.nodes) - 1

    def graph(self) -> Graph:
        for number, node in list(enumerate(self.nodes)):
            if isinstance(node, Curl):
                self._link_curl(number, node)
        self._add_lone_bends()
        self._add_sharp_bends()
        return Graph(
            self.thickness_mm,
            tuple(self.nodes),
            tuple(self.links),
            self.drawn,
            self.closed,
            frozenset(self.outer_faces),
        )

    def _rulings(self, face: int, axis: np.ndarray) -> Iterator[tuple[int, int]]:
        """Straight smooth edges along the axis, and the face across each, of those with a node."""
        edges, far = self.topology.neighbours(face)
        for edge, other in zip(edges.tolist(), far.tolist(), strict=True):
            if other not in self.of_face or not self.smooth[edge]:
                continue
            if not self.regions.straight(edge):
                continue
            row = self.edges[edge]
            along = row["end_mm"] - row["start_mm"]
            length = norm(along)
            aside = norm(along - (along @ axis) * axis)
            if length > 0 and aside <= PARALLEL_SINE * length:
                yield edge, other

    def _node_at(self, face: int, point: np.ndarray) -> int | None:
        """The node of a face whose outline reaches a point."""
        best, nearest = None, NEAR_SHARE * self.thickness_mm + 1e-3
        for number in self.of_face.get(face, ()):
            node = self.nodes[number]
            if isinstance(node, Flange):
                u, v = self.regions.flatten(node.frame, point[None])[0]
                off = float(shapely.distance(node.region, shapely.points(u, v)))
            else:
                z = float((point - node.origin_mm) @ node.axis)
                _, low, _, high = node.region.bounds
                off = max(low - z, z - high, 0.0)
            if off < nearest:
                best, nearest = number, off
        return best

    def _line(self, edge: int) -> np.ndarray:
        row = self.edges[edge]
        return np.array([row["start_mm"], row["end_mm"]])

    def _link_curl(self, number: int, node: Curl) -> None:
        for edge, other in self._rulings(node.front, node.axis):
            line = self._line(edge)
            if self._node_at(node.front, line.mean(axis=0)) != number:
                continue
            across = self._node_at(other, line.mean(axis=0))
            if across is not None and across != number:
                self._link(number, across, other, line)

    def _link(self, curl: int, across: int, face: int, line: np.ndarray) -> None:
        node, far = self.nodes[curl], self.nodes[across]
        assert isinstance(node, Curl)
        middle = line.mean(axis=0) - node.origin_mm
        theta = _end_angle(node, float(node.angle(middle[None])[0]))
        far_theta = math.nan
        if isinstance(far, Curl):
            far_theta = _end_angle(
                far, float(far.angle((line.mean(axis=0) - far.origin_mm)[None])[0])
            )
            pair = {curl, across}
            if any({k.first, k.second} == pair for k in self.links):
                return
        self.links.append(Link(curl, across, line, (theta, far_theta), face == far.front))

    def _add_lone_bends(self) -> None:
        """Bends whose inner radius is drawn and whose outer corner is sharp or of another
        radius.
        """
        faces = self.regions.faces
        for face in np.flatnonzero((faces["kind"] == CYLINDER) & (faces["sense"] < 0)).tolist():
            if face in self.of_face or faces["sweep_deg"][face] > 270.0:
                continue
            rulings = list(self._rulings(face, faces["axis"][face]))
            if len(rulings) < 2:  # as of most corners of a pocket: it bends nothing
                continue
            ends = []
            for edge, other in rulings:
                line = self._line(edge)
                across = self._node_at(other, line.mean(axis=0))
                if across is not None and isinstance(self.nodes[across], Flange):
                    ends.append((across, other, line))
            numbers = {across for across, _, _ in ends}
            if len(numbers) != 2:
                continue
            (p, g, line), (q, h, _) = ends[0], next(e for e in ends if e[0] != ends[0][0])
            outside = self._meet_outside(p, g, q, h, line)
            if outside is None:
                continue
            x, y, axis, origin = cylinder_frame(self.regions, face)
            region = unroll(self.regions, face, face)
            radius = float(faces["radius_mm"][face])
            curl = self._add(Curl(face, -1, x, y, axis, origin, radius, region, outside))
            for across, other, end in ends:
                self._link(curl, across, other, end)

    def _add_sharp_bends(self) -> None:
        """Bends drawn without an inside radius: corners between two flat panels that also meet
        outside.
        """
        edges = self.edges
        concave = np.flatnonzero((edges["angle_deg"] < -SMALLEST_BEND_DEG) & ~edges["seam"])
        corners: dict[tuple[int, int, int, int], list[tuple[np.ndarray, tuple[int, ...]]]] = (
            defaultdict(list)
        )
        for edge in concave.tolist():
            g, h = edges["faces"][edge].tolist()
            if g not in self.of_face or h not in self.of_face or not self.regions.straight(edge):
                continue
            line = self._line(edge)
            p, q = (self._node_at(face, line.mean(axis=0)) for face in (g, h))
            if p is None or q is None or p == q:
                continue
            if not (isinstance(self.nodes[p], Flange) and isinstance(self.nodes[q], Flange)):
                continue
            outside = self._meet_outside(p, g, q, h, line)
            if outside is not None:
                key = (p, g, q, h) if p < q else (q, h, p, g)
                corners[key].append((line, outside))
        for key, found in corners.items():
            outside = tuple(sorted({face for _, faces in found for face in faces}))
            self._add_sharp(*key, [line for line, _ in found], outside)

    def _add_sharp(
        self, p: int, g: int, q: int, h: int, lines: list[np.ndarray], outside: tuple[int, ...]
    ) -> None:
        faces = self.regions.faces
        towards_g, towards_h = -faces["axis"][g], -faces["axis"][h]
        x = towards_g + towards_h
        axis = lines[0][1] - lines[0][0]
        axis = axis / norm(axis)
        if norm(x) < 1e-6:
            return
        x = x / norm(x)
        y = cross(axis, x)
        origin = lines[0][0]
        half = abs(math.atan2(float(towards_g @ y), float(towards_g @ x)))
        spans = [np.sort((line - origin) @ axis) for line in lines]
        region = shapely.union_all([shapely.box(-half, low, half, high) for low, high in spans])
        curl = self._add(Curl(-1, -1, x, y, axis, origin, 0.0, region, outside or (g, h)))
        for across, face, towards in ((p, g, towards_g), (q, h, towards_h)):
            theta = half if towards @ y > 0 else -half
            low, high = min(s[0] for s in spans), max(s[1] for s in spans)
            line = origin + np.array([[low], [high]]) * axis
            front = face == self.nodes[across].front
            self.links.append(Link(curl, across, line, (theta, math.nan), front))

    def _meet_outside(
        self, p: int, g: int, q: int, h: int, line: np.ndarray
    ) -> tuple[int, ...] | None:
        """Rounds and chamfers in which the far sides of two flat panels meet along a line; None:
        they do not meet.
        """
        far_g, far_h = _other(self.nodes[p], g), _other(self.nodes[q], h)
        along = line[1] - line[0]
        along = along / norm(along)
        if any(self._runs(edge, along) for edge in self.topology.between(far_g, far_h).tolist()):
            return ()
        middle = line.mean(axis=0)
        reach = OUTSIDE_T * self.thickness_mm
        for face in (self._across(far_g, along) & self._across(far_h, along)) - {g, h}:
            box = self.regions.faces["bbox_mm"][face]
            if (middle > box[0] - reach).all() and (middle < box[1] + reach).all():
                self.outer_faces.add(face)
                return (face,)
        return None

    def _across(self, face: int, along: np.ndarray) -> set[int]:
        edges, far = self.topology.neighbours(face)
        return {
            int(other)
            for edge, other in zip(edges.tolist(), far.tolist(), strict=True)
            if self._runs(edge, along)
        }

    def _runs(self, edge: int, along: np.ndarray) -> bool:
        """Whether an edge is straight and runs along a direction."""
        direction = self.edges["end_mm"][edge] - self.edges["start_mm"][edge]
        length = norm(direction)
        return bool(
            length > 0
            and self.regions.straight(edge)
            and norm(cross(direction, along)) <= 5 * PARALLEL_SINE * length
        )


def _other(node: Flange | Curl, face: int) -> int:
    return node.back if face == node.front else node.front


def _end_angle(node: Curl, theta: float) -> float:
    """The end of a curl's sweep that an angle stands for: the angle of a point may be a turn
    off.
    """
    low, _, high, _ = node.region.bounds
    turns = (theta - 2 * math.pi, theta, theta + 2 * math.pi)
    return min((low, high), key=lambda end: min(abs(turn - end) for turn in turns))
