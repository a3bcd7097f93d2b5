"""Verdicts: old state + new observation -> what the archive does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.ingest.decide import REMOVED_AFTER, REMOVED_IN, absent, decide, differences, near_copy, same_story
from storage.records import Attachment, DateCandidate, Dates, Image, Known, Reading

PRINTED = DateCandidate("2023-09-20", "day", "head-line", "printed", "20/9/2023")
BASE = Reading(
    article=True,
    reader="1+t1",
    identity="x:1",
    title="Phường hoà giải ở cơ sở",
    paragraphs=("Sáng 20/9, phường tổ chức hội nghị.", "Có 45 đại biểu dự."),
    authors=("Kim Dung",),
    dates=Dates(published=PRINTED),
    attachments=(Attachment("https://p.vn/f/ke-hoach.pdf", "Kế hoạch"),),
)
EDITS = {
    "title": replace(BASE, title="Phường hoà giải ở tổ dân phố"),
    "text": replace(BASE, paragraphs=(*BASE.paragraphs, "Tin thêm.")),
    "captions": replace(BASE, captions=("Quang cảnh hội nghị",)),
    "byline": replace(BASE, credits=("Cao Nam",)),
    "dates": replace(BASE, dates=Dates(published=replace(PRINTED, value="2023-09-21"))),
    "attachments": replace(BASE, attachments=()),
}


def known(**changes: object) -> Known:
    return replace(Known(article="a1", stored=BASE), **changes)  # type: ignore[arg-type]


def test_decide_when_nothing_is_known_then_new() -> None:
    verdict = decide(BASE, Known())
    assert (verdict.kind, verdict.events) == ("new", ("created",))


def test_decide_when_another_address_has_the_same_text_then_copy() -> None:
    verdict = decide(BASE, Known(twin="a9"))
    assert (verdict.kind, verdict.article, verdict.events) == ("copy", "a9", ())


@pytest.mark.parametrize("field", EDITS)
def test_decide_when_one_field_was_edited_then_revised_in_that_field(field: str) -> None:
    verdict = decide(EDITS[field], known())
    assert (verdict.kind, verdict.changed, verdict.events) == ("revised", (field,), ("revised",))


@pytest.mark.parametrize(
    "noise",
    [
        replace(BASE, title="Phường hòa giải ở cơ sở"),
        replace(BASE, paragraphs=("Sáng 20/9 , phường tổ chức hội nghị .", "Có 45 đại biểu dự.")),
        replace(BASE, images=(Image("https://p.vn/a.jpg?v=2"),)),
        replace(BASE, attachments=(Attachment("https://p.vn/f/ke-hoach.pdf?t=99", "Kế hoạch"),)),
        replace(BASE, confidence=0.5, flags=("reader-disagrees",)),
        replace(BASE, category="Tin tức"),
        replace(BASE, dates=Dates(PRINTED, updated=replace(PRINTED, value="2026-11-21", source="page-update"))),
    ],
    ids=[
        "tone placement",
        "space before a stop",
        "image query",
        "cache buster",
        "confidence",
        "section moved",
        "update date moved",
    ],
)
def test_decide_when_only_noise_differs_then_unchanged(noise: Reading) -> None:
    assert decide(noise, known()).kind == "unchanged"


def test_decide_when_a_feed_date_falls_out_of_the_feed_then_unchanged() -> None:
    fed = replace(BASE, dates=Dates(published=replace(PRINTED, source="feed", basis="embedded")))
    assert decide(replace(BASE, dates=Dates()), known(stored=fed)).kind == "unchanged"


def test_decide_when_another_reader_sees_more_then_reextracted_and_not_revised() -> None:
    better = replace(EDITS["text"], reader="2+t1")
    verdict = decide(better, known(baseline=better))
    assert (verdict.kind, verdict.events) == ("unchanged", ("reextracted",))


def test_decide_when_another_reader_and_an_edit_then_both_are_told_apart() -> None:
    baseline = replace(EDITS["dates"], reader="2+t1")
    edited = replace(baseline, title="Tiêu đề mới của bài")
    verdict = decide(edited, known(baseline=baseline))
    assert (verdict.kind, verdict.changed, verdict.events) == ("revised", ("title",), ("redated", "revised"))


def test_decide_when_the_capture_is_older_then_nothing_changes() -> None:
    assert decide(EDITS["text"], known(newer=True)).kind == "unchanged"


def test_decide_when_a_removed_article_answers_then_returned() -> None:
    assert decide(BASE, known(removed=True)).events == ("returned",)


def test_decide_when_a_known_article_shows_a_soft_404_then_absent() -> None:
    page = Reading(article=False, reader="1+t1", reason="soft-404")
    assert decide(page, known()).kind == "absent"
    assert decide(page, Known()).kind == "not-article"
    assert decide(replace(page, reason="maintenance"), known()).kind == "not-article"


@given(st.integers(1, 12), st.integers(0, 20), st.booleans())
def test_absent_removes_once_and_only_after_all_checks(negatives: int, days: int, removed: bool) -> None:
    since = timedelta(days=days)
    events = absent("a1", negatives=negatives, since=since, removed=removed).events
    gone = negatives >= REMOVED_AFTER and since >= REMOVED_IN
    assert (events == ("removed",)) == (gone and not removed)


def test_same_story_when_title_or_half_the_text_is_shared() -> None:
    assert same_story(BASE, EDITS["text"])
    assert same_story(BASE, EDITS["title"])
    other = replace(BASE, title="Thông báo tiêm phòng", paragraphs=("Ngày 3/5, trạm y tế tiêm phòng dại.",))
    assert not same_story(BASE, other)


@given(st.text(), st.lists(st.text(), max_size=4))
def test_differences_of_a_reading_with_itself_are_none(title: str, paragraphs: list[str]) -> None:
    reading = Reading(article=True, reader="1", title=title, paragraphs=tuple(paragraphs))
    assert differences(reading, reading) == ()


def test_near_copy_when_a_print_view_adds_a_line_then_true_and_another_day_is_another_notice() -> None:
    long = replace(BASE, paragraphs=tuple(f"Đoạn văn số {n} của bài." for n in range(6)))
    printed = replace(long, paragraphs=(*long.paragraphs, "Người in: văn phòng"), dates=Dates())
    assert near_copy(long, printed)
    assert not near_copy(long, replace(printed, dates=Dates(published=replace(PRINTED, value="2023-10-20"))))
    assert not near_copy(long, replace(printed, title="Một tin khác"))
