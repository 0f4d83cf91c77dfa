"""Fields on bodies that are hardly bodies: nothing raised, no numpy warning, no nan in a record."""

import math
from dataclasses import replace

import cadquery as cq
import numpy as np
import pytest
from shapes import part_of, turned

from geometry.features.recognition import recognise
from geometry.features.undercuts import find_undercuts
from geometry.fields.shading import painted
from geometry.fields.shape import shape_record
from geometry.part import build
from geometry.processes.registry import measure_all


def without_lid():
    faces = turned(cq.Workplane().box(30, 20, 10)).Faces()[:-1]
    return build(cq.Shell.makeShell(faces).wrapped, name="open")


def with_a_sliver():
    wide = cq.Workplane().box(30, 20, 10)
    return part_of(wide.union(cq.Workplane().box(30, 20, 1e-4).translate((5e-5, 0, 5))))


def with_a_face_of_no_area():
    part = part_of(cq.Workplane().box(30, 20, 10))
    faces = part.topology.faces.copy()
    faces["area_mm2"][0] = 0.0
    faces["axis"][1] = math.nan
    edges = part.topology.edges.copy()
    edges["normals"][0] = math.nan
    return replace(part, topology=replace(part.topology, faces=faces, edges=edges))


BODIES = {
    "a box without a lid": without_lid,
    "a box with a sliver": with_a_sliver,
    "a box with a face of no area": with_a_face_of_no_area,
    "a cone with its apex": lambda: part_of(cq.Workplane(obj=cq.Solid.makeCone(10, 0, 20))),
    "a torus": lambda: part_of(cq.Workplane(obj=cq.Solid.makeTorus(20, 5))),
    "a grain": lambda: part_of(cq.Workplane().box(0.02, 0.01, 0.03)),
    "a wire": lambda: part_of(cq.Workplane().circle(0.1).extrude(3000)),
    "a foil": lambda: part_of(cq.Workplane().box(500, 400, 0.01)),
    "a body far away": lambda: part_of(
        cq.Workplane().box(30, 20, 10).translate((4e5, -3e5, 2e5)), odd=False
    ),
}


def not_finite(value, place="record"):
    """Places of numbers in nested plain data that are no numbers."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from not_finite(each, f"{place}.{key}")
    elif isinstance(value, list | tuple):
        for index, each in enumerate(value):
            yield from not_finite(each, f"{place}[{index}]")
    elif isinstance(value, float) and not math.isfinite(value):
        yield place


@pytest.mark.parametrize("name", BODIES)
def test_a_doubtful_body_raises_nothing_and_its_numbers_are_numbers(name):
    part = BODIES[name]()
    recognition = recognise(part)
    assert [w.code for w in recognition.warnings] == []
    assert 0 <= recognition.explained.share <= 1 + 1e-9
    measured = measure_all(part, recognition, recognition.sheet)
    for facts in measured.facts.values():
        assert list(not_finite(facts.to_dict())) == []
    fields = measured.fields
    assert list(not_finite(shape_record(fields))) == []
    assert list(not_finite([u.parameters for u in find_undercuts(fields, ())])) == []
    assert list(not_finite(fields.wall.summary)) == []
    assert math.isfinite(fields.parting.height_mm)
    assert np.isfinite(fields.parting.line_mm).all()
    mesh, scalars = painted(fields)
    assert all(values.shape == (len(mesh.triangles), 3) for values in scalars.values())
    reached = fields.accessible(np.array([0.0, 0.0, 1.0]), 5.0, 30.0, 20.0)
    assert reached.shape == (len(fields.samples),)
