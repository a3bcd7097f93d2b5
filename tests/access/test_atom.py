"""Atom feeds, as feed readers read them."""

from __future__ import annotations

from typing import Any

import feedparser

from tests.access.conftest import Shelf


def feed(shelf: Shelf, **query: Any) -> Any:
    answer = shelf.server.get("/atom", **query)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/atom+xml")
    read = feedparser.parse(answer.body)
    assert (read.bozo, read.version) == (False, "atom10")
    return read


def test_feed_when_read_then_the_articles_of_that_search(shelf: Shelf) -> None:
    read = feed(shelf, q="thong bao")
    assert [entry.title for entry in read.entries] == ["Thông báo số 2", "Thông báo số 1"]
    for entry in read.entries:
        assert entry.id == f"urn:phuongchi:{shelf.ids[entry.title]}"
        assert entry.updated_parsed and entry.summary
        assert entry.link.startswith("http")
    assert read.entries[1].published == "2024-05-02T00:00:00+07:00"
    assert "published" not in read.entries[0]
    assert read.feed.updated == max(entry.updated for entry in read.entries)
    assert read.feed.title == "Phường Chí: thong bao"


def test_feed_when_of_portal_ward_and_province_then_their_articles_and_an_id_each(shelf: Shelf) -> None:
    reads = [
        feed(shelf, **query) for query in ({}, {"portal": "phuong-x.gov.vn"}, {"ward": "phuong x"}, {"province": "hue"})
    ]
    assert [len(read.entries) for read in reads] == [3, 1, 1, 1]
    assert len({read.feed.id for read in reads}) == 4
    assert feed(shelf, limit=1).feed.id == reads[0].feed.id


def test_feed_when_longer_than_a_page_then_next_leads_on_to_the_end(shelf: Shelf) -> None:
    url, titles = f"{shelf.server.base}/atom?limit=2", []
    while url:
        read = feedparser.parse(shelf.server.pool.request("GET", url).data)
        titles += [entry.title for entry in read.entries]
        links = {link.rel: link.href for link in read.feed.links}
        assert links["self"] == url
        url = links.get("next", "")
    assert titles == ["Thông báo số 2", "Thông báo số 1", "Lễ hội đền Hùng năm 2024"]


def test_feed_when_texts_are_hostile_then_it_is_well_formed_and_they_are_texts(own_shelf: Shelf) -> None:
    title = "]]><script>alert(1)</script>&amp; \x0b\ufffe 'x' \"y\""
    own_shelf.library.article(title, paragraphs=(title,), authors=(title,), category=title)
    read = feed(own_shelf, q="alert")
    assert (
        read.entries[0].title_detail.value.replace("&lt;", "<").replace("&gt;", ">").startswith("]]><script>alert(1)")
    )
    assert own_shelf.server.get("/atom").body.count(b"<script") == 0
