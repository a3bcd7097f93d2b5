"""A small library behind a server: one for all tests that only read, and one of each test's own on both databases."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from storage.engine import Database, connect
from tests.access import rich
from tests.access.served import PORTAL, Library, Server, serve
from tests.builders import make_portal


@dataclass(frozen=True, slots=True)
class Shelf:
    """A server, the library behind it, and the database it reads."""

    server: Server
    library: Library
    url: str

    @property
    def ids(self) -> dict[str, str]:
        """Articles by their first title."""
        return self.library.ids


OTHER = make_portal("http://phuong-x.gov.vn/", name="Phường X", province="Huế", platform="vnpt")


def fill(library: Library) -> None:
    """A festival that was renamed, notices on two portals, one article each that is withheld and restricted."""
    festival = library.article("Lễ hội đền Hùng", published="2024-04-18")
    library.article("Thông báo số 1", published="2024-05-02", paragraphs=("Nguyễn Văn A, CCCD 012345678901.", "Hết."))
    library.article("Thông báo số 2", published="", portal=OTHER)
    library.article("Bí mật", published="2024-06-01")
    library.article("Không lưu", published="2024-06-02")
    library.revise(festival, title="Lễ hội đền Hùng năm 2024")
    library.set_visibility(library.ids["Bí mật"], "withheld")
    library.set_visibility(library.ids["Không lưu"], "restricted")
    library.capture("tin-tuc/", portal=PORTAL, purpose="listing")
    library.capture("mat.html", status=404)
    library.close()


@pytest.fixture(scope="module")
def shelf(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """The library that nobody writes to any more."""
    folder = tmp_path_factory.mktemp("shelf")
    shutil.copyfile(sqlite_template, folder / "phuongchi.db")
    url = f"sqlite:///{folder / 'phuongchi.db'}"
    database = connect(url)
    library = Library(database, folder)
    fill(library)
    with serve(url, folder) as server:
        yield Shelf(server, library, url)
    database.close()


@pytest.fixture
def own_shelf(database: Database, database_url: str, tmp_path: Path) -> Iterator[Shelf]:
    """An empty library of the test's own, on each kind of database."""
    library = Library(database, tmp_path)
    with serve(database_url, tmp_path) as server:
        yield Shelf(server, library, database_url)


@pytest.fixture(scope="module")
def rich_archive(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[rich.Archive]:
    """An archive with everything that pages tell of."""
    with rich.served(sqlite_template, tmp_path_factory.mktemp("rich")) as archive:
        yield archive


@pytest.fixture(scope="module")
def hostile_archive(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[rich.Archive]:
    """The same, of people who would like their texts to run in others' browsers."""
    with rich.served(sqlite_template, tmp_path_factory.mktemp("hostile"), text=rich.EVIL, url=rich.RUNS[0]) as archive:
        yield archive
