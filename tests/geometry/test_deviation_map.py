"""Does the heat map say how far each place of the second part is from the first?"""

import cadquery as cq
import numpy as np
import pytest
from revisions import odd
from shapes import part_of

from geometry.comparison import compare_parts
from geometry.deviation_map import deviations
from geometry.display import gltf_binary, mesh_of_gltf, scalars_of_gltf
from geometry.fields.deviation import Surface


def block(boss_mm, scale=1.0):
    """A block of 60 × 40 × 10 mm with a round boss, everything larger by `scale`."""
    drawn = cq.Workplane().box(60, 40, 10).faces(">Z").workplane().center(12, 6)
    return drawn.circle(7).extrude(boss_mm).val().scale(scale)


@pytest.mark.parametrize("scale", [1.0, 25.4], ids=["as large", "in inches"])
def test_a_higher_boss_deviates_by_what_it_grew(scale):
    a, b = part_of(block(5)), part_of(odd(block(6, scale)))
    told = compare_parts(a, b)
    stayed = [pair[1] for pair in told.record["faces"]["same"]]
    mesh, values = deviations(a, b.mesh, told.alignment.matrix, stayed)
    assert np.nanmax(values) == pytest.approx(scale, rel=1e-3)
    assert told.record["deviation_mm"]["max_of_b"] == pytest.approx(scale, rel=1e-3)
    still = np.isin(mesh.face_of_triangle, stayed)
    assert still.any()
    assert np.isnan(values[still]).all()
    assert np.isfinite(values[~still]).all()


def test_beyond_a_corner_its_planes_go_on_and_the_distance_counts():
    boss = cq.Solid.makeBox(6, 5, 4, cq.Vector(0, 0, 10))
    skin = Surface(part_of(cq.Workplane().box(900, 900, 20).union(cq.Workplane(obj=boss)).val(),
                           odd=False))  # fmt: skip
    corners = np.array([[x, y, 14.0] for x in (0, 6) for y in (0, 5)])
    ways = [(corners - [3, 2.5, 12]) * axis for axis in np.eye(3)]
    beyond = np.concatenate([corners + 0.5 * np.sign(way) for way in ways])
    np.testing.assert_allclose(skin.distance(beyond)[0], 0.5, atol=1e-4)


def test_the_values_reach_the_viewer_and_come_back():
    a, b = part_of(block(5)), part_of(block(8))
    mesh, values = deviations(a, b.mesh, np.eye(4), [0])
    glb = gltf_binary(mesh, scalars={"deviation": values})
    back = scalars_of_gltf(glb, "deviation")
    assert mesh_of_gltf(glb).areas_mm2.sum() == pytest.approx(mesh.areas_mm2.sum(), rel=1e-5)
    np.testing.assert_allclose(back, values, atol=1e-5)
