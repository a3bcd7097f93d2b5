"""When portals are visited: the nightly schedule, one leader, and batches for a runner.

What is due is decided from the slots in the database, never from the memory of this process: APScheduler only wakes it up.
Configuration and runner are handed in; `python scheduler.py` is `phuongchi schedule`.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from storage import runs
from storage.engine import Database
from storage.errors import Held, PhuongChiError
from storage.records import Portal
from storage.text import VIETNAM

LOOK_BACK = timedelta(hours=24)
"""How late a portal with times of its own may still be visited after an outage."""

RETRY = timedelta(minutes=10)
"""How long the service waits after a run that failed, before it goes on with it."""

LOOK_EVERY = 60.0
"""Seconds between two looks at what is due, beside the planned instants: late starts, a changed list, a busy archive."""

Hours = tuple[time, time]


@dataclass(frozen=True, slots=True)
class Slot:
    """One planned instant of one schedule (its cron fields): the unit that is done once."""

    schedule: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """One night's work: the slots it fulfils, portals in batches, and when it must end (None: no limit)."""

    slots: tuple[Slot, ...]
    batches: tuple[tuple[Portal, ...], ...]
    until: datetime | None


class Runner(Protocol):
    """Whoever carries out plans."""

    async def night(self, plan: Plan, still_due: Callable[[], bool]) -> int:
        """Carry out a plan if `still_due`, called while the archive is held, says so; returns the exit code.

        The run claims the plan's slots when it begins and marks them done when it comes to its end (`storage.runs`).
        """
        ...

    def stop(self) -> None:
        """End what is running: in order the first time, at once the second."""
        ...


# --- decisions: pure ------------------------------------------------------------------------------------------------


def due_slots(now: datetime, schedules: Iterable[str], *, nightly: str, night: Hours) -> tuple[Slot, ...]:
    """The last planned instant of each schedule, if it is due at `now`.

    The `nightly` schedule is due only inside the hours of `night`, and only for an instant of this very night; the others,
    which portals have of their own, by day too and up to LOOK_BACK late. Missed instants are never made up one by one.
    """
    slots = []
    for schedule in dict.fromkeys(schedules):
        since = now - LOOK_BACK
        if schedule == nightly:
            opened = opening(now, night)
            if opened is None:
                continue
            since = opened
        planned = last_planned(schedule, since, now)
        if planned is not None:
            slots.append(Slot(schedule, planned))
    return tuple(slots)


def opening(now: datetime, night: Hours) -> datetime | None:
    """When the night that `now` lies in began; None outside of it. Equal hours mean that it is always night."""
    opens, closes = night
    local = now.astimezone(VIETNAM)
    if opens == closes:
        return now - LOOK_BACK
    began = local.replace(hour=opens.hour, minute=opens.minute, second=0, microsecond=0)
    if began > local:
        began -= timedelta(days=1)
    return began.astimezone(UTC) if local < _next(began, closes) else None


def closing(now: datetime, night: Hours) -> datetime | None:
    """When the night that `now` lies in ends; None outside of it, and when it is always night."""
    if night[0] == night[1] or opening(now, night) is None:
        return None
    return _next(now.astimezone(VIETNAM), night[1]).astimezone(UTC)


def last_planned(schedule: str, since: datetime, now: datetime) -> datetime | None:
    """The last instant of a schedule in `since <= instant <= now`, both ends included."""
    trigger = make_trigger(schedule)
    found: datetime | None = None
    instant: datetime | None = trigger.get_next_fire_time(None, since)
    while instant is not None and instant <= now:
        found = instant
        instant = trigger.get_next_fire_time(found, found + timedelta(seconds=1))
    return found.astimezone(UTC) if found else None


def plan_batches(portals: Sequence[Portal], *, size: int) -> tuple[tuple[Portal, ...], ...]:
    """Portals in batches of at most `size`; those of one server stay together as far as one batch can hold them.

    A portal's server is the one that answered last, else its host; nobody asks DNS here. That matters for speed alone: a
    runner carries out batches one after another, and inside a batch the crawl child (`crawler.fetch.names`) makes portals of
    one server share its pace, unknown ones by DNS before their first request. The order of the portals is kept inside a
    server and between servers.
    """
    groups: dict[str, list[Portal]] = {}
    for portal in portals:
        groups.setdefault(portal.server or urlsplit(portal.url).netloc, []).append(portal)
    batches: list[list[Portal]] = []
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
    return tuple(tuple(batch) for batch in batches)


def make_trigger(schedule: str) -> Any:
    """APScheduler's trigger of five cron fields in Vietnamese time."""
    from apscheduler.triggers.cron import CronTrigger

    return CronTrigger.from_crontab(schedule, timezone=VIETNAM)


def _next(after: datetime, hour: time) -> datetime:
    instant = after.replace(hour=hour.hour, minute=hour.minute, second=0, microsecond=0)
    return instant if instant > after else instant + timedelta(days=1)


# --- what is due ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Planner:
    """Says what is due at this moment and was not done yet, from the present list of portals and the ledger of runs.

    `portals` gives the list at each call, `now` the time; `nightly` is the schedule of portals without one of their own.
    """

    db: Database
    portals: Callable[[], Sequence[Portal]]
    nightly: str
    night: Hours
    batch: int
    now: Callable[[], datetime]

    def plan(self) -> Plan | None:
        """What is due at this moment and was not done yet, or None.

        A run that was killed, stopped or failed has not done its slots: they are due again while their time lasts.
        """
        now, portals = self.now(), self._current()
        due = due_slots(now, self._schedules(portals), nightly=self.nightly, night=self.night)
        slots = tuple(Slot(*key) for key in runs.open_slots(self.db, [(slot.schedule, slot.due_at) for slot in due]))
        wanted = {slot.schedule for slot in slots}
        chosen = [portal for portal in portals if (portal.cron or self.nightly) in wanted]
        if not chosen:
            return None
        until = closing(now, self.night) if self.nightly in wanted else None
        return Plan(slots, plan_batches(chosen, size=self.batch), until)

    def still_due(self, plan: Plan) -> bool:
        """Whether nobody has done all of the plan's slots since it was made."""
        return bool(runs.open_slots(self.db, [(slot.schedule, slot.due_at) for slot in plan.slots]))

    def schedules(self) -> list[str]:
        """The cron fields of all schedules there are, the nightly one first."""
        return self._schedules(self._current())

    def _current(self) -> list[Portal]:
        return [portal for portal in self.portals() if portal.enabled and not portal.retired]

    def _schedules(self, portals: Iterable[Portal]) -> list[str]:
        return list(dict.fromkeys([self.nightly, *(portal.cron for portal in portals if portal.cron)]))


# --- the service ----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Schedule:
    """Wakes up at planned instants and hands what the planner says to the runner; one per archive.

    `folder` is the archive's, `say` takes lines for the log.
    """

    planner: Planner
    folder: Path
    runner: Runner
    say: Callable[[str], None]
    look_every: float = LOOK_EVERY
    code: int = 0
    _failed_at: datetime | None = None
    _stopped: asyncio.Event | None = None
    _turn: asyncio.Lock | None = None

    async def serve(self) -> int:
        """Serve until `stop`. Raises Held when another scheduler leads this archive; returns 9 if a run was cut short."""
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        self._stopped, self._turn = asyncio.Event(), asyncio.Lock()
        with runs.hold(self.planner.db, self.folder, what="schedule"):
            waker = AsyncIOScheduler(
                timezone=VIETNAM, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
            )
            for schedule in self.planner.schedules():
                waker.add_job(self.look, make_trigger(schedule), id=schedule)
            waker.add_job(self.look, "interval", seconds=self.look_every, id="look", next_run_time=datetime.now(UTC))
            waker.start()
            try:
                await self._stopped.wait()
            finally:
                waker.pause()
                async with self._turn:
                    pass  # a run that is ending in order is waited for: shutting down first would cancel it
                waker.shutdown(wait=False)
        return 9 if self.code == 9 else 0

    def stop(self) -> None:
        """End the service; a run under way ends in order at the first call and at once at the second."""
        self.runner.stop()
        if self._stopped is not None:
            self._stopped.set()

    async def look(self) -> None:
        """See what is due and have it done. Troubles are said and tried again at the next look."""
        assert self._turn is not None and self._stopped is not None
        if self._turn.locked():
            return
        async with self._turn:
            try:
                waits = self._failed_at is not None and self.planner.now() < self._failed_at + RETRY
                plan = None if waits or self._stopped.is_set() else self.planner.plan()
                if plan is None:
                    return
                self._failed_at = None
                self.code = await self.runner.night(plan, lambda: self.planner.still_due(plan))
            except PhuongChiError as error:
                self._failed_at = None if isinstance(error, Held) else self.planner.now()
                self.say(f"not now: {error}")


def main() -> None:
    """`python scheduler.py [-C DIR]` is `phuongchi schedule [-C DIR]`."""
    from phuongchi import cli

    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(cli.run(["schedule", *sys.argv[1:]]))


if __name__ == "__main__":
    main()
