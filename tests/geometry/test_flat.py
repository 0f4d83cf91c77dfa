"""Unfolding against flats known from the drawing, and the DXF that carries them."""

import csv
import io
import math
import os
from pathlib import Path

import cadquery as cq
import ezdxf
import numpy as np
import pytest
from ezdxf import path as dxf_path
from shapes import part_of, step_bytes
from sheet_shapes import (
    allowance,
    corner_at,
    flat_length,
    overlapping,
    sharp_angle,
    strip,
    tab_in_window,
    tray,
    tube,
)
from sheet_trees import tree

from geometry.blanking import unfold_file
from geometry.errors import NotDevelopable, NotSheet
from geometry.features.bend_allowance import bend_allowance_mm, k_factor
from geometry.features.recognition import recognise
from geometry.features.sheet_contours import contour_of
from geometry.flat import to_dict, to_dxf, unfold
from geometry.processes.registry import measure_all
from geometry.processes.rules import default_rules
from geometry.processes.suitability import Conditions, judge


def codes(flat):
    return {warning.code for warning in flat.warnings}


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [(1.0, 0.325), (2.0, 0.5 * (0.65 + 0.5 * math.log10(2))), (5.0, 0.49974), (8.0, 0.5)],
)
def test_the_k_factor_is_half_of_din_6935(ratio, expected):
    assert k_factor(2 * ratio, 2.0) == pytest.approx(expected, abs=2e-5)


def test_a_table_replaces_the_standard():
    table = {0.5: 0.33, 1.0: 0.40, 4.0: 0.45}
    assert [k_factor(r, 1.0, table) for r in (0.1, 0.75, 9.0)] == pytest.approx([0.33, 0.365, 0.45])


def test_an_allowance_is_the_arc_of_the_neutral_fibre():
    assert bend_allowance_mm(90, 2, 2) == pytest.approx(math.pi / 2 * (2 + 0.325 * 2))


@pytest.mark.parametrize(
    ("legs", "bends"),
    [
        ([30, 40], [(90, 3)]),
        ([30, 40, 25], [(90, 2), (90, 2)]),
        ([30, 40, 25], [(90, 2), (-90, 2)]),
        ([20, 25, 30, 25, 20], [(90, 2), (-90, 2), (-90, 2), (90, 2)]),
        ([30, 40], [(135, 4)]),
        ([30, 40], [(10, 6)]),
        ([40, 12], [(180, 1)]),
        ([40, 2.0], [(270, 9)]),
        ([20, 30], [(120, 30)]),
    ],
    ids=["L", "U", "Z", "hat", "acute", "shallow", "hem", "curl", "rolled"],
)
def test_a_bent_strip_has_the_flat_it_was_bent_from(legs, bends):
    flat = unfold(part_of(strip(legs, bends, 2.0, 50)))
    length = flat_length(legs, bends, 2.0)
    assert flat.area_mm2 == pytest.approx(length * 50, rel=1e-4)
    assert sorted(flat.size_mm) == pytest.approx(sorted((length, 50)), rel=1e-4)
    assert len(flat.bends) == len(bends)


@pytest.mark.parametrize("seed", [2, 9, 17])
def test_flanges_around_an_odd_polygon_unfold_with_every_bend(seed):
    drawn = tree(seed)
    flat = unfold(part_of(drawn.shape))
    assert flat.area_mm2 == pytest.approx(drawn.area_mm2, rel=1e-4)
    found = sorted((b.angle_deg, b.inside_radius_mm, b.length_mm) for b in flat.bends)
    assert np.array(found) == pytest.approx(np.array(sorted(drawn.bends)), rel=1e-3, abs=1e-2)
    assert len(flat.holes) == 2


@pytest.mark.parametrize("outside", ["", "fillet", "chamfer"])
def test_a_bend_without_inside_radius_is_laid_out_from_its_inner_corner(outside):
    shape = sharp_angle()
    if outside:
        shape = getattr(shape.edges(corner_at(0, 0, 50)), outside)(1.5)
    flat = unfold(part_of(shape))
    assert flat.area_mm2 == pytest.approx((38 + 28 + allowance(90, 0, 2)) * 50, rel=1e-4)
    assert "flat_sharp_bends" in codes(flat)


def test_a_bend_with_a_square_outer_corner_is_laid_out_by_its_inside_radius():
    flat = unfold(part_of(sharp_angle().edges(corner_at(2, 2, 50)).fillet(3)))
    assert flat.area_mm2 == pytest.approx((35 + 25 + allowance(90, 3, 2)) * 50, rel=1e-4)


def test_a_tray_unfolds_to_a_cross():
    flat = unfold(part_of(tray()))
    inner_x, inner_y, notch = 76.0, 56.0, 1.0  # the notches reach 1 mm into the inside
    wall = 28 + allowance(90, 0, 2)
    base = inner_x * inner_y - 4 * notch**2
    expected = base + 2 * wall * ((inner_x - 2 * notch) + (inner_y - 2 * notch))
    assert flat.area_mm2 == pytest.approx(expected, rel=1e-4)
    assert sorted(flat.size_mm) == pytest.approx(
        sorted((inner_x + 2 * wall, inner_y + 2 * wall)), rel=1e-4
    )


def test_a_slit_tube_unfolds():
    flat = unfold(part_of(tube().cut(cq.Workplane().box(3, 10, 1000).translate((0, 20, 0)))))
    expected = (3 * 36 + 33 + 4 * allowance(90, 0, 2)) * 200
    assert flat.area_mm2 == pytest.approx(expected, rel=1e-4)


def test_a_tab_lies_back_in_its_window():
    flat = unfold(part_of(tab_in_window()))
    expected = 100 * 80 - 30 * 20 + 16 * (23 + allowance(90, 0, 2))
    assert flat.area_mm2 == pytest.approx(expected, rel=1e-4)
    assert "flat_overlap" not in codes(flat)


def test_walls_that_meet_in_the_flat_are_told():
    flat = unfold(part_of(overlapping()))
    assert "flat_overlap" in codes(flat)


def test_a_closed_tube_is_refused():
    with pytest.raises(NotDevelopable, match="closed_section"):
        unfold(part_of(tube()))


def test_a_block_is_refused():
    with pytest.raises(NotSheet) as refusal:
        unfold(part_of(cq.Workplane().box(60, 50, 30)))
    assert (refusal.value.code, refusal.value.exit_code) == ("not_sheet", 3)


@pytest.mark.parametrize("angle", [60.0, 90.0])
def test_area_times_thickness_is_the_volume_or_the_reason_is_told(angle):
    part = part_of(strip([10, 10], [(angle, 2)], 5.0, 50))
    flat = unfold(part)
    near = abs(flat.area_mm2 * 5.0 / part.mass.volume_mm3 - 1) <= 0.03
    assert near or any(w.values.get("cause") == "bends" for w in flat.warnings)


def test_something_welded_on_is_told():
    plate = cq.Workplane().box(60, 60, 2).union(cq.Workplane().circle(8).extrude(30))
    flat = unfold(part_of(plate))
    assert {"flat_unaccounted", "flat_volume"} <= codes(flat)


def test_a_table_of_k_factors_is_used():
    flat = unfold(part_of(strip([30, 40], [(90, 3)], 2.0, 50)), k_table={1.0: 0.5})
    assert flat.k_factor == 0.5
    assert flat.area_mm2 == pytest.approx((70 + math.pi / 2 * 4) * 50, rel=1e-4)


def test_bends_of_a_z_go_both_ways():
    flat = unfold(part_of(strip([30, 40, 30], [(90, 3), (-90, 3)], 2.0, 50)))
    assert sorted(bend.up for bend in flat.bends) == [False, True]


def test_bends_of_a_u_go_up():
    flat = unfold(part_of(strip([30, 40, 30], [(90, 3), (90, 3)], 2.0, 50)))
    assert [bend.up for bend in flat.bends] == [True, True]


def test_a_bend_line_lies_in_the_middle_of_its_bend():
    flat = unfold(part_of(strip([30, 80], [(90, 3)], 2.0, 50)))
    (bend,) = flat.bends
    at = bend.line_mm[:, 0]
    half = allowance(90, 3, 2) / 2
    assert at[0] == pytest.approx(at[1], abs=1e-3)
    assert min(at[0], flat.size_mm[0] - at[0]) == pytest.approx(30 + half, rel=1e-4)
    assert np.linalg.norm(np.diff(bend.line_mm, axis=0)) == pytest.approx(50, rel=1e-4)


def test_flanges_hang_on_each_other():
    flat = unfold(part_of(strip([30, 80, 30], [(90, 3), (90, 3)], 2.0, 50)))
    assert [flange.parent for flange in flat.flanges] == [-1, 0, 0]
    assert sorted(flange.bend for flange in flat.flanges) == [-1, 0, 1]


def plate_with_cuts():
    plate = cq.Workplane().box(120, 80, 2).edges("|Z").fillet(10)
    plate = plate.cut(cq.Workplane().circle(9).extrude(9, both=True))
    return plate.cut(cq.Workplane().center(35, 0).slot2D(40, 12, 90).extrude(9, both=True))


PLATE_AREA = 120 * 80 - (4 - math.pi) * 100 - math.pi * 81 - (28 * 12 + math.pi * 36)
PLATE_CUT = 2 * (100 + 60) + 2 * math.pi * 10 + 2 * math.pi * 9 + 2 * 28 + 2 * math.pi * 6


def test_arcs_of_a_plate_are_exact():
    flat = unfold(part_of(plate_with_cuts()))
    assert flat.area_mm2 == pytest.approx(PLATE_AREA, rel=1e-6)
    assert flat.perimeter_mm == pytest.approx(PLATE_CUT, rel=1e-6)


@pytest.fixture(scope="module")
def drawing():
    flat = unfold(part_of(strip([30, 80, 30], [(90, 3), (-90, 3)], 2.0, 50)))
    return ezdxf.read(io.StringIO(to_dxf(flat).decode()))


def test_the_dxf_is_in_millimetres(drawing):
    assert drawing.header["$INSUNITS"] == 4


def test_the_dxf_is_valid(drawing):
    assert not drawing.audit().errors


def test_the_dxf_has_its_layers(drawing):
    assert {"CUT", "BEND_UP", "BEND_DOWN", "ENGRAVE"} <= {
        layer.dxf.name for layer in drawing.layers
    }


def test_bend_lines_are_on_their_layers(drawing):
    layers = sorted(line.dxf.layer for line in drawing.modelspace().query("LINE"))
    assert layers == ["BEND_DOWN", "BEND_UP"]


def test_the_outline_in_the_dxf_is_closed_and_encloses_the_flat():
    flat = unfold(part_of(plate_with_cuts()))
    drawing = ezdxf.read(io.StringIO(to_dxf(flat).decode()))
    lines = list(drawing.modelspace().query("LWPOLYLINE[layer=='CUT']"))
    areas = []
    for line in lines:
        points = np.array([(p.x, p.y) for p in dxf_path.make_path(line).flattening(0.001)])
        x, y = points.T
        areas.append(abs(float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)))
    assert all(line.closed for line in lines)
    assert 2 * max(areas) - sum(areas) == pytest.approx(PLATE_AREA, rel=1e-4)


def test_a_file_unfolds_to_the_contract():
    record, drawings = unfold_file(step_bytes(strip([30, 40], [(90, 3)], 2.0, 50)))
    assert record["schema"] == "workbench.flat/1"
    assert record["bends"][0]["direction"] == "up"
    assert drawings["dxf"].startswith(b"  0\nSECTION")


def test_the_picture_is_a_drawing_of_lines_and_arcs_alone():
    from xml.etree import ElementTree

    _, drawings = unfold_file(step_bytes(strip([30, 40, 30], [(90, 3), (-90, 3)], 2.0, 50)))
    root = ElementTree.fromstring(drawings["svg"].decode("ascii"))
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert names <= {"svg", "style", "g", "path", "line", "rect", "clipPath"}
    lines = [e.get("class") for e in root.iter() if e.tag.endswith("line")]
    assert sorted(lines) == ["down", "up"]


@pytest.mark.parametrize(
    ("material", "k"), [("EN-AW-5754", 0.40), ("DC01", 0.43), ("1.4301", 0.45)]
)
def test_the_k_factor_of_a_material_is_its_tables(material, k):
    record, _ = unfold_file(step_bytes(strip([30, 40], [(90, 3)], 2.0, 50)), material=material)
    assert record["k_factor"] == pytest.approx(k)
    assert record["area_mm2"] == pytest.approx((70 + math.pi / 2 * (3 + k * 2)) * 50, rel=1e-4)


def test_a_box_drawn_with_closed_corners_is_laid_out_with_seams():
    shape = cq.Workplane().box(80, 60, 30, centered=(True, True, False)).faces(">Z").shell(-2)
    flat = unfold(part_of(shape))
    walls = 2 * (76 + 56) * (28 + allowance(90, 0, 2))
    assert flat.area_mm2 == pytest.approx(76 * 56 + walls, rel=1e-4)
    assert {"flat_seams", "flat_sharp_bends"} <= codes(flat)


def test_the_record_holds_plain_data():
    import json

    flat = unfold(part_of(plate_with_cuts()))
    assert json.loads(json.dumps(to_dict(flat)))["holes"] == 2


def real_sheets():
    folder = os.environ.get("WORKBENCH_DEV_PARTS")
    if not folder:
        return [pytest.param(None, marks=pytest.mark.skip("WORKBENCH_DEV_PARTS is not set"))]
    with (Path(folder) / "manifest.csv").open(encoding="utf-8") as table:
        rows = [row for row in csv.DictReader(table) if row["true_process"] == "sheet_metal"]
    return [
        pytest.param(Path(folder) / row["file"], id=Path(row["file"]).stem)
        for row in rows
        if row["family"] != "beverage_can"  # drawn as a solid
    ]


@pytest.mark.parametrize("path", real_sheets())
def test_a_real_sheet_part_unfolds_to_its_volume_or_says_why(path):
    from geometry.step import read_step

    part = max(read_step(path.read_bytes()).parts, key=lambda p: p.mass.volume_mm3)
    flat = unfold(part)
    ratio = flat.area_mm2 * flat.thickness_mm / part.mass.volume_mm3
    assert abs(ratio - 1) <= 0.03 or "flat_volume" in codes(flat)


def rolled_cone(small_mm, large_mm, height_mm, thickness_mm, slit_deg, *, square_rims=True):
    """A frustum of sheet by the radii of its inner side, with a slit along it."""
    slope = math.atan2(large_mm - small_mm, height_mm)
    wide = thickness_mm / math.cos(slope)
    x, z = (
        (wide, 0.0)
        if square_rims
        else (thickness_mm * math.cos(slope), -thickness_mm * math.sin(slope))
    )
    section = [
        (small_mm, 0),
        (large_mm, height_mm),
        (large_mm + x, height_mm + z),
        (small_mm + x, z),
    ]
    half = cq.Workplane("XZ").polyline(section).close()
    return half.revolve(360 - slit_deg, (0, 0, 0), (0, 1, 0))


@pytest.mark.parametrize("square_rims", [True, False])
def test_a_rolled_cone_is_cut_from_a_ring_sector(square_rims):
    # far rounder than its thickness the neutral fibre lies in the middle: DIN 6935, k = 0.5
    part = part_of(rolled_cone(40, 90, 120, 2, 10, square_rims=square_rims))
    flat = unfold(part)
    slant = math.hypot(50, 120)
    sine = 50 / slant
    reach = 1 / (120 / slant) if square_rims else 120 / slant  # from inside to the middle, mm
    inner, outer = ((r + reach) / sine for r in (40, 90))
    angle = math.radians(350) * sine
    assert flat.area_mm2 == pytest.approx(angle / 2 * (outer**2 - inner**2), rel=1e-4)
    assert flat.area_mm2 * 2 == pytest.approx(part.mass.volume_mm3, rel=1e-3)
    wide = 2 * outer * math.sin(angle / 2)
    high = outer - inner * math.cos(angle / 2)
    assert flat.size_mm == pytest.approx((wide, high), rel=1e-3)
    (bend,) = flat.bends
    assert (bend.kind, bend.angle_deg) == ("roll", pytest.approx(350))
    assert bend.length_mm == pytest.approx(slant, rel=1e-4)
    assert sorted(round(r, 2) for r in flat.outline.radii_mm if math.isfinite(r)) == [
        pytest.approx(inner, rel=1e-4),
        pytest.approx(outer, rel=1e-4),
    ]


def test_a_cone_without_a_slit_or_with_a_hole_is_not_laid_flat():
    closed = rolled_cone(40, 90, 120, 2, 0)
    pierced = rolled_cone(40, 90, 120, 2, 10).cut(
        cq.Workplane("XY").workplane(offset=60).center(-65, 0).circle(15).extrude(30, both=True)
    )
    for shape in (closed, pierced):
        with pytest.raises((NotDevelopable, NotSheet)):
            unfold(part_of(shape))


def test_a_rolled_cone_is_sheet_metal_and_no_deep_draw():
    part = part_of(rolled_cone(40, 90, 120, 2, 10))
    recognition = recognise(part)
    facts = measure_all(part, recognition, recognition.sheet).facts
    best = judge(facts, Conditions(), default_rules())[0]
    assert best.process == "sheet_metal"
    assert best.metrics["flat_area_mm2"] * 2 == pytest.approx(part.mass.volume_mm3, rel=1e-3)
    assert "draw" not in facts["stamping"].metrics["station_plan"]


@pytest.mark.parametrize("twice", range(4))
def test_a_corner_that_joining_left_twice_stays_one_corner(twice: int) -> None:
    corners = np.array([[0.0, 0.0], [80.0, 0.0], [80.0, 50.0], [0.0, 50.0]])
    doubled = np.insert(corners, twice, corners[twice] + (1e-4, 0.0), axis=0)
    for start in range(len(doubled)):
        ring = np.roll(doubled, start, axis=0)
        contour = contour_of(np.concatenate([ring, ring[:1]]), np.zeros((0, 3)))
        assert contour.area_mm2 == pytest.approx(4000.0, abs=0.1)
        assert len(contour.points_mm) == 4
