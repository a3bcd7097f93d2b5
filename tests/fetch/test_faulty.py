"""A portal that misbehaves in every way we know of: each page gets its class, the healthy ones are kept, nobody else is asked."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from crawler.fetch.failures import CLASSES
from phuongchi.demo.site import serve
from tests.fetch.crawling import Archive
from tests.fetch.faulty.fault import ARCHIVED
from tests.fetch.faulty.portal import FAULTS, HEALTHY, article_path, portal
from tests.fetch.faulty.server import Faulty, Listener, running
from tests.fetch.sites import News

pytestmark = pytest.mark.slow


def test_portal_when_it_misbehaves_in_every_way_then_each_has_its_class_and_healthy_articles_are_kept(
    archive: Archive,
) -> None:
    archive.settings = replace(
        archive.settings, timeout=3.0, first_byte=1.0, idle=0.75, retry_delays=(), max_body=2**20
    )
    with running(Listener()) as canary, running(Faulty(portal(), canary=canary.place)) as server:
        with serve([News(count=20)]) as beside:
            assert archive.crawl(server.url, beside.urls["news"], max_pages=3000) == 0
            assert archive.visit(beside.urls["news"])["state"] == "done"
        asked = server.asked
        assert canary.connections == 0
    root = server.url.rstrip("/")
    captures = {row["url"].removeprefix(root): row for row in archive.captures()}
    for number in range(1, HEALTHY + 1):
        assert captures[article_path(number)]["status"] == 200, number
    failed: dict[str, str] = {url.removeprefix(root): kind for kind, url in archive.failures()}
    met = {
        fault.name: failed.get(fault.at or fault.address, ARCHIVED if fault.address in captures else "never asked")
        for fault in FAULTS
    }
    assert met == {fault.name: fault.expect for fault in FAULTS}
    assert set(failed.values()) <= set(CLASSES)
    for path, head in asked:
        lines = head.lower()
        assert "authorization:" not in lines and "cookie:" not in lines and "@" not in urlsplit(path).netloc
    [cost] = [event for event in archive.events if event["event"] == "cost"]
    assert cost["peak_mib"] < 400
    assert cost["longest"] < 1.0
