"""Which places of a sheet are formed rather than cut or bent, and which faces does the sheet account for?"""

import math
from collections import deque
from dataclasses import dataclass

import numpy as np
import shapely

from geometry.features.sheet_graph import Curl, Flange, Graph
from geometry.features.sheet_panels import CYLINDER, PLANE
from geometry.features.sheet_regions import Regions, polygon

__all__ = ["Form", "accounted_faces", "find_forms"]

SLAB_SHARE = 0.03  # of the thickness: how far an edge face may stand out of the sheet
BEAD_RATIO = 2.5  # a formed place this many times longer than wide is a bead
ROUND_SHARE = 0.05  # length and width within this of each other: round
DEEP_RATIO = 0.5  # height over width from which metal is drawn in rather than embossed
DEEP_T = 4.0  # and over thickness


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
            if any(
                graph.nodes[k].area_mm2 > node.area_mm2
                for k in members
                if isinstance(graph.nodes[k], Flange)
            ):
                continue
            forms.append(form)
            inside |= members
    return forms, frozenset(inside)


def _forms_of(
    regions: Regions, graph: Graph, number: int, node: Flange, around: dict[int, list[int]]
) -> list[Form]:
    """Formed places that interrupt both sides of a flat panel from within."""
    places: list[tuple[int, shapely.Geometry, set[int]]] = []
    barrier = {node.front, node.back}
    walls = [graph.nodes[k] for k in range(len(graph.nodes)) if k != number]
    for face in (node.front, node.back):
        loops = regions.topology.loops_of(face)
        if len(loops) < 2:
            continue
        for loop in list(loops)[1:]:
            ring = regions.flatten(node.frame, regions.ring(loop, node.frame))
            outline = polygon([ring])
            if outline.area <= 0 or outline.distance(node.region) > graph.thickness_mm:
                continue
            reached = _behind(regions, loop, barrier)
            if reached is not None:
                places.append((face, outline, reached))
    del walls
    return _classified(regions, graph, number, node, places, around)


def _behind(regions: Regions, loop: int, barrier: set[int]) -> set[int] | None:
    """Faces reached through a loop without passing the panel; None when the loop leads around the part."""
    topology = regions.topology
    start: set[int] = set()
    for edge in topology.loop_edges(loop).tolist():
        start |= set(topology.edges["faces"][edge].tolist()) - barrier
    start.discard(-1)
    limit = max(24, len(topology.faces) // 2)
    seen, queue = set(start), deque(start)
    while queue:
        face = queue.popleft()
        for other in topology.neighbours(face)[1].tolist():
            if other not in seen and other not in barrier:
                seen.add(other)
                queue.append(other)
        if len(seen) > limit:
            return None
    return seen


def _classified(
    regions: Regions,
    graph: Graph,
    number: int,
    node: Flange,
    places: list[tuple[int, shapely.Geometry, set[int]]],
    around: dict[int, list[int]],
) -> list[Form]:
    forms = []
    used: set[int] = set()
    for k, (face, outline, reached) in enumerate(places):
        if face != node.front or k in used:
            continue
        for j, (other_face, other_outline, other_reached) in enumerate(places):
            if other_face != node.back or j in used or not outline.intersects(other_outline):
                continue
            together = reached | other_reached
            above, below = _stands_out(regions, graph, node, together)
            height = max(above, below)
            if height <= SLAB_SHARE * graph.thickness_mm + 1e-2:
                break
            if _bends_between(graph, number, together, around) == 1:
                break  # a tab bent out of a window is a bend
            used |= {k, j}
            through = bool(reached & other_reached)
            forms.append(_form(regions, graph, number, node, together, outline | other_outline,
                               height, through))  # fmt: skip
            break
    return forms


def _bends_between(graph: Graph, number: int, faces: set[int], around: dict[int, list[int]]) -> int:
    """Bends by which a panel is joined to what stands in its window."""
    count = 0
    for k in around.get(number, ()):
        link = graph.links[k]
        other = graph.nodes[link.second if link.first == number else link.first]
        count += {other.front, other.back} - {-1} <= faces and other.front >= 0
    return count


def _stands_out(
    regions: Regions, graph: Graph, node: Flange, faces: set[int]
) -> tuple[float, float]:
    """How far faces reach beyond the front and the back of a panel."""
    w = regions.frames[node.frame, 2]
    points = np.concatenate([corners(regions, face) for face in faces])
    depth = (points - regions.centre_mm) @ w - node.front_mm
    return float(depth.max()), float(-depth.min() - graph.thickness_mm)


def corners(regions: Regions, face: int) -> np.ndarray:
    """Mesh corners (n, 3) of a face of part.joined."""
    mesh, faces = regions.part.mesh, regions.part.topology.faces
    pieces = [
        mesh.triangles[int(faces["first_triangle"][k]) :][: int(faces["triangle_count"][k])].ravel()
        for k in regions.topology.members(face).tolist()
    ]
    return np.asarray(mesh.vertices_mm[np.unique(np.concatenate(pieces))])


def _form(
    regions: Regions,
    graph: Graph,
    number: int,
    node: Flange,
    faces: set[int],
    outline: shapely.Geometry,
    height: float,
    through: bool,
) -> Form:
    length, width = extents(outline)
    kind, hole = "emboss", 0.0
    collar = _collar_radius(regions, node, faces) if through else None
    if collar is not None:
        kind, hole = "extruded_hole", _pierced_radius(regions, graph, node, faces, collar)
    elif through:
        kind = "louvre"
    elif height > DEEP_RATIO * width and height > DEEP_T * graph.thickness_mm:
        kind = "draw"
    elif length >= BEAD_RATIO * width:
        kind = "bead"
    elif length - width <= ROUND_SHARE * length and not _has_flat_top(
        regions, node, faces, outline
    ):
        kind = "dimple"
    return Form(kind, number, tuple(sorted(faces)), outline, hole, height, length)


def extents(outline: shapely.Geometry) -> tuple[float, float]:
    """Length and width of the least rectangle around an outline."""
    box = shapely.minimum_rotated_rectangle(outline)
    if box.geom_type != "Polygon":
        return 0.0, 0.0
    ring = np.asarray(box.exterior.coords)
    sides = np.linalg.norm(np.diff(ring[:3], axis=0), axis=1)
    return float(sides.max()), float(sides.min())


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


def _collar_radius(regions: Regions, node: Flange, faces: set[int]) -> float | None:
    """Radius of the bore of a collar square to the panel."""
    w = regions.frames[node.frame, 2]
    rows = regions.faces[sorted(faces)]
    bores = rows[
        (rows["kind"] == CYLINDER)
        & (rows["sense"] < 0)
        & (np.abs(rows["axis"] @ w) > 0.999)
        & (rows["sweep_deg"] > 300.0)
    ]
    return float(bores["radius_mm"].min()) if len(bores) else None


def _pierced_radius(
    regions: Regions, graph: Graph, node: Flange, faces: set[int], bore_mm: float
) -> float:
    """Radius of the hole pierced before a collar is drawn, from equal volume of collar and sheet."""
    w = regions.frames[node.frame, 2]
    points = np.concatenate([corners(regions, face) for face in faces])
    depth = (points - regions.centre_mm) @ w - node.front_mm
    height = max(float(depth.max()), float(-depth.min() - graph.thickness_mm))
    rows = regions.faces[sorted(faces)]
    walls = rows[
        (rows["kind"] == CYLINDER) & (rows["sense"] > 0) & (np.abs(rows["axis"] @ w) > 0.999)
    ]
    outer = float(walls["radius_mm"].max()) if len(walls) else bore_mm + graph.thickness_mm
    collar_mm2 = (outer**2 - bore_mm**2) * height / graph.thickness_mm
    return math.sqrt(max(bore_mm**2 - collar_mm2, 0.0))


def accounted_faces(regions: Regions, graph: Graph, nodes: set[int], forms: list[Form]) -> set[int]:
    """Faces that are a side, an edge or a formed place of the sheet."""
    sides = {
        face for k in nodes for face in (graph.nodes[k].front, graph.nodes[k].back) if face >= 0
    }
    found = sides | {face for form in forms for face in form.faces} | set(graph.outer_faces)
    of_face: dict[int, set[int]] = {}
    for k in nodes:
        for face in (graph.nodes[k].front, graph.nodes[k].back):
            if face >= 0:
                of_face.setdefault(face, set()).add(k)
    near = {face: set(own) for face, own in of_face.items()}
    queue = deque(sorted(sides))
    refused: set[int] = set()
    while queue:
        face = queue.popleft()
        for other in regions.topology.neighbours(face)[1].tolist():
            if other in found or other in refused:
                continue
            around = set().union(
                *(near.get(k, set()) for k in regions.topology.neighbours(other)[1].tolist())
            )
            if _within(regions, graph, around, other):
                found.add(other)
                near[other] = around
                queue.append(other)
            else:
                refused.add(other)
    return found


def _within(regions: Regions, graph: Graph, nodes: set[int], face: int) -> bool:
    """Whether every corner of a face lies in the thickness of one of the nodes."""
    points = corners(regions, face)
    slack = SLAB_SHARE * graph.thickness_mm + 1e-2
    inside = np.zeros(len(points), bool)
    for number in nodes:
        node = graph.nodes[number]
        if isinstance(node, Flange):
            depth = (points - regions.centre_mm) @ regions.frames[node.frame, 2] - node.front_mm
            inside |= (depth < slack) & (depth > -graph.thickness_mm - slack)
        else:
            off = points - node.origin_mm
            radius = np.linalg.norm(off - np.outer(off @ node.axis, node.axis), axis=1)
            inside |= (radius > node.radius_mm - slack) & (
                radius < node.radius_mm + graph.thickness_mm + slack
            )
        if inside.all():
            return True
    return bool(inside.all())


_ = (Curl, PLANE)
