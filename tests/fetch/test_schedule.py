"""When pages are due again, what an answer makes of them, and in which order they come."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetch import plans
from crawler.fetch.conditional import EARLY, after_absence, after_reading, next_due, only_guessed, recheck, validators
from crawler.fetch.judge import has_links, outcome, purpose_after, unread
from crawler.fetch.plans import Backfill, Reach, mention_of, newest_date, plan_of, walk
from crawler.items import Found, Link, PortalPlan
from storage.frontier import Due, Facts
from storage.records import Capture, Page, Portal, RecordRef

SEEN = datetime(2026, 11, 1, 15, 0, tzinfo=UTC)
DAY = timedelta(days=1)
PORTAL = Portal(id="a.vn", url="https://a.vn/")


def due(purpose: str = "article", *, depth: int = 2, **values: object) -> Due:
    page = Page(1, "a.vn", "a.vn/x", "https://a.vn/x", purpose, depth=depth, payload_sha256="0" * 64)  # type: ignore[arg-type]
    return replace(Due(page, first_seen=SEEN, status=200), **values)  # type: ignore[arg-type]


def capture(status: int = 200, **values: object) -> Capture:
    record = RecordRef("keep", "f.warc.gz", 0, 10)
    made = Capture(
        1, "a.vn", "https://a.vn/x", "article", SEEN, status, record, media_type="text/html", payload_sha256="1" * 64
    )
    return replace(made, **values)  # type: ignore[arg-type]


# --- how far back ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "since", "goal"),
    [
        (Facts({}), None, Backfill(None, done=False)),
        (Facts({}), SEEN, Backfill(SEEN, done=False, further=True)),
        (Facts({}, begun=True, backfill_to=SEEN), None, Backfill(SEEN, done=False)),
        (Facts({}, begun=True, backfill_to=SEEN, backfilled=True), None, Backfill(SEEN, done=True)),
        (Facts({}, begun=True, backfill_to=SEEN, backfilled=True), SEEN, Backfill(SEEN, done=True)),
        (
            Facts({}, begun=True, backfill_to=SEEN, backfilled=True),
            SEEN + DAY,
            Backfill(SEEN + DAY, done=True, own=False),
        ),
        (
            Facts({}, begun=True, backfill_to=SEEN, backfilled=True),
            SEEN - DAY,
            Backfill(SEEN - DAY, done=False, further=True),
        ),
        (Facts({}, begun=True, backfilled=True), SEEN, Backfill(SEEN, done=True, own=False)),
        (Facts({}, begun=True), SEEN, Backfill(SEEN, done=False, own=False)),
    ],
)
def test_backfill_when_a_date_is_given_then_only_an_earlier_one_changes_the_portals_own(
    facts: Facts, since: datetime | None, goal: Backfill
) -> None:
    assert plans.backfill(facts, since) == goal
    assert plans.deep_due(facts, goal, SEEN) == goal.own


# --- due again ------------------------------------------------------------------------------------------------------


def test_recheck_when_an_article_grows_older_then_1_7_30_180_365_days_and_every_tenth_year() -> None:
    at, steps = SEEN, []
    for _ in range(8):
        at = recheck(SEEN, at, key="a.vn/x") + EARLY
        steps.append((at - SEEN).days)
    assert steps[:5] == [1, 7, 30, 180, 365]
    assert steps[5] in range(2 * 365, 12 * 365, 365)
    assert [later - earlier for earlier, later in pairwise(steps[5:])] == [3650, 3650]


def test_recheck_when_articles_are_a_year_old_then_each_year_has_its_tenth_of_them() -> None:
    asked = SEEN + 365 * DAY
    years = Counter((recheck(SEEN, asked, key=f"a.vn/tin-{n}") + EARLY - asked) // (365 * DAY) for n in range(2000))
    assert set(years) == set(range(1, 11))
    assert all(150 <= count <= 250 for count in years.values())


@given(st.integers(0, 4000), st.text(max_size=9))
def test_recheck_when_asked_on_any_day_then_the_next_lies_ahead(days: int, key: str) -> None:
    at = SEEN + days * DAY
    assert at < recheck(SEEN, at, key=key) <= at + 3650 * DAY


def test_next_due_when_page_is_a_list_then_every_run_but_its_further_parts_never() -> None:
    assert next_due(due("listing"), "page", SEEN, purpose="listing") == SEEN
    assert next_due(due("listing", paging=3), "page", SEEN, purpose="listing") is None


def test_next_due_when_a_file_came_then_it_is_asked_for_again_after_30_180_and_365_days() -> None:
    at, days = SEEN, []
    for _ in range(3):
        found = next_due(due("attachment"), "page", at, purpose="attachment")
        assert found is not None
        at = found + EARLY
        days.append((at - SEEN).days)
    assert days == [30, 180, 365]


def test_next_due_when_an_article_is_gone_then_checks_after_1_4_and_8_days() -> None:
    at, days = SEEN, []
    for negatives in (1, 2, 3):
        found = next_due(due(read_as="article"), "gone", at, purpose="article", negatives=negatives)
        assert found is not None
        at = found + EARLY
        days.append((at - SEEN).days)
    assert days == [1, 4, 8]
    yearly = next_due(due(read_as="article"), "gone", at, purpose="article", negatives=4)
    assert yearly is not None
    assert yearly - at > 300 * DAY
    assert next_due(due(), "gone", at, purpose="article", negatives=4) is None


def test_next_due_when_a_page_fails_night_after_night_then_it_is_tried_less_often() -> None:
    waits = [next_due(due(), "error", SEEN, purpose="article", attempts=attempts) for attempts in (1, 3, 4, 7)]
    assert waits == [SEEN, SEEN, SEEN + 7 * DAY - EARLY, SEEN + 30 * DAY - EARLY]
    assert next_due(due("attachment"), "error", SEEN, purpose="attachment", attempts=4) is None


@pytest.mark.parametrize("depth", [0, 1, 3])
@pytest.mark.parametrize("purpose", ["feed", "sitemap"])
def test_next_due_when_only_guessed_then_once_a_month_wherever_the_guess_was_made(purpose: str, depth: int) -> None:
    guess = due(purpose, depth=depth)
    guess = replace(guess, page=replace(guess.page, payload_sha256=""))
    assert only_guessed(guess)
    for negatives in (1, 5):
        assert next_due(guess, "gone", SEEN, purpose=purpose, negatives=negatives) == SEEN + 30 * DAY - EARLY  # type: ignore[arg-type]
    assert not only_guessed(due(purpose, depth=depth))


@pytest.mark.parametrize(
    ("purpose", "read_as", "days"),
    [
        ("article", "", 1),
        ("article", "article", 1),
        ("article", "copy", 30),
        ("article", "not-article", 365),
        ("unknown", "", 30),
        ("unknown", "not-article", 365),
        ("other", "", 365),
    ],
)
def test_next_due_when_read_as_different_things_then_the_schedule_follows(
    purpose: str, read_as: str, days: int
) -> None:
    found = next_due(due(purpose, read_as=read_as), "page", SEEN, purpose=purpose)  # type: ignore[arg-type]
    assert found == SEEN + days * DAY - EARLY


def asked(purpose: str, read_as: str, *, due_at: datetime) -> Due:
    """A page that was asked at once when it was first seen, and read after that."""
    page = due(purpose, read_as=read_as, last_seen=SEEN)
    return replace(page, page=replace(page.page, due_at=due_at))


def test_after_reading_when_a_page_was_dated_before_it_was_read_then_it_is_put_off() -> None:
    tomorrow = SEEN + DAY - EARLY
    assert after_reading(asked("article", "not-article", due_at=tomorrow)) == SEEN + 365 * DAY - EARLY
    assert after_reading(asked("article", "copy", due_at=tomorrow)) == SEEN + 30 * DAY - EARLY
    assert after_reading(asked("unknown", "not-article", due_at=SEEN + 30 * DAY - EARLY)) == SEEN + 365 * DAY - EARLY


def test_after_reading_when_a_list_made_the_page_due_then_its_date_stands() -> None:
    assert after_reading(asked("article", "not-article", due_at=SEEN + DAY)) is None
    failing = asked("article", "not-article", due_at=SEEN + DAY - EARLY)
    assert after_reading(replace(failing, page=replace(failing.page, attempts=1))) is None
    assert after_reading(replace(failing, negatives=1)) is None
    assert after_reading(replace(failing, last_seen=None)) is None


@pytest.mark.parametrize("answer", ["page", "unchanged", "gone", "refused", "moved", "offsite", "denied", "error"])
def test_next_due_when_home_answers_anything_then_it_is_due_again_within_days(answer: str) -> None:
    home = due("listing", depth=0)
    for count in range(1, 9):
        found = next_due(home, answer, SEEN, purpose="listing", negatives=count, attempts=min(count, 3))  # type: ignore[arg-type]
        assert found is not None
        assert found <= SEEN + 4 * DAY


def test_validators_when_page_is_no_article_then_none() -> None:
    article = due()
    article = replace(article, page=replace(article.page, etag='"1"', last_modified="Sun, 01 Nov 2026 15:00:00 GMT"))
    assert set(validators(article)) == {"If-None-Match", "If-Modified-Since"}
    assert validators(replace(article, page=replace(article.page, purpose="listing"))) == {}
    assert validators(replace(article, page=replace(article.page, payload_sha256=""))) == {}


# --- what an answer means -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "found", "after"),
    [
        (due("listing", depth=0), "unknown", "listing"),
        (due("listing", depth=0), "article", "listing"),
        (due("listing", paging=2), "unknown", "listing"),
        (due("listing"), "unknown", "listing"),
        (due("listing"), "article", "article"),
        (due("unknown"), "listing", "listing"),
        (due("unknown", read_as="article"), "listing", "article"),
        (due("unknown", read_as="copy"), "listing", "article"),
        (due("article"), "other", "article"),
        (due("article"), "listing", "listing"),
        (due("feed", depth=0), "feed", "feed"),
        (due("feed", depth=0), "listing", "other"),
        (due("unknown"), "other", "other"),
    ],
)  # fmt: skip
def test_purpose_after_when_spider_has_seen_the_page_then_doubts_keep_lists_and_articles(
    before: Due, found: str, after: str
) -> None:
    assert purpose_after(before, Found("https://a.vn/x", found)) == after  # type: ignore[arg-type]


def test_unread_when_bytes_are_new_then_articles_and_the_home_page_are_read_and_lists_once() -> None:
    assert unread(due(), "page", capture(), "article")
    assert unread(due("unknown"), "page", capture(), "unknown")
    assert not unread(due(), "page", capture(payload_sha256="0" * 64), "article")
    assert unread(due("listing"), "page", capture(), "listing")
    assert not unread(due("listing", read_as="not-article"), "page", capture(), "listing")
    assert unread(due("listing", depth=0, read_as="not-article"), "page", capture(), "listing")
    assert not unread(due(), "page", capture(media_type="application/pdf"), "article")
    assert unread(due("attachment"), "page", capture(media_type="application/pdf"), "attachment")
    assert not unread(due("attachment"), "page", capture(payload_sha256="0" * 64), "attachment")
    assert not unread(due("attachment"), "gone", capture(404), "attachment")
    assert not unread(due(), "unchanged", capture(304), "article")


def test_unread_when_an_article_is_gone_then_the_reading_half_learns_of_it() -> None:
    assert unread(due(read_as="article"), "gone", capture(404), "article")
    assert not unread(due(), "gone", capture(404), "article")
    assert unread(due(read_as="article"), "moved", capture(302), "article")
    assert not unread(due(read_as="copy"), "moved", capture(302), "article")


@pytest.mark.parametrize(("read_as", "told"), [("article", True), ("copy", True), ("", False), ("not-article", False)])
def test_unread_when_a_page_is_as_it_was_then_only_of_articles_the_reading_half_learns(
    read_as: str, told: bool
) -> None:
    same = capture(payload_sha256="0" * 64)
    assert unread(due(read_as=read_as), "unchanged", capture(304), "article") is told
    assert unread(due(read_as=read_as), "page", same, "article") is told


def test_after_absence_when_the_reading_half_counted_then_checks_follow_on_days_1_4_and_8() -> None:
    at, days = SEEN, []
    for negatives in (1, 2, 3, 4):
        checked = after_absence(due(read_as="article", negatives=negatives, last_seen=at))
        assert checked is not None
        at = checked + EARLY
        days.append((at - SEEN).days)
    assert days == [1, 4, 8, 373]


def test_outcome_when_a_web_page_came_in_a_files_place_then_the_file_is_asked_for_again_after_1_4_and_8_days() -> None:
    at, days, file = SEEN, [], due("attachment", status=None)
    page = capture(media_type="text/html")
    for negatives in (0, 1, 2):
        told = outcome(replace(file, negatives=negatives), "page", page, purpose="attachment", at=at, url=file.page.url)
        assert told.due_at is not None
        at = told.due_at + EARLY
        days.append((at - SEEN).days)
    assert days == [1, 4, 8]
    last = replace(file, negatives=3)
    assert outcome(last, "page", page, purpose="attachment", at=at, url=file.page.url).due_at is None
    came = outcome(
        last, "page", capture(media_type="application/pdf"), purpose="attachment", at=at, url=file.page.url
    )  # fmt: skip
    assert came.due_at is not None
    assert (came.due_at > at + 8 * DAY, came.negatives) == (True, 0)


def test_outcome_when_answer_was_cut_then_its_digest_is_not_taken_for_the_page() -> None:
    cut = outcome(due(), "page", capture(truncated="length"), purpose="article", at=SEEN, url="https://a.vn/x")
    assert cut.payload_sha256 == ""
    assert not has_links(capture(truncated="length"))


def test_outcome_when_a_page_fails_then_its_negatives_are_kept_and_attempts_grow() -> None:
    failed = outcome(due(negatives=2), "error", None, purpose="article", at=SEEN, url="https://a.vn/x")
    assert (failed.negatives, failed.attempts, failed.answered) == (2, 1, False)
    back = outcome(due(negatives=2), "page", capture(), purpose="article", at=SEEN, url="https://a.vn/y")
    assert (back.negatives, back.attempts, back.url) == (0, 0, "https://a.vn/y")


# --- the order of asking --------------------------------------------------------------------------------------------

REACH = Reach(deep=False, backfilled=True, since=None, attachments=True)


def mention(
    role: str, *, before: Due | None = None, reach: Reach = REACH, patterns: dict[str, tuple[int, int]] | None = None
) -> Any:
    plan = plan_of(PORTAL, Facts(patterns or {}), since=None, deep=False)
    link = Link("https://a.vn/tin/1", "a.vn/tin/1", role)  # type: ignore[arg-type]
    return mention_of(link, before or due("listing", depth=0), plan, reach, sighted=True)


def test_mention_when_roles_differ_then_articles_come_first_and_files_last() -> None:
    roles = ("article", "listing", "paging", "unknown", "attachment")
    order = [mention(role).page.priority for role in roles]
    assert order == sorted(order)
    assert len(set(order)) == len(order)
    assert mention("other") is None
    assert mention("attachment", reach=replace(REACH, attachments=False)) is None


def test_mention_when_shape_never_held_an_article_then_it_waits() -> None:
    assert mention("unknown", patterns={"/tin/#": (0, 60)}).page.priority == plans.BARREN
    assert mention("unknown", patterns={"/tin/#": (1, 60)}).page.priority == plans.UNKNOWN


def test_mention_when_links_go_ever_deeper_then_only_articles_are_followed() -> None:
    deep = due("unknown", depth=plans.DEEPEST)
    assert mention("unknown", before=deep) is None
    assert mention("article", before=deep) is not None
    assert mention("paging", before=due("listing", depth=3, paging=200)).page.paging == 201


PLAN = plan_of(PORTAL, Facts({}), since=None, deep=False)
PROVEN = plan_of(PORTAL, Facts({"/x": (5, 0)}), since=None, deep=False)


def parts_of(page: Due, *, plan: PortalPlan = PLAN) -> tuple[str, list[int]]:
    """How far the pager of a page is walked on a deep visit, and the places of its parts in the queue."""
    found = Found("https://a.vn/x", "listing", (Link("https://a.vn/x?trang=2", "a.vn/x?trang=2", "paging"),))
    reach = replace(REACH, deep=True)
    done = plans.discovery(page, found, plan, reach, purpose="listing", at=SEEN, horizon=SEEN)
    return done.walk, [item.page.priority for item in done.mentions]


def test_discovery_when_a_page_may_be_an_article_then_its_pager_waits_until_it_was_read() -> None:
    assert parts_of(due("article")) == ("none", [plans.HELD])
    assert parts_of(due("unknown"), plan=PROVEN) == ("none", [plans.HELD])
    for read_as in ("article", "copy"):
        assert parts_of(due("article", read_as=read_as)) == ("none", [])


def test_discovery_when_a_page_is_a_list_then_its_pager_is_walked() -> None:
    for page in (due("listing"), due("listing", paging=1), due("article", read_as="not-article"), due("unknown")):
        assert parts_of(page) == ("all", [plans.PAGING])
    assert parts_of(due("listing"), plan=PROVEN) == ("all", [plans.PAGING])


@pytest.mark.parametrize(
    ("reach", "dates", "how"),
    [
        (REACH, ["01/10/2026"], "news"),
        (replace(REACH, deep=True), ["01/10/2026"], "all"),
        (replace(REACH, backfilled=False, deep=True), [], "unasked"),
        (replace(REACH, backfilled=False, since=SEEN), ["31/10/2026", "02/11/2026"], "unasked"),
        (replace(REACH, backfilled=False, since=SEEN), ["31/10/2026", "Sat, 31 Oct 2026 08:00:00 +0700"], "none"),
        (replace(REACH, backfilled=False, since=SEEN), [""], "unasked"),
    ],
)
def test_walk_when_reach_and_dates_differ_then_as_far_as_asked(reach: Reach, dates: list[str], how: str) -> None:
    links = [Link("https://a.vn/1", "1", "article", date_text=date) for date in dates]
    assert walk(reach, links) == how


@given(st.lists(st.text()))
def test_newest_date_when_given_anything_then_it_never_raises(texts: list[str]) -> None:
    newest_date(texts)
