"""Does the index find the nearest, take in what is new, and survive what happens to its files?"""

import json

import numpy as np
import pytest

from workbench.vector_index import VectorIndex

LENGTH = 24


def clustered(count, seed=0):
    """Vectors in clusters of twenty."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((count // 20, LENGTH))
    return (centres.repeat(20, 0) + 0.3 * rng.standard_normal((count, LENGTH))).astype(np.float32)


def numbers(count, first=1):
    return np.arange(first, first + count)


def index(folder, version="1"):
    return VectorIndex(folder, "shape", LENGTH, version)


def truly_nearest(vectors, query, count):
    return np.argsort(((vectors - query) ** 2).sum(axis=1))[:count] + 1


def test_among_few_the_nearest_are_exact(tmp_path):
    vectors = clustered(400)
    made = index(tmp_path)
    made.add(numbers(400), vectors)
    for query in clustered(20, seed=1):
        assert made.search(query, 7).tolist() == truly_nearest(vectors, query, 7).tolist()


def test_the_approximate_search_finds_nearly_all(tmp_path):
    vectors = clustered(4000)
    made = index(tmp_path)
    made.add(numbers(4000), vectors)
    queries = vectors[::80] + 0.05 * np.random.default_rng(2).standard_normal((50, LENGTH))
    found = [
        len(set(made.search(q, 10, exact=False)) & set(truly_nearest(vectors, q, 10)))
        for q in queries
    ]
    assert sum(found) >= 0.98 * 500


def test_a_part_is_added_without_building_anything_anew(tmp_path):
    made = index(tmp_path)
    made.add(numbers(100), clustered(100))
    far = np.full(LENGTH, 9.0, np.float32)
    made.add(np.array([500]), far[None])
    assert made.search(far, 1).tolist() == [500]
    assert (len(made), made.newest) == (101, 500)


def test_a_removed_part_is_not_found(tmp_path):
    made = index(tmp_path)
    vectors = clustered(100)
    made.add(numbers(100), vectors)
    made.remove([1])
    assert 1 not in made.search(vectors[0], 20)


def test_the_index_is_kept_between_programs_and_goes_on(tmp_path):
    vectors = clustered(100)
    made = index(tmp_path)
    made.add(numbers(100), vectors)
    made.save()
    again = index(tmp_path)
    assert (len(again), again.newest) == (100, 100)
    assert again.search(vectors[3], 5).tolist() == made.search(vectors[3], 5).tolist()
    again.add(np.array([101]), vectors[:1])
    again.save(always=True)
    assert len(index(tmp_path)) == 101
    assert len(list(tmp_path.glob("*.usearch"))) == 1


def cut_short(folder):
    (file,) = folder.glob("*.usearch")
    file.write_bytes(file.read_bytes()[:-50])


def one_byte_changed(folder):
    (file,) = folder.glob("*.usearch")
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 0xFF
    file.write_bytes(data)


def gone(folder):
    (file,) = folder.glob("*.usearch")
    file.unlink()


def no_manifest(folder):
    (folder / "shape.json").unlink()


def nonsense(folder):
    (folder / "shape.json").write_text("[1, 2")


def outside(folder):
    told = json.loads((folder / "shape.json").read_text())
    (folder / "shape.json").write_text(json.dumps({**told, "file": "../../etc/passwd"}))


@pytest.mark.parametrize(
    "accident", [cut_short, one_byte_changed, gone, no_manifest, nonsense, outside]
)
def test_an_index_that_was_damaged_begins_empty(tmp_path, accident):
    made = index(tmp_path)
    made.add(numbers(100), clustered(100))
    made.save()
    accident(tmp_path)
    again = index(tmp_path)
    assert (len(again), again.newest) == (0, 0)
    again.add(numbers(100), clustered(100))
    again.save()
    assert len(index(tmp_path)) == 100


def test_an_index_of_another_version_begins_empty(tmp_path):
    made = index(tmp_path)
    made.add(numbers(100), clustered(100))
    made.save()
    assert len(index(tmp_path, version="2")) == 0


def test_a_slower_program_does_not_write_over_what_another_knows(tmp_path):
    slow, quick = index(tmp_path), index(tmp_path)
    quick.add(numbers(100), clustered(100))
    quick.save()
    slow.add(numbers(40), clustered(40))
    slow.save()
    assert len(index(tmp_path)) == 100
