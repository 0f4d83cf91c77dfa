"""Is a file that was examined compared as if it were read again?"""

import json
import os

import cadquery as cq
import pytest
from revisions import block, drilled, odd, step_text

from geometry.analysis import examine
from geometry.comparison import compare_abreast, compare_files
from geometry.depiction import depict_digest
from geometry.digest import digest, pack, unpack
from geometry.errors import NotStep
from geometry.features.recognition import recognise
from geometry.side import Side
from geometry.step import read_step


@pytest.fixture(scope="module")
def files():
    return step_text(block()), step_text(odd(block(hole=9.0, extra=drilled(-5, 20, 6))))


def examined(data):
    return Side(examine(data, name="part.step").blobs["digest"], examined=True)


def compared(a, b):
    """What `compare_files` says, without the names that parts got."""
    found = compare_files(a, b)
    for side in ("a", "b"):
        del found[side]
    return json.dumps(found)


def test_what_was_examined_is_compared_as_what_is_read(files):
    read = compared(*map(Side, files))
    assert compared(*map(examined, files)) == read
    assert compared(examined(files[0]), Side(files[1])) == read
    assert compared(Side(files[0]), examined(files[1])) == read


def test_what_is_shown_of_a_part_comes_from_the_digest_as_from_the_file(files):
    whole = examine(files[1], name="part.step", depicted=True)
    standards = [part.get("standard_part") for part in whole.record["parts"]]
    shown = depict_digest(examine(files[1], name="part.step").blobs["digest"], standards)
    assert set(shown) == {"0.glb", "0.png", "0.descriptor"}
    assert shown == {name: whole.blobs[name] for name in shown}


def test_features_come_back_as_they_were_recognised(files):
    document = read_step(files[1])
    (subject,) = unpack(pack(digest(document))).subjects
    assert [(each.id, each.faces) for each in subject.features] == [
        (each.id, each.faces) for each in recognise(document.parts[0]).features
    ]


def test_an_export_without_a_change_is_the_same(files):
    header = b"FILE_NAME('', '2031-05-06T07:08:09', (''), (''), '', '', '');"
    begin, end = files[0].index(b"FILE_NAME"), files[0].index(b"FILE_SCHEMA")
    again = files[0][:begin] + header + files[0][end:]
    assert again != files[0]
    assert compare_files(Side(files[0]), Side(again))["same_shape"]


def test_two_files_read_at_once_are_compared_as_one_after_the_other(files):
    old, new = map(Side, files)
    known = examined(files[0])
    for pair in ((old, new), (new, old), (known, new), (new, known), (known, known)):
        abreast, *_ = compare_abreast(*pair)
        assert json.dumps(abreast) == json.dumps(compare_files(*pair))


def test_an_error_of_the_file_read_beside_says_which_file_it_is(files):
    larger = b"not a STEP file" + bytes(len(files[0]))
    with pytest.raises(NotStep) as caught:
        compare_abreast(Side(files[0], "a.step"), Side(larger, "b.step"))
    assert caught.value.values["file"] == "b.step"


def test_what_a_lost_process_should_have_read_is_read_here(files, monkeypatch):
    own = os.getpid()

    def dying(document, **options):
        if os.getpid() != own:
            os._exit(1)
        return digest(document, **options)

    monkeypatch.setattr("geometry.comparison.digest", dying)
    sides = tuple(map(Side, files))
    abreast, *_ = compare_abreast(*sides)
    assert json.dumps(abreast) == json.dumps(compare_files(*sides))


def test_a_part_without_split_faces_keeps_its_topology_once(files):
    document = read_step(files[0])
    assert document.parts[0].joined is document.parts[0].topology
    (subject,) = unpack(pack(digest(document))).subjects
    assert subject.part.joined is subject.part.topology


def test_both_topologies_of_a_part_with_split_faces_come_back():
    half = cq.Workplane().cylinder(20, 8).cut(cq.Workplane().box(40, 40, 40).translate((0, 20, 0)))
    whole = half.union(half.mirror("XZ"), clean=False)
    (part,) = (document := read_step(step_text(whole.val()))).parts
    assert len(part.joined.faces) < len(part.topology.faces)
    (subject,) = unpack(pack(digest(document))).subjects
    for own, kept in (
        (part.topology, subject.part.topology),
        (part.joined, subject.part.joined),
    ):
        assert own.edges.tobytes() == kept.edges.tobytes()
        assert own.loops.tobytes() == kept.loops.tobytes()
