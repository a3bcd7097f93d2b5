"""The robots.txt files of a batch: asked once per origin, waited for, and obeyed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from scrapy.http import Response

from crawler.fetch import guard, plans, robots
from crawler.fetch.conditional import Answer
from crawler.fetch.crawl import Crawl
from crawler.fetch.failures import CLASSES
from crawler.fetch.jobs import Job, robots_job
from crawler.fetch.robots import Robots
from crawler.fetch.visit import Visit
from crawler.links.discover import discover
from storage import frontier, warc
from storage.errors import Away, FixityError
from storage.frontier import Discovery, Mention
from storage.records import Capture, Portal, RecordRef


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a job must not go out: the failure to write down, and what it means for the page.

    With `place` it is no failure of the page's own, but of a host that the portal has left or that does not answer: it is
    said once of the host.
    """

    failure: str
    detail: str
    answer: Answer = "error"
    place: str = ""


class Rules:
    """What may be asked, origin by origin. Portals of one origin share its file."""

    def __init__(self, crawl: Crawl) -> None:
        self._crawl = crawl
        self._agent = robots.token(crawl.settings.user_agent)
        self._known: dict[str, Robots] = {}
        self._asking: set[str] = set()

    def word(self, visit: Visit, job: Job) -> Refusal | Literal["go", "stay"]:
        """What may become of a job now: `stay` is one that waits for a robots.txt, or stays due because its visit ended."""
        if reason := guard.refusal(job.url, visit.portal):
            return _not_let_out(visit, job, reason)
        if job.purpose == "robots":
            return "go"
        origin = robots.origin(job.url)
        known = self._held(visit.portal, origin)
        if known is None:
            self._wait(visit, job, origin)
            return "stay"
        if self._overridden(visit.portal):
            return "go"
        if known.access == "closed":
            if guard.at_home(job.url, visit.portal):
                self._put_off(visit, job, known)
                return "stay"
            return Refusal("robots.unavailable", known.cause, place=guard.place(job.url) if _silent(known) else "")
        visit.server.slow_down(known.delay)
        return "go" if known.allows(job.url) else Refusal("robots.disallowed", "", "denied")

    def note(self, job: Job) -> str:
        """What robots.txt said of a request, for the archive."""
        if job.purpose == "robots":
            return "itself"
        if self._overridden(job.portal):
            return "override"
        known = self._known.get(robots.origin(job.url))
        return known.access if known else ""

    def answered(self, visit: Visit, job: Job, capture: Capture, response: Response) -> None:
        """A robots.txt came, or an answer that says there is none."""
        now = self._crawl.now()
        if 200 <= capture.status < 300:
            known = robots.read(response.body, media_type=capture.media_type, agent=self._agent, now=now)
        else:
            known = robots.answered(capture.status, agent=self._agent, now=now)
        self._settled(visit, job, known)
        if known.rules is not None:
            self._sitemaps(visit, job, response.body, capture)

    def failed(self, visit: Visit, job: Job, failure: str) -> None:
        """A robots.txt could not be had: 5xx, 429 or no answer, also not at the third try."""
        kept = self._copy(job.portal, _origin(job), robots.KEPT_FOR)
        if kept is None or kept.rules is None:
            kept = robots.closed(failure, agent=self._agent, now=self._crawl.now())
        self._settled(visit, job, kept)

    def _held(self, portal: Portal, origin: str) -> Robots | None:
        """What an origin allows, as it said within the last day, in this run or an earlier one; None: it must be asked."""
        known, now = self._known.get(origin), self._crawl.now()
        if known is not None and not known.stale(now):
            return known
        if known is not None or origin in self._asking or self._crawl.batch.full:
            return None
        copy = self._copy(portal, origin, robots.KEPT_FOR - robots.SPARE)
        if copy is not None:
            self._known[origin] = copy
        return copy

    def _copy(self, portal: Portal, origin: str, young: timedelta) -> Robots | None:
        """What the archive has of an origin's robots.txt, if it is so young; it holds until it is a day old."""
        key = robots_job(portal, robots.robots_url(origin)).key
        with self._crawl.db.read() as conn:
            row = frontier.robots_copy(conn, portal.id, key, since=self._crawl.now() - young)
        if row is None or robots.origin(row.url) != origin:
            return None
        if row.status >= 300:
            return robots.answered(row.status, agent=self._agent, now=row.fetched_at)
        try:
            payload = warc.read_payload(
                self._crawl.batch.folder, RecordRef(row.series, row.file, row.offset, row.length)
            )
        except (FixityError, Away, OSError):
            return None
        return robots.read(payload.body, media_type=row.media_type, agent=self._agent, now=row.fetched_at)

    def ask_anew(self, job: Job) -> None:
        """A robots.txt was not had because its visit ended: whoever else waits for it must ask."""
        self.release(_origin(job))

    def ask_again(self, visit: Visit, job: Job) -> None:
        """Ask for the robots.txt that spoke for a job once more, before anything else: to know whether its server is there."""
        self._await(visit, robots.origin(job.url), job.url)

    def _wait(self, visit: Visit, job: Job, origin: str) -> None:
        visit.jobs.append(job)
        self._await(visit, origin, job.url)

    def _await(self, visit: Visit, origin: str, url: str) -> None:
        visit.waits_for = origin
        if origin not in self._asking:
            self._asking.add(origin)
            visit.jobs.append(robots_job(visit.portal, robots.robots_url(url)))

    def _settled(self, visit: Visit, job: Job, known: Robots) -> None:
        visit.counts["robots"] += 1
        self._known[_origin(job)] = known
        self.release(_origin(job))

    def release(self, origin: str) -> None:
        """Nobody waits for the robots.txt of an origin any more; who still needs it asks."""
        self._asking.discard(origin)
        for visit in self._crawl.active.values():
            if visit.waits_for == origin:
                visit.waits_for = ""

    def _put_off(self, visit: Visit, job: Job, known: Robots) -> None:
        """The portal's robots.txt could not be had: nothing is fetched, everything stays due."""
        url = robots.robots_url(job.url)
        if _silent(known):
            visit.end("unreachable", known.cause, f"{url}: {CLASSES[known.cause].meaning}")
        else:
            visit.end("deferred", "robots.unavailable", f"{url}: {known.cause}")

    def _overridden(self, portal: Portal) -> bool:
        return portal.robots_override is not None and portal.robots_override.holds(self._crawl.now())

    def _sitemaps(self, visit: Visit, job: Job, body: bytes, capture: Capture) -> None:
        """The sitemaps that a robots.txt names are lists of the portal, where they lie on its hosts and in its folder.

        Which these are is discovery's to say. A robots.txt that several portals share names them to the one that asked.
        """
        url = robots.robots_url(_origin(job))
        found = discover(body, url=url, media_type="text/plain", charset="", plan=visit.plan)
        mentions = tuple(Mention(page) for page in plans.seed_pages(found.links) if page.purpose == "sitemap")
        if mentions:
            named = Discovery(visit.portal.id, job.key, "", mentions, capture.fetched_at, visit.horizon)
            self._crawl.ledger.add(discovery=named)


def _silent(known: Robots) -> bool:
    """Whether nothing answered where the file was asked for."""
    return known.cause in CLASSES and CLASSES[known.cause].silent


def _not_let_out(visit: Visit, job: Job, reason: str) -> Refusal:
    """What it means that the guard refuses a job: nothing, for a page of a host that the portal has left since it was found."""
    known = job.due is not None and not job.chain
    gone = known and guard.left(job.url, visit.portal)
    return Refusal("ssrf.blocked", reason, "offsite", guard.place(job.url)) if gone else Refusal("ssrf.blocked", reason)


def _origin(job: Job) -> str:
    """The origin a robots.txt speaks for: the one it was asked at first, wherever it was redirected to."""
    return robots.origin((*job.chain, job.url)[0])
