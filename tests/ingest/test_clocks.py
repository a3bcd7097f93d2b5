"""What a portal's pages prove of its dates together: clocks, dates of other items, and the order of month and day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from crawler.ingest.read import Captured, read
from crawler.ingest.template import learn, unpack
from storage.engine import Database
from storage.records import Capture, Portal, Reading, RecordRef, Sighting, Template
from storage.text import VIETNAM
from tests.ingest.archives import Archive, path_of, story

FETCHED = datetime(2024, 5, 21, 22, 30, tzinfo=VIETNAM)
PORTAL = Portal("a.gov.vn", "https://a.gov.vn/", hosts=("a.gov.vn",))
TELLING = ("đường", "trường", "trạm", "chợ", "đình", "bến", "cầu")
Page = Callable[[int], str]


def text(number: int) -> str:
    word = TELLING[number]
    return (
        f"<p>UBND phường đã khởi công sửa chữa {word} làng sau nhiều năm bà con mong đợi, kinh phí do ngân sách cấp.</p>"
        f"<p>Ông tổ trưởng cho biết người dân quanh {word} đã hiến đất, góp công để việc làm xong trước mùa mưa.</p>"
    )


def page(number: int, *, bar: str = "", date: str = "", side: str = "") -> str:
    title = f"Khởi công sửa {TELLING[number]} làng"
    return (
        f"<html><title>{title} - Phường A</title><div class='top'><a href='/'>Trang chủ</a><span class='bar'>{bar}</span></div>"
        f"<div class='new'>{side}</div><div class='main'><h1>{title}</h1><div class='info'>{date}</div>"
        f"<div class='text'>{text(number)}</div></div><div class='foot'>Phường A</div></html>"
    )


def at(number: int) -> datetime:
    return FETCHED + timedelta(minutes=3 * number)


def template(pages: Page) -> Template:
    samples = [(n, f"https://a.gov.vn/{n}.html", pages(n).encode(), "") for n in range(6)]
    fetched = {n: at(n) for n in range(6)}
    return learn(samples, portal=PORTAL.id, version=1, fetched=fetched)


def reading(pages: Page, number: int = 6, *, listed: str = "", learned: bool = True) -> Reading:
    url = f"https://a.gov.vn/{number}.html"
    record = RecordRef("keep", "", 0, 0)
    capture = Capture(number, PORTAL.id, url, "article", at(number), 200, record, "text/html", "utf-8")
    seen = (Sighting(url, PORTAL.url, "listing", 0, "Tin", listed, at(number)),) if listed else ()
    captured = Captured(capture, pages(number).encode(), PORTAL, seen)
    return read(captured, template=template(pages) if learned else None)


def published(found: Reading) -> str:
    return found.dates.published.value if found.dates.published else ""


def stamp(moment: datetime) -> str:
    return f"Thứ Ba, {moment:%d/%m/%Y %H:%M:%S}"


def test_read_when_a_bar_above_the_headline_follows_the_fetch_never_dates_the_article() -> None:
    for late in (timedelta(hours=-1), timedelta(minutes=-20), timedelta(minutes=14)):

        def pages(number: int, late: timedelta = late) -> str:
            return page(number, bar=stamp(at(number) + late + timedelta(seconds=7 * number)))

        assert unpack(template(pages)).clocks
        found = reading(pages)
        assert found.dates.published is None
        assert any(candidate.rejected.startswith("clock: ") for candidate in found.dates.rejected) or late > timedelta()


def test_learn_when_the_headlines_of_some_pages_are_unknown_knows_the_clock_above_them() -> None:
    def pages(number: int) -> str:
        made = page(number, bar=f"Thứ Ba, ngày {FETCHED:%d/%m/%Y}")
        # Contacts and polls of a small portal are learned from as well, and have no headline.
        bare = made.replace(f"<h1>Khởi công sửa {TELLING[number]} làng</h1>", "")
        return bare.replace(f"Khởi công sửa {TELLING[number]} làng - ", "") if number in (1, 4) else made

    assert unpack(template(pages)).clocks


def test_read_when_a_clock_stands_above_a_printed_date_of_the_same_day_takes_the_printed_one() -> None:
    def pages(number: int) -> str:
        day = FETCHED - timedelta(days=6 - number, hours=3)
        return page(number, bar=stamp(at(number) - timedelta(minutes=40)), date=f"{day:%d/%m/%Y %H:%M}")

    assert published(reading(pages)) == "2024-05-21T19:30:00+07:00"


def test_learn_when_articles_of_the_day_are_dated_below_the_headline_takes_their_place_for_no_clock() -> None:
    def pages(number: int) -> str:
        return page(number, date=f"{FETCHED - timedelta(hours=4 + number):%d/%m/%Y %H:%M}")

    assert unpack(template(pages)).clocks == ()
    assert published(reading(pages)) == "2024-05-21T12:30:00+07:00"


def test_learn_when_articles_above_the_headline_have_their_own_days_takes_the_place_for_no_clock() -> None:
    def pages(number: int) -> str:
        return page(number, bar=f"{FETCHED - timedelta(days=6 - number, hours=5):%d/%m/%Y %H:%M}")

    assert unpack(template(pages)).clocks == ()
    assert published(reading(pages)) == "2024-05-21T17:30:00+07:00"


def test_read_when_the_portal_proves_the_month_first_reads_all_its_dates_so() -> None:
    def pages(number: int) -> str:
        return page(number, date=f"4/{13 + number}/2024 8:05:00 AM" if number < 6 else "5/4/2024 3:16:00 PM")

    assert published(reading(pages)) == "2024-05-04T15:16:00+07:00"
    assert published(reading(pages, learned=False)) == "2024-04-05T15:16:00+07:00"


def test_read_when_some_date_of_the_place_proves_the_day_first_swaps_none() -> None:
    def pages(number: int) -> str:
        return page(
            number, date=["4/13/2024", "4/14/2024", "16/4/2024", "4/15/2024"][number % 4] if number < 6 else "5/4/2024"
        )

    assert published(reading(pages)) == "2024-04-05"


def item(number: int, day: str) -> str:
    return (
        f"<div class='module'><h3><a href='/{90 + number}.html'>Họp dân {number}</a></h3>"
        f"<time class='entry-date updated' datetime='{day}T08:00:00+07:00'>{day[8:]}/{day[5:7]}/{day[:4]}</time></div>"
    )


def test_read_when_modules_of_other_items_are_dated_takes_none_of_their_dates() -> None:
    side = item(1, "2024-03-02") + item(2, "2024-05-20")
    own = "<time class='entry-date published updated' datetime='2024-05-21T16:42:00+07:00'>21/05/2024 16:42</time>"
    found = reading(lambda number: page(number, date=own, side=side), learned=False)
    assert published(found) == "2024-05-21T16:42:00+07:00"
    assert found.dates.updated is None
    assert all(candidate.value[:10] == "2024-05-21" for candidate in found.dates.rejected)
    undated = reading(lambda number: page(number, side=side), learned=False)
    assert undated.dates.published is None


def test_read_when_the_articles_own_footer_leads_to_its_neighbours_takes_its_date() -> None:
    def pages(number: int) -> str:
        foot = (
            "<footer><time datetime='2024-05-12T08:00:00+07:00'></time><span itemprop='datePublished' content='2024-05-12'>12</span>"
            "<a href='/1.html'>Bài trước: Sửa chữa cầu bắc qua kênh</a><br><a href='/2.html'>Bài sau: Đại hội chi bộ tổ dân phố</a>"
            "</footer>"
        )
        return page(number).replace("<div class='foot'>", f"{foot}<div class='foot'>")

    assert published(reading(pages, learned=False))[:10] == "2024-05-12"


def test_read_when_the_learned_place_of_the_byline_leads_into_a_menu_names_nobody() -> None:
    def pages(number: int) -> str:
        names = ["Lê Hân", "Võ An", "Bùi Tú", "Ngô Hà", "Vũ Lan", "Đỗ Nga"]
        if number < 6:
            return page(number).replace(
                "<div class='foot'>", f"<ul class='by'><li>{names[number]}</li></ul><div class='foot'>"
            )
        menu = "".join(f"<li><a href='/{name}'>{name}</a></li>" for name in ("Văn Phòng", "Hỏi Đáp", "Thư Viện"))
        return page(number).replace("<div class='foot'>", f"<ul class='by'>{menu}</ul><div class='foot'>")

    assert reading(pages, 5).authors == ("Đỗ Nga",)
    assert reading(pages, 6).authors == ()


def embedded(number: int, *tags: str, printed: str = "") -> str:
    return page(number, date=printed).replace("<div class='top'>", "".join(tags) + "<div class='top'>", 1)


def meta(name: str, value: str) -> str:
    return f'<meta name="{name}" content="{value}">'


def test_read_when_a_meta_date_is_the_day_of_the_fetch_on_all_pages_never_dates_the_article() -> None:
    def pages(number: int) -> str:
        now = at(number) + timedelta(seconds=20)
        data = f'<script type="application/ld+json">{{"@type": "NewsArticle", "datePublished": "{now.isoformat()}"}}</script>'
        return embedded(number, meta("date", f"{now:%Y-%m-%d}"), meta("last-modified", now.isoformat()), data)

    found = reading(pages)
    assert (found.dates.published, found.dates.updated) == (None, None)
    reasons = {candidate.source: candidate.rejected for candidate in found.dates.rejected}
    assert set(reasons) == {"meta", "jsonld"} and all("clock: " in reason for reason in reasons.values())


def test_read_when_a_meta_date_is_the_build_of_all_pages_never_dates_the_article() -> None:
    for spread in (0, 90):  # seconds between the pages of one build

        def pages(number: int, spread: int = spread) -> str:
            built = datetime(2024, 4, 2, 3, 0, tzinfo=VIETNAM) + timedelta(seconds=spread * number)
            return embedded(number, meta("article:published_time", built.isoformat()))

        assert reading(pages, 4).dates.published is None


def test_read_when_printed_dates_contradict_a_meta_date_it_dates_no_page_without_one() -> None:
    def pages(number: int) -> str:
        day = FETCHED - timedelta(days=40 * number + 9)
        cached = FETCHED - timedelta(days=number, hours=7 * number)
        return embedded(number, meta("date", cached.isoformat()), printed=f"{day:%d/%m/%Y %H:%M}" if number < 6 else "")

    assert reading(pages).dates.published is None
    assert published(reading(pages, 3))[:10] == "2024-01-13"


def test_read_when_meta_dates_differ_from_page_to_page_takes_them() -> None:
    def pages(number: int) -> str:
        own = FETCHED - timedelta(days=6 - number, hours=5)
        return embedded(number, meta("article:published_time", own.isoformat()))

    assert published(reading(pages, 3)) == "2024-05-18T17:30:00+07:00"
    assert published(reading(pages, 6)) == "2024-05-21T17:30:00+07:00"


def test_read_when_a_learned_clock_says_an_old_day_believes_it() -> None:
    def pages(number: int) -> str:
        return embedded(number, meta("date", f"{at(number):%Y-%m-%d}" if number < 6 else "2024-03-05"))

    assert published(reading(pages)) == "2024-03-05"


@pytest.mark.slow
@pytest.mark.parametrize(("shown", "days"), [(5, 10), (20, 30)])
def test_reading_when_a_page_from_a_cache_says_today_of_an_old_day_then_no_revision(
    database: Database, tmp_path: Path, shown: int, days: int
) -> None:
    archive = Archive(database, tmp_path)
    archive.fill(12)
    archive.put(path_of(4), story(4, hits=shown), days=days)
    assert archive.read() == {"unchanged": 1}
