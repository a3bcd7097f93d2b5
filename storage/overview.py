"""Short questions of the runners and of `status`: what is known of a portal, what stands to be read, how many files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Subquery, false, func, or_, select, true

from storage import schema
from storage.engine import Database

_PER_LIST = 200


@dataclass(frozen=True, slots=True)
class Facts:
    """What the crawl learned of a portal: its software and the server that answered last."""

    platform: str
    server: str


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found on a portal: feeds and sitemaps that answered as such, lists that announced articles (the one with the
    most first), lists that were not asked yet, addresses known by purpose, and how many there are but the home page.
    """

    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    unasked: tuple[str, ...] = ()
    known: Mapping[str, int] = field(default_factory=dict)
    leads: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it came: its address, status, where a redirect leads (absolute), and the media type."""

    url: str
    status: int
    location: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Alert:
    """Something about a portal that a person should know; closed when it holds no longer, or the program dealt with it."""

    portal: str
    cause: str
    opened_at: datetime
    closed_at: datetime | None
    detail: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """What failed on a portal in a run, by class: how often, one address with what was said of it."""

    portal: str
    cause: str
    count: int
    url: str
    detail: str


def archive_id(db: Database) -> str:
    """The id that the archive keeps for ever."""
    with db.read() as conn:
        found: str = conn.execute(select(schema.archive.c.id)).scalar_one()
    return found


def troubles(db: Database, run: int) -> tuple[Trouble, ...]:
    """What failed in a run, by portal and class, the most frequent first."""
    failure = schema.failure
    name = failure.c["class"]
    groups = (
        select(failure.c.portal, name.label("cause"), func.count().label("count"), func.max(failure.c.id).label("last"))
        .where(failure.c.run == run)
        .group_by(failure.c.portal, name)
        .subquery()
    )
    query = (
        select(groups.c.portal, groups.c.cause, groups.c.count, failure.c.url, failure.c.detail)
        .join(failure, failure.c.id == groups.c.last)
        .order_by(groups.c.portal, groups.c.count.desc(), groups.c.cause)
    )
    with db.read() as conn:
        return tuple(Trouble(*row) for row in conn.execute(query))


_ALERTS = 1_000


def alerts(db: Database, *, since: datetime | None = None) -> tuple[Alert, ...]:
    """The alerts that are open, and those opened since a moment though closed again, the newest first; at most 1,000."""
    alert = schema.alert
    still = alert.c.closed_at.is_(None)
    shown = still if since is None else or_(still, alert.c.opened_at >= since)
    columns = (alert.c.portal, alert.c.cause, alert.c.opened_at, alert.c.closed_at, alert.c.detail)
    query = select(*columns).where(shown).order_by(alert.c.opened_at.desc(), alert.c.id.desc()).limit(_ALERTS)
    with db.read() as conn:
        return tuple(Alert(*row) for row in conn.execute(query))


def warc_files(db: Database) -> tuple[int, int]:
    """How many WARC files the archive has, and the bytes of those that are closed."""
    file = schema.warc_file
    with db.read() as conn:
        count, size = conn.execute(
            select(func.count(), func.coalesce(func.sum(file.c.bytes), 0)).select_from(file)
        ).one()
    return int(count), int(size)


def facts(db: Database, only: str = "") -> dict[str, Facts]:
    """What the crawl learned of each portal, or of one."""
    portal = schema.portal
    query = select(portal.c.id, portal.c.platform, portal.c.server)
    with db.read() as conn:
        rows = conn.execute(query.where(portal.c.id == only) if only else query)
        return {name: Facts(platform, server) for name, platform, server in rows}


def survey(db: Database, portal: str) -> Survey:
    """What was found on one portal so far."""
    page, own = schema.page, schema.page.c.portal == portal
    with db.read() as conn:
        counts = conn.execute(select(page.c.purpose, func.count()).where(own).group_by(page.c.purpose))
        known = {purpose: count for purpose, count in counts}
        lists: dict[tuple[str, bool], list[str]] = {}
        mentions = _articles_by_list(portal)
        query = (
            select(page.c.purpose, page.c.status, page.c.url, func.coalesce(mentions.c.articles, 0))
            .join(mentions, mentions.c.listing == page.c.key, isouter=True)
            .where(own, page.c.paging == 0, page.c.purpose.in_(("feed", "sitemap", "listing")))
            .order_by(func.coalesce(mentions.c.articles, 0).desc(), page.c.depth, page.c.id)
        )
        for purpose, status, url, articles in conn.execute(query.limit(20 * _PER_LIST)):
            if status is None or (status == 200 and (articles or purpose != "listing")):
                lists.setdefault((purpose, status is not None), []).append(url)
        led = own & (page.c.depth > 0) & page.c.purpose.in_(("article", "listing", "unknown", "attachment"))
        leads = conn.execute(select(func.count()).select_from(page).where(led)).scalar_one()
    names = (("feed", True), ("sitemap", True), ("listing", True), ("listing", False))
    feeds, sitemaps, listings, unasked = (tuple(lists.get(name, ())[:_PER_LIST]) for name in names)
    return Survey(feeds, sitemaps, listings, unasked, known, leads + len(feeds) + len(sitemaps))


def _articles_by_list(portal: str) -> Subquery:
    """How many articles each list of a portal announces, by its key."""
    page, sighting = schema.page, schema.sighting
    return (
        select(sighting.c.listing, func.count().label("articles"))
        .join(page, (page.c.portal == sighting.c.portal) & (page.c.key == sighting.c.key))
        .where(sighting.c.portal == portal, page.c.purpose == "article")
        .group_by(sighting.c.listing)
        .subquery()
    )


def answers(db: Database, portal: str) -> tuple[Answer, ...]:
    """The first answers of a portal, in the order in which they came."""
    capture = schema.capture
    columns = (capture.c.url, capture.c.status, capture.c.location, capture.c.media_type)
    with db.read() as conn:
        rows = conn.execute(
            select(*columns).where(capture.c.portal == portal).order_by(capture.c.entry).limit(_PER_LIST)
        )
        return tuple(Answer(*row) for row in rows)


def readable(db: Database) -> dict[str, int]:
    """How many captures of each portal `ingest --reprocess` would read: those that wait and those that were read."""
    capture = schema.capture
    read = select(schema.reading.c.entry).where(schema.reading.c.entry == capture.c.entry).exists()
    with db.read() as conn:
        query = (
            select(capture.c.portal, func.count()).where((capture.c.unread == true()) | read).group_by(capture.c.portal)
        )
        return {portal: count for portal, count in conn.execute(query)}


def understood(db: Database) -> int:
    """How many captures were read, but for those that failed and those that wait to be read again."""
    capture, reading = schema.capture, schema.reading
    read = (reading.c.verdict != "failed") & (capture.c.unread == false())
    with db.read() as conn:
        query = select(func.count()).select_from(reading.join(capture, capture.c.entry == reading.c.entry)).where(read)
        return conn.execute(query).scalar_one()


def latest(db: Database) -> datetime | None:
    """The last instant that the archive has seen: of a capture or of a run."""
    times = select(func.max(schema.capture.c.fetched_at).label("at")).union_all(
        select(func.max(schema.run.c.started_at)), select(func.max(schema.run.c.ended_at))
    )
    with db.read() as conn:
        seen = [at for (at,) in conn.execute(times) if at is not None]
    return max(seen, default=None)
