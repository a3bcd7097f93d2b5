from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, update

from storage import reader, runs, schema
from storage.engine import Database
from storage.errors import UsageError
from storage.reader import Filters, Key, day_range
from storage.records import Attachment, Image, RecordRef
from tests.builders import (
    NOW,
    load,
    make_capture,
    make_portal,
    make_reading,
    put_article,
    put_capture,
    put_portal,
    revise,
)

VINH = make_portal()
HUE = make_portal("https://thuanhoa.hue.gov.vn/", name="Phường Thuận Hóa", province="Thừa Thiên Huế")


@pytest.fixture
def shelf(database: Database) -> dict[str, str]:
    """Four articles by their letter."""
    put = {
        "a": (make_reading("Hội nghị tổng kết", published="2023-12-26"), VINH),
        "b": (make_reading("Lễ ra quân đầu năm", published="2024-01-02T07:30:00+07:00"), VINH),
        "c": (make_reading("Thông báo tiêm chủng", published="2024-01", kind="notice"), HUE),
        "d": (make_reading("Không rõ ngày", published=""), HUE),
    }
    return {name: put_article(database, reading, portal=portal) for name, (reading, portal) in put.items()}


def _letters(database: Database, shelf: dict[str, str], filters: Filters) -> str:
    names = {article: name for name, article in shelf.items()}
    return "".join(names[line.id] for line in reader.articles(database, filters))


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), "dbca"),  # newest first; a month stands at its first day, no date at the day of first sight
        (Filters(words="hoi nghi"), "dbca"),
        (Filters(words='"hoi nghi tong ket"'), "dbca"),
        (Filters(words="tiem chung"), "c"),
        (Filters(since="2024"), "dbc"),
        (Filters(since="2024", until="2024"), "bc"),
        (Filters(until="2023-12-26"), "a"),
        (Filters(until="2023-12-25"), ""),
        (Filters(since="2024-1-2", until="2024-01-02"), "b"),
        (Filters(portal=VINH.id), "ba"),
        (Filters(portal="elsewhere.gov.vn"), ""),
        (Filters(ward="hung phuc"), "ba"),
        (Filters(ward="Thuận Hoá"), "dc"),
        (Filters(ward="thu"), ""),
        (Filters(province="hue"), "dc"),
        (Filters(province="nghe an", words="ra quan"), "b"),
        (Filters(kind="notice"), "c"),
    ],
)
def test_articles_when_filtered_then_newest_first(
    database: Database, shelf: dict[str, str], filters: Filters, expected: str
) -> None:
    assert _letters(database, shelf, filters) == expected


def test_articles_when_removed_or_hidden_then_shown_as_asked(database: Database, shelf: dict[str, str]) -> None:
    article = schema.article
    with database.write() as connection:
        connection.execute(update(article).where(article.c.id == shelf["a"]).values(removed_at=NOW))
        connection.execute(update(article).where(article.c.id == shelf["b"]).values(visibility="withheld"))
    assert _letters(database, shelf, Filters()) == "dca"
    assert _letters(database, shelf, Filters(removed=False)) == "dc"
    assert _letters(database, shelf, Filters(hidden=True)) == "dbca"


def test_articles_when_paged_then_every_one_once(database: Database) -> None:
    ids = {
        put_article(database, make_reading(f"Tin {number}", published=f"2024-01-{1 + number % 3:02}"))
        for number in range(11)
    }
    seen: list[str] = []
    after: Key | None = None
    while page := reader.articles(database, Filters(), after=after, limit=4):
        seen += [line.id for line in page]
        after = Key(page[-1].sort_key, page[-1].id)
    assert len(seen) == 11
    assert set(seen) == ids
    assert [key.id for key in reader.newest_first(database, Filters())] == seen


def test_articles_when_listed_then_line_is_complete(database: Database) -> None:
    reading = make_reading("Hội nghị", published="2023-12-26", category="Tin tức")
    article = put_article(database, reading, url="https://hungphuc.vinh.nghean.gov.vn/a.html")
    (line,) = reader.articles(database, Filters())
    assert (line.id, line.portal, line.place, line.province) == (article, VINH.id, "Phường Hưng Phúc", "Nghệ An")
    assert (line.title, line.lead, line.category, line.kind) == ("Hội nghị", reading.lead, "Tin tức", "article")
    assert line.published_at == "2023-12-26"
    assert line.sort_at == datetime(2023, 12, 25, 17, tzinfo=UTC)


def test_state_when_read_then_everything_that_was_stored(database: Database) -> None:
    reading = make_reading(
        attachments=(
            Attachment("https://hungphuc.vinh.nghean.gov.vn/a.pdf", "Kế hoạch", "application/pdf"),
            Attachment("https://hungphuc.vinh.nghean.gov.vn/b.pdf", "Phụ lục"),
        ),
        images=(Image("https://hungphuc.vinh.nghean.gov.vn/1.jpg", "Toàn cảnh", "anh"),),
    )
    article = put_article(database, reading)
    file = make_capture(
        99, url="https://hungphuc.vinh.nghean.gov.vn/a.pdf", purpose="attachment", media_type="application/x-pdf", size=1234,
        payload_sha256="ab" * 32, record=RecordRef("keep", "made-up-keep.warc.gz", 99, 9),
    )  # fmt: skip
    with database.write() as connection:
        put_capture(connection, file)
    found = reader.state(database, article)
    assert found is not None
    assert (found.ward, found.province, found.number, found.revisions) == ("Phường Hưng Phúc", "Nghệ An", 1, 1)
    assert tuple(found.revision["paragraphs"]) == reading.paragraphs
    assert [(item.name, item.media_type, item.size, item.sha256) for item in found.attachments] == [
        ("Kế hoạch", "application/x-pdf", 1234, "ab" * 32),
        ("Phụ lục", "", None, ""),
    ]
    assert found.images == reading.images
    assert found.urls == (found.url,)
    assert (found.capture.entry, found.capture.status, found.capture.file) == (1, 200, "made-up-keep.warc.gz")
    assert (found.cluster, found.cluster_size) == ("", 1)
    assert reader.state(database, article, revision=2) is None
    assert reader.state(database, "a" * 17) is None


def test_state_when_redacted_then_no_word_of_it(database: Database) -> None:
    article = put_article(database, make_reading("Bí mật", captions=("Ảnh",), images=(Image("http://x/1.jpg", "Ảnh"),)))
    with database.write() as connection:
        connection.execute(update(schema.article).values(visibility="redacted"))
    found = reader.state(database, article)
    assert found is not None
    assert (found.revision["title"], tuple(found.revision["paragraphs"]), found.images) == ("", (), ())
    assert "Bí mật" not in repr(found)


def test_states_when_asked_in_an_order_then_in_that_order(database: Database, shelf: dict[str, str]) -> None:
    wanted = [shelf["c"], "nobody", shelf["a"]]
    assert [found.id for found in reader.states(database, wanted)] == [shelf["c"], shelf["a"]]
    assert reader.states(database, []) == []


def test_find_id_when_beginning_or_address_is_given_then_found(database: Database) -> None:
    article = put_article(database, make_reading(), url="https://hungphuc.vinh.nghean.gov.vn/tin?id=1")
    assert reader.find_id(database, article) == article
    assert reader.find_id(database, article[:6]) == article
    assert reader.find_id(database, "https://hungphuc.vinh.nghean.gov.vn/tin?id=1") == article
    assert reader.find_id(database, "%") == ""
    assert reader.find_id(database, "") == ""


def test_find_id_when_the_page_names_another_address_as_its_own_then_found_by_both(database: Database) -> None:
    asked, named = "https://hungphuc.vinh.nghean.gov.vn/trang-chu?id=1", "https://hungphuc.vinh.nghean.gov.vn/tin/1"
    article = put_article(database, make_reading(), url=asked)
    with database.write() as connection:
        connection.execute(schema.article.update().values(url=named))
    assert [reader.find_id(database, url) for url in (asked, named)] == [article, article]


def test_find_id_when_the_address_is_none_or_on_another_portals_host_then_none_or_found(database: Database) -> None:
    article = put_article(database, make_reading(), url="https://phuongkhac.gov.vn/tin/7")
    with database.write() as connection:
        put_portal(connection, make_portal("https://phuongkhac.gov.vn/"))
    assert reader.find_id(database, "https://phuongkhac.gov.vn/tin/7") == article
    assert reader.find_id(database, "https://phuongkhac.gov.vn/tin/8") == reader.find_id(database, "http://[x/") == ""


def test_find_id_when_many_are_meant_then_none(database: Database, shelf: dict[str, str]) -> None:
    assert reader.find_id(database, "a") == ""


def test_history_when_revised_then_both_states(database: Database) -> None:
    article = put_article(database, make_reading())
    later = make_capture(50, fetched_at=NOW + timedelta(days=1))
    with database.write() as connection:
        put_capture(connection, later)
        stored = load(connection, article)
        changed = replace(stored.reading, paragraphs=("Đã sửa.",))
        revise(connection, stored, later, changed, "text")
    lines = reader.history(database, article)
    assert [(line.number, line.changed, line.entry) for line in lines] == [(1, (), 1), (2, ("text",), 50)]
    current, first = reader.state(database, article), reader.state(database, article, revision=1)
    assert current
    assert first
    assert (current.number, current.revisions, list(current.revision["paragraphs"])) == (2, 2, ["Đã sửa."])
    assert (first.number, first.revisions, first.capture.entry) == (1, 2, 1)
    assert tuple(first.revision["paragraphs"]) == make_reading().paragraphs
    assert _found(database, "da sua") == [article]
    assert _found(database, "doan the") == []


def _found(database: Database, words: str) -> list[str]:
    return [line.id for line in reader.articles(database, Filters(words=words))]


def test_events_when_asked_after_a_number_then_the_rest_in_order(database: Database, shelf: dict[str, str]) -> None:
    feed = reader.events(database)
    assert [(event.seq, event.kind, event.article) for event in feed] == [
        (number, "created", article) for number, article in enumerate(shelf.values(), 1)
    ]
    assert reader.events(database, after=2, limit=1) == feed[2:3]
    assert reader.archive(database)[1] == 1


def test_portals_when_visited_then_last_visit_and_counts(database: Database, shelf: dict[str, str]) -> None:
    with database.write() as connection:
        connection.execute(insert(schema.lease).values(name="crawl", fence=1))
        connection.execute(update(schema.article).where(schema.article.c.id == shelf["c"]).values(removed_at=NOW))
        put_capture(connection, make_capture(70, portal=VINH.id), unread=True)
    from storage.engine import Fence

    fence = Fence("crawl", 1)
    run = runs.begin_run(database, fence, kind="hand", portals=[VINH.id, HUE.id], now=NOW).id
    runs.start_visit(database, fence, run, VINH.id, now=NOW, deep=False)
    runs.end_visit(database, fence, run, VINH.id, state="done", counts={"pages": 3}, now=NOW)
    first, second = reader.portals(database)
    assert (first.id, first.articles, first.removed, first.unread) == (VINH.id, 2, 0, 1)
    assert first.newest == datetime(2024, 1, 2, 0, 30, tzinfo=UTC)
    assert first.visit
    assert (first.visit.state, first.visit.counts) == ("done", {"pages": 3})
    assert (second.id, second.articles, second.removed, second.visit) == (HUE.id, 2, 1, None)
    counts = reader.counts(database)
    assert (counts.portals, counts.captures, counts.unread, counts.articles, counts.removed) == (2, 5, 1, 4, 1)
    assert (counts.revisions, counts.events) == (4, 4)


@pytest.mark.parametrize("text", ["", "hôm qua", "2024-13", "2024-02-30", "0000", "9999", "2024-07-14T10:00", "24"])
def test_day_range_when_no_date_then_usage_error(text: str) -> None:
    with pytest.raises(UsageError, match="no date"):
        day_range(text)


@given(
    day=st.dates(min_value=datetime(1990, 1, 1, tzinfo=UTC).date(), max_value=datetime(2200, 1, 1, tzinfo=UTC).date())
)
def test_day_range_when_day_month_or_year_then_nested_without_gaps(day: object) -> None:
    text = str(day)
    first, after = day_range(text)
    assert after - first == timedelta(days=1)
    assert first.isoformat() == f"{text}T00:00:00+07:00"
    for wider in (text[:7], text[:4]):
        begin, end = day_range(wider)
        assert begin <= first < after <= end
        begin, end = day_range(wider)
        assert day_range(f"{begin:%Y-%m-%d}")[0] == begin
