"""What the fetching half hands a spider and gets back: `PortalPlan` in, `Found` out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Role = Literal["article", "listing", "paging", "feed", "sitemap", "attachment", "unknown", "other"]
"""What a link seems to lead to. `paging` is a further part of the listing it stands on; `other` need not be followed."""


@dataclass(frozen=True, slots=True)
class PatternStat:
    """How the pages of one URL shape turned out: the reading half's answer to the fetching half."""

    articles: int = 0
    others: int = 0


@dataclass(frozen=True, slots=True)
class PortalPlan:
    """All that discovery may know about a portal. A value: reloaded from the database every 25 pages.

    `hosts` are the allowed `host[:port]` pairs (lower case, default ports left out); `scope` the path prefix of the portal;
    `patterns` map a URL shape to its record; `since` ends backfill (None: everything); `deep` asks for all listing
    pages, not only until nothing new is found.
    """

    portal: str
    url: str
    hosts: frozenset[str]
    scope: str = "/"
    platform: str = ""
    patterns: Mapping[str, PatternStat] = field(default_factory=dict)
    since: datetime | None = None
    deep: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """One address that a response mentions.

    `url` is absolute and without fragment, `key` the same without noise (unique in the portal), `position` its place among
    the links of its role, from 0. `date_text` is what the listing line, feed item or sitemap says of its date.
    """

    url: str
    key: str
    role: Role
    anchor: str = ""
    position: int = 0
    date_text: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """The form that a page sends back to its server: where to (absolute), and its fields with the values they have."""

    action: str
    fields: tuple[tuple[str, str], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Found:
    """What a spider saw in one response: what the page itself is, and the links on it, best first.

    `platform` is set when the page gave its software away. `limit` says in words what of it was too much to look at, empty for
    a response that was looked at to its end. `form` is set when a further part of the list is asked by sending it back
    (`crawler.links.postbacks`); `shell` says that the page shows nothing before its scripts have run. A long feed or sitemap
    comes as several of these, one behind the other.
    """

    url: str
    purpose: Literal["unknown", "article", "listing", "feed", "sitemap", "other"]
    links: tuple[Link, ...] = ()
    platform: str = ""
    limit: str = ""
    form: Form | None = None
    shell: bool = False
