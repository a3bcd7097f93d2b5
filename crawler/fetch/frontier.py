"""Hands out what to ask next: Scrapy's scheduler over rows of `page`.

    pages due -> guard -> robots -> pace -> request … answer -> ledger -> pages due

No request is queued anywhere else: one is handed to Scrapy only when its server may be asked at this moment, so a crawl that is
told to stop has nothing in flight but what is being answered.
"""

from __future__ import annotations

import asyncio
from typing import cast

from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Request
from scrapy.spiders import Spider
from scrapy.utils.defer import deferred_from_coro
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from crawler.fetch import guard
from crawler.fetch.batch import SETTING, Assignment
from crawler.fetch.crawl import Crawl
from crawler.fetch.outcomes import Outcomes
from crawler.fetch.rounds import Rounds
from crawler.fetch.rules import Rules
from storage.errors import Stopped, UsageError

_STILL = 2
"""Beats without any sign of work after which the crawl stands still: each one asks Scrapy to look for the next request."""


class Frontier(BaseScheduler):
    """The scheduler of a batch. Scrapy asks it for requests; the middlewares bring it the answers (`outcomes`)."""

    def __init__(self, crawler: Crawler) -> None:
        assignment: Assignment | None = crawler.settings.get(SETTING)
        if assignment is None:
            raise UsageError("no crawl batch was given", cure="Start the crawl with `phuongchi crawl`")
        self._crawler = crawler
        self.assignment = assignment
        self.crawl = Crawl(assignment, wake=self._wake, stop=self._stop)
        self.rules = Rules(self.crawl)
        self.outcomes = Outcomes(self.crawl, self.rules)
        self._rounds = Rounds(self.crawl, self.rules, self.outcomes, errback=self.errback)
        self._opened = False
        self._beat_timer: asyncio.TimerHandle | None = None
        self._came_through = False
        self._still = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Frontier:
        """Made by Scrapy."""
        return cls(crawler)

    def open(self, spider: Spider) -> None:
        """Open the archive and line up the portals whose visit is still open."""
        try:
            visits = self.crawl.open()
        except Exception as error:
            self.assignment.trouble = error
            raise CloseSpider("trouble") from error
        self._opened = True
        portals = self.assignment.batch.portals
        private = {place for portal in portals for place in guard.private_places(portal)}
        guard.GuardedResolver.private_names = frozenset(place.rpartition(":")[0] for place in private)
        self.crawl.report({"event": "start", "portals": self._rounds.line_up(portals, visits)})
        self._beat_timer = asyncio.get_event_loop().call_later(self.crawl.settings.beat, self._beat)

    def has_pending_requests(self) -> bool:
        """Whether the crawl must go on: until every portal's visit is over."""
        return self.assignment.trouble is None and not self._rounds.over

    def enqueue_request(self, request: Request) -> bool:
        """Nobody else makes requests."""
        raise TypeError(f"only the frontier makes requests, not for {request.url}")

    def next_request(self) -> Request | None:
        """The next request that may go out now; None when there is none at this moment."""
        if self.assignment.trouble is not None:
            return None
        with self.crawl.watched(raises=False):
            request = self._rounds.next(self.crawl.clock())
            self._came_through = True
            return request
        return None

    def close(self, reason: str) -> Deferred[None] | None:
        """Write down what came, close the files. Visits that are not over stay `running`, for the next start to go on."""
        self._rounds.stop()
        closing = self.outcomes.close()
        if self._beat_timer is not None:
            self._beat_timer.cancel()
        self.crawl.close()
        if self._opened and self.assignment.trouble is None and not self._rounds.over:
            cure = "The same command goes on"
            self.assignment.trouble = Stopped(f"the crawl was stopped ({reason}) and everything was kept", cure=cure)
        self.assignment.closed = True
        return deferred_from_coro(closing) if closing is not None else None

    def errback(self, failure: Failure) -> None:
        """Scrapy's report that a request got no answer that reached the spider."""
        with self.crawl.watched(raises=False):
            error = failure.value
            if error is not None:
                self.outcomes.failed(cast(Request, failure.request), error)  # type: ignore[attr-defined]

    def _wake(self) -> None:
        slot = self._crawler.engine._slot
        if slot is not None:
            slot.nextcall.schedule()

    def _stop(self) -> None:
        asyncio.ensure_future(self._crawler.engine.close_spider_async(reason="trouble"))  # noqa: RUF006

    def _beat(self) -> None:
        """Say that the crawl is alive, also while all servers want it to wait; a loop that hangs says nothing.

        A loop that turns while nothing happens in it ends the crawl; if even that comes to nothing, it falls silent.
        """
        if self.assignment.trouble is None:
            with self.crawl.watched(raises=False):
                self.crawl.keep_turns()
                self._rounds.watch()
        self._still = 0 if self._goes_on() else self._still + 1
        self._came_through = False
        if self._still < _STILL:
            self.crawl.report({"event": "beat"})
        else:
            with self.crawl.watched(raises=False):
                raise RuntimeError("the crawl stood still: nothing was asked and nothing awaited; the log says why")
        self._wake()
        self._beat_timer = asyncio.get_event_loop().call_later(self.crawl.settings.beat, self._beat)

    def _goes_on(self) -> bool:
        """Whether an answer is awaited or read, or the next request was looked for and none counts as under way."""
        engine = self._crawler.engine
        reading = engine.scraper.slot
        if (
            engine._slot is None
            or engine._slot.inprogress
            or self.crawl.drawing
            or (reading is not None and not reading.is_idle())
        ):
            return True
        return self._came_through and not any(visit.open for visit in self.crawl.active.values())


def frontier_of(crawler: Crawler) -> Frontier:
    """The frontier of a running crawl."""
    scheduler = crawler.engine.scheduler
    if not isinstance(scheduler, Frontier):
        raise TypeError("this crawl has another scheduler")
    return scheduler
