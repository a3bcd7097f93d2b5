"""Announced pages in whose place a notice stood: asked again some times, then left to the year."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from crawler.fetch.conditional import EARLY, GAP_CHECKS, after_notice
from storage import frontier, schema
from storage.engine import Database, next_numbers
from tests.builders import NOW, make_capture, make_portal, put_capture, put_portal

PORTAL = make_portal().id


def announced(db: Database, key: str, *, reason: str, answers: int = 1, sighted: bool = True) -> None:
    """A page that answered so often, and was read as no article for this reason."""
    with db.write() as conn:
        put_portal(conn, make_portal())
        conn.execute(insert(schema.page).values(
            portal=PORTAL, key=key, url=f"https://{key}", purpose="article", first_seen=NOW, last_seen=NOW, status=200,
            read_as="not-article", run=1, due_at=NOW + timedelta(days=365),
        ))  # fmt: skip
        for _ in range(answers):
            (entry,) = next_numbers(conn, "entry")
            put_capture(conn, make_capture(entry, url=f"https://{key}"), key=key)
            conn.execute(insert(schema.reading).values(
                entry=entry, reader="1/0", verdict="not-article", detail=reason, article="", confidence=1.0, at=NOW
            ))  # fmt: skip
        if sighted:
            conn.execute(insert(schema.sighting).values(
                portal=PORTAL, key=key, listing="a.vn/", url=f"https://{key}", source="listing", position=0, first_seen=NOW,
                last_seen=NOW,
            ))  # fmt: skip


def test_gaps_when_a_notice_stood_in_an_articles_place_then_it_alone_is_asked_again(database: Database) -> None:
    announced(database, "a.vn/bao-tri", reason="maintenance", answers=2)
    announced(database, "a.vn/lien-he", reason="static")
    announced(database, "a.vn/khong-ai-noi-toi", reason="maintenance", sighted=False)
    announced(database, "a.vn/mai-khong-thay", reason="blocked", answers=len(GAP_CHECKS) + 1)
    with database.read() as conn:
        [(due, times)] = frontier.gaps(conn, PORTAL, run=2, most=len(GAP_CHECKS))
        assert frontier.gaps(conn, PORTAL, run=1, most=len(GAP_CHECKS)) == []
    assert (due.page.key, times) == ("a.vn/bao-tri", 2)
    assert after_notice(due, times) == NOW + timedelta(days=3) - EARLY


def test_gaps_when_the_article_came_at_last_then_it_is_none_any_more(database: Database) -> None:
    announced(database, "a.vn/bao-tri", reason="maintenance")
    with database.write() as conn:
        conn.execute(update(schema.page).values(read_as="article"))
    with database.read() as conn:
        assert frontier.gaps(conn, PORTAL, run=2, most=5) == []


@pytest.mark.parametrize("times", [0, len(GAP_CHECKS) + 1])
def test_after_notice_when_asked_often_enough_then_no_date_of_its_own(database: Database, times: int) -> None:
    announced(database, "a.vn/bao-tri", reason="maintenance")
    with database.read() as conn:
        [(due, _)] = frontier.gaps(conn, PORTAL, run=2, most=5)
    assert after_notice(due, times) is None
