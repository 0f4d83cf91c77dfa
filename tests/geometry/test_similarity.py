"""Is what looks alike found, however its file is written?"""

import io

import cadquery as cq
import numpy as np
import pytest
from revisions import as_nurbs, block, boss, bracket, mirrored, odd, plate, shaft, split
from shapes import part_of

from geometry.descriptor import VERSION, StaleDescriptor, describe, is_current, load
from geometry.similarity import MODES, rank


def described(shape):
    return describe(part_of(shape, odd=False))


@pytest.fixture(scope="module")
def known():
    return {
        "block": described(block()),
        "longer block": described(block(length=110)),
        "block with boss": described(block(extra=boss(14, 8), without=("bore",))),
        "shaft": described(shaft()),
        "keyed shaft": described(shaft(key=(6.0, 3.5))),
        "bracket": described(bracket()),
        "flange": described(plate()),
    }


@pytest.mark.parametrize("rewrite", [odd, as_nurbs, split], ids=["moved", "NURBS", "split"])
@pytest.mark.parametrize(
    ("name", "draw"), [("block", block), ("shaft", shaft), ("bracket", bracket), ("flange", plate)]
)
def test_a_rewritten_part_finds_itself(known, name, draw, rewrite):
    best = rank(described(rewrite(odd(draw()))), known)[0]
    assert best.key == name
    assert best.similarity > 0.95
    assert best.why["different"] == []


@pytest.mark.parametrize("rewrite", [as_nurbs, split], ids=["NURBS", "split"])
def test_graph_symmetry_and_ratios_do_not_depend_on_how_a_file_is_written(rewrite):
    a, b = load(described(block())), load(described(rewrite(odd(block()))))
    assert np.array_equal(a.graph, b.graph)
    assert np.array_equal(a.meetings, b.meetings)
    assert np.allclose(a.symmetry, b.symmetry, atol=0.01)
    assert np.allclose(a.ratios, b.ratios, atol=0.005)
    assert np.allclose(a.face_sizes, b.face_sizes, atol=0.02)
    assert np.array_equal(a.counts, b.counts)


@pytest.mark.parametrize("rewrite", [odd, as_nurbs, split], ids=["moved", "NURBS", "split"])
def test_chamfers_of_45_degrees_are_the_same_edges_however_rounding_turns_them(rewrite):
    eased = cq.Workplane().box(40, 30, 20).edges("|Z").chamfer(3)
    eased = eased.faces(">Z").workplane().cskHole(6, 12, 90).val()
    a, b = load(described(eased)), load(described(rewrite(odd(eased))))
    assert np.array_equal(a.graph, b.graph)


def test_a_nut_has_one_graph_in_all_sizes_though_its_corners_are_cut_by_microns():
    def nut(across_mm):
        corner = across_mm / np.sqrt(3)  # of the hexagon, from its middle
        turned = cq.Workplane().circle(corner - 0.001).extrude(across_mm)  # leaves 3 µm of it
        hexagon = cq.Workplane().polygon(6, 2 * corner).extrude(across_mm)
        return load(described(hexagon.intersect(turned).val()))

    small, large = nut(5.0), nut(50.0)
    assert small.counts[0] == large.counts[0] == 8
    assert np.array_equal(small.graph, large.graph)


def test_of_two_parts_the_one_with_the_same_faces_wins_over_one_that_is_nearer_in_size():
    short, plain = described(block(length=75)), described(block(without=("bore",)))
    names = [each.key for each in rank(described(block()), {"short": short, "plain": plain})]
    assert names == ["short", "plain"]


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_puts_the_part_itself_first(known, mode):
    for name, data in known.items():
        best = rank(data, known, mode)[0]
        assert best.key == name
        assert best.similarity == pytest.approx(1.0, abs=1e-6)


def test_shape_does_not_ask_for_size_but_size_does(known):
    large = described(block().scale(10))
    by_shape = rank(large, known, "shape")[0]
    assert by_shape.key == "block"
    assert by_shape.similarity > 0.95
    assert by_shape.why["volume_ratio"] == pytest.approx(1e-3, rel=1e-3)
    assert rank(large, known, "size")[0].similarity < 0.1


def test_of_two_sizes_all_prefers_the_nearer(known):
    others = {"same": known["block"], "tenfold": described(block().scale(10))}
    found = rank(described(block().scale(1.1)), others)
    assert [match.key for match in found] == ["same", "tenfold"]


def test_a_mirrored_twin_is_found_and_named(known):
    best = rank(described(odd(mirrored(block()))), known)[0]
    assert best.key == "block"
    assert best.why["mirrored"]
    assert not rank(described(odd(block())), known)[0].why["mirrored"]


def test_a_part_with_a_mirror_plane_has_no_twin(known):
    best = rank(described(odd(mirrored(plate()))), known)[0]
    assert best.key == "flange"
    assert not best.why["mirrored"]


def test_symmetry_counts_mirror_planes():
    cube = load(described(plate(count=4)))
    assert np.allclose(cube.symmetry, 1.0)
    assert load(described(block())).symmetry[0] < 0.9


def test_why_tells_counts_and_what_differs(known):
    found = {match.key: match for match in rank(known["block"], known)}
    why = found["flange"].why
    assert why["bores"] == [4, 7]
    assert why["faces"] == [21, 10]
    assert why["different"]
    assert 0 <= why["shape"] <= 1


def test_a_descriptor_is_small_and_says_its_version():
    data = described(plate())
    assert len(data) < 20_000
    assert is_current(data)


def test_a_descriptor_of_another_version_is_refused(known):
    packed = io.BytesIO()
    np.savez_compressed(packed, version=np.array(f"{VERSION}-old"), shape=np.zeros(3))
    assert not is_current(packed.getvalue())
    with pytest.raises(StaleDescriptor, match="old"):
        rank(packed.getvalue(), known)


def test_nothing_is_like_a_part_in_an_empty_catalogue(known):
    assert rank(known["block"], {}) == []
