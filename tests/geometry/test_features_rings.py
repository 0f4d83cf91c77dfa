"""Rings with gaps round them, crowned outsides, and mouths in round noses, at odd angles."""

import cadquery as cq
import pytest
from shapes import part_of

from geometry.features.recognition import recognise


def features(shape):
    """All features of a drawn shape."""
    return recognise(part_of(shape)).features


def found(shape, kind):
    """Features of one type in a drawn shape."""
    return [f for f in features(shape) if f.type == kind]


def ring(outside, bore, height):
    return cq.Workplane().circle(outside).circle(bore).extrude(height)


def all_round(shape, tool, count):
    """A shape less a tool at so many places about the z axis."""
    for i in range(count):
        shape = shape.cut(tool.rotate((0, 0, 0), (0, 0, 1), 360 * i / count))
    return shape


def castellated(count, outside=45.0, bore=35.0, width=10.0, deep=8.0):
    gap = cq.Workplane("XY", origin=(0, 0, 20 - deep))
    gap = gap.box(2 * outside, width, 2 * deep, centered=(False, True, False))
    return all_round(ring(outside, bore, 20), gap, count)


@pytest.mark.parametrize("count", [3, 4, 5, 6, 8])
def test_the_gaps_of_a_castellated_ring_are_told_one_by_one(count):
    """Between the walls of a gap the ring is as long as from its bore beside them to its crown."""
    told = features(castellated(count))
    slots = [f for f in told if f.type == "slot"]
    assert len(slots) == count
    for slot in slots:
        assert slot.kind == "through"
        assert slot.parameters["width_mm"] == pytest.approx(10)
        assert slot.parameters["depth_mm"] == pytest.approx(8)
        assert slot.parameters["length_mm"] == pytest.approx(45 - (35**2 - 5**2) ** 0.5, abs=1e-2)
    (pattern,) = [f for f in told if f.type == "pattern"]
    assert (pattern.kind, pattern.parameters["count"]) == ("circular", count)


def test_a_tone_ring_of_36_gaps_has_36():
    told = features(castellated(36, 45, 40, 4, 5))
    assert sum(f.type == "slot" for f in told) == 36
    assert not [f for f in told if f.type == "gear"]


def test_windows_round_a_ring_are_told_one_by_one_as_deep_as_its_wall():
    window = cq.Workplane("XY", origin=(0, 0, 6)).box(60, 4, 8, centered=(False, True, False))
    pockets = found(all_round(ring(45, 42, 20), window, 12), "pocket")
    assert len(pockets) == 12
    assert all(p.kind == "through" for p in pockets)
    assert all(p.parameters["depth_mm"] == pytest.approx(3, abs=0.05) for p in pockets)


@pytest.mark.parametrize("count", [4, 6, 9])
def test_the_gaps_between_the_dogs_of_a_clutch_run_along_their_spokes(count):
    gap = cq.Workplane("XY", origin=(0, 0, 14)).polyline([(0, 0), (90, -25), (90, 25)]).close()
    slots = found(all_round(ring(30, 20, 20), gap.extrude(10), count), "slot")
    assert len(slots) == count
    assert all(s.parameters["depth_mm"] == pytest.approx(6) for s in slots)


def test_one_slot_across_the_end_of_a_tube_is_one():
    shape = ring(20, 12, 40).cut(cq.Workplane("XY", origin=(0, 0, 34)).box(60, 5, 20))
    (slot,) = found(shape, "slot")
    assert slot.parameters["length_mm"] == pytest.approx(40, abs=0.2)


def test_a_cross_on_a_disc_with_a_small_bore_is_two_slots():
    cut = cq.Workplane("XY", origin=(0, 0, 15)).box(200, 6, 10)
    cut = cut.union(cut.rotate((0, 0, 0), (0, 0, 1), 90))
    assert len(found(ring(50, 8, 16).cut(cut), "slot")) == 2


def crowned(profile):
    return profile.close().revolve(360, (0, 0), (0, 1))


def test_a_crowned_pulley_is_turned():
    """The crown is an arc wider than its radius about the axis: no torus is meant."""
    profile = cq.Workplane("XZ").moveTo(10, 0).lineTo(29.5, 0)
    profile = profile.threePointArc((30, 12.5), (29.5, 25)).lineTo(10, 25)
    told = features(crowned(profile))
    (turned,) = [f for f in told if f.type == "turned_profile"]
    assert turned.parameters["max_diameter_mm"] == pytest.approx(60, rel=2e-3)
    assert turned.parameters["length_mm"] == pytest.approx(25)


def test_a_knob_with_a_free_outline_is_turned():
    profile = cq.Workplane("XZ").moveTo(0, 0).lineTo(15, 0)
    profile = profile.spline([(20, 10), (12, 25), (18, 40), (6, 60)], includeCurrent=True)
    (turned,) = found(crowned(profile.lineTo(0, 60)), "turned_profile")
    assert turned.parameters["length_mm"] == pytest.approx(60)


def test_a_loft_from_a_circle_to_a_square_is_not_turned():
    loft = cq.Workplane().rect(30, 30).workplane(offset=40).circle(10).loft()
    assert not found(loft, "turned_profile")


@pytest.mark.parametrize("width", [10, 24])
def test_a_u_in_a_round_nose_is_a_slot_as_deep_as_to_the_tip(width):
    nose = cq.Workplane("XY", origin=(-25, 0, 0)).box(50, 30, 10, centered=(True, True, False))
    nose = nose.union(cq.Workplane().circle(15).extrude(10))
    mouth = cq.Workplane().box(60, width, 10, centered=(False, True, False))
    nose = nose.cut(mouth).cut(cq.Workplane().circle(width / 2).extrude(10))
    (slot,) = [f for f in features(nose) if f.type not in ("boss", "fillet")]
    assert (slot.type, slot.kind, slot.parameters["profile"]) == ("slot", "through", "obround")
    assert slot.parameters["width_mm"] == pytest.approx(width)
    assert slot.parameters["depth_mm"] == pytest.approx(15 + width / 2)


def drilled(*bores):
    """A block of 60 with coaxial bores: diameter, from, to."""
    block = cq.Workplane().box(50, 50, 60, centered=(True, True, False))
    for diameter, low, high in bores:
        block = block.cut(
            cq.Workplane("XY", origin=(0, 0, low)).circle(diameter / 2).extrude(high - low)
        )
    return block


def test_a_throat_parts_two_steps_of_one_diameter():
    (jet,) = found(drilled((12, 0, 20), (5, 20, 30), (12, 30, 45), (24, 45, 60)), "hole")
    steps = [(s["diameter_mm"], s["depth_mm"]) for s in jet.parameters["steps"]]
    assert sorted(steps) == [
        pytest.approx(step) for step in ((5, 10), (12, 15), (12, 20), (24, 15))
    ]
    assert not jet.parameters["intersected"]


@pytest.mark.parametrize(
    ("diameter", "thick", "sink", "tapped"),
    [
        (8.5, 10, 0, False),
        (8.5, 10, 10.2, True),
        (8.5, 20, 0, True),
        (8.5, 60, 0, False),
        (17.5, 20, 0, False),
        (6.8, 10, 0, True),
    ],
    ids=["M8 passes", "chamfered for M10", "as long as a thread", "too long", "M16 passes", "M8"],
)
def test_a_hole_right_through_that_a_thinner_screw_may_pass_is_no_thread(
    diameter, thick, sink, tapped
):
    """ISO 273 lets M8 through 8.4 and M16 through 17.5."""
    plate = cq.Workplane().box(70, 60, thick, centered=(True, True, False)).val()
    shape = plate.cut(cq.Solid.makeCylinder(diameter / 2, thick))
    if sink:
        high = (sink - diameter) / 2
        shape = shape.cut(
            cq.Solid.makeCone(diameter / 2, sink / 2, high, cq.Vector(0, 0, thick - high))
        )
    (hole,) = found(shape, "hole")
    assert ("thread" in hole.parameters) == tapped


def test_a_round_relief_that_runs_out_in_a_shoulder_is_a_groove_of_the_shaft():
    """A half round of 1.2 mm whose far side is tangent to the shoulder."""
    shaft = (
        cq.Workplane()
        .circle(10)
        .extrude(30)
        .union(cq.Workplane("XY", origin=(0, 0, 30)).circle(16).extrude(30))
    )
    relief = cq.Solid.makeTorus(10, 1.2, cq.Vector(0, 0, 28.8), cq.Vector(0, 0, 1))
    (groove,) = found(shaft.cut(cq.Workplane(relief)), "groove")
    assert groove.kind == "external"
    assert groove.parameters["width_mm"] == pytest.approx(2.4, abs=1e-2)
    assert groove.parameters["depth_mm"] == pytest.approx(1.2, abs=1e-2)
    assert groove.parameters["diameter_mm"] == pytest.approx(17.6, abs=1e-2)


@pytest.mark.parametrize(("core", "grooves"), [(21, 0), (34, 1)])
def test_a_pipe_between_its_flanges_is_no_groove_and_a_spool_between_its_lands_has_one(
    core, grooves
):
    spool = ring(50, 8, 100).cut(ring(60, core, 70).translate((0, 0, 15)))
    assert len(found(spool, "groove")) == grooves


def test_a_t_slot_along_a_circle_is_one_groove_in_the_face():
    """Its mouth is 8 wide between circles of 72 and 88; under its lips it is 16 wide."""
    section = [(36, 31), (36, 22), (32, 22), (32, 14), (48, 14), (48, 22), (44, 22), (44, 31)]
    channel = cq.Workplane("XZ").polyline(section).close().revolve(360, (0, 0, 0), (0, 1, 0))
    table = cq.Workplane().circle(65).extrude(30).cut(cq.Workplane().circle(10).extrude(30))
    cut = table.cut(channel)
    assert not [f for f in features(cut) if f.type in ("pocket", "slot")]
    (groove,) = found(cut, "groove")
    assert groove.kind == "face"
    sizes = [groove.parameters[key] for key in ("width_mm", "depth_mm", "diameter_mm")]
    assert sizes == pytest.approx([8, 16, 88], abs=1e-3)
