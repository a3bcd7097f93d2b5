"""When wards publish: days with news by processes that the watch does not know of.

None is the model that `monitoring.cadence` learns: counts a day with a working rhythm of the office's own, bursts that start
and end, heavy-tailed waiting, seasons, moods that drift. Weekends, holidays and Tết thin all of them, each office in its way.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from monitoring.holidays import HOLIDAY, activity, tet

Days = dict[date, int]
"""Articles published, by day."""


@dataclass(frozen=True, slots=True)
class Office:
    """How an office works: what its weekend is worth, how long it pauses around Tết, whether it keeps other holidays."""

    saturday: float
    sunday: float
    tet_before: int
    tet_after: int
    holidays: float
    leave: tuple[date, date] | None

    def open(self, day: date, draw: Random) -> bool:
        """Whether anybody publishes on this day."""
        if self.leave is not None and self.leave[0] <= day <= self.leave[1]:
            return False
        if _near_tet(day, self.tet_before, self.tet_after):
            return draw.random() < 0.03
        if activity(day) == HOLIDAY and draw.random() > self.holidays:
            return False
        weekend = {5: self.saturday, 6: self.sunday}.get(day.weekday(), 1.0)
        return draw.random() < weekend


def _near_tet(day: date, before: int, after: int) -> bool:
    first = tet(day.year)
    return first is not None and -before <= (day - first).days <= after


def steady(draw: Random, days: list[date], office: Office) -> Days:
    """News on most working days, some a day, more at month's ends."""
    rate, share = draw.uniform(1.0, 3.0), draw.uniform(0.7, 0.97)
    return {
        day: 1 + _poisson(draw, rate - 1 + 0.5 * (day.day > 25))
        for day in days
        if office.open(day, draw) and draw.random() < share
    }  # fmt: skip


def some_days(draw: Random, days: list[date], office: Office) -> Days:
    """Two to four days a week, some weekdays rather than others."""
    liking = [draw.choice((0.15, 0.4, 0.8)) for _ in range(7)]
    return {
        day: 1 + _poisson(draw, 0.4) for day in days if office.open(day, draw) and draw.random() < liking[day.weekday()]
    }


def bursts(draw: Random, days: list[date], office: Office) -> Days:
    """Campaigns: some days of much news, then nothing for a while; both of Pareto length."""
    found: Days = {}
    busy, left = True, 5.0
    for day in days:
        left -= 1
        if left <= 0:
            busy = not busy
            left = draw.paretovariate(1.6) * (2.5 if busy else 2.0)
            left = min(left, 25.0 if busy else 40.0)
        if busy and office.open(day, draw) and draw.random() < 0.75:
            found[day] = 1 + _poisson(draw, 1.5)
    return found


def waiting(draw: Random, days: list[date], office: Office) -> Days:
    """One article, then a wait of Lomax length: mostly days, at times weeks."""
    shape, scale = draw.uniform(2.2, 3.5), draw.uniform(3.0, 9.0)
    return _renewal(draw, days, office, lambda: scale * (draw.paretovariate(shape) - 1))


def sparse(draw: Random, days: list[date], office: Office) -> Days:
    """About one article a month, at uneven intervals."""
    mean = draw.uniform(15, 32)
    return _renewal(draw, days, office, lambda: mean * draw.weibullvariate(1.0, 1.3) / 0.92)


def seasonal(draw: Random, days: list[date], office: Office) -> Days:
    """Busy in some months, drowsy in summer and before the new year."""
    top, low = draw.randrange(12), draw.uniform(0.12, 0.35)
    found: Days = {}
    for day in days:
        wave = low + (0.9 - low) * (0.5 + 0.5 * math.cos(2 * math.pi * (day.month - 1 - top) / 12))
        if office.open(day, draw) and draw.random() < wave:
            found[day] = 1 + _poisson(draw, wave)
    return found


def drifting(draw: Random, days: list[date], office: Office) -> Days:
    """A mood that wanders: zealous, tired, a new editor."""
    mood, found = draw.uniform(-0.5, 1.0), Days()
    for day in days:
        mood = max(-1.6, min(2.0, mood + draw.gauss(0, 0.06)))
        if office.open(day, draw) and draw.random() < 1 / (1 + math.exp(-mood)):
            found[day] = 1 + _poisson(draw, 0.5)
    return found


def exciting(draw: Random, days: list[date], office: Office) -> Days:
    """News begets news: each day with some makes the next ones likelier."""
    heat, found = 0.5, Days()
    for day in days:
        heat = 0.18 + 0.82 * (heat - 0.18)
        if office.open(day, draw) and draw.random() < min(0.95, heat):
            found[day] = 1 + _poisson(draw, 2 * heat)
            heat += 0.16
    return found


RHYTHMS: Mapping[str, tuple[Callable[[Random, list[date], Office], Days], int]] = {
    "steady": (steady, 4), "some-days": (some_days, 4), "bursts": (bursts, 3), "waiting": (waiting, 3),
    "sparse": (sparse, 2), "seasonal": (seasonal, 2), "drifting": (drifting, 2), "exciting": (exciting, 2),
}  # fmt: skip
"""Processes by name, and how many portals of twenty-two have each."""


def office(draw: Random, first: date, last: date) -> Office:
    """An office as there are: most rest at weekends, some have an editor who takes leave once in the year."""
    leave = None
    if draw.random() < 0.3:
        began = first + timedelta(days=draw.randrange((last - first).days))
        leave = (began, began + timedelta(days=draw.randrange(4, 10)))
    return Office(
        saturday=draw.choice((0.0, 0.05, 0.3, 0.7)), sunday=draw.choice((0.0, 0.02, 0.1, 0.5)), tet_before=draw.randrange(1, 6),
        tet_after=draw.randrange(4, 12), holidays=draw.choice((0.05, 0.2, 0.6)), leave=leave,
    )  # fmt: skip


def span(first: date, last: date) -> list[date]:
    """All days from the first to the last."""
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def _renewal(draw: Random, days: list[date], place: Office, wait: Callable[[], float]) -> Days:
    found: Days = {}
    left = wait()
    for day in days:
        left -= 1
        if left <= 0 and place.open(day, draw):
            found[day] = 1 + (draw.random() < 0.15)
            left = max(1.0, wait())
    return found


def _poisson(draw: Random, mean: float) -> int:
    limit, product, count = math.exp(-max(0.0, mean)), draw.random(), 0
    while product > limit:
        product *= draw.random()
        count += 1
    return count


def shuffled(draw: Random) -> Iterator[str]:
    """Names of rhythms without end, as often as they should be."""
    names = [name for name, (_, share) in RHYTHMS.items() for _ in range(share)]
    while True:
        draw.shuffle(names)
        yield from names
