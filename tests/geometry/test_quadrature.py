"""Areas and volumes of freeform faces, summed over their meshes."""

import math

import cadquery as cq
import numpy as np
import pytest
from OCP.BRep import BRep_Builder, BRep_Tool
from OCP.BRepAdaptor import BRepAdaptor_Curve, BRepAdaptor_Surface
from OCP.BRepBuilderAPI import BRepBuilderAPI_MakeFace, BRepBuilderAPI_NurbsConvert
from OCP.Geom import (
    Geom_BSplineSurface,
    Geom_Circle,
    Geom_SurfaceOfLinearExtrusion,
    Geom_TrimmedCurve,
)
from OCP.GeomConvert import GeomConvert
from OCP.gp import gp_Ax2, gp_Dir, gp_Pnt, gp_Vec
from OCP.Poly import Poly_Triangulation
from OCP.TopAbs import TopAbs_REVERSED
from OCP.TopLoc import TopLoc_Location
from shapes import crossed_pins, rims_around, turned, without_the_kernel

from geometry.kernel.creases import cut_at_creases
from geometry.kernel.evaluation import Surfaces
from geometry.kernel.explored import faces_of
from geometry.kernel.meshing import triangulate
from geometry.kernel.parameters import pieces_of, signed_areas
from geometry.kernel.quadrature import integrated
from geometry.kernel.splines import spline_surfaces
from geometry.part import build

TIP = np.zeros(3)


def as_splines(solid):
    """The same body with every surface and curve as a B-spline, at an odd angle."""
    return cq.Shape.cast(BRepBuilderAPI_NurbsConvert(turned(solid).wrapped, True).Shape())


def measured(body):
    """Areas, centroids, cones of the faces of a body, meshed as parts are."""
    triangulate(body)
    faces = list(faces_of(body))
    exact = Surfaces([BRepAdaptor_Surface(face, True) for face in faces])
    return integrated(faces, rims_around(faces), exact, TIP)


def drilled_ball():
    """A ball Ø40 with a hole Ø16 through its middle: a napkin ring of height 2 √(400 − 64)."""
    ball = cq.Workplane().sphere(20).cut(cq.Workplane().circle(8).extrude(30, both=True))
    half = math.sqrt(400 - 64)
    area = 2 * math.pi * 20 * 2 * half + 2 * math.pi * 8 * 2 * half
    return ball.val(), area, math.pi / 6 * (2 * half) ** 3


def ring():
    """A torus of radii 15 and 4."""
    return cq.Solid.makeTorus(15, 4), 4 * math.pi**2 * 60, 2 * math.pi**2 * 15 * 16


def frustum():
    """Between radii 12 and 5 over 20."""
    slant = math.hypot(20, 7)
    area = math.pi * (144 + 25 + 17 * slant)
    return cq.Solid.makeCone(12, 5, 20), area, math.pi * 20 / 3 * (144 + 60 + 25)


@pytest.mark.parametrize("drawn", [drilled_ball, ring, frustum, crossed_pins])
def test_bodies_written_as_splines_are_measured_without_the_kernel(monkeypatch, drawn):
    solid, area_mm2, volume_mm3 = drawn()
    without_the_kernel(monkeypatch)
    part = build(as_splines(solid).wrapped)
    assert part.mass.area_mm2 == pytest.approx(area_mm2, rel=1e-7)
    assert part.mass.volume_mm3 == pytest.approx(volume_mm3, rel=1e-7)


def wave():
    """A column Ø26 under a wavy skin; area of the skin and volume by the kernel's plain rule, which
    knots of C² cubics do not disturb. Its adaptive rule is 0.3 % off on the skin.
    """
    points = [
        [cq.Vector(10 * i, 8 * j, 12 + 2 * math.sin(i) * math.cos(j)) for j in range(6)]
        for i in range(6)
    ]
    skin = cq.Face.makeSplineApprox(points, tol=1e-4)
    block = cq.Workplane().box(40, 30, 40, centered=False).val()
    column = cq.Workplane(origin=(22, 18, -5)).circle(13).extrude(60).val()
    solid = block.intersect(column).split(skin).Solids()[0]
    return solid, solid.Area(), solid.Volume()


def extruded_spline():
    """A cam, whose flank is a spline that was extruded; measured along a polygon of its outline."""
    points = [
        (math.cos(a) * (12 + 2 * math.sin(3 * a)), math.sin(a) * 14)
        for a in np.linspace(0, 2 * math.pi, 30)[:-1].tolist()
    ]
    outline = cq.Workplane().spline(points, periodic=True).close()
    ring = fine_points(outline.vals()[0].Edges()[0])
    (x, y, _), steps = ring.T, np.linalg.norm(np.diff(ring, axis=0), axis=1)
    base = abs(float(x[:-1] @ y[1:] - x[1:] @ y[:-1])) / 2
    return outline.extrude(9).val(), 2 * base + 9 * steps.sum(), 9 * base


def turned_spline():
    """A spline turned about an axis; Pappus's and Guldin's rules along a polygon of its outline."""
    outline = cq.Workplane("XZ").moveTo(5, 0).lineTo(14, 0)
    outline = outline.spline([(11, 8), (15, 16), (9, 25)], includeCurrent=True).lineTo(5, 25)
    outline = outline.close()
    solid = outline.revolve(360, (0, 0), (0, 1)).val()
    area = moment = 0.0
    for rim in map(fine_points, outline.vals()[0].Edges()):
        x, steps = rim[:, 0], np.diff(rim, axis=0)
        area += math.pi * float((x[1:] + x[:-1]) @ np.linalg.norm(steps, axis=1))
        moment += float((x[1:] ** 2 + x[1:] * x[:-1] + x[:-1] ** 2) @ steps[:, 2]) / 6
    return solid, area, 2 * math.pi * abs(moment)


def fine_points(edge):
    """Points (n, 3) of an edge."""
    curve = BRepAdaptor_Curve(edge.wrapped)
    at = np.linspace(curve.FirstParameter(), curve.LastParameter(), 20001)
    points = np.array([curve.Value(t).Coord() for t in at.tolist()])
    return points[::-1] if edge.wrapped.Orientation() == TopAbs_REVERSED else points


@pytest.mark.parametrize("drawn", [wave, extruded_spline, turned_spline])
def test_freeform_faces_are_as_large_as_drawn(drawn):
    solid, area_mm2, volume_mm3 = drawn()
    area, centroid, cones = measured(turned(solid).wrapped)
    assert area.sum() == pytest.approx(area_mm2, rel=1e-5)
    assert cones.volume_mm3.sum() == pytest.approx(volume_mm3, rel=1e-5)
    middle = turned(solid).Center().toTuple()
    assert cones.first.sum(axis=0) / cones.volume_mm3.sum() == pytest.approx(middle, abs=0.05)
    faces = turned(solid).Faces()
    assert centroid == pytest.approx(np.array([f.Center().toTuple() for f in faces]), abs=0.2)


def test_triangles_are_cut_where_a_surface_is_not_smooth():
    face = next(iter(faces_of(as_splines(cq.Solid.makeSphere(6)).wrapped)))
    adaptor = BRepAdaptor_Surface(face, True)
    spline = adaptor.BSpline()
    knots = [spline.UKnot(i) for i in range(2, spline.NbUKnots())]
    low, high, up = adaptor.FirstUParameter(), adaptor.LastUParameter(), adaptor.LastVParameter()
    whole = np.array([[[low, -up], [high, -up], [high, up]], [[low, -up], [high, up], [low, up]]])
    pieces, owner = cut_at_creases(
        dict(enumerate(spline_surfaces([spline]))), whole, np.zeros(2, np.int64)
    )
    assert len(knots) > 0
    assert owner.tolist() == [0] * len(pieces)
    assert signed_areas(pieces).min() > 0
    assert signed_areas(pieces).sum() == pytest.approx(signed_areas(whole).sum())
    u = pieces[:, :, 0]
    for knot in knots:
        assert not ((u.min(axis=1) < knot - 1e-6) & (u.max(axis=1) > knot + 1e-6)).any()


def test_faces_whose_triangles_do_not_fill_their_rims_are_not_told():
    solid = as_splines(frustum()[0])
    triangulate(solid.wrapped)
    bare, torn, whole = faces_of(solid.wrapped)
    builder = BRep_Builder()
    mesh = BRep_Tool.Triangulation_s(torn, TopLoc_Location())
    corners = [mesh.Triangle(i) for i in range(1, mesh.NbTriangles())]
    less = Poly_Triangulation(mesh.NbNodes(), len(corners), True)
    for i in range(1, mesh.NbNodes() + 1):
        less.SetNode(i, mesh.Node(i))
        less.SetUVNode(i, mesh.UVNode(i))
    for i, triangle in enumerate(corners, 1):
        less.SetTriangle(i, triangle)
    builder.UpdateFace(torn, less)
    builder.UpdateFace(bare, None)
    faces = [bare, torn, whole]
    assert pieces_of(faces, rims_around(faces)).told.tolist() == [False, False, True]
    exact = Surfaces([BRepAdaptor_Surface(face, True) for face in faces])
    assert np.isnan(integrated(faces, rims_around(faces), exact, TIP)[0]).tolist() == [
        True,
        True,
        False,
    ]


def test_a_face_turned_inside_out_takes_its_cone_away():
    body = as_splines(ring()[0]).wrapped
    out = measured(body)[2].volume_mm3
    assert measured(body.Reversed())[2].volume_mm3 == pytest.approx(-out, rel=1e-7)


def surfaces():
    """Faces of all kinds: canonical, splines with and without weights, periodic, turned, extruded
    from such splines.
    """
    solids = [
        cq.Solid.makeBox(3, 4, 5), cq.Solid.makeCone(5, 2, 7), cq.Solid.makeCone(2, 5, 7),
        cq.Solid.makeSphere(6), cq.Solid.makeTorus(9, 2), cq.Solid.makeCylinder(4, 9), wave()[0],
        extruded_spline()[0], turned_spline()[0],
    ]  # fmt: skip
    found = [face for solid in solids for face in turned(solid).Faces()]
    found += [face for solid in solids[1:6] for face in as_splines(solid).Faces()]
    found += turned(solids[1]).mirror("XY").Faces()
    found += turned(
        cq.Workplane().spline([(0, 0), (5, 4), (9, -2), (14, 1)]).close().extrude(7)
    ).Faces()
    arc = GeomConvert.CurveToBSplineCurve_s(Geom_TrimmedCurve(Geom_Circle(gp_Ax2(), 8), 0.2, 2.9))
    leaning = Geom_SurfaceOfLinearExtrusion(arc, gp_Dir(0.3, -0.1, 1))
    drawn = BRepBuilderAPI_MakeFace(leaning, 0.5, 2.5, -3, 6, 1e-6).Face()
    return [BRepAdaptor_Surface(f, True) for f in [*(f.wrapped for f in found), drawn]]


def test_points_and_slopes_are_the_kernels():
    adaptors = surfaces()
    rng = np.random.default_rng(3)
    owner = np.repeat(np.arange(len(adaptors)), 20)
    low, high = np.array(
        [
            ((a.FirstUParameter(), a.FirstVParameter()), (a.LastUParameter(), a.LastVParameter()))
            for a in adaptors
        ]
    ).transpose(1, 0, 2)
    share = rng.random((len(owner), 2))
    share[::20], share[1::20] = 0.0, 1.0  # both corners
    uv = low[owner] + share * (high - low)[owner]
    told = Surfaces(adaptors)
    ours = told.at(owner, uv)
    point, along_u, along_v = gp_Pnt(), gp_Vec(), gp_Vec()
    for found, i, (u, v) in zip(ours, owner.tolist(), uv.tolist(), strict=True):
        adaptors[i].D1(u, v, point, along_u, along_v)
        kernel = point.Coord(), along_u.Coord(), along_v.Coord()
        assert found == pytest.approx(np.array(kernel), rel=1e-9, abs=1e-9)
    kinds = [type(adaptors[i].Surface().Surface()) for i in told.splines]
    assert {*kinds} == {Geom_BSplineSurface, Geom_SurfaceOfLinearExtrusion}
