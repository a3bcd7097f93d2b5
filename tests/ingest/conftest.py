from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from storage.engine import Database, connect
from tests.conftest import EACH_DATABASE, new_database
from tests.ingest.archives import Archive


@dataclass(frozen=True, slots=True)
class Master:
    """A filled archive that is copied for each test: where its database and its files are, and the instant of its last page."""

    url: str
    folder: Path
    at: datetime


def _fill(url: str, folder: Path) -> Master:
    database = connect(url)
    archive = Archive(database, folder)
    archive.fill()
    archive.writer.close()
    database.close()
    return Master(url, folder, archive.at)


@pytest.fixture(scope="session")
def filled_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Master:
    folder = tmp_path_factory.mktemp("filled-sqlite")
    shutil.copyfile(sqlite_template, folder / "phuongchi.db")
    return _fill(f"sqlite:///{folder / 'phuongchi.db'}", folder)


@pytest.fixture(scope="session")
def filled_postgres(postgres_template: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Master, URL]]:
    with new_database(postgres_template, template=str(postgres_template.database)) as url:
        yield _fill(url.render_as_string(hide_password=False), tmp_path_factory.mktemp("filled-postgres")), url


@pytest.fixture
def archive(database: Database, tmp_path: Path) -> Iterator[Archive]:
    """An empty archive."""
    made = Archive(database, tmp_path)
    yield made
    made.writer.close()


@pytest.fixture(params=EACH_DATABASE)
def filled(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Archive]:
    """Twelve articles, read."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            master: Master = request.getfixturevalue("filled_sqlite")
            url = f"sqlite:///{tmp_path / 'phuongchi.db'}"
        else:
            master, server = request.getfixturevalue("filled_postgres")
            copy = stack.enter_context(new_database(server, template=str(server.database)))
            url = copy.render_as_string(hide_password=False)
        shutil.copytree(master.folder, tmp_path, dirs_exist_ok=True)
        database = connect(url)
        stack.callback(database.close)
        archive = Archive(database, tmp_path, at=master.at)
        stack.callback(archive.writer.close)
        yield archive
