"""Recognition on bodies that no kernel likes: the rest is still told, or one line says why."""

import cadquery as cq
import pytest
from OCP.BRep import BRep_Builder
from OCP.BRepBuilderAPI import BRepBuilderAPI_MakeEdge
from OCP.gp import gp_Pnt
from OCP.TopoDS import TopoDS_Shell, TopoDS_Solid
from shapes import step_bytes, turned

from geometry.analysis import examine
from geometry.errors import GeometryError
from geometry.features.recognition import recognise
from geometry.kernel import meshing
from geometry.part import build
from geometry.step import read_step


def drilled(x=60, y=40, z=20):
    """A block with a hole of 8 mm right through."""
    return cq.Workplane().box(x, y, z).faces(">Z").workplane().hole(8)


def touching_at_an_edge():
    """Two blocks that share an edge: four faces meet there."""
    other = cq.Workplane().box(60, 40, 20).translate((60, 40, 0))
    return drilled().union(other).val()


def one_shell_of_two_blocks():
    """The same faces in a single shell of a single solid."""
    builder, shell, solid = BRep_Builder(), TopoDS_Shell(), TopoDS_Solid()
    builder.MakeShell(shell)
    for face in touching_at_an_edge().Faces():
        builder.Add(shell, face.wrapped)
    builder.MakeSolid(solid)
    builder.Add(solid, shell)
    return cq.Shape.cast(solid)


def with_an_edge_of_no_length():
    """A corner drawn twice, half a nanometre apart."""
    points = [(-30, -20), (30, -20), (30, 20), (30 - 5e-7, 20), (-30, 20)]
    edges = [
        cq.Edge(BRepBuilderAPI_MakeEdge(gp_Pnt(*a, -10), gp_Pnt(*b, -10)).Edge())
        for a, b in zip(points, points[1:] + points[:1], strict=True)
    ]
    solid = cq.Solid.extrudeLinear(cq.Wire.assembleEdges(edges), [], cq.Vector(0, 0, 20))
    return cq.Workplane(obj=solid).faces(">Z").workplane(origin=(0, 0, 10)).hole(8).val()


def inside_out():
    return cq.Shape.cast(drilled().val().wrapped.Reversed())


def with_slivers():
    """A film of 0.1 µm laid half over a side, and over the top beside the hole."""
    film = cq.Workplane().box(60, 20, 1e-4).translate((0, 15, 10 + 4e-5))
    return drilled().union(film).val()


def crossing_itself():
    """A bow tie drawn up: its walls pass through each other."""
    tie = cq.Workplane().polyline([(-30, -20), (30, 20), (30, -20), (-30, 20)]).close()
    return tie.extrude(20).val()


def ring_with_a_hole():
    """Its one face closes on itself twice and has a seam alone."""
    ring = cq.Workplane(obj=cq.Solid.makeTorus(30, 12))
    return ring.cut(cq.Workplane(origin=(30, 0, -20)).circle(4).extrude(40)).val()


def without_a_face():
    return cq.Shell.makeShell([f for f in drilled().val().Faces() if f.Center().x < 29])


KEPT = {
    "an edge that four faces share": touching_at_an_edge,
    "two blocks in one shell": one_shell_of_two_blocks,
    "an edge of no length": with_an_edge_of_no_length,
    "an inverted shell": inside_out,
    "slivers": with_slivers,
    "a face that has a seam alone": ring_with_a_hole,
    "an open shell": without_a_face,
}


@pytest.mark.parametrize("name", KEPT)
def test_a_hole_is_recognised_beside(name):
    part = build(turned(KEPT[name]()).wrapped, name="drawn")
    recognition = recognise(part)
    holes = [f for f in recognition.features if f.type == "hole"]
    assert [f.parameters["diameter_mm"] for f in holes] == [pytest.approx(8, abs=1e-3)]
    assert recognition.warnings == ()


@pytest.mark.parametrize("name", [*KEPT, "walls that cross"])
def test_its_file_gives_features_or_one_line(name):
    shape = turned((KEPT | {"walls that cross": crossing_itself})[name]())
    try:
        parts = read_step(step_bytes(cq.Workplane(obj=shape)), name="drawn").parts
    except GeometryError as error:
        assert "\n" not in str(error)
        assert "Traceback" not in str(error)
        return
    for part in parts:
        assert recognise(part).warnings == ()


def test_a_cone_that_the_kernel_does_not_mesh_costs_nothing_else(monkeypatch):
    shaft = cq.Workplane("XZ").polyline([(0, 0), (20, 0), (20, 30), (12, 50), (0, 50)]).close()
    mesh_body = meshing.BRepMesh_IncrementalMesh

    def leaves_the_cone_out(body, wanted):
        mesh_body(body, wanted)
        for face in meshing.faces_of(body):
            if cq.Face(face).geomType() == "CONE":
                meshing.BRepTools.Clean_s(face)

    monkeypatch.setattr(meshing, "BRepMesh_IncrementalMesh", leaves_the_cone_out)
    body = turned(shaft.revolve(360, (0, 0, 0), (0, 1, 0)).val())
    examination = examine(step_bytes(cq.Workplane(obj=body)), name="shaft")
    told = {warning["code"] for warning in examination.record["warnings"]}
    assert "faces_without_triangles" in told
    assert not {"family_failed", "process_failed"} & told
