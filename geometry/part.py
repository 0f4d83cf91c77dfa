"""What does everything else know of a part? One frozen record; no kernel object leaves this
module's `build`.
"""

import os
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from geometry.annotations import Annotation
from geometry.joining import join_split_faces
from geometry.mass import Hull, Mass, convex_hull, minimal_box
from geometry.mesh import Mesh, is_watertight, weld
from geometry.shells import shell_volumes_mm3, shells_of
from geometry.surfaces import complete_edges, complete_faces, corner_normals
from geometry.topology import Topology, surface_code

if TYPE_CHECKING:
    from geometry.kernel.extraction import Extracted
    from geometry.kernel.meshing import RawMesh

__all__ = ["Part", "Unsound", "Warning", "build", "failed"]

# how far the triangles of a face may be from its exact area
FLAT_SLACK = 1e-4  # share; single precision of the triangles
CURVED_SLACK = 0.05  # share; 13 chords to a turn take 1 % of a cylinder, of a sphere 2 %
CHORD_SLACK = 1e-3  # of the diagonal along the rim: the mesh's chord error
STRICT_VARIABLE = "WORKBENCH_STRICT_GEOMETRY"  # set by the tests
_PLANE = surface_code("plane")


class Unsound(Exception):
    """A body that needs a closer look; says so to whoever asked for a quick one only."""


@dataclass(frozen=True)
class Warning:
    """Something the reader of an answer should know; `code` names it in the catalogues."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)


def failed(error: Exception, code: str, **values: str) -> Warning:
    """The warning for an error that odd geometry raised in one of a part's many examinations: it
    costs that one alone and is said. Raises the error itself where tests run.
    """
    if os.environ.get(STRICT_VARIABLE):
        raise error
    return Warning(code, {**values, "error": repr(error)})


@dataclass(frozen=True)
class Part:
    """One distinct solid: faces, edges, triangles and mass, in mm in the file's coordinates of this
    part.
    """

    name: str
    topology: Topology
    joined: Topology  # split faces as one; recognition runs on it
    mesh: Mesh
    mass: Mass
    closed: bool
    colour: str | None = None
    material: str | None = None
    warnings: tuple[Warning, ...] = ()
    pmi: tuple[Annotation, ...] = ()

    @property
    def size_mm(self) -> np.ndarray:
        """Edges of the minimal oriented box (3,), descending."""
        return self.mass.box.size_mm

    @cached_property
    def joined_corners(self) -> tuple[np.ndarray, np.ndarray]:
        """Vertices of the mesh that each face of `joined` has, ascending, all in one row, and where
        each face's start (f + 1,).
        """
        mesh = self.mesh
        count = max(len(mesh.vertices_mm), 1)
        owner = self.joined.standing_for[mesh.face_of_triangle]
        # most follow in order: sorted so in half the time of `np.unique`
        keys = np.sort((owner[:, None] * count + mesh.triangles).ravel(), kind="stable")
        keys = keys[np.diff(keys, prepend=-1) > 0]
        starts = np.searchsorted(keys, np.arange(len(self.joined.faces) + 1) * count)
        return keys % count, starts


def build(
    body: Any,
    *,
    name: str = "",
    colour: str | None = None,
    material: str | None = None,
    repair: bool = True,
    careful: bool = False,
) -> Part:
    """Reads everything of a TopoDS body from the kernel, healing it when its mesh is not closed.

    careful: without algorithms that a body may bring down the process by.

    Raises NoSolid when the body encloses nothing, Unsound where it needs repair that is not wanted.
    """
    from geometry.errors import NoSolid
    from geometry.kernel.healing import healed, orientations
    from geometry.kernel.meshing import triangulate
    from geometry.kernel.solids import solid_properties

    warnings: list[Warning] = []
    raw = triangulate(body, careful=careful)
    part, extracted = _assemble(body, raw, name, colour, material)
    if not (_is_sound(part) and _has_voids_inside_out(part, body.NbChildren())):
        if not repair:
            raise Unsound(name)
        if raw.quick:
            raw = triangulate(body, careful=True)
            part, extracted = _assemble(body, raw, name, colour, material)
    if not part.closed:
        for repaired, what in healed(body):
            raw = triangulate(repaired, careful=True)
            if _closes(raw, _welded(raw)[1]):
                body = repaired
                part, extracted = _assemble(body, raw, name, colour, material)
                warnings.append(Warning("healed", {"what": what}))
                break
        else:
            warnings.append(Warning("not_watertight", {"name": name}))
    if part.mesh.volume_mm3 < 0:
        for turned in orientations(body):
            raw = triangulate(turned, careful=careful)
            part, extracted = _assemble(turned, raw, name, colour, material)
            if part.mesh.volume_mm3 >= 0:
                break
        body = turned
        warnings.append(Warning("inside_out", {"name": name}))
    smallest = 1e-12 * part.mesh.diagonal_mm**3
    if not len(part.mesh.triangles) or abs(part.mesh.volume_mm3) <= smallest:
        raise NoSolid(
            "the body encloses no volume", where=name, hint="export a solid, not surfaces or curves"
        )
    volume, centroid, inertia = solid_properties(body, extracted, part.mesh)
    if part.closed and not _agree(volume, part):
        seen = {"volume_mm3": volume, "mesh_mm3": part.mesh.volume_mm3}
        warnings.append(Warning("volume_doubtful", seen))
    points = part.mesh.vertices_mm
    hull = convex_hull(points)
    mass = Mass(
        volume_mm3=volume,
        area_mm2=float(part.topology.faces["area_mm2"].sum()),
        centroid_mm=centroid,
        inertia=inertia,
        box=minimal_box(points, part.topology.edges, hull),
        bbox_mm=np.array([points.min(axis=0), points.max(axis=0)]),
        hull=Hull(points, 0.0, 0.0)
        if hull is None
        else Hull(points[hull.vertices], float(hull.volume), float(hull.area)),
    )
    return Part(
        name, part.topology, part.joined, part.mesh, mass, part.closed, colour, material,
        (*part.warnings, *warnings),
    )  # fmt: skip


def _agree(volume_mm3: float, part: Part) -> bool:
    """Whether the volume that the surfaces give is that of the closed mesh, as far as chords leave
    room: 13 of them to a turn take 4 % of a cylinder, and nowhere do they run further off than the
    mesh's chord error.
    """
    faces = part.topology.faces
    curved_mm2 = float(faces["area_mm2"][faces["kind"] != _PLANE].sum())
    enclosed = part.mesh.volume_mm3
    room = CURVED_SLACK * enclosed + CHORD_SLACK * part.mesh.diagonal_mm * curved_mm2
    return abs(volume_mm3 - enclosed) <= room


def _is_sound(part: Part) -> bool:
    """Whether the mesh closes, encloses its inside, and covers each face with its own area."""
    topology, mesh = part.topology, part.mesh
    if not part.closed or mesh.volume_mm3 <= 0:
        return False
    faces, loops = topology.faces, topology.loops
    covered = np.bincount(mesh.face_of_triangle, weights=mesh.areas_mm2, minlength=len(faces))
    rim = np.bincount(loops["face"], weights=loops["length_mm"], minlength=len(faces))
    off = np.abs(covered - faces["area_mm2"])
    allowed = np.where(faces["kind"] == _PLANE, FLAT_SLACK, CURVED_SLACK) * faces["area_mm2"]
    return bool((off <= allowed + CHORD_SLACK * mesh.diagonal_mm * rim).all())


def _has_voids_inside_out(part: Part, shell_count: int) -> bool:
    """Whether all shells of a body but the outer one take from its volume: a void turned over
    closes as well, and adds.
    """
    if shell_count <= 1:
        return True
    volumes = shell_volumes_mm3(part.mesh, shells_of(part.topology))
    volumes = volumes[np.argsort(-np.abs(volumes))]
    return len(volumes) == shell_count and volumes[0] > 0 and bool((volumes[1:] < 0).all())


def _welded(raw: "RawMesh") -> tuple[np.ndarray, np.ndarray]:
    """Vertices (n, 3) mm and triangles (t, 3) of what the kernel meshed."""
    if not len(raw.corners_mm):
        return np.zeros((0, 3)), np.zeros((0, 3), np.int32)
    return weld(raw.corners_mm, raw.diagonal_mm)


def _closes(raw: "RawMesh", triangles: np.ndarray) -> bool:
    """Whether every face has triangles and all of them together close."""
    return bool((raw.counts > 0).all()) and is_watertight(triangles)


def _assemble(
    body: Any,
    raw: Any,
    name: str,
    colour: str | None,
    material: str | None,
) -> tuple[Part, "Extracted"]:
    """The part without its mass, and what was read of the body."""
    from geometry.kernel.extraction import extract
    from geometry.kernel.meshing import edge_polylines

    extracted = extract(body)
    owner = np.repeat(np.arange(len(raw.counts)), raw.counts).astype(np.int32)
    complete_faces(extracted.faces, raw.corners_mm, owner)
    complete_edges(extracted.edges, extracted.faces)
    vertices, triangles = _welded(raw)
    points, offsets = edge_polylines(extracted.edge_shapes, extracted.edges, extracted.shapes)
    bare = np.flatnonzero(extracted.faces["triangle_count"] == 0)
    watertight = _closes(raw, triangles)
    plain = Mesh(vertices, triangles, owner, np.zeros((0, 3, 3)), points, offsets, watertight)
    normals = corner_normals(extracted.faces, plain.normals, plain)
    mesh = plain.with_normals(normals)
    count = len(extracted.faces)
    topology = Topology(
        extracted.faces, extracted.edges, extracted.loops, extracted.coedges,
        np.arange(count, dtype=np.int32), np.arange(count + 1, dtype=np.int32),
    )  # fmt: skip
    found = []
    if extracted.failed_faces:
        found.append(Warning("degenerate_faces", {"faces": list(extracted.failed_faces)}))
    if len(bare):
        found.append(Warning("faces_without_triangles", {"faces": bare.tolist()}))
    part = Part(
        name,
        topology,
        join_split_faces(topology, mesh, extracted.continued),
        mesh,
        _NO_MASS,
        watertight,
        colour,
        material,
        tuple(found),
    )
    return part, extracted


_NO_MASS: Any = None  # filled by `build` before anyone sees the part
