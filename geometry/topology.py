"""Which faces, edges and loops does a part have, and how do they meet? Entity ids are defined here
only.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

__all__ = [
    "COEDGE",
    "CONCAVE",
    "CONVEX",
    "CURVES",
    "EDGE",
    "FACE",
    "LOOP",
    "SMOOTH",
    "SURFACES",
    "Topology",
    "between_faces",
    "radii_across_mm",
    "surface_code",
]

# codes are positions in these tuples; names are those of the contract
SURFACES = (
    "plane",
    "cylinder",
    "cone",
    "sphere",
    "torus",
    "bezier",
    "bspline",
    "revolution",
    "extrusion",
    "offset",
    "other",
)
CURVES = (
    "line",
    "circle",
    "ellipse",
    "hyperbola",
    "parabola",
    "bezier",
    "bspline",
    "offset",
    "other",
)

CONVEX, SMOOTH, CONCAVE = 1, 0, -1

FACE = np.dtype(
    [
        ("surface", "i1"),  # code into SURFACES, as the file writes it
        ("kind", "i1"),  # code after canonical recognition
        (
            "sense",
            "i1",
        ),  # +1 the outward normal points away from axis, centre or tube; −1 towards it; planes +1
        ("area_mm2", "f8"),
        ("centroid_mm", "f8", (3,)),
        ("origin_mm", "f8", (3,)),
        (
            "axis",
            "f8",
            (3,),
        ),  # plane: outward normal; else the surface's axis; zero for spheres and freeform
        ("x_axis", "f8", (3,)),
        ("radius_mm", "f8"),  # cylinder, sphere, torus (major), cone at its origin; nan elsewhere
        ("minor_radius_mm", "f8"),  # torus tube; nan elsewhere
        ("half_angle_deg", "f8"),  # cone, > 0: the radius grows along +axis; nan elsewhere
        (
            "sweep_deg",
            "f8",
        ),  # angle about the axis that the face covers; nan for planes and freeform
        ("low_mm", "f8"),  # extent along axis from origin_mm
        ("high_mm", "f8"),
        ("bbox_mm", "f8", (2, 3)),
        ("first_loop", "i4"),
        ("loop_count", "i4"),
        ("first_triangle", "i4"),
        ("triangle_count", "i4"),
        ("tolerance_mm", "f8"),
    ]
)

EDGE = np.dtype(
    [
        ("faces", "i4", (2,)),  # −1 where the edge is free; the same face twice on a seam
        ("vertices", "i4", (2,)),
        ("curve", "i1"),  # code into CURVES
        ("convexity", "i1"),
        ("seam", "?"),
        ("closed", "?"),
        ("length_mm", "f8"),
        ("start_mm", "f8", (3,)),
        ("middle_mm", "f8", (3,)),
        ("end_mm", "f8", (3,)),
        ("tangent", "f8", (3,)),  # unit, at the middle, along the coedge of faces[0]
        (
            "normals",
            "f8",
            (2, 3),
        ),  # outward normals of faces[0] and faces[1] at the middle; nan where unknown
        ("angle_deg", "f8"),  # turn of the outward normals: convex > 0, concave < 0
        ("origin_mm", "f8", (3,)),  # circles: centre
        ("axis", "f8", (3,)),  # circles: axis; lines: direction
        ("radius_mm", "f8"),  # circles
    ]
)

LOOP = np.dtype(
    [
        ("face", "i4"),
        ("outer", "?"),
        ("first_coedge", "i4"),
        ("coedge_count", "i4"),
        ("length_mm", "f8"),
    ]
)

COEDGE = np.dtype([("face", "i4"), ("loop", "i4"), ("edge", "i4"), ("reversed", "?")])


def between_faces(edges: np.ndarray) -> np.ndarray:
    """Which edges (EDGE rows) have two different faces, neither a free end nor a seam: (e,)."""
    ends = edges["faces"]
    return np.asarray((ends >= 0).all(axis=1) & (ends[:, 0] != ends[:, 1]))


def radii_across_mm(faces: np.ndarray) -> np.ndarray:
    """Radius by which round faces (FACE rows) curve across themselves, a torus by its tube; nan of
    what is not round: (f,) mm. The length of a fillet is its area over a quarter turn of it.
    """
    torus = faces["kind"] == surface_code("torus")
    return np.where(torus, faces["minor_radius_mm"], faces["radius_mm"])


def surface_code(name: str) -> int:
    """Code of a surface name of SURFACES."""
    return SURFACES.index(name)


@dataclass(frozen=True)
class Topology:
    """Faces, edges, loops and coedges of a body as read-only structured arrays; a row number is the
    entity's id.

    Whole rows are picked with `take` and `compress`: by an index numpy copies them field by field,
    in fifteen times as long.
    """

    faces: np.ndarray  # FACE
    edges: np.ndarray  # EDGE
    loops: np.ndarray  # LOOP, those of a face follow each other, the outer one first
    coedges: (
        np.ndarray
    )  # COEDGE, those of a loop follow each other along the loop, material on the left
    member_ids: np.ndarray  # faces of the body that make up each face, all in one row
    member_offsets: np.ndarray  # (f + 1,) where each face's members start in member_ids

    def __post_init__(self) -> None:
        for array in (
            self.faces,
            self.edges,
            self.loops,
            self.coedges,
            self.member_ids,
            self.member_offsets,
        ):
            array.setflags(write=False)

    def members(self, face: int) -> np.ndarray:
        """Ids of the body's own faces that this face stands for."""
        return self.member_ids[self.member_offsets[face] : self.member_offsets[face + 1]]

    @cached_property
    def standing_for(self) -> np.ndarray:
        """The face that stands for each of the body's own faces (b,)."""
        found = np.zeros(len(self.member_ids), np.int64)
        found[self.member_ids] = np.repeat(np.arange(len(self.faces)), np.diff(self.member_offsets))
        return found

    def body_faces(self, faces: "list[int] | tuple[int, ...] | np.ndarray") -> tuple[int, ...]:
        """Ids of the body's own faces behind these faces, ascending."""
        found = {member for face in faces for member in self._own[face]}
        return tuple(sorted(found))

    @cached_property
    def _own(self) -> list[list[int]]:
        """`members` of every face, as plain lists: every feature asks for those of its faces."""
        ids, offsets = self.member_ids.tolist(), self.member_offsets.tolist()
        return [ids[start:stop] for start, stop in itertools.pairwise(offsets)]

    @cached_property
    def _incidence(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Edges by face: (offsets (f + 1,), edge ids, faces across)."""
        ends = self.edges["faces"]
        ids = np.flatnonzero(between_faces(self.edges))
        near = np.concatenate([ends[ids, 0], ends[ids, 1]])
        far = np.concatenate([ends[ids, 1], ends[ids, 0]])
        both = np.concatenate([ids, ids])
        order = np.lexsort((both, near))
        offsets = np.searchsorted(near[order], np.arange(len(self.faces) + 1))
        return offsets, both[order], far[order]

    @cached_property
    def around(self) -> tuple[np.ndarray, np.ndarray]:
        """Where the neighbours of each face start (f + 1,), and all of them in one row (k,): faces
        that share an edge with it, each once and ascending.
        """
        offsets, _, far = self._incidence
        count = len(self.faces)
        near = np.repeat(np.arange(count), np.diff(offsets))
        keys = np.unique(near * count + far)
        return np.searchsorted(keys, np.arange(count + 1) * count), keys % max(count, 1)

    def neighbours(self, face: int) -> tuple[np.ndarray, np.ndarray]:
        """Edges of a face that lead to another face, and the faces across: ((k,), (k,))."""
        offsets, edges, far = self._incidence
        part = slice(offsets[face], offsets[face + 1])
        return edges[part], far[part]

    def between(self, a: int, b: int) -> np.ndarray:
        """Edges that two faces share."""
        edges, far = self.neighbours(a)
        return edges[far == b]

    def loops_of(self, face: int) -> range:
        """Loop ids of a face, the outer one first."""
        first = int(self.faces["first_loop"][face])
        return range(first, first + int(self.faces["loop_count"][face]))

    def loop_edges(self, loop: int) -> np.ndarray:
        """Edge ids along a loop."""
        first, count = self.loops["first_coedge"][loop], self.loops["coedge_count"][loop]
        return self.coedges["edge"][first : first + count]

    def faces_of_kind(self, name: str) -> np.ndarray:
        """Ids of the faces of one canonical surface."""
        return np.flatnonzero(self.faces["kind"] == surface_code(name))

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.faces)))
