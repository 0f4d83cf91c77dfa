"""What do all recognisers need to know of a part? Convexity, stock rims, points and rays, once."""

import math
from collections.abc import Callable, Collection
from functools import cached_property
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from geometry.features.curving import across_edges, across_freeform
from geometry.features.whole_edges import chained, whole_edges
from geometry.fields.rays import RayScene, scene_of
from geometry.part import Part
from geometry.runs import places_in, run_starts
from geometry.surfaces import surface_normals
from geometry.topology import (
    CONCAVE,
    CONVEX,
    CURVES,
    SMOOTH,
    Topology,
    between_faces,
    surface_code,
)
from geometry.vectors import ODD_WAY, cross, norms, rejections

__all__ = ["CONE", "CYLINDER", "FREEFORM", "PLANE", "SPHERE", "TORUS", "Survey", "unit"]

PLANE, CYLINDER, CONE, SPHERE, TORUS = (
    surface_code(name) for name in ("plane", "cylinder", "cone", "sphere", "torus")
)
FREEFORM = TORUS + 1  # the first code beyond the canonical surfaces

ARC_POINTS = 65  # on a half turn 1/65 of it apart: 0.03 % of the radius lost between them
CIRCLE = CURVES.index("circle")
HULL_SHARE = 2e-4  # of the diagonal: chords of a meshed cylinder lie this far inside its hull
CURVED_SHARE = 1e-6  # curvature × diagonal below this is flat
CUSP_DEG = 178.0  # turn of the normals where faces lie back to back: its sign there is noise
# an edge shorter than this is what healing put between corners that were to be one: it parts and
# joins no faces, and which of those that meet there it lies between is chance
SLIVER_MM = 1e-4
MOST_TRIANGLES = 100_000  # whose distances from edges are measured at once: 10 MB


def unit(vector: np.ndarray) -> np.ndarray:
    """The vector at length 1; zero stays zero."""
    return vector / max(math.sqrt(float(vector @ vector)), 1e-300)


class Survey:
    """A part as the recognisers see it: ids are those of `part.joined`."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.topology: Topology = part.joined
        self.faces = part.joined.faces
        self.edges, self.pieces = whole_edges(part.joined)
        self.kind = self.faces["kind"].astype(int)
        self.count = len(self.faces)
        self.diagonal_mm = part.mesh.diagonal_mm
        self.near_mm = 1e-4 * self.diagonal_mm
        self.real = between_faces(self.edges)
        self.whole = self.real.copy()  # without the pieces that loops have of split edges
        self.whole[self.edges["length_mm"] < SLIVER_MM] = False
        self.whole[[piece for chain in self.pieces.values() for piece in chain]] = False
        self.widest_radius_mm: dict[int, float] = {}  # of blends whose radius varies, by face
        self.standing_around: dict[tuple[Any, ...], bool] = {}  # by faces of a cut and its top

    def connected(
        self, faces: Collection[int], joins: Callable[[int, int, int], bool]
    ) -> list[list[int]]:
        """Faces that hang together: groups, ascending as their members are.

        joins: whether an edge between a face and the one across it (face, edge, other) holds both.
        """
        seen: set[int] = set()
        groups = []
        for first in sorted(faces):
            if first in seen:
                continue
            group, waiting = [], [first]
            seen.add(first)
            while waiting:
                face = waiting.pop()
                group.append(face)
                for edge, other in self.near[face]:
                    if other in faces and other not in seen and joins(face, edge, other):
                        seen.add(other)
                        waiting.append(other)
            groups.append(sorted(group))
        return groups

    @cached_property
    def axes(self) -> list[tuple[float, float, float]]:
        """The axis of every face, as plain numbers."""
        return [(x, y, z) for x, y, z in self.faces["axis"].tolist()]

    @cached_property
    def hollow(self) -> list[bool]:
        """Whether each face is the inside of a cylinder or cone."""
        inside = np.isin(self.kind, (CYLINDER, CONE)) & (self.faces["sense"] < 0)
        found: list[bool] = inside.tolist()
        return found

    @cached_property
    def near(self) -> list[list[tuple[int, int]]]:
        """(edge, face across) of every face, as plain lists: recognisers walk them."""
        found: list[list[tuple[int, int]]] = [[] for _ in range(self.count)]
        ends = self.edges["faces"]
        for edge in np.flatnonzero(self.whole).tolist():
            a, b = int(ends[edge, 0]), int(ends[edge, 1])
            found[a].append((edge, b))
            found[b].append((edge, a))
        return found

    @cached_property
    def bend(self) -> np.ndarray:
        """How each face curves across its edges at their middles: (e, 2) 1/mm, > 0 as a shaft."""
        bend = np.zeros((len(self.edges), 2))
        rows = np.flatnonzero(self.real)
        edges = self.edges.take(np.repeat(rows, 2))  # once for each side
        ends, normals = self.edges["faces"][rows].ravel(), self.edges["normals"][rows]
        own = across_edges(self.faces.take(ends), edges, normals.reshape(-1, 3))
        bend[rows] = own.reshape(-1, 2)
        touching = np.flatnonzero(self.real & ((self.edges["convexity"] == SMOOTH) | self._cusps))
        row, side = np.nonzero(self.kind[self.edges["faces"][touching]] >= FREEFORM)
        edge = touching[row]
        faces = self.edges["faces"][edge, side]
        _, offsets = self._triangle_order
        counts = offsets[faces + 1] - offsets[faces]
        meshed = np.flatnonzero(counts)
        parts = np.cumsum(counts[meshed]) // MOST_TRIANGLES  # looked at together
        for own in np.split(meshed, run_starts(parts)[1:]) if len(meshed) else ():
            centroids = self.part.mesh.centroids_mm[self.triangles_of(faces[own])[0]]
            at = edge[own], side[own]
            places, normals = self.edges["middle_mm"][edge[own]], self.edges["normals"][at]
            bend[at] = across_freeform(centroids, counts[own], places, normals)
        return bend

    @cached_property
    def _cusps(self) -> np.ndarray:
        """Whether the faces at each edge touch back to back or face to face there: (e,)."""
        return np.asarray(self.real & (np.abs(self.edges["angle_deg"]) > CUSP_DEG))

    @cached_property
    def kinds(self) -> list[int]:
        """The kind of every face as a plain list: recognisers walk them."""
        found: list[int] = self.kind.tolist()
        return found

    @cached_property
    def lengths_mm(self) -> list[float]:
        """The length of every edge, likewise."""
        found: list[float] = self.edges["length_mm"].tolist()
        return found

    @cached_property
    def angles_deg(self) -> list[float]:
        """The angle between the faces at every edge, likewise."""
        found: list[float] = self.edges["angle_deg"].tolist()
        return found

    @cached_property
    def chords(self) -> tuple[np.ndarray, list[float]]:
        """Ways from the start of every edge to its end (e, 3) as unit vectors, and how far it is
        (e,) mm; zero of those that close on themselves.
        """
        ways = self.edges["end_mm"] - self.edges["start_mm"]
        far = norms(ways)
        return ways / np.maximum(far, 1e-300)[:, None], far.tolist()

    @cached_property
    def turns(self) -> list[int]:
        """The convexity of every edge as a plain list: recognisers walk them."""
        found: list[int] = self.convexity.tolist()
        return found

    @cached_property
    def convexity(self) -> np.ndarray:
        """Convexity of every edge (e,), smooth edges and cusps by how the faces curve beside them.

        A wall that touches a hollow one back to back ends in a knife's edge: material lies between.
        """
        result = self.edges["convexity"].astype(int).copy()
        flat = CURVED_SHARE / max(self.diagonal_mm, 1e-12)
        low, high = np.minimum(*self.bend.T), np.maximum(*self.bend.T)
        smooth = self.real & (result == SMOOTH)
        result[smooth & (low < -flat) & (high <= flat)] = CONCAVE
        result[smooth & (high > flat) & (low >= -flat)] = CONVEX
        both = self.bend.sum(axis=1)
        result[self._cusps & (both < -flat)] = CONVEX
        result[self._cusps & (both > flat)] = CONCAVE
        result[~self.real] = SMOOTH
        return result

    @property
    def hull_points(self) -> np.ndarray:
        """Corners of the convex hull (h, 3)."""
        return self.part.mass.hull.points_mm

    @cached_property
    def on_hull(self) -> np.ndarray:
        """Whether the part lies behind each face's tangent plane at each edge's middle: (e, 2)."""
        result = np.zeros((len(self.edges), 2), bool)
        rows = np.flatnonzero(self.real)
        for side in (0, 1):
            normals = np.nan_to_num(self.edges["normals"][rows, side])
            level = np.einsum("ij,ij->i", normals, self.edges["middle_mm"][rows])
            level += HULL_SHARE * self.diagonal_mm
            left = np.arange(len(rows))
            # a few corners rule most edges out
            for corners in (self.hull_points[:: len(self.hull_points) // 32 + 1], self.hull_points):
                parts = [left[start : start + 4096] for start in range(0, len(left), 4096)]
                kept = [p[(corners @ normals[p].T).max(axis=0) < level[p]] for p in parts]
                left = np.concatenate([left[:0], *kept])
            result[rows[left], side] = True
        return result

    def supports_hull(self, face: int) -> bool:
        """Whether a plane face lies on the part's convex hull."""
        row = self.faces[face]
        level = float(row["origin_mm"] @ row["axis"])
        return bool(
            float((self.hull_points @ row["axis"]).max()) - level < HULL_SHARE * self.diagonal_mm
        )

    @cached_property
    def _triangle_order(self) -> tuple[np.ndarray, np.ndarray]:
        owner = self.topology.standing_for[self.part.mesh.face_of_triangle]
        order = np.argsort(owner, kind="stable")
        return order, np.searchsorted(owner[order], np.arange(self.count + 1))

    def triangles(self, face: int) -> np.ndarray:
        """Triangles of a face."""
        order, offsets = self._triangle_order
        return order[offsets[face] : offsets[face + 1]]

    def triangles_of(self, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Triangles of faces (n,), one face after the other, and the face of each: (t,)."""
        order, offsets = self._triangle_order
        count = offsets[faces + 1] - offsets[faces]
        return order[places_in(offsets[faces], count)], np.repeat(faces, count)

    @cached_property
    def running_mm2(self) -> np.ndarray:
        """Area of the triangles up to each, face by face in the order of `triangles`: (t + 1,)."""
        order, _ = self._triangle_order
        return np.append(0.0, np.cumsum(self.part.mesh.areas_mm2[order]))

    @cached_property
    def sag_mm(self) -> np.ndarray:
        """How far sides of triangles lie inside each hollow cylinder and cone: (f,)."""
        faces = self.faces
        hollow = np.array(self.hollow, bool)
        owner = self.topology.standing_for[self.part.mesh.face_of_triangle]
        rows = np.flatnonzero(hollow[owner])
        sag = np.zeros(self.count)
        if not len(rows):
            return sag
        owner = owner[rows]
        corners = self.part.mesh.corners_mm[rows] - faces["origin_mm"][owner][:, None]
        axis = faces["axis"][owner]

        def off_axis(points: np.ndarray) -> np.ndarray:
            along = np.einsum("tij,tj->ti", points, axis)
            aside = points - along[..., None] * axis[:, None]
            return norms(aside.reshape(-1, 3)).reshape(-1, 3)

        after = [1, 2, 0]
        ends = off_axis(corners)
        ends = (ends + ends[:, after]) / 2  # a cone's radius grows evenly along it
        middles = (corners + corners[:, after]) / 2
        np.maximum.at(sag, owner, (ends - off_axis(middles)).max(axis=1))
        return sag

    @cached_property
    def boxes_mm(self) -> tuple[np.ndarray, np.ndarray]:
        """Lowest and highest mesh corner of every face (f, 3); inf and −inf without a mesh."""
        order, offsets = self._triangle_order
        low = np.full((self.count, 3), np.inf)
        high = -low
        meshed = offsets[1:] > offsets[:-1]
        if meshed.any():
            corners = self.part.mesh.corners_mm[order].reshape(-1, 3)
            starts = 3 * offsets[:-1][meshed]
            low[meshed] = np.minimum.reduceat(corners, starts)
            high[meshed] = np.maximum.reduceat(corners, starts)
        return low, high

    def spread(self, faces: np.ndarray, drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Points on meshed faces (n,), placed by area with random numbers drawn (n, 3, k) in 0…1:
        (n, k, 3) mm, and the normals of their triangles (n, k, 3).
        """
        order, offsets = self._triangle_order
        mesh, running = self.part.mesh, self.running_mm2
        first, last = offsets[faces], offsets[faces + 1]
        start = running[first][:, None]
        place = start + drawn[:, 0] * (running[last][:, None] - start)
        row = np.searchsorted(running[1:], place)
        triangle = order[np.clip(row, first[:, None], last[:, None] - 1)]
        u, v = np.sqrt(drawn[:, 1])[..., None], drawn[:, 2][..., None]
        a, b, c = (mesh.corners_mm[triangle, i] for i in range(3))
        return (1 - u) * a + u * (1 - v) * b + u * v * c, mesh.normals[triangle]

    def points(self, faces: "list[int] | tuple[int, ...]") -> np.ndarray:
        """Mesh corners of faces (n, 3); of faces that the kernel did not mesh their centroids."""
        if len(faces) == 1:
            corners = self._corners(int(faces[0]))
            if len(corners):
                return self.part.mesh.vertices_mm[corners]
        if len(faces) < 2:
            return self._points(faces)
        key = tuple(faces)  # the faces of a cut are asked for at every step of telling what it is
        if key not in self._points_of:
            self._points_of[key] = self._points(faces)
        return self._points_of[key]

    @cached_property
    def _points_of(self) -> dict[tuple[int, ...], np.ndarray]:
        return {}

    def _points(self, faces: "list[int] | tuple[int, ...]") -> np.ndarray:
        own = [self._corners(int(face)) for face in faces] or [np.zeros(0, int)]
        used = own[0] if len(own) == 1 else np.unique(np.concatenate(own))
        if len(faces) and not len(used):
            return np.asarray(self.faces["centroid_mm"][list(faces)])
        return self.part.mesh.vertices_mm[used]

    def _corners(self, face: int) -> np.ndarray:
        """Mesh corners of a face, each once."""
        used, offsets = self.part.joined_corners
        return used[offsets[face] : offsets[face + 1]]

    def feet(self, wall: int) -> list[int]:
        """Planes that a wall stands on or against, over an internal radius or not."""
        if wall not in self._feet_of:
            found: list[int] = []
            for edge, g in self.near[wall]:
                if self.turns[edge] != CONCAVE:
                    continue
                found.append(g)
                if self.smooth(edge):
                    for e2, h in self.near[g]:
                        if h != wall and self.smooth(e2) and self.turns[e2] == CONCAVE:
                            found.append(h)
            self._feet_of[wall] = [g for g in found if self.kinds[g] == PLANE]
        return self._feet_of[wall]

    @cached_property
    def _feet_of(self) -> dict[int, list[int]]:
        return {}

    def leaning(self, wall: int, least: float) -> list[tuple[int, int]]:
        """Edges and planes beyond convex edges of a plane whose normals make a cosine of at least
        so much with its own.
        """
        key = (wall, least)  # a plate is asked by every rib on it
        if key not in self._leaning_of:
            beyond = [
                (edge, g)
                for edge, g in self.near[wall]
                if self.turns[edge] == CONVEX and self.kinds[g] == PLANE
            ]
            axis = self.faces["axis"]
            along = axis[[g for _, g in beyond]] @ axis[wall] if beyond else np.zeros(0)
            self._leaning_of[key] = [beyond[i] for i in np.flatnonzero(along >= least).tolist()]
        return self._leaning_of[key]

    @cached_property
    def _leaning_of(self) -> dict[tuple[int, float], list[tuple[int, int]]]:
        return {}

    def outline(self, faces: "list[int] | tuple[int, ...]") -> np.ndarray:
        """Points of faces (n, 3) for extents: mesh corners, and finer ones on circular edges.

        The mesh cuts up to 3 % of the radius off an arc.
        """
        row_of, arcs = self._arcs
        near = {edge for face in faces for edge, _ in self.near[int(face)]}
        rows = [row_of[edge] for edge in sorted(near & row_of.keys())]
        return np.concatenate([self.points(faces), arcs[rows].reshape(-1, 3)])

    @cached_property
    def _arcs(self) -> tuple[dict[int, int], np.ndarray]:
        """Circular edges, and points along each of them (k, n, 3), ends included."""
        edges = self.edges
        found = np.flatnonzero((edges["curve"] == CIRCLE) & ~np.isnan(edges["radius_mm"]))
        rows = edges.take(found)
        x = rows["middle_mm"] - rows["origin_mm"]
        y = cross(rows["axis"], x)
        half = np.minimum(rows["length_mm"] / (2 * rows["radius_mm"]), np.pi)
        angles = np.linspace(-half, half, ARC_POINTS, axis=1)[:, :, None]
        points = rows["origin_mm"][:, None] + np.cos(angles) * x[:, None]
        points += np.sin(angles) * y[:, None]
        return {edge: row for row, edge in enumerate(found.tolist())}, points

    @cached_property
    def rays(self) -> RayScene:
        """The part ready for rays."""
        return scene_of(self.part.mesh)

    def polyline(self, edge: int) -> np.ndarray:
        """Points along an edge (n, 3), as the mesh has them."""
        if edge in self.pieces:
            if edge not in self._chained:
                lines = [self.polyline(piece) for piece in self.pieces[edge]]
                self._chained[edge] = chained(lines)
            return self._chained[edge]
        mesh = self.part.mesh
        points = mesh.edge_points_mm[mesh.edge_ranges[edge] : mesh.edge_ranges[edge + 1]]
        if len(points) < 2:
            record = self.edges[edge]
            points = np.array([record["start_mm"], record["middle_mm"], record["end_mm"]])
        return np.asarray(points)

    @cached_property
    def _chained(self) -> dict[int, np.ndarray]:
        return {}

    def reach_mm(self, way: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """From where to where every whole edge reaches along a direction: (e,) mm each, nan of
        other edges.
        """
        if way @ ODD_WAY < 0:
            low, high = self.reach_mm(-way)
            return -high, -low
        key = (way + 0.0).tobytes()  # several cuts are made across one axis; −0 is 0
        if key not in self._reach_of:
            self._reach_of[key] = self._measure_reach_mm(way)
        return self._reach_of[key]

    def _measure_reach_mm(self, way: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        mesh, count = self.part.mesh, len(self.topology.edges)
        places = np.stack([self.edges[name] @ way for name in ("start_mm", "middle_mm", "end_mm")])
        low, high = places.min(axis=0), places.max(axis=0)
        bounds = np.stack([mesh.edge_ranges[:count], mesh.edge_ranges[1 : count + 1]], axis=1)
        drawn = np.flatnonzero(bounds[:, 1] - bounds[:, 0] > 1)
        if len(drawn):
            along = np.append(mesh.edge_points_mm @ way, 0.0)  # a last line may end behind them
            low[drawn] = np.minimum.reduceat(along, bounds[drawn].ravel())[::2]
            high[drawn] = np.maximum.reduceat(along, bounds[drawn].ravel())[::2]
        if self.pieces:
            pieces = [piece for chain in self.pieces.values() for piece in chain]
            starts = np.cumsum([0, *map(len, self.pieces.values())])[:-1]
            low[list(self.pieces)] = np.minimum.reduceat(low[pieces], starts)
            high[list(self.pieces)] = np.maximum.reduceat(high[pieces], starts)
        low[~self.whole], high[~self.whole] = np.nan, np.nan
        return low, high

    @cached_property
    def _reach_of(self) -> dict[bytes, tuple[np.ndarray, np.ndarray]]:
        return {}

    def strip_mm(self, face: int) -> float:
        """How wide a face is as a strip: twice its area over the length around it."""
        around = sum(float(self.edges["length_mm"][edge]) for edge, _ in self.near[face])
        return 2 * float(self.faces["area_mm2"][face]) / max(around, 1e-300)

    def normals(self, face: int, points: np.ndarray) -> np.ndarray:
        """Outward normals of a face at points of its rim (n, 3), freeform ones as the mesh has
        them; nan where there is none.
        """
        if self.kind[face] in (CYLINDER, CONE):  # as most are that are asked for one by one
            faces, axis = self.faces, self.faces["axis"][face]
            away = rejections(points - faces["origin_mm"][face], axis)
            with np.errstate(invalid="ignore", divide="ignore"):
                outward = away * (faces["sense"][face] / norms(away))[:, None]
            if self.kind[face] == CYLINDER:
                return np.asarray(outward)
            angle = math.radians(faces["half_angle_deg"][face])
            lean = faces["sense"][face] * math.sin(angle) * axis
            return np.asarray(outward * math.cos(angle) - lean)
        if self.kind[face] < FREEFORM:
            row = np.full(len(points), face)
            return surface_normals(self.faces, row, points) * self.faces["sense"][face]
        mesh, rows = self.part.mesh, self.triangles(face)
        if not len(rows):
            return np.full(points.shape, np.nan)
        if face not in self._corner_trees:
            self._corner_trees[face] = cKDTree(mesh.corners_mm[rows].reshape(-1, 3))
        nearest = self._corner_trees[face].query(points)[1]
        return np.asarray(mesh.vertex_normals[rows].reshape(-1, 3)[nearest])

    @cached_property
    def _corner_trees(self) -> dict[int, cKDTree]:
        return {}

    def side(self, edge: int, face: int) -> int:
        """Which side of an edge a face is on."""
        return 0 if self.edges["faces"][edge, 0] == face else 1

    def smooth(self, edge: int) -> bool:
        """Whether the faces meet tangentially at an edge."""
        return self._smooth[edge]

    @cached_property
    def _smooth(self) -> list[bool]:
        found: list[bool] = (self.edges["convexity"] == SMOOTH).tolist()
        return found
