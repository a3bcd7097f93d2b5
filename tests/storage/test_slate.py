"""What stands on a slate is answered as if it was written, and written as its answers say."""

from __future__ import annotations

import gc
import random
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, text

from storage import schema
from storage.engine import Database, next_numbers
from storage.records import Attachment, Capture, Image, Reading, Verdict
from storage.writer import asked, words
from storage.writer.slate import Slate, Wanted
from tests.builders import NOW, key_of, make_capture, make_portal, make_reading, put_capture, put_portal

PORTAL = make_portal()
PAGES, TITLES, STEPS = range(4), ("Thông báo", "Kế hoạch năm 2026"), 24
FILES = (
    Attachment("https://a.vn/f/1.pdf", "Kế hoạch số 12", "application/pdf"),
    Attachment("https://a.vn/f/2.pdf", "", ""),
)
DAYS = ("2026-11-01", "2026-11-02")


class GaveUp(Exception):
    """What was written is to be forgotten."""


@contextmanager
def forgotten(database: Database) -> Iterator[Connection]:
    """A transaction of which nothing stays."""
    with pytest.raises(GaveUp), database.write() as conn:
        put_portal(conn, PORTAL)
        yield conn
        raise GaveUp


def captured(conn: Connection, page: int, step: int, *, origin: str = "crawl") -> Capture:
    """One more answer of a page, and the page."""
    (entry,) = next_numbers(conn, "entry")
    made = make_capture(entry, url=f"{PORTAL.url}{page}", fetched_at=NOW + timedelta(hours=step), origin=origin)
    made = replace(made, key=key_of(made.url))
    put_capture(conn, made)
    return made


def put_pages(conn: Connection) -> None:
    rows = [
        {
            "id": page + 1,
            "portal": PORTAL.id,
            "key": key_of(url),
            "url": url,
            "purpose": "unknown",
            "shape": "/#",
            "first_seen": NOW,
        }
        for page, url in ((page, f"{PORTAL.url}{page}") for page in PAGES)
    ]
    conn.execute(insert(schema.page), rows)


def step(slate: Slate, capture: Capture, number: int, draw: random.Random) -> None:
    """Something that a verdict may change."""
    words = (f"Bước {draw.randrange(3)}.",)
    reading = make_reading(draw.choice(TITLES), identity=f"page:{capture.key[-1]}", paragraphs=words)
    reading = replace(reading, attachments=FILES[: draw.randrange(3)], images=(Image("https://a.vn/1.jpg", "", ""),))
    stored = slate.find([capture.key], reading.identity)
    if stored is None:
        slate.create(capture, reading, url=capture.url, number=number)
    else:
        kind = draw.randrange(4)
        if kind == 0:
            slate.revise(stored, capture, reading, ("text",))
        elif kind == 1:
            slate.reextract(stored, reading)
        elif kind == 2:
            slate.detach(draw.choice([address.key for address in slate.addresses(stored.id)] or [""]))
        slate.add_address(capture, stored.id)
        slate.seen(stored.id, capture.fetched_at)
    slate.page_is(capture.key, article=draw.random() < 0.7, copy=draw.random() < 0.3)
    slate.negatives(capture.key, draw.randrange(3))
    slate.note(capture, reading.reader, Verdict("unchanged"), confidence=1.0, at=NOW)


def answers(slate: Slate, last: Capture) -> list[object]:
    """All that a slate can say."""
    told: list[object] = []
    for page in PAGES:
        key = key_of(f"{PORTAL.url}{page}")
        now = slate.standing_at([key])
        told += [now, slate.page(key), slate.has_identity(f"page:{page}"), slate.answers_before(last, key, 3)]
        told += [slate.load(now.id), slate.addresses(now.id)] if now else []
    for title in TITLES:
        told.append(slate.titled(title))
        told += [slate.find_twin(make_reading(title, paragraphs=(f"Bước {part}.",))) for part in range(3)]
    return told


def lived(conn: Connection, seed: int, *, ask: str, anew: bool) -> list[object]:
    """What is answered in the course of many steps, and at last by the database alone."""
    put_pages(conn)
    draw, told = random.Random(seed), list[object]()
    keys = {key_of(f"{PORTAL.url}{page}") for page in PAGES}
    readings = [make_reading(title, identity=f"page:{page}") for title in TITLES for page in PAGES]
    slate = Slate(conn, PORTAL.id, key_of, Wanted(keys, (), readings))
    captures = [
        captured(conn, draw.choice(PAGES), draw.randrange(48), origin=draw.choice(("crawl", "crawl", "wayback")))
        for _ in range(STEPS)
    ]
    last = captured(conn, 99, 99)
    for number, capture in enumerate(captures, 1):
        if anew:
            slate.write()
            slate = Slate(conn, PORTAL.id, key_of)
        step(slate, capture, number, draw)
        if ask == "always":
            told += answers(slate, last)
    slate.write()
    return [*told, *answers(Slate(conn, PORTAL.id, key_of), last), *tables(conn)]


def tables(conn: Connection) -> list[object]:
    """All rows that the steps wrote."""
    return [
        sorted(map(repr, conn.execute(table.select()).all()))
        for table in (schema.article, schema.revision, schema.attachment, schema.image, schema.article_address,
                      schema.page, schema.pattern, schema.reading)
    ]  # fmt: skip


@pytest.mark.parametrize("ask", ["always", "at the end"])
def test_slate_when_nothing_is_written_between_then_it_answers_and_leaves_the_same(
    database: Database, ask: str
) -> None:
    for seed in range(2):
        told = []
        for anew in (True, False):
            with forgotten(database) as conn:
                told.append(lived(conn, seed, ask=ask, anew=anew))
        assert told[0] == told[1]


def test_index_when_articles_are_new_or_changed_then_it_holds_what_their_rows_say(database: Database) -> None:
    with forgotten(database) as conn:
        lived(conn, 7, ask="at the end", anew=False)
        before = index(conn)
        words.rebuild(conn)
        assert before == index(conn) != []


def index(conn: Connection) -> Sequence[Any]:
    """Everything in the search index."""
    if conn.dialect.name == "postgresql":
        return conn.execute(text("SELECT sort_key, words::text FROM article_search ORDER BY sort_key")).all()
    conn.execute(
        text("CREATE VIRTUAL TABLE IF NOT EXISTS temp.held USING fts5vocab('main', 'article_search', 'instance')")
    )
    return conn.execute(text('SELECT doc, col, "offset", term FROM temp.held ORDER BY 1, 2, 3, 4')).all()


def test_slate_when_it_holds_ten_times_as_much_then_no_more_statements(database: Database) -> None:
    assert statements(database, 20) == statements(database, 2)


def statements(database: Database, count: int) -> int:
    """How many statements it takes to store so many new articles, one of them with files."""
    ran: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        ran.append(statement)

    with forgotten(database) as conn:
        made = [captured(conn, page, page) for page in range(count)]
        readings = [make_reading(f"Bài số {page}", attachments=FILES[: page == 0]) for page in range(count)]
        event.listen(conn, "before_cursor_execute", note)
        slate = Slate(conn, PORTAL.id, key_of, Wanted({one.key for one in made}, (), readings))
        for number, (capture, reading) in enumerate(zip(made, readings, strict=True), 1):
            assert not (
                slate.find([capture.key], reading.identity) or slate.find_twin(reading) or slate.titled(reading.title)
            )
            article = slate.create(capture, reading, url=capture.url, number=number)
            slate.page_is(capture.key, article=True)
            slate.note(capture, reading.reader, Verdict("new", article), confidence=1.0, at=NOW)
        slate.write()
    return len(ran)


def test_slate_when_a_reading_says_what_is_known_then_only_the_note_is_written(database: Database) -> None:
    reading: Reading = make_reading()
    with forgotten(database) as conn:
        put_pages(conn)
        capture = captured(conn, 1, 0)
        slate = Slate(conn, PORTAL.id, key_of)
        article = slate.create(capture, reading, url=capture.url, number=1)
        slate.page_is(capture.key, article=True)
        slate.write()
        ran: list[str] = []
        event.listen(conn, "before_cursor_execute", lambda *values: ran.append(values[2].split()[0]))
        slate = Slate(conn, PORTAL.id, key_of)
        assert slate.find([capture.key]) is not None
        slate.add_address(capture, article)
        slate.seen(article, capture.fetched_at)
        slate.page_is(capture.key, article=True)
        slate.negatives(capture.key, 0)
        slate.note(capture, reading.reader, Verdict("unchanged", article), confidence=1.0, at=NOW)
        slate.write()
    assert [kind for kind in ran if kind != "SELECT"] == ["INSERT", "UPDATE"]


def test_slate_when_a_page_is_only_passed_then_nothing_is_asked_of_what_its_article_says(database: Database) -> None:
    asked_for: list[str] = []
    with forgotten(database) as conn:
        put_pages(conn)
        known = [captured(conn, page, page) for page in range(3)]
        first = Slate(conn, PORTAL.id, key_of)
        made = [first.create(one, make_reading(identity=one.key), url=one.url, number=one.entry) for one in known]
        first.write()
        keys = [one.key for one in known]
        slate = Slate(conn, PORTAL.id, key_of, Wanted(keys, passed=keys[1:]))
        event.listen(conn, "before_cursor_execute", lambda *values: asked_for.append(f"{values[2]} {values[3]}"))
        assert [slate.standing_at([key]) for key in keys] == [slate.standing(article) for article in made]
        stored = slate.find(keys[:1])
        assert stored is not None and stored.id == made[0]
        said = "".join(one for one in asked_for if "FROM revision" in one)
        assert [article in said for article in made] == [True, False, False]
        assert slate.load(made[1]).id == made[1]


def test_article_when_the_only_page_that_showed_it_is_anothers_has_no_address(database: Database) -> None:
    with forgotten(database) as conn:
        put_pages(conn)
        capture = captured(conn, 1, 0)
        slate = Slate(conn, PORTAL.id, key_of)
        first = slate.create(capture, make_reading(), url=capture.url, number=1)
        later = captured(conn, 1, 1, origin="rendered")
        second = slate.create(later, make_reading(identity="page:2"), url=later.url, number=2)
        slate.write()
        for known in (slate, Slate(conn, PORTAL.id, key_of)):
            assert [len(known.addresses(article)) for article in (first, second)] == [1, 0]
            other = captured(conn, 2, 2)
            known.add_address(other, second)
            assert [address.key for address in known.addresses(second)] == [other.key]
            known.detach(other.key)
            assert known.addresses(second) == []


def test_titled_when_a_title_has_more_articles_than_are_answered_then_the_newest_and_the_likely_ones(
    database: Database,
) -> None:
    number = asked.TITLED + 5
    with forgotten(database) as conn:
        slate = Slate(conn, PORTAL.id, key_of, Wanted(readings=[make_reading(TITLES[0])]))
        for page in range(1, number + 1):
            capture = captured(conn, page, page)
            reading = make_reading(TITLES[0], identity=f"page:{page}", published=DAYS[page in (1, 3)])
            slate.create(capture, reading, url=f"https://CU.vn/{page}" if page <= 6 else capture.url, number=page)
            assert len(slate.titled(TITLES[0])) == min(page, asked.TITLED)
        for known in (slate, Slate(conn, PORTAL.id, key_of)):
            assert [one.number for one in known.titled(TITLES[0])] == list(range(number, 5, -1))
            likely = known.titled_elsewhere(TITLES[0], here=(PORTAL.url,), day=DAYS[1], limit=5)
            assert [one.number for one in likely] == [3, 1, 6, 5, 4]
            assert not known.titled_elsewhere(TITLES[0], here=(PORTAL.url, "https://cu.vn/"), day="", limit=5)


def test_revision_when_an_article_changes_its_title_then_only_that_one_and_the_new_are_asked_for_anew(
    database: Database,
) -> None:
    asked_for: list[str] = []
    titles = [f"Thông báo số {page}" for page in range(6)]
    with forgotten(database) as conn:
        slate = Slate(conn, PORTAL.id, key_of, Wanted(readings=[make_reading(title) for title in titles]))
        for page, title in enumerate(titles[:4]):
            capture, reading = captured(conn, page, 0), make_reading(title, identity=f"page:{page}")
            slate.find_twin(reading)
            slate.create(capture, reading, url=capture.url, number=page + 1)
        stored = slate.find([key_of(f"{PORTAL.url}2")])
        assert stored is not None and all(slate.titled(title) for title in titles[:4])
        slate.reextract(stored, make_reading(titles[4], identity="page:2"))
        event.listen(conn, "before_cursor_execute", lambda *values: asked_for.append(str(values[3])))
        assert [len(slate.titled(title)) for title in titles] == [1, 1, 0, 1, 1, 0]
        told = "".join(asked_for)
        assert [title in told for title in titles] == [False, False, True, False, True, False]
        old, new = (make_reading(title, identity="page:2") for title in (titles[2], titles[4]))
        assert (slate.find_twin(old), slate.find_twin(new)) == ("", stored.id)


def test_slate_when_nobody_needs_it_any_more_then_is_gone_at_once(database: Database) -> None:
    with forgotten(database) as conn:
        put_pages(conn)
        reading = make_reading()
        slate = Slate(conn, PORTAL.id, key_of, Wanted({"1"}, (), [reading]))
        assert not (slate.find(["1"], reading.identity) or slate.titled(reading.title))
        gone = weakref.ref(slate)
        gc.disable()
        try:
            del slate
            assert gone() is None, "else its readings wait for the search for garbage"
        finally:
            gc.enable()
