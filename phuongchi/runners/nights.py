"""The scheduler's nights and jobs on this machine: what is due as an order for the local runner, or as a command."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from monitoring.nights import Job, Plan
from monitoring.planner import Planner
from phuongchi.archive import Archive
from phuongchi.portals.choice import check_manners
from phuongchi.runners import LocalRunner, runner_of
from phuongchi.runners.child import Child
from phuongchi.runners.jobs import PortalList, jobs_of
from phuongchi.runners.local import with_facts
from phuongchi.runners.order import Observer, Order
from phuongchi.telling import Herald
from phuongchi.wire import pack
from scheduler import LOOK_EVERY, Schedule
from storage.engine import Database
from storage.records import Portal


def planner_of(archive: Archive, db: Database, portals: Callable[[], Sequence[Portal]] | None = None) -> Planner:
    """The planner of an archive, with its configuration as values; `portals` gives another list than the file's."""
    from storage import reader

    config, listed = archive.config, portals or archive.portals
    return Planner(
        db=db, portals=lambda: with_facts(listed(), db), nightly=config.schedule,
        night=(config.night.opens, config.night.closes), batch=config.fetch.batch, now=archive.clock.now,
        jobs=jobs_of(archive), jitter=timedelta(seconds=int(config.values["jitter"])), salt=reader.about(db).id,
    )  # fmt: skip


def schedule_of(
    archive: Archive,
    db: Database,
    observer: Observer,
    *,
    say: Callable[[str], None],
    ended: Callable[[Mapping[str, Any]], None],
    standby: bool = True,
) -> Schedule:
    """The nightly service of an archive; `say` takes lines for the log, `ended` the summary of each run.

    Raises UsageError when the list of portals cannot be used at the start; later on the last good one stays.
    """
    every = 1.0 if archive.clock.simulated else LOOK_EVERY
    portals = PortalList(archive, say)
    runner = runner_of(archive, observer, portals=portals)
    planner = planner_of(archive, db, portals)
    return Schedule(
        planner,
        archive.folder,
        Nights(archive, runner, ended, Herald(archive, say)),
        say,
        look_every=every,
        standby=standby,
    )


def due_order(archive: Archive, db: Database) -> Order | None:
    """What the schedule asks for at this moment and nobody has done yet, as an order; `db` stays in use with it."""
    planner = planner_of(archive, db)
    plan = planner.plan()
    return order_of(plan, lambda: planner.still_due(plan)) if plan is not None else None


def order_of(plan: Plan, still_due: Callable[[], bool]) -> Order:
    """A plan of the scheduler as an order for a runner."""
    slot = plan.slots[0].due_at if plan.slots else None
    slots = tuple((slot.schedule, slot.due_at) for slot in plan.slots)
    return Order(
        batches=plan.batches, kind="night", slot=slot, slots=slots, still_due=still_due, until=plan.until
    )  # fmt: skip


class Nights:
    """The scheduler's runner on this machine."""

    def __init__(
        self, archive: Archive, runner: LocalRunner, ended: Callable[[Mapping[str, Any]], None], herald: Herald
    ) -> None:
        self._archive, self._runner, self._ended, self._herald = archive, runner, ended, herald
        self._child: Child | None = None
        self._told = False

    async def night(self, plan: Plan, still_due: Callable[[], bool]) -> int:
        """Carry out one plan, and tell of it."""
        order = replace(order_of(plan, still_due), begun=self._herald.began)
        try:
            check_manners(self._archive, order.portals)
            outcome = await self._runner.run(order)
        except Exception as error:
            await asyncio.to_thread(self._herald.failed, error)
            raise
        if outcome.run:
            self._ended(outcome.summary())
            nightly = any(slot.schedule == self._archive.config.schedule for slot in plan.slots)
            await asyncio.to_thread(self._herald.ended, outcome, nightly=nightly)
        return outcome.code

    async def job(self, job: Job) -> tuple[int, str]:
        """Do one job, in a process of its own."""
        from phuongchi.errands import CommandJob

        environment = self._archive.clock.environment()
        self._told = False
        self._child = await Child.start("job", environment=environment, on_event=lambda event: None)
        if self._told:
            self._child.signal(signal.SIGTERM)
        try:
            await self._child.send(pack(CommandJob(("-C", str(self._archive.folder), *job.arguments))))
            code = await self._child.wait()
            return code, " | ".join(list(self._child.tail)[-3:])
        finally:
            self._child.signal(signal.SIGKILL)
            self._child = None

    def stop(self) -> None:
        """End the run under way."""
        self._runner.stop()

    def stop_job(self) -> None:
        """End the job under way."""
        self._told = True
        if self._child is not None:
            self._child.signal(signal.SIGTERM)
