"""Shapes with known answers, drawn in the test and turned to odd angles."""

import math
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cadquery as cq

from geometry.features.recognition import recognise
from geometry.fields.fields import Fields
from geometry.kernel.explored import edges_of
from geometry.part import Part, build
from geometry.processes.subject import Subject
from geometry.step import Document, read_step

ODD_AXIS, ODD_ANGLE_DEG, ODD_SHIFT_MM = (
    cq.Vector(0.31, -0.72, 0.62),
    37.3,
    cq.Vector(113.7, -58.1, 21.9),
)


def turned(shape: Any) -> cq.Shape:
    """The shape at an odd angle and place."""
    solid = shape.val() if isinstance(shape, cq.Workplane) else shape
    return solid.rotate(cq.Vector(), ODD_AXIS, ODD_ANGLE_DEG).translate(ODD_SHIFT_MM)


def odd_direction(x: float, y: float, z: float) -> tuple[float, float, float]:
    """A direction as `turned` leaves it."""
    point = cq.Vertex.makeVertex(x, y, z).rotate(cq.Vector(), ODD_AXIS, ODD_ANGLE_DEG)
    return point.toTuple()


def part_of(shape: Any, *, odd: bool = True) -> Part:
    """The part model of a drawn solid, at an odd angle unless told otherwise."""
    solid = turned(shape) if odd else (shape.val() if isinstance(shape, cq.Workplane) else shape)
    return build(solid.wrapped, name="drawn")


def subject_of(shape: Any, **how: Any) -> Subject:
    """A drawn solid with its features, sheet model and fields, as every process looks at it; how:
    of `part_of`.
    """
    part = part_of(shape, **how)
    recognition = recognise(part)
    return Subject(part, recognition, Fields(part), recognition.sheet)


def step_bytes(shape: Any) -> bytes:
    """A drawn shape or assembly as STEP text."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "part.step"
        if isinstance(shape, cq.Assembly):
            shape.export(str(path), "STEP")
        else:
            cq.exporters.export(
                shape if isinstance(shape, cq.Workplane) else cq.Workplane(obj=shape), str(path)
            )
        return path.read_bytes()


def document_of(shape: Any) -> Document:
    """A drawn shape written as STEP and read back."""
    return read_step(step_bytes(shape), name="drawn")


def crossed_pins():
    """Two rods Ø20 × 60 through each other; 16/3 r³ and 16 r² of them in common (Steinmetz)."""
    pins = cq.Workplane().circle(10).extrude(30, both=True)
    pins = pins.union(cq.Workplane("YZ").circle(10).extrude(30, both=True))
    return (
        pins.val(),
        4 * math.pi * 100 + 2 * 2 * math.pi * 10 * 60 - 1600,
        (2 * math.pi * 100 * 60 - 16 / 3 * 1000),
    )


def rims_around(faces: list[Any]) -> list[list[Any]]:
    """Edges along the rims of each face, turned as they bound it."""
    return [list(edges_of(face)) for face in faces]


def without_the_kernel(monkeypatch):
    """Fails where the kernel integrates anything."""

    def refuse(*_, **__):
        raise AssertionError("the kernel integrates")

    monkeypatch.setattr("geometry.kernel.solids.cone_properties", refuse)
    monkeypatch.setattr("geometry.kernel.solids.volume_properties", refuse)
    monkeypatch.setattr("geometry.kernel.extraction.face_properties", refuse)
