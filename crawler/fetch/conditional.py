"""When a page is asked again, and with which validators: pure rules.

Lists are asked every night. Articles are asked again 1, 7, 30, 180 and 365 days after they were first seen and then once a
year; a negative answer is checked after 1, 4 and 8 days before anybody calls an article removed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from storage.frontier import Due
from storage.records import Purpose

Answer = Literal["page", "unchanged", "gone", "refused", "moved", "offsite", "denied", "error"]
"""What came of asking: a page; 304; 404 or 410; another 4xx; a redirect within the portal; one that leads away; robots.txt
forbids it; nothing usable (network, 5xx, 429, limits)."""

RECHECKS = tuple(timedelta(days=days) for days in (1, 7, 30, 180, 365))
NEGATIVE_CHECKS = tuple(timedelta(days=days) for days in (1, 3, 4))
"""From one negative answer to the next check: +1, +4 and +8 days after the first."""

EARLY = timedelta(hours=12)
"""A night that begins a little earlier than the last one must not miss what falls due an hour into it."""

BARREN = timedelta(days=30)
"""Pages that are neither list nor article, refusals, and feeds that were only guessed: looked at once a month."""

LISTS: frozenset[Purpose] = frozenset({"listing", "feed", "sitemap"})


def validators(due: Due) -> dict[str, str]:
    """The conditional headers for a page: only articles have them, a list must be seen whole each night."""
    if due.page.purpose != "article" or not due.page.payload_sha256:
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
        return None
    if purpose != "article" or answer == "moved":
        return at + BARREN - EARLY
    return recheck(due.first_seen or at, at)


def recheck(first_seen: datetime, asked_at: datetime) -> datetime:
    """The next date of the article schedule after `asked_at`."""
    for step in RECHECKS:
        if first_seen + step - EARLY > asked_at:
            return first_seen + step - EARLY
    return asked_at + RECHECKS[-1] - EARLY


def only_guessed(due: Due) -> bool:
    """Whether a feed or sitemap was only tried because many portals have it there: its absence says nothing."""
    return due.page.depth <= 1 and due.page.purpose in ("feed", "sitemap") and not due.page.payload_sha256


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
