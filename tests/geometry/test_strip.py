"""Blanks on a strip: pitch, width and use known from the drawing; no part touches another."""

import math

import pytest
import shapely
from shapely import affinity

from geometry.strip import lay_on_strip

BRIDGE = 1.0
ANGLE = shapely.Polygon([(0, 0), (50, 0), (50, 10), (10, 10), (10, 40), (0, 40)])
TRIANGLE = shapely.Polygon([(0, 0), (40, 0), (0, 30)])
DISC = shapely.Point(3, 4).buffer(20, 64)
TEE = shapely.Polygon([(0, 0), (60, 0), (60, 10), (35, 10), (35, 50), (25, 50), (25, 10), (0, 10)])
OUTLINES = {"angle": ANGLE, "triangle": TRIANGLE, "disc": DISC, "tee": TEE}


def laid(outline, edge_share=0.015):
    return lay_on_strip(
        outline, outline.area, bridge_mm=BRIDGE, edge_mm=BRIDGE, edge_share=edge_share
    )


def parts_of(outline, strip, pitches=4):
    return [
        affinity.translate(
            affinity.rotate(outline, placed.turn_deg, origin=(0, 0)),
            placed.move_mm[0] + number * strip.pitch_mm,
            placed.move_mm[1],
        )
        for number in range(pitches)
        for placed in strip.placed
    ]


def test_a_rectangle_lies_across_the_strip_one_up():
    strip = laid(affinity.rotate(shapely.box(0, 0, 50, 30), 33))
    assert (strip.up, strip.pitch_mm) == (1, pytest.approx(31))
    assert strip.width_mm == pytest.approx(50 + 2 * (1 + 0.015 * 50))
    assert strip.utilisation == pytest.approx(1500 / (31 * 53.5))


def test_triangles_are_paired_to_rectangles():
    strip = laid(TRIANGLE, edge_share=0.0)
    assert strip.up == 2
    # without any web a pair fills its strip; with webs of 1 a pitch of 30 becomes 31 + the slant's
    assert strip.utilisation > 0.85


def test_discs_are_laid_in_two_rows_that_reach_into_each_other():
    strip = laid(DISC, edge_share=0.0)
    assert strip.up == 2
    hexagonal = 2 * math.pi * 400 / (41 * (40 + 41 * math.sqrt(3) / 2 + 2))
    assert strip.utilisation == pytest.approx(hexagonal, rel=0.02)


@pytest.mark.parametrize("name", OUTLINES)
@pytest.mark.parametrize("turn", [0, 23, 71])
def test_parts_keep_their_webs_and_lie_within_the_strip(name, turn):
    outline = affinity.rotate(OUTLINES[name], turn)
    strip = laid(outline)
    parts = parts_of(outline, strip)
    gaps = [a.distance(b) for k, a in enumerate(parts) for b in parts[:k]]
    assert min(gaps) > BRIDGE * 0.99
    low, high = min(p.bounds[1] for p in parts), max(p.bounds[3] for p in parts)
    assert low > BRIDGE
    assert high < strip.width_mm - BRIDGE


@pytest.mark.parametrize("name", OUTLINES)
def test_the_use_is_what_the_parts_take_of_the_strip(name):
    outline = OUTLINES[name]
    strip = laid(outline)
    used = strip.up * outline.area / (strip.pitch_mm * strip.width_mm)
    assert strip.utilisation == pytest.approx(used)
    assert used > outline.area / shapely.minimum_rotated_rectangle(outline).area * 0.6
