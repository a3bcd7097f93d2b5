"""Requests of people who mean harm: answered or refused at once, and nothing is lost (rows of signs, sizes and numbers)."""

from __future__ import annotations

import re
import socket
from contextlib import ExitStack
from urllib.parse import quote, urlsplit

import feedparser
import pytest

from tests.access.conftest import Shelf
from tests.access.rich import BROWSER, EVIL, MARK, Archive
from tests.access.served import serve

SIGNS = (
    '"', "*", "NEAR(", 'a" OR "', "'); DROP TABLE article; --", "-", "- -", "^a", "a:b", "title:", "{a}", "a*b*", "%", "_", "\\",
    "a AND", "OR OR", "(((", "&&", "|", "!", "<->", ":*", "a\u0000b", "\ud800".encode("utf-8", "replace").decode(), "‮abc",
)  # fmt: skip


@pytest.mark.slow
def test_words_when_signs_of_query_languages_then_answered_and_nothing_is_lost(shelf: Shelf) -> None:
    before = [article["id"] for article in shelf.server.api("/articles", hidden="true")["items"]]
    for number, sign in enumerate(SIGNS):
        path = ("/api/v1/articles", "/tim", "/atom")[number % 3]
        for words in (f"thong {sign} bao", sign * (190 // len(sign))):
            answer = shelf.server.get(path, q=words)
            assert answer.status == (400 if "\0" in words else 200), (words, answer.body[:200])
    assert [shelf.server.get("/tim", q="a*" * many).status for many in (1_000, 5_000)] == [400, 414]
    assert [article["id"] for article in shelf.server.api("/articles", hidden="true")["items"]] == before


def test_requests_when_too_large_or_odd_then_refused_or_answered_at_once(shelf: Shelf) -> None:
    parts = ",".join(f"{number}-{number}" for number in range(9_000))
    whole = shelf.server.get("/static/phuongchi.css")
    for path in ("/static/phuongchi.css", "/api/v1/articles", "/api/v1/captures/1/body"):
        answer = shelf.server.get(path, headers={"Range": f"bytes={parts}"})
        assert (answer.status, answer.body) == (200, shelf.server.get(path).body)
    assert len(whole.body) > 1_000
    for query in ("limit=1000000000", "limit=-1", "limit=0", "limit=1e9", "after=" + "x" * 199):
        assert shelf.server.get(f"/api/v1/articles?{query}").status == 400, query
    assert shelf.server.api("/articles", offset=10**9) == shelf.server.api("/articles")  # there is none to skip by
    host = urlsplit(shelf.server.base)
    with socket.create_connection((host.hostname or "", host.port or 0), timeout=30) as line:
        line.sendall(b"GET /api/v1?" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert re.match(rb"HTTP/1.1 4\d\d ", line.recv(100))


def test_clients_when_they_send_half_a_request_or_read_nothing_then_they_hold_no_place(shelf: Shelf) -> None:
    half, whole = b"GET /api/v1 HTTP/1.1\r\nHost: loc", b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with serve(shelf.url, shelf.library.folder, concurrent=1, waiting=4) as server, ExitStack() as lines:
        host = urlsplit(server.base)
        for sent in [half, whole] * 10:
            line = lines.enter_context(socket.create_connection((host.hostname or "", host.port or 0), timeout=30))
            line.sendall(sent)
            assert server.get("/api/v1/portals").status == 200


def test_feeds_and_objects_when_texts_are_hostile_then_they_are_text(hostile_archive: Archive) -> None:
    server = hostile_archive.server
    feed = server.get("/atom", q=MARK)
    read = feedparser.parse(feed.body)
    assert not read.bozo and all(MARK in entry.title for entry in read.entries) and read.entries
    assert b"<script" not in feed.body and b"javascript:" not in feed.body
    found = server.get(f"/api/v1/articles?q={quote(MARK)}", headers=BROWSER)
    assert found.headers["Content-Type"] == "application/json" and found.headers["X-Content-Type-Options"] == "nosniff"
    assert all(EVIL in article["title"] for article in found.json["items"]) and found.json["items"]
