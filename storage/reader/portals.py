"""How the portals stand: their last visits, and how much is kept of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select, true

from storage import schema
from storage.engine import Database
from storage.records import Visit
from storage.runs import last_visits


@dataclass(frozen=True, slots=True)
class PortalLine:
    """One portal in the overview. `newest` is the sort date of its newest article, `unread` counts captures."""

    id: str
    url: str
    name: str
    unit: str
    province: str
    platform: str
    server: str
    enabled: bool
    retired: bool
    articles: int
    removed: int
    unread: int
    newest: datetime | None
    visit: Visit | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How much an archive holds. `removed` articles are among `articles`."""

    portals: int
    captures: int
    unread: int
    articles: int
    removed: int
    revisions: int
    events: int


def portals(db: Database) -> list[PortalLine]:
    """All portals of the archive, by id, with the last visit that was begun."""
    table, article, capture = schema.portal, schema.article, schema.capture
    visits = last_visits(db)
    columns = [
        table.c[name] for name in ("id", "url", "name", "unit", "province", "platform", "server", "enabled", "retired")
    ]
    with db.read() as connection:
        kept = {
            row.portal: row
            for row in connection.execute(
                select(
                    article.c.portal, func.count().label("articles"), func.count(article.c.removed_at).label("removed"),
                    func.max(article.c.sort_at).label("newest"),
                ).group_by(article.c.portal)
            )
        }  # fmt: skip
        unread = _by(
            connection, select(capture.c.portal, func.count()).where(schema.is_set(capture.c.unread)), capture.c.portal
        )
        rows = connection.execute(select(*columns).order_by(table.c.id)).mappings().all()
    return [
        PortalLine(
            **row, articles=kept[row["id"]].articles if row["id"] in kept else 0,
            removed=kept[row["id"]].removed if row["id"] in kept else 0,
            newest=kept[row["id"]].newest if row["id"] in kept else None,
            unread=unread.get(row["id"], 0), visit=visits.get(row["id"]),
        )
        for row in rows
    ]  # fmt: skip


def counts(db: Database) -> Counts:
    """Count what the archive holds."""
    article, capture = schema.article, schema.capture
    with db.read() as connection:

        def count(*of: ColumnElement[bool], table: Any = article) -> int:
            return connection.execute(select(func.count()).select_from(table).where(*of)).scalar_one()

        return Counts(
            portals=count(schema.portal.c.enabled == true(), table=schema.portal),
            captures=count(table=capture),
            unread=count(schema.is_set(capture.c.unread), table=capture),
            articles=count(),
            removed=count(article.c.removed_at.is_not(None)),
            revisions=count(table=schema.revision),
            events=count(table=schema.event),
        )


def _by(connection: Connection, query: Select[Any], column: ColumnElement[Any]) -> Mapping[str, int]:
    return {name: number for name, number in connection.execute(query.group_by(column))}
