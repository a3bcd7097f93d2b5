"""An article that goes, night by night through both halves: asked when it must be, removed when it is sure."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crawler.ingest import driver
from phuongchi.demo.site import Reply, World, serve
from storage.engine import connect
from storage.records import Portal, portal_id
from tests.fetch.crawling import NIGHT, Archive
from tests.fetch.sites import News, article_path

SOFT = Reply("<html><body><h1>Không tìm thấy trang</h1><p>Trang bạn yêu cầu không tồn tại.</p></body></html>".encode())
BUSY = Reply("<html><body><h1>Website đang bảo trì</h1><p>Xin vui lòng quay lại sau.</p></body></html>".encode())
HOME = Reply(b"", 302, (("Location", "/"),))
PATH = article_path(5)


def night(archive: Archive, world: World, days: int) -> set[str]:
    """One night of crawling and reading; returns the articles that were asked."""
    world.requests.clear()
    url, at = world.urls["news"], NIGHT + timedelta(days=days)
    archive.crawl(url, at=at)
    db = connect(archive.url)
    try:
        driver.read_portal(driver.Desk(db, archive.folder, Portal(portal_id(url), url), None, lambda: at), at_end=True)
    finally:
        db.close()
    return {target for _, target, _ in world.requests if "hoi-nghi" in target}


@pytest.mark.slow
@pytest.mark.parametrize(
    "answer", [SOFT, pytest.param(HOME, marks=pytest.mark.long), pytest.param(Reply(b"", 404), marks=pytest.mark.long)]
)
def test_article_when_it_goes_then_it_is_checked_after_1_4_and_8_days_and_returns_when_it_comes_back(
    archive: Archive, answer: Reply
) -> None:
    with serve([site := News(count=6)]) as world:
        night(archive, world, 0)
        site.extra = {PATH: answer}
        asked = {days: PATH in night(archive, world, days) for days in range(1, 10)}
        [gone] = archive.rows("select id, removed_at from article where removed_at is not null")
        site.extra = {}
        night(archive, world, 9 + 366)
    assert [days for days, was in asked.items() if was] == [1, 2, 5, 9]
    assert str(gone["removed_at"]).startswith(str((NIGHT + timedelta(days=1)).date()))
    assert not archive.rows("select id from article where removed_at is not null")
    kinds = [row["kind"] for row in archive.rows("select kind, article from event order by seq")]
    assert kinds[-2:] == ["removed", "returned"]


@pytest.mark.slow
def test_portal_when_it_shows_one_notice_everywhere_then_no_article_is_removed(archive: Archive) -> None:
    with serve([site := News(count=6)]) as world:
        night(archive, world, 0)
        site.extra = dict.fromkeys(("/", "/robots.txt", *map(article_path, range(1, 7))), SOFT)
        asked = [night(archive, world, days) for days in (1, 2, 5, 9)]
        assert asked[0] == set(map(article_path, range(1, 7)))
        site.extra = {}
        night(archive, world, 10)
    assert not archive.rows("select id from article where removed_at is not null")
    assert {row["kind"] for row in archive.rows("select kind from event")} == {"created"}
