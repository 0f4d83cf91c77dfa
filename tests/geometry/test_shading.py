"""Heat maps tell the wall where it is, also in the middle of large flat faces."""

import cadquery as cq
import numpy as np
import pytest
from shapes import ODD_SHIFT_MM, odd_direction, part_of

from geometry.display import gltf_binary, mesh_of_gltf
from geometry.fields.fields import Fields
from geometry.fields.shading import painted, refined

UP = np.array(odd_direction(0, 0, 1))
ALONG = np.array(odd_direction(1, 0, 0))
PLACE = np.array(ODD_SHIFT_MM.toTuple())


def wedge():
    """A plate 100 × 40 whose thickness grows from 4 at x = 0 to 14 at x = 100."""
    outline = cq.Workplane("XZ").polyline([(0, 0), (100, 0), (100, 14), (0, 4)]).close()
    return Fields(part_of(outline.extrude(-40)))


def on_underside(mesh):
    return mesh.normals @ UP < -0.999


def test_the_wall_of_a_wedge_grows_along_its_flat_underside():
    mesh, scalars = painted(wedge())
    flat = on_underside(mesh)
    x = (mesh.corners_mm[flat] - PLACE) @ ALONG
    inner = (x > 5) & (x < 95)
    wall = scalars["thickness"][flat]
    assert np.ptp(x[inner]) > 80
    assert wall[inner] == pytest.approx(4 + x[inner] / 10, abs=0.25)


def test_a_step_under_a_flat_face_is_seen_in_the_middle_of_it():
    plate = cq.Workplane().box(100, 60, 20).faces("<Z").workplane().rect(30, 20).cutBlind(-15)
    mesh, scalars = painted(Fields(part_of(plate)))
    top = mesh.normals @ UP > 0.999
    middle = np.linalg.norm(mesh.centroids_mm - PLACE - 10 * UP, axis=1) < 6
    assert (top & middle).any()
    assert scalars["thickness"][top & middle] == pytest.approx(5, abs=0.05)
    assert np.nanmax(scalars["thickness"][top]) == pytest.approx(20, abs=0.05)


def test_a_plate_of_one_thickness_is_not_refined_and_its_rim_has_a_wall_of_its_own():
    fields = Fields(part_of(cq.Workplane().box(60, 40, 4)))
    mesh, scalars = painted(fields)
    assert len(mesh.triangles) == len(fields.part.mesh.triangles)
    flat = np.abs(mesh.normals @ UP) > 0.999
    assert scalars["thickness"][flat] == pytest.approx(4, abs=0.01)
    assert np.unique(np.round(scalars["thickness"][~flat], 1)).tolist() == [40, 60]


def test_the_draft_of_a_cup_is_painted_as_it_is_drawn():
    outer = cq.Workplane().circle(30).extrude(40, taper=-3)
    inner = cq.Workplane("XY", origin=(0, 0, 3)).circle(27).extrude(40, taper=-3)
    mesh, scalars = painted(Fields(part_of(outer.cut(inner))))
    walls = np.abs(mesh.normals @ UP) < 0.5
    assert scalars["draft"][walls] == pytest.approx(3, abs=0.05)
    assert np.median(scalars["draft"][~walls]) == pytest.approx(90, abs=0.05)


def test_refining_leaves_the_surface_and_its_faces_as_they_are():
    part = part_of(cq.Workplane().box(60, 40, 4).faces(">Z").workplane().hole(20))
    faces = np.ones(len(part.topology.faces), bool)
    fine = refined(part.mesh, faces, 8.0)
    assert fine.volume_mm3 == pytest.approx(part.mesh.volume_mm3, rel=1e-9)
    area = np.bincount(fine.face_of_triangle, weights=fine.areas_mm2)
    before = np.bincount(part.mesh.face_of_triangle, weights=part.mesh.areas_mm2)
    assert area == pytest.approx(before, rel=1e-9)
    sides = fine.corners_mm - np.roll(fine.corners_mm, 1, axis=1)
    assert np.linalg.norm(sides, axis=2).max() <= 8.0
    assert np.einsum("ti,tki->tk", fine.normals, fine.vertex_normals).min() > 0.9


def test_refining_some_faces_opens_no_gap_to_the_others():
    from geometry.mesh import is_watertight

    part = part_of(cq.Workplane().box(60, 40, 4))
    some = np.arange(len(part.topology.faces)) == 0
    fine = refined(part.mesh, some, 5.0)
    assert len(fine.triangles) > len(part.mesh.triangles)
    assert is_watertight(fine.triangles)


def test_the_painted_mesh_comes_back_out_of_its_file():
    mesh, scalars = painted(wedge())
    back = mesh_of_gltf(gltf_binary(mesh, scalars=scalars))
    assert back.volume_mm3 == pytest.approx(mesh.volume_mm3, rel=1e-5)
    assert (back.face_of_triangle == mesh.face_of_triangle).all()
