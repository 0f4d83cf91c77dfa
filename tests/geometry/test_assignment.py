"""Are thousands of rows that each may only take some put together as well as a few?"""

import cadquery as cq
import numpy as np
from scipy.optimize import linear_sum_assignment
from shapes import part_of

from geometry import assignment
from geometry.assignment import cheapest_pairs
from geometry.features.feature import Feature
from geometry.features.pairing import paired
from geometry.features.placement import Placed
from geometry.features.recognition import recognise
from geometry.fields.facetable import CYLINDER, FaceTable
from geometry.fields.matching import match_faces


def table(count):
    """All pairs of as many rows, and what they cost."""
    pairs = np.stack(np.meshgrid(*[np.arange(count)] * 2, indexing="ij"), axis=-1).reshape(-1, 2)
    return pairs, np.random.default_rng(3).random(len(pairs))


def test_the_cheapest_pairs_are_those_of_a_table_of_all_with_all():
    pairs, prices = table(12)
    rows, columns = linear_sum_assignment(prices.reshape(12, 12))
    expected = {(i, j) for i, j in zip(rows, columns, strict=True) if prices[12 * i + j] <= 0.2}
    assert {tuple(pairs[k]) for k in cheapest_pairs(pairs, prices, 0.2)} == expected


def test_too_large_a_table_is_solved_without_one(monkeypatch):
    pairs, prices = table(12)
    expected = sorted(cheapest_pairs(pairs, prices, 1.0))
    monkeypatch.setattr(assignment, "LARGEST_TABLE", 10)
    assert sorted(cheapest_pairs(pairs, prices, 1.0)) == expected


def test_what_is_dearer_stays_alone_in_a_large_table_too(monkeypatch):
    monkeypatch.setattr(assignment, "LARGEST_TABLE", 1)
    pairs = np.array([(0, 0), (0, 1), (1, 1)])
    assert cheapest_pairs(pairs, np.array([0.9, 0.1, 0.3]), 0.5) == [1]


def bores(count, radius_mm):
    """Bores of a sieve with holes 10 mm apart."""
    side = int(np.ceil(count**0.5))
    grid = np.stack(np.meshgrid(*[10.0 * np.arange(side)] * 2), axis=-1).reshape(-1, 2)[:count]
    points = np.column_stack([grid, np.zeros(count)])
    area = 2 * np.pi * radius_mm * 5.0
    sizes = [area**0.5, radius_mm, 0.0, 4 * np.pi * radius_mm]
    return FaceTable(
        np.full(count, CYLINDER), np.full(count, -1), np.tile(sizes, (count, 1)),
        np.zeros(count), points, points, np.tile([0.0, 0.0, 1.0], (count, 1)),
        np.full(count, area), 10.0 * side * 2**0.5,
    )  # fmt: skip


def test_every_one_of_two_thousand_bores_that_grew_answers_itself():
    found = match_faces(bores(2000, 1.0), bores(2000, 1.5), np.eye(4), 1.0)
    assert found.changed == [(i, i) for i in range(2000)]
    assert not found.removed and not found.added


def drilled(count, diameter_mm):
    """As many holes 10 mm apart, as features."""
    centres, numbers = bores(count, diameter_mm / 2).points_mm, {"diameter_mm": diameter_mm}
    return [
        Placed(
            Feature(f"h{i}", "hole", "through", (i,), numbers), centre, np.array([0.0, 0.0, 1.0]),
            diameter_mm, numbers, np.zeros((0, 3)), np.zeros(0),
        )
        for i, centre in enumerate(centres)
    ]  # fmt: skip


def test_every_one_of_six_hundred_holes_that_grew_is_told_as_itself():
    count = 600
    found = paired(drilled(count, 2.0), drilled(count, 3.0), np.eye(4), 1.0, 400.0, {})
    assert found == [(i, i) for i in range(count)]


def test_a_row_of_a_hundred_pockets_each_parted_by_a_slot_has_as_many_pockets():
    count = 110
    plate = cq.Workplane().box(6 * count + 20, 40, 12, centered=(True, True, False))
    for length, width, depth in ((5, 8, 4), (1, 20, 8)):
        top = plate.faces(">Z").workplane(origin=(0, 0, 12)).rarray(6, 1, count, 1)
        plate = top.rect(length, width).cutBlind(-depth)
    found = recognise(part_of(plate, odd=False)).features
    assert len([each for each in found if each.type in ("pocket", "slot")]) == 2 * count
