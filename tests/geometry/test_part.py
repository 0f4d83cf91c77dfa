"""The part model on shapes whose numbers are known."""

import math
import re

import cadquery as cq
import numpy as np
import pytest
from OCP.BRep import BRep_Builder
from OCP.BRepGProp import BRepGProp
from OCP.GProp import GProp_GProps
from OCP.TopoDS import TopoDS_Shell
from revisions import as_nurbs, step_text
from shapes import document_of, odd_direction, part_of, step_bytes, turned

from geometry.errors import NoSolid
from geometry.kernel import meshing
from geometry.kernel.explored import faces_of
from geometry.kernel.outlines import enclosed
from geometry.kernel.properties import inertia_of
from geometry.part import build
from geometry.step import _named, read_step
from geometry.topology import COEDGE, CONCAVE, CONVEX, EDGE, SMOOTH, SURFACES, surface_code


@pytest.fixture(scope="module")
def plate():
    """60 × 40 × 10 with a hole Ø12 through it."""
    return part_of(cq.Workplane().box(60, 40, 10).faces(">Z").workplane().hole(12))


@pytest.fixture(scope="module")
def angle():
    """An L of 10 mm legs: one inner corner of 50 mm."""
    return part_of(
        cq.Workplane()
        .polyline([(0, 0), (40, 0), (40, 10), (10, 10), (10, 30), (0, 30)])
        .close()
        .extrude(50)
    )


def test_a_box_with_a_hole_has_the_volume_of_the_drawing(plate):
    assert plate.mass.volume_mm3 == pytest.approx(60 * 40 * 10 - math.pi * 36 * 10, rel=1e-9)


def test_a_box_with_a_hole_has_the_area_of_the_drawing(plate):
    flat = 2 * (60 * 40 + 60 * 10 + 40 * 10) - 2 * math.pi * 36
    assert plate.mass.area_mm2 == pytest.approx(flat + 12 * math.pi * 10, rel=1e-9)


@pytest.fixture(scope="module")
def knob():
    """20 mm long, its outline r = 30 + 3 sin 10 φ drawn as one spline through 200 points."""
    angle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    r = 30 + 3 * np.sin(10 * angle)
    points = [cq.Vector(x, y) for x, y in zip(r * np.cos(angle), r * np.sin(angle), strict=True)]
    outline = cq.Wire.assembleEdges([cq.Edge.makeSpline(points, periodic=True)])
    return part_of(cq.Solid.extrudeLinear(outline, [], cq.Vector(0, 0, 20)))


def test_an_extruded_spline_of_many_spans_has_the_volume_of_its_outline(knob):
    # half the integral of r squared over a turn
    assert knob.mass.volume_mm3 == pytest.approx(20 * math.pi * (30**2 + 3**2 / 2), rel=1e-5)


def test_a_body_with_one_extruded_curve_has_its_drawn_volume_and_centre():
    """A bar 50 mm long: 30 mm square under a parabola 20 mm high, which has two thirds of its
    rectangle and its centre at two fifths of its height. Its one curved face is extruded.
    """
    curve = cq.Workplane().bezier([(0, 0), (15, 40), (30, 0)])
    part = part_of(curve.lineTo(30, -30).lineTo(0, -30).close().extrude(50), odd=False)
    square, arch = 30 * 30, 2 / 3 * 30 * 20
    middle = (arch * 8 - square * 15) / (square + arch)
    assert part.mass.volume_mm3 == pytest.approx((square + arch) * 50, rel=1e-6)
    assert part.mass.centroid_mm == pytest.approx([15, middle, 25], abs=1e-4)


def test_an_elliptical_bar_is_read_at_any_angle_and_has_its_drawn_volume():
    bar = cq.Workplane().ellipse(31, 9.5).extrude(140).val()
    for number in range(12):
        axis = (math.sin(number), math.cos(2 * number), math.sin(3 * number + 1))
        there = bar.rotate((0, 0, 0), axis, 23 + 29 * number)
        (part,) = read_step(step_text(there)).parts
        assert part.mass.volume_mm3 == pytest.approx(math.pi * 31 * 9.5 * 140, rel=5e-5)


def test_an_extruded_spline_of_many_spans_has_the_area_of_its_outline(knob):
    angle = np.linspace(0, 2 * np.pi, 100_001)
    slope = np.hypot(30 + 3 * np.sin(10 * angle), 30 * np.cos(10 * angle))
    flank = 20 * np.trapezoid(slope, angle)
    ends = 2 * math.pi * (30**2 + 3**2 / 2)
    assert knob.mass.area_mm2 == pytest.approx(flank + ends, rel=1e-4)


def test_the_minimal_box_finds_the_size_at_an_odd_angle(plate):
    assert plate.mass.box.size_mm == pytest.approx([60, 40, 10], abs=1e-3)


def test_the_minimal_box_of_a_cylinder_does_not_shrink_to_the_chords():
    assert part_of(cq.Workplane().cylinder(80, 10)).mass.box.size_mm == pytest.approx(
        [80, 20, 20], abs=1e-4
    )


def test_the_centroid_moves_with_the_part():
    moved = part_of(cq.Workplane().box(10, 20, 30).translate((5, 0, 0)))
    x, y, z = odd_direction(5, 0, 0)
    assert moved.mass.centroid_mm == pytest.approx([x + 113.7, y - 58.1, z + 21.9], abs=1e-6)


def test_a_hole_is_a_cylinder_with_its_normal_towards_the_axis(plate):
    hole = plate.topology.faces[plate.topology.faces["kind"] == surface_code("cylinder")]
    assert hole["sense"].tolist() == [-1]
    assert hole["radius_mm"] == pytest.approx([6])
    assert hole["high_mm"] - hole["low_mm"] == pytest.approx([10])
    assert hole["sweep_deg"] == pytest.approx([360])


def test_a_shaft_is_a_cylinder_with_its_normal_away_from_the_axis():
    shaft = part_of(cq.Workplane().cylinder(80, 10)).topology.faces
    assert shaft["sense"][shaft["kind"] == surface_code("cylinder")].tolist() == [1]


def test_plane_axes_point_out_of_the_material(plate):
    faces = plate.topology.faces
    planes = faces[faces["kind"] == surface_code("plane")]
    outward = np.einsum("ij,ij->i", planes["axis"], planes["centroid_mm"] - plate.mass.centroid_mm)
    assert (outward > 0).all()


def test_all_edges_of_a_plate_with_a_hole_are_convex(plate):
    edges = plate.topology.edges
    real = ~edges["seam"]
    assert (edges["convexity"][real] == CONVEX).all()
    assert edges["angle_deg"][real] == pytest.approx(90)


def test_an_angle_has_one_concave_edge(angle):
    edges = angle.topology.edges
    inner = edges[edges["convexity"] == CONCAVE]
    assert inner["length_mm"] == pytest.approx([50])
    assert inner["angle_deg"] == pytest.approx([-90])


def test_a_fillet_meets_its_neighbours_smoothly():
    rounded = part_of(cq.Workplane().box(30, 30, 30).edges("|Z").fillet(4))
    smooth = rounded.topology.edges["convexity"] == SMOOTH
    assert rounded.topology.edges["length_mm"][smooth] == pytest.approx([30] * 8)


def test_every_triangle_belongs_to_its_face(plate):
    mesh, faces = plate.mesh, plate.topology.faces
    plane = faces["kind"][mesh.face_of_triangle] == surface_code("plane")
    agree = np.einsum("ij,ij->i", mesh.normals[plane], faces["axis"][mesh.face_of_triangle[plane]])
    assert agree == pytest.approx(1.0, abs=1e-5)


def test_the_mesh_is_closed_and_wound_outwards(plate):
    assert plate.closed
    assert plate.mesh.volume_mm3 == pytest.approx(plate.mass.volume_mm3, rel=0.01)


def test_a_part_a_kilometre_from_its_origin_keeps_its_edges():
    far = cq.Workplane().box(10, 10, 10).translate((1e6, -1e6, 1e6))
    part = document_of(far).parts[0]
    assert part.closed
    assert part.mass.box.size_mm == pytest.approx([10, 10, 10], abs=1e-4)


def test_arrays_of_a_part_cannot_be_written(plate):
    with pytest.raises(ValueError, match="read-only"):
        plate.topology.faces["area_mm2"][0] = 1.0


def test_loops_of_a_face_start_with_the_outer_one(plate):
    topology = plate.topology
    for face in topology:
        loops = topology.loops[list(topology.loops_of(face))]
        assert loops["outer"].tolist() == [True] + [False] * (len(loops) - 1)
    top = [
        face
        for face in topology
        if topology.faces["loop_count"][face] == 2 and topology.faces["kind"][face] == 0
    ]
    assert [round(float(topology.loops["length_mm"][i]), 2) for i in topology.loops_of(top[0])] == [
        200.0,
        round(12 * math.pi, 2),
    ]


def halves_of_a_drilled_block() -> cq.Workplane:
    """A block whose hole and faces a modeller split in two."""
    left = cq.Workplane().box(20, 40, 10, centered=(False, True, True)).translate((-20, 0, 0))
    right = cq.Workplane().box(20, 40, 10, centered=(False, True, True))
    tool = cq.Workplane().cylinder(30, 6)
    return left.cut(tool).union(right.cut(tool), clean=False)


def test_split_faces_are_one_face_for_recognition():
    part = part_of(halves_of_a_drilled_block())
    assert len(part.topology.faces) > 7
    assert len(part.joined.faces) == 7


def test_a_joined_hole_covers_the_full_turn():
    part = part_of(halves_of_a_drilled_block())
    hole = part.joined.faces[part.joined.faces["kind"] == surface_code("cylinder")]
    assert hole["sweep_deg"] == pytest.approx([360])
    assert hole["area_mm2"] == pytest.approx([12 * math.pi * 10])


def test_joined_faces_know_their_members():
    part = part_of(halves_of_a_drilled_block())
    members = [part.joined.members(face).tolist() for face in part.joined]
    assert sorted(m for group in members for m in group) == list(range(len(part.topology.faces)))


def test_a_nurbs_cylinder_is_a_cylinder():
    from OCP.BRepBuilderAPI import BRepBuilderAPI_NurbsConvert

    drilled = cq.Workplane().box(60, 40, 10).faces(">Z").workplane().hole(12).val()
    nurbs = cq.Shape.cast(BRepBuilderAPI_NurbsConvert(drilled.wrapped).Shape())
    faces = part_of(nurbs).topology.faces
    assert (faces["surface"] == surface_code("bspline")).all()
    assert sorted(faces["kind"].tolist()) == [0] * 6 + [1]
    hole = faces[faces["kind"] == 1]
    assert hole["radius_mm"] == pytest.approx([6], rel=1e-4)
    assert hole["sense"].tolist() == [-1]


def test_an_inch_file_comes_out_in_millimetres():
    text = step_bytes(cq.Workplane().box(25.4, 50.8, 76.2))
    inch = text.replace(b"SI_UNIT(.MILLI.,.METRE.)", b"SI_UNIT($,.METRE.)")
    document = read_step(inch, name="inch")
    assert document.unit == "m"
    assert document.parts[0].mass.box.size_mm == pytest.approx([76200, 50800, 25400], rel=1e-6)


def test_repeated_instances_count_as_one_part():
    pin, plate = cq.Workplane().cylinder(20, 3), cq.Workplane().box(50, 50, 5)
    assembly = cq.Assembly(name="pair").add(plate, name="plate")
    for i in range(3):
        assembly.add(pin, name=f"pin{i}", loc=cq.Location((10 * i, 0, 10), (0, 0, 1), 30 * i))
    document = read_step(step_bytes(assembly), name="pair")
    assert sorted(document.counts) == [1, 3]


def test_nested_placements_multiply():
    inner = cq.Assembly(name="inner").add(
        cq.Workplane().box(1, 2, 3), name="block", loc=cq.Location((1, 0, 0))
    )
    outer = cq.Assembly(name="outer").add(inner, loc=cq.Location((0, 10, 0), (0, 0, 1), 90))
    outer.add(cq.Workplane().box(4, 5, 6), name="other")
    document = read_step(step_bytes(outer), name="nested")

    def world(place, matrix):
        matrix = matrix @ place.placement
        if place.part is not None:
            yield place.part, matrix
        for child in place.children:
            yield from world(child, matrix)

    places = {
        tuple(np.round(sorted(document.parts[part].mass.box.size_mm), 3)): matrix
        @ [*document.parts[part].mass.centroid_mm, 1]
        for part, matrix in world(document.root, np.eye(4))
    }
    assert places[(1.0, 2.0, 3.0)][:3] == pytest.approx([0, 11, 0], abs=1e-6)


def test_a_colour_survives():
    assembly = cq.Assembly(name="set").add(
        cq.Workplane().box(1, 1, 1), name="block", color=cq.Color(1, 0, 0)
    )
    assert document_of(assembly).parts[0].colour == "#ff0000"


@pytest.mark.parametrize(
    "written",
    [
        "Қопқоқ".encode(),
        b"\\X2\\049A043E043F049B043E049B\\X0\\",
    ],
    ids=["UTF-8", "ISO 10303-21 escape"],
)
def test_a_cyrillic_name_survives(written):
    assembly = cq.Assembly(name="set").add(cq.Workplane().box(1, 1, 1), name="COVER")
    text = step_bytes(assembly)
    assert b"COVER" in text
    assert read_step(text.replace(b"COVER", written), name="set").parts[0].name == "Қопқоқ"


def test_a_name_in_the_code_page_of_older_systems_survives():
    assembly = cq.Assembly(name="set").add(cq.Workplane().box(1, 1, 1), name="COVER")
    text = step_bytes(assembly).replace(b"COVER", "Крышка".encode("cp1251"))
    assert read_step(text, name="set").parts[0].name == "Крышка"


def test_a_face_left_out_at_the_usual_chords_is_meshed_a_little_finer(monkeypatch):
    body = cq.Workplane().box(60, 40, 10).val().wrapped
    mesh_body, chords = meshing.BRepMesh_IncrementalMesh, []

    def leaves_one_out(shape, wanted):
        mesh_body(shape, wanted)
        chords.append(wanted.Deflection)
        if wanted.Deflection > 0.6 * chords[0]:
            meshing.BRepTools.Clean_s(next(faces_of(shape)))

    monkeypatch.setattr(meshing, "BRepMesh_IncrementalMesh", leaves_one_out)
    assert meshing.triangulate(body).counts.tolist() == [2] * 6
    assert chords == sorted(chords, reverse=True)


def test_a_face_that_no_chord_helps_costs_itself_alone(monkeypatch):
    body = cq.Workplane().box(60, 40, 10).val().wrapped
    mesh_body = meshing.BRepMesh_IncrementalMesh

    def leaves_one_out(shape, wanted):
        mesh_body(shape, wanted)
        meshing.BRepTools.Clean_s(next(faces_of(shape)))

    monkeypatch.setattr(meshing, "BRepMesh_IncrementalMesh", leaves_one_out)
    assert meshing.triangulate(body).counts.tolist() == [0, 2, 2, 2, 2, 2]


def test_faces_that_contradict_each_other_never_give_a_negative_volume():
    box = cq.Workplane().box(60, 40, 20).translate((100, 50, 30))
    top, left = box.faces(">Z").val(), box.faces("<X").val()
    builder, shell = BRep_Builder(), TopoDS_Shell()
    builder.MakeShell(shell)
    for face in box.val().Faces():
        if not face.isSame(top):
            builder.Add(shell, face.wrapped if face.isSame(left) else face.wrapped.Reversed())
    part = build(cq.Solid.makeSolid(cq.Shell(shell)).wrapped, name="torn")
    assert {w.code for w in part.warnings} >= {"not_watertight", "inside_out"}
    assert part.mass.volume_mm3 > 0


def test_an_open_shell_is_named_with_its_gap():
    lid_off = cq.Workplane().box(20, 20, 20).faces("<Z or |X or |Y").vals()
    with pytest.raises(NoSolid, match=r"4 free edges, longest 20\.0 mm"):
        read_step(step_bytes(cq.Compound.makeCompound(lid_off)), name="open")


def test_loose_faces_that_close_are_sewn():
    loose = cq.Compound.makeCompound(cq.Workplane().box(20, 20, 20).faces().vals())
    document = read_step(step_bytes(loose), name="loose")
    assert document.parts[0].mass.volume_mm3 == pytest.approx(8000)
    assert [w.code for w in document.parts[0].warnings] == ["sewn"]


def test_a_face_that_looks_into_the_body_is_turned_round():
    text = step_bytes(turned(cq.Workplane().box(20, 30, 40)))
    bound = re.search(rb"ADVANCED_FACE\('',\((#\d+)\),#\d+,\.[TF]\.\)", text)
    assert bound is not None, "the box has no face"
    edited = _other_way(text, rb"ADVANCED_FACE\('',\(" + bound[1] + rb"\),#\d+,\.")
    edited = _other_way(edited, rb"\n" + bound[1] + rb" = FACE_(?:OUTER_)?BOUND\('',#\d+,\.")
    part = read_step(edited, name="box").parts[0]
    assert part.closed
    assert part.mass.volume_mm3 == pytest.approx(20 * 30 * 40)
    faces = part.topology.faces
    outward = ((faces["origin_mm"] - part.mass.centroid_mm) * faces["axis"]).sum(axis=1)
    assert sorted(outward) == pytest.approx([10, 10, 15, 15, 20, 20])


def test_a_void_is_no_material_whichever_way_its_shell_was_written():
    hollow = turned(cq.Workplane().box(20, 30, 40).cut(cq.Workplane().box(4, 6, 8)))
    text = step_bytes(hollow)
    expected = pytest.approx(20 * 30 * 40 - 4 * 6 * 8)
    assert read_step(text, name="box").parts[0].mass.volume_mm3 == expected
    edited = _other_way(text, rb"ORIENTED_CLOSED_SHELL\('',\*,#\d+,\.")
    assert read_step(edited, name="box").parts[0].mass.volume_mm3 == expected


@pytest.fixture
def ways(monkeypatch):
    """How the kernel was asked to read, once for every time."""
    from geometry.kernel import reading

    asked = []
    read = reading.read
    monkeypatch.setattr(reading, "read", lambda data, **how: asked.append(how) or read(data, **how))
    return asked


def test_a_sound_body_with_a_void_is_read_once(ways):
    hollow = cq.Workplane().box(20, 30, 40).cut(cq.Workplane().box(4, 6, 8))
    read_step(step_bytes(hollow), name="box")
    assert ways == [{"thorough": False}]


def test_a_sound_body_beside_construction_surfaces_is_read_once(ways):
    beside = cq.Workplane().box(20, 20, 20).translate((50, 0, 0)).faces(">Z or >X").vals()
    body = cq.Workplane().box(20, 30, 40).val()
    document = read_step(step_bytes(cq.Compound.makeCompound([body, *beside])), name="box")
    assert ways == [{"thorough": False}]
    assert [part.mass.volume_mm3 for part in document.parts] == [pytest.approx(24_000)]
    assert "open_shell" in {warning.code for warning in document.warnings}


def test_loose_faces_beside_a_body_that_close_are_a_body_too(ways):
    loose = cq.Workplane().box(20, 20, 20).translate((50, 0, 0)).faces().vals()
    body = cq.Workplane().box(20, 30, 40).val()
    both = cq.Compound.makeCompound([body, cq.Shell.makeShell(loose)])
    document = read_step(step_bytes(both), name="box")
    assert ways == [{"thorough": False}, {}]
    assert [part.mass.volume_mm3 for part in document.parts] == pytest.approx([24_000, 8_000])


def test_loops_that_the_file_turns_over_are_read_as_drawn():
    text = step_bytes(cq.Workplane().box(20, 30, 40).faces(">Z").workplane().hole(8))
    expected = pytest.approx(20 * 30 * 40 - math.pi * 4**2 * 40)
    bound = rb"FACE_BOUND\('',#\d+,\."
    loops = len(re.findall(bound, text))
    assert loops == 9  # one a face, two where the hole opens
    for number in range(1, loops + 1):
        edited = _other_way(text, rb"(?s)(?:.*?" + bound + rb"){%d}" % number)
        (part,) = read_step(edited, name="box").parts
        assert part.closed
        assert part.mass.volume_mm3 == expected


def _other_way(text: bytes, before: bytes) -> bytes:
    """STEP text with the flag after one pattern turned over."""
    flag = re.search(before, text).end()
    return text[:flag] + (b"F" if text[flag : flag + 1] == b"T" else b"T") + text[flag + 1 :]


def test_wires_alone_are_no_solid():
    wire = cq.Workplane().rect(10, 20).wires().val()
    with pytest.raises(NoSolid, match="curves"):
        read_step(step_bytes(wire), name="wire")


def test_a_wire_beside_a_solid_is_reported():
    both = cq.Compound.makeCompound(
        [cq.Workplane().box(5, 5, 5).val(), cq.Workplane().rect(10, 20).wires().val()]
    )
    document = read_step(step_bytes(both), name="both")
    assert len(document.parts) == 1
    assert "wire_body" in [w.code for w in document.warnings]


def test_what_the_kernel_reads_another_way_without_changing_it_is_no_warning():
    text = step_text(as_nurbs(cq.Workplane().cylinder(20, 8).val()))
    assert [warning.code for warning in read_step(text).warnings] == []


def test_a_plane_within_lines_and_arcs_has_the_area_and_centre_of_the_drawing():
    """A half disc R 20 on a rectangle 40 × 30, with a round hole and a square one."""
    profile = cq.Workplane().moveTo(-20, -30).lineTo(20, -30).lineTo(20, 0)
    body = profile.threePointArc((0, 20), (-20, 0)).close().extrude(5)
    body = body.cut(cq.Workplane(origin=(6, -12, 0)).circle(7).extrude(5))
    body = body.cut(cq.Workplane(origin=(-10, -20, 0)).rect(8, 8).extrude(5))
    faces = part_of(body, odd=False).topology.faces
    top = faces[(faces["surface"] == surface_code("plane")) & (faces["centroid_mm"][:, 2] > 4)][0]
    areas = np.array([40 * 30, math.pi * 200, -math.pi * 49, -64])
    places = np.array([(0, -15), (0, 4 * 20 / 3 / math.pi), (6, -12), (-10, -20)])
    assert top["area_mm2"] == pytest.approx(areas.sum(), rel=1e-12)
    assert top["centroid_mm"] == pytest.approx([*(areas @ places / areas.sum()), 5], abs=1e-12)


def test_faces_without_any_edge_enclose_nothing_that_is_known():
    outlines = enclosed(np.zeros(0, EDGE), np.zeros(0, COEDGE), 3, np.zeros(0, bool))
    assert np.isnan(outlines.area_mm2).all()
    assert np.isnan(outlines.centroid_mm).all()
    assert np.isnan(outlines.second_mm4).all()


@pytest.mark.parametrize("conical", [False, True])
def test_a_body_within_lines_and_arcs_is_summed_without_asking_the_kernel_for_all_of_it(
    monkeypatch, conical
):
    def refuse(*_, **__):
        raise AssertionError("the kernel integrates over all faces")

    monkeypatch.setattr("geometry.kernel.solids.volume_properties", refuse)
    body = cq.Workplane().box(60, 40, 20).edges("|Z").fillet(5).faces(">Z").workplane()
    body = body.pushPoints([(-20, 5), (18, -8)])
    body = body.cskHole(7, 14, 90) if conical else body.hole(7)
    solid = turned(body)
    mass = build(solid.wrapped).mass
    round_mm3 = 2 * math.pi * 3.5**2 * 20
    cones_mm3 = 2 * math.pi * (3.5 / 3) * (7**2 + 7 * 3.5 - 2 * 3.5**2) if conical else 0
    block_mm3 = 60 * 40 * 20 - (100 - math.pi * 25) * 20
    assert mass.volume_mm3 == pytest.approx(block_mm3 - round_mm3 - cones_mm3, rel=1e-12)
    kernel = GProp_GProps()
    BRepGProp.VolumeProperties_s(solid.wrapped, kernel, 1e-9, False, False)
    assert mass.centroid_mm == pytest.approx(kernel.CentreOfMass().Coord(), abs=1e-6)
    assert mass.inertia == pytest.approx(inertia_of(kernel), rel=1e-7, abs=1e-7 * 60**5)


def test_of_a_body_with_a_few_freeform_faces_the_kernel_integrates_over_those_alone(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("the kernel integrates over all faces")

    monkeypatch.setattr("geometry.kernel.solids.volume_properties", refuse)
    waves = [(x, 3 * math.sin(x)) for x in np.linspace(-20, 20, 30).tolist()]
    outline = (
        cq.Workplane(origin=(0, 0, 12)).moveTo(*waves[0]).spline(waves[1:], includeCurrent=True)
    )
    body = cq.Workplane().box(60, 40, 20).faces(">Z").workplane().hole(6)
    body = body.cut(outline.lineTo(20, 15).lineTo(-20, 15).close().extrude(-8))
    body = body.union(
        cq.Workplane(origin=(0, 0, -10)).rect(30, 20).workplane(offset=-15).ellipse(6, 9).loft()
    )
    solid = turned(body)
    part = build(solid.wrapped)
    assert {"extrusion", "bspline"} <= {SURFACES[kind] for kind in part.topology.faces["surface"]}
    kernel = GProp_GProps()
    BRepGProp.VolumeProperties_s(as_nurbs(solid).wrapped, kernel, 1e-9, False, False)
    assert part.mass.volume_mm3 == pytest.approx(kernel.Mass(), rel=2e-5)
    assert part.mass.centroid_mm == pytest.approx(kernel.CentreOfMass().Coord(), abs=1e-3)
    assert part.mass.inertia == pytest.approx(inertia_of(kernel), rel=1e-4, abs=1e-6 * 60**5)


def test_cylinders_that_no_formula_says_are_measured_by_the_kernel():
    body = cq.Workplane().circle(10).extrude(60)
    body = body.cut(cq.Workplane("YZ").workplane(offset=-20).center(0, 30).circle(10).extrude(40))
    part = part_of(body)
    # Steinmetz: two cylinders of one radius share 16/3 r³, and of each 8 r² lies in the other
    assert part.mass.volume_mm3 == pytest.approx(math.pi * 6000 - 16000 / 3, rel=1e-4)
    outer = 2 * math.pi * 10 * 60 - 8 * 10**2
    cylinders = part.topology.faces[part.topology.faces["surface"] == surface_code("cylinder")]
    assert cylinders["area_mm2"].sum() == pytest.approx(outer + 8 * 10**2, rel=1e-3)


def two_of(shape, other=None, names=("lug:1", "lug:2")):
    """A shape, and one turned and moved, written in full each."""
    place = cq.Location((70, 20, 5), (0.3, -0.5, 0.8), 64)
    solids = shape.val(), (other or shape).val().moved(place).copy()
    assembly = cq.Assembly(name="pair")
    for name, solid in zip(names, solids, strict=True):
        assembly.add(solid, name=name)
    return step_bytes(assembly), place


def lug():
    return cq.Workplane().box(30, 20, 5).faces(">Z").workplane().center(8, 3).hole(4, 3)


def test_a_body_written_twice_is_one_part_that_stands_where_each_copy_does():
    data, place = two_of(lug())
    document = read_step(data, name="pair")
    assert document.counts == (2,)
    placed = [child.placement for child in document.root.children]
    centroid = np.append(document.parts[0].mass.centroid_mm, 1.0)
    middle = lug().val().Center()
    there = cq.Vertex.makeVertex(*middle.toTuple()).moved(place).toTuple()
    assert [(each @ centroid)[:3] for each in placed] == [
        pytest.approx(middle.toTuple(), abs=1e-6),
        pytest.approx(there, abs=1e-6),
    ]
    assert placed[1][:3, 3] == pytest.approx(place.toTuple()[0], abs=1e-6)


def two_boxes():
    box = cq.Solid.makeBox(10, 20, 30)
    return cq.Compound.makeCompound([box, box.copy().translate(cq.Vector(50, 0, 0))])


def test_two_solids_in_one_product_that_are_equal_count_twice():
    data = step_bytes(two_boxes()).replace(b"Open CASCADE STEP translator", b"pad for translator")
    assert read_step(data, name="both").counts == (2,)


def test_equal_bodies_that_nobody_named_stay_two_parts():
    assert read_step(step_bytes(two_boxes()), name="both").counts == (1, 1)


def test_left_and_right_hand_are_two_parts():
    right = cq.Workplane(obj=lug().val().mirror("YZ"))
    assert sorted(read_step(two_of(lug(), right)[0], name="pair").counts) == [1, 1]


def test_copies_that_go_by_other_names_stay_two_parts():
    data, _ = two_of(lug(), names=("lug", "ear"))
    assert read_step(data, name="pair").counts == (1, 1)


def test_a_copy_whose_hole_was_drilled_larger_is_no_copy():
    other = cq.Workplane().box(30, 20, 5).faces(">Z").workplane().center(8, 3).hole(4.01, 3)
    assert read_step(two_of(lug(), other)[0], name="pair").counts == (1, 1)


@pytest.mark.parametrize(("times", "told"), [(1.0, []), (1.03, []), (10.0, ["volume_doubtful"])])
def test_a_volume_that_the_closed_mesh_does_not_hold_is_told(monkeypatch, times, told):
    from geometry.kernel import solids

    exact = solids.solid_properties

    def integrated(*asked):
        volume, centre, inertia = exact(*asked)
        return times * volume, centre, inertia

    monkeypatch.setattr(solids, "solid_properties", integrated)
    for drawn in (cq.Solid.makeSphere(20.0), cq.Solid.makeTorus(30.0, 2.0)):
        warnings = part_of(drawn).warnings
        assert [each.code for each in warnings] == told


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Pocket001", ""), ("Fusion", ""), ("Pad012", ""), ("Cut-Extrude3", ""), ("Body002", ""),
        ("Imported1", ""), ("Pad", "Pad"), ("Box", "Box"), ("Pocket knife", "Pocket knife"),
        ("Cylinder head", "Cylinder head"), ("Cover 001", "Cover 001"),
    ],
)  # fmt: skip
def test_a_step_of_a_modellers_history_is_no_name(written, kept):
    assert _named(written) == kept
