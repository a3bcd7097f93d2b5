"""Articles whose page moved within their portal: the page that shows them now decides, and is where they are cited."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage import schema
from tests.ingest.archives import PORTAL, Archive, path_of, story

OLD, NEW = path_of(6), "chuyen-muc/bai-viet-so-6.html"
ADDED = "<p>Phường sẽ tổ chức đợt hai vào tháng 6, mời bà con theo dõi.</p>"


def article(archive: Archive) -> tuple[str, int]:
    """Where the article is cited, and how many states it has."""
    table, address = schema.article, schema.article_address
    key = PORTAL.url.removeprefix("https://") + OLD
    with archive.db.read() as conn:
        query = select(table.c.url, table.c.revision).join(address, address.c.article == table.c.id)
        row = conn.execute(query.where(address.c.key == key)).one()
    return row.url.removeprefix(PORTAL.url), row.revision


def read_as(archive: Archive, path: str) -> str:
    page = schema.page
    with archive.db.read() as conn:
        query = select(page.c.read_as).where(page.c.key == PORTAL.url.removeprefix("https://") + path)
        return str(conn.execute(query).scalar_one())


def test_article_when_its_page_redirects_to_another_then_it_moves_there_and_is_revised_there(filled: Archive) -> None:
    filled.put(OLD, b"", status=301, location=PORTAL.url + NEW, days=1)
    filled.put(NEW, story(6, hits=9))
    assert filled.read() == {"unchanged": 1, "copy": 1}
    assert article(filled) == (NEW, 1)
    assert (filled.events()[12:], read_as(filled, NEW)) == (["moved"], "article")
    filled.put(NEW, story(6, extra=ADDED, hits=14), days=1)
    assert filled.read() == {"revised": 1}
    assert (article(filled), filled.events()[12:]) == ((NEW, 2), ["moved", "revised"])
    filled.put(OLD, b"", status=301, location=PORTAL.url + NEW, days=1)
    filled.put(NEW, story(6, extra=ADDED, hits=12))
    assert filled.read() == {"unchanged": 2}
    assert filled.events()[12:] == ["moved", "revised"]
    assert filled.count("article") == 12


def test_article_when_its_page_is_gone_and_another_shows_it_then_that_one_decides(filled: Archive) -> None:
    filled.put(NEW, story(6, hits=9), days=1)
    filled.put(OLD, b"", status=404)
    assert filled.read() == {"copy": 1, "absent": 1}
    assert (article(filled), read_as(filled, NEW)) == ((OLD, 1), "copy"), "one bad night"
    filled.put(OLD, b"", status=404, days=1)
    assert filled.read() == {"absent": 1}
    assert read_as(filled, NEW) == "article", "it is asked like one from now on"
    filled.put(NEW, story(6, extra=ADDED, hits=14), days=1)
    assert filled.read() == {"revised": 1}
    assert (article(filled), filled.events()[12:]) == ((NEW, 2), ["moved", "revised"])
    filled.put(OLD, b"", status=404, days=7)
    assert filled.read() == {"absent": 1}
    assert filled.events()[12:] == ["moved", "revised"], "it was not removed"


@pytest.mark.parametrize("answer", [{"status": 404}, {"status": 302, "location": PORTAL.url + "dang-nhap"}])
def test_copy_when_its_article_stays_where_it_was_then_it_decides_nothing(
    filled: Archive, answer: dict[str, object]
) -> None:
    filled.put(NEW, story(6, hits=9), days=1)
    filled.put(OLD, b"", **answer)  # type: ignore[arg-type]
    filled.put(NEW, story(6, extra=ADDED, hits=14), days=1)
    filled.put(OLD, story(6, hits=12))
    filled.put(NEW, story(6, extra=ADDED, hits=14), days=1)
    filled.read()
    assert article(filled) == (OLD, 1)
    assert filled.events()[12:] == []
