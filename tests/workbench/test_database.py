import contextlib
import sqlite3
import subprocess
import sys
import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import IntegrityError

from workbench import tables
from workbench.database import HEAD, MIGRATIONS, Database, migrate
from workbench.errors import StorageFailure, WrongSetting
from workbench.settings import Settings


@pytest.fixture
def database(tmp_path):
    opened = Database(Settings.at(tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def either_database(tmp_path, database_url):
    opened = Database(Settings(home=tmp_path, database=database_url))
    yield opened
    opened.close()


def test_the_head_named_in_the_code_is_the_newest_migration():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_the_migrations_make_exactly_the_tables_of_the_code(either_database):
    def ours(_, name, kind, *__):
        return not (kind == "table" and name.startswith("parts_words"))

    with either_database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": ours, "compare_type": True}
        )
        assert compare_metadata(context, tables.Base.metadata) == []


def test_a_migration_can_be_undone(database_url):
    from alembic import command

    engine = create_engine(database_url)
    migrate(engine)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    engine.dispose()


def test_sqlite_writes_ahead_and_keeps_foreign_keys(database):
    with database.engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        with pytest.raises(IntegrityError):
            connection.execute(
                text(
                    "INSERT INTO parts (key, sha256, 'index', name, count, length_mm, width_mm,"
                    " height_mm, volume_mm3, area_mm2, faces, search)"
                    " VALUES ('k', 'nobody', 0, '', 1, 1, 1, 1, 1, 1, 1, '')"
                )
            )


def test_what_fails_in_a_session_is_rolled_back(either_database):
    with pytest.raises(StorageFailure), either_database.session() as session:
        session.add(tables.File(sha256="a" * 64, name="x", bytes=1))
        session.flush()
        session.execute(text("SELECT * FROM no_such_table"))
    with either_database.session() as session:
        assert session.get(tables.File, "a" * 64) is None


@pytest.mark.usefixtures("database")
def test_a_second_opening_finds_the_tables(tmp_path):
    again = Database(Settings.at(tmp_path))
    with again.session() as session:
        assert session.query(tables.File).count() == 0
    again.close()


def test_two_programs_may_start_on_an_empty_home_at_once(tmp_path):
    program = (
        "import sys; from pathlib import Path; from workbench.database import Database;"
        "from workbench.settings import Settings; Database(Settings.at(Path(sys.argv[1]))).close()"
    )
    started = [subprocess.Popen([sys.executable, "-c", program, tmp_path]) for _ in range(3)]
    assert [process.wait(timeout=60) for process in started] == [0, 0, 0]
    with sqlite3.connect(tmp_path / "workbench.db") as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]
    connection.close()


def test_a_start_waits_for_a_writer_of_a_database_that_does_not_write_ahead_yet(tmp_path):
    settings = Settings.at(tmp_path)
    file = sqlite3.connect(tmp_path / "workbench.db", isolation_level=None, check_same_thread=False)
    file.execute("CREATE TABLE other (x)")
    file.execute("BEGIN IMMEDIATE")
    done = threading.Timer(0.3, lambda: file.execute("COMMIT"))
    done.start()
    Database(settings).close()
    done.join()
    file.close()
    with contextlib.closing(sqlite3.connect(tmp_path / "workbench.db")) as again:
        assert again.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_database_url_that_means_nothing_is_a_wrong_setting(tmp_path):
    with pytest.raises(WrongSetting) as caught:
        Database(Settings(home=tmp_path, database="oracles://delphi:secret@temple/db"))
    assert "secret" not in str(caught.value.values)


def test_a_home_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "home").write_text("a file where the folder should be")
    with pytest.raises(StorageFailure) as caught:
        Database(Settings.at(tmp_path / "home"))
    assert "WORKBENCH_HOME" in caught.value.hint
