"""How far does one surface lie from another?

Distances to planes, cylinders, cones, spheres and tori are exact although the search runs on
triangles: where the nearest point lies inside a face, the distance to the surface itself replaces
that to its chord.
"""

from functools import cached_property

import numpy as np

from geometry.fields.rays import RayScene, scene_of
from geometry.part import Part
from geometry.runs import places_in
from geometry.surfaces import signed_distance, surface_normals
from geometry.topology import surface_code
from geometry.vectors import norms

__all__ = ["Surface"]

PLANE, CYLINDER, CONE, SPHERE, TORUS = (
    surface_code(name) for name in ("plane", "cylinder", "cone", "sphere", "torus")
)
STRAIGHT_ON = (
    0.9  # cosine between the way to the nearest point and its normal that means "inside the face"
)


GRAZING = 0.2  # cosine between ray and normal below which one step does not find the surface
RIM_SHARE = 2e-3  # of the diagonal: twice the sag of the triangles
SAG_OF_RADIUS = 0.04  # 13 chords to a turn cut off 3 % of the radius


class Surface:
    """The skin of a part, ready to be measured from."""

    def __init__(self, part: Part, scale: float = 1.0) -> None:
        self.part = part
        self.scale = scale

    def at_scale(self, scale: float) -> "Surface":
        """The same skin in another measure; rays are made ready once for both."""
        other = Surface(self.part, scale)
        other.scene = self.scene
        return other

    @cached_property
    def scene(self) -> RayScene:
        """Its triangles in the part's own measure."""
        return scene_of(self.part.mesh)

    def distance(self, points_mm: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Distance of points (n, 3) and the face that is nearest: (mm (n,), face id (n,)).

        Both in the measure of `scale` times the part.
        """
        points = points_mm / self.scale
        chord, closest, triangle = self.scene.nearest(points)
        mesh, faces = self.part.mesh, self.part.topology.faces
        face = mesh.face_of_triangle[triangle].astype(int)
        exact = np.abs(signed_distance(faces, face, points))
        way = points - closest
        normal = mesh.normals[triangle]
        straight = np.abs(np.einsum("ij,ij->i", way, normal)) >= STRAIGHT_ON * chord
        use = straight & ~np.isnan(exact)
        # within the chord's sag every direction may come out of rounding
        open_ = np.flatnonzero(~straight & ~np.isnan(exact))
        sag = np.abs(signed_distance(faces, face[open_], closest[open_]))
        use[open_] = chord[open_] <= 2 * sag
        found = np.where(use, exact, chord)
        rim = ~use & ~np.isnan(exact) & (chord <= RIM_SHARE * mesh.diagonal_mm)
        found[rim] = self._rim_distance(points[rim], face[rim], exact[rim], chord[rim])
        return found * self.scale, face

    def crossings(
        self, origins_mm: np.ndarray, direction: np.ndarray, *, wanted: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Every crossing of parallel rays: (ray (k,), distance (k,) mm, triangle (k,)).

        Both in the measure of `scale` times the part; ordered by ray, then distance. Where a ray
        does not graze, it meets canonical faces themselves rather than their triangles.
        wanted: (f,) bool, the faces that matter; others are met as triangles.
        """
        origins = origins_mm / self.scale
        ray, distance, triangle = self.scene.crossings(
            origins, np.broadcast_to(direction, origins.shape)
        )
        faces = self.part.topology.faces
        face = self.part.mesh.face_of_triangle[triangle].astype(int)
        bent = (faces["kind"] != PLANE) & (faces["kind"] <= TORUS)  # planes are their triangles
        some = np.flatnonzero((bent if wanted is None else bent & wanted)[face])
        face = face[some]
        points = origins[ray[some]] + distance[some, None] * direction
        ahead = surface_normals(faces, face, points) @ direction
        with np.errstate(divide="ignore", invalid="ignore"):
            step = signed_distance(faces, face, points) / ahead
        usable = (np.abs(ahead) > GRAZING) & (
            np.abs(step) <= RIM_SHARE * self.part.mesh.diagonal_mm
        )
        distance[some[usable]] -= step[usable]
        return ray, distance * self.scale, triangle

    def _rim_distance(
        self, points_mm: np.ndarray, face: np.ndarray, exact: np.ndarray, chord: np.ndarray
    ) -> np.ndarray:
        """Distance (n,) to curved edges, which triangles cut off, from both surfaces there.

        No nearer than the triangles by more than they cut off: two surfaces meet beyond their faces
        too.
        """
        faces, cut_off = self.part.topology.faces, self._cut_off_mm
        boxes, margin = faces["bbox_mm"], RIM_SHARE * self.part.mesh.diagonal_mm
        result = chord.copy()
        starts, beside = self.part.topology.around
        counts = starts[face + 1] - starts[face]
        if not counts.any():
            return result
        # every point with every surface beside its own
        rows = np.repeat(np.arange(len(face)), counts)
        other = beside[places_in(starts[face], counts)]
        # two planes meet in a line, which triangles have as it is
        bent = np.flatnonzero(np.maximum(cut_off[other], cut_off[face[rows]]) > 0.0)
        rows, other = rows[bent], other[bent]
        here = points_mm[rows]
        inside = (here >= boxes[other, 0] - margin).all(axis=1)
        inside &= (here <= boxes[other, 1] + margin).all(axis=1)
        rows, other, here = rows[inside], other[inside], here[inside]
        aside = signed_distance(faces, other, here)
        edge = np.hypot(exact[rows], np.nan_to_num(aside, nan=np.inf))
        sag = np.maximum(cut_off[face[rows]], cut_off[other])
        np.minimum.at(result, rows, np.maximum(edge, chord[rows] - sag))
        return result

    @cached_property
    def _cut_off_mm(self) -> np.ndarray:
        """How far the triangles of each face may be from it (f,); 0 for planes."""
        faces = self.part.topology.faces
        across = norms(faces["bbox_mm"][:, 1] - faces["bbox_mm"][:, 0])
        reach = np.where(
            (faces["kind"] == CYLINDER) | (faces["kind"] == SPHERE), faces["radius_mm"], across
        )
        sag = np.minimum(SAG_OF_RADIUS * reach, RIM_SHARE * self.part.mesh.diagonal_mm)
        return np.where(faces["kind"] == PLANE, 0.0, np.nan_to_num(sag))

    def samples(
        self, count: int, rng: np.random.Generator, *, wanted: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Area-weighted points on the surfaces and the face of each: ((n, 3) mm, (n,)).

        wanted: (f,) bool, the faces that matter; points of others stay on their triangles.
        """
        from geometry.mesh import sample_surface

        points, triangle = sample_surface(self.part.mesh, count, rng)
        face = self.part.mesh.face_of_triangle[triangle].astype(int)
        some = slice(None) if wanted is None else np.flatnonzero(wanted[face])
        points[some] = self.projected(points[some], face[some])
        return points * self.scale, face

    def projected(self, points_mm: np.ndarray, face: np.ndarray) -> np.ndarray:
        """Points (n, 3) moved onto their canonical faces; those of freeform faces stay."""
        faces = self.part.topology.faces
        off = signed_distance(faces, face, points_mm)
        normals = surface_normals(faces, face, points_mm)
        known = ~np.isnan(off) & ~np.isnan(normals).any(axis=1)
        result = points_mm.copy()
        result[known] -= off[known, None] * normals[known]
        return result
