"""Blanks nested on a sheet: none touches another or leaves the sheet, as many as by hand."""

import pytest
import shapely
from shapely import affinity

from geometry.errors import GeometryError
from geometry.nesting import nest

GAP = 5.0
SHEET = (1000.0, 700.0)


def laid(outline, found):
    return [
        affinity.translate(affinity.rotate(outline, turn, origin=(0, 0)), x, y)
        for x, y, turn in found.placed
    ]


@pytest.fixture(scope="module")
def plates():
    return nest(shapely.box(0, 0, 320, 190), 320 * 190.0, SHEET, GAP)


def test_plates_fill_a_sheet_as_by_hand(plates):
    # three rows of 190 across 700 and three columns of 320 along 1000
    assert plates.count >= 9
    assert plates.utilisation == pytest.approx(plates.count * 320 * 190 / 700_000)


def test_nested_blanks_keep_their_gaps(plates):
    parts = laid(shapely.box(0, 0, 320, 190), plates)
    assert len(parts) == plates.count
    assert min(a.distance(b) for k, a in enumerate(parts) for b in parts[:k]) > 0.99 * GAP
    low_x, low_y, high_x, high_y = shapely.union_all(parts).bounds
    assert min(low_x, low_y, SHEET[0] - high_x, SHEET[1] - high_y) > 0


def test_a_blank_larger_than_the_sheet_is_refused():
    with pytest.raises(GeometryError, match="does not fit"):
        nest(shapely.box(0, 0, 1200, 800), 960_000.0, SHEET, GAP)


def test_one_large_blank_is_laid_alone():
    found = nest(shapely.box(0, 0, 680, 980), 680 * 980.0, SHEET, GAP)
    assert (found.count, found.placed[0][2]) == (1, 90.0)
