"""Radii of blends against freeform walls, and ribs whose corners healing left a hair apart."""

import cadquery as cq
import pytest
from shapes import part_of

from geometry.features.recognition import recognise


def ellipsoid_on_a_plate(radius, level):
    """An ellipsoid through a plate whose top is at a level, rounded where it meets it."""
    stretch = cq.Matrix([[1.5, 0, 0, 0], [0, 0.8, 0, 0], [0, 0, 0.6, 0], [0, 0, 0, 1]])
    ball = cq.Solid.makeSphere(20, cq.Vector(), cq.Vector(0, 0, 1), -90, 90, 360)
    body = cq.Workplane().box(90, 60, 6).translate((0, 0, level - 3))
    body = body.union(cq.Workplane(obj=ball.transformGeometry(stretch)))
    seam = [
        edge
        for edge in body.edges().vals()
        if edge.geomType() != "LINE" and edge.Center().z == pytest.approx(level, abs=1e-3)
    ]
    return body.val().fillet(radius, seam)


@pytest.mark.parametrize(("radius", "level"), [(1, -2), (3, -6), (3, 4), (3, 9)])
def test_a_round_between_a_plane_and_a_freeform_wall_has_one_radius(radius, level):
    features = recognise(part_of(ellipsoid_on_a_plate(radius, level))).features
    (fillet,) = (feature for feature in features if feature.type == "fillet")
    assert fillet.kind == "internal"
    assert fillet.parameters == {"radius_mm": pytest.approx(radius, rel=0.01)}


def upright_with_gussets(hair_mm):
    """An upright held by two gussets flush with its sides that end a hair below its top."""
    body = cq.Workplane().box(60, 60, 5, centered=(True, True, False))
    upright = cq.Workplane().box(4, 16, 30, centered=(False, True, False))
    body = body.union(upright.translate((0, 0, 5)))
    for side in (1, -1):
        gusset = cq.Workplane("XZ", origin=(0, side * 8, 0))
        gusset = gusset.polyline([(4, 5), (4, 35 - hair_mm), (20, 5)]).close().extrude(side * 3)
        body = body.union(gusset)
    return body


def test_gussets_that_end_a_hair_below_the_top_are_those_that_end_there():
    ribs = [
        [f for f in recognise(part_of(upright_with_gussets(hair))).features if f.type == "rib"]
        for hair in (0.0, 2e-6)
    ]
    sizes = [sorted(tuple(rib.parameters.values()) for rib in found) for found in ribs]
    assert len(sizes[0]) == 3
    for rib, other in zip(*sizes, strict=True):
        assert rib == pytest.approx(other, abs=1e-4)


def boss_on_a_shaft(corner_mm, foot_mm):
    """A block on a round shaft, its corners rounded and then the foot that runs around it."""
    shaft = cq.Workplane("XZ").circle(30).extrude(40, both=True)
    block = cq.Workplane().box(16, 12, 42, centered=(True, True, False))
    whole = shaft.union(block.edges("|Z").fillet(corner_mm))
    return whole.edges(cq.selectors.BoxSelector((-9, -7, 24), (9, 7, 31))).fillet(foot_mm)


@pytest.mark.parametrize("corner_mm", [0.9, 1.0, 1.2])
def test_a_foot_runs_on_around_the_corners_whose_own_rounds_end_on_it(corner_mm):
    features = recognise(part_of(boss_on_a_shaft(corner_mm, 1.0))).features
    fillets = [feature for feature in features if feature.type == "fillet"]
    (foot,) = (fillet for fillet in fillets if fillet.kind == "internal")
    assert len(foot.faces) == 8
    assert foot.parameters["radius_mm"] == pytest.approx(1.0)
    corners = [fillet.parameters["radius_mm"] for fillet in fillets if fillet.kind == "external"]
    assert corners == pytest.approx(4 * [corner_mm])
