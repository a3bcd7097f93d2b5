"""Runs whose batches are carried out by `phuongchi worker`, on as many machines as there are.

What is done before and after the batches is `LocalRunner`'s. Between them this looks at the ledger: a batch is done when its
worker says so and its visits have ended. One whose worker is gone is given to another one, three times if it does not get on.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from procrastinate import App
from procrastinate.exceptions import ConnectorException

from phuongchi.runners.bookkeeping import OPEN
from phuongchi.runners.local import LocalRunner, with_facts
from phuongchi.runners.order import Order
from phuongchi.runners.queue import HEARTBEAT, LEASE, QUEUE, TASK, BatchJob, app_of, prepare
from phuongchi.runners.servers import servers_of, together
from phuongchi.wire import pack
from storage import batches, runs
from storage.batches import Standing
from storage.errors import DatabaseError
from storage.records import Portal

if TYPE_CHECKING:
    from storage.engine import Database, Fence

TRIES = 3
"""How often a batch is given to a worker without getting on."""

PIECES = 16
"""Batches that a run is cut into, if it is large enough: so many workers can share it."""

EXPECTED = 2
"""Workers that a run is cut for while none waits: it may have begun before them."""

GRACE = 30.0
"""Seconds in which a worker that was called must have taken the batch."""

REST = 10.0
"""Seconds until a batch that failed is tried again, more each time."""

PAUSE = 0.5
"""Seconds between two looks at the ledger."""

OUTAGE = 900.0
"""Seconds that a database may be away before a run is given up."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Piece:
    """One batch: its lease, portals, and the lock that it shares with others that ask the same servers."""

    name: str
    portals: tuple[Portal, ...]
    lock: str
    job: int = 0
    called: float | None = None
    asked: int = 0

    @property
    def ids(self) -> list[str]:
        """Its portals."""
        return [portal.id for portal in self.portals]


def batch_size(portals: int, *, most: int, active: int, workers: int) -> int:
    """How many portals a batch holds: `most` at most, as many as keep all `active` places busy, and a multiple of these.

    Then so many fewer that all `workers` have equally many batches of one size: at the end nobody waits for another one's last.
    """
    full = min(most, max(active, portals // PIECES // active * active))
    rounds = math.ceil(portals / (full * workers))
    return math.ceil(portals / max(rounds * workers, 1)) or 1


class QueueRunner(LocalRunner):
    """Runs orders for one archive through the queue in its PostgreSQL database."""

    async def _ready(self, db: Database) -> None:
        """Wait until no worker is busy with a batch of before: each of them learns that the run is ours now."""
        prepare(db, renew=True)
        while any(standing.living for standing in batches.standings(db).values()):
            await asyncio.sleep(PAUSE)
        batches.clear_queue(db)
        batches.forget(db)

    async def work(self, order: Order, db: Database, fence: Fence, run: int) -> Mapping[str, int]:
        """Have the batches carried out; returns the verdicts of readers by kind. Files that dead workers left are closed."""
        from crawler.fetch.repair import repair

        first = batches.last_entry(db)
        pieces = await self._pieces(order.portals, db, run)
        app = app_of(self._archive)
        async with app.open_async():
            await _Supervision(self, app, order, db, fence, run, pieces).run()
        batches.clear_queue(db, idle=True)  # a worker may be about to say that it is done
        batches.forget(db)
        repair(db, self._archive.folder, fence, now=self._archive.clock.now())
        return batches.verdicts(db, after=first)

    def stop(self) -> None:
        """End what is running: workers are told by the ledger."""
        self._ending = "stopped"

    def is_ending(self, until: datetime | None) -> bool:
        """Whether the run is to end, because of `stop` or because its hours are over."""
        if until is not None and self._archive.clock.now() >= until:
            self._ending = self._ending or "limit"
        return bool(self._ending)

    async def _pieces(self, portals: Sequence[Portal], db: Database, run: int) -> list[Piece]:
        """The portals in batches; those that may ask one server share a lock."""
        from monitoring.nights import plan_batches

        fetch, plain = self._archive.config.fetch, {portal.id: portal for portal in portals}
        known = with_facts(portals, db)
        marked = together(known, await servers_of(known))
        waiting = batches.workers(db, silence=3 * HEARTBEAT) or EXPECTED
        size = batch_size(len(portals), most=fetch.batch, active=fetch.active, workers=waiting)
        locks: dict[str, str] = {}
        pieces: list[Piece] = []
        for number, batch in enumerate(plan_batches(marked, size=size)):
            name = batches.name_of(run, number)
            shared = sorted({locks[portal.server] for portal in batch if portal.server in locks})
            lock = shared[0] if shared else name
            locks = {server: lock if old in shared else old for server, old in locks.items()}
            for piece in pieces:
                piece.lock = lock if piece.lock in shared else piece.lock
            locks.update({portal.server: lock for portal in batch})
            pieces.append(Piece(name, tuple(plain[portal.id] for portal in batch), lock))
        return pieces

    def job_of(self, piece: Piece, order: Order, fence: Fence, run: int) -> BatchJob:
        """What a worker is told."""
        clock = self._archive.clock
        return BatchJob(
            name=piece.name, run=run, fence=fence, portals=piece.portals, kind=order.kind, full=order.full,
            since=order.since, max_pages=order.max_pages, read=order.read,
            now=clock.now().isoformat() if clock.simulated else "",
        )  # fmt: skip

    def say(self, event: Mapping[str, object]) -> None:
        """Tell the observer."""
        self._hear(event)

    def ended(self, db: Database, fence: Fence, run: int, portal: str, why: str) -> None:
        """End the visit of a portal whose batch no worker survived."""
        now = self._archive.clock.now()
        runs.end_visit(db, fence, run, portal, state="failed", cause="crash", detail=why, counts={}, now=now)


@dataclass(slots=True)
class _Supervision:
    """Looks after the batches of one run until all are done, or until the run is to end."""

    runner: QueueRunner
    app: App
    order: Order
    db: Database
    fence: Fence
    number: int
    left: list[Piece]
    told: set[str] = field(default_factory=set)
    stopping: bool = False
    _alone_since: float = field(default_factory=time.monotonic)
    _said: bool = False

    async def run(self) -> None:
        """Look again and again. A database that is away for a while is waited for."""
        away: float | None = None
        while self.left:
            try:
                if await self._look():
                    return
                away = None
            except (DatabaseError, ConnectorException) as error:
                away = away or time.monotonic()
                if time.monotonic() - away > OUTAGE:
                    raise
                _log.warning("the queue waits for its database: %s", error)
            await asyncio.sleep(PAUSE)

    async def _look(self) -> bool:
        """One look; True when the run is to end and no worker is busy any more."""
        runs.check(self.db, self.fence)
        standings = batches.standings(self.db, self.number)
        if self.runner.is_ending(self.order.until):
            if not self.stopping:
                batches.clear_queue(self.db, idle=True)
                batches.stop(self.db, self.number)
                self.stopping = True
            return not any(standing.living for standing in standings.values())
        states = batches.jobs(self.db, [piece.job for piece in self.left])
        still = self._still_open()
        for piece in list(self.left):
            await self._see(piece, states.get(piece.job, ""), standings.get(piece.name), still)
        self._warn(states)
        return False

    def _still_open(self) -> set[str]:
        """Portals whose visits have not ended; those that did since the last look are told of."""
        visits = runs.visits(self.db, self.number)
        for visit in visits:
            if visit.state not in OPEN and visit.portal not in self.told:
                self.told.add(visit.portal)
                self.runner.say(
                    {"event": "visit", "portal": visit.portal, "state": visit.state, "cause": visit.cause,
                     "detail": visit.detail, "counts": visit.counts}
                )  # fmt: skip
        return {visit.portal for visit in visits if visit.state in OPEN}

    async def _see(self, piece: Piece, state: str, standing: Standing | None, still: set[str]) -> None:
        """What is to be done about one batch."""
        if standing is not None and standing.living:
            piece.called = None
        elif state == "succeeded" and not still.intersection(piece.ids):
            self.left.remove(piece)
        elif state == "doing" and not (standing is not None and standing.lost):
            piece.called = piece.called or time.monotonic()
            if time.monotonic() - piece.called > GRACE:
                await self._call_again(piece, state, standing, still)
        elif not piece.job:
            await self._call(piece)
        elif state != "todo":
            await self._call_again(piece, state, standing, still)

    async def _call(self, piece: Piece) -> None:
        task = self.app.configure_task(TASK, queue=QUEUE, lock=piece.lock)
        job = self.runner.job_of(piece, self.order, self.fence, self.number)
        piece.job, piece.called = int(await task.defer_async(job=pack(job))), None

    async def _call_again(self, piece: Piece, state: str, standing: Standing | None, still: set[str]) -> None:
        """Give a batch whose worker is gone or failed to another one, unless it did not get on for too often."""
        asked = batches.asked(self.db, self.number, piece.ids)
        got_on, piece.asked = asked > piece.asked, asked
        batches.free(self.db, piece.name, piece.ids, got_on=got_on)
        tries = standing.taken if standing is not None and not got_on else 0
        if tries >= TRIES:
            for portal in sorted(still.intersection(piece.ids)):
                why = f"{tries} workers died or failed with its batch; their logs say why"
                self.runner.ended(self.db, self.fence, self.number, portal, why)
            batches.clear_queue(self.db, piece.job)
            self.left.remove(piece)
            return
        _log.warning("%s is given to another worker, it was %s, try %d", piece.name, state or "gone", tries + 1)
        piece.called = None
        if state in ("doing", "failed"):
            pause = timedelta(seconds=REST * tries if state == "failed" else 0)  # what it failed of may pass
            await self.app.job_manager.retry_job_by_id_async(piece.job, datetime.now(UTC) + pause)
        else:
            await self._call(piece)

    def _warn(self, states: Mapping[int, str]) -> None:
        """Say once that nobody comes for the batches."""
        if any(state != "todo" for state in states.values()):
            self._alone_since = time.monotonic()
        elif not self._said and time.monotonic() - self._alone_since > LEASE:
            self._said = True
            _log.warning("no worker takes the batches of run %d: start `phuongchi worker` on some machine", self.number)
