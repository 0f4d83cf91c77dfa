"""What the quick way of reading fixes itself is what the kernel's own fixing gives."""

import math

import cadquery as cq
import numpy as np
import pytest
from OCP.BRep import BRep_Builder
from OCP.Geom import Geom_CylindricalSurface
from OCP.gp import gp_Ax3
from OCP.TopoDS import TopoDS_Face, TopoDS_Shell, TopoDS_Solid
from shapes import document_of, step_bytes, turned

from geometry.kernel.fixing import fix_curved, uncertainty_mm
from geometry.kernel.reading import read
from geometry.part import build
from geometry.shells import shells_of

RADIUS_MM, HEIGHT_MM = 4.0, 10.0


def seamless_cylinder():
    """A cylinder whose round face has two circles for rims and no seam, as some programs write."""
    pin = cq.Workplane().circle(RADIUS_MM).extrude(HEIGHT_MM)
    bottom, top = pin.faces("<Z").val(), pin.faces(">Z").val()
    builder, side, shell, solid = BRep_Builder(), TopoDS_Face(), TopoDS_Shell(), TopoDS_Solid()
    builder.MakeFace(side, Geom_CylindricalSurface(gp_Ax3(), RADIUS_MM), 1e-7)
    for cap in (bottom, top):
        builder.Add(side, cap.outerWire().wrapped.Reversed())
    builder.MakeShell(shell)
    for face in (side, bottom.wrapped, top.wrapped):
        builder.Add(shell, face)
    builder.MakeSolid(solid)
    builder.Add(solid, shell)
    return solid


@pytest.mark.parametrize(
    "drawn",
    [
        cq.Workplane().box(20, 30, 40),
        cq.Workplane().box(40, 30, 20).faces(">Z").workplane().hole(8).edges("|Z").fillet(3),
        cq.Workplane().sphere(12),
        cq.Workplane().circle(10).extrude(20, taper=8),
        cq.Workplane("XZ").center(30, 0).circle(5).revolve(360, (-30, 0), (-30, 1)),
    ],
    ids=["box", "plate", "ball", "cone", "ring"],
)
def test_the_quick_way_gives_the_mesh_of_the_thorough_one(drawn):
    data = step_bytes(turned(drawn))
    quick, thorough = (build(read(data, thorough=way).bodies[0].shape) for way in (False, True))
    np.testing.assert_array_equal(quick.mesh.vertices_mm, thorough.mesh.vertices_mm)
    np.testing.assert_array_equal(quick.mesh.triangles, thorough.mesh.triangles)


def test_a_face_without_its_seam_keeps_the_rims_of_its_neighbours():
    part = build(fix_curved(seamless_cylinder(), 1e-5))
    assert part.closed
    assert part.mass.volume_mm3 == pytest.approx(math.pi * RADIUS_MM**2 * HEIGHT_MM)
    assert len({*np.asarray(shells_of(part.topology)).tolist()}) == 1


def test_a_body_in_an_assembly_stays_at_its_place():
    pin = cq.Workplane().circle(3).extrude(10)
    both = cq.Assembly().add(pin, name="a").add(pin, name="b", loc=cq.Location((20, 0, 5)))
    document = document_of(both)
    assert document.counts == (2,)
    places = [place.placement[:3, 3].tolist() for place in document.root.children]
    assert sorted(places) == [[0, 0, 0], [20, 0, 5]]


def said(*lengths: str) -> bytes:
    lines = (
        f"#{i}=UNCERTAINTY_MEASURE_WITH_UNIT(LENGTH_MEASURE({length}),#7,'distance','');"
        for i, length in enumerate(lengths)
    )
    return "\n".join(lines).encode()


def test_the_uncertainty_of_a_file_is_told_in_mm():
    assert uncertainty_mm(said("1.E-3"), 25.4) == pytest.approx(0.0254)
    assert uncertainty_mm(said("0.005", "0.005"), 1.0) == 0.005
    spread = said("0.01").replace(b"(LENGTH", b" (\n LENGTH")
    assert uncertainty_mm(spread, 1.0) == 0.01


@pytest.mark.parametrize(
    "data", [b"", said("0.005", "0.01"), said("0."), said("-0.01"), said("1-2"), said("1.E999")]
)
def test_an_uncertainty_that_says_nothing_is_none(data):
    assert uncertainty_mm(data, 1.0) is None
