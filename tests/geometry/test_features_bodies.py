"""Blends, bosses, ribs, grooves, turned profiles and gears on shapes drawn at odd angles."""

import math

import cadquery as cq
import numpy as np
import pytest
from revisions import as_nurbs
from shapes import odd_direction, part_of

from geometry.features import recognition as way
from geometry.features.recognition import recognise
from geometry.part import STRICT_VARIABLE


def found(shape, kind):
    """Features of one type in a drawn shape."""
    return [f for f in recognise(part_of(shape)).features if f.type == kind]


def block(x=80, y=60, z=30):
    return cq.Workplane().box(x, y, z, centered=(True, True, False))


def revolved(points):
    return cq.Workplane("XZ").polyline(points).close().revolve(360, (0, 0, 0), (0, 1, 0))


def test_a_chain_of_tangent_fillets_is_one_feature():
    shape = block().edges("|Z").fillet(8).faces(">Z").edges().fillet(3)
    fillets = found(shape, "fillet")
    chains = [f for f in fillets if f.parameters["radius_mm"] == pytest.approx(3)]
    assert [len(f.faces) for f in chains] == [8]


def test_an_inner_fillet_is_internal():
    angle = cq.Workplane().polyline([(0, 0), (40, 0), (40, 10), (10, 10), (10, 30), (0, 30)])
    shape = angle.close().extrude(50).edges(cq.selectors.NearestToPointSelector((10, 10, 25)))
    (fillet,) = found(shape.fillet(4), "fillet")
    assert (fillet.kind, fillet.parameters["radius_mm"]) == ("internal", pytest.approx(4))


def test_a_chamfer_has_its_longer_leg_and_angle():
    shape = block().edges("|Y and >X and >Z").chamfer(2, 2 * math.tan(math.radians(60)))
    (chamfer,) = found(shape, "chamfer")
    assert chamfer.parameters["width_mm"] == pytest.approx(2 * math.tan(math.radians(60)), rel=1e-3)
    assert chamfer.parameters["angle_deg"] == pytest.approx(30, abs=1e-3)


def test_a_wide_chamfer_at_the_end_of_a_shaft_is_one():
    shaft = cq.Workplane().circle(11).extrude(40).faces(">Z").edges().chamfer(4)
    (chamfer,) = found(shaft, "chamfer")
    assert chamfer.parameters["width_mm"] == pytest.approx(4, rel=1e-3)
    assert chamfer.parameters["angle_deg"] == pytest.approx(45, abs=1e-3)


def test_a_point_turned_on_a_shaft_is_no_chamfer():
    assert not found(
        cq.Workplane().circle(11).extrude(40).faces(">Z").edges().chamfer(8), "chamfer"
    )


def nut():
    """A hexagon 13 across flats, turned at its corners: what is left there is 0.02 mm wide."""
    turned = [(0, 0), (6.5, 0), (7.5, math.tan(math.radians(30))), (7.5, 5.9), (0, 5.9)]
    body = cq.Workplane("XZ").polyline(turned).close().revolve(360, (0, 0, 0), (0, 1, 0))
    return body.intersect(cq.Workplane().polygon(6, 13 / math.cos(math.radians(30))).extrude(9))


@pytest.mark.parametrize("written", [lambda shape: shape, as_nurbs], ids=["drawn", "NURBS"])
def test_a_nuts_chamfer_is_one_and_what_is_left_of_its_corners_none(written):
    (chamfer,) = found(cq.Workplane(obj=written(nut().val())), "chamfer")
    assert len(chamfer.faces) == 6
    assert chamfer.parameters["width_mm"] == pytest.approx(1.0, rel=1e-3)
    assert chamfer.parameters["angle_deg"] == pytest.approx(30, abs=1e-2)


def test_an_edge_broken_by_less_than_a_drawing_calls_sharp_has_no_chamfer():
    assert not found(block().edges("|Y and >X and >Z").chamfer(0.02), "chamfer")
    assert found(block().edges("|Y and >X and >Z").chamfer(0.1), "chamfer")


def test_the_sides_of_a_hexagon_are_no_chamfers():
    assert not found(cq.Workplane().polygon(6, 40).extrude(30), "chamfer")


def test_a_broken_inner_corner_is_an_internal_chamfer():
    section = [(0, 0), (50, 0), (50, 10), (14, 10), (10, 14), (10, 40), (0, 40)]
    (chamfer,) = found(cq.Workplane().polyline(section).close().extrude(30), "chamfer")
    assert (chamfer.kind, chamfer.parameters["width_mm"]) == (
        "internal",
        pytest.approx(4, rel=1e-3),
    )


def test_a_round_boss_stands_out_with_its_hole_as_child():
    shape = block().faces(">Z").workplane().circle(9).extrude(12)
    shape = shape.faces(">Z").workplane().hole(7, 8)
    features = recognise(part_of(shape)).features
    (boss,) = [f for f in features if f.type == "boss"]
    (hole,) = [f for f in features if f.type == "hole"]
    assert boss.parameters["diameter_mm"] == pytest.approx(18)
    assert boss.parameters["height_mm"] == pytest.approx(12, abs=1e-3)
    assert boss.parameters["axis"] == pytest.approx(odd_direction(0, 0, 1), abs=1e-6)
    assert hole.parent == boss.id


def test_a_thin_wall_on_a_plate_is_a_rib():
    shape = block(z=10).faces(">Z").workplane().rect(50, 3).extrude(14)
    (rib,) = found(shape, "rib")
    assert rib.parameters["thickness_mm"] == pytest.approx(3, abs=1e-3)
    assert rib.parameters["height_mm"] == pytest.approx(14, abs=1e-3)
    assert rib.parameters["length_mm"] == pytest.approx(50, abs=1e-3)


def test_a_block_on_a_plate_is_a_boss_not_a_rib():
    shape = block(z=10).faces(">Z").workplane().rect(20, 16).extrude(14)
    assert not found(shape, "rib")
    assert [b.kind for b in found(shape, "boss")] == ["other"]


def test_a_groove_in_a_shaft_has_width_depth_and_its_own_diameter():
    shaft = revolved(
        [(0, 0), (15, 0), (15, 30), (13.4, 30), (13.4, 32.6), (15, 32.6), (15, 60), (0, 60)]
    )
    (groove,) = found(shaft, "groove")
    assert groove.kind == "external"
    assert groove.parameters["width_mm"] == pytest.approx(2.6, abs=1e-3)
    assert groove.parameters["depth_mm"] == pytest.approx(1.6, abs=1e-3)
    assert groove.parameters["diameter_mm"] == pytest.approx(26.8)


def test_a_relief_into_a_shaft_and_its_shoulder_is_one_groove_measured_from_the_shoulder():
    """DIN 509 F 0.8 × 0.3 on a shaft of 30: 2.5 wide from the shoulder, 0.2 deep into it."""
    shaft, deep, r, into = 15.0, 0.3, 0.8, 0.2
    floor, foot, middle = shaft - deep, 20 - into, r * (1 - math.sqrt(0.5))
    profile = cq.Workplane("XZ").lineTo(21, 0).lineTo(21, 20).lineTo(shaft + 2, 20)
    profile = profile.lineTo(shaft + 1, foot).lineTo(floor + r, foot)
    profile = profile.threePointArc((floor + middle, foot + middle), (floor, foot + r))
    profile = profile.lineTo(floor, 22.5 - deep / math.tan(math.radians(15)))
    profile = profile.lineTo(shaft, 22.5).lineTo(shaft, 60).lineTo(0, 60).close()
    (groove,) = found(profile.revolve(360, (0, 0, 0), (0, 1, 0)), "groove")
    assert groove.kind == "external"
    assert groove.parameters["width_mm"] == pytest.approx(2.5, abs=1e-3)
    assert groove.parameters["depth_mm"] == pytest.approx(0.3, abs=1e-3)
    assert groove.parameters["diameter_mm"] == pytest.approx(29.4)


def test_a_groove_in_a_bore_leaves_the_bore_one_hole():
    sleeve = revolved(
        [(12, 0), (20, 0), (20, 50), (12, 50), (12, 27), (14, 27), (14, 23), (12, 23)]
    )
    features = recognise(part_of(sleeve)).features
    assert [f.kind for f in features if f.type == "groove"] == ["internal"]
    (hole,) = [f for f in features if f.type == "hole"]
    assert hole.parameters["depth_mm"] == pytest.approx(50, abs=1e-3)
    assert hole.parameters["diameter_mm"] == pytest.approx(24)


def test_a_ring_cut_into_a_face_is_a_groove():
    ring = cq.Workplane("XY", origin=(0, 0, 30)).circle(18).circle(14).extrude(-2.8)
    (groove,) = found(block().cut(ring), "groove")
    assert groove.kind == "o_ring"
    assert groove.parameters["width_mm"] == pytest.approx(4)
    assert groove.parameters["depth_mm"] == pytest.approx(2.8, abs=1e-3)


def test_a_vee_groove_is_as_wide_as_its_mouth():
    pulley = revolved([(5, 0), (30, 0), (30, 4), (22, 8), (22, 10), (30, 14), (30, 18), (5, 18)])
    (groove,) = found(pulley, "groove")
    assert groove.parameters["width_mm"] == pytest.approx(10, abs=1e-3)
    assert groove.parameters["depth_mm"] == pytest.approx(8, abs=1e-3)


def test_a_stepped_shaft_is_a_turned_profile_about_its_axis():
    shaft = revolved([(0, 0), (20, 0), (20, 30), (14, 30), (14, 70), (9, 70), (9, 100), (0, 100)])
    (profile,) = found(shaft, "turned_profile")
    assert profile.parameters["length_mm"] == pytest.approx(100, abs=1e-3)
    assert profile.parameters["max_diameter_mm"] == pytest.approx(40)
    assert profile.parameters["min_diameter_mm"] == pytest.approx(18)
    assert profile.parameters["steps"] == 3
    axis, expected = np.array(profile.parameters["axis"]), np.array(odd_direction(0, 0, 1))
    assert abs(axis @ expected) == pytest.approx(1, abs=1e-9)


def journals(bar, wide=24.0):
    """A bar 90 long with a journal turned at each end, ⌀20 × 30."""
    shaft = bar.extrude(90).faces(">Z").workplane().circle(wide / 2 - 2).extrude(30)
    return shaft.faces("<Z").workplane().circle(wide / 2 - 2).extrude(30)


@pytest.mark.parametrize("sides", [6, 8])
def test_a_shaft_turned_at_the_ends_of_drawn_bar_has_a_turned_profile(sides):
    across_corners = 24 / math.cos(math.pi / sides)
    shaft = journals(cq.Workplane().polygon(sides, across_corners))
    (profile,) = found(shaft, "turned_profile")
    assert abs(np.array(profile.parameters["axis"]) @ odd_direction(0, 0, 1)) == pytest.approx(1)
    assert profile.parameters["length_mm"] == pytest.approx(150)
    assert profile.parameters["max_diameter_mm"] == pytest.approx(20)
    assert not found(shaft, "boss")


def test_a_rectangular_bar_with_journals_is_no_bar_of_a_lathe():
    assert not found(journals(cq.Workplane().rect(24, 26)), "turned_profile")


def test_a_block_with_a_big_bore_was_not_turned():
    assert not found(block().faces(">Z").workplane().hole(40), "turned_profile")


def tooth_points(teeth, module):
    """A plain trapezoidal gear outline: right proportions, straight flanks."""
    tip, root = module * (teeth + 2) / 2, module * (teeth - 2.5) / 2
    points = []
    for tooth in range(teeth):
        middle, pitch = 2 * math.pi * tooth / teeth, 2 * math.pi / teeth
        for radius, share in ((root, -0.33), (tip, -0.17), (tip, 0.17), (root, 0.33)):
            angle = middle + share * pitch
            points.append((radius * math.cos(angle), radius * math.sin(angle)))
    return points


def test_a_gears_teeth_are_counted_and_its_module_measured():
    gear = cq.Workplane().polyline(tooth_points(23, 2.5)).close().extrude(18)
    (found_gear,) = found(gear, "gear")
    assert (found_gear.kind, found_gear.parameters["teeth"]) == ("spur", 23)
    assert found_gear.parameters["module_mm"] == pytest.approx(2.5, rel=0.01)
    assert found_gear.parameters["face_width_mm"] == pytest.approx(18, abs=1e-3)


def test_cooling_fins_are_no_rack():
    shape = block(x=120)
    for i in range(8):
        shape = shape.cut(cq.Workplane("XY", origin=(-49 + 14 * i, 0, 30)).rect(7, 80).extrude(-15))
    assert not found(shape, "gear")


def test_a_plain_block_is_explained_and_has_no_feature():
    recognition = recognise(part_of(block()))
    assert (recognition.features, recognition.explained.share) == ((), pytest.approx(1.0))
    assert recognition.explained.unexplained == ()


def test_a_freeform_side_is_not_explained():
    spline = cq.Workplane().moveTo(0, 0).lineTo(60, 0).lineTo(60, 30)
    shape = spline.spline([(45, 38), (30, 24), (15, 36), (0, 30)], includeCurrent=True).close()
    part = part_of(shape.extrude(40))
    wavy = part.topology.faces["kind"] > 4
    expected = 1 - part.topology.faces["area_mm2"][wavy].sum() / part.mass.area_mm2
    explained = recognise(part).explained
    assert explained.share == pytest.approx(expected, rel=1e-6)
    assert explained.freeform_share == pytest.approx(1 - expected, rel=1e-6)
    assert explained.unexplained == tuple(np.flatnonzero(wavy))


def test_planes_inside_the_hull_that_no_feature_holds_are_left_unexplained(monkeypatch):
    monkeypatch.setattr(way, "FAMILIES", ())
    notched = part_of(block(60, 40, 30).cut(block(20, 40, 10).translate((20, 0, 20))))
    explained = recognise(notched).explained
    floor_and_wall = 20 * 40 + 10 * 40
    assert explained.share == pytest.approx(1 - floor_and_wall / notched.mass.area_mm2, rel=1e-6)
    assert len(explained.unexplained) == 2


def test_a_family_that_fails_is_named_and_the_rest_goes_on(monkeypatch):
    def _broken(_findings):
        raise ValueError("odd geometry")

    monkeypatch.delenv(STRICT_VARIABLE)
    monkeypatch.setattr(way, "FAMILIES", (_broken, *way.FAMILIES))
    recognition = recognise(part_of(block().faces(">Z").workplane().hole(9)))
    assert [w.values["family"] for w in recognition.warnings] == ["broken"]
    assert [f.type for f in recognition.features] == ["hole"]
