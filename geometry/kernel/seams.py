"""How are the parameter curves of a whole turn drawn square again? The mesher wants them so."""

import math
from collections.abc import Sequence
from typing import Any

from OCP.BRep import BRep_Builder, BRep_Tool
from OCP.BRepAdaptor import BRepAdaptor_Curve2d, BRepAdaptor_Surface
from OCP.Geom2d import Geom2d_Line
from OCP.GeomAbs import GeomAbs_Cone, GeomAbs_Cylinder, GeomAbs_Line
from OCP.gp import gp_Dir2d, gp_Pnt2d
from OCP.TopAbs import TopAbs_FORWARD
from OCP.TopoDS import TopoDS

from geometry.kernel.explored import edges_of

__all__ = ["square_up"]

# in the angle about the axis, and relative in the length along it: more than healing leaves
# between curves that meet, and what they stand for in space moves by no more
ASKEW = 1e-8


def square_up(face: Any) -> bool:
    """Draws the parameter curves of a cone or cylinder that goes once round as a rectangle; whether
    they were one but for rounding.

    Where a seam's two curves part by a hair more than a turn, the kernel's mesher gives the face
    up: https://github.com/Open-Cascade-SAS/OCCT/issues/572
    """
    if BRepAdaptor_Surface(face, False).GetType() not in (GeomAbs_Cone, GeomAbs_Cylinder):
        return False
    face = TopoDS.Face_s(face.Oriented(TopAbs_FORWARD))  # else a seam's curves change places
    edges = list(edges_of(face))
    if not all(BRepAdaptor_Curve2d(edge, face).GetType() == GeomAbs_Line for edge in edges):
        return False
    seams = [edge for edge in edges if BRep_Tool.IsClosed_s(edge, face)]
    rims = [edge for edge in edges if not BRep_Tool.IsClosed_s(edge, face)]
    if len(seams) != 2 or not rims:
        return False
    seams.sort(key=lambda edge: edge.Orientation() != TopAbs_FORWARD)
    first, start, end = _ends(seams[0], face)
    across = _ends(seams[1], face)[1]
    middle, half = (start[0] + across[0]) / 2, math.copysign(math.pi, across[0] - start[0])
    sides = middle - half, middle + half
    height = abs(end[1] - start[1])
    places = [_ends(rim, face) for rim in rims]
    turns = [_snapped((place[1][0], place[2][0]), sides, 1.0) for place in places]
    levels = [_snapped((place[1][1], place[2][1]), (start[1], end[1]), height) for place in places]
    reached = {
        (u, v) for us, vs in zip(turns, levels, strict=True) for u, v in zip(us, vs, strict=True)
    }
    corners = {(side, level) for side in sides for level in (start[1], end[1])}
    if not corners <= reached or any(low != high for low, high in levels):
        return False
    if abs(abs(across[0] - start[0]) - 2 * math.pi) > 2 * ASKEW:
        return False
    builder = BRep_Builder()
    rising = math.copysign(1.0, end[1] - start[1])
    lines = [_line(side, start[1] - rising * first, 0.0, rising) for side in sides]
    builder.UpdateEdge(seams[0], *lines, face, BRep_Tool.Tolerance_s(seams[0]))
    for rim, (first, *_), (begin, stop), (level, _) in zip(
        rims, places, turns, levels, strict=True
    ):
        way = math.copysign(1.0, stop - begin)
        line = _line(begin - way * first, level, way, 0.0)
        builder.UpdateEdge(rim, line, face, BRep_Tool.Tolerance_s(rim))
    return True


def _snapped(values: Sequence[float], grid: Sequence[float], size: float) -> tuple[float, float]:
    """Two values, those within rounding of one of some others as that."""
    near = [next((g for g in grid if abs(value - g) <= ASKEW * size), value) for value in values]
    return near[0], near[1]


def _ends(edge: Any, face: Any) -> tuple[float, tuple[float, float], tuple[float, float]]:
    """First parameter of an edge's curve on a face, and the places where it starts and ends."""
    curve = BRepAdaptor_Curve2d(edge, face)
    first = curve.FirstParameter()
    start, end = curve.Value(first), curve.Value(curve.LastParameter())
    return first, (start.X(), start.Y()), (end.X(), end.Y())


def _line(u: float, v: float, along_u: float, along_v: float) -> Geom2d_Line:
    return Geom2d_Line(gp_Pnt2d(u, v), gp_Dir2d(along_u, along_v))
