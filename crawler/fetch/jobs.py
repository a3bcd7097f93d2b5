"""One thing to fetch, on its way from the frontier through the network and back."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.links.patterns import page_key
from crawler.links.postbacks import Post, unmarked
from storage.frontier import Due
from storage.records import Portal, Purpose


@dataclass(frozen=True, slots=True)
class Job:
    """A page of the frontier (`due`) or a robots.txt (no `due`) to ask at `url`.

    `chain` holds the addresses whose redirects led here; `not_before` is an instant of the monotonic clock; `failure` and
    `detail` say what the last try met. `sightings` travel into the WARC: what an article's date may rest on. `post` is set for
    a part of a list that is asked by sending back the form of the part before.
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
