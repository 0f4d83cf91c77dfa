"""For a rule of two thresholds one part just short of the graver one, which breaks it slightly, and
one just beyond, which breaks it gravely; drawn and turned to an odd angle.
"""

from dataclasses import replace

import cadquery as cq
import mould_pairs as moulds
import pytest
import test_processes_pairs as parts
import test_sheet_pairs as sheets
from pmi_file import AnnotatedFile
from shapes import part_of
from test_annotations import drilled, read

from geometry.features.recognition import recognise
from geometry.fields.fields import Fields
from geometry.processes.estimates import estimates, machining_time
from geometry.processes.registry import PROCESSES
from geometry.processes.rules import SEVERITIES, default_rules
from geometry.processes.subject import Subject
from geometry.processes.suitability import find

TWO = [rule for rule in default_rules().rules if rule.fail is not None]


def gravities(shape, process):
    """The gravest severity with which each rule is broken."""
    return gravities_of(part_of(shape), process)


def gravities_of(part, process):
    """The same of a part that was read."""
    recognition = recognise(part)
    facts = PROCESSES[process](Subject(part, recognition, Fields(part), recognition.sheet))
    time = machining_time(estimates(facts, None))
    facts = replace(facts, measurements=(*facts.measurements, *time))
    found = find(facts, default_rules().of(process), None)
    return {f.rule: f.severity for f in sorted(found, key=lambda f: SEVERITIES.index(f.severity))}


def hollow(side):
    """A block of 60 × 40 × 30, 10 800 mm² outside, with a cube in it that no tool reaches."""
    return parts.block().cut(cq.Workplane().box(side, side, side))


def bored_all_around(slanted):
    """A cube of 40 with a blind hole in each of its sides, and in one that is slanted."""
    body = cq.Workplane().box(40, 40, 40)
    for side in (">X", "<X", ">Y", "<Y", ">Z", "<Z"):
        body = body.faces(side).workplane(centerOption="CenterOfMass").hole(6, 10)
    if slanted:
        tool = cq.Workplane("XY", origin=(0, 0, 18)).circle(3).extrude(30)
        body = body.cut(tool.rotate((0, 0, 0), (-1, 1, 0), 50))
    return body


def slab(length):
    """A block with a pocket 230 deep and 540 wide: 124 cm³ a millimetre of its length."""
    tool = cq.Workplane("XY", origin=(0, 0, -100)).rect(length, 540).extrude(230)
    body = cq.Workplane().box(length + 60, 600, 260)
    return body.cut(tool.edges("|Z").fillet(12))


def flats(off):
    """A shaft of 20 × 60 with two flats, so far off its axis."""
    body = parts.shaft(60)
    for side in (1, -1):
        body = body.cut(cq.Workplane().box(30, 20, 130).translate((0, side * (10 + off), 0)))
    return body


def end_bored(depth):
    """A shaft of 60 with a bore of 5 in its end."""
    return parts.shaft(60).cut(parts.shaft(depth, 5))


PAIRS = [
    ("milling", "corner_reach", parts.pocket(23.9, corner=2), parts.pocket(24.1, corner=2)),
    (
        "milling",
        "cavity_depth",
        parts.pocket(23.9, width=6, corner=2.9),
        parts.pocket(24.1, width=6, corner=2.9),
    ),
    ("milling", "thin_wall_cut", parts.tray(0.55, floor=5), parts.tray(0.45, floor=5)),
    ("milling", "unreachable", hollow(5.8), hollow(6.4)),  # 1.83 and 2.23 %
    ("milling", "setups", bored_all_around(False), bored_all_around(True)),
    ("milling", "removal", parts.tray(1.6), parts.tray(1.2)),
    ("milling", "hole_depth", parts.drilled(2.5, 24.9), parts.drilled(2.5, 25.1)),
    ("milling", "hole_least", parts.drilled(0.55, 2), parts.drilled(0.45, 2)),
    ("milling", "hole_tilt", parts.leaning(44.5), parts.leaning(45.5)),
    ("milling", "wall_slender", parts.finned(23.9), parts.finned(24.1)),
    (
        "milling",
        "narrow_cavity",
        parts.pocket(1, width=0.55, corner=0.2),
        parts.pocket(1, width=0.45, corner=0.2),
    ),
    ("milling", "machining_time", slab(640), slab(1800)),
    ("milling", "tool_overhang", parts.walled(118), parts.walled(124)),
    ("turning", "slender", parts.shaft(199), parts.shaft(201)),
    ("turning", "thin_wall_cut", parts.tube(0.55), parts.tube(0.45)),
    ("turning", "groove_width", parts.grooved(0.85), parts.grooved(0.75)),
    ("turning", "machining_time", parts.necked(1900), parts.necked(2400)),
    ("turning", "hole_depth", end_bored(49.9), end_bored(50.1)),
    ("turning", "off_axis", flats(8.2), flats(7.6)),
    ("turning", "hole_least", parts.axial(0.55), parts.axial(0.45)),
    ("turning", "bore_reach", parts.sleeve(249), parts.sleeve(251)),
    (
        "sheet_metal",
        "gauge",
        parts.plate(24.9, size=(600, 400)),
        parts.plate(25.1, size=(600, 400)),
    ),
    ("sheet_metal", "bend_radius", parts.bent(1.05), parts.bent(0.95)),
    ("sheet_metal", "punched_hole", parts.plate(3, (0, 0, 1.55)), parts.plate(3, (0, 0, 1.45))),
    ("sheet_metal", "hole_to_edge", parts.plate(3, (39, 0, 15.9)), parts.plate(3, (39, 0, 16.1))),
    (
        "sheet_metal",
        "hole_to_hole",
        parts.plate(3, (-7.3, 0, 10), (7.3, 0, 10)),
        parts.plate(3, (-7.2, 0, 10), (7.2, 0, 10)),
    ),
    ("sheet_metal", "flange", parts.bent(3, leg=6.1), parts.bent(3, leg=5.9)),
    ("sheet_metal", "relief_width", sheets.relieved(0.25, 1), sheets.relieved(0.15, 1)),
    ("stamping", "gauge_pressed", parts.plate(5.9), parts.plate(6.1)),
    ("stamping", "hole_to_edge", parts.plate(3, (39, 0, 15.9)), parts.plate(3, (39, 0, 16.1))),
    ("stamping", "bend_radius", parts.bent(1.05), parts.bent(0.95)),
    ("stamping", "draw_radius", sheets.cup(15, corner=1.05), sheets.cup(15, corner=0.95)),
    ("stamping", "first_draw", sheets.cup_for(3.15), sheets.cup_for(3.25)),
    ("sand_casting", "thin_wall_cast", parts.tray(3.55), parts.tray(3.45)),
    ("sand_casting", "draft", parts.drafted(0.35), parts.drafted(0.25)),
    ("sand_casting", "hot_spot", parts.lump(17), parts.lump(20)),
    ("gravity_casting", "thin_wall_cast", parts.tray(3.05), parts.tray(2.95)),
    ("gravity_casting", "draft", parts.drafted(0.55), parts.drafted(0.45)),
    ("gravity_casting", "hot_spot", parts.lump(17), parts.lump(20)),
    ("gravity_casting", "cored_hole", parts.plate(20, (0, 0, 3.1)), parts.plate(20, (0, 0, 2.9))),
    ("die_casting", "thin_wall_cast", parts.tray(1.05), parts.tray(0.95)),
    ("die_casting", "draft", parts.drafted(0.55), parts.drafted(0.45)),
    ("die_casting", "hot_spot", parts.lump(8.5, wall=3), parts.lump(9.5, wall=3)),
    ("die_casting", "thick_wall", parts.plate(9.9), parts.plate(10.1)),
    ("investment_casting", "thin_wall_cast", parts.tray(0.75), parts.tray(0.65)),
    ("investment_casting", "hot_spot", parts.lump(17), parts.lump(20)),
    ("forging", "web", parts.tray(3.05), parts.tray(2.95)),
    ("forging", "draft", parts.drafted(3.05), parts.drafted(2.95)),
    ("forging", "rib_height", moulds.high_rib(47.9), moulds.high_rib(48.1)),
    ("moulding", "thin_wall_moulded", parts.tray(0.55), parts.tray(0.45)),
    ("moulding", "thick_wall", parts.plate(7.9), parts.plate(8.1)),
    ("moulding", "draft", parts.drafted(0.55), parts.drafted(0.45)),
    ("moulding", "rib_thickness", moulds.ribbed(3.95), moulds.ribbed(4.05)),
    ("moulding", "boss_wall", moulds.bossed(11.9, inner=4), moulds.bossed(12.1, inner=4)),
    # ((w/2 + r)² + (4 + r)² − r²) / (4 + 2r) over 4: 1.49 and 1.64; a rib thicker than its wall
    # is told instead of its sink
    ("moulding", "sink", moulds.ribbed(2.3, fillet=3.5), moulds.ribbed(3.9, fillet=3.2)),
    ("moulding", "core_pin", moulds.drilled(8, 47.9), moulds.drilled(8, 48.1)),
    ("extrusion", "circle", parts.plate(900, size=(600, 540)), parts.plate(900, size=(610, 550))),
    ("extrusion", "thin_wall_profile", parts.square_tube(0.55), parts.square_tube(0.45)),
    ("extrusion", "tongue", moulds.channel(79.9), moulds.channel(80.1)),
]
# drawn below: threads as small as that are known from annotations alone
CALLED = ("milling", "thread_least")
RULES = {(rule.process, rule.id): rule for rule in TWO}


@pytest.mark.parametrize(
    ("process", "id_", "slight", "grave"), PAIRS, ids=[f"{p}-{r}" for p, r, _, _ in PAIRS]
)
def test_a_part_just_beyond_the_graver_threshold_breaks_a_rule_more_gravely(
    process, id_, slight, grave
):
    rule = RULES[process, id_]
    assert gravities(slight, process)[id_] == rule.severity
    assert gravities(grave, process)[id_] == rule.fail_severity


@pytest.mark.parametrize("rule", TWO, ids=lambda r: f"{r.process}-{r.id}")
def test_no_graver_threshold_is_without_such_a_pair(rule):
    assert (rule.process, rule.id) in {*((process, id_) for process, id_, _, _ in PAIRS), CALLED}


@pytest.mark.parametrize(
    ("note", "hole_mm", "severity"), [("M2x0.4", 1.6, "advice"), ("M1.6x0.35", 1.25, "major")]
)
def test_a_thread_smaller_than_taps_cut_is_graver_than_a_small_one(note, hole_mm, severity):
    body, hole, _, _ = drilled(hole_mm)
    file = AnnotatedFile(body)
    file.dimension("Size_Diameter", hole_mm, hole, note=note)
    assert gravities_of(read(file), CALLED[0])[CALLED[1]] == severity
