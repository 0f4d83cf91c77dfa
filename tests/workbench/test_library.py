"""What the whole catalogue answers, asked of drawn parts that were examined and added."""

import shutil
from dataclasses import replace

import cadquery as cq
import numpy as np
import pytest
from revisions import block, mirrored, odd, plate
from shapes import part_of

import geometry
from geometry.analysis import _Clock, _examine_part
from workbench import grouping, part_index
from workbench.errors import NoSuchPart, WrongUse
from workbench.service import Workbench
from workbench.settings import Settings
from workbench.storage import sha256_of


def washer():
    """ISO 7089 for M8."""
    return cq.Workplane().circle(8.0).circle(4.2).extrude(1.6).val()


DRAWN = {
    "flange": lambda: plate(),
    "flange copy": lambda: odd(plate()),
    "thicker flange": lambda: plate(thickness=14),
    "larger holes": lambda: plate(diameter=8.0),
    "block": lambda: block(),
    "block twin": lambda: odd(mirrored(block())),
    "longer block": lambda: block(length=96),
    "washer": washer,
}


@pytest.fixture(scope="module")
def examined():
    """Records and blobs of the drawn parts by name."""
    found = {}
    for name, draw in DRAWN.items():
        blobs = {}
        part = part_of(draw(), odd=False)
        record = _examine_part(part, 0, 1, blobs, [], _Clock(), lambda _: None)
        found[name] = ({**record, "name": name}, blobs)
    return found


def put(workbench, name, examined):
    record, blobs = examined[name]
    data = name.encode()
    whole = {"source": {"name": name, "unit": "mm"}, "warnings": [], "parts": [record],
             "assembly": {"name": name, "children": []}, "timing_s": {}}  # fmt: skip
    kept = workbench._catalogue.keep_examination(
        sha256_of(data), geometry.VERSION, whole, blobs, 0.1
    )
    (key,) = workbench._catalogue.add(data, f"{name}.step", kept, [("milling", 80.0)])
    return key


@pytest.fixture(scope="module", params=["SQLite", "PostgreSQL with pgvector"])
def full(request, tmp_path_factory, examined):
    """Settings of a workbench with all parts, and their keys."""
    settings = Settings.at(tmp_path_factory.mktemp("full") / "home", workers=1)
    if request.param != "SQLite":
        server = request.getfixturevalue("postgresql_with_vectors")
        settings = replace(settings, database=server.database())
    with Workbench(settings) as opened:
        return settings, {name: put(opened, name, examined) for name in DRAWN}


@pytest.fixture
def settings(request, tmp_path, full):
    """Settings of a copy of that workbench."""
    home, database = tmp_path / "home", full[0].database
    shutil.copytree(full[0].home, home)
    if database.startswith("sqlite"):
        return Settings.at(home, workers=1)
    server = request.getfixturevalue("postgresql_with_vectors")
    return replace(full[0], home=home, database=server.database(template=database))


@pytest.fixture
def workbench(settings):
    with Workbench(settings) as opened:
        yield opened


@pytest.fixture
def keys(full):
    return full[1]


def names(answer):
    return [result["part_name"] for result in answer["results"]]


@pytest.fixture(params=["all ranked", "by the index"])
def _both_ways(request, monkeypatch):
    if request.param == "by the index":
        monkeypatch.setattr(part_index, "ALL_RANKED", 0)
        monkeypatch.setattr(part_index, "LEAST_CANDIDATES", 5)
        monkeypatch.setattr(part_index, "CANDIDATES_PER_RESULT", 1)


@pytest.mark.usefixtures("_both_ways")
@pytest.mark.parametrize("mode", ["all", "shape", "process", "size"])
def test_the_most_alike_comes_first(workbench, keys, mode):
    answer = workbench.similar(keys["flange"], top=3, mode=mode)
    assert names(answer)[0] == "flange copy"
    assert answer["results"][0]["similarity"] > 0.99


@pytest.mark.usefixtures("_both_ways")
def test_a_part_that_is_taken_out_is_not_found_and_a_new_one_is(workbench, keys, examined):
    workbench.similar(keys["flange"], top=3)
    workbench.remove(keys["flange copy"])
    assert "flange copy" not in names(workbench.similar(keys["flange"], top=3))
    put(workbench, "flange copy", examined)
    assert names(workbench.similar(keys["flange"], top=3))[0] == "flange copy"


def test_another_program_finds_the_index_on_disk_or_in_the_database(workbench, keys, monkeypatch):
    monkeypatch.setattr(part_index, "ALL_RANKED", 0)
    monkeypatch.setattr(part_index, "LEAST_CANDIDATES", 5)
    monkeypatch.setattr(part_index, "CANDIDATES_PER_RESULT", 1)
    first = names(workbench.similar(keys["block"], top=3))
    folder = workbench.settings.home / "index"
    in_memory = workbench.settings.database.startswith("sqlite")
    assert any(folder.glob("shape-*.usearch")) is in_memory
    with Workbench(workbench.settings) as other:
        assert names(other.similar(keys["block"], top=3)) == first
        if in_memory:
            shutil.rmtree(folder)
    with Workbench(workbench.settings) as third:
        assert names(third.similar(keys["block"], top=3)) == first


def test_entries_of_another_version_are_made_anew(workbench, keys, monkeypatch):
    before = workbench.similar(keys["block"], top=3)
    state = workbench._index(None).state()
    monkeypatch.setattr("geometry.embedding.VERSION", "later")
    assert workbench.similar(keys["block"], top=3)["results"] == before["results"]
    assert workbench._index(None).state() != state


def test_weights_take_the_place_of_the_mode(workbench, keys):
    answer = workbench.similar(keys["washer"], top=7, weights={"size": 1.0})
    by_size = workbench.similar(keys["washer"], top=7, mode="size")
    assert names(answer) == names(by_size)
    with pytest.raises(WrongUse, match="colour"):
        workbench.similar(keys["washer"], weights={"colour": 1.0})


def test_picked_faces_are_found_in_other_parts(workbench, keys, examined):
    record, _ = examined["flange"]
    holes = [f for f in record["features"] if f["type"] == "hole"]
    faces = [face for hole in holes[:4] for face in hole["faces"]]
    found = workbench.similar(keys["flange"], faces=faces)
    assert set(names(found)) >= {"flange copy", "thicker flange"}
    assert "washer" not in names(found)
    assert found["results"][0]["why"]["missing"] == []
    assert found["results"][0]["places"][0]["faces"]


def test_faces_that_the_part_does_not_have_are_refused(workbench, keys):
    with pytest.raises(WrongUse, match="faces 0 to 3"):
        workbench.similar(keys["washer"], faces=[99])


def test_families_doubles_and_twins_are_told(workbench):
    answer = workbench.families()
    families = [{part["part_name"] for part in family["parts"]} for family in answer["families"]]
    assert {"flange", "flange copy", "thicker flange", "larger holes"} in families
    assert {"block", "block twin", "longer block"} in families

    def pairs(kind):
        return [{pair["a"]["part_name"], pair["b"]["part_name"]} for pair in answer[kind]]

    assert pairs("duplicates") == [{"flange", "flange copy"}]
    assert pairs("mirrored") == [{"block", "block twin"}]


def test_pairs_that_differ_in_one_dimension_are_told_with_it(workbench):
    found = {
        frozenset((pair["a"]["part_name"], pair["b"]["part_name"])): pair
        for pair in workbench.families()["standardise"]
    }

    def values(*pair):
        dimension = found[frozenset(pair)]["dimension"]
        return dimension["feature"], dimension["parameter"], {dimension["a"], dimension["b"]}

    assert values("block", "longer block") == ("part", "length_mm", {90.0, 96.0})
    assert values("flange", "thicker flange") == ("part", "height_mm", {12.0, 14.0})
    assert values("flange", "larger holes")[1:] == ("diameter_mm", {8.0, 9.0})


def test_alike_parts_are_neighbours_on_the_map(workbench):
    points = {part["part_name"]: (part["x"], part["y"]) for part in workbench.map()["parts"]}
    assert points.keys() == DRAWN.keys()

    def apart(a, b):
        return float(np.hypot(*np.subtract(points[a], points[b])))

    assert apart("flange", "flange copy") < 0.25 * apart("flange", "block")
    assert apart("flange", "thicker flange") < apart("flange", "block")
    assert apart("block", "longer block") < apart("block", "washer")


def test_the_next_program_does_not_lay_the_map_out_again_unless_something_changed(
    workbench, keys, monkeypatch
):
    laid_out = []
    lay_out = grouping.layout
    monkeypatch.setattr(grouping, "layout", lambda *asked: laid_out.append(1) or lay_out(*asked))
    drawn = workbench.map()
    assert len(laid_out) == 1
    with Workbench(workbench.settings) as other:
        assert other.map() == drawn
        assert len(laid_out) == 1
        workbench.know(keys["block"], supplier="Zavod")  # another program says something
        told = {part["part"]: part.get("known") for part in other.map()["parts"]}
        assert told[keys["block"]] == {"supplier": "Zavod"}
        workbench.remove(keys["washer"])
        assert keys["washer"] not in {part["part"] for part in other.map()["parts"]}
        assert len(laid_out) == 3
    (workbench.settings.home / "index" / "map.json").write_text("{")
    with Workbench(workbench.settings) as other:
        assert len(other.map()["parts"]) == len(drawn["parts"]) - 1


def test_a_standard_part_is_marked(workbench, keys):
    answer = workbench.similar(keys["flange"], top=7)
    told = {result["part_name"]: result.get("standard_part") for result in answer["results"]}
    assert told["washer"]["designation"] == "ISO 7089 8"
    assert told["block"] is None


def test_what_is_known_comes_with_what_is_alike(workbench, keys):
    workbench.know(keys["flange copy"], status="made", price=12.5, currency="usd", plant="Zavod")
    workbench.know(keys["washer"], price=0.05, currency="USD")
    workbench.know(keys["flange copy"], process="turning")
    first = workbench.similar(keys["flange"], top=1)["results"][0]
    told = {"status": "made", "price": 12.5, "currency": "USD", "plant": "Zavod",
            "process": "turning"}  # fmt: skip
    assert first["known"] == told
    evidence = workbench.evidence(keys["flange"])
    assert [each["part_name"] for each in evidence] == ["flange copy"]
    assert evidence[0]["price"] == 12.5


def test_what_is_known_can_be_forgotten_and_goes_with_the_part(workbench, keys, examined):
    workbench.know(keys["block"], status="waiting", supplier="Somebody")
    workbench.know(keys["block"], supplier="")
    assert workbench.facts([keys["block"]])[keys["block"]].told() == {"status": "waiting"}
    put(workbench, "block", examined)  # adding the file again changes nothing
    assert keys["block"] in workbench.facts([keys["block"]])
    workbench.remove(keys["block"])
    assert workbench.facts([keys["block"]]) == {}


@pytest.mark.parametrize(
    "values",
    [{"price": 3.0}, {"price": -1.0, "currency": "USD"}, {"status": "lost"},
     {"process": "magic"}, {"currency": "dollars"}],
)  # fmt: skip
def test_what_cannot_be_is_not_kept(workbench, keys, values):
    with pytest.raises(WrongUse):
        workbench.know(keys["block"], **values)
    assert workbench.facts([keys["block"]]) == {}


def test_nothing_is_known_of_a_part_that_is_not_there(workbench):
    with pytest.raises(NoSuchPart):
        workbench.know("0123456789abcdef-0", status="made")
