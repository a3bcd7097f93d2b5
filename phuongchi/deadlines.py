"""Deadlines of requests about personal data.

Days by kind are those of Decree 356/2025/NĐ-CP (article 5) to Law 91/2025/QH15 as lawyers publish them, from the day a request
came: to see, correct or be given data 10, to object to or restrict what is done with it 15, to erase it 20; each may be
prolonged once. A first answer is due after two working days. No legal advice: whoever runs an archive has this checked, and
sets `requests.due_days`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from storage.text import VIETNAM

DUE_DAYS = "access 10, correction 10, objection 15, erasure 20, other 20"
FIRST_ANSWER = 2
"""Working days in which whoever asked hears that the request came, and how it goes on."""

_PART = re.compile(r"(?P<kind>[a-z]+)\s*[ =:]\s*(?P<days>\d{1,3})")


def check_due_days(text: str) -> Mapping[str, int]:
    """Days by kind of request, from a text such as `DUE_DAYS`. Raises ValueError unless every kind has some."""
    kinds = [found["kind"] for found in _PART.finditer(DUE_DAYS)]
    parts = [part.strip() for part in text.split(",") if part.strip()]
    found = [_PART.fullmatch(part) for part in parts]
    days = {one["kind"]: int(one["days"]) for one in found if one is not None}
    if None in found or sorted(days) != sorted(kinds) or not all(days.values()):
        raise ValueError(f"{text!r} does not say the days of each of {', '.join(kinds)}, as in {DUE_DAYS!r}")
    return days


def due_at(received: datetime, kind: str, setting: str) -> datetime:
    """The end of the last day on which a request of this kind is dealt with in time."""
    last = received.astimezone(VIETNAM).date() + timedelta(days=check_due_days(setting)[kind])
    return _end_of(last)


def first_answer_at(received: datetime) -> datetime:
    """The end of the last day on which whoever asked has to hear something: after two working days."""
    from monitoring.holidays import activity

    day, left = received.astimezone(VIETNAM).date(), FIRST_ANSWER
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and activity(day) >= 0.5
    return _end_of(day)


def _end_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=VIETNAM)
