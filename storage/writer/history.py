"""States that came to light later than those that followed them: captures of others, brought in after our own.

A state's number says when it came into the archive, its `seen_at` where it belongs in the article's history. The current
state stays what it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from storage import schema
from storage.order import sort_key
from storage.records import Capture, Reading
from storage.writer import words
from storage.writer.articles import reading_at
from storage.writer.values import sort_instant

_article, _revision = schema.article, schema.revision


@dataclass(frozen=True, slots=True)
class Past:
    """A state of an article: its number, the capture it rests on, and what was read in it."""

    number: int
    entry: int
    reading: Reading


def around(conn: Connection, article: str, capture: Capture) -> tuple[Past | None, Past | None]:
    """The states that were seen last before a capture and first after it, None where there is none."""
    order = (_revision.c.seen_at, _revision.c.entry)
    at = (capture.fetched_at, capture.entry)
    rows = conn.execute(
        select(_revision.c.number, _revision.c.entry, _revision.c.seen_at)
        .where(_revision.c.article == article, _revision.c.entry != capture.entry)
        .order_by(*order)
    ).all()
    before = next((row for row in reversed(rows) if (row.seen_at, row.entry) < at), None)
    after = next((row for row in rows if (row.seen_at, row.entry) > at), None)
    found = [
        Past(row.number, row.entry, reading_at(conn, article, row.number)) if row else None for row in (before, after)
    ]
    return found[0], found[1]


def number_of(conn: Connection, article: str, entry: int) -> int:
    """The number of the article's state that rests on a capture, 0 if there is none."""
    query = select(_revision.c.number).where(_revision.c.article == article, _revision.c.entry == entry)
    return conn.execute(query).scalar() or 0


def differs(conn: Connection, article: str, number: int, changed: Sequence[str]) -> None:
    """What differs between a state and the one before it, now that this is another one."""
    here = (_revision.c.article == article) & (_revision.c.number == number)
    conn.execute(update(_revision).where(here).values(changed=list(changed)))


def began(conn: Connection, article: str, at: datetime) -> None:
    """The article was there at that time, earlier than was known."""
    row = conn.execute(select(_article.c.published_at, _article.c.number).where(_article.c.id == article)).one()
    order = sort_instant(row.published_at, at)
    values = {"first_seen": at, "sort_at": order, "sort_key": sort_key(order, row.number)}
    with words.kept(conn, [article]):
        conn.execute(update(_article).where(_article.c.id == article).values(**values))
