"""When a page is asked again, and with which validators: pure rules.

| page                                   | asked again                                                           |
|----------------------------------------|-----------------------------------------------------------------------|
| home, feed, sitemap                    | every night, whole                                                    |
| list that shows something of its own   | every night, whole; its further parts while they bring news           |
| list that only repeats other lists     | with the weekly pass over all lists (`storage.frontier.lists`)        |
| article, also if not read yet          | 1, 7, 30, 180, 365 days after it was first seen, then every tenth     |
|                                        | year: each year a tenth of them, told by the page's key;              |
|                                        | conditionally: a server with validators sends nothing new             |
| another address of an article          | likewise, but not in the first month                                  |
| read as no article; of a kind not read | yearly; once on the next night, where it may have been taken for one   |
|                                        | unseen (`crawler.fetch.judge.dates_after_reading`)                    |
| unknown, not read yet                  | after a month                                                         |
| redirect, refusal, robots.txt's no     | after a month                                                         |
| feed or sitemap that never was one     | after a month                                                         |
| announced, and a notice of the portal  | after 1, 3, 7, 14, 30 days (`storage.frontier.gaps`)                  |
| stood there (maintenance, a block)     |                                                                       |
| 404, 410; of an article also what was  | after 1, 4 and 8 days; then an article yearly, others never           |
| read as absent, a redirect to a list   |                                                                       |
| failure                                | next night; from the fourth on after a week, from the seventh a month |
| attachment                             | 30, 180, 365 days after it was first seen, then as articles are;      |
|                                        | conditionally; if a web page came in its place (maintenance, a        |
|                                        | notice), like a 404: after 1, 4 and 8 days                            |

Articles and pages of unknown kind are asked at once when their line on a list changed, whatever stands here.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

from storage.frontier import Due
from storage.records import Purpose

Answer = Literal["page", "unchanged", "gone", "refused", "moved", "offsite", "denied", "error"]
"""What came of asking: a page; 304; 404 or 410; another 4xx; a redirect within the portal; one that leads away; robots.txt
forbids it; nothing usable (network, 5xx, 429, limits)."""

RECHECKS = tuple(timedelta(days=days) for days in (1, 7, 30, 180, 365))
LATE = RECHECKS[2:]
"""For what seldom changes by itself: files, and further addresses of an article."""

NEGATIVE_CHECKS = tuple(timedelta(days=days) for days in (1, 3, 4))
"""From one negative answer to the next check: +1, +4 and +8 days after the first."""

GAP_CHECKS = tuple(timedelta(days=days) for days in (1, 3, 7, 14, 30))
"""From one answer to the next check of an announced article in whose place a notice stood; then it is asked yearly."""

EARLY = timedelta(hours=12)
"""A night that begins a little earlier than the last one must not miss what falls due an hour into it."""

BARREN = timedelta(days=30)
"""Pages that nobody has read yet and that do not look like articles, refusals, and feeds that were only guessed."""

YEAR = RECHECKS[-1]

SAMPLE = 10
"""After a year an article's page is asked again in every so many years: each year another tenth of them, told by their keys."""

EXACT = timedelta(seconds=1)

LISTS: frozenset[Purpose] = frozenset({"listing", "feed", "sitemap"})


def validators(due: Due) -> dict[str, str]:
    """The conditional headers for a page: articles and files have them, a list must be seen whole each night.

    After a negative answer none: a 304 would not say whether it is the article or the notice that is still the same. Nor for
    what was read as no article: it is asked again to see what it is.
    """
    if due.page.purpose not in ("article", "attachment") or not due.page.payload_sha256 or due.negatives:
        return {}
    if due.read_as == "not-article":
        return {}
    headers = {}
    if due.page.etag:
        headers["If-None-Match"] = due.page.etag
    if due.page.last_modified:
        headers["If-Modified-Since"] = due.page.last_modified
    return headers


def next_due(
    due: Due, answer: Answer, at: datetime, *, purpose: Purpose, negatives: int = 0, attempts: int = 0
) -> datetime | None:
    """When a page that was asked at `at` is due again; None is never.

    `purpose` is what the page is taken for after the answer; `negatives` and `attempts` count this answer too.
    """
    if answer == "error":
        return _after_error(due, at, attempts)
    if answer == "gone":
        return _after_negative(due, at, purpose, negatives)
    if answer in ("refused", "offsite", "denied"):
        return at if purpose in LISTS and due.page.depth == 0 else at + BARREN
    if purpose in LISTS:
        return at if due.paging == 0 else None
    if purpose == "attachment":
        return recheck(due.first_seen or at, at, key=due.page.key, steps=LATE)
    if answer == "moved" or due.page.purpose in LISTS - {"listing"}:
        return at + BARREN - EARLY
    return _by_reading(due, at, purpose)


def recheck(first_seen: datetime, asked_at: datetime, *, key: str, steps: tuple[timedelta, ...] = RECHECKS) -> datetime:
    """The next date of the article schedule after `asked_at`; `key` is the page's."""
    for step in steps:
        if first_seen + step - EARLY > asked_at:
            return first_seen + step - EARLY
    age = (asked_at + EARLY - first_seen) // YEAR
    slot = int.from_bytes(sha256(key.encode()).digest()[:4]) % SAMPLE
    return first_seen + (age + 1 + (slot - age) % SAMPLE) * YEAR - EARLY


def after_reading(due: Due) -> datetime | None:
    """When a page is due that was scheduled before anybody had read it; None where its date was set by something else.

    Pages are asked before they are read, so what the reading half thinks of them comes too late for `next_due`.
    """
    asked = due.last_seen
    if asked is None or due.page.due_at is None or due.negatives or due.page.attempts:
        return None
    unread = _by_reading(replace(due, read_as=""), asked, due.page.purpose)
    return _by_reading(due, asked, due.page.purpose) if abs(due.page.due_at - unread) < EXACT else None


def has_first_date(due: Due) -> bool:
    """Whether a page has a date of the article schedule still. What is asked after it was read as no article gets another one:
    a year after it answered."""
    first, asked, at = due.first_seen, due.last_seen, due.page.due_at
    if first is None or asked is None or at is None or due.negatives or due.page.attempts:
        return False
    if abs(at - (asked + YEAR - EARLY)) < EXACT:
        return False
    return abs(at - recheck(first, at - EXACT, key=due.page.key)) < EXACT


def after_absence(due: Due) -> datetime | None:
    """When an article's page is due that the reading half found absent: fetching alone knows only 404 and 410."""
    return None if due.last_seen is None else _after_negative(due, due.last_seen, due.page.purpose, due.negatives)


def after_notice(due: Due, times: int) -> datetime | None:
    """When a page is due that lists announce as an article, and that showed a notice of the portal instead (maintenance, a
    block) all of the `times` it answered. None when it was asked often enough."""
    if due.last_seen is None or not 1 <= times <= len(GAP_CHECKS):
        return None
    return due.last_seen + GAP_CHECKS[times - 1] - EARLY


def _by_reading(due: Due, at: datetime, purpose: Purpose) -> datetime:
    if due.read_as == "not-article" or purpose == "other":
        return at + YEAR - EARLY
    if due.read_as == "copy":
        return recheck(due.first_seen or at, at, key=due.page.key, steps=LATE)
    return recheck(due.first_seen or at, at, key=due.page.key) if purpose == "article" else at + BARREN - EARLY


def only_guessed(due: Due) -> bool:
    """Whether a feed or sitemap never answered, wherever it was named or guessed: its absence says nothing."""
    return due.page.purpose in ("feed", "sitemap") and not due.page.payload_sha256


def young(horizon: datetime) -> tuple[datetime, datetime]:
    """Which pages were scheduled as unknown and have proved to be articles since: first seen after the first instant, due
    after the second. They belong on the article schedule, which would have had them again within a week."""
    return horizon - RECHECKS[1], horizon + RECHECKS[1] + EARLY


def _after_error(due: Due, at: datetime, attempts: int) -> datetime | None:
    """The next run tries again; what fails night after night is tried less often, a file not for ever."""
    if attempts <= 3:
        return at
    if due.page.purpose == "attachment":
        return None
    return at + (RECHECKS[1] if attempts <= 6 else BARREN) - EARLY


def _after_negative(due: Due, at: datetime, purpose: Purpose, negatives: int) -> datetime | None:
    if only_guessed(due):
        return at + BARREN - EARLY
    if negatives <= len(NEGATIVE_CHECKS):
        return at + NEGATIVE_CHECKS[negatives - 1] - EARLY
    if purpose in LISTS and due.page.depth == 0:
        return at
    return at + RECHECKS[-1] - EARLY if due.read_as == "article" else None
