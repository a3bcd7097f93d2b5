"""`phuongchi worker`: takes batches from the queue, and carries each out with children of its own, as on one machine.

The ledger (`storage.batches`) decides whether a batch is this worker's; the queue only calls. When the database restarts, what
was under way ends and this waits for it; when this process dies, its children die with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from procrastinate.exceptions import ProcrastinateException

from phuongchi.archive import Archive
from phuongchi.clock import VARIABLE, Clock
from phuongchi.runners.crawling import PATIENCE
from phuongchi.runners.local import LocalRunner
from phuongchi.runners.order import Observer, Order
from phuongchi.runners.queue import HEARTBEAT, LEASE, QUEUE, BatchJob, app_of, prepare
from phuongchi.wire import unpack
from storage import batches, reader
from storage.engine import Database, Fence
from storage.errors import DatabaseError, Held, UsageError
from storage.upkeep import ledger

BEAT = 5.0
"""Seconds between two signs of life."""

PAUSES = (1.0, 30.0)
"""Seconds until a database that went away is asked again: at first, and at most."""


class NotCarriedOut(Exception):
    """A batch was left to others; the message says why."""


@dataclass(slots=True)
class Worker:
    """Carries out up to `concurrency` batches at a time, until `stop`; `say` takes lines for the log."""

    archive: Archive
    observer: Observer
    say: Callable[[str], None]
    concurrency: int
    _busy: dict[str, LocalRunner] = field(default_factory=dict)
    _stopping: bool = False
    _serving: asyncio.Task[None] | None = None

    async def serve(self) -> None:
        """Serve until told to stop. Raises UsageError when folder and database are not of one archive."""
        self._check()
        pause, limit = PAUSES
        while not self._stopping:
            started = time.monotonic()
            try:
                await self._serve()
            except (ProcrastinateException, DatabaseError, OSError) as error:
                if time.monotonic() - started > 2 * limit:
                    pause = PAUSES[0]
                self.say(
                    f"Mất kết nối cơ sở dữ liệu, thử lại | the database is away, trying again in {pause:g} s: {error}"
                )
                await asyncio.sleep(pause)
                pause = min(2 * pause, limit)

    def stop(self) -> None:
        """Take no more batches, and end those under way in order; at once the second time."""
        for runner in self._busy.values():
            runner.stop()
        if self._serving is not None and not self._stopping:
            self._serving.cancel()
        self._stopping = True

    async def carry_out(self, job: dict[str, Any]) -> None:
        """Carry out one batch. Raises NotCarriedOut and whatever kept it from its end: the queue then calls somebody else."""
        told = unpack(BatchJob, job)
        archive = self._archive_for(told)
        db = archive.connect()
        try:
            batch = batches.take(db, told.fence, told.name, ttl=LEASE)
            if batch is None:
                raise NotCarriedOut(f"{told.name} is another worker's")
            await self._visit(archive, db, told, batch)
        finally:
            db.close()

    # --- one batch --------------------------------------------------------------------------------------------------

    async def _visit(self, archive: Archive, db: Database, told: BatchJob, batch: Fence) -> None:
        self.say(f"{told.name}: {len(told.portals)} nguồn | portals")
        runner = self._busy[told.name] = LocalRunner(archive, self.observer)
        beat = asyncio.create_task(self._keep(db, told, batch, runner))
        order = Order(
            batches=(told.portals,), kind=told.kind, full=told.full, since=told.since, max_pages=told.max_pages,
            read=told.read,
        )  # fmt: skip
        try:
            archive.check_writable()
            await runner.work(order, db, told.fence, told.run)
        finally:
            beat.cancel()
            del self._busy[told.name]
            await asyncio.gather(beat, return_exceptions=True)
            with contextlib.suppress(DatabaseError):
                batches.give_back(db, batch, untried=bool(runner.ending))
        if runner.ending:
            raise NotCarriedOut(f"{told.name} was ended before its time")
        self.say(f"{told.name}: xong | done")

    async def _keep(self, db: Database, told: BatchJob, batch: Fence, runner: LocalRunner) -> None:
        """Give signs of life. When they are not heard for long, or nobody wants them, the children are killed."""
        heard = time.monotonic()
        while True:
            await asyncio.sleep(BEAT)
            try:
                if not await asyncio.to_thread(batches.keep, db, told.fence, batch, ttl=LEASE) and not runner.ending:
                    runner.stop()
                heard = time.monotonic()
            except Held:
                runner.stop()
                runner.stop()
                return
            except DatabaseError:
                if time.monotonic() - heard > LEASE - 4 * BEAT:
                    runner.stop()
                    runner.stop()
                    return

    def _archive_for(self, told: BatchJob) -> Archive:
        """The archive as a batch sees it: one crawl child, its share of readers, and the run's time."""
        config = self.archive.config
        readers = max((config.read.processes or os.cpu_count() or 1) // self.concurrency, 1)
        config = replace(config, fetch=replace(config.fetch, processes=1), read=replace(config.read, processes=readers))
        clock = Clock.read({VARIABLE: told.now} if told.now else {})
        return replace(self.archive, config=config, clock=clock)

    # --- the queue --------------------------------------------------------------------------------------------------

    async def _serve(self) -> None:
        """Take batches until told to stop. Raises what the connection to the queue dies of."""
        db = await asyncio.to_thread(self.archive.connect)
        try:
            prepare(db, renew=False)
        finally:
            db.close()
        app = app_of(self.archive, self.carry_out, connections=self.concurrency + 4)
        async with app.open_async():
            if self._stopping:
                return
            self.say(f"Chờ việc | waiting for batches, {self.concurrency} at a time")
            self._serving = asyncio.create_task(self._run(app.run_worker_async))
            try:
                await self._serving
            except asyncio.CancelledError:
                if not self._stopping:
                    raise
            finally:
                for runner in self._busy.values():
                    runner.stop()
                    runner.stop()

    async def _run(self, run_worker: Callable[..., Any]) -> None:
        await run_worker(
            queues=[QUEUE], concurrency=self.concurrency, install_signal_handlers=False, fetch_job_polling_interval=5.0,
            update_heartbeat_interval=HEARTBEAT, stalled_worker_timeout=LEASE, shutdown_graceful_timeout=PATIENCE + BEAT,
        )  # fmt: skip

    def _check(self) -> None:
        """Raise UsageError unless the folder is that of the archive in the database: it may not be mounted."""
        self.archive.check_writable()
        db = self.archive.connect(readonly=True)
        try:
            known = reader.about(db).id
        finally:
            db.close()
        noted = [line.facts.get("id") for line in ledger.read(self.archive.folder) if line.what == "archive"]
        if noted and known not in noted:
            raise UsageError(
                f"{self.archive.folder} and the database are of two archives",
                cure="Mount the archive's own folder here",
            )


class Lines:
    """An observer that nobody looks at: what happened stands in the ledger."""

    def event(self, event: Mapping[str, Any]) -> None:
        """Nothing."""
