"""How does a body look as triangles? Node by node is a hundred times slower than one binary STL
through shared memory.
"""

import tempfile
from dataclasses import dataclass
from operator import methodcaller
from pathlib import Path
from typing import Any

import numpy as np
from OCP.Bnd import Bnd_Box
from OCP.BRep import BRep_Tool
from OCP.BRepAdaptor import BRepAdaptor_Surface
from OCP.BRepBndLib import BRepBndLib
from OCP.BRepLib import BRepLib
from OCP.BRepMesh import BRepMesh_IncrementalMesh
from OCP.BRepTools import BRepTools
from OCP.GeomAbs import GeomAbs_Plane
from OCP.gp import gp_Pnt, gp_Trsf, gp_Vec
from OCP.IMeshTools import (
    IMeshTools_MeshAlgoType_Delabella,
    IMeshTools_MeshAlgoType_Watson,
    IMeshTools_Parameters,
)
from OCP.StlAPI import StlAPI_Writer
from OCP.TopAbs import TopAbs_FACE
from OCP.TopLoc import TopLoc_Location

from geometry.errors import CorruptFile
from geometry.kernel.explored import edges_of, faces_of, numbered
from geometry.kernel.seams import square_up
from geometry.kernel.threads import may_share

__all__ = ["RawMesh", "bounding_box", "edge_polylines", "is_readable", "triangulate"]

# chord error as a share of the diagonal: fields need no finer
LINEAR_SHARE = 1e-3
ANGULAR_RAD = 0.5  # 13 chords to a turn
SAG_SHARES = (1.0, 0.7, 0.5, 0.3)  # tried in turn while a face has no triangles
# loops of one face from which the default algorithm's quadratic time tells: 0.05 s at 30
MANY_LOOPS = 24
_STL_RECORD = np.dtype([("normal", "<f4", (3,)), ("points", "<f4", (3, 3)), ("spare", "<u2")])
_STL_HEADER_BYTES = 84
_PLANE = int(GeomAbs_Plane)  # as numbers kinds compare in half the time


@dataclass(frozen=True)
class RawMesh:
    """Triangles of a body in the order of its faces."""

    corners_mm: np.ndarray  # (t, 3, 3)
    counts: np.ndarray  # triangles of each face, by face id
    diagonal_mm: float
    quick: bool = False  # by the algorithm that the kernel counts as young


def bounding_box(shape: Any) -> np.ndarray | None:
    """Axis-parallel box (2, 3) mm of a shape, None when it is empty.

    Raises CorruptFile where the kernel breaks off on every face of the shape.
    """
    box = Bnd_Box()
    try:
        BRepBndLib.Add_s(shape, box)
    except Exception as error:  # the kernel's failures have no common class in Python
        box = _box_of_faces(shape)
        if box.IsVoid():
            raise CorruptFile("a surface cannot be read", hint="export the file again") from error
    if box.IsVoid():
        return None
    low, high = box.CornerMin(), box.CornerMax()
    return np.array([[low.X(), low.Y(), low.Z()], [high.X(), high.Y(), high.Z()]])


def _box_of_faces(shape: Any) -> Bnd_Box:
    """Box of the faces that the kernel can bound."""
    box = Bnd_Box()
    for face in faces_of(shape):
        if is_readable(face):
            BRepBndLib.Add_s(face, box)
    return box


def is_readable(face: Any) -> bool:
    """Whether the kernel can bound a face: slivers beyond the end of their surface it cannot."""
    try:
        BRepBndLib.Add_s(face, Bnd_Box())
    except Exception:  # the kernel's failures have no common class in Python
        return False
    return True


def triangulate(body: Any, *, careful: bool = False) -> RawMesh:
    """Meshes a body at 0.1 % of its diagonal and 0.5 rad.

    careful: by the kernel's default algorithm. The quick one gives the same triangles up to the
    choice of diagonals, in n·log n where the default is quadratic in the points of a face, but the
    kernel counts it as young, and it can take the process down: it is used where a face has many
    loops, and whoever asks checks the mesh and comes back.
    """
    box = bounding_box(body)
    if box is None:
        return RawMesh(np.zeros((0, 3, 3)), np.zeros(0, np.int64), 0.0)
    _keep_curves_in_planes(body)
    diagonal = float(np.linalg.norm(box[1] - box[0]))
    wanted = IMeshTools_Parameters()
    wanted.Deflection = max(diagonal * LINEAR_SHARE, 1e-7)
    wanted.Angle = ANGULAR_RAD
    quick = not careful and _has_crowded_face(body)
    wanted.InParallel = may_share()  # the same triangles to the last bit
    wanted.MeshAlgo = IMeshTools_MeshAlgoType_Delabella if quick else IMeshTools_MeshAlgoType_Watson
    faces = list(faces_of(body))
    _mesh_every_face(body, faces, wanted)
    ids = numbered(body, TopAbs_FACE)
    visits, counts = [], []
    for face in faces:
        triangulation = _triangulation(face)
        visits.append(ids.FindIndex(face) - 1)
        counts.append(0 if triangulation is None else triangulation.NbTriangles())
    corners = _corners(body, box.mean(axis=0))
    owner = np.repeat(visits, counts)
    if len(owner) != len(corners):
        return RawMesh(np.zeros((0, 3, 3)), np.zeros(ids.Extent(), np.int64), diagonal, quick)
    order = np.argsort(owner, kind="stable")
    return RawMesh(corners[order], np.bincount(owner, minlength=ids.Extent()), diagonal, quick)


def _keep_curves_in_planes(body: Any) -> None:
    """Gives every edge of a plane face its curve in the plane's parameters: files leave them out,
    and the kernel would project the edge for the mesh, the area, the volume and each loop anew.
    """
    for face in faces_of(body):
        if int(BRepAdaptor_Surface(face, False).GetType()) != _PLANE:
            continue
        for edge in edges_of(face):
            BRepLib.BuildPCurveForEdgeOnPlane_s(edge, face)


def _mesh_every_face(body: Any, faces: list[Any], wanted: IMeshTools_Parameters) -> None:
    """Meshes a body, whose faces these are, a little finer where the kernel leaves any out: the
    polygon around a face may cross itself or not, by where its chords end.
    """
    sag = wanted.Deflection
    bare: list[int] = []
    for share in SAG_SHARES:
        wanted.Deflection = share * sag
        BRepTools.Clean_s(body)  # the kernel keeps triangles that are fine enough, a file's too
        BRepMesh_IncrementalMesh(body, wanted)
        missed = [face for face in faces if _triangulation(face) is None]
        if not bare and [face for face in missed if square_up(face)]:
            BRepTools.Clean_s(body)
            BRepMesh_IncrementalMesh(body, wanted)
            missed = [face for face in missed if _triangulation(face) is None]
        bare.append(len(missed))
        if not missed:
            return
    wanted.Deflection = SAG_SHARES[bare.index(min(bare))] * sag
    BRepTools.Clean_s(body)
    BRepMesh_IncrementalMesh(body, wanted)


def _triangulation(face: Any) -> Any:
    return BRep_Tool.Triangulation_s(face, TopLoc_Location())


def _has_crowded_face(body: Any) -> bool:
    return any(face.NbChildren() > MANY_LOOPS for face in faces_of(body))


def _corners(body: Any, centre_mm: np.ndarray) -> np.ndarray:
    """Corners (t, 3, 3) of all triangles; centred while they are single precision."""
    shift = gp_Trsf()
    shift.SetTranslation(gp_Vec(*(-centre_mm).tolist()))
    with tempfile.TemporaryDirectory(dir=_shared_memory()) as folder:
        path = Path(folder) / "mesh.stl"
        writer = StlAPI_Writer()
        writer.ASCIIMode = False
        if not writer.Write(body.Moved(TopLoc_Location(shift)), str(path)) or not path.exists():
            return np.zeros((0, 3, 3))
        records = np.fromfile(path, dtype=_STL_RECORD, offset=_STL_HEADER_BYTES)
    return records["points"].astype(np.float64) + centre_mm


def _shared_memory() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def edge_polylines(
    edge_shapes: tuple[Any, ...], edges: np.ndarray, face_shapes: tuple[Any, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Points (p, 3) mm of every edge as the mesh has them, and where each edge starts (e + 1,).

    edges: EDGE rows with their faces and ends.
    """
    points: list[tuple[float, float, float]] = []
    offsets = [0]
    meshed: dict[int, tuple[Any, TopLoc_Location]] = {}
    ends = zip(edges["start_mm"].tolist(), edges["end_mm"].tolist(), strict=True)
    sides = edges["faces"].tolist()
    for (face, other), (start, end), shape in zip(sides, ends, edge_shapes, strict=True):
        if face >= 0 and face != other:  # degenerate edges bound no face
            if face not in meshed:
                location = TopLoc_Location()
                meshed[face] = BRep_Tool.Triangulation_s(face_shapes[face], location), location
            triangulation, location = meshed[face]
            polygon = (
                None
                if triangulation is None
                else BRep_Tool.PolygonOnTriangulation_s(shape, triangulation, location)
            )
            count = 0 if polygon is None else polygon.NbNodes()
            if count == 2:  # a line, as most edges are
                points += [start, end]
            elif polygon is not None:
                nodes = map(triangulation.Node, map(polygon.Node, range(1, count + 1)))
                if not location.IsIdentity():
                    nodes = map(methodcaller("Transformed", location.Transformation()), nodes)
                points += map(gp_Pnt.Coord, nodes)
        offsets.append(len(points))
    return np.array(points, dtype=np.float64).reshape(-1, 3), np.array(offsets)
