"""What rays need not tell of a cut's openings changes nothing of which of them count."""

from dataclasses import replace

import numpy as np
import pytest

from geometry.features.accepted import ALONG, LOOKS_OUT, Undecided, accepted_openings
from geometry.features.depressions import Depression, Opening
from geometry.features.openings import END_OPEN, INNER_OPEN

ASKED = 256.0
CUTS = 400


def drawn_cut(rng: np.random.Generator) -> Depression:
    """A cut with a few openings, most of them wide open or closed, as cuts have them."""
    openings = []
    for _ in range(rng.integers(1, 7)):
        normal = np.eye(3)[rng.integers(3)] * rng.choice([-1, 1]) + rng.normal(0, 0.3, 3)
        share = float(rng.choice([0.0, 1.0, rng.integers(257) / 256]))
        beyond = float(rng.choice([share, 1.0, rng.uniform(share, 1.0)]))
        length = float(rng.choice([0.0, 1.0, 10.0, 100.0]) * rng.choice([1.0, rng.uniform(1, 5)]))
        hull = bool(rng.random() < 0.4)
        openings.append(Opening(normal / np.linalg.norm(normal), length, hull, share, beyond))
    run = np.eye(3)[rng.integers(3)] if rng.random() < 0.5 else None
    shares = (float(rng.choice([0.0, 1.0])), 1.0)
    ring, gap = run is not None and bool(rng.random() < 0.6), bool(rng.random() < 0.3)
    return Depression([0], openings, run, ring, run_share=shares, gap=gap)


def what_counts(cut: Depression) -> list[object]:
    """What is asked of a cut's openings: of a passage which way the first leads, of others which
    they are, of a ring which ends lead on as well.
    """
    found = accepted_openings(cut)
    if cut.ring and cut.run is not None and min(cut.run_share) > INNER_OPEN:
        return [bool(found[0].normal @ cut.run > -ALONG)]
    lead_on = [
        row
        for row, o in enumerate(cut.openings)
        if cut.ring and cut.run is not None and abs(o.normal @ cut.run) > LOOKS_OUT
        if o.beyond > END_OPEN
    ]
    return [[tuple(o.normal) for o in found], lead_on]


@pytest.mark.parametrize("seed", range(5))
def test_what_is_settled_changes_nothing_as_long_as_the_sure_ones_stay_so(seed):
    rng = np.random.default_rng(seed)
    settled_count = 0
    some = (0.0, 0.2, 0.7, 0.85)  # below what an opening lets out that comes before longer ones
    for _ in range(CUTS):
        cut = drawn_cut(rng)
        shares = [o.share for o in cut.openings]
        shares += [] if cut.run is None else list(cut.run_share)
        out = [share * ASKED for share in shares]
        settled = Undecided(cut).settled(out, [ASKED] * len(out))
        settled_count += sum(settled)
        for told in some:
            other = [
                replace(o, share=o.share if o.hull or o.share == 1 else told, beyond=told)
                if done
                else o
                for o, done in zip(cut.openings, settled, strict=False)
            ]
            assert what_counts(replace(cut, openings=other)) == what_counts(cut)
    assert settled_count > CUTS / 2


def test_a_way_that_was_not_asked_about_settles_nothing():
    rng = np.random.default_rng(0)
    for cut in (drawn_cut(rng) for _ in range(CUTS)):
        undecided = Undecided(replace(cut, ring=False))
        none = [0.0] * undecided.count
        assert not any(undecided.settled(none, none))


def opening(normal, length_mm, share, *, hull=False) -> Opening:
    return Opening(np.array(normal, float), length_mm, hull, share, share)


def test_a_nick_in_the_rim_is_no_way_out_unless_all_of_the_cut_leaves_by_it():
    mouth = opening((0, 0, 1), 100.0, 1.0, hull=True)
    for length_mm, share, counts in ((4.0, 0.8, False), (6.0, 0.8, True), (4.0, 1.0, True)):
        corner = opening((1, 0, 0), length_mm, share, hull=True)
        found = accepted_openings(Depression([0], [corner, mouth], None, False))
        assert [o is corner for o in found] == [False, True][: 1 + counts]


def test_of_inner_openings_that_lead_the_same_way_the_longest_that_lets_all_out_counts():
    ways = [(0, 0, 1), (0, 0.3, 1), (0, -0.3, 1)]
    ways = [np.array(way) / np.linalg.norm(way) for way in ways]
    half, short, long = (
        opening(way, *told)
        for way, told in zip(ways, ((90.0, 0.6), (10.0, 1.0), (40.0, 1.0)), strict=True)
    )
    for order in ([half, short, long], [long, short, half], [short, half, long]):
        assert accepted_openings(Depression([0], order, None, False)) == [long]
