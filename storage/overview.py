"""Short questions of the runners and of `status`: what is known of a portal, what stands to be read, how many files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select, true

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
    """What was found on a portal: addresses by purpose that answered, and how many pages are known of each purpose."""

    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    known: Mapping[str, int] = field(default_factory=dict)


def warc_files(db: Database) -> tuple[int, int]:
    """How many WARC files the archive has, and the bytes of those that are closed."""
    file = schema.warc_file
    with db.read() as conn:
        count, size = conn.execute(
            select(func.count(), func.coalesce(func.sum(file.c.bytes), 0)).select_from(file)
        ).one()
    return int(count), int(size)


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


def latest(db: Database) -> datetime | None:
    """The last instant that the archive has seen: of a capture or of a run."""
    times = select(func.max(schema.capture.c.fetched_at).label("at")).union_all(
        select(func.max(schema.run.c.started_at)), select(func.max(schema.run.c.ended_at))
    )
    with db.read() as conn:
        seen = [at for (at,) in conn.execute(times) if at is not None]
    return max(seen, default=None)
