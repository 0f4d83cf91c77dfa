"""For a rule of sheet metal and stamping one part that just keeps it and one that just breaks it,
drawn and turned to an odd angle.
"""

import math

import cadquery as cq
import pytest
from test_processes_pairs import PAIRS as OTHER_PAIRS
from test_processes_pairs import bent, broken_rules, plate

from geometry.processes.rules import default_rules


def relieved(width, depth):
    """An angle of 2 mm, R3, whose flange ends 15 before its base, with a relief at that end."""
    body = bent(3)
    beside = cq.Workplane().box(25, 100, 15, centered=False).translate((-20, 0, 35))
    slot = cq.Workplane().box(25 + depth, 100, width, centered=False).translate((-20, -1, 35))
    return body.cut(beside.translate((0, -1, 0))).cut(slot)


def slotted_beside_a_bend(gap):
    """An angle of 2 mm, R3, with a slot 20 × 6 along the bend, so far from the other leg."""
    tool = cq.Workplane("XZ", origin=(2 + gap + 3, 20, 25)).slot2D(20, 6, 90).extrude(40)
    return bent(3).cut(tool)


def collar(gap):
    """A plate of 2 mm with a collar around a bore of 10, its rim so far from the edge."""
    at = 50 - gap - 5
    body = plate(2)
    body = body.union(cq.Workplane("XY", origin=(at, 0, 2)).circle(6.8).extrude(5))
    return body.cut(cq.Workplane("XY", origin=(at, 0, 0)).circle(5).extrude(10))


def countersunk(gap):
    """A plate of 2 mm with two countersinks of 7, rims so far apart."""
    x = (gap + 7) / 2
    return plate(2).faces(">Z").workplane().pushPoints([(-x, 5), (x, 5)]).cskHole(4, 7, 90)


def channel(leg):
    """A channel of 2 mm, R2, its web 100 between the bends: the second bend lifts the first leg."""
    from samples.sheet import bent_strip

    return cq.Workplane(obj=bent_strip([leg, 100.0, leg], [(90.0, 2.0)] * 2, 2.0, 50.0))


def pierced(diameter):
    """A plate of 50 × 30 × 1: a pitch of 31 on a strip of 50 + 2 · (1 + 0.015 · 50) = 53.5."""
    return plate(1, (0, 0, diameter), size=(50, 30))


CUP_RADIUS, CUP_T = 20.0, 1.0  # inside


def cup(height, corner=5.0):
    """A cup of 40 inside and 1 mm of sheet with a round bottom edge."""
    outer = cq.Workplane().circle(CUP_RADIUS + CUP_T).extrude(height)
    inner = cq.Workplane("XY", origin=(0, 0, CUP_T)).circle(CUP_RADIUS).extrude(height)
    outer = outer.edges("<Z").fillet(corner + CUP_T)
    return outer.cut(inner.edges("<Z").fillet(corner))


def cup_for(ratio, corner=5.0):
    """The cup whose blank, with an eighth of the diameter trimmed, is so many times its inside.

    blank² = 4·V/(π·t) + 4·d·(d/8); V = corner, bottom and wall of the drawing.
    """
    d = 2 * CUP_RADIUS
    wanted = (ratio**2 - 0.5) * d**2 * math.pi * CUP_T / 4
    flat = CUP_RADIUS - corner
    bottom = math.pi * flat**2 * CUP_T
    quarter = math.pi / 4 * ((corner + CUP_T) ** 2 - corner**2)
    arm = 4 / (3 * math.pi) * ((corner + CUP_T) ** 3 - corner**3)
    arm /= (corner + CUP_T) ** 2 - corner**2
    round_edge = 2 * math.pi * (flat + arm) * quarter
    wall = math.pi * ((CUP_RADIUS + CUP_T) ** 2 - CUP_RADIUS**2)
    return cup((wanted - bottom - round_edge) / wall + corner + CUP_T, corner)


PAIRS = [
    ("sheet_metal", "relief_width", relieved(2.1, 1), relieved(1.9, 1)),
    ("sheet_metal", "relief_depth", relieved(2.5, 0.35), relieved(2.5, 0.25)),
    ("sheet_metal", "slot_to_bend", slotted_beside_a_bend(11.1), slotted_beside_a_bend(10.9)),
    ("sheet_metal", "collar_to_edge", collar(6.1), collar(5.9)),
    ("sheet_metal", "countersink_gap", countersunk(16.1), countersunk(15.9)),
    # the first leg meets the beam, 80 wide and 100 above the tip: (105.3 − l) / √2 < 41 with
    # l = leg + 2.65
    ("sheet_metal", "bend_order", channel(44), channel(47)),
    ("stamping", "collar_to_edge", collar(6.1), collar(5.9)),
    # (1500 − π/4·d²) / (31 · 53.5) = 0.65 at d = 23.18
    ("stamping", "strip_use", pierced(23.0), pierced(23.4)),
    ("stamping", "first_draw", cup_for(1.98), cup_for(2.02)),
    ("stamping", "draw_radius", cup(15, corner=4.1), cup(15, corner=3.9)),
]


@pytest.mark.parametrize(
    ("process", "rule", "keeps", "breaks"), PAIRS, ids=[f"{p}-{r}" for p, r, _, _ in PAIRS]
)
def test_a_rule_tells_a_part_that_just_breaks_it_from_one_that_just_keeps_it(
    process, rule, keeps, breaks
):
    assert rule not in broken_rules(keeps, process)
    assert rule in broken_rules(breaks, process)


@pytest.mark.parametrize("process", ["sheet_metal", "stamping"])
def test_no_rule_is_without_such_a_pair(process):
    paired = {rule for of, rule, *_ in (*PAIRS, *OTHER_PAIRS) if of == process}
    assert {rule.id for rule in default_rules().of(process)} <= paired
