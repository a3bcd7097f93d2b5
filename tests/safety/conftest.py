"""The wards on loopback, and archives of them that every test copies."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from phuongchi.demo.site import World, serve
from tests.conftest import EACH_DATABASE
from tests.safety import wards
from tests.safety.forks import Forks
from tests.safety.walking import Place


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`make test` kills at each point on SQLite, once each; faults that are raised, PostgreSQL and repeated kills are long.

    A fault that is raised takes the same way through the program wherever it is raised, on either database.
    """
    for item in items:
        if item.path.parent == Path(__file__).parent and _is_long(item.name):
            item.add_marker(pytest.mark.long)


def _is_long(name: str) -> bool:
    if "[postgresql" in name or name.startswith(
        ("test_crawl_when_killed_in_the_repair", "test_reindex_when_killed_at_some")
    ):
        return True
    return name.endswith(("-busy]", "-full]"))


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    """Processes at the price of a fork."""
    server = Forks()
    yield server
    server.close()


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    """Both wards, on the night that a test says."""
    with serve([wards.Ward("dong"), wards.Ward("tay")]) as served:
        yield served


@dataclass(frozen=True, slots=True)
class Archives:
    """Archives of the wards at `urls`.

    `empty`: nothing in it; `night`: one night of the first ward, crawled and read; `unread`: all nights of both, read as far
    as that one; `whole`: all of it read.
    """

    urls: tuple[str, ...]
    empty: Place
    night: Place
    unread: Place
    whole: Place


@pytest.fixture(scope="session", params=EACH_DATABASE)
def archives(
    request: pytest.FixtureRequest, forks: Forks, world: World, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Archives]:
    """The archives, on each kind of database."""
    room, urls = tmp_path_factory.mktemp(f"wards-{request.param}"), tuple(world.urls.values())
    (room / "empty" / "warc").mkdir(parents=True)
    rows = "".join(f'[[portal]]\nurl = "{url}"\n' for url in urls)
    (room / "empty" / "portals.toml").write_text(rows)
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_template"), room / "empty" / "phuongchi.db")
        empty = Place(f"sqlite:///{room}/empty/phuongchi.db", room / "empty")
    else:
        empty = Place(
            request.getfixturevalue("postgres_template").render_as_string(hide_password=False), room / "empty"
        )

    def do(work: object, place: Place, portals: Sequence[str], *more: int) -> None:
        ended = forks.run(work, place.url, place.folder, portals, *more)  # type: ignore[arg-type]
        assert ended.code == 0, ended.said

    with ExitStack() as stack:
        night = stack.enter_context(empty.copy(room / "night"))
        world.night = 1
        do(wards.crawl_and_read, night, urls[:1], 1)
        unread = stack.enter_context(night.copy(room / "unread"))
        for number in range(1, len(wards.NIGHTS) + 1):
            world.night = number
            do(wards.crawl, unread, urls if number > 1 else urls[1:], number)
        whole = stack.enter_context(unread.copy(room / "whole"))
        do(wards.read, whole, urls)
        yield Archives(urls, empty, night, unread, whole)
