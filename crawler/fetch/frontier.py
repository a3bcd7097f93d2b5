"""Hands out what to ask next: Scrapy's scheduler over rows of `page`, and what its parts share.

    pages due -> guard -> robots -> pace -> request … answer -> ledger -> pages due

No request is queued anywhere else: one is handed to Scrapy only when its server may be asked at this moment, so a crawl that is
told to stop has nothing in flight but what is being answered.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from random import Random
from typing import cast

from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Request
from scrapy.spiders import Spider
from twisted.python.failure import Failure

from crawler.fetch import guard
from crawler.fetch.batch import SETTING, Assignment
from crawler.fetch.jobs import Job
from crawler.fetch.ledger import Ledger
from crawler.fetch.outcomes import Outcomes
from crawler.fetch.pace import Server
from crawler.fetch.rounds import Rounds
from crawler.fetch.rules import Rules
from crawler.fetch.visit import Visit
from storage import engine, runs
from storage.errors import DatabaseError, Held, Stopped, UsageError
from storage.records import Portal

log = logging.getLogger(__name__)


class Frontier(BaseScheduler):
    """The scheduler of a batch. Scrapy asks it for requests; the middlewares bring it the answers (`outcomes`)."""

    def __init__(self, crawler: Crawler) -> None:
        assignment: Assignment | None = crawler.settings.get(SETTING)
        if assignment is None:
            raise UsageError("no crawl batch was given", cure="Start the crawl with `phuongchi crawl`")
        self.crawler = crawler
        self.assignment = assignment
        self.batch, self.now, self.report = assignment.batch, assignment.now, assignment.report
        self.settings = self.batch.settings
        self.random = Random()  # noqa: S311  # jitter
        self.waiting: deque[Portal] = deque()
        self.active: dict[str, Visit] = {}
        self.begun: dict[str, datetime] = {}
        self.servers: dict[str, Server] = {}
        self.outcomes = Outcomes(self)
        self.rules = Rules(self)
        self.file_flies = False
        self._rounds = Rounds(self)
        self._opened = False
        self._flush_timer: asyncio.TimerHandle | None = None
        self._beat_timer: asyncio.TimerHandle | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Frontier:
        """Made by Scrapy."""
        return cls(crawler)

    # --- Scrapy's side ----------------------------------------------------------------------------------------------

    def open(self, spider: Spider) -> None:
        """Open the archive and line up the portals whose visit is still open."""
        try:
            self.db = engine.connect(self.batch.database)
            self.ledger = Ledger(self.batch, self.db, now=self.now())
            visits = {visit.portal: visit for visit in runs.visits(self.db, self.batch.run)}
        except Exception as error:
            self.assignment.trouble = error
            raise CloseSpider("trouble") from error
        self._opened = True
        self.begun = {portal: visit.started_at for portal, visit in visits.items() if visit.started_at is not None}
        ended = {portal for portal, visit in visits.items() if visit.state not in ("pending", "running")}
        self.waiting.extend(portal for portal in self.batch.portals if portal.id not in ended)
        private = {place for portal in self.batch.portals for place in guard.private_places(portal)}
        guard.GuardedResolver.private_names = frozenset(place.rpartition(":")[0] for place in private)
        self.report({"event": "start", "portals": len(self.waiting)})
        self._beat_timer = asyncio.get_event_loop().call_later(self.settings.beat, self._beat)

    def has_pending_requests(self) -> bool:
        """Whether the crawl must go on: until every portal's visit is over."""
        return self.assignment.trouble is None and bool(self.waiting or self.active)

    def enqueue_request(self, request: Request) -> bool:
        """Nobody else makes requests."""
        raise TypeError(f"only the frontier makes requests, not for {request.url}")

    def next_request(self) -> Request | None:
        """The next request that may go out now; None when there is none at this moment."""
        if self.assignment.trouble is not None:
            return None
        with self.watched(raises=False):
            return self._rounds.next(self.clock())
        return None

    def close(self, reason: str) -> None:
        """Write down what came, close the files. Visits that are not over stay `running`, for the next start to go on."""
        self._rounds.stop()
        for timer in (self._flush_timer, self._beat_timer):
            if timer is not None:
                timer.cancel()
        if not self._opened:
            return
        trouble = self.assignment.trouble
        try:
            if not isinstance(trouble, Held | DatabaseError):  # then nothing can be written, and the next run repairs
                self.flush()
                self.ledger.close(self.now())
        except Exception as error:
            self.assignment.trouble = trouble or error
        finally:
            self.db.close()
        if self.assignment.trouble is None and (self.waiting or self.active):
            cure = "The same command goes on"
            self.assignment.trouble = Stopped(f"the crawl was stopped ({reason}) and everything was kept", cure=cure)

    def errback(self, failure: Failure) -> None:
        """Scrapy's report that a request got no answer that reached the spider."""
        with self.watched(raises=False):
            error = failure.value
            if error is not None:
                self.outcomes.failed(cast(Request, failure.request), error)  # type: ignore[attr-defined]

    # --- shared with the middlewares --------------------------------------------------------------------------------

    def clock(self) -> float:
        """Seconds of the monotonic clock that paces requests."""
        return asyncio.get_event_loop().time()

    def wake(self) -> None:
        """Make Scrapy ask for the next request."""
        slot = self.crawler.engine._slot
        if slot is not None:
            slot.nextcall.schedule()

    @contextmanager
    def watched(self, *, raises: bool = True) -> Iterator[None]:
        """What fails inside ends the crawl in order: Scrapy would only log it and go on as if the page were kept."""
        try:
            yield
        except Exception as error:
            if self.assignment.trouble is None:
                self.assignment.trouble = error
                log.error("the crawl ends: %s", error)
                asyncio.ensure_future(self.crawler.engine.close_spider_async(reason="trouble"))  # noqa: RUF006
            if raises:
                raise

    def visit_of(self, job: Job) -> Visit | None:
        """The running visit a job belongs to; None when it has been ended since."""
        return self.active.get(job.portal.id)

    def landed(self, request: Request) -> None:
        """A request's flight is over: its server may be asked by the next one."""
        if request.meta.pop("flying", False):
            cast(Server, request.meta["server"]).end()
            if request.meta["job"].purpose == "attachment":
                self.file_flies = False

    def know_server(self, visit: Visit, address: str) -> None:
        """The server that answered, if it is another than the one its name led to: they take turns from now on."""
        if not address or address == visit.server_key:
            return
        other = self.servers.setdefault(address, visit.server)
        if other is not visit.server:
            other.slow_down(visit.server.delay)
            other.pause(visit.server.next_at)
            visit.server = other
        visit.server_key = address
        self.ledger.add(server=(visit.portal.id, address))

    def added(self) -> None:
        """Something was put into the group: store it when it is full, or in two seconds."""
        if self.ledger.full:
            self.flush()
        elif self._flush_timer is None:
            self._flush_timer = asyncio.get_event_loop().call_later(self.settings.group_seconds, self._flush_on_time)

    def flush(self) -> None:
        """Store the group, and look again for better pages where it brought some."""
        if self._flush_timer is not None:
            self._flush_timer.cancel()
            self._flush_timer = None
        if self.ledger.empty:
            return
        group, done = self.ledger.flush()
        asked = {outcome.page for outcome in group.outcomes}
        for visit in self.active.values():
            visit.asked -= asked
            fresh = done.new_pages.get(visit.portal.id, 0)
            visit.counts["new_pages"] += fresh
            visit.counts["sightings"] += done.sightings.get(visit.portal.id, 0)
            if fresh or visit.portal.id in done.released:
                visit.drop_slice()

    def _beat(self) -> None:
        """Say that the crawl is alive, also while all servers want it to wait; a loop that hangs says nothing."""
        self.report({"event": "beat"})
        self._beat_timer = asyncio.get_event_loop().call_later(self.settings.beat, self._beat)

    def _flush_on_time(self) -> None:
        self._flush_timer = None
        with self.watched(raises=False):
            self.flush()
        self.wake()


def frontier_of(crawler: Crawler) -> Frontier:
    """The frontier of a running crawl."""
    scheduler = crawler.engine.scheduler
    if not isinstance(scheduler, Frontier):
        raise TypeError("this crawl has another scheduler")
    return scheduler
