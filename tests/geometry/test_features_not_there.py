"""Places that look like a cut, a round or a chamfer and are none, on shapes drawn at odd angles."""

import math

import cadquery as cq
import pytest
from shapes import part_of
from sheet_shapes import strip

from geometry.features.recognition import recognise


def features(shape):
    """All features of a drawn shape."""
    return recognise(part_of(shape)).features


def found(shape, kind):
    """Features of one type in a drawn shape."""
    return [f for f in features(shape) if f.type == kind]


def revolved(*points):
    """A closed meridian (radius, height) turned about z."""
    return cq.Workplane("XZ").polyline(points).close().revolve(360, (0, 0), (0, 1))


def test_a_ring_recess_with_slanted_sides_is_a_groove_of_the_face():
    """From radius 6.5 to 9.25 at the mouth, 0.25 deep, sides at 45°, as a bearing has."""
    ring = revolved((4, 0), (11, 0), (11, 7), (9.25, 7), (9, 6.75), (6.75, 6.75), (6.5, 7), (4, 7))
    told = features(ring)
    (groove,) = (f for f in told if f.type == "groove")
    assert groove.kind == "face"
    assert groove.parameters["width_mm"] == pytest.approx(2.75)
    assert groove.parameters["depth_mm"] == pytest.approx(0.25)
    assert groove.parameters["diameter_mm"] == pytest.approx(18.5)
    assert [f.parameters["diameter_mm"] for f in told if f.type == "hole"] == [pytest.approx(8)]


def test_the_drafted_web_of_a_wheel_is_no_hole():
    """Recessed by 20 on one side between a hub of radius 20 and a rim of radius 70 to 80."""
    wheel = revolved((10, 0), (80, 0), (80, 40), (72, 40), (70, 20), (22, 20), (20, 40), (10, 40))
    assert [f.parameters["diameter_mm"] for f in found(wheel, "hole")] == [pytest.approx(20)]
    assert not found(wheel, "pocket")


def curved_arm():
    """Two hubs and an arm between with sides along splines, every edge of it rounded by 2."""
    side = [(-5, 9), (25, 13), (60, 8), (95, 8)]
    other = [(95, -8), (60, -3), (25, 2), (-5, -9)]
    arm = (
        cq.Workplane("XY", origin=(0, 0, 10)).moveTo(*side[0]).spline(side[1:], includeCurrent=True)
    )
    arm = arm.lineTo(*other[0]).spline(other[1:], includeCurrent=True).close().extrude(16)
    arm = arm.edges("%BSPLINE").fillet(2)
    hubs = cq.Workplane().circle(18).extrude(36)
    hubs = hubs.union(cq.Workplane("XY", origin=(95, 0, 0)).circle(13).extrude(36))
    body = hubs.union(arm)
    for x, radius in ((0, 10), (95, 6)):
        body = body.cut(cq.Workplane("XY", origin=(x, 0, 0)).circle(radius).extrude(36))
    return body


def test_the_side_of_an_arm_between_rounds_is_no_round_itself():
    told = features(curved_arm())
    rounds = [f for f in told if f.type == "fillet"]
    assert rounds
    for one in rounds:
        assert one.parameters["radius_mm"] == pytest.approx(2, rel=0.02)
        assert one.parameters.get("radius_max_mm", 2) < 2.5
    assert not [f for f in told if f.type in ("pocket", "slot", "step")]


def test_an_arm_that_rounds_lead_up_to_a_hub_leaves_no_pocket_beside_it():
    """A web of 60 × 12 × 10 stands against a hub, the corner between them rounded by 3."""
    hub = cq.Workplane().circle(20).extrude(30)
    web = cq.Workplane("XY", origin=(45, 0, 10)).rect(60, 12).extrude(10)
    body = hub.union(web)
    body = body.edges(cq.selectors.BoxSelector((10, -10, 9), (21, 10, 21))).fillet(3)
    told = features(body)
    assert [f for f in told if f.type == "fillet" and f.kind == "internal"]
    assert not [f for f in told if f.type in ("pocket", "slot", "step")]


def test_a_window_with_a_jutting_arc_is_a_passage_though_its_rims_are_broken():
    """Between radius 20 and 42 over 50°, its corners rounded by 5, in a web with hub and rim."""
    disc = revolved((8, -4), (60, -4), (60, 16), (50, 16), (50, 12), (15, 12), (15, 16), (8, 16))
    turn = [math.radians(a) for a in (0, 25, 50)]
    inner, outer = ([(r * math.cos(a), r * math.sin(a)) for a in turn] for r in (20, 42))
    window = cq.Workplane("XY", origin=(0, 0, -4)).moveTo(*inner[0]).lineTo(*outer[0])
    window = window.threePointArc(*outer[1:]).lineTo(*inner[2]).threePointArc(inner[1], inner[0])
    window = window.close().extrude(16).edges("|Z").fillet(5)
    plate = disc.cut(window)
    rims = [e for e in plate.edges().vals() if 20 < math.hypot(*e.Center().toTuple()[:2]) < 42]
    rims = [e for e in rims if min(abs(e.Center().z + 4), abs(e.Center().z - 12)) < 1e-6]
    plate = plate.newObject(rims).chamfer(0.6)
    (passage,) = (f for f in features(plate) if f.type in ("pocket", "slot", "step"))
    assert (passage.type, passage.kind) == ("pocket", "through")


def test_the_outline_of_a_bent_part_has_no_steps():
    """An angle of 2 mm sheet; its one leg goes on half the thickness aside, then widens by 15."""
    angle = cq.Workplane(obj=strip([30, 30], [(90, 2)], 2.0, 40.0))
    tab = [(28, 20), (50, 20), (50, 55), (38, 55), (38, 40), (28, 40)]
    tab = cq.Workplane("YZ", origin=(33, 0, 0)).polyline(tab).close().extrude(2)
    told = features(angle.union(tab))
    assert len([f for f in told if f.type == "bend"]) == 1
    assert not [f for f in told if f.type in ("pocket", "slot", "step")]


def test_a_boss_on_the_end_of_a_crank_stands_out_and_nothing_is_turned():
    """A web 19 thick with round ends of radius 30 and 14; about the larger a boss of 24.5 × 30."""
    web = cq.Sketch().push([(0, 0)]).circle(30).reset().push([(60, 0)]).circle(14).reset().hull()
    crank = cq.Workplane().placeSketch(web).extrude(19)
    crank = crank.union(cq.Workplane("XY", origin=(0, 0, 19)).circle(12.25).extrude(30))
    crank = crank.cut(cq.Workplane("XY", origin=(60, 0, 0)).circle(9.75).extrude(19))
    told = features(crank)
    (boss,) = (f for f in told if f.type == "boss")
    assert boss.parameters["diameter_mm"] == pytest.approx(24.5)
    assert boss.parameters["height_mm"] == pytest.approx(30)
    assert not [f for f in told if f.type == "turned_profile"]


def test_a_lever_between_hubs_is_explained():
    """An arm 10 thick amid two hubs 26 thick: nothing was cut away beside them."""
    arm = cq.Workplane("XY", origin=(40, 0, 8)).box(80, 18, 10, centered=(True, True, False))
    lever = arm.union(cq.Workplane().circle(17).extrude(26))
    lever = lever.union(cq.Workplane("XY", origin=(80, 0, 0)).circle(12).extrude(26))
    lever = lever.cut(cq.Workplane().circle(8.1).extrude(26))
    assert recognise(part_of(lever)).explained.share > 0.99


def test_the_plane_that_a_bored_boss_stands_on_is_explained():
    plate = cq.Workplane().box(90, 60, 10, centered=(True, True, False))
    plate = plate.union(cq.Workplane("XY", origin=(-20, 0, 10)).circle(11).extrude(12))
    plate = plate.union(cq.Workplane("XY", origin=(25, 0, 10)).circle(9).extrude(20))
    plate = plate.cut(cq.Workplane("XY", origin=(25, 0, 0)).circle(4).extrude(40))
    assert recognise(part_of(plate)).explained.share > 0.99


def notched(radius, bore, thick, floor, width, count):
    """A disc with slots along its axis all round its rim."""
    disc = cq.Workplane().circle(radius).circle(bore).extrude(thick)
    for i in range(count):
        slot = cq.Workplane().box(20, width, thick, centered=(False, True, False))
        slot = slot.translate((floor, 0, 0)).rotate((0, 0, 0), (0, 0, 1), 360 * i / count)
        disc = disc.cut(slot)
    return disc


def test_a_notched_nut_is_turned_and_its_notches_are_as_deep_as_below_the_crown():
    """DIN 1804: 62 × 11 with four notches 6 wide and 3 deep, measured as t1 of a keyway is."""
    told = features(notched(31, 21.75, 11, 28, 6, 4))
    (profile,) = (f for f in told if f.type == "turned_profile")
    assert profile.parameters["max_diameter_mm"] == pytest.approx(62)
    slots = [f for f in told if f.type == "slot"]
    assert [f.parameters["depth_mm"] for f in slots] == [pytest.approx(3)] * 4


def test_a_splined_shaft_is_turned_and_has_no_ribs():
    """Six splines 7 wide, 28 to 34, 50 long, on a shaft that goes on with 30 (ISO 14)."""
    shaft = cq.Workplane().circle(14).extrude(50)
    for i in range(6):
        key = cq.Workplane().box(17, 7, 50, centered=(False, True, False))
        shaft = shaft.union(key.rotate((0, 0, 0), (0, 0, 1), 60 * i))
    shaft = shaft.intersect(cq.Workplane().circle(17).extrude(90))
    shaft = shaft.union(cq.Workplane("XY", origin=(0, 0, 50)).circle(15).extrude(40))
    told = features(shaft)
    (profile,) = (f for f in told if f.type == "turned_profile")
    assert profile.parameters["max_diameter_mm"] == pytest.approx(34)
    assert not [f for f in told if f.type in ("rib", "boss")]
    assert len([f for f in told if f.type == "slot"]) == 6


def test_ribs_that_enclose_cells_of_their_floor_are_as_many_as_cross():
    """A grid of three ribs by two, 2 thick and 9 high, on a plate of 140 × 110."""
    plate = cq.Workplane().box(140, 110, 3, centered=(True, True, False))
    for y in (-30, 0, 30):
        plate = plate.union(cq.Workplane("XY", origin=(0, y, 3)).rect(112, 2).extrude(9))
    for x in (-35, 35):
        plate = plate.union(cq.Workplane("XY", origin=(x, 0, 3)).rect(2, 82).extrude(9))
    told = features(plate)
    lengths = sorted(f.parameters["length_mm"] for f in told if f.type == "rib")
    assert lengths == pytest.approx([82, 82, 112, 112, 112])
    assert not [f for f in told if f.type == "boss"]


def test_a_pocket_with_a_sloping_floor_opens_along_its_walls():
    """A pocket of 50 × 40 whose floor falls from 8 to 20 deep."""
    block = cq.Workplane("XZ").rect(99, 84).extrude(63)
    wedge = cq.Workplane("XZ", origin=(0, -11, 0)).moveTo(-25, 42).lineTo(25, 42)
    wedge = wedge.lineTo(25, 34).lineTo(-25, 22).close().extrude(40)
    (pocket,) = found(block.cut(wedge), "pocket")
    assert pocket.parameters["depth_mm"] == pytest.approx(20)
    assert pocket.parameters["length_mm"] == pytest.approx(50)
    assert pocket.parameters["width_mm"] == pytest.approx(40)


def test_a_bore_that_ends_in_a_balls_seat_has_a_round_bottom():
    """A bore of 34 with a flat rim about a spherical seat of radius 15."""
    body = cq.Workplane().circle(25).extrude(50)
    body = body.cut(cq.Workplane("XY", origin=(0, 0, 25)).circle(17).extrude(25))
    body = body.cut(cq.Workplane("XY", origin=(0, 0, 25)).sphere(15))
    (hole,) = found(body, "hole")
    assert hole.parameters["bottom"] == "round"
    assert hole.parameters["depth_mm"] == pytest.approx(25)


def test_a_cylinder_with_fins_is_no_drawn_sheet_and_its_bolts_go_through_all_of_them():
    """A tube of 50 / 64, 74 long, with nine fins 120 × 120 × 2 every 7 mm and four bolt holes."""
    body = cq.Workplane().circle(32).extrude(74)
    for level in range(9):
        fin = cq.Workplane("XY", origin=(0, 0, 8 + 7 * level)).rect(120, 120).extrude(2)
        body = body.union(fin)
    body = body.cut(cq.Workplane().circle(25).extrude(74))
    body = body.cut(
        cq.Workplane().rect(90, 90, forConstruction=True).vertices().circle(4.5).extrude(74)
    )
    told = features(body)
    assert not [f for f in told if f.type in ("form", "cutout")]
    holes = [f.parameters for f in told if f.type == "hole"]
    assert sorted(h["diameter_mm"] for h in holes) == pytest.approx([9, 9, 9, 9, 50])
    assert [h["depth_mm"] for h in holes if h["diameter_mm"] < 10] == [pytest.approx(58)] * 4
    grooves = [f.parameters for f in told if f.type == "groove"]
    assert [g["width_mm"] for g in grooves] == [pytest.approx(5)] * 8


@pytest.mark.parametrize(("long", "bends"), [(45, ["roll"]), (9, [])], ids=["pin", "collar"])
def test_a_slotted_spring_pin_is_rolled_of_strip_and_a_slit_collar_is_not(long, bends):
    """ISO 8752, ⌀10: 10.5 outside, of strip 2 thick; as short as a collar it is bored."""
    pin = cq.Workplane().circle(5.25).circle(3.25).extrude(long)
    pin = pin.cut(cq.Workplane("XY", origin=(4, 0, 0)).rect(8, 1.2).extrude(long))
    told = features(pin)
    assert [f.kind for f in told if f.type == "bend"] == bends
    assert bool([f for f in told if f.type == "hole"]) == (not bends)


def test_a_gusset_is_measured_along_its_legs():
    """In the corner of an angle 10 thick: 24 up the wall, 36 along the wider floor, 4 thick."""
    angle = cq.Workplane("XZ").polyline([(0, 0), (90, 0), (90, 10), (10, 10), (10, 60), (0, 60)])
    angle = angle.close().extrude(50)
    gusset = cq.Workplane("XZ", origin=(0, -20, 0)).polyline([(10, 10), (46, 10), (10, 34)])
    (rib,) = found(angle.union(gusset.close().extrude(4)), "rib")
    assert rib.parameters["thickness_mm"] == pytest.approx(4)
    assert rib.parameters["height_mm"] == pytest.approx(24)
    assert rib.parameters["length_mm"] == pytest.approx(36)


def test_the_corners_between_the_arms_of_a_star_are_no_steps():
    """Four arms with round ends, 8 wide, 40 long; the corners between them rounded by 2."""
    star = cq.Workplane().slot2D(80, 8).extrude(4)
    star = star.union(cq.Workplane().transformed(rotate=(0, 0, 90)).slot2D(80, 8).extrude(4))
    corners = cq.selectors.BoxSelector((-5, -5, -1), (5, 5, 5))
    star = star.edges("|Z").edges(corners).fillet(2)
    assert {f.type for f in features(star)} <= {"fillet", "pattern"}


def test_the_bore_of_a_wheels_hub_has_no_counterbore_as_wide_as_the_wheel():
    """A web between a rim of 89 and a hub of 44 that stands as high; four holes through the web."""
    wheel = revolved((8, 0), (22, 0), (22, -9), (8, -9))
    wheel = wheel.union(revolved((8, 0), (50, 0), (50, -9), (44.5, -9), (44.5, -3), (8, -3)))
    wheel = wheel.cut(
        cq.Workplane("XY", origin=(0, 0, -3)).polarArray(33, 0, 360, 4).circle(5).extrude(3)
    )
    told = features(wheel)
    holes = [f.parameters for f in told if f.type == "hole"]
    assert sorted(h["diameter_mm"] for h in holes) == pytest.approx([10, 10, 10, 10, 16])
    assert not any("counterbore" in h for h in holes)
    (groove,) = (f for f in told if f.type == "groove")
    assert groove.parameters["width_mm"] == pytest.approx(22.5)
    assert groove.parameters["depth_mm"] == pytest.approx(6)


def test_a_shallow_step_about_a_hub_is_no_round_pocket():
    """0.1 deep to a diameter of 28 about a hub of 26 that stands 5 high: the lathe made both."""
    body = revolved((3, 0), (30, 0), (30, 10), (14, 10), (14, 9.9), (13, 9.9), (13, 15), (3, 15))
    assert not [f for f in features(body) if f.type == "pocket"]


def test_a_hexagon_on_a_turned_collar_stands_on_it():
    """A wheel nut: a conical seat of 19 to 27, 4 high, and a hexagon of 17 that is 20 high."""
    nut = revolved((0, 0), (9.5, 0), (13.5, 4), (0, 4))
    nut = nut.union(cq.Workplane("XY", origin=(0, 0, 4)).polygon(6, 17 / 0.8660254).extrude(20))
    nut = nut.cut(cq.Workplane().circle(5).extrude(24))
    (boss,) = found(nut, "boss")
    assert boss.parameters["height_mm"] == pytest.approx(20)
    assert recognise(part_of(nut)).explained.share > 0.99


@pytest.mark.parametrize("corner", [3.0, 1.0])
def test_a_cast_box_with_a_port_is_not_bent_of_sheet(corner):
    """Round corners inside and out, as no sheet keeps its thickness in, and a sharp floor."""
    outside = cq.Workplane().box(90, 70, 40).edges("|Z").fillet(6.4)
    inside = cq.Workplane().box(78.4, 58.4, 40).edges("|Z").fillet(corner)
    port = cq.Workplane("YZ", origin=(44, 0, 0)).circle(12).extrude(10)
    bore = cq.Workplane("YZ", origin=(30, 0, 0)).circle(9).extrude(30)
    told = features(outside.cut(inside.translate((0, 0, 5.8))).union(port).cut(bore))
    assert not [f for f in told if f.type in ("bend", "flange", "form")]
    (pocket,) = (f for f in told if f.type == "pocket")
    assert pocket.parameters["depth_mm"] == pytest.approx(34.2)
    (boss,) = (f for f in told if f.type == "boss")
    assert boss.parameters["height_mm"] == pytest.approx(9)


@pytest.mark.parametrize("collar_mm", [1.7, 1.8])
def test_a_hub_of_a_turned_disc_is_no_louvre_however_its_triangles_lie(collar_mm):
    bore = [(1.7, -collar_mm), (1.7, 0.9), (0.85, 0.9), (0.85, 1.3), (1.8, 1.3), (1.8, 2.4)]
    outside = [(2.8, 2.4), (2.8, 1.5), (9.35, 1.5), (9.35, 0), (2.9, 0), (2.9, -collar_mm)]
    disc = cq.Workplane("XZ").polyline([*bore, *outside]).close()
    disc = disc.revolve(360, (0, 0, 0), (0, 1, 0))
    disc = disc.edges(cq.selectors.BoxSelector((-3, -3, 2.3), (3, 3, 2.5))).fillet(0.4)
    assert not [f for f in recognise(part_of(disc)).features if f.type == "form"]
