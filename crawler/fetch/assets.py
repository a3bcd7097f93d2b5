"""What a page that a browser draws asks for: answers on their way back to it, and redirects, which hold for pages as well."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from scrapy.http import Response

from crawler.fetch import guard
from crawler.fetch.jobs import Job
from crawler.fetch.pace import LONGEST_PAUSE, retry_after
from crawler.fetch.visit import Visit
from storage.records import Capture


def came(visit: Visit, job: Job, capture: Capture, response: Response, *, clock: float, now: datetime) -> None:
    """Hand an answer to the page that waits for it, or ask where it redirects to."""
    visit.open -= 1
    if not 300 <= response.status < 400 or response.status == 304:
        if (wait := retry_after(header(response, "Retry-After"), now)) is not None:
            visit.server.pause(clock + min(wait, LONGEST_PAUSE))
        settle(job, response)
        return
    target, chain = capture.location, (*job.chain, job.url)
    if wrong_way(visit, job, target, chain):
        settle(job, None)
    else:
        visit.jobs.insert(0, replace(job, url=target, chain=chain))


def settle(job: Job, response: Response | None) -> None:
    """Tell the page that waits what came; nothing for a job that no page waits for."""
    if job.asset is not None and not job.asset.done():
        job.asset.set_result(response)


def wrong_way(visit: Visit, job: Job, target: str, chain: tuple[str, ...]) -> tuple[str, str] | None:
    """Why a redirect is not followed: a failure's class and detail."""
    if not target:
        return "http.odd", "a redirect to nowhere"
    if target in chain or len(chain) > guard.MOST_REDIRECTS:
        return "redirect.limit", " -> ".join((*chain, target))
    reason = guard.refusal(target, visit.portal)
    path, scope = urlsplit(target).path or "/", visit.plan.scope
    if not reason and job.due is not None and not path.startswith(scope) and path + "/" != scope:
        reason = f"outside of {scope}"
    return ("redirect.offsite", f"{target}: {reason}") if reason else None


def header(response: Response, name: str) -> str:
    """A header of an answer as text, empty if it has none."""
    return (response.headers.get(name) or b"").decode("latin-1")
