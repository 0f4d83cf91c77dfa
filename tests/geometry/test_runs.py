import numpy as np

from geometry.runs import distinct_rows


def test_rows_come_once_and_sorted_with_the_place_of_each():
    rows = np.array([[2.0, 0.0], [1.0, 5.0], [2.0, -0.0], [1.0, 4.0], [1.0, 5.0]])
    distinct, which = distinct_rows(rows)
    assert distinct.tolist() == [[1.0, 4.0], [1.0, 5.0], [2.0, 0.0]]
    assert which.tolist() == [2, 1, 2, 0, 1]


def test_no_rows_are_none():
    distinct, which = distinct_rows(np.zeros((0, 3)))
    assert distinct.shape == (0, 3)
    assert which.shape == (0,)
