"""Dimensions, tolerances and threads that a file carries, on the faces they are of."""

import cadquery as cq
import numpy as np
import pytest
from pmi_file import AnnotatedFile
from shapes import step_bytes, turned

from geometry.annotations import thread_in
from geometry.features.recognition import recognise
from geometry.kernel.pmi import carries_pmi
from geometry.step import read_step


def drilled(diameter_mm=6.8):
    """A block 60 × 40 × 20 with a through hole, at an odd angle; its hole, top and bottom."""
    shape = cq.Workplane().box(60, 40, 20).faces(">Z").workplane().hole(diameter_mm)
    marks = [shape.faces(name).val().Center() for name in ("%CYLINDER", ">Z", "<Z")]
    moved = turned(shape)
    where = [turned(cq.Vertex.makeVertex(*mark.toTuple())).Center() for mark in marks]
    faces = [min(moved.Faces(), key=lambda f, at=at: (f.Center() - at).Length) for at in where]
    return moved, *faces


def read(file):
    (part,) = read_step(file.bytes(), name="annotated").parts
    return part


def of_type(part, kind):
    return [annotation for annotation in part.pmi if annotation.type == kind]


def test_a_toleranced_diameter_lies_on_the_hole_it_is_of():
    body, hole, _, _ = drilled()
    file = AnnotatedFile(body)
    file.dimension("Size_Diameter", 6.8, hole, upper=0.1, lower=-0.05)
    part = read(file)
    (found,) = of_type(part, "dimension")
    assert (found.kind, found.value, found.upper, found.lower) == ("diameter", 6.8, 0.1, -0.05)
    assert found.text == "⌀6.8 +0.1/−0.05"
    (face,) = found.faces
    assert part.topology.faces["radius_mm"][face] == pytest.approx(3.4)


def test_a_distance_lies_on_both_its_faces():
    body, _, top, bottom = drilled()
    file = AnnotatedFile(body)
    file.dimension("Location_LinearDistance", 20.0, top, bottom, upper=0.2, lower=-0.2)
    part = read(file)
    (found,) = of_type(part, "dimension")
    assert (found.kind, found.text) == ("distance", "20 ±0.2")
    assert len(found.faces) == 2
    normals = part.topology.faces["axis"][list(found.faces)]
    assert np.dot(*normals) == pytest.approx(-1)


def test_a_tolerance_names_its_datum_and_both_lie_on_their_faces():
    body, _, top, bottom = drilled()
    file = AnnotatedFile(body)
    # without any dimension the kernel's writer puts tolerances down in metres
    file.dimension("Location_LinearDistance", 20.0, top, bottom)
    file.tolerance("Parallelism", 0.05, top, bottom, "A")
    part = read(file)
    (tolerance,), (datum,) = of_type(part, "tolerance"), of_type(part, "datum")
    assert (tolerance.kind, tolerance.value, tolerance.text) == ("parallelism", 0.05, "∥ 0.05 A")
    assert datum.text == "A"
    normals = part.topology.faces["axis"]
    assert np.dot(normals[tolerance.faces[0]], normals[datum.faces[0]]) == pytest.approx(-1)


def test_inches_of_dimensions_on_geometry_in_mm_are_told_by_the_cylinders():
    body, hole, top, bottom = drilled(6.35)
    file = AnnotatedFile(body)
    file.dimension("Size_Diameter", 0.25, hole)
    file.dimension("Location_LinearDistance", 20 / 25.4, top, bottom)
    values = sorted(annotation.value for annotation in read(file).pmi)
    assert values == pytest.approx([6.35, 20])


def test_a_thread_that_a_note_calls_for_is_that_of_the_hole():
    body, hole, _, _ = drilled()
    file = AnnotatedFile(body)
    file.dimension("Size_Diameter", 8.0, hole, note="M8x1.25 - 6H")
    part = read(file)
    (found,) = [f for f in recognise(part).features if f.type == "hole"]
    assert found.parameters["thread"] == {"designation": "M8x1.25", "from": "pmi"}


def test_a_thread_that_does_not_fit_the_hole_is_not_taken():
    body, hole, _, _ = drilled()
    file = AnnotatedFile(body)
    file.dimension("Size_Diameter", 8.0, hole, note="M20")
    (found,) = [f for f in recognise(read(file)).features if f.type == "hole"]
    assert found.parameters.get("thread", {}).get("from") != "pmi"


def test_a_file_without_pmi_is_not_searched_for_it():
    assert not carries_pmi(step_bytes(cq.Workplane().box(10, 10, 10)))


@pytest.mark.parametrize(
    ("text", "thread"),
    [
        ("4x M8 THRU", "M8"),
        ("M10 x 1,25 - 6H ⌀", "M10x1.25"),
        ("1/4-20 UNC-2B", "1/4-20 UNC"),
        ("G 1/2", "G 1/2"),
        ("⌀8 H7", None),
        ("R5", None),
        ("MMC 0.1", None),
    ],
)
def test_threads_are_read_as_drawings_write_them(text, thread):
    assert thread_in([text]) == thread
