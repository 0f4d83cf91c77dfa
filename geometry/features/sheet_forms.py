"""Which places of a sheet are formed rather than cut or bent?"""

import math
from collections import deque
from dataclasses import dataclass

import numpy as np
import shapely

from geometry.features.sheet_edges import SLAB_SHARE
from geometry.features.sheet_graph import Flange, Graph, Link
from geometry.features.sheet_panels import CYLINDER, SPHERE
from geometry.features.sheet_regions import Regions, polygon
from geometry.rectangles import extents
from geometry.vectors import norms, rejections, square_to

__all__ = ["Form", "find_forms"]

BEAD_RATIO = 1.5  # a formed place this many times longer than wide is a bead
LONG_BEAD = 4.0  # so many times longer also with a flat top, as stiffening beads have
ROUND_SHARE = 0.05  # length and width within this of each other: round
HOLLOW_SHARE = (
    0.3  # of a form's height: how far its hollow side must follow; pads and pins follow not at all
)
COLLAR_T = (
    0.95  # × thickness: collars are drawn thinner than the sheet, hubs are as thick or thicker
)
# × thickness: beads and dimples stretch the metal to twice or three times this; deeper is drawn
DEEP_T = 5.0
STANDS_UP = math.cos(math.radians(30))  # a cylinder this near to upright bulges nowhere upwards
# × thickness: how thick a hood may be drawn, and the share of its area that must be so; its rims
# are the rest
HOOD_T, HOOD_SHARE = (0.3, 1.6), 0.6
LOUVRE_MOST_T = 8.0  # × thickness
# shares of the corners (16, 3) at the middles of the triangles that quarters of quarters make
_U, _V = np.divmod(np.arange(16), 4)
_FOLDED = _U + _V > 3
_WITHIN = np.column_stack([np.where(_FOLDED, 11 - 3 * k, 3 * k + 1) / 12 for k in (_U, _V)])
_WITHIN = np.column_stack([_WITHIN, 1 - _WITHIN.sum(axis=1)])


@dataclass(frozen=True)
class Form:
    """A formed place on a flat panel; ids are of part.joined."""

    kind: str  # of the contract: dimple, bead, louvre, extruded_hole, emboss, draw
    flange: int  # node
    faces: tuple[int, ...]
    outline: shapely.Geometry  # in the panel's frame
    hole_mm: float  # radius of the pierced hole of an extruded hole, 0 elsewhere
    height_mm: float
    size_mm: float


def find_forms(regions: Regions, graph: Graph) -> tuple[list[Form], frozenset[int]]:
    """Formed places, and the nodes that are part of them."""
    forms: list[Form] = []
    inside: set[int] = set()
    around = graph.neighbours()
    for number, node in enumerate(graph.nodes):
        if not isinstance(node, Flange) or number in inside:
            continue
        for form in _forms_of(regions, graph, number, node, around):
            own = set(form.faces)
            members = {
                k
                for k, other in enumerate(graph.nodes)
                if k != number
                and ({other.front, other.back} - {-1} <= own)
                and {other.front, other.back} != {-1}
            }
            others = [n for n in (graph.nodes[k] for k in members) if isinstance(n, Flange)]
            if any(other.area_mm2 > node.area_mm2 for other in others):
                continue  # the panel stands on what would be the form
            forms.append(form)
            inside |= members
    return forms, frozenset(inside)


@dataclass(frozen=True)
class _Place:
    """What lies behind one inner loop of a panel's side."""

    face: int
    loop: int
    reached: frozenset[int]
    above_mm: float  # how far it reaches beyond the front of the sheet, < 0 when it does not
    below_mm: float  # and beyond the back


def _forms_of(
    regions: Regions, graph: Graph, number: int, node: Flange, around: dict[int, list[int]]
) -> list[Form]:
    """Formed places that interrupt both sides of a flat panel from within."""
    places: list[_Place] = []
    barrier = {node.front, node.back}
    loops = {face: list(regions.topology.loops_of(face)) for face in (node.front, node.back)}
    rim = {f for own in loops.values() for f in _beyond(regions, own[0])} - barrier
    for face, own in loops.items():
        for loop in own[1:]:
            reached = _behind(regions, loop, barrier, rim)
            if reached:
                above, below = _stands_out(regions, graph, node, reached)
                places.append(_Place(face, loop, frozenset(reached), above, below))
    slack = SLAB_SHARE * graph.thickness_mm + 1e-2
    if not any(max(p.above_mm, p.below_mm) > slack for p in places):
        return []
    return _classified(regions, graph, number, node, places, around)


def _outline(regions: Regions, node: Flange, place: _Place) -> shapely.Geometry:
    """Area inside a place's loop, in the panel's frame."""
    return polygon([regions.flatten(node.frame, regions.ring(place.loop, node.frame))])


def _beyond(regions: Regions, loop: int) -> set[int]:
    """Faces on both sides of a loop's edges."""
    edges = regions.topology.loop_edges(loop)
    return set(regions.topology.edges["faces"][edges].ravel().tolist()) - {-1}


def _behind(regions: Regions, loop: int, barrier: set[int], rim: set[int]) -> set[int] | None:
    """Faces reached through a loop without passing the panel; None when the loop leads around
    the part, to the rim of the panel.
    """
    start = _beyond(regions, loop) - barrier
    if start & rim:
        return None
    seen, queue = set(start), deque(start)
    while queue:
        for other in regions.topology.neighbours(queue.popleft())[1].tolist():
            if other in rim:
                return None
            if other not in seen and other not in barrier:
                seen.add(other)
                queue.append(other)
    return seen


def _classified(
    regions: Regions,
    graph: Graph,
    number: int,
    node: Flange,
    places: list[_Place],
    around: dict[int, list[int]],
) -> list[Form]:
    forms = []
    slack = SLAB_SHARE * graph.thickness_mm + 1e-2
    backs = [p for p in places if p.face == node.back]
    outlines = [_outline(regions, node, p) for p in backs]
    tree = shapely.STRtree(outlines)
    used: set[int] = set()
    for place in (p for p in places if p.face == node.front):
        outline = _outline(regions, node, place)
        if not outline.area > 0 or outline.distance(node.region) > graph.thickness_mm:
            continue  # a loop of another panel on the same face
        for k in sorted(set(tree.query(outline, predicate="intersects").tolist()) - used):
            other = backs[k]
            height = max(place.above_mm, other.above_mm, place.below_mm, other.below_mm)
            if height <= slack:
                break  # a hole
            reached = set(place.reached | other.reached)
            if _bends_between(graph, number, reached, around) == 1:
                break  # a tab bent out of a window is a bend
            through = bool(place.reached & other.reached)
            if not through and not _follows(place, other, graph.thickness_mm):
                break  # a lump of material, not a form
            both = outline | outlines[k]
            form = _form(regions, graph, number, node, reached, both, height, through)
            if form is not None:
                used.add(k)
                forms.append(form)
            break
    return forms


def _follows(front: _Place, back: _Place, thickness_mm: float) -> bool:
    """Whether the other side of the sheet goes where one side goes."""
    if front.above_mm >= back.below_mm:
        return back.above_mm > -thickness_mm + HOLLOW_SHARE * front.above_mm
    return front.below_mm > -thickness_mm + HOLLOW_SHARE * back.below_mm


def _bends_between(graph: Graph, number: int, faces: set[int], around: dict[int, list[int]]) -> int:
    """Bends by which a panel is joined to what stands in its window."""
    count = 0
    # a bend whose edge is split is linked by each piece
    for curl in sorted({_far_end(graph.links[k], number) for k in around.get(number, ())}):
        ends = [_far_end(graph.links[n], curl) for n in around.get(curl, ())]
        beyond = [graph.nodes[n] for n in ends if n != number]
        beyond += [graph.nodes[curl]] if graph.nodes[curl].front >= 0 else []
        count += any({node.front, node.back} <= faces for node in beyond)
    return count


def _far_end(link: Link, number: int) -> int:
    return link.second if link.first == number else link.first


def _stands_out(
    regions: Regions, graph: Graph, node: Flange, faces: set[int]
) -> tuple[float, float]:
    """How far faces reach beyond the front and the back of a panel."""
    rows = np.array(sorted(faces))
    spans = regions.spans_mm(node.frame)[rows]
    # no number where a face has no mesh
    above = float(np.fmax.reduce(spans[:, 1], initial=-math.inf))
    below = -float(np.fmin.reduce(spans[:, 0], initial=math.inf))
    # only what is round across the sheet reaches beyond its mesh
    kind = regions.faces["kind"][rows]
    lean = np.abs(regions.faces["axis"][rows] @ regions.frames[node.frame, 2])
    bulging = (kind == SPHERE) | ((kind == CYLINDER) & (lean < STANDS_UP))
    for face in rows[bulging].tolist():
        above = max(above, reach_mm(regions, face, node.frame, 1))
        below = max(below, reach_mm(regions, face, node.frame, -1))
    above, below = above - node.front_mm, below + node.front_mm
    return above, below - graph.thickness_mm


def reach_mm(regions: Regions, face: int, frame: int, side: int) -> float:
    """How far a face reaches from the part's centre along w of a frame (side 1) or against it
    (side −1): beyond its mesh where it is a ball or a tube.
    """
    low, high = regions.spans_mm(frame)[face].tolist()
    if math.isnan(low):
        return -math.inf
    meshed = high if side > 0 else -low
    row = regions.faces[face]
    if row["kind"] not in (CYLINDER, SPHERE):
        return float(meshed)
    direction = side * regions.frames[frame, 2]
    outward = direction
    centre = row["origin_mm"]
    if row["kind"] == CYLINDER:
        outward = direction - (direction @ row["axis"]) * row["axis"]
        if abs(float(direction @ row["axis"])) >= STANDS_UP:
            return float(meshed)
        outward = outward / np.linalg.norm(outward)
        centre = centre + row["axis"] * (row["low_mm"] + row["high_mm"]) / 2
    top = centre + row["radius_mm"] * outward
    if not _covers(regions, face, top, outward):
        return float(meshed)
    return max(meshed, float((top - regions.centre_mm) @ direction))


def _covers(regions: Regions, face: int, point: np.ndarray, along: np.ndarray) -> bool:
    """Whether the triangles of a face lie over a point seen along a direction, on the point's
    side of the face.
    """
    triangles = regions.part.mesh.corners_mm[regions.triangles(face)]
    flat = (triangles - point) @ square_to(along).T
    near = np.abs((triangles - point) @ along).min(axis=1) < np.ptp(triangles @ along) + 1e-9
    a, b, c = flat[:, 0], flat[:, 1], flat[:, 2]
    signs = np.stack([_turn(a, b), _turn(b, c), _turn(c, a)], axis=1)
    scale = 1e-6 * (1.0 + np.abs(flat).max())
    inside = (signs >= -scale).all(axis=1) | (signs <= scale).all(axis=1)
    return bool((inside & near).any())


def _turn(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.asarray(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])


def _form(
    regions: Regions,
    graph: Graph,
    number: int,
    node: Flange,
    faces: set[int],
    outline: shapely.Geometry,
    height: float,
    through: bool,
) -> Form | None:
    """The form that faces make, None when they are a hub or a fastener drawn in place."""
    length, width = extents(outline)
    kind, hole = "emboss", 0.0
    if through and not _pierced(regions, graph, node, faces):
        wall = _collar(regions, graph, node, faces)
        bored = wall is not None and wall[1] - wall[0] <= COLLAR_T * graph.thickness_mm
        if wall is not None and bored:
            kind = "extruded_hole"
            collar_mm2 = (wall[1] ** 2 - wall[0] ** 2) * height / graph.thickness_mm
            # pierced so that the metal of the collar comes from the hole
            hole = math.sqrt(max(wall[0] ** 2 - collar_mm2, 0.0))
        elif wall is None and (_thin(regions, graph, faces) or _hollow(regions, graph, faces)):
            # a cup with a hole at its rim goes through too, and is far deeper than a louvre
            deep = height > LOUVRE_MOST_T * graph.thickness_mm
            kind = "draw" if deep else "louvre"
            height += graph.thickness_mm if deep else 0.0
        else:
            return None
    elif height > DEEP_T * graph.thickness_mm:
        kind = "draw"
        height += graph.thickness_mm  # a draw is measured over all
    elif length >= BEAD_RATIO * width and (
        length >= LONG_BEAD * width or not _has_flat_top(regions, node, faces, outline)
    ):
        kind = "bead"
    elif length - width <= ROUND_SHARE * length and not _has_flat_top(
        regions, node, faces, outline
    ):
        kind = "dimple"
    return Form(kind, number, tuple(sorted(faces)), outline, hole, height, length)


def _pierced(regions: Regions, graph: Graph, node: Flange, faces: set[int]) -> bool:
    """Whether a hole in its flat bottom is what opens a formed place, as in a drawn cup."""
    return any(
        regions.frame_of_face[face] == node.frame and regions.faces["loop_count"][face] > 1
        for face in faces & _back_to_back(graph)
    )


def _thin(regions: Regions, graph: Graph, faces: set[int]) -> bool:
    """Whether most of the faces lie back to back at the thickness."""
    areas = regions.faces["area_mm2"]
    thin = sum(areas[f] for f in faces & _back_to_back(graph))
    return bool(thin > 0.5 * sum(float(areas[f]) for f in faces))


def _hollow(regions: Regions, graph: Graph, faces: set[int]) -> bool:
    """Whether the metal behind most of the faces is about as thick as the sheet, whichever way
    its other side leans: hoods are drawn with walls that are not parallel.
    """
    rows = np.concatenate([regions.triangles(face) for face in sorted(faces)])
    mesh = regions.part.mesh
    areas = mesh.areas_mm2[rows]
    inward = np.repeat(-mesh.normals[rows], len(_WITHIN), axis=0)
    # the middle of a long triangle does not speak for all of it
    starts = (_WITHIN @ mesh.corners_mm[rows]).reshape(-1, 3) + 1e-3 * graph.thickness_mm * inward
    through = regions.rays.cast(starts, inward).distance_mm
    low, high = (share * graph.thickness_mm for share in HOOD_T)
    thin = ((through > low) & (through < high)).reshape(len(rows), -1).mean(axis=1)
    return bool(areas @ thin > HOOD_SHARE * areas.sum())


def _back_to_back(graph: Graph) -> set[int]:
    """Faces that have their other side at the thickness."""
    return {f for p in graph.drawn for f in p.faces} | {
        f for n in graph.nodes for f in (n.front, n.back)
    }


def _has_flat_top(
    regions: Regions, node: Flange, faces: set[int], outline: shapely.Geometry
) -> bool:
    """Whether most of a formed place is a flat step; round ones without it are dimples."""
    flat = [
        regions.faces["area_mm2"][face]
        for face in faces
        if regions.frame_of_face[face] == node.frame
    ]
    return sum(flat) / 2 > 0.5 * outline.area


def _collar(
    regions: Regions, graph: Graph, node: Flange, faces: set[int]
) -> tuple[float, float] | None:
    """Radii of bore and wall of a collar square to the panel; the bore goes on through the
    sheet, though a groove may interrupt it.
    """
    w = regions.frames[node.frame, 2]
    rows = regions.faces[sorted(faces)]
    square = (rows["kind"] == CYLINDER) & (np.abs(rows["axis"] @ w) > 0.999)
    near = 0.05 * graph.thickness_mm
    hollow = rows[square & (rows["sense"] < 0) & (rows["sweep_deg"] > 300.0)]
    for bore in hollow:
        walls = rows[square & (rows["sense"] > 0)]
        walls = walls[_about(walls, bore, w, near) & (walls["radius_mm"] > bore["radius_mm"])]
        alike = np.abs(hollow["radius_mm"] - bore["radius_mm"]) < near
        pieces = hollow[_about(hollow, bore, w, near) & alike]
        if len(walls) and _height_mm(pieces, w) > _height_mm(walls, w):
            return float(bore["radius_mm"]), float(walls["radius_mm"].max())
    return None


def _about(rows: np.ndarray, bore: np.void, way: np.ndarray, near_mm: float) -> np.ndarray:
    """Which cylinders along a way (n,) turn about the axis of one."""
    off = rows["origin_mm"] - bore["origin_mm"]
    return np.asarray(norms(rejections(off, way)) < near_mm)


def _height_mm(rows: np.ndarray, way: np.ndarray) -> float:
    """From the lowest to the highest end of cylinders along a way."""
    ends = np.stack([rows["low_mm"], rows["high_mm"]]) * (rows["axis"] @ way)
    return float(np.ptp(ends + rows["origin_mm"] @ way))
