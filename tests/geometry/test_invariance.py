"""A part that is only written another way keeps its features, their faces and their sizes, and it
suits the same processes.
"""

import sys
from itertools import cycle
from pathlib import Path

import cadquery as cq
import numpy as np
import pytest

BENCH = Path(__file__).resolve().parents[1] / "bench"
sys.path[:0] = [str(BENCH), str(BENCH.parents[1])]

import invariance  # noqa: E402
from features import fits, recognise_file  # noqa: E402
from generator.run import draw, generate  # noqa: E402
from revisions import split  # noqa: E402
from rewriter import NotRewritten, carried_truth, rewrite  # noqa: E402
from shapes import odd_direction, turned  # noqa: E402

from geometry.analysis import examine  # noqa: E402
from geometry.features.survey import CYLINDER, Survey  # noqa: E402
from geometry.features.ways_out import points_off  # noqa: E402
from geometry.step import read_step  # noqa: E402
from samples import build  # noqa: E402
from samples.step_file import write_part  # noqa: E402
from workbench.judging import Conditions, analysis  # noqa: E402

SAMPLES = sorted(Path(build.__file__).parent.glob("*.step"))
WAYS = ("split", "nurbs", "all", "turned", "inch")
KINDS = (
    "chamfer_internal", "groove_external_full_radius", "groove_o_ring_ball_nosed", "hole_tapered",
    "ribs_crossing", "sheet_hem", "slots_crossing", "slot_along_an_arc",
)  # fmt: skip

MOST_POINTS = 6.0  # by which a suitability moves where samples of a split face lie elsewhere


def assert_nothing_changes(path, way):
    """Recognised, rewritten and recognised again, the features are the same."""
    found = invariance.compare(path, way, seed=3)
    if found is None:
        pytest.skip("the kernel did not rewrite it")
    assert found == []


@pytest.mark.parametrize(
    ("path", "way"),
    list(zip(SAMPLES, cycle(WAYS), strict=False)),
    ids=lambda one: getattr(one, "stem", one),
)
def test_a_sample_rewritten_keeps_its_features(path, way):
    assert_nothing_changes(path, way)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    folder = tmp_path_factory.mktemp("drawn")
    truth = generate(folder, len(KINDS), 3, list(KINDS))
    return {part["drawn"]: folder / part["file"] for part in truth["parts"]}


@pytest.mark.parametrize("kind", KINDS)
def test_a_drawn_part_turned_as_nurbs_with_split_faces_in_inches_keeps_its_features(drawn, kind):
    assert_nothing_changes(drawn[kind], "all")


# kind, seed, number: a sliver beyond the end of its surface, a corner of a wall too small to tell
# its surface, a split edge of a bend in a window, a blend in many pieces, flanks of teeth of which
# some are a single chord of the mesh
ODDLY_SPLIT = (
    ("hole_into_a_sphere", 57, 76), ("groove_face", 57, 46), ("slot_along_an_arc", 57, 199),
    ("sheet_lance", 57, 183), ("fillet_variable", 57, 32), ("gear_internal", 57, 40),
)  # fmt: skip


@pytest.mark.parametrize("made", ODDLY_SPLIT, ids=lambda made: made[0])
def test_an_oddly_split_part_keeps_what_is_known_of_it(tmp_path, made):
    kind, seed, number = made
    drawn = draw(kind, seed, number)
    source, target = tmp_path / f"{kind}.step", tmp_path / f"{kind}_again.step"
    write_part(source, drawn.shape, "part")
    done = rewrite(
        source, target, rng=np.random.default_rng([seed, number]), turn=True, nurbs=True,
        split=True, unit="INCH",
    )  # fmt: skip
    told = list(recognise_file(target).features)
    for wanted in carried_truth(drawn.truth(target.name, kind), done)["features"]:
        hit = next((one for one in told if fits(wanted, one)), None)
        assert hit is not None, wanted
        told.remove(hit)


@pytest.mark.parametrize("seed", range(1, 4))
def test_a_slot_along_an_arc_whose_faces_are_split_above_and_below_stays_one(tmp_path, seed):
    plate = cq.Workplane().box(140, 140, 2.5).cut(cq.Workplane().circle(20).extrude(9, both=True))
    outline = cq.Workplane().moveTo(54, 0).threePointArc((0, 54), (-54, 0))
    outline = outline.threePointArc((-50, -4), (-46, 0)).threePointArc((0, 46), (46, 0))
    outline = outline.threePointArc((50, -4), (54, 0)).close()
    source, target = tmp_path / "plate.step", tmp_path / "split.step"
    write_part(source, plate.cut(outline.extrude(9, both=True)).val(), "part")
    rewrite(source, target, rng=np.random.default_rng(seed), split=True)
    (slot,) = (f for f in recognise_file(target).features if f.get("kind") == "slot")
    assert slot["parameters"]["width_mm"] == pytest.approx(8, abs=1e-3)
    assert slot["parameters"]["length_mm"] == pytest.approx(50 * np.pi + 8, rel=1e-3)


def test_points_off_a_round_corner_clear_the_long_triangles_between_its_uneven_rims(tmp_path):
    block = cq.Workplane().box(60, 40, 60, centered=(True, True, False))
    corner = cq.Workplane().box(15, 10, 99, centered=(True, True, False)).edges("|Z").fillet(2.5)
    above = cq.Workplane("XZ").polyline([(-40, -50), (40, 170), (-40, 170)]).close()
    block = block.cut(corner.translate((0, 0, 20))).cut(above.extrude(40, both=True))
    source, target = tmp_path / "block.step", tmp_path / "nurbs.step"
    write_part(source, turned(block), "part")
    rewrite(source, target, rng=np.random.default_rng(0), nurbs=True)
    survey = Survey(read_step(target.read_bytes(), name="block").parts[0])
    corners = np.flatnonzero(survey.kind == CYLINDER).tolist()
    assert len(corners) == 4
    (points,) = points_off(survey, [corners], np.random.default_rng(7), 256)
    up = np.broadcast_to(odd_direction(0, 0, 1), points.shape)
    assert np.isinf(survey.rays.cast(points, up).distance_mm).all()


def test_a_difference_would_be_told():
    told = invariance.Told("hole", "through", frozenset({1}), {"diameter_mm": 8.0})
    wider = invariance.Told("hole", "through", frozenset({1}), {"diameter_mm": 8.4})
    blind = invariance.Told("hole", "blind", frozenset({1, 2}), {"diameter_mm": 8.0})
    assert len(invariance.differences([told], [wider])) == 1
    assert len(invariance.differences([told], [blind])) == 2
    assert len(invariance.differences([told], [])) == 1
    assert len(invariance.differences([], [told])) == 1


def suited(path):
    """Suitability by process of the first part."""
    record = examine(path.read_bytes(), name=path.name).record
    (part, *_) = analysis(record, path.name, Conditions())["parts"]
    return {process["process"]: process["suitability"] for process in part["processes"]}


def measured(path):
    """Facts by process of the first part."""
    return examine(path.read_bytes(), name=path.name).record["parts"][0]["facts"]


def drilled(body):
    return body.faces("<Z").workplane().rarray(14, 14, 4, 2).hole(4).val()


DRILLED = {
    "tray": drilled(cq.Workplane().box(60, 40, 12).faces(">Z").shell(-2)),
    "block": drilled(cq.Workplane().box(60, 40, 12)),
}


def finned(length_mm: float, height_mm: float) -> cq.Workplane:
    """A block with a thin wall in its middle, far from any side."""
    fin = cq.Workplane().box(length_mm, 1, height_mm).translate((0, 0, 10 + height_mm / 2))
    return cq.Workplane().box(100, 60, 20).union(fin)


@pytest.mark.parametrize("size", [(4.5, 10.0), (14.0, 9.0)], ids=["a short fin", "a fin"])
def test_a_thin_wall_whose_sides_are_split_stays_one_wall(size, tmp_path):
    whole = finned(*size)
    source, target = tmp_path / "whole.step", tmp_path / "split.step"
    for path, shape in ((source, whole.val()), (target, split(whole.val()))):
        write_part(path, shape, "part")
    one, other = (
        {m["quantity"]: m["value"] for m in reversed(measured(path)["milling"]["measurements"])
         if m["quantity"] in {"wall_mm", "wall_slenderness"}}
        for path in (source, target)
    )  # fmt: skip
    assert one == pytest.approx({"wall_mm": 1.0, "wall_slenderness": size[1]}, rel=0.01)
    assert other == pytest.approx(one, rel=0.01)


MARKS = (
    ("milling", "cutter_marks"), ("milling", "cuttable_corners"), ("moulding", "no_cutter_marks"),
    ("die_casting", "as_cast"),
)  # fmt: skip


@pytest.mark.parametrize("name", DRILLED)
def test_halves_of_drilled_holes_are_no_corners_that_a_mill_left(name, tmp_path):
    source, target = tmp_path / "part.step", tmp_path / "split.step"
    write_part(source, DRILLED[name], "part")
    rewrite(source, target, rng=np.random.default_rng(3), split=True)
    one, other = (measured(path) for path in (source, target))
    for process, term in MARKS:
        wanted = pytest.approx(one[process]["fit"][term], abs=0.02)
        assert other[process]["fit"][term] == wanted, term


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_with_split_faces_suits_the_same_processes(path, tmp_path):
    written = tmp_path / path.name
    try:
        rewrite(path, written, rng=np.random.default_rng(3), **invariance.WAYS["split"])
    except NotRewritten:
        pytest.skip("the kernel did not rewrite it")
    assert suited(written) == pytest.approx(suited(path), abs=MOST_POINTS)
