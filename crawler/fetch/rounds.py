"""Whose turn it is: portals begin, are served in turn as their servers allow, and end."""

from __future__ import annotations

import asyncio
import gc
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from scrapy.http import Request
from twisted.python.failure import Failure

from crawler.fetch import conditional, judge, plans
from crawler.fetch.crawl import Crawl
from crawler.fetch.jobs import Job, page_job
from crawler.fetch.names import Names
from crawler.fetch.outcomes import Outcomes
from crawler.fetch.pace import LONGEST_PAUSE, Server, quiet_for
from crawler.fetch.rules import Refusal, Rules
from crawler.fetch.visit import Visit
from crawler.items import PortalPlan
from crawler.links.discover import seeds
from crawler.links.postbacks import MARK, marked
from storage import frontier, points, runs
from storage.frontier import Due
from storage.records import Portal
from storage.records import Visit as VisitRow
from storage.upkeep import ledger

SLICE = 20
"""Pages taken from the database at a time, by portal."""

PLAN_PAGES = 25
"""Pages after which a portal's plan is loaded again: what the reading half has learned meanwhile."""

HANGING = 2**20
"""Bytes of files after which memory is cleared up before the next one."""

FLOOD = 400
"""Pages taken at a time where one after another is left out: their rows go into one transaction."""


class Rounds:
    """The turns of a batch's portals."""

    def __init__(self, crawl: Crawl, rules: Rules, outcomes: Outcomes, *, errback: Callable[[Failure], None]) -> None:
        self._crawl, self._rules, self._outcomes, self._errback = crawl, rules, outcomes, errback
        self._waiting: deque[Portal] = deque()
        self._begun: dict[str, datetime] = {}
        self._names = Names(crawl.wake)
        self._alarm: asyncio.TimerHandle | None = None

    def line_up(self, portals: Sequence[Portal], visits: Mapping[str, VisitRow]) -> int:
        """Take the portals whose visit is still open; returns how many they are."""
        self._begun = {portal: visit.started_at for portal, visit in visits.items() if visit.started_at is not None}
        ended = {portal for portal, visit in visits.items() if visit.state not in ("pending", "running")}
        self._waiting.extend(portal for portal in portals if portal.id not in ended)
        return len(self._waiting)

    @property
    def over(self) -> bool:
        """Whether every visit has ended."""
        return not self._waiting and not self._crawl.active

    def stop(self) -> None:
        """Wake nobody any more."""
        self._set_alarm(None)

    # --- whose turn it is -------------------------------------------------------------------------------------------

    def next(self, now: float) -> Request | None:
        """The next request that may go out at this moment, of whichever portal's turn it is."""
        self._admit()
        later: list[float] = []
        for visit in sorted(self._crawl.active.values(), key=lambda one: one.last_served):
            request = self._serve(visit, now, later)
            if request is not None:
                visit.last_served = now
                return request
            if self._over(visit):
                self._finish(visit)
        if self._ready():
            self._crawl.wake()
        self._set_alarm(min(later, default=None))
        return None

    def _set_alarm(self, at: float | None) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = None if at is None else asyncio.get_event_loop().call_at(at, self._crawl.wake)

    def _admit(self) -> None:
        """Begin visits until enough run; portals of servers that nobody asks yet come first.

        Portals of one server share its pace from the first request on: their server is known, or DNS is asked before.
        """
        while ready := self._ready():
            busy = {visit.server_key for visit in self._crawl.active.values()}
            portal, server = next((one for one in ready if one[1] not in busy), ready[0])
            self._waiting.remove(portal)
            self._begin(portal, server)

    def _ready(self) -> list[tuple[Portal, str]]:
        """The next portals that may begin, with their servers; what waits for DNS is none of them yet."""
        free = self._crawl.settings.active - len(self._crawl.active)
        if free <= 0:
            return []
        servers = ((portal, self._names.server(portal)) for portal in list(self._waiting)[: 2 * free + 8])
        return [(portal, server) for portal, server in servers if server]

    def _begin(self, portal: Portal, server_name: str) -> None:
        crawl, batch = self._crawl, self._crawl.batch
        # A run that goes on must still find due what its first part found, also if it is told an earlier time.
        now = max(crawl.now(), self._begun.get(portal.id, crawl.now()))
        with crawl.db.read() as conn:
            facts = frontier.facts(conn, portal.id)
            earlier = frontier.answered(conn, portal.id, run=batch.run) if portal.id in self._begun else 0
            key = facts.server or server_name
            note = frontier.server_notes(conn, [key]).get(key)
        goal = plans.backfill(facts, batch.since)
        deep = batch.full or plans.deep_due(facts, goal, now)
        reach = plans.Reach(deep, goal.done, goal.to, crawl.settings.attachments != "none", goal.own)
        plan = plans.plan_of(portal, facts, since=goal.to, deep=deep)
        if goal.further and goal.to is not None:
            frontier.aim(crawl.db, batch.fence, portal.id, goal.to, parts=plans.PAGING, horizon=now)
            ledger.append(batch.folder, "backfill", at=now, portal=portal.id, to=goal.to.isoformat())
        points.reached("visit.begin")
        runs.start_visit(crawl.db, batch.fence, batch.run, portal.id, now=now, deep=deep and goal.own)
        points.reached("visit.begun")
        frontier.begin(
            crawl.db, batch.fence, portal.id, plans.seed_pages(seeds(plan)), run=batch.run, horizon=now, full=batch.full,
            young=conditional.young(now), put_off={} if batch.full else self._put_off(plan, now, deep=deep),
            left_over=None if portal.id in self._begun else (plans.ARTICLE, plans.BACKLOG),
        )  # fmt: skip
        self._settle_parts(portal.id, now)
        anew = frontier.rewind(crawl.db, batch.fence, portal.id, mark=MARK, run=batch.run, horizon=now)
        server = crawl.servers.setdefault(key, Server(crawl.settings.delay, crawl.settings.per_server))
        visit = crawl.active[portal.id] = Visit(
            portal, facts, plan, reach, now, server, key, earlier=earlier, begun=crawl.clock()
        )
        visit.walks.begin_again(anew)
        self._outcomes.stop_platform(visit)
        if portal.id in self._begun:  # a process that was killed may have asked it a moment ago
            server.pause(crawl.clock() + server.delay)
        if note is not None and note.next_at is not None and note.next_at > now:
            pause = (note.next_at - now).total_seconds()
            server.pause(crawl.clock() + pause)
            if pause > LONGEST_PAUSE:
                visit.end("deferred", "retry.later", f"{key} asked to wait until {note.next_at:%Y-%m-%d %H:%M} UTC")

    def _put_off(self, plan: PortalPlan, now: datetime, *, deep: bool) -> dict[int, datetime]:
        """Dates that change by what was read since. Put off: what was read as no article, and, until the next deep visit, lists
        that only repeat others. Drawn near: what nobody has looked at, and the checks of articles that were found absent."""
        portal = plan.portal
        with self._crawl.db.read() as conn:
            since = now - conditional.BARREN
            pages = frontier.misjudged(conn, portal, run=self._crawl.batch.run, horizon=now, since=since)
            missing = frontier.missing(conn, portal, run=self._crawl.batch.run)
            gaps = frontier.gaps(conn, portal, run=self._crawl.batch.run, most=len(conditional.GAP_CHECKS))
            echoes = [] if deep else frontier.echoes(conn, portal)
        dates = judge.dates_after_reading(pages, plan, now)
        dates |= {due.page.id: at for due, times in gaps if (at := conditional.after_notice(due, times)) is not None}
        dates |= {due.page.id: at for due in missing if (at := conditional.after_absence(due)) is not None}
        return dates | dict.fromkeys(echoes, now + plans.DEEP_EVERY)

    def _settle_parts(self, portal: str, horizon: datetime) -> None:
        frontier.settle_parts(
            self._crawl.db, self._crawl.batch.fence, portal, horizon=horizon, walked=plans.PAGING, held=plans.HELD,
            listing=plans.LISTING,
        )  # fmt: skip

    def _serve(self, visit: Visit, now: float, later: list[float]) -> Request | None:
        """The portal's next request if its turn has come; else note in `later` when to look again."""
        if visit.ending is not None:
            return None
        if quiet := self._quiet(visit.portal):
            visit.begun = now + quiet
            later.append(visit.begun)
            return None
        ready = visit.server.ready_at(now)
        if ready is None:
            return None
        if ready > now:
            visit.begun = now  # a pause that somebody asked for
            later.append(ready)
            return None
        if not self._its_turn(visit, now, later):
            return None
        while visit.ending is None and (job := self._take(visit, now)) is not None:
            if (request := self._cleared(visit, job)) is not None:
                visit.server.start(now, self._crawl.random)
                return request
        if (at := visit.next_job_at()) is not None and at > now:
            later.append(at)
        return None

    def _quiet(self, portal: Portal) -> float:
        """Seconds until the hours end in which the portal, or nobody, is asked; 0 outside of them."""
        hours = [hours for hours in (self._crawl.settings.quiet, portal.quiet) if hours]
        return max((quiet_for(one, self._crawl.now()) for one in hours), default=0.0)

    def watch(self) -> None:
        """End visits in which nothing has happened for so long that nothing will: what they wait for has been lost."""
        now, patience = self._crawl.clock(), self._crawl.settings.stalled
        for visit in list(self._crawl.active.values()):
            if now - max(visit.begun, visit.last_served) <= patience:
                continue
            waits = f"robots.txt of {visit.waits_for}" if visit.waits_for else f"{visit.open} answers"
            visit.end("deferred", "visit.stalled", f"nothing came of it for {patience:.0f} s; it waited for {waits}")
            visit.open = self._crawl.cut(visit)
            self._rules.release(visit.waits_for)

    def _its_turn(self, visit: Visit, now: float, later: list[float]) -> bool:
        """Whether this process is the one that asks the visit's server; else note in `later` when to look again."""
        turns, key = self._crawl.turns, visit.server_key
        word = turns.take(key, now)
        if word == "taken":
            later.append(turns.again(key, now))
            if turns.waited(key, now) > self._crawl.settings.busy:
                visit.end("deferred", "server-busy", f"{key} is asked by another process of this archive")
            return False
        if word != "ours":
            with self._crawl.db.read() as conn:
                note = frontier.server_notes(conn, [key]).get(key)
            if word == "late":
                visit.server.pause(now + visit.server.delay)
            if note is not None and note.next_at is not None:
                visit.server.pause(now + (note.next_at - self._crawl.now()).total_seconds())
            if (at := visit.server.ready_at(now)) is None or at > now:
                later.append(at or now)
                return False
        return True

    def _take(self, visit: Visit, now: float) -> Job | None:
        job = visit.take_job(now)
        if job is not None or visit.waits_for:
            return job
        if visit.pages >= self._crawl.batch.most_pages:
            if visit.open == 0 and not visit.jobs:
                self._end_at_limit(visit)
            return None
        left_out = 0
        while visit.slice or self._refill(visit):
            if visit.attachments and self._crawl.file_flies:
                visit.begun = now  # another portal's file flies: this one waits for its turn, nothing is lost
                return None
            if left_out >= FLOOD:  # the other portals' turn
                self._crawl.wake()
                return None
            due = visit.slice.popleft()
            if why := visit.budgets.spent(due, visit.plan):
                self._outcomes.leave_trap(visit, due, why)
                left_out += 1
                visit.flooded = True
                continue
            visit.flooded = False
            page = page_job(visit.portal, due, visit.mentions.get(due.page.id, ()))
            ready = visit.walks.ready(page)
            if ready is not None:  # a part that nothing leads to in this visit stays due for the next
                visit.pages += 1
                visit.pages_since_plan += 1
                return ready
        return None

    def _refill(self, visit: Visit) -> bool:
        """Take the next pages from the database; False when there are none at this moment."""
        if visit.all_taken and visit.open:
            return False  # what is under way may bring some
        self._crawl.flush()
        if visit.pages_since_plan >= PLAN_PAGES:
            self._reload(visit)
        pages = [] if visit.all_taken else self._due(visit)
        if not pages and not visit.attachments and visit.open == 0 and not visit.jobs:
            visit.attachments = True
            frontier.settle_files(self._crawl.db, self._crawl.batch.fence, visit.portal.id, horizon=visit.horizon)
            pages = self._due(visit)
        visit.slice.extend(pages)
        visit.asked.update(due.page.id for due in pages)
        visit.dry = visit.attachments and not pages and visit.open == 0
        return bool(pages)

    def _due(self, visit: Visit) -> list[Due]:
        limit = FLOOD if visit.flooded else min(SLICE, self._crawl.batch.most_pages - visit.pages)
        with self._crawl.db.read() as conn:
            pages = frontier.due(
                conn, visit.portal.id, run=self._crawl.batch.run, horizon=visit.horizon, limit=limit, skip=visit.asked,
                attachments=visit.attachments,
            )  # fmt: skip
            visit.all_taken = len(pages) < limit
            articles = {due.page.key: due.page.id for due in pages if due.page.purpose in ("article", "unknown")}
            mentions = frontier.mentions_of(conn, visit.portal.id, articles)
        visit.mentions = {articles[key]: lines for key, lines in mentions.items()}
        return pages

    def _reload(self, visit: Visit) -> None:
        self._settle_parts(visit.portal.id, visit.horizon)
        with self._crawl.db.read() as conn:
            visit.facts = frontier.facts(conn, visit.portal.id)
        visit.plan = plans.plan_of(visit.portal, visit.facts, since=visit.reach.since, deep=visit.plan.deep)
        visit.pages_since_plan, visit.all_taken = 0, False

    def _end_at_limit(self, visit: Visit) -> None:
        self._crawl.flush()
        with self._crawl.db.read() as conn:
            more = frontier.due(
                conn, visit.portal.id, run=self._crawl.batch.run, horizon=visit.horizon, limit=1, skip=visit.asked
            )
        if more:
            visit.end("partial", "limit.pages", f"{visit.pages} pages were asked; the next run goes on")
        else:
            visit.end(*visit.verdict())

    def _cleared(self, visit: Visit, job: Job) -> Request | None:
        """The request of a job, if it may go out now."""
        word = self._rules.word(visit, job)
        if isinstance(word, Refusal):
            self._outcomes.give_up(visit, job, word)
            return None
        return self._request(visit, job) if word == "go" else None

    def _request(self, visit: Visit, job: Job) -> Request | None:
        file = job.purpose == "attachment"
        limit = self._crawl.settings.max_attachment if file else self._crawl.settings.max_body
        headers = {
            "User-Agent": self._crawl.settings.user_agent,
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "vi,en;q=0.5",
            "Accept-Encoding": "gzip, deflate",
            **(conditional.validators(job.due) if job.due is not None and not job.chain else {}),
        }
        meta: dict[str, Any] = {
            "job": job,
            "plan": visit.plan,
            "address": marked(job.url, job.post) if job.post is not None else "",
            "server": visit.server,
            "started": self._crawl.clock(),
            "download_slot": visit.server_key,
            "download_timeout": self._crawl.settings.attachment_timeout if file else self._crawl.settings.timeout,
            "download_maxsize": limit + 2**20,  # announced larger than this: not begun; unannounced: cut at body_limit
            "body_limit": limit,
        }
        form = visit.walks.request(job)
        try:
            request = Request(
                job.url, method="POST" if form else "GET", body=form.body if form else "",
                headers={**headers, **(form.headers if form else {})}, meta=meta, errback=self._errback, dont_filter=True,
            )  # fmt: skip
        except ValueError as error:
            self._outcomes.give_up(visit, job, Refusal("url.invalid", str(error)))
            return None
        if file and self._crawl.hanging >= HANGING:
            gc.collect()  # files before this one hang in circles of Twisted's, and are as large as they are
            self._crawl.hanging = 0
        points.reached("fetch.request")
        visit.open += 1
        self._crawl.flights.add(request)
        self._crawl.file_flies = self._crawl.file_flies or file
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
                self._rules.ask_anew(job)
            elif job.failure:
                self._outcomes.record_failure(visit, job, job.failure, job.detail)
        visit.jobs.clear()
        self._crawl.flush()
        points.reached("visit.end")
        state, cause, detail = visit.verdict()
        batch, now, portal = self._crawl.batch, self._crawl.now(), visit.portal.id
        runs.end_visit(
            self._crawl.db, batch.fence, batch.run, portal, state=state, cause=cause, detail=detail,
            counts=visit.counted(), now=now,
        )  # fmt: skip
        if state == "done" and visit.reach.deep and visit.reach.own:
            frontier.walked(self._crawl.db, batch.fence, portal, now=now)
        del self._crawl.active[portal]
        self._crawl.leave_server(visit.server_key, visit.server, visit.breaker.failures)
        self._crawl.report(
            {"event": "visit", "portal": portal, "state": state, "cause": cause, "detail": detail,
             "counts": dict(visit.counts)}
        )  # fmt: skip
