"""`serve` as a process: while a crawl writes, when it is told to stop, on both databases; it writes nothing itself."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import urllib3
from sqlalchemy import text

from phuongchi.client import Client
from phuongchi.demo.site import Site, World
from storage.errors import StorageFull
from storage.serving import connect_to_serve
from tests.access.test_guard import ENDLESS
from tests.cli.conftest import NOW, Archive, command, environment

Serving = Callable[..., World]
pytestmark = pytest.mark.slow


@contextmanager
def served(archive: Archive, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of a server of the archive, and its process; it is told to stop at the end."""
    process = subprocess.Popen(
        command("-C", archive.folder, "serve", "--port", "0", *options), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, env=environment(PHUONGCHI_NOW=NOW),
    )  # fmt: skip
    assert process.stderr is not None
    try:
        yield process.stderr.readline().strip().rstrip("/"), process
    finally:
        process.terminate()
        process.communicate(timeout=60)


@pytest.mark.parametrize("nights", [1, pytest.param(2, marks=pytest.mark.long)])
def test_follower_when_a_crawl_writes_then_its_copy_is_the_archive_and_the_server_ends_in_order(
    archive: Archive, serving: Serving, sites: dict[str, Site], tmp_path: Path, nights: int
) -> None:
    world = serving(sites["vinh"])
    archive.add(*world.urls.values())
    copy: dict[str, Any] = {}
    crawled = threading.Event()
    with served(archive) as (base, process), Client(base) as client, ThreadPoolExecutor(1) as other:

        def follow() -> None:
            for batch in client.follow(tmp_path / "cursor", wait=1, stop=crawled):
                copy.update({change.article: change.object for change in batch})

        following = other.submit(follow)
        codes = []
        for night in range(1, nights + 1):
            world.night = night
            codes.append(archive.run("crawl", PHUONGCHI_NOW=f"2026-11-{19 + night}T22:30:00+07:00").code)
        crawled.set()
        following.result()
        assert set(codes) == {0}
        for batch in client.follow(tmp_path / "cursor", until_current=True):
            copy.update({change.article: change.object for change in batch})
        assert len(copy) > 5
        assert lasting(copy.values()) == lasting(client.articles(hidden=True)) == lasting(_export(archive))
        waiting = other.submit(client.changes, client.about()["cursor"], wait=60)
        process.send_signal(signal.SIGTERM)
        assert waiting.result()[0] == []
        assert process.wait(30) == 0
        assert process.stdout is not None and process.stderr is not None
        assert (process.stdout.read(), process.stderr.read()) == ("", "")


COUNTING_FOR_EVER = f"""
import sys
from sqlalchemy import text
from storage.errors import TooSlow
from access.pages import overview
from phuongchi import cli

def size(db):
    for _ in range(20):
        try:
            with db.read() as connection:
                connection.execute(text({ENDLESS["sqlite"]!r}))
        except TooSlow:
            pass

overview._FEW, overview.size = -1, size
sys.exit(cli.run(sys.argv[1:]))
"""


@pytest.mark.parametrize("signals", [[signal.SIGTERM], [signal.SIGTERM, signal.SIGINT]], ids=["once", "twice"])
def test_serve_when_something_is_counted_for_long_then_it_ends_in_time_all_the_same(
    archive: Archive, signals: list[signal.Signals]
) -> None:
    counting = [sys.executable, "-P", "-c", COUNTING_FOR_EVER]
    process = subprocess.Popen(
        [*counting, "-C", str(archive.folder), "serve", "--port", "0"], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, env=environment(PHUONGCHI_NOW=NOW),
    )  # fmt: skip
    assert process.stderr is not None
    try:
        assert process.stderr.readline().startswith("http://")
        for one in signals:
            process.send_signal(one)
        assert process.wait(30) == 0
        assert process.stderr.read() == ""
    finally:
        process.kill()
        process.communicate()


def test_serve_when_a_bug_keeps_it_from_starting_then_exit_1_as_of_any_bug(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("access.app._settle", fail)
    done = archive.quick("serve", "--port", "0")
    assert (done.code, "could not start" in done.err) == (1, True)


def lasting(articles: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Articles by id, but for the last time they were seen: that goes on while nothing happens."""
    return {
        article["id"]: {name: value for name, value in article.items() if name != "last_seen"} for article in articles
    }


def _export(archive: Archive) -> list[dict[str, Any]]:
    return [json.loads(line) for line in archive.quick("export", "jsonl").out.splitlines()]


def test_serve_when_the_place_is_taken_or_there_is_no_archive_then_exit_2(archive: Archive, tmp_path: Path) -> None:
    with served(archive) as (base, _):
        port = base.rpartition(":")[2]
        done = archive.run("serve", "--port", port)
        assert (done.code, "cannot listen on" in done.err) == (2, True)
        answer = urllib3.request("GET", f"{base}/api/v1/portals", retries=False)
        assert answer.json()["items"] == []


def test_database_when_opened_to_serve_then_nothing_can_be_written(database_url: str) -> None:
    db = connect_to_serve(database_url, seconds=2)
    with pytest.raises(StorageFull), db.read() as connection:
        connection.execute(text("DELETE FROM event"))
    db.close()


@pytest.mark.long
def test_serve_when_the_archive_is_made_anew_then_old_cursors_are_gone_and_new_ones_good(
    archive: Archive, serving: Serving, sites: dict[str, Site], tmp_path: Path
) -> None:
    archive.add(*serving(sites["hue"]).urls.values())
    assert archive.run("crawl").code == 0
    with served(archive) as (base, _), Client(base) as client:
        copy: dict[str, Any] = {}
        again: list[object] = []

        def follow() -> None:
            for batch in client.follow(tmp_path / "cursor", until_current=True, resync=again.append):
                copy.update({change.article: change.object for change in batch})

        follow()
        before = dict(copy)
        assert archive.run("reindex", "--yes").code == 0
        copy.clear()
        follow()
        assert len(again) == 1
        assert set(copy) == set(before)
        assert lasting(copy.values()) == lasting(client.articles(hidden=True))
