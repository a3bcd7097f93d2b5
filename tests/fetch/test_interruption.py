"""Killed or told to stop in the middle: the same command goes on, nothing is lost and nothing doubled."""

from __future__ import annotations

import random
import signal
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from phuongchi.demo.site import serve
from storage import warc
from storage.records import RecordRef
from tests.fetch.crawling import Archive
from tests.fetch.servers import http, raw
from tests.fetch.sites import News, article_path

pytestmark = pytest.mark.slow


def at_page(number: int, send: int) -> Callable[[Mapping[str, Any]], int]:
    """Send a signal at the n-th page event."""
    seen = 0

    def kill(event: Mapping[str, Any]) -> int:
        nonlocal seen
        seen += event["event"] == "page"
        return send if seen == number else 0

    return kill


def check_whole(archive: Archive, url: str) -> None:
    """Every article has exactly one row, every row its readable record, every page was asked in the one run."""
    captures = archive.captures()
    for row in captures:
        record = RecordRef(row["series"], row["file"], row["offset"], row["length"])
        assert warc.read_payload(archive.folder, record).status == row["status"]
    rows = Counter(row["url"] for row in captures if row["purpose"] != "robots")
    assert [address for address, count in rows.items() if count > 1] == []
    assert {url.rstrip("/") + article_path(number) for number in range(1, 31)} <= set(rows)
    assert archive.visit(url)["state"] == "done"
    assert [row["resumed"] for row in archive.rows("select * from run")] == [1]
    assert {row["state"] for row in archive.rows("select * from warc_file")} == {"closed"}
    assert list((archive.folder / "warc").glob("*.open")) == []


@pytest.mark.parametrize("number", [14, *(pytest.param(number, marks=pytest.mark.long) for number in (1, 7, 25))])
def test_crawl_when_killed_in_the_middle_then_the_next_start_completes_it(archive: Archive, number: int) -> None:
    with serve([News()]) as world:
        url = world.urls["news"]
        assert archive.crawl(url, kill=at_page(number, signal.SIGKILL)) == -signal.SIGKILL
        assert archive.crawl(url) == 0
    check_whole(archive, url)


def test_crawl_when_its_loop_is_broken_then_it_ends_instead_of_standing_still(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.settings = replace(archive.settings, beat=0.2)
    beats = 0

    def kill(event: Mapping[str, Any]) -> int:
        nonlocal beats
        beats += event["event"] == "beat"
        return signal.SIGKILL if beats > 300 else 0

    with serve([News()]) as world:
        url = world.urls["news"]
        monkeypatch.setenv("TEST_BROKEN", "next_request")
        assert archive.crawl(url, kill=kill) == 1
        assert "the crawl stood still" in archive.stderr
        monkeypatch.delenv("TEST_BROKEN")
        assert archive.crawl(url) == 0
    assert archive.visit(url)["state"] == "done"


def test_crawl_when_its_very_end_fails_then_that_is_no_success_and_nothing_is_lost(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve([News()]) as world:
        url = world.urls["news"]
        monkeypatch.setenv("TEST_BROKEN", "close:0")
        assert archive.crawl(url) == 1
        assert "the crawl could not be ended in order" in archive.stderr
        monkeypatch.delenv("TEST_BROKEN")
        assert archive.crawl(url) == 0
    check_whole(archive, url)


def test_crawl_when_told_to_stop_then_it_keeps_what_came_and_goes_on_later(any_archive: Archive) -> None:
    archive = any_archive
    with serve([News()]) as world:
        url = world.urls["news"]
        assert archive.crawl(url, kill=at_page(8, signal.SIGTERM)) == 9
        assert archive.visit(url)["state"] == "running"
        stopped = len(archive.captures())
        assert len(world.requests) == stopped
        assert list((archive.folder / "warc").glob("*.open")) == []
        assert archive.crawl(url) == 0
    check_whole(archive, url)


def test_crawl_when_told_to_stop_while_a_server_is_silent_then_it_does_not_wait_for_it(archive: Archive) -> None:
    archive.settings = replace(archive.settings, timeout=300.0, grace=0.2)
    home = b"<html><body><a href='/im-1.html'>1</a><a href='/im-2.html'>2</a></body></html>"

    def answer(path: str) -> bytes | None:
        return http(home) if path == "/" else None if path.startswith("/im") else http(b"", status="404 N")

    def stop(event: Mapping[str, Any]) -> int:
        return signal.SIGTERM if event.get("url") == server.url else 0

    with raw(answer) as server:
        assert archive.crawl(server.url, kill=stop) == 9
    assert archive.failures() == []
    assert [row["run"] for row in archive.rows("select run from page where url like '%/im-_.html'")] == [None, None]


def test_crawl_when_the_disk_is_full_then_it_ends_with_six_and_goes_on_with_room(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = random.Random(7)  # does not compress

    class Large(News):
        def reply(self, target, headers, *, night, hit):  # type: ignore[no-untyped-def]
            answer = super().reply(target, headers, night=night, hit=hit)
            return replace(answer, body=answer.body + b"<!--" + noise.randbytes(60_000).hex().encode() + b"-->")

    with serve([Large()]) as world:
        url = world.urls["news"]
        monkeypatch.setenv("TEST_FILE_LIMIT", "900000")
        assert archive.crawl(url) == 6
        monkeypatch.delenv("TEST_FILE_LIMIT")
        kept = len(archive.captures())
        assert 0 < kept < 30
        assert archive.crawl(url) == 0
    check_whole(archive, url)
