"""The order of articles, newest first, as one number each: what lists, the search index and cursors go by.

A key holds the second an article is sorted by, then the article's number, so that no two are equal.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

NUMBER_BITS = 30
"""An archive may hold a thousand million articles."""

_SECONDS = 1 << 33  # together 63 bits: what both databases number rows with
_FIRST = datetime(1900, 1, 1, tzinfo=UTC)
OFFSET = -int(_FIRST.timestamp())
"""Seconds from the first one that can be told from others to 1970; the last one is in 2172."""


def sort_key(at: datetime, number: int) -> int:
    """The key of the article with this number that is sorted by `at`; earlier and later times count as the first and last."""
    return first_key(at) | (number & ((1 << NUMBER_BITS) - 1))


def second_of(key: int) -> datetime:
    """The second that an article of this key is sorted by."""
    return _FIRST + timedelta(seconds=key >> NUMBER_BITS)


def day_of(key: int, east: timedelta) -> str:
    """The day (`2024-07-14`) that an article of this key is sorted by, where clocks are ahead of UTC by `east`."""
    return _day(((key >> NUMBER_BITS) + int(east.total_seconds())) // 86_400)


@lru_cache(maxsize=1 << 15)
def _day(number: int) -> str:
    return (_FIRST + timedelta(days=number)).date().isoformat()


def first_key(at: datetime) -> int:
    """The smallest key that an article of this second can have."""
    seconds = int((at - _FIRST).total_seconds() // 1)
    return min(max(seconds, 0), _SECONDS - 1) << NUMBER_BITS
