"""A cone that goes once round has square parameter curves, whatever rounding left of them."""

import math

import cadquery as cq
import numpy as np
import pytest
from OCP.BRep import BRep_Builder, BRep_Tool
from OCP.BRepAdaptor import BRepAdaptor_Curve2d
from OCP.Geom2d import Geom2d_Line
from OCP.gp import gp_Dir2d, gp_Pnt2d
from OCP.TopAbs import TopAbs_FORWARD
from OCP.TopoDS import TopoDS

from geometry.kernel.meshing import triangulate
from geometry.kernel.seams import square_up


def cone_askew(by):
    """A frustum whose rims begin `by` beside its seam, each to another side; its conical face."""
    solid = cq.Solid.makeCone(2.5, 1.5, 1.0)
    (cone,) = (face.wrapped for face in solid.Faces() if face.geomType() == "CONE")
    cone = TopoDS.Face_s(cone.Oriented(TopAbs_FORWARD))
    for edge in rims(cone):
        first, start, end = curve(edge, cone)
        way = math.copysign(1.0, end[0] - start[0])
        off = by if start[1] > 0.1 else -by
        line = Geom2d_Line(gp_Pnt2d(start[0] + off - way * first, start[1]), gp_Dir2d(way, 0))
        BRep_Builder().UpdateEdge(edge, line, cone, 1e-7)
    return solid.wrapped, cone


def rims(cone):
    edges = [edge.wrapped for edge in cq.Face(cone).Edges()]
    return [edge for edge in edges if not BRep_Tool.IsClosed_s(edge, cone)]


def curve(edge, face):
    """First parameter of a curve on a face, and the places where it starts and ends."""
    drawn = BRepAdaptor_Curve2d(edge, face)
    first, last = drawn.FirstParameter(), drawn.LastParameter()
    return first, *(np.array(drawn.Value(at).Coord()) for at in (first, last))


def test_rims_that_begin_a_hair_beside_the_seam_begin_at_it():
    _, cone = cone_askew(1e-11)
    assert square_up(cone)
    seam = next(e.wrapped for e in cq.Face(cone).Edges() if BRep_Tool.IsClosed_s(e.wrapped, cone))
    sides = sorted(curve(TopoDS.Edge_s(edge), cone)[1][0] for edge in (seam, seam.Reversed()))
    assert sides[1] - sides[0] == pytest.approx(2 * math.pi, abs=1e-15)
    for rim in rims(cone):
        _, start, end = curve(rim, cone)
        assert sorted([start[0], end[0]]) == pytest.approx(sides, abs=1e-15)


def test_rims_far_beside_the_seam_are_left_alone():
    _, cone = cone_askew(1e-3)
    assert not square_up(cone)


def test_a_squared_cone_keeps_its_triangles():
    solid, cone = cone_askew(1e-11)
    before = triangulate(solid).counts
    square_up(cone)
    assert triangulate(solid).counts.tolist() == before.tolist()
