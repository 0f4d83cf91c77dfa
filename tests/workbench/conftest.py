"""A PostgreSQL server of the tests' own, and databases of both kinds."""

import getpass
import itertools
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

_numbers = itertools.count(1)


class Server:
    """Makes databases; knows where they are reached."""

    def __init__(self, sockets: Path) -> None:
        self._url = f"postgresql+psycopg://workbench@/{{}}?host={sockets}"

    def database(self, template: str | None = None) -> str:
        """The URL of a new database, a copy of that of another URL."""
        name = f"test_{next(_numbers)}"
        of = f" TEMPLATE {make_url(template).database}" if template else ""
        engine = create_engine(self._url.format("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}{of}"))
        engine.dispose()
        return self._url.format(name)


@pytest.fixture(scope="session")
def postgresql():
    """A server that only this user reaches, gone at the end."""
    tools = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = tools[-1] if tools else shutil.which("initdb")
    if found is None:
        pytest.skip("PostgreSQL's server is not installed: scripts/system-packages database")
    folder = Path(tempfile.mkdtemp(prefix="workbench-postgresql-"))
    root = getpass.getuser() == "root"  # as whom the server refuses to run
    if root:
        shutil.chown(folder, "postgres")
    as_user = ["runuser", "-u", "postgres", "--"] if root else []

    def run(tool, *arguments):
        subprocess.run(
            [*as_user, Path(found).with_name(tool), *arguments],
            check=True, cwd=folder, stdout=subprocess.DEVNULL, timeout=120,
        )  # fmt: skip

    data = folder / "data"
    run("initdb", "-D", data, "-U", "workbench", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
        "--no-sync")  # fmt: skip
    options = f"-k {folder} -c listen_addresses= -c fsync=off"
    run("pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
    yield Server(folder)
    run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    shutil.rmtree(folder)


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def database_url(request, tmp_path):
    """The URL of an empty database of either kind."""
    if request.param == "SQLite":
        return f"sqlite:///{(tmp_path / 'workbench.db').as_posix()}"
    return request.getfixturevalue("postgresql").database()
