"""What stands in an archive, in numbers and short lists: for `status`, for the runners and for trying out a portal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select, true

from storage import schema
from storage.engine import Database
from storage.writer import queue

_PER_LIST = 200


@dataclass(frozen=True, slots=True)
class Totals:
    """How much an archive holds. `removed` are articles that are gone from their portals, `unread` captures to be read."""

    portals: int
    captures: int
    unread: int
    articles: int
    removed: int
    revisions: int
    warc_files: int
    warc_bytes: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What the crawl learned of a portal: its software and the server that answered last."""

    platform: str
    server: str


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found on a portal: addresses by purpose that answered, and how many pages are known of each purpose."""

    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    known: Mapping[str, int] = field(default_factory=dict)


def archive_id(db: Database) -> str:
    """The archive's random id, which its WARC files are named after."""
    with db.read() as conn:
        return str(conn.execute(select(schema.archive.c.id)).scalar_one())


def totals(db: Database) -> Totals:
    """Count what the archive holds."""
    capture, article, file = schema.capture, schema.article, schema.warc_file
    with db.read() as conn:
        count = select(func.count())
        files, size = conn.execute(
            select(func.count(), func.coalesce(func.sum(file.c.bytes), 0)).select_from(file)
        ).one()
        return Totals(
            portals=conn.execute(
                count.select_from(schema.portal).where(schema.portal.c.enabled == true())
            ).scalar_one(),
            captures=conn.execute(count.select_from(capture)).scalar_one(),
            unread=sum(queue.waiting(conn).values()),
            articles=conn.execute(count.select_from(article)).scalar_one(),
            removed=conn.execute(count.select_from(article).where(article.c.removed_at.is_not(None))).scalar_one(),
            revisions=conn.execute(count.select_from(schema.revision)).scalar_one(),
            warc_files=files,
            warc_bytes=size,
        )


def articles_by_portal(db: Database) -> dict[str, int]:
    """How many articles each portal has in the archive."""
    article = schema.article
    with db.read() as conn:
        rows = conn.execute(select(article.c.portal, func.count()).group_by(article.c.portal))
        return {portal: count for portal, count in rows}


def facts(db: Database) -> dict[str, Facts]:
    """What the crawl learned of each portal."""
    portal = schema.portal
    with db.read() as conn:
        rows = conn.execute(select(portal.c.id, portal.c.platform, portal.c.server))
        return {name: Facts(platform, server) for name, platform, server in rows}


def survey(db: Database, portal: str) -> Survey:
    """What was found on one portal so far."""
    page = schema.page
    with db.read() as conn:
        counts = conn.execute(
            select(page.c.purpose, func.count()).where(page.c.portal == portal).group_by(page.c.purpose)
        )
        known = {purpose: count for purpose, count in counts}
        answered = select(page.c.purpose, page.c.url).where(page.c.portal == portal, page.c.status == 200)
        lists: dict[str, list[str]] = {}
        for purpose, url in conn.execute(answered.order_by(page.c.depth, page.c.id).limit(20 * _PER_LIST)):
            lists.setdefault(purpose, []).append(url)
    return Survey(
        feeds=tuple(lists.get("feed", ())[:_PER_LIST]),
        sitemaps=tuple(lists.get("sitemap", ())[:_PER_LIST]),
        listings=tuple(lists.get("listing", ())[:_PER_LIST]),
        known=known,
    )


def readable(db: Database) -> dict[str, int]:
    """How many captures of each portal `ingest --reprocess` would read: those that wait and those that were read."""
    capture = schema.capture
    read = select(schema.reading.c.entry).where(schema.reading.c.entry == capture.c.entry).exists()
    with db.read() as conn:
        query = (
            select(capture.c.portal, func.count()).where((capture.c.unread == true()) | read).group_by(capture.c.portal)
        )
        return {portal: count for portal, count in conn.execute(query)}
