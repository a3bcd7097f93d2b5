"""Hours in which nobody is asked, and visits that come to nothing: each ends with a name."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from phuongchi.demo.site import serve
from storage.records import Portal, portal_id
from storage.text import VIETNAM
from tests.fetch.crawling import NIGHT, Archive
from tests.fetch.servers import http, raw
from tests.fetch.sites import News

pytestmark = pytest.mark.slow


def test_crawl_when_hours_are_quiet_then_that_portal_waits_for_their_end_and_others_go_on(archive: Archive) -> None:
    archive.settings = replace(archive.settings, beat=0.2)
    late = NIGHT.astimezone(VIETNAM).replace(hour=23, minute=59, second=57)  # three seconds before the hours end

    with serve([News(count=3), News(name="other", count=3)]) as world:
        url, other = world.urls["news"], world.urls["other"]
        quiet = Portal(id=portal_id(url), url=url, quiet="22:00-00:00")
        assert archive.crawl(quiet, other, at=late.astimezone(NIGHT.tzinfo)) == 0
    assert archive.visit(url)["state"] == archive.visit(other)["state"] == "done"
    asked = {row["fetched_at"] for row in archive.captures(portal=quiet.id)}
    assert min(asked) >= datetime(late.year, late.month, late.day, tzinfo=VIETNAM) + timedelta(days=1)
    assert min(row["fetched_at"] for row in archive.captures(portal=portal_id(other))) < min(asked)


def test_crawl_when_nothing_comes_of_a_visit_then_it_ends_with_a_name_and_others_complete(archive: Archive) -> None:
    archive.settings = replace(archive.settings, beat=0.1, stalled=1.0, retry_delays=(60.0, 60.0))
    with serve([News(count=3), News(name="other", count=3)]) as world:
        url, other = world.urls["news"], world.urls["other"]
        world.sites["news"].robots = replace(world.sites["news"].reply("/", {}, night=1, hit=1), status=503)  # type: ignore[attr-defined]
        assert archive.crawl(url, other) == 0
    visit = archive.visit(url)
    assert (visit["state"], visit["cause"]) == ("deferred", "visit.stalled")
    assert "robots.txt of" in visit["detail"]
    assert archive.visit(other)["state"] == "done"


HOME = http(b"<html><body><h1>Trang ch\xe1\xbb\xa7</h1></body></html>")


def test_crawl_when_an_answer_does_not_come_then_its_server_is_asked_on_only_once_the_connection_is_cut(
    archive: Archive,
) -> None:
    archive.settings = replace(archive.settings, beat=0.1, stalled=1.0, timeout=20.0, active=2, delay=0.15)

    def answer(path: str) -> bytes | None:
        return None if path == "/" else HOME if path == "/phuong/" else http(b"", status="404 N")

    with raw(answer) as server, serve([News(count=6)]) as world:  # the other portal begins when one of these has ended
        silent, other = server.url, server.url.replace("127.0.0.1", "localhost") + "phuong/"
        assert archive.crawl(silent, world.urls["news"], other) == 0
    assert (archive.visit(silent)["cause"], archive.visit(other)["state"]) == ("visit.stalled", "done")
    assert "/phuong/" in server.paths
    assert server.most == 1
    assert archive.failures() == []


def test_crawl_when_an_answer_is_lost_then_its_visit_ends_and_its_server_is_asked_on(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.settings = replace(archive.settings, beat=1.5, stalled=1.5, active=1)
    monkeypatch.setenv("TEST_BROKEN", "errback:0")  # nobody hears that the connection broke

    def answer(path: str) -> bytes:
        return b"" if path == "/" else HOME if path == "/phuong/" else http(b"", status="404 N")

    with raw(answer) as server:
        broken, other = server.url, server.url.replace("127.0.0.1", "localhost") + "phuong/"
        assert archive.crawl(broken, other) == 0
    visit = archive.visit(broken)
    assert (visit["cause"], archive.visit(other)["state"]) == ("visit.stalled", "done")
    assert "waited for 1 answers" in visit["detail"]
