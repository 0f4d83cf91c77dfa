"""Areas and volumes of planes and surfaces of revolution, summed along their rims."""

import math

import cadquery as cq
import numpy as np
import pytest
from OCP.BRep import BRep_Builder
from OCP.BRepAdaptor import BRepAdaptor_Surface
from OCP.BRepBuilderAPI import BRepBuilderAPI_MakeWire
from OCP.TopoDS import TopoDS, TopoDS_Iterator
from shapes import crossed_pins, rims_around, turned, without_the_kernel

from geometry.kernel.contours import within_rims
from geometry.kernel.explored import edges_of, faces_of
from geometry.kernel.rims import rim_nodes
from geometry.part import build

TIP = np.array([3.0, -2.0, 5.0])


def slanted_rod():
    """A rod Ø12 cut at 35°: its cut is an ellipse, its mean height 20."""
    rod = cq.Workplane().circle(6).extrude(40)
    knife = cq.Workplane(origin=(0, 0, 20)).transformed(rotate=(35, 0, 0))
    rod = rod.cut(knife.rect(60, 60).extrude(60))
    disc = math.pi * 36
    return rod.val(), disc * (1 + 1 / math.cos(math.radians(35))) + 2 * math.pi * 6 * 20, disc * 20


def napkin_ring():
    """A ball Ø40 with a hole Ø16, off its seam: of height 2 √(400 − 64)."""
    ball = cq.Workplane().sphere(20)
    ball = ball.cut(cq.Workplane("YZ").circle(8).extrude(30, both=True))
    half = math.sqrt(400 - 64)
    return ball.val(), 4 * math.pi * (20 + 8) * half, math.pi / 6 * (2 * half) ** 3


def halved_ring():
    """Half of a torus of radii 15 and 4, cut along its tube as well: Pappus and Guldin."""
    ring = cq.Workplane(obj=cq.Solid.makeTorus(15, 4)).intersect(
        cq.Workplane(origin=(0, 0, 10)).rect(60, 30).extrude(-20).translate((0, 15, 0))
    )
    ring = ring.intersect(cq.Workplane().rect(60, 60).extrude(10))
    section, rim, middle = math.pi * 8, math.pi * 4, 15
    area = math.pi * middle * rim + 2 * section + math.pi / 2 * (19**2 - 11**2)
    return ring.val(), area, math.pi * middle * section


def cone_between_planes():
    """A cone of 12 over 30, halved through its tip and axis."""
    cone = cq.Workplane(obj=cq.Solid.makeCone(12, 0, 30)).intersect(
        cq.Workplane().rect(40, 40).extrude(40).translate((20, 0, 0))
    )
    area = math.pi * 12 * math.hypot(12, 30) / 2 + 12 * 30 + math.pi * 72
    return cone.val(), area, math.pi * 144 * 30 / 6


DRAWN = [crossed_pins, slanted_rod, napkin_ring, halved_ring, cone_between_planes]


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("drawn", DRAWN)
def test_curved_rims_are_followed_without_the_kernel(monkeypatch, drawn, mirrored):
    solid, area_mm2, volume_mm3 = drawn()
    solid = turned(solid.mirror("XZ") if mirrored else solid)
    without_the_kernel(monkeypatch)
    part = build(solid.wrapped)
    assert part.mass.area_mm2 == pytest.approx(area_mm2, rel=1e-6)
    assert part.mass.volume_mm3 == pytest.approx(volume_mm3, rel=1e-6)


@pytest.mark.parametrize("drawn", DRAWN)
def test_the_sums_do_not_hang_on_where_a_part_lies(drawn):
    solid = drawn()[0]
    for moved in (solid, turned(solid).translate((300, -200, 500))):
        area, _, cones = sums(moved)
        assert area == pytest.approx(sums(solid)[0], rel=1e-9)
        assert cones.volume_mm3.sum() == pytest.approx(drawn()[2], rel=1e-6)
        middle = TIP + cones.first.sum(axis=0) / cones.volume_mm3.sum()
        assert middle == pytest.approx(moved.Center().toTuple(), abs=1e-3)


def sums(solid):
    return sums_of(list(faces_of(solid.wrapped)))


def sums_of(faces):
    surfaces = [BRepAdaptor_Surface(face, False) for face in faces]
    return within_rims(faces, rims_around(faces), surfaces, TIP)


def test_a_face_whose_rim_has_a_gap_is_not_told():
    whole = cq.Workplane().box(10, 20, 5).faces(">Z").val().wrapped
    gapped = TopoDS.Face_s(whole.EmptyCopied())
    wire = TopoDS_Iterator(whole).Value()
    open_wire = wire.EmptyCopied()
    edges = TopoDS_Iterator(wire)
    edges.Next()  # one is left out
    builder = BRep_Builder()
    while edges.More():
        builder.Add(open_wire, edges.Value())
        edges.Next()
    builder.Add(gapped, open_wire)
    assert rim_nodes([whole, gapped], rims_around([whole, gapped])).closed.tolist() == [True, False]
    area, _, cones = sums_of([whole, gapped])
    assert area[0] == pytest.approx(200)
    assert np.isnan([area[1], cones.volume_mm3[1]]).all()


def test_a_face_that_runs_out_and_back_along_a_line_encloses_nothing():
    square = cq.Workplane().box(10, 20, 5).faces(">Z").val().wrapped
    folded = TopoDS.Face_s(square.EmptyCopied())
    edge = next(iter(edges_of(square)))
    wire = BRepBuilderAPI_MakeWire(edge).Wire()
    BRep_Builder().Add(wire, edge.Reversed())
    BRep_Builder().Add(folded, wire)
    area, centroid, _ = sums_of([folded])
    assert np.isnan([area[0], *centroid[0]]).all()


def test_an_edge_without_a_curve_on_its_face_leaves_the_face_untold():
    pin, ball = cq.Solid.makeCylinder(3, 5), cq.Solid.makeSphere(4)
    face = TopoDS.Face_s(pin.faces("not |Z").Faces()[0].wrapped.EmptyCopied())
    wire = cq.Wire.assembleEdges([ball.Edges()[0]]).wrapped
    BRep_Builder().Add(face, wire)
    assert rim_nodes([face], rims_around([face])).closed.tolist() == [False]


def test_a_face_without_a_rim_is_not_told():
    bare = TopoDS.Face_s(cq.Workplane().box(10, 20, 5).faces(">Z").val().wrapped.EmptyCopied())
    area, centroid, cones = sums_of([bare])
    assert np.isnan([area[0], *centroid[0], cones.volume_mm3[0]]).all()
