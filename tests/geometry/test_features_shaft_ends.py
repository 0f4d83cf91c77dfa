"""What standards cut into shafts, at odd angles."""

import math

import cadquery as cq
import pytest
from shapes import part_of

from geometry.features.recognition import recognise


def features(shape):
    """All features of a drawn shape."""
    return recognise(part_of(shape)).features


def found(shape, kind):
    """Features of one type in a drawn shape."""
    return [f for f in features(shape) if f.type == kind]


def plate(z):
    return cq.Workplane().box(100, 80, z, centered=(True, True, False))


def revolved(outline):
    return outline.close().revolve(360, (0, 0), (0, 1))


def test_the_bulging_seat_of_a_centre_hole_is_its_countersink():
    """DIN 332-1, R 3.15: 6.7 wide, radius 8, where form A has a cone of 60°."""
    drill, mouth, radius = 3.15, 6.7, 8.0
    deep = (mouth - drill) / 2 / math.tan(math.radians(30))
    chord = math.hypot((mouth - drill) / 2, deep)
    bulge = radius - math.sqrt(radius**2 - chord**2 / 4)
    middle = ((mouth + drill) / 4 - bulge * deep / chord, -deep / 2 - bulge * 1.775 / chord)
    tool = cq.Workplane("XZ").lineTo(mouth / 2, 0)
    tool = tool.threePointArc(
        (middle[0], middle[1] + 2 * bulge * 1.775 / chord), (drill / 2, -deep)
    )
    tool = tool.lineTo(drill / 2, -deep - 2.5).lineTo(0, -deep - 3.4)
    bar = cq.Workplane("XY", origin=(0, 0, -60)).circle(12).extrude(60)
    (centre,) = found(bar.cut(revolved(tool)), "hole")
    assert centre.parameters["diameter_mm"] == pytest.approx(drill)
    assert centre.parameters["depth_mm"] == pytest.approx(deep + 2.5, abs=1e-2)
    assert centre.parameters["countersink"]["diameter_mm"] == pytest.approx(mouth, rel=1e-2)
    assert centre.parameters["countersink"]["angle_deg"] == pytest.approx(60, abs=1)


def test_a_rounded_mouth_is_no_countersink():
    block = plate(30).cut(cq.Workplane("XY", origin=(0, 0, 10)).circle(6).extrude(30))
    (hole,) = found(block.faces(">Z").edges("%CIRCLE").fillet(4), "hole")
    assert "countersink" not in hole.parameters


def test_a_relief_that_slopes_into_the_shoulder_is_a_groove():
    """DIN 509 F 0.8 × 0.3: 15° out of the shaft, 8° out of the shoulder, measured from it."""
    shaft, deep, radius, width, into = 12.0, 0.3, 0.8, 2.5, 0.2
    floor, foot = shaft - deep, 20 - into
    bend = radius * (1 - math.sqrt(0.5))
    outline = cq.Workplane("XZ").lineTo(18, 0).lineTo(18, 20)
    outline = outline.lineTo(floor + radius + into / math.tan(math.radians(8)), 20)
    outline = outline.lineTo(floor + radius, foot)
    outline = outline.threePointArc((floor + bend, foot + bend), (floor, foot + radius))
    outline = outline.lineTo(floor, 20 + width - deep / math.tan(math.radians(15)))
    outline = outline.lineTo(shaft, 20 + width).lineTo(shaft, 60).lineTo(0, 60)
    (relief,) = found(revolved(outline), "groove")
    assert relief.kind == "external"
    assert relief.parameters["width_mm"] == pytest.approx(width)
    assert relief.parameters["depth_mm"] == pytest.approx(deep, abs=1e-3)
