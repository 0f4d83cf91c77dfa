"""Fields on shapes whose answers are known, at odd angles."""

import math

import cadquery as cq
import numpy as np
import pytest
from shapes import odd_direction, part_of

from geometry.fields.access import cover
from geometry.fields.columns import revolve
from geometry.fields.fields import Fields
from geometry.fields.pull import undercut_groups
from geometry.fields.rays import RayScene
from geometry.topology import surface_code


def fields_of(shape, **kwargs):
    return Fields(part_of(shape, **kwargs))


def along(direction, x, y, z):
    return abs(np.dot(direction, odd_direction(x, y, z)))


@pytest.fixture(scope="module")
def tray():
    """Open box 60 × 40 × 30 with walls and floor of 2.5."""
    return fields_of(cq.Workplane().box(60, 40, 30).faces(">Z").shell(-2.5))


@pytest.fixture(scope="module")
def cup():
    """Cup with 3° of draft inside and outside, wall 3, height 40, opening along z."""
    outer = cq.Workplane().circle(30).extrude(40, taper=-3)
    inner = cq.Workplane("XY", origin=(0, 0, 3)).circle(27).extrude(40, taper=-3)
    return fields_of(outer.cut(inner))


def test_the_usual_wall_of_a_tray_is_its_wall(tray):
    assert tray.wall_quantile(0.5) == pytest.approx(2.5, abs=0.02)
    assert tray.wall.summary["median_mm"] == pytest.approx(2.5, abs=0.02)


def test_the_largest_sphere_in_a_block_spans_its_least_side():
    radius, _ = fields_of(cq.Workplane().box(60, 40, 20)).spheres
    assert np.nanmax(radius) == pytest.approx(10, rel=0.01)


@pytest.mark.parametrize("box", [(60, 40, 20), (200, 150, 2), (100, 30, 30)])
def test_no_wall_is_thicker_than_the_largest_sphere(box):
    """Rays that run along a plate meet its far edge; that is no thickness of it."""
    body = cq.Workplane().box(*box).rotate((0, 0, 0), (3, -1, 2), 40)
    wall = fields_of(body).wall.summary
    assert wall["max_mm"] == pytest.approx(min(box), rel=0.02)
    assert wall["min_mm"] <= wall["median_mm"] <= wall["max_mm"]


def test_two_sides_of_a_bent_sheet_enclose_its_volume():
    leg = cq.Workplane().polyline([(0, 0), (40, 0), (40, 2), (2, 2), (2, 30), (0, 30)]).close()
    bent = (
        leg.extrude(50)
        .edges("|Z and (<X and <Y)")
        .fillet(4)
        .edges("|Z")
        .edges(cq.selectors.NearestToPointSelector((2, 2, 25)))
    )
    found = fields_of(bent.fillet(2)).sheet_like
    assert found.thickness_mm == pytest.approx(2, abs=0.02)
    assert found.volume_share == pytest.approx(1, abs=0.04)


def test_a_solid_bar_is_no_sheet():
    found = fields_of(cq.Workplane().box(200, 20, 20)).sheet_like
    assert found.volume_share == pytest.approx(2, abs=0.1)  # both pairs of sides enclose all of it


def test_a_blind_pocket_is_seen_from_its_opening_alone():
    pocket = cq.Workplane().box(60, 40, 30).faces(">Z").workplane().rect(20, 20).cutBlind(-20)
    fields = fields_of(pocket)
    view = fields.visibility
    floor_height = np.dot(fields.samples.points_mm, odd_direction(0, 0, 1))
    top = floor_height.max()
    floor = np.abs(floor_height - (top - 20)) < 1e-6
    assert floor.any()
    seen_from = view.directions[: view.from_geometry][
        view.seen[: view.from_geometry][:, floor].all(axis=1)
    ]
    assert len(seen_from) == 1
    assert np.dot(seen_from[0], odd_direction(0, 0, 1)) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("slack", [-1e-9, 0.0, 1e-9])
def test_of_holes_that_are_alike_rounding_does_not_choose_the_turning_axis(slack):
    places = [(-40, -25, slack), (-10, 4, 0.0), (35, 25, -slack)]
    plate = cq.Workplane().box(120, 80, 8)
    for x, y, more in places:
        plate = plate.cut(
            cq.Workplane().circle(5 + more).extrude(30, both=True).translate((x, y, 0))
        )
    axis = fields_of(plate, odd=False).turning_axis
    foot = axis.origin_mm - np.dot(axis.origin_mm, axis.axis) * axis.axis
    assert np.linalg.norm(foot) == pytest.approx(math.hypot(10, 4), abs=1e-3)


def test_setups_are_the_fewest_directions_that_reach_all():
    def setups(shape):
        fields = fields_of(shape)
        view = fields.visibility
        own = view.seen[: view.from_geometry]
        return len(cover(own, fields.samples.area_mm2, least_gain=0.004))

    block = cq.Workplane().box(60, 40, 30)
    assert setups(block) == 2  # from above with all sides, and from below
    ends = cq.Workplane("YZ").circle(6).extrude(20)
    bored = block.cut(ends.translate((10, 0, 0))).cut(ends.translate((-30, 0, 0)))
    assert setups(bored) == 2
    assert setups(bored.cut(cq.Workplane("XZ").circle(6).extrude(10).translate((0, 20, 0)))) == 3


def test_nothing_covers_where_no_direction_may_be_tried():
    seen = np.ones((2, 3), bool)
    assert cover(seen, np.ones(3), least_gain=0.01) == [0]
    assert cover(seen, np.ones(3), least_gain=0.01, rows=np.zeros(0, int)) == []


def test_a_closed_void_is_seen_from_nowhere():
    hollow = cq.Workplane().box(40, 40, 40).cut(cq.Workplane().box(20, 20, 20))
    fields = fields_of(hollow)
    hidden = ~fields.visibility.seen_anyhow
    assert fields.samples.share(hidden) == pytest.approx(6 * 400 / (6 * 400 + 6 * 1600), abs=0.01)


def test_a_cup_is_pulled_along_its_axis_without_undercut(cup):
    assert along(cup.pull.direction, 0, 0, 1) == pytest.approx(1, abs=1e-6)
    assert cup.pull.undercut_share < 0.005


def test_the_draft_of_a_cup_is_the_drawn_one(cup):
    walls = (cup.pull.draft_deg < 20) & ~cup.pull.hidden
    assert np.median(cup.pull.draft_deg[walls]) == pytest.approx(3, abs=0.05)


def test_a_hole_in_a_side_wall_is_an_undercut_of_its_own_area():
    tray = cq.Workplane().box(80, 60, 30).faces(">Z").shell(-4)
    fields = fields_of(tray.cut(cq.Workplane("YZ").circle(4).extrude(60)))
    groups = undercut_groups(fields.part.topology, fields.samples, fields.pull.hidden, 10.0)
    assert len(groups) == 1
    assert groups[0][1] == pytest.approx(math.pi * 8 * 4, rel=0.1)


def test_a_profile_with_a_hole_keeps_its_section():
    angle = cq.Workplane().polyline([(0, 0), (30, 0), (30, 3), (3, 3), (3, 30), (0, 30)]).close()
    bar = angle.extrude(200).faces("<Y").workplane(origin=(15, 0, 100)).hole(6)
    profile = fields_of(bar).profile
    assert along(profile.direction, 0, 0, 1) == pytest.approx(1, abs=1e-6)
    assert profile.profile_share > 0.97
    assert profile.section_area_mm2 == pytest.approx(30 * 3 + 27 * 3, rel=0.12)  # a coarse grid


def test_a_counterbored_plate_is_not_cut_straight_through():
    plate = (
        cq.Workplane().box(80, 60, 10).faces(">Z").workplane().rect(50, 30, forConstruction=True)
    )
    assert fields_of(plate.vertices().hole(8)).plate.constant_share > 0.99
    bored = plate.vertices().cboreHole(8, 14, 5)
    assert fields_of(bored).plate.constant_share < 0.97


def test_a_shaft_fills_the_body_it_sweeps():
    shaft = cq.Workplane().circle(15).extrude(40).faces(">Z").workplane().circle(10).extrude(60)
    fields = fields_of(shaft)
    assert fields.revolution.filled_share > 0.95
    assert along(fields.turning_axis.axis, 0, 0, 1) == pytest.approx(1, abs=1e-9)
    assert fields.turning_axis.turned_share == pytest.approx(1, abs=1e-6)


def test_a_thin_cup_fills_the_body_it_sweeps_as_well():
    cup = cq.Workplane().circle(30).extrude(40).faces(">Z").shell(-1)
    revolution = fields_of(cup).revolution
    assert revolution.filled_share > 0.99
    assert revolution.diameter_mm == pytest.approx(60, rel=1e-3)


def test_four_holes_take_their_share_of_the_swept_body():
    ring = cq.Workplane().circle(40).circle(15).extrude(8)
    ring = ring.faces(">Z").workplane().polarArray(27.5, 0, 360, 4).hole(12)
    whole = math.pi * (40**2 - 15**2)
    drilled = 1 - 4 * math.pi * 6**2 / whole
    assert fields_of(ring).revolution.filled_share == pytest.approx(drilled, abs=0.01)


def test_a_hole_in_the_mesh_takes_nothing_from_the_body_it_sweeps():
    bush = part_of(cq.Workplane().circle(20).circle(8).extrude(40))
    fields, mesh = Fields(bush), bush.mesh
    axis = fields.turning_axis
    # an end without a sixth of its triangles: rays through there meet the other end alone
    end = np.flatnonzero(bush.topology.faces["kind"] == surface_code("plane"))[0]
    lost = np.flatnonzero(mesh.face_of_triangle == end)
    lost = lost[: len(lost) // 6]
    torn = RayScene(mesh.vertices_mm, np.delete(mesh.triangles, lost, axis=0))
    whole = revolve(fields.scene, mesh.vertices_mm, axis.axis, axis.origin_mm)
    found = revolve(torn, mesh.vertices_mm, axis.axis, axis.origin_mm)
    assert found.filled_share == pytest.approx(whole.filled_share, abs=0.01)
    assert found.body_mm == pytest.approx(40, rel=0.01)


def test_a_wheel_is_open_between_its_arms_from_hub_to_rim():
    # rim 100/80, hub 30, four arms of 12 mm
    wheel = cq.Workplane().circle(50).circle(40).extrude(16)
    wheel = wheel.union(cq.Workplane().circle(15).extrude(16))
    for number in range(4):
        arm = cq.Workplane(origin=(27.5, 0, 4)).rect(27, 12).extrude(8)
        wheel = wheel.union(arm.rotate((0, 0, 0), (0, 0, 1), 90 * number))
    revolution = fields_of(wheel).revolution
    # arms take more than 65 % of the turn inside of r = 48 / (0.65 × 2 π) = 11.8, within the hub
    assert revolution.windows_share == pytest.approx((40 - 15) / 50, abs=0.03)
    ring_mm2 = math.pi * (40**2 - 15**2)
    assert revolution.windows_mm2 == pytest.approx(ring_mm2 - 4 * 12 * 25, rel=0.05)


def test_a_ring_of_ears_has_no_windows():
    ring = cq.Workplane().circle(30).circle(15).extrude(10)
    ears = cq.Workplane().polarArray(33, 0, 360, 3).circle(8).extrude(10)
    assert fields_of(ring.union(ears)).revolution.windows_share == 0


def test_an_arm_stands_out_of_the_body_that_a_hub_sweeps():
    hub = cq.Workplane().circle(20).extrude(30)
    arm = cq.Workplane().box(60, 8, 10, centered=(False, True, False)).translate((19, 0, 10))
    beyond = (79 - 20) * 8 * 10
    revolution = fields_of(hub.union(arm)).revolution
    share = beyond / (math.pi * 20**2 * 30 + beyond)
    assert 1 - revolution.swept_share == pytest.approx(share, abs=0.02)


def test_a_profile_is_sawn_however_slanted_its_ends_and_drilled():
    angle = cq.Workplane().rect(40, 40).extrude(150)
    angle = angle.cut(cq.Workplane().center(2, 2).rect(36.1, 36.1).extrude(150))
    sawn = angle
    for corners in ([(-20, 0), (20, 0), (20, 40)], [(-20, 150), (20, 150), (20, 120)]):
        sawn = sawn.cut(cq.Workplane("XZ").polyline(corners).close().extrude(50, both=True))
    drilled = sawn.cut(cq.Workplane("XZ").center(5, 75).circle(4).extrude(60, both=True))
    profile = fields_of(drilled).profile
    assert profile.constant_share < 0.75
    assert profile.sawn_share > 0.97


def test_steps_along_a_bar_are_not_sawn():
    bar = cq.Workplane().rect(40, 40).extrude(60)
    bar = bar.cut(cq.Workplane("XY", origin=(0, 0, 40)).rect(20, 40).extrude(40))
    assert fields_of(bar).columns(np.array(odd_direction(0, 0, 1))).sawn_share < 0.75


def test_a_square_block_with_a_bore_does_not():
    fields = fields_of(cq.Workplane().box(40, 40, 40).faces(">Z").workplane().hole(20))
    assert fields.revolution.filled_share < 0.85
    assert fields.turning_axis.outer_share < 0.01


def test_chord_errors_bound_how_far_the_mesh_lies_off_the_surface():
    fields = fields_of(cq.Workplane().circle(10).extrude(30))
    samples, faces = fields.samples, fields.part.topology.faces
    side = int(np.flatnonzero(faces["radius_mm"] > 0)[0])
    away = samples.points_mm - faces["origin_mm"][side]
    away -= np.outer(away @ faces["axis"][side], faces["axis"][side])
    gap = 10 - np.linalg.norm(away, axis=1)
    round_face = samples.face == side
    assert np.all(gap[round_face] <= samples.chord_error_mm[round_face] * 1.02 + 1e-6)
    assert samples.chord_error_mm[round_face].max() < 10 * 0.05  # 13 chords: 1 − cos(π / 13)
    assert np.all(samples.chord_error_mm[~round_face] == pytest.approx(0, abs=1e-6))


def test_columns_know_volume_and_shadow():
    fields = fields_of(cq.Workplane().box(60, 40, 20))
    columns = fields.columns(np.array(odd_direction(0, 0, 1)))
    assert columns.volume_mm3 == pytest.approx(48000, rel=0.02)
    assert columns.projected_area_mm2 == pytest.approx(2400, rel=0.02)


def test_pocket_corners_are_the_mark_of_a_cutter_and_floor_fillets_of_a_mould():
    from geometry.processes.subject import Subject

    pocket = cq.Workplane().box(60, 40, 30).faces(">Z").workplane().rect(40, 24).cutBlind(-15)
    corners = (
        pocket.edges("|Z").edges(cq.selectors.BoxSelector((-25, -15, -5), (25, 15, 20))).fillet(4)
    )
    part = part_of(corners)
    nothing = type("Nothing", (), {"features": ()})()
    subject = Subject(part, nothing, Fields(part), None)
    assert subject.cutter_marks > 0.9
    assert subject.blended_share == 0
    rounded = cq.Workplane().box(60, 40, 30).faces(">Z").shell(-3).edges().fillet(1.2)
    part = part_of(rounded)
    subject = Subject(part, nothing, Fields(part), None)
    assert subject.blended_share > 0.03
    assert subject.cutter_marks < 0.5


def test_vanes_join_two_discs_over_their_own_length_of_the_radius():
    discs = cq.Workplane().circle(50).circle(10).extrude(5)
    discs = discs.union(discs.translate((0, 0, 15)))
    for angle in range(0, 360, 30):
        vane = cq.Workplane(origin=(35, 0, 5)).rect(20, 4).extrude(10)
        discs = discs.union(vane.rotate((0, 0, 0), (0, 0, 1), angle))
    revolution = fields_of(discs).revolution
    assert revolution.vanes_share == pytest.approx(0.4, abs=0.03)
    assert revolution.windows_share == 0


def test_a_groove_between_two_collars_has_no_vanes():
    shaft = cq.Workplane().circle(20).extrude(60)
    groove = cq.Workplane(origin=(0, 0, 20)).circle(30).circle(12).extrude(15)
    assert fields_of(shaft.cut(groove)).revolution.vanes_share == 0


def test_a_web_is_sunk_between_hub_and_rim():
    wheel = cq.Workplane().circle(40).circle(5).extrude(20)
    ring = cq.Workplane(origin=(0, 0, 8)).circle(32).circle(12).extrude(12)
    assert fields_of(wheel.cut(ring)).revolution.web_share == pytest.approx(0.5, abs=0.04)
    stepped = cq.Workplane().circle(40).extrude(5).union(cq.Workplane().circle(10).extrude(20))
    assert fields_of(stepped).revolution.web_share == 0


@pytest.mark.parametrize("radius_mm", [2.5, 25.0])
def test_the_sides_of_a_roll_are_parallel_however_coarse_its_mesh(radius_mm):
    """Triangles lean by half their turn, the surface does not."""
    hook = cq.Workplane().circle(radius_mm).circle(radius_mm - 1).extrude(20)
    hook = hook.cut(cq.Workplane().rect(100, 100, centered=False).extrude(20))
    walls = fields_of(hook).sheet_like
    assert walls.thickness_mm == pytest.approx(1, rel=0.02)
    assert walls.volume_share == pytest.approx(1, abs=0.05)
