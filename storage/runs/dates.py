"""The date of a night: what happens behind midnight belongs to the evening before."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from storage.text import VIETNAM

NOON = time(12)
"""Where one night ends and the next begins."""


def date_of(instant: datetime) -> date:
    """The night that an instant belongs to: what lies before noon belongs to the evening before."""
    local = instant.astimezone(VIETNAM)
    return local.date() if local.time() >= NOON else local.date() - timedelta(days=1)
