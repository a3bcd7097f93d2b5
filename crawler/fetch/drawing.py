"""Shells on their way through a browser: which page's turn it is, and how what it asks for becomes requests of the crawl.

shell -> wanted -> browser -> asset jobs in the visit's queue -> answers -> the page as drawn -> `Outcomes`
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

from scrapy.http import Response

from crawler.fetch import guard
from crawler.fetch.browser import Answer, Browser, Drawn, NotDrawn
from crawler.fetch.crawl import Crawl
from crawler.fetch.jobs import Job
from crawler.fetch.judge import RENDERED
from crawler.fetch.visit import Visit
from crawler.links.patterns import page_key
from storage.records import Capture, Purpose

log = logging.getLogger(__name__)

AT_ONCE = 2
"""Pages that are drawn at a time; each takes some hundred MiB."""

MOST_KEPT = 32 * 2**20
"""Bytes of scripts that one visit remembers, so that each is asked once."""


@dataclass(frozen=True, slots=True)
class Shell:
    """A page that must be drawn: its job, its capture, its answer, decoded."""

    visit: Visit
    job: Job
    capture: Capture
    response: Response


@dataclass(slots=True)
class _Kept:
    """The scripts that one visit's pages asked for."""

    answers: dict[str, Answer] = field(default_factory=dict)
    size: int = 0


Done = Callable[[Shell, tuple[Capture, str] | None, str], None]
"""Takes a shell with its drawn page (capture and HTML), or None and why there is none."""


class Drawing:
    """The browser of a batch and the pages that wait for it. `ask` puts a job in a visit's queue."""

    def __init__(self, crawl: Crawl, done: Done) -> None:
        self._crawl, self._done = crawl, done
        self._browser = Browser(
            crawl.settings.browser, user_agent=crawl.settings.user_agent, seconds=crawl.settings.browser_seconds
        )
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._kept: dict[str, _Kept] = {}

    def take(self, shell: Shell) -> None:
        """Draw a page when its turn has come; its visit waits for it."""
        task = asyncio.ensure_future(self._draw(shell))
        self._tasks.add(task)
        self._crawl.drawing += 1
        task.add_done_callback(self._over)

    def close(self) -> Coroutine[Any, Any, None] | None:
        """Let go of what is being drawn, whose pages stay unasked, and end the browser; None where there is none."""
        for task in list(self._tasks):
            task.cancel()
        return self._browser.close() if self._browser.begun else None

    def _over(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._crawl.drawing -= 1
        self._crawl.wake()

    async def _draw(self, shell: Shell) -> None:
        with self._crawl.watched(raises=False):
            async with self._turn:
                page = _answer(shell.response)
                try:
                    drawn = await self._browser.draw(shell.response.url, page, lambda url: self._fetch(shell, url))
                except NotDrawn as error:
                    self._done(shell, None, str(error))
                    return
            self._done(shell, (self._archived(shell, drawn), drawn.html), "")

    def _archived(self, shell: Shell, drawn: Drawn) -> Capture:
        """Write the drawn page beside the answer that it was made from; returns its capture."""
        body, job, at = drawn.html.encode("utf-8", "replace"), shell.job, self._crawl.now()
        note = {
            "portal": job.portal.id, "key": job.key, "purpose": job.purpose, "of": shell.capture.entry,
            "rendered": {"by": drawn.engine, "asked": drawn.asked, "refused": drawn.refused, "complete": drawn.complete},
        }  # fmt: skip
        if job.sightings:
            note["sightings"] = list(job.sightings)
        series, url = shell.capture.record.series, shell.capture.url
        entry, record = self._crawl.ledger.write_drawn(
            series, body, url=url, of=shell.capture.record, at=at, metadata=note
        )
        return replace(
            shell.capture, entry=entry, record=record, fetched_at=at, media_type="text/html", charset="utf-8", etag="",
            last_modified="", payload_sha256=hashlib.sha256(body).hexdigest(), size=len(body), server="", origin=RENDERED,
        )  # fmt: skip

    # --- what a page asks for ---------------------------------------------------------------------------------------

    async def _fetch(self, shell: Shell, url: str) -> Answer | None:
        """An answer by the crawl's own way; None for what lies outside of the portal, is forbidden or does not answer."""
        visit, url = shell.visit, url.partition("#")[0]
        kept = self._kept.setdefault(visit.portal.id, _Kept())
        if url in kept.answers:
            return kept.answers[url]
        if guard.refusal(url, visit.portal) or visit.ending is not None:
            return None
        asked: asyncio.Future[Response | None] = asyncio.get_running_loop().create_future()
        purpose: Purpose = "other"
        visit.jobs.append(Job(visit.portal, url, page_key(url), purpose, asset=asked, page=shell.job.key))
        self._crawl.wake()
        response = await asked
        if response is None:
            return None
        answer = _answer(response)
        if "script" in answer.headers.get("content-type", "") and kept.size + len(answer.body) <= MOST_KEPT:
            kept.answers[url], kept.size = answer, kept.size + len(answer.body)
        return answer


def _answer(response: Response) -> Answer:
    heads = response.headers
    headers = {name.decode("latin-1").lower(): (heads.get(name) or b"").decode("latin-1") for name in heads}
    return Answer(response.status, headers, response.body)
