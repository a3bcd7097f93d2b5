"""An export and what follows it: with the changes behind its cursor it is the archive, whatever was written meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.changes import OldCursor, changes
from access.exports import Order
from access.exports.order import ASKED_NOT_TO, UNMATCHED, choose, read
from access.shape import Article
from storage import schema
from storage.engine import Database, next_numbers
from storage.errors import UsageError
from storage.reader import Filters
from storage.records import EventKind
from storage.redaction.articles import set_visible
from storage.writer import articles
from storage.writer.restriction import settle
from tests.builders import NOW, load, make_capture, make_date, make_reading, put_article, put_capture, reextract, revise

STEPS = ("create", "redate", "retitle", "remove", "withhold", "release", "restrict", "free")
ALL = Order(Filters(hidden=True))


def write(database: Database, step: str, which: int, made: list[str]) -> None:
    """One transaction of a crawl or of a person, on the article that the number means."""
    if step == "create" or not made:
        made.append(put_article(database, make_reading(f"Tin {len(made)}", published=f"20{10 + which % 15}-05-01")))
        return
    name = made[which % len(made)]
    with database.write() as conn:
        if step in ("withhold", "release"):
            set_visible(conn, name, step == "release", "theo yêu cầu", at=NOW, now=NOW)
            return
        (entry,) = next_numbers(conn, "entry")
        capture = make_capture(entry, fetched_at=NOW + timedelta(minutes=entry))
        put_capture(conn, capture)
        stored = load(conn, name)
        told: EventKind | None = "revised"
        if step == "redate":  # to and fro over the whole list: past a reader, and back behind it
            dates = replace(stored.reading.dates, published=make_date(f"20{10 + entry * 7 % 15}-03-04"))
            reading = replace(stored.reading, dates=dates)
            revise(conn, stored, capture, reading, "published_at")
        elif step == "retitle":
            reading = replace(stored.reading, title=f"{stored.reading.title} sửa {entry}")
            revise(conn, stored, capture, reading, "title")
        elif step == "remove":
            articles.remove(conn, name, capture.fetched_at)
            told = "removed"
        else:
            told = settle(conn, name, asked=step == "restrict")
        if told:
            articles.publish(conn, [(told, name, NOW)])


def exported(database: Database, order: Order) -> list[Article]:
    """All of an order while nobody writes."""
    return [article for some in read(database, order, choose(database, order)) for article in some]


def kept(copy: dict[str, Article], told: Iterable[Article]) -> dict[str, Article]:
    """What a follower has after it was told some articles, by the rule of the guide: tombstones of its own making drop one."""
    after = dict(copy)
    for article in told:
        if article["visibility"] in ("unmatched", "restricted"):
            after.pop(article["id"], None)
        else:
            after[article["id"]] = article
    return after


PLANS = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 30)), min_size=2, max_size=14)
FILTERS = st.sampled_from(
    [Filters(hidden=True), Filters(since="2015", until="2021", hidden=True), Filters(removed=False, hidden=True)]
)


@pytest.mark.slow
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(plan=PLANS, filters=FILTERS, size=st.integers(1, 3))
def test_export_when_others_write_meanwhile_then_with_the_changes_behind_its_cursor_it_is_the_archive(
    database: Database, plan: list[tuple[str, int]], filters: Filters, size: int
) -> None:
    made = [article["id"] for article in exported(database, Order(Filters(hidden=True), restricted=True))]
    for number in range(3):
        write(database, "create", number * 6, made)
    order, steps, told = Order(filters), list(plan), list[Article]()
    chosen = choose(database, order)
    there = {article["id"] for article in exported(database, order)}
    for some in read(database, order, chosen, size=size):
        told += some
        if steps:
            write(database, *steps.pop(0), made)
    assert {article["id"] for article in told} == there, "each that was there at the cursor, and no other"
    assert len(told) == len(there), "and once"
    for step in steps:
        write(database, *step, made)
    tail = exported(database, replace(order, after=chosen.cursor))
    changed = {entry["article"] for entry in changes(database, chosen.cursor)}
    assert {article["id"] for article in tail} == changed, "what the feed names, and nothing else"
    copy = kept({article["id"]: article for article in told}, tail)
    assert copy == {article["id"]: article for article in exported(database, order)}


def test_export_when_an_article_moves_past_the_reader_then_neither_lost_nor_doubled(database: Database) -> None:
    old, new = (
        put_article(database, make_reading(f"Tin {day}", published=day)) for day in ("2020-01-01", "2024-01-01")
    )
    walk = read(database, ALL, choose(database, ALL), size=1)
    told = [*next(walk)]
    for name, day in ((old, "2025-01-01"), (new, "2019-01-01")):  # both change sides
        with database.write() as conn:
            stored = load(conn, name)
            dates = replace(stored.reading.dates, published=make_date(day))
            reextract(conn, stored, replace(stored.reading, dates=dates))
            articles.publish(conn, [("redated", name, NOW)])
    told += [article for some in walk for article in some]
    assert [(article["id"], article["published_at"]) for article in told] == [(new, "2024-01-01"), (old, "2025-01-01")]


def test_export_when_a_page_asks_not_to_be_shown_then_left_out_and_a_tombstone_behind_a_cursor(
    database: Database,
) -> None:
    name = put_article(database, make_reading())
    begun = choose(database, ALL)
    with database.write() as conn:
        kind = settle(conn, name, asked=True)
        assert kind
        articles.publish(conn, [(kind, name, NOW)])
    after = replace(ALL, after=begun.cursor)
    for order, chosen in ((ALL, begun), (after, choose(database, after))):
        [[article]] = read(database, order, chosen)
        assert (article["visibility"], article["text"], article["tombstone"]["reason"]) == (
            "restricted",
            "",
            ASKED_NOT_TO,
        )
        assert "Hưng Phúc tổ" not in json.dumps(article, ensure_ascii=False)
    assert exported(database, ALL) == []
    [shown] = exported(database, replace(ALL, restricted=True))
    assert shown["text"]


def test_export_behind_a_cursor_when_an_article_matches_no_more_then_a_tombstone_that_says_so(
    database: Database,
) -> None:
    name = put_article(database, make_reading(published="2024-02-03"))
    order = Order(Filters(until="2024", hidden=True))
    before = choose(database, order)
    with database.write() as conn:
        stored = load(conn, name)
        dates = replace(stored.reading.dates, published=make_date("2025-02-03"))
        reextract(conn, stored, replace(stored.reading, dates=dates))
        articles.publish(conn, [("redated", name, NOW)])
    [gone] = exported(database, replace(order, after=before.cursor))
    assert (gone["id"], gone["visibility"], gone["title"], gone["paragraphs"]) == (name, "unmatched", "", [])
    assert gone["tombstone"] == {"reason": UNMATCHED, "at": "2026-11-02T15:30:00Z"}
    assert exported(database, replace(order, after=choose(database, order).cursor)) == []


def test_export_behind_a_cursor_when_it_is_of_another_archive_or_epoch_then_refused(database: Database) -> None:
    put_article(database, make_reading())
    cursor = choose(database, ALL).cursor
    with pytest.raises(UsageError, match="is no cursor of this archive"):
        choose(database, replace(ALL, after=f"x{cursor}"))
    with database.write() as conn:
        conn.execute(schema.archive.update().values(epoch=2))
    with pytest.raises(OldCursor, match="Start again without a cursor"):
        choose(database, replace(ALL, after=cursor))
