"""What an answer, or its absence, means for the page, the portal and the queue.

answer -> page, unchanged, moved, gone, refused, error -> rows for the ledger, and what to ask next
"""

from __future__ import annotations

import logging
from collections.abc import Coroutine
from dataclasses import replace
from datetime import datetime
from typing import Any

from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response

from crawler.fetch import assets, judge, plans
from crawler.fetch.assets import wrong_way
from crawler.fetch.conditional import Answer, only_guessed
from crawler.fetch.crawl import Crawl
from crawler.fetch.drawing import Drawing, Shell
from crawler.fetch.failures import classify, describe, of_status
from crawler.fetch.glances import leads_nowhere_new, remember
from crawler.fetch.jobs import Job, answer_of, capture_of, job_of
from crawler.fetch.network import Abandoned
from crawler.fetch.pace import retry_after
from crawler.fetch.rules import Refusal, Rules
from crawler.fetch.visit import Visit
from crawler.fetch.wire import broken
from crawler.items import Found
from crawler.links.discover import discover
from crawler.links.patterns import page_key
from storage import frontier as rows
from storage import points
from storage.frontier import Discovery, Due, Stored
from storage.records import Capture, Failure, Purpose

log = logging.getLogger(__name__)


class Settled(IgnoreRequest):
    """The answer was dealt with and need not reach the spider."""


class Outcomes:
    """The frontier's other half: it hands out requests, this takes what comes back."""

    def __init__(self, crawl: Crawl, rules: Rules) -> None:
        self._crawl, self._rules = crawl, rules
        self._drawing = Drawing(crawl, self._drawn) if crawl.settings.browser else None

    def close(self) -> Coroutine[Any, Any, None] | None:
        """Let go of the pages that are being drawn; returns what ends their browser, if there is one."""
        return self._drawing.close() if self._drawing is not None else None

    # --- what came back ---------------------------------------------------------------------------------------------

    def arrived(self, request: Request, response: Response) -> bool:
        """Deal with an answer, decoded. True when it is a page whose links the spider should find."""
        crawl, job, capture = self._crawl, job_of(request), capture_of(request)
        crawl.landed(request)
        visit = crawl.visit_of(job)
        if visit is None or capture is None:
            return False
        crawl.know_server(visit, capture.server)
        status = response.status
        crawl.hanging += len(response.body) if job.purpose == "attachment" else 0
        if status < 300 and (failure := broken(response)):  # of others the head says all
            self._half(visit, job, capture, failure)
            return False
        if status < 500 and status != 429:
            visit.breaker.success(page=job.due is not None)
        if job.asset is not None:
            self._keep(job, capture)
            assets.came(visit, job, capture, response, clock=crawl.clock(), now=crawl.now())
            crawl.added()
            return False
        if job.due is not None and job.purpose != "attachment" and judge.has_links(capture):
            if not leads_nowhere_new(crawl, visit, job.due, capture, response):
                return True
            visit.open -= 1
            visit.budgets.note(job.due, Found(response.url, "article"))
            self._settle(visit, job, "page", capture, purpose="article")
            crawl.added()
            return False
        visit.open -= 1
        if status in (408, 429) or status >= 500:
            wait = retry_after(assets.header(response, "Retry-After"), crawl.now())
            self._failed(visit, job, of_status(status), f"HTTP {status}", capture, wait=wait)
        elif 300 <= status < 400 and status != 304:
            self._redirected(visit, job, capture, response)
        elif job.due is None:
            self._keep(job, capture)
            points.reached("fetch.robots")
            self._rules.answered(visit, job, capture, response)
        else:
            self._answered(visit, job, capture)
        crawl.added()
        return False

    def _half(self, visit: Visit, job: Job, capture: Capture, failure: str) -> None:
        """An answer whose body broke off: what came of it is kept, and it is asked again."""
        visit.open -= 1
        if job.asset is not None:
            self._keep(job, capture)
            assets.settle(job, None)
        else:
            self._failed(visit, job, failure, f"broke off after {capture.size} bytes", capture)
        self._crawl.added()

    def slice_found(self, response: Response, found: Found) -> None:
        """Take the next links of a long list, and store them; more follow, and the page counts as asked only with the last."""
        job, capture = answer_of(response)
        visit = self._crawl.visit_of(job)
        if visit is None or capture is None or job.due is None:
            return
        self._crawl.ledger.add(discovery=visit.discovery(job.due, found, at=capture.fetched_at))
        self._crawl.flush()

    def found(self, response: Response, found: Found | None) -> None:
        """Take what the spider found on a page."""
        job, capture, visit = self._back(response)
        if visit is None or capture is None or job.due is None:
            return
        if self._drawing is not None and found is not None and judge.needs_browser(job.due, found) and job.post is None:
            visit.open += 1
            self._drawing.take(Shell(visit, job, capture, response))
            return
        self._seen(visit, job, capture, found, response)

    def _drawn(self, shell: Shell, drawn: tuple[Capture, str] | None, why: str) -> None:
        """Take a page as a browser drew it, or as it came where that failed."""
        visit, job, capture, response = shell.visit, shell.job, shell.capture, shell.response
        visit.open -= 1
        html = drawn[1].encode("utf-8", "replace") if drawn is not None else response.body
        if drawn is not None:
            self._keep(job, capture)
            capture = drawn[0]
            visit.counts["rendered"] += 1
        else:
            log.warning("%s: %s: not drawn: %s", job.portal.id, job.url, why)
        kind, charset = capture.media_type, capture.charset
        found = discover(html, url=response.url, media_type=kind, charset=charset, plan=visit.plan)
        if drawn is not None:
            found = judge.as_drawn(found, html, charset)
        self._seen(visit, job, capture, found, response, why=why)

    def _seen(
        self, visit: Visit, job: Job, capture: Capture, found: Found | None, response: Response, *, why: str = ""
    ) -> None:
        """Write down a page with what was found on it."""
        if job.due is None:
            raise ValueError(f"{job.url} is no page of the frontier")
        purpose = judge.purpose_after(job.due, found)
        discovery, shell = None, found is not None and found.shell
        visit.budgets.note(job.due, found)
        if found is not None:
            cookies = (line.decode("latin-1") for line in response.headers.getlist("Set-Cookie"))
            found = visit.walks.seen(job.due, found, response.url, cookies)
            discovery = visit.discovery(job.due, found, at=capture.fetched_at)
            remember(visit, response.url, discovery)
            if judge.needs_browser(job.due, found):
                visit.counts["shells"] += 1
                self._note(visit, job, "needs-browser", why or "hardly any text or links beside its scripts")
            if judge.is_program(capture):
                visit.counts["told" if found.purpose == "article" else "data"] += 1
            if found.limit:
                self._note(visit, job, "limit.links", found.limit)
            if found.platform and not visit.plan.platform:
                visit.facts = replace(visit.facts, platform=found.platform)
                visit.plan = replace(visit.plan, platform=found.platform)
                self._crawl.ledger.add(platform=(visit.portal.id, found.platform))
                self.stop_platform(visit)
        self._settle(visit, job, "page", capture, purpose=purpose, discovery=discovery, shell=shell)
        self._crawl.added()

    def unreadable(self, response: Response, error: BaseException) -> None:
        """The spider failed on a page: the page is kept, its links are not known."""
        job, capture, visit = self._back(response)
        if visit is None or capture is None or job.due is None:
            return
        log.error("%s: %s: links could not be read", job.portal.id, job.url, exc_info=error)
        self._note(visit, job, "parse.links", describe(error))
        self._settle(visit, job, "page", capture)
        self._crawl.added()

    def failed(self, request: Request, error: BaseException) -> None:
        """Deal with a request that got no usable answer."""
        if isinstance(error, Settled):
            return
        crawl, job, capture = self._crawl, job_of(request), capture_of(request)
        crawl.landed(request)
        visit = crawl.visit_of(job)
        if visit is None:
            return
        visit.open -= 1
        crawl.hanging += 2**20 if job.purpose == "attachment" else 0  # nobody knows how much of it came
        if job.asset is not None:
            assets.settle(job, None)
        if isinstance(error, Abandoned) or crawl.assignment.trouble is not None:
            return
        if job.asset is not None:
            self._keep(job, capture)
            crawl.added()
            return
        failure = classify(error)
        if failure == "internal":
            log.error("%s: %s: internal fault", job.portal.id, job.url, exc_info=error)
        self._failed(visit, job, failure, describe(error), capture)
        crawl.added()

    # --- what never went out ----------------------------------------------------------------------------------------

    def give_up(self, visit: Visit, job: Job, why: Refusal) -> None:
        """A job that must not or cannot be asked."""
        if job.asset is not None:
            self._note(visit, job, why.failure, why.detail)
            assets.settle(job, None)
        elif job.due is None:
            self._note(visit, job, why.failure, why.detail)
            self._rules.failed(visit, job, why.failure)
        elif why.place:
            self._leave_out(visit, job.due, why)
        else:
            self.record_failure(visit, job, why.failure, why.detail, answer=why.answer)
        self._crawl.added()

    def _leave_out(self, visit: Visit, due: Due, why: Refusal) -> None:
        """A page of a host that the portal has left, or that is silent: it is asked later or never, and its visit goes on."""
        visit.silent.setdefault(why.place, why.detail)
        visit.counts["left_out"] += 1
        outcome = judge.outcome(due, why.answer, None, purpose=due.page.purpose, at=self._now(), url=due.page.url)
        self._crawl.ledger.add(outcome=outcome)

    def leave_trap(self, visit: Visit, due: Due, why: str) -> None:
        """A page of a form that led nowhere waits for a month; it is said once of each form."""
        visit.counts["trapped"] += 1
        outcome = judge.outcome(due, "denied", None, purpose=due.page.purpose, at=self._now(), url=due.page.url)
        row = Failure(visit.portal.id, due.page.url, "trap.budget", why, 0, self._now())
        self._crawl.ledger.add(outcome=outcome, failure=row if visit.budgets.first(why) else None)

    def record_failure(
        self, visit: Visit, job: Job, failure: str, detail: str, *, answer: Answer = "error", capture: Capture | None = None
    ) -> None:  # fmt: skip
        """Write down that a page failed for this run."""
        self._note(visit, job, failure, detail)
        visit.counts["failed"] += 1
        if job.due is not None:
            self._settle(visit, job, answer, capture)

    def stop_platform(self, visit: Visit) -> None:
        """End the visit of a portal whose software is not to be asked (`fetch.stopped_platforms`); all stays due."""
        name = visit.plan.platform
        if name and name in self._crawl.settings.stopped_platforms:
            visit.end("deferred", "platform.stopped", f"fetch.stopped_platforms names {name}")

    # --- pages ------------------------------------------------------------------------------------------------------

    def _answered(self, visit: Visit, job: Job, capture: Capture) -> None:
        """An answer that has no links to find: unchanged, a file, truncated, or a refusal."""
        due, status = job.due, capture.status
        if due is None:
            return
        if status == 304 and due.page.payload_sha256:
            self._settle(visit, job, "unchanged", capture)
        elif status in (200, 203) and capture.truncated:
            self._note(visit, job, "size.body", f"cut after {capture.size} bytes")
            self._settle(visit, job, "page", capture)
        elif status in (200, 203):
            purpose: Purpose = "attachment" if judge.is_document(capture) or job.purpose == "attachment" else "other"
            if purpose == "other":
                self._note(visit, job, "content.type", capture.media_type)
            self._settle(visit, job, "page", capture, purpose=purpose)
        elif status in (404, 410):
            if not only_guessed(due):
                self._note(visit, job, "http.404", f"HTTP {status}")
            visit.budgets.absent(due)
            self._settle(visit, job, "gone", capture)
        else:
            self.record_failure(visit, job, of_status(status), f"HTTP {status}", answer="refused", capture=capture)

    def _redirected(self, visit: Visit, job: Job, capture: Capture, response: Response) -> None:
        """Follow a redirect as one more request, if it stays within the portal."""
        target, chain = capture.location, (*job.chain, job.url)
        wrong = wrong_way(visit, job, target, chain)
        if job.due is None:
            self._keep(job, capture)
            if wrong:
                self._rules.answered(visit, job, capture, response)
            else:
                visit.jobs.insert(0, replace(job, url=target, chain=chain, attempt=1, not_before=0.0))
            return
        if wrong:
            failure, detail = wrong
            self._note(visit, job, failure, detail)
            visit.counts["failed"] += 1
            self._settle(visit, job, "offsite", capture)
            return
        key = page_key(target, visit.plan.platform)
        if key == job.key:
            self._keep(job, capture)
            visit.jobs.insert(0, replace(job, url=target, chain=chain, attempt=1, not_before=0.0))
            return
        self._settle(visit, job, "moved", capture)
        points.reached("fetch.hop")
        crawl = self._crawl
        page = plans.redirected(target, job.due, visit.plan)
        due = rows.adopt(
            crawl.db, crawl.batch.fence, visit.portal.id, page, parent=job.key, at=capture.fetched_at, due_at=visit.horizon
        )  # fmt: skip
        if due.page.run != crawl.batch.run and due.page.id not in visit.asked:
            visit.asked.add(due.page.id)
            visit.jobs.insert(0, Job(job.portal, target, key, due.page.purpose, due, chain, sightings=job.sightings))

    def _failed(
        self, visit: Visit, job: Job, failure: str, detail: str, capture: Capture | None, *, wait: float | None = None
    ) -> None:
        """A failure that may pass: ask again later in this run, or write it down."""
        crawl = self._crawl
        if wait is not None:
            visit.server.pause(crawl.clock() + wait)
            if visit.breaker.wait(wait):
                visit.end("deferred", "retry.later", f"{job.url} asked to wait {visit.breaker.waited:.0f} s")
        delays = crawl.settings.retry_delays
        again = judge.again(failure, job.purpose) and job.attempt <= len(delays) and visit.ending is None
        # A server that answers with errors is counted by pages, one that does not answer by tries: each may take a minute.
        tripped = (not again or not failure.startswith("http.")) and visit.breaker.failure()
        if again and not tripped:
            pause = delays[job.attempt - 1] * (1 + crawl.random.uniform(0.0, 0.25))
            self._keep(job, capture)
            later = replace(
                job, attempt=job.attempt + 1, not_before=crawl.clock() + pause, failure=failure, detail=detail
            )
            visit.jobs.append(later)
            return
        if job.due is None:
            self._keep(job, capture)
            self._note(visit, job, failure, detail)
            self._rules.failed(visit, job, failure)
        else:
            self.record_failure(visit, job, failure, detail, capture=capture)
        if tripped and job.due is not None and visit.breaker.prove():
            self._rules.ask_again(visit, job)
        elif tripped:
            visit.end("partial" if visit.breaker.answered else "unreachable", failure, f"{job.url}: {detail}")

    def _settle(
        self, visit: Visit, job: Job, answer: Answer, capture: Capture | None, *,
        purpose: Purpose | None = None, discovery: Discovery | None = None, shell: bool = False,
    ) -> None:  # fmt: skip
        """Write down what becomes of a page that was asked."""
        due = job.due
        if due is None:
            raise ValueError(f"{job.url} is no page of the frontier")
        purpose = purpose or due.page.purpose
        at = capture.fetched_at if capture is not None else self._now()
        url = job.url if job.post is None else due.page.url
        outcome = judge.outcome(due, answer, capture, purpose=purpose, at=at, url=url, shell=shell)
        if capture is not None:
            self._keep(job, capture, unread=judge.unread(due, answer, capture, purpose, shell=shell))
        self._crawl.ledger.add(outcome=outcome, discovery=discovery)
        visit.guesses.note(due, answer)
        visit.counts["asked"] += 1
        if answer in ("page", "unchanged", "moved"):
            visit.counts["answered"] += 1
        if answer in ("unchanged", "moved", "gone"):
            visit.counts[answer] += 1
        if capture is not None:
            visit.counts["bytes"] += capture.size
        self._report(visit, job, capture, purpose)

    def _report(self, visit: Visit, job: Job, capture: Capture | None, purpose: Purpose) -> None:
        status = capture.status if capture is not None else 0
        self._crawl.report(
            {"event": "page", "portal": visit.portal.id, "url": job.url, "status": status, "purpose": purpose}
        )

    # --- small steps ------------------------------------------------------------------------------------------------

    def _keep(self, job: Job, capture: Capture | None, *, unread: bool = False) -> None:
        if capture is not None:
            self._crawl.ledger.add(capture=Stored(capture, job.key, unread))

    def _note(self, visit: Visit, job: Job, failure: str, detail: str) -> None:
        visit.causes[failure] += 1
        self._crawl.ledger.add(failure=Failure(visit.portal.id, job.url, failure, detail, job.attempt, self._now()))

    def _back(self, response: Response) -> tuple[Job, Capture | None, Visit | None]:
        """A page that comes back from the spider."""
        job, capture = answer_of(response)
        visit = self._crawl.visit_of(job)
        if visit is not None:
            visit.open -= 1
        return job, capture, visit

    def _now(self) -> datetime:
        return self._crawl.now()
