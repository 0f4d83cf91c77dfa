"""Sheet metal: what is a sheet, and what was done to it."""

import math

import cadquery as cq
import numpy as np
import pytest
from OCP.ShapeUpgrade import ShapeUpgrade_ShapeDivideClosedEdges
from shapes import part_of, turned
from sheet_shapes import corner_at, sharp_angle, strip, tab_in_window, tray, tube

from geometry.features.recognition import recognise
from geometry.features.sheet import recognise_sheet
from geometry.features.sheet_contours import contour_of
from geometry.features.sheet_pairing import may_be_paired
from geometry.features.sheet_panels import find_panels, find_thickness
from geometry.features.sheet_regions import Regions


def drafts(model, kind):
    return [draft for draft in model.drafts if draft.type == kind]


def bends_of(shape):
    return recognise_sheet(part_of(shape)).bends


@pytest.mark.parametrize("thickness", [0.5, 2.0, 8.0, 20.0])
def test_a_plate_is_a_sheet_of_its_thickness(thickness):
    model = recognise_sheet(part_of(cq.Workplane().box(200, 150, thickness)))
    assert model.thickness_mm == pytest.approx(thickness, rel=1e-6)


@pytest.mark.parametrize(
    "shape",
    [
        cq.Workplane().box(60, 50, 20),
        cq.Workplane().box(10, 10, 200),
        cq.Workplane().box(200, 150, 30),
        cq.Workplane().cylinder(60, 10),
        cq.Workplane().sphere(20),
        cq.Workplane().box(50, 50, 50),
    ],
    ids=["block", "bar", "thick plate", "shaft", "ball", "cube"],
)
def test_what_is_solid_is_no_sheet(shape):
    assert recognise_sheet(part_of(shape)) is None


def test_a_plate_with_ribs_is_not_developable():
    box = cq.Workplane().box(80, 60, 30, centered=(True, True, False)).faces(">Z").shell(-3)
    ribbed = box.union(cq.Workplane().box(76, 3, 15, centered=(True, True, False)))
    model = recognise_sheet(part_of(ribbed))
    assert model is None or "branched" in model.reasons


def test_a_housing_with_bosses_and_fillets_is_no_sheet():
    box = cq.Workplane().box(80, 60, 40, centered=(True, True, False)).edges("|Z").fillet(8)
    box = box.faces(">Z").shell(-3)
    posts = cq.Workplane().workplane(offset=1).rarray(60, 40, 2, 2).circle(6).extrude(30)
    webs = cq.Workplane().workplane(offset=1).rarray(15, 1, 5, 1).rect(5, 54).extrude(35)
    model = recognise_sheet(part_of(box.union(posts).union(webs)))
    assert model is None or not model.developable


def test_every_face_of_a_bent_strip_is_accounted_for():
    model = recognise_sheet(part_of(strip([30, 40, 30], [(90, 3), (90, 3)], 2, 50)))
    assert model.constant_share == pytest.approx(1.0)


def test_the_two_sides_of_a_sheet_are_told_apart():
    part = part_of(strip([30, 40], [(90, 3.0)], 2, 50))
    model = recognise_sheet(part)
    areas = part.joined.faces["area_mm2"]
    inner = (70 + math.pi / 2 * 3) * 50
    outer = (70 + math.pi / 2 * 5) * 50
    found = sorted(float(areas[list(side)].sum()) for side in (model.side_a, model.side_b))
    assert found == pytest.approx([inner, outer], rel=1e-6)


@pytest.mark.parametrize("angle", [12.5, 45.0, 90.0, 135.0])
@pytest.mark.parametrize("radius", [0.8, 3.0])
def test_a_bend_keeps_angle_radius_and_length(angle, radius):
    (bend,) = bends_of(strip([40, 40], [(angle, radius)], 1.5, 60))
    found = (bend.angle_deg, bend.inside_radius_mm, bend.length_mm)
    assert found == pytest.approx((angle, radius, 60), rel=1e-5)


def test_a_fold_of_180_degrees_is_a_hem():
    (bend,) = bends_of(strip([40, 12], [(180, 0.5)], 1.0, 60))
    assert (bend.kind, round(bend.angle_deg, 3)) == ("hem", 180.0)


def test_a_rolled_edge_is_a_roll():
    (bend,) = bends_of(strip([40, 2.0], [(270, 4.0)], 1.0, 60))
    assert (bend.kind, round(bend.angle_deg, 3)) == ("roll", 270.0)


def test_a_corner_drawn_without_radius_is_a_bend():
    (bend,) = bends_of(sharp_angle())
    assert bend.sharp
    assert (bend.angle_deg, bend.length_mm) == pytest.approx((90, 50))


def test_a_bend_with_only_its_inside_rounded_has_that_radius():
    (bend,) = bends_of(sharp_angle().edges(corner_at(2, 2, 50)).fillet(3))
    assert bend.inside_radius_mm == pytest.approx(3)


@pytest.mark.parametrize("outside", ["fillet", "chamfer"])
def test_a_bend_with_only_its_outside_broken_is_sharp(outside):
    edge = sharp_angle().edges(corner_at(0, 0, 50))
    (bend,) = bends_of(getattr(edge, outside)(1.5))
    assert bend.sharp and bend.inside_radius_mm == 0


def test_a_bend_across_a_window_is_one_bend():
    window = cq.Workplane().box(30, 30, 16).translate((32, 4, 30))
    shape = cq.Workplane(strip([30, 40], [(90, 3)], 2, 60)).cut(window)
    (bend,) = bends_of(shape)
    assert bend.length_mm == pytest.approx(60)


def test_a_window_across_a_web_and_both_its_bends_leaves_two_bends():
    channel = cq.Workplane(strip([30, 50, 30], [(90, 3), (90, 3)], 2, 70))
    window = cq.Workplane().box(30, 100, 30).translate((37, 30, 35))
    told = bends_of(channel.cut(window))
    assert [bend.length_mm for bend in told] == pytest.approx([70, 70])
    assert [bend.angle_deg for bend in told] == pytest.approx([90, 90])


def test_tabs_bent_up_side_by_side_are_a_bend_each():
    gap = cq.Workplane().box(30, 100, 20).translate((37, 30, 35))
    assert len(bends_of(cq.Workplane(strip([30, 40], [(90, 3)], 2, 70)).cut(gap))) == 2


def test_a_tab_bent_out_of_a_window_is_a_bend():
    model = recognise_sheet(part_of(tab_in_window()))
    assert len(model.bends) == 1 and not model.forms


def test_a_tray_has_four_bends():
    assert len(bends_of(tray())) == 4


def test_a_square_tube_is_a_closed_section():
    model = recognise_sheet(part_of(tube()))
    assert model.reasons == ("closed_section",)


def test_nobody_bends_the_corners_of_a_closed_section():
    types = {feature.type for feature in recognise(part_of(tube())).features}
    assert not types & {"bend", "flange"}


def test_a_slit_tube_is_developable():
    slit = tube().cut(cq.Workplane().box(3, 10, 1000).translate((0, 20, 0)))
    assert recognise_sheet(part_of(slit)).developable


def test_a_flange_is_as_long_as_its_leg():
    model = recognise_sheet(part_of(strip([60, 24], [(90, 3)], 2, 50)))
    (flange,) = drafts(model, "flange")
    assert flange.parameters["length_mm"] == pytest.approx(24, rel=1e-6)
    assert flange.parts[0].type == "bend"


@pytest.mark.parametrize(
    ("cutter", "kind", "length", "width"),
    [
        (cq.Workplane().circle(6).extrude(9, both=True), "round", 12, 12),
        (cq.Workplane().slot2D(30, 8).extrude(9, both=True), "slot", 30, 8),
        (cq.Workplane().rect(25, 10).extrude(9, both=True), "rectangle", 25, 10),
        (
            cq.Workplane().rect(25, 10).extrude(9, both=True).edges("|Z").fillet(2),
            "rectangle",
            25,
            10,
        ),
    ],
    ids=["round", "slot", "rectangle", "rounded rectangle"],
)
def test_a_cut_out_keeps_kind_and_size(cutter, kind, length, width):
    model = recognise_sheet(part_of(cq.Workplane().box(100, 60, 2).cut(cutter)))
    (cutout,) = drafts(model, "cutout")
    found = cutout.parameters["length_mm"], cutout.parameters["width_mm"]
    assert cutout.kind == kind
    assert found == pytest.approx((length, width), rel=1e-4)


def test_the_faces_of_a_cut_out_are_its_walls():
    window = cq.Workplane().rect(25, 10).extrude(9, both=True)
    part = part_of(cq.Workplane().box(100, 60, 2).cut(window))
    (cutout,) = drafts(recognise_sheet(part), "cutout")
    assert part.joined.faces["area_mm2"][list(cutout.faces)].sum() == pytest.approx(70 * 2)


def test_a_countersink_leaves_the_through_hole_as_cut_out():
    plate = cq.Workplane().box(100, 60, 3).faces(">Z").workplane().cskHole(4, 8, 90)
    (cutout,) = drafts(recognise_sheet(part_of(plate)), "cutout")
    assert (cutout.kind, cutout.parameters["width_mm"]) == ("round", pytest.approx(4))


def test_a_countersink_with_rims_in_two_arcs_leaves_the_through_hole_as_cut_out():
    plate = cq.Workplane().box(100, 60, 3).faces(">Z").workplane().cskHole(4, 8, 90)
    divided = ShapeUpgrade_ShapeDivideClosedEdges(plate.val().wrapped)
    divided.SetNbSplitPoints(1)
    divided.Perform()
    (cutout,) = drafts(recognise_sheet(part_of(cq.Shape.cast(divided.Result()))), "cutout")
    assert cutout.parameters["length_mm"] == pytest.approx(4, rel=1e-3)
    assert cutout.parameters["perimeter_mm"] == pytest.approx(4 * math.pi, rel=1e-3)


@pytest.mark.parametrize("at", range(8))
def test_a_line_out_and_back_does_not_widen_a_window(at):
    spike = [(8, 2), (8.0001, 2), (14, 9), (8, 2.0001)]
    ring = np.roll([(0, 0), (8, 0), *spike, (8, 5), (0, 5)], -at, axis=0)
    kind, length, width = contour_of(ring, np.zeros((0, 3))).shape
    assert (kind, length, width) == ("rectangle", pytest.approx(8), pytest.approx(5))


def test_deburred_edges_leave_a_sheet_whole():
    plate = cq.Workplane(strip([30, 40], [(90, 3)], 2, 50)).faces(">Z").edges().chamfer(0.4)
    model = recognise_sheet(part_of(plate))
    assert model.constant_share == pytest.approx(1.0)
    assert model.bends[0].length_mm == pytest.approx(50, rel=1e-4)


def dimpled(height, t=1.5, radius=12.0):
    plate = cq.Workplane().box(100, 80, t, centered=(True, True, False))
    centre = height - radius + t
    ball = cq.Workplane().sphere(radius).translate((0, 0, centre))
    hollow = cq.Workplane().sphere(radius - t).translate((0, 0, centre))
    above = cq.Workplane().box(200, 200, 100, centered=(True, True, False)).translate((0, 0, t / 2))
    return plate.union(ball.intersect(above)).cut(hollow)


def test_a_dimple_is_a_form_of_its_height():
    model = recognise_sheet(part_of(dimpled(3.0)))
    (form,) = drafts(model, "form")
    assert (form.kind, form.parameters["height_mm"]) == ("dimple", pytest.approx(3, rel=1e-3))
    assert model.developable


def test_a_drawn_collar_is_an_extruded_hole():
    plate = cq.Workplane().box(100, 80, 2, centered=(True, True, False))
    plate = plate.union(cq.Workplane().circle(7.4).extrude(5)).cut(
        cq.Workplane().circle(6).extrude(9)
    )
    (form,) = drafts(recognise_sheet(part_of(plate)), "form")
    assert (form.kind, form.parameters["height_mm"]) == ("extruded_hole", pytest.approx(3))


def test_a_stud_welded_on_is_no_form():
    plate = cq.Workplane().box(100, 80, 2, centered=(True, True, False))
    model = recognise_sheet(part_of(plate.union(cq.Workplane().circle(5).extrude(12))))
    assert not drafts(model, "form")
    assert model.constant_share < 1


def test_a_drawn_cup_is_a_sheet_that_does_not_develop():
    cup = (
        cq.Workplane("XZ").moveTo(0, 0).lineTo(15, 0).radiusArc((20, 5), -5).lineTo(20, 30)
        .lineTo(19, 30).lineTo(19, 5).radiusArc((15, 1), 4).lineTo(0, 1).close()
        .revolve(360, (0, 0, 0), (0, 1, 0))
    )  # fmt: skip
    model = recognise_sheet(part_of(cup))
    (form,) = drafts(model, "form")
    assert "drawn" in model.reasons
    assert (form.kind, form.parameters["height_mm"]) == ("draw", pytest.approx(30, rel=1e-4))


def test_sheets_that_are_b_splines_are_recognised_the_same():
    from OCP.BRepBuilderAPI import BRepBuilderAPI_NurbsConvert

    shape = cq.Workplane(strip([30, 40], [(90, 3)], 2, 50))
    shape = shape.cut(cq.Workplane("XZ", origin=(12, 0, 25)).circle(4).extrude(9, both=True))
    splines = cq.Shape.cast(BRepBuilderAPI_NurbsConvert(shape.val().wrapped, True).Shape())
    before, after = (recognise_sheet(part_of(s)) for s in (shape, splines))
    assert [d.kind for d in after.drafts] == [d.kind for d in before.drafts]
    for one, other in zip(before.drafts, after.drafts, strict=True):
        assert dict(other.parameters) == pytest.approx(dict(one.parameters), rel=1e-4)


def test_no_odd_solid_makes_it_fail():
    rng = np.random.default_rng(7)
    for _ in range(12):
        shape = cq.Workplane().box(*rng.uniform(1, 60, 3))
        for _ in range(4):
            tool = (
                cq.Workplane().box(*rng.uniform(1, 40, 3)).translate(tuple(rng.uniform(-30, 30, 3)))
            )
            shape = shape.union(tool) if rng.random() < 0.5 else shape.cut(tool)
        if shape.vals() and shape.val().Volume() > 1:
            recognise_sheet(part_of(shape.solids().first()))


def test_a_sharp_edged_emboss_has_no_bends():
    def pyramid(length, width, z):
        return cq.Workplane("XY", origin=(0, 0, z)).rect(length, width).extrude(2, taper=45)

    t, less = 1.5, 2 * 1.5 * (math.sqrt(2) - 1)
    sheet = cq.Workplane().box(100, 70, t, centered=(True, True, False))
    sheet = sheet.union(pyramid(48, 26, t)).cut(pyramid(48 - less, 26 - less, 0))
    told = [f for f in recognise(part_of(sheet)).features if f.type in ("bend", "form")]
    assert [(f.type, f.kind) for f in told] == [("form", "emboss")]
    assert told[0].parameters["height_mm"] == pytest.approx(2, abs=1e-3)


def test_holes_that_run_into_a_cups_radius_go_through_and_are_as_deep_as_the_sheet():
    t, a, flange, high, r = 1.5, 30, 42, 24, 5
    outer, near, far = r + t, r * math.sqrt(0.5), (r + t) * math.sqrt(0.5)
    profile = cq.Workplane("XZ").moveTo(0, 0).lineTo(a - outer, 0)
    profile = profile.threePointArc((a - outer + far, outer - far), (a, outer))
    profile = profile.lineTo(a, high - outer)
    profile = profile.threePointArc((a + r - near, high - outer + near), (a + r, high - t))
    profile = profile.lineTo(flange, high - t).lineTo(flange, high).lineTo(a + r, high)
    profile = profile.threePointArc((a + r - far, high - outer + far), (a - t, high - outer))
    profile = profile.lineTo(a - t, outer)
    profile = profile.threePointArc((a - outer + near, outer - near), (a - outer, t))
    cup = profile.lineTo(0, t).close().revolve(360, (0, 0, 0), (0, 1, 0))
    for turn in range(4):
        hole = cq.Workplane("XY", origin=(36.5, 0, 5)).circle(2.25).extrude(30)
        cup = cup.cut(hole.rotate((0, 0, 0), (0, 0, 1), 45 + 90 * turn))
    holes = [f for f in recognise(part_of(cup)).features if f.type == "hole"]
    assert [h.kind for h in holes] == ["through"] * 4
    assert [h.parameters["depth_mm"] for h in holes] == pytest.approx([t] * 4, abs=1e-3)


def test_blind_holes_and_pockets_cut_into_a_plate_are_told():
    plate = cq.Workplane().box(130, 80, 3).faces(">Z").workplane()
    plate = plate.pushPoints([(-45, 0), (45, 0)]).hole(8, 1.5)
    plate = plate.faces(">Z").workplane(origin=(0, 0, 1.5)).rect(40, 20).cutBlind(-1)
    features = recognise(part_of(turned(plate.val()))).features
    holes = [f for f in features if f.type == "hole"]
    assert [(f.kind, f.parameters["diameter_mm"]) for f in holes] == [
        ("blind", pytest.approx(8)),
        ("blind", pytest.approx(8)),
    ]
    (pocket,) = (f for f in features if f.type == "pocket")
    assert pocket.parameters["depth_mm"] == pytest.approx(1)
    assert pocket.parameters["length_mm"] == pytest.approx(40)
    assert {f.type for f in features} <= {"hole", "pocket", "pattern"}


def test_a_window_in_a_plate_is_no_recess():
    plate = cq.Workplane().box(130, 80, 3).faces(">Z").workplane().rect(40, 20).cutThruAll()
    features = recognise(part_of(turned(plate.val()))).features
    assert [f.type for f in features] == ["cutout"]


def stepped_shaft():
    shaft = cq.Workplane().circle(20).extrude(40).faces(">Z").workplane().circle(12).extrude(50)
    return shaft.faces(">Z").chamfer(1.5).faces("<Z").workplane().hole(5, 12)


def perforated():
    return cq.Workplane().box(200, 150, 2).faces(">Z").workplane().rarray(20, 20, 9, 6).hole(9)


def flanged_tube():
    tube_ = cq.Workplane().circle(20).circle(18).extrude(80)
    return tube_.union(cq.Workplane().circle(35).circle(18).extrude(2)).edges("%CIRCLE").fillet(0.4)


def test_no_thickness_is_looked_for_where_too_little_can_lie_back_to_back(monkeypatch):
    part = part_of(turned(stepped_shaft()))

    def refuse(_):
        raise AssertionError("looked for")

    monkeypatch.setattr("geometry.features.sheet.find_thickness", refuse)
    assert recognise_sheet(part) is None


@pytest.mark.parametrize(
    ("drawn", "thickness_mm"),
    [
        (perforated, 2.0),
        (flanged_tube, 2.0),
        (tray, None),
        (lambda: cq.Workplane().sphere(40).cut(cq.Workplane().sphere(38)), 2.0),
    ],
    ids=["perforated", "flanged tube", "tray", "hollow ball"],
)  # fmt: skip
def test_no_more_lies_back_to_back_than_was_told_beforehand(drawn, thickness_mm):
    regions = Regions(part_of(turned(drawn())))
    found = find_thickness(regions)
    assert thickness_mm is None or found == pytest.approx(thickness_mm)
    paired = 2 * sum(panel.area_mm2 for panel in find_panels(regions, found, 0.0))
    assert paired > 0
    assert may_be_paired(regions, 25.0, paired)


def test_planes_that_lie_back_to_back_at_different_distances_are_not_counted_together():
    # stairs of 1200 mm² each, 2 to 10 mm over one floor: with it 6 of them at any one distance
    stairs = cq.Workplane()
    for step in range(5):
        tread = cq.Workplane().box(30, 40, 2 * step + 2, centered=False)
        stairs = stairs.union(tread.translate((30 * step, 0, 0)))
    regions = Regions(part_of(turned(stairs.clean())))
    assert may_be_paired(regions, 25.0, 6 * 1200 - 100)
    assert not may_be_paired(regions, 25.0, 6 * 1200 * 1.05)


def test_a_hole_in_a_coined_end_or_a_drawn_bottom_has_the_words_of_a_cut_out():
    plate = cq.Workplane().box(80, 40, 2).cut(cq.Workplane().box(20, 40, 1).translate((35, 0, 1)))
    plate = plate.cut(
        cq.Workplane().pushPoints([(-20, 0), (34, 0)]).circle(3).extrude(9, both=True)
    )
    solid, hollow = (
        cq.Workplane().circle(r).extrude(30).faces("<Z").edges().fillet(f).translate((0, 0, z))
        for r, f, z in ((25, 5, 0), (24, 4, 1))
    )
    cup = solid.cut(hollow).cut(cq.Workplane().circle(3).extrude(9))
    for shape, count in ((plate, 2), (cup, 1)):
        features = [f for f in recognise(part_of(shape)).features if f.type in ("hole", "cutout")]
        assert [f.parameters["width_mm"] for f in features] == pytest.approx([6] * count, abs=1e-3)
