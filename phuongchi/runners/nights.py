"""The scheduler's nights on this machine: what is due as an order for the local runner."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from phuongchi.archive import Archive
from phuongchi.portals.choice import check_manners
from phuongchi.runners.local import LocalRunner
from phuongchi.runners.order import Order
from phuongchi.telling import Herald
from scheduler import LOOK_EVERY, Plan, Planner, Schedule
from storage.engine import Database


def planner_of(archive: Archive, db: Database) -> Planner:
    """The planner of an archive, with its configuration as values."""
    config = archive.config
    return Planner(
        db=db, portals=archive.portals, nightly=config.schedule, night=(config.night.opens, config.night.closes),
        batch=config.fetch.batch, now=archive.clock.now,
    )  # fmt: skip


def schedule_of(
    archive: Archive,
    db: Database,
    runner: LocalRunner,
    *,
    say: Callable[[str], None],
    ended: Callable[[Mapping[str, Any]], None],
) -> Schedule:
    """The nightly service of an archive; `say` takes lines for the log, `ended` the summary of each run."""
    every = 1.0 if archive.clock.simulated else LOOK_EVERY
    return Schedule(planner_of(archive, db), archive.folder, Nights(archive, runner, ended, Herald(archive, say)), say, every)


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

    async def night(self, plan: Plan, still_due: Callable[[], bool]) -> int:
        """Carry out one plan, and tell of it."""
        order = order_of(plan, still_due)
        await asyncio.to_thread(self._herald.began)
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

    def stop(self) -> None:
        """End what is running."""
        self._runner.stop()
