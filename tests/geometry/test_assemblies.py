"""Which parts of an assembly were added, removed, replaced, moved, or changed in number?"""

import cadquery as cq
import pytest
from revisions import block, bracket, mirrored, odd, step_text
from shapes import step_bytes

from geometry.comparison import compare_files
from geometry.side import Side

PIN_MM3 = 3.141592653589793 * 16 * 30
NO_TURN = ((0, 0, 1), 0)


def plate():
    return cq.Workplane().box(60, 40, 5).cut(cq.Workplane(origin=(11, 7, 0)).box(9, 5, 9)).val()


def pin():
    return cq.Workplane().circle(4).extrude(30).val()


def assembly(*places, whole=NO_TURN, names="pin", part=pin):
    """A plate with a part at each place: (x, y, z) or ((x, y, z), axis, degrees)."""
    turn = cq.Location(cq.Vector(5, 9, -3), cq.Vector(*whole[0]), whole[1])
    result = cq.Assembly(name="unit").add(plate(), name="plate", loc=turn)
    shape = part()
    for number, place in enumerate(places):
        at, axis, angle = place if isinstance(place[0], tuple) else (place, *NO_TURN)
        here = cq.Location(cq.Vector(*at), cq.Vector(*axis), angle)
        result.add(shape, name=f"{names}{number}", loc=turn * here)
    return result


def placed_as_the_plate(at):
    """Where something stands that `assembly` would put there."""
    return cq.Location(cq.Vector(5, 9, -3)) * cq.Location(cq.Vector(*at))


def compared(a, b):
    return compare_files(
        *(Side(each if isinstance(each, bytes) else step_bytes(each)) for each in (a, b))
    )


TWO = ((20, 10, 2.5), (-20, 10, 2.5))


def test_an_assembly_against_itself_is_the_same():
    data = step_bytes(assembly(*TWO))
    found = compared(data, data)
    assert found["same_shape"]
    assert found["assembly"]["moved"] == 0


def test_an_assembly_turned_as_a_whole_is_the_same():
    found = compared(assembly(*TWO), assembly(*TWO, whole=((0.3, -0.7, 0.6), 37.3)))
    assert found["same_shape"]
    assert found["assembly"]["moves"] == []


def test_a_pin_moved_is_told_with_how_far():
    found = compared(assembly(*TWO), assembly((20, 10, 2.5), (-20, 5, 2.5)))
    (move,) = found["assembly"]["moves"]
    assert move["distance_mm"] == pytest.approx(5.0, abs=1e-3)
    assert not found["same_shape"]
    assert found["assembly"]["moved"] == 1


def test_a_part_turned_where_it_stands_has_moved():
    def stands(angle):
        middle = block().Center()
        return assembly(((80, 0, 0), (0, 0, 1), angle), part=lambda: block().translate(-middle))

    found = compared(stands(0), stands(30))
    (move,) = found["assembly"]["moves"]
    assert move["turn_deg"] == pytest.approx(30.0, abs=0.01)


def test_a_pin_turned_about_its_own_axis_has_not_moved():
    turned = assembly(((20, 10, 2.5), (0, 0, 1), 77), (-20, 10, 2.5))
    assert compared(assembly(*TWO), turned)["same_shape"]


def test_parts_are_known_by_shape_whatever_they_are_called():
    found = compared(assembly(*TWO), assembly(*TWO, names="Stift "))
    assert found["same_shape"]
    assert found["assembly"]["added"] == found["assembly"]["removed"] == []


def test_one_of_two_equal_pins_can_be_replaced():
    def sleeve():
        return cq.Workplane().circle(9).circle(6).extrude(30).edges().chamfer(0.5).val()

    changed = assembly(TWO[0]).add(sleeve(), name="sleeve", loc=placed_as_the_plate(TWO[1]))
    found = compared(assembly(*TWO), changed)["assembly"]
    (replaced,) = found["replaced"]
    assert (replaced["from"], replaced["to"]) == (1, 1)
    assert found["added"] == found["removed"] == found["moves"] == []
    assert [(count["from"], count["to"]) for count in found["counts"]] == [(2, 1)]


def test_a_sleeve_about_a_pin_that_stayed_replaces_no_other():
    def sleeve():
        return cq.Workplane().circle(9).circle(6).extrude(30).edges().chamfer(0.5).val()

    changed = assembly(TWO[0]).add(sleeve(), name="sleeve", loc=placed_as_the_plate(TWO[0]))
    found = compared(assembly(*TWO), changed)["assembly"]
    assert found["replaced"] == []
    assert len(found["added"]) == 1


def test_a_pin_more_is_a_quantity_that_changed():
    found = compared(assembly(*TWO), assembly(*TWO, (0, -12, 2.5)))
    (count,) = found["assembly"]["counts"]
    assert (count["from"], count["to"]) == (2, 3)
    assert found["assembly"]["moves"] == []


def test_another_part_in_the_place_of_one_replaces_it():
    def sleeve():
        return cq.Workplane().circle(9).circle(6).extrude(30).edges().chamfer(0.5).val()

    found = compared(assembly((20, 10, 2.5)), assembly((20, 10, 2.5), part=sleeve))
    (replaced,) = found["assembly"]["replaced"]
    assert (replaced["from"], replaced["to"]) == (1, 1)
    assert found["assembly"]["added"] == found["assembly"]["removed"] == []


def test_left_and_right_hand_answer_their_own_kind():
    def pair(first, second):
        both = cq.Assembly().add(first, name="one").add(second, name="two")
        both.add(plate(), name="plate", loc=cq.Location(cq.Vector(0, 90, 0)))
        return both

    left, right = bracket(), mirrored(bracket()).translate(cq.Vector(-20, 0, 0))
    found = compared(pair(left, right), pair(right, left))
    assert found["same_shape"]


def test_an_assembly_within_an_assembly_is_looked_through():
    def nested(shift):
        inner = cq.Assembly(name="inner").add(pin(), name="pin", loc=cq.Location((5, 0, 0)))
        outer = cq.Assembly(name="outer").add(plate(), name="plate")
        return outer.add(inner, name="inner", loc=cq.Location((shift, 0, 2.5), (0, 0, 1), 40))

    found = compared(nested(10), nested(13))
    (move,) = found["assembly"]["moves"]
    assert move["distance_mm"] == pytest.approx(3.0, abs=1e-3)


def test_an_assembly_in_inches_is_the_same_and_one_scaled_is_not():
    data = step_bytes(assembly(*TWO))
    larger = data.replace(b"SI_UNIT(.MILLI.,.METRE.)", b"SI_UNIT($,.METRE.)")
    assert larger != data
    found = compared(data, larger)
    assert found["scale"] == pytest.approx(1000.0)
    assert found["unit_slip"] == "m_read_as_mm"
    assert not found["same_shape"]
    assert found["assembly"]["moves"] == []


def test_a_part_against_an_assembly_tells_what_was_added():
    found = compared(step_text(plate()), assembly(*TWO))
    assert not found["same_shape"]
    assert [each["count"] for each in found["assembly"]["added"]] == [2]
    assert found["volume_change"] == pytest.approx(2 * PIN_MM3 / plate().Volume(), rel=1e-4)


def test_one_part_of_an_assembly_can_be_compared_alone():
    whole = step_bytes(assembly(*TWO))
    found = compare_files(Side(whole, part=1), Side(step_text(odd(pin()))))
    assert found["same_shape"]
    assert "assembly" not in found


def stepped(length_mm):
    """A spindle whose steps all hang on the end that a longer one moves away."""
    body = cq.Workplane().circle(8).extrude(length_mm).faces(">Z").workplane().circle(6).extrude(12)
    return body.faces(">Z").workplane().circle(4).extrude(9).faces(">Z").chamfer(1).val()


def test_a_spindle_made_longer_at_one_end_has_not_moved():
    old = assembly((20, 10, 2.5), part=lambda: stepped(40))
    new = assembly((20, 10, 2.5), part=lambda: stepped(46), whole=((0.3, -0.7, 0.6), 37.3))
    found = compared(old, new)
    assert not found["same_shape"]
    assert found["assembly"]["moves"] == []


def test_a_spindle_made_longer_and_set_aside_has_moved():
    old = assembly((20, 10, 2.5), part=lambda: stepped(40))
    new = assembly((23, 10, 2.5), part=lambda: stepped(46), whole=((0.3, -0.7, 0.6), 37.3))
    (move,) = compared(old, new)["assembly"]["moves"]
    assert move["name"].startswith("pin")
    assert move["distance_mm"] == pytest.approx(3.0, abs=1e-3)
