"""A part that is only written another way keeps its features, their faces and their sizes."""

import sys
from itertools import cycle
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[1] / "bench"
sys.path[:0] = [str(BENCH), str(BENCH.parents[1])]

import invariance  # noqa: E402
from generator.run import generate  # noqa: E402

from samples import build  # noqa: E402

SAMPLES = sorted(Path(build.__file__).parent.glob("*.step"))
WAYS = ("split", "nurbs", "all", "turned", "inch")
KINDS = (
    "chamfer_internal", "groove_external_full_radius", "groove_o_ring_ball_nosed", "hole_tapered",
    "ribs_crossing", "sheet_hem", "slots_crossing", "slot_along_an_arc",
)  # fmt: skip


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


def test_a_difference_would_be_told():
    told = invariance.Told("hole", "through", frozenset({1}), {"diameter_mm": 8.0})
    wider = invariance.Told("hole", "through", frozenset({1}), {"diameter_mm": 8.4})
    blind = invariance.Told("hole", "blind", frozenset({1, 2}), {"diameter_mm": 8.0})
    assert len(invariance.differences([told], [wider])) == 1
    assert len(invariance.differences([told], [blind])) == 2
    assert len(invariance.differences([told], [])) == 1
    assert len(invariance.differences([], [told])) == 1
