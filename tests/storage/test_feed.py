"""The change feed while several write: from any cursor on it leads to exactly the state that the archive is in."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import reader
from storage.engine import Database, next_numbers
from storage.records import EventKind
from storage.writer import articles
from tests.builders import (
    NOW,
    load,
    make_capture,
    make_portal,
    make_reading,
    on_slate,
    put_article,
    put_capture,
    reextract,
    revise,
)
from tests.feeds import Snapshot, followed, snapshot

STEPS = ("create", "revise", "reextract", "remove", "return", "fail")


class GaveUp(Exception):
    """A writer that dies before its transaction's end."""


def write(database: Database, writer: int, steps: Sequence[tuple[str, int]]) -> None:
    """One writer's steps, each a transaction; the number chooses the article."""
    portal, made = make_portal(f"https://phuong{writer}.gov.vn/"), list[str]()
    for count, (step, which) in enumerate(steps):
        words = f"Tin {writer} {count} {which} {threading.get_ident()}"
        if step == "create" or not made:
            made.append(put_article(database, make_reading(words + str(snapshot(database).seq)), portal=portal))
            continue
        with suppress(GaveUp), database.write(portals=[portal.id]) as conn:
            (entry,) = next_numbers(conn, "entry")
            capture = make_capture(entry, portal=portal.id, fetched_at=NOW + timedelta(minutes=entry))
            put_capture(conn, capture)
            name = made[which % len(made)]
            stored, reading = load(conn, name), make_reading(f"{words} đã sửa")
            kinds: dict[str, EventKind] = {
                "revise": "revised", "reextract": "reextracted", "remove": "removed", "return": "returned", "fail": "revised",
            }  # fmt: skip
            if step in ("revise", "fail"):
                revise(conn, stored, capture, reading, "title")
            elif step == "reextract":
                reextract(conn, stored, reading)
            elif step == "remove":
                articles.remove(conn, name, capture.fetched_at)
            else:
                with on_slate(conn, portal.id) as slate:
                    slate.seen(name, capture.fetched_at)
            articles.publish(conn, [(kinds[step], name, NOW)])
            if step == "fail":
                raise GaveUp


def watch(database: Database, done: threading.Event) -> list[Snapshot]:
    """What somebody sees who looks again and again while others write."""
    seen = [snapshot(database)]
    while not done.is_set():
        seen.append(snapshot(database))
    return [*seen, snapshot(database)]


PLANS = st.lists(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 3)), max_size=6), min_size=3, max_size=3)


@pytest.mark.slow
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(plans=PLANS)
def test_feed_when_followed_from_any_cursor_while_others_write_then_the_state_of_the_archive(
    database: Database, plans: list[list[tuple[str, int]]]
) -> None:
    before, done = snapshot(database), threading.Event()
    with ThreadPoolExecutor(len(plans) + 1) as threads:
        watcher = threads.submit(watch, database, done)
        writers = [threads.submit(write, database, number, plan) for number, plan in enumerate(plans)]
        try:
            for writer in writers:
                writer.result()
        finally:
            done.set()
        seen = watcher.result()
    events = reader.events(database, after=before.seq)
    assert [event.seq for event in events] == list(range(before.seq + 1, seen[-1].seq + 1)), "no gap and no double"
    for one in seen:
        assert followed(before.state, events[: one.seq - before.seq]) == one.state, (
            "what was seen is what the feed says"
        )
        assert followed(one.state, reader.events(database, after=one.seq)) == seen[-1].state, "and leads to the end"


def test_feed_when_an_event_is_missing_then_the_follower_differs(database: Database) -> None:
    """The comparison can fail."""
    name = put_article(database, make_reading())
    before = snapshot(database)
    with database.write() as conn:
        stored = load(conn, name)
        reextract(conn, stored, make_reading("Một tiêu đề khác"))
    after = snapshot(database)
    assert followed(before.state, reader.events(database, after=before.seq)) != after.state


@pytest.mark.parametrize("kind", ["removed", "returned"])
def test_follower_when_an_article_goes_or_returns_then_it_knows(database: Database, kind: EventKind) -> None:
    name = put_article(database, make_reading())
    with database.write() as conn:
        articles.publish(conn, [(kind, name, NOW)])
    mirror = followed({}, reader.events(database))
    assert mirror[name][1] is (kind == "removed")
