"""What discovery is told of a portal, and how the links it finds become pages of the frontier. Pure.

Order of asking: the home page with its feeds and sitemaps when they are met, new articles, then lists breadth first, articles
that earlier nights left over, further parts of lists, unknown pages, articles asked before, shapes that never held an article,
attachments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from crawler.fetch.guard import hosts_of
from crawler.items import Found, Link, PatternStat, PortalPlan, Role
from crawler.links.patterns import page_key, record, shape
from storage.frontier import Discovery, Due, Facts, Mention, NewPage
from storage.frontier.values import Walk
from storage.records import Portal, Purpose

HOME: Final = 5
INDEX: Final = 6
"""Feeds and sitemaps that robots.txt, the home page or its software name, the first time: a few requests that say where all
else is, also to a look that ends after 25 pages."""
ARTICLE: Final = 10
LISTING: Final = 20
BACKLOG: Final = 24
"""Articles that were announced in an earlier night and never asked: what tonight's lists bring comes first."""
PAGING: Final = 25
HELD: Final = 26
"""Parts of a page that may be an article with a pager of its own: they wait until it has been read."""
UNKNOWN: Final = 30
RECHECK: Final = 40
BARREN: Final = 50
ATTACHMENT: Final = 60

BARREN_AFTER = 50
"""Pages of one URL shape without a single article after which the shape's unknown pages wait for everything else."""

DEEPEST = 10
"""Links away from the home page beyond which only articles are followed: a calendar has no end."""

DEEP_EVERY = timedelta(days=7)

_PURPOSES: dict[Role, Purpose] = {
    "article": "article",
    "listing": "listing",
    "paging": "listing",
    "feed": "feed",
    "sitemap": "sitemap",
    "attachment": "attachment",
    "unknown": "unknown",
}
_PRIORITIES: dict[Purpose, int] = {"article": ARTICLE, "listing": LISTING, "feed": LISTING, "sitemap": LISTING,
                                   "unknown": UNKNOWN, "attachment": ATTACHMENT, "other": BARREN}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Backfill:
    """How far back a visit walks: `to` (None: to the lists' ends), which earlier visits have `done` or not.

    `own` says that this is the portal's own backfill, not a shorter walk for once; `further` that it is from now on.
    """

    to: datetime | None
    done: bool
    own: bool = True
    further: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a visit goes: `deep` walks all lists, `since` ends the walk at older ones, `backfilled` says that an earlier
    visit saw all of them, `attachments` that files are kept; `own` that it is the portal's own walk, not one for once."""

    deep: bool
    backfilled: bool
    since: datetime | None
    attachments: bool
    own: bool = True


def plan_of(portal: Portal, facts: Facts, *, since: datetime | None, deep: bool) -> PortalPlan:
    """The portal as discovery sees it."""
    return PortalPlan(
        portal=portal.id,
        url=portal.url,
        hosts=hosts_of(portal),
        scope=portal.scope,
        platform=portal.platform or facts.platform,
        patterns={key: PatternStat(*counts) for key, counts in facts.patterns.items()},
        since=since,
        deep=deep,
    )


def backfill(facts: Facts, since: datetime | None) -> Backfill:
    """How far back a visit that is told `since` walks.

    The date of a portal's first visit stays its own for the nights to come, without one its lists are walked to their ends;
    an earlier date takes its place, a later one holds for its visit alone.
    """
    if since is None or since == facts.backfill_to:
        return Backfill(facts.backfill_to, facts.backfilled)
    if not facts.begun or (facts.backfill_to is not None and since < facts.backfill_to):
        return Backfill(since, done=False, further=True)
    return Backfill(since, facts.backfilled, own=False)


def deep_due(facts: Facts, goal: Backfill, now: datetime) -> bool:
    """Whether a visit should walk all lists: until one did so to the end, then once a week."""
    if not goal.own:
        return False
    return not goal.done or facts.deep_at is None or now - facts.deep_at >= DEEP_EVERY - timedelta(hours=12)


def seed_pages(links: Iterable[Link]) -> tuple[NewPage, ...]:
    """The first addresses of a portal as pages."""
    return tuple(
        NewPage(
            link.url, link.key, _PURPOSES.get(link.role, "unknown"), shape(link.url), 0,
            INDEX if link.role in ("feed", "sitemap") else HOME,
        )
        for link in links
    )  # fmt: skip


def discovery(
    due: Due, found: Found, plan: PortalPlan, reach: Reach, *, purpose: Purpose, at: datetime, horizon: datetime
) -> Discovery:
    """The links of one answer as the frontier takes them."""
    source = purpose if purpose in ("listing", "feed", "sitemap") else ""
    held = holds_parts(due, plan)
    mentions = tuple(
        mention
        for link in found.links
        if (mention := mention_of(link, due, plan, reach, sighted=bool(source), held=held)) is not None
    )
    return Discovery(
        portal=plan.portal,
        key=due.page.key,
        source=source,
        mentions=mentions,
        seen_at=at,
        horizon=horizon,
        walk="none" if held else walk(reach, found.links),
    )


def holds_parts(due: Due, plan: PortalPlan) -> bool:
    """Whether a page's pager must wait until the page has been read: comments under an article have pagers, too.

    That is so for what a list announced as an article and for the shapes of articles, not for what was met as a list.
    """
    if due.paging or due.read_as == "not-article" or due.page.purpose not in ("article", "unknown"):
        return False
    return due.page.purpose == "article" or record(plan.patterns.get(shape(due.page.url))) > 0


def mention_of(
    link: Link, due: Due, plan: PortalPlan, reach: Reach, *, sighted: bool, held: bool = False
) -> Mention | None:
    """One link as a mention; None for what need not be followed. `held` parts wait until their page has been read."""
    purpose = _PURPOSES.get(link.role)
    if purpose is None or link.key == due.page.key or (purpose == "attachment" and not reach.attachments):
        return None
    if link.role == "paging" and due.read_as in ("article", "copy"):
        return None
    paging = due.paging + 1 if link.role == "paging" else 0
    depth = due.page.depth if paging else due.page.depth + 1
    if depth > DEEPEST and purpose not in ("article", "attachment"):
        return None
    kind = shape(link.url)
    priority = HELD if held and paging else _priority(purpose, kind, plan, paging)
    if purpose == "feed" and due.page.depth == 0 and due.page.purpose == "listing":
        priority = INDEX
    page = NewPage(link.url, link.key, purpose, kind, depth, priority, paging)
    return Mention(page, link.anchor, link.position, link.date_text, sighted and purpose in ("article", "unknown"))


def redirected(url: str, due: Due, plan: PortalPlan) -> NewPage:
    """The page a redirect leads to: it takes the place of the one that was asked."""
    return NewPage(
        url, page_key(url, plan.platform), due.page.purpose, shape(url), due.page.depth, due.page.priority, due.paging
    )


def priority_after(purpose: Purpose, paging: int) -> int:
    """The place in the queue of a page that was asked once."""
    if purpose in ("article", "unknown"):
        return RECHECK
    return PAGING if paging else _PRIORITIES.get(purpose, BARREN)


def walk(reach: Reach, links: Sequence[Link]) -> Walk:
    """How far the paging of a list with these links is followed."""
    if reach.since is not None and (newest := newest_date(link.date_text for link in links)) and newest < reach.since:
        return "none"
    if not reach.backfilled:
        return "unasked"
    return "all" if reach.deep else "news"


def newest_date(texts: Iterable[str]) -> datetime | None:
    """The latest day that the dated lines of a list name; None if no line has a date.

    Good enough to end a walk over old pages; articles are dated elsewhere.
    """
    days = [day for text in texts if text and (day := _day(text)) is not None]
    return max(days, default=None)


def _priority(purpose: Purpose, kind: str, plan: PortalPlan, paging: int) -> int:
    if paging:
        return PAGING
    record = plan.patterns.get(kind)
    if purpose == "unknown" and record and not record.articles and record.others >= BARREN_AFTER:
        return BARREN
    return _PRIORITIES[purpose]


_DAY_FIRST = re.compile(r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b")
_YEAR_FIRST = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})")


def _day(text: str) -> datetime | None:
    try:
        if match := _YEAR_FIRST.search(text):
            return datetime(int(match[1]), int(match[2]), int(match[3]), tzinfo=UTC)
        if match := _DAY_FIRST.search(text):
            return datetime(int(match[3]), int(match[2]), int(match[1]), tzinfo=UTC)
        day = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return day if day.tzinfo else day.replace(tzinfo=UTC)
