"""Articles: what they are called, what became of them, and the change feed, in the caller's transaction.

Stores what was decided; decides nothing. What the pages of a slice change of articles stands on a `slate` first.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, delete, select, update

from storage import points, schema
from storage.engine import next_numbers
from storage.records import EventKind, Reading
from storage.writer.values import reading_of

_article = schema.article
_revision = schema.revision
_address = schema.article_address

_PARTS = [
    select(table)
    .where(table.c.article == bindparam("of_article"), table.c.revision == bindparam("of_revision"))
    .order_by(table.c.position)
    for table in (schema.attachment, schema.image)
]
_CURRENT = (_article.c.id == _revision.c.article) & (_article.c.revision == _revision.c.number)
_DIGESTS = (
    select(_article.c.id, _revision.c.digest)
    .join(_revision, _CURRENT)
    .where(_article.c.id.in_(bindparam("ids", expanding=True)))
)
_NEW_EVENT = schema.event.insert()


@dataclass(frozen=True, slots=True)
class Stored:
    """An article as it stands: its current state, which capture that state rests on, and the `url` it is cited by.

    `seen_at` is when that capture was fetched, `last_seen` when the article was met last.
    """

    id: str
    number: int
    url: str
    revision: int
    entry: int
    removed_at: datetime | None
    reading: Reading
    seen_at: datetime
    last_seen: datetime


def article_id(portal: str, identity: str) -> str:
    """`a` and 16 base32 digits of SHA-256 over portal and identity: the same captures give the same id for ever."""
    found = hashlib.sha256(f"{portal}\n{identity}".encode()).digest()
    return "a" + base64.b32encode(found)[:16].decode().lower()


def of_portal(conn: Connection, portal: str, *, after: str, limit: int) -> list[str]:
    """Ids of the portal's articles behind `after`, in their order."""
    query = select(_article.c.id).where(_article.c.portal == portal, _article.c.id > after)
    return list(conn.execute(query.order_by(_article.c.id).limit(limit)).scalars())


def reading_at(conn: Connection, article: str, number: int) -> Reading:
    """What was read in one of an article's states. Raises KeyError for one that is not there."""
    query = select(_revision, _article.c.identity).join(_article, _article.c.id == _revision.c.article)
    row = conn.execute(query.where(_revision.c.article == article, _revision.c.number == number)).mappings().first()
    if row is None:
        raise KeyError(article, number)
    return _reading(conn, row, row["identity"])


def _reading(conn: Connection, row: RowMapping, identity: str) -> Reading:
    here = {"of_article": row["article"], "of_revision": row["number"]}
    parts = [conn.execute(query, here).mappings().all() for query in _PARTS]
    return reading_of(dict(row), [dict(a) for a in parts[0]], [dict(i) for i in parts[1]], identity)


def detach(conn: Connection, portal: str, key: str) -> None:
    """The page at `key` shows another story now: it is no address of its article any more."""
    conn.execute(delete(_address).where(_address.c.portal == portal, _address.c.key == key))


def move(conn: Connection, article: str, url: str) -> None:
    """The article is cited by this address from now on; those it had stay with it."""
    conn.execute(update(_article).where(_article.c.id == article).values(url=url))


def remove(conn: Connection, article: str, at: datetime) -> None:
    """The article is gone from its portal since `at`, the first negative answer. Its text stays."""
    conn.execute(update(_article).where(_article.c.id == article).values(removed_at=at))
    points.reached("store.removed")


def publish(conn: Connection, events: Sequence[tuple[EventKind, str, datetime]]) -> None:
    """Append events to the change feed. The last statements of a transaction: its counter row is what writers wait for."""
    if not events:
        return
    ids = {article for _, article, _ in events}
    digests = {article: digest for article, digest in conn.execute(_DIGESTS, {"ids": list(ids)})}
    numbers = next_numbers(conn, "event", len(events))
    points.reached("feed.numbered")
    conn.execute(
        _NEW_EVENT,
        [
            {"seq": seq, "kind": kind, "article": article, "at": at, "digest": digests[article]}
            for seq, (kind, article, at) in zip(numbers, events, strict=True)
        ],
    )
    points.reached("feed.appended")
