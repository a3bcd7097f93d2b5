"""What is due at an instant, what was missed, and who is visited first: pure decisions of the scheduler.

A timetable has lines: the nightly one, those of portals with times of their own, those of jobs. Each planned instant of a line
has its turn, from its beginning (a little late by the jitter; a nightly one inside the night) until its end (the night's; for
the others until the next one begins). The last turn that has begun is due until somebody has done it; what lies before it and
was not done is missed: several missed nights are made up by one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from storage.records import Portal
from storage.text import VIETNAM

Hours = tuple[time, time]
"""When a night opens and closes, in Vietnamese time; equal hours mean that it is always night."""

FIRST_LOOK = timedelta(days=8)
"""How far back a line is looked at that has no history yet."""

FURTHEST = timedelta(days=366)
"""How far back missed turns are recorded, and `MOST` of a line at a time."""
MOST = 400


@dataclass(frozen=True, slots=True)
class Slot:
    """One planned instant of one schedule (its cron fields, or `job:NAME`): the unit that is done once."""

    schedule: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timetable: `key` names it in the slots, `cron` are its five fields in Vietnamese time.

    With `hours` its turns lie inside a night. `late`: how long ago a turn may have begun that is due although the line has no
    history, because it is new.
    """

    key: str
    cron: str
    hours: Hours | None = None
    late: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Plan:
    """One night's work: the slots it fulfils, portals in batches, and when it must end (None: no limit).

    `resting` are failing portals that are left alone this time (`monitoring.polling`). Without slots it is for portals that
    nobody has visited yet.
    """

    slots: tuple[Slot, ...]
    batches: tuple[tuple[Portal, ...], ...]
    until: datetime | None
    resting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """Upkeep at times of its own: `cron` fields, and the `arguments` of the command that does it."""

    name: str
    cron: str
    arguments: tuple[str, ...]

    @property
    def key(self) -> str:
        """What its slots are called."""
        return f"job:{self.name}"


@dataclass(frozen=True, slots=True)
class Judged:
    """What holds at an instant: turns that are `due` (unless somebody has done them), those that were `missed` (likewise), and
    of lines without a history the turn `before` it begins."""

    due: tuple[Slot, ...] = ()
    missed: tuple[Slot, ...] = ()
    before: tuple[Slot, ...] = ()


def judge(
    now: datetime,
    lines: Iterable[Line],
    known: Mapping[str, datetime],
    *,
    jitter: timedelta = timedelta(0),
    salt: str = "",
) -> Judged:
    """What is due and what was missed at `now`.

    `known` is the newest planned instant of each line, not later than `now`, of which anything was recorded. `jitter` delays
    the beginning of each turn by a part of itself, always the same for the same turn and `salt`.
    """
    parts = [_judge(now, line, known.get(line.key), jitter, salt) for line in lines]
    return Judged(
        tuple(slot for part in parts for slot in part.due),
        tuple(slot for part in parts for slot in part.missed),
        tuple(slot for part in parts for slot in part.before),
    )


def _judge(now: datetime, line: Line, known: datetime | None, jitter: timedelta, salt: str) -> Judged:
    since = now - FIRST_LOOK if known is None else max(known, now - FURTHEST)
    begun = [
        slot
        for at in instants(line.cron, since, now)
        if turn(slot := Slot(line.key, at), line.hours, jitter=jitter, salt=salt)[0] <= now
    ]
    if not begun:
        return Judged()
    last = begun[-1]
    start, end = turn(last, line.hours, jitter=jitter, salt=salt)
    due = (end is None or now < end) and (known is not None or line.hours is not None or now - start <= line.late)
    if known is None:
        return Judged(due=(last,)) if due else Judged(before=(last,))
    missed = begun[:-1] if due else begun
    return Judged((last,) if due else (), tuple(missed[-MOST:]))


def turn(
    slot: Slot, hours: Hours | None, *, jitter: timedelta = timedelta(0), salt: str = ""
) -> tuple[datetime, datetime | None]:
    """When a slot's turn begins, and when it ends (None: with the next one's beginning).

    A nightly slot that is planned by day has its turn in the night after it; none is delayed out of its night.
    """
    wait = jitter * _share(f"{salt}|{slot.schedule}|{slot.due_at:%Y-%m-%dT%H:%M}") if jitter else jitter
    if hours is None or hours[0] == hours[1]:
        return slot.due_at + wait, None
    start = (
        slot.due_at if opening(slot.due_at, hours) else _next(slot.due_at.astimezone(VIETNAM), hours[0]).astimezone(UTC)
    )
    end = closing(start, hours)
    return (start + wait if end is None or start + wait < end else start), end


def opening(now: datetime, night: Hours) -> datetime | None:
    """When the night that `now` lies in began; None outside of it. Where it is always night, a day ago."""
    opens, closes = night
    if opens == closes:
        return now - timedelta(days=1)
    local = now.astimezone(VIETNAM)
    began = local.replace(hour=opens.hour, minute=opens.minute, second=0, microsecond=0)
    if began > local:
        began -= timedelta(days=1)
    return began.astimezone(UTC) if local < _next(began, closes) else None


def closing(now: datetime, night: Hours) -> datetime | None:
    """When the night that `now` lies in ends; None outside of it, and when it is always night."""
    if night[0] == night[1] or opening(now, night) is None:
        return None
    return _next(now.astimezone(VIETNAM), night[1]).astimezone(UTC)


def length(night: Hours) -> timedelta:
    """How long a night is; a day where it is always night."""
    seconds = (night[1].hour - night[0].hour) * 3600 + (night[1].minute - night[0].minute) * 60
    return timedelta(seconds=seconds % 86400 or 86400)


def instants(cron: str, since: datetime, until: datetime) -> Iterator[datetime]:
    """The planned instants in `since <= instant <= until`, both ends included."""
    trigger = make_trigger(cron)
    instant: datetime | None = trigger.get_next_fire_time(None, since)
    while instant is not None and instant <= until:
        yield instant.astimezone(UTC)
        instant = trigger.get_next_fire_time(instant, instant + timedelta(seconds=1))


def next_instant(cron: str, after: datetime) -> datetime | None:
    """The first planned instant behind an instant."""
    found: datetime | None = make_trigger(cron).get_next_fire_time(None, after + timedelta(seconds=1))
    return found.astimezone(UTC) if found else None


def spacing(slot: Slot) -> timedelta:
    """How long it is from a planned instant to the next one of its line, whose key is its cron fields."""
    after = next_instant(slot.schedule, slot.due_at)
    return after - slot.due_at if after is not None else timedelta.max


@lru_cache(maxsize=512)
def make_trigger(cron: str) -> Any:
    """APScheduler's trigger of five cron fields in Vietnamese time."""
    from apscheduler.triggers.cron import CronTrigger

    return CronTrigger.from_crontab(cron, timezone=VIETNAM)


def in_order(portals: Sequence[Portal], *, dying: Collection[str], unreached: Collection[str]) -> list[Portal]:
    """Portals in the order of their visits: what may be gone tomorrow, then what the last night did not come to."""

    def rank(portal: Portal) -> int:
        return 0 if portal.id in dying else 1 if portal.id in unreached else 2

    return sorted(portals, key=rank)


def plan_batches(portals: Sequence[Portal], *, size: int) -> tuple[tuple[Portal, ...], ...]:
    """Portals in batches of at most `size`; those of one server stay together as far as one batch can hold them.

    A portal's server is the one that answered last, else its host. What is too many for one batch follows in a later one. The
    order of the portals is kept inside a batch, and as far as servers allow between batches.
    """
    groups: dict[str, list[int]] = {}
    for place, portal in enumerate(portals):
        groups.setdefault(portal.server or urlsplit(portal.url).netloc, []).append(place)
    batches: list[list[int]] = []
    for group in groups.values():
        first = 0  # what is too many for one batch follows in a later one
        for start in range(0, len(group), size):
            piece = group[start : start + size]
            free = (at for at in range(first, len(batches)) if len(batches[at]) + len(piece) <= size)
            place = next(free, len(batches))
            if place == len(batches):
                batches.append([])
            batches[place] += piece
            first = place + 1
    return tuple(tuple(portals[place] for place in sorted(batch)) for batch in batches)


def _next(after: datetime, hour: time) -> datetime:
    instant = after.replace(hour=hour.hour, minute=hour.minute, second=0, microsecond=0)
    return instant if instant > after else instant + timedelta(days=1)


def _share(text: str) -> float:
    """A number from 0 to 1 that looks random and is always the same for a text."""
    return int.from_bytes(sha256(text.encode()).digest()[:6]) / 2**48
