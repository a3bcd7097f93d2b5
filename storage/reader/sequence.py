"""Articles in the order in which they entered the archive: an order that nothing disturbs, for who reads them all."""

from __future__ import annotations

from sqlalchemy import select

from storage import schema
from storage.engine import Database
from storage.reader.filters import Filters, conditions

_article = schema.article


def in_order(db: Database, filters: Filters, *, after: int = 0, limit: int = 200) -> list[tuple[int, str]]:
    """Numbers and ids of one page of the articles that are asked for; `after` is the number of the last one seen."""
    with db.read() as connection:
        wanted = conditions(connection, filters)
        query = select(_article.c.number, _article.c.id).where(_article.c.number > after, *wanted)
        return [(number, name) for number, name in connection.execute(query.order_by(_article.c.number).limit(limit))]
