"""Both halves write a portal's pages at once: on PostgreSQL neither may be ended because they wait for each other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, func, select, text

from storage import frontier, runs, schema
from storage.engine import Database, Fence, connect
from storage.frontier import Discovery, Group, Mention, NewPage, Outcome
from storage.records import Portal
from tests.builders import on_slate

NOW = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)
NAMES = ("a.vn", "b.vn")
COUNT = 4


@pytest.fixture
def archive(postgres_url: str) -> Iterator[Database]:
    """Two portals with some pages each, in PostgreSQL."""
    database = connect(postgres_url)
    runs.sync_portals(database, [Portal(name, f"https://{name}/") for name in NAMES], now=NOW)
    with database.write() as conn:
        conn.execute(schema.lease.insert().values(name="crawl", fence=1))
    for name in NAMES:
        mentions = tuple(Mention(NewPage(f"https://{name}/{n}", f"{name}/{n}", "unknown", "/#")) for n in range(COUNT))
        found = Discovery(name, f"{name}/", "", mentions, NOW, NOW)
        frontier.commit(database, Fence("crawl", 1), 1, Group(discoveries=(found,)))
    yield database
    database.close()


def asked(database: Database, *, backwards: bool = False) -> Group:
    """An answer for every page, as the fetching half commits them."""
    query = select(schema.page.c.id).order_by(schema.page.c.id.desc() if backwards else schema.page.c.id)
    with database.read() as conn:
        pages = conn.execute(query).scalars().all()
    return Group(outcomes=tuple(Outcome(page, NOW, NOW + timedelta(days=1), status=200) for page in pages))


def somebody_waits(database: Database) -> bool:
    """Whether a transaction waits for a lock that another one holds."""
    with database.read() as conn:
        return bool(conn.execute(text("select count(*) from pg_locks where not granted")).scalar_one())


def until(condition: Callable[[], bool]) -> None:
    tick = threading.Event()
    for _ in range(3000):
        if condition():
            return
        tick.wait(0.01)
    raise AssertionError("nobody came to wait")


def read_as_article(conn: Connection, key: str) -> None:
    with on_slate(conn, "a.vn") as slate:
        slate.page_is(key, article=True)


def test_commit_when_a_reader_has_later_pages_then_it_waits_and_both_are_stored(archive: Database) -> None:
    reading = runs.take_portal(archive, "a.vn", ttl=600)
    assert reading is not None
    with ThreadPoolExecutor(1) as pool:
        with archive.write(reading) as conn:
            read_as_article(conn, f"a.vn/{COUNT - 1}")
            fetching = pool.submit(frontier.commit, archive, Fence("crawl", 1), 2, asked(archive))
            until(lambda: somebody_waits(archive))
            read_as_article(conn, "a.vn/0")
        fetching.result()
    page = schema.page
    with archive.read() as conn:
        read = conn.execute(select(page.c.key).where(page.c.read_as == "article").order_by(page.c.key)).scalars().all()
        stored = conn.execute(select(func.count()).where(page.c.run == 2)).scalar_one()
    assert (read, stored) == (["a.vn/0", f"a.vn/{COUNT - 1}"], 2 * COUNT)


def test_commit_when_two_batches_meet_in_opposite_orders_then_both_are_stored(archive: Database) -> None:
    groups = [asked(archive), asked(archive, backwards=True)] * 20
    start = threading.Barrier(4)

    def work(number: int) -> None:
        start.wait()
        for group in groups[number::4]:
            frontier.commit(archive, Fence("crawl", 1), number, group)

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(work, number) for number in range(4)]:
            done.result()
