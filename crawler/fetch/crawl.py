"""A batch under way, as all parts of the fetching half share it; it knows none of them.

    crawl <- rules <- outcomes <- rounds <- frontier (Scrapy's scheduler) <- the middlewares <- engine (Scrapy's, too)

Each part knows those before it in this row and nobody behind.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import cast

from scrapy.http import Request

from crawler.fetch.batch import Assignment
from crawler.fetch.jobs import Job, job_of
from crawler.fetch.ledger import Ledger
from crawler.fetch.network import PortalHandler
from crawler.fetch.pace import Server
from crawler.fetch.turns import Turns
from crawler.fetch.visit import Visit
from storage import engine, runs
from storage import frontier as rows
from storage.errors import DatabaseError, Held
from storage.frontier import ServerNote
from storage.records import Visit as VisitRow

log = logging.getLogger(__name__)


class Crawl:
    """The archive, the clock, the visits and servers of a batch, and the group of answers that is stored next.

    `active` holds the visits under way by portal, `flights` the requests whose answers are awaited, `file_flies` says that an
    attachment is one of them. `wake` makes Scrapy ask for the next request, `stop` ends its crawl. `drawing` counts the pages
    that a browser draws, `hanging` the bytes of files since memory was cleared up.
    """

    def __init__(self, assignment: Assignment, *, wake: Callable[[], None], stop: Callable[[], None]) -> None:
        self.assignment, self.wake, self._stop = assignment, wake, stop
        self.batch, self.now, self.report = assignment.batch, assignment.now, assignment.report
        self.settings = self.batch.settings
        self.random = Random()  # noqa: S311  # jitter
        self.active: dict[str, Visit] = {}
        self.servers: dict[str, Server] = {}
        self.flights: set[Request] = set()
        self.file_flies = False
        self.drawing = self.hanging = 0
        self._flush_timer: asyncio.TimerHandle | None = None
        self._opened = False

    def open(self) -> dict[str, VisitRow]:
        """Open the archive; returns the run's visits as they stand, by portal. Raises the errors of `storage`."""
        self.db = engine.connect(self.batch.database)
        self.ledger = Ledger(self.batch, self.db, now=self.now())
        self.turns = Turns(self.db, lease=self.settings.turn, left=self._left)
        visits = {visit.portal: visit for visit in runs.visits(self.db, self.batch.run)}
        self._opened = True
        return visits

    def close(self) -> None:
        """Write down what came and close the files, unless what ended the crawl forbids it."""
        self._cancel_timer()
        if not self._opened:
            return
        trouble = self.assignment.trouble
        try:
            if not isinstance(trouble, Held | DatabaseError):  # then nothing can be written, and the next run repairs
                self.flush()
                self.ledger.close(self.now())
                self.turns.close()
        except Exception as error:
            self.assignment.trouble = trouble or error
        finally:
            self.db.close()

    def clock(self) -> float:
        """Seconds of the monotonic clock that paces requests."""
        return asyncio.get_event_loop().time()

    @contextmanager
    def watched(self, *, raises: bool = True) -> Iterator[None]:
        """What fails inside ends the crawl in order: Scrapy would only log it and go on as if the page were kept."""
        try:
            yield
        except Exception as error:
            if self.assignment.trouble is None:
                self.assignment.trouble = error
                log.error("the crawl ends: %s", error)
                self._stop()
            if raises:
                raise

    # --- visits and servers -----------------------------------------------------------------------------------------

    def visit_of(self, job: Job) -> Visit | None:
        """The running visit a job belongs to; None when it has been ended since."""
        return self.active.get(job.portal.id)

    def landed(self, request: Request) -> None:
        """A request's flight is over: its server may be asked by the next one."""
        if request in self.flights:
            self.flights.remove(request)
            cast(Server, request.meta["server"]).end(self.clock() - request.meta["started"])
            if request.meta["job"].purpose == "attachment":
                self.file_flies = False

    def cut(self, visit: Visit) -> int:
        """Cut what a visit still awaits; returns how many connections that were: each ends by itself as Abandoned, and until
        then its server is asked nothing else. Any other answer was lost, and its flight is over now."""
        awaited = [request for request in self.flights if job_of(request).portal.id == visit.portal.id]
        lost = [request for request in awaited if not PortalHandler.cut(request)]
        for request in lost:
            self.landed(request)
        return len(awaited) - len(lost)

    def know_server(self, visit: Visit, address: str) -> None:
        """The server that answered; if it is another than the one its name led to, they take turns from now on."""
        if not address:
            return
        other = self.servers.setdefault(address, visit.server)
        if other is not visit.server:
            other.slow_down(visit.server.delay)
            other.pause(visit.server.next_at)
            visit.server = other
        visit.server_key = address
        if address != visit.facts.server:
            visit.facts = replace(visit.facts, server=address)
            self.ledger.add(server=(visit.portal.id, address))

    def leave_server(self, key: str, server: Server, failures: int = 0) -> None:
        """Remember what a server asked for, when it matters beyond this visit: the next child of this run, too, takes turns."""
        pause = server.next_at - self.clock()
        if pause > 0 or server.delay > self.settings.delay:
            next_at = self.now() + timedelta(seconds=pause) if pause > 0 else None
            rows.leave_server(self.db, self.batch.fence, key, ServerNote(next_at, server.delay, failures))

    def keep_turns(self) -> None:
        """Go on being the one that asks the servers of the visits under way."""
        self.turns.keep({visit.server_key: visit.server for visit in self.active.values()}, self.clock())

    def _left(self, key: str) -> None:
        if key in self.servers:
            self.leave_server(key, self.servers[key])

    # --- the group of answers ---------------------------------------------------------------------------------------

    def added(self) -> None:
        """Something was put into the group: store it when it is full, or in two seconds.

        Also a full one is stored in the loop's next turn: whoever fills it has been at work for long enough.
        """
        if self.ledger.full:
            self._cancel_timer()
        if self._flush_timer is None:
            seconds = 0.0 if self.ledger.full else self.settings.group_seconds
            self._flush_timer = asyncio.get_event_loop().call_later(seconds, self._flush_on_time)

    def flush(self) -> None:
        """Store the group, and look again for better pages where it brought some."""
        self._cancel_timer()
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

    def _cancel_timer(self) -> None:
        if self._flush_timer is not None:
            self._flush_timer.cancel()
            self._flush_timer = None

    def _flush_on_time(self) -> None:
        self._flush_timer = None
        with self.watched(raises=False):
            self.flush()
        self.wake()
