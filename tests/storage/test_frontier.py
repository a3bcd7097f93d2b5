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
from storage.records import Attachment, Failure, Portal
from tests.builders import make_capture, make_reading, put_article, put_capture

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
    assert frontier.commit(database, fence, 1, seen(line(1))).released == {"a.vn": 1}
    assert [item.page.purpose for item in pages(database)] == ["article", "listing"]
    assert not frontier.commit(database, fence, 1, seen(Mention(article(1, "unknown")))).released
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


# --- what reading taught -------------------------------------------------------------------------------------------


def read(database: Database, key: str, read_as: str, **values: object) -> None:
    with database.write() as conn:
        conn.execute(update(schema.page).where(schema.page.c.key == key).values(read_as=read_as, **values))


def pager_of(key: str, *numbers: int, priority: int, walk: str) -> Group:
    """The pager that a page shows, as `?trang=` of its own address."""
    found = tuple(
        Mention(NewPage(f"https://{key}?trang={n}", f"{key}?trang={n}", "listing", "", 1, priority, 1), position=n)
        for n in numbers
    )
    return seen(*found, key=key, walk=walk)


def settle(database: Database, fence: Fence, *, at: datetime = NOW) -> None:
    frontier.settle_parts(database, fence, "a.vn", horizon=at, walked=25, held=26, listing=20)


def test_settle_parts_when_their_page_was_read_as_an_article_then_they_are_never_asked(
    database: Database, fence: Fence
) -> None:
    frontier.commit(database, fence, 1, seen(line(1), line(2)))
    frontier.commit(database, fence, 1, pager_of("a.vn/tin/1", 2, 3, priority=25, walk="unasked"))
    frontier.commit(database, fence, 1, pager_of("a.vn/tin/2", 2, priority=26, walk="none"))
    read(database, "a.vn/tin/1", "article")
    read(database, "a.vn/tin/2", "copy")
    settle(database, fence)
    assert [item.page.key for item in pages(database) if item.paging] == []


def test_settle_parts_when_an_article_only_shows_the_pager_of_a_list_then_it_is_walked(
    database: Database, fence: Fence
) -> None:
    frontier.commit(database, fence, 1, seen(line(1)))
    frontier.commit(database, fence, 1, seen(part(2), key="a.vn/tin/1", walk="unasked"))
    read(database, "a.vn/tin/1", "article")
    settle(database, fence)
    assert [item.page.key for item in pages(database) if item.paging] == ["a.vn/trang/2"]


def test_settle_parts_when_their_page_was_read_as_no_article_then_it_is_a_list_and_they_are_asked(
    database: Database, fence: Fence
) -> None:
    frontier.commit(database, fence, 1, seen(line(1)))
    frontier.commit(database, fence, 1, pager_of("a.vn/tin/1", 2, 3, priority=26, walk="none"))
    settle(database, fence)
    assert [item.page.key for item in pages(database) if item.paging] == []  # nobody has read it yet
    read(database, "a.vn/tin/1", "not-article", due_at=None)
    settle(database, fence)
    assert [item.page.key for item in pages(database) if item.paging] == ["a.vn/tin/1?trang=2", "a.vn/tin/1?trang=3"]
    [whole] = [item for item in pages(database) if item.page.key == "a.vn/tin/1"]
    assert whole.page.purpose == "listing"


@pytest.mark.parametrize(
    ("key", "whole", "is_one"),
    [
        ("a.vn/x?id=1&trang=2", "a.vn/x?id=1", True),
        ("a.vn/x?Entries_page=2", "a.vn/x", True),
        ("a.vn/x?a=2&id=1", "a.vn/x?id=1", True),
        ("a.vn/x/page/2", "a.vn/x", True),
        ("a.vn/x?id=1", "a.vn/x?id=1", False),
        ("a.vn/x?id=2&trang=2", "a.vn/x?id=1", False),
        ("a.vn/xy", "a.vn/x", False),
        ("a.vn/x?id=1", "a.vn/x?id=1&trang=2", False),
    ],
)
def test_is_variant_when_more_hangs_behind_an_address_then_true(key: str, whole: str, is_one: bool) -> None:
    assert frontier.is_variant(key, whole) is is_one


def test_misjudged_when_pages_were_read_as_no_article_then_they_can_be_put_off(
    database: Database, fence: Fence
) -> None:
    frontier.commit(database, fence, 1, seen(line(1), line(2), line(3)))
    ask(database, fence, pages(database), run=1, at=NOW, next_at=NOW + DAY)
    read(database, "a.vn/tin/1", "article")
    read(database, "a.vn/tin/2", "not-article")
    later = NOW + DAY
    with database.read() as conn:
        found = frontier.misjudged(conn, "a.vn", run=2, horizon=later, since=later)
        # not due yet, but asked of late: somebody may have to look at it
        assert frontier.misjudged(conn, "a.vn", run=2, horizon=NOW, since=NOW - DAY) == found
        assert frontier.misjudged(conn, "a.vn", run=2, horizon=NOW, since=NOW) == []
    assert [(item.page.key, item.last_seen) for item in found] == [("a.vn/tin/2", NOW)]
    frontier.begin(
        database, fence, "a.vn", [], run=2, horizon=later, put_off={item.page.id: later + DAY for item in found}
    )
    assert [item.page.key for item in pages(database, run=2, at=later)] == ["a.vn/tin/1", "a.vn/tin/3", "a.vn/"]


def shows(database: Database, fence: Fence, key: str, *lines: Mention) -> None:
    frontier.commit(database, fence, 1, seen(*lines, key=key))


def test_echoes_when_a_list_only_repeats_others_then_it_is_named_but_no_list_of_its_own(
    database: Database, fence: Fence
) -> None:
    menu = [
        Mention(NewPage(f"https://a.vn/{name}", f"a.vn/{name}", "listing", f"/{name}", 1, 20))
        for name in ("tin-tuc", "tin-tuc-lai", "lien-he", "so-do", "chu-de")
    ]
    shows(database, fence, "a.vn/", line(1), line(2), *menu)
    ask(database, fence, pages(database), run=1, at=NOW, next_at=NOW)
    shows(database, fence, "a.vn/tin-tuc", line(1), line(2), line(3))
    shows(database, fence, "a.vn/tin-tuc-lai", line(1), line(3))  # of two that show the same one is left
    shows(database, fence, "a.vn/lien-he", line(2))
    shows(database, fence, "a.vn/chu-de", Mention(article(9, "listing")))  # the only way to another list
    with database.read() as conn:
        found = frontier.echoes(conn, "a.vn")
        keys = conn.execute(select(schema.page.c.key).where(schema.page.c.id.in_(found))).scalars().all()
    assert sorted(keys) == ["a.vn/lien-he", "a.vn/so-do", "a.vn/tin-tuc-lai"]


def test_begin_when_a_list_is_put_off_then_only_the_next_deep_visit_asks_it(database: Database, fence: Fence) -> None:
    ask(database, fence, pages(database), run=1, at=NOW, next_at=NOW)
    [home] = pages(database, run=2, at=NOW + DAY)
    later = NOW + DAY
    frontier.begin(database, fence, "a.vn", [], run=2, horizon=later, put_off={home.page.id: later + 7 * DAY})
    assert pages(database, run=2, at=later) == []
    frontier.begin(database, fence, "a.vn", [], run=3, horizon=later + DAY)
    assert len(pages(database, run=3, at=later + DAY)) == 1


@pytest.mark.parametrize(
    ("purpose", "read_as", "named", "asked"),
    [
        ("listing", "", False, False),
        ("listing", "not-article", True, True),
        ("article", "", False, True),
        ("unknown", "", False, True),
        ("article", "article", False, False),
        ("article", "article", True, True),
        ("unknown", "not-article", False, False),
    ],
)
def test_settle_files_when_pages_link_them_then_only_files_of_articles_are_asked(
    database: Database, fence: Fence, purpose: str, read_as: str, named: bool, asked: bool
) -> None:
    file = NewPage("https://a.vn/tep/1.pdf", "a.vn/tep/1.pdf", "attachment", "/tep/#.pdf", 2, 60)
    shows(database, fence, "a.vn/", Mention(article(1, purpose)))
    shows(database, fence, "a.vn/tin/1", Mention(file))
    with database.write() as conn:
        conn.execute(update(schema.page).where(schema.page.c.key == "a.vn/tin/1").values(read_as=read_as))
    if named:
        reading = make_reading(attachments=(Attachment(file.url, "Tệp", "application/pdf"),))
        put_article(database, reading, portal=Portal(id="a.vn", url="https://a.vn/"), url="https://a.vn/tin/2")

    def files(at: datetime) -> list[str]:
        frontier.settle_files(database, fence, "a.vn", horizon=at)
        with database.read() as conn:
            due = frontier.due(conn, "a.vn", run=2, horizon=at, limit=9, attachments=True)
        return [item.page.key for item in due]

    assert files(NOW) == [file.key] * asked
    assert files(NOW + DAY) == [file.key] * asked


@pytest.mark.parametrize(("read_as", "asked"), [("article", True), ("not-article", False)])
def test_settle_files_when_an_articles_new_answer_waits_to_be_read_then_its_files_are_asked_the_same_night(
    database: Database, fence: Fence, read_as: str, asked: bool
) -> None:
    file = NewPage("https://a.vn/tep/2.pdf", "a.vn/tep/2.pdf", "attachment", "/tep/#.pdf", 2, 60)
    shows(database, fence, "a.vn/", Mention(article(1, "article")))
    shows(database, fence, "a.vn/tin/1", Mention(file))
    capture = make_capture(1, portal="a.vn", url="https://a.vn/tin/1")

    def files() -> list[str]:
        frontier.settle_files(database, fence, "a.vn", horizon=NOW)
        with database.read() as conn:
            due = frontier.due(conn, "a.vn", run=2, horizon=NOW, limit=9, attachments=True)
        return [item.page.key for item in due]

    with database.write() as conn:
        conn.execute(update(schema.page).where(schema.page.c.key == "a.vn/tin/1").values(read_as=read_as))
        put_capture(conn, capture, key="a.vn/tin/1", unread=True)
    assert files() == [file.key] * asked
    with database.write() as conn:
        conn.execute(update(schema.capture).values(unread=False))
    assert files() == [], "it was read, and names no such file"


def test_begin_when_articles_were_left_over_then_tonights_lists_and_their_news_come_first(
    database: Database, fence: Fence
) -> None:
    for night, numbers in ((NOW, (1, 2)), (NOW + DAY, (3,))):
        frontier.begin(database, fence, "a.vn", [], run=1, horizon=night, left_over=(10, 24))
        frontier.commit(database, fence, 1, seen(*(line(number) for number in numbers), part(1), at=night))
    keys = ["a.vn/tin/3", "a.vn/", "a.vn/tin/1", "a.vn/tin/2", "a.vn/trang/1"]  # home is a list here: priority 20
    assert [item.page.key for item in pages(database, at=NOW + DAY)] == keys
