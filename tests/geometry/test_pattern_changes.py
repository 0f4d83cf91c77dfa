"""Is a pattern that changed told as one, and a face that was only cut in two as no new one?"""

import cadquery as cq
import pytest
from revisions import odd, plate, step_text

from geometry.comparison import compare_files
from geometry.side import Side


def compare(a, b):
    return compare_files(Side(step_text(a)), Side(step_text(odd(b))))


def told(pattern):
    return {change["parameter"]: (change["from"], change["to"]) for change in pattern["changed"]}


def test_a_bolt_circle_that_grew_is_one_change_with_its_diameter():
    found = compare(plate(radius=38), plate(radius=40))["features"]
    (pattern,) = found["patterns"]
    assert told(pattern) == {"pitch_circle_mm": (pytest.approx(76), pytest.approx(80))}
    moved = {change["a"] for change in found["changed"]}
    assert moved == set(pattern["members"]["a"])
    assert len(moved) == 6


def test_more_bolts_on_one_circle_are_a_count_and_a_pitch():
    (pattern,) = compare(plate(count=6), plate(count=8))["features"]["patterns"]
    assert told(pattern) == {
        "count": (6, 8), "pitch_deg": (pytest.approx(60), pytest.approx(45)),
    }  # fmt: skip


def test_a_grid_with_a_row_less_is_a_count_though_all_its_holes_moved():
    def perforated(columns):
        holes = cq.Workplane().box(100, 60, 10).faces(">Z").workplane()
        return holes.rarray(20, 20, columns, 2).hole(6).edges("|Z and >X and >Y").chamfer(9).val()

    found = compare(perforated(4), perforated(3))["features"]
    (pattern,) = found["patterns"]
    assert told(pattern) == {"count": (8, 6)}
    moved = {change["a"] for change in found["changed"] if change["parameter"] == "origin_mm"}
    assert len(moved) == 6 and moved < set(pattern["members"]["a"])


def test_larger_holes_in_their_places_are_no_change_of_their_pattern():
    assert "patterns" not in compare(plate(), plate(diameter=11))["features"]


def test_a_floor_that_a_rib_cuts_in_two_is_no_new_face():
    tray = cq.Workplane().box(80, 50, 20).faces(">Z").workplane().rect(64, 34).cutBlind(-10)
    ribbed = tray.union(cq.Workplane(origin=(9, 0, 3)).box(3, 34, 6))
    faces = compare(tray.val(), ribbed.val())["faces"]
    assert len(faces["added"]) == 4  # two sides and the top of the rib, and a part of the floor
    assert len(faces["pieces"]["b"]) == 1
    assert faces["pieces"]["a"] == []
