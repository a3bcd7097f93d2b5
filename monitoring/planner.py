"""What is due at this moment and was not done yet: the pure decisions of `nights` and `polling` over the ledger of runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitoring import nights, polling
from monitoring.nights import Hours, Job, Line, Plan, Slot
from storage import runs
from storage.engine import Database
from storage.records import Portal, Visit

LATE = timedelta(hours=24)
"""How late a portal with times of its own is visited the first time, when they are new."""

DYING = ("dissolved", "moved")
"""States of portals (`portal_state`) whose pages may be gone tomorrow: they are visited before all others."""


@dataclass(frozen=True, slots=True)
class Planner:
    """Says what is due at this moment and was not done yet, from the present list of portals and the ledger of runs.

    `portals` gives the list at each call, `now` the time; `nightly` is the schedule of portals without one of their own. Each
    turn begins late by a part of `jitter`, which `salt` (the archive's id) makes another one for each archive.
    """

    db: Database
    portals: Callable[[], Sequence[Portal]]
    nightly: str
    night: Hours
    batch: int
    now: Callable[[], datetime]
    jobs: tuple[Job, ...] = ()
    jitter: timedelta = timedelta(0)
    salt: str = ""

    def plan(self) -> Plan | None:
        """What is due at this moment and was not done yet, or None. What went by is recorded as missed.

        A run that was killed, stopped or failed has not done its slots: they are due again while their turn lasts.
        """
        now, portals = self.now(), self._current()
        slots = self._open(now, self._lines(portals))
        wanted = {slot.schedule for slot in slots}
        asked = [portal for portal in portals if (portal.cron or self.nightly) in wanted]
        if not slots:
            return self._newcomers(now, portals)
        past = runs.past_visits(self.db, since=now - polling.LOOK_BACK)
        asked = self._without_served(asked, slots, past)
        resting = tuple(portal.id for portal in asked if polling.rests(past.get(portal.id, ()), now))
        chosen = self._in_order([portal for portal in asked if portal.id not in resting], past)
        if not chosen:
            runs.settle_slots(self.db, done=_keys(slots))
            return None
        until = nights.closing(now, self.night) if self.nightly in wanted else None
        return Plan(slots, nights.plan_batches(chosen, size=self.batch), until, resting)

    def due_job(self) -> tuple[Job, Slot] | None:
        """The first job that is due and was not done yet. What is told of jobs that are no more is over."""
        runs.close_alerts_of_jobs(self.db, but=[job.key for job in self.jobs], now=self.now())
        slots = {slot.schedule: slot for slot in self._open(self.now(), [Line(job.key, job.cron) for job in self.jobs])}
        return next(((job, slots[job.key]) for job in self.jobs if job.key in slots), None)

    def still_due(self, plan: Plan) -> bool:
        """Whether nobody has done all of the plan's slots (or visited its newcomers) since it was made."""
        if not plan.slots:
            return not {portal.id for batch in plan.batches for portal in batch} <= runs.visited_portals(self.db)
        return bool(runs.open_slots(self.db, _keys(plan.slots)))

    def lines(self) -> list[Line]:
        """The whole timetable, the nightly line first."""
        return [*self._lines(self._current()), *(Line(job.key, job.cron) for job in self.jobs)]

    def _open(self, now: datetime, lines: Sequence[Line]) -> tuple[Slot, ...]:
        keys = [line.key for line in lines]
        known = runs.newest_slots(self.db, keys, until=now)
        judged = nights.judge(now, lines, known, jitter=self.jitter, salt=self.salt)
        left = [slot for slot in runs.begun_slots(self.db, keys, until=now) if Slot(*slot) not in judged.due]
        missed = [*left, *runs.open_slots(self.db, _keys(judged.missed), but=("done", "missed", "started"))]
        runs.settle_slots(self.db, missed=missed, done=_keys(judged.before))
        return tuple(Slot(*key) for key in runs.open_slots(self.db, _keys(judged.due)))

    def _newcomers(self, now: datetime, portals: Sequence[Portal]) -> Plan | None:
        """Portals that came into the list after tonight's turn was done: they need not wait for tomorrow's."""
        [line] = self._lines([])
        known = runs.newest_slots(self.db, [line.key], until=now)
        if not nights.judge(now, [line], known, jitter=self.jitter, salt=self.salt).due:
            return None
        visited = runs.visited_portals(self.db)
        new = [one for one in portals if one.cron in ("", self.nightly) and one.id not in visited]
        if not new:
            return None
        return Plan((), nights.plan_batches(new, size=self.batch), nights.closing(now, self.night))

    def _without_served(
        self, portals: Sequence[Portal], slots: Sequence[Slot], past: Mapping[str, Sequence[Visit]]
    ) -> list[Portal]:
        """Portals without those that had this turn under other times: `schedule` or their `cron` was changed behind it."""
        now, due = self.now(), {slot.schedule: slot for slot in slots}
        lines = runs.lines_of_runs(self.db, since=now - polling.SAME_TURN)

        def served(portal: Portal) -> bool:
            slot, visits = due[portal.cron or self.nightly], past.get(portal.id, ())
            return polling.was_served(visits, lines, slot.schedule, within=nights.spacing(slot) / 2, now=now)

        return [portal for portal in portals if not served(portal)]

    def _in_order(self, portals: Sequence[Portal], past: Mapping[str, Sequence[Visit]]) -> list[Portal]:
        dying = {portal for portal, state in runs.standings(self.db).items() if state in DYING}
        unreached = {portal.id for portal in portals if polling.was_not_reached(past.get(portal.id, ()))}
        return nights.in_order(portals, dying=dying, unreached=unreached)

    def _current(self) -> list[Portal]:
        return [portal for portal in self.portals() if portal.enabled and not portal.retired]

    def _lines(self, portals: Iterable[Portal]) -> list[Line]:
        own = dict.fromkeys(portal.cron for portal in portals if portal.cron and portal.cron != self.nightly)
        return [Line(self.nightly, self.nightly, self.night), *(Line(cron, cron, late=LATE) for cron in own)]


def _keys(slots: Iterable[Slot]) -> list[runs.SlotKey]:
    return [(slot.schedule, slot.due_at) for slot in slots]
