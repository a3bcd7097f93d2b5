"""`schedule`: the nightly service. What is due is decided by `scheduler.py`; this hands it configuration and a runner."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

from phuongchi.commands.common import Session, command

if TYPE_CHECKING:
    from phuongchi.archive import Archive
    from phuongchi.runners import LocalRunner, Order
    from scheduler import Plan, Runner, Schedule
    from storage.engine import Database


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""

    @command(app, "schedule")
    def schedule(session: Session) -> int:
        """Visit all portals every night, until stopped. Thu thập hằng đêm."""
        from phuongchi.commands.crawl import check_manners
        from phuongchi.progress import RunProgress
        from phuongchi.runners import LocalRunner
        from phuongchi.runners.local import stop_on_signals

        archive = session.archive()
        portals = archive.portals()
        check_manners(archive, tuple(portal for portal in portals if portal.enabled))
        archive.check_writable()
        db = archive.connect()

        async def serve() -> int:
            nights = _Nights(archive, session, LocalRunner(archive, progress))
            service = make_schedule(archive, db, nights, session.voice.say)
            stop_on_signals(asyncio.get_running_loop(), service.stop)
            hour = archive.config.values["schedule"]
            session.voice.say(f"Lịch thu thập | Schedule: {hour} (Asia/Ho_Chi_Minh), {len(portals)} nguồn | portals")
            return await service.serve()

        try:
            with RunProgress(session.voice, [portal.id for portal in portals]) as progress:
                return asyncio.run(serve())
        finally:
            db.close()


def make_schedule(archive: Archive, db: Database, runner: Runner, say: Callable[[str], None]) -> Schedule:
    """The schedule of an archive, with its configuration as values."""
    from scheduler import LOOK_EVERY, Schedule

    config = archive.config
    return Schedule(
        db=db, folder=archive.folder, runner=runner, portals=archive.portals, nightly=config.schedule,
        night=(config.night.opens, config.night.closes), batch=config.fetch.batch, now=archive.clock.now, say=say,
        look_every=1.0 if archive.clock.simulated else LOOK_EVERY,
    )  # fmt: skip


def due_order(archive: Archive) -> Order | None:
    """What the schedule asks for at this moment and nobody has done yet, as an order."""
    db = archive.connect()
    service = make_schedule(archive, db, _Idle(), lambda line: None)
    plan = service.plan()
    if plan is None:
        db.close()
        return None
    return order_of(plan, lambda: service.still_due(plan))


def order_of(plan: Plan, still_due: Callable[[], bool]) -> Order:
    """A plan of the scheduler as an order for a runner."""
    from phuongchi.runners import Order

    slot = plan.slots[0].due_at if plan.slots else None
    slots = tuple((slot.schedule, slot.due_at) for slot in plan.slots)
    return Order(
        batches=plan.batches, kind="night", slot=slot, slots=slots, still_due=still_due, until=plan.until
    )  # fmt: skip


class _Nights:
    """The scheduler's runner on this machine."""

    def __init__(self, archive: Archive, session: Session, runner: LocalRunner) -> None:
        self._archive, self._session, self._runner = archive, session, runner

    async def night(self, plan: Plan, still_due: Callable[[], bool]) -> int:
        """Carry out one plan."""
        from phuongchi.commands.crawl import check_manners

        order = order_of(plan, still_due)
        check_manners(self._archive, order.portals)
        outcome = await self._runner.run(order)
        if outcome.run:
            self._session.voice.last_line(outcome.summary())
        return outcome.code

    def stop(self) -> None:
        """End what is running."""
        self._runner.stop()


class _Idle:
    """A runner for asking what is due without doing it."""

    async def night(self, plan: Plan, still_due: Callable[[], bool]) -> int:
        """Never called."""
        raise NotImplementedError

    def stop(self) -> None:
        """Nothing runs."""
