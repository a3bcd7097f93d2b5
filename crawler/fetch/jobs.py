"""One thing to fetch, on its way from the frontier through the network and back."""

from __future__ import annotations

from asyncio import Future
from dataclasses import dataclass

from scrapy.http import Request, Response

from crawler.links.patterns import page_key
from crawler.links.postbacks import Post, unmarked
from storage.frontier import Due
from storage.records import Capture, Portal, Purpose


@dataclass(frozen=True, slots=True)
class Job:
    """A page of the frontier (`due`), a robots.txt (no `due`), or what a page that is drawn asks for, to ask at `url`.

    `chain` holds the addresses whose redirects led here; `not_before` is an instant of the monotonic clock; `failure` and
    `detail` say what the last try met. `sightings` travel into the WARC: what an article's date may rest on. `post` is set for
    a part of a list that is asked by sending back the form of the part before. `asset` waits for an answer, or None, for the
    page with the key `page`.
    """

    portal: Portal
    url: str
    key: str
    purpose: Purpose
    due: Due | None = None
    chain: tuple[str, ...] = ()
    attempt: int = 1
    not_before: float = 0.0
    failure: str = ""
    detail: str = ""
    sightings: tuple[dict[str, str], ...] = ()
    post: Post | None = None
    asset: Future[Response | None] | None = None
    page: str = ""

    @property
    def first(self) -> bool:
        """Whether the archive holds no body of this page yet."""
        return self.due is None or not self.due.page.payload_sha256


def page_job(portal: Portal, due: Due, sightings: tuple[dict[str, str], ...] = ()) -> Job:
    """The job of asking a page of the frontier."""
    url, post = unmarked(due.page.url)
    return Job(portal, url, due.page.key, due.page.purpose, due, sightings=sightings, post=post)


def robots_job(portal: Portal, url: str) -> Job:
    """The job of asking for a robots.txt."""
    return Job(portal, url, page_key(url), "robots")


def job_of(request: Request) -> Job:
    """The job that a request was made for."""
    job: Job = request.meta["job"]
    return job


def capture_of(request: Request) -> Capture | None:
    """The capture of a request's answer, None while none has come."""
    capture: Capture | None = request.meta.get("capture")
    return capture


def answer_of(response: Response) -> tuple[Job, Capture | None]:
    """The job and the capture of an answer."""
    request = response.request
    if request is None:
        raise ValueError(f"{response.url} has no request")
    return job_of(request), capture_of(request)
