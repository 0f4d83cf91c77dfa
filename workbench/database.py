"""How is the database reached? Opens it, brings its tables up to date, hands out sessions."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock
from sqlalchemy import Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from workbench.errors import StorageFailure, WrongSetting
from workbench.settings import Settings

__all__ = ["HEAD", "Database", "engine_of"]

HEAD = "0002"  # newest migration: asking for it is what lets a start skip Alembic's import
BUSY_TIMEOUT_S = 30.0  # writers wait for each other this long; a write here takes milliseconds
BUSY_PAUSE_S = 0.01  # between two tries where SQLite does not wait itself
MIGRATIONS = Path(__file__).with_name("migrations")


class Database:
    """The engine of one installation; its tables are up to date when it is open."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        try:
            settings.locks.mkdir(parents=True, exist_ok=True)
            self.engine = engine_of(settings.database)
            self._bring_up_to_date()
        except OSError as error:
            raise StorageFailure(
                f"cannot use {settings.home}: {error.strerror}",
                hint="set WORKBENCH_HOME to a folder you may write to",
                reason_of_system=str(error.strerror),
            ) from error
        except SQLAlchemyError as error:
            raise _failure(error) from error
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @property
    def full_text(self) -> bool:
        """Whether the database has the FTS5 index of part names."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session that is committed at the end of the block, rolled back when the block fails.

        Raises StorageFailure for what the database refuses.
        """
        try:
            with self._sessions.begin() as session:
                yield session
        except SQLAlchemyError as error:
            raise _failure(error) from error

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    def _bring_up_to_date(self) -> None:
        if self._version() == HEAD:
            return
        with FileLock(self.settings.locks / "migrate.lock"):
            if self._version() == HEAD:
                return
            migrate(self.engine)

    def _version(self) -> str | None:
        with self.engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the tables to a revision (the newest by default)."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", MIGRATIONS.as_posix().replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def engine_of(url: str) -> Engine:
    """The engine of a URL.

    Raises WrongSetting.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            if parsed.database:
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            engine = create_engine(parsed, connect_args={"timeout": BUSY_TIMEOUT_S})
            event.listen(engine, "connect", _prepare_sqlite)
            return engine
        return create_engine(parsed, pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise WrongSetting(
            f"WORKBENCH_DATABASE cannot be used: {error}",
            where="WORKBENCH_DATABASE",
            hint="set it like postgresql+psycopg://user@host/name",
            name="WORKBENCH_DATABASE",
            given="…",  # a URL may hold a password
            expected="postgresql+psycopg://user@host/name",
        ) from error


def _prepare_sqlite(connection: sqlite3.Connection, _: Any) -> None:
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turn a database to writing ahead; SQLite does not wait by itself while another program writes
    or turns it too, whatever the timeout of the connection is.
    """
    last = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > last:
                raise
            time.sleep(BUSY_PAUSE_S)
        else:
            return


def _failure(error: SQLAlchemyError) -> StorageFailure:
    reason = str(getattr(error, "orig", None) or error).splitlines()[0]
    return StorageFailure(
        f"the database refused: {reason}",
        hint="close other programs that use it, check the disk",
        reason_of_system=reason,
    )
