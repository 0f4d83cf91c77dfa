"""Teeth are told whatever they end in, and what only looks like teeth is no gear."""

import functools
import math
import sys
from pathlib import Path

import cadquery as cq
import pytest
from shapes import part_of

from geometry.features import gears
from geometry.features.recognition import recognise
from geometry.features.survey import CONE, Survey
from geometry.features.teeth import section_across

sys.path[:0] = [str(Path(__file__).parents[1] / "bench"), str(Path(__file__).parents[2])]

from generator.gears import outline  # noqa: E402

MODULE, TEETH, WIDE = 2.0, 18, 20.0
TIP, ROOT = MODULE * (TEETH + 2) / 2, MODULE * (TEETH - 2.5) / 2


def gear():
    wire = outline(TEETH, MODULE, TIP, ROOT, math.pi / (2 * TEETH))
    return cq.Solid.extrudeLinear(wire, [], cq.Vector(0, 0, WIDE))


def cylinder(radius, low, high):
    return cq.Workplane(origin=(0, 0, low)).circle(radius).extrude(high - low).val()


@functools.cache
def turned_down(chamfer):
    """A gear whose rims a turning tool chamfered."""
    points = [(0, 0), (TIP - chamfer, 0), (TIP, chamfer), (TIP, WIDE - chamfer)]
    points += [(TIP - chamfer, WIDE), (0, WIDE)]
    return gear().intersect(cq.Workplane("XZ").polyline(points).close().revolve().val())


def features(shape):
    return recognise(part_of(shape)).features


def assert_is_the_gear(shape, *, teeth=TEETH):
    (one,) = (f for f in features(shape) if f.type == "gear")
    assert (one.kind, one.parameters["teeth"]) == ("spur", teeth)
    assert one.parameters["module_mm"] == pytest.approx(MODULE, rel=0.01)
    assert one.parameters["face_width_mm"] == pytest.approx(WIDE, rel=0.01)
    assert one.parameters["outer_diameter_mm"] == pytest.approx(2 * TIP, rel=0.002)


@pytest.mark.parametrize("chamfer", [1.2, 5.5])
def test_a_chamfer_of_the_rim_takes_nothing_from_a_gear(chamfer):
    assert_is_the_gear(turned_down(chamfer))


def test_the_chamfer_that_teeth_part_is_one_on_each_side():
    chamfers = [f for f in features(turned_down(1.2)) if f.type == "chamfer"]
    assert len(chamfers) == 2
    assert all(f.parameters["width_mm"] == pytest.approx(1.2, rel=0.02) for f in chamfers)


def test_teeth_between_two_collars_are_a_gear():
    assert_is_the_gear(gear().fuse(cylinder(TIP + 3, -8, 0), cylinder(TIP + 3, WIDE, WIDE + 6)))


def test_teeth_cut_into_the_end_of_a_bar_are_as_wide_as_they_were_cut():
    spaces = cylinder(TIP + 5, 0, WIDE).cut(gear())
    assert_is_the_gear(cylinder(TIP, 0, 3 * WIDE).cut(spaces))


def test_a_sector_counts_the_whole_teeth_that_it_has():
    # the cut runs through the middles of two spaces, nine of the teeth lie beyond it
    turned = gear().rotate(cq.Vector(), cq.Vector(0, 0, 1), 180 / TEETH)
    half = cq.Workplane().box(200, 200, 100).translate((0, -100, 0)).val()
    assert_is_the_gear(turned.cut(half), teeth=TEETH // 2)


def test_chamfers_along_the_ends_of_teeth_are_no_pockets():
    points = []
    for tooth in range(TEETH):
        for radius, share in ((ROOT, -0.36), (TIP, -0.14), (TIP, 0.14), (ROOT, 0.36)):
            angle = 2 * math.pi * (tooth + share) / TEETH
            points.append((radius * math.cos(angle), radius * math.sin(angle)))
    shape = cq.Workplane().polyline(points).close().extrude(WIDE).faces(">Z").edges().chamfer(0.4)
    found = features(shape)
    assert "gear" in {f.type for f in found}
    assert not [f for f in found if f.type in ("pocket", "slot", "step", "rib")]


def test_fins_about_a_tube_are_as_thick_at_their_tips_as_below_and_no_teeth():
    shape = cylinder(ROOT, 0, WIDE)
    fin = cq.Workplane().box(2 * TIP, 3.0, WIDE, centered=(True, True, False)).val()
    fins = [fin.rotate(cq.Vector(), cq.Vector(0, 0, 1), 20 * i) for i in range(TEETH // 2)]
    assert not [f for f in features(shape.fuse(*fins).clean()) if f.type == "gear"]


def test_a_hole_across_the_run_out_of_teeth_leaves_no_pockets():
    """A disc cutter runs out of each gap into the hub; the hole cuts pieces of two gaps off."""
    teeth, tip, root, reach = 16, 20.0, 15.5, 30.0
    blank = cylinder(tip, 0, WIDE).fuse(cylinder(18.5, 0, 45))
    gap = [(root, -1.0), (tip + 4, -4.3), (tip + 4, 4.3), (root, 1.0)]
    straight = cq.Workplane(origin=(0, 0, -1)).polyline(gap).close().extrude(WIDE + 1)
    disc = cq.Workplane(origin=(0, 0, WIDE)).polyline(gap).close()
    disc = disc.revolve(360, (root + reach, -1, 0), (root + reach, 1, 0))
    tool = straight.union(disc).val()
    for i in range(teeth):
        blank = blank.cut(tool.rotate((0, 0, 0), (0, 0, 1), 360 * i / teeth))
    across = cq.Workplane("XZ", origin=(0, -30, 26)).circle(3.2).extrude(-60)
    found = features(blank.cut(across.val()))
    assert [(f.type, f.parameters["teeth"]) for f in found if f.type == "gear"] == [("gear", teeth)]
    cuts = [f.type for f in found if f.type in ("hole", "pocket", "slot", "step")]
    assert cuts == ["hole"]


def notched(radius, slots, high):
    """A disc with slots along all of its height."""
    slot = cq.Workplane().box(6, 3, 2 * high).translate((radius, 0, high / 2)).val()
    turned = [slot.rotate((0, 0, 0), (0, 0, 1), 360 * k / slots) for k in range(slots)]
    return cylinder(radius, 0, high).cut(*turned)


def test_a_disc_that_is_notched_along_all_of_its_height_is_looked_at_for_teeth_once(monkeypatch):
    asked = []

    def measure(cut, *, outer):
        asked.append(outer)
        return usual(cut, outer=outer)

    usual = gears.measure_teeth
    monkeypatch.setattr(gears, "measure_teeth", measure)
    assert not [f for f in features(notched(20.0, 10, 8.0)) if f.type == "gear"]
    assert asked == [True, False]


def test_cuts_at_other_heights_count_as_others_where_flanks_lean():
    blank = cq.Workplane().circle(20).workplane(offset=8).circle(16).loft().val()
    slot = cq.Workplane().box(20, 3, 20).translate((22, 0, 0)).val()
    survey = Survey(part_of(blank.cut(slot)))
    cone = survey.kinds.index(CONE)
    up = survey.faces["axis"][cone] * survey.faces["axis"][cone][2]
    low, high = (section_across(survey, [cone], up, place) for place in (2.0, 6.0))
    assert (low.faces, low.edges) == (high.faces, high.edges)
    assert low != high
