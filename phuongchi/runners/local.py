"""Runs on this machine: crawl children, readers beside them, all of them children of this process."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from phuongchi import redacting, shelving
from phuongchi.archive import Archive
from phuongchi.runners.bookkeeping import AWAY, OPEN, begin, end, failing, in_time, mark_unreadable, still_open
from phuongchi.runners.crawling import Crawling
from phuongchi.runners.order import Observer, Order, Outcome
from phuongchi.runners.reading import Readers
from phuongchi.settings import check_platforms
from phuongchi.wire import pack
from storage.errors import Away, Held
from storage.records import Portal

if TYPE_CHECKING:
    from crawler.fetch.batch import FetchSettings
    from storage.engine import Database, Fence

_log = logging.getLogger(__name__)


class LocalRunner:
    """Runs orders for one archive, one after another. `stop` may be called at any time, also from a signal handler.

    The first `stop` ends the run in order (exit code 9), the second at once.
    """

    def __init__(
        self, archive: Archive, observer: Observer, *, environment: Mapping[str, str] | None = None,
        portals: Callable[[], Sequence[Portal]] | None = None,
    ) -> None:  # fmt: skip
        """`portals` gives the list of portals as it holds at each run, if it is another one than that of the file."""
        self._archive, self._observer = archive, observer
        self._portals = portals or archive.portals
        self._extra = dict(environment or {})
        self._crawling: Crawling | None = None
        self._readers: Readers | None = None
        self._ending, self._run = "", 0
        self.unreadable: dict[str, str] = {}
        self.away: dict[str, str] = {}

    def stop(self) -> None:
        """End what is running: in order the first time, at once the second."""
        again, self._ending = self._ending == "stopped", "stopped"
        if self._crawling is not None:
            self._crawling.kill() if again else self._crawling.stop()
        if self._readers is not None:
            self._readers.stop()

    async def run(self, order: Order) -> Outcome:
        """Carry out a crawl. Raises Held when another process holds the archive, and the errors of `storage`.

        A run that a dead process left unfinished is continued under its number.
        """
        from storage import runs

        self._ending = "stopped" if self._ending == "stopped" else ""
        self._archive.check_writable()
        db = self._archive.connect()
        try:
            with runs.hold(db, self._archive.folder) as fence:
                if order.still_due is not None and not order.still_due():
                    return Outcome(0, 0, (), {})
                archive = self._archive = in_time(self._archive, db)
                now = archive.clock.now
                known = self._portals()
                runs.sync_portals(db, known, now=now())
                run = begin(order, db, fence, now=now())
                self._run = run.id
                with failing(db, fence, run, archive):
                    if order.begun is not None:
                        await asyncio.to_thread(order.begun)
                    await self._ready(db)
                    await asyncio.to_thread(_finish_the_killed, archive, db, fence)
                    async with shelving.beside(archive, db, fence, stopping=lambda: self._ending == "stopped"):
                        verdicts = await self.work(order, db, fence, run.id)
                        await self._put_away(db, fence)
                        if order.read and order.kind != "check":
                            await self._find_clusters(db)
                            self._look_over(db, fence, known, run.id)
                code, visits = end(order, db, fence, run, self._ending, known=known, now=now())
            return Outcome(run.id, code, visits, verdicts, run.resumed, self._ending)
        finally:
            db.close()

    async def read(self, portals: Sequence[Portal]) -> Mapping[str, int]:
        """Read what waits of these portals, without a crawl; returns the verdicts by kind.

        `unreadable` says afterwards of which portals no reader could read what waits, and why; `away` has those among
        them that wait for a shelf.
        """
        db = self._archive.connect()
        try:
            await self._put_away_alone(db)
            self._readers = self._make_readers(tuple(portals), db)
            self._readers.all_ended()
            await self._readers.run()
            self.away = dict(self._readers.away)
            self.unreadable = {**self.away, **self._readers.unreadable}
            verdicts = dict(self._readers.verdicts)
            await self._put_away_alone(db)
            await self._find_clusters(db)
            return verdicts
        finally:
            self._readers = None
            db.close()

    @property
    def ending(self) -> str:
        """`stopped` or `limit` when the last work was not allowed to come to its end."""
        return self._ending

    async def _ready(self, db: Database) -> None:
        """Wait until nobody of a run before writes any more: here children die with their parent."""

    async def work(self, order: Order, db: Database, fence: Fence, run: int) -> Mapping[str, int]:
        """Visit the order's portals and read them, for a run under `fence`; returns the verdicts of readers by kind."""
        self._run = run
        batches, servers = await self._batches(still_open(order, db, run), db)
        self._crawling = self._make_crawling(order, db, fence, run, servers)
        self._readers = self._make_readers(order.portals, db) if order.read else None
        if self._ending == "stopped":  # it was said before there was anything to stop
            self.stop()
        timer = asyncio.create_task(self._end_at(order.until)) if order.until else None
        reading = asyncio.create_task(self._readers.run()) if self._readers else None
        crawling = asyncio.create_task(self._crawling.run(batches))
        tasks = [task for task in (crawling, reading) if task is not None]
        try:
            crawling.add_done_callback(lambda done: self._readers.all_ended() if self._readers else None)
            await asyncio.gather(*tasks)
            if self._readers is None:
                return {}
            now = self._archive.clock.now()
            mark_unreadable(db, fence, run, self._readers.unreadable, now=now)
            mark_unreadable(db, fence, run, self._readers.away, cause=AWAY, now=now)
            return dict(self._readers.verdicts)
        finally:
            for task in (*tasks, *([timer] if timer else [])):
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._crawling = self._readers = None

    async def _put_away_alone(self, db: Database) -> None:
        """Put away what readers found, unless somebody crawls: then that crawl does it itself."""
        from crawler.fetch.repair import repair
        from storage import runs

        with contextlib.suppress(Held), runs.hold(db, self._archive.folder) as fence:
            repair(db, self._archive.folder, fence, now=self._archive.clock.now())
            async with shelving.beside(self._archive, db, fence, stopping=lambda: self._ending == "stopped"):
                await self._put_away(db, fence)

    async def _put_away(self, db: Database, fence: Fence) -> None:
        """Take out of the WARC what was redacted, and came with captures of others or in a file; then keep what is a change."""
        from storage import redaction
        from storage.writer import keeping

        archive, now = self._archive, self._archive.clock.now()
        if redaction.load(archive.folder):
            from storage.redaction import applying  # most archives have no rule, and it is long to load

            applying.sweep(db, archive.folder, fence, now=now)
        keeper = keeping.Keeper(db, archive.folder, fence, archive.config.user_agent, now)
        try:
            await asyncio.to_thread(keeping.keep_changes, keeper, stopping=lambda: self._ending == "stopped")
        except Away as error:
            _log.warning("Changes are kept by the next run: %s", error)

    def _look_over(self, db: Database, fence: Fence, known: Sequence[Portal], run: int) -> None:
        """Decide how each portal stands after this run, and who should know of it."""
        from monitoring import watch

        archive = self._archive
        watch.watch(db, fence, known, run=run, now=archive.clock.now(), nightly=archive.config.schedule)

    async def _find_clusters(self, db: Database) -> None:
        """Find what other portals have too, in a thread: signals are heard. Whoever does it at this moment does it for us."""
        from crawler.ingest import clusters

        with contextlib.suppress(Held):
            counts = await asyncio.to_thread(
                clusters.follow, db, self._archive.folder,
                now=self._archive.clock.now, stopping=lambda: self._ending == "stopped",
            )  # fmt: skip
            self._hear({"event": "clusters", **asdict(counts)})

    @property
    def _processes(self) -> int:
        """Crawl children at a time."""
        return self._archive.config.fetch.processes or max((os.cpu_count() or 1) // 2, 1)

    async def _batches(
        self, batches: Sequence[tuple[Portal, ...]], db: Database
    ) -> tuple[Sequence[tuple[Portal, ...]], Mapping[str, frozenset[str]]]:
        """Batches for several children: smaller ones if need be, none of which asks a server that another one asks."""
        from monitoring.nights import plan_batches
        from phuongchi.runners.servers import servers_of, together

        fetch, portals = self._archive.config.fetch, tuple(portal for batch in batches for portal in batch)
        if self._processes == 1 or len(portals) < 2:
            return batches, {}
        servers = await servers_of(with_facts(portals, db))
        plain = {portal.id: portal for portal in portals}
        size = min(fetch.batch, max(fetch.active, -(-len(portals) // self._processes)))
        planned = plan_batches(together(portals, servers), size=size)
        return [tuple(plain[portal.id] for portal in batch) for batch in planned], servers

    def _make_crawling(
        self, order: Order, db: Database, fence: Fence, run: int, servers: Mapping[str, frozenset[str]]
    ) -> Crawling:
        from crawler.fetch.batch import Batch
        from storage import overview, runs

        archive = overview.archive_id(db)
        settings = fetch_settings(self._archive, check=order.kind == "check")

        def job(portals: Sequence[Portal]) -> Any:
            return pack(
                Batch(
                    database=self._archive.config.database, folder=self._archive.folder, archive=archive, run=run,
                    fence=fence, portals=with_facts(portals, db), settings=settings,
                    started_at=self._archive.clock.now(), full=order.full, since=order.since,
                    max_pages=order.max_pages,
                )
            )  # fmt: skip

        def unfinished(portals: Sequence[Portal]) -> list[Portal]:
            left = {visit.portal for visit in runs.visits(db, run) if visit.state in OPEN}
            return [portal for portal in portals if portal.id in left]

        def failed(portal: Portal, cause: str, why: str) -> None:
            now = self._archive.clock.now()
            runs.end_visit(db, fence, run, portal.id, state="failed", cause=cause, detail=why, counts={}, now=now)
            self._hear({"event": "visit", "portal": portal.id, "state": "failed", "cause": cause})

        return Crawling(
            job, unfinished, failed, self._hear, self._environment, silence=self._archive.config.fetch.silence,
            count=self._processes, servers=lambda portal: servers.get(portal.id, frozenset({portal.id})),
        )  # fmt: skip

    def _make_readers(self, portals: tuple[Portal, ...], db: Database) -> Readers:
        from phuongchi.errands import LEASE, ReadJob
        from storage import overview, runs
        from storage.writer import evidence, queue

        archive = self._archive

        def job(portal: Portal, at_end: bool) -> Any:
            [known] = with_facts([portal], db)
            return pack(ReadJob(archive.config.database, archive.folder, known, at_end))

        def waiting() -> Mapping[str, int]:
            with db.read() as connection:
                return queue.waiting(connection)

        def give_up(portal: Portal, entry: int, reason: str) -> bool:
            from crawler.ingest import driver  # rarely needed, and long to load

            fence = runs.take_portal(db, portal.id, ttl=LEASE)
            desk = driver.Desk(db, archive.folder, portal, fence, archive.clock.now)
            try:
                return driver.give_up(desk, entry, reason)
            finally:
                if fence is not None:
                    runs.release(db, fence)

        def take_back(entries: Sequence[int]) -> None:
            with db.write() as connection:
                evidence.reopen(connection, entries)

        return Readers(
            portals, limits=archive.config.read, count=archive.config.read.processes or os.cpu_count() or 1,
            waiting=waiting, job=job, give_up=give_up, on_event=self._hear, take_back=take_back,
            understood=lambda: overview.understood(db),
            environment=self._environment,
        )  # fmt: skip

    def _hear(self, event: Mapping[str, Any]) -> None:
        if event.get("event") == "visit" and self._readers is not None:
            self._readers.ended(str(event.get("portal")))
        self._observer.event({**event, "run": self._run})

    def _environment(self) -> dict[str, str]:
        return {**self._archive.clock.environment(), **self._extra}

    async def _end_at(self, until: datetime) -> None:
        while (left := (until - self._archive.clock.now()).total_seconds()) > 0:
            await asyncio.sleep(min(left, 5.0))  # the clock may be set
        self._ending = self._ending or "limit"
        if self._crawling is not None:
            self._crawling.stop()


def fetch_settings(archive: Archive, *, check: bool = False) -> FetchSettings:
    """The settings of the fetching half, from the configuration; `check` is for somebody who waits at a terminal.

    Raises UsageError where pages shall be drawn and no browser is there.
    """
    from crawler.fetch.batch import FetchSettings
    from crawler.fetch.browser import find_chromium

    config = archive.config
    fetch = config.fetch
    settings = FetchSettings(
        user_agent=config.user_agent, delay=fetch.delay, per_server=fetch.per_server, active=fetch.active,
        timeout=fetch.timeout, connect=fetch.connect, first_byte=fetch.first_byte, idle=fetch.idle, quiet=fetch.quiet,
        max_pages=fetch.max_pages, max_body=fetch.max_body * 2**20,
        max_attachment=fetch.max_attachment * 2**20, attachments=fetch.attachments,
        retry_delays=(2 * fetch.delay, 12 * fetch.delay), stopped_platforms=check_platforms(fetch.stopped_platforms),
        browser=find_chromium(fetch.chromium) if fetch.browser == "auto" else "",
    )  # fmt: skip
    return replace(settings, retry_delays=settings.retry_delays[:1]) if check else settings


def _finish_the_killed(archive: Archive, db: Database, fence: Fence) -> None:
    """What killed processes left is put in order. It can take hours, so it runs beside the loop that gives signs of life."""
    from crawler.fetch.repair import repair
    from storage.upkeep import rebuild

    repair(db, archive.folder, fence, now=archive.clock.now())
    rebuild.clear(archive.config.database, archive.folder)
    redacting.finish(archive, db, fence)


def with_facts(portals: Sequence[Portal], db: Database) -> tuple[Portal, ...]:
    """Portals with what the crawl learned of them where `portals.toml` says nothing: platform and server."""
    from storage import overview

    facts = overview.facts(db, portals[0].id if len(portals) == 1 else "")
    return tuple(
        replace(portal, platform=portal.platform or known.platform, server=portal.server or known.server)
        if (known := facts.get(portal.id))
        else portal
        for portal in portals
    )


def stop_on_signals(loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> None:
    """Call `stop` on SIGINT and SIGTERM, each time."""
    import signal

    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError, RuntimeError):
            loop.add_signal_handler(number, stop)
