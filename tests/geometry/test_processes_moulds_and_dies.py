"""Castings, forgings, mouldings and milled parts: told apart by size, draft, corners and ribs."""

from __future__ import annotations

import cadquery as cq
import pytest
from shapes import part_of, subject_of

from geometry.features.recognition import recognise
from geometry.materials import find
from geometry.processes.actions import Action
from geometry.processes.casting import few_actions
from geometry.processes.registry import measure_all
from geometry.processes.rules import default_rules
from geometry.processes.suitability import Conditions, judge


def facts_of(shape):
    """What every process measures on a drawn shape, turned to an odd angle."""
    part = part_of(shape.rotate((0, 0, 0), (1, 2, 3), 37))
    recognition = recognise(part)
    return measure_all(part, recognition, recognition.sheet).facts


def points_of(shape, material=None) -> dict[str, float]:
    """Suitability by process, best first."""
    judged = judge(facts_of(shape), Conditions(material=material), default_rules())
    return {each.process: each.suitability for each in judged}


def best_of(shape) -> str:
    return next(iter(points_of(shape)))


def lever(length_mm: float, eye_mm: float, half_mm: float, draft_deg: float):
    """A rod between two round eyes, both halves drafted from the middle, edges rounded; bored."""
    small = 0.6 * eye_mm
    half = cq.Workplane().circle(eye_mm / 2).extrude(half_mm, taper=draft_deg)
    half = half.union(
        cq.Workplane().center(length_mm, 0).circle(small / 2).extrude(half_mm, taper=draft_deg)
    )
    shank = cq.Workplane().center(length_mm / 2, 0).rect(length_mm, 0.5 * eye_mm)
    half = half.union(shank.extrude(0.8 * half_mm, taper=draft_deg))
    half = half.edges(">Z").fillet(0.12 * half_mm)
    whole = half.union(half.mirror("XY"))
    for x, bore in ((0, 0.6 * eye_mm), (length_mm, 0.5 * small)):
        whole = whole.cut(cq.Workplane().center(x, 0).circle(bore / 2).extrude(99, both=True))
    return whole


def header(wall_mm: float, cavities: int = 8):
    """A plastic housing of contacts: square cavities without any radius."""
    pitch = 3 + wall_mm
    long, wide = cavities * pitch + wall_mm, 2 * pitch + wall_mm
    body = cq.Workplane().box(long, wide, 14)
    places = cq.Workplane(origin=(0, 0, 7)).rarray(pitch, pitch, cavities, 2)
    return body.cut(places.rect(3, 3).extrude(-12))


def pocketed(radius_mm: float):
    """A solid plate with a pocket and a square window, their corners rounded or not."""
    pocket = cq.Workplane().box(70, 40, 20)
    window = cq.Workplane().box(20, 20, 90).translate((-46, 0, 0))
    if radius_mm:
        pocket, window = (each.edges("|Z").fillet(radius_mm) for each in (pocket, window))
    plate = cq.Workplane().box(130, 80, 18)
    return plate.cut(pocket.translate((8, 0, 10))).cut(window)


def disc(ribs: int):
    """A shallow turned cup on a hub, with ribs from hub to rim or without."""
    profile = [(0, 0), (40, 0), (40, 26), (36, 26), (36, 5), (14, 5), (14, 26), (0, 26)]
    body = cq.Workplane("XZ").polyline(profile).close().revolve(360, (0, 0, 0), (0, 1, 0))
    for number in range(ribs):
        rib = cq.Workplane().box(24, 1.6, 16).translate((25, 0, 12))
        body = body.union(rib.rotate((0, 0, 0), (0, 0, 1), 360 / ribs * number))
    return body


@pytest.mark.parametrize("wall_mm", [1.0, 1.8])
def test_square_cavities_without_radius_are_moulded(wall_mm):
    assert best_of(header(wall_mm)) == "moulding"


def test_sharp_corners_along_the_tool_brake_milling_but_leave_a_solid_plate_milled():
    sharp, rounded = points_of(pocketed(0)), points_of(pocketed(6))
    assert next(iter(sharp)) == next(iter(rounded)) == "milling"
    assert sharp["milling"] < 0.8 * rounded["milling"]


@pytest.mark.parametrize(
    ("length_mm", "eye_mm", "half_mm"), [(90, 40, 9), (160, 60, 13), (280, 80, 18)]
)
def test_a_rod_with_steep_draft_on_both_sides_of_its_middle_is_forged(length_mm, eye_mm, half_mm):
    assert best_of(lever(length_mm, eye_mm, half_mm, 6)) == "forging"


def test_the_same_rod_with_the_draft_of_a_foundry_is_cast():
    assert best_of(lever(160, 60, 13, 1.5)).endswith("casting")


@pytest.mark.parametrize(("wall_mm", "forged"), [(3, False), (14, True)])
def test_a_tray_on_both_sides_of_its_web_is_forged_only_where_it_is_solid(wall_mm, forged):
    frame = cq.Workplane()
    for up in (1, -1):
        outside = cq.Workplane().rect(130, 90).extrude(25 * up, taper=6)
        inside = cq.Workplane(origin=(0, 0, wall_mm / 2 * up))
        inside = inside.rect(120 - 2 * wall_mm, 80 - 2 * wall_mm).extrude(40 * up, taper=-6)
        frame = frame.union(outside.cut(inside))
    judged = judge(facts_of(frame), Conditions(), default_rules())
    terms = {each.process: {term.name for term in each.terms} for each in judged}
    assert ("brake.foundry_draft" in terms["sand_casting"]) == forged


def test_a_metal_that_nobody_forges_is_cast_however_steep_its_walls():
    facts = facts_of(lever(160, 60, 13, 6))
    judged = judge(facts, Conditions(material=find("AlSi9Cu3")), default_rules())
    names = {each.process: {term.name for term in each.terms} for each in judged}
    assert "brake.foundry_draft" not in names["sand_casting"]
    steel = judge(facts, Conditions(material=find("C45")), default_rules())
    names = {each.process: {term.name for term in each.terms} for each in steel}
    assert "brake.foundry_draft" in names["sand_casting"]


@pytest.mark.parametrize("length_mm", [60, 400])
def test_a_rod_is_drafted_all_around_however_long_its_shank(length_mm):
    assert subject_of(lever(length_mm, 40, 10, 4)).drafted_share > 0.4


def test_a_hook_of_round_section_is_forged():
    path = cq.Workplane("XZ").moveTo(0, 90).lineTo(0, 45).threePointArc((45, 0), (0, -45))
    hook = cq.Workplane("XY", origin=(0, 0, 90)).circle(11).sweep(path, transition="round")
    points = points_of(hook)
    assert points["forging"] > max(v for k, v in points.items() if k.endswith("casting"))


def test_a_lever_of_a_few_grams_is_not_cast_in_sand_and_a_large_one_is():
    small, large = (facts_of(lever(50 * k, 22 * k, 5 * k, 1.5)) for k in (1, 4))
    assert small["sand_casting"].fit["size"] == 0
    assert large["sand_casting"].fit["size"] == 1
    judged = judge(small, Conditions(), default_rules())
    assert judged[0].process in ("investment_casting", "die_casting")


def test_walls_without_draft_speak_for_a_lost_pattern_only_where_a_mould_left_traces():
    assert facts_of(pocketed(6))["investment_casting"].fit["intricate"] == 0


def test_ribs_around_a_hub_are_no_lathes():
    plain, ribbed = facts_of(disc(0))["turning"].fit, facts_of(disc(6))["turning"].fit
    assert plain["turned_body"] > 0.9
    assert ribbed["turned_body"] == 0


def test_a_nut_of_octagonal_bar_is_turned():
    nut = cq.Workplane().polygon(8, 15).extrude(6).cut(cq.Workplane().circle(3.3).extrude(6))
    assert best_of(nut) == "turning"


def test_a_forging_heavier_than_250_kg_is_none():
    heavy = lever(1400, 500, 130, 6)  # 0.12 m³, 900 kg of steel
    assert not facts_of(heavy)["forging"].gates["size"]


def test_bar_speaks_less_against_a_forged_blank_than_against_a_casting():
    profile = [(18, 0), (45, 0), (45, 14), (30, 16), (28, 40), (18, 40)]
    flange = cq.Workplane("XZ").polyline(profile).close().revolve(360, (0, 0, 0), (0, 1, 0))
    flange = flange.edges(cq.selectors.BoxSelector((-31, -31, 15), (31, 31, 17))).fillet(5)
    facts = facts_of(flange)
    assert facts["sand_casting"].fit["no_simpler_stock"] < 0.1
    assert facts["forging"].fit["no_simpler_stock"] > 0.3
    assert facts["turning"].fit["turned_body"] > 0.9


def wheel_with_hub(hub_mm: float):
    """A thin disc with a filleted hub, bored."""
    profile = [(0, 0), (75, 0), (75, 6), (hub_mm, 6), (hub_mm, 30), (0, 30)]
    wheel = cq.Workplane("XZ").polyline(profile).close().revolve(360, (0, 0, 0), (0, 1, 0))
    corner = hub_mm + 1
    wheel = wheel.edges(cq.selectors.BoxSelector((-corner, -corner, 5), (corner, corner, 7)))
    return wheel.fillet(5).faces("<Z").workplane().hole(12)


def test_bar_speaks_less_against_a_hollow_casting_than_against_a_lump():
    hollow, lump = (facts_of(wheel_with_hub(hub))["sand_casting"].fit for hub in (16, 60))
    assert hollow["no_simpler_stock"] > lump["no_simpler_stock"] + 0.2


@pytest.mark.parametrize("bore_mm", [0, 16])
def test_a_hole_that_is_drilled_afterwards_makes_no_forging_hollow(bore_mm):
    rod = cq.Workplane("YZ").circle(11).extrude(70).union(cq.Workplane().sphere(22))
    if bore_mm:
        rod = rod.faces(">X").workplane().hole(bore_mm, 60)
    assert subject_of(rod).solid_section == 1


def test_eyes_with_upright_faces_leave_a_shackle_of_round_section_forged():
    path = cq.Workplane().moveTo(-26, -20).lineTo(-26, 30).threePointArc((0, 56), (26, 30))
    bow = cq.Workplane("XZ", origin=(-26, -20, 0)).circle(9).sweep(path.lineTo(26, -20))
    for x in (-35, 17):
        eye = cq.Workplane("YZ", origin=(x, -28, 0)).circle(20).extrude(18)
        bow = bow.union(eye.faces().edges().fillet(2))
    bow = bow.cut(cq.Workplane("YZ", origin=(-50, -28, 0)).circle(10).extrude(100))
    points = points_of(bow)
    assert points["forging"] > max(v for k, v in points.items() if k.endswith("casting"))


def windowed(floor_mm: float):
    """A bar with three pockets whose corners have 7 mm, their floors another radius."""
    bar = cq.Workplane().box(200, 50, 24)
    for x in (-60, 0, 60):
        pocket = cq.Workplane(origin=(x, 0, 12)).rect(46, 36).extrude(-15).edges("|Z").fillet(7)
        bar = bar.cut(pocket.faces("<Z").edges().fillet(floor_mm))
    return bar


def test_pockets_whose_floors_are_rounded_less_than_their_corners_are_a_bull_nosed_cutters():
    assert subject_of(windowed(3)).mould_traces < 0.5
    assert best_of(windowed(3)) == "milling"


def test_pockets_whose_floors_are_rounded_as_their_corners_are_a_moulds():
    assert subject_of(windowed(6.5)).mould_traces > 0.9
    assert best_of(windowed(6.5)).endswith("casting")


def can(bottom_mm: float):
    """A thin-walled can; open at both ends where its bottom has no thickness."""
    inside = cq.Workplane(origin=(0, 0, bottom_mm)).circle(30.2).extrude(80)
    return cq.Workplane().circle(32).extrude(80).cut(inside)


def test_a_closed_thin_shell_is_no_lathes_and_a_sleeve_is():
    assert facts_of(can(1.8))["turning"].fit["turned_body"] < 0.1
    assert facts_of(can(0))["turning"].fit["turned_body"] > 0.9


def test_an_eye_bolt_is_forged():
    ring = cq.Workplane(cq.Solid.makeTorus(28, 9))
    shank = cq.Workplane("YZ", origin=(27, 0, 0)).circle(10).extrude(54)
    collar = cq.Workplane("YZ", origin=(34, 0, 0)).circle(17).extrude(8)
    assert best_of(ring.union(shank).union(collar)) == "forging"


def test_one_thick_wall_of_a_tray_makes_it_no_metal_part():
    tray = cq.Workplane().box(120, 80, 40).cut(cq.Workplane(origin=(2, 0, 2)).box(112, 76, 40))
    assert subject_of(tray).thin_throughout > 0.8


def crankshaft(throw_mm: float):
    """Two journals, webs, and a pin between them that stands off by the throw."""
    webs = cq.Workplane().box(8, 30 + throw_mm, 24).translate((0, throw_mm / 2, 0))
    body = cq.Workplane("YZ", origin=(-60, 0, 0)).circle(9).extrude(50)
    body = body.union(cq.Workplane("YZ", origin=(26, 0, 0)).circle(9).extrude(50))
    body = body.union(cq.Workplane("YZ", origin=(-6, throw_mm, 0)).circle(8).extrude(28))
    return body.union(webs.translate((-6, 0, 0))).union(webs.translate((22, 0, 0)))


def test_a_crank_is_forged_and_cut_all_over_though_no_trace_of_the_dies_is_left():
    points = points_of(crankshaft(30))
    assert "forging" in list(points)[:3]
    assert facts_of(crankshaft(30))["forging"].fit["as_forged"] > 0.3
    assert facts_of(crankshaft(0))["forging"].fit["as_forged"] < 0.2  # its bar holds it as it is


def test_a_crank_is_drawn_as_cut_and_not_held_to_the_draft_of_its_blank():
    for throw_mm in (30, 0):
        forging = facts_of(crankshaft(throw_mm))["forging"]
        asked = {"draft_deg", "inner_radius_mm"}.intersection(
            m.quantity for m in forging.measurements
        )
        as_cut = throw_mm > 0
        assert (not asked) == as_cut
        assert ("drawn_as_cut" in {each.why for each in forging.not_checked}) == as_cut


@pytest.mark.parametrize(("slides", "locked", "lifters", "value"), [
    (4, 0, 9, 1.0),  # a side each; lifters stand inside
    (4, 1, 0, 2 / 3),
    (5, 2, 0, 0.0),
])  # fmt: skip
def test_a_mould_has_four_sides_for_slides_and_not_seven(slides, locked, lifters, value):
    kinds = [*["slide"] * slides, *["locked"] * locked, *["lifter"] * lifters]
    actions = [Action(kind, None, 1.0, (), 1.0) for kind in kinds]
    assert few_actions(actions, "moulding") == pytest.approx(value)


def test_litres_of_chips_speak_against_the_mill_only_where_a_mould_left_its_traces():
    base = cq.Workplane().rect(200, 150).extrude(16)
    wall = cq.Workplane(origin=(0, 70, 16)).rect(200, 16).extrude(120)
    gussets = [
        cq.Workplane("YZ", origin=(x, 0, 0)).polyline([(-60, 16), (62, 16), (62, 120)]).close()
        for x in (-70, -10, 50)
    ]
    bracket = base.union(wall)
    for gusset in gussets:
        bracket = bracket.union(gusset.extrude(14))
    assert facts_of(bracket)["milling"].fit["from_bar"] > 0.5
    inner = cq.selectors.BoxSelector((-99, -74, 15), (99, 63, 135))
    assert facts_of(bracket.edges(inner).fillet(4))["milling"].fit["from_bar"] < 0.5


@pytest.mark.parametrize(("height_mm", "meant_hollow"), [(90, False), (700, True)])
def test_a_drafted_body_thicker_than_any_wall_is_drawn_solid(height_mm, meant_hollow):
    tank = cq.Workplane().circle(height_mm * 0.6).extrude(height_mm, taper=3)
    facts = facts_of(tank.edges().fillet(height_mm * 0.08))
    found = facts["moulding"]
    assert (found.fit["thin_throughout"] > 0) == meant_hollow
    for process in ("milling", "turning"):  # nobody hollows a tank out of a bar of this size
        assert (facts[process].fit["from_bar"] < 1) == meant_hollow
    assert ("drawn_solid" in {each.why for each in found.not_checked}) == meant_hollow
    sections = {"section_mm", "section_ratio"}.intersection(m.quantity for m in found.measurements)
    assert bool(sections) != meant_hollow  # nobody knows the wall that will be made


def test_a_hollow_body_closed_all_around_is_blown_or_rotated_and_cored_where_it_opens():
    tank = cq.Workplane().circle(420).extrude(700, taper=3).edges().fillet(56)
    for drawn, cored in ((tank, False), (tank.faces(">Z").workplane().hole(150, 300), True)):
        facts = facts_of(drawn)
        moulding = facts["moulding"].fit
        assert min(moulding["thin_throughout"], moulding["even_wall"]) > moulding["wall"] > 0.3
        assert (facts["sand_casting"].fit["releases"] > 0.5) == cored
        assert (facts["sand_casting"].fit["wall"] > 0.3) == cored
    assert points_of(tank)["moulding"] > max(
        points for process, points in points_of(tank).items() if process != "moulding"
    )


def test_corners_that_no_cutter_makes_tell_of_a_mould_where_little_of_a_large_block_is_left():
    """An open frame with sharp windows, large and small; and a block with the same windows."""

    def windowed(size_mm: float, wall_mm: float):
        inner = size_mm - 2 * wall_mm
        body = cq.Workplane().box(size_mm, size_mm, size_mm)
        for plane in ("XY", "YZ", "XZ"):
            through = cq.Workplane(plane).rect(inner, inner).extrude(size_mm, both=True)
            body = body.cut(through)
        return body

    large, small = windowed(150, 25), windowed(30, 5)
    block = (
        cq.Workplane().box(150, 150, 150).cut(cq.Workplane().rect(60, 60).extrude(200, both=True))
    )
    traces = [facts_of(each)["sand_casting"].fit["as_cast"] for each in (large, small, block)]
    assert traces[0] > 0.5 > max(traces[1:])


def test_hot_spots_under_one_thick_place_are_told_once():
    """A tray with a wall of 2 and a solid block of 14 in its corner."""
    tray = cq.Workplane().box(100, 70, 30).faces(">Z").shell(-2)
    lump = tray.union(cq.Workplane(origin=(-40, -25, -14)).box(14, 14, 26))
    judged = judge(facts_of(lump), Conditions(), default_rules())
    for process in ("moulding", "die_casting"):
        found = [f.rule for each in judged if each.process == process for f in each.findings]
        assert len({"thick_wall", "wall_change", "hot_spot"}.intersection(found)) == 1


def test_an_extruded_wall_is_that_of_the_die_and_not_beside_a_drilled_hole():
    channel = cq.Workplane().rect(40, 30).extrude(300)
    channel = channel.cut(cq.Workplane(origin=(0, 3, 0)).rect(34, 30).extrude(300))
    near_the_edge = cq.Workplane("YZ", origin=(-30, 13.8, 150)).circle(0.8).extrude(60)
    drilled = channel.cut(near_the_edge)  # 0.4 mm are left of the flange of 3
    assert facts_of(drilled)["extrusion"].metrics["min_wall_mm"] == pytest.approx(3, abs=0.05)


def test_the_line_of_dies_is_straight_or_cranked():
    half = cq.Workplane().rect(70, 40).extrude(12, taper=5)
    bar = half.union(half.mirror("XY"))
    assert facts_of(bar)["forging"].metrics["die_line"] == "straight"
    joggled = bar.union(bar.translate((62, 0, 9)))
    assert facts_of(joggled)["forging"].metrics["die_line"] == "cranked"


def test_a_plate_is_no_wall_that_stands_on_an_end_of_its_own():
    outline = [(0, 0), (70, 0), (75, 30), (40, 66), (5, 55)]  # no two of its sides are parallel
    plate = cq.Workplane().polyline(outline).close().extrude(4)
    plate = plate.union(cq.Workplane("XY", origin=(20, 20, 4)).circle(7).extrude(2))
    found = [m for m in facts_of(plate)["milling"].measurements if m.quantity == "wall_slenderness"]
    assert found == []


def test_undercut_area_is_that_of_the_undercuts_that_are_counted():
    body = cq.Workplane().box(60, 40, 30).cut(cq.Workplane().box(30, 60, 4))
    speck = body.cut(cq.Workplane("XZ", origin=(25, -20, 8)).circle(0.6).extrude(-0.5))
    for process, counted in (("moulding", "undercuts"), ("sand_casting", "cores")):
        for shape in (body, speck):
            metrics = facts_of(shape)[process].metrics
            assert (metrics["undercut_area_mm2"] > 0) == (metrics[counted] > 0)
    small = (
        cq.Workplane()
        .box(60, 40, 30)
        .cut(cq.Workplane("XZ", origin=(0, -20, 0)).rect(3, 1.5).extrude(-1))
    )
    metrics = facts_of(small)["sand_casting"].metrics
    assert metrics["cores"] == 0
    assert metrics["undercut_area_mm2"] == 0


def bar(section_radius_mm: float, end_radius_mm: float):
    """A piece of square bar, 30 × 30 × 150, rounded along its edges and around its ends."""
    whole = cq.Workplane().rect(30, 30).extrude(150).edges("|Z").fillet(section_radius_mm)
    return whole.faces("|Z").edges().fillet(end_radius_mm) if end_radius_mm else whole


def test_round_corners_along_a_bar_are_no_traces_of_a_mould_and_round_ends_are():
    assert subject_of(bar(3, 0)).mould_traces == 0
    assert subject_of(bar(3, 2)).mould_traces > 0.5


def test_a_bar_with_round_corners_is_sawn_or_milled_as_one_with_sharp_ones():
    slot = cq.Workplane(origin=(0, 15, 60)).box(30, 10, 20)
    for shape, best in ((bar(3, 0), "extrusion"), (bar(3, 0).cut(slot), "milling")):
        points = points_of(shape)
        assert next(iter(points)) == best
        assert max(v for k, v in points.items() if k.endswith("casting")) < 35  # unsuitable
