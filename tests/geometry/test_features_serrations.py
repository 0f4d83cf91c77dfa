"""Rings of teeth that are no gear's: serrations, splines, ratchets, sprockets, at odd angles."""

import math

import cadquery as cq
import pytest
from shapes import part_of

from geometry.features.recognition import recognise


def features(shape):
    """All features of a drawn shape."""
    return recognise(part_of(shape)).features


def toothed(count, corners, height):
    """A prism with teeth whose corners are (radius, share of the pitch)."""
    places = [
        (r * math.cos(a), r * math.sin(a))
        for i in range(count)
        for r, share in corners
        for a in [2 * math.pi * (i + share) / count]
    ]
    return cq.Workplane().polyline(places).close().extrude(height)


SERRATION = ((10.0, 0.0), (9.2, 0.5))
SPLINE = ((10.6, 0.0), (10.6, 0.3), (12.0, 0.5), (12.0, 0.8))
RATCHET = ((25.0, 0.0), (21.0, 0.02))


def shaft(radius, low, high):
    return cq.Workplane("XY", origin=(0, 0, low)).circle(radius).extrude(high - low)


@pytest.mark.parametrize(
    ("corners", "count", "profile", "tip", "core"),
    [(SERRATION, 36, "serration", 10, 9), (SPLINE, 18, "teeth", 12, 10)],
    ids=["serration", "spline"],
)
def test_a_serrated_shaft_is_turned_and_its_teeth_are_counted(corners, count, profile, tip, core):
    told = features(toothed(count, corners, 20).union(shaft(core, 20, 60)))
    assert {f.type for f in told} == {"pattern", "turned_profile"}
    (teeth,) = (f for f in told if f.type == "pattern")
    assert teeth.parameters["count"] == count
    assert teeth.parameters["pitch_deg"] == pytest.approx(360 / count)
    assert (teeth.parameters["profile"], teeth.parameters["internal"]) == (profile, False)
    assert teeth.parameters["outer_diameter_mm"] == pytest.approx(2 * tip, rel=1e-3)
    assert teeth.parameters["root_diameter_mm"] == pytest.approx(2 * corners[1][0], rel=2e-2)
    assert teeth.parameters["length_mm"] == pytest.approx(20)
    assert len(teeth.faces) == count * len(corners)


def test_the_teeth_of_a_hub_are_the_sides_of_one_passage():
    told = features(shaft(20, 0, 15).cut(toothed(18, SPLINE, 15)))
    assert sorted(f.type for f in told) == ["pattern", "pocket", "turned_profile"]
    (passage,) = (f for f in told if f.type == "pocket")
    assert (passage.kind, passage.parameters["depth_mm"]) == ("through", pytest.approx(15))
    (teeth,) = (f for f in told if f.type == "pattern")
    assert (teeth.parameters["count"], teeth.parameters["internal"]) == (18, True)


def test_a_ratchet_wheel_has_teeth_and_no_slots():
    told = features(toothed(16, RATCHET, 6).cut(shaft(6, 0, 6)))
    assert sorted(f.type for f in told) == ["hole", "pattern"]
    (teeth,) = (f for f in told if f.type == "pattern")
    assert (teeth.parameters["profile"], teeth.parameters["count"]) == ("ratchet", 16)


def test_a_sprocket_is_told_by_the_seats_of_its_rollers():
    """Chain 08B: pitch 12.7, rollers 8.51."""
    pitch, roller, count = 12.7, 8.51, 17
    radius = pitch / 2 / math.sin(math.pi / count)
    wheel = shaft(radius + 0.35 * pitch, 0, 6).cut(shaft(8, 0, 6))
    seat = cq.Workplane("XY", origin=(radius, 0, 0)).circle(roller / 2).extrude(6)
    mouth = [(radius - 1.5, 3.0), (radius + 9, 7.0), (radius + 9, -7.0), (radius - 1.5, -3.0)]
    seat = seat.union(cq.Workplane().polyline(mouth).close().extrude(6))
    for i in range(count):
        wheel = wheel.cut(seat.rotate((0, 0, 0), (0, 0, 1), 360 * i / count))
    (teeth,) = (f for f in features(wheel) if f.type == "pattern")
    assert (teeth.parameters["profile"], teeth.parameters["count"]) == ("sprocket", count)


def test_flutes_round_a_knob_and_corners_for_a_ring_spanner_are_no_teeth():
    knob = shaft(14, 0, 10)
    for i in range(12):
        flute = cq.Workplane("XY", origin=(14, 0, 0)).circle(2).extrude(10)
        knob = knob.cut(flute.rotate((0, 0, 0), (0, 0, 1), 30 * i))
    told = features(knob)
    assert sum(f.type == "slot" for f in told) == 12
    assert not [f for f in told if f.type == "pattern" and "profile" in f.parameters]
    bar = cq.Workplane().polygon(6, 30).extrude(8)
    nut = bar.union(bar.rotate((0, 0, 0), (0, 0, 1), 30)).cut(shaft(8, 0, 8))
    assert not [f for f in features(nut) if f.type == "pattern"]
