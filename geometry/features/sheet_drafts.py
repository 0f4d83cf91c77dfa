"""What does a sheet add to a part's features? Bends, flanges, cut-outs and forms in the
contract's words.
"""

import numpy as np
import shapely

from geometry.components import components
from geometry.features.feature import Draft
from geometry.features.sheet_cone import Sector
from geometry.features.sheet_graph import Curl, Flange
from geometry.features.sheet_model import Bend, SheetModel
from geometry.features.sheet_panels import PLANE
from geometry.features.sheet_regions import Regions
from geometry.rectangles import extents
from geometry.vectors import norm, rejections

__all__ = ["cutout_faces", "drafts_of", "flange_length_mm"]


def drafts_of(model: SheetModel, drawn_faces: set[int]) -> list[Draft]:
    """All features of a sheet, bends first; the sharp edges of a form are no bends.

    Nobody bends a section that is closed: its rounded corners come out of a die or a mill.
    """
    formed = {face for form in model.forms for face in form.faces}
    bent = [bend for bend in model.bends if not (bend.sharp and formed & set(bend.faces))]
    if "closed_section" in model.reasons:
        bent = []
    bends = [_bend_draft(model, bend) for bend in bent]
    drafts = list(bends)
    for bend, draft in zip(bent, bends, strict=True):
        flange = _outer_flange(model, bend)
        if flange is not None:
            node, length = flange
            drafts.append(
                Draft(
                    "flange", None, (node.front, node.back), {"length_mm": length}, parts=(draft,)
                )
            )
    if model.blank is not None:
        for hole, faces in zip(model.blank.holes, model.cutouts, strict=True):
            if not faces:
                continue  # pierced before a collar was drawn: no hole of the finished part
            kind, length, width = hole.shape
            drafts.append(
                Draft(
                    "cutout",
                    kind,
                    faces,
                    {"width_mm": width, "length_mm": length, "perimeter_mm": hole.perimeter_mm},
                )
            )
    drafts += [
        Draft("form", form.kind, form.faces, {"height_mm": form.height_mm, "size_mm": form.size_mm})
        for form in model.forms
    ]
    if model.rolled is not None:
        drafts.append(_roll_draft(model, model.rolled))
    if drawn_faces:
        height, size = _drawn_size(model.regions, drawn_faces)
        drafts.append(
            Draft(
                "form", "draw", tuple(sorted(drawn_faces)), {"height_mm": height, "size_mm": size}
            )
        )
    return drafts


def _bend_draft(model: SheetModel, bend: Bend) -> Draft:
    return Draft(
        "bend",
        bend.kind,
        bend.faces,
        {
            "inside_radius_mm": bend.inside_radius_mm,
            "angle_deg": bend.angle_deg,
            "length_mm": bend.length_mm,
            "thickness_mm": model.thickness_mm,
        },
    )


def _roll_draft(model: SheetModel, cone: Sector) -> Draft:
    return Draft(
        "bend",
        "roll",
        cone.faces,
        {
            "inside_radius_mm": cone.inside_radius_mm,
            "angle_deg": cone.turn_deg,
            "length_mm": cone.outer_mm - cone.inner_mm,
            "thickness_mm": model.thickness_mm,
        },
    )


def _outer_flange(model: SheetModel, bend: Bend) -> tuple[Flange, float] | None:
    """The flat panel that a bend carries, seen from the root, and its length square to the bend."""
    development = model.development
    if development is None:
        return None
    for k in bend.flanges:
        node, place = development.graph.nodes[k], development.placements.get(k)
        if isinstance(node, Flange) and place is not None and place.parent in bend.nodes:
            return node, flange_length_mm(model, bend, k)
    return None


def flange_length_mm(model: SheetModel, bend: Bend, number: int) -> float:
    """How far a flat panel reaches from the end of a bend, measured in the flat; nan when it is
    not laid out.
    """
    if model.blank is None or number not in model.blank.panels:
        return float("nan")
    line = next(b.line_mm for b in model.blank.bend_lines if b.node == bend.nodes[0])
    along = line[1] - line[0]
    across = np.array([-along[1], along[0]]) / max(norm(along), 1e-12)
    points = (shapely.get_coordinates(model.blank.panels[number]) - line[0]) @ across
    return float(np.ptp(points))


def cutout_faces(model: SheetModel) -> list[tuple[int, ...]]:
    """Edge faces around every hole of the blank, in its order."""
    blank, development, regions = model.blank, model.development, model.regions
    if blank is None or development is None or not blank.holes:
        return []
    faces = np.array(model.edge_faces, int)
    found: list[list[int]] = [[] for _ in blank.holes]
    if not len(faces):
        return [() for _ in found]
    label = _connected(regions, faces)
    lines = [contour.sampled() for contour in (*blank.holes, blank.outline)]
    number = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    tree = shapely.STRtree(shapely.linearrings(np.concatenate(lines), indices=number))
    nodes_of: dict[int, list[int]] = {}
    for k in sorted(development.placements):
        for side in (development.graph.nodes[k].front, development.graph.nodes[k].back):
            nodes_of.setdefault(side, []).append(k)
    asked, nodes, owner = [], [], []
    for face, group in zip(faces.tolist(), label.tolist(), strict=True):
        edges, far = regions.topology.neighbours(face)
        for edge, side in zip(edges.tolist(), far.tolist(), strict=True):
            for k in nodes_of.get(side, ()):
                asked.append(edge)
                nodes.append(k)
                owner.append(group)
    if not asked:
        return [() for _ in found]
    middles, node = regions.edges["middle_mm"][asked], np.array(nodes)
    points = np.zeros((len(asked), 2))
    for k in sorted(set(nodes)):
        points[node == k] = _in_flat(model, k, middles[node == k])
    spots = shapely.points(points)
    (spot, ring), distance = tree.query_nearest(spots, return_distance=True, all_matches=False)
    best: dict[int, tuple[float, int]] = {}
    for s, r, d in zip(spot.tolist(), ring.tolist(), distance.tolist(), strict=True):
        group = owner[s]
        if group not in best or d < best[group][0]:
            best[group] = (d, r)
    for face, group in zip(faces.tolist(), label.tolist(), strict=True):
        if group in best and best[group][1] < len(found):
            found[best[group][1]].append(face)
    return [tuple(sorted(own)) for own in found]


def _connected(regions: Regions, faces: np.ndarray) -> np.ndarray:
    """Group number of every face among neighbours in the list."""
    place = np.full(len(regions.faces), -1)
    place[faces] = np.arange(len(faces))
    ends = regions.edges["faces"]
    ends = ends[(ends >= 0).all(axis=1)]
    pairs = place[ends]
    pairs = pairs[(pairs >= 0).all(axis=1)]
    return components(pairs, len(faces))


def _in_flat(model: SheetModel, number: int, points_mm: np.ndarray) -> np.ndarray:
    """Where points (n, 3) of a node's side come to lie in the flat: (n, 2)."""
    development = model.development
    assert development is not None
    node = development.graph.nodes[number]
    if isinstance(node, Curl):
        off = points_mm - node.origin_mm
        low, _, high, _ = node.region.bounds
        theta = node.angle(off)
        theta = theta + 2 * np.pi * np.round(((low + high) / 2 - theta) / (2 * np.pi))
        own = np.column_stack([theta * development.neutral_mm(node), -(off @ node.axis)])
    else:
        own = model.regions.flatten(node.frame, points_mm)
    return np.asarray(development.placements[number].apply(own))


def _drawn_size(regions: Regions, faces: set[int]) -> tuple[float, float]:
    """Depth of a drawn shell along its bottom's normal, or its axis, and its extent across."""
    rows = regions.faces
    planes = np.flatnonzero(rows["kind"] == PLANE)
    if len(planes):
        axis = rows["axis"][planes[rows["area_mm2"][planes].argmax()]]
    else:
        axis = rows["axis"][max(faces, key=lambda f: float(rows["area_mm2"][f]))]
    points = np.concatenate([regions.corners(face) for face in range(len(rows))])
    across = rejections(points, axis)
    spread = float(np.linalg.norm(np.ptp(across, axis=0)))
    outline = shapely.MultiPoint(across @ _plane_of(axis).T)
    return float(np.ptp(points @ axis)), extents(outline)[0] or spread


def _plane_of(axis: np.ndarray) -> np.ndarray:
    u = np.cross(np.eye(3)[np.abs(axis).argmin()], axis)
    u /= max(float(np.linalg.norm(u)), 1e-12)
    return np.array([u, np.cross(axis, u)])
