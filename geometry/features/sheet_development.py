"""Where does every panel of a sheet lie in the flat?"""

import math
from collections import deque
from dataclasses import dataclass, replace

import numpy as np
import shapely

from geometry.features.bend_allowance import k_factor
from geometry.features.sheet_graph import Curl, Flange, Graph, Link
from geometry.features.sheet_regions import Regions
from geometry.vectors import norm

__all__ = ["Development", "Placement", "develop", "link_line_mm", "with_open_corners"]

JOIN_GRID_MM = (
    1e-4  # outlines are joined on this grid: above rounding, a hundredth of what a laser resolves
)
# of the thickness: how far the two ways round a ring may end apart before it is a closed section
CLOSING_SHARE = 0.1


@dataclass(frozen=True)
class Placement:
    """How a node's own coordinates go into the flat, seen from side A."""

    front_up: bool  # the node's front is on side A
    matrix: (
        np.ndarray
    )  # (2, 2) proper rotation, applied after the mirror of a node that shows its back
    shift_mm: np.ndarray  # (2,)
    parent: int  # −1 at the root
    link: int  # −1 at the root

    def apply(self, points_mm: np.ndarray) -> np.ndarray:
        """Points (n, 2) of the node in the flat."""
        own = points_mm if self.front_up else points_mm * (-1.0, 1.0)
        return np.asarray(own @ self.matrix.T + self.shift_mm)


@dataclass(frozen=True)
class Development:
    """Placements of the nodes that hang together with the root; `closed` are links that do not
    close in the flat.
    """

    graph: Graph
    root: int
    placements: dict[int, Placement]
    tree: tuple[int, ...]  # links that carry
    closed: tuple[int, ...]
    branched: tuple[int, ...]  # links that would put both sides of the sheet on one
    seams: tuple[int, ...] = ()  # sharp corners between walls that are left open, to be welded

    def neutral_mm(self, node: Curl) -> float:
        """Radius of a curl's neutral fibre."""
        return neutral_radius_mm(node, self.graph)

    def outline(self, number: int) -> shapely.Geometry:
        """A node's outline in the flat."""
        node, place = self.graph.nodes[number], self.placements[number]
        return shapely.transform(own_outline(node, self.graph), place.apply)

    def union(self) -> shapely.Geometry:
        """The whole flat; small gaps between panels of inexact models are closed."""
        return joined([self.outline(number) for number in sorted(self.placements)])


def joined(outlines: list[shapely.Geometry]) -> shapely.Geometry:
    """Union of outlines that touch along lines."""
    if not outlines:
        return shapely.Polygon()
    whole = shapely.union_all(outlines, grid_size=JOIN_GRID_MM)
    if whole.geom_type == "Polygon":
        return whole
    gap = 5 * JOIN_GRID_MM
    closed = shapely.buffer(
        shapely.buffer(whole, gap, join_style="mitre"), -gap, join_style="mitre"
    )
    return closed if closed.geom_type == "Polygon" else whole


def neutral_radius_mm(node: Curl, graph: Graph) -> float:
    """Radius of the fibre of a bend that keeps its length."""
    thickness = graph.thickness_mm
    return node.radius_mm + k_factor(node.radius_mm, thickness, graph.k_table) * thickness


def own_outline(node: Flange | Curl, graph: Graph) -> shapely.Geometry:
    """Outline of a node in its own flat coordinates, seen from its front."""
    if isinstance(node, Flange):
        return node.region
    radius = neutral_radius_mm(node, graph)
    return shapely.transform(node.region, lambda p: p * (radius, -1.0))


def develop(
    graph: Graph, regions: Regions, *, left_out: frozenset[int] = frozenset()
) -> Development | None:
    """Lays every node that hangs together with the largest one into the plane; None when there
    is no node.

    left_out: nodes that belong to formed places and are not laid out.
    """
    usable = [k for k in range(len(graph.nodes)) if k not in left_out]
    if not usable:
        return None
    areas = {k: float(own_outline(graph.nodes[k], graph).area) for k in usable}
    root = max(usable, key=lambda k: (round(areas[k], 6), -k))
    placements = {root: Placement(True, np.eye(2), np.zeros(2), -1, -1)}
    around = graph.neighbours()
    tree: list[int] = []
    rest: list[int] = []
    seen: set[int] = set()
    queue = deque([root])
    while queue:
        here = queue.popleft()
        numbers = sorted(around.get(here, ()), key=lambda k: -_length(graph.links[k]))
        for number in numbers:
            if number in seen:
                continue
            link = graph.links[number]
            other = link.second if link.first == here else link.first
            if other in left_out:
                continue
            seen.add(number)
            if other in placements:
                rest.append(number)
                continue
            placements[other] = _placed(graph, regions, placements[here], here, other, number)
            tree.append(number)
            queue.append(other)
    closed, branched = [], []
    for number in rest:
        link = graph.links[number]
        one, two = placements[link.first], placements[link.second]
        if (one.front_up == two.front_up) != link.same_side:
            branched.append(number)
            continue
        ends = [place.apply(link_line_mm(graph, regions, node, link)) for node, place in
                ((link.first, one), (link.second, two))]  # fmt: skip
        if float(np.abs(ends[0] - ends[1]).max()) > CLOSING_SHARE * graph.thickness_mm + 1e-2:
            closed.append(number)
    return Development(graph, root, placements, tuple(tree), tuple(closed), tuple(branched))


def with_open_corners(
    graph: Graph, regions: Regions, closed: Development, left_out: frozenset[int]
) -> Development:
    """The development with the corners left open in which walls of a box meet, when that lays it
    flat; else as it was.

    Such a corner is drawn sharp between two panels that bends join to a third: a fold of a box has
    no corner without a seam, whereas a tube has no third panel.
    """
    around = graph.neighbours()

    def joined_to(panel: int, but: int) -> set[int]:
        curls = {_other_end(graph.links[n], panel) for n in around.get(panel, ())} - {but}
        return {
            _other_end(graph.links[n], curl) for curl in curls for n in around.get(curl, ())
        } - {panel}

    corners = set()
    for number, node in enumerate(graph.nodes):
        if not isinstance(node, Curl) or (node.front >= 0 and node.back >= 0):
            continue
        ends = [_other_end(graph.links[n], number) for n in around.get(number, ())]
        if len(ends) == 2 and closed.root not in ends:
            one, two = ends
            if joined_to(one, number) & joined_to(two, number):
                corners.add(number)
    if not corners:
        return closed
    opened = develop(graph, regions, left_out=left_out | corners)
    if (
        opened is None
        or opened.closed
        or len(opened.placements) + len(corners) < len(closed.placements)
    ):
        return closed
    return replace(opened, seams=tuple(sorted(corners)))


def _other_end(link: Link, node: int) -> int:
    return link.second if link.first == node else link.first


def _length(link: Link) -> float:
    return norm(link.line_mm[1] - link.line_mm[0])


def _placed(
    graph: Graph, regions: Regions, place: Placement, here: int, other: int, number: int
) -> Placement:
    link = graph.links[number]
    target = place.apply(link_line_mm(graph, regions, here, link))
    source = link_line_mm(graph, regions, other, link)
    front_up = place.front_up == link.same_side
    if not front_up:
        source = source * (-1.0, 1.0)
    (a, b), (c, d) = source, target
    turn = math.atan2(*(d - c)[::-1]) - math.atan2(*(b - a)[::-1])
    matrix = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    shift = (c + d) / 2 - matrix @ ((a + b) / 2)
    return Placement(front_up, matrix, shift, here, number)


def link_line_mm(graph: Graph, regions: Regions, number: int, link: Link) -> np.ndarray:
    """A link's line in a node's own flat coordinates (2, 2)."""
    node = graph.nodes[number]
    if isinstance(node, Flange):
        return regions.flatten(node.frame, link.line_mm)
    theta = link.theta[0] if number == link.first else link.theta[1]
    across = theta * neutral_radius_mm(node, graph)
    begin, end = ((link.line_mm - node.origin_mm) @ node.axis).tolist()
    return np.array([(across, -begin), (across, -end)])
