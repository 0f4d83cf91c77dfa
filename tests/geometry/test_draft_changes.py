"""Is draft told of the walls that lean, and what stayed where no face did?"""

import math

import cadquery as cq
import pytest
from revised_parts import casting, gear, turned_pin
from revisions import odd, step_text

from geometry.comparison import compare_files
from geometry.side import Side


def compare(a, b):
    return compare_files(Side(step_text(a), "a.step"), Side(step_text(odd(b)), "b.step"))


def told(a, b):
    """Changes as (type, parameter, from, to), and what else was told."""
    features = compare(a, b)["features"]
    assert features["added"] == features["removed"] == []
    return {
        (c["type"], c["parameter"], round(c["from"], 2), round(c["to"], 2))
        for c in features["changed"]
    }


def cap(draft, inside=None, pins=12.0):
    """A moulded cap, open below, with a lug: round walls that lean."""
    inside = draft if inside is None else inside
    body = cq.Workplane().circle(25).extrude(30, taper=draft)
    body = body.cut(cq.Workplane().circle(23).extrude(28, taper=inside))
    body = body.union(cq.Workplane(origin=(7, 11, 28 - pins)).circle(2).extrude(pins + 0.5))
    lug = cq.Workplane(origin=(23.5, 0, 0)).box(9, 12, 3, centered=(False, True, False))
    return body.union(lug).val()


def pin(half_angle_deg):
    """A turned pin whose end tapers."""
    end = 10 - 26 * math.tan(math.radians(half_angle_deg))
    points = [(0, 0), (18, 0), (18, 40), (10, 40), (end, 66), (0, 66)]
    body = cq.Workplane("XZ").polyline(points).close().revolve(360, (0, 0, 0), (0, 1, 0))
    return body.cut(cq.Workplane("XZ", origin=(0, 30, 11)).circle(2).extrude(60)).val()


def journal(key_at, thick=15.0):
    """A shaft with a keyway of round ends so far from its shoulder."""
    body = cq.Workplane().circle(20).extrude(20).faces(">Z").workplane().circle(thick).extrude(60)
    key = cq.Workplane("YZ", origin=(11, 0, 20 + key_at + 11)).transformed(rotate=(0, 0, 90))
    return body.cut(key.slot2D(22, 8).extrude(20)).val()


def tray(rib_y, floor=3.0):
    """A tray with a rib on its floor."""
    body = cq.Workplane().box(90, 60, 25, centered=(True, True, False))
    body = body.cut(cq.Workplane(origin=(0, 0, floor)).rect(82, 52).extrude(30))
    rib = cq.Workplane(origin=(4, rib_y, floor - 1)).rect(40, 2.5).extrude(11)
    return body.union(rib).val()


@pytest.mark.parametrize(("old", "new"), [(2.0, 3.0), (0.0, 1.5), (2.0, 0.0)])
def test_walls_with_other_draft_are_told_by_their_angles_and_nothing_else(old, new):
    assert told(casting(draft=old, rib=None), casting(draft=new, rib=None)) == {
        ("draft", "draft_deg", old, new),
        ("pocket", "draft_deg", old, new),
    }


def test_draft_taken_off_a_round_cap_makes_no_new_hole_of_its_inside():
    changes = told(cap(1.0), cap(0.0))
    assert {change[1:] for change in changes} == {("draft_deg", 1.0, 0.0)}


def test_draft_to_the_other_side_is_less_than_none():
    assert {c[1:] for c in told(cap(1.0), cap(-1.0))} == {("draft_deg", 1.0, -1.0)}


def test_the_inside_alone_is_told_where_the_outside_kept_its_draft():
    found = compare(cap(1.0), cap(1.0, inside=2.0))["features"]["changed"]
    assert [(c["parameter"], round(c["from"], 3), round(c["to"], 3)) for c in found] == [
        ("draft_deg", 1.0, 2.0)
    ]
    assert len(found[0]["faces"]["b"]) == 1


@pytest.mark.parametrize(("old", "new"), [(3.0, 4.0), (0.0, 3.0)])
def test_the_taper_of_a_turned_end_is_told_by_its_half_angle(old, new):
    assert told(pin(old), pin(new)) == {("draft", "draft_deg", old, new)}


def test_a_chamfer_tells_its_own_angle():
    found = compare(turned_pin(chamfer=2.0), turned_pin(chamfer=3.0))["features"]["changed"]
    assert {c["parameter"] for c in found} == {"width_mm"}


@pytest.mark.parametrize("by", [4.0, 0.05])
def test_a_keyway_further_along_its_shaft_has_moved(by):
    (change,) = compare(journal(4.0), journal(4.0 + by))["features"]["changed"]
    assert change["parameter"] == "origin_mm"
    assert change["distance_mm"] == pytest.approx(by, abs=2e-3)


def test_a_rib_that_stands_aside_has_moved_and_one_on_a_thicker_floor_has_not():
    (change,) = compare(tray(8.0), tray(11.0))["features"]["changed"]
    assert (change["type"], change["parameter"]) == ("rib", "origin_mm")
    assert change["distance_mm"] == pytest.approx(3.0, abs=2e-3)
    higher = compare(tray(8.0), tray(8.0, floor=4.0))["features"]["changed"]
    assert not [c for c in higher if c["type"] == "rib" and c["parameter"] == "origin_mm"]


def test_a_gear_with_a_tooth_more_is_laid_on_its_bore():
    found = compare(gear(key=4.0), gear(teeth=25, key=4.0))["features"]["changed"]
    assert {c["parameter"] for c in found} == {"teeth", "outer_diameter_mm"}


def panel(thick):
    """A curved panel, trimmed and drilled: thicker, it keeps the surface above and every edge's."""
    xs, ys = range(-70, 71, 10), range(-45, 46, 9)

    def sheet(z):
        return cq.Face.makeSplineApprox(
            [[cq.Vector(x, y, z - 0.002 * x * x - 0.003 * y * y) for y in ys] for x in xs],
            tol=1e-4, minDeg=3, maxDeg=5,
        )  # fmt: skip

    def below(z):
        return cq.Solid.extrudeLinear(sheet(z), cq.Vector(0, 0, -80))

    body = cq.Workplane(obj=below(10.0)).cut(cq.Workplane(obj=below(10.0 - thick)))
    body = body.intersect(cq.Workplane().box(120, 76, 80))
    holes = cq.Workplane(origin=(0, 0, -40)).pushPoints([(-50, -28), (48, 26), (-44, 30)])
    return body.cut(holes.circle(2.6).extrude(90)).val()


def test_a_panel_made_thicker_lies_on_the_surfaces_that_stayed():
    found = compare(panel(3.0), panel(3.5))
    assert len(found["faces"]["trimmed"]) + len(found["faces"]["same"]) >= 8
    assert {c["parameter"] for c in found["features"]["changed"]} == {"depth_mm"}
