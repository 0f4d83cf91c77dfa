"""What do meshed faces consist of in the parameters of their surfaces? Triangles, and what lies
between each chord of a curved rim and the curve.
"""

import itertools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from OCP.BRep import BRep_Tool
from OCP.gp import gp_Pnt2d
from OCP.TopLoc import TopLoc_Location
from OCP.TopoDS import TopoDS

from geometry.kernel.rims import LINE, rims_of

__all__ = ["PLACES", "PLACE_WEIGHTS", "Pieces", "pieces_of", "signed_areas"]

NEAR_SHARE = 1e-3  # of a face's size in its parameters: what a mesh's rim may be off the curve
COVERED_SHARE = 1e-9  # of what its rim encloses: what the triangles of a face may miss
# What two rules may differ by on what lies between a chord and its curve, as a share of the face,
# before the chord is halved; the better rule is then off by a tenth of it at most.
ROUGH_SHARE = 1e-5
MOST_HALVED = 5  # times

# Lobatto's rule of degree 7 along a chord, but for its ends, where nothing lies between chord and
# curve; Simpson's takes the middle alone
_OFF = math.sqrt(3 / 7) / 2
PLACES = np.array([0.5 - _OFF, 0.5, 0.5 + _OFF])
PLACE_WEIGHTS = np.array([49 / 180, 32 / 90, 49 / 180])
_MIDDLE = np.array([0.0, 2 / 3, 0.0])


@dataclass(frozen=True)
class Pieces:
    """Pieces of faces as their surfaces run, whichever side is outside; what is on the left of a
    chord belongs to the face.
    """

    told: np.ndarray  # (f,) bool: faces whose triangles fill their rims; of others there are none
    triangles: np.ndarray  # (t, 3, 2)
    of_triangle: np.ndarray  # (t,) face
    chords: np.ndarray  # (c, 2, 2) from and to, of rims that are curved
    curves: np.ndarray  # (c, 3, 2) points of the rim at `PLACES` beside each chord
    of_chord: np.ndarray  # (c,) face


def pieces_of(faces: list[Any], rims: list[list[Any]]) -> Pieces:
    """Pieces of meshed faces (TopoDS_Face); rims: TopoDS_Edge along those of each."""
    found = [_told(face, edges) for face, edges in zip(faces, rims, strict=True)]
    told = np.array([own is not None for own in found], bool)
    whole = [own for own in found if own is not None]
    triangles = [np.zeros((0, 3, 2)), *(own.triangles for own in whole)]
    of_triangle = [np.repeat(np.flatnonzero(told), [len(own.triangles) for own in whole])]
    of_chord = np.repeat(np.flatnonzero(told), [len(own.chords) for own in whole])
    chords = np.array([chord for own in whole for chord in own.chords]).reshape(-1, 2, 2)
    spans = np.array([span for own in whole for span in own.spans]).reshape(-1, 2)
    curves = [curve for own in whole for curve in own.curves]
    size = np.bincount(of_triangle[0], signed_areas(np.concatenate(triangles)), len(faces))
    kept: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    for halved in range(MOST_HALVED + 1):
        points = _along(curves, spans)
        aside = points - (chords[:, :1] + PLACES[:, None] * (chords[:, 1:] - chords[:, :1]))
        off = _crossed(aside, chords[:, 1:] - chords[:, :1])
        rough = np.abs(off @ (PLACE_WEIGHTS - _MIDDLE)) > ROUGH_SHARE * size[of_chord]
        rough &= halved < MOST_HALVED
        kept.append((chords[~rough], points[~rough], of_chord[~rough]))
        if not rough.any():
            break
        # a chord's place is taken by a triangle with the middle of its curve and two chords
        middle, halfway = points[rough, 1], spans[rough].mean(axis=1)
        (first, last), (begin, end) = chords[rough].transpose(1, 0, 2), spans[rough].T
        triangles.append(np.stack([first, middle, last], axis=1))
        of_triangle.append(of_chord[rough])
        chords = np.stack([first, middle, middle, last], axis=1).reshape(-1, 2, 2)
        spans = np.stack([begin, halfway, halfway, end], axis=1).reshape(-1, 2)
        curves = [curves[i] for i in np.flatnonzero(rough).tolist() for _ in range(2)]
        of_chord = np.repeat(of_chord[rough], 2)
    return Pieces(
        told,
        np.concatenate(triangles),
        np.concatenate(of_triangle),
        *(np.concatenate(column) for column in zip(*kept, strict=True)),
    )


def signed_areas(triangles: np.ndarray) -> np.ndarray:
    """Areas (t,) of triangles (t, 3, 2), negative where they run clockwise."""
    return 0.5 * _crossed(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])


def _crossed(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Cross products (…) of vectors (…, 2)."""
    return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])


def _along(curves: list[Any], spans: np.ndarray) -> np.ndarray:
    """Points (c, 3, 2) at `PLACES` of spans (c, 2) of parameters of curves."""
    at = (spans[:, :1] + PLACES * (spans[:, 1:] - spans[:, :1])).tolist()
    point, found = gp_Pnt2d(), []
    for curve, own in zip(curves, at, strict=True):
        for one in own:
            curve.D0(one, point)
            found.append(point.Coord())
    return np.array(found).reshape(-1, len(PLACES), 2)


@dataclass(frozen=True)
class _Face:
    """What the mesh says of one face."""

    triangles: np.ndarray  # (t, 3, 2)
    chords: list[Any]  # two points each, of curved rims
    spans: list[tuple[float, float]]  # parameters of the ends of each on its curve
    curves: list[Any]  # BRepAdaptor_Curve2d of each


def _told(face: Any, edges: list[Any]) -> _Face | None:
    """As `_pieces`; None where the kernel breaks off."""
    try:
        return _pieces(face, edges)
    except Exception:  # the kernel raises a different class for every degenerate curve
        return None


def _pieces(face: Any, edges: list[Any]) -> _Face | None:
    """What the mesh says of a face as its surface runs; None where it does not fill it."""
    location = TopLoc_Location()
    mesh = BRep_Tool.Triangulation_s(face, location)
    if mesh is None or not mesh.HasUVNodes():
        return None
    nodes = [mesh.UVNode(i).Coord() for i in range(1, mesh.NbNodes() + 1)]
    corners = [mesh.Triangle(i).Get() for i in range(1, mesh.NbTriangles() + 1)]
    uv = np.array(nodes)
    triangles = uv[np.array(corners) - 1]
    near = NEAR_SHARE * float(np.ptp(uv, axis=0).max())
    rims: list[list[int]] = []
    found = _Face(triangles, [], [], [])
    along = rims_of(face, edges)
    if along is None:
        return None
    for edge, sign, curve, kind in along:
        polygon = _polygon(edge, curve, mesh, location, nodes, near)
        if polygon is None:
            return None
        numbers, at = polygon[0][::sign], polygon[1][::sign]
        rims.append(numbers)
        if kind != LINE:
            found.chords.extend((nodes[a], nodes[b]) for a, b in itertools.pairwise(numbers))
            found.spans.extend(itertools.pairwise(at))
            found.curves.extend([curve] * (len(at) - 1))
    return found if _fill(triangles, rims, uv) else None


def _polygon(
    edge: Any, curve: Any, mesh: Any, location: Any, nodes: list[Any], near: float
) -> tuple[list[int], list[float]] | None:
    """Nodes of a mesh along an edge and their parameters on its curve in the face, in the curve's
    direction.
    """
    for side in (edge, edge.Reversed()):  # meshes have the sides of a seam in either order
        polygon = BRep_Tool.PolygonOnTriangulation_s(TopoDS.Edge_s(side), mesh, location)
        if polygon is None or not polygon.HasParameters():
            return None
        count = polygon.NbNodes()
        numbers = [polygon.Node(i) - 1 for i in range(1, count + 1)]
        at = [polygon.Parameter(i) for i in range(1, count + 1)]
        if all(
            math.dist(nodes[numbers[i]], curve.Value(at[i]).Coord()) <= near
            for i in (0, count // 2)
        ):
            return numbers, at
    return None


def _fill(triangles: np.ndarray, rims: list[list[int]], uv: np.ndarray) -> bool:
    """Whether triangles (t, 3, 2) cover what polygons of nodes uv (n, 2) enclose, on their left."""
    covered = float(signed_areas(triangles).sum())
    begin = np.array([node for rim in rims for node in rim[:-1]], np.int64)
    end = np.array([node for rim in rims for node in rim[1:]], np.int64)
    off = uv - uv.mean(axis=0)
    enclosed = 0.5 * float(_crossed(off[begin], off[end]).sum())
    return covered > 0 and abs(covered - enclosed) <= COVERED_SHARE * covered
