"""Portals that offer more than a crawl should hold at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from storage.records import Portal, portal_id
from tests.fetch.crawling import Archive
from tests.fetch.faulty.fault import http, page
from tests.fetch.faulty.portal import article_path
from tests.fetch.faulty.server import Faulty

pytestmark = pytest.mark.long


def test_crawl_when_eight_portals_offer_large_files_then_they_come_one_at_a_time_and_memory_holds(
    sqlite_url: str, tmp_path: Path
) -> None:
    crawled = Archive(sqlite_url, tmp_path)
    crawled.settings = replace(crawled.settings, timeout=120.0, attachment_timeout=120.0)
    large = http(b"%PDF-1.4\n" + bytes(range(256)) * 4 * 30 * 1024, kind="application/pdf")
    flying: list[int] = [0, 0]

    class Counted(Faulty):
        def _play(self, step, connection) -> None:  # type: ignore[no-untyped-def]
            big = step is large
            flying[0] += big
            flying[1] = max(flying[1], flying[0])
            super()._play(step, connection)
            flying[0] -= big

    files = "".join(f'<a href="/tep/ke-hoach-{n}.pdf">Kế hoạch {n}</a>' for n in range(3))
    home = f'<html><body><ul><li><a href="{article_path(1)}">Hội nghị tổng kết công tác năm của phường</a></li></ul></body></html>'
    answers = {
        "/": (http(home.encode(), kind="text/html; charset=utf-8"),),
        article_path(1): (http(page(extra=files), kind="text/html; charset=utf-8"),),
        **{f"/tep/ke-hoach-{n}.pdf": (large,) for n in range(3)},
    }
    servers = [Counted(answers) for _ in range(8)]
    try:
        assert crawled.crawl(*(Portal(id=portal_id(server.url), url=server.url) for server in servers)) == 0
    finally:
        for server in servers:
            server.close()
    kept = crawled.captures(purpose="attachment")
    assert [row["size"] > 30 * 2**20 - 2**10 for row in kept] == [True] * 24
    assert flying[1] == 1
    [cost] = [event for event in crawled.events if event["event"] == "cost"]
    assert cost["peak_mib"] < 400, cost
