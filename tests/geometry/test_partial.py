"""Is a flange or a bolt pattern found in other parts, wherever it lies?"""

import cadquery as cq
import numpy as np
import pytest
from revisions import as_nurbs, odd, split
from shapes import part_of

from geometry.descriptor import describe
from geometry.partial import contains
from geometry.surroundings import load_faces, words


def flange(*, count=6, circle=60.0, hole=6.6, bore=30.0, thickness=10.0, outer=84.0):
    """A round flange with holes on a circle, from z = 0."""
    return (
        cq.Workplane().circle(outer / 2).circle(bore / 2).extrude(thickness)
        .faces(">Z").workplane().polarArray(circle / 2, 0, 360, count).hole(hole)
    )  # fmt: skip


def pump(**holes):
    """A block of 120 × 110 × 50 mm with the same holes and bore in its top."""
    pattern = {"count": 6, "circle": 60.0, "hole": 6.6, "bore": 30.0} | holes
    block = cq.Workplane().box(120, 110, 50).faces(">Z").workplane().hole(pattern["bore"])
    block = block.faces(">Z").workplane(origin=(0, 0, 25))
    block = block.polarArray(pattern["circle"] / 2, 11, 360, pattern["count"])
    block = block.hole(pattern["hole"], 18)
    return block.edges("|Z").fillet(5)


def local(shape):
    part = part_of(shape, odd=False)
    return part, load_faces(describe(part))


def hollow(part, radius_mm):
    """Ids of hollow cylinders of that radius."""
    faces = part.topology.faces
    near = np.isclose(np.nan_to_num(faces["radius_mm"]), radius_mm, atol=1e-3)
    return np.flatnonzero(near & (faces["sense"] < 0)).tolist()


@pytest.fixture(scope="module")
def picked():
    part, faces = local(flange())
    rows = faces.rows([*hollow(part, 3.3), *hollow(part, 15.0)])
    return faces, rows


@pytest.mark.parametrize("rewrite", [odd, as_nurbs, split], ids=["moved", "NURBS", "split"])
def test_a_bolt_pattern_is_found_in_a_block(picked, rewrite):
    part, other = local(rewrite(odd(pump().val())))
    best = contains(*picked, other)[0]
    assert best.missing == []
    assert best.fit > 0.75
    if rewrite is odd:
        assert sorted(best.faces) == sorted([*hollow(part, 3.3), *hollow(part, 15.0)])


@pytest.mark.parametrize(
    "change", [{"circle": 62.0}, {"count": 5}, {"hole": 5.5}], ids=["circle", "count", "diameter"]
)
def test_another_pattern_is_not_the_same(picked, change):
    _, other = local(odd(pump(**change).val()))
    finds = contains(*picked, other, least=0.0)
    assert all(find.missing for find in finds)
    assert not finds or finds[0].fit < 0.6


def test_the_part_itself_holds_all_it_holds(picked):
    faces, _ = picked
    _, other = local(odd(flange().val()))
    best = contains(faces, np.arange(len(faces.kind)), other)[0]
    assert best.missing == []
    assert best.fit == pytest.approx(1.0, abs=0.01)


def test_the_motion_lays_the_holes_on_each_other(picked):
    faces, rows = picked
    part, other = local(odd(pump().val()))
    best = contains(faces, rows, other)[0]
    axis = part.topology.faces["axis"][hollow(part, 15.0)[0]]
    centre = best.matrix[:3, :3] @ faces.origins_mm[rows[0]] + best.matrix[:3, 3]
    near = [
        np.linalg.norm(np.cross(centre - part.topology.faces["origin_mm"][face], axis))
        for face in [*hollow(part, 3.3), *hollow(part, 15.0)]
    ]
    assert min(near) < 0.05


def test_two_equal_patterns_are_two_places():
    two = cq.Workplane().box(200, 80, 12).faces(">Z").workplane()
    two = two.pushPoints([(x + dx, dy) for x in (-60, 60) for dx in (-15, 15) for dy in (-15, 15)])
    two = two.hole(5)
    one = cq.Workplane().box(50, 50, 6).faces(">Z").workplane().rect(30, 30, forConstruction=True)
    part, faces = local(one.vertices().hole(5))
    found = contains(faces, faces.rows(hollow(part, 2.5)), local(odd(two.val()))[1])
    assert [find.missing for find in found] == [[], []]
    assert not set(found[0].faces) & set(found[1].faces)


def test_parts_that_share_a_radius_share_a_word(picked):
    faces, rows = picked
    mine = set(words(faces, rows).tolist())
    assert len(mine) == 2
    assert mine <= set(words(local(odd(pump().val()))[1]).tolist())
    assert not mine & set(words(local(cq.Workplane().box(9, 8, 7))[1]).tolist())
