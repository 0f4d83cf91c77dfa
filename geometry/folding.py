"""Where is every panel of a sheet while some bends are still flat, and what does it run into?

Panels are rigid and as thin as the middle of the sheet; what they may not enter is kept half a
thickness away from them. Lengths in mm, angles in radians.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely

from geometry.features.sheet_development import link_line_mm
from geometry.features.sheet_graph import Curl, Flange
from geometry.features.sheet_model import SheetModel
from geometry.runs import following
from geometry.vectors import norm, norms

__all__ = ["Folding", "Piece"]

SHRUNK_T = 0.3  # × thickness: panels that meet in a closed corner touch there and do not collide
ENTERED_T = 1.0  # × thickness: shorter cuts of panels into each other are inexactness of the model
STAGES = (0.4, 0.75, 1.0)  # of the bend's angle at which a stroke is looked at
FLAT_EPS = 1e-9
STILL = np.eye(4)  # the motion of what stays where it is
STILL.setflags(write=False)


@dataclass(frozen=True)
class Piece:
    """A convex prism along a bend line: corners (n, 2) across it in (x, z), counter-clockwise."""

    corners_mm: np.ndarray
    endless: bool  # spans the machine; else it is as long as the bend

    @cached_property
    def sides(self) -> np.ndarray:
        """Inside is a·x + b·z ≤ c: rows (a, b, c) of unit normals."""
        edge = following(self.corners_mm) - self.corners_mm
        normal = np.column_stack([edge[:, 1], -edge[:, 0]])
        normal /= norms(normal)[:, None]
        return np.column_stack([normal, (normal * self.corners_mm).sum(axis=1)])

    def mirrored(self) -> "Piece":
        """The tool put in the other way round."""
        return Piece(self.corners_mm[::-1] * (-1.0, 1.0), self.endless)

    def lifted(self, height_mm: float) -> "Piece":
        """Moved along z."""
        return Piece(self.corners_mm + np.array([0.0, height_mm]), self.endless)


@dataclass(frozen=True)
class _Hinge:
    """How a curl carries what hangs on it, in the coordinates of the flat."""

    bend: int
    frame: np.ndarray  # (4, 4): x from the side it hangs on across the bend, y along it, z up
    allowance_mm: float
    side: float  # +1 when what it carries rises towards z
    offset_mm: float  # from the neutral fibre to the middle of the sheet

    def carried(self, angle: float) -> np.ndarray:
        """Motion (4, 4) of what lies beyond the curl when it is bent by an angle."""
        return np.asarray(self.frame @ self._bent(angle, 1.0) @ self._back)

    @cached_property
    def _back(self) -> np.ndarray:
        return _undone(self.frame)

    def middle(self, angle: float) -> np.ndarray:
        """Frame (4, 4) at the middle of the bent curl: x tangent, z towards its inside."""
        here = self.frame @ self._bent(angle, 0.5)
        here = here @ _shift(self.allowance_mm / 2)
        if self.side < 0:
            here = here @ np.diag([-1.0, 1.0, -1.0, 1.0])
        return np.asarray(here)

    def _bent(self, angle: float, share: float) -> np.ndarray:
        """Motion of what lies beyond a share of the arc, in the hinge's own frame."""
        length, turn = share * self.allowance_mm, share * angle
        if turn < 1e-9:
            return STILL
        radius, sign = self.allowance_mm / angle + self.offset_mm, self.side
        cos, sin = math.cos(turn), math.sin(turn)
        move = STILL.copy()
        move[0, 0], move[0, 2], move[2, 0], move[2, 2] = cos, -sign * sin, sign * sin, cos
        move[0, 3], move[2, 3] = radius * sin, sign * radius * (1 - cos)
        return move @ _shift(-length)


def _shift(x_mm: float) -> np.ndarray:
    move = STILL.copy()
    move[0, 3] = x_mm
    return move


def _undone(motion: np.ndarray) -> np.ndarray:
    """The motion (4, 4) back: the turn transposed, as nothing is stretched."""
    back = STILL.copy()
    back[:3, :3] = motion[:3, :3].T
    back[:3, 3] = -(back[:3, :3] @ motion[:3, 3])
    return back


class Folding:
    """A sheet whose bends can be flat or bent one by one; bends are numbered as in the model."""

    def __init__(self, model: SheetModel) -> None:
        assert model.development is not None and model.blank is not None
        self.model = model
        self.thickness_mm = model.thickness_mm
        self.angles = [math.radians(bend.angle_deg) for bend in model.bends]
        placements = model.development.placements
        self._parent = {k: place.parent for k, place in placements.items()}
        self._order = list(placements)  # parents before what hangs on them
        self._hinges = self._find_hinges()
        nodes = model.development.graph.nodes
        shrink = -SHRUNK_T * self.thickness_mm
        flat = np.array([k for k in self._order if isinstance(nodes[k], Flange)], int)
        outlines = np.array([model.blank.panels[k] for k in flat.tolist()], object)
        outlines = shapely.buffer(outlines, shrink, join_style="mitre")
        outlines = shapely.simplify(outlines, self.thickness_mm / 10)
        left = ~shapely.is_empty(outlines)
        self.panels: list[int] = flat[left].tolist()
        self.outlines: list[shapely.Geometry] = outlines[left].tolist()
        self._corners = _box_corners(self.outlines)
        self._carried: dict[tuple[int, float], np.ndarray] = {}
        self._seen: dict[
            tuple[int, frozenset[int], float], tuple[np.ndarray, np.ndarray, np.ndarray]
        ] = {}

    def depth(self, bend: int) -> int:
        """Bends between the root panel and this one."""
        node, found = self.model.bends[bend].nodes[0], set()
        while node >= 0:
            if node in self._hinges:
                found.add(self._hinges[node].bend)
            node = self._parent[node]
        return len(found - {bend})

    def _find_hinges(self) -> dict[int, _Hinge]:
        model = self.model
        assert model.development is not None and model.blank is not None
        graph, found = model.development.graph, {}
        lines = {line.node: line for line in model.blank.bend_lines}
        for number, bend in enumerate(model.bends):
            for k in bend.nodes:
                place, node, line = model.development.placements[k], graph.nodes[k], lines[k]
                if place.link < 0 or not isinstance(node, Curl):
                    continue  # the root is no curl as long as there is a flat panel
                link = graph.links[place.link]
                entry = place.apply(link_line_mm(graph, model.regions, k, link)).mean(axis=0)
                along = line.line_mm[1] - line.line_mm[0]
                along = along / norm(along)
                across = np.array([along[1], -along[0]])
                middle = line.line_mm.mean(axis=0)
                if (middle - entry) @ across < 0:
                    across, along = -across, -along
                allowance = 2 * float((middle - entry) @ across)
                frame = np.eye(4)
                frame[:2, 0], frame[:2, 1] = across, along
                frame[:2, 3] = middle - across * allowance / 2
                side = 1.0 if line.up else -1.0
                offset = node.radius_mm + self.thickness_mm / 2 - allowance / self.angles[number]
                found[k] = _Hinge(number, frame, allowance, side, offset)
        return found

    def carriers(self, bend: int) -> list[int]:
        """Curls of a bend that have a place in the tree."""
        return [k for k in self.model.bends[bend].nodes if k in self._hinges]

    def places(self, angles: Mapping[int, float]) -> dict[int, np.ndarray]:
        """Motion (4, 4) of every node from the flat, by the angle of each bend that is not flat."""
        found: dict[int, np.ndarray] = {}
        for k in self._order:
            parent = self._parent[k]
            if parent < 0:
                found[k] = STILL
                continue
            found[k] = found[parent]
            hinge = self._hinges.get(parent)
            if hinge is not None and angles.get(hinge.bend, 0.0) > 0:
                key = parent, angles[hinge.bend]
                if key not in self._carried:
                    self._carried[key] = hinge.carried(angles[hinge.bend])
                found[k] = found[parent] @ self._carried[key]
        return found

    def moved(self, bend: int) -> set[int]:
        """Nodes beyond a bend, seen from the root."""
        found: set[int] = set(self.carriers(bend))
        for k in self._order:
            if self._parent[k] in found:
                found.add(k)
        return found

    def touching(self, bend: int) -> set[int]:
        """Flat panels that a bend joins."""
        return set(self.model.bends[bend].flanges)

    def hits_itself(
        self, bend: int, bent: Iterable[int], *, stages: Iterable[float] = STAGES
    ) -> bool:
        """Whether a flat panel meets another while a bend is pressed, others being bent."""
        moved, near = self.moved(bend), self.touching(bend)
        one = [n for n, k in enumerate(self.panels) if k in moved]
        two = [n for n, k in enumerate(self.panels) if k not in moved]
        if not one or not two:
            return False  # a roll without flat panels
        for stage in stages:
            if stage >= 1.0 and len(set(bent) | {bend}) == len(self.angles):
                continue  # the finished part
            angles = {b: self.angles[b] for b in bent} | {bend: stage * self.angles[bend]}
            places = self.places(angles)
            motion = np.array([places[k] for k in self.panels])
            corners = np.einsum("nij,nkj->nki", motion, self._corners)[..., :3]
            low, high = corners.min(axis=1), corners.max(axis=1)
            for a in one:
                close = (low[two] < high[a]).all(axis=1) & (high[two] > low[a]).all(axis=1)
                for b in np.asarray(two)[close].tolist():
                    if self.panels[a] in near and self.panels[b] in near:
                        continue
                    if self._cut(a, b, motion[a], motion[b]):
                        return True
        return False

    def _cut(self, a: int, b: int, place_a: np.ndarray, place_b: np.ndarray) -> bool:
        """Whether two panels pass through each other."""
        into = _undone(place_a) @ place_b  # of b, in the coordinates of a
        slope, height = into[2, :2], float(into[2, 3])
        steep = norm(slope)
        if steep < 1e-6:
            return False  # parallel
        outline = self.outlines[b]
        x0, y0, x1, y1 = outline.bounds
        reach = math.hypot(x1 - x0, y1 - y0)
        middle = np.array([(x0 + x1) / 2, (y0 + y1) / 2])
        normal = slope / steep
        foot = middle - normal * ((slope @ middle + height) / steep)
        along = np.array([-normal[1], normal[0]]) * reach
        line = shapely.intersection(outline, shapely.LineString([foot - along, foot + along]))
        if line.is_empty:
            return False
        over = shapely.transform(line, lambda p: p @ into[:2, :2].T + into[:2, 3])
        shared = shapely.intersection(over, self.outlines[a])
        return bool(shared.length > ENTERED_T * self.thickness_mm)

    def hits(
        self,
        bend: int,
        bent: Iterable[int],
        pieces: Iterable[Piece],
        *,
        legs_too: bool = False,
        stages: Iterable[float] = STAGES,
    ) -> bool:
        """Whether a panel meets a tool while a bend is pressed, others being bent; the two legs of
        the bend rest on the tool and count only when asked for.
        """
        bent, pieces = list(bent), list(pieces)
        spared = set() if legs_too else self._legs(bend, bent)
        if not self.carriers(bend):
            return False
        kept = [n for n, k in enumerate(self.panels) if k not in spared]
        if not kept:
            return False
        reach = self._along(bend)
        for stage in stages:
            motion, low, high = self._before_tools(bend, frozenset(bent), stage)
            for piece in pieces:
                near = self._near(piece, low[kept], high[kept], reach)
                for n in np.asarray(kept)[near].tolist():
                    if self._enters(n, motion[n], piece, reach):
                        return True
        return False

    def _before_tools(
        self, bend: int, bent: frozenset[int], stage: float
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Motions (n, 4, 4) of the panels into the frame of a bend that is being pressed, and
        their boxes there, low and high (n, 3) each; of one stroke every tool is asked.
        """
        key = bend, bent, stage
        if key not in self._seen:
            carrier, angle = self.carriers(bend)[0], stage * self.angles[bend]
            places = self.places({b: self.angles[b] for b in bent} | {bend: angle})
            # the curl's own place is that of what it hangs on
            back = _undone(places[carrier] @ self._hinges[carrier].middle(angle))
            motion = back @ np.array([places[k] for k in self.panels])
            corners = np.einsum("nij,nkj->nki", motion, self._corners)[..., :3]
            self._seen[key] = motion, corners.min(axis=1), corners.max(axis=1)
        return self._seen[key]

    def _legs(self, bend: int, bent: list[int]) -> set[int]:
        """Panels in the planes of the two legs of a bend: through bends that are still flat."""
        legs = self.touching(bend)
        flat = [set(b.flanges) for n, b in enumerate(self.model.bends) if n not in {bend, *bent}]
        grown = True
        while grown:
            more = {k for joined in flat if joined & legs for k in joined} - legs
            grown = bool(more)
            legs |= more
        return legs

    def _along(self, bend: int) -> tuple[float, float]:
        """From where to where a bend reaches along the line of its first curl."""
        assert self.model.blank is not None
        carriers = self.carriers(bend)
        first = self._hinges[carriers[0]]
        origin, along = first.frame[:2, 3], first.frame[:2, 1]
        ends = [
            float((end - origin) @ along)
            for line in self.model.blank.bend_lines
            if line.node in carriers
            for end in line.line_mm
        ]
        return min(ends), max(ends)

    def _near(
        self, piece: Piece, low: np.ndarray, high: np.ndarray, reach: tuple[float, float]
    ) -> np.ndarray:
        (x0, z0), (x1, z1) = piece.corners_mm.min(axis=0), piece.corners_mm.max(axis=0)
        near = (low[:, 0] < x1) & (high[:, 0] > x0) & (low[:, 2] < z1) & (high[:, 2] > z0)
        if not piece.endless:
            near &= (low[:, 1] < reach[1]) & (high[:, 1] > reach[0])
        return np.asarray(near)

    def _enters(
        self, panel: int, motion: np.ndarray, piece: Piece, reach: tuple[float, float]
    ) -> bool:
        """Whether a panel lies within a tool by more than half its thickness."""
        half = self.thickness_mm / 2
        x, y, z = motion[0, [0, 1, 3]], motion[1, [0, 1, 3]], motion[2, [0, 1, 3]]
        planes = [(*(a * x + b * z)[:2], c + half - (a * x + b * z)[2]) for a, b, c in piece.sides]
        if not piece.endless:
            planes += [(*y[:2], reach[1] - y[2]), (*-y[:2], y[2] - reach[0])]
        ring = self._corners[panel][:, :2]
        for a, b, c in planes:
            ring = _clipped(ring, a, b, c)
            if len(ring) < 3:
                return False
        inside = shapely.intersection(self.outlines[panel], shapely.Polygon(ring))
        return bool(inside.area > (ENTERED_T * self.thickness_mm) ** 2)


def _box_corners(outlines: list[shapely.Geometry]) -> np.ndarray:
    """Homogeneous corners (n, 4, 4) of the boxes around outlines in the flat."""
    if not outlines:
        return np.zeros((0, 4, 4))
    boxes = np.array([outline.bounds for outline in outlines])
    corners = np.zeros((len(boxes), 4, 4))
    corners[:, :, 0] = boxes[:, [0, 2, 2, 0]]
    corners[:, :, 1] = boxes[:, [1, 1, 3, 3]]
    corners[:, :, 3] = 1.0
    return corners


def _clipped(ring: np.ndarray, a: float, b: float, c: float) -> np.ndarray:
    """The part of a convex ring (n, 2) where a·x + b·y ≤ c."""
    over = ring @ (a, b) - c
    if (over <= FLAT_EPS).all():
        return ring
    kept: list[np.ndarray] = []
    for k in range(len(ring)):
        here, there = over[k - 1], over[k]
        if (here <= 0) != (there <= 0):
            share = here / (here - there)
            kept.append(ring[k - 1] + share * (ring[k] - ring[k - 1]))
        if there <= 0:
            kept.append(ring[k])
    return np.array(kept).reshape(-1, 2)
