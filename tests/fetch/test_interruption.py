"""Killed or told to stop in the middle: the same command goes on, nothing is lost and nothing doubled."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from phuongchi.demo.site import serve
from storage import warc
from storage.records import RecordRef
from tests.fetch.crawling import Archive
from tests.fetch.sites import News, article_path


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


@pytest.mark.parametrize("number", [1, 7, 14, 25])
def test_crawl_when_killed_in_the_middle_then_the_next_start_completes_it(archive: Archive, number: int) -> None:
    with serve([News()]) as world:
        url = world.urls["news"]
        assert archive.crawl(url, kill=at_page(number, signal.SIGKILL)) == -signal.SIGKILL
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
