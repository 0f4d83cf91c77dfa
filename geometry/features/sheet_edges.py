"""Which faces lie within the thickness of a sheet: its edges, chamfers, countersinks?"""

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from geometry.features.sheet_graph import Flange, Graph
from geometry.features.sheet_regions import Regions
from geometry.vectors import norms, rejections

if TYPE_CHECKING:
    from geometry.features.sheet_forms import Form

__all__ = ["SLAB_SHARE", "accounted_faces", "slab_faces"]

SLAB_SHARE = 0.03  # of the thickness: how far an edge face may stand out of the sheet
CHORD_T = 0.2  # × thickness: and the middles of its triangles, which span chords
BULK_SHARE = 0.8  # of its area


def accounted_faces(
    regions: Regions, graph: Graph, nodes: set[int], forms: "list[Form]"
) -> set[int]:
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
    """Whether a face lies in the thickness of the nodes, its corners and what is between them."""
    slack = SLAB_SHARE * graph.thickness_mm + 1e-2
    loose = CHORD_T * graph.thickness_mm
    if slack <= loose and any(_between(regions, graph, number, face, slack) for number in nodes):
        return True  # and so are the middles of its triangles
    points = regions.corners(face)
    if not len(points) or not _inside(regions, graph, nodes, points, slack).all():
        return False
    mesh, triangles = regions.part.mesh, regions.triangles(face)
    area = mesh.areas_mm2[triangles]
    # chords of a rounded edge lie off it: only the bulk must be inside
    inside = _inside(regions, graph, nodes, mesh.centroids_mm[triangles], loose)
    return bool(area[inside].sum() >= BULK_SHARE * area.sum())


def _between(regions: Regions, graph: Graph, number: int, face: int, slack: float) -> bool:
    """Whether all corners of a face lie between the sides of one node, a flat panel."""
    node = graph.nodes[number]
    if not isinstance(node, Flange):
        return False
    low, high = regions.spans_mm(node.frame)[face] - node.front_mm
    return bool(high < slack and low > -graph.thickness_mm - slack)


def _inside(
    regions: Regions, graph: Graph, nodes: set[int], points: np.ndarray, slack: float
) -> np.ndarray:
    """Which points (n, 3) lie in the thickness of any of the nodes (n,)."""
    inside = np.zeros(len(points), bool)
    for number in nodes:
        node = graph.nodes[number]
        if isinstance(node, Flange):
            depth = (points - regions.centre_mm) @ regions.frames[node.frame, 2] - node.front_mm
            inside |= (depth < slack) & (depth > -graph.thickness_mm - slack)
        else:
            off = points - node.origin_mm
            radius = norms(rejections(off, node.axis))
            inside |= (radius > node.radius_mm - slack) & (
                radius < node.radius_mm + graph.thickness_mm + slack
            )
        if inside.all():
            break
    return inside


def slab_faces(regions: Regions, node: Flange, thickness_mm: float, skipped: set[int]) -> list[int]:
    """Faces reached from a flat panel's sides that lie wholly within its thickness."""
    low, high = (regions.spans_mm(node.frame) - node.front_mm).T
    slack = SLAB_SHARE * thickness_mm + 1e-2
    within = ((high < slack) & (low > -thickness_mm - slack)).tolist()
    found: list[int] = []
    seen = {node.front, node.back, *skipped}
    queue = deque([node.front, node.back])
    while queue:
        face = queue.popleft()
        for other in regions.topology.neighbours(face)[1].tolist():
            if other in seen:
                continue
            seen.add(other)
            if within[other]:
                found.append(other)
                queue.append(other)
    return found
