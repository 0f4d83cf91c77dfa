"""Are screws, nuts, washers, bearings, rings and pins known by their shape, at any angle?

Dimensions are those of the standards' tables.
"""

import math

import cadquery as cq
import pytest
from revisions import as_nurbs, block, plate, shaft, split
from shapes import part_of, turned

from geometry.standard_parts import KINDS, recognise_standard_part


def socket_screw(d=8.0, length=30.0, dk=13.0, s=6.0, socket_depth=4.0):
    """ISO 4762: head on top, from z = 0 down to the end of the shank."""
    head = cq.Workplane().circle(dk / 2).extrude(d).faces(">Z").edges().fillet(0.08 * d)
    head = (
        head.faces(">Z").workplane().polygon(6, s / math.cos(math.pi / 6)).cutBlind(-socket_depth)
    )
    shank = cq.Workplane().circle(d / 2).extrude(-length).faces("<Z").chamfer(0.1 * d)
    return head.union(shank)


def button_screw():
    """ISO 7380-1 M6 × 16: dk 10.5, k 3.3, s 4."""
    head = cq.Workplane().circle(5.25).extrude(3.3).faces(">Z").edges().fillet(2.9)
    head = head.faces(">Z").workplane().polygon(6, 4 / math.cos(math.pi / 6)).cutBlind(-2)
    return head.union(cq.Workplane().circle(3).extrude(-16))


def hexagon_screw(d=10.0, length=40.0, s=16.0, k=6.4):
    """ISO 4017."""
    head = cq.Workplane().polygon(6, s / math.cos(math.pi / 6)).extrude(k)
    return head.union(cq.Workplane().circle(d / 2).extrude(-length).faces("<Z").chamfer(0.1 * d))


def nut(d=10.0, s=16.0, m=8.4, bore=None):
    """ISO 4032, its thread drawn as a cylinder of the minor diameter."""
    body = cq.Workplane().polygon(6, s / math.cos(math.pi / 6)).extrude(m)
    cone = cq.Workplane().circle(0.95 * s / 2 + m).workplane(offset=m).circle(0.95 * s / 2)
    body = body.intersect(cone.loft())
    return body.faces(">Z").workplane().hole(bore or 0.85 * d)


def ring(inner, outer, width):
    return cq.Workplane().circle(outer / 2).circle(inner / 2).extrude(width)


def bearing(d=20.0, outer=47.0, width=14.0):
    """Two rings with raceways and the ball row as one body, as shops draw them."""
    middle = (d + outer) / 4
    body = ring(d, outer, width).cut(ring(2 * middle - 5, 2 * middle + 5, width))
    web = ring(2 * middle - 5.2, 2 * middle + 5.2, 2).translate((0, 0, width / 2 - 1))
    balls = cq.Workplane(obj=cq.Solid.makeTorus(middle, 4.0, cq.Vector(0, 0, width / 2)))
    return body.cut(balls).union(web)


def circlip(d3=18.5, width=2.5, thickness=1.2):
    """DIN 471 for a shaft of 20 mm."""
    inner = d3 / 2
    body = ring(d3, d3 + 2 * width, thickness)
    lugs = cq.Workplane().pushPoints([(inner + 2.2, 2.6), (inner + 2.2, -2.6)])
    body = body.union(lugs.circle(2.2).extrude(thickness)).cut(ring(0.01, d3, thickness))
    body = body.cut(cq.Workplane().center(inner + 2, 0).rect(8, 1.6).extrude(thickness))
    holes = cq.Workplane().pushPoints([(inner + 2.2, 2.6), (inner + 2.2, -2.6)])
    return body.cut(holes.circle(1.0).extrude(thickness))


STANDARD = {
    "socket screw": (socket_screw(), "screw", "ISO 4762 M8 × 30"),
    "small socket screw": (
        socket_screw(3.0, 12.0, 5.5, 2.5, 1.3), "screw", "ISO 4762 M3 × 12",
    ),
    "button screw": (button_screw(), "screw", "ISO 7380-1 M6 × 16"),
    "hexagon screw": (hexagon_screw(), "screw", "ISO 4014 / ISO 4017 M10 × 40"),
    "nut": (nut(), "nut", "ISO 4032 M10"),
    "thin nut": (nut(m=5.0), "nut", "ISO 4035 M10"),
    "washer": (ring(8.4, 16.0, 1.6), "washer", "ISO 7089 8"),
    "washer at its greatest thickness": (ring(3.2, 7.0, 0.55), "washer", "ISO 7089 3"),
    "large washer": (ring(8.4, 24.0, 2.0), "washer", "ISO 7093-1 8"),
    "bearing": (bearing(), "bearing", "6204"),
    "O-ring": (
        cq.Workplane(obj=cq.Solid.makeTorus(10 + 3.53 / 2, 3.53 / 2)), "o_ring",
        "ISO 3601-1 20 × 3.53",
    ),
    "circlip": (circlip(), "circlip", "DIN 471 20 × 1.2"),
    "pin": (
        cq.Workplane().circle(3).extrude(24).faces("<Z or >Z").chamfer(0.6), "pin",
        "ISO 2338 / ISO 8734 6 × 24",
    ),
    "ball": (cq.Workplane().sphere(5), "ball", "⌀10"),
}  # fmt: skip


@pytest.mark.parametrize("name", STANDARD)
def test_a_standard_part_is_named_at_an_odd_angle(name):
    shape, kind, designation = STANDARD[name]
    found = recognise_standard_part(part_of(shape))
    assert found is not None
    assert (found["kind"], found["designation"]) == (kind, designation)
    assert kind in KINDS
    assert found["confidence"] > 0.7


@pytest.mark.parametrize("rewrite", [as_nurbs, split], ids=["NURBS", "split"])
@pytest.mark.parametrize("name", ["socket screw", "nut", "washer", "O-ring"])
def test_it_is_named_however_its_file_is_written(name, rewrite):
    shape, kind, designation = STANDARD[name]
    found = recognise_standard_part(part_of(rewrite(turned(shape)), odd=False))
    assert found is not None
    assert (found["kind"], found["designation"]) == (kind, designation)


def drilled_across(body, diameter, height):
    """A body with a hole right through beside its axis's own faces."""
    return body.cut(cq.Workplane("XZ", origin=(0, 60, height)).circle(diameter / 2).extrude(120))


def grooved(inner, outer, width, circle, radius):
    """A ring with one round groove about it."""
    groove = cq.Solid.makeTorus(circle / 2, radius, cq.Vector(0, 0, width / 2))
    return ring(inner, outer, width).cut(cq.Workplane(obj=groove))


def clamp():
    """An open ring with two holes far from its gap."""
    body = ring(40, 60, 6).cut(cq.Workplane().center(25, 0).rect(14, 4).extrude(6))
    return body.cut(cq.Workplane().pushPoints([(0, 25), (0, -25)]).circle(2.5).extrude(6))


OTHER = {
    "washer with two holes": ring(10.5, 30, 2.5).cut(
        cq.Workplane().pushPoints([(10, 0), (-10, 0)]).circle(1.5).extrude(3)
    ),
    "washer with a flat": ring(10.5, 20, 2).cut(
        cq.Workplane().center(10, 0).rect(4, 30).extrude(3)
    ),
    "washer with a notch": ring(10.5, 20, 2).cut(
        cq.Workplane().center(5, 0).rect(4, 3).extrude(3)
    ),
    "nut drilled across": drilled_across(nut(), 3, 4),
    "screw drilled across": drilled_across(hexagon_screw(), 3, -30),
    "screw with a flat on its shank": hexagon_screw().cut(
        cq.Workplane(origin=(0, 5, -30)).box(20, 3, 10)
    ),
    "spacer drilled across": drilled_across(ring(10, 26, 8), 2, 4),
    "rope pulley": grooved(10, 40, 10, 41, 3),
    "bush with a groove for oil": grooved(20, 28, 20, 19.4, 2.5),
    "clamp": clamp(),
    "block": block(),
    "shaft": shaft(),
    "flange": plate(),
    "tube": ring(20, 30, 80),
    "spacer": ring(10, 14, 12),
    "disc of no series": ring(9.5, 40, 6),
    "hexagonal standoff": cq.Workplane().polygon(6, 8).extrude(25).faces(">Z").workplane().hole(3),
    "eight-sided nut": cq.Workplane().polygon(8, 17).extrude(8).faces(">Z").workplane().hole(8.5),
    "shaft with a hexagon socket": cq.Workplane().circle(10).extrude(80).faces(">Z").workplane()
    .polygon(6, 9).cutBlind(-8),
    "plate with two holes": cq.Workplane().box(40, 20, 3).faces(">Z").workplane()
    .pushPoints([(-12, 0), (12, 0)]).hole(5),
    "flanged cup with a round corner": cq.Workplane("XZ").moveTo(17, 0).lineTo(30, 0).lineTo(30, 2)
    .lineTo(25, 2).threePointArc((21.464, 3.464), (20, 7)).lineTo(20, 16).lineTo(17, 16).close()
    .revolve(360, (0, 0, 0), (0, 1, 0)),
    "plain cylinder": cq.Workplane().circle(6).extrude(30),
}  # fmt: skip


def test_one_ring_of_a_bearing_is_known_by_two_of_its_dimensions():
    found = recognise_standard_part(part_of(grooved(20, 29, 14, 33.5, 4)))
    assert found is not None
    assert found["kind"] == "bearing"


@pytest.mark.parametrize("name", OTHER)
def test_a_part_made_to_a_drawing_is_none(name):
    assert recognise_standard_part(part_of(OTHER[name])) is None
