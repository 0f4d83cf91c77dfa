"""How does the work grow with a part? Calls of every function are counted, never seconds."""

import math
import sys
from collections import Counter

import cadquery as cq
import numpy as np
import pytest
import shapely
from shapes import part_of

from geometry.features import grooves, rib_walls, ring_gaps
from geometry.features.changes import feature_changes
from geometry.features.flanks import flanks_over
from geometry.features.placement import placed
from geometry.features.recognition import recognise
from geometry.features.sheet_regions import Regions
from geometry.features.survey import CYLINDER, PLANE, Survey
from geometry.features.teeth import cut_through, section_across
from geometry.processes import slender
from geometry.processes.registry import measure_all
from geometry.vectors import square_to

FEW, MANY = 4, 10  # along each side of a field of equal shapes; of those in a row the squares
SLACK = 1.4  # shapes at the rim of a field have fewer neighbours, and fields of few have more rim
FREE = 4  # calls a face that say nothing: some questions are asked of large parts alone


def field(n, pitch):
    return [(pitch * i, pitch * j) for i in range(n) for j in range(n)]


def plate(n, pitch, high=8.0):
    corner = (-pitch / 2, -pitch / 2)
    return cq.Workplane(origin=(*corner, -high)).box(
        pitch * n, pitch * n, high, centered=(False, False, False)
    )


def bosses(n):
    tools = [cq.Solid.makeCylinder(3, 8, cq.Vector(x, y, -2)) for x, y in field(n, 12)]
    return cq.Workplane(obj=plate(n, 12).val().fuse(*tools))


def slots(n):
    outer = cq.Workplane().rect(20.0 * n, 20.0 * n).wires().val()
    middle = 10.0 * (n - 1)
    places = [(x - middle, y - middle) for x, y in field(n, 20)]
    inner = cq.Workplane().pushPoints(places).slot2D(14, 4).wires().vals()
    return cq.Workplane(obj=cq.Solid.extrudeLinear(outer, inner, cq.Vector(0, 0, 1.5)))


def countersunk(n):
    drilled = plate(n, 20, high=2.0).faces(">Z").workplane(origin=(0, 0, 0))
    return drilled.pushPoints(field(n, 20)).cskHole(5, 8, 90)


def rack(n):
    pitch, slope, teeth = 2 * math.pi, math.tan(math.radians(20)), []
    for i in range(n * n):
        middle, half = (i + 0.5) * pitch, pitch / 4
        low, high = half + 2.5 * slope, half - 2 * slope
        teeth += [(middle - low, 15.5), (middle - high, 20), (middle + high, 20)]
        teeth += [(middle + low, 15.5)]
    end = n * n * pitch
    outline = [(0, 0), (0, 15.5), *teeth, (end, 15.5), (end, 0)]
    return cq.Workplane().polyline(outline).close().extrude(20)


def shaft(n):
    outline = [(0.0, 0.0)]
    for i in range(n * n):
        radius, z = 30.0 - 5.0 * ((i * 7) % 11) / 11, 8.0 * i
        outline += [(radius, z), (radius, z + 6), (27 - i % 2, z + 6), (27 - i % 2, z + 8)]
    outline += [(0.0, 8.0 * n * n)]
    return cq.Workplane("XZ").polyline(outline).close().revolve(360, (0, 0, 0), (0, 1, 0))


def calls_of(work):
    """How often every function is called, by its place and name."""
    found = Counter()

    def count(frame, event, argument):
        if event == "call":
            code = frame.f_code
            found[code.co_filename, code.co_firstlineno, code.co_qualname] += 1
        elif event == "c_call":
            found["", 0, getattr(argument, "__qualname__", str(argument))] += 1

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return found


@pytest.mark.parametrize("shape", [bosses, slots, rack, shaft])
def test_no_function_is_called_more_often_than_in_proportion_to_a_parts_faces(shape):
    faces, calls = [], []
    for n in (FEW, MANY):
        part = part_of(shape(n))

        def work(part=part):
            found = recognise(part)
            measure_all(part, found, found.sheet)

        faces.append(len(part.topology.faces))
        calls.append(calls_of(work))
    few, many = faces
    growth = many * math.log(many) / (few * math.log(few))
    often = {
        name: (calls[0][name], count)
        for name, count in calls[1].items()
        if count > SLACK * growth * calls[0][name] + FREE * many
    }
    assert not often


def test_a_bosses_side_asks_nothing_of_the_plate_that_it_stands_on(monkeypatch):
    measured = []

    def meridian(survey, face, *args):
        measured.append(len(survey.points([face])))
        return usual(survey, face, *args)

    usual = grooves._meridian
    monkeypatch.setattr(grooves, "_meridian", meridian)
    for n in (FEW, MANY):
        measured.append(0)
        recognise(part_of(bosses(n)))
    assert measured == [0, 0]


def test_of_the_flanks_of_a_rack_only_those_near_a_plane_are_asked_whether_they_lie_in_it(
    monkeypatch,
):
    asked = []

    def coplanar(survey, plane, others):
        asked[-1] += len(others)
        return usual(survey, plane, others)

    usual = rib_walls.coplanar
    monkeypatch.setattr(rib_walls, "coplanar", coplanar)
    part = part_of(rack(MANY))
    asked.append(0)
    recognise(part)
    assert asked[0] < 5 * len(part.topology.faces)


def test_cuts_across_a_part_ask_each_edge_for_its_line_once(monkeypatch):
    asked = []

    def polyline(survey, edge):
        asked.append(edge)
        return usual(survey, edge)

    usual = Survey.polyline
    monkeypatch.setattr(Survey, "polyline", polyline)
    for n in (FEW, MANY):
        survey = Survey(part_of(bosses(n)))
        plate = int(survey.faces["loop_count"].argmax())
        origin, axis = survey.faces["centroid_mm"][plate], square_to(survey.faces["axis"][plate])[0]
        asked.clear()
        for k in range(n):
            place_mm = float(origin @ axis) + 0.5 * k
            section = section_across(survey, (plate,), axis, place_mm)
            cut = cut_through(survey, section.faces, origin, axis, place_mm)
            assert len(cut.faces) > 3
        assert len(asked) <= len(survey.edges)


def test_the_tips_of_a_racks_teeth_ask_its_sides_for_their_corners_once(monkeypatch):
    asked = []

    def hull(points, **options):
        asked.append(len(points))
        return usual(points, **options)

    usual = slender.convex_hull
    monkeypatch.setattr(slender, "convex_hull", hull)
    part = part_of(rack(MANY))
    found = recognise(part)
    asked.clear()
    measure_all(part, found, found.sheet)
    assert 0 < len(asked) <= 4


class Counted(list):
    """A list that counts how many of its entries were walked."""

    entries = 0

    def __iter__(self):
        for entry in super().__iter__():
            Counted.entries += 1
            yield entry


def test_a_plate_is_asked_once_for_what_leans_over_its_edges_by_all_that_stands_on_it():
    pins = [cq.Solid.makeBox(3, 3, 12, cq.Vector(x, y, -2)) for x, y in field(MANY, 12)]
    survey = Survey(part_of(cq.Workplane(obj=plate(MANY, 12).val().fuse(*pins))))
    top = int(survey.faces["loop_count"].argmax())
    survey.near[top] = Counted(survey.near[top])
    assert all(flanks_over(survey, face) is None for face in range(survey.count))
    assert 0 < Counted.entries <= 3 * len(survey.near[top])


def test_all_gaps_of_a_tube_ask_its_wall_for_its_corners_once(monkeypatch):
    asked = []

    def reach(survey, faces, axis):
        asked.append(faces)
        return usual(survey, faces, axis)

    usual = ring_gaps._reach
    monkeypatch.setattr(ring_gaps, "_reach", reach)
    tube = cq.Workplane().circle(40).circle(38).extrude(70)
    slot = cq.Workplane("YZ").slot2D(9, 4, 90).extrude(8).val()
    for k in range(4):
        for turn in range(0, 360, 30):
            tool = slot.translate(cq.Vector(35, 0, 14 + 14 * k))
            tube = tube.cut(cq.Workplane(obj=tool.rotate(cq.Vector(), cq.Vector(0, 0, 1), turn)))
    survey = Survey(part_of(tube))
    slots = survey.connected(
        set(np.flatnonzero(survey.kind == PLANE).tolist())
        | set(np.flatnonzero((survey.kind == CYLINDER) & (survey.faces["radius_mm"] < 5)).tolist()),
        lambda _, edge, __: survey.smooth(edge),
    )
    slots = [group for group in slots if len(group) == 4]
    assert len(slots) == 48
    rings = ring_gaps.ring_gaps(survey, slots)
    assert sorted(rings.count(ring) for ring in set(rings)) == [12, 12, 12, 12]
    assert len(asked) == 2


def test_a_panel_with_many_holes_is_joined_once_with_what_reaches_beyond_its_edges(monkeypatch):
    most_holes = []

    def union_all(shapes, **options):
        if len(shapes) > 1:  # joined two by two, over and over
            most_holes.append(int(shapely.get_num_interior_rings(shapes).max()))
        return usual(shapes, **options)

    usual = shapely.union_all
    monkeypatch.setattr(shapely, "union_all", union_all)
    for n in (FEW, MANY):
        most_holes.clear()
        assert len(recognise(part_of(countersunk(n))).sheet.blank.holes) == n * n
        assert max(most_holes) <= 1


def test_the_edges_of_a_sheets_holes_are_told_without_a_look_at_their_triangles(monkeypatch):
    asked = []

    def triangles(regions, face):
        asked[-1] += 1
        return usual(regions, face)

    usual = Regions.triangles
    monkeypatch.setattr(Regions, "triangles", triangles)
    for n in (FEW, MANY):
        asked.append(0)
        recognise(part_of(slots(n)))
    assert asked[0] == asked[1]


class Walked(frozenset):
    """Pairs that count how often all of them are gone through."""

    times = 0

    def __iter__(self):
        Walked.times += 1
        return super().__iter__()


def test_what_changed_of_a_feature_is_told_by_its_own_faces_alone():
    times = []
    for n in (FEW, MANY):
        part = part_of(slots(n))
        found = placed(recognise(part).features, part)
        faces = range(len(part.topology.faces))
        Walked.times = 0
        changes = feature_changes(
            found, found, np.eye(4), diagonal_mm=part.mesh.diagonal_mm,
            answers={face: {face} for face in faces}, stayed=Walked((f, f) for f in faces),
        )  # fmt: skip
        assert len(changes.pairs) == len(found)
        times.append(Walked.times)
    assert times[0] == times[1]
