"""The frontier's rows: what is new, what changed, how far a list is walked, and who may write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from storage import frontier, runs, schema
from storage.engine import Database, Fence
from storage.errors import Held
from storage.frontier import Discovery, Due, Group, Mention, NewPage, Outcome
from storage.records import Failure, Portal

NOW = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)
DAY = timedelta(days=1)
HOME = NewPage("https://a.vn/", "a.vn/", "listing", "/", 0, 20)


@pytest.fixture
def fence(database: Database) -> Fence:
    runs.sync_portals(database, [Portal(id="a.vn", url="https://a.vn/")], now=NOW)
    with database.write() as conn:
        conn.execute(schema.lease.insert().values(name="crawl", fence=1))
    fence = Fence("crawl", 1)
    frontier.begin(database, fence, "a.vn", [HOME], run=1, horizon=NOW)
    return fence


def article(number: int, purpose: str = "article") -> NewPage:
    return NewPage(f"https://a.vn/tin/{number}", f"a.vn/tin/{number}", purpose, "/tin/#", 1, 10)  # type: ignore[arg-type]


def part(number: int) -> Mention:
    page = NewPage(f"https://a.vn/trang/{number}", f"a.vn/trang/{number}", "listing", "/trang/#", 0, 25, 1)
    return Mention(page, position=number)


def seen(*mentions: Mention, at: datetime = NOW, walk: str = "news", key: str = "a.vn/") -> Group:
    return Group(discoveries=(Discovery("a.vn", key, "listing", mentions, at, at, walk),))  # type: ignore[arg-type]


def line(number: int, anchor: str = "Hội nghị", date: str = "") -> Mention:
    return Mention(article(number), anchor, number, date, sighted=True)


def pages(database: Database, *, run: int = 1, at: datetime = NOW) -> list[Due]:
    with database.read() as conn:
        return frontier.due(conn, "a.vn", run=run, horizon=at, limit=100)


def ask(
    database: Database, fence: Fence, due: Sequence[Due], *, run: int, at: datetime, next_at: datetime | None
) -> None:
    outcomes = tuple(Outcome(item.page.id, at, next_at, status=200, payload_sha256="0" * 64) for item in due)
    frontier.commit(database, fence, run, Group(outcomes=outcomes))


def test_due_when_pages_were_found_then_articles_come_first_and_each_once(database: Database, fence: Fence) -> None:
    done = frontier.commit(database, fence, 1, seen(line(1), line(2), line(1, "")))
    assert done.new_pages == {"a.vn": 2}
    assert [item.page.key for item in pages(database)] == ["a.vn/tin/1", "a.vn/tin/2", "a.vn/"]
    ask(database, fence, pages(database)[:1], run=1, at=NOW, next_at=NOW)
    assert [item.page.key for item in pages(database)] == ["a.vn/tin/2", "a.vn/"]
    assert len(pages(database, run=2)) == 3
    skip = [item.page.id for item in pages(database)]
    with database.read() as conn:
        assert frontier.due(conn, "a.vn", run=1, horizon=NOW, limit=5, skip=skip) == []


def test_commit_when_a_line_changes_then_its_page_is_due_again(database: Database, fence: Fence) -> None:
    frontier.commit(database, fence, 1, seen(*(line(n) for n in range(10))))
    ask(database, fence, pages(database), run=1, at=NOW, next_at=NOW + 30 * DAY)
    lines = [line(n, "Hội nghị (sửa)" if n == 3 else "Hội nghị") for n in range(10)]
    frontier.commit(database, fence, 2, seen(*lines, at=NOW + DAY))
    assert [item.page.key for item in pages(database, run=2, at=NOW + DAY)] == ["a.vn/tin/3"]


def test_commit_when_most_lines_change_at_once_then_the_list_runs_a_clock_of_its_own(
    database: Database, fence: Fence
) -> None:
    frontier.commit(database, fence, 1, seen(*(line(n, date="2026-11-21") for n in range(10))))
    ask(database, fence, pages(database), run=1, at=NOW, next_at=NOW + 30 * DAY)
    frontier.commit(database, fence, 2, seen(*(line(n, date="2026-11-22") for n in range(10)), at=NOW + DAY))
    assert pages(database, run=2, at=NOW + DAY) == []
    with database.read() as conn:
        assert set(conn.execute(select(schema.sighting.c.date_text)).scalars()) == {"2026-11-22"}


def test_commit_when_a_surer_purpose_is_seen_then_an_unasked_page_takes_it(database: Database, fence: Fence) -> None:
    frontier.commit(database, fence, 1, seen(Mention(article(1, "unknown"))))
    frontier.commit(database, fence, 1, seen(line(1)))
    assert [item.page.purpose for item in pages(database)] == ["article", "listing"]
    frontier.commit(database, fence, 1, seen(Mention(article(1, "unknown"))))
    assert [item.page.purpose for item in pages(database)] == ["article", "listing"]


@pytest.mark.parametrize(
    ("walk", "news", "parts"),
    [
        ("news", True, [2]),
        ("news", False, []),
        ("all", False, [2, 3, 4]),
        ("unasked", False, [2, 3, 4]),
        ("none", True, []),
    ],
)
def test_commit_when_a_list_has_further_parts_then_it_is_walked_as_far_as_asked(
    database: Database, fence: Fence, walk: str, news: bool, parts: list[int]
) -> None:
    found = [part(4), part(2), part(3), *([line(1)] if news else [])]
    frontier.commit(database, fence, 1, seen(*found, walk=walk))
    due = [item.page.key for item in pages(database) if "trang" in item.page.key]
    assert sorted(due) == [f"a.vn/trang/{number}" for number in parts]


def test_commit_when_parts_were_asked_before_then_only_a_deep_pass_asks_them_again(
    database: Database, fence: Fence
) -> None:
    frontier.commit(database, fence, 1, seen(part(2), part(3), walk="unasked"))
    ask(database, fence, pages(database), run=1, at=NOW, next_at=None)
    frontier.commit(database, fence, 2, seen(part(2), part(3), walk="unasked", at=NOW + DAY))
    assert pages(database, run=2, at=NOW + DAY) == []
    frontier.commit(database, fence, 2, seen(part(2), part(3), walk="all", at=NOW + DAY))
    assert len(pages(database, run=2, at=NOW + DAY)) == 2


def test_begin_when_home_was_read_as_an_article_then_it_is_a_list_again(database: Database, fence: Fence) -> None:
    ask(database, fence, pages(database), run=1, at=NOW, next_at=NOW + 30 * DAY)
    with database.write() as conn:
        conn.execute(update(schema.page).values(purpose="article", read_as="article"))
    frontier.begin(database, fence, "a.vn", [HOME], run=2, horizon=NOW + DAY)
    [home] = pages(database, run=2, at=NOW + DAY)
    assert home.page.purpose == "listing"


def test_begin_when_an_unknown_page_proved_an_article_then_it_joins_their_schedule(
    database: Database, fence: Fence
) -> None:
    frontier.commit(database, fence, 1, seen(Mention(article(1, "unknown")), Mention(article(2, "unknown"))))
    ask(database, fence, pages(database), run=1, at=NOW, next_at=NOW + 29 * DAY)
    with database.write() as conn:
        proved = update(schema.page).where(schema.page.c.key == "a.vn/tin/1")
        conn.execute(proved.values(purpose="article", read_as="article"))
    later = NOW + DAY
    frontier.begin(database, fence, "a.vn", [], run=2, horizon=later, young=(later - 7 * DAY, later + 8 * DAY))
    assert [item.page.key for item in pages(database, run=2, at=later)] == ["a.vn/tin/1", "a.vn/"]


def test_begin_when_the_clock_went_back_then_lists_are_due_all_the_same(database: Database, fence: Fence) -> None:
    ask(database, fence, pages(database), run=1, at=NOW, next_at=NOW)
    earlier = NOW - DAY
    frontier.begin(database, fence, "a.vn", [], run=2, horizon=earlier)
    assert [item.page.key for item in pages(database, run=2, at=earlier)] == ["a.vn/"]


def test_adopt_when_page_is_known_then_its_row_is_returned_unchanged(database: Database, fence: Fence) -> None:
    frontier.commit(database, fence, 1, seen(line(1)))
    known = frontier.adopt(
        database, fence, "a.vn", replace(article(1, "unknown"), depth=7), parent="a.vn/x", at=NOW, due_at=NOW
    )
    assert (known.page.purpose, known.page.depth) == ("article", 1)


def test_commit_when_the_lease_was_lost_then_nothing_is_written(database: Database, fence: Fence) -> None:
    with pytest.raises(Held):
        frontier.commit(database, Fence("crawl", 0), 1, seen(line(1)))
    assert [item.page.key for item in pages(database)] == ["a.vn/"]


def test_commit_when_its_last_row_cannot_be_written_then_none_is(database: Database, fence: Fence) -> None:
    stray = Failure("nobody.vn", "https://nobody.vn/", "net.dns", "", 1, NOW)
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        frontier.commit(database, fence, 1, replace(seen(line(1)), failures=(stray,)))
    assert [item.page.key for item in pages(database)] == ["a.vn/"]
