"""Hands out what to ask next: Scrapy's scheduler over rows of `page`, and the turn-taking of portals and servers.

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
from datetime import timedelta
from random import Random
from typing import Any, cast

from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Request
from scrapy.spiders import Spider
from twisted.python.failure import Failure

from crawler.fetch import conditional, guard, plans, robots
from crawler.fetch.batch import SETTING, Assignment
from crawler.fetch.jobs import Job, page_job, robots_job
from crawler.fetch.ledger import Ledger
from crawler.fetch.outcomes import Outcomes
from crawler.fetch.pace import LONGEST_PAUSE, Server
from crawler.fetch.visit import Visit
from crawler.links.discover import seeds
from storage import engine, frontier, runs
from storage.errors import DatabaseError, Held, Stopped, UsageError
from storage.frontier import Due
from storage.records import Portal

SLICE = 20
"""Pages taken from the database at a time, by portal."""

PLAN_PAGES = 25
"""Pages after which a portal's plan is loaded again: what the reading half has learned meanwhile."""

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
        self.agent = robots.token(self.settings.user_agent)
        self.random = Random()  # noqa: S311  # jitter
        self.waiting: deque[Portal] = deque()
        self.active: dict[str, Visit] = {}
        self.servers: dict[str, Server] = {}
        self.robots: dict[str, robots.Robots] = {}
        self.outcomes = Outcomes(self)
        self._asking: set[str] = set()
        self._attachment_flies = False
        self._opened = False
        self._alarm: asyncio.TimerHandle | None = None
        self._flush_timer: asyncio.TimerHandle | None = None

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
            ended = {
                visit.portal
                for visit in runs.visits(self.db, self.batch.run)
                if visit.state not in ("pending", "running")
            }
        except Exception as error:
            self.assignment.trouble = error
            raise CloseSpider("trouble") from error
        self._opened = True
        self.waiting.extend(portal for portal in self.batch.portals if portal.id not in ended)
        private = {place for portal in self.batch.portals for place in guard.private_places(portal)}
        guard.GuardedResolver.private_names = frozenset(place.rpartition(":")[0] for place in private)
        self.report({"event": "start", "portals": len(self.waiting)})

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
            return self._next(self.clock())
        return None

    def close(self, reason: str) -> None:
        """Write down what came, close the files. Visits that are not over stay `running`, for the next start to go on."""
        for timer in (self._alarm, self._flush_timer):
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

    def robots_note(self, job: Job) -> str:
        """What robots.txt said of a request, for the archive."""
        if job.purpose == "robots":
            return "itself"
        if self._overridden(job.portal):
            return "override"
        known = self.robots.get(robots.origin(job.url))
        return known.access if known else ""

    def landed(self, request: Request) -> None:
        """A request's flight is over: its server may be asked by the next one."""
        if request.meta.pop("flying", False):
            cast(Server, request.meta["server"]).end()
            if request.meta["job"].purpose == "attachment":
                self._attachment_flies = False

    def robots_settled(self, origin: str, known: robots.Robots) -> None:
        """A robots.txt is known: whoever waited for it goes on."""
        self.robots[origin] = known
        self._asking.discard(origin)
        for visit in self.active.values():
            if visit.waits_for == origin:
                visit.waits_for = ""
                if known.access == "rules":
                    visit.server.slow_down(known.delay)

    def know_server(self, visit: Visit, address: str) -> None:
        """The server that answered: portals of one server take turns from now on."""
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

    def _flush_on_time(self) -> None:
        self._flush_timer = None
        with self.watched(raises=False):
            self.flush()
        self.wake()

    # --- whose turn it is -------------------------------------------------------------------------------------------

    def _next(self, now: float) -> Request | None:
        self._admit()
        later: list[float] = []
        for visit in sorted(self.active.values(), key=lambda one: one.last_served):
            request = self._serve(visit, now, later)
            if request is not None:
                visit.last_served = now
                return request
            if self._over(visit):
                self._finish(visit)
        if self.waiting and len(self.active) < self.settings.active:
            self.wake()
        self._set_alarm(min(later, default=None))
        return None

    def _set_alarm(self, at: float | None) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = None if at is None else asyncio.get_event_loop().call_at(at, self.wake)

    def _admit(self) -> None:
        """Begin visits until enough run; portals of servers that nobody asks yet come first."""
        while self.waiting and len(self.active) < self.settings.active:
            busy = {visit.server_key for visit in self.active.values()}
            portal = next((one for one in self.waiting if _server_name(one) not in busy), self.waiting[0])
            self.waiting.remove(portal)
            self._begin(portal)

    def _begin(self, portal: Portal) -> None:
        batch, now = self.batch, self.now()
        with self.db.read() as conn:
            facts = frontier.facts(conn, portal.id)
            key = facts.server or _server_name(portal)
            note = frontier.server_notes(conn, [key]).get(key)
        deep = batch.deep or batch.full or plans.deep_due(facts, now)
        reach = plans.Reach(deep, facts.backfilled, batch.since, self.settings.attachments != "none")
        plan = plans.plan_of(portal, facts, since=batch.since, deep=deep)
        runs.start_visit(self.db, batch.fence, batch.run, portal.id, now=now, deep=deep)
        frontier.begin(
            self.db, batch.fence, portal.id, plans.seed_pages(seeds(plan)), run=batch.run, horizon=now, full=batch.full,
            young=conditional.young(now),
        )  # fmt: skip
        server = self.servers.setdefault(key, Server(self.settings.delay, self.settings.per_server))
        visit = self.active[portal.id] = Visit(portal, facts, plan, reach, now, server, key)
        if note is not None and note.next_at is not None and note.next_at > now:
            pause = (note.next_at - now).total_seconds()
            server.pause(self.clock() + pause)
            if pause > LONGEST_PAUSE:
                visit.end("deferred", "retry.later", f"{key} asked to wait until {note.next_at:%Y-%m-%d %H:%M} UTC")

    def _serve(self, visit: Visit, now: float, later: list[float]) -> Request | None:
        """The portal's next request if its turn has come; else note in `later` when to look again."""
        if visit.ending is not None:
            return None
        ready = visit.server.ready_at(now)
        if ready is None:
            return None
        if ready > now:
            later.append(ready)
            return None
        while visit.ending is None and (job := self._take(visit, now)) is not None:
            if self._cleared(visit, job) and (request := self._request(visit, job)) is not None:
                visit.server.start(now, self.random)
                return request
        if (at := visit.next_job_at()) is not None and at > now:
            later.append(at)
        return None

    def _take(self, visit: Visit, now: float) -> Job | None:
        job = visit.take_job(now)
        if job is not None or visit.waits_for:
            return job
        if visit.pages >= self.batch.most_pages:
            if visit.open == 0 and not visit.jobs:
                self._end_at_limit(visit)
            return None
        if visit.attachments and self._attachment_flies:
            return None
        if not visit.slice and not self._refill(visit):
            return None
        due = visit.slice.popleft()
        visit.pages += 1
        visit.pages_since_plan += 1
        return page_job(visit.portal, due, visit.mentions.get(due.page.id, ()))

    def _refill(self, visit: Visit) -> bool:
        """Take the next pages from the database; False when there are none at this moment."""
        self.flush()
        if visit.pages_since_plan >= PLAN_PAGES:
            self._reload(visit)
        pages = self._due(visit)
        if not pages and not visit.attachments and visit.open == 0 and not visit.jobs:
            visit.attachments = True
            pages = self._due(visit)
        visit.slice.extend(pages)
        visit.asked.update(due.page.id for due in pages)
        visit.dry = visit.attachments and not pages and visit.open == 0
        return bool(pages)

    def _due(self, visit: Visit) -> list[Due]:
        limit = min(SLICE, self.batch.most_pages - visit.pages)
        with self.db.read() as conn:
            pages = frontier.due(
                conn, visit.portal.id, run=self.batch.run, horizon=visit.horizon, limit=limit, skip=visit.asked,
                attachments=visit.attachments,
            )  # fmt: skip
            articles = {due.page.key: due.page.id for due in pages if due.page.purpose in ("article", "unknown")}
            mentions = frontier.mentions_of(conn, visit.portal.id, articles)
        visit.mentions = {articles[key]: lines for key, lines in mentions.items()}
        return pages

    def _reload(self, visit: Visit) -> None:
        with self.db.read() as conn:
            visit.facts = frontier.facts(conn, visit.portal.id)
        visit.plan = plans.plan_of(visit.portal, visit.facts, since=self.batch.since, deep=visit.plan.deep)
        visit.pages_since_plan = 0

    def _end_at_limit(self, visit: Visit) -> None:
        self.flush()
        with self.db.read() as conn:
            more = frontier.due(
                conn, visit.portal.id, run=self.batch.run, horizon=visit.horizon, limit=1, skip=visit.asked
            )
        if more:
            visit.end("partial", "limit.pages", f"{visit.pages} pages were asked; the next run goes on")
        else:
            visit.end(*visit.verdict())

    # --- may it be asked --------------------------------------------------------------------------------------------

    def _cleared(self, visit: Visit, job: Job) -> bool:
        """Whether a job may go out now. If not, it was settled, or waits for a robots.txt."""
        if reason := guard.refusal(job.url, visit.portal):
            self.outcomes.give_up(visit, job, "ssrf.blocked", reason)
            return False
        if job.purpose == "robots":
            return True
        origin = robots.origin(job.url)
        known = self.robots.get(origin)
        if known is None or known.stale(self.now()):
            visit.jobs.append(job)
            visit.waits_for = origin
            if origin not in self._asking:
                self._asking.add(origin)
                visit.jobs.append(robots_job(visit.portal, robots.robots_url(job.url)))
            return False
        if self._overridden(visit.portal):
            return True
        if known.access == "closed":
            if origin == robots.origin(visit.portal.url) or not visit.breaker.answered:
                self.outcomes.put_off(visit, job, known)
            else:
                self.outcomes.give_up(visit, job, "robots.unavailable", known.cause)
            return False
        if known.delay:
            visit.server.slow_down(known.delay)
        if not known.allows(job.url):
            self.outcomes.give_up(visit, job, "robots.disallowed", "", answer="denied")
            return False
        return True

    def _overridden(self, portal: Portal) -> bool:
        rule = portal.robots_override
        return rule is not None and f"{self.now() + timedelta(hours=7):%Y-%m-%d}" <= rule.until

    def _request(self, visit: Visit, job: Job) -> Request | None:
        file = job.purpose == "attachment"
        limit = self.settings.max_attachment if file else self.settings.max_body
        headers = {
            "User-Agent": self.settings.user_agent,
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "vi,en;q=0.5",
            "Accept-Encoding": "gzip, deflate",
            **(conditional.validators(job.due) if job.due is not None and not job.chain else {}),
        }
        meta: dict[str, Any] = {
            "job": job,
            "plan": visit.plan,
            "server": visit.server,
            "flying": True,
            "download_slot": visit.server_key,
            "download_timeout": self.settings.attachment_timeout if file else self.settings.timeout,
            "download_maxsize": limit + 2**20,  # announced larger than this: not begun; unannounced: cut at body_limit
            "body_limit": limit,
        }
        try:
            request = Request(job.url, headers=headers, meta=meta, errback=self.errback, dont_filter=True)
        except ValueError as error:
            self.outcomes.give_up(visit, job, "url.invalid", str(error))
            return None
        visit.open += 1
        self._attachment_flies = self._attachment_flies or file
        return request

    # --- the end of a visit -----------------------------------------------------------------------------------------

    def _over(self, visit: Visit) -> bool:
        if visit.open:
            return False
        return visit.ending is not None or (visit.dry and not visit.jobs and not visit.slice)

    def _finish(self, visit: Visit) -> None:
        visit.drop_slice()
        for job in visit.jobs:
            if job.purpose == "robots":
                self._ask_anew(robots.origin((*job.chain, job.url)[0]))
            elif job.failure:
                self.outcomes.record_failure(visit, job, job.failure, job.detail)
        visit.jobs.clear()
        self.flush()
        state, cause, detail = visit.verdict()
        batch, now, portal = self.batch, self.now(), visit.portal.id
        runs.end_visit(
            self.db, batch.fence, batch.run, portal, state=state, cause=cause, detail=detail,
            counts={name: number for name, number in sorted(visit.counts.items()) if number}, now=now,
        )  # fmt: skip
        if state == "done" and visit.reach.deep:
            frontier.walked(self.db, batch.fence, portal, now=now)
        del self.active[portal]
        self.outcomes.leave(visit)
        self.report(
            {"event": "visit", "portal": portal, "state": state, "cause": cause, "detail": detail,
             "counts": dict(visit.counts)}
        )  # fmt: skip

    def _ask_anew(self, origin: str) -> None:
        """A robots.txt was not had because its visit ended: whoever else waits for it must ask."""
        self._asking.discard(origin)
        for visit in self.active.values():
            if visit.waits_for == origin:
                visit.waits_for = ""


def frontier_of(crawler: Crawler) -> Frontier:
    """The frontier of a running crawl."""
    scheduler = crawler.engine.scheduler
    if not isinstance(scheduler, Frontier):
        raise TypeError("this crawl has another scheduler")
    return scheduler


def _server_name(portal: Portal) -> str:
    return portal.server or guard.place(portal.url)
