"""What became of portals and articles over time: states, layouts, versions of robots.txt, publications, removals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select

from storage import schema
from storage.engine import Database
from storage.reader.catalogue import Kept

_article, _capture, _portal = schema.article, schema.capture, schema.portal


@dataclass(frozen=True, slots=True)
class StateLine:
    """A state that a portal was found to be in, from `since` on."""

    state: str
    cause: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout that was learned of a portal: from how many pages, and the furniture it knows (of the newest one only)."""

    version: int
    learned_at: datetime
    pages: int
    furniture: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RobotsVersion:
    """A version of a portal's robots.txt: the capture that saw it first, and how often it was seen."""

    entry: int
    fetched_at: datetime
    last_at: datetime
    status: int
    payload_sha256: str
    seen: int


@dataclass(frozen=True, slots=True)
class Vanished:
    """An article that its portal removed; `place` and `province` are the portal's."""

    id: str
    portal: str
    place: str
    province: str
    url: str
    title: str
    published_at: str
    first_seen: datetime
    removed_at: datetime


def states(db: Database, portal: str, *, limit: int = 100) -> list[StateLine]:
    """The states of a portal, the newest first."""
    state = schema.portal_state
    query = select(state.c.state, state.c.cause, state.c.since).where(state.c.portal == portal)
    with db.read() as connection:
        return [StateLine(*row) for row in connection.execute(query.order_by(state.c.id.desc()).limit(limit))]


def layouts(db: Database, portal: str) -> list[Layout]:
    """The layouts that were learned of a portal, the newest first; the furniture of that one alone."""
    template = schema.template
    mine, newest_first = template.c.portal == portal, template.c.version.desc()
    query = select(template.c.version, template.c.learned_at, template.c.learned_from).where(mine)
    with db.read() as connection:
        rows = connection.execute(query.order_by(newest_first)).all()
        body = connection.execute(select(template.c.body).where(mine).order_by(newest_first).limit(1)).scalar() or {}
    furniture = tuple(body.get("furniture", ()))
    return [
        Layout(version, at, len(pages), () if number else furniture)
        for number, (version, at, pages) in enumerate(rows)
    ]  # fmt: skip


def robots(db: Database, portal: str, *, limit: int = 50) -> list[RobotsVersion]:
    """The versions of a portal's robots.txt, the newest first."""
    digest, at = _capture.c.payload_sha256, _capture.c.fetched_at
    first, latest = func.min(_capture.c.entry), func.max(at)
    query = (
        select(first, func.min(at), latest, func.min(_capture.c.status), digest, func.count())
        .where(_capture.c.portal == portal, _capture.c.purpose == "robots")
        .group_by(digest)
        .order_by(first.desc())
        .limit(limit)
    )
    with db.read() as connection:
        return [RobotsVersion(*row) for row in connection.execute(query)]


def published(db: Database, portal: str) -> tuple[Kept, Mapping[str, int]]:
    """How much of a portal is kept and may be shown; and how many of these articles it published on each day (`2024-07-14`),
    or in each month or year if no more is known. Each article is looked at once.
    """
    day = func.substr(_article.c.published_at, 1, 10)
    sums = (func.count(), func.count(_article.c.removed_at), func.max(_article.c.sort_at))
    query = select(day, *sums).where(_article.c.portal == portal, _article.c.visibility == "public")
    with db.read() as connection:
        rows = connection.execute(query.group_by(day).order_by(day)).all()
    newest = max((last for _, _, _, last in rows), default=None)
    kept = Kept(sum(row[1] for row in rows), sum(row[2] for row in rows), newest)
    return kept, {name: number for name, number, _, _ in rows if name}


def vanished(
    db: Database, *, after: tuple[datetime, str] | None = None, province: str = "", portal: str = "", limit: int = 50
) -> list[Vanished]:
    """Public articles that were removed, the latest first, behind the one removed at `after` (instant and id)."""
    told = ("url", "title", "published_at", "first_seen", "removed_at")
    columns: tuple[Any, ...] = (_article.c.id, _article.c.portal, _portal.c.name, _portal.c.province)
    query = (
        select(*columns, *(_article.c[name] for name in told))
        .join(_portal, _portal.c.id == _article.c.portal)
        .where(_article.c.removed_at.is_not(None), _article.c.visibility == "public")
        .order_by(_article.c.removed_at.desc(), _article.c.id.desc())
        .limit(limit)
    )
    if province:
        query = query.where(_portal.c.province == province)
    if portal:
        query = query.where(_article.c.portal == portal)
    if after:
        at, last = after
        same = and_(_article.c.removed_at == at, _article.c.id < last)
        query = query.where(or_(_article.c.removed_at < at, same))
    with db.read() as connection:
        return [Vanished(*row) for row in connection.execute(query)]
