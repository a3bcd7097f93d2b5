"""Rows of the follower that finds one story on several portals: its cursor, sketches and clusters; `buckets` has those.

Nobody else writes these tables, and none of them but `event` is written by anybody whom the follower could wait for. What is
decided is decided in `crawler.ingest.clusters`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Connection, Insert, Row, bindparam, delete, func, select, update

from storage import schema
from storage.engine import upsert_on

FOLLOWER = "clusters"

_article, _revision, _cluster = schema.article, schema.revision, schema.cluster
_sketch, _standing = schema.sketch, schema.standing

# Statements that each article asks are built once: to put one together takes longer than to carry it out.
_CURRENT = (_revision.c.article == _article.c.id) & (_revision.c.number == _article.c.revision)
_OF: BindParameter[Any] = bindparam("of", expanding=True)
_TOLD = (schema.event.c.seq, schema.event.c.kind, schema.event.c.article)
_NEWS = (
    select(*_TOLD).where(schema.event.c.seq > bindparam("after")).order_by(schema.event.c.seq).limit(bindparam("limit"))
)
_STATE = (_article.c[name] for name in ("number", "id", "portal", "sort_at", "first_seen", "visibility"))
_STATES = select(*_STATE, _revision.c.digest).join(_revision, _CURRENT).where(_article.c.id.in_(_OF))
_TEXTS = select(_article.c.id, _revision.c.title, _revision.c.paragraphs).join(_revision, _CURRENT)
_TEXTS = _TEXTS.where(_article.c.id.in_(_OF))
_KNOWN = select(_sketch.c.article, _sketch.c.state).where(_sketch.c.article.in_(_OF))
_STALE = select(_sketch.c.article).where(schema.is_set(_sketch.c.stale))
_STALE = _STALE.order_by(_sketch.c.number).limit(bindparam("limit"))
_SKETCHED = select(_sketch, _article.c.portal, _article.c.sort_at, _article.c.first_seen).join(
    _article, _article.c.id == _sketch.c.article
)
_SKETCH_OF = _SKETCHED.where(_sketch.c.article == bindparam("of"))
_SKETCHES = _SKETCHED.where(_sketch.c.number.in_(bindparam("numbers", expanding=True)))
_MEMBERSHIPS = select(_cluster.c.article, _cluster.c.id).where(_cluster.c.article.in_(_OF))
_MEMBERS = (
    select(_article.c.sort_at, _article.c.first_seen, _article.c.id)
    .join(_cluster, _cluster.c.article == _article.c.id)
    .where(_cluster.c.id == bindparam("of"))
)
_MEMBERS_HERE = _MEMBERS.where(_article.c.portal == bindparam("here"))
_COUNTED = select(_standing.c.sentences, _standing.c.articles).where(_standing.c.portal == bindparam("of"))
_HOW_MANY = select(func.count()).where(_article.c.portal == bindparam("of"))
_NEWEST = select(_revision.c.paragraphs).join(_article, _CURRENT)
_NEWEST = _NEWEST.where(_article.c.portal == bindparam("of"), _article.c.visibility.in_(["public", "restricted"]))
_NEWEST = _NEWEST.order_by(_article.c.sort_key.desc()).limit(bindparam("limit"))

Order = tuple[datetime, datetime, str]
"""When an article was published (else first seen), when it was first seen, its id: the order of spread."""


@dataclass(frozen=True, slots=True)
class State:
    """An article as it stands. `digest` is over its current revision; empty while its text may not be shown."""

    number: int
    article: str
    portal: str
    order: Order
    digest: str


@dataclass(frozen=True, slots=True)
class Sketched:
    """An article as it was sketched: what others are compared with before their texts are."""

    number: int
    article: str
    portal: str
    order: Order
    state: str
    signature: bytes
    marks: bytes
    stale: bool


# --- the feed ---------------------------------------------------------------------------------------------------------


def news(conn: Connection, after: int, limit: int) -> list[tuple[int, str]]:
    """Number and article of the next events, in their order; the article is empty for those that the follower wrote itself."""
    rows = conn.execute(_NEWS, {"after": after, "limit": limit})
    return [(seq, "" if kind in ("clustered", "unclustered") else article) for seq, kind, article in rows]


# --- articles and their sketches ------------------------------------------------------------------------------------


def states(conn: Connection, articles: Iterable[str]) -> dict[str, State]:
    """These articles as they stand, without their texts."""
    rows = conn.execute(_STATES, {"of": list(articles)})
    return {
        row.id: State(
            row.number, row.id, row.portal, (row.sort_at, row.first_seen, row.id),
            row.digest if row.visibility in ("public", "restricted") else "",
        )
        for row in rows
    }  # fmt: skip


def texts(conn: Connection, articles: Iterable[str]) -> dict[str, tuple[str, list[str]]]:
    """Title and paragraphs of these articles, as they stand."""
    rows = conn.execute(_TEXTS, {"of": list(articles)})
    return {article: (title, paragraphs) for article, title, paragraphs in rows}


def known(conn: Connection, articles: Iterable[str]) -> dict[str, str]:
    """Of these articles those that were sketched, with the state they were sketched in."""
    return {article: state for article, state in conn.execute(_KNOWN, {"of": list(articles)})}


def stale(conn: Connection, limit: int) -> list[str]:
    """Articles that are to be looked at again, a few at most."""
    return list(conn.execute(_STALE, {"limit": limit}).scalars())


def sketched(conn: Connection, numbers: Sequence[int]) -> list[Sketched]:
    """The sketches of the articles with these numbers, in the order of spread."""
    found: list[Sketched] = []
    for start in range(0, len(numbers), 500):
        rows = conn.execute(_SKETCHES, {"numbers": numbers[start : start + 500]})
        found += map(_as_sketched, rows)
    return sorted(found, key=lambda sketch: sketch.order)


def sketch_of(conn: Connection, article: str) -> Sketched | None:
    """The sketch of an article; None if it was not sketched yet."""
    row = conn.execute(_SKETCH_OF, {"of": article}).first()
    return _as_sketched(row) if row else None


def _as_sketched(row: Row[Any]) -> Sketched:
    return Sketched(
        row.number, row.article, row.portal, (row.sort_at, row.first_seen, row.article), row.state,
        row.signature, row.marks, row.stale,
    )  # fmt: skip


def keep(conn: Connection, sketches: Iterable[tuple[State, bytes, bytes]]) -> None:
    """Store articles' sketches, each a state with signature and marks: they were looked at."""
    kept = [
        {"number": state.number, "article": state.article, "state": state.digest, "signature": signature, "marks": marks,
         "stale": False}
        for state, signature, marks in sketches
    ]  # fmt: skip
    if kept:
        conn.execute(_kept(conn.dialect.name), kept)


@cache
def _kept(dialect: str) -> Insert:
    new = upsert_on(dialect, _sketch)
    columns = ("article", "state", "signature", "marks", "stale")
    return new.on_conflict_do_update(index_elements=["number"], set_={name: new.excluded[name] for name in columns})


def doubt(conn: Connection, articles: Iterable[str]) -> None:
    """These articles are to be looked at again."""
    wanted = list(articles)
    for start in range(0, len(wanted), 500):
        conn.execute(update(_sketch).where(_sketch.c.article.in_(wanted[start : start + 500])).values(stale=True))


# --- clusters -------------------------------------------------------------------------------------------------------


def memberships(conn: Connection, articles: Iterable[str]) -> dict[str, str]:
    """The clusters of those of these articles that are in one."""
    wanted, found = list(articles), dict[str, str]()
    for start in range(0, len(wanted), 500):
        rows = conn.execute(_MEMBERSHIPS, {"of": wanted[start : start + 500]})
        found |= {article: cluster for article, cluster in rows}
    return found


def members(conn: Connection, cluster: str, portal: str = "") -> list[Order]:
    """The articles of a cluster (of one `portal`) in the order of spread; the last part of an order is the id."""
    asked, query = ({"of": cluster, "here": portal}, _MEMBERS_HERE) if portal else ({"of": cluster}, _MEMBERS)
    rows = conn.execute(query, asked)
    return sorted((sort_at, first_seen, name) for sort_at, first_seen, name in rows)


def join(conn: Connection, article: str, cluster: str, similarity: float) -> None:
    """Make an article a member of a cluster, or say anew how similar it is to the earliest one."""
    conn.execute(_joined(conn.dialect.name), {"article": article, "id": cluster, "similarity": round(similarity, 4)})


@cache
def _joined(dialect: str) -> Insert:
    new = upsert_on(dialect, _cluster)
    return new.on_conflict_do_update(
        index_elements=["article"], set_={name: new.excluded[name] for name in ("id", "similarity")}
    )


def leave(conn: Connection, article: str) -> None:
    """The article is in no cluster any more."""
    conn.execute(delete(_cluster).where(_cluster.c.article == article))


def rename(conn: Connection, cluster: str, to: str) -> None:
    """All members of a cluster belong to the one of another earliest article."""
    conn.execute(update(_cluster).where(_cluster.c.id == cluster).values(id=to))


# --- standing sentences ---------------------------------------------------------------------------------------------


def standing(conn: Connection, portal: str) -> tuple[bytes, int]:
    """The digests of a portal's standing sentences, and how many articles it had when they were counted."""
    row = conn.execute(_COUNTED, {"of": portal}).first()
    return (row.sentences, row.articles) if row else (b"", 0)


def keep_standing(conn: Connection, counted: Iterable[tuple[str, bytes, int]]) -> None:
    """Store the standing sentences of portals: each with their digests, and how many articles it had when they were counted."""
    kept = [{"portal": portal, "sentences": sentences, "articles": count} for portal, sentences, count in counted]
    if kept:
        conn.execute(_kept_standing(conn.dialect.name), kept)


@cache
def _kept_standing(dialect: str) -> Insert:
    new = upsert_on(dialect, _standing)
    columns = ("sentences", "articles")
    return new.on_conflict_do_update(index_elements=["portal"], set_={name: new.excluded[name] for name in columns})


def how_many(conn: Connection, portal: str) -> int:
    """How many articles a portal has."""
    count: int = conn.execute(_HOW_MANY, {"of": portal}).scalar_one()
    return count


def newest(conn: Connection, portal: str, limit: int) -> list[list[str]]:
    """The paragraphs of a portal's newest articles."""
    return list(conn.execute(_NEWEST, {"of": portal, "limit": limit}).scalars())
