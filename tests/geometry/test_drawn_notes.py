"""The text without the pictures of its annotations."""

import pytest

from geometry.drawn_notes import without_drawn_notes

POINTS = b"#1=COORDINATES_LIST('a ''b''',4,((0.5,1.E-3,-2.),(1.,2.,3.),\n(4.,5.,6.),(7.,8.,9.)));\n"
LINES = b"#2=TESSELLATED_CURVE_SET('',#1,((1,2),(3,4)));\n"
LETTERS = b"#3=COMPLEX_TRIANGULATED_SURFACE_SET('',#1,4,((1.,0.,0.)),(),(),((1,2,3),(2,3,4)));\n"
NOTE = (
    b"#4=(GEOMETRIC_REPRESENTATION_ITEM()REPOSITIONED_TESSELLATED_ITEM(#9)"
    b"REPRESENTATION_ITEM('')TESSELLATED_GEOMETRIC_SET((#2,#3))TESSELLATED_ITEM());\n"
    b"#5=TESSELLATED_ANNOTATION_OCCURRENCE('size',(#8),#4);\n"
    b"#6=TESSELLATED_SHAPE_REPRESENTATION('',(#5),#7);\n"
)
POINT = b"#10=CARTESIAN_POINT('',(0.,1.,2.));\n"


def test_a_picture_is_a_triangle_and_all_else_stays():
    assert without_drawn_notes(POINT + POINTS + LINES + LETTERS + NOTE + POINT) == (
        POINT
        + b"#1=COORDINATES_LIST('a ''b''',3,((0.,0.,0.),(1.,0.,0.),(0.,1.,0.)));\n"
        + b"#2=TESSELLATED_CURVE_SET('',#1,((1,2,3)));\n"
        + b"#3=COMPLEX_TRIANGULATED_SURFACE_SET('',#1,3,((0.,0.,1.)),(),((1,2,3)),());\n"
        + NOTE
        + POINT
    )


@pytest.mark.parametrize(
    "body",
    [
        b"#11=TESSELLATED_SOLID('',(#12),#13);\n",
        b"#12=TRIANGULATED_FACE('',#1,4,$,#14,(),((1,2,3)));\n",
        b"#12=COMPLEX_TRIANGULATED_FACE('',#1,4,$,#14,(),(),((1,2,3)),());\n",
        b"#12=TRIANGULATED_SURFACE_SET('',#1,4,((1.,0.,0.)),(),((1,2,3)));\n",
        b"#12=TESSELLATED_POINT_SET('',#1,(1,4));\n",
    ],
)
def test_what_else_is_made_of_triangles_keeps_its_points(body):
    data = POINTS + LINES + LETTERS + NOTE + body
    assert without_drawn_notes(data) is data


@pytest.mark.parametrize(
    "odd",
    [
        b"#12=COORDINATES_LIST('',1,((0.,/* here */0.,0.)));\n",
        b"#12=COORDINATES_LIST(*,1,((0.,0.,0.)));\n",
        b"#12=TESSELLATED_CURVE_SET('',#1,(('1',2)));\n",
        b"#12=TESSELLATED_CURVE_SET('',#1,((1,2))",
    ],
)
def test_a_text_written_another_way_stays(odd):
    data = POINTS + LINES + odd
    assert without_drawn_notes(data) is data


def test_a_text_without_pictures_is_the_same():
    assert without_drawn_notes(POINT) is POINT
