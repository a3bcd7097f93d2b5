"""Two processes of one archive meet at one server: it never hears both at once, and each has its turn."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import text

from crawler.fetch.pace import Server, quiet_for
from crawler.fetch.turns import Turns
from phuongchi.demo.site import serve
from storage import leases, runs
from storage.engine import connect
from storage.records import Portal, portal_id
from tests.fetch.crawling import NIGHT, Archive
from tests.fetch.sites import News, article_path


class Counted(News):
    """Remembers how many requests were there at a time at most."""

    def __init__(self, count: int) -> None:
        super().__init__(count=count)
        self.flying, self.most, self._lock = 0, 0, threading.Lock()

    def reply(self, target, headers, *, night, hit):  # type: ignore[no-untyped-def]
        with self._lock:
            self.flying += 1
            self.most = max(self.most, self.flying)
        path = "/" + target.partition("/mot/")[2] + target.partition("/hai/")[2]
        answer = super().reply(path if target != "/robots.txt" else target, headers, night=night, hit=hit)
        time.sleep(0.02)  # so that another request would be seen beside it
        with self._lock:
            self.flying -= 1
        body = answer.body.replace(b'href="/', f'href="/{target.split("/")[1]}/'.encode())
        return replace(answer, body=body)


def both(archive: Archive, *urls: str) -> list[int]:
    """A run whose portals are visited by a process each, at the same time; returns their exit codes."""
    rows = [Portal(id=portal_id(url), url=url) for url in urls]
    db = connect(archive.url)
    try:
        with runs.hold(db, archive.folder) as fence:
            runs.sync_portals(db, rows, now=NIGHT)
            run = runs.begin_run(db, fence, kind="hand", portals=[row.id for row in rows], now=NIGHT)
            crawls = [replace(archive) for _ in rows]
            with ThreadPoolExecutor() as pool:
                return list(
                    pool.map(
                        lambda pair: pair[0]._child(pair[0]._batch(run.id, fence, [pair[1]], NIGHT, {}), NIGHT, None),
                        zip(crawls, rows, strict=True),
                    )
                )
    finally:
        db.close()


@pytest.mark.slow
def test_crawls_when_two_processes_meet_at_one_server_then_it_hears_one_at_a_time_and_both_complete(
    any_archive: Archive,
) -> None:
    any_archive.settings = replace(any_archive.settings, delay=0.05, turn=1.2, beat=0.1)
    site = Counted(count=8)
    with serve([site]) as world:
        root = world.urls["news"]
        assert both(any_archive, root + "mot/", root + "hai/") == [0, 0]
    assert site.most == 1
    assert {row["state"] for row in any_archive.rows("select state from visit")} == {"done"}
    for folder in ("mot", "hai"):
        fetched = {row["url"] for row in any_archive.captures(portal=portal_id(f"{root}{folder}/"))}
        assert {f"{root}{folder}{article_path(number)}" for number in range(1, 9)} <= fetched
    assert any_archive.rows("select name from lease where name like 'ask:%' or name like 'wish:%'") == []


class Other:
    """Another process, which tries to be the one that asks a server each time it is told to, and stays."""

    SCRIPT = """import sys
from storage import engine, leases
db = engine.connect(sys.argv[1])
for line in sys.stdin:
    print(leases.take_turn(db, line.strip(), ttl=600.0), flush=True)"""

    def __init__(self, archive: Archive) -> None:
        command = [sys.executable, "-c", self.SCRIPT, archive.url]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def takes(self, server: str) -> str:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{server}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def other(archive: Archive) -> Iterator[Other]:
    process = Other(archive)
    yield process
    process.kill()


@pytest.mark.slow
def test_crawl_when_another_process_keeps_its_server_then_it_is_put_off_and_nothing_asked(
    archive: Archive, other: Other
) -> None:
    archive.settings = replace(archive.settings, turn=0.6, busy=0.3, beat=0.1)
    with serve([News(count=2), News(name="beside", count=2)]) as world:
        url, beside = world.urls["news"], world.urls["beside"]
        assert other.takes(url.removeprefix("http://").rstrip("/")) == "free"
        assert archive.crawl(url, beside) == 0
        assert {site for site, _, _ in world.requests} == {"beside"}
        visit = archive.visit(url)
        assert (visit["state"], visit["cause"]) == ("deferred", "server-busy")
        assert archive.visit(beside)["state"] == "done"
        other.kill()
        assert archive.crawl(url, at=NIGHT + timedelta(hours=1)) == 0  # who is dead holds nothing
        assert archive.visit(url)["state"] == "done"


@pytest.mark.slow
def test_keep_when_another_process_waits_then_it_gets_its_turn_once_nothing_flies(
    archive: Archive, other: Other
) -> None:
    db, server, left = connect(archive.url), Server(1.0), list[str]()
    turns = Turns(db, lease=60.0, left=left.append)
    assert turns.take("10.0.0.1", 100.0) == "free"
    assert other.takes("10.0.0.1") == "taken"
    server.start(100.0, Random(1))
    turns.keep({"10.0.0.1": server}, 115.0)
    assert turns.take("10.0.0.1", 116.0) == "taken"  # what flies is finished, nothing more is begun
    assert other.takes("10.0.0.1") == "taken"
    server.end()
    turns.keep({"10.0.0.1": server}, 117.0)
    assert left == ["10.0.0.1"]
    assert other.takes("10.0.0.1") == "free"
    assert turns.take("10.0.0.1", 130.0) == "taken"
    assert turns.waited("10.0.0.1", 150.0) == 33.0
    db.close()


def test_turns_when_kept_given_and_run_out_then_one_process_has_each(archive: Archive) -> None:
    db = connect(archive.url)
    assert leases.take_turn(db, "10.0.0.1", ttl=60.0) == "free"
    assert leases.keep_turns(db, ["10.0.0.1", "10.0.0.2"], ttl=60.0) == ({"10.0.0.1"}, set())
    elsewhere = f"update lease set holder = 'other-host/{'0' * 16}/1/1', expires_at = :at where name = 'ask:10.0.0.1'"
    with db.write() as connection:
        connection.execute(text(elsewhere), {"at": "2100-01-01 00:00:00.000000"})
    assert leases.take_turn(db, "10.0.0.1", ttl=60.0) == "taken"
    assert leases.keep_turns(db, ["10.0.0.1"], ttl=60.0) == (frozenset(), frozenset())
    with db.write() as connection:
        connection.execute(text(elsewhere), {"at": "2000-01-01 00:00:00.000000"})
    assert leases.take_turn(db, "10.0.0.1", ttl=60.0) == "late"
    leases.leave_turns(db, ["10.0.0.1"])
    assert leases.take_turn(db, "10.0.0.1", ttl=60.0) == "free"
    db.close()


def test_waited_when_quiet_hours_lie_between_then_only_since_their_end(archive: Archive) -> None:
    db = connect(archive.url)
    assert leases.take_turn(db, "10.0.0.1", ttl=60.0) == "free"
    with db.write() as connection:
        elsewhere = "update lease set holder = 'other-host/0/1/1', expires_at = '2100-01-01 00:00:00.000000'"
        connection.execute(text(elsewhere))
    turns = Turns(db, lease=60.0, left=lambda name: None)
    for now in (100.0, 105.0, 110.0, 10_000.0, 10_005.0):
        assert turns.take("10.0.0.1", now) == "taken"
    assert turns.waited("10.0.0.1", 10_005.0) == 5.0
    db.close()


@pytest.mark.parametrize(
    ("hours", "minutes"),
    [("22:00-23:00", 30), ("22:30-05:30", 420), ("23:00-22:00", 0), ("00:00-00:00", 90), ("", 0), ("20:00-22:30", 0)],
)
def test_quiet_for_when_hours_hold_the_instant_then_until_their_end(hours: str, minutes: int) -> None:
    assert quiet_for(hours, NIGHT) == minutes * 60  # 22:30 in Viet Nam
