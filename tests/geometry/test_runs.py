import numpy as np

from geometry.mesh import lone_corners
from geometry.runs import distinct_rows, places_in


def test_rows_come_once_and_sorted_with_the_place_of_each():
    rows = np.array([[2.0, 0.0], [1.0, 5.0], [2.0, -0.0], [1.0, 4.0], [1.0, 5.0]])
    distinct, which = distinct_rows(rows)
    assert distinct.tolist() == [[1.0, 4.0], [1.0, 5.0], [2.0, 0.0]]
    assert which.tolist() == [2, 1, 2, 0, 1]


def test_no_rows_are_none():
    distinct, which = distinct_rows(np.zeros((0, 3)))
    assert distinct.shape == (0, 3)
    assert which.shape == (0,)


def test_runs_hold_as_many_places_as_they_count():
    assert places_in(np.array([7, 3, 0]), np.array([2, 0, 3])).tolist() == [7, 8, 0, 1, 2]
    assert places_in(np.zeros(0, int), np.zeros(0, int)).tolist() == []


def test_the_corner_that_lies_alone_is_told_on_either_side():
    one, two = np.eye(3, dtype=bool), ~np.eye(3, dtype=bool)
    assert lone_corners(one).tolist() == lone_corners(two).tolist() == [0, 1, 2]
