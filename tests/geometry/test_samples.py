"""The committed samples are what samples/build.py draws, and their manifest is true."""

from __future__ import annotations

import tomllib
from pathlib import Path

import cadquery as cq
import pytest

from samples import build, cast, formed, machined

HERE = Path(build.__file__).parent
MANIFEST = tomllib.loads((HERE / "manifest.toml").read_text(encoding="utf-8"))
PARTS = {part["file"]: part for part in MANIFEST["part"]}
# relative; the key slot and the crossing bores are integrated numerically in the drawing
VOLUME_TOLERANCE = 2e-6


@pytest.mark.parametrize("name", sorted(PARTS))
def test_a_committed_file_has_the_volume_the_drawing_computed(name):
    solids = cq.importers.importStep(str(HERE / name)).solids().vals()
    assert all(solid.isValid() for solid in solids)
    volume = sum(solid.Volume() for solid in solids)
    if "volume_mm3" in PARTS[name]:
        assert volume == pytest.approx(PARTS[name]["volume_mm3"], rel=VOLUME_TOLERANCE)
    assert volume > 0


@pytest.mark.parametrize("draw", [cast.pump_body, formed.pedal_assembly, machined.valve_block])
def test_a_sample_drawn_again_is_the_committed_file(draw, tmp_path):
    sample = draw()
    again = build.write(sample, tmp_path)
    drawn = cq.importers.importStep(str(again)).solids().vals()
    kept = cq.importers.importStep(str(HERE / sample.file)).solids().vals()
    assert [len(solid.Faces()) for solid in drawn] == [len(solid.Faces()) for solid in kept]
    assert sum(s.Volume() for s in drawn) == pytest.approx(sum(s.Volume() for s in kept), rel=1e-6)


def test_a_sample_drawn_twice_is_the_same_file_byte_for_byte(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    once = build.write(formed.pedal_assembly(), tmp_path / "a").read_bytes()
    assert build.write(formed.pedal_assembly(), tmp_path / "b").read_bytes() == once


def test_the_manifest_lists_every_committed_sample():
    assert set(PARTS) == {path.name for path in HERE.glob("*.step")}
    assert MANIFEST["licence"] == "drawn for this project, Apache-2.0"


def test_the_samples_stay_small_enough_to_commit():
    assert sum(path.stat().st_size for path in HERE.glob("*.step")) < 1_000_000
