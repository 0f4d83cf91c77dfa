"""The order of bends, against what a person at a press brake would say."""

import math

import numpy as np
import pytest
from shapes import part_of
from sheet_shapes import strip, tray

from geometry.bend_order import find_bend_order
from geometry.features.sheet import recognise_sheet
from geometry.folding import Folding


def model_of(shape):
    return recognise_sheet(part_of(shape))


def order_of(shape):
    return find_bend_order(model_of(shape))


def test_one_bend_needs_no_thought():
    order = order_of(strip([30, 40], [(90, 3)], 2.0, 50))
    assert [(s.tool, s.collides) for s in order.steps] == [("straight", ())]


def test_a_flange_that_would_meet_the_punch_asks_for_a_gooseneck():
    order = order_of(strip([40, 40, 60], [(90, 2), (90, 2)], 2.0, 50))
    assert {s.tool for s in order.steps} == {"straight", "gooseneck"}
    assert order.collisions == 0


def test_a_deep_narrow_channel_has_no_order():
    order = order_of(strip([100, 20, 100], [(90, 2), (90, 2)], 2.0, 50))
    assert order.collisions == 1
    assert order.steps[-1].collides == ("tool",)


def test_lips_of_a_channel_are_bent_before_its_sides():
    order = order_of(strip([12, 30, 40, 30, 12], [(90, 2)] * 4, 2.0, 50))
    model = model_of(strip([12, 30, 40, 30, 12], [(90, 2)] * 4, 2.0, 50))
    depth = [Folding(model).depth(step.bend) for step in order.steps]
    assert order.collisions == 0
    assert depth[-1] == 0  # a side is bent last
    for side in (b for b in range(4) if Folding(model).depth(b) == 0):
        place = [s.bend for s in order.steps].index(side)
        beyond = Folding(model).moved(side)
        lips = [s for s in order.steps[place + 1 :] if set(model.bends[s.bend].nodes) <= beyond]
        assert not lips


def test_four_walls_of_a_tray_can_be_bent():
    order = order_of(tray())
    assert (len(order.steps), order.collisions) == (4, 0)


def test_a_z_is_turned_over_once():
    order = order_of(strip([30, 40, 30], [(90, 3), (-90, 3)], 2.0, 50))
    assert order.turns_over == 1
    assert sorted(step.up for step in order.steps) == [False, True]


def test_a_sharp_bend_takes_an_acute_punch():
    (step,) = order_of(strip([30, 40], [(135, 4)], 2.0, 50)).steps
    assert step.tool == "acute"


def test_a_hem_is_pressed_shut_not_bent_in_a_die():
    (step,) = order_of(strip([40, 12], [(180, 1)], 2.0, 50)).steps
    assert step.tool == "hem"


def test_of_too_many_bends_no_order_is_sought():
    bends = [(60.0 if k % 2 == 0 else -60.0, 2.0) for k in range(13)]
    assert order_of(strip([15.0] * 14, bends, 1.0, 40.0)) is None


@pytest.mark.parametrize("angle", [30.0, 90.0, 135.0])
def test_a_folded_sheet_is_the_part_it_came_from(angle):
    """Panels of the flat, folded, lie as far from each other as they do in the drawing."""
    shape = strip([30, 40, 25], [(angle, 3), (-angle, 2)], 2.0, 50)
    model = model_of(shape)
    folding = Folding(model)
    places = folding.places(dict(enumerate(folding.angles)))
    found = []
    for k in folding.panels:
        middle = np.array([*model.blank.panels[k].centroid.coords[0], 0.0, 1.0])
        found.append((places[k] @ middle)[:3])
    faces = model.regions.faces["centroid_mm"]
    nodes = model.development.graph.nodes
    t = model.thickness_mm
    drawn = []
    for k in folding.panels:
        drawn.append((faces[nodes[k].front] + faces[nodes[k].back]) / 2)
    wanted = [math.dist(a, b) for a in drawn for b in drawn]
    got = [math.dist(a, b) for a in found for b in found]
    assert got == pytest.approx(wanted, abs=0.02 * t)
