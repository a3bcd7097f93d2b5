"""The decision: whom to believe, what to reject and why, and when to say nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.ingest.dates import DateEvidence, decide_dates
from storage.records import Dates, Sighting

FETCHED = datetime(2024, 5, 20, 18, 30, tzinfo=UTC)  # 21 May 2024, 01:30 in Vietnam
BODY = ("UBND phường Bình An tổ chức hội nghị triển khai công tác phòng cháy chữa cháy trên địa bàn phường.",)
PAGE = DateEvidence(fetched_at=FETCHED, title="Phường Bình An triển khai công tác phòng cháy", paragraphs=BODY)


def sighted(
    text: str,
    source: Literal["feed", "sitemap", "listing"] = "listing",
    seen_at: datetime = FETCHED - timedelta(minutes=30),
) -> Sighting:
    return Sighting("https://a.gov.vn/1", "https://a.gov.vn/", source, 0, "Tin", text, seen_at)


def published(dates: Dates) -> tuple[str, str, str, str, str] | None:
    found = dates.published
    return (found.value, found.precision, found.source, found.basis, found.evidence) if found else None


def reasons(dates: Dates) -> dict[str, str]:
    return {candidate.value: candidate.rejected for candidate in dates.rejected}


def test_decide_dates_of_nothing_is_unknown() -> None:
    assert decide_dates(PAGE) == Dates()


EVERYTHING = replace(
    PAGE,
    head_lines=("Ngày đăng 12/05/2024 | 08:10 | Lượt xem: 5",),
    microdata=(("datePublished", "2024-05-11T08:00:00+07:00"),),
    jsonld=(("datePublished", "2024-05-10T08:00:00+07:00"),),
    meta=(("article:published_time", "2024-05-09T08:00:00+07:00"),),
    sightings=(
        sighted("Wed, 08 May 2024 08:00:00 +0700", "feed"),
        sighted("(07/05/2024)"),
        sighted("2024-05-06", "sitemap"),
    ),
    below_lines=("Cập nhật lúc: 05/05/2024",),
    url="https://a.gov.vn/pages/2024-05-04/x.aspx",
    paragraphs=("Sáng ngày 03/5/2024, " + BODY[0],),
)


def test_decide_dates_believes_the_sources_in_their_order() -> None:
    evidence = EVERYTHING
    seen: list[tuple[str, str]] = []
    for without in (
        {"head_lines": ()},
        {"microdata": ()},
        {"jsonld": ()},
        {"meta": ()},
        {"sightings": evidence.sightings[1:]},
        {"sightings": evidence.sightings[2:]},
        {"below_lines": ()},
        {"url": ""},
        {"paragraphs": BODY},
        {"sightings": ()},
    ):
        dates = decide_dates(evidence)
        assert dates.published is not None
        seen.append((dates.published.source, dates.published.value[:10]))
        assert all(candidate.rejected for candidate in dates.rejected)
        evidence = replace(evidence, **without)
    assert seen == [
        ("head-line", "2024-05-12"),
        ("microdata", "2024-05-11"),
        ("jsonld", "2024-05-10"),
        ("meta", "2024-05-09"),
        ("feed", "2024-05-08"),
        ("listing", "2024-05-07"),
        ("page-update", "2024-05-05"),
        ("url", "2024-05-04"),
        ("event", "2024-05-03"),
        ("sitemap", "2024-05-06"),
    ]
    assert decide_dates(evidence) == Dates()


def test_decide_dates_with_a_printed_day_keeps_it_beside_a_more_precise_embedded_one() -> None:
    evidence = replace(
        PAGE, head_lines=("Ngày đăng: 12/05/2024",), jsonld=(("datePublished", "2024-05-12T09:15:00+07:00"),)
    )
    dates = decide_dates(evidence)
    assert published(dates) == ("2024-05-12", "day", "head-line", "printed", "Ngày đăng: 12/05/2024")
    assert reasons(dates) == {"2024-05-12T09:15:00+07:00": "head-line is trusted more, and says the same day"}


def test_decide_dates_of_two_printed_lines_of_a_day_takes_the_more_precise() -> None:
    dates = decide_dates(replace(PAGE, head_lines=("Ngày đăng: 12/05/2024", "Lê Hương 09:15 12/05/2024")))
    assert dates.published is not None and dates.published.value == "2024-05-12T09:15:00+07:00"


def test_decide_dates_of_a_title_that_ends_in_a_date_takes_it() -> None:
    dates = decide_dates(replace(PAGE, title='Phường Bình An ra quân "Ngày chủ nhật xanh" (12/05/2024)'))
    assert published(dates) == ("2024-05-12", "day", "head-line", "printed", "12/05/2024")
    assert decide_dates(replace(PAGE, title="Lịch tiếp công dân ngày 12/05/2024 của phường")).published is None


def test_decide_dates_of_a_byline_with_a_date_takes_it() -> None:
    dates = decide_dates(replace(PAGE, byline_lines=("Kim Dung - 12/05/2024",)))
    assert published(dates) == ("2024-05-12", "day", "byline", "printed", "12/05/2024")


@pytest.mark.parametrize(
    "line",
    [
        "(Ban hành theo Quyết định số: /QĐ-UBND, ngày 18 / 2 /2020 của UBND xã)",
        "Bình An, ngày 14 tháng 5 năm 2024",
        "Hạn nộp hồ sơ: 15/05/2024",
        "Ngày ban hành: 15/05/2024",
        "Từ ngày 12/05/2024 đến ngày 15/05/2024",
        "Lịch công tác tuần 13/05/2024",
        "Hôm nay: 12/05/2024",
        "Vào lúc 14 giờ 00 phút chiều, ngày 12 tháng 5 năm 2024",
    ],
)
def test_decide_dates_of_a_head_line_that_dates_something_else_rejects_it(line: str) -> None:
    dates = decide_dates(replace(PAGE, head_lines=(line,)))
    assert dates.published is None
    assert dates.rejected and all(candidate.rejected for candidate in dates.rejected)


def test_decide_dates_below_the_text_needs_a_label() -> None:
    assert reasons(decide_dates(replace(PAGE, below_lines=("(12/05/2024)", "Tin khác của phường (11/05/2024)")))) == {
        "2024-05-12": "stands below the text without a label"
    }
    assert published(decide_dates(replace(PAGE, below_lines=("Ngày đăng: 12/05/2024",)))) is not None


def test_decide_dates_of_publication_and_update_keeps_both() -> None:
    dates = decide_dates(replace(PAGE, head_lines=("Ngày đăng: 12/05/2024 08:00 - Cập nhật: 14/05/2024 17:30",)))
    assert dates.published is not None and dates.published.value == "2024-05-12T08:00:00+07:00"
    assert dates.updated is not None and (dates.updated.value, dates.updated.source) == (
        "2024-05-14T17:30:00+07:00",
        "page-update",
    )


def test_decide_dates_of_an_update_that_repeats_or_precedes_the_publication_drops_it() -> None:
    head = ("Thứ hai - 13/05/2024 08:00",)
    same = replace(PAGE, head_lines=head, microdata=(("dateModified", "2024-05-13T08:00+07:00"),))
    before = replace(PAGE, head_lines=head, meta=(("article:modified_time", "2024-05-01T08:00:00+07:00"),))
    assert decide_dates(same).updated is None
    assert reasons(decide_dates(before)) == {"2024-05-01T08:00:00+07:00": "an update earlier than the publication"}


def test_decide_dates_with_only_an_update_lets_it_stand_for_both() -> None:
    dates = decide_dates(replace(PAGE, head_lines=("Ngày cập nhật 14/05/2024",)))
    assert published(dates) == ("2024-05-14", "day", "page-update", "printed", "Ngày cập nhật 14/05/2024")
    assert dates.updated == dates.published
    assert published(decide_dates(replace(PAGE, jsonld=(("dateModified", "2024-05-14"),)))) is not None


def test_decide_dates_after_the_capture_or_before_the_web_rejects() -> None:
    assert decide_dates(replace(PAGE, head_lines=("23/05/2024 08:00",))).published is None
    assert decide_dates(replace(PAGE, meta=(("date", "0001-01-01T00:00:00"),))).published is None
    assert reasons(decide_dates(replace(PAGE, meta=(("date", "1970-01-01T07:30:00"),)))) == {
        "1970-01-01T07:30:00+07:00": "before the web came to Vietnam"
    }
    # One day of slack for clocks and zones.
    assert decide_dates(replace(PAGE, head_lines=("Ngày đăng: 22/05/2024",))).published is not None


TODAY = "Thứ Ba, 21/05/2024 01:12"


@pytest.mark.parametrize(
    "older",
    [
        {"head_lines": (TODAY, "Ngày đăng: 02/04/2024")},
        {"head_lines": (TODAY, "02/04/2024 10:00")},
        {"head_lines": (TODAY,), "jsonld": (("datePublished", "2024-04-02T08:00:00+07:00"),)},
        {"head_lines": (TODAY,), "sightings": (sighted("(02/04/2024)"),)},
        {"head_lines": (TODAY,), "below_lines": ("Cập nhật: 02/04/2024",)},
        {"head_lines": (TODAY,), "url": "https://a.gov.vn/pages/2024-04-02/x.aspx"},
        {"head_lines": (TODAY,), "sightings": (sighted("2024-04-02T10:00:00+07:00", "sitemap"),)},
    ],
)
def test_decide_dates_with_a_clock_beside_older_evidence_takes_the_older(older: dict[str, Any]) -> None:
    dates = decide_dates(replace(PAGE, **older))
    assert dates.published is not None and dates.published.value[:10] == "2024-04-02"
    assert reasons(dates)["2024-05-21T01:12:00+07:00"].startswith("clock: ")


@pytest.mark.parametrize(
    "changes",
    [
        {"head_lines": ("21/05/2024 01:28",)},
        {"head_lines": ("Thứ Ba, ngày 21/05/2024",)},
        {"head_lines": (TODAY,), "sightings": (sighted("", seen_at=FETCHED - timedelta(days=3)),)},
        {"head_lines": (TODAY,), "paragraphs": ("Sáng ngày 03/01/2024, " + BODY[0],)},
        {"jsonld": (("datePublished", "2024-05-21T01:30:00+07:00"),)},
        {"sightings": (sighted("2024-05-21", "sitemap"),)},
    ],
)
def test_decide_dates_with_a_clock_and_nothing_else_does_not_publish_it(changes: dict[str, Any]) -> None:
    dates = decide_dates(replace(PAGE, **changes))
    assert dates.published is None or dates.published.source == "event"
    assert any(candidate.rejected.startswith("clock: ") for candidate in dates.rejected)


def test_decide_dates_of_an_article_published_on_the_day_of_the_capture_believes_it() -> None:
    assert published(decide_dates(replace(PAGE, head_lines=("Ngày đăng: 21/05/2024 01:29",)))) is not None
    assert published(decide_dates(replace(PAGE, head_lines=("Thứ ba - 21/05/2024 00:40",)))) is not None
    both = replace(PAGE, head_lines=("21/05/2024 01:28",), jsonld=(("datePublished", "2024-05-21T01:28:00+07:00"),))
    assert published(decide_dates(both)) is not None


def test_decide_dates_never_pads_to_the_first_of_january() -> None:
    filled = replace(PAGE, jsonld=(("datePublished", "2024-01-01T00:00:00"),), sightings=(sighted("(12/05/2024)"),))
    assert published(decide_dates(filled)) == ("2024-05-12", "day", "listing", "printed", "12/05/2024")
    assert published(decide_dates(replace(PAGE, jsonld=(("datePublished", "2024"),)))) == (
        "2024",
        "year",
        "jsonld",
        "embedded",
        "2024",
    )
    year = replace(PAGE, url="https://a.gov.vn/portal/pages/2015/x--1.aspx")
    assert published(decide_dates(year)) == ("2015", "year", "url", "embedded", "2015")


def test_decide_dates_of_an_import_id_yields_to_the_event_long_before() -> None:
    url = "https://a.gov.vn/page/Article/News/detail/65f2a0adb4766ef289007c1a"
    told = replace(PAGE, url=url, paragraphs=("Sáng ngày 25/7/2023, " + BODY[0],))
    assert published(decide_dates(told)) == ("2023-07-25", "day", "event", "inferred", "Sáng ngày 25/7/2023")
    assert decide_dates(told).rejected[0].rejected.startswith("the time of an import")
    alone = decide_dates(replace(PAGE, url=url))
    assert alone.published is not None and (alone.published.source, alone.published.basis) == ("url", "inferred")


def test_decide_dates_with_a_relative_listing_line_marks_and_rejects_it() -> None:
    dates = decide_dates(replace(PAGE, sightings=(sighted("3 ngày trước"),)))
    assert dates.published is None
    assert reasons(dates) == {"2024-05-18": "relative to the moment of looking"}


def test_decide_dates_never_believes_the_http_header() -> None:
    dates = decide_dates(replace(PAGE, last_modified="Mon, 06 May 2024 08:00:00 GMT"))
    assert dates.published is None and len(dates.rejected) == 1


def test_decide_dates_with_a_publication_gives_the_event_its_year() -> None:
    evidence = replace(PAGE, head_lines=("25/12/2023 15:41 29",), paragraphs=("Sáng 20/12, " + BODY[0],))
    dates = decide_dates(evidence)
    assert dates.event_date == "2023-12-20"
    assert dates.published is not None and dates.published.source == "head-line"


_LINES = st.lists(
    st.one_of(
        st.text(max_size=60),
        st.dates(min_value=date(1990, 1, 1), max_value=date(2030, 1, 1)).map(lambda day: f"{day:%d/%m/%Y}"),
        st.dates(min_value=date(2024, 5, 18), max_value=date(2024, 5, 24)).map(
            lambda day: f"Ngày đăng: {day:%d/%m/%Y} 08:00"
        ),
        st.dates(min_value=date(2024, 5, 1), max_value=date(2024, 5, 24)).map(lambda day: f"Cập nhật: {day:%d/%m/%Y}"),
    ),
    max_size=4,
).map(tuple)


@settings(deadline=None)
@given(
    _LINES,
    _LINES,
    _LINES,
    st.text(max_size=40),
    st.timedeltas(min_value=timedelta(days=-400), max_value=timedelta(days=3)),
)
def test_decide_dates_of_random_evidence_publishes_nothing_rejected_nor_later_than_the_capture(
    head: tuple[str, ...], below: tuple[str, ...], values: tuple[str, ...], url: str, ago: timedelta
) -> None:
    embedded = tuple(("datePublished", value) for value in (*values, (FETCHED + ago).isoformat()))
    evidence = replace(PAGE, head_lines=head, below_lines=below, jsonld=embedded, url=url, paragraphs=head)
    dates = decide_dates(evidence)
    for found in (dates.published, dates.updated):
        assert found is None or (not found.rejected and "1997" <= found.value[:10] <= "2024-05-22")
    assert all(candidate.rejected for candidate in dates.rejected)
    assert dates.event_date <= "2024-05-21"
    assert decide_dates(evidence) == dates


_SEEDS = Path(__file__).parents[3] / "shared" / "seeds" / "expected.jsonl"
_ROWS = [json.loads(line) for line in _SEEDS.read_text("utf-8").splitlines()] if _SEEDS.exists() else []


@pytest.mark.skipif(not _ROWS, reason="SKIPPED: the five real seeds (../shared/seeds) are not here")
@pytest.mark.parametrize("row", _ROWS, ids=lambda row: row["file"][:3])
def test_decide_dates_of_a_real_seed_agrees_with_its_gold(row: dict[str, Any]) -> None:
    evidence = DateEvidence(
        fetched_at=datetime(2026, 11, 21, 18, tzinfo=UTC),
        head_lines=tuple(row["head_lines"]),
        byline_lines=tuple(row["byline_lines"]),
        title=row["title"],
        paragraphs=tuple(row["paragraphs"]),
    )
    dates = decide_dates(evidence)
    gold = tuple(row[f"published_{name}"] for name in ("at", "precision", "source", "basis", "evidence"))
    assert published(dates) == gold
    assert (dates.event_date or None) == row["event_date"]


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("12 Th5 2024 admin Tin tức", "2024-05-12"),
        ("Th5 12, 2024", "2024-05-12"),
        ("Posted on 12 Tháng Năm, 2024 by admin", "2024-05-12"),
        ("By admin | May 12, 2024 | 0 Comments", "2024-05-12"),
        ("Đăng bởi quantri vào CN, 05/12/2024 - 09:30", "2024-05-12T09:30:00+07:00"),
        ("Submitted by admin on Wed, 05/15/2024 - 09:30", "2024-05-15T09:30:00+07:00"),
        ("Được đăng: 12 Tháng 5 2024 Lượt xem: 123", "2024-05-12"),
        ("Published: 12 May 2024 Hits: 123", "2024-05-12"),
        ("Ngày đăng: Chủ nhật, 12 Tháng 5 2024 09:30", "2024-05-12T09:30:00+07:00"),
        ("Tin tức • 12/05/2024", "2024-05-12"),
        ("Trang chủ / Tin tức / 12/05/2024 09:30", "2024-05-12T09:30:00+07:00"),
        ("Người đăng: Lê Hoa - 12/05/2024 09:30 - Đã xem: 1.204", "2024-05-12T09:30:00+07:00"),
        ("Lê Hoa | 12/05/2024 | 09:30", "2024-05-12T09:30:00+07:00"),
        ("Chủ nhật ngày 12 tháng 5 năm 2024, 09:30", "2024-05-12T09:30:00+07:00"),
        ("2024-05-12 09:30:15", "2024-05-12T09:30:15+07:00"),
    ],
)
def test_decide_dates_of_head_lines_of_other_systems_reads_them(line: str, value: str) -> None:
    dates = decide_dates(replace(PAGE, head_lines=(line,)))
    assert dates.published is not None and (dates.published.value, dates.published.basis) == (value, "printed")


def test_decide_dates_of_a_label_on_a_line_of_its_own_joins_it_to_the_date_below() -> None:
    dates = decide_dates(replace(PAGE, head_lines=("Cập nhật:", "14/05/2024 08:00", "Ngày đăng", "12/05/2024")))
    assert dates.published is not None and dates.published.evidence == "Ngày đăng 12/05/2024"
    assert dates.updated is not None and dates.updated.evidence == "Cập nhật: 14/05/2024 08:00"


def test_decide_dates_of_a_listing_link_that_ends_in_a_date_takes_it() -> None:
    link = replace(sighted(""), anchor="Phường Bình An ra quân (12/05/2024)")
    assert published(decide_dates(replace(PAGE, sightings=(link,)))) == (
        "2024-05-12",
        "day",
        "listing",
        "printed",
        "12/05/2024",
    )


@pytest.mark.parametrize(
    "sentence",
    [
        "Ngày 11/11/2014, Chính phủ ban hành nghị quyết thành lập phường Bình An trên cơ sở xã Bình An cũ.",
        "Ngày 01/7/2009, phường được thành lập theo nghị định của Chính phủ với diện tích tự nhiên 5,2 km2.",
    ],
)
def test_decide_dates_of_a_page_of_history_does_not_publish_its_first_day(sentence: str) -> None:
    assert decide_dates(replace(PAGE, paragraphs=(sentence,))).published is None


@pytest.mark.parametrize(
    "agreeing",
    [
        {"jsonld": (("datePublished", "2024-05-20T16:42:00Z"),)},
        {"meta": (("article:published_time", "2024-05-20T23:42:00+07:00"),)},
        {"sightings": (sighted("20/05/2024"),)},
        {"sightings": (sighted("Mon, 20 May 2024 16:42:00 +0000", "feed"),)},
    ],
)
def test_decide_dates_when_independent_sources_agree_on_the_day_of_the_capture_is_no_clock(
    agreeing: dict[str, Any],
) -> None:
    foreign = (("time entry-date", "2024-04-02T08:00:00+07:00"),)
    page = replace(PAGE, fetched_at=datetime(2024, 5, 20, 16, 59, tzinfo=UTC), microdata=foreign)
    found = decide_dates(replace(page, head_lines=("20/05/2024 23:42",), **agreeing))
    assert found.published is not None
    assert found.published.value == "2024-05-20T23:42:00+07:00"
    alone = decide_dates(replace(page, head_lines=("20/05/2024 23:42",)))
    assert alone.published is not None and alone.published.source == "microdata"


def test_decide_dates_of_a_listing_line_that_is_a_headline_takes_no_date_from_it() -> None:
    found = decide_dates(replace(PAGE, sightings=(sighted("Thông báo họp dân ngày 18/05/2024"),)))
    assert found.published is None
    assert reasons(found) == {"2024-05-18": "stands in running text"}
    dated = decide_dates(replace(PAGE, sightings=(sighted("Đăng ngày 18/05/2024"),)))
    assert dated.published is not None


def test_decide_dates_when_a_head_line_is_later_than_its_own_capture_rejects_it() -> None:
    assert decide_dates(replace(PAGE, head_lines=("Thứ Ba, 21/05/2024 01:45:47",))).published is None


def test_decide_dates_when_a_head_clock_is_fast_then_the_printed_line_below_it_wins() -> None:
    page = replace(PAGE, head_lines=("Thứ Ba, 21/05/2024 04:30", "19/05/2024 08:12"))
    found = decide_dates(page)
    assert found.published is not None and found.published.value == "2024-05-19T08:12:00+07:00"
    assert any(candidate.rejected == "lies after the capture" for candidate in found.rejected)


def test_decide_dates_when_the_update_is_the_moment_of_the_capture_then_it_is_a_clock() -> None:
    now = PAGE.fetched_at.isoformat()
    found = decide_dates(replace(PAGE, head_lines=("19/05/2024 08:12",), meta=(("article:modified_time", now),)))
    assert found.updated is None


def test_decide_dates_when_another_capture_says_its_own_day_then_it_is_a_clock() -> None:
    line = replace(PAGE, head_lines=("21/05/2024",))
    before = ("2024-05-14", datetime(2024, 5, 14, 3, 0, tzinfo=UTC))
    assert published(decide_dates(line)) is not None
    changing = decide_dates(replace(line, others=(before,)))
    assert changing.published is None
    assert reasons(changing) == {"2024-05-21": "clock: another capture says the day of that capture"}
    # What was published on an earlier capture's day and is printed still is no clock.
    still = replace(PAGE, head_lines=("14/05/2024",), others=(before,))
    assert published(decide_dates(still)) is not None


def test_decide_dates_of_a_relative_head_line_marks_and_rejects_it() -> None:
    dates = decide_dates(replace(PAGE, head_lines=("3 ngày trước | Lượt xem: 12",)))
    assert dates.published is None
    assert reasons(dates) == {"2024-05-18": "relative to the moment of looking"}


def test_decide_dates_of_day_first_pages_swaps_only_where_proved() -> None:
    for line, value in (
        ("6/11/2023 174 lượt xem", "2023-11-06"),
        ("8/16/2023", "2023-08-16"),
        ("Thứ Sáu, 3/8/2024", "2024-03-08"),
        ("Thứ Hai, 3/8/2024", "2024-08-03"),
    ):
        dates = decide_dates(replace(PAGE, fetched_at=datetime(2025, 1, 1, tzinfo=UTC), head_lines=(line,)))
        assert dates.published is not None and dates.published.value == value


def test_decide_dates_at_the_turn_of_the_day_keeps_the_vietnamese_day() -> None:
    late = replace(PAGE, jsonld=(("datePublished", "2024-05-12T17:30:00Z"),))
    dates = decide_dates(late)
    assert dates.published is not None and dates.published.value == "2024-05-13T00:30:00+07:00"
    midnight = decide_dates(replace(PAGE, jsonld=(("datePublished", "2024-05-12T17:00:00Z"),)))
    assert midnight.published is not None and (midnight.published.value, midnight.published.precision) == (
        "2024-05-13",
        "day",
    )


def test_decide_dates_of_an_address_never_beats_a_printed_line() -> None:
    printed = replace(PAGE, head_lines=("12/05/2024",), url="https://a.gov.vn/x-2694240511164214901.htm")
    assert published(decide_dates(printed)) == ("2024-05-12", "day", "head-line", "printed", "12/05/2024")


@pytest.mark.parametrize(
    "text",
    [
        "Ngày 15 tháng Giêng âm lịch, phường tổ chức lễ hội truyền thống với sự tham gia của đông đảo nhân dân.",
        "Ngày mồng 9 tháng hai, dân làng tổ chức lễ rước nước với sự tham gia của đông đảo bà con trong vùng.",
        "Trong 3 ngày 13, 14 và 15 tháng Ba năm Giáp Thìn, làng Hà mở hội với nhiều trò chơi dân gian đặc sắc.",
        "Phường đạt 12/16 chỉ tiêu, 11/11 khối phố văn hóa, vượt kế hoạch số 16/KH-UBND của thành phố giao.",
        "Kỷ niệm 95 năm ngày thành lập Đảng (03/02/1930 - 03/02/2024), phường tổ chức nhiều hoạt động ý nghĩa.",
        "Đề nghị bà con nộp hồ sơ trước ngày 15/5/2024 tại bộ phận một cửa, điện thoại 0236.3821.158 để được giúp.",
        "Nhân dịp Quốc khánh 02/9, phường thăm hỏi các gia đình chính sách tiêu biểu trên địa bàn khu dân cư.",
    ],
)
def test_decide_dates_of_a_text_without_a_told_day_publishes_nothing(text: str) -> None:
    dates = decide_dates(replace(PAGE, paragraphs=(text,)))
    assert (dates.published, dates.event_date) == (None, "")


def test_decide_dates_of_an_import_id_that_other_pages_carry_is_unknown() -> None:
    ids = tuple(f"https://a.gov.vn/detail/65d290adb4766ef289007c{n:02x}" for n in range(4))
    alone = replace(PAGE, url=ids[0])
    assert published(decide_dates(alone)) == ("2024-02-19", "day", "url", "inferred", ids[0].rpartition("/")[2])
    crowd = decide_dates(replace(alone, siblings=ids))
    assert crowd.published is None
    assert reasons(crowd) == {"2024-02-19": "the time of an import: other pages carry it as well"}
    others = tuple(f"https://a.gov.vn/detail/65{n}290adb4766ef289007c10" for n in "abcef")
    assert published(decide_dates(replace(alone, siblings=others))) is not None


@pytest.mark.parametrize(
    ("below", "embedded", "found"),
    [
        ("Người đăng: Trang tin vào lúc 08:05", "2024-05-12T08:05:30+07:00", ("2024-05-12T08:05:00+07:00", "minute")),
        ("Người đăng: Trang tin vào lúc 8:05", "2024-05-12T01:05:00Z", ("2024-05-12T08:05:00+07:00", "minute")),
        ("Người đăng: Trang tin vào lúc 09:30", "2024-05-12T08:05:00+07:00", ("2024-05-12", "day")),
        ("Người đăng: Trang tin vào lúc 08:05", "2024-05-14T08:05:00+07:00", ("2024-05-12", "day")),
        ("Người đăng: Trang tin", "2024-05-12T08:05:00+07:00", ("2024-05-12", "day")),
    ],
)
def test_decide_dates_when_day_and_time_are_printed_apart_then_an_embedded_date_joins_them(
    below: str, embedded: str, found: tuple[str, str]
) -> None:
    evidence = replace(
        PAGE,
        head_lines=("Chủ Nhật, 12 tháng 5, 2024",),
        below_lines=(below,),
        microdata=(("published", embedded),),
    )
    date = published(decide_dates(evidence))
    assert date is not None
    assert (date[:2], date[3]) == (found, "printed")
