"""A whole site through the fetching half, and again."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from phuongchi.demo.site import serve
from storage import warc
from storage.records import RecordRef
from tests.fetch.crawling import NIGHT, Archive
from tests.fetch.sites import News, article_path


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Archive:
    return Archive(database_url, tmp_path)


def test_crawl_when_site_has_lists_then_every_page_is_asked_once_and_kept(archive: Archive) -> None:
    with serve([News()]) as world:
        url = world.urls["news"]
        assert archive.crawl(url) == 0
        asked = Counter(target for _, target, _ in world.requests)

    assert [target for target, count in asked.items() if count > 1] == []
    assert {article_path(number) for number in range(1, 31)} <= set(asked)
    captures = archive.captures()
    assert len(captures) == sum(asked.values())
    for row in captures:
        payload = warc.read_payload(
            archive.folder, RecordRef(row["series"], row["file"], row["offset"], row["length"])
        )
        assert payload.status == row["status"]
    visit = archive.visit(url)
    assert visit["state"] == "done", visit
    assert [row["entry"] for row in captures] == sorted(row["entry"] for row in captures)
    articles = [row for row in captures if "hoi-nghi" in row["url"]]
    assert len(articles) == 30
    assert all(row["unread"] for row in articles)
