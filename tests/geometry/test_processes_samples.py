"""The samples are judged as what they were drawn to be."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from geometry.features.recognition import recognise
from geometry.processes.registry import PROCESSES, measure_all
from geometry.processes.rules import default_rules
from geometry.processes.suitability import Conditions, judge
from geometry.step import read_step

FOLDER = Path(__file__).parents[2] / "samples"
SAMPLES = [
    sample
    for sample in tomllib.loads((FOLDER / "manifest.toml").read_text(encoding="utf-8"))["part"]
    if sample["process"] in PROCESSES
]


@pytest.fixture(scope="module", params=SAMPLES, ids=lambda s: s["file"])
def sample(request):
    part = read_step((FOLDER / request.param["file"]).read_bytes(), name="sample").parts[0]
    recognition = recognise(part)
    measured = measure_all(part, recognition, recognition.sheet)
    return request.param, judge(measured.facts, Conditions(), default_rules())


def test_by_its_shape_alone_a_sample_fits_its_process(sample):
    drawn, judged = sample
    wanted = {drawn["process"], *drawn.get("also", ())}
    ranks = {j.process: rank for rank, j in enumerate(judged)}
    assert min(ranks[process] for process in wanted) == 0
    assert ranks[drawn["process"]] < 3


def test_axes_and_pulls_are_the_drawn_ones(sample):
    drawn, judged = sample
    wanted = drawn.get("pull_direction") or drawn.get("turn_axis") or drawn.get("direction")
    if wanted is None:
        return  # the drawing fixes no direction
    metrics = next(j.metrics for j in judged if j.process == drawn["process"])
    found = metrics.get("pull_direction") or metrics.get("axis") or metrics.get("direction")
    assert abs(np.dot(wanted, found)) == pytest.approx(1, abs=1e-3)


def test_every_process_gives_the_metrics_it_owes(sample):
    owed = {
        "milling": {"setups", "setup_directions", "machined_share", "stock_mm", "removal_ratio",
                    "unreachable_area_mm2", "axes", "minutes"},
        "sand_casting": {"pull_direction", "parting", "cores", "undercut_area_mm2",
                         "draft_ok_share", "min_wall_mm", "max_section_mm", "hot_spots",
                         "modulus_mm", "box_mm", "projected_area_mm2", "yield"},
        "die_casting": {"clamp_force_kn"},
        "forging": {"pull_direction", "draft_ok_share", "complexity", "flash_kg", "press_kn"},
        "moulding": {"pull_direction", "undercuts", "draft_ok_share", "nominal_wall_mm",
                     "clamp_force_kn", "cycle_s"},
        "extrusion": {"direction", "constant_share", "circumscribing_circle_mm", "shape_factor"},
    }  # fmt: skip
    _, judged = sample
    metrics = {j.process: set(j.metrics) for j in judged}
    assert set(metrics) == set(PROCESSES)
    for process, names in owed.items():
        assert names <= metrics[process], process
