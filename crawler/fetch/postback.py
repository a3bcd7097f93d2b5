"""Walks over lists whose parts are asked by sending back the form of the part before (`crawler.links.postbacks`).

    the list, GET -> its form and cookies -> part 2, POST -> its form -> part 3 …

Forms and cookies live in a visit's memory only. A walk that broke off is begun anew by the next visit, at the list itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from crawler.fetch.guard import place
from crawler.fetch.jobs import Job
from crawler.items import Form, Found, Link
from crawler.links.postbacks import MARK, marked, unmarked
from storage.frontier import Due
from storage.frontier.values import Walk as Extent

MOST_COOKIES, LONGEST_COOKIE = 30, 4096


@dataclass(slots=True)
class Walk:
    """How far one list was walked in this visit: the form of its `number`-th part, and the keys of what was shown so far.

    `again` says that parts asked in earlier visits are asked once more, because the way to a new one leads over them.
    """

    form: Form | None = None
    number: int = 0
    shown: set[str] = field(default_factory=set)
    again: bool = False


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it is sent: its body and the headers that go with it."""

    body: str
    headers: Mapping[str, str]


@dataclass(slots=True)
class Walks:
    """The walks of one visit by their list's key, and the cookies that its forms are sent back with, by host and port."""

    lists: dict[str, Walk] = field(default_factory=dict)
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)

    def begin_again(self, lists: Iterable[str]) -> None:
        """These lists are walked from the start."""
        self.lists.update({key: Walk(again=True) for key in lists})

    def ready(self, job: Job) -> Job | None:
        """A job that can be asked now; of a part with the address its form goes to, None if nothing led to it in this visit."""
        if MARK not in job.key:
            return job
        walk = self.lists.get(_whole(job.key))
        if job.post is None or walk is None or walk.form is None or walk.number != job.post.number - 1:
            return None
        return replace(job, url=walk.form.action)

    def request(self, job: Job) -> Filled | None:
        """What is sent for a part; None for whatever is asked by GET."""
        if job.post is None:
            return None
        walk = self.lists.get(_whole(job.key))
        if walk is None or walk.form is None:
            raise ValueError(f"{job.key}: no form is at hand")
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if kept := self.cookies.get(place(job.url)):
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in kept.items())
        return Filled(job.post.body(walk.form), headers)

    def seen(self, due: Due, found: Found, url: str, cookies: Iterable[str]) -> Found:
        """Take in what the list or a part of it showed; returns it as pages of the frontier.

        `cookies` are the Set-Cookie headers of the answer from `url`. A part that shows nothing new ends the walk: its
        server does not know how to turn pages, or turns in a circle.
        """
        key, (_, post) = _whole(due.page.key), unmarked(due.page.url)
        if found.form is None and key not in self.lists:
            return found
        walk = self.lists.setdefault(key, Walk())
        shown = {link.key for link in found.links if link.role in ("article", "unknown", "attachment")}
        fresh, walk.shown = shown - walk.shown, shown | walk.shown
        ahead = next((unmarked(link.url)[1] for link in found.links if is_part(link)), None)
        walk.number, walk.form = ahead.number - 1 if ahead is not None else 0, found.form
        if found.form is not None:
            self._remember(url, cookies)
        ends = post is not None and not fresh
        return replace(found, links=tuple(_of_list(link, due) for link in found.links if not (ends and is_part(link))))

    def extent(self, due: Due, usual: Extent) -> Extent:
        """How far paging is followed from a part, where `usual` is what holds for other lists."""
        walk = self.lists.get(_whole(due.page.key))
        return "all" if walk is not None and walk.again and usual != "none" else usual

    def _remember(self, url: str, cookies: Iterable[str]) -> None:
        jar = self.cookies.setdefault(place(url), {})
        for line in cookies:
            name, sign, value = line.partition(";")[0].strip().partition("=")
            if sign and name and len(line) <= LONGEST_COOKIE and (name in jar or len(jar) < MOST_COOKIES):
                jar[name] = value


def is_part(link: Link) -> bool:
    """Whether a link is a part of a list that is asked by POST."""
    return link.role == "paging" and MARK in link.key


def _whole(key: str) -> str:
    return key.partition(MARK)[0]


def _of_list(link: Link, due: Due) -> Link:
    """A part under the address and key of the list that was asked first, wherever its form is sent to."""
    _, post = unmarked(link.url)
    if post is None or not is_part(link):
        return link
    return replace(link, url=marked(due.page.url, post), key=post.key(_whole(due.page.key)))
