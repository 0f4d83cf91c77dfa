"""What hangs together, however its pairs are given."""

import numpy as np

from geometry.components import components


def test_things_are_numbered_by_the_first_member_of_what_they_hang_together_with():
    pairs = np.array([[5, 2], [4, 1], [2, 6], [1, 1]])
    assert components(pairs, 7).tolist() == [0, 1, 2, 3, 1, 2, 2]


def test_without_pairs_everything_stands_alone():
    assert components(np.zeros((0, 2), int), 3).tolist() == [0, 1, 2]
    assert components(np.zeros((0, 2), int), 0).tolist() == []


def test_a_long_chain_in_any_order_is_one():
    order = np.random.default_rng(5).permutation(1000)
    links = np.column_stack([order[:-1], order[1:]])
    assert components(links, 1000).max() == 0
    # the middle link taken out, two are left: each has all that lies on its side of it
    parted = components(np.delete(links, 499, axis=0), 1000)
    assert len(set(parted[order[:500]].tolist())) == len(set(parted[order[500:]].tolist())) == 1
    assert set(parted.tolist()) == {0, 1}
