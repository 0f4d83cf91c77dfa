"""Area, volume and inertia of bodies between surfaces of revolution, by formulas alone."""

import math

import cadquery as cq
import pytest
from OCP.BRepGProp import BRepGProp
from OCP.GProp import GProp_GProps
from shapes import turned, without_the_kernel

from geometry.kernel.properties import inertia_of
from geometry.part import build
from geometry.topology import SURFACES


def frustum():
    """Between radii 12 and 5 over 20."""
    return cq.Solid.makeCone(12, 5, 20), math.pi * 20 / 3 * (144 + 60 + 25)


def cone_with_tip():
    return cq.Solid.makeCone(9, 0, 20), math.pi * 20 * 81 / 3


def wedge_of_a_cone():
    """A third of a cone with its tip."""
    return cq.Solid.makeCone(9, 0, 20, angleDegrees=120), math.pi * 20 * 81 / 9


def drilled_block():
    """A blind hole Ø10, 12 deep, whose tip has 118°."""
    deep = 5 / math.tan(math.radians(59))
    outline = [(0, 20), (5, 20), (5, 8), (0, 8 - deep)]
    hole = cq.Workplane("XZ").polyline(outline).close().revolve(360, (0, 0), (0, 1))
    block = cq.Workplane().box(30, 30, 20, centered=(True, True, False)).cut(hole)
    return block.val(), 18000 - math.pi * 25 * (12 + deep / 3)


def filleted_shaft():
    """Ø40 × 10 below Ø20 × 20, a quarter tube of radius 3 in the corner."""
    shaft = cq.Workplane().circle(20).extrude(10).faces(">Z").workplane().circle(10).extrude(20)
    shaft = shaft.edges(cq.selectors.RadiusNthSelector(0)).edges("<Z").fillet(3)
    area = 9 * (1 - math.pi / 4)
    # the centroid of what is left lies (10 − 3π) / (12 − 3π) r from the corner
    middle = 10 + 3 * (10 - 3 * math.pi) / (12 - 3 * math.pi)
    return shaft.val(), math.pi * (400 * 10 + 100 * 20) + 2 * math.pi * middle * area


def grooved_shaft():
    """A groove of half a tube of radius 3 around Ø30 × 40: between the same circles runs a bead."""
    groove = cq.Workplane("XZ").center(15, 20).circle(3).revolve(360, (-15, 0), (-15, 1))
    shaft = cq.Workplane().circle(15).extrude(40).cut(groove)
    middle = 15 - 4 * 3 / (3 * math.pi)
    return shaft.val(), math.pi * 225 * 40 - 2 * math.pi * middle * math.pi * 9 / 2


def domed_pin():
    """A half ball on a pin Ø16 × 30: one pole lies on it."""
    outline = cq.Workplane("XZ").lineTo(8, 0).lineTo(8, 30)
    outline = outline.radiusArc((0, 38), -8).close()
    return outline.revolve(360, (0, 0), (0, 1)).val(), math.pi * (64 * 30 + 2 / 3 * 512)


def ball_between_flats():
    """A ball Ø20 cut off 6 above and 4 below its middle: no pole is left."""
    ball = cq.Workplane().sphere(10)
    ball = ball.cut(cq.Workplane(origin=(0, 0, 6)).rect(40, 40).extrude(9))
    ball = ball.cut(cq.Workplane(origin=(0, 0, -4)).rect(40, 40).extrude(-9))
    return ball.val(), math.pi * (100 * 10 - (216 + 64) / 3)


def elbow():
    """A quarter of a bend of a rod Ø6 about 15: circles about the tube bound it."""
    bend = cq.Workplane("XZ").center(15, 0).circle(3).revolve(90, (-15, 0), (-15, 1))
    return bend.val(), math.pi / 2 * 15 * math.pi * 9


def ball():
    return cq.Workplane().sphere(10).val(), 4000 / 3 * math.pi


@pytest.mark.parametrize(
    "drawn",
    [
        frustum, cone_with_tip, drilled_block, filleted_shaft, grooved_shaft, domed_pin,
        ball_between_flats,
    ],
)  # fmt: skip
def test_bodies_of_surfaces_of_revolution_are_measured_by_formulas(monkeypatch, drawn):
    solid, volume_mm3 = drawn()
    solid = turned(solid)
    without_the_kernel(monkeypatch)
    agrees_with_the_kernel(solid, volume_mm3)


@pytest.mark.parametrize("drawn", [wedge_of_a_cone, elbow, ball])
def test_what_no_whole_circles_bound_is_summed_along_its_rims(monkeypatch, drawn):
    solid, volume_mm3 = drawn()
    without_the_kernel(monkeypatch)
    agrees_with_the_kernel(turned(solid), volume_mm3)


def agrees_with_the_kernel(solid, volume_mm3):
    part = build(solid.wrapped)
    kernel = GProp_GProps()
    BRepGProp.VolumeProperties_s(solid.wrapped, kernel)
    assert part.mass.volume_mm3 == pytest.approx(volume_mm3, rel=1e-11)
    assert part.mass.centroid_mm == pytest.approx(kernel.CentreOfMass().Coord(), abs=1e-7)
    assert part.mass.inertia == pytest.approx(inertia_of(kernel), rel=1e-8, abs=1e-8 * 20**5)
    for face, row in zip(solid.Faces(), part.topology.faces, strict=True):
        skin = GProp_GProps()
        BRepGProp.SurfaceProperties_s(face.wrapped, skin)
        assert SURFACES[row["surface"]] == face.geomType().lower()
        assert row["area_mm2"] == pytest.approx(skin.Mass(), rel=1e-8)
        assert row["centroid_mm"] == pytest.approx(skin.CentreOfMass().Coord(), abs=1e-6)
