import pytest

from workbench.catalogue import Catalogue, StoredExamination, part_key, split_key
from workbench.database import Database
from workbench.errors import NoSuchPart
from workbench.settings import Settings
from workbench.storage import Storage, sha256_of


@pytest.fixture
def catalogue(tmp_path, database_url):
    database = Database(Settings(home=tmp_path, database=database_url))
    yield Catalogue(database, Storage(tmp_path / "files"), Storage(tmp_path / "blobs"))
    database.close()


def part(index, name, material=None):
    return {
        "index": index,
        "name": name,
        "count": 2,
        "size_mm": [30.0, 20.0, 10.0],
        "volume_mm3": 6000.0,
        "area_mm2": 2200.0,
        "faces": [{}] * 6,
        "material": material,
    }


def examined(catalogue, data, *names):
    record = {
        "source": {"format": "AP214", "unit": "mm"},
        "parts": [part(index, name) for index, name in enumerate(names)],
    }
    blobs = {"0.glb": b"glb of " + data, "0.png": b"png", "0.descriptor": b"numbers of " + data}
    return catalogue.keep_examination(sha256_of(data), "1", record, blobs, 0.5)


def added(catalogue, file_name, *names):
    data = file_name.encode()
    examination = examined(catalogue, data, *names)
    return catalogue.add(data, file_name, examination, [("milling", 80.0)] * len(names))


def names(cards):
    return [card.name for card in cards]


def test_an_examination_comes_back_as_it_was(catalogue):
    kept = examined(catalogue, b"file", "oʻq")
    found = catalogue.examination(kept.sha256, "1")
    assert found == kept
    assert catalogue.blobs.read(found.blobs["0.glb"]) == b"glb of file"


def test_an_examination_of_another_version_is_not_taken(catalogue):
    kept = examined(catalogue, b"file", "part")
    assert catalogue.examination(kept.sha256, "2") is None


def test_a_second_examination_of_the_same_file_changes_nothing(catalogue):
    examined(catalogue, b"file", "first")
    examined(catalogue, b"file", "second")
    assert catalogue.examination(sha256_of(b"file"), "1").record["parts"][0]["name"] == "first"


def test_an_added_part_is_listed_with_its_facts(catalogue):
    keys = added(catalogue, "bracket.step", "Bracket")
    card = catalogue.part(keys[0])
    assert (card.name, card.file_name, card.size_mm) == ("Bracket", "bracket.step", (30, 20, 10))
    assert (card.process, card.suitability, card.faces, card.count) == ("milling", 80.0, 6, 2)
    assert catalogue.blobs.read(card.glb) == b"glb of bracket.step"
    assert catalogue.file_bytes(card.sha256) == b"bracket.step"


def test_adding_again_keeps_one_part_and_the_first_name(catalogue):
    first = added(catalogue, "a.step", "Body")
    data = b"a.step"
    again = examined(catalogue, data, "Body")
    assert catalogue.add(data, "copy of a.step", again, [("turning", 55.0)]) == first
    cards = catalogue.parts()
    assert [(card.file_name, card.process) for card in cards] == [("a.step", "turning")]


@pytest.mark.parametrize(
    "search",
    [
        "qopqoq",
        "ҚОПҚОҚ",
        "Qopqoʻq"[:3],
        "uzatma qopqog",
        "узатма",
        "gear qopq",
        "step",
        "  qopqoq ",
    ],
)
def test_a_part_is_found_by_any_spelling_of_its_words(catalogue, search):
    added(catalogue, "gear_cover.step", "Uzatma qopqogʻi qopqoq")
    added(catalogue, "other.stp", "Val")
    assert names(catalogue.parts(search)) == ["Uzatma qopqogʻi qopqoq"]


@pytest.mark.parametrize(
    "search",
    ['"', "*", "a OR b", "NEAR(a b)", "x' OR '1'='1", "val NOT step", "^", "search:val", "%", "_"],
)
def test_signs_in_a_search_are_words_or_nothing(catalogue, search):
    added(catalogue, "other.stp", "Val")
    assert catalogue.parts(search) == []


def test_an_empty_search_lists_everything(catalogue):
    added(catalogue, "a.step", "A", "B")
    assert names(catalogue.parts("  ")) == ["A", "B"]


def test_a_removed_part_is_gone_from_lists_and_searches_and_its_file_with_the_last(catalogue):
    first, second = added(catalogue, "pair.step", "Left", "Right")
    sha256 = catalogue.part(first).sha256
    catalogue.remove(first)
    assert names(catalogue.parts("left")) == []
    assert names(catalogue.parts("right")) == ["Right"]
    assert sha256 in catalogue.files
    catalogue.remove(second)
    assert sha256 not in catalogue.files
    assert catalogue.parts() == []


def test_an_unknown_part_is_named(catalogue):
    with pytest.raises(NoSuchPart, match="0000000000000000-0"):
        catalogue.part("0000000000000000-0")
    with pytest.raises(NoSuchPart):
        catalogue.remove("nothing")


def test_a_key_is_taken_apart():
    assert split_key(part_key("ab" * 32, 3)) == ("ab" * 8, 3)


@pytest.mark.parametrize("key", ["../x", "", "ab-1", "AB" * 8 + "-1", "ab" * 8 + "-x"])
def test_what_is_no_key_is_refused(key):
    with pytest.raises(NoSuchPart):
        split_key(key)


def test_a_stored_examination_says_its_version(catalogue):
    assert isinstance(examined(catalogue, b"x", "x"), StoredExamination)
