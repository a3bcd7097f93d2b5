"""How fast a server is asked: delays, pauses it asks for, and when to leave a portal alone.

Instants here are seconds of a monotonic clock that the caller reads; a clock that jumps does not hurry anybody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from random import Random

from storage.text import VIETNAM

_HOURS = re.compile(r"(\d\d?):(\d\d)-(\d\d?):(\d\d)")

JITTER = 0.25
"""Each delay is up to this share longer than asked for, never shorter."""

LONGEST_CRAWL_DELAY = 30.0
"""Seconds between two requests that a robots.txt can ask for; a larger number would mean never coming back."""

LONGEST_PAUSE = 600.0
"""Seconds of Retry-After that a run waits; a longer one ends the portal's visit."""

REST = 2.0
"""Times what its answers take that lie between two starts at least: a slow server works for us half of the time at most."""

BREAKER = 10
"""Failures in a row after which a portal is asked whether it is still there."""

PROOFS = 5
"""Times in a row that it may be, and answer, without any page in between: then it is left alone for this run."""


@dataclass(slots=True)
class Server:
    """The turn-taking of one server: requests in flight, and when the next one may start.

    `delay` is the least time between the starts of two requests, `next_at` the earliest start of the next one. A server that
    answers slowly is asked more slowly: `strain` is what its last answers took, smoothed, and it rests as long as it worked.
    """

    delay: float
    limit: int = 1
    next_at: float = 0.0
    flying: int = 0
    last_start: float = field(default=-1e9)
    strain: float = 0.0

    @property
    def gap(self) -> float:
        """Seconds from one start to the next: the delay, or more for a server that takes long, at most 30 for that."""
        return max(self.delay, min(REST * self.strain, LONGEST_CRAWL_DELAY)) if self.delay else 0.0

    def ready_at(self, now: float) -> float | None:
        """The instant from which a request may start; None while all its places are taken."""
        return None if self.flying >= self.limit else max(self.next_at, now)

    def start(self, now: float, random: Random) -> None:
        """Note that a request starts, and put the next one off by the delay and a random part more."""
        self.flying += 1
        self.last_start = now
        self.next_at = max(self.next_at, now + self.gap * (1 + random.uniform(0.0, JITTER)))

    def end(self, took: float = 0.0) -> None:
        """Note that a request ended, in whatever way, `took` seconds after its start. The next one waits for that long at
        least."""
        self.flying = max(0, self.flying - 1)
        self.strain = (self.strain + took) / 2
        self.next_at = max(self.next_at, self.last_start + self.gap)

    def slow_down(self, delay: float) -> None:
        """Keep at least `delay` seconds between two requests from now on (Crawl-delay), at most 30."""
        self.delay = max(self.delay, min(delay, LONGEST_CRAWL_DELAY))
        self.next_at = max(self.next_at, self.last_start + self.delay)

    def pause(self, until: float) -> None:
        """Start nothing before `until` (Retry-After)."""
        self.next_at = max(self.next_at, until)


@dataclass(slots=True)
class Breaker:
    """Counts failures in a row of one portal; any answer from the portal starts it over.

    A portal with a few dozen broken pages is not down: what can tell is its robots.txt (`proofs`, since a page answered).
    `waited` are the seconds of Retry-After since then.
    """

    limit: int = BREAKER
    failures: int = 0
    answered: bool = False
    proofs: int = 0
    waited: float = 0.0

    def success(self, *, page: bool = True) -> None:
        """The portal answered, with a page or its robots.txt."""
        self.failures, self.answered = 0, True
        if page:
            self.proofs, self.waited = 0, 0.0

    def wait(self, seconds: float) -> bool:
        """It asked for a pause; True when that is more than a run waits, with those before it since a page answered."""
        self.waited += seconds
        return self.waited > LONGEST_PAUSE

    def prove(self) -> bool:
        """Whether the portal may be asked if it is still there; counts."""
        self.proofs += 1
        return self.answered and self.proofs <= PROOFS

    def failure(self) -> bool:
        """One more failure; True when the portal should be left alone."""
        self.failures += 1
        return self.failures >= self.limit


def quiet_for(hours: str, now: datetime) -> float:
    """Seconds until the end of the `hours` of the day (`22:00-05:30`, Vietnamese time) that hold `now`; 0 outside of them."""
    if (found := _HOURS.fullmatch(hours.replace(" ", ""))) is None:
        return 0.0
    opens, closes = (timedelta(hours=int(found[n]), minutes=int(found[n + 1])) for n in (1, 3))
    local = now.astimezone(VIETNAM)
    since_midnight = local - local.replace(hour=0, minute=0, second=0, microsecond=0)
    day = timedelta(days=1)
    if (since_midnight - opens) % day >= ((closes - opens) % day or day):
        return 0.0
    return ((closes - since_midnight) % day or day).total_seconds()


def retry_after(value: str, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks to wait: a number or an HTTP date. None for nothing sensible."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(min(int(value[:9]), 10**8))
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    seconds = (until - now).total_seconds()
    return seconds if seconds > 0 else None
