"""A short piece of a section is told from a bent sheet, a plate and a block."""

import cadquery as cq
import pytest
from shapes import part_of
from sheet_shapes import strip

from geometry.features.recognition import recognise
from geometry.processes.registry import measure_all
from geometry.processes.rules import default_rules
from geometry.processes.suitability import Conditions, judge


def best(shape) -> str:
    """The process that comes first by shape alone, at an odd angle."""
    part = part_of(shape)
    recognition = recognise(part)
    measured = measure_all(part, recognition, recognition.sheet)
    return judge(measured.facts, Conditions(), default_rules())[0].process


def rolled_angle(leg: float, wall: float, root: float, toe: float, length: float):
    """An angle as EN 10056-1 draws it: filleted inside, sharp outside, round toes."""
    corner = [(0, 0), (leg, 0), (leg, wall), (wall, wall), (wall, leg), (0, leg)]
    body = cq.Workplane().polyline(corner).close().extrude(length)
    body = body.edges(cq.selectors.NearestToPointSelector((wall, wall, length / 2))).fillet(root)
    for toe_at in ((leg, wall, length / 2), (wall, leg, length / 2)):
        body = body.edges(cq.selectors.NearestToPointSelector(toe_at)).fillet(toe)
    return body


def hollow_section(side: float, wall: float, outer: float, length: float):
    """A square hollow section with rounded corners, as EN 10219-2 draws it."""
    body = cq.Workplane().rect(side, side).extrude(length).edges("|Z").fillet(outer)
    inside = cq.Workplane().rect(side - 2 * wall, side - 2 * wall).extrude(length)
    return body.cut(inside.edges("|Z").fillet(outer - wall))


@pytest.mark.parametrize(
    "piece",
    [
        rolled_angle(50, 5, 7, 3.5, 40),
        rolled_angle(100, 10, 12, 6, 50),
        hollow_section(100, 8, 16, 50),
        hollow_section(40, 3, 6, 30),
    ],
    ids=["L50x5", "L100x10", "RHS100x8", "RHS40x3"],
)
def test_a_short_piece_of_a_section_is_cut_from_a_profile(piece):
    assert best(piece) == "extrusion"


def test_an_angle_with_concentric_rounds_is_bent():
    assert best(strip([45, 45], [(90, 3)], 3, 50)) in ("sheet_metal", "stamping")


def test_a_frame_cut_from_plate_is_no_section():
    frame = cq.Workplane().rect(200, 160).rect(160, 120).extrude(10)
    assert best(frame) != "extrusion"


def tapped_bar(width: float, height: float, length: float, hole: float):
    """A square or flat bar with four blind holes in one side."""
    bar = cq.Workplane().box(length, width, height).faces(">Z").workplane()
    return bar.pushPoints([(x * length, 0) for x in (-0.4, -0.15, 0.15, 0.4)]).hole(hole, 12)


def test_plain_bar_with_blind_holes_is_milled_from_what_it_is_cut_of():
    assert best(tapped_bar(20, 20, 160, 5)) == "milling"
    assert best(tapped_bar(30, 20, 140, 8.5)) == "milling"


def test_a_bar_drilled_through_its_length_is_plain_bar_still():
    bored = cq.Workplane().rect(25, 25).circle(6).extrude(90)
    assert (
        best(bored.faces(">X").workplane(centerOption="CenterOfBoundBox").hole(5, 8)) == "milling"
    )


def test_bar_twenty_times_as_long_as_wide_is_sawn_and_drilled():
    bar = cq.Workplane().box(600, 30, 30).edges("|X").fillet(3).faces(">Z").workplane()
    assert best(bar.pushPoints([(-250, 0), (250, 0)]).hole(9)) == "extrusion"


def t_slotted(side: float, length: float):
    """A profile with a T-slot in each side and a bore."""
    body = cq.Workplane().rect(side, side).extrude(length)
    for turn in range(4):
        neck = cq.Workplane().center(0, side / 2 - 3).rect(0.2 * side, 6).extrude(length)
        head = cq.Workplane().center(0, side / 2 - 6.5).rect(0.4 * side, 5).extrude(length)
        body = body.cut(neck.union(head).rotate((0, 0, 0), (0, 0, 1), 90 * turn))
    return body.cut(cq.Workplane().circle(3.4).extrude(length))


def test_a_piece_of_a_slotted_profile_is_one_however_short():
    assert best(t_slotted(40, 45)) == "extrusion"


def test_fins_deeper_than_teeth_are_no_gear():
    tube = cq.Workplane().circle(20).extrude(120)
    for turn in range(18):
        fin = cq.Workplane().center(26, 0).rect(14, 1.6).extrude(120)
        tube = tube.union(fin.rotate((0, 0, 0), (0, 0, 1), 20 * turn))
    assert best(tube.cut(cq.Workplane().circle(16).extrude(120))) == "extrusion"


@pytest.mark.parametrize(
    ("sides_mm", "length_mm", "is_bar"),
    [((100, 10), 180, True), ((30, 30), 80, True), ((30, 30), 40, False), ((60, 3), 150, False)],
    ids=["flat", "square", "block", "strip"],
)
def test_bar_that_is_only_sawn_off_is_stock(sides_mm, length_mm, is_bar):
    """Square or at a slant; thin strips are sheared from sheet, short blocks milled all over."""
    width, height = sides_mm
    bar = cq.Workplane().rect(width, height).extrude(length_mm)
    side = [(0, 0), (length_mm, 0), (length_mm - 0.7 * height, height), (0, height)]
    mitred = cq.Workplane().polyline(side).close().extrude(width)
    for piece in (bar, bar.edges("|Z").fillet(0.4), mitred):
        assert (best(piece) == "extrusion") == is_bar


def test_what_is_cut_into_a_short_bar_is_milled():
    bar = cq.Workplane().box(180, 60, 20)
    slot = cq.Workplane().box(20, 60, 10).translate((0, 0, 10))
    hole = cq.Workplane().circle(6).extrude(40, both=True)
    for piece in (bar.cut(slot), bar.cut(hole), bar.edges(">X and >Z").chamfer(8)):
        assert best(piece) == "milling"


@pytest.mark.parametrize(("thickness_mm", "is_blanked"), [(1.1, True), (4, False)])
def test_a_narrow_ring_is_blanked_out_of_thin_sheet(thickness_mm, is_blanked):
    """A retaining ring like those of DIN 471: hardly wider than thick."""
    ring = cq.Workplane().circle(6.2).circle(4.9).extrude(thickness_mm)
    for side in (-1.6, 1.6):
        eye = cq.Workplane().center(side, -6.6).circle(1.5).extrude(thickness_mm)
        ring = ring.union(eye)
    ring = ring.cut(cq.Workplane().center(0, -7).rect(1, 6).extrude(thickness_mm))
    for side in (-1.6, 1.6):
        ring = ring.cut(cq.Workplane().center(side, -6.6).circle(0.6).extrude(thickness_mm))
    assert (best(ring) in ("sheet_metal", "stamping")) == is_blanked
