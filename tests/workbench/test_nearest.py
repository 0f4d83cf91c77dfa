"""Do the database and this process find the same nearest vectors, and is it said who searches?"""

import logging

import numpy as np
import pytest
from sqlalchemy import delete, inspect, text

from geometry.embedding import LENGTHS, VERSION
from workbench import nearest, tables, vector_table
from workbench.database import Database
from workbench.nearest import InProcess, nearest_of
from workbench.settings import Settings
from workbench.vector_table import VectorTable

LENGTH = sum(LENGTHS.values())


def clustered(count, seed=0):
    """Vectors of all spaces (count, LENGTH), in clusters of twenty, as entries keep them."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((-(-count // 20), LENGTH)).repeat(20, axis=0)[:count]
    return (centres + 0.3 * rng.standard_normal((count, LENGTH))).astype(np.float16)


def shapes(vectors):
    """Those of the space `shape`, which comes after `process` in an entry."""
    return vectors[:, LENGTHS["process"] : LENGTHS["process"] + LENGTHS["shape"]].astype(float)


def put(database, vectors, searcher=None, first=1):
    """Entries with the numbers first, first + 1, …"""
    with database.session() as session:
        for number, vector in enumerate(vectors, first):
            sha256 = f"{number:064d}"
            session.add(tables.File(sha256=sha256, name="x", bytes=1))
            session.flush()
            session.add(
                tables.Part(
                    id=number, key=f"{number:016d}-0", sha256=sha256, index=0, name="", count=1,
                    length_mm=1, width_mm=1, height_mm=1, volume_mm3=1, area_mm2=1, faces=1,
                    search="",
                )
            )  # fmt: skip
            session.flush()
            packed = vector.tobytes()
            session.add(
                tables.IndexEntry(id=number, part_id=number, version=VERSION, vectors=packed)
            )
            session.flush()
            if searcher is not None:
                searcher.keep(session, number, packed)


def truly_nearest(vectors, query, count):
    return (np.argsort(((shapes(vectors) - query) ** 2).sum(axis=1))[:count] + 1).tolist()


@pytest.fixture(params=["SQLite", "PostgreSQL", "PostgreSQL with pgvector", "without the right"])
def database(request, tmp_path):
    """An empty database of each kind."""
    if request.param == "SQLite":
        url = f"sqlite:///{(tmp_path / 'workbench.db').as_posix()}"
    elif request.param == "PostgreSQL":
        url = request.getfixturevalue("postgresql").database()
    elif request.param == "PostgreSQL with pgvector":
        url = request.getfixturevalue("postgresql_with_vectors").database()
    else:
        url = request.getfixturevalue("postgresql_with_vectors").database_of_a_guest()
    opened = Database(Settings(home=tmp_path, database=url))
    opened.kind = request.param
    yield opened
    opened.close()


@pytest.fixture
def shared(tmp_path, postgresql_with_vectors):
    """An empty database that searches vectors itself."""
    opened = Database(Settings(home=tmp_path, database=postgresql_with_vectors.database()))
    assert vector_table.why_not(opened.engine) is None
    yield opened
    opened.close()


def test_whoever_searches_finds_the_nearest_of_what_was_there_and_of_what_came(database, tmp_path):
    vectors = clustered(120)
    put(database, vectors[:100])
    searcher = nearest_of(database, tmp_path / "index")
    query = shapes(clustered(120, seed=1))[5]
    assert searcher.search("shape", query, 7) == truly_nearest(vectors[:100], query, 7)
    put(database, vectors[100:], searcher, first=101)
    assert searcher.search("shape", query, 120) == truly_nearest(vectors, query, 120)
    with database.session() as session:
        session.execute(delete(tables.IndexEntry).where(tables.IndexEntry.id.in_([7, 8])))
    searcher.forget([7, 8])
    assert not {7, 8} & set(searcher.search("shape", shapes(vectors)[6], 50))


def test_it_is_said_who_searches_and_why(database, tmp_path, caplog):
    with caplog.at_level(logging.INFO, logger="workbench.nearest"):
        searcher = nearest_of(database, tmp_path)
    said = caplog.text
    if database.kind == "PostgreSQL with pgvector":
        assert searcher.name == "pgvector"
        assert "the database searches vectors itself" in said
    elif database.kind == "without the right":
        assert searcher.name == "memory"
        assert "may not make the extension" in said
    elif database.kind == "SQLite":
        assert searcher.name == "memory"
        assert "the database is not PostgreSQL" in said


def test_servers_share_what_the_database_holds(shared):
    vectors = clustered(40)
    one, other = VectorTable(shared), VectorTable(shared)
    put(shared, vectors, one)
    query = shapes(vectors)[3]
    assert other.search("shape", query, 5) == truly_nearest(vectors, query, 5)


def test_entries_of_a_server_that_keeps_no_vectors_are_taken_in(shared):
    vectors = clustered(40)
    searcher = VectorTable(shared)
    put(shared, vectors[:20], searcher)
    put(shared, vectors[20:], first=21)
    query = shapes(vectors)[30]
    assert searcher.search("shape", query, 5) == truly_nearest(vectors, query, 5)


def indices(database, searcher):
    """(after, last) of the indices of shapes, by their names, and who makes them."""
    with database.engine.connect() as connection:
        made = inspect(connection).get_indexes(searcher._table.name)
    assert {each["dialect_options"]["postgresql_using"] for each in made} <= {"hnsw"}
    return sorted(tuple(map(int, each["name"].rsplit("_", 2)[1:])) for each in made)


def test_the_indices_of_the_database_find_nearly_all(shared, monkeypatch):
    monkeypatch.setattr(vector_table, "EXACT_BELOW", 100)
    vectors = clustered(1500)
    searcher = VectorTable(shared)
    queries = shapes(vectors)[::30]
    held = 0
    # 250 get an index; 60 are compared one by one; 1000 join the first; 190 get one of their own
    for until, expected in (
        (250, [(0, 250)]),
        (310, [(0, 250)]),
        (1310, [(0, 1310)]),
        (1500, [(0, 1310), (1310, 1500)]),
    ):
        put(shared, vectors[held:until], searcher, first=held + 1)
        held = until
        found = [
            len(set(searcher.search("shape", q, 10)) & set(truly_nearest(vectors[:held], q, 10)))
            for q in queries
        ]
        assert indices(shared, searcher) == expected
        assert sum(found) >= 0.98 * 10 * len(queries)
    near = searcher.search("shape", queries[7], 30)
    way = ((shapes(vectors)[np.array(near) - 1] - queries[7]) ** 2).sum(axis=1)
    assert len(set(near)) == 30
    assert (np.diff(way) >= 0).all()


def test_the_vectors_of_another_version_are_dropped(shared, monkeypatch):
    VectorTable(shared)
    monkeypatch.setattr("geometry.embedding.VERSION", "another.1")
    VectorTable(shared)
    names = inspect(shared.engine).get_table_names()
    assert [n for n in names if n.startswith("index_vectors_")] == ["index_vectors_another_1"]


def test_an_old_extension_is_no_index(shared, monkeypatch):
    monkeypatch.setattr(vector_table, "LEAST_VERSION", (99, 0))
    assert vector_table.why_not(shared.engine) == "too_old"


def test_an_entry_that_became_visible_after_later_ones_is_found(tmp_path):
    database = Database(Settings.at(tmp_path))
    vectors = clustered(20)
    searcher = InProcess(database, tmp_path / "index")
    put(database, vectors[10:], first=11)
    searcher.search("shape", shapes(vectors)[0], 3)
    put(database, vectors[:10])
    query = shapes(vectors)[4]
    assert searcher.search("shape", query, 5) == truly_nearest(vectors, query, 5)
    assert nearest.LOOK_BACK >= 10
    database.close()


def test_looking_makes_nothing(tmp_path, postgresql_with_vectors):
    database = Database(Settings(home=tmp_path, database=postgresql_with_vectors.database()))
    assert vector_table.why_not(database.engine, make=False) is None
    with database.engine.connect() as connection:
        names = connection.execute(text("SELECT extname FROM pg_extension")).scalars().all()
    assert "vector" not in names
    database.close()
