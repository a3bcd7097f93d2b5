"""robots.txt as RFC 9309 has it, also where asking for it fails.

    2xx parsed · 4xx but 429: everything is allowed · 429, 5xx, no answer: nothing is · redirects: five, within the portal

Pure: the frontier fetches the file like any other page, archives it, and keeps the answer for a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from protego import Protego

LARGEST = 512 * 1024
"""Bytes of a robots.txt that are read; the RFC asks for at least 500 KiB."""

KEPT_FOR = timedelta(hours=24)

SPARE = timedelta(hours=1)
"""What an earlier run was told serves for this much less than a day: else it would grow stale amid the visit."""

LONGEST_LINE = 2000
"""A rule longer than this is left out: no real path needs it, and matching costs time."""

Access = Literal["rules", "open", "closed"]


@dataclass(frozen=True, slots=True)
class Robots:
    """What one origin's robots.txt means until it is asked for again.

    `closed` is an origin whose file could not be had: nothing may be fetched. `agent` is the product token it is asked as.
    """

    access: Access
    fetched_at: datetime
    agent: str
    cause: str = ""
    rules: Protego | None = None

    def allows(self, url: str) -> bool:
        """Whether `url` may be fetched."""
        if self.rules is not None:
            return bool(self.rules.can_fetch(url, self.agent))
        return self.access != "closed"

    @property
    def delay(self) -> float:
        """Seconds between requests that it asks for, 0 if it does not say."""
        if self.rules is None:
            return 0.0
        asked = self.rules.crawl_delay(self.agent)
        return max(0.0, float(asked)) if asked is not None else 0.0

    def stale(self, now: datetime) -> bool:
        """Whether it is older than a day and must be asked for again."""
        return now - self.fetched_at >= KEPT_FOR


def origin(url: str) -> str:
    """Scheme, host and port of `url`: what one robots.txt speaks for."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def robots_url(url: str) -> str:
    """Where the robots.txt that speaks for `url` stands."""
    return origin(url) + "/robots.txt"


def read(body: bytes, *, media_type: str, agent: str, now: datetime) -> Robots:
    """The rules in the body of a 2xx answer. A page sent in its place (HTML, or binary) is no rules."""
    text = body[:LARGEST].decode("utf-8", "replace").removeprefix("\ufeff")
    if "html" in media_type or text.lstrip()[:1] == "<" or "\0" in text:
        return Robots("open", now, agent, cause="not a robots.txt")
    lines = (_collapsed(line) for line in text.splitlines() if len(line) <= LONGEST_LINE)
    return Robots("rules", now, agent, rules=Protego.parse("\n".join(lines)))


def answered(status: int, *, agent: str, now: datetime) -> Robots:
    """What an answer other than 2xx and a redirect means."""
    if status == 429 or status >= 500:
        return closed(f"http.{status}", agent=agent, now=now)
    return Robots("open", now, agent, cause=f"http.{status}")


def closed(cause: str, *, agent: str, now: datetime) -> Robots:
    """No rules could be had: everything is closed until they can."""
    return Robots("closed", now, agent, cause=cause)


def token(user_agent: str) -> str:
    """The product token of a User-Agent, by which robots.txt files call a robot: what stands before `/` and blanks."""
    return user_agent.split("/")[0].split()[0] if user_agent.strip() else "*"


def _collapsed(line: str) -> str:
    """Several `*` in a row match what one does, only slower."""
    while "**" in line:
        line = line.replace("**", "*")
    return line
