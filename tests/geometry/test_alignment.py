"""Is the motion that lays one part on another found without help?"""

import time

import cadquery as cq
import numpy as np
import pytest
from revisions import block, bracket, mirrored, odd, plate, shaft
from shapes import part_of

from geometry import alignment as laying
from geometry.alignment import align
from geometry.fields.facetable import (
    CYLINDER,
    FaceTable,
    alike,
    are_alike,
    face_table,
    moved,
)


def odd_point(point):
    return odd(cq.Vertex.makeVertex(*point)).toTuple()


@pytest.fixture(scope="module")
def base():
    return part_of(block(), odd=False)


def test_a_part_on_itself_stays_where_it_is(base):
    alignment = align(base, base)
    assert np.array_equal(alignment.matrix, np.eye(4))
    assert not alignment.mirrored
    assert alignment.scale == 1.0


def test_the_motion_of_a_part_without_symmetry_is_found_to_a_micrometre(base):
    alignment = align(base, part_of(odd(block()), odd=False))
    points = np.array([(0.0, 0.0, 0.0), (45.0, 0.0, 0.0), (0.0, 30.0, 20.0)])
    expected = np.array([odd_point(point) for point in points])
    assert np.abs(moved(alignment.matrix, points) - expected).max() < 1e-3


@pytest.mark.parametrize("shape", [shaft(), plate(), bracket()], ids=["shaft", "flange", "bracket"])
def test_a_symmetric_part_is_laid_on_itself_somehow(shape):
    a, b = part_of(shape, odd=False), part_of(odd(shape), odd=False)
    alignment = align(a, b)
    assert not alignment.mirrored
    assert alignment.agreement > 0.999


@pytest.mark.parametrize(
    "changed",
    [block(length=110), block(height=24), block(hole=11), block(without=("pocket",))],
    ids=["longer", "thicker", "hole", "pocket removed"],
)
def test_a_changed_part_is_laid_where_most_of_it_stayed(base, changed):
    alignment = align(base, part_of(odd(changed), odd=False))
    blind_hole = np.array([(-36.0, 22.0, 10.0)])
    shift = moved(alignment.matrix, blind_hole)[0] - odd_point(blind_hole[0])
    # along the axis of that hole the top or the bottom may have been kept
    axis = np.subtract(odd_point((0, 0, 1)), odd_point((0, 0, 0)))
    assert np.linalg.norm(shift - (shift @ axis) * axis) < 1e-3


def test_where_rare_faces_tell_the_motion_no_direction_is_asked_for_another(base, monkeypatch):
    def asked(*_):
        raise AssertionError("looked further than the faces")

    monkeypatch.setattr(laying, "from_directions", asked)
    alignment = align(base, part_of(odd(block(hole=11)), odd=False))
    points = np.array([[0.0, 0.0, 0.0], [10.0, 0.0, 0.0], [0.0, 10.0, 0.0]])
    expected = np.array([odd_point(point) for point in points])
    assert np.abs(moved(alignment.matrix, points) - expected).max() < 1e-3


def test_a_mirror_image_is_known_as_one(base):
    alignment = align(base, part_of(odd(mirrored(block())), odd=False))
    assert alignment.mirrored
    assert np.linalg.det(alignment.matrix[:3, :3]) == pytest.approx(-1.0)


def test_a_part_with_a_mirror_plane_is_not_called_mirrored():
    alignment = align(part_of(plate()), part_of(mirrored(plate())))
    assert not alignment.mirrored


@pytest.mark.parametrize("factor", [25.4, 1 / 25.4, 1000.0, 1.2])
def test_the_factor_of_a_larger_part_is_found(base, factor):
    alignment = align(base, part_of(odd(block().scale(factor)), odd=False))
    assert alignment.scale == pytest.approx(factor, rel=1e-6)
    assert alignment.agreement > 0.999


def test_a_longer_part_is_not_a_scaled_one(base):
    assert align(base, part_of(block(length=100))).scale == 1.0


def test_faces_that_are_alike_are_found_as_each_pair_alone_would_tell(base):
    larger_hole = part_of(odd(block(hole=11)), odd=False)
    for other in (base, larger_hole):
        a, b = face_table(base), face_table(other)
        every = np.arange(len(b.kind))
        for face, found in enumerate(alike(a, b)):
            assert set(found.tolist()) == set(every[are_alike(a, face, b, every)].tolist())


def test_a_plate_of_equal_holes_shares_one_list_of_those_alike():
    places = [(x, y) for x in range(-40, 41, 10) for y in range(-20, 21, 10)]
    sieve = part_of(cq.Workplane().box(100, 60, 5).pushPoints(places).hole(4).val(), odd=False)
    bores = np.flatnonzero(face_table(sieve).kind == CYLINDER)
    likes = alike(face_table(sieve), face_table(sieve))
    assert len(bores) == len(places) == 45
    assert len({id(likes[bore]) for bore in bores}) == 1


def test_a_motion_is_fitted_to_thousands_of_equal_holes_in_seconds():
    side = 80
    grid = np.stack(np.meshgrid(*[4.0 * np.arange(side)] * 2), axis=-1).reshape(-1, 2)
    points = np.column_stack([grid, np.zeros(len(grid))])
    motion = np.eye(4)
    turn = np.radians(17.0)
    motion[:2, :2] = [[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]
    motion[:3, 3] = 1.0, 2.0, 3.0
    diagonal_mm = 4.0 * side * 2**0.5

    def bores(points):
        return FaceTable(
            np.full(len(points), CYLINDER), np.full(len(points), -1),
            np.tile([5.0, 1.0, 0.0, 12.0], (len(points), 1)), np.zeros(len(points)), points,
            points, np.tile([0.0, 0.0, 1.0], (len(points), 1)), np.full(len(points), 25.0),
            diagonal_mm,
        )  # fmt: skip

    a, b = bores(points), bores(moved(motion, points))
    nearly = motion.copy()
    nearly[2, 3] += 1e-3
    start = time.process_time()
    fitted = laying._refined(nearly, a, b, alike(a, b), 0.01)
    assert time.process_time() - start < 3.0  # each asked for all the others it takes ten
    assert fitted == pytest.approx(motion, abs=1e-9)
