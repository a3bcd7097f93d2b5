"""A story's way over the portals: the articles that tell it, the earliest publisher first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from storage import schema
from storage.engine import Database

_article, _cluster, _portal = schema.article, schema.cluster, schema.portal


@dataclass(frozen=True, slots=True)
class Member:
    """An article of a cluster. `similarity` is its text's to that of the earliest one (Jaccard over five words), 1 for that."""

    article: str
    portal: str
    place: str
    url: str
    title: str
    published_at: str
    first_seen: datetime
    removed_at: datetime | None
    similarity: float


def members(db: Database, article: str) -> list[Member]:
    """The cluster of an article in the order of spread, with itself; empty for one that is in none."""
    mine = select(_cluster.c.id).where(_cluster.c.article == article).scalar_subquery()
    return _told(db, _cluster.c.id == mine, _article.c.visibility.in_(["public", "restricted"]))


def cluster(db: Database, name: str) -> list[Member]:
    """The articles of the cluster of this id that may be shown to everybody; empty if there is none."""
    return _told(db, _cluster.c.id == name, _article.c.visibility == "public")


def spread(db: Database, name: str, *, skip: int = 0, limit: int) -> tuple[list[Member], int]:
    """As `cluster`, but of so many articles those behind the first ones, and how many there are in all: a story that the whole
    country tells has thousands.
    """
    shown = (_cluster.c.id == name, _article.c.visibility == "public")
    number = (
        select(func.count()).select_from(_cluster.join(_article, _article.c.id == _cluster.c.article)).where(*shown)
    )
    with db.read() as connection:
        total = connection.execute(number).scalar_one()
    return _told(db, *shown, skip=skip, limit=limit) if total > skip else [], total


def clusters(db: Database, *, after: str = "", limit: int = 100) -> list[tuple[str, int]]:
    """The ids of the clusters behind one of them, each with the number of its articles that may be shown."""
    query = select(_cluster.c.id, func.count()).join(_article, _article.c.id == _cluster.c.article)
    query = query.where(_cluster.c.id > after, _article.c.visibility == "public").group_by(_cluster.c.id)
    with db.read() as connection:
        return [(name, size) for name, size in connection.execute(query.order_by(_cluster.c.id).limit(limit))]


def _told(db: Database, *wanted: ColumnElement[bool], skip: int = 0, limit: int | None = None) -> list[Member]:
    told = ("url", "title", "published_at", "first_seen", "removed_at")
    place = func.coalesce(func.nullif(_portal.c.name, ""), _portal.c.id)
    columns = (_article.c.id, _article.c.portal, place, *(_article.c[name] for name in told), _cluster.c.similarity)
    query = (
        select(*columns)
        .join(_cluster, _cluster.c.article == _article.c.id)
        .join(_portal, _portal.c.id == _article.c.portal)
        .where(*wanted)
        .order_by(_article.c.sort_at, _article.c.first_seen, _article.c.id)
        .offset(skip)
        .limit(limit)
    )
    with db.read() as connection:
        return [Member(*row) for row in connection.execute(query)]
