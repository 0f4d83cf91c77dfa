"""Posts that ribs part, windows between spokes, and what of a part's outside is explained."""

import cadquery as cq
import pytest
from OCP.BRepBuilderAPI import BRepBuilderAPI_NurbsConvert
from shapes import part_of

from geometry.features.recognition import recognise


def told(shape, kind):
    return [f for f in recognise(part_of(shape)).features if f.type == kind]


def box(x, y, z, low=0.0):
    return cq.Workplane().box(x, y, z, centered=(True, True, False)).translate((0, 0, low))


def disc(diameter, high, low=0.0):
    return cq.Workplane().circle(diameter / 2).extrude(high).translate((0, 0, low))


def wheel(spokes, web=0.0):
    """A disc of 100 × 12 with a hub of 30 and straight spokes of 8 to a rim of 84."""
    ring = disc(84, 12, web).cut(disc(30, 12, web))
    for i in range(spokes):
        spoke = cq.Workplane().box(50, 8, 30, centered=(False, True, True))
        ring = ring.cut(spoke.rotate((0, 0, 0), (0, 0, 1), 360 / spokes * i))
    return disc(100, 12).cut(ring).cut(disc(14, 12))


@pytest.mark.parametrize("spokes", [3, 4, 5])
def test_windows_between_the_spokes_of_a_wheel_are_one_each(spokes):
    windows = told(wheel(spokes), "pocket")
    assert [w.kind for w in windows] == ["through"] * spokes
    assert [w.parameters["depth_mm"] for w in windows] == pytest.approx([12] * spokes, abs=1e-3)
    assert [h.parameters["diameter_mm"] for h in told(wheel(spokes), "hole")] == [
        pytest.approx(14, abs=1e-3)
    ]


def test_pockets_between_spokes_of_a_nurbs_wheel_are_one_each():
    solid = wheel(4, web=5).val().wrapped
    nurbs = cq.Workplane(cq.Shape.cast(BRepBuilderAPI_NurbsConvert(solid, True).Shape()))
    pockets = told(nurbs, "pocket")
    assert [p.kind for p in pockets] == ["closed"] * 4
    assert [p.parameters["depth_mm"] for p in pockets] == pytest.approx([7] * 4, abs=1e-2)


def test_a_double_d_bore_is_still_a_hole():
    flats = box(18, 40, 30)
    (hole,) = told(box(60, 60, 20).cut(disc(20, 20).intersect(flats)), "hole")
    assert hole.parameters["diameter_mm"] == pytest.approx(20, abs=1e-3)


@pytest.mark.parametrize("aside", [0, 3])
def test_a_post_is_a_boss_where_its_ribs_run_on_to_the_walls(aside):
    tray = box(100, 80, 34).cut(box(94, 74, 34, 4))
    rib = box(96, 2.5, 12, 4).translate((0, aside, 0))
    (boss,) = told(tray.union(disc(14, 18, 4)).union(rib), "boss")
    assert boss.kind == "round"
    assert boss.parameters["diameter_mm"] == pytest.approx(14, abs=1e-3)
    assert boss.parameters["height_mm"] == pytest.approx(18, abs=1e-3)


@pytest.mark.parametrize(("rib", "ribs"), [(20, 1), (14, 1)])
def test_a_rib_through_a_boss_leaves_both(rib, ribs):
    plate = box(100, 80, 4).union(disc(12, 14, 4)).union(box(70, 3, rib, 4))
    (boss,) = told(plate, "boss")
    assert (boss.kind, boss.parameters["height_mm"]) == ("round", pytest.approx(14, abs=1e-3))
    found = told(plate, "rib")
    assert [r.parameters["height_mm"] for r in found] == pytest.approx([rib] * ribs, abs=1e-3)


def test_a_hub_on_a_narrower_arm_is_a_boss_over_it():
    lever = disc(34, 16).union(cq.Workplane().box(140, 20, 9, centered=(False, True, False)))
    (boss,) = told(lever.cut(disc(14, 16)), "boss")
    assert boss.parameters["diameter_mm"] == pytest.approx(34, abs=1e-3)
    assert boss.parameters["height_mm"] == pytest.approx(7, abs=1e-3)


def test_the_corner_between_a_clip_and_its_plate_is_no_slot():
    clip = disc(24, 30).cut(disc(18, 30)).cut(box(12, 40, 30).translate((12, 0, 0)))
    plate = box(3, 60, 30).translate((-12.5, 0, 0))
    assert not [s for s in told(plate.union(clip), "slot") if s.parameters["depth_mm"] > 15]


def test_the_collar_of_a_bent_pipe_makes_no_rib_of_it():
    bend = cq.Workplane("XY").circle(14).revolve(60, (40, 0), (40, 1)).translate((0, 0, 6))
    elbow = disc(60, 8).union(bend)
    assert not told(elbow, "rib")


def test_a_plate_between_ribs_that_run_out_over_its_edge_is_explained():
    plate = box(120, 80, 6)
    for y in (-25, 0, 25):
        plate = plate.union(box(120, 3, 20, 6).translate((0, y, 0)))
    assert recognise(part_of(plate.cut(disc(4, 6).translate((50, 12, 0))))).explained.share > 0.99


def test_the_walls_of_a_pocket_that_nothing_told_are_not_explained(monkeypatch):
    from geometry.features import recognition

    families = tuple(f for f in recognition.FAMILIES if f.__name__ != "_cuts")
    monkeypatch.setattr(recognition, "FAMILIES", families)
    part = part_of(box(80, 60, 30).cut(box(40, 30, 12, 18)))
    cut_mm2 = 40 * 30 + 2 * (40 + 30) * 12
    whole = part.mass.area_mm2
    assert recognise(part).explained.share == pytest.approx(1 - cut_mm2 / whole, rel=1e-6)
