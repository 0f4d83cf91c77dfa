"""Faces that are a piece of their surface get the curves of their rims and nothing else; those that
lack more are told.
"""

import math
from io import BytesIO

import cadquery as cq
import numpy as np
import pytest
from OCP.BRepBuilderAPI import BRepBuilderAPI_NurbsConvert
from OCP.BRepGProp import BRepGProp
from OCP.GProp import GProp_GProps
from OCP.STEPCAFControl import STEPCAFControl_Reader
from OCP.TCollection import TCollection_ExtendedString
from OCP.TDF import TDF_LabelSequence
from OCP.TDocStd import TDocStd_Document
from OCP.XCAFDoc import XCAFDoc_DocumentTool, XCAFDoc_ShapeTool
from shapes import step_bytes, turned

from geometry.kernel.explored import faces_of
from geometry.kernel.fixing import LEAST_TOLERANCE_MM, MOST_TOLERANCE_MM, leave_out
from geometry.kernel.reading import read
from geometry.kernel.trimming import _whole, trim

UNCERTAINTY_MM = 1e-5


def translated(data: bytes):
    """The body of a file as translated, nothing fixed."""
    document = TDocStd_Document(TCollection_ExtendedString("test"))
    reader = STEPCAFControl_Reader()
    reader.ReadStream("part", BytesIO(data))
    leave_out(reader, all_but_translating=True)
    assert reader.Transfer(document)
    labels = TDF_LabelSequence()
    XCAFDoc_DocumentTool.ShapeTool_s(document.Main()).GetFreeShapes(labels)
    return XCAFDoc_ShapeTool.GetShape_s(labels.Value(1))


def area_mm2(face) -> float:
    properties = GProp_GProps()
    BRepGProp.SurfaceProperties_s(face, properties, 1e-9)
    return properties.Mass()


def trimmed(data: bytes) -> dict[str, list[bool]]:
    """Whether each face of a body is whole, by its surface; the areas of those that are hold."""
    faces = [*faces_of(translated(data))]
    whole = trim(faces, UNCERTAINTY_MM, LEAST_TOLERANCE_MM, MOST_TOLERANCE_MM)
    found: dict[str, list[bool]] = {}
    fixed = faces_of(read(data).bodies[0].shape)
    for face, other, own in zip(faces, fixed, whole.tolist(), strict=True):
        if own:
            assert area_mm2(face) == pytest.approx(area_mm2(other), rel=1e-6)
        found.setdefault(cq.Face(face).geomType(), []).append(own)
    return found


def test_fillets_and_half_a_hole_need_nothing_else():
    part = cq.Workplane().box(40, 30, 20).edges("|Z").fillet(5).faces(">Z").edges().fillet(2)
    part = part.cut(cq.Workplane("YZ").center(0, -10).circle(4).extrude(60, both=True))
    found = trimmed(step_bytes(turned(part)))
    assert found.keys() >= {"CYLINDER", "TORUS", "PLANE"}
    assert all(all(own) for own in found.values())


def test_a_hole_through_a_round_wall_lies_within_its_face():
    half = (
        cq.Workplane()
        .circle(20)
        .extrude(50)
        .intersect(cq.Workplane().box(80, 40, 120).translate((0, 20, 0)))
    )
    part = half.cut(cq.Workplane("XZ").center(0, 25).circle(5).extrude(-60))
    assert any(trimmed(step_bytes(turned(part)))["CYLINDER"])  # the hole itself has a seam


def test_freeform_faces_within_their_rims_are_whole():
    sides = [cq.Workplane().rect(30, 20).extrude(10), cq.Workplane().ellipse(9, 5).extrude(40)]
    bent = cq.Workplane().spline([(0, 0), (10, 4), (20, 0), (30, 6)]).lineTo(30, 30).lineTo(0, 30)
    part = bent.close().extrude(15, taper=3).cut(sides[0]).cut(sides[1].translate((15, 20, -10)))
    converted = BRepBuilderAPI_NurbsConvert(turned(part).wrapped).Shape()
    assert any(trimmed(step_bytes(cq.Shape.cast(converted)))["BSPLINE"])


@pytest.mark.parametrize(
    ("drawn", "surface"),
    [
        (cq.Workplane().sphere(12).intersect(cq.Workplane().box(9, 9, 40)), "SPHERE"),
        (cq.Workplane().add(cq.Solid.makeCone(10, 0, 20)), "CONE"),
    ],
)
def test_a_face_round_a_tip_is_left_to_the_kernel(drawn, surface):
    assert not any(trimmed(step_bytes(turned(drawn)))[surface])


SQUARE = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)]
HOLE = [(1.0, 1.0), (1.0, 2.0), (2.0, 2.0), (2.0, 1.0)]


def ends_of(*loops):
    """Edges straight from corner to corner of loops."""
    return [(corner, loop[(i + 1) % len(loop)]) for loop in loops for i, corner in enumerate(loop)]


def whole(ends, *loops) -> list[bool]:
    rows = np.array(loops, np.int64).reshape(-1, 3)
    return _whole(np.array(ends, float).reshape(-1, 2, 2), rows, 1).tolist()


def moved(loop, u: float, v: float = 0.0):
    return [(x + u, y + v) for x, y in loop]


def test_a_loop_that_closes_round_its_inside_is_whole():
    assert whole(ends_of(SQUARE), (0, 1, 4)) == [True]
    far = moved(SQUARE, 1e6, -1e6)
    assert whole(ends_of(far), (0, 1, 4)) == [True]
    assert whole(ends_of(SQUARE[::-1]), (0, -1, 4)) == [True]


def test_holes_lie_within_the_outer_loop():
    both = (0, 1, 4), (0, 1, 4)
    assert whole(ends_of(SQUARE, HOLE), *both) == [True]
    assert whole(ends_of(HOLE, SQUARE), *both) == [True]
    assert whole(ends_of(SQUARE, moved(HOLE, 2 * math.pi)), *both) == [False]
    assert whole(ends_of(SQUARE, HOLE[::-1]), *both) == [False]
    assert whole(ends_of(HOLE), (0, 1, 4)) == [False]


def test_what_does_not_close_is_not_whole():
    gap = ends_of(SQUARE)
    gap[2] = ((4.0, 4.0), (0.0, 3.0))
    assert whole(gap, (0, 1, 4)) == [False]
    round_about = [((0.0, 0.0), (2 * math.pi, 0.0))]
    assert whole(round_about, (0, 1, 1)) == [False]
    out_of_order = [ends_of(SQUARE)[i] for i in (0, 2, 1, 3)]
    assert whole(out_of_order, (0, 1, 4)) == [False]


def test_what_says_too_little_is_not_whole():
    assert whole([], (0, 1, 0)) == [False]
    assert whole([]) == [False]
    lens = [((0.0, 0.0), (4.0, 1.0)), ((4.0, 1.0), (0.0, 0.0))]
    assert whole(lens, (0, 1, 2)) == [False]
    nowhere = [*ends_of(SQUARE), ((math.nan,) * 2,) * 2]
    assert whole(nowhere, (0, 1, 5)) == [False]
    nothing = [*ends_of(SQUARE)[:3], ((0.0, 4.0), (0.0, 0.0)), ((0.0, 0.0), (0.0, 0.0))]
    assert whole(nothing, (0, 1, 5)) == [False]
    assert whole(ends_of(SQUARE), (0, 0, 4)) == [False]
