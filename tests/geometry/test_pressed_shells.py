"""Shells drawn from sheet are told by their two sides, however the draw has thinned them."""

from __future__ import annotations

import cadquery as cq
import pytest
from shapes import part_of

from geometry.features.recognition import recognise
from geometry.fields.fields import Fields
from geometry.materials import find
from geometry.processes.registry import measure_all
from geometry.processes.rules import default_rules
from geometry.processes.skins import find_skins
from geometry.processes.suitability import Conditions, judge


def judged(shape) -> dict[str, float]:
    """Suitability by process of a drawn shape by geometry alone, best first."""
    part = part_of(shape)
    recognition = recognise(part)
    measured = measure_all(part, recognition, recognition.sheet)
    return {
        each.process: each.suitability
        for each in judge(measured.facts, Conditions(), default_rules())
    }


def first(shape) -> str:
    return next(iter(judged(shape)))


def cup(floor_mm: float, wall_mm: float):
    """A cup of 50 mm outside and 30 mm high, rounded by 4 mm inside."""
    inner = 25 - wall_mm
    points = cq.Workplane("XZ").moveTo(0, 0).lineTo(25 - 4 - wall_mm, 0)
    outside = points.threePointArc(
        (25 - (4 + wall_mm) * (1 - 0.5**0.5), (4 + wall_mm) * (1 - 0.5**0.5)), (25, 4 + wall_mm)
    ).lineTo(25, 30)
    inside = outside.lineTo(inner, 30).lineTo(inner, floor_mm + 4)
    arc = inside.threePointArc(
        (inner - 4 * (1 - 0.5**0.5), floor_mm + 4 * (1 - 0.5**0.5)), (inner - 4, floor_mm)
    )
    return arc.lineTo(0, floor_mm).close().revolve(360, (0, 0, 0), (0, 1, 0))


def disc_spring(outside_mm: float, inside_mm: float, t_mm: float, height_mm: float):
    """A conical disc whose rims are parallel to its axis; height: of the cone alone."""
    low, high = inside_mm / 2, outside_mm / 2
    points = [(low, height_mm), (high, 0), (high, t_mm), (low, height_mm + t_mm)]
    return cq.Workplane("XZ").polyline(points).close().revolve(360, (0, 0, 0), (0, 1, 0))


def pan(draft_deg: float):
    """A rounded pan of 1.5 mm whose walls lean."""
    block = cq.Workplane().rect(220, 140).extrude(50, taper=draft_deg)
    block = block.edges("not #Z").edges("not |X").edges("not |Y").fillet(25)
    return block.faces(">Z").edges().fillet(12).faces("<Z").shell(-1.5)


@pytest.mark.parametrize("wall_mm", [1.2, 1.04])  # as thick as the floor, and an eighth thinner
def test_a_cup_is_drawn_whether_or_not_its_wall_was_thinned(wall_mm):
    assert first(cup(1.2, wall_mm)) == "stamping"


def test_a_cup_with_ribs_inside_is_not_drawn():
    ribbed = cup(1.2, 1.04)
    for angle in (0, 60, 120):
        rib = cq.Workplane(origin=(0, 0, 0.6)).rect(46, 1.1).extrude(12)
        ribbed = ribbed.union(rib.rotate((0, 0, 0), (0, 0, 1), angle))
    assert first(ribbed) not in ("stamping", "sheet_metal")


def test_a_cover_with_screw_bosses_inside_is_moulded():
    cover = cq.Workplane().rect(90, 60).extrude(18).edges("|Z").fillet(6)
    cover = cover.faces(">Z").edges().fillet(3).faces("<Z").shell(-1.8)
    corners = [(x, y) for x in (-36, 36) for y in (-22, 22)]
    bosses = cq.Workplane(origin=(0, 0, 1)).pushPoints(corners).circle(3).extrude(16)
    holes = cq.Workplane(origin=(0, 0, 1)).pushPoints(corners).circle(1.3).extrude(15)
    assert first(cover) == "stamping"
    assert first(cover.union(bosses).cut(holes)) == "moulding"


# DIN 2093: B 50 and A 16 (outside and inside diameter, thickness, height of the cone)
@pytest.mark.parametrize("sizes", [(50, 25.4, 2, 1.4), (16, 8.2, 0.9, 0.35)])
def test_a_disc_spring_is_pressed(sizes):
    assert first(disc_spring(*sizes)) == "stamping"


def test_a_piece_of_tube_is_no_drawn_shell_however_thin():
    tube = cq.Workplane().circle(20).circle(19).extrude(60)
    assert first(tube) not in ("stamping", "sheet_metal")


def test_a_thin_elbow_lies_in_two_layers_and_is_not_drawn():
    elbow = cq.Workplane().circle(20).circle(18.5).revolve(60, (80, 0, 0), (80, 1, 0))
    assert judged(elbow)["stamping"] < 35


def test_walls_that_lean_more_than_moulds_ask_for_leave_a_pan_drawn():
    # moulded walls lean by 0.5 to 3 degrees
    assert judged(pan(7))["stamping"] > judged(pan(2))["stamping"]
    assert first(pan(7)) == "stamping"


def test_a_shell_lies_between_two_sides_of_its_thickness():
    skins = find_skins(Fields(part_of(cup(1.2, 1.2))))
    assert skins.thickness_mm == pytest.approx(1.2, rel=0.02)
    assert skins.two_share == pytest.approx(1.0, abs=1e-6)
    assert skins.facing_share == pytest.approx(1.0, abs=0.01)
    assert skins.enclosed_share == pytest.approx(1.0, abs=0.02)


def ribbed_plate(rib_mm: float):
    """A plate of 100 × 60 × 2 mm with a rib of 2 × 20 mm along its middle."""
    plate = cq.Workplane().rect(100, 60).extrude(2)
    return plate.union(cq.Workplane(origin=(0, 0, 2)).rect(rib_mm, 2).extrude(20))


def test_a_rib_looks_at_its_own_side():
    # 6,000 mm² below and 5,840 above face each other, 3,200 on the rib face themselves
    skins = find_skins(Fields(part_of(ribbed_plate(80))))
    assert skins.facing_share == pytest.approx(11_840 / 15_040, abs=0.02)


def test_a_rib_right_across_parts_the_side_it_stands_on():
    # below 6,000 mm², above and on the rib 4,900 on either hand of it
    skins = find_skins(Fields(part_of(ribbed_plate(100))))
    assert skins.two_share == pytest.approx(10_900 / 15_800, abs=0.01)


def test_a_tight_blend_leads_from_a_side_to_the_same_side():
    # rounds of 0.5 mm in a wall of 3 mm look at no other side, and part none
    hat = cq.Workplane().circle(45).extrude(3)
    hat = hat.union(cq.Workplane().circle(20).extrude(15))
    hat = hat.cut(cq.Workplane().circle(17).extrude(12))
    rounded = hat.edges(cq.selectors.BoxSelector((-21, -21, 2.9), (21, 21, 15.1))).fillet(0.5)
    assert find_skins(Fields(part_of(rounded))).two_share == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize(("outside_mm", "tight"), [(0, 1.0), (1, 1.0), (5, 0.0)])
def test_a_drawn_corner_is_rounded_outside_by_the_punch_and_the_wall(outside_mm, tight):
    hat = cq.Workplane().circle(40).extrude(30)
    hat = hat.faces(">Z").edges().fillet(outside_mm) if outside_mm else hat
    inside = cq.Workplane().circle(38).extrude(28).faces(">Z").edges().fillet(3)
    skins = find_skins(Fields(part_of(hat.cut(inside))))
    assert skins.tight_share == pytest.approx(tight, abs=1e-6)


def test_a_shell_without_a_sheet_model_is_drawn_from_a_blank_of_its_area():
    part = part_of(cup(1.2, 1.04))
    recognition = recognise(part)
    facts = measure_all(part, recognition, recognition.sheet).facts["stamping"]
    # floor of 1.2 mm and wall of 1.04 mm: the blank has the volume of the cup over its thickness
    blank_mm = facts.metrics["blank_diameter_mm"]
    thinnest, thickest = (4 * part.mass.volume_mm3 / 3.14159 / t for t in (1.2, 1.04))
    assert thinnest < blank_mm**2 < 1.2 * thickest  # with what is trimmed off the rim
    assert "draw" in facts.metrics["station_plan"]
    steel = judge({"stamping": facts}, Conditions(material=find("DC01")), default_rules())[0]
    assert steel.metrics["press_kn"] > 0


def sharp_can(height_mm: float, wall_mm: float, taper_deg: float = 0):
    """A can of 60 mm outside with a flat bottom, sharp inside and outside."""
    outside = cq.Workplane().circle(30).extrude(height_mm, taper=taper_deg)
    inner = cq.Workplane(origin=(0, 0, wall_mm)).circle(30 - wall_mm)
    return outside.cut(inner.extrude(height_mm, taper=taper_deg))


# mould and press round their corners alike: drawn without, they tell nothing
@pytest.mark.parametrize("height_mm", [18, 55])
def test_a_can_drawn_with_sharp_corners_is_pressed_all_the_same(height_mm):
    assert first(sharp_can(height_mm, 1.0)) == "stamping"


def test_a_sharp_can_with_drafted_walls_is_moulded():
    assert first(sharp_can(30, 1.6, 1.5)) == "moulding"


def test_a_box_whose_walls_meet_in_sharp_corners_is_no_pressed_shell():
    box = cq.Workplane().rect(60, 40).extrude(20).faces(">Z").shell(-1.6)
    assert first(box) not in ("stamping", "sheet_metal")


def test_no_mould_fills_a_wall_of_a_tenth_of_a_millimetre():
    assert first(sharp_can(6, 0.1)) == "stamping"


def test_a_pan_with_one_sharp_rim_is_drawn_where_its_walls_lean_by_six_degrees():
    # the bottom is rounded by 4 mm inside, the flange stands at the wall without any radius
    pan = cq.Workplane().slot2D(160, 90).extrude(30, taper=6).faces(">Z").edges().fillet(5)
    hollow = cq.Workplane().slot2D(158, 88).extrude(29, taper=6).faces(">Z").edges().fillet(4)
    flange = (
        cq.Workplane().slot2D(190, 120).extrude(1).cut(cq.Workplane().slot2D(158, 88).extrude(1))
    )
    assert first(pan.cut(hollow).union(flange)) == "stamping"


def test_a_clip_whose_wall_varies_by_a_tenth_is_bent_of_strip_and_no_profile():
    # 0.6 mm strip round a fuse of 6.3 mm: arcs through points, not about one centre
    right = cq.Workplane("XZ").moveTo(-3.6, 9.5).lineTo(-2.6, 7.2)
    right = right.threePointArc((-3.8, 4), (-1.8, 0)).lineTo(1.8, 0)
    right = right.threePointArc((3.8, 4), (2.6, 7.2)).lineTo(3.6, 9.5)
    left = right.lineTo(3.05, 9.74).lineTo(1.9, 7.1).threePointArc((3.2, 4), (1.5, 0.6))
    left = left.lineTo(-1.5, 0.6).threePointArc((-3.2, 4), (-1.9, 7.1)).lineTo(-3.05, 9.74)
    assert first(left.close().extrude(7)) in ("sheet_metal", "stamping")


def bottle(neck_mm: float):
    """A bottle of 0.6 mm, 60 mm wide and 80 mm high, with a neck of this width."""
    body = cq.Workplane().circle(30).extrude(60).edges(">Z").fillet(8).edges("<Z").fillet(3)
    body = body.union(cq.Workplane(origin=(0, 0, 60)).circle(neck_mm / 2).extrude(20))
    return body.faces(">Z").shell(-0.6)


def test_no_punch_reaches_into_a_bottle():
    assert first(bottle(18)) not in ("stamping", "sheet_metal")


def sleeve(bore_mm: float, wall_mm: float):
    """A sleeve with a flange, all of one thickness and sharp."""
    inner, outer = bore_mm / 2, bore_mm / 2 + wall_mm
    points = [(inner, 0), (1.6 * outer, 0), (1.6 * outer, wall_mm), (outer, wall_mm)]
    points += [(outer, 1.5 * bore_mm), (inner, 1.5 * bore_mm)]
    return cq.Workplane("XZ").polyline(points).close().revolve(360, (0, 0, 0), (0, 1, 0))


@pytest.mark.parametrize(("bore_mm", "wall_mm"), [(16, 3), (12, 2.2)])
def test_a_bush_of_one_thickness_is_too_narrow_for_a_punch(bore_mm, wall_mm):
    assert first(sleeve(bore_mm, wall_mm)) == "turning"


@pytest.mark.parametrize(("wall_mm", "process"), [(0.9, "stamping"), (2.4, "moulding")])
def test_walls_that_lean_as_a_mould_asks_tell_a_moulding_where_they_are_as_thick(wall_mm, process):
    radius = 6
    outer = cq.Workplane().rect(120, 80).extrude(30, taper=2)
    outer = outer.edges("not(<Z or >Z or #Z)").fillet(14).faces(">Z").edges().fillet(radius)
    assert first(outer.faces("<Z").shell(-wall_mm)) == process


def squeezed_tube():
    """A tube of 3 mm that goes over from 50 × 40 mm to 64 × 24 mm, both rounded."""

    def filled(grown_mm: float):
        foot, top = (
            cq.Sketch().rect(x - 2 * grown_mm, y - 2 * grown_mm).vertices().fillet(r - grown_mm)
            for x, y, r in ((50, 40, 12), (64, 24, 6))
        )
        above = cq.Location(cq.Vector(0, 0, 110))
        body = cq.Workplane().placeSketch(foot, top.moved(above)).loft()
        return body.union(cq.Workplane().placeSketch(foot).extrude(-40))

    return filled(0).cut(filled(3))


def test_no_redraw_reaches_as_far_as_a_long_tube():
    found = judged(squeezed_tube())
    assert next(iter(found)) == "moulding"
    assert found["stamping"] < 40
