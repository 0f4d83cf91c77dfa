"""What a near-net process leaves to a cutter, and what the two together are worth."""

import cadquery as cq
import pytest
from shapes import step_bytes, turned

from geometry.analysis import examine, judge
from geometry.processes.measurement import Facts
from geometry.processes.routes import routes
from geometry.processes.rules import default_rules
from geometry.processes.suitability import Conditions


def two_steps(shape) -> tuple[dict, list]:
    """The record of a drawn part at an odd angle, and its routes."""
    record = examine(step_bytes(turned(shape)), name="drawn.step").record
    conditions, rules = Conditions(), default_rules()
    (judged,) = judge(record, conditions, rules)
    part = record["parts"][0]
    facts = {name: Facts.from_dict(each) for name, each in part["facts"].items()}
    return {**part, "judged": judged}, routes(part, facts, judged, conditions, rules)


def forged_lever(hole_mm: float | None):
    """A drafted, rounded lever, with a hole across or none."""
    body = cq.Workplane().rect(160, 40).extrude(14, taper=7).mirror("XY", union=True)
    ends = cq.Workplane().pushPoints([(-80, 0), (80, 0)]).circle(32).extrude(20, taper=7)
    body = body.union(ends.union(ends.mirror("XY"))).edges().fillet(2.5)
    if hole_mm:
        body = body.faces(">Z").workplane().pushPoints([(-80, 0), (80, 0)]).hole(hole_mm)
    return body


@pytest.fixture(scope="module")
def drilled_lever():
    return two_steps(forged_lever(24))


def route_of(found: list, process: str):
    return next((route for route in found if route.processes[0] == process), None)


def test_the_holes_of_a_forging_are_drilled(drilled_lever):
    part, found = drilled_lever
    route = route_of(found, "forging")
    holes = {f["id"] for f in part["features"] if f["type"] == "hole"}
    assert route.processes == ("forging", "milling")
    assert route.operations == ("forge", "trim", "drill_tap")
    assert set(route.features) == holes and len(holes) == 2


def test_terms_of_a_route_add_up(drilled_lever):
    _, found = drilled_lever
    for route in found:
        assert sum(t.points for t in route.terms) == pytest.approx(route.suitability)


def test_what_is_cut_no_longer_stands_against_the_forging(drilled_lever):
    part, found = drilled_lever
    route = route_of(found, "forging")
    cut = set(route.faces)
    assert all(not (f.faces and cut.issuperset(f.faces)) for f in route.findings)
    # the holes' own area is what is cut: 2 · π · 24 · 40 mm², the lever is 40 mm thick at its ends
    whole = sum(face["area_mm2"] for face in part["faces"])
    assert route.cut_share == pytest.approx(2 * 3.14159 * 24 * 40 / whole, rel=0.02)


def test_a_forging_without_holes_needs_no_second_step():
    _, found = two_steps(forged_lever(None))
    assert route_of(found, "forging") is None


def test_cross_holes_of_a_profile_are_drilled_and_its_own_slots_are_not():
    profile = cq.Workplane().rect(40, 40).extrude(400)
    for angle in range(0, 360, 90):
        groove = (
            cq.Workplane()
            .polyline(
                [(-4, 20.1), (-4, 17), (-9, 17), (-9, 11), (9, 11), (9, 17), (4, 17), (4, 20.1)]
            )
            .close()
            .extrude(400)
        )
        profile = profile.cut(groove.rotate((0, 0, 0), (0, 0, 1), angle))
    cross = cq.Workplane("YZ", origin=(-30, 0, 60)).circle(3).extrude(60)
    part, found = two_steps(profile.cut(cross))
    route = route_of(found, "extrusion")
    kinds = {f["id"]: f["type"] for f in part["features"]}
    assert {kinds[name] for name in route.features} == {"hole"}


@pytest.mark.parametrize(
    ("bore_mm", "operation"), [(24, "drill_tap"), (40, "finish_machine")], ids=["drilled", "bored"]
)
def test_bores_of_a_sand_casting_are_cut_to_size(bore_mm, operation):
    part, found = two_steps(forged_lever(bore_mm))
    route = route_of(found, "sand_casting")
    assert route.operations == ("cast", "trim", operation)
    assert set(route.features) == {f["id"] for f in part["features"] if f["type"] == "hole"}
    assert "draft" not in {f.rule for f in route.findings}


def test_an_o_ring_in_a_casting_is_cut_and_no_finding_is_left_of_it():
    body = cq.Workplane().circle(50).extrude(60, taper=3)
    ring = cq.Workplane("XY", origin=(0, 0, 30)).circle(80).circle(44).extrude(5)
    part, _ = two_steps(body.cut(ring))
    (groove,) = [f["id"] for f in part["features"] if f["type"] == "groove"]
    (sand,) = [j for j in part["judged"] if j.process == "sand_casting"]
    assert sand.metrics["machined_features"] == [groove]
    assert sand.metrics["undercut_area_mm2"] == 0
